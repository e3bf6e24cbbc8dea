package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/speaker"
)

// TestSignatureForm: a signature line that our own reading of it would accept, and a
// verifier's would not, is refused: it would end every verification of the record.
func TestSignatureForm(t *testing.T) {
	t.Parallel()
	s := newScene(t, airFirst)
	body := s.body("response", s.response("UA", s.observed["id"].(string)), nil)
	line := signature(t, s.keys["liaison"], body)
	name, raw, _ := strings.Cut(strings.TrimPrefix(line, "— "), " ")
	trailing := raw[:len(raw)-1] + string(raw[len(raw)-1]+1)
	if strings.HasSuffix(raw, "=") {
		at := strings.TrimRight(raw, "=")
		trailing = at[:len(at)-1] + string(at[len(at)-1]+1) + raw[len(at):]
	}
	size := s.size()
	for what, bad := range map[string]string{"no dash": strings.TrimPrefix(line, "— "), "another last bit": "— " + name + " " + trailing, "a line feed within": "— " + name + " " + raw[:20] + "\n" + raw[20:], "two blanks": "— " + name + "  " + raw} {
		data, err := json.Marshal(map[string]any{"truce_submission": 1, "body": json.RawMessage(body), "sigs": []string{bad}})
		if err != nil {
			t.Fatal(err)
		}
		if code, text, _ := s.ask(http.MethodPost, "/api/submissions", data); code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", what, code, text)
		}
	}
	if s.size() != size {
		t.Error("the record has grown")
	}
	s.must(handedBody{Body: body, By: "liaison"})
	if _, err := s.verified(); err != nil {
		t.Error(err)
	}
}

// TestBounds: what one key hands in costs nobody more than it should.
func TestBounds(t *testing.T) {
	t.Parallel()
	s := newScene(t, airFirst)
	comb := func(teeth int) object { // a shape of two points for each tooth, and a spine
		var ring []object
		for i := range teeth {
			x := func(n int) json.Number { return json.Number(fmt.Sprintf("37.%04d", n)) } // digits as written
			ring = append(ring, object{"lat": 48, "lon": x(10*i + 1)}, object{"lat": 48.5, "lon": x(10*i + 5)})
		}
		ring = append(ring, object{"lat": 47.9, "lon": 37.5}, object{"lat": 47.9, "lon": 37.1})
		return object{"kind": "shape", "uncertainty_m": -1, "shape": [][][]object{{ring}}}
	}
	s.refused(allegationWith(object{"place": comb(200)})(s), "at most 256")
	s.refused(allegationWith(object{"object": strings.Repeat("x", 20_000)})(s), "at most 16384")
	s.refused(handedBody{Body: s.body("source", s.source("nowhere.csv"), nil), By: "monitor"}, "truce ingest")

	before := s.allegation("UA")
	s.must(s.signed("liaison", "allegation", before))
	for n := range 40 {
		next := s.allegation("UA")
		h := s.signed("liaison", "allegation", next, object{"replaces": before["id"]})
		code, text, _ := s.submit(h, true)
		if code == http.StatusUnprocessableEntity && strings.Contains(text, "corrected 32 times") {
			if n < 30 {
				t.Errorf("refused after %d corrections: %s", n, text)
			}
			return
		}
		if code != http.StatusOK {
			t.Fatalf("correction %d: %d %s", n, code, text)
		}
		before = next
	}
	t.Error("a chain of 40 corrections was accepted")
}

// TestReplacedKeys: a key that its holder replaces reads what the old one read, has a
// name of its own, and is still the same hand.
func TestReplacedKeys(t *testing.T) {
	t.Parallel()
	s := newScene(t, airFirst)
	classic, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	replacing := func(old, name, recipient string) (*ledger.Secret, object) {
		next, err := ledger.NewSecret(name)
		if err != nil {
			t.Fatal(err)
		}
		k := next.Public(ledger.Monitor, "")
		role, party := "monitor", ""
		if old == "liaison" {
			role, party = "liaison", "UA"
		}
		o := object{"name": name, "key": next.VKey(), "role": role, "replaces": s.keys[old].ID(), "recipient": k.Recipient}
		if party != "" {
			o["party"] = party
		}
		switch recipient {
		case "none":
			delete(o, "recipient")
		case "classic":
			o["recipient"] = classic.Recipient().String()
		case "two":
			o["recipient"] = k.Recipient + "\n" + k.Recipient
		}
		return next, o
	}
	for _, recipient := range []string{"none", "classic", "two"} {
		_, o := replacing("liaison", "ua-2", recipient)
		s.refused(handedBody{Body: s.body("key", o, nil), By: "liaison"}, "recipient")
	}
	for _, name := range []string{"head-of-mission", "intake", "ru-1"} {
		_, o := replacing("liaison", name, "")
		s.refused(handedBody{Body: s.body("key", o, nil), By: "liaison"}, "choose another")
	}

	// One monitor, two keys: what both saw is seen by one.
	first := with(s.observation(), object{"place": object{"kind": "point", "point": object{"lat": 48.7, "lon": 37.7}, "uncertainty_m": 200}})
	s.must(s.signed("monitor", "observation", first))
	next, o := replacing("monitor", "monitor-2", "")
	s.must(handedBody{Body: s.body("key", o, nil), By: "monitor"})
	old := s.keys["monitor"]
	s.keys["monitor"] = next
	second := with(s.observation(), object{"place": object{"kind": "point", "point": object{"lat": 48.7, "lon": 37.7}, "uncertainty_m": 200}})
	s.must(s.signed("monitor", "observation", second))
	state, _ := s.room.State()
	hands := map[string]bool{}
	for x := range state.Situations[truce.ForMission].Observations() {
		for _, o := range []object{first, second} {
			if x.ID.Hex() == o["id"] {
				hands[x.Hand] = true
			}
		}
	}
	if len(hands) != 1 || !hands[old.ID()] {
		t.Errorf("one person's two keys are the hands %v", hands)
	}
	s.again() // the chain is known after a restart too
	s.must(s.signed("monitor", "observation", s.observation()))
	if _, err := s.verified(); err != nil {
		t.Error(err)
	}
}

// TestReasonsReleasedLater: that a party has no key that reads makes no decision fail;
// its reason is released when it can be.
func TestReasonsReleasedLater(t *testing.T) {
	t.Parallel()
	s := newScene(t, airFirst)
	s.must(handedBody{Body: s.body("revoke", object{"key": s.keys[liaisonOfRU].ID(), "because": "lost"}, nil), By: liaisonOfRU})
	s.settle()
	s.must(s.signed("verification-officer", "decision", s.decisionOf("verify", "verification-officer")))
	s.addKey(liaisonOfRU, "ru-2", ledger.Liaison, "RU", "")
	released, n := func() (out int) {
		state, _ := s.room.State()
		for _, e := range state.Contents.Rest {
			if e.Kind == "release" {
				out++
			}
		}
		return out
	}, 0
	before := released()
	if _, err := s.room.Say(t.Context(), func(m *intake.Writer) (at int64, err error) {
		n, _, err = m.ReleaseDue(s.keys["intake"], false)
		state, _ := s.room.State()
		return state.Size - 1, err
	}); err != nil {
		t.Fatal(err)
	}
	s.settle()
	if n == 0 || released() == before {
		t.Errorf("%d items were released once RU could read again", n)
	}
}

// TestSealedKnown: a moment of knowledge behind a commitment is judged by the same
// rule as one that is public, whatever moment it is.
func TestSealedKnown(t *testing.T) {
	t.Parallel()
	s := newScene(t, airFirst)
	for known, want := range map[string]string{"1970-01-01T00:00:00Z": "before it was received", "2025-08-10T00:00:00Z": "before it was received", "always": "before it was received", "2500-01-01T00:00:00Z": "1900 to 2199"} {
		content := with(s.notification("UA"), object{"known": known})
		body, pieces := s.sealedBody("notification", content, nil, "known", "key", "during", "place", "act")
		s.refused(handedBody{body, "liaison", pieces}, want)
	}
}

// TestTakenID: who takes the ID that another's item will have keeps nothing from the
// record, puts no words in anybody's mouth, and is who is listed.
func TestTakenID(t *testing.T) {
	t.Parallel()
	s := newScene(t, airFirst)
	const words = "the mission has verified it"
	taken := map[string]string{} // ID to the entry that took it
	for _, of := range []object{s.allegation("RU"), s.observation()} {
		content := with(s.allegation("UA"), object{"id": of["id"], "note": words})
		body, pieces := s.sealedBody("allegation", content, nil, append(slices.Clone(allegationFields), "note")...)
		taken[of["id"].(string)] = s.must(handedBody{body, "liaison", pieces})
		by, kind := liaisonOfRU, "allegation"
		if _, ok := of["claimant"]; !ok {
			by, kind = "monitor", "observation"
		}
		entry := s.must(s.signed(by, kind, of))
		var id truce.Digest
		if err := id.UnmarshalText([]byte(of["id"].(string))); err != nil {
			t.Fatal(err)
		}
		if x := s.room.Text(id, release.Reader{Audience: truce.ForMission}); x.Words() != "" || x.Sealed {
			t.Errorf("the %s %s has the words %+v", kind, id, x)
		}
		if x := s.room.Text(speaker.Beside("UA", id), release.Reader{Audience: truce.ForMission}); x.Words() != words {
			t.Errorf("what UA said has the words %+v", x)
		}
		if at := s.room.EntryOf(id); strconv.FormatInt(at, 10) != entry {
			t.Errorf("the %s %s is shown as entry %d, and is entry %s", kind, id, at, entry)
		}
	}
	want := slices.Sorted(maps.Values(taken))
	check := func() {
		t.Helper()
		state, _ := s.room.State()
		var listed []string
		for _, o := range state.Contents.Objections {
			if o.Rule == ledger.RuleSpeaker {
				listed = append(listed, strconv.FormatInt(o.Entry, 10))
			}
		}
		if slices.Sort(listed); !slices.Equal(listed, want) {
			t.Errorf("the room lists the entries %s, want %s", listed, want)
		}
		sum, err := s.verified()
		if err != nil {
			t.Fatal(err)
		}
		listed = nil
		for _, o := range sum.Objections {
			listed = append(listed, strconv.FormatInt(o.Entry, 10))
		}
		if slices.Sort(listed); !slices.Equal(listed, want) {
			t.Errorf("the verifier lists the entries %s, want %s: %v", listed, want, sum.Objections)
		}
	}
	check()
	s.again()
	check()
}

// TestRestrictedForm: what is sealed from the findings is a text of its kind, or
// evidence, and nothing else; and an answer answers.
func TestRestrictedForm(t *testing.T) {
	t.Parallel()
	s := newScene(t, airFirst)
	restricted := func(kind string, content object, name string, value any) handedBody {
		t.Helper()
		raw, err := json.Marshal(with(content, object{name: value}))
		if err != nil {
			t.Fatal(err)
		}
		b := ledger.Body{Kind: kind, Mission: "test/field", At: ledger.Time(s.now()), Content: raw}
		openings, err := b.Seal(func(f string) ledger.Shelf {
			if f == name {
				return ledger.Restricted
			}
			return ledger.Public
		})
		if err != nil {
			t.Fatal(err)
		}
		sub, err := b.Say()
		if err != nil {
			t.Fatal(err)
		}
		plain, err := ledger.Marshal(openings)
		if err != nil {
			t.Fatal(err)
		}
		return handedBody{sub.Bytes(), "liaison", ledger.Pieces{Texts: s.ageFile(plain, "intake", "head-of-mission", "verification-officer")}}
	}
	size := s.size()
	for _, tt := range []struct {
		kind, name string
		value      any
	}{
		{"allegation", "note", 5}, {"allegation", "note", nil}, {"allegation", "note", []string{"a"}}, {"allegation", "note", ""}, {"allegation", "note", strings.Repeat("x", 17<<10)},
		{"allegation", "because", "x"}, {"allegation", "text", "x"}, {"allegation", "basis", "x"}, {"allegation", "weapon", "mortar"},
		{"notification", "because", "x"}, {"response", "says", "contest"}, {"response", "note", "x"},
	} {
		content := s.allegation("UA")
		switch tt.kind {
		case "notification":
			content = s.notification("UA")
		case "response":
			content = s.response("UA", s.observed["id"].(string))
		}
		if tt.name == "weapon" {
			delete(content, "weapon")
		}
		s.refused(restricted(tt.kind, content, tt.name, tt.value), "")
	}
	answer := s.response("UA", s.observed["id"].(string))
	delete(answer, "says")
	answer["id"] = truce.DigestOf("response", "UA", answer["key"].(string)).Hex()
	s.refused(handedBody{Body: s.body("response", answer, nil), By: "liaison"}, "answer")
	if s.size() != size {
		t.Errorf("%d entries were written", s.size()-size)
	}
	s.must(restricted("allegation", s.allegation("UA"), "note", strings.Repeat("x", 8000)))
}
