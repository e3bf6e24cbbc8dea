package source

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/opentruce/truce"
)

// A daytime is what a cell of times of day says, which is beside a date.
type daytime struct {
	hour, min int
	unit      truce.Instant
	utc       bool
	to        *[2]int // the hour and minute of a second time of day; nil: there is none
	day       bool    // it is not known, and the time is the whole day
}

var (
	hourWord  = `(?:h|hrs?|hours?|uhr|heures?|horas?|год\.?|ч\.?)`
	hourAlone = regexp.MustCompile(`(?i)^(\d{1,2}) ?` + hourWord + `$`)
	hourMin   = regexp.MustCompile(`(?i)^(\d{1,2}) ?` + hourWord + ` ?(\d{2}) ?(?:m|min|mn)?\.?$`)
	colonWord = regexp.MustCompile(`(?i)^(\d{1,2}):(\d{2}) ?(?:` + hourWord + ` ?)?(z|utc|gmt)?$`)
	pointWord = regexp.MustCompile(`(?i)^(\d{1,2})\.(\d{2}) ?` + hourWord + `$`) // 14.30 alone may be a part of a day or an hour
	digits    = regexp.MustCompile(`(?i)^(\d{1,2})(\d{2}) ?` + hourWord + `? ?(z|utc|gmt)?$`)
)

// timeOfDayIn reads a time of day that stands alone, in the notations that people use beside those
// of layouts: 14h30, 6h, 14 Uhr, 0630, 1415Z, 14:15 UTC. ok is false if it is none of them; err
// says what is wrong with one that cannot be, such as 25h10.
func timeOfDayIn(cell []byte) (t daytime, ok bool, err error) {
	text := strings.TrimSpace(foldedText(string(cell)))
	if len(text) > 40 {
		return t, false, nil
	}
	t.unit = minute
	part := hourAlone.FindStringSubmatch(text)
	if part != nil {
		t.unit = hour
	}
	for _, form := range []*regexp.Regexp{hourMin, colonWord, pointWord, digits} {
		if part == nil {
			part = form.FindStringSubmatch(text)
		}
	}
	if part == nil {
		return t, false, nil
	}
	n, _ := number([]byte(part[1]))
	t.hour = int(n)
	if len(part) > 2 {
		n, _ = number([]byte(part[2]))
		t.min = int(n)
	}
	t.utc = len(part) > 3 && part[3] != ""
	switch {
	case t.hour > 23:
		err = errors.New("hour out of range")
	case t.min > 59:
		err = errors.New("minute out of range")
	}
	return t, true, err
}

// inWords reports whether a cell that no notation reads is a word or says that it is not exact, and
// not a number with a typing error.
func inWords(cell []byte) bool {
	return bytes.ContainsFunc(cell, unicode.IsLetter) || bytes.ContainsAny(cell, "~≈") || !bytes.ContainsFunc(cell, unicode.IsDigit)
}

// at is a date with a time of day.
func (w wall) at(t daytime) wall {
	if t.day {
		return w
	}
	w.hour, w.min, w.unit, w.to = t.hour, t.min, t.unit, t.to
	if t.utc {
		w.zoned, w.offset = true, 0
	}
	return w
}

// dateOf is the layout without its time of day; nil: the date is not before it.
func (l *timeLayout) dateOf() *timeLayout {
	if l.epoch > 0 || l.form != nil {
		return nil
	}
	timed := func(s timeStep) bool { return s.field != 0 && strings.IndexByte("hmsfZ", s.field) >= 0 }
	end := slices.IndexFunc(l.steps, timed)
	if end < 0 {
		return l
	}
	if slices.ContainsFunc(l.steps[end:], func(s timeStep) bool { return s.field != 0 && !timed(s) }) {
		return nil
	}
	if end > 0 && l.steps[end-1].field == 0 && (l.steps[end-1].lit == ' ' || l.steps[end-1].lit == 'T') { // between the two cells
		end--
	}
	return &timeLayout{steps: l.steps[:end], optional: l.optional[:end]}
}

// clockIn is the cell with the time of day; nil: there is none.
func (f *timeField) clockIn(r *row) []byte {
	if f.time < 0 {
		return nil
	}
	return r.stated(f.time)
}

// besides puts a time of day that no layout reads beside its date. What is in words leaves the time
// as wide as the day, and that is counted.
func (g *generic) besides(r *row, f *timeField, date wall, why error) (wall, error) {
	cell := f.clockIn(r)
	t, ok, err := timeOfDayIn(cell)
	switch {
	case err != nil:
		return date, r.refuse(f.time, err.Error(), "")
	case ok && date.unit == day:
		return date.at(t), nil
	case ok || !inWords(cell) || date.unit < day:
		hint := "a time of day is such as 02:15, 2:15 PM, 02:15:30, 14h30 or 0215Z; if the layout has the time of day, too, the cell must be written so"
		if _, to := ranged(cell); to != nil {
			hint = "for two times of day, give each its meaning under values: {" + flow(string(cell)) + `: "22:10 to 22:41"}`
		}
		return date, r.refuse(f.time, why.Error(), hint)
	}
	r.remark(&g.o, RemarkClock, f.time)
	return date, nil
}

var twoTimes = regexp.MustCompile(`^(\d{1,2}:\d{2})(?: ?(?:to|-|–) ?(\d{1,2}:\d{2}))?$`)

// words compiles what the values of a column of times of day mean.
func (f *TimeField) words() (map[string]daytime, error) {
	out := map[string]daytime{}
	for _, cell := range slices.Sorted(maps.Keys(f.Values)) {
		bad := fmt.Errorf("value %q: want a time of day such as \"12:00\", two such as \"22:00 to 06:00\" (which may be of the next day), or unknown for the whole day", cell)
		v := f.Values[cell]
		if v.Act != "" || v.Weapon != "" {
			return nil, bad
		}
		t := daytime{day: truce.NotKnown(v.To)}
		part := twoTimes.FindStringSubmatch(strings.TrimSpace(v.To))
		switch {
		case v.Aside != "":
			return nil, fmt.Errorf("value %q: a time does not skip its row; write where: {column: NAME, not: %s}", cell, flow(cell))
		case !t.day && part == nil:
			return nil, bad
		case !t.day:
			ok, err := false, error(nil)
			if t, ok, err = timeOfDayIn([]byte(part[1])); !ok || err != nil {
				return nil, bad
			}
			if part[2] != "" {
				end, ok, err := timeOfDayIn([]byte(part[2]))
				if !ok || err != nil || end.hour == t.hour && end.min == t.min {
					return nil, bad
				}
				t.to = &[2]int{end.hour, end.min}
			}
		}
		trimmed := strings.TrimSpace(cell)
		if _, twice := out[trimmed]; twice {
			return nil, fmt.Errorf("value %q stands twice: blanks at the ends do not count", trimmed)
		}
		out[trimmed] = t
	}
	return out, nil
}
