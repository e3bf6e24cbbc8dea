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

// exchange draws fire of A and B at each other, with what both state of it and what people decide.
func exchange(t *rapid.T) (out []truce.Item) {
	const begin = truce.Instant(1772438400000) // 2 March 2026 10:00 in Kyiv
	const minute = truce.Instant(60_000)
	var said []truce.Digest
	pick := func() truce.Digest { return rapid.SampledFrom(said).Draw(t, "of") }
	party := func() truce.PartyID { return rapid.SampledFrom([]truce.PartyID{"A", "B"}).Draw(t, "party") }
	for n := range rapid.IntRange(4, 30).Draw(t, "n") {
		r := truce.Item{Known: begin + truce.Instant(n)*minute}
		key := fmt.Sprint("k", n)
		id := truce.DigestOf("entry", key)
		switch k := rapid.IntRange(0, 11).Draw(t, "kind"); {
		case k < 6 || len(said) == 0:
			start := begin + minute*truce.Instant(5*rapid.IntRange(0, 20).Draw(t, "start"))
			o := &truce.Observation{Source: rapid.SampledFrom([]truce.SourceID{"post-1", "committee", "mod-a"}).Draw(t, "source"), Key: key, Count: truce.Count{N: 1},
				Act: rapid.SampledFrom([]truce.Act{"fire", "strike", "fire", "strike", "explosion"}).Draw(t, "act"), Occurred: truce.Interval{Start: start, End: start + 5*minute}, Actor: party(),
				Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: 200, Point: geo.Point{Lat: 480500000, Lon: 380300000 + 400000*int32(rapid.IntRange(0, 1).Draw(t, "where"))}}}
			if rapid.IntRange(0, 4).Draw(t, "corrected") == 0 && len(said) > 0 {
				r.Replaces = pick()
			}
			o.SetID()
			r.Observation, said = o, append(said, o.ID)
		case k < 8:
			r.Response = &truce.Response{ID: id, Key: key, By: party(), To: pick(), During: truce.Interval{Start: r.Known, End: r.Known + 1}, Says: truce.SaysReturnFire}
		case k < 10:
			r.Attribution = &truce.Attribution{ID: id, Of: []truce.Digest{pick()}, Actor: party(), Confidence: rapid.SampledFrom([]string{"highly-likely", "highly-likely", "likely"}).Draw(t, "confidence"), By: "x"}
		case k == 10 && n > 0:
			r.Withdrawal = &truce.Withdrawal{Of: out[rapid.IntRange(0, len(out)-1).Draw(t, "entry")].ID()}
		default:
			r.Decision = &truce.Decision{ID: id, Seq: int64(n), Because: "a test", By: "x", Of: []truce.Digest{pick()}, Kind: rapid.SampledFrom([]truce.DecisionKind{truce.Verify, truce.Unverifiable, truce.Reject}).Draw(t, "decide")}
		}
		out = append(out, r)
	}
	return out
}

// TestReturnFire: an exception for return fire makes an outcome excepted, or leaves it as it is without the
// exception; without statements, or without attributions, it never applies. What is found does not depend on
// how the entries arrived.
func TestReturnFire(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("../scenario/testdata/conformance/return-fire"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	bare := *a
	bare.Provisions = slices.Clone(a.Provisions)
	for i := range bare.Provisions {
		bare.Provisions[i].Exceptions = nil
	}
	excepted, other := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		all := exchange(t)
		now := all[len(all)-1].Known.Add(48 * 3_600_000_000_000)
		without := func(drop func(*truce.Item) bool) []truce.Item {
			return slices.DeleteFunc(slices.Clone(all), func(r truce.Item) bool { return drop(&r) })
		}
		outcomes := func(s *situation.Situation) map[string]truce.Outcome {
			out := map[string]truce.Outcome{}
			for _, inc := range s.Incidents() {
				for i := range s.Agreement.Provisions {
					art := s.Agreement.Provisions[i].Article
					o, _ := s.Finding(art, inc.ID)
					out[fmt.Sprint(art, " ", inc.ID)] = o
				}
			}
			return out
		}
		is, plain := outcomes(situation.Build(a, all, now, opts())), outcomes(situation.Build(&bare, all, now, opts()))
		for k, o := range is { // any order
			switch {
			case o == truce.Excepted:
				excepted++
			case o != plain[k]:
				t.Fatalf("%s: %s, and %s without the exception", k, o, plain[k])
			default:
				other++
			}
		}
		for what, drop := range map[string]func(*truce.Item) bool{
			"statements":   func(r *truce.Item) bool { return r.Response != nil },
			"attributions": func(r *truce.Item) bool { return r.Attribution != nil },
		} {
			for k, o := range outcomes(situation.Build(a, without(drop), now, opts())) {
				if o == truce.Excepted {
					t.Fatalf("%s: excepted without %s", k, what)
				}
			}
		}
		g := situation.Grow(opts())
		for n := 0; n < len(all); {
			m := min(len(all), n+rapid.IntRange(1, 6).Draw(t, "arrive"))
			at := all[m-1].Known
			got, ch := g.Step(a, all[n:m], func() []truce.Item { return all[:m] }, nil, at)
			if ch.All && n > 0 {
				t.Fatalf("step at %d: everything was computed again", m)
			}
			same(t, m, situation.Build(a, all[:m], at, opts()), got)
			n = m
		}
	})
	if excepted == 0 || other == 0 {
		t.Errorf("%d findings were excepted and %d were not: the stories test nothing", excepted, other)
	}
}
