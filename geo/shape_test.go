package geo

import "testing"

// TestExtent is worked out by hand: the middle of all corners, and half of width and
// height together, a metre being no less than 89 units.
func TestExtent(t *testing.T) {
	ring := func(south, west, north, east int32) Ring {
		return Ring{{Lat: south, Lon: west}, {Lat: south, Lon: east}, {Lat: north, Lon: east}, {Lat: north, Lon: west}}
	}
	for _, tt := range []struct {
		name   string
		m      MultiPolygon
		middle Point
		reach  int32
	}{
		{"nothing", nil, Point{}, 0},
		{"a polygon without a ring", MultiPolygon{{}}, Point{}, 0},
		{"a point", MultiPolygon{{Ring{{Lat: -5, Lon: 7}}}}, Point{Lat: -5, Lon: 7}, 0},
		{"a square", MultiPolygon{{ring(0, 0, 89000, 89000)}}, Point{Lat: 44500, Lon: 44500}, 1000},
		{"one unit less", MultiPolygon{{ring(0, 0, 89000, 88998)}}, Point{Lat: 44500, Lon: 44499}, 999},
		{"across meridian and equator", MultiPolygon{{ring(-89000, -178000, 89000, 178000)}}, Point{}, 3000},
		{"two, far from one another", MultiPolygon{{ring(0, 0, 1, 1)}, {ring(178000, 356000, 178002, 356002)}}, Point{Lat: 89001, Lon: 178001}, 3000},
		{"a hole does not count for more", MultiPolygon{{ring(0, 0, 89000, 89000), ring(1, 1, 5, 5)}}, Point{Lat: 44500, Lon: 44500}, 1000},
		{"the world", MultiPolygon{{ring(-900000000, -1800000000, 900000000, 1799999999)}}, Point{}, 20_000_000},
	} {
		if middle, reach := tt.m.Extent(); middle != tt.middle || reach != tt.reach {
			t.Errorf("%s: %v, %d m; want %v, %d m", tt.name, middle, reach, tt.middle, tt.reach)
		}
	}
}

// TestExtentReaches: no corner is farther from the middle than the extent says.
func TestExtentReaches(t *testing.T) {
	for _, south := range []int32{-800000000, -300000000, 0, 480000000, 790000000} {
		m := MultiPolygon{{{{Lat: south, Lon: 100000000}, {Lat: south + 9_000_000, Lon: 104000000}, {Lat: south + 3_000_000, Lon: 99_000_000}}}}
		middle, reach := m.Extent()
		for _, q := range m[0][0] {
			if d := Distance(middle, q); d > float64(reach) {
				t.Errorf("%v is %.0f m from %v, more than %d", q, d, middle, reach)
			}
		}
	}
}
