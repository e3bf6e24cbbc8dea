package web

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/situation"
)

// TestTilesBounded: of more than 64 MiB of tiles those that were asked for last are kept.
func TestTilesBounded(t *testing.T) {
	c := newTileCache()
	made := map[string]int{}
	ask := func(key string) {
		if _, err := c.get(key, func() ([]byte, error) { made[key]++; return make([]byte, 1<<20), nil }); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 {
		ask(fmt.Sprint("tile ", i))
		ask("tile 0")
	}
	if ask("tile 1"); made["tile 0"] != 1 || made["tile 1"] != 2 || made["tile 99"] != 1 {
		t.Errorf("made tile 0 %d times, tile 1 %d times, tile 99 %d times", made["tile 0"], made["tile 1"], made["tile 99"])
	}
	size := 0
	for _, key := range c.by.Keys() {
		data, _ := c.by.Peek(key)
		size += len(data) + len(key)
	}
	if size != c.size || size > mostCached {
		t.Errorf("%d bytes are kept, counted as %d; at most %d", size, c.size, mostCached)
	}
}

// TestPagesBounded: of more than 64 MiB of pages those that were asked for last are kept;
// an error and a large page are not.
func TestPagesBounded(t *testing.T) {
	c := newPageCache()
	build := func(code, size int) func() (int, http.Header, []byte) {
		return func() (int, http.Header, []byte) { return code, http.Header{}, make([]byte, size) }
	}
	for i := range 100 {
		c.get(fmt.Sprint("page ", i), build(200, mostPage-100))
	}
	n, size := c.pages.Len(), 0
	for _, p := range c.pages.Values() {
		size += p.counted
	}
	if size != c.size || size > mostPages || size < mostPages-mostPage || c.pages.Contains("page 0") || !c.pages.Contains("page 99") {
		t.Errorf("%d pages of %d bytes are kept, counted as %d; at most %d", n, size, c.size, mostPages)
	}
	c.get("missing", build(404, 10))
	c.get("large", build(200, mostPage+1))
	if c.pages.Len() != n || c.size != size {
		t.Errorf("an error or a large page is kept: %d pages, %d bytes", c.pages.Len(), c.size)
	}
}

// TestRecalledOnce: what is derived from a situation is made once, whoever asks at the
// same time, and of the last eight situations that were asked for.
func TestRecalledOnce(t *testing.T) {
	m := newMemo()
	var made atomic.Int32
	build := func() int { return int(made.Add(1)) }
	var list []*situation.Situation
	for range mostKept + 1 {
		list = append(list, &situation.Situation{})
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { recall(m, list[0], "key", build) })
	}
	wg.Wait()
	if recall(m, list[0], "other", build); made.Load() != 2 {
		t.Errorf("made %d times, want once for each key", made.Load())
	}
	for _, s := range list[1:] {
		recall(m, s, "key", build)
	}
	if recall(m, list[0], "key", build); made.Load() != 3+mostKept {
		t.Errorf("made %d times, want %d: the first of %d situations is no longer kept", made.Load(), 3+mostKept, len(list))
	}
}

// TestKnownAlready: what the map read on an earlier visit is not sent again while it is the same,
// to strangers and to people who have signed in; nobody gets an empty answer since somebody else
// has it. Files that are named by their text are not even asked for again.
func TestKnownAlready(t *testing.T) {
	h := theHouse(t)
	h.pagesOf(t) // something is in the record
	ask := func(c *http.Client, path, known string) (int, http.Header, int) {
		t.Helper()
		req, err := http.NewRequest(http.MethodGet, h.http.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if known != "" {
			req.Header.Set("If-None-Match", known)
		}
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		n, err := io.Copy(io.Discard, resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, resp.Header, int(n)
	}
	for who, c := range map[string]*http.Client{"a stranger": {}, "an officer": h.client[ledger.DutyOfficer]} {
		for i, path := range []string{"/map/agreement.geojson", "/tiles/base/5/18/10", "/tiles/incidents/5/18/10"} {
			_, head, _ := ask(c, path, "")
			tag := head.Get("ETag")
			if tag == "" {
				t.Fatalf("%s %s: no ETag", who, path)
			}
			other := fmt.Sprintf("%s?from=2025-08-2%dT00:00", path, i) // a page that nobody asked for before
			if i == 2 {
				other = path
			}
			for _, x := range []struct {
				path, known string
				code        int
			}{{path, tag, 304}, {path, `"x", ` + tag, 304}, {path, `W/"x"`, 200}, {other, "*", 304}, {other, "", 200}} {
				if code, head, n := ask(c, x.path, x.known); code != x.code || (n == 0) != (code == 304) || head.Get("ETag") == "" {
					t.Errorf("%s %s, known %s: %d with %d bytes, want %d", who, x.path, x.known, code, n, x.code)
				}
			}
		}
	}
	for name := range h.server.assets {
		if !strings.HasPrefix(name, "chunk-") && !strings.HasSuffix(name, ".woff2") {
			continue
		}
		if _, head, _ := ask(&http.Client{}, "/assets/"+name, ""); !strings.Contains(head.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %s", name, head.Get("Cache-Control"))
		}
	}
	if _, head, _ := ask(&http.Client{}, "/assets/app.js", ""); strings.Contains(head.Get("Cache-Control"), "immutable") {
		t.Error("a name that another text will have is cached permanently")
	}
}

// TestMapScripts: the list of scripts that the build wrote is of scripts that are there.
func TestMapScripts(t *testing.T) {
	script := asset{data: []byte("1"), kind: kinds[".js"]}
	list := func(text string) asset { return asset{data: []byte(text)} }
	for _, tt := range []struct {
		name   string
		assets map[string]asset
		want   []string
		fails  string
	}{
		{"nothing was built", map[string]asset{"style.css": {}}, nil, ""},
		{"two", map[string]asset{"map.json": list(`["a.js","b.js"]`), "a.js": script, "b.js": script}, []string{"a.js", "b.js"}, ""},
		{"one that is not there", map[string]asset{"map.json": list(`["a.js","b.js"]`), "a.js": script}, nil, "b.js is not there"},
		{"not a list", map[string]asset{"map.json": list(`{}`)}, nil, "make ui"},
	} {
		got, err := mapScripts(tt.assets)
		if !slices.Equal(got, tt.want) || (err == nil) != (tt.fails == "") || err != nil && !strings.Contains(err.Error(), tt.fails) {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
	}
}
