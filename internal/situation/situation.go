// Package situation answers: what follows from all that is known at one
// moment? It folds records into incidents and assessments. It is pure: the same
// agreement, records and moment give the same situation, on every machine and
// in whatever order the records of one moment stand.
//
// It also reads and runs scenarios, the texts in which parties and tests say
// what must come out.
package situation

import (
	"fmt"
	"slices"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/correlate"
)

// Options are what a situation needs from outside. The zero value is useful.
type Options struct {
	// Region finds a region by name, after the agreement's own zones; nil: none.
	Region  func(name string) (*geo.Region, string, error)
	Workers int // 0: one per processor; the result does not depend on it
	// Geometry is kept between situations of one agreement; nil: made anew.
	Geometry *assess.Geometry
}

// A Situation is what follows from records at a moment of knowledge. It is
// read-only once built, and safe for concurrent use.
type Situation struct {
	Agreement *truce.Agreement
	Now       truce.Instant // Never: everything is known

	Observations  []*truce.Observation // allegations among them; by ID
	Tallies       []*truce.Tally
	Coverage      []*truce.Coverage
	Notifications []assess.Notice
	Responses     []assess.Response
	Restrictions  []*truce.Restriction
	Decisions     []*truce.Decision // in order
	Phases        map[string]assess.Phase

	Incidents      []*truce.Incident // by ID
	Edges          int
	Unlocatable    int
	Contradictions []correlate.Contradiction

	extent  truce.Interval
	ctx     *assess.Context
	rules   map[truce.Article][]*assess.Rule
	workers int

	once sync.Once
	of   map[truce.Digest]*truce.Incident // by observation

	mu    sync.Mutex
	found map[findingKey][]assess.Found
}

type findingKey struct {
	article truce.Article
	reading string
	party   truce.PartyID
}

// Build derives the situation of records known by now. Records of one moment
// may stand in any order, except decisions, whose order counts.
func Build(a *truce.Agreement, records []truce.Record, now truce.Instant, o Options) *Situation {
	s := &Situation{Agreement: a, Now: now, workers: o.Workers, found: map[findingKey][]assess.Found{}}
	l := s.live(records)
	known := l.known
	s.extent = truce.Interval{Start: l.first, End: l.latest}
	s.Phases = phases(a, s.Decisions)
	res := correlate.Correlate(correlate.Input{Observations: s.Observations, Decisions: s.Decisions, Source: a.SourceOf, Workers: o.Workers})
	s.Incidents, s.Edges, s.Unlocatable, s.Contradictions = res.Incidents, res.Edges, res.Unlocatable, res.Contradictions
	s.ctx = assess.NewContext(assess.Context{Agreement: a, Now: now, First: l.first, Latest: l.latest, Phases: s.Phases,
		Notifications: s.Notifications, Coverage: s.Coverage, Restrictions: s.Restrictions, Responses: s.Responses,
		Tallies: s.Tallies, Decisions: s.Decisions, PartyWord: l.words,
		Known: func(id truce.Digest) truce.Instant {
			if at, ok := known[id]; ok {
				return at
			}
			return l.common
		},
		Region: Regions(a, o.Region), Geometry: o.Geometry})
	s.rules = map[truce.Article][]*assess.Rule{}
	for i := range a.Provisions {
		s.rules[a.Provisions[i].Article] = s.ctx.Rules(&a.Provisions[i])
	}
	return s
}

// Regions looks up the agreement's zones first, then outside.
func Regions(a *truce.Agreement, outside func(string) (*geo.Region, string, error)) func(string) (*geo.Region, string, bool) {
	return func(name string) (*geo.Region, string, bool) {
		if z := zoneOf(a, name); z != nil && z.Region != nil {
			return z.Region, z.Name, true
		}
		if outside == nil {
			return nil, "", false
		}
		r, canonical, err := outside(name)
		return r, canonical, err == nil
	}
}

// living are the entries in force at a moment.
type living struct {
	known  map[truce.Digest]truce.Instant // of entries whose moment is not common
	common truce.Instant                  // the moment most entries share
	first  truce.Instant
	latest truce.Instant
	words  []assess.PartyWord
}

// live keeps what was known by then, and neither withdrawn nor replaced. Of
// entries with one ID the first counts: reading a file twice is harmless.
func (s *Situation) live(records []truce.Record) *living {
	l := &living{known: map[truce.Digest]truce.Instant{}, common: truce.Always, first: truce.Never, latest: truce.Always}
	if len(records) > 0 {
		l.common = records[0].Known
	}
	gone := map[truce.Digest]bool{}
	next := map[truce.Digest]truce.Digest{} // a replaced entry to the one in its place
	for i := range records {
		r := &records[i]
		switch {
		case r.Known > s.Now:
		case r.Withdrawal != nil:
			gone[r.Withdrawal.Of] = true
		case !r.Replaces.IsZero():
			gone[r.Replaces] = true
			next[r.Replaces] = r.ID()
		}
	}
	span := func(v truce.Interval) {
		if v.Start.Stated() {
			l.first = min(l.first, v.Start)
		}
		if v.End.Stated() {
			l.latest = max(l.latest, v.End)
		}
	}
	word := func(p truce.PartyID, v truce.Interval, covers string) {
		if p != "" {
			l.words = append(l.words, assess.PartyWord{Party: p, During: v, Covers: covers})
		}
	}
	once := make(map[truce.Digest]bool, len(records))
	for i := range records {
		r := &records[i]
		id := r.ID()
		if r.Known > s.Now || r.Withdrawal != nil || gone[id] || once[id] {
			continue
		}
		once[id] = true
		if r.Known != l.common {
			l.known[id] = r.Known
		}
		switch {
		case r.Observation != nil:
			o := s.claimed(r.Observation)
			s.Observations = append(s.Observations, o)
			span(o.Occurred)
			word(o.Claimant, o.Occurred, "")
		case r.Tally != nil:
			t := r.Tally
			if p := s.Agreement.SourceOf(t.Source).Party; p != "" && t.Claimant == "" {
				c := *t
				c.Claimant = p
				t = &c
			}
			s.Tallies = append(s.Tallies, t)
			span(t.Period)
			word(t.Claimant, t.Period, "")
		case r.Coverage != nil:
			s.Coverage = append(s.Coverage, r.Coverage)
			span(r.Coverage.During)
			p := r.Coverage.Claimant
			if p == "" {
				p = s.Agreement.SourceOf(r.Coverage.Source).Party
			}
			word(p, r.Coverage.During, r.Coverage.What)
		case r.Notification != nil:
			s.Notifications = append(s.Notifications, assess.Notice{Notification: r.Notification, Known: r.Known})
		case r.Response != nil:
			s.Responses = append(s.Responses, assess.Response{Response: r.Response, Known: r.Known})
			span(r.Response.During)
		case r.Restriction != nil:
			s.Restrictions = append(s.Restrictions, r.Restriction)
			span(r.Restriction.During)
		case r.Decision != nil:
			s.Decisions = append(s.Decisions, r.Decision)
		}
	}
	slices.SortFunc(s.Observations, func(a, b *truce.Observation) int { return compare(a.ID, b.ID) })
	slices.SortFunc(s.Tallies, func(a, b *truce.Tally) int { return compare(a.ID, b.ID) })
	slices.SortFunc(s.Coverage, func(a, b *truce.Coverage) int { return compare(a.ID, b.ID) })
	slices.SortStableFunc(s.Decisions, func(a, b *truce.Decision) int { return int(min(1, max(-1, a.Seq-b.Seq))) })
	s.follow(next, once, gone)
	return l
}

// claimed marks what a party's organ says as an allegation.
func (s *Situation) claimed(o *truce.Observation) *truce.Observation {
	if p := s.Agreement.SourceOf(o.Source).Party; p != "" && o.Claimant == "" {
		c := *o
		c.Claimant = p
		return &c
	}
	return o
}

// follow lets decisions name what took the place of the entries they named. A
// decision whose entries were all withdrawn keeps its effect on the rest of
// the incident it was made on.
func (s *Situation) follow(next map[truce.Digest]truce.Digest, live, gone map[truce.Digest]bool) {
	resolve := func(ids []truce.Digest) (out []truce.Digest) {
		for _, id := range ids {
			for range len(next) + 1 {
				n, ok := next[id]
				if !ok {
					break
				}
				id = n
			}
			if live[id] && !gone[id] && !slices.Contains(out, id) {
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
			of = resolve(d.State)
		}
		if !slices.Equal(of, d.Of) {
			c := *d
			c.Of = of
			s.Decisions[i] = &c
		}
	}
}

func compare(a, b truce.Digest) int {
	switch {
	case a.Less(b):
		return -1
	case a == b:
		return 0
	}
	return 1
}

func zoneOf(a *truce.Agreement, name string) *truce.Zone {
	if z := a.Zones[name]; z != nil {
		return z
	}
	for _, n := range a.ZoneOrder {
		if equalFold(n, name) {
			return a.Zones[n]
		}
	}
	return nil
}

// phases are when the agreement's phases last, as declared, extended and
// terminated by people.
func phases(a *truce.Agreement, ds []*truce.Decision) map[string]assess.Phase {
	out := map[string]assess.Phase{}
	for _, p := range a.Phases {
		out[p.ID] = phase(a, &p, ds)
	}
	return out
}

func phase(a *truce.Agreement, p *truce.Phase, ds []*truce.Decision) assess.Phase {
	out := assess.Phase{Begun: true}
	from := p.From
	if p.FromEvent != "" {
		from = truce.Never
		for _, d := range ds {
			if d.Kind == truce.Declare && d.Name == p.FromEvent {
				from = d.From
			}
		}
		if from == truce.Never {
			return assess.Phase{Why: fmt.Sprintf("phase %s begins when %s is declared, and it has not been", p.ID, p.FromEvent)}
		}
		out.Why = fmt.Sprintf("%s was declared", p.FromEvent)
	}
	end := func(from truce.Instant, to truce.Instant, s truce.Span) truce.Instant {
		if s != (truce.Span{}) {
			return s.After(from, a.Location)
		}
		return to
	}
	out.During = []truce.Interval{{Start: from, End: end(from, p.To, p.For)}}
	for _, d := range ds {
		if d.Name != p.ID {
			continue
		}
		last := &out.During[len(out.During)-1]
		switch d.Kind {
		case truce.Extend:
			to := d.To
			if to == 0 {
				to = truce.Never
			}
			to = end(max(d.From, last.End), to, d.For)
			if d.From <= last.End {
				last.End = max(last.End, to)
			} else {
				out.During = append(out.During, truce.Interval{Start: d.From, End: to})
			}
			out.Why = fmt.Sprintf("phase %s was extended", p.ID)
		case truce.Terminate:
			var kept []truce.Interval
			for _, v := range out.During {
				if v.End = min(v.End, d.From); v.Valid() {
					kept = append(kept, v)
				}
			}
			out.Why = fmt.Sprintf("phase %s was terminated", p.ID)
			if out.During = kept; len(kept) == 0 {
				return assess.Phase{Why: out.Why}
			}
		}
	}
	return out
}

// Extent is the time that the entries are about: from the start of the
// earliest to the end of the latest. It is not Valid when there are none.
func (s *Situation) Extent() truce.Interval { return s.extent }
