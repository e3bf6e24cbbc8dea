package source

import (
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
)

// A wall is a time as a publisher writes it: fields of a calendar and a clock.
type wall struct {
	year, month, day     int
	hour, min, sec, msec int
	unit                 truce.Instant // width of the finest field that was written
	zoned                bool          // a zone was written, and offset is it
	offset               truce.Instant
}

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
	case w.unit >= day:
		return d.Interval, nil
	case c.loc == nil:
		return truce.Interval{}, errors.New("a time of day without a zone")
	case d.plain:
		return truce.Interval{Start: d.Start + intoDay, End: d.Start + intoDay + w.unit}, nil
	}
	return c.moving(w)
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

// A timeLayout is how a column writes its times: YYYY MM DD hh mm ss, D, M and
// h for one or two digits, Z for Z or +03:00; everything else is itself. From
// "[" on it may be left out.
type timeLayout struct {
	steps    []timeStep
	optional []bool // step i begins an optional tail
}

type timeStep struct {
	field byte // Y M D h m s f Z; 0: the literal
	width int  // digits; 0: one or two
	lit   byte
}

// parseLayout compiles a layout.
func parseLayout(s string) (*timeLayout, error) {
	out := &timeLayout{}
	tokens := []struct {
		word  string
		field byte
		width int
	}{{"YYYY", 'Y', 4}, {"MM", 'M', 2}, {"DD", 'D', 2}, {"hh", 'h', 2}, {"mm", 'm', 2}, {"ss", 's', 2},
		{"M", 'M', 0}, {"D", 'D', 0}, {"h", 'h', 0}, {"f", 'f', 0}, {"Z", 'Z', 0}}
	seen := ""
	for rest := s; rest != ""; {
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
				seen += string(t.field)
				break
			}
		}
		if step.field == 0 && (rest[0] >= 'a' && rest[0] <= 'z' || rest[0] >= 'A' && rest[0] <= 'Z') && rest[0] != 'T' {
			return nil, fmt.Errorf("time layout %q: %q is no field; want YYYY MM DD hh mm ss, D M h for one or two digits, f, Z", s, rest[:1])
		}
		out.steps, out.optional = append(out.steps, step), append(out.optional, tail)
		rest = rest[n:]
	}
	for _, f := range "YMD" {
		if strings.Count(seen, string(f)) != 1 {
			return nil, fmt.Errorf("time layout %q: want year, month and day once each", s)
		}
	}
	return out, nil
}

func mustLayout(s string) *timeLayout {
	l, err := parseLayout(s)
	if err != nil {
		panic(err)
	}
	return l
}

// isoTime reads dates and times as ISO 8601 and spreadsheets write them.
var isoTime = mustLayout("YYYY-MM-DD[Thh:mm[:ss[.f[Z")

// parse reads b, all of it. A space may stand for the T.
func (l *timeLayout) parse(b []byte) (wall, error) {
	w := wall{unit: day}
	if len(b) == 0 {
		return w, errors.New("the time is missing")
	}
	bad := errors.New("not a time as the layout says")
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
		w.year = n
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
