package web

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/people"
	"github.com/pquerna/otp/totp"
	"golang.org/x/net/html"
)

// house is a room with a server over it and somebody signed in for each role.
type house struct {
	room   *monitor.Room
	store  *people.Store
	desk   *desk.Store
	server *Server
	http   *httptest.Server
	client map[ledger.Role]*http.Client
}

var (
	built  *house
	opened sync.Once
)

// TestMain closes the house that tests share.
func TestMain(m *testing.M) {
	people.CheapPasswords()
	// Most of their time tests wait for the record's next checkpoint, a tenth of a second
	// after the last, and not for a processor. -parallel overrides this.
	if err := flag.Set("test.parallel", strconv.Itoa(3*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	code := m.Run()
	if built != nil {
		built.close()
	}
	os.Exit(code)
}

func (h *house) close() {
	h.server.End()
	h.http.Close()
	_ = h.room.Close(context.Background())
	_ = h.store.Close()
	_ = h.desk.Close()
	_ = os.RemoveAll(filepath.Dir(h.room.Mission().Dir))
}

// theHouse is open, once for all tests: the air-first terms, a few observations, an account for each
// role, and one liaison for each party.
func theHouse(t *testing.T) *house {
	t.Helper()
	opened.Do(func() {
		h, err := build("../../agreements/ukraine-air-first")
		if err != nil {
			t.Fatal(err)
		}
		built = h
	})
	if built == nil {
		t.Fatal("the house could not be built: the first test that wanted it says why")
	}
	return built
}

const password = "correct horse battery"

func build(terms string) (*house, error) {
	dir, err := os.MkdirTemp("", "truce-web-")
	if err != nil {
		return nil, err
	}
	m, err := begin.Mission(filepath.Join(dir, "field"), "air-first", os.DirFS(terms), begin.Flags{Origin: "test/field"}, time.Now, mission.Silent{})
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	h := &house{client: map[ledger.Role]*http.Client{Anybody: visitor()}}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	if h.room, err = monitor.Open(ctx, monitor.Config{Mission: m, Log: quiet}); err != nil {
		return nil, err
	}
	if h.store, err = people.Open(m.Private("people.sqlite"), time.Now); err != nil {
		return nil, err
	}
	if h.desk, err = desk.Open(m.Private("desk.sqlite"), time.Now); err != nil {
		return nil, err
	}
	h.http = httptest.NewUnstartedServer(nil)
	origin := strings.Replace("http://"+h.http.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	if h.server, err = New(Config{Room: h.room, People: h.store, Desk: h.desk, Origin: origin, Record: http.FileServer(http.Dir(m.Record())), Log: quiet}); err != nil {
		return nil, err
	}
	h.http.Config.Handler = h.server.Handler()
	h.http.Start()
	h.http.URL = origin
	head, err := m.Key("head-of-mission")
	if err != nil {
		return nil, err
	}
	for _, role := range ledger.Roles {
		a := people.Account{Name: strings.TrimSuffix(string(role), "-officer") + "-1", Role: string(role)}
		if role == ledger.Liaison {
			a.Party = "UA"
		}
		if err := h.enrol(a, head); err != nil {
			return nil, fmt.Errorf("%s: %w", role, err)
		}
	}
	kept := h.client[ledger.Liaison]
	if err := h.enrol(people.Account{Name: "ru-1", Role: string(ledger.Liaison), Party: "RU"}, head); err != nil {
		return nil, err
	}
	h.client[other], h.client[ledger.Liaison] = h.client[ledger.Liaison], kept
	return h, h.room.Settle(ctx)
}

// changedTerms is the folder of the air-first terms, with its agreement changed.
func changedTerms(t *testing.T, change func(string) string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "terms")
	if err := os.CopyFS(dir, os.DirFS("../../agreements/ukraine-air-first")); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "agreement.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	is := change(string(text))
	if is == string(text) {
		t.Fatal("the terms were not changed")
	}
	if err := os.WriteFile(name, []byte(is), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// other is the other party's liaison.
const other ledger.Role = "liaison of RU"

func visitor() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// enrol makes an account and signs it in, through the forms that people use.
func (h *house) enrol(a people.Account, head *ledger.Secret) error {
	ctx := context.Background()
	if _, err := h.room.Tell(ctx, func(m *intake.Writer) (int64, error) {
		file, at, err := StateKey(m, head, a, "a test")
		a.Key = file
		return at, err
	}); err != nil {
		return err
	}
	if err := h.store.Add(ctx, a); err != nil {
		return err
	}
	token, err := h.store.Invite(ctx, a.Name)
	if err != nil {
		return err
	}
	secret, _, err := people.NewFactor("test", a.Name)
	if err != nil {
		return err
	}
	c := visitor()
	// The present code sets the account up, and that of the next step signs in: both are
	// good also where a step ends meanwhile.
	code, _ := totp.GenerateCode(secret, time.Now())
	if r, err := c.PostForm(h.http.URL+"/join/"+token, url.Values{"password": {password}, "again": {password}, "secret": {secret}, "code": {code}}); err != nil || r.StatusCode != 303 {
		return fmt.Errorf("join: %v, %v", r, err)
	}
	code, _ = totp.GenerateCode(secret, time.Now().Add(30*time.Second))
	if r, err := c.PostForm(h.http.URL+"/sign-in", url.Values{"name": {a.Name}, "password": {password}, "code": {code}}); err != nil || r.StatusCode != 303 {
		return fmt.Errorf("sign in: %v, %v", r, err)
	}
	h.client[ledger.Role(a.Role)] = c
	return nil
}

// get and post ask as a role.
func (h *house) get(t *testing.T, role ledger.Role, path string) (int, string, http.Header) {
	t.Helper()
	return h.ask(t, role, http.MethodGet, path, nil)
}

func (h *house) post(t *testing.T, role ledger.Role, path string, form url.Values) (int, string, http.Header) {
	t.Helper()
	return h.ask(t, role, http.MethodPost, path, form)
}

func (h *house) ask(t *testing.T, role ledger.Role, method, path string, form url.Values) (int, string, http.Header) {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, h.http.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := h.client[role].Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Type") == "text/event-stream" {
		return resp.StatusCode, "", resp.Header
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data), resp.Header
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// entries is how many the record has, shown or not.
func (h *house) entries() int64 { return h.room.Size() }

// observe records an observation as the monitor and returns its address.
func (h *house) observe(t *testing.T, form url.Values) string {
	t.Helper()
	for k, v := range map[string]string{"act": "strike", "weapon": "missile", "from": "2025-08-20T10:05", "where": "point", "lat": "48.01", "lon": "37.80", "radius": "300", "source": "mission", "because": "log of patrol 3"} {
		if !form.Has(k) {
			form.Set(k, v)
		}
	}
	code, body, head := h.post(t, ledger.Monitor, "/observe", form)
	if code != 303 {
		t.Fatalf("observe: %d %s", code, said(body))
	}
	u, err := url.Parse(head.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	return u.Path
}

// said is what a page's main part says.
func said(page string) string {
	_, main, _ := strings.Cut(page, "<main")
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(main, " ")), " ")
}

// may is who may do what: written here once more, so that the table of routes is
// compared with it. Letters: i intake, m monitor, d duty officer, v verification
// officer, r reporting officer, h head of mission, l liaison, e mediator,
// g guarantor, a reader, and - for who has not signed in.
var may = map[string]string{
	"GET /{$}": "imdvrhlega-", "/": "imdvrhlega-", "GET /incidents": "imdvrhlega-", "GET /incidents/{id}": "imdvrhlega-", "GET /incidents/{id}/bundle": "imdvrhlega-", "GET /incidents/{id}/proof/{entry}": "imdvrhlega-",
	"GET /incidents/{id}/card": "imdvrhlega-", "GET /days/{id}/card": "imdvrhlega-", "GET /feed.atom": "imdvrhlega-", "GET /glossary": "imdvrhlega-", "GET /embed": "imdvrhlega-", "GET /embed/map.svg": "imdvrhlega-", "GET /preview.png": "imdvrhlega-", "GET /calendar": "imdvrhlega-", "GET /calendar.ics": "imdvrhlega-", "GET /check": "imdvrhlega-", "POST /check": "imdvrhlega-",
	"GET /days": "imdvrhlega-", "GET /days/{id}": "imdvrhlega-", "POST /days/{id}/decide": "vh",
	"GET /sources": "imdvrhlega-", "GET /agreement": "imdvrhlega-", "GET /record": "imdvrhlega-", "GET /reports": "imdvrhlega-", "GET /reports/{n}": "imdvrhlega-", "GET /live": "imdvrhlega-",
	"GET /tiles/base/{z}/{x}/{y}": "imdvrhlega-", "GET /tiles/incidents/{z}/{x}/{y}": "imdvrhlega-", "GET /map/agreement.geojson": "imdvrhlega-", "GET /map/uncertain.geojson": "imdvrhlega-", "GET /map/picture.svg": "imdvrhlega-", "GET /map/cards": "imdvrhlega-",
	"GET /assets/{name...}": "imdvrhlega-", "GET /checkpoint": "imdvrhlega-", "GET /checkpoint.cosigned": "imdvrhlega-", "GET /tile/{rest...}": "imdvrhlega-", "GET /evidence/{rest...}": "imdvrhlega-",
	"GET /sign-in": "imdvrhlega-", "POST /sign-in": "imdvrhlega-", "POST /sign-in/passkey/begin": "imdvrhlega-", "POST /sign-in/passkey": "imdvrhlega-", "POST /sign-out": "imdvrhlega",
	"GET /join/{token}": "imdvrhlega-", "POST /join/{token}": "imdvrhlega-", "POST /join/{token}/passkey/begin": "imdvrhlega-", "POST /join/{token}/passkey": "imdvrhlega-",
	"POST /settings": "imdvrhlega-", "POST /sign-in/continue": "imdvrhlega",
	"GET /files": "imdv", "POST /files": "imdv", "GET /files/{id}": "imdv", "POST /files/{id}": "imdv", "GET /files/{id}/mapping.yaml": "imdv", "POST /files/{id}/remove": "imdv", "POST /files/{id}/ingest": "i",
	"GET /desk": "imdvrh", "GET /observe": "imdv", "POST /observe": "imdv", "POST /restrict": "imd",
	"GET /desk/same": "imdvrh", "GET /rejected": "imdvrh", "POST /desk/seen": "imdvrh", "POST /work": "imdvrh", "POST /work/{n}/done": "imdvrh", "POST /alerts/{n}/acknowledge": "dvh", "POST /incidents/{id}/decide": "dvh", "POST /incidents/{id}/attribute": "vh", "POST /release": "h", "POST /agreement/amend": "he", "POST /declare": "h", "POST /withdraw": "imdvl", "GET /my-reports": "imdvl",
	"GET /party": "l", "POST /party/respond": "l", "POST /party/allege": "l", "POST /party/notify": "l", "POST /party/consent": "l",
	"POST /reports/drafts": "rh", "GET /reports/drafts/{n}": "rh", "POST /reports/drafts/{n}": "rh", "GET /reports/drafts/{n}/preview": "rh", "POST /reports/drafts/{n}/clear": "h", "POST /reports/drafts/{n}/publish": "rh",
	"GET /people": "h", "POST /people": "h", "POST /people/{name}/invite": "h", "POST /people/{name}/end": "h", "GET /reads": "h",
	"GET /api/incidents": "imdvrhlega-", "GET /api/picture": "imdvrhlega-", "POST /api/submissions": "imdvrhlega-", "POST /api/files": "imdvrhlega-", "POST /api/files/{digest}": "imdvrhlega-", "POST /api/batches": "imdvrhlega-",
}

var letters = map[ledger.Role]string{ledger.Intake: "i", ledger.Monitor: "m", ledger.DutyOfficer: "d", ledger.Verification: "v", ledger.ReportingOfficer: "r", ledger.HeadOfMission: "h",
	ledger.Liaison: "l", ledger.Mediator: "e", ledger.Guarantor: "g", ledger.Reader: "a", Anybody: "-"}

// TestAuthorisation tries every route as every role, over HTTP. Who may not is
// told so, nothing is written, and whoever has not signed in is led to where one
// does.
func TestAuthorisation(t *testing.T) {
	h := theHouse(t)
	var patterns []string
	for i := range routes {
		patterns = append(patterns, routes[i].Pattern)
		if _, ok := may[routes[i].Pattern]; !ok {
			t.Errorf("%s is not in the table of who may", routes[i].Pattern)
		}
	}
	for p := range may {
		if !slices.Contains(patterns, p) {
			t.Errorf("%s is in the table of who may, and no route", p)
		}
	}
	path := strings.NewReplacer("{$}", "", "{id}", strings.Repeat("0", 64), "{entry}", "999999", "{n}", "999999", "{z}", "3", "{x}", "4", "{y}", "2", "{name...}", "style.css", "{rest...}", "000", "{token}", "none", "{name}", "nobody-1")
	for _, pattern := range patterns {
		method, where, ok := strings.Cut(pattern, " ")
		if !ok {
			method, where = http.MethodGet, "/no-such-page"
		}
		for role, letter := range letters {
			if pattern == "POST /sign-out" {
				continue // tried last, below
			}
			var form url.Values
			if method == http.MethodPost {
				form = url.Values{}
			}
			before := h.entries()
			code, _, head := h.ask(t, role, method, path.Replace(where), form)
			allowed := strings.Contains(may[pattern], letter)
			toSignIn := code == http.StatusSeeOther && strings.HasPrefix(head.Get("Location"), "/sign-in?")
			switch {
			case allowed && (code == http.StatusForbidden || toSignIn):
				t.Errorf("%s as %q: %d, and they may", pattern, role, code)
			case !allowed && role == Anybody && method == http.MethodPost:
				if code != http.StatusUnauthorized { // they are asked to sign in, and what they typed goes on
					t.Errorf("%s without having signed in: %d", pattern, code)
				}
			case !allowed && code != http.StatusForbidden && !(toSignIn && role == Anybody && method == http.MethodGet):
				t.Errorf("%s as %q: %d, and they may not", pattern, role, code)
			case code >= 500:
				t.Errorf("%s as %q: %d", pattern, role, code)
			}
			if h.entries() != before {
				t.Errorf("%s as %q wrote to the record with an empty form", pattern, role)
			}
		}
	}
	if code, _, _ := h.post(t, Anybody, "/sign-out", url.Values{}); code != http.StatusUnauthorized {
		t.Errorf("signing out without having signed in: %d", code)
	}
}

// TestDecisionsByRole tries every kind of decision as every role that has a desk:
// the record has the last word, whatever a form says.
func TestDecisionsByRole(t *testing.T) {
	h := theHouse(t)
	at := h.observe(t, url.Values{"from": {"2025-08-20T01:05"}, "lat": {"49.5"}})
	for _, role := range []ledger.Role{ledger.DutyOfficer, ledger.Verification, ledger.HeadOfMission} {
		for _, kind := range []string{"verify", "unverifiable", "confirm", "reject", "declare", "nonsense", ""} {
			before := h.entries()
			code, body, _ := h.post(t, role, at+"/decide", url.Values{"kind": {kind}, "article": {"1"}, "because": {"a test"}, "although": {"a test"}})
			allowed := ledger.MayDecide(role, kind) && kind != "declare" // which has a form of its own
			switch wrote := h.entries() > before; {
			case allowed != (code == 303), allowed != wrote:
				t.Errorf("%s, %s: %d, written %v: %s", role, kind, code, wrote, said(body))
			case !allowed && code != 422:
				t.Errorf("%s, %s: %d", role, kind, code)
			}
		}
		if code, _, _ := h.post(t, role, at+"/decide", url.Values{"kind": {"verify"}, "because": {"  "}}); code != 422 {
			t.Errorf("%s without a reason: %d", role, code)
		}
	}
}

// TestStaleDecision: who decides has seen the state that they decide on.
func TestStaleDecision(t *testing.T) {
	h := theHouse(t)
	at := h.observe(t, url.Values{"from": {"2025-08-20T03:05"}, "lat": {"47.5"}})
	before := h.entries()
	code, _, _ := h.post(t, ledger.Verification, at+"/decide", url.Values{"kind": {"verify"}, "because": {"a test"}, "state": {strings.Repeat("ab", 32)}})
	if code != 409 || h.entries() != before {
		t.Errorf("%d, %d entries more", code, h.entries()-before)
	}
}

// TestWhoSeesWhat tries an observation that gives away a post, as every role, on
// every way out: it is the mission's until it is released, and then both parties'.
func TestWhoSeesWhat(t *testing.T) {
	h := theHouse(t)
	at := h.observe(t, url.Values{"act": {"explosion"}, "weapon": {""}, "where": {"wedge"}, "from": {"2025-08-20T05:05"}, "lat": {"48.4444"}, "lon": {"37.7777"},
		"bearing-from": {"350"}, "bearing-to": {"010"}, "distance-from": {"2"}, "distance-to": {"5"}, "because": {"seen from the watchtower"}})
	ways := []string{at, "/", "/incidents?q=explosion", "/incidents?format=csv&act=explosion", "/incidents?format=geojson&act=explosion", "/incidents?format=json&act=explosion", "/api/incidents?act=explosion",
		"/map/uncertain.geojson?bbox=37,48,38.5,49&act=explosion", "/incidents?bbox=37.7,48.4,37.9,48.6&act=explosion"}
	check := func(stage string, sees func(ledger.Role) bool) {
		for role := range letters {
			found := 0
			for _, way := range ways {
				code, body, _ := h.get(t, role, way)
				if code != 200 && code != 404 {
					t.Errorf("%s, %s as %q: %d %s", stage, way, role, code, said(body))
				}
				if code == 200 && strings.Contains(body, "explosion") && (strings.Contains(body, "48.44") || strings.Contains(body, strings.TrimPrefix(at, "/incidents/")[:12]) || strings.Contains(body, "watchtower")) {
					found++
					if !sees(role) {
						t.Errorf("%s: %s shows it to %q", stage, way, role)
					}
				}
			}
			if found == 0 && sees(role) {
				t.Errorf("%s: nothing shows it to %q", stage, role)
			}
		}
	}
	check("before its release", func(r ledger.Role) bool { return AudienceOf(r) == "mission" })
	for range 2 {
		if code, _, _ := h.get(t, ledger.Verification, "/tiles/incidents/6/38/22"); code != 200 {
			t.Errorf("a tile: %d", code)
		}
	}
	_, noted, _ := h.get(t, ledger.HeadOfMission, "/reads")
	for _, way := range append(ways, "/desk") {
		if way == "/desk" {
			h.get(t, ledger.Verification, way)
			_, noted, _ = h.get(t, ledger.HeadOfMission, "/reads")
		}
		// A list may have none of it on its first page; what asks for explosions has.
		if !strings.Contains(noted, `href="`+html.EscapeString(way)+`"`) && strings.Contains(way, "explosion") {
			t.Errorf("that the mission's people were shown it by %s was not noted", way)
		}
	}
	readings, err := h.store.Readings(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	maps := 0
	for _, r := range readings {
		if r.Account == "verification-1" && r.Item == "the map" {
			maps++
		}
		if AudienceOf(ledger.Role(r.Role)) != "mission" && strings.Contains(r.Path, "explosion") {
			t.Errorf("what is not shown to %s was noted: %s", r.Account, r.Path)
		}
	}
	if maps != 1 {
		t.Errorf("that somebody looked at the map was noted %d times", maps)
	}
	if code, body, _ := h.post(t, ledger.HeadOfMission, "/release", url.Values{"because": {"the post was given up"}}); code != 303 {
		t.Fatalf("release: %d %s", code, said(body))
	}
	check("after its release", func(r ledger.Role) bool { return AudienceOf(r) != "public" })
	if code, body, _ := h.get(t, ledger.HeadOfMission, "/reads"); code != 200 || !strings.Contains(body, "verification-1") {
		t.Errorf("who read it was not noted: %d", code)
	}
	for role := range letters { // what an observer adds in words may name people: it stays with the mission
		if _, body, _ := h.get(t, role, at); strings.Contains(body, "watchtower") != (AudienceOf(role) == truce.ForMission) {
			t.Errorf("the note is shown to %q: %v", role, strings.Contains(body, "watchtower"))
		}
	}
}

// TestCrossSite: what comes from another site changes nothing.
func TestCrossSite(t *testing.T) {
	h := theHouse(t)
	for name, head := range map[string]http.Header{
		"a form of another site":              {"Sec-Fetch-Site": {"cross-site"}},
		"a form of a neighbour":               {"Sec-Fetch-Site": {"same-site"}},
		"another origin, by an older browser": {"Origin": {"https://evil.example"}},
		"an origin that hides":                {"Origin": {"null"}},
		"another port":                        {"Origin": {"http://127.0.0.1:1"}},
	} {
		req, _ := http.NewRequest(http.MethodPost, h.http.URL+"/people", strings.NewReader(url.Values{"name": {"mallory"}, "role": {"head-of-mission"}, "because": {"x"}}.Encode()))
		req.Header = head.Clone()
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		before := h.entries()
		resp, err := h.client[ledger.HeadOfMission].Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden || h.entries() != before {
			t.Errorf("%s: %d, %d entries more", name, resp.StatusCode, h.entries()-before)
		}
	}
}

// pagesOf are addresses of every page, for tests that look at all of them.
func (h *house) pagesOf(t *testing.T) map[string]ledger.Role {
	at := h.observe(t, url.Values{"from": {"2025-08-20T07:05"}, "lat": {"50.1"}})
	return map[string]ledger.Role{"/": Anybody, "/incidents": Anybody, "/incidents?signs=1&order=arrived": Anybody, at: ledger.Verification, at + "?x=1": ledger.Liaison, "/agreement": ledger.Liaison, "/agreement?x=1": ledger.HeadOfMission, "/record": Anybody,
		"/reports": Anybody, "/reports?x=1": ledger.ReportingOfficer, "/desk": ledger.Verification, "/desk?kind=undetermined": ledger.DutyOfficer, "/party": ledger.Liaison, "/observe": ledger.Monitor, "/people": ledger.HeadOfMission, "/reads": ledger.HeadOfMission,
		"/sign-in": Anybody, "/nowhere": Anybody, "/incidents?at=yesterday": Anybody, "/?wall=1": Anybody}
}

// TestHeaders: nothing on any page runs or loads but what is ours, in a file.
func TestHeaders(t *testing.T) {
	h := theHouse(t)
	for path, role := range h.pagesOf(t) {
		code, body, head := h.get(t, role, path)
		if code >= 500 {
			t.Errorf("%s: %d", path, code)
		}
		csp := head.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: the policy lacks %s", path, want)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", path, csp)
		}
		for k, v := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"} {
			if head.Get(k) != v {
				t.Errorf("%s: %s is %q", path, k, head.Get(k))
			}
		}
		if role != Anybody && !strings.Contains(head.Get("Cache-Control"), "no-store") {
			t.Errorf("%s may be kept by caches: %q", path, head.Get("Cache-Control"))
		}
		doc, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") && a.Key != "on" {
					t.Errorf("%s: <%s %s=%q>", path, n.Data, a.Key, a.Val)
				}
				if (a.Key == "src" || a.Key == "href" && n.Data == "link") && strings.Contains(a.Val, "//") {
					t.Errorf("%s loads %s", path, a.Val)
				}
			}
			if n.Data == "style" || n.Data == "script" && n.FirstChild != nil {
				t.Errorf("%s: an inline <%s>", path, n.Data)
			}
		}
	}
}

// TestStoredScript puts markup into every text that people can write, and reads it
// back on every page: it stands there as text.
func TestStoredScript(t *testing.T) {
	h := theHouse(t)
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}`
	at := h.observe(t, url.Values{"from": {"2025-08-20T08:05"}, "lat": {"50.2"}, "because": {evil}})
	for _, f := range []struct {
		role ledger.Role
		path string
		form url.Values
	}{
		{ledger.Verification, at + "/decide", url.Values{"kind": {"confirm"}, "article": {"1"}, "because": {evil}, "although": {evil}}},
		{ledger.Verification, at + "/attribute", url.Values{"actor": {notPossible}, "basis": {evil}, "because": {evil}}},
		{ledger.Liaison, "/party/respond", url.Values{"to": {strings.TrimPrefix(at, "/incidents/")}, "says": {"contest"}, "because": {evil}, "next": {"/party"}}},
		{ledger.Liaison, "/party/allege", url.Values{"act": {"strike"}, "from": {"2025-08-20T10:05"}, "where": {"region"}, "place": {"Kharkiv"}, "because": {evil}}},
		{ledger.Liaison, "/party/notify", url.Values{"act": {"explosion"}, "from": {"2025-08-20T10:05"}, "to": {"2025-08-20T12:05"}, "where": {"point"}, "lat": {"48"}, "lon": {"37"}, "radius": {"2000"}, "because": {evil}}},
		{ledger.Monitor, "/restrict", url.Values{"by": {"RU"}, "what": {"access"}, "from": {"2025-08-20T10:05"}, "where": {"region"}, "place": {"ukraine"}, "because": {evil}}},
		{ledger.HeadOfMission, "/people", url.Values{"name": {"second-1"}, "role": {"reader"}, "because": {evil}}},
		{ledger.Liaison, "/party/consent", url.Values{"digest": {h.room.Mission().Agreement.Digest.Hex()}, "because": {evil}}},
	} {
		if code, body, _ := h.post(t, f.role, f.path, f.form); code != 303 && code != 201 {
			t.Errorf("%s: %d %s", f.path, code, said(body))
		}
	}
	for _, form := range []url.Values{{"what": {evil}}, {"place": {evil}}, {"act": {evil}}, {"lat": {evil}}} {
		form.Set("because", "a test")
		form.Set("from", "2025-08-20T10:05")
		if code, body, _ := h.post(t, ledger.Liaison, "/party/allege", form); code != 422 || strings.Contains(body, "<script>alert") {
			t.Errorf("%v: %d", form, code)
		}
	}
	pages := h.pagesOf(t)
	pages[at] = ledger.Liaison
	pages[at+"?y"] = ledger.HeadOfMission
	pages["/incidents?q="+url.QueryEscape(evil)] = Anybody
	pages["/?done="+url.QueryEscape(evil)+"&entry="+url.QueryEscape(evil)] = Anybody
	pages["/sign-in?next="+url.QueryEscape(evil)] = Anybody
	seen := 0
	for path, role := range pages {
		_, body, _ := h.get(t, role, path)
		seen += strings.Count(body, "alert(1)")
		doc, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode && (n.Data == "img" || n.Data == "script" && n.FirstChild != nil) {
				t.Errorf("%s has a <%s>", path, n.Data)
			}
		}
	}
	if seen == 0 {
		t.Error("no page shows what was written: this test sees nothing")
	}
}

// TestTooMuch: forms have an end.
func TestTooMuch(t *testing.T) {
	h := theHouse(t)
	code, _, _ := h.post(t, ledger.Monitor, "/observe", url.Values{"because": {strings.Repeat("x", mostForm+1)}})
	if code != 413 {
		t.Errorf("a form of %d bytes: %d", mostForm+1, code)
	}
	code, _, _ = h.post(t, ledger.Monitor, "/observe", url.Values{"because": {strings.Repeat("x", 9000)}})
	if code != 422 {
		t.Errorf("a reason of 9,000 characters: %d", code)
	}
	for range 2000 {
		if code, _, _ = h.post(t, Anybody, "/api/submissions", url.Values{}); code == http.StatusTooManyRequests {
			return
		}
	}
	t.Errorf("2,000 submissions in a row: the last was answered %d", code)
}

// TestPastHasAnEnd: nobody has earlier moments computed without end.
func TestPastHasAnEnd(t *testing.T) {
	h := theHouse(t)
	for i := range 60 {
		code, _, head := h.get(t, ledger.Reader, fmt.Sprintf("/incidents?at=2025-08-%02dT%02d:00:00Z", 10+i/24, i%24))
		if code == http.StatusTooManyRequests {
			if head.Get("Retry-After") == "" {
				t.Error("and nobody says when to come again")
			}
			return
		}
		if code != 200 {
			t.Fatal(code)
		}
	}
	t.Error("60 moments, one after another")
}

// TestPaths: nothing outside of what is served is served.
func TestPaths(t *testing.T) {
	h := theHouse(t)
	for _, p := range []string{"/assets/../web.go", "/assets/..%2f..%2fweb.go", "/assets/%2e%2e/%2e%2e/go.mod", "/assets/README", "/tile/../../private/log.key", "/tile/..%2f..%2fprivate%2flog.key", "/evidence/..%2f..%2fmission.json",
		"/private/log.key", "/reports/..%2f..%2fmission.json", "/reports/-1", "/incidents/..%2f..%2f", "/incidents/0/proof/-1", "/incidents/0/proof/99999999999999999999", "/tiles/base/99/0/0", "/tiles/base/3/9/0", "/tiles/base/x/y/z", "/tiles/incidents/20/0/0", "/.git/config", "/view/mission.sqlite"} {
		req, _ := http.NewRequest(http.MethodGet, h.http.URL, nil)
		req.URL.Opaque = "//" + strings.TrimPrefix(h.http.URL, "http://") + p
		resp, err := h.client[ledger.HeadOfMission].Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode == 200 || strings.Contains(string(body), "PRIVATE") {
			t.Errorf("%s: %d %.80s", p, resp.StatusCode, body)
		}
	}
}

// TestNext: signing in and forms lead to pages here, whatever an address says.
func TestNext(t *testing.T) {
	for _, evil := range []string{"//evil.example", "https://evil.example/", "http:evil", `/\evil.example`, "javascript:alert(1)", "", "/\r\nSet-Cookie: a=b", "evil"} {
		if got := local(evil); got != "/" {
			t.Errorf("%q leads to %q", evil, got)
		}
	}
	if got := local("/incidents?at=2025-08-20"); got != "/incidents?at=2025-08-20" {
		t.Errorf("a page of ours leads to %q", got)
	}
}

// TestAddresses: every state is an address; what cannot be read is said, and never
// left out in silence.
func TestAddresses(t *testing.T) {
	h := theHouse(t)
	for _, bad := range []string{"at=noon", "from=2025-13-01", "to=x", "from=2025-08-21&to=2025-08-20", "article=99", "outcome=guilty", "standing=sure", "harm=some", "act=dance", "order=random", "page=0", "page=x", "page=-1", "page=1000001", "page=99999999999999999999", "page=1e3", "page=NaN", "bbox=1,2,3", "bbox=9,9,1,1", "bbox=NaN,44,41,53", "bbox=22,nan,41,53", "bbox=22,44,NaN,53", "bbox=22,44,41,NaN", "bbox=NaN,NaN,NaN,NaN", "bbox=-Inf,44,41,53",
		"bbox=22,44,Inf,53", "bbox=22,44,%2BInf,53", "bbox=22,44,1e999,53", "bbox=22,-91,41,53", "bbox=-181,44,41,53", "bbox=0x16,44,41,53", "bbox=,44,41,53", "format=exe", "q=" + strings.Repeat("x", 401)} {
		if code, body, _ := h.get(t, Anybody, "/incidents?"+bad); code != 422 || said(body) == "" {
			t.Errorf("%s: %d", bad, code)
		}
	}
	for _, good := range []string{"at=2025-08-20", "from=2025-08-10&to=2025-08-21", "outcome=undetermined", "order=gravest&page=2", "bbox=22,44,41,53", "q=strike", "at=2025-08-20T10:00:00Z"} {
		if code, body, _ := h.get(t, Anybody, "/incidents?"+good); code != 200 {
			t.Errorf("%s: %d %s", good, code, said(body))
		}
	}
}

// TestAPI: what machines read carries the mark and what it rests on.
func TestAPI(t *testing.T) {
	h := theHouse(t)
	h.observe(t, url.Values{"from": {"2025-08-20T11:05"}, "lat": {"50.4"}})
	_, body, _ := h.get(t, Anybody, "/api/incidents?act=strike")
	var got struct {
		Status  string
		Picture struct {
			Digest  string
			Entries int64
		}
		Total     int
		Incidents []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	if got.Status != "rehearsal" || got.Total == 0 || len(got.Incidents) == 0 || got.Picture.Entries != h.entries() || len(got.Picture.Digest) != 64 {
		t.Errorf("%.300s", body)
	}
	if code, body, _ := h.get(t, Anybody, "/api/incidents?act=dance"); code != 422 || !strings.HasPrefix(body, "{") {
		t.Errorf("an error is no JSON: %d %.100s", code, body)
	}
}

func TestLocalTime(t *testing.T) {
	kyiv, err := time.LoadLocation("Europe/Kyiv")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		in, want string // want empty: refused
	}{
		{"2025-08-20T10:05", "2025-08-20T07:05:00Z"},
		{"2025-12-20T10:05", "2025-12-20T08:05:00Z"},
		{"2025-10-26T03:30", ""}, // comes twice
		{"2025-03-30T03:30", ""}, // never comes
		{"2025-10-26T03:30:00+02:00", "2025-10-26T01:30:00Z"},
		{"2025-08-20", "2025-08-19T21:00:00Z"},
		{"2025-08-20T25:00", ""},
	} {
		got, err := localTime(tt.in, kyiv)
		if (err == nil) != (tt.want != "") || err == nil && got.Time().Format(time.RFC3339) != tt.want {
			t.Errorf("%s: %v, %v; want %q", tt.in, got, err, tt.want)
		}
	}
}

// TestGrowth: the days of the record's growth add up to its size.
func TestGrowth(t *testing.T) {
	h := theHouse(t)
	state, _ := h.room.State()
	days := grown(state.Contents)
	var n int64
	for _, d := range days {
		n += d.N
	}
	if len(days) == 0 || n != state.Size || days[0].Total != state.Size {
		t.Errorf("%+v, and %d entries", days, state.Size)
	}
	if _, body, _ := h.get(t, ledger.Reader, "/record"); !strings.Contains(body, "<bdi>"+string(days[0].Day)+"</bdi>") {
		t.Errorf("the page does not say so: %.400s", said(body))
	}
}

// TestFormValuesAreNoSyntax: what somebody types into one field of a form is the value
// of that field, whatever it looks like in the language of scenarios.
func TestFormValuesAreNoSyntax(t *testing.T) {
	h := theHouse(t)
	for _, tt := range []struct {
		role  ledger.Role
		path  string
		form  url.Values
		field string // whose label the answer names
	}{
		{ledger.Monitor, "/observe", url.Values{"where": {"region"}, "place": {"Kharkiv Oblast grade A1"}}, "Region"},
		{ledger.Monitor, "/observe", url.Values{"where": {"region"}, "place": {"Kharkiv Oblast ±5km"}}, "Region"},
		{ledger.Monitor, "/observe", url.Values{"where": {"region"}, "place": {"ukraine weapon=missile"}}, "Region"},
		{ledger.Monitor, "/observe", url.Values{"where": {"region"}, "place": {`Kharkiv" weapon="missile`}}, "Region"},
		{ledger.Monitor, "/observe", url.Values{"where": {"region"}, "place": {""}}, "Region"},
		{ledger.Monitor, "/observe", url.Values{"where": {"region"}, "place": {"Kharkivv Oblast"}}, `did you mean "Kharkiv Oblast"`},
		{ledger.Monitor, "/observe", url.Values{"where": {"region"}, "place": {"russiaa"}}, `did you mean "russia"`},
		{ledger.Monitor, "/observe", url.Values{"where": {"object"}, "place": {"x"}}, "Where"},
		{ledger.Monitor, "/observe", url.Values{"lat": {"48.01N 37.8E ±5km"}}, "Latitude"},
		{ledger.Monitor, "/observe", url.Values{"lat": {"NaN"}}, "Latitude"},
		{ledger.Monitor, "/observe", url.Values{"lon": {"37.8E grade A1"}}, "Longitude"},
		{ledger.Monitor, "/observe", url.Values{"lon": {""}}, "Longitude"},
		{ledger.Monitor, "/observe", url.Values{"radius": {"5k"}}, "Within"},
		{ledger.Monitor, "/observe", url.Values{"radius": {"-5"}}, "Within"},
		{ledger.Monitor, "/observe", url.Values{"radius": {"Inf"}}, "Within"},
		{ledger.Monitor, "/observe", url.Values{"radius": {"30000000"}}, "Within"},
		{ledger.Monitor, "/observe", url.Values{"weapon": {"missile grade A1"}}, "Weapon"},
		{ledger.Monitor, "/observe", url.Values{"weapon": {"missile #"}}, "Weapon"},
		{ledger.Monitor, "/observe", url.Values{"count": {"3 killed=9"}}, "How many"},
		{ledger.Monitor, "/observe", url.Values{"killed": {"-1"}}, "Killed"},
		{ledger.Monitor, "/observe", url.Values{"injured": {"99999999999"}}, "Injured"},
		{ledger.Monitor, "/observe", url.Values{"grade": {"A1 weapon=missile"}}, "Grade"},
		{ledger.Monitor, "/observe", url.Values{"means": {"heard count=2"}}, "By what means"},
		{ledger.Monitor, "/observe", url.Values{"act": {"strike 2020-01-01"}}, "Act"},
		{ledger.Monitor, "/observe", url.Values{"from": {"2025-08-20T10:05/10:06Z"}}, "From"},
		{ledger.Monitor, "/observe", url.Values{"to": {"2025-08-20T10:09 48N"}}, "To"},
		{ledger.Monitor, "/observe", url.Values{"where": {"wedge"}, "bearing-from": {"350-010"}, "bearing-to": {"10"}, "distance-from": {"2"}, "distance-to": {"5"}}, "Bearing from"},
		{ledger.Monitor, "/observe", url.Values{"where": {"wedge"}, "bearing-from": {"350"}, "bearing-to": {"10"}, "distance-from": {"2km bearing"}, "distance-to": {"5"}}, "Distance from"},
		{ledger.Monitor, "/observe", url.Values{"where": {"wedge"}, "bearing-from": {"350"}, "bearing-to": {"10"}, "distance-from": {"2"}, "distance-to": {"5km source=viina"}}, "to, km"},
		{ledger.Monitor, "/restrict", url.Values{"what": {"access"}, "by": {"RU 2025-08-20 region:ukraine"}, "weapon": {""}}, "By whom"},
		{ledger.Monitor, "/restrict", url.Values{"what": {"access"}, "by": {"RU"}, "weapon": {"mortar"}}, "Weapon"},
		{ledger.Liaison, "/party/allege", url.Values{"where": {"region"}, "place": {"Kharkiv Oblast ±5km"}}, "Region"},
		{ledger.Liaison, "/party/notify", url.Values{"weapon": {""}, "where": {"region"}, "place": {"Kharkiv Oblast grade A1"}}, "Region"},
		{ledger.Liaison, "/party/notify", url.Values{"act": {"explosion reported=2020-01-01"}, "weapon": {""}}, "Act"},
		// Nobody chooses by hand whose word it is, or which entry.
		{ledger.Monitor, "/observe", url.Values{"source": {"viina"}}, "truce ingest"},
		{ledger.Monitor, "/observe", url.Values{"key": {"x"}}, "key="},
		{ledger.Liaison, "/party/allege", url.Values{"source": {"viina"}}, "source=viina"},
		{ledger.Liaison, "/party/allege", url.Values{"source": {"UA"}}, "source=UA"},
		{ledger.Liaison, "/party/notify", url.Values{"source": {"viina"}, "weapon": {""}}, "source=viina"},
		{ledger.Monitor, "/restrict", url.Values{"what": {"access"}, "by": {"RU"}, "source": {"viina"}, "weapon": {""}}, "source=viina"},
	} {
		for k, v := range map[string]string{"act": "strike", "weapon": "missile", "from": "2025-08-20T12:05", "lat": "48.01", "lon": "37.80", "because": "a test"} {
			if !tt.form.Has(k) {
				tt.form.Set(k, v)
			}
		}
		before := h.entries()
		code, body, _ := h.post(t, tt.role, tt.path, tt.form)
		if code != 422 || h.entries() != before || !strings.Contains(said(html.UnescapeString(body)), tt.field) {
			t.Errorf("%s %v: %d, %d entries more: %s; want it to name %q", tt.path, tt.form, code, h.entries()-before, said(html.UnescapeString(body)), tt.field)
		}
	}
}

// TestFormTextIsKept: free text is recorded as it was typed, also where the language of
// scenarios would read signs in it.
func TestFormTextIsKept(t *testing.T) {
	h := theHouse(t)
	const what = `access=denied #3 "by the gate" ±5km`
	code, body, _ := h.post(t, ledger.Monitor, "/restrict", url.Values{"what": {what}, "by": {"RU"}, "from": {"2025-08-20T10:05"}, "where": {"region"}, "place": {"kharkiv OBLAST"}, "because": {"a test"}})
	if code != 303 {
		t.Fatalf("%d %s", code, said(body))
	}
	state, _ := h.room.State()
	for _, x := range state.Situations[truce.ForMission].Restrictions {
		if x.What == what && x.By == "RU" && x.Place.Name == "Kharkiv Oblast" && x.Source == "" {
			return
		}
	}
	t.Error("it is not in the record as it was typed")
}
