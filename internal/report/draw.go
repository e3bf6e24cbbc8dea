package report

import (
	"fmt"
	"html"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// view projects degrees to the drawing: plate carrée, stretched so that a
// kilometre is as long in both directions at the middle latitude.
type view struct {
	west, north, scale, squeeze float64 // scale: units a degree of latitude
	w, h                        float64
}

const kmPerDegree = 111.2 // of latitude, for the scale bar and radii of a drawing

func (v view) xy(p geo.Point) (x, y float64) {
	lat, lon := p.Degrees()
	return (lon - v.west) * v.scale * v.squeeze, (v.north - lat) * v.scale
}

// frame chooses what the map shows: what happened, with a margin, or else the
// first zone.
func (r *Report) frame() view {
	south, west, north, east := 90.0, 180.0, -90.0, -180.0
	take := func(p geo.Point, km float64) {
		lat, lon := p.Degrees()
		d := km / kmPerDegree
		south, north = math.Min(south, lat-d), math.Max(north, lat+d)
		west, east = math.Min(west, lon-d), math.Max(east, lon+d)
	}
	for _, list := range [][]Incident{r.Incidents, r.Claims} {
		for i := range list {
			p := &list[i].Place
			switch {
			case p.Kind == truce.PlacePoint || p.Kind == truce.PlaceObject:
				take(p.Point, 60)
			case len(p.Shape) > 0:
				take(p.Shape[0][0][0], 60)
			}
		}
	}
	for _, a := range r.Map.Regions {
		for _, poly := range a.Shape {
			for _, q := range poly[0] {
				take(q, 0)
			}
		}
	}
	if south > north {
		for _, z := range r.Map.Zones[:min(1, len(r.Map.Zones))] {
			for _, poly := range z.Shape {
				for _, q := range poly[0] {
					take(q, 30)
				}
			}
		}
	}
	if south > north {
		south, west, north, east = -60, -180, 80, 180
	}
	v := view{west: west, north: north, squeeze: math.Cos((south + north) / 2 * math.Pi / 180), w: 1000}
	v.scale = v.w / ((east - west) * v.squeeze)
	v.h = (north - south) * v.scale
	if v.h > 900 {
		v.scale *= 900 / v.h
		v.w, v.h = v.w*900/v.h, 900
	}
	return v
}

// path draws rings or lines, leaving out points that would not be seen.
func (v view) path(b *strings.Builder, points []geo.Point, closed bool) {
	var lx, ly float64
	n := 0
	for i, p := range points {
		x, y := v.xy(p)
		x, y = math.Max(-2000, math.Min(3000, x)), math.Max(-2000, math.Min(3000, y))
		if n > 0 && i < len(points)-1 && math.Abs(x-lx)+math.Abs(y-ly) < 1 {
			continue
		}
		c := byte('L')
		if n == 0 {
			c = 'M'
		}
		fmt.Fprintf(b, "%c%.1f %.1f", c, x, y)
		lx, ly = x, y
		n++
	}
	if closed {
		b.WriteByte('Z')
	}
}

func (v view) shape(m geo.MultiPolygon) string {
	var b strings.Builder
	for _, poly := range m {
		for _, ring := range poly {
			v.path(&b, ring, true)
		}
	}
	return b.String()
}

// label finds a place for a zone's name: of a grid of points on the map, the one
// that lies in this zone and in no other, farthest from the edges of all.
func (v view) label(zones []Area, k int) (x, y float64, ok bool) {
	const nx, ny = 40, 26
	drawn := make([][][]corner, len(zones))
	for z := range zones {
		drawn[z] = v.drawn(zones[z].Shape)
	}
	best := 0.0
	for i := 1; i < nx; i++ {
		for j := 2; j < ny; j++ {
			px, py := v.w*float64(i)/nx, v.h*float64(j)/ny
			near := math.Min(math.Min(px, v.w-px)/2, math.Min(py, v.h-py)) // names are wide
			for z := 0; z < len(drawn) && near > best; z++ {
				in, d := within(drawn[z], px, py, near)
				if in != (z == k) {
					near = 0
					break
				}
				near = d
			}
			if near > best {
				x, y, best, ok = px, py, near, true
			}
		}
	}
	return x, y, ok && best > 12
}

// A corner is where a corner of a shape is drawn.
type corner struct{ x, y float64 }

// drawn returns the rings of a shape as drawn.
func (v view) drawn(m geo.MultiPolygon) (rings [][]corner) {
	for _, poly := range m {
		for _, ring := range poly {
			marks := make([]corner, len(ring))
			for i, p := range ring {
				marks[i].x, marks[i].y = v.xy(p)
			}
			rings = append(rings, marks)
		}
	}
	return rings
}

// within reports whether a point of the drawing lies in a shape as drawn, and how
// far it is from the shape's corners, at most near.
func within(rings [][]corner, px, py, near float64) (in bool, least float64) {
	for _, ring := range rings {
		q := ring[len(ring)-1]
		for _, p := range ring {
			if (p.y > py) != (q.y > py) && px < (q.x-p.x)*(py-p.y)/(q.y-p.y)+p.x {
				in = !in
			}
			if dx, dy := p.x-px, p.y-py; dx < near && dx > -near && dy < near && dy > -near {
				near = math.Min(near, math.Hypot(dx, dy))
			}
			q = p
		}
	}
	return in, near
}

// glyph draws an outcome: shape and fill, never hue alone. It is the same on
// the map, in tables and in the legend.
func glyph(o truce.Outcome, x, y, r float64) string {
	ring := fmt.Sprintf(`<circle class="o" cx="%.1f" cy="%.1f" r="%.1f"/>`, x, y, r)
	full := fmt.Sprintf(`<circle class="f" cx="%.1f" cy="%.1f" r="%.1f"/>`, x, y, r)
	half := fmt.Sprintf(`<path class="f" d="M%.1f %.1fa%.1f %.1f 0 0 0 0 %.1fZ"/>`, x, y-r, r, r, 2*r)
	switch class(o) {
	case "decided":
		return full + fmt.Sprintf(`<path class="t" d="M%.2f %.2fl%.2f %.2fl%.2f %.2f"/>`, x-r*0.55, y, r*0.4, r*0.45, r*0.7, -r*0.95)
	case "apparent":
		return full
	case "awaiting":
		return full + fmt.Sprintf(`<circle class="o" cx="%.1f" cy="%.1f" r="%.1f"/>`, x, y, r*1.5)
	case "uncorroborated":
		return ring + fmt.Sprintf(`<circle class="f" cx="%.1f" cy="%.1f" r="%.1f"/>`, x, y, r*0.35)
	case "undetermined":
		return ring + half
	case "differ":
		return ring + half + fmt.Sprintf(`<path class="o" d="M%.1f %.1fh%.1f"/>`, x-r, y, 2*r)
	case "alleged":
		return fmt.Sprintf(`<circle class="o d" cx="%.1f" cy="%.1f" r="%.1f"/>`, x, y, r)
	case "excepted":
		return ring + fmt.Sprintf(`<path class="o" d="M%.1f %.1fh%.1f"/>`, x-r, y, 2*r)
	case "outofscope":
		return fmt.Sprintf(`<circle class="s" cx="%.1f" cy="%.1f" r="%.1f"/>`, x, y, r*0.5)
	}
	return ring
}

// mark is a glyph for running text.
func mark(o truce.Outcome) string {
	return `<svg class="g" viewBox="-7 -7 14 14" aria-hidden="true">` + glyph(o, 0, 0, 5) + `</svg>`
}

// class is how an outcome is drawn: shape and fill, never hue alone.
func class(o truce.Outcome) string {
	if c, ok := classes[o]; ok {
		return c
	}
	return "none"
}

// classes are how outcomes are drawn. Each outcome has its line.
var classes = map[truce.Outcome]string{
	truce.Violation: "decided", truce.ApparentViolation: "apparent", truce.AwaitingResponse: "awaiting", truce.Uncorroborated: "uncorroborated",
	truce.ReadingsDiffer:    "differ",
	truce.UndeterminedPlace: "undetermined", truce.UndeterminedTime: "undetermined", truce.UndeterminedFact: "undetermined",
	truce.UndeterminedConflict: "undetermined", truce.UndeterminedNoCoverage: "undetermined", truce.UndeterminedWithheld: "undetermined",
	truce.AllegedOnly: "alleged", truce.NoneAlleged: "alleged",
	truce.Excepted:   "excepted",
	truce.OutOfScope: "outofscope", truce.NotYetDue: "outofscope", truce.NotMonitored: "outofscope", truce.ConditionNotMet: "outofscope",
	truce.Overdue: "apparent", truce.PartlyFulfilled: "uncorroborated", truce.Disputed: "differ",
	truce.Held: "none", truce.Fulfilled: "none", truce.NoViolation: "none",
}

// spot is all incidents at one place.
type spot struct {
	x, y, r float64
	place   string
	n       int
	worst   truce.Outcome
	lines   []string
}

// hatch is a pattern of drawings. A page has it once.
const hatch = `<defs><pattern id="hatch" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="10" class="hatchline"/></pattern></defs>`

// drawMap returns the map as SVG.
func (r *Report) drawMap() string {
	v := r.frame()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="map" viewBox="0 0 %.0f %.0f" role="img" aria-label="Map of incidents, zones and lines; the annex lists every incident">`, v.w, v.h)
	b.WriteString(hatch)
	fmt.Fprintf(&b, `<rect class="rest" width="%.0f" height="%.0f"/>`, v.w, v.h)
	for _, z := range r.Map.Zones {
		fmt.Fprintf(&b, `<path class="zone" d="%s"><title>%s</title></path>`, v.shape(z.Shape), html.EscapeString(z.Label))
	}
	for k, z := range r.Map.Zones {
		if x, y, ok := v.label(r.Map.Zones, k); ok {
			fmt.Fprintf(&b, `<text class="zl" x="%.0f" y="%.0f">%s</text>`, x, y, html.EscapeString(strings.ToUpper(z.Name)))
		}
	}
	for _, a := range r.Map.Regions {
		fmt.Fprintf(&b, `<path class="region" d="%s"><title>%s</title></path>`, v.shape(a.Shape), html.EscapeString(a.Label))
	}
	for _, l := range r.Map.Lines {
		for _, line := range l.Lines {
			var d strings.Builder
			v.path(&d, line, false)
			fmt.Fprintf(&b, `<path class="line" d="%s"><title>%s</title></path>`, &d, html.EscapeString(l.Label))
		}
	}
	for _, s := range r.spots(v) {
		fmt.Fprintf(&b, `<g class="at"><title>%s</title><circle class="reach" cx="%.1f" cy="%.1f" r="%.1f"/>`, html.EscapeString(s.place+"\n"+strings.Join(s.lines, "\n")), s.x, s.y, math.Max(s.r, 1))
		if s.n == 1 {
			b.WriteString(glyph(s.worst, s.x, s.y, 4))
		} else {
			m := 6 + math.Sqrt(float64(s.n))
			fmt.Fprintf(&b, `<circle class="many" cx="%.1f" cy="%.1f" r="%.1f"/><text class="n" x="%.1f" y="%.1f">%d</text>`, s.x, s.y, m, s.x, s.y+3.8, s.n)
			// The gravest of them at its corner.
			b.WriteString(glyph(s.worst, s.x+m*0.75, s.y-m*0.75, 3.4))
		}
		b.WriteString(`</g>`)
	}
	b.WriteString(v.bar())
	fmt.Fprintf(&b, `<text class="cut" x="8" y="%.0f">%s · %s</text>`, v.h-8, html.EscapeString(r.when(r.Period)), html.EscapeString(r.cutOff()))
	if m := r.Mark(); m != "" {
		fmt.Fprintf(&b, `<text class="mapmark" x="%.0f" y="30">%s</text>`, v.w/2, m)
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// spots groups incidents by place, in a stable order.
func (r *Report) spots(v view) []*spot {
	by := map[string]*spot{}
	var order []string
	for _, list := range [][]Incident{r.Incidents, r.Claims} {
		for i := range list {
			x := &list[i]
			p := &x.Place
			if p.Kind != truce.PlacePoint && p.Kind != truce.PlaceObject {
				continue
			}
			key := p.Point.String()
			s := by[key]
			if s == nil {
				s = &spot{place: p.Short(), worst: x.Worst()}
				s.x, s.y = v.xy(p.Point)
				by[key] = s
				order = append(order, key)
			}
			s.n++
			s.r = math.Max(s.r, float64(max(0, p.Uncertainty))/1000/kmPerDegree*v.scale)
			if before(x.Worst(), s.worst) {
				s.worst = x.Worst()
			}
			if len(s.lines) < 12 {
				says := x.Worst().Words()
				if slices.ContainsFunc(x.Findings, func(f Finding) bool { return f.Standing == truce.Refuted }) {
					says = "rejected by a person"
				} else if x.Worst() == truce.NoViolation || x.Worst() == truce.OutOfScope {
					says = "no article in force is about it" // "no violation" would be a verdict on what no article was asked about
				}
				s.lines = append(s.lines, r.when(x.Occurred)+": "+x.What+" ("+says+")")
			} else if len(s.lines) == 12 {
				s.lines = append(s.lines, "and more: see the annex")
			}
		}
	}
	out := make([]*spot, len(order))
	for i, k := range order {
		out[i] = by[k]
	}
	// Small ones on top, and on top of all those with a decided violation.
	sort.SliceStable(out, func(i, j int) bool {
		if a, b := out[i].worst == truce.Violation, out[j].worst == truce.Violation; a != b {
			return b
		}
		return out[i].n > out[j].n
	})
	return out
}

func before(a, b truce.Outcome) bool {
	for _, o := range truce.Outcomes {
		if o == a || o == b {
			return o == a && a != b
		}
	}
	return false
}

// bar is a scale bar of a round number of kilometres.
func (v view) bar() string {
	km := 500.0
	for _, n := range []float64{1, 2, 5, 10, 20, 50, 100, 200, 500} {
		if n/kmPerDegree*v.scale > 80 {
			km = n
			break
		}
	}
	w := km / kmPerDegree * v.scale
	return fmt.Sprintf(`<g class="scale" transform="translate(%.0f %.0f)"><path d="M0 0v5h%.1fv-5"/><text x="%.1f" y="-3">%.0f km</text></g>`, v.w-w-16, v.h-16, w, w/2, km)
}

// drawRibbon returns three rows of bars and the coverage band under them: solid
// where someone independent could see, hatched where nobody could.
func (r *Report) drawRibbon(a *Article) string {
	n := len(a.Ribbon)
	if n == 0 {
		return ""
	}
	const left, row, gap, band = 158.0, 26.0, 6.0, 20.0
	width := 842.0
	step := width / float64(n)
	var most [3]float64
	for _, k := range a.Ribbon {
		most[0] = math.Max(most[0], float64(k.Signs.Low.N+k.Signs.Low.Uncountable))
		most[1] = math.Max(most[1], float64(k.Incidents.Low))
		most[2] = math.Max(most[2], float64(k.Violations.Low))
	}
	var b strings.Builder
	height := 3*(row+gap) + 2*(band+gap) + 16
	fmt.Fprintf(&b, `<svg class="ribbon" viewBox="0 0 1000 %.0f" role="img" aria-label="Reports, incidents and violations decided over time, with coverage">`, height)
	for i, name := range []string{"reports", "incidents", "violations decided"} {
		y := float64(i) * (row + gap)
		if most[i] > 0 {
			name += ", most " + grouped(int64(most[i]))
		}
		fmt.Fprintf(&b, `<text class="rl" x="%.0f" y="%.1f">%s</text><path class="axis" d="M%.0f %.1fH1000"/>`, left-8, y+row-3, name, left, y+row)
		for k := range a.Ribbon {
			c := &a.Ribbon[k]
			val := [3]float64{float64(c.Signs.Low.N + c.Signs.Low.Uncountable), float64(c.Incidents.Low), float64(c.Violations.Low)}[i]
			if val == 0 {
				continue
			}
			h := val / most[i] * row
			fmt.Fprintf(&b, `<rect class="bar b%d" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s: %s</title></rect>`, i, left+float64(k)*step+step*0.12, y+row-h, step*0.76, h,
				html.EscapeString(r.when(c.During)), html.EscapeString(blockText(&c.Count)))
		}
	}
	y := 3 * (row + gap)
	for i, own := range []bool{false, true} {
		name := "coverage"
		if own {
			name = "parties' own"
		}
		yy := y + float64(i)*(band+gap)
		fmt.Fprintf(&b, `<text class="rl" x="%.0f" y="%.1f">%s</text>`, left-8, yy+band-5, name)
		for k := range a.Ribbon {
			b.WriteString(r.bucketBand(&a.Ribbon[k], own, left+float64(k)*step, yy, step, band))
		}
	}
	every := max(1, n/12)
	for k := 0; k < n; k += every {
		t := a.Ribbon[k].During.Start.Time().In(r.loc)
		label := t.Format("2 Jan")
		if a.Ribbon[k].During.Width().Hours() < 23 {
			label = t.Format("15:04")
		}
		fmt.Fprintf(&b, `<text class="tick" x="%.1f" y="%.1f">%s</text>`, left+(float64(k)+0.5)*step, height-3, label)
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// bucketBand draws one bar's coverage: not in force, hatched where nobody could
// see, solid as far as somebody could.
func (r *Report) bucketBand(c *Bucket, own bool, x, y, w, h float64) string {
	p, cls := c.Coverage, "cov"
	if own {
		p, cls = c.Own, "cov own"
	}
	return watchBand(c.Force, p, cls, html.EscapeString(r.bandTitle(c, own)), x, y, w, h)
}

// bandTitle says what bucketBand draws.
func (r *Report) bandTitle(c *Bucket, own bool) string {
	p := c.Coverage
	if own {
		p = c.Own
	}
	say := "no independent coverage stated"
	switch {
	case !c.Force:
		say = "not in force"
	case own && p == 0:
		say = "no party reported on it"
	case own:
		say = "the parties' own coverage, " + p.Percent()
	case p > 0 && c.Incidents.High == 0:
		say = "looked, saw nothing, at coverage " + p.Percent()
	case p > 0:
		say = "coverage " + p.Percent()
	}
	return r.when(c.During) + ": " + say
}

// watchBand draws how much of a bar was watched. title is escaped.
func watchBand(force bool, p truce.PPM, cls, title string, x, y, w, h float64) string {
	if !force {
		return fmt.Sprintf(`<rect class="notforce" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s</title></rect>`, x+0.5, y+0.5, w-1, h-1, title)
	}
	out := fmt.Sprintf(`<rect class="nocov" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s</title></rect>`, x, y, w, h, title)
	if p > 0 {
		seen := h * float64(p) / float64(truce.One)
		out += fmt.Sprintf(`<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s</title></rect>`, cls, x, y+h-seen, w, seen, title)
	}
	return out
}

// blockText is the three numbers and the coverage, as one line.
func blockText(c *Count) string {
	return fmt.Sprintf("reports %s · incidents %s · violations decided %s · %s", SignRange(c), c.Incidents, c.Violations, seen(c.Coverage))
}
