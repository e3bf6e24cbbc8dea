package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/audit"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A scribe writes records by hand, so that no check of a writer keeps a bad
// entry out.
type scribe struct {
	t      testing.TB
	keys   map[string]*author
	leaves [][]byte
	now    time.Time // when the next entry is received
}

type author struct {
	signer            note.Signer
	vkey, role, party string
}

func (a *author) id() string { return fmt.Sprintf("%s+%08x", a.signer.Name(), a.signer.KeyHash()) }

const origin = "truce.test/rules"

// roles are the keys of entry 0.
var roles = [][3]string{{origin, "log"}, {"head-1", "head-of-mission"}, {"intake-1", "intake"}, {"monitor-1", "monitor"}, {"duty-1", "duty-officer"},
	{"verification-1", "verification-officer"}, {"reporting-1", "reporting-officer"}, {"mediator-1", "mediator"}, {"ua-1", "liaison", "UA"}, {"ru-1", "liaison", "RU"}}

// newScribe is a record with entry 0, whose terms have a status; none: no terms.
func newScribe(t testing.TB, status string) *scribe {
	s := &scribe{t: t, keys: map[string]*author{}, now: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}
	var keys []string
	for _, r := range roles {
		keys = append(keys, s.key(r[0], r[1], r[2]))
	}
	terms := ""
	if status != "" {
		terms = `,"terms":` + termsOf(status)
	}
	s.say(origin, "mission", fmt.Sprintf(`{"agreement":%q,"title":"t","keys":[%s]%s}`, zeros, strings.Join(keys, ","), terms))
	return s
}

func termsOf(status string) string {
	return fmt.Sprintf(`{"id":"x","title":"t","status":%q,"digest":%q,"files":[{"name":"a.yaml","sha256":%q,"size":3}]}`, status, zeros, zeros)
}

var zeros = strings.Repeat("0", 64)

var ones = strings.Repeat("1", 64)

// key makes a key and returns what states it.
func (s *scribe) key(name, role, party string) string {
	s.t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		s.t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		s.t.Fatal(err)
	}
	s.keys[name] = &author{signer, vkey, role, party}
	if party != "" {
		party = fmt.Sprintf(`,"party":%q`, party)
	}
	return fmt.Sprintf(`{"name":%q,"key":%q,"role":%q%s}`, name, vkey, role, party)
}

// canonical writes simple JSON in canonical form.
func canonical(t testing.TB, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func parsed(t testing.TB, text string) any {
	t.Helper()
	var v any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// body is a body; more are further members, such as `"known":"always"`.
func (s *scribe) body(kind, content string, more ...string) []byte {
	s.t.Helper()
	all := append([]string{fmt.Sprintf(`"kind":%q,"mission":%q`, kind, origin)}, more...)
	if content != "" {
		all = append(all, `"content":`+content)
	}
	return canonical(s.t, parsed(s.t, "{"+strings.Join(all, ",")+"}"))
}

// line signs a body.
func (s *scribe) line(body []byte, who string) string {
	s.t.Helper()
	n, err := note.Sign(&note.Note{Text: string(body) + "\n"}, s.keys[who].signer)
	if err != nil {
		s.t.Fatal(err)
	}
	_, sigs, _ := strings.Cut(string(n), "\n\n")
	return strings.TrimSuffix(sigs, "\n")
}

// add adds an entry with the members given, a millisecond after the last.
func (s *scribe) add(members map[string]any) {
	s.now = s.now.Add(time.Millisecond)
	members["received"] = s.now.Format("2006-01-02T15:04:05.000Z")
	s.leaves = append(s.leaves, canonical(s.t, members))
}

// signed adds an entry with a body; several keys are separated by blanks. It
// returns the submission's hash.
func (s *scribe) signed(who string, body []byte) string {
	s.t.Helper()
	var sigs []string
	for name := range strings.FieldsSeq(who) {
		sigs = append(sigs, s.line(body, name))
	}
	s.add(map[string]any{"body": json.RawMessage(body), "sigs": sigs})
	h := tlog.RecordHash(body)
	return hex.EncodeToString(h[:])
}

func (s *scribe) say(who, kind, content string, more ...string) string {
	s.t.Helper()
	return s.signed(who, s.body(kind, content, more...))
}

// batch adds a batch and its members, which change alters before they are added.
func (s *scribe) batch(who string, bodies [][]byte, change func(i int, m map[string]any)) {
	s.t.Helper()
	hashes := make([]tlog.Hash, len(bodies))
	leaves := make([]string, len(bodies))
	for i, b := range bodies {
		hashes[i] = tlog.RecordHash(b)
		leaves[i] = base64.StdEncoding.EncodeToString(hashes[i][:])
	}
	root := rootOf(s.t, bodies)
	body := s.body("batch", fmt.Sprintf(`{"root":%q,"size":%d}`, root, len(bodies)))
	s.add(map[string]any{"body": json.RawMessage(body), "leaves": leaves, "sigs": []string{s.line(body, who)}})
	for i, b := range bodies {
		m := map[string]any{"body": json.RawMessage(b), "batch": map[string]any{"at": i, "root": root}}
		if change != nil {
			change(i, m)
		}
		s.add(m)
	}
}

// hashTree keeps the hashes of a small tree.
type hashTree []tlog.Hash

func (h hashTree) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, x := range at {
		out[i] = h[x]
	}
	return out, nil
}

func treeOf(t testing.TB, leaves [][]byte) (root tlog.Hash) {
	t.Helper()
	var h hashTree
	for i, leaf := range leaves {
		more, err := tlog.StoredHashes(int64(i), leaf, h)
		if err != nil {
			t.Fatal(err)
		}
		h = append(h, more...)
	}
	root, err := tlog.TreeHash(int64(len(leaves)), h)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func rootOf(t testing.TB, leaves [][]byte) string {
	h := treeOf(t, leaves)
	return base64.StdEncoding.EncodeToString(h[:])
}

// checkpoint signs a checkpoint over the entries.
func (s *scribe) checkpoint(more ...note.Signer) []byte {
	s.t.Helper()
	text := fmt.Sprintf("%s\n%d\n%s\n", origin, len(s.leaves), rootOf(s.t, s.leaves))
	cp, err := note.Sign(&note.Note{Text: text}, append([]note.Signer{s.keys[origin].signer}, more...)...)
	if err != nil {
		s.t.Fatal(err)
	}
	return cp
}

// files are the record; it has fewer than 256 entries.
func (s *scribe) files() files {
	s.t.Helper()
	if len(s.leaves) > 255 {
		s.t.Fatal("too many entries for one tile")
	}
	var bundle, tile []byte
	for _, leaf := range s.leaves {
		bundle = append(binary.BigEndian.AppendUint16(bundle, uint16(len(leaf))), leaf...)
		h := tlog.RecordHash(leaf)
		tile = append(tile, h[:]...)
	}
	w := len(s.leaves)
	return files{"checkpoint": s.checkpoint(), fmt.Sprintf("tile/entries/000.p/%d", w): bundle, fmt.Sprintf("tile/0/000.p/%d", w): tile}
}

func (s *scribe) verify(o audit.Options) (*audit.Summary, error) {
	s.t.Helper()
	p, err := audit.Trust(s.keys[origin].vkey)
	if err != nil {
		s.t.Fatal(err)
	}
	l := &audit.Log{Fetch: s.files().fetch, Policy: p}
	cp, err := l.Checkpoint(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return l.Verify(s.t.Context(), cp, o)
}

// objections are those to the whole record, which verifies.
func (s *scribe) objections() []string {
	s.t.Helper()
	sum, err := s.verify(audit.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, o := range sum.Objections {
		out = append(out, brief(o))
	}
	return out
}

// brief is an entry and a rule; an s for what readers skip.
func brief(o audit.Objection) string {
	mark := ""
	if o.Skipped {
		mark = " s"
	}
	return fmt.Sprintf("%d %s%s", o.Entry, o.Rule, mark)
}

// digestOf is the digest of parts as doc/record-format.md has it.
func digestOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// An opening of a field, and its commitment.
func opening(field, value string) (text, commitment string) {
	text = fmt.Sprintf(`["salt-of-%s",%q,%s]`, field, field, value)
	sum := sha256.Sum256([]byte(text))
	return text, base64.StdEncoding.EncodeToString(sum[:])
}

func sealedMember(shelf string, commitments ...string) string {
	slices.Sort(commitments)
	list, _ := json.Marshal(commitments)
	return fmt.Sprintf(`"sealed":{%q:%s}`, shelf, list)
}

// edited applies edits to JSON: "a.b=value" sets a member, "-a.b" removes it. An
// id that is "auto" is computed last.
func edited(t testing.TB, kind, content string, edits ...string) string {
	t.Helper()
	c, ok := parsed(t, content).(map[string]any)
	if !ok {
		t.Fatalf("%s is not an object", content)
	}
	for _, e := range edits {
		path, value, set := strings.Cut(e, "=")
		at := c
		steps := strings.Split(strings.TrimPrefix(path, "-"), ".")
		for _, step := range steps[:len(steps)-1] {
			at = at[step].(map[string]any)
		}
		last := steps[len(steps)-1]
		if !set {
			if _, there := at[last]; !there {
				t.Fatalf("%s: no %s to remove", kind, last)
			}
			delete(at, last)
			continue
		}
		at[last] = parsed(t, value)
	}
	if c["id"] == "auto" {
		text := func(name string) string { s, _ := c[name].(string); return s }
		revision := "0"
		if r, ok := c["revision"]; ok {
			revision = fmt.Sprint(r)
		}
		switch kind {
		case "observation", "seen", "allegation":
			c["id"] = digestOf("observation", text("source"), text("key"), revision)
		case "tally":
			c["id"] = digestOf("tally", text("source"), text("key"), revision)
		case "coverage":
			c["id"] = digestOf("coverage", text("source"), text("key"))
		case "notification", "response", "restriction":
			c["id"] = digestOf(kind, text("by"), text("key"))
			if text("source") != "" {
				c["id"] = digestOf(kind, text("source"), text("by"), text("key"))
			}
		}
	}
	return string(canonical(t, c))
}

const (
	hour  = `{"start":"2026-03-01T08:00:00Z","end":"2026-03-01T09:00:00Z"}`
	where = `{"kind":"point","point":{"lat":48.2,"lon":38.1},"uncertainty_m":400}`
	ring  = `[{"lat":48,"lon":38},{"lat":48,"lon":39},{"lat":49,"lon":39}]`
	wedge = `{"kind":"wedge","uncertainty_m":-1,"shape":[[` + ring + `]],"wedge":{"post":{"lat":48,"lon":38},"from_deg":350,"to_deg":10,"min_m":0,"max_m":5000}}`
)

// sound are contents of each kind with which nothing is wrong, who writes them,
// and whether they use every member.
var sound = []struct{ who, kind, content string }{
	{"monitor-1", "observation", `{"id":"auto","source":"mission","key":"o1","occurred":` + hour + `,"place":` + where + `,"act":"fire","count":"1"}`},
	{"monitor-1", "observation", `{"id":"auto","source":"mission","key":"o2","revision":3,"occurred":` + hour + `,"reported":"2026-03-01T09:00:00.125+02:00","place":` + wedge + `,
		"act":"fire","weapon":"mortar","calibre":1200,"seen":"","means":"heard","count":">=8","actor":"RU","side":"UA","object":"school","casualties":{"killed":"0..1..3","injured":"10..",
		"recovered":"10..12..","succumbed":"0","retroactive":"0","civilians":"1","military":"0"},"grade":"B2","note":"n","evidence":["` + zeros + `"]}`},
	{"monitor-1", "seen", `{"id":"auto","source":"mission","key":"s1","occurred":` + hour + `,"place":{"kind":"shape","uncertainty_m":0,"shape":[[` + ring + `]],"name":"n"},"act":"presence","seen":"weapon","count":"uncountable"}`},
	{"ua-1", "allegation", `{"id":"auto","source":"UA","key":"a1","claimant":"UA","occurred":` + hour + `,"place":{"kind":"region","name":"Donetsk Oblast","uncertainty_m":0},"act":"fire","count":"~5"}`},
	{"duty-1", "allegation", `{"id":"auto","source":"RU","key":"a2","claimant":"RU","occurred":` + hour + `,"place":{"kind":"unknown","uncertainty_m":-1,"settlement":"x","name":"y"},"act":"presence","count":"1"}`},
	{"duty-1", "tally", `{"id":"auto","source":"mission","key":"t1","revision":2,"act":"strike","seen":"site","weapon":"missile","calibre":20000,"period":{"start":"1950-01-01T00:00:00Z","end":"2026-01-01T00:00:00Z"},
		"reported":"2026-03-01T09:00:00Z","place":{"kind":"object","name":"bridge","point":{"lat":-90,"lon":180},"uncertainty_m":20000000},"count":"574","actor":"RU","side":"UA","casualties":{},
		"details":[{"name":"intercepted","n":546}],"evidence":[]}`},
	{"ru-1", "tally", `{"id":"auto","source":"RU","key":"t2","claimant":"RU","act":"strike","period":` + hour + `,"place":` + where + `,"count":"2147483647"}`},
	{"monitor-1", "coverage", `{"id":"auto","source":"mission","key":"c1","what":"patrol","zone":"z","during":` + hour + `,"share":1000000}`},
	{"ua-1", "coverage", `{"id":"auto","source":"UA","key":"c1","claimant":"UA","what":"camera","zone":"z","during":` + hour + `,"share":0}`},
	{"ua-1", "notification", `{"id":"auto","key":"n1","by":"UA","during":{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"},"place":` + where + `,"act":"detonation","reported":"2026-03-01T09:00:00Z","to":"` + zeros + `","text":"x"}`},
	{"duty-1", "notification", `{"id":"` + digestOf("notification", "RU", "n2") + `","source":"RU","key":"n2","by":"RU","during":` + hour + `,"place":` + where + `}`},
	{"ru-1", "response", `{"id":"auto","key":"r1","by":"RU","during":` + hour + `}`},
	{"ru-1", "response", `{"id":"` + digestOf("response", "RU", "r2", zeros, "contest") + `","key":"r2","by":"RU","during":` + hour + `,"reported":"2026-03-01T09:00:00Z","says":"contest","text":"not ours"}`},
	{"ru-1", "response", `{"id":"` + digestOf("response", "RU", "r3", strings.Repeat("1", 64), "") + `","key":"r3","by":"RU","to":"` + strings.Repeat("1", 64) + `","during":` + hour + `}`},
	{"monitor-1", "restriction", `{"id":"auto","key":"x1","by":"RU","during":` + hour + `,"place":` + where + `,"to":"` + zeros + `","what":"patrol","source":"mission","text":"turned back"}`},
	{"ua-1", "withdrawal", `{"of":"` + zeros + `","by":"UA","because":"a slip"}`},
	{"verification-1", "decision", `{"id":"` + digestOf("d1") + `","kind":"confirm","of":["` + zeros + `"],"state":[],"article":"1","name":"","fact":"weapon","grade":"A1","from":"2026-03-01T09:00:00Z","to":"2026-03-01T09:00:00Z",
		"for":{"days":1,"time":86400000000000},"because":"x","by":"verification-officer","seq":1}`},
	{"verification-1", "decision", `{"id":"` + digestOf("d2") + `","kind":"grade","of":["` + zeros + `"],"grade":"F6","because":"x","seq":2}`},
	{"duty-1", "decision", `{"id":"` + digestOf("d3") + `","kind":"ask","of":["` + zeros + `"],"fact":"weapon","because":"x","by":"duty-officer","seq":3}`},
	{"verification-1", "decision", `{"id":"` + digestOf("d4") + `","kind":"reject","of":["` + zeros + `"],"state":["` + zeros + `"],"article":"1","window":{"start":"2026-02-28T22:00:00Z","end":"2026-03-01T22:00:00Z"},
		"area":{"level":"place","centre":{"lat":48.01,"lon":37.8},"radius_m":9450,"name":"Donetsk"},"because":"x","by":"verification-officer","seq":4}`},
	{"verification-1", "decision", `{"id":"` + digestOf("d5") + `","kind":"unverifiable","of":["` + zeros + `"],"article":"1","window":{"start":"2026-02-28T22:00:00Z","end":"2026-03-02T22:00:00Z"},
		"area":{"level":"zone","name":"east"},"because":"x","seq":5}`},
	{"verification-1", "attribution", `{"id":"` + digestOf("a1") + `","of":["` + zeros + `"],"state":["` + zeros + `"],"actor":"RU","basis":"fragments","confidence":"likely","because":"x","by":"verification-officer"}`},
	{"head-1", "key", ""},
	{"ua-1", "consent", `{"to":"` + zeros + `","what":"the agreement","party":"UA","because":"x"}`},
	{"intake-1", "source", `{"received":"2026-03-01T10:00:00Z","known":"received","kind":"csv","file":"a.csv","evidence":"` + zeros + `","mapping":"` + zeros + `","source":"press","encoding":"utf-8","timezone":"UTC","zone":"z",
		"vintage":2,"revises":true,"whole":true,"cut":false,"counts":{"read":3,"new":1,"already_known":1,"refused":1,"corrected":0,"withdrawn":0,"set_aside":{"no date":1}},"Path":"p","Size":17}`},
	{"intake-1", "release", `{"of":["` + zeros + `"],"sealed":"` + base64.StdEncoding.EncodeToString([]byte("age-encryption.org/v1\n-> x")) + `","to":"parties"}`},
	{"intake-1", "release", `{"of":["` + zeros + `"],"file":"` + ones + `","to":"parties"}`},
	{"intake-1", "observation", `{"id":"auto","source":"press","key":"beside","occurred":` + hour + `,"place":{"kind":"shape","uncertainty_m":0,"file":"` + ones + `","name":"x","settlement":"y"},"act":"strike","count":"1"}`},
	{"head-1", "forgetting", `{"of":"` + zeros + `","all":true,"because":"x"}`},
	{"reporting-1", "publication", `{"title":"t","file":"f","known":"never","because":"x","sha256":"` + zeros + `","entries":17,"digests":{"public":"` + zeros + `","mission":"` + zeros + `"},"method":"m"}`},
	{"mediator-1", "agreement", ""},
	{"head-1", "method", `{"method":"m","because":"x"}`},
	{"duty-1", "outage", `{"what":"camera-3","during":` + hour + `,"because":"x"}`},
}

// TestSound: what every kind of entry may be breaks no rule.
func TestSound(t *testing.T) {
	s := newScribe(t, "in force")
	for _, c := range sound {
		content := c.content
		switch c.kind {
		case "key":
			content = s.key("guarantor-1", "guarantor", "")
		case "agreement":
			content = edited(t, c.kind, termsOf("in force"), `replaces="`+zeros+`"`, `because="x"`)
		}
		s.say(c.who, c.kind, edited(t, c.kind, content))
	}
	s.say("head-1", "revoke", fmt.Sprintf(`{"key":%q,"because":"x"}`, s.keys["monitor-1"].id()))
	if got := s.objections(); len(got) > 0 {
		t.Errorf("objections to what is sound: %v", got)
		sum, _ := s.verify(audit.Options{})
		for _, o := range sum.Objections {
			t.Log(o.String(), string(s.leaves[o.Entry]))
		}
	}
}

// soundOf is the nth sound content of a kind.
func soundOf(t testing.TB, kind string, n int) (who, content string) {
	t.Helper()
	for _, c := range sound {
		if c.kind == kind {
			if n == 0 {
				return c.who, c.content
			}
			n--
		}
	}
	t.Fatalf("no sound %s", kind)
	return "", ""
}

// TestOneEntry: entries that break one rule each which the entry alone shows; the
// same by CheckEntry and in a record.
func TestOneEntry(t *testing.T) {
	long := func(days int, more string) string {
		start := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
		return fmt.Sprintf(`{"start":%q,"end":"%s%s"}`, start.Format(time.RFC3339), start.AddDate(0, 0, days).Format("2006-01-02T15:04:05"), more)
	}
	for _, tt := range []struct {
		rule  string // empty: none
		kind  string
		n     int
		edits string // separated by blanks
	}{
		{"", "observation", 0, `occurred.end="2026-03-01T08:00:00.001Z"`},
		{"form", "observation", 0, `-act`},
		{"form", "observation", 0, `-id`},
		{"form", "observation", 0, `-count`},
		{"form", "observation", 0, `colour="red"`},
		{"form", "observation", 0, `zz="red"`},
		{"form", "observation", 0, `act=null`},
		{"form", "observation", 0, `act=1`},
		{"form", "observation", 0, `act="presence"`},
		{"form", "seen", 0, `act="fire"`},
		{"form", "allegation", 0, `-claimant`},
		{"form", "allegation", 1, `claimant=""`},
		{"form", "observation", 0, `place="x"`},
		{"form", "observation", 0, `place=[]`},
		{"form", "observation", 0, `id="` + strings.Repeat("A", 64) + `"`},
		{"form", "observation", 0, `id="` + strings.Repeat("g", 64) + `"`},
		{"form", "observation", 0, `id="` + strings.Repeat("a", 63) + `"`},
		{"form", "observation", 0, `id=5`},
		{"form", "observation", 0, `revision=-1`},
		{"form", "observation", 0, `revision=1.5`},
		{"form", "observation", 0, `revision=2147483648`},
		{"", "observation", 0, `revision=2147483647`},
		{"form", "observation", 0, `calibre=20001`},
		{"form", "observation", 0, `calibre=-1`},
		{"form", "observation", 0, `count=1`},
		{"form", "observation", 0, `count=""`},
		{"form", "observation", 0, `count="-1"`},
		{"form", "observation", 0, `count="+1"`},
		{"form", "observation", 0, `count=">=~8"`},
		{"form", "observation", 0, `count="~"`},
		{"form", "observation", 0, `count="2147483648"`},
		{"form", "observation", 0, `count="many"`},
		{"form", "observation", 0, `grade="G1"`},
		{"form", "observation", 0, `grade="A7"`},
		{"form", "observation", 0, `grade="A0"`},
		{"form", "observation", 0, `grade=""`},
		{"form", "observation", 0, `grade="A1x"`},
		{"form", "observation", 0, `casualties=[]`},
		{"form", "observation", 0, `casualties={"killed":3}`},
		{"form", "observation", 0, `casualties={"killed":"3..1..5"}`},
		{"form", "observation", 0, `casualties={"killed":"1..5..3"}`},
		{"", "observation", 0, `casualties={"killed":"1..3"}`},
		{"form", "observation", 0, `casualties={"killed":"3..1"}`},
		{"", "observation", 0, `actors=["A","B"]`},
		{"form", "observation", 0, `actors=["B","A"]`},
		{"form", "observation", 0, `actors=["A","A"]`},
		{"form", "observation", 0, `actors=["A"]`},
		{"form", "observation", 0, `actors=[]`},
		{"form", "observation", 0, `actors=["","A"]`},
		{"form", "observation", 0, `actors="A|B"`},
		{"", "observation", 0, `origins=["own:a","post:t.me/x/1"]`},
		{"", "observation", 0, `origins=["text:1"]`},
		{"form", "observation", 0, `origins=["post:b","own:a"]`},
		{"form", "observation", 0, `origins=["post:a","post:a"]`},
		{"form", "observation", 0, `origins=[]`},
		{"form", "observation", 0, `origins=["post:"]`},
		{"form", "observation", 0, `origins=["nonsense"]`},
		{"form", "observation", 0, `origins=["kind:x"]`},
		{"form", "observation", 0, `origins=[""]`},
		{"form", "observation", 0, `origins="post:a"`},
		{"form", "observation", 0, `casualties={"killed":"1..2..3..4"}`},
		{"form", "observation", 0, `casualties={"killed":"-1"}`},
		{"", "observation", 0, `casualties={"killed":"1..1..1"}`},
		{"form", "observation", 0, `casualties={"eaten":"1"}`},
		{"form", "observation", 0, `evidence="x"`},
		{"form", "observation", 0, `evidence=["x"]`},
		{"form", "observation", 0, `reported="yesterday"`},
		{"form", "observation", 0, `reported="always"`},
		{"form", "observation", 0, `reported="2026-03-01T09:00:00.1234Z"`},
		{"", "observation", 0, `reported="2026-03-01T09:00:00.123Z"`},
		{"form", "observation", 0, `reported="2026-03-01T09:00:00,1Z"`},
		{"form", "observation", 0, `reported="2026-03-01T09:00:00.Z"`},
		{"form", "observation", 0, `reported="2026-03-01T9:00:00Z"`},
		{"form", "observation", 0, `reported="2026-03-01T09:00:00"`},
		{"form", "observation", 0, `reported="2026-02-30T09:00:00Z"`},
		{"form", "observation", 0, `reported=""`},
		{"form", "observation", 0, `occurred=[]`},
		{"form", "observation", 0, `occurred.extra=1`},
		{"form", "observation", 0, `-occurred.end`},
		{"form", "observation", 0, `-occurred.start`},
		{"form", "observation", 0, `occurred.start="never"`},
		{"", "observation", 0, `occurred.start="always"`}, // it happened not later than its end
		{"", "seen", 0, `occurred.start="always"`},
		{"", "allegation", 0, `occurred.start="always"`},
		{"time", "observation", 0, `occurred={"start":"always","end":"1850-01-02T00:00:00Z"}`},
		{"form", "observation", 0, `occurred={"start":"always","end":"never"}`},
		{"form", "observation", 0, `occurred={"start":"always"}`},
		{"form", "observation", 0, `occurred={"start":"always","end":"2026-03-01T08:00:00Z","x":1}`},
		{"form", "observation", 0, `occurred.end="always"`},
		{"form", "observation", 0, `occurred.start="Always"`},
		{"form", "tally", 0, `period.start="always"`},
		{"form", "coverage", 0, `during.start="always"`},
		{"form", "notification", 0, `during.start="always"`},
		{"form", "tally", 0, `details=[{"name":"x"}]`},
		{"form", "tally", 0, `details=[{"n":1}]`},
		{"form", "tally", 0, `details=[{"n":"1","name":"x"}]`},
		{"form", "tally", 0, `details={}`},
		{"form", "coverage", 0, `share=1000001`},
		{"form", "coverage", 0, `share=-1`},
		{"form", "coverage", 0, `share=0.5`},
		{"form", "coverage", 0, `place=` + where},
		{"form", "notification", 0, `to="x"`},
		{"form", "notification", 0, `-during`},
		{"form", "response", 0, `place=` + where},
		{"form", "restriction", 0, `reported="2026-03-01T09:00:00Z"`},
		{"form", "withdrawal", 0, `-of`},
		{"form", "decision", 0, `-seq`},
		{"form", "decision", 0, `seq=1e+21`},
		{"form", "decision", 0, `seq=1000000000000000`},
		{"", "decision", 0, `seq=999999999999999`},
		{"form", "decision", 0, `for={"weeks":1}`},
		{"form", "decision", 0, `of="x"`},
		{"", "decision", 3, `area.radius_m=10000`},
		{"", "decision", 3, `-area.radius_m`},
		{"", "decision", 3, `-area.name`},
		{"", "decision", 3, `-state`},
		{"form", "decision", 3, `area.radius_m=10001`},
		{"form", "decision", 3, `area.radius_m=-1`},
		{"form", "decision", 3, `area.radius_m=1.5`},
		{"form", "decision", 3, `area.radius_m="NaN"`},
		{"form", "decision", 3, `area.centre.lat=91`},
		{"form", "decision", 3, `-area.centre`},
		{"form", "decision", 3, `-area.level`},
		{"form", "decision", 3, `area.level="world"`},
		{"form", "decision", 3, `area.level="zone"`},
		{"form", "decision", 3, `area.more=1`},
		{"form", "decision", 3, `area="x"`},
		{"form", "decision", 3, `-area`},
		{"form", "decision", 3, `-window`},
		{"form", "decision", 3, `-article`},
		{"form", "decision", 3, `-of`},
		{"form", "decision", 3, `of=[]`},
		{"form", "decision", 3, `kind="verify"`},
		{"form", "decision", 4, `-area.name`},
		{"form", "decision", 4, `area.radius_m=5`},
		{"form", "decision", 4, `area.centre={"lat":48.01,"lon":37.8}`},
		{"", "decision", 4, `area.level="region"`},
		{"time", "decision", 3, `window.end="2026-02-28T22:00:00Z"`},
		{"time", "decision", 3, `window.end="2026-02-28T21:00:00Z"`},
		{"", "decision", 3, `window.end="2026-03-03T00:00:00Z"`},
		{"time", "decision", 3, `window.end="2026-03-03T00:00:00.001Z"`},
		{"time", "decision", 3, `window.start="1850-01-01T00:00:00Z" window.end="1850-01-02T00:00:00Z"`},
		{"form", "attribution", 0, `-of`},
		{"form", "attribution", 0, `-by`},
		{"form", "consent", 0, `note="x"`},
		{"form", "source", 0, `-received`},
		{"form", "source", 0, `-evidence`},
		{"form", "source", 0, `counts.read="3"`},
		{"form", "source", 0, `-counts.read`},
		{"form", "source", 0, `counts.set_aside={"x":"1"}`},
		{"form", "source", 0, `counts.set_aside=[]`},
		{"form", "source", 0, `whole=1`},
		{"form", "source", 0, `size=1`},
		{"form", "release", 0, `sealed="AAAA"`},
		{"form", "release", 0, `sealed="age-encryption.org/v1"`},
		{"form", "release", 0, `of="x"`},
		{"form", "forgetting", 0, `all="yes"`},
		{"form", "publication", 0, `entries=-1`},
		{"form", "publication", 0, `digests={"public":"x"}`},
		{"form", "publication", 0, `digests=[]`},
		{"form", "publication", 0, `-because`},
		{"form", "method", 0, `-method`},
		{"form", "outage", 0, `-during`},

		{"time", "observation", 0, `reported="1899-12-31T23:59:59Z"`},
		{"", "observation", 0, `reported="1900-01-01T00:00:00Z"`},
		{"time", "observation", 0, `reported="2200-01-01T00:00:00Z"`},
		{"", "observation", 0, `reported="2199-12-31T23:59:59.999Z"`},
		{"time", "notification", 0, `during.end="2200-01-01T00:00:00Z"`},
		{"time", "notification", 0, `during.start="1850-01-01T00:00:00Z" during.end="1850-01-02T00:00:00Z"`},
		{"time", "decision", 0, `from="0001-01-01T00:00:00Z"`},
		{"time", "source", 0, `received="1899-01-01T00:00:00Z"`},
		{"time", "observation", 0, `occurred.end="2026-03-01T08:00:00Z"`},
		{"time", "observation", 0, `occurred.end="2026-03-01T07:00:00Z"`},
		{"", "observation", 0, `occurred=` + long(3660, "Z")},
		{"time", "observation", 0, `occurred=` + long(3660, ".001Z")},
		{"time", "seen", 0, `occurred=` + long(3661, "Z")},
		{"time", "allegation", 0, `occurred=` + long(3661, "Z")},
		{"", "tally", 0, `period=` + long(3661, "Z")},
		{"", "notification", 0, `during=` + long(36525, "Z")},
		{"time", "notification", 0, `during=` + long(36525, ".001Z")},
		{"time", "notification", 0, `during={"start":"1900-01-01T00:00:00Z","end":"2199-12-31T00:00:00Z"}`}, // longer than a Duration
		{"time", "outage", 0, `during=` + long(36526, "Z")},

		{"", "observation", 0, `occurred={"start":"2026-03-01T10:10:00Z","end":"2026-03-02T00:00:00Z"}`},
		{"", "observation", 0, `occurred={"start":"2026-03-01T10:10:00.002Z","end":"2026-03-02T00:00:00Z"}`}, // it is received at 10:00:00.002
		{"future", "observation", 0, `occurred={"start":"2026-03-01T10:10:00.003Z","end":"2026-03-02T00:00:00Z"}`},
		{"future", "seen", 0, `occurred={"start":"2026-03-01T11:00:00Z","end":"2026-03-02T00:00:00Z"}`},
		{"future", "allegation", 0, `occurred={"start":"2026-03-01T11:00:00Z","end":"2026-03-02T00:00:00Z"}`},
		{"future", "tally", 0, `period={"start":"2026-03-01T11:00:00Z","end":"2026-03-02T00:00:00Z"}`},
		{"future", "coverage", 0, `during={"start":"2026-03-01T11:00:00Z","end":"2026-03-02T00:00:00Z"}`},
		{"future", "restriction", 0, `during={"start":"2026-03-01T11:00:00Z","end":"2026-03-02T00:00:00Z"}`},
		{"future", "response", 0, `during={"start":"2026-03-01T11:00:00Z","end":"2026-03-02T00:00:00Z"}`},
		{"", "outage", 0, `during={"start":"2026-03-01T11:00:00Z","end":"2026-03-02T00:00:00Z"}`},

		{"place", "observation", 0, `place.kind="planet"`},
		{"place", "observation", 0, `-place.kind`},
		{"place", "observation", 0, `-place.point`},
		{"place", "observation", 0, `place.point=[38,48]`},
		{"place", "observation", 0, `-place.point.lat`},
		{"place", "observation", 0, `place.point.lat="48"`},
		{"place", "observation", 0, `place.point.lat=90.1`},
		{"", "observation", 0, `place.point.lat=90`},
		{"place", "observation", 0, `place.point.lat=-90.1`},
		{"place", "observation", 0, `place.point.lon=180.1`},
		{"place", "observation", 0, `place.point.lon=-180.1`},
		{"", "observation", 0, `place.point.lon=-180`},
		{"place", "observation", 0, `place.point.alt=3`},
		{"place", "observation", 0, `-place.uncertainty_m`},
		{"place", "observation", 0, `place.uncertainty_m=-2`},
		{"", "observation", 0, `place.uncertainty_m=-1`},
		{"place", "observation", 0, `place.uncertainty_m=20000001`},
		{"place", "observation", 0, `place.shape=[]`},
		{"place", "observation", 0, `place.radius=3`},
		{"place", "observation", 0, `place.name=3`},
		{"", "observation", 0, `place.name="x" place.settlement="y"`},
		{"place", "observation", 1, `-place.wedge`},
		{"place", "observation", 1, `-place.shape`},
		{"place", "observation", 1, `place.wedge.from_deg=361`},
		{"place", "observation", 1, `place.wedge.to_deg=-1`},
		{"place", "observation", 1, `place.wedge.min_m=5000`},
		{"", "observation", 1, `place.wedge.min_m=4999`},
		{"place", "observation", 1, `place.wedge.min_m=-1`},
		{"place", "observation", 1, `place.wedge.max_m=2000001`},
		{"", "observation", 1, `place.wedge.max_m=2000000`},
		{"place", "observation", 1, `-place.wedge.post`},
		{"place", "seen", 0, `-place.shape`},
		{"place", "seen", 0, `place.shape=[]`},
		{"place", "seen", 0, `place.shape=[[]]`},
		{"place", "seen", 0, `place.shape=[[[]]]`},
		{"place", "seen", 0, `place.shape=[[[{"lat":1,"lon":1},{"lat":1,"lon":2}]]]`},
		{"place", "seen", 0, `place.shape=[[[{"lat":1,"lon":1},{"lat":1,"lon":2},{"lat":91,"lon":2}]]]`},
		{"place", "seen", 0, `place.shape=[[` + ring + `],3]`},
		{"place", "seen", 0, `place.shape={}`},
		{"place", "allegation", 0, `-place.name`},
		{"place", "allegation", 0, `place.point={"lat":1,"lon":1}`},
		{"", "allegation", 0, `place.settlement="x"`},
		{"place", "allegation", 1, `place.point={"lat":1,"lon":1}`},
		{"place", "tally", 0, `-place.name`},
		{"place", "tally", 0, `-place.point`},
		{"place", "tally", 0, `place.shape=[[` + ring + `]]`},
		{"place", "notification", 0, `place.uncertainty_m=null`},
		{"place", "restriction", 0, `place={}`},

		{"id", "observation", 0, `id="` + zeros + `"`},
		{"id", "observation", 0, `id="` + digestOf("observation", "mission", "o1", "1") + `"`},
		{"id", "observation", 1, `id="` + digestOf("observation", "mission", "o2", "0") + `"`},
		{"id", "seen", 0, `id="` + digestOf("seen", "mission", "s1", "0") + `"`},
		{"id", "allegation", 0, `id="` + digestOf("observation", "RU", "a1", "0") + `"`},
		{"id", "tally", 0, `id="` + digestOf("observation", "mission", "t1", "2") + `"`},
		{"id", "coverage", 0, `id="` + digestOf("coverage", "mission", "c1", "0") + `"`},
		{"id", "notification", 0, `id="` + digestOf("response", "UA", "n1") + `"`},
		{"id", "notification", 0, `id="` + digestOf("notification", "RU", "n1") + `"`},
		{"id", "response", 1, `id="` + digestOf("response", "RU", "r2", zeros, "accept") + `"`},
		{"id", "response", 2, `id="` + digestOf("response", "RU", "r3", zeros, "") + `"`},
		{"id", "restriction", 0, `id="` + digestOf("restriction", "RU", "x2") + `"`},

		{"source", "allegation", 0, `source="mission"`},
		{"source", "allegation", 0, `source="RU"`},
		{"source", "allegation", 0, `source=""`},
		{"source", "tally", 1, `source="UA"`},
		{"source", "coverage", 1, `source="press"`},
		{"source", "notification", 0, `source="press"`},
		{"", "notification", 0, `source="UA"`},
		{"source", "response", 0, `source="UA"`},
		{"", "response", 0, `source="RU"`},

		{"by", "decision", 0, `by="head-of-mission"`},
		{"by", "decision", 0, `by=""`},
		{"", "decision", 0, `-by`},
		{"by", "attribution", 0, `by="head-of-mission"`},
	} {
		who, content := soundOf(t, tt.kind, tt.n)
		content = edited(t, tt.kind, content, strings.Fields(tt.edits)...)
		s := newScribe(t, "in force")
		body := s.body(tt.kind, content)
		s.signed(who, body)
		var want []string
		if tt.rule != "" {
			skip := slices.Contains([]string{"form", "time", "future", "place"}, tt.rule)
			want = []string{brief(audit.Objection{Entry: 1, Rule: tt.rule, Skipped: skip})}
		}
		if got, err := s.verify(audit.Options{}); err != nil {
			// What a party claims without saying who it is, nobody may write.
			if tt.rule != "form" || !strings.Contains(err.Error(), "speaks for UA alone") {
				t.Errorf("%s %s: %v", tt.kind, tt.edits, err)
			}
		} else if got := briefs(got.Objections); !slices.Equal(got, want) {
			t.Errorf("%s %s: objections %v, want %v", tt.kind, tt.edits, got, want)
		}
		e, err := audit.ParseBody(body, s.now)
		if err != nil {
			t.Errorf("%s %s: %v", tt.kind, tt.edits, err)
			continue
		}
		a := s.keys[who]
		got := audit.CheckEntry(e, audit.Key{Role: a.role, Party: a.party})
		for i := range got {
			if got[i].Entry != -1 || got[i].Why == "" {
				t.Errorf("%s %s: %+v", tt.kind, tt.edits, got[i])
			}
			got[i].Entry = 1
		}
		if got := briefs(got); !slices.Equal(got, want) {
			t.Errorf("%s %s: CheckEntry says %v, want %v", tt.kind, tt.edits, got, want)
		}
	}
}

// TestCheckEntry: what the fault of a record would hide, and who signed.
func TestCheckEntry(t *testing.T) {
	s := newScribe(t, "in force")
	_, observation := soundOf(t, "observation", 0)
	_, allegation := soundOf(t, "allegation", 0)
	_, decision := soundOf(t, "decision", 0)
	for _, tt := range []struct {
		name, kind, content string
		key                 audit.Key
		want                []string
	}{
		{"an unknown kind", "wish", `{}`, audit.Key{Role: "intake"}, []string{"-1 form s"}},
		{"an observation with a claimant", "observation", edited(t, "observation", observation, `claimant="UA"`), audit.Key{Role: "intake"}, []string{"-1 form s"}},
		{"an observation with an empty claimant", "observation", edited(t, "observation", observation, `claimant=""`), audit.Key{Role: "intake"}, nil},
		{"a party's own", "allegation", edited(t, "allegation", allegation), audit.Key{Role: "liaison", Party: "UA"}, nil},
		{"the other party's", "allegation", edited(t, "allegation", allegation), audit.Key{Role: "liaison", Party: "RU"}, []string{"-1 source"}},
		{"the mission's", "allegation", edited(t, "allegation", allegation), audit.Key{Role: "intake"}, nil},
		{"by the role", "decision", edited(t, "decision", decision), audit.Key{Role: "verification-officer"}, nil},
		{"by another role", "decision", edited(t, "decision", decision), audit.Key{Role: "head-of-mission"}, []string{"-1 by"}},
		{"history is not asked", "observation", edited(t, "observation", observation, `source="press"`), audit.Key{Role: "intake"}, nil},
		{"a broken form, and a wrong source", "allegation", edited(t, "allegation", allegation, `-act`, `source="RU"`), audit.Key{Role: "liaison", Party: "UA"}, []string{"-1 form s"}},
	} {
		e, err := audit.ParseBody(s.body(tt.kind, tt.content), s.now)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the same key may be asked about twice
			if got := briefs(audit.CheckEntry(e, tt.key)); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			}
		}
	}
	for _, bad := range []string{``, `{}`, `[]`, `{"kind":"method"}`, `{"kind":"method","mission":"m","x":1}`, `{"kind":"method", "mission":"m"}`} {
		if _, err := audit.ParseBody([]byte(bad), s.now); err == nil {
			t.Errorf("%s passed for a body", bad)
		}
	}
}

func briefs(list []audit.Objection) (out []string) {
	for _, o := range list {
		out = append(out, brief(o))
	}
	return out
}

// TestHistory: rules that need what came before. Each case says what is added to a
// record, and which of its entries break what; entry 0 is there.
func TestHistory(t *testing.T) {
	observed := func(s *scribe, who, source, key string, edits ...string) {
		s.t.Helper()
		_, content := soundOf(s.t, "observation", 0)
		s.say(who, "observation", edited(s.t, "observation", content, append([]string{fmt.Sprintf("source=%q", source), fmt.Sprintf("key=%q", key)}, edits...)...))
	}
	read := func(s *scribe, who, source, kind string) {
		s.t.Helper()
		_, content := soundOf(s.t, "source", 0)
		s.say(who, "source", edited(s.t, "source", content, fmt.Sprintf("source=%q", source), fmt.Sprintf("kind=%q", kind)))
	}
	of := func(s *scribe, kind string, n int, who string, edits ...string) {
		s.t.Helper()
		w, content := soundOf(s.t, kind, n)
		if who == "" {
			who = w
		}
		s.say(who, kind, edited(s.t, kind, content, edits...))
	}
	_, c1 := opening("act", `"fire"`)
	_, c2 := opening("count", `"1"`)
	_, c3 := opening("key", `"k"`)
	o1, _ := opening("act", `"fire"`)
	o3, _ := opening("key", `"k"`)
	id := func(n string) string { return digestOf("keyed", n) }
	closed := func(s *scribe, who, kind, content string, commitments ...string) string {
		s.t.Helper()
		return s.say(who, kind, content, sealedMember("shared", commitments...))
	}
	rehearsal := func(s *scribe) { *s = *newScribe(s.t, "rehearsal") }
	for _, tt := range []struct {
		name string
		run  func(s *scribe)
		want []string
	}{
		{"a sealed item", func(s *scribe) { closed(s, "intake-1", "observation", fmt.Sprintf(`{"id":%q}`, id("1")), c1, c2, c3) }, nil},
		{"a sealed item of a party", func(s *scribe) {
			closed(s, "ua-1", "allegation", fmt.Sprintf(`{"id":%q,"claimant":"UA"}`, id("1")), c1, c2)
		}, nil},
		{"a sealed ID", func(s *scribe) { closed(s, "intake-1", "observation", `{}`, c1, c2) }, []string{"1 sealed s"}},
		{"a sealed claimant", func(s *scribe) { closed(s, "duty-1", "allegation", fmt.Sprintf(`{"id":%q}`, id("1")), c1) }, []string{"1 sealed s"}},
		{"a sealed by", func(s *scribe) { closed(s, "duty-1", "notification", fmt.Sprintf(`{"id":%q}`, id("1")), c1) }, []string{"1 sealed s"}},
		{"a sealed of", func(s *scribe) { closed(s, "duty-1", "withdrawal", `{}`, c1) }, []string{"1 sealed s"}},
		{"a sealed source", func(s *scribe) { closed(s, "intake-1", "source", `{"received":"2026-03-01T10:00:00Z"}`, c1) }, nil},
		{"a sealed source without its time", func(s *scribe) { closed(s, "intake-1", "source", `{}`, c1) }, []string{"1 form s"}},
		{"a sealed item with a bad time", func(s *scribe) {
			closed(s, "intake-1", "observation", fmt.Sprintf(`{"id":%q,"occurred":{"start":"2026-03-01T08:00:00Z","end":"2026-03-01T08:00:00Z"}}`, id("1")), c1)
		}, []string{"1 time s"}},
		{"a sealed item with an unknown member", func(s *scribe) { closed(s, "intake-1", "observation", fmt.Sprintf(`{"id":%q,"x":1}`, id("1")), c1) }, []string{"1 form s"}},
		{"a sealed kind that cannot be", func(s *scribe) { closed(s, "head-1", "method", `{"method":"m"}`, c1) }, []string{"1 sealed s"}},
		{"a sealed kind that cannot be, with too little", func(s *scribe) { closed(s, "head-1", "method", `{}`, c1) }, []string{"1 form s"}},
		{"an empty shelf excuses nothing", func(s *scribe) {
			s.say("intake-1", "observation", fmt.Sprintf(`{"id":%q}`, id("1")), `"sealed":{"shared":[]}`)
		}, []string{"1 form s"}},
		{"restricted fields alone excuse nothing", func(s *scribe) {
			s.say("intake-1", "observation", fmt.Sprintf(`{"id":%q}`, id("1")), sealedMember("restricted", c1))
		}, []string{"1 form s"}},
		{"restricted fields of a public item", func(s *scribe) {
			_, content := soundOf(s.t, "observation", 0)
			s.say("monitor-1", "observation", edited(s.t, "observation", content), sealedMember("restricted", c1))
		}, nil},
		{"the ID of a public item with restricted fields", func(s *scribe) {
			_, content := soundOf(s.t, "observation", 0)
			s.say("monitor-1", "observation", edited(s.t, "observation", content, fmt.Sprintf("id=%q", zeros)), sealedMember("restricted", c1))
		}, []string{"1 id"}},
		{"the same commitment on both shelves", func(s *scribe) {
			s.say("intake-1", "observation", fmt.Sprintf(`{"id":%q}`, id("1")), fmt.Sprintf(`"sealed":{"shared":[%q],"restricted":[%q]}`, c1, c1))
		}, []string{"1 sealed s"}},
		{"no content", func(s *scribe) { s.say("head-1", "method", "") }, []string{"1 form s"}},
		{"content that is a list", func(s *scribe) { s.say("head-1", "method", "[]") }, []string{"1 form s"}},

		{"a disclosure", func(s *scribe) {
			sub := closed(s, "intake-1", "observation", fmt.Sprintf(`{"id":%q}`, id("1")), c1, c2)
			s.say("verification-1", "disclosure", fmt.Sprintf(`{"of":%q,"openings":[%s]}`, sub, o1))
		}, nil},
		{"a disclosure of a restricted field", func(s *scribe) {
			_, content := soundOf(s.t, "observation", 0)
			sub := s.say("monitor-1", "observation", edited(s.t, "observation", content), sealedMember("restricted", c1))
			s.say("verification-1", "disclosure", fmt.Sprintf(`{"of":%q,"openings":[%s]}`, sub, o1))
		}, nil},
		{"an opening that was never committed to", func(s *scribe) {
			sub := closed(s, "intake-1", "observation", fmt.Sprintf(`{"id":%q}`, id("1")), c1, c2)
			s.say("verification-1", "disclosure", fmt.Sprintf(`{"of":%q,"openings":[%s,%s]}`, sub, o1, o3))
		}, []string{"2 opening s"}},
		{"an opening that another entry committed to", func(s *scribe) {
			sub := closed(s, "intake-1", "observation", fmt.Sprintf(`{"id":%q}`, id("1")), c1, c2)
			closed(s, "intake-1", "observation", fmt.Sprintf(`{"id":%q}`, id("2")), c3)
			s.say("verification-1", "disclosure", fmt.Sprintf(`{"of":%q,"openings":[%s]}`, sub, o3))
		}, []string{"3 opening s"}},
		{"a disclosure of nothing that is there", func(s *scribe) {
			s.say("verification-1", "disclosure", fmt.Sprintf(`{"of":%q,"openings":[]}`, zeros))
		}, []string{"1 opening s"}},
		{"a disclosure of what readers skip", func(s *scribe) {
			sub := closed(s, "intake-1", "observation", fmt.Sprintf(`{"id":%q,"x":1}`, id("1")), c1, c2)
			s.say("verification-1", "disclosure", fmt.Sprintf(`{"of":%q,"openings":[%s]}`, sub, o1))
		}, []string{"1 form s"}},
		{"a disclosure of what is public", func(s *scribe) {
			_, content := soundOf(s.t, "observation", 0)
			sub := s.say("monitor-1", "observation", edited(s.t, "observation", content))
			s.say("verification-1", "disclosure", fmt.Sprintf(`{"of":%q,"openings":[]}`, sub))
		}, []string{"2 opening s"}},
		{"a disclosure before its entry", func(s *scribe) {
			h := tlog.RecordHash(s.body("observation", fmt.Sprintf(`{"id":%q}`, id("1")), sealedMember("shared", c1)))
			s.say("verification-1", "disclosure", fmt.Sprintf(`{"of":"%x","openings":[%s]}`, h[:], o1))
			closed(s, "intake-1", "observation", fmt.Sprintf(`{"id":%q}`, id("1")), c1)
		}, []string{"1 opening s"}},
		{"an opening that is none", func(s *scribe) {
			s.say("verification-1", "disclosure", fmt.Sprintf(`{"of":%q,"openings":[["a","b"]]}`, zeros))
		}, []string{"1 form s"}},
		{"an opening whose field is not a text", func(s *scribe) {
			s.say("verification-1", "disclosure", fmt.Sprintf(`{"of":%q,"openings":[["a",1,2]]}`, zeros))
		}, []string{"1 form s"}},
		{"an opening whose salt is not a text", func(s *scribe) {
			s.say("verification-1", "disclosure", fmt.Sprintf(`{"of":%q,"openings":[[1,"a",2]]}`, zeros))
		}, []string{"1 form s"}},

		{"two decisions with one ID", func(s *scribe) {
			of(s, "decision", 0, "")
			of(s, "decision", 0, "", `because="y"`)
		}, []string{"2 id"}},
		{"a decision and an attribution with one ID", func(s *scribe) {
			of(s, "decision", 0, "")
			of(s, "attribution", 0, "", fmt.Sprintf("id=%q", digestOf("d1")))
		}, []string{"2 id"}},
		{"the same item twice", func(s *scribe) {
			observed(s, "intake-1", "mission", "k")
			observed(s, "monitor-1", "mission", "k", `act="explosion"`)
		}, nil},

		{"two parties use one ID", func(s *scribe) {
			closed(s, "ua-1", "allegation", fmt.Sprintf(`{"id":%q,"claimant":"UA"}`, id("1")), c1)
			closed(s, "ru-1", "allegation", fmt.Sprintf(`{"id":%q,"claimant":"RU"}`, id("1")), c1)
			closed(s, "ua-1", "allegation", fmt.Sprintf(`{"id":%q,"claimant":"UA"}`, id("1")), c1, c2)
		}, []string{"2 speaker"}},
		{"a party uses the mission's ID", func(s *scribe) {
			observed(s, "monitor-1", "mission", "k")
			closed(s, "ru-1", "allegation", fmt.Sprintf(`{"id":%q,"claimant":"RU"}`, digestOf("observation", "mission", "k", "0")), c1)
		}, []string{"2 speaker"}},
		{"the mission uses a party's ID", func(s *scribe) {
			of(s, "allegation", 0, "")
			closed(s, "duty-1", "allegation", fmt.Sprintf(`{"id":%q,"claimant":"UA"}`, digestOf("observation", "UA", "a1", "0")), c1)
		}, []string{"2 speaker"}},
		{"a sealed item had taken a party's own ID", func(s *scribe) {
			taken := fmt.Sprintf(`{"id":%q,"claimant":"RU"}`, digestOf("observation", "UA", "a1", "0"))
			closed(s, "ru-1", "allegation", taken, c1)
			of(s, "allegation", 0, "")
			of(s, "allegation", 0, "", `act="explosion"`)
			closed(s, "ru-1", "allegation", taken, c1, c2)
		}, []string{"1 speaker", "4 speaker"}},
		{"a public item had taken a party's own ID", func(s *scribe) {
			of(s, "allegation", 0, "ru-1", `claimant="RU"`, `source="RU"`, fmt.Sprintf("id=%q", digestOf("observation", "UA", "a1", "0")))
			of(s, "allegation", 0, "")
		}, []string{"1 id"}},
		{"a sealed item takes the ID of one that is its own by what all see", func(s *scribe) {
			of(s, "allegation", 0, "")
			closed(s, "duty-1", "allegation", fmt.Sprintf(`{"id":%q,"claimant":"UA"}`, digestOf("observation", "UA", "a1", "0")), c1)
			of(s, "allegation", 0, "", `act="explosion"`)
		}, []string{"2 speaker"}},
		{"two keys of a party", func(s *scribe) {
			s.say("head-1", "key", s.key("ua-2", "liaison", "UA"))
			of(s, "allegation", 0, "")
			of(s, "allegation", 0, "ua-2", `act="explosion"`)
		}, nil},
		{"what is skipped uses no ID", func(s *scribe) {
			closed(s, "ru-1", "allegation", fmt.Sprintf(`{"id":%q,"claimant":"RU","occurred":{"start":"2026-03-01T08:00:00Z","end":"2026-03-01T08:00:00Z"}}`, digestOf("observation", "UA", "a1", "0")), c1)
			of(s, "allegation", 0, "")
		}, []string{"1 time s"}},

		{"a source that was not read", func(s *scribe) { observed(s, "intake-1", "press", "k") }, []string{"1 file"}},
		{"a source that was read later", func(s *scribe) {
			observed(s, "intake-1", "press", "k")
			read(s, "intake-1", "press", "csv")
		}, []string{"1 file"}},
		{"a source that was read before", func(s *scribe) {
			read(s, "intake-1", "press", "csv")
			observed(s, "intake-1", "press", "k")
			observed(s, "intake-1", "csv", "k2")
		}, []string{"3 file"}},
		{"a source that its kind names", func(s *scribe) {
			read(s, "intake-1", "", "firms")
			observed(s, "intake-1", "firms", "k")
		}, nil},
		{"a source that another key read", func(s *scribe) {
			read(s, "monitor-1", "press", "csv")
			observed(s, "intake-1", "press", "k")
		}, []string{"2 file"}},
		{"a sealed source stands for any", func(s *scribe) {
			closed(s, "intake-1", "source", `{"received":"2026-03-01T10:00:00Z"}`, c1)
			observed(s, "intake-1", "press", "k")
			observed(s, "monitor-1", "press", "k2")
		}, []string{"3 file"}},
		{"a sealed item", func(s *scribe) {
			closed(s, "intake-1", "observation", fmt.Sprintf(`{"id":%q,"source":"press"}`, id("1")), c1)
		}, nil},
		{"a file that readers skip", func(s *scribe) {
			_, content := soundOf(s.t, "source", 0)
			s.say("intake-1", "source", edited(s.t, "source", content, `received="1800-01-01T00:00:00Z"`))
			observed(s, "intake-1", "press", "k")
		}, []string{"1 time s", "2 file"}},
		{"what the mission wrote down for a party", func(s *scribe) {
			of(s, "allegation", 1, "")
			of(s, "notification", 1, "")
			of(s, "allegation", 1, "", `source="UA"`, `id="auto"`, `key="other"`)
		}, []string{"3 file"}},
		{"members of a batch", func(s *scribe) {
			read(s, "intake-1", "press", "csv")
			_, content := soundOf(s.t, "observation", 0)
			s.batch("intake-1", [][]byte{s.body("observation", edited(s.t, "observation", content, `source="press"`)), s.body("observation", edited(s.t, "observation", content, `source="tass"`))}, nil)
		}, []string{"4 file"}},
		{"tallies, coverage, restrictions, responses, sightings", func(s *scribe) {
			of(s, "tally", 0, "", `source="press"`)
			of(s, "coverage", 0, "", `source="press"`)
			of(s, "restriction", 0, "", `source="press"`)
			of(s, "response", 0, "duty-1", `source="press"`)
			of(s, "seen", 0, "", `source="press"`)
			of(s, "notification", 0, "duty-1", `source="press"`)
		}, []string{"1 file", "2 file", "3 file", "4 file", "5 file", "6 file"}},

		{"known later", func(s *scribe) {
			_, content := soundOf(s.t, "observation", 0)
			s.say("monitor-1", "observation", edited(s.t, "observation", content), `"known":"2026-03-02T00:00:00Z"`)
		}, nil},
		{"known when it was received", func(s *scribe) {
			_, content := soundOf(s.t, "observation", 0)
			s.say("monitor-1", "observation", edited(s.t, "observation", content), `"known":"2026-03-01T10:00:00.002Z"`)
		}, nil},
		{"known earlier", func(s *scribe) {
			_, content := soundOf(s.t, "observation", 0)
			s.say("monitor-1", "observation", edited(s.t, "observation", content), `"known":"2026-03-01T10:00:00.001Z"`)
		}, []string{"1 known"}},
		{"the intake knew earlier", func(s *scribe) {
			observedKnown(s, "intake-1", "2026-02-01T00:00:00Z")
		}, []string{"1 known"}},
		{"the intake knew earlier in a rehearsal", func(s *scribe) {
			rehearsal(s)
			observedKnown(s, "intake-1", "2026-02-01T00:00:00Z")
			observedKnown(s, "intake-1", "always")
		}, nil},
		{"a monitor knew earlier in a rehearsal", func(s *scribe) {
			rehearsal(s)
			observedKnown(s, "monitor-1", "always")
			observedKnown(s, "intake-1 monitor-1", "2026-02-01T00:00:00Z")
		}, []string{"1 known", "2 known"}},
		{"historic terms", func(s *scribe) {
			*s = *newScribe(s.t, "historic")
			observedKnown(s, "intake-1", "always")
		}, nil},
		{"no terms", func(s *scribe) {
			*s = *newScribe(s.t, "")
			observedKnown(s, "intake-1", "always")
		}, []string{"1 known"}},
		{"later terms", func(s *scribe) {
			rehearsal(s)
			s.say("mediator-1", "agreement", termsOf("historic"))
			observedKnown(s, "intake-1", "2026-02-01T00:00:00Z")
			s.say("mediator-1", "agreement", termsOf("in force"))
			observedKnown(s, "intake-1", "2026-02-02T00:00:00Z")
			s.say("mediator-1", "agreement", termsOf("rehearsal"))
			observedKnown(s, "intake-1", "2026-02-03T00:00:00Z")
		}, []string{"4 known", "6 known"}},
		{"a moment of knowledge that cannot be", func(s *scribe) {
			observedKnown(s, "monitor-1", "2200-01-01T00:00:00Z")
		}, []string{"1 time s"}},

		{"several rules at once", func(s *scribe) {
			_, content := soundOf(s.t, "observation", 0)
			s.say("monitor-1", "observation", edited(s.t, "observation", content, `occurred={"start":"2026-03-02T10:00:00Z","end":"2026-03-02T10:00:00Z"}`, `place.kind="planet"`, fmt.Sprintf("id=%q", zeros)), `"known":"always"`)
		}, []string{"1 time s", "1 future s", "1 place s", "1 id", "1 known"}},
		{"nothing but the form", func(s *scribe) {
			_, content := soundOf(s.t, "observation", 0)
			s.say("monitor-1", "observation", edited(s.t, "observation", content, `-act`, `occurred={"start":"2026-03-02T10:00:00Z","end":"2026-03-02T10:00:00Z"}`, fmt.Sprintf("id=%q", zeros)), `"known":"always"`)
		}, []string{"1 form s"}},
	} {
		s := newScribe(t, "in force")
		tt.run(s)
		if got := s.objections(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: objections %v, want %v", tt.name, got, tt.want)
		}
	}
}

func observedKnown(s *scribe, who, known string) {
	s.t.Helper()
	_, content := soundOf(s.t, "observation", 0)
	s.say(who, "observation", edited(s.t, "observation", content), fmt.Sprintf(`"known":%q`, known))
}

// TestObjections: many are counted, the first are kept, and one who follows entry
// by entry hears of each.
func TestObjections(t *testing.T) {
	s := newScribe(t, "in force")
	_, content := soundOf(t, "observation", 0)
	for i := range 200 {
		key := fmt.Sprintf("key=%q", fmt.Sprint(i))
		switch {
		case i%4 == 0: // breaks six, of which two are skipped
			s.say("monitor-1", "observation", edited(t, "observation", content, key, `source="press"`, `occurred={"start":"2026-03-02T10:00:00Z","end":"2026-03-02T10:00:00Z"}`,
				`place.kind="planet"`, fmt.Sprintf("id=%q", zeros)), `"known":"always"`)
		case i%4 == 1:
			s.say("monitor-1", "observation", edited(t, "observation", content, key, `source="press"`))
		default:
			s.say("monitor-1", "observation", edited(t, "observation", content, key))
		}
	}
	sum, err := s.verify(audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if sum.Objected != 50*5+50 || sum.Breaking != 100 || sum.Skipped != 50 || len(sum.Objections) != 300 {
		t.Errorf("%d objections, %d entries, %d skipped, %d kept", sum.Objected, sum.Breaking, sum.Skipped, len(sum.Objections))
	}
	if got := sum.Objections[0].String(); !strings.HasPrefix(got, "entry 1: time: `occurred` does not begin") {
		t.Error(got)
	}
	ring := &audit.Keyring{}
	var each []audit.Objection
	for i, leaf := range s.leaves {
		e, err := audit.ParseEntry(int64(i), leaf)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ring.Check(e); err != nil {
			t.Fatal(err)
		}
		each = append(each, ring.Latest()...)
	}
	if !slices.Equal(each, sum.Objections) || !slices.Equal(ring.Objections(), sum.Objections) || ring.Objected() != sum.Objected {
		t.Errorf("entry by entry %d, %d kept, %d counted", len(each), len(ring.Objections()), ring.Objected())
	}
	// Four more rounds of the same entries would be repetitions: follow on from
	// there, with other keys, until more than 1,000 were found.
	for n := range 200 {
		s.say("monitor-1", "observation", edited(t, "observation", content, fmt.Sprintf("key=%q", fmt.Sprint("again", n)), `source="press"`, `occurred={"start":"2026-03-02T10:00:00Z","end":"2026-03-02T10:00:00Z"}`,
			`place.kind="planet"`, fmt.Sprintf("id=%q", zeros)), `"known":"always"`)
		e, err := audit.ParseEntry(int64(201+n), s.leaves[201+n])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ring.Check(e); err != nil {
			t.Fatal(err)
		}
		if got := len(ring.Latest()); got != 5 {
			t.Fatalf("%d objections to an entry, want 5", got)
		}
	}
	if len(ring.Objections()) != 1000 || ring.Objected() != 1300 {
		t.Errorf("%d kept, %d counted", len(ring.Objections()), ring.Objected())
	}
}

// TestContinued: what was found before is not found again by one who goes on from
// there, and what came before still counts.
func TestContinued(t *testing.T) {
	s := newScribe(t, "in force")
	_, source := soundOf(t, "source", 0)
	_, content := soundOf(t, "observation", 0)
	s.say("intake-1", "source", edited(t, "source", source))
	s.say("intake-1", "observation", edited(t, "observation", content, `source="tass"`))
	ring := &audit.Keyring{}
	if sum, err := s.verify(audit.Options{Keyring: ring}); err != nil || !slices.Equal(briefs(sum.Objections), []string{"2 file"}) {
		t.Fatalf("%v, %v", sum, err)
	}
	s.say("intake-1", "observation", edited(t, "observation", content, `source="press"`))
	s.say("intake-1", "observation", edited(t, "observation", content, `source="pravda"`))
	sum, err := s.verify(audit.Options{Keyring: ring, From: 3})
	if err != nil || !slices.Equal(briefs(sum.Objections), []string{"4 file"}) || sum.Objected != 1 || sum.Breaking != 1 {
		t.Errorf("%v, %v", briefs(sum.Objections), err)
	}
	if got := briefs(ring.Objections()); !slices.Equal(got, []string{"2 file", "4 file"}) {
		t.Error(got)
	}
}

// TestFaults: what makes a record not verify, each with what is nearest to it and
// does.
func TestFaults(t *testing.T) {
	own := func(s *scribe, name, role, party, replaces string) string {
		return edited(s.t, "key", s.key(name, role, party), fmt.Sprintf("replaces=%q", s.keys[replaces].id()))
	}
	revoke := func(s *scribe, who, name string) {
		s.t.Helper()
		s.say(who, "revoke", fmt.Sprintf(`{"key":%q}`, s.keys[name].id()))
	}
	observe := func(s *scribe, who, key string) {
		s.t.Helper()
		_, content := soundOf(s.t, "observation", 0)
		s.say(who, "observation", edited(s.t, "observation", content, fmt.Sprintf("key=%q", key)))
	}
	_, c1 := opening("a", "1")
	_, c2 := opening("b", "2")
	low, high := min(c1, c2), max(c1, c2)
	sealed := func(s *scribe, shelf string, list ...string) {
		s.t.Helper()
		text, _ := json.Marshal(list)
		s.say("intake-1", "observation", fmt.Sprintf(`{"id":%q}`, zeros), fmt.Sprintf(`"sealed":{%q:%s}`, shelf, text))
	}
	two := func(s *scribe) [][]byte {
		_, content := soundOf(s.t, "observation", 0)
		return [][]byte{s.body("observation", edited(s.t, "observation", content, `key="m1"`)), s.body("observation", edited(s.t, "observation", content, `key="m2"`))}
	}
	for _, tt := range []struct {
		name string
		run  func(s *scribe)
		want string // in the fault; empty: it verifies
	}{
		{"a key writes until it is revoked", func(s *scribe) { observe(s, "monitor-1", "k"); revoke(s, "head-1", "monitor-1") }, ""},
		{"a revoked key writes", func(s *scribe) { revoke(s, "head-1", "monitor-1"); observe(s, "monitor-1", "k") }, "which entry 1 revoked"},
		{"a key ends itself", func(s *scribe) { revoke(s, "monitor-1", "monitor-1"); observe(s, "monitor-1", "k") }, "which entry 1 revoked"},
		{"a key ends another", func(s *scribe) { revoke(s, "monitor-1", "duty-1") }, "may not write it"},
		{"a key is revoked twice", func(s *scribe) {
			revoke(s, "head-1", "monitor-1")
			s.say("head-1", "revoke", fmt.Sprintf(`{"key":%q,"because":"again"}`, s.keys["monitor-1"].id()))
		}, "is not in force, so it cannot be"},
		{"a key that ran out writes", func(s *scribe) {
			s.say("head-1", "key", edited(s.t, "key", s.key("late-1", "monitor", ""), `until="2026-03-01T10:00:00.003Z"`))
			observe(s, "late-1", "k")
		}, "ran out"},
		{"a key writes just before it runs out", func(s *scribe) {
			s.say("head-1", "key", edited(s.t, "key", s.key("late-1", "monitor", ""), `until="2026-03-01T10:00:00.004Z"`))
			observe(s, "late-1", "k")
		}, ""},
		{"a key ends as a member of a batch", func(s *scribe) {
			s.batch("monitor-1", append(two(s), s.body("revoke", fmt.Sprintf(`{"key":%q}`, s.keys["monitor-1"].id()))), nil)
			observe(s, "monitor-1", "k")
		}, "which entry 4 revoked"},

		{"a submission is repeated", func(s *scribe) { observe(s, "monitor-1", "k"); observe(s, "monitor-1", "k") }, "the same submission stands twice"},
		{"a submission is repeated by another", func(s *scribe) { observe(s, "monitor-1", "k"); observe(s, "intake-1", "k") }, "the same submission stands twice"},
		{"time goes backwards", func(s *scribe) {
			observe(s, "monitor-1", "k")
			s.now = s.now.Add(-2 * time.Millisecond)
			observe(s, "monitor-1", "k2")
		}, "received before an earlier entry"},
		{"time does not go on", func(s *scribe) {
			observe(s, "monitor-1", "k")
			s.now = s.now.Add(-time.Millisecond)
			observe(s, "monitor-1", "k2")
		}, ""},
		{"another record's entry", func(s *scribe) {
			s.signed("monitor-1", bytes.Replace(s.body("method", "{}"), []byte(origin), []byte("truce.test/other"), 1))
		}, "it was written for the record"},
		{"a second entry 0", func(s *scribe) { s.leaves = append(s.leaves, s.leaves[0]) }, "entry 0, and no other"},
		{"an altered signature", func(s *scribe) {
			a, b := s.body("method", `{"method":"a"}`), s.body("method", `{"method":"b"}`)
			s.add(map[string]any{"body": json.RawMessage(a), "sigs": []string{s.line(b, "head-1")}})
		}, "the signature of head-1 does not verify"},
		{"the second of two signatures is altered", func(s *scribe) {
			a, b := s.body("method", `{"method":"a"}`), s.body("method", `{"method":"b"}`)
			s.key("head-2", "head-of-mission", "")
			s.say("head-1", "key", fmt.Sprintf(`{"name":"head-2","key":%q,"role":"head-of-mission"}`, s.keys["head-2"].vkey))
			s.add(map[string]any{"body": json.RawMessage(a), "sigs": []string{s.line(a, "head-1"), s.line(b, "head-2")}})
		}, "the signature of head-2 does not verify"},
		{"signed twice with one key", func(s *scribe) { s.say("head-1 head-1", "method", `{"method":"a"}`) }, "signed twice"},
		{"a stranger", func(s *scribe) { s.key("stranger", "monitor", ""); observe(s, "stranger", "k") }, "does not know"},
		{"one of two may not", func(s *scribe) { s.say("head-1 monitor-1", "method", `{"method":"a"}`) }, "may not write it"},

		{"a batch", func(s *scribe) { s.batch("monitor-1", two(s), nil) }, ""},
		{"a member of a batch is another", func(s *scribe) {
			s.batch("monitor-1", two(s), func(i int, m map[string]any) {
				if i == 1 {
					m["body"] = json.RawMessage(bytes.Replace(m["body"].(json.RawMessage), []byte("m2"), []byte("m3"), 1))
				}
			})
		}, "it is not what its author signed in the batch"},
		{"two members of a batch change places", func(s *scribe) {
			s.batch("monitor-1", two(s), func(i int, m map[string]any) { m["batch"].(map[string]any)["at"] = 1 - i })
		}, "it is not what its author signed in the batch"},
		{"a member of a batch that is not there", func(s *scribe) {
			s.batch("monitor-1", two(s), func(i int, m map[string]any) { m["batch"].(map[string]any)["at"] = 2 * i })
		}, "never signed"},
		{"a batch whose leaves are others", func(s *scribe) {
			s.batch("monitor-1", two(s), nil)
			s.leaves[1] = bytes.Replace(s.leaves[1], []byte(`"leaves":["`), []byte(`"leaves":["`+c1+`","`), 1)
		}, "its leaves are not those"},
		{"a batch of another size", func(s *scribe) {
			s.batch("monitor-1", two(s), nil)
			body := s.body("batch", fmt.Sprintf(`{"root":%q,"size":3}`, rootOf(s.t, two(s))))
			var m map[string]any
			_ = json.Unmarshal(s.leaves[1], &m)
			s.leaves[1] = canonical(s.t, map[string]any{"body": json.RawMessage(body), "leaves": m["leaves"], "received": m["received"], "sigs": []string{s.line(body, "monitor-1")}})
		}, "its leaves are not those"},
		{"a member after the batch's key was revoked", func(s *scribe) {
			s.batch("monitor-1", two(s), nil)
			last := s.leaves[3]
			s.leaves = s.leaves[:3]
			s.now = s.now.Add(-2 * time.Millisecond)
			revoke(s, "head-1", "monitor-1")
			s.leaves = append(s.leaves, last)
		}, "which entry 3 revoked"},
		{"a monitor's batch has what a monitor may not write", func(s *scribe) {
			_, tally := soundOf(s.t, "tally", 0)
			s.batch("monitor-1", [][]byte{s.body("tally", edited(s.t, "tally", tally))}, nil)
		}, "may not write it"},

		{"a key is replaced", func(s *scribe) {
			s.say("head-1", "key", own(s, "ua-2", "liaison", "UA", "ua-1"))
			s.say("ua-2", "consent", fmt.Sprintf(`{"to":%q,"party":"UA"}`, zeros))
		}, ""},
		{"a key replaces itself", func(s *scribe) { s.say("monitor-1", "key", own(s, "monitor-2", "monitor", "", "monitor-1")) }, ""},
		{"a replaced key writes", func(s *scribe) {
			s.say("head-1", "key", own(s, "monitor-2", "monitor", "", "monitor-1"))
			observe(s, "monitor-1", "k")
		}, "which entry 1 revoked"},
		{"a key is replaced by one of the other party", func(s *scribe) { s.say("head-1", "key", own(s, "ru-2", "liaison", "RU", "ua-1")) }, "has its role and party"},
		{"a key is replaced by one of another role", func(s *scribe) { s.say("head-1", "key", own(s, "duty-2", "duty-officer", "", "monitor-1")) }, "has its role and party"},
		{"a key that is revoked is replaced", func(s *scribe) {
			revoke(s, "head-1", "monitor-1")
			s.say("head-1", "key", own(s, "monitor-2", "monitor", "", "monitor-1"))
		}, "so it cannot be replaced"},
		{"a key that nobody knows is replaced", func(s *scribe) {
			s.say("head-1", "key", edited(s.t, "key", s.key("monitor-2", "monitor", ""), `replaces="nobody+00000000"`))
		}, "so it cannot be replaced"},
		{"a key replaces its own self", func(s *scribe) {
			text := s.key("monitor-2", "monitor", "")
			s.say("head-1", "key", edited(s.t, "key", text, fmt.Sprintf("replaces=%q", s.keys["monitor-2"].id())))
		}, "so it cannot be replaced"},
		{"a key that runs out replaces itself for as long", func(s *scribe) {
			s.say("head-1", "key", edited(s.t, "key", s.key("late-1", "monitor", ""), `until="2026-04-01T00:00:00.000Z"`))
			s.say("late-1", "key", edited(s.t, "key", own(s, "late-2", "monitor", "", "late-1"), `until="2026-04-01T00:00:00.000Z"`))
		}, ""},
		{"a key that runs out replaces itself for longer", func(s *scribe) {
			s.say("head-1", "key", edited(s.t, "key", s.key("late-1", "monitor", ""), `until="2026-04-01T00:00:00.000Z"`))
			s.say("late-1", "key", edited(s.t, "key", own(s, "late-2", "monitor", "", "late-1"), `until="2026-04-01T00:00:00.001Z"`))
		}, "and what it puts in its place does not"},
		{"a key that runs out replaces itself, without an end date", func(s *scribe) {
			s.say("head-1", "key", edited(s.t, "key", s.key("late-1", "monitor", ""), `until="2026-04-01T00:00:00.000Z"`))
			s.say("late-1", "key", own(s, "late-2", "monitor", "", "late-1"))
		}, "and what it puts in its place does not"},
		{"a head's key that runs out is replaced, without an end date", func(s *scribe) {
			s.say("head-1", "key", edited(s.t, "key", s.key("head-2", "head-of-mission", ""), `until="2026-04-01T00:00:00.000Z"`))
			s.say("head-2", "key", own(s, "head-3", "head-of-mission", "", "head-2"))
		}, ""},
		{"a key that runs out is replaced by the head, without an end date", func(s *scribe) {
			s.say("head-1", "key", edited(s.t, "key", s.key("late-1", "monitor", ""), `until="2026-04-01T00:00:00.000Z"`))
			s.say("head-1", "key", own(s, "late-2", "monitor", "", "late-1"))
		}, ""},
		{"a monitor states a key", func(s *scribe) { s.say("monitor-1", "key", s.key("monitor-2", "monitor", "")) }, "may not write it"},
		{"a monitor replaces another", func(s *scribe) { s.say("monitor-1", "key", own(s, "duty-2", "duty-officer", "", "duty-1")) }, "may not write it"},
		{"a key that is none", func(s *scribe) { s.say("head-1", "key", `{"name":"x-1","key":"x-1+00000000+AAAA","role":"monitor"}`) }, `key "x-1"`},
		{"a key that runs out at no time", func(s *scribe) {
			s.say("head-1", "key", edited(s.t, "key", s.key("x-1", "monitor", ""), `until="soon"`))
		}, "until"},
		{"entry 0 without a list of keys", func(s *scribe) {
			s.leaves = nil
			s.say(origin, "mission", `{"keys":"x"}`)
		}, "keys"},
		{"a line that is not a signature", func(s *scribe) {
			s.add(map[string]any{"body": json.RawMessage(s.body("method", `{"method":"a"}`)), "sigs": []string{"head-1 AAAAAAAAAAAA"}})
		}, "no signature line"},
		{"a signature without its hash", func(s *scribe) {
			s.add(map[string]any{"body": json.RawMessage(s.body("method", `{"method":"a"}`)), "sigs": []string{"— head-1 AAAA"}})
		}, "no signature line"},
		{"a signature without a name", func(s *scribe) {
			s.add(map[string]any{"body": json.RawMessage(s.body("method", `{"method":"a"}`)), "sigs": []string{"—  AAAAAAAAAAAA"}})
		}, "no signature line"},
		{"a signature that is not base64", func(s *scribe) {
			s.add(map[string]any{"body": json.RawMessage(s.body("method", `{"method":"a"}`)), "sigs": []string{"— head-1 AAAAAAAAAAAAA"}})
		}, "no signature line"},
		{"a batch of two authors", func(s *scribe) {
			s.batch("monitor-1", two(s), nil)
			var m map[string]any
			_ = json.Unmarshal(s.leaves[1], &m)
			body := canonical(s.t, m["body"])
			m["sigs"] = []string{s.line(body, "monitor-1"), s.line(body, "intake-1")}
			s.leaves[1] = canonical(s.t, m)
		}, "a batch has one author"},
		{"a batch that is signed again", func(s *scribe) {
			bodies := two(s)
			s.batch("monitor-1", bodies, nil)
			rest := s.leaves[3]
			s.leaves = s.leaves[:3]
			body := s.body("batch", fmt.Sprintf(`{"root":%q,"size":2}`, rootOf(s.t, bodies)), `"at":"2026-03-01T10:00:01Z"`)
			var m map[string]any
			_ = json.Unmarshal(s.leaves[1], &m)
			s.add(map[string]any{"body": json.RawMessage(body), "leaves": m["leaves"], "sigs": []string{s.line(body, "intake-1")}})
			s.leaves = append(s.leaves, bytes.Replace(rest, []byte(`00.004Z`), []byte(`00.005Z`), 1))
			revoke(s, "head-1", "monitor-1")
		}, ""},
		{"a key that is known already", func(s *scribe) {
			s.say("head-1", "key", fmt.Sprintf(`{"name":"monitor-1","key":%q,"role":"monitor"}`, s.keys["monitor-1"].vkey))
		}, "is known already"},
		{"a role that is unknown", func(s *scribe) { s.say("head-1", "key", s.key("x-1", "king", "")) }, `the role "king" is unknown`},
		{"no role", func(s *scribe) { s.say("head-1", "key", s.key("x-1", "", "")) }, `the role "" is unknown`},
		{"every role", func(s *scribe) {
			for _, r := range []string{"intake", "monitor", "duty-officer", "verification-officer", "reporting-officer", "head-of-mission", "mediator", "guarantor", "reader"} {
				s.say("head-1", "key", s.key("new-"+r, r, ""))
			}
		}, ""},
		{"a second key of the log", func(s *scribe) { s.say("head-1", "key", s.key("x-1", "log", "")) }, "and nowhere else"},
		{"a liaison without a party", func(s *scribe) { s.say("head-1", "key", s.key("x-1", "liaison", "")) }, "a liaison has a party"},
		{"a party of somebody else", func(s *scribe) { s.say("head-1", "key", s.key("x-1", "monitor", "UA")) }, "a liaison has a party"},
		{"a name that is not the key's", func(s *scribe) {
			s.say("head-1", "key", edited(s.t, "key", s.key("x-1", "monitor", ""), `name="x-2"`))
		}, "named"},

		{"the last head of mission is revoked", func(s *scribe) { revoke(s, "head-1", "head-1") }, "the last key of a head of mission"},
		{"the first of two heads is revoked", func(s *scribe) {
			s.say("head-1", "key", s.key("head-2", "head-of-mission", ""))
			revoke(s, "head-2", "head-1")
		}, ""},
		{"both heads are revoked", func(s *scribe) {
			s.say("head-1", "key", s.key("head-2", "head-of-mission", ""))
			revoke(s, "head-2", "head-1")
			revoke(s, "head-2", "head-2")
		}, "the last key of a head of mission"},
		{"a head is replaced", func(s *scribe) { s.say("head-1", "key", own(s, "head-2", "head-of-mission", "", "head-1")) }, ""},
		{"the last monitor is revoked", func(s *scribe) { revoke(s, "head-1", "monitor-1") }, ""},

		{"a liaison speaks for the other party", func(s *scribe) {
			_, content := soundOf(s.t, "allegation", 0)
			s.say("ru-1", "allegation", edited(s.t, "allegation", content))
		}, "speaks for RU alone"},
		{"a liaison also speaks for the other party", func(s *scribe) {
			_, content := soundOf(s.t, "allegation", 0)
			s.say("ua-1", "allegation", edited(s.t, "allegation", content, `by="RU"`))
		}, "speaks for UA alone"},
		{"a liaison also consents for the other party", func(s *scribe) {
			s.say("ua-1", "consent", fmt.Sprintf(`{"to":%q,"party":"RU","by":"UA"}`, zeros))
		}, "speaks for UA alone"},
		{"a liaison speaks for nobody", func(s *scribe) { s.say("ua-1", "withdrawal", fmt.Sprintf(`{"of":%q}`, zeros)) }, "speaks for UA alone"},
		{"liaisons of both parties", func(s *scribe) {
			s.say("ua-1 ru-1", "consent", fmt.Sprintf(`{"to":%q,"party":"UA"}`, zeros))
		}, "speaks for RU alone"},
		{"a monitor claims", func(s *scribe) {
			_, content := soundOf(s.t, "observation", 0)
			s.say("monitor-1", "observation", edited(s.t, "observation", content, `claimant="UA"`))
		}, "an allegation"},

		{"an unknown kind", func(s *scribe) { s.say("head-1", "wish", `{}`) }, `kind "wish" is unknown`},
		{"an unknown decision", func(s *scribe) { s.say("head-1", "decision", `{"kind":"wish"}`) }, `decision "wish" is unknown`},
		{"a duty officer grades", func(s *scribe) { s.say("duty-1", "decision", `{"kind":"grade"}`) }, "may not write it"},
		{"a monitor asks", func(s *scribe) { s.say("monitor-1", "decision", `{"kind":"ask"}`) }, "may not write it"},

		{"commitments in order", func(s *scribe) { sealed(s, "shared", low, high) }, ""},
		{"commitments not in order", func(s *scribe) { sealed(s, "shared", high, low) }, "commitments are sorted"},
		{"restricted commitments not in order", func(s *scribe) { sealed(s, "restricted", high, low) }, "commitments are sorted"},
		{"a commitment twice", func(s *scribe) { sealed(s, "shared", low, low) }, "none stands twice"},
		{"a commitment that is none", func(s *scribe) { sealed(s, "shared", "x") }, "want 32 bytes"},
		{"an unknown shelf", func(s *scribe) { sealed(s, "hidden", low) }, "is unknown"},
	} {
		s := newScribe(t, "in force")
		tt.run(s)
		_, err := s.verify(audit.Options{})
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.want != "" && (err == nil || !errors.Is(err, audit.ErrFault) || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: %v, want a fault with %q", tt.name, err, tt.want)
		}
	}
}

// TestConsents: a party counts once, whichever of its keys signs.
func TestConsents(t *testing.T) {
	s := newScribe(t, "in force")
	s.say("head-1", "key", s.key("ua-2", "liaison", "UA"))
	for _, who := range []string{"ua-1", "ua-2", "ru-1"} {
		party := s.keys[who].party
		s.say(who, "consent", fmt.Sprintf(`{"to":%q,"party":%q,"because":%q}`, zeros, party, who))
	}
	s.say("mediator-1", "agreement", strings.Replace(termsOf("draft"), zeros, strings.Repeat("1", 64), 1))
	sum, err := s.verify(audit.Options{})
	if err != nil || !slices.Equal(sum.Consents[zeros], []string{"UA", "RU"}) || sum.Agreement != strings.Repeat("1", 64) {
		t.Errorf("%v, %s, %v", sum.Consents, sum.Agreement, err)
	}
}

// A cosigner is a witness (C2SP tlog-cosignature).
type cosigner struct {
	name string
	key  ed25519.PrivateKey
}

func newCosigner(t testing.TB, name string) *cosigner {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &cosigner{name, key}
}

func (c *cosigner) public() []byte {
	return append([]byte{4}, c.key.Public().(ed25519.PublicKey)...)
}

func (c *cosigner) Name() string { return c.name }

func (c *cosigner) KeyHash() uint32 {
	sum := sha256.Sum256(append([]byte(c.name+"\n"), c.public()...))
	return binary.BigEndian.Uint32(sum[:])
}

func (c *cosigner) vkey() string {
	return fmt.Sprintf("%s+%08x+%s", c.name, c.KeyHash(), base64.StdEncoding.EncodeToString(c.public()))
}

func (c *cosigner) Sign(msg []byte) ([]byte, error) {
	const at = 1_772_359_200
	return append(binary.BigEndian.AppendUint64(nil, at), ed25519.Sign(c.key, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, msg))...), nil
}

// TestQuorum: a checkpoint is believed with as many witnesses as the policy wants,
// and not with one fewer.
func TestQuorum(t *testing.T) {
	s := newScribe(t, "in force")
	w := []*cosigner{newCosigner(t, "w.test/1"), newCosigner(t, "w.test/2"), newCosigner(t, "w.test/3"), newCosigner(t, "w.test/1")} // the last has the name of the first
	base := "log " + s.keys[origin].vkey + "\n"
	for i, c := range w[:3] {
		base += fmt.Sprintf("witness w%d %s\n", i+1, c.vkey())
	}
	for _, tt := range []struct {
		policy string
		signed []int // witnesses that co-signed
		ok     bool
	}{
		{"quorum none", nil, true},
		{"quorum w1", []int{0}, true},
		{"quorum w1", []int{1, 2}, false},
		{"quorum w1", nil, false},
		{"witness w4 " + w[3].vkey() + "\nquorum w1", []int{3}, false},
		{"witness w4 " + w[3].vkey() + "\nquorum w4", []int{3}, true},
		{"group g any w1 w2 w3\nquorum g", []int{2}, true},
		{"group g any w1 w2 w3\nquorum g", nil, false},
		{"group g 2 w1 w2 w3\nquorum g", []int{0, 2}, true},
		{"group g 2 w1 w2 w3\nquorum g", []int{0, 1, 2}, true},
		{"group g 2 w1 w2 w3\nquorum g", []int{1}, false},
		{"group g 2 w1 w2 w3\nquorum g", []int{1, 3}, false}, // the fourth is nobody's witness
		{"group g all w1 w2 w3\nquorum g", []int{0, 1, 2}, true},
		{"group g all w1 w2 w3\nquorum g", []int{0, 1}, false},
		{"group g any w1 w2\ngroup h all g w3\nquorum h", []int{1, 2}, true},
		{"group g any w1 w2\ngroup h all g w3\nquorum h", []int{0, 1}, false},
	} {
		p, err := audit.ParsePolicy([]byte(base + tt.policy + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		var more []note.Signer
		for _, i := range tt.signed {
			more = append(more, w[i])
		}
		_, err = p.Open(s.checkpoint(more...))
		if tt.ok && err != nil || !tt.ok && (!errors.Is(err, audit.ErrFault) || !strings.Contains(err.Error(), "too few witnesses")) {
			t.Errorf("%s, signed by %v: %v", tt.policy, tt.signed, err)
		}
	}
}

// TestLongEntries: an entry as long as one can be, made to be slow, is read at
// once.
func TestLongEntries(t *testing.T) {
	s := newScribe(t, "in force")
	const most = 65_000
	fill := func(unit string) string { return strings.TrimSuffix(strings.Repeat(unit+",", most/(len(unit)+1)), ",") }
	var names []string
	for i := range most / 16 {
		names = append(names, fmt.Sprintf(`"n%07d":1`, i))
	}
	c := make([]string, most/50)
	for i := range c {
		sum := sha256.Sum256([]byte{byte(i), byte(i >> 8)})
		c[i] = base64.StdEncoding.EncodeToString(sum[:])
	}
	sub := s.say("intake-1", "observation", fmt.Sprintf(`{"id":%q}`, zeros), sealedMember("shared", c...))
	deep := strings.Repeat("[", 50) + strings.Repeat("]", 50)
	_, observation := soundOf(t, "observation", 0)
	for _, x := range []struct{ kind, content string }{
		{"disclosure", fmt.Sprintf(`{"of":%q,"openings":[%s]}`, sub, fill(`["","",1]`))},
		{"observation", edited(t, "observation", observation, `place.shape=[[[`+fill(`{"lat":1,"lon":1}`)+`]]]`, `place.kind="shape"`, `-place.point`)},
		{"observation", edited(t, "observation", observation, `place.shape=[`+fill(`[[]]`)+`]`, `place.kind="shape"`, `-place.point`)},
		{"observation", edited(t, "observation", observation, `evidence=[`+fill(deep)+`]`)},
		{"observation", edited(t, "observation", observation, `count="`+strings.Repeat("1", 64_000)+`"`)},
		{"observation", edited(t, "observation", observation, `casualties={"killed":"`+strings.Repeat("1..", 20_000)+`"}`)},
		{"observation", edited(t, "observation", observation, `place.kind="`+strings.Repeat("é", 30_000)+`"`)},
		{"observation", edited(t, "observation", observation, `reported="2026-03-01T09:00:00.`+strings.Repeat("1", 60_000)+`Z"`)},
		{"method", "{" + strings.Join(names, ",") + "}"},
		{"publication", edited(t, "publication", `{"title":"t","file":"f","known":"never","because":"x","sha256":"`+zeros+`","entries":17}`, "digests={"+strings.Join(names, ",")+"}")},
	} {
		e, err := audit.ParseBody(s.body(x.kind, x.content), s.now)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		for _, o := range audit.CheckEntry(e, audit.Key{Role: "monitor"}) {
			if len(o.Why) > 400 || strings.ContainsAny(o.Why, "\n\r") {
				t.Errorf("%s: a reason of %d bytes", x.kind, len(o.Why))
			}
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%s of %d bytes took %v", x.kind, len(x.content), d)
		}
	}
}

// TestFixture: the writer's fixture has the IDs that the rule id computes.
func TestFixture(t *testing.T) {
	f, p := load(t, "testdata/record"), trust(t)
	l := &audit.Log{Fetch: f.fetch, Policy: p}
	cp, err := l.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Verify(t.Context(), cp, audit.Options{})
	if err != nil || s.Objected != 0 {
		t.Errorf("%v, %v", s.Objections, err)
	}
}

// FuzzBody: no body makes CheckEntry panic, and each rule is said once at most, in
// order, and nothing beside a broken form.
func FuzzBody(f *testing.F) {
	s := newScribe(f, "in force")
	for _, c := range sound {
		if c.content != "" {
			f.Add(s.body(c.kind, edited(f, c.kind, c.content)))
		}
	}
	_, c1 := opening("act", `"fire"`)
	f.Add(s.body("observation", fmt.Sprintf(`{"id":%q}`, zeros), sealedMember("shared", c1), `"known":"always"`))
	order := []string{"form", "time", "future", "place", "sealed", "id", "source", "by"}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := audit.ParseBody(body, s.now)
		if err != nil {
			return
		}
		last := -1
		list := audit.CheckEntry(e, audit.Key{Role: "liaison", Party: "UA"})
		for _, o := range list {
			at := slices.Index(order, o.Rule)
			if at <= last || o.Why == "" || o.Skipped != (at < 5) || o.Rule == "form" && len(list) > 1 {
				t.Errorf("%v of %s", list, body)
			}
			last = at
		}
	})
}
