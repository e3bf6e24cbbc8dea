package web

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/report"
	"golang.org/x/net/html"
)

func TestVisible(t *testing.T) {
	for _, tt := range []struct{ page, want string }{
		{`<p>plain</p>`, `<p>plain</p>`},
		{"<p>a\u202eb</p>", `<p>a[U+202E]b</p>`},
		{"<p title=\"a\u2067b\">x</p>", `<p title="a[U+2067]b">x</p>`},
		{"<textarea name=\"t\">a\u202eb</textarea><p>c\u202e</p>", "<textarea name=\"t\">a\u202eb</textarea><p>c[U+202E]</p>"},
		{"<input value=\"a\u202eb\"><p>c\x1b[2J</p>", "<input value=\"a\u202eb\"><p>c[U+001B][2J</p>"},
		{"<p>\u05d0\u200f \u0645\u200c\u06cc \u2066x</p>", "<p>\u05d0\u200f \u0645\u200c\u06cc [U+2066]x</p>"}, // marks and joiners are of the script
		{"<!-- \u202e --><p>\u2029</p>", "<!-- \u202e --><p>[U+2029]</p>"},
	} {
		if got := string(visible([]byte(tt.page))); got != tt.want {
			t.Errorf("%q became %q, want %q", tt.page, got, tt.want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("<p>a\u202eb</p><textarea>\u202e</textarea>")
	f.Fuzz(func(t *testing.T, page string) {
		out := string(visible([]byte(page)))
		if !hides([]byte(page)) && out != page {
			t.Errorf("%q became %q", page, out)
		}
	})
}

// TestOnePlaceShows: templates are executed where what they show goes through visible,
// and nowhere else.
func TestOnePlaceShows(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	executes := regexp.MustCompile(`\.Execute(Template)?\(`)
	found := 0
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, at := range executes.FindAllIndex(text, -1) {
			found++
			rest, _, _ := strings.Cut(string(text[at[0]:]), "\n}\n")
			if !strings.Contains(rest, "visible(b.Bytes())") {
				t.Errorf("%s executes a template, and what it shows does not go through visible", name)
			}
		}
	}
	if found < 2 {
		t.Errorf("%d places execute templates: this test sees nothing", found)
	}
	pages, _ := filepath.Glob("page/*.html")
	locales, _ := filepath.Glob("locale/*.yaml")
	kinds, _ := filepath.Glob("../assess/*.words.yaml")
	for _, name := range slices.Concat(pages, locales, kinds) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if hides(text) {
			t.Errorf("%s has a hidden character of its own", name)
		}
	}
}

// TestUserTextsStayApart writes a text that turns direction into each field that takes
// free text, and looks at each page as each role: no page turns, and each such text is
// set apart from what is around it.
func TestUserTextsStayApart(t *testing.T) {
	t.Parallel()
	h, err := build(changedTerms(t, func(text string) string {
		text = regexp.MustCompile(`(?m)^title: .*$`).ReplaceAllString(text, "title: \"zq \\u202eterms\"")
		return strings.Replace(text, "name: Ukraine", "name: \"zq \\u202eUkraine\"", 1)
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	n := 0
	evil := func() string {
		n++
		return "zq \u202etxt.exe \u2067 " + string(rune('a'+n%26)) + " " + strings.Repeat("endless", 40)
	}
	must := func(role ledger.Role, path string, form url.Values) string {
		t.Helper()
		code, body, head := h.post(t, role, path, form)
		if code != 303 && code != 201 {
			t.Fatalf("%s %v: %d %s", path, form, code, said(body))
		}
		return head.Get("Location")
	}
	at := h.observe(t, url.Values{"because": {evil()}})
	id := strings.TrimPrefix(at, "/incidents/")
	must(ledger.Verification, at+"/decide", url.Values{"kind": {"confirm"}, "article": {"1"}, "because": {evil()}, "although": {evil()}})
	must(ledger.Verification, at+"/decide", url.Values{"kind": {"ask"}, "fact": {"weapon"}, "because": {evil()}})
	must(ledger.Verification, at+"/attribute", url.Values{"actor": {notPossible}, "basis": {evil()}, "because": {evil()}})
	must(ledger.Liaison, "/party/respond", url.Values{"to": {id}, "says": {"contest"}, "because": {evil()}, "next": {"/party"}})
	must(ledger.Liaison, "/party/allege", url.Values{"act": {"strike"}, "from": {"2025-08-20T10:05"}, "where": {"region"}, "place": {"Kharkiv"}, "because": {evil()}})
	must(ledger.Liaison, "/party/notify", url.Values{"act": {"explosion"}, "from": {"2025-08-20T10:05"}, "to": {"2025-08-20T12:05"}, "where": {"point"}, "lat": {"48"}, "lon": {"37"}, "radius": {"2000"}, "because": {evil()}})
	must(ledger.Monitor, "/restrict", url.Values{"by": {"RU"}, "what": {"zq \u202eaccess"}, "from": {"2025-08-20T10:05"}, "where": {"region"}, "place": {"ukraine"}, "because": {evil()}})
	must(ledger.HeadOfMission, "/declare", url.Values{"kind": {"declare"}, "name": {"ground-annex-signed"}, "because": {evil()}})
	for _, kind := range []string{"note", "check-in"} {
		must(ledger.DutyOfficer, "/work", url.Values{"kind": {kind}, "text": {evil()}})
	}
	must(ledger.DutyOfficer, "/work", url.Values{"kind": {"task"}, "of": {id}, "text": {evil()}})
	draft := must(ledger.ReportingOfficer, "/reports/drafts", url.Values{"kind": {"daily"}, "day": {"2025-08-20"}})
	_, page, _ := h.get(t, ledger.ReportingOfficer, draft)
	must(ledger.ReportingOfficer, draft, url.Values{"version": {version.FindStringSubmatch(page)[1]}, "prose": {evil()}})
	_, page, _ = h.get(t, ledger.HeadOfMission, draft)
	must(ledger.HeadOfMission, draft+"/clear", url.Values{"version": {version.FindStringSubmatch(page)[1]}})
	_, page, _ = h.get(t, ledger.ReportingOfficer, draft)
	if !strings.Contains(page, "zq \u202etxt.exe") {
		t.Error("the prose that is edited is not what was typed")
	}
	must(ledger.ReportingOfficer, draft+"/publish", url.Values{"version": {version.FindStringSubmatch(page)[1]}, "because": {evil()}})

	pages := h.pagesOf(t)
	for _, role := range []ledger.Role{Anybody, ledger.Liaison, other, ledger.Verification, ledger.HeadOfMission} {
		for _, p := range []string{at, "/incidents", "/agreement", "/reports", "/", "/record"} {
			pages[p+"?as="+url.QueryEscape(string(role))] = role
		}
	}
	pages[draft], pages["/party?r"] = ledger.ReportingOfficer, other
	texts := 0
	for path, role := range pages {
		_, body, _ := h.get(t, role, path)
		doc := parsed(t, body)
		for n := range doc.Descendants() {
			for _, a := range n.Attr {
				if report.Visible(a.Val) != a.Val && a.Key != "value" {
					t.Errorf("%s: %s turns in %s", path, a.Key, n.Data)
				}
			}
			if n.Type != html.TextNode || !strings.Contains(n.Data, "zq") || strings.HasPrefix(n.Data, "test/field+") { // the key of the log may have these letters, too
				continue
			}
			texts++
			apart, edited := false, false
			for p := n.Parent; p != nil; p = p.Parent {
				edited = edited || p.Data == "textarea"
				apart = apart || slices.Contains([]string{"bdi", "title", "option", "textarea"}, p.Data) // the last three show in one piece
			}
			if !apart {
				t.Errorf("%s: %.60q is not set apart", path, n.Data)
			}
			if report.Visible(n.Data) != n.Data && !edited {
				t.Errorf("%s: %.60q turns", path, n.Data)
			}
		}
	}
	if texts < 60 {
		t.Errorf("%d texts were seen: this test sees too little", texts)
	}
	// What was published is shown as it is, and does not turn either; the record and what
	// machines read have what was typed.
	list, err := h.server.publications()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		_, body, _ := h.get(t, Anybody, "/reports/"+itoa(p.Entry))
		if strings.HasSuffix(p.File, ".html") && (strings.Contains(body, "\u202e") || !strings.Contains(body, "[U+202E]txt.exe")) {
			t.Error("the published page turns")
		}
		if strings.HasSuffix(p.File, ".pdf") && strings.Contains(body, "\u202e") {
			t.Error("the published PDF turns")
		}
	}
	if d := h.lastDecision(); !strings.Contains(d, "\u202e") && d != "" {
		t.Errorf("the record does not have what was typed: %q", d)
	}
}

// lastDecision is the reason of the last decision, as the mission reads it.
func (h *house) lastDecision() string {
	s, _ := h.room.State()
	list := s.Situations["mission"].Decisions
	q := &request{s: h.server, to: "mission"}
	return q.words(list[len(list)-1].ID, list[len(list)-1].Because)
}
