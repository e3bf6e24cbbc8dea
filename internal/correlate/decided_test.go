package correlate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// fireAt is a mortar's fire east of a point on the equator, within 100 m of it, from 10:00 to 10:15 of one day.
func fireAt(t *testing.T, key string, metres float64, claimant truce.PartyID) *truce.Observation {
	t.Helper()
	centre, err := geo.PointOf(0, 10)
	if err != nil {
		t.Fatal(err)
	}
	o := &truce.Observation{Source: truce.SourceID("source " + key), Key: key, Count: truce.Count{N: 1}, Act: "fire", Weapon: "mortar", Claimant: claimant,
		Place:    truce.Place{Kind: truce.PlacePoint, Point: geo.Destination(centre, 90, metres), Uncertainty: 100},
		Occurred: truce.Interval{Start: 600 * minute, End: 615 * minute}}
	o.SetID()
	return o
}

// grouped names the incidents of a result, such as "a b | c".
func grouped(res *Result) string {
	var out []string
	for _, inc := range res.Incidents {
		var keys []string
		for _, o := range inc.Of {
			keys = append(keys, o.Key)
		}
		slices.Sort(keys)
		out = append(out, strings.Join(keys, " "))
	}
	slices.Sort(out)
	return strings.Join(out, " | ")
}

// TestMeaningDecided: people put together and take apart. Of decisions that cannot all hold
// the later hold, and the others go on. a and b are 300 m apart, and one incident by what
// they say (see TestMeaningPartners); the rest are 20 km and more from all others.
func TestMeaningDecided(t *testing.T) {
	all := map[string]*truce.Observation{}
	var list []*truce.Observation
	for i, key := range []string{"a", "b", "c", "d", "e", "f"} {
		metres := float64(20_000 * i)
		if key == "b" {
			metres = 300
		}
		all[key] = fireAt(t, key, metres, "")
		list = append(list, all[key])
	}
	for _, tt := range []struct {
		decisions string // merge or split, and of what, in their order
		want      string
		unmet     int
	}{
		{"", "a b | c | d | e | f", 0},
		{"split ab", "a | b | c | d | e | f", 0},
		{"split ba", "a | b | c | d | e | f", 0},
		{"merge ab", "a b | c | d | e | f", 0},
		{"split ab, merge ab", "a b | c | d | e | f", 1},
		{"merge ab, split ab", "a | b | c | d | e | f", 1},
		{"split cd", "a b | c | d | e | f", 0},
		{"merge cd", "a b | c d | e | f", 0},
		{"merge ac", "a b c | d | e | f", 0},
		{"merge bc, split ab", "a | b c | d | e | f", 0},
		{"merge ac, split bc", "a c | b | d | e | f", 0},
		{"merge cde", "a b | c d e | f", 0},
		{"merge cd, merge de", "a b | c d e | f", 0},
		{"merge ef, merge cd, merge de, merge ce", "a b | c d e f", 0},
		{"merge ef, merge ce, merge de, merge cd", "a b | c d e f", 0},
		{"merge cd, merge de, split ce", "a b | c | d e | f", 1},
		{"merge af, merge cd, merge de, split ce", "a b f | c | d e", 1},
		{"split ce, merge cd, merge de", "a b | c | d e | f", 1},
		{"split ce, merge de, merge cd", "a b | c d | e | f", 1},
		{"split cde, merge cd", "a b | c d | e | f", 1},
	} {
		var ds []*truce.Decision
		for i, text := range strings.Split(tt.decisions, ", ") {
			kind, of, ok := strings.Cut(text, " ")
			if !ok {
				continue
			}
			d := &truce.Decision{ID: truce.DigestOf(fmt.Sprint(i)), Kind: truce.DecisionKind(kind), Seq: int64(i + 1), Because: "x"}
			for _, key := range of {
				d.Of = append(d.Of, all[string(key)].ID)
			}
			ds = append(ds, d)
		}
		res := Correlate(Input{Observations: list, Decisions: ds})
		if got := grouped(res); got != tt.want || len(res.Contradictions) != tt.unmet {
			t.Errorf("%q: %s, and %d unmet; want %s, and %d", tt.decisions, got, len(res.Contradictions), tt.want, tt.unmet)
		}
		x, _ := NewIndex(Input{Observations: list})
		if _, res := x.Update(nil, nil, ds); len(res.Contradictions) != tt.unmet {
			t.Errorf("%q, decided later: %d unmet, want %d", tt.decisions, len(res.Contradictions), tt.unmet)
		}
	}
	// What is one footprint cannot be taken apart, and need not be put together.
	unit := map[truce.Digest]int{all["a"].ID: 0, all["b"].ID: 0}
	for kind, want := range map[truce.DecisionKind]int{truce.Split: 1, truce.Merge: 0} {
		r := ruling(unit, []*truce.Decision{{Kind: kind, Of: []truce.Digest{all["a"].ID, all["b"].ID}}}, func(a, b int) bool { return a < b })
		if len(r.contradictions) != want || len(r.merges)+len(r.cannot) != 0 {
			t.Errorf("%s of one footprint: %d contradictions, want %d", kind, len(r.contradictions), want)
		}
	}
}

// TestMeaningBetween: by the arithmetic of TestMeaningPartners two are one incident up to
// 789 m, and are too far apart for that, but not so far that nothing can join them, up to 945 m. What
// was observed between two that are 900 m apart joins them; what a party claims does not.
func TestMeaningBetween(t *testing.T) {
	for _, tt := range []struct {
		metres float64
		by     truce.PartyID
		want   int
	}{{700, "A", 1}, {900, "", 1}, {900, "A", 2}, {1100, "", 2}, {1100, "A", 2}} {
		west, middle, east := fireAt(t, "w", 0, ""), fireAt(t, "m", tt.metres/2, tt.by), fireAt(t, "e", tt.metres, "")
		if got := Correlate(Input{Observations: []*truce.Observation{west, middle, east}}); len(got.Incidents) != tt.want {
			t.Errorf("%v m apart, and a word of %q between: %s, want %d incidents", tt.metres, tt.by, grouped(got), tt.want)
		}
	}
	// Of two claims on either side of one that was observed neither needs the other.
	list := []*truce.Observation{fireAt(t, "w", 0, "A"), fireAt(t, "m", 450, ""), fireAt(t, "e", 900, "B")}
	if got := grouped(Correlate(Input{Observations: list})); got != "e m w" {
		t.Errorf("two claims beside an observation: %s", got)
	}
}

// TestMeaningSplit: a decision splits two clusters if it names a unit of each.
func TestMeaningSplit(t *testing.T) {
	pairs := func(list ...[2]int) map[[2]int]bool {
		out := map[[2]int]bool{}
		for _, p := range list {
			out[p] = true
		}
		return out
	}
	for _, tt := range []struct {
		a, b   []int
		cannot map[[2]int]bool
		want   bool
	}{
		{[]int{0}, []int{1}, nil, false},
		{[]int{0}, []int{1}, pairs([2]int{0, 1}), true},
		{[]int{1}, []int{0}, pairs([2]int{0, 1}), true},
		{[]int{0, 1}, []int{2, 3}, pairs([2]int{0, 3}), true},
		{[]int{2, 3}, []int{0, 1}, pairs([2]int{0, 3}), true},
		{[]int{0, 1}, []int{2, 3}, pairs([2]int{0, 1}), false},
		{[]int{0, 1}, []int{2, 3}, pairs([2]int{2, 3}), false},
		{[]int{0, 1}, []int{2, 3}, pairs([2]int{0, 9}), false},
		{[]int{0, 1}, []int{2, 3}, pairs([2]int{2, 9}), false},
		{[]int{5, 6}, []int{2, 3}, pairs([2]int{1, 5}), false},
		{[]int{5, 6}, []int{2, 3}, pairs([2]int{1, 2}), false},
		{[]int{0}, []int{1, 2}, pairs([2]int{3, 4}, [2]int{5, 6}, [2]int{0, 2}), true},
		{[]int{0}, []int{1, 2}, pairs([2]int{3, 4}, [2]int{5, 6}, [2]int{1, 2}), false},
		{[]int{2}, []int{0, 1}, pairs([2]int{3, 4}, [2]int{5, 6}, [2]int{0, 2}), true},
	} {
		if got := split(tt.a, tt.b, tt.cannot); got != tt.want {
			t.Errorf("%v and %v, apart %v: %t, want %t", tt.a, tt.b, tt.cannot, got, tt.want)
		}
	}
}

// TestMeaningLoose: what is known to so many metres and minutes is not loose, and what is
// known a metre or a minute worse is; it takes part all the same, where its place and time
// are known at all.
func TestMeaningLoose(t *testing.T) {
	const metres, minutes = 10_000, 360
	for _, tt := range []struct {
		metres  int32
		minutes truce.Instant
		want    bool
	}{{100, 15, false}, {metres, 15, false}, {metres + 1, 15, true}, {100, minutes, false}, {100, minutes + 1, true}, {metres, minutes, false}, {metres + 1, minutes + 1, true}} {
		o := fireAt(t, "o", 0, "")
		o.Place.Uncertainty, o.Occurred.End = tt.metres, o.Occurred.Start+tt.minutes*minute
		if got := Loose(o); got != tt.want {
			t.Errorf("±%d m and %d minutes: %t, want %t", tt.metres, tt.minutes, got, tt.want)
		}
		if got := Correlate(Input{Observations: []*truce.Observation{o}}).Unlocatable; got != 0 {
			t.Errorf("±%d m and %d minutes: %d take no part", tt.metres, tt.minutes, got)
		}
	}
	for name, change := range map[string]func(*truce.Observation){
		"nowhere":          func(o *truce.Observation) { o.Place = truce.Place{} },
		"in a region":      func(o *truce.Observation) { o.Place = truce.Place{Kind: truce.PlaceRegion, Name: "box"} },
		"somewhere near":   func(o *truce.Observation) { o.Place.Uncertainty = truce.NotStated },
		"without an end":   func(o *truce.Observation) { o.Occurred.End = truce.Never },
		"without a start":  func(o *truce.Observation) { o.Occurred.Start = truce.Always },
		"at no time":       func(o *truce.Observation) { o.Occurred = truce.Interval{Start: truce.Always, End: truce.Never} },
		"in two centuries": func(o *truce.Observation) { o.Occurred.End = o.Occurred.Start + 200*366*1440*minute },
	} {
		o := fireAt(t, "o", 0, "")
		change(o)
		if !Loose(o) {
			t.Errorf("%s is not loose", name)
		}
		if got := Correlate(Input{Observations: []*truce.Observation{o}}).Unlocatable; got != 1 {
			t.Errorf("%s takes part", name)
		}
	}
}

// TestMeaningFootprints: detections of one pass are one footprint where their middles are no
// farther apart than so many widths of a pixel, which is twice its radius; of two sizes the
// mean width counts.
func TestMeaningFootprints(t *testing.T) {
	pixelAt := func(key string, metres float64, u int64, source truce.SourceID, start truce.Instant) pixel {
		o := fireAt(t, key, metres, "")
		o.Act, o.Source, o.Occurred = truce.ActFirePixel, source, truce.Interval{Start: start, End: start + minute}
		return pixel{o, o.Place.Point, geo.VecOf(o.Place.Point), u}
	}
	wide := float64(Current.Footprint.PixelWidthsX10) / 10
	for _, tt := range []struct {
		name   string
		pixels []pixel
		want   int
	}{
		{"a metre within the distance", []pixel{pixelAt("a", 0, 200, "s", 0), pixelAt("b", 400*wide-1, 200, "s", 0)}, 1},
		{"two metres beyond it", []pixel{pixelAt("a", 0, 200, "s", 0), pixelAt("b", 400*wide+2, 200, "s", 0)}, 2},
		{"of two sizes, within", []pixel{pixelAt("a", 0, 100, "s", 0), pixelAt("b", 400*wide-1, 300, "s", 0)}, 1},
		{"of two sizes, beyond", []pixel{pixelAt("a", 0, 100, "s", 0), pixelAt("b", 400*wide+2, 300, "s", 0)}, 2},
		{"the larger first", []pixel{pixelAt("a", 0, 300, "s", 0), pixelAt("b", 400*wide-1, 100, "s", 0)}, 1},
		{"of another pass", []pixel{pixelAt("a", 0, 200, "s", 0), pixelAt("b", 10, 200, "s", minute)}, 2},
		{"of another sensor", []pixel{pixelAt("a", 0, 200, "s", 0), pixelAt("b", 10, 200, "r", 0)}, 2},
		{"a row of three", []pixel{pixelAt("a", 0, 200, "s", 0), pixelAt("b", 800*wide-2, 200, "s", 0), pixelAt("c", 400*wide-1, 200, "s", 0)}, 1},
	} {
		if got := footprints(Current, tt.pixels); len(got) != tt.want {
			t.Errorf("%s: %d footprints, want %d", tt.name, len(got), tt.want)
		}
	}
}

// TestMeaningTimeTerm: the term of time does not depend on the day or on which of two is
// named first, falls with the gap, and is that of TestMeaningPartners for 15 minutes each.
func TestMeaningTimeTerm(t *testing.T) {
	s := newScorer(Current, [3][][]int32{}, nil)
	at := func(from, to int64) *item { return &item{start: from * minute, end: to * minute} }
	for _, day := range []int64{0, 1440, 20_000 * 1440, -20_000 * 1440} {
		if got := s.time(at(day, day+15), at(day, day+15)); got != 3607 {
			t.Errorf("15 minutes each, on minute %d: %d, want 3607", day, got)
		}
		short, long := at(day, day+15), at(day+5, day+605)
		if one, other := s.time(short, long), s.time(long, short); one != other || one >= 3607 {
			t.Errorf("15 and 600 minutes: %d, and the other way around %d, want the same and less than 3607", one, other)
		}
		if near, far := s.time(at(day, day+15), at(day+25, day+40)), s.time(at(day, day+15), at(day+45, day+60)); near >= 3607 || far >= near {
			t.Errorf("with a gap of 10 and of 30 minutes: %d and %d", near, far)
		}
	}
	// The root, rounded down.
	for n, want := range map[int64]int64{-1: 0, 0: 0, 1: 1, 2: 1, 3: 1, 4: 2, 8: 2, 9: 3, 15: 3, 16: 4, 99: 9, 100: 10, 999_999_999_999: 999_999, 1_000_000_000_000: 1_000_000} {
		if got := isqrt(n); got != want {
			t.Errorf("the root of %d is %d, want %d", n, got, want)
		}
	}
}

// TestMeaningProgress: work is given out by 256, and told as it is given out, and at its end.
func TestMeaningProgress(t *testing.T) {
	for _, tt := range []struct {
		n    int
		want []int
	}{{0, []int{0}}, {1, []int{0, 1}}, {256, []int{0, 256}}, {257, []int{0, 256, 257}}, {512, []int{0, 256, 512}}} {
		var told []int
		Parallel(tt.n, 2, func(done, total int) {
			if total != tt.n {
				t.Errorf("of %d: %d in all", tt.n, total)
			}
			told = append(told, done)
		}, func(int) {})
		if !slices.Equal(told, tt.want) {
			t.Errorf("of %d: %v, want %v", tt.n, told, tt.want)
		}
	}
}
