package main

import (
	"github.com/opentruce/truce/internal/mirror"
	"github.com/opentruce/truce/internal/mission"

	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/scenario"
)

// small is a mission with a few hundred observations.
func small(t *testing.T) (c command, dir string) {
	t.Helper()
	c = command{in: strings.NewReader(""), out: io.Discard, err: io.Discard, now: time.Now, into: new(string)}
	made.Do(func() {
		work, err := os.MkdirTemp("", "truce-small-")
		if err == nil {
			err = generate(work, 2000, benchDays(2000))
		}
		if err == nil {
			err = c.benchFill(work, filepath.Join(work, "mission"))
		}
		madeIn, madeErr = work, err
	})
	if madeErr != nil {
		t.Fatal(madeErr)
	}
	dir = filepath.Join(t.TempDir(), "mission")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(madeIn, "mission"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"log.key", "intake.key", "head-of-mission.key", "id.secret"} { // a copy has other rights
		if err := os.Chmod(filepath.Join(dir, "private", name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c, dir
}

var (
	made    sync.Once
	madeIn  string
	madeErr error
)

// TestServeRecord: static files by the rules of tlog-tiles, and nothing else.
func TestServeRecord(t *testing.T) {
	_, dir := small(t)
	if err := os.WriteFile(filepath.Join(dir, "record", "note.txt"), []byte("not to be served"), 0o644); err != nil {
		t.Fatal(err)
	}
	h := mirror.Handler(filepath.Join(dir, "record"))
	ask := func(method, path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "http://x/", nil)
		r.URL.Path = path
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, tt := range []struct {
		path, cache, kind string
		code              int
	}{
		{"/checkpoint", "no-cache", "text/plain; charset=utf-8", 200},
		{"/tile/0/000", "public, max-age=31536000, immutable", "application/octet-stream", 200},
		{"/tile/entries/000", "public, max-age=31536000, immutable", "application/octet-stream", 200},
		{"/tile/9/000", "", "", 404},
		{"/.state/treeState", "", "", 404},
		{"/.state/index.db", "", "", 404},
		{"/note.txt", "", "", 404},
		{"/", "", "", 404},
		{"/tile/", "", "", 404},
		{"/tile/0", "", "", 404},
		{"/tile/../.state/treeState", "", "", 404},
		{"/evidence/../../private/log.key", "", "", 404},
		{"/evidence/..%2f..%2fprivate/log.key", "", "", 404},
		{"/../private/log.key", "", "", 404},
		{"//etc/passwd", "", "", 404},
	} {
		w := ask("GET", tt.path)
		if w.Code != tt.code || tt.code == 200 && (w.Header().Get("Cache-Control") != tt.cache || w.Header().Get("Content-Type") != tt.kind) {
			t.Errorf("%s: %d, %q, %q; want %d, %q, %q", tt.path, w.Code, w.Header().Get("Cache-Control"), w.Header().Get("Content-Type"), tt.code, tt.cache, tt.kind)
		}
		if strings.Contains(w.Body.String(), "PRIVATE+KEY") {
			t.Errorf("%s: a secret key came out", tt.path)
		}
	}
	for _, m := range []string{"POST", "PUT", "DELETE"} {
		if w := ask(m, "/checkpoint"); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", m, w.Code)
		}
	}
	srv := httptest.NewServer(h)
	defer srv.Close()
	if code, out, errs := run3("verify", srv.URL); code != exitOK || !strings.Contains(out, "its key is the one that it states itself") {
		t.Errorf("verify %s: exit %d\n%s%s", srv.URL, code, out, errs)
	}
	plain, packed := ask("GET", "/tile/entries/000"), ask("GET", "/tile/entries/000", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(got, plain.Body.Bytes()) {
		t.Errorf("packed and plain differ: %v", err)
	}
}

// badLink breaks every third connection, and cuts every seventh answer short
// without a word that it is.
type badLink struct {
	h http.Handler
	n atomic.Int64
}

func (b *badLink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := b.n.Add(1)
	if n%3 == 0 {
		panic(http.ErrAbortHandler)
	}
	rec := httptest.NewRecorder()
	r.Header.Del("Accept-Encoding")
	b.h.ServeHTTP(rec, r)
	body := rec.Body.Bytes()
	if n%7 == 0 {
		body = body[:len(body)/2]
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(body)
}

// TestFollowOverABadLink: each round keeps what came whole and verified; in the
// end the mirror is complete, and what was cut short on the way is in it nowhere.
func TestFollowOverABadLink(t *testing.T) {
	c, dir := small(t)
	link := &badLink{h: mirror.Handler(filepath.Join(dir, "record"))}
	srv := httptest.NewServer(link)
	defer srv.Close()
	folder := filepath.Join(t.TempDir(), "mirror")
	f := c.follower(mirror.Trust{}, srv.URL, folder)
	f.NoRecompute = true
	rounds := 0
	for ; rounds < 200; rounds++ {
		if err := f.Round(t.Context()); err == nil {
			break
		}
	}
	if rounds == 0 || rounds == 200 {
		t.Fatalf("%d rounds", rounds)
	}
	p, err := mirror.Trust{}.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Check(t.Context(), mission.Open, mission.Silent{}); err != nil {
		t.Error(err)
	}
	if code, out, errs := run3("verify", folder); code != exitOK {
		t.Errorf("verify: exit %d\n%s%s", code, out, errs)
	}
	t.Logf("complete in round %d, after %d requests", rounds+1, link.n.Load())
}

// TestFollowLiar: a server that alters what it hands out is found out, and the
// mirror keeps what it had.
func TestFollowLiar(t *testing.T) {
	c, dir := small(t)
	honest := mirror.Handler(filepath.Join(dir, "record"))
	var lying atomic.Bool
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		r.Header.Del("Accept-Encoding")
		honest.ServeHTTP(rec, r)
		body := rec.Body.Bytes()
		if lying.Load() && strings.HasPrefix(r.URL.Path, "/tile/entries/") {
			body = bytes.Replace(body, []byte(`"act":"strike"`), []byte(`"act":"damage"`), 1)
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(body)
	}))
	defer srv.Close()
	folder := filepath.Join(t.TempDir(), "mirror")
	lying.Store(true)
	f := c.follower(mirror.Trust{}, srv.URL, folder)
	f.NoRecompute = true
	err := f.Round(t.Context())
	if !errors.Is(err, audit.ErrFault) || !strings.Contains(err.Error(), "it is not the entry that was signed") {
		t.Errorf("a liar: %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "record", "checkpoint")); err == nil {
		t.Error("a checkpoint was kept that nothing vouches for")
	}
	lying.Store(false)
	if err := f.Round(t.Context()); err != nil {
		t.Errorf("once it is honest again: %v", err)
	}
}

// TestFollowBrokenSource: a source that cannot prove its growth is no fork.
func TestFollowBrokenSource(t *testing.T) {
	c, dir := small(t)
	var broken atomic.Bool
	honest := mirror.Handler(filepath.Join(dir, "record"))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() && strings.HasPrefix(r.URL.Path, "/tile/") {
			_, _ = w.Write([]byte("junk"))
			return
		}
		honest.ServeHTTP(w, r)
	}))
	defer srv.Close()
	folder := filepath.Join(t.TempDir(), "mirror")
	f := c.follower(mirror.Trust{}, srv.URL, folder)
	f.NoRecompute = true
	if err := f.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	key, err := m.Key("intake")
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenario.ParseEntry(m.Agreement, "observe x strike 2025-08-20T10:05/10:06Z 48.2N 37.8E ±200m source=viina weapon=missile", mission.Options(mission.Silent{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Writer().Speak(key, r); err != nil {
		t.Fatal(err)
	}
	broken.Store(true)
	if err := f.Round(t.Context()); err == nil {
		t.Error("junk was followed")
	}
	if _, err := os.Stat(filepath.Join(folder, "forks")); err == nil {
		t.Error("junk passed for a fork")
	}
	if code, out, errs := run3("verify", folder); code != exitOK {
		t.Errorf("the mirror does not verify any more: exit %d\n%s%s", code, out, errs)
	}
	broken.Store(false)
	if err := f.Round(t.Context()); err != nil {
		t.Error(err)
	}
}
