package correlate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// TestMeaningCasualties: two figures of people killed agree where some number is in both
// ranges, and that says the more, the rarer the smaller figure is; what is close says
// something only of many, and what is far apart speaks against one incident. By hand, and the
// same from either side.
func TestMeaningCasualties(t *testing.T) {
	s := newScorer(Current, [3][][]int32{}, nil)
	killed := func(low, best, high int32) *truce.Casualties {
		return &truce.Casualties{Killed: &truce.Range{Low: low, Best: best, High: high}}
	}
	just := func(n int32) *truce.Casualties { return killed(n, n, n) }
	for _, tt := range []struct {
		name string
		a, b *truce.Casualties
		want int64
	}{
		{"nobody twice", just(0), just(0), 500},
		{"one twice", just(1), just(1), 500},
		{"two twice", just(2), just(2), 700},
		{"three twice", just(3), just(3), 700},
		{"four twice", just(4), just(4), 800},
		{"five twice", just(5), just(5), 800},
		{"six twice", just(6), just(6), 1200},
		{"nine twice", just(9), just(9), 1200},
		{"ten twice", just(10), just(10), 1600},
		{"19 twice", just(19), just(19), 1600},
		{"20 twice", just(20), just(20), 2200},
		{"a thousand twice", just(1000), just(1000), 2200},
		{"ranges that have one number in common: the smaller best figure counts", killed(1, 2, 3), killed(3, 4, 5), 700},
		{"a range within the other", killed(0, 5, 10), killed(4, 4, 5), 800},
		{"a number at the low end", just(3), killed(3, 4, 9), 700},
		{"a number at the high end", just(9), killed(3, 4, 9), 800},
		{"best figures that differ within both ranges", killed(1, 1, 9), killed(1, 9, 9), 500},
		{"no best figure: half way between the least and the most", killed(0, truce.NoBest, 30), just(16), 1600},
		{"nobody and one: by one", just(0), just(1), 0},
		{"one and two", just(1), just(2), 0},
		{"nobody and two", just(0), just(2), -1500},
		{"three and six: a factor of two", just(3), just(6), 0},
		{"three and seven", just(3), just(7), -1200},
		{"three and twelve: a factor of four", just(3), just(12), -1200},
		{"three and thirteen", just(3), just(13), -1500},
		{"19 and 38", just(19), just(38), 0},
		{"20 and 40: close, of many", just(20), just(40), 1000},
		{"20 and 41", just(20), just(41), -1200},
		{"20 and 81", just(20), just(81), -1500},
		{"19 and 20: the smaller is not many", just(19), just(20), 0},
		{"ranges that lie beside each other", killed(1, 2, 3), killed(4, 4, 5), 0},
		{"ten or more agrees with whatever is more, and says nothing", killed(10, truce.NoBest, truce.NoHigh), just(500), 0},
		{"ten or more and nine: close", killed(10, truce.NoBest, truce.NoHigh), just(9), 0},
		{"ten or more and two: a factor of five", killed(10, truce.NoBest, truce.NoHigh), just(2), -1500},
		{"one does not state it", just(3), nil, 0},
		{"one states other figures", just(3), &truce.Casualties{Injured: &truce.Range{Low: 9, Best: 9, High: 9}}, 0},
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
// more. Prior -3900, time 3607, act 1000 and weapon 700: 8421 - d^2 / 90, which reaches the
// threshold of 1500 up to 789 m.
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

// TestMeaningScores: each term of a pair's score, by the sentences of the method file: "the
// deepest common level of the taxonomy; an explosion is the effect of any attack; a sign
// goes with an attack; unknown says nothing either way".
func TestMeaningScores(t *testing.T) {
	m := Current
	centre, err := geo.PointOf(0, 10)
	if err != nil {
		t.Fatal(err)
	}
	obs := func(key string, act truce.Act, weapon truce.Class, calibre truce.Calibre, side truce.PartyID) *truce.Observation {
		o := &truce.Observation{Source: truce.SourceID(key), Key: key, Count: truce.Count{N: 1}, Act: act, Weapon: weapon, Calibre: calibre, Side: side,
			Place: truce.Place{Kind: truce.PlacePoint, Point: centre, Uncertainty: 100}, Occurred: truce.Interval{Start: 0, End: 15 * minute}}
		o.SetID()
		return o
	}
	type said struct {
		act     truce.Act
		weapon  truce.Class
		calibre truce.Calibre
		side    truce.PartyID
	}
	for _, tt := range []struct {
		name              string
		a, b              said
		act, weapon, side int64 // what the term adds
	}{
		{"one act", said{act: "fire"}, said{act: "fire"}, m.Act.Same, m.Weapon.Unknown, m.Side.Unknown},
		{"an act and a narrower one", said{act: "fire"}, said{act: "shot"}, m.Act.Ancestor, m.Weapon.Unknown, m.Side.Unknown},
		{"an act and the widest", said{act: "shot"}, said{act: "attack"}, m.Act.Ancestor, m.Weapon.Unknown, m.Side.Unknown},
		{"two attacks", said{act: "fire"}, said{act: "strike"}, m.Act.Common, m.Weapon.Unknown, m.Side.Unknown},
		{"two kinds of fire", said{act: "shot"}, said{act: "burst"}, m.Act.Common, m.Weapon.Unknown, m.Side.Unknown},
		{"an explosion and an attack", said{act: "explosion"}, said{act: "shot"}, m.Act.Effect, m.Weapon.Unknown, m.Side.Unknown},
		{"two explosions", said{act: "explosion"}, said{act: "explosion"}, m.Act.Same, m.Weapon.Unknown, m.Side.Unknown},
		{"a pixel and an attack", said{act: "fire-pixel"}, said{act: "strike"}, m.Act.Sign, m.Weapon.Unknown, m.Side.Unknown},
		{"a pixel and an explosion", said{act: "fire-pixel"}, said{act: "explosion"}, m.Act.Sign, m.Weapon.Unknown, m.Side.Unknown},
		{"damage and an attack", said{act: "damage"}, said{act: "fire"}, m.Act.Sign, m.Weapon.Unknown, m.Side.Unknown},
		{"damage and an explosion", said{act: "damage"}, said{act: "explosion"}, m.Act.Sign, m.Weapon.Unknown, m.Side.Unknown},
		{"damage and a pixel", said{act: "damage"}, said{act: "fire-pixel"}, m.Act.Common, m.Weapon.Unknown, m.Side.Unknown},
		{"an alert and an attack", said{act: "alert"}, said{act: "strike"}, m.Act.Unrelated, m.Weapon.Unknown, m.Side.Unknown},
		{"a pixel and an overflight", said{act: "fire-pixel"}, said{act: "overflight"}, m.Act.Unrelated, m.Weapon.Unknown, m.Side.Unknown},
		{"damage and an overflight", said{act: "damage"}, said{act: "overflight"}, m.Act.Unrelated, m.Weapon.Unknown, m.Side.Unknown},
		{"an explosion and an overflight", said{act: "explosion"}, said{act: "overflight"}, m.Act.Unrelated, m.Weapon.Unknown, m.Side.Unknown},
		{"an attack and an overflight", said{act: "strike"}, said{act: "overflight"}, m.Act.Unrelated, m.Weapon.Unknown, m.Side.Unknown},
		{"one class", said{"fire", "mortar", 0, ""}, said{"fire", "mortar", 0, ""}, m.Act.Same, m.Weapon.Same, m.Side.Unknown},
		{"a class and none", said{"fire", "mortar", 0, ""}, said{"fire", "", 0, ""}, m.Act.Same, m.Weapon.Unknown, m.Side.Unknown},
		{"a class and a narrower one", said{"strike", "missile", 0, ""}, said{"strike", "cruise-missile", 0, ""}, m.Act.Same, m.Weapon.Ancestor, m.Side.Unknown},
		{"two of one wider class", said{"strike", "ballistic-missile", 0, ""}, said{"strike", "cruise-missile", 0, ""}, m.Act.Same, m.Weapon.Common, m.Side.Unknown},
		{"two classes of the ground", said{"fire", "mortar", 0, ""}, said{"fire", "artillery", 0, ""}, m.Act.Same, m.Weapon.Other, m.Side.Unknown},
		{"two classes of the air", said{"strike", "missile", 0, ""}, said{"strike", "one-way-uav", 0, ""}, m.Act.Same, m.Weapon.Other, m.Side.Unknown},
		{"ground and air", said{"strike", "artillery", 0, ""}, said{"strike", "missile", 0, ""}, m.Act.Same, m.Weapon.Domain, m.Side.Unknown},
		{"one calibre", said{"fire", "mortar", 820, ""}, said{"fire", "mortar", 820, ""}, m.Act.Same, m.Weapon.Same, m.Side.Unknown},
		{"two calibres", said{"fire", "mortar", 820, ""}, said{"fire", "mortar", 1200, ""}, m.Act.Same, m.Weapon.Same + m.Weapon.Calibre, m.Side.Unknown},
		{"a calibre and none", said{"fire", "mortar", 820, ""}, said{"fire", "mortar", 0, ""}, m.Act.Same, m.Weapon.Same, m.Side.Unknown},
		{"one side", said{"fire", "", 0, "A"}, said{"fire", "", 0, "A"}, m.Act.Same, m.Weapon.Unknown, m.Side.Same},
		{"two sides", said{"fire", "", 0, "A"}, said{"fire", "", 0, "B"}, m.Act.Same, m.Weapon.Unknown, m.Side.Other},
		{"two sides and two calibres", said{"fire", "mortar", 820, "A"}, said{"fire", "mortar", 1200, "B"}, m.Act.Same, m.Weapon.Same + m.Weapon.Calibre, m.Side.Other},
		{"a side and none", said{"fire", "", 0, "A"}, said{"fire", "", 0, ""}, m.Act.Same, m.Weapon.Unknown, m.Side.Unknown},
	} {
		a, b := obs("a", tt.a.act, tt.a.weapon, tt.a.calibre, tt.a.side), obs("b", tt.b.act, tt.b.weapon, tt.b.calibre, tt.b.side)
		for _, pair := range [][2]*truce.Observation{{a, b}, {b, a}} {
			parts, total, ok := Explain(pair[0], pair[1], Input{})
			if !ok {
				t.Fatalf("%s: not located", tt.name)
			}
			got, sum := map[string]int64{}, int64(0)
			for _, p := range parts {
				got[p.Name], sum = p.Score, sum+p.Score
			}
			if got["act"] != tt.act || got["weapon"] != tt.weapon || got["side"] != tt.side {
				t.Errorf("%s: act %d, weapon %d, side %d; want %d, %d, %d", tt.name, got["act"], got["weapon"], got["side"], tt.act, tt.weapon, tt.side)
			}
			if sum != total || got["prior"] != m.Prior.Other || got["casualties"] != 0 {
				t.Errorf("%s: the terms add up to %d, and the score is %d", tt.name, sum, total)
			}
		}
		related := tt.act != m.Act.Unrelated || tt.name == "an alert and an attack" // an alert is heard with attacks, and speaks for none
		if Related(tt.a.act, tt.b.act) != related || Related(tt.b.act, tt.a.act) != related {
			t.Errorf("%s: related %t, want %t", tt.name, !related, related)
		}
	}
	// The words of an explanation.
	a, b := obs("a", "fire", "", 0, ""), obs("b", "fire", "", 0, "")
	b.Place.Point, b.Occurred = geo.Destination(centre, 90, 300), truce.Interval{Start: 20 * minute, End: 30 * minute}
	parts, _, _ := Explain(a, b, Input{})
	words := ""
	for _, p := range parts {
		words += p.Name + ": " + p.Words.String() + "\n"
	}
	for _, want := range []string{"distance: 300 m apart, ± 100 m and ± 100 m\n", "time: 5 min between them\n"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not in %q", want, words)
		}
	}
}

// TestMeaningExtent: "an incident extends over at most 5 km beyond joint uncertainty and 12
// hours, from the earliest end to the latest start"; a pair far below the odds keeps two clusters apart, whatever else joins them.
func TestMeaningExtent(t *testing.T) {
	s := newScorer(Current, [3][][]int32{}, nil)
	centre, err := geo.PointOf(0, 10)
	if err != nil {
		t.Fatal(err)
	}
	at := func(metres float64, u, from, to int64) item {
		return item{vec: geo.VecOf(geo.Destination(centre, 90, metres)), u: u, start: from * minute, end: to * minute}
	}
	// Pairs that are far apart in space or time fail by their score, too: the veto is lifted
	// so that the extent alone decides.
	lenient := *Current
	lenient.Veto = Never
	s.m = &lenient
	for _, tt := range []struct {
		name  string
		items []item
		want  bool
	}{
		{"720 minutes from the end of the first to the start of the last", []item{at(0, 100, 0, 10), at(0, 100, 730, 740)}, true},
		{"721", []item{at(0, 100, 0, 10), at(0, 100, 731, 741)}, false},
		{"a day and a quarter of an hour in it", []item{at(0, 100, 0, 1440), at(0, 100, 1200, 1215)}, true},
		{"a day of 25 hours twice", []item{at(0, 100, 0, 1500), at(0, 100, 0, 1500)}, true},
		{"two days that overlap", []item{at(0, 100, 0, 1440), at(0, 100, 720, 2160)}, true},
		{"5 km beyond 100 m each", []item{at(0, 100, 0, 10), at(5199, 100, 0, 10)}, true},
		{"and a little more", []item{at(0, 100, 0, 10), at(5202, 100, 0, 10)}, false},
		{"what stood there, three days: 4320 minutes", []item{{presence: true, start: 0, end: minute}, {presence: true, start: 4321 * minute, end: 4322 * minute}}, true},
		{"a minute more", []item{{presence: true, start: 0, end: minute}, {presence: true, start: 4322 * minute, end: 4323 * minute}}, false},
		{"one of them is an act: 12 hours count", []item{{presence: true, start: 0, end: minute}, {start: 1000 * minute, end: 1001 * minute}}, false},
		{"two events of a source that keeps its own apart", []item{{apart: 1}, {apart: 1}}, false},
		{"of two such sources", []item{{apart: 1}, {apart: 2}}, true},
		{"of one such source and another", []item{{apart: 1}, {}}, true},
		{"of a later day", []item{at(0, 100, 100_000, 100_010), at(0, 100, 100_000, 100_010)}, true},
		{"of a day before 1970", []item{at(0, 100, -100_010, -100_000), at(0, 100, -100_010, -100_000)}, true},
		{"what cannot be located is there by decision, and has no extent", []item{at(0, 100, 0, 10), {lost: true, start: 10_000 * minute, end: 10_001 * minute, apart: 1}}, true},
	} {
		u := &units{items: tt.items}
		if got, back := s.fits(u, []int{0}, []int{1}), s.fits(u, []int{1}, []int{0}); got != tt.want || back != tt.want {
			t.Errorf("%s: %t, and the other way around %t, want %t", tt.name, got, back, tt.want)
		}
	}
	beside := &units{items: []item{{lost: true}, at(0, 100, 0, 10), at(0, 100, 731, 741)}}
	if s.fits(beside, []int{0, 1}, []int{2}) {
		t.Error("721 minutes, beside what cannot be located, fit")
	}
	// The veto: 8421 - d^2 / 90 - 1700, without acts and weapons, is -1500 at 860.2 m.
	s.m = Current
	for metres, want := range map[float64]bool{855: true, 865: false} {
		u := &units{items: []item{at(0, 100, 0, 15), at(metres, 100, 0, 15)}}
		if s.fits(u, []int{0}, []int{1}) != want {
			t.Errorf("%v m apart: %t, want %t (score %d)", metres, !want, want, s.score(&u.items[0], &u.items[1]))
		}
	}
	many := &units{items: make([]item, Current.Size+1)}
	var first []int
	for i := range Current.Size - 1 {
		first = append(first, i)
	}
	if !s.fits(many, first, []int{Current.Size - 1}) || s.fits(many, first, []int{Current.Size - 1, Current.Size}) {
		t.Error("an incident has at most as many observations as the method says")
	}
}
