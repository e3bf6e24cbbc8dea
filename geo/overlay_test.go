package geo

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func quadrangle(t testing.TB, south, west, size float64) MultiPolygon {
	t.Helper()
	return MultiPolygon{{{
		pt(t, south, west), rounded(south, west+size), rounded(south+size, west+size), rounded(south+size, west),
	}}}
}

func TestNewRegionRefuses(t *testing.T) {
	p := func(v ...float64) (r Ring) {
		for i := 0; i < len(v); i += 2 {
			r = append(r, pt(t, v[i], v[i+1]))
		}
		return r
	}
	for _, tt := range []struct {
		name string
		m    MultiPolygon
		err  string
	}{
		{"nothing", nil, "no polygon"},
		{"no ring", MultiPolygon{{}}, "polygon 1: no ring"},
		{"two points", MultiPolygon{{p(1, 1, 2, 2, 1, 1)}}, "polygon 1: 2 different points, needs three"},
		{"bow tie", MultiPolygon{{p(0, 0, 1, 1, 1, 0, 0, 1)}}, "polygon 1: crosses or touches itself at"},
		{"spike", MultiPolygon{{p(0, 0, 0, 1, 1, 1, 2, 1, 1, 1, 1, 0)}}, "crosses or touches itself"},
		{"flat", MultiPolygon{{p(0, 10, 0, 11, 0, 12)}}, "crosses or touches itself"},
		{"touches itself", MultiPolygon{{p(0, 0, 0, 2, 2, 2, 0, 1, 2, 0)}}, "crosses or touches itself"},
		{"hole outside", MultiPolygon{{p(0, 0, 0, 1, 1, 1, 1, 0), p(5, 5, 5, 6, 6, 6)}}, "do not fit together"},
		{"overlapping", MultiPolygon{{p(0, 0, 0, 2, 2, 2, 2, 0)}, {p(1, 1, 1, 3, 3, 3, 3, 1)}}, "do not fit together"},
		{"around a pole", MultiPolygon{{p(80, 0, 80, 90, 80, 179, 80, -90)}}, "goes round a pole"},
		{"at a pole", MultiPolygon{{p(80, 0, 80, 90, 90, 0)}}, "polygons at a pole"},
		{"half a turn", MultiPolygon{{p(0, 0, 0, 180, 10, 90)}}, "half a turn of longitude"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := NewRegion(tt.m); tt.err == "" || !matches(err, tt.err) {
				t.Errorf("NewRegion = %v, want %q", err, tt.err)
			}
		})
	}
}

func TestOverlayOfSquares(t *testing.T) {
	a, b := quadrangle(t, 48, 37, 0.01), quadrangle(t, 48.005, 37.005, 0.01)
	got, err := Intersect(a, b)
	want := MultiPolygon{{{pt(t, 48.005, 37.005), pt(t, 48.005, 37.01), pt(t, 48.01, 37.01), pt(t, 48.01, 37.005)}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Intersect = %v, %v, want %v", got, err, want)
	}
	if got, err := Intersect(a, quadrangle(t, 10, 10, 1)); err != nil || got != nil {
		t.Errorf("Intersect of strangers = %v, %v, want nothing", got, err)
	}
	if got, err := Subtract(a, quadrangle(t, 47, 36, 3)); err != nil || got != nil {
		t.Errorf("Subtract of all = %v, %v, want nothing", got, err)
	}
	got, err = Union(quadrangle(t, 48, 37, 0.01), quadrangle(t, 48, 37.01, 0.01))
	if err != nil || len(got) != 1 || math.Abs(got.AreaM2()-2*a.AreaM2()) > 0.1 {
		t.Errorf("Union of neighbours = %v, %v, want one polygon", got, err)
	}
	got, err = Subtract(quadrangle(t, 47.99, 36.99, 0.03), a)
	if err != nil || len(got) != 1 || len(got[0]) != 2 {
		t.Errorf("Subtract of the middle = %v, %v, want a hole", got, err)
	}
}

func TestUnionAcrossAntimeridian(t *testing.T) {
	got, err := Union(quadrangle(t, 10, 179.99, 0.01), quadrangle(t, 10, -180, 0.01))
	if err != nil || len(got) != 1 {
		t.Fatalf("Union = %v, %v, want one polygon", got, err)
	}
	if side := region(t, got).Disc(pt(t, 10.005, 180), 100); side != Inside {
		t.Errorf("a disc at 180 degrees is %v, want inside", side)
	}
}

func anyStar(t *rapid.T, name string) MultiPolygon {
	return MultiPolygon{{star(
		rapid.Int64Range(0, 1e6).Draw(t, name+" seed"), rapid.IntRange(5, 40).Draw(t, name+" corners"),
		48+rapid.Float64Range(-0.1, 0.1).Draw(t, name+" lat"), 37+rapid.Float64Range(-0.1, 0.1).Draw(t, name+" lon"),
		rapid.Float64Range(0.02, 0.1).Draw(t, name+" size"),
	)}}
}

// TestApart: what is taken to fit together at a quick look does so when every ring and
// then all of them are checked, and what the quick look leaves is often fine all the same.
func TestApart(t *testing.T) {
	quick := 0
	rapid.Check(t, func(t *rapid.T) {
		var m MultiPolygon
		for range rapid.IntRange(1, 4).Draw(t, "polygons") {
			var p Polygon
			for i := range rapid.IntRange(1, 3).Draw(t, "rings") {
				size := rapid.SampledFrom([]float64{0.01, 0.1, 1}).Draw(t, "size")
				if i > 0 {
					size /= 10
				}
				p = append(p, star(rapid.Int64Range(0, 1e6).Draw(t, "seed"), rapid.IntRange(3, 12).Draw(t, "corners"),
					48+rapid.Float64Range(-1, 1).Draw(t, "lat"), 180+rapid.Float64Range(-1, 1).Draw(t, "lon"), size))
			}
			m = append(m, p)
		}
		if rapid.Bool().Draw(t, "touching") {
			m[0][0][0] = m[len(m)-1][len(m[len(m)-1])-1][0]
		}
		f, err := flatten(m)
		if err != nil || !f.apart() {
			return
		}
		quick++
		for _, polygon := range f.rings {
			for _, ring := range polygon {
				if at, crosses := selfCrossing(ring); crosses {
					t.Fatalf("a ring crosses itself at %v: %v", at, m)
				}
			}
		}
		if err := f.geometry(f.origin()).Validate(); err != nil {
			t.Fatalf("%v: %v", err, m)
		}
	})
	if quick == 0 {
		t.Error("nothing was found at a quick look")
	}
}

// TestOverlayLaws: what a and b share and what only a has make up a; the union
// is what only a has and b. Rounding moves boundaries by 1 cm.
func TestOverlayLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyStar(t, "a"), anyStar(t, "b")
		if _, err := NewRegion(a); err != nil {
			t.Skip(err)
		}
		if _, err := NewRegion(b); err != nil {
			t.Skip(err)
		}
		both, err1 := Intersect(a, b)
		only, err2 := Subtract(a, b)
		either, err3 := Union(a, b)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(err1, err2, err3)
		}
		slack := 0.1 * (a.PerimeterM() + b.PerimeterM()) // edges drawn flat to 5 cm
		if d := both.AreaM2() + only.AreaM2() - a.AreaM2(); math.Abs(d) > slack {
			t.Errorf("common and remainder differ from the whole by %v m2", d)
		}
		if d := only.AreaM2() + b.AreaM2() - either.AreaM2(); math.Abs(d) > slack {
			t.Errorf("remainder and other differ from the union by %v m2", d)
		}
		for _, m := range []MultiPolygon{both, only, either} {
			if len(m) > 0 {
				if _, err := NewRegion(m); err != nil {
					t.Errorf("result refused: %v", err)
				}
			}
		}
		if again, _ := Union(a, b); !reflect.DeepEqual(again, either) {
			t.Errorf("Union = %v, then %v", either, again)
		}
	})
}

func TestCompare(t *testing.T) {
	a := region(t, quadrangle(t, 48, 37, 0.1))
	for _, tt := range []struct {
		name  string
		q     MultiPolygon
		side  Side
		share float64
	}{
		{"itself", quadrangle(t, 48, 37, 0.1), Inside, 1},
		{"neighbour with a shared edge", quadrangle(t, 48, 37.1, 0.1), Outside, 0},
		{"neighbour by a corner", quadrangle(t, 48.1, 37.1, 0.1), Outside, 0},
		{"far away", quadrangle(t, 10, 10, 1), Outside, 0},
		{"within", quadrangle(t, 48.04, 37.04, 0.01), Inside, 1},
		{"around", quadrangle(t, 47.9, 36.9, 0.3), Straddles, 0.11111},
		{"half", MultiPolygon{{{pt(t, 48, 37), pt(t, 48, 37.1), pt(t, 48.1, 37.1)}}}, Inside, 1},
		{"half out", quadrangle(t, 48, 37.05, 0.1), Straddles, 0.5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			side, share, err := a.Compare(region(t, tt.q))
			if err != nil || side != tt.side || math.Abs(share-tt.share) > 1e-4 {
				t.Errorf("Compare = %v %.6f, %v, want %v %v", side, share, err, tt.side, tt.share)
			}
		})
	}
}

// TestComparedAgain: an answer that is kept is the one for the same two regions.
func TestComparedAgain(t *testing.T) {
	r := region(t, MultiPolygon{{star(1, 50, 48, 37, 1)}})
	shares := map[float64]bool{}
	for range 2 {
		for i := range 4 {
			q := region(t, MultiPolygon{{star(2, 50, 48.5, 37.2+float64(i)/5, 0.5)}})
			side, share, err := r.Compare(q)
			if wantSide, want, wantErr := r.overlay(q); side != wantSide || share != want || err != wantErr {
				t.Errorf("region %d: %v, %v, %v, want %v, %v, %v", i, side, share, err, wantSide, want, wantErr)
			}
			shares[share] = true
		}
	}
	if len(shares) != 4 || len(r.compared) != 4 {
		t.Errorf("%d different shares of 4, %d of them kept", len(shares), len(r.compared))
	}
}

// TestCompareLaws: the area that q shares with r is the area that r shares with q;
// parts cut from r are inside it, except for rounding.
func TestCompareLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyStar(t, "a"), anyStar(t, "b")
		q, err := NewRegion(a)
		if err != nil {
			t.Skip(err)
		}
		r, err := NewRegion(b)
		if err != nil {
			t.Skip(err)
		}
		qInR, s1, err1 := r.Compare(q)
		rInQ, s2, err2 := q.Compare(r)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if (qInR == Outside) != (rInQ == Outside) || qInR == Inside && rInQ == Inside && !reflect.DeepEqual(q.Shape(), r.Shape()) {
			t.Errorf("q to r %v, r to q %v", qInR, rInQ)
		}
		if d := s1*q.AreaM2() - s2*r.AreaM2(); math.Abs(d) > 0.1*(a.PerimeterM()+b.PerimeterM()) {
			t.Errorf("shared area differs by %v m2", d)
		}
		if side, share, err := q.Compare(q); side != Inside || share != 1 || err != nil {
			t.Errorf("q to itself: %v %v %v", side, share, err)
		}
		part, err := Subtract(a, b)
		if err != nil || len(part) == 0 {
			return
		}
		p, err := NewRegion(part)
		if err != nil {
			t.Fatal(err)
		}
		if side, share, err := q.Compare(p); err != nil || side == Outside || (1-share)*p.AreaM2() > 0.02*part.PerimeterM() {
			t.Errorf("part: %v %v %v", side, share, err)
		}
	})
}

// TestOverlayAddsNoVertices: the library joins a hole to its outer ring by a
// line of its own, whose ends must not stay.
func TestOverlayAddsNoVertices(t *testing.T) {
	ring := func(seed int64, deg float64) Ring { return star(seed, 30, 48, 37, deg) }
	m := MultiPolygon{{ring(1, 0.02), ring(2, 0.005)}}
	r := region(t, m)
	if side, share, err := r.Compare(r); side != Inside || share != 1 || err != nil {
		t.Errorf("a region to itself is %v %v, %v", side, share, err)
	}
	once, err := Intersect(m, m)
	if err != nil {
		t.Fatal(err)
	}
	if len(once) != 1 || len(once[0]) != 2 || len(once[0][0]) != len(r.flat.rings[0][0]) || len(once[0][1]) != len(r.flat.rings[0][1]) {
		t.Errorf("Intersect with itself has other vertices: %v", once)
	}
}

// TestUnionFillsAHole: a box that covers the hole of a band leaves no hole.
func TestUnionFillsAHole(t *testing.T) {
	square := func(a, b int32) Ring {
		return Ring{{Lat: a, Lon: a}, {Lat: a, Lon: b}, {Lat: b, Lon: b}, {Lat: b, Lon: a}}
	}
	hole := square(3_000_000, 8_000_000)
	hole[1], hole[3] = hole[3], hole[1]
	band := MultiPolygon{{square(1_000_000, 10_000_000), hole}}
	box := MultiPolygon{{square(2_000_000, 9_000_000)}}
	for _, ms := range [][]MultiPolygon{{band, box}, {box, band}} {
		got, err := Union(ms...)
		if err != nil || len(got) != 1 || len(got[0]) != 1 {
			t.Errorf("%d polygons, %v: want one without a hole, of %.0f m2", len(got), err, got.AreaM2())
		}
	}
}

// TestUnionByCells: unions of boxes and bands on a grid have the cells that any of them
// has, counted one by one: an outside truth that needs no geometry.
func TestUnionByCells(t *testing.T) {
	const cell, wide = 1000, 12 // units of 1e-7 degree: about 11 m
	r := rand.New(rand.NewPCG(7, 7))
	ring := func(x, y, w, h int, hole bool) Ring {
		at := func(x, y int) Point { return Point{Lat: int32(480_000_000 + y*cell), Lon: int32(370_000_000 + x*cell)} }
		out := Ring{at(x, y), at(x+w, y), at(x+w, y+h), at(x, y+h)}
		if hole {
			out[1], out[3] = out[3], out[1]
		}
		return out
	}
	for n := range 600 {
		var want [wide][wide]bool
		var ms []MultiPolygon
		for range 2 + r.IntN(5) {
			w, h := 1+r.IntN(6), 1+r.IntN(6)
			x, y := r.IntN(wide-w), r.IntN(wide-h)
			m := MultiPolygon{{ring(x, y, w, h, false)}}
			band := w > 2 && h > 2 && r.IntN(2) == 0
			if band {
				m[0] = append(m[0], ring(x+1, y+1, w-2, h-2, true))
			}
			for i := x; i < x+w; i++ {
				for j := y; j < y+h; j++ {
					if !band || i == x || i == x+w-1 || j == y || j == y+h-1 {
						want[i][j] = true
					}
				}
			}
			ms = append(ms, m)
		}
		got, err := Union(ms...)
		if err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		region, err := NewRegion(got)
		if err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		for i := range wide {
			for j := range wide {
				middle := Point{Lat: int32(480_000_000 + j*cell + cell/2), Lon: int32(370_000_000 + i*cell + cell/2)}
				if (region.Disc(middle, 0) == Inside) != want[i][j] {
					t.Fatalf("%d: cell %d, %d of the union of %v: %v, want %v", n, i, j, ms, !want[i][j], want[i][j])
				}
			}
		}
	}
}
