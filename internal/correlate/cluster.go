package correlate

import (
	"cmp"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// cluster runs Kruskal within each connected component of kept edges and of
// decisions, and returns the units of each incident.
func (s *scorer) cluster(u *units, edges []edge, at *places, in Input, res *Result) []cluster {
	rule := ruling(u.of, in.Decisions, func(a, b int) bool { return a < b })
	comp := newForest(len(u.members))
	for _, e := range edges {
		comp.join(int(e.a), int(e.b))
	}
	for _, m := range rule.merges {
		comp.join(m.a, m.b)
	}
	// Most units are alone. The others are numbered by component, in the order
	// of their smallest unit.
	size := make([]int32, len(u.members))
	for k := range u.members {
		size[comp.find(k)]++
	}
	number := make([]int32, len(u.members)) // of roots
	alone := make([]int, 0, len(u.members))
	var parts [][]int
	for k := range u.members {
		r := comp.find(k)
		if size[r] == 1 {
			alone = append(alone, k)
			continue
		}
		if r == k {
			number[k] = int32(len(parts))
			parts = append(parts, make([]int, 0, size[r]))
		}
		n := number[r]
		parts[n] = append(parts[n], k)
	}
	byPart := make([][]edge, len(parts))
	for _, e := range edges {
		n := number[comp.find(int(e.a))]
		byPart[n] = append(byPart[n], e)
	}
	groups := make([][]cluster, len(parts))
	merges := make([][]merge, len(parts))
	for _, m := range rule.merges {
		n := number[comp.find(m.a)]
		merges[n] = append(merges[n], m)
	}
	found := make([][]Contradiction, len(parts))
	Parallel(len(parts), in.Workers, nil, func(n int) {
		groups[n], found[n] = s.kruskal(u, parts[n], byPart[n], byPart[n], at, merges[n], rule.cannot)
	})
	res.Contradictions = rule.contradictions
	out := make([]cluster, 0, len(alone)+2*len(parts))
	for i := range alone {
		out = append(out, cluster{units: alone[i : i+1 : i+1]})
	}
	for n := range groups {
		out = append(out, groups[n]...)
		res.Contradictions = append(res.Contradictions, found[n]...)
	}
	return out
}

// rulings are decisions as pairs of units.
type rulings struct {
	merges         []merge // latest first
	cannot         map[[2]int]bool
	contradictions []Contradiction
}

type merge struct {
	a, b int
	d    *truce.Decision
}

// ruling lets the latest decision on each pair stand. before is the order of
// units.
func ruling(unit map[truce.Digest]int, ds []*truce.Decision, before func(a, b int) bool) rulings {
	out := rulings{cannot: map[[2]int]bool{}}
	type last struct {
		d    *truce.Decision
		join bool
	}
	pairs := map[[2]int]last{}
	ds = slices.Clone(ds)
	slices.SortStableFunc(ds, func(a, b *truce.Decision) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, d := range ds {
		if d.Kind != truce.Merge && d.Kind != truce.Split {
			continue
		}
		var of []int
		for _, id := range d.Of {
			if k, ok := unit[id]; ok {
				of = append(of, k)
			}
		}
		for i := range of {
			for j := range i {
				if of[i] == of[j] {
					if d.Kind == truce.Split {
						out.contradictions = append(out.contradictions, Contradiction{d, truce.Because("these detections are one footprint")})
					}
					continue
				}
				key := [2]int{min(of[i], of[j]), max(of[i], of[j])}
				if old, ok := pairs[key]; ok && old.join != (d.Kind == truce.Merge) {
					out.contradictions = append(out.contradictions, Contradiction{old.d, truce.Because("a later decision to %s overrides it", truce.Word("decision", d.Kind))})
				}
				pairs[key] = last{d, d.Kind == truce.Merge}
			}
		}
	}
	for key, l := range pairs {
		if l.join {
			if before(key[1], key[0]) {
				key[0], key[1] = key[1], key[0]
			}
			out.merges = append(out.merges, merge{key[0], key[1], l.d})
		} else {
			out.cannot[key] = true
		}
	}
	slices.SortFunc(out.merges, func(x, y merge) int {
		if x.d.Seq != y.d.Seq {
			return cmp.Compare(y.d.Seq, x.d.Seq)
		}
		for _, pair := range [][2]int{{x.a, y.a}, {x.b, y.b}} {
			if pair[0] != pair[1] {
				if before(pair[0], pair[1]) {
					return -1
				}
				return 1
			}
		}
		return 0
	})
	return out
}

// clusters are units in groups, each of which can be asked for by any of its units.
type clusters map[int]*[]int

func singles(part []int) clusters {
	out := make(clusters, len(part))
	for _, k := range part {
		out[k] = &[]int{k}
	}
	return out
}

func (c clusters) join(a, b *[]int) {
	if a == b {
		return
	}
	if len(*a) < len(*b) {
		a, b = b, a
	}
	*a = append(*a, *b...)
	for _, k := range *b {
		c[k] = a
	}
}

// kruskal joins the units of one component: decisions first, the latest
// before earlier ones, then edges by score and IDs. What a person puts together are
// incidents, with all that is found to be of them: whether an edge may join is asked of
// what edges have joined, and not of what a person has added to it, so that no decision
// takes anything away from an incident. A pair that another event of the same catalogue fits
// as well joins nothing. around are all edges of the units, those that lead out of the part
// among them.
func (s *scorer) kruskal(u *units, part []int, edges, around []edge, at *places, merges []merge, cannot map[[2]int]bool) ([]cluster, []Contradiction) {
	in, found := singles(part), singles(part) // with decisions, and by edges alone
	var unmet []Contradiction
	for _, m := range merges {
		a, b := in[m.a], in[m.b]
		if a == b {
			continue
		}
		if split(*a, *b, cannot) {
			unmet = append(unmet, Contradiction{m.d, truce.Because("it would bring together what another decision splits")})
			continue
		}
		in.join(a, b)
	}
	s.sortEdges(u.items, edges)
	contested := s.contested(u.items, around, at)
	// What was observed finds together first. Then allegations join it, or each
	// other, and never bring together what observations alone do not: no party's
	// word corroborates anything.
	for _, claims := range []bool{false, true} {
		for _, e := range edges {
			if (u.items[e.a].alleged || u.items[e.b].alleged) != claims {
				continue
			}
			x, y := found[int(e.a)], found[int(e.b)]
			a, b := in[int(e.a)], in[int(e.b)]
			if x == y || claims && a != b && u.observed(*a) && u.observed(*b) || contested(e) {
				continue
			}
			if s.fits(u, *x, *y) && (a == b || !split(*a, *b, cannot)) {
				found.join(x, y)
				in.join(a, b)
			}
		}
	}
	var out []cluster
	for _, k := range part {
		if g := in[k]; slices.Min(*g) == k {
			out = append(out, cluster{units: *g})
		}
	}
	u.rivals(out, around)
	return out, unmet
}

// contested tells of which edges some other event of the same catalogue fits as well, from
// either end: an event of a source that keeps its own apart has to beat all others of that
// source by the margin. A pair of two events has to reach a higher threshold where their
// sources have more of them. Of what was observed no claim is a rival.
func (s *scorer) contested(items []item, edges []edge, at *places) func(e edge) bool {
	type key struct {
		k, apart int32
		claims   bool // among claims too
	}
	type best struct {
		score, next int64
		k           int32
	}
	of := map[key]best{}
	note := func(k, other int32, score int64, claims bool) {
		if items[other].apart == 0 {
			return
		}
		x := key{k, items[other].apart, claims}
		b, ok := of[x]
		switch {
		case !ok:
			b = best{score, Never, other}
		case score > b.score:
			b = best{score, b.score, other}
		default:
			b.next = max(b.next, score)
		}
		of[x] = b
	}
	for _, e := range edges {
		for _, end := range [2][2]int32{{e.a, e.b}, {e.b, e.a}} {
			note(end[0], end[1], e.score, true)
			if !items[e.a].alleged && !items[e.b].alleged {
				note(end[0], end[1], e.score, false)
			}
		}
	}
	crowds := map[key]int{}
	crowd := func(x key) int {
		n, ok := crowds[x]
		if !ok {
			n = s.crowd(items, &at.events, x.k, x.apart, x.claims, s.m.Crowd.Most)
			crowds[x] = n
		}
		return n
	}
	return func(e edge) bool {
		if len(of) == 0 {
			return false
		}
		claims := items[e.a].alleged || items[e.b].alleged
		for _, end := range [2][2]int32{{e.a, e.b}, {e.b, e.a}} {
			b, ok := of[key{end[0], items[end[1]].apart, claims}]
			if !ok {
				continue
			}
			rival := b.score
			if b.k == end[1] {
				rival = b.next
			}
			if rival > e.score-s.m.Margin {
				return true
			}
		}
		x, y := items[e.a].apart, items[e.b].apart
		return x != 0 && y != 0 && e.score < s.threshold(crowd(key{e.a, y, claims}), crowd(key{e.b, x, claims}))
	}
}

// rivals gives each cluster of several the units of others that fit one of it as well, of a
// source that keeps its own events apart and has one in the cluster.
func (u *units) rivals(clusters []cluster, edges []edge) {
	home, events := map[int32]int{}, map[[2]int32]bool{} // of units in clusters of several, and which sources have an event there
	for n := range clusters {
		if len(clusters[n].units) == 1 {
			continue
		}
		for _, k := range clusters[n].units {
			home[int32(k)] = n
			if ap := u.items[k].apart; ap != 0 {
				events[[2]int32{int32(n), ap}] = true
			}
		}
	}
	if len(events) == 0 {
		return
	}
	for _, e := range edges {
		for _, end := range [2][2]int32{{e.a, e.b}, {e.b, e.a}} {
			n, ok := home[end[0]]
			if !ok {
				continue
			}
			c, k := &clusters[n], int(end[1])
			if events[[2]int32{int32(n), u.items[k].apart}] && !slices.Contains(c.units, k) && !slices.Contains(c.rivals, k) {
				c.rivals = append(c.rivals, k)
			}
		}
	}
}

// observed reports whether something in a cluster is not an allegation.
func (u *units) observed(units []int) bool {
	for _, k := range units {
		if !u.members[k][0].Alleged() {
			return true
		}
	}
	return false
}

// split reports whether a decision splits a unit of a from one of b.
func split(a, b []int, cannot map[[2]int]bool) bool {
	if len(cannot) == 0 {
		return false
	}
	if len(cannot) < len(a)*len(b) {
		for pair := range cannot { // any order: one is enough
			if slices.Contains(a, pair[0]) && slices.Contains(b, pair[1]) || slices.Contains(a, pair[1]) && slices.Contains(b, pair[0]) {
				return true
			}
		}
		return false
	}
	for _, i := range a {
		for _, j := range b {
			if cannot[[2]int{min(i, j), max(i, j)}] {
				return true
			}
		}
	}
	return false
}

// fits reports whether two clusters may be one incident: size, extent in
// space and time, sources that keep their events apart, and no pair below the
// veto.
func (s *scorer) fits(u *units, a, b []int) bool {
	if len(a)+len(b) > s.m.Size {
		return false
	}
	ended, began, presence := int64(1)<<62, int64(-1)<<62, true // the earliest end and the latest start
	for _, list := range [2][]int{a, b} {
		for _, k := range list {
			it := &u.items[k]
			if it.lost {
				continue // here by decision
			}
			ended, began, presence = min(ended, it.end), max(began, it.start), presence && it.presence
		}
	}
	extent := s.m.Extent.Minutes
	if presence {
		extent = s.m.Extent.PresenceMinutes
	}
	if began-ended > extent*60_000 {
		return false
	}
	for _, i := range a {
		for _, j := range b {
			x, y := &u.items[i], &u.items[j]
			if x.lost || y.lost {
				continue
			}
			if x.apart != 0 && x.apart == y.apart {
				return false
			}
			if geo.ChordM(&x.vec, &y.vec)-x.u-y.u > s.m.Extent.Metres || s.score(x, y) < s.m.Veto {
				return false
			}
		}
	}
	return true
}
