package web

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/people"
	"github.com/opentruce/truce/internal/situation"
	"pgregory.net/rapid"
)

// A deed is one step of a random history. Its sealed values have two variants, of
// the same length; which one is written is for whoever plays the history.
type deed struct {
	What   string
	N      int    // makes its IDs and public values
	Of     int    // the deed that it is about
	Fields string // of a disclosure: one, all, texts
}

// A history is a list of deeds, and a clock that both plays follow.
type history []deed

func drawHistory(t *rapid.T) (out history) {
	what := rapid.SampledFrom([]string{"observe", "observe", "wedge", "wedge", "allege UA", "allege RU", "allege RU", "decide", "notify UA", "notify RU", "respond UA", "withdraw", "disclose", "disclose", "disclose", "release"})
	n := rapid.IntRange(4, 14).Draw(t, "deeds")
	for i := range n {
		d := deed{What: what.Draw(t, "what"), N: i}
		if i > 0 {
			d.Of = rapid.IntRange(0, i-1).Draw(t, "of")
		}
		if d.What == "disclose" {
			d.Fields = rapid.SampledFrom([]string{"one", "all", "texts"}).Draw(t, "fields")
		}
		out = append(out, d)
	}
	return out
}

// has reports whether a later deed gives something of deed i: a release, or a
// disclosure of some fields.
func (h history) given(i int, how string) bool {
	for j := i + 1; j < len(h); j++ {
		switch {
		case how == "release" && h[j].What == "release":
			return true
		case h[j].What == "disclose" && h[j].Of == i && h[j].Fields == how:
			return true
		}
	}
	return false
}

// differs says what of deed i may differ where an audience must not see it: what
// findings depend on, and the text.
func (h history) differs(i int, a truce.Audience) (shared, text bool) {
	side := strings.HasSuffix(h[i].What, " UA") // the party that reads
	shared = !h.given(i, "all")
	text = !h.given(i, "texts")
	if a == truce.ForParties {
		shared = shared && !side && !h.given(i, "release")
		text = text && !side && h[i].What != "decide" // reasons of decisions go to both parties
	}
	return shared, text
}

// A play is a lab in which a history has happened.
type play struct {
	*lab
	clock *atomic.Int64
	shown []string       // IDs of what was stated
	subs  map[int]played // by deed
}

type played struct {
	id     string
	leaf   string
	pieces ledger.Pieces
}

// A copied mission is a mission with its keys and an account of a liaison, to be copied:
// two plays have the same keys.
type copied struct {
	dir    string
	keys   map[string]*ledger.Secret
	cookie *http.Cookie
	key    string // file of UA's liaison
}

var start = time.Date(2025, 8, 22, 6, 0, 0, 0, time.UTC)

// newCopied is a mission of the air-first terms to be copied.
func newCopied(t *testing.T) *copied { return newCopiedOf(t, airFirst) }

func newCopiedOf(t *testing.T, terms string) *copied {
	t.Helper()
	clock := start.Add(-time.Hour)
	l := newLab(t, terms, func() time.Time { return clock })
	session, file := l.signIn(people.Account{Name: "liaison-1", Role: string(ledger.Liaison), Party: "UA"})
	out := &copied{dir: l.dir, keys: l.keys, cookie: session, key: file}
	if err := l.tryClose(); err != nil {
		t.Fatal(err)
	}
	return out
}

// copyFolder copies the mission's folder.
func copyFolder(t testing.TB, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	// A copy has other permissions where the user's mask says so; keys are for one.
	_ = filepath.WalkDir(filepath.Join(to, "private"), func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			return os.Chmod(name, 0o600)
		}
		return nil
	})
}

// withoutState is a record without what its writer alone keeps beside it: files that come
// and go while somebody copies.
type withoutState struct{ fs.FS }

func (f withoutState) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(f.FS, name)
	return slices.DeleteFunc(list, func(d fs.DirEntry) bool { return d.Name() == ".state" }), err
}

// playOf opens a copy of the mission and lets the history happen in it; variant says
// which value the sealed fields of a deed have, and its text.
func (x *copied) playOf(t testing.TB, h history, variant func(i int) (shared, text bool)) *play {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "field")
	copyFolder(t, x.dir, dir)
	clock := &atomic.Int64{}
	clock.Store(start.UnixMilli())
	p := &play{lab: &lab{t: t, dir: dir, keys: x.keys, now: func() time.Time { return time.UnixMilli(clock.Load()).UTC() }}, clock: clock, subs: map[int]played{}}
	p.open()
	for i, d := range h {
		clock.Add(int64(7 * time.Minute / time.Millisecond))
		shared, text := variant(i)
		if d.What == "disclose" || d.What == "release" { // of what is read by then
			p.settle()
		}
		p.do(i, d, shared, text)
	}
	p.settle()
	clock.Add(int64(time.Hour / time.Millisecond))
	return p
}

// choose is one of two values.
func choose[T any](second bool, a, b T) T {
	if second {
		return b
	}
	return a
}

func (p *play) do(i int, d deed, shared, text bool) {
	p.t.Helper()
	k := fmt.Sprintf("deed-%d", i)
	note := choose(text, "seen by Aaaaaa at the gate", "seen by Bbbbbb at the yard")
	at := span(start.Add(-24*time.Hour+time.Duration(d.N%5)*time.Hour).Format(time.RFC3339), 1)
	base := object{"source": "mission", "key": k, "id": digestOf("observation", "mission", k, "0"), "occurred": at, "count": "1", "act": "strike", "weapon": "missile", "note": note,
		"place": object{"kind": "point", "point": object{"lat": 48 + float64(d.N%4)/10, "lon": 37.8}, "uncertainty_m": 300}}
	sealedPlace := object{"kind": "point", "point": object{"lat": choose(shared, 47.3, 49.6), "lon": 35.1}, "uncertainty_m": choose(shared, 400, 700)}
	all := []string{"source", "key", "occurred", "place", "act", "weapon", "count", "note"}
	of := p.subs[d.Of]
	state := func(by, kind string, content object, fields ...string) {
		body, pieces := p.sealedBody(kind, content, nil, fields...)
		code, text, _ := p.submit(handedBody{body, by, pieces}, false)
		if code != 200 {
			p.t.Fatalf("deed %d, %v: %d %s", i, d, code, text)
		}
		id, _ := content["id"].(string)
		p.subs[i] = played{id, leafOf(body), pieces}
		if id != "" {
			p.shown = append(p.shown, id)
		}
	}
	party := strings.TrimLeft(d.What, "abcdefghijklmnopqrstuvwxyz ")
	by := choose(party == "RU", "liaison", liaisonOfRU)
	switch strings.Fields(d.What)[0] {
	case "observe":
		state("monitor", "observation", base, "note")
	case "wedge":
		state("monitor", "observation", with(base, object{"id": digestOf("keyed", k), "act": "explosion", "weapon": nil, "place": wedgePlace(p.t, choose(shared, 5000, 7000)), "count": choose(shared, "3", "4")}), all...)
	case "allege":
		state(by, "allegation", with(base, object{"id": digestOf("keyed", k), "source": party, "claimant": party, "place": sealedPlace, "count": choose(shared, "3", "4")}), all...)
	case "decide":
		if of.id == "" {
			return
		}
		decision := object{"id": digestOf("decision", k), "kind": "verify", "of": []string{of.id}, "seq": 1, "because": note}
		if d.N%2 == 0 {
			decision["kind"], decision["article"] = "confirm", "1"
		}
		state("verification-officer", "decision", decision, "because")
	case "notify":
		state(by, "notification", object{"id": digestOf("notification", party, k), "key": k, "by": party, "during": span(start.Add(24*time.Hour).Format(time.RFC3339), 60), "place": base["place"], "act": "explosion", "text": note}, "text")
	case "respond":
		to := of.id
		if to == "" {
			return
		}
		state(by, "response", object{"id": digestOf("response", party, k, to, "contest"), "key": k, "by": party, "during": span(start.Format(time.RFC3339), 1), "to": to, "says": "contest", "text": note}, "text")
	case "withdraw":
		if of.id == "" {
			return
		}
		state("monitor", "withdrawal", object{"of": of.id, "because": note}, "because")
	case "disclose":
		p.disclose(i, d, of)
	case "release":
		if _, err := p.room.Tell(context.Background(), func(m *intake.Writer) (int64, error) {
			_, _, err := m.ReleaseDue(p.keys["head-of-mission"], true)
			return 0, err
		}); err != nil {
			p.t.Fatalf("deed %d: %v", i, err)
		}
	}
}

// disclose reveals one field of an entry, all on which findings depend, or its texts.
func (p *play) disclose(i int, d deed, of played) {
	piece := of.pieces.Shared
	if d.Fields == "texts" {
		piece = of.pieces.Texts
	}
	if len(piece) == 0 {
		return
	}
	list := (&scene{lab: p.lab}).opened(piece)
	if d.Fields == "one" {
		list = slices.DeleteFunc(list, func(o json.RawMessage) bool { return !strings.Contains(string(o), `"act"`) })
	}
	h := handedBody{Body: p.body("disclosure", object{"of": of.leaf, "openings": list, "because": "asked"}, nil), By: "verification-officer"}
	if code, text, _ := p.submit(h, false); code != 200 {
		p.t.Fatalf("deed %d, %v: %d %s", i, d, code, text)
	}
}

// mirror is a copy of what anybody can copy: the record, and the text of the agreement
// that it names.
func (p *play) mirror(t testing.TB) *mission.Mission {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "mirror")
	if err := os.CopyFS(filepath.Join(dir, "record"), withoutState{os.DirFS(p.m.Record())}); err != nil {
		t.Fatal(err)
	}
	copyFolder(t, filepath.Join(p.dir, "agreement"), filepath.Join(dir, "agreement"))
	about := p.m.About
	about.Mirror = "https://monitor.example/record"
	raw, err := json.Marshal(about)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "mission.json"), raw, 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Now, m.Progress = p.now, mission.Silent{}
	return m
}

// fewChecks makes rapid do few checks, unless the command line says how many.
func fewChecks(t *testing.T, n int) {
	told := false
	flag.Visit(func(f *flag.Flag) { told = told || f.Name == "rapid.checks" })
	if !told {
		f := flag.Lookup("rapid.checks")
		was := f.Value.String()
		if err := f.Value.Set(fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Value.Set(was) })
	}
}

// told is what a situation says, for comparing.
func told(s *situation.Situation) string {
	ids := []string{}
	for _, inc := range s.Incidents() {
		ids = append(ids, inc.ID.Hex())
	}
	return fmt.Sprintf("%s, %d withheld, %v", s.Digest().Hex(), s.Withheld, ids)
}

// ofServer is the settled situation of an audience at the play's clock.
func (p *play) ofServer(t testing.TB, a truce.Audience) *situation.Situation {
	t.Helper()
	p.settle()
	deadline := time.Now().Add(20 * time.Second)
	for {
		state, err := p.room.State()
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := ledger.Published(p.m.Record()); state.Size == n || time.Now().After(deadline) {
			return state.Situations[a]
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestMirrorsSeeTheSame: what the server shows an audience is what the audience
// computes from its own copy of the record: anybody from the record alone, a party
// with its own key.
func TestMirrorsSeeTheSame(t *testing.T) {
	t.Parallel()
	x := newCopied(t)
	fewChecks(t, 3)
	rapid.Check(t, func(rt *rapid.T) {
		h := drawHistory(rt)
		p := x.playOf(t, h, func(int) (bool, bool) { return false, false })
		defer p.close()
		public, parties := p.ofServer(t, truce.ForPublic), p.ofServer(t, truce.ForParties)
		state, _ := p.room.State()
		m := p.mirror(t)
		theirs, err := m.Situation(state.Now)
		if err != nil {
			rt.Fatal(err)
		}
		if told(public) != told(theirs) {
			rt.Fatalf("the public is shown %s,\nand computes  %s\n%v", told(public), told(theirs), h)
		}
		m = p.mirror(t)
		if err := m.ReadWith([]string{x.key}); err != nil {
			rt.Fatal(err)
		}
		if theirs, err = m.Situation(state.Now); err != nil {
			rt.Fatal(err)
		}
		if told(parties) != told(theirs) {
			rt.Fatalf("UA is shown   %s,\nand computes %s\n%v", told(parties), told(theirs), h)
		}
		// A server over the mirror answers as the mission's own.
		other := &lab{t: t, dir: m.Dir, now: p.now}
		if err := os.MkdirAll(filepath.Join(m.Dir, "private"), 0o700); err != nil {
			rt.Fatal(err)
		}
		other.open()
		defer other.close()
		for _, path := range []string{"/api/incidents", "/incidents?format=csv", "/incidents?format=json", "/incidents?format=geojson", "/incidents?format=kml", "/incidents?format=hxl", "/incidents?format=gpkg", "/incidents?format=parquet"} {
			_, a := p.get(path)
			_, b := other.get(path)
			if settled(a) != settled(b) {
				rt.Fatalf("%s differs: %s\n%v", path, firstDifference(settled(a), settled(b)), h)
			}
			if strings.Contains(a, "1970-") || strings.Contains(a, "place unknown") {
				rt.Fatalf("%s shows a value that nobody stated: %.400s", path, a)
			}
		}
		checkWithheld(rt, p, h)
	})
}

// checkWithheld: an entry of which not everything is opened to the public is withheld
// from it as a whole, and counted.
func checkWithheld(t *rapid.T, p *play, h history) {
	want := 0
	for i, d := range h {
		s, ok := p.subs[i]
		if !ok || len(s.pieces.Shared) == 0 {
			continue
		}
		open := h.given(i, "all")
		if !open {
			want++
		}
		_ = d
		code, _ := p.get("/incidents/" + s.id)
		withdrawn := slices.ContainsFunc(h[i+1:], func(w deed) bool { return w.What == "withdraw" && w.Of == i })
		if !open && code == 200 || open && code != 200 && !withdrawn {
			t.Fatalf("deed %d, opened %v: the public is answered %d\n%v", i, open, code, h)
		}
	}
	if got := p.ofServer(p.t, truce.ForPublic).Withheld; got != want {
		t.Fatalf("%d withheld, want %d\n%v", got, want, h)
	}
}

// settled is a text without the moment at which it was made.
func settled(s string) string { return madeAt.ReplaceAllString(s, `"as_known":"x"`) }

var madeAt = regexp.MustCompile(`"as_known":\s*"[^"]*"`)

func firstDifference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	from := max(0, i-160)
	return fmt.Sprintf("at %d of %d and %d:\n%q\n%q", i, len(a), len(b), a[from:min(len(a), i+160)], b[from:min(len(b), i+160)])
}

// byConstruction are what must differ: salts are random, and so are commitments, the
// hashes of entries and tiles, signatures and ciphertexts.
var byConstruction = regexp.MustCompile(`[0-9a-f]{64}|\b[0-9a-f]{12}\b|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{80,}={0,2}`)

func (p *play) normal(body string) string {
	return byConstruction.ReplaceAllStringFunc(html.UnescapeString(body), func(s string) string {
		if slices.ContainsFunc(p.shown, func(id string) bool { return strings.HasPrefix(id, s) }) { // an ID, which is the same
			return s
		}
		return strings.Repeat("x", len(s))
	})
}

// TestNonInterference: what is not given to an audience changes no byte that it is
// shown.
func TestNonInterference(t *testing.T) {
	t.Parallel()
	x := newCopied(t)
	fewChecks(t, 3)
	rapid.Check(t, func(rt *rapid.T) {
		h := drawHistory(rt)
		a := rapid.SampledFrom([]truce.Audience{truce.ForPublic, truce.ForParties}).Draw(rt, "audience")
		one := x.playOf(t, h, func(int) (bool, bool) { return false, false })
		defer one.close()
		two := x.playOf(t, h, func(i int) (bool, bool) { return h.differs(i, a) })
		defer two.close()
		var cookies []*http.Cookie
		if a == truce.ForParties {
			cookies = append(cookies, x.cookie)
		}
		paths := []string{"/", "/incidents", "/incidents?order=gravest", "/agreement", "/record", "/reports", "/incidents?format=csv", "/incidents?format=json", "/incidents?format=geojson", "/incidents?format=kml", "/incidents?format=hxl", "/incidents?format=gpkg", "/incidents?format=parquet", "/api/incidents", "/api/picture", "/map/picture.svg",
			"/map/uncertain.geojson?bbox=30,44,41,53", "/tiles/incidents/0/0/0", "/tiles/incidents/5/18/10", "/tiles/incidents/5/19/10", "/tiles/incidents/8/154/88", "/incidents?q=explosion", "/incidents?q=Bbbbbb", "/incidents?bbox=34,47,36,48"}
		if a == truce.ForParties {
			paths = append(paths, "/party")
		}
		for _, id := range one.shown {
			paths = append(paths, "/incidents/"+id)
		}
		one.ofServer(t, a)
		two.ofServer(t, a)
		for _, path := range paths {
			get := func() (c1, c2 int, b1, b2 string) {
				c1, b1 = one.get(path, cookies...)
				c2, b2 = two.get(path, cookies...)
				return c1, c2, settled(one.normal(b1)), settled(two.normal(b2))
			}
			c1, c2, b1, b2 := get()
			// On a slow machine one room may not have seen yet what time it is. What is
			// really other stays so.
			for tries := 0; tries < 300 && b1 != b2; tries++ {
				time.Sleep(100 * time.Millisecond)
				c1, c2, b1, b2 = get()
			}
			if c1 >= 500 {
				rt.Fatalf("%s: %d", path, c1)
			}
			if c1 != c2 || b1 != b2 {
				rt.Fatalf("%s is other for %s (%d and %d): %s\n%+v", path, a, c1, c2, firstDifference(b1, b2), h)
			}
		}
	})
}
