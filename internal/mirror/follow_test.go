package mirror_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
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
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mirror"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/synthetic"
)

// small is a mission with a few hundred observations, made once and copied.
func small(t *testing.T) (dir string) {
	t.Helper()
	smallOnce.Do(func() {
		if smallAt, smallErr = os.MkdirTemp("", "truce-mirror-"); smallErr != nil {
			return
		}
		if smallErr = synthetic.Write(smallAt, 400, 1); smallErr == nil {
			smallErr = synthetic.Mission(smallAt, filepath.Join(smallAt, "mission"), time.Now, mission.Silent{})
		}
	})
	if smallErr != nil {
		t.Fatal(smallErr)
	}
	return another(t, filepath.Join(smallAt, "mission"))
}

// another is a copy of a mission's folder, with its keys.
func another(t *testing.T, of string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "mission")
	if err := os.CopyFS(dir, os.DirFS(of)); err != nil {
		t.Fatal(err)
	}
	list, err := filepath.Glob(filepath.Join(dir, "private", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range list { // a copy has other rights
		if err := os.Chmod(name, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var (
	smallOnce sync.Once
	smallAt   string
	smallErr  error
)

func TestMain(m *testing.M) {
	code := m.Run()
	if smallAt != "" {
		_ = os.RemoveAll(smallAt)
	}
	os.Exit(code)
}

// verify checks all of a copy.
func verify(t *testing.T, where string) {
	t.Helper()
	c, err := mirror.Trust{}.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	done, err := c.Check(t.Context(), mission.Open, mission.Silent{})
	if err != nil {
		t.Errorf("%s does not verify: %v", where, err)
	} else if len(done.Strangers) > 0 || done.Unchecked != nil || done.Objected > 0 {
		t.Errorf("%s: strangers %v, unchecked %v, %d objections", where, done.Strangers, done.Unchecked, done.Objected)
	}
}

// say adds an observation to the record of the mission in dir.
func say(t *testing.T, dir, key string) {
	t.Helper()
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	clerk, err := m.Key("intake")
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenario.ParseEntry(m.Agreement, "observe "+key+" strike 2025-08-20T10:05/10:06Z 48.2N 37.8E ±200m source=viina weapon=missile", mission.Options(mission.Silent{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := intake.NewWriter(m).Speak(clerk, r); err != nil {
		t.Fatal(err)
	}
}

// TestServeRecord: static files by the rules of tlog-tiles, and nothing else.
func TestServeRecord(t *testing.T) {
	dir := small(t)
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
	c, err := mirror.Trust{}.Open(t.Context(), srv.URL)
	if err != nil || !c.KeyFromRecord {
		t.Fatalf("%s: %v; want the key that the record states itself", srv.URL, err)
	}
	verify(t, srv.URL)
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
	dir := small(t)
	link := &badLink{h: mirror.Handler(filepath.Join(dir, "record"))}
	srv := httptest.NewServer(link)
	defer srv.Close()
	folder := filepath.Join(t.TempDir(), "mirror")
	f := &mirror.Follower{Where: srv.URL, Dir: folder, NoRecompute: true}
	rounds := 0
	for ; rounds < 200; rounds++ {
		if err := f.Round(t.Context()); err == nil {
			break
		}
	}
	if rounds == 0 || rounds == 200 {
		t.Fatalf("%d rounds", rounds)
	}
	verify(t, folder)
	t.Logf("complete in round %d, after %d requests", rounds+1, link.n.Load())
}

// TestFollowLiar: a server that alters what it hands out is found out, and the
// mirror keeps what it had.
func TestFollowLiar(t *testing.T) {
	dir := small(t)
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
	f := &mirror.Follower{Where: srv.URL, Dir: folder, NoRecompute: true}
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

// TestFollowBrokenSource: a source that cannot prove its growth does not count as a fork.
func TestFollowBrokenSource(t *testing.T) {
	dir := small(t)
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
	f := &mirror.Follower{Where: srv.URL, Dir: folder, NoRecompute: true}
	if err := f.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	say(t, dir, "x")
	broken.Store(true)
	if err := f.Round(t.Context()); err == nil {
		t.Error("junk was followed")
	}
	if _, err := os.Stat(filepath.Join(folder, "forks")); err == nil {
		t.Error("junk passed for a fork")
	}
	verify(t, folder)
	broken.Store(false)
	if err := f.Round(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestFollowerTells: what a follower tells of a first round, of one with nothing new, and
// of bundles in any order.
func TestFollowerTells(t *testing.T) {
	dir, work := small(t), t.TempDir()
	pack := func(name string) string {
		c, err := mirror.Trust{}.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		got, err := c.WriteBundle(t.Context(), &b, mission.Silent{})
		if err != nil || got.Files == 0 {
			t.Fatal(got, err)
		}
		name = filepath.Join(work, name)
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	early := pack("early.truce")
	say(t, dir, "later")
	late := pack("late.truce")

	folder := filepath.Join(work, "mirror")
	round := func(bundle string) (told []string) {
		t.Helper()
		z, err := zip.OpenReader(bundle)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		f := &mirror.Follower{Where: bundle, Dir: folder, From: mirror.FromBundle(&z.Reader), Tell: func(n mirror.News) {
			switch n := n.(type) {
			case mirror.Followed:
				told = append(told, fmt.Sprintf("%d new", n.Summary.Checkpoint.Size-n.Before))
			case mirror.Older:
				told = append(told, fmt.Sprintf("older by %d", n.Ours.Size-n.Theirs.Size))
			default:
				told = append(told, strings.TrimPrefix(fmt.Sprintf("%T", n), "mirror."))
			}
		}}
		if err := f.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		verify(t, folder)
		return told
	}
	for _, x := range []struct{ bundle, want string }{
		{early, "KeyStated, n new, Computed"},
		{early, "0 new, Computed"},
		{late, "1 new, Computed"},
		{early, "older by 1"},
	} {
		got := round(x.bundle)
		if len(got) > 1 && got[0] == "KeyStated" {
			got[1] = "n new"
		}
		if strings.Join(got, ", ") != x.want {
			t.Errorf("%s: told %v, want %s", filepath.Base(x.bundle), got, x.want)
		}
	}
}
