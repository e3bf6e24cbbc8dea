package correlate

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
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

// TestCrowd: so many air strikes on a city of 10 km in one day, of which two catalogues that
// keep their events apart each know half, to 2 km. The rates are printed. The margin makes
// more of the joined pairs right where there is a crowd, and what it keeps apart is proposed.
func TestCrowd(t *testing.T) {
	without := *Current
	without.Margin = -1 << 40
	for _, tt := range []struct{ strikes, least int }{{1, 99}, {3, 80}, {10, 60}, {30, 60}} { // of 100 that are joined, so many are right
		r := rand.New(rand.NewSource(int64(tt.strikes)))
		right, wrong, there := map[*Method]int{}, map[*Method]int{}, 0
		for range 600 / tt.strikes {
			w := world{acts: tt.strikes, wide: 10_000, deep: 10_000, radius: 2000, seen: 0.5, tell: []truce.SourceID{"apart", "other"}}
			all, act := w.reports(t, r)
			for _, m := range []*Method{Current, &without} {
				a, b := pairs(correlate(m, Input{Observations: all, Source: source, Workers: 1}), act)
				right[m], wrong[m] = right[m]+a, wrong[m]+b
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
		joined := right[Current] + wrong[Current]
		all := right[&without] + wrong[&without]
		t.Logf("%d strikes: %d of %d pairs that are one strike are joined, and %d others: %d in 100 joined are right; without the margin %d and %d, %d in 100", tt.strikes, right[Current], there, wrong[Current], 100*right[Current]/joined, right[&without], wrong[&without], 100*right[&without]/all)
		if 100*right[Current] < tt.least*joined {
			t.Errorf("%d strikes: of %d pairs that are joined %d are right, want %d in 100", tt.strikes, joined, right[Current], tt.least)
		}
		if tt.strikes > 3 && right[Current]*all <= right[&without]*joined {
			t.Errorf("%d strikes: the margin makes no more of the joined pairs right", tt.strikes)
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
