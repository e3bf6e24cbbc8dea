package monitor

import (
	"context"
	"errors"
	"slices"
	"time"

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
	return r.known(ctx, a, at-at%60_000, s.Size, false)
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
	s, _, err := r.known(ctx, a, at, size, true)
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

func (r *Room) known(ctx context.Context, a truce.Audience, at truce.Instant, size int64, patient bool) (*situation.Situation, truce.Reader, error) {
	s, _ := r.State()
	if p := r.kept(a, at, size); p != nil {
		return p.situation, p.view, nil
	}
	// One is computed at a time, while the picture goes on.
	leave, err := r.looking.enter(ctx, patient)
	if err != nil {
		return nil, nil, err
	}
	defer leave()
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
	done      chan struct{} // closed when it is composed
	out       *brief.Board
	err       error
}

// boardsOf are those of an audience that are kept together: periods that somebody chose
// never take the place of those that everybody asks for.
type boardsOf struct {
	audience truce.Audience
	chosen   bool
}

// Sees is an audience that looks now, under the release rules of a situation.
func (r *Room) Sees(a truce.Audience, s *situation.Situation) release.Viewer {
	return release.Viewer{To: a, Rules: s.Agreement.Public, At: r.Now()}
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
	for _, b := range r.boards[of] {
		if b.situation == s && b.period == period {
			return b, false
		}
	}
	b = &board{situation: s, period: period, done: make(chan struct{})}
	list := append(r.boards[of], b)
	r.boards[of] = list[max(0, len(list)-mostBoards):]
	return b, true
}

func (r *Room) forget(of boardsOf, b *board) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.boards[of] = slices.DeleteFunc(slices.Clone(r.boards[of]), func(x *board) bool { return x == b })
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
