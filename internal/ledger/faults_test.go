//go:build faults

package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/transparency-dev/tessera/storage/posix"
)

// This file is built only over a Tessera whose file operations ask posix.Fault
// before and after each write; TestFaultLayer makes one and runs it.

// fault fails the n-th write in one of several ways.
type fault struct {
	mu   sync.Mutex
	n    int
	mode string
	seen int
	what string
}

var errFault = errors.New("injected fault")

func (f *fault) ask(op, name string, data []byte, done bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !done {
		f.seen++
	}
	if f.n == 0 || f.seen < f.n || f.seen > f.n && f.mode != "full" && f.mode != "read-only" {
		return nil
	}
	f.what = op + " " + filepath.Base(filepath.Dir(name)) + "/" + filepath.Base(name)
	switch {
	case f.mode == "lost" && !done, f.mode == "kept" && done:
		return errFault
	case f.mode == "short" && !done:
		_ = os.WriteFile(name+"4711", data[:len(data)/2], 0o644) // as a temporary file that was cut short
		return errFault
	case f.mode == "full" && !done:
		return syscall.ENOSPC
	case f.mode == "read-only" && !done:
		return syscall.EROFS
	}
	return nil
}

// session appends this and that, going on after each failure as a careful caller
// would: the log is opened again, and what was not acknowledged is said again.
func session(t *testing.T, w *world, f *fault) (acked map[[32]byte]int64) {
	acked = map[[32]byte]int64{}
	var todo [][]ledger.Submission
	for i := range 6 {
		todo = append(todo, []ledger.Submission{w.say("observation", sighting(fmt.Sprintf("single-%d", i)), w.keys[ledger.Monitor])})
		if i == 2 {
			todo = append(todo, w.batch(w.keys[ledger.Intake], 0, 200), []ledger.Submission{w.key(secret(t, "new-1").Public(ledger.Monitor, ""))}, w.batch(w.keys[ledger.Intake], 200, 120))
		}
	}
	failures := 0
	for _, subs := range todo {
		for {
			got, err := w.log.Append(t.Context(), subs...)
			for _, r := range got {
				if was, ok := acked[r.Submission]; ok && was != r.Index {
					t.Fatalf("acknowledged at %d and at %d", was, r.Index)
				}
				acked[r.Submission] = r.Index
			}
			if err == nil {
				break
			}
			if !errors.Is(err, ledger.ErrReopen) {
				t.Fatalf("%s at write %d (%s): %v", f.mode, f.n, f.what, err)
			}
			if want := map[string]string{"full": "the disk is full", "read-only": "the disk cannot be written to"}[f.mode]; !strings.Contains(err.Error(), want) {
				t.Errorf("%s is not called %q: %v", f.mode, want, err)
			}
			if failures++; failures > 3 {
				t.Fatalf("%s at write %d (%s): it does not recover", f.mode, f.n, f.what)
			}
			f.mu.Lock()
			f.n = 0 // the disk is well again
			f.mu.Unlock()
			_ = w.log.Close(context.Background())
			if w.log, err = ledger.Open(t.Context(), w.cfg); err != nil {
				t.Fatalf("%s at write %d (%s): opening again: %v", f.mode, f.n, f.what, err)
			}
		}
	}
	f.mu.Lock()
	f.n = 0
	f.mu.Unlock()
	return acked
}

// TestFaults fails every write of a session, once not persisted, once persisted
// and said to have failed, once cut short, and from there on for lack of room or
// of permission; then everything is verified.
func TestFaults(t *testing.T) {
	count := &fault{}
	posix.Fault = count.ask
	w := newWorld(t)
	session(t, w, count)
	w.reopen()
	writes := count.seen
	if writes < 30 {
		t.Fatalf("%d writes were seen", writes)
	}
	tried := 0
	for _, mode := range []string{"lost", "kept", "short", "full", "read-only"} {
		for n := 1; n <= writes; n += stepOf(mode) {
			f := &fault{mode: mode}
			posix.Fault = f.ask
			w := newWorld(t)
			f.mu.Lock()
			f.seen, f.n = 0, n // entry 0 is written; what happens to it is of init
			f.mu.Unlock()
			acked := session(t, w, f)
			w.reopen()
			s := w.verify()
			if s.Kinds["observation"] != 6+320 {
				t.Errorf("%s at write %d (%s): %d observations, want 326", mode, n, f.what, s.Kinds["observation"])
			}
			w.holds(acked)
			w.log.Close(context.Background())
			tried++
		}
	}
	t.Logf("%d writes in a session; %d faults tried: nothing acknowledged was lost, nothing stands twice, every record verifies", writes, tried)
}

// stepOf leaves out some writes, unless TRUCE_FAULTS says all.
func stepOf(mode string) int {
	step := 4
	if os.Getenv("TRUCE_FAULTS") == "all" {
		step = 1
	}
	if mode == "lost" || mode == "kept" {
		return step
	}
	return 4 * step
}

// holds makes sure that what was acknowledged is there.
func (w *world) holds(acked map[[32]byte]int64) {
	w.t.Helper()
	p, err := audit.Trust(w.cfg.Signer.VKey())
	if err != nil {
		w.t.Fatal(err)
	}
	l := &audit.Log{Fetch: audit.Dir(w.cfg.Dir), Policy: p}
	cp, err := l.Checkpoint(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	there := map[[32]byte]int64{}
	for e, err := range l.Entries(w.t.Context(), cp, 0) {
		if err != nil {
			w.t.Fatal(err)
		}
		there[e.Submission()] = e.Index
	}
	for h, at := range acked {
		if got, ok := there[h]; !ok || got != at {
			w.t.Errorf("acknowledged at %d, and it is %v at %d", at, ok, got)
		}
	}
}
