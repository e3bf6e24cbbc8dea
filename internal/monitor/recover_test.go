package monitor

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// blocked makes the tree's lock something that cannot be opened for writing, as on a
// disk that has become read-only, which a test without root has none of.
func blocked(t *testing.T, m *mission.Mission) (free func()) {
	t.Helper()
	name := filepath.Join(m.Record(), ".state", "treeState.lock")
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.Mkdir(name, 0o755); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}
}

// TestRecovers: a record that could not be written is written again without a restart;
// meanwhile whoever writes is told why, and everybody reads; nothing that was
// acknowledged is lost, and what was said while it was broken is not there.
func TestRecovers(t *testing.T) {
	defer func(was time.Duration) { retry = was }(retry)
	retry = 5 * time.Millisecond
	r, _ := opened(t)
	r.cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	ctx := context.Background()
	at, err := observe(r, 1)
	if err != nil {
		t.Fatal(err)
	}
	for round := range 3 {
		if err := r.Await(ctx, at); err != nil { // a checkpoint commits to it, too
			t.Fatal(err)
		}
		free := blocked(t, r.cfg.Mission)
		if _, err := observe(r, 10+round); !errors.Is(err, ledger.ErrReopen) {
			t.Fatalf("round %d: %v", round, err)
		}
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				if _, err := observe(r, 20+i); !errors.Is(err, ErrUnavailable) && !errors.Is(err, ledger.ErrReopen) {
					t.Errorf("round %d, meanwhile: %v", round, err)
				}
			})
		}
		wg.Wait()
		if err := r.Await(ctx, at); err != nil {
			t.Errorf("round %d: what was said before is not shown: %v", round, err)
		}
		if s, _ := r.State(); s.Size != at+1 {
			t.Errorf("round %d: %d entries are shown, want %d", round, s.Size, at+1)
		}
		free()
		for begin := time.Now(); ; time.Sleep(retry) {
			next, err := observe(r, 30+round)
			if err == nil {
				if next != at+1 {
					t.Errorf("round %d: entry %d, want %d", round, next, at+1)
				}
				at = next
				break
			}
			if !errors.Is(err, ErrUnavailable) && !errors.Is(err, ledger.ErrReopen) || time.Since(begin) > time.Minute {
				t.Fatalf("round %d: it does not recover: %v", round, err)
			}
		}
	}
	if err := r.Await(ctx, at); err != nil {
		t.Fatal(err)
	}
	s, err := r.State()
	if err != nil {
		t.Fatal(err)
	}
	if _, n, err := s.Reader(truce.ForMission).Incidents(ctx, truce.Query{Limit: 10}); err != nil || n != 4 {
		t.Errorf("%d incidents, want those of the 4 acknowledged observations: %v", n, err)
	}
}

// TestClosedWhileBroken: the room ends while its record cannot be written.
func TestClosedWhileBroken(t *testing.T) {
	r, _ := opened(t)
	r.cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	free := blocked(t, r.cfg.Mission)
	defer free()
	if _, err := observe(r, 1); !errors.Is(err, ledger.ErrReopen) {
		t.Fatal(err)
	}
}
