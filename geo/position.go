package geo

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// utmShape is zone, band, metres east and metres north: 36P 449637 1745692.
var utmShape = regexp.MustCompile(`^([0-9]{1,2}) ?([A-Z]),? +([0-9]{6})(?:\.[0-9]+)? ?(?:M ?E)?,? +([0-9]{1,8})(?:\.[0-9]+)? ?(?:M ?N)?$`)

// ParsePosition reads a position that is written in one text, in any of the ways in
// which patrols, forms and maps write it:
//
//	15.79, 32.53              degrees, latitude first unless lonFirst; a blank, comma, semicolon or slash between
//	15.79N 32.53E             with hemispheres, in either order, before or behind the number
//	15°47'24"N 32°31'48"E     degrees, minutes, seconds; or without seconds; 24,5 is 24.5
//	36PVC 49637 45692         MGRS
//	36P 449637 1745692        UTM: zone, band, metres east, metres north
//
// Several numbers of degrees, minutes and seconds need hemispheres or the degree sign:
// without them, nobody can tell 15 47 32 31 from four numbers. radiusM is how closely the
// notation itself can say it: half the diagonal of a grid square, of one minute or of one
// second; 0 for decimal degrees, whose digits say nothing about it.
func ParsePosition(s string, lonFirst bool) (p Point, radiusM float64, err error) {
	if len(s) > 200 {
		return p, 0, errors.New("position: longer than 200 bytes")
	}
	upper := strings.ToUpper(strings.TrimSpace(s))
	if LooksLikeMGRS(upper) {
		return ParseMGRS(upper)
	}
	if part := utmShape.FindStringSubmatch(upper); part != nil {
		p, err = utmPosition(part)
		return p, math.Sqrt2 + roundingM, err // whole metres, rounded or cut, east and north
	}
	fail := func(why string) (Point, float64, error) {
		return Point{}, 0, fmt.Errorf("position %q: %s", s, why)
	}
	lat, lon, err := angles(upper, lonFirst)
	if err != nil {
		return fail(err.Error())
	}
	switch {
	case math.Abs(lat.degrees) > 90:
		why := "latitude is beyond 90 degrees"
		if !lat.lettered && math.Abs(lon.degrees) <= 90 {
			why += "; latitude and longitude look swapped"
		}
		return fail(why)
	case math.Abs(lon.degrees) > 180:
		return fail("longitude is beyond 180 degrees")
	}
	p = site{lat.degrees, lon.degrees}.point()
	half := 111_320 / 2 * math.Max(lat.step, lon.step)
	if half > 0 {
		radiusM = float64(half*math.Sqrt2) + roundingM
	}
	return p, radiusM, nil
}

// utmPosition reads zone, band, metres east and north. The band says on which side of
// the equator it is, and must contain the position: S is a band of the north, and many
// write it for "south".
func utmPosition(part []string) (Point, error) {
	fail := func(format string, args ...any) (Point, error) {
		return Point{}, fmt.Errorf("UTM %q: %s", part[0], fmt.Sprintf(format, args...))
	}
	zone, limits, problem := zoneAndBand(part[1], part[2])
	if problem != "" {
		return fail("%s", problem)
	}
	x, _ := strconv.ParseFloat(part[3], 64)
	y, _ := strconv.ParseFloat(part[4], 64)
	northing := y
	if limits.south < 0 {
		northing -= 10_000_000
	}
	at := utmInverse(zone, x, northing)
	// People cross the edge of a zone by some kilometres and keep to their zone.
	const over = 0.5
	if at.lat < limits.south-over || at.lat > limits.north+over || at.lon < limits.west-2*over || at.lon > limits.east+2*over {
		return fail("these metres are not in band %s of zone %d; S is a band of the northern hemisphere, not the word south", part[2], zone)
	}
	return at.point(), nil
}

// An angle is one of the two numbers of a position.
type angle struct {
	degrees  float64
	step     float64 // degrees of the finest unit, if it is a minute or a second; 0: decimal degrees
	lettered bool
}

// unsigned is a number without a sign.
var unsigned = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)?`)

// angles splits a text into latitude and longitude.
func angles(s string, lonFirst bool) (lat, lon angle, err error) {
	s = strings.NewReplacer("º", "°", "˚", "°", "′", "'", "’", "'", "‘", "'", "″", `"`, "”", `"`, "“", `"`, "''", `"`, "−", "-", "–", "-").Replace(s)
	if decimalComma.MatchString(s) {
		s = strings.ReplaceAll(s, ",", ".")
	}
	if i := strings.IndexFunc(s, func(c rune) bool { return !strings.ContainsRune(" \t0123456789.,;/:°'\"+-NSEW()", c) }); i >= 0 {
		return lat, lon, fmt.Errorf("%q does not belong to a position", []rune(s[i:])[0])
	}
	letters := strings.Count(s, "N") + strings.Count(s, "S") + strings.Count(s, "E") + strings.Count(s, "W")
	var one, two string
	switch {
	case letters == 2:
		i := strings.IndexAny(s, "NSEW")
		if at := strings.IndexAny(s, "0123456789"); i < at { // before the numbers
			j := i + 1 + strings.IndexAny(s[i+1:], "NSEW")
			one, two = s[:j], s[j:]
		} else {
			one, two = s[:i+1], s[i+1:]
		}
	case letters != 0:
		return lat, lon, errors.New("want one letter of N or S, and one of E or W")
	case strings.Count(s, "°") == 2:
		i := strings.LastIndex(s, "°")
		for i > 0 && strings.ContainsRune("0123456789.° ", rune(s[i-1])) && (s[i-1] != ' ' || i > 1 && s[i] == ' ') {
			i--
		}
		for i > 0 && (s[i-1] == '-' || s[i-1] == '+') {
			i--
		}
		one, two = s[:i], s[i:]
	default:
		numbers := unsigned.FindAllStringIndex(s, -1)
		if len(numbers) != 2 {
			return lat, lon, fmt.Errorf("%d numbers without hemispheres; want two of degrees, or N, S, E, W", len(numbers))
		}
		i := numbers[1][0]
		for i > 0 && (s[i-1] == '-' || s[i-1] == '+') {
			i--
		}
		one, two = s[:i], s[i:]
	}
	a, x, err := angleOf(one)
	if err != nil {
		return lat, lon, err
	}
	b, y, err := angleOf(two)
	switch {
	case err != nil:
		return lat, lon, err
	case x == 0 && y == 0 && lonFirst, x == 'E' && y == 'N':
		return b, a, nil
	case x == 0 && y == 0, x == 'N' && y == 'E':
		return a, b, nil
	}
	return lat, lon, errors.New("want one letter of N or S, and one of E or W")
}

// decimalComma is two numbers with decimal commas, which a semicolon or a blank separates.
var decimalComma = regexp.MustCompile(`^[^,]*[0-9],[0-9]+[^,]*[; ][^,]*[0-9],[0-9]+[^,]*$`)

// angleOf reads one angle and the axis that its letter names: N or E; 0 without one.
func angleOf(s string) (a angle, axis byte, err error) {
	bad := fmt.Errorf("%q is not an angle", strings.TrimSpace(s))
	sign := 1.0
	text := strings.Trim(s, " \t,;/()")
	for _, l := range []struct {
		letter string
		axis   byte
		sign   float64
	}{{"N", 'N', 1}, {"S", 'N', -1}, {"E", 'E', 1}, {"W", 'E', -1}} {
		if strings.Contains(text, l.letter) {
			text = strings.Replace(text, l.letter, "", 1)
			axis, sign, a.lettered = l.axis, l.sign, true
		}
	}
	text = strings.Trim(text, " \t,;/()")
	if rest := strings.TrimLeft(text, "+-"); rest != text {
		if text[0] == '-' {
			sign = -sign
		}
		if a.lettered || len(text)-len(rest) > 1 {
			return a, axis, bad
		}
		text = rest
	}
	fields := strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" \t°'\":", c) })
	if len(fields) == 0 || len(fields) > 3 || len(fields) > 1 && !a.lettered && !strings.Contains(text, "°") {
		return a, axis, bad
	}
	unit := 1.0
	for i, f := range fields {
		if i == len(fields)-1 && (a.lettered || i > 0) { // 45,5 seconds: one angle has one decimal sign, and this is its end
			f = strings.Replace(f, ",", ".", 1)
		}
		v, err := strconv.ParseFloat(f, 64)
		if err != nil || unsigned.FindString(f) != f || i < len(fields)-1 && strings.Contains(f, ".") || i > 0 && v >= 60 {
			return a, axis, bad
		}
		a.degrees += v / unit
		if i > 0 {
			a.step = 1 / unit
			if _, frac, ok := strings.Cut(f, "."); ok {
				a.step /= math.Pow10(len(frac))
			}
		}
		unit *= 60
	}
	a.degrees *= sign
	return a, axis, nil
}
