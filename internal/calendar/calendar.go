// Package calendar answers: what overlaps this time? It finds by local day what begins and
// ends, and keeps for each day what was made of it.
package calendar

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/opentruce/truce"
)

// A Calendar finds by local day what overlaps a time: a page is about a month or an
// hour of what may be years. It does not change; With makes another that shares the
// days that stay as they are, and what was made of them.
type Calendar[T any] struct {
	loc    *time.Location
	id     func(T) truce.Digest
	during func(T) truce.Interval
	days   map[int64]*Day[T] // by number
	wide   []T               // of more than mostDays days, or of no known end
}

// A day is what overlaps one, and what is kept of it.
type Day[T any] struct {
	list    []T // what lies wholly in the day, in no order
	several []T // what is of other days too

	mu   sync.Mutex
	kept map[string]any
}

const (
	daySeconds = 24 * 3600
	mostDays   = 10
)

// New finds by the days of a place what happened during some time.
func New[T any](loc *time.Location, list []T, id func(T) truce.Digest, during func(T) truce.Interval) *Calendar[T] {
	c := &Calendar[T]{loc: loc, id: id, during: during, days: map[int64]*Day[T]{}}
	for _, x := range list {
		c.add(x)
	}
	return c
}

// dayOf is the number of the local day of a moment, from 1970.
func (c *Calendar[T]) dayOf(i truce.Instant) int64 {
	y, m, d := i.Time().In(c.loc).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / daySeconds
}

// Hours is the time of a day: from its first moment to that of the next.
func (c *Calendar[T]) Hours(n int64) truce.Interval {
	return truce.DateOf(truce.InstantOf(time.Unix(n*daySeconds, 0)), time.UTC).Day(c.loc)
}

// Day is one of the days that Split gives.
func (c *Calendar[T]) Day(n int64) *Day[T] { return c.days[n] }

// Touched are the numbers of the days that v touches and in which there is anything, in
// order.
func (c *Calendar[T]) Touched(v truce.Interval) []int64 { return c.span(v) }

// DayOf is the number of the local day of a moment.
func (c *Calendar[T]) DayOf(i truce.Instant) int64 { return c.dayOf(i) }

// DateOf is the date of a day.
func DateOf(n int64) truce.Date {
	return truce.DateOf(truce.InstantOf(time.Unix(n*daySeconds, 0)), time.UTC)
}

// Wide lists what overlaps v and is of no day: of too many, or of no known end.
func (c *Calendar[T]) Wide(v truce.Interval) (out []T) {
	for _, x := range c.wide {
		if c.during(x).Overlaps(v) {
			out = append(out, x)
		}
	}
	return out
}

// Several lists what is of the day and of others, in no order.
func (d *Day[T]) Several() []T { return d.several }

// Alone lists what lies wholly in the day, in no order.
func (d *Day[T]) Alone() []T { return d.list }

// reach are the first and last day of something.
func (c *Calendar[T]) reach(x T) (from, to int64, wide bool) {
	v := c.during(x)
	if !v.Start.Stated() || !v.End.Stated() {
		return 0, 0, true
	}
	from = c.dayOf(v.Start)
	to = max(from, c.dayOf(v.End-1))
	return from, to, to-from >= mostDays
}

func (c *Calendar[T]) add(x T) {
	from, to, wide := c.reach(x)
	if wide {
		c.wide = append(c.wide, x)
		return
	}
	v := c.during(x)
	alone := from == to && v.Start < v.End // what lasts no time overlaps no day that begins then
	for n := from; n <= to; n++ {
		d := c.days[n]
		if d == nil {
			d = &Day[T]{}
			c.days[n] = d
		}
		if alone {
			d.list = append(d.list, x)
		} else {
			d.several = append(d.several, x)
		}
	}
}

// With is the calendar without what is dropped, by ID, and with what is added; nil
// stays nil.
func (c *Calendar[T]) With(drop, add []T) *Calendar[T] {
	if c == nil {
		return nil
	}
	out := &Calendar[T]{c.loc, c.id, c.during, maps.Clone(c.days), slices.Clip(c.wide)}
	gone := make([]truce.Digest, len(drop))
	for i, x := range drop {
		gone[i] = c.id(x)
	}
	slices.SortFunc(gone, truce.Digest.Compare)
	keep := func(list []T) []T {
		return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return among(gone, c.id(x)) })
	}
	own := map[int64]bool{} // days that are not shared any more
	touch := func(n int64) {
		if d := out.days[n]; d != nil && !own[n] {
			out.days[n] = &Day[T]{list: keep(d.list), several: keep(d.several)}
		}
		own[n] = true
	}
	for _, x := range drop {
		from, to, wide := c.reach(x)
		if wide {
			out.wide = keep(out.wide)
			continue
		}
		for n := from; n <= to; n++ {
			touch(n)
		}
	}
	for _, x := range add {
		if from, to, wide := c.reach(x); !wide {
			for n := from; n <= to; n++ {
				touch(n)
			}
		}
		out.add(x)
	}
	for n := range own {
		if d := out.days[n]; d != nil && len(d.list)+len(d.several) == 0 {
			delete(out.days, n)
		}
	}
	return out
}

// among reports whether an ID is in a sorted list.
func among(ids []truce.Digest, id truce.Digest) bool {
	_, ok := slices.BinarySearchFunc(ids, id, truce.Digest.Compare)
	return ok
}

// Afresh is the calendar with nothing kept of its days.
func (c *Calendar[T]) Afresh() *Calendar[T] {
	out := *c
	out.days = make(map[int64]*Day[T], len(c.days))
	for n, d := range c.days {
		out.days[n] = &Day[T]{list: d.list, several: d.several}
	}
	return &out
}

// span are the days that v touches, in order, of those in which there is anything.
func (c *Calendar[T]) span(v truce.Interval) (out []int64) {
	from, to := int64(-1<<40), int64(1<<40)
	if v.Start.Stated() {
		from = c.dayOf(v.Start)
	}
	if v.End.Stated() {
		to = c.dayOf(v.End - 1)
	}
	if to-from < int64(len(c.days)) {
		for n := from; n <= to; n++ {
			if c.days[n] != nil {
				out = append(out, n)
			}
		}
		return out
	}
	for n := range c.days {
		if from <= n && n <= to {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// Split is what overlaps v as days that lie wholly in it, of which what is of that
// day alone is meant, and the rest in no order: what is of several days, and of those
// at the ends of v.
func (c *Calendar[T]) Split(v truce.Interval) (whole []int64, rest []T) {
	first := int64(-1 << 40)
	if v.Start.Stated() {
		first = c.dayOf(v.Start)
	}
	take := func(n int64, list []T) {
		for _, x := range list { // what is of several days is taken on the first of them
			if w := c.during(x); w.Overlaps(v) && max(c.dayOf(w.Start), first) == n {
				rest = append(rest, x)
			}
		}
	}
	days := c.span(v)
	for i, n := range days {
		d := c.days[n]
		if i > 0 && i < len(days)-1 || v.Contains(c.Hours(n)) {
			whole = append(whole, n)
		} else {
			take(n, d.list)
		}
		take(n, d.several)
	}
	for _, x := range c.wide {
		if c.during(x).Overlaps(v) {
			rest = append(rest, x)
		}
	}
	return whole, rest
}

// Each calls f with what overlaps v, in no order.
func (c *Calendar[T]) Each(v truce.Interval, f func(T)) {
	whole, rest := c.Split(v)
	for _, n := range whole {
		for _, x := range c.days[n].list {
			f(x)
		}
	}
	for _, x := range rest {
		f(x)
	}
}

// Sort puts a list into the order of IDs.
func (c *Calendar[T]) Sort(list []T) {
	slices.SortFunc(list, func(a, b T) int { return c.id(a).Compare(c.id(b)) })
}

// In lists what overlaps v, by ID.
func (c *Calendar[T]) In(v truce.Interval) []T {
	whole, out := c.Split(v)
	for _, n := range whole {
		out = append(out, c.days[n].list...)
	}
	c.Sort(out)
	return out
}

// Keep gives what build makes of what lies wholly in a day, made once for as long
// as the day stays as it is.
func Keep[T, V any](d *Day[T], key string, build func([]T) V) V {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v, ok := d.kept[key]; ok {
		return v.(V)
	}
	v := build(d.list)
	if d.kept == nil {
		d.kept = map[string]any{}
	}
	d.kept[key] = v
	return v
}
