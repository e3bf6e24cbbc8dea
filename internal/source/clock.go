package source

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/opentruce/truce"
)

const (
	second = truce.Instant(1000)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour

	// Units of what has no one length: the calendar says how long it was.
	aMonth = 32 * day
	aYear  = 400 * day
)

// A wall is a time as a publisher writes it: fields of a calendar and a clock.
type wall struct {
	year, month, day     int
	hour, min, sec, msec int
	unit                 truce.Instant // width of the finest field that was written
	zoned                bool          // a zone was written, and offset is it
	offset               truce.Instant
	to                   *[2]int // the hour and minute of a second time of day, where a range was written
}

// Years of other calendars are far from ours: 2025 is 1404 in Iran and Afghanistan, 1447 in the
// Islamic calendar and 2568 in Thailand. A year outside of these is rejected.
const (
	firstYear = 1900
	lastYear  = 2199
)

var monthDays = [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// check refuses days and times that do not exist.
func (w wall) check() error {
	if w.month < 1 || w.month > 12 {
		return errors.New("month out of range")
	}
	n := monthDays[w.month-1]
	if w.month == 2 && w.year%4 == 0 && (w.year%100 != 0 || w.year%400 == 0) {
		n = 29
	}
	switch {
	case w.year < firstYear || w.year > lastYear:
		return fmt.Errorf("the year is %d, and want %d to %d; Truce reads the Gregorian calendar", w.year, firstYear, lastYear)
	case w.day < 1 || w.day > n:
		return errors.New("no such day")
	case w.hour > 23:
		return errors.New("hour out of range")
	case w.min > 59:
		return errors.New("minute out of range")
	case w.sec > 59:
		return errors.New("second out of range")
	}
	return nil
}

// A clock turns local times of one zone into instants. It keeps the days it
// has seen, since files are full of the same days. A clock without a zone is
// a day anywhere on Earth: 50 hours, from UTC+14 to UTC-12.
type clock struct {
	loc     *time.Location
	days    map[int]localDay
	assumed func() // told when a time is read in a zone that nobody stated; nil: it is stated
}

type localDay struct {
	truce.Interval
	plain bool // 24 hours and one offset throughout
}

func newClock(loc *time.Location) *clock {
	return &clock{loc: loc, days: map[int]localDay{}}
}

// mustZone loads a zone that is embedded in this build.
func mustZone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic("time zone " + name + ": " + err.Error())
	}
	return loc
}

var kyiv = mustZone("Europe/Kyiv")

// clock is that of the zone that was stated; else the publisher's own; else the
// agreement's, of which a remark is made once a time is read in it.
func (o Options) clock(own *time.Location) *clock {
	switch {
	case o.Location != nil:
		return newClock(o.Location)
	case own != nil || o.Local == nil:
		return newClock(own)
	}
	c := newClock(o.Local)
	c.assumed = func() {
		o.remark(Remark{What: RemarkZone, Value: o.Local.String()})
		c.assumed = nil
	}
	return c
}

// day is the local day of w, which must exist.
func (c *clock) day(w wall) localDay {
	if c.assumed != nil {
		c.assumed()
	}
	key := w.year*10000 + w.month*100 + w.day
	if d, ok := c.days[key]; ok {
		return d
	}
	var d localDay
	if c.loc == nil {
		start := utcDay(w)
		d.Interval = truce.Interval{Start: start - 14*hour, End: start + day + 12*hour}
	} else {
		d.Interval = truce.Date(fmt.Sprintf("%04d-%02d-%02d", w.year, w.month, w.day)).Day(c.loc)
		_, a := d.Start.Time().In(c.loc).Zone()
		_, b := (d.End - 1).Time().In(c.loc).Zone()
		d.plain = a == b && d.End-d.Start == day
	}
	if len(c.days) > 1<<14 {
		clear(c.days)
	}
	c.days[key] = d
	return d
}

// moment is what w says: as wide as its finest field, a whole day when no time
// was written, and both hours where clocks went back. It refuses a local time
// that clocks skipped.
func (c *clock) moment(w wall) (truce.Interval, error) {
	if err := w.check(); err != nil {
		return truce.Interval{}, err
	}
	intoDay := truce.Instant(w.hour)*hour + truce.Instant(w.min)*minute + truce.Instant(w.sec)*second + truce.Instant(w.msec)
	if w.zoned {
		start := utcDay(w) + intoDay - w.offset
		return truce.Interval{Start: start, End: start + w.unit}, nil
	}
	d := c.day(w)
	switch {
	case w.unit > day:
		return c.span(w), nil
	case w.unit == day:
		return d.Interval, nil
	case c.loc == nil:
		return truce.Interval{}, errors.New("a time of day without a zone")
	case d.plain:
		return truce.Interval{Start: d.Start + intoDay, End: d.Start + intoDay + w.unit}, nil
	}
	return c.moving(w)
}

// span is the calendar month or year of w.
func (c *clock) span(w wall) truce.Interval {
	first, next := wall{year: w.year, month: w.month, day: 1}, wall{year: w.year, month: w.month + 1, day: 1}
	if w.unit == aYear {
		first.month, next = 1, wall{year: w.year + 1, month: 1, day: 1}
	}
	if next.month == 13 {
		next.year, next.month = next.year+1, 1
	}
	last := utcDay(next).Time().AddDate(0, 0, -1)
	return truce.Interval{Start: c.day(first).Start, End: c.day(wall{year: last.Year(), month: int(last.Month()), day: last.Day()}).End}
}

// moving reads a time on a day on which clocks change.
func (c *clock) moving(w wall) (truce.Interval, error) {
	naive := utcDay(w) + truce.Instant(w.hour)*hour + truce.Instant(w.min)*minute + truce.Instant(w.sec)*second + truce.Instant(w.msec)
	out := truce.Interval{Start: truce.Never, End: truce.Always}
	for _, around := range []truce.Instant{naive - day, naive + day} {
		_, off := around.Time().In(c.loc).Zone()
		at := naive - truce.Instant(off)*second
		if _, back := at.Time().In(c.loc).Zone(); back == off {
			out = out.Hull(truce.Interval{Start: at, End: at + w.unit})
		}
	}
	if !out.Valid() {
		return out, fmt.Errorf("clocks skipped this time in %s", c.loc)
	}
	return out, nil
}

func utcDay(w wall) truce.Instant {
	return truce.InstantOf(time.Date(w.year, time.Month(w.month), w.day, 0, 0, 0, 0, time.UTC))
}

// A timeLayout is how a column writes its times: YYYY MM DD hh mm ss, YY for a year of
// two digits, D, M and h for one or two digits, MMMM or MMM for the name of the month, Z
// for Z or +03:00; a time may end in AM or PM;
// everything else is itself. From "[" on it may be left out. A layout without the day
// is of months, one without the month of years. The words epoch and epoch-ms are
// seconds and milliseconds since 1970, UTC; dtg is a military date-time group, and json-date
// what serialisers of .NET write.
type timeLayout struct {
	steps    []timeStep
	optional []bool                     // step i begins an optional tail
	epoch    int64                      // the units of a second; 0: it is a date
	named    bool                       // a date and nothing more, with the name of its month
	form     func([]byte) (wall, error) // reads a form that has no fields; nil: it has
}

type timeStep struct {
	field byte // Y M N D h m s f Z; 0: the literal
	width int  // digits; 0: one or two
	lit   byte
}

// parseLayout compiles a layout.
func parseLayout(s string) (*timeLayout, error) {
	switch s {
	case "epoch":
		return &timeLayout{epoch: 1}, nil
	case "epoch-ms":
		return &timeLayout{epoch: 1000}, nil
	case "dtg":
		return &timeLayout{form: dateTimeGroup}, nil
	case "json-date":
		return &timeLayout{form: jsonDate}, nil
	}
	out := &timeLayout{}
	tokens := []struct {
		word  string
		field byte
		width int
	}{{"YYYY", 'Y', 4}, {"YY", 'Y', 2}, {"MMMM", 'N', 0}, {"MMM", 'N', 0}, {"MM", 'M', 2}, {"DD", 'D', 2}, {"hh", 'h', 2}, {"mm", 'm', 2}, {"ss", 's', 2},
		{"M", 'M', 0}, {"D", 'D', 0}, {"h", 'h', 0}, {"f", 'f', 0}, {"Z", 'Z', 0}}
	seen := ""
	for rest := foldedText(s); rest != ""; {
		tail := strings.HasPrefix(rest, "[")
		rest = strings.TrimPrefix(rest, "[")
		if rest == "" || rest == "]" {
			break
		}
		rest = strings.TrimRight(rest, "]")
		step := timeStep{lit: rest[0]}
		n := 1
		for _, t := range tokens {
			if strings.HasPrefix(rest, t.word) {
				step, n = timeStep{field: t.field, width: t.width}, len(t.word)
				if seen += string(t.field); t.field == 'N' {
					seen += "M"
				}
				break
			}
		}
		if step.field == 0 && (rest[0] >= 'a' && rest[0] <= 'z' || rest[0] >= 'A' && rest[0] <= 'Z') && rest[0] != 'T' {
			return nil, fmt.Errorf("time layout %q: %q is not a field; want YYYY MM DD hh mm ss, YY for a year of two digits, D M h for one or two digits, MMMM or MMM for the name of a month, f for a fraction of a second, Z for a zone; what is between [ and ] may be missing; or the word epoch, epoch-ms, dtg or json-date", s, rest[:1])
		}
		out.steps, out.optional = append(out.steps, step), append(out.optional, tail)
		rest = rest[n:]
	}
	times := strings.ContainsAny(seen, "hmsfZ")
	y, m, d := strings.Count(seen, "Y"), strings.Count(seen, "M"), strings.Count(seen, "D")
	if y != 1 || m > 1 || d > 1 || d > m || times && d == 0 {
		return nil, fmt.Errorf("time layout %q: want year, month and day once each; without the day it is a month, without the month a year", s)
	}
	out.named = strings.Contains(seen, "N") && !times
	return out, nil
}

func mustLayout(s string) *timeLayout {
	l, err := parseLayout(s)
	if err != nil {
		panic(err)
	}
	return l
}

// inName finds the one place in a file's name that reads as the layout. Digits before or
// behind it would make it a part of something else.
func (l *timeLayout) inName(name string) (w wall, err error) {
	name = foldedText(name)
	digit := func(i int) bool { return i >= 0 && i < len(name) && name[i] >= '0' && name[i] <= '9' }
	found := false
	if len(name) > 255 { // longer than a file system has them
		return w, errors.New("the name of the file is too long")
	}
	for from := range len(name) {
		if digit(from-1) || !digit(from) {
			continue
		}
		for to := len(name); to > from; to-- {
			got, err := l.parse([]byte(name[from:to]))
			if digit(to) || err != nil || got.check() != nil {
				continue
			}
			if found && got != w {
				return w, fmt.Errorf("the name %q has two dates", name)
			}
			w, found = got, true
			break
		}
	}
	if !found {
		return w, fmt.Errorf("the name of the file is %q, which has no such date", name)
	}
	return w, nil
}

// isoTime reads dates and times as ISO 8601 and spreadsheets write them.
// A month without a day is that month.
var isoTime = mustLayout("YYYY-MM[-DD[Thh:mm[:ss[.f[Z")

// parse reads b, all of it. A space may stand for the T.
func (l *timeLayout) parse(b []byte) (wall, error) {
	if len(b) == 0 {
		return wall{}, errors.New("the time is missing")
	}
	b = bytes.TrimSpace(folded(b))
	switch {
	case l.epoch > 0:
		return sinceEpoch(b, l.epoch)
	case l.form != nil:
		return l.form(b)
	}
	w, err := l.steady(b)
	if err != nil && l.named {
		return namedDate(b)
	}
	if err != nil {
		if rest, pm, ok := halfOfDay(b); ok {
			if half, herr := l.steady(rest); herr == nil && !half.zoned && half.unit < day {
				return half, half.of(pm)
			}
		}
	}
	return w, err
}

// halves are how the half of a day is written behind a time, by CLDR for English, Spanish,
// Arabic and Persian; the longer of two with one end comes first.
var halves = []struct {
	text string
	pm   bool
}{{"am", false}, {"a.m.", false}, {"a.m", false}, {"a. m.", false}, {"pm", true}, {"p.m.", true}, {"p.m", true}, {"p. m.", true},
	{"صباحًا", false}, {"صباحاً", false}, {"صباحا", false}, {"ص", false}, {"مساءً", true}, {"مساءا", true}, {"مساء", true}, {"م", true},
	{"ق.ظ.", false}, {"ق.ظ", false}, {"قبل\u200cازظهر", false}, {"ب.ظ.", true}, {"ب.ظ", true}, {"بعدازظهر", true}}

// halfOfDay takes AM or PM off the end of a time.
func halfOfDay(b []byte) (rest []byte, pm, ok bool) {
	low := bytes.ToLower(b[max(0, len(b)-24):])
	for _, s := range halves {
		if !bytes.HasSuffix(low, []byte(s.text)) {
			continue
		}
		rest = bytes.TrimRight(b[:len(b)-len(s.text)], " \u00a0\u202f")
		return rest, s.pm, len(rest) > 0 && rest[len(rest)-1] >= '0' && rest[len(rest)-1] <= '9'
	}
	return nil, false, false
}

// of makes the hour of a clock of 12 hours that of one of 24: 12 AM is 0, and 12 PM is 12.
func (w *wall) of(pm bool) error {
	if w.hour < 1 || w.hour > 12 {
		return errors.New("an hour with AM or PM is from 1 to 12")
	}
	if w.hour %= 12; pm {
		w.hour += 12
	}
	return nil
}

// sinceEpoch reads seconds, or milliseconds, since 1970, with or without a fraction.
func sinceEpoch(b []byte, units int64) (w wall, err error) {
	const first, last = -2_208_988_800_000, 4_102_444_800_000 // 1900 and 2100
	n, err := fixed(b, 3)
	if err != nil {
		return w, errors.New("not a number of seconds or milliseconds since 1970")
	}
	ms := n
	if units == 1000 {
		if ms = n / 1000; n < 0 && n%1000 != 0 {
			ms--
		}
	}
	switch {
	case ms >= first && ms <= last:
	case units == 1 && n/1000 >= first && n/1000 <= last:
		return w, errors.New("not within 1900 and 2100 as seconds since 1970; it looks like milliseconds: layout: epoch-ms")
	default:
		return w, errors.New("not within 1900 and 2100, as " + map[int64]string{1: "seconds", 1000: "milliseconds"}[units] + " since 1970")
	}
	t := time.UnixMilli(ms).UTC()
	w = wall{year: t.Year(), month: int(t.Month()), day: t.Day(), hour: t.Hour(), min: t.Minute(), sec: t.Second(), unit: second, zoned: true}
	if frac := ms % 1000; frac != 0 || units == 1000 {
		w.msec, w.unit = int((frac+1000)%1000), 1
	}
	return w, nil
}

// whole is the unit of the date: a year, or a month, where no finer field is set.
func (w *wall) whole(m, d bool) {
	switch {
	case w.unit != day: // a time of day
	case !m:
		w.month, w.day, w.unit = 1, 1, aYear
	case !d:
		w.day, w.unit = 1, aMonth
	}
}

func (l *timeLayout) steady(b []byte) (w wall, err error) {
	w.unit = day
	hint := ""
	if n := len(b); (n == 10 || n == 13) && len(bytes.Trim(b, "0123456789")) == 0 {
		hint = map[int]string{10: "; if it is seconds since 1970, write layout: epoch", 13: "; if it is milliseconds since 1970, write layout: epoch-ms"}[n]
	}
	m, d := false, false
	defer func() {
		if err == nil {
			w.whole(m, d)
		}
	}()
	bad := errors.New("not a time as the layout says" + hint)
	for i := 0; i < len(l.steps); i++ {
		if len(b) == 0 && l.optional[i] {
			return w, nil
		}
		s := l.steps[i]
		if s.field == 'Z' {
			return w, w.zone(b)
		}
		if s.field == 0 {
			if len(b) > 0 && (b[0] == s.lit || s.lit == 'T' && b[0] == ' ') {
				b = b[1:]
				continue
			}
			// An optional fraction or second may be missing before a zone.
			if l.optional[i] && l.endsInZone() {
				return w, w.zone(b)
			}
			return w, bad
		}
		switch s.field {
		case 'N':
			month, size := monthPrefix(b)
			if month == 0 {
				return w, bad
			}
			w.month, b, m = month, b[size:], true
			continue
		case 'M':
			m = true
		case 'D':
			d = true
		}
		n, digits := 0, 0
		limit := s.width
		if limit == 0 {
			limit = 2
		}
		if s.field == 'f' {
			limit = 9
		}
		for digits < limit && digits < len(b) && b[digits] >= '0' && b[digits] <= '9' {
			n = n*10 + int(b[digits]-'0')
			digits++
		}
		if digits == 0 || digits < s.width {
			return w, bad
		}
		b = b[digits:]
		w.set(s.field, n, digits)
	}
	if len(b) > 0 {
		return w, bad
	}
	return w, nil
}

func (l *timeLayout) endsInZone() bool { return l.steps[len(l.steps)-1].field == 'Z' }

func (w *wall) set(field byte, n, digits int) {
	switch field {
	case 'Y':
		switch w.year = n; {
		case digits > 2:
		case n < 69: // as strptime of POSIX has it
			w.year += 2000
		default:
			w.year += 1900
		}
	case 'M':
		w.month = n
	case 'D':
		w.day = n
	case 'h':
		w.hour, w.unit = n, hour
	case 'm':
		w.min, w.unit = n, minute
	case 's':
		w.sec, w.unit = n, second
	case 'f':
		w.unit = 1
		for ; digits < 3; digits++ {
			n *= 10
			w.unit *= 10
		}
		for ; digits > 3; digits-- {
			n /= 10
		}
		w.msec = n
	}
}

// zone reads Z or an offset such as +03:00, +0300 or +03.
func (w *wall) zone(b []byte) error {
	bad := errors.New("zone: want Z or an offset such as +03:00")
	w.zoned = true
	if len(b) == 1 && b[0] == 'Z' {
		return nil
	}
	if len(b) < 3 || b[0] != '+' && b[0] != '-' {
		return bad
	}
	digits := make([]int, 0, 4)
	for i, c := range b[1:] {
		if c == ':' && i == 2 {
			continue
		}
		if c < '0' || c > '9' || len(digits) == 4 {
			return bad
		}
		digits = append(digits, int(c-'0'))
	}
	if len(digits) == 2 {
		digits = append(digits, 0, 0)
	}
	if len(digits) != 4 || digits[2] > 5 || digits[0]*10+digits[1] > 14 {
		return bad
	}
	w.offset = truce.Instant(digits[0]*10+digits[1])*hour + truce.Instant(digits[2]*10+digits[3])*minute
	if b[0] == '-' {
		w.offset = -w.offset
	}
	return nil
}
