package geo

import (
	"fmt"
	"math"
	"slices"
)

// A Ring is a closed line through its points in order; the first is not
// repeated at the end.
type Ring []Point

// A Polygon is an outer ring and then its holes, in either sense of rotation.
type Polygon []Ring

// A MultiPolygon is a set of polygons that do not overlap.
type MultiPolygon []Polygon

// A MultiLine is a set of lines through points in order.
type MultiLine [][]Point

// AreaM2 returns the area in square metres on the ellipsoid, holes taken off.
// The shape must be one that NewRegion accepts.
func (m MultiPolygon) AreaM2() float64 {
	var sum float64
	for _, p := range m {
		for i, ring := range p {
			a := math.Abs(ringArea(ring.sites()))
			if i > 0 {
				a = -a
			}
			sum += a
		}
	}
	return sum
}

// PerimeterM returns the length of all rings in metres, holes included.
func (m MultiPolygon) PerimeterM() float64 {
	var sum float64
	for _, p := range m {
		for _, ring := range p {
			for i, a := range ring {
				sum += Distance(a, ring[(i+1)%len(ring)])
			}
		}
	}
	return sum
}

// Corners counts the corners of all rings.
func (m MultiPolygon) Corners() (n int) {
	for _, polygon := range m {
		for _, ring := range polygon {
			n += len(ring)
		}
	}
	return n
}

// Extent returns the middle of the corners' bounds and, in metres, no less than how
// far the farthest corner is from it. Of a shape without corners both are zero.
func (m MultiPolygon) Extent() (middle Point, reachM int32) {
	west, east, south, north := int64(math.MaxInt32), int64(math.MinInt32), int64(math.MaxInt32), int64(math.MinInt32)
	for _, polygon := range m {
		for _, ring := range polygon {
			for _, q := range ring {
				west, east = min(west, int64(q.Lon)), max(east, int64(q.Lon))
				south, north = min(south, int64(q.Lat)), max(north, int64(q.Lat))
			}
		}
	}
	if west > east {
		return Point{}, 0
	}
	reach := (east - west + north - south) / 2 / 89 // 1e-7 degree is 11.2 mm at most
	return Point{Lat: int32((south + north) / 2), Lon: int32((west + east) / 2)}, int32(min(reach, 20_000_000))
}

func (r Ring) sites() []site {
	s := make([]site, len(r))
	for i, p := range r {
		s[i] = p.site()
	}
	return s
}

// ringArea returns the area in m² of a ring that contains no pole: positive
// when it runs anticlockwise.
func ringArea(ring []site) float64 {
	var sum float64
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		sum -= areaUnder(a, b, inverse(a, b))
	}
	return sum
}

// circleM is how far, in metres, a drawn circle may lie within the true one.
const circleM = 1.0

// corners returns how many corners a circle of radiusM metres needs so that its
// edges stay within circleM of it, but at least 32 and at most 720.
func corners(radiusM float64) int {
	if radiusM <= circleM {
		return 32
	}
	return min(720, max(32, int(math.Ceil(math.Pi/math.Acos(1-circleM/radiusM)))))
}

// DiscPolygon returns a polygon of n corners, at least 3, on the circle of
// radiusM metres around p; n 0 means as many as keep it within 1 m.
func DiscPolygon(p Point, radiusM float64, n int) MultiPolygon {
	if n == 0 {
		n = corners(radiusM)
	}
	ring := make(Ring, max(3, n))
	for i := range ring {
		ring[i] = Destination(p, -360*float64(i)/float64(len(ring)), radiusM)
	}
	return MultiPolygon{Polygon{ring}}
}

// Wedge returns what an observer at post means by "between fromDeg and toDeg,
// minM to maxM metres away": bearings clockwise from north, from the first to
// the second, so that 350 to 10 crosses north and 0 to 360 is all round.
// Bearings lie within 0 and 360 and differ; 0 <= minM < maxM <= 2,000 km.
func Wedge(post Point, fromDeg, toDeg, minM, maxM float64) (MultiPolygon, error) {
	switch {
	case !(fromDeg >= 0 && fromDeg <= 360 && toDeg >= 0 && toDeg <= 360):
		return nil, fmt.Errorf("bearings %v to %v: not within 0 and 360", fromDeg, toDeg)
	case fromDeg == toDeg || fromDeg == 360 && toDeg == 0:
		return nil, fmt.Errorf("bearings %v to %v: no opening; all round is 0 to 360", fromDeg, toDeg)
	case !(minM >= 0 && minM < maxM && maxM <= 2e6):
		return nil, fmt.Errorf("distances %v to %v m: not 0 <= from < to <= 2000000", minM, maxM)
	}
	width := math.Mod(toDeg-fromDeg+360, 360)
	if width == 0 {
		p := Polygon{DiscPolygon(post, maxM, 0)[0][0]}
		if minM > 0 {
			p = append(p, DiscPolygon(post, minM, 0)[0][0])
		}
		return MultiPolygon{p}, nil
	}
	ring := Ring(arcPoints(post, fromDeg, width, maxM))
	slices.Reverse(ring) // anticlockwise
	if minM > 0 {
		ring = append(ring, arcPoints(post, fromDeg, width, minM)...)
	} else {
		ring = append(ring, post)
	}
	return MultiPolygon{Polygon{ring}}, nil
}

// arcPoints returns points on the circle of m metres around p, clockwise from
// one bearing over width degrees, both ends included.
func arcPoints(p Point, fromDeg, width, m float64) []Point {
	n := max(1, int(math.Ceil(float64(corners(m))*width/360)))
	out := make([]Point, n+1)
	for i := range out {
		out[i] = Destination(p, fromDeg+float64(width*float64(i)/float64(n)), m)
	}
	return out
}

// FlatDeviation returns how far, in metres, the straight edge from a to b in
// the plate carrée, as flat maps draw it, departs from the geodesic at most.
func FlatDeviation(a, b Point) float64 {
	const samples = 64
	var c curve
	c.add(a.site(), b.site())
	c.index()
	s, turn := a.site(), math.Remainder(b.site().lon-a.site().lon, 360)
	var worst float64
	for i := 1; i < samples; i++ {
		t := float64(i) / samples
		at := site{s.lat + float64(t*(b.site().lat-s.lat)), s.lon + float64(t*turn)}
		worst = math.Max(worst, c.distance(at, math.Inf(1)))
	}
	return worst
}
