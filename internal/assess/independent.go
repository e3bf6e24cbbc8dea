package assess

import (
	"strings"

	"github.com/opentruce/truce"
)

// witnesses are observations that may confirm each other: what parties say and
// signs never do. The answer does not depend on the order in which they come.
type witnesses struct {
	of          []witness
	independent bool // two of them are
}

type witness struct {
	*truce.Observation
	publisher string
}

// add takes in one more. Of one publisher and hand at most two are kept, of
// different rows: whatever is independent of a third is independent of one of
// those two, because it has the row of one of them at most.
func (w *witnesses) add(c *Context, o *truce.Observation) {
	if w.independent || o.Alleged() || truce.Words.Sign(o.Act) {
		return
	}
	s := c.Agreement.SourceOf(o.Source)
	if s.Party != "" {
		return
	}
	// A source without a publisher is its own, under its own name: "mission" is
	// the publisher of the posts for which the agreement names "mission".
	publisher := strings.TrimPrefix(s.Publisher, "source ")
	alike, again := 0, false
	for _, x := range w.of {
		switch {
		case !strings.EqualFold(x.publisher, publisher):
			if independent(x.Observation, o) {
				w.independent = true
				return
			}
		case x.Hand == o.Hand:
			alike++
			again = again || sameRow(x.Observation, o)
		}
	}
	if alike < 2 && !again {
		w.of = append(w.of, witness{o, publisher})
	}
}

// standing is what they amount to. This is the only place that decides what is
// corroborated.
func (w *witnesses) standing(alleged bool) truce.Standing {
	switch {
	case alleged:
		return truce.Alleged
	case w.independent:
		return truce.Corroborated
	}
	return truce.SingleSource
}

// dependent says why several publishers do not confirm each other, where they do not.
func (w *witnesses) dependent(r *Rule, t *trace) {
	if t == nil || w.independent {
		return
	}
	for i, y := range w.of {
		for _, x := range w.of[:i] {
			switch {
			case strings.EqualFold(x.publisher, y.publisher):
				continue
			case x.Hand != "" && x.Hand == y.Hand:
				t.say("reports by %s and %s were entered by the same person, so they do not confirm each other", r.who(x.Observation), r.who(y.Observation))
			default:
				t.say("reports by %s and %s are the same row under two names, so they do not confirm each other", r.who(x.Observation), r.who(y.Observation))
			}
			return
		}
	}
}

// independent reports whether observations of two publishers confirm each
// other: no one person wrote both, and they are not one row under two names.
func independent(a, b *truce.Observation) bool {
	return (a.Hand == "" || a.Hand != b.Hand) && !sameRow(a, b)
}

// sameRow compares rows; most pairs differ in what is quickly told.
func sameRow(a, b *truce.Observation) bool {
	return a.Key == b.Key && a.Occurred == b.Occurred && a.Act == b.Act && a.Weapon == b.Weapon && a.Row() == b.Row()
}
