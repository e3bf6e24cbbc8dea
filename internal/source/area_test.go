package source

import (
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/gazetteer"
)

// TestSettlementInRegion: with a region, a settlement is one that may be in it. GeoNames has
// the city Kostyantynivka in Donetsk Oblast, two settlements Antonivka in Kherson Oblast (of
// 12,777 and 1,980 people), and Pokrovsk in Donetsk Oblast alone. The zone of the agreement is
// an invented square around Pokrovsk (48.28 N 37.18 E). Of two places Nikopol it has the village
// (48.89 N 37.12 E), and not the city on the Dnipro; Kharkiv is north of it.
func TestSettlementInRegion(t *testing.T) {
	const file = "date,town,oblast\n" +
		"2025-08-17,Kostiantynivka,Donetsk\n" +
		"2025-08-17,Костянтинівка,Донецька область\n" +
		"2025-08-17,Antonivka,Kherson\n" +
		"2025-08-17,Pokrovsk,Kharkiv\n" +
		"2025-08-17,Pokrovsk,Atlantis\n" +
		"2025-08-17,Pokrovsk,square\n" +
		"2025-08-17,Nikopol,square\n" +
		"2025-08-17,Kharkiv,square\n" +
		"2025-08-17,,Kherson\n" +
		"2025-08-17,Pokrovsk,\n" +
		"2025-08-17,Kostiantynivka,\n"
	square, err := geo.NewRegion(geo.MultiPolygon{{{{Lat: 48_0000000, Lon: 37_0000000}, {Lat: 48_0000000, Lon: 38_0000000}, {Lat: 49_0000000, Lon: 38_0000000}, {Lat: 49_0000000, Lon: 37_0000000}, {Lat: 48_0000000, Lon: 37_0000000}}}})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Local: mustZone("Europe/Kyiv")}
	o.Of(&truce.Agreement{ZoneOrder: []string{"square"}, Zones: map[string]*truce.Zone{"square": {Name: "square", Region: square}}, Places: ukraine(t)})
	got, _ := by(t, csvKind, file, "source: x\noccurred: {column: date}\nact: fire\nplace: {settlement: {column: town}, region: {column: oblast}}\n", o)
	wants(t, strings.ReplaceAll(got, "\n    raw:", " raw:"),
		`"lat":48.52728,"lon":37.70594} & "uncertainty_m":8000 & "settlement":"Kostiantynivka"`,
		`"lat":48.52728,"lon":37.70594} & "settlement":"Костянтинівка"`,
		`row 3 & there are 2 in Kherson Oblast: Antonivka at 46.6767, 32.7306 (population 12777); Antonivka at 46.1428, 32.9516 (population 1980)`,
		`row 4 & no place "Pokrovsk" is in Kharkiv Oblast: it is the name of Pokrovsk at 48.2801, 37.1771 (population 60127) in Donetsk Oblast`,
		`row 5 & oblast "Atlantis" & neither a zone of the agreement (square) nor a region`,
		`"lat":48.28014,"lon":37.17706}`,
		`"lat":48.88693,"lon":37.12457}`,
		`row 8 & no place "Kharkiv" is in square: it is the name of Kharkiv at 49.9818, 36.2548 (population 1421125) in Kharkiv Oblast`,
		`"kind":"region" & "name":"Kherson Oblast"`,
		`"lat":48.28014,"lon":37.17706}`,
		`row 11 & ambiguous, there are 6`)

	// The city of Zaporizhzhia is the only settlement that the package spells Zaporizhzhya.
	got, _ = by(t, csvKind, "date,town\n2025-08-17,Zaporizhzhia\n", "source: x\noccurred: {column: date}\nact: fire\nplace: {settlement: {column: town, values: {Zaporizhzhia: Zaporizhzhya}}}\n", o)
	wants(t, got, `"lat":47.85167,"lon":35.11714} & "uncertainty_m":35000`)

	got, _ = by(t, csvKind, "date,town\n2025-08-17,Kostiantynivka\n", "source: x\noccurred: {column: date}\nact: fire\nplace: {settlement: {column: town}}\n", o)
	wants(t, strings.ReplaceAll(got, "\n    raw:", " raw:"), "ambiguous & add region: {column: ...} under place:")
}

// TestProposedRegion: the region's column is proposed with that of the settlement; alone, with
// the town's name kept, where the package does not know the towns.
func TestProposedRegion(t *testing.T) {
	names := []byte("id,date,oblast,town,type\n1,2025-08-17 10:00,Donetsk,Kostiantynivka,shelling\n2,2025-08-17 11:00,Donetska,Pokrovsk,shelling\n4,2025-08-18 13:00,Kherson,Antonivka,shelling\n")
	o := Options{Gazetteer: ukraine(t), Local: mustZone("Europe/Kyiv")}
	p, got := proposed(t, "names.csv", names, o)
	if !strings.Contains(p.Mapping, "place: {settlement: {column: town}, region: {column: oblast}}") {
		t.Error(p.Mapping)
	}
	wants(t, strings.ReplaceAll(got, "\n    raw:", " raw:"), `"lat":48.52728,"lon":37.70594}`, `"lat":48.28014,"lon":37.17706}`, `there are 2 in Kherson Oblast`)

	arabic := strings.NewReplacer("Kostiantynivka", "كوستيانتينيفكا", "Pokrovsk", "بوكروفسك", "Antonivka", "أنتونيفكا").Replace(string(names))
	p, got = proposed(t, "names.csv", []byte(arabic), o)
	if !strings.Contains(p.Mapping, "place: {name: {column: town}, region: {column: oblast}}") || !slices.ContainsFunc(p.Open, func(s string) bool { return strings.Contains(s, "less than half of the names") }) {
		t.Error(p.Mapping, p.Open)
	}
	wants(t, got, `"name":"Donetsk Oblast","settlement":"كوستيانتينيفكا"`, `"name":"Donetsk Oblast","settlement":"بوكروفسك"`, `"name":"Kherson Oblast","settlement":"أنتونيفكا"`)

	if p, _ = proposed(t, "names.csv", names, Options{Local: o.Local}); !strings.Contains(p.Mapping, "place: {settlement: {column: town}, region: {column: oblast}}") {
		t.Error("without a mission:", p.Mapping)
	}
}

// TestOutside: positions outside the area of the agreement are counted, and it is said if
// latitude and longitude seem exchanged. Aleppo is at 36.2 N 37.15 E, and 37.15 N 36.2 E is
// in Turkey, as is 37 N 35.3 E (Adana), exchanged 35.3 N 37 E, in Hama Governorate. 33.5 N
// 36.3 E is Damascus; exchanged, it is 36.3 N 33.5 E, in the sea south of Anamur.
func TestOutside(t *testing.T) {
	places := placesOf(t, "syria-coh-2016", "syria")
	for _, tt := range []struct {
		name, rows, want string
		places           *gazetteer.Gazetteer
	}{
		{"inside", "36.2,37.15\n33.5,36.3\n", "", places},
		{"exchanged", "37.15,36.2\n37,35.3\n", "2 of 2 positions are outside. With latitude and longitude exchanged, 2 are inside: check which column is which, or, where one cell has both, write order: lon-lat beside position.", places},
		{"one of three outside", "37.15,36.2\n36.2,37.15\n33.5,36.3\n", "1 of 3 positions are outside.", places},
		{"far away", "-33.9,151.2\n", "1 of 1 positions are outside. The agreement has no zones with an outline, and its packages of places have other regions.", places}, // Sydney: no latitude of 151 degrees
		{"no agreement", "-33.9,151.2\n", "", nil},
		{"no rows", "", "", places},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := Options{}
			o.Of(&truce.Agreement{})
			o.Gazetteer = tt.places
			var err error
			if o.Mapping, err = ParseMapping([]byte("source: x\noccurred: {column: date}\nact: fire\nplace: {lat: {column: a}, lon: {column: b}}\n")); err != nil {
				t.Fatal(err)
			}
			file := "date,a,b\n"
			for row := range strings.Lines(tt.rows) {
				file += "2016-03-01T10:00Z," + row
			}
			p := Look(csvKind, strings.NewReader(file), o, 1)
			got := ""
			for _, m := range p.Remarks {
				if m.What == RemarkOutside {
					got += m.More
				}
			}
			if got != tt.want || p.Rejected > 0 || p.Err != nil {
				t.Errorf("%q, %v; want %q", got, p, tt.want)
			}
		})
	}
}

// TestOutsideOfFewZones: where the terms have an outline of ports alone, and a file is of the whole
// country, the remark says so, because nothing is wrong with the file.
func TestOutsideOfFewZones(t *testing.T) {
	port, _, err := placesOf(t, "syria-coh-2016", "syria").Region("Tartus")
	if err != nil {
		t.Fatal(err)
	}
	for rows, want := range map[string]string{
		"36.2,37.15\n33.5,36.3\n":  "2 of 2 positions are outside. The agreement has outlines of these zones alone: ports, and no package of places. Articles about these zones are not about such rows; others may be.",
		"36.2,37.15\n34.9,35.95\n": "1 of 2 positions are outside.", // Tartus is at 34.89 N 35.89 E
	} {
		o := Options{outlines: map[string]*geo.Region{"ports": port}}
		if o.Mapping, err = ParseMapping([]byte("source: x\noccurred: {column: date}\nact: fire\nplace: {lat: {column: a}, lon: {column: b}}\n")); err != nil {
			t.Fatal(err)
		}
		file := "date,a,b\n"
		for row := range strings.Lines(rows) {
			file += "2016-03-01T10:00Z," + row
		}
		got := ""
		for _, m := range Look(csvKind, strings.NewReader(file), o, 1).Remarks {
			if m.What == RemarkOutside {
				got = m.More
			}
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
