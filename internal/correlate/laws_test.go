package correlate

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"pgregory.net/rapid"
)

const minute = 60_000

var sources = map[truce.SourceID]truce.Source{
	"apart": {ID: "apart", Publisher: "a", Apart: true},
	"other": {ID: "other", Publisher: "e", Apart: true},
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
		Source: rapid.SampledFrom([]truce.SourceID{"apart", "other", "press", "post"}).Draw(t, "source"), Key: fmt.Sprint(n),
		Occurred: truce.Interval{Start: start, End: start + truce.Instant(rapid.SampledFrom([]int{1, 15, 120, 300, 1440, 1440, 4320, 20_000}).Draw(t, "width"))*minute},
		Place:    truce.Place{Kind: truce.PlacePoint, Point: at, Uncertainty: rapid.SampledFrom([]int32{50, 200, 400, 1500, 5000, 20000, truce.NotStated}).Draw(t, "u")},
		Act:      rapid.SampledFrom([]truce.Act{"fire", "shot", "strike", "explosion", "presence"}).Draw(t, "act"),
		Weapon:   rapid.SampledFrom([]truce.Class{"", "mortar", "artillery", "missile"}).Draw(t, "weapon"),
		Count:    truce.Count{N: int32(min(1, rapid.IntRange(0, 12).Draw(t, "count")))}, // 0: a statement of none
		Actor:    rapid.SampledFrom([]truce.PartyID{"", "", "A", "B"}).Draw(t, "actor"),
	}
	if o.Occurred.Width() >= 24*time.Hour && rapid.Bool().Draw(t, "day") { // many of one day
		o.Occurred.Start = 1772323200000
		o.Occurred.End = o.Occurred.Start + truce.Instant(o.Occurred.Width().Milliseconds())
	}
	if n := rapid.SampledFrom([]int32{-1, -1, 0, 3, 5, 25}).Draw(t, "killed"); n >= 0 && o.Count.N > 0 {
		o.Casualties = &truce.Casualties{Killed: &truce.Range{Low: n, Best: n, High: n}}
	}
	if rapid.IntRange(0, 9).Draw(t, "pixel") == 0 {
		o.Casualties = nil
		o.Act, o.Weapon, o.Source = truce.ActFirePixel, "", "viirs"
		o.Occurred = truce.Interval{Start: 1772323200000 + 11*60*minute, End: 1772323200000 + 11*60*minute + minute}
		o.Place.Uncertainty = 188
	}
	if o.Casualties == nil && o.Act != truce.ActFirePixel && rapid.IntRange(0, 9).Draw(t, "claim") == 0 {
		o.Claimant = "A"
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
		in := Input{Observations: obs, Decisions: decisions(t, obs), Source: source, Workers: 1, Deadlines: []truce.Instant{1772323200000 + 600*60_000}}
		want := Correlate(in)
		in.Observations = rapid.Permutation(obs).Draw(t, "order")
		in.Workers = 3
		got := Correlate(in)
		if !slices.Equal(ids(want), ids(got)) {
			t.Fatalf("another order gives other incidents:\n%v\n%v", ids(want), ids(got))
		}
	})
}

// TestQuadratic: cells, groups and time buckets find the same edges as looking at every
// pair.
func TestQuadratic(t *testing.T) {
	t.Run("few", func(t *testing.T) { rapid.Check(t, func(t *rapid.T) { quadratic(t, Current) }) })
	crowded := *Current // so few partners are kept that they displace and crowd one another
	crowded.Edges = 3
	t.Run("crowded", func(t *testing.T) { rapid.Check(t, func(t *rapid.T) { quadratic(t, &crowded) }) })
}

func quadratic(t *rapid.T, m *Method) {
	u := newUnits(m, Input{Observations: observations(t), Source: source})
	s := newScorer(m, u.tables, u.numbers)
	items := u.items[:u.located]
	best, tally := s.best(items, s.fill(items), Input{Workers: 1})
	got := edgesOf(items, best)

	pair := func(i, j int) (int64, bool) {
		if i == j {
			return 0, false
		}
		score := s.score(&items[i], &items[j])
		return score, score >= m.Threshold
	}
	crowded := make([]bool, len(items))
	for i := range items {
		n := 0
		for j := range items {
			if _, ok := pair(i, j); ok && (items[i].alleged || !items[j].alleged) {
				n++
			}
		}
		crowded[i] = items[i].wide && n > m.Edges
		if crowded[i] != s.crowded(tally)(i) {
			t.Fatalf("item %d has %d partners, and is crowded: %t", i, n, !crowded[i])
		}
	}
	all := make([][]neighbour, len(items))
	for i := range items {
		for j := range items {
			score, ok := pair(i, j)
			switch n := (neighbour{int32(j), int32(score)}); {
			case !ok || crowded[i] || crowded[j]:
			case !items[i].wide:
				all[i] = s.keep(items, i, all[i], n)
			case items[i].alleged || !items[j].alleged:
				all[i] = append(all[i], n)
			}
		}
	}
	want := edgesOf(items, all)
	s.sortEdges(items, got)
	s.sortEdges(items, want)
	if !slices.Equal(got, want) {
		t.Fatalf("%d edges by cells, %d by all pairs", len(got), len(want))
	}
}

// TestBounds: every incident that no decision made keeps the bounds.
func TestBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, inc := range Correlate(Input{Observations: observations(t), Source: source}).Incidents {
			apart := map[truce.SourceID]int{}
			presence := true
			for _, o := range inc.Of {
				apart[o.Source]++
				presence = presence && o.Act == truce.ActPresence
			}
			if apart["apart"] > 1 || apart["other"] > 1 {
				t.Fatalf("two events of a source that keeps its own apart are in one incident")
			}
			ended, began := truce.Never, truce.Always
			for _, o := range inc.Of {
				ended, began = min(ended, o.Occurred.End), max(began, o.Occurred.Start)
				for _, other := range inc.Of {
					if max(o.Occurred.Width(), other.Occurred.Width()) > 6*time.Hour && !o.Occurred.Overlaps(other.Occurred) {
						t.Fatalf("one incident is of %v and of %v", o.Occurred, other.Occurred)
					}
				}
			}
			if len(inc.Of) > 1 && !presence && int64(began-ended) > Current.Extent.Minutes*minute {
				t.Fatalf("an incident lasts %v at least", truce.Interval{Start: ended, End: began}.Width())
			}
		}
	})
}

// TestMargins are the margins that must hold whatever the method file says.
func TestMargins(t *testing.T) {
	at := func(metres float64, minutes int, u int32, source string) *truce.Observation {
		p, _ := geo.PointOf(48, 37.8)
		o := &truce.Observation{Source: truce.SourceID(source), Key: fmt.Sprint(metres, minutes), Count: truce.Count{N: 1}, Act: "fire", Weapon: "mortar",
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
		{"too uncertain to be compared", []*truce.Observation{at(0, 0, 20_000, "a"), at(0, 5, 20_000, "b")}, 2},
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
	crowded := *Current // so few partners are kept that claims could crowd out observations
	crowded.Edges = 3
	for _, m := range []*Method{Current, &crowded} {
		rapid.Check(t, func(t *rapid.T) { claimsJoinNothing(t, m) })
	}
}

func claimsJoinNothing(t *rapid.T, m *Method) {
	obs := observations(t)
	var seen []*truce.Observation
	for _, o := range obs {
		if rapid.IntRange(0, 3).Draw(t, "claim") == 0 && o.Act != truce.ActFirePixel {
			o.Claimant = "A"
		}
		if !o.Alleged() {
			seen = append(seen, o)
		}
	}
	var with []string
	for _, inc := range correlate(m, Input{Observations: obs, Source: source}).Incidents {
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
	if without := ids(correlate(m, Input{Observations: seen, Source: source})); !slices.Equal(with, without) {
		t.Fatalf("allegations changed the incidents of observations:\n%v\n%v", with, without)
	}
}

// TestMilliLn is within one unit of 1000 ln(x); the values are from tables.
func TestMilliLn(t *testing.T) {
	for x, want := range map[uint64]int64{1: 0, 2: 693, 10: 2303, 100: 4605, 123_456: 11724, 1_000_000: 13816, 1 << 40: 27726, 1e18: 41447} {
		if got := milliLn(x); got < want-1 || got > want+1 {
			t.Errorf("milliLn(%d) = %d, want %d", x, got, want)
		}
	}
}

// TestThings: when two sightings may be of one thing. By hand: two guns eleven metres
// apart differ by what is stated of them; nothing else about the pair changes.
func TestThings(t *testing.T) {
	minute := int64(60_000)
	p, _ := geo.PointOf(48, 37.8)
	gun := func(source, key string, change func(*truce.Observation)) *truce.Observation {
		o := &truce.Observation{Source: truce.SourceID(source), Key: key, Count: truce.Count{N: 1}, Act: truce.ActPresence, Seen: truce.SeenWeapon, Weapon: "mortar",
			Place:    truce.Place{Kind: truce.PlacePoint, Point: p, Uncertainty: 50},
			Occurred: truce.Interval{Start: truce.Instant(1000 * minute), End: truce.Instant(1010 * minute)}}
		change(o)
		o.SetID()
		return o
	}
	near := geo.Destination(p, 90, 11)
	for _, tt := range []struct {
		name   string
		a, b   func(*truce.Observation)
		source string // of the second
		want   int
	}{
		{"nothing differs", func(o *truce.Observation) {}, func(o *truce.Observation) {}, "b", 1},
		{"one class is not stated", func(o *truce.Observation) {}, func(o *truce.Observation) { o.Weapon = "" }, "b", 1},
		{"another class", func(o *truce.Observation) {}, func(o *truce.Observation) { o.Weapon = "artillery" }, "b", 2},
		{"a class within the other", func(o *truce.Observation) { o.Weapon = "missile" }, func(o *truce.Observation) { o.Weapon = "cruise-missile" }, "b", 1},
		{"two classes of one", func(o *truce.Observation) { o.Weapon = "ballistic-missile" }, func(o *truce.Observation) { o.Weapon = "cruise-missile" }, "b", 2},
		{"one calibre is not stated", func(o *truce.Observation) { o.Calibre = 1200 }, func(o *truce.Observation) {}, "b", 1},
		{"another calibre", func(o *truce.Observation) { o.Calibre = 1200 }, func(o *truce.Observation) { o.Calibre = 820 }, "b", 2},
		{"one owner is not stated", func(o *truce.Observation) { o.Actor = "A" }, func(o *truce.Observation) {}, "b", 1},
		{"another owner", func(o *truce.Observation) { o.Actor = "A" }, func(o *truce.Observation) { o.Actor = "B" }, "b", 2},
		{"another name", func(o *truce.Observation) { o.Object = "gun-1" }, func(o *truce.Observation) { o.Object = "gun-2" }, "b", 2},
		{"a weapon and a position", func(o *truce.Observation) { o.Weapon = "" }, func(o *truce.Observation) { o.Weapon, o.Seen = "", truce.SeenPosition }, "b", 2},
		{"one source lists two under one time", func(o *truce.Observation) {}, func(o *truce.Observation) {}, "a", 2},
		{"one source sees it again", func(o *truce.Observation) {}, func(o *truce.Observation) {
			o.Occurred.Start += truce.Instant(minute)
			o.Occurred.End += truce.Instant(minute)
		}, "a", 1},
		{"before and after a deadline", func(o *truce.Observation) {}, func(o *truce.Observation) {
			o.Occurred.Start += truce.Instant(20 * minute)
			o.Occurred.End += truce.Instant(20 * minute)
		}, "b", 2},
		{"both up to the deadline", func(o *truce.Observation) {}, func(o *truce.Observation) { o.Occurred.End = truce.Instant(1015 * minute) }, "b", 1},
		{"both from the deadline on", func(o *truce.Observation) {
			o.Occurred = truce.Interval{Start: truce.Instant(1015 * minute), End: truce.Instant(1020 * minute)}
		},
			func(o *truce.Observation) {
				o.Occurred = truce.Interval{Start: truce.Instant(1016 * minute), End: truce.Instant(1020 * minute)}
			}, "b", 1},
		{"one over the deadline", func(o *truce.Observation) {}, func(o *truce.Observation) { o.Occurred.End = truce.Instant(1016 * minute) }, "b", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := gun("a", "1", tt.a)
			b := gun(tt.source, "2", func(o *truce.Observation) { o.Place.Point = near; tt.b(o) })
			in := Input{Observations: []*truce.Observation{a, b}, Deadlines: []truce.Instant{truce.Instant(1015 * minute)}}
			if got := len(Correlate(in).Incidents); got != tt.want {
				t.Errorf("%d incidents, want %d", got, tt.want)
			}
			if parts, total, ok := Explain(a, b, in); !ok || (total < 0) != (tt.want == 2) || len(parts) == 0 {
				t.Errorf("explained: %v, %d, %t", parts, total, ok)
			}
		})
	}
}
