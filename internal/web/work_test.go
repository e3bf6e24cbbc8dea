package web

import (
	"context"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/people"
)

// TestHandover: what one shift leaves, the next finds, and nobody else does.
func TestHandover(t *testing.T) {
	h := theHouse(t)
	at := h.observe(t, url.Values{"from": {"2025-08-18T05:05"}, "lat": {"49.7"}, "weapon": {""}})
	id := strings.TrimPrefix(at, "/incidents/")
	before := h.entries()
	for _, form := range []url.Values{
		{"kind": {"task"}, "of": {id}, "fact": {"weapon"}, "text": {"which weapon it was"}, "next": {"/desk"}},
		{"kind": {"task"}, "of": {id}, "fact": {"weapon"}, "text": {"which weapon it was"}, "next": {"//evil.example"}},
		{"kind": {"review"}, "of": {id}},
		{"kind": {"note"}, "text": {"the road to post 7 is closed <b>"}},
		{"kind": {"check-in"}, "text": {"back at base"}},
	} {
		code, body, head := h.post(t, ledger.DutyOfficer, "/work", form)
		if code != 303 || strings.Contains(head.Get("Location"), "evil") {
			t.Fatalf("%v: %d %s %s", form, code, head.Get("Location"), said(body))
		}
	}
	for _, form := range []url.Values{{"kind": {"gossip"}}, {"kind": {"note"}}, {"kind": {"note"}, "text": {strings.Repeat("x", mostText+1)}}} {
		if code, _, _ := h.post(t, ledger.DutyOfficer, "/work", form); code != 422 {
			t.Errorf("%.40v: %d", form, code)
		}
	}
	if code, _, _ := h.post(t, ledger.DutyOfficer, "/work", url.Values{"kind": {"task"}, "of": {strings.Repeat("0", 64)}}); code != 404 {
		t.Errorf("a task about nothing: %d", code)
	}
	_, body, _ := h.get(t, ledger.Verification, "/desk")
	if n := strings.Count(body, "which weapon it was"); n != 1 {
		t.Errorf("the task stands there %d times", n)
	}
	for _, want := range []string{"the road to post 7 is closed &lt;b&gt;", "back at base"} {
		if !strings.Contains(body, want) {
			t.Errorf("the desk lacks %q", want)
		}
	}
	if _, body, _ := h.get(t, ledger.Verification, at); !strings.Contains(body, "In review by") {
		t.Error("who looks at it is not said")
	}
	if _, body, _ := h.get(t, ledger.Liaison, at); strings.Contains(body, "In review by") {
		t.Error("a party is told who looks at it")
	}
	n := regexp.MustCompile(`/work/(\d+)/done`).FindStringSubmatch(body)
	if code, _, _ := h.post(t, ledger.Monitor, "/work/"+n[1]+"/done", url.Values{}); code != 303 {
		t.Errorf("done: %d", code)
	}
	if _, body, _ = h.get(t, ledger.Verification, "/desk"); strings.Contains(body, "which weapon it was") {
		t.Error("a task that is done is still open")
	}
	if h.entries() != before {
		t.Error("what a shift keeps between themselves is in the record")
	}
}

// TestSealedClaims: each party commits before it sees the other's claim, and both are
// opened together.
func TestSealedClaims(t *testing.T) {
	h := theHouse(t)
	claim := func(role ledger.Role, place string) {
		t.Helper()
		code, body, _ := h.post(t, role, "/party/allege", url.Values{"act": {"strike"}, "weapon": {"missile"}, "from": {"2025-08-19T10:05"}, "where": {"region"}, "place": {place}, "because": {"x"}, "sealed": {"1"}})
		if code != 303 {
			t.Fatalf("%s: %d %s", role, code, said(body))
		}
	}
	seen := func(role ledger.Role, place string) bool {
		_, body, _ := h.get(t, role, "/incidents?format=csv&from=2025-08-19&to=2025-08-19")
		return strings.Contains(body, place)
	}
	claim(ledger.Liaison, "Cherkasy")
	claim(other, "Ternopil")
	for _, role := range []ledger.Role{ledger.Liaison, other} {
		_, body, _ := h.get(t, role, "/party")
		if n := strings.Count(body, "</bdi>: <b>1</b>"); n != 2 {
			t.Errorf("%s sees that %d parties have committed to a claim, want 2", role, n)
		}
	}
	if seen(other, "Cherkasy") || seen(ledger.Liaison, "Ternopil") || seen(Anybody, "Cherkasy") {
		t.Error("a sealed claim is seen")
	}
	if code, _, _ := h.post(t, ledger.HeadOfMission, "/release", url.Values{"because": {"both have committed"}}); code != 303 {
		t.Fatal(code)
	}
	for _, role := range []ledger.Role{ledger.Liaison, other} {
		if !seen(role, "Cherkasy") || !seen(role, "Ternopil") {
			t.Errorf("%s does not see both claims", role)
		}
		if _, body, _ := h.get(t, role, "/party"); strings.Contains(body, "</bdi>: <b>1</b>") {
			t.Error("what was opened is still called sealed")
		}
	}
	readings, err := h.store.Readings(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(readings, func(r people.Reading) bool { return r.Role == string(ledger.Liaison) && r.Path == "/party" }) {
		t.Error("that a liaison was shown what is not public, in the party's room, was not noted")
	}
	if seen(Anybody, "Cherkasy") {
		t.Error("the public sees what was released to the parties")
	}
}

// TestSecondReader: where the agreement asks for two, one person's decision waits,
// is queued for another, and takes effect when another decides the same; questions
// and grades are in the record, and an item on the desk has an owner.
func TestSecondReader(t *testing.T) {
	t.Parallel()
	terms := changedTerms(t, func(text string) string {
		return strings.Replace(text, "  - article: \"1\"\n", "  - article: \"1\"\n    readers: 2\n", 1)
	})
	h, err := build(terms)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	at := h.observe(t, url.Values{})
	id := strings.TrimPrefix(at, "/incidents/")
	decide := func(role ledger.Role, form url.Values) string {
		t.Helper()
		form.Set("because", "a test")
		form.Set("although", "one source")
		code, body, head := h.post(t, role, at+"/decide", form)
		if code != 303 {
			t.Fatalf("%s: %v: %d %s", role, form, code, said(body))
		}
		return head.Get("Location")
	}
	outcome := func() string {
		_, body, _ := h.get(t, ledger.HeadOfMission, "/api/incidents")
		return body
	}
	if to := decide(ledger.Verification, url.Values{"kind": {"confirm"}, "article": {"1"}}); !strings.Contains(to, "done=first") {
		t.Errorf("one reader is told that it is confirmed: %s", to)
	}
	if strings.Contains(outcome(), `"outcome":"violation"`) {
		t.Fatal("one reader was enough")
	}
	decide(ledger.Verification, url.Values{"kind": {"confirm"}, "article": {"1"}})
	if strings.Contains(outcome(), `"outcome":"violation"`) {
		t.Fatal("one reader twice was enough")
	}
	if _, body, _ := h.get(t, ledger.Verification, at); !strings.Contains(body, "It is your own decision") {
		t.Error("whoever decided is not told that another must")
	}
	for _, role := range []ledger.Role{Anybody, ledger.Liaison} { // no word accuses before it stands
		if _, body, _ := h.get(t, role, at+"?x=1"); !strings.Contains(body, "By one reader: no effect") || strings.Contains(body, "It takes effect when you") {
			t.Errorf("%s is not told that it has no effect yet", role)
		}
	}
	if _, body, _ := h.get(t, ledger.HeadOfMission, at); !strings.Contains(body, "It takes effect when you decide the same") {
		t.Error("the second reader is not asked")
	}
	if _, body, _ := h.get(t, ledger.HeadOfMission, "/desk?kind=second"); strings.Count(body, `<tr data-id=`) != 1 {
		t.Error("it is not queued for a second reader")
	}
	if to := decide(ledger.HeadOfMission, url.Values{"kind": {"confirm"}, "article": {"1"}}); !strings.Contains(to, "done=confirm") {
		t.Errorf("the second reader is not told that it is confirmed: %s", to)
	}
	if !strings.Contains(outcome(), `"outcome":"violation"`) {
		t.Errorf("two readers were not enough: %s", outcome())
	}
	// A question, which both parties see, and a grade.
	decide(ledger.DutyOfficer, url.Values{"kind": {"ask"}, "fact": {"weapon"}, "party": {"RU"}})
	for _, party := range []ledger.Role{ledger.Liaison, other} {
		if _, body, _ := h.get(t, party, "/party"); !strings.Contains(body, "Facts that are asked for") {
			t.Errorf("%s does not see what is asked", party)
		}
	}
	if code, _, _ := h.post(t, ledger.DutyOfficer, at+"/decide", url.Values{"kind": {"grade"}, "of": {id}, "source": {"B"}, "info": {"2"}, "because": {"x"}}); code != 422 {
		t.Errorf("a duty officer graded: %d", code)
	}
	if code, _, _ := h.post(t, ledger.Verification, at+"/decide", url.Values{"kind": {"grade"}, "of": {strings.Repeat("ab", 32)}, "source": {"B"}, "info": {"2"}, "because": {"x"}}); code != 404 {
		t.Errorf("something of another incident was graded: %d", code)
	}
	decide(ledger.Verification, url.Values{"kind": {"grade"}, "of": {id}, "source": {"B"}, "info": {"2"}})
	if _, body, _ := h.get(t, ledger.Verification, at); !strings.Contains(body, "<bdi>B2</bdi>") {
		t.Error("the grade is not shown")
	}
	// Whose it is.
	if code, _, _ := h.post(t, ledger.DutyOfficer, "/work", url.Values{"kind": {"owner"}, "of": {id}}); code != 303 {
		t.Fatal(code)
	}
	second := h.observe(t, url.Values{"from": {"2025-08-21T10:05"}, "lat": {"49.5"}})
	if code, _, _ := h.post(t, ledger.DutyOfficer, "/work", url.Values{"kind": {"owner"}, "of": {strings.TrimPrefix(second, "/incidents/")}}); code != 303 {
		t.Fatal(code)
	}
	if _, body, _ := h.get(t, ledger.DutyOfficer, "/desk?mine=1"); strings.Count(body, `<tr data-id=`) != 1 || !strings.Contains(body, "duty-1") {
		t.Errorf("the duty officer's own: %s", said(body))
	}
	if _, body, _ := h.get(t, ledger.Verification, "/desk?mine=1"); strings.Contains(body, `<tr data-id=`) {
		t.Error("what is another's is shown as one's own")
	}
}

// TestEnded: an account that is ended has no key in force any more, also where the
// key's file has gone.
func TestEnded(t *testing.T) {
	h := theHouse(t)
	for _, name := range []string{"leaver-1", "leaver-2"} {
		if code, body, _ := h.post(t, ledger.HeadOfMission, "/people", url.Values{"name": {name}, "role": {string(ledger.Monitor)}, "because": {"joined"}}); code != 201 {
			t.Fatalf("%d %s", code, said(body))
		}
		a, err := h.store.Account(context.Background(), name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "leaver-2" {
			if err := os.Remove(a.Key); err != nil {
				t.Fatal(err)
			}
		}
		if code, body, _ := h.post(t, ledger.HeadOfMission, "/people/"+name+"/end", url.Values{"because": {"left"}}); code != 303 {
			t.Errorf("%s: %d %s", name, code, said(body))
		}
		state, _ := h.room.State()
		found := false
		for _, k := range state.Contents.Keys {
			if k.Name == name {
				if found = true; k.Revoked < 0 {
					t.Errorf("the key of %s is still in force", name)
				}
			}
		}
		if !found {
			t.Errorf("%s never had a key", name)
		}
	}
}
