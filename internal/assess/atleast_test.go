package assess

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// dayTerms is an agreement that prohibits strikes everywhere.
func dayTerms(t testing.TB) (*Context, []*Rule) {
	ob := &prohibit{Acts: []truce.Act{"strike"}}
	a := &truce.Agreement{Location: time.UTC, Zone: "UTC", Parties: []truce.Party{{ID: "STATE"}}, Sources: map[truce.SourceID]truce.Source{},
		Provisions: []truce.Provision{{Article: "1", Binds: []truce.PartyID{"STATE"}, Obligation: ob, Floor: truce.Floor{Evidence: truce.Corroborated}}}}
	c := NewContext(Context{Agreement: a, Now: truce.Never})
	return c, c.Rules(&a.Provisions[0])
}

const day0 truce.Instant = 1_456_790_400_000 // 1 March 2016, UTC

func vagueStrike(i, day int, north, east float64, u int32, source string) *truce.Observation {
	o := &truce.Observation{Source: truce.SourceID(source), Key: fmt.Sprint(i), Act: "strike", Count: truce.Count{N: 1},
		Occurred: truce.Interval{Start: day0 + truce.Instant(day)*86_400_000, End: day0 + truce.Instant(day+1)*86_400_000},
		Place:    truce.Place{Kind: truce.PlacePoint, Uncertainty: u}}
	o.Place.Point, _ = geo.PointOf(35+north/110.94, 36+east/91.2)
	o.SetID()
	return o
}

// TestDayFindingsByHand chooses among all pairs at once, by the words of the rule: the
// smallest area first, those that meet it dropped, and so on. The product looks at what
// is near and keeps the best alone; both must give the same, in whatever order it comes.
func TestDayFindingsByHand(t *testing.T) {
	c, rules := dayTerms(t)
	r := rand.New(rand.NewPCG(1, 2))
	some := 0
	for n := range 300 {
		var shown []Shown
		for i := range 3 + r.IntN(22) {
			o := vagueStrike(i, r.IntN(2), r.Float64()*14, r.Float64()*14, int32(100+r.IntN(4)*1900), fmt.Sprintf("wire-%d", r.IntN(4)))
			if r.IntN(3) == 0 { // a settlement, to which several are placed
				o.Place.Point, o.Place.Uncertainty = shownAt(shown, o)
			}
			if r.IntN(5) == 0 {
				o.Origins = []truce.Origin{"post:t.me/x/1"}
			}
			if r.IntN(9) == 0 { // a night
				o.Occurred.Start -= 4 * 3_600_000
				o.Occurred.End -= 12 * 3_600_000
			}
			shown = append(shown, Shown{Observation: o, rules: 1, verified: r.IntN(12) == 0})
		}
		want := chosen(c, shown)
		for range 3 {
			got := c.DayFindings(rules, shown, nil, nil)
			if len(got) != len(want) {
				t.Fatalf("world %d: %d findings, want %d\n%v\n%v", n, len(got), len(want), got, want)
			}
			for i := range got {
				if got[i].Window != want[i].window || got[i].Area.RadiusM != want[i].area.RadiusM || got[i].Area.Centre != want[i].area.Centre {
					t.Fatalf("world %d: %v, want %v in %v", n, got[i], want[i].area, want[i].window)
				}
				if got[i].Outcome != truce.ApparentViolation || len(got[i].Support) < 1 {
					t.Fatalf("world %d: %v", n, got[i])
				}
			}
			r.Shuffle(len(shown), func(i, j int) { shown[i], shown[j] = shown[j], shown[i] })
		}
		some += len(want)
	}
	if some < 300 {
		t.Errorf("only %d findings in all worlds", some)
	}
}

// shownAt is near the place of the first that is shown, or o's own.
func shownAt(shown []Shown, o *truce.Observation) (geo.Point, int32) {
	if len(shown) == 0 {
		return o.Place.Point, o.Place.Uncertainty
	}
	p := shown[0].Place.Point
	return geo.Point{Lat: p.Lat - p.Lat%fine, Lon: p.Lon - p.Lon%fine}, shown[0].Place.Uncertainty // written with four decimals: equal positions are then not a sign of a copy
}

// chosen is the rule as doc/method.md has it, with no thought for speed.
func chosen(c *Context, shown []Shown) []*candidate {
	shown = slices.Clone(shown)
	slices.SortFunc(shown, func(a, b Shown) int { return a.ID.Compare(b.ID) })
	lies := func(k *candidate, o *truce.Observation) bool {
		v := geo.VecOf(o.Place.Point)
		return k.window.Contains(o.Occurred) && geo.ChordM(&k.vec, &v)+int64(o.Place.Uncertainty) <= k.area.RadiusM+roundM
	}
	holds := func(k *candidate, v truce.Interval) bool {
		var in []Shown
		for _, s := range shown {
			if v.Contains(s.Occurred) && lies(k, s.Observation) {
				in = append(in, s)
			}
		}
		for i, a := range in {
			if a.verified {
				return true
			}
			for _, b := range in[:i] {
				if a.Source != b.Source && (a.Origins == nil || b.Origins == nil) {
					return true
				}
			}
		}
		return false
	}
	var all []*candidate
	for days := 1; days <= 2; days++ {
		for d := -2; d <= 2; d++ {
			w := truce.Interval{Start: day0 + truce.Instant(d)*86_400_000, End: day0 + truce.Instant(d+days)*86_400_000}
			for i, a := range shown {
				if !w.Contains(a.Occurred) {
					continue
				}
				p := &placed{Shown: a, u: int64(a.Place.Uncertainty), vec: geo.VecOf(a.Place.Point)}
				if a.verified {
					all = append(all, &candidate{window: w, days: days, area: truce.Area{Level: truce.AreaPlace, Centre: a.Place.Point, RadiusM: p.u}, vec: p.vec, verified: true, a: p})
				}
				for _, b := range shown[i+1:] {
					q := &placed{Shown: b, u: int64(b.Place.Uncertainty), vec: geo.VecOf(b.Place.Point)}
					dist := geo.ChordM(&p.vec, &q.vec)
					if !w.Contains(b.Occurred) || dist > 3000 || a.Source == b.Source || a.Origins != nil && b.Origins != nil {
						continue
					}
					k := &candidate{window: w, days: days, area: truce.Area{Level: truce.AreaPlace, RadiusM: max(p.u, q.u, (dist+p.u+q.u+1)/2)}, a: p, b: q}
					if k.area.RadiusM > 10_000 {
						continue
					}
					k.place(k.area.RadiusM, dist)
					all = append(all, k)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b *candidate) int { return a.order(b) })
	var out []*candidate
	for _, k := range all {
		if slices.ContainsFunc(out, func(t *candidate) bool {
			return t.window.Overlaps(k.window) && geo.ChordM(&t.vec, &k.vec) <= t.area.RadiusM+k.area.RadiusM
		}) {
			continue
		}
		if k.days == 2 && (holds(k, truce.Interval{Start: k.window.Start, End: k.window.Start + 86_400_000}) || holds(k, truce.Interval{Start: k.window.Start + 86_400_000, End: k.window.End})) {
			continue
		}
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b *candidate) int {
		f := func(k *candidate) truce.DayFinding {
			f := truce.DayFinding{Article: "1", Window: k.window}
			for _, s := range shown {
				if lies(k, s.Observation) {
					f.Support = append(f.Support, s.ID)
				}
			}
			f.SetID()
			return f
		}
		return cmp.Or(cmp.Compare(a.window.Start, b.window.Start), cmp.Compare(a.window.End, b.window.End), f(a).ID.Compare(f(b).ID))
	})
	return out
}

// TestDayGrid: what is within 3 km is in the rings of the grid, each once, at the
// equator, near the poles and across the 180th meridian.
func TestDayGrid(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, at := range [][2]float64{{0, 0}, {35, 36}, {-60, 179.99}, {89.95, 10}, {-89.98, -170}, {66, -180}} {
		g := dayGrid{}
		var all []*placed
		for i := range 400 {
			o := vagueStrike(i, 0, 0, 0, 100, fmt.Sprintf("w%d", i%3))
			lat := max(-90, min(90, at[0]+(r.Float64()-0.5)*0.08))
			lon := at[1] + (r.Float64()-0.5)*0.08/max(0.01, 1-at[0]*at[0]/8100)
			for lon > 180 {
				lon -= 360
			}
			for lon < -180 {
				lon += 360
			}
			o.Place.Point, _ = geo.PointOf(lat, lon)
			p := &placed{Shown: Shown{Observation: o}, w: &witness{publisher: string(o.Source)}, vec: geo.VecOf(o.Place.Point)}
			all = append(all, p)
			g.add(p, int32(i%3))
		}
		for _, p := range all {
			seen := map[*placed]int32{}
			for k := int32(0); k <= dayRings; k++ {
				g.ring(p, k, func(_ int32, list []*placed) {
					for _, q := range list {
						if _, twice := seen[q]; twice {
							t.Fatalf("%v: one report is in two rings", at)
						}
						seen[q] = k
					}
				})
			}
			for _, q := range all {
				d := geo.ChordM(&p.vec, &q.vec)
				k, ok := seen[q]
				if d <= dayPairM && !ok {
					t.Fatalf("%v: %d m away, and in no ring: %v %v", at, d, p.Place.Point, q.Place.Point)
				}
				if ok && d < (int64(k)-2)*gridM {
					t.Fatalf("%v: %d m away, and in ring %d", at, d, k)
				}
			}
		}
	}
}

// BenchmarkVillageDay is one village on one day: reports of four publishers, scattered
// over 5 km.
func BenchmarkVillageDay(b *testing.B) {
	c, rules := dayTerms(b)
	for _, n := range []int{2000, 8000, 32000} {
		var shown []Shown
		r := rand.New(rand.NewPCG(5, 6))
		for i := range n {
			shown = append(shown, Shown{Observation: vagueStrike(i, 0, r.Float64()*10, r.Float64()*10, 1000, fmt.Sprintf("wire-%d", i%4)), rules: 1})
		}
		b.Run(fmt.Sprint(n, " scattered"), func(b *testing.B) {
			for b.Loop() {
				c.DayFindings(rules, shown, nil, nil)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/report")
		})
		for i := range shown {
			o := *shown[i].Observation
			o.Place.Point, _ = geo.PointOf(35, 36)
			shown[i].Observation = &o
		}
		b.Run(fmt.Sprint(n, " at one point"), func(b *testing.B) {
			for b.Loop() {
				c.DayFindings(rules, shown, nil, nil)
			}
		})
	}
}

// TestVoicesOfADay: what each report has for itself, such as its own address, makes no voice:
// of n reports by two publishers there are two, however many reports there are. What two
// publishers' reports have in common makes one.
func TestVoicesOfADay(t *testing.T) {
	c, rules := dayTerms(t)
	c.Agreement.Sources["wire-1"] = truce.Source{ID: "wire-1", Publisher: "wire-1", Relays: []string{"wire-0"}}
	c.Agreement.Sources["wire-0"] = truce.Source{ID: "wire-0", Publisher: "wire-0"}
	for _, tt := range []struct {
		name             string
		origins          func(i int) []truce.Origin
		publisher        func(i int) string
		voices, findings int
	}{
		{"one relays the other, and each report has an address", func(i int) []truce.Origin { return []truce.Origin{truce.Origin(fmt.Sprintf("own:t.me/x/%d", i))} }, func(i int) string { return fmt.Sprintf("wire-%d", i%2) }, 2, 0},
		{"two that confirm each other", func(i int) []truce.Origin { return []truce.Origin{truce.Origin(fmt.Sprintf("media:sha-256-%d", i))} }, func(i int) string { return fmt.Sprintf("paper-%d", i%2) }, 2, 1},
		{"pairs that cite one post", func(i int) []truce.Origin { return []truce.Origin{truce.Origin(fmt.Sprintf("post:t.me/x/%d", i/2))} }, func(i int) string { return fmt.Sprintf("paper-%d", i%2) }, 20, 1},
		{"one cites the other's own post", func(i int) []truce.Origin {
			return []truce.Origin{truce.Origin([]string{"own", "post"}[i%2] + ":t.me/x/1")}
		}, func(i int) string { return fmt.Sprintf("paper-%d", i%2) }, 2, 0},
	} {
		var shown []Shown
		for i := range 20 {
			o := vagueStrike(i, 0, 0, 0, 1000, tt.publisher(i))
			o.Origins = tt.origins(i)
			shown = append(shown, Shown{Observation: o, rules: 1})
		}
		x := &dayWork{c: c, rules: rules, one: map[truce.Date]*DayTaken{"2016-03-01": {}}, on: map[truce.Date][]*candidate{}}
		for _, s := range shown {
			x.one["2016-03-01"].placed = append(x.one["2016-03-01"].placed, x.placed(s))
		}
		w := x.in("2016-03-01", 1)
		if x.hear(w); len(w.voices) != tt.voices {
			t.Errorf("%s: %d voices, want %d", tt.name, len(w.voices), tt.voices)
		}
		if got := c.DayFindings(rules, shown, nil, nil); len(got) != tt.findings {
			t.Errorf("%s: %d findings, want %d", tt.name, len(got), tt.findings)
		}
	}
}

// keeper keeps all, and counts what is made.
type keeper struct {
	days  map[truce.Date]*DayTaken
	pairs map[truce.Date]*PairTaken
	made  int
}

func (k *keeper) Day(d truce.Date, make func() *DayTaken) *DayTaken {
	if k.days[d] == nil {
		k.days[d], k.made = make(), k.made+1
	}
	return k.days[d]
}
func (k *keeper) Pairs() map[truce.Date]*PairTaken     { return k.pairs }
func (k *keeper) Keep(pairs map[truce.Date]*PairTaken) { k.pairs = pairs }

// TestDaysKept: of a day that changed, the day and the pairs of days around it are made
// again, and nothing else; what is found is the same as if all were.
func TestDaysKept(t *testing.T) {
	c, rules := dayTerms(t)
	r := rand.New(rand.NewPCG(7, 8))
	observe := func(i, day int) Shown {
		return Shown{Observation: vagueStrike(i, day, r.Float64()*20, r.Float64()*20, 1000, fmt.Sprintf("wire-%d", i%3)), rules: 1}
	}
	var shown []Shown
	for i := range 900 {
		shown = append(shown, observe(i, i%30))
	}
	k := &keeper{days: map[truce.Date]*DayTaken{}}
	c.DayFindings(rules, shown, nil, k)
	if k.made != 30 {
		t.Fatalf("%d days made, want 30", k.made)
	}
	for i := range 20 {
		day := r.IntN(30)
		shown = append(shown, observe(900+i, day))
		was := maps.Clone(k.pairs)
		delete(k.days, truce.DateOf(day0, time.UTC).Add(day))
		got, want := c.DayFindings(rules, shown, nil, k), c.DayFindings(rules, shown, nil, nil)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%d findings with what was kept, and %d without, or others", len(got), len(want))
		}
		again := 0
		for d, p := range k.pairs {
			if was[d] != p {
				again++
			}
		}
		if k.made != 31+i || again < 2 || again > 10 {
			t.Errorf("%d days and %d pairs of days were made again for one report", k.made-30-i, again)
		}
	}
}

// TestDominoes: nights in a row at one place, each with one finding of two days, which meets
// that of the next night. Of two that meet, the one with the smaller radius is taken, so what
// changes in one night can change what is taken in all of them.
func TestDominoes(t *testing.T) {
	c, rules := dayTerms(t)
	const nights = 14
	night := func(i, n int, u int32, source string) Shown {
		o := vagueStrike(i, n, 0, 0, u, source)
		o.Occurred.Start += 20 * 3_600_000
		o.Occurred.End += 4 * 3_600_000
		return Shown{Observation: o, rules: 1}
	}
	for _, way := range []struct {
		name   string
		radius func(n int) int32
	}{
		{"wider from night to night", func(n int) int32 { return int32(1000 + 10*n) }}, {"smaller from night to night", func(n int) int32 { return int32(2000 - 10*n) }},
		{"alike", func(int) int32 { return 1000 }}, {"up and down", func(n int) int32 { return int32(1000 + 10*(n%3)) }},
	} {
		var shown []Shown
		for n := range nights {
			shown = append(shown, night(2*n, n, way.radius(n), "a"), night(2*n+1, n, way.radius(n), "b"))
		}
		k := &keeper{days: map[truce.Date]*DayTaken{}}
		c.DayFindings(rules, shown, nil, k)
		least, most := nights, 0
		for step, n := range []int{0, 0, nights - 1, nights - 1, nights / 2, 1, 5, 9} {
			// A third report makes the night's finding the first of all, or one is taken back.
			if step%2 == 1 {
				shown = append(shown, night(100+step, n, 10, "c"))
			} else {
				shown = slices.DeleteFunc(shown, func(s Shown) bool { return s.Key == fmt.Sprint(2*n) })
			}
			was := maps.Clone(k.pairs)
			delete(k.days, truce.DateOf(day0, time.UTC).Add(n))
			got, want := c.DayFindings(rules, shown, nil, k), c.DayFindings(rules, shown, nil, nil)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s, step %d: with what was kept\n%v, without\n%v", way.name, step, got, want)
			}
			again := 0
			for d, p := range k.pairs {
				if was[d] != p {
					again++
				}
			}
			least, most = min(least, again), max(most, again)
		}
		if least > 6 {
			t.Errorf("%s: %d windows at least were looked at again for each change", way.name, least)
		}
		if way.name == "wider from night to night" && most < nights-2 {
			t.Errorf("%s: %d windows at most were looked at again, and what is taken changes in all", way.name, most)
		}
	}
}

// BenchmarkRelayedDay is a day on which two publishers report, one of which relays the
// other: nothing confirms anything, and each report has an address of its own.
func BenchmarkRelayedDay(b *testing.B) {
	c, rules := dayTerms(b)
	c.Agreement.Sources["wire-1"] = truce.Source{ID: "wire-1", Publisher: "wire-1", Relays: []string{"wire-0"}}
	c.Agreement.Sources["wire-0"] = truce.Source{ID: "wire-0", Publisher: "wire-0"}
	for _, n := range []int{2000, 8000} {
		var shown []Shown
		r := rand.New(rand.NewPCG(5, 6))
		for i := range n {
			o := vagueStrike(i, 0, r.Float64()*10, r.Float64()*10, 1000, fmt.Sprintf("wire-%d", i%2))
			o.Origins = []truce.Origin{truce.Origin(fmt.Sprintf("own:t.me/x/%d", i))}
			shown = append(shown, Shown{Observation: o, rules: 1})
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.DayFindings(rules, shown, nil, nil)
			}
		})
	}
}
