package geo

import "math"

// Simplify leaves out corners that are closer than some metres to the line between those
// that stay: Douglas and Peucker 1973, ring by ring, on a local flat map. It is for saying
// how far a shape would have to be simplified: rings of the result may cross, which
// NewRegion finds out.
func (m MultiPolygon) Simplify(metres float64) MultiPolygon {
	out := make(MultiPolygon, 0, len(m))
	for _, poly := range m {
		var p Polygon
		for i, ring := range poly {
			if s := simplifyRing(ring, metres); len(s) >= 3 {
				p = append(p, s)
			} else if i == 0 { // an area that is gone has no holes
				break
			}
		}
		if len(p) > 0 {
			out = append(out, p)
		}
	}
	return out
}

func simplifyRing(ring []Point, metres float64) []Point {
	if len(ring) < 4 {
		return ring
	}
	// The ring is two lines between its first corner and the one farthest from it.
	lat, _ := ring[0].Degrees()
	flat := make([][2]float64, len(ring))
	scale := math.Cos(lat * math.Pi / 180)
	far, most := 0, -1.0
	for i, p := range ring {
		lon := int64(p.Lon) - int64(ring[0].Lon)
		if lon > half { // the short way round
			lon -= 2 * half
		} else if lon < -half {
			lon += 2 * half
		}
		flat[i] = [2]float64{float64(lon) * 1e-7 * 111_320 * scale, (float64(p.Lat) - float64(ring[0].Lat)) * 1e-7 * 111_320}
		if d := math.Hypot(flat[i][0], flat[i][1]); d > most {
			far, most = i, d
		}
	}
	keep := make([]bool, len(ring)+1)
	keep[0], keep[far] = true, true
	at := func(i int) [2]float64 { return flat[i%len(ring)] }
	for spans := [][2]int{{0, far}, {far, len(ring)}}; len(spans) > 0; {
		s := spans[len(spans)-1]
		spans = spans[:len(spans)-1]
		worst, where := metres, -1
		for i := s[0] + 1; i < s[1]; i++ {
			if d := offLine(at(i), at(s[0]), at(s[1])); d > worst {
				worst, where = d, i
			}
		}
		if where >= 0 {
			keep[where] = true
			spans = append(spans, [2]int{s[0], where}, [2]int{where, s[1]})
		}
	}
	var out []Point
	for i, p := range ring {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

// offLine is how far p is from the line between a and b.
func offLine(p, a, b [2]float64) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := float64(dx*dx) + float64(dy*dy); l > 0 {
		t = min(1, max(0, (float64((p[0]-a[0])*dx)+float64((p[1]-a[1])*dy))/l))
	}
	return math.Hypot(p[0]-a[0]-float64(t*dx), p[1]-a[1]-float64(t*dy))
}
