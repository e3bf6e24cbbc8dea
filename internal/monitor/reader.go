package monitor

import (
	"context"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
)

// Answers are what an audience may ask of a situation beside its rows.
type Answers struct {
	s    *situation.Situation
	sees func() release.Viewer // the audience, at the moment at which it asks
}

// reader is the picture of an audience: the rows of a read model, and what it was
// written from.
type reader struct {
	truce.Rows
	Answers
}

var (
	_ truce.Reader  = reader{}
	_ truce.Answers = Answers{}
)

// Answers are those of an audience that looks now.
func (r *Room) Answers(a truce.Audience, s *situation.Situation) Answers {
	return Answers{s, func() release.Viewer { return r.Sees(a, s) }}
}

func (r *Room) reader(a truce.Audience, s *situation.Situation, rows truce.Rows) truce.Reader {
	return reader{rows, r.Answers(a, s)}
}

// incident is the incident of an ID, as far as the audience is shown it; nil: it is not.
func (x Answers) incident(id truce.Digest) *truce.Incident {
	if inc := x.s.IncidentOf(id); inc != nil && x.sees().Lists(inc, x.s.Known) {
		return inc
	}
	return nil
}

// tells reports whether the audience may hear of what names these entries: it is not told
// of an incident through what was said about it.
func (x Answers) tells(to release.Viewer, of ...truce.Digest) bool {
	return to.Plain() || !slices.ContainsFunc(of, func(id truce.Digest) bool {
		inc := x.s.IncidentOf(id)
		return inc != nil && !to.Lists(inc, x.s.Known)
	})
}

// Agreement implements truce.Reader.
func (x Answers) Agreement() *truce.Agreement { return x.s.Agreement }

// Times implements truce.Reader.
func (x Answers) Times() truce.Times {
	return truce.Times{Occurred: x.s.Occurred(), Extent: x.s.Extent(), FirstKnown: x.s.FirstKnown()}
}

// Basis implements truce.Reader.
func (x Answers) Basis() map[string]string { return x.s.Basis() }

// Find implements truce.Reader.
func (x Answers) Find(_ context.Context, digits string) ([]truce.Digest, error) {
	to := x.sees()
	return slices.DeleteFunc(x.s.Find(digits), func(id truce.Digest) bool { return !x.tells(to, id) }), nil
}

// Items implements truce.Reader.
func (x Answers) Items(_ context.Context, incident truce.Digest) (out []truce.Digest, err error) {
	inc := x.incident(incident)
	if inc == nil || inc.ID != incident {
		return nil, nil
	}
	return inc.IDs(), nil
}

// IncidentOf implements truce.Reader.
func (x Answers) IncidentOf(_ context.Context, id truce.Digest) (incident truce.Digest, ok bool, err error) {
	if inc := x.incident(id); inc != nil {
		return inc.ID, true, nil
	}
	return incident, false, nil
}

// Statements implements truce.Reader.
func (x Answers) Statements(_ context.Context, incident truce.Digest) (out []truce.Item, err error) {
	all, to := incident.IsZero(), x.sees()
	if inc := x.s.IncidentOf(incident); !all && (inc == nil || inc.ID != incident || !to.Lists(inc, x.s.Known)) {
		return nil, nil
	}
	// of are those that say which incident it is about, named all that it names.
	about := func(of, named []truce.Digest) bool {
		return (all || slices.ContainsFunc(of, func(id truce.Digest) bool { return x.s.IncidentIDOf(id) == incident })) && x.tells(to, named...)
	}
	for _, d := range x.s.Decisions {
		if about(d.Of, d.Of) {
			out = append(out, truce.Item{Known: x.s.Known(d.ID), Decision: d})
		}
	}
	for _, a := range x.s.Attributions {
		if about(a.Of[:min(1, len(a.Of))], a.Of) { // of an incident that was split since, the first decides
			out = append(out, truce.Item{Known: x.s.Known(a.ID), Attribution: a})
		}
	}
	for _, r := range x.s.Responses {
		if to := []truce.Digest{r.To}; about(to, to) {
			out = append(out, truce.Item{Known: r.Known, Response: r.Response})
		}
	}
	if all {
		for _, n := range x.s.Notifications {
			if x.tells(to, n.To) {
				out = append(out, truce.Item{Known: n.Known, Notification: n.Notification})
			}
		}
	}
	return out, nil
}

// Pending implements truce.Reader.
func (x Answers) Pending(_ context.Context, art truce.Article, id truce.Digest) (*truce.Decision, error) {
	if inc := x.incident(id); inc != nil {
		return x.s.Pending(art, inc), nil
	}
	return nil, nil
}
