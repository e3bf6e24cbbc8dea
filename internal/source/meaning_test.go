package source

import (
	"fmt"
	"strings"
	"testing"

	"github.com/opentruce/truce"
)

// placed reads the one row of a file and returns its place.
func placed(t *testing.T, kind Kind, text, mapping string) (truce.Place, error) {
	t.Helper()
	o := Options{}
	if mapping != "" {
		m, err := ParseMapping([]byte(mapping))
		if err != nil {
			t.Fatal(err)
		}
		o.Mapping = m
	}
	for r, err := range kind.Parse(strings.NewReader(text), o) {
		if err != nil {
			return truce.Place{}, err
		}
		return r.Observation.Place, nil
	}
	return truce.Place{}, fmt.Errorf("no row")
}

// TestMeaningMetres: "± is a radius that surely holds the position": wherever a reader turns
// something into whole metres, it rounds up. Each row was worked out by hand.
func TestMeaningMetres(t *testing.T) {
	const mapping = "source: s\ntimezone: UTC\noccurred: {column: at}\nact: fire\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: u}}\n"
	for u, want := range map[string]int32{"200": 200, "200.0": 200, "200.001": 201, "200.0001": 201, "200.4": 201, "200.5": 201, "200.999999": 201, "0.000001": 1, "0.2": 1, "0": 0,
		"unknown": truce.NotStated, "": truce.NotStated, "20040000": 20_040_000} {
		got, err := placed(t, csvKind, "at,lat,lon,u\n2026-03-01T00:00,48.1,37.1,"+u+"\n", mapping)
		if err != nil || got.Uncertainty != want {
			t.Errorf("%q metres: %d, want %d (%v)", u, got.Uncertainty, want, err)
		}
	}
	for _, u := range []string{"-1", "-0.001", "20040000.1", "99999999999", "about 200", "1e3", "0x10"} {
		if got, err := placed(t, csvKind, "at,lat,lon,u\n2026-03-01T00:00,48.1,37.1,"+u+"\n", mapping); err == nil {
			t.Errorf("%q metres: %d, want the row rejected", u, got.Uncertainty)
		}
	}
	// A grid reference names a square: half its diagonal is 0.7071 of its side, 0.04 % more
	// on the ground, and half a unit of the position more, which is less than a centimetre.
	const grid = "source: s\ntimezone: UTC\noccurred: {column: at}\nact: fire\nplace: {mgrs: {column: m}, uncertainty: {column: u}}\n"
	for _, tt := range []struct {
		m, u string
		want int32
	}{
		{"37UDP1234567890", "", 1},   // 1 m: 0.72
		{"37UDP12346789", "", 8},     // 10 m: 7.08
		{"37UDP123678", "", 71},      // 100 m: 70.75
		{"37UDP1267", "", 708},       // 1 km: 707.4
		{"37UDP16", "", 7074},        // 10 km: 7073.9
		{"37UDP123678", "70.1", 71},  // no finer than its square
		{"37UDP123678", "71", 71},    // the same
		{"37UDP123678", "71.01", 72}, // wider: as stated
	} {
		got, err := placed(t, csvKind, "at,m,u\n2026-03-01T00:00,"+tt.m+","+tt.u+"\n", grid)
		if err != nil || got.Uncertainty != tt.want {
			t.Errorf("%s with %q: %d, want %d (%v)", tt.m, tt.u, got.Uncertainty, tt.want, err)
		}
	}
	// A fire pixel: half the diagonal of its sides, which are in km: 0.375 km twice is
	// 265.17 m; 0.3754 km is 376 m, 265.88 m, and not 375 m; 0.1034 km is 104 m, 73.54 m, where
	// 103 m would give 72.84 m; 0.6 and 0.8 km give 500 m exactly, and a millimetre more 501.
	for _, tt := range []struct {
		scan, track string
		want        int32
	}{{"0.375", "0.375", 266}, {"0.3754", "0.3754", 266}, {"0.1034", "0.1034", 74}, {"0.6", "0.8", 500}, {"0.600001", "0.8", 501}, {"1", "1", 708}, {"4.8", "2.0", 2600}} {
		got, err := placed(t, firms, "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,frp,daynight\n48.1,37.1,300,"+tt.scan+","+tt.track+",2026-03-01,1005,N,VIIRS,n,2.0,290,1.0,D\n", "")
		if err != nil || got.Uncertainty != tt.want {
			t.Errorf("a pixel of %s by %s km: %d, want %d (%v)", tt.scan, tt.track, got.Uncertainty, tt.want, err)
		}
	}
}
