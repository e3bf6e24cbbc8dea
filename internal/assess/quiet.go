package assess

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// quiet is a condition: so many consecutive local days without these acts. A
// fire resets the count; a day of which too little could be seen, or of which
// something cannot be told, pauses it. Meeting it proposes; a Decision opens
// what waits for it.
type quiet struct{ *truce.Quiet }

func (k *quiet) acts() []truce.Act { return k.Acts }

func (k *quiet) ground(r *Rule) *geo.Region { return r.everywhere() }

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

// dayState is what a day does to the count.
type dayState uint8

const (
	quietDay dayState = iota
	unknownDay
	fireDay
)

// period counts the whole local days of v.
func (k *quiet) period(r *Rule, v truce.Interval, q Query) (truce.Assessment, bool) {
	loc := r.c.Agreement.Location
	states := map[truce.Date]dayState{}
	for _, inc := range q.Incidents(v) {
		if OnlySigns(inc) || inc.Alleged() {
			continue
		}
		state := quietDay
		a := r.incident(inc, Query{})
		r.Decide(inc, &a)
		switch {
		case a.Outcome == truce.ApparentViolation, a.Outcome == truce.Uncorroborated, a.Outcome == truce.Violation:
			state = fireDay
		case a.Outcome.Undetermined():
			state = unknownDay
		}
		for d := truce.DateOf(a.During.Start, loc); d.Start(loc) < a.During.End; d = d.Add(1) {
			states[d] = max(states[d], state)
		}
	}
	var out truce.Assessment
	run, unseen := 0, 0
	var last *truce.Reason
	reset := func(d truce.Date) *truce.Reason { r := truce.Because("the count was reset on %s", d); return &r }
	first := truce.DateOf(v.Start, loc)
	if first.Start(loc) < v.Start {
		first = first.Add(1) // a day that has begun is not a whole one
	}
	for d := first; d.Day(loc).End <= v.End; d = d.Add(1) {
		state := states[d]
		seen, _ := r.Coverage(d.Day(loc))
		if state == quietDay && seen < k.Coverage {
			state = unknownDay
		}
		switch state {
		case fireDay:
			run, last = 0, reset(d)
		case unknownDay:
			unseen++
		case quietDay:
			run++
		}
	}
	if states[truce.DateOf(v.End-1, loc)] == fireDay && truce.DateOf(v.End-1, loc).Day(loc).End > v.End {
		run, last = 0, reset(truce.DateOf(v.End-1, loc))
	}
	out.Outcome = truce.NotYetDue
	if run >= k.Days {
		out.Outcome = truce.Fulfilled
	}
	if q.Reasons {
		out.Reasons = append(out.Reasons, truce.Because("%d of %d consecutive quiet days", min(run, k.Days), k.Days))
		if last != nil {
			out.Reasons = append(out.Reasons, *last)
		}
		if unseen > 0 {
			out.Reasons = append(out.Reasons, truce.Because("%d days could not be told, and paused the count", unseen))
		}
		if out.Outcome == truce.Fulfilled {
			out.Reasons = append(out.Reasons, truce.Because("the condition is met; what it opens, only a decision opens"))
		}
	}
	return out, true
}
