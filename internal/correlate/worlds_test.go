package correlate

import (
	"fmt"
	"math"
	"math/rand"
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"pgregory.net/rapid"
)

// A world is acts of one day, of which several sources tell, each of some of them, with an
// error of position within the radius that it states, and a number of killed that it has
// wrong in three of ten cases.
type world struct {
	acts   int
	wide   float64 // metres from west to east
	deep   float64 // and from south to north
	radius int32
	seen   float64
	tell   []truce.SourceID
}

const worldDay = truce.Instant(1772323200000)

// reports tells of a world; act is of which act each report is.
func (w world) reports(t *testing.T, r *rand.Rand) (all []*truce.Observation, act map[truce.Digest]int) {
	t.Helper()
	corner, err := geo.PointOf(48, 37)
	if err != nil {
		t.Fatal(err)
	}
	act = map[truce.Digest]int{}
	killed := func() int32 { // as catalogues have them: few, and seldom many
		n := int32(0)
		for r.Float64() < 0.62 {
			n++
		}
		return n
	}
	for n := range w.acts {
		at := geo.Destination(geo.Destination(corner, 90, r.Float64()*w.wide), 0, r.Float64()*w.deep)
		truth := killed()
		for _, source := range w.tell {
			if r.Float64() >= w.seen {
				continue
			}
			e := float64(w.radius) // a normal error of half the radius, cut at it
			for e >= float64(w.radius) {
				e = float64(w.radius) / 2 * max(r.NormFloat64(), -r.NormFloat64(), 0)
			}
			k := truth
			if r.Float64() < 0.3 {
				k = killed()
			}
			o := &truce.Observation{Source: source, Key: fmt.Sprint(n), Count: truce.Count{N: 1}, Act: "strike", Weapon: "aircraft", Occurred: truce.Interval{Start: worldDay, End: worldDay + 1440*minute},
				Place: truce.Place{Kind: truce.PlacePoint, Point: geo.Destination(at, 360*r.Float64(), e), Uncertainty: w.radius}, Casualties: &truce.Casualties{Killed: &truce.Range{Low: k, Best: k, High: k}}}
			o.SetID()
			all, act[o.ID] = append(all, o), n
		}
	}
	return all, act
}

// pairs counts the pairs of an incident that are of one act, and those that are not.
func pairs(res *Result, act map[truce.Digest]int) (right, wrong int) {
	for _, inc := range res.Incidents {
		for i, o := range inc.Of {
			for _, p := range inc.Of[:i] {
				if act[o.ID] == act[p.ID] {
					right++
				} else {
					wrong++
				}
			}
		}
	}
	return right, wrong
}

// A city is so many air strikes on some metres of a city in one day, of which two catalogues
// that keep their events apart each know a part. least is how many of 100 joined pairs are of
// one strike, and found how many of 100 pairs that are of one strike are joined.
type city struct {
	strikes      int
	metres       float64
	radius       int32
	seen         float64
	least, found int
}

// crowdStrikes is how many strikes the worlds of a kind have together.
const crowdStrikes = 5000

// TestCrowd: of the pairs that are joined in such cities, so many are right. The rates are
// printed, beside those of a rule without crowds: each event joins the one that fits best. The
// worlds are none of those that the rule was chosen on (doc/method.md).
func TestCrowd(t *testing.T) {
	for _, tt := range []city{
		{1, 10_000, 2000, 0.5, 99, 95}, {3, 10_000, 2000, 0.5, 87, 65}, {10, 10_000, 2000, 0.5, 85, 30}, {30, 10_000, 2000, 0.5, 75, 1},
		{10, 10_000, 2000, 0.3, 68, 40}, {10, 10_000, 2000, 0.8, 93, 15}, {10, 10_000, 1000, 0.5, 87, 60}, {10, 10_000, 5000, 0.5, 0, 0},
		{10, 20_000, 2000, 0.5, 90, 55}, {10, 5000, 2000, 0.5, 70, 8}, {40, 10_000, 500, 0.5, 87, 50},
	} {
		r := rand.New(rand.NewSource(int64(tt.strikes)*100_003 + int64(tt.metres) + int64(tt.radius)*7 + int64(tt.seen*10)))
		right, wrong, best, bestWrong, there := 0, 0, 0, 0, 0
		for range crowdStrikes / tt.strikes {
			w := world{acts: tt.strikes, wide: tt.metres, deep: tt.metres, radius: tt.radius, seen: tt.seen, tell: []truce.SourceID{"apart", "other"}}
			all, act := w.reports(t, r)
			a, b := pairs(correlate(Current, Input{Observations: all, Source: source, Workers: 1}), act)
			right, wrong = right+a, wrong+b
			u := newUnits(Current, Input{Observations: all, Source: source})
			sc := newScorer(Current, u.tables, u.numbers)
			bestOf := func(i int) int {
				at, most := -1, Current.Threshold-1
				for j := range u.items {
					if score := sc.score(&u.items[i], &u.items[j]); i != j && score > most {
						at, most = j, score
					}
				}
				return at
			}
			for i := range u.items { // the best of each, if it is best for that one too
				if j := bestOf(i); j > i && bestOf(j) == i {
					if act[u.items[i].id] == act[u.items[j].id] {
						best++
					} else {
						bestWrong++
					}
				}
			}
			c := NewComparison(Input{Source: source})
			for i, o := range all {
				for _, p := range all[:i] {
					if act[o.ID] != act[p.ID] {
						continue
					}
					there++
					x, y := truce.NewIncident([]*truce.Observation{o}), truce.NewIncident([]*truce.Observation{p})
					if _, parted := c.Parted(x, y, nil); parted {
						t.Errorf("two reports of one strike are parted")
					}
				}
			}
		}
		joined := right + wrong
		t.Logf("%d strikes on %.0f km, ±%d m, %.0f %% seen: %d of %d pairs that are one strike are joined (%.2f), and %d others: %.3f of the joined are right; of the best for one another %.3f", tt.strikes, tt.metres/1000, tt.radius, 100*tt.seen,
			right, there, float64(right)/float64(there), wrong, float64(right)/float64(max(1, joined)), float64(best)/float64(max(1, best+bestWrong)))
		if 100*right < tt.least*joined || 100*right < tt.found*there {
			t.Errorf("%d strikes on %.0f km, ±%d m, %.0f %% seen: of %d pairs %d are joined and right, and %d are joined; want %d in 100 right and %d in 100 found", tt.strikes, tt.metres/1000, tt.radius, 100*tt.seen, there, right, joined, tt.least, tt.found)
		}
	}
}

// TestCrowdByHand: which pairs of two catalogues are joined, by the sentences of the method:
// a pair joins if it beats all other pairs of either of its events that fit by 1500, and if it
// reaches the threshold and the logarithm of the number of pairs that they may be of, within
// 10 km and half a day, as far as act, weapon and side do not speak against it. Written down a
// second time, over all pairs.
func TestCrowdByHand(t *testing.T) {
	joined, rivalled, many := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var all []*truce.Observation
		side := rapid.SampledFrom([]float64{500, 5000, 25_000}).Draw(t, "metres")
		corner, _ := geo.PointOf(48, 37)
		ring := rapid.Bool().Draw(t, "ring") // two in the middle, and the others too far from them to fit
		least := 2
		if ring {
			least = 16
		}
		for i := range rapid.IntRange(least, 24).Draw(t, "n") {
			start := worldDay + truce.Instant(rapid.SampledFrom([]int{0, 0, 0, 300, 900, 1440, 2000}).Draw(t, "start"))*minute
			o := &truce.Observation{Source: rapid.SampledFrom([]truce.SourceID{"apart", "other"}).Draw(t, "source"), Key: fmt.Sprint(i), Count: truce.Count{N: 1},
				Act: rapid.SampledFrom([]truce.Act{"strike", "strike", "strike", "fire", "overflight"}).Draw(t, "act"), Weapon: rapid.SampledFrom([]truce.Class{"aircraft", "aircraft", "missile", ""}).Draw(t, "weapon"),
				Occurred: truce.Interval{Start: start, End: start + truce.Instant(rapid.SampledFrom([]int{1440, 1440, 1440, 30}).Draw(t, "width"))*minute},
				Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: rapid.SampledFrom([]int32{100, 1000, 2000}).Draw(t, "u"),
					Point: geo.Destination(geo.Destination(corner, 90, rapid.Float64Range(0, side).Draw(t, "x")), 0, rapid.Float64Range(0, side).Draw(t, "y"))}}
			if ring && i < 2 {
				o.Source, o.Act, o.Weapon, o.Occurred = truce.SourceID([]string{"apart", "other"}[i]), "strike", "aircraft", truce.Interval{Start: worldDay, End: worldDay + 1440*minute}
				o.Place.Point = geo.Destination(corner, 90, float64(i)*rapid.Float64Range(0, 2000).Draw(t, "apart"))
			} else if ring {
				o.Place.Point = geo.Destination(corner, rapid.Float64Range(0, 360).Draw(t, "bearing"), rapid.Float64Range(7000, 10_500).Draw(t, "far"))
			}
			k := int32(rapid.IntRange(0, 30).Draw(t, "killed"))
			o.Casualties = &truce.Casualties{Killed: &truce.Range{Low: k, Best: k, High: k}}
			o.SetID()
			all = append(all, o)
		}
		in := Input{Observations: all, Source: source, Workers: 1}
		of := map[truce.Digest]truce.Digest{}
		for _, inc := range Correlate(in).Incidents {
			for _, o := range inc.Of {
				of[o.ID] = inc.ID
			}
		}
		score := func(a, b *truce.Observation) int64 {
			_, total, ok := Explain(a, b, Input{Source: source})
			if !ok || total < Current.Threshold {
				return Never
			}
			return total
		}
		against := func(a, b *truce.Observation) bool { // act and weapon
			parts, _, _ := Explain(a, b, Input{Source: source})
			sum := int64(0)
			for _, p := range parts {
				if p.Name == "act" || p.Name == "weapon" {
					sum += p.Score
				}
			}
			return len(parts) == 1 || sum < 0
		}
		for i, a := range all {
			for _, b := range all[:i] {
				s := score(a, b)
				if a.Source == b.Source || s == Never {
					continue
				}
				may, rival := -1, int64(Never)
				for _, ends := range [2][2]*truce.Observation{{a, b}, {b, a}} {
					near := 0
					for _, x := range all {
						if x.Source != ends[1].Source {
							continue
						}
						gap := max(0, x.Occurred.Start-ends[0].Occurred.End, ends[0].Occurred.Start-x.Occurred.End)
						if gap <= 720*minute && geo.Distance(ends[0].Place.Point, x.Place.Point) <= 10_000 && !against(ends[0], x) {
							near++
						}
						if x != ends[1] {
							rival = max(rival, score(ends[0], x))
						}
					}
					may += max(1, near)
				}
				above := float64(s-Current.Threshold)/1000 - math.Log(float64(may))
				if math.Abs(above) < 0.002 {
					continue // by rounding
				}
				want := above > 0 && s-rival >= Current.Margin
				switch {
				case want:
					joined++
				case above > 0:
					rivalled++
				case s-rival >= Current.Margin:
					many++
				}
				if is := of[a.ID] == of[b.ID]; is != want {
					t.Fatalf("a pair that scores %d, with a rival of %d and %d pairs in the neighbourhood, is joined: %t", s, rival, may, is)
				}
				_, contested := NewComparison(in).Contested(Pair{a, b, s}, func(o *truce.Observation, of truce.SourceID) (out []*truce.Observation) {
					for _, x := range all {
						if x.Source == of {
							out = append(out, x)
						}
					}
					return out
				})
				if contested == want {
					t.Fatalf("a pair that is joined %t is contested: %t", want, contested)
				}
			}
		}
	})
	t.Logf("%d pairs join, %d do not because of a rival, %d because of many events", joined, rivalled, many)
	if joined == 0 || rivalled == 0 || many == 0 && !testing.Short() { // a short run has few worlds
		t.Error("nothing is tested")
	}
}

// TestCrowdCounts: which events of another source an event may be: by hand, at each edge.
func TestCrowdCounts(t *testing.T) {
	centre, err := geo.PointOf(0, 10)
	if err != nil {
		t.Fatal(err)
	}
	day := truce.Interval{Start: worldDay, End: worldDay + 1440*minute}
	hours := func(from, to float64) truce.Interval {
		return truce.Interval{Start: worldDay + truce.Instant(from*60)*minute, End: worldDay + truce.Instant(to*60)*minute}
	}
	event := func(source truce.SourceID, key string, metres float64, v truce.Interval, act truce.Act, weapon truce.Class) *truce.Observation {
		o := &truce.Observation{Source: source, Key: key, Count: truce.Count{N: 1}, Act: act, Weapon: weapon, Occurred: v,
			Place: truce.Place{Kind: truce.PlacePoint, Point: geo.Destination(centre, 90, metres), Uncertainty: 500}}
		o.SetID()
		return o
	}
	for _, tt := range []struct {
		name  string
		mine  truce.Interval
		other *truce.Observation
		want  int
	}{
		{"the same day and place", day, event("apart", "x", 0, day, "strike", "aircraft"), 1},
		{"10 km", day, event("apart", "x", 10_000, day, "strike", "aircraft"), 1},
		{"10,002 m", day, event("apart", "x", 10_002, day, "strike", "aircraft"), 0},
		{"its own source", day, event("other", "x", 0, day, "strike", "aircraft"), 0},
		{"a report", day, event("press", "x", 0, day, "strike", "aircraft"), 0},
		{"the day after", day, event("apart", "x", 0, hours(24, 48), "strike", "aircraft"), 0},
		{"two days, of which one is the day", day, event("apart", "x", 0, hours(-24, 1), "strike", "aircraft"), 1},
		{"a year", day, event("apart", "x", 0, hours(-4000, 4000), "strike", "aircraft"), 1},
		{"a week that ends with the day", day, event("apart", "x", 0, hours(-144, 24), "strike", "aircraft"), 1},
		{"an hour of the day", day, event("apart", "x", 0, hours(22, 23), "strike", "aircraft"), 1},
		{"twelve hours later, to the minute", hours(0, 1), event("apart", "x", 0, hours(13, 14), "strike", "aircraft"), 1},
		{"a minute more", hours(0, 1), event("apart", "x", 0, hours(13.02, 14), "strike", "aircraft"), 0},
		{"twelve hours earlier, to the minute", hours(13, 14), event("apart", "x", 0, hours(0, 1), "strike", "aircraft"), 1},
		{"a minute more before", hours(13.02, 14), event("apart", "x", 0, hours(0, 1), "strike", "aircraft"), 0},
		{"act and weapon say nothing", day, event("apart", "x", 0, day, "explosion", ""), 1},
		{"the act speaks against it", day, event("apart", "x", 0, day, "fire", ""), 0},
		{"the weapon speaks against it by less than the act for it", day, event("apart", "x", 0, day, "strike", ""), 1},
		{"the weapon is of another domain", day, event("apart", "x", 0, day, "strike", "artillery"), 0},
		{"unrelated", day, event("apart", "x", 0, day, "overflight", ""), 0},
	} {
		all := []*truce.Observation{event("other", "a", 0, tt.mine, "strike", "aircraft"), tt.other, event("apart", "lost", 0, truce.Interval{Start: truce.Always, End: worldDay}, "strike", "aircraft")}
		u := newUnits(Current, Input{Observations: all, Source: source})
		s := newScorer(Current, u.tables, u.numbers)
		r := s.newRoll(u.items)
		for k := range u.items {
			if u.items[k].id != all[0].ID {
				continue
			}
			if got := s.crowd(u.items, &r, int32(k), u.numbers.apart["apart"], false, 128); got != tt.want {
				t.Errorf("%s: it may be %d events, want %d", tt.name, got, tt.want)
			}
		}
	}
	// At most so many; and claims only among claims.
	var all []*truce.Observation
	for i := range 20 {
		o := event("apart", fmt.Sprint(i), float64(i), day, "strike", "aircraft")
		if i < 5 {
			o.Claimant = "A"
		}
		all = append(all, o)
	}
	mine := event("other", "a", 0, day, "strike", "aircraft")
	u := newUnits(Current, Input{Observations: append(all, mine), Source: source})
	s := newScorer(Current, u.tables, u.numbers)
	r := s.newRoll(u.items)
	k := int32(slices.IndexFunc(u.items, func(it item) bool { return it.id == mine.ID }))
	for _, tt := range []struct {
		claims     bool
		most, want int
	}{{false, 128, 15}, {true, 128, 20}, {true, 20, 20}, {true, 19, 19}, {false, 7, 7}, {false, 1, 1}} {
		if got := s.crowd(u.items, &r, k, u.numbers.apart["apart"], tt.claims, tt.most); got != tt.want {
			t.Errorf("claims %t, at most %d: %d, want %d", tt.claims, tt.most, got, tt.want)
		}
	}
	// The threshold: 1500 for one pair, and ln of their number more.
	for _, tt := range []struct {
		n, m int
		want int64
	}{{1, 1, 1500}, {0, 0, 1500}, {1, 0, 1500}, {2, 1, 2193}, {5, 5, 3697}, {7, 1, 3446}, {128, 1, 6352}, {1000, 1, 6352}, {1000, 1000, 7041}} {
		if got := s.threshold(tt.n, tt.m); got != tt.want || s.threshold(tt.m, tt.n) != got {
			t.Errorf("%d and %d events: %d, want %d", tt.n, tt.m, got, tt.want)
		}
	}
}

// TestFront: 10 to 300 acts on a front of 120 km in one day, told by six wires to 1, 2 and 5
// km. Incidents that are parted from one another are of as many acts: however many can be
// found of them, there were not fewer acts.
func TestFront(t *testing.T) {
	worlds, above := 0, 0
	for _, radius := range []int32{1000, 2000, 5000} {
		for _, acts := range []int{10, 30, 100, 300} {
			for seed := range 2 {
				r := rand.New(rand.NewSource(int64(seed)))
				w := world{acts: acts, wide: 120_000, deep: 6000, radius: radius, seen: 0.5, tell: []truce.SourceID{"w1", "w2", "w3", "w4", "w5", "w6"}}
				all, act := w.reports(t, r)
				res := Correlate(Input{Observations: all, Source: source, Workers: 1})
				seen := map[int]bool{}
				for _, n := range act {
					seen[n] = true
				}
				c := NewComparison(Input{Source: source})
				n := c.Neighbourhood(res.Incidents)
				apart, not := 0, map[truce.Digest]bool{}
				for _, inc := range res.Incidents { // in the order of IDs, which is any
					if not[inc.ID] {
						continue
					}
					apart++
					n.Each(inc, nil, func(other *truce.Incident, _ Pair) { not[other.ID] = true })
				}
				right, wrong := pairs(res, act)
				t.Logf("±%d m, %d acts reported: %d reports, %d incidents, %d of which are parted from one another; %d pairs joined rightly, %d wrongly", radius, len(seen), len(all), len(res.Incidents), apart, right, wrong)
				if worlds++; apart > len(seen) {
					above++
				}
			}
		}
	}
	if above > 0 {
		t.Errorf("in %d of %d worlds more incidents are parted from one another than there were acts", above, worlds)
	}
}

// TestVillage: thousands of reports of one village's day are joined with nothing, since
// nobody could say with which, and it does not depend on how they arrive.
func TestVillage(t *testing.T) {
	obs := village(1200, true)
	for i, o := range obs { // of two kinds, and half of them from the middle of the village
		if i%4 < 2 {
			o.Place.Point.Lat = 480_000_000 + (o.Place.Point.Lat-480_000_000)/6
			o.Place.Point.Lon = 378_000_000 + (o.Place.Point.Lon-378_000_000)/6
		}
		o.Act, o.Weapon, o.Casualties, o.Place.Uncertainty = "strike", []truce.Class{"", "aircraft"}[i%2], nil, []int32{500, 1500}[i%2]
		o.SetID()
	}
	res := Correlate(Input{Observations: obs, Source: source})
	crowded := 0
	for _, inc := range res.Incidents {
		if inc.Crowded {
			crowded++
		}
	}
	t.Logf("1,200 reports scattered over 10 km: %d incidents, %d of them crowded", len(res.Incidents), crowded)
	if crowded < 100 || len(res.Incidents)-crowded < 10 {
		t.Errorf("%d of %d incidents are crowded: the village tests nothing", crowded, len(res.Incidents))
	}
	x, _ := NewIndex(Input{Observations: obs[:400], Source: source})
	have := map[truce.Digest]*truce.Incident{}
	for _, inc := range Correlate(Input{Observations: obs[:400], Source: source}).Incidents {
		have[inc.ID] = inc
	}
	follow := func(c Change) {
		for _, inc := range c.Gone {
			delete(have, inc.ID)
		}
		for _, inc := range c.Added {
			have[inc.ID] = inc
		}
	}
	for i := 400; i < 1200; i++ { // one by one, and some of them come and go
		c, _ := x.Update(obs[i:i+1], nil, nil)
		follow(c)
		if i%100 == 0 {
			c, _ := x.Update(nil, obs[i-50:i+1], nil)
			follow(c)
			c, _ = x.Update(obs[i-50:i+1], nil, nil)
			follow(c)
		}
	}
	var got []string
	for _, inc := range have {
		got = append(got, inc.ID.Hex())
	}
	slices.Sort(got)
	if want := ids(res); !slices.Equal(got, want) {
		t.Errorf("one by one there are %d incidents, want %d", len(got), len(want))
	}
	// 3,000 reports of one point: all crowded, none joined.
	point := village(3000, false)
	for _, inc := range Correlate(Input{Observations: point, Source: source}).Incidents {
		if len(inc.Of) != 1 || !inc.Crowded {
			t.Fatalf("an incident of %d reports, crowded %t", len(inc.Of), inc.Crowded)
		}
	}
}
