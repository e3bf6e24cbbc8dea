package ledger_test

import (
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
)

// TestTimes: the edges of what a time may be, worked out by hand.
func TestTimes(t *testing.T) {
	received := truce.InstantOf(time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC))
	const minute, day = truce.Instant(60_000), truce.Instant(86_400_000)
	from1900 := truce.InstantOf(time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC))
	to2200 := truce.InstantOf(time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC))
	v := func(start, end truce.Instant) truce.Interval { return truce.Interval{Start: start, End: end} }
	place := truce.Place{Kind: truce.PlaceRegion, Name: "Donetsk"}
	kinds := map[string]func(truce.Interval) truce.Item{
		"observation": func(v truce.Interval) truce.Item {
			r := observed("a")
			r.Observation.Occurred = v
			return r
		},
		"tally": func(v truce.Interval) truce.Item {
			x := &truce.Tally{Source: "UA", Key: "k", Act: "strike", Period: v, Place: place, Count: truce.Count{N: 1}}
			x.SetID()
			return truce.Item{Tally: x}
		},
		"coverage": func(v truce.Interval) truce.Item {
			return truce.Item{Coverage: &truce.Coverage{ID: truce.DigestOf("coverage", "mission", "k"), Source: "mission", Key: "k", What: "patrol", Zone: "z", During: v, Share: truce.One}}
		},
		"restriction": func(v truce.Interval) truce.Item {
			return truce.Item{Restriction: &truce.Restriction{ID: truce.DigestOf("restriction", "UA", "k"), Key: "k", By: "UA", During: v, Place: place}}
		},
		"notification": func(v truce.Interval) truce.Item {
			return truce.Item{Notification: &truce.Notification{ID: truce.DigestOf("notification", "UA", "k"), Key: "k", By: "UA", During: v, Place: place}}
		},
		"response": func(v truce.Interval) truce.Item {
			return truce.Item{Response: &truce.Response{ID: truce.DigestOf("response", "UA", "k"), Key: "k", By: "UA", During: v}}
		},
	}
	observedKinds := []string{"observation", "tally", "coverage", "restriction", "response"}
	rest := []string{"tally", "coverage", "restriction", "notification", "response"}
	for _, tt := range []struct {
		name  string
		of    []string
		v     truce.Interval
		wants string // the rule that is broken; empty: none
	}{
		{"an hour ago", observedKinds, v(received-60*minute, received-59*minute), ""},
		{"today, until tonight", observedKinds, v(received-10*60*minute, received+14*60*minute), ""},
		{"begins ten minutes after its receipt", observedKinds, v(received+10*minute, received+11*minute), ""},
		{"a millisecond later", observedKinds, v(received+10*minute+1, received+11*minute), "future"},
		{"a notification of next year", []string{"notification"}, v(received+365*day, received+366*day), ""},
		{"from the first moment of 1900", observedKinds[:1], v(from1900, from1900+day), ""},
		{"a millisecond before", append(observedKinds, "notification"), v(from1900-1, from1900+day), "time"},
		{"a notification to the last moment of 2199", []string{"notification"}, v(to2200-day, to2200-1), ""},
		{"to the first of 2200", append(observedKinds, "notification"), v(received-day, to2200), "time"},
		{"not later than an hour ago", observedKinds[:1], v(truce.Always, received-60*minute), ""},
		{"not later than a moment that is still to come", observedKinds[:1], v(truce.Always, received+day), ""},
		{"not later than the last century", observedKinds[:1], v(truce.Always, from1900-1), "time"},
		{"no time at all", observedKinds[:1], v(truce.Always, truce.Never), "time"},
		{"never", observedKinds[:1], v(truce.Never, received), "time"},
		{"no time", append(observedKinds, "notification"), v(received, received), "time"},
		{"backwards", append(observedKinds, "notification"), v(received, received-1), "time"},
		{"without an end", append(observedKinds, "notification"), v(received-1, truce.Never), "time"},
		{"from always", append(observedKinds[1:len(observedKinds):len(observedKinds)], "notification"), v(truce.Always, received), "time"},
		{"3,660 days", []string{"observation"}, v(received-3660*day, received), ""},
		{"and a millisecond", []string{"observation"}, v(received-3660*day-1, received), "time"},
		{"a total and the like of 36,525 days", rest, v(received-36525*day, received), ""},
		{"and a millisecond more", rest, v(received-36525*day-1, received), "time"},
	} {
		for _, kind := range tt.of {
			r := kinds[kind](tt.v)
			got := ""
			if o := ledger.CheckItem(&r, received, false); o != nil {
				got = o.Rule
			}
			if got != tt.wants {
				t.Errorf("%s, %s: rule %q, want %q", kind, tt.name, got, tt.wants)
			}
		}
	}
	r := observed("a")
	r.Observation.Reported = from1900 - 1
	if o := ledger.CheckItem(&r, received, false); o == nil || o.Rule != "time" {
		t.Errorf("reported in 1899: %v", o)
	}
	r = observed("a")
	r.Observation.ID = truce.DigestOf("another")
	if o := ledger.CheckItem(&r, received, false); o == nil || o.Rule != "id" {
		t.Errorf("another ID: %v", o)
	}
	if o := ledger.CheckItem(&r, received, true); o != nil {
		t.Errorf("a keyed ID: %v", o)
	}
}
