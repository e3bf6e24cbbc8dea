package correlate

import (
	"cmp"
	"runtime"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// An Index correlates observations that come and go: a change costs what it
// touches, and not what there is. After any changes it has the incidents that
// Correlate gives of the observations and decisions that are then there
// (TestIndex). One goroutine uses it at a time.
//
// What an observation's partners are depends on its neighbourhood alone, and what
// becomes of a connected component of kept edges on that component alone. So an
// observation that comes or goes changes the partners of those near it, and the
// components that these are in are clustered again. Whether a wide observation is
// crowded depends on how many partners it has, and not on whether these are crowded.
type Index struct {
	s  *scorer
	in Input // without its observations and decisions
	*units
	at       *places
	partner  [][]neighbour     // of each unit
	tally    []uint8           // how many partners a unit that is wide has, as best counts them
	rankedBy [][]int32         // units that have it as a partner, in no order
	incident []*truce.Incident // that a unit is of; nil: the slot is free
	free     []int
	passes   map[pass]map[truce.Digest]pixel
	edges    int
	rule     rulings
	found    []Contradiction // of components
}

// A Change is what came of an update, each list by ID. An incident of which an observation
// says something else under its ID, or that has other rivals or became crowded, is in both
// lists.
type Change struct{ Added, Gone []*truce.Incident }

// NewIndex correlates, and keeps what later changes need. Beside the
// observations that is about 500 bytes for each.
func NewIndex(in Input) (*Index, *Result) {
	if in.Workers <= 0 {
		in.Workers = runtime.GOMAXPROCS(0)
	}
	if in.Places == nil {
		in.Places = Locate
	}
	u := newUnits(Current, in)
	x := &Index{s: newScorer(Current, u.tables, u.numbers), units: u, passes: map[pass]map[truce.Digest]pixel{}}
	located := u.items[:u.located]
	x.at = x.s.fill(located)
	x.partner, x.tally = x.s.best(located, x.at, in)
	x.partner = append(x.partner, make([][]neighbour, len(u.items)-u.located)...)
	x.tally = append(x.tally, make([]uint8, len(u.items)-u.located)...)
	edges := edgesOf(located, x.partner[:u.located])
	res := &Result{Edges: len(edges), Unlocatable: u.unlocatable}
	groups := x.s.cluster(u, edges, x.at, in, res)
	incidents := u.incidents(groups, x.crowded, in.Workers)
	x.incident = make([]*truce.Incident, len(u.items))
	for i, g := range groups {
		for _, k := range g.units {
			x.incident[k] = incidents[i]
		}
	}
	x.rankedBy = make([][]int32, len(u.items))
	for i, list := range x.partner {
		for _, n := range list {
			x.rankedBy[n.k] = append(x.rankedBy[n.k], int32(i))
		}
	}
	u.of = make(map[truce.Digest]int, len(in.Observations))
	for k, of := range u.members {
		for _, o := range of {
			u.of[o.ID] = k
			if p, ok := x.pixel(o, in); ok {
				x.pass(o)[o.ID] = p
			}
		}
	}
	x.edges = len(edges)
	x.rule = ruling(u.of, in.Decisions, x.before)
	x.in = in
	x.in.Observations, x.in.Decisions, x.in.Progress = nil, nil, nil
	x.contradictions()
	slices.SortFunc(incidents, byID)
	res.Incidents = incidents
	return x, res
}

func byID(a, b *truce.Incident) int { return a.ID.Compare(b.ID) }

// pixel is a detection that is located and so may be of a footprint.
func (x *Index) pixel(o *truce.Observation, in Input) (pixel, bool) {
	if o.Act != truce.ActFirePixel || o.None() {
		return pixel{}, false
	}
	at, radius, ok := in.Places(o)
	return pixel{o, at, geo.VecOf(at), radius}, ok && timed(o)
}

// crowded reports whether a unit is wide and has more partners than can be chosen among.
func (x *Index) crowded(k int) bool { return int(x.tally[k]) > x.s.m.Edges }

// pass are the pixels of an observation's pass.
func (x *Index) pass(o *truce.Observation) map[truce.Digest]pixel {
	key := pass{o.Source, o.Occurred}
	if x.passes[key] == nil {
		x.passes[key] = map[truce.Digest]pixel{}
	}
	return x.passes[key]
}

// Update takes away observations that are there and adds others, and lets the
// decisions stand that are given, all of them.
func (x *Index) Update(add, drop []*truce.Observation, ds []*truce.Decision) (Change, *Result) {
	c := &change{x: x, gone: map[truce.Digest]*truce.Incident{}, refill: map[int]bool{}, recount: map[int]bool{}, hot: map[int]bool{}, ruled: map[int]bool{}}
	swept := map[pass]bool{}
	for _, o := range drop {
		if p := x.passes[pass{o.Source, o.Occurred}]; p != nil {
			if _, ok := p[o.ID]; ok {
				delete(p, o.ID)
				swept[pass{o.Source, o.Occurred}] = true
				c.loose = append(c.loose, x.of[o.ID])
				delete(x.of, o.ID)
				continue
			}
		}
		k := x.of[o.ID]
		delete(x.of, o.ID)
		c.remove(k)
	}
	x.numbers.apartNumbers(add, x.in.Source)
	var fresh []int
	for _, o := range add {
		if p, ok := x.pixel(o, x.in); ok {
			x.pass(o)[o.ID] = p
			swept[pass{o.Source, o.Occurred}] = true
			continue
		}
		of := []*truce.Observation{o}
		if at, radius, ok := x.in.Places(o); ok && timed(o) && !o.None() {
			fresh = append(fresh, x.put(of, x.numbers.item(of, at, radius)))
		} else {
			c.hot[x.put(of, lostItem(of))] = true
		}
	}
	fresh = append(fresh, c.footprints(swept)...)
	c.partners(fresh)
	for _, k := range fresh {
		if x.items[k].apart != 0 {
			c.events = append(c.events, x.items[k])
		}
	}
	c.crowds()
	c.rulings(ds)
	return c.recluster(), &Result{Edges: x.edges, Unlocatable: x.unlocatable, Contradictions: slices.Concat(x.rule.contradictions, x.found)}
}

// change is one update.
type change struct {
	x      *Index
	gone   map[truce.Digest]*truce.Incident // as they were before
	refill map[int]bool                     // units that lost one of as many partners as are kept
	loose  []int                            // units that pixels were taken from

	recount map[int]bool // crowded units that lost a partner

	events []item // of sources that keep their own apart, that came or went

	// Units whose incidents may have changed: an edge that joined nothing and is gone changes
	// nothing, and of a new edge one end is enough.
	hot   map[int]bool
	ruled map[int]bool // units whose component is clustered as a whole, because of decisions
}

// heat marks what the coming or going of an edge may change.
func (c *change) heat(k, n int, came bool) {
	x := c.x
	switch {
	case x.items[k].apart != 0 || x.items[n].apart != 0: // other edges may be contested now, or no longer
		c.hot[k], c.hot[n] = true, true
	case came:
		c.hot[k] = true
	case x.incident[k] == nil || x.incident[k] == x.incident[n]:
		c.hot[k], c.hot[n] = true, true
	}
}

// put gives a unit a slot.
func (x *Index) put(of []*truce.Observation, it item) int {
	k := len(x.items)
	if n := len(x.free); n > 0 {
		k, x.free = x.free[n-1], x.free[:n-1]
		x.items[k], x.members[k], x.partner[k], x.rankedBy[k], x.tally[k] = it, of, nil, nil, 0
	} else {
		x.items, x.members, x.tally = append(x.items, it), append(x.members, of), append(x.tally, 0)
		x.partner, x.rankedBy, x.incident = append(x.partner, nil), append(x.rankedBy, nil), append(x.incident, nil)
	}
	for _, o := range of {
		x.of[o.ID] = k
	}
	if it.lost {
		x.unlocatable += len(of)
		return k
	}
	x.located++
	class := classOf(it.u)
	if it.wide {
		x.at.shelves[class].put(x.items, k)
	}
	if it.apart != 0 {
		key := x.at.events.key(&it)
		x.at.events.lists[key] = x.insert(x.at.events.lists[key], k)
	}
	for c := class; c < len(x.at.grids); c++ {
		g := &x.at.grids[c]
		if !g.filled {
			if c == class { // the first of its class
				g.fill(x.items, c)
			}
			continue
		}
		if it.wide {
			continue
		}
		cell := geo.CellOf(it.point, g.level)
		g.cells[cell] = x.insert(g.cells[cell], k)
		if c == class {
			g.own[cell] = x.insert(g.own[cell], k)
		}
	}
	return k
}

func (x *Index) insert(list []int32, k int) []int32 {
	at, _ := slices.BinarySearchFunc(list, int32(k), func(a, b int32) int { return byStart(x.items, a, b) })
	return slices.Insert(list, at, int32(k))
}

// remove frees the slot of a unit.
func (c *change) remove(k int) {
	x, it := c.x, &c.x.items[k]
	if !it.lost {
		x.s.hits(x.items, x.at.shelves, k, nil, func(p int32, _ int64) bool {
			switch {
			case !counts(&x.items[p], it) || x.tally[p] == 0: // it does not count it, or has not counted yet
			case x.crowded(int(p)):
				c.recount[int(p)] = true
			default:
				x.tally[p]--
			}
			return true
		})
	}
	if inc := x.incident[k]; inc != nil {
		c.gone[inc.ID] = inc
		for _, o := range inc.Of { // what is left of it may be alone now
			if other, ok := x.of[o.ID]; ok && other != k {
				c.hot[other] = true
			}
		}
	}
	for _, by := range slices.Clone(x.rankedBy[k]) {
		c.without(int(by), k)
	}
	c.set(k, nil)
	delete(c.hot, k)
	delete(c.refill, k)
	delete(c.recount, k)
	if it.lost {
		x.unlocatable -= len(x.members[k])
	} else {
		x.located--
		class := classOf(it.u)
		if it.wide {
			x.at.shelves[class].cut(x.items, k)
		}
		if it.apart != 0 {
			cutFrom(x, x.at.events.lists, x.at.events.key(it), k)
			c.events = append(c.events, *it)
		}
		for n := class; n < len(x.at.grids); n++ {
			g := &x.at.grids[n]
			if !g.filled || it.wide {
				continue
			}
			cell := geo.CellOf(it.point, g.level)
			cutFrom(x, g.cells, cell, k)
			if n == class {
				cutFrom(x, g.own, cell, k)
			}
		}
	}
	x.items[k], x.members[k], x.incident[k], x.tally[k] = item{lost: true}, nil, nil, 0
	x.free = append(x.free, k)
}

func cutFrom[K comparable](x *Index, lists map[K][]int32, cell K, k int) {
	list := lists[cell]
	at, ok := slices.BinarySearchFunc(list, int32(k), func(a, b int32) int { return byStart(x.items, a, b) })
	if !ok {
		return
	}
	if list = slices.Delete(list, at, at+1); len(list) == 0 {
		delete(lists, cell)
	} else {
		lists[cell] = list
	}
}

// without takes a partner from a unit, which looks for another if it had as many as are
// kept. A wide unit has all that there are.
func (c *change) without(by, k int) {
	x := c.x
	if len(x.partner[by]) == x.s.m.Edges && !x.items[by].wide {
		c.refill[by] = true
	}
	c.set(by, slices.DeleteFunc(slices.Clone(x.partner[by]), func(n neighbour) bool { return int(n.k) == k }))
}

// set gives a unit its partners, and marks those whose edges change.
func (c *change) set(k int, best []neighbour) {
	x := c.x
	old := x.partner[k]
	x.partner[k] = best
	for _, n := range old {
		if ranks(best, int(n.k)) {
			continue
		}
		by := x.rankedBy[n.k]
		at := slices.Index(by, int32(k))
		by[at] = by[len(by)-1]
		x.rankedBy[n.k] = by[:len(by)-1]
		c.heat(k, int(n.k), false)
		if !ranks(x.partner[n.k], k) {
			x.edges--
		}
	}
	for _, n := range best {
		if ranks(old, int(n.k)) {
			continue
		}
		x.rankedBy[n.k] = append(x.rankedBy[n.k], int32(k))
		c.heat(k, int(n.k), true)
		if !ranks(x.partner[n.k], k) {
			x.edges++
		}
	}
}

// footprints computes the units of passes again, and returns those that are new.
func (c *change) footprints(swept map[pass]bool) (fresh []int) {
	x := c.x
	for _, k := range c.loose {
		if x.members[k] != nil {
			c.remove(k)
		}
	}
	for key := range swept { // any order: passes do not touch one another
		var ps []pixel
		for _, p := range x.passes[key] {
			ps = append(ps, p)
		}
		if len(ps) == 0 {
			delete(x.passes, key)
			continue
		}
		slices.SortFunc(ps, func(a, b pixel) int { return a.o.ID.Compare(b.o.ID) })
		sets := footprints(x.s.m, ps)
		same := func(f []pixel) bool {
			k, ok := x.of[f[0].o.ID]
			return ok && x.members[k] != nil && slices.EqualFunc(f, x.members[k], func(p pixel, o *truce.Observation) bool { return p.o.Same(o) })
		}
		for _, f := range sets {
			if same(f) {
				continue
			}
			for _, p := range f {
				if k, ok := x.of[p.o.ID]; ok && x.members[k] != nil && slices.ContainsFunc(x.members[k], func(o *truce.Observation) bool { return o.ID == p.o.ID }) {
					c.remove(k)
				}
			}
		}
		for _, f := range sets {
			if same(f) {
				continue
			}
			of := make([]*truce.Observation, len(f))
			for i := range f {
				of[i] = f[i].o
			}
			at, radius := enclose(f)
			fresh = append(fresh, x.put(of, x.numbers.item(of, at, radius)))
		}
	}
	return fresh
}

// partners finds those of new units, and lets those near them have them as
// partners.
func (c *change) partners(fresh []int) {
	x := c.x
	begin := make(map[int]bool, len(fresh)) // units that become partners of others, or may
	for _, k := range fresh {
		begin[k] = true
	}
	closed := map[int]bool{} // units that became crowded
	for _, k := range fresh {
		x.s.hits(x.items, x.at.shelves, k, nil, func(p int32, _ int64) bool {
			if p := int(p); !begin[p] && !x.crowded(p) && counts(&x.items[p], &x.items[k]) {
				if x.tally[p]++; x.crowded(p) {
					closed[p] = true
				}
			}
			return true
		})
	}
	found := map[int][]neighbour{} // of wide units that begin
	count := func(k int) {
		if x.items[k].wide {
			found[k], x.tally[k] = x.s.allPartners(x.items, x.at, k, nil)
		}
	}
	for _, k := range fresh {
		count(k)
	}
	for k := range c.recount { // any order: each looks at what is there
		if count(k); !x.crowded(k) {
			begin[k] = true
			fresh = append(fresh, k)
		}
	}
	for k := range closed { // any order
		for _, by := range slices.Clone(x.rankedBy[k]) {
			c.without(int(by), k)
		}
		c.set(k, nil)
		c.hot[k] = true
	}
	for _, k := range fresh {
		c.hot[k] = true
		if x.items[k].wide {
			list := found[k]
			if x.crowded(k) {
				list = nil
			}
			c.set(k, slices.DeleteFunc(list, func(n neighbour) bool { return x.crowded(int(n.k)) }))
		} else {
			c.set(k, x.ranked(k))
		}
	}
	for _, k := range fresh {
		if x.crowded(k) {
			continue
		}
		x.near(k, func(j int, score int64) {
			if begin[j] || c.refill[j] {
				return // it looks for itself
			}
			n := neighbour{int32(k), int32(score)}
			switch {
			case !x.items[j].wide:
				c.set(j, x.s.keep(x.items, j, slices.Clone(x.partner[j]), n))
			case !x.crowded(j) && counts(&x.items[j], &x.items[k]):
				c.set(j, append(slices.Clone(x.partner[j]), n))
			}
		})
	}
	for k := range c.refill { // any order: each looks at what is there
		if !begin[k] {
			c.set(k, x.ranked(k))
		}
	}
}

// crowds marks the events of which what came or went changes how many of another source they
// may be, if they have a partner of it.
func (c *change) crowds() {
	x := c.x
	most := x.s.m.Crowd.Most + len(c.events)
	for i := range c.events {
		e := &c.events[i]
		of := func(k int32) bool { return x.items[k].apart == e.apart }
		for _, apart := range x.numbers.apart { // any order
			if apart == 0 || apart == e.apart {
				continue
			}
			x.s.near(x.items, &x.at.events, e, apart, func(k int32) bool {
				if !c.hot[int(k)] && x.s.like(&x.items[k], e) &&
					(slices.ContainsFunc(x.partner[k], func(n neighbour) bool { return of(n.k) }) || slices.ContainsFunc(x.rankedBy[k], of)) &&
					x.s.crowd(x.items, &x.at.events, k, e.apart, true, most) < most { // of more, one more or less changes nothing
					c.hot[int(k)] = true
				}
				return true
			})
		}
	}
}

// ranked are the best partners of a unit that is not wide.
func (x *Index) ranked(k int) []neighbour {
	top := x.s.narrowPartners(x.items, x.at, k)
	x.s.hits(x.items, x.at.shelves, k, nil, func(p int32, score int64) bool {
		if !x.crowded(int(p)) {
			top = x.s.keep(x.items, k, top, neighbour{p, int32(score)})
		}
		return true
	})
	return top
}

// near calls f with each unit that would look at k, and find a partner in it.
func (x *Index) near(k int, f func(j int, score int64)) {
	it := &x.items[k]
	x.s.hits(x.items, x.at.shelves, k, nil, func(j int32, score int64) bool {
		f(int(j), score)
		return true
	})
	if it.wide {
		x.s.narrowHits(x.items, x.at.grids, k, func(j int32, score int64) bool {
			f(int(j), score)
			return true
		})
		return
	}
	x.s.scan(x.items, x.at.grids, k, it.start-x.s.reachMs-x.s.wideMs, it.end+x.s.reachMs+x.s.wideMs, func(j int32) bool {
		other := &x.items[j]
		if from, to := x.s.window(other); it.start < from || it.start > to {
			return true
		}
		if score := x.s.score(other, it); score >= x.s.m.Threshold {
			f(int(j), score)
		}
		return true
	})
}

// rulings lets decisions stand, and marks the units that they concern otherwise
// than before.
func (c *change) rulings(ds []*truce.Decision) {
	x := c.x
	old := x.rule
	x.rule = ruling(x.of, ds, x.before)
	mark := func(k int) {
		if x.members[k] != nil {
			c.ruled[k] = true
		}
	}
	for _, m := range old.merges {
		mark(m.a)
		mark(m.b)
	}
	for _, m := range x.rule.merges {
		mark(m.a)
		mark(m.b)
	}
	for pair := range old.cannot {
		if !x.rule.cannot[pair] {
			mark(pair[0])
			mark(pair[1])
		}
	}
	for pair := range x.rule.cannot {
		if !old.cannot[pair] {
			mark(pair[0])
			mark(pair[1])
		}
	}
}

// before is the order of units in which Correlate numbers them.
func (x *Index) before(a, b int) bool {
	p, q := &x.items[a], &x.items[b]
	if p.lost != q.lost {
		return q.lost
	}
	if p.lost {
		if p.footprint != q.footprint {
			return q.footprint
		}
		return p.id.Less(q.id)
	}
	if d := cmp.Or(cmp.Compare(geo.CellOf(p.point, sideBySide), geo.CellOf(q.point, sideBySide)), cmp.Compare(p.start, q.start)); d != 0 {
		return d < 0
	}
	return p.id.Less(q.id)
}

// recluster clusters again what may have changed.
func (c *change) recluster() Change {
	x := c.x
	made := map[truce.Digest]*truce.Incident{}
	emit := func(groups []cluster) {
		for _, g := range groups {
			inc := x.units.incident(g, x.crowded)
			made[inc.ID] = inc
			for _, i := range g.units {
				x.incident[i] = inc
			}
		}
	}
	linked := map[int][]int{} // by merges
	for _, m := range x.rule.merges {
		linked[m.a], linked[m.b] = append(linked[m.a], m.b), append(linked[m.b], m.a)
	}
	seen := map[int]bool{}
	var loud []component
	for k := range c.ruled { // any order: components do not touch one another
		if seen[k] || x.members[k] == nil {
			continue
		}
		part := x.component(k, linked, seen)
		var es []edge
		for _, i := range part {
			es = edgesAt(x.items, x.partner, i, es)
		}
		var merges []merge
		for _, m := range x.rule.merges {
			if slices.Contains(part, m.a) {
				merges = append(merges, m)
			}
		}
		groups, found := x.s.kruskal(x.units, part, es, es, x.at, merges, x.rule.cannot)
		if len(found) > 0 {
			loud = append(loud, component{slices.MinFunc(part, x.order), found})
		}
		for _, i := range part {
			if inc := x.incident[i]; inc != nil {
				c.gone[inc.ID] = inc
			}
		}
		emit(groups)
	}
	emit(c.local(seen))
	x.found = nil
	slices.SortFunc(loud, func(a, b component) int { return x.order(a.first, b.first) })
	for _, l := range loud {
		x.found = append(x.found, l.found...)
	}
	// What is as it was stays, and is neither added nor gone.
	var out Change
	for id, inc := range c.gone { // any order: the lists are sorted
		if again := made[id]; again != nil && again.Crowded == inc.Crowded && slices.EqualFunc(again.Of, inc.Of, (*truce.Observation).Same) && slices.EqualFunc(again.Rivals, inc.Rivals, (*truce.Observation).Same) {
			delete(made, id)
			for _, o := range inc.Of {
				x.incident[x.of[o.ID]] = inc
			}
			continue
		}
		out.Gone = append(out.Gone, inc)
	}
	for _, inc := range made {
		out.Added = append(out.Added, inc)
	}
	slices.SortFunc(out.Gone, byID)
	slices.SortFunc(out.Added, byID)
	return out
}

// local clusters again the incidents of hot units that were not seen yet, and as many of
// their neighbours as that may change. A component can be a whole front, while an arrival
// touches few incidents of it.
//
// The result is exact. Edges are taken in one order, and whether an edge joins two clusters
// depends on what these are by then. The incidents of the hot units are clustered again,
// together with all incidents that an edge leads to. If a neighbouring incident comes out as
// it was, it had the same clusters at each moment, so its edges to incidents farther away join
// nothing, as before. If it does not, its own neighbours are included, and local tries again.
func (c *change) local(seen map[int]bool) []cluster {
	x := c.x
	inside := map[int]bool{}
	var units []int
	whole := func(k int) []int { // the units of the incident that k was of
		inc := x.incident[k]
		if inc == nil {
			return []int{k}
		}
		var out []int
		for _, o := range inc.Of {
			if u, ok := x.of[o.ID]; ok && x.incident[u] == inc && !slices.Contains(out, u) {
				out = append(out, u)
			}
		}
		return out
	}
	take := func(k int) {
		if inside[k] || seen[k] {
			return
		}
		if inc := x.incident[k]; inc != nil {
			c.gone[inc.ID] = inc
		}
		for _, u := range whole(k) {
			inside[u] = true
			units = append(units, u)
		}
	}
	for k := range c.hot { // any order
		if x.members[k] != nil {
			take(k)
		}
	}
	for len(units) > 0 {
		part, beside := slices.Clone(units), map[int]bool{}
		visit := func(j int) {
			if inside[j] || beside[j] {
				return
			}
			for _, u := range whole(j) {
				beside[u] = true
				part = append(part, u)
			}
		}
		for _, i := range units {
			for _, n := range x.partner[i] {
				visit(int(n.k))
			}
			for _, j := range x.rankedBy[i] {
				visit(int(j))
			}
		}
		var edges, around []edge // within the part, and of it
		add := func(i, j int, score int64) {
			e := edge{int32(i), int32(j), score}
			if x.items[j].id.Less(x.items[i].id) {
				e.a, e.b = e.b, e.a
			}
			if both := inside[j] || beside[j]; !both || i < j { // such an edge is found from both ends
				if around = append(around, e); both {
					edges = append(edges, e)
				}
			}
		}
		for _, i := range part {
			for _, n := range x.partner[i] {
				add(i, int(n.k), int64(n.score))
			}
			for _, j := range x.rankedBy[i] {
				if !ranks(x.partner[i], int(j)) {
					at := slices.IndexFunc(x.partner[j], func(n neighbour) bool { return int(n.k) == i })
					add(i, int(j), int64(x.partner[j][at].score))
				}
			}
		}
		groups, _ := x.s.kruskal(x.units, part, edges, around, x.at, nil, x.rule.cannot)
		var out []cluster
		grew := false
		for _, g := range groups {
			first := g.units[0]
			if !slices.ContainsFunc(g.units, func(k int) bool { return inside[k] }) && x.incident[first] != nil && len(whole(first)) == len(g.units) &&
				!slices.ContainsFunc(g.units, func(k int) bool { return x.incident[k] != x.incident[first] }) {
				continue // a neighbour, as it was
			}
			out = append(out, g)
			for _, k := range g.units {
				if beside[k] {
					take(k)
					grew = true
				}
			}
		}
		if !grew {
			return out
		}
	}
	return nil
}

// component is one in which decisions could not all be followed.
type component struct {
	first int
	found []Contradiction
}

func (x *Index) order(a, b int) int {
	switch {
	case a == b:
		return 0
	case x.before(a, b):
		return -1
	}
	return 1
}

// component are the units that edges and merges lead to from one.
func (x *Index) component(k int, linked map[int][]int, seen map[int]bool) []int {
	part := []int{k}
	seen[k] = true
	visit := func(j int) {
		if !seen[j] {
			seen[j] = true
			part = append(part, j)
		}
	}
	for at := 0; at < len(part); at++ {
		i := part[at]
		for _, n := range x.partner[i] {
			visit(int(n.k))
		}
		for _, j := range x.rankedBy[i] {
			visit(int(j))
		}
		for _, j := range linked[i] {
			visit(j)
		}
	}
	return part
}

// contradictions finds the contradictions of components once; updates find them again.
func (x *Index) contradictions() {
	c := &change{x: x, gone: map[truce.Digest]*truce.Incident{}, hot: map[int]bool{}, ruled: map[int]bool{}}
	for _, m := range x.rule.merges {
		c.ruled[m.a] = true
	}
	c.recluster()
}
