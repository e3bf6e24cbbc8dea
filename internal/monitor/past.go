package monitor

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/view"
)

// mostPast is how many earlier pictures, and mostBoards how many boards of each
// audience, are kept.
const (
	mostPast   = 6
	mostBoards = 12
)

// past is a picture as known at an earlier moment.
type past struct {
	audience  truce.Audience
	at        truce.Instant
	size      int64 // of the record; later entries may be known from earlier moments, in a rehearsal
	situation *situation.Situation
	view      *view.View
}

// Known is the situation and the picture of an audience as known at a moment;
// Never is now. Moments are cut to whole minutes, so that a slider does not ask
// for thousands of pictures.
func (r *Room) Known(ctx context.Context, a truce.Audience, at truce.Instant) (*situation.Situation, truce.Reader, error) {
	s, _ := r.State()
	if at == truce.Never || at >= s.Now {
		return s.Situations[a], s.readers[a], nil
	}
	return r.known(ctx, a, at-at%60_000, s.Size)
}

// Ready reports whether a moment's picture is at hand, and need not be computed.
func (r *Room) Ready(a truce.Audience, at truce.Instant) bool {
	s, _ := r.State()
	if at == truce.Never || at >= s.Now {
		return true
	}
	return r.kept(a, at-at%60_000, s.Size) != nil
}

// Frozen is the situation of an audience as known at a moment, from the entries
// below a size alone.
func (r *Room) Frozen(ctx context.Context, a truce.Audience, at truce.Instant, size int64) (*situation.Situation, error) {
	s, _, err := r.known(ctx, a, at, size)
	return s, err
}

// kept is an earlier picture that is at hand; nil: it is not.
func (r *Room) kept(a truce.Audience, at truce.Instant, size int64) *past {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, p := range r.past {
		if p.audience == a && p.at == at && p.size == size {
			r.past = append(append(r.past[:i:i], r.past[i+1:]...), p)
			return p
		}
	}
	return nil
}

func (r *Room) known(ctx context.Context, a truce.Audience, at truce.Instant, size int64) (*situation.Situation, truce.Reader, error) {
	s, _ := r.State()
	if p := r.kept(a, at, size); p != nil {
		return p.situation, p.view, nil
	}
	// One is computed at a time, while the picture goes on.
	r.looking.Lock()
	defer r.looking.Unlock()
	if p := r.kept(a, at, size); p != nil { // who asked before has had it made
		return p.situation, p.view, nil
	}
	if err := ctx.Err(); err != nil { // and who waited in vain has gone
		return nil, nil, err
	}
	r.reading.Lock()
	build := r.feed.Load().Past(a, at, size)
	r.reading.Unlock()
	p := &past{audience: a, at: at, size: size, situation: build()}
	v, err := view.Open("", a, r.Now)
	if err != nil {
		return nil, nil, err
	}
	p.view = v
	if _, _, err := v.Write(ctx, truce.Picture{AsKnown: at, Size: p.size, Received: s.Received, Digest: p.situation.Digest(), Withheld: p.situation.Withheld},
		r.feed.Load().Rows(p.situation, p.situation.Incidents(), release.Viewer{To: a, Rules: s.Agreement.Public})); err != nil {
		v.Close()
		return nil, nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.past = append(r.past, p); len(r.past) > mostPast {
		gone := r.past[0].view
		time.AfterFunc(time.Minute, func() { _ = gone.Close() }) // somebody may still be reading from it
		r.past = r.past[1:]
	}
	return p.situation, p.view, nil
}

// board is what was composed of a period, once for all who ask.
type board struct {
	situation *situation.Situation
	period    truce.Interval
	compose   func() (*mission.Board, error)
}

// Sees is an audience that looks now, under the release rules of a situation.
func (r *Room) Sees(a truce.Audience, s *situation.Situation) release.Viewer {
	return release.Viewer{To: a, Rules: s.Agreement.Public, At: r.Now()}
}

// Board gathers what the first page says of a period from a situation. It is shared,
// until the audience is shown more of the period: it must not be changed.
func (r *Room) Board(a truce.Audience, s *situation.Situation, period truce.Interval) (*mission.Board, error) {
	b := r.boardOf(a, s, period)
	out, err := b.compose()
	if err == nil && out.Until > r.Now() {
		return out, nil
	}
	r.forget(a, b) // whoever asks next has it made again
	if err != nil {
		return nil, err
	}
	return r.boardOf(a, s, period).compose()
}

// boardOf is the board that is kept, or one to be composed.
func (r *Room) boardOf(a truce.Audience, s *situation.Situation, period truce.Interval) *board {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.boards[a] {
		if b.situation == s && b.period == period {
			return b
		}
	}
	b := &board{situation: s, period: period, compose: sync.OnceValues(func() (*mission.Board, error) {
		m := r.Mission()
		m.For = release.Reader{Audience: a}
		return mission.BoardOf(m, s, period, r.Now())
	})}
	list := append(r.boards[a], b)
	r.boards[a] = list[max(0, len(list)-mostBoards):]
	return b
}

func (r *Room) forget(a truce.Audience, b *board) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.boards[a] = slices.DeleteFunc(slices.Clone(r.boards[a]), func(x *board) bool { return x == b })
}

// Report gathers all that is to be said of a period from a situation, with its lists.
func (r *Room) Report(a truce.Audience, s *situation.Situation, period truce.Interval) (*report.Report, error) {
	m := r.Mission()
	m.For = release.Reader{Audience: a}
	now := r.Now()
	return mission.Compose(m, s, period, now, now)
}
