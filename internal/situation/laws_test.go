package situation_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/situation"
	"pgregory.net/rapid"
)

func evidence(t *testing.T) *truce.Agreement {
	a, probs := agreement.Read(os.DirFS("../scenario/testdata/conformance/evidence"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return a
}

// items draws what a mission might be told on one day.
func items(t *rapid.T, a *truce.Agreement) []truce.Item {
	var out []truce.Item
	zone := a.Zones[a.ZoneOrder[0]].Region
	sw, ne := zone.Bounds()
	for i := range rapid.IntRange(1, 25).Draw(t, "n") {
		start := truce.Instant(1772323200000) + truce.Instant(rapid.IntRange(0, 2000).Draw(t, "start"))*60_000
		o := &truce.Observation{
			Source: rapid.SampledFrom([]truce.SourceID{"press-1", "press-2", "post-1"}).Draw(t, "source"), Key: fmt.Sprint(i), Count: truce.Count{N: int32(rapid.IntRange(1, 9).Draw(t, "count"))},
			Occurred: truce.Interval{Start: start, End: start + 60_000*truce.Instant(rapid.SampledFrom([]int{1, 30, 1440}).Draw(t, "width"))},
			Act:      rapid.SampledFrom([]truce.Act{"fire", "strike", "explosion", "fire-pixel"}).Draw(t, "act"),
			Weapon:   rapid.SampledFrom([]truce.Class{"", "mortar", "missile"}).Draw(t, "weapon"),
			Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: rapid.SampledFrom([]int32{100, 400, 3000, truce.NotStated}).Draw(t, "u"),
				Point: geo.Point{Lat: sw.Lat + int32(rapid.IntRange(0, int(ne.Lat-sw.Lat)).Draw(t, "lat")), Lon: sw.Lon + int32(rapid.IntRange(0, int(ne.Lon-sw.Lon)).Draw(t, "lon"))}},
		}
		o.Hand = rapid.SampledFrom([]string{"", "anna", "boris"}).Draw(t, "hand")
		if rapid.IntRange(0, 5).Draw(t, "alleged") == 0 {
			o.Claimant = a.Parties[0].ID
		}
		o.SetID()
		out = append(out, truce.Item{Known: start, Observation: o})
	}
	return out
}

func digest(a *truce.Agreement, items []truce.Item, workers int) truce.Digest {
	o := opts()
	o.Workers = workers
	return situation.Build(a, items, truce.Never, o).Digest()
}

// TestOrderOfRecords: items in any order, and any number of workers, give the
// same incidents and findings; reading them twice changes nothing.
func TestOrderOfRecords(t *testing.T) {
	a := evidence(t)
	rapid.Check(t, func(t *rapid.T) {
		items := items(t, a)
		want := digest(a, items, 1)
		if got := digest(a, rapid.Permutation(items).Draw(t, "order"), 3); got != want {
			t.Fatalf("another order: %s, want %s", got, want)
		}
		if got := digest(a, append(slices.Clone(items), items...), 2); got != want {
			t.Fatalf("read twice: %s, want %s", got, want)
		}
	})
}

// TestWithdrawn: a withdrawn observation leaves no trace, and a correction no
// trace of what it replaced.
func TestWithdrawn(t *testing.T) {
	a := evidence(t)
	rapid.Check(t, func(t *rapid.T) {
		items := items(t, a)
		k := rapid.IntRange(0, len(items)-1).Draw(t, "which")
		rest := slices.Delete(slices.Clone(items), k, k+1)
		gone := append(slices.Clone(items), truce.Item{Known: items[k].Known, Withdrawal: &truce.Withdrawal{Of: items[k].Observation.ID}})
		if digest(a, gone, 1) != digest(a, rest, 1) {
			t.Fatal("a withdrawn observation left a trace")
		}
		fixed := *items[k].Observation
		fixed.Revision, fixed.Count = 1, truce.Count{N: 77}
		fixed.SetID()
		corrected := append(slices.Clone(items), truce.Item{Known: items[k].Known, Observation: &fixed, Replaces: items[k].Observation.ID})
		direct := append(slices.Clone(rest), truce.Item{Known: items[k].Known, Observation: &fixed})
		if digest(a, corrected, 1) != digest(a, direct, 1) {
			t.Fatal("a correction left a trace of what it replaced")
		}
	})
}

// TestKnowledge: what became known later changes nothing of an earlier moment,
// and one by one gives the same as all at once.
func TestKnowledge(t *testing.T) {
	a := evidence(t)
	rapid.Check(t, func(t *rapid.T) {
		items := items(t, a)
		at := items[rapid.IntRange(0, len(items)-1).Draw(t, "moment")].Known
		var then []truce.Item
		for _, r := range items {
			if r.Known <= at {
				then = append(then, r)
			}
		}
		if situation.Build(a, items, at, opts()).Digest() != situation.Build(a, then, at, opts()).Digest() {
			t.Fatal("the past knew what came later")
		}
	})
}
