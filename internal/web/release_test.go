package web

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
)

// withheldTerms are the air-first terms with release rules of every kind: explosions
// are held, the rest is delayed by six hours, and no place is closer than 2 km.
func withheldTerms(t *testing.T) string {
	return changedTerms(t, func(s string) string {
		return strings.Replace(s, "provisions:\n", "release:\n  delay: 24h\n  public: {delay: 6h, blur: 2 km, hold: [explosion]}\n\nprovisions:\n", 1)
	})
}

// A cast is a room in which something is listed, and something else is withheld for
// each reason. Two casts differ in the places, times and words of what is withheld,
// and nothing that the public is shown may differ between them.
type cast struct {
	*play
	id map[string]string // of observations, by name
}

// listedInCast are the observations that the public is shown; the others are withheld.
var listedInCast = []string{"plain", "region", "twin"}

// exact is what an observation of a cast says of its place: its digits are found in
// nothing that the public is shown.
func exact(lat, lon float64) object {
	digits := func(x float64) float64 { return math.Round(x*1e6) / 1e6 }
	return object{"kind": "point", "point": object{"lat": digits(lat), "lon": digits(lon)}, "uncertainty_m": 60}
}

// newCast lets the same happen in a copy of a mission; second chooses between two
// values of all that is withheld.
func (x *copied) newCast(t *testing.T, second bool) *cast {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "field")
	copyFolder(t, x.dir, dir)
	clock := &atomic.Int64{}
	at := func(s string) {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		clock.Store(v.UnixMilli())
	}
	at("2025-08-22T06:00:00Z")
	c := &cast{play: &play{lab: &lab{t: t, dir: dir, keys: x.keys, now: func() time.Time { return time.UnixMilli(clock.Load()).UTC() }}, clock: clock}, id: map[string]string{}}
	c.open()
	state := func(by, kind string, content object, more object, sealed ...string) string {
		t.Helper()
		body, pieces := c.sealedBody(kind, content, more, sealed...)
		if code, text, _ := c.submit(handedBody{body, by, pieces}, true); code != 200 {
			t.Fatalf("%s %v: %d %s", kind, content["key"], code, text)
		}
		return leafOf(body)
	}
	observe := func(name string, o object, more object) {
		id := digestOf("observation", "mission", name, "0")
		c.id[name] = id
		c.shown = append(c.shown, id)
		state("monitor", "observation", with(object{"id": id, "source": "mission", "key": name, "count": "1", "act": "strike", "weapon": "missile"}, o), more)
	}
	// Each is in another region in the other cast, and at another time of the same day.
	n := 0
	hidden := func() object {
		n++
		far := float64(n) * 0.3
		return choose(second, object{"occurred": span(fmt.Sprintf("2025-08-21T0%d:17:00Z", n), 1), "place": exact(47.123456+far/3, 35.234567)}, object{"occurred": span(fmt.Sprintf("2025-08-21T1%d:43:00Z", n), 1), "place": exact(49.654321, 33.345678+far)})
	}
	explosion := object{"act": "explosion", "weapon": nil}

	// What is known first is withheld, and known at another hour of the day.
	at(choose(second, "2025-08-22T06:10:00Z", "2025-08-22T07:50:00Z"))
	observe("held", with(explosion, hidden()), nil)
	both := hidden()
	observe("first act", both, nil)
	observe("second act", with(explosion, both), nil)
	observe("taken back", with(explosion, hidden()), nil)
	corrected := hidden()
	observe("corrected", with(explosion, corrected), nil)
	at("2025-08-22T08:00:00Z")
	// The place of what is listed differs within one square of the blur.
	square := blurSquare(t, 48.51, 35.05)
	observe("plain", object{"occurred": span("2025-08-21T08:05:00Z", 1), "object": choose(second, "substation-7", "substation-9"), "place": choose(second, exact(square[0]+0.001, square[1]-0.001), exact(square[0]-0.001, square[1]+0.002))}, nil)
	observe("region", object{"occurred": span("2025-08-21T08:00:00Z", 120), "place": object{"kind": "region", "name": "Kharkiv Oblast", "uncertainty_m": -1}}, nil)
	observe("corrected-again", with(explosion, corrected, object{"count": "2"}), object{"replaces": c.id["corrected"]})
	state("monitor", "withdrawal", object{"of": c.id["taken back"], "because": "a mistake"}, nil, "because")
	decide := func(kind string, more object, of ...string) {
		ids := []string{}
		for _, name := range of {
			ids = append(ids, c.id[name])
		}
		key := digestOf("decision", kind, strings.Join(of, " "))
		c.shown = append(c.shown, key)
		state("head-of-mission", "decision", with(object{"id": key, "kind": kind, "of": ids, "seq": 1, "because": "as seen on site"}, more), nil, "because")
	}
	// Two that begin alike: one is listed, and the other is not.
	for n, seen := 0, map[string]string{}; ; n++ {
		k := fmt.Sprint("twin ", n)
		if other := seen[digestOf("observation", "mission", k, "0")[:8]]; other != "" {
			observe(k, object{"occurred": span("2025-08-21T12:05:00Z", 1), "place": object{"kind": "region", "name": "Sumy Oblast", "uncertainty_m": -1}}, nil)
			observe(other, with(explosion, hidden()), nil)
			c.id["twin"], c.id["hidden twin"] = c.id[k], c.id[other]
			delete(c.id, k)
			delete(c.id, other)
			break
		}
		seen[digestOf("observation", "mission", k, "0")[:8]] = k
	}
	decide("merge", nil, "first act", "second act")
	decide("confirm", object{"article": "1"}, "first act")
	decide("verify", nil, "plain")
	decide("verify", nil, "held")
	state("verification-officer", "attribution", object{"id": digestOf("attribution", "of what is held"), "of": []string{c.id["first act"]}, "state": []string{c.id["first act"]}, "actor": "RU", "basis": "fragments", "confidence": "likely",
		"because": "the serial number", "by": "verification-officer"}, nil, "basis", "because")
	to := c.id["first act"]
	state("liaison", "response", object{"id": digestOf("response", "UA", "reply", to, "contest"), "key": "reply", "by": "UA", "during": span("2025-08-22T08:00:00Z", 1), "to": to, "says": "contest"}, nil)
	// What is delayed is known at another hour too.
	at(choose(second, "2025-08-22T15:05:00Z", "2025-08-22T16:55:00Z"))
	observe("delayed", hidden(), nil)
	decide("verify", nil, "delayed")
	at("2025-08-22T17:20:00Z")
	decide("verify", nil, "region")
	c.settle()
	return c
}

// blurSquare is the middle of the square of the rules' grid that holds a position.
func blurSquare(t *testing.T, lat, lon float64) [2]float64 {
	t.Helper()
	p, wider := release.Viewer{To: truce.ForPublic, Rules: truce.PublicRelease{BlurM: 2000}}.Place(truce.Place{Kind: truce.PlacePoint, Point: geo.Point{Lat: int32(lat * 1e7), Lon: int32(lon * 1e7)}})
	if !wider {
		t.Fatal("the place is not wider")
	}
	a, b := p.Point.Degrees()
	return [2]float64{a, b}
}

// What a route shows to whoever has not signed in.
const (
	byTheRules = "what release shows the public"
	theRecord  = "the record, which release rules take nothing out of" // doc/trust.md
	asItWas    = "a published file, as it was published"
	noIncident = "nothing of any incident"
	notPublic  = "nothing: it is for some roles, none of which sees what the public sees"
)

// An outlet is what a route shows the public, and where to ask for it. {name} stands
// for the ID of an observation of the cast.
type outlet struct {
	shows string
	paths []string
}

// outlets are all routes that answer to GET. A new route needs a line here, and that
// line is the decision who sees what on it.
var outlets = map[string]outlet{
	"GET /{$}": {byTheRules, []string{"/", "/?lang=uk", "/?wall=1", "/?signs=1", "/?order=arrived", "/?order=latest", "/?order=earliest", "/?article=1", "/?outcome=violation", "/?q=strike", "/?q=explosion", "/?q=Poltava", "/?q=Zaporizhzhia",
		"/?from=2025-08-21&to=2025-08-21", "/?from=2025-08-21T05:00&to=2025-08-21T06:00", "/?from=2025-08-21T17:30&to=2025-08-21T18:00", "/?from=2025-08-21T04:17&to=2025-08-21T04:18", "/?from=2100-01-01", "/?to=1990-01-01",
		"/?region=Poltava+Oblast", "/?region=Zaporizhia+Oblast", "/?bbox=33,49,36,50", "/?bbox=35,47,36,48.3", "/?at=2025-08-22T09:05", "/?at=2025-08-22T12:00", "/?at=2025-08-22T20:10"}},
	"/": {noIncident, []string{"/nowhere", "/{held}"}},
	"GET /incidents": {byTheRules, []string{"/incidents", "/incidents?lang=ru", "/incidents?signs=1&order=arrived", "/incidents?order=gravest", "/incidents?order=earliest", "/incidents?harm=counted", "/incidents?article=1&harm=unclear", "/incidents?q=explosion", "/incidents?q=strike", "/incidents?q=Poltava", "/incidents?q=49.65",
		"/incidents?q={held}", "/incidents?q={first act}", "/incidents?region=Poltava+Oblast", "/incidents?bbox=33,49,36,50", "/incidents?bbox=35,47,36,48.3", "/incidents?act=explosion", "/incidents?source=mission", "/incidents?outcome=violation", "/incidents?standing=verified", "/incidents?page=2", "/incidents?page=1000",
		"/incidents?from=2025-08-21T05:00&to=2025-08-21T06:00", "/incidents?from=2025-08-21T17:30&to=2025-08-21T18:00", "/incidents?at=2025-08-22T12:00", "/incidents?since=1", "/incidents?since=9&signs=1", "/incidents?bbox=33,49,36,50;35,47,36,48.3", "/incidents?new=1", "/incidents?format=csv", "/incidents?format=json", "/incidents?format=geojson", "/incidents?format=kml", "/incidents?format=hxl", "/incidents?format=gpkg", "/incidents?format=parquet", "/incidents?format=csv&signs=1&q=explosion", "/incidents?format=xml"}},
	"GET /incidents/{id}": {byTheRules, []string{"/incidents/{plain}", "/incidents/{region}", "/incidents/{twin}", "/incidents/{hidden twin}", "/incidents/{held}", "/incidents/{first act}", "/incidents/{second act}", "/incidents/{delayed}", "/incidents/{taken back}", "/incidents/{corrected}", "/incidents/{corrected-again}",
		"/incidents/{plain}?at=2025-08-22T12:00", "/incidents/{held}?at=2025-08-22T12:00", "/incidents/00000000", "/incidents/0000000000000000000000000000000000000000000000000000000000000000"}},
	"GET /incidents/{id}/bundle":        {byTheRules, []string{"/incidents/{plain}/bundle", "/incidents/{held}/bundle", "/incidents/{delayed}/bundle"}},
	"GET /incidents/{id}/proof/{entry}": {theRecord, nil},
	"GET /incidents/{id}/card":          {byTheRules, []string{"/incidents/{plain}/card?at=2025-08-22T12:00", "/incidents/{held}/card?at=2025-08-22T12:00", "/incidents/{delayed}/card?at=2025-08-22T12:00", "/incidents/{hidden twin}/card?at=2025-08-22T12:00", "/incidents/{region}/card?at=2025-08-22T20:10", "/incidents/00000000/card"}},
	"GET /feed.atom":                    {byTheRules, []string{"/feed.atom", "/feed.atom?lang=uk"}},
	"GET /glossary":                     {noIncident, []string{"/glossary", "/glossary?lang=ru"}},
	"GET /embed":                        {byTheRules, []string{"/embed", "/embed?lang=uk", "/embed?at=2025-08-22T12:00"}},
	"GET /embed/map.svg":                {byTheRules, []string{"/embed/map.svg", "/embed/map.svg?at=2025-08-22T12:00"}},
	"GET /preview.png":                  {byTheRules, []string{"/preview.png?at=2025-08-22T12:00", "/preview.png?at=2025-08-22T20:10&lang=ru"}},
	"GET /calendar":                     {byTheRules, []string{"/calendar", "/calendar?lang=uk", "/calendar?at=2025-08-22T12:00"}},
	"GET /calendar.ics":                 {byTheRules, []string{"/calendar.ics", "/calendar.ics?lang=ru"}},
	"GET /days/{id}/card":               {byTheRules, []string{"/days/{plain}/card?at=2025-08-22T12:00", "/days/{held}/card", "/days/{delayed}/card"}},
	"GET /check":                        {byTheRules, []string{"/check", "/check?text={plain}", "/check?text={held}", "/check?text={delayed}", "/check?text=%2Fincidents%2F{held}%3Fat%3D2025-08-22T12:00Z", "/check?text=Nothing+was+observed"}},
	"GET /days":                         {byTheRules, []string{"/days", "/days?lang=ru", "/days?article=1", "/days?page=2", "/days?format=json", "/days?format=csv", "/days?at=2025-08-22T12:00", "/days?from=2025-08-21&to=2025-08-21"}},
	"GET /days/{id}":                    {byTheRules, []string{"/days/{plain}", "/days/{held}", "/days/{delayed}", "/days/0000000000000000000000000000000000000000000000000000000000000000"}},
	"GET /sources":                      {byTheRules, []string{"/sources", "/sources?lang=uk", "/sources?at=2025-08-22T12:00", "/sources?format=csv", "/sources?format=csv&kind=pairs", "/sources?format=csv&kind=origins", "/sources?format=json", "/sources?format=json&kind=pairs", "/sources?page=2"}},
	"GET /agreement":                    {byTheRules, []string{"/agreement", "/agreement?at=2025-08-22T12:00"}},
	"GET /record":                       {theRecord, nil},
	"GET /reports":                      {byTheRules, []string{"/reports"}},
	"GET /reports/{n}":                  {asItWas, []string{"/reports/1", "/reports/100000"}},
	"GET /live":                         {byTheRules, []string{"/live", "/live?since=3"}},
	"GET /tiles/base/{z}/{x}/{y}":       {noIncident, nil}, // its layers come in no order
	"GET /tiles/incidents/{z}/{x}/{y}":  {byTheRules, []string{"/tiles/incidents/0/0/0", "/tiles/incidents/5/19/10", "/tiles/incidents/8/152/87", "/tiles/incidents/8/152/88", "/tiles/incidents/8/153/88", "/tiles/incidents/10/609/349", "/tiles/incidents/14/9795/5663", "/tiles/incidents/5/19/10?at=2025-08-22T12:00", "/tiles/incidents/0/0/0?q=explosion&signs=1"}},
	"GET /map/agreement.geojson":        {byTheRules, []string{"/map/agreement.geojson", "/map/agreement.geojson?from=2025-08-21T05:00&to=2025-08-21T06:00", "/map/agreement.geojson?from=2100-01-01", "/map/agreement.geojson?signs=1"}},
	"GET /map/picture.svg":              {byTheRules, []string{"/map/picture.svg", "/map/picture.svg?from=2025-08-21T05:00&to=2025-08-21T06:00", "/map/picture.svg?at=2025-08-22T12:00"}},
	"GET /map/cards":                    {byTheRules, []string{"/map/cards?bbox=30,44,41,53", "/map/cards?bbox=33,49,36,50&signs=1", "/map/cards?bbox=33,49,36,50;35,47,36,48.3", "/map/cards?bbox=30,44,41,53&q=explosion", "/map/cards?bbox=30,44,41,53&at=2025-08-22T12:00"}},
	"GET /map/uncertain.geojson":        {byTheRules, []string{"/map/uncertain.geojson?bbox=30,44,41,53", "/map/uncertain.geojson?bbox=33,49,36,50&signs=1", "/map/uncertain.geojson?bbox=35,47,36,48.3"}},
	"GET /assets/{name...}":             {noIncident, []string{"/assets/style.css"}},
	"GET /checkpoint":                   {theRecord, nil},
	"GET /checkpoint.cosigned":          {theRecord, nil},
	"GET /tile/{rest...}":               {theRecord, nil},
	"GET /evidence/{rest...}":           {theRecord, nil},
	"GET /sign-in":                      {noIncident, []string{"/sign-in", "/sign-in?next=%2Fincidents%2F{held}"}},
	"GET /join/{token}":                 {noIncident, []string{"/join/x"}},
	"GET /desk":                         {notPublic, nil},
	"GET /desk/same":                    {notPublic, nil},
	"GET /observe":                      {notPublic, nil},
	"GET /my-reports":                   {notPublic, nil},
	"GET /party":                        {notPublic, nil},
	"GET /reports/drafts/{n}":           {notPublic, nil}, // a draft is composed as the public reads it: TestPublishedByTheRules
	"GET /reports/drafts/{n}/preview":   {notPublic, nil},
	"GET /people":                       {notPublic, nil},
	"GET /reads":                        {notPublic, nil},
	"GET /rejected":                     {notPublic, nil},
	"GET /files":                        {notPublic, nil},
	"GET /files/{id}":                   {notPublic, nil},
	"GET /files/{id}/mapping.yaml":      {notPublic, nil},
	"GET /api/incidents":                {byTheRules, []string{"/api/incidents", "/api/incidents?signs=1", "/api/incidents?q=explosion", "/api/incidents?q={delayed}", "/api/incidents?order=arrived", "/api/incidents?bbox=33,49,36,50", "/api/incidents?region=Poltava+Oblast", "/api/incidents?at=2025-08-22T12:00"}},
	"GET /api/picture":                  {byTheRules, []string{"/api/picture", "/api/picture?at=2025-08-22T12:00", "/api/picture?from=2025-08-21T05:00&to=2025-08-21T06:00"}},
}

// TestEveryRouteIsDecided: each route that answers to GET has a line in outlets, and
// what is not public is open to no role that sees what the public sees.
func TestEveryRouteIsDecided(t *testing.T) {
	there := map[string]bool{}
	for _, r := range routes {
		if strings.HasPrefix(r.Pattern, "POST ") {
			continue
		}
		there[r.Pattern] = true
		o, ok := outlets[r.Pattern]
		if !ok {
			t.Errorf("%s: nothing says what it shows the public: add it to outlets", r.Pattern)
			continue
		}
		if (o.shows == notPublic) == r.May(Anybody) {
			t.Errorf("%s shows %q, and whoever has not signed in may ask: %v", r.Pattern, o.shows, r.May(Anybody))
		}
		for _, role := range r.Roles {
			if AudienceOf(role) == truce.ForPublic {
				t.Errorf("%s is open to the role %s, which sees what the public sees: it needs addresses in outlets", r.Pattern, role)
			}
		}
		if o.shows == byTheRules && len(o.paths) == 0 {
			t.Errorf("%s: no address of it is tried", r.Pattern)
		}
	}
	for p := range outlets {
		if !there[p] {
			t.Errorf("outlets has %s, which is not a route", p)
		}
	}
	for _, role := range []ledger.Role{ledger.Reader, Anybody, "a role of a later version"} {
		if a := AudienceOf(role); a != truce.ForPublic {
			t.Errorf("the role %q is given what the %s sees", role, a)
		}
	}
}

var placeholder = regexp.MustCompile(`\{[a-z -]+\}`)

// at is an address with the IDs of the cast in it.
func (c *cast) at(path string) string {
	return placeholder.ReplaceAllStringFunc(path, func(s string) string {
		id := c.id[strings.Trim(s, "{}")]
		if id == "" {
			c.t.Fatalf("%s: the cast has no %s", path, s)
		}
		return id
	})
}

// answer is what the public is answered: the code, headers and the body, with what
// must differ between two records made alike.
func (c *cast) answer(path string) (code int, body string) {
	c.t.Helper()
	if strings.HasPrefix(path, "/live") {
		return 200, c.hear(path)
	}
	code, body, head := c.ask(http.MethodGet, c.at(path), nil)
	var lines []string
	for k, v := range head {
		if k != "Content-Length" {
			lines = append(lines, k+": "+strings.Join(v, ", "))
		}
	}
	slices.Sort(lines)
	if strings.HasPrefix(path, "/tiles/") { // packed, and nothing in it is by construction
		return code, strings.Join(lines, "\n") + "\n\n" + body
	}
	return code, c.normal(strings.Join(lines, "\n") + "\n\n" + body)
}

// hear is what a page hears while something that is held becomes known.
func (c *cast) hear(path string) string {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := &heard{ResponseRecorder: httptest.NewRecorder(), each: make(chan string, 16)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		req := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil).WithContext(ctx)
		c.server.Handler().ServeHTTP(out, req)
	}()
	<-out.each // it is connected
	// What is known already is not news: nothing would be heard until the connection's next beat.
	k := "heard on " + path
	id := digestOf("observation", "mission", k, "0")
	body, pieces := c.sealedBody("observation", object{"id": id, "source": "mission", "key": k, "count": "1", "act": "strike", "weapon": "missile", "occurred": span("2025-08-21T09:00:00Z", 1), "place": exact(48.2, 35.2)}, nil)
	if code, text, _ := c.submit(handedBody{body, "monitor", pieces}, true); code != 200 {
		c.t.Fatal(code, text)
	}
	told := <-out.each
	cancel()
	<-done
	return told
}

// heard is an answer whose parts are heard as they come.
type heard struct {
	*httptest.ResponseRecorder
	each chan string
}

func (h *heard) Write(p []byte) (int, error) {
	h.each <- string(p)
	return h.ResponseRecorder.Write(p)
}

func (h *heard) SetWriteDeadline(time.Time) error { return nil }

// traces are what would tell of what is withheld, in any text.
func (c *cast) traces() []string {
	out := []string{":17:00Z", ":43:00Z", ":17 EEST", ":43 EEST", "35.2345", "35.2346", "49.6543"}
	state, _ := c.room.State()
	for name, id := range c.id {
		if slices.Contains(listedInCast, name) {
			continue
		}
		out = append(out, id[:12])
		if d := (truce.Digest{}); d.UnmarshalText([]byte(id)) == nil {
			if inc := state.Situations[truce.ForPublic].IncidentOf(d); inc != nil {
				out = append(out, inc.ID.String())
			}
		}
	}
	return out
}

// TestReleaseOnEveryRoute: what release rules withhold from the public changes nothing
// that any route answers, however it is asked, and nothing that it answers tells of it.
func TestReleaseOnEveryRoute(t *testing.T) {
	t.Parallel()
	x := newCopiedOf(t, withheldTerms(t))
	one, two := x.newCast(t, false), x.newCast(t, true)
	defer one.close()
	defer two.close()
	differ := 0
	for i, inc := range one.incidents() {
		if o := two.incidents()[i]; inc.ID != o.ID {
			t.Fatal("the two casts are not of the same observations")
		} else if o.Occurred != inc.Occurred && o.Of[0].Place.Point != inc.Of[0].Place.Point {
			differ++
		}
	}
	if differ != 5 {
		t.Fatalf("%d incidents are withheld, want 5", differ)
	}
	for _, pattern := range slices.Sorted(maps.Keys(outlets)) {
		for _, path := range outlets[pattern].paths {
			c1, b1 := one.answer(path)
			c2, b2 := two.answer(path)
			if c1 >= 500 {
				t.Errorf("%s: %d", path, c1)
			}
			if c1 != c2 || b1 != b2 {
				t.Errorf("%s: what is withheld changes %s (%d and %d): %s", pattern, path, c1, c2, firstDifference(b1, b2))
			}
			if m := placeholder.FindString(path); pattern == "GET /incidents/{id}" && m != "" {
				listed := slices.Contains(listedInCast, strings.Trim(m, "{}"))
				_, unknown := one.answer("/incidents/" + strings.Repeat("0", 64))
				if listed != (c1 == 200) || !listed && (c1 != 404 || said(b1) != said(unknown)) {
					t.Errorf("%s: %d, want what is answered to an ID that nobody knows: %v; %s", path, c1, !listed, firstDifference(said(b1), said(unknown)))
				}
				short := "/incidents/" + one.at(m)[:12]
				if c, _ := one.answer(short); c != c1 && !strings.Contains(path, "?") {
					t.Errorf("%s: %d, and by its first digits %d", path, c1, c)
				}
			}
			asked := one.at(path)
			for _, trace := range one.traces() {
				if strings.Contains(b1, trace) && !strings.Contains(asked, trace) {
					at := strings.Index(b1, trace)
					t.Errorf("%s tells %q: … %q …", path, trace, b1[max(0, at-120):min(len(b1), at+120)])
				}
			}
		}
	}
	for _, c := range []*cast{one, two} {
		if code, body := c.answer("/incidents/" + c.id["twin"][:8]); code != 200 || strings.Contains(body, c.id["hidden twin"][:12]) {
			t.Errorf("of two IDs that begin alike one is listed: %d, %.300s", code, said(body))
		}
	}
	// The mission is shown all of it.
	for name, id := range one.id {
		if name == "taken back" || name == "corrected" {
			continue
		}
		var d truce.Digest
		if err := d.UnmarshalText([]byte(id)); err != nil {
			t.Fatal(err)
		}
		if x, err := one.room.Dossier(t.Context(), truce.ForMission, truce.Never, d); err != nil || x == nil {
			t.Errorf("the mission is not shown %s: %v", name, err)
		}
		for _, a := range []truce.Audience{truce.ForParties, truce.ForPublic} {
			x, err := one.room.Dossier(t.Context(), a, truce.Never, d)
			if err != nil || (x != nil) != (a == truce.ForParties || slices.Contains(listedInCast, name)) {
				t.Errorf("the %s is shown %s: %v, %v", a, name, x != nil, err)
			}
		}
	}
}

// incidents are those that follow from what the public has.
func (c *cast) incidents() []*truce.Incident {
	state, _ := c.room.State()
	return state.Situations[truce.ForPublic].Incidents()
}

// TestPublishedByTheRules: a draft, a report that a command publishes, and the public
// face as files are the same whatever is withheld, in every format; figures count it.
func TestPublishedByTheRules(t *testing.T) {
	t.Parallel()
	x := newCopiedOf(t, withheldTerms(t))
	casts := []*cast{x.newCast(t, false), x.newCast(t, true)}
	var files [2]map[string]string
	for i, c := range casts {
		defer c.close()
		files[i] = map[string]string{}
		state, _ := c.room.State()
		day := truce.Interval{Start: truce.InstantOf(time.Date(2025, 8, 20, 21, 0, 0, 0, time.UTC)), End: truce.InstantOf(time.Date(2025, 8, 21, 21, 0, 0, 0, time.UTC))}
		r, _, err := c.server.draftReport(t.Context(), &draft{Kind: "daily", Period: day, Frozen: state.Now, Entries: state.Size, Prose: "There were {incidents} incidents, {incidents 1} under article 1."})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Incidents) != 3 || r.Observed.High != 8 || r.Articles[0].Count.Incidents.High != 8 || r.Summary[0] != "There were 6 to 8 incidents, 6 to 8 under article 1." {
			t.Errorf("%d incidents are listed and %d counted, %d under article 1: %q", len(r.Incidents), r.Observed, r.Articles[0].Count.Incidents, r.Summary)
		}
		m, err := mission.Open(c.dir)
		if err != nil {
			t.Fatal(err)
		}
		m.Now = c.now
		theirs := m.As(release.Reader{Audience: truce.ForPublic})
		s, err := theirs.Situation(truce.Never)
		if err != nil {
			t.Fatal(err)
		}
		now := truce.InstantOf(c.now())
		all, err := theirs.Report(s, truce.Interval{}, now, now)
		if err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]*report.Report{"draft": r, "report": all} {
			if last := r.Headline[len(r.Headline)-1].Text.String(); last != "By the agreement's release rules, 5 incidents of this period are counted and not listed, 1 incident have a place in them that is shown wider than it is known, and 2 corrections are left out." {
				t.Errorf("the %s ends with %q", name, last)
			}
			for _, f := range report.Formats {
				var b bytes.Buffer
				if err := report.Write(&b, f.Name, r); err != nil {
					t.Fatal(err)
				}
				files[i][name+"."+f.Name] = b.String()
			}
		}
		dir := filepath.Join(t.TempDir(), "site")
		if _, err := c.server.WriteSite(t.Context(), dir, nil); err != nil {
			t.Fatal(err)
		}
		root := os.DirFS(dir)
		if err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasPrefix(name, "tile/") || strings.HasPrefix(name, "evidence/") || name == "checkpoint" || strings.HasPrefix(name, "proof/") || strings.Contains(name, "record/") || strings.HasPrefix(name, "tiles/base/") {
				return err // the record
			}
			data, err := fs.ReadFile(root, name)
			files[i]["site/"+name] = string(data)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if len(files[0]) < 40 || len(files[0]) != len(files[1]) {
		t.Errorf("%d and %d files", len(files[0]), len(files[1]))
	}
	for name, is := range files[0] {
		a, b := is, files[1][name]
		if !strings.HasSuffix(name, ".gpkg") && !strings.HasSuffix(name, ".pdf") && !strings.Contains(name, "/tiles/") {
			a, b = casts[0].normal(a), casts[1].normal(b)
		}
		if strings.HasSuffix(name, ".pdf") || strings.HasSuffix(name, ".gpkg") {
			continue // compared by what they are made from: the same report
		}
		if a != b {
			t.Errorf("%s: what is withheld changes it: %s", name, firstDifference(a, b))
		}
		for _, trace := range casts[0].traces() {
			if at := strings.Index(is, trace); at >= 0 {
				t.Errorf("%s tells %q: … %q …", name, trace, is[max(0, at-120):min(len(is), at+120)])
			}
		}
	}
}

// TestDelayEnds: what is delayed is listed from the very moment at which the delay
// ends, on every route, and what is counted and not listed is one less.
func TestDelayEnds(t *testing.T) {
	t.Parallel()
	c := newCopiedOf(t, withheldTerms(t)).newCast(t, false)
	defer c.close()
	var id truce.Digest
	if err := id.UnmarshalText([]byte(c.id["delayed"])); err != nil {
		t.Fatal(err)
	}
	state, _ := c.room.State()
	sit := state.Situations[truce.ForPublic]
	ends := sit.Known(id).Add(6 * time.Hour)
	inc, when := sit.IncidentOf(id).ID, sit.IncidentOf(id).Occurred.In(state.Agreement.Location)
	var before string // a tile
	paths := []string{"/incidents/{delayed}", "/incidents", "/incidents?since=1", "/incidents?since=9&signs=1", "/incidents?bbox=33,49,36,50;35,47,36,48.3", "/incidents?new=1", "/incidents?format=csv", "/incidents?format=json", "/incidents?format=geojson", "/incidents?format=kml", "/incidents?format=hxl", "/incidents?format=gpkg", "/incidents?format=parquet", "/api/incidents", "/map/uncertain.geojson?bbox=30,44,41,53", "/"}
	for n, step := range []struct {
		name     string
		now      truce.Instant
		listed   bool
		unlisted string
	}{
		{"a millisecond before it ends", ends - 1, false, "5 incidents of this period are counted and not listed"},
		{"as it ends", ends, true, "4 incidents of this period are counted and not listed"},
		{"later", ends + 1, true, "4 incidents of this period are counted and not listed"},
	} {
		c.clock.Store(int64(step.now))
		for _, path := range paths {
			sign := "?"
			if strings.Contains(path, "?") {
				sign = "&"
			}
			// Pages that all get alike may be some seconds old: each step asks from another day on.
			_, body := c.get(c.at(path) + sign + fmt.Sprintf("from=2025-01-0%d", n+1))
			if is := strings.Contains(body, inc.Hex()); is != step.listed {
				t.Errorf("%s, %s lists it: %v", step.name, path, is)
			}
			if path == "/" && !strings.Contains(body, step.unlisted) {
				t.Errorf("%s the first page does not say that %s", step.name, step.unlisted)
			}
		}
		_, drawn := c.get(fmt.Sprintf("/map/picture.svg?from=2025-01-0%d", n+1))
		_, tile := c.get(fmt.Sprintf("/tiles/incidents/0/0/0?from=2025-01-0%d", n+1)) // a tile may be a second old
		if before == "" {
			before = tile
		}
		if step.listed != (tile != before) || step.listed != strings.Contains(drawn, when) {
			t.Errorf("%s: a tile of %d bytes, before of %d; the drawing names it: %v", step.name, len(tile), len(before), strings.Contains(drawn, when))
		}
	}
}

// TestDisclosedIsPublic: what was disclosed to everybody is the public's, and a page
// or a report for the public does not call itself unfit for publication.
func TestDisclosedIsPublic(t *testing.T) {
	t.Parallel()
	p := newCopied(t).playOf(t, history{{What: "wedge"}, {What: "wedge", N: 1}, {What: "disclose", N: 2, Of: 0, Fields: "all"}}, func(int) (bool, bool) { return false, false })
	defer p.close()
	if code, body := p.get("/incidents/" + p.subs[0].id); code != 200 {
		t.Fatalf("what was disclosed is not shown: %d %s", code, said(body))
	}
	code, body := p.get("/")
	if code != 200 || strings.Contains(body, "Not for publication") || !strings.Contains(body, "1 input is in the record and not held") {
		t.Errorf("%d: %s", code, said(body))
	}
	state, _ := p.room.State()
	r, _, err := p.server.draftReport(t.Context(), &draft{Kind: "daily", Period: truce.DateOf(state.Now, time.UTC).Add(-1).Day(state.Agreement.Location), Frozen: state.Now, Entries: state.Size})
	if err != nil || strings.Contains(r.Stage, "not for publication") {
		t.Errorf("%v: %q", err, r.Stage)
	}
}
