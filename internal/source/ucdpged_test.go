package source

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
)

// heard collects remarks by what they are about.
func heard(o *Options) map[string]int {
	n := map[string]int{}
	o.Remark = func(m Remark) { n[m.What] += max(1, m.Rows) }
	return n
}

var ucdpColumns = []string{"id", "type_of_violence", "side_a", "side_b", "where_prec", "where_coordinates", "adm_1", "latitude", "longitude",
	"country", "date_prec", "date_start", "date_end", "deaths_civilians", "low", "best", "high"}

// ucdpEvent reads one event: an ordinary one, except for what change says.
func ucdpEvent(t *testing.T, o Options, change map[string]string) *truce.Observation {
	t.Helper()
	cells := map[string]string{"id": "1", "type_of_violence": "1", "side_a": "Government of Syria", "side_b": "IS", "where_prec": "1", "where_coordinates": "Aleppo",
		"adm_1": "Aleppo Governorate", "latitude": "36.2", "longitude": "37.15", "country": "Syria", "date_prec": "1", "date_start": "2016-03-01",
		"date_end": "2016-03-01", "deaths_civilians": "0", "low": "1", "best": "2", "high": "3"}
	var row []string
	for k, v := range change {
		if _, ok := cells[k]; !ok {
			t.Fatal("no column " + k)
		}
		cells[k] = v
	}
	for _, c := range ucdpColumns {
		row = append(row, `"`+cells[c]+`"`)
	}
	var out *truce.Observation
	for r, err := range ucdpGED.Parse(strings.NewReader(strings.Join(ucdpColumns, ",")+"\n"+strings.Join(row, ",")+"\n"), o) {
		if err != nil {
			t.Fatalf("%v: %v", change, err)
		}
		out = r.Observation
	}
	if out == nil {
		t.Fatalf("%v: no observation", change)
	}
	return out
}

// TestUCDPActors: a fight has two possible actors, and of one-sided violence side_a is
// the perpetrator, by the codebook. An alliance is each of its members.
func TestUCDPActors(t *testing.T) {
	for _, tt := range []struct{ kind, a, b, want string }{
		{"1", "Government of Syria", "IS", "Government of Syria|IS"},
		{"2", "SDF", "IS", "IS|SDF"},
		{"2", "Fatah Halab, Jabhat Fateh al-Sham", "SDF", "Fatah Halab|Jabhat Fateh al-Sham|SDF"},
		{"1", "Government of Central African Republic", "Military faction (forces of A, B)", "Government of Central African Republic|Military faction (forces of A, B)"},
		{"3", "IS", "Civilians", "IS"},
		{"3", "FPRC, MPC", "Civilians", "FPRC|MPC"},
		{"3", "unknown", "Civilians", ""},
		{"1", "Government of Syria", "Unknown", "Government of Syria|unknown"}, // one of two, of whom one is anybody
		{"1", "", "IS", "IS|unknown"},
		{"1", "SDF, unknown", "IS", "IS|SDF|unknown"},
		{"1", " , ", "IS", "IS|unknown"},
		{"1", "unknown", "", ""},
		{"unknown", "SDF", "IS", "IS|SDF"},
		{"unknown", "IS", "Civilians", "IS"}, // civilians do not attack
		{"2", "IS", "IS", "IS"},
	} {
		o := ucdpEvent(t, Options{}, map[string]string{"type_of_violence": tt.kind, "side_a": tt.a, "side_b": tt.b})
		var got []string
		for _, p := range o.MayHaveActed() {
			got = append(got, string(p))
		}
		if s := strings.Join(got, "|"); s != tt.want || o.Side != "" {
			t.Errorf("type %s, %s - %s: actors %q, side %q; want %q", tt.kind, tt.a, tt.b, s, o.Side, tt.want)
		}
		if (o.Against == truce.Civilians) != (tt.b == "Civilians") {
			t.Errorf("type %s, %s - %s: directed at %q", tt.kind, tt.a, tt.b, o.Against)
		}
	}
}

// TestUCDPDay: an event of one day is one local day of the zone that was given, or of the
// agreement's. Only where nobody gives a zone is it a day anywhere on Earth.
func TestUCDPDay(t *testing.T) {
	bangui := mustZone("Africa/Bangui")
	for _, tt := range []struct {
		name string
		o    Options
		want truce.Interval
	}{
		{"stated", Options{Location: bangui}, truce.Date("2016-03-01").Day(bangui)},
		{"the agreement's", Options{Local: bangui}, truce.Date("2016-03-01").Day(bangui)},
		{"both", Options{Location: time.UTC, Local: bangui}, truce.Date("2016-03-01").Day(time.UTC)},
		{"none", Options{}, truce.Interval{Start: truce.Date("2016-03-01").Start(time.UTC) - 14*hour, End: truce.Date("2016-03-02").Start(time.UTC) + 12*hour}},
	} {
		if got := ucdpEvent(t, tt.o, nil).Occurred; got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	several := ucdpEvent(t, Options{Local: bangui}, map[string]string{"date_end": "2016-03-03", "date_prec": "2"}).Occurred
	if want := truce.Date("2016-03-01").Day(bangui).Hull(truce.Date("2016-03-03").Day(bangui)); several != want {
		t.Errorf("three days: %v, want %v", several, want)
	}
}

// TestUCDPRegion: an event that is known to a division or a country is in the agreement's
// zone of that name, in the gazetteer's region, or in the country.
func TestUCDPRegion(t *testing.T) {
	for _, tt := range []struct {
		prec, adm, country string
		zones              []string
		want               string
		remarks            int
	}{
		{"4", "Aleppo Governorate", "Syria", []string{"syria", "Aleppo governorate"}, "Aleppo governorate", 0},
		{"4", "Aleppo Governorate", "Syria", []string{"syria", "aleppo"}, "aleppo", 1},
		{"4", "Aleppo Governorate", "Syria", []string{"syria"}, "syria", 0},
		{"4", "Aleppo Governorate", "Syria", nil, "Aleppo Governorate", 0}, // nobody knows where that is, and it is said
		{"4", "", "Syria", []string{"syria"}, "syria", 0},
		{"4", "unknown", "Syria", []string{"syria"}, "syria", 0},
		{"4", "Ouham-Pendé province", "Central African Republic", []string{"ouham", "ouham-pende", "central-african-republic"}, "ouham-pende", 1},
		{"4", "Donetsk oblast", "Ukraine", nil, "Donetsk Oblast", 0},
		{"4", "Kiev Special Republican city", "Ukraine", nil, "Ukraine", 0},
		{"4", "Donetsk oblast", "Ukraine", []string{"donetsk-oblast"}, "donetsk-oblast", 0},
		{"4", "Saada province", "Yemen (North Yemen)", []string{"yemen", "taiz"}, "yemen", 0},
		{"5", "Aleppo Governorate", "Syria", []string{"syria", "aleppo"}, "syria", 0},
		{"6", "Aleppo Governorate", "Syria", []string{"syria", "aleppo"}, "syria", 0},
		{"6", "", "Ukraine", nil, "Ukraine", 0},
		{"6", "", "Syria", nil, "Syria", 0},
		{"6", "", "unknown", []string{"syria"}, "", 0},
		{"7", "", "Syria", []string{"syria"}, "", 0},
	} {
		o := Options{Zones: tt.zones, Gazetteer: ukraine(t)}
		said := heard(&o)
		p := ucdpEvent(t, o, map[string]string{"where_prec": tt.prec, "adm_1": tt.adm, "country": tt.country, "where_coordinates": "somewhere"}).Place
		if p.Name != tt.want || (p.Kind == truce.PlaceRegion) != (tt.want != "") || p.Settlement != "somewhere" || said[RemarkRegion] != tt.remarks {
			t.Errorf("precision %s, %q, %q, zones %q: %+v, %d remarks; want %q, %d", tt.prec, tt.adm, tt.country, tt.zones, p, said[RemarkRegion], tt.want, tt.remarks)
		}
	}
}

// TestUCDPUnknown: unknown, in any case, is not stated.
func TestUCDPUnknown(t *testing.T) {
	three := truce.Range{Low: 1, Best: 2, High: 3}
	for _, tt := range []struct {
		column string
		ok     func(*truce.Observation) bool
	}{
		{"where_coordinates", func(o *truce.Observation) bool { return o.Place.Settlement == "" && o.Place.Kind == truce.PlacePoint }},
		{"where_prec", func(o *truce.Observation) bool {
			return o.Place.Kind == truce.PlacePoint && o.Place.Uncertainty == truce.NotStated
		}},
		{"latitude", func(o *truce.Observation) bool { return o.Place.Kind == truce.PlaceUnknown }},
		{"date_prec", func(o *truce.Observation) bool { return o.Occurred.Valid() }},
		{"deaths_civilians", func(o *truce.Observation) bool { return o.Casualties.Civilians == nil && *o.Casualties.Killed == three }},
		{"best", func(o *truce.Observation) bool { return *o.Casualties.Killed == truce.Between(1, 3) }},
		{"low", func(o *truce.Observation) bool { return *o.Casualties.Killed == truce.Range{Low: 2, Best: 2, High: 3} }},
	} {
		for _, word := range []string{"unknown", "Unknown", " UNKNOWN ", ""} {
			if o := ucdpEvent(t, Options{}, map[string]string{tt.column: word}); !tt.ok(o) {
				t.Errorf("%s %q: %+v, %+v", tt.column, word, o, o.Casualties)
			}
		}
	}
	none := ucdpEvent(t, Options{}, map[string]string{"deaths_civilians": "unknown", "low": "unknown", "best": "unknown", "high": "unknown"})
	if none.Casualties != nil {
		t.Errorf("nothing is stated of deaths, and it says %+v", none.Casualties)
	}
}

// TestUCDPCentralAfrica2014: 461 events of 2014, of which 8 have low, best and high out of
// order. The sums were added up by hand outside this program: 2,976..3,312..3,897 killed
// in the 453 that are in order, and 3,150..3,493..4,081 in all.
func TestUCDPCentralAfrica2014(t *testing.T) {
	o := Options{Location: mustZone("Africa/Bangui"), File: "car"}
	said := heard(&o)
	r := openOne(t, "testdata/real/ucdp_car_2014.csv.gz")
	defer r.Close()
	var ordered, all truce.Range
	var n, noted int
	for rec, err := range ucdpGED.Parse(r, o) {
		if err != nil {
			t.Fatal(err)
		}
		ob := rec.Observation
		k := *ob.Casualties.Killed
		if !k.Valid() {
			t.Errorf("%s: %v", ob.Key, k)
		}
		if strings.Contains(ob.Note, "not in order") {
			noted++
		} else {
			ordered = ordered.Plus(k)
		}
		all = all.Plus(k)
		n++
	}
	if n != 461 || noted != 8 || said[RemarkRange] != 8 {
		t.Errorf("%d events, %d notes and %d remarks on ranges; want 461, 8 and 8", n, noted, said[RemarkRange])
	}
	if want := (truce.Range{Low: 2976, Best: 3312, High: 3897}); ordered != want {
		t.Errorf("in order: %v killed, want %v", ordered, want)
	}
	if want := (truce.Range{Low: 3150, Best: 3493, High: 4081}); all != want {
		t.Errorf("all: %v killed, want %v", all, want)
	}
}

// TestUCDPSyria2016: in the first days of the cessation of hostilities, 60 of 269 events,
// with 336 dead, are between groups none of which it binds.
func TestUCDPSyria2016(t *testing.T) {
	member := func(id, name string) truce.Party { return truce.Party{ID: truce.PartyID(id), Name: name} }
	terms := &truce.Agreement{
		Parties: []truce.Party{member("GOV", "Government of Syria"), {ID: "OPP", Name: "Syrian insurgents", Members: []truce.Party{
			member("FH", "Fatah Halab"), member("M", "Mare' Operations Room"), member("JI", "Jaysh al-Islam"), member("RC", "Rahman Corps"), member("AS", "Ahrar al-Sham"),
			member("SF", "Southern Front"), member("FSA", "FSA"), member("IF", "Islamic Front"), member("13", "13th Division")}}},
		Others: []truce.Party{{ID: "IS", Name: "Islamic State", Role: truce.Excluded}, {ID: "JN", Name: "Jabhat Fateh al-Sham", Role: truce.Excluded}},
	}
	r := openOne(t, "testdata/real/ucdp_syria_2016-02-27_2016-03-14.csv.gz")
	defer r.Close()
	n, unbound, dead, silent := 0, 0, int32(0), 0
	for rec, err := range ucdpGED.Parse(r, Options{Location: mustZone("Asia/Damascus")}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		may := rec.Observation.MayHaveActed()
		if len(may) == 0 {
			silent++
		}
		if !slices.ContainsFunc(may, func(p truce.PartyID) bool { id, _ := terms.Actor(p); return terms.HasParty(id) }) {
			unbound++
			dead += rec.Observation.Casualties.Killed.Best
		}
	}
	if n != 269 || unbound != 60 || dead != 336 || silent != 0 {
		t.Errorf("%d events, %d between groups that are not bound, %d dead, %d without an actor; want 269, 60, 336, 0", n, unbound, dead, silent)
	}
}

// TestUCDPRefusals: what cannot be an event says which column is wrong.
func TestUCDPRefusals(t *testing.T) {
	good := "1,1,A,B,1,x,y,36,37,Syria,1,2016-03-01,2016-03-01,0,1,2,3"
	for column, bad := range map[string]string{"id": "unknown", "type_of_violence": "4", "where_prec": "8", "date_prec": "6", "date_start": "unknown", "date_end": "2016-02-01",
		"deaths_civilians": "9", "low": "-1", "best": "x", "high": "1e3", "side_a": strings.Repeat("A, ", 40), "latitude": "99"} {
		cells := strings.Split(good, ",")
		cells[slices.Index(ucdpColumns, column)] = `"` + bad + `"`
		if column == "side_a" {
			var names []string
			for i := range 40 {
				names = append(names, fmt.Sprint("A", i))
			}
			cells[2] = `"` + strings.Join(names, ", ") + `"`
		}
		for _, err := range ucdpGED.Parse(strings.NewReader(strings.Join(ucdpColumns, ",")+"\n"+strings.Join(cells, ",")+"\n"), Options{}) {
			var x *Refusal
			if !errors.As(err, &x) || x.Column != column {
				t.Errorf("%s %q: %v", column, bad, err)
			}
		}
	}
}
