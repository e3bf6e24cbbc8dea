package truce

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
)

// An Instant is a moment in milliseconds since 1970-01-01T00:00:00Z, without
// leap seconds. The zero value is that epoch; use Always and Never for moments
// before and after everything.
type Instant int64

const (
	Always Instant = math.MinInt64 // earlier than every stated moment: known from the beginning
	Never  Instant = math.MaxInt64 // later than every stated moment: no end
)

// InstantOf returns t to the millisecond, cut towards the past.
func InstantOf(t time.Time) Instant { return Instant(t.UnixMilli()) }

// Time returns i in UTC. Always and Never have no time; the result for them
// must not be printed.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).UTC() }

// Stated reports whether i is a real moment, neither Always nor Never.
func (i Instant) Stated() bool { return i != Always && i != Never }

// Add returns i moved by d; Always and Never stay.
func (i Instant) Add(d time.Duration) Instant {
	if !i.Stated() {
		return i
	}
	return i + Instant(d.Milliseconds())
}

// String prints i as RFC 3339 in UTC, to the second unless it has a fraction.
func (i Instant) String() string {
	switch i {
	case Always:
		return "always"
	case Never:
		return "never"
	}
	return i.Time().Format("2006-01-02T15:04:05.999Z07:00")
}

// MarshalText writes String; Always and Never are written as words.
func (i Instant) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads what MarshalText wrote, or any RFC 3339 time.
func (i *Instant) UnmarshalText(b []byte) error {
	switch s := string(b); s {
	case "always":
		*i = Always
	case "never":
		*i = Never
	default:
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return fmt.Errorf("instant %q: not RFC 3339 with a zone", s)
		}
		*i = InstantOf(t)
	}
	return nil
}

// In prints i in loc with the zone's abbreviation, as pages and reports do.
func (i Instant) In(loc *time.Location) string {
	if !i.Stated() {
		return i.String()
	}
	return i.Time().In(loc).Format("2 Jan 2006 15:04 MST")
}

// An Interval is half-open, [Start, End), in UTC. Its width carries how well
// the time is known: something seen "at 10:05" occupies that minute. What is only
// known to have happened not later than a moment ends there; where nothing says how
// much earlier it may have been, its Start is Always, and it surely lies in no period
// that has a beginning.
type Interval struct {
	Start Instant `json:"start"`
	End   Instant `json:"end"`
}

// Width is End less Start; an interval without a stated end is as wide as can be.
func (v Interval) Width() time.Duration {
	if !v.Start.Stated() || !v.End.Stated() || v.End-v.Start > Instant(math.MaxInt64/int64(time.Millisecond)) {
		return math.MaxInt64
	}
	return time.Duration(v.End-v.Start) * time.Millisecond
}

// Valid reports whether v has a moment in it.
func (v Interval) Valid() bool { return v.Start < v.End }

// Overlaps reports whether v and w share a moment; touching ends do not.
func (v Interval) Overlaps(w Interval) bool { return v.Start < w.End && w.Start < v.End }

// Contains reports whether all of w lies in v.
func (v Interval) Contains(w Interval) bool { return v.Start <= w.Start && w.End <= v.End }

// Holds reports whether i lies in v.
func (v Interval) Holds(i Instant) bool { return v.Start <= i && i < v.End }

// Intersect returns what v and w share; the result is not Valid when nothing is.
func (v Interval) Intersect(w Interval) Interval {
	return Interval{max(v.Start, w.Start), min(v.End, w.End)}
}

// Hull returns the smallest interval that holds both.
func (v Interval) Hull(w Interval) Interval {
	return Interval{min(v.Start, w.Start), max(v.End, w.End)}
}

// Together is the time of one incident that is reported with both times: their Hull. A
// report that only says that it happened not later than a moment adds nothing to one
// that says when it began, and takes nothing away.
func (v Interval) Together(w Interval) Interval {
	switch {
	case v.Start == Always && w.Start != Always:
		return w
	case v.Start != Always && w.Start == Always:
		return v
	}
	return v.Hull(w)
}

func (v Interval) String() string { return v.Start.String() + "/" + v.End.String() }

// In prints v in loc: one day, one moment to its minute, both ends, or the end alone
// where the beginning is not stated.
func (v Interval) In(loc *time.Location) string {
	if v.Start == Always && v.End.Stated() {
		return "not later than " + v.last(loc)
	}
	if !v.Start.Stated() || !v.End.Stated() {
		return v.Start.In(loc) + " to " + v.End.In(loc)
	}
	a, b := v.Start.Time().In(loc), v.End.Time().In(loc)
	midnight := func(t time.Time) bool {
		return t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0
	}
	switch {
	case midnight(a) && a.AddDate(0, 0, 1).Equal(b):
		return a.Format("2 Jan 2006")
	case midnight(a) && midnight(b):
		return a.Format("2 Jan 2006") + " to " + b.AddDate(0, 0, -1).Format("2 Jan 2006")
	case b.Sub(a) <= time.Minute:
		return a.Format("2 Jan 2006 15:04 MST")
	case a.YearDay() == b.YearDay() && a.Year() == b.Year():
		return a.Format("2 Jan 2006 15:04") + " to " + b.Format("15:04 MST")
	}
	return a.Format("2 Jan 2006 15:04") + " to " + b.Format("2 Jan 2006 15:04 MST")
}

// last prints the end of v: the day before a midnight, or else the minute, never one
// that is earlier than the end.
func (v Interval) last(loc *time.Location) string {
	end := v.End.Time().In(loc)
	if DateOf(v.End, loc).Start(loc) == v.End {
		return (v.End - 1).Time().In(loc).Format("2 Jan 2006")
	}
	if whole := end.Truncate(time.Minute); whole.Before(end) {
		end = whole.Add(time.Minute)
	}
	return end.Format("2 Jan 2006 15:04 MST")
}

// A Date is a calendar day, written 2006-01-02; which hours it holds depends
// on a zone.
type Date string

// ParseDate refuses days that do not exist, and years before 1900 or after 2199.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return "", fmt.Errorf("date %q: %s", s, dateFault(err))
	}
	if !Plausible(InstantOf(t)) {
		return "", fmt.Errorf("date %q: not in the years 1900 to 2199", s)
	}
	return Date(s), nil
}

// Plausible reports whether i lies in the years 1900 to 2199. Anything else
// that is read is a slip, and would have days counted for centuries.
func Plausible(i Instant) bool { return i >= -2_208_988_800_000 && i < 7_258_118_400_000 }

func dateFault(err error) string {
	if strings.Contains(err.Error(), "out of range") {
		return "no such day"
	}
	return "not YYYY-MM-DD"
}

// Start is the first moment of d in loc. Where a change of clocks removes
// midnight, it is the first moment that exists.
func (d Date) Start(loc *time.Location) Instant {
	t, err := time.Parse("2006-01-02", string(d))
	if err != nil {
		return Always
	}
	return InstantOf(startOfDay(t.Year(), t.Month(), t.Day(), loc))
}

// Add returns the day n days after d.
func (d Date) Add(n int) Date {
	t, err := time.Parse("2006-01-02", string(d))
	if err != nil {
		return d
	}
	return Date(t.AddDate(0, 0, n).Format("2006-01-02"))
}

// Day is d from its first moment in loc to the first of the next day: 23, 24
// or 25 hours.
func (d Date) Day(loc *time.Location) Interval { return Interval{d.Start(loc), d.Add(1).Start(loc)} }

// DateOf is the calendar day of i in loc.
func DateOf(i Instant, loc *time.Location) Date {
	return Date(i.Time().In(loc).Format("2006-01-02"))
}

func startOfDay(y int, m time.Month, d int, loc *time.Location) time.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, loc)
	// time.Date may answer with the evening before where midnight is skipped.
	for t.Day() != time.Date(y, m, d, 12, 0, 0, 0, loc).Day() {
		t = t.Add(15 * time.Minute)
	}
	return t
}

// A Span is a duration as agreements write them: calendar days, which follow
// the zone's clocks, and hours, which do not.
type Span struct {
	Days int
	Time time.Duration
}

// spanJSON is how a Span is stored. Minutes keep the number short: an entry of the
// record may have numbers of at most 15 digits, and more than 277 hours have more
// nanoseconds than that.
type spanJSON struct {
	Days    int   `json:"days,omitempty"`
	Minutes int64 `json:"minutes,omitempty"`
	Time    int64 `json:"time,omitempty"` // nanoseconds, in decisions of before the record; never written
}

// MarshalJSON writes days and minutes.
func (s Span) MarshalJSON() ([]byte, error) {
	if s.Time%time.Minute != 0 {
		return nil, fmt.Errorf("duration %s: want whole minutes", s.Time)
	}
	return json.Marshal(spanJSON{Days: s.Days, Minutes: int64(s.Time / time.Minute)})
}

// UnmarshalJSON reads what MarshalJSON writes, or days and nanoseconds.
func (s *Span) UnmarshalJSON(b []byte) error {
	var in spanJSON
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return fmt.Errorf("duration: %w", err)
	}
	const most = int64(math.MaxInt64 / time.Minute)
	if in.Time != 0 && in.Minutes != 0 || in.Minutes > most || in.Minutes < -most {
		return fmt.Errorf("duration: time %d and minutes %d: want one of them, and at most %d minutes", in.Time, in.Minutes, most)
	}
	*s = Span{in.Days, time.Duration(in.Time) + time.Duration(in.Minutes)*time.Minute}
	return nil
}

// ParseSpan reads P14D, P2W, PT24H, PT90M, P1DT12H, 24h, 90min.
func ParseSpan(s string) (Span, error) {
	bad := func() (Span, error) {
		return Span{}, fmt.Errorf("duration %q: want calendar days as P14D or hours as 24h", s)
	}
	const maxDays = 36_525 // a century
	var n int
	if c, err := fmt.Sscanf(s, "%dmin", &n); c == 1 && err == nil && s == fmt.Sprintf("%dmin", n) && n > 0 && n < maxDays*1440 {
		return Span{Time: time.Duration(n) * time.Minute}, nil
	}
	if c, err := fmt.Sscanf(s, "%dh", &n); c == 1 && err == nil && s == fmt.Sprintf("%dh", n) && n > 0 && n < maxDays*24 {
		return Span{Time: time.Duration(n) * time.Hour}, nil
	}
	rest, ok := strings.CutPrefix(s, "P")
	if !ok || rest == "" {
		return bad()
	}
	var out Span
	inTime, digits := false, ""
	for _, r := range rest {
		if r >= '0' && r <= '9' && len(digits) < 6 {
			digits += string(r)
			continue
		}
		if r == 'T' && digits == "" && !inTime {
			inTime = true
			continue
		}
		if digits == "" {
			return bad()
		}
		fmt.Sscanf(digits, "%d", &n)
		digits = ""
		if out.Days > maxDays || out.Time > maxDays*24*time.Hour { // before a sum can overflow
			return bad()
		}
		switch {
		case !inTime && r == 'D':
			out.Days += n
		case !inTime && r == 'W':
			out.Days += 7 * n
		case inTime && r == 'H':
			out.Time += time.Duration(n) * time.Hour
		case inTime && r == 'M':
			out.Time += time.Duration(n) * time.Minute
		default:
			return bad()
		}
	}
	if digits != "" || out == (Span{}) || out.Days > maxDays || out.Time > maxDays*24*time.Hour {
		return bad()
	}
	return out, nil
}

// After returns the moment s after i: the days by the calendar of loc, then
// the hours.
func (s Span) After(i Instant, loc *time.Location) Instant {
	if !i.Stated() {
		return i
	}
	return InstantOf(i.Time().In(loc).AddDate(0, 0, s.Days)).Add(s.Time)
}

// Before returns the moment s before i: the days by the calendar of loc, then the
// hours.
func (s Span) Before(i Instant, loc *time.Location) Instant {
	return Span{-s.Days, -s.Time}.After(i, loc)
}

func (s Span) String() string {
	switch {
	case s.Days != 0 && s.Time == 0:
		return fmt.Sprintf("P%dD", s.Days)
	case s.Days == 0:
		return strings.TrimSuffix(strings.TrimSuffix(s.Time.String(), "0s"), "0m")
	}
	return fmt.Sprintf("P%dDT%dM", s.Days, int(s.Time.Minutes()))
}
