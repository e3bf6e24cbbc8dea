package correlate

import (
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// TestRegionsPart: what is known to a region and no closer may be the same as what lies in the disc
// around it or within a kilometre of that, and is another than what lies beyond. The region is a
// square of 0.2 degrees on the equator: its corners lie 0.1 degree of arc from its middle in either
// way, 15.7 km (a degree is 111.3 km of longitude and 110.6 km of latitude).
func TestRegionsPart(t *testing.T) {
	at0 := func(lat, lon int32) geo.Point { return geo.Point{Lat: lat, Lon: lon} } // 1e-7 degree
	square := geo.MultiPolygon{{{at0(-1_000_000, -1_000_000), at0(-1_000_000, 1_000_000), at0(1_000_000, 1_000_000), at0(1_000_000, -1_000_000), at0(-1_000_000, -1_000_000)}}}
	region, err := geo.NewRegion(square)
	if err != nil {
		t.Fatal(err)
	}
	c := NewComparison(Input{Source: source, Regions: func(name string) (*geo.Region, bool) {
		return region, name == "square" || name == "again"
	}})
	report := func(from string, change func(*truce.Observation)) *truce.Observation {
		o := &truce.Observation{Source: truce.SourceID(from), Key: from, Act: "strike", Occurred: truce.Interval{Start: 1_000_000_000_000, End: 1_000_000_060_000}, Count: truce.Count{N: 1}}
		change(o)
		o.SetID()
		return o
	}
	in := func(name string) *truce.Observation {
		return report("press", func(o *truce.Observation) { o.Place = truce.Place{Kind: truce.PlaceRegion, Name: name} })
	}
	at := func(km float64, radius int32) *truce.Observation {
		return report("post", func(o *truce.Observation) {
			o.Place = truce.Place{Kind: truce.PlacePoint, Point: geo.Destination(geo.Point{}, 90, km*1000), Uncertainty: radius}
		})
	}
	for _, tt := range []struct {
		name   string
		a, b   *truce.Observation
		parted bool
	}{
		{"within", in("square"), at(5, 100), false},
		{"beyond its edge, and in the disc around it", in("square"), at(15, 100), false},
		{"within a kilometre of the disc", in("square"), at(16.5, 100), false},
		{"farther", in("square"), at(17.2, 100), true},
		{"farther, as its radius allows", in("square"), at(40, 25_000), false},
		{"farther than its radius allows", in("square"), at(43, 25_000), true},
		{"without a radius", in("square"), at(400, truce.NotStated), false},
		{"a region that nobody knows", in("nowhere"), at(400, 100), false},
		{"two of one region", in("square"), report("post", func(o *truce.Observation) { o.Place = truce.Place{Kind: truce.PlaceRegion, Name: "again"} }), false},
	} {
		x, y := truce.NewIncident([]*truce.Observation{tt.a}), truce.NewIncident([]*truce.Observation{tt.b})
		for _, pair := range [][2]*truce.Incident{{x, y}, {y, x}} {
			if why, parted := c.Parted(pair[0], pair[1], nil); parted != tt.parted {
				t.Errorf("%s: parted %t (%s)", tt.name, parted, why.String())
			}
		}
	}
}
