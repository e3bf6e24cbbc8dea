package assess

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// The tests in this file give worked values: each number was computed by hand.

// square is a region from 36.0 to 37.0 east and 35.0 to 36.0 north, moved east by degrees.
func square(t testing.TB, east float64) *geo.Region {
	t.Helper()
	var ring []geo.Point
	for _, c := range [][2]float64{{35, 36}, {35, 37}, {36, 37}, {36, 36}} {
		p, err := geo.PointOf(c[0], c[1]+east)
		if err != nil {
			t.Fatal(err)
		}
		ring = append(ring, p)
	}
	r, err := geo.NewRegion(geo.MultiPolygon{{ring}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// regional is dayTerms with two zones, west and east of the 37th meridian, a region "west
// province" that is the western zone's ground, and "far", 10 degrees to the east.
func regional(t testing.TB) (*Context, []*Rule) {
	c, _ := dayTerms(t)
	west, east, far := square(t, 0), square(t, 1.000001), square(t, 10)
	c.Agreement.Zones = map[string]*truce.Zone{"west": {Name: "west", Region: west}, "east": {Name: "east", Region: east}}
	c.Agreement.ZoneOrder = []string{"west", "east"}
	north := geo.MultiPolygon{{{at(t, 37, 36.2), at(t, 37, 36.8), at(t, 38, 36.8), at(t, 38, 36.2)}}}
	n, err := geo.NewRegion(north)
	if err != nil {
		t.Fatal(err)
	}
	south, err := geo.NewRegion(geo.MultiPolygon{{{at(t, 35, 36), at(t, 35, 37), at(t, 35.3, 37), at(t, 35.3, 36)}}})
	if err != nil {
		t.Fatal(err)
	}
	hamlet, err := geo.NewRegion(geo.MultiPolygon{{{at(t, 35.1, 36.1), at(t, 35.1, 36.2), at(t, 35.2, 36.2), at(t, 35.2, 36.1)}}})
	if err != nil {
		t.Fatal(err)
	}
	// south is a district of the west province, and the hamlet a part of the district.
	regions := map[string]*geo.Region{"south": south, "hamlet": hamlet, "north": n, "west": west, "east": east, "west province": west, "far": far, "West Province": west}
	c.Region = func(name string) (*geo.Region, string, bool) {
		if name == "West Province" { // another spelling
			return west, "west province", true
		}
		r, ok := regions[name]
		return r, name, ok
	}
	district, province := truce.Area{Level: truce.AreaDistrict, Name: "south"}, truce.Area{Level: truce.AreaRegion, Name: "west province"}
	c.Divisions = Divisions{
		At: func(p geo.Point) (out []truce.Area) {
			if lat, _ := p.Degrees(); lat < 35.3 {
				out = append(out, district)
			}
			if lon := float64(p.Lon) / 1e7; lon < 37 {
				return append(out, province)
			}
			return nil
		},
		Of: func(name string) []truce.Area {
			switch name {
			case "south", "hamlet":
				return []truce.Area{district, province}
			case "west province":
				return []truce.Area{province}
			}
			return nil
		},
	}
	return c, c.Rules(&c.Agreement.Provisions[0])
}

func at(t testing.TB, lat, lon float64) geo.Point {
	t.Helper()
	p, err := geo.PointOf(lat, lon)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestAreaNames: which regions and zones surely hold a place.
func TestAreaNames(t *testing.T) {
	c, _ := regional(t)
	point := func(lat, lon float64, u int32) truce.Place {
		return truce.Place{Kind: truce.PlacePoint, Point: at(t, lat, lon), Uncertainty: u}
	}
	for _, tt := range []struct {
		name string
		at   truce.Place
		u    int64
		want []string
	}{
		{"well inside", point(35.5, 36.5, 1000), 1000, []string{"region\x00west province", "zone\x00west"}},
		{"in the eastern zone, where no region is known", point(35.5, 37.5, 1000), 1000, []string{"zone\x00east"}},
		{"its disc crosses the border", point(35.5, 36.995, 1000), 1000, nil},
		{"of the same place, known better", point(35.5, 36.995, 100), 100, []string{"region\x00west province", "zone\x00west"}},
		{"outside all", point(34.5, 36.5, 100), 100, []string(nil)},
		{"without a radius", point(35.5, 36.5, -1), -1, nil},
		{"of no radius", point(35.5, 36.5, 0), 0, []string{"region\x00west province", "zone\x00west"}},
		{"a zone by name", truce.Place{Kind: truce.PlaceRegion, Name: "east"}, -1, []string{"zone\x00east"}},
		{"a region by another spelling", truce.Place{Kind: truce.PlaceRegion, Name: "West Province"}, -1, []string{"region\x00west province"}},
		{"in a district", point(35.2, 36.5, 1000), 1000, []string{"district\x00south", "region\x00west province", "zone\x00west"}},
		{"its disc crosses the border of the district", point(35.295, 36.5, 1000), 1000, []string{"region\x00west province", "zone\x00west"}},
		{"a district by name", truce.Place{Kind: truce.PlaceRegion, Name: "south"}, -1, []string{"district\x00south", "region\x00west province"}},
		{"a division of the district by name", truce.Place{Kind: truce.PlaceRegion, Name: "hamlet"}, -1, []string{"district\x00south", "region\x00west province"}},
		{"a country, which is not a division", truce.Place{Kind: truce.PlaceRegion, Name: "far"}, -1, []string{"region\x00far"}},
		{"a region that nobody knows", truce.Place{Kind: truce.PlaceRegion, Name: "nowhere"}, -1, nil},
	} {
		if got := c.areaNames(&tt.at, tt.u); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	c.Region = nil
	if got := c.areaNames(&truce.Place{Kind: truce.PlaceRegion, Name: "east"}, -1); got != nil {
		t.Errorf("without regions: %q", got)
	}
}

// disc is a candidate of a place and of days from a first one, 0 or 1 March on.
func (x *dayWork) disc(t testing.TB, lat, lon float64, radius int64, first, days int) *candidate {
	w := truce.Interval{Start: day0 + truce.Instant(first)*86_400_000, End: day0 + truce.Instant(first+days)*86_400_000}
	return candidateOf(x.c, w, truce.Area{Level: truce.AreaPlace, Centre: at(t, lat, lon), RadiusM: radius})
}

// TestMeets: two findings meet if their windows overlap and their areas touch. One degree of
// latitude is 111.2 km on the sphere: 0.09 are 10,007 m.
func TestMeets(t *testing.T) {
	c, _ := regional(t)
	x := &dayWork{c: c}
	area := func(level truce.AreaLevel, name string) *candidate {
		return candidateOf(c, truce.Interval{Start: day0, End: day0 + 86_400_000}, truce.Area{Level: level, Name: name})
	}
	d := func(lat, lon float64, r int64) *candidate { return x.disc(t, lat, lon, r, 0, 1) }
	far := geo.Distance(at(t, 35.5, 36.5), at(t, 35.59, 36.5))
	if far < 9_980 || far > 10_010 {
		t.Fatalf("0.09 degrees are %f m", far)
	}
	for _, tt := range []struct {
		name string
		a, b *candidate
		want bool
	}{
		{"discs that touch", d(35.5, 36.5, 5000), d(35.59, 36.5, 5020), true},
		{"discs with 100 m between them", d(35.5, 36.5, 4900), d(35.59, 36.5, 4900), false},
		{"one in the other", d(35.5, 36.5, 9000), d(35.51, 36.5, 100), true},
		{"the day before", d(35.5, 36.5, 5000), x.disc(t, 35.5, 36.5, 5000, -1, 1), false},
		{"the day after", d(35.5, 36.5, 5000), x.disc(t, 35.5, 36.5, 5000, 1, 1), false},
		{"two days of which it is the second", d(35.5, 36.5, 5000), x.disc(t, 35.5, 36.5, 5000, -1, 2), true},
		{"two days that begin after it", d(35.5, 36.5, 5000), x.disc(t, 35.5, 36.5, 5000, 1, 2), false},
		{"a disc in a zone", d(35.5, 36.5, 5000), area(truce.AreaZone, "west"), true},
		{"a disc in another zone", d(35.5, 36.5, 5000), area(truce.AreaZone, "east"), false},
		{"a disc across the border", d(35.5, 36.99, 5000), area(truce.AreaZone, "east"), true},
		{"a disc and a region that nobody knows", d(35.5, 36.5, 5000), area(truce.AreaRegion, "nowhere"), true},
		{"one zone", area(truce.AreaZone, "west"), area(truce.AreaZone, "west"), true},
		{"a zone and a region of the same ground", area(truce.AreaZone, "west"), area(truce.AreaRegion, "west province"), true},
		{"zones beside each other", area(truce.AreaZone, "west"), area(truce.AreaZone, "east"), false},
		{"a zone and one to the north of it", area(truce.AreaZone, "west"), area(truce.AreaRegion, "north"), false},
		{"a zone and a region far away", area(truce.AreaZone, "west"), area(truce.AreaRegion, "far"), false},
		{"a zone and a region that nobody knows", area(truce.AreaZone, "west"), area(truce.AreaRegion, "nowhere"), true},
	} {
		if got := x.meets(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
		if got := x.meets(tt.b, tt.a); got != tt.want {
			t.Errorf("%s, the other way round: %t", tt.name, got)
		}
	}
}

// TestAreaIn: which area surely lies in which, as far as a confirmation reaches.
func TestAreaIn(t *testing.T) {
	c, _ := regional(t)
	place := func(lat, lon float64, r int64) truce.Area {
		return truce.Area{Level: truce.AreaPlace, Centre: at(t, lat, lon), RadiusM: r}
	}
	for _, tt := range []struct {
		name         string
		inner, outer truce.Area
		want         bool
	}{
		{"the same disc", place(35.5, 36.5, 5000), place(35.5, 36.5, 5000), true},
		{"a smaller one", place(35.5, 36.5, 100), place(35.5, 36.5, 5000), true},
		{"a larger one", place(35.5, 36.5, 5000), place(35.5, 36.5, 100), false},
		{"1,001 m to the north, with 1,000 m to spare except for rounding", place(35.509, 36.5, 4000), place(35.5, 36.5, 5000), true},
		{"1,112 m to the north, with 1,000 m to spare", place(35.51, 36.5, 4000), place(35.5, 36.5, 5000), false},
		{"a disc in a zone", place(35.5, 36.5, 5000), truce.Area{Level: truce.AreaZone, Name: "west"}, true},
		{"a disc across its border", place(35.5, 36.99, 5000), truce.Area{Level: truce.AreaZone, Name: "west"}, false},
		{"a disc in a region that nobody knows", place(35.5, 36.5, 5000), truce.Area{Level: truce.AreaRegion, Name: "nowhere"}, false},
		{"a zone in a disc", truce.Area{Level: truce.AreaZone, Name: "west"}, place(35.5, 36.5, 9000), false},
		{"one zone", truce.Area{Level: truce.AreaZone, Name: "west"}, truce.Area{Level: truce.AreaZone, Name: "west"}, true},
		{"two zones", truce.Area{Level: truce.AreaZone, Name: "west"}, truce.Area{Level: truce.AreaZone, Name: "east"}, false},
		{"a district in its region", truce.Area{Level: truce.AreaDistrict, Name: "south"}, truce.Area{Level: truce.AreaRegion, Name: "west province"}, true},
		{"a district in another region", truce.Area{Level: truce.AreaDistrict, Name: "south"}, truce.Area{Level: truce.AreaRegion, Name: "far"}, false},
		{"a region in its district", truce.Area{Level: truce.AreaRegion, Name: "west province"}, truce.Area{Level: truce.AreaDistrict, Name: "south"}, false},
		{"a district in a zone of the same ground", truce.Area{Level: truce.AreaDistrict, Name: "south"}, truce.Area{Level: truce.AreaZone, Name: "west"}, false},
		{"a disc in a district", place(35.15, 36.5, 5000), truce.Area{Level: truce.AreaDistrict, Name: "south"}, true},
		{"a zone and a region of its name", truce.Area{Level: truce.AreaZone, Name: "west"}, truce.Area{Level: truce.AreaRegion, Name: "west"}, false},
	} {
		if got := c.areaIn(&tt.inner, &tt.outer); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
	day := func(first, days int) truce.Interval {
		return truce.Interval{Start: day0 + truce.Instant(first)*86_400_000, End: day0 + truce.Instant(first+days)*86_400_000}
	}
	on := func(v truce.Interval, r int64) *truce.Decision {
		return &truce.Decision{Window: v, Area: place(35.5, 36.5, r)}
	}
	for _, tt := range []struct {
		inner, outer *truce.Decision
		want         bool
	}{{on(day(0, 1), 100), on(day(0, 1), 100), true}, {on(day(0, 1), 100), on(day(0, 2), 200), true}, {on(day(0, 2), 100), on(day(0, 1), 200), false}, {on(day(0, 1), 200), on(day(0, 2), 100), false}, {on(day(2, 1), 100), on(day(0, 2), 200), false}} {
		if got := c.within(tt.inner, tt.outer); got != tt.want {
			t.Errorf("%v in %v: %t", tt.inner, tt.outer, got)
		}
	}
}

// TestAreaHas: of which place the area of a finding is.
func TestAreaHas(t *testing.T) {
	c, _ := regional(t)
	disc := truce.Area{Level: truce.AreaPlace, Centre: at(t, 35.5, 36.5), RadiusM: 5000}
	zone := truce.Area{Level: truce.AreaZone, Name: "west"}
	point := func(lat, lon float64, kind truce.PlaceKind) truce.Place {
		return truce.Place{Kind: kind, Point: at(t, lat, lon)}
	}
	for _, tt := range []struct {
		name string
		a    truce.Area
		p    truce.Place
		want bool
	}{
		{"its centre", disc, point(35.5, 36.5, truce.PlacePoint), true},
		{"an object there", disc, point(35.5, 36.5, truce.PlaceObject), true},
		{"4,900 m away", disc, point(35.54406, 36.5, truce.PlacePoint), true},
		{"5,100 m away", disc, point(35.54586, 36.5, truce.PlacePoint), false},
		{"an unknown place", disc, point(35.5, 36.5, truce.PlaceUnknown), false},
		{"the zone around it", disc, truce.Place{Kind: truce.PlaceRegion, Name: "west"}, true},
		{"the zone beside it", disc, truce.Place{Kind: truce.PlaceRegion, Name: "east"}, false},
		{"a region that nobody knows", disc, truce.Place{Kind: truce.PlaceRegion, Name: "nowhere"}, false},
		{"a zone, asked for its name", zone, truce.Place{Kind: truce.PlaceRegion, Name: "west"}, true},
		{"a zone, asked for another", zone, truce.Place{Kind: truce.PlaceRegion, Name: "east"}, false},
		{"a zone, asked for a point in it", zone, point(35.5, 36.5, truce.PlacePoint), false},
		{"a zone, asked for a region that nobody knows", zone, truce.Place{Kind: truce.PlaceRegion, Name: "nowhere"}, false},
	} {
		if got := c.AreaHas(&tt.a, &tt.p); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}

// TestHolds: which reports lie wholly in an area. 0.01 degrees of latitude are 1,112 m.
func TestHolds(t *testing.T) {
	c, rules := regional(t)
	x := &dayWork{c: c, rules: rules}
	disc := x.disc(t, 35.5, 36.5, 5000, 0, 1)
	west := candidateOf(c, disc.window, truce.Area{Level: truce.AreaZone, Name: "west"})
	report := func(lat, lon float64, u int32) *truce.Observation {
		o := vagueStrike(0, 0, 0, 0, u, "a")
		o.Place.Point = at(t, lat, lon)
		return o
	}
	zone := func(name string) *truce.Observation {
		o := report(35.5, 36.5, 0)
		o.Place = truce.Place{Kind: truce.PlaceRegion, Name: name, Uncertainty: truce.NotStated}
		return o
	}
	for _, tt := range []struct {
		name string
		k    *candidate
		o    *truce.Observation
		want bool
	}{
		{"its centre, of no radius", disc, report(35.5, 36.5, 0), true},
		{"its centre, without a radius", disc, report(35.5, 36.5, truce.NotStated), false},
		{"all of it", disc, report(35.5, 36.5, 5000), true},
		{"more than it", disc, report(35.5, 36.5, 5010), false},
		{"1,112 m away, with 3,880 m", disc, report(35.51, 36.5, 3880), true},
		{"1,112 m away, with 3,900 m", disc, report(35.51, 36.5, 3900), false},
		{"the zone around it", disc, zone("west"), false},
		{"a report of the zone", west, zone("west"), true},
		{"a report of another zone", west, zone("east"), false},
		{"a report in the zone", west, report(35.5, 36.5, 1000), true},
		{"a report across its border", west, report(35.5, 36.999, 1000), false},
	} {
		if got := tt.k.holds(c)(tt.o); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
		if got := tt.k.lies(x.placed(Shown{Observation: tt.o})); got != tt.want {
			t.Errorf("%s, of one that is placed: %t", tt.name, got)
		}
	}
}

// TestFloored: what a finding amounts to under an article's floor.
func TestFloored(t *testing.T) {
	for _, tt := range []struct {
		floor truce.Floor
		s     truce.Standing
		g     truce.Ground
		level truce.AreaLevel
		want  truce.Outcome
	}{
		{truce.Floor{Evidence: truce.Corroborated}, truce.Corroborated, truce.TwoPublishers, truce.AreaPlace, truce.ApparentViolation},
		{truce.Floor{Evidence: truce.Verified}, truce.Corroborated, truce.TwoPublishers, truce.AreaPlace, truce.Uncorroborated},
		{truce.Floor{Evidence: truce.Verified}, truce.Verified, "", truce.AreaPlace, truce.ApparentViolation},
		{truce.Floor{Evidence: truce.Corroborated, Origins: true}, truce.Corroborated, truce.TwoPublishers, truce.AreaPlace, truce.Uncorroborated},
		{truce.Floor{Evidence: truce.Corroborated, Origins: true}, truce.Corroborated, truce.TwoOrigins, truce.AreaPlace, truce.ApparentViolation},
		{truce.Floor{Evidence: truce.Corroborated, Origins: true}, truce.Verified, "", truce.AreaPlace, truce.ApparentViolation},
		{truce.Floor{Evidence: truce.Corroborated}, truce.Corroborated, truce.TwoPublishers, truce.AreaDistrict, truce.ApparentViolation},
		{truce.Floor{Evidence: truce.Verified, Day: truce.AreaZone}, truce.Corroborated, truce.TwoPublishers, truce.AreaDistrict, truce.Uncorroborated},
		{truce.Floor{Evidence: truce.Corroborated, Origins: true}, truce.Corroborated, truce.TwoPublishers, truce.AreaDistrict, truce.Uncorroborated},
		{truce.Floor{Evidence: truce.Corroborated}, truce.Corroborated, truce.TwoPublishers, truce.AreaRegion, truce.Uncorroborated},
		{truce.Floor{Evidence: truce.Corroborated}, truce.Corroborated, truce.TwoPublishers, truce.AreaZone, truce.Uncorroborated},
		{truce.Floor{Evidence: truce.Corroborated, Day: truce.AreaRegion}, truce.Corroborated, truce.TwoPublishers, truce.AreaRegion, truce.ApparentViolation},
		{truce.Floor{Evidence: truce.Corroborated, Day: truce.AreaRegion}, truce.Corroborated, truce.TwoPublishers, truce.AreaZone, truce.Uncorroborated},
		{truce.Floor{Evidence: truce.Corroborated, Day: truce.AreaZone}, truce.Corroborated, truce.TwoPublishers, truce.AreaRegion, truce.ApparentViolation},
		{truce.Floor{Evidence: truce.Corroborated, Day: truce.AreaZone}, truce.Corroborated, truce.TwoPublishers, truce.AreaZone, truce.ApparentViolation},
		{truce.Floor{Evidence: truce.Verified, Day: truce.AreaZone}, truce.Corroborated, truce.TwoPublishers, truce.AreaZone, truce.Uncorroborated},
	} {
		r := &Rule{p: &truce.Provision{Floor: tt.floor}}
		if got := r.floored(tt.s, tt.g, tt.level); got != tt.want {
			t.Errorf("floor %+v, %s %s at %s: %s, want %s", tt.floor, tt.s, tt.g, tt.level, got, tt.want)
		}
	}
}

// TestBetweenPoints: a point on the way from one to another, also across the 180th meridian.
func TestBetweenPoints(t *testing.T) {
	p := func(lat, lon int32) geo.Point { return geo.Point{Lat: lat, Lon: lon} }
	for _, tt := range []struct {
		from, to geo.Point
		far, d   int64
		want     geo.Point
	}{
		{p(0, 0), p(1000, 2000), 0, 100, p(0, 0)},
		{p(0, 0), p(1000, 2000), 100, 100, p(1000, 2000)},
		{p(0, 0), p(1000, 2000), 50, 100, p(500, 1000)},
		{p(100, 100), p(-300, 500), 25, 100, p(0, 200)},
		{p(7, 9), p(7, 9), 3, 0, p(7, 9)},
		{p(0, 1_799_999_000), p(0, -1_799_999_000), 75, 100, p(0, -1_799_999_500)},
		{p(0, 1_799_999_000), p(0, -1_799_999_000), 25, 100, p(0, 1_799_999_500)},
		{p(0, -1_799_999_000), p(0, 1_799_999_000), 75, 100, p(0, 1_799_999_500)},
		{p(0, -1_799_999_000), p(0, 1_799_999_000), 25, 100, p(0, -1_799_999_500)},
		{p(0, 1_799_999_000), p(0, -1_799_999_000), 50, 100, p(0, 1_800_000_000)},
	} {
		if got := between(tt.from, tt.to, tt.far, tt.d); got != tt.want {
			t.Errorf("%d of %d from %v to %v: %v, want %v", tt.far, tt.d, tt.from, tt.to, got, tt.want)
		}
	}
}

// TestRowsAndColumns: rows of 45,000 units, of which those south of the equator count from
// -1, and columns that fit round the earth.
func TestRowsAndColumns(t *testing.T) {
	for lat, want := range map[int32]int32{0: 0, 1: 0, 44_999: 0, 45_000: 1, 90_001: 2, -1: -1, -45_000: -1, -45_001: -2, -90_000: -2, -90_001: -3, 900_000_000: 20_000, -900_000_000: -20_000} {
		if got := rowOf(lat); got != want {
			t.Errorf("row of %d: %d, want %d", lat, got, want)
		}
	}
	// At the equator 3,600,000,000 / 45,000 = 80,000 squares, and one less where the row's
	// edge is a little shorter.
	for _, tt := range []struct{ row, lon, col, n int32 }{
		{0, -1_800_000_000, 0, 79_999}, {0, 1_800_000_000, 79_998, 79_999}, {0, 0, 39_999, 79_999}, {20_000, 0, 0, 1}, {-20_001, 0, 0, 1},
	} {
		if col, n := column(tt.row, tt.lon); col != tt.col || n != tt.n {
			t.Errorf("row %d, longitude %d: column %d of %d, want %d of %d", tt.row, tt.lon, col, n, tt.col, tt.n)
		}
	}
	// At 60 degrees half as many, rounded down: the edge away from the equator counts.
	if _, n := column(rowOf(600_000_000), 0); n < 39_990 || n > 40_000 {
		t.Errorf("%d squares at 60 degrees, want about 39,999", n)
	}
}

// TestCandidateOrder: one day before two, places before regions before zones, verified ones
// first, then radius, time, IDs and name.
func TestCandidateOrder(t *testing.T) {
	id := func(n byte) *placed {
		return &placed{Shown: Shown{Observation: &truce.Observation{ID: truce.Digest{n}}}}
	}
	day := truce.Interval{Start: day0, End: day0 + 86_400_000}
	base := func(change func(*candidate)) *candidate {
		k := &candidate{window: day, days: 1, area: truce.Area{Level: truce.AreaPlace, RadiusM: 500}, a: id(1), b: id(2)}
		change(k)
		return k
	}
	same := base(func(*candidate) {})
	for name, after := range map[string]*candidate{
		"two days":       base(func(k *candidate) { k.days = 2; k.area.RadiusM = 1; k.verified = true }),
		"a region":       base(func(k *candidate) { k.area.Level = truce.AreaRegion; k.area.RadiusM = 0; k.verified = true }),
		"a larger area":  base(func(k *candidate) { k.area.RadiusM = 501; k.window.Start-- }),
		"later":          base(func(k *candidate) { k.window.Start++; k.a = id(0) }),
		"another first":  base(func(k *candidate) { k.a, k.b = id(2), nil }),
		"another second": base(func(k *candidate) { k.b = id(3) }),
		"another name":   base(func(k *candidate) { k.area.Name = "b" }),
	} {
		if same.order(after) >= 0 || after.order(same) <= 0 {
			t.Errorf("%s does not come after", name)
		}
	}
	for name, before := range map[string]*candidate{
		"verified":      base(func(k *candidate) { k.verified = true; k.area.RadiusM = 9000 }),
		"of one report": base(func(k *candidate) { k.b = nil }),
	} {
		if same.order(before) <= 0 || before.order(same) >= 0 {
			t.Errorf("%s does not come before", name)
		}
	}
	zone, region := base(func(k *candidate) { k.area.Level = truce.AreaZone }), base(func(k *candidate) { k.area.Level = truce.AreaRegion })
	if region.order(zone) >= 0 {
		t.Error("a region does not come before a zone")
	}
	if same.order(base(func(*candidate) {})) != 0 {
		t.Error("a candidate does not equal itself")
	}
}

// TestUnder: what some reports establish under one reading: verified at a place, else
// corroborated if two of them confirm each other.
func TestUnder(t *testing.T) {
	c, rules := dayTerms(t)
	x := &dayWork{c: c, rules: rules}
	place := x.disc(t, 35, 36, 5000, 0, 1)
	zone := candidateOf(c, place.window, truce.Area{Level: truce.AreaZone, Name: "z"})
	p := func(i int, source string, rules uint32, verified bool) *placed {
		return x.placed(Shown{Observation: vagueStrike(i, 0, 0, float64(i), 1000, source), rules: rules, verified: verified})
	}
	for _, tt := range []struct {
		name    string
		reading int
		k       *candidate
		of      []*placed
		want    truce.Standing
		ground  truce.Ground
	}{
		{"nothing", 0, place, nil, "", ""},
		{"one", 0, place, []*placed{p(1, "a", 1, false)}, "", ""},
		{"one that a person verified", 0, place, []*placed{p(1, "a", 1, true)}, truce.Verified, ""},
		{"one that a person verified, under another reading", 1, place, []*placed{p(1, "a", 1, true)}, "", ""},
		{"one that a person verified, somewhere in a zone", 0, zone, []*placed{p(1, "a", 1, true)}, "", ""},
		{"two", 0, place, []*placed{p(1, "a", 1, false), p(2, "b", 1, false)}, truce.Corroborated, truce.TwoPublishers},
		{"two of one publisher", 0, place, []*placed{p(1, "a", 1, false), p(2, "a", 1, false)}, "", ""},
		{"two, one under each reading", 0, place, []*placed{p(1, "a", 1, false), p(2, "b", 2, false)}, "", ""},
		{"two under both readings", 1, place, []*placed{p(1, "a", 3, false), p(2, "b", 2, false)}, truce.Corroborated, truce.TwoPublishers},
		{"two in a zone", 0, zone, []*placed{p(1, "a", 1, false), p(2, "b", 1, true)}, truce.Corroborated, truce.TwoPublishers},
	} {
		if s, g := x.under(tt.reading, tt.k, tt.of); s != tt.want || g != tt.ground {
			t.Errorf("%s: %q %q, want %q %q", tt.name, s, g, tt.want, tt.ground)
		}
	}
}

// TestLimitsOfADay: 3,000 m between two centres, 10,000 m of radius and two days are the
// limits; a metre more is too much.
func TestLimitsOfADay(t *testing.T) {
	c, rules := dayTerms(t)
	n := 0
	two := func(m float64, u1, u2 int32, v1, v2 [2]int) int {
		a, b := vagueStrike(n, 0, 0, 0, u1, "a"), vagueStrike(n+1, 0, 0, 0, u2, "b")
		n += 2
		b.Place.Point = geo.Destination(a.Place.Point, 0, m)
		for i, o := range []*truce.Observation{a, b} {
			v := [][2]int{v1, v2}[i]
			o.Occurred = truce.Interval{Start: day0 + truce.Instant(v[0])*3_600_000, End: day0 + truce.Instant(v[1])*3_600_000}
		}
		return len(c.DayFindings(rules, []Shown{{Observation: a, rules: 1}, {Observation: b, rules: 1}}, nil, nil))
	}
	day := [2]int{0, 24}
	for _, tt := range []struct {
		m      float64
		u1, u2 int32
		v1, v2 [2]int
		want   int
	}{
		{2990, 4000, 4000, day, day, 1}, {3010, 4000, 4000, day, day, 0},
		{2000, 8990, 8990, day, day, 1}, {2000, 9010, 9010, day, day, 0},
		{0, 10_000, 100, day, day, 1}, {0, 10_001, 100, day, day, 0},
		{0, 100, 10_000, day, day, 1}, {0, 0, 0, day, day, 1},
		{0, 100, 100, [2]int{20, 28}, [2]int{20, 28}, 1}, {0, 100, 100, [2]int{0, 48}, [2]int{0, 48}, 1}, {0, 100, 100, [2]int{0, 49}, [2]int{0, 49}, 0},
		{0, 100, 100, [2]int{0, 24}, [2]int{24, 48}, 1}, {0, 100, 100, [2]int{0, 24}, [2]int{48, 72}, 0},
	} {
		if got := two(tt.m, tt.u1, tt.u2, tt.v1, tt.v2); got != tt.want {
			t.Errorf("%.0f m apart, ±%d and ±%d m, hours %v and %v: %d findings, want %d", tt.m, tt.u1, tt.u2, tt.v1, tt.v2, got, tt.want)
		}
	}
}

// TestSmallestArea: of what is near, the candidate with the smallest area is taken, also where
// its other report is far away: 2,900 m and twice ±100 m are 1,550 m, less than ±1,600 m here.
func TestSmallestArea(t *testing.T) {
	c, rules := dayTerms(t)
	a := vagueStrike(0, 0, 0, 0, 100, "a")
	here, far := vagueStrike(1, 0, 0, 0, 1600, "b"), vagueStrike(2, 0, 0, 0, 100, "c")
	for _, bearing := range []float64{0, 45, 90, 180, 270} {
		far.Place.Point = geo.Destination(a.Place.Point, bearing, 2900)
		got := c.DayFindings(rules, []Shown{{Observation: a, rules: 1}, {Observation: here, rules: 1}, {Observation: far, rules: 1}}, nil, nil)
		if len(got) != 1 || got[0].Area.RadiusM < 1549 || got[0].Area.RadiusM > 1552 || len(got[0].Support) != 2 {
			t.Errorf("bearing %.0f: %+v, want a radius of 1,550 m", bearing, got)
		}
	}
}

// TestAreaName: a disc has the name of the settlement that most of its reports name, and of
// equals the first; a region has its own.
func TestAreaName(t *testing.T) {
	c, rules := dayTerms(t)
	x := &dayWork{c: c, rules: rules}
	disc := x.disc(t, 35, 36, 5000, 0, 1)
	named := *disc
	named.area.Name = "Confirmed"
	region := candidateOf(c, disc.window, truce.Area{Level: truce.AreaRegion, Name: "west"})
	for _, tt := range []struct {
		k    *candidate
		of   []string
		want string
	}{
		{disc, nil, ""}, {disc, []string{"", ""}, ""}, {disc, []string{"Mill", ""}, "Mill"}, {disc, []string{"Mill", "Ford", "Ford"}, "Ford"}, {disc, []string{"Ford", "Mill", "Mill"}, "Mill"},
		{disc, []string{"Mill", "Ford"}, "Ford"}, {disc, []string{"Ford", "Mill"}, "Ford"}, {region, []string{"Mill", "Mill"}, "west"}, {&named, []string{"Mill"}, "Confirmed"},
	} {
		for range 8 { // the order of a map is another each time
			var support []*placed
			for i, n := range tt.of {
				o := vagueStrike(i, 0, 0, 0, 100, "a")
				o.Place.Settlement = n
				support = append(support, x.placed(Shown{Observation: o}))
			}
			if f := x.about(tt.k, support); f.Area.Name != tt.want {
				t.Errorf("of %q: %q, want %q", tt.of, f.Area.Name, tt.want)
			}
		}
	}
}

// TestWeakestReading: where all readings hold, the weakest of what they say is said; where
// some do, they differ.
func TestWeakestReading(t *testing.T) {
	c, _ := dayTerms(t)
	p := &c.Agreement.Provisions[0]
	p.Floor.Origins = true
	p.Readings = []truce.Reading{{ID: "A", From: truce.Always, To: truce.Never}, {ID: "B", From: truce.Always, To: truce.Never}}
	rules := c.Rules(p)
	for _, tt := range []struct {
		verified, others uint32
		outcome          truce.Outcome
		standing         truce.Standing
	}{
		{1, 2, truce.Uncorroborated, truce.Corroborated}, {2, 1, truce.Uncorroborated, truce.Corroborated}, {3, 1, truce.ApparentViolation, truce.Verified}, {3, 3, truce.ApparentViolation, truce.Verified}, {1, 0, truce.ReadingsDiffer, truce.Verified},
	} {
		shown := []Shown{{Observation: vagueStrike(0, 0, 0, 0, 2000, "a"), rules: tt.verified, verified: true}}
		if tt.others != 0 {
			shown = append(shown, Shown{Observation: vagueStrike(1, 0, 0, 0.1, 100, "b"), rules: tt.others}, Shown{Observation: vagueStrike(2, 0, 0, -0.1, 100, "c"), rules: tt.others})
		}
		got := c.DayFindings(rules, shown, nil, nil)
		if len(got) != 1 || got[0].Outcome != tt.outcome || got[0].Standing != tt.standing {
			t.Errorf("verified under %b, two publishers under %b: %+v, want %s %s", tt.verified, tt.others, got, tt.outcome, tt.standing)
		}
	}
}

// TestPlaceless: reports of a zone alone stand beside two of a place, and take nothing from
// them, whatever comes first by ID.
func TestPlaceless(t *testing.T) {
	c, rules := regional(t)
	var shown []Shown
	for i := range 6 {
		o := vagueStrike(i, 0, 0, 0, 100, "a")
		o.Place = truce.Place{Kind: truce.PlaceRegion, Name: "west", Uncertainty: truce.NotStated}
		shown = append(shown, Shown{Observation: o, rules: 1})
		wide := vagueStrike(10+i, 0, 0, 0, 10_001, "a")
		shown = append(shown, Shown{Observation: wide, rules: 1})
	}
	for i, s := range []string{"b", "c"} {
		o := vagueStrike(20+i, 0, 0, 0, 500, s)
		o.Place.Point = at(t, 35.5, 36.5)
		shown = append(shown, Shown{Observation: o, rules: 1})
	}
	got := c.DayFindings(rules, shown, nil, nil)
	if len(got) != 1 || got[0].Area.Level != truce.AreaPlace || got[0].Area.RadiusM != 500 || len(got[0].Support) != 2 {
		t.Errorf("%+v, want one place of 500 m, by two reports", got)
	}
	// Without them, two publishers somewhere in the zone.
	one := vagueStrike(30, 0, 0, 0, 500, "b")
	one.Place.Point = at(t, 35.1, 36.1)
	got = c.DayFindings(rules, append(shown[:12:12], Shown{Observation: one, rules: 1}), nil, nil)
	if len(got) != 1 || got[0].Area != (truce.Area{Level: truce.AreaZone, Name: "west"}) || got[0].Outcome != truce.Uncorroborated || len(got[0].Support) != 7 {
		t.Errorf("%+v, want the zone, uncorroborated, by seven reports", got)
	}
}

// TestShowsDated: the local days of a report, where one ends at midnight.
func TestShowsDated(t *testing.T) {
	c, _ := dayTerms(t)
	c.Agreement.Location = time.FixedZone("x", 2*3600)
	const hour = 3_600_000
	for _, tt := range []struct {
		from, to truce.Instant
		a, b     truce.Date
	}{
		{-2 * hour, 22 * hour, "2016-03-01", "2016-03-01"}, {-2 * hour, 22*hour + 1, "2016-03-01", "2016-03-02"}, {-2*hour - 1, 22 * hour, "2016-02-29", "2016-03-01"}, {21 * hour, 21 * hour, "2016-03-01", "2016-03-01"},
	} {
		s := Shown{Observation: &truce.Observation{Occurred: truce.Interval{Start: day0 + tt.from, End: day0 + tt.to}}}
		if s.dated(c); s.from != tt.a || s.to != tt.b {
			t.Errorf("%d to %d: %s to %s, want %s to %s", tt.from, tt.to, s.from, s.to, tt.a, tt.b)
		}
	}
}

// TestShows: which observations of an incident alone show an act, and under which readings.
func TestShows(t *testing.T) {
	c, _ := dayTerms(t)
	p := &c.Agreement.Provisions[0]
	p.Readings = []truce.Reading{{ID: "A", From: truce.Always, To: truce.Never}, {ID: "B", From: day0, To: truce.Never}}
	rules := c.Rules(p)
	of := func(i, day int, change func(*truce.Observation)) *truce.Observation {
		o := vagueStrike(i, day, 0, 0, 1000, fmt.Sprint("paper-", i))
		change(o)
		o.SetID()
		return o
	}
	keep := func(*truce.Observation) {}
	claim := of(1, 0, func(o *truce.Observation) { o.Claimant = "A" })
	pixel := of(2, 0, func(o *truce.Observation) { o.Act = truce.ActFirePixel })
	none := of(3, 0, func(o *truce.Observation) { o.Count = truce.Count{} })
	later := of(4, 0, func(o *truce.Observation) { o.Occurred.Start = truce.Always })
	fire := of(5, 0, func(o *truce.Observation) { o.Act = "fire" })
	plain, before := of(6, 0, keep), of(7, -1, keep)
	for _, tt := range []struct {
		name string
		of   []*truce.Observation
		want map[truce.Digest]uint32
	}{
		{"one", []*truce.Observation{plain}, map[truce.Digest]uint32{plain.ID: 3}},
		{"before B's reading begins", []*truce.Observation{before}, map[truce.Digest]uint32{before.ID: 1}},
		{"what shows nothing alone", []*truce.Observation{fire}, map[truce.Digest]uint32{}},
		{"a claim, a sign, none and not later than, and then a report", []*truce.Observation{claim, pixel, none, later, plain}, map[truce.Digest]uint32{plain.ID: 3}},
	} {
		got := map[truce.Digest]uint32{}
		for _, s := range c.Shows(rules, truce.NewIncident(tt.of)) {
			got[s.ID] = s.rules
		}
		if !maps.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestAbout: a decision is on what an incident was of then, also under an earlier edition;
// one that does not say what that was is on all.
func TestAbout(t *testing.T) {
	id := func(n byte) truce.Digest { return truce.Digest{n} }
	c := &Context{Editions: func(of truce.Digest) []truce.Digest {
		if of == id(5) {
			return []truce.Digest{id(2)}
		}
		return nil
	}}
	for _, tt := range []struct {
		of, state []truce.Digest
		id        truce.Digest
		want      bool
	}{
		{[]truce.Digest{id(1)}, nil, id(9), true},
		{[]truce.Digest{id(1)}, []truce.Digest{id(1), id(2)}, id(1), true},
		{[]truce.Digest{id(1)}, []truce.Digest{id(1), id(2)}, id(2), true},
		{[]truce.Digest{id(3)}, []truce.Digest{id(1), id(2)}, id(3), true},
		{[]truce.Digest{id(1)}, []truce.Digest{id(1), id(2)}, id(3), false},
		{[]truce.Digest{id(1)}, []truce.Digest{id(1), id(2)}, id(5), true},
	} {
		d := &truce.Decision{Kind: truce.Reject, Of: tt.of, State: tt.state}
		if got := c.about(d, tt.id); got != tt.want {
			t.Errorf("of %v, made on %v, of %v: %t", tt.of, tt.state, tt.id, got)
		}
	}
}
