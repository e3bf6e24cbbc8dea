package brief

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/summary"
)

// sums are what incidents amount to in a report, beside what the situation counts
// itself: all that it prints of a period, except the lists. They are kept by day, so
// that a page on a month of a million costs the days that changed.
type sums struct {
	observed, claims report.Span // incidents, and those that are alleged and no more
	fewer            int         // of those that were surely observed, if all that may be the same is
	articles         []articleSum
	claimants        map[truce.PartyID]report.Span
	shared           report.Span                  // under several articles
	unclear          report.Span                  // of shared, those of which an article asks for the act or the weapon
	clear            report.Span                  // of shared, the others
	about            report.Span                  // of which an article has something to say
	reports          report.SignSpan              // of those
	decided          report.Span                  // of those, that people decided to be violations under any article
	touched, borne   report.Span                  // that count under an article, and that are corroborated or that a person verified
	grounds          map[truce.Ground]report.Span // of those that are corroborated, the best ground under any article
	publishers       map[string]int               // of what counts under an article in force: how many incidents each reports
	days             []wholeDay
	missing          map[truce.Fact]report.Span
	harmed           bool                 // numbers of killed or injured are stated of what was observed
	open             map[string]*openHarm // of which it is not known whether an article is about it, by these articles
	uncounted        *truce.Casualties    // of those, what counts under no article
	uncountedOf      int                  // of so many incidents
	claimed          map[truce.PartyID]*claimed
	nones            map[truce.Digest]*truce.Incident // in which somebody states that there was none
	regions          map[string]*regionSum
	vague            map[string]int // known to a region and no closer
}

type articleSum struct {
	excluded  report.Span    // of its kind, and out of scope
	byOthers  map[string]int // of Others, each counted apart, by whom the sources name
	others    report.Span    // of those, while the article was in force: it binds nobody who may have acted
	outcomes  []outcomeSum   // by index into truce.Outcomes
	listed    int            // that count, each counted apart
	lacks     map[truce.Fact]int
	weapons   map[string]map[truce.Class]int // of elsewhere, by the weapon that is stated
	elsewhere map[string]int                 // of listed, what only sources report that look for the acts of these, whom it does not bind, and that name nobody
	decided   map[truce.Interval]bool        // the days of those that people decided to be violations
	harm      map[truce.Harm]*harmedSum      // of those with casualties
}

// openHarm are casualties of incidents that the same articles count, and of which it is not known
// whether any of these is about them.
type openHarm struct {
	articles   []int // by index
	of         harmedSum
	casualties *truce.Casualties
}

func (z *sums) opens(o *openHarm) {
	if len(o.articles) == 0 {
		return
	}
	key := fmt.Sprint(o.articles)
	if z.open == nil {
		z.open = map[string]*openHarm{}
	}
	if z.open[key] == nil {
		z.open[key] = &openHarm{articles: o.articles}
	}
	x := z.open[key]
	x.of.join(&o.of)
	x.casualties = assess.AddCasualties(x.casualties, o.casualties)
}

type outcomeSum struct {
	report.Span
	alleged report.Span  // of those, nothing but allegations
	first   truce.Digest // the lowest ID
}

// claimed are the casualties that one party states of single events.
type claimed struct {
	report.Span // how many events
	casualties  *truce.Casualties
	during      truce.Interval
}

func (c *claimed) join(o *claimed) {
	if c.Span == (report.Span{}) {
		c.during = o.during
	}
	c.Span, c.casualties, c.during = c.Plus(o.Span), assess.AddCasualties(c.casualties, o.casualties), c.during.Hull(o.during)
}

type regionSum struct {
	report.Count
	acts     map[actSeen]report.Span
	unlisted report.Span // of which nothing but the number is told
}

// add counts an incident of the region, as far as it lies in the period; decided is 1
// where it was decided to be a violation.
func (r *regionSum) add(inc *truce.Incident, decided int, p part) {
	r.count(decided, p)
	lead := summary.Lead(inc)
	addTo(r.acts, actSeen{lead.Act, lead.Seen, lead.Weapon}, p.surely)
}

// addUnlisted counts one of which neither act nor place is told.
func (r *regionSum) addUnlisted(decided int, p part) {
	r.count(decided, p)
	r.unlisted.Add(1, p.surely)
}

func (r *regionSum) count(decided int, p part) {
	r.Signs.Low.Sum(p.in)
	r.Signs.High.Sum(p.in)
	r.Signs.High.Sum(p.out)
	r.Incidents.Add(1, p.surely)
	r.Violations.Add(decided, p.surely)
}

func addTo[K comparable](m map[K]report.Span, k K, surely bool) {
	n := m[k]
	n.Add(1, surely)
	m[k] = n
}

type actSeen struct {
	act    truce.Act
	seen   truce.Sighted
	weapon truce.Class
}

func newSums(articles int) *sums {
	out := &sums{articles: make([]articleSum, articles), claimants: map[truce.PartyID]report.Span{}, publishers: map[string]int{}, missing: map[truce.Fact]report.Span{}, grounds: map[truce.Ground]report.Span{}, claimed: map[truce.PartyID]*claimed{},
		nones: map[truce.Digest]*truce.Incident{}, regions: map[string]*regionSum{}, vague: map[string]int{}}
	for i := range out.articles {
		out.articles[i].outcomes = make([]outcomeSum, len(truce.Outcomes))
	}
	return out
}

// sumsOf sums up what overlaps a period.
func sumsOf(s *situation.Situation, v truce.Interval) *sums {
	days, rest := s.Days(v)
	out := newSums(len(s.Agreement.Provisions))
	for _, inc := range rest {
		out.add(s, inc, v)
	}
	for _, d := range days {
		x := situation.Keep(d, "report", func(list []*truce.Incident) *sums {
			day := newSums(len(s.Agreement.Provisions))
			for _, inc := range list {
				day.add(s, inc, inc.Occurred)
			}
			return day
		})
		out.join(x)
		out.days = append(out.days, wholeDay{day: d, of: x})
	}
	return out
}

// ranged makes what is added over incidents ranges, numbers of incidents and of people alike:
// some of the incidents may be the same.
func (z *sums) ranged(s *situation.Situation, v truce.Interval) {
	regions := regionsOf(s)
	lows := s.Lows("regions", v, regions)
	surely := func(inc *truce.Incident) bool { return partOf(s, inc, v).surely }
	group := func(key string, of func(*truce.Incident) bool) int {
		says := func(inc *truce.Incident) (situation.Stated, bool) { return situation.Stated{}, of(inc) }
		low := s.Lows(key, v, says)[""].Incidents
		if low == 0 && s.AnyFor(v, surely, says, map[string]bool{"": true})[""] {
			return 1
		}
		return low
	}
	rangedRegions(s, v, z.regions, lows, regions)
	z.clear = z.shared.Less(z.unclear)
	before := z.observed.Low
	if opened(&z.observed, group("observed", observed)) {
		// Of some of the incidents there are at least as many as are left if all that may be
		// the same as another is of these.
		less := before - z.observed.Low
		z.fewer = less
		some := func(n *report.Span) { opened(n, n.Low-less) }
		// It stays corroborated, and may still fall under an article, whichever reports are the same
		// as it. So what is sure of each day is sure of the days together. A fact that is missing may
		// be stated by a report of several days, and is no such thing.
		z.lessByDay(s)
		stays := func(n *report.Span, of func(*sums) int) {
			opened(n, max(n.Low-less, min(n.Low, z.observed.Low, 1), z.lowOfDays(of)))
		}
		stays(&z.about, func(d *sums) int { return d.about.Low })
		stays(&z.borne, func(d *sums) int { return d.borne.Low })
		for _, n := range []*report.Span{&z.shared, &z.unclear, &z.clear} {
			some(n)
		}
		for f, n := range z.missing {
			some(&n)
			z.missing[f] = n
		}
		for g, n := range z.grounds {
			some(&n)
			z.grounds[g] = n
		}
		for i := range z.articles {
			some(&z.articles[i].excluded)
			some(&z.articles[i].others)
		}
	}
	if z.claims.Low > 1 {
		opened(&z.claims, group("alleged", func(inc *truce.Incident) bool { return inc.Alleged() && !assess.OnlySigns(inc) }))
	}
	// What a party states is counted as it states it: that two of its events may be the same as one
	// that others observed does not make them one statement.
	for p, c := range z.claimed {
		if c.High < 2 {
			continue
		}
		low := s.Lows("harm claimed by "+string(p), v, func(inc *truce.Incident) (situation.Stated, bool) {
			for _, x := range summary.Claims(inc) {
				if x.By == p {
					return situation.Stated{Harm: x.Casualties}, true
				}
			}
			return situation.Stated{}, false
		})[""]
		c.casualties = low.Within(c.casualties, c.High)
		opened(&c.Span, max(low.Incidents, min(c.Low, 1)))
	}
	if z.uncountedOf > 1 {
		low := s.Lows("harm under no article", v, func(inc *truce.Incident) (situation.Stated, bool) {
			harm, counted := uncounted(s, inc)
			return situation.Stated{Harm: harm, Takes: counted}, harm != nil && !counted
		})[""]
		z.uncounted = low.Within(z.uncounted, z.uncountedOf)
	}
}

// observed reports whether an incident is one that somebody else than a party reports.
func observed(inc *truce.Incident) bool { return !inc.Alleged() && !assess.OnlySigns(inc) }

// A regional says of an incident in which region it is counted; ok is false if in none.
type regional = func(*truce.Incident) (in situation.Stated, ok bool)

// regionsOf is regional as the place is known.
func regionsOf(s *situation.Situation) regional {
	return func(inc *truce.Incident) (situation.Stated, bool) {
		place := summary.Place(s.Agreement, inc)
		return situation.Stated{Group: summary.Region(s.Agreement, &place)}, observed(inc)
	}
}

// rangedRegions makes the numbers of incidents of regions ranges. What may be the same as
// something of another region may turn out to be of that.
func rangedRegions(s *situation.Situation, v truce.Interval, of map[string]*regionSum, lows map[string]situation.Low, says regional) {
	none := map[string]bool{}
	for name, r := range of {
		if r.Incidents.Low > 0 && lows[name].Incidents == 0 {
			none[name] = true
		}
	}
	some := s.AnyFor(v, func(inc *truce.Incident) bool { return partOf(s, inc, v).surely }, says, none)
	for name, r := range of {
		low, before := lows[name].Incidents, r.Incidents.Low
		if some[name] {
			low = 1
		}
		if opened(&r.Incidents, low) {
			for k, n := range r.acts {
				opened(&n, n.Low-(before-low))
				r.acts[k] = n
			}
			opened(&r.unlisted, r.unlisted.Low-(before-low))
		}
	}
}

// A wholeDay is what lies in one day alone; less is how many fewer than its incidents there are, if
// all that may be the same is.
type wholeDay struct {
	day  situation.Day
	of   *sums
	low  int
	less int
}

// lessByDay says for each whole day how many fewer there may be.
func (z *sums) lessByDay(s *situation.Situation) {
	days := make([]situation.Day, len(z.days))
	for i := range z.days {
		days[i] = z.days[i].day
	}
	lows := s.LowsByDay("observed", days, func(inc *truce.Incident) (situation.Stated, bool) { return situation.Stated{}, observed(inc) })
	for i := range z.days {
		d := &z.days[i]
		d.low = lows[d.day.N]
		d.less = max(0, d.of.observed.Low-d.low)
	}
}

// lowOfDays is the low of some of the incidents of whole days, added up, of which one is left
// whatever else is the same. Incidents of several days may take more away from the low of a period
// than they add to it.
func (z *sums) lowOfDays(n func(*sums) int) (low int) {
	for i := range z.days {
		d := &z.days[i]
		low += max(n(d.of)-d.less, min(n(d.of), d.low, 1))
	}
	return low
}

// opened makes a number that surely lies in the period one of which it is only known that
// there are so many; it reports whether that is fewer.
func opened(n *report.Span, low int) bool {
	if low >= n.Low {
		return false
	}
	n.Low = max(low, 0)
	return true
}

// uncounted is what is stated of harm that was observed in an incident, and whether an article
// counts it.
func uncounted(s *situation.Situation, inc *truce.Incident) (harm *truce.Casualties, counted bool) {
	if inc.Alleged() || assess.OnlySigns(inc) {
		return nil, false
	}
	s.Findings(inc, func(_ int, o truce.Outcome, _ bool, f *assess.Found) {
		counted = counted || f != nil && o.Counts() && f.Casualties != nil
	})
	return (&part{}).stated(inc, inc.Occurred), counted
}

var outcomeIndex = func() map[truce.Outcome]int {
	out := map[truce.Outcome]int{}
	for i, o := range truce.Outcomes {
		out[o] = i
	}
	return out
}()

// part is what of an incident lies in a period. The findings on an incident may be of a
// part of its time, where an article came into force in the course of it; what is
// counted under an article is of that part, and so is all that is counted beside it.
type part struct {
	surely  bool
	cut     bool        // all that is found is of other hours; what is told of the period is what was observed in it
	absent  bool        // cut, and nobody observed anything of it in the period: a party says that it began or ended there
	in, out truce.Signs // of what surely lies in the period, and of what may
}

func partOf(s *situation.Situation, inc *truce.Incident, v truce.Interval) part {
	if v.Contains(inc.Occurred) {
		return part{surely: true, in: summary.Signs(inc)}
	}
	var p part
	found := false
	s.Findings(inc, func(_ int, _ truce.Outcome, _ bool, f *assess.Found) {
		if f != nil {
			found = found || f.During.Overlaps(v)
			p.cut = true
			p.surely = p.surely || v.Contains(f.During)
		}
	})
	p.cut = p.cut && !found
	p.absent = p.cut
	for _, o := range inc.Of {
		if tells := (inc.Alleged() || !o.Alleged()) && !o.None(); tells && p.cut {
			p.surely = p.surely || v.Contains(o.Occurred)
			p.absent = p.absent && !v.Overlaps(o.Occurred)
		}
	}
	if p.surely {
		p.in = summary.SignsIn(inc, v.Contains)
		p.out = summary.SignsIn(inc, func(w truce.Interval) bool { return w.Overlaps(v) && !v.Contains(w) })
	} else {
		p.out = summary.Signs(inc)
		if p.cut {
			p.out = summary.SignsIn(inc, v.Overlaps)
		}
	}
	return p
}

// stated are the casualties that sources state of what they observed of an incident in
// a period, or of all of it where it has no part that lies elsewhere.
func (p *part) stated(inc *truce.Incident, v truce.Interval) (out *truce.Casualties) {
	for _, o := range inc.Of {
		if !o.Alleged() && (!p.cut || o.Occurred.Overlaps(v)) {
			out = summary.Joined(out, o.Casualties)
		}
	}
	return out
}

// add counts an incident, which surely lies in the period v or may.
func (z *sums) add(s *situation.Situation, inc *truce.Incident, v truce.Interval) {
	if slices.ContainsFunc(inc.Of, (*truce.Observation).None) {
		z.nones[inc.ID] = inc
	}
	if assess.OnlySigns(inc) {
		return
	}
	alleged, whole, part := inc.Alleged(), v.Contains(inc.Occurred), partOf(s, inc, v)
	surely := part.surely
	var ground truce.Ground // the best, under any article
	under, decided, about, touched, borne, counted := 0, 0, false, false, false, false
	var missing []truce.Fact
	var hours []truce.Interval // of what counts
	open := openHarm{of: harmedSum{n: 1, first: []*truce.Incident{inc}}}
	s.Findings(inc, func(art int, o truce.Outcome, relevant bool, f *assess.Found) {
		p := &s.Agreement.Provisions[art]
		switch {
		case f == nil:
			if o == truce.OutOfScope && relevant && !alleged && !part.absent {
				z.articles[art].excluded.Add(1, surely)
				if others(s.Agreement, p, inc) && len(s.InForce(p.Article, inc.Occurred)) > 0 {
					z.articles[art].others.Add(1, surely)
					tick(&z.articles[art].byOthers, named(inc), 1)
				}
			}
			return
		case !f.During.Overlaps(v): // what of it lies in scope happened at another time
			if !alleged && !part.absent && len(s.InForce(p.Article, inc.Occurred.Intersect(v))) == 0 {
				z.articles[art].excluded.Add(1, surely)
			}
			return
		}
		about = true
		z.articles[art].outcomes[outcomeIndex[o]].add(inc.ID, v.Contains(f.During), alleged)
		if x := &z.articles[art]; f.Counts() {
			x.listed++
			for _, m := range f.Missing {
				tick(&x.lacks, m, 1)
			}
			if of := looksElsewhere(s.Agreement, p, inc); of != "" && f.Misses(truce.FactActor) {
				tick(&x.elsewhere, of, 1)
				x.armed(of, summary.Lead(inc).Weapon, 1)
			}
			if harm := f.Harm(); harm != "" {
				x.harmed(harm).join(&harmedSum{n: 1, first: []*truce.Incident{inc}})
				if harm == truce.HarmUnclear {
					stated := f.Casualties
					if !v.Contains(f.During) {
						stated = stated.Perhaps()
					}
					open.articles, open.casualties = append(open.articles, art), summary.Joined(open.casualties, stated)
				}
			}
		}
		if o == truce.Violation {
			decided = 1
			if v.Contains(f.During) {
				z.articles[art].decide(f.During, s.Agreement.Location)
			}
		}
		if o.Counts() {
			under++
			touched = true
			counted = counted || f.Casualties != nil
			hours = append(hours, f.During)
			for _, m := range f.Missing {
				missing = addFact(missing, m)
			}
			if borne = borne || f.Standing.AtLeast(truce.Corroborated); f.Standing == truce.Corroborated && (ground == "" || f.Ground == truce.TwoOrigins) {
				ground = f.Ground
			}
		}
	})
	z.opens(&open)
	place := summary.Place(s.Agreement, inc)
	if place.Kind == truce.PlaceRegion && !part.absent {
		z.vague[place.Name]++
	}
	for _, c := range summary.Claims(inc) {
		x := z.claimed[c.By]
		if x == nil {
			x = &claimed{}
			z.claimed[c.By] = x
		}
		y := claimed{casualties: c.Casualties, during: inc.Occurred}
		if y.Add(1, alleged && surely || whole); y.Low == 0 {
			y.casualties = y.casualties.Perhaps()
		}
		x.join(&y)
	}
	for _, p := range summary.Claimants(inc) {
		addTo(z.claimants, p, alleged && surely || whole)
	}
	if alleged {
		z.claims.Add(1, surely)
		return
	}
	if part.absent {
		return
	}
	z.observed.Add(1, surely)
	for _, m := range missing {
		addTo(z.missing, m, surely)
	}
	if under > 1 {
		z.shared.Add(1, surely)
		if slices.Contains(missing, truce.FactAct) || slices.Contains(missing, truce.FactWeapon) || slices.Contains(missing, truce.FactCalibre) {
			z.unclear.Add(1, surely)
		}
	}
	if about {
		z.about.Add(1, surely)
		z.decided.Add(decided, surely)
		z.reports.Low.Sum(part.in)
		z.reports.High.Sum(part.in)
		z.reports.High.Sum(part.out)
	}
	if touched {
		z.touched.Add(1, surely)
		by := map[string]bool{}
		for _, o := range inc.Of {
			if !o.Alleged() && !truce.Words.Sign(o.Act) && slices.ContainsFunc(hours, o.Occurred.Overlaps) {
				by[s.Agreement.PublisherOf(o)] = true
			}
		}
		for p := range by {
			z.publishers[p]++
		}
	}
	if ground != "" {
		addTo(z.grounds, ground, surely)
	}
	if borne {
		z.borne.Add(1, surely)
	}
	if harm := part.stated(inc, v); harm != nil {
		z.harmed = true
		if !surely {
			harm = harm.Perhaps()
		}
		if !counted {
			z.uncounted = assess.AddCasualties(z.uncounted, harm)
			z.uncountedOf++
		}
	}
	z.region(summary.Region(s.Agreement, &place)).add(inc, decided, part)
}

// looksElsewhere are the parties whose acts the sources of an incident look for, if the article binds
// none of them, every source looks for some, and no report names who acted; empty otherwise.
func looksElsewhere(a *truce.Agreement, p *truce.Provision, inc *truce.Incident) string {
	var of []string
	for _, o := range inc.Of {
		if o.Alleged() {
			continue
		}
		sides := a.SourceOf(o.Source).Watches.Sides
		if len(sides) == 0 || len(o.MayHaveActed()) > 0 || slices.ContainsFunc(sides, p.Bound) {
			return ""
		}
		for _, side := range sides {
			of = add(of, string(side))
		}
	}
	slices.Sort(of)
	return strings.Join(of, ", ")
}

// tick adds to a number in a map that may not be there yet.
func tick[K comparable](m *map[K]int, k K, n int) {
	if *m == nil {
		*m = map[K]int{}
	}
	(*m)[k] += n
}

// armed counts of what is elsewhere what states a weapon.
func (x *articleSum) armed(of string, weapon truce.Class, n int) {
	if weapon == "" {
		return
	}
	if x.weapons == nil {
		x.weapons = map[string]map[truce.Class]int{}
	}
	if x.weapons[of] == nil {
		x.weapons[of] = map[truce.Class]int{}
	}
	x.weapons[of][weapon] += n
}

// harmedSum are incidents with casualties: how many, and which the first few are.
type harmedSum struct {
	n     int
	first []*truce.Incident // the lowest IDs, of mostNamed+1 at most
}

func (x *articleSum) harmed(harm truce.Harm) *harmedSum {
	if x.harm == nil {
		x.harm = map[truce.Harm]*harmedSum{}
	}
	if x.harm[harm] == nil {
		x.harm[harm] = &harmedSum{}
	}
	return x.harm[harm]
}

// join adds others, none of which is among those that there are.
func (h *harmedSum) join(o *harmedSum) {
	h.n += o.n
	h.first = slices.Concat(h.first, o.first) // what a day keeps is not changed
	slices.SortFunc(h.first, func(a, b *truce.Incident) int { return a.ID.Compare(b.ID) })
	h.first = h.first[:min(len(h.first), mostNamed+1)]
}

// named are those of whom the sources say that they acted, or that one of them did.
func named(inc *truce.Incident) string {
	var list []string
	for _, p := range summary.Lead(inc).MayHaveActed() {
		list = add(list, string(p))
	}
	slices.Sort(list)
	return strings.Join(list, " or ")
}

// decide adds the days of an act that people decided to be a violation.
func (a *articleSum) decide(v truce.Interval, loc *time.Location) {
	first, last := truce.DateOf(v.Start, loc).Day(loc), truce.DateOf(v.End-1, loc).Day(loc)
	if a.decided == nil {
		a.decided = map[truce.Interval]bool{}
	}
	a.decided[first.Hull(last)] = true
}

func addFact(list []truce.Fact, f truce.Fact) []truce.Fact {
	for _, x := range list {
		if x == f {
			return list
		}
	}
	return append(list, f)
}

func (z *sums) region(name string) *regionSum {
	r := z.regions[name]
	if r == nil {
		r = &regionSum{acts: map[actSeen]report.Span{}}
		z.regions[name] = r
	}
	return r
}

func (a *outcomeSum) add(id truce.Digest, surely, alleged bool) {
	b := outcomeSum{first: id}
	if b.Add(1, surely); alleged {
		b.alleged = b.Span
	}
	a.join(&b)
}

func (a *outcomeSum) join(b *outcomeSum) {
	if b.High > 0 && (a.High == 0 || b.first.Compare(a.first) < 0) {
		a.first = b.first
	}
	a.Span, a.alleged = a.Plus(b.Span), a.alleged.Plus(b.alleged)
}

// others reports whether nobody who may have acted, as sources claim, is bound.
func others(a *truce.Agreement, p *truce.Provision, inc *truce.Incident) bool {
	named := summary.Lead(inc).MayHaveActed()
	return len(named) > 0 && !slices.ContainsFunc(named, func(x truce.PartyID) bool {
		id, _ := a.Actor(x)
		return p.Bound(id)
	})
}

// join adds what other incidents amount to.
func (z *sums) join(o *sums) {
	z.observed, z.claims, z.shared, z.unclear = z.observed.Plus(o.observed), z.claims.Plus(o.claims), z.shared.Plus(o.shared), z.unclear.Plus(o.unclear)
	z.about, z.touched, z.borne, z.harmed = z.about.Plus(o.about), z.touched.Plus(o.touched), z.borne.Plus(o.borne), z.harmed || o.harmed
	z.decided = z.decided.Plus(o.decided)
	z.reports.Low.Sum(o.reports.Low)
	z.reports.High.Sum(o.reports.High)
	z.uncounted, z.uncountedOf = assess.AddCasualties(z.uncounted, o.uncounted), z.uncountedOf+o.uncountedOf
	for i := range z.articles {
		z.articles[i].excluded = z.articles[i].excluded.Plus(o.articles[i].excluded)
		z.articles[i].others = z.articles[i].others.Plus(o.articles[i].others)
		z.articles[i].listed += o.articles[i].listed
		for who, n := range o.articles[i].byOthers {
			tick(&z.articles[i].byOthers, who, n)
		}
		for of, n := range o.articles[i].elsewhere {
			tick(&z.articles[i].elsewhere, of, n)
			for w, n := range o.articles[i].weapons[of] {
				z.articles[i].armed(of, w, n)
			}
		}
		for f, n := range o.articles[i].lacks {
			tick(&z.articles[i].lacks, f, n)
		}
		for harm, h := range o.articles[i].harm {
			z.articles[i].harmed(harm).join(h)
		}
		for d := range o.articles[i].decided {
			if z.articles[i].decided == nil {
				z.articles[i].decided = map[truce.Interval]bool{}
			}
			z.articles[i].decided[d] = true
		}
		for k := range z.articles[i].outcomes {
			z.articles[i].outcomes[k].join(&o.articles[i].outcomes[k])
		}
	}
	for _, x := range o.open {
		z.opens(x)
	}
	addAll(z.claimants, o.claimants)
	addAll(z.missing, o.missing)
	addAll(z.grounds, o.grounds)
	for name, n := range o.vague {
		z.vague[name] += n
	}
	for s, n := range o.publishers {
		z.publishers[s] += n
	}
	for p, c := range o.claimed {
		if z.claimed[p] == nil {
			z.claimed[p] = &claimed{}
		}
		z.claimed[p].join(c)
	}
	maps.Copy(z.nones, o.nones)
	for name, r := range o.regions {
		row := z.region(name)
		row.Signs.Low.Sum(r.Signs.Low)
		row.Signs.High.Sum(r.Signs.High)
		row.Incidents, row.Violations = row.Incidents.Plus(r.Incidents), row.Violations.Plus(r.Violations)
		addAll(row.acts, r.acts)
	}
}

func addAll[K comparable](into, from map[K]report.Span) {
	for k, n := range from {
		into[k] = into[k].Plus(n)
	}
}

// Prepare makes what days keep of a board, where there is time for it: the first reader of a
// large mission would wait for it otherwise, and be charged for what all are shown.
func Prepare(s *situation.Situation) {
	v := s.Occurred()
	if !v.Valid() {
		return
	}
	sumsOf(s, v).ranged(s, v)
	for i := range s.Agreement.Provisions {
		s.Count(s.Agreement.Provisions[i].Article, v)
	}
}
