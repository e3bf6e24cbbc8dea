package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"golang.org/x/sync/errgroup"
)

// A crafted body is one of a survival run, in a form that can be handed in to any
// lab: pieces are kept as what is in them.
type crafted struct {
	By     string `json:"by"`
	Body   string `json:"body"` // canonical JSON
	Pieces struct {
		Shared     *craftedPiece `json:"shared,omitempty"`
		Restricted *craftedPiece `json:"restricted,omitempty"`
		Texts      *craftedPiece `json:"texts,omitempty"`
	} `json:"pieces,omitzero"`
}

// A craftedPiece is encrypted to those who keep the shelf, or handed in as it is.
type craftedPiece struct {
	Plain string `json:"plain,omitempty"`
	Raw   []byte `json:"raw,omitempty"`
}

func (p *craftedPiece) in(l *lab) []byte {
	switch {
	case p == nil:
		return nil
	case p.Raw != nil:
		return p.Raw
	}
	return l.ageFile([]byte(p.Plain), "intake", "head-of-mission", "verification-officer")
}

func (c *crafted) handed(l *lab) handedBody {
	return handedBody{[]byte(c.Body), c.By, ledger.Pieces{Shared: c.Pieces.Shared.in(l), Restricted: c.Pieces.Restricted.in(l), Texts: c.Pieces.Texts.in(l)}}
}

// signers are the keys of a lab that bodies are signed with.
var signers = []string{"log", "intake", "monitor", "duty-officer", "verification-officer", "reporting-officer", "head-of-mission", "liaison", "mediator", "guarantor", "reader"}

// A crafter makes bodies. The same seed makes the same ones.
type crafter struct {
	contents
	*rand.Rand
	agreement string
	terms     object
	ids       []string                     // of items
	hashes    []string                     // of submissions
	openings  map[string][]json.RawMessage // of them
	last      []json.RawMessage            // openings of the body that is being made
}

func newCrafter(seed uint64, l *lab) *crafter {
	c := &crafter{Rand: rand.New(rand.NewPCG(seed, 0)), agreement: l.m.Agreement.Digest.Hex()}
	terms, err := l.m.Terms(l.m.Agreement, filepath.Join(l.dir, "agreement"))
	if err == nil {
		err = json.Unmarshal(canonicalJSON(l.t, terms), &c.terms)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	c.ids = []string{digestOf("nothing")}
	c.hashes, c.openings = []string{digestOf("nothing")}, map[string][]json.RawMessage{}
	return c
}

func oneOf[T any](c *crafter, list []T) T { return list[c.IntN(len(list))] }

// everyKind are the kinds of bodies that are made. Keys are stated, but none of the
// lab's own is ever ended: whoever may do that may end the mission.
var everyKind = []string{"observation", "seen", "allegation", "tally", "coverage", "notification", "response", "restriction", "withdrawal", "decision", "attribution", "source", "outage", "consent",
	"key", "revoke", "method", "publication", "agreement", "disclosure", "release", "forgetting", "batch", "mission"}

// sealableKinds are the kinds of which something can be sealed.
var sealableKinds = []string{"observation", "seen", "allegation", "tally", "coverage", "notification", "response", "restriction", "decision", "withdrawal", "attribution", "source"}

// valid is a content that complies with most rules.
func (c *crafter) valid(kind, role string) object {
	party := "UA"
	own := "mission"
	if role == "liaison" {
		own = party
	}
	id := oneOf(c, c.ids)
	switch kind {
	case "observation":
		return c.observation()
	case "seen":
		return c.seen()
	case "allegation":
		return c.allegation(party)
	case "tally":
		return c.tally(own, strings.TrimPrefix(own, "mission"))
	case "coverage":
		return c.coverage(own, strings.TrimPrefix(own, "mission"))
	case "notification":
		return c.notification(party)
	case "response":
		return c.response(party, id)
	case "restriction":
		return c.restriction(party)
	case "withdrawal":
		if role == "liaison" {
			return object{"of": id, "by": party}
		}
		return object{"of": id}
	case "decision":
		d := c.decision(string(oneOf(c, truce.DecisionKinds)), id)
		for k, v := range map[string]any{"article": "1", "fact": "act", "grade": "B2", "name": oneOf(c, []string{"UA", "air", "ground", "ground-annex-signed"}), "from": "2025-08-21T05:00:00Z", "to": "2027-08-21T05:00:00Z", "by": role, "for": object{"days": 3}} {
			if c.IntN(12) == 0 {
				d[k] = v
			}
		}
		switch truce.DecisionKind(d["kind"].(string)) {
		case truce.Confirm, truce.Reject:
			d["article"] = oneOf(c, []string{"1", "2", "3", "4"})
		case truce.Regrade:
			d["grade"] = oneOf(c, []string{"A1", "F6"})
		case truce.Ask:
			d["fact"] = "act"
		case truce.Declare:
			d = with(d, object{"of": nil, "name": "ground-annex-signed", "from": oneOf(c, strangeTimes)})
		case truce.Extend, truce.Terminate:
			d = with(d, object{"of": nil, "name": oneOf(c, []string{"air", "ground"}), "from": oneOf(c, strangeTimes), "to": oneOf(c, strangeTimes)})
		}
		if d["kind"] == "merge" || d["kind"] == "split" {
			d["of"] = []string{id, oneOf(c, c.ids)}
		}
		return d
	case "attribution":
		return c.attribution(role, id)
	case "source":
		return c.source(c.key() + ".csv")
	case "outage":
		return object{"during": span("2025-08-21T05:00:00Z", 60), "what": "power"}
	case "consent":
		return object{"to": c.agreement, "what": "agreement", "party": party, "because": c.key()}
	case "key":
		return object{"name": "x-1", "key": "x-1+00000000+AAAA", "role": string(oneOf(c, ledger.Roles))}
	case "revoke":
		return object{"key": "x-1+00000000", "because": "lost"}
	case "method":
		return object{"method": mission.ThisMethod(), "because": c.key()}
	case "publication":
		return object{"title": "t", "file": "f", "known": "never", "because": "b", "sha256": digestOf(c.key()), "entries": 3, "digests": object{"public": digestOf("x")}}
	case "agreement":
		return with(c.terms, object{"because": c.key()})
	case "disclosure":
		of := oneOf(c, c.hashes)
		if list := c.openings[of]; len(list) > 0 && c.IntN(4) > 0 {
			return object{"of": of, "openings": list[:1+c.IntN(len(list))], "because": c.key()}
		}
		return object{"of": of, "openings": []any{[]any{"c2FsdA", "act", "strike"}}, "because": c.key()}
	case "release":
		return object{"of": []string{oneOf(c, c.hashes)}, "sealed": base64.StdEncoding.EncodeToString([]byte("age-encryption.org/v1\n" + c.key())), "to": "UA and RU"}
	case "forgetting":
		return object{"of": oneOf(c, c.hashes), "all": true, "because": c.key()}
	case "batch":
		return object{"root": base64.StdEncoding.EncodeToString(make([]byte, 32)), "size": 1}
	}
	return object{"agreement": c.agreement, "title": "t", "keys": []any{}}
}

var (
	strangeTexts   = []string{"", " ", "\x00", "null", "\u202e\u2066x", "é\u0301", "\U0001F600", "<script>alert(1)</script>", `"}],`, "../../private/log.key", "{{.}}", "%s%n", "\ufeff", "\u2028", "always", "never", "UA", "RU", "mission", "viina", "*"}
	strangeTimes   = []string{"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "1900-01-01T00:00:00Z", "2199-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "2025-08-20T07:05:00.1234567Z", "2025-08-20T07:05:00+14:00", "2025-02-30T00:00:00Z", "2031-01-01T00:00:00Z", "always", "never"}
	strangeNumbers = []any{0, -1, 1, 2_147_483_647, 2_147_483_648, -2_147_483_648, 999_999_999_999_999, -99_999_999_999_999, 0.5, 1e300, 90.0000001, -180, 360, 361, 1e-7}
	strangePlaces  = []any{object{"kind": "wedge", "uncertainty_m": -1}, object{"kind": "unknown", "uncertainty_m": -1}, object{"kind": "region", "name": "ukraine", "uncertainty_m": -1}, object{"kind": "object", "name": "x", "point": object{"lat": 0, "lon": 0}, "uncertainty_m": 0},
		object{"kind": "point", "point": object{"lat": 90, "lon": 180}, "uncertainty_m": 20_000_000}, object{"kind": "point", "point": object{"lat": -90, "lon": -180}, "uncertainty_m": 0}, object{"kind": "shape", "uncertainty_m": -1, "shape": []any{}},
		object{"kind": "shape", "uncertainty_m": -1, "shape": []any{[]any{[]any{object{"lat": 1, "lon": 1}, object{"lat": 1, "lon": 1}, object{"lat": 1, "lon": 1}}}}},
		object{"kind": "shape", "uncertainty_m": -1, "shape": []any{[]any{[]any{object{"lat": -89, "lon": -179}, object{"lat": 89, "lon": -179}, object{"lat": 89, "lon": 179}, object{"lat": -89, "lon": 179}}}}},
		object{"kind": "shape", "uncertainty_m": -1, "shape": []any{[]any{[]any{object{"lat": 48, "lon": 37}, object{"lat": 49, "lon": 38}, object{"lat": 48, "lon": 38}, object{"lat": 49, "lon": 37}}}}},
		object{"kind": "wedge", "uncertainty_m": -1, "wedge": object{"post": object{"lat": 89.9, "lon": 179.9}, "from_deg": 0, "to_deg": 360, "min_m": 0, "max_m": 2_000_000}, "shape": []any{[]any{[]any{object{"lat": 80, "lon": 170}, object{"lat": 89, "lon": 170}, object{"lat": 89, "lon": 179}}}}}}
)

// strange is a value that does not belong where it is put.
func (c *crafter) strange() any {
	switch c.IntN(12) {
	case 0:
		return nil
	case 1:
		return c.IntN(2) == 0
	case 2:
		return oneOf(c, strangeNumbers)
	case 3, 4:
		return oneOf(c, strangeTexts)
	case 5:
		return oneOf(c, strangeTimes)
	case 6:
		return object{"start": oneOf(c, strangeTimes), "end": oneOf(c, strangeTimes)}
	case 7:
		return oneOf(c, strangePlaces)
	case 8:
		return oneOf(c, c.ids)
	case 9:
		return strings.Repeat(oneOf(c, []string{"x", "é", "\\", "\u202e"}), c.IntN(20_000))
	case 10:
		var v any = "x"
		for range c.IntN(40) {
			v = []any{v}
		}
		return v
	}
	return []any{oneOf(c, c.ids), oneOf(c, c.ids)}
}

// mutate changes something in an object.
func (c *crafter) mutate(o object) {
	names := slices.Sorted(maps.Keys(o))
	if len(names) == 0 {
		o["x"] = c.strange()
		return
	}
	name := oneOf(c, names)
	if inner, ok := o[name].(object); ok && c.IntN(2) == 0 {
		inner = maps.Clone(inner)
		o[name] = inner
		c.mutate(inner)
		return
	}
	switch c.IntN(5) {
	case 0:
		delete(o, name)
	case 1:
		o[oneOf(c, []string{"note", "text", "because", "casualties", "evidence", "grade", "calibre", "reported", "revision", "actor", "side", "object", "means", "seen", "claimant", "by", "to", "of", "x", "known", "replaces", "until"})] = c.strange()
	case 2:
		if _, ok := o[name].(string); ok {
			o[name] = oneOf(c, strangeTexts)
			return
		}
		o[name] = oneOf(c, strangeNumbers)
	default:
		o[name] = c.strange()
	}
}

// identified gives a content the ID that its rule wants.
func identified(kind string, o object) {
	s := func(name string) string { v, _ := o[name].(string); return v }
	revision := "0"
	switch v := o["revision"].(type) {
	case int:
		revision = strconv.Itoa(v)
	}
	switch kind {
	case "observation", "seen", "allegation":
		o["id"] = digestOf("observation", s("source"), s("key"), revision)
	case "tally":
		o["id"] = digestOf("tally", s("source"), s("key"), revision)
	case "coverage":
		o["id"] = digestOf("coverage", s("source"), s("key"))
	case "notification", "response", "restriction":
		o["id"] = digestOf(kind, s("by"), s("key"))
	}
}

// next is the next body of a role.
func (c *crafter) next(l *lab, role string) crafted {
	kind := oneOf(c, everyKind)
	if c.IntN(10) > 0 {
		for range 30 {
			if ledger.MayWrite(ledger.Role(role), kind) {
				break
			}
			kind = oneOf(c, everyKind)
		}
	}
	content := maps.Clone(c.valid(kind, role))
	if slices.Contains(truce.TextKinds, kind) && c.IntN(3) == 0 {
		switch kind {
		case "observation", "seen", "allegation":
			content["note"] = "seen by X"
		case "notification", "response", "restriction":
			content["text"] = "at the gate"
		case "withdrawal":
			content["because"] = "a mistake"
		}
	}
	mutations := max(0, c.IntN(5)-1)
	for range mutations {
		c.mutate(content)
	}
	if mutations > 0 && c.IntN(10) < 7 && content["id"] != nil {
		identified(kind, content)
	}
	out := crafted{By: role}
	body := object{"kind": kind, "mission": "test/field", "content": content}
	if c.IntN(2) == 0 {
		body["at"] = ledger.Time(time.Date(2025, 8, 21, 0, 0, c.IntN(3600), 0, time.UTC))
	}
	if c.IntN(20) == 0 {
		body["replaces"] = oneOf(c, c.ids)
	}
	if c.IntN(20) == 0 {
		body["known"] = oneOf(c, strangeTimes)
	}
	c.seal(kind, content, body, &out)
	if c.IntN(20) == 0 {
		c.mutate(body)
	}
	raw, err := json.Marshal(body)
	v := jsontext.Value(raw)
	if err == nil {
		err = v.Canonicalize()
	}
	if err != nil {
		l.t.Fatalf("%v: %s", err, raw)
	}
	out.Body = string(v)
	if id, ok := content["id"].(string); ok && c.IntN(4) == 0 && len(c.ids) < 200 {
		c.ids = append(c.ids, id)
	}
	if body["sealed"] != nil && len(c.hashes) < 2000 {
		c.hashes = append(c.hashes, leafOf(v))
		c.openings[leafOf(v)] = c.last
	}
	return out
}

// seal moves some members behind commitments. The salts are of the crafter, so that
// the same seed makes the same body.
func (c *crafter) seal(kind string, content, body object, out *crafted) {
	closed := c.IntN(4) == 0
	var shared, restricted []string
	var plain, texts, rest []ledger.Opening
	if closed = closed && slices.Contains(sealableKinds, kind); kind == "batch" || kind == "mission" {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(content)) {
		text := slices.Contains(isText, name)
		switch {
		case text && c.IntN(10) > 0 && slices.Contains(truce.TextKinds, kind):
		case closed && (!slices.Contains([]string{"id", "of", "by", "claimant"}, name) || c.IntN(40) == 0):
		default:
			continue
		}
		var salt [32]byte
		for i := range salt {
			salt[i] = byte(c.IntN(256))
		}
		raw, err := json.Marshal([]any{base64.RawURLEncoding.EncodeToString(salt[:]), name, content[name]})
		o := jsontext.Value(raw)
		if err != nil || o.Canonicalize() != nil {
			continue
		}
		delete(content, name)
		opening := ledger.Opening{Text: o}
		switch {
		case text:
			restricted, texts = append(restricted, opening.Commitment()), append(texts, ledger.Opening{Restricted: true, Text: o})
		case name == "evidence":
			restricted, rest = append(restricted, opening.Commitment()), append(rest, ledger.Opening{Restricted: true, Text: o})
		default:
			shared, plain = append(shared, opening.Commitment()), append(plain, ledger.Opening{Text: o})
		}
	}
	if c.IntN(60) == 0 { // a commitment to nothing
		shared = append(shared, base64.StdEncoding.EncodeToString(make([]byte, 32)))
	}
	if len(shared)+len(restricted) == 0 {
		return
	}
	slices.Sort(shared)
	slices.Sort(restricted)
	sealed := object{}
	if len(shared) > 0 {
		sealed["shared"] = shared
	}
	if len(restricted) > 0 {
		sealed["restricted"] = restricted
	}
	body["sealed"] = sealed
	piece := func(list []ledger.Opening) *craftedPiece {
		if len(list) == 0 && c.IntN(60) > 0 {
			return nil
		}
		raw, err := ledger.Marshal(list)
		if err != nil {
			return nil
		}
		switch c.IntN(60) {
		case 0:
			return &craftedPiece{Raw: []byte("garbage")}
		case 1:
			return &craftedPiece{Plain: string(raw[:len(raw)/2]) + "garbage"}
		case 2:
			return nil
		}
		return &craftedPiece{Plain: string(raw)}
	}
	c.last = nil
	for _, o := range slices.Concat(plain, texts) {
		c.last = append(c.last, json.RawMessage(o.Text))
	}
	out.Pieces.Shared, out.Pieces.Texts, out.Pieces.Restricted = piece(plain), piece(texts), piece(rest)
}

// A survivor holds a lab against what must hold whatever is handed in.
type survivor struct {
	*lab
	contents
	ring     *audit.Keyring // of what was verified
	upTo     int64
	accepted int
	taken    []crafted // what was accepted
}

// hand hands in bodies, several at a time. An answer that says that the server has a
// fault is one.
func (s *survivor) hand(list []crafted) error {
	var all errgroup.Group
	all.SetLimit(8)
	var mu sync.Mutex
	for i := range list {
		all.Go(func() error {
			code, text, _ := s.submit(list[i].handed(s.lab), false)
			if code >= 500 {
				return fmt.Errorf("body %d of %d was answered %d: %s\n%s", i, len(list), code, text, s.log.String())
			}
			if code == 200 {
				mu.Lock()
				defer mu.Unlock()
				s.accepted++
				s.taken = append(s.taken, list[i])
			}
			return nil
		})
	}
	return all.Wait()
}

// alive is what must hold: an honest observation is accepted and shown, the record
// verifies and nothing in it breaks a rule, and the room can be closed and opened.
func (s *survivor) alive(restart bool) error {
	s.key()
	k := fmt.Sprintf("honest-%d-%d", s.n, s.size())
	o := with(s.observation(), object{"key": k, "id": digestOf("observation", "mission", k, "0")})
	code, text, _ := s.submit(handedBody{Body: s.body("observation", o, nil), By: "monitor"}, true)
	if code != 200 {
		return fmt.Errorf("an honest observation was answered %d: %s", code, text)
	}
	if err := s.shown(); err != nil {
		return err
	}
	if _, err := s.room.State(); err != nil {
		return fmt.Errorf("the room is not up to date: %w", err)
	}
	if code, body := s.get("/incidents/" + o["id"].(string)); code != 200 {
		return fmt.Errorf("it is not shown: %d %.300s\n%s", code, said(body), s.log.String())
	}
	if err := s.audit(); err != nil {
		return err
	}
	if log := s.log.String(); strings.Contains(log, "panic") || strings.Contains(log, "level=ERROR") {
		return fmt.Errorf("the room has logged: %.3000s", log)
	}
	if !restart {
		return nil
	}
	if err := s.tryClose(); err != nil {
		return fmt.Errorf("the room does not close: %w", err)
	}
	if err := s.tryOpen(); err != nil {
		return fmt.Errorf("the room does not open: %w", err)
	}
	if code, body := s.get("/"); code != 200 {
		return fmt.Errorf("opened again, it answers %d: %.300s", code, said(body))
	}
	return nil
}

// audit verifies what is new in the record.
func (s *survivor) audit() error {
	if err := s.room.Settle(context.Background()); err != nil {
		return err
	}
	a, cp := s.auditor()
	if s.ring == nil {
		s.ring = &audit.Keyring{}
	}
	sum, err := a.Verify(context.Background(), cp, audit.Options{From: s.upTo, Keyring: s.ring})
	if err != nil {
		return fmt.Errorf("the record does not verify: %w", err)
	}
	s.upTo = cp.Size
	if len(sum.Objections) > 0 {
		o := sum.Objections[0]
		e, _ := a.Entry(context.Background(), cp, o.Entry)
		return fmt.Errorf("%d entries break a rule: %v\n%.2000s", len(sum.Objections), &o, e.Leaf)
	}
	state, _ := s.room.State()
	if bad := state.Contents.Objections; len(bad) > 0 {
		return fmt.Errorf("the room objects to entry %d (%s): %v", bad[0].Entry, bad[0].Kind, bad[0])
	}
	return nil
}

// breaks says what a list of bodies does to a room of its own; nil: nothing.
func breaks(t *testing.T, list []crafted) error {
	s := &survivor{lab: newLab(t, airFirst, time.Now)}
	if err := s.hand(list); err != nil {
		return err
	}
	return s.alive(true)
}

// smallest leaves out what a list of bodies that breaks a room does not need: halves
// first, then smaller parts, for some minutes at most.
func smallest(t *testing.T, list []crafted) []crafted {
	end := time.Now().Add(3 * time.Minute)
	for part := (len(list) + 1) / 2; len(list) > 1; part = (part + 1) / 2 {
		for from := 0; from < len(list) && time.Now().Before(end); {
			without := slices.Delete(slices.Clone(list), from, min(from+part, len(list)))
			if len(without) > 0 && breaks(t, without) != nil {
				list = without
			} else {
				from += part
			}
		}
		if part == 1 || time.Now().After(end) {
			break
		}
	}
	return list
}

// TestSurvival hands in arbitrary bodies, signed with the key of every role: the room
// goes on as before. TRUCE_SURVIVAL is how many a role (make laws: 200; a night is 10,000); TRUCE_SEED makes the same
// ones again. A body that breaks it is printed, and written beside the test as JSON,
// for testdata/survival, whose bodies are handed in first.
func TestSurvival(t *testing.T) {
	t.Parallel()
	n, seed := 10, uint64(time.Now().UnixNano())
	for name, to := range map[string]func(string) error{
		"TRUCE_SURVIVAL": func(v string) (err error) { n, err = strconv.Atoi(v); return err },
		"TRUCE_SEED":     func(v string) (err error) { seed, err = strconv.ParseUint(v, 10, 64); return err },
	} {
		if v := os.Getenv(name); v != "" {
			if err := to(v); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	t.Logf("TRUCE_SEED=%d", seed)
	kept, err := filepath.Glob("testdata/survival/*.json")
	if err != nil {
		t.Fatal(err)
	}
	s := &survivor{lab: newLab(t, airFirst, time.Now)}
	for _, name := range kept {
		var list []crafted
		raw, err := os.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(raw, &list)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.hand(list), s.alive(false)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	c := newCrafter(seed, s.lab)
	var batch []crafted
	for i := range n * len(signers) {
		batch = append(batch, c.next(s.lab, signers[i%len(signers)]))
		if len(batch) < 100 && i < n*len(signers)-1 {
			continue
		}
		err := s.hand(batch)
		if err == nil {
			err = s.alive(i/100%5 == 4 || i == n*len(signers)-1)
		}
		if err != nil {
			if breaks(t, batch) == nil { // it takes what was accepted before
				batch = slices.Concat(s.taken, batch)
			}
			least := smallest(t, batch)
			raw, _ := json.MarshalIndent(least, "", "  ")
			name := filepath.Join(os.TempDir(), fmt.Sprintf("survival-%d.json", seed))
			_ = os.WriteFile(name, append(raw, '\n'), 0o644)
			t.Fatalf("%v\nTRUCE_SEED=%d, the batch that ends with body %d; %d of its bodies do it in a room of their own (%v), in %s:\n%.4000s", err, seed, i, len(least), breaks(t, least), name, raw)
		}
		batch = nil
	}
	sum, err := s.lab.verified()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bodies, of which %d were accepted; the record has %d entries: %v", n*len(signers), s.accepted, s.size(), sum.Kinds)
}
