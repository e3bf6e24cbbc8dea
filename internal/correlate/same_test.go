package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"pgregory.net/rapid"
)

// TestMeaningParted: what parts two incidents, and what does not. Two reports of one day, of
// a strike at one place, known to 1 km, may be the same; then one thing changes.
func TestMeaningParted(t *testing.T) {
	const day = truce.Instant(1772323200000)
	centre, err := geo.PointOf(48, 37.8)
	if err != nil {
		t.Fatal(err)
	}
	report := func(source truce.SourceID, change func(*truce.Observation)) *truce.Observation {
		o := &truce.Observation{Source: source, Key: "1", Count: truce.Count{N: 1}, Act: "strike", Weapon: "missile", Occurred: truce.Interval{Start: day, End: day + 1440*minute},
			Place: truce.Place{Kind: truce.PlacePoint, Point: centre, Uncertainty: 1000}}
		if change != nil {
			change(o)
		}
		o.SetID()
		return o
	}
	away := func(metres float64, u int32) func(*truce.Observation) {
		return func(o *truce.Observation) {
			o.Place.Point, o.Place.Uncertainty = geo.Destination(centre, 90, metres), u
		}
	}
	killed := func(n int32) func(*truce.Observation) {
		return func(o *truce.Observation) {
			o.Casualties = &truce.Casualties{Killed: &truce.Range{Low: n, Best: n, High: n}}
		}
	}
	moment := func(from, to truce.Instant, u int32) func(*truce.Observation) {
		return func(o *truce.Observation) {
			o.Occurred, o.Place.Uncertainty = truce.Interval{Start: day + from*minute, End: day + to*minute}, u
		}
	}
	both := func(changes ...func(*truce.Observation)) func(*truce.Observation) {
		return func(o *truce.Observation) {
			for _, change := range changes {
				change(o)
			}
		}
	}
	for _, tt := range []struct {
		name   string
		first  func(*truce.Observation)
		change func(*truce.Observation)
		source truce.SourceID
		split  bool
		want   string
	}{
		{name: "nothing differs"},
		{name: "a person decided", split: true, want: "a person decided that they are two"},
		{name: "one source that keeps its events apart", source: "apart", want: "both are events of one source that keeps its events apart"},
		{name: "two such sources", source: "other"},
		{name: "an unrelated act", change: func(o *truce.Observation) { o.Act, o.Weapon = "overflight", "" }, want: "their acts are unrelated"},
		{name: "a statement of none", change: func(o *truce.Observation) { o.Count.N = 0 }, want: "one says that nothing happened"},
		{name: "a weapon of another domain", change: func(o *truce.Observation) { o.Weapon = "artillery" }, want: "their weapons are of different domains"},
		{name: "another weapon of the domain", change: func(o *truce.Observation) { o.Weapon = "one-way-uav" }},
		{name: "no weapon", change: func(o *truce.Observation) { o.Weapon = "" }},
		{name: "another side", first: func(o *truce.Observation) { o.Side = "A" }, change: func(o *truce.Observation) { o.Side = "B" }, want: "they state different sides"},
		{name: "one side is not stated", change: func(o *truce.Observation) { o.Side = "B" }},
		{name: "the day after", change: func(o *truce.Observation) { o.Occurred.Start += 1440 * minute; o.Occurred.End += 1440 * minute }, want: "their times have no moment in common"},
		{name: "a day and an hour, from the last minute on", change: func(o *truce.Observation) { o.Occurred.Start += 1439 * minute; o.Occurred.End += 1440 * minute }},
		{name: "two moments, ten minutes apart: proposed", first: moment(600, 610, 100), change: moment(620, 630, 100)},
		{name: "two moments, eleven hours apart", first: moment(0, 10, 100), change: moment(660, 670, 100), want: "their times have no moment in common"},
		{name: "as far as both radii and a kilometre", change: away(2990, 1000)},
		{name: "farther", change: away(3010, 1000), want: "their places are farther apart than their radii allow"},
		{name: "as far, with a larger radius", change: away(3010, 5000)},
		{name: "to 10 m each", first: away(0, 10), change: away(1300, 10), want: "their places are farther apart than their radii allow"},
		{name: "farther, and proposed all the same: one moment, and three killed in both", first: both(moment(0, 15, 2000), killed(3)), change: both(away(5010, 2000), moment(0, 15, 2000), killed(3))},
		{name: "very vague", change: away(0, 200_000)},
		{name: "nowhere", change: func(o *truce.Observation) { o.Place = truce.Place{} }},
		{name: "without a radius, far away", change: away(50_000, truce.NotStated)},
		{name: "3 and 300 killed", first: killed(3), change: killed(300)},
	} {
		a, b := report("apart", tt.first), report(cmp.Or(tt.source, "press"), tt.change)
		if a.ID == b.ID {
			b.Key = "2"
			b.SetID()
		}
		var ds []*truce.Decision
		if tt.split {
			ds = []*truce.Decision{{Kind: truce.Split, Of: []truce.Digest{a.ID, b.ID}, Seq: 1}}
		}
		c := NewComparison(Input{Source: source})
		x, y := truce.NewIncident([]*truce.Observation{a}), truce.NewIncident([]*truce.Observation{b})
		for _, pair := range [][2]*truce.Incident{{x, y}, {y, x}} {
			why, parted := c.Parted(pair[0], pair[1], SplitsOf(ds))
			if parted != (tt.want != "") || parted && why.String() != tt.want {
				t.Errorf("%s: parted %t, %q; want %q", tt.name, parted, why.String(), tt.want)
			}
		}
		// In company: any two of their observations part two incidents.
		company := truce.NewIncident([]*truce.Observation{report("post", nil), b})
		if _, parted := c.Parted(company, x, SplitsOf(ds)); parted != (tt.want != "") && tt.first == nil {
			t.Errorf("%s: in company, parted %t", tt.name, parted)
		}
	}
	// The latest decision on a pair stands.
	a, b := report("apart", nil), report("press", nil)
	of := []truce.Digest{a.ID, b.ID}
	c := NewComparison(Input{Source: source})
	for want, ds := range map[bool][]*truce.Decision{
		true:  {{Kind: truce.Merge, Of: of, Seq: 1}, {Kind: truce.Split, Of: of, Seq: 2}},
		false: {{Kind: truce.Merge, Of: of, Seq: 2}, {Kind: truce.Split, Of: of, Seq: 1}},
	} {
		if _, parted := c.Parted(truce.NewIncident([]*truce.Observation{a}), truce.NewIncident([]*truce.Observation{b}), SplitsOf(ds)); parted != want {
			t.Errorf("parted %t, want %t", parted, want)
		}
	}
}

// TestVaguenessPartsNothing: a wider radius or a wider time parts nothing, as long as it makes
// no date of a time.
func TestVaguenessPartsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := observation(t, 1), observation(t, 2)
		c := NewComparison(Input{Source: source})
		parted := func(b *truce.Observation) (truce.Reason, bool) {
			return c.Parted(truce.NewIncident([]*truce.Observation{a}), truce.NewIncident([]*truce.Observation{b}), nil)
		}
		if _, already := parted(b); already {
			return
		}
		wider := *b
		switch u := wider.Place.Uncertainty; {
		case u != truce.NotStated && rapid.Bool().Draw(t, "radius"):
			wider.Place.Uncertainty = u + int32(rapid.IntRange(0, 30_000).Draw(t, "by"))
		case b.Occurred.Width().Hours() > 6 && rapid.Bool().Draw(t, "no beginning"): // not later than its end
			wider.Occurred.Start = truce.Always
		default:
			more := truce.Instant(rapid.IntRange(0, 3000).Draw(t, "minutes")) * minute
			if b.Occurred.Width().Hours() <= 6 {
				more = min(more, 360*minute-(b.Occurred.End-b.Occurred.Start))
			}
			before := truce.Instant(rapid.IntRange(0, int(more)).Draw(t, "before"))
			wider.Occurred.Start, wider.Occurred.End = b.Occurred.Start-before, b.Occurred.End+more-before
		}
		if why, is := parted(&wider); is {
			t.Fatalf("%v ±%d became %v ±%d beside %v ±%d, and that parted them: %s", b.Occurred, b.Place.Uncertainty, wider.Occurred, wider.Place.Uncertainty, a.Occurred, a.Place.Uncertainty, why)
		}
	})
}

// TestNotLaterThan: a report that says only "not later than" may be the same as all that came
// before that moment and is near, and as nothing that lies beyond both radii and a kilometre
// (unless it could be proposed there), or that came later.
func TestNotLaterThan(t *testing.T) {
	at := truce.Instant(1772323200000)
	report := func(key string, start truce.Instant, hour int, northM int32) *truce.Incident {
		o := &truce.Observation{Source: "wire", Key: key, Count: truce.Count{N: 1}, Act: "strike", Occurred: truce.Interval{Start: start, End: at.Add(time.Duration(hour) * time.Hour)},
			Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: 5000, Point: geo.Point{Lat: 350_000_000 + northM*90, Lon: 370_000_000}}}
		o.SetID()
		return truce.NewIncident([]*truce.Observation{o})
	}
	c := NewComparison(Input{Source: source})
	upload := report("a", truce.Always, 0, 0)
	var field []*truce.Incident
	for _, tt := range []struct {
		name   string
		other  *truce.Incident
		parted string
	}{
		{"the day before, at the same place", report("b", at-24*60*minute, 0, 10), ""},
		{"years before", report("c", at-9000*24*60*minute, -8999*24, 10), ""},
		{"another upload", report("d", truce.Always, 30, 10), ""},
		{"10.9 km away, with radii of 5 km each", report("e", truce.Always, 0, 10_900), ""},
		{"100 km away", report("f", truce.Always, 0, 100_000), "their places are farther apart than their radii allow"},
		{"the day after", report("g", at, 24, 10), "their times have no moment in common"},
	} {
		if why, _ := c.Parted(upload, tt.other, nil); why.String() != tt.parted {
			t.Errorf("%s: %q, want %q", tt.name, why, tt.parted)
		}
		field = append(field, tt.other)
	}
	// It is found by its place, although it has no time: of many uploads of a country only those
	// near are looked at.
	for i := range int32(2000) {
		field = append(field, report(fmt.Sprint(i), truce.Always, 0, 200_000+i*700))
	}
	f := c.Field(append(field, upload), nil)
	asked, found := 0, 0
	k, _ := f.Index(upload.ID)
	f.Near(f, k, func(int32) bool { asked++; return true }, func(int32) bool { found++; return true })
	if found != 4 || asked > 100 {
		t.Errorf("%d of %d that were looked at may be the same, want 4 of few", found, asked)
	}
	if first := f.Width(k); first <= 0 {
		t.Errorf("it is %d ms wide", first)
	}
}

// TestNeighbourhood: a neighbourhood finds what asking of every pair finds, and the three
// best of each observation are proposed.
func TestNeighbourhood(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		obs := observations(t)
		ds := decisions(t, obs)
		all := Correlate(Input{Observations: obs, Decisions: ds, Source: source}).Incidents
		c := NewComparison(Input{Source: source})
		n, splits := c.Neighbourhood(all), SplitsOf(ds)
		for _, inc := range all {
			found := map[truce.Digest]Pair{}
			n.Each(inc, splits, func(other *truce.Incident, best Pair) { found[other.ID] = best })
			var near []*truce.Incident
			for _, other := range all {
				_, parted := c.Parted(inc, other, splits)
				best, ok := found[other.ID]
				if ok != (!parted && other != inc) {
					t.Fatalf("found %t, parted %t", ok, parted)
				}
				if !ok {
					continue
				}
				near = append(near, other)
				want := Pair{Score: unscored}
				for _, a := range inc.Of {
					for _, b := range other.Of {
						if _, total, ok := Explain(a, b, Input{Source: source}); ok && total > want.Score {
							want = Pair{a, b, total}
						}
					}
				}
				if want.Score != best.Score {
					t.Fatalf("the best pair scores %d, want %d", best.Score, want.Score)
				}
			}
			got := c.Proposals(inc, near)
			for _, o := range inc.Of {
				var want []string
				for _, other := range near {
					for _, b := range other.Of {
						if _, total, ok := Explain(o, b, Input{Source: source}); ok && total >= Current.Veto {
							var x [32]byte
							for i := range x {
								x[i] = o.ID[i] ^ b.ID[i]
							}
							want = append(want, fmt.Sprintf("%020d %x %s", 1_000_000-total, x, b.ID.Hex()))
						}
					}
				}
				slices.Sort(want)
				var have []string
				for _, p := range got {
					if p.A == o {
						have = append(have, p.B.ID.Hex())
					}
				}
				for i := range want {
					want[i] = want[i][len(want[i])-64:]
				}
				if want = want[:min(3, len(want))]; !slices.Equal(have, want) {
					t.Fatalf("proposed are %v, want %v", have, want)
				}
			}
		}
	})
}

// TestMargin: an event of a source that keeps its own apart joins only if it beats every
// other event of its source by 1500, from either end. Events are dated to the day, of one
// point, to 1 km; what they score differs by the number of killed alone: the same number of 12
// is worth 1600, 12 beside 13 nothing.
func TestMargin(t *testing.T) {
	const day = truce.Instant(1772323200000)
	event := func(source truce.SourceID, key string, killed int32, claimant truce.PartyID) *truce.Observation {
		o := &truce.Observation{Source: source, Key: key, Count: truce.Count{N: 1}, Act: "strike", Weapon: "missile", Occurred: truce.Interval{Start: day, End: day + 1440*minute}, Claimant: claimant,
			Place: truce.Place{Kind: truce.PlacePoint, Point: geo.Point{Lat: 480_000_000, Lon: 378_000_000}, Uncertainty: 1000}}
		if killed >= 0 {
			o.Casualties = &truce.Casualties{Killed: &truce.Range{Low: killed, Best: killed, High: killed}}
		}
		o.SetID()
		return o
	}
	for _, tt := range []struct {
		name string
		of   []*truce.Observation
		want string
	}{
		{"one event each", []*truce.Observation{event("apart", "a", 12, ""), event("other", "b", 12, "")}, "a b"},
		{"two that fit as well", []*truce.Observation{event("apart", "a", 12, ""), event("other", "b", 12, ""), event("other", "c", 12, "")}, "a | b | c"},
		{"one fits better by 1600", []*truce.Observation{event("apart", "a", 12, ""), event("other", "b", 12, ""), event("other", "c", 13, "")}, "a b | c"},
		{"from the other end too", []*truce.Observation{event("other", "a", 12, ""), event("apart", "b", 12, ""), event("apart", "c", 12, "")}, "a | b | c"},
		{"a report beside two events", []*truce.Observation{event("press", "a", 12, ""), event("other", "b", 12, ""), event("other", "c", 12, "")}, "a | b | c"},
		{"three reports", []*truce.Observation{event("press", "a", 12, ""), event("post", "b", 12, ""), event("press", "c", 12, "")}, "a b c"},
		{"a claimed event is not a rival", []*truce.Observation{event("apart", "a", 12, ""), event("other", "b", 12, ""), event("other", "c", 12, "A")}, "a b | c"},
		{"a claim with two events joins neither", []*truce.Observation{event("press", "a", 12, "A"), event("other", "b", 12, ""), event("other", "c", 12, "")}, "a | b | c"},
		{"two catalogues and a report that fits both", []*truce.Observation{event("apart", "a", 12, ""), event("other", "b", 12, ""), event("press", "c", -1, "")}, "a b c"},
	} {
		res := Correlate(Input{Observations: tt.of, Source: source})
		if got := grouped(res); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		x, _ := NewIndex(Input{Source: source})
		for i := range tt.of {
			x.Update(tt.of[i:i+1], nil, nil)
		}
		if x.edges != res.Edges {
			t.Errorf("%s: one by one %d edges, want %d", tt.name, x.edges, res.Edges)
		}
	}
	// The one that fits less well is a rival of the incident, and is named as one.
	of := []*truce.Observation{event("apart", "a", 12, ""), event("other", "b", 12, ""), event("other", "c", 13, "")}
	for _, inc := range Correlate(Input{Observations: of, Source: source}).Incidents {
		if want := len(inc.Of) - 1; len(inc.Rivals) != want || want == 1 && inc.Rivals[0] != of[2] {
			t.Errorf("an incident of %d has %d rivals", len(inc.Of), len(inc.Rivals))
		}
	}
}

// TestCrowded: up to 33 reports of one village and day are one incident; one more, and none
// is joined, since each has more partners than 32. Claims crowd nothing that was observed.
func TestCrowded(t *testing.T) {
	for _, tt := range []struct{ reports, claims, want, crowded int }{{33, 0, 1, 0}, {34, 0, 34, 34}, {33, 40, 41, 40}, {2, 40, 41, 40}, {200, 0, 200, 200}} {
		obs := village(tt.reports+tt.claims, false)
		for _, o := range obs[tt.reports:] {
			o.Claimant = "A"
		}
		res := Correlate(Input{Observations: obs, Source: source})
		crowded := 0
		for _, inc := range res.Incidents {
			if inc.Crowded {
				crowded++
			}
		}
		if len(res.Incidents) != tt.want || crowded != tt.crowded {
			t.Errorf("%d reports and %d claims: %d incidents, %d crowded; want %d, %d", tt.reports, tt.claims, len(res.Incidents), crowded, tt.want, tt.crowded)
		}
	}
	// The 34th comes and goes.
	obs := village(34, false)
	x, _ := NewIndex(Input{Observations: obs[:33], Source: source})
	if c, res := x.Update(obs[33:], nil, nil); len(c.Added) != 34 || res.Edges != 0 {
		t.Errorf("with the 34th: %d incidents, %d edges", len(c.Added), res.Edges)
	}
	if c, res := x.Update(nil, obs[33:], nil); len(c.Added) != 1 || res.Edges != 33*32/2 {
		t.Errorf("without it: %d incidents, %d edges", len(c.Added), res.Edges)
	}
}
