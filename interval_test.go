package truce_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/opentruce/truce"
)

// TestSpanJSON: a span is stored as records have it, with no number of more than 15
// digits, and read back the same.
func TestSpanJSON(t *testing.T) {
	for _, tt := range []struct {
		span, want string
	}{
		{"P14D", `{"days":14}`},
		{"24h", `{"minutes":1440}`},
		{"P1DT12H", `{"days":1,"minutes":720}`},
		{"300h", `{"minutes":18000}`},
		{"P2DT400H", `{"days":2,"minutes":24000}`},
		{"876599h", `{"minutes":52595940}`},
	} {
		s, err := truce.ParseSpan(tt.span)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(s)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %s, %v; want %s", tt.span, got, err, tt.want)
		}
		var back truce.Span
		if err := json.Unmarshal(got, &back); err != nil || back != s {
			t.Errorf("%s: read back as %v, %v", tt.span, back, err)
		}
	}
	var old truce.Span // as decisions of before the record have it
	if err := json.Unmarshal([]byte(`{"days":1,"time":1080000000000000}`), &old); err != nil || old != (truce.Span{Days: 1, Time: 300 * time.Hour}) {
		t.Errorf("nanoseconds: %v, %v", old, err)
	}
	for _, bad := range []string{`{"hours":3}`, `{"time":60000000000,"minutes":1}`, `{"minutes":9223372036854775807}`, `{"time":1.5}`, `"P14D"`, `[]`} {
		if err := json.Unmarshal([]byte(bad), &old); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
	if got, err := json.Marshal(truce.Span{Time: time.Hour + time.Nanosecond}); err == nil {
		t.Errorf("an hour and a nanosecond: %s", got)
	}
}

// TestSpanOverflow: parts that add up to more than a century are refused, also where
// their sum would not fit a number.
func TestSpanOverflow(t *testing.T) {
	for _, bad := range []string{"PT999999H999999H999999H", "PT999999H", "P999999D", "P36526D", "-5h", "NaNh", "99999999999999999999h", "PT" + "999999H999999H999999H999999H999999H" + "1M"} {
		if s, err := truce.ParseSpan(bad); err == nil {
			t.Errorf("%s was read as %v", bad, s)
		}
	}
}

// TestNotLaterThan: what has no stated beginning is printed by its end, which is never
// printed as earlier than it is, and lies in no period that has a beginning.
func TestNotLaterThan(t *testing.T) {
	damascus, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) truce.Instant {
		t.Helper()
		tm, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return truce.InstantOf(tm)
	}
	for _, tt := range []struct{ end, want string }{
		{"2016-02-28T11:22:00Z", "not later than 28 Feb 2016 13:22 EET"},
		{"2016-02-28T11:22:32Z", "not later than 28 Feb 2016 13:23 EET"},
		{"2016-02-28T11:22:00.001Z", "not later than 28 Feb 2016 13:23 EET"},
		{"2016-02-28T22:00:00Z", "not later than 28 Feb 2016"}, // midnight: all of the 28th
		{"2016-03-24T22:00:00Z", "not later than 24 Mar 2016"}, // the 25th begins at 01:00
	} {
		v := truce.Interval{Start: truce.Always, End: at(tt.end)}
		if got := v.In(damascus); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.end, got, tt.want)
		}
		if !v.Valid() || v.Width() != math.MaxInt64 || (truce.Interval{Start: 0, End: truce.Never}).Contains(v) || !v.Overlaps(truce.Interval{Start: 0, End: 1}) {
			t.Errorf("%s: %v", tt.end, v)
		}
	}
	vague, known, other := truce.Interval{Start: truce.Always, End: 100}, truce.Interval{Start: 10, End: 20}, truce.Interval{Start: truce.Always, End: 5}
	for _, tt := range []struct{ a, b, want truce.Interval }{
		{vague, known, known}, {known, vague, known}, {vague, other, vague}, {other, vague, vague}, {known, truce.Interval{Start: 15, End: 30}, truce.Interval{Start: 10, End: 30}},
	} {
		if got := tt.a.Together(tt.b); got != tt.want {
			t.Errorf("%v with %v is %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestIntervalOfAMillisecond: an instant at midnight, as programs write it with fractions of a second,
// is that minute, and does not end before it begins.
func TestIntervalOfAMillisecond(t *testing.T) {
	start := truce.InstantOf(time.Date(2025, 8, 19, 0, 0, 0, 0, time.UTC))
	if got, want := (truce.Interval{Start: start, End: start + 1}).In(time.UTC), "19 Aug 2025 00:00 UTC"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
