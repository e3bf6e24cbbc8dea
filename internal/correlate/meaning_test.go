package correlate

import (
	"fmt"
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// TestMeaningCasualties: two figures of people killed agree where some number is in both
// ranges, and differ where none is. By hand, and the same from either side.
func TestMeaningCasualties(t *testing.T) {
	s := newScorer(Current, [3][][]int32{})
	killed := func(low, best, high int32) *truce.Casualties {
		return &truce.Casualties{Killed: &truce.Range{Low: low, Best: best, High: high}}
	}
	agree, differ := Current.Casualties.Agree, Current.Casualties.Differ
	if agree <= 0 || differ >= 0 {
		t.Fatalf("agreeing speaks for one incident and differing against it: %d and %d", agree, differ)
	}
	for _, tt := range []struct {
		name string
		a, b *truce.Casualties
		want int64
	}{
		{"one number twice", killed(3, 3, 3), killed(3, 3, 3), agree},
		{"two numbers", killed(3, 3, 3), killed(4, 4, 4), differ},
		{"ranges that have one number in common", killed(1, 2, 3), killed(3, 4, 5), agree},
		{"ranges that lie beside each other", killed(1, 2, 3), killed(4, 4, 5), differ},
		{"a range within the other", killed(0, 5, 10), killed(4, 4, 5), agree},
		{"a number at the low end", killed(3, 3, 3), killed(3, 4, 9), agree},
		{"a number below it", killed(2, 2, 2), killed(3, 4, 9), differ},
		{"a number at the high end", killed(9, 9, 9), killed(3, 4, 9), agree},
		{"a number above it", killed(10, 10, 10), killed(3, 4, 9), differ},
		{"best figures that differ within both ranges", killed(1, 1, 9), killed(1, 9, 9), agree},
		{"nobody twice", killed(0, 0, 0), killed(0, 0, 0), agree},
		{"nobody and one", killed(0, 0, 0), killed(1, 1, 1), differ},
		{"no best figure", killed(0, truce.NoBest, 3), killed(3, 3, 3), agree},
		{"one does not state it", killed(3, 3, 3), nil, 0},
		{"one states other figures", killed(3, 3, 3), &truce.Casualties{Injured: &truce.Range{Low: 9, Best: 9, High: 9}}, 0},
		{"the injured are not compared", &truce.Casualties{Injured: &truce.Range{Low: 1, Best: 1, High: 1}}, &truce.Casualties{Injured: &truce.Range{Low: 9, Best: 9, High: 9}}, 0},
	} {
		x, y := &item{casualties: tt.a}, &item{casualties: tt.b}
		if got, back := s.toll(x, y), s.toll(y, x); got != tt.want || back != tt.want {
			t.Errorf("%s: %d, and the other way around %d, want %d", tt.name, got, back, tt.want)
		}
	}
}

// TestMeaningPartners: of more than 32 candidates the best 32 are an observation's partners,
// what was observed before all that is claimed; and when some of these go, others take their
// place.
//
// By hand: with radii of 100 m each the variance is 200^2 + 50^2 + 50^2 = 45000 m2, and the
// score of distance is 7014 - 1000 d^2 / 90000: the nearer the better, for d of 100 m and
// more. Prior -4000, time 3607, act 1000 and weapon 700: 8321 - d^2 / 90, which reaches the
// threshold of 1500 up to 783 m.
func TestMeaningPartners(t *testing.T) {
	if Current.Edges != 32 {
		t.Fatalf("%d partners are kept: work the test out again", Current.Edges)
	}
	centre, err := geo.PointOf(0, 10)
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string, metres float64, claimant truce.PartyID) *truce.Observation {
		o := &truce.Observation{Source: truce.SourceID("source " + name), Key: name, Count: truce.Count{N: 1}, Act: "fire", Weapon: "mortar", Claimant: claimant,
			Place:    truce.Place{Kind: truce.PlacePoint, Point: geo.Destination(centre, 90, metres), Uncertainty: 100},
			Occurred: truce.Interval{Start: 0, End: 15 * minute}}
		o.SetID()
		return o
	}
	hub := at("hub", 0, "")
	names := func(from, to int, kind string) (out []string) {
		for i := from; i < to; i++ {
			out = append(out, fmt.Sprint(kind, " ", i))
		}
		return out
	}
	// 45 of a kind, from 100 m to 760 m.
	rank := func(kind string, claimant truce.PartyID) (out []*truce.Observation) {
		for i, n := range names(0, 45, kind) {
			out = append(out, at(n, 100+15*float64(i), claimant))
		}
		return out
	}
	seen, claims, far := rank("seen", ""), rank("claim", "A"), at("far", 775, "")
	for _, tt := range []struct {
		name       string
		there      []*truce.Observation
		drop, add  []*truce.Observation
		want, then []string // partners of the hub, before and after the change
	}{
		{"the nearest 32 of 45", seen, nil, nil, names(0, 32, "seen"), names(0, 32, "seen")},
		{"the nearest ten go, and those behind take their place", seen, seen[:10], nil, names(0, 32, "seen"), names(10, 42, "seen")},
		{"twenty go, and all that are left are partners", seen, seen[:20], nil, names(0, 32, "seen"), names(20, 45, "seen")},
		{"the last of the partners goes", seen, seen[31:32], nil, names(0, 32, "seen"), append(names(0, 31, "seen"), "seen 32")},
		{"those behind go, and nothing changes", seen, seen[32:], nil, names(0, 32, "seen"), names(0, 32, "seen")},
		{"the nearest come later, and displace the farthest", seen[10:], nil, seen[:10], names(10, 42, "seen"), names(0, 32, "seen")},
		{"32 are there, and one goes", seen[:32], seen[:1], nil, names(0, 32, "seen"), names(1, 32, "seen")},
		{"nearer claims do not displace what was observed", append(slices.Clone(claims), far), nil, nil, append(names(0, 31, "claim"), "far"), append(names(0, 31, "claim"), "far")},
		{"nor where it comes later", claims, nil, []*truce.Observation{far}, names(0, 32, "claim"), append(names(0, 31, "claim"), "far")},
		{"nor where they come later", []*truce.Observation{far}, nil, claims, []string{"far"}, append(names(0, 31, "claim"), "far")},
		{"claims have no place beside 32 that were observed", append(slices.Clone(claims), seen...), nil, nil, names(0, 32, "seen"), names(0, 32, "seen")},
		{"and have some when observations go", append(slices.Clone(claims), seen...), seen[:15], nil, names(0, 32, "seen"), append(names(15, 45, "seen"), names(0, 2, "claim")...)},
	} {
		all := append([]*truce.Observation{hub}, tt.there...)
		x, _ := NewIndex(Input{Observations: all, Workers: 1})
		partners := func() (out []string) {
			for _, n := range x.partner[x.of[hub.ID]] {
				out = append(out, x.members[n.k][0].Key)
			}
			slices.Sort(out)
			return out
		}
		check := func(when string, want []string) {
			want = slices.Sorted(slices.Values(want))
			if got := partners(); !slices.Equal(got, want) {
				t.Errorf("%s, %s: partners %v, want %v", tt.name, when, got, want)
			}
		}
		check("at first", tt.want)
		x.Update(tt.add, tt.drop, nil)
		check("after the change", tt.then)
	}
	// What that means: a flood of claims leaves the two that were observed in one incident.
	for _, inc := range Correlate(Input{Observations: append(append([]*truce.Observation{hub}, claims...), far)}).Incidents {
		had, has := slices.Contains(inc.Of, hub), slices.Contains(inc.Of, far)
		if had != has {
			t.Errorf("the hub is in the incident %t, and what was observed at 775 m %t", had, has)
		}
	}
}
