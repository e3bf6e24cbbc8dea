package view

import (
	"context"
	"sync"

	"github.com/opentruce/truce"
)

// A Lens is the read model that one audience is given. Audiences that see the same are
// given the same; when they do not any more, the lens of the one that sees less is
// turned to another before more is written to the first.
type Lens struct {
	to truce.Audience
	mu sync.RWMutex // held by each answer, from its beginning to its end
	v  *View
}

var _ truce.Rows = (*Lens)(nil)

// NewLens makes one that is turned to nothing yet, and must not be asked.
func NewLens(to truce.Audience) *Lens { return &Lens{to: to} }

// Turn has all later answers come from v. When it returns, no answer comes from what
// was there before.
func (l *Lens) Turn(v *View) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.v = v
}

// Picture is the read model's, as this audience's.
func (l *Lens) Picture() truce.Picture {
	l.mu.RLock()
	defer l.mu.RUnlock()
	p := l.v.Picture()
	p.Audience = l.to
	return p
}

func (l *Lens) Incidents(ctx context.Context, q truce.Query) ([]truce.Row, int, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.v.Incidents(ctx, q)
}

func (l *Lens) Row(ctx context.Context, id truce.Digest) (truce.Row, bool, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.v.Row(ctx, id)
}

func (l *Lens) Marks(ctx context.Context, q truce.Query, t truce.Tile, most int) ([]truce.Mark, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.v.Marks(ctx, q, t, most)
}

func (l *Lens) Regions(ctx context.Context, q truce.Query) (map[string]int, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.v.Regions(ctx, q)
}
