package situation

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/correlate"
	"github.com/opentruce/truce/internal/sorted"
)

// assess assesses an incident under a rule, with the clock of a reply.
func (s *Situation) assess(r *assess.Rule, inc *truce.Incident, q assess.Query) truce.Assessment {
	out := r.Finding(inc, q)
	if r.MayAwait(&out) {
		r.Await(inc, s.first(r, inc, q.Party), &out)
	}
	r.Decide(inc, &out)
	return out
}

// first is the moment at which an apparent violation first existed in knowledge of what
// an incident is of now; Never: it has not. Clocks run from it.
func (s *Situation) first(r *assess.Rule, inc *truce.Incident, party truce.PartyID) truce.Instant {
	key := momentKey{inc.ID, findingKey{r.Article(), r.Reading(), party}}
	at, ok := s.since.get(key)
	if !ok {
		at = r.First(s.states(inc), party)
		s.since.keep(key, at)
	}
	return at
}

// firstMoments keep when findings first existed, in parts by the first bits of the
// incident's ID. Situations that follow one another share the parts in which nothing
// changed.
type firstMoments struct {
	mu    sync.Mutex
	parts []*momentPart // nil: nothing is kept yet, in any or in one
}

type momentPart struct {
	mu sync.Mutex
	at map[momentKey]truce.Instant
}

type momentKey struct {
	of truce.Digest // the incident
	findingKey
}

// part is the one that has an incident; nil: nothing of it is kept.
func (x *firstMoments) part(of truce.Digest) *momentPart {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.parts == nil {
		return nil
	}
	return x.parts[sorted.LeafOf(of)]
}

func (x *firstMoments) get(key momentKey) (truce.Instant, bool) {
	p := x.part(key.of)
	if p == nil {
		return 0, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.at[key]
	return at, ok
}

func (x *firstMoments) keep(key momentKey, at truce.Instant) {
	x.mu.Lock()
	if x.parts == nil {
		x.parts = make([]*momentPart, sorted.Leaves)
	}
	p := x.parts[sorted.LeafOf(key.of)]
	if p == nil {
		p = &momentPart{at: map[momentKey]truce.Instant{}}
		x.parts[sorted.LeafOf(key.of)] = p
	}
	x.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at[key] = at
}

// without are the moments without those of some incidents.
func (x *firstMoments) without(ids map[truce.Digest]bool) *firstMoments {
	x.mu.Lock()
	defer x.mu.Unlock()
	out := &firstMoments{parts: slices.Clone(x.parts)}
	if x.parts == nil {
		return out
	}
	for id := range ids { // any order
		n := sorted.LeafOf(id)
		if p := x.parts[n]; p != nil && out.parts[n] == p {
			p.mu.Lock()
			out.parts[n] = &momentPart{at: maps.Clone(p.at)}
			p.mu.Unlock()
			maps.DeleteFunc(out.parts[n].at, func(k momentKey, _ truce.Instant) bool { return ids[k.of] })
		}
	}
	return out
}

// states are those through which the entries that an incident is of now went: its
// observations and what they replaced, the decisions on them, and the notifications
// that could except them, as each became known. With them go the events of other
// incidents that fit as well, and what these replaced: as long as one of them was known
// and as good, nothing was joined. So do the other events nearby of its catalogues, if
// anything was corrected (companions). The last is the state of now. What was withdrawn
// leaves no trace in them.
func (s *Situation) states(inc *truce.Incident) iter.Seq[assess.State] {
	return func(yield func(assess.State) bool) {
		p := s.past(inc)
		for _, at := range p.moments() {
			if there, own := p.inForce(at); own > 0 && !yield(p.state(at, there, own)) {
				return
			}
		}
	}
}

// A past is what was known of the entries of one incident, and when.
type past struct {
	s         *Situation
	inc       *truce.Incident
	entries   []pastEntry
	former    map[truce.Digest]bool // rivals that are none any more, and companions
	decisions []*recordedDecision   // on them, in order
	notices   []assess.Notice       // that overlap one of them, by when they became known
	terms     []terms
}

// A pastEntry is an observation of the incident, or one that was replaced by one; or a
// rival, which is neither.
type pastEntry struct {
	*truce.Observation
	known    truce.Instant
	replaced []replacement
	rival    bool
}

type replacement struct {
	known truce.Instant
	by    truce.Digest
}

// gone reports whether something had taken the entry's place at a moment.
func (e *pastEntry) gone(at truce.Instant) bool {
	return slices.ContainsFunc(e.replaced, func(r replacement) bool { return r.known <= at })
}

func (s *Situation) past(inc *truce.Incident) *past {
	p := &past{s: s, inc: inc, entries: make([]pastEntry, 0, len(inc.Of))}
	add := func(o *truce.Observation, rival bool) {
		chain := s.editions[o.ID]
		if chain == nil {
			p.entries = append(p.entries, pastEntry{Observation: o, known: s.Known(o.ID), rival: rival})
		}
		for i := range chain {
			switch r := &chain[i]; {
			case p.entry(r.Observation.ID) != nil: // of entries with one ID the first counts
			case r.Observation.ID == o.ID:
				p.entries = append(p.entries, pastEntry{Observation: o, known: r.Known, rival: rival})
			default:
				p.entries = append(p.entries, pastEntry{Observation: s.claimed(r.Observation, nil, s.ctx.Citations), known: r.Known, rival: rival})
			}
		}
	}
	for _, o := range inc.Of {
		add(o, false)
	}
	former := s.formerRivals(inc)
	for _, o := range s.companions(inc) {
		if !hasID(former, o.ID) {
			former = append(former, o)
		}
	}
	p.former = map[truce.Digest]bool{}
	for _, o := range former {
		p.former[o.ID] = true
	}
	rivals := slices.Concat(inc.Rivals, former)
	for _, o := range rivals {
		add(o, true)
	}
	for _, o := range slices.Concat(inc.Of, rivals) {
		for _, r := range s.editions[o.ID] {
			if e := p.entry(r.Replaces); e != nil {
				e.replaced = append(e.replaced, replacement{r.Known, r.Observation.ID})
			}
		}
	}
	t := s.decisionsMade()
	p.terms = t.terms
	for _, o := range inc.Of {
		for _, d := range t.on[o.ID] {
			if !slices.Contains(p.decisions, d) {
				p.decisions = append(p.decisions, d)
			}
		}
	}
	slices.SortFunc(p.decisions, func(a, b *recordedDecision) int { return cmp.Compare(a.n, b.n) })
	for _, n := range s.Notifications {
		if slices.ContainsFunc(p.entries, func(e pastEntry) bool { return n.During.Overlaps(e.Occurred) }) {
			p.notices = append(p.notices, n)
		}
	}
	return p
}

func (p *past) entry(id truce.Digest) *pastEntry {
	for i := range p.entries {
		if p.entries[i].ID == id {
			return &p.entries[i]
		}
	}
	return nil
}

// moments are those by now at which anything of it became known, in order.
func (p *past) moments() []truce.Instant {
	var out []truce.Instant
	for i := range p.entries {
		out = append(out, p.entries[i].known)
		for _, r := range p.entries[i].replaced {
			out = append(out, r.known)
		}
	}
	for _, d := range p.decisions {
		out = append(out, d.known)
	}
	for i := range p.notices {
		out = append(out, p.notices[i].Known)
	}
	for i := range p.terms {
		out = append(out, p.terms[i].from)
	}
	out = slices.DeleteFunc(out, func(at truce.Instant) bool { return at > p.s.Now })
	slices.Sort(out)
	return slices.Compact(out)
}

// inForce are the observations that were known at a moment and that nothing had replaced,
// and how many of them are not rivals; these come first.
func (p *past) inForce(at truce.Instant) (out []*truce.Observation, own int) {
	for i := range p.entries {
		if e := &p.entries[i]; e.known <= at && !e.gone(at) {
			if out = append(out, e.Observation); !e.rival {
				own++
			}
		}
	}
	return out, own
}

// state is that of a moment at which some observations were there, so many of which are no
// rivals.
func (p *past) state(at truce.Instant, there []*truce.Observation, own int) assess.State {
	st := assess.State{At: at}
	grouped := true // as the decisions that bring together and part do now
	for _, d := range p.decisions {
		groups := d.made.Kind == truce.Merge || d.made.Kind == truce.Split
		if d.known > at {
			grouped = grouped && !groups
			continue
		}
		c := *d.made
		c.Of = p.named(d.made, at)
		st.Decisions = append(st.Decisions, &c)
	}
	n := len(p.notices)
	for n > 0 && p.notices[n-1].Known > at {
		n--
	}
	st.Notifications = p.notices[:n:n]
	last := len(p.terms) - 1
	then := last
	for p.terms[then].from > at {
		then--
	}
	if then < last {
		st.Phases = p.terms[then].phases
	}
	switch {
	case grouped && slices.Equal(p.terms[then].deadlines, p.terms[last].deadlines) && p.isNow(there, own):
		st.Incidents = []*truce.Incident{p.inc}
	case len(there) == 1:
		st.Incidents = []*truce.Incident{truce.NewIncident(there)}
	default:
		st.Incidents = correlate.Correlate(correlate.Input{Observations: there, Decisions: st.Decisions, Source: p.s.Agreement.SourceOf, Deadlines: p.terms[then].deadlines, Workers: 1}).Incidents
		st.Incidents = slices.DeleteFunc(st.Incidents, func(inc *truce.Incident) bool { // of rivals alone
			return !slices.ContainsFunc(inc.Of, func(o *truce.Observation) bool { return slices.Contains(there[:own], o) })
		})
	}
	return st
}

// isNow reports whether what was there is what the incident and its rivals are now.
func (p *past) isNow(there []*truce.Observation, own int) bool {
	is := func(list, now []*truce.Observation) bool {
		return len(list) == len(now) && !slices.ContainsFunc(list, func(o *truce.Observation) bool {
			_, ok := slices.BinarySearchFunc(now, o.ID, func(o *truce.Observation, id truce.Digest) int { return o.ID.Compare(id) })
			return !ok
		})
	}
	if !is(there[:own], p.inc.Of) {
		return false
	}
	rivals := slices.DeleteFunc(slices.Clone(there[own:]), func(o *truce.Observation) bool { return p.former[o.ID] })
	return is(rivals, p.inc.Rivals)
}

// formerRivals are events that do not fit an incident now, but that did before they were
// corrected.
func (s *Situation) formerRivals(inc *truce.Incident) (out []*truce.Observation) {
	if len(inc.Of) < 2 {
		return nil
	}
	for _, o := range inc.Of {
		if !s.Agreement.SourceOf(o.Source).Apart {
			continue
		}
		for _, x := range s.corrected(o.Source) {
			if hasID(inc.Of, x.ID) || hasID(inc.Rivals, x.ID) || hasID(out, x.ID) {
				continue
			}
			chain := s.editions[x.ID]
			if slices.ContainsFunc(chain, func(r truce.Item) bool {
				return s.near(r.Observation, inc) && slices.ContainsFunc(inc.Of, func(o *truce.Observation) bool {
					return s.compare.Fit(s.claimed(r.Observation, nil, s.ctx.Citations), o)
				})
			}) {
				out = append(out, x)
			}
		}
	}
	return out
}

// companions are the events of the catalogues of an incident of several that are or were in
// the neighbourhood of one of its events, and no rivals: the more they are, the less is a pair
// of events likely to be of one act. If none of them, of the rivals and of what the incident is
// of was corrected, there were never more of them than now, nor did an event fit less well, and
// the incident was joined as soon as what it is of was known. Then they make no difference, and
// none are given.
func (s *Situation) companions(inc *truce.Incident) (out []*truce.Observation) {
	if len(inc.Of) < 2 || len(s.editions) == 0 {
		return nil
	}
	var apart []truce.SourceID
	corrected := slices.ContainsFunc(inc.Rivals, func(o *truce.Observation) bool { return s.editions[o.ID] != nil })
	var was []*truce.Observation // what the incident is of, as it is and as it was
	for _, o := range inc.Of {
		if s.compare.Event(o) && !slices.Contains(apart, o.Source) {
			apart = append(apart, o.Source)
		}
		was = append(was, o)
		for _, r := range s.editions[o.ID] {
			corrected, was = true, append(was, s.claimed(r.Observation, nil, s.ctx.Citations))
		}
	}
	beside := func(x *truce.Observation) bool {
		return slices.ContainsFunc(was, func(o *truce.Observation) bool { return s.compare.Around(o, x) || s.compare.Fit(o, x) })
	}
	own := func(x *truce.Observation) bool { return hasID(inc.Of, x.ID) || hasID(inc.Rivals, x.ID) }
	for _, of := range apart {
		for _, x := range s.corrected(of) {
			if !own(x) && (beside(x) || slices.ContainsFunc(s.editions[x.ID], func(r truce.Item) bool { return beside(r.Observation) })) {
				corrected, out = true, append(out, x)
			}
		}
	}
	if !corrected {
		return nil
	}
	for o := range s.observations.All() {
		if slices.Contains(apart, o.Source) && s.editions[o.ID] == nil && !own(o) && beside(o) {
			out = append(out, o)
		}
	}
	return out
}

// hasID reports whether an entry is among a few; one that was read again is another pointer.
func hasID(list []*truce.Observation, id truce.Digest) bool {
	return slices.ContainsFunc(list, func(o *truce.Observation) bool { return o.ID == id })
}

// near reports whether an observation is close enough in time to be of an incident.
func (s *Situation) near(o *truce.Observation, inc *truce.Incident) bool {
	v := inc.Occurred
	return o.Occurred.Start <= v.End.Add(12*time.Hour) && v.Start <= o.Occurred.End.Add(12*time.Hour)
}

// corrected are the observations of a source that replaced others.
func (s *Situation) corrected(source truce.SourceID) []*truce.Observation {
	s.onceCorrected.Do(func() {
		s.corrections = map[truce.SourceID][]*truce.Observation{}
		for id := range s.editions { // any order: each is sorted below
			if o, ok := s.observations.Get(id); ok {
				s.corrections[o.Source] = append(s.corrections[o.Source], o)
			}
		}
		for _, list := range s.corrections {
			slices.SortFunc(list, func(a, b *truce.Observation) int { return a.ID.Compare(b.ID) })
		}
	})
	return s.corrections[source]
}

// around are the incidents of several, with events of one of some sources that keep their own
// apart, whose history an edition of an event may be in.
func (s *Situation) around(o *truce.Observation, of []truce.SourceID) (out []*truce.Incident) {
	of = slices.DeleteFunc(slices.Clone(of), func(id truce.SourceID) bool { return !s.Agreement.SourceOf(id).Apart })
	if len(of) == 0 {
		return nil
	}
	v := o.Occurred
	v.Start, v.End = v.Start.Add(-12*time.Hour), v.End.Add(12*time.Hour)
	for _, inc := range s.Within(v) {
		if len(inc.Of) > 1 && slices.ContainsFunc(inc.Of, func(x *truce.Observation) bool { return slices.Contains(of, x.Source) }) {
			out = append(out, inc)
		}
	}
	return out
}

// named are the observations that a decision named at a moment: those that were in the
// place of what it names, or, where none of these is of the incident's entries any
// more, one of the rest of the incident that it was made on.
func (p *past) named(d *truce.Decision, at truce.Instant) []truce.Digest {
	out := p.resolve(d.Of, at)
	if len(out) == 0 {
		out = p.resolve(d.State, at)
		out = out[:min(1, len(out))]
	}
	return out
}

// resolve are the observations that were in the place of some entries at a moment.
func (p *past) resolve(ids []truce.Digest, at truce.Instant) (out []truce.Digest) {
	for _, id := range ids {
		e := p.entry(id)
		for range p.entries { // however entries replace each other
			if e == nil || !e.gone(at) {
				break
			}
			by := e.replaced[0].by
			for _, r := range e.replaced {
				if r.known <= at {
					by = r.by
				}
			}
			e = p.entry(by)
		}
		if e != nil && e.known <= at && !e.gone(at) && !slices.Contains(out, e.ID) {
			out = append(out, e.ID)
		}
	}
	return out
}

// A decisionHistory is what people decided on incidents and about the agreement's phases, and
// when it became known.
type decisionHistory struct {
	terms []terms                              // in order; the first are those before anybody declared anything
	on    map[truce.Digest][]*recordedDecision // by the observations that decisions are on now
	last  truce.Instant                        // when the latest entry became known that is on no incident: a notification, a phase
}

// terms are the phases as they were from a moment on, and the deadlines that follow.
type terms struct {
	from      truce.Instant
	phases    map[string]assess.Phase
	deadlines []truce.Instant
}

// A recordedDecision is a decision as it was recorded.
type recordedDecision struct {
	n     int // in the order of decisions
	known truce.Instant
	made  *truce.Decision
}

// decisionsMade is the history of decisions, which is made once for all incidents.
func (s *Situation) decisionsMade() *decisionHistory {
	s.onceDecided.Do(func() {
		t := &decisionHistory{on: map[truce.Digest][]*recordedDecision{}, last: truce.Always}
		made := map[truce.Digest]*recordedDecision{}
		var general []*truce.Decision
		begin := func(at truce.Instant) {
			ph := assess.Phases(s.Agreement, slices.SortedStableFunc(slices.Values(general), bySeq))
			switch n := len(t.terms); {
			case n > 0 && t.terms[n-1].from == at:
				t.terms = t.terms[:n-1]
			case n > 0 && maps.EqualFunc(ph, t.terms[n-1].phases, assess.Phase.Same):
				return
			}
			t.terms = append(t.terms, terms{at, ph, assess.Deadlines(s.Agreement, ph)})
		}
		begin(truce.Always)
		for i := range s.statements { // by when it became known
			d, known := s.statements[i].Decision, s.statements[i].Known
			switch {
			case d == nil:
				t.last = known
			case len(d.Of) > 0:
				made[d.ID] = &recordedDecision{known: known, made: d}
			default:
				t.last, general = known, append(general, d)
				begin(known)
			}
		}
		for n, d := range s.Decisions {
			if m := made[d.ID]; m != nil {
				m.n = n
				for _, id := range d.Of {
					t.on[id] = append(t.on[id], m)
				}
			}
		}
		s.decided = t
	})
	return s.decided
}
