package source

import (
	"slices"
	"strconv"
	"testing"

	"github.com/opentruce/truce"
)

func edition(t *testing.T, file string) *Edition {
	t.Helper()
	e := NewEdition()
	for r, err := range ucdpGED.Parse(open(t, file), sampleOptions(t, file)) {
		if err == nil {
			e.Add(r)
		}
	}
	return e
}

// TestVintages: UCDP's history of Ukraine in three editions. A changed row names
// the row that it replaces, an unchanged row is skipped, and a missing row is only
// withdrawn if we say that both editions are whole. The second edition writes the
// same days and degrees differently from the first (2017-01-30 00:00:00.000,
// 48.140000), which is not a change.
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
			for r, err := range Revise(ucdpGED.Parse(open(t, newer), sampleOptions(t, newer)), old, true) {
				switch {
				case err == unchanged:
					same++
				case err != nil:
				case r.Replaces.IsZero():
					added = append(added, r.Observation.Key)
				default:
					o := r.Observation
					changed = append(changed, o.Key)
					if before := old.says[editionKey{key: o.Key}].Observation; r.Replaces != before.ID || strconv.Itoa(int(o.Revision)) != tt.newer || r.Replaces == o.ID {
						t.Errorf("%s: replaces %v, revision %d, ID %v; the older ID is %v", o.Key, r.Replaces, o.Revision, o.ID, before.ID)
					}
				}
			}
			for _, w := range Vanished(old, edition(t, newer)) {
				for key := range old.says {
					if old.idOf(key) == w.Withdrawal.Of {
						gone = append(gone, key.key)
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
	for r, err := range Revise(ucdpGED.Parse(open(t, "testdata/ucdp-ged/vintage_2020.csv"), sampleOptions(t, "vintage_2020.csv")), e, true) {
		if err == nil {
			t.Errorf("said again: %v", r)
		}
	}
}

// TestReturns: what a source says last is what it says: also where it is what it said
// first, and where it had taken it back.
func TestReturns(t *testing.T) {
	seen := func(count int32, revision int32) truce.Item {
		o := truce.Observation{Source: "press", Key: "a", Revision: revision, Act: "fire", Count: truce.Count{N: count}}
		o.SetID()
		return truce.Item{Observation: &o}
	}
	total := func(count int32) truce.Item {
		x := truce.Tally{Source: "press", Key: "a", Count: truce.Count{N: count}}
		x.SetID()
		return truce.Item{Tally: &x}
	}
	read := func(e *Edition, r truce.Item, numbered bool) (truce.Item, error) {
		for got, err := range Revise(func(yield func(truce.Item, error) bool) { yield(r, nil) }, e, numbered) {
			if err == nil {
				e.Add(got)
			}
			return got, err
		}
		panic("nothing")
	}
	e := NewEdition()
	var last truce.Digest
	for i, count := range []int32{1, 2, 1, 3, 1} { // A, B, A, C, A
		for _, r := range []truce.Item{seen(count, 0), total(count)} {
			got, err := read(e, r, false)
			if err != nil {
				t.Fatal(i, err)
			}
			if _, revision, _ := editionOf(&got); int(*revision) != i || got.Replaces.IsZero() != (i == 0) || !got.OwnID() {
				t.Errorf("%d: revision %d, replaces %v", i, *revision, got.Replaces)
			}
			if r.Observation != nil {
				if got.Replaces != last {
					t.Errorf("%d: replaces %v, want %v", i, got.Replaces, last)
				}
				last = got.ID()
			}
		}
	}
	if _, err := read(e, seen(1, 0), false); err != unchanged {
		t.Errorf("the same again: %v", err)
	}
	e.Add(truce.Item{Withdrawal: &truce.Withdrawal{Of: last}})
	if n := len(Vanished(e, NewEdition())); n != 1 {
		t.Errorf("%d vanish, want the total alone", n)
	}
	if got, err := read(e, seen(1, 0), false); err != nil || got.Observation.Revision != 5 || !got.Replaces.IsZero() {
		t.Errorf("after it was withdrawn: %+v, %v", got.Observation, err)
	}
	if n := len(Vanished(e, NewEdition())); n != 2 {
		t.Errorf("%d vanish, want both", n)
	}

	// A publisher who numbers editions: an older one, read late, corrects nothing.
	e = NewEdition()
	for _, x := range []struct {
		count, revision int32
		err             error
		want            int32
	}{{1, 2022, nil, 2022}, {2, 2021, superseded, 0}, {2, 2022, nil, 2023}, {1, 2023, nil, 2024}, {1, 2024, unchanged, 0}, {3, 2025, nil, 2025}} {
		got, err := read(e, seen(x.count, x.revision), true)
		if err != x.err || err == nil && got.Observation.Revision != x.want {
			t.Errorf("%+v: %+v, %v", x, got.Observation, err)
		}
	}

	// A withdrawal may be read before what it is of.
	e = NewEdition()
	r := seen(1, 0)
	e.Add(truce.Item{Withdrawal: &truce.Withdrawal{Of: r.ID()}})
	e.Add(r)
	if n := len(Vanished(e, NewEdition())); n != 0 {
		t.Errorf("%d vanish that were taken back", n)
	}
}
