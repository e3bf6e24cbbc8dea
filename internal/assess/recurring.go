package assess

import (
	"slices"
	"time"

	"github.com/opentruce/truce"
)

// This file is days, weeks and months, each of which is judged by itself: of quotas, and of duties
// that recur.

// unit is a stretch of local days; zero: none.
type unit string

const (
	perDay   unit = "day"
	perWeek  unit = "week"
	perMonth unit = "month"
)

// length orders units.
func (u unit) length() int { return slices.Index([]unit{"", perDay, perWeek, perMonth}, u) }

// mostPeriods bounds how many periods are looked at: days of ten years.
const mostPeriods = 3660

// recurring are the days, weeks or months that begin in v and end in it, and of which all is in one
// of the scopes. Weeks and months run from the first whole day of a scope; where its beginning is
// not stated, from Mondays and the first of months. first, if any, is the first day of the first of
// them, of the first whole day; end, if any, is when one ends, before its last day does.
func recurring(scopes []truce.Interval, v truce.Interval, loc *time.Location, u unit, first func(truce.Date) truce.Date, end func(truce.Interval) truce.Instant) (out []truce.Interval) {
	for _, scope := range scopes {
		w := scope.Intersect(v)
		if !w.Valid() || !w.Start.Stated() || !w.End.Stated() {
			continue
		}
		anchor, ok := scope.Start, scope.Start.Stated()
		if !ok {
			anchor = w.Start
		}
		begin := truce.DateOf(anchor, loc)
		if begin.Start(loc) < anchor {
			begin = begin.Add(1)
		}
		if !ok {
			begin = calendarStart(begin, u)
		}
		if first != nil {
			begin = first(begin)
		}
		longest := []int{1, 1, 7, 31}[max(0, u.length())]
		skip := int((w.Start-begin.Start(loc))/truce.Instant(24*time.Hour/time.Millisecond))/longest - 2 // what surely ends before w
		for i := max(0, skip); len(out) < mostPeriods; i++ {
			p := truce.Interval{Start: nth(begin, u, i).Start(loc), End: nth(begin, u, i+1).Start(loc)}
			if end != nil {
				p.End = end(p)
			}
			if p.End > w.End {
				break
			}
			if w.Contains(p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// calendarStart is the beginning of the week or month that a day is of.
func calendarStart(d truce.Date, u unit) truce.Date {
	t, err := time.Parse(time.DateOnly, string(d))
	switch {
	case err != nil:
	case u == perWeek:
		return d.Add(-(int(t.Weekday()) + 6) % 7)
	case u == perMonth:
		return d.Add(1 - t.Day())
	}
	return d
}

// nth is the first day of the period that is i after the one that begins on first. A month
// without that day ends with its last.
func nth(first truce.Date, u unit, i int) truce.Date {
	switch u {
	case perWeek:
		return first.Add(7 * i)
	case perMonth:
		t, err := time.Parse(time.DateOnly, string(first))
		if err != nil {
			return first.Add(30 * i)
		}
		begin := time.Date(t.Year(), t.Month()+time.Month(i), 1, 0, 0, 0, 0, time.UTC)
		return truce.Date(begin.AddDate(0, 0, min(t.Day(), begin.AddDate(0, 1, -1).Day())-1).Format(time.DateOnly))
	}
	return first.Add(i)
}
