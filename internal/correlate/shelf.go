package correlate

import (
	"cmp"
	"slices"

	"github.com/opentruce/truce/geo"
)

// A shelf holds the wide items of one class of uncertainty: by home, a cell of about 10 km,
// there by class of width, and there in groups of items that differ in place alone. Of a
// group each item scores the less with an item the farther it is from it. So how far partners
// may be is known from the group, and those within that distance are looked up: a day with
// thousands of reports from one village costs each of them the few that it finds.
type shelf struct{ homes []home } // by cell

type home struct {
	cell   geo.Cell
	groups [len(spans) + 1][]group // by kinds, which begin with the start
}

// spans are classes of width, upper bounds in milliseconds: a day, of 25 hours at most, three
// days, ten, and more.
var spans = [...]int64{25 * hourMs, 73 * hourMs, 241 * hourMs}

const hourMs = 3_600_000

func spanOf(it *item) int {
	for n, bound := range spans {
		if it.end-it.start <= bound {
			return n
		}
	}
	return len(spans)
}

type group struct {
	start, end int64    // of each, here because a home may have years of days to look through
	members    []member // by place
}

type member struct {
	at geo.Cell // a leaf
	k  int32
}

// homeLevel is the level of the cells of homes.
const homeLevel = 10

// byKind orders items by all but place and ID. Two of which neither comes first score alike
// with all others at one distance.
func byKind(a, b *item) int {
	if c := cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), cmp.Compare(a.kinds[0], b.kinds[0]), cmp.Compare(a.kinds[1], b.kinds[1]),
		cmp.Compare(a.u, b.u), cmp.Compare(a.side, b.side), cmp.Compare(a.apart, b.apart), cmp.Compare(a.calibre, b.calibre), yes(a.alleged)-yes(b.alleged), yes(a.presence)-yes(b.presence)); c != 0 {
		return c
	}
	if c := byKilled(a, b); c != 0 || !a.presence {
		return c
	}
	x, y := &a.thing, &b.thing
	return cmp.Or(cmp.Compare(x.seen, y.seen), cmp.Compare(x.owner, y.owner), cmp.Compare(x.object, y.object), cmp.Compare(x.source, y.source), cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

func byKilled(a, b *item) int {
	numbers := func(it *item) (out [4]int64) {
		if it.casualties != nil && it.casualties.Killed != nil {
			r := it.casualties.Killed
			out = [4]int64{1, int64(r.Low), int64(r.High), middle(r)}
		}
		return out
	}
	x, y := numbers(a), numbers(b)
	return slices.Compare(x[:], y[:])
}

// order is where an item is beside a group, by kind.
func (g *group) order(items []item, it *item) int {
	if c := cmp.Or(cmp.Compare(g.start, it.start), cmp.Compare(g.end, it.end)); c != 0 {
		return c
	}
	return byKind(&items[g.members[0].k], it)
}

func byPlace(a, b member) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.k, b.k)) }

// fillShelves puts the wide ones of items on shelves.
func fillShelves(items []item, shelves []shelf) {
	type placed struct {
		home geo.Cell
		member
	}
	var by [len(classes)][]placed
	for i := range items {
		if it := &items[i]; it.wide && !it.lost {
			c := classOf(it.u)
			by[c] = append(by[c], placed{geo.CellOf(it.point, homeLevel), member{geo.Leaf(it.point), int32(i)}})
		}
	}
	for c, list := range by {
		slices.SortFunc(list, func(a, b placed) int {
			if d := cmp.Compare(a.home, b.home); d != 0 {
				return d
			}
			x, y := &items[a.k], &items[b.k]
			if d := cmp.Or(cmp.Compare(spanOf(x), spanOf(y)), byKind(x, y)); d != 0 {
				return d
			}
			return byPlace(a.member, b.member)
		})
		shelf := &shelves[c]
		for n, p := range list {
			fresh := n == 0 || list[n-1].home != p.home
			if fresh {
				shelf.homes = append(shelf.homes, home{cell: p.home})
			}
			span := spanOf(&items[p.k])
			groups := &shelf.homes[len(shelf.homes)-1].groups[span]
			if fresh || len(*groups) == 0 || byKind(&items[list[n-1].k], &items[p.k]) != 0 {
				*groups = append(*groups, group{start: items[p.k].start, end: items[p.k].end})
			}
			g := &(*groups)[len(*groups)-1]
			g.members = append(g.members, p.member)
		}
	}
}

func (s *shelf) find(cell geo.Cell) (int, bool) {
	return slices.BinarySearchFunc(s.homes, cell, func(h home, c geo.Cell) int { return cmp.Compare(h.cell, c) })
}

// put adds item k.
func (s *shelf) put(items []item, k int) {
	it := &items[k]
	cell := geo.CellOf(it.point, homeLevel)
	n, ok := s.find(cell)
	if !ok {
		s.homes = slices.Insert(s.homes, n, home{cell: cell})
	}
	groups := &s.homes[n].groups[spanOf(it)]
	at, ok := slices.BinarySearchFunc(*groups, it, func(g group, it *item) int { return g.order(items, it) })
	if !ok {
		*groups = slices.Insert(*groups, at, group{start: it.start, end: it.end})
	}
	g, m := &(*groups)[at], member{geo.Leaf(it.point), int32(k)}
	n, _ = slices.BinarySearchFunc(g.members, m, byPlace)
	g.members = slices.Insert(g.members, n, m)
}

// cut takes item k away, as long as it is what it was when it was put there.
func (s *shelf) cut(items []item, k int) {
	it := &items[k]
	n, ok := s.find(geo.CellOf(it.point, homeLevel))
	if !ok {
		return
	}
	h := &s.homes[n]
	groups := &h.groups[spanOf(it)]
	at, ok := slices.BinarySearchFunc(*groups, it, func(g group, it *item) int { return g.order(items, it) })
	if !ok {
		return
	}
	g := &(*groups)[at]
	if i, ok := slices.BinarySearchFunc(g.members, member{geo.Leaf(it.point), int32(k)}, byPlace); ok {
		g.members = slices.Delete(g.members, i, i+1)
	}
	if len(g.members) > 0 {
		return
	}
	*groups = slices.Delete(*groups, at, at+1)
	for _, list := range h.groups {
		if len(list) > 0 {
			return
		}
	}
	s.homes = slices.Delete(s.homes, n, n+1)
}

// mostBeside is the most that an item can score with another beside their distance; the other's
// time is at least so many minutes wide.
func (s *scorer) mostBeside(a *item, width int64) int64 {
	m := s.m
	out := m.Prior.Other
	if s.numbers != nil && s.numbers.numbers > 0 {
		out = max(out, m.Prior.OneApart)
		if a.apart != 0 && s.numbers.numbers > 1 {
			out = max(out, m.Prior.BothApart)
		}
	}
	k := m.Time.WidthPerSigmaX10
	w, x := 10*(a.end-a.start)/(60_000*k), 10*width/k
	out += min(m.Time.Max, (s.lnSpan-milliLn(uint64(m.Time.BaseMin*m.Time.BaseMin+w*w+x*x)))/2)
	for i, most := range s.most {
		if len(most) > 0 {
			out += int64(most[a.kinds[i]])
		}
	}
	if a.side != 0 {
		out += max(m.Side.Same, m.Side.Unknown)
	} else {
		out += m.Side.Unknown
	}
	if a.casualties != nil && a.casualties.Killed != nil {
		out += max(0, m.rarity(middle(a.casualties.Killed)))
	}
	return out
}

// reachOf is how far partners of an item may be that are wide and of a class of
// uncertainty; -1: it has none.
func (s *scorer) reachOf(a *item, class int) int64 {
	least := int64(0)
	if class > 0 {
		least = classes[class-1] + 1
	}
	most := s.mostBeside(a, s.m.Time.WideMin)
	v := s.variance(a.u, least)
	slack := most + s.lnArea - milliLn(uint64(v)) - s.m.Threshold
	if slack < 0 || most+s.m.Space.Max < s.m.Threshold {
		return -1
	}
	if class < len(classes)-1 {
		v = s.variance(a.u, classes[class])
	} else { // as uncertain as something may be and still have partners
		for most+s.lnArea-milliLn(uint64(v)) >= s.m.Threshold {
			v *= 2
		}
	}
	return isqrt(2*v*slack/1000) + 2
}

// rings are the cells around a point, by level.
type rings struct {
	at geo.Point
	by [31][]geo.Cell
}

func (r *rings) around(level int) []geo.Cell {
	if r.by[level] == nil {
		r.by[level] = geo.CellOf(r.at, level).Around()
	}
	return r.by[level]
}

// few is how many items are looked at one by one rather than by cell.
const few = 12

// A beside is what the items of one kind share with those of a group, without their distance.
type beside struct {
	none bool  // nothing: none of the group is a partner
	rest int64 // the score beside distance
	v    int64 // variance of the distance
	here int64 // the term of space at one point
	most int64 // farther than that the term of space is too low
}

// A match is a group in which an item may have partners, with what it has with each of them.
type match struct {
	*group
	beside
}

// besides keep the matches of the items of one kind in homes, for as long as these stay.
type besides struct {
	of int32 // an item of the kind
	by map[*home][]match
}

// begin forgets all, if an item is of another kind than the last.
func (x *besides) begin(items []item, i int32) {
	if x.by == nil || byKind(&items[x.of], &items[i]) != 0 {
		x.of, x.by = i, map[*home][]match{}
	}
}

// besideOf works out what an item has with a group.
func (s *scorer) besideOf(a, r *item, skip func(*item) bool) (out beside) {
	if skip != nil && skip(r) || s.excluded(a, r) {
		return beside{none: true}
	}
	if out.rest = s.beside(a, r); out.rest+s.m.Space.Max < s.m.Threshold {
		return beside{none: true}
	}
	out.v = s.variance(a.u, r.u)
	out.here = s.lnArea - milliLn(uint64(out.v))
	slack := out.rest + out.here - s.m.Threshold
	if slack < 0 {
		return beside{none: true}
	}
	out.most = isqrt(((slack+1)*2*out.v - 1) / 1000)
	return out
}

// hits calls f with each wide item that is a partner of item i, crowded ones among them,
// until f returns false. Groups that skip says are not looked at; nil: none.
func (s *scorer) hits(items []item, shelves []shelf, i int, skip func(*item) bool, f func(k int32, score int64) bool) {
	s.hitsWith(items, shelves, i, nil, skip, f)
}

// hitsWith is hits, with what was worked out for the item's kind; nil: nothing is kept. Of one kind
// skip says the same.
func (s *scorer) hitsWith(items []item, shelves []shelf, i int, x *besides, skip func(*item) bool, f func(k int32, score int64) bool) {
	a := &items[i]
	ring := rings{at: a.point}
	for c := range shelves {
		homes := shelves[c].homes
		if len(homes) == 0 {
			continue
		}
		d := s.reachOf(a, c)
		if d < 0 {
			continue
		}
		for _, cell := range ring.around(min(homeLevel, geo.CellLevel(d))) {
			first, last := cell.Range()
			n, _ := shelves[c].find(first)
			for ; n < len(homes) && homes[n].cell <= last; n++ {
				if !s.homeHits(items, &homes[n], i, x, &ring, skip, f) {
					return
				}
			}
		}
	}
}

func (s *scorer) homeHits(items []item, h *home, i int, x *besides, ring *rings, skip func(*item) bool, f func(k int32, score int64) bool) bool {
	a := &items[i]
	if x == nil {
		return s.matches(items, h, a, skip, func(m *match) bool { return s.groupHits(items, h, m, i, ring, f) })
	}
	list, known := x.by[h]
	if !known {
		s.matches(items, h, a, skip, func(m *match) bool {
			list = append(list, *m)
			return true
		})
		x.by[h] = list
	}
	for n := range list {
		if !s.groupHits(items, h, &list[n], i, ring, f) {
			return false
		}
	}
	return true
}

// matches calls f with the groups of a home in which an item may have partners, until f returns
// false, which it returns then.
func (s *scorer) matches(items []item, h *home, a *item, skip func(*item) bool, f func(*match) bool) bool {
	for span, groups := range h.groups {
		at := 0
		if span < len(spans) && len(groups) > 0 {
			at, _ = slices.BinarySearchFunc(groups, a.start-spans[span], func(g group, t int64) int { return cmp.Compare(g.start, t) })
		}
		for ; at < len(groups); at++ {
			g := &groups[at]
			if g.start >= a.end {
				break
			}
			if g.end <= a.start {
				continue
			}
			if m := (match{g, s.besideOf(a, &items[g.members[0].k], skip)}); !m.none && !f(&m) {
				return false
			}
		}
	}
	return true
}

// groupHits are the hits of item i in a group that it matches.
func (s *scorer) groupHits(items []item, h *home, m *match, i int, ring *rings, f func(k int32, score int64) bool) bool {
	a, g, b := &items[i], m.group, &m.beside
	most := b.most
	look := func(list []member, last geo.Cell) bool {
		for _, m := range list {
			if m.at > last {
				break
			}
			if int(m.k) == i {
				continue
			}
			d := geo.ChordM(&a.vec, &items[m.k].vec)
			if d > most {
				continue
			}
			if score := b.rest + s.spaceAt(d, b.v, b.here); score >= s.m.Threshold && !f(m.k, score) {
				return false
			}
		}
		return true
	}
	level := 0
	if len(g.members) > few {
		level = geo.CellLevel(most + 2)
	}
	if level <= homeLevel {
		return look(g.members, 1<<64-1)
	}
	low, high := h.cell.Range()
	for _, cell := range ring.around(level) {
		first, last := cell.Range()
		if last < low || first > high {
			continue
		}
		n, _ := slices.BinarySearchFunc(g.members, first, func(m member, c geo.Cell) int { return cmp.Compare(m.at, c) })
		if !look(g.members[n:], last) {
			return false
		}
	}
	return true
}
