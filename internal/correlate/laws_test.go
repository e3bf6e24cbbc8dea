package correlate

import (
	"fmt"
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"pgregory.net/rapid"
)

const minute = 60_000

var sources = map[truce.SourceID]truce.Source{
	"apart": {ID: "apart", Publisher: "a", Apart: true},
	"press": {ID: "press", Publisher: "b"},
	"post":  {ID: "post", Publisher: "c"},
	"viirs": {ID: "viirs", Publisher: "d"},
}

func source(id truce.SourceID) truce.Source { return sources[id] }

// observation draws something near 48 N 37.8 E on 1 March 2026, so that many
// pairs are near the threshold.
func observation(t *rapid.T, n int) *truce.Observation {
	at, err := geo.PointOf(48+float64(rapid.IntRange(-60, 60).Draw(t, "lat"))/1000, 37.8+float64(rapid.IntRange(-60, 60).Draw(t, "lon"))/1000)
	if err != nil {
		t.Fatal(err)
	}
	start := truce.Instant(1772323200000) + truce.Instant(rapid.IntRange(0, 1500).Draw(t, "start"))*minute
	o := &truce.Observation{
		Source: rapid.SampledFrom([]truce.SourceID{"apart", "press", "post"}).Draw(t, "source"), Key: fmt.Sprint(n),
		Occurred: truce.Interval{Start: start, End: start + truce.Instant(rapid.SampledFrom([]int{1, 15, 120, 300, 1440}).Draw(t, "width"))*minute},
		Place:    truce.Place{Kind: truce.PlacePoint, Point: at, Uncertainty: rapid.SampledFrom([]int32{50, 200, 400, 1500, 5000, 20000, truce.NotStated}).Draw(t, "u")},
		Act:      rapid.SampledFrom([]truce.Act{"fire", "shot", "strike", "explosion", "presence"}).Draw(t, "act"),
		Weapon:   rapid.SampledFrom([]truce.Class{"", "mortar", "artillery", "missile"}).Draw(t, "weapon"),
	}
	if rapid.IntRange(0, 9).Draw(t, "pixel") == 0 {
		o.Act, o.Weapon, o.Source = truce.ActFirePixel, "", "viirs"
		o.Occurred = truce.Interval{Start: 1772323200000 + 11*60*minute, End: 1772323200000 + 11*60*minute + minute}
		o.Place.Uncertainty = 188
	}
	o.SetID()
	return o
}

func observations(t *rapid.T) []*truce.Observation {
	var out []*truce.Observation
	for i := range rapid.IntRange(0, 60).Draw(t, "n") {
		out = append(out, observation(t, i))
	}
	return out
}

func ids(r *Result) []string {
	var out []string
	for _, inc := range r.Incidents {
		out = append(out, inc.ID.Hex())
	}
	return out
}

// decisions draws merges and splits of them.
func decisions(t *rapid.T, obs []*truce.Observation) []*truce.Decision {
	var out []*truce.Decision
	if len(obs) < 2 {
		return nil
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "decisions") {
		d := &truce.Decision{Kind: rapid.SampledFrom([]truce.DecisionKind{truce.Merge, truce.Split}).Draw(t, "kind"), Seq: int64(i)}
		for range 2 {
			d.Of = append(d.Of, obs[rapid.IntRange(0, len(obs)-1).Draw(t, "of")].ID)
		}
		out = append(out, d)
	}
	return out
}

// TestOrder: the order in which observations arrive, and how many workers there
// are, change nothing.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obs := observations(t)
		in := Input{Observations: obs, Decisions: decisions(t, obs), Source: source, Workers: 1}
		want := Correlate(in)
		in.Observations = rapid.Permutation(obs).Draw(t, "order")
		in.Workers = 3
		got := Correlate(in)
		if !slices.Equal(ids(want), ids(got)) {
			t.Fatalf("another order gives other incidents:\n%v\n%v", ids(want), ids(got))
		}
	})
}

// TestQuadratic: cells and time buckets find the same edges as looking at every
// pair.
func TestQuadratic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := newUnits(Current, Input{Observations: observations(t), Source: source})
		s := newScorer(Current, u.tables)
		u.items = u.items[:u.located]
		got := edgesOf(u.items, s.best(u.items, s.grids(u.items), Input{Workers: 1}))
		var want []edge
		best := make([][]neighbour, len(u.items))
		reach := Current.Extent.Minutes * minute
		for i := range u.items {
			for j := range u.items {
				a, b := &u.items[i], &u.items[j]
				far := reach
				if a.presence {
					far = s.reachMs
				}
				if i == j || b.start > a.end+far || b.start < a.start-far-Current.Locatable.WidthMin*minute {
					continue
				}
				if score := s.score(a, b); score >= Current.Threshold {
					best[i] = s.keep(u.items, best[i], neighbour{int32(j), int32(score)})
				}
			}
		}
		for i := range best {
			for j := range i {
				in := func(i, j int) (int64, bool) {
					for _, n := range best[i] {
						if int(n.k) == j {
							return int64(n.score), true
						}
					}
					return 0, false
				}
				score, ok := in(i, j)
				if other, ok2 := in(j, i); ok2 {
					score, ok = other, true
				}
				if ok {
					e := edge{int32(j), int32(i), score}
					if u.items[i].id.Less(u.items[j].id) {
						e.a, e.b = e.b, e.a
					}
					want = append(want, e)
				}
			}
		}
		s.sortEdges(u.items, got)
		s.sortEdges(u.items, want)
		if !slices.Equal(got, want) {
			t.Fatalf("%d edges by cells, %d by all pairs", len(got), len(want))
		}
	})
}

// TestBounds: every incident that no decision made keeps the bounds.
func TestBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, inc := range Correlate(Input{Observations: observations(t), Source: source}).Incidents {
			apart := 0
			presence := true
			for _, o := range inc.Of {
				if o.Source == "apart" {
					apart++
				}
				presence = presence && o.Act == truce.ActPresence
			}
			if apart > 1 {
				t.Fatalf("two events of a source that keeps its own apart are in one incident")
			}
			if len(inc.Of) > 1 && !presence && inc.Occurred.Width().Minutes() > float64(Current.Extent.Minutes) {
				t.Fatalf("an incident lasts %v", inc.Occurred.Width())
			}
		}
	})
}

// TestMargins are the margins that must hold whatever the method file says.
func TestMargins(t *testing.T) {
	at := func(metres float64, minutes int, u int32, source string) *truce.Observation {
		p, _ := geo.PointOf(48, 37.8)
		o := &truce.Observation{Source: truce.SourceID(source), Key: fmt.Sprint(metres, minutes), Act: "fire", Weapon: "mortar",
			Place:    truce.Place{Kind: truce.PlacePoint, Point: geo.Destination(p, 90, metres), Uncertainty: u},
			Occurred: truce.Interval{Start: truce.Instant(minutes * minute), End: truce.Instant((minutes + 15) * minute)}}
		o.SetID()
		return o
	}
	for _, tt := range []struct {
		name string
		obs  []*truce.Observation
		want int
	}{
		{"300 m apart at 200 m each", []*truce.Observation{at(0, 0, 200, "a"), at(300, 5, 200, "b")}, 1},
		{"670 m apart at 400 m each", []*truce.Observation{at(0, 0, 400, "a"), at(670, 5, 400, "b")}, 1},
		{"a chain of three, ends 1,340 m apart", []*truce.Observation{at(0, 0, 400, "a"), at(670, 5, 400, "b"), at(1340, 10, 400, "c")}, 1},
		{"30 km apart", []*truce.Observation{at(0, 0, 400, "a"), at(30_000, 5, 400, "b")}, 2},
		{"five days apart", []*truce.Observation{at(0, 0, 200, "a"), at(0, 5*1440, 200, "b")}, 2},
		{"too uncertain to be located", []*truce.Observation{at(0, 0, 20_000, "a"), at(0, 5, 20_000, "b")}, 2},
		{"uncertainty not stated", []*truce.Observation{at(0, 0, truce.NotStated, "a"), at(0, 5, 200, "b")}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Correlate(Input{Observations: tt.obs}); len(got.Incidents) != tt.want {
				t.Errorf("%d incidents, want %d", len(got.Incidents), tt.want)
			}
		})
	}
}

// TestClaimsJoinNothing: taking all allegations away leaves the incidents of
// what was observed as they are.
func TestClaimsJoinNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obs := observations(t)
		var seen []*truce.Observation
		for _, o := range obs {
			if rapid.IntRange(0, 3).Draw(t, "claim") == 0 && o.Act != truce.ActFirePixel {
				o.Claimant = "A"
			} else {
				seen = append(seen, o)
			}
		}
		var with []string
		for _, inc := range Correlate(Input{Observations: obs, Source: source}).Incidents {
			var of []*truce.Observation
			for _, o := range inc.Of {
				if !o.Alleged() {
					of = append(of, o)
				}
			}
			if len(of) > 0 {
				with = append(with, truce.NewIncident(of).ID.Hex())
			}
		}
		slices.Sort(with)
		if without := ids(Correlate(Input{Observations: seen, Source: source})); !slices.Equal(with, without) {
			t.Fatalf("allegations changed the incidents of observations:\n%v\n%v", with, without)
		}
	})
}

// TestMilliLn is within one unit of 1000 ln(x); the values are from tables.
func TestMilliLn(t *testing.T) {
	for x, want := range map[uint64]int64{1: 0, 2: 693, 10: 2303, 100: 4605, 123_456: 11724, 1_000_000: 13816, 1 << 40: 27726, 1e18: 41447} {
		if got := milliLn(x); got < want-1 || got > want+1 {
			t.Errorf("milliLn(%d) = %d, want %d", x, got, want)
		}
	}
}
