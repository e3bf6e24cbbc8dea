package web

import (
	"crypto/sha256"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
)

var version = regexp.MustCompile(`name="version" value="(\d+)"`)

// TestReport makes a report as people do: frozen, written, cleared, published; and
// then whoever holds the record computes the same.
func TestReport(t *testing.T) {
	h := theHouse(t)
	h.observe(t, url.Values{"from": {"2025-08-17T01:05"}, "lat": {"49.1"}})
	code, _, head := h.post(t, ledger.ReportingOfficer, "/reports/drafts", url.Values{"kind": {"daily"}, "day": {"2025-08-17"}})
	if code != 303 {
		t.Fatalf("freeze: %d", code)
	}
	at := head.Get("Location")
	step := func(role ledger.Role, act string, form url.Values, want int) string {
		t.Helper()
		_, page, _ := h.get(t, role, at)
		if m := version.FindStringSubmatch(page); m != nil {
			form.Set("version", m[1])
		}
		code, body, _ := h.post(t, role, at+act, form)
		if code != want {
			t.Fatalf("%s as %s: %d, want %d: %s", act, role, code, want, said(body))
		}
		return body
	}
	// What comes after the cut-off is not in it, whatever day it is of.
	h.observe(t, url.Values{"from": {"2025-08-17T02:05"}, "lat": {"49.9"}})
	step(ledger.ReportingOfficer, "", url.Values{"prose": {"Quiet: {guilt 1}."}}, 422)
	step(ledger.ReportingOfficer, "", url.Values{"prose": {"Incidents under article 1: {incidents 1}.\n\nSome 17 were heard."}}, 303)
	_, page, _ := h.get(t, ledger.ReportingOfficer, at)
	if !strings.Contains(page, "Incidents under article 1: 1.") {
		t.Error("the figure is not that of the frozen data")
	}
	if !strings.Contains(page, "bound to nothing: <bdi>17</bdi>") {
		t.Error("a number that was typed is not pointed out")
	}
	step(ledger.ReportingOfficer, "/publish", url.Values{"because": {"daily"}}, 422) // nobody has cleared it
	step(ledger.HeadOfMission, "/clear", url.Values{"embargo": {"2199-01-01T00:00"}}, 303)
	step(ledger.ReportingOfficer, "/publish", url.Values{"because": {"daily"}}, 422) // embargo
	step(ledger.ReportingOfficer, "", url.Values{"prose": {"One incident: {incidents 1}."}}, 303)
	step(ledger.ReportingOfficer, "/publish", url.Values{"because": {"daily"}}, 422) // its clearance was of another text
	step(ledger.HeadOfMission, "/clear", url.Values{}, 303)
	if code, _, _ := h.post(t, ledger.HeadOfMission, at, url.Values{"version": {"1"}, "prose": {"x"}}); code != 409 {
		t.Errorf("over somebody else's change: %d", code)
	}
	before := h.entries()
	// With a quorum, nothing is published that it has not co-signed.
	w, err := ledger.NewSecret("witness.example/away")
	if err != nil {
		t.Fatal(err)
	}
	witness, err := w.Witness()
	if err != nil {
		t.Fatal(err)
	}
	policy := filepath.Join(h.room.Mission().Dir, mission.PolicyFile)
	if err := os.WriteFile(policy, []byte("witness w "+witness.VKey()+" http://127.0.0.1:1\nquorum w\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if body := step(ledger.ReportingOfficer, "/publish", url.Values{"because": {"daily report"}}, 422); !strings.Contains(body, "co-signed only 0 of them") {
		t.Errorf("it does not say how far the co-signatures reach: %s", said(body))
	}
	if got := h.entries(); got != before {
		t.Errorf("%d entries were written without the quorum", got-before)
	}
	if err := os.Remove(policy); err != nil {
		t.Fatal(err)
	}
	// A publication that fails half way continues where it stopped: nothing is in the record twice.
	kept := publishedAs[2]
	publishedAs[2] = "no such format"
	step(ledger.ReportingOfficer, "/publish", url.Values{"because": {"daily report"}}, 500)
	publishedAs[2] = kept
	step(ledger.ReportingOfficer, "", url.Values{"prose": {"another text under the same report"}}, 422)
	step(ledger.ReportingOfficer, "/publish", url.Values{"because": {"daily report"}}, 303)
	if got := h.entries() - before; got != int64(len(publishedAs)) {
		t.Fatalf("%d entries, want %d", got, len(publishedAs))
	}
	step(ledger.ReportingOfficer, "", url.Values{"version": {"9"}, "prose": {"rewritten"}}, 422)

	list, err := h.server.publications()
	if err != nil || len(list) < len(publishedAs) {
		t.Fatal(len(list), err)
	}
	formats := map[string]bool{}
	for _, f := range report.Formats {
		formats[f.Name] = true
	}
	for i, p := range list[:len(publishedAs)] {
		format := publishedAs[len(publishedAs)-1-i]
		if !formats[format] || !strings.HasSuffix(p.File, "."+format) {
			t.Errorf("%s, want %s", p.File, format)
		}
		code, body, head := h.get(t, Anybody, "/reports/"+itoa(p.Entry))
		if code != 200 || truce.Digest(sha256.Sum256([]byte(body))) != p.SHA256 {
			t.Errorf("%s: %d, and not what the record says", p.File, code)
		}
		if csp := head.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "sandbox") {
			t.Errorf("%s: %s", p.File, csp)
		}
		if format == "html" && !strings.Contains(body, "One incident: 1.") {
			t.Error("the page lacks its summary")
		}
	}
	m, err := mission.Open(h.room.Mission().Dir)
	if err != nil {
		t.Fatal(err)
	}
	sit, err := m.As(release.Reader{Audience: truce.ForPublic}).At(list[0].Entries).Situation(list[0].AsKnown())
	if err != nil || sit.Digest() != list[0].Digests["public"] {
		t.Errorf("computed again: %s, published %s, %v", sit.Digest(), list[0].Digests["public"], err)
	}
	// A correction is a report of its own, and says of which.
	code, _, head = h.post(t, ledger.ReportingOfficer, "/reports/drafts", url.Values{"kind": {"daily"}, "day": {"2025-08-17"}, "corrects": {itoa(list[0].Entry)}, "why": {"a late report of post 7"}})
	if code != 303 {
		t.Fatalf("correct: %d", code)
	}
	if _, page, _ := h.get(t, ledger.ReportingOfficer, head.Get("Location")+"/preview"); !strings.Contains(page, "a late report of post 7") {
		t.Error("the correction does not say what it corrects")
	}
	if code, _, _ = h.post(t, ledger.ReportingOfficer, "/reports/drafts", url.Values{"kind": {"daily"}, "day": {"2025-08-17"}, "corrects": {"0"}, "why": {"x"}}); code != 422 {
		t.Errorf("a correction of nothing: %d", code)
	}
}
