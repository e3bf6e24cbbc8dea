package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/people"
)

// aDay is a local day in Kyiv.
var aDay = span("2025-08-20T21:00:00Z", 24*60)

// about is a place that is known to two kilometres.
func about(lat, lon float64) object {
	return object{"kind": "point", "point": object{"lat": lat, "lon": lon}, "uncertainty_m": 2000}
}

// TestSamePage: what may be the same waits on the desk with the words of both reports and the
// parts of the score; an answer for several at once is one decision, and leads to the next
// question. Nobody else is asked.
func TestSamePage(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 22, 6, 0, 0, 0, time.UTC)
	l := newLab(t, airFirst, func() time.Time { return now })
	verifier, _ := l.signIn(people.Account{Name: "verification-1", Role: string(ledger.Verification)})
	reporter, _ := l.signIn(people.Account{Name: "reporting-1", Role: string(ledger.ReportingOfficer)})
	liaison, _ := l.signIn(people.Account{Name: "ua-1", Role: string(ledger.Liaison), Party: "UA"})
	a := l.reported("monitor", "Agency <b>near</b> A", "1", object{"place": about(48.5, 35.05), "occurred": aDay})
	b := l.reported("monitor", "Warehouse Press", "2", object{"place": about(48.52, 35.05), "occurred": aDay, "casualties": object{"killed": "4"}})
	c := l.reported("monitor", "Agency C", "3", object{"place": about(48.48, 35.05), "occurred": aDay})
	far := l.reported("monitor", "Elsewhere Press", "4", object{"place": about(50.5, 30.5), "occurred": aDay})
	l.settle()
	code, page := l.get("/desk/same", verifier)
	words := said(page)
	for _, want := range []string{"Agency &lt;b&gt;near&lt;/b&gt; A", "Warehouse Press", "Agency C", "killed 4", "Not joined: the score is below what joins two reports", "Score"} {
		if code != 200 || !strings.Contains(words, want) {
			t.Errorf("the page (%d) lacks %q: %s", code, want, words)
		}
	}
	if strings.Contains(words, "Elsewhere") || strings.Contains(page, "<b>near") {
		t.Error("it asks about a report that is two hundred kilometres away, or shows words as more than text")
	}
	if code, body := l.get("/desk", verifier); code != 200 || !strings.Contains(body, `href="/desk/same"`) {
		t.Error("the desk does not lead to it")
	}
	// Who may not decide reads, and is not asked; a party does not even read.
	if code, body := l.get("/desk/same", reporter); code != 200 || strings.Contains(body, `name="kind"`) || !strings.Contains(body, "Warehouse Press") {
		t.Errorf("the reporting officer gets %d, with a form", code)
	}
	for who, cookie := range map[string]*http.Cookie{"a liaison": liaison, "nobody": {Name: "none", Value: "x"}} {
		if code, body := l.get("/desk/same", cookie); code == 200 || strings.Contains(body, "Warehouse") {
			t.Errorf("%s gets %d", who, code)
		}
	}
	for _, path := range []string{"/desk/same?page=0", "/desk/same?page=x"} {
		if code, _ := l.get(path, verifier); code != 422 && code != 400 {
			t.Errorf("%s: %d", path, code)
		}
	}
	if code, body := l.get("/desk/same?page=1000000", verifier); code != 200 || !strings.Contains(body, "Nothing waits here") {
		t.Errorf("far beyond the end: %d", code)
	}

	// Of three reports one card asks about two others. One answer is about both.
	card := regexp.MustCompile(`(?s)<section class="card same" data-id="([0-9a-f]{64})">.*?</section>`).FindAllStringSubmatch(page, -1)
	if len(card) == 0 {
		t.Fatalf("no card: %s", words)
	}
	id := card[0][1]
	form := url.Values{"state": {id}, "seen": {regexp.MustCompile(`name="seen" value="([^"]*)"`).FindStringSubmatch(card[0][0])[1]}, "next": {"/desk/same?page=1"}}
	for _, m := range regexp.MustCompile(`name="with" value="([0-9a-f]{64})"`).FindAllStringSubmatch(card[0][0], -1) {
		form.Add("with", m[1])
	}
	if len(form["with"]) != 2 {
		t.Fatalf("the first card asks about %d others", len(form["with"]))
	}
	// Without a choice or a reason the form comes back.
	if code, body, _ := l.form("/incidents/"+id+"/decide", form, verifier); code != 422 || !strings.Contains(body, form.Get("with")) {
		t.Errorf("without an answer: %d %s", code, said(body))
	}
	form.Set("kind", "merge")
	form.Set("because", "the mill and the warehouse are one place")
	code, body, head := l.form("/incidents/"+id+"/decide", form, verifier)
	if code != 303 || !strings.HasPrefix(head.Get("Location"), "/desk/same?") || !strings.Contains(head.Get("Location"), "page=1") {
		t.Fatalf("an answer: %d to %s, %s", code, head.Get("Location"), said(body))
	}
	l.settle()
	if _, page := l.get("/desk/same", verifier); !strings.Contains(page, "Nothing waits here") {
		t.Errorf("it was answered, and waits: %s", said(page))
	}
	state, _ := l.room.State()
	n := 0
	for _, inc := range state.Situations[AudienceOf(ledger.Verification)].Incidents() {
		n += len(inc.Of) / 3
	}
	if n != 1 {
		t.Errorf("the three are not one incident: %v %v %v, apart from %v", a, b, c, far)
	}
	// An address elsewhere is not followed.
	form.Set("next", "//evil.example/desk/same")
	form.Set("kind", "split")
	if _, _, head := l.form("/incidents/"+id+"/decide", form, verifier); strings.Contains(head.Get("Location"), "evil") {
		t.Errorf("it leads to %s", head.Get("Location"))
	}
}

// TestBundlePage: so many reports of one village and day that none was joined stand together
// with their number, for everybody who is shown all of them as they are known; what the page
// gives is a number of reports, and it says so.
func TestBundlePage(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 24, 6, 0, 0, 0, time.UTC)
	for _, wider := range []bool{false, true} {
		terms := airFirst
		if wider {
			terms = changedTerms(t, func(s string) string {
				return strings.Replace(s, "provisions:\n", "release:\n  delay: 1h\n  public: {blur: 20 km}\n\nprovisions:\n", 1)
			})
		}
		l := newLab(t, terms, func() time.Time { return now })
		verifier, _ := l.signIn(people.Account{Name: "verification-1", Role: string(ledger.Verification)})
		id := ""
		for i := range 70 {
			id = l.reported("monitor", fmt.Sprint("Agency ", i%5), fmt.Sprint(i), object{"place": object{"kind": "point", "point": object{"lat": 48.5 + float64(i%9)/1000, "lon": 35.05}, "uncertainty_m": 300}, "occurred": aDay})
		}
		lone := l.reported("monitor", "Agency D", "lone", object{"place": about(50.5, 30.5), "occurred": aDay})
		l.settle()
		public := 200
		if wider {
			public = 404
		}
		for path, want := range map[string]int{"/incidents/" + id + "/bundle": public, "/incidents/" + id + "/bundle?page=2": public, "/incidents/" + id + "/bundle?page=x": min(public+222, 422), "/incidents/" + lone + "/bundle": 404, "/incidents/" + strings.Repeat("0", 64) + "/bundle": 404} {
			code, body := l.get(path)
			if code != want && !(want == 422 && (code == 400 || code == 404)) {
				t.Errorf("blur %v: %s: %d, want %d", wider, path, code, want)
			}
			if code == 200 && (!strings.Contains(said(body), "70 reports of 21 Aug 2025") || !strings.Contains(said(body), "This is the number of reports, and not of acts.")) {
				t.Errorf("%s says %.300s", path, said(body))
			}
		}
		if code, body := l.get("/incidents/" + id); code != 200 || strings.Contains(body, "/bundle") == wider {
			t.Errorf("blur %v: the public's page of an incident leads to the bundle: %v", wider, !wider)
		}
		if code, body := l.get("/incidents/"+id+"/bundle", verifier); code != 200 || strings.Count(body, "data-id=") != min(70, perPage) {
			t.Errorf("blur %v: the mission's page: %d, %d rows", wider, code, strings.Count(body, "data-id="))
		}
		_, desk := l.get("/desk/same", verifier)
		if !strings.Contains(said(desk), "70 reports of 21 Aug 2025 from one place") || strings.Contains(desk, `name="with"`) || !strings.Contains(desk, "/bundle") {
			t.Errorf("blur %v: the desk asks about pairs of a bundle: %.400s", wider, said(desk))
		}
	}
}

// TestSealedReportsChangeNoRange: a sealed report changes no number and no question that a party
// or the public is shown, also where it may be the same as what they are shown.
func TestSealedReportsChangeNoRange(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 22, 6, 0, 0, 0, time.UTC)
	l := newLab(t, airFirst, func() time.Time { return now })
	liaison, _ := l.signIn(people.Account{Name: "ua-1", Role: string(ledger.Liaison), Party: "UA"})
	a := l.reported("monitor", "Agency A", "1", object{"place": about(48.5, 35.05), "occurred": aDay})
	l.reported("monitor", "Agency B", "2", object{"place": about(48.52, 35.05), "occurred": aDay})
	l.settle()
	told := regexp.MustCompile(`(?s)class="block">.*?</b></span></span>|id="may-be-same">.*?</section>|data-id="[0-9a-f]{64}"|<h[12]>.*?</h[12]>`)
	var names []string
	read := func() (out []string) {
		names = nil
		for who, cookie := range map[string]*http.Cookie{"party": liaison, "public": nil} {
			for _, path := range []string{"/", "/incidents", "/incidents/" + a, "/incidents?format=csv", "/map/cards?bbox=30,44,41,53"} {
				var cookies []*http.Cookie
				if cookie != nil {
					cookies = append(cookies, cookie)
				}
				_, body := l.get(path, cookies...)
				if strings.Contains(body, "<main") { // that something is withheld is said, and no more of it
					body = strings.Join(told.FindAllString(body, -1), "\n")
				}
				out, names = append(out, body), append(names, who+" "+path)
			}
		}
		return out
	}
	before := map[string]string{}
	for i, body := range read() {
		before[names[i]] = body
	}
	if !strings.Contains(before["public /"], "1 to 2") {
		t.Fatalf("the board has no range: %s", before["public /"])
	}
	// The other side seals a claim that may be the same as both.
	content := object{"id": digestOf("observation", "RU", "secret", "0"), "source": "RU", "key": "secret", "count": "1", "act": "strike", "weapon": "missile", "claimant": "RU", "occurred": aDay, "place": about(48.51, 35.05), "casualties": object{"killed": "12"}}
	raw, pieces := l.sealedBody("allegation", content, nil, allegationFields...)
	if code, text, _ := l.submit(handedBody{By: liaisonOfRU, Body: raw, Pieces: pieces}, true); code >= 300 {
		t.Fatalf("the sealed claim: %d %s", code, text)
	}
	l.settle()
	for i, body := range read() {
		if was := before[names[i]]; body != was {
			t.Errorf("%s changed:\n%.600s\nwas\n%.600s", names[i], body, was)
		}
	}
}
