package interop

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/report"
)

// exported writes a table of incidents in a format: one at a position, one in an area, one
// known to a region alone, and one of which only the end is known.
func exported(t *testing.T, format string) (file string) {
	t.Helper()
	at := func(lat, lon float64) geo.Point {
		p, err := geo.PointOf(lat, lon)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	killed := truce.Range{Low: 1, Best: 2, High: 5}
	day := truce.Interval{Start: 1755464400000, End: 1755550800000} // 17 and 18 August 2025, 21:00 UTC
	rows := []*truce.Row{
		{ID: truce.DigestOf("a"), Occurred: day, Known: day.End, Entry: 7, What: "strike by missile <b>&amp;", Act: "strike", Weapon: "missile", Sources: []truce.SourceID{"wire"}, Signs: truce.Signs{N: 3, AtLeast: true},
			Place: truce.Place{Kind: truce.PlacePoint, Point: at(48.5, 37.25), Uncertainty: 1000, Settlement: "Містечко"}, Actors: []truce.PartyID{"A", "B"}, Calibre: 1225, Casualties: &truce.Casualties{Killed: &killed},
			Findings: []truce.ShortFinding{{Article: "1", Outcome: truce.Uncorroborated, Standing: truce.SingleSource}}},
		{ID: truce.DigestOf("b"), Occurred: day, Known: day.End, What: "fire", Act: "fire", Sources: []truce.SourceID{"post"}, Place: truce.Place{Kind: truce.PlaceShape, Shape: geo.MultiPolygon{{{at(47, 36), at(47, 36.5), at(47.5, 36.5)}}}}},
		{ID: truce.DigestOf("c"), Occurred: day, Known: day.End, What: "strike", Act: "strike", Alleged: true, Claimants: []truce.PartyID{"B"}, Place: truce.Place{Kind: truce.PlaceRegion, Name: "North", Uncertainty: truce.NotStated}},
		{ID: truce.DigestOf("d"), Occurred: truce.Interval{Start: truce.Always, End: day.End}, Known: day.End, What: "explosion", Act: "explosion", Place: truce.Place{Kind: truce.PlacePoint, Point: at(-1.5, -179.5), Uncertainty: truce.NotStated}},
	}
	licences := map[truce.SourceID]report.Licence{"wire": {Source: "wire", License: "CC-BY-4.0", Attribution: "The Wire"}, "post": {Source: "post", License: "ODbL-1.0", Attribution: "Post 1"}}
	table := &report.Table{Name: "incidents", Title: "Halt <script>", Status: truce.Rehearsal, Columns: report.IncidentColumns(), Licences: []report.Licence{licences["wire"], licences["post"]}, Situation: truce.DigestOf("s"),
		Rows: report.Incidents(truce.Rehearsal, report.CitationsOf(licences), func(yield func(*truce.Row) bool) {
			for _, r := range rows {
				if !yield(r) {
					return
				}
			}
		})}
	file = filepath.Join(t.TempDir(), "x."+report.Ext(format))
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := table.Write(f, format); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestDuckDB: DuckDB reads our GeoParquet with the types, the nulls and the metadata that
// GeoParquet 1.1 asks for.
func TestDuckDB(t *testing.T) {
	file := exported(t, "parquet")
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`SET TimeZone = 'UTC'`); err != nil {
		t.Log(err) // without its ICU extension it has no zones, and prints UTC
	}
	one := func(query string) string {
		t.Helper()
		var out sql.NullString
		if err := db.QueryRow(strings.ReplaceAll(query, "FILE", "'"+file+"'")).Scan(&out); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return out.String
	}
	for query, want := range map[string]string{
		`SELECT count(*) FROM FILE`: "4",
		`SELECT sum(killed_low)::INT || ' ' || sum(killed_best)::INT || ' ' || sum(killed_high)::INT FROM FILE`: "1 2 5",
		`SELECT count(*) FROM FILE WHERE killed_low IS NULL`:                                                    "3",
		`SELECT max(lat) || ' ' || max(lon) || ' ' || min(lat) || ' ' || min(lon) FROM FILE`:                    "48.5 37.25 -1.5 -179.5",
		`SELECT count(*) FROM FILE WHERE occurred_from IS NULL`:                                                 "1",
		`SELECT epoch_ms(min(occurred_from))::VARCHAR FROM FILE`:                                                "1755464400000",
		`SELECT epoch_ms(max(occurred_until))::VARCHAR FROM FILE`:                                               "1755550800000",
		`SELECT typeof(occurred_from) FROM FILE LIMIT 1`:                                                        "TIMESTAMP WITH TIME ZONE",
		`SELECT typeof(killed_best) || typeof(calibre) || typeof(place) FROM FILE LIMIT 1`:                      "BIGINTDOUBLEVARCHAR",
		`SELECT calibre::VARCHAR FROM FILE WHERE calibre IS NOT NULL`:                                           "122.5",
		`SELECT count(DISTINCT status) || ' ' || min(status) FROM FILE`:                                         "1 rehearsal",
		`SELECT count(*) FROM FILE WHERE geometry IS NULL`:                                                      "1",
		`SELECT licence FROM FILE WHERE sources = 'wire'`:                                                       "wire: licence: CC-BY-4.0; attribution: The Wire.",
	} {
		if got := one(query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	var meta struct {
		Version string `json:"version"`
		Primary string `json:"primary_column"`
		Columns map[string]struct {
			Encoding string          `json:"encoding"`
			Types    []string        `json:"geometry_types"`
			Box      []float64       `json:"bbox"`
			CRS      json.RawMessage `json:"crs"`
		} `json:"columns"`
	}
	if err := json.Unmarshal([]byte(one(`SELECT decode(value) FROM parquet_kv_metadata(FILE) WHERE decode(key) = 'geo'`)), &meta); err != nil {
		t.Fatal(err)
	}
	c := meta.Columns[meta.Primary]
	if meta.Version != "1.1.0" || c.Encoding != "WKB" || c.CRS != nil || fmt.Sprint(c.Types) != "[MultiPolygon Point]" || fmt.Sprint(c.Box) != "[-179.5 -1.5 37.25 48.5]" {
		t.Errorf("the metadata are %+v", meta)
	}
	if about := one(`SELECT decode(value) FROM parquet_kv_metadata(FILE) WHERE decode(key) = 'truce'`); !strings.Contains(about, "REHEARSAL") || !strings.Contains(about, "CC-BY-4.0") {
		t.Errorf("the file is not marked, or lacks a licence: %s", about)
	}
	// The position in well-known binary, of which DuckDB's own type for geometries, or a blob,
	// has the bytes: order, kind, longitude, latitude.
	want := fmt.Sprintf("0101000000%s%s", little(37.25), little(48.5))
	var got any
	if err := db.QueryRow(`SELECT typeof(geometry) FROM '` + file + `' LIMIT 1`).Scan(&got); err != nil {
		t.Fatal(err)
	}
	query := `SELECT hex(geometry) FROM FILE WHERE sources = 'wire'`
	if got == "GEOMETRY" || strings.HasPrefix(fmt.Sprint(got), "GEOMETRY") {
		query = `SELECT hex(ST_AsWKB(geometry)) FROM FILE WHERE sources = 'wire'`
	}
	if got := one(query); !strings.EqualFold(got, want) {
		t.Errorf("the position is %s, want %s", got, want)
	}
	t.Logf("DuckDB %s read 4 rows; the geometry is a %v", one(`SELECT version()`), got)
}

// little is a number in hexadecimal digits, the last byte first.
func little(f float64) string {
	n, out := math.Float64bits(f), ""
	for range 8 {
		out += fmt.Sprintf("%02X", n&0xff)
		n >>= 8
	}
	return out
}

// ogrinfo is what GDAL says of a file; the test is left out where it is not installed
// (Debian: gdal-bin).
func ogrinfo(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("ogrinfo"); err != nil {
		t.Skip("ogrinfo is not here: apt-get install gdal-bin")
	}
	out, err := exec.Command("ogrinfo", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("ogrinfo %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func contains(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			t.Errorf("lacks %q:\n%s", w, text)
		}
	}
}

// TestGDALGeoPackage: times are times, numbers are numbers, and each layer has its extent,
// without which the temporal controller of QGIS has nothing to play.
func TestGDALGeoPackage(t *testing.T) {
	file := exported(t, "gpkg")
	text := ogrinfo(t, "-ro", "-al", file)
	contains(t, text, "occurred_from: DateTime", "occurred_until: DateTime", "known: DateTime", "lat: Real", "uncertainty_m: Integer64", "killed_best: Integer64", "calibre: Real", "Extent: (-179.500000, -1.500000) - (37.250000, 48.500000)",
		"occurred_from (DateTime) = 2025/08/17 21:00:00+00", "occurred_until (DateTime) = 2025/08/18 21:00:00+00", "killed_high (Integer64) = 5", "status (String) = rehearsal", "POINT (37.25 48.5)", "MULTIPOLYGON (((36 47,36.5 47.0,36.5 47.5,36 47)))",
		"Layer name: licences", "attribution (String) = The Wire")
	if strings.Contains(text, "Warning") || strings.Contains(text, "ERROR") {
		t.Errorf("GDAL warns:\n%s", text)
	}
}

// TestGDALGeoJSON: no property is a nested object.
func TestGDALGeoJSON(t *testing.T) {
	text := ogrinfo(t, "-ro", "-al", "-so", exported(t, "geojson"))
	contains(t, text, "Feature Count: 4", "start: DateTime", "end: DateTime", "lat: Real", "killed_low: Integer", "sources: String (0.0)")
	if strings.Contains(text, "JSON)") {
		t.Errorf("a property is nested:\n%s", text)
	}
}

// TestGDALKML: GDAL reads the columns as they are named, and the geometries.
func TestGDALKML(t *testing.T) {
	file := exported(t, "kml")
	text := ogrinfo(t, "-ro", "-al", file)
	contains(t, text, "Layer name: incidents", "Layer name: surely within", "POINT", "(37.25 48.5", "Feature Count: 4", "begin (DateTime) = 2025/08/17 21:00:00+00", "killed_high (Real) = 5", "calibre (Real) = 122.5")
}

// TestKMLSchema: the file is valid against the OGC's schema. TRUCE_KML_SCHEMA names a
// folder with ogckml22.xsd and what it imports: http://schemas.opengis.net/kml/2.2.0/, or
// fastkml/schema in Debian 13's python3-fastkml. xmllint is in libxml2-utils.
func TestKMLSchema(t *testing.T) {
	dir := os.Getenv("TRUCE_KML_SCHEMA")
	if dir == "" {
		t.Skip("TRUCE_KML_SCHEMA names no folder")
	}
	start := time.Now()
	out, err := exec.Command("xmllint", "--nonet", "--noout", "--schema", filepath.Join(dir, "ogckml22.xsd"), exported(t, "kml")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s in %s", strings.TrimSpace(string(out)), time.Since(start).Round(time.Millisecond))
}
