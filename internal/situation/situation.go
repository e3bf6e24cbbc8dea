// Package situation answers: what follows from all that is known at one
// moment? It folds items into incidents and assessments. It is pure: the same
// agreement, items and moment give the same situation, on every machine and
// in whatever order the items of one moment stand.
package situation

import (
	"cmp"
	"hash/fnv"
	"io"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/calendar"
	"github.com/opentruce/truce/internal/correlate"
	"github.com/opentruce/truce/internal/extent"
	"github.com/opentruce/truce/internal/sorted"
	"github.com/opentruce/truce/internal/speaker"
)

// Options are what a situation needs from outside. The zero value is useful.
type Options struct {
	// Region finds a region by name, after the agreement's own zones; nil: none.
	Region func(a *truce.Agreement, name string) (*geo.Region, string, error)
	// Settled reports whether the gazetteer has a settlement at exactly a point; nil: it
	// has none.
	Settled func(a *truce.Agreement, p geo.Point) bool
	// Divisions are the gazetteer's districts and regions; nil: it has none.
	Divisions func(a *truce.Agreement) assess.Divisions
	Workers   int // 0: one per processor; the result does not depend on it
	// Geometry is kept between situations of one agreement; nil: computed again.
	Geometry *assess.Geometry
	// Withheld are inputs that the record has and whoever computes this does not
	// hold: not released, or forgotten. Silence then says nothing.
	Withheld []Withheld
	// Progress, if any, hears what is being done, and once more when it is
	// done; perhaps from several goroutines.
	Progress func(what string, done, total int)
}

// Withheld is an input whose content is not held; that it exists is known.
type Withheld struct{ Known truce.Instant }

// A Situation is what follows from items at a moment of knowledge. It is
// read-only once built, and safe for concurrent use.
type Situation struct {
	Agreement *truce.Agreement
	Now       truce.Instant // Never: everything is known

	Tallies       []*truce.Tally
	Coverage      []*truce.Coverage
	Notifications []assess.Notice
	Responses     []assess.Response
	Restrictions  []*truce.Restriction
	Decisions     []*truce.Decision // on incidents and the agreement, in order
	DayDecisions  []*truce.Decision // on findings of days, in order
	Phases        map[string]assess.Phase

	Edges          int
	Unlocatable    int
	Contradictions []correlate.Contradiction
	Corrections    []Correction // in the order in which they became known
	Attributions   []*truce.Attribution
	Withheld       int // inputs that are not held here

	observations *sorted.List[*truce.Observation] // allegations among them
	incidents    *sorted.List[*truce.Incident]
	onceFlat     sync.Once
	flat         []*truce.Incident

	extent     truce.Interval // of all entries
	window     truce.Interval // of observations, signs aside, and tallies
	outside    int            // how many of these are not in it
	early      truce.Instant
	ctx        *assess.Context
	moments    *moments                       // when entries became known; of two situations that share them no such moment differs
	editions   map[truce.Digest][]truce.Item  // of an observation that replaced others: these, and itself, as they were recorded
	statements []truce.Item                   // decisions and notifications as they were recorded
	deeds      []*truce.Observation           // of acts that an obligation counts, by ID
	signed     map[truce.Digest]truce.PartyID // of items that a party's key signed
	opt        Options
	rules      map[truce.Article][]*assess.Rule
	workers    int

	onceHome      sync.Once
	home          [][]*truce.Incident // of each of observations
	onceAbout     sync.Once
	about         map[truce.Digest]truce.Digest // of About
	since         *firstMoments
	rejects       sync.Once
	rejectedOf    map[truce.Digest]bool // observations that a person rejected under some article; made when it is asked for
	onceDecided   sync.Once
	decided       *decisionHistory
	compare       *correlate.Comparison // shared by situations that follow one another
	onceCorrected sync.Once
	corrections   map[truce.SourceID][]*truce.Observation // of corrected
	onceSplits    sync.Once
	split         correlate.Splits
	onceCal       sync.Once
	cal           *calendar.Calendar[*truce.Incident]

	daily     dayFindings
	dayFirsts *dayFirsts // shared by situations that follow one another
	dayPairs  *dayPairs  // likewise
	fields    sync.Map   // of fieldOf, by day

	mu     sync.Mutex
	found  map[findingKey]*findings
	leaves *leaves // of the digest
	parts  []Part  // of the digest; nil: not made

	onceOpenings sync.Once
	opening      []truce.Opening // of Openings

	onceSerial sync.Once
	serialNo   uint64
}

// A Correction is an observation that its source changed or took back.
type Correction struct {
	Known truce.Instant
	Was   *truce.Observation
	Is    *truce.Observation // nil: withdrawn
}

type findingKey struct {
	article truce.Article
	reading string
	party   truce.PartyID
}

// Build derives the situation of items known by now. Items of one moment
// may stand in any order, except decisions, whose order counts.
func Build(a *truce.Agreement, items []truce.Item, now truce.Instant, o Options) *Situation {
	return build(a, items, now, o, nil)
}

// build is Build. citations find entries that others cite; nil: those among the items.
func build(a *truce.Agreement, items []truce.Item, now truce.Instant, o Options, citations *truce.Citations) *Situation {
	s := &Situation{Agreement: a, Now: now, workers: o.Workers, opt: o, found: map[findingKey]*findings{}, since: &firstMoments{}, dayFirsts: &dayFirsts{}, dayPairs: &dayPairs{}}
	l := s.entriesInForce(items, nil)
	if citations != nil {
		l.citations = citations
	}
	s.Phases = assess.Phases(a, s.Decisions)
	due := assess.Deadlines(a, s.Phases)
	s.compare = correlate.NewComparison(correlate.Input{Source: a.SourceOf, Deadlines: due, Regions: s.parting()})
	res := correlate.Correlate(correlate.Input{Observations: s.observations.Slice(), Decisions: s.Decisions, Source: a.SourceOf, Deadlines: due, Workers: o.Workers, Progress: s.progress("correlating")})
	s.correlated(res, false)
	s.gatherDeeds()
	s.prepareRules(l)
	return s
}

func (s *Situation) correlated(res *correlate.Result, growing bool) {
	s.incidents = sorted.New(incidentID, res.Incidents, growing)
	s.Edges, s.Unlocatable, s.Contradictions = res.Edges, res.Unlocatable, res.Contradictions
}

// Incidents lists all, by ID. The list is kept and must not be changed.
func (s *Situation) Incidents() []*truce.Incident {
	s.onceFlat.Do(func() { s.flat = s.incidents.Slice() })
	return s.flat
}

// Observations gives all, allegations among them, by ID.
func (s *Situation) Observations() iter.Seq[*truce.Observation] { return s.observations.All() }

// prepareRules makes the rules ready, of all that is known beside the incidents.
func (s *Situation) prepareRules(l *inForce) {
	for _, w := range s.opt.Withheld {
		if w.Known <= s.Now {
			s.Withheld++
		}
	}
	s.extent, _ = l.all.Extent()
	s.window, s.outside = l.acts.Extent()
	early, _ := l.knew.Extent()
	s.early = early.Start
	s.moments = l.known
	s.ctx = assess.NewContext(assess.Context{Agreement: s.Agreement, Now: s.Now, First: s.extent.Start, Latest: s.extent.End, Phases: s.Phases,
		Notifications: s.Notifications, Coverage: s.Coverage, Restrictions: s.Restrictions, Responses: s.Responses,
		Tallies: s.Tallies, Deeds: s.deeds, Decisions: s.Decisions, DayDecisions: s.DayDecisions, Attributions: s.Attributions, Home: s.IncidentOf, Around: s.Within, PartyWord: l.words, Known: l.known.when,
		Region: Regions(s.Agreement, s.opt.Region), Citations: l.citations, Cited: func(id truce.Digest) bool { return l.cited[id] }, Editions: s.editionsOf, Settled: s.settled(), Divisions: s.divisions(), Geometry: s.opt.Geometry, Progress: s.progress("uniting coverage")})
	s.rules = map[truce.Article][]*assess.Rule{}
	for i := range s.Agreement.Provisions {
		s.rules[s.Agreement.Provisions[i].Article] = s.ctx.Rules(&s.Agreement.Provisions[i])
	}
}

// editionsOf are the earlier editions of an observation.
func (s *Situation) editionsOf(id truce.Digest) (out []truce.Digest) {
	for i := range s.editions[id] {
		if was := s.editions[id][i].ID(); was != id {
			out = append(out, was)
		}
	}
	return out
}

// observation is one by its ID; nil: there is none.
func (s *Situation) observation(id truce.Digest) *truce.Observation {
	o, _ := s.observations.Get(id)
	return o
}

// settled asks the gazetteer, if there is one, whether a settlement is at a point.
func (s *Situation) settled() func(geo.Point) bool {
	if s.opt.Settled == nil {
		return nil
	}
	return func(p geo.Point) bool { return s.opt.Settled(s.Agreement, p) }
}

// divisions asks the gazetteer, if there is one, for the districts and regions of its countries.
func (s *Situation) divisions() assess.Divisions {
	if s.opt.Divisions == nil {
		return assess.Divisions{}
	}
	return s.opt.Divisions(s.Agreement)
}

// progress hears how far one piece of work is; nil when nobody listens.
func (s *Situation) progress(what string) func(done, total int) {
	if s.opt.Progress == nil {
		return nil
	}
	return func(done, total int) { s.opt.Progress(what, done, total) }
}

// Regions looks up the agreement's zones first, then outside.
func Regions(a *truce.Agreement, outside func(*truce.Agreement, string) (*geo.Region, string, error)) func(string) (*geo.Region, string, bool) {
	return func(name string) (*geo.Region, string, bool) {
		if z := a.ZoneNamed(name); z != nil && z.Region != nil {
			return z.Region, z.Name, true
		}
		if outside == nil {
			return nil, "", false
		}
		r, canonical, err := outside(a, name)
		return r, canonical, err == nil
	}
}

// parting finds the regions by which places part incidents. Where the terms keep places from the
// public for a time or show them wider, there are none: numbers that everybody sees are of all
// incidents, and would tell on which side of a region's edge a withheld place lies.
func (s *Situation) parting() func(name string) (*geo.Region, bool) {
	if p := &s.Agreement.Public; p.Delay > 0 || p.BlurM > 0 || len(p.Hold) > 0 {
		return nil
	}
	return func(name string) (*geo.Region, bool) {
		r, _, ok := Regions(s.Agreement, s.opt.Region)(name)
		return r, ok
	}
}

// inForce are the entries in force at a moment.
type inForce struct {
	known     *moments
	loc       *time.Location
	all       extent.Times // of all entries
	acts      extent.Times // of observations, signs aside, and tallies
	knew      extent.Times // when observations became known
	words     []assess.PartyWord
	gone      map[truce.Digest]bool         // withdrawn or replaced
	named     map[truce.Digest]bool         // what withdrawals and corrections name, whether they may or not
	next      map[truce.Digest]truce.Digest // a replaced entry to the one in its place
	cited     map[truce.Digest]bool         // entries that others rest on
	citations *truce.Citations              // finds them; nil: there are none
	posts     addresses                     // what entries cite as a post
	own       addresses                     // and where entries are themselves
}

// moments are when entries became known.
type moments struct {
	common truce.Instant // the moment most of them share
	mu     sync.RWMutex
	of     map[truce.Digest]truce.Instant // of the others
}

func (m *moments) when(id truce.Digest) truce.Instant {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if at, ok := m.of[id]; ok {
		return at
	}
	return m.common
}

func (m *moments) add(of map[truce.Digest]truce.Instant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.Copy(m.of, of)
}

// span lets the extent of what is known reach over a time.
func (l *inForce) span(v truce.Interval, known truce.Instant) { l.all.Add(v, known, l.loc) }

// word notes that a party spoke of a time.
func (l *inForce) word(w assess.PartyWord) {
	if w.Party != "" {
		l.words = append(l.words, w)
	}
}

func (l *inForce) observed(o *truce.Observation, known truce.Instant) {
	if known.Stated() {
		l.knew.Add(truce.Interval{Start: known, End: known}, truce.Always, l.loc)
	}
	l.span(o.Occurred, known)
	if !truce.Words.Sign(o.Act) { // an alert without an all-clear would make it years
		l.acts.Add(o.Occurred, known, l.loc)
	}
	l.word(assess.PartyWord{Party: o.Claimant, During: o.Occurred, Said: o})
}

// entriesInForce keeps what was known by then, and neither withdrawn nor replaced. Of
// entries with one ID the first counts: reading a file twice is harmless. was is nil,
// or what a situation that grows had: of what says the same it keeps one copy.
func (s *Situation) entriesInForce(items []truce.Item, was *sorted.List[*truce.Observation]) *inForce {
	l := &inForce{known: &moments{common: truce.Always, of: map[truce.Digest]truce.Instant{}}, loc: s.Agreement.Location,
		gone: map[truce.Digest]bool{}, named: map[truce.Digest]bool{}, next: map[truce.Digest]truce.Digest{}}
	s.signed = map[truce.Digest]truce.PartyID{}
	if len(items) > 0 {
		l.known.common = items[0].Known
	}
	items = speaker.Apart(items)
	own := speaker.Owners(s.Agreement, items)
	for i := range items {
		r := &items[i]
		if r.Speaker != "" && r.Withdrawal == nil {
			s.signed[r.ID()] = r.Speaker
		}
		switch {
		case r.Known > s.Now:
		case r.Withdrawal != nil:
			of := r.Withdrawal.Of
			l.named[of] = true
			if o, known := own[of]; known && o.MayTakeBack(r.Speaker, r.Withdrawal.By) {
				l.gone[of] = true
			}
		case !r.Replaces.IsZero() && r.Replaces != r.ID():
			l.named[r.Replaces] = true
			if o, known := own[r.Replaces]; !known || o.MayTakeBack(r.Speaker, speaker.WordOf(s.Agreement, r)) {
				l.gone[r.Replaces] = true
				l.next[r.Replaces] = r.ID()
			}
		}
	}
	s.keepEditions(items, l.next, own)
	s.correct(items, l.gone)
	once := map[truce.Digest]bool{} // of entries other than observations
	for i := range items {
		r := &items[i]
		if r.Known > s.Now || r.Withdrawal != nil {
			continue
		}
		id := r.ID()
		if r.Observation != nil || l.gone[id] || once[id] {
			continue
		}
		once[id] = true
		if r.Known != l.known.common {
			if at, twice := l.known.of[id]; !twice || r.Known < at {
				l.known.of[id] = r.Known
			}
		}
		s.take(l, r)
	}
	entry := s.cited(l, items)
	l.citations = entry
	var observed []*truce.Observation
	earlier := sorted.Walk[*truce.Observation]{Of: was}
	for _, i := range firsts(items) {
		r := &items[i]
		if r.Known > s.Now || l.gone[r.Observation.ID] {
			continue
		}
		if r.Known != l.known.common {
			l.known.of[r.Observation.ID] = r.Known
		}
		var had *truce.Observation
		if was != nil {
			had, _ = earlier.Find(r.Observation.ID)
		}
		o := s.claimed(r.Observation, had, entry)
		observed = append(observed, o)
		l.observed(o, r.Known)
	}
	s.observations = sorted.New(observationID, observed, was != nil)
	s.sortItems(l)
	s.follow(l.next, l.gone)
	s.regrade()
	return l
}

// take adds an entry that is not an observation.
func (s *Situation) take(l *inForce, r *truce.Item) {
	switch {
	case r.Tally != nil:
		t := r.Tally
		if p := s.Agreement.SourceOf(t.Source).Party; p != "" && t.Claimant == "" {
			c := *t
			c.Claimant = p
			t = &c
		}
		s.Tallies = append(s.Tallies, t)
		l.span(t.Period, r.Known)
		l.acts.Add(t.Period, r.Known, l.loc)
		l.word(assess.PartyWord{Party: t.Claimant, During: t.Period, Said: &truce.Observation{Act: t.Act, Seen: t.Seen, Weapon: t.Weapon, Calibre: t.Calibre, Actor: t.Actor, Actors: t.Actors}})
	case r.Coverage != nil:
		s.Coverage = append(s.Coverage, r.Coverage)
		l.span(r.Coverage.During, r.Known)
		p := r.Coverage.Claimant
		if p == "" {
			p = s.Agreement.SourceOf(r.Coverage.Source).Party
		}
		l.word(assess.PartyWord{Party: p, During: r.Coverage.During, Covers: r.Coverage.What})
	case r.Notification != nil:
		s.statements = append(s.statements, *r)
		s.Notifications = append(s.Notifications, assess.Notice{Notification: r.Notification, Known: r.Known})
	case r.Response != nil:
		s.Responses = append(s.Responses, assess.Response{Response: r.Response, Known: r.Known})
		l.span(r.Response.During, r.Known)
	case r.Restriction != nil:
		s.Restrictions = append(s.Restrictions, r.Restriction)
		l.span(r.Restriction.During, r.Known)
	case r.Decision != nil:
		s.statements = append(s.statements, *r)
		s.addDecision(r.Decision)
	case r.Attribution != nil:
		s.Attributions = append(s.Attributions, r.Attribution)
	}
}

// addDecision adds a decision to those of its sort: what is on findings of days is on no
// incident, and changes nothing of them.
func (s *Situation) addDecision(d *truce.Decision) {
	if d.OnDay() {
		s.DayDecisions = append(s.DayDecisions, d)
	} else {
		s.Decisions = append(s.Decisions, d)
	}
}

// AllDecisions are those on incidents and the agreement and those on findings of days, in
// order.
func (s *Situation) AllDecisions() []*truce.Decision {
	if len(s.DayDecisions) == 0 {
		return s.Decisions
	}
	out := slices.Concat(s.Decisions, s.DayDecisions)
	slices.SortStableFunc(out, bySeq)
	return out
}

// sortItems puts everything into its order: what was said and answered into that in
// which it became known.
func (s *Situation) sortItems(l *inForce) {
	slices.SortFunc(s.Tallies, func(a, b *truce.Tally) int { return a.ID.Compare(b.ID) })
	slices.SortFunc(s.Coverage, func(a, b *truce.Coverage) int { return a.ID.Compare(b.ID) })
	slices.SortFunc(s.Restrictions, func(a, b *truce.Restriction) int { return a.ID.Compare(b.ID) })
	slices.SortStableFunc(s.Decisions, bySeq)
	slices.SortStableFunc(s.DayDecisions, bySeq)
	slices.SortStableFunc(s.Responses, func(a, b assess.Response) int { return cmp.Compare(a.Known, b.Known) })
	slices.SortFunc(s.Notifications, func(a, b assess.Notice) int { return cmp.Or(cmp.Compare(a.Known, b.Known), a.ID.Compare(b.ID)) })
	slices.SortStableFunc(s.statements, func(a, b truce.Item) int { return cmp.Compare(a.Known, b.Known) })
	slices.SortStableFunc(s.Attributions, func(a, b *truce.Attribution) int { return cmp.Compare(l.known.when(a.ID), l.known.when(b.ID)) })
}

// firsts are the items of observations, by ID, the first of each ID alone: a
// later row that says something else under a known ID is not taken in, whatever
// moment it is known from.
func firsts(items []truce.Item) []int32 {
	n := 0
	for i := range items {
		if items[i].Observation != nil {
			n++
		}
	}
	out := make([]int32, 0, n)
	for i := range items {
		if items[i].Observation != nil {
			out = append(out, int32(i))
		}
	}
	id := func(i int32) truce.Digest { return items[i].Observation.ID }
	slices.SortFunc(out, func(a, b int32) int {
		if c := id(a).Compare(id(b)); c != 0 {
			return c
		}
		return int(a - b)
	})
	return slices.CompactFunc(out, func(a, b int32) bool { return id(a) == id(b) })
}

// cited notes which entries others rest on, by ID or by their address, and finds these, also
// those that were withdrawn or replaced since: whose word it was stays. nil: none is cited.
func (s *Situation) cited(l *inForce, items []truce.Item) *truce.Citations {
	l.cited, l.posts, l.own = nil, nil, nil
	for i := range items {
		if o := items[i].Observation; o != nil {
			l.cites(o)
		}
	}
	for i := range items {
		if o := items[i].Observation; o != nil && len(l.posts) > 0 && l.posts.hasOwn(o) {
			l.cite(o.ID)
		}
	}
	if len(l.cited) == 0 {
		return nil
	}
	var of []*truce.Observation
	once := map[truce.Digest]bool{}
	for i := range items {
		r := &items[i]
		if o := r.Observation; o != nil && r.Known <= s.Now && l.cited[o.ID] && !once[o.ID] {
			once[o.ID] = true
			of = append(of, o)
		}
	}
	return truce.NewCitations(of)
}

func (l *inForce) cite(id truce.Digest) {
	if l.cited == nil {
		l.cited = map[truce.Digest]bool{}
	}
	l.cited[id] = true
}

// cites notes the entries that an observation rests on, the posts that it cites, and its own
// address.
func (l *inForce) cites(o *truce.Observation) {
	for _, x := range o.Origins {
		switch x.Kind() {
		case truce.OriginEntry:
			var id truce.Digest
			if err := id.UnmarshalText([]byte(x.Name())); err == nil {
				l.cite(id)
			}
		case truce.OriginPost:
			l.posts.add(x)
		case truce.OriginOwn:
			l.own.add(x)
		}
	}
}

// addresses are a set of addresses by a number of each: of millions of posts. Two with one number
// are looked at again by whoever finds them.
type addresses map[uint64]bool

func numberOf(x truce.Origin) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, x.Name())
	return h.Sum64()
}

func (a *addresses) add(x truce.Origin) {
	if *a == nil {
		*a = addresses{}
	}
	(*a)[numberOf(x)] = true
}

// hasOwn reports whether an observation's own address may be among them.
func (a addresses) hasOwn(o *truce.Observation) bool {
	return slices.ContainsFunc(o.Origins, func(x truce.Origin) bool { return x.Kind() == truce.OriginOwn && a[numberOf(x)] })
}

// hasPost reports whether a post that an observation cites may be among them.
func (a addresses) hasPost(o *truce.Observation) bool {
	return slices.ContainsFunc(o.Origins, func(x truce.Origin) bool {
		return x.Kind() == truce.OriginPost && a[numberOf(x)] && !slices.Contains(o.Origins, truce.Origin(truce.OriginOwn+":"+x.Name()))
	})
}

// claimed marks what a party's organ says as an allegation, and what rests on nothing but
// a party's word. entry finds what others rest on. had, if any, is given back if
// it is the same already.
func (s *Situation) claimed(o, had *truce.Observation, entry *truce.Citations) *truce.Observation {
	p := s.Agreement.SpeaksFor(o, entry)
	if had != nil && had.Claimant == p {
		said := *o
		said.Claimant = p
		if said.Same(had) {
			return had
		}
	}
	if p == o.Claimant {
		return o
	}
	c := *o
	c.Claimant = p
	return &c
}

// keepEditions keeps what entries replaced, with what replaced it as far as it may.
func (s *Situation) keepEditions(items []truce.Item, next map[truce.Digest]truce.Digest, own map[truce.Digest]speaker.Owner) {
	if len(next) == 0 {
		return
	}
	s.editions = map[truce.Digest][]truce.Item{}
	for i := range items {
		r := &items[i]
		if r.Observation == nil {
			continue // what will be known later is kept: of entries with one ID it may be the first, which counts
		}
		if _, replaced := next[r.ID()]; replaced || !r.Replaces.IsZero() {
			id, was := successor(next, r.ID()), *r
			if o, known := own[r.Replaces]; r.Replaces == r.ID() || known && !o.MayTakeBack(r.Speaker, speaker.WordOf(s.Agreement, r)) {
				was.Replaces = truce.Digest{}
			}
			s.editions[id] = append(s.editions[id], was)
		}
	}
}

// correct lists what was changed or taken back; reading a file twice lists
// nothing twice.
func (s *Situation) correct(items []truce.Item, gone map[truce.Digest]bool) {
	if len(gone) == 0 {
		return
	}
	was := map[truce.Digest]*truce.Observation{}
	for i := range items {
		r := &items[i]
		if r.Known <= s.Now && r.Observation != nil && gone[r.Observation.ID] && was[r.Observation.ID] == nil {
			was[r.Observation.ID] = s.claimed(r.Observation, nil, nil)
		}
	}
	said := map[[2]truce.Digest]bool{}
	for i := range items {
		r := &items[i]
		c := Correction{Known: r.Known}
		key := [2]truce.Digest{}
		switch {
		case r.Known > s.Now:
		case r.Withdrawal != nil:
			c.Was, key[0] = was[r.Withdrawal.Of], r.Withdrawal.Of
		case r.Observation != nil && r.Replaces != r.Observation.ID:
			c.Was, c.Is, key = was[r.Replaces], s.claimed(r.Observation, nil, nil), [2]truce.Digest{r.Replaces, r.Observation.ID}
		}
		if c.Was != nil && !said[key] {
			said[key] = true
			s.Corrections = append(s.Corrections, c)
		}
	}
	slices.SortFunc(s.Corrections, func(a, b Correction) int {
		return cmp.Or(cmp.Compare(a.Known, b.Known), a.Was.ID.Compare(b.Was.ID))
	})
}

// successor is what stands in an entry's place now.
func successor(next map[truce.Digest]truce.Digest, id truce.Digest) truce.Digest {
	for range len(next) + 1 {
		n, ok := next[id]
		if !ok {
			break
		}
		id = n
	}
	return id
}

// follow lets decisions, replies and notifications name what took the place of
// the entries they named. A decision whose entries were all withdrawn keeps its
// effect on one of the rest of the incident it was made on, and so on the
// incident that this is of now.
func (s *Situation) follow(next map[truce.Digest]truce.Digest, gone map[truce.Digest]bool) {
	resolve := func(ids []truce.Digest) (out []truce.Digest) {
		for _, id := range ids {
			if id = successor(next, id); s.lives(id) && !gone[id] && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
		return out
	}
	for i, d := range s.Decisions {
		if len(d.Of) == 0 {
			continue
		}
		of := resolve(d.Of)
		if len(of) == 0 {
			rest := resolve(d.State)
			of = rest[:min(1, len(rest))]
		}
		if !slices.Equal(of, d.Of) {
			c := *d
			c.Of = of
			s.Decisions[i] = &c
		}
	}
	// A decision on a finding of days is on nothing but what the finding rested on.
	for i, d := range s.DayDecisions {
		if of := resolve(d.Of); !slices.Equal(of, d.Of) {
			c := *d
			c.Of = of
			s.DayDecisions[i] = &c
		}
	}
	if len(next) == 0 {
		return
	}
	for i := range s.Responses {
		if to := successor(next, s.Responses[i].To); to != s.Responses[i].To {
			c := *s.Responses[i].Response
			c.To = to
			s.Responses[i].Response = &c
		}
	}
	for i, x := range s.Restrictions {
		if to := successor(next, x.To); to != x.To {
			c := *x
			c.To = to
			s.Restrictions[i] = &c
		}
	}
}

// regrade gives observations the grades that people decided; the latest counts.
func (s *Situation) regrade() {
	for _, d := range s.Decisions {
		if d.Kind != truce.Regrade {
			continue
		}
		for _, id := range d.Of {
			later := slices.ContainsFunc(s.Decisions, func(o *truce.Decision) bool {
				return o.Kind == truce.Regrade && o.Seq > d.Seq && slices.Contains(o.Of, id)
			})
			if was, ok := s.observations.Get(id); ok && !later && was.Grade != d.Grade {
				o := *was
				o.Grade = d.Grade
				s.observations, _, _ = s.observations.With(nil, []*truce.Observation{&o})
			}
		}
	}
}

// lives reports whether an observation is in force.
func (s *Situation) lives(id truce.Digest) bool {
	_, ok := s.observations.Get(id)
	return ok
}

// FirstKnown is when the first observation became known, a few aside that are
// dated more than a year before all others (see [extent.Times]); Never: none did at a
// moment that is stated.
func (s *Situation) FirstKnown() truce.Instant { return s.early }

// Extent is the time that the entries are about: from the start of the
// earliest to the end of the latest, without those whose dates are probably
// wrong (see [extent.Times]). It is not Valid when there are none.
func (s *Situation) Extent() truce.Interval { return s.extent }

// Occurred is Extent of observations and tallies alone, signs aside: the period
// of a report or a page where nobody asks for one.
func (s *Situation) Occurred() truce.Interval { return s.window }

// Outside is how many observations and tallies are not in Occurred, because
// their dates are probably wrong.
func (s *Situation) Outside() int { return s.outside }

// Speaker is the party that signed an item; empty: the mission did.
func (s *Situation) Speaker(id truce.Digest) truce.PartyID { return s.signed[id] }
