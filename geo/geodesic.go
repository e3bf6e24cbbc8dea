package geo

import "math"

// WGS 84 and what follows from it. Lengths in metres.
const (
	equatorial = 6378137.0
	flattening = 1 / 298.257223563
	polar      = equatorial * (1 - flattening)
	third      = flattening / (2 - flattening) // third flattening, n
	ecc2       = flattening * (2 - flattening) // eccentricity squared
	secc2      = ecc2 / ((1 - flattening) * (1 - flattening))
	meanR      = 6371008.8 // IUGG mean radius, for estimates only
)

// Distance returns the length in metres of the shortest geodesic from a to b,
// by Karney (2013). Its error is some nanometres. Nearly antipodal points cost
// more time, not accuracy.
func Distance(a, b Point) float64 { return inverse(a.site(), b.site()).length }

// Bearing returns the direction in which the shortest geodesic leaves a for b,
// in degrees clockwise from north, 0 (included) to 360 (excluded). For a equal
// to b it is 0. At a pole it is reckoned from the meridian of a's longitude.
func Bearing(a, b Point) float64 {
	g := inverse(a.site(), b.site())
	if g.length == 0 {
		return 0
	}
	deg := math.Atan2(g.sinAz1, g.cosAz1) / radian
	if deg < 0 {
		deg += 360
	}
	return math.Mod(deg, 360)
}

// Destination returns the end of the geodesic that leaves p in the direction
// bearingDeg, clockwise from north, and is m metres long, rounded to a Point.
func Destination(p Point, bearingDeg, m float64) Point {
	return direct(p.site(), bearingDeg, m).point()
}

// A site is a position in degrees that is not rounded to the grid of Points.
type site struct{ lat, lon float64 }

func (p Point) site() site {
	lat, lon := p.Degrees()
	return site{lat, lon}
}

func (s site) point() Point { return rounded(s.lat, s.lon) }

// reduced returns sine and cosine of the reduced latitude, tan β = (1-f) tan φ.
func (s site) reduced() (sin, cos float64) {
	sin, cos = math.Sincos(s.lat * radian)
	if math.Abs(s.lat) == 90 {
		cos = 1e-100 // keeps the meridian of a pole
	}
	return unitVector((1-flattening)*sin, cos)
}

func unitVector(x, y float64) (float64, float64) {
	h := norm2(x, y)
	return x / h, y / h
}

func norm2(x, y float64) float64 { return math.Sqrt(float64(x*x) + float64(y*y)) }

// horner returns c[0] + c[1] x + c[2] x² ...
func horner(x float64, c ...float64) (sum float64) {
	for i := len(c) - 1; i >= 0; i-- {
		sum = float64(sum*x) + c[i]
	}
	return sum
}

// A wave is a sine series Σ w[k] sin 2(k+1)σ.
type wave [6]float64

// at sums the series by Clenshaw's rule, for the σ of the given sine and cosine.
func (w *wave) at(sin, cos float64) float64 {
	twice := 2 * (cos - sin) * (cos + sin) // 2 cos 2σ
	var a, b float64
	for k := len(w) - 1; k >= 0; k-- {
		a, b = float64(twice*a)-b+w[k], a
	}
	return float64(2 * sin * cos * a)
}

// An orbit is one great ellipse seen on Karney's auxiliary sphere: everything
// that depends only on the azimuth α0 at which the geodesic crosses the
// equator.
type orbit struct {
	sin0, k2 float64 // sin α0; k² = e'² cos² α0
	eps      float64
	f3       float64 // f A3 sin α0
	c3       wave
}

func orbitOf(sin0, cos0 float64) orbit {
	k2 := float64(secc2 * cos0 * cos0)
	root := math.Sqrt(1 + k2)
	e := k2 / (float64(2*(1+root)) + k2)
	return orbit{sin0, k2, e, flattening * sin0 * lonScale(e), lonWave(e)}
}

// The series of Karney (2013) in ε, to the sixth order: equations 17 and 18
// for distance, 21 for its reversion, 24 and 25 for longitude. Their own test
// integrates the functions they stand for.

func lengthScale(e float64) float64 {
	return horner(e*e, 1, 1./4, 1./64, 1./256) / (1 - e)
}

func lengthWave(e float64) wave {
	q, e2 := e*e, e*e*e
	return wave{
		e * horner(q, -1./2, 3./16, -1./32),
		q * horner(q, -1./16, 1./32, -9./2048),
		e2 * horner(q, -1./48, 3./256),
		q * q * horner(q, -5./512, 3./512),
		q * e2 * (-7. / 1280),
		e2 * e2 * (-7. / 2048),
	}
}

func backWave(e float64) wave {
	q, e2 := e*e, e*e*e
	return wave{
		e * horner(q, 1./2, -9./32, 205./1536),
		q * horner(q, 5./16, -37./96, 1335./4096),
		e2 * horner(q, 29./96, -75./128),
		q * q * horner(q, 539./1536, -2391./2560),
		q * e2 * (3467. / 7680),
		e2 * e2 * (38081. / 61440),
	}
}

const n1, n2 = third, third * third

func lonScale(e float64) float64 {
	return horner(e, 1, -(1./2 - n1/2), -(1./4 + n1/8 - 3*n2/8),
		-(1./16 + 3*n1/16 + n2/16), -(3./64 + n1/32), -3./128)
}

func lonWave(e float64) wave {
	q, e2 := e*e, e*e*e
	return wave{
		e * horner(e, 1./4-n1/4, 1./8-n2/8, 3./64+3*n1/64-n2/64, 5./128+n1/64, 3./128),
		q * horner(e, 1./16-3*n1/32+n2/32, 3./64-n1/32-3*n2/64, 3./128+n1/128, 5./256),
		e2 * horner(e, 5./192-3*n1/64+5*n2/192, 3./128-5*n1/192, 7./512),
		q * q * horner(e, 7./512-7*n1/256, 7./512),
		q * e2 * (21. / 2560),
		0,
	}
}

// direct returns the place m metres from s in the direction azDeg. Karney
// (2013), section 3.
func direct(s site, azDeg, m float64) site {
	sinAz, cosAz := math.Sincos(math.Mod(azDeg, 360) * radian)
	l := lineFrom(s, sinAz, cosAz)
	return l.at(m)
}

// A line is a geodesic that leaves a place in a direction.
type line struct {
	orbit
	cos0        float64
	lon1        float64 // degrees
	sigma1      float64
	scale, tau1 float64 // metres per radian of τ; τ at the start
	back        wave
	shift1      float64 // radians of longitude to take off at the start
}

func lineFrom(s site, sinAz, cosAz float64) line {
	sinB, cosB := s.reduced()
	sin0, cos0 := sinAz*cosB, norm2(cosAz, sinAz*sinB)
	l := line{orbit: orbitOf(sin0, cos0), cos0: cos0, lon1: s.lon}
	sin, cos := 0.0, 1.0
	if sinB != 0 || cosAz != 0 {
		sin, cos = unitVector(sinB, cosAz*cosB)
	}
	l.sigma1 = math.Atan2(sin, cos)
	l.scale = polar * lengthScale(l.eps)
	w := lengthWave(l.eps)
	l.tau1 = l.sigma1 + w.at(sin, cos)
	l.back = backWave(l.eps)
	l.shift1 = l.lon(l.sigma1, sin, cos)
	return l
}

// at returns the place m metres along l. Its longitude is continuous along the
// line and may be off by whole turns.
func (l *line) at(m float64) site {
	tau := l.tau1 + m/l.scale
	sigma := tau + l.back.at(math.Sincos(tau))
	sin, cos := math.Sincos(sigma)
	lat := math.Atan2(l.cos0*sin, (1-flattening)*norm2(l.sin0, l.cos0*cos))
	return site{lat / radian, l.lon1 + (l.lon(sigma, sin, cos)-l.shift1)/radian}
}

// lon returns the longitude in radians since the orbit's node at the equator,
// continuous in σ. Equation 8, with the jumps of the arc tangent taken out.
func (o *orbit) lon(sigma, sin, cos float64) float64 {
	way, abs0 := math.Copysign(1, o.sin0), math.Abs(o.sin0)
	bend := math.Atan2((abs0-1)*sin*cos, float64(cos*cos)+float64(abs0*sin*sin))
	return float64(way*(sigma+bend)) - float64(o.f3*(sigma+o.c3.at(sin, cos)))
}

// An arc is a solved inverse problem: the shortest geodesic between two places.
type arc struct {
	length         float64 // metres
	sigma          float64 // length on the auxiliary sphere, radians
	sinAz1, cosAz1 float64 // direction at the first place
	sinAz2, cosAz2 float64 // direction at the second, onwards
}

// inverse solves the inverse problem. Karney (2013), section 4.
func inverse(a, b site) arc {
	lon := math.Remainder(b.lon-a.lon, 360)
	// So near the equator azimuths could not be told from 90 degrees.
	if math.Abs(a.lat) < 1e-10 {
		a.lat = 0
	}
	if math.Abs(b.lat) < 1e-10 {
		b.lat = 0
	}
	swap, north := 1.0, 1.0
	if math.Abs(a.lat) < math.Abs(b.lat) {
		a, b, swap = b, a, -1
	}
	if a.lat >= 0 {
		a.lat, b.lat, north = -a.lat, -b.lat, -1
	}
	// From here the first place is the farther from the equator, and in the
	// south; the second is taken to lie east of it.
	p := problem{lon: math.Abs(lon) * radian}
	p.sin1, p.cos1 = a.reduced()
	p.sin2, p.cos2 = b.reduced()
	g := p.solve(a.lat)
	if swap < 0 {
		g.sinAz1, g.cosAz1, g.sinAz2, g.cosAz2 = g.sinAz2, g.cosAz2, g.sinAz1, g.cosAz1
	}
	east := math.Copysign(1, lon)
	g.sinAz1, g.sinAz2 = g.sinAz1*east, g.sinAz2*east
	g.cosAz1, g.cosAz2 = g.cosAz1*swap*north, g.cosAz2*swap*north
	return g
}

// A problem is an inverse problem in its canonical form: β1 <= 0,
// β1 <= β2 <= -β1, 0 <= lon <= π.
type problem struct{ sin1, cos1, sin2, cos2, lon float64 }

func (p *problem) solve(lat1 float64) arc {
	switch {
	case lat1 == -90 || p.lon == 0 || p.lon == math.Pi:
		sin, cos := math.Sincos(p.lon)
		if p.lon == math.Pi {
			sin = 0
		}
		return p.try(sin, cos).arc
	case p.sin1 == 0 && p.lon <= (1-flattening)*math.Pi:
		return arc{equatorial * p.lon, p.lon / (1 - flattening), 1, 0, 1, 0}
	}
	sin, cos := p.guess()
	lowSin, lowCos, highSin, highCos := 0.0, 1.0, 0.0, -1.0
	for range 100 {
		t := p.try(sin, cos)
		miss := t.lon - p.lon
		if math.Abs(miss) < 4e-16 {
			break
		}
		if miss > 0 {
			highSin, highCos = sin, cos
		} else {
			lowSin, lowCos = sin, cos
		}
		step := -miss / t.slope
		sinStep, cosStep := math.Sincos(step)
		s := float64(sin*cosStep) + float64(cos*sinStep)
		c := float64(cos*cosStep) - float64(sin*sinStep)
		inside := math.Abs(step) < 1 && float64(s*lowCos) > float64(c*lowSin) && float64(s*highCos) < float64(c*highSin)
		if !inside {
			s, c = lowSin+highSin, lowCos+highCos
			if s == 0 {
				s = 1
			}
		}
		sin, cos = unitVector(s, c)
		if inside && math.Abs(step) < 2e-16 || float64(lowCos*highSin) == float64(lowSin*highCos) && lowCos == highCos {
			break
		}
	}
	return p.try(sin, cos).arc
}

// guess returns the azimuth that is right on a sphere, with the longitude
// stretched as Karney's equation 48 does.
func (p *problem) guess() (sin, cos float64) {
	mean := (p.cos1 + p.cos2) / 2
	sinW, cosW := math.Sincos(math.Min(math.Pi, p.lon/math.Sqrt(1-float64(ecc2*mean*mean))))
	turn := float64(p.cos2*p.sin1) * sinW * sinW
	if cosW >= 0 {
		cos = float64(p.sin2*p.cos1) - float64(p.cos2*p.sin1) + turn/(1+cosW)
	} else {
		cos = float64(p.sin2*p.cos1) + float64(p.cos2*p.sin1) - turn/(1-cosW)
	}
	return unitVector(math.Max(p.cos2*sinW, 1e-10), cos)
}

// A trial is what follows from leaving the first place in some direction.
type trial struct {
	arc
	lon   float64 // radians between the two latitudes
	slope float64 // of lon over the azimuth, good to four digits
}

// try follows the geodesic that leaves in the given direction up to the second
// latitude. Equations 5, 8, 11, 12 and 45; the slope after 46.
func (p *problem) try(sinAz, cosAz float64) trial {
	sin0, cos0 := sinAz*p.cos1, norm2(cosAz, sinAz*p.sin1)
	sinAz2, cosAz2 := sinAz, math.Abs(cosAz)
	if p.cos1 != p.cos2 || p.sin2 != -p.sin1 && p.sin2 != p.sin1 {
		drop := (p.cos2 - p.cos1) * (p.cos2 + p.cos1)
		if p.cos1 >= -p.sin1 {
			drop = (p.sin1 - p.sin2) * (p.sin1 + p.sin2)
		}
		u := cosAz * p.cos1
		sinAz2, cosAz2 = sin0/p.cos2, math.Sqrt(math.Max(0, float64(u*u)+drop))/p.cos2
	}
	s1, c1 := unitVector(p.sin1, cosAz*p.cos1)
	s2, c2 := unitVector(p.sin2, cosAz2*p.cos2)
	sigma := math.Atan2(math.Max(0, float64(c1*s2)-float64(s1*c2)), float64(c1*c2)+float64(s1*s2))
	// On the sphere tan ω = sin α0 tan σ.
	o1, q1, o2, q2 := sin0*s1, c1, sin0*s2, c2
	omega := math.Atan2(math.Max(0, float64(q1*o2)-float64(o1*q2)), float64(q1*q2)+float64(o1*o2))
	o := orbitOf(sin0, cos0)
	w := lengthWave(o.eps)
	t := trial{arc: arc{
		length: polar * lengthScale(o.eps) * (sigma + w.at(s2, c2) - w.at(s1, c1)),
		sigma:  sigma,
		sinAz1: sinAz, cosAz1: cosAz, sinAz2: sinAz2, cosAz2: cosAz2,
	}}
	t.lon = omega - float64(o.f3*(sigma+o.c3.at(s2, c2)-o.c3.at(s1, c1)))
	t.slope = p.slope(&o, sigma, s1, c1, s2, c2, cosAz2)
	return t
}

// slope returns dλ/dα1, from the reduced length of equation 38 to the first
// order in k².
func (p *problem) slope(o *orbit, sigma, s1, c1, s2, c2, cosAz2 float64) float64 {
	if cosAz2 == 0 {
		return -2 * math.Sqrt(1-float64(ecc2*p.cos1*p.cos1)) / p.sin1
	}
	j := o.k2 / 2 * (sigma - float64(s2*c2) + float64(s1*c1))
	d1, d2 := math.Sqrt(1+float64(o.k2*s1*s1)), math.Sqrt(1+float64(o.k2*s2*s2))
	m := float64(d2*c1*s2) - float64(d1*s1*c2) - float64(c1*c2*j)
	return m * (1 - flattening) / (cosAz2 * p.cos2)
}

// areaUnder returns the area in m² between the geodesic g from a to b and the
// equator, positive when it runs east in the north or west in the south.
// Karney (2013), equations 59 to 63, with the integral over the ellipsoidal
// part summed by Gauss's rule instead of a series.
func areaUnder(a, b site, g arc) float64 {
	lon := float64(math.Remainder(b.lon-a.lon, 360) * radian)
	if g.length == 0 || lon == 0 {
		return 0
	}
	sinB1, cosB1 := a.reduced()
	sinB2, cosB2 := b.reduced()
	sin0, cos0 := g.sinAz1*cosB1, norm2(g.cosAz1, g.sinAz1*sinB1)
	s1, c1 := 0.0, 1.0
	if sinB1 != 0 || g.cosAz1 != 0 {
		s1, c1 = unitVector(sinB1, g.cosAz1*cosB1)
	}
	sigma1 := math.Atan2(s1, c1)
	o := orbitOf(sin0, cos0)
	sin2, cos2 := math.Sincos(sigma1 + g.sigma)
	omega := lon + float64(o.f3*(g.sigma+o.c3.at(sin2, cos2)-o.c3.at(s1, c1)))
	// Spherical excess from the half angles of the two latitudes.
	t1, t2 := sinB1/(1+cosB1), sinB2/(1+cosB2)
	excess := 2 * math.Atan(math.Tan(omega/2)*(t1+t2)/(1+float64(t1*t2)))
	return float64(authalic2*excess) - float64(ecc2*equatorial*equatorial/2*sin0*bulge(sigma1, g.sigma, cos0))
}

// authalic2 is the squared radius of the sphere of the ellipsoid's area.
var authalic2 = equatorial*equatorial/2 + polar*polar/2*math.Atanh(math.Sqrt(ecc2))/math.Sqrt(ecc2)

// bulge integrates sin β (t(e'²)-t(e'² sin² β))/(e'² - e'² sin² β) over σ, with
// t of equation 61. Its power series converges within a few terms.
func bulge(sigma1, sigma, cos0 float64) float64 {
	n := 1 + int(sigma/0.25)
	step := sigma / float64(n)
	var sum float64
	for i := range n {
		mid := sigma1 + float64(step*(float64(i)+0.5))
		for _, g := range gauss6 {
			sum += float64(g[1] * bulgeAt(cos0*math.Sin(mid+float64(step/2*g[0]))))
		}
	}
	return sum * step / 2
}

// gauss6 holds places and weights of the six-point Gauss-Legendre rule.
var gauss6 = [6][2]float64{
	{-0.932469514203152, 0.171324492379170}, {-0.661209386466265, 0.360761573048139},
	{-0.238619186083197, 0.467913934572691}, {0.238619186083197, 0.467913934572691},
	{0.661209386466265, 0.360761573048139}, {0.932469514203152, 0.171324492379170},
}

func bulgeAt(sinB float64) float64 {
	x := secc2 * float64(sinB*sinB)
	// t(x) = 1 + 4x/3 - Σ (-1)^k a(k-1)/(2k+1) x^k, a(k) = a(k-1) 2k/(2k+1).
	sum, a, power, mixed := 4./3, 1., 1., 1.
	for k := 2.; k < 8; k++ {
		a *= (2*k - 2) / (2*k - 1)
		power = float64(power * secc2)
		mixed = float64(mixed*x) + power
		sign := 1 - 2*math.Mod(k+1, 2)
		sum += float64(sign * a / (2*k + 1) * mixed)
	}
	return sinB * sum
}
