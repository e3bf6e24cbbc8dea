package scenario_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/scenario"
)

// TestMeaningExpectations: an expectation that is right holds, and one that is wrong fails
// with what was wanted and what is. Each row is one expectation of the same items.
func TestMeaningExpectations(t *testing.T) {
	a := flat(t, strikes)
	const items = `at 2026-03-06T00:00Z
		observe x strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile killed=2 source=wire
		observe y strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile killed=2 source=post-1
		observe far strike 2026-03-05T10:00/10:10Z 0.9N 10.9E ±100m weapon=missile count=3 source=wire
		observe aa strike 2026-03-05T10:00/10:10Z 0.9N 10.9E ±100m weapon=missile count=3 source=wire key=far
		allege c by A strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile
		observe gone strike 2026-03-05T20:00/20:10Z 0.2N 10.2E ±100m weapon=missile source=wire
		withdraw gone
		tally t by wire strike 2026-03-05 region:box weapon=missile count=7
		tally lost by wire strike 2026-03-05 region:box weapon=missile count=9
		withdraw lost
`
	for _, tt := range []struct {
		text      string
		want, got string // of the failure; both empty: it holds
	}{
		{"incident x y", "", ""},
		{"incident y x", "", ""},
		{"incident x y x", "", ""},
		{"incident far", "", ""},
		{"incident aa", "", ""},
		{"incident x y c", "", ""},
		{"incident x", "one incident of x", "one incident of x y"},
		{"incident x y far", "one incident of far x y", "one incident of x y"},
		{"incident x far", "one incident of far x", "one incident of x y"},
		{"incident x c", "one incident of c x", "one incident of c x y"},
		{"incident far x", "one incident of far x", "one incident of far"},
		{"incident aa x", "one incident of aa x", "one incident of aa"},
		{"incident gone", "one incident of gone", "gone is not known, or withdrawn"},
		{"incidents 2", "", ""},
		{"incidents 3", "3 incidents", "2 incidents"},
		{"incidents 1", "1 incidents", "2 incidents"},
		{"incidents 0", "0 incidents", "2 incidents"},
		{"apart x far", "", ""},
		{"apart x y", "apart", "in one incident"},
		{"apart far aa", "apart", "in one incident"},
		{"apart x gone", "apart", "not both known"},
		{"apart gone x", "apart", "not both known"},
		{"apart gone gone", "apart", "not both known"},
		{"same x y", "", ""},
		{"same x far", "in one incident", "apart, and surely two"},
		{"same x gone", "in one incident", "not both known"},
		{"may-be-same x y", "apart, and may be the same", "in one incident"},
		{"may-be-same x far", "apart, and may be the same", "apart, and surely two"},
		{"may-be-same gone x", "apart, and may be the same", "not both known"},
		{"assess 1 awaiting-response of x", "", ""},
		{"assess 1 awaiting-response of c", "", ""},
		{"assess 2 no-violation of x", "", ""},
		{"assess 1 awaiting-response corroborated of x", "", ""},
		{"assess 1 awaiting-response of=x party=A", "awaiting-response", "undetermined(missing-fact)"},
		{"assess 1 undetermined(missing-fact) of x party=A missing=actor", "", ""},
		{"assess 1 undetermined(missing-fact) of x party=A missing=weapon", "undetermined(missing-fact) missing weapon", "undetermined(missing-fact)"},
		{"assess 1 undetermined(missing-fact) of x party=A missing actor,weapon", "undetermined(missing-fact) missing actor missing weapon", "undetermined(missing-fact) missing actor"},
		{"assess 1 awaiting-response single-source of x", "awaiting-response single-source", "awaiting-response corroborated"},
		{"assess 1 held of x", "held", "awaiting-response"},
		{"assess 1 held of gone", "held", "gone is not known at that moment, or withdrawn"},
		{"assess 1 awaiting-response during 2026-03-05", "", ""},
		{"assess 1 undetermined(no-coverage) during 2026-03-04", "", ""},
		{"assess 1 awaiting-response of x because \"a dragon\"", "awaiting-response because \"a dragon\"", "awaiting-response"},
		{"count 1 signs=5 incidents=2 violations=0 killed=2", "", ""},
		{"count 1 signs=1", "signs=1", "signs=5"},
		{"count 1 incidents=3 during 2026-03-05", "incidents=3", "incidents=2"},
		{"count 1 incidents=0 during 2026-03-04", "", ""},
		{"count 1 violations=1", "violations=1", "violations=0"},
		{"count 1 killed=3", "killed=3", "killed=2"},
		{"count 1 coverage=0", "", ""},
		{"count 1 coverage=0.005", "", ""}, // printed shares are rounded
		{"count 1 coverage=0.006", "coverage=0.01", "coverage=0.00"},
		{"reconcile t found=5 difference=2", "", ""}, // x, y and three of far
		{"reconcile t found=4", "found=4", "found=5"},
		{"reconcile t difference=-2", "difference=-2", "difference=2"},
		{"reconcile lost found=4", "lost reconciled", "lost is not known at that moment, or withdrawn"},
		{"refused observe z strike", "", ""},
		{"refused incidents 2", "refused", "taken in"},
	} {
		run := scenario.Run("s", strings.NewReader(strings.ReplaceAll(items, "\t", "")+tt.text), a, nil, opts())
		if len(run.Faults) > 0 {
			t.Errorf("%s: %v", tt.text, run.Faults)
			continue
		}
		if tt.want == "" {
			if run.Held != 1 || len(run.Failures) != 0 {
				t.Errorf("%s: %d held, %v", tt.text, run.Held, run.Failures)
			}
			continue
		}
		if run.Held != 0 || len(run.Failures) != 1 || run.Failures[0].Want != tt.want || run.Failures[0].Got != tt.got || run.Failures[0].Line != 12 {
			t.Errorf("%s: %d held, %q; want one failure: want %q, got %q", tt.text, run.Held, run.Failures, tt.want, tt.got)
		}
	}
	// What cannot be asked is a fault, and neither holds nor fails.
	for _, text := range []string{"incident", "incident nobody", "incident t", "incidents", "incidents -1", "incidents two", "incidents 2 3", "apart x", "apart x y far", "apart x nobody",
		"assess", "assess 1", "assess 1 well", "assess 3 held", "assess 1 held of", "assess 1 held of nobody", "assess 1 held party=C", "assess 1 held reading=C of x", "assess 1 held missing=shoe", "assess 1 held shoe", "assess 1 held colour=red", "assess 1 held during yesterday",
		"count", "count 1", "count 3 signs=1", "count 1 signs=x", "count 1 signs=3..x", "count 1 incidents=5..4", "count 1 incidents=x..4", "count 1 coverage=high", "count 1 killed=x", "count 1 incidents=2 during yesterday",
		"reconcile", "reconcile x found=1", "reconcile t", "reconcile t found=x", "reconcile t difference=x", "reconcile nobody found=1", "refused", "refused refused observe z strike", "frobnicate x"} {
		run := scenario.Run("s", strings.NewReader(strings.ReplaceAll(items, "\t", "")+text), a, nil, opts())
		if len(run.Faults) != 1 || run.Held+len(run.Failures) != 0 || run.Faults[0].Line != 12 {
			t.Errorf("%s: %v, %d held, %v", text, run.Faults, run.Held, run.Failures)
		}
	}
}

// TestMeaningScenarioLength: four mebibytes are read, and not a byte more.
func TestMeaningScenarioLength(t *testing.T) {
	a := flat(t, strikes)
	for _, tt := range []struct {
		more   int
		faults int
	}{{-1, 0}, {0, 0}, {1, 1}} {
		text := "incidents 0\n#"
		text += strings.Repeat("x", 4*1024*1024+tt.more-len(text))
		if run := scenario.Run("s", strings.NewReader(text), a, nil, opts()); len(run.Faults) != tt.faults || run.Held != 1-tt.faults {
			t.Errorf("%d bytes: %v, %d held", len(text), run.Faults, run.Held)
		}
	}
}

// TestMeaningInterval: "2026-03-01T10:05/10:20Z, 2026-03-01T10:05Z (that minute), two full
// times, a day, or D1/D2 from midnight to midnight", worked out in UTC by hand. The days are
// those of Kyiv: two hours before UTC in winter, and three from 29 March 2026.
func TestMeaningInterval(t *testing.T) {
	kyiv, err := time.LoadLocation("Europe/Kyiv")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ text, start, end string }{
		{"2026-03-01T10:05/10:20Z", "2026-03-01T10:05:00Z", "2026-03-01T10:20:00Z"},
		{"2026-03-01T10:05Z/10:20Z", "2026-03-01T10:05:00Z", "2026-03-01T10:20:00Z"},
		{"2026-03-01T10:05/10:20+02:00", "2026-03-01T08:05:00Z", "2026-03-01T08:20:00Z"},
		{"2026-03-01T10:05/10:20-05:00", "2026-03-01T15:05:00Z", "2026-03-01T15:20:00Z"},
		{"2026-03-01T10:05-05:00/16:00Z", "2026-03-01T15:05:00Z", "2026-03-01T16:00:00Z"},
		{"2026-03-01T10:05+02:00/10:20Z", "2026-03-01T08:05:00Z", "2026-03-01T10:20:00Z"},
		{"2026-03-01T23:50/2026-03-02T00:10Z", "2026-03-01T23:50:00Z", "2026-03-02T00:10:00Z"},
		{"2026-03-01T10:05:07/10:05:08Z", "2026-03-01T10:05:07Z", "2026-03-01T10:05:08Z"},
		{"2026-03-01T10:05Z", "2026-03-01T10:05:00Z", "2026-03-01T10:06:00Z"},
		{"2026-03-01T10:05:07Z", "2026-03-01T10:05:07Z", "2026-03-01T10:05:08Z"},
		{"2026-03-01T10:05:07.250Z", "2026-03-01T10:05:07.25Z", "2026-03-01T10:05:07.251Z"},
		{"2026-03-01T10:05-05:00", "2026-03-01T15:05:00Z", "2026-03-01T15:06:00Z"},
		{"2026-03-01", "2026-02-28T22:00:00Z", "2026-03-01T22:00:00Z"},
		{"2026-03-29", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"}, // of 23 hours
		{"2026-03-28/2026-03-30", "2026-03-27T22:00:00Z", "2026-03-29T21:00:00Z"},
		// Refused.
		{"2026-03-01T10:05", "", ""},
		{"2026-03-01T10:05/10:20", "", ""},
		{"2026-03-01T10:05Z/10:20", "", ""},
		{"2026-03-01T10:05Z/10", "", ""},
		{"2026-03-01T10:05Z/1", "", ""},
		{"2026-03-01T10:05Z/", "", ""},
		{"2026-03-01T10:05Z/10:", "", ""},
		{"2026-03-01T10:05Z/2026-03-02", "", ""},
		{"2026-03-01/10:20Z", "", ""},
		{"2026-03-01/2026-03-01", "", ""},
		{"2026-03-02/2026-03-01", "", ""},
		{"2026-03-01T10:05/10:05Z", "", ""},
		{"2026-03-01T10:05/10:04Z", "", ""},
		{"2026-03-01T23:50/00:10Z", "", ""},
		{"2026-03-01T24:05Z", "", ""},
		{"1899-12-31T10:05Z", "", ""},
		{"10:05/10:20Z", "", ""},
		{"/", "", ""},
		{"", "", ""},
	} {
		got, err := scenario.ParseInterval(tt.text, kyiv)
		if tt.start == "" {
			if err == nil {
				t.Errorf("%s is %v, want an error", tt.text, got)
			}
			continue
		}
		if want := (truce.Interval{Start: instant(t, tt.start), End: instant(t, tt.end)}); err != nil || got != want {
			t.Errorf("%s is %v, want %v (%v)", tt.text, got, want, err)
		}
	}
}

// TestMeaningUncertainty: the ways to write how far a place may be off, in metres.
func TestMeaningUncertainty(t *testing.T) {
	a := flat(t, strikes)
	for _, tt := range []struct {
		text string
		want int32 // -2: refused
	}{
		{"", truce.NotStated}, {"±200m", 200}, {"+-200m", 200}, {"± 200m", 200}, {"± 200 m", 200}, {"±200 m", 200}, {"±0.4km", 400}, {"± 0.4 km", 400}, {"±0.4 km", 400}, {"±2km", 2000}, {"±0m", 0},
		{"±20000km", 20_000_000}, {"±20000001m", -2}, {"±30000km", -2}, {"±", -2}, {"±200", -2}, {"±m", -2}, {"±-5m", -2}, {"±200 km m", -2}, {"±200m km", -2},
	} {
		r, err := scenario.ParseEntry(a, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E "+tt.text+" weapon=missile source=wire", opts())
		if tt.want == -2 {
			if err == nil {
				t.Errorf("%q is ±%d m, want an error", tt.text, r.Observation.Place.Uncertainty)
			}
			continue
		}
		if err != nil || r.Observation.Place.Uncertainty != tt.want || r.Observation.Weapon != "missile" {
			t.Errorf("%q: %+v, %v, want ±%d m", tt.text, r.Observation, err, tt.want)
		}
	}
	// A region is widened by it, and nobody widens one by more than the Earth.
	const refused = truce.PlaceKind(99)
	for _, tt := range []struct {
		text string
		kind truce.PlaceKind // refused: none
	}{{"region:box", truce.PlaceRegion}, {"region:box ±0m", truce.PlaceRegion}, {"region:box ±1km", truce.PlaceShape}, {"region:box ±30000km", refused}, {"region:box ±x", refused}, {"zone:box ± 1 km", truce.PlaceShape}} {
		r, err := scenario.ParseEntry(a, "observe o strike 2026-03-05T10:00/10:10Z "+tt.text+" weapon=missile source=wire", opts())
		if tt.kind == refused {
			if err == nil {
				t.Errorf("%s: %+v, want an error", tt.text, r.Observation.Place)
			}
			continue
		}
		if err != nil || r.Observation.Place.Kind != tt.kind {
			t.Errorf("%s: %+v, %v, want kind %v", tt.text, r.Observation, err, tt.kind)
			continue
		}
	}
}

// TestMeaningWedge: bearings are whole degrees from 0 to 360, distances a range with a
// lower and a higher end, in the unit of its end where the beginning has none.
func TestMeaningWedge(t *testing.T) {
	a := flat(t, strikes)
	for _, tt := range []struct {
		text     string
		from, to int32
		min, max int32 // max 0: refused
	}{
		{"bearing 350-010 distance 2-5km", 350, 10, 2000, 5000},
		{"bearing 000-090 distance 500m-2km", 0, 90, 500, 2000},
		{"bearing 0-360 distance 0-1km", 0, 360, 0, 1000},
		{"bearing 10-20 distance 100-200m", 10, 20, 100, 200},
		{"bearing 10-20 distance 1-2000km", 10, 20, 1000, 2_000_000},
		{"bearing 10-20 distance 1-2001km", 0, 0, 0, 0},
		{"bearing 10-361 distance 2-5km", 0, 0, 0, 0},
		{"bearing 361-10 distance 2-5km", 0, 0, 0, 0},
		{"bearing x-010 distance 2-5km", 0, 0, 0, 0},
		{"bearing 010-x distance 2-5km", 0, 0, 0, 0},
		{"bearing 010 distance 2-5km", 0, 0, 0, 0},
		{"bearing -010 distance 2-5km", 0, 0, 0, 0},
		{"bearing 010- distance 2-5km", 0, 0, 0, 0},
		{"bearing 10-20 distance 5km", 0, 0, 0, 0},
		{"bearing 10-20 distance 2-2km", 0, 0, 0, 0},
		{"bearing 10-20 distance 5-2km", 0, 0, 0, 0},
		{"bearing 10-20 distance 2-x", 0, 0, 0, 0},
		{"bearing 10-20 distance x-5km", 0, 0, 0, 0},
		{"bearing 10-20", 0, 0, 0, 0},
		{"distance 2-5km", 0, 0, 0, 0},
	} {
		r, err := scenario.ParseEntry(a, "observe o explosion 2026-03-05T10:00/10:10Z from 0.5N 10.5E "+tt.text+" means=heard source=wire", opts())
		if tt.max == 0 {
			if err == nil {
				t.Errorf("%s: %+v, want an error", tt.text, r.Observation.Place.Wedge)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if w := r.Observation.Place.Wedge; w.FromDeg != tt.from || w.ToDeg != tt.to || w.MinM != tt.min || w.MaxM != tt.max {
			t.Errorf("%s: %+v", tt.text, w)
		}
	}
}

// TestMeaningDecisionRefused: what a decision must say, by kind.
func TestMeaningDecisionRefused(t *testing.T) {
	a := flat(t, "phases: [{id: p, from: {event: signed}}]\nprovisions:\n  - {article: \"1\", phase: p, binds: [A, B], text: No strike., prohibit: {acts: [strike], in: [box]}}\n")
	ids := func(n int) (out []truce.Digest) {
		for i := range n {
			out = append(out, truce.DigestOf(fmt.Sprint(i)))
		}
		return out
	}
	at := instant(t, "2026-03-05T00:00:00Z")
	for _, tt := range []struct {
		field string // empty: it may be taken
		d     truce.Decision
	}{
		{"", truce.Decision{Kind: truce.Confirm, Article: "1", Of: ids(1)}},
		{"article", truce.Decision{Kind: truce.Confirm, Of: ids(1)}},
		{"article", truce.Decision{Kind: truce.Confirm, Article: "2", Of: ids(1)}},
		{"of", truce.Decision{Kind: truce.Confirm, Article: "1"}},
		{"of", truce.Decision{Kind: truce.Confirm, Article: "1", Of: ids(2)}},
		{"because", truce.Decision{Kind: truce.Confirm, Article: "1", Of: ids(1), Because: " \t"}},
		{"although", truce.Decision{Kind: truce.Confirm, Article: "1", Of: ids(1), Although: "..."}},
		{"", truce.Decision{Kind: truce.Confirm, Article: "1", Of: ids(1), Although: "7"}},
		{"", truce.Decision{Kind: truce.Confirm, Article: "1", Of: ids(1), Although: "так"}},
		{"", truce.Decision{Kind: truce.Reject, Of: ids(1)}},
		{"", truce.Decision{Kind: truce.Verify, Of: ids(1)}},
		{"of", truce.Decision{Kind: truce.Verify, Of: ids(2)}},
		{"", truce.Decision{Kind: truce.Merge, Of: ids(2)}},
		{"", truce.Decision{Kind: truce.Merge, Of: ids(512)}},
		{"with", truce.Decision{Kind: truce.Merge, Of: ids(513)}},
		{"with", truce.Decision{Kind: truce.Merge, Of: ids(1)}},
		{"with", truce.Decision{Kind: truce.Merge, Of: append(ids(2), ids(1)...)}},
		{"of", truce.Decision{Kind: truce.Split, Of: ids(1)}},
		{"of", truce.Decision{Kind: truce.Split, Of: append(ids(2), ids(1)...)}},
		{"", truce.Decision{Kind: truce.Split, Of: ids(2)}},
		{"", truce.Decision{Kind: truce.Declare, Name: "signed", From: at}},
		{"name", truce.Decision{Kind: truce.Declare, Name: "p", From: at}},
		{"name", truce.Decision{Kind: truce.Extend, Name: "signed", From: at}},
		{"", truce.Decision{Kind: truce.Extend, Name: "p", From: at}},
		{"", truce.Decision{Kind: truce.Extend, Name: "p", From: at, To: at + 1}},
		{"to", truce.Decision{Kind: truce.Extend, Name: "p", From: at, To: at}},
		{"to", truce.Decision{Kind: truce.Extend, Name: "p", From: at, To: at - 1}},
		{"", truce.Decision{Kind: truce.Terminate, Name: "p", From: at}},
		{"", truce.Decision{Kind: truce.Ask, Fact: truce.FactPlace, Of: ids(1)}},
		{"", truce.Decision{Kind: truce.Ask, Fact: truce.FactPlace, Name: "A", Of: ids(1)}},
		{"party", truce.Decision{Kind: truce.Ask, Fact: truce.FactPlace, Name: "C", Of: ids(1)}},
		{"fact", truce.Decision{Kind: truce.Ask, Fact: "shoe", Of: ids(1)}},
		{"", truce.Decision{Kind: truce.Regrade, Grade: truce.Grade{Source: 'B', Info: '2'}, Of: ids(1)}},
		{"source", truce.Decision{Kind: truce.Regrade, Grade: truce.Grade{Source: 'Z', Info: '2'}, Of: ids(1)}},
		{"kind", truce.Decision{Kind: "condemn", Of: ids(1)}},
	} {
		if tt.d.Because == "" {
			tt.d.Because = "x"
		}
		err := scenario.CheckDecision(a, &tt.d)
		field := ""
		if e, ok := err.(*scenario.DecisionError); ok {
			field = e.Field
		}
		if field != tt.field || (err == nil) != (tt.field == "") {
			t.Errorf("%s %q of %d: %v in %q, want %q", tt.d.Kind, tt.d.Name, len(tt.d.Of), err, field, tt.field)
		}
	}
}

// TestMeaningCoordinatesRefused: where both fields of a form are wrong, the form says so of both.
func TestMeaningCoordinatesRefused(t *testing.T) {
	a := flat(t, strikes)
	during := truce.Interval{Start: instant(t, "2026-03-05T00:00:00Z"), End: instant(t, "2026-03-06T00:00:00Z")}
	for _, tt := range []struct {
		lat, lon string
		want     []string
	}{{"48", "37", nil}, {"x", "37", []string{"lat"}}, {"48", "x", []string{"lon"}}, {"x", "x", []string{"lat", "lon"}}} {
		_, err := scenario.Compose(a, scenario.Statement{Word: "observe", Key: "k", Source: "wire"}, scenario.Fields{Act: "strike", During: during, Place: scenario.PlaceFields{Kind: truce.PlacePoint, Lat: tt.lat, Lon: tt.lon}}, opts())
		var got []string
		var look func(error)
		look = func(err error) {
			switch e := err.(type) {
			case *scenario.FieldError:
				got = append(got, e.Field)
			case interface{ Unwrap() []error }:
				for _, x := range e.Unwrap() {
					look(x)
				}
			}
		}
		look(err)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s %s: errors in %v, want %v (%v)", tt.lat, tt.lon, got, tt.want, err)
		}
	}
}

// TestMeaningAgreementStatement: a scenario names its agreement before all entries.
func TestMeaningAgreementStatement(t *testing.T) {
	a := flat(t, strikes)
	load := func(folder string) (*truce.Agreement, error) {
		if folder != "here" {
			return nil, errors.New("there is no such folder")
		}
		return a, nil
	}
	const entry = "observe o strike 2026-03-05 region:box source=wire\n"
	for _, tt := range []struct {
		text         string
		load         func(string) (*truce.Agreement, error)
		faults, held int
	}{
		{"agreement here\nincidents 0", load, 0, 1},
		{"agreement here\n" + entry + "incidents 1", load, 0, 1},
		{"agreement there\n", load, 1, 0},
		{"agreement\n", load, 1, 0},
		{"agreement here there\n", load, 1, 0},
		{"agreement here\n", nil, 1, 0},
		{"incidents 0", load, 1, 0},
		{"agreement here\n" + entry + "agreement here\nincidents 1", load, 1, 1},
	} {
		if run := scenario.Run("s", strings.NewReader(tt.text), nil, tt.load, opts()); len(run.Faults) != tt.faults || run.Held != tt.held || len(run.Failures) != 0 {
			t.Errorf("%q: %+v, want %d faults, %d held", tt.text, run, tt.faults, tt.held)
		}
	}
}

// TestMeaningNamesOfSeveralWords: a region of several words may stand without quotes.
func TestMeaningNamesOfSeveralWords(t *testing.T) {
	a := flat(t, "places: [ukraine]\n"+strikes)
	for text, want := range map[string]string{"region:box": "box", "region:Kharkiv Oblast": "Kharkiv Oblast", `region:"Kharkiv Oblast"`: "Kharkiv Oblast", "region:kharkiv_oblast": "Kharkiv Oblast"} {
		r, err := scenario.ParseEntry(a, "observe o strike 2026-03-05 "+text+" weapon=missile source=wire", opts())
		if err != nil || r.Observation.Place.Name != want || r.Observation.Weapon != "missile" {
			t.Errorf("%s: %+v, %v", text, r.Observation, err)
		}
	}
}

// TestMeaningWidenedRegion: a region with ±1 km is the region and what lies within a
// kilometre of it. One degree on the equator is 111.3 km by 110.6 km, 12,309 km2; four strips
// of a kilometre and the corners add 444 + 3 km2.
func TestMeaningWidenedRegion(t *testing.T) {
	a := flat(t, strikes)
	r, err := scenario.ParseEntry(a, "observe o strike 2026-03-05T10:00/10:10Z region:box ±1km weapon=missile source=wire", opts())
	if err != nil {
		t.Fatal(err)
	}
	wide, err := geo.NewRegion(r.Observation.Place.Shape)
	if err != nil {
		t.Fatal(err)
	}
	if km2 := wide.AreaM2() / 1e6; km2 < 12_740 || km2 > 12_770 {
		t.Errorf("%.0f km2, want 12,756", km2)
	}
	middle, err := geo.PointOf(0.5, 10.5)
	if err != nil || wide.Disc(middle, 1000) != geo.Inside {
		t.Errorf("the middle of the region is not in it (%v)", err)
	}
}
