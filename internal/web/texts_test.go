package web

import (
	"context"
	"encoding/hex"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
)

// everybody reads pages, signed in or not.
func everybody() []ledger.Role { return append([]ledger.Role{Anybody, other}, ledger.Roles...) }

// audienceOf is AudienceOf, of the other party's liaison too.
func audienceOf(r ledger.Role) truce.Audience {
	if r == other {
		return truce.ForParties
	}
	return AudienceOf(r)
}

// TestTexts: free text reaches those whom the form names, and nobody else, on no page
// and in no file of the record.
func TestTexts(t *testing.T) {
	h := theHouse(t)
	at := h.observe(t, url.Values{"act": {"strike"}, "weapon": {"missile"}, "from": {"2025-08-19T04:01Z"}, "lat": {"47.11"}, "lon": {"37.33"}, "radius": {"200"}, "because": {"seen by zzmonitorzz"}})
	id := strings.TrimPrefix(at, "/incidents/")
	must := func(role ledger.Role, path string, form url.Values) {
		t.Helper()
		if code, body, _ := h.post(t, role, path, form); code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", path, code, said(body))
		}
	}
	must(other, "/party/respond", url.Values{"to": {id}, "says": {"contest"}, "because": {"we say zzreplyzz"}, "next": {"/party"}})
	must(ledger.Verification, at+"/decide", url.Values{"kind": {"verify"}, "because": {"fragments zzdecidedzz"}})
	must(ledger.Verification, at+"/attribute", url.Values{"actor": {notPossible}, "basis": {"trajectory zzbasiszz"}, "because": {"radar zzattributedzz"}})
	must(other, "/party/notify", url.Values{"act": {"explosion"}, "from": {"2031-08-19T04:01Z"}, "lat": {"47.11"}, "lon": {"37.33"}, "radius": {"200"}, "because": {"old shells zznoticezz"}})

	staffRead := func(r ledger.Role) bool { return audienceOf(r) == truce.ForMission }
	both := func(r ledger.Role) bool { return audienceOf(r) != truce.ForPublic }
	side := func(r ledger.Role) bool { return staffRead(r) || r == other }
	for _, tt := range []struct {
		text, page string
		reads      func(ledger.Role) bool
	}{
		{"zzmonitorzz", at, staffRead},
		{"zzreplyzz", at, side},
		{"zzdecidedzz", at, both},
		{"zzbasiszz", at, both},
		{"zzattributedzz", at, both},
	} {
		for _, role := range everybody() {
			_, body, _ := h.get(t, role, tt.page)
			if got := strings.Contains(body, tt.text); got != tt.reads(role) {
				t.Errorf("%s on %s: shown to %q: %v, want %v", tt.text, tt.page, role, got, tt.reads(role))
			}
		}
	}
	for _, role := range []ledger.Role{ledger.Liaison, other} { // the party's own room
		_, body, _ := h.get(t, role, "/party")
		for _, text := range []string{"zzreplyzz", "zznoticezz"} {
			if got := strings.Contains(body, text); got != (role == other) {
				t.Errorf("%s in the room of %q: %v", text, role, got)
			}
		}
	}
	// No page, list or report has them for the public.
	for _, page := range []string{"/", "/incidents", "/incidents?format=csv", "/incidents?format=json", "/incidents?format=geojson", "/incidents?format=kml", "/incidents?format=hxl", "/incidents?format=gpkg", "/incidents?format=parquet", "/agreement", "/record", "/reports", "/api/incidents", "/api/picture"} {
		_, body, _ := h.get(t, Anybody, page)
		for _, text := range []string{"zzmonitorzz", "zzreplyzz", "zzdecidedzz", "zzbasiszz", "zzattributedzz", "zznoticezz"} { // a key in base64 may well have zz
			if strings.Contains(body, text) {
				t.Errorf("%s shows %s to everybody", page, text)
			}
		}
	}
	// Nothing in the record has them, in the clear or in hexadecimal.
	err := filepath.WalkDir(h.room.Mission().Record(), func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		for _, text := range []string{"zzmonitorzz", "zzreplyzz", "zzdecidedzz", "zzbasiszz", "zzattributedzz", "zznoticezz"} {
			if strings.Contains(string(data), text) || strings.Contains(string(data), hex.EncodeToString([]byte(text))) {
				t.Errorf("%s is in %s", text, name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// The mission discloses one, and everybody reads it.
	if _, err := h.room.Say(context.Background(), func(m *intake.Writer) (int64, error) { return disclose(m, id, "note") }); err != nil {
		t.Fatal(err)
	}
	for _, role := range everybody() {
		_, body, _ := h.get(t, role, at+"?order=latest") // the page itself is kept for a moment
		if !strings.Contains(body, "zzmonitorzz") {
			t.Errorf("after its disclosure the note is not shown to %q", role)
		}
		if strings.Contains(body, "zzreplyzz") != side(role) {
			t.Errorf("and the reply to %q: %v", role, !side(role))
		}
	}
}

// disclose makes a text of an item public, as truce disclose does.
func disclose(m *intake.Writer, id, field string) (int64, error) {
	key, _, err := m.Signer("head-of-mission")
	if err != nil {
		return 0, err
	}
	e, err := m.SealedEntry(id)
	if err != nil {
		return 0, err
	}
	list, err := m.Held(e)
	if err != nil {
		return 0, err
	}
	c := ledger.Disclosure{Of: e.ID(), Because: "asked for"}
	for _, o := range list {
		if name, _, err := o.Field(); err == nil && name == field {
			c.Openings = append(c.Openings, o.Text)
		}
	}
	content, err := ledger.Marshal(c)
	if err != nil {
		return 0, err
	}
	return m.Say(intake.Said{Body: ledger.Body{Kind: "disclosure", Mission: m.Origin(), At: ledger.Time(m.Now()), Content: content}}, key)
}

// TestTextsPublished: an agreement may publish the texts of some kinds at once; the
// form says so.
func TestTextsPublished(t *testing.T) {
	t.Parallel()
	h, err := build(changedTerms(t, func(s string) string {
		return strings.Replace(s, "sources:", "release: {delay: 24h, texts: [notification]}\nsources:", 1)
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	_, page, _ := h.get(t, ledger.Liaison, "/party")
	if !strings.Contains(page, "Everybody will read this reason") || !strings.Contains(page, "Your side and the mission will read this text") {
		t.Error("the forms do not say who will read what is written in them")
	}
	if code, body, _ := h.post(t, ledger.Liaison, "/party/notify", url.Values{"act": {"explosion"}, "from": {"2031-08-19T04:01Z"}, "lat": {"47.11"}, "lon": {"37.33"}, "radius": {"200"}, "because": {"old shells zznoticezz"}}); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, said(body))
	}
	if _, body, _ := h.get(t, other, "/party"); !strings.Contains(body, "zznoticezz") {
		t.Error("a text that is published at once is not shown to the other party")
	}
}
