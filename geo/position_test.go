package geo

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestParsePosition: one place in every notation. 15.79 N 32.53 E is 15°47'24" N
// 32°31'48" E by arithmetic (0.79 x 60 = 47.4, 0.53 x 60 = 31.8); the grid references are
// from a shared table of notations.
func TestParsePosition(t *testing.T) {
	for _, s := range []string{
		"15.79, 32.53", "15.79 32.53", "15.79;32.53", "15,79; 32,53", "15,79 32,53", "(15.79, 32.53)", "+15.79/+32.53", "15.79N 32.53E", "N15.79 E32.53", "32.53E, 15.79N",
		`15°47'24"N 32°31'48"E`, `15° 47' 24.0" N, 32° 31' 48.0" E`, "15º47′24″N 32º31′48″E", "15 47 24 N 32 31 48 E", "N 15 47.4 E 32 31.8", `15°47'24" 32°31'48"`, "15:47:24N 32:31:48E",
		"36PVC 49637 45692", "36P 449637 1745692", "36 p 449637, 1745692", "36P 449637 mE 1745692 mN",
	} {
		p, radius, err := ParsePosition(s, false)
		if err != nil {
			t.Errorf("%q: %v", s, err)
			continue
		}
		within := 0.02
		if strings.ContainsAny(s, "Pp") { // the table's grid references are of a point nearby
			within = 80
		}
		if m := Distance(p, Point{157900000, 325300000}); m > within {
			t.Errorf("%q is %v, %.1f m away", s, p, m)
		}
		if decimal := !strings.ContainsAny(strings.ToUpper(s), `P'":°′`) && strings.Count(s, " ") < 4; decimal != (radius == 0) {
			t.Errorf("%q: radius %g m", s, radius)
		}
	}
	for s, want := range map[string]Point{
		"-1.0, -179.9":        {-10000000, -1799000000},
		"1.0S 179.9W":         {-10000000, -1799000000},
		`1°30'S 10°15'W`:      {-15000000, -102500000},
		`-1°30' -10°15'`:      {-15000000, -102500000},
		`33° 51' 54" S 151°E`: {-338650000, 1510000000},
		"56H 334873 6252266":  {-338567844, 1512152950}, // Sydney Opera House as maps have it, to 0.01 degree
		"31U 448251 5411932":  {488583736, 22944813},    // the Eiffel Tower
		"0, 0":                {},
		"90N 180E":            {900000000, 1800000000},
	} {
		p, _, err := ParsePosition(s, false)
		if err != nil || Distance(p, want) > 300 {
			t.Errorf("%q is %v (%v), want %v", s, p, err, want)
		}
	}
	// UTM against the forward projection of another series.
	for _, at := range []site{{15.79, 32.53}, {-33.8568, 151.2153}, {48.8583, 2.2945}, {70, 20.9}, {-0.001, 31}} {
		zone := int(math.Floor(at.lon/6)) + 31
		if at.lat >= 64 && at.lon > 9 {
			zone = 34
		}
		x, y := utmForward(zone, at)
		if at.lat < 0 {
			y += 10_000_000
		}
		s := fmt.Sprintf("%d%c %.0f %.0f", zone, mgrsBands[int(at.lat+80)/8], x, y)
		if p, _, err := ParsePosition(s, false); err != nil || Distance(p, at.point()) > 0.75 {
			t.Errorf("%s: %v (%v), want %v", s, p, err, at.point())
		}
	}
	if p, _, err := ParsePosition("32.53, 15.79", true); err != nil || p != (Point{157900000, 325300000}) {
		t.Errorf("longitude first: %v %v", p, err)
	}
	// A minute is 1.86 km of a meridian; a position to the minute is known to half the
	// diagonal of that.
	if _, r, _ := ParsePosition("15°47'N 32°31'E", false); math.Abs(r-1312) > 10 {
		t.Errorf("to the minute: %g m", r)
	}
	// Whole metres, cut in both directions, are up to the diagonal of a metre away.
	if _, r, _ := ParsePosition("36P 449637 1745692", false); r < 1.4142 || r > 1.6 {
		t.Errorf("UTM to the metre: %g m", r)
	}
	for s, want := range map[string]string{
		"":                         "0 numbers",
		"95.2, 32":                 "beyond 90 degrees; latitude and longitude look swapped",
		"95.2N 32E":                "beyond 90 degrees",
		"15, 190":                  "longitude is beyond 180",
		"15 47 32 31":              "4 numbers without hemispheres",
		"15N 32N":                  "one letter of N or S, and one of E or W",
		"15.5 30 N 32 E":           "is not an angle",
		`15°61'N 32°E`:             "is not an angle",
		"-15N 32E":                 "is not an angle",
		"near Omdurman":            "does not belong to a position",
		"15.79":                    "1 numbers",
		"36S 449637 1745692":       "S is a band of the northern hemisphere",
		"61P 449637 1745692":       "not 1 to 60",
		"36I 449637 1745692":       "band I",
		strings.Repeat("1 ", 1000): "longer than 200",
	} {
		if p, _, err := ParsePosition(s, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, error %v, want %q", s, p, err, want)
		}
	}
}

func FuzzParsePosition(f *testing.F) {
	for _, s := range []string{"15.79, 32.53", `15°47'24"N 32°31'48"E`, "36PVC 49637 45692", "36P 449637 1745692", "N 15 47.4 E 32 31.8", "15,79 32,53", `-1°30' -10°15'`} {
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, lonFirst bool) {
		p, r, err := ParsePosition(s, lonFirst)
		if err == nil && (p.Lat < -900000000 || p.Lat > 900000000 || p.Lon < -1800000000 || p.Lon > 1800000000 || math.IsNaN(r) || r < 0) {
			t.Errorf("%q is %v, %g m", s, p, r)
		}
	})
}
