package geo

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseLatLon(t *testing.T) {
	for _, tt := range []struct {
		lat, lon string
		want     Point
		err      string
	}{
		{"48.0100N", "37.8000E", Point{480100000, 378000000}, ""},
		{"1.0S", "179.9W", Point{-10000000, -1799000000}, ""},
		{"0N", "180E", Point{0, -1800000000}, ""},
		{"90S", "180W", Point{-900000000, -1800000000}, ""},
		{"0.00000005N", "0.00000004E", Point{1, 0}, ""},
		{"48.12345678901234567N", "007E", Point{481234568, 70000000}, ""},
		{"48.01", "37.8E", Point{}, `latitude "48.01": does not end in N or S`},
		{"48.01E", "37.8N", Point{}, "does not end in N or S"},
		{"90.0000001N", "0E", Point{}, "beyond 90 degrees"},
		{"0N", "180.00000005E", Point{}, "beyond 180 degrees"},
		{"-1N", "0E", Point{}, "not decimal degrees"},
		{"1.N", "0E", Point{}, "not decimal degrees"},
		{".5N", "0E", Point{}, "not decimal degrees"},
		{"1e1N", "0E", Point{}, "not decimal degrees"},
		{"N", "0E", Point{}, "not decimal degrees"},
		{"48 N", "0E", Point{}, "not decimal degrees"},
		{"1234N", "0E", Point{}, "not decimal degrees"},
	} {
		got, err := ParseLatLon(tt.lat, tt.lon)
		if got != tt.want || !matches(err, tt.err) {
			t.Errorf("ParseLatLon(%q, %q) = %v, %v, want %v, %q", tt.lat, tt.lon, got, err, tt.want, tt.err)
		}
	}
}

// matches reports whether err is nil for "", else whether it contains want.
func matches(err error, want string) bool {
	if want == "" || err == nil {
		return want == "" && err == nil
	}
	return strings.Contains(err.Error(), want)
}

func TestPointOfRefuses(t *testing.T) {
	for _, v := range [][2]float64{{math.NaN(), 0}, {0, math.NaN()}, {math.Inf(1), 0}, {0, math.Inf(-1)}, {90.0000001, 0}, {0, -180.1}} {
		if p, err := PointOf(v[0], v[1]); err == nil {
			t.Errorf("PointOf(%v, %v) = %v, want an error", v[0], v[1], p)
		}
	}
}

func anyPoint(t *rapid.T, name string) Point {
	return Point{
		rapid.Int32Range(-quarter, quarter).Draw(t, name+" lat"),
		rapid.Int32Range(-half, half-1).Draw(t, name+" lon"),
	}
}

func TestPointTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPoint(t, "p")
		lat, lon, _ := strings.Cut(p.String(), " ")
		if got, err := ParseLatLon(lat, lon); err != nil || got != p {
			t.Errorf("%v read back as %v, %v", p, got, err)
		}
		if got, err := PointOf(p.Degrees()); err != nil || got != p {
			t.Errorf("%v through degrees is %v, %v", p, got, err)
		}
	})
}

func FuzzParseLatLon(f *testing.F) {
	f.Add("48.0100N", "37.8000E")
	f.Add("1.0S", "179.9W")
	f.Fuzz(func(t *testing.T, lat, lon string) {
		p, err := ParseLatLon(lat, lon)
		if err == nil && (p.Lat > quarter || p.Lat < -quarter || p.Lon < -half || p.Lon >= half) {
			t.Errorf("ParseLatLon(%q, %q) = %v, out of range", lat, lon, p)
		}
	})
}

func TestPointJSON(t *testing.T) {
	for _, tt := range []struct {
		p    Point
		want string
	}{
		{Point{}, `{"lat":0,"lon":0}`},
		{Point{484647200, 350461800}, `{"lat":48.46472,"lon":35.04618}`},
		{Point{-quarter, -half}, `{"lat":-90,"lon":-180}`},
		{Point{1, -1}, `{"lat":0.0000001,"lon":-0.0000001}`},
		{Point{899999999, 1799999999}, `{"lat":89.9999999,"lon":179.9999999}`},
	} {
		got, err := json.Marshal(tt.p)
		if err != nil || string(got) != tt.want {
			t.Errorf("%v: got %s, %v, want %s", tt.p, got, err, tt.want)
		}
		var back Point
		if err := json.Unmarshal(got, &back); err != nil || back != tt.p {
			t.Errorf("%s: read as %v, %v", got, back, err)
		}
	}
	for _, bad := range []string{`{}`, `{"lat":1}`, `{"lat":91,"lon":0}`, `{"lat":0,"lon":181}`, `[1,2]`, `"x"`} {
		p := Point{7, 7}
		if err := json.Unmarshal([]byte(bad), &p); err == nil || p != (Point{7, 7}) {
			t.Errorf("%s: read as %v, want an error and the point untouched", bad, p)
		}
	}
}
