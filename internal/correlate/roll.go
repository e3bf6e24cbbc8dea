package correlate

import (
	"cmp"
	"slices"

	"github.com/opentruce/truce/geo"
)

// A roll has the events of the sources that keep their own apart, by where and when they
// are: how many of a source's events may an event of another source be?
type roll struct {
	level int // of its cells
	lists map[rollKey][]int32
}

type rollKey struct {
	apart int32
	cell  geo.Cell
	span  int // class of width: rollSpan
}

// rollSpan is the class of width of an item; up to six hours is a class of its own.
func rollSpan(it *item) int {
	if !it.wide {
		return len(spans) + 1
	}
	return spanOf(it)
}

func (s *scorer) newRoll(items []item) roll {
	r := roll{level: geo.CellLevel(s.m.Space.ReferenceRadiusM), lists: map[rollKey][]int32{}}
	for i := range items {
		if it := &items[i]; it.apart != 0 && !it.lost {
			k := r.key(it)
			r.lists[k] = append(r.lists[k], int32(i))
		}
	}
	for _, list := range r.lists { // any order
		slices.SortFunc(list, func(a, b int32) int { return byStart(items, a, b) })
	}
	return r
}

func (r *roll) key(it *item) rollKey {
	return rollKey{it.apart, geo.CellOf(it.point, r.level), rollSpan(it)}
}

// near calls f with the events of a source that are of a's neighbourhood, within the reference
// radius and half of the reference time, until f returns false.
func (s *scorer) near(items []item, r *roll, a *item, apart int32, f func(k int32) bool) {
	half := s.m.Time.ReferenceMin * 60_000 / 2
	for _, cell := range geo.CellOf(a.point, r.level).Around() {
		for span := range len(spans) + 2 {
			list := r.lists[rollKey{apart, cell, span}]
			at := 0
			if span != len(spans) && len(list) > 0 { // the widest may have begun at any time
				width := s.wideMs
				if span < len(spans) {
					width = spans[span]
				}
				at, _ = slices.BinarySearchFunc(list, a.start-half-width, func(k int32, t int64) int { return cmp.Compare(items[k].start, t) })
			}
			for _, k := range list[at:] {
				if items[k].start > a.end+half {
					break
				}
				if s.ofNeighbourhood(a, &items[k]) && !f(k) {
					return
				}
			}
		}
	}
}

func (s *scorer) ofNeighbourhood(a, b *item) bool {
	return gapMs(a, b) <= s.m.Time.ReferenceMin*60_000/2 && geo.ChordM(&a.vec, &b.vec) <= s.m.Space.ReferenceRadiusM
}

// like reports whether an event may be another as far as act, weapon and side say: they
// speak for one act, or say nothing.
func (s *scorer) like(a, b *item) bool { return s.kind(a, b) >= 0 && !s.excluded(a, b) }

// crowd is how many events of a source that is not its own an event may be: those like it in
// its neighbourhood, at most so many; claims are counted only if claims are compared.
func (s *scorer) crowd(items []item, r *roll, k, apart int32, claims bool, most int) int {
	n := 0
	s.near(items, r, &items[k], apart, func(j int32) bool {
		if (claims || !items[j].alleged) && s.like(&items[k], &items[j]) {
			n++
		}
		return n < most
	})
	return n
}

// threshold is what a pair of two events has to reach of which the one may be of n events of the
// other's source, and the other of m. Either is of at most one act, so that each of the n + m - 1
// pairs has the less of the odds before looking, the more they are.
func (s *scorer) threshold(n, m int) int64 {
	bound := func(n int) int { return min(max(n, 1), s.m.Crowd.Most) }
	return s.m.Threshold + milliLn(uint64(bound(n)+bound(m)-1))
}
