package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/people"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// reported adds an observation by a publisher, and gives its ID.
func (l *lab) reported(as, publisher, key string, more object) string {
	l.t.Helper()
	id := digestOf("observation", "mission", key, "0")
	l.say(as, "observation", with(object{"id": id, "source": "mission", "key": key, "count": "1", "act": "strike", "weapon": "missile", "occurred": span("2025-08-21T08:05:00Z", 10), "publisher": publisher}, more))
	return id
}

// TestCraftedOrigins: whatever a file states as an origin, pages show it as text, and lead
// to a named host by https or nowhere.
func TestCraftedOrigins(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 22, 6, 0, 0, 0, time.UTC)
	l := newLab(t, airFirst, func() time.Time { return now })
	links := map[string]string{ // by origin; empty: none
		"post:t.me/channel/12": "https://t.me/channel/12", "post:x.com/status/77": "https://x.com/i/status/77", "post:example.org/a?b=c&d=e": "https://example.org/a?b=c&d=e",
		"post:" + strings.Repeat("a", 500): "", "post:javascript:alert(1)": "", "post:javascript://t.me/%0aalert(1)": "", "post:data:text/html,x": "", "post://evil.example/x": "", "post:\\\\evil.example\\x": "",
		"post:t.me/x\u202egnp.exe": "", "post:t.me/line\nbreak": "", "post:t.me/nul\x00": "", "post:t.me@evil.example/x": "", "post:127.0.0.1/admin": "", "post:[::1]/admin": "", "post:localhost/x": "", "post:t.me:8080/x": "",
		`post:t.me/"><script>alert(1)</script>`: "", "post:t.me/' onmouseover='alert(1)": "", "publisher:<b>agency</b>": "", "publisher:https://t.me/x": "", "media:https://t.me/y": "", "text:t.me/z": "",
	}
	var origins []string
	for x := range links {
		origins = append(origins, x)
	}
	slices.Sort(origins)
	id := l.reported("monitor", "Agency \u202eA", "1", object{"place": exact(48.5, 35.05), "origins": origins})
	l.reported("verification-officer", "Agency B", "2", object{"place": exact(48.5, 35.05), "origins": []string{"post:t.me/channel/12"}})
	l.settle()
	for _, page := range []string{"/incidents/" + id, "/sources", "/sources?lang=ru", "/incidents/" + id + "?lang=uk"} {
		code, body := l.get(page)
		if code != 200 {
			t.Fatalf("%s: %d %s", page, code, said(body))
		}
		if strings.ContainsAny(body, "\u202e\x00") || strings.Contains(body, "<script>alert") || strings.Contains(body, "<b>agency") {
			t.Errorf("%s: an origin is more than text", page)
		}
		found := map[string]bool{}
		for n := range parsed(t, body).Descendants() {
			if n.DataAtom != atom.A {
				continue
			}
			to := attr(n, "href")
			if u, err := url.Parse(to); err == nil && u.Host == "" && u.Scheme == "" {
				continue // of this room
			}
			found[to] = true
			if attr(n, "rel") != "noopener noreferrer nofollow" || attr(n, "target") != "" {
				t.Errorf("%s: a link to %s has rel=%q", page, to, attr(n, "rel"))
			}
		}
		for to := range found {
			if !slices.ContainsFunc(origins, func(x string) bool { return links[x] == to }) {
				t.Errorf("%s leads to %q", page, to)
			}
		}
		if strings.HasPrefix(page, "/incidents") && len(found) != 3 {
			t.Errorf("%s leads to %v", page, found)
		}
	}
	for _, path := range []string{"/sources?format=csv", "/sources?format=csv&kind=pairs", "/sources?format=csv&kind=origins", "/sources?format=json&kind=pairs"} {
		if code, body := l.get(path); code != 200 || strings.ContainsAny(body, "\u202e\x00") {
			t.Errorf("%s: %d", path, code)
		}
	}
	for _, path := range []string{"/sources?format=xml", "/sources?kind=x", "/sources?page=0", "/sources?at=nonsense"} {
		if code, _ := l.get(path); code != 422 {
			t.Errorf("%s: %d", path, code)
		}
	}
}

// TestOriginsStayHidden: where a place of an incident is shown wider than it is known, no
// face tells the public what any of its observations rests on. A post tells the place.
func TestOriginsStayHidden(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 22, 6, 0, 0, 0, time.UTC)
	terms := changedTerms(t, func(s string) string {
		return strings.Replace(s, "provisions:\n", "release:\n  delay: 24h\n  public: {blur: 2 km}\n\nprovisions:\n", 1)
	})
	l := newLab(t, terms, func() time.Time { return now })
	cookie, _ := l.signIn(people.Account{Name: "monitor-1", Role: string(ledger.Monitor)})
	const secret = "zzyzx"
	known := l.reported("monitor", "Agency A", "1", object{"place": exact(48.51, 35.05), "origins": []string{"post:t.me/" + secret + "/1", "publisher:" + secret + " office"}})
	// Its own place is wider than the blur, and the incident's is not.
	rough := object{"kind": "point", "point": object{"lat": 48.51, "lon": 35.05}, "uncertainty_m": 5000}
	l.reported("verification-officer", "Agency B", "2", object{"place": rough, "origins": []string{"post:t.me/" + secret + "/1", "publisher:" + secret + " office"}})
	far := l.reported("monitor", "Agency C", "3", object{"place": object{"kind": "region", "name": "Kharkiv Oblast", "uncertainty_m": -1}, "origins": []string{"own:agency-c.test/7", "post:agency-c.test/7", "post:t.me/shown/1", "text:" + strings.Repeat("a1", 32)}})
	for i := range truce.ManyRows + 2 {
		l.reported("monitor", "Agency A", fmt.Sprint("many ", i), object{"place": exact(48.6+float64(i)/10, 35.05), "origins": []string{"publisher:" + secret + " office"}})
	}
	l.settle()
	state, _ := l.room.State()
	var id truce.Digest
	if err := id.UnmarshalText([]byte(known)); err != nil {
		t.Fatal(err)
	}
	if inc := state.Situations[truce.ForPublic].IncidentOf(id); inc == nil || len(inc.Of) != 2 {
		t.Fatalf("the two reports are not one incident: %v", inc)
	}
	// The mission sees what is hidden, so that the search can find it.
	for _, path := range []string{"/incidents/" + known, "/sources"} {
		if code, body := l.get(path, cookie); code != 200 || !strings.Contains(body, secret) {
			t.Errorf("%s does not tell the mission what it rests on: %d", path, code)
		}
	}
	tells := func(where string, data []byte) {
		t.Helper()
		if z, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
			if plain, err := io.ReadAll(z); err == nil {
				data = plain
			}
		}
		for _, word := range []string{secret, "rest on"} {
			if at := bytes.Index(bytes.ToLower(data), []byte(word)); at >= 0 {
				t.Errorf("%s tells %q: … %q …", where, word, data[max(0, at-100):min(len(data), at+100)])
			}
		}
	}
	for _, path := range []string{"/", "/incidents", "/incidents/" + known, "/incidents?q=" + "office", "/incidents?format=csv", "/incidents?format=json", "/incidents?format=geojson", "/incidents?format=kml", "/incidents?format=hxl", "/incidents?format=gpkg", "/incidents?format=parquet", "/api/incidents", "/api/picture", "/map/cards?bbox=30,44,41,53", "/map/uncertain.geojson?bbox=30,44,41,53", "/map/picture.svg",
		"/tiles/incidents/0/0/0", "/tiles/incidents/5/19/10", "/tiles/incidents/10/611/352", "/sources?format=csv", "/sources?format=csv&kind=pairs", "/sources?format=csv&kind=origins", "/sources?format=json", "/sources?format=json&kind=pairs", "/reports", "/agreement"} {
		code, body := l.get(path)
		if code >= 400 {
			t.Errorf("%s: %d %s", path, code, said(body))
		}
		tells(path, []byte(body))
	}
	code, body := l.get("/sources")
	if code != 200 || strings.Contains(body, secret) || !strings.Contains(said(body), "Shown less precisely than known: the place of 24 observations.") || strings.Contains(body, "Agency A") || strings.Contains(body, "Agency B") || !strings.Contains(body, "Agency C") {
		t.Errorf("/sources: %d %s", code, said(body))
	}
	if _, body := l.get("/incidents/" + far); !strings.Contains(body, "https://t.me/shown/1") {
		t.Error("what rests on a post, and is known to a region, does not lead to it")
	}
	// An address of its own is where a report is, and not where it has it from.
	_, body = l.get("/incidents/" + far)
	words := said(body)
	from, own, looks := strings.Index(words, "Has it from:"), strings.Index(words, "Is found at:"), strings.Index(words, "Compared with other reports by:")
	if at := strings.Index(words, "agency-c.test/7"); from < 0 || own < from || looks < own || at < own || at > looks || strings.Count(words, "agency-c.test/7") != 1 {
		t.Errorf("its own address is not where it is found: %q", words[max(0, from):min(len(words), from+300)])
	}
	m, err := mission.Open(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Now = l.now
	theirs := m.As(release.Reader{Audience: truce.ForPublic})
	s, err := theirs.Situation(truce.Never)
	if err != nil {
		t.Fatal(err)
	}
	r, err := theirs.Report(s, truce.Interval{}, truce.InstantOf(now), truce.InstantOf(now))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Formats {
		var b bytes.Buffer
		if err := report.Write(&b, f.Name, r); err != nil {
			t.Fatal(err)
		}
		if f.Name != "pdf" { // it is packed, and made of the same report
			if bytes.Contains(bytes.ToLower(b.Bytes()), []byte(secret)) {
				t.Errorf("a report as %s tells what a hidden place rests on", f.Name)
			}
		}
	}
	alerts, err := state.Reader(truce.ForPublic).Alerts(t.Context(), truce.InstantOf(now))
	if err != nil {
		t.Fatal(err)
	}
	tells("alerts", []byte(fmt.Sprint(alerts)))
}

// TestIndependentForm: whoever may decide says on the incident's page that reports are no
// copies; then they confirm each other. Where nothing looks like a copy a doubt is said.
func TestIndependentForm(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 22, 6, 0, 0, 0, time.UTC)
	l := newLab(t, airFirst, func() time.Time { return now })
	officer, _ := l.signIn(people.Account{Name: "verification-1", Role: string(ledger.Verification)})
	duty, _ := l.signIn(people.Account{Name: "duty-1", Role: string(ledger.DutyOfficer)})
	const text = "text:00112233445566778899aabbccddeeff"
	one := l.reported("monitor", "Agency A", "1", object{"place": exact(48.51, 35.05), "origins": []string{"post:t.me/a/1", text}})
	two := l.reported("verification-officer", "Agency B", "2", object{"place": exact(48.511, 35.051), "origins": []string{"post:t.me/b/1", text}})
	other := l.reported("monitor", "Agency C", "3", object{"place": exact(49.51, 35.05), "origins": []string{"post:t.me/c/1"}})
	l.reported("verification-officer", "Agency D", "4", object{"place": exact(49.511, 35.053), "origins": []string{"post:t.me/d/1"}})
	alone := l.reported("monitor", "Agency E", "5", object{"place": exact(50.11, 34.05)})
	l.settle()
	page := "/incidents/" + one
	_, body := l.get(page, officer)
	for _, want := range []string{"not copies of others", "have the same text or file, so one may be a copy", "collected by"} {
		if !strings.Contains(said(html.UnescapeString(body)), want) {
			t.Errorf("the page does not say %q: %s", want, said(body))
		}
	}
	if _, body := l.get(page, duty); strings.Contains(body, `value="independent"`) {
		t.Error("a duty officer is offered what they may not decide")
	}
	if _, body := l.get("/incidents/"+alone, officer); strings.Contains(body, `value="independent"`) {
		t.Error("a report that is alone is offered as no copy of others")
	}
	send := func(at string, set ...string) (int, *html.Node, string) {
		t.Helper()
		_, body := l.get(at, officer)
		form := url.Values{}
		for n := range parsed(t, body).Descendants() {
			if n.DataAtom == atom.Form && attr(n, "action") == at+"/decide" || n.DataAtom == atom.Form && strings.HasSuffix(attr(n, "action"), "/decide") && len(form) == 0 {
				form = sends(n)
				break
			}
		}
		for i := 0; i < len(set); i += 2 {
			form.Add(set[i], set[i+1])
			if set[i] != "of" {
				form.Set(set[i], set[i+1])
			}
		}
		code, answer, _ := l.form(strings.TrimSuffix(at, "/")+"/decide", form, officer)
		return code, parsed(t, answer), answer
	}
	if code, doc, _ := send(page, "kind", "independent", "because", "two crews"); code != http.StatusUnprocessableEntity || fmt.Sprint(faultsOf(t, doc)) != "[of]" {
		t.Errorf("nothing is ticked: %d, %v", code, faultsOf(t, doc))
	}
	if code, _, answer := send(page, "kind", "independent", "because", "two crews", "of", other); code != http.StatusNotFound {
		t.Errorf("a report of another incident: %d %s", code, said(answer))
	}
	if code, _, answer := send(page, "kind", "independent", "because", "two crews", "of", "nonsense"); code != http.StatusNotFound {
		t.Errorf("a report that is none: %d %s", code, said(answer))
	}
	if code, _, answer := send(page, "kind", "independent", "because", "two crews filmed it", "of", one, "of", two); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, said(answer))
	}
	l.settle()
	_, body = l.get(page, officer)
	for _, want := range []string{"confirmed by independent origins", "state where they have it from, and have nothing in common: they confirm each other", "not copies of others", "two crews filmed it"} {
		if !strings.Contains(said(html.UnescapeString(body)), want) {
			t.Errorf("after the decision the page does not say %q: %s", want, said(body))
		}
	}
	code, doc, answer := send("/incidents/"+other, "kind", "independent", "because", "sure", "of", other)
	if code != http.StatusConflict || !strings.Contains(said(html.UnescapeString(answer)), "nothing looks as if these reports were copies") || cameBack(doc) == nil {
		t.Errorf("a decision that changes nothing: %d %s", code, said(answer))
	}
}

// TestOthersPosts: a party that names others' posts, texts and positions in its allegation
// changes nothing of what they establish.
func TestOthersPosts(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 22, 6, 0, 0, 0, time.UTC)
	l := newLab(t, airFirst, func() time.Time { return now })
	one := l.reported("monitor", "Agency A", "1", object{"place": exact(48.51, 35.05), "origins": []string{"post:t.me/a/1", "text:00112233445566778899aabbccddeeff"}})
	l.reported("verification-officer", "Agency B", "2", object{"place": exact(48.511, 35.0517), "origins": []string{"post:t.me/b/1"}})
	l.settle()
	finding := func() truce.ShortFinding {
		t.Helper()
		state, _ := l.room.State()
		x := state.Reader(truce.ForMission)
		var id truce.Digest
		if err := id.UnmarshalText([]byte(one)); err != nil {
			t.Fatal(err)
		}
		inc, ok, err := x.IncidentOf(t.Context(), id)
		if err != nil || !ok {
			t.Fatal(err)
		}
		row, _, err := x.Row(t.Context(), inc)
		if err != nil {
			t.Fatal(err)
		}
		return row.Lead()
	}
	pairs := func() string {
		_, body := l.get("/sources?format=csv&kind=pairs")
		return body
	}
	before, table := finding(), pairs()
	if before.Ground != truce.TwoOrigins {
		t.Fatalf("%+v", before)
	}
	id := digestOf("observation", "UA", "claim", "0")
	l.say(string(ledger.Liaison), "allegation", object{"id": id, "source": "UA", "key": "claim", "claimant": "UA", "count": "1", "act": "strike", "weapon": "missile", "occurred": span("2025-08-21T08:05:00Z", 10), "place": exact(48.51, 35.05), "publisher": "Agency A",
		"origins": []string{"entry:" + one, "post:t.me/a/1", "post:t.me/b/1", "publisher:agency a", "publisher:agency b", "text:00112233445566778899aabbccddeeff"}})
	l.settle()
	if after := finding(); after.Ground != before.Ground || after.Outcome != before.Outcome || after.Standing != before.Standing {
		t.Errorf("a party's allegation made %+v of %+v", after, before)
	}
	if after := pairs(); after != table {
		t.Errorf("a party's allegation changed what sources have in common:\n%s\n%s", table, after)
	}
	if code, body := l.get("/sources"); code != 200 || !strings.Contains(said(body), "Agency A") {
		t.Errorf("%d %s", code, said(body))
	}
}
