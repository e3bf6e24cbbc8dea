package assess_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// TestReturnFireAsks: what is missing is named as work for people, one record at a time, and nothing is asked of
// an act that is excepted or that no exception is about.
func TestReturnFireAsks(t *testing.T) {
	a := folder(t, "return-fire")
	const begin, minute = truce.Instant(1772438400000), truce.Instant(60_000) // 2 March 2026 10:00 in Kyiv
	fire := func(key string, source truce.SourceID, act truce.Act, actor truce.PartyID, from int, lon int32) truce.Item {
		o := &truce.Observation{Source: source, Key: key, Act: act, Actor: actor, Count: truce.Count{N: 1}, Occurred: truce.Interval{Start: begin + minute*truce.Instant(from), End: begin + minute*truce.Instant(from+5)},
			Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: 200, Point: geo.Point{Lat: 480500000, Lon: lon}}}
		o.SetID()
		return truce.Item{Observation: o}
	}
	shot := []truce.Item{fire("a", "post-1", "fire", "A", 10, 381000000), fire("b", "committee", "fire", "A", 10, 381000000)}
	of := shot[0].Observation.ID
	states := truce.Item{Response: &truce.Response{ID: truce.DigestOf("s"), Key: "s", By: "A", To: of, Says: truce.SaysReturnFire}}
	attack := []truce.Item{fire("t", "post-1", "fire", "B", 0, 380500000), fire("u", "committee", "fire", "B", 0, 380500000)}
	holds := truce.Item{Attribution: &truce.Attribution{ID: truce.DigestOf("x"), Of: []truce.Digest{attack[0].Observation.ID}, Actor: "B", Confidence: "likely", By: "x"}}
	for _, tt := range []struct {
		what    string
		items   []truce.Item
		article truce.Article
		want    []truce.Fact
	}{
		{"nothing", nil, "1", []truce.Fact{"answer"}},
		{"the statement", []truce.Item{states}, "1", []truce.Fact{"attack"}},
		{"the statement and the attack", append([]truce.Item{states}, attack...), "1", []truce.Fact{"attacker"}},
		{"all three", append([]truce.Item{states, holds}, attack...), "1", nil},
		{"no exception", nil, "2", nil},
		{"two exceptions that lack the same", nil, "4", []truce.Fact{"answer"}},
	} {
		items := append(slices.Clone(shot), tt.items...)
		s := situation.Build(a, items, begin+100*minute, situation.Options{Workers: 1})
		got, err := s.Assess(situation.Query{Article: tt.article, Of: of, Reasons: true})
		if err != nil {
			t.Fatal(err)
		}
		var facts []truce.Fact
		for _, x := range got.Tasks {
			facts = append(facts, x.Fact)
			if x.What == "" || x.Who == "" {
				t.Errorf("%s: nobody could establish %s", tt.what, x.Fact)
			}
		}
		if !slices.Equal(facts, tt.want) {
			t.Errorf("with %s: asks for %v, want %v", tt.what, facts, tt.want)
		}
		if len(got.Missing) > 0 {
			t.Errorf("with %s: the finding itself lacks %v", tt.what, got.Missing)
		}
	}
	for _, f := range []truce.Fact{"answer", "attack", "attacker"} {
		if !slices.Contains(assess.Facts, f) || assess.Who(f) == "" {
			t.Errorf("nobody can be asked for %s", f)
		}
	}
}

// TestLongExchange: A fires, and then B and A answer each other every ten minutes, each stating that it was return
// fire. By hand: whoever fired first answers nothing, so that every second act is excepted; 65 acts are followed
// back, and of those that come later nobody can tell.
func TestLongExchange(t *testing.T) {
	a := folder(t, "return-fire")
	const acts = 70
	var text, decided strings.Builder
	apart := "decide apart"
	for n := range acts {
		// The places go up and down by 1.1 km.
		lat, lon, who := 4802+[]int{0, 1, 2, 3, 4, 5, 4, 3, 2, 1}[n%10], "38.0500E", "A"
		if n%2 == 1 {
			lon, who = "38.0900E", "B"
		}
		day, minutes := 2, n*10
		for minutes >= 24*60 {
			day, minutes = day+1, minutes-24*60
		}
		at := fmt.Sprintf("2026-03-%02dT%02d:%02d/%02d:%02d+02:00", day, minutes/60, minutes%60, minutes/60, minutes%60+4)
		fmt.Fprintf(&text, "observe o%d fire %s %d.%02d00N %s ±100m actor=%s source=post-1\n", n, at, lat/100, lat%100, lon, who)
		apart += fmt.Sprintf(" o%d", n)
		fmt.Fprintf(&decided, "decide verify o%d because \"seen\"\nattribute x%d o%d actor=%s confidence=likely\n", n, n, n, who)
		if n > 0 {
			fmt.Fprintf(&decided, "respond s%d by %s 2026-03-20/2026-03-21 to=o%d says=return-fire\n", n, who, n)
		}
	}
	fmt.Fprintf(&text, "%s because \"each was heard\"\n%sincidents %d\n", apart, decided.String(), acts)
	for n := range acts {
		switch {
		case n%2 == 1 && n <= 65:
			fmt.Fprintf(&text, "assess 1 excepted of o%d\n", n)
		default:
			fmt.Fprintf(&text, "assess 1 apparent-violation verified of o%d\n", n)
		}
	}
	run := scenario.Run("exchange", strings.NewReader(text.String()), a, nil, situation.Options{Workers: 1})
	for _, x := range run.Faults {
		t.Error(x)
	}
	for _, x := range run.Failures {
		t.Error(x)
	}
	if run.Held != acts+1 {
		t.Errorf("%d statements held, want %d", run.Held, acts+1)
	}
}
