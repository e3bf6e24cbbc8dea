// Package dossier answers: what is a viewer shown of one incident?
package dossier

import (
	"cmp"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
)

// mostPaired bounds the pairs of a dossier: an incident has up to 512 observations.
const mostPaired = 32

// mostDependence bounds the sentences of which reports confirm each other.
const mostDependence = 12

// Of gathers what a viewer is shown of an incident; nil if id is of none, or of
// one that it is not shown. Where a place in it is shown wider than it is known, what
// would tell the place is left out: what its observations rest on, the scores of its
// pairs, reasons, and what is near.
func Of(s *situation.Situation, id truce.Digest, to release.Viewer) (*truce.Dossier, error) {
	inc := s.IncidentOf(id)
	if inc == nil || !to.Lists(inc, s.Known) {
		return nil, nil
	}
	tells := to.Tells(inc, s.Known)
	d := &truce.Dossier{Incident: &truce.Incident{ID: inc.ID, Occurred: inc.Occurred}}
	mine := map[truce.Digest]bool{inc.ID: true}
	shown := to.SaidOf(inc, s.Known)
	for i, o := range inc.Of {
		mine[o.ID] = true
		x := shown[i]
		d.Incident.Of = append(d.Incident.Of, x)
		d.Said = append(d.Said, truce.Described{Observation: x, Words: assess.Describe(s.Agreement, x), Known: s.Known(o.ID)})
		kind := "observation"
		if o.Alleged() {
			kind = "allegation"
		}
		d.History = append(d.History, truce.HistoryStep{Known: s.Known(o.ID), Kind: kind, ID: o.ID})
	}
	for i := range inc.Of[:min(len(inc.Of), mostPaired)] {
		if !tells {
			break
		}
		for j := range i {
			x := truce.PairScore{A: inc.Of[j].ID, B: inc.Of[i].ID}
			if parts, total, ok := s.Pair(inc.Of[j], inc.Of[i]); ok {
				x.Total = total
				for _, p := range parts {
					x.Parts = append(x.Parts, truce.ScorePart(p))
				}
			}
			d.Pairs = append(d.Pairs, x)
		}
	}
	if tells {
		d.Dependence = s.Independence().Dependence(inc.Of, mostDependence)
		proposed := map[truce.Digest]bool{}
		for _, p := range s.ProposalsAmong(inc, func(other *truce.Incident) bool { return to.Tells(other, s.Known) }) {
			d.Proposed = append(d.Proposed, truce.Proposal{PairScore: p.PairScore, Other: p.Other.ID, Why: p.Why})
			proposed[p.Other.ID] = true
		}
		if b, ok := s.BundleOf(inc); ok && !slices.ContainsFunc(b.Of, func(other *truce.Incident) bool { return !to.Tells(other, s.Known) }) {
			d.Bundle = &truce.Bundle{Day: b.Day, Reports: b.Reports(), Centre: b.Centre, RadiusM: b.RadiusM}
			for _, other := range b.Of {
				d.Bundle.Of = append(d.Bundle.Of, other.ID)
			}
		}
		var near []*truce.Incident
		near, d.NearTallies = s.MayConcern(inc, truce.MostNear, func(other *truce.Incident) bool { return !proposed[other.ID] && to.Tells(other, s.Known) })
		for _, other := range near {
			d.Near = append(d.Near, s.Row(other))
		}
	}
	for i := range s.Agreement.Provisions {
		p := &s.Agreement.Provisions[i]
		a, err := s.Assess(situation.Query{Article: p.Article, Of: inc.ID, Reasons: tells})
		if err != nil {
			return nil, err
		}
		d.Under = append(d.Under, truce.UnderArticle{Provision: p, Assessment: a, Clocks: s.Clocks(p.Article, inc)})
	}
	people(s, d, mine)
	for _, c := range s.Corrections {
		switch {
		case c.Is != nil && mine[c.Is.ID]:
			d.History = append(d.History, truce.HistoryStep{Known: c.Known, Kind: "correction", ID: c.Is.ID, Of: c.Was.ID})
		case c.Is == nil && mine[c.Was.ID]:
			d.History = append(d.History, truce.HistoryStep{Known: c.Known, Kind: "withdrawal", Of: c.Was.ID})
		}
	}
	slices.SortStableFunc(d.History, func(a, b truce.HistoryStep) int { return cmp.Compare(a.Known, b.Known) })
	return d, nil
}

// people adds what parties answered and what persons held and decided.
func people(s *situation.Situation, d *truce.Dossier, mine map[truce.Digest]bool) {
	step := func(kind string, id truce.Digest) truce.Instant {
		at := s.Known(id)
		d.History = append(d.History, truce.HistoryStep{Known: at, Kind: kind, ID: id})
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
		out := truce.Decided{Decision: x, Known: step("decision", x.ID), Earlier: assess.EarlierState(x, d.Incident), Alone: s.Alone(x)}
		for _, no := range s.Contradictions {
			if no.Decision.ID == x.ID {
				out.Unmet = &no.Why
			}
		}
		d.Decisions = append(d.Decisions, out)
	}
}
