package geo

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"weak"

	"github.com/golang/geo/s2"
)

// A Side says how a thing lies to a region.
type Side int8

// Straddles is also the answer within 1 cm of the boundary: it cannot be told.
const (
	Outside Side = iota - 1
	Straddles
	Inside
)

// String returns "outside", "straddles" or "inside".
func (s Side) String() string {
	switch s {
	case Outside:
		return "outside"
	case Straddles:
		return "straddles"
	case Inside:
		return "inside"
	}
	return fmt.Sprintf("Side(%d)", int8(s))
}

const (
	edgeM     = 0.01 // within this of a boundary, sides cannot be told; metres
	nilShare  = 1e-9 // below this an overlap or a remainder counts as nothing
	roundingM = 0.01 // the grid of Points, and some air
)

// A Region is a MultiPolygon, ready for questions. It is immutable and safe
// for concurrent use. What a question needs is computed when the first one is
// asked: most commands read an agreement and ask nothing of its zones.
type Region struct {
	shape   MultiPolygon
	flat    flat
	outline func() *outline
	area    func() float64
	bounds  func() field
	around  func() hull
	from    *sound // nil: of an overlay

	mu       sync.Mutex
	compared map[weak.Pointer[Region]]comparison // with other regions
}

// A comparison is an answer of Compare.
type comparison struct {
	side  Side
	share float64
}

// mostCompared bounds the answers that a region keeps.
const mostCompared = 1000

// An outline is the boundary of a region, for distances and for sides.
type outline struct {
	curve curve
	rings []span
	index *s2.ShapeIndex
}

// A field is a field of the graticule by its corners.
type field struct{ sw, ne Point }

// A hull is a disc around a region.
type hull struct {
	centre Point
	radius float64
}

// A span is the stretch of a curve's pieces that makes one ring.
type span struct {
	first, end int
	hole       bool
}

// NewRegion prepares m. It refuses a ring of fewer than three different
// points, a ring that crosses or touches itself or another, holes outside
// their polygon, polygons that overlap or share an edge (Union joins them),
// edges of half a turn, and polygons around a pole. Equal points in a row
// count as one.
func NewRegion(m MultiPolygon) (*Region, error) {
	s, err := soundOf(m)
	if err != nil {
		return nil, err
	}
	return s.asRegion(), nil
}

func newRegion(f flat) *Region {
	r := &Region{shape: f.shape, flat: f}
	r.outline = sync.OnceValue(r.trace)
	r.area = sync.OnceValue(r.shape.AreaM2)
	r.bounds = sync.OnceValue(r.bound)
	r.around = sync.OnceValue(r.enclose)
	return r
}

// trace makes the outline of r.
func (r *Region) trace() *outline {
	o := &outline{index: s2.NewShapeIndex()}
	var loops [][]s2.Point
	for i, p := range r.shape {
		for j, ring := range p {
			loops = append(loops, o.addRing(ring, r.flat.rings[i][j], j > 0))
		}
	}
	o.index.Add(s2.LaxPolygonFromPoints(loops))
	o.index.Build()
	o.curve.index()
	return o
}

// addRing adds a ring to the curve and returns it for S2, whose interior is on
// the left: outer rings anticlockwise, holes clockwise.
func (o *outline) addRing(ring Ring, line []xy, hole bool) []s2.Point {
	var loop []s2.Point
	first := len(o.curve.pieces)
	for i, a := range ring {
		for _, s := range o.curve.add(a.site(), ring[(i+1)%len(ring)].site()) {
			loop = append(loop, s.s2())
		}
	}
	o.rings = append(o.rings, span{first, len(o.curve.pieces), hole})
	if clockwise(ring, line) != hole {
		slices.Reverse(loop)
	}
	return loop
}

// clockwise reports whether a ring runs clockwise; line is the same ring,
// flattened. Flat areas are distorted but keep their sense, and are much faster
// to compute; only a sliver as thin as what flattening may move is measured.
func clockwise(ring Ring, line []xy) bool {
	var twice, length, high float64 // in units of the grid
	at := line[len(line)-1]
	for _, p := range line {
		dx, dy := float64(p.x-at.x), float64(p.y-at.y)
		twice += float64(float64(at.x-line[0].x)*dy) - float64(float64(at.y-line[0].y)*dx)
		length += math.Abs(dx) + math.Abs(dy)
		high = math.Max(high, math.Abs(float64(p.y)))
		at = p
	}
	const m = radian * equatorial / unit // the grid's unit in metres
	if area := math.Abs(twice) / 2 * m * m * math.Cos(high/unit*radian); area < 1000+float64(4*flatM*m*length) {
		return ringArea(ring.sites()) < 0
	}
	return twice < 0
}

// s2 returns s on S2's sphere, by its geodetic latitude. Over 10 km a great
// circle of that sphere departs from the geodesic by less than edgeM.
func (s site) s2() s2.Point { return s2.PointFromLatLng(s2.LatLngFromDegrees(s.lat, s.lon)) }

// contains reports whether s is in r, for s at least edgeM from the boundary.
func (r *Region) contains(s site) bool {
	return s2.NewContainsPointQuery(r.outline().index, s2.VertexModelSemiOpen).Contains(s.s2())
}

// Disc says how the disc of radiusM metres around p lies to r; radius 0 is the
// point itself. A disc is Inside or Outside only if all of it is, by more
// than 1 cm.
func (r *Region) Disc(p Point, radiusM float64) Side { return r.disc(p.site(), radiusM) }

func (r *Region) disc(s site, radiusM float64) Side {
	limit := math.Max(0, radiusM) + edgeM
	switch {
	case r.outline().curve.distance(s, limit) < limit:
		return Straddles
	case r.contains(s):
		return Inside
	}
	return Outside
}

// BoundaryDistance returns the distance in metres from p to the nearest point
// of r's boundary, whether p is inside or outside.
func (r *Region) BoundaryDistance(p Point) float64 {
	return r.outline().curve.distance(p.site(), math.Inf(1))
}

// ShareOfDisc returns the share of the area of the disc of radiusM metres
// around p that lies in r, 0 to 1, to 1e-3. For radius 0 it is 0, 1, or half
// on the boundary.
func (r *Region) ShareOfDisc(p Point, radiusM float64) float64 {
	switch side := r.Disc(p, radiusM); {
	case side != Straddles:
		return float64(side+1) / 2
	case radiusM < 3*edgeM:
		return 0.5
	}
	s, chord := p.site(), 2*meanR*math.Sin(math.Min(radiusM/meanR, math.Pi)/2)
	q, east, north := s.vec(), s.east(), s.north()
	o := r.outline()
	var sum float64
	for _, ring := range o.rings {
		var part float64
		for _, p := range o.curve.pieces[ring.first:ring.end] {
			x1, y1 := equalArea(p.a.sub(q), east, north)
			x2, y2 := equalArea(p.at(1).sub(q), east, north)
			part += triangleInCircle(x1, y1, x2, y2, chord)
		}
		if part = math.Abs(part); ring.hole {
			part = -part
		}
		sum += part
	}
	return clamp01(sum / (math.Pi * float64(chord*chord)))
}

// equalArea returns where gap, a straight way from a place to another, ends in
// Lambert's equal-area projection around the place.
func equalArea(gap, east, north vec) (x, y float64) {
	x, y = gap.dot(east), gap.dot(north)
	h := norm2(x, y)
	if h == 0 {
		return 0, 0
	}
	k := math.Sqrt(gap.dot(gap)) / h
	return x * k, y * k
}

func (s site) east() vec {
	sin, cos := math.Sincos(s.lon * radian)
	return vec{-sin, cos, 0}
}

func (s site) north() vec {
	sin, cos := math.Sincos(s.lat * radian)
	sinL, cosL := math.Sincos(s.lon * radian)
	return vec{-sin * cosL, -sin * sinL, cos}
}

// triangleInCircle returns the signed area common to a circle around the
// origin and the triangle of the origin, 1 and 2.
func triangleInCircle(x1, y1, x2, y2, radius float64) float64 {
	dx, dy := x2-x1, y2-y1
	a := float64(dx*dx) + float64(dy*dy)
	if a == 0 {
		return 0
	}
	b := float64(x1*dx) + float64(y1*dy)
	c := float64(x1*x1) + float64(y1*y1) - float64(radius*radius)
	root := float64(b*b) - float64(a*c)
	t1, t2 := 0.0, 0.0 // the stretch of the edge within the circle
	if root > 0 {
		w := math.Sqrt(root)
		t1, t2 = clamp01((-b-w)/a), clamp01((-b+w)/a)
	}
	u1, v1, u2, v2 := x1+float64(t1*dx), y1+float64(t1*dy), x1+float64(t2*dx), y1+float64(t2*dy)
	straight := float64((float64(u1*v2) - float64(u2*v1)) / 2)
	round := turn(x1, y1, u1, v1) + turn(u2, v2, x2, y2)
	return straight + float64(radius*radius/2*round)
}

// turn returns the angle from 1 to 2 as seen from the origin.
func turn(x1, y1, x2, y2 float64) float64 {
	return math.Atan2(float64(x1*y2)-float64(x2*y1), float64(x1*x2)+float64(y1*y2))
}

// AreaM2 returns the area of r in square metres.
func (r *Region) AreaM2() float64 { return r.area() }

// Shape returns the polygons of r; they must not be changed.
func (r *Region) Shape() MultiPolygon { return r.shape }

// Bounds returns the southwest and northeast corners of a field of the
// graticule that holds r. If r crosses the antimeridian, sw.Lon > ne.Lon.
func (r *Region) Bounds() (sw, ne Point) {
	b := r.bounds()
	return b.sw, b.ne
}

// Enclosing returns a disc that surely holds r.
func (r *Region) Enclosing() (centre Point, radiusM float64) {
	h := r.around()
	return h.centre, h.radius
}

// bound returns the corners of r's field. The northern edge of a piece rises above its ends by
// no more than twice as much as its middle does.
func (r *Region) bound() field {
	low, high := r.flat.bounds()
	pieces := r.outline().curve.pieces
	for i := range pieces {
		p := &pieces[i]
		a, b, mid := p.a.site().lat, p.at(1).site().lat, p.at(0.5).site().lat
		rise := 2 * (mid - float64((a+b)/2))
		north, south := math.Max(a, b)+math.Max(0, rise), math.Min(a, b)+math.Min(0, rise)
		high.y = max(high.y, int64(math.Ceil(float64(math.Min(90, north)*unit)-0.01)))
		low.y = min(low.y, int64(math.Floor(float64(math.Max(-90, south)*unit)+0.01)))
	}
	return field{wrapped(low.y, low.x), wrapped(high.y, high.x)}
}

func (r *Region) frame() frame {
	sw, ne := r.Bounds()
	south, west := sw.Degrees()
	north, east := ne.Degrees()
	if east < west {
		east += 360
	}
	return frame{south, west, north, east}
}

// enclose returns a disc around r. Distances to places on a piece exceed those
// to its ends by less than its sagitta seen from far, 2 m.
func (r *Region) enclose() hull {
	pieces := r.outline().curve.pieces
	var sum vec
	for i := range pieces {
		sum = sum.add(pieces[i].a)
	}
	mid := sum.scale(1 / float64(len(pieces)))
	lat := math.Atan2(mid[2], norm2(mid[0], mid[1]))
	h := hull{centre: rounded(lat/radian, math.Atan2(mid[1], mid[0])/radian)}
	for i := range pieces {
		d := inverse(h.centre.site(), pieces[i].a.site()).length
		h.radius = math.Max(h.radius, d)
	}
	h.radius += 2 + roundingM
	return h
}

// Compare says how q lies to r, and which share of q's area lies in r. An
// overlap or a remainder below 1e-9 of q's area counts as nothing: neighbours
// that share edges are Outside each other, and a part of r built from r's own
// vertices is Inside. Vertices set on an edge that has none there are rounded
// to 1e-7 degree, and the slivers between count. The error is not nil only if
// the overlay fails. Both regions are immutable, so an answer is kept while they live.
func (r *Region) Compare(q *Region) (side Side, share float64, err error) {
	if side := r.Disc(q.Enclosing()); side != Straddles {
		return side, float64(side+1) / 2, nil
	}
	key := weak.Make(q)
	r.mu.Lock()
	known, ok := r.compared[key]
	r.mu.Unlock()
	if ok {
		return known.side, known.share, nil
	}
	if side, share, err = r.overlay(q); err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.compared == nil || len(r.compared) >= mostCompared {
			r.compared = map[weak.Pointer[Region]]comparison{}
		}
		r.compared[key] = comparison{side, share}
	}
	return side, share, err
}

func (r *Region) overlay(q *Region) (Side, float64, error) {
	all, common, err := overlap(q.flat, r.flat)
	switch {
	case err != nil:
		return Straddles, 0, err
	case common <= nilShare*all:
		return Outside, 0, nil
	case all-common <= nilShare*all:
		return Inside, 1, nil
	}
	return Straddles, common / all, nil
}
