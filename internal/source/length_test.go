package source

import (
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/geo"
)

// TestUnitsInCells: a length states its unit in its cell, whatever unit the mapping states for
// others. A foot is 0.3048 m and a nautical mile 1852 m (BIPM, The International System of Units).
func TestUnitsInCells(t *testing.T) {
	for _, tt := range []struct{ cell, unit, want string }{
		{"800 m", "", `"uncertainty_m":800`},
		{"1.2 km", "", `"uncertainty_m":1200`},
		{"2.5km", "", `"uncertainty_m":2500`},
		{"2.5 KM", "", `"uncertainty_m":2500`},
		{"1000 ft", "", `"uncertainty_m":305`},
		{"1 nmi", "", `"uncertainty_m":1852`},
		{"800 m", "km", `"uncertainty_m":800`},
		{"3", "km", `"uncertainty_m":3000`},
		{"3", "", `"uncertainty_m":3`},
		{"500 metres", "", `"uncertainty_m":500`},
		{"2 км", "", `"uncertainty_m":2000`},
		{"exact", "", `"uncertainty_m":10`},
		{"3 miles", "", "refused"},
		{"m", "", "refused"},
		{"-3 km", "", "refused"},
		{"30000 km", "", "refused"},
	} {
		unit := ""
		if tt.unit != "" {
			unit = ", unit: " + tt.unit
		}
		got := read(t, "source: s\noccurred: {column: d}\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: u"+unit+", values: {exact: 10}}}\nact: fire\n", "d,lat,lon,u\n2025-01-01,33.1,35.5,"+tt.cell+"\n", Options{Location: time.UTC})
		if !strings.Contains(got, tt.want) {
			t.Errorf("%q, unit %q: want %s in %s", tt.cell, tt.unit, tt.want, got)
		}
	}
}

// TestDistancesWithUnits: 1.2 km east is 0.01286 degrees of longitude at 33.1 degrees north
// (111.32 km x cos 33.1 = 93.26 km a degree), and 2-3 km are 2.5 km, half a kilometre more or less.
func TestDistancesWithUnits(t *testing.T) {
	const mapping = "source: s\noccurred: {column: d}\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: 0, bearing: {column: b}, distance: {column: far, values: {\"?\": unknown}}}\nact: fire\n"
	for cell, km := range map[string]float64{"1.2 km": 1.2, "800 m": 0.8, "2-3 km": 2.5, "2 km-3 km": 2.5, "900 m - 1.1 km": 1.0} {
		o := recordAt(t, mapping, "d,lat,lon,b,far\n2025-01-01,33.1,35.5,90°,"+cell+"\n", Options{Location: time.UTC}).Observation
		want, err := geo.ParseLatLon("33.1N", "35.5E")
		if err != nil {
			t.Fatal(err)
		}
		if got := geo.Distance(want, o.Place.Point) / 1000; got < km-0.01 || got > km+0.01 {
			t.Errorf("%s: %.3f km", cell, got)
		}
	}
	p, _ := proposed(t, "x.tsv", []byte("Date\tPost Lat\tPost Long\tBearing\tDist\ttype\n2025-01-13\t33.1\t35.5\t50°\t800 m\tshelling\n2025-01-13\t33.1\t35.5\tNE\t1.2 km\tshelling\n2025-01-13\t33.1\t35.5\t7°\t?\tshelling\n"), Options{Location: time.UTC})
	asked(t, "open", strings.Join(p.Open, "\n"), `The columns "Bearing", "Dist" are not used`, `bearing: {column: Bearing}, distance: {column: Dist, values: {'?': unknown}}`, "--shelf shared")
	p, _ = proposed(t, "x.tsv", []byte("Date\tLat\tLong\tAzimuth\tRange km\ttype\n2025-01-13\t33.1\t35.5\t50\t3\tshelling\n2025-01-13\t33.1\t35.5\t90\t2-3\tshelling\n"), Options{Location: time.UTC})
	asked(t, "open", strings.Join(p.Open, "\n"), `bearing: {column: Azimuth}, distance: {column: Range km, unit: km}`)
}
