package monitor

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/brief"
)

// TestBoardShared: a board is composed once for all who ask at the same time, those of
// periods that somebody chose do not take the place of the usual one, and too many
// that wait are refused.
func TestBoardShared(t *testing.T) {
	r, _ := opened(t)
	ctx := context.Background()
	at, err := observe(r, 1)
	if err == nil {
		err = r.Await(ctx, at)
	}
	if err != nil {
		t.Fatal(err)
	}
	state, _ := r.State()
	s := state.Situations[truce.ForPublic]
	period := s.Occurred()
	var mu sync.Mutex
	boards := map[*brief.Board]int{}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			b, err := r.Board(ctx, truce.ForPublic, s, period, false)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			boards[b]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if len(boards) != 1 {
		t.Errorf("composed %d times", len(boards))
	}
	hour := func(n int) truce.Interval {
		return truce.Interval{Start: period.Start.Add(-time.Duration(n+1) * time.Hour), End: period.End}
	}
	for n := range 3 * mostBoards {
		if _, err := r.Board(ctx, truce.ForPublic, s, hour(n), true); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := r.Board(ctx, truce.ForPublic, s, period, false); err != nil || boards[b] == 0 {
		t.Errorf("the usual one was composed again: %v", err)
	}
	if n := r.boards[boardsOf{truce.ForPublic, true}].Len(); n != mostBoards {
		t.Errorf("%d chosen boards are kept, want %d", n, mostBoards)
	}

	// Somebody is in the lane: so many wait, and the next is refused; the usual one is
	// not held up.
	leave, err := r.chosen.enter(ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	late, cancel := context.WithCancel(ctx)
	for n := range mostWaiting {
		wg.Go(func() {
			if _, err := r.Board(late, truce.ForPublic, s, hour(1000+n), true); !errors.Is(err, context.Canceled) {
				t.Errorf("who waits: %v", err)
			}
		})
	}
	for r.chosen.waiting.Load() < mostWaiting {
		time.Sleep(time.Millisecond)
	}
	if _, err := r.Board(ctx, truce.ForPublic, s, hour(2000), true); !errors.Is(err, ErrBusy) {
		t.Errorf("one too many: %v", err)
	}
	if _, err := r.Report(ctx, truce.ForPublic, s, hour(2000), true); !errors.Is(err, ErrBusy) {
		t.Errorf("a report: %v", err)
	}
	if _, err := r.Board(ctx, truce.ForParties, state.Situations[truce.ForParties], period, false); err != nil {
		t.Errorf("the usual one, beside: %v", err)
	}
	cancel()
	wg.Wait()
	leave()
	if _, err := r.Board(ctx, truce.ForPublic, s, hour(1000), true); err != nil {
		t.Errorf("after whoever asked first went away: %v", err)
	}
}
