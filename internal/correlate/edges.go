package correlate

import (
	"cmp"
	"slices"

	"github.com/opentruce/truce/geo"
)

// neighbour is a candidate that reached the threshold.
type neighbour struct {
	k     int32
	score int32
}

// best finds, for each item, its best partners at or above the threshold, at
// most m.Edges of them by (score, ID).
//
// Candidates come from S2 cells no smaller than the distance at which the
// threshold can still be reached, so that a cell and its neighbours hold them
// all; within a cell they are sorted by time. Items differ in uncertainty by
// a thousand times, so each class of uncertainty has a grid of its own size.
func (s *scorer) best(items []item, grids []grid, in Input) [][]neighbour {
	best := make([][]neighbour, len(items))
	Parallel(len(items), in.Workers, in.Progress, func(i int) {
		best[i] = s.partners(items, grids, i)
	})
	return best
}

// edgesOf returns each pair that either end ranks, once.
func edgesOf(items []item, best [][]neighbour) []edge {
	var out []edge
	for i := range best {
		out = edgesAt(items, best, i, out)
	}
	return out
}

// edgesAt appends those of the pairs of i that fall to it.
func edgesAt(items []item, best [][]neighbour, i int, out []edge) []edge {
	for _, n := range best[i] {
		j := int(n.k)
		if i < j || !ranks(best[j], i) {
			e := edge{int32(i), n.k, int64(n.score)}
			if items[j].id.Less(items[i].id) {
				e.a, e.b = e.b, e.a
			}
			out = append(out, e)
		}
	}
	return out
}

// ranks reports whether k is among best.
func ranks(best []neighbour, k int) bool {
	return slices.ContainsFunc(best, func(n neighbour) bool { return int(n.k) == k })
}

// classes of uncertainty, upper bounds in metres.
var classes = [...]int64{300, 1000, 3000, 10_000}

func classOf(u int64) int {
	for c, bound := range classes {
		if u <= bound {
			return c
		}
	}
	return len(classes) - 1
}

// grid holds the items of a class and of all finer ones, by cell and time.
type grid struct {
	level int
	cells map[geo.Cell][]int32 // sorted by start
	own   map[geo.Cell][]int32 // of these, the items of exactly this class
}

func (s *scorer) grids(items []item) []grid {
	out := make([]grid, len(classes))
	for c := range out {
		g := &out[c]
		g.level = geo.CellLevel(s.reach(classes[c]))
		g.cells, g.own = map[geo.Cell][]int32{}, map[geo.Cell][]int32{}
		for i := range items {
			if !items[i].lost && classOf(items[i].u) == c {
				g.fill(items, c)
				break
			}
		}
	}
	return out
}

// fill puts all items of a class and of finer ones into its grid.
func (g *grid) fill(items []item, class int) {
	for i := range items {
		k := classOf(items[i].u)
		if k > class || items[i].lost {
			continue
		}
		cell := geo.CellOf(items[i].point, g.level)
		g.cells[cell] = append(g.cells[cell], int32(i))
		if k == class {
			g.own[cell] = append(g.own[cell], int32(i))
		}
	}
	for _, lists := range []map[geo.Cell][]int32{g.cells, g.own} {
		for _, list := range lists {
			slices.SortFunc(list, func(a, b int32) int { return byStart(items, a, b) })
		}
	}
}

func byStart(items []item, a, b int32) int {
	return cmp.Or(cmp.Compare(items[a].start, items[b].start), cmp.Compare(a, b))
}

// reach is the distance in metres beyond which two items of at most this
// uncertainty cannot reach the threshold, whatever else agrees.
func (s *scorer) reach(u int64) int64 {
	v := s.variance(u, u)
	rest := s.m.Prior.Score + s.m.Time.Max + s.m.Casualties.Agree + max(s.m.Side.Same, s.m.Side.Unknown) - s.m.Threshold
	for _, t := range s.tables {
		if t == nil {
			continue
		}
		most := int32(0)
		for _, row := range t {
			most = max(most, slices.Max(row))
		}
		rest += int64(most)
	}
	// Less uncertain pairs score higher close by but fall off sooner; the
	// widest of the class reaches furthest unless it never reaches at all.
	d := int64(1)
	for w := s.m.Space.BaseM * s.m.Space.BaseM; w <= v; w = w*5/4 + 1 {
		d = max(d, s.reachAt(w, rest))
	}
	return max(d, s.reachAt(v, rest))
}

func (s *scorer) reachAt(v, rest int64) int64 {
	slack := rest + s.lnArea - milliLn(uint64(v))
	if slack <= 0 {
		return 1
	}
	return isqrt(2*v*slack/1000) + 1
}

func isqrt(n int64) int64 {
	if n < 2 {
		return max(0, n)
	}
	x := n
	for y := (x + 1) / 2; y < x; y = (x + n/x) / 2 {
		x = y
	}
	return x
}

// partners returns the best candidates of item i, worst first.
func (s *scorer) partners(items []item, grids []grid, i int) []neighbour {
	a := &items[i]
	var top []neighbour
	class := classOf(a.u)
	for c := class; c < len(grids); c++ {
		g := &grids[c]
		lists := g.own // coarser items, which look at us through their grid
		if c == class {
			lists = g.cells
		}
		if len(lists) == 0 {
			continue
		}
		for _, cell := range geo.CellOf(a.point, g.level).Around() {
			top = s.scan(items, lists[cell], i, top)
		}
	}
	return top
}

// scan looks at the items of one cell that are near in time.
func (s *scorer) scan(items []item, list []int32, i int, top []neighbour) []neighbour {
	a := &items[i]
	from, to := s.window(a)
	at, _ := slices.BinarySearchFunc(list, from, func(k int32, t int64) int { return cmp.Compare(items[k].start, t) })
	for _, k := range list[at:] {
		b := &items[k]
		if b.start > to {
			break
		}
		if int(k) == i {
			continue
		}
		if score := s.score(a, b); score >= s.m.Threshold {
			top = s.keep(items, top, neighbour{k, int32(score)})
		}
	}
	return top
}

// window is when those begin that an item is compared with.
func (s *scorer) window(a *item) (from, to int64) {
	reach := s.m.Extent.Minutes * 60_000
	if a.presence {
		reach = s.reachMs
	}
	// No located item is wider than the bound, so earlier starts are too far.
	return a.start - reach - s.m.Locatable.WidthMin*60_000, a.end + reach
}

// keep adds n to the best m.Edges, sorted worst first, allegations before all
// that was observed.
func (s *scorer) keep(items []item, top []neighbour, n neighbour) []neighbour {
	worse := func(x, y neighbour) bool {
		if a, b := items[x.k].alleged, items[y.k].alleged; a != b {
			return a // no flood of claims displaces what was observed
		}
		if x.score != y.score {
			return x.score < y.score
		}
		return items[y.k].id.Less(items[x.k].id)
	}
	if len(top) == s.m.Edges {
		if worse(n, top[0]) {
			return top
		}
		top = slices.Delete(top, 0, 1)
	}
	at, _ := slices.BinarySearchFunc(top, n, func(x, y neighbour) int {
		if worse(x, y) {
			return -1
		}
		return 1
	})
	return slices.Insert(top, at, n)
}
