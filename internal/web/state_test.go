package web

import (
	"fmt"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
)

// TestShownWithOddDates: one report dated 2031 and one dated 1975 among a hundred
// of August 2025 change neither the period that the first page shows nor the
// slider of the moment of knowledge.
func TestShownWithOddDates(t *testing.T) {
	a := &truce.Agreement{Location: time.UTC}
	day := func(y, m, d int) truce.Instant {
		return truce.InstantOf(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC))
	}
	var recs []truce.Item
	report := func(start, known truce.Instant) {
		o := &truce.Observation{Source: "x", Key: fmt.Sprint(len(recs)), Act: "strike", Occurred: truce.Interval{Start: start, End: start.Add(time.Hour)}}
		o.SetID()
		recs = append(recs, truce.Item{Known: known, Observation: o})
	}
	report(day(2031, 5, 1), day(2025, 8, 12))
	report(day(1975, 5, 1), day(1975, 5, 2))
	for i := range 100 {
		start := day(2025, 8, 1).Add(time.Duration(i) * 6 * time.Hour)
		report(start, start.Add(2*time.Hour))
	}
	for _, now := range []truce.Instant{truce.Never, day(2025, 8, 27)} {
		s := situation.Build(a, recs, now, situation.Options{})
		t0 := truce.Times{Occurred: s.Occurred(), Extent: s.Extent(), FirstKnown: s.FirstKnown()}
		if got, want := usual(a, t0), (truce.Interval{Start: day(2025, 8, 1), End: day(2025, 8, 26)}); got != want {
			t.Errorf("as known %s: the page shows %s, want %s", now, got, want)
		}
		at := sliderOf(t0, a.Location, truce.Never, release.Viewer{To: truce.ForPublic, At: day(2025, 8, 27)})
		if want := int64(day(2025, 8, 1).Add(2*time.Hour)) / 60_000; at.Min != want {
			t.Errorf("as known %s: the slider begins at %d, want %d", now, at.Min, want)
		}
		if want := int64(day(2025, 8, 27)) / 60_000; at.Max != want {
			t.Errorf("as known %s: the slider ends at %d, want %d", now, at.Max, want)
		}
	}
}
