package geo

import (
	"container/heap"
	"fmt"
	"math"
	"slices"

	"github.com/golang/geo/s2"
)

// A Path is one or more lines, ready for questions. It is immutable and safe
// for concurrent use.
type Path struct {
	shape MultiLine
	curve curve
}

// Lines returns the lines of l; they must not be changed.
func (l *Path) Lines() MultiLine { return l.shape }

// NewPath prepares m. It refuses a line of fewer than two different points,
// and an edge of exactly half a turn of longitude, whose way is not known.
func NewPath(m MultiLine) (*Path, error) {
	shape, err := m.tidy()
	if err != nil {
		return nil, err
	}
	l := &Path{shape: shape}
	for _, points := range shape {
		for i, b := range points[1:] {
			l.curve.add(points[i].site(), b.site())
		}
	}
	l.curve.index()
	return l, nil
}

// tidy returns m without repeated points, and refuses what NewPath refuses.
func (m MultiLine) tidy() (MultiLine, error) {
	if len(m) == 0 {
		return nil, fmt.Errorf("no line")
	}
	var out MultiLine
	for i, points := range m {
		kept := distinct(points)
		if len(kept) < 2 {
			return nil, fmt.Errorf("line %d: %d different points, needs two", i+1, len(kept))
		}
		for j, b := range kept[1:] {
			if err := checkEdge(kept[j], b); err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
		}
		out = append(out, kept)
	}
	return out, nil
}

// distinct returns points without those equal to the one before.
func distinct(points []Point) []Point {
	kept := make([]Point, 0, len(points))
	for i, p := range points {
		if i == 0 || p != points[i-1] {
			kept = append(kept, p)
		}
	}
	return kept
}

// checkEdge refuses an edge from a to b that could go either way round.
func checkEdge(a, b Point) error {
	if d := int64(a.Lon) - int64(b.Lon); d == half || d == -half {
		return fmt.Errorf("edge from %v to %v: half a turn of longitude can be gone either way; add a point between", a, b)
	}
	return nil
}

// Distance returns the length in metres of the shortest geodesic from p to l.
func (l *Path) Distance(p Point) float64 { return l.curve.distance(p.site(), math.Inf(1)) }

// DistanceRange returns the least and the greatest distance in metres from a
// point of r to l. The least is exact. The greatest is never too small, and
// too large by at most 1 m or 0.1 percent; where a long ridge of r is equally
// far from l it may, rarely, be too large by more, up to a few percent.
func (l *Path) DistanceRange(r *Region) (least, most float64) {
	_, most = l.Farthest(r)
	return l.least(r), most
}

func (l *Path) least(r *Region) float64 {
	if l.meets(r) {
		return 0
	}
	// Apart, two geodesics of at most 10 km come nearest at an end of one.
	d, outline := math.Inf(1), &r.outline().curve
	for i := range outline.pieces {
		d = math.Min(d, l.curve.distance(outline.pieces[i].a.site(), d))
	}
	for i := range l.curve.pieces {
		p := &l.curve.pieces[i]
		d = math.Min(d, outline.distance(p.a.site(), d))
		d = math.Min(d, outline.distance(p.at(1).site(), d))
	}
	return d
}

// meets reports whether l has a point in r.
func (l *Path) meets(r *Region) bool {
	index := r.outline().index
	query := s2.NewCrossingEdgeQuery(index)
	for i := range l.curve.pieces {
		p := &l.curve.pieces[i]
		a, b := p.a.site(), p.at(1).site()
		if r.contains(a) || len(query.Crossings(a.s2(), b.s2(), index.Shape(0), s2.CrossingTypeAll)) > 0 {
			return true
		}
	}
	return false
}

// Farthest returns how far in metres some point of r surely is from l, and
// what no point of r exceeds; DistanceRange says how close the two are. Where
// a corner of r is the farthest point, reached is exact.
//
// It searches r by halving squares: within a square the distance to l differs
// from that of its centre by no more than its half diagonal.
func (l *Path) Farthest(r *Region) (reached, bound float64) {
	pieces := r.outline().curve.pieces
	for i := range pieces {
		reached = math.Max(reached, l.curve.distance(pieces[i].a.site(), math.Inf(1)))
	}
	open := &squares{r.square(l, r.frame())}
	for range 20_000 {
		s := (*open)[0]
		if s.bound <= reached+math.Max(1, reached/1000) {
			return reached, math.Max(reached, s.bound)
		}
		heap.Pop(open)
		for _, f := range s.frame.quarters() {
			q := r.square(l, f)
			if q.bound <= reached {
				continue
			}
			if r.contains(f.centre()) {
				reached = math.Max(reached, q.middle)
			}
			heap.Push(open, q)
		}
		if open.Len() == 0 {
			return reached, reached
		}
	}
	return reached, (*open)[0].bound
}

// A frame is a field of the graticule, in degrees; east may exceed 180.
type frame struct{ south, west, north, east float64 }

func (f frame) centre() site { return site{(f.south + f.north) / 2, (f.west + f.east) / 2} }

func (f frame) quarters() [4]frame {
	c := f.centre()
	return [4]frame{
		{f.south, f.west, c.lat, c.lon}, {f.south, c.lon, c.lat, f.east},
		{c.lat, f.west, f.north, c.lon}, {c.lat, c.lon, f.north, f.east},
	}
}

// reach returns a distance in metres from the centre that covers f.
func (f frame) reach() float64 {
	lat := math.Max(0, math.Max(f.south, -f.north)) // nearest to the equator
	width := (f.east - f.west) / 2 * radian * equatorial * math.Cos(lat*radian)
	return norm2((f.north-f.south)/2*radian*6.4e6, width)
}

// A square is a frame that may hold points of a region, with the distance from
// its centre to a path and a bound for all of it.
type square struct {
	frame         frame
	middle, bound float64
}

func (r *Region) square(l *Path, f frame) square {
	reach := f.reach()
	if r.disc(f.centre(), reach) == Outside {
		return square{frame: f}
	}
	d := l.curve.distance(f.centre(), math.Inf(1))
	return square{f, d, d + reach}
}

// squares is a heap with the greatest bound on top, the southwest first among
// equals.
type squares []square

func (s squares) Len() int { return len(s) }
func (s squares) Less(i, j int) bool {
	a, b := s[i], s[j]
	switch {
	case a.bound != b.bound:
		return a.bound > b.bound
	case a.frame.south != b.frame.south:
		return a.frame.south < b.frame.south
	}
	return a.frame.west < b.frame.west
}
func (s squares) Swap(i, j int) { s[i], s[j] = s[j], s[i] }
func (s *squares) Push(x any)   { *s = append(*s, x.(square)) }
func (s *squares) Pop() any {
	last := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return last
}

// Strip returns everything within m metres of l, to about 1 m: circles are
// drawn with corners on them. It refuses widths outside 0 to 1,000 km.
func (l *Path) Strip(m float64) (*Region, error) {
	if !(m > 0 && m <= 1e6) {
		return nil, fmt.Errorf("strip of %v m: not above 0 and at most 1000000", m)
	}
	var capsules MultiPolygon
	for _, points := range l.shape {
		for i, b := range points[1:] {
			capsules = append(capsules, capsule(points[i], b, m))
		}
	}
	shape, err := Union(capsules)
	if err != nil {
		return nil, fmt.Errorf("strip of %v m: %w", m, err)
	}
	return NewRegion(shape)
}

// capsule returns what is within m metres of the edge from a to b: half a
// circle around each end, and the sides with a corner at least every 20 km.
func capsule(a, b Point, m float64) Polygon {
	g := inverse(a.site(), b.site())
	n := max(1, int(math.Ceil(g.length/20_000)))
	back := math.Mod(Bearing(b, a)+180, 360)
	ring := Ring(arcPoints(b, back-90, 180, m))
	slices.Reverse(ring)
	stops := between(a.site(), b.site(), n)
	for i := len(stops) - 1; i >= 0; i-- {
		ring = append(ring, direct(stops[i], bearingAt(stops[i], b)-90, m).point())
	}
	start := arcPoints(a, Bearing(a, b)+90, 180, m)
	slices.Reverse(start)
	ring = append(ring, start...)
	for _, s := range stops {
		ring = append(ring, direct(s, bearingAt(s, b)+90, m).point())
	}
	return Polygon{ring}
}

func bearingAt(s site, to Point) float64 {
	g := inverse(s, to.site())
	return math.Atan2(g.sinAz1, g.cosAz1) / radian
}
