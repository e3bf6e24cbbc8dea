// Package extent answers: which period are these entries about? The wrong date of one of them
// does not decide it.
package extent

import (
	"cmp"
	"slices"
	"time"

	"github.com/opentruce/truce"
)

// Times are when entries happened, by day. They say what period the entries are
// about, so that a wrong date of one of them does not.
//
// In the future: what begins after the day on which it became known is an error
// of its source, and what began before reaches no further than the end of that
// day. In the past nothing is impossible, so a date counts as an error only if
// few share it and nothing is near: at most one in twenty entries, and at most
// ten, more than a year before all the others. The beginning of articles does not help:
// events before it are out of scope, and a report must still show them. There is no such
// rule for the newest entries, because the first report after a quiet year must be seen.
type Times struct {
	days  []*dayTimes // in order
	on    map[int64]*dayTimes
	n     int            // entries in days
	wrong int            // entries that begin after they became known
	loc   *time.Location // of the days on which entries became known
}

// dayTimes are of what begins on one day of UTC.
type dayTimes struct {
	day   int64
	n     int
	first truce.Instant // the earliest beginning
	last  truce.Instant // the latest end
}

const (
	mostStray  = 10               // entries
	oneStrayIn = 20               // entries
	strayDays  = 366              // more than these lie between them and the others
	dayMillis  = 24 * 3600 * 1000 // of an Instant
)

// Add takes in an entry that became known at a moment. Ends that are not stated
// reach no further than the beginning.
func (t *Times) Add(v truce.Interval, known truce.Instant, loc *time.Location) {
	t.loc = loc
	first, last := v.Start, v.End
	if !last.Stated() {
		last = truce.Always
	}
	if known.Stated() && max(first, last) > known {
		end := truce.DateOf(known, loc).Add(1).Start(loc)
		if first.Stated() && first >= end {
			t.wrong++
			return
		}
		last = min(last, end)
	}
	at := first
	if !first.Stated() {
		if at, first = last, truce.Never; !last.Stated() {
			return
		}
	}
	day := int64(at) / dayMillis
	if int64(at)%dayMillis < 0 {
		day--
	}
	t.n++
	d := t.on[day]
	if d == nil {
		if t.on == nil {
			t.on = map[int64]*dayTimes{}
		}
		d = &dayTimes{day, 0, truce.Never, truce.Always}
		t.on[day] = d
		i, _ := slices.BinarySearchFunc(t.days, day, func(d *dayTimes, day int64) int { return cmp.Compare(d.day, day) })
		t.days = slices.Insert(t.days, i, d)
	}
	d.n, d.first, d.last = d.n+1, min(d.first, first), max(d.last, last)
}

// Extent is the time that the entries are about, and how many are not in it.
// It is not Valid where there are none.
func (t *Times) Extent() (v truce.Interval, outside int) {
	from, before := 0, 0
	for i, d := range t.days {
		if i > 0 && d.day-t.days[i-1].day > strayDays {
			from, outside = i, before
		}
		if before += d.n; before > min(t.n/oneStrayIn, mostStray) {
			break
		}
	}
	v = nothing
	for _, d := range t.days[from:] {
		v.Start, v.End = min(v.Start, d.first), max(v.End, d.last)
	}
	if v.Start == truce.Never && v.End.Stated() { // nothing states when it began: its last day is all that is known
		v.Start = truce.DateOf(v.End-1, t.loc).Start(t.loc)
	}
	return v, outside + t.wrong
}

// nothing is the time of no entry: Hull takes nothing from it.
var nothing = truce.Interval{Start: truce.Never, End: truce.Always}
