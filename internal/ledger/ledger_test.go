package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
)

// clock is handed in: tests have no other.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(time.Millisecond)
	return c.t
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

// world is a record with a key for each role.
type world struct {
	t     testing.TB
	cfg   ledger.Config
	clock *clock
	keys  map[ledger.Role]*ledger.Secret
	ru    *ledger.Secret
	log   *ledger.Log
}

func secret(t testing.TB, name string) *ledger.Secret {
	t.Helper()
	s, err := ledger.NewSecret(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, clock: newClock(), keys: map[ledger.Role]*ledger.Secret{}}
	w.cfg = ledger.Config{Dir: filepath.Join(t.TempDir(), "record"), Signer: secret(t, "truce.test/mission"), Now: w.clock.now}
	m := ledger.Mission{Title: "test"}
	for _, r := range ledger.Roles {
		if r == ledger.Liaison {
			continue
		}
		w.keys[r] = secret(t, string(r)+"-1")
		m.Keys = append(m.Keys, w.keys[r].Public(r, ""))
	}
	w.keys[ledger.Liaison] = secret(t, "ua-1")
	w.ru = secret(t, "ru-1")
	m.Keys = append(m.Keys, w.keys[ledger.Liaison].Public(ledger.Liaison, "UA"), w.ru.Public(ledger.Liaison, "RU"))
	var err error
	if w.log, _, err = ledger.Create(t.Context(), w.cfg, m); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.log.Close(context.Background()) })
	return w
}

func (w *world) body(kind, content string) ledger.Body {
	return ledger.Body{Kind: kind, Mission: w.log.Origin(), Content: []byte(content)}
}

func (w *world) say(kind, content string, keys ...*ledger.Secret) ledger.Submission {
	w.t.Helper()
	b := w.body(kind, content)
	s, err := b.Say(keys...)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) reopen() {
	w.t.Helper()
	if err := w.log.Close(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	var err error
	if w.log, err = ledger.Open(w.t.Context(), w.cfg); err != nil {
		w.t.Fatal(err)
	}
}

// verify lets the other implementation go through all of it.
func (w *world) verify() *audit.Summary {
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
	s, err := l.Verify(w.t.Context(), cp, audit.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) batch(k *ledger.Secret, from, n int) []ledger.Submission {
	w.t.Helper()
	var bodies []ledger.Body
	for i := range n {
		bodies = append(bodies, w.body("observation", sighting(fmt.Sprintf("%d", from+i))))
	}
	subs, err := ledger.SayAll(w.log.Origin(), w.clock.now(), k, bodies)
	if err != nil {
		w.t.Fatal(err)
	}
	return subs
}

// TestAppend: what is written by one implementation verifies under the other,
// before and after the record was closed, and the same twice is one entry.
func TestAppend(t *testing.T) {
	w := newWorld(t)
	first, err := w.log.Append(t.Context(), w.say("observation", sighting("a"), w.keys[ledger.Monitor]))
	if err != nil {
		t.Fatal(err)
	}
	if first[0].Index != 1 || first[0].Known {
		t.Errorf("the first entry after entry 0: %+v", first[0])
	}
	for _, n := range []int{2, 3, 255, 256} {
		subs := w.batch(w.keys[ledger.Intake], 1000*n, n)
		got, err := w.log.Append(t.Context(), subs...)
		if err != nil {
			t.Fatal(err)
		}
		again, err := w.log.Append(t.Context(), subs...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if !again[i].Known || again[i].Index != got[i].Index {
				t.Fatalf("batch of %d, member %d said again: %+v, first %+v", n, i, again[i], got[i])
			}
		}
	}
	size := w.log.Size()
	w.reopen()
	if w.log.Size() != size {
		t.Errorf("size %d after opening again, before %d", w.log.Size(), size)
	}
	again, err := w.log.Append(t.Context(), w.say("observation", sighting("a"), w.keys[ledger.Monitor]))
	if err != nil || !again[0].Known || again[0].Index != 1 {
		t.Errorf("said again after opening again: %+v, %v", again, err)
	}
	w.reopen()
	s := w.verify()
	if s.Entries != size || s.Kinds["observation"] != 1+2+3+255+256 || s.Unfinished != 0 {
		t.Errorf("verified %d entries of %d, %v, %d unfinished", s.Entries, size, s.Kinds, s.Unfinished)
	}
}

// TestTables: the writer's table and the verifier's are the same, whichever of the
// two has a kind of entry or of decision.
func TestTables(t *testing.T) {
	all := append(slices.Clone(ledger.Roles), ledger.RoleLog)
	kinds, decisions := map[string]bool{}, map[string]bool{}
	for kind := range audit.Roles {
		kinds[kind] = true
	}
	for kind := range audit.Deciders {
		decisions[kind] = true
	}
	for _, r := range all {
		for _, kind := range ledger.Writes(r) {
			kinds[kind] = true
		}
		for _, kind := range ledger.Decides(r) {
			decisions[kind] = true
		}
	}
	for kind := range kinds {
		for _, r := range all {
			roles := audit.Roles[kind]
			if got, want := ledger.MayWrite(r, kind), slices.Contains(roles, string(r)); got != want {
				t.Errorf("%s writes %s: ledger says %v, audit %v", r, kind, got, want)
			}
		}
	}
	for kind := range decisions {
		for _, r := range all {
			if got, want := ledger.MayDecide(r, kind), slices.Contains(audit.Deciders[kind], string(r)); got != want {
				t.Errorf("%s decides %s: ledger says %v, audit %v", r, kind, got, want)
			}
		}
	}
	// Every decision that there is can be taken, and checked, by somebody.
	for _, kind := range truce.DecisionKinds {
		if !decisions[string(kind)] {
			t.Errorf("nobody may decide %s", kind)
		}
	}
}

// TestMayNot: a key that may not is refused in a sentence that says what to do.
func TestMayNot(t *testing.T) {
	w := newWorld(t)
	stranger := secret(t, "stranger-1")
	late := secret(t, "late-1")
	k := late.Public(ledger.Monitor, "")
	k.Until = "2026-03-01T11:00:00.000Z"
	if _, err := w.log.Append(t.Context(), w.key(k)); err != nil {
		t.Fatal(err)
	}
	gone := secret(t, "gone-1")
	if _, err := w.log.Append(t.Context(), w.key(gone.Public(ledger.Monitor, "")),
		w.say("revoke", `{"because":"lost","key":"`+gone.ID()+`"}`, w.keys[ledger.HeadOfMission])); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, want string
		sub        ledger.Submission
	}{
		{"a monitor decides nothing", "may not write \"confirm\"; a verification officer or head of mission may", w.say("decision", `{"kind":"confirm"}`, w.keys[ledger.Monitor])},
		{"a liaison speaks for its own party", "speaks for RU, and for nobody else", w.say("response", `{"by":"UA"}`, w.ru)},
		{"a stranger", "does not know the key", w.say("observation", `{}`, stranger)},
		{"a revoked key", "ended with entry 3", w.say("observation", sighting("g"), gone)},
		{"nobody", "not signed", w.say("observation", sighting("n"))},
	} {
		if _, err := w.log.Append(t.Context(), tt.sub); !errors.Is(err, ledger.ErrMayNot) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	w.clock.set(time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC))
	if _, err := w.log.Append(t.Context(), w.say("observation", sighting("l"), late)); err == nil || !strings.Contains(err.Error(), "ran out at 2026-03-01T11:00:00.000Z") {
		t.Errorf("a key that ran out: %v", err)
	}
	w.reopen()
	w.verify()
}

func (w *world) key(k ledger.Key) ledger.Submission {
	w.t.Helper()
	until := ""
	if k.Until != "" {
		until = `,"until":"` + k.Until + `"`
	}
	return w.say("key", fmt.Sprintf(`{"key":%q,"name":%q,"recipient":%q,"role":%q%s}`, k.VKey, k.Name, k.Recipient, k.Role, until), w.keys[ledger.HeadOfMission])
}

// TestHostile: what two readers might read differently is refused before it is
// signed.
func TestHostile(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct{ name, content string }{
		{"a member twice", `{"a":1,"a":2}`},
		{"a member twice, one escaped", `{"a":1,"\u0061":2}`},
		{"not UTF-8", "{\"a\":\"\xff\"}"},
		{"half a surrogate pair", `{"a":"\ud800"}`},
		{"a number that doubles lose", `{"a":12345678901234567}`},
		{"a number too large", `{"a":1e400}`},
		{"nested deeply", `{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`},
		{"ten megabytes", `{"a":"` + strings.Repeat("x", 10<<20) + `"}`},
		{"more than one value", `{} {}`},
		{"no value", ``},
		{"cut short", `{"a":`},
	} {
		b := w.body("observation", tt.content)
		if tt.content == "" {
			b.Content = []byte{}
			continue
		}
		if s, err := b.Say(w.keys[ledger.Monitor]); err == nil {
			t.Errorf("%s was signed: %d bytes", tt.name, len(s.Bytes()))
		}
	}
	b := w.body("observation", `{"key":"`+strings.Repeat("x", 65300)+`"}`)
	s, err := b.Say(w.keys[ledger.Monitor])
	if err == nil {
		_, err = w.log.Append(t.Context(), s)
	}
	if err == nil || !strings.Contains(err.Error(), "65535") && !strings.Contains(err.Error(), "an entry holds") {
		t.Errorf("longer than an entry: %v", err)
	}
	if w.log.Size() != 1 {
		t.Errorf("%d entries: something hostile came in", w.log.Size())
	}
}

// TestSignedAgain: a run was interrupted between a batch and its members, and submits
// the same again a little later, in a batch with a new signature.
func TestSignedAgain(t *testing.T) {
	w := newWorld(t)
	var bodies []ledger.Body
	for i := range 20 {
		bodies = append(bodies, w.body("observation", sighting(fmt.Sprintf("%d", i))))
	}
	for _, come := range []int{0, 7, 20} { // how many members came before the cut
		subs, err := ledger.SayAll(w.log.Origin(), w.clock.now(), w.keys[ledger.Intake], bodies)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.log.Append(t.Context(), subs[:1+come]...); err != nil {
			t.Fatal(err)
		}
		w.reopen()
	}
	if s := w.verify(); s.Kinds["observation"] != 20 || s.Kinds["batch"] != 3 {
		t.Errorf("%v", s.Kinds)
	}
}

// TestSpeaksForOthers: who a content names is whose key it is signed with.
func TestSpeaksForOthers(t *testing.T) {
	w := newWorld(t)
	ua := w.keys[ledger.Liaison]
	for _, tt := range []struct {
		name string
		sub  ledger.Submission
	}{
		{"a consent in the other's name", w.say("consent", `{"by":"UA","party":"RU","to":"x","what":"agreement"}`, ua)},
		{"a consent in nobody's name", w.say("consent", `{"by":"UA","to":"x","what":"agreement"}`, ua)},
		{"a withdrawal in nobody's name", w.say("withdrawal", `{"of":"`+strings.Repeat("0", 64)+`"}`, ua)},
		{"a withdrawal in the other's name", w.say("withdrawal", `{"by":"RU","of":"`+strings.Repeat("0", 64)+`"}`, ua)},
		{"a monitor who claims for a party", w.say("observation", `{"claimant":"RU","key":"m"}`, w.keys[ledger.Monitor])},
		{"a noun with a member it has not", w.say("observation", `{"colour":"red","key":"m"}`, w.keys[ledger.Monitor])},
		{"a log's key stated later", w.say("key", `{"key":"`+ua.VKey()+`","name":"ua-1","role":"log"}`, w.keys[ledger.HeadOfMission])},
		{"signed twice with one key", w.say("outage", `{"because":"x"}`, w.keys[ledger.Intake], w.keys[ledger.Intake])},
	} {
		if _, err := w.log.Append(t.Context(), tt.sub); !errors.Is(err, ledger.ErrMayNot) && !errors.Is(err, ledger.ErrRefused) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if w.log.Size() != 1 {
		t.Errorf("%d entries", w.log.Size())
	}
}

// TestClock: a clock that goes back stops the record rather than reordering it.
func TestClock(t *testing.T) {
	w := newWorld(t)
	w.clock.set(w.clock.now().Add(-time.Second))
	if _, err := w.log.Append(t.Context(), w.say("observation", sighting("1"), w.keys[ledger.Monitor])); err != nil {
		t.Errorf("back by a second, as time servers do: %v", err)
	}
	w.clock.set(w.clock.now().Add(-time.Hour))
	if _, err := w.log.Append(t.Context(), w.say("observation", sighting("2"), w.keys[ledger.Monitor])); !errors.Is(err, ledger.ErrClock) {
		t.Errorf("back by an hour: %v", err)
	}
	w.clock.set(w.clock.now().Add(2 * time.Hour))
	if _, err := w.log.Append(t.Context(), w.say("observation", sighting("2"), w.keys[ledger.Monitor])); err != nil {
		t.Errorf("after it was set: %v", err)
	}
	w.reopen()
	w.verify()
}

// TestManyWriters: 64 at once, some saying the same.
func TestManyWriters(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	at := map[string]int64{}
	for i := range 64 {
		wg.Go(func() {
			for j := range 10 {
				key := fmt.Sprint((i*10 + j) % 400)
				r, err := w.log.Append(t.Context(), w.say("observation", sighting(key), w.keys[ledger.Monitor]))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if was, ok := at[key]; ok && was != r[0].Index {
					t.Errorf("key %s stands at %d and at %d", key, was, r[0].Index)
				}
				at[key] = r[0].Index
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	w.reopen()
	if s := w.verify(); s.Kinds["observation"] != 400 {
		t.Errorf("%d observations, want 400", s.Kinds["observation"])
	}
}

// TestReceiptAndProof: both are checked without the writer.
func TestReceiptAndProof(t *testing.T) {
	w := newWorld(t)
	got, err := w.log.Append(t.Context(), w.batch(w.keys[ledger.Intake], 0, 200)...)
	if err != nil {
		t.Fatal(err)
	}
	text, err := w.log.ReceiptNote(got)
	if err != nil {
		t.Fatal(err)
	}
	w.reopen()
	r, err := audit.OpenReceipt(text, w.cfg.Signer.VKey())
	if err != nil {
		t.Fatal(err)
	}
	p, _ := audit.Trust(w.cfg.Signer.VKey())
	l := &audit.Log{Fetch: audit.Dir(w.cfg.Dir), Policy: p}
	cp, err := l.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Honoured(t.Context(), cp, r); err != nil {
		t.Error(err)
	}
	r.Lines[7].Submission[0] ^= 1
	if err := l.Honoured(t.Context(), cp, r); !errors.Is(err, audit.ErrFault) {
		t.Errorf("a submission that was never there: %v", err)
	}
	for _, index := range []int64{0, 1, 2, 77, 200} {
		proof, err := l.Prove(t.Context(), cp, index)
		if err != nil {
			t.Fatal(err)
		}
		pr, err := audit.OpenProof(proof, p)
		if err != nil {
			t.Fatalf("entry %d: %v\n%s", index, err, proof)
		}
		if pr.Entry.Index != index {
			t.Errorf("proof of %d says %d", index, pr.Entry.Index)
		}
		for i := 0; i < len(proof); i += 17 {
			bad := slices.Clone(proof)
			bad[i] ^= 1
			if got, err := audit.OpenProof(bad, p); err == nil && string(got.Entry.Leaf) != string(pr.Entry.Leaf) {
				t.Fatalf("entry %d: byte %d of the proof was altered and it proves another entry", index, i)
			}
		}
	}
}
