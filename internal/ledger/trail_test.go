package ledger

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/opentruce/truce"
)

// entryOf is a submission as an entry that stands in a record at an index.
func entryOf(t testing.TB, s *Submission, index int64) *Entry {
	t.Helper()
	data, err := s.leaf(noon.Time())
	if err != nil {
		t.Fatal(err)
	}
	e, err := parseEntry(index, data)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestSeal: what is behind commitments, and what opens it.
func TestSeal(t *testing.T) {
	shelf := func(restricted ...string) func(string) Shelf {
		return func(field string) Shelf {
			switch {
			case field == "id":
				return Public
			case slices.Contains(restricted, field):
				return Restricted
			}
			return Shared
		}
	}
	sealedEntry := func(known truce.Instant, note string, where func(string) Shelf) (*Entry, []Opening) {
		t.Helper()
		r := of("observation")
		r.Known, r.Observation.Note = known, note
		b, err := BodyOf("m", &r)
		if err != nil {
			t.Fatal(err)
		}
		list, err := b.Seal(where)
		if err != nil {
			t.Fatal(err)
		}
		return &Entry{Index: 5, Kind: b.Kind, Received: noon, Known: b.Known, Content: b.Content, Sealed: b.Sealed}, list
	}
	names := func(list []Opening) (shared, restricted string) {
		for _, o := range list {
			name, _, err := o.Field()
			if err != nil {
				t.Fatal(err)
			}
			if o.Restricted {
				restricted += name + " "
			} else {
				shared += name + " "
			}
		}
		return shared, restricted
	}
	// Nothing of it is sealed: the body is as it was.
	e, list := sealedEntry(noon-5, "n", func(string) Shelf { return Public })
	if e.Sealed != nil || len(list) != 0 || e.Known != noon-5 {
		t.Errorf("%+v, %d openings", e.Sealed, len(list))
	}
	if r, err := e.Check(&Opened{}); err != nil || r.Known != noon-5 {
		t.Errorf("public: %v, %v", r.Known, err)
	}
	// A moment of knowledge stays with what is public where only texts are sealed.
	e, list = sealedEntry(noon-5, "n", func(f string) Shelf {
		if f == "note" {
			return Restricted
		}
		return Public
	})
	shared, restricted := names(list)
	if shared != "" || restricted != "note " || e.Known != noon-5 || len(e.Sealed.Restricted) != 1 || len(e.Sealed.Shared) != 0 {
		t.Errorf("shared %q, restricted %q, known %v", shared, restricted, e.Known)
	}
	o, strange := e.Open(list)
	if r, err := e.Check(o); err != nil || strange != 0 || !o.Whole() || r.Observation.Note != "" || string(o.Restricted["note"]) != `"n"` {
		t.Errorf("a restricted note: %v, %d strange", err, strange)
	}
	if r, err := e.Item(nil); err != nil || r.Observation.Act != "fire" {
		t.Errorf("without the restricted note: %v", err)
	}
	// It goes with the shared fields where there are any.
	e, list = sealedEntry(noon-5, "n", shelf("note"))
	shared, restricted = names(list)
	if shared != "act count key known occurred place source " || restricted != "note " || e.Known != 0 || string(e.Content) != fmt.Sprintf(`{"id":%q}`, truce.DigestOf("observation", "mission", "k", "0").Hex()) {
		t.Errorf("shared %q, restricted %q, known %v, public %s", shared, restricted, e.Known, e.Content)
	}
	if !slices.IsSorted(e.Sealed.Shared) || len(e.Sealed.Shared) != 7 || len(e.Sealed.Restricted) != 1 {
		t.Errorf("%+v", e.Sealed)
	}
	o, strange = e.Open(list)
	if r, err := e.Check(o); err != nil || strange != 0 || !o.Whole() || r.Known != noon-5 || r.Observation.Occurred != hour {
		t.Errorf("sealed: %v, %d strange, %v", r.Known, strange, err)
	}
	e, list = sealedEntry(0, "", shelf())
	if shared, _ = names(list); shared != "act count key occurred place source " {
		t.Errorf("shared %q", shared)
	}
	o, _ = e.Open(list)
	if r, err := e.Check(o); err != nil || r.Known != noon {
		t.Errorf("known when it was received: %v, %v", r.Known, err)
	}
	var none *Opened
	if none.Whole() || (&Opened{}).Whole() {
		t.Error("nothing is whole")
	}
	if _, err := e.Check(nil); !errors.Is(err, ErrWithheld) {
		t.Errorf("with nothing: %v", err)
	}
	if o, strange := (&Entry{}).Open(list); strange != len(list) || o.Whole() {
		t.Errorf("%d openings of what is not sealed are strange", strange)
	}

	// What an author may have put behind commitments that this program never would.
	custom := func(content string, openings ...Opening) (*Entry, *Opened, int) {
		t.Helper()
		e := &Entry{Index: 5, Kind: "observation", Received: noon, Content: []byte(content), Sealed: &Sealed{}}
		for _, o := range openings {
			if o.Restricted {
				e.Sealed.Restricted = append(e.Sealed.Restricted, o.Commitment())
			} else {
				e.Sealed.Shared = append(e.Sealed.Shared, o.Commitment())
			}
		}
		slices.Sort(e.Sealed.Shared)
		slices.Sort(e.Sealed.Restricted)
		o, strange := e.Open(openings)
		return e, o, strange
	}
	op := func(name, value string) Opening {
		return Opening{Text: jsontext.Value(fmt.Sprintf(`["salt",%q,%s]`, name, value))}
	}
	secret := func(name, value string) Opening { o := op(name, value); o.Restricted = true; return o }
	r := of("observation")
	whole := string(contentOf(t, &r))
	rest := strings.Replace(whole, `"act":"fire",`, "", 1)
	long := func(n int) string { return `"` + strings.Repeat("x", n-2) + `"` }
	for _, tt := range []struct {
		name     string
		content  string
		openings []Opening
		strange  int
		want     string
	}{
		{"an act", rest, []Opening{op("act", `"fire"`)}, 0, ""},
		{"known always", rest, []Opening{op("act", `"fire"`), op("known", `"always"`)}, 0, ""},
		{"known before", rest, []Opening{op("act", `"fire"`), op("known", `"2026-03-01T11:00:00Z"`)}, 0, ""},
		{"known in 1899", rest, []Opening{op("act", `"fire"`), op("known", `"1899-03-01T11:00:00Z"`)}, 0, "time: it says that it was known at 1899-03-01T11:00:00Z, which is not in the years 1900 to 2199"},
		{"known at no time", rest, []Opening{op("act", `"fire"`), op("known", `5`)}, 0, "form: the content cannot be read"},
		{"an act twice, the same", rest, []Opening{op("act", `"fire"`), {Text: jsontext.Value(`["other salt","act","fire"]`)}}, 0, "withheld"},
		{"an act twice", rest, []Opening{op("act", `"fire"`), op("act", `"hail"`)}, 1, "withheld"},
		{"an act that is public", whole, []Opening{op("act", `"fire"`)}, 0, `form: field "act" is public and sealed`},
		{"a speaker", rest, []Opening{op("act", `"fire"`), op("by", `"UA"`)}, 0, `sealed: the member "by" is sealed, and must be public`},
		{"a member that there is not", rest, []Opening{op("act", `"fire"`), op("colour", `"red"`)}, 0, "form: the content cannot be read"},
		{"an empty member", rest, []Opening{op("act", `"fire"`), op("note", `""`)}, 0, `form: the member "note" is empty, or does not belong there`},
		{"a restricted note", whole, []Opening{secret("note", `"x"`)}, 0, ""},
		{"a restricted act", rest, []Opening{op("act", `"fire"`), secret("actor", `"RU"`)}, 0, `sealed: the member "actor" is restricted, which only texts and evidence may be`},
		{"a restricted empty note", whole, []Opening{secret("note", `""`)}, 0, `form: the member "note" is empty, or does not belong there`},
		{"restricted texts of 16,384 bytes", whole, []Opening{secret("note", long(16_384))}, 0, ""},
		{"of one more", whole, []Opening{secret("note", long(16_385))}, 0, "form: its texts are 16385 bytes long together; want at most 16384"},
		{"together", whole, []Opening{secret("note", long(10_000)), secret("evidence", `["`+strings.Repeat("1", 64)+`"]`)}, 0, ""},
		{"together too long", whole, []Opening{secret("note", long(10_000)), secret("text", long(7_000))}, 0, "form: its texts are 17000 bytes long together; want at most 16384"},
		{"a restricted text that is not a member", whole, []Opening{secret("basis", `"x"`)}, 0, "form: the content cannot be read"},
		{"a restricted note that is public", strings.Replace(whole, `"occurred"`, `"note":"y","occurred"`, 1), []Opening{secret("note", `"x"`)}, 0, `form: field "note" is public and sealed`},
		{"an opening of two parts", rest, []Opening{op("act", `"fire"`), {Text: jsontext.Value(`["salt","act"]`)}, op("source", `"x"`)}, 1, "withheld"},
	} {
		e, o, strange := custom(tt.content, tt.openings...)
		_, err := e.Check(o)
		got := ""
		var x *Objection
		switch {
		case errors.As(err, &x):
			got = x.Rule + ": " + x.Why
		case err != nil:
			got = err.Error()
		}
		if tt.want == "form: the content cannot be read" && strings.HasPrefix(got, tt.want) {
			got = tt.want
		}
		is(t, tt.name, got, tt.want)
		if strange != tt.strange {
			t.Errorf("%s: %d openings are strange, want %d", tt.name, strange, tt.strange)
		}
	}
	// What is strange hides none of what follows it.
	invention := op("actor", `"RU"`)
	for name, openings := range map[string][]Opening{"two parts": {{Text: jsontext.Value(`["salt","note"]`)}, op("act", `"fire"`)}, "two values": {op("note", `"a"`), op("note", `"b"`), op("act", `"fire"`)}} {
		if _, o, strange := custom(rest, openings...); strange != 1 || string(o.Shared["act"]) != `"fire"` {
			t.Errorf("%s: %d are strange, the act is %s", name, strange, o.Shared["act"])
		}
	}
	e, _, _ = custom(rest, op("act", `"fire"`))
	if o, strange := e.Open([]Opening{invention, op("act", `"fire"`)}); strange != 1 || !o.Whole() || len(o.Shared) != 1 {
		t.Errorf("an invention before: %d are strange, of %d fields", strange, len(o.Shared))
	}
	// The first moment of 1970 is stated, and no moment is not.
	e, o, _ = custom(rest, op("act", `"fire"`), op("known", `"1970-01-01T00:00:00Z"`))
	if r, err := e.Item(o); err != nil || r.Known != -1 {
		t.Errorf("known at %d, %v", r.Known, err)
	}
	// Written otherwise than this program writes it.
	e = &Entry{Kind: "observation", Received: noon, Content: []byte(strings.Replace(whole, `"count":"1"`, `"count":"1","note":""`, 1))}
	_, err := e.Check(nil)
	fails(t, "an empty note", err, `the member "note" is empty, or does not belong there`)
	_, err = (&Opening{Text: jsontext.Value(`["s","f"]`)}).fieldError()
	fails(t, "two parts", err, "an opening has salt, name and value")
	if k := Keyed([]byte("secret"), anID); k == anID || k != Keyed([]byte("secret"), anID) || k == Keyed([]byte("other"), anID) {
		t.Error("a keyed ID is one for one secret, and another for another")
	}
}

// fieldError is Field without the value.
func (o *Opening) fieldError() (string, error) { name, _, err := o.Field(); return name, err }

// TestTrail follows a record and says whose each entry is.
func TestTrail(t *testing.T) {
	c := newCast(t)
	tr := &Trail{keys: c.registry, sides: map[truce.PartyID]uint8{"": 0}, used: map[[8]byte]use{}}
	follow := func(what string, s *Submission, index int64, by, want string) *Entry {
		t.Helper()
		e := entryOf(t, s, index)
		k, o := tr.Follow(e)
		got := ""
		if k != nil {
			got = k.Name
		}
		if got != by || e.By != k || tr.Size() != index+1 {
			t.Errorf("%s: by %q, want %q; size %d", what, got, by, tr.Size())
		}
		is(t, what, said(o), want)
		return e
	}
	obs := string(contentOf(t, ptr(of("observation"))))
	follow("an observation", c.says(t, "observation", obs, "monitor-1"), 5, "monitor-1", "")
	e := follow("by two", c.says(t, "outage", `{"during":{"end":"2026-03-01T09:00:00Z","start":"2026-03-01T08:00:00Z"}}`, "duty-1 head-1"), 6, "duty-1", "")
	if e.binding {
		t.Error("nothing binds yet")
	}
	follow("by a stranger", func() *Submission { s := c.says(t, "outage", `{}`, "duty-1"); s.sigs[0] = "x"; return s }(), 7, "", "signed s: signed with an unknown key: x")
	follow("an outage without its time", c.says(t, "outage", `{"because":"x"}`, "duty-1"), 8, "duty-1", `form s: the member "during" is missing`)
	follow("a revocation with a null", c.says(t, "revoke", fmt.Sprintf(`{"because":null,"key":%q}`, c.secrets["monitor-1"].ID()), "head-1"), 9, "head-1", `form s: the member "because" is null, or contains null`)
	if c.key("monitor-1").Revoked != 9 {
		t.Error("a revocation in another form is one all the same")
	}
	follow("a revocation of nobody", c.says(t, "revoke", `{"key":"x"}`, "head-1"), 10, "head-1", `form s: key "x" is not in force, so it cannot be revoked`)
	terms := `{"digest":"` + strings.Repeat("1", 64) + `","files":[{"name":"a","sha256":"` + strings.Repeat("1", 64) + `","size":0}],"id":"x","status":"in force","title":"t"}`
	if e := follow("terms", c.says(t, "agreement", terms, "mediator-1"), 11, "mediator-1", ""); e.binding {
		t.Error("terms bind what comes after them")
	}
	if e := follow("after the terms", c.says(t, "observation", obs, "duty-1"), 12, "duty-1", ""); !e.binding {
		t.Error("terms bind what comes after them")
	}
	follow("a mission, which nobody needs to sign", c.says(t, "mission", `{"agreement":"`+strings.Repeat("0", 64)+`","keys":[],"title":"t"}`, ""), 13, "", "")
	if got := e.Signers(); !slices.Equal(got, []string{c.secrets["duty-1"].ID(), c.secrets["head-1"].ID()}) {
		t.Errorf("signers %v", got)
	}
	b := base64.StdEncoding.EncodeToString
	if got := (&Entry{Sigs: []string{"— a " + b([]byte{0, 0, 0, 7, 1}), "— b " + b([]byte{0, 0, 0, 7}), "— c *", "— d " + b([]byte{0, 0, 0, 7, 1}) + "*"}}).Signers(); !slices.Equal(got, []string{"a+00000007"}) {
		t.Errorf("signers %v", got)
	}
	if list := tr.Keys(); len(list) != 10 || list[0].Name != "log" {
		t.Errorf("%d keys", len(list))
	}
}

func ptr[T any](v T) *T { return &v }

// TestUses: whose an ID is.
func TestUses(t *testing.T) {
	ua, ru, mission := &Key{Party: "UA"}, &Key{Party: "RU"}, &Key{}
	id := func(s string) truce.Digest { return truce.DigestOf(s) }
	const taken, again = "speaker: the ID %s was used before by another speaker", "id: an earlier item has the same ID %s"
	tr := NewTrail()
	for i, tt := range []struct {
		id         string
		by         *Key
		alone, own bool
		want       string
		over       bool
	}{
		{"a", ua, false, false, "", false},
		{"a", ua, false, false, "", false},    // said again by the same
		{"a", ru, false, false, taken, false}, // another
		{"a", mission, false, false, taken, false},
		{"a", ua, true, false, again, false},
		{"a", ru, false, true, "", true},      // it shows that it is its own
		{"a", ua, false, false, taken, false}, // and then it is
		{"a", ua, false, true, taken, false},  // whoever else says so later
		{"a", ru, false, true, "", false},
		{"b", mission, true, true, "", false},
		{"b", mission, true, true, again, false},
		{"b", ua, true, true, taken, false},
		{"c", ua, false, true, "", false},
		{"c", ru, false, false, taken, false},
		{"c", ru, false, true, taken, false},
		{"d", ua, false, false, "", false},
		{"d", ua, false, true, "", false},
	} {
		want := tt.want
		if want != "" {
			want = fmt.Sprintf(want, id(tt.id))
		}
		if may := said(tr.MayUse(id(tt.id), tt.by, tt.alone, tt.own)); may != want {
			t.Errorf("%d: it may be used: %q, want %q", i, may, want)
		}
		o, over := tr.Uses(id(tt.id), tt.by, tt.alone, tt.own)
		is(t, fmt.Sprint(i), said(o), want)
		if over != tt.over {
			t.Errorf("%d: over is %v, want %v", i, over, tt.over)
		}
	}
	if o, over := tr.Uses(id("e"), nil, true, true); o != nil || over {
		t.Error("nobody uses an ID")
	}
	if o, over := tr.Uses(truce.Digest{}, ua, true, true); o != nil || over {
		t.Error("no ID is used")
	}
	if _, known := tr.Owner(truce.Digest{}); known {
		t.Error("no ID has an owner")
	}
	for name, want := range map[string]string{"a": "RU", "b": "", "c": "UA", "d": "UA"} {
		if p, known := tr.Owner(id(name)); !known || string(p) != want {
			t.Errorf("%s is %q's, want %q", name, p, want)
		}
	}
	if p, known := tr.Owner(id("e")); known || p != "" {
		t.Errorf("e is %q's", p)
	}
	// Of a party that has said nothing yet another's ID is another's.
	is(t, "a newcomer", said(tr.MayUse(id("b"), &Key{Party: "GE"}, false, false)), fmt.Sprintf(taken, id("b")))
	is(t, "its own item", said(NotItsOwn(id("b"))), fmt.Sprintf("speaker: the ID %s is that of another speaker's item", id("b")))
	for _, kind := range recordKinds {
		r := of(kind)
		if Alone(&r) != (kind == "decision" || kind == "attribution") {
			t.Errorf("a %s is alone: %v", kind, Alone(&r))
		}
	}
}

// TestSettle: what the record alone knows of an item.
func TestSettle(t *testing.T) {
	c := newCast(t)
	tr := &Trail{keys: c.registry}
	texts := func(list []*Objection) (out []string) {
		for _, o := range list {
			out = append(out, o.Rule)
		}
		return out
	}
	for _, tt := range []struct {
		name, kind, by string
		change         func(e *Entry, r *truce.Item)
		want           string
		speaker, hand  string
		known          truce.Instant
	}{
		{"an observation", "observation", "monitor-1", nil, "", "", "monitor-1", 0},
		{"of the intake, who has no hand", "observation", "intake-1", nil, "", "", "", 0},
		{"an allegation", "allegation", "ua-1", nil, "", "UA", "ua-1", 0},
		{"a decision", "decision", "verification-1", nil, "", "", "verification-1", 0},
		{"a decision in another's name", "decision", "head-1", nil, "by", "", "head-1", 0},
		{"an attribution in another's name", "attribution", "head-1", nil, "by", "", "", 0},
		{"another ID", "tally", "duty-1", func(e *Entry, r *truce.Item) { r.Tally.ID = anID }, "id", "", "", 0},
		{"another ID, sealed", "tally", "duty-1", func(e *Entry, r *truce.Item) { r.Tally.ID, e.Sealed = anID, &Sealed{Shared: []string{"x"}} }, "", "", "", 0},
		{"another ID, with a restricted text", "tally", "duty-1", func(e *Entry, r *truce.Item) { r.Tally.ID, e.Sealed = anID, &Sealed{Restricted: []string{"x"}} }, "id", "", "", 0},
		{"another ID and source", "tally", "duty-1", func(e *Entry, r *truce.Item) { r.Tally.Source = "tv" }, "id file", "", "", 0},
		{"known before", "tally", "intake-1", func(e *Entry, r *truce.Item) { r.Known = noon - 1 }, "", "", "", noon - 1},
		{"known before, by another", "tally", "duty-1", func(e *Entry, r *truce.Item) { r.Known = noon - 1 }, "known", "", "", noon},
		{"known before, where terms bind", "tally", "intake-1", func(e *Entry, r *truce.Item) { r.Known, e.binding = noon-1, true }, "known", "", "", noon},
	} {
		r := of(tt.kind)
		e := &Entry{Kind: tt.kind, Received: noon}
		if tt.change != nil {
			tt.change(e, &r)
		}
		out := tr.Settle(e, &r, c.key(tt.by))
		is(t, tt.name, strings.Join(texts(out), " "), tt.want)
		hand := ""
		if tt.hand != "" {
			hand = c.secrets[tt.hand].ID()
		}
		got := ""
		switch {
		case r.Observation != nil:
			got = r.Observation.Hand
		case r.Decision != nil:
			got = r.Decision.Hand
			is(t, tt.name+", by", r.Decision.By, string(c.key(tt.by).Role))
		case r.Attribution != nil:
			is(t, tt.name+", by", r.Attribution.By, string(c.key(tt.by).Role))
		}
		if got != hand || string(r.Speaker) != tt.speaker || r.Known != tt.known {
			t.Errorf("%s: the hand %q, the speaker %q, known %v", tt.name, got, r.Speaker, r.Known)
		}
		if Skips(out) {
			t.Errorf("%s: it is skipped", tt.name)
		}
	}
	r := of("observation")
	if out := tr.Settle(&Entry{}, &r, nil); out != nil || r.Speaker != "" || r.Observation.Hand != "" {
		t.Errorf("of nobody: %v", out)
	}
	if !Skips([]*Objection{count(RuleID, ""), skip(RuleForm, "")}) {
		t.Error("what breaks the form is skipped")
	}
}

// TestWeigh: the first rule that an entry breaks, in the order of the document.
func TestWeigh(t *testing.T) {
	c := newCast(t)
	c.binding = true
	obs := string(contentOf(t, ptr(of("observation"))))
	weigh := func(change func(b *Body), kind, content, who string) string {
		t.Helper()
		b := Body{Kind: kind, Mission: "m", Content: []byte(content)}
		if change != nil {
			change(&b)
		}
		s, err := b.Say(c.secrets[who])
		if err != nil {
			t.Fatal(err)
		}
		var o *Objection
		err = c.weigh(entryOf(t, &s, 5), []*Key{c.key(who)})
		if err == nil {
			return ""
		}
		if !errors.As(err, &o) {
			t.Fatalf("%v is not an objection", err)
		}
		return said(o)
	}
	const h43 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	is(t, "an observation", weigh(nil, "observation", obs, "monitor-1"), "")
	is(t, "when it was said", weigh(func(b *Body) { b.At = "2026-03-01T10:05:00.000Z" }, "observation", obs, "monitor-1"), "")
	is(t, "when it was said, otherwise", weigh(func(b *Body) { b.At = "2026-03-01T10:05:00Z" }, "observation", obs, "monitor-1"), `form s: it says that it was said at "2026-03-01T10:05:00Z"; want a time such as 2026-03-01T10:05:00.000Z`)
	is(t, "when it was said, with more digits", weigh(func(b *Body) { b.At = "2026-03-01T10:05:00.0000Z" }, "observation", obs, "monitor-1"), `form s: it says that it was said at "2026-03-01T10:05:00.0000Z"; want a time such as 2026-03-01T10:05:00.000Z`)
	is(t, "an outage that is sealed", weigh(func(b *Body) { b.Sealed = &Sealed{Shared: []string{h43}} }, "outage", `{}`, "duty-1"), "sealed s: a outage has nothing that can be sealed")
	is(t, "known in 2200", weigh(func(b *Body) { b.Known = 7_258_118_400_000 }, "observation", obs, "monitor-1"), "time s: it says that it was known at 2200-01-01T00:00:00Z, which is not in the years 1900 to 2199")
	is(t, "known before", weigh(func(b *Body) { b.Known = noon - 1 }, "observation", obs, "monitor-1"), "known: monitor-1 says that it was known at 2026-03-01T11:59:59.999Z, before it was received: only the intake may, in a rehearsal")
	is(t, "an outage without its time", weigh(nil, "outage", `{"because":"x"}`, "duty-1"), `form s: the member "during" is missing`)
	is(t, "an outage", weigh(nil, "outage", `{"during":{"end":"2026-03-01T09:00:00Z","start":"2026-03-01T08:00:00Z"}}`, "duty-1"), "")
	is(t, "sealed", weigh(func(b *Body) { b.Sealed = &Sealed{Shared: []string{h43}} }, "observation", `{"id":"`+strings.Repeat("1", 64)+`"}`, "monitor-1"), "")
	is(t, "without an act", weigh(nil, "observation", strings.Replace(obs, `"act":"fire"`, `"act":""`, 1), "monitor-1"), "form s: the act is missing")
	is(t, "with an empty note", weigh(nil, "observation", strings.Replace(obs, `"occurred"`, `"note":"","occurred"`, 1), "monitor-1"), `form s: the member "note" is empty, or does not belong there`)
	is(t, "with another ID", weigh(nil, "observation", strings.Replace(obs, `"key":"k"`, `"key":"l"`, 1), "monitor-1"), "id: the ID "+truce.DigestOf("observation", "mission", "k", "0").String()+" is not the digest of its source, key and revision")
	is(t, "with another ID and a restricted text", weigh(func(b *Body) { b.Sealed = &Sealed{Restricted: []string{h43}} }, "observation", strings.Replace(obs, `"key":"k"`, `"key":"l"`, 1), "monitor-1"), "id: the ID "+truce.DigestOf("observation", "mission", "k", "0").String()+" is not the digest of its source, key and revision")
	tv := of("observation")
	tv.Observation.Source = "tv"
	tv.Observation.SetID()
	is(t, "of another source", weigh(nil, "observation", string(contentOf(t, &tv)), "monitor-1"), `file: it names the source "tv", and monitor-1 has put no file of that source into the record`)
	// A body that is written otherwise.
	s := c.says(t, "observation", obs, "monitor-1")
	e := entryOf(t, s, 5)
	e.Body = []byte(strings.Replace(string(e.Body), `"mission":"m"`, `"mission":"m","sealed":{}`, 1))
	is(t, "an empty member", said(e.checkBody()), "form s: the members beside the content are not written as this program writes them: one is empty, or a time has another form")
	e.Body = []byte(`{"x":1}`)
	if o := e.checkBody(); o == nil || o.Rule != RuleForm {
		t.Errorf("another member: %v", said(o))
	}
}

// TestLeaf: an entry is written in one way, and its body is found in it again.
func TestLeaf(t *testing.T) {
	c := newCast(t)
	s := c.says(t, "outage", `{"because":"[\"body\":{,\"received\":\"]"}`, "duty-1")
	e := entryOf(t, s, 7)
	if e.Index != 7 || !bytes.Equal(e.Body, s.body) || e.Received != noon || len(e.Sigs) != 1 {
		t.Errorf("%+v", e)
	}
	x, err := s.Entry(noon.Time())
	if err != nil || x.Index != -1 || !bytes.Equal(x.Body, s.body) {
		t.Errorf("%+v, %v", x, err)
	}
	subs, err := SayAll("m", noon.Time(), c.secrets["duty-1"], []Body{{Kind: "outage", Mission: "m", Content: []byte(`{"because":"1"}`)}, {Kind: "outage", Mission: "m", Content: []byte(`{"because":"2"}`)}})
	if err != nil || len(subs) != 3 {
		t.Fatal(err)
	}
	head := entryOf(t, &subs[0], 7)
	if !bytes.Equal(head.Body, subs[0].body) || len(head.leaves) != 2 || head.leaves[0] != b64(subs[1].Hash()) || head.batch != nil {
		t.Errorf("%+v", head)
	}
	for i := 1; i <= 2; i++ {
		m := entryOf(t, &subs[i], 7)
		if !bytes.Equal(m.Body, subs[i].body) || m.batch.At != i-1 || m.batch.Root != rootOf(&subs[0]) || len(m.Sigs) != 0 {
			t.Errorf("%+v", m)
		}
	}
	for _, bad := range []string{``, `{}`, `{"body":{}`, `,"received":"`, `{"received":"2026-03-01T10:05:00.000Z","x":1}`, `],"received":"x`, `],"received":"`} {
		if _, err := bodyOf([]byte(bad)); err == nil {
			t.Errorf("%s has a body", bad)
		}
	}
	if b, err := bodyOf([]byte(`"body":{},"received":"x`)); err != nil || string(b) != "{}" {
		t.Errorf("%s, %v", b, err)
	}
	// As long as an entry can be, and one byte longer.
	empty, err := (&Submission{kind: "outage", body: []byte("{}")}).leaf(noon.Time())
	if err != nil {
		t.Fatal(err)
	}
	fill := func(n int) *Submission { return &Submission{kind: "outage", body: bytes.Repeat([]byte("x"), n)} }
	most := 65_535 - len(empty) + 2
	if leaf, err := fill(most).leaf(noon.Time()); err != nil || len(leaf) != 65_535 {
		t.Errorf("%d bytes: %v", len(leaf), err)
	}
	_, err = fill(most + 1).leaf(noon.Time())
	fails(t, "one more", err, "outage of 65536 bytes: an entry holds 65535")
	if n := len(mustSayAll(t, c, 256)); n != 257 {
		t.Errorf("%d submissions of 256 bodies", n)
	}
	_, err = SayAll("m", noon.Time(), c.secrets["duty-1"], make([]Body, 257))
	fails(t, "257", err, "257 entries in a batch: at most 256")
	if one := mustSayAll(t, c, 1); len(one) != 1 || one[0].in != nil || len(one[0].sigs) != 1 {
		t.Errorf("%+v", one)
	}
	if none := mustSayAll(t, c, 0); len(none) != 0 {
		t.Errorf("%+v", none)
	}
	_, err = SayAll("m", noon.Time(), c.secrets["duty-1"], []Body{{Kind: "a", Content: []byte("{")}, {Kind: "b"}})
	if err == nil || !strings.HasPrefix(err.Error(), "a: ") {
		t.Errorf("a body that is none: %v", err)
	}
}

func mustSayAll(t testing.TB, c *cast, n int) []Submission {
	t.Helper()
	bodies := make([]Body, n)
	for i := range bodies {
		bodies[i] = Body{Kind: "outage", Mission: "m", Content: fmt.Appendf(nil, `{"because":"%d"}`, i)}
	}
	subs, err := SayAll("m", noon.Time(), c.secrets["duty-1"], bodies)
	if err != nil {
		t.Fatal(err)
	}
	return subs
}

// TestSafe: numbers and depth that every reader keeps.
func TestSafe(t *testing.T) {
	const number = ": more than every reader keeps; write it as text"
	for text, want := range map[string]string{
		`0`: "", `-1`: "", `999999999999999`: "", `1234567890123456`: "number 1234567890123456" + number, `0.000001`: "", `0.0000009`: "number 0.0000009" + number, `-0.0000009`: "number -0.0000009" + number,
		`1e3`: "number 1e3" + number, `1E3`: "number 1E3" + number, `0.5`: "", `0.0`: "", `1e999`: "number 1e999" + number,
		strings.Repeat("[", 32) + strings.Repeat("]", 32): "", strings.Repeat("[", 33) + strings.Repeat("]", 33): "nested deeper than 32",
	} {
		fails(t, text[:min(len(text), 40)], safe([]byte(text)), want)
	}
	// An entry has an end, and what it commits to may be longer.
	for text, want := range map[string]string{`"` + strings.Repeat("x", 65_533) + `"`: "", `"` + strings.Repeat("x", 65_534) + `"`: "65536 bytes: an entry holds 65535"} {
		_, err := canonicalBytes([]byte(text))
		fails(t, fmt.Sprint(len(text), " bytes"), err, want)
		if long, err := canonicalLong([]byte(text)); err != nil || string(long) != text {
			t.Errorf("%d bytes behind a commitment: %v", len(text), err)
		}
	}
	for _, bad := range []string{``, ` `, `[`, `{"a":1`, `{"a":1,"a":2}`, "\"\xff\"", `[1]]`} {
		if safe([]byte(bad)) == nil {
			t.Errorf("%q is safe", bad)
		}
	}
}

// TestHanded: a submission in a file, there and back.
func TestHanded(t *testing.T) {
	c := newCast(t)
	s := c.says(t, "outage", `{"because":"1"}`, "duty-1")
	data, err := s.Handed(Pieces{Shared: []byte("a"), Restricted: []byte("b"), Texts: []byte("c")})
	if err != nil {
		t.Fatal(err)
	}
	got, p, err := ParseHanded(append([]byte(" \n"), data...))
	if err != nil || got.Hash() != s.Hash() || got.Kind() != "outage" || got.mission != "m" || !slices.Equal(got.sigs, s.sigs) || string(p.Shared)+string(p.Restricted)+string(p.Texts) != "abc" || !bytes.Equal(got.Bytes(), s.body) {
		t.Errorf("%+v, %v", got, err)
	}
	for what, bad := range map[string]string{
		"nothing": ``, "no JSON": `x`, "another member": strings.Replace(string(data), `{`, `{"x":1,`, 1), "another format": strings.Replace(string(data), `"truce_submission":1`, `"truce_submission":2`, 1),
		"no body": `{"truce_submission":1}`, "another member of the body": strings.Replace(string(data), `"kind"`, `"x":1,"kind"`, 1), "a body that is a list": `{"body":[],"truce_submission":1}`,
		"a number that no reader keeps": strings.Replace(string(data), `"because":"1"`, `"because":1234567890123456`, 1),
	} {
		if _, _, err := ParseHanded([]byte(bad)); err == nil {
			t.Errorf("%s was read", what)
		} else if what == "another format" {
			fails(t, what, err, "format 2 is unknown to this build")
		}
	}
}

// TestRead: a folder's entries from anywhere to anywhere, and files that are not as
// they should be.
func TestRead(t *testing.T) {
	c := newCast(t)
	const size = 600
	var leaves [][]byte
	for i := range size {
		leaf, err := (&Submission{kind: "outage", body: fmt.Appendf(nil, `{"content":{"because":"%d"},"kind":"outage","mission":"m"}`, i), sigs: []string{"x"}}).leaf(noon.Time())
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leaf)
	}
	dir := t.TempDir()
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	bundle := func(from, to int) (out []byte) {
		for _, leaf := range leaves[from:to] {
			out = append(append(out, byte(len(leaf)>>8), byte(len(leaf))), leaf...)
		}
		return out
	}
	write("tile/entries/000", bundle(0, 256))
	write("tile/entries/001", bundle(256, 512))
	write("tile/entries/002.p/88", bundle(512, 600))
	checkpoint := func(size string) { write("checkpoint", []byte("o\n"+size+"\nroot\n\n— o x\n")) }
	checkpoint("600")
	for _, tt := range [][2]int64{{0, 600}, {0, 256}, {0, 257}, {255, 256}, {256, 257}, {255, 258}, {256, 512}, {511, 513}, {599, 600}, {590, 700}, {600, 600}, {700, 800}, {5, 5}} {
		next := tt[0]
		for e, err := range Entries(t.Context(), dir, tt[0], tt[1]) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Index != next || !strings.Contains(string(e.Content), fmt.Sprintf(`"%d"`, next)) {
				t.Fatalf("from %d: entry %d is %s, want entry %d", tt[0], e.Index, e.Content, next)
			}
			next++
		}
		if want := max(tt[0], min(tt[1], 600)); next != want {
			t.Errorf("from %d to %d: it ended at %d", tt[0], tt[1], next)
		}
	}
	all := func(from, to int64) error {
		for _, err := range Entries(t.Context(), dir, from, to) {
			if err != nil {
				return err
			}
		}
		return nil
	}
	// An older checkpoint, whose partial bundle is full now.
	checkpoint("300")
	if err := all(0, 600); err != nil {
		t.Errorf("an older checkpoint: %v", err)
	}
	write("tile/entries/001.p/44", bundle(256, 299))
	fails(t, "a partial bundle that is short", all(0, 600), "entries 256 to 299: only 43 are there")
	if err := all(0, 256); err != nil {
		t.Errorf("before it: %v", err)
	}
	write("tile/entries/001.p/44", []byte{0})
	if err := all(290, 300); err == nil || !strings.HasPrefix(err.Error(), "entries 256 to 299: ") {
		t.Errorf("a bundle that is none: %v", err)
	}
	bad := bytes.Clone(bundle(256, 300))
	bad[2] = '['
	write("tile/entries/001.p/44", bad)
	if err := all(256, 300); err == nil || !strings.HasPrefix(err.Error(), "entry 256: ") {
		t.Errorf("an entry that is none: %v", err)
	}
	n := 0
	for range Map(t.Context(), dir, 0, 300, func(e *Entry) (int, error) {
		if e.Index == 3 {
			panic("x")
		}
		return 0, nil
	}) {
		n++
	}
	if n != 4 { // three entries, and the error
		t.Errorf("%d, want three entries and an error", n)
	}
	if err := os.Remove(filepath.Join(dir, "tile/entries/000")); err != nil {
		t.Fatal(err)
	}
	if err := all(0, 300); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "entries 0 to 255: ") {
		t.Errorf("a bundle that is missing: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	checkpoint("600")
	for _, err := range Entries(ended, dir, 256, 600) {
		if err == nil {
			break // it was read before the end was noticed
		}
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	for text, want := range map[string]int64{"o\n5\nr\n": 5, "o\n0\nr\n": 0, "o\n5": -1, "": -1, "o\nx\nr\n": -1} {
		if got := sizeOf([]byte(text)); got != want {
			t.Errorf("%q is of %d entries, want %d", text, got, want)
		}
	}
	checkpoint("0")
	if n, err := Published(dir); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	checkpoint("x")
	_, err := Published(dir)
	fails(t, "no size", err, filepath.Join(dir, "checkpoint")+": no checkpoint")
	if err := all(0, 1); err == nil {
		t.Error("entries of no checkpoint")
	}
	if _, err := Published(filepath.Join(dir, "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	// Keys from entries.
	fresh := newKey(t, "new-1")
	var entries []*Entry
	for i, s := range []*Submission{c.says(t, "key", fmt.Sprintf(`{"key":%q,"name":"new-1","role":"reader"}`, fresh.VKey()), "head-1"), c.says(t, "outage", `5`, "duty-1"), c.says(t, "revoke", fmt.Sprintf(`{"key":%q}`, fresh.ID()), "head-1")} {
		entries = append(entries, entryOf(t, s, int64(i+3)))
	}
	keys, err := KeysOf(entries)
	if err != nil || len(keys) != 1 || keys[0].From != 3 || keys[0].Revoked != 5 {
		t.Errorf("%+v, %v", keys, err)
	}
	_, err = KeysOf(entries[2:])
	fails(t, "a revocation alone", err, fmt.Sprintf("entry 5: key %q is not in force, so it cannot be revoked", fresh.ID()))
}

// TestLastLine: warnings and errors are kept, and the rest is not.
func TestLastLine(t *testing.T) {
	var l lastLine
	for _, tt := range []struct{ line, want string }{{"", ""}, {"I0301 a\n", ""}, {"W0301 b\n", "W0301 b"}, {"I0301 c\n", "W0301 b"}, {"E0301 d\n", "E0301 d"}, {"", "E0301 d"}, {"F0301 e\n", "F0301 e"}, {"G0301 f\n", "F0301 e"}} {
		if n, err := l.Write([]byte(tt.line)); n != len(tt.line) || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		is(t, tt.line, l.String(), tt.want)
	}
}
