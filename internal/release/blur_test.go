package release

import (
	"reflect"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"pgregory.net/rapid"
)

// square is a shape whose corners lie half a side from spot; its reach is a side
// divided by 89.
func square(side int32) geo.MultiPolygon {
	h := side / 2
	return geo.MultiPolygon{{{{Lat: spot.Lat - h, Lon: spot.Lon - h}, {Lat: spot.Lat - h, Lon: spot.Lon + h}, {Lat: spot.Lat + h, Lon: spot.Lon + h}, {Lat: spot.Lat + h, Lon: spot.Lon - h}}}}
}

// TestPlace is the table of places of every kind, on both sides of 1,000 m.
func TestPlace(t *testing.T) {
	point := func(u int32) truce.Place {
		return truce.Place{Kind: truce.PlacePoint, Point: spot, Uncertainty: u, Settlement: "Hrabove", Name: "x"}
	}
	wider := func(u int32) *truce.Place {
		return &truce.Place{Kind: truce.PlacePoint, Point: middle, Uncertainty: u}
	}
	object := func(u int32) truce.Place {
		return truce.Place{Kind: truce.PlaceObject, Point: spot, Uncertainty: u, Name: "school-5"}
	}
	wedge := func(far int32) truce.Place {
		return truce.Place{Kind: truce.PlaceWedge, Uncertainty: truce.NotStated, Wedge: &truce.Wedge{Post: spot, FromDeg: 10, ToDeg: 20, MinM: 100, MaxM: far}, Shape: square(2000)}
	}
	shape := func(side int32) truce.Place {
		return truce.Place{Kind: truce.PlaceShape, Shape: square(side), Uncertainty: truce.NotStated}
	}
	for _, tt := range []struct {
		name string
		p    truce.Place
		want *truce.Place // nil: as it is
	}{
		{"a point known exactly", point(0), wider(1000)},
		{"a point of an uncertainty that nobody stated", point(truce.NotStated), wider(1000)},
		{"a point known to a metre less", point(999), wider(1999)},
		{"a point known as closely as the rules allow", point(1000), nil},
		{"a point known to a metre more", point(1001), nil},
		{"an object", object(0), wider(1000)},
		{"an object that is larger than the blur", object(1500), wider(2500)},
		{"an observer who sees less far than the blur", wedge(999), wider(1999)},
		{"an observer who sees as far", wedge(1000), wider(2000)},
		// The square is one of what the observer sees: of 180,000 units.
		{"an observer who sees farther", wedge(2000), &truce.Place{Kind: truce.PlacePoint, Point: geo.Point{Lat: 480150000, Lon: 378810000}, Uncertainty: 4000}},
		{"a shape that reaches a metre less", shape(88912), wider(1999)},
		{"a shape that reaches as far", shape(89000), nil},
		{"a shape that reaches farther", shape(900000), nil},
		{"a region", vague, nil},
		{"nowhere", truce.Place{}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, is := Viewer{To: truce.ForPublic, Rules: blurs}.Place(tt.p)
			want := tt.want
			if want == nil {
				want = &tt.p
			}
			if !reflect.DeepEqual(got, *want) || is != (tt.want != nil) {
				t.Errorf("%+v, %v; want %+v", got, is, *want)
			}
			for _, v := range []Viewer{{To: truce.ForMission, Rules: every}, {To: truce.ForParties, Rules: every}, {To: truce.ForPublic, Rules: delayed}, {To: truce.ForPublic, Rules: holds}, {To: truce.ForPublic}} {
				if got, is := v.Place(tt.p); is || !reflect.DeepEqual(got, tt.p) {
					t.Errorf("the %s under %+v is shown %+v", v.To, v.Rules, got)
				}
			}
		})
	}
}

// TestSquares holds the grid against squares worked out by hand: 90 units of 1e-7
// degree for each metre, and more of them the nearer the pole.
func TestSquares(t *testing.T) {
	for _, tt := range []struct {
		name string
		p    geo.Point
		m    int32
		want geo.Point
	}{
		{"where meridian and equator meet", geo.Point{}, 1000, geo.Point{Lat: 45000, Lon: 45000}},
		{"one unit south and west", geo.Point{Lat: -1, Lon: -1}, 1000, geo.Point{Lat: -45000, Lon: -45000}},
		{"the last of a square", geo.Point{Lat: 89999, Lon: 89999}, 1000, geo.Point{Lat: 45000, Lon: 45000}},
		{"the first of the next", geo.Point{Lat: 90000, Lon: 90000}, 1000, geo.Point{Lat: 135000, Lon: 135000}},
		{"the first of the square to the south and west", geo.Point{Lat: -90000, Lon: -90000}, 1000, geo.Point{Lat: -45000, Lon: -45000}},
		{"one unit further", geo.Point{Lat: -90001, Lon: -90001}, 1000, geo.Point{Lat: -135000, Lon: -135000}},
		{"a metre", geo.Point{Lat: 100, Lon: 200}, 1, geo.Point{Lat: 135, Lon: 225}},
		{"south of 60 degrees", geo.Point{Lat: 600000000, Lon: 378765432}, 1000, geo.Point{Lat: 599985000, Lon: 378765000}},
		{"north of 60 degrees", geo.Point{Lat: 600030000, Lon: 378765432}, 1000, geo.Point{Lat: 600075000, Lon: 378810000}},
		{"the same in the south", geo.Point{Lat: -600030001, Lon: 378765432}, 1000, geo.Point{Lat: -600075000, Lon: 378810000}},
		{"short of 80 degrees", geo.Point{Lat: 800000000, Lon: 378765432}, 1000, geo.Point{Lat: 799965000, Lon: 378810000}},
		{"north of 80 degrees", geo.Point{Lat: 800010000, Lon: 378465432}, 1000, geo.Point{Lat: 800055000, Lon: 378270000}},
		{"the pole", geo.Point{Lat: 900000000}, 1_000_000, geo.Point{Lat: 900000000, Lon: 270000000}},
		{"the other pole", geo.Point{Lat: -900000000}, 300, geo.Point{Lat: -900000000, Lon: 81000}},
		{"the last meridian", geo.Point{Lon: 1799999999}, 700, geo.Point{Lat: 31500, Lon: 1799999999}},
		{"the first", geo.Point{Lon: -1800000000}, 700, geo.Point{Lat: 31500, Lon: -1800000000}},
	} {
		if got := snapped(tt.p, tt.m); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// TestBlurred: the wider place holds the true one, and another report of the same
// square is at the same place.
func TestBlurred(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := geo.Point{Lat: rapid.Int32Range(-890000000, 890000000).Draw(t, "lat"), Lon: rapid.Int32Range(-1790000000, 1790000000).Draw(t, "lon")}
		m := rapid.Int32Range(100, 50_000).Draw(t, "blur")
		u := rapid.Int32Range(0, m-1).Draw(t, "uncertainty")
		v := Viewer{To: truce.ForPublic, Rules: truce.PublicRelease{BlurM: m}}
		got, wider := v.Place(truce.Place{Kind: truce.PlacePoint, Point: at, Uncertainty: u, Settlement: "X"})
		if !wider || got.Settlement != "" {
			t.Fatalf("%+v", got)
		}
		if d := geo.Distance(at, got.Point); int64(d)+int64(u) > int64(got.Uncertainty) {
			t.Errorf("%v ± %d m became %v ± %d m, %d m away", at, u, got.Point, got.Uncertainty, int64(d))
		}
		near, _ := v.Place(truce.Place{Kind: truce.PlacePoint, Point: got.Point, Uncertainty: u})
		if near.Point != got.Point {
			t.Errorf("another report of the same square is elsewhere: %v, %v", near.Point, got.Point)
		}
	})
}
