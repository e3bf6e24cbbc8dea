package situation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/situation"
)

// TestExtentOfOddDates: one report dated 2031 and one dated 1975 among a hundred
// of August 2025 do not decide what period a report or the first page is about,
// whatever is asked: everything, or what was known at a moment.
func TestExtentOfOddDates(t *testing.T) {
	a := evidence(t)
	at := func(s string) truce.Instant {
		x, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return truce.InstantOf(x)
	}
	n := 0
	report := func(start truce.Instant, width, late time.Duration) truce.Item {
		n++
		o := &truce.Observation{Source: "press-1", Key: fmt.Sprint(n), Act: "strike", Occurred: truce.Interval{Start: start, End: start.Add(width)}, Count: truce.Count{N: 1}}
		o.SetID()
		return truce.Item{Known: o.Occurred.End.Add(late), Observation: o}
	}
	first, last := at("2025-08-01T06:00:00Z"), truce.Instant(0)
	var august []truce.Item
	for i := range 100 {
		r := report(first.Add(time.Duration(i)*7*time.Hour), time.Hour, time.Hour)
		august, last = append(august, r), r.Observation.Occurred.End
	}
	want := truce.Interval{Start: first, End: last}
	known := func(r truce.Item, k truce.Instant) truce.Item { r.Known = k; return r }
	var (
		future  = known(report(at("2031-05-01T10:00:00Z"), time.Hour, 0), at("2025-08-20T12:00:00Z"))
		old     = known(report(at("1975-05-01T10:00:00Z"), time.Hour, 0), at("2025-08-20T12:00:00Z"))
		old2    = known(report(at("1900-01-01T00:00:00Z"), time.Hour, 0), at("1900-01-02T00:00:00Z")) // of a rehearsal
		endless = known(report(at("2025-08-20T06:00:00Z"), 6*365*24*time.Hour, 0), at("2025-08-20T12:00:00Z"))
		today   = known(report(at("2025-08-20T15:00:00Z"), time.Hour, 0), at("2025-08-20T12:00:00Z")) // a slip of hours, or of a time zone
		planned = truce.Item{Known: at("2025-08-20T12:00:00Z"), Coverage: &truce.Coverage{ID: truce.DigestOf("planned"), What: "patrol", During: truce.Interval{Start: at("2029-01-01T00:00:00Z"), End: at("2030-01-01T00:00:00Z")}}}
		total   = truce.Item{Known: at("2025-08-20T12:00:00Z"), Tally: &truce.Tally{ID: truce.DigestOf("total"), Source: "press-1", Act: "strike", Period: truce.Interval{Start: at("2031-01-01T00:00:00Z"), End: at("2031-02-01T00:00:00Z")}}}
		answer  = truce.Item{Known: at("2025-08-20T12:00:00Z"), Response: &truce.Response{ID: truce.DigestOf("answer"), By: a.Parties[0].ID, During: truce.Interval{Start: at("2031-01-01T00:00:00Z"), End: at("2031-02-01T00:00:00Z")}}}
	)
	for _, tt := range []struct {
		name    string
		odd     []truce.Item
		outside int
	}{
		{"nothing odd", nil, 0},
		{"one of 2031", []truce.Item{future}, 1},
		{"one of 1975", []truce.Item{old}, 1},
		{"one of each", []truce.Item{future, old}, 2},
		{"one of 1900 that was known in 1900", []truce.Item{old2}, 1},
		{"two old ones, far apart", []truce.Item{old, old2}, 2},
		{"one that begins later on the day on which it became known", []truce.Item{today}, 0},
		{"one without an end in sight", []truce.Item{endless}, 0},
		{"what is planned, totals and answers of 2031", []truce.Item{planned, total, answer}, 1},
	} {
		items := append(append([]truce.Item(nil), tt.odd...), august...)
		for _, now := range []truce.Instant{truce.Never, at("2025-09-10T00:00:00Z")} {
			s := situation.Build(a, items, now, opts())
			for what, got := range map[string]truce.Interval{"Extent": s.Extent(), "Occurred": s.Occurred()} {
				if got != want {
					t.Errorf("%s, as known %s: %s is %s, want %s", tt.name, now, what, got, want)
				}
			}
			if got := s.Outside(); got != tt.outside {
				t.Errorf("%s, as known %s: %d outside, want %d", tt.name, now, got, tt.outside)
			}
			if got := s.FirstKnown(); got != august[0].Known {
				t.Errorf("%s, as known %s: first known %s, want %s", tt.name, now, got, august[0].Known)
			}
			if as, err := s.Assess(situation.Query{Article: a.Provisions[0].Article}); err != nil || as.During.Valid() && as.During.Width() > 5*365*24*time.Hour {
				t.Errorf("%s, as known %s: article %s is assessed over %s, %v", tt.name, now, as.Article, as.During, err)
			}
		}
	}
}
