package situation_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/situation"
	"pgregory.net/rapid"
)

// TestSuspension: what declarations leave of an article is what a reader would count by hand: of each hour it is
// out of scope if the last declaration from before it suspends it. A growing situation is the one built at once.
func TestSuspension(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("../scenario/testdata/conformance/reciprocity"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	const begin, hour = truce.Instant(1772409600000), truce.Instant(3_600_000) // 2 March 2026 00:00 UTC
	out, in := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var all []truce.Item
		suspended := make([]int, 50) // by hour: 1 suspended from it on, -1 resumed
		for n := range rapid.IntRange(2, 16).Draw(t, "n") {
			r := truce.Item{Known: begin + 60*hour + truce.Instant(n)}
			at := rapid.IntRange(1, 48).Draw(t, "hour")
			if k := rapid.IntRange(0, 3).Draw(t, "kind"); k < 2 {
				o := &truce.Observation{Source: "post-1", Key: fmt.Sprint(n), Count: truce.Count{N: 1}, Act: "attack", Actor: "B", Occurred: truce.Interval{Start: begin + hour*truce.Instant(at), End: begin + hour*truce.Instant(at) + 60_000},
					Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: 100, Point: geo.Point{Lat: 480500000, Lon: 380300000}}}
				o.SetID()
				r.Observation = o
			} else if suspended[at] == 0 { // of two declarations from one moment nobody could tell which is the later
				name := map[int]string{2: "b-suspends", 3: "b-resumes"}[k]
				suspended[at] = 5 - 2*k
				r.Decision = &truce.Decision{ID: truce.DigestOf("decision", fmt.Sprint(n)), Seq: int64(n), Kind: truce.Declare, Name: name, From: begin + hour*truce.Instant(at), Because: "a test", By: "x"}
			} else {
				continue
			}
			all = append(all, r)
		}
		if len(all) == 0 {
			return
		}
		now := begin + 100*hour
		s := situation.Build(a, all, now, opts())
		for _, inc := range s.Incidents() {
			if len(inc.Of) > 1 {
				continue
			}
			is := 0
			for h := 0; begin+hour*truce.Instant(h) <= inc.Occurred.Start; h++ {
				if suspended[h] != 0 {
					is = suspended[h]
				}
			}
			o, _ := s.Finding("2", inc.ID)
			if (o == truce.OutOfScope) != (is == 1) {
				t.Fatalf("an attack at %v is %s, with the declarations %v", inc.Occurred, o, suspended)
			}
			if is == 1 {
				out++
			} else {
				in++
			}
		}
		g := situation.Grow(opts())
		for n := 0; n < len(all); {
			m := min(len(all), n+rapid.IntRange(1, 4).Draw(t, "arrive"))
			got, _ := g.Step(a, all[n:m], func() []truce.Item { return all[:m] }, nil, now)
			same(t, m, situation.Build(a, all[:m], now, opts()), got)
			n = m
		}
	})
	if out == 0 || in == 0 {
		t.Errorf("%d attacks were in a suspension and %d were not: the stories test nothing", out, in)
	}
}
