package assess

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
)

// quiet is a condition: so many consecutive local days without these acts, each with
// enough coverage. A fire resets the count; a day of which too little could be seen, or
// of which something cannot be told, pauses it. Meeting it proposes; a Decision opens
// what waits for it.
type quiet struct {
	plain
	Days int
	Acts []truce.Act
	In   []string
	Seen truce.PPM // the share of each day that must have been seen
}

type quietForm struct {
	Pos      strict.Text
	Days     strict.Text   `yaml:"days" need:"how many" doc:"consecutive local days"`
	Acts     []strict.Text `yaml:"acts" need:"which acts break it" doc:"acts that reset the count"`
	In       []strict.Text `yaml:"in" doc:"zones; everywhere if left out"`
	Coverage strict.Text   `yaml:"coverage" doc:"share of each day that must have been seen; the floor's if left out"`
}

var quietKind = kindOf("a condition: consecutive quiet days", nil, readQuiet, nil)

func readQuiet(f *quietForm, c *Clause) *quiet {
	out := &quiet{Days: c.Number(f.Days, "days", 3660), Acts: c.Acts(f.Acts), In: c.Zones(f.In), Seen: c.Provision.Floor.Coverage}
	if f.Coverage.Set() {
		out.Seen = c.Share(f.Coverage)
	}
	return out
}

func (*quiet) Kind() string  { return "quiet" }
func (*quiet) fulfils() bool { return true }

func (k *quiet) Zones() []string { return k.In }

func (k *quiet) sentence(*truce.Agreement) []truce.Reason {
	return []truce.Reason{truce.Because("%s in a row without %s in %s, each seen at least %s; meeting it proposes, a decision opens", number(k.Days, "local day"), anyOf("act", k.Acts), zoneWords(k.In), k.Seen.Percent())}
}

func (k *quiet) acts() []truce.Act { return k.Acts }

func (k *quiet) about(o *truce.Observation, t *trace) (v verdict) {
	v.match(actTruth(o.Act, k.Acts, t), truce.FactAct)
	return v
}

func (k *quiet) facts(r *Rule, o *truce.Observation, t *trace) answer {
	v := k.about(o, t)
	if v.noViolation {
		return v.answer()
	}
	v.match(r.c.inZone(&o.Place, r.in, t), truce.FactPlace)
	return v.answer()
}

func (*quiet) condition() bool { return true }

// finding says of a fire that the condition is not yet met.
func (*quiet) finding(o truce.Outcome) (truce.Outcome, truce.Reason) {
	if o == truce.ApparentViolation || o == truce.Uncorroborated {
		return truce.NotYetDue, truce.Because("it resets the count of quiet days")
	}
	return o, truce.Reason{}
}

// A streak is what consecutive days are worth.
type streak struct {
	reset  truce.Date // the last day with a fire; empty: there was none
	quiet  int        // quiet days since then, or in all
	unseen int        // days that could not be told
}

func (*quiet) join(a, b streak) streak {
	out := streak{reset: b.reset, quiet: b.quiet, unseen: a.unseen + b.unseen}
	if b.reset == "" {
		out.reset, out.quiet = a.reset, a.quiet+b.quiet
	}
	return out
}

func (k *quiet) days() daily { return daysOf(k) }

func (k *quiet) day(_ *Rule, d *Day) streak {
	told := true
	for _, f := range d.Found {
		switch {
		case f.Incident == nil, OnlySigns(f.Incident), f.Incident.Alleged():
		case !f.During.Start.Stated(): // it may have been on any day before
			told = told && !f.Outcome.Undetermined() && f.Outcome != truce.NotYetDue && f.Outcome != truce.Violation
		case f.Outcome == truce.NotYetDue, f.Outcome == truce.Violation: // see finding
			return streak{reset: d.Date}
		case f.Outcome.Undetermined():
			told = false
		}
	}
	switch {
	case !d.Ended: // only a fire counts before its end
		return streak{}
	case told && d.Coverage() >= k.Seen:
		return streak{quiet: 1}
	}
	return streak{unseen: 1}
}

// period counts the days of v.
func (k *quiet) period(r *Rule, v truce.Interval, q Query) (truce.Assessment, bool) {
	s := r.over(v, q).(streak)
	out := truce.Assessment{Outcome: truce.NotYetDue}
	if s.quiet >= k.Days {
		out.Outcome = truce.Fulfilled
	}
	if q.Reasons {
		out.Reasons = append(out.Reasons, truce.Because("%d of %d consecutive quiet days", min(s.quiet, k.Days), k.Days))
		if s.reset != "" {
			out.Reasons = append(out.Reasons, truce.Because("the count was reset on %s", s.reset))
		}
		if s.unseen > 0 {
			out.Reasons = append(out.Reasons, truce.Because("%d days could not be told, and paused the count", s.unseen))
		}
		if out.Outcome == truce.Fulfilled {
			out.Reasons = append(out.Reasons, truce.Because("the condition is met; what it opens, only a decision opens"))
		}
	}
	return out, true
}
