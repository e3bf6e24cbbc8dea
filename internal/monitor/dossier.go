package monitor

import (
	"context"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/view"
)

// A Dossier is what one audience may read of an incident.
type Dossier struct {
	*situation.Dossier
	Row     truce.Row
	Entries map[truce.Digest]int64 // where what is in it stands in the record
	Private bool                   // something in it is not public: who reads it is noted
}

// Dossier gathers what an audience may read of an incident, as known at a
// moment; nil if there is none, or none that it may see. id may also be that of an
// observation: an incident's own ID changes with its membership, that of an
// observation does not.
func (r *Room) Dossier(ctx context.Context, a truce.Audience, at truce.Instant, id truce.Digest) (*Dossier, error) {
	s, reader, err := r.Known(ctx, a, at)
	if err != nil {
		return nil, err
	}
	inc := s.IncidentOf(id)
	if inc == nil {
		return nil, nil
	}
	row, ok, err := reader.Row(ctx, inc.ID)
	if err != nil || !ok {
		return nil, err
	}
	d, err := s.Dossier(inc.ID)
	if err != nil {
		return nil, err
	}
	out := &Dossier{Dossier: d, Row: row, Entries: map[truce.Digest]int64{}}
	state, _ := r.State()
	sealed := map[int64]bool{}
	for _, e := range state.Contents.Sealed {
		sealed[e.Index] = true
	}
	for _, x := range d.History {
		if e := r.EntryOf(x.ID); e >= 0 {
			out.Entries[x.ID] = e
			out.Private = out.Private || sealed[e]
		}
	}
	if a == truce.ForPublic {
		publish(s, state.Agreement.Public, out)
	}
	return out, nil
}

// publish makes a dossier one for the public: places no closer than the rules
// allow, and neither notes nor reasons that would tell a place that is blurred.
func publish(s *situation.Situation, rules truce.PublicRelease, d *Dossier) {
	for i, x := range d.Said {
		sight := view.Publish(rules, truce.ForPublic, x.Known, x.Act, x.Place)
		if !sight.Wider {
			continue
		}
		o := *x.Observation
		o.Place, o.Note, o.Evidence = sight.Place, "", nil
		d.Said[i].Observation, d.Said[i].Words = &o, assess.Describe(s.Agreement, &o)
	}
	d.Near = slices.DeleteFunc(slices.Clone(d.Near), func(inc *truce.Incident) bool {
		o := inc.Of[0]
		sight := view.Publish(rules, truce.ForPublic, s.Known(o.ID), o.Act, o.Place)
		return sight.Held || sight.Wider
	})
	if !d.Row.Blurred {
		return
	}
	d.Pairs = nil
	for i := range d.Under {
		d.Under[i].Reasons = nil
	}
}
