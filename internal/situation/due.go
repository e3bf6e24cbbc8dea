package situation

import (
	"cmp"
	"slices"

	"github.com/opentruce/truce"
)

// Due is what falls due by the terms, in the order of time: the beginnings and ends of phases,
// deadlines, the ends of periods that are counted, and visits. Clocks of incidents, and what people may declare, are not among them.
func (s *Situation) Due() (out []truce.Due) {
	if s.Now == truce.Never { // everything is known, and nothing is to come
		return nil
	}
	for _, p := range s.Agreement.Phases {
		for _, v := range s.Phases[p.ID].During {
			if v.Start.Stated() {
				out = append(out, truce.Due{At: v.Start, Kind: truce.DueBegins, Phase: p.ID, What: truce.Because("the phase %s begins", p.ID)})
			}
			if v.End.Stated() {
				out = append(out, truce.Due{At: v.End, Kind: truce.DueEnds, Phase: p.ID, What: truce.Because("the phase %s ends", p.ID)})
			}
		}
	}
	for i := range s.Agreement.Provisions {
		rules := s.rules[s.Agreement.Provisions[i].Article]
		var own []truce.Due
		for _, r := range rules {
			for _, d := range r.Falls() {
				if len(rules) == 1 {
					d.Reading, d.Assumed = "", false
				}
				own = append(own, d)
			}
		}
		out = append(out, shared(own, len(rules))...)
	}
	slices.SortStableFunc(out, compareDue)
	return out
}

// Calendar is Due with the clocks of incidents and what is foreseen. lists, if any, says which
// incidents whoever reads this is shown.
func (s *Situation) Calendar(lists func(*truce.Incident) bool) []truce.Due {
	out := append(s.Due(), s.Foreseen(lists)...)
	for i := range s.Agreement.Provisions {
		art := s.Agreement.Provisions[i].Article
		for _, f := range s.Ticking(art) {
			if lists != nil && !lists(f.Incident) {
				continue
			}
			for _, c := range s.Running(art, f.Incident) {
				out = append(out, truce.Due{At: c.Ends, Kind: truce.DueClock, Article: art, Of: f.Incident.ID, What: truce.Because("the clock to %s ends", truce.Word("clock", c.Name))})
			}
		}
	}
	slices.SortStableFunc(out, compareDue)
	return out
}

// Foreseen is what waits for people to declare it: phases whose conditions are met, and steps that
// follow violations that people decided. lists is as in Calendar. None: everything is known, and
// nothing is to come.
func (s *Situation) Foreseen(lists func(*truce.Incident) bool) []truce.Due {
	if s.Now == truce.Never {
		return nil
	}
	return s.ForeseenAt(s.Now, lists)
}

// ForeseenAt is Foreseen as of a moment, by all that is known: what the terms foresaw at the end of a
// period that is looked back at, and nobody has declared since.
func (s *Situation) ForeseenAt(at truce.Instant, lists func(*truce.Incident) bool) (out []truce.Due) {
	openings := s.Openings()
	if at != s.Now {
		openings = s.openings(at)
	}
	for _, p := range openings {
		if p.Met == truce.ConditionMet {
			out = append(out, truce.Due{At: p.Since, Kind: truce.DueProposal, Phase: p.Phase, What: p.What})
		}
	}
	for i := range s.Agreement.Provisions {
		out = append(out, s.steps(&s.Agreement.Provisions[i], at, lists)...)
	}
	slices.SortStableFunc(out, compareDue)
	return slices.DeleteFunc(out, func(d truce.Due) bool { return !d.At.Stated() })
}

// shared names no reading of what all readings fix alike.
func shared(list []truce.Due, readings int) (out []truce.Due) {
	same := func(a, b truce.Due) bool {
		return a.At == b.At && a.Kind == b.Kind && a.What.String() == b.What.String()
	}
	for i, d := range list {
		n, first := 0, true
		for j, x := range list {
			if same(d, x) {
				n++
				first = first && j >= i
			}
		}
		switch {
		case readings > 1 && n == readings && first:
			d.Reading, d.Assumed = "", false
			out = append(out, d)
		case readings > 1 && n == readings:
		default:
			out = append(out, d)
		}
	}
	return out
}

func compareDue(a, b truce.Due) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Article, b.Article), cmp.Compare(a.Reading, b.Reading), a.Of.Compare(b.Of))
}
