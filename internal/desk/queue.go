package desk

import (
	"cmp"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/situation"
)

// The heaps of the queue: why an incident waits for a person.
const (
	Second         = "second" // one reader decided, and the article asks for two
	Apparent       = "apparent"
	Uncorroborated = "uncorroborated"
	Undetermined   = "undetermined"
	Alleged        = "alleged"

	Reviewed = "reviewed" // it waits no longer: somebody decided
)

// Heaps are those that wait, in the order in which pages list them.
var Heaps = []string{Second, Apparent, Uncorroborated, Undetermined, Alleged}

// heapOf is the heap that an outcome goes to.
func heapOf(o truce.Outcome) string {
	switch {
	case o.Undetermined(), o == truce.ReadingsDiffer:
		return Undetermined
	case o == truce.Uncorroborated:
		return Uncorroborated
	case o == truce.AllegedOnly:
		return Alleged
	}
	return Apparent
}

// Waiting is one incident under one article that waits for a person.
type Waiting struct {
	Incident *truce.Incident
	Finding  truce.ShortFinding
	Ends     truce.Instant   // the first clock that runs out; Never: no clock runs
	Replies  []truce.PartyID // parties that answered
	Owner    Line            // who works on it; zero: nobody
}

// An Ask says who asks for the queue, and for what of it.
type Ask struct {
	By   string // an account
	Heap string // empty: all that wait
	Mine bool   // only what By works on
	Most int    // how many are wanted, from the first
}

// A Queue is what waits for a decision, in the order in which clocks run out.
type Queue struct {
	All   int            // that wait
	Mine  int            // of them, those that the asker works on
	Heaps map[string]int // by heap, and those that were reviewed
	Total int            // that were asked for
	First []Waiting      // the first of them
}

// QueueOf is what waits for a decision of the mission: findings of incidents that count or
// are alleged, and that nobody has decided about, or one reader where the article asks for
// two. What was decided is listed only if it is asked for. owners are lines of the kind
// Owner.
func QueueOf(s *situation.Situation, owners []Line, ask Ask) *Queue {
	decided, replied, owned := decidedAbout(s), repliedTo(s), Owners(owners, s.IncidentIDOf)
	out := &Queue{Heaps: map[string]int{}}
	type queued struct {
		inc  *truce.Incident
		a    *truce.Assessment
		ends truce.Instant
		n    int
	}
	first := func(x, y queued) int {
		return cmp.Or(cmp.Compare(x.ends, y.ends), cmp.Compare(rank(x.a.Outcome), rank(y.a.Outcome)), cmp.Compare(y.inc.Occurred.Start, x.inc.Occurred.Start), cmp.Compare(x.n, y.n))
	}
	var all []queued
	for _, p := range s.Agreement.Provisions {
		ends := clocks(s, p.Article)
		for f := range s.Found(p.Article, "", "") {
			if f.Incident == nil || f.OnlySigns || f.Outcome == truce.Violation || !f.Outcome.Counts() && f.Outcome != truce.AllegedOnly {
				continue
			}
			heap, mine := heapOf(f.Outcome), owned[f.Incident.ID].By == ask.By
			if decided[f.Incident.ID] {
				if heap = Reviewed; s.Pending(p.Article, f.Incident) != nil {
					heap = Second
				}
			}
			if out.Heaps[heap]++; heap != Reviewed {
				if out.All++; mine {
					out.Mine++
				}
			}
			if ask.Heap != heap && (ask.Heap != "" || heap == Reviewed) || ask.Mine && !mine {
				continue
			}
			at, runs := ends[f.Of]
			if !runs {
				at = truce.Never
			}
			out.Total++
			// Of a million a page is shown: the first are kept among some more.
			if all = append(all, queued{f.Incident, &f.Assessment, at, out.Total}); len(all) >= 2*ask.Most+spare {
				slices.SortFunc(all, first)
				all = all[:ask.Most]
			}
		}
	}
	slices.SortFunc(all, first)
	for _, x := range all[:min(len(all), ask.Most)] {
		out.First = append(out.First, Waiting{Incident: x.inc, Ends: x.ends, Replies: replied[x.inc.ID], Owner: owned[x.inc.ID],
			Finding: truce.ShortFinding{Article: x.a.Article, Outcome: x.a.Outcome, Standing: x.a.Standing, Ground: x.a.Ground, Missing: x.a.Missing}})
	}
	return out
}

// spare is how many more than are wanted are gathered, at least, before they are sorted.
const spare = 200

func rank(o truce.Outcome) int { return slices.Index(truce.Outcomes, o) }

// clocks are the first clocks that run out under an article, by what they are of.
func clocks(s *situation.Situation, art truce.Article) map[truce.Digest]truce.Instant {
	out := map[truce.Digest]truce.Instant{}
	for _, f := range s.Ticking(art) {
		for _, c := range s.Running(art, f.Incident) {
			if at, ok := out[f.Of]; !ok || c.Ends < at {
				out[f.Of] = c.Ends
			}
		}
	}
	return out
}

// decidedAbout are the incidents that somebody decided something about that ends their
// wait, under whichever article.
func decidedAbout(s *situation.Situation) map[truce.Digest]bool {
	out := map[truce.Digest]bool{}
	for _, d := range s.Decisions {
		switch d.Kind {
		case truce.Confirm, truce.Reject, truce.Verify, truce.Unverifiable:
			for _, id := range d.Of {
				if inc := s.IncidentOf(id); inc != nil {
					out[inc.ID] = true
				}
			}
		}
	}
	return out
}

// repliedTo are the parties that answered, by incident, in the order of their answers.
func repliedTo(s *situation.Situation) map[truce.Digest][]truce.PartyID {
	out := map[truce.Digest][]truce.PartyID{}
	for _, r := range s.Responses {
		if inc := s.IncidentOf(r.To); inc != nil && !slices.Contains(out[inc.ID], r.By) {
			out[inc.ID] = append(out[inc.ID], r.By)
		}
	}
	return out
}

// Changed is an incident whose membership has changed since somebody decided about it, or
// a decision that can no longer be followed whole.
type Changed struct {
	Incident *truce.Incident
	Decision *truce.Decision
	Why      *truce.Reason // set: the decision can no longer be followed whole
}

// ChangedSince lists decisions that were taken on an earlier state, and those that can no
// longer be followed whole. A later decision of the same kind settles it.
func ChangedSince(s *situation.Situation) []Changed {
	var out []Changed
	last := map[string]bool{}
	for _, d := range slices.Backward(s.Decisions) {
		for _, id := range d.Of {
			inc := s.IncidentOf(id)
			if inc == nil {
				continue
			}
			key := inc.ID.Hex() + string(d.Article)
			if d.Kind == truce.Merge || d.Kind == truce.Split || d.Kind == truce.Regrade || d.Kind == truce.Ask || last[key] {
				continue
			}
			last[key] = true
			if len(d.State) > 0 && !slices.Equal(d.State, inc.IDs()) {
				out = append(out, Changed{Incident: inc, Decision: d})
			}
		}
	}
	for _, c := range s.Contradictions {
		out = append(out, Changed{Decision: c.Decision, Why: &c.Why})
	}
	return out
}

// DaysWaiting are the findings of days that nobody has decided about, or one reader where the
// article asks for two, and those that were confirmed when they rested on other reports: by
// the reply clock that runs out first, then by outcome, the latest days first.
func DaysWaiting(s *situation.Situation) (out []truce.DayRow) {
	for _, p := range s.Agreement.Provisions {
		for _, f := range s.DayFindings(p.Article) {
			if f.Outcome != truce.Violation || f.Changed || f.Waits != nil {
				out = append(out, s.DayRow(&f))
			}
		}
	}
	ends := func(d *truce.DayRow) truce.Instant {
		if d.ReplyBy == 0 {
			return truce.Never
		}
		return d.ReplyBy
	}
	slices.SortStableFunc(out, func(x, y truce.DayRow) int {
		return cmp.Or(cmp.Compare(ends(&x), ends(&y)), cmp.Compare(rank(x.Outcome), rank(y.Outcome)), cmp.Compare(y.Window.Start, x.Window.Start))
	})
	return out
}
