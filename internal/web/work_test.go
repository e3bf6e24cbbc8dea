package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/opentruce/truce/internal/ledger"
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
		t.Error("what a shift keeps between themselves stands in the record")
	}
}
