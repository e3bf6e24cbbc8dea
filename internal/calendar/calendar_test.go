package calendar

import (
	"slices"
	"testing"
	"time"

	"github.com/opentruce/truce"
)

// TestCalendarEdges: what a calendar finds is what overlaps, and what it keeps of a day is
// of that day alone: also what lasts no time, begins or ends at midnight.
func TestCalendarEdges(t *testing.T) {
	type item struct {
		id truce.Digest
		v  truce.Interval
	}
	const hour, day = truce.Instant(3_600_000), truce.Instant(86_400_000)
	var all []*item
	for _, v := range []truce.Interval{{Start: day, End: day}, {Start: day, End: day + 1}, {Start: day - 1, End: day}, {Start: day, End: 2 * day}, {Start: day, End: 2*day + 1}, {Start: day + 5*hour, End: day + 5*hour},
		{Start: 2 * day, End: 2 * day}, {Start: 2*day - 1, End: 2 * day}, {Start: 0, End: 10 * day}, {Start: 0, End: 11 * day}, {Start: truce.Always, End: day + hour}, {Start: day + hour, End: truce.Never}} {
		all = append(all, &item{truce.DigestOf(v.String()), v})
	}
	c := New(time.UTC, all, func(x *item) truce.Digest { return x.id }, func(x *item) truce.Interval { return x.v })
	for _, v := range []truce.Interval{{Start: day, End: 2 * day}, {Start: 0, End: 3 * day}, {Start: day, End: day + 1}, {Start: day - 1, End: day}, {Start: 2 * day, End: 3 * day}, {Start: truce.Always, End: truce.Never}, {Start: day + hour, End: day + 6*hour}} {
		want := map[truce.Digest]bool{}
		for _, x := range all {
			if x.v.Overlaps(v) {
				want[x.id] = true
			}
		}
		got := c.In(v)
		for _, x := range got {
			if !want[x.id] {
				t.Errorf("%v: %v is found, and does not overlap it", v, x.v)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%v: %d found, want %d", v, len(got), len(want))
		}
		if !slices.IsSortedFunc(got, func(a, b *item) int { return a.id.Compare(b.id) }) {
			t.Errorf("%v: not by ID", v)
		}
	}
}

// TestCalendarDropsByID: what is dropped is found by its ID, whichever copy of it is at hand.
func TestCalendarDropsByID(t *testing.T) {
	type item struct {
		id truce.Digest
		v  truce.Interval
	}
	const day = truce.Instant(86_400_000)
	var all []*item
	for _, v := range []truce.Interval{{Start: day, End: day + 1}, {Start: day, End: 3 * day}, {Start: truce.Always, End: day + 1}, {Start: day, End: day + 2}} {
		all = append(all, &item{truce.DigestOf(v.String()), v})
	}
	c := New(time.UTC, all, func(x *item) truce.Digest { return x.id }, func(x *item) truce.Interval { return x.v })
	for i, x := range all {
		again := *x
		got := c.With([]*item{&again}, nil).In(truce.Interval{Start: 0, End: 4 * day})
		if len(got) != len(all)-1 || slices.Contains(got, x) {
			t.Errorf("item %d is still there among %d", i, len(got))
		}
		if got := c.With([]*item{&again}, []*item{&again}).In(truce.Interval{Start: 0, End: 4 * day}); len(got) != len(all) || !slices.Contains(got, &again) {
			t.Errorf("item %d is not the later copy of it", i)
		}
	}
}
