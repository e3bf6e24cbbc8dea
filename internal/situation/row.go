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
	for i := range r.Findings {
		r.Findings[i].Near = s.Near(r.Findings[i].Article, r.Findings[i].Outcome, inc)
	}
	return r
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
