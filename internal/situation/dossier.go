package situation

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/correlate"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/summary"
)

// A Dossier is all that is to be said of one incident.
type Dossier struct {
	Incident     *truce.Incident
	Said         []Said         // its observations and allegations
	Dependence   []truce.Reason // who of different publishers confirms whom, and why not
	Pairs        []Pairing      // why they are taken as one; of the first 32 alone
	Under        []Under        // article by article
	Near         []truce.Row
	NearTallies  []*truce.Tally
	Responses    []*truce.Response // in the order in which they became known
	Attributions []*truce.Attribution
	Decisions    []Decided
	History      []Step // of knowledge
}

// Said is an observation or allegation, in words.
type Said struct {
	*truce.Observation
	Words string
	Known truce.Instant
}

// A Pairing is the score of two observations. Without Parts they were not both
// located: joined by a decision, or as one footprint.
type Pairing struct {
	A, B  truce.Digest
	Total int64 // milli-nats
	Parts []correlate.Part
}

// Under is what one article says of it, with the clocks that run.
type Under struct {
	Provision *truce.Provision
	truce.Assessment
	Clocks []Clock
}

// Decided is a decision about it; Earlier if its membership has changed since.
type Decided struct {
	*truce.Decision
	Known   truce.Instant
	Earlier bool
	Alone   bool          // no effect: no second reader decided the same
	Unmet   *truce.Reason // why it can no longer be followed whole
}

// A Step is something of it that became known.
type Step struct {
	Known truce.Instant
	Kind  string // observation, allegation, correction, withdrawal, response, attribution, decision
	ID    truce.Digest
	Of    truce.Digest // what it corrects or withdraws
}

// MostNear bounds the context of a dossier.
const MostNear = 8

// mostDependence bounds the sentences of who confirms whom.
const mostDependence = 12

// mostPaired bounds the pairs of a dossier: an incident has up to 512 observations.
const mostPaired = 32

// Row is an incident as lists and maps show it to the mission, but for its entry in the
// record.
func (s *Situation) Row(inc *truce.Incident) truce.Row {
	r := summary.Of(s.Agreement, inc, s.Known, s.Findings)
	for i := range r.Findings {
		r.Findings[i].Near = s.Near(r.Findings[i].Article, r.Findings[i].Outcome, inc)
	}
	return r
}

// Near are the protected objects that an incident touches by its uncertainty alone, where
// an article on such objects cannot tell for that reason.
func (s *Situation) Near(art truce.Article, o truce.Outcome, inc *truce.Incident) (out []truce.Near) {
	p, ok := s.Agreement.Provision(art)
	if !ok || len(p.Objects) == 0 || !o.Undetermined() {
		return nil
	}
	a, err := s.Assess(Query{Article: art, Of: inc.ID, Reasons: true})
	if err != nil {
		return nil
	}
	var look func(r truce.Reason)
	look = func(r truce.Reason) {
		if r.Format == mayLie && len(r.Args) >= 3 {
			if n := (truce.Near{Object: fmt.Sprint(r.Args[2]), Within: fmt.Sprint(r.Args[1])}); !slices.Contains(out, n) && len(out) < MostNear {
				out = append(out, n)
			}
		}
		for _, x := range r.Args {
			if x, ok := x.(truce.Reason); ok {
				look(x)
			}
		}
	}
	for _, r := range a.Reasons {
		look(r)
	}
	return out
}

// mayLie is how package assess says that an observation may lie near an object.
const mayLie = "%s may lie within %s of the protected object %s%s"

// Dossier gathers what a viewer is shown of an incident; nil if id is of none, or of
// one that it is not shown. Where a place in it is shown wider than it is known, what
// would tell the place is left out: the scores of its pairs, reasons, and what is near.
func (s *Situation) Dossier(id truce.Digest, to release.Viewer) (*Dossier, error) {
	inc := s.IncidentOf(id)
	if inc == nil || !to.Lists(inc, s.Known) {
		return nil, nil
	}
	tells := to.Tells(inc, s.Known)
	d := &Dossier{Incident: inc}
	mine := map[truce.Digest]bool{inc.ID: true}
	shown := to.SaidOf(inc, s.Known)
	for i, o := range inc.Of {
		mine[o.ID] = true
		x := shown[i]
		d.Said = append(d.Said, Said{x, assess.Describe(s.Agreement, x), s.Known(o.ID)})
		kind := "observation"
		if o.Alleged() {
			kind = "allegation"
		}
		d.History = append(d.History, Step{Known: s.Known(o.ID), Kind: kind, ID: o.ID})
	}
	for i := range inc.Of[:min(len(inc.Of), mostPaired)] {
		if !tells {
			break
		}
		for j := range i {
			parts, total, ok := s.Pair(inc.Of[j], inc.Of[i])
			if !ok {
				parts = nil
			}
			d.Pairs = append(d.Pairs, Pairing{inc.Of[j].ID, inc.Of[i].ID, total, parts})
		}
	}
	if tells {
		d.Dependence = s.ctx.Dependence(inc.Of, mostDependence)
		var near []*truce.Incident
		near, d.NearTallies = s.MayConcern(inc, MostNear, func(other *truce.Incident) bool { return to.Tells(other, s.Known) })
		for _, other := range near {
			d.Near = append(d.Near, s.Row(other))
		}
	}
	for i := range s.Agreement.Provisions {
		p := &s.Agreement.Provisions[i]
		a, err := s.Assess(Query{Article: p.Article, Of: inc.ID, Reasons: tells})
		if err != nil {
			return nil, err
		}
		d.Under = append(d.Under, Under{p, a, s.Clocks(p.Article, inc)})
	}
	s.people(d, mine)
	for _, c := range s.Corrections {
		switch {
		case c.Is != nil && mine[c.Is.ID]:
			d.History = append(d.History, Step{c.Known, "correction", c.Is.ID, c.Was.ID})
		case c.Is == nil && mine[c.Was.ID]:
			d.History = append(d.History, Step{c.Known, "withdrawal", truce.Digest{}, c.Was.ID})
		}
	}
	slices.SortStableFunc(d.History, func(a, b Step) int { return cmp.Compare(a.Known, b.Known) })
	return d, nil
}

// people adds what parties answered and what persons held and decided.
func (s *Situation) people(d *Dossier, mine map[truce.Digest]bool) {
	step := func(kind string, id truce.Digest) truce.Instant {
		at := s.Known(id)
		d.History = append(d.History, Step{Known: at, Kind: kind, ID: id})
		return at
	}
	for i := range s.Responses {
		if x := s.Responses[i].Response; mine[x.To] {
			d.Responses = append(d.Responses, x)
			step("response", x.ID)
		}
	}
	for _, a := range s.Attributions {
		if mine[a.Of[0]] {
			d.Attributions = append(d.Attributions, a)
			step("attribution", a.ID)
		}
	}
	for _, x := range s.Decisions {
		if !slices.ContainsFunc(x.Of, func(id truce.Digest) bool { return mine[id] }) {
			continue
		}
		out := Decided{Decision: x, Known: step("decision", x.ID), Earlier: assess.EarlierState(x, d.Incident), Alone: s.Alone(x)}
		for _, no := range s.Contradictions {
			if no.Decision.ID == x.ID {
				out.Unmet = &no.Why
			}
		}
		d.Decisions = append(d.Decisions, out)
	}
}
