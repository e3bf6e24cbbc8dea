package situation

import (
	"fmt"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/summary"
)

// Row is an incident as lists and maps show it to the mission, without its entry in the
// record.
func (s *Situation) Row(inc *truce.Incident) truce.Row {
	r := summary.Of(s.Agreement, inc, s.Known, s.Findings)
	if s.rejected(inc) {
		for i := range r.Findings {
			if f := &r.Findings[i]; f.Outcome == truce.NoViolation && f.Standing == "" {
				if a, err := s.Assess(Query{Article: f.Article, Of: inc.ID}); err == nil && a.Standing == truce.Refuted {
					f.Standing = truce.Refuted // a list would say "no violation", as if nobody had to decide it
				}
			}
		}
	}
	for i := range r.Findings {
		r.Findings[i].Near = s.Near(r.Findings[i].Article, r.Findings[i].Outcome, inc)
	}
	return r
}

// rejected reports whether a person rejected something of an incident under some article.
func (s *Situation) rejected(inc *truce.Incident) bool {
	s.rejects.Do(func() {
		s.rejectedOf = map[truce.Digest]bool{}
		for _, d := range s.Decisions {
			if d.Kind == truce.Reject {
				for _, id := range d.Of {
					s.rejectedOf[id] = true
				}
			}
		}
	})
	return len(s.rejectedOf) > 0 && slices.ContainsFunc(inc.Of, func(o *truce.Observation) bool { return s.rejectedOf[o.ID] })
}

// Near are the protected objects that an incident touches by its uncertainty alone, where
// an article on such objects cannot tell for that reason.
func (s *Situation) Near(art truce.Article, o truce.Outcome, inc *truce.Incident) (out []truce.Near) {
	p, ok := s.Agreement.Provision(art)
	if !ok || len(p.Objects) == 0 || !o.Undetermined() {
		return nil
	}
	a, err := s.Assess(Query{Article: art, Of: inc.ID, Reasons: true})
	if err != nil {
		return nil
	}
	var look func(r truce.Reason)
	look = func(r truce.Reason) {
		if r.Format == mayLie && len(r.Args) >= 3 {
			if n := (truce.Near{Object: fmt.Sprint(r.Args[2]), Within: fmt.Sprint(r.Args[1])}); !slices.Contains(out, n) && len(out) < truce.MostNear {
				out = append(out, n)
			}
		}
		for _, x := range r.Args {
			if x, ok := x.(truce.Reason); ok {
				look(x)
			}
		}
	}
	for _, r := range a.Reasons {
		look(r)
	}
	return out
}

// mayLie is how package assess says that an observation may lie near an object.
const mayLie = "%s may lie within %s of the protected object %s%s"
