package geo

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// The letters of the Military Grid Reference System, NGA.STND.0037 (2014),
// section 3: latitude bands of 8 degrees from 80 S (X has 12), rows of 100 km
// that repeat every 2,000 km, columns of 100 km in three sets.
const (
	mgrsBands = "CDEFGHJKLMNPQRSTUVWX"
	mgrsRows  = "ABCDEFGHJKLMNPQRSTUV"
)

var mgrsColumns = [3]string{"ABCDEFGH", "JKLMNPQR", "STUVWXYZ"}

// mgrsShape is what a grid reference looks like: zone, band, square, digits.
var mgrsShape = regexp.MustCompile(`^ *([0-9]{1,2}) ?([A-Z]) ?([A-Z])([A-Z])((?: ?[0-9])*) *$`)

// LooksLikeMGRS reports whether s has the shape of a grid reference such as
// "37U DQ 0415 1781", so that ParseMGRS is the one to say what is wrong with it.
func LooksLikeMGRS(s string) bool { return mgrsShape.MatchString(strings.ToUpper(s)) }

// ParseMGRS reads a grid reference of any precision, from "37UDQ" (100 km) to
// "37U DQ 04150 17810" (1 m), in capitals or not. It returns the centre of the
// square and a radius in metres that holds all of it. It refuses a square
// whose letters do not occur in its zone and band, digits that do not come in
// pairs, and the polar grids.
func ParseMGRS(s string) (centre Point, radiusM float64, err error) {
	fail := func(format string, args ...any) (Point, float64, error) {
		return Point{}, 0, fmt.Errorf("grid reference %q: %s", s, fmt.Sprintf(format, args...))
	}
	upper := strings.ToUpper(s)
	part := mgrsShape.FindStringSubmatch(upper)
	if part == nil {
		if t := strings.TrimSpace(upper); t != "" && strings.ContainsRune("ABYZ", rune(t[0])) {
			return fail("polar grids (UPS) are not supported")
		}
		return fail("not zone, band, two letters and digits")
	}
	zone, limits, problem := zoneAndBand(part[1], part[2])
	if problem != "" {
		return fail("%s", problem)
	}
	column := strings.Index(mgrsColumns[(zone-1)%3], part[3])
	row := strings.Index(mgrsRows, part[4])
	if column < 0 || row < 0 {
		return fail("square %s%s: no such letters in zone %d", part[3], part[4], zone)
	}
	if zone%2 == 0 {
		row = (row + 15) % 20 // even zones begin at F
	}
	x, y, size, problem := mgrsDigits(part[5])
	if problem != "" {
		return fail("%s", problem)
	}
	x += float64(100_000 * (column + 1))
	y += float64(100_000 * row)
	for ; y < 10_000_000; y += 2_000_000 {
		northing := y
		if limits.south < 0 {
			northing -= 10_000_000
		}
		if utmSquare(zone, x, northing, size).touches(limits) {
			mid := utmInverse(zone, x+float64(size/2), northing+float64(size/2))
			// The scale of UTM is nowhere below 0.9996.
			return mid.point(), size/2*math.Sqrt2/utmScale + roundingM, nil
		}
	}
	return fail("square %s%s: not in zone %d%s", part[3], part[4], zone, part[2])
}

// mgrsDigits reads pairs of up to five digits: metres east and north in the
// square of 100 km, and the size of the square they name.
func mgrsDigits(s string) (x, y, size float64, problem string) {
	groups := strings.Fields(s)
	digits := strings.Join(groups, "")
	n := len(digits) / 2
	switch {
	case len(digits)%2 != 0:
		return 0, 0, 0, fmt.Sprintf("%d digits: they come in pairs", len(digits))
	case n > 5:
		return 0, 0, 0, fmt.Sprintf("%d digits: at most 10", len(digits))
	case len(groups) == 2 && len(groups[0]) != n:
		return 0, 0, 0, fmt.Sprintf("%d and %d digits: they come in pairs", len(groups[0]), len(groups[1]))
	}
	size = math.Pow10(5 - n)
	if n > 0 {
		east, _ := strconv.Atoi(digits[:n])
		north, _ := strconv.Atoi(digits[n:])
		x, y = float64(east)*size, float64(north)*size
	}
	return x, y, size, ""
}

// zoneAndBand is a zone of UTM, and the frame of its part in a latitude band; problem says
// why there is none.
func zoneAndBand(zoneText, bandText string) (zone int, limits frame, problem string) {
	zone, _ = strconv.Atoi(zoneText)
	band := strings.Index(mgrsBands, bandText)
	if zone < 1 || zone > 60 {
		return 0, frame{}, fmt.Sprintf("zone %d: not 1 to 60", zone)
	}
	if band < 0 {
		return 0, frame{}, fmt.Sprintf("band %s: not C to X without I and O", bandText)
	}
	west, east, ok := zoneLimits(zone, bandText)
	if !ok {
		return 0, frame{}, fmt.Sprintf("zone %d does not exist in band %s", zone, bandText)
	}
	south := float64(8*band - 80)
	limits = frame{south, west, south + 8, east}
	if bandText == "X" {
		limits.north = 84
	}
	return zone, limits, ""
}

// zoneLimits returns the meridians of a zone, with those around Norway and
// Svalbard that differ; ok is false for the three zones missing there.
func zoneLimits(zone int, band string) (west, east float64, ok bool) {
	west = float64(6*zone - 186)
	switch key := strconv.Itoa(zone) + band; key {
	case "31V":
		return 0, 3, true
	case "32V":
		return 3, 12, true
	case "31X":
		return 0, 9, true
	case "33X":
		return 9, 21, true
	case "35X":
		return 21, 33, true
	case "37X":
		return 33, 42, true
	case "32X", "34X", "36X":
		return 0, 0, false
	}
	return west, west + 6, true
}

// touches reports whether f and g have a point in common.
func (f frame) touches(g frame) bool {
	return f.south <= g.north && g.south <= f.north && f.west <= g.east && g.west <= f.east
}

// utmSquare returns the frame around a square of UTM.
func utmSquare(zone int, x, y, size float64) frame {
	f := frame{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for i := range 9 {
		s := utmInverse(zone, x+float64(size/2*float64(i%3)), y+float64(size/2*float64(i/3)))
		f.south, f.north = math.Min(f.south, s.lat), math.Max(f.north, s.lat)
		f.west, f.east = math.Min(f.west, s.lon), math.Max(f.east, s.lon)
	}
	return f
}

const (
	utmScale = 0.9996
	utmA     = equatorial / (1 + n1) * (1 + n2/4 + n2*n2/64) // Karney (2011), equation 14
)

// utmBeta is the series of Karney, "Transverse Mercator with an accuracy of a
// few nanometers", J. Geodesy 85 (2011), 475-485, equation 36, to the fourth
// order: within a zone its error is below 1 micrometre.
var utmBeta = [4]float64{
	n1/2 - 2*n2/3 + 37*n1*n2/96 - n2*n2/360,
	n2/48 + n1*n2/15 - 437*n2*n2/1440,
	17*n1*n2/480 - 37*n2*n2/840,
	4397 * n2 * n2 / 161280,
}

// utmInverse returns the place at x metres east, y north in a zone; y is
// negative in the south. Karney (2011), equations 11, 15, 18 to 21. The
// longitude may be beyond half a turn.
func utmInverse(zone int, x, y float64) site {
	xi, eta := y/(utmScale*utmA), (x-500_000)/(utmScale*utmA)
	x2, e2 := xi, eta
	for j, b := range utmBeta {
		k := 2 * float64(j+1)
		sin, cos := math.Sincos(k * xi)
		x2 -= float64(b * sin * math.Cosh(k*eta))
		e2 -= float64(b * cos * math.Sinh(k*eta))
	}
	sin, cos := math.Sincos(x2)
	sinh := math.Sinh(e2)
	lat := math.Atan(fromConformal(sin / norm2(sinh, cos)))
	return site{lat / radian, float64(6*zone-183) + math.Atan2(sinh, cos)/radian}
}

// fromConformal returns the tangent of the latitude whose conformal latitude
// has the tangent target, by Newton's method.
func fromConformal(target float64) float64 {
	e := math.Sqrt(ecc2)
	t := target / (1 - ecc2)
	for range 4 {
		h := math.Sqrt(1 + float64(t*t))
		s := math.Sinh(e * math.Atanh(e*t/h))
		conformal := float64(t*math.Sqrt(1+float64(s*s))) - float64(s*h)
		t += (target - conformal) / math.Sqrt(1+float64(conformal*conformal)) *
			(1 + float64((1-ecc2)*float64(t*t))) / ((1 - ecc2) * h)
	}
	return t
}
