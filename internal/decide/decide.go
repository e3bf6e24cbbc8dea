// Package decide answers: what speaks against a decision? People decide; it names what they
// should look at before they do.
package decide

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/situation"
)

// An ObjectionError is a decision that something speaks against: it needs the reason why
// it is taken although.
type ObjectionError struct{ Against []truce.Reason }

func (e *ObjectionError) Error() string {
	return "this cannot be decided as it stands: " + e.Against[0].String()
}

// Objections are what speaks against a decision at this moment: against must be
// answered by a reason why it is taken although; doubts are said, and the person is asked
// once more. Both are empty where nothing does.
func Objections(s *situation.Situation, d *truce.Decision) (against, doubts []truce.Reason) {
	if len(d.Of) == 0 {
		return nil, nil
	}
	if d.OnDay() {
		return nil, dayDoubts(s, d)
	}
	if d.Kind == truce.Merge || d.Kind == truce.Split {
		doubts = undone(s, d)
		if d.Kind == truce.Merge {
			doubts = append(doubts, carried(s, d)...)
		}
		return nil, doubts
	}
	if d.Kind == truce.Independent {
		return nil, unlikeCopies(s, d)
	}
	inc := s.IncidentOf(d.Of[0])
	if inc == nil {
		return nil, nil
	}
	doubts = contradicted(s, d, inc)
	if d.Article == "" || d.Kind != truce.Confirm && d.Kind != truce.Reject {
		return nil, doubts
	}
	f, ok := s.Undecided(d.Article, inc)
	if !ok {
		return nil, doubts
	}
	art := string(d.Article)
	switch o := f.Outcome; {
	case assess.OnlySigns(inc):
		against = append(against, truce.Because("nothing but signs or statements of none make up this incident, and they establish no act"))
	case o == truce.OutOfScope:
		against = append(against, truce.Because("article %s does not bind at the time of this incident, or does not bind those who may have acted", art))
	case f.Standing == truce.Refuted: // a person rejected it before, which contradicted says
	case o == truce.NoViolation, o == truce.Excepted, o == truce.NotYetDue, o == truce.NoneAlleged:
		against = append(against, truce.Because("under article %s the finding is: %s", art, situation.OutcomeWord(o)))
	case d.Kind == truce.Reject:
	case o == truce.Uncorroborated, o == truce.AllegedOnly, o == truce.ReadingsDiffer, o.Undetermined():
		doubts = append(doubts, truce.Because("under article %s the finding is below the floor that the article asks for: %s", art, situation.OutcomeWord(o)))
	}
	return against, doubts
}

// unlikeCopies says that nothing looks as if the reports of a decision had been copied:
// then it changes nothing.
func unlikeCopies(s *situation.Situation, d *truce.Decision) []truce.Reason {
	for _, id := range d.Of {
		inc := s.IncidentOf(id)
		if inc == nil {
			continue
		}
		for _, o := range inc.Of {
			if o.ID == id && s.Independence().LooksCopied(o, inc.Of) {
				return nil
			}
		}
	}
	return []truce.Reason{truce.Because("nothing looks as if these reports were copies: no other report of their incident has the same text, file or position, so the decision changes nothing")}
}

// opposite are the kinds of decision that say the contrary of one on the same incident.
var opposite = map[truce.DecisionKind][]truce.DecisionKind{
	truce.Confirm:      {truce.Reject, truce.Unverifiable},
	truce.Reject:       {truce.Confirm, truce.Verify},
	truce.Verify:       {truce.Unverifiable, truce.Reject},
	truce.Unverifiable: {truce.Verify, truce.Confirm},
}

// contradicted lists the earlier decisions on an incident that stand and say the
// contrary.
func contradicted(s *situation.Situation, d *truce.Decision, inc *truce.Incident) (out []truce.Reason) {
	kinds := opposite[d.Kind]
	if len(kinds) == 0 {
		return nil
	}
	ids := inc.IDs()
	type about struct {
		article truce.Article
		checked bool // verified, or found to be unverifiable
	}
	last := map[about]*truce.Decision{}
	for _, x := range s.Decisions {
		if !slices.ContainsFunc(x.Of, func(id truce.Digest) bool { return slices.Contains(ids, id) }) {
			continue
		}
		switch x.Kind {
		case truce.Confirm, truce.Reject:
			last[about{article: x.Article}] = x
		case truce.Verify, truce.Unverifiable:
			last[about{checked: true}] = x
		}
	}
	for _, x := range s.Decisions { // in their order
		k := about{article: x.Article}
		if x.Kind == truce.Verify || x.Kind == truce.Unverifiable {
			k = about{checked: true}
		}
		same := x.Article == d.Article || x.Article == "" || d.Article == ""
		if last[k] == x && slices.Contains(kinds, x.Kind) && same {
			out = append(out, truce.Because("it contradicts decision %d: %s", x.Seq, truce.Word("decision", x.Kind)))
		}
	}
	return out
}

// undone lists the earlier decisions that a merge or a split would undo.
func undone(s *situation.Situation, d *truce.Decision) (out []truce.Reason) {
	contrary := truce.Split
	if d.Kind == truce.Split {
		contrary = truce.Merge
	}
	// What a merge brings together is all of the incidents.
	var of [][]truce.Digest
	for _, id := range d.Of {
		list := []truce.Digest{id}
		if inc := s.IncidentOf(id); inc != nil && d.Kind == truce.Merge {
			list = inc.IDs()
		}
		of = append(of, list)
	}
	in := func(id truce.Digest) int {
		return slices.IndexFunc(of, func(list []truce.Digest) bool { return slices.Contains(list, id) })
	}
	for _, x := range s.Decisions {
		if x.Kind != contrary {
			continue
		}
		sides := map[int]bool{}
		for _, id := range x.Of {
			if n := in(id); n >= 0 {
				sides[n] = true
			}
		}
		if len(sides) > 1 {
			out = append(out, truce.Because("it undoes decision %d: %s", x.Seq, truce.Word("decision", x.Kind)))
		}
	}
	return out
}

// carried lists the decisions on the incidents of a merge that would be decisions on all
// of it: of those that contradict one another the latest would stand.
func carried(s *situation.Situation, d *truce.Decision) (out []truce.Reason) {
	var incidents []*truce.Incident
	for _, id := range d.Of {
		inc := s.IncidentOf(id)
		if inc != nil && !slices.ContainsFunc(incidents, func(x *truce.Incident) bool { return x.ID == inc.ID }) {
			incidents = append(incidents, inc)
		}
	}
	if len(incidents) < 2 {
		return nil
	}
	for _, x := range s.Decisions {
		switch x.Kind {
		case truce.Confirm, truce.Reject, truce.Verify, truce.Unverifiable:
		default:
			continue
		}
		on := func(inc *truce.Incident) bool {
			return slices.ContainsFunc(x.Of, func(id truce.Digest) bool { return s.IncidentIDOf(id) == inc.ID })
		}
		if slices.ContainsFunc(incidents, on) && slices.ContainsFunc(incidents, func(inc *truce.Incident) bool { return !on(inc) }) {
			out = append(out, truce.Because("decision %d, %s, would be of all of it", x.Seq, truce.Word("decision", x.Kind)))
		}
	}
	return out
}

// dayDoubts are what is doubtful about a decision on a finding of days: that the finding is
// below the article's floor, and the earlier decisions that it contradicts.
func dayDoubts(s *situation.Situation, d *truce.Decision) (out []truce.Reason) {
	last := map[truce.Digest]*truce.Decision{} // by what it is on: the last counts
	for _, x := range s.DayDecisions {
		if x.Article == d.Article {
			for _, id := range x.Of {
				last[id] = x
			}
		}
	}
	for _, x := range s.DayDecisions { // in their order
		if slices.Contains(opposite[d.Kind], x.Kind) && slices.ContainsFunc(d.Of, func(id truce.Digest) bool { return last[id] == x }) {
			out = append(out, truce.Because("it contradicts decision %d: %s", x.Seq, truce.Word("decision", x.Kind)))
		}
	}
	if f := s.DayOf(d); f != nil && d.Kind == truce.Confirm && (f.Outcome == truce.Uncorroborated || f.Outcome == truce.ReadingsDiffer) {
		out = append(out, truce.Because("under article %s the finding is below the floor that the article asks for: %s", string(d.Article), situation.OutcomeWord(f.Outcome)))
	}
	return out
}
