package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/opentruce/truce/internal/ledger"
)

// TestOpenings: the agreement's page says how far the conditions of a phase are. Once they are met, it is proposed there, on the
// desk and in the calendar, and nothing is in force that was not; when a person has declared it, it is proposed no more.
func TestOpenings(t *testing.T) {
	t.Parallel()
	terms := changedTerms(t, func(text string) string {
		return strings.Replace(text, "from: {event: ground-annex-signed}}", "from: {event: ground-annex-signed}, opens: {all: [{event: commission-formed}, {at: 2025-09-01}]}}", 1)
	})
	h, err := build(terms)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	declare := func(event string) {
		t.Helper()
		if code, body, _ := h.post(t, ledger.HeadOfMission, "/declare", url.Values{"kind": {"declare"}, "name": {event}, "from": {"2025-09-02T09:00"}, "because": {"it was announced"}}); code != http.StatusSeeOther {
			t.Fatalf("declare %s: %d %s", event, code, said(body))
		}
	}
	pages := func(when string, want map[string]map[string]bool) {
		t.Helper()
		for path, lines := range want {
			code, page, _ := h.get(t, ledger.HeadOfMission, path)
			if code != http.StatusOK {
				t.Fatalf("%s: %s: %d", when, path, code)
			}
			text := said(page)
			for line, there := range lines {
				if strings.Contains(text, line) != there {
					t.Errorf("%s: %s has %q: %v, want %v\n%s", when, path, line, !there, there, text)
				}
			}
		}
	}
	const may, not = "hase ground may open: its conditions have been met since 2 Sep 2025 09:00 EEST; only a person declares ground-annex-signed", "hase ground may not open yet: its conditions are not met"
	pages("at first", map[string]map[string]bool{
		"/agreement": {may: false, not: true, "ot met: commission-formed was declared": true, "et: 1 Sep 2025 00:00 EEST has come": true},
		"/desk":      {may: false, not: false},
		"/calendar":  {may: false, not: false},
	})
	declare("commission-formed")
	pages("once they are met", map[string]map[string]bool{
		"/agreement": {may: true, not: false, "et: commission-formed was declared": true, "ot met: commission-formed": false, "article 4 not in force Ground fire ceases.": true},
		"/desk":      {may: true},
		"/calendar":  {may: true},
	})
	declare("ground-annex-signed")
	pages("once it is declared", map[string]map[string]bool{
		"/agreement": {"hase ground may": false, "article 4 Ground fire ceases.": true},
		"/desk":      {"hase ground may": false},
		"/calendar":  {"hase ground may": false},
	})
}
