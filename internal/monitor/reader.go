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

var _ truce.Reader = reader{}

// Answers are those of an audience that looks now.
func (r *Room) Answers(a truce.Audience, s *situation.Situation) Answers {
	return Answers{s, func() release.Viewer { return r.Sees(a, s) }}
}

func (r *Room) reader(a truce.Audience, s *situation.Situation, rows truce.Rows) truce.Reader {
	return reader{rows, r.Answers(a, s)}
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
	return slices.DeleteFunc(x.s.Find(digits), func(id truce.Digest) bool {
		inc := x.s.IncidentOf(id)
		return inc != nil && !to.Lists(inc, x.s.Known)
	}), nil
}

// Items implements truce.Reader.
func (x Answers) Items(_ context.Context, incident truce.Digest) (out []truce.Digest, err error) {
	inc := x.s.IncidentOf(incident)
	if inc == nil || inc.ID != incident || !x.sees().Lists(inc, x.s.Known) {
		return nil, nil
	}
	for _, o := range inc.Of {
		out = append(out, o.ID)
	}
	return out, nil
}
