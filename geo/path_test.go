package geo

import (
	"math"
	"math/rand"
	"testing"

	"pgregory.net/rapid"
)

func path(t testing.TB, points ...Point) *Path {
	t.Helper()
	l, err := NewPath(MultiLine{points})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// bruteDistance measures every edge by golden section on Karney's distance.
func bruteDistance(points []Point, p Point) float64 {
	least := math.Inf(1)
	for i, b := range points[1:] {
		stops := append(append([]site{points[i].site()}, between(points[i].site(), b.site(), 50)...), b.site())
		for j := range stops[1:] {
			var c curve
			c.add(stops[j], stops[j+1])
			for k := range c.pieces {
				least = math.Min(least, c.pieces[k].distanceExact(p.site()))
			}
		}
	}
	return least
}

func TestPathDistanceAgainstBruteForce(t *testing.T) {
	rnd := rand.New(rand.NewSource(11))
	line := wanderingLine(12)
	long := []Point{pt(t, 60, -30), pt(t, 40, 40), pt(t, -20, 100)}
	across := []Point{pt(t, -10, 179), pt(t, -12, -179.5), pt(t, -11, -178)}
	for _, tt := range []struct {
		name   string
		points []Point
		deg    float64
	}{
		{"beside", line, 0.05}, {"20 km", line, 0.4}, {"200 km", line, 4}, {"3000 km", line, 50}, {"anywhere", line, 170},
		{"long edges, near", long, 5}, {"long edges", long, 100}, {"antimeridian", across, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := path(t, tt.points...)
			for range 12 {
				v := tt.points[rnd.Intn(len(tt.points))].site()
				lat := math.Max(-90, math.Min(90, v.lat+tt.deg*(rnd.Float64()-0.5)))
				p := rounded(lat, v.lon+tt.deg*(rnd.Float64()-0.5))
				if got, want := l.Distance(p), bruteDistance(tt.points, p); math.Abs(got-want) > 2e-3 {
					t.Errorf("Distance(%v) = %.4f, want %.4f", p, got, want)
				}
			}
		})
	}
}

func TestNewPathRefuses(t *testing.T) {
	a := pt(t, 1, 1)
	for _, tt := range []struct {
		m   MultiLine
		err string
	}{
		{nil, "no line"}, {MultiLine{{}}, "line 1: 0 different points"}, {MultiLine{{a, a}}, "line 1: 1 different points, needs two"},
		{MultiLine{{pt(t, 5, 0), pt(t, 5, 180)}}, "half a turn of longitude"},
	} {
		if _, err := NewPath(tt.m); !matches(err, tt.err) {
			t.Errorf("NewPath(%v) = %v, want %q", tt.m, err, tt.err)
		}
	}
}

func TestStrip(t *testing.T) {
	rnd := rand.New(rand.NewSource(3))
	for _, width := range []float64{500, 15_000} {
		l := path(t, wanderingLine(40)...)
		r, err := l.Strip(width)
		if err != nil {
			t.Fatal(err)
		}
		for range 2000 {
			v := l.shape[0][rnd.Intn(40)]
			p := Destination(v, 360*rnd.Float64(), 2*width*rnd.Float64())
			d := l.Distance(p)
			if math.Abs(d-width) > 2 && (r.Disc(p, 0) == Inside) != (d < width) {
				t.Errorf("%v is %v, %.2f m from the line of a strip of %v m", p, r.Disc(p, 0), d, width)
			}
		}
	}
	if _, err := path(t, pt(t, 0, 0), pt(t, 0, 1)).Strip(0); err == nil {
		t.Error("Strip(0): no error")
	}
}

func TestDistanceRange(t *testing.T) {
	l := path(t, pt(t, 48, 37), pt(t, 48.5, 37))
	for _, tt := range []struct {
		name        string
		m           MultiPolygon
		least, most float64 // most within 0.1 percent or 1 m
	}{
		{"beside", quadrangle(t, 48.2, 37.1, 0.1), 7419.2, 14881.9},
		{"over the line", quadrangle(t, 48.2, 36.9, 0.2), 0, 7441.1},
		{"holds the line", quadrangle(t, 47, 36, 2), 0, 134418.4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := region(t, tt.m)
			least, most := l.DistanceRange(r)
			if math.Abs(least-tt.least) > 0.1 || math.Abs(most-tt.most) > 1+most/1000 {
				t.Errorf("DistanceRange = %.1f, %.1f, want %.1f, %.1f", least, most, tt.least, tt.most)
			}
			f := r.frame()
			for i := range 41 * 41 {
				s := site{f.south + (f.north-f.south)*float64(i/41)/40, f.west + (f.east-f.west)*float64(i%41)/40}
				if d := l.Distance(s.point()); r.disc(s, 0) == Inside && (d < least-0.01 || d > most+0.01) {
					t.Errorf("%v lies %.1f m away, not within %.1f and %.1f", s, d, least, most)
				}
			}
		})
	}
}

func TestWedge(t *testing.T) {
	post := pt(t, 48.01, 37.8)
	for _, tt := range []struct {
		name               string
		from, to, min, max float64
		share              float64 // of the disc of max
		holes              int
		err                string
	}{
		{"across north", 350, 10, 0, 5000, 20. / 360, 0, ""},
		{"a sector from afar", 80, 140, 1000, 5000, 60. / 360 * 24 / 25, 0, ""},
		{"all round", 0, 360, 0, 5000, 1, 0, ""},
		{"a ring", 0, 360, 1000, 5000, 24. / 25, 1, ""},
		{"more than half", 10, 350, 0, 5000, 340. / 360, 0, ""},
		{"no opening", 10, 10, 0, 5000, 0, 0, "no opening"},
		{"bearing", 10, 361, 0, 5000, 0, 0, "not within 0 and 360"},
		{"not a number", math.NaN(), 20, 0, 5000, 0, 0, "not within 0 and 360"},
		{"distances", 10, 20, 5000, 5000, 0, 0, "distances 5000 to 5000 m"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := Wedge(post, tt.from, tt.to, tt.min, tt.max)
			if !matches(err, tt.err) {
				t.Fatalf("error %v, want %q", err, tt.err)
			}
			if tt.err != "" {
				return
			}
			want := tt.share * math.Pi * tt.max * tt.max
			if got := region(t, m).AreaM2(); math.Abs(got-want) > 1e-3*want || len(m[0]) != 1+tt.holes {
				t.Errorf("area %.0f with %d rings, want %.0f with %d", got, len(m[0]), want, 1+tt.holes)
			}
		})
	}
}

func TestFlatDeviation(t *testing.T) {
	for _, tt := range []struct {
		name string
		a, b Point
		want float64
	}{
		{"a meridian is straight", pt(t, 40, 37), pt(t, 50, 37), 0},
		{"the equator is straight", pt(t, 0, 10), pt(t, 0, 20), 0},
		{"50 km along 48 degrees", pt(t, 48, 37), pt(t, 48, 37.67), 54.3}, // L²/8 tan φ / R
	} {
		if got := FlatDeviation(tt.a, tt.b); math.Abs(got-tt.want) > 0.01*tt.want+0.001 {
			t.Errorf("%s: %.3f m, want %.3f", tt.name, got, tt.want)
		}
	}
}

// TestFlatEdgesKeepTheirPromise checks flatM on random edges.
func TestFlatEdgesKeepTheirPromise(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	var worst float64
	for range 300 {
		a := rounded(150*(rnd.Float64()-0.5), 360*(rnd.Float64()-0.5))
		b := Destination(a, 360*rnd.Float64(), math.Pow(10, 3+3*rnd.Float64()))
		all := append(append([]Point{a}, flatEdge(a, b)...), b)
		for range 5 {
			i := rnd.Intn(len(all) - 1)
			worst = max(worst, FlatDeviation(all[i], all[i+1]))
		}
	}
	if worst > flatM {
		t.Errorf("worst %v m, want at most %v", worst, flatM)
	}
	t.Logf("worst %.3f m", worst)
}

// TestSurelyFlat: an edge that needs no points at a quick look needs none when its
// sagitta is computed.
func TestSurelyFlat(t *testing.T) {
	quick := 0
	rapid.Check(t, func(t *rapid.T) {
		a := anyPoint(t, "a")
		size := rapid.SampledFrom([]float64{1e3, 1e4, 5e4, 1e5, 3e5}).Draw(t, "size")
		b := wrapped(int64(a.Lat)+int64(rapid.Float64Range(-size, size).Draw(t, "north")), int64(a.Lon)+int64(rapid.Float64Range(-size, size).Draw(t, "east")))
		if !surelyFlat(a, b) {
			return
		}
		quick++
		if s := sagitta(a.site(), b.site()); 2*s > flatM {
			t.Errorf("%v to %v: sagitta %v", a, b, s)
		}
	})
	if quick == 0 {
		t.Error("no edge was flat at a quick look")
	}
}
