package situation

import (
	"cmp"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
)

// mostDecided bounds of how many decided violations of an article the steps are listed: the latest.
const mostDecided = 100

// A violation is one that people decided, since the moment at which their decision took effect.
type violation struct {
	of    truce.Digest // the incident; zero: a finding of days
	since truce.Instant
	seq   int64 // of the decision
	what  truce.Reason
}

// steps are what the text of an article foresees after the violations that people decided, each with
// its deadline, as long as nobody declared it since. They are proposed: only people declare.
func (s *Situation) steps(p *truce.Provision, at truce.Instant, lists func(*truce.Incident) bool) (out []truce.Due) {
	if len(p.Consequences) == 0 {
		return nil
	}
	loc := s.Agreement.Location
	for _, v := range s.violations(p, lists) {
		if v.since > at {
			continue
		}
		for _, x := range p.Consequences {
			if slices.ContainsFunc(s.Decisions, func(d *truce.Decision) bool { return d.Kind == truce.Declare && d.Name == x.Event && d.Seq > v.seq }) {
				continue
			}
			d := truce.Due{At: x.After.After(v.since, loc), Kind: truce.DueStep, Article: p.Article, Of: v.of,
				What: truce.Because("%s: proposed, within %s of the decision of %s on %s; only a person declares %s", x.Text, assess.SpanWords(x.After), v.since.In(loc), v.what, x.Event)}
			if d.At <= at {
				d.What = truce.Because("%s; nobody has declared it by then", d.What)
			}
			out = append(out, d)
		}
	}
	return out
}

// violations are those of an article that people decided, the latest first. lists is as in Calendar.
func (s *Situation) violations(p *truce.Provision, lists func(*truce.Incident) bool) (out []violation) {
	shown := func(inc *truce.Incident) bool { return inc != nil && (lists == nil || lists(inc)) }
	seen := map[truce.Digest]bool{}
	for _, d := range s.Decisions {
		if d.Kind != truce.Confirm || d.Article != p.Article || len(d.Of) == 0 {
			continue
		}
		inc := s.IncidentOf(d.Of[0])
		if inc == nil || seen[inc.ID] || !shown(inc) {
			continue
		}
		seen[inc.ID] = true
		if o, _ := s.Finding(p.Article, inc.ID); o != truce.Violation {
			continue
		}
		if made := s.rules[p.Article][0].Since(inc); made != nil {
			out = append(out, violation{inc.ID, s.Known(made.ID), made.Seq, truce.Because("incident %s", inc.ID.String())})
		}
	}
	if slices.ContainsFunc(s.DayDecisions, func(d *truce.Decision) bool { return d.Article == p.Article }) {
		for _, f := range s.DayFindings(p.Article) {
			i := slices.IndexFunc(s.DayDecisions, func(d *truce.Decision) bool { return d.ID == f.Confirmed })
			if f.Outcome != truce.Violation || i < 0 || slices.ContainsFunc(f.Support, func(id truce.Digest) bool { return !shown(s.IncidentOf(id)) }) {
				continue
			}
			out = append(out, violation{since: s.Known(f.Confirmed), seq: s.DayDecisions[i].Seq, what: truce.Because("a finding of %s", DayWhen(s.Agreement, &f))})
		}
	}
	out = slices.DeleteFunc(out, func(v violation) bool { return !v.since.Stated() })
	slices.SortStableFunc(out, func(a, b violation) int { return cmp.Compare(b.seq, a.seq) })
	return out[:min(len(out), mostDecided)]
}
