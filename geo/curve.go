package geo

import "math"

const (
	pieceM  = 10_000.0 // longest piece of a curve, metres
	exactM  = 10_000.0 // below this a chord gives the distance to 0.01 mm
	farM    = 30_000.0 // beyond this the nearest chord need not be the nearest arc
	remoteM = 1e6      // beyond this the foot on the chord is not the foot on the arc
)

// A vec is a position or a difference of positions in metres from the centre
// of the Earth (X to 0 N 0 E, Z to the north pole).
type vec [3]float64

func (v vec) add(w vec) vec { return vec{v[0] + w[0], v[1] + w[1], v[2] + w[2]} }
func (v vec) sub(w vec) vec { return vec{v[0] - w[0], v[1] - w[1], v[2] - w[2]} }
func (v vec) scale(k float64) vec {
	return vec{float64(k * v[0]), float64(k * v[1]), float64(k * v[2])}
}
func (v vec) dot(w vec) float64 {
	return float64(v[0]*w[0]) + float64(v[1]*w[1]) + float64(v[2]*w[2])
}

// vec returns the position of s on the ellipsoid.
func (s site) vec() vec {
	sin, cos := math.Sincos(s.lat * radian)
	sinL, cosL := math.Sincos(s.lon * radian)
	n := equatorial / math.Sqrt(1-float64(ecc2*sin*sin))
	return vec{n * cos * cosL, n * cos * sinL, n * (1 - ecc2) * sin}
}

// site returns the place of a position that is on the ellipsoid.
func (v vec) site() site {
	lat := math.Atan2(v[2], (1-ecc2)*norm2(v[0], v[1]))
	return site{lat / radian, math.Atan2(v[1], v[0]) / radian}
}

// between returns places along the geodesic from a to b that cut it into n
// equal parts, without a and b.
func between(a, b site, n int) []site {
	if n < 2 {
		return nil
	}
	g := inverse(a, b)
	l := lineFrom(a, g.sinAz1, g.cosAz1)
	out := make([]site, n-1)
	for i := range out {
		out[i] = l.at(g.length * float64(i+1) / float64(n))
	}
	return out
}

// A piece is a geodesic of at most pieceM as a parabola through its ends and
// its middle: a + t ab + t(1-t) lift, t in 0..1. It departs from the geodesic
// by less than 0.01 mm.
type piece struct{ a, ab, lift vec }

func (p *piece) at(t float64) vec {
	return p.a.add(p.ab.scale(t)).add(p.lift.scale(t * (1 - t)))
}

// nearest returns the t of the point of p nearest to q along a straight line,
// and the square of that line.
func (p *piece) nearest(q vec) (t, d2 float64) {
	w := q.sub(p.a)
	t = clamp01(w.dot(p.ab) / p.ab.dot(p.ab))
	for range 2 {
		gap := q.sub(p.at(t))
		along := p.ab.add(p.lift.scale(1 - 2*t))
		t = clamp01(t + gap.dot(along)/(along.dot(along)+2*gap.dot(p.lift)))
	}
	gap := q.sub(p.at(t))
	return t, gap.dot(gap)
}

func clamp01(x float64) float64 { return math.Max(0, math.Min(1, x)) }

// A box is an upright box in space; the zero box is not empty, noBox is.
type box struct{ low, high vec }

var noBox = box{vec{math.Inf(1), math.Inf(1), math.Inf(1)}, vec{math.Inf(-1), math.Inf(-1), math.Inf(-1)}}

func (b box) join(c box) box {
	for i := range b.low {
		b.low[i], b.high[i] = math.Min(b.low[i], c.low[i]), math.Max(b.high[i], c.high[i])
	}
	return b
}

// distance2 returns the square of the straight distance from q to b.
func (b *box) distance2(q *vec) (d2 float64) {
	for i := range q {
		if d := b.low[i] - q[i]; d > 0 {
			d2 += float64(d * d)
		} else if d := q[i] - b.high[i]; d > 0 {
			d2 += float64(d * d)
		}
	}
	return d2
}

// box returns a box that holds p: of a parabola's ends and its control point.
func (p *piece) box() box {
	end, control := p.a.add(p.ab), p.a.add(p.ab.scale(0.5)).add(p.lift.scale(0.5))
	return box{p.a, p.a}.join(box{end, end}).join(box{control, control})
}

const leafSize = 4

// A curve is a set of geodesics cut into pieces, under a tree of boxes. As
// pieces follow each other in space, the tree simply halves their order.
type curve struct {
	pieces []piece
	boxes  []box // a heap: children of i at 2i and 2i+1; leaves from leaf on
	leaf   int
}

// add appends the geodesic from a to b and returns its places, without b.
func (c *curve) add(a, b site) []site {
	n := max(1, int(math.Ceil(inverse(a, b).length/pieceM)))
	stops := append(between(a, b, 2*n), b)
	from, all := a.vec(), []site{a}
	for i := 0; i < n; i++ {
		mid, to := stops[2*i].vec(), stops[2*i+1].vec()
		bend := mid.sub(from.add(to).scale(0.5))
		c.pieces = append(c.pieces, piece{from, to.sub(from), bend.scale(4)})
		if i < n-1 {
			all = append(all, stops[2*i+1])
		}
		from = to
	}
	return all
}

// index builds the tree; no pieces may be added later.
func (c *curve) index() {
	c.leaf = 1
	for c.leaf*leafSize < len(c.pieces) {
		c.leaf *= 2
	}
	c.boxes = make([]box, 2*c.leaf)
	for i := range c.leaf {
		b := noBox
		for _, p := range c.at(c.leaf + i) {
			b = b.join(p.box())
		}
		c.boxes[c.leaf+i] = b
	}
	for i := c.leaf - 1; i > 0; i-- {
		c.boxes[i] = c.boxes[2*i].join(c.boxes[2*i+1])
	}
}

// at returns the pieces under a leaf.
func (c *curve) at(node int) []piece {
	first := (node - c.leaf) * leafSize
	return c.pieces[min(first, len(c.pieces)):min(first+leafSize, len(c.pieces))]
}

// A hit is a place on a curve and its straight distance, squared.
type hit struct {
	piece *piece
	t, d2 float64
}

// nearest returns the place of c that is nearest to q in a straight line, if
// nearer than the square root of best.d2, else best.
func (c *curve) nearest(node int, q *vec, best hit) hit {
	if node >= c.leaf {
		pieces := c.at(node)
		for i := range pieces {
			if t, d2 := pieces[i].nearest(*q); d2 < best.d2 {
				best = hit{&pieces[i], t, d2}
			}
		}
		return best
	}
	near, far := 2*node, 2*node+1
	dNear, dFar := c.boxes[near].distance2(q), c.boxes[far].distance2(q)
	if dFar < dNear {
		near, far, dNear, dFar = far, near, dFar, dNear
	}
	if dNear < best.d2 {
		best = c.nearest(near, q, best)
	}
	if dFar < best.d2 {
		best = c.nearest(far, q, best)
	}
	return best
}

// each calls f for every piece that may be nearer to q than the square root of
// d2.
func (c *curve) each(node int, q *vec, d2 float64, f func(*piece)) {
	switch {
	case c.boxes[node].distance2(q) > d2:
	case node >= c.leaf:
		pieces := c.at(node)
		for i := range pieces {
			f(&pieces[i])
		}
	default:
		c.each(2*node, q, d2, f)
		c.each(2*node+1, q, d2, f)
	}
}

// distance returns the length in metres of the shortest geodesic from s to c,
// if it may be below limit, else infinity.
func (c *curve) distance(s site, limit float64) float64 {
	q := s.vec()
	// A chord is never longer than its arc.
	h := c.nearest(1, &q, hit{d2: float64(limit * limit)})
	if h.piece == nil {
		return math.Inf(1)
	}
	chord := math.Sqrt(h.d2)
	switch {
	case chord < exactM:
		return arcOf(chord)
	case chord < farM:
		return inverse(s, h.piece.at(h.t).site()).length
	}
	return c.distanceFar(s, q, chord)
}

// arcOf returns the length of an arc from its chord, on the mean sphere.
func arcOf(chord float64) float64 {
	return 2 * meanR * math.Asin(math.Min(1, chord/(2*meanR)))
}

// distanceFar measures every piece whose arc may be the shortest although
// chord, to another piece, is the shortest chord.
func (c *curve) distanceFar(s site, q vec, chord float64) float64 {
	least := math.Inf(1)
	reach := chord * (1 + chordSlack(chord))
	c.each(1, &q, float64(reach*reach), func(p *piece) {
		t, d2 := p.nearest(q)
		if d2 > float64(reach*reach) {
			return
		}
		least = math.Min(least, inverse(s, p.at(t).site()).length)
		if chord > remoteM {
			least = math.Min(least, p.distanceExact(s))
		}
	})
	return least
}

// chordSlack returns how much longer, relatively, one chord may be than
// another and still belong to the shorter arc: the ellipsoid's radii of
// curvature differ by 1 percent, and an arc depends on the radius by the factor
// below. Beyond a quarter of the globe everything is possible.
func chordSlack(chord float64) float64 {
	x := chord / (2 * meanR)
	if x > 0.7 {
		return 4
	}
	return 0.03 * (x/(math.Sqrt(1-float64(x*x))*math.Asin(x)) - 1)
}

// distanceExact returns the least distance from s to p by golden section.
func (p *piece) distanceExact(s site) float64 {
	const ratio = 0.6180339887498949
	f := func(t float64) float64 { return inverse(s, p.at(t).site()).length }
	low, high := 0.0, 1.0
	least := math.Min(f(low), f(high))
	t1, t2 := 1-ratio, ratio
	f1, f2 := f(t1), f(t2)
	for range 24 {
		least = math.Min(least, math.Min(f1, f2))
		if f1 < f2 {
			high, t2, f2 = t2, t1, f1
			t1 = high - float64(ratio*(high-low))
			f1 = f(t1)
		} else {
			low, t1, f1 = t1, t2, f2
			t2 = low + float64(ratio*(high-low))
			f2 = f(t2)
		}
	}
	return least
}
