package situation_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/situation"
)

// TestDaysKept: what is kept of days is made again when something of them changed, and
// only an entry that changes the count can show that. After three quiet days one more
// entry arrives; the count must become another, and the one that Build gives.
func TestDaysKept(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("testdata/growing"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	const hour = 3_600_000
	begin := truce.DateOf(1772323200000, a.Location).Add(1).Start(a.Location) // the first whole day of the phase
	hours := func(from, to int) truce.Interval {
		return truce.Interval{Start: begin + truce.Instant(from)*hour, End: begin + truce.Instant(to)*hour}
	}
	box := truce.Place{Kind: truce.PlaceRegion, Name: "box"}
	id := func(name string) truce.Digest { return truce.DigestOf("entry", name) }
	cover := func(name string, source truce.SourceID, what string, share truce.PPM, v truce.Interval, known int) truce.Item {
		return truce.Item{Known: hours(known, 0).Start, Coverage: &truce.Coverage{ID: id(name), Source: source, Key: name, What: what, Zone: "box", During: v, Share: share}}
	}
	deny := func(name string, x truce.Restriction, known int) truce.Item {
		x.ID, x.Key, x.By, x.Place = id(name), name, "A", box
		return truce.Item{Known: hours(known, 0).Start, Restriction: &x}
	}
	fire := func(name string, v truce.Interval, known int) truce.Item {
		o := &truce.Observation{Source: "ngo", Key: name, Act: "fire", Count: truce.Count{N: 1}, Occurred: v, Place: box}
		o.SetID()
		return truce.Item{Known: hours(known, 0).Start, Observation: o}
	}
	takeBack := func(r truce.Item, known int) truce.Item {
		return truce.Item{Known: hours(known, 0).Start, Withdrawal: &truce.Withdrawal{Of: r.ID()}}
	}
	all := cover("all", "post-1", "patrol", truce.One, hours(0, 72), 10)
	without := cover("days 1 and 3", "post-1", "patrol", truce.One, hours(0, 24), 10)
	third := cover("day 3", "post-1", "patrol", truce.One, hours(48, 72), 10)
	denied := deny("denied", truce.Restriction{During: hours(24, 48)}, 50)
	burst, midnight := fire("burst", hours(30, 31), 60), fire("midnight", hours(47, 49), 60)
	replaced := cover("less", "post-1", "patrol", 100_000, hours(0, 72), 73)
	replaced.Replaces = all.ID()
	for _, tt := range []struct {
		name   string
		before []truce.Item
		then   truce.Item
	}{
		{name: "a restriction", before: []truce.Item{all}, then: deny("denied", truce.Restriction{During: hours(24, 48)}, 73)},
		{name: "a restriction that is taken back", before: []truce.Item{all, denied}, then: takeBack(denied, 73)},
		{name: "coverage", before: []truce.Item{without, third}, then: cover("day 2", "post-1", "patrol", truce.One, hours(24, 48), 73)},
		{name: "coverage that is taken back", before: []truce.Item{all}, then: takeBack(all, 73)},
		{name: "coverage in the place of other", before: []truce.Item{all}, then: replaced},
		{name: "less coverage by the same look, stated later", before: []truce.Item{all}, then: cover("less", "post-1", "patrol", 100_000, hours(0, 72), 73)},
		{name: "a monitor whom a restriction names covers something, elsewhere in time", before: []truce.Item{all, deny("ngo denied", truce.Restriction{During: hours(24, 48), Source: "ngo"}, 50)},
			then: cover("far", "ngo", "camera", truce.One, hours(500, 510), 73)},
		{name: "a way of looking that a restriction names is used, elsewhere in time", before: []truce.Item{all, deny("by boat", truce.Restriction{During: hours(24, 48), What: "boat"}, 50)},
			then: cover("far", "ngo", "boat", truce.One, hours(500, 510), 73)},
		{name: "a fire", before: []truce.Item{all}, then: fire("burst", hours(30, 31), 73)},
		{name: "a fire over midnight", before: []truce.Item{all}, then: fire("midnight", hours(47, 49), 73)},
		{name: "a fire that is taken back", before: []truce.Item{all, burst}, then: takeBack(burst, 73)},
		{name: "a fire over midnight that is taken back", before: []truce.Item{all, midnight}, then: takeBack(midnight, 73)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := situation.Grow(opts())
			now := hours(72, 0).Start
			said := func(s *situation.Situation) string {
				out := ""
				for _, article := range []truce.Article{"4", "5"} {
					x, err := s.Assess(situation.Query{Article: article, During: hours(0, 72), Reasons: true})
					if err != nil {
						t.Fatal(err)
					}
					out += fmt.Sprintln(x.Outcome, x.Reasons)
				}
				return out
			}
			s, _ := g.Step(a, tt.before, func() []truce.Item { return tt.before }, nil, now)
			was := said(s)
			have := append(slices.Clip(tt.before), tt.then)
			now = now.Add(2 * time.Hour)
			s, ch := g.Step(a, have[len(tt.before):], func() []truce.Item { return have }, nil, now)
			if ch.All {
				t.Error("everything was computed again: this tests nothing")
			}
			is, want := said(s), said(situation.Build(a, have, now, opts()))
			if is != want {
				t.Errorf("it says\n%swant\n%s", is, want)
			}
			if is == was {
				t.Errorf("it says what it said before:\n%s", was)
			}
		})
	}
}

// TestDifferentTotals: of totals that say the same nothing is made again.
func TestDifferentTotals(t *testing.T) {
	found := func(of string, n int64, at truce.Instant) *assess.Found {
		f := &assess.Found{}
		f.Of, f.Signs.N, f.During = truce.DigestOf(of), n, truce.Interval{Start: at, End: at + 1}
		return f
	}
	a, b, c := found("a", 1, 1), found("b", 1, 2), found("c", 1, 3)
	more := found("b", 2, 2)
	for _, tt := range []struct {
		was, is []*assess.Found
		want    []truce.Interval
	}{
		{[]*assess.Found{a, b}, []*assess.Found{found("a", 1, 1), b}, nil},
		{[]*assess.Found{a, b}, []*assess.Found{a, b, c}, []truce.Interval{c.During}},
		{[]*assess.Found{a, b}, []*assess.Found{b}, []truce.Interval{a.During}},
		{[]*assess.Found{a, b}, []*assess.Found{a, more}, []truce.Interval{b.During, b.During}},
	} {
		if got := situation.DifferentTotals(tt.was, tt.is); !slices.Equal(got, tt.want) {
			t.Errorf("%v and %v differ at %v, want %v", tt.was, tt.is, got, tt.want)
		}
	}
}

// BenchmarkQuietYear: one more observation arrives in a year of 22,000, and an article on
// quiet days is asked over the whole of it. ns/asked is the asking alone.
func BenchmarkQuietYear(b *testing.B) {
	a, probs := agreement.Read(os.DirFS("testdata/growing"))
	if err := probs.Err(); err != nil {
		b.Fatal(err)
	}
	const day = 24 * 3_600_000
	begin := truce.Instant(1772323200000)
	mid := geoPoint(a.Zones["box"].Region.Bounds())
	n := 0
	observe := func(d int) truce.Item {
		n++
		p := mid
		p.Lat += int32(n%17-8) * 2000
		at := begin + truce.Instant(d)*day + truce.Instant(n%60*23)*60_000
		o := &truce.Observation{Source: "ngo", Key: fmt.Sprint(n), Act: "strike", Count: truce.Count{N: 1}, Occurred: truce.Interval{Start: at, End: at + 60_000},
			Place: truce.Place{Kind: truce.PlacePoint, Point: p, Uncertainty: 100}}
		o.SetID()
		return truce.Item{Known: at, Observation: o}
	}
	var year []truce.Item
	for d := range 365 {
		for range 60 {
			year = append(year, observe(d))
		}
		v := truce.Interval{Start: begin + truce.Instant(d)*day, End: begin + truce.Instant(d+1)*day}
		year = append(year, truce.Item{Known: v.End, Coverage: &truce.Coverage{ID: truce.DigestOf("cover", fmt.Sprint(d)), Source: "post-1", Key: fmt.Sprint("c", d), What: "patrol", Zone: "box", During: v, Share: truce.One}})
	}
	now := begin + 365*day
	for _, kept := range []bool{true, false} {
		b.Run(map[bool]string{true: "kept", false: "recomputed"}[kept], func(b *testing.B) {
			g := situation.Grow(opts())
			have := year
			g.Step(a, have, func() []truce.Item { return have }, nil, now)
			var asked time.Duration
			for i := 0; b.Loop(); i++ {
				fresh := []truce.Item{observe(i * 37 % 365)}
				fresh[0].Known = now
				have = append(have, fresh...)
				s, _ := g.Step(a, fresh, func() []truce.Item { return have }, nil, now)
				if !kept {
					s.ForgetDays()
				}
				began := time.Now()
				if _, err := s.Assess(situation.Query{Article: "4"}); err != nil {
					b.Fatal(err)
				}
				if i > 0 { // the first asks of each day for the first time
					asked += time.Since(began)
				}
			}
			b.ReportMetric(float64(asked.Nanoseconds())/float64(max(1, b.N-1)), "ns/asked")
		})
	}
}
