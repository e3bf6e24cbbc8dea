package situation_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/situation"
	"pgregory.net/rapid"
)

// catalogues is the agreement of the conformance tests with two catalogues that keep their
// events apart.
func catalogues(t *testing.T) *truce.Agreement {
	a := *evidence(t)
	a.Sources = maps.Clone(a.Sources)
	for _, id := range []truce.SourceID{"cat-1", "cat-2"} {
		a.Sources[id] = truce.Source{ID: id, Publisher: string(id), Apart: true}
	}
	return &a
}

var monday = truce.Instant(1772409600000) // 2026-03-02T00:00Z

// vague draws reports of some days that may be the same: dated to a day or to an hour, near
// one another or not, of acts, weapons, sides and numbers of killed that agree or not.
func vague(t *rapid.T, a *truce.Agreement, most int) (out []truce.Item) {
	sw, ne := a.Zones["box"].Region.Bounds()
	mid := geoPoint(sw, ne)
	for i := range rapid.IntRange(2, most).Draw(t, "n") {
		day := monday + truce.Instant(rapid.IntRange(0, 1).Draw(t, "day"))*86_400_000
		when := truce.Interval{Start: day, End: day + 86_400_000}
		switch rapid.IntRange(0, 5).Draw(t, "time") {
		case 0:
			start := monday + truce.Instant(rapid.IntRange(0, 96).Draw(t, "half hour"))*1_800_000
			when = truce.Interval{Start: start, End: start + 1_200_000}
		case 1: // about midnight
			start := day + 86_400_000 - truce.Instant(rapid.IntRange(0, 3).Draw(t, "before"))*600_000
			when = truce.Interval{Start: start, End: start + 900_000}
		case 2: // a date of another zone
			when.Start, when.End = when.Start+7_200_000, when.End+7_200_000
		}
		o := &truce.Observation{Source: rapid.SampledFrom([]truce.SourceID{"cat-1", "cat-2", "camera", "wire-1", "wire-2", "ngo", "post-1", "mod-a"}).Draw(t, "source"), Key: fmt.Sprint(i),
			Count: truce.Count{N: 1}, Occurred: when, Act: rapid.SampledFrom([]truce.Act{"strike", "strike", "strike", "fire", "attack", "explosion"}).Draw(t, "act"),
			Weapon: rapid.SampledFrom([]truce.Class{"", "", "mortar", "missile", "one-way-uav"}).Draw(t, "weapon"), Side: rapid.SampledFrom([]truce.PartyID{"", "", "A", "B"}).Draw(t, "side"),
			Actor: rapid.SampledFrom([]truce.PartyID{"", "", "A", "US"}).Draw(t, "actor"),
			Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: rapid.SampledFrom([]int32{100, 1000, 5000, truce.NotStated}).Draw(t, "u"),
				Point: geo.Point{Lat: mid.Lat + int32(rapid.IntRange(-6, 6).Draw(t, "lat"))*9000, Lon: mid.Lon}}}
		if k := rapid.SampledFrom([]int32{-1, 0, 3, 3, 4, 12}).Draw(t, "killed"); k >= 0 {
			r := truce.Between(k, k+rapid.Int32Range(0, 2).Draw(t, "more"))
			o.Casualties = &truce.Casualties{Killed: &r}
		}
		o.SetID()
		out = append(out, truce.Item{Known: truce.Always, Observation: o})
	}
	return out
}

// answer decides that two incidents that may be the same are, or are two; nil: none may.
func answer(t *rapid.T, s *situation.Situation, n int) *truce.Item {
	var pairs [][2]*truce.Incident
	for _, inc := range s.Incidents() {
		for _, other := range s.MayBeSame(inc) {
			if inc.ID.Less(other.ID) {
				pairs = append(pairs, [2]*truce.Incident{inc, other.Incident})
			}
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	p := rapid.SampledFrom(pairs).Draw(t, "pair")
	d := &truce.Decision{ID: truce.DigestOf("answer", fmt.Sprint(n)), Kind: rapid.SampledFrom([]truce.DecisionKind{truce.Merge, truce.Split}).Draw(t, "answer"), Of: []truce.Digest{p[0].Of[0].ID, p[1].Of[0].ID}, Because: "a test", Seq: int64(n)}
	if d.Kind == truce.Merge {
		d.Of = append(p[0].IDs(), p[1].IDs()...)
	}
	return &truce.Item{Known: truce.Always, Decision: d}
}

// picture is the incidents of a situation, with what an article says of them.
func picture(s *situation.Situation, art truce.Article) (out string) {
	for _, inc := range s.Incidents() {
		o, _ := s.Finding(art, inc.ID)
		out += fmt.Sprintln("\n", inc.ID, o)
		for _, x := range inc.Of {
			out += fmt.Sprintln("    ", x.Source, x.Act, x.Weapon, x.Occurred, x.Place.String(), "killed", killed(x.Casualties), "actor", x.Actor, "side", x.Side)
		}
		for _, m := range s.MayBeSame(inc) {
			out += fmt.Sprintln("     may be the same as", m.ID)
		}
	}
	return out
}

// TestRangesGrow: while reports and answers arrive, the ranges are those of all at once.
func TestRangesGrow(t *testing.T) {
	a := catalogues(t)
	rapid.Check(t, func(t *rapid.T) {
		rest := vague(t, a, 20)
		g := situation.Grow(opts())
		var have []truce.Item
		now := monday
		for i := range rest {
			rest[i].Known = monday
		}
		for step := 0; len(rest) > 0; step++ {
			n := rapid.IntRange(1, min(6, len(rest))).Draw(t, "arrive")
			fresh := rest[:n]
			rest = rest[n:]
			have = append(slices.Clip(have), fresh...)
			now++
			got, _ := g.Step(a, fresh, func() []truce.Item { return have }, nil, now)
			want := situation.Build(a, have, now, opts())
			for _, v := range []truce.Interval{{}, {Start: monday, End: monday + 86_400_000}, {Start: monday + 3_600_000, End: monday + 100_000_000}} {
				for _, art := range []truce.Article{"2", "4"} {
					x, y := got.Count(art, v), want.Count(art, v)
					if x.Incidents != y.Incidents || x.May != y.May || killed(x.Casualties) != killed(y.Casualties) || killed(x.Unclear) != killed(y.Unclear) {
						t.Log(picture(got, art), picture(want, art), got.Digest(), want.Digest())
						t.Fatalf("step %d: article %s counts %v (%v killed) in %v, want %v (%v killed)", step, art, x, killed(x.Casualties), v, y, killed(y.Casualties))
					}
				}
			}
			if next := answer(t, want, step); next != nil {
				next.Known, next.Decision.Because = now+1, "a test"
				rest = append(slices.Clip(rest), *next)
				if step > 12 {
					return
				}
			}
		}
	})
}

func killed(c *truce.Casualties) truce.Range {
	if c == nil || c.Killed == nil {
		return truce.Range{}
	}
	return *c.Killed
}

// TestLowIsParted: no low is more than the largest set of incidents that are parted from one
// another, found by trying all.
func TestLowIsParted(t *testing.T) {
	a := catalogues(t)
	rapid.Check(t, func(t *rapid.T) {
		s := situation.Build(a, vague(t, a, 12), truce.Never, opts())
		for _, art := range []truce.Article{"2", "4"} {
			var list []*truce.Incident
			for f := range s.Found(art, "", "") {
				if f.Incident != nil && !f.OnlySigns && f.Outcome.Counts() && !f.Alleged {
					list = append(list, f.Incident)
				}
			}
			most := 0
			var try func(from int, chosen []*truce.Incident)
			try = func(from int, chosen []*truce.Incident) {
				most = max(most, len(chosen))
				for i := from; i < len(list); i++ {
					if !slices.ContainsFunc(chosen, func(c *truce.Incident) bool { _, parted := s.Parted(c, list[i]); return !parted }) {
						try(i+1, append(slices.Clip(chosen), list[i]))
					}
				}
			}
			try(0, nil)
			c := s.Count(art, truce.Interval{})
			if c.Incidents > most || c.Incidents+c.May.Incidents != len(list) {
				t.Fatalf("article %s counts %d to %d; %d are parted, of %d", art, c.Incidents, c.Incidents+c.May.Incidents, most, len(list))
			}
		}
	})
}

// TestRangesOfOrder: the order of what is told, how it arrives and the number of workers change
// no range.
func TestRangesOfOrder(t *testing.T) {
	a := catalogues(t)
	rapid.Check(t, func(t *rapid.T) {
		items := vague(t, a, 25)
		day := truce.Interval{Start: monday, End: monday + 86_400_000}
		build := func(items []truce.Item, workers int) string {
			o := opts()
			o.Workers = workers
			c, d := situation.Build(a, items, truce.Never, o), ""
			for _, v := range []truce.Interval{{}, day} {
				n := c.Count("2", v)
				d += fmt.Sprint(n.Incidents, n.Violations, n.May, killed(n.Casualties), killed(n.Unclear), " ")
			}
			return d
		}
		want := build(items, 1)
		if got := build(rapid.Permutation(items).Draw(t, "order"), 3); got != want {
			t.Fatalf("in another order it counts %s, want %s", got, want)
		}
	})
}

// A front is acts of one day along a line, as wires and catalogues tell of them.
type front struct {
	acts, sources int
	apart         bool    // the first two sources keep their events apart
	radius        int32   // stated, and the error is cut there
	seen          float64 // of the acts, by each source
	metres, depth float64 // how long the front is, and how deep
}

// reports are what is told of a front, and how many acts were told of at all.
func (f front) reports(r *rand.Rand, a *truce.Agreement) (out []truce.Item, truth int) {
	sw, ne := a.Zones["box"].Region.Bounds()
	mid := geoPoint(sw, ne)
	for act := range f.acts {
		at := mid
		at.Lat = mid.Lat + int32((r.Float64()-0.5)*f.metres/111_200*1e7)
		at.Lon = mid.Lon + int32((r.Float64()-0.5)*f.depth/74_000*1e7)
		told, dead := false, int32(r.ExpFloat64()*4)
		for k := range f.sources {
			if r.Float64() > f.seen {
				continue
			}
			told = true
			var north, east float64
			for north, east = r.NormFloat64(), r.NormFloat64(); north*north+east*east > 4; north, east = r.NormFloat64(), r.NormFloat64() {
			}
			sigma := float64(f.radius) / 2
			p := at
			p.Lat += int32(north * sigma / 111_200 * 1e7)
			p.Lon += int32(east * sigma / 74_000 * 1e7)
			killed := dead
			if r.Float64() < 0.3 {
				killed = int32(r.ExpFloat64() * 4)
			}
			source := truce.SourceID(fmt.Sprint("wire-", k))
			if f.apart && k < 2 {
				source = truce.SourceID(fmt.Sprint("cat-", k+1))
			}
			o := &truce.Observation{Source: source, Key: fmt.Sprint(act), Count: truce.Count{N: 1}, Act: "strike", Occurred: truce.Interval{Start: monday, End: monday + 86_400_000},
				Place: truce.Place{Kind: truce.PlacePoint, Point: p, Uncertainty: f.radius}, Casualties: &truce.Casualties{Killed: &truce.Range{Low: killed, Best: killed, High: killed}}}
			o.SetID()
			out = append(out, truce.Item{Known: truce.Always, Observation: o})
		}
		if told {
			truth++
		}
	}
	return out, truth
}

// TestTruthWithin: how often the number of acts that were told of lies in the range, in worlds
// of which it is known, dense fronts among them. It is a rate and no law: joins can be wrong.
func TestTruthWithin(t *testing.T) {
	a := catalogues(t)
	r := rand.New(rand.NewPCG(1, 2))
	all, within := 0, 0
	for _, radius := range []int32{1000, 2000, 5000} {
		for _, apart := range []bool{false, true} {
			for _, acts := range []int{10, 30, 87, 300} {
				var low, high, told int
				for range 3 {
					f := front{acts: acts, sources: 6, apart: apart, radius: radius, seen: 0.4, metres: 120_000, depth: 10_000}
					items, truth := f.reports(r, a)
					s := situation.Build(a, items, truce.Never, opts())
					least := s.Lows("all", truce.Interval{Start: monday, End: monday + 86_400_000}, func(*truce.Incident) (situation.Stated, bool) { return situation.Stated{}, true })[""].Incidents
					most := len(s.Incidents())
					if all++; least <= truth && truth <= most {
						within++
					}
					low, high, told = low+least, high+most, told+truth
				}
				t.Logf("±%d m, catalogues %v: %d to %d, and it was %d (three worlds)", radius, apart, low, high, told)
			}
		}
	}
	t.Logf("the truth is within %d of %d ranges", within, all)
	if float64(within) < 0.99*float64(all) {
		t.Errorf("the truth is within %d of %d ranges, and 0.99 is asked for", within, all)
	}
}

// TestLowOfLong: events of one catalogue that last for weeks are all surely apart, however many
// there are of them, up to a bound; beyond it a low is of the best known.
func TestLowOfLong(t *testing.T) {
	a := catalogues(t)
	sw, ne := a.Zones["box"].Region.Bounds()
	mid := geoPoint(sw, ne)
	for _, n := range []int{1, 16, 17, 40, 300} {
		var items []truce.Item
		for i := range n {
			o := &truce.Observation{Source: "cat-1", Key: fmt.Sprint(i), Count: truce.Count{N: 1}, Act: "strike", Occurred: truce.Interval{Start: monday, End: monday + 45*86_400_000},
				Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: 1000, Point: geo.Point{Lat: mid.Lat + int32(i-n/2)*500, Lon: mid.Lon}}}
			o.SetID()
			items = append(items, truce.Item{Known: truce.Always, Observation: o})
		}
		s := situation.Build(a, items, truce.Never, opts())
		want := min(n, 256)
		if c := s.Count("2", truce.Interval{}); c.Incidents != want || c.May.Incidents != n-want {
			t.Errorf("of %d there are %d to %d, want %d to %d", n, c.Incidents, c.Incidents+c.May.Incidents, want, n)
		}
	}
}

// strikeAt is a strike that a source reports of a place so many steps north of the middle.
func strikeAt(a *truce.Agreement, source string, from, to truce.Instant, steps, radius int32) truce.Item {
	sw, ne := a.Zones["box"].Region.Bounds()
	mid := geoPoint(sw, ne)
	o := &truce.Observation{Source: truce.SourceID(source), Key: fmt.Sprint(from, steps), Count: truce.Count{N: 1}, Act: "strike", Occurred: truce.Interval{Start: from, End: to},
		Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: radius, Point: geo.Point{Lat: mid.Lat + steps*9000, Lon: mid.Lon}}}
	o.SetID()
	return truce.Item{Known: truce.Always, Observation: o}
}

// TestWiderPeriod: a period that ends with what it has counts as many for sure as one that ends
// with the day. What crosses midnight of its first and last day surely lies in it.
func TestWiderPeriod(t *testing.T) {
	const hour, day = truce.Instant(3_600_000), truce.Instant(86_400_000)
	a := catalogues(t)
	var items []truce.Item
	for _, start := range []truce.Instant{23*hour + hour/2, 2*day + 23*hour + hour/2, 3*day + 10*hour, 9*day + 23*hour + hour/2} {
		items = append(items, strikeAt(a, "wire-1", monday+start, monday+start+hour, 0, 200))
	}
	s := situation.Build(a, items, truce.Never, opts())
	counts := func(inc *truce.Incident) (situation.Stated, bool) { return situation.Stated{}, true }
	for name, v := range map[string]truce.Interval{"days": {Start: monday, End: monday + 11*day}, "from the first to the last": s.Occurred(), "all": {}} {
		if c := s.Count("2", v); c.Incidents != 4 || c.May.Incidents != 0 {
			t.Errorf("%s: %d to %d incidents, want 4", name, c.Incidents, c.Incidents+c.May.Incidents)
		}
		if v == (truce.Interval{}) {
			continue
		}
		if low := s.Lows("all", v, counts)[""].Incidents; low != 4 {
			t.Errorf("%s: a list of them has %d, want 4", name, low)
		}
	}
}

// TestDayBesideDay: of two reports of two days that may be the same, each day has none or one,
// whichever face tells it, and both days together have at least one. So it is after the answer.
func TestDayBesideDay(t *testing.T) {
	const minute, day = truce.Instant(60_000), truce.Instant(86_400_000)
	a := catalogues(t)
	items := []truce.Item{strikeAt(a, "wire-1", monday+day-10*minute, monday+day-8*minute, 0, 200), strikeAt(a, "wire-2", monday+day+40*minute, monday+day+42*minute, 2, 2000)}
	answered := append(slices.Clip(items), truce.Item{Known: truce.Always, Decision: &truce.Decision{ID: truce.DigestOf("one"), Kind: truce.Merge, Of: []truce.Digest{items[0].Observation.ID, items[1].Observation.ID}, Because: "a test", Seq: 1}})
	for name, list := range map[string][]truce.Item{"before": items, "after": answered} {
		s := situation.Build(a, list, truce.Never, opts())
		if n := len(s.Incidents()); n != len(items)+len(items)-len(list) {
			t.Fatalf("%s: %d incidents", name, n)
		}
		for k := range truce.Instant(2) {
			v := truce.Interval{Start: monday + k*day, End: monday + (k+1)*day}
			if c := s.Count("2", v); c.Incidents != 0 || c.May.Incidents != 1 {
				t.Errorf("%s: %d to %d on day %d, want 0 to 1", name, c.Incidents, c.Incidents+c.May.Incidents, k)
			}
			s.CountDays("2", v, func(_ truce.Interval, c *situation.Count) {
				if c.Incidents != 0 {
					t.Errorf("%s: the bar of day %d has %d for sure", name, k, c.Incidents)
				}
			})
		}
		if c := s.Count("2", truce.Interval{Start: monday, End: monday + 2*day}); c.Incidents != 1 {
			t.Errorf("%s: %d to %d on both days, want at least 1", name, c.Incidents, c.Incidents+c.May.Incidents)
		}
	}
}
