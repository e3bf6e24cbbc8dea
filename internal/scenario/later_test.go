package scenario_test

import (
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/scenario"
)

// TestNotLaterThan: the interval that each form means, worked out by hand. Damascus was
// two hours ahead of UTC until 25 March 2016, when its clocks skipped the hour after
// midnight, and again from the end of 27 October 2016, when they went back to 23:00.
func TestNotLaterThan(t *testing.T) {
	a := flat(t, strikes)
	damascus, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		t.Fatal(err)
	}
	a.Location = damascus
	for _, tt := range []struct{ text, start, end string }{
		{"<2016-02-28T11:22:32Z", "always", "2016-02-28T11:22:32Z"},
		{"<2016-02-28T11:22:32.125Z", "always", "2016-02-28T11:22:32.125Z"},
		{"<2016-02-28T11:22Z-36h", "2016-02-26T23:22:00Z", "2016-02-28T11:22:00Z"},
		{"<2016-02-28T11:22Z-PT36H", "2016-02-26T23:22:00Z", "2016-02-28T11:22:00Z"},
		{"<2016-02-28T13:22+02:00-P1D", "2016-02-27T11:22:00Z", "2016-02-28T11:22:00Z"},
		{"<2016-02-28T10:05-05:00", "always", "2016-02-28T15:05:00Z"},
		{"<2016-02-28T10:05-05:00-90min", "2016-02-28T13:35:00Z", "2016-02-28T15:05:00Z"},
		{"<2016-03-25T12:00+03:00-P1D", "2016-03-24T10:00:00Z", "2016-03-25T09:00:00Z"}, // noon to noon is 23 hours
		{"<2016-03-25T12:00+03:00-24h", "2016-03-24T09:00:00Z", "2016-03-25T09:00:00Z"},
		{"<2016-10-28T12:00+02:00-P1D", "2016-10-27T09:00:00Z", "2016-10-28T10:00:00Z"}, // and 25
		{"<2016-10-28T12:00+02:00-P1DT12H", "2016-10-26T21:00:00Z", "2016-10-28T10:00:00Z"},
		{"<2016-02-28", "always", "2016-02-27T22:00:00Z"}, // a date is its first moment, as after at
		{"<2016-02-28-P1D", "2016-02-26T22:00:00Z", "2016-02-27T22:00:00Z"},
	} {
		r, err := scenario.ParseEntry(a, "observe x strike "+tt.text+" 48N 37E source=mission", opts())
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if v := r.Observation.Occurred; v.Start.String() != tt.start || v.End.String() != tt.end {
			t.Errorf("%s is %s, want %s/%s", tt.text, v, tt.start, tt.end)
		}
	}
	for _, tt := range []struct{ statement, want string }{
		{"observe x strike < 48N 37E source=mission", "want <2026-03-01T10:05Z, or with an earliest bound <2026-03-01T10:05Z-P1D"},
		{"observe x strike <2016-02-28T11:22 48N 37E source=mission", "has no zone"},
		{"observe x strike <2016-02-28T11:22Z/2016-02-29T11:22Z 48N 37E source=mission", "written without <"},
		{"observe x strike <1900-01-01T11:22Z-P2D 48N 37E source=mission", "before 1900"},
		{"tally x by A strike <2016-02-28T11:22Z 48N 37E count=3", "a tally is the total of a period; write both ends"},
		{"notify x by A <2016-02-28T11:22Z 48N 37E", "only what was observed or alleged"},
	} {
		if _, err := scenario.ParseEntry(a, tt.statement, opts()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.statement, err, tt.want)
		}
	}
	if v, err := scenario.ParseInterval("<2016-02-28T11:22Z", damascus); err == nil {
		t.Errorf("a period is read as %s", v)
	}
}
