package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opentruce/truce/internal/ledger"
	"golang.org/x/mod/sumdb/note"
)

// TestMirrors: how far behind a mirror is, one that cannot be reached, one that
// shows rubbish, and one that shows another history under the record's own
// signature, which is an alert.
func TestMirrors(t *testing.T) {
	h := theHouse(t)
	m := h.room.Mission()
	raw := func() []byte {
		text, err := os.ReadFile(filepath.Join(m.Record(), "checkpoint"))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	old := raw()
	h.observe(t, url.Values{"from": {"2025-08-22T07:05"}, "lat": {"47.9"}})
	secret, err := os.ReadFile(m.Private("log.key"))
	if err != nil {
		t.Fatal(err)
	}
	var signer note.Signer
	for line := range strings.Lines(string(secret)) {
		if strings.HasPrefix(line, "PRIVATE+KEY+") {
			if signer, err = note.NewSigner(strings.TrimSpace(line)); err != nil {
				t.Fatal(err)
			}
		}
	}
	lines := strings.SplitN(string(old), "\n", 4) // origin, size, root
	other, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%s\n%s\n", lines[0], lines[1], "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")}, signer)
	if err != nil {
		t.Fatal(err)
	}
	serve := func(checkpoint []byte) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/checkpoint" {
				http.NotFound(w, r)
				return
			}
			_, _ = w.Write(checkpoint)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	gone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // its port stays taken, so that nobody else answers there
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(gone.Close)
	defer func() { h.server.Mirrors, h.server.mirrors.list = nil, nil }()
	h.server.Mirrors = []Mirror{{"itself", h.http.URL}, {"behind", serve(old)}, {"gone", gone.URL}, {"rubbish", serve([]byte("hello"))}, {"fork", serve(other)}}
	h.server.askMirrors(t.Context())
	is := map[string]mirrorState{}
	for _, x := range h.server.mirrors.all() {
		is[x.Name] = x
	}
	size := h.entries()
	if x := is["itself"]; !x.Grown || x.Fork || x.Fault != "" || x.Behind(size) != 0 {
		t.Errorf("itself: %+v", x)
	}
	if x := is["behind"]; !x.Grown || x.Fork || x.Behind(size) < 1 {
		t.Errorf("behind: %+v of %d", x, size)
	}
	for _, name := range []string{"gone", "rubbish"} {
		if x := is[name]; x.Grown || x.Fork || x.Fault == "" || x.Shown != 0 {
			t.Errorf("%s: %+v", name, x)
		}
	}
	if x := is["fork"]; x.Grown || !x.Fork {
		t.Errorf("fork: %+v", x)
	}
	if _, body, _ := h.get(t, ledger.Reader, "/record?fresh"); !strings.Contains(body, "IT SHOWS ANOTHER HISTORY") || !strings.Contains(body, "the same history") {
		t.Errorf("the record's page: %s", said(body))
	}
	if _, body, _ := h.get(t, ledger.DutyOfficer, "/desk"); strings.Count(body, "shows another history") != 1 {
		t.Error("the fork is not on the desk")
	}
	h.server.askMirrors(t.Context())
	if _, body, _ := h.get(t, ledger.DutyOfficer, "/desk"); strings.Count(body, "shows another history") != 1 {
		t.Error("the fork is on the desk twice")
	}
	for _, bad := range []string{"", "x", "=http://a", "a=ftp://b", "a=b"} {
		if _, err := ParseMirror(bad); err == nil {
			t.Errorf("%q is a mirror", bad)
		}
	}
}
