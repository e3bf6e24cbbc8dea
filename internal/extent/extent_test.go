package extent

import (
	"testing"
	"time"

	"github.com/opentruce/truce"
)

// TestExtentOfFew: where there is little, or where the gap is short, nothing
// can be told to be odd: what is there is the extent.
func TestExtentOfFew(t *testing.T) {
	day := func(n int) truce.Interval {
		start := truce.Instant(int64(n) * dayMillis)
		return truce.Interval{Start: start, End: start + 1000}
	}
	for _, tt := range []struct {
		name    string
		days    []int // of one report each
		more    int   // reports on day 20,000
		outside int
	}{
		{"one", []int{1}, 0, 0},
		{"one and eighteen", []int{1}, 18, 0},
		{"one and nineteen", []int{1}, 19, 1},
		{"a year before", []int{20_000 - 366}, 100, 0},
		{"more than a year before", []int{20_000 - 367}, 100, 1},
		{"ten before two hundred", []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 200, 10},
		{"eleven before a thousand", []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 1000, 0},
		{"one, known at no moment that is stated, years after", []int{30_000}, 100, 0},
	} {
		var all Times
		want := truce.Interval{Start: truce.Never, End: truce.Always}
		add := func(v truce.Interval) {
			all.Add(v, truce.Always, time.UTC)
		}
		for i, d := range tt.days {
			add(day(d))
			if i >= tt.outside || tt.outside == 0 {
				want.Start, want.End = min(want.Start, day(d).Start), max(want.End, day(d).End)
			}
		}
		for range tt.more {
			add(day(20_000))
			want.Start, want.End = min(want.Start, day(20_000).Start), max(want.End, day(20_000).End)
		}
		got, outside := all.Extent()
		if outside != tt.outside || got != want {
			t.Errorf("%s: %s with %d outside, want %s with %d", tt.name, got, outside, want, tt.outside)
		}
	}
}

// TestExtentEnds: an entry reaches no further than the day on which it became known, and
// one that begins after that day is an error of its source. An end that nobody stated
// reaches no further than the beginning. Days begin at midnight of the place.
func TestExtentEnds(t *testing.T) {
	kyiv := time.FixedZone("+03", 3*3600)
	at := func(s string) truce.Instant {
		x, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return truce.InstantOf(x)
	}
	start, known := at("2025-08-20T10:00:00+03:00"), at("2025-08-20T12:00:00+03:00")
	midnight := at("2025-08-21T00:00:00+03:00")
	for _, tt := range []struct {
		name    string
		v, want truce.Interval
		outside int
	}{
		{"it ends before it is known", truce.Interval{Start: start, End: start + 1000}, truce.Interval{Start: start, End: start + 1000}, 0},
		{"it ends years later", truce.Interval{Start: start, End: at("2031-01-01T00:00:00Z")}, truce.Interval{Start: start, End: midnight}, 0},
		{"it begins later that day", truce.Interval{Start: midnight - 1, End: midnight}, truce.Interval{Start: midnight - 1, End: midnight}, 0},
		{"it begins on the next day", truce.Interval{Start: midnight, End: midnight + 1}, truce.Interval{Start: truce.Never, End: truce.Always}, 1},
		{"it has no end", truce.Interval{Start: start, End: truce.Never}, truce.Interval{Start: start, End: truce.Always}, 0},
		{"it has no beginning", truce.Interval{Start: truce.Always, End: start}, truce.Interval{Start: midnight - 24*3600*1000, End: start}, 0}, // the day of its end
		{"it has neither", truce.Interval{Start: truce.Always, End: truce.Never}, truce.Interval{Start: truce.Never, End: truce.Always}, 0},
	} {
		var all Times
		all.Add(tt.v, known, kyiv)
		if got, outside := all.Extent(); got != tt.want || outside != tt.outside {
			t.Errorf("%s: %s with %d outside, want %s with %d", tt.name, got, outside, tt.want, tt.outside)
		}
	}
}
