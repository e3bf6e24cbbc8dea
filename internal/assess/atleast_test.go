package assess

import (
	"cmp"
	"fmt"
	"math/rand/v2"
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
			got := c.DayFindings(rules, shown, nil)
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
	return geo.Point{Lat: p.Lat - p.Lat%fine, Lon: p.Lon - p.Lon%fine}, shown[0].Place.Uncertainty // written with four decimals: equal is no copy
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
			g.add(p)
		}
		for _, p := range all {
			seen := map[*placed]int32{}
			for k := int32(0); k <= dayRings; k++ {
				g.ring(p, k, func(_ string, list []*placed) {
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
				c.DayFindings(rules, shown, nil)
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
				c.DayFindings(rules, shown, nil)
			}
		})
	}
}
