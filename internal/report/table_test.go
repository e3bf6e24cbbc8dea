package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/parquet-go/parquet-go"
)

// evil is what a publisher could write to be run, drawn or closed too early.
const evil = `=cmd|' /C calc'!A0;=1+1 <script>alert(1)</script> ]]> & "x" $[id]`

// hostile is a table of three incidents with evil in each text: at a position, in an area,
// and in a region.
func hostile(t *testing.T) *Table {
	t.Helper()
	at := func(lat, lon float64) geo.Point {
		p, err := geo.PointOf(lat, lon)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	day := truce.Interval{Start: 1755464400000, End: 1755550800000}
	harm := truce.Range{Low: 1, Best: truce.NoBest, High: 4}
	rows := []*truce.Row{
		{ID: truce.DigestOf("a"), Occurred: day, Known: day.End, Entry: 12, What: evil, Act: "strike", Sources: []truce.SourceID{"wire"}, Region: evil, Signs: truce.Signs{N: 3}, Actors: []truce.PartyID{"A", "B"}, Calibre: 1225,
			Casualties: &truce.Casualties{Killed: &harm}, Place: truce.Place{Kind: truce.PlacePoint, Point: at(48.5, -37.25), Uncertainty: 5000, Settlement: evil},
			Findings: []truce.ShortFinding{{Article: "1", Outcome: truce.Uncorroborated, Standing: truce.SingleSource}}},
		{ID: truce.DigestOf("b"), Occurred: truce.Interval{Start: truce.Always, End: day.End}, What: "fire", Place: truce.Place{Kind: truce.PlaceShape, Shape: geo.MultiPolygon{{{at(47, 36), at(47, 37), at(48, 37)}, {at(47.2, 36.6), at(47.3, 36.7), at(47.2, 36.8)}}}}},
		{ID: truce.DigestOf("c"), Occurred: day, What: "strike", Alleged: true, Claimants: []truce.PartyID{"B"}, Place: truce.Place{Kind: truce.PlaceRegion, Name: evil, Uncertainty: truce.NotStated}},
	}
	licences := map[truce.SourceID]Licence{"wire": {"wire", "CC-BY-4.0", evil}}
	return &Table{Name: "incidents", Title: evil, Status: truce.Rehearsal, Location: time.UTC, Licences: []Licence{licences["wire"]}, Columns: IncidentColumns(), Rows: Incidents(truce.Rehearsal, CitationsOf(licences), slices.Values(rows))}
}

func written(t *testing.T, x *Table, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := x.Write(&b, format); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTablesSayWhatTheyAre: every format has the mark of terms that are not in force, and
// the licence and attribution of the sources of its rows.
func TestTablesSayWhatTheyAre(t *testing.T) {
	x := hostile(t)
	for i := range x.Licences {
		x.Licences[i].Attribution = "Wire service of the test"
	}
	x.Rows = Incidents(x.Status, CitationsOf(map[truce.SourceID]Licence{"wire": x.Licences[0]}), slices.Values([]*truce.Row{{ID: truce.DigestOf("a"), What: "strike", Sources: []truce.SourceID{"wire"}}}))
	for _, f := range TableFormats {
		for _, want := range []string{"rehearsal", "CC-BY-4.0", "Wire service of the test"} {
			if !bytes.Contains(written(t, x, f.Name), []byte(want)) {
				t.Errorf("%s lacks %q", f.Name, want)
			}
		}
	}
}

// TestTablesFail: an error among the rows, and one of whoever reads, end every format.
func TestTablesFail(t *testing.T) {
	broken := errors.New("the room closed")
	for _, f := range TableFormats {
		x := hostile(t)
		good := x.Rows
		x.Rows = func(yield func(Line, error) bool) {
			for line := range iter.Seq2[Line, error](good) {
				if !yield(line, nil) {
					return
				}
			}
			yield(Line{}, broken)
		}
		if err := x.Write(io.Discard, f.Name); !errors.Is(err, broken) {
			t.Errorf("%s: a row that could not be read: %v", f.Name, err)
		}
		if err := hostile(t).Write(full{}, f.Name); !errors.Is(err, errFull) {
			t.Errorf("%s: a disk that is full: %v", f.Name, err)
		}
	}
}

// TestTooManyForAPackage: a list that does not fit into memory is an error that says what to
// ask for, and no file with a part of it.
func TestTooManyForAPackage(t *testing.T) {
	defer func(n int) { mostInPackage = n }(mostInPackage)
	mostInPackage = 2
	var b bytes.Buffer
	err := hostile(t).Write(&b, "gpkg")
	if err == nil || !strings.Contains(err.Error(), "more than 2 rows; ask for a shorter period") || b.Len() > 0 {
		t.Errorf("%d bytes, %v", b.Len(), err)
	}
	mostInPackage = 3
	if err := hostile(t).Write(&b, "gpkg"); err != nil || b.Len() == 0 {
		t.Errorf("as many as fit: %v", err)
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// TestPlain is the table of what a spreadsheet would run. In Excel of a language with the
// decimal comma a semicolon begins a new cell, inside quotation marks too.
func TestPlain(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""}, {"strike", "strike"}, {"-3", "-3"}, {"+12.5", "+12.5"}, {"-1e3", "-1e3"}, {"a=b", "a=b"}, {"2016-02-28", "2016-02-28"}, {"a@b", "a@b"},
		{"=1+1", "'=1+1"}, {"+1+1", "'+1+1"}, {"-1+1", "'-1+1"}, {"@SUM(A1)", "'@SUM(A1)"}, {"-Inf", "'-Inf"}, {"-0x1p4", "'-0x1p4"},
		{"\t=1", "'\t=1"}, {"＝1+1", "'＝1+1"}, {"＠x", "'＠x"}, {`"=1"`, `'"=1"`},
		{"a;=1+1", "a;'=1+1"}, {`a;"=1+1";b`, `a;'"=1+1";b`}, {"a; =1", "a; =1"}, {"a;b", "a;b"}, {"=a;=b", "'=a;'=b"},
	} {
		if got := Plain(tt.in); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestSemicolon: a line of our CSV has no cell that begins a formula, divided at commas as
// written, and divided at each semicolon, as Excel does where the decimal mark is a comma.
func TestSemicolon(t *testing.T) {
	for _, format := range []string{"csv", "hxl"} {
		text := string(written(t, hostile(t), format))
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, c := range row {
				if strings.IndexAny(c, "=+@") == 0 {
					t.Errorf("%s: %q", format, c)
				}
			}
		}
		for _, line := range strings.Split(text, "\n") {
			for _, c := range strings.Split(line, ";") {
				if strings.IndexAny(strings.TrimLeft(c, `"`), "=+@") == 0 {
					t.Errorf("%s, divided at semicolons: %q", format, c)
				}
			}
		}
	}
}

// TestHXL: the second row is one of tags as HXL 1.1 writes them (a word after #, attributes
// after +), with those that its dictionary and the humanitarian data exchange use for these
// things.
func TestHXL(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(written(t, hostile(t), "hxl"))).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	tags := map[string]string{}
	for i, name := range rows[0] {
		tags[name] = rows[1][i]
		if tag := rows[1][i]; tag != "" && strings.Trim(tag, "abcdefghijklmnopqrstuvwxyz0123456789#+") != "" {
			t.Errorf("%s is tagged %q", name, tag)
		}
	}
	for name, want := range map[string]string{"id": "#event+id", "from": "#date+start", "until": "#date+end", "lat": "#geo+lat", "lon": "#geo+lon", "act": "#event+type", "place": "#loc+name", "sources": "#meta+source",
		"killed_low": "#affected+killed+min", "killed_best": "#affected+killed", "killed_high": "#affected+killed+max", "injured_best": "#affected+injured", "recovered_low": "", "licence": "#meta+license"} {
		if tags[name] != want {
			t.Errorf("%s is tagged %q, want %q", name, tags[name], want)
		}
	}
	column := slices.Index(rows[0], "killed_high")
	if rows[2][column] != "4" || rows[3][column] != "" {
		t.Errorf("killed at most: %q and %q", rows[2][column], rows[3][column])
	}
}

// TestJSONTable: numbers are numbers, lists are lists, and what is not known is null.
func TestJSONTable(t *testing.T) {
	var list []map[string]any
	if err := json.Unmarshal(written(t, hostile(t), "json"), &list); err != nil || len(list) != 3 {
		t.Fatalf("%d rows, %v", len(list), err)
	}
	for name, want := range map[string]any{"lat": 48.5, "lon": -37.25, "uncertainty_m": 5000.0, "calibre": 122.5, "killed_low": 1.0, "killed_best": nil, "killed_high": 4.0, "injured_low": nil, "entry": 12.0, "signs_n": 3.0,
		"from": "2025-08-17T21:00:00Z", "status": "rehearsal", "sources": []any{"wire"}, "actors": []any{"A", "B"}, "alleged_by": []any{}, "findings": []any{"1: uncorroborated single-source"}} {
		if got, ok := list[0][name]; !ok || fmt.Sprint(got) != fmt.Sprint(want) || fmt.Sprintf("%T", got) != fmt.Sprintf("%T", want) {
			t.Errorf("%s is %#v, want %#v", name, got, want)
		}
	}
	if list[1]["from"] != nil || list[2]["lat"] != nil {
		t.Errorf("what is not known is %v and %v", list[1]["from"], list[2]["lat"])
	}
	if text := string(written(t, &Table{Name: "incidents", Columns: IncidentColumns(), Rows: func(func(Line, error) bool) {}}, "json")); json.Unmarshal([]byte(text), &list) != nil || len(list) != 0 {
		t.Errorf("an empty list is %q", text)
	}
}

// TestGeoJSONTable: properties are flat, and the file says what it is.
func TestGeoJSONTable(t *testing.T) {
	var fc struct {
		Type, Status string
		Licences     []Licence
		Features     []struct {
			ID         string
			Geometry   map[string]any
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(written(t, hostile(t), "geojson"), &fc); err != nil || fc.Type != "FeatureCollection" || fc.Status != "rehearsal" || len(fc.Licences) != 1 || len(fc.Features) != 3 {
		t.Fatalf("%+v, %v", fc, err)
	}
	for _, f := range fc.Features {
		if f.ID != f.Properties["id"] {
			t.Errorf("%s has the id %v", f.ID, f.Properties["id"])
		}
		for k, v := range f.Properties {
			switch v.(type) {
			case nil, string, float64:
			default:
				t.Errorf("%s is nested: %v", k, v)
			}
		}
	}
	if g := fc.Features[2].Geometry; g != nil {
		t.Errorf("a region is drawn: %v", g)
	}
	if p := fc.Features[0].Properties; p["start"] != "2025-08-17T21:00:00Z" || p["lat"] != 48.5 || p["killed_high"] != 4.0 {
		t.Errorf("the properties are %v", p)
	}
}

// kmlOrder are the children of elements in the order that the schema asks for (OGC
// 07-147r2, annex C: AbstractFeatureType and what extends it), as far as we write them.
var kmlOrder = map[string][]string{
	"Document":     {"name", "open", "description", "Style", "Schema", "Folder"},
	"Folder":       {"name", "Placemark"},
	"Placemark":    {"name", "Snippet", "description", "TimeSpan", "styleUrl", "ExtendedData", "Point", "MultiGeometry"},
	"TimeSpan":     {"begin", "end"},
	"Style":        {"IconStyle", "LabelStyle", "LineStyle", "PolyStyle"},
	"IconStyle":    {"color", "scale"},
	"LineStyle":    {"color", "width"},
	"Polygon":      {"outerBoundaryIs", "innerBoundaryIs"},
	"ExtendedData": {"SchemaData"},
	"SchemaData":   {"SimpleData"},
}

// TestKML: the file is well-formed and its elements are in the schema's order, each style and
// column that is named is there, and no word of a publisher is markup, in XML or in the HTML
// that programs make of a description.
func TestKML(t *testing.T) {
	data := written(t, hostile(t), "kml")
	d := xml.NewDecoder(bytes.NewReader(data))
	var path, texts []string
	last, count, ids := map[int]int{}, map[string]int{}, map[string]bool{}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			if x.Name.Space != "http://www.opengis.net/kml/2.2" {
				t.Fatalf("%v", x.Name)
			}
			if len(path) > 0 {
				if order, ok := kmlOrder[path[len(path)-1]]; ok {
					at := slices.Index(order, x.Name.Local)
					if at < last[len(path)] {
						t.Errorf("%v: %s out of order, or not known", path, x.Name.Local)
					}
					last[len(path)] = at
				}
			}
			path = append(path, x.Name.Local)
			last[len(path)] = 0
			count[x.Name.Local]++
			for _, a := range x.Attr {
				switch {
				case a.Name.Local == "id":
					ids["#"+a.Value] = true
				case x.Name.Local == "SimpleField" && a.Name.Local == "name":
					ids["field "+a.Value] = true
				case x.Name.Local == "SimpleData" && !ids["field "+a.Value], a.Name.Local == "schemaUrl" && !ids[a.Value]:
					t.Errorf("%s names %q, which is not there", x.Name.Local, a.Value)
				}
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			in := ""
			if len(path) > 0 {
				in = path[len(path)-1]
			}
			switch in {
			case "name", "description", "Snippet":
				texts = append(texts, string(x))
			case "styleUrl":
				if !ids[string(x)] {
					t.Errorf("style %q is not there", x)
				}
			case "coordinates":
				texts = append(texts, string(x))
			}
		}
	}
	if count["Placemark"] != 4 || count["Point"] != 1 || count["Polygon"] != 2 || count["innerBoundaryIs"] != 1 || count["TimeSpan"] != 4 || count["begin"] != 3 {
		t.Errorf("elements: %v", count)
	}
	all := strings.Join(texts, "\n")
	for _, bad := range []string{"<script", "http://", "https://", "$[id]"} {
		if strings.Contains(all, bad) {
			t.Errorf("a program would read %q as markup, or fetch it:\n%s", bad, all)
		}
	}
	for _, want := range []string{"-37.2500000,48.5000000", "36.0000000,47.0000000 37.0000000,47.0000000 37.0000000,48.0000000 36.0000000,47.0000000", "&lt;script&gt;", "REHEARSAL", "Casualties: killed 1 to 4", "Article 1: uncorroborated single-source", "within 5 km: ", "CC-BY-4.0"} {
		if !strings.Contains(all, want) {
			t.Errorf("the file lacks %q", want)
		}
	}
}

// TestGeoParquet: parquet-go reads back what it wrote, in the table's order; interop has
// DuckDB read it.
func TestGeoParquet(t *testing.T) {
	data := written(t, hostile(t), "parquet")
	p, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil || p.NumRows() != 3 {
		t.Fatalf("%v", err)
	}
	columns := p.Schema().Columns()
	if got := columns[2][0]; got != "occurred_from" || columns[len(columns)-1][0] != "geometry" || len(columns) != len(IncidentColumns())+1 {
		t.Errorf("%d columns, the third is %s", len(columns), got)
	}
	meta, _ := p.Lookup("geo")
	if want := `{"columns":{"geometry":{"bbox":[-37.25,47,37,48.5],"edges":"planar","encoding":"WKB","geometry_types":["MultiPolygon","Point"]}},"primary_column":"geometry","version":"1.1.0"}`; meta != want {
		t.Errorf("the metadata are\n%s, want\n%s", meta, want)
	}
}

// TestVocabulary: no name is there twice in any format, and every column says what it is.
func TestVocabulary(t *testing.T) {
	for _, columns := range [][]Column{IncidentColumns(), FindingColumns(), DayColumns()} {
		names, properties, fields := map[string]bool{}, map[string]bool{}, map[string]bool{"fid": true, "geom": true, "geometry": true}
		for _, c := range columns {
			if names[c.Name] || properties[c.property()] || fields[c.field()] || c.Doc == "" || c.Kind == "" || c.Kind == List && c.Sep == "" {
				t.Errorf("%+v", c)
			}
			names[c.Name], properties[c.property()], fields[c.field()] = true, true, true
		}
	}
}

var update = flag.Bool("update", false, "rewrite the table of columns in doc/exports.md")

// TestExportsDoc: the table of columns in doc/exports.md is made of Vocabulary.
func TestExportsDoc(t *testing.T) {
	const file, from, to = "../../doc/exports.md", "<!-- columns -->\n", "<!-- end of columns -->\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), from)
	got, after, also := strings.Cut(rest, to)
	if !ok || !also {
		t.Fatalf("%s: the table of columns has no %q and %q around it", file, from, to)
	}
	want := "| column | values | unit | HXL | meaning |\n|---|---|---|---|---|\n"
	for _, c := range Vocabulary {
		name := "`" + c.Name + "`"
		if c.Property != "" {
			name += "; GeoJSON `" + c.Property + "`; KML, GeoPackage, GeoParquet `" + c.Field + "`"
		}
		tag := c.HXL
		if tag != "" {
			tag = "`" + tag + "`"
		}
		want += "| " + strings.Join([]string{name, string(c.Kind), c.Unit, tag, c.Doc}, " | ") + " |\n"
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+from+want+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("%s has another table of columns than the code; make golden rewrites it", file)
	}
}
