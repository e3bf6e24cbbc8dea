package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/ledger"
)

// TestHandedBatch: a batch that went through another process is the same batch, and
// one in which anything was altered on the way is refused.
func TestHandedBatch(t *testing.T) {
	w := newWorld(t)
	source := w.say("source", `{"received":"2026-03-01T10:00:00Z","known":"received","kind":"viina","file":"a.csv","evidence":"`+strings.Repeat("ab", 32)+`","counts":{"read":0,"new":0,"already_known":0,"refused":0}}`, w.keys[ledger.Intake])
	if _, err := w.log.Append(t.Context(), source); err != nil {
		t.Fatal(err)
	}
	subs := w.batch(w.keys[ledger.Intake], 0, 3)
	data, err := ledger.HandedBatch(subs)
	if err != nil {
		t.Fatal(err)
	}
	parse := func(data []byte) error {
		got, err := ledger.ParseHandedBatch(data)
		if err == nil {
			_, err = w.log.VetBatch(got)
		}
		return err
	}
	if err := parse(data); err != nil {
		t.Fatal(err)
	}
	replace := func(old, with string) func([]byte) []byte {
		return func(b []byte) []byte {
			if !bytes.Contains(b, []byte(old)) {
				t.Fatalf("%s is not in %s", old, b)
			}
			return bytes.Replace(b, []byte(old), []byte(with), 1)
		}
	}
	members := bytes.Index(data, []byte(`"members":[`)) + len(`"members":[`)
	for name, alter := range map[string]func([]byte) []byte{
		"a member altered": replace(`"act":"explosion"`, `"act":"strike"`),
		"a signature":      replace(`"sigs":["— intake-1 `, `"sigs":["— intake-1 A`),
		"another signer":   replace(`"sigs":["— intake-1 `, `"sigs":["— monitor-1 `),
		"no members":       func(b []byte) []byte { return bytes.Replace(b[:members], []byte(`,"members":[`), []byte(`}`), 1) },
		"half of it":       func(b []byte) []byte { return b[:len(b)/2] },
		"another format":   replace(`"truce_batch":1`, `"truce_batch":2`),
		"an unknown field": replace(`{"truce_batch":1`, `{"more":1,"truce_batch":1`),
		"nothing":          func([]byte) []byte { return nil },
		"too long":         func(b []byte) []byte { return append(b, bytes.Repeat([]byte{' '}, ledger.MostHandedBatch)...) },
		"a batch in a batch": func(b []byte) []byte {
			return append(b[:members:members], replace(`"kind":"observation"`, `"kind":"batch"`)(b[members:])...)
		},
		"another record": func(b []byte) []byte {
			return append(b[:members:members], replace(`"mission":"truce.test/mission"`, `"mission":"truce.test/other"`)(b[members:])...)
		},
	} {
		if err := parse(alter(bytes.Clone(data))); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
	got, err := ledger.ParseHandedBatch(data)
	if err != nil {
		t.Fatal(err)
	}
	if by, err := w.log.VetBatch(got); err != nil || by.Name != "intake-1" {
		t.Fatalf("%s, %v", by.Name, err)
	}
	size := w.log.Size()
	for range 2 { // the second time it is there already
		receipts, err := w.log.Append(context.Background(), got...)
		if err != nil || len(receipts) != 4 {
			t.Fatalf("%d receipts, %v", len(receipts), err)
		}
		for i, r := range receipts {
			if r.Submission != subs[i].Hash() {
				t.Errorf("submission %d is another one", i)
			}
		}
	}
	if w.log.Size() != size+4 {
		t.Errorf("%d entries were written", w.log.Size()-size)
	}
	if data, err = ledger.HandedBatch(w.batch(secret(t, "stranger"), 10, 3)); err != nil {
		t.Fatal(err)
	}
	if err := parse(data); !errors.Is(err, ledger.ErrMayNot) || !strings.Contains(err.Error(), "does not know the key") {
		t.Errorf("a stranger's batch: %v", err)
	}
}

// TestSigned: a statement that is not an entry has one author, whose key is in force, and
// a time; and the record does not take it.
func TestSigned(t *testing.T) {
	w := newWorld(t)
	intake := w.keys[ledger.Intake]
	delivery := func(at, mission string, keys ...*ledger.Secret) ledger.Submission {
		s, err := (&ledger.Body{Kind: "delivery", Mission: mission, At: at, Content: []byte(`{"x":1}`)}).Say(keys...)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const now, here = "2026-03-01T10:00:00.000Z", "truce.test/mission"
	good := delivery(now, here, intake)
	by, _, content, err := w.log.Signed(&good)
	if err != nil || by.Name != "intake-1" || string(content) != `{"x":1}` {
		t.Errorf("%s, %s, %v", by.Name, content, err)
	}
	if _, err := w.log.Append(t.Context(), good); !errors.Is(err, ledger.ErrMayNot) {
		t.Errorf("as an entry: %v", err)
	}
	for name, s := range map[string]ledger.Submission{
		"a stranger":        delivery(now, here, secret(t, "stranger")),
		"nobody":            delivery(now, here),
		"two authors":       delivery(now, here, intake, w.keys[ledger.Monitor]),
		"another mission":   delivery(now, "truce.test/other", intake),
		"no time":           delivery("", here, intake),
		"a time in words":   delivery("today", here, intake),
		"a batch's member":  w.batch(intake, 0, 3)[1],
		"a mission's first": w.say("mission", `{}`, intake),
	} {
		if by, _, _, err := w.log.Signed(&s); err == nil {
			t.Errorf("%s: it counts as signed by %s", name, by.Name)
		}
	}
}

// FuzzParseHandedBatch: what comes from another process never ends this one.
func FuzzParseHandedBatch(f *testing.F) {
	f.Add([]byte(`{"truce_batch":1,"body":{"kind":"batch","mission":"m"},"sigs":[],"members":[{"kind":"outage","mission":"m"}]}`))
	f.Add([]byte(`{"truce_batch":1,"body":{"kind":"source","mission":"m"},"sigs":["x"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		subs, err := ledger.ParseHandedBatch(data)
		if err == nil && len(subs) == 0 {
			t.Error("nothing, and no error")
		}
		for i := range subs {
			_, _ = subs[i].Entry(time.Unix(0, 0))
		}
	})
}
