// Package assess answers: what does this incident, tally or period mean under
// a provision? Each kind of obligation is one file (kind.go lists them). It is pure.
//
// All logic is three-valued (Kleene 1952, section 64): an unknown carries which
// fact is missing. The package names outcomes and standings; it never declares
// a violation, which only a Decision does, and never names who acted.
package assess

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// Context is what is known at one moment, beside the incidents themselves.
// Everything in it is read-only; Rules made from it may be used concurrently.
type Context struct {
	Agreement *truce.Agreement
	Now       truce.Instant // moment of knowledge; Never: everything is known and all clocks have run out
	First     truce.Instant // the start of the earliest entry: where a period without a stated beginning starts
	Latest    truce.Instant // the end of the latest entry: where a period without a stated end stops when Now is Never

	Phases        map[string]Phase
	Notifications []Notice
	Coverage      []*truce.Coverage
	Restrictions  []*truce.Restriction
	Responses     []Response
	Tallies       []*truce.Tally
	Decisions     []*truce.Decision // confirm, reject, verify, unverifiable; in order
	PartyWord     []PartyWord       // when parties spoke, whatever they said
	DayDecisions  []*truce.Decision // on findings of days, in order; what they name is as of now

	// Deeds are the observations, allegations among them, of acts that an obligation
	// counts, by ID; nil: there are none.
	Deeds []*truce.Observation

	// Attributions are what people stated of who acted, in the order in which they became known.
	Attributions []*truce.Attribution

	Citations *truce.Citations // what others cite, also what was withdrawn or corrected; nil: none is known

	Known    func(truce.Digest) truce.Instant              // when an entry became known; nil: always
	Region   func(name string) (*geo.Region, string, bool) // a zone or region by name; and its canonical name
	Cited    func(truce.Digest) bool                       // whether others cite an observation; nil: none does
	Editions func(truce.Digest) []truce.Digest             // the earlier editions of an observation; nil: none are known
	Home     func(truce.Digest) *truce.Incident            // the incident that an observation is of; nil: none is known
	Around   func(truce.Interval) []*truce.Incident        // the incidents that overlap a time, by ID; nil: none is known
	// Divisions are the districts and regions of the gazetteer.
	Divisions Divisions
	Settled   func(geo.Point) bool               // whether a gazetteer has a settlement at exactly this point; nil: none
	decided   map[truce.Digest][]*truce.Decision // Decisions by the observations they name
	onDays    map[truce.Digest][]*truce.Decision // DayDecisions, likewise
	shapes    *Geometry

	returnFire   map[truce.Digest][]truce.PartyID // the parties that state of an observation that it was their return fire
	attributions map[truce.Digest]int             // the latest of Attributions that names an observation

	// Geometry is kept between contexts of one agreement; nil: computed again.
	Geometry *Geometry

	// Progress, if any, hears how much of a period's coverage has been united.
	Progress func(done, total int)
}

// A Notice is a notification and when it was known.
type Notice struct {
	*truce.Notification
	Known truce.Instant
}

// told is the moment that decides whether a notification came in time: when the
// mission received it, or the time its author states if that is later. Authors
// can date a notification back, so their own time never makes it earlier.
func (n *Notice) told() truce.Instant {
	if n.Reported == 0 { // not stated
		return n.Known
	}
	return max(n.Known, n.Reported)
}

// A Response is a party's reply and when it was known.
type Response struct {
	*truce.Response
	Known truce.Instant
}

// PartyWord is one entry by a party: it reported on this time.
type PartyWord struct {
	Party  truce.PartyID
	During truce.Interval
	Covers string             // of coverage: what it covers
	Said   *truce.Observation // of an allegation or a tally: what it said, without a place; nil: coverage
}

// A Rule is one provision, or one reading of it, ready to be applied to incidents,
// tallies and periods.
type Rule struct {
	c       *Context
	p       *truce.Provision
	as      *truce.Reading // whose reading of the provision it is; nil: all read it alike, or only their lists of objects differ
	reading string
	scope   []truce.Interval // when it binds
	begun   bool
	why     truce.Reason // of the scope
	in      []string
	objects []object
	limited bool // objects count even if there are none
	kind    kind
	above   [][]*Rule // the readings of each article that it yields to
	ledger  *ledger
}

// NewContext prepares c for making rules.
func NewContext(c Context) *Context {
	if c.Known == nil {
		c.Known = func(truce.Digest) truce.Instant { return truce.Always }
	}
	c.index()
	c.indexReturns()
	if c.shapes = c.Geometry; c.shapes == nil {
		c.shapes = NewGeometry()
	}
	return &c
}

func (c *Context) index() {
	c.decided = map[truce.Digest][]*truce.Decision{}
	for _, d := range c.Decisions {
		for _, id := range d.Of {
			c.decided[id] = append(c.decided[id], d)
		}
	}
	c.onDays = map[truce.Digest][]*truce.Decision{}
	for _, d := range c.DayDecisions {
		for _, id := range d.Of {
			c.onDays[id] = append(c.onDays[id], d)
		}
	}
}

// indexReturns finds what decides about return fire, if the terms except it.
func (c *Context) indexReturns() {
	if !c.Agreement.ReturnFire() {
		return
	}
	c.returnFire, c.attributions = map[truce.Digest][]truce.PartyID{}, map[truce.Digest]int{}
	for _, a := range c.Responses {
		if a.Says == truce.SaysReturnFire && !slices.Contains(c.returnFire[a.To], a.By) {
			c.returnFire[a.To] = append(c.returnFire[a.To], a.By)
		}
	}
	for n, a := range c.Attributions {
		for _, id := range a.Of {
			c.attributions[id] = n
		}
	}
}

// Rules returns the readings of an article: one where the parties read it
// alike.
func (c *Context) Rules(p *truce.Provision) []*Rule {
	if k, ok := p.Obligation.(kind); len(p.Readings) == 0 && (len(p.Objects) <= 1 || ok && k.ownLists()) {
		return []*Rule{c.rule(p, nil, p.Objects, "")}
	}
	var out []*Rule
	if len(p.Readings) == 0 {
		for _, l := range p.Objects {
			out = append(out, c.rule(p, nil, []truce.ObjectList{l}, string(l.Party)))
		}
		return out
	}
	for i := range p.Readings {
		rd := &p.Readings[i]
		lists := p.Objects
		for _, l := range p.Objects {
			if string(l.Party) == rd.ID {
				lists = []truce.ObjectList{l}
			}
		}
		out = append(out, c.rule(p, rd, lists, rd.ID))
	}
	return out
}

func (c *Context) rule(p *truce.Provision, rd *truce.Reading, lists []truce.ObjectList, id string) *Rule {
	r := &Rule{c: c, p: p, as: rd, reading: id, limited: len(lists) > 0, ledger: &ledger{}}
	r.bind()
	for _, l := range lists {
		for _, o := range l.Objects {
			r.objects = append(r.objects, object{o, geo.VecOf(o.Point)})
		}
	}
	if k, ok := p.Obligation.(kind); ok {
		r.kind, r.in = k, k.Zones()
	}
	if rd != nil && len(rd.In) > 0 {
		r.in = rd.In
	}
	r.above = c.preceding(p)
	return r
}

// bind says when the rule binds: while its phase lasts, within the time that its
// reading gives the article.
func (r *Rule) bind() {
	r.scope, r.begun, r.why = []truce.Interval{{Start: truce.Always, End: truce.Never}}, true, truce.Reason{}
	if r.p.Phase != "" {
		ph := r.c.Phases[r.p.Phase]
		r.scope, r.begun, r.why = slices.Clone(ph.During), ph.Begun, ph.Why
	}
	if r.as == nil {
		r.amended()
		return
	}
	if r.as.From != truce.Always {
		end := truce.Never
		if r.begun {
			end = r.scope[len(r.scope)-1].End
		}
		r.scope, r.begun = []truce.Interval{{Start: r.as.From, End: end}}, true
	}
	for i := range r.scope {
		r.scope[i].End = min(r.scope[i].End, r.as.To)
	}
	r.scope = slices.DeleteFunc(r.scope, func(v truce.Interval) bool { return !v.Valid() })
	if len(r.scope) == 0 && r.begun {
		r.begun, r.why = false, truce.Because("as %s reads it, it ends before it begins", reader(r.reading, r.assumed()))
	}
	r.amended()
}

// amended leaves out the time before the article superseded another, after it was superseded, and while it was
// suspended.
func (r *Rule) amended() {
	if !r.begun || r.p.Supersedes == nil && r.p.SupersededBy == nil && r.p.Suspension == nil {
		return
	}
	var scope []truce.Interval
	for _, v := range r.scope {
		scope = append(scope, Times(r.p, r.c.Phases, v)...)
	}
	if r.scope = scope; len(scope) == 0 {
		r.begun, r.why = false, truce.Because("it was suspended, or superseded, for all of its time")
	}
}

// suspended is since when the article was suspended in all of v.
func (r *Rule) suspended(v truce.Interval) (since truce.Instant, ok bool) {
	for _, w := range r.c.Phases[suspended(r.p)].During {
		if w.Contains(v) {
			return w.Start, true
		}
	}
	return 0, false
}

// Article and Reading name the rule.
func (r *Rule) Article() truce.Article { return r.p.Article }
func (r *Rule) Reading() string        { return r.reading }
func (r *Rule) assumed() bool          { return r.as != nil && r.as.Assumed }

// answer is what one observation says under a rule.
type answer struct {
	outcome truce.Outcome // touches: ApparentViolation; else NoViolation, OutOfScope, Excepted, NotYetDue or undetermined
	missing factSet
	unbound bool // OutOfScope because of who acted, and not of when
}

// touches is the answer of an observation that shows what the article is
// about. What it amounts to depends on the others of its incident.
const touches = truce.ApparentViolation

// truth is Kleene's: no, unknown, yes.
type truth int8

const (
	no truth = iota - 1
	unknown
	yes
)

func and(a, b truth) truth { return min(a, b) }
func or(a, b truth) truth  { return max(a, b) }

// trace collects reasons in words, and costs nothing when nobody asks.
type trace struct{ reasons []truce.Reason }

func (t *trace) say(format string, args ...any) {
	if t != nil {
		t.reasons = append(t.reasons, truce.Because(format, args...))
	}
}

// factSet is a set of missing facts.
type factSet uint16

// Facts lists what can be missing: of an outcome that is undetermined, and then the records without
// which an exception for return fire does not apply.
var Facts = append(slices.Clip(factBits), truce.FactAnswer, truce.FactAttack, truce.FactAttacker)

var factBits = []truce.Fact{truce.FactPlace, truce.FactTime, truce.FactAct, truce.FactWeapon, truce.FactCalibre, truce.FactActor,
	truce.FactSide, truce.FactObject, truce.FactNotice, truce.FactCoverage, truce.FactNumber}

func fact(f truce.Fact) factSet { return 1 << slices.Index(factBits, f) }

// list returns the facts in order. The slice is shared and must not be changed.
func (s factSet) list() []truce.Fact { return factLists[s] }

// factLists has the list of every set: findings by the million share them.
var factLists = func() [1 << 11][]truce.Fact {
	var out [1 << 11][]truce.Fact
	for s := range out {
		for i, f := range factBits {
			if s&(1<<i) != 0 {
				out[s] = append(out[s], f)
			}
		}
	}
	return out
}()

// cause picks the one cause an outcome can carry: place before time before
// any other fact, the order in which formats.md lists them.
func (s factSet) cause() truce.Outcome {
	switch {
	case s&fact(truce.FactPlace) != 0:
		return truce.UndeterminedPlace
	case s&fact(truce.FactTime) != 0:
		return truce.UndeterminedTime
	case s&fact(truce.FactCoverage) != 0:
		return truce.UndeterminedNoCoverage
	}
	return truce.UndeterminedFact
}

// verdict folds single questions into an answer. Out of scope is stronger
// than another act, domain or place, and both are stronger than any unknown.
type verdict struct {
	outOfScope, noViolation, notYetDue bool
	missing                            factSet
}

func (v *verdict) scope(t truth, f truce.Fact) {
	v.outOfScope = v.outOfScope || t == no
	v.unknown(t, f)
}

func (v *verdict) match(t truth, f truce.Fact) {
	v.noViolation = v.noViolation || t == no
	v.unknown(t, f)
}

func (v *verdict) unknown(t truth, f truce.Fact) {
	if t == unknown {
		v.missing |= fact(f)
	}
}

func (v *verdict) answer() answer {
	switch {
	case v.outOfScope:
		return answer{outcome: truce.OutOfScope}
	case v.noViolation:
		return answer{outcome: truce.NoViolation}
	case v.notYetDue:
		return answer{outcome: truce.NotYetDue}
	case v.missing != 0:
		return answer{outcome: v.missing.cause(), missing: v.missing}
	}
	return answer{outcome: touches}
}

// observation answers for one observation, allegation or tally alone.
func (r *Rule) observation(o *truce.Observation, party truce.PartyID, t *trace) answer {
	if place := o.Whereabouts(); place.Assumed {
		c := *o
		c.Place = place
		o = &c
	}
	var v verdict
	when := r.inScope(o.Occurred, t)
	v.scope(when, truce.FactTime)
	v.scope(r.bound(o, t), truce.FactActor)
	if party != "" {
		v.match(r.by(party, o, t), truce.FactActor)
	}
	base := v.answer()
	if base.outcome == truce.OutOfScope {
		base.unbound = when != no
		return base
	}
	if truce.Words.Sign(o.Act) {
		t.say("%s is a sign: it establishes no act", o.Act)
		return answer{outcome: truce.UndeterminedFact, missing: fact(truce.FactAct)}
	}
	return r.except(join(base, r.kind.facts(r, o, t)), o, t)
}

// join of two sets of questions: both must be yes.
func join(a, b answer) answer {
	for _, o := range []truce.Outcome{truce.OutOfScope, truce.NoViolation, truce.NotYetDue} {
		if a.outcome == o || b.outcome == o {
			return answer{outcome: o}
		}
	}
	if m := a.missing | b.missing; m != 0 {
		return answer{outcome: m.cause(), missing: m}
	}
	return answer{outcome: touches}
}

// inScope asks whether the article bound at that time.
func (r *Rule) inScope(v truce.Interval, t *trace) truth {
	loc := r.c.Agreement.Location
	if !r.begun {
		t.say("article %s was not in force: %s", r.p.Article, r.why)
		return no
	}
	in := no
	for _, w := range r.scope {
		switch {
		case w.Contains(v):
			in = yes
		case w.Overlaps(v):
			in = or(in, unknown)
			edge := w.Start
			if !v.Holds(edge) || edge == v.Start {
				edge = w.End
			}
			if v.Start == truce.Always {
				t.say("it happened %s and may have happened before the boundary of %s", v.In(loc), edge.In(loc))
				continue
			}
			t.say("it happened some time in %s, which contains the boundary of %s", v.In(loc), edge.In(loc))
		}
	}
	if in == no {
		if start := r.scope[0].Start; v.End <= start {
			t.say("%s is before article %s began to bind on %s", v.In(loc), r.p.Article, start.In(loc))
			if was := r.p.Supersedes; was != nil && v.End <= was.From {
				t.say("until then article %s was in its place", string(was.Article))
			}
		} else {
			t.say("%s is after article %s ceased to bind", v.In(loc), r.p.Article)
			if by := r.p.SupersededBy; by != nil && v.Start >= by.From {
				t.say("article %s superseded it on %s", string(by.Article), by.From.In(loc))
			}
			if since, ok := r.suspended(v); ok {
				t.say("it was suspended from %s on, when a person declared %s", since.In(loc), r.p.Suspension.Event)
			}
		}
		return no
	}
	if r.p.Daily != nil {
		in = and(in, dailyTruth(r.p.Daily, v, loc, t))
	}
	return in
}

// bound asks whether those who could have acted are bound. Where the actor is
// not stated, any party could have acted: an article that binds all of them
// binds the actor, whoever it was, and naming it is another question. Where the
// source names one or several, those could have.
func (r *Rule) bound(o *truce.Observation, t *trace) truth {
	named := o.MayHaveActed()
	if len(named) == 0 {
		for _, p := range r.c.Agreement.Parties {
			if !r.p.Bound(p.ID) {
				t.say("who acted is not known, and article %s does not bind every party", r.p.Article)
				return unknown
			}
		}
		return yes
	}
	if slices.Contains(named, truce.Anybody) && !r.all() {
		t.say("its source names %s and does not say which of them acted; article %s does not bind all of them", actors(named), r.p.Article)
		return unknown
	}
	binds := 0
	for _, p := range named {
		if id, _ := r.c.Agreement.Actor(p); r.p.Bound(id) || p == truce.Anybody {
			binds++
		}
	}
	switch {
	case binds == len(named) && slices.ContainsFunc(named, r.c.Agreement.Perhaps):
		t.say("its source names %s; by that name it may mean others than those whom article %s binds", actors(named), r.p.Article)
		return unknown
	case binds == len(named):
		return yes
	case len(named) == 1:
		t.say("the actor named is %s, whom article %s does not bind, as this agreement lists whom it binds", named[0], r.p.Article)
		return no
	case binds == 0:
		t.say("its source names %s and does not say which of them acted; as this agreement lists whom it binds, article %s binds none of them", actors(named), r.p.Article)
		return no
	}
	t.say("its source names %s and does not say which of them acted; article %s does not bind all of them", actors(named), r.p.Article)
	return unknown
}

// all reports whether the article binds every party.
func (r *Rule) all() bool {
	return !slices.ContainsFunc(r.c.Agreement.Parties, func(p truce.Party) bool { return !r.p.Bound(p.ID) })
}

// actors lists names for a reason.
func actors(list []truce.PartyID) string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = string(p)
	}
	return strings.Join(names, ", ")
}

// actor is the one who acted by the source's claim, as the agreement names it; empty:
// nobody is named, or several are of whom one acted, or the name may stand for others too.
func (c *Context) actor(o *truce.Observation) truce.PartyID {
	if o.Actor == "" || c.Agreement.Perhaps(o.Actor) {
		return ""
	}
	id, _ := c.Agreement.Actor(o.Actor)
	return id
}

// by asks whether it was this party's doing, going by the source's claim.
// Who acted is never guessed; where only one is bound, nobody else is asked.
func (r *Rule) by(party truce.PartyID, o *truce.Observation, t *trace) truth {
	named := o.MayHaveActed()
	if len(named) == 0 {
		if len(r.p.Binds) == 1 && r.p.Bound(party) {
			return yes
		}
		t.say("who acted is not known")
		return unknown
	}
	its := 0
	for _, p := range named {
		if id, _ := r.c.Agreement.Actor(p); id == party {
			its++
		}
	}
	if its == len(named) && slices.ContainsFunc(named, r.c.Agreement.Perhaps) {
		t.say("its source names %s; by that name it may mean others than %s", actors(named), party)
		return unknown
	}
	switch its {
	case len(named):
		return yes
	case 0:
		t.say("its source names %s, not %s", actors(named), party)
		return no
	}
	t.say("its source names %s and does not say which of them acted", actors(named))
	return unknown
}

// dailyTruth asks whether v lies in the hours of local days that d names.
func dailyTruth(d *truce.Daily, v truce.Interval, loc *time.Location, t *trace) truth {
	hours := fmt.Sprintf("%02d:%02d to %02d:%02d", d.From/60, d.From%60, d.To/60, d.To%60)
	if !v.Start.Stated() || !v.End.Stated() { // it lies in no hours for sure, and has no days to go through
		t.say("it happened at an hour that is not known (%s), and the article binds in the hours %s", v.In(loc), hours)
		return unknown
	}
	some := false
	for day := truce.DateOf(v.Start, loc).Add(-1); day.Start(loc) < v.End; day = day.Add(1) {
		w := Window(d, day, loc)
		if w.Contains(v) {
			return yes
		}
		some = some || w.Overlaps(v)
	}
	if some {
		t.say("%s lies partly in the hours %s", v.In(loc), hours)
		return unknown
	}
	t.say("%s lies outside the hours %s in which the article binds", v.In(loc), hours)
	return no
}

// Window is the daily window that begins on day: from the first occurrence of
// its beginning to the last occurrence of its end across a change of clocks.
func Window(d *truce.Daily, day truce.Date, loc *time.Location) truce.Interval {
	end := day
	if d.To <= d.From {
		end = day.Add(1)
	}
	return truce.Interval{Start: occurrence(day, d.From, loc, false), End: occurrence(end, d.To, loc, true)}
}

// occurrence is the first or last moment of a day at which clocks show a
// time. A time that a change of clocks skips is the moment of the change.
func occurrence(day truce.Date, minute int, loc *time.Location, last bool) truce.Instant {
	start := day.Start(loc)
	next := day.Add(1).Start(loc)
	if minute >= 24*60 {
		return next
	}
	if next-start == 24*3600*1000 { // clocks do not change
		return start.Add(time.Duration(minute) * time.Minute)
	}
	found := truce.Never
	for i := start; i < next; i = i.Add(time.Minute) {
		tm := i.Time().In(loc)
		at := tm.Hour()*60 + tm.Minute()
		if at == minute {
			found = i
			if !last {
				return found
			}
		}
		if at > minute && found == truce.Never {
			return i // skipped
		}
	}
	if found == truce.Never {
		return next
	}
	return found
}

// Query asks for an assessment.
type Query struct {
	Party   truce.PartyID
	Days    func(*Rule) Days // asked of a period
	Reasons bool             // also say why, in words
	asOf    truce.Instant    // of a period: the moment at which a duty is due or not
}

// Incident assesses an incident under the rule, without the clock of a reply: Finding,
// and then what people decided of it.
func (r *Rule) Incident(inc *truce.Incident, q Query) truce.Assessment {
	out := r.Finding(inc, q)
	r.Decide(inc, &out)
	return out
}

// Finding is what the rule says of an incident before any clock, and before people's
// decisions under the article.
func (r *Rule) Finding(inc *truce.Incident, q Query) truce.Assessment {
	out := r.incident(inc, q)
	out.Of = inc.ID
	if o, why := r.kind.finding(out.Outcome); o != out.Outcome {
		if out.Outcome = o; q.Reasons {
			out.Reasons = append(out.Reasons, why)
		}
	}
	return out
}

// Undecided is what people are shown before they decide: the finding itself, whatever
// kind of article it is under.
func (r *Rule) Undecided(inc *truce.Incident) truce.Assessment { return r.incident(inc, Query{}) }

// own is the finding itself, whatever other articles say of the incident.
func (r *Rule) own(inc *truce.Incident, q Query) truce.Assessment {
	var t *trace
	if q.Reasons {
		t = &trace{}
	}
	out := truce.Assessment{Article: r.p.Article, Reading: r.reading, Assumed: r.assumed(), Party: q.Party, During: inc.Occurred}
	alleged, onlySigns, answering := inc.Alleged(), OnlySigns(inc), returns{r: r, inc: inc, t: t}
	var all witnesses
	var list []heard
	refuted := 0
	for _, o := range inc.Of {
		if o.Alleged() && !alleged {
			continue // it stands beside what was observed and decides nothing
		}
		if r.c.refuted(o.ID) {
			refuted++
			if t != nil {
				t.say("%s was refuted by a decision", r.who(o))
			}
			continue
		}
		if t != nil {
			t.say("%s: %s", r.who(o), truce.Told{Observation: o, English: Describe(r.c.Agreement, o)})
		}
		if o.None() {
			t.say("it states that there was none, and shows no act")
			if onlySigns {
				list = append(list, heard{o, r.none(o, q.Party)})
			}
			continue
		}
		a := answering.except(r.observation(o, q.Party, t), o)
		if len(inc.Of) > 1 { // one alone confirms nothing
			all.add(r.c, o)
		}
		if truce.Words.Sign(o.Act) && !onlySigns {
			continue // it goes with an act and speaks for none
		}
		if who := r.c.actor(o); who != "" && !slices.Contains(out.Claimed, who) {
			out.Claimed = append(out.Claimed, who)
		}
		list = append(list, heard{o, a})
	}
	said := list
	list, unbound := r.inside(list, &out, t)
	if len(list) < len(said) { // a report of another time is not a second source for a report inside
		all = witnesses{}
		for _, h := range said {
			if h.a.unbound || slices.ContainsFunc(list, func(in heard) bool { return in.o.ID == h.o.ID }) {
				all.add(r.c, h.o)
			}
		}
	}
	v := weigh(list)
	var support witnesses
	var toll toll
	for _, h := range list {
		o, a := h.o, h.a
		if !o.Alleged() && a.touching() && !truce.Words.Sign(o.Act) && !o.None() {
			out.Signs.Add(o.Count)
			toll.add(o, a.missing&fact(truce.FactTime) != 0)
		}
		if a.outcome == touches {
			if len(inc.Of) > 1 {
				support.add(r.c, o)
			}
		}
	}
	out.Casualties = toll.sum()
	out.Standing, out.Ground = all.standing(alleged), all.rest(r.c)
	if unbound && v.definite == touches {
		// Some of its sources name one who is not bound: whose act it was is open.
		t.say("sources of this incident name different actors, and article %s does not bind all of them", r.p.Article)
		v.definite, v.missing = "", v.missing|fact(truce.FactActor)
	}
	switch {
	case v.definite == "" && v.missing == 0 && refuted > 0:
		out.Outcome, out.Standing = truce.NoViolation, truce.Refuted
	case v.conflict:
		out.Outcome = truce.UndeterminedConflict
		t.say("the observations of this incident give different definite answers about the same time")
	case v.definite == touches:
		out.Standing = support.standing(alleged)
		out.Ground = support.rest(r.c)
		support.explain(r, t)
		r.settle(inc, &out, alleged, t)
	case v.definite != "":
		out.Outcome = v.definite
	default:
		out.Outcome, out.Missing = v.missing.cause(), v.missing.list()
		if q.Reasons {
			out.Tasks = tasks(out.Missing)
		}
	}
	if s := person(r.c.on(inc)); s != "" && out.Standing != truce.Refuted {
		out.Standing = s
		if v.definite == touches && !v.conflict {
			r.settle(inc, &out, alleged, t)
		}
	}
	if t != nil {
		out.Reasons = t.reasons
		if out.Outcome != truce.NoViolation && out.Outcome != truce.OutOfScope && out.Outcome != truce.Excepted {
			out.Tasks = append(out.Tasks, tasks(answering.lacks)...)
		}
	}
	return out
}

// heard is an observation with what it says under the rule.
type heard struct {
	o *truce.Observation
	a answer
}

// inside leaves out the observations that lie outside the time of the article, or
// before a duty fell due, where others of the incident do not: those in scope
// decide, and the incident is of their time. unbound: others name one who is not
// bound, and some that lie in scope do not.
func (r *Rule) inside(list []heard, out *truce.Assessment, t *trace) (in []heard, unbound bool) {
	outside := func(h heard) bool { return h.a.outcome == truce.OutOfScope }
	if !slices.ContainsFunc(list, func(h heard) bool { return !outside(h) }) {
		return list, false
	}
	early := func(h heard) bool { return h.a.outcome == truce.NotYetDue }
	if slices.ContainsFunc(list, func(h heard) bool { return !outside(h) && !early(h) }) {
		outside = func(h heard) bool { return h.a.outcome == truce.OutOfScope || early(h) }
	}
	var during truce.Interval
	for _, h := range list {
		if outside(h) {
			unbound = unbound || h.a.unbound
			continue
		}
		if in = append(in, h); len(in) == 1 {
			during = h.o.Occurred
		}
		during = during.Together(h.o.Occurred)
	}
	out.During = during // and not of what parties say beside it, or of what was refuted
	if n := len(list) - len(in); n > 0 {
		t.say("%d of its observations are out of scope or before the deadline, and decide nothing", n)
	}
	return in, unbound
}

// weighed is what the observations of an incident say together.
type weighed struct {
	definite truce.Outcome // the gravest definite answer; empty: there is none
	missing  factSet       // of those that give none
	conflict bool          // two give different definite answers about the same time
}

func weigh(list []heard) (v weighed) {
	for i, h := range list {
		if h.a.outcome.Undetermined() {
			v.missing |= h.a.missing
			continue
		}
		for _, other := range list[:i] {
			v.conflict = v.conflict || !other.a.outcome.Undetermined() && other.a.outcome != h.a.outcome && other.o.Occurred.Overlaps(h.o.Occurred)
		}
		if v.definite == "" || rank(h.a.outcome) < rank(v.definite) {
			v.definite = h.a.outcome
		}
	}
	return v
}

// none is what a statement that there was none says under the rule.
func (r *Rule) none(o *truce.Observation, party truce.PartyID) answer {
	a := r.observation(o, party, nil)
	switch {
	case a.outcome == truce.OutOfScope:
		return a
	case o.Alleged() && a.outcome != truce.NoViolation:
		return answer{outcome: truce.NoneAlleged}
	}
	return answer{outcome: truce.NoViolation}
}

// touching reports whether the observation counts as a sign of the article.
func (a answer) touching() bool {
	return a.outcome != truce.OutOfScope && a.outcome != truce.NoViolation && a.outcome != truce.Excepted
}

// OnlySigns reports whether nothing in the incident establishes an act: it is signs,
// such as fire pixels and alerts, or statements that there was none. It counts in no
// article.
func OnlySigns(inc *truce.Incident) bool {
	for _, o := range inc.Of {
		if !truce.Words.Sign(o.Act) && !o.None() {
			return false
		}
	}
	return true
}

// toll joins what observations of one incident say of casualties: the lowest
// low, the best figure of the best grade among those that have one (the lower of
// equals, as the more conservative), the highest high.
type toll struct {
	out   truce.Casualties
	grade [5]truce.Grade
	any   bool
}

// add adds what an observation says; perhaps: it may lie outside the time of the
// article, and then is none of it.
func (t *toll) add(o *truce.Observation, perhaps bool) {
	dead := o.Casualties
	if dead == nil {
		return
	}
	if perhaps {
		dead = dead.Perhaps()
	}
	for i, name := range truce.CasualtyFields {
		said, have := *dead.Field(name), t.out.Field(name)
		switch {
		case said == nil:
		case *have == nil:
			r := *said
			*have, t.grade[i], t.any = &r, o.Grade, true
		default:
			r := *have
			r.Low, r.High = min(r.Low, said.Low), max(r.High, said.High)
			switch {
			case said.Best == truce.NoBest:
			case r.Best == truce.NoBest || o.Grade.Better(t.grade[i]) || o.Grade == t.grade[i] && said.Best < r.Best:
				r.Best, t.grade[i] = said.Best, o.Grade
			}
		}
	}
}

func (t *toll) sum() *truce.Casualties {
	if !t.any {
		return nil
	}
	return &t.out
}

// settle says what a definite touch amounts to, by its standing and the
// article's evidence floor.
func (r *Rule) settle(inc *truce.Incident, out *truce.Assessment, alleged bool, t *trace) {
	floor := r.p.Floor.Evidence
	switch {
	case r.p.Floor.Origins && out.Standing == truce.Corroborated && out.Ground != truce.TwoOrigins:
		out.Outcome = truce.Uncorroborated
		t.say("the article's floor asks for two stated origins, and where at least one of the two has it from is not stated")
	case alleged && out.Standing != truce.Verified:
		out.Outcome = truce.AllegedOnly
		t.say("nothing but what parties allege speaks of it")
	case out.Standing.AtLeast(floor) && out.Standing != truce.UnverifiableStanding:
		out.Outcome = truce.ApparentViolation
		t.say("standing %s meets the article's floor, %s", standingWords(out.Standing), standingWords(floor))
	default:
		out.Outcome = truce.Uncorroborated
		t.say("its standing is %s, and the article asks for at least %s", standingWords(out.Standing), standingWords(floor))
	}
}

func standingWords(s truce.Standing) truce.InWords {
	return truce.InWords{Kind: "standing", Value: string(s), English: strings.ReplaceAll(string(s), "-", " ")}
}

// who names the speaker of an observation, for reasons.
func (r *Rule) who(o *truce.Observation) any {
	s := r.c.Agreement.SourceOf(o.Source)
	if o.Alleged() {
		if o.None() {
			return truce.Because("%s states that there was none", string(o.Claimant))
		}
		return truce.Because("%s alleges", string(o.Claimant))
	}
	if o.Publisher != "" {
		return truce.Collected(r.c.Agreement.PublishedBy(o))
	}
	if s.Publisher != "" && !strings.HasPrefix(s.Publisher, "source ") {
		return s.Publisher + " (" + string(o.Source) + ")"
	}
	return string(o.Source)
}

// on lists the decisions that name one of the incident's observations, in
// order.
func (c *Context) on(inc *truce.Incident) []*truce.Decision {
	if len(c.decided) == 0 {
		return nil
	}
	var out []*truce.Decision
	for _, o := range inc.Of {
		for _, d := range c.decided[o.ID] {
			if !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *truce.Decision) int { return cmp.Compare(a.Seq, b.Seq) })
	return out
}

// refuted reports whether a person rejected the observation as such, not
// under an article.
func (c *Context) refuted(id truce.Digest) bool {
	out := false
	for _, d := range c.decided[id] {
		switch {
		case d.Kind == truce.Reject && d.Article == "":
			out = true
		case d.Kind == truce.Verify, d.Kind == truce.Confirm:
			out = false // a person decided again
		}
	}
	return out
}

// person returns the standing that a person gave the incident, if any; the
// latest decision counts.
func person(decisions []*truce.Decision) truce.Standing {
	var s truce.Standing
	for _, d := range decisions {
		switch d.Kind {
		case truce.Verify:
			s = truce.Verified
		case truce.Unverifiable:
			s = truce.UnverifiableStanding
		}
	}
	return s
}

// Decide applies what people decided of the incident; under the article the
// latest confirmation or rejection counts.
func (r *Rule) Decide(inc *truce.Incident, out *truce.Assessment) {
	for _, d := range r.c.on(inc) {
		switch d.Kind {
		case truce.Verify, truce.Unverifiable:
			out.Reasons = append(out.Reasons, worded(d, truce.Because("decided %s", decisionWords(d.Kind)), truce.Because("decided %s: %s", decisionWords(d.Kind), d.Because)))
			earlierState(d, inc, out)
		case truce.Ask:
			asked := truce.InWords{Kind: "fact", Value: string(d.Fact), English: string(d.Fact)}
			out.Reasons = append(out.Reasons, worded(d, truce.Because("%s is asked for", asked), truce.Because("%s is asked for: %s", asked, d.Because)))
		}
	}
	last, first := r.standing(inc)
	if first != nil {
		kind := decisionWords(first.Kind)
		out.Reasons = append(out.Reasons, worded(first, truce.Because("decided %s by one person, and the article asks for a second reader", kind),
			truce.Because("decided %s by one person, and the article asks for a second reader: %s", kind, first.Because)))
	}
	if last == nil {
		return
	}
	out.Missing, out.Tasks = nil, nil
	if last.Kind == truce.Confirm {
		out.Outcome = truce.Violation
		out.Reasons = append(out.Reasons, worded(last, truce.Because("decided to be a violation"), truce.Because("decided to be a violation: %s", last.Because)))
	} else {
		out.Outcome, out.Standing, out.Signs, out.Casualties = truce.NoViolation, truce.Refuted, truce.Signs{}, nil
		out.Reasons = append(out.Reasons, worded(last, truce.Because("rejected by a person, who found that these reports show no violation of the article (what else happened is not decided by that)"), truce.Because("rejected by a person, who found that these reports show no violation of the article (what else happened is not decided by that): %s", last.Because)))
	}
	earlierState(last, inc, out)
}

// worded is the sentence with the text of a decision, or the one without: some
// readers do not have the text.
func worded(d *truce.Decision, without, with truce.Reason) truce.Reason {
	if strings.TrimSpace(d.Because) == "" {
		return without
	}
	return with
}

func decisionWords(k truce.DecisionKind) truce.InWords {
	return truce.InWords{Kind: "decision", Value: string(k), English: string(k)}
}

// standing is the decision under the article that counts, and a later one that
// waits for a second reader; nil: none. Where the article asks for one, a decision
// counts once another person has decided the same, with nothing else decided
// between.
func (r *Rule) standing(inc *truce.Incident) (last, first *truce.Decision) {
	for _, d := range r.c.on(inc) {
		switch {
		case d.Kind != truce.Confirm && d.Kind != truce.Reject || d.Article != r.p.Article:
		case !r.p.SecondReader, first != nil && first.Kind == d.Kind && !first.SameHand(d):
			last, first = d, nil
		case first == nil || first.Kind != d.Kind:
			first = d
		}
	}
	if first != nil && last != nil && first.Kind == last.Kind {
		first = nil // somebody says again what stands
	}
	return last, first
}

// Since is the decision by which an incident became what people decided last: the first of those that
// took effect since one of the other kind did; nil: nobody decided.
func (r *Rule) Since(inc *truce.Incident) (since *truce.Decision) {
	var first *truce.Decision
	for _, d := range r.c.on(inc) {
		switch {
		case d.Kind != truce.Confirm && d.Kind != truce.Reject || d.Article != r.p.Article:
		case !r.p.SecondReader, first != nil && first.Kind == d.Kind && !first.SameHand(d):
			if first = nil; since == nil || since.Kind != d.Kind {
				since = d
			}
		case first == nil || first.Kind != d.Kind:
			first = d
		}
	}
	return since
}

// Alone reports whether a decision on an incident has no effect for want of a second
// reader: none of its kind stands.
func (r *Rule) Alone(d *truce.Decision, inc *truce.Incident) bool {
	if !r.p.SecondReader || d.Article != r.p.Article || d.Kind != truce.Confirm && d.Kind != truce.Reject {
		return false
	}
	last, _ := r.standing(inc)
	return last == nil || last.Kind != d.Kind
}

// Pending is the decision under the article on an incident that waits for a second
// reader; nil: none does.
func (r *Rule) Pending(inc *truce.Incident) *truce.Decision {
	_, first := r.standing(inc)
	return first
}

func earlierState(d *truce.Decision, inc *truce.Incident, out *truce.Assessment) {
	if EarlierState(d, inc) {
		out.Reasons = append(out.Reasons, truce.Because("decided on an earlier state: the incident has other observations now"))
	}
}

// EarlierState reports whether the incident had other observations when d was
// made: a person must look again.
func EarlierState(d *truce.Decision, inc *truce.Incident) bool {
	return len(d.State) > 0 && !slices.Equal(d.State, inc.IDs())
}

// Tally holds a tally against the rule, as if it were one observation. A
// total is never corroborated: it is reconciled instead.
func (r *Rule) Tally(ty *truce.Tally, q Query) truce.Assessment {
	var t *trace
	if q.Reasons {
		t = &trace{}
	}
	o := &truce.Observation{ID: ty.ID, Source: ty.Source, Key: ty.Key, Claimant: ty.Claimant, Occurred: ty.Period, Place: ty.Place,
		Act: ty.Act, Seen: ty.Seen, Weapon: ty.Weapon, Calibre: ty.Calibre, Count: ty.Count, Actor: ty.Actor, Actors: ty.Actors, Side: ty.Side, Against: ty.Against, Casualties: ty.Casualties}
	out := truce.Assessment{Article: r.p.Article, Reading: r.reading, Assumed: r.assumed(), Party: q.Party, Of: ty.ID, During: ty.Period, Standing: truce.SingleSource}
	if o.Alleged() {
		out.Standing = truce.Alleged
	}
	a := r.observation(o, q.Party, t)
	for _, readings := range r.above {
		touched := func(x *Rule) bool { return x.observation(o, q.Party, nil).outcome == touches }
		if a.touching() && !slices.ContainsFunc(readings, func(x *Rule) bool { return !touched(x) }) {
			t.say("article %s applies to it too, and article %s yields to that", string(readings[0].p.Article), string(r.p.Article))
			a = answer{outcome: truce.OutOfScope}
		}
	}
	switch {
	case truce.Words.Sign(ty.Act):
		// Signs establish no act, and however many there are, a total of them does not.
		out.Outcome = truce.NoViolation
		t.say("a total of signs decides nothing: it is compared with the signs that were recorded")
	case o.None():
		out.Outcome = r.none(o, q.Party).outcome
		t.say("it states that there was none, and shows no act")
	case a.outcome == touches && o.Alleged():
		out.Outcome = truce.AllegedOnly
		t.say("a total claimed by %s", o.Claimant)
	case a.outcome == touches:
		out.Outcome = truce.Uncorroborated
		t.say("a total by one source")
	default:
		out.Outcome, out.Missing = a.outcome, a.missing.list()
		out.Tasks = tasks(out.Missing)
	}
	if t != nil {
		out.Reasons = t.reasons
	}
	return out
}

// reader is whose reading it is, in a sentence.
func reader(id string, assumed bool) any {
	if assumed {
		return truce.Because("%s (assumed here)", id)
	}
	return id
}

// Differ joins the assessments of several readings: their common outcome; what is
// unknown, where some answers are; else that they differ, which only definite
// answers do. What they count is joined so that the order of the readings
// says nothing: the most signs, casualties from the lowest low to the highest
// high, the least coverage, every missing fact.
func Differ(as []truce.Assessment) truce.Assessment {
	out := as[0]
	if len(as) == 1 {
		return out
	}
	out.Reading, out.Assumed, out.Missing, out.Tasks, out.Claimed, out.Casualties, out.Done = "", false, nil, nil, nil, nil, nil
	same := true
	var open truce.Outcome // the first, in the order of Outcomes, of the answers that are unknown
	var toll toll
	for i := range as {
		a := &as[i]
		same = same && a.Outcome == as[0].Outcome
		if a.Outcome.Undetermined() && (open == "" || rank(a.Outcome) < rank(open)) {
			open = a.Outcome
		}
		if moreSigns(a.Signs, out.Signs) {
			out.Signs = a.Signs
		}
		if a.Casualties != nil {
			toll.add(&truce.Observation{Casualties: a.Casualties}, false)
		}
		out.Coverage = min(out.Coverage, a.Coverage)
		for _, m := range a.Missing {
			if !slices.Contains(out.Missing, m) {
				out.Missing = append(out.Missing, m)
			}
		}
		for _, p := range a.Claimed {
			if !slices.Contains(out.Claimed, p) {
				out.Claimed = append(out.Claimed, p)
			}
		}
	}
	out.Casualties = toll.sum()
	slices.Sort(out.Missing)
	out.Tasks = tasks(out.Missing)
	if same && !slices.ContainsFunc(as[1:], func(a truce.Assessment) bool { return !sameReasons(a.Reasons, as[0].Reasons) }) {
		return out
	}
	if !same {
		out.Outcome = truce.ReadingsDiffer
		if open != "" {
			out.Outcome = open
		}
	}
	out.Reasons = nil // of every reading, also where the answer is one: none is taken for the other
	for _, a := range as {
		said := truce.Because("as %s reads it: %s", reader(a.Reading, a.Assumed), truce.InWords{Kind: "outcome", Value: string(a.Outcome), English: a.Outcome.Words()})
		if a.Outcome == truce.NoViolation && a.Standing == truce.Refuted {
			said = truce.Because("as %s reads it: rejected by a person", reader(a.Reading, a.Assumed))
		}
		out.Reasons = append(out.Reasons, said)
		for _, w := range a.Reasons {
			out.Reasons = append(out.Reasons, truce.Because("  %s", w))
		}
	}
	return out
}

func sameReasons(a, b []truce.Reason) bool {
	return slices.EqualFunc(a, b, func(x, y truce.Reason) bool { return x.String() == y.String() })
}

func moreSigns(a, b truce.Signs) bool {
	if a.N != b.N {
		return a.N > b.N
	}
	return a.Uncountable > b.Uncountable
}

// Relevant reports whether some observation of the incident shows, or may
// show, what the article is about, leaving aside whether it bound then.
func (r *Rule) Relevant(inc *truce.Incident) bool {
	for _, o := range inc.Of {
		if truce.Words.Sign(o.Act) || o.None() {
			continue
		}
		if a := r.kind.facts(r, o, nil); a.outcome == touches || a.outcome.Undetermined() {
			return true
		}
	}
	return false
}
