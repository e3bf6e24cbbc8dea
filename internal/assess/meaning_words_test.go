package assess

import (
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// TestMeaningDescribe: what an observation is in words; who acted is never among them.
func TestMeaningDescribe(t *testing.T) {
	a := &truce.Agreement{Location: time.UTC}
	here := truce.Place{Kind: truce.PlaceRegion, Name: "box"}
	at := truce.Interval{Start: truce.InstantOf(time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)), End: truce.InstantOf(time.Date(2026, 3, 5, 10, 10, 0, 0, time.UTC))}
	const tail = ", somewhere in box, 5 Mar 2026 10:00 to 10:10 UTC"
	for _, tt := range []struct {
		o    truce.Observation
		want string
	}{
		{truce.Observation{Act: "fire", Count: truce.Count{N: 1}, Actor: "A"}, "fire"},
		{truce.Observation{Act: "fire", Count: truce.Count{N: 2}}, "fire (2)"},
		{truce.Observation{Act: "fire", Count: truce.Count{N: 1, Kind: truce.AtLeast}}, "fire (>=1)"},
		{truce.Observation{Act: "fire", Count: truce.Count{N: 1}, Weapon: "mortar"}, "fire, mortar"},
		{truce.Observation{Act: "fire", Count: truce.Count{N: 1}, Weapon: "mortar", Calibre: 820}, "fire, mortar 82 mm"},
		{truce.Observation{Act: "presence", Seen: "weapon", Count: truce.Count{N: 1}, Weapon: "tank"}, "presence of a weapon, tank"},
		{truce.Observation{Act: "presence", Seen: "position", Count: truce.Count{N: 3}}, "presence of a position"},
	} {
		tt.o.Place, tt.o.Occurred = here, at
		if got := Describe(a, &tt.o); got != tt.want+tail {
			t.Errorf("%q, want %q", got, tt.want+tail)
		}
	}
}

// TestMeaningKM2: square metres as square kilometres, to 0.01: 5,000 m2 round up.
func TestMeaningKM2(t *testing.T) {
	for m2, want := range map[int64]string{0: "0.00", 4_999: "0.00", 5_000: "0.01", 994_999: "0.99", 995_000: "1.00", 1_000_000: "1.00", 41_447_000: "41.45", 2_004_999: "2.00", 2_005_000: "2.01", 123_456_789_000: "123456.79"} {
		if got := KM2(m2); got != want {
			t.Errorf("%d m2: %s, want %s", m2, got, want)
		}
	}
}

// TestMeaningSpan: a distance between two ends is its middle and half of what lies
// between, rounded up.
func TestMeaningSpan(t *testing.T) {
	for _, tt := range []struct {
		lo, hi float64
		want   string
	}{{500, 500, "500 m"}, {400, 600, "500 m ± 100 m"}, {400, 601, "501 m ± 101 m"}, {0, 1, "1 m ± 1 m"}, {24_000, 24_200, "24.1 km ± 100 m"}} {
		if got := span(tt.lo, tt.hi); got != tt.want {
			t.Errorf("%v to %v: %s, want %s", tt.lo, tt.hi, got, tt.want)
		}
	}
}

// places are a context with two zones beside each other, and points on the equator, where
// 0.01 degree of longitude is 1113.19 m.
func places(t *testing.T) (*Context, func(lon float64, u int32) *truce.Place) {
	ring := func(west, east float64) *geo.Region {
		var r geo.Ring
		for _, c := range [][2]float64{{-1, west}, {-1, east}, {1, east}, {1, west}} {
			p, err := geo.PointOf(c[0], c[1])
			if err != nil {
				t.Fatal(err)
			}
			r = append(r, p)
		}
		out, err := geo.NewRegion(geo.MultiPolygon{{r}})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	zones := map[string]*geo.Region{"west": ring(10, 10.5), "east": ring(10.5, 11), "far": ring(20, 21), "middle": ring(10.25, 10.75)}
	c := NewContext(Context{Agreement: &truce.Agreement{Location: time.UTC}, Region: func(n string) (*geo.Region, string, bool) { r, ok := zones[n]; return r, n, ok }})
	return c, func(lon float64, u int32) *truce.Place {
		p, err := geo.PointOf(0, lon)
		if err != nil {
			t.Fatal(err)
		}
		return &truce.Place{Kind: truce.PlacePoint, Point: p, Uncertainty: u}
	}
}

// TestMeaningMeet: two places may be one where their discs or areas touch; nobody knows
// how far a point without uncertainty may be off, and 10 km are taken.
func TestMeaningMeet(t *testing.T) {
	c, at := places(t)
	area := func(n string) *truce.Place { return &truce.Place{Kind: truce.PlaceRegion, Name: n} }
	for _, tt := range []struct {
		name string
		a, b *truce.Place
		want bool
	}{
		{"1113.2 m apart with 556 m each: 1112 m", at(10, 556), at(10.01, 556), false},
		{"1113.2 m apart with 557 m each: 1114 m", at(10, 557), at(10.01, 557), true},
		{"one point twice", at(10, 0), at(10, 0), true},
		{"9 km apart, one not stated: 8.9 km", at(10, 0), at(10.08, truce.NotStated), true},
		{"10.02 km apart, one not stated", at(10, truce.NotStated), at(10.09, 10), false},
		{"10.02 km apart, one not stated, with 20 m", at(10, truce.NotStated), at(10.09, 20), true},
		{"both not stated", at(10, truce.NotStated), at(10.08, truce.NotStated), true},
		{"a disc in an area", at(10.2, 100), area("west"), true},
		{"a disc over the edge", at(10.5, 100), area("west"), true},
		{"a disc outside", at(10.6, 100), area("west"), false},
		{"an area twice", area("west"), area("west"), true},
		{"two areas that share an edge and no ground", area("west"), area("east"), false},
		{"two areas that overlap", area("west"), area("middle"), true},
		{"two areas apart", area("west"), area("far"), false},
		{"an area that nobody knows", area("nowhere"), at(10.2, 100), false},
		{"nowhere", &truce.Place{}, &truce.Place{}, false},
		{"nowhere is not the point 0, 0", &truce.Place{}, at(0, 100), false},
		{"nowhere and somewhere", &truce.Place{}, at(10, 100), false},
	} {
		for range 2 { // the second answer for areas comes from what was kept
			if got, back := c.Meet(tt.a, tt.b), c.Meet(tt.b, tt.a); got != tt.want || back != tt.want {
				t.Errorf("%s: %t, and the other way around %t, want %t", tt.name, got, back, tt.want)
			}
		}
	}
	west, _, _ := c.Region("west")
	for _, tt := range []struct {
		p    *truce.Place
		want bool
	}{{at(10.2, 100), true}, {at(10.5, 100), true}, {at(10.6, 100), false}, {area("west"), true}, {area("far"), false}, {&truce.Place{}, false}} {
		if got := c.May(tt.p, west); got != tt.want {
			t.Errorf("%s may be in the west: %t, want %t", tt.p, got, tt.want)
		}
	}
	within := c.Within(area("west"))
	for _, tt := range []struct {
		p    *truce.Place
		want bool
	}{{at(10.2, 100), true}, {at(10.5, 100), false}, {at(10.6, 100), false}, {area("west"), true}, {area("east"), false}, {&truce.Place{}, false}} {
		if got := within(tt.p); got != tt.want {
			t.Errorf("%s surely is in the west: %t, want %t", tt.p, got, tt.want)
		}
	}
	// One area asked about two: the answers are apart.
	far, _, _ := c.Region("far")
	if c.May(area("far"), west) || !c.May(area("far"), far) || c.May(area("west"), far) || !c.May(area("west"), west) {
		t.Error("what was answered of one region was kept for another")
	}
	shape := func(name string) *truce.Place {
		r, _, _ := c.Region(name)
		return &truce.Place{Kind: truce.PlaceShape, Shape: r.Shape()}
	}
	if c.Meet(area("west"), shape("far")) || !c.Meet(area("west"), shape("middle")) || c.Meet(shape("far"), area("west")) || !c.Meet(shape("middle"), area("west")) {
		t.Error("what was answered of one shape was kept for another")
	}
	for _, tt := range []struct {
		p, n *truce.Place
		want truth
	}{{area("west"), shape("far"), no}, {area("west"), shape("west"), yes}, {area("west"), area("west"), yes}, {shape("west"), area("far"), no}, {shape("far"), area("far"), yes},
		{&truce.Place{}, area("west"), unknown}, {area("west"), &truce.Place{}, unknown}, {&truce.Place{}, at(10, 5), unknown}, {at(10, 5), &truce.Place{}, unknown}, {area("west"), at(10.2, 100), unknown}} {
		if got := c.insideNotice(tt.p, tt.n); got != tt.want {
			t.Errorf("%s inside %s: %d, want %d", tt.p, tt.n, got, tt.want)
		}
	}
	if c.Within(area("nowhere"))(at(10.2, 100)) || c.Within(at(10.2, 100))(area("west")) {
		t.Error("what is not known lies within nothing, and an area is not within a spot")
	}
}

// TestMeaningWho: who speaks in reasons: a publisher with its source, a source that the
// agreement does not list alone, and a party that alleges.
func TestMeaningWho(t *testing.T) {
	c := NewContext(Context{Agreement: &truce.Agreement{Sources: map[truce.SourceID]truce.Source{"post-1": {ID: "post-1", Publisher: "mission"}}}})
	r := &Rule{c: c}
	for _, tt := range []struct {
		o    truce.Observation
		want string
	}{{truce.Observation{Source: "post-1"}, "mission (post-1)"}, {truce.Observation{Source: "x"}, "x"}, {truce.Observation{Source: "mod-a", Claimant: "A", Count: truce.Count{N: 1}}, "A alleges"},
		{truce.Observation{Source: "mod-a", Claimant: "A", Count: truce.Count{N: 0}}, "A states that there was none"}} {
		if got := truce.Because("%s", r.who(&tt.o)).String(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// TestMeaningAlone: where an article asks for a second reader, a decision is alone until
// another person has decided the same.
func TestMeaningAlone(t *testing.T) {
	a := &truce.Agreement{Location: time.UTC, Parties: []truce.Party{{ID: "A"}}, Provisions: []truce.Provision{
		{Article: "1", Binds: []truce.PartyID{"A"}, Obligation: &prohibit{Acts: []truce.Act{"strike"}}, SecondReader: true},
		{Article: "2", Binds: []truce.PartyID{"A"}, Obligation: &prohibit{Acts: []truce.Act{"strike"}}}}}
	o := &truce.Observation{Source: "x", Key: "1", Act: "strike", Count: truce.Count{N: 1}, Occurred: truce.Interval{Start: 0, End: 60_000}}
	o.SetID()
	inc := &truce.Incident{ID: o.ID, Of: []*truce.Observation{o}, Occurred: o.Occurred}
	said := func(seq int64, kind truce.DecisionKind, by string, art truce.Article) *truce.Decision {
		return &truce.Decision{Seq: seq, Kind: kind, By: by, Article: art, Of: []truce.Digest{o.ID}}
	}
	confirm, again, agreed := said(1, truce.Confirm, "x", "1"), said(2, truce.Confirm, "x", "1"), said(3, truce.Confirm, "y", "1")
	reject, other, verify := said(2, truce.Reject, "y", "1"), said(2, truce.Confirm, "y", "2"), said(2, truce.Verify, "y", "1")
	later := said(4, truce.Reject, "z", "1")
	for _, tt := range []struct {
		name    string
		ds      []*truce.Decision
		asked   *truce.Decision
		article int
		alone   bool
		pending *truce.Decision
	}{
		{"one person", []*truce.Decision{confirm}, confirm, 0, true, confirm},
		{"the same person twice", []*truce.Decision{confirm, again}, again, 0, true, confirm},
		{"two persons", []*truce.Decision{confirm, agreed}, confirm, 0, false, nil},
		{"two persons, and the first again", []*truce.Decision{confirm, agreed, said(4, truce.Confirm, "x", "1")}, confirm, 0, false, nil},
		{"two persons, and one who says the contrary", []*truce.Decision{confirm, agreed, later}, later, 0, true, later},
		{"two who say the contrary", []*truce.Decision{confirm, reject}, reject, 0, true, reject},
		{"and the first is alone, too", []*truce.Decision{confirm, reject}, confirm, 0, true, reject},
		{"another article's", []*truce.Decision{confirm, other}, other, 0, false, confirm},
		{"no confirmation and no rejection", []*truce.Decision{verify}, verify, 0, false, nil},
		{"an article that asks for none", []*truce.Decision{other}, other, 1, false, nil},
	} {
		r := NewContext(Context{Agreement: a, Now: truce.Never, Decisions: tt.ds}).Rules(&a.Provisions[tt.article])[0]
		if got := r.Alone(tt.asked, inc); got != tt.alone {
			t.Errorf("%s: alone %t, want %t", tt.name, got, tt.alone)
		}
		if tt.article == 0 && r.Pending(inc) != tt.pending {
			t.Errorf("%s: %v is pending, want %v", tt.name, r.Pending(inc), tt.pending)
		}
	}
	// The state that a decision was made on. Old decisions state none, which does not count as an earlier state.
	for _, tt := range []struct {
		state []truce.Digest
		want  bool
	}{{nil, false}, {[]truce.Digest{o.ID}, false}, {[]truce.Digest{truce.DigestOf("other")}, true}, {[]truce.Digest{o.ID, truce.DigestOf("other")}, true}} {
		if got := EarlierState(&truce.Decision{State: tt.state}, inc); got != tt.want {
			t.Errorf("of %d observations: %t, want %t", len(tt.state), got, tt.want)
		}
	}
}

// TestMeaningDiffer: of several readings the common outcome, else the unknown one, else
// that they differ. What they count does not depend on their order.
func TestMeaningDiffer(t *testing.T) {
	signs := func(n int64) truce.Signs { return truce.Signs{N: n} }
	killed := func(low, best, high int32) *truce.Casualties {
		return &truce.Casualties{Killed: &truce.Range{Low: low, Best: best, High: high}}
	}
	as := []truce.Assessment{
		{Reading: "A", Outcome: truce.NoViolation, Signs: signs(1), Coverage: 700_000, Claimed: []truce.PartyID{"A"}},
		{Reading: "B", Outcome: truce.ApparentViolation, Signs: signs(3), Coverage: 400_000, Casualties: killed(1, 2, 3), Claimed: []truce.PartyID{"A", "B"}},
		{Reading: "C", Outcome: truce.UndeterminedTime, Missing: []truce.Fact{truce.FactTime, truce.FactAct}, Signs: signs(2), Coverage: 500_000, Casualties: killed(0, 1, 2)},
		{Reading: "D", Outcome: truce.UndeterminedPlace, Missing: []truce.Fact{truce.FactPlace, truce.FactAct}, Coverage: 900_000},
	}
	for _, tt := range []struct {
		of   []int
		want truce.Outcome
	}{{[]int{0}, truce.NoViolation}, {[]int{0, 0}, truce.NoViolation}, {[]int{0, 1}, truce.ReadingsDiffer}, {[]int{0, 2}, truce.UndeterminedTime}, {[]int{1, 2}, truce.UndeterminedTime},
		{[]int{2, 3}, truce.UndeterminedPlace}, {[]int{0, 1, 2, 3}, truce.UndeterminedPlace}} {
		permute(tt.of, 0, func(of []int) {
			var list []truce.Assessment
			for _, i := range of {
				list = append(list, as[i])
			}
			if got := Differ(list); got.Outcome != tt.want {
				t.Errorf("readings %v: %s, want %s", of, got.Outcome, tt.want)
			}
		})
	}
	permute([]int{0, 1, 2, 3}, 0, func(of []int) {
		var list []truce.Assessment
		for _, i := range of {
			list = append(list, as[i])
		}
		got := Differ(list)
		if got.Reading != "" || got.Signs.N != 3 || got.Coverage != 400_000 || got.Casualties.Killed.String() != "0..1..3" || len(got.Claimed) != 2 || len(got.Tasks) != 3 {
			t.Errorf("in the order %v: %+v, killed %s", of, got, got.Casualties.Killed)
		}
		if !got.Misses(truce.FactAct) || !got.Misses(truce.FactPlace) || !got.Misses(truce.FactTime) || len(got.Missing) != 3 {
			t.Errorf("in the order %v: missing %v", of, got.Missing)
		}
		words := make([]string, len(got.Reasons))
		for i, r := range got.Reasons {
			words[i] = r.String()
		}
		if all := strings.Join(words, "\n"); !strings.Contains(all, "as B reads it: apparent violation") || !strings.Contains(all, "as C reads it: undetermined: time") {
			t.Errorf("in the order %v: %s", of, all)
		}
	})
	// One answer for different reasons: the reasons of one reading are not taken for the other's.
	one := Differ([]truce.Assessment{{Reading: "A", Outcome: truce.Uncorroborated, Reasons: []truce.Reason{truce.Because("the place is held")}}, {Reading: "B", Outcome: truce.Uncorroborated, Reasons: []truce.Reason{truce.Because("the target is stated")}}})
	if got := truce.Joined("%s | %s", one.Reasons).String(); one.Outcome != truce.Uncorroborated || got != "as A reads it: uncorroborated |   the place is held | as B reads it: uncorroborated |   the target is stated" {
		t.Errorf("of one answer for two reasons: %s: %s", one.Outcome, got)
	}
	both := []truce.Reason{truce.Because("the place is held")}
	if got := Differ([]truce.Assessment{{Reading: "A", Outcome: truce.Uncorroborated, Reasons: both}, {Reading: "B", Outcome: truce.Uncorroborated, Reasons: both}}).Reasons; len(got) != 1 {
		t.Errorf("of one answer for one reason: %v", got)
	}
	if got := Differ([]truce.Assessment{{Signs: truce.Signs{N: 2}}, {Signs: truce.Signs{N: 2, Uncountable: 1}}}); got.Signs.Uncountable != 1 {
		t.Errorf("of equal signs those with more that nobody counted: %+v", got.Signs)
	}
}

// TestMeaningSum: what findings amount to together: the outcome that most asks for
// attention, an incident's before a total's, and the casualties of those that count whose
// actor is not missing. However they are put together, the sum is the same.
func TestMeaningSum(t *testing.T) {
	killed := func(n int32) *truce.Casualties {
		return &truce.Casualties{Killed: &truce.Range{Low: n, Best: n, High: n}}
	}
	found := func(name string, o truce.Outcome, alleged bool, dead *truce.Casualties, missing ...truce.Fact) *Found {
		act := &truce.Observation{ID: truce.DigestOf(name), Act: "fire", Count: truce.Count{N: 1}}
		if alleged {
			act.Claimant = "A"
		}
		inc := &truce.Incident{ID: act.ID, Of: []*truce.Observation{act}}
		return NewFound(inc, truce.Assessment{Of: inc.ID, Outcome: o, Missing: missing, Casualties: dead, Signs: truce.Signs{N: 1}, During: truce.Interval{Start: 5, End: 6}})
	}
	total := func(name string, o truce.Outcome) *Found {
		return NewFound(nil, truce.Assessment{Of: truce.DigestOf(name), Outcome: o})
	}
	for _, tt := range []struct {
		name string
		of   []*Found
		want truce.Outcome // empty: none
		dead string
	}{
		{"none", nil, "", ""},
		{"the gravest", []*Found{found("a", truce.NoViolation, false, killed(5)), found("b", truce.Uncorroborated, false, killed(1)), found("c", truce.ApparentViolation, false, killed(2))}, truce.ApparentViolation, "3"},
		{"harm whose actor is missing is apart", []*Found{found("a", truce.UndeterminedFact, false, killed(5), truce.FactActor), found("b", truce.UndeterminedFact, false, killed(1), truce.FactWeapon)}, truce.UndeterminedFact, "1"},
		{"a claim that cannot be told is a claim at most", []*Found{found("a", truce.UndeterminedPlace, true, nil), found("b", truce.UndeterminedFact, false, nil)}, truce.UndeterminedFact, ""},
		{"an incident before a total", []*Found{total("a", truce.Uncorroborated), found("b", truce.Uncorroborated, false, killed(1)), total("c", truce.Uncorroborated)}, truce.Uncorroborated, "1"},
	} {
		permute(tt.of, 0, func(of []*Found) {
			for cut := 0; cut <= len(of); cut++ {
				var sum, rest Sum
				for i, f := range of {
					if i < cut {
						sum.Add(f, &f.Assessment)
					} else {
						rest.Add(f, &f.Assessment)
					}
				}
				sum.Join(&rest)
				outcome, dead := truce.Outcome(""), ""
				if sum.Worst != nil {
					outcome = sum.Worst.Outcome
				}
				if sum.Casualties != nil {
					dead = sum.Casualties.Killed.String()
				}
				if outcome != tt.want || dead != tt.dead {
					t.Errorf("%s, cut at %d: %q and %q killed, want %q and %q", tt.name, cut, outcome, dead, tt.want, tt.dead)
				}
				if tt.name == "an incident before a total" && sum.Of.Incident == nil {
					t.Errorf("cut at %d: a total comes before an incident", cut)
				}
				for _, f := range of { // of equals the first by ID, so that everybody has the same
					if f.Incident != nil && f.Outcome == outcome && f.Alleged == sum.Of.Alleged && f.Of.Compare(sum.Of.Of) < 0 {
						t.Errorf("%s, cut at %d: not the first by ID", tt.name, cut)
					}
				}
				if len(of) > 0 && tt.dead != "" && sum.Signs.N != int64(len(of)) && tt.name != "an incident before a total" {
					t.Errorf("%s: %d signs", tt.name, sum.Signs.N)
				}
			}
		})
	}
}

// TestMeaningInZone: inside one of the zones, outside all, or not known, and how that is
// said. A zone that the agreement names without geometry lies nobody knows where.
func TestMeaningInZone(t *testing.T) {
	c, at := places(t)
	west, _, _ := c.Region("west")
	c.Agreement.Zones = map[string]*truce.Zone{"west": {Name: "west", Region: west}, "blank": {Name: "blank"}}
	area := func(n string) *truce.Place { return &truce.Place{Kind: truce.PlaceRegion, Name: n} }
	for _, tt := range []struct {
		name  string
		p     *truce.Place
		zones []string
		want  truth
		says  string
	}{
		{"no zones", at(50, 0), nil, yes, ""},
		{"inside", at(10.2, 100), []string{"west"}, yes, ""},
		{"outside", at(12, 100), []string{"west"}, no, "0.0000000N 12.0000000E ± 100 m is outside west"},
		{"half of a disc", at(10.5, 100), []string{"west"}, unknown, "0.0000000N 10.5000000E ± 100 m may be inside or outside west: 50 % of it is inside"},
		{"a point on the edge", at(10.5, 0), []string{"west"}, unknown, "0.0000000N 10.5000000E ± 0 m may be inside or outside west"},
		{"no zone that is known", at(10.2, 100), []string{"blank"}, unknown, "where blank lies is not known"},
		{"one that is known beside it", at(10.2, 100), []string{"blank", "west"}, yes, ""},
		{"and a place outside of that", at(12, 100), []string{"blank", "west", "ghost"}, no, "0.0000000N 12.0000000E ± 100 m is outside blank, west, ghost"},
		{"the zone itself", area("west"), []string{"west"}, yes, ""},
		{"another area", area("far"), []string{"west"}, no, "somewhere in far is outside west"},
		{"an area that nobody knows", area("nowhere"), []string{"west"}, unknown, "where it happened is not known"},
		{"nowhere", &truce.Place{}, []string{"west"}, unknown, "where it happened is not known"},
	} {
		var tr trace
		got, said := c.inZone(tt.p, tt.zones, &tr), ""
		if len(tr.reasons) > 0 {
			said = tr.reasons[0].String()
		}
		if got != tt.want || said != tt.says {
			t.Errorf("%s: %d and %q, want %d and %q", tt.name, got, said, tt.want, tt.says)
		}
		if plain := c.inZone(tt.p, tt.zones, nil); plain != tt.want {
			t.Errorf("%s: %d where nobody asks why", tt.name, plain)
		}
	}
	if c.union([]string{"west", "blank", "ghost"}) != west || c.union([]string{"blank"}) != nil || c.union(nil) != nil {
		t.Error("zones without geometry add nothing to a union")
	}
	for share, want := range map[float64]truce.PPM{0: 0, 0.5: 500_000, 0.4999996: 500_000, 0.4999994: 499_999, 1: 1_000_000, 1.1: 1_000_000, -0.1: 0} {
		if got := ppm(share); got != want {
			t.Errorf("ppm(%v) = %d, want %d", share, got, want)
		}
	}
}

// TestMeaningSumOf: of what is found a period has what overlaps it and has begun, without
// signs; what may lie outside is undetermined(time) there, with harm from none to all.
func TestMeaningSumOf(t *testing.T) {
	found := func(name string, act truce.Act, from, to int, o truce.Outcome) *Found {
		ob := &truce.Observation{ID: truce.DigestOf(name), Act: act, Count: truce.Count{N: 1}, Occurred: hours(from, to)}
		inc := &truce.Incident{ID: ob.ID, Of: []*truce.Observation{ob}, Occurred: ob.Occurred}
		return NewFound(inc, truce.Assessment{Of: ob.ID, Outcome: o, During: ob.Occurred, Signs: truce.Signs{N: 1}, Casualties: &truce.Casualties{Killed: &truce.Range{Low: 2, Best: 2, High: 2}}})
	}
	before, within, across, after := found("before", "fire", 1, 10, truce.Violation), found("within", "fire", 10, 12, truce.Uncorroborated), found("across", "fire", 19, 21, truce.ApparentViolation), found("after", "fire", 20, 21, truce.Violation)
	pixel := found("pixel", truce.ActFirePixel, 12, 13, truce.UndeterminedFact)
	decided, other := found("decided", "fire", 19, 21, truce.Violation), found("other", "fire", 19, 21, truce.NoViolation)
	for _, tt := range []struct {
		name  string
		of    []*Found
		v     truce.Interval
		now   truce.Instant
		want  truce.Outcome // empty: none
		signs int64
		dead  string
	}{
		{"what lies in it", []*Found{before, within, after, pixel}, hours(10, 20), truce.Never, truce.Uncorroborated, 1, "2"},
		{"what may", []*Found{before, across, after, pixel}, hours(10, 20), truce.Never, truce.UndeterminedTime, 0, "0..2"},
		{"both", []*Found{before, within, across, after, pixel}, hours(10, 20), truce.Never, truce.Uncorroborated, 1, "2..4"},
		{"what may, and was decided", []*Found{decided}, hours(10, 20), truce.Never, truce.Violation, 0, "0..2"},
		{"what may, and counts for nothing", []*Found{other}, hours(10, 20), truce.Never, truce.NoViolation, 1, ""},
		{"all of it", []*Found{before, within, across, after, pixel}, truce.Interval{}, truce.Never, truce.Violation, 4, "8"},
		{"until it begins", []*Found{within, across}, truce.Interval{}, hours(19, 0).Start, truce.Uncorroborated, 1, "2"},
		{"and a millisecond more", []*Found{within, across}, truce.Interval{}, hours(19, 0).Start + 1, truce.ApparentViolation, 2, "4"},
		{"nothing", []*Found{before, pixel, after}, hours(10, 20), truce.Never, "", 0, ""},
	} {
		permute(tt.of, 0, func(of []*Found) {
			sum := SumOf(tt.v, tt.now, of)
			got, dead := truce.Outcome(""), ""
			if sum.Worst != nil {
				got = sum.Worst.Outcome
			}
			if sum.Casualties != nil {
				dead = sum.Casualties.Killed.String()
			}
			if got != tt.want || sum.Signs.N != tt.signs || dead != tt.dead {
				t.Errorf("%s: %q, %d signs, %q killed; want %q, %d, %q", tt.name, got, sum.Signs.N, dead, tt.want, tt.signs, tt.dead)
			}
		})
	}
}
