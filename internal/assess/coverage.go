package assess

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// Coverage returns which share of the article's ground, weighted by time and
// area, somebody independent of the parties could see over v, as far as the
// article bound then. own is the same for what the parties' own organs cover,
// which never makes anything held.
//
// Where coverage overlaps, geometries are united; a share without geometry is
// spread evenly over its zone, and of several the largest counts, never a
// product. At each moment this is the integral over the ground of the largest
// share there: with shares s1 > s2 > ... and U(k) the union of all zones of at
// least share s(k), the sum of (s(k) - s(k+1)) area(U(k)).
func (r *Rule) Coverage(v truce.Interval) (independent, own truce.PPM) {
	times := r.binding(v)
	return r.covered(times, false), r.covered(times, true)
}

// InForce is v as far as the article binds in it, its daily hours aside.
func (r *Rule) InForce(v truce.Interval) []truce.Interval {
	if r.p.NotMonitored != "" { // its answer is the same at every time
		return []truce.Interval{v}
	}
	var out []truce.Interval
	for _, w := range r.scope {
		if in := w.Intersect(v); r.begun && in.Valid() {
			out = append(out, in)
		}
	}
	return out
}

// binding is v as far as the article binds in it.
func (r *Rule) binding(v truce.Interval) []truce.Interval {
	var out []truce.Interval
	for _, w := range r.scope {
		if in := w.Intersect(v); in.Valid() && in.Start.Stated() && in.End.Stated() {
			out = append(out, in)
		}
	}
	if r.p.Daily == nil {
		return out
	}
	loc := r.c.Agreement.Location
	var hours []truce.Interval
	for _, w := range out {
		for day := truce.DateOf(w.Start, loc).Add(-1); day.Start(loc) < w.End; day = day.Add(1) {
			if in := Window(r.p.Daily, day, loc).Intersect(w); in.Valid() {
				hours = append(hours, in)
			}
		}
	}
	return hours
}

// view is one coverage entry made ready.
type view struct {
	*truce.Coverage
	area *geo.Region // nil: no geometry
	name string      // canonical, of the area
}

// covered integrates over times. Nobody has seen what is still to come at the moment of
// knowledge, whatever coverage states of it: it counts as time of which nothing was seen.
func (r *Rule) covered(times []truce.Interval, own bool) truce.PPM {
	var total, seen int64 // milliseconds; milliseconds times PPM
	for _, v := range times {
		total += int64(v.End - v.Start)
		if v.End = min(v.End, r.c.Now); !v.Valid() {
			continue
		}
		views := r.views(v, own)
		if len(views) == 0 {
			continue
		}
		cuts := []truce.Instant{v.Start, v.End}
		for _, c := range views {
			cuts = append(cuts, max(v.Start, c.During.Start), min(v.End, c.During.End))
		}
		for _, x := range r.c.Restrictions {
			if x.During.Overlaps(v) {
				cuts = append(cuts, max(v.Start, x.During.Start), min(v.End, x.During.End))
			}
		}
		slices.Sort(cuts)
		cuts = slices.Compact(cuts)
		for i := range len(cuts) - 1 {
			if r.c.Progress != nil {
				r.c.Progress(i, len(cuts)-1)
			}
			slice := truce.Interval{Start: cuts[i], End: cuts[i+1]}
			seen += int64(slice.End-slice.Start) / 1000 * int64(r.momentary(views, slice))
		}
		if r.c.Progress != nil {
			r.c.Progress(len(cuts)-1, len(cuts)-1)
		}
	}
	if total < 1000 {
		return 0
	}
	return truce.PPM(min(int64(truce.One), seen/(total/1000)))
}

// views lists the coverage that counts in v: independent or the parties' own,
// and able to detect what the article is about.
func (r *Rule) views(v truce.Interval, own bool) []view {
	var out []view
	for _, c := range r.c.Coverage {
		party := c.Claimant != "" || r.c.Agreement.SourceOf(c.Source).Party != ""
		if party != own || !c.During.Overlaps(v) || !r.detects(c.What) && !(own && signal(c.What)) {
			continue
		}
		w := view{Coverage: c}
		if r.c.Region != nil {
			if area, name, ok := r.c.Region(c.Zone); ok {
				w.area, w.name = area, name
			}
		}
		if w.area == nil && r.kind.ground(r) != nil {
			continue // a zone without geometry lies nowhere
		}
		out = append(out, w)
	}
	return out
}

// replaced reports whether the same source stated later how much the same look saw: the
// same way of looking in the same zone, where the hours of one statement contain those of
// the other. The later statement counts for its hours, even if the share is smaller or not
// known. Of statements that became known at the same moment, the largest counts.
func (c *Context) replaced(x view, now []view) bool {
	return slices.ContainsFunc(now, func(o view) bool {
		return o.Source == x.Source && o.Claimant == x.Claimant && o.What == x.What && o.Zone == x.Zone &&
			(x.During.Contains(o.During) || o.During.Contains(x.During)) && c.Known(o.ID) > c.Known(x.ID)
	})
}

// denied is the first restriction on ground of the article while it bound, of an
// article that is about access; nil: none.
func (r *Rule) denied(v truce.Interval) *truce.Restriction {
	if !slices.ContainsFunc(r.kind.acts(), func(a truce.Act) bool { return truce.Words.ActIs(a, truce.ActAccess) }) {
		return nil
	}
	times, ground := r.binding(v), r.kind.ground(r)
	for _, x := range r.c.Restrictions {
		if !slices.ContainsFunc(times, x.During.Overlaps) {
			continue
		}
		if s := r.c.spot(&x.Place); !s.known || ground == nil || r.c.May(&x.Place, ground) {
			return x
		}
	}
	return nil
}

// detects reports whether coverage of that kind could detect the article's
// acts. A word of the vocabulary is that act alone; any other word, such as
// patrol, is a way of looking.
func (r *Rule) detects(what string) bool {
	if !truce.Words.HasAct(what) {
		return true
	}
	act := truce.Act(what)
	// Whoever could only have seen shots would not have seen the bursts of an article on
	// fire: of an act that the article names, all must be seen.
	return slices.ContainsFunc(r.kind.acts(), func(a truce.Act) bool { return truce.Words.ActIs(a, act) })
}

// signal reports whether coverage is of a sign, such as an alert: it detects no
// act, but a party's own is shown as what the party listened to.
func signal(what string) bool {
	return truce.Words.HasAct(what) && truce.Words.Sign(truce.Act(what))
}

// momentary is the share of the ground seen throughout a slice of time in
// which nothing changes.
func (r *Rule) momentary(views []view, at truce.Interval) truce.PPM {
	type layer struct {
		share truce.PPM
		shape geo.MultiPolygon
		key   string
	}
	var layers []layer
	best := truce.PPM(0)
	ground := r.kind.ground(r)
	var now []view
	for _, c := range views {
		if c.During.Contains(at) {
			now = append(now, c)
		}
	}
	for _, c := range now {
		if c.NoShare || r.c.replaced(c, now) {
			continue // where NoShare, it looked, and nobody knows how much it saw
		}
		shape, key, left := r.c.unrestricted(c, at)
		if !left {
			continue
		}
		best = max(best, c.Share)
		if ground != nil {
			layers = append(layers, layer{c.Share, shape, key})
		}
	}
	if ground == nil || len(layers) == 0 {
		return best
	}
	slices.SortFunc(layers, func(a, b layer) int {
		return cmp.Or(cmp.Compare(b.share, a.share), strings.Compare(a.key, b.key))
	})
	whole := ground.AreaM2()
	sum := 0.0
	for k := range layers {
		next := truce.PPM(0)
		if k+1 < len(layers) {
			next = layers[k+1].share
		}
		if layers[k].share == next {
			continue
		}
		var parts []geo.MultiPolygon
		var keys []string
		for _, l := range layers[:k+1] {
			if !slices.Contains(keys, l.key) {
				parts, keys = append(parts, l.shape), append(keys, l.key)
			}
		}
		sum += float64(layers[k].share-next) * r.seen(ground, parts, keys)
	}
	return truce.PPM(min(float64(truce.One), sum/whole+0.5))
}

// seen is the area in square metres of the ground that lies in any of parts.
func (r *Rule) seen(ground *geo.Region, parts []geo.MultiPolygon, keys []string) float64 {
	slices.Sort(keys)
	key := r.groundKey() + "\x00" + strings.Join(keys, "\x00")
	if v, ok := r.c.shapes.cover(key); ok {
		return v
	}
	if area, ok := r.whole(keys); ok {
		return area
	}
	area := 0.0
	if u, err := geo.Union(parts...); err == nil && len(u) > 0 {
		if in, err := geo.Intersect(u, ground.Shape()); err == nil {
			area = in.AreaM2()
		}
	}
	// A remainder below 1e-9 of the whole counts as nothing.
	if whole := ground.AreaM2(); whole-area < whole*1e-9 {
		area = whole
	}
	r.c.shapes.keepCover(key, area)
	return area
}

// whole answers without an overlay for one zone of the ground, or all of them.
func (r *Rule) whole(keys []string) (float64, bool) {
	if r.kind.ground(r) != r.everywhere() {
		return 0, false // its ground is not the zones, such as a strip
	}
	zones := r.in
	if len(zones) == 0 {
		zones = r.c.Agreement.ZoneOrder
	}
	n := 0
	for _, z := range zones {
		if slices.Contains(keys, z) {
			n++
		}
	}
	switch {
	case n == len(zones):
		return r.kind.ground(r).AreaM2(), true
	case n == 1 && len(keys) == 1:
		return r.c.Agreement.Zones[keys[0]].Region.AreaM2(), true
	}
	return 0, false
}

func (r *Rule) groundKey() string {
	return fmt.Sprintf("%s/%s/%s", r.p.Article, r.reading, strings.Join(r.in, ","))
}

// unrestricted is what is left of a view when restrictions have removed what
// they name: one entry, a way of looking, a place, or all of them.
func (c *Context) unrestricted(v view, at truce.Interval) (shape geo.MultiPolygon, key string, left bool) {
	key = v.name
	if v.area != nil {
		shape = v.area.Shape()
	}
	var from []*truce.Restriction
	for _, x := range c.Restrictions {
		if !x.During.Contains(at) || !c.names(x, v) {
			continue
		}
		s := c.spot(&x.Place)
		if !s.known || s.name != "" && s.name == v.name || v.area == nil {
			return nil, "", false
		}
		from, key = append(from, x), key+" less "+placeKey(&x.Place)
	}
	if len(from) == 0 {
		return shape, key, true
	}
	rest := c.shapes.region("rest of "+key, func() *geo.Region { return c.less(shape, from) })
	if rest == nil {
		return nil, "", false
	}
	return rest.Shape(), key, true
}

// names reports whether a restriction is on a view: the one entry it names, a way
// of looking, the monitor it names where that monitor covers anything; else all.
// Another word, such as jammed, says what kind of restriction it was.
func (c *Context) names(x *truce.Restriction, v view) bool {
	if !x.To.IsZero() {
		return x.To == v.ID
	}
	if x.What != "" && x.What != v.What && c.looks(x.What) {
		return false
	}
	for _, who := range []truce.SourceID{x.Source, truce.SourceID(x.By)} {
		if who != "" && who != v.Source && slices.ContainsFunc(c.Coverage, func(o *truce.Coverage) bool { return o.Source == who }) {
			return false
		}
	}
	return true
}

// looks reports whether a word is a way of looking.
func (c *Context) looks(what string) bool {
	if _, err := truce.Words.Means(what); err == nil || what == "patrol" || what == "camera" || what == "satellite" {
		return true
	}
	return slices.ContainsFunc(c.Coverage, func(o *truce.Coverage) bool { return o.What == what })
}

// placeKey names a place by what it is, the same in every situation.
func placeKey(p *truce.Place) string {
	return truce.DigestOf(p.Kind.String(), p.Point.String(), fmt.Sprint(p.Uncertainty), p.Name, fmt.Sprint(p.Shape)).Hex()
}

// less takes the places of restrictions from a shape; nil if nothing is left.
func (c *Context) less(shape geo.MultiPolygon, from []*truce.Restriction) *geo.Region {
	var parts []geo.MultiPolygon
	for _, x := range from {
		s := c.spot(&x.Place)
		if s.area != nil {
			parts = append(parts, s.area.Shape())
		} else {
			parts = append(parts, geo.DiscPolygon(s.point, float64(max(1, s.radius)), 0))
		}
	}
	denied, err := geo.Union(parts...)
	if err != nil {
		return nil
	}
	rest, err := geo.Subtract(shape, denied)
	if err != nil || len(rest) == 0 {
		return nil
	}
	r, err := geo.NewRegion(rest)
	if err != nil {
		return nil
	}
	return r
}

func (s *Geometry) cover(key string) (float64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.covers[key]
	return v, ok
}

func (s *Geometry) keepCover(key string, v float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.covers[key] = v
}

// everywhere is all zones of the agreement: the ground of an article that
// names none.
func (r *Rule) everywhere() *geo.Region {
	if len(r.in) > 0 {
		return r.c.union(r.in)
	}
	return r.c.union(r.c.Agreement.ZoneOrder)
}
