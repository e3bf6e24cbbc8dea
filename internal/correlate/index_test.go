package correlate

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"pgregory.net/rapid"
)

// TestIndex: whatever comes and goes, in whatever portions, an index has the
// incidents, the edges and the contradictions that Correlate gives of what is
// there, and says of each change what came and what went.
func TestIndex(t *testing.T) {
	t.Run("few", func(t *testing.T) { rapid.Check(t, func(t *rapid.T) { follow(t, Current) }) })
	// So few partners are kept that they displace one another.
	crowded := *Current
	crowded.Edges = 3
	crowded.Crowd.Most = 2
	old := Current
	Current = &crowded
	defer func() { Current = old }()
	t.Run("crowded", func(t *testing.T) { rapid.Check(t, func(t *rapid.T) { follow(t, Current) }) })
}

func follow(t *rapid.T, m *Method) {
	var all []*truce.Observation
	for i := range rapid.IntRange(1, 60).Draw(t, "n") {
		o := observation(t, i)
		if rapid.IntRange(0, 5).Draw(t, "claim") == 0 && o.Act != truce.ActFirePixel {
			o.Claimant = "A"
		}
		if o.Act == truce.ActFirePixel && rapid.Bool().Draw(t, "near") { // so that footprints grow and part
			o.Place.Point = pixelIn(all, o).Place.Point
			o.Place.Point.Lat += int32(rapid.IntRange(-60_000, 60_000).Draw(t, "lat"))
		}
		all = append(all, o)
	}
	there := map[truce.Digest]*truce.Observation{}
	portion := func() (add, drop []*truce.Observation) {
		for _, o := range all {
			switch had := there[o.ID]; rapid.IntRange(0, 5).Draw(t, "what") {
			case 0, 1:
				if had == nil {
					add, there[o.ID] = append(add, o), o
				}
			case 2:
				if had != nil {
					drop = append(drop, had)
					delete(there, o.ID)
				}
			case 3: // the same, read again
				if had != nil {
					c := *had
					add, drop, there[o.ID] = append(add, &c), append(drop, had), &c
				}
			case 4: // the same said by another mouth
				if had != nil && o.Act != truce.ActFirePixel {
					c := *had
					c.Claimant = rapid.SampledFrom([]truce.PartyID{"", "A"}).Draw(t, "by")
					add, drop, there[o.ID] = append(add, &c), append(drop, had), &c
				}
			}
		}
		return add, drop
	}
	add, _ := portion()
	decide := decisions // people decide in half of the stories
	if rapid.Bool().Draw(t, "nobody decides") {
		decide = func(*rapid.T, []*truce.Observation) []*truce.Decision { return nil }
	}
	ds := decide(t, all)
	in := Input{Observations: add, Decisions: ds, Source: source, Workers: 1, Deadlines: []truce.Instant{1772323200000 + 600*60_000}}
	x, res := NewIndex(in)
	have := map[truce.Digest]*truce.Incident{}
	for _, inc := range res.Incidents {
		have[inc.ID] = inc
	}
	check := func(step int, res *Result) {
		in.Observations, in.Decisions = slices.Collect(maps.Values(there)), ds
		want := Correlate(in)
		got := slices.SortedFunc(maps.Values(have), byID)
		if a, b := ids(want), ids(&Result{Incidents: got}); !slices.Equal(a, b) {
			t.Fatalf("step %d: incidents\n%v, want\n%v", step, b, a)
		}
		for i, inc := range got {
			is := want.Incidents[i]
			if !slices.EqualFunc(inc.Of, is.Of, (*truce.Observation).Same) {
				t.Fatalf("step %d: incident %s is not of what is there", step, inc.ID)
			}
			if !slices.EqualFunc(inc.Rivals, is.Rivals, (*truce.Observation).Same) || inc.Crowded != is.Crowded {
				t.Fatalf("step %d: incident %s has %d rivals and is crowded %t, want %d and %t", step, inc.ID, len(inc.Rivals), inc.Crowded, len(is.Rivals), is.Crowded)
			}
		}
		if res.Edges != want.Edges || res.Unlocatable != want.Unlocatable {
			t.Fatalf("step %d: %d edges, %d cannot be located, want %d, %d", step, res.Edges, res.Unlocatable, want.Edges, want.Unlocatable)
		}
		if a, b := fmt.Sprint(want.Contradictions), fmt.Sprint(res.Contradictions); a != b {
			t.Fatalf("step %d: contradictions %s, want %s", step, b, a)
		}
	}
	check(0, res)
	for step := range rapid.IntRange(1, 6).Draw(t, "steps") {
		add, drop := portion()
		if rapid.IntRange(0, 2).Draw(t, "decide") == 0 {
			ds = decide(t, all)
		}
		c, res := x.Update(add, drop, ds)
		for _, inc := range c.Gone {
			if was := have[inc.ID]; was == nil || !slices.EqualFunc(inc.Of, was.Of, (*truce.Observation).Same) {
				t.Fatalf("step %d: an incident went that was not there", step+1)
			}
			delete(have, inc.ID)
		}
		for _, inc := range c.Added {
			if have[inc.ID] != nil {
				t.Fatalf("step %d: an incident came that was there", step+1)
			}
			have[inc.ID] = inc
		}
		check(step+1, res)
	}
}

// pixelIn is another pixel, if there is one.
func pixelIn(all []*truce.Observation, o *truce.Observation) *truce.Observation {
	for _, other := range all {
		if other.Act == truce.ActFirePixel {
			return other
		}
	}
	return o
}

// BenchmarkIndex is one observation that comes and goes among many.
func BenchmarkIndex(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			obs := scattered(n + 1)
			x, _ := NewIndex(Input{Observations: obs[:n], Source: source})
			one := obs[n:]
			for b.Loop() {
				x.Update(one, nil, nil)
				x.Update(nil, one, nil)
			}
		})
	}
}

// scattered are observations of many days and places, each with others near it.
func scattered(n int) []*truce.Observation {
	out := make([]*truce.Observation, n)
	for i := range out {
		k := i / 3
		o := &truce.Observation{Source: truce.SourceID([]string{"press", "post", "other"}[i%3]), Key: fmt.Sprint(i), Count: truce.Count{N: 1}, Act: "strike", Weapon: "missile",
			Place:    truce.Place{Kind: truce.PlacePoint, Uncertainty: 400},
			Occurred: truce.Interval{Start: truce.Instant(1772323200000 + int64(k)*45*minute)}}
		o.Occurred.End = o.Occurred.Start + 15*minute
		o.Place.Point.Lat, o.Place.Point.Lon = int32(460_000_000+k*7_919_003%50_000_000), int32(300_000_000+k*104_729%90_000_000)
		o.SetID()
		out[i] = o
	}
	return out
}
