package monitor

import (
	"context"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
)

// A Dossier is what one audience may read of an incident.
type Dossier struct {
	*truce.Dossier
	Row     truce.Row
	Entries map[truce.Digest]int64 // which entry of the record each of its items is
	Private bool                   // something in it is not public: its readers are logged
}

// Unpublished reports whether some observations are sealed, or have words that are not public.
func (r *Room) Unpublished(ids ...truce.Digest) bool {
	state, _ := r.State()
	for _, id := range ids {
		if r.feed.Load().HasText(id) {
			return true
		}
		if e := r.EntryOf(id); e >= 0 && slices.ContainsFunc(state.Contents.Sealed, func(x *ledger.Entry) bool { return x.Index == e }) {
			return true
		}
	}
	return false
}

// Dossier gathers what an audience may read of an incident, as known at a
// moment; nil if there is none, or none that it may see. id may also be that of an
// observation: an incident's own ID changes with its membership, that of an
// observation does not.
func (r *Room) Dossier(ctx context.Context, a truce.Audience, at truce.Instant, id truce.Digest) (*Dossier, error) {
	_, reader, err := r.Known(ctx, a, at)
	if err != nil {
		return nil, err
	}
	inc, ok, err := reader.IncidentOf(ctx, id)
	if err != nil || !ok {
		return nil, err
	}
	row, ok, err := reader.Row(ctx, inc)
	if err != nil || !ok {
		return nil, err
	}
	d, err := reader.Dossier(ctx, inc)
	if err != nil || d == nil {
		return nil, err
	}
	out := &Dossier{Dossier: d, Row: row, Entries: map[truce.Digest]int64{}}
	state, _ := r.State()
	sealed := map[int64]bool{}
	for _, e := range state.Contents.Sealed {
		sealed[e.Index] = true
	}
	for _, x := range d.Decisions {
		out.Private = out.Private || a != truce.ForPublic && r.feed.Load().HasText(x.ID)
	}
	for _, x := range d.History {
		if e := r.EntryOf(x.ID); e >= 0 {
			out.Entries[x.ID] = e
			out.Private = out.Private || sealed[e] || a == truce.ForMission && r.feed.Load().HasText(x.ID)
		}
	}
	return out, nil
}
