package situation

import (
	"maps"
	"slices"

	"github.com/opentruce/truce"
)

// A calendar finds by day what overlaps a time: a page is about a month or an hour
// of what may be years. It does not change; with makes another that shares the days
// that stay as they are.
type calendar[T comparable] struct {
	id     func(T) truce.Digest
	during func(T) truce.Interval
	days   map[int64][]T // by the number of the day (UTC), in no order
	wide   []T           // of more than mostDays days, or of no known end
}

const (
	dayMs    = 24 * 3600 * 1000
	mostDays = 10
)

func newCalendar[T comparable](list []T, id func(T) truce.Digest, during func(T) truce.Interval) *calendar[T] {
	c := &calendar[T]{id: id, during: during, days: map[int64][]T{}}
	for _, x := range list {
		c.add(x)
	}
	return c
}

func dayOf(i truce.Instant) int64 {
	d := int64(i) / dayMs
	if int64(i)%dayMs < 0 {
		d--
	}
	return d
}

// reach are the first and last day of something.
func (c *calendar[T]) reach(x T) (from, to int64, wide bool) {
	v := c.during(x)
	if !v.Start.Stated() || !v.End.Stated() {
		return 0, 0, true
	}
	from, to = dayOf(v.Start), max(dayOf(v.Start), dayOf(v.End-1))
	return from, to, to-from >= mostDays
}

func (c *calendar[T]) add(x T) {
	from, to, wide := c.reach(x)
	if wide {
		c.wide = append(c.wide, x)
		return
	}
	for d := from; d <= to; d++ {
		c.days[d] = append(c.days[d], x)
	}
}

// with is the calendar without what is dropped and with what is added; nil stays
// nil.
func (c *calendar[T]) with(drop, add []T) *calendar[T] {
	if c == nil {
		return nil
	}
	out := &calendar[T]{c.id, c.during, maps.Clone(c.days), slices.Clip(c.wide)}
	gone := map[T]bool{}
	own := map[int64]bool{} // days whose list is not shared any more
	for _, x := range drop {
		gone[x] = true
	}
	keep := func(list []T) []T {
		return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return gone[x] })
	}
	for _, x := range drop {
		from, to, wide := c.reach(x)
		if wide {
			out.wide = keep(out.wide)
			continue
		}
		for d := from; d <= to; d++ {
			if own[d] {
				continue
			}
			if out.days[d], own[d] = keep(out.days[d]), true; len(out.days[d]) == 0 {
				delete(out.days, d)
			}
		}
	}
	for _, x := range add {
		if from, to, wide := c.reach(x); !wide {
			for d := from; d <= to; d++ {
				if !own[d] { // appending makes it its own
					out.days[d], own[d] = slices.Clip(out.days[d]), true
				}
			}
		}
		out.add(x)
	}
	return out
}

// in lists what overlaps v, by ID.
func (c *calendar[T]) in(v truce.Interval) (out []T) {
	for _, x := range c.wide {
		if c.during(x).Overlaps(v) {
			out = append(out, x)
		}
	}
	from, to := dayOf(v.Start), dayOf(v.End-1)
	take := func(day int64) {
		for _, x := range c.days[day] { // what is of several days is taken on the first of them
			if w := c.during(x); w.Overlaps(v) && max(dayOf(w.Start), from) == day {
				out = append(out, x)
			}
		}
	}
	if v.Start.Stated() && v.End.Stated() && to-from < int64(len(c.days)) {
		for d := from; d <= to; d++ {
			take(d)
		}
	} else {
		for d := range c.days { // any order: sorted below
			if from <= d && d <= to {
				take(d)
			}
		}
	}
	slices.SortFunc(out, func(a, b T) int { return c.id(a).Compare(c.id(b)) })
	return out
}
