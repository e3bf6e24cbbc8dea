package brief

import (
	"os"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// TestDaysStaySure: what is sure of single days is sure of the days together. Three attacks of three
// days, each at one known place, are three, whatever five vague reports of all three days are: each
// of these may be any of the three, or another. Counted by hand: of eight reports at least three
// incidents; before, the five that may all be the same took five away.
func TestDaysStaySure(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("../../agreements/ukraine-air-first"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	lines := []string{
		"observe d1 strike 2025-08-20 48.5N 30.0E ±100m weapon=missile source=mission",
		"observe d2 strike 2025-08-21 48.5N 30.0E ±100m weapon=missile source=mission",
		"observe d3 strike 2025-08-22 48.5N 30.0E ±100m weapon=missile source=mission",
	}
	for _, id := range []string{"v1", "v2", "v3", "v4", "v5"} {
		// What was launched is open, and no article is about smoke.
		lines = append(lines, "observe "+id+" fire 2025-08-20/2025-08-23 48.5N 30.0E ±30km source=mission")
	}
	var records []truce.Item
	for _, text := range lines {
		r, err := scenario.ParseEntry(a, text, options)
		if err != nil {
			t.Fatal(err)
		}
		r.Known = truce.InstantOf(time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC))
		records = append(records, r)
	}
	s := situation.Build(a, records, truce.Never, options)
	of := func(first, days int) *sums {
		day := truce.DateOf(truce.InstantOf(time.Date(2025, 8, first, 12, 0, 0, 0, time.UTC)), a.Location)
		v := truce.Interval{Start: day.Start(a.Location), End: day.Add(days).Start(a.Location)}
		z := sumsOf(s, v)
		z.ranged(s, v)
		return z
	}
	sum := 0
	for n := range 3 {
		z := of(20+n, 1)
		if z.about.Low != 1 {
			t.Errorf("day %d: at least %d, want 1", n, z.about.Low)
		}
		sum += z.about.Low
	}
	if z := of(20, 3); z.about.Low != sum || sum != 3 {
		t.Errorf("three days: at least %d of %v observed, and the days have %d", z.about.Low, z.observed, sum)
	}
}
