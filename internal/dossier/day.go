package dossier

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
)

// OfDay gathers what a viewer is shown of a finding of days; nil if id is of none, or of one
// that rests on something that the viewer is not shown as it is known.
func OfDay(s *situation.Situation, id truce.Digest, to release.Viewer) *truce.DayDossier {
	f := s.DayFinding(id)
	if f == nil || !to.TellsDay(f.Support, s.IncidentOf, s.Known) {
		return nil
	}
	d := &truce.DayDossier{DayRow: s.DayRow(f), Clocks: s.DayClocks(f)}
	d.Provision, _ = s.Agreement.Provision(f.Article)
	var of []*truce.Observation
	for _, id := range f.Support {
		inc := s.IncidentOf(id)
		if inc == nil {
			continue
		}
		for _, o := range inc.Of {
			if o.ID == id {
				of = append(of, o)
				d.Reports = append(d.Reports, truce.DayReport{Described: truce.Described{Observation: o, Words: assess.Describe(s.Agreement, o), Known: s.Known(id)},
					Incident: inc.ID, Why: s.WhyDay(f, o)})
			}
		}
	}
	d.Dependence = s.Independence().Dependence(of, mostDependence)
	for _, x := range s.DayDecided(f) {
		if !to.TellsDay(x.State, s.IncidentOf, s.Known) {
			continue
		}
		d.Decisions = append(d.Decisions, truce.Decided{Decision: x, Known: s.Known(x.ID), Earlier: !slices.Equal(x.State, f.Named()), Alone: s.Alone(x)})
	}
	return d
}
