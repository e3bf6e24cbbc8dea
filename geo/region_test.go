package geo

import (
	"math"
	"math/rand"
	"slices"
	"sync"
	"testing"

	"github.com/golang/geo/s2"
	"pgregory.net/rapid"
)

// star returns a ring of n corners around a place whose distances from it wander.
func star(seed int64, n int, lat, lon, deg float64) Ring {
	r := rand.New(rand.NewSource(seed))
	var ring Ring
	q := deg
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		q = math.Max(0.4*deg, math.Min(1.5*deg, q+20*deg/float64(n)*(r.Float64()-0.5)))
		ring = append(ring, rounded(lat+q*sin, lon+1.5*q*cos))
	}
	return ring
}

func region(t testing.TB, m MultiPolygon) *Region {
	t.Helper()
	r, err := NewRegion(m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPointToLineReference(t *testing.T) {
	var worst float64
	for _, v := range reference(t, "point_to_line.csv") {
		l, err := NewPath(MultiLine{{pt(t, v[2], v[3]), pt(t, v[4], v[5])}})
		if err != nil {
			t.Fatal(err)
		}
		p := pt(t, v[0], v[1])
		got := l.Distance(p)
		worst = max(worst, math.Abs(got-v[6]))
		if !(math.Abs(got-v[6]) <= 2e-3) {
			t.Errorf("distance from %v = %.4f, want %.4f", p, got, v[6])
		}
	}
	t.Logf("worst %.2g m", worst)
}

func BenchmarkDisc(b *testing.B) {
	r := region(b, MultiPolygon{{star(1, 5000, 48, 37, 1)}})
	rnd := rand.New(rand.NewSource(2))
	var far, near, all []Point
	for len(far) < 1000 || len(near) < 1000 {
		p := rounded(46.5+3*rnd.Float64(), 35+4*rnd.Float64())
		if d := r.BoundaryDistance(p); d > 10_000 {
			far = append(far, p)
		}
		all = append(all, p)
		v := r.shape[0][0][rnd.Intn(5000)]
		near = append(near, Destination(v, 360*rnd.Float64(), 800*rnd.Float64()))
	}
	for _, bm := range []struct {
		name   string
		points []Point
	}{{"far", far}, {"near", near}, {"anywhere", all}} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				r.Disc(bm.points[i%1000], 400)
			}
		})
	}
	b.Run("share", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			r.ShareOfDisc(near[i%1000], 800)
		}
	})
	b.Run("boundary", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			r.BoundaryDistance(all[i%1000])
		}
	})
}

func BenchmarkNewRegion(b *testing.B) {
	m := MultiPolygon{{star(1, 5000, 48, 37, 1)}}
	for b.Loop() {
		region(b, m)
	}
}

func BenchmarkCompare(b *testing.B) {
	r, q := region(b, MultiPolygon{{star(1, 5000, 48, 37, 1)}}), region(b, MultiPolygon{{star(2, 500, 48.5, 37.5, 0.5)}})
	for b.Loop() {
		r.Compare(q)
	}
}

func wanderingLine(n int) []Point {
	r := rand.New(rand.NewSource(3))
	var line []Point
	lat, lon := 47.0, 35.0
	for range n {
		line = append(line, rounded(lat, lon))
		lat, lon = lat+0.02*r.Float64()-0.005, lon+0.02*r.Float64()-0.005
	}
	return line
}

func BenchmarkPath(b *testing.B) {
	l, err := NewPath(MultiLine{wanderingLine(500)})
	if err != nil {
		b.Fatal(err)
	}
	rnd := rand.New(rand.NewSource(2))
	for _, bm := range []struct {
		name string
		deg  float64
	}{{"within 10 km", 0.1}, {"within 200 km", 2}, {"within 2000 km", 20}} {
		var all []Point
		for range 1000 {
			v := l.shape[0][rnd.Intn(500)].site()
			all = append(all, rounded(v.lat+bm.deg*(rnd.Float64()-0.5), v.lon+1.5*bm.deg*(rnd.Float64()-0.5)))
		}
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				l.Distance(all[i%1000])
			}
		})
	}
	b.Run("strip of 15 km", func(b *testing.B) {
		for b.Loop() {
			if _, err := l.Strip(15_000); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("range", func(b *testing.B) {
		r := region(b, MultiPolygon{{star(2, 500, 48.5, 37.5, 0.5)}})
		for b.Loop() {
			l.DistanceRange(r)
		}
	})
}

func TestDiscInsideHoldsItsPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := NewRegion(anyStar(t, "r"))
		if err != nil {
			t.Skip(err)
		}
		p := rounded(48+rapid.Float64Range(-0.2, 0.2).Draw(t, "lat"), 37+rapid.Float64Range(-0.2, 0.2).Draw(t, "lon"))
		radius := rapid.Float64Range(0, 5000).Draw(t, "radius")
		side := r.Disc(p, radius)
		if share := r.ShareOfDisc(p, radius); side != Straddles && share != float64(side+1)/2 {
			t.Errorf("%v but share %v", side, share)
		}
		if side == Straddles {
			return
		}
		for i := range 20 {
			q := Destination(p, float64(i)*18, radius*float64(i%5)/4)
			if got := r.Disc(q, 0); got != side {
				t.Errorf("disc is %v, its point %v is %v", side, q, got)
			}
		}
	})
}

// bruteInside counts crossings of the parallel to the west of p, edge by edge,
// along points of the geodesics.
func bruteInside(ring Ring, p Point) bool {
	var all []site
	for i, a := range ring {
		all = append(append(all, a.site()), between(a.site(), ring[(i+1)%len(ring)].site(), 40)...)
	}
	s, inside := p.site(), false
	for i, a := range all {
		b := all[(i+1)%len(all)]
		x1, x2 := math.Remainder(a.lon-s.lon, 360), math.Remainder(b.lon-s.lon, 360)
		if (a.lat > s.lat) != (b.lat > s.lat) && x1+(s.lat-a.lat)/(b.lat-a.lat)*(x2-x1) < 0 {
			inside = !inside
		}
	}
	return inside
}

func TestDiscAgainstBruteForce(t *testing.T) {
	rnd := rand.New(rand.NewSource(7))
	for _, tt := range []struct {
		name          string
		lat, lon, deg float64
		corners       int
	}{
		{"middle", 48, 37, 1, 200}, {"antimeridian", -17, 179.9, 2, 50}, {"north", 78, 20, 5, 30},
		{"wide edges", 50, 10, 15, 7}, {"equator", 0, 0, 0.01, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ring := star(9, tt.corners, tt.lat, tt.lon, tt.deg)
			r := region(t, MultiPolygon{{ring}})
			for range 500 {
				p := rounded(tt.lat+3*tt.deg*(rnd.Float64()-0.5), tt.lon+4*tt.deg*(rnd.Float64()-0.5))
				if r.BoundaryDistance(p) < 50 {
					continue // the brute force cuts corners
				}
				if got, want := r.Disc(p, 0) == Inside, bruteInside(ring, p); got != want {
					t.Errorf("%v inside = %v, want %v", p, got, want)
				}
			}
		})
	}
}

func TestDiscNearBoundary(t *testing.T) {
	r := region(t, quadrangle(t, 48, 37, 0.5)) // its southern edge bulges north of 48
	a, b := pt(t, 48, 37).site(), pt(t, 48, 37.5).site()
	mid := between(a, b, 2)[0]
	for _, tt := range []struct {
		north float64 // metres from the geodesic
		want  Side
	}{{0.05, Inside}, {0.008, Straddles}, {0, Straddles}, {-0.008, Straddles}, {-0.05, Outside}} {
		s := site{mid.lat + tt.north/111_194, mid.lon}
		if got := r.disc(s, 0); got != tt.want {
			t.Errorf("%v m north of the edge: %v, want %v", tt.north, got, tt.want)
		}
		if got := r.disc(direct(s, 0, math.Copysign(1000, tt.north)), 1000); got != tt.want {
			t.Errorf("disc of 1 km, %v m from the edge: %v, want %v", tt.north, got, tt.want)
		}
	}
}

// TestSphereFollowsEllipsoid checks that the great circle S2 draws over the
// longest piece stays within edgeM of the geodesic, as region.go relies on.
func TestSphereFollowsEllipsoid(t *testing.T) {
	var worst float64
	for lat := 0.0; lat < 89; lat += 4 {
		for az := 0.0; az < 180; az += 7.5 {
			a := site{lat, 10}
			b := direct(a, az, pieceM)
			var c curve
			c.add(a, b)
			c.index()
			m := s2.LatLngFromPoint(s2.Interpolate(0.5, a.s2(), b.s2()))
			worst = max(worst, c.distance(site{m.Lat.Degrees(), m.Lng.Degrees()}, math.Inf(1)))
		}
	}
	if worst >= edgeM {
		t.Errorf("worst departure %v m, want below %v", worst, edgeM)
	}
	t.Logf("worst departure %.4f m", worst)
}

func TestShareOfDisc(t *testing.T) {
	r := region(t, quadrangle(t, 48, 37, 0.5))
	corner, edge := pt(t, 48, 37), pt(t, 48.25, 37)
	for _, tt := range []struct {
		name   string
		p      Point
		radius float64
		want   float64
	}{
		{"on an edge", edge, 1000, 0.5}, {"on a corner", corner, 1000, 0.25},
		{"holds the region", pt(t, 48.25, 37.25), 100_000, r.AreaM2() / DiscPolygon(pt(t, 48.25, 37.25), 100_000, 720).AreaM2()},
		{"inside", pt(t, 48.25, 37.25), 1000, 1}, {"outside", pt(t, 47, 37.25), 1000, 0},
		{"a point on the edge", edge, 0, 0.5},
	} {
		if got := r.ShareOfDisc(tt.p, tt.radius); math.Abs(got-tt.want) > 1e-3 {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	ring := region(t, MultiPolygon{{quadrangle(t, 48, 37, 0.3)[0][0], quadrangle(t, 48.1, 37.1, 0.1)[0][0]}})
	for _, radius := range []float64{3000, 8000, 15_000, 30_000} {
		p := pt(t, 48.12, 37.05)
		disc := DiscPolygon(p, radius, 2000)
		both, err := Intersect(disc, ring.Shape())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := ring.ShareOfDisc(p, radius), both.AreaM2()/disc.AreaM2(); math.Abs(got-want) > 1e-3 {
			t.Errorf("with a hole, radius %v: %v, want %v", radius, got, want)
		}
	}
}

func TestRegionHulls(t *testing.T) {
	for _, m := range []MultiPolygon{quadrangle(t, 60, 10, 5), quadrangle(t, -17, 179, 2), {{star(4, 60, 20, -100, 3)}}} {
		r := region(t, m)
		centre, radius := r.Enclosing()
		sw, ne := r.Bounds()
		f := r.frame()
		if radius > 1e6 || f.east-f.west > 10 {
			t.Errorf("hulls %v %v, %v %v: too wide", centre, radius, sw, ne)
		}
		for _, p := range r.outline().curve.pieces {
			s := p.at(0.37).site()
			if inverse(s, centre.site()).length > radius {
				t.Errorf("%v outside the enclosing disc", s)
			}
			if x := math.Remainder(s.lon-(f.west+f.east)/2, 360); s.lat < f.south || s.lat > f.north || math.Abs(x) > (f.east-f.west)/2+1e-9 {
				t.Errorf("%v outside %v", s, f)
			}
		}
	}
}

// TestClockwise: a ring's sense is the same on the flat map as on the ellipsoid.
func TestClockwise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		deg := rapid.SampledFrom([]float64{1e-5, 1e-4, 1e-2, 1, 8}).Draw(t, "deg")
		ring := star(rapid.Int64().Draw(t, "seed"), rapid.IntRange(3, 40).Draw(t, "n"), rapid.Float64Range(-80, 80).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lon"), deg)
		if rapid.Bool().Draw(t, "thin") { // as thin as the grid allows
			first := ring[0].Lat
			for i := range ring {
				ring[i].Lat = first + int32(i%2)
			}
		}
		if rapid.Bool().Draw(t, "back") {
			slices.Reverse(ring)
		}
		kept, line, err := flattenRing(ring)
		if err != nil {
			t.Skip(err)
		}
		if _, crosses := selfCrossing(line); crosses {
			t.Skip("crosses itself")
		}
		if got, want := clockwise(kept, line), ringArea(kept.sites()) < 0; got != want {
			t.Errorf("clockwise = %v, want %v: %v", got, want, ring)
		}
	})
}

func TestRegionIsSafeForConcurrentUse(t *testing.T) {
	r := region(t, MultiPolygon{{star(1, 500, 48, 37, 1)}})
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			for j := range 500 {
				r.Disc(rounded(47+float64(j)/250, 36+float64(i)/2), 400)
			}
		})
	}
	wait.Wait()
}
