package ledger_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A standIn is a witness by the text of C2SP tlog-witness: it checks the log's
// signature and the consistency proof with Go's own tlog package, and nothing of ours.
type standIn struct {
	t    *testing.T
	key  *ledger.Witness
	log  note.Verifier
	now  func() time.Time
	http *httptest.Server

	mu     sync.Mutex
	size   int64
	root   tlog.Hash
	asked  []time.Time // by the machine's clock
	bodies []string
	answer func(w http.ResponseWriter, cp string) bool // instead of the right one
}

func newStandIn(t *testing.T, name string, w *world) *standIn {
	skey, _, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	s := &standIn{t: t, now: w.clock.now}
	if s.key, err = ledger.NewWitness(skey); err != nil {
		t.Fatal(err)
	}
	if s.log, err = note.NewVerifier(w.cfg.Signer.VKey()); err != nil {
		t.Fatal(err)
	}
	s.http = httptest.NewServer(s)
	t.Cleanup(s.http.Close)
	return s
}

func (s *standIn) line(name string) string {
	return "witness " + name + " " + s.key.VKey() + " " + s.http.URL + "\n"
}

func (s *standIn) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, time.Now())
	body, _ := io.ReadAll(r.Body)
	s.bodies = append(s.bodies, string(body))
	if r.Method != "POST" || r.URL.Path != "/add-checkpoint" {
		http.Error(w, "no such thing", 404)
		return
	}
	head, cp, _ := strings.Cut(string(body), "\n\n")
	if s.answer != nil && s.answer(w, cp) {
		return
	}
	lines := strings.Split(head, "\n")
	old, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
	if err != nil {
		http.Error(w, "old", 400)
		return
	}
	n, err := note.Open([]byte(cp), note.VerifierList(s.log))
	if err != nil {
		http.Error(w, "not the log's", http.StatusForbidden)
		return
	}
	f := strings.Split(n.Text, "\n")
	size, _ := strconv.ParseInt(f[1], 10, 64)
	root, err := tlog.ParseHash(f[2])
	if err != nil {
		http.Error(w, "root", 400)
		return
	}
	if old != s.size {
		w.Header().Set("Content-Type", "text/x.tlog.size")
		w.WriteHeader(409)
		fmt.Fprintf(w, "%d\n", s.size)
		return
	}
	var proof tlog.TreeProof
	for _, l := range lines[1:] {
		h, err := tlog.ParseHash(l)
		if err != nil {
			http.Error(w, "proof", 400)
			return
		}
		proof = append(proof, h)
	}
	if s.size > 0 && s.size < size && tlog.CheckTree(proof, size, root, s.size, s.root) != nil || s.size == size && s.root != root {
		http.Error(w, "it does not grow out of what I saw", http.StatusUnprocessableEntity)
		return
	}
	s.size, s.root = size, root
	line, err := s.key.Cosign([]byte(cp), s.now())
	if err != nil {
		s.t.Error(err)
	}
	_, _ = io.WriteString(w, line)
}

// grow writes n entries, and returns when a checkpoint commits to them.
func (w *world) grow(from, n int) {
	w.t.Helper()
	var subs []ledger.Submission
	for i := range n {
		subs = append(subs, w.say("observation", sighting(fmt.Sprintf("cosign-%d", from+i)), w.keys[ledger.Monitor]))
	}
	if _, err := w.log.Append(w.t.Context(), subs...); err != nil {
		w.t.Fatal(err)
	}
	for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		raw, err := os.ReadFile(filepath.Join(w.cfg.Dir, "checkpoint"))
		if f := strings.Split(string(raw), "\n"); err == nil && len(f) > 1 && f[1] == strconv.FormatInt(w.log.Size(), 10) {
			return
		}
		if time.Since(begin) > time.Minute {
			w.t.Fatalf("no checkpoint commits to %d entries: %v", w.log.Size(), err)
		}
	}
}

func (w *world) witnesses(policy string) *ledger.Witnesses {
	w.t.Helper()
	x, err := ledger.NewWitnesses(ledger.CosignConfig{Dir: w.cfg.Dir, Signer: w.cfg.Signer, Policy: []byte(policy), Now: w.clock.now}.Least(10 * time.Second))
	if err != nil {
		w.t.Fatal(err)
	}
	return x
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// cosigned is the co-signed checkpoint by the other implementation, under a policy.
func (w *world) cosigned(policy string) (*audit.Checkpoint, error) {
	w.t.Helper()
	raw, err := os.ReadFile(filepath.Join(w.cfg.Dir, ledger.Cosigned))
	if err != nil {
		return nil, err
	}
	p, err := audit.ParsePolicy([]byte("log " + w.cfg.Signer.VKey() + "\n" + policy))
	if err != nil {
		w.t.Fatal(err)
	}
	return p.Open(raw)
}

// TestCosign: witnesses co-sign what has grown; they are asked once for each size, and
// again after ten minutes.
func TestCosign(t *testing.T) {
	w := newWorld(t)
	a, b := newStandIn(t, "witness.example/a", w), newStandIn(t, "witness.example/b", w)
	policy := a.line("a") + b.line("b") + "group both all a b\nquorum both\n"
	x := w.witnesses(policy)
	if n, wanted := x.Met(); n != 0 || !wanted {
		t.Errorf("before: %d, %v", n, wanted)
	}
	w.grow(0, 3)
	if err := x.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	first, err := w.cosigned(policy)
	if err != nil || len(first.Cosigned) != 2 || first.Size != 4 {
		t.Fatalf("%+v, %v; %+v", first, err, x.States())
	}
	w.clock.forward(time.Minute)
	for range 5 { // it has not grown
		if err := x.Ask(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if a.requests() != 1 || b.requests() != 1 {
		t.Errorf("asked %d and %d times about one size", a.requests(), b.requests())
	}
	w.grow(10, 300) // past a full tile
	if err := x.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	second, err := w.cosigned(policy)
	if err != nil || second.Size != 304 || a.requests() != 2 {
		t.Fatalf("%+v, %v; %d requests; %+v", second, err, a.requests(), x.States())
	}
	if n, _ := x.Met(); n != 304 {
		t.Errorf("the quorum covers %d entries", n)
	}
	w.clock.forward(10 * time.Minute)
	if err := x.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	third, err := w.cosigned(policy)
	if err != nil || third.Size != 304 || !third.Cosigned[0].Time.After(second.Cosigned[0].Time) || len(third.Cosigned) != 2 {
		t.Errorf("no new cosignature after ten minutes: %+v, %v", third, err)
	}
	for _, s := range x.States() {
		if s.Size != 304 || s.Error != "" || s.Failed != 0 {
			t.Errorf("%+v", s)
		}
	}
}

// TestCosignPace: however often it is asked for, a witness hears of it every ten
// seconds at most, across restarts too; and one that is at another size is asked again
// after the pause and not before.
func TestCosignPace(t *testing.T) {
	w := newWorld(t)
	a := newStandIn(t, "witness.example/a", w)
	x := w.witnesses(a.line("a"))
	for i := range 6 {
		w.grow(i, 1)
		for range 3 {
			if err := x.Ask(t.Context()); err != nil {
				t.Fatal(err)
			}
			x = w.witnesses(a.line("a")) // another process
		}
	}
	if a.requests() != 1 {
		t.Errorf("%d requests within a second of the clock, want 1", a.requests())
	}
	w.clock.forward(10 * time.Second)
	_ = x.Ask(t.Context())
	if a.requests() != 2 || x.States()[0].Size != 7 {
		t.Errorf("%d requests after ten seconds, want 2; %+v", a.requests(), x.States())
	}

	// Its state was lost: the witness says its size, and is asked again with a proof.
	if err := os.Remove(filepath.Join(w.cfg.Dir, ".state", "witnesses.json")); err != nil {
		t.Fatal(err)
	}
	w.grow(100, 1)
	const least = 40 * time.Millisecond
	x, err := ledger.NewWitnesses(ledger.CosignConfig{Dir: w.cfg.Dir, Signer: w.cfg.Signer, Policy: []byte(a.line("a")), Now: w.clock.now}.Least(least))
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.asked) != 4 || a.size != 8 {
		t.Fatalf("%d requests, at size %d; %+v", len(a.asked), a.size, x.States())
	}
	if gap := a.asked[3].Sub(a.asked[2]); gap < least {
		t.Errorf("asked again after %s", gap)
	}
}

// TestCosignBackOff: one that fails is asked less and less often, to ten minutes.
func TestCosignBackOff(t *testing.T) {
	w := newWorld(t)
	a := newStandIn(t, "witness.example/a", w)
	a.answer = func(w http.ResponseWriter, _ string) bool {
		http.Error(w, "go away", http.StatusTooManyRequests)
		return true
	}
	x := w.witnesses(a.line("a"))
	w.grow(0, 1)
	_ = x.Ask(t.Context())
	for i, seconds := range []int{30, 60, 120, 240, 480, 600, 600} {
		w.clock.forward(time.Duration(seconds)*time.Second - 100*time.Millisecond)
		_ = x.Ask(t.Context())
		if a.requests() != i+1 {
			t.Fatalf("failure %d: asked before %d seconds", i+1, seconds)
		}
		w.clock.forward(100 * time.Millisecond)
		_ = x.Ask(t.Context())
		if a.requests() != i+2 {
			t.Fatalf("failure %d: not asked after %d seconds", i+1, seconds)
		}
	}
	if s := x.States()[0]; s.Failed != 8 || !strings.Contains(s.Error, "429") {
		t.Errorf("%+v", s)
	}
	a.mu.Lock()
	a.answer = nil
	a.mu.Unlock()
	w.clock.forward(10 * time.Minute)
	_ = x.Ask(t.Context())
	if s := x.States()[0]; s.Failed != 0 || s.Error != "" || s.Size != 2 {
		t.Errorf("when it was back: %+v", s)
	}
}

// TestCosignQuorum: what a quorum co-signed stays until there is more that it
// co-signed; what one adds later to the same checkpoint is added.
func TestCosignQuorum(t *testing.T) {
	w := newWorld(t)
	a, b := newStandIn(t, "witness.example/a", w), newStandIn(t, "witness.example/b", w)
	policy := a.line("a") + b.line("b") + "group both all a b\nquorum both\n"
	x := w.witnesses(policy)
	away := func(w http.ResponseWriter, _ string) bool { w.WriteHeader(503); return true }
	b.answer = away
	w.grow(0, 2)
	_ = x.Ask(t.Context())
	if n, _ := x.Met(); n != 0 {
		t.Errorf("with one of two: %d", n)
	}
	if cp, err := w.cosigned(a.line("a") + "quorum a\n"); err != nil || cp.Size != 3 {
		t.Errorf("with one of two: %+v, %v", cp, err)
	}
	b.mu.Lock()
	b.answer = nil
	b.mu.Unlock()
	w.clock.forward(time.Minute)
	_ = x.Ask(t.Context()) // b alone is due
	if a.requests() != 1 {
		t.Errorf("a was asked again")
	}
	if n, _ := x.Met(); n != 3 {
		t.Errorf("with the second: %d; %+v", n, x.States())
	}
	b.mu.Lock()
	b.answer = away
	b.mu.Unlock()
	w.grow(10, 2)
	w.clock.forward(time.Minute)
	_ = x.Ask(t.Context())
	if n, _ := x.Met(); n != 3 || x.States()[0].Size != 5 {
		t.Errorf("one alone took the quorum's place: %d, %+v", n, x.States())
	}
	if cp, err := w.cosigned(policy); err != nil || cp.Size != 3 {
		t.Errorf("%+v, %v", cp, err)
	}
}

// TestCosignHostile: a witness that answers with anything but its co-signature changes
// nothing, and is named with what it did.
func TestCosignHostile(t *testing.T) {
	w := newWorld(t)
	w.grow(0, 2)
	skey, _, _ := note.GenerateKey(rand.Reader, "witness.example/a") // the right name, another key
	impostor, err := ledger.NewWitness(skey)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := 0
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	t.Cleanup(trap.Close)
	for name, answer := range map[string]func(http.ResponseWriter, string) bool{
		"nothing": func(w http.ResponseWriter, _ string) bool { return true },
		"another's": func(w http.ResponseWriter, cp string) bool {
			l, _ := impostor.Cosign([]byte(cp), time.Now())
			io.WriteString(w, l)
			return true
		},
		"of another text": func(w http.ResponseWriter, cp string) bool {
			l, _ := impostor.Cosign([]byte("x\n1\nx\n\n"), time.Now())
			io.WriteString(w, l)
			return true
		},
		"endless": func(w http.ResponseWriter, _ string) bool { w.Write(make([]byte, 4*ledger.MostAnswer)); return true },
		"a redirect": func(w http.ResponseWriter, _ string) bool {
			w.Header().Set("Location", trap.URL)
			w.WriteHeader(307)
			return true
		},
		"a larger size": func(w http.ResponseWriter, _ string) bool {
			w.Header().Set("Content-Type", "text/x.tlog.size")
			w.WriteHeader(409)
			io.WriteString(w, "99999999\n")
			return true
		},
		"no size": func(w http.ResponseWriter, _ string) bool {
			w.Header().Set("Content-Type", "text/x.tlog.size")
			w.WriteHeader(409)
			io.WriteString(w, "-1\n")
			return true
		},
		"cut off": func(w http.ResponseWriter, _ string) bool { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			a := newStandIn(t, "witness.example/a", w)
			a.answer = answer
			_ = os.Remove(filepath.Join(w.cfg.Dir, ".state", "witnesses.json"))
			x := w.witnesses(a.line("a"))
			if err := x.Ask(t.Context()); err != nil {
				t.Errorf("the record's side failed: %v", err)
			}
			if s := x.States()[0]; s.Error == "" || s.Failed != 1 || s.Size != 0 || len(s.Error) > 300 {
				t.Errorf("%+v", s)
			}
			if _, err := os.Stat(filepath.Join(w.cfg.Dir, ledger.Cosigned)); err == nil {
				t.Error("it was stored")
			}
		})
	}
	if elsewhere > 0 {
		t.Error("a redirect was followed")
	}
}

// TestCosignTimes: a co-signature that is not of now is none, and one witness's does not
// keep others from being asked.
func TestCosignTimes(t *testing.T) {
	w := newWorld(t)
	a, b := newStandIn(t, "witness.example/a", w), newStandIn(t, "witness.example/b", w)
	// It has signed what we do not take, and is asked again after the pause.
	x, err := ledger.NewWitnesses(ledger.CosignConfig{Dir: w.cfg.Dir, Signer: w.cfg.Signer, Now: w.clock.now,
		Policy: []byte(a.line("a") + b.line("b") + "group one 1 a b\nquorum one\n")}.Least(10 * time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	now := w.clock.now
	for i, at := range []func() time.Time{
		func() time.Time { return time.Unix(1<<50, 0) }, // no calendar has that year
		func() time.Time { return now().Add(11 * time.Minute) },
		func() time.Time { return now().Add(-11 * time.Minute) },
		func() time.Time { return time.Unix(0, 0) },
	} {
		w.grow(10*i, 1)
		w.clock.forward(11 * time.Minute)
		a.now = at
		if err := x.Ask(t.Context()); err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		s := x.States()
		if s[0].Size != 0 || s[0].Failed != i+1 || !strings.Contains(s[0].Error, "clock") {
			t.Errorf("round %d: %+v", i, s[0])
		}
		if s[1].Error != "" || s[1].Size != int64(i+2) || b.requests() != i+1 {
			t.Errorf("round %d, the other: %+v, %d requests", i, s[1], b.requests())
		}
	}
	a.now = func() time.Time { return now().Add(9 * time.Minute) }
	w.grow(100, 1)
	w.clock.forward(11 * time.Minute)
	if err := x.Ask(t.Context()); err != nil || x.States()[0].Size != 6 {
		t.Errorf("a clock that is a little wrong: %v, %+v", err, x.States()[0])
	}
}

// TestCosignSilent: a witness that never answers holds up neither whoever writes nor
// the round's other witnesses for good, and the end of the process at once.
func TestCosignSilent(t *testing.T) {
	w := newWorld(t)
	a, b := newStandIn(t, "witness.example/a", w), newStandIn(t, "witness.example/b", w)
	hang := make(chan struct{})
	var once sync.Once
	t.Cleanup(func() { once.Do(func() { close(hang) }) })
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { once.Do(func() { close(hang) }); silent.Close() })
	x := w.witnesses(a.line("a") + "witness b " + b.key.VKey() + " " + silent.URL + "\n")
	w.grow(0, 1)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		x.Run(ctx, func(err error) { t.Errorf("%v", err) })
		close(ended)
	}()
	for a.requests() == 0 {
		time.Sleep(time.Millisecond)
	}
	w.grow(10, 5) // while it is silent: opened, written, closed
	cancel()
	<-ended
	if s := x.States()[1]; s.Failed != 0 {
		t.Errorf("the end of the process counts as its failure: %+v", s)
	}
}

// TestCosignPolicy: which policies can be read.
func TestCosignPolicy(t *testing.T) {
	w := newWorld(t)
	a := newStandIn(t, "witness.example/a", w)
	vkey := a.key.VKey()
	for policy, want := range map[string]int{
		"":                         0,
		"quorum none\n":            0,
		"# nobody\n":               0,
		"witness a " + vkey + "\n": 0, // has no address
		"witness a " + vkey + " https://w.example\n":                                                     1,
		"log " + w.cfg.Signer.VKey() + "\nwitness a " + vkey + " http://127.0.0.1:1/ # mine\nquorum a\n": 1,
		"witness a " + vkey + " ftp://w.example\n":                                                       -1,
		"witness a nonsense https://w.example\n":                                                         -1,
		"witness a " + vkey + " https://w.example\nquorum b\n":                                           -1,
		"wittness a\n": -1,
	} {
		x, err := ledger.NewWitnesses(ledger.CosignConfig{Dir: w.cfg.Dir, Signer: w.cfg.Signer, Policy: []byte(policy), Now: w.clock.now})
		switch {
		case want < 0 && err == nil:
			t.Errorf("%q was read", policy)
		case want >= 0 && err != nil:
			t.Errorf("%q: %v", policy, err)
		case want >= 0 && (len(x.States()) != want || x.Any() != (want > 0)):
			t.Errorf("%q: %d witnesses", policy, len(x.States()))
		}
	}
	for every, ok := range map[time.Duration]bool{0: true, 10 * time.Second: true, time.Hour: true, 9 * time.Second: false, -1: false} {
		if _, err := ledger.NewWitnesses(ledger.CosignConfig{Dir: w.cfg.Dir, Signer: w.cfg.Signer, Now: w.clock.now, Every: every}); (err == nil) != ok {
			t.Errorf("every %s: %v", every, err)
		}
	}
}

// TestIncompleteCopy: a copy that was made while the record was written, its state
// before its checkpoint, is refused: to write to it would sign a second history. One
// whose checkpoint was copied first is a record.
func TestIncompleteCopy(t *testing.T) {
	w := newWorld(t)
	w.grow(0, 3)
	dir := filepath.Join(t.TempDir(), "copy")
	copied := func(names ...string) {
		t.Helper()
		for _, name := range names {
			from, to := filepath.Join(w.cfg.Dir, name), filepath.Join(dir, name)
			if info, err := os.Stat(from); err != nil {
				t.Fatal(err)
			} else if info.IsDir() {
				err := os.CopyFS(to, os.DirFS(from))
				for tries := 0; tries < 20 && errors.Is(err, fs.ErrNotExist); tries++ { // the log made and removed a file of its own meanwhile
					if err = os.RemoveAll(to); err == nil {
						err = os.CopyFS(to, os.DirFS(from))
					}
				}
				if err != nil {
					t.Fatal(err)
				}
				continue
			}
			data, err := os.ReadFile(from)
			if err == nil {
				err = os.MkdirAll(filepath.Dir(to), 0o755)
			}
			if err == nil {
				err = os.WriteFile(to, data, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	open := func() error {
		cfg := w.cfg
		cfg.Dir = dir
		l, err := ledger.Open(t.Context(), cfg)
		if err != nil {
			return err
		}
		if l.Size() < 4 {
			t.Errorf("it has %d entries", l.Size())
		}
		return l.Close(t.Context())
	}
	copied(".state")
	w.grow(10, 4)
	copied("tile", "checkpoint")
	if err := open(); err == nil || !strings.Contains(err.Error(), "a checkpoint of 8 entries, and its state is of 4: it is an incomplete copy") {
		t.Errorf("its state is older than its checkpoint: %v", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	copied("checkpoint")
	if err := open(); err == nil || !strings.Contains(err.Error(), "no state that can be read") {
		t.Errorf("without its state: %v", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	copied("checkpoint")
	w.grow(20, 2)
	copied(".state", "tile")
	if err := open(); err != nil {
		t.Errorf("its checkpoint first: %v", err)
	}
}
