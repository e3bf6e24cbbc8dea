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
	// Most of what is stated of an act is right: who made it, and that it answered.
	whose := map[truce.Digest]truce.PartyID{}
	right := func(of truce.Digest) truce.PartyID {
		if rapid.IntRange(0, 3).Draw(t, "wrong") == 0 {
			return party()
		}
		return whose[of]
	}
	observe := func(key string) *truce.Observation {
		start := begin + minute*truce.Instant(15*rapid.IntRange(0, 12).Draw(t, "start"))
		o := &truce.Observation{Source: rapid.SampledFrom([]truce.SourceID{"post-1", "committee", "mod-a"}).Draw(t, "source"), Key: key, Count: truce.Count{N: 1},
			Act: rapid.SampledFrom([]truce.Act{"fire", "strike", "fire", "strike", "fire", "strike", "explosion"}).Draw(t, "act"), Occurred: truce.Interval{Start: start, End: start + 5*minute}, Actor: party(),
			Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: 200, Point: geo.Point{Lat: 480500000, Lon: 380100000 + 300000*int32(rapid.IntRange(0, 5).Draw(t, "where"))}}}
		o.SetID()
		return o
	}
	note := func(o *truce.Observation) {
		said = append(said, o.ID)
		whose[o.ID] = o.Actor
	}
	// One act that answers another, with what is stated of both, and most of it is there.
	for n := range rapid.IntRange(0, 3).Draw(t, "answers") {
		attack, answer := observe(fmt.Sprint("t", n)), observe(fmt.Sprint("a", n))
		attack.Act, attack.Source, answer.Act, answer.Source = "strike", "post-1", "fire", "committee"
		if answer.Occurred.Start = attack.Occurred.End + 10*minute; attack.Actor == answer.Actor {
			answer.Actor = map[truce.PartyID]truce.PartyID{"A": "B", "B": "A"}[attack.Actor]
		}
		answer.Occurred.End = answer.Occurred.Start + 5*minute
		note(attack)
		note(answer)
		id := func(s string) truce.Digest { return truce.DigestOf(s, fmt.Sprint(n)) }
		for _, r := range []truce.Item{{Observation: attack}, {Observation: answer},
			{Response: &truce.Response{ID: id("s"), Key: fmt.Sprint("s", n), By: answer.Actor, To: answer.ID, During: truce.Interval{Start: begin, End: begin + 1}, Says: truce.SaysReturnFire}},
			{Attribution: &truce.Attribution{ID: id("x"), Of: []truce.Digest{attack.ID}, Actor: attack.Actor, Confidence: "highly-likely", By: "x"}}} {
			if rapid.IntRange(0, 9).Draw(t, "left out") > 0 {
				r.Known = begin + truce.Instant(len(out))*minute
				out = append(out, r)
			}
		}
	}
	for n := range rapid.IntRange(2, 20).Draw(t, "n") {
		r := truce.Item{Known: begin + truce.Instant(20+n)*minute}
		key := fmt.Sprint("k", n)
		id := truce.DigestOf("entry", key)
		switch k := rapid.IntRange(0, 13).Draw(t, "kind"); {
		case k < 6 || len(said) == 0:
			o := observe(key)
			if rapid.IntRange(0, 9).Draw(t, "corrected") == 0 && len(said) > 0 {
				r.Replaces = pick()
			}
			r.Observation = o
			note(o)
		case k < 9:
			r.Response = &truce.Response{ID: id, Key: key, To: pick(), During: truce.Interval{Start: r.Known, End: r.Known + 1}, Says: truce.SaysReturnFire}
			r.Response.By = right(r.Response.To)
		case k < 12:
			r.Attribution = &truce.Attribution{ID: id, Of: []truce.Digest{pick()}, Confidence: rapid.SampledFrom([]string{"highly-likely", "highly-likely", "likely"}).Draw(t, "confidence"), By: "x"}
			r.Attribution.Actor = right(r.Attribution.Of[0])
		case k == 12 && n > 0:
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
