package desk

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/situation"
)

// A Same is one thing on the desk's list of what may be the same: a question, or a bundle
// about which nothing is asked.
type Same struct {
	Question *situation.Question // with what is proposed and stands nowhere before it
	Bundle   *situation.Bundle
}

// mostDaysAsked bounds how many days without a question are looked at for one page.
const mostDaysAsked = 400

// SameOf lists what may be the same and waits for a person, the latest day first, and of a day
// the likeliest first: most of them after skip. more reports that there are others. Each pair
// stands once.
func SameOf(s *situation.Situation, skip, most int) (out []Same, more bool) {
	shown := map[[2]truce.Digest]bool{}
	seen, empty := 0, 0
	add := func(x Same) bool {
		if seen++; seen > skip {
			out = append(out, x)
		}
		return len(out) <= most
	}
	for _, n := range s.AskedDays() {
		asked := s.AskedOn(n)
		if empty++; len(asked.Questions)+len(asked.Bundles) > 0 {
			empty = 0
		}
		if empty > mostDaysAsked {
			return out, true
		}
		for i := range asked.Bundles {
			if !add(Same{Bundle: &asked.Bundles[i]}) {
				return out[:most], true
			}
		}
		for i := range asked.Questions {
			q := asked.Questions[i]
			q.Proposed = slices.DeleteFunc(slices.Clone(q.Proposed), func(p situation.Proposal) bool { return shown[pairOf(q.ID, p.Other.ID)] })
			for _, p := range q.Proposed {
				shown[pairOf(q.ID, p.Other.ID)] = true
			}
			if len(q.Proposed) > 0 && !add(Same{Question: &q}) {
				return out[:most], true
			}
		}
	}
	return out, false
}

func pairOf(a, b truce.Digest) [2]truce.Digest {
	if b.Less(a) {
		a, b = b, a
	}
	return [2]truce.Digest{a, b}
}
