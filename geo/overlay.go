package geo

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/peterstace/simplefeatures/geom"
	"github.com/peterstace/simplefeatures/rtree"
)

// flatM is how far, in metres, the straight edges of the plate carrée may
// depart from the geodesics they stand for. Overlays are computed there. 5 cm
// is a few units of the grid and far below what outputs print (1 m), and it
// asks for a vertex every 1.5 km at 48 degrees, which the overlay can bear.
const flatM = 0.05

// maxVertices bounds the vertices of one ring, added ones included.
const maxVertices = 1_000_000

// An xy is a place of the plate carrée in units of 1e-7 degree: x east, y
// north. x may run beyond half a turn, so that no edge jumps.
type xy struct{ x, y int64 }

// BUG(geo): two shapes that are together wider than half a turn may be laid one turn
// apart, and then share nothing.

// A flat is a MultiPolygon in the plate carrée with vertices added so that its
// straight edges follow the geodesics within flatM. The added vertices depend
// on the edge alone, not on its sense: neighbours get the same.
type flat struct {
	shape MultiPolygon // without repeated points
	rings [][][]xy
}

// flatten brings m into the plate carrée. It refuses rings of fewer than three
// points, edges of half a turn, and polygons around a pole.
func flatten(m MultiPolygon) (flat, error) {
	if len(m) == 0 {
		return flat{}, errors.New("no polygon")
	}
	var f flat
	for i, polygon := range m {
		if len(polygon) == 0 {
			return flat{}, fmt.Errorf("polygon %d: no ring", i+1)
		}
		var shape Polygon
		var rings [][]xy
		for j, ring := range polygon {
			kept, line, err := flattenRing(ring)
			if err != nil {
				return flat{}, fmt.Errorf("%s: %w", ringName(i, j), err)
			}
			if j > 0 { // into the turn of its outer ring
				line = shifted(line, turns(line, middle(rings[0])))
			}
			shape, rings = append(shape, kept), append(rings, line)
		}
		f.shape, f.rings = append(f.shape, shape), append(f.rings, rings)
	}
	if low, high := f.bounds(); high.x-low.x >= 2*half {
		return flat{}, errors.New("polygons go round the globe")
	}
	return f, nil
}

func ringName(polygon, ring int) string {
	if ring == 0 {
		return fmt.Sprintf("polygon %d", polygon+1)
	}
	return fmt.Sprintf("polygon %d hole %d", polygon+1, ring)
}

func flattenRing(ring Ring) (kept Ring, line []xy, err error) {
	kept = ring.tidy()
	if len(kept) < 3 {
		return nil, nil, fmt.Errorf("%d different points, needs three", len(kept))
	}
	at := xy{int64(kept[0].Lon), int64(kept[0].Lat)}
	for i, a := range kept {
		b := kept[(i+1)%len(kept)]
		if err := checkEdge(a, b); err != nil {
			return nil, nil, err
		}
		if a.Lat == quarter || a.Lat == -quarter {
			return nil, nil, fmt.Errorf("point %v: polygons at a pole are not supported", a)
		}
		line = append(line, at)
		for _, p := range flatEdge(a, b) {
			at = at.to(p)
			line = append(line, at)
		}
		at = at.to(b) // b comes with its own edge
		if len(line) > maxVertices {
			return nil, nil, fmt.Errorf("more than %d vertices along the geodesics", maxVertices)
		}
	}
	if at != line[0] {
		return nil, nil, errors.New("goes round a pole: such polygons are not supported")
	}
	return kept, line, nil
}

// to returns p in the turn nearest to a.
func (a xy) to(p Point) xy {
	return xy{a.x + int64(wrapped(0, int64(p.Lon)-a.x).Lon), int64(p.Lat)}
}

// flatEdge returns the points between a and b that keep the flat edge within
// flatM of the geodesic. From b to a they are the same, backwards.
func flatEdge(a, b Point) []Point {
	if surelyFlat(a, b) {
		return nil
	}
	if a.Lat > b.Lat || a.Lat == b.Lat && a.Lon > b.Lon {
		back := flatEdge(b, a)
		slices.Reverse(back)
		return back
	}
	dLat, dLon := b.Lat-a.Lat, wrapped(0, int64(b.Lon)-int64(a.Lon)).Lon
	if max(dLat, dLon, -dLon) < unit/1000 { // 110 m: 0.1 mm up to 88 degrees
		return nil
	}
	// Twice, because a long edge bends more at its polar end than in the middle.
	n := int(math.Ceil(math.Sqrt(2 * sagitta(a.site(), b.site()) / flatM)))
	n = max(n, int(max(dLat, dLon, -dLon)/unit)+1) // products of differences fit an int64
	var out []Point
	for _, s := range between(a.site(), b.site(), min(n, 20_000)) {
		out = append(out, s.point())
	}
	return out
}

// surelyFlat is a quick look at an edge that needs no points: its sagitta is about
// R sin φ Δλ (cos² φ Δλ² + 2 Δφ²) / 8 over its length, in radians, and that is
// overstated here and compared with two thirds of what flatEdge allows.
func surelyFlat(a, b Point) bool {
	const atom = radian / unit
	dLat := float64(math.Abs(float64(b.Lat)-float64(a.Lat)) * atom)
	dLon := float64(math.Abs(float64(wrapped(0, int64(b.Lon)-int64(a.Lon)).Lon)) * atom)
	low, high := float64(math.Abs(float64(a.Lat))*atom), float64(math.Abs(float64(b.Lat))*atom)
	if low > high {
		low, high = high, low
	}
	if high > 1.4 || dLat > 0.01 || dLon > 0.01 || dLat+dLon == 0 {
		return false
	}
	if (a.Lat < 0) != (b.Lat < 0) {
		low = 0
	}
	east := dLon * math.Cos(low)
	bend := equatorial / 8 * math.Sin(high) * dLon * (float64(east*east) + float64(2*dLat*dLat)) / norm2(dLon*math.Cos(high), dLat)
	return bend < flatM/3
}

// sagitta returns about how far, in metres, the middle of the flat edge from a
// to b lies from the geodesic.
func sagitta(a, b site) float64 {
	mid := between(a, b, 2)[0]
	cos := math.Cos(mid.lat * radian)
	bx, by := math.Remainder(b.lon-a.lon, 360)*cos, b.lat-a.lat
	mx, my := math.Remainder(mid.lon-a.lon, 360)*cos, mid.lat-a.lat
	return math.Abs(float64(bx*my)-float64(by*mx)) / norm2(bx, by) * radian * equatorial
}

// turns returns by how many turns line must move to be nearest to x.
func turns(line []xy, x int64) int64 {
	return int64(math.Round(float64(x-middle(line)) / (2 * half)))
}

// middle returns the longitude half way between a line's extremes.
func middle(line []xy) int64 {
	low, high := line[0].x, line[0].x
	for _, p := range line {
		low, high = min(low, p.x), max(high, p.x)
	}
	return (low + high) / 2
}

func shifted(line []xy, turns int64) []xy {
	if turns == 0 {
		return line
	}
	out := slices.Clone(line)
	for i := range out {
		out[i].x += turns * 2 * half
	}
	return out
}

// bounds returns the corners of f with every polygon in the turn of the first.
func (f *flat) bounds() (low, high xy) {
	low, high = f.rings[0][0][0], f.rings[0][0][0]
	for _, polygon := range f.rings {
		for _, p := range shifted(polygon[0], turns(polygon[0], middle(f.rings[0][0]))) {
			low.x, low.y = min(low.x, p.x), min(low.y, p.y)
			high.x, high.y = max(high.x, p.x), max(high.y, p.y)
		}
	}
	return low, high
}

// geometry returns f for the overlay library, measured from origin, each
// polygon in the turn nearest to it.
func (f *flat) geometry(origin xy) geom.MultiPolygon {
	var polygons []geom.Polygon
	for _, polygon := range f.rings {
		var rings []geom.LineString
		n := turns(polygon[0], origin.x)
		for _, ring := range polygon {
			rings = append(rings, lineString(shifted(ring, n), origin))
		}
		polygons = append(polygons, geom.NewPolygon(rings))
	}
	return geom.NewMultiPolygon(polygons)
}

// origin returns a place in the middle of f's first polygon.
func (f *flat) origin() xy {
	first := f.rings[0][0]
	return xy{middle(first), first[0].y}
}

func lineString(ring []xy, origin xy) geom.LineString {
	var c []float64
	for _, p := range append(ring[:len(ring):len(ring)], ring[0]) {
		c = append(c, float64(p.x-origin.x), float64(p.y-origin.y))
	}
	return geom.NewLineString(geom.NewSequence(c, geom.DimXY))
}

// check refuses rings that cross or touch and polygons that overlap.
func (f *flat) check() error {
	if f.apart() {
		return nil
	}
	for i, polygon := range f.rings {
		for j, ring := range polygon {
			if at, ok := selfCrossing(ring); ok {
				return fmt.Errorf("%s: crosses or touches itself at %v", ringName(i, j), wrapped(at.y, at.x))
			}
		}
	}
	if err := f.geometry(f.origin()).Validate(); err != nil {
		return f.misfit(err)
	}
	return nil
}

// An edge is an edge of a flat shape, its western end first.
type edge struct {
	a, b      xy
	low, high int64 // of y
	ring, at  int
}

// apart reports whether surely no two rings of f meet, no ring meets itself, every
// hole is in its polygon and not in another hole, and no polygon is in another. It
// looks once at all of them, which is much faster than Validate, and leaves to
// Validate what is wrong, what only touches, and what would take long.
func (f *flat) apart() bool {
	const mostRings = 1000
	origin := f.origin()
	var rings [][]xy
	var outer []int // by polygon, of rings
	var edges []edge
	for _, polygon := range f.rings {
		n := turns(polygon[0], origin.x)
		outer = append(outer, len(rings))
		for _, ring := range polygon {
			ring = shifted(ring, n)
			edges = appendEdges(edges, ring, len(rings))
			rings = append(rings, ring)
		}
	}
	if len(rings) > mostRings || !edgesApart(edges, rings) {
		return false
	}
	outer = append(outer, len(rings))
	boxes := make([]flatBox, len(rings))
	for i, ring := range rings {
		boxes[i] = boxOf(ring)
	}
	for i, first := range outer[:len(outer)-1] {
		for _, other := range outer[:i] {
			if nested(rings, boxes, first, other) {
				return false
			}
		}
		for hole := first + 1; hole < outer[i+1]; hole++ {
			if !boxes[first].meets(boxes[hole]) || !within(rings[first], rings[hole][0]) {
				return false
			}
			for other := first + 1; other < hole; other++ {
				if nested(rings, boxes, hole, other) {
					return false
				}
			}
		}
	}
	return true
}

func appendEdges(edges []edge, ring []xy, number int) []edge {
	edges = slices.Grow(edges, len(ring))
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if b.x < a.x {
			a, b = b, a
		}
		edges = append(edges, edge{a, b, min(a.y, b.y), max(a.y, b.y), number, i})
	}
	return edges
}

// edgesApart reports whether no two edges meet besides neighbours at their corner. It
// sweeps them from west to east, and gives up where too many lie above each other.
func edgesApart(edges []edge, rings [][]xy) bool {
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.a.x, b.a.x) })
	left := 1_000_000 + 100*len(edges) // comparisons
	var open []*edge
	for i := range edges {
		e := &edges[i]
		if left -= len(open); left < 0 {
			return false
		}
		kept := open[:0]
		for _, o := range open {
			if o.b.x < e.a.x {
				continue
			}
			kept = append(kept, o)
			if o.high < e.low || o.low > e.high {
				continue
			}
			if o.ring == e.ring {
				if edgesMeet(rings[e.ring], e.at, o.at) {
					return false
				}
			} else if side(o.a, o.b, e.a)*side(o.a, o.b, e.b) <= 0 && side(e.a, e.b, o.a)*side(e.a, e.b, o.b) <= 0 {
				return false
			}
		}
		open = append(kept, e)
	}
	return true
}

// A flatBox is the field of a flat ring.
type flatBox struct{ low, high xy }

func boxOf(ring []xy) flatBox {
	b := flatBox{ring[0], ring[0]}
	for _, p := range ring {
		b.low.x, b.low.y = min(b.low.x, p.x), min(b.low.y, p.y)
		b.high.x, b.high.y = max(b.high.x, p.x), max(b.high.y, p.y)
	}
	return b
}

func (b flatBox) meets(c flatBox) bool {
	return b.low.x <= c.high.x && c.low.x <= b.high.x && b.low.y <= c.high.y && c.low.y <= b.high.y
}

// nested reports whether one of two rings that do not meet is in the other.
func nested(rings [][]xy, boxes []flatBox, i, j int) bool {
	return boxes[i].meets(boxes[j]) && (within(rings[i], rings[j][0]) || within(rings[j], rings[i][0]))
}

// within reports whether p, not on the ring, is in it.
func within(ring []xy, p xy) bool {
	in := false
	a := ring[len(ring)-1]
	for _, b := range ring {
		if (a.y > p.y) != (b.y > p.y) && (side(a, b, p) > 0) == (b.y > a.y) {
			in = !in
		}
		a = b
	}
	return in
}

// misfit says what err, about units of the grid, means in degrees.
func (f *flat) misfit(err error) error {
	inDegrees := f.geometry(xy{x: f.origin().x}).TransformXY(func(p geom.XY) geom.XY {
		return geom.XY{X: (p.X + float64(f.origin().x)) / unit, Y: p.Y / unit}
	})
	if e := inDegrees.Validate(); e != nil {
		err = e
	}
	return fmt.Errorf("rings do not fit together (longitude, latitude): %w", err)
}

// selfCrossing returns a corner near where two edges of a ring, not neighbours,
// have a point in common, or neighbours more than their corner: of these the one with
// the lowest number. An edge is compared only with edges whose extent meets its own, so
// that a ring that somebody made to be slow takes no longer than others.
func selfCrossing(ring []xy) (at xy, found bool) {
	n := len(ring)
	extent := func(i int) rtree.Box {
		a, b := ring[i], ring[(i+1)%n]
		return rtree.Box{MinX: float64(min(a.x, b.x)), MinY: float64(min(a.y, b.y)), MaxX: float64(max(a.x, b.x)), MaxY: float64(max(a.y, b.y))}
	}
	edges := make([]rtree.BulkItem, n)
	for i := range edges {
		edges[i] = rtree.BulkItem{Box: extent(i), RecordID: i}
	}
	near := rtree.BulkLoad(edges)
	for i := range n {
		_ = near.RangeSearch(extent(i), func(j int) error {
			if j < i && edgesMeet(ring, i, j) {
				found = true
				return rtree.Stop
			}
			return nil
		})
		if found {
			return ring[i], true
		}
	}
	return xy{}, false
}

// edgesMeet reports whether the edges i and j of ring have a point in common
// besides a corner they share.
func edgesMeet(ring []xy, i, j int) bool {
	n := len(ring)
	a, b, c, d := ring[i], ring[(i+1)%n], ring[j], ring[(j+1)%n]
	if (i+1)%n == j {
		return folded(a, b, d)
	}
	if (j+1)%n == i {
		return folded(c, d, b)
	}
	if max(a.y, b.y) < min(c.y, d.y) || max(c.y, d.y) < min(a.y, b.y) {
		return false
	}
	return side(a, b, c)*side(a, b, d) <= 0 && side(c, d, a)*side(c, d, b) <= 0 &&
		max(a.x, b.x) >= min(c.x, d.x) && max(c.x, d.x) >= min(a.x, b.x)
}

// folded reports whether the edge from b to c runs back along that from a to b.
func folded(a, b, c xy) bool {
	return side(a, b, c) == 0 && (a.x-b.x)*(c.x-b.x)+(a.y-b.y)*(c.y-b.y) > 0
}

// side returns 1 if c is on the left of the edge from a to b, -1 on the right,
// 0 on its line.
func side(a, b, c xy) int {
	return cmp.Compare((b.x-a.x)*(c.y-a.y), (b.y-a.y)*(c.x-a.x))
}

// Union returns what is in any of ms. Polygons of one of them may overlap or
// share edges. Like Intersect and Subtract, it keeps the vertices of its
// operands, adds some where a geodesic is not straight in the plate carrée (to
// 5 cm) and rounds crossings to the grid of Points; equal inputs give equal
// outputs. All three refuse what NewRegion refuses, fit together or not.
func Union(ms ...MultiPolygon) (MultiPolygon, error) {
	var all flat
	for _, m := range ms {
		if len(m) == 0 {
			continue
		}
		f, err := flattenSound(m)
		if err != nil {
			return nil, err
		}
		all.rings = append(all.rings, f.rings...)
	}
	if len(all.rings) == 0 {
		return nil, nil
	}
	origin := all.origin()
	g, err := unite(&all, origin)
	if err != nil {
		return nil, fmt.Errorf("union: %w", err)
	}
	return settled(g, origin)
}

// unite joins the polygons of f, which may overlap, each sound in itself.
func unite(f *flat, origin xy) (geom.Geometry, error) {
	var all []geom.Geometry
	for _, p := range f.geometry(origin).Dump() {
		all = append(all, p.AsGeometry())
	}
	if len(all) == 1 {
		return geom.UnaryUnion(all[0])
	}
	// Joining neighbours first keeps what is inside out of the later rounds.
	for len(all) > 1 {
		var joined []geom.Geometry
		for pair := range slices.Chunk(all, 2) {
			g := pair[0]
			if len(pair) == 2 { // geom.UnionMany loses some of what covers a hole
				var err error
				if g, err = geom.Union(g, pair[1]); err != nil {
					return geom.Geometry{}, err
				}
			}
			joined = append(joined, g)
		}
		all = joined
	}
	return all[0], nil
}

// Intersect returns what is in both a and b; nothing gives no polygon.
func Intersect(a, b MultiPolygon) (MultiPolygon, error) {
	return overlay("intersect", geom.Intersection, a, b)
}

// Subtract returns what is in a and not in b; nothing gives no polygon.
func Subtract(a, b MultiPolygon) (MultiPolygon, error) {
	if len(b) == 0 {
		return Union(a)
	}
	return overlay("subtract", geom.Difference, a, b)
}

func overlay(name string, op func(a, b geom.Geometry) (geom.Geometry, error), a, b MultiPolygon) (MultiPolygon, error) {
	if len(a) == 0 || len(b) == 0 {
		return nil, nil
	}
	f, err := flattenSound(a)
	if err != nil {
		return nil, err
	}
	g, err := flattenSound(b)
	if err != nil {
		return nil, err
	}
	origin := f.origin()
	left, err := unite(&f, origin)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	right, err := unite(&g, origin)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	out, err := op(left, right)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return settled(out, origin)
}

// flattenSound flattens m and checks each polygon by itself.
func flattenSound(m MultiPolygon) (flat, error) {
	f, err := flatten(m)
	if err != nil {
		return flat{}, err
	}
	for i := range f.rings {
		one := flat{shape: f.shape[i : i+1], rings: f.rings[i : i+1]}
		if err := one.check(); err != nil {
			return flat{}, fmt.Errorf("polygon %d: %w", i+1, err)
		}
	}
	return f, nil
}

// overlap returns the area of q in m² and of what q and r have in common, both
// over the same flat edges.
func overlap(q, r flat) (all, common float64, err error) {
	origin := q.origin()
	if a := r.origin(); a.y < origin.y || a.y == origin.y && a.x < origin.x {
		origin = a
	}
	left := q.geometry(origin)
	g, err := geom.Intersection(left.AsGeometry(), r.geometry(origin).AsGeometry())
	if err != nil {
		return 0, 0, fmt.Errorf("intersect: %w", err)
	}
	return areaOf(left, origin), areaOf(polygonsOf(g), origin), nil
}

// polygonsOf returns the polygons of g and drops its points and lines.
func polygonsOf(g geom.Geometry) geom.MultiPolygon {
	var all []geom.Polygon
	for _, part := range g.Dump() {
		if part.IsPolygon() && !part.IsEmpty() {
			all = append(all, part.MustAsPolygon())
		}
	}
	return geom.NewMultiPolygon(all)
}

// areaOf returns the area of m in m² with its edges straight in the plate
// carrée, so that a vertex set on an edge changes nothing. The order of the
// parts does not matter.
func areaOf(m geom.MultiPolygon, origin xy) float64 {
	var parts []float64
	for _, p := range m.Dump() {
		for i, ring := range p.DumpRings() {
			a := math.Abs(flatArea(ring.Coordinates(), origin))
			if i > 0 {
				a = -a
			}
			parts = append(parts, a)
		}
	}
	slices.Sort(parts)
	var sum float64
	for _, a := range parts {
		sum += a
	}
	return sum
}

// flatArea returns the area in m² of a closed ring: the sum of its edges'
// widths times the mean height of each, which is an area per radian.
func flatArea(c geom.Sequence, origin xy) float64 {
	var sum float64
	base := areaPerRadian(float64(origin.y) / unit * radian)
	for k := range c.Length() - 1 {
		a, b := c.GetXY(k), c.GetXY(k+1)
		lat := float64((float64(origin.y) + a.Y) / unit * radian)
		rise := (b.Y - a.Y) / unit * radian
		var mean float64
		for _, g := range gauss6 {
			h := float64(areaPerRadian(lat+float64(rise*(1+g[0])/2))) - base
			mean += float64(g[1] / 2 * h)
		}
		sum += float64((b.X - a.X) / unit * radian * mean)
	}
	return sum
}

// areaPerRadian returns the area in m² between the equator and a latitude over
// one radian of longitude. Snyder, Map Projections (1987), equation 3-12.
func areaPerRadian(lat float64) float64 {
	sin, e := math.Sin(lat), math.Sqrt(ecc2)
	return float64(polar*polar/2) * (sin/(1-float64(ecc2*sin*sin)) + math.Atanh(e*sin)/e)
}

// settled rounds an overlay to the grid of Points, drops what vanishes there,
// and puts rings and polygons in an order of their own. Rounding may make rings
// touch; joining them again mends that.
func settled(g geom.Geometry, origin xy) (MultiPolygon, error) {
	for range 4 {
		f := gridded(polygonsOf(g), origin)
		if len(f.rings) == 0 {
			return nil, nil
		}
		if f.check() == nil {
			return f.ordered(), nil
		}
		var err error
		if g, err = unite(&f, origin); err != nil {
			return nil, fmt.Errorf("rounding: %w", err)
		}
	}
	return nil, errors.New("rounding to 1e-7 degree leaves rings that touch")
}

func gridded(m geom.MultiPolygon, origin xy) flat {
	var f flat
	for _, p := range m.Dump() {
		var rings [][]xy
		for i, ring := range p.DumpRings() {
			line := griddedRing(ring.Coordinates(), origin)
			if len(line) >= 3 {
				rings = append(rings, line)
			} else if i == 0 {
				break
			}
		}
		if len(rings) > 0 {
			f.rings = append(f.rings, rings)
		}
	}
	return f
}

// griddedRing rounds a ring and takes out repeated points, spikes, and the
// vertices that the overlay set on a straight edge for its own ends.
func griddedRing(c geom.Sequence, origin xy) []xy {
	var line []xy
	n := c.Length() - 1
	for i := range n {
		at := c.GetXY(i)
		if onEdge(c.GetXY((i+n-1)%n), at, c.GetXY((i+1)%n)) {
			continue
		}
		line = append(line, xy{origin.x + int64(math.Round(at.X)), origin.y + int64(math.Round(at.Y))})
	}
	for i := 0; len(line) >= 3 && i < len(line); {
		n := len(line)
		a, b, c := line[(i+n-1)%n], line[i], line[(i+1)%n]
		if a == b || a == c || folded(a, b, c) {
			line = slices.Delete(line, i, i+1)
			i = max(0, i-2)
			continue
		}
		i++
	}
	return line
}

// onEdge reports whether b is not on the grid, as all vertices of the operands
// are, and lies on the straight edge from a to c.
func onEdge(a, b, c geom.XY) bool {
	if b.X == math.Round(b.X) && b.Y == math.Round(b.Y) {
		return false
	}
	d := c.Sub(a)
	return math.Abs(d.Cross(b.Sub(a))) < 1e-3*d.Length() && d.Dot(b.Sub(a)) > 0 && d.Dot(c.Sub(b)) > 0
}

// ordered returns f as Points: outer rings anticlockwise and holes clockwise,
// each from its southernmost, then westernmost point; holes and polygons by
// that point.
func (f *flat) ordered() MultiPolygon {
	var m MultiPolygon
	for _, rings := range f.rings {
		var p Polygon
		for i, line := range rings {
			p = append(p, orderedRing(line, i > 0))
		}
		slices.SortFunc(p[1:], comparePoints)
		m = append(m, p)
	}
	slices.SortFunc(m, func(a, b Polygon) int { return comparePoints(a[0], b[0]) })
	return m
}

func comparePoints(a, b Ring) int {
	return slices.CompareFunc(a, b, func(p, q Point) int {
		return cmp.Or(cmp.Compare(p.Lat, q.Lat), cmp.Compare(p.Lon, q.Lon))
	})
}

func orderedRing(line []xy, hole bool) Ring {
	first, n := 0, len(line)
	for i, p := range line {
		if q := line[first]; p.y < q.y || p.y == q.y && p.x < q.x {
			first = i
		}
	}
	step := 1
	if left := side(line[(first+n-1)%n], line[first], line[(first+1)%n]) > 0; left == hole {
		step = n - 1
	}
	ring := make(Ring, n)
	for i := range ring {
		p := line[(first+i*step)%n]
		ring[i] = wrapped(p.y, p.x)
	}
	return ring
}
