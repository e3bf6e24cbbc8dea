package monitor

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/brief"
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

// moment is what an audience knew at an earlier time.
type moment struct {
	audience truce.Audience
	at       truce.Instant
	size     int64 // of the record; later entries may be known from earlier moments, in a rehearsal
}

// past is the picture of a moment.
type past struct {
	situation *situation.Situation
	view      *view.View
}

// closeLater closes a picture that is no longer kept.
func closeLater(_ moment, p *past) {
	time.AfterFunc(time.Minute, func() { _ = p.view.Close() }) // somebody may still be reading from it
}

// Known is the situation and the picture of an audience as known at a moment;
// Never is now. A slider moves by whole minutes; the address on a card names a millisecond,
// and what was known a minute before may be something else.
func (r *Room) Known(ctx context.Context, a truce.Audience, at truce.Instant) (*situation.Situation, truce.Reader, error) {
	s, _ := r.State()
	if at == truce.Never || at >= s.Now {
		return s.Situations[a], s.readers[a], nil
	}
	return r.known(ctx, a, at, s.Size, false)
}

// Ready reports whether a moment's picture is at hand, and need not be computed.
func (r *Room) Ready(a truce.Audience, at truce.Instant) bool {
	s, _ := r.State()
	if at == truce.Never || at >= s.Now {
		return true
	}
	return r.past.Contains(moment{a, at, s.Size})
}

// Frozen is the situation and the picture of an audience as known at a moment, from the entries
// below a size alone.
func (r *Room) Frozen(ctx context.Context, a truce.Audience, at truce.Instant, size int64) (*situation.Situation, truce.Reader, error) {
	return r.known(ctx, a, at, size, true)
}

func (r *Room) known(ctx context.Context, a truce.Audience, at truce.Instant, size int64, patient bool) (*situation.Situation, truce.Reader, error) {
	s, _ := r.State()
	key := moment{a, at, size}
	if p, ok := r.past.Get(key); ok {
		return p.situation, r.reader(a, p.situation, p.view), nil
	}
	// One is computed at a time, while the picture goes on.
	leave, err := r.looking.enter(ctx, patient)
	if err != nil {
		return nil, nil, err
	}
	defer leave()
	if p, ok := r.past.Get(key); ok { // who asked before has had it made
		return p.situation, r.reader(a, p.situation, p.view), nil
	}
	if err := ctx.Err(); err != nil { // and who waited in vain has gone
		return nil, nil, err
	}
	r.reading.Lock()
	build := r.feed.Load().Past(a, at, size)
	r.reading.Unlock()
	p := &past{situation: build()}
	v, err := view.Open("", a, r.Now)
	if err != nil {
		return nil, nil, err
	}
	p.view = v
	if _, _, err := v.Write(ctx, truce.Picture{AsKnown: at, Size: size, Received: s.Received, Digest: p.situation.Digest(), Withheld: p.situation.Withheld},
		r.feed.Load().Rows(p.situation, p.situation.Incidents(), release.Viewer{To: a, Rules: s.Agreement.Public})); err != nil {
		v.Close()
		return nil, nil, err
	}
	r.past.Add(key, p)
	return p.situation, r.reader(a, p.situation, p.view), nil
}

// board is what was composed of a period, once for all who ask.
type board struct {
	boardKey
	done chan struct{} // closed when it is composed
	out  *brief.Board
	err  error
}

// boardKey is what a board is of.
type boardKey struct {
	situation *situation.Situation
	period    truce.Interval
}

// boardsOf are those of an audience that are kept together: periods that somebody chose
// never take the place of those that everybody asks for.
type boardsOf struct {
	audience truce.Audience
	chosen   bool
}

// Sees is an audience that looks now, under the release rules of an agreement.
func (r *Room) Sees(a truce.Audience, agreement *truce.Agreement) release.Viewer {
	return release.Viewer{To: a, Rules: agreement.Public, At: r.Now()}
}

// Board gathers what the first page says of a period from a situation. It is shared,
// until the audience is shown more of the period: it must not be changed. chosen
// says that it is not the period that everybody is shown: those boards are composed one
// at a time, and ErrBusy says that too many wait.
func (r *Room) Board(ctx context.Context, a truce.Audience, s *situation.Situation, period truce.Interval, chosen bool) (*brief.Board, error) {
	of, lane := boardsOf{a, chosen}, r.usual
	if chosen {
		lane = r.chosen
	}
	for {
		b, mine := r.boardOf(of, s, period)
		if mine {
			r.compose(ctx, of, lane, b)
		}
		select {
		case <-b.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		switch {
		case b.err == nil && b.out.Until > r.Now():
			return b.out, nil
		case b.err == nil && mine: // it was just composed
			return b.out, nil
		case b.err == nil:
			r.forget(of, b) // more is shown by now
		case mine || errors.Is(b.err, ErrBusy):
			return nil, b.err
		}
		// Whoever composed it went away: the next one does it.
	}
}

// compose makes a board, once it is its turn.
func (r *Room) compose(ctx context.Context, of boardsOf, lane *lane, b *board) {
	b.err = errPanic
	defer func() {
		if b.err != nil { // whoever asks next tries again
			r.forget(of, b)
		}
		close(b.done)
	}()
	leave, err := lane.enter(ctx, !of.chosen)
	if err != nil {
		b.err = err
		return
	}
	defer leave()
	b.out, b.err = r.Mission().As(release.Reader{Audience: of.audience}).Board(b.situation, b.period, r.Now())
}

// boardOf is the board that is kept, or a new one, which is the caller's to compose.
func (r *Room) boardOf(of boardsOf, s *situation.Situation, period truce.Interval) (b *board, mine bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.boards[of]
	if list == nil {
		list, _ = simplelru.NewLRU[boardKey, *board](mostBoards, nil) // fails for a size below 1 only
		r.boards[of] = list
	}
	key := boardKey{s, period}
	if b, ok := list.Get(key); ok {
		return b, false
	}
	b = &board{boardKey: key, done: make(chan struct{})}
	list.Add(key, b)
	return b, true
}

func (r *Room) forget(of boardsOf, b *board) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if list := r.boards[of]; list != nil {
		if x, ok := list.Peek(b.boardKey); ok && x == b {
			list.Remove(b.boardKey)
		}
	}
}

// Report gathers all that is to be said of a period from a situation, with its lists.
// chosen is as for Board; a report is composed each time.
func (r *Room) Report(ctx context.Context, a truce.Audience, s *situation.Situation, period truce.Interval, chosen bool) (*report.Report, error) {
	if chosen {
		leave, err := r.chosen.enter(ctx, false)
		if err != nil {
			return nil, err
		}
		defer leave()
	}
	now := r.Now()
	return r.Mission().As(release.Reader{Audience: a}).Report(s, period, now, now)
}
