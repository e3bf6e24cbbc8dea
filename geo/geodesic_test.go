package geo

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// reference reads a file of testdata as numbers, without its heading.
func reference(t testing.TB, name string) [][]float64 {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for _, row := range rows[1:] {
		var v []float64
		for _, s := range strings.Fields(strings.Join(row, " ")) {
			x, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			v = append(v, x)
		}
		out = append(out, v)
	}
	return out
}

func pt(t testing.TB, lat, lon float64) Point {
	t.Helper()
	p, err := PointOf(lat, lon)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDistanceReference(t *testing.T) {
	var worst, worstAz float64
	for _, r := range reference(t, "distance.csv") {
		a, b := pt(t, r[0], r[1]), pt(t, r[2], r[3])
		got := Distance(a, b)
		worst = max(worst, math.Abs(got-r[5]))
		if !(math.Abs(got-r[5]) <= 1e-3) {
			t.Errorf("Distance(%v, %v) = %.4f, want %.4f", a, b, got, r[5])
		}
		az := math.Abs(math.Remainder(Bearing(a, b)-r[4], 360)) * radian * math.Min(r[5], 1e6)
		if r[5] > 0 && math.Abs(r[0]) < 90 {
			worstAz = max(worstAz, az)
		}
	}
	t.Logf("worst distance %.2g m, worst bearing across %.2g m", worst, worstAz)
}

func TestAreaReference(t *testing.T) {
	var worst, worstAbs, worstP float64
	for _, r := range reference(t, "area.csv") {
		n := len(r) - 2
		var ring Ring
		for i := 0; i < n; i += 2 {
			ring = append(ring, pt(t, r[i+1], r[i]))
		}
		m := MultiPolygon{Polygon{ring}}
		got, perimeter := m.AreaM2(), m.PerimeterM()
		d := math.Abs(got - r[n])
		if d > 0.0051 && d/r[n] > 1e-9 {
			t.Errorf("area of %d points at %v = %.2f, want %.2f", n/2, ring[0], got, r[n])
		}
		if d > 0.0051 {
			worst = max(worst, d/r[n])
		} else {
			worstAbs = max(worstAbs, d)
		}
		worstP = max(worstP, math.Abs(perimeter-r[n+1]))
	}
	t.Logf("worst relative %.2g, worst absolute among the rest %.2g m2, perimeter %.2g m", worst, worstAbs, worstP)
}

func BenchmarkDistance(b *testing.B) {
	p, q := pt(b, 48.01, 37.8), pt(b, 48.5, 38.1)
	for b.Loop() {
		Distance(p, q)
	}
}

// integrate sums f over 0..x by Gauss's rule in 64 steps.
func integrate(f func(float64) float64, x float64) (sum float64) {
	const steps = 64
	for i := range steps {
		for _, g := range gauss6 {
			sum += g[1] * x / steps / 2 * f(x/steps*(float64(i)+0.5+g[0]/2))
		}
	}
	return sum
}

// TestSeries checks each coefficient against the integral it expands: Karney
// (2013), equations 7 and 8.
func TestSeries(t *testing.T) {
	for _, cos0 := range []float64{0, 0.3, 0.7, 1} {
		o := orbitOf(math.Sqrt(1-cos0*cos0), cos0)
		length, back := lengthWave(o.eps), backWave(o.eps)
		for _, sigma := range []float64{0.1, 0.8, 1.5, 2.9, 6} {
			sin, cos := math.Sincos(sigma)
			got := lengthScale(o.eps) * (sigma + length.at(sin, cos))
			want := integrate(func(s float64) float64 { return math.Sqrt(1 + o.k2*math.Pow(math.Sin(s), 2)) }, sigma)
			if math.Abs(got-want) > 1e-14*sigma {
				t.Errorf("length to σ=%v for cos α0=%v: %v, want %v", sigma, cos0, got, want)
			}
			tau := sigma + length.at(sin, cos)
			if s := tau + back.at(math.Sincos(tau)); math.Abs(s-sigma) > 2e-15*sigma {
				t.Errorf("σ=%v comes back as %v", sigma, s)
			}
			got = lonScale(o.eps) * (sigma + o.c3.at(sin, cos))
			want = integrate(func(s float64) float64 {
				return (2 - flattening) / (1 + (1-flattening)*math.Sqrt(1+o.k2*math.Pow(math.Sin(s), 2)))
			}, sigma)
			if math.Abs(got-want) > 1e-14*sigma {
				t.Errorf("longitude to σ=%v for cos α0=%v: %v, want %v", sigma, cos0, got, want)
			}
		}
	}
}

func TestDirectUndoesInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyPoint(t, "a"), anyPoint(t, "b")
		d := Distance(a, b)
		if back := Distance(b, a); math.Abs(d-back) > 1e-7 {
			t.Errorf("there %v, back %v", d, back)
		}
		if miss := Distance(Destination(a, Bearing(a, b), d), b); miss > 0.02 {
			t.Errorf("from %v to %v: destination misses by %v m", a, b, miss)
		}
	})
}

// TestNearAntipodes walks where the solution is most delicate.
func TestNearAntipodes(t *testing.T) {
	for _, lat := range []float64{0, 1e-7, 0.3, 30, 89.9999999} {
		for _, dLat := range []float64{0, 1e-7, 0.01, 0.3, 1} {
			for _, lon := range []float64{179, 179.4, 179.5, 179.9, 179.9999999} {
				a, b := rounded(lat, 0), rounded(math.Max(-90, -lat+dLat), lon)
				d := Distance(a, b)
				if miss := Distance(Destination(a, Bearing(a, b), d), b); !(miss < 0.02) || d > 20_003_931.5 {
					t.Errorf("from %v to %v: %v m, destination misses by %v m", a, b, d, miss)
				}
			}
		}
	}
}
