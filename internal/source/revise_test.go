package source

import (
	"slices"
	"testing"
)

func edition(t *testing.T, file string) Edition {
	t.Helper()
	e := Edition{}
	for r, err := range ucdpGED.Parse(open(t, file), sampleOptions(t, file)) {
		if err == nil {
			e.Add(r)
		}
	}
	return e
}

// TestVintages: UCDP's history of Ukraine changed between two vintages. What
// changed names what it replaces, what is the same is set aside, what is gone
// is only withdrawn when we say that both editions are whole.
func TestVintages(t *testing.T) {
	const oldFile, newFile = "testdata/ucdp-ged/vintage_2020.csv", "testdata/ucdp-ged/vintage_2022.csv"
	old, later := edition(t, oldFile), edition(t, newFile)
	var changed, added []string
	same := 0
	for r, err := range Revise(ucdpGED.Parse(open(t, newFile), sampleOptions(t, newFile)), old) {
		switch {
		case err == unchanged:
			same++
		case err != nil:
		case r.Replaces.IsZero():
			added = append(added, r.Observation.Key)
		default:
			changed = append(changed, r.Observation.Key)
			before := old[r.Observation.Key]
			if r.Replaces != before.ID || r.Observation.Revision != 2022 || r.Replaces == r.Observation.ID {
				t.Errorf("%s: replaces %v, revision %d, ID %v; the older ID is %v", r.Observation.Key, r.Replaces, r.Observation.Revision, r.Observation.ID, before.ID)
			}
		}
	}
	var gone []string
	for _, w := range Vanished(old, later) {
		for key, ob := range old {
			if ob.ID == w.Withdrawal.Of {
				gone = append(gone, key)
			}
		}
	}
	for _, tt := range []struct {
		what      string
		got, want []string
	}{
		{"changed", changed, []string{"246810", "275283", "204791", "149866", "153037", "153154"}},
		{"added", added, []string{"419757", "428182", "408080"}},
		{"gone", gone, []string{"155052", "155112"}},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.what, tt.got, tt.want)
		}
	}
	if same != 4 {
		t.Errorf("%d unchanged, want 4", same)
	}
}

func TestNothingVanishesOfTheSameEdition(t *testing.T) {
	e := edition(t, "testdata/ucdp-ged/vintage_2020.csv")
	if got := Vanished(e, e); got != nil {
		t.Errorf("vanished: %v", got)
	}
	for r, err := range Revise(ucdpGED.Parse(open(t, "testdata/ucdp-ged/vintage_2020.csv"), sampleOptions(t, "vintage_2020.csv")), e) {
		if err == nil {
			t.Errorf("said again: %v", r)
		}
	}
}
