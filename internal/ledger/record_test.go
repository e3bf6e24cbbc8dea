package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
)

func is(t testing.TB, what string, err error, want string) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// TestCreate: a record is made once, with what is said at once.
func TestCreate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, _, err := ledger.Create(t.Context(), w.cfg, ledger.Mission{Title: "test"})
	is(t, "again", err, w.cfg.Dir+" is a record already")
	// Entry 0 states the log's own key first, which reads nothing.
	cfg := w.cfg
	cfg.Dir = filepath.Join(t.TempDir(), "record")
	cfg.Signer = secret(t, "truce.test/two")
	head := secret(t, "head-1")
	method := ledger.Body{Kind: "method", Mission: "truce.test/two", Content: []byte(`{"method":"m"}`)}
	s, err := method.Say(head)
	if err != nil {
		t.Fatal(err)
	}
	log, receipts, err := ledger.Create(t.Context(), cfg, ledger.Mission{Title: "test", Keys: []ledger.Key{head.Public(ledger.HeadOfMission, "")}}, s)
	if err != nil || len(receipts) != 2 || receipts[0].Index != 0 || receipts[1].Index != 1 || log.Size() != 2 || log.Origin() != "truce.test/two" {
		t.Fatalf("%+v, %v", receipts, err)
	}
	keys := log.Keys()
	if len(keys) != 2 || keys[0].Role != ledger.RoleLog || keys[0].Recipient != "" || keys[1].Recipient == "" {
		t.Errorf("%+v", keys)
	}
	if k, ok := log.KeyOf(head); !ok || k.Role != ledger.HeadOfMission {
		t.Errorf("%+v, %v", k, ok)
	}
	if k, ok := log.KeyOf(secret(t, "head-1")); ok || k.Name != "" {
		t.Errorf("a stranger's key is %+v", k)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err = log.Append(t.Context(), s)
	if !errors.Is(err, ledger.ErrReopen) {
		t.Errorf("after it was closed: %v", err)
	}
	// What cannot be said makes no record.
	cfg.Dir = filepath.Join(t.TempDir(), "record")
	if _, _, err := ledger.Create(t.Context(), cfg, ledger.Mission{Title: "test"}, s); !errors.Is(err, ledger.ErrMayNot) {
		t.Errorf("with an entry of a stranger: %v", err)
	}
	cfg.Dir = filepath.Join(t.TempDir(), "record")
	if _, _, err := ledger.Create(t.Context(), cfg, ledger.Mission{Title: "test", Keys: []ledger.Key{{Name: "x", VKey: "x"}}}); !errors.Is(err, ledger.ErrRefused) {
		t.Errorf("with a key that is none: %v", err)
	}
	// Nothing was written there: a record can be made after all.
	if log, _, err = ledger.Create(t.Context(), cfg, ledger.Mission{Title: "test"}); err != nil {
		t.Fatalf("after nothing was written: %v", err)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Error(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	cfg.Dir = filepath.Join(file, "record")
	if _, err := ledger.Open(t.Context(), cfg); err == nil {
		t.Error("a record was opened below a file")
	}
}

// TestVet says what the record would do with a submission, and does nothing.
func TestVet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	known := w.say("observation", sighting("a"), w.keys[ledger.Monitor])
	if _, err := w.log.Append(t.Context(), known); err != nil {
		t.Fatal(err)
	}
	batch := w.batch(w.keys[ledger.Intake], 0, 2)
	mission := w.say("mission", `{"agreement":"`+strings.Repeat("0", 64)+`","keys":[],"title":"t"}`, w.cfg.Signer)
	for _, tt := range []struct {
		name  string
		s     ledger.Submission
		by    string
		at    int64
		known bool
		want  string
	}{
		{"a new one", w.say("observation", sighting("b"), w.keys[ledger.Monitor]), "monitor-1", 0, false, ""},
		{"one that is known", known, "monitor-1", 1, true, ""},
		{"one that may not", w.say("publication", `{}`, w.keys[ledger.Monitor]), "monitor-1", 0, false, `the key may not sign this: monitor-1 is the key of a monitor, who may not write "publication"; a reporting officer or head of mission may: sign with --as and one of their keys`},
		{"one of a stranger", w.say("observation", sighting("b"), secret(t, "monitor-1")), "", 0, false, "the key may not sign this: the record does not know the key that signed it ("},
		{"one that is wrong", w.say("observation", `{"x":1}`, w.keys[ledger.Monitor]), "monitor-1", 0, false, "refused: the content cannot be read: "},
		{"a batch", batch[0], "", 0, false, "refused: batches are not handed over"},
		{"a member", batch[1], "", 0, false, "refused: batches are not handed over"},
		{"a mission", mission, "", 0, false, "refused: entry 0, and no other, says what the mission is"},
	} {
		by, at, known, err := w.log.Vet(tt.s)
		if tt.want == "" || !strings.HasSuffix(tt.want, "(") && !strings.HasSuffix(tt.want, ": ") {
			is(t, tt.name, err, tt.want)
		} else if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
		if by.Name != tt.by || at != tt.at || known != tt.known {
			t.Errorf("%s: by %q, at %d, known %v", tt.name, by.Name, at, known)
		}
	}
	if w.log.Size() != 2 {
		t.Errorf("%d entries", w.log.Size())
	}
}

// TestVerifierIsAsked: another program's word about each entry that is not a member
// of a batch.
func TestVerifierIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	var asked []int64
	w.cfg.Verifier = func(index int64, leaf []byte) error {
		asked = append(asked, index)
		if strings.Contains(string(leaf), `"key":"bad"`) {
			return errors.New("the verifier says no")
		}
		return nil
	}
	var err error
	if w.log, err = ledger.Open(t.Context(), w.cfg); err != nil {
		t.Fatal(err)
	}
	_, err = w.log.Append(t.Context(), w.say("observation", sighting("bad"), w.keys[ledger.Monitor]))
	is(t, "what the verifier refuses", err, "refused: the verifier says no")
	if _, err = w.log.Append(t.Context(), w.say("observation", sighting("good"), w.keys[ledger.Monitor])); err != nil {
		t.Error(err)
	}
	if _, err = w.log.Append(t.Context(), w.batch(w.keys[ledger.Intake], 0, 3)...); err != nil {
		t.Error(err)
	}
	if !slices.Equal(asked, []int64{1, 1, 2}) {
		t.Errorf("it was asked about %v, want 1, 1 and the batch at 2", asked)
	}
}

// TestReceipts: one signature acknowledges what became durable together, 32 at most;
// several receipts name what they are for.
func TestReceipts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got, err := w.log.Append(t.Context(), w.batch(w.keys[ledger.Intake], 0, 40)...)
	if err != nil {
		t.Fatal(err)
	}
	lines := func(list ...ledger.Receipt) []int64 {
		t.Helper()
		text, err := w.log.ReceiptNote(list)
		if err != nil {
			t.Fatal(err)
		}
		r, err := audit.OpenReceipt(text, w.cfg.Signer.VKey())
		if err != nil {
			t.Fatal(err)
		}
		var out []int64
		for _, l := range r.Lines {
			out = append(out, l.Index)
		}
		return out
	}
	upTo := func(from, to int64) (out []int64) {
		for i := from; i < to; i++ {
			out = append(out, i)
		}
		return out
	}
	// The batch is entry 1; its members became durable together after it.
	for _, tt := range []struct {
		list []ledger.Receipt
		want []int64
	}{
		{got[:1], []int64{1}},
		{got[1:2], upTo(2, 34)},
		{got[32:33], upTo(2, 34)},
		{got[33:34], upTo(34, 42)},
		{got[5:7], []int64{6, 7}},
		{[]ledger.Receipt{{Index: 5, Submission: got[4].Submission}}, []int64{5}},
	} {
		if l := lines(tt.list...); !slices.Equal(l, tt.want) {
			t.Errorf("the receipt of %d names %v, want %v", tt.list[0].Index, l, tt.want)
		}
	}
}

// TestCrashed: what is told after a crash, in which only what is half written is taken
// away; and a record that was closed is left as it is.
func TestCrashed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.log.Append(t.Context(), w.batch(w.keys[ledger.Intake], 0, 20)...); err != nil {
		t.Fatal(err)
	}
	stray := filepath.Join(w.cfg.Dir, "tile", "0", "000.p", "7.123456")
	put := func() {
		t.Helper()
		if err := os.WriteFile(stray, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	there := func() bool { _, err := os.Stat(stray); return err == nil }
	var told []string
	w.cfg.Progress = func(done, total int64) { told = append(told, fmt.Sprint(done, "/", total)) }
	put()
	w.reopen()
	if !there() || len(told) != 0 {
		t.Errorf("after it was closed: the file is there: %v; told %v", there(), told)
	}
	if err := w.log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(w.cfg.Dir, ".state", "index.db")); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.log, err = ledger.Open(t.Context(), w.cfg); err != nil {
		t.Fatal(err)
	}
	if there() || !slices.Equal(told, []string{"0/22"}) {
		t.Errorf("after a crash: the file is there: %v; told %v, want 0/22", there(), told)
	}
	w.reopen()
	w.verify()
}

// TestIndexOfBefore: an index that was closed before a batch was whole knows the rest
// from the record, though nobody can say any more who signed the batch.
func TestIndexOfBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	subs := w.batch(w.keys[ledger.Intake], 0, 20)
	if _, err := w.log.Append(t.Context(), subs[:8]...); err != nil {
		t.Fatal(err)
	}
	if err := w.log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(w.cfg.Dir, ".state", "index.db")
	before, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	open := func() {
		t.Helper()
		if w.log, err = ledger.Open(t.Context(), w.cfg); err != nil {
			t.Fatal(err)
		}
	}
	open()
	_, err = w.log.Append(t.Context(), subs[8:]...)
	if !errors.Is(err, ledger.ErrMayNot) {
		t.Fatalf("members whose batch is not known any more: %v", err)
	}
	first, err := w.log.Append(t.Context(), subs...) // the batch is said again, and then they may come
	if err != nil || len(first) != 21 || first[20].Index != 21 {
		t.Fatalf("%+v, %v", first[len(first)-1], err)
	}
	if err := w.log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, before, 0o600); err != nil {
		t.Fatal(err)
	}
	open()
	again, err := w.log.Append(t.Context(), subs...)
	if err != nil {
		t.Fatal(err)
	}
	for i := range again {
		if !again[i].Known || again[i].Index != first[i].Index {
			t.Errorf("%d: %+v, first %+v", i, again[i], first[i])
		}
	}
	w.reopen()
	w.verify()
}

// TestFutureCheckpoint: one that a wrong clock left behind does not hold up the next.
func TestFutureCheckpoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	cp := filepath.Join(w.cfg.Dir, "checkpoint")
	year := time.Now().Add(365 * 24 * time.Hour)
	if err := os.Chtimes(cp, year, year); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.log, err = ledger.Open(t.Context(), w.cfg); err != nil {
		t.Fatal(err)
	}
	if _, err := w.log.Append(t.Context(), w.say("observation", sighting("a"), w.keys[ledger.Monitor])); err != nil {
		t.Fatal(err)
	}
	w.reopen()
	if s := w.verify(); s.Entries != 2 {
		t.Errorf("the checkpoint commits to %d entries, want 2", s.Entries)
	}
	if n, err := ledger.Published(w.cfg.Dir); n != 2 || err != nil {
		t.Errorf("%d are published, %v", n, err)
	}
}

// TestBareLog: Tessera alone writes what it is given.
func TestBareLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := ledger.Bare(t.Context(), dir, secret(t, "bare"), 16, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := l.Add(t.Context(), fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n, err := ledger.Size(dir); n != 3 || err != nil {
		t.Errorf("%d entries, %v", n, err)
	}
}
