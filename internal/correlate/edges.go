package correlate

import (
	"cmp"
	"slices"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// neighbour is a candidate that reached the threshold.
type neighbour struct {
	k     int32
	score int32
}

// places are where items are, for finding partners. What is known to six hours stands in
// grids by time; what is wider stands on shelves, in groups of equal items, since a day may
// have thousands of those in one village.
type places struct {
	grids   []grid  // by class of uncertainty
	shelves []shelf // by class of uncertainty
	events  roll    // of sources that keep their own apart
}

// best finds the partners of each item, which score at least the threshold with it, and the
// tally of wide items: how many partners they have, Edges+1 standing for more than Edges.
//
// A wide item with more partners than that is crowded: it joins nobody, and is nobody's
// partner. All partners of another wide item are kept. Of the partners of an item that is not
// wide the best m.Edges are kept, by (score, IDs).
func (s *scorer) best(items []item, at *places, in Input) ([][]neighbour, []uint8) {
	best, tally := make([][]neighbour, len(items)), make([]uint8, len(items))
	var wide []int32
	for i := range items {
		if items[i].wide {
			wide = append(wide, int32(i))
		}
	}
	// Those that differ in place alone one after the other: what their groups have with others is
	// worked out once.
	slices.SortFunc(wide, func(a, b int32) int { return cmp.Or(byKind(&items[a], &items[b]), cmp.Compare(a, b)) })
	kept := sync.Pool{New: func() any { return &besides{} }}
	Parallel(len(wide), in.Workers, nil, func(n int) {
		i := wide[n]
		x := kept.Get().(*besides)
		x.begin(items, i)
		best[i], tally[i] = s.allPartners(items, at, int(i), x)
		kept.Put(x)
	})
	slices.Sort(wide)
	crowded := s.crowded(tally)
	for _, i := range wide {
		if crowded(int(i)) {
			best[i] = nil
		}
		best[i] = slices.DeleteFunc(best[i], func(n neighbour) bool { return crowded(int(n.k)) })
	}
	Parallel(len(items), in.Workers, in.Progress, func(i int) {
		if !items[i].wide {
			best[i] = s.narrowPartners(items, at, i)
			if items[i].alleged { // observations that are wide do not look at claims
				s.hits(items, at.shelves, i, func(r *item) bool { return r.alleged }, func(k int32, score int64) bool {
					if !crowded(int(k)) {
						best[i] = s.keep(items, i, best[i], neighbour{k, int32(score)})
					}
					return true
				})
			}
		}
	})
	for _, i := range wide {
		for _, n := range best[i] {
			if !items[n.k].wide {
				best[n.k] = s.keep(items, int(n.k), best[n.k], neighbour{i, n.score})
			}
		}
	}
	return best, tally
}

func (s *scorer) crowded(tally []uint8) func(k int) bool {
	return func(k int) bool { return k < len(tally) && int(tally[k]) > s.m.Edges }
}

// counts reports whether b is one of those that a, which is wide, looks at and may be
// crowded by: no flood of claims crowds what was observed.
func counts(a, b *item) bool { return a.alleged || !b.alleged }

// allPartners are all partners of a wide item, crowded ones among them, and how many they
// are; of a crowded item they are the first that were found.
func (s *scorer) allPartners(items []item, at *places, i int, x *besides) ([]neighbour, uint8) {
	a := &items[i]
	var list []neighbour
	n := 0
	add := func(k int32, score int64) bool {
		if n++; n > s.m.Edges {
			return false
		}
		list = append(list, neighbour{k, int32(score)})
		return true
	}
	s.hitsWith(items, at.shelves, i, x, func(r *item) bool { return !counts(a, r) }, add)
	if n <= s.m.Edges {
		s.narrowHits(items, at.grids, i, func(k int32, score int64) bool { return !counts(a, &items[k]) || add(k, score) })
	}
	return list, uint8(n)
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

// classes of uncertainty, upper bounds in metres. The last has none.
var classes = [...]int64{300, 1000, 3000, 10_000, 30_000, 100_000, 1 << 40}

func classOf(u int64) int {
	for c, bound := range classes {
		if u <= bound {
			return c
		}
	}
	return len(classes) - 1
}

// grid holds the items of a class and of all finer ones that are not wide in time, by cell
// and time. It is filled when there is something of its class.
type grid struct {
	level  int
	filled bool
	cells  map[geo.Cell][]int32 // sorted by start
	own    map[geo.Cell][]int32 // of these, the items of exactly this class
}

// fill puts items where they are found.
func (s *scorer) fill(items []item) *places {
	at := &places{grids: make([]grid, len(classes)), shelves: make([]shelf, len(classes))}
	for c := range at.grids {
		at.grids[c] = grid{level: geo.CellLevel(s.reach(classes[c])), cells: map[geo.Cell][]int32{}, own: map[geo.Cell][]int32{}}
	}
	var there [len(classes)]bool
	for i := range items {
		if !items[i].lost {
			there[classOf(items[i].u)] = true
		}
	}
	for c := range there {
		if there[c] {
			at.grids[c].fill(items, c)
		}
	}
	fillShelves(items, at.shelves)
	at.events = s.newRoll(items)
	return at
}

// fill puts all items of a class and of finer ones into its grid.
func (g *grid) fill(items []item, class int) {
	g.filled = true
	for i := range items {
		k := classOf(items[i].u)
		if k > class || items[i].lost || items[i].wide {
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
	m := s.m
	base := m.Time.BaseMin
	rest := max(m.Prior.BothApart, m.Prior.OneApart, m.Prior.Other) + min(m.Time.Max, (s.lnSpan-milliLn(uint64(base*base)))/2) +
		m.rarity(1<<40) + max(m.Side.Same, m.Side.Unknown) - m.Threshold
	for _, most := range s.most {
		if len(most) > 0 {
			rest += int64(slices.Max(most))
		}
	}
	// Less uncertain pairs score higher close by but fall off sooner; the
	// widest of the class reaches furthest unless it never reaches at all. Between
	// two steps the distance is at most the root of a step farther.
	d, v := int64(1), int64(0)
	if u < 1<<31 {
		v = s.variance(u, u)
	}
	for w := m.Space.BaseM * m.Space.BaseM; ; w = w*33/32 + 1 {
		if v > 0 && w > v || v == 0 && rest+s.lnArea < milliLn(uint64(w)) {
			break
		}
		d = max(d, s.reachAt(w, rest)*65/64+1)
	}
	if v > 0 {
		d = max(d, s.reachAt(v, rest))
	}
	return d
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

// narrowPartners returns the best candidates of item i among those that are not wide, worst
// first. Neither is i.
//
// Candidates come from S2 cells no smaller than the distance at which the
// threshold can still be reached, so that a cell and its neighbours hold them
// all; within a cell they are sorted by time. Items differ in uncertainty by
// a thousand times, so each class of uncertainty has a grid of its own size.
func (s *scorer) narrowPartners(items []item, at *places, i int) []neighbour {
	var top []neighbour
	from, to := s.window(&items[i])
	s.scan(items, at.grids, i, from, to, func(k int32) bool {
		if score := s.score(&items[i], &items[k]); score >= s.m.Threshold {
			top = s.keep(items, i, top, neighbour{k, int32(score)})
		}
		return true
	})
	return top
}

// narrowHits calls f with each item that is not wide and is a partner of i, which is, until
// f returns false.
func (s *scorer) narrowHits(items []item, grids []grid, i int, f func(k int32, score int64) bool) {
	a := &items[i]
	if s.mostBeside(a, 0)+s.m.Space.Max < s.m.Threshold {
		return
	}
	s.scan(items, grids, i, a.start-s.wideMs, a.end, func(k int32) bool {
		if score := s.score(a, &items[k]); score >= s.m.Threshold {
			return f(k, score)
		}
		return true
	})
}

// scan calls f with the items near i in space that are not wide and begin in a time, until f
// returns false.
func (s *scorer) scan(items []item, grids []grid, i int, from, to int64, f func(k int32) bool) {
	class := classOf(items[i].u)
	for c := class; c < len(grids); c++ {
		g := &grids[c]
		lists := g.own // coarser items, which look at us through their grid
		if c == class {
			lists = g.cells
		}
		if len(lists) == 0 {
			continue
		}
		for _, cell := range geo.CellOf(items[i].point, g.level).Around() {
			list := lists[cell]
			at, _ := slices.BinarySearchFunc(list, from, func(k int32, t int64) int { return cmp.Compare(items[k].start, t) })
			for _, k := range list[at:] {
				if items[k].start > to {
					break
				}
				if int(k) != i && !f(k) {
					return
				}
			}
		}
	}
}

// window is when those begin that an item that is not wide is compared with.
func (s *scorer) window(a *item) (from, to int64) {
	reach := s.m.Extent.Minutes * 60_000
	if a.presence {
		reach = s.reachMs
	}
	return a.start - reach - s.wideMs, a.end + reach
}

// keep adds n to the best m.Edges of item i, sorted worst first, allegations before all
// that was observed. Which of two equal ones is better depends on i as well, so that not
// all have the same ones as partners.
func (s *scorer) keep(items []item, i int, top []neighbour, n neighbour) []neighbour {
	worse := func(x, y neighbour) bool {
		if a, b := items[x.k].alleged, items[y.k].alleged; a != b {
			return a // no flood of claims displaces what was observed
		}
		if x.score != y.score {
			return x.score < y.score
		}
		return nearer(&items[i].id, &items[y.k].id, &items[x.k].id)
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

// nearer orders what is equal otherwise: x before y if x XOR of is less than y XOR of.
func nearer(of, x, y *truce.Digest) bool {
	for b := range of {
		if x[b] != y[b] {
			return x[b]^of[b] < y[b]^of[b]
		}
	}
	return false
}
