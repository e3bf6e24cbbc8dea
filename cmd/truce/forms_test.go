package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mirror"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/people"
	"github.com/opentruce/truce/internal/web"
	"github.com/pquerna/otp/totp"
)

// visitors are people who have signed in to a room, by account.
type visitors struct {
	t      *testing.T
	origin string
	who    map[string]*http.Client
	posted map[string]bool // the patterns of routes that were used
}

const theirPassword = "correct horse battery"

var (
	invitation = regexp.MustCompile(`/join/([A-Za-z0-9_-]+)`)
	factor     = regexp.MustCompile(`name="secret" value="([A-Z2-7]{32})"`)
	draftIs    = regexp.MustCompile(`name="version" value="(\d+)"`)
)

// enter sets an account up with its one-time link, and signs it in.
func (v *visitors) enter(name, token string) {
	v.t.Helper()
	jar, _ := cookiejar.New(nil)
	v.who[name] = &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	_, page := v.ask(name, http.MethodGet, "/join/"+token, "", nil)
	m := factor.FindStringSubmatch(page)
	if m == nil {
		v.t.Fatalf("%s: the page of the invitation has no secret", name)
	}
	// The present code sets the account up, and that of the next step signs in: both are
	// good also where a step ends meanwhile.
	code, _ := totp.GenerateCode(m[1], time.Now())
	v.post(name, "/join/{token}", "/join/"+token, url.Values{"password": {theirPassword}, "again": {theirPassword}, "secret": {m[1]}, "code": {code}})
	code, _ = totp.GenerateCode(m[1], time.Now().Add(30*time.Second))
	v.post(name, "/sign-in", "/sign-in", url.Values{"name": {name}, "password": {theirPassword}, "code": {code}})
}

func (v *visitors) ask(name, method, path, kind string, body io.Reader) (*http.Response, string) {
	v.t.Helper()
	q, err := http.NewRequest(method, v.origin+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	if kind != "" {
		q.Header.Set("Content-Type", kind)
	}
	r, err := v.who[name].Do(q)
	if err != nil {
		v.t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return r, string(text)
}

// send posts to a route and wants it done; where it leads is returned, and the page.
func (v *visitors) send(name, pattern, path, kind string, body io.Reader) (to, page string) {
	v.t.Helper()
	v.posted["POST "+pattern] = true
	r, text := v.ask(name, http.MethodPost, path, kind, body)
	if r.StatusCode != 303 && r.StatusCode != 201 && r.StatusCode != 200 {
		_, main, _ := strings.Cut(text, "<main")
		v.t.Fatalf("%s as %s: %d %.600s", path, name, r.StatusCode, strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(main, " ")), " "))
	}
	return r.Header.Get("Location"), text
}

func (v *visitors) post(name, pattern, path string, form url.Values) (to, page string) {
	v.t.Helper()
	return v.send(name, pattern, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// openHouse opens a mission's room on a server, and signs its head of mission in.
func openHouse(t *testing.T, m *mission.Mission) (v *visitors, end func()) {
	t.Helper()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	room, err := monitor.Open(t.Context(), monitor.Config{Mission: m, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	store, err := people.Open(m.Private("people.sqlite"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	items, err := desk.Open(m.Private("desk.sqlite"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(nil)
	origin := strings.Replace("http://"+srv.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	s, err := web.New(web.Config{Room: room, People: store, Desk: items, Origin: origin, Record: mirror.Handler(m.Record()), Log: quiet, Build: mission.Build()})
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler = s.Handler()
	srv.Start()
	if err := store.Add(t.Context(), people.Account{Name: "head-of-mission", Role: string(ledger.HeadOfMission), Key: m.Private("head-of-mission.key")}); err != nil {
		t.Fatal(err)
	}
	token, err := store.Invite(t.Context(), "head-of-mission")
	if err != nil {
		t.Fatal(err)
	}
	v = &visitors{t: t, origin: origin, who: map[string]*http.Client{}, posted: map[string]bool{}}
	v.enter("head-of-mission", token)
	return v, func() {
		s.End()
		srv.Close()
		if err := room.Close(t.Context()); err != nil {
			t.Error(err)
		}
		_ = store.Close()
		_ = items.Close()
	}
}

// packedTerms are the terms of a folder, changed, as a ZIP file in a form.
func packedTerms(t *testing.T, folder, from, to, because string) (kind string, body io.Reader) {
	t.Helper()
	var packed, form bytes.Buffer
	z := zip.NewWriter(&packed)
	if err := fs.WalkDir(os.DirFS(folder), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		if name == "agreement.yaml" {
			data = bytes.Replace(data, []byte(from), []byte(to), 1)
		}
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	w := multipart.NewWriter(&form)
	_ = w.WriteField("because", because)
	f, err := w.CreateFormFile("terms", "terms.zip")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write(packed.Bytes())
	w.Close()
	return w.FormDataContentType(), &form
}

// unused are forms that write nothing to a record, and need what a test has not.
var unused = []string{"POST /check", "POST /sign-in/passkey/begin", "POST /sign-in/passkey", "POST /join/{token}/passkey/begin", "POST /join/{token}/passkey", "POST /alerts/{n}/acknowledge",
	// After a session has ended (internal/web, TestSessionEnds), and by commands (TestElsewhere).
	"POST /sign-in/continue", "POST /api/files", "POST /api/files/{digest}", "POST /api/batches",
	// Files that are looked at before they are read in: internal/web, TestFiles, and the browser's files.test.mjs.
	"POST /files", "POST /files/{id}", "POST /files/{id}/remove", "POST /files/{id}/ingest"}

// TestEveryForm: in a room over HTTP, each form is used once or more by whom it is for.
// What no form writes is handed in as a signed file, or written by commands when the
// room is closed. The record then has every kind of entry, breaks no rule, and each
// entry is proved.
func TestEveryForm(t *testing.T) {
	if os.Getenv("TRUCE_LAWS") == "" {
		t.Skip("it takes half a minute: make laws")
	}
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	work := t.TempDir()
	dir := filepath.Join(work, "field")
	terms := filepath.Join("..", "..", "agreements", "ukraine-air-first")
	m, err := begin.Mission(dir, "air-first", os.DirFS(terms), begin.Flags{Origin: "test.example/forms"}, time.Now, mission.Silent{})
	if err != nil {
		t.Fatal(err)
	}
	must := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := (command{in: strings.NewReader(""), out: &out, err: &errs, now: time.Now, args: args}).run(); code != exitOK {
			t.Fatalf("truce %s: exit %d\n%s%s", strings.Join(args, " "), code, &out, &errs)
		}
		return out.String()
	}
	// A finding of a day: two papers, each of which dates a strike to the day and to 8 km.
	for _, paper := range []string{"paper-one", "paper-two"} {
		rows, mapping := filepath.Join(work, paper+".csv"), filepath.Join(work, paper+".yaml")
		for name, text := range map[string]string{rows: "id,day,lat,lon\n1,2025-08-19," + map[string]string{"paper-one": "49.90", "paper-two": "49.91"}[paper] + ",33.0\n",
			mapping: "source: " + paper + "\ntimezone: Europe/Kyiv\nkey: {column: id}\noccurred: {column: day}\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: 8000}\nact: strike\nweapon: missile\n"} {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		must("ingest", dir, rows, "--mapping", mapping, "--new-source", "--known", "reported")
	}
	v, end := openHouse(t, m)
	do := func(name, pattern string, form url.Values, ids ...string) string {
		t.Helper()
		if !form.Has("because") {
			form.Set("because", "a test")
		}
		path := pattern
		for _, id := range ids {
			path = regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, id)
		}
		to, _ := v.post(name, pattern, path, form)
		return to
	}

	// The head of mission invites; everybody signs in.
	for _, a := range [][3]string{{"intake-2", "intake"}, {"monitor-1", "monitor"}, {"duty-1", "duty-officer"}, {"verification-1", "verification-officer"}, {"reporting-1", "reporting-officer"},
		{"mediator-1", "mediator"}, {"guarantor-1", "guarantor"}, {"reader-1", "reader"}, {"leaver-1", "monitor"}, {"ua-1", "liaison", "UA"}, {"ru-1", "liaison", "RU"}} {
		_, page := v.post("head-of-mission", "/people", "/people", url.Values{"name": {a[0]}, "role": {a[1]}, "party": {a[2]}, "because": {"joined"}})
		v.enter(a[0], invitation.FindStringSubmatch(page)[1])
	}
	do("head-of-mission", "/people/{name}/invite", url.Values{}, "reader-1")
	do("head-of-mission", "/people/{name}/end", url.Values{"because": {"left"}}, "leaver-1")
	do("ua-1", "/settings", url.Values{"lang": {"uk"}, "theme": {"dark"}, "next": {"/party"}})
	do("ua-1", "/settings", url.Values{"lang": {"en"}, "theme": {"system"}, "next": {"/party"}})

	// Observations: at a point, in a wedge, in a region; a presence; a restriction.
	at := func(from, lat string, more ...string) url.Values {
		f := url.Values{"act": {"strike"}, "weapon": {"missile"}, "from": {from}, "where": {"point"}, "lat": {lat}, "lon": {"37.80"}, "radius": {"300"}, "source": {"mission"}, "because": {"log of patrol 3"}}
		for i := 0; i < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		return f
	}
	id := func(to string) string {
		t.Helper()
		u, err := url.Parse(to)
		if err != nil || !strings.HasPrefix(u.Path, "/incidents/") {
			t.Fatalf("led to %q", to)
		}
		return strings.TrimPrefix(u.Path, "/incidents/")
	}
	first := id(do("monitor-1", "/observe", at("2025-08-20T10:05", "48.01", "count", "3", "grade", "B2", "killed", "1", "injured", "2")))
	second := id(do("duty-1", "/observe", at("2025-08-20T10:06", "48.011")))
	third := id(do("intake-2", "/observe", at("2025-08-20T14:05", "49.01")))
	withdrawn := id(do("monitor-1", "/observe", at("2025-08-20T16:05", "49.51")))
	do("monitor-1", "/observe", url.Values{"act": {"explosion"}, "from": {"2025-08-20T11:05"}, "to": {"2025-08-20T11:10"}, "where": {"wedge"}, "lat": {"48.0119"}, "lon": {"37.8229"}, "bearing-from": {"350"}, "bearing-to": {"010"},
		"distance-from": {"2"}, "distance-to": {"5"}, "means": {"heard"}, "because": {"heard by a witness"}})
	do("verification-1", "/observe", url.Values{"act": {"strike"}, "from": {"2025-08-21T11:05"}, "where": {"region"}, "place": {"Kharkiv Oblast"}, "because": {"a call"}})
	do("monitor-1", "/observe", at("2025-08-21T10:05", "48.11", "act", "presence", "weapon", "artillery"))
	do("monitor-1", "/restrict", url.Values{"by": {"RU"}, "what": {"access"}, "from": {"2025-08-20T10:05"}, "to": {"2025-08-20T12:05"}, "where": {"region"}, "place": {"ukraine"}})

	// What parties say.
	alleged := do("ua-1", "/party/allege", at("2025-08-22T10:05", "48.21", "source", "", "to", "2025-08-22T10:20"))
	do("ru-1", "/party/allege", at("2025-08-22T12:05", "48.31", "source", "", "sealed", "1"))
	do("ua-1", "/party/notify", url.Values{"act": {"explosion"}, "from": {"2025-08-24T10:05"}, "to": {"2025-08-24T12:05"}, "where": {"point"}, "lat": {"48"}, "lon": {"37"}, "radius": {"2000"}})
	do("ru-1", "/party/respond", url.Values{"to": {first}, "says": {"contest"}, "next": {"/party"}})
	do("ua-1", "/party/consent", url.Values{"digest": {m.Agreement.Digest.Hex()}})
	do("ru-1", "/party/consent", url.Values{"digest": {m.Agreement.Digest.Hex()}})
	do("monitor-1", "/withdraw", url.Values{"id": {withdrawn}, "next": {"/observe"}})
	if !strings.HasPrefix(alleged, "/party") {
		t.Errorf("an allegation leads to %q", alleged)
	}

	// The desk.
	do("duty-1", "/work", url.Values{"kind": {"note"}, "text": {"call post 7"}, "next": {"/desk"}})
	do("duty-1", "/work", url.Values{"kind": {"check-in"}, "next": {"/desk"}})
	do("verification-1", "/work", url.Values{"kind": {"owner"}, "of": {first}, "next": {"/desk"}})
	do("verification-1", "/work", url.Values{"kind": {"task"}, "of": {first}, "fact": {"weapon"}, "next": {"/desk"}})
	_, page := v.ask("verification-1", http.MethodGet, "/desk", "", nil)
	task := regexp.MustCompile(`/work/(\d+)/done`).FindStringSubmatch(page)
	if task == nil {
		t.Fatal("the desk shows no task")
	}
	do("verification-1", "/work/{n}/done", url.Values{"next": {"/desk"}}, task[1])
	decide := func(who, kind, id string, more ...string) {
		t.Helper()
		f := url.Values{"kind": {kind}, "although": {"a test"}} // what is doubtful is asked first
		for i := 0; i < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		do(who, "/incidents/{id}/decide", f, id)
	}
	decide("duty-1", "merge", first, "with", third)
	decide("duty-1", "split", first, "of", third)
	decide("verification-1", "confirm", first, "article", "1")
	decide("verification-1", "reject", third, "article", "1")
	decide("verification-1", "verify", first)
	decide("verification-1", "unverifiable", third)
	decide("verification-1", "grade", first, "of", first, "source", "B", "info", "2")
	decide("verification-1", "independent", first, "of", first)
	list := must("findings", dir, "--days", "--format", "csv")
	day := regexp.MustCompile(`[0-9a-f]{64}`).FindString(list)
	if day == "" {
		t.Fatalf("no finding of a day:\n%s", list)
	}
	do("verification-1", "/days/{id}/decide", url.Values{"kind": {"confirm"}, "although": {"a test"}}, day)
	decide("duty-1", "ask", first, "fact", "weapon", "party", "RU")
	decide("verification-1", "ask", second, "fact", "object")
	do("verification-1", "/incidents/{id}/attribute", url.Values{"actor": {"RU"}, "confidence": {"likely"}, "basis": {"fragments"}}, first)
	do("head-of-mission", "/declare", url.Values{"kind": {"declare"}, "name": {"ground-annex-signed"}, "from": {"2025-09-01T00:00"}})
	do("head-of-mission", "/declare", url.Values{"kind": {"extend"}, "name": {"air"}, "from": {"2025-09-01T00:00"}, "to": {"2025-11-01T00:00"}})
	do("head-of-mission", "/declare", url.Values{"kind": {"terminate"}, "name": {"ground"}, "from": {"2025-12-01T00:00"}})
	do("head-of-mission", "/release", url.Values{})

	// A report.
	draft := do("reporting-1", "/reports/drafts", url.Values{"kind": {"daily"}, "day": {"2025-08-20"}})
	step := func(who, act string, form url.Values) {
		t.Helper()
		_, page := v.ask(who, http.MethodGet, draft, "", nil)
		form.Set("version", draftIs.FindStringSubmatch(page)[1])
		do(who, "/reports/drafts/{n}"+act, form, strings.TrimPrefix(draft, "/reports/drafts/"))
	}
	step("reporting-1", "", url.Values{"prose": {"Incidents under article 1: {incidents 1}."}})
	step("head-of-mission", "/clear", url.Values{})
	step("reporting-1", "/publish", url.Values{})

	// Signed elsewhere, handed in over HTTP.
	mirror := filepath.Join(work, "mirror")
	must("follow", filepath.Join(dir, "record"), mirror)
	key := func(name string) string { return filepath.Join(dir, "private", "people", name+".key") }
	for i, args := range [][]string{
		{"outage", mirror, "--from", "2025-08-20T02:00+03:00", "--to", "2025-08-20T05:30+03:00", "--because", "power cut", "--as", key("duty-1")},
		{"allege", mirror, "strike 2025-08-25T10:05/10:20+03:00 48.01N 37.80E ±500m weapon=missile", "--because", "report of the post", "--as", key("ua-1")},
		{"notify", mirror, "2025-08-26T10:00/12:00+03:00 48.01N 37.80E ±2km act=explosion", "--because", "found shells", "--as", key("ru-1")},
		{"respond", mirror, first, "--says", "explain", "--because", "see the log", "--as", key("ru-1")},
		{"decide", mirror, "ask", first, "--fact", "calibre", "--because", "which calibre?", "--as", key("verification-1")},
	} {
		file := filepath.Join(work, fmt.Sprintf("handed-%d.json", i))
		must(append(args, "--into", file)...)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, note := v.send("reader-1", "/api/submissions", "/api/submissions?wait=1", "application/json", bytes.NewReader(data)); !strings.HasPrefix(note, "truce-receipt/v1") {
			t.Errorf("%s: %.200s", args[0], note)
		}
	}

	// Another text, of the mediator; pages show all of it.
	kind, body := packedTerms(t, terms, "coverage: 0.5", "coverage: 0.4", "second round")
	v.send("mediator-1", "/agreement/amend", "/agreement/amend", kind, body)
	for _, name := range []string{"head-of-mission", "verification-1", "ua-1", "reader-1"} {
		for _, page := range []string{"/", "/incidents", "/incidents/" + first, "/sources", "/agreement", "/record", "/reports"} {
			if r, text := v.ask(name, http.MethodGet, page, "", nil); r.StatusCode != 200 {
				t.Errorf("%s as %s: %d %.300s", page, name, r.StatusCode, text)
			}
		}
	}
	do("duty-1", "/desk/seen", url.Values{"entries": {"10"}})
	do("reader-1", "/sign-out", url.Values{})
	end()

	// No form was left out.
	source, err := os.ReadFile(filepath.Join("..", "..", "internal", "web", "routes.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range regexp.MustCompile(`\{"(POST [^"]+)"`).FindAllStringSubmatch(string(source), -1) {
		if !v.posted[x[1]] && !slices.Contains(unused, x[1]) {
			t.Errorf("the form %s was not used", x[1])
		}
	}

	// What no form writes.
	write := func(name, text string) string {
		name = filepath.Join(work, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, x := range [][2]string{
		{"day,n,killed\n2025-08-18,12,3\n2025-08-19,2,0\n", "record: tally\nsource: viina\ntimezone: Europe/Kyiv\noccurred: {column: day}\nplace: {bounds: [22, 44, 41, 53]}\nact: strike\ncount: {column: n}\ncasualties: {killed: {column: killed}}\n"},
		{"id,day\nc1,2025-08-18\n", "record: coverage\nsource: firms\ntimezone: Europe/Kyiv\nkey: {column: id}\noccurred: {column: day, width: P2D}\nwhat: thermal\nzone: ukraine\n"},
	} {
		must("ingest", dir, "--source", "csv", write("rows.csv", x[0]), "--mapping", write("rows.yaml", x[1]), "--known", "reported")
	}
	sealed := must("observe", dir, "explosion 2025-08-20T12:05/12:06+03:00 from 48.0119N 37.8229E bearing 350-010 distance 2-5km means=heard", "--because", "heard by a witness", "--as", key("monitor-1"))
	entry := regexp.MustCompile(`entry (\d+)`).FindStringSubmatch(sealed)[1]
	must("disclose", dir, entry, "--field", "source", "--because", "the patrol is home", "--as", "head-of-mission")
	must("forget", dir, entry, "--because", "the witness asked for it", "--as", "head-of-mission")
	must("method", dir, "--because", "this release", "--as", "head-of-mission")

	missing, err := missingKinds(filepath.Join(dir, "record"))
	if err != nil || len(missing) > 0 {
		t.Errorf("the record has no entry of %v, %v", missing, err)
	}
	if out := must("verify", dir); len(broken(out)) > 0 || strings.Contains(out, "  !") {
		t.Error(out)
	}
	must("follow", dir, mirror, "--all")
	if out := must("verify", mirror); len(broken(out)) > 0 {
		t.Error(out)
	}
	if ours, theirs := must("replay", dir, "--with", key("ua-1")), must("replay", mirror, "--with", key("ua-1")); !strings.Contains(theirs, "withheld") || ours == "" {
		t.Errorf("a party computes, before the last release:\n%s", theirs)
	}
	must("release", dir, "--now", "--as", "head-of-mission")
	must("follow", dir, mirror)
	ours, theirs := must("replay", dir), must("replay", mirror, "--with", key("ua-1"))
	if ours != theirs {
		t.Errorf("the mission computes\n%sand a party\n%s", ours, theirs)
	}
	must("replay", mirror, "--diff", "10,60")
	bundle, third2 := filepath.Join(work, "one.truce"), filepath.Join(work, "third")
	must("export", dir, "--bundle", bundle)
	must("import", bundle, third2)
	if out := must("verify", third2); len(broken(out)) > 0 {
		t.Error(out)
	}
	if n, err := proveAll(dir); err != nil {
		t.Errorf("%d entries proved: %v", n, err)
	}
}
