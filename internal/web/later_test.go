package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
)

// TestNotLaterThanForms: whoever knows only by when something had happened says so in the
// form, with the earliest that it can have been or without, and can correct it.
func TestNotLaterThanForms(t *testing.T) {
	h := theHouse(t)
	occurred := func() string {
		t.Helper()
		o := h.lastSaid(t)
		state, _ := h.room.State()
		inc := state.Situations[truce.ForMission].IncidentOf(o.ID)
		if inc == nil {
			t.Fatal("it is in no incident")
		}
		return inc.Occurred.String()
	}
	h.observe(t, url.Values{"from": {""}, "to": {"2025-08-20T10:25"}, "not-later": {"1"}, "lat": {"47.1"}, "lon": {"36.7"}})
	if got := occurred(); got != "always/2025-08-20T07:25:00Z" {
		t.Fatalf("not later than 10:25 is %s", got)
	}
	first := h.lastSaid(t)
	for path, want := range map[string]string{"/my-reports": "not later than 20 Aug 2025 10:25 EEST", "/incidents/" + first.ID.Hex(): "not later than 20 Aug 2025 10:25 EEST"} {
		if _, page, _ := h.get(t, ledger.Monitor, path); !strings.Contains(said(page), want) {
			t.Errorf("%s does not say %q: %s", path, want, said(page))
		}
	}
	_, page, _ := h.get(t, ledger.Monitor, "/observe?correct="+first.ID.Hex())
	form := filled(t, page, "/observe")
	if form.Get("from") != "" || form.Get("to") != "2025-08-20T10:25" || form.Get("not-later") != "1" {
		t.Fatalf("the form of the correction has %v", form)
	}
	form.Set("from", "2025-08-19T22:00")
	if code, body, _ := h.post(t, ledger.Monitor, "/observe", form); code != 303 {
		t.Fatalf("correct: %d %s", code, said(body))
	}
	if got := occurred(); got != "2025-08-19T19:00:00Z/2025-08-20T07:25:00Z" {
		t.Errorf("from 22:00 at the earliest is %s", got)
	}
	allegation := url.Values{"act": {"attack"}, "not-later": {"1"}, "to": {"2025-08-20T11:05"}, "where": {"region"}, "place": {"Kharkiv"}, "because": {"report of the post"}}
	if code, body, _ := h.post(t, ledger.Liaison, "/party/allege", allegation); code != 303 {
		t.Fatalf("allege: %d %s", code, said(body))
	}
	if got := occurred(); got != "always/2025-08-20T08:05:00Z" {
		t.Errorf("an allegation not later than 11:05 is of %s", got)
	}
	base := url.Values{"act": {"strike"}, "where": {"point"}, "lat": {"47"}, "lon": {"36"}, "because": {"x"}, "not-later": {"1"}}
	for _, tt := range []struct {
		path  string
		field map[string]string
		want  []string
	}{
		{"/observe", map[string]string{}, []string{"to"}},
		{"/observe", map[string]string{"from": "2025-08-20T10:05"}, []string{"to"}},
		{"/observe", map[string]string{"from": "2025-08-20T10:05", "to": "2025-08-20T10:00"}, []string{"to"}},
		{"/observe", map[string]string{"to": "soon"}, []string{"to"}},
		{"/observe", map[string]string{"not-later": ""}, []string{"from"}},
		{"/restrict", map[string]string{"to": "2025-08-20T10:00", "by": "RU", "what": "access"}, []string{"from"}},
	} {
		form := url.Values{}
		for k, v := range base {
			if tt.path == "/observe" || k != "act" {
				form[k] = v
			}
		}
		for k, v := range tt.field {
			form.Set(k, v)
		}
		before := h.entries()
		code, body, _ := h.post(t, ledger.Monitor, tt.path, form)
		doc := parsed(t, body)
		if got := faultsOf(t, doc); code != 422 || h.entries() != before || !slices.Equal(got, tt.want) {
			t.Errorf("%s %v: %d; it points to %v, want %v", tt.path, form, code, got, tt.want)
		}
		if _, unset := tt.field["not-later"]; tt.path == "/observe" && !unset && filled(t, body, "/observe").Get("not-later") != "1" {
			t.Errorf("%v: the choice is lost", form)
		}
	}
}
