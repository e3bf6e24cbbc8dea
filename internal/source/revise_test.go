package source

import (
	"slices"
	"strconv"
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

// TestVintages: UCDP's history of Ukraine in three editions. What changed names
// what it replaces, what is the same is set aside, what is gone is only
// withdrawn when we say that both editions are whole. The second writes the
// same days and degrees otherwise than the first (2017-01-30 00:00:00.000,
// 48.140000), which is no change.
func TestVintages(t *testing.T) {
	for _, tt := range []struct {
		older, newer         string
		changed, added, gone []string
		same                 int
	}{
		{"2020", "2021", nil, nil, nil, 13},
		{"2021", "2022", []string{"246810", "275283", "204791", "149866", "153037", "153154"}, []string{"419757", "428182", "408080"}, []string{"155052", "155086", "155112"}, 4},
		{"2020", "2022", []string{"246810", "275283", "204791", "149866", "153037", "153154"}, []string{"419757", "428182", "408080"}, []string{"155052", "155086", "155112"}, 4},
	} {
		t.Run(tt.older+" to "+tt.newer, func(t *testing.T) {
			older, newer := "testdata/ucdp-ged/vintage_"+tt.older+".csv", "testdata/ucdp-ged/vintage_"+tt.newer+".csv"
			old := edition(t, older)
			var changed, added, gone []string
			same := 0
			for r, err := range Revise(ucdpGED.Parse(open(t, newer), sampleOptions(t, newer)), old) {
				switch {
				case err == unchanged:
					same++
				case err != nil:
				case r.Replaces.IsZero():
					added = append(added, r.Observation.Key)
				default:
					o := r.Observation
					changed = append(changed, o.Key)
					if before := old[o.Key]; r.Replaces != before.ID || strconv.Itoa(int(o.Revision)) != tt.newer || r.Replaces == o.ID {
						t.Errorf("%s: replaces %v, revision %d, ID %v; the older ID is %v", o.Key, r.Replaces, o.Revision, o.ID, before.ID)
					}
				}
			}
			for _, w := range Vanished(old, edition(t, newer)) {
				for key, ob := range old {
					if ob.ID == w.Withdrawal.Of {
						gone = append(gone, key)
					}
				}
			}
			for _, x := range []struct {
				what      string
				got, want []string
			}{{"changed", changed, tt.changed}, {"added", added, tt.added}, {"gone", gone, tt.gone}} {
				if !slices.Equal(x.got, x.want) {
					t.Errorf("%s: got %v, want %v", x.what, x.got, x.want)
				}
			}
			if same != tt.same {
				t.Errorf("%d unchanged, want %d", same, tt.same)
			}
		})
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
