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
		// By the day: the end of 1 August, on which something was known first, and so on to now.
		if n := len(at.Stops); n != 26 || at.Stops[0] != int64(day(2025, 8, 2))/60_000 || at.Stops[1]-at.Stops[0] != 24*60 || at.Stops[n-1] != int64(day(2025, 8, 27))/60_000 || at.At != n-1 {
			t.Errorf("as known %s: the slider stops at %v, and is at %d", now, at.Stops, at.At)
		}
	}
}

// TestSlider: hours for a day, days for weeks, weeks for years, at local ends of days also where a
// clock is changed; a moment between two stops is at the one before.
func TestSlider(t *testing.T) {
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	at := func(y, m, d, h, min int) truce.Instant {
		return truce.InstantOf(time.Date(y, time.Month(m), d, h, min, 0, 0, vienna))
	}
	for _, tt := range []struct {
		name             string
		first, now, show truce.Instant
		stops, shown     int
		says             []string // the first two, and the last
	}{
		// 10:20 to 21:05: 11:00 to 21:00, and now.
		{"a day", at(2025, 3, 29, 10, 20), at(2025, 3, 29, 21, 5), at(2025, 3, 29, 12, 59), 12, 1, []string{"29.3. 11:00", "29.3. 12:00", "29.3. 21:05"}},
		// Clocks are put forward on 30 March 2025: the ends of 28 to 31 March, and now.
		{"weeks", at(2025, 3, 28, 10, 0), at(2025, 4, 1, 6, 0), at(2025, 3, 31, 0, 0), 5, 2, []string{"29.3. 00:00", "30.3. 00:00", "1.4. 06:00"}},
		// 1,096 days by the week are 157.
		{"years", at(2022, 1, 1, 10, 0), at(2025, 1, 1, 10, 0), truce.Never, 158, 157, []string{"2.1. 00:00", "9.1. 00:00", "1.1. 10:00"}},
		{"nothing yet", at(2025, 3, 28, 10, 0), at(2025, 3, 28, 10, 0), truce.Never, 1, 0, []string{"28.3. 10:00", "28.3. 10:00", "28.3. 10:00"}},
	} {
		s := sliderOf(truce.Times{FirstKnown: tt.first, Extent: truce.Interval{Start: tt.first, End: tt.now}}, vienna, tt.show, release.Viewer{To: truce.ForPublic, At: tt.now})
		say := func(n int) string { return time.Unix(s.Stops[n]*60, 0).In(vienna).Format("2.1. 15:04") }
		if n := len(s.Stops); n != tt.stops || s.At != tt.shown || say(0) != tt.says[0] || say(min(1, n-1)) != tt.says[1] || say(n-1) != tt.says[2] {
			t.Errorf("%s: %d stops, at %d; %s, %s, %s", tt.name, n, s.At, say(0), say(min(1, n-1)), say(n-1))
		}
	}
	// A date of nonsense does not make a row without end.
	if s := sliderOf(truce.Times{FirstKnown: truce.InstantOf(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))}, vienna, truce.Never, release.Viewer{To: truce.ForPublic, At: at(2025, 1, 1, 0, 0)}); len(s.Stops) > sliderStops+2 {
		t.Errorf("%d stops", len(s.Stops))
	}
}
