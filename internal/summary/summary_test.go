package summary

import (
	"fmt"
	"os"
	"reflect"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/gazetteer"
)

var agreement = &truce.Agreement{Places: ukraine(), Provisions: []truce.Provision{{Article: "1"}, {Article: "2"}}}

func at(lat, lon float64, m int32) truce.Place {
	p, err := geo.PointOf(lat, lon)
	if err != nil {
		panic(err)
	}
	return truce.Place{Kind: truce.PlacePoint, Point: p, Uncertainty: m}
}

func minute(n int) truce.Interval {
	const day truce.Instant = 1_755_648_000_000 // 20 August 2025
	return truce.Interval{Start: day + truce.Instant(n)*60_000, End: day + truce.Instant(n+1)*60_000}
}

func seen(source string, n int, p truce.Place) truce.Observation {
	return truce.Observation{Source: truce.SourceID(source), Occurred: minute(n), Place: p, Act: "strike", Weapon: "missile", Count: truce.Count{N: 1}}
}

func claim(by string, n int, p truce.Place) truce.Observation {
	o := seen("ministry-"+by, n, p)
	o.Claimant = truce.PartyID(by)
	return o
}

func dead(low, best, high int32) *truce.Casualties {
	return &truce.Casualties{Killed: &truce.Range{Low: low, Best: best, High: high}}
}

func with(o truce.Observation, change func(*truce.Observation)) truce.Observation {
	change(&o)
	return o
}

// silence says nothing of any incident.
func silence(*truce.Incident, func(int, truce.Outcome, bool, *assess.Found)) {}

func known(truce.Digest) truce.Instant { return 5 }

// TestOf: what a reader is shown of an incident, worked out by hand, is the same
// whatever IDs its observations have: IDs are hashes, and order them anyhow.
func TestOf(t *testing.T) {
	pixel := seen("firms", 0, at(48.5, 37.5, 188))
	pixel.Act, pixel.Weapon = "fire-pixel", ""
	region := truce.Place{Kind: truce.PlaceRegion, Name: "Poltava Oblast"}
	assumed := at(48, 37, truce.AssumedM)
	assumed.Assumed = true
	for _, tt := range []struct {
		name string
		of   []truce.Observation
		want truce.Row
	}{
		{"the closer of two observed positions", []truce.Observation{seen("b", 0, at(48.1, 37.1, 5000)), seen("a", 3, at(48, 37, 200))},
			truce.Row{Place: at(48, 37, 200), What: "strike, missile", Sources: []truce.SourceID{"b", "a"}, Signs: truce.Signs{N: 2}}},
		{"a claim never moves what others observed", []truce.Observation{claim("UA", 0, at(48, 37, 0)), seen("a", 3, at(48.1, 37.1, 5000))},
			truce.Row{Place: at(48.1, 37.1, 5000), What: "strike, missile", Sources: []truce.SourceID{"a", "ministry-UA"}, Signs: truce.Signs{N: 1}}},
		{"nor where others know a region alone", []truce.Observation{claim("UA", 0, at(48, 37, 0)), seen("a", 3, region)},
			truce.Row{Place: region, Region: "Poltava Oblast", What: "strike, missile", Sources: []truce.SourceID{"a", "ministry-UA"}, Signs: truce.Signs{N: 1}}},
		{"a claim without a stated uncertainty", []truce.Observation{claim("UA", 0, at(48, 37, truce.NotStated))},
			truce.Row{Place: assumed, What: "strike, missile", Sources: []truce.SourceID{"ministry-UA"}, Alleged: true, Claimant: "UA", Claimants: []truce.PartyID{"UA"}}},
		{"a fire pixel beside a claim", []truce.Observation{pixel, claim("UA", 0, at(48, 37, truce.NotStated))},
			truce.Row{Place: assumed, What: "strike, missile; fire pixel", Sources: []truce.SourceID{"ministry-UA", "firms"}, Alleged: true, Claimant: "UA", Claimants: []truce.PartyID{"UA"}}},
		{"two parties claim it", []truce.Observation{with(claim("UA", 1, at(48, 37, 500)), func(o *truce.Observation) { o.Casualties, o.Actor = dead(2, 3, 3), "RU" }), with(claim("RU", 2, at(48.01, 37, 900)), func(o *truce.Observation) { o.Casualties = dead(0, 0, 1) })},
			truce.Row{Place: at(48, 37, 500), What: "strike, missile", Sources: []truce.SourceID{"ministry-UA", "ministry-RU"}, Alleged: true, Claimant: "RU", Claimants: []truce.PartyID{"RU", "UA"},
				Actors: []truce.PartyID{"RU"}, Casualties: dead(0, truce.NoBest, 3)}},
		{"equally close positions go by time", []truce.Observation{seen("b", 1, at(48.2, 37, 200)), seen("a", 0, at(48.1, 37, 200))},
			truce.Row{Place: at(48.1, 37, 200), What: "strike, missile", Sources: []truce.SourceID{"a", "b"}, Signs: truce.Signs{N: 2}}},
		{"and those of one time by place", []truce.Observation{seen("b", 0, at(48.2, 37, 200)), seen("a", 0, at(48.1, 37, 200))},
			truce.Row{Place: at(48.1, 37, 200), What: "strike, missile", Sources: []truce.SourceID{"a", "b"}, Signs: truce.Signs{N: 2}}},
		{"who acted, the calibre and the grade", []truce.Observation{
			with(seen("a", 0, at(48, 37, 200)), func(o *truce.Observation) {
				o.Weapon, o.Calibre, o.Actors, o.Grade = "mortar", 1200, []truce.PartyID{"A", "B"}, truce.Grade{Source: 'C', Info: '2'}
			}),
			with(seen("b", 1, at(48, 37, 200)), func(o *truce.Observation) { o.Actor, o.Grade = "B", truce.Grade{Source: 'B', Info: '4'} })},
			truce.Row{Place: at(48, 37, 200), Weapon: "mortar", Calibre: 1200, What: "strike, mortar; strike, missile", Sources: []truce.SourceID{"a", "b"}, Signs: truce.Signs{N: 2},
				Actors: []truce.PartyID{"A", "B"}, Grade: truce.Grade{Source: 'B', Info: '4'}}},
		{"a statement of none of one's own aircraft", []truce.Observation{with(claim("UA", 0, region), func(o *truce.Observation) { o.Count, o.Actor = truce.Count{}, "UA" })},
			truce.Row{Place: region, Region: "Poltava Oblast", None: true, OnlySign: true, What: "statement of none: strike, missile by UA", Sources: []truce.SourceID{"ministry-UA"}, Alleged: true, Claimant: "UA", Claimants: []truce.PartyID{"UA"}, Actors: []truce.PartyID{"UA"}}},
		{"a statement of none", []truce.Observation{with(claim("UA", 0, region), func(o *truce.Observation) { o.Count = truce.Count{} })},
			truce.Row{Place: region, Region: "Poltava Oblast", None: true, OnlySign: true, What: "statement of none: strike, missile", Sources: []truce.SourceID{"ministry-UA"}, Alleged: true, Claimant: "UA", Claimants: []truce.PartyID{"UA"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for n := range 12 {
				var of []*truce.Observation
				for _, o := range tt.of {
					o.Key = fmt.Sprint(n)
					o.SetID()
					of = append(of, &o)
				}
				inc := truce.NewIncident(of)
				got, want := Of(agreement, inc, known, silence), tt.want
				want.ID, want.Occurred, want.Act, want.Known = inc.ID, inc.Occurred, "strike", 5
				if want.Weapon == "" {
					want.Weapon = "missile"
				}
				if want.Region == "" {
					want.Region = Region(agreement, &want.Place)
				}
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("with other IDs (%d):\n%+v\nwant\n%+v", n, got, want)
				}
				if p := Place(agreement, inc); !reflect.DeepEqual(p, want.Place) {
					t.Errorf("place %v, want %v", p, want.Place)
				}
				if o := Told(agreement, inc); !reflect.DeepEqual(o.Place, want.Place) || o.Occurred != inc.Occurred || o.Act != want.Act || o.Weapon != want.Weapon {
					t.Errorf("told as %+v", o)
				}
			}
		})
	}
}

// TestFindings: an article that has nothing to say of an incident is named only where
// it would be about it, and last; harm is that of the finding that most asks for attention.
func TestFindings(t *testing.T) {
	o := seen("a", 0, at(48, 37, 200))
	o.SetID()
	inc := truce.NewIncident([]*truce.Observation{&o})
	found := func(o truce.Outcome, c *truce.Casualties) *assess.Found {
		return assess.NewFound(inc, truce.Assessment{Outcome: o, Standing: truce.SingleSource, Casualties: c})
	}
	for _, tt := range []struct {
		name string
		say  Findings
		lead truce.Outcome
		n    int
		harm *truce.Casualties
	}{
		{"none", silence, "", 0, nil},
		{"not about it", func(_ *truce.Incident, say func(int, truce.Outcome, bool, *assess.Found)) {
			say(0, truce.NoViolation, false, nil)
			say(1, truce.OutOfScope, false, nil)
		}, "", 0, nil},
		{"rejected by a person, who found that these reports show no violation of the article (what else happened is not decided by that)", func(_ *truce.Incident, say func(int, truce.Outcome, bool, *assess.Found)) {
			say(0, truce.NoViolation, true, nil)
			say(1, truce.OutOfScope, true, nil)
		}, truce.NoViolation, 2, nil},
		{"harm of the graver", func(_ *truce.Incident, say func(int, truce.Outcome, bool, *assess.Found)) {
			say(0, truce.UndeterminedPlace, true, found(truce.UndeterminedPlace, dead(1, 1, 1)))
			say(1, truce.ApparentViolation, true, found(truce.ApparentViolation, dead(2, 2, 4)))
		}, truce.ApparentViolation, 2, dead(2, 2, 4)},
		{"harm of the other, if the graver states none", func(_ *truce.Incident, say func(int, truce.Outcome, bool, *assess.Found)) {
			say(0, truce.UndeterminedPlace, true, found(truce.UndeterminedPlace, dead(1, 1, 1)))
			say(1, truce.ApparentViolation, true, found(truce.ApparentViolation, nil))
		}, truce.ApparentViolation, 2, dead(1, 1, 1)},
	} {
		r := Of(agreement, inc, known, tt.say)
		if lead := r.Lead(); lead.Outcome != tt.lead || len(r.Findings) != tt.n || !reflect.DeepEqual(r.Casualties, tt.harm) {
			t.Errorf("%s: %s of %d, harm %+v", tt.name, lead.Outcome, len(r.Findings), r.Casualties)
		}
	}
}

// TestRegion: a place that is a zone of the agreement is counted in it, before a region
// of the gazetteer; a position is of the gazetteer's region alone.
func TestRegion(t *testing.T) {
	a := &truce.Agreement{Places: ukraine(), Zones: map[string]*truce.Zone{"saada": nil, "Poltava Oblast": nil}}
	named := func(n string) truce.Place { return truce.Place{Kind: truce.PlaceRegion, Name: n} }
	for _, tt := range []struct {
		place truce.Place
		want  string
	}{
		{named("saada"), "saada"},
		{named("Poltava Oblast"), "Poltava Oblast"},
		{named("Kharkiv Oblast"), "Kharkiv Oblast"},
		{named("Saada"), Elsewhere},
		{named("nowhere"), Elsewhere},
		{truce.Place{Kind: truce.PlaceUnknown, Name: "saada"}, Elsewhere},
		{at(49.59, 34.55, 100), "Poltava Oblast"},
		{at(16.9, 43.7, 100), Elsewhere},
	} {
		if got := Region(a, &tt.place); got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.place.Kind, tt.place.Name, got, tt.want)
		}
	}
}

// ukraine is the package of the shipped agreement.
func ukraine() *gazetteer.Gazetteer {
	p, faults := gazetteer.LoadDir("ukraine", os.DirFS("../../agreements/ukraine-air-first/places/ukraine"))
	if faults != nil {
		panic(faults[0])
	}
	g, err := gazetteer.New([]*gazetteer.Package{p})
	if err != nil {
		panic(err)
	}
	return g
}

// TestFormerNames: what a publisher calls by a former name, or in another spelling, is
// printed under its current name, if it is where that place is.
func TestFormerNames(t *testing.T) {
	for _, tt := range []struct {
		name     string
		lat, lon float64
		want     string
	}{
		{"Ruttschenkowo", 47.95508, 37.67529, "Rutchenkove"}, // as VIINA has it
		{"Odessa", 46.484213, 30.731689, "Odesa"},
		{"Odessa", 48.5, 35, "Odessa"}, // another one
		{"Odesa", 46.484213, 30.731689, "Odesa"},
		{"Рутченково", 47.95508, 37.67529, "Рутченково"}, // current, in another language
		{"", 46.484213, 30.731689, ""},
	} {
		at, err := geo.PointOf(tt.lat, tt.lon)
		if err != nil {
			t.Fatal(err)
		}
		o := truce.Observation{Place: truce.Place{Kind: truce.PlacePoint, Point: at, Uncertainty: 5000, Settlement: tt.name}}
		inc := truce.NewIncident([]*truce.Observation{&o})
		if got := Place(agreement, inc).Settlement; got != tt.want || o.Place.Settlement != tt.name {
			t.Errorf("%s is printed as %s, want %s; the record has %s", tt.name, got, tt.want, o.Place.Settlement)
		}
	}
}

// TestAlleging: one allegation of several acts says how many, and of one it does not; what was
// observed has its signs beside it.
func TestAlleging(t *testing.T) {
	for want, o := range map[string]*truce.Observation{
		"attack, mortar (6)":   {Act: "attack", Weapon: "mortar", Claimant: "A", Count: truce.Count{N: 6}},
		"attack (>=2)":         {Act: "attack", Claimant: "A", Count: truce.Count{N: 2, Kind: truce.AtLeast}},
		"attack (uncountable)": {Act: "attack", Claimant: "A", Count: truce.Count{Kind: truce.Uncountable}},
		"attack":               {Act: "attack", Claimant: "A", Count: truce.Count{N: 1}},
		"strike":               {Act: "strike", Count: truce.Count{N: 6}},
	} {
		if got := Alleging(o); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
