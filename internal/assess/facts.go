package assess

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// actTruth asks whether an act is one of those listed. A descendant is; an
// ancestor may be; an effect such as an explosion may be the effect of any
// attack. A sign establishes no act.
func actTruth(o truce.Act, list []truce.Act, t *trace) truth {
	w, out := truce.Words, no
	for _, a := range list {
		switch {
		case w.ActIs(o, a):
			return yes
		case w.ActIs(a, o) && !w.Sign(o), w.Effect(o) && w.ActIs(a, "attack"):
			out = unknown
		}
	}
	switch {
	case out == unknown:
		t.say("which act it was is not known: %s could be one that is forbidden", o)
	case w.Sign(o):
		t.say("%s is a sign and establishes no act", o)
	default:
		t.say("%s is not among the acts of the article", o)
	}
	return out
}

// weaponTruth asks whether the observation's weapon is one of those selected,
// and which fact is missing where it cannot be told.
func weaponTruth(o *truce.Observation, sel truce.Weapons, t *trace) (truth, truce.Fact) {
	class := yes
	if len(sel.Classes) > 0 {
		class = no
		for _, c := range sel.Classes {
			switch {
			case o.Weapon != "" && truce.Words.ClassIs(o.Weapon, c):
				class = yes
			case class == no && (o.Weapon == "" || truce.Words.ClassIs(c, o.Weapon)):
				class = unknown
			}
		}
	}
	switch class {
	case no:
		t.say("%s is not among the weapons of the article; what else its text may tell of is not assessed here", o.Weapon)
		return no, truce.FactWeapon
	case unknown:
		t.say("which weapon it was is not known")
	}
	cal := calibreTruth(o, sel.Calibre, t)
	if cal == no {
		return no, truce.FactCalibre
	}
	if class == unknown {
		return unknown, truce.FactWeapon
	}
	if cal == unknown && o.Weapon == "" {
		return unknown, truce.FactWeapon
	}
	return and(class, cal), truce.FactCalibre
}

// calibreTruth lets a stated calibre decide, else the whole range of the class.
func calibreTruth(o *truce.Observation, rule truce.CalibreRule, t *trace) truth {
	if rule.Op == "" {
		return yes
	}
	if o.Calibre != 0 {
		if rule.Holds(o.Calibre) {
			return yes
		}
		t.say("%s mm is not %s", o.Calibre, rule)
		return no
	}
	lo, hi, ok := truce.Words.CalibreRange(o.Weapon)
	if !ok {
		t.say("its calibre is not known")
		return unknown
	}
	all, none := true, true
	for c := lo; c <= hi; c++ {
		all, none = all && rule.Holds(c), none && !rule.Holds(c)
	}
	switch {
	case all:
		return yes
	case none:
		t.say("no %s (%s to %s mm) is %s", o.Weapon, lo, hi, rule)
		return no
	}
	t.say("its calibre is not known: a %s has %s to %s mm", o.Weapon, lo, hi)
	return unknown
}

// domainTruth asks for the domain of the act, which is that of its weapon.
func domainTruth(o *truce.Observation, d truce.Domain, t *trace) truth {
	if d == "" {
		return yes
	}
	switch truce.Words.DomainOf(o.Act, o.Weapon) {
	case d:
		return yes
	case "":
		t.say("which weapon it was is not known, and so not whether it was %s", truce.Word("domain", d))
		return unknown
	}
	t.say("its weapon is stated as %s, and the article is about other weapons (%s); what else its text may tell of is not assessed here", o.Weapon, truce.Word("domain", d))
	return no
}

// presence asks whether the observation shows the presence of something listed.
func presence(o *truce.Observation, of []truce.Sighted, t *trace) truth {
	if o.Act != truce.ActPresence {
		t.say("%s is not a presence", o.Act)
		return no
	}
	if slices.Contains(of, o.Seen) {
		return yes
	}
	t.say("a %s is not among what must be absent", o.Seen)
	return no
}

// Geometry keeps what many questions share, by name: unions, strips, which
// region lies in which zone. Contexts of one agreement may share it, at once.
type Geometry struct {
	mu     sync.Mutex
	sides  map[string]int64
	built  map[string]*geo.Region
	covers map[string]float64 // area in square metres that a set of coverage sees
	other  map[string]any     // what one kind of obligation alone asks for
}

// NewGeometry returns an empty store.
func NewGeometry() *Geometry {
	return &Geometry{sides: map[string]int64{}, built: map[string]*geo.Region{}, covers: map[string]float64{}, other: map[string]any{}}
}

// region returns the region kept under key, made by build when it is first
// asked for; nil is kept too.
func (s *Geometry) region(key string, build func() *geo.Region) *geo.Region {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.built[key]
	if !ok {
		r = build()
		s.built[key] = r
	}
	return r
}

func (s *Geometry) kept(key string) (any, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.other[key]
	return v, ok
}

func (s *Geometry) keep(key string, v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.other[key] = v
}

func (s *Geometry) side(key string) (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.sides[key]
	return v, ok
}

func (s *Geometry) keepSide(key string, v int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sides[key] = v
}

// union returns the zones named as one region, nil if none has geometry.
func (c *Context) union(names []string) *geo.Region {
	return c.shapes.region("union\x00"+strings.Join(names, "\x00"), func() *geo.Region {
		var parts []geo.MultiPolygon
		var only *geo.Region
		for _, n := range names {
			if z := c.Agreement.Zones[n]; z != nil && z.Region != nil {
				parts, only = append(parts, z.Region.Shape()), z.Region
			}
		}
		if len(parts) < 2 {
			return only
		}
		return unite(parts)
	})
}

func (c *Context) unionIf(wanted bool, names []string) *geo.Region {
	if !wanted {
		return nil
	}
	return c.union(names)
}

// unite returns the union of parts as a region, nil if there is none.
func unite(parts []geo.MultiPolygon) *geo.Region {
	u, err := geo.Union(parts...)
	if err != nil || len(u) == 0 {
		return nil
	}
	r, err := geo.NewRegion(u)
	if err != nil {
		return nil
	}
	return r
}

// spot is a place made ready for questions of inside and outside.
type spot struct {
	known  bool
	point  geo.Point
	radius int64
	area   *geo.Region // set: the area instead of the point
	name   string      // of a zone or region
}

// spot resolves a place. A position whose publisher states no uncertainty is
// still placed: it is taken at its point.
func (c *Context) spot(p *truce.Place) spot {
	switch p.Kind {
	case truce.PlacePoint, truce.PlaceObject:
		return spot{known: true, point: p.Point, radius: int64(max(0, p.Uncertainty))}
	case truce.PlaceRegion:
		if c.Region == nil {
			return spot{}
		}
		if r, name, ok := c.Region(p.Name); ok {
			return spot{known: true, area: r, name: name}
		}
	case truce.PlaceWedge, truce.PlaceShape:
		if r, err := geo.NewRegion(p.Shape); err == nil {
			return spot{known: true, area: r}
		}
	}
	return spot{}
}

// inZone asks whether a place lies inside the union of the zones.
func (c *Context) inZone(p *truce.Place, names []string, t *trace) truth {
	if len(names) == 0 {
		return yes
	}
	s := c.spot(p)
	list := strings.Join(names, ", ")
	if !s.known {
		t.say("where it happened is not known")
		return unknown
	}
	side, share, touched, any := geo.Outside, truce.PPM(0), 0, false
	for _, n := range names {
		if s.name != "" && s.name == n {
			return yes
		}
		z := c.Agreement.Zones[n]
		if z == nil || z.Region == nil {
			continue
		}
		any = true
		one, part := c.side(s, z.Region, n, t != nil)
		if side = max(side, one); side == geo.Inside {
			return yes
		}
		if one == geo.Straddles {
			share, touched = part, touched+1
		}
	}
	if !any {
		t.say("where %s lies is not known", list)
		return unknown
	}
	if u := c.unionIf(touched > 1, names); u != nil { // it may lie across the border of two zones, and inside both together
		side, share = c.side(s, u, strings.Join(names, "\x00"), t != nil)
	}
	switch side {
	case geo.Inside:
		return yes
	case geo.Outside:
		t.say("%s is outside %s", p, list)
		return no
	}
	if share >= 0 {
		t.say("%s may be inside or outside %s: %s of it is inside", p, list, share.Percent())
	} else {
		t.say("%s may be inside or outside %s", p, list)
	}
	return unknown
}

// side compares a spot with a region; share is -1 where nobody asked for it.
// The answer for a named spot is kept under key, unless key is empty.
func (c *Context) side(s spot, zone *geo.Region, key string, share bool) (geo.Side, truce.PPM) {
	if s.area == nil {
		side := zone.Disc(s.point, float64(s.radius))
		if side == geo.Straddles && share && s.radius > 0 {
			return side, ppm(zone.ShareOfDisc(s.point, float64(s.radius)))
		}
		return side, -1
	}
	memo := "side\x00" + s.name + "\x00" + key
	if s.name != "" && key != "" {
		if v, ok := c.shapes.side(memo); ok {
			return geo.Side(v/10_000_000 - 1), truce.PPM(v % 10_000_000)
		}
	}
	side, part, err := zone.Compare(s.area)
	if err != nil {
		side, part = geo.Straddles, 0
	}
	if s.name != "" && key != "" {
		c.shapes.keepSide(memo, int64(side+1)*10_000_000+int64(ppm(part)))
	}
	return side, ppm(part)
}

func ppm(share float64) truce.PPM { return truce.PPM(min(1, max(0, share))*1e6 + 0.5) }

// atObject asks whether the observation is at one of the protected objects.
func (r *Rule) atObject(o *truce.Observation, t *trace) truth {
	name := o.Object
	if name == "" && o.Place.Kind == truce.PlaceObject {
		name = o.Place.Name
	}
	if name != "" {
		for _, x := range r.objects {
			if x.ID == name {
				t.say("%s is a protected object%s", name, r.asRead())
				return yes
			}
		}
		if o.Place.Kind != truce.PlaceObject || o.Place.Name != name {
			t.say("%s is not on the list of protected objects%s", name, r.asRead())
			return no
		}
		// The list may name the same spot otherwise: let the position decide.
	}
	s := r.c.spot(&o.Place)
	if !s.known {
		t.say("where it happened is not known")
		return unknown
	}
	out := no
	here := geo.VecOf(s.point)
	for i := range r.objects {
		x := &r.objects[i]
		var near truth
		if s.area != nil {
			near = r.c.areaAt(s, x)
		} else {
			// The straight line is shorter than the geodesic by metres at most.
			if geo.ChordM(&here, &x.vec) > s.radius+int64(x.BufferM)+1000 {
				continue
			}
			d := int64(geo.Distance(s.point, x.Point)*1000 + 0.5)
			near = within(d, s.radius*1000, int64(x.BufferM)*1000)
		}
		switch near {
		case yes:
			t.say("%s lies within %s of the protected object %s%s", &o.Place, truce.Metres(int64(x.BufferM)), x.ID, r.asRead())
			return yes
		case unknown:
			t.say("%s may lie within %s of the protected object %s%s", &o.Place, truce.Metres(int64(x.BufferM)), x.ID, r.asRead())
			out = unknown
		}
	}
	if out == no {
		t.say("%s is at none of the protected objects%s", &o.Place, r.asRead())
	}
	return out
}

// object is a protected object, ready for quick questions.
type object struct {
	truce.Object
	vec geo.Vec
}

// areaAt asks whether an area lies within the buffer of an object.
func (c *Context) areaAt(s spot, x *object) truth {
	if s.area.Disc(x.Point, float64(x.BufferM)) == geo.Outside {
		return no
	}
	key := fmt.Sprint("object ", x.Point, x.BufferM)
	disc := c.shapes.region(key, func() *geo.Region {
		r, err := geo.NewRegion(geo.DiscPolygon(x.Point, float64(max(1, x.BufferM)), 0))
		if err != nil {
			return nil
		}
		return r
	})
	if disc == nil {
		return unknown
	}
	side, _ := c.side(s, disc, key, false)
	return truth(side)
}

func (r *Rule) asRead() any {
	if r.reading == "" {
		return ""
	}
	return truce.Because(" as %s reads the article", reader(r.reading, r.assumed()))
}

// within asks whether something at distance d with radius u surely lies
// within limit, all in millimetres; 1 cm from the limit it cannot be told.
func within(d, u, limit int64) truth {
	const cm = 10
	switch {
	case d+u <= limit-cm:
		return yes
	case d-u >= limit+cm:
		return no
	}
	return unknown
}

// except applies the article's exceptions to an answer. They need their own
// evidence, and what is excepted is not a violation whatever else is unknown.
func (r *Rule) except(a answer, o *truce.Observation, t *trace) answer {
	if a.outcome != touches && !a.outcome.Undetermined() {
		return a
	}
	best, missing := no, factSet(0)
	for i := range r.p.Exceptions {
		e := &r.p.Exceptions[i]
		if e.Answers != nil { // asked of the incident: returnfire.go
			continue
		}
		tr, m := r.exception(e, o, t)
		if tr > best {
			best, missing = tr, m
		}
	}
	switch {
	case best == yes:
		return answer{outcome: truce.Excepted}
	case best == unknown:
		return join(answer{outcome: missing.cause(), missing: missing}, a)
	}
	return a
}

func (r *Rule) exception(e *truce.Exception, o *truce.Observation, t *trace) (truth, factSet) {
	var missing factSet
	ask := func(v truth, f truce.Fact) truth {
		if v == unknown {
			missing |= fact(f)
		}
		return v
	}
	act := ask(actTruth(o.Act, e.Acts, nil), truce.FactAct)
	place := ask(r.c.inZone(&o.Place, e.In, nil), truce.FactPlace)
	if and(act, place) == no {
		return no, 0
	}
	notice := yes
	if e.Needs {
		var why factSet
		notice, why = r.notified(e, o, t)
		if notice == unknown {
			missing |= why
		}
	}
	out := and(and(act, place), notice)
	if out == yes {
		t.say("exception %s applies", e.ID)
	}
	return out, missing
}

// notified asks for a notification that covers the observation: only its own
// place and hours, and received in time before its hours begin.
func (r *Rule) notified(e *truce.Exception, o *truce.Observation, t *trace) (truth, factSet) {
	best, why := r.announced(e.Acts, noticeBefore(e.Notified), o, t)
	if best == no {
		t.say("no notification covers it, so exception %s does not apply", e.ID)
	}
	return best, why
}

// A notice is by when what begins at a moment must have been announced, and the same in words.
type notice struct {
	at    func(begins truce.Instant, loc *time.Location) truce.Instant
	words truce.Reason
}

func noticeBefore(d time.Duration) notice {
	return notice{func(begins truce.Instant, _ *time.Location) truce.Instant {
		if !begins.Stated() {
			return begins
		}
		return begins.Add(-d)
	}, truce.Because("%s before its hours", SpanWords(truce.Span{Time: d}))}
}

// announced asks for a notification of one of some acts that covers the observation, received so long
// before its hours begin.
func (r *Rule) announced(acts []truce.Act, by notice, o *truce.Observation, t *trace) (truth, factSet) {
	best, why := no, factSet(0)
	for _, n := range r.c.Notifications {
		if !r.p.Bound(n.By) || !r.c.mayBe(o, n.By) || n.Act != "" && actTruth(n.Act, acts, nil) == no {
			continue
		}
		if told := n.told(); told != truce.Always && told > by.at(n.During.Start, r.c.Agreement.Location) {
			t.say("the notification by %s came too late: it is required %s", n.By, by.words)
			continue
		}
		var m factSet
		hours := yes
		switch {
		case n.During.Contains(o.Occurred):
		case !n.During.Overlaps(o.Occurred):
			t.say("the notification by %s covers %s only", n.By, n.During.In(r.c.Agreement.Location))
			hours = no
		default:
			hours, m = unknown, fact(truce.FactTime)
		}
		place := r.c.insideNotice(&o.Place, &n.Place)
		if place == unknown {
			m |= fact(truce.FactPlace)
		}
		if place == no {
			t.say("the notification by %s is for another place", n.By)
		}
		if tr := and(hours, place); tr > best {
			best, why = tr, m
		}
	}
	return best, why
}

// mayBe reports whether it may have been a party's doing, by the source's claim.
func (c *Context) mayBe(o *truce.Observation, party truce.PartyID) bool {
	named := o.MayHaveActed()
	return len(named) == 0 || slices.Contains(named, truce.Anybody) || slices.ContainsFunc(named, func(p truce.PartyID) bool { id, _ := c.Agreement.Actor(p); return id == party })
}

// insideNotice asks whether a place lies inside the place a notification names.
func (c *Context) insideNotice(p, n *truce.Place) truth {
	s, area := c.spot(p), c.spot(n)
	if !s.known || !area.known {
		return unknown
	}
	if s.name != "" && s.name == area.name {
		return yes
	}
	if area.area != nil {
		key := ""
		if area.name != "" {
			key = "notice\x00" + area.name
		}
		side, _ := c.side(s, area.area, key, false)
		return truth(side)
	}
	if s.area != nil {
		return unknown // an area inside a spot is not worth deciding
	}
	d := int64(geo.Distance(s.point, area.point)*1000 + 0.5)
	return within(d, s.radius*1000, max(10, area.radius*1000))
}

// Describe says an observation in words: who acted is never among them.
func Describe(a *truce.Agreement, o *truce.Observation) string {
	var b strings.Builder
	b.WriteString(string(o.Act))
	switch {
	case o.Seen != "":
		fmt.Fprintf(&b, " of a %s", o.Seen)
	case o.Count.Kind != truce.Exactly || o.Count.N > 1:
		fmt.Fprintf(&b, " (%s)", o.Count)
	}
	if o.Weapon != "" {
		fmt.Fprintf(&b, ", %s", o.Weapon)
		if o.Calibre != 0 {
			fmt.Fprintf(&b, " %s mm", o.Calibre)
		}
	}
	fmt.Fprintf(&b, ", %s, %s", o.Whereabouts().String(), o.Occurred.In(a.Location))
	return b.String()
}

// Within returns a test for places that surely lie inside an area.
func (c *Context) Within(area *truce.Place) func(*truce.Place) bool {
	return func(p *truce.Place) bool { return c.insideNotice(p, area) == yes }
}

// May reports whether a place may lie in a region.
func (c *Context) May(p *truce.Place, r *geo.Region) bool {
	s := c.spot(p)
	if !s.known {
		return false
	}
	side, _ := c.side(s, r, "", false)
	return side != geo.Outside
}

// Meet reports whether two places may be one, as far as is known.
func (c *Context) Meet(p, q *truce.Place) bool {
	a, b := c.spot(p), c.spot(q)
	if !a.known || !b.known {
		return false
	}
	if a.area != nil && b.area == nil {
		a, b = b, a
	}
	switch {
	case a.area != nil:
		key := ""
		if b.name != "" { // two regions by name: asked of each pair that is near in time
			key = "meets\x00" + b.name
		}
		side, _ := c.side(a, b.area, key, false)
		return side != geo.Outside || a.name != "" && a.name == b.name
	case b.area != nil:
		side, _ := c.side(a, b.area, "", false)
		return side != geo.Outside
	}
	reach := a.radius + b.radius
	if p.Uncertainty == truce.NotStated || q.Uncertainty == truce.NotStated {
		reach += 10_000 // nobody said how well it is known
	}
	return geo.Distance(a.point, b.point) <= float64(reach)
}

// KM2 prints square metres as square kilometres, to 0.01.
func KM2(m2 int64) string {
	return fmt.Sprintf("%d.%02d", (m2+5000)/1_000_000, (m2+5000)%1_000_000/10_000)
}
