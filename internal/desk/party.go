package desk

import (
	"cmp"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/situation"
)

// reply is the clock by which a party is to answer.
const reply = "reply"

// Unanswered are the apparent violations, and those for which a reply is awaited, that a
// party has not answered, by the clock that runs out first.
func Unanswered(s *situation.Situation, party truce.PartyID) (out []Waiting) {
	answered := map[truce.Digest]bool{}
	for _, r := range s.Responses {
		if inc := s.IncidentOf(r.To); inc != nil && r.By == party {
			answered[inc.ID] = true
		}
	}
	for _, p := range s.Agreement.Provisions {
		for f := range s.Found(p.Article, "", "") {
			if f.Incident == nil || f.Outcome != truce.AwaitingResponse && f.Outcome != truce.ApparentViolation || answered[f.Incident.ID] {
				continue
			}
			w := Waiting{Incident: f.Incident, Finding: truce.ShortFinding{Article: p.Article, Outcome: f.Outcome, Standing: f.Standing, Ground: f.Ground, Missing: f.Missing}, Ends: truce.Never}
			for _, c := range s.Running(p.Article, f.Incident) {
				if c.Name == reply {
					w.Ends = c.Ends
				}
			}
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(x, y Waiting) int { return cmp.Compare(x.Ends, y.Ends) })
	return out
}

// ReplyClocks are the clocks by which a party is to answer, also those that ran out.
func (w *Waiting) ReplyClocks(s *situation.Situation) []truce.Clock {
	return slices.DeleteFunc(w.Clocks(s), func(c truce.Clock) bool { return c.Name != reply })
}

// Clocks are all clocks of what waits, also those that ran out.
func (w *Waiting) Clocks(s *situation.Situation) []truce.Clock {
	return s.Clocks(w.Finding.Article, w.Incident)
}

// A Question is a fact that a person asked for.
type Question struct {
	*truce.Decision
	Answered bool // the party answered about that incident since
}

// Questions are the facts that were asked for, of either party, since both see what either
// is asked: those that wait for this party first, the latest first.
func Questions(s *situation.Situation, party truce.PartyID) (out []Question) {
	for _, d := range slices.Backward(s.Decisions) {
		if d.Kind != truce.Ask || len(d.Of) == 0 {
			continue
		}
		x := Question{Decision: d}
		inc, since := s.IncidentIDOf(d.Of[0]), s.Known(d.ID)
		for _, r := range s.Responses {
			x.Answered = x.Answered || r.By == party && r.Known >= since && s.IncidentIDOf(r.To) == inc
		}
		out = append(out, x)
	}
	waits := func(x Question) int {
		if !x.Answered && (x.Name == "" || x.Name == string(party)) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(x, y Question) int { return cmp.Compare(waits(x), waits(y)) })
	return out
}
