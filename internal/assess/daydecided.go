package assess

import (
	"cmp"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// This file is what people decide about findings of days (doc/method.md, "At least one
// that day"). A decision names the article, the window and the area, and the reports on
// which the finding rested. It changes nothing of incidents.

// A ruling is what people decided that bears on what one report shows under an article.
type ruling struct {
	rejected  bool            // under the article, which a confirmation under it ends, and nothing else
	refuted   bool            // not under an article
	unsure    bool            // it cannot be verified
	verified  bool            // a person verified it
	confirmed *statement      // what a decision on a finding of days that names it confirms; nil: none does
	dismissed *truce.Decision // the decision that rejected such a finding, or found it unverifiable; nil: none does
	waits     *truce.Decision // a decision on such a finding that waits for a second reader
}

// gone reports whether the report establishes nothing.
func (r *ruling) gone() bool {
	return r.rejected || r.refuted || r.unsure || r.dismissed != nil
}

// A statement is what a person confirmed: at least one act in a window and area.
type statement struct {
	by     *truce.Decision
	window truce.Interval
	area   truce.Area
	named  []*truce.Observation // that by names and that are still in force there
}

// ruling says what people decided of an observation of an incident, the latest last.
// onIncident are the decisions on the incident. A decision on a finding of days bears on
// what the finding rested on, as long as it still lies in the window: what its source
// dates to another day since is another report.
func (c *Context) ruling(rules []*Rule, o *truce.Observation, inc *truce.Incident, onIncident []*truce.Decision) (out ruling) {
	list, art := onIncident, rules[0].Article()
	if days := c.onDays[o.ID]; len(days) > 0 {
		list = slices.Concat(list, days)
		slices.SortStableFunc(list, func(a, b *truce.Decision) int { return cmp.Compare(a.Seq, b.Seq) })
	}
	for _, d := range list {
		if d.OnDay() {
			if d.Article == art && d.Window.Contains(o.Occurred) {
				c.addDay(&out, d, rules[0].p.SecondReader)
			}
			continue
		}
		if d.Kind == truce.Confirm {
			out.refuted = false // as of incidents, whatever the article
		}
		if d.Article != "" && d.Article != art || !c.about(d, o.ID) || slices.ContainsFunc(rules, func(r *Rule) bool { return r.Alone(d, inc) }) {
			continue
		}
		switch {
		case d.Kind == truce.Reject && d.Article != "":
			out.rejected, out.confirmed, out.waits = true, nil, nil
		case d.Kind == truce.Reject:
			out.refuted, out.confirmed, out.waits = true, nil, nil
		case d.Kind == truce.Unverifiable:
			out.unsure, out.verified, out.confirmed, out.waits = true, false, nil, nil
		case d.Kind == truce.Confirm:
			out.rejected, out.unsure, out.dismissed = false, false, nil
		case d.Kind == truce.Verify:
			out.refuted, out.unsure, out.verified = false, false, true
			if out.dismissed != nil && out.dismissed.Kind == truce.Unverifiable {
				out.dismissed = nil
			}
		}
	}
	if w := out.waits; w != nil && (w.Kind == truce.Confirm && out.confirmed != nil || w.Kind == truce.Reject && out.dismissed != nil) {
		out.waits = nil // somebody says again what stands
	}
	return out
}

// addDay adds one decision on a finding of days. Where the article asks for a second reader,
// a confirmation or a rejection counts once another person has decided the same, with
// nothing else decided between; of two areas that were confirmed, the wider one counts.
func (c *Context) addDay(r *ruling, d *truce.Decision, second bool) {
	s := &statement{by: d, window: d.Window, area: d.Area}
	if second && d.Kind != truce.Unverifiable {
		first := r.waits
		if first == nil || first.Kind != d.Kind {
			r.waits = d
			return
		}
		one := &statement{by: d, window: first.Window, area: first.Area}
		switch {
		case d.Kind == truce.Reject || c.within(first, d):
		case c.within(d, first):
			s = one
		default:
			r.waits = d
			return
		}
		if first.SameHand(d) {
			return
		}
	}
	r.waits = nil
	switch d.Kind {
	case truce.Confirm:
		r.rejected, r.refuted, r.unsure, r.dismissed, r.confirmed = false, false, false, nil, s
	case truce.Reject, truce.Unverifiable:
		r.dismissed, r.confirmed = d, nil
	}
}

// within reports whether what one decision is on surely lies in what another is on.
func (c *Context) within(inner, outer *truce.Decision) bool {
	return outer.Window.Contains(inner.Window) && c.areaIn(&inner.Area, &outer.Area)
}

// areaIn reports whether an area surely lies in another.
func (c *Context) areaIn(inner, outer *truce.Area) bool {
	switch {
	case outer.Level != truce.AreaPlace && inner.Level == truce.AreaPlace:
		r, _, ok := c.region(outer.Name)
		return ok && r.Disc(inner.Centre, float64(inner.RadiusM)) == geo.Inside
	case outer.Level != truce.AreaPlace || inner.Level != truce.AreaPlace:
		return outer.Level == inner.Level && outer.Name == inner.Name ||
			inner.Level == truce.AreaDistrict && outer.Level == truce.AreaRegion && slices.Contains(c.divisionsOf(inner.Name), *outer)
	}
	a, b := geo.VecOf(inner.Centre), geo.VecOf(outer.Centre)
	return geo.ChordM(&a, &b)+inner.RadiusM <= outer.RadiusM+roundM
}

// observation finds one that is in force, with its incident.
func (c *Context) observation(id truce.Digest) (*truce.Observation, *truce.Incident) {
	if c.Home == nil {
		return nil, nil
	}
	if inc := c.Home(id); inc != nil {
		for _, o := range inc.Of {
			if o.ID == id {
				return o, inc
			}
		}
	}
	return nil, nil
}

// confirmed are the statements that people confirmed under an article and that stand: one
// of the reports that the decision named is still in force and in the window and area, and
// nobody rejected it since. Those of a day come first, then by level, radius and time, then
// the later decision.
func (c *Context) confirmed(rules []*Rule) (out []*statement) {
	for _, d := range c.DayDecisions {
		if d.Kind != truce.Confirm || d.Article != rules[0].Article() {
			continue
		}
		var s *statement
		for _, id := range d.Of {
			o, inc := c.observation(id)
			if o == nil {
				continue
			}
			r := c.ruling(rules, o, inc, c.on(inc))
			if r.confirmed == nil || r.confirmed.by != d {
				continue
			}
			if s == nil {
				s = r.confirmed
			}
			if s.window.Contains(o.Occurred) && s.candidate(c).holds(c)(o) {
				s.named = append(s.named, o)
			}
		}
		if s != nil && len(s.named) > 0 {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y *statement) int {
		a, b := x.candidate(c), y.candidate(c)
		return cmp.Or(cmp.Compare(a.days, b.days), cmp.Compare(slices.Index(truce.AreaLevels, a.area.Level), slices.Index(truce.AreaLevels, b.area.Level)),
			cmp.Compare(a.area.RadiusM, b.area.RadiusM), cmp.Compare(a.window.Start, b.window.Start), cmp.Compare(y.by.Seq, x.by.Seq))
	})
	return out
}

func (s *statement) candidate(c *Context) *candidate { return candidateOf(c, s.window, s.area) }

// mostDays is how many local days are looked at of a window that a person decided on: two,
// and one more where its zone was another then.
const mostDays = 3

// candidateOf is a window and area as candidates have them.
func candidateOf(c *Context, window truce.Interval, area truce.Area) *candidate {
	k := &candidate{window: window, days: 1, area: area, vec: geo.VecOf(area.Centre)}
	loc := c.Agreement.Location
	for last := truce.DateOf(window.End-1, loc); truce.DateOf(window.Start, loc).Add(k.days-1) < last && k.days < mostDays; k.days++ {
	}
	return k
}

// confirm takes what a person confirmed, unless another such statement meets it or an
// incident that is a violation says it.
func (x *dayWork) confirm(s *statement) {
	k := s.candidate(x.c)
	if x.dropped(k) || x.known != nil && x.known(k.window, truce.Violation, truce.Verified, k.holds(x.c)) {
		return
	}
	var support []*placed
	loc := x.c.Agreement.Location
	for d := range k.days {
		if t := x.one[truce.DateOf(k.window.Start, loc).Add(d)]; t != nil {
			for _, p := range t.placed {
				if k.window.Contains(p.Occurred) && k.lies(p) {
					support = append(support, p)
				}
			}
		}
	}
	for _, o := range s.named {
		if !slices.ContainsFunc(support, func(p *placed) bool { return p.ID == o.ID }) {
			support = append(support, x.placed(Shown{Observation: o})) // it shows nothing alone any more
		}
	}
	slices.SortFunc(support, func(a, b *placed) int { return a.ID.Compare(b.ID) })
	support = slices.CompactFunc(support, func(a, b *placed) bool { return a.ID == b.ID })
	f := x.about(k, support)
	f.Outcome, f.Confirmed = truce.Violation, s.by.ID
	for i := range x.rules {
		standing, ground := x.under(i, k, support)
		if standing == "" {
			standing = truce.SingleSource
		}
		if f.Standing == "" || !standing.AtLeast(f.Standing) { // the weakest of the readings
			f.Standing, f.Ground = standing, ground
		}
	}
	f.Changed = len(s.by.State) > 0 && !slices.Equal(s.by.State, f.Named())
	f.SetID()
	x.keep(f, k)
}

// decided adds to findings what people decided about earlier ones of their window and area,
// and what waits for a second reader.
func (x *dayWork) decided() {
	if len(x.c.DayDecisions) == 0 {
		return
	}
	type dismissal struct {
		by *truce.Decision
		k  *candidate
	}
	var list []dismissal
	for _, d := range x.c.DayDecisions {
		if d.Article == x.rules[0].Article() && d.Kind != truce.Confirm && x.c.dismisses(x.rules, d) {
			list = append(list, dismissal{d, candidateOf(x.c, d.Window, d.Area)})
		}
	}
	for i := range x.out {
		f := &x.out[i]
		for _, d := range list {
			if x.meets(x.taken[i], d.k) {
				f.Earlier = append(f.Earlier, truce.EarlierDecision{ID: d.by.ID, Kind: d.by.Kind})
			}
		}
		var waits *truce.Decision
		for _, id := range f.Support {
			if o, inc := x.c.observation(id); o != nil && len(x.c.onDays[id]) > 0 {
				if w := x.c.ruling(x.rules, o, inc, x.c.on(inc)).waits; w != nil && (waits == nil || w.Seq > waits.Seq) {
					waits = w
				}
			}
		}
		if waits != nil {
			f.Waits = &truce.EarlierDecision{ID: waits.ID, Kind: waits.Kind}
		}
	}
}

// dismisses reports whether a rejection of a finding of days, or that it is unverifiable, has
// effect: nobody decided otherwise since of all that it names.
func (c *Context) dismisses(rules []*Rule, d *truce.Decision) bool {
	there := false
	for _, id := range d.Of {
		o, inc := c.observation(id)
		if o == nil || !d.Window.Contains(o.Occurred) {
			continue
		}
		there = true
		if c.ruling(rules, o, inc, c.on(inc)).dismissed == d {
			return true
		}
	}
	// What it named was taken back since: that the finding was rejected stays true.
	return !there && (d.Kind == truce.Unverifiable || !rules[0].p.SecondReader)
}

// DayAlone reports whether a decision on a finding of days has no effect for want of a
// second reader.
func (c *Context) DayAlone(rules []*Rule, d *truce.Decision) bool {
	if len(rules) == 0 || !rules[0].p.SecondReader || d.Kind == truce.Unverifiable {
		return false
	}
	for _, id := range d.Of {
		if o, inc := c.observation(id); o != nil {
			r := c.ruling(rules, o, inc, c.on(inc))
			if d.Kind == truce.Confirm && r.confirmed != nil || d.Kind == truce.Reject && r.dismissed != nil {
				return false
			}
		}
	}
	return true
}

// DaysMeet reports whether two findings of days have both window and area in common.
func (c *Context) DaysMeet(f, g *truce.DayFinding) bool {
	x := &dayWork{c: c}
	return x.meets(candidateOf(c, f.Window, f.Area), candidateOf(c, g.Window, g.Area))
}

// DayHolds reports whether all of an observation surely lies in the window and area of a
// finding of days.
func (c *Context) DayHolds(f *truce.DayFinding, o *truce.Observation) bool {
	return f.Window.Contains(o.Occurred) && candidateOf(c, f.Window, f.Area).holds(c)(o)
}

// DayReply is the party that answered a report that surely lies in the window and area of a
// finding of days, and that the article binds; empty: none did.
func (r *Rule) DayReply(f *truce.DayFinding) truce.PartyID {
	for _, a := range r.c.Responses {
		if !r.p.Bound(a.By) {
			continue
		}
		if o, _ := r.c.observation(a.To); o != nil && r.c.DayHolds(f, o) {
			return a.By
		}
	}
	return ""
}

// DayReaders are the readings under which each of some observations alone shows an act; nil: there
// is one reading, or none under which all do.
func (c *Context) DayReaders(rules []*Rule, list []*truce.Observation) (out []any) {
	for _, r := range rules {
		if len(rules) > 1 && !slices.ContainsFunc(list, func(o *truce.Observation) bool { return r.observation(o, "", nil).outcome != touches }) {
			out = append(out, reader(r.reading, r.assumed()))
		}
	}
	return out
}

// WhyDay says why an observation of an incident supports a finding of days: what it shows
// alone under the first reading under which it does, and that it lies in window and area.
func (c *Context) WhyDay(rules []*Rule, f *truce.DayFinding, o *truce.Observation, inc *truce.Incident) []truce.Reason {
	t, alone := &trace{}, false
	for _, r := range rules {
		one := &trace{}
		if (&returns{r: r, inc: inc, t: one}).except(r.observation(o, "", one), o).outcome == touches {
			t, alone = one, true
			if len(rules) > 1 {
				t.say("if it is right, and as %s reads the article, it shows an act under the article on its own, wherever in its area and whenever in its time the act was", reader(r.reading, r.assumed()))
			} else {
				t.say("if it is right, it shows an act under the article on its own, wherever in its area and whenever in its time the act was")
			}
			break
		}
	}
	if !alone {
		t.say("it no longer shows such an act alone; the decision that confirmed the finding named it")
	}
	if c.DayHolds(f, o) {
		t.say("its whole time lies in the window, and its whole place in the area")
	}
	switch r := c.ruling(rules, o, inc, c.on(inc)); {
	case r.verified:
		t.say("a person verified it")
	default:
		t.say("nobody rejected it under the article, refuted it or found it unverifiable")
	}
	return t.reasons
}
