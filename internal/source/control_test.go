package source

import (
	"os"
	"strings"
	"testing"

	"github.com/opentruce/truce/geo"
)

// TestControlAsPublished: a daily map whose features have no properties, with the day in
// the file's name, goes in as it is.
func TestControlAsPublished(t *testing.T) {
	const mapping = "source: daily-map\nrecord: control\nactor: RU\ntimezone: Europe/Kyiv\noccurred: {file: YYYYMMDD}\n"
	square := func(west, east string) string {
		return `{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[` + west + `, 48], [` + east + `, 48], [` + east + `, 49], [` + west + `, 49], [` + west + `, 48]]]}}`
	}
	file := func(features ...string) string {
		return `{"type": "FeatureCollection", "features": [` + strings.Join(features, ",") + `]}`
	}
	o := Options{File: "areas_20251101.geojson"}
	for _, k := range []Kind{lines, tableKind, geojsonKind} {
		got, _ := by(t, k, file(square("37", "38")), mapping, o)
		wants(t, got, `"source":"daily-map","key":"control RU 2025-11-01" & "start":"2025-10-31T22:00:00Z","end":"2025-11-01T22:00:00Z" & "actor":"RU" & "seen":"position" & "kind":"shape"`)
	}
	// Areas of one party are one, and overlap is counted once: two squares of a degree each
	// that share half are a degree and a half wide.
	m, err := ParseMapping([]byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	o.Mapping = m
	areas := func(text string) (out []geo.MultiPolygon) {
		for r, err := range lines.Parse(strings.NewReader(text), o) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, r.Observation.Place.Shape)
		}
		return out
	}
	one, two := areas(file(square("37", "38"))), areas(file(square("37", "38"), square("37.5", "38.5")))
	if len(one) != 1 || len(two) != 1 {
		t.Fatalf("%d and %d areas", len(one), len(two))
	}
	if part := two[0].AreaM2() / one[0].AreaM2(); part < 1.499 || part > 1.501 {
		t.Errorf("two squares that share half are %.3f times one", part)
	}
	// A part that cannot be read would make the area smaller than it was published.
	got, said := by(t, lines, file(square("37", "38"), `{"type": "Feature", "properties": {}, "geometry": null}`), mapping, Options{File: "areas_20251101.geojson"})
	if strings.Contains(got, "observation") || !strings.Contains(got, "control is polygons") || len(said) != 2 || said[1].What != RemarkControl {
		t.Errorf("%s\n%+v", got, said)
	}
	for name, want := range map[string]string{
		"areas.geojson": `the name of the file is "areas.geojson", which has no such date`, "a_20251301.geojson": "no such date", "a_120251101.geojson": "no such date",
		"20251101_20251102.geojson": "has two dates", "20251101 made 20251101.geojson": `"key":"control RU 2025-11-01"`, "x/20251102.zip!areas_20251101.geojson": `RU 2025-11-01`,
	} {
		if got, _ := by(t, lines, file(square("37", "38")), mapping, Options{File: name}); !strings.Contains(got, want) {
			t.Errorf("%s: %s", name, got)
		}
	}
	for _, bad := range []struct{ mapping, want string }{
		{strings.Replace(mapping, "actor: RU\n", "", 1), "actor must be stated"},
		{strings.Replace(mapping, "control", "observation", 1) + "act: presence\n", "write record: control"},
		{mapping + "weapon: tank\n", "weapon: a record of the kind control does not have it"},
		{strings.Replace(mapping, "{file: YYYYMMDD}", "{file: YYYYMMDD, layout: YYYY}", 1), "it is the layout itself"},
		{strings.Replace(mapping, "actor: RU", "actor: A|B", 1), "an area of control is of one party"},
	} {
		if got, _ := by(t, lines, file(square("37", "38")), bad.mapping, Options{File: "20251101.geojson"}); !strings.Contains(got, bad.want) {
			t.Errorf("%s: %s", bad.mapping, got)
		}
	}
	b, err := os.ReadFile("testdata/cases/front-line/areas_20240801.geojson")
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := by(t, lines, string(b), mapping, Options{File: "areas_20240801.geojson"}); strings.Count(got, `"observation"`) != 1 || strings.Contains(got, "refused") {
		t.Error(got)
	}
}
