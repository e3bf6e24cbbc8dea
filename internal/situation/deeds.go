package situation

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
)

// gatherDeeds finds the observations of acts that an obligation counts, among all.
func (s *Situation) gatherDeeds() {
	counts := assess.Counts(s.Agreement)
	if counts == nil {
		return
	}
	s.deeds = nil
	for o := range s.observations.All() {
		if counts(o.Act) {
			s.deeds = append(s.deeds, o)
		}
	}
}

// growDeeds is gatherDeeds where an earlier situation differs in some observations.
func (s *Situation) growDeeds(was *Situation, add, drop []*truce.Observation) {
	counts := assess.Counts(s.Agreement)
	if counts == nil {
		return
	}
	other := func(o *truce.Observation) bool { return !counts(o.Act) }
	add, drop = slices.DeleteFunc(slices.Clone(add), other), slices.DeleteFunc(slices.Clone(drop), other)
	if s.deeds = was.deeds; len(add)+len(drop) == 0 {
		return
	}
	gone := map[truce.Digest]bool{}
	for _, o := range slices.Concat(drop, add) {
		gone[o.ID] = true
	}
	s.deeds = slices.DeleteFunc(slices.Clone(was.deeds), func(o *truce.Observation) bool { return gone[o.ID] })
	s.deeds = append(s.deeds, add...)
	slices.SortFunc(s.deeds, func(a, b *truce.Observation) int { return a.ID.Compare(b.ID) })
}
