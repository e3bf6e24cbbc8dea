package situation

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
)

// This file is what the terms ask for before people open or extend a phase. It proposes: a
// condition that is met changes nothing until a person declares it.

// Openings are the phases that wait for people, each with how far the conditions of its text are,
// in the order of the text. None: the text states no conditions, or everything is known and nothing
// is to come. The list is kept and must not be changed.
func (s *Situation) Openings() []truce.Opening {
	if s.Now == truce.Never {
		return nil
	}
	s.onceOpenings.Do(func() { s.opening = s.openings(s.Now) })
	return s.opening
}

// openings are Openings as of a moment, by all that is known.
func (s *Situation) openings(at truce.Instant) (out []truce.Opening) {
	for i := range s.Agreement.Phases {
		p := &s.Agreement.Phases[i]
		during := s.Phases[p.ID].During
		switch {
		case p.Opens != nil && len(during) == 0 && !s.declared(p.FromEvent, at):
			x := s.proposal(p.Opens, at)
			x.Phase, x.Event = p.ID, p.FromEvent
			switch x.Met {
			case truce.ConditionMet:
				x.What = truce.Because("phase %s may open: its conditions have been met since %s; only a person declares %s", p.ID, x.Since.In(s.Agreement.Location), p.FromEvent)
			default:
				x.What = truce.Because("phase %s may not open yet: its conditions are not met", p.ID)
			}
			out = append(out, x)
		case p.Extends != nil && len(during) > 0 && during[len(during)-1].Holds(at) && during[len(during)-1].End.Stated():
			x := s.proposal(&p.Extends.If, at)
			x.Phase = p.ID
			switch x.Met {
			case truce.ConditionMet:
				x.What = truce.Because("phase %s may be extended by %s: the conditions have been met since %s; only a person extends it", p.ID, assess.SpanWords(p.Extends.For), x.Since.In(s.Agreement.Location))
			default:
				x.What = truce.Because("phase %s may not be extended yet: the conditions are not met", p.ID)
			}
			out = append(out, x)
		}
	}
	return out
}

// declared reports whether a person declared an event that has come.
func (s *Situation) declared(event string, at truce.Instant) bool {
	from, ok := s.event(event)
	return ok && from <= at
}

// event is the moment that the latest declaration of an event states.
func (s *Situation) event(name string) (at truce.Instant, ok bool) {
	for _, d := range s.Decisions {
		if d.Kind == truce.Declare && d.Name == name {
			at, ok = d.From, true
		}
	}
	return at, ok
}

func (s *Situation) proposal(c *truce.Condition, at truce.Instant) truce.Opening {
	m := s.met(c, at)
	out := truce.Opening{Met: m.is, Since: truce.Never, Parts: m.parts}
	if m.is == truce.ConditionMet {
		out.Since = m.since
	}
	for _, f := range assess.Facts {
		if slices.Contains(m.missing, f) {
			out.Miss = append(out.Miss, f)
		}
	}
	return out
}

// A condition is how far one of a text is.
type condition struct {
	is      truce.Met
	since   truce.Instant // where it is met: since when, at least
	missing []truce.Fact
	parts   []truce.Reason
}

// met works a condition out in three values (Kleene): of several, one that is not met makes all of
// them not met, whatever is unknown of the others. All are met since the last of them was; any is
// met since the first of those that are met now.
func (s *Situation) met(c *truce.Condition, at truce.Instant) condition {
	switch {
	case len(c.All) > 0:
		out := condition{is: truce.ConditionMet, since: truce.Always}
		for i := range c.All {
			m := s.met(&c.All[i], at)
			out.parts, out.missing = append(out.parts, m.parts...), append(out.missing, m.missing...)
			if out.is = least(out.is, m.is); m.is == truce.ConditionMet {
				out.since = max(out.since, m.since)
			}
		}
		return out
	case len(c.Any) > 0:
		out := condition{is: truce.ConditionUnmet, since: truce.Never}
		for i := range c.Any {
			m := s.met(&c.Any[i], at)
			out.parts, out.missing = append(out.parts, truce.Because("one of several is enough: %s", truce.Joined("%s; %s", m.parts))), append(out.missing, m.missing...)
			if out.is = most(out.is, m.is); m.is == truce.ConditionMet {
				out.since = min(out.since, m.since)
			}
		}
		if out.is == truce.ConditionMet {
			out.missing = nil // what another of them lacks decides nothing
		}
		return out
	case c.Article != "":
		return s.fulfilled(c, at)
	}
	return s.come(c, at)
}

var conditionOrder = []truce.Met{truce.ConditionUnmet, truce.ConditionUnknown, truce.ConditionMet}

func least(a, b truce.Met) truce.Met {
	return conditionOrder[min(slices.Index(conditionOrder, a), slices.Index(conditionOrder, b))]
}

func most(a, b truce.Met) truce.Met {
	return conditionOrder[max(slices.Index(conditionOrder, a), slices.Index(conditionOrder, b))]
}

// come is a condition of time: a moment, or so long after an event or the beginning of a phase.
func (s *Situation) come(c *truce.Condition, now truce.Instant) condition {
	loc := s.Agreement.Location
	at, known, what := c.At, true, truce.Because("%s has come", c.At.In(loc))
	switch {
	case c.Event != "":
		at, known = s.event(c.Event)
		what = truce.Because("%s was declared", c.Event)
	case c.Phase != "":
		ph := s.Phases[c.Phase]
		if known = ph.Begun && len(ph.During) > 0; known {
			at = ph.During[0].Start
		}
		what = truce.Because("phase %s began", c.Phase)
	}
	if c.For != (truce.Span{}) {
		what = truce.Because("%s, and that was %s ago", what, assess.SpanWords(c.For))
		if known && at.Stated() {
			at = c.For.After(at, loc)
		}
	}
	if known && at <= now {
		return condition{is: truce.ConditionMet, since: at, parts: []truce.Reason{truce.Because("met: %s", what)}}
	}
	return condition{is: truce.ConditionUnmet, parts: []truce.Reason{truce.Because("not met: %s", what)}}
}

// fulfilled is a condition of an article: it is fulfilled now, over all of the time or over the last
// so long.
func (s *Situation) fulfilled(c *truce.Condition, at truce.Instant) condition {
	loc := s.Agreement.Location
	is, a := s.fulfilledAt(c, at)
	if a.Outcome == "" {
		return condition{is: is, parts: []truce.Reason{truce.Because("not met: article %s has not been in force for %s", string(c.Article), assess.SpanWords(c.For))}}
	}
	what := truce.Because("article %s: %s", string(c.Article), OutcomeWord(a.Outcome))
	if a.Done != nil {
		what = truce.Because("%s (%d of %d)", what, min(a.Done.Low, a.Done.Of), a.Done.Of)
	}
	if c.For != (truce.Span{}) {
		what = truce.Because("%s, over the last %s", what, assess.SpanWords(c.For))
	}
	out := condition{is: is}
	switch is {
	case truce.ConditionMet:
		out.since = s.fulfilledSince(c, at)
		out.parts = []truce.Reason{truce.Because("met: %s, since %s", what, out.since.In(loc))}
	case truce.ConditionUnknown:
		out.missing = a.Missing
		out.parts = []truce.Reason{truce.Because("not known, and so not met: %s", what)}
		if len(a.Missing) > 0 {
			var facts []truce.InWords
			for _, f := range a.Missing {
				facts = append(facts, truce.Word("fact", f))
			}
			out.parts = []truce.Reason{truce.Because("not known, and so not met: %s; missing: %s", what, truce.Joined("%s, %s", facts))}
		}
	default:
		out.parts = []truce.Reason{truce.Because("not met: %s", what)}
	}
	return out
}

// fulfilledAt asks for an article as it was at a moment, by what is known now.
func (s *Situation) fulfilledAt(c *truce.Condition, at truce.Instant) (truce.Met, truce.Assessment) {
	rules := s.rules[c.Article]
	v := truce.Interval{Start: rules[0].Span().Start, End: at}
	if c.For != (truce.Span{}) {
		from := truce.Span{Time: c.For.Time}.Before(at, s.Agreement.Location)
		if c.For.Time == 0 { // whole local days, and what has gone of this one
			from = truce.DateOf(at, s.Agreement.Location).Add(-c.For.Days).Start(s.Agreement.Location)
		}
		if v.Start = from; !slices.ContainsFunc(rules, func(r *assess.Rule) bool { return r.Throughout(v) }) {
			return truce.ConditionUnmet, truce.Assessment{} // it has not been in force for so long
		}
	}
	if !v.Valid() {
		return truce.ConditionUnmet, truce.Assessment{Outcome: truce.OutOfScope}
	}
	a := s.period(rules, "", v, s.findings(c.Article, "", ""), assess.Query{Days: s.days}, nil)
	switch o := a.Outcome; {
	case o == truce.Fulfilled:
		return truce.ConditionMet, a
	case o.Undetermined(), o == truce.ReadingsDiffer, o == truce.Disputed, o == truce.Uncorroborated, o == truce.AllegedOnly, o == truce.AwaitingResponse:
		return truce.ConditionUnknown, a
	}
	return truce.ConditionUnmet, a
}

// longestSince is how many days back it is asked since when an article is fulfilled; of one that is
// fulfilled for longer, the words state that it is at least so long.
const longestSince = 366

// fulfilledSince is since when an article that is fulfilled now is so without a break: as it was at
// the beginning of each local day before, and then at the moment of that day at which it changed.
func (s *Situation) fulfilledSince(c *truce.Condition, now truce.Instant) truce.Instant {
	loc := s.Agreement.Location
	was := func(at truce.Instant) bool { is, _ := s.fulfilledAt(c, at); return is == truce.ConditionMet }
	since, before := now, truce.Always
	for d, n := truce.DateOf(now, loc), 0; n < longestSince; d, n = d.Add(-1), n+1 {
		at := d.Start(loc)
		if !was(at) {
			before = at
			break
		}
		since = min(since, at)
	}
	if before == truce.Always {
		return since
	}
	for since-before > 1 {
		if mid := before + (since-before)/2; was(mid) {
			since = mid
		} else {
			before = mid
		}
	}
	return since
}

// OutcomeWord is an outcome as sentences say it.
func OutcomeWord(o truce.Outcome) truce.InWords {
	return truce.InWords{Kind: "outcome", Value: string(o), English: o.Words()}
}
