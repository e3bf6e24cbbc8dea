package source

import (
	"bytes"
	"errors"
	"regexp"

	"github.com/opentruce/truce"
)

// zoneOfLetter is the offset of a zone letter of ACP 121: A to M are ahead of UTC, N to Y are behind,
// and Z is UTC. J is the local time of whoever wrote it, and so has none.
func zoneOfLetter(c byte) (offset truce.Instant, ok bool) {
	switch {
	case c == 'Z':
		return 0, true
	case c >= 'A' && c <= 'I':
		return truce.Instant(c-'A'+1) * hour, true
	case c >= 'K' && c <= 'M':
		return truce.Instant(c-'A') * hour, true
	case c >= 'N' && c <= 'Y':
		return -truce.Instant(c-'N'+1) * hour, true
	}
	return 0, false
}

// longestGroup bounds a date-time group in bytes, with blanks and the longest name of a month.
const longestGroup = 64

// dateTimeGroup reads a military date-time group: day, hour and minute, perhaps seconds, the letter
// of a zone, month and year, such as 281430ZFEB16 or 28 1430Z FEB 2016.
func dateTimeGroup(b []byte) (w wall, err error) {
	bad := errors.New("not a date-time group such as 281430ZFEB16 or 28 1430Z FEB 2016")
	if len(b) > longestGroup {
		return w, bad
	}
	two := func() (n int, ok bool) {
		if len(b) < 2 || b[0] < '0' || b[0] > '9' || b[1] < '0' || b[1] > '9' {
			return 0, false
		}
		n, b = int(b[0]-'0')*10+int(b[1]-'0'), b[2:]
		return n, true
	}
	blanks := func() { b = bytes.TrimLeft(b, " ") }
	var ok [3]bool
	w.day, ok[0] = two()
	blanks()
	w.hour, ok[1] = two()
	w.min, ok[2] = two()
	if w.unit = minute; ok != [3]bool{true, true, true} {
		return w, bad
	}
	if sec, with := two(); with {
		w.sec, w.unit = sec, second
	}
	blanks()
	if len(b) == 0 {
		return w, bad
	}
	letter, unlettered := b[0], b
	if letter >= 'a' && letter <= 'z' {
		letter -= 'a' - 'A'
	}
	b = b[1:]
	blanks()
	month, size := monthPrefix(b)
	if month == 0 {
		if month, _ = monthPrefix(unlettered); month != 0 {
			return w, errors.New("the date-time group has no zone letter; if its times are local, write layout: DDhhmm MMM YY, and the zone as timezone")
		}
		return w, bad
	}
	if w.month, w.zoned = month, true; letter == 'J' {
		return w, errors.New("the zone letter J is the local time of whoever wrote it, and the group does not say which that is")
	}
	if w.offset, w.zoned = zoneOfLetter(letter); !w.zoned {
		return w, bad
	}
	b = b[size:]
	blanks()
	digits := len(b)
	year, with := two()
	if !with || digits != 2 && digits != 4 {
		return w, bad
	}
	if digits == 4 {
		rest, with := two()
		if !with {
			return w, bad
		}
		year = year*100 + rest
	}
	w.set('Y', year, digits)
	return w, nil
}

// dotNetDate is the form in which serialisers of .NET write a date into JSON; the slashes may still be
// escaped.
var dotNetDate = regexp.MustCompile(`^\\?/Date\((-?[0-9]{1,20})([+-](?:0[0-9]|1[0-4])[0-5][0-9])?\)\\?/$`)

// jsonDate reads milliseconds since 1970, UTC. The offset behind them says only in which zone they
// were shown: it moves no instant, and the clock of that zone says what is midnight.
func jsonDate(b []byte) (w wall, err error) {
	part := dotNetDate.FindSubmatch(b[:min(len(b), longestGroup)])
	if part == nil || len(b) > longestGroup {
		return w, errors.New("not a date such as /Date(1456617600000+0200)/")
	}
	if w, err = sinceEpoch(part[1], 1000); err != nil || len(part[2]) == 0 {
		return w, err
	}
	var shown wall
	if err = shown.zone(part[2]); err != nil {
		return w, err
	}
	msec := w.msec
	t := (utcDay(w) + truce.Instant(w.hour)*hour + truce.Instant(w.min)*minute + truce.Instant(w.sec)*second + shown.offset).Time().UTC()
	return wall{year: t.Year(), month: int(t.Month()), day: t.Day(), hour: t.Hour(), min: t.Minute(), sec: t.Second(), msec: msec, unit: w.unit, zoned: true, offset: shown.offset}, nil
}
