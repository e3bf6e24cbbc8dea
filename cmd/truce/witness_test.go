package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mirror"
	"github.com/opentruce/truce/internal/mission"
	"golang.org/x/mod/sumdb/note"
)

// aWitness co-signs whatever it is given, while it is there: who checks what is the
// test of the ledger and of make interop.
func aWitness(t *testing.T, now func() time.Time) (vkey, address string, here *atomic.Bool, asked *atomic.Int64) {
	t.Helper()
	skey, _, err := note.GenerateKey(rand.Reader, "witness.example/w1")
	if err != nil {
		t.Fatal(err)
	}
	w, err := ledger.NewWitness(skey)
	if err != nil {
		t.Fatal(err)
	}
	here, asked = new(atomic.Bool), new(atomic.Int64)
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		body, _ := io.ReadAll(r.Body)
		_, cp, _ := strings.Cut(string(body), "\n\n")
		line, err := w.Cosign([]byte(cp), now())
		if !here.Load() || err != nil {
			http.Error(rw, "away", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(rw, line)
	}))
	t.Cleanup(s.Close)
	return w.VKey(), s.URL, here, asked
}

// TestQuorum: init writes who the witnesses are; commands never wait for one; and with
// a quorum, no report is published that it has not co-signed.
func TestQuorum(t *testing.T) {
	at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	vkey, address, here, asked := aWitness(t, func() time.Time { return at })
	dir := filepath.Join(t.TempDir(), "m")
	run := func(args ...string) (int, string) {
		at = at.Add(time.Minute)
		var out strings.Builder
		c := command{in: strings.NewReader(""), out: &out, err: &out, now: func() time.Time { return at }, args: args}
		code := c.run()
		return code, out.String()
	}
	must := func(args ...string) string {
		t.Helper()
		code, out := run(args...)
		if code != exitOK {
			t.Fatalf("%v: exit %d\n%s", args, code, out)
		}
		return out
	}
	const terms = "../../agreements/ukraine-air-first"
	for name, bad := range map[string][]string{
		"no address":       {"--witness", vkey},
		"no key":           {"--witness", "w1 " + address},
		"no such scheme":   {"--witness", vkey + " ftp://w.example"},
		"one name twice":   {"--witness", vkey + " " + address, "--witness", vkey + " " + address},
		"too large":        {"--witness", vkey + " " + address, "--quorum", "2"},
		"less than none":   {"--witness", vkey + " " + address, "--quorum", "-1"},
		"a quorum of none": {"--quorum", "1"},
	} {
		if code, out := run(append([]string{"init", dir, "--agreement", terms}, bad...)...); code != exitUnread || !strings.Contains(out, "hint:") {
			t.Errorf("%s: exit %d\n%s", name, code, out)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Fatalf("%s: something was written", name)
		}
	}
	must("init", dir, "--agreement", terms, "--witness", "witness w1 "+vkey+" "+address, "--quorum", "1", "--name", "test.example/quorum")
	must("observe", dir, "explosion 2025-08-20T11:05/11:06+03:00 from 48.0119N 37.8229E bearing 350-010 distance 2-5km means=heard", "--because", "heard", "--as", "intake")
	if n := asked.Load(); n != 0 {
		t.Errorf("commands asked a witness %d times", n)
	}

	report := filepath.Join(t.TempDir(), "daily.html")
	publish := []string{"report", dir, "--day", "2025-08-20", "--out", report, "--publish", "--because", "daily", "--as", "head-of-mission"}
	code, out := run(publish...)
	if code != exitUnread || !strings.Contains(out, "co-signed only 0 of them") || !strings.Contains(out, "503") || !strings.Contains(out, "hint:") {
		t.Fatalf("without a co-signature: exit %d\n%s", code, out)
	}
	if _, err := os.Stat(report); err == nil {
		t.Error("the file was written")
	}
	here.Store(true)
	must(publish...)
	if out := must("verify", dir); !strings.Contains(out, "co-signed up to entry 1 of 2 by witness.example/w1") {
		t.Errorf("verify:\n%s", out)
	}

	// The checkpoint is served with its co-signatures where it has them.
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Now = func() time.Time { at = at.Add(time.Minute); return at }
	w, err := m.Witnesses(0)
	if err != nil {
		t.Fatal(err)
	}
	served := func(name string) string {
		rw := httptest.NewRecorder()
		mirror.Handler(m.Record()).ServeHTTP(rw, httptest.NewRequest("GET", "/"+name, nil))
		if rw.Code != 200 || rw.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %v", name, rw.Code, rw.Header())
		}
		return rw.Body.String()
	}
	if cp := served("checkpoint"); strings.Contains(cp, "witness.example") || !strings.Contains(served(ledger.Cosigned), "witness.example") {
		t.Errorf("the checkpoint of 3 entries with a co-signature of 2:\n%s", cp)
	}
	if err := w.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	if cp := served("checkpoint"); !strings.Contains(cp, "\n3\n") || strings.Count(cp, "witness.example/w1") != 1 {
		t.Errorf("co-signed:\n%s", cp)
	}
	if out := must("verify", dir); !strings.Contains(out, "  co-signed up to entry 2 of 2 by witness.example/w1") && !strings.Contains(out, "  co-signed by witness.example/w1") {
		t.Errorf("verify:\n%s", out)
	}

	// An author who understates what a report rests on publishes nothing by that.
	here.Store(false)
	must("observe", dir, "explosion 2025-08-20T12:05/12:06+03:00 from 48.0119N 37.8229E bearing 350-010 distance 2-5km means=heard", "--because", "heard", "--as", "intake")
	key, err := m.Key("head-of-mission")
	if err != nil {
		t.Fatal(err)
	}
	state := func(entries int) string {
		t.Helper()
		content := fmt.Sprintf(`{"because":"daily","digests":{},"entries":%d,"file":"other.html","known":"never","sha256":"%s","title":"another"}`, entries, strings.Repeat("ab", 32))
		sub, err := (&ledger.Body{Kind: "publication", Mission: m.Origin(), At: "2026-04-01T09:00:00.000Z", Content: []byte(content)}).Say(key)
		if err != nil {
			t.Fatal(err)
		}
		text, err := sub.Handed(ledger.Pieces{})
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "publication.json")
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	at = at.Add(time.Hour)
	for entries, says := range map[int]string{0: "from no entry", 1: "has not co-signed entry 3, of 2026-04-01T09:", 4: "co-signed only 3 of them"} {
		if code, out := run("submit", dir, state(entries)); code == exitOK || !strings.Contains(out, says) {
			t.Errorf("a publication of %d entries: exit %d\n%s", entries, code, out)
		}
	}
	here.Store(true)
	at = at.Add(time.Hour)
	if w, err = m.Witnesses(0); err == nil {
		err = w.Ask(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	must("submit", dir, state(1))
	must("verify", dir)
}
