package situation_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/situation"
)

// TestSpeakers: what was said stays, whoever else uses its ID, withdraws it or
// corrects it. The table is worked out by hand.
func TestSpeakers(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("testdata/growing"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	at := truce.InstantOf(time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC))
	// said is an item by a speaker, told apart by its weapon.
	said := func(by, claimant truce.PartyID, id, weapon string) truce.Item {
		at += 60_000
		o := &truce.Observation{ID: truce.DigestOf(id), Source: "post-1", Key: id + weapon, Claimant: claimant, Act: "strike", Weapon: truce.Class(weapon),
			Occurred: truce.Interval{Start: at - 60_000, End: at}, Place: truce.Place{Kind: truce.PlaceRegion, Name: "box"}, Count: truce.Count{N: 1}}
		return truce.Item{Known: at, Observation: o, Speaker: by}
	}
	counted := func(by truce.PartyID, id string) truce.Item {
		at += 60_000
		return truce.Item{Known: at, Speaker: by, Tally: &truce.Tally{ID: truce.DigestOf(id), Source: "mod-a", Key: string(by) + id, Act: "strike",
			Period: truce.Interval{Start: at - 60_000, End: at}, Place: truce.Place{Kind: truce.PlaceRegion, Name: "box"}, Count: truce.Count{N: 5}}}
	}
	takes := func(by, name truce.PartyID, id string) truce.Item {
		at += 60_000
		return truce.Item{Known: at, Speaker: by, Withdrawal: &truce.Withdrawal{Of: truce.DigestOf(id), By: name}}
	}
	corrects := func(r truce.Item, id string) truce.Item {
		r.Replaces = truce.DigestOf(id)
		return r
	}
	for _, tt := range []struct {
		name  string
		items []truce.Item
		want  string // the weapons of the observations that are left, and how many tallies
	}{
		{"a party's allegation with the mission's ID, and its withdrawal", []truce.Item{said("", "", "x", "mortar"), said("A", "A", "x", "mlrs"), takes("A", "A", "x")}, "mortar 0"},
		{"the withdrawal first", []truce.Item{said("", "", "x", "mortar"), takes("A", "A", "x"), said("A", "A", "x", "mlrs")}, "mortar 0"},
		{"an ID of a row to come, used first", []truce.Item{said("A", "A", "x", "mlrs"), said("", "", "x", "mortar")}, "mlrs mortar 0"},
		{"and then withdrawn by who used it", []truce.Item{said("A", "A", "x", "mlrs"), said("", "", "x", "mortar"), takes("A", "A", "x")}, "mortar 0"},
		{"and then withdrawn by the mission", []truce.Item{said("A", "A", "x", "mlrs"), said("", "", "x", "mortar"), takes("", "", "x")}, "mlrs 0"},
		{"a party withdraws what the mission saw", []truce.Item{said("", "", "x", "mortar"), takes("A", "A", "x")}, "mortar 0"},
		{"the mission withdraws what it saw", []truce.Item{said("", "", "x", "mortar"), takes("", "", "x")}, "0"},
		{"the mission withdraws what a party signed", []truce.Item{said("A", "A", "x", "mortar"), takes("", "", "x")}, "mortar 0"},
		{"the mission withdraws it in the party's name", []truce.Item{said("A", "A", "x", "mortar"), takes("", "A", "x")}, "mortar 0"},
		{"the mission withdraws what it wrote down for a party", []truce.Item{said("", "A", "x", "mortar"), takes("", "", "x")}, "0"},
		{"a party withdraws what the mission wrote down for it", []truce.Item{said("", "A", "x", "mortar"), takes("A", "A", "x")}, "0"},
		{"the other party does", []truce.Item{said("", "A", "x", "mortar"), takes("B", "B", "x")}, "mortar 0"},
		{"a party corrects its own word", []truce.Item{said("A", "A", "x", "mortar"), corrects(said("A", "A", "y", "mlrs"), "x")}, "mlrs 0"},
		{"a party corrects the mission", []truce.Item{said("", "", "x", "mortar"), corrects(said("A", "A", "y", "mlrs"), "x")}, "mlrs mortar 0"},
		{"a party corrects the other's word", []truce.Item{said("B", "B", "x", "mortar"), corrects(said("A", "A", "y", "mlrs"), "x")}, "mlrs mortar 0"},
		{"a party corrects its own under the mission's ID", []truce.Item{said("", "", "x", "mortar"), said("A", "A", "x", "mlrs"), corrects(said("A", "A", "y", "tank"), "x")}, "mortar tank 0"},
		{"the other party's total under the same ID", []truce.Item{counted("A", "t"), counted("B", "t"), takes("B", "B", "t")}, "1"},
		{"a total of each under one ID", []truce.Item{counted("A", "t"), counted("B", "t")}, "2"},
		{"one speaker twice under one ID", []truce.Item{said("A", "A", "x", "mortar"), said("A", "A", "x", "mlrs")}, "mortar 0"},
		{"three speakers under one ID", []truce.Item{said("", "", "x", "mortar"), said("A", "A", "x", "mlrs"), said("B", "B", "x", "tank")}, "mlrs mortar tank 0"},
	} {
		left := func(s *situation.Situation) string {
			var out []string
			for o := range s.Observations() {
				out = append(out, string(o.Weapon))
			}
			slices.Sort(out)
			return strings.TrimSpace(strings.Join(out, " ") + " " + string(rune('0'+len(s.Tallies))))
		}
		if got := left(situation.Build(a, tt.items, truce.Never, opts())); got != tt.want {
			t.Errorf("%s: %s is left, want %s", tt.name, got, tt.want)
		}
		// The same where they come one by one.
		g := situation.Grow(opts())
		var s *situation.Situation
		for i := range tt.items {
			s, _ = g.Step(a, tt.items[i:i+1], func() []truce.Item { return tt.items[:i+1] }, nil, at)
		}
		if got := left(s); got != tt.want {
			t.Errorf("%s, one by one: %s is left, want %s", tt.name, got, tt.want)
		}
	}
}

// TestOwnID: an item keeps the ID that is the digest of its source and key, whoever
// used that before: a party cannot make what is said of the other's item its own.
func TestOwnID(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("testdata/growing"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	at := truce.InstantOf(time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC))
	id := truce.DigestOf("observation", "post-1", "k", "0")
	said := func(by truce.PartyID, key, weapon string) truce.Item {
		at += 60_000
		o := &truce.Observation{ID: id, Source: "post-1", Key: key, Claimant: by, Act: "strike", Weapon: truce.Class(weapon),
			Occurred: truce.Interval{Start: at - 60_000, End: at}, Place: truce.Place{Kind: truce.PlaceRegion, Name: "box"}, Count: truce.Count{N: 1}}
		return truce.Item{Known: at, Observation: o, Speaker: by}
	}
	takes := func(by truce.PartyID) truce.Item {
		at += 60_000
		return truce.Item{Known: at, Speaker: by, Withdrawal: &truce.Withdrawal{Of: id, By: by}}
	}
	for _, tt := range []struct {
		name         string
		items        []truce.Item
		left, hasIts string // weapons: of all that is left, and of what has the ID
	}{
		{"first", []truce.Item{said("B", "k", "mortar"), said("A", "other", "mlrs")}, "mlrs mortar", "mortar"},
		{"taken before", []truce.Item{said("A", "other", "mlrs"), said("B", "k", "mortar")}, "mlrs mortar", "mortar"},
		{"taken before from the mission", []truce.Item{said("A", "other", "mlrs"), said("", "k", "mortar")}, "mlrs mortar", "mortar"},
		{"taken before by two", []truce.Item{said("A", "other", "mlrs"), said("B", "more", "tank"), said("", "k", "mortar")}, "mlrs mortar tank", "mortar"},
		{"nobody's", []truce.Item{said("A", "other", "mlrs"), said("B", "more", "mortar")}, "mlrs mortar", "mlrs"},
		{"taken before, and withdrawn by who took it", []truce.Item{said("A", "other", "mlrs"), said("B", "k", "mortar"), takes("A")}, "mortar", "mortar"},
		{"taken before, and withdrawn by its owner", []truce.Item{said("A", "other", "mlrs"), said("B", "k", "mortar"), takes("B")}, "mlrs", ""},
	} {
		check := func(how string, s *situation.Situation) {
			var left, its []string
			for o := range s.Observations() {
				left = append(left, string(o.Weapon))
				if o.ID == id {
					its = append(its, string(o.Weapon))
				}
			}
			slices.Sort(left)
			if strings.Join(left, " ") != tt.left || strings.Join(its, " ") != tt.hasIts {
				t.Errorf("%s%s: %s is left, and %s has the ID; want %s and %s", tt.name, how, left, its, tt.left, tt.hasIts)
			}
		}
		check("", situation.Build(a, tt.items, truce.Never, opts()))
		g := situation.Grow(opts())
		var s *situation.Situation
		for i := range tt.items {
			s, _ = g.Step(a, tt.items[i:i+1], func() []truce.Item { return tt.items[:i+1] }, nil, at)
		}
		check(", one by one", s)
	}
}
