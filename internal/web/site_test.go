package web

import (
	"context"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// TestSite writes the public face as files: every link in it leads to a file of it,
// nothing is asked of a server, and what is not public is in none.
func TestSite(t *testing.T) {
	h := theHouse(t)
	secret := h.observe(t, url.Values{"act": {"burst"}, "weapon": {""}, "where": {"wedge"}, "from": {"2025-08-20T06:05"}, "lat": {"48.3333"}, "lon": {"37.6666"},
		"bearing-from": {"350"}, "bearing-to": {"010"}, "distance-from": {"2"}, "distance-to": {"5"}})
	h.observe(t, url.Values{"from": {"2025-08-20T09:05"}, "lat": {"50.3"}})
	dir := filepath.Join(t.TempDir(), "site")
	// A site is of any number of pages: whoever has no address may owe no more.
	h.server.queue.mu.Lock()
	h.server.queue.debts["address "] = debt{time.Hour, time.Now()}
	h.server.queue.mu.Unlock()
	// A site is of one picture. What was sent last may come into it meanwhile, and an incident has another
	// address once a report has joined it; so the site is written again until nothing has changed.
	picture := func() string {
		_, body, _ := h.get(t, Anybody, "/api/picture")
		m := regexp.MustCompile(`"digest": ?"([0-9a-f]{64})"`).FindStringSubmatch(body)
		if m == nil {
			t.Fatalf("the picture has no digest: %.300s", body)
		}
		return m[1]
	}
	var n int
	for tries := 0; ; tries++ {
		before := picture()
		var err error
		if n, err = h.server.WriteSite(context.Background(), dir, nil); err != nil {
			t.Fatal(err)
		}
		if picture() == before {
			break
		}
		if tries == 20 {
			t.Fatal("the picture does not come to rest")
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.server.WriteSite(context.Background(), dir, nil); err == nil {
		t.Error("written over another")
	}
	root := os.DirFS(dir)
	pages, files := 0, 0
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		for _, s := range []string{"48.3333", "37.6666", strings.TrimPrefix(secret, "/incidents/")} {
			// That an entry is there, the record does say; what it is of, nothing does.
			if strings.Contains(string(data), s) && !(len(s) == 64 && strings.HasPrefix(name, "tile/")) {
				t.Errorf("%s has %s in it", name, s)
			}
		}
		if path.Ext(name) != ".html" || strings.HasPrefix(name, "reports/") && path.Base(name) != "index.html" {
			return nil
		}
		pages++
		doc, err := html.Parse(strings.NewReader(string(data)))
		if err != nil {
			return err
		}
		for e := range doc.Descendants() {
			if e.Type != html.ElementNode {
				continue
			}
			if e.Data == "form" {
				t.Errorf("%s has a form", name)
			}
			for _, a := range e.Attr {
				if a.Key != "href" && a.Key != "src" || strings.HasPrefix(a.Val, "#") || strings.HasPrefix(a.Val, "data:") {
					continue
				}
				to := path.Join(path.Dir(name), a.Val)
				if strings.HasPrefix(a.Val, "/") || strings.Contains(a.Val, "//") || strings.Contains(a.Val, "?") {
					t.Errorf("%s leads to %s", name, a.Val)
					continue
				}
				info, err := fs.Stat(root, to)
				if err == nil && info.IsDir() {
					_, err = fs.Stat(root, path.Join(to, "index.html"))
				}
				if err != nil {
					t.Errorf("%s leads to %s, which is not there", name, a.Val)
				}
			}
		}
		return nil
	})
	if err != nil || files != n || pages < 3*6 {
		t.Errorf("%d files of %d, %d pages, %v", files, n, pages, err)
	}
	for _, name := range []string{"index.html", "uk/index.html", "ru/record/index.html", "checkpoint", "tile/entries/000.p", "assets/style.css", "tiles/base/0/0/0", "data/incidents.csv", "map/agreement.geojson"} {
		if _, err := fs.Stat(root, name); err != nil {
			t.Error(err)
		}
	}
}
