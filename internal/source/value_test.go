package source

import (
	"testing"
	"time"

	"github.com/opentruce/truce"
)

func TestFixed(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want int64
		ok   bool
	}{
		{"48.01", 480100000, true},
		{"-0.5", -5000000, true},
		{"0.00000005", 1, true},
		{"0.00000004", 0, true},
		{"-0.00000005", -1, true},
		{"37.80000000000000000001", 378000000, true},
		{".5", 5000000, true},
		{"5.", 50000000, true},
		{"", 0, false}, {"-", 0, false}, {".", 0, false}, {"+1", 0, false}, {"1e2", 0, false}, {"NaN", 0, false},
		{"Inf", 0, false}, {"1,5", 0, false}, {" 1", 0, false}, {"1.2.3", 0, false}, {"0x10", 0, false}, {"99999999999999", 0, false},
	} {
		got, err := fixed([]byte(tt.in), 7)
		if got != tt.want && tt.ok || (err == nil) != tt.ok {
			t.Errorf("fixed %q = %d, %v, want %d", tt.in, got, err, tt.want)
		}
	}
}

func TestHalfDiagonal(t *testing.T) {
	for _, tt := range []struct {
		a, b int64
		want int32
	}{{1000, 1000, 708}, {600, 800, 500}, {375, 375, 266}, {4800, 2000, 2600}} {
		if got := halfDiagonal(tt.a, tt.b); got != tt.want {
			t.Errorf("half the diagonal of %d x %d m = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestMoments(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"a day in summer", "2025-08-15", "2025-08-14T21:00:00Z/2025-08-15T21:00:00Z"},
		{"a day of 23 hours", "2025-03-30", "2025-03-29T22:00:00Z/2025-03-30T21:00:00Z"},
		{"a day of 25 hours", "2025-10-26", "2025-10-25T21:00:00Z/2025-10-26T22:00:00Z"},
		{"a minute", "2025-08-15 10:05", "2025-08-15T07:05:00Z/2025-08-15T07:06:00Z"},
		{"a second", "2025-08-15T10:05:07", "2025-08-15T07:05:07Z/2025-08-15T07:05:08Z"},
		{"a tenth", "2025-08-15T10:05:07.5", "2025-08-15T07:05:07.5Z/2025-08-15T07:05:07.6Z"},
		{"with a zone", "2025-08-15T10:05+05:30", "2025-08-15T04:35:00Z/2025-08-15T04:36:00Z"},
		{"with Z", "2025-08-15T10:05:00Z", "2025-08-15T10:05:00Z/2025-08-15T10:05:01Z"},
		{"before clocks go forward", "2025-03-30 02:59", "2025-03-30T00:59:00Z/2025-03-30T01:00:00Z"},
		{"skipped", "2025-03-30 03:30", "clocks skipped this time in Europe/Kyiv"},
		{"after", "2025-03-30 04:00", "2025-03-30T01:00:00Z/2025-03-30T01:01:00Z"},
		{"an hour that comes twice", "2025-10-26 03:30", "2025-10-26T00:30:00Z/2025-10-26T01:31:00Z"},
		{"leap day", "2024-02-29", "2024-02-28T22:00:00Z/2024-02-29T22:00:00Z"},
		{"no leap day", "2025-02-29", "no such day"},
		{"midnight as 24", "2025-08-15 24:00", "hour out of range"},
		{"a day more than there is", "2025-02-30", "no such day"},
		{"month 13", "2025-13-01", "month out of range"},
		{"zone too far", "2025-08-15T10:05+15:00", "zone: want Z or an offset such as +03:00"},
		{"something behind", "2025-08-15 10:05 or so", "zone: want Z or an offset such as +03:00"},
		{"nothing", "", "the time is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			w, err := isoTime.parse([]byte(tt.in))
			if err == nil {
				var v truce.Interval
				v, err = newClock(kyiv).moment(w)
				got = v.String()
			}
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("%q = %s, want %s", tt.in, got, tt.want)
			}
		})
	}
}

// TestClockAgreesWithTime: our short way and the standard library's long one
// give the same instants, on plain days and on others.
func TestClockAgreesWithTime(t *testing.T) {
	for _, zone := range []string{"Europe/Kyiv", "Asia/Gaza", "Asia/Kathmandu", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"} {
		loc := mustZone(zone)
		c := newClock(loc)
		for at := time.Date(2016, 1, 1, 0, 7, 0, 0, time.UTC); at.Year() < 2026; at = at.Add(5*time.Hour + 11*time.Minute) {
			l := at.In(loc)
			v, err := c.moment(wall{year: l.Year(), month: int(l.Month()), day: l.Day(), hour: l.Hour(), min: l.Minute(), unit: minute})
			if err != nil || !v.Holds(truce.InstantOf(at)) || v.Width() > 2*time.Hour {
				t.Fatalf("%s: %v is %v, %v", zone, l, v, err)
			}
		}
	}
}

func TestADayWithoutAZone(t *testing.T) {
	v, err := newClock(nil).moment(wall{year: 2025, month: 8, day: 15, unit: day})
	if want := "2025-08-14T10:00:00Z/2025-08-16T12:00:00Z"; err != nil || v.String() != want {
		t.Errorf("15 August anywhere = %v, %v, want %s", v, err, want)
	}
	if _, err := newClock(nil).moment(wall{year: 2025, month: 8, day: 15, hour: 10, unit: minute}); err == nil {
		t.Error("a time of day without a zone was read")
	}
}
