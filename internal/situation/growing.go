package situation

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/correlate"
	"github.com/opentruce/truce/internal/sorted"
)

// A Growing situation is kept up to date while entries arrive and time passes. The cost of
// a new entry depends on what it touches, not on how much there is. Each situation that it
// returns is, to the byte, the one that Build returns for the same items at the same moment
// (TestGrowing), and does not change any more. One goroutine uses it at a time.
//
// A change that touches everything makes it compute everything again: other terms, a phase
// that people declare, extend or end, a clock that was set back. A withdrawal or correction
// costs a look at every record, and assesses again only what it touches. An entry is
// identified by its ID and its content, and not by its place in memory: it may be read
// again from a disk or another machine at each step (TestGrowingOfCopies).
type Growing struct {
	opt     Options
	last    *Situation
	inForce *inForce
	index   *correlate.Index
	others  map[truce.Digest]bool // IDs of entries that are not observations
	future  []truce.Item          // not known yet, by when they will be
	early   map[truce.Digest]int  // their IDs, and how many have each
	raw     []*truce.Decision     // as they were made, in order
	due     []truce.Instant       // deadlines that index knows
	change  Change                // of the last step
}

// Latest is what the last step gave.
func (g *Growing) Latest() (*Situation, Change) { return g.last, g.change }

// Grow begins with nothing. The options' Withheld is given with each step.
func Grow(o Options) *Growing { return &Growing{opt: o} }

// A Change is what a step made otherwise.
type Change struct {
	All     bool              // everything may be other than before
	Touched []*truce.Incident // incidents that are new, or of which something is said that was not said before; by ID
	Gone    []truce.Digest    // incidents that do not exist any more; sorted
}

// Step derives the situation of all items known by now. fresh are those that
// were not there at the step before; all gives every one of them, in the order of
// the record, and is asked where the new alone do not say what follows.
func (g *Growing) Step(a *truce.Agreement, fresh []truce.Item, all func() []truce.Item, withheld []Withheld, now truce.Instant) (*Situation, Change) {
	g.opt.Withheld = withheld
	if g.last == nil || g.last.Agreement != a || now < g.last.Now {
		return g.restart(a, all(), now)
	}
	due, _ := slices.BinarySearchFunc(g.future, now+1, func(r truce.Item, t truce.Instant) int { return cmp.Compare(r.Known, t) })
	take := slices.Clone(g.future[:due])
	var wait []truce.Item
	for _, r := range fresh {
		if r.Known > now {
			wait = append(wait, r)
		} else {
			take = append(take, r)
		}
	}
	s, l := g.last.emptyAt(now, g.opt), g.inForce
	if g.plain(take, due, wait) {
		l = l.clone()
		s.grow(l, take, g)
		for i := range take[:due] {
			g.early[take[i].ID()]--
		}
		g.wait(g.future[due:], wait)
	} else {
		items := all()
		g.early = map[truce.Digest]int{}
		g.wait(nil, later(items, now))
		l = s.entriesInForce(items, g.last.observations)
		g.known(items, s, l)
	}
	s.Phases = assess.Phases(a, s.Decisions)
	if !slices.Equal(assess.Deadlines(a, s.Phases), g.due) {
		return g.restart(a, all(), now) // what was seen before and after one is no longer, or now, one incident
	}
	return g.next(s, l)
}

// wait keeps items that are not known yet: rest, which are kept already, and more.
func (g *Growing) wait(rest, more []truce.Item) {
	for i := range more {
		g.early[more[i].ID()]++
	}
	g.future = rest
	if len(more) > 0 {
		g.future = slices.Concat(rest, more)
		slices.SortStableFunc(g.future, func(a, b truce.Item) int { return cmp.Compare(a.Known, b.Known) })
	}
}

func later(items []truce.Item, now truce.Instant) (out []truce.Item) {
	for _, r := range items {
		if r.Known > now {
			out = append(out, r)
		}
	}
	return out
}

// restart starts again with all items.
func (g *Growing) restart(a *truce.Agreement, items []truce.Item, now truce.Instant) (*Situation, Change) {
	g.early = map[truce.Digest]int{}
	s := &Situation{Agreement: a, Now: now, workers: g.opt.Workers, opt: g.opt, found: map[findingKey]*findings{}, since: &firstMoments{}, dayFirsts: &dayFirsts{}, dayPairs: &dayPairs{}}
	had := sorted.New(observationID, nil, true)
	if g.last != nil {
		had = g.last.observations
	}
	l := s.entriesInForce(items, had)
	var res *correlate.Result
	s.Phases = assess.Phases(a, s.Decisions)
	g.due = assess.Deadlines(a, s.Phases)
	s.compare = correlate.NewComparison(correlate.Input{Source: a.SourceOf, Deadlines: g.due, Regions: s.parting()})
	g.index, res = correlate.NewIndex(correlate.Input{Observations: s.observations.Slice(), Decisions: s.Decisions, Source: a.SourceOf, Deadlines: g.due, Workers: g.opt.Workers, Progress: s.progress("correlating")})
	s.correlated(res, true)
	s.gatherDeeds()
	s.prepareRules(l)
	g.wait(nil, later(items, now))
	g.known(items, s, l)
	g.last, g.inForce, g.change = s, l, Change{All: true}
	return s, g.change
}

// known keeps what a later step must know of the items of this one. A decision that was
// taken back, or that is there twice, is not made again.
func (g *Growing) known(items []truce.Item, s *Situation, l *inForce) {
	g.others, g.raw = map[truce.Digest]bool{}, nil
	for i := range items {
		if r := &items[i]; r.Observation == nil && r.Withdrawal == nil && r.Known <= s.Now {
			again := g.others[r.ID()]
			g.others[r.ID()] = true
			if r.Decision != nil && !again && !l.gone[r.ID()] {
				g.raw = append(g.raw, r.Decision)
			}
		}
	}
	slices.SortStableFunc(g.raw, bySeq)
}

// plain reports whether items do no more than add to what is there; the first
// due of them were waited for. Of two with one ID the first in the record counts,
// even if it is known later: such are looked at among all.
func (g *Growing) plain(items []truce.Item, due int, waiting []truce.Item) bool {
	seen := map[truce.Digest]bool{}
	var beside inForce // of the items
	for i := range items {
		if o := items[i].Observation; o != nil && len(o.Origins) > 0 {
			beside.cites(o)
		}
	}
	for i := range waiting {
		id := waiting[i].ID()
		if waiting[i].Withdrawal == nil && (seen[id] || g.early[id] > 0 || g.inForce.named[id] || g.last.lives(id)) {
			return false // whose word it is under an ID depends on everybody who uses that ID
		}
		seen[id] = true
	}
	for i := range items {
		r := &items[i]
		id := r.ID()
		if g.inForce.cited[id] || r.Observation != nil && cites(r.Observation) {
			return false // it decides whose word others are, and what confirms them
		}
		if o := r.Observation; o != nil && len(o.Origins) > 0 {
			for _, l := range []*inForce{g.inForce, &beside} {
				if l.posts.hasOwn(o) || l.own.hasPost(o) {
					return false // the same, by its address
				}
			}
		}
		if r.Withdrawal != nil || !r.Replaces.IsZero() && r.Replaces != id || seen[id] || g.others[id] || g.inForce.named[id] || g.last.lives(id) {
			return false
		}
		if i < due && g.early[id] > 1 || i >= due && g.early[id] > 0 {
			return false
		}
		seen[id] = true
		if d := r.Decision; d != nil && slices.ContainsFunc(g.raw, func(o *truce.Decision) bool { return o.Seq == d.Seq }) {
			return false
		}
	}
	return true
}

// cites reports whether an observation rests on entries of the record: these then decide
// whose word it is.
func cites(o *truce.Observation) bool {
	return slices.ContainsFunc(o.Origins, func(x truce.Origin) bool { return x.Kind() == truce.OriginEntry })
}

// emptyAt is an empty situation at now that shares the history of s: what entries replaced,
// and who signed them.
func (s *Situation) emptyAt(now truce.Instant, o Options) *Situation {
	return &Situation{Agreement: s.Agreement, Now: now, workers: o.Workers, opt: o, found: map[findingKey]*findings{}, editions: s.editions, signed: s.signed, compare: s.compare, dayFirsts: s.dayFirsts, dayPairs: s.dayPairs}
}

// clone is a copy to which entries are added. The map of moments is shared: what
// is in it stays, and nobody asks an earlier situation for what it does not have.
// The times are shared too: an earlier situation has drawn its extents from them.
func (l *inForce) clone() *inForce {
	out := *l
	out.cited = maps.Clone(l.cited) // an earlier situation's own does not change; nobody asks it for addresses
	return &out
}

// grow makes s what the last situation was, with plain items added.
func (s *Situation) grow(l *inForce, items []truce.Item, g *Growing) {
	was := g.last
	s.Tallies, s.Coverage, s.Corrections = slices.Clone(was.Tallies), slices.Clone(was.Coverage), was.Corrections
	s.Notifications, s.Responses, s.Restrictions = slices.Clone(was.Notifications), slices.Clone(was.Responses), slices.Clone(was.Restrictions)
	s.Attributions, s.statements = slices.Clone(was.Attributions), slices.Clone(was.statements)
	var observed []*truce.Observation
	moments := map[truce.Digest]truce.Instant{}
	decided, signers := false, map[truce.Digest]truce.PartyID{}
	for i := range items {
		r := &items[i]
		id := r.ID()
		if r.Known != l.known.common {
			moments[id] = r.Known
		}
		if r.Speaker != "" {
			signers[id] = r.Speaker
		}
		if r.Observation == nil {
			g.others[id] = true
			if r.Decision != nil {
				g.raw, decided = append(slices.Clip(g.raw), r.Decision), true
			}
			s.take(l, r)
			continue
		}
		o := s.claimed(r.Observation, nil, nil)
		if len(o.Origins) > 0 {
			l.cites(o)
		}
		l.observed(o, r.Known)
		observed = append(observed, o)
	}
	if len(signers) > 0 {
		s.signed = maps.Clone(s.signed)
		maps.Copy(s.signed, signers)
	}
	l.known.add(moments)
	slices.SortFunc(observed, func(a, b *truce.Observation) int { return a.ID.Compare(b.ID) })
	s.observations, _, _ = was.observations.With(nil, observed)
	if decided {
		slices.SortStableFunc(g.raw, bySeq)
	}
	s.Decisions, s.DayDecisions = nil, nil
	for _, d := range g.raw {
		s.addDecision(d)
	}
	s.sortItems(l)
	s.follow(l.next, l.gone)
	s.regrade()
}

// next correlates and assesses what changed between the last situation and s.
func (g *Growing) next(s *Situation, l *inForce) (*Situation, Change) {
	was := g.last
	add, drop := difference(was.observations, s.observations)
	ch, res := g.index.Update(add, drop, s.Decisions)
	cited := func(o *truce.Observation) bool { return l.cited[o.ID] }
	everything := slices.ContainsFunc(add, cited) || slices.ContainsFunc(drop, cited) || !maps.EqualFunc(s.Phases, was.Phases, assess.Phase.Same) || !sameGeneral(was.statements, s.statements)
	// A statement about an incident changes what follows for it.
	concerned := map[truce.Digest]bool{}
	changedStatements(was, s, func(id truce.Digest) { concerned[id] = true })
	touched := map[truce.Digest]*truce.Incident{} // as it is now
	for _, inc := range ch.Added {
		touched[inc.ID] = inc
	}
	gone := map[truce.Digest]bool{}
	for _, inc := range ch.Gone {
		gone[inc.ID] = true
	}
	touch := func(inc *truce.Incident) {
		if inc != nil && !gone[inc.ID] && touched[inc.ID] == nil {
			touched[inc.ID] = inc
		}
	}
	for id := range concerned {
		touch(was.IncidentOf(id))
	}
	// What an event was before it was corrected may have kept others apart.
	for _, o := range slices.Concat(drop, add) {
		for _, chain := range [][]truce.Item{was.editions[o.ID], s.editions[o.ID]} {
			of := []truce.SourceID{o.Source} // an edition may have been another source's
			for i := range chain {
				of = append(of, chain[i].Observation.Source)
			}
			for i := range chain {
				for _, inc := range was.around(chain[i].Observation, of) {
					touch(inc)
				}
			}
		}
	}
	// An event may have been beside what was corrected, when it was elsewhere.
	for id, chain := range s.editions { // any order
		for _, o := range slices.Concat(drop, add) {
			if s.Agreement.SourceOf(o.Source).Apart && slices.ContainsFunc(chain, func(r truce.Item) bool { return s.compare.Around(r.Observation, o) }) {
				touch(was.IncidentOf(id))
			}
		}
	}
	if len(s.editions) > 0 {
		for _, o := range slices.Concat(drop, add) {
			for _, inc := range was.around(o, []truce.SourceID{o.Source}) {
				touch(inc)
			}
		}
	}
	// Whether an act was return fire depends on other incidents, and on who is said to have made them.
	if s.Agreement.ReturnFire() && (len(add)+len(drop)+len(concerned) > 0 || !sameAttributions(was, s)) {
		for _, list := range [][]assess.Response{was.Responses, s.Responses} {
			for _, r := range list {
				if r.Says == truce.SaysReturnFire {
					touch(was.IncidentOf(r.To))
				}
			}
		}
	}
	for _, v := range changedNotices(was, s) {
		for _, inc := range was.Within(v) {
			touch(inc)
		}
		for id, past := range s.editions { // it may have excepted what was corrected
			if slices.ContainsFunc(past, func(r truce.Item) bool { return v.Overlaps(r.Observation.Occurred) }) {
				touch(was.IncidentOf(id))
			}
		}
	}
	if everything {
		s.since = &firstMoments{}
	} else {
		s.since = was.since.without(changed(touched, gone))
	}
	s.Edges, s.Unlocatable, s.Contradictions = res.Edges, res.Unlocatable, res.Contradictions
	s.growDeeds(was, add, drop)
	s.prepareRules(l)
	if !everything {
		for _, inc := range was.overdue(s, changed(touched, gone)) {
			touch(inc)
		}
	}
	fresh := slices.SortedFunc(maps.Values(touched), func(a, b *truce.Incident) int { return a.ID.Compare(b.ID) })
	out := Change{All: everything, Touched: fresh}
	for id := range gone {
		if touched[id] == nil {
			out.Gone = append(out.Gone, id)
		}
	}
	slices.SortFunc(out.Gone, truce.Digest.Compare)
	s.join(was, fresh, out.Gone, everything)
	if !everything {
		s.inherit(was, fresh, out.Gone)
	}
	g.last, g.inForce, g.change = s, l, out
	return s, out
}

// changed are the IDs of incidents that are gone, new or said something else of.
func changed(touched map[truce.Digest]*truce.Incident, gone map[truce.Digest]bool) map[truce.Digest]bool {
	out := maps.Clone(gone)
	for id := range touched {
		out[id] = true
	}
	return out
}

// difference lists what is in is and not in was, and the other way round. What says
// something else under the same ID is in both lists.
func difference(was, is *sorted.List[*truce.Observation]) (add, drop []*truce.Observation) {
	for _, p := range sorted.Differing(was, is) {
		a, b := was.Piece(p), is.Piece(p)
		i, j := 0, 0
		for i < len(a) && j < len(b) {
			if a[i] == b[j] {
				i, j = i+1, j+1
				continue
			}
			c := a[i].ID.Compare(b[j].ID)
			if c == 0 && a[i].Same(b[j]) {
				i, j = i+1, j+1
				continue
			}
			if c <= 0 {
				drop = append(drop, a[i])
				i++
			}
			if c >= 0 {
				add = append(add, b[j])
				j++
			}
		}
		add, drop = append(add, b[j:]...), append(drop, a[i:]...)
	}
	return add, drop
}

// sameGeneral reports whether no decision that is about no incident was made:
// such as when a phase begins.
func sameGeneral(was, is []truce.Item) bool {
	general := func(list []truce.Item) (out []truce.Digest) {
		for i := range list {
			if d := list[i].Decision; d != nil && len(d.Of) == 0 {
				out = append(out, d.ID)
			}
		}
		return out
	}
	return slices.Equal(general(was), general(is))
}

// changedStatements calls f with each observation of which decisions or replies say
// otherwise than before.
func changedStatements(was, is *Situation, f func(truce.Digest)) {
	old := map[truce.Digest][]truce.Digest{}
	for _, d := range was.AllDecisions() {
		old[d.ID] = d.Of
	}
	for _, d := range is.AllDecisions() {
		if of, ok := old[d.ID]; ok && slices.Equal(of, d.Of) {
			delete(old, d.ID)
			continue
		}
		for _, id := range d.Of {
			f(id)
		}
	}
	for _, of := range old {
		for _, id := range of {
			f(id)
		}
	}
	answered := func(list []assess.Response) map[[2]truce.Digest]bool {
		out := map[[2]truce.Digest]bool{}
		for _, r := range list {
			out[[2]truce.Digest{r.ID, r.To}] = true
		}
		return out
	}
	a, b := answered(was.Responses), answered(is.Responses)
	for x := range a {
		if !b[x] {
			f(x[1])
		}
	}
	for x := range b {
		if !a[x] {
			f(x[1])
		}
	}
	// What was known of what an observation replaces, or since when, decides when a
	// finding first existed.
	for id, past := range is.editions {
		if len(was.editions[id]) != len(past) {
			f(id)
		}
	}
}

// sameAttributions reports whether the same attributions are known.
func sameAttributions(was, is *Situation) bool {
	return slices.EqualFunc(was.Attributions, is.Attributions, func(a, b *truce.Attribution) bool { return a.ID == b.ID })
}

// changedNotices are the hours of notifications that are only in one of two situations.
func changedNotices(was, is *Situation) (out []truce.Interval) {
	in := func(list []assess.Notice, n assess.Notice) bool {
		return slices.ContainsFunc(list, func(o assess.Notice) bool { return o.ID == n.ID && o.Known == n.Known })
	}
	for _, n := range was.Notifications {
		if !in(is.Notifications, n) {
			out = append(out, n.During)
		}
	}
	for _, n := range is.Notifications {
		if !in(was.Notifications, n) {
			out = append(out, n.During)
		}
	}
	return out
}

// overdue are the incidents for which a reply was awaited and time has passed: under is,
// something else follows. Those that changed are looked at anyway, and is must not be asked
// about them as they were: it would keep the answer under their ID.
func (s *Situation) overdue(is *Situation, changed map[truce.Digest]bool) (out []*truce.Incident) {
	for key, f := range s.computed() {
		rules, err := is.reading(key.article, key.reading)
		if err != nil {
			continue
		}
		for _, x := range f.awaiting {
			if changed[x.Of] {
				continue
			}
			over := func(r *assess.Rule) bool { return r.ReplyBy(is.first(r, x.Incident, key.party)) <= is.Now }
			if slices.ContainsFunc(rules, over) && each(rules, func(r *assess.Rule) truce.Assessment { return is.assess(r, x.Incident, assess.Query{Party: key.party}) }).Outcome != x.Outcome {
				out = append(out, x.Incident)
			}
		}
	}
	return out
}

// computed are the findings that are at hand.
func (s *Situation) computed() map[findingKey]*findings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.found)
}

// join makes the incidents of s from those before; everything: what is found of them
// may be other.
func (s *Situation) join(was *Situation, fresh []*truce.Incident, gone []truce.Digest, everything bool) {
	var dropped []*truce.Incident
	s.incidents, dropped, _ = was.incidents.With(dropping(fresh, gone), fresh)
	cal := was.calendar().With(dropped, fresh)
	if everything {
		cal = cal.Afresh()
	}
	s.onceCal.Do(func() { s.cal = cal })
	var of []homed
	touched := sorted.Differing(was.observations, s.observations)
	for _, inc := range fresh {
		for _, o := range inc.Of {
			of = append(of, homed{o.ID, inc})
			touched = append(touched, s.observations.PieceOf(o.ID))
		}
	}
	slices.Sort(touched)
	slices.SortFunc(of, func(a, b homed) int { return a.id.Compare(b.id) })
	ids, incidents := make([]truce.Digest, len(of)), make([]*truce.Incident, len(of))
	for i, h := range of {
		ids[i], incidents[i] = h.id, h.inc
	}
	home := sorted.Alongside(s.observations, was.observations, was.homes(), slices.Compact(touched), ids, incidents)
	s.onceHome.Do(func() { s.home = home })
}

// homed is an observation with its incident.
type homed struct {
	id  truce.Digest
	inc *truce.Incident
}

// dropping are the IDs of what is taken out of a list: what is gone, and what is
// put in again.
func dropping(fresh []*truce.Incident, gone []truce.Digest) []truce.Digest {
	out := slices.Clone(gone)
	for _, inc := range fresh {
		out = append(out, inc.ID)
	}
	slices.SortFunc(out, truce.Digest.Compare)
	return out
}

// inherit takes over the findings on what is as it was.
func (s *Situation) inherit(was *Situation, fresh []*truce.Incident, gone []truce.Digest) {
	drop := dropping(fresh, gone)
	dropped := func(id truce.Digest) bool {
		_, ok := slices.BinarySearchFunc(drop, id, truce.Digest.Compare)
		return ok
	}
	touched := sorted.Differing(was.incidents, s.incidents)
	otherwise := sync.OnceValue(func() []truce.Interval { return s.seenOtherwise(was) })
	ids := make([]truce.Digest, len(fresh))
	for i, inc := range fresh {
		ids[i] = inc.ID
	}
	for key, old := range was.computed() {
		if key.party != "" || key.reading != "" && old.kept == nil {
			continue // seldom asked for
		}
		rules, err := s.reading(key.article, key.reading)
		if err != nil {
			continue
		}
		outcomes := make([]uint8, len(fresh))
		var found []*assess.Found
		for i, inc := range fresh {
			a := each(rules, func(r *assess.Rule) truce.Assessment { return s.assess(r, inc, assess.Query{}) })
			outcomes[i] = outcomeOf(rules, inc, a.Outcome)
			if !silent(a.Outcome) {
				found = append(found, assess.NewFound(inc, a))
			}
		}
		f := &findings{sums: old.without(drop), loc: old.loc, tallied: s.tallies(rules, assess.Query{})}
		f.outcomes = sorted.Alongside(s.incidents, was.incidents, old.outcomes, touched, ids, outcomes)
		var lost []*assess.Found
		f.found, lost, _ = old.found.With(drop, found)
		cal := old.calendar().With(lost, found)
		f.onceCal.Do(func() { f.cal = cal })
		if old.kept != nil {
			f.kept = old.kept.Without(s.Agreement, slices.Concat(otherwise(), timesOf(lost), timesOf(found), differentTotals(old.tallied, f.tallied)))
		}
		f.awaiting = slices.DeleteFunc(slices.Clone(old.awaiting), func(x *assess.Found) bool {
			return dropped(x.Of)
		})
		f.ticking = slices.DeleteFunc(slices.Clone(old.ticking), func(x *assess.Found) bool {
			return dropped(x.Of) || !s.mayRun(key.article, x.Incident)
		})
		for _, x := range found {
			if x.Outcome == truce.AwaitingResponse {
				f.awaiting = append(f.awaiting, x)
			}
			if s.ticks(key.article, x) {
				f.ticking = append(f.ticking, x)
			}
		}
		for _, list := range [][]*assess.Found{f.awaiting, f.ticking} {
			slices.SortFunc(list, func(a, b *assess.Found) int { return a.Of.Compare(b.Of) })
		}
		s.found[key] = f
	}
	s.leaves = was.kept().without(drop)
}

func observationID(o *truce.Observation) truce.Digest { return o.ID }
func incidentID(i *truce.Incident) truce.Digest       { return i.ID }
func foundOf(f *assess.Found) truce.Digest            { return f.Of }

func bySeq(a, b *truce.Decision) int { return cmp.Compare(a.Seq, b.Seq) }
