package brief

import (
	"testing"

	"github.com/opentruce/truce"
)

// TestShort: the first sentence, worked out by hand from what was said. Terms are in force from
// 1 August 2025; articles 1 and 3 forbid strikes, 2 is about guns, and 4 binds from September.
func TestShort(t *testing.T) {
	const (
		day  = "2025-08-20"
		none = "No person has decided that there was a violation."
		// nothing independent
		blind = "No source independent of the parties states what it could see."
	)
	for _, tt := range []struct {
		name, said, period string
		before             truce.Interval // the period before; zero: of everything there is none
		decided            bool
		want               string
	}{
		{"nothing", "", day, truce.Interval{}, false, "1 day (20 Aug 2025). " + none + " Nothing that an article in force is about was observed. " + blind},
		{"one region is not most", `observe a strike 2025-08-20T10:00/10:05Z 49.99N 36.23E ±100m weapon=missile source=wire`, day, truce.Interval{}, false,
			"1 day (20 Aug 2025). " + none + " An article in force may be about 1 incident. " + blind},
		{"two regions, the first with more", `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe b strike 2025-08-20T14:00/14:01Z 49.50N 36.83E ±100m weapon=missile source=wire actor=A
			observe c strike 2025-08-20T18:00/18:01Z 48.01N 37.80E ±100m weapon=missile source=wire actor=A`, day, truce.Interval{}, false,
			"1 day (20 Aug 2025). " + none + " An article in force may be about 3 incidents; of all that was observed, most in Kharkiv Oblast (2) and Donetsk Oblast (1). " + blind},
		{"decided", `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A`, "2025-08-19/2025-08-22", truce.Interval{}, true,
			"3 days (19 Aug 2025 to 21 Aug 2025). People decided that there was a violation on at least 1 day. An article in force may be about 1 incident. " + blind},
		{"fewer than the day before, and more watched", `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe b strike 2025-08-19T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe c strike 2025-08-19T18:00/18:01Z 48.01N 37.80E ±100m weapon=missile source=wire actor=A
			cover w patrol zone:area 2025-08-20/2025-08-21 share=0.5 source=wire`, day, dayOf(19), false,
			// Article 2 is about a band of 10 km on each side of a line 146 km long, 2,920 square km of which lie in the
			// zone, and of the discs at its ends, which with 314 do not: 0.5 of 90 % is 45 %.
			"1 day (20 Aug 2025). " + none + " An article in force may be about 1 incident. Watched by somebody independent of the parties: 45 % to 50 % of area and time, by article. That is fewer than in the period before (2), and more was watched."},
		{"more than the day before, nothing watched", `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe b strike 2025-08-20T20:00/20:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe c strike 2025-08-19T18:00/18:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A`, day, dayOf(19), false,
			"1 day (20 Aug 2025). " + none + " An article in force may be about 2 incidents. " + blind + " That is more than in the period before (1), and nothing was watched by anybody independent then or now."},
		{"as many", `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe c strike 2025-08-19T18:00/18:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A`, day, dayOf(19), false,
			"1 day (20 Aug 2025). " + none + " An article in force may be about 1 incident. " + blind + " That is as many as in the period before, and nothing was watched by anybody independent then or now."},
		{"on either day", `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe b strike 2025-08-19T23:00/2025-08-20T02:00Z 49.99N 36.90E ±100m weapon=missile source=wire actor=A`, day, dayOf(19), false,
			"1 day (20 Aug 2025). " + none + " An article in force may be about 1 to 2 incidents. " + blind + " Whether that is more or fewer than in the period before (0 to 1) cannot be said, and nothing was watched by anybody independent then or now."},
		{"before the terms were in force there is nothing to compare with", `observe a strike 2025-08-01T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A`, "2025-08-01", dayOf(0), false,
			"1 day (1 Aug 2025). " + none + " An article in force may be about 1 incident. " + blind},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := headlineOf(t, termsOf(t), tt.said, tt.period, tt.decided, func(c *composer) {
				if tt.before != (truce.Interval{}) {
					c.b, c.r.Before = tt.before, &tt.before
					c.r.Articles = nil
					c.articles()
				}
			})
			for _, x := range got {
				if x.About.Format == "In short" {
					if x.Text.String() != tt.want {
						t.Errorf("got  %s\nwant %s", x.Text, tt.want)
					}
					return
				}
			}
			t.Error("nothing is said in short")
		})
	}
}

// dayOf is a day of August 2025, UTC.
func dayOf(n int) truce.Interval {
	const first = 1_754_006_400_000 // 1 August 2025
	start := truce.Instant(first + (n-1)*86_400_000)
	return truce.Interval{Start: start, End: start + 86_400_000}
}
