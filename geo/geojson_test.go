package geo

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestReadGeoJSON(t *testing.T) {
	got, err := ReadGeoJSON([]byte(`{"type": "FeatureCollection", "features": [
  {"type": "Feature", "properties": {"name": "Zone B", "km": 2.50}, "geometry":
    {"type": "Polygon", "coordinates": [[[37, 48, 120.5], [37.1, 48], [37.1, 48.1], [37, 48]]]}},
  {"type": "Feature", "properties": null, "geometry": null},
  {"type": "Feature", "id": 7, "bbox": [0, 0, 1, 1], "properties": {}, "geometry":
    {"type": "GeometryCollection", "geometries": [
      {"type": "Point", "coordinates": [37.12345678, 48]},
      {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]], [[5, 6], [7, 8], [9, 10]]]}]}}
]}`))
	if err != nil {
		t.Fatal(err)
	}
	p := func(lat, lon float64) Point { return pt(t, lat, lon) }
	want := []Feature{
		{
			Properties: map[string]any{"name": "Zone B", "km": json.Number("2.50")},
			Polygons:   MultiPolygon{{{p(48, 37), p(48, 37.1), p(48.1, 37.1)}}}, Line: 2,
		},
		{Line: 4},
		{
			Properties: map[string]any{}, Line: 5, Points: []Point{p(48, 37.1234568)},
			Lines: MultiLine{{p(2, 1), p(4, 3)}, {p(6, 5), p(8, 7), p(10, 9)}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

// polygonJSON wraps rings, as JSON, into a polygon on its third line.
func polygonJSON(rings string) string {
	return "{\"type\": \"Polygon\",\n \"coordinates\": [\n" + rings + "]}"
}

func TestReadGeoJSONRefuses(t *testing.T) {
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	for _, tt := range []struct{ name, in, err string }{
		{"nothing", "", "1:1: the file ends too early"},
		{"half", `{"type": "Point"`, "1:17: the file ends too early"},
		{"NaN", `{"type": "Point", "coordinates": [NaN, 1]}`, "1:35: not JSON"},
		{"two values", `{"type": "Point", "coordinates": [1, 1]} {}`, "1:43: more than one JSON value"},
		{"not an object", `[1]`, "1:1: array instead of a GeoJSON object"},
		{"no type", `{"coordinates": [1, 1]}`, `1:1: no member "type"`},
		{"type of another sort", `{"type": 1}`, "1:10: type: number instead of string"},
		{"unknown type", `{"type": "Circle", "coordinates": [1, 1]}`, `1:1: type "Circle": not a GeoJSON type`},
		{"small letters", `{"type": "point", "coordinates": [1, 1]}`, `"point": not a GeoJSON type`},
		{"member twice", `{"type": "Point", "type": "Point", "coordinates": [1, 1]}`, `1:19: member "type": given twice`},
		{"too deep", `{"type": "Point", "coordinates": ` + deep + `}`, "nested deeper than 32"},
		{"deep properties", `{"type": "Feature", "properties": {"a": ` + deep + `}, "geometry": null}`, "nested deeper than 32"},
		{"one number", `{"type": "Point", "coordinates": [1]}`, "1:34: position: not two or three numbers"},
		{"four numbers", `{"type": "Point", "coordinates": [1, 2, 3, 4]}`, "not two or three numbers"},
		{"text for a number", `{"type": "Point", "coordinates": ["1", 2]}`, "1:35: position: string instead of number"},
		{"swapped", `{"type": "Point", "coordinates": [48.01, 137.8]}`, "1:34: latitude 137.8: not within -90 and 90; GeoJSON puts longitude first: are they swapped?"},
		{"off the Earth", `{"type": "Point", "coordinates": [200, 10]}`, "longitude 200: not within -180 and 180"},
		{"huge", `{"type": "Point", "coordinates": [1e999, 10]}`, "number 1e999: out of range"},
		{"crs", `{"type": "Point", "coordinates": [1, 2], "crs": {"type": "name", "properties": {"name": "EPSG:3857"}}}`, `1:49: crs "EPSG:3857": only CRS 84`},
		{"feature with coordinates", `{"type": "Feature", "coordinates": [1, 2], "properties": null, "geometry": null}`, `member "coordinates": not in a Feature`},
		{"no geometry", `{"type": "Feature", "properties": null}`, `no member "geometry"`},
		{"no properties", `{"type": "Feature", "geometry": null}`, "properties: neither an object nor null"},
		{"geometry among features", `{"type": "FeatureCollection", "features": [{"type": "Point", "coordinates": [1, 2]}]}`, `1:44: type "Point" instead of Feature`},
		{"line of one point", `{"type": "LineString", "coordinates": [[1, 2], [1, 2]]}`, "1:39: line 1: 1 different points, needs two"},
		{"not closed", polygonJSON("[[0,0],[1,0],[1,1],\n[0,1]]"), "4:1: ring not closed: begins at 0.0000000N 0.0000000E, ends at 1.0000000N 0.0000000E"},
		{"three positions", polygonJSON("[[0,0],[1,0],[0,0]]"), "3:1: ring of 3 positions: needs four"},
		{"no area", polygonJSON("[[0,0],[1,0],[0,0],[1,0],[0,0]]"), "3:"},
		{"bow tie", polygonJSON("[[0,0],\n[1,1],\n[1,0],\n[0,1],\n[0,0]]"), "ring crosses or touches itself near"},
		{"spike", polygonJSON("[[0,0],[2,0],\n[3,0],[2,0],[2,2],[0,0]]"), "ring crosses or touches itself near"},
		{"hole outside", polygonJSON("[[0,0],[1,0],[1,1],[0,0]],[[5,5],[6,5],[6,6],[5,5]]"), "2:17: rings do not fit together"},
		{"no ring", polygonJSON(""), "polygon without rings"},
		{"ring of numbers", polygonJSON("[1,2,3,4]"), "position: not two or three numbers"},
		{"around a pole", polygonJSON("[[0,80],[90,80],[179,80],[-90,80],[0,80]]"), "goes round a pole"},
		{"multipolygon of numbers", `{"type": "MultiPolygon", "coordinates": [1]}`, "number instead of array"},
		{"overlapping", `{"type": "MultiPolygon", "coordinates": [[[[0,0],[2,0],[2,2],[0,0]]],[[[0,0],[2,0],[2,1],[0,0]]]]}`, "rings do not fit together"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ReadGeoJSON([]byte(tt.in))
			if err == nil || !matches(err, tt.err) {
				t.Errorf("ReadGeoJSON = %+v, %v, want error %q", got, err, tt.err)
			}
		})
	}
}

func TestReadGeoJSONAcceptsCRS84(t *testing.T) {
	in := `{"type": "Point", "coordinates": [1, 2], "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}}`
	if _, err := ReadGeoJSON([]byte(in)); err != nil {
		t.Error(err)
	}
}

// TestReadGeoJSONAtAntimeridian: the example of RFC 7946, section 3.1.9, cut in
// two, and the same written with a jump, are one region.
func TestReadGeoJSONAtAntimeridian(t *testing.T) {
	for name, in := range map[string]string{
		"cut":     `{"type": "MultiPolygon", "coordinates": [[[[180,40],[180,50],[170,50],[170,40],[180,40]]],[[[-170,40],[-170,50],[-180,50],[-180,40],[-170,40]]]]}`,
		"jumping": polygonJSON("[[170,40],[-170,40],[-170,50],[170,50],[170,40]]"),
	} {
		t.Run(name, func(t *testing.T) {
			f, err := ReadGeoJSON([]byte(in))
			if err != nil || len(f) != 1 || len(f[0].Polygons) != 1 {
				t.Fatalf("ReadGeoJSON = %v, %v, want one polygon", f, err)
			}
			r := region(t, f[0].Polygons)
			// Between the parallels it would be 1.747e12; geodesics of 20
			// degrees bulge more than two of 10.
			if want := 1.747e12; math.Abs(r.AreaM2()-want) > 0.03*want {
				t.Errorf("area %.4g, want %.4g", r.AreaM2(), want)
			}
			if side := r.Disc(pt(t, 45, 180), 1000); side != Inside {
				t.Errorf("45 N 180 is %v, want inside", side)
			}
			if side := r.Disc(pt(t, 45, 0), 1000); side != Outside {
				t.Errorf("45 N 0 is %v, want outside", side)
			}
		})
	}
}

// TestWideEdge: an edge that spans more than 180 degrees as it is written is named; a
// shape that was cut at the antimeridian has none.
func TestWideEdge(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"wide":                     {polygonJSON("[[-170,-55],[179,-55],[179,80],[-170,80],[-170,-55]]"), ": an edge spans more than 180 degrees, from longitude -170 to 179"},
		"jumping":                  {polygonJSON("[[170,40],[-170,40],[-170,50],[170,50],[170,40]]"), "from longitude 170 to -170"},
		"a hole":                   {polygonJSON("[[0,0],[10,0],[10,10],[0,0]],[[5,1],[6,1],[6,2],[5,1]]"), ""},
		"cut":                      {`{"type": "MultiPolygon", "coordinates": [[[[180,40],[180,50],[170,50],[170,40],[180,40]]],[[[-170,40],[-170,50],[-180,50],[-180,40],[-170,40]]]]}`, ""},
		"from the meridian itself": {polygonJSON("[[180,40],[-170,40],[-170,50],[180,50],[180,40]]"), ""},
		"to the meridian itself":   {polygonJSON("[[-170,40],[180,40],[180,50],[-170,50],[-170,40]]"), ""},
		"a line":                   {`{"type": "LineString", "coordinates": [[179, 1], [-179, 2]]}`, "from longitude 179 to -179"},
		"half":                     {`{"type": "LineString", "coordinates": [[-90, 1], [0, 1], [90, 2]]}`, ""},
	} {
		f, err := ReadGeoJSON([]byte(tt.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := ""
		if f[0].Wide != nil {
			got = f[0].Wide.Error()
		}
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// sameSlowly compares what is read fast with what is read by tokens, which has the errors.
func sameSlowly(t *testing.T, data []byte) {
	t.Helper()
	fast, ferr := readGeoJSON(data, true, false)
	slow, err := readGeoJSON(data, false, false)
	if ferr == nil && (err != nil || !reflect.DeepEqual(fast, slow)) {
		t.Errorf("%s: read fast as %+v, slowly as %+v, %v", data, fast, slow, err)
	}
	if checked, cerr := ReadCheckedGeoJSON(data); err == nil && (cerr != nil || !reflect.DeepEqual(checked, slow)) {
		t.Errorf("%s: checked before: %+v, %v; want %+v", data, checked, cerr, slow)
	}
	if got, gerr := ReadGeoJSON(data); fmt.Sprint(gerr) != fmt.Sprint(err) || err == nil && !reflect.DeepEqual(got, slow) {
		t.Errorf("%s: %+v, %v; want %+v, %v", data, got, gerr, slow, err)
	}
}

// TestReadGeoJSONFast: reading coordinates as a whole changes nothing, and what it refuses is
// refused with the same words.
func TestReadGeoJSONFast(t *testing.T) {
	for text, fast := range map[string]bool{
		`{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"coordinates": [1, "x"], "properties": {"coordinates": [2]}}, "geometry": {"type": "Point", "coordinates": [ -1.5e0 ,
2, 300 ]}}]}`: true,
		polygonJSON("[[0,0],[10,0],[10,10],[0,0]],[[5,1],[6,1],[6,2],[5,1]]"):                                          true,
		`{"type": "MultiPoint", "coordinates": []}`:                                                                    true,
		`{"type": "GeometryCollection", "geometries": [{"type": "LineString", "coordinates": [[179, 1], [-179, 2]]}]}`: true,
		polygonJSON("[[0,0],[10,0],[10,10],[0,10]]"):                                                                   false,
		polygonJSON("[[0,0],[10,10],[10,0],[0,10],[0,0]]"):                                                             false,
		polygonJSON("[[0,0],[10,0],[10,1e999],[0,0]]"):                                                                 false,
		polygonJSON(`[[0,0],[10,"0"],[10,10],[0,0]]`):                                                                  false,
		polygonJSON(`[[0,0],[10,0,[1]],[10,10],[0,0]]`):                                                                false,
		polygonJSON(`[[0,0],10,[10,10],[0,0]]`):                                                                        false,
		`{"type": "Point", "coordinates": {"a": 1}}`:                                                                   false,
		`{"type": "Point", "coordinates": [1]}`:                                                                        false,
		`{"type": "Point", "coordinates": [91, 91]}`:                                                                   false,
		`{"type": "Point", "coordinates": [1, 2], "coordinates": [1, 2]}`:                                              false,
		`{"type": "Point", "coordinates": [1, 2`:                                                                       false,
		`{"type": "Point", "coordinates": [1 2]}`:                                                                      false,
		`{"type": "Point", "coordinates": ` + strings.Repeat("[", 40) + "1, 2" + strings.Repeat("]", 40) + "}":         false,
		`{"type": "Polygon", "coordinates": ` + strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000) + "}":        false,
	} {
		sameSlowly(t, []byte(text))
		if _, err := readGeoJSON([]byte(text), true, false); (err == nil) != fast {
			t.Errorf("%.80s: read fast: %v", text, err)
		}
	}
}

func FuzzReadGeoJSON(f *testing.F) {
	f.Add([]byte(`{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"a": [1, null]}, "geometry": {"type": "Point", "coordinates": [1, 2]}}]}`))
	f.Add([]byte(polygonJSON("[[0,0],[10,0],[10,10],[0,0]],[[5,1],[6,1],[6,2],[5,1]]")))
	f.Add([]byte(`{"type": "MultiPolygon", "coordinates": [[[[180,40],[180,50],[170,50],[180,40]]],[[[-170,40],[-180,50],[-180,40],[-170,40]]]]}`))
	f.Add([]byte(`{"type": "LineString", "coordinates": [[179, 1], [-179, 2]]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		features, err := ReadGeoJSON(data)
		sameSlowly(t, data)
		if err != nil {
			var line, column int
			if n, _ := fmt.Sscanf(err.Error(), "%d:%d: ", &line, &column); n != 2 {
				t.Errorf("error without a position: %v", err)
			}
			return
		}
		for _, f := range features {
			if len(f.Lines) > 0 {
				if _, err := NewPath(f.Lines); err != nil {
					t.Errorf("lines accepted, then refused: %v", err)
				}
			}
		}
	})
}

func BenchmarkReadGeoJSON(b *testing.B) {
	var ring []string
	for _, p := range append(star(1, 5000, 48, 37, 1), star(1, 5000, 48, 37, 1)[0]) {
		lat, lon := p.Degrees()
		ring = append(ring, fmt.Sprintf("[%.7f,%.7f]", lon, lat))
	}
	data := []byte(polygonJSON("[" + strings.Join(ring, ",") + "]"))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := ReadGeoJSON(data); err != nil {
			b.Fatal(err)
		}
	}
}
