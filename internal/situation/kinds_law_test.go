package situation_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/situation"
	"pgregory.net/rapid"
)

// counting are the agreements whose articles count statements and not incidents, with the
// acts that they count.
var counting = map[string][]truce.Act{
	"due":   {"release", "handover", "meeting", "redeployment", "opening"},
	"quota": {"truck-passage", "flight", "passage"},

	"access":    {"access-request", "access-granted", "access-denied", "access"},
	"notify":    {"demining", "exercise"},
	"register":  {"item-found", "item-missing", "seal-broken"},
	"positions": {"persons-present"},
	"service":   {"service-works", "service-fails"},
	"recurring": {"handover", "release", "meeting"},
	"numbers":   {"opening", "release", "persons-present", "disarmament", "handover"},
	"opens":     {"release", "truck-passage", "access-request", "access-granted", "fire"},
}

// deeds draws statements on what is to be done: vague ones, denials, copies and totals.
func deeds(t *rapid.T, a *truce.Agreement, acts []truce.Act) (out []truce.Item) {
	const first = truce.Instant(1772316000000) // 1 March 2026 00:00 in Kyiv
	const hour = truce.Instant(3_600_000)
	var sources []truce.SourceID
	for id := range a.Sources {
		sources = append(sources, id)
	}
	slices.Sort(sources)
	for i := range rapid.IntRange(1, 14).Draw(t, "n") {
		start := first + hour*truce.Instant(rapid.IntRange(-24, 240).Draw(t, "start"))
		v := truce.Interval{Start: start, End: start + hour*truce.Instant(rapid.SampledFrom([]int{1, 24, 72, 240}).Draw(t, "width"))}
		known := first + hour*truce.Instant(rapid.IntRange(0, 480).Draw(t, "known"))
		place := truce.Place{Kind: truce.PlaceRegion, Name: rapid.SampledFrom(a.ZoneOrder).Draw(t, "zone")}
		count := truce.Count{N: int32(rapid.SampledFrom([]int{0, 1, 17, 20, 250}).Draw(t, "count")), Kind: rapid.SampledFrom([]truce.CountKind{truce.Exactly, truce.Exactly, truce.AtLeast}).Draw(t, "kind")}
		if count.N == 0 {
			count.Kind = truce.Exactly
		}
		act := rapid.SampledFrom(acts).Draw(t, "act")
		actor, side := rapid.SampledFrom([]truce.PartyID{"A", "A", "B", ""}).Draw(t, "actor"), rapid.SampledFrom([]truce.PartyID{"B", "B", "A", ""}).Draw(t, "side")
		if rapid.IntRange(0, 5).Draw(t, "announced") == 0 {
			id := truce.DigestOf("notification", fmt.Sprint(i))
			out = append(out, truce.Item{Known: known, Notification: &truce.Notification{ID: id, Key: fmt.Sprint(i), By: "A", During: v, Place: place, Act: act}})
			continue
		}
		source, claimant := rapid.SampledFrom(sources).Draw(t, "source"), truce.PartyID("")
		if rapid.IntRange(0, 3).Draw(t, "alleged") == 0 {
			claimant = rapid.SampledFrom([]truce.PartyID{"A", "B"}).Draw(t, "claimant")
			source = truce.SourceID(claimant)
		}
		if rapid.Bool().Draw(t, "total") {
			x := &truce.Tally{Source: source, Key: fmt.Sprint(i), Claimant: claimant, Act: act, Period: v, Place: place, Count: count, Actor: actor, Side: side}
			x.SetID()
			out = append(out, truce.Item{Known: known, Tally: x})
			continue
		}
		o := &truce.Observation{Source: source, Key: fmt.Sprint(i), Claimant: claimant, Act: act, Occurred: v, Place: place, Count: count, Actor: actor, Side: side,
			Against: rapid.SampledFrom([]truce.People{"", "monitors", "aid-workers"}).Draw(t, "against"), Object: rapid.SampledFrom(append(listed(a), "")).Draw(t, "object")}
		o.SetID()
		out = append(out, truce.Item{Known: known, Observation: o})
	}
	return out
}

// listed are the objects of an agreement's articles.
func listed(a *truce.Agreement) (out []string) {
	for i := range a.Provisions {
		for _, l := range a.Provisions[i].Objects {
			for _, o := range l.Objects {
				out = append(out, o.ID)
			}
		}
	}
	return out
}

func conformance(t *testing.T, name string) *truce.Agreement {
	t.Helper()
	a, probs := agreement.Read(os.DirFS("../scenario/testdata/conformance/" + name))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return a
}

// answers are what all articles say of all and of some days, in words.
func answers(t *rapid.T, s *situation.Situation) (out string) {
	out = s.Digest().Hex()
	for _, p := range s.Agreement.Provisions {
		for _, v := range []truce.Interval{{}, truce.Date("2026-03-04").Day(s.Agreement.Location), {Start: 1772316000000, End: 1773000000000}} {
			a, err := s.Assess(situation.Query{Article: p.Article, During: v, Reasons: true})
			if err != nil {
				t.Fatal(err)
			}
			out += fmt.Sprintf("\n%s %s %s %v %v", p.Article, a.Outcome, a.Standing, a.Missing, a.Done)
			for _, r := range a.Reasons {
				out += "; " + r.String()
			}
		}
	}
	for _, o := range s.Openings() {
		out += fmt.Sprintf("\n%s %s %s %v %s %s", o.Phase, o.Met, o.Since, o.Miss, o.What, truce.Joined("%s; %s", o.Parts))
	}
	for _, d := range s.Calendar(nil) {
		out += fmt.Sprintf("\n%s %s %s %s %s", d.At, d.Kind, d.Article, d.Phase, d.What)
	}
	return out
}

// TestLawsOfCounting: of kinds that count statements, the order of entries, how often they are
// read, the number of workers, and whether a situation grows or is built change no answer.
func TestLawsOfCounting(t *testing.T) {
	for name, acts := range counting {
		a := conformance(t, name)
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			items := deeds(t, a, acts)
			build := func(items []truce.Item, now truce.Instant, workers int) string {
				o := opts()
				o.Workers = workers
				return answers(t, situation.Build(a, items, now, o))
			}
			want := build(items, truce.Never, 1)
			if got := build(rapid.Permutation(items).Draw(t, "order"), truce.Never, 3); got != want {
				t.Fatalf("another order:\n%s\nwant\n%s", got, want)
			}
			if got := build(append(slices.Clone(items), items...), truce.Never, 2); got != want {
				t.Fatalf("read twice:\n%s\nwant\n%s", got, want)
			}
			// One by one, in the order in which they became known, with one taken back.
			slices.SortStableFunc(items, func(x, y truce.Item) int { return int((x.Known - y.Known) / 1000) })
			last := items[len(items)-1].Known
			gone := items[rapid.IntRange(0, len(items)-1).Draw(t, "gone")]
			items = append(items, truce.Item{Known: last + 1, Withdrawal: &truce.Withdrawal{Of: gone.ID()}})
			g := situation.Grow(opts())
			for i := range items {
				s, _ := g.Step(a, items[i:i+1], func() []truce.Item { return items[:i+1] }, nil, items[i].Known)
				if got, want := answers(t, s), build(items[:i+1], items[i].Known, 1); got != want {
					t.Fatalf("after %d entries, grown:\n%s\nbuilt:\n%s", i+1, got, want)
				}
			}
		}))
	}
}
