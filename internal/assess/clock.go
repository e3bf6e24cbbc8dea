package assess

import (
	"iter"

	"github.com/opentruce/truce"
)

// A State is one through which an incident's own entries went: what was known of
// them at one moment, and of what decides about them. What became known later is
// not in it.
type State struct {
	At            truce.Instant
	Incidents     []*truce.Incident // what the entries amounted to then: one incident, or several that were brought together later
	Decisions     []*truce.Decision // on them, in order
	Notifications []Notice          // that could except them, in the order in which they became known
	Phases        map[string]Phase  // nil: those of the rule's own moment
}

// First is the moment of the first state in which the rule found an apparent violation, or a
// person had decided that there is one. Clocks run from it. Never: no state is one.
func (r *Rule) First(states iter.Seq[State], party truce.PartyID) truce.Instant {
	for st := range states {
		then := r.past(&st)
		for _, inc := range st.Incidents {
			if out := then.Incident(inc, Query{Party: party}).Outcome; out == truce.ApparentViolation || out == truce.Violation {
				return st.At
			}
		}
	}
	return truce.Never
}

// past is the rule as it was in a state.
func (r *Rule) past(st *State) *Rule {
	c := *r.c
	c.Notifications, c.Decisions = st.Notifications, st.Decisions
	c.returnFire = nil // a clock runs from the act, whatever its party stated of it later
	c.index()
	out := *r
	out.c = &c
	if st.Phases != nil {
		c.Phases = st.Phases
		out.bind()
	}
	if len(r.above) > 0 {
		out.above = c.preceding(r.p)
	}
	return &out
}

// MayAwait reports whether a finding is one for which a reply is awaited as long as its
// clock runs.
func (r *Rule) MayAwait(a *truce.Assessment) bool {
	return a.Outcome == truce.ApparentViolation && r.p.Clocks.Reply > 0 && r.c.Now != truce.Never
}

// ReplyBy is when the clock of a reply ends that runs from first.
func (r *Rule) ReplyBy(first truce.Instant) truce.Instant { return first.Add(r.p.Clocks.Reply) }

// Await lets a finding that MayAwait be one for which a reply is awaited, if the clock
// that runs from first has not ended and nobody has replied.
func (r *Rule) Await(inc *truce.Incident, first truce.Instant, out *truce.Assessment) {
	end := r.ReplyBy(first)
	if first == truce.Always || end <= r.c.Now {
		return
	}
	if by := r.reply(inc); by != "" {
		out.Reasons = append(out.Reasons, truce.Because("%s has replied", by))
		return
	}
	out.Outcome = truce.AwaitingResponse
	out.Reasons = append(out.Reasons, truce.Because("a reply is awaited until %s", end.In(r.c.Agreement.Location)))
}

// reply returns who answered the incident, if a bound party did. Responses are
// those received by the moment of knowledge; the times that they state for
// themselves decide nothing.
func (r *Rule) reply(inc *truce.Incident) truce.PartyID {
	for _, a := range r.c.Responses {
		if !r.p.Bound(a.By) {
			continue
		}
		for _, o := range inc.Of {
			if o.ID == a.To {
				return a.By
			}
		}
	}
	return ""
}
