package geo

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseMGRS(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		lat, lon float64 // to 1e-5 degree
		squareM  float64
		err      string
	}{
		// GeographicLib, GeoConvert(1), example: 38SMB4488 is 33.33424 44.40363.
		{"GeoConvert's example", "38SMB4488", 33.33424, 44.40363, 1000, ""},
		// The mgrs package of Python, README: 42.0 -93.0 is 15TWG0000049776.
		{"on the central meridian", "15TWG0000049776", 42.0000025, -92.999994, 1, ""},
		// Wikipedia, Military Grid Reference System: 21.309433, -157.916867.
		{"Honolulu", "4QFJ12345678", 21.30948, -157.91682, 10, ""},
		{"spaces", " 38S MB 44 88 ", 33.33424, 44.40363, 1000, ""},
		{"small letters", "38smb4488", 33.33424, 44.40363, 1000, ""},
		{"a whole square", "38SMB", 32.98724, 44.46484, 100_000, ""},
		{"odd digits", "38SMB448", 0, 0, 0, "3 digits: they come in pairs"},
		{"uneven pair", "38SMB 44 8812", 0, 0, 0, "2 and 4 digits"},
		{"too many", "38SMB123456123456", 0, 0, 0, "12 digits: at most 10"},
		{"zone 61", "61SMB4488", 0, 0, 0, "zone 61"},
		{"zone 0", "0SMB4488", 0, 0, 0, "zone 0"},
		{"band I", "38IMB4488", 0, 0, 0, "band I"},
		{"column of another zone", "38SAB4488", 0, 0, 0, "no such letters in zone 38"},
		{"row I", "38SMI4488", 0, 0, 0, "no such letters"},
		{"row of another band", "38TMB4488", 0, 0, 0, "not in zone 38T"},
		{"column beyond the zone", "37UAQ0000", 0, 0, 0, "not in zone 37U"},
		{"missing zone", "32XNG", 0, 0, 0, "zone 32 does not exist in band X"},
		{"polar", "ZAH1234", 0, 0, 0, "polar grids (UPS) are not supported"},
		{"nothing", "", 0, 0, 0, "not zone, band, two letters and digits"},
		{"zone alone", "38S", 0, 0, 0, "not zone, band"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, r, err := ParseMGRS(tt.in)
			if !matches(err, tt.err) {
				t.Fatalf("ParseMGRS(%q): error %v, want %q", tt.in, err, tt.err)
			}
			if tt.err != "" {
				return
			}
			lat, lon := p.Degrees()
			tolerance := 1e-5 + tt.squareM*1e-9
			if math.Abs(lat-tt.lat) > tolerance || math.Abs(lon-tt.lon) > tolerance || math.Abs(r-tt.squareM*0.70739) > 0.02 {
				t.Errorf("ParseMGRS(%q) = %.6f %.6f ± %.3f, want %v %v, square of %v m", tt.in, lat, lon, r, tt.lat, tt.lon, tt.squareM)
			}
		})
	}
}

func TestLooksLikeMGRS(t *testing.T) {
	for in, want := range map[string]bool{"37UDQ": true, "37U DQ 0415 1781": true, "48.01N": false, "99IAA1": true, "37UD": false, "": false} {
		if got := LooksLikeMGRS(in); got != want {
			t.Errorf("LooksLikeMGRS(%q) = %v, want %v", in, got, want)
		}
	}
}

// utmForward is the way there by the other series of Karney (2011), equation
// 35: written for the test alone, so that the two check each other.
func utmForward(zone int, s site) (x, y float64) {
	n := third
	alpha := []float64{
		n/2 - 2*n*n/3 + 5*n*n*n/16 + 41*n*n*n*n/180,
		13*n*n/48 - 3*n*n*n/5 + 557*n*n*n*n/1440,
		61*n*n*n/240 - 103*n*n*n*n/140,
		49561 * n * n * n * n / 161280,
	}
	t, e := math.Tan(s.lat*radian), math.Sqrt(ecc2)
	sigma := math.Sinh(e * math.Atanh(e*t/math.Sqrt(1+t*t)))
	c := t*math.Sqrt(1+sigma*sigma) - sigma*math.Sqrt(1+t*t)
	lon := math.Remainder(s.lon-float64(6*zone-183), 360) * radian
	xi, eta := math.Atan2(c, math.Cos(lon)), math.Asinh(math.Sin(lon)/math.Hypot(c, math.Cos(lon)))
	x, y = eta, xi
	for j, a := range alpha {
		k := 2 * float64(j+1)
		y += a * math.Sin(k*xi) * math.Cosh(k*eta)
		x += a * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	return 500_000 + utmScale*utmA*x, utmScale * utmA * y
}

func TestUTMMeridianIsGeodesic(t *testing.T) {
	for lat := -80.0; lat <= 84; lat += 4 {
		a, b := site{0, 39}, site{lat, 39}
		s := utmInverse(37, 500_000, math.Copysign(utmScale*inverse(a, b).length, lat))
		if math.Abs(s.lat-lat) > 1e-11 || math.Abs(s.lon-39) > 1e-11 {
			t.Errorf("meridian distance to %v leads to %v", lat, s)
		}
	}
}

func TestMGRSRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat := rapid.Float64Range(-79.9, 71.9).Draw(t, "lat")
		lon := rapid.Float64Range(-180, 179.99).Draw(t, "lon")
		if lat < 0 && lat > -1e-9 { // metres north are counted from 10,000,000 there, and so small a number is lost in it
			lat = 0
		}
		zone := int(math.Floor(lon/6)) + 31
		if lat >= 56 && lat < 64 && lon >= 3 && lon < 12 {
			zone = 32
		}
		x, y := utmForward(zone, site{lat, lon})
		if s := utmInverse(zone, x, y); inverse(s, site{lat, lon}).length > 1e-5 {
			t.Fatalf("%v, %v comes back as %v", lat, lon, s)
		}
		if lat < 0 {
			y += 10_000_000
		}
		row := int(y/100_000) % 20
		if zone%2 == 0 {
			row = (row + 5) % 20
		}
		n := rapid.IntRange(0, 5).Draw(t, "n")
		ref := fmt.Sprintf("%d%c%c%c", zone, mgrsBands[int(math.Floor((lat+80)/8))],
			mgrsColumns[(zone-1)%3][int(x/100_000)-1], mgrsRows[row])
		ref += fmt.Sprintf("%05d", int(x)%100_000)[:n] + fmt.Sprintf("%05d", int(y)%100_000)[:n]
		centre, radius, err := ParseMGRS(ref)
		if err != nil {
			t.Fatal(err)
		}
		if d := Distance(centre, rounded(lat, lon)); d > radius {
			t.Errorf("%s: centre %v ± %.2f m, but %v %v is %.2f m away", ref, centre, radius, lat, lon, d)
		}
	})
}

func FuzzParseMGRS(f *testing.F) {
	for _, s := range []string{"38SMB4488", "37U DQ 0415 1781", "32XNG", "ZAH", "1CAA"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, r, err := ParseMGRS(s)
		if err == nil && (!LooksLikeMGRS(s) || !(r > 0) || p.Lat < -quarter || p.Lat > quarter) {
			t.Errorf("ParseMGRS(%q) = %v, %v", s, p, r)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("ParseMGRS(%q): error with a line break: %v", s, err)
		}
	})
}
