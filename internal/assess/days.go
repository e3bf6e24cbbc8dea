package assess

import (
	"slices"
	"sync"

	"github.com/opentruce/truce"
)

// A Day is a local day under a rule, as a kind looks at it. What a kind keeps of an
// ended day depends on nothing else, so that it need not be made again while this stays.
type Day struct {
	Date  truce.Date
	Ended bool     // false: it is cut by the end of the period, or the article did not bind on all of it
	Found []*Found // on incidents that touch it, by ID, and then on totals

	covered func() truce.PPM
}

// Coverage is the share of the article's ground that somebody independent of the
// parties could see on the day.
func (d *Day) Coverage() truce.PPM { return d.covered() }

// daily is what a kind keeps of a local day, and how days join. Values of a kind have
// one type, and its zero value is that of no days: joining is associative with it as
// the identity (TestDaysJoin asks this of every kind).
type daily struct {
	none any
	day  func(r *Rule, d *Day) any
	join func(a, b any) any // of days and those after them
}

// daysOf makes daily of a kind that keeps an S of each day.
func daysOf[S any](k interface {
	day(*Rule, *Day) S
	join(earlier, later S) S
}) daily {
	var none S
	return daily{none, func(r *Rule, d *Day) any { return k.day(r, d) }, func(a, b any) any { return k.join(a.(S), b.(S)) }}
}

// Days is what a rule's kind may look at of local days, and what it keeps of them.
type Days struct {
	Found func(truce.Interval) []*Found // what the rule says, for no one party, of what overlaps a time: on incidents by ID, and then on totals
	Kept  *Kept                         // nil: nothing is kept
}

// Kept is what a kind keeps of ended local days under one rule. A day is in it from when
// it was first asked for. The zero value is empty.
type Kept struct {
	mu sync.Mutex
	of map[truce.Date]any
}

// day is what is kept of a day.
func (k *Kept) day(d truce.Date, build func() any) any {
	if k == nil {
		return build()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	v, ok := k.of[d]
	if !ok {
		if k.of == nil {
			k.of = map[truce.Date]any{}
		}
		v = build()
		k.of[d] = v
	}
	return v
}

// Without is what is kept, but not of days that one of the times touches. Where there are
// none it is k itself: what is the same now may be asked of either.
func (k *Kept) Without(a *truce.Agreement, times []truce.Interval) *Kept {
	if k == nil || len(times) == 0 {
		return k
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	out := &Kept{of: make(map[truce.Date]any, len(k.of))}
	for d, v := range k.of {
		if !slices.ContainsFunc(times, d.Day(a.Location).Overlaps) {
			out.of[d] = v
		}
	}
	return out
}

// KeepsDays reports whether the rule's kind keeps anything of local days.
func (r *Rule) KeepsDays() bool { return r.kind.days().day != nil }

// over joins what the rule's kind keeps of the local days in v, up to the moment of
// knowledge: of those that lie in it whole, and of the last one as far as it has begun. A
// day that began before v is left out.
func (r *Rule) over(v truce.Interval, q Query) any {
	loc, k, days := r.c.Agreement.Location, r.kind.days(), q.Days(r)
	out := k.none
	if v.End = min(v.End, r.c.Now); !v.Valid() {
		return out
	}
	first, last := truce.DateOf(v.Start, loc), truce.DateOf(v.End-1, loc)
	if first.Start(loc) < v.Start {
		first = first.Add(1)
	}
	for d := first; d.Day(loc).End <= v.End; d = d.Add(1) {
		out = k.join(out, days.Kept.day(d, func() any { return k.day(r, r.dayOf(d, days)) }))
	}
	if last.Day(loc).End > v.End {
		d := r.dayOf(last, days)
		d.Ended, d.Found = false, overlapping(d.Found, v)
		out = k.join(out, k.day(r, d))
	}
	return out
}

func (r *Rule) dayOf(date truce.Date, days Days) *Day {
	v := date.Day(r.c.Agreement.Location)
	whole := slices.ContainsFunc(r.scope, func(w truce.Interval) bool { return w.Contains(v) })
	return &Day{Date: date, Ended: whole, Found: days.Found(v), covered: func() truce.PPM { return r.covered(r.binding(v), false) }}
}

// overlapping are the findings on what overlaps v. An incident counts by all of its
// time, though its finding may be of a part of it.
func overlapping(list []*Found, v truce.Interval) (out []*Found) {
	for _, f := range list {
		if during := f.During; f.Incident == nil && during.Overlaps(v) || f.Incident != nil && f.Incident.Occurred.Overlaps(v) {
			out = append(out, f)
		}
	}
	return out
}
