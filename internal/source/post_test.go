package source

import (
	"math"
	"strings"
	"testing"

	"github.com/opentruce/truce/geo"
)

// TestPosts: positions in words. Avdiivka is at 48.1402 N 37.7501 E, Donetsk at about 48.00 N
// 37.80 E; a kilometre is 1/111.2 degrees of latitude.
func TestPosts(t *testing.T) {
	const mapping = "source: s\ntimezone: UTC\noccurred: {column: at}\nact: explosion\nplace: {post: {column: post}, sighting: {column: seen}}\n"
	read := func(post, seen string) string {
		got, _ := by(t, csvKind, "at,post,seen\n2016-11-07,\""+post+"\","+seen+"\n", mapping, Options{Gazetteer: ukraine(t)})
		return got
	}
	at := func(post, seen string) (geo.Point, int32) {
		t.Helper()
		p := recordAt(t, mapping, "at,post,seen\n2016-11-07,\""+post+"\","+seen+"\n", Options{Gazetteer: ukraine(t)}).Observation.Place
		return p.Point, p.Uncertainty
	}
	within := func(name string, got geo.Point, lat, lon, metres float64) {
		t.Helper()
		north, east := (float64(got.Lat)/1e7-lat)*111_200, (float64(got.Lon)/1e7-lon)*111_200*math.Cos(lat*math.Pi/180)
		if math.Hypot(north, east) > metres {
			t.Errorf("%s: %v is %.0f m from where it is", name, got, math.Hypot(north, east))
		}
	}
	post, around := at("SMM camera in Avdiivka (GCA, 17km N of Donetsk)", "0km N")
	within("the bracket says which Avdiivka", post, 48.1402, 37.7501, 50)
	p, wide := at("SMM camera in Avdiivka (GCA, 17km N of Donetsk)", "3–4km ESE")
	within("3.5 km at 112.5 degrees", p, 48.1402-1.339/111.2, 37.7501+3.234/74.2, 100)
	// Half of the range and of the last digit is 1 km along; half of the sector at 4.5 km is
	// 4.5 km x sin 11.25 = 0.878 km across: 1.331 km. Of "0km N" it is 0.5 km along and 0.5 km x
	// sin 22.5 = 0.191 km across: 0.535 km.
	if more := wide - around; more < 790 || more > 802 {
		t.Errorf("a range of distances and a sector widen %d m to %d m", around, wide)
	}
	p, _ = at("Elsewhere (GCA, 10 km north-east of Donetsk)", "0km N")
	q, _ := at("10 km NE of Donetsk", "0km N")
	if p != q {
		t.Errorf("a place that nobody knows is where its bracket says: %v, and not %v", p, q)
	}
	// There is a Kamianka elsewhere: the bracket contradicts it.
	p, _ = at("2km S of Kamianka (GCA, 20km N of Donetsk)", "0km N")
	q, _ = at("18 km N of Donetsk", "0km N")
	if d := geo.Distance(p, q); d > 100 {
		t.Errorf("18 km north of Donetsk in two ways: %.0f m apart", d)
	}
	for _, tt := range []struct{ post, seen, want string }{
		{"10 km N of Donetsk", "", `"kind":"unknown","uncertainty_m":-1,"settlement":"Donetsk"`},
		{"", "3km N", `"kind":"unknown"`},
		{"Avdiivka", "3km N", "ambiguous"},
		{"camera in Nowhere", "3km N", `place "camera in Nowhere" is unknown`},
		{"10 km N of Donetsk", "over there", "want a distance and a direction"},
		{"10 km N of Donetsk", "4-3km N", "the distances are not in order"},
		{"10 km N of Donetsk", "3km UPP", "want degrees from north"},
		{"10 km N of Donetsk Oblast", "3km N", "is a region, and not a position"},
	} {
		if got := read(tt.post, tt.seen); !strings.Contains(got, tt.want) {
			t.Errorf("%s; %s: %s", tt.post, tt.seen, got)
		}
	}
	// A position as forms write it, with the accuracy of the receiver: 3.9 m three times.
	if p := record(t, "source: s\noccurred: {column: at}\ntimezone: UTC\nact: fire\nplace: {position: {column: p}}\n", "at,p\n2025-10-23,12.71 24.88 0 3.9\n").Observation.Place; p.Uncertainty != 12 || p.Point.Lat != 127100000 || p.Point.Lon != 248800000 {
		t.Errorf("%v", p)
	}
}

// TestTimesOfAReport: dates without a year are of the last such day before the report, and
// times of day may be a range. Kyiv is UTC+2 in November.
func TestTimesOfAReport(t *testing.T) {
	const mapping = "source: s\ntimezone: Europe/Kyiv\noccurred: {column: at, layout: \"D-MMM, hh:mm\", year: file, range: true}\nact: explosion\n"
	for cell, want := range map[string]string{
		"7-Nov, 22:10–22:41": `"start":"2016-11-07T20:10:00Z","end":"2016-11-07T20:42:00Z"`,
		"7-Nov, 23:55-00:10": `"start":"2016-11-07T21:55:00Z","end":"2016-11-07T22:11:00Z"`,
		"8-Nov, 06:00":       `"start":"2016-11-08T04:00:00Z","end":"2016-11-08T04:01:00Z"`,
		"31-Dec, 06:00":      `"start":"2015-12-31T04:00:00Z"`,
		"29-Feb, 06:00":      `"start":"2016-02-29T04:00:00Z"`,
		"30-Feb, 06:00":      "no such day", "7-Nov, 25:00": "hour out of range", "7-Nov, 22:10-25:00": "the second time: hour out of range", "soon": "not a time as the layout says",
	} {
		if got, _ := by(t, csvKind, "at\n\""+cell+"\"\n", mapping, Options{File: "x.zip!daily/2016-11-08.csv"}); !strings.Contains(got, want) {
			t.Errorf("%s: no %s in %s", cell, want, got)
		}
	}
	if got, _ := by(t, csvKind, "at\n", mapping, Options{File: "daily.csv"}); !strings.Contains(got, "want one such as 2016-11-07 in it") {
		t.Error(got)
	}
	got, _ := by(t, csvKind, "at\n2016-11-07 22:10-22:41\n", "source: s\ntimezone: UTC\noccurred: {column: at, layout: \"YYYY-MM-DD hh:mm\", range: true}\nact: fire\n", Options{})
	wants(t, got, `"start":"2016-11-07T22:10:00Z","end":"2016-11-07T22:42:00Z"`)
	for _, bad := range []string{"{column: at, year: 2016, layout: \"D-MMM\"}", "{column: at, range: true}", "{file: YYYYMMDD, range: true}"} {
		if got, _ := by(t, csvKind, "at\n", "source: s\nact: fire\noccurred: "+bad+"\n", Options{}); !strings.Contains(got, "mapping") && !strings.Contains(got, "year") {
			t.Errorf("%s: %s", bad, got)
		}
	}
}
