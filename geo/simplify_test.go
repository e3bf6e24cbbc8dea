package geo

import (
	"math"
	"testing"
)

// TestSimplify: corners within the tolerance go, the others stay in their order, and no
// corner that went was farther from the result than the tolerance.
func TestSimplify(t *testing.T) {
	var ring []Point
	for i := range 4000 { // a circle of 10 km with a wave of 8 m
		a := float64(i) / 4000 * 2 * math.Pi
		r := 10_000.0
		if i%2 == 0 {
			r += 8
		}
		lon := 179.95 + r*math.Cos(a)/111_320/math.Cos(48*math.Pi/180)
		if lon >= 180 {
			lon -= 360
		}
		ring = append(ring, pt(t, 48+r*math.Sin(a)/111_320, lon))
	}
	m := MultiPolygon{{ring}}
	was := len(ring)
	for _, metres := range []float64{1, 20, 200, 2000} {
		got := m.Simplify(metres)
		n := len(got[0][0])
		if n > was || metres >= 20 && n > 300 || n < 3 {
			t.Errorf("%v m: %d corners of %d", metres, n, was)
		}
		was = n
		line, err := NewPath(MultiLine{append(append([]Point{}, got[0][0]...), got[0][0][0])})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range ring {
			if d := line.Distance(p); d > metres*1.02+0.1 {
				t.Fatalf("%v m: a corner is %v m away", metres, d)
			}
		}
	}
	if got := m.Simplify(50_000); len(got) != 0 {
		t.Errorf("an area smaller than the tolerance: %v", got)
	}
	if got := (MultiPolygon{{ring[:3]}}).Simplify(1); len(got) != 1 || len(got[0][0]) != 3 {
		t.Errorf("a triangle: %v", got)
	}
}
