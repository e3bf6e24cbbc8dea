package web

import (
	"bytes"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/card"
	"github.com/opentruce/truce/internal/ledger"
	"golang.org/x/net/html"
)

// TestEmbed: of all pages one may be framed, and on it nobody can do anything: no script, no form, no
// cookie, links that open elsewhere; it shows what the public sees, whoever looks.
func TestEmbed(t *testing.T) {
	h := theHouse(t)
	h.observe(t, url.Values{"from": {"2025-08-20T09:05"}, "lat": {"50.2"}})
	var first string
	for _, role := range []ledger.Role{Anybody, ledger.HeadOfMission, ledger.Liaison} {
		code, body, head := h.get(t, role, "/embed?lang=en")
		if code != http.StatusOK {
			t.Fatalf("%q: %d %s", role, code, said(body))
		}
		csp := head.Get("Content-Security-Policy")
		if !strings.Contains(csp, "frame-ancestors *") || strings.Contains(csp, "script-src") || !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "form-action 'none'") || head.Get("X-Frame-Options") != "" || head.Get("Set-Cookie") != "" {
			t.Errorf("%q: %q, X-Frame-Options %q, cookie %q", role, csp, head.Get("X-Frame-Options"), head.Get("Set-Cookie"))
		}
		doc, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if n.Data == "script" || n.Data == "form" || n.Data == "button" || n.Data == "input" || n.Data == "iframe" {
				t.Errorf("%q: a <%s>", role, n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%q: %s=%q", role, a.Key, a.Val)
				}
			}
			if n.Data == "a" && !strings.Contains(attrOf(n, "target")+attrOf(n, "rel"), "_blanknoopener") {
				t.Errorf("%q: a link that opens in the frame: %v", role, n.Attr)
			}
		}
		// What depends on the moment of the request is left out.
		if body = regexp.MustCompile(`<bdi>[^<]*EEST?</bdi>`).ReplaceAllString(body, ""); first == "" {
			first = body
		} else if body != first {
			t.Errorf("%q is shown something else", role)
		}
		if code, _, head := h.get(t, role, "/embed?at=yesterday"); code != http.StatusUnprocessableEntity || head.Get("X-Frame-Options") != "DENY" || !strings.Contains(head.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%q: an error that can be framed: %d, %v", role, code, head)
		}
	}
	_, public, _ := h.get(t, Anybody, "/embed/map.svg")
	if _, mission, _ := h.get(t, ledger.HeadOfMission, "/embed/map.svg"); mission != public || !strings.Contains(public, "<svg") {
		t.Error("the map of the frame is not the public's")
	}
	for _, path := range []string{"/", "/incidents", "/check", "/embed/map.svg", "/preview.png?at=2025-08-22T12:00"} {
		if _, _, head := h.get(t, Anybody, path); head.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s may be framed", path)
		}
	}
}

func attrOf(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// TestPreviews: a link shows a sentence and a picture that this server draws, the same to everybody;
// nothing that somebody wrote ends the markup, and who has signed in has no preview.
func TestPreviews(t *testing.T) {
	h := theHouse(t)
	h.observe(t, url.Values{"from": {"2025-08-20T11:05"}, "lat": {"50.3"}})
	for _, path := range []string{"/?lang=uk"} { // incidents: TestFrontCard
		_, body, _ := h.get(t, Anybody, path)
		m := regexp.MustCompile(`<meta property="og:image" content="([^"]+)">`).FindStringSubmatch(body)
		if m == nil || !strings.HasPrefix(m[1], h.http.URL+"/") || !strings.Contains(body, `<meta property="og:description" content="`) {
			t.Fatalf("%s has no preview: %.2000s", path, body)
		}
		code, file, head := h.get(t, Anybody, strings.TrimPrefix(html.UnescapeString(m[1]), h.http.URL))
		if code != http.StatusOK || head.Get("Content-Type") != "image/png" {
			t.Fatalf("%s: %d %s", m[1], code, head.Get("Content-Type"))
		}
		if c, err := png.DecodeConfig(bytes.NewReader([]byte(file))); err != nil || c.Width != 1200 || c.Height != 630 {
			t.Errorf("%s: %v, %v", m[1], c, err)
		}
		if _, body, _ := h.get(t, ledger.Monitor, path); strings.Contains(body, "og:image") {
			t.Errorf("%s: a preview of what one who has signed in sees", path)
		}
	}
	// A condition that somebody chose is not what the picture shows; and no key of an address ends it.
	for _, path := range []string{"/?q=strike", "/?from=2025-08-20&to=2025-08-20"} {
		if _, body, _ := h.get(t, Anybody, path); strings.Contains(body, "og:image") {
			t.Errorf("%s has a preview of something else", path)
		}
	}
	evil := `en"><script>alert(1)</script>`
	if _, body, _ := h.get(t, Anybody, "/?lang="+url.QueryEscape(evil)); strings.Contains(body, "<script>alert") {
		t.Error("an address ends the markup")
	}
	// The same picture for each role.
	const moment = "/preview.png?at=2026-01-01T12:00:00Z&lang=en"
	_, public, _ := h.get(t, Anybody, moment)
	_, mission, _ := h.get(t, ledger.HeadOfMission, moment)
	if public != mission {
		t.Error("the preview is not the public's")
	}
}

// TestFrontCard: the preview of the first page is checked like any other card, in each language; a
// moment that is still to come is nobody's.
func TestFrontCard(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 22, 6, 0, 0, 0, time.UTC)
	l := newLab(t, airFirst, func() time.Time { return now })
	id := l.vague("monitor", "Agency A", "1", 48.5)
	l.settle()
	if _, body := l.get("/incidents/" + id); !strings.Contains(body, `<meta property="og:image" content="`+l.server.Origin+"/incidents/") {
		t.Errorf("the incident has no preview: %.1500s", body)
	}
	code, file := l.get("/preview.png?lang=uk")
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, said(file))
	}
	got, err := card.ReadPicture([]byte(file))
	if err != nil || got.Address != l.server.Origin+"/?at=2025-08-22T06:00:00.000Z" {
		t.Fatalf("%v, %v", got, err)
	}
	now = now.Add(time.Hour)
	l.vague("verification-officer", "Agency B", "2", 48.518)
	l.settle()
	if _, body := l.sendCheck(t, "preview.png", []byte(file)); !strings.Contains(body, `class="checked same"`) || !strings.Contains(body, `href="/?at=2025-08-22T06:00:00.000Z"`) {
		t.Errorf("the preview of an hour ago: %s", said(body))
	}
	now = now.Add(-2 * time.Hour)
	if _, body := l.sendCheck(t, "preview.png", []byte(file)); strings.Contains(body, `class="checked same"`) {
		t.Errorf("a preview of the future: %s", said(body))
	}
}
