package geo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

const (
	unit    = 10_000_000 // Point units in a degree
	half    = 180 * unit // half a turn in Point units
	quarter = 90 * unit
	radian  = math.Pi / 180
)

// A Point is a position on WGS 84 in units of 1e-7 degree: Lat in ±90 degrees,
// Lon in -180 (included) to 180 (excluded), so that the antimeridian has one
// name. The zero value is a real place, 0 N 0 E.
type Point struct{ Lat, Lon int32 }

// PointOf returns the Point nearest to a position in degrees. It refuses NaN,
// infinities, latitudes beyond ±90 and longitudes beyond ±180.
func PointOf(latDeg, lonDeg float64) (Point, error) {
	if !(math.Abs(latDeg) <= 90) {
		return Point{}, fmt.Errorf("latitude %v: not within -90 and 90", latDeg)
	}
	if !(math.Abs(lonDeg) <= 180) {
		return Point{}, fmt.Errorf("longitude %v: not within -180 and 180", lonDeg)
	}
	return rounded(latDeg, lonDeg), nil
}

// rounded returns the Point nearest to a position whose latitude is in range
// and whose longitude may be off by whole turns.
func rounded(latDeg, lonDeg float64) Point {
	return wrapped(int64(math.Round(latDeg*unit)), int64(math.Round(lonDeg*unit)))
}

// wrapped returns the Point at lat, lon in units of 1e-7 degree, with lon
// brought into one turn.
func wrapped(lat, lon int64) Point {
	lon = (lon%(2*half) + 3*half) % (2 * half)
	return Point{Lat: int32(lat), Lon: int32(lon - half)}
}

// Degrees returns latitude and longitude in degrees.
func (p Point) Degrees() (lat, lon float64) {
	return float64(p.Lat) / unit, float64(p.Lon) / unit
}

// MarshalJSON writes degrees, exactly: {"lat":48.01,"lon":37.8}.
func (p Point) MarshalJSON() ([]byte, error) {
	lat, lon := p.Degrees()
	b := append([]byte(`{"lat":`), strconv.FormatFloat(lat, 'f', -1, 64)...)
	b = append(append(b, `,"lon":`...), strconv.FormatFloat(lon, 'f', -1, 64)...)
	return append(b, '}'), nil
}

// UnmarshalJSON reads what MarshalJSON wrote. Both members must be there and
// in range.
func (p *Point) UnmarshalJSON(b []byte) error {
	var d struct{ Lat, Lon *float64 }
	if err := json.Unmarshal(b, &d); err != nil {
		return err
	}
	if d.Lat == nil || d.Lon == nil {
		return errors.New(`want a position as {"lat":48.01,"lon":37.8}, in degrees`)
	}
	at, err := PointOf(*d.Lat, *d.Lon)
	if err == nil {
		*p = at
	}
	return err
}

// String returns p as in "48.0100000N 37.8000000E", exactly; ParseLatLon reads
// the two words back.
func (p Point) String() string {
	return angleString(p.Lat, 'N', 'S') + " " + angleString(p.Lon, 'E', 'W')
}

func angleString(v int32, plus, minus byte) string {
	n, hemisphere := int64(v), plus
	if n < 0 {
		n, hemisphere = -n, minus
	}
	return fmt.Sprintf("%d.%07d%c", n/unit, n%unit, hemisphere)
}

// ParseLatLon reads a latitude such as "48.0100N" or "1.0S" and a longitude
// such as "37.8E" or "179.9W": decimal degrees without a sign, and the letter
// of the hemisphere. Digits are read exactly; those after the seventh round
// to the nearest, halves away from zero.
func ParseLatLon(lat, lon string) (Point, error) {
	la, err := parseAngle("latitude", lat, 'N', 'S', quarter)
	if err != nil {
		return Point{}, err
	}
	lo, err := parseAngle("longitude", lon, 'E', 'W', half)
	if err != nil {
		return Point{}, err
	}
	return wrapped(la, lo), nil
}

// parseAngle reads s as units of 1e-7 degree between -limit and limit.
func parseAngle(what, s string, plus, minus byte, limit int64) (int64, error) {
	digits, sign := strings.TrimSuffix(s, string(plus)), int64(1)
	if digits == s {
		digits, sign = strings.TrimSuffix(s, string(minus)), -1
	}
	if digits == s {
		return 0, fmt.Errorf("%s %q: does not end in %c or %c", what, s, plus, minus)
	}
	n, ok := parseUnits(digits)
	if !ok {
		return 0, fmt.Errorf("%s %q: not decimal degrees", what, s)
	}
	if n > limit {
		return 0, fmt.Errorf("%s %q: beyond %d degrees", what, s, limit/unit)
	}
	return sign * n, nil
}

// parseUnits reads unsigned decimal degrees, one to three digits and after a
// point one to twenty more, as units of 1e-7 degree.
func parseUnits(s string) (n int64, ok bool) {
	whole, frac, point := strings.Cut(s, ".")
	if len(whole) < 1 || len(whole) > 3 || len(frac) > 20 || point && frac == "" {
		return 0, false
	}
	for i, c := range []byte(whole + (frac + "00000000")[:max(8, len(frac))]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		switch place := i - len(whole); {
		case place < 7:
			n = n*10 + int64(c-'0')
		case place == 7 && c >= '5':
			n++
		}
	}
	return n, true
}
