package release

import (
	"testing"

	"github.com/opentruce/truce"
)

// TestReads is the table of who reads free text that was not disclosed.
func TestReads(t *testing.T) {
	ua, ru, parties := Reader{truce.ForParties, "UA"}, Reader{truce.ForParties, "RU"}, Reader{Audience: truce.ForParties}
	mission, public := Reader{Audience: truce.ForMission}, Reader{Audience: truce.ForPublic}
	for _, tt := range []struct {
		name     string
		r        Reader
		kind     string
		by       truce.PartyID
		released bool
		want     bool
	}{
		{"the mission reads all", mission, "observation", "", false, true},
		{"the mission reads a party's", mission, "allegation", "RU", false, true},
		{"a party reads its own", ua, "allegation", "UA", false, true},
		{"and not the other's", ru, "allegation", "UA", false, false},
		{"nor once it is released", ru, "allegation", "UA", true, false},
		{"nor the mission's notes", ua, "observation", "", true, false},
		{"a decision's reason before it is released", ua, "decision", "", false, false},
		{"and after", ua, "decision", "", true, true},
		{"an attribution's, by whoever is for both", parties, "attribution", "", true, true},
		{"whoever is of no party reads no party's", parties, "allegation", "UA", false, false},
		{"nor what nobody's party signed", parties, "observation", "", false, false},
		{"the public reads nothing", public, "decision", "", true, false},
		{"nor by naming a party", Reader{truce.ForPublic, "UA"}, "allegation", "UA", true, false},
		{"nor does an audience that nobody named", Reader{"press", "UA"}, "decision", "UA", true, false},
		{"nor nobody", Reader{}, "decision", "", true, false},
	} {
		if got := tt.r.Reads(tt.kind, tt.by, tt.released); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	for kind, want := range map[string]bool{"decision": true, "attribution": true, "observation": false, "response": false, "": false} {
		if got := TextsForBoth(kind); got != want {
			t.Errorf("the text of %q goes to both: %v", kind, got)
		}
	}
	for r, want := range map[Reader]bool{public: true, {truce.ForPublic, "UA"}: true, mission: false, parties: false, ua: false, {}: false} {
		if got := r.Public(); got != want {
			t.Errorf("%+v reads as the public does: %v", r, got)
		}
	}
}
