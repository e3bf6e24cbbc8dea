package web

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TestFormPages: each route that a form is sent to says which page the form is on.
func TestFormPages(t *testing.T) {
	h := theHouse(t)
	for pattern, page := range formPages {
		if h.server.routes[pattern] == nil {
			t.Errorf("%s is not a route", pattern)
		}
		if page != "" && page != "{next}" && h.server.routes["GET "+page] == nil {
			t.Errorf("%s: the page %s is not a route", pattern, page)
		}
	}
	for pattern := range h.server.routes {
		if _, ok := formPages[pattern]; strings.HasPrefix(pattern, "POST ") && !ok {
			t.Errorf("%s has no page for its form", pattern)
		}
	}
}

// A pageForm is a form as a browser would send it.
type pageForm struct {
	role   ledger.Role
	page   string
	node   *html.Node
	action string
	sent   url.Values
}

// formsOn are the forms of a page, as they open.
func (h *house) formsOn(t *testing.T, role ledger.Role, page string) (out []pageForm) {
	t.Helper()
	code, body, _ := h.get(t, role, page)
	if code != http.StatusOK {
		t.Fatalf("%s as %s: %d", page, role, code)
	}
	for n := range parsed(t, body).Descendants() {
		if n.DataAtom != atom.Form || attr(n, "method") != "post" || strings.HasPrefix(attr(n, "action"), "/sign-out") || attr(n, "class") == "settings" {
			continue
		}
		out = append(out, pageForm{role, page, n, attr(n, "action"), sends(n)})
	}
	return out
}

func parsed(t *testing.T, body string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// sends is what a browser sends of a form as it is.
func sends(form *html.Node) url.Values {
	out := url.Values{}
	for n := range form.Descendants() {
		name := attr(n, "name")
		if name == "" {
			continue
		}
		switch n.DataAtom {
		case atom.Input:
			switch attr(n, "type") {
			case "checkbox", "radio":
				if has(n, "checked") {
					out.Add(name, attr(n, "value"))
				}
			case "file":
			default:
				out.Add(name, attr(n, "value"))
			}
		case atom.Textarea:
			out.Add(name, textOf(n))
		case atom.Select:
			value, chosen := "", false
			for o := range n.Descendants() {
				if o.DataAtom == atom.Option && (!chosen && value == "" && o.PrevSibling == nil || has(o, "selected")) {
					value, chosen = optionValue(o), has(o, "selected")
				}
			}
			out.Add(name, value)
		}
	}
	return out
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// cameBack is the form of a page that came back.
func cameBack(doc *html.Node) *html.Node {
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Form && has(n, "data-again") {
			return n
		}
	}
	return nil
}

// faultsOf are the fields that a page points to, by name: each has its error beside it,
// is marked as wrong, and is in the summary.
func faultsOf(t *testing.T, doc *html.Node) (out []string) {
	t.Helper()
	ids, links := map[string]*html.Node{}, map[string]bool{}
	for n := range doc.Descendants() {
		if id := attr(n, "id"); id != "" {
			ids[id] = n
		}
		if to, ok := strings.CutPrefix(attr(n, "href"), "#f-"); ok {
			links[to] = true
		}
	}
	for n := range doc.Descendants() {
		if attr(n, "aria-invalid") != "true" {
			continue
		}
		name := attr(n, "name")
		out = append(out, name)
		if e := ids[attr(n, "aria-describedby")]; e == nil || strings.TrimSpace(textOf(e)) == "" {
			t.Errorf("%s is marked as wrong and nothing beside it says why", name)
		}
		if !links[name] {
			t.Errorf("the summary does not lead to %s", name)
		}
	}
	slices.Sort(out)
	return out
}

// hostile are values that people type by mistake or by intent.
var hostile = []string{"", "x", "-1", "0", "99999999999999999999", "1e999", "NaN", "\u202egnp.exe", "a\x00b", "\xff\xfe", `"><script>alert(1)</script>`, "2025-13-45T99:99", "0001-01-01", "9999-12-31", "none",
	strings.Repeat("0", 64), strings.Repeat("ж", 9000), "=1+1", "../../etc/passwd", "{incidents 99}", "other", "confirm", "declare", "weekly"}

// likely are values with which a form is nearly right, so that the one that is not is
// read and not only that others are missing.
var likely = map[string]string{"because": "a test of forms", "act": "strike", "weapon": "missile", "from": "2025-08-20T12:05", "lat": "48.01", "lon": "37.80", "radius": "300", "where": "point", "basis": "trajectory",
	"what": "access", "by": "RU", "says": "contest", "actor": "RU", "confidence": "likely", "fact": "weapon", "source": "B", "info": "2", "role": "reader", "text": "a note", "name": "reader-9"}

// TestNoFormFails sends each form of each page as it opens, and with what people type
// by mistake in each of its fields, in make laws; otherwise a sample of that, which a
// seed chooses: TRUCE_SEED makes the same again. The answer is never a failure of the
// server; a form that is refused comes back with all that was typed in it.
func TestNoFormFails(t *testing.T) {
	t.Parallel()
	h, err := build("../../agreements/ukraine-air-first")
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	at := h.observe(t, url.Values{"from": {"2025-08-20T03:05"}, "lat": {"47.5"}})
	h.observe(t, url.Values{"from": {"2025-08-20T03:06"}, "lat": {"47.5"}, "because": {"a second report of it"}})
	_, _, head := h.post(t, ledger.ReportingOfficer, "/reports/drafts", url.Values{"kind": {"daily"}, "day": {"2025-08-20"}})
	draft := head.Get("Location")
	mine, _ := h.uploaded(t, ledger.Intake, "mine.csv", []byte(germanCSV), "")
	forms := map[string]pageForm{}
	for _, x := range []struct {
		role ledger.Role
		page string
	}{{ledger.Monitor, "/observe"}, {ledger.Verification, at}, {ledger.HeadOfMission, at}, {ledger.Liaison, at}, {ledger.Liaison, "/party"}, {ledger.Verification, "/desk"}, {ledger.HeadOfMission, "/desk"}, {ledger.Verification, "/desk/same"},
		{ledger.HeadOfMission, "/agreement"}, {ledger.Liaison, "/agreement"}, {ledger.ReportingOfficer, "/reports"}, {ledger.ReportingOfficer, draft}, {ledger.HeadOfMission, draft}, {ledger.HeadOfMission, "/people"}, {ledger.Intake, "/files"}, {ledger.Intake, mine}} {
		for _, f := range h.formsOn(t, x.role, x.page) {
			if strings.HasSuffix(f.action, "/end") && !strings.Contains(f.action, "reader") || strings.HasSuffix(f.action, "/invite") || strings.HasSuffix(f.action, "/remove") {
				continue // these accounts are wanted
			}
			forms[fmt.Sprint(f.action, f.sent["kind"], f.sent["digest"])] = f
		}
	}
	if len(forms) < 20 {
		t.Fatalf("%d forms were found", len(forms))
	}
	laws, seed := os.Getenv("TRUCE_LAWS") != "", uint64(time.Now().UnixNano())
	if v := os.Getenv("TRUCE_SEED"); v != "" {
		if seed, err = strconv.ParseUint(v, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	random := rand.New(rand.NewPCG(seed, 0))
	one := func(n int) bool { return laws || random.IntN(n) == 0 } // of so many, unless all are wanted
	sent := 0
	for _, key := range slices.Sorted(maps.Keys(forms)) {
		f := forms[key]
		base := maps.Clone(f.sent)
		for name, v := range likely {
			if base.Has(name) && base.Get(name) == "" || name == "because" && base.Has(name) {
				base[name] = []string{v}
			}
		}
		h.send(t, f, f.sent) // as it opens
		for i, name := range slices.Sorted(maps.Keys(base)) {
			for k, v := range hostile {
				if c := control(f.node, name); k > 0 && (k+i)%6 != 0 || k > 0 && k%3 != 0 && (c == nil || c.DataAtom == atom.Select) {
					continue // not each in each field: some of all of them
				}
				if !one(6) {
					continue
				}
				form := maps.Clone(base)
				form[name] = []string{v}
				if name != "because" && v != "" {
					form["because"] = []string{""} // so that it is refused, and what is wrong with the other is said too
				}
				h.send(t, f, form)
				sent++
			}
		}
	}
	t.Logf("%d forms, sent %d times; TRUCE_SEED=%d", len(forms), sent, seed)
	// What is not a form at all.
	for pattern, page := range formPages {
		path := strings.NewReplacer("{id}", strings.TrimPrefix(at, "/incidents/"), "{n}", "1", "{name}", "nobody-1", "{token}", "none").Replace(strings.TrimPrefix(pattern, "POST "))
		for _, kind := range []string{"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "application/json", ""} {
			for _, body := range []string{"%zz=%", "--x\r\nContent-Disposition: form-data; name=because\r\n\r\na", "{", ""} {
				for _, role := range []ledger.Role{ledger.HeadOfMission, ledger.Liaison, ledger.ReportingOfficer} {
					if page == "" && strings.Contains(pattern, "sign") {
						continue // signing in and out is tried elsewhere
					}
					if !one(6) {
						continue
					}
					req, _ := http.NewRequest(http.MethodPost, h.http.URL+path, strings.NewReader(body))
					req.Header.Set("Content-Type", kind)
					resp, err := h.client[role].Do(req)
					if err != nil {
						t.Fatal(err)
					}
					resp.Body.Close()
					if resp.StatusCode >= 500 {
						t.Errorf("%s as %s, %q of %q: %d", pattern, role, body, kind, resp.StatusCode)
					}
				}
			}
		}
	}
}

// send sends a form and checks the answer.
func (h *house) send(t *testing.T, f pageForm, form url.Values) {
	t.Helper()
	code, body, _ := h.post(t, f.role, f.action, form)
	switch {
	case code >= 500:
		t.Errorf("%s on %s: %d: %.300v\n%.300s", f.action, f.page, code, form, said(body))
	case code == http.StatusUnprocessableEntity || code == http.StatusConflict:
		back := cameBack(parsed(t, body))
		if back == nil && code == http.StatusConflict && strings.Contains(body, `id="again"`) {
			return // it is not there any more
		}
		if back == nil {
			t.Errorf("%s on %s: %d, and the form did not come back: %.200v: %.200s", f.action, f.page, code, form, said(body))
			return
		}
		got := sends(back)
		for n := range back.Descendants() {
			name, typed := attr(n, "name"), ""
			if name == "" || attr(n, "type") == "hidden" || attr(n, "type") == "file" {
				continue
			}
			if v := form[name]; len(v) > 0 {
				typed = strings.ToValidUTF8(v[0], "\uFFFD")
			}
			if n.DataAtom == atom.Select && !offers(n, typed) || attr(n, "type") == "radio" || attr(n, "type") == "checkbox" {
				continue
			}
			// The parser of HTML reads these as browsers do.
			typed = strings.NewReplacer("\x00", "\uFFFD", "\r\n", "\n", "\r", "\n").Replace(typed)
			if strings.ReplaceAll(got.Get(name), "\x00", "\uFFFD") != typed {
				t.Errorf("%s on %s: %s came back as %.60q, and was sent as %.60q", f.action, f.page, name, got.Get(name), typed)
			}
		}
	}
}

// TestAllAtOnce: whoever fills a form in learns of all that is wrong with it, each
// beside its field, and of nothing else.
func TestAllAtOnce(t *testing.T) {
	h := theHouse(t)
	at := h.observe(t, url.Values{"from": {"2025-08-20T02:05"}, "lat": {"46.1"}})
	for _, tt := range []struct {
		role ledger.Role
		path string
		form url.Values
		want []string
	}{
		{ledger.Monitor, "/observe", url.Values{"where": {"point"}}, []string{"act", "because", "from", "lat", "lon"}},
		{ledger.Monitor, "/observe", url.Values{"where": {"point"}, "act": {"dance"}, "from": {"yesterday"}, "lat": {"95.2"}, "lon": {"37"}, "radius": {"5k"}, "killed": {"-1"}, "grade": {"Z9"}, "because": {"x"}},
			[]string{"act", "from", "grade", "killed", "lat", "radius"}},
		{ledger.Monitor, "/observe", url.Values{"where": {"wedge"}, "act": {"explosion"}, "from": {"2025-08-20T10:05"}, "to": {"2025-08-20T10:00"}, "lat": {"48"}, "lon": {""}, "bearing-from": {"north"}, "bearing-to": {"10"},
			"distance-from": {"a"}, "distance-to": {"5"}, "because": {"x"}}, []string{"bearing-from", "distance-from", "lon", "to"}},
		{ledger.Monitor, "/restrict", url.Values{"where": {"region"}}, []string{"because", "by", "from", "place", "what"}},
		{ledger.Liaison, "/party/allege", url.Values{"where": {"region"}, "place": {"Atlantis"}}, []string{"act", "because", "from", "place"}},
		{ledger.Liaison, "/party/notify", url.Values{"act": {""}, "where": {"point"}}, []string{"act", "because", "from", "lat", "lon"}},
		{ledger.Verification, at + "/decide", url.Values{"kind": {""}}, []string{"because", "kind"}},
		{ledger.Verification, at + "/decide", url.Values{"kind": {"confirm"}, "article": {""}}, []string{"article", "because"}},
		{ledger.Verification, at + "/decide", url.Values{"kind": {"confirm"}, "article": {"99"}, "because": {"x"}}, []string{"article"}},
		{ledger.Verification, at + "/decide", url.Values{"kind": {"merge"}, "with": {"ffffffffffff"}, "because": {"x"}}, []string{"with"}},
		{ledger.Verification, at + "/decide", url.Values{"kind": {"merge"}, "with": {strings.TrimPrefix(at, "/incidents/")}, "because": {"x"}}, []string{"with"}},
		{ledger.Verification, at + "/decide", url.Values{"kind": {"merge"}}, []string{"because", "with"}},
		{ledger.Verification, at + "/decide", url.Values{"kind": {"ask"}}, []string{"because", "fact"}},
		{ledger.Verification, at + "/decide", url.Values{"kind": {"grade"}, "of": {strings.TrimPrefix(at, "/incidents/")}}, []string{"because", "info", "source"}},
		{ledger.Verification, at + "/attribute", url.Values{"actor": {""}}, []string{"actor", "basis", "because"}},
		{ledger.Verification, at + "/attribute", url.Values{"actor": {"RU"}, "confidence": {""}, "basis": {"x"}, "because": {"x"}}, []string{"confidence"}},
		{ledger.Verification, at + "/attribute", url.Values{"actor": {"XX"}, "confidence": {"likely"}, "basis": {"x"}, "because": {"x"}}, []string{"actor"}},
		{ledger.Liaison, "/party/respond", url.Values{"to": {strings.TrimPrefix(at, "/incidents/")}, "next": {at}}, []string{"because", "says"}},
		{ledger.HeadOfMission, "/declare", url.Values{"from": {"soon"}}, []string{"because", "from", "kind", "name"}},
		{ledger.HeadOfMission, "/declare", url.Values{"kind": {"declare"}, "name": {"peace"}, "because": {"x"}}, []string{"name"}},
		{ledger.HeadOfMission, "/people", url.Values{"name": {"Jo"}}, []string{"because", "name", "role"}},
		{ledger.HeadOfMission, "/people", url.Values{"name": {"monitor-1"}, "role": {"liaison"}, "because": {"x"}}, []string{"name", "party"}},
		{ledger.ReportingOfficer, "/reports/drafts", url.Values{"day": {"x"}, "corrects": {"0"}}, []string{"corrects", "day", "kind", "why"}},
		{ledger.DutyOfficer, "/work", url.Values{"kind": {"note"}, "next": {"/desk"}}, []string{"text"}},
		{ledger.HeadOfMission, "/release", url.Values{}, []string{"because"}},
	} {
		before := h.entries()
		code, body, _ := h.post(t, tt.role, tt.path, tt.form)
		if got := faultsOf(t, parsed(t, body)); code != 422 || h.entries() != before || !slices.Equal(got, tt.want) {
			t.Errorf("%s %v: %d, %d entries more; it points to %v, want %v", tt.path, tt.form, code, h.entries()-before, got, tt.want)
		}
	}
	// In a language that the reader chose.
	req, _ := http.NewRequest(http.MethodPost, h.http.URL+"/observe", strings.NewReader("where=point"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept-Language", "uk")
	resp, err := h.client[ledger.Monitor].Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	_, _ = b.ReadFrom(resp.Body)
	if !strings.Contains(b.String(), "У формі є помилки") {
		t.Error("what is wrong is not said in Ukrainian")
	}
}

// TestLongReasons: a reason may have as many characters as the form says, of any script.
func TestLongReasons(t *testing.T) {
	h := theHouse(t)
	for i, text := range []string{strings.Repeat("x", 8000), strings.Repeat("ж", 8000), strings.Repeat("戦", 5300)} {
		h.observe(t, url.Values{"from": {"2025-08-16T02:05"}, "lat": {fmt.Sprint("45.", i)}, "because": {text}})
		if code, body, _ := h.post(t, ledger.Monitor, "/observe", url.Values{"act": {"strike"}, "because": {text + strings.Repeat(string([]rune(text)[:1]), 40)}}); code != 422 || !slices.Contains(faultsOf(t, parsed(t, body)), "because") {
			t.Errorf("some characters more: %d", code)
		}
	}
}

// TestNothingChosen: no form that says something of somebody has it chosen beforehand.
func TestNothingChosen(t *testing.T) {
	h := theHouse(t)
	at := h.observe(t, url.Values{"from": {"2025-08-20T01:15"}, "lat": {"47.61"}})
	chosen := []string{"act", "by", "says", "kind", "actor", "confidence", "fact", "source", "info", "role"}
	found := map[string]bool{}
	for _, x := range []struct {
		role ledger.Role
		page string
	}{{ledger.Monitor, "/observe"}, {ledger.Liaison, "/party"}, {ledger.Liaison, at}, {ledger.Verification, at}, {ledger.HeadOfMission, "/agreement"}, {ledger.HeadOfMission, "/people"}} {
		for _, f := range h.formsOn(t, x.role, x.page) {
			for n := range f.node.Descendants() {
				name := attr(n, "name")
				if n.DataAtom != atom.Select || !slices.Contains(chosen, name) {
					continue
				}
				if found[name] = true; f.sent.Get(name) != "" {
					t.Errorf("%s on %s: %s is %q before anybody has chosen", f.action, x.page, name, f.sent.Get(name))
				}
			}
		}
	}
	for _, name := range chosen {
		if !found[name] {
			t.Errorf("no form has %s: this test sees nothing", name)
		}
	}
	// The only article that applies is chosen.
	for _, f := range h.formsOn(t, ledger.Verification, at) {
		if strings.HasSuffix(f.action, "/decide") && f.sent.Has("article") && f.sent.Get("article") != "1" {
			t.Errorf("article %q is chosen, and only 1 applies: %s", f.sent.Get("article"), textOf(f.node))
		}
	}
}

// TestFaultsAreNotOfTheEpoch: a page that says why another cannot be shown is of the present.
func TestFaultsAreNotOfTheEpoch(t *testing.T) {
	h := theHouse(t)
	for _, role := range []ledger.Role{Anybody, ledger.Reader} {
		for _, path := range []string{"/nothing", "/incidents/" + strings.Repeat("0", 64), "/desk?x", "/incidents?at=never"} {
			_, body, _ := h.get(t, role, path)
			if strings.Contains(body, "1970") {
				t.Errorf("%s as %q says 1970", path, role)
			}
		}
		if _, body, _ := h.post(t, role, "/observe", url.Values{"because": {"kept"}}); strings.Contains(body, "1970") {
			t.Errorf("a refused form as %q says 1970", role)
		}
	}
}

// TestWrongRoleKeepsText: whoever may not send a form still has what they wrote.
func TestWrongRoleKeepsText(t *testing.T) {
	h := theHouse(t)
	code, body, _ := h.post(t, ledger.Reader, "/observe", url.Values{"because": {"an hour’s work"}})
	if code != http.StatusForbidden || !strings.Contains(body, "an hour’s work") {
		t.Errorf("%d, and the text is gone: %s", code, said(body))
	}
}

// decisions is how many were taken.
func (h *house) decisions() int {
	s, _ := h.room.State()
	return len(s.Situations[truce.ForMission].Decisions)
}

// decideForm is the form for deciding, as it opens for a role.
func (h *house) decideForm(t *testing.T, role ledger.Role, at string) pageForm {
	t.Helper()
	for _, f := range h.formsOn(t, role, at) {
		if strings.HasSuffix(f.action, "/decide") && f.sent.Has("with") {
			return f
		}
	}
	t.Fatalf("%s has no form for deciding", at)
	return pageForm{}
}

// TestTwoDecideAtOnce: of two people who decide about one incident at once one is told
// what the other has decided, and asked; nobody is overridden without knowing it.
func TestTwoDecideAtOnce(t *testing.T) {
	h := theHouse(t)
	for round := range 4 {
		at := h.observe(t, url.Values{"from": {"2025-08-20T02:25"}, "lat": {fmt.Sprint("47.", 1+2*round)}})
		type hand struct {
			f    pageForm
			code int
			body string
		}
		hands := []*hand{{f: h.decideForm(t, ledger.Verification, at)}, {f: h.decideForm(t, ledger.HeadOfMission, at)}}
		before := h.decisions()
		var both sync.WaitGroup
		start := make(chan struct{})
		for i, x := range hands {
			x.f.sent.Set("kind", []string{"verify", "reject"}[i])
			x.f.sent.Set("article", "1")
			x.f.sent.Set("because", []string{"fragments were found", "it was a drill"}[i])
			both.Go(func() {
				<-start
				x.code, x.body, _ = h.post(t, x.f.role, x.f.action, x.f.sent)
			})
		}
		close(start)
		both.Wait()
		if hands[0].code == http.StatusConflict {
			slices.Reverse(hands)
		}
		first, second := hands[0], hands[1]
		if first.code != 303 || second.code != http.StatusConflict || h.decisions() != before+1 {
			t.Fatalf("%d and %d, %d decisions", first.code, second.code, h.decisions()-before)
		}
		for _, want := range []string{first.f.sent.Get("because"), "it contradicts decision", "Record my entry anyway"} {
			if !strings.Contains(said(html.UnescapeString(second.body)), want) {
				t.Errorf("the second is not told %q: %.400s", want, said(second.body))
			}
		}
		back := cameBack(parsed(t, second.body))
		again := sends(back)
		if again.Get("because") != second.f.sent.Get("because") || again.Get("kind") != second.f.sent.Get("kind") {
			t.Errorf("what the second had written is gone: %v", again)
		}
		// Sent again as it is, it is asked again; with the choice, it is recorded.
		if code, _, _ := h.post(t, second.f.role, attr(back, "action"), again); code != http.StatusConflict {
			t.Errorf("without the choice: %d", code)
		}
		again.Set("anyway", attr(control(back, "anyway"), "value"))
		if code, body, _ := h.post(t, second.f.role, attr(back, "action"), again); code != 303 || h.decisions() != before+2 {
			t.Errorf("with the choice: %d %s", code, said(body))
		}
		// The choice was of what was read, and not of what comes later.
		if code, _, _ := h.post(t, second.f.role, attr(back, "action"), again); code != http.StatusConflict {
			t.Errorf("the same choice, of a state that has passed: %d", code)
		}
	}
}

// TestDoubtfulDecision: a decision below the article's floor, or that contradicts an
// earlier one, comes back with what speaks against it and is recorded by whoever says
// that they have read it; one on what is not a violation asks why.
func TestDoubtfulDecision(t *testing.T) {
	h := theHouse(t)
	at := h.observe(t, url.Values{"from": {"2025-08-20T02:25"}, "lat": {"47.15"}})
	send := func(at string, set ...string) (int, string) {
		f := h.decideForm(t, ledger.Verification, at)
		for i := 0; i < len(set); i += 2 {
			f.sent.Set(set[i], set[i+1])
		}
		code, body, _ := h.post(t, f.role, f.action, f.sent)
		return code, body
	}
	before := h.decisions()
	code, body := send(at, "kind", "confirm", "article", "1", "because", "fragments were found")
	if code != http.StatusConflict || h.decisions() != before || !strings.Contains(said(html.UnescapeString(body)), "below the floor that the article asks for: uncorroborated") || strings.Contains(said(body), "Something changed") {
		t.Fatalf("%d, %d decisions: %.300s", code, h.decisions()-before, said(body))
	}
	back := cameBack(parsed(t, body))
	sent := sends(back)
	sent.Set("anyway", attr(control(back, "anyway"), "value"))
	if code, body, _ := h.post(t, ledger.Verification, attr(back, "action"), sent); code != 303 || h.decisions() != before+1 {
		t.Fatalf("having read it: %d %.300s", code, said(body))
	}
	code, body = send(at, "kind", "unverifiable", "because", "nobody can get there")
	if code != http.StatusConflict || !strings.Contains(said(html.UnescapeString(body)), "it contradicts decision") {
		t.Errorf("unverifiable after a confirmation: %d %.300s", code, said(body))
	}
	// Before the truce: no article is about it.
	early := h.observe(t, url.Values{"from": {"2025-08-10T02:25"}, "to": {"2025-08-10T02:35"}, "lat": {"47.25"}})
	code, body = send(early, "kind", "confirm", "article", "1", "because", "fragments were found")
	if code != http.StatusUnprocessableEntity || !strings.Contains(said(html.UnescapeString(body)), "does not bind at the time of this incident") {
		t.Errorf("out of scope: %d %.300s", code, said(body))
	}
	code, body = send(early, "kind", "confirm", "article", "1", "because", "fragments were found", "although", "the clock of the post was ten days slow")
	if code != 303 || h.decisions() != before+2 {
		t.Errorf("although: %d, %d decisions: %.300s", code, h.decisions()-before, said(body))
	}
}

// TestChangedMeanwhile: the siblings of two decisions at once.
func TestChangedMeanwhile(t *testing.T) {
	t.Parallel()
	h, err := build("../../agreements/ukraine-air-first")
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	at := h.observe(t, url.Values{"from": {"2025-08-20T02:35"}, "lat": {"43.5"}})
	open := func(role ledger.Role, page, suffix string, has url.Values) pageForm {
		t.Helper()
		for _, f := range h.formsOn(t, role, page) {
			fits := strings.HasSuffix(f.action, suffix)
			for k, v := range has {
				fits = fits && f.sent.Get(k) == v[0]
			}
			if fits {
				return f
			}
		}
		t.Fatalf("%s has no form %s %v", page, suffix, has)
		return pageForm{}
	}
	collide := func(what string, first, second pageForm, values url.Values, tells string) {
		t.Helper()
		maps.Copy(first.sent, values)
		maps.Copy(second.sent, values)
		if code, body, _ := h.post(t, first.role, first.action, first.sent); code != 303 {
			t.Fatalf("%s: the first: %d %s", what, code, said(body))
		}
		code, body, _ := h.post(t, second.role, second.action, second.sent)
		if code != http.StatusConflict || !strings.Contains(said(html.UnescapeString(body)), tells) {
			t.Fatalf("%s: the second: %d, want 409 that tells %q: %.500s", what, code, tells, said(html.UnescapeString(body)))
		}
		back := cameBack(parsed(t, body))
		again := sends(back)
		again.Set("anyway", attr(control(back, "anyway"), "value"))
		if code, body, _ := h.post(t, second.role, attr(back, "action"), again); code != 303 {
			t.Errorf("%s: with the choice: %d %s", what, code, said(body))
		}
	}
	collide("attribution", open(ledger.Verification, at, "/attribute", nil), open(ledger.HeadOfMission, at, "/attribute", nil),
		url.Values{"actor": {"RU"}, "confidence": {"likely"}, "basis": {"trajectory"}, "because": {"radar track"}}, "radar track")
	collide("grade", open(ledger.Verification, at, "/decide", url.Values{"kind": {"grade"}}), open(ledger.HeadOfMission, at, "/decide", url.Values{"kind": {"grade"}}),
		url.Values{"source": {"B"}, "info": {"2"}, "because": {"photographs"}}, "B2")
	collide("question", open(ledger.Verification, at, "/decide", url.Values{"kind": {"ask"}}), open(ledger.HeadOfMission, at, "/decide", url.Values{"kind": {"ask"}}),
		url.Values{"fact": {"weapon"}, "because": {"which was it"}}, "weapon")
	collide("owner", open(ledger.Verification, at, "/work", url.Values{"kind": {"owner"}}), open(ledger.DutyOfficer, at, "/work", url.Values{"kind": {"owner"}}), nil, "verification-1")
	collide("answer", open(ledger.Liaison, at, "/party/respond", nil), open(ledger.Liaison, at, "/party/respond", nil), url.Values{"says": {"contest"}, "because": {"we were not there"}}, "we were not there")
	collide("declaration", open(ledger.HeadOfMission, "/agreement", "/declare", nil), open(ledger.HeadOfMission, "/agreement", "/declare", nil),
		url.Values{"kind": {"declare"}, "name": {"ground-annex-signed"}, "because": {"both have signed"}}, "both have signed")

	_, _, head := h.post(t, ledger.ReportingOfficer, "/reports/drafts", url.Values{"kind": {"daily"}, "day": {"2025-08-20"}})
	draft := head.Get("Location")
	second := open(ledger.HeadOfMission, draft, strings.TrimPrefix(draft, "/reports"), nil)
	second.sent.Set("prose", "My own words.")
	first := open(ledger.ReportingOfficer, draft, strings.TrimPrefix(draft, "/reports"), nil)
	first.sent.Set("prose", "Theirs: {incidents}.")
	collide("draft", first, second, nil, "Theirs: {incidents}.")
	_, page, _ := h.get(t, ledger.HeadOfMission, draft)
	if !strings.Contains(page, "My own words.") {
		t.Error("whoever chose to write over the other's words did not")
	}
	clear1, clear2 := open(ledger.HeadOfMission, draft, "/clear", nil), open(ledger.HeadOfMission, draft, "", url.Values{"prose": {"My own words."}})
	clear2.sent.Set("prose", "Other words.")
	if code, _, _ := h.post(t, clear2.role, clear2.action, clear2.sent); code != 303 {
		t.Fatal(code)
	}
	if code, body, _ := h.post(t, clear1.role, clear1.action, clear1.sent); code != http.StatusConflict || !strings.Contains(body, "Other words.") {
		t.Errorf("clearing a text that has changed: %d", code)
	}

	// Merged meanwhile: the incident of the form is another one now.
	other := h.observe(t, url.Values{"from": {"2025-08-20T20:35"}, "lat": {"43.9"}})
	f := h.decideForm(t, ledger.HeadOfMission, at)
	if code, body, _ := h.post(t, ledger.Verification, at+"/decide", url.Values{"kind": {"merge"}, "with": {strings.TrimPrefix(other, "/incidents/")}, "because": {"one salvo"}}); code != 303 {
		t.Fatalf("%d %s", code, said(body))
	}
	f.sent.Set("kind", "verify")
	f.sent.Set("because", "seen on site")
	code, body, _ := h.post(t, f.role, f.action, f.sent)
	if code != http.StatusConflict && code != http.StatusNotFound || !strings.Contains(body, "seen on site") {
		t.Errorf("after a merge: %d, and what was written: %v: %.300s", code, strings.Contains(body, "seen on site"), said(body))
	}
}

// TestTwoTakeAtOnce: of two who take an incident in the same moment one has it, and the
// other is told who.
func TestTwoTakeAtOnce(t *testing.T) {
	h := theHouse(t)
	at := h.observe(t, url.Values{"from": {"2025-08-20T02:45"}, "lat": {"42.5"}})
	form := url.Values{"kind": {"owner"}, "of": {strings.TrimPrefix(at, "/incidents/")}, "seen": {""}, "next": {"/desk"}}
	roles := []ledger.Role{ledger.Verification, ledger.DutyOfficer, ledger.Monitor, ledger.Intake}
	codes := make([]int, len(roles))
	var all sync.WaitGroup
	for i, r := range roles {
		all.Go(func() { codes[i], _, _ = h.post(t, r, "/work", maps.Clone(form)) })
	}
	all.Wait()
	slices.Sort(codes)
	if !slices.Equal(codes, []int{303, 409, 409, 409}) {
		t.Errorf("%v", codes)
	}
}

// multipartForm is a form with a file, as browsers send it.
func multipartForm(t *testing.T, fields url.Values, file []byte) (string, []byte) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		_ = m.WriteField(k, v[0])
	}
	w, err := m.CreateFormFile("terms", "terms.zip")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(file)
	_ = m.Close()
	return m.FormDataContentType(), b.Bytes()
}

// TestSeveralAtOnce: the page of an incident proposes what it may be the same as, and a person
// decides on several at once.
func TestSeveralAtOnce(t *testing.T) {
	h := theHouse(t)
	var at [3]string
	for i := range at { // of one hour, and known to five kilometres: too loosely to be joined
		at[i] = h.observe(t, url.Values{"from": {"2025-08-20T10:05"}, "to": {"2025-08-20T10:50"}, "lat": {fmt.Sprintf("44.%d", 65+4*i)}, "radius": {"8000"}, "weapon": {""}})
	}
	value := regexp.MustCompile(`name="with" value="([0-9a-f]+)"`)
	proposed := func(i int) (out []string) {
		code, page, _ := h.get(t, ledger.Verification, at[i])
		if code != 200 {
			t.Fatal(code)
		}
		for _, m := range value.FindAllStringSubmatch(page, -1) {
			out = append(out, m[1])
		}
		if len(out) > 0 != strings.Contains(page, `id="may-be-same"`) {
			t.Errorf("incident %d: what it may be the same as is not said", i)
		}
		return out
	}
	others := proposed(1)
	if len(others) != 2 {
		t.Fatalf("incident 1 may be the same as %v, want both others", others)
	}
	if code, body, _ := h.post(t, ledger.Verification, at[1]+"/decide", url.Values{"kind": {"split"}, "with": others, "because": {"three salvoes"}}); code != 303 {
		t.Fatalf("%d %s", code, said(body))
	}
	for i := range at {
		if list := proposed(i); len(list) > 0 {
			t.Errorf("three salvoes: incident %d may still be the same as %v", i, list)
		}
	}
	if code, body, _ := h.post(t, ledger.Verification, at[1]+"/decide", url.Values{"kind": {"merge"}, "with": {strings.Join(others, ", ")}, "because": {"one salvo after all"}}); code != 409 || !strings.Contains(body, "decision 1") { // it undoes the first, and says so
		t.Fatalf("%d %s", code, said(body))
	}
}
