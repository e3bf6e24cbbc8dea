package web

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/people"
)

// vague is a report of a local day and 8 km.
func (l *lab) vague(as, publisher, key string, lat float64) string {
	return l.reported(as, publisher, key, object{"occurred": object{"start": "2025-08-20T21:00:00Z", "end": "2025-08-21T21:00:00Z"},
		"place": object{"kind": "point", "point": object{"lat": lat, "lon": 35.05}, "uncertainty_m": 8000}, "origins": []string{"own:" + strings.ReplaceAll(strings.ToLower(publisher), " ", "-") + ".example/" + key}})
}

// TestDayPage: a finding of a day has a page of its own, a list, and a place on the first
// page, the desk and the pages of its reports' incidents, in each language; nothing of it
// counts as an incident. Who may decide on incidents decides on it there.
func TestDayPage(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 22, 6, 0, 0, 0, time.UTC)
	l := newLab(t, airFirst, func() time.Time { return now })
	verifier, _ := l.signIn(people.Account{Name: "verification-1", Role: string(ledger.Verification)})
	duty, _ := l.signIn(people.Account{Name: "duty-1", Role: string(ledger.DutyOfficer)})
	party, _ := l.signIn(people.Account{Name: "ua-1", Role: string(ledger.Liaison), Party: "UA"})
	first := l.vague("monitor", "Agency A", "1", 48.5)
	l.vague("verification-officer", "Agency B", "2", 48.518)
	l.settle()
	days := func() []truce.DayFinding {
		state, _ := l.room.State()
		return state.Situations[truce.ForMission].DayFindings("1")
	}
	if len(days()) != 1 {
		t.Fatalf("%d findings of days, want 1", len(days()))
	}
	at := "/days/" + days()[0].ID.Hex()
	has := func(page string, cookie *http.Cookie, want ...string) string {
		t.Helper()
		var cookies []*http.Cookie
		if cookie != nil {
			cookies = append(cookies, cookie)
		}
		code, body := l.get(page, cookies...)
		if code != http.StatusOK {
			t.Fatalf("%s: %d %s", page, code, said(body))
		}
		for _, w := range want {
			if !strings.Contains(body, w) && !strings.Contains(said(body), w) {
				t.Errorf("%s lacks %q: %s", page, w, said(body))
			}
		}
		return body
	}
	has("/", nil, at, "on at least 1 day.")
	has("/days", nil, at, "Do not count them with incidents", "Agency A", "Agency B")
	has("/days?lang=uk", nil, at, "Не рахуйте їх разом з інцидентами")
	has("/days?lang=ru", nil, at, "Не считайте их вместе с инцидентами")
	has("/incidents/"+first, nil, at, "Findings of days that rest on its reports")
	page := has(at, nil, "This is not an incident, and no number counts it", "Agency A", "Agency B", "it shows an act under the article on its own", "its whole time lies in the window", "/incidents/")
	if strings.Contains(page, `action="/days/`) {
		t.Error("whoever has not signed in is shown the form for a decision")
	}
	if strings.Contains(page, `"kind":"observation"`) || !strings.Contains(page, "area") {
		t.Error("the map of a finding of days has marks of incidents, or no area")
	}
	if strings.Contains(has(at, duty), `action="/days/`) {
		t.Error("a duty officer is shown the form for a decision")
	}
	has("/desk", verifier, at, "Findings of days that wait for a decision")
	has("/desk?kind=days", verifier, at)
	has(at, party, "/party/respond")
	for _, lang := range []string{"en", "uk", "ru"} {
		for _, p := range []string{at, "/days", "/desk?kind=days"} {
			if body := has(p+map[bool]string{true: "&", false: "?"}[strings.Contains(p, "?")]+"lang="+lang, verifier); strings.Contains(body, "day.") && strings.Contains(said(body), "day.means") {
				t.Errorf("%s in %s prints the key of a text", p, lang)
			}
		}
	}
	var list struct {
		Days []truce.DayRow `json:"at_least_one"`
	}
	if err := json.Unmarshal([]byte(has("/days?format=json", nil)), &list); err != nil || len(list.Days) != 1 || list.Days[0].ID != days()[0].ID {
		t.Errorf("%v, %v", list, err)
	}
	has("/days?format=csv", nil, "awaiting-response", days()[0].ID.Hex())
	for path, code := range map[string]int{"/days?format=xml": 422, "/days?article=99": 422, "/days?page=0": 422, "/days/0000": 404, "/days/" + strings.Repeat("0", 64): 404} {
		if got, _ := l.get(path); got != code {
			t.Errorf("%s: %d, want %d", path, got, code)
		}
	}

	// A report leads to what rests on it: the address to cite.
	if code, _, head := l.ask(http.MethodGet, "/days/"+first, nil); code != http.StatusSeeOther || !strings.HasPrefix(head.Get("Location"), at) {
		t.Errorf("a report of a finding leads to %d %s, want %s", code, head.Get("Location"), at)
	}
	page = has(at, nil, "This address names a report")
	if !strings.Contains(page, "/days/"+days()[0].Support[0].Hex()) {
		t.Error("the page of a finding of days has no address to cite")
	}

	// What a party says of one of its incidents stands on its page too.
	if strings.Contains(has(at, party), "What was said and decided") {
		t.Error("something is said to be said, and nobody said anything")
	}
	if code, body, _ := l.form("/party/respond", url.Values{"to": {first}, "next": {at}, "says": {"contest"}, "because": {"nobody of ours was there"}}, party); code != http.StatusSeeOther {
		t.Fatalf("respond: %d %s", code, said(body))
	}
	l.settle()
	has("/days/"+days()[0].ID.Hex(), verifier, "What was said and decided", "nobody of ours was there", "contests")
	at = "/days/" + days()[0].ID.Hex()

	// What cannot be decided comes back.
	for name, tt := range map[string]struct {
		form   url.Values
		cookie *http.Cookie
		code   int
	}{
		"no reason":     {url.Values{"kind": {"confirm"}}, verifier, 422},
		"no kind":       {url.Values{"because": {"x"}}, verifier, 422},
		"another kind":  {url.Values{"kind": {"verify"}, "because": {"x"}}, verifier, 422},
		"another role":  {url.Values{"kind": {"confirm"}, "because": {"x"}}, duty, 403},
		"not signed in": {url.Values{"kind": {"confirm"}, "because": {"x"}}, &http.Cookie{Name: "x"}, 401},
	} {
		if code, body, _ := l.form(at+"/decide", tt.form, tt.cookie); code != tt.code {
			t.Errorf("%s: %d, want %d: %s", name, code, tt.code, said(body))
		}
	}
	if code, _, _ := l.form("/days/"+strings.Repeat("0", 64)+"/decide", url.Values{"kind": {"confirm"}, "because": {"x"}}, verifier); code != 404 {
		t.Errorf("of no finding: %d", code)
	}
	code, body, head := l.form(at+"/decide", url.Values{"kind": {"confirm"}, "because": {"two crews were called"}, "seen": {"0"}}, verifier)
	if code != http.StatusSeeOther || !strings.HasPrefix(head.Get("Location"), "/days?") {
		t.Fatalf("confirm: %d %s %s", code, head.Get("Location"), said(body))
	}
	l.settle()
	if d := days(); len(d) != 1 || d[0].Outcome != truce.Violation {
		t.Fatalf("%+v", d)
	}
	has("/", verifier, "decided to be a violation")
	has(at, verifier, "two crews were called", "decided to be a violation")
	if body := has("/desk", verifier); strings.Contains(body, at) {
		t.Error("what was confirmed still waits on the desk")
	}
	has("/incidents/"+first, verifier, "uncorroborated") // the incident is what it was

	// Who has not seen the decision is told of it, and of the contradiction.
	code, body, _ = l.form(at+"/decide", url.Values{"kind": {"reject"}, "because": {"an exercise"}, "seen": {"0"}}, verifier)
	if code != http.StatusConflict || !strings.Contains(body, "two crews were called") {
		t.Fatalf("reject: %d %s", code, said(body))
	}
	_, anyway, _ := strings.Cut(body, `name="anyway" value="`)
	anyway, _, _ = strings.Cut(anyway, `"`)
	code, body, _ = l.form(at+"/decide", url.Values{"kind": {"reject"}, "because": {"an exercise"}, "seen": {"0"}, "anyway": {anyway}}, verifier)
	if code != http.StatusSeeOther {
		t.Fatalf("reject all the same: %d %s", code, said(body))
	}
	l.settle()
	if d := days(); len(d) != 0 {
		t.Fatalf("%+v", d)
	}
	has("/days", verifier, "There is no such finding")
	if code, _ := l.get(at, verifier); code != 404 {
		t.Errorf("a finding that was rejected: %d", code)
	}
	// Later reports may, and say so.
	l.vague("monitor", "Agency C", "3", 48.51)
	l.vague("verification-officer", "Agency D", "4", 48.515)
	l.settle()
	if d := days(); len(d) != 1 {
		t.Fatalf("%+v", d)
	}
	has("/days/"+days()[0].ID.Hex(), verifier, "an earlier finding of that day and area was rejected")
	has("/days", verifier, "an earlier finding of that day and area was rejected")
}

// TestCraftedDayDecisions: a decision on a finding of days that somebody signs by hand names
// a finding that is there, whole; every other is refused with the reason, and nothing is
// written.
func TestCraftedDayDecisions(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 22, 6, 0, 0, 0, time.UTC)
	l := newLab(t, airFirst, func() time.Time { return now })
	first, second := l.vague("monitor", "Agency A", "1", 48.5), l.vague("verification-officer", "Agency B", "2", 48.518)
	alone := l.vague("monitor", "Agency C", "3", 48.9)
	l.settle()
	state, _ := l.room.State()
	list := state.Situations[truce.ForMission].DayFindings("1")
	if len(list) != 1 {
		t.Fatalf("%+v", list)
	}
	f := list[0]
	lat, lon := f.Area.Centre.Degrees()
	var of []string
	for _, id := range f.Support {
		of = append(of, id.Hex())
	}
	made := func(change object) handedBody {
		d := with(object{"id": digestOf("decision", "by hand"), "kind": "confirm", "of": of, "state": of, "article": "1", "because": "seen on site", "seq": 1,
			"window": object{"start": "2025-08-20T21:00:00Z", "end": "2025-08-21T21:00:00Z"}, "area": object{"level": "place", "centre": object{"lat": lat, "lon": lon}, "radius_m": f.Area.RadiusM}}, change)
		body, pieces := l.sealedBody("decision", d, nil, "because")
		return handedBody{body, "verification-officer", pieces}
	}
	place := func(lat, lon float64, r any) object {
		return object{"level": "place", "centre": object{"lat": lat, "lon": lon}, "radius_m": r}
	}
	days := func(from, to string) object { return object{"start": from, "end": to} }
	size := l.room.Size()
	for name, change := range map[string]object{
		"of one report of it":          {"of": of[:1], "state": of[:1]},
		"of reports of two places":     {"of": []string{first, alone}, "state": []string{first, alone}},
		"of a report that nobody has":  {"of": []string{first, digestOf("none")}, "state": []string{first, digestOf("none")}},
		"of nothing":                   {"of": []string{}, "state": []string{}},
		"of one report twice":          {"of": []string{second, second}, "state": []string{second, second}},
		"made on something else":       {"state": of[:1]},
		"another place":                {"area": place(48.6, 35.05, f.Area.RadiusM)},
		"a larger area":                {"area": place(lat, lon, f.Area.RadiusM+1)},
		"a huge area":                  {"area": place(lat, lon, 20_000_000)},
		"an area of less than nothing": {"area": place(lat, lon, -5)},
		"beyond the pole":              {"area": place(91, lon, f.Area.RadiusM)},
		"not a number":                 {"area": place(lat, lon, "NaN")},
		"in a zone":                    {"area": object{"level": "zone", "name": "donetsk"}},
		"in a zone that is not there":  {"area": object{"level": "zone", "name": "nowhere"}},
		"the day before":               {"window": days("2025-08-19T21:00:00Z", "2025-08-20T21:00:00Z")},
		"two days":                     {"window": days("2025-08-19T21:00:00Z", "2025-08-21T21:00:00Z")},
		"a day of another zone":        {"window": days("2025-08-21T00:00:00Z", "2025-08-22T00:00:00Z")},
		"a year":                       {"window": days("2025-01-01T22:00:00Z", "2026-01-01T22:00:00Z")},
		"a day that ends first":        {"window": days("2025-08-21T21:00:00Z", "2025-08-20T21:00:00Z")},
		"a day of the year 0":          {"window": days("0000-08-20T21:00:00Z", "0000-08-21T21:00:00Z")},
		"another article":              {"article": "3"},
		"an article that is not there": {"article": "99"},
		"verified":                     {"kind": "verify"},
		"without an area":              {"area": nil},
		"without a window":             {"window": nil},
	} {
		h := made(change)
		if code, text, _ := l.submit(h, true); code < 400 || code >= 500 || strings.TrimSpace(text) == "" {
			t.Errorf("%s: %d %s", name, code, text)
		}
		if l.room.Size() != size {
			t.Fatalf("%s is in the record", name)
		}
	}
	duty := made(nil)
	duty.By = "duty-officer"
	if code, text, _ := l.submit(duty, true); code < 400 || code >= 500 || !strings.Contains(text, "may not write") {
		t.Errorf("a duty officer: %d %s", code, text)
	}
	if code, text, _ := l.submit(made(nil), true); code >= 300 {
		t.Fatalf("as it is: %d %s", code, text)
	}
	l.settle()
	state, _ = l.room.State()
	if list := state.Situations[truce.ForMission].DayFindings("1"); len(list) != 1 || list[0].Outcome != truce.Violation {
		t.Errorf("%+v", list)
	}
	if sum, err := l.verified(); err != nil {
		t.Errorf("the verifier: %v %v", sum, err)
	}
}

// TestFirstSteps: a mission to which nothing was reported says what to do first, to each with the
// pages that they may open; with the first report it says in short what is known.
func TestFirstSteps(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 22, 6, 0, 0, 0, time.UTC)
	l := newLab(t, airFirst, func() time.Time { return now })
	monitor, _ := l.signIn(people.Account{Name: "monitor-9", Role: string(ledger.Monitor)})
	for _, tt := range []struct {
		cookie    []*http.Cookie
		has, lack []string
	}{
		{nil, []string{"First steps", "Nothing has been reported to this mission yet", `href="/agreement"`}, []string{`<a href="/observe">`, `<a href="/people">`, `class="headline"`}},
		{[]*http.Cookie{monitor}, []string{"First steps", `<a href="/observe">`}, []string{`<li>` + "Give the people of the mission and the parties their roles. " + `<a href="/people">`}},
	} {
		_, body := l.get("/", tt.cookie...)
		main := body[strings.Index(body, "<main"):]
		for _, w := range tt.has {
			if !strings.Contains(main, w) {
				t.Errorf("an empty mission's page lacks %q", w)
			}
		}
		for _, w := range tt.lack {
			if strings.Contains(main, w) {
				t.Errorf("an empty mission's page has %q", w)
			}
		}
	}
	l.vague("monitor", "Agency A", "1", 48.5)
	l.settle()
	_, body := l.get("/", monitor)
	if strings.Contains(body, "First steps") || !strings.Contains(body, `class="headline"`) || !strings.Contains(said(body), "An article in force may be about 1 incident") {
		t.Errorf("with a report: %s", said(body))
	}
}

// TestFeed: the feed has what became known last, marked as its terms are, each entry at an address
// that leads to it; and published reports would stand beside. It is a feed as RFC 4287 has it.
func TestFeed(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 22, 6, 0, 0, 0, time.UTC)
	l := newLab(t, airFirst, func() time.Time { return now })
	type entry struct {
		Title   string `xml:"title"`
		ID      string `xml:"id"`
		Updated string `xml:"updated"`
		Summary string `xml:"summary"`
	}
	read := func(path string) (out struct {
		XMLName xml.Name
		Title   string  `xml:"title"`
		Updated string  `xml:"updated"`
		Entries []entry `xml:"entry"`
	}) {
		t.Helper()
		code, body, head := l.ask(http.MethodGet, path, nil)
		if code != http.StatusOK || head.Get("Content-Type") != "application/atom+xml; charset=utf-8" {
			t.Fatalf("%d %s", code, head.Get("Content-Type"))
		}
		if err := xml.Unmarshal([]byte(body), &out); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		if out.XMLName.Space != "http://www.w3.org/2005/Atom" || out.XMLName.Local != "feed" {
			t.Errorf("%v", out.XMLName)
		}
		if _, err := time.Parse(time.RFC3339, out.Updated); err != nil {
			t.Error(err)
		}
		return out
	}
	if f := read("/feed.atom"); len(f.Entries) != 0 {
		t.Errorf("%+v", f)
	}
	first := l.vague("monitor", "Agency A", "1", 48.5)
	l.settle()
	f := read("/feed.atom")
	if len(f.Entries) != 1 || !strings.HasPrefix(f.Title, "REHEARSAL. ") || !strings.HasPrefix(f.Entries[0].Title, "REHEARSAL. Strike (missile) reported at 48.5") || !strings.HasSuffix(f.Entries[0].ID, "/incidents/"+first) ||
		!strings.Contains(f.Entries[0].Summary, "article 1: uncorroborated, single source") || f.Updated != f.Entries[0].Updated {
		t.Errorf("%+v", f)
	}
	if code, _ := l.get("/incidents/" + first); code != http.StatusOK {
		t.Errorf("the address of the entry: %d", code)
	}
	if f := read("/feed.atom?lang=uk"); !strings.Contains(f.Entries[0].Title, "Повідомляється") {
		t.Errorf("%+v", f)
	}
}
