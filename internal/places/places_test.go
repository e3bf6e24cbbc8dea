package places

import (
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/peterstace/simplefeatures/geom"
)

func text(name, s string) File {
	return File{name, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }}
}

func onDisk(name string) File {
	return File{filepath.Base(name), func() (io.ReadCloser, error) { return os.Open(name) }}
}

var licensed = Options{Name: "x", Manifest: gazetteer.Manifest{Title: "X", License: "CC0", Attribution: "us"}}

// square is a polygon a degree wide, as GeoJSON's coordinates.
func square(x, y int) string {
	return fmt.Sprintf("[[[%d,%d],[%d,%d],[%d,%d],[%d,%d],[%d,%d]]]", x, y, x+1, y, x+1, y+1, x, y+1, x, y)
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + "]}"
}

func feature(properties string, x, y int) string {
	return `{"type":"Feature","properties":{` + properties + `},"geometry":{"type":"Polygon","coordinates":` + square(x, y) + "}}"
}

// told is a package in short: level code<in name {names} [also] #, the last if it has an outline.
func told(p *gazetteer.Package) string {
	var b strings.Builder
	for _, r := range p.Regions {
		shaped := ""
		if r.Shape != nil {
			shaped = " #"
		}
		fmt.Fprintf(&b, "%d %s<%s %s %v %v%s\n", r.Level, r.Code, r.In, r.Name, r.Names, r.Also, shaped)
	}
	for _, s := range p.Settlements {
		fmt.Fprintf(&b, "%s %s %s %d %v %v\n", s.ID, s.Name, s.Point, s.Population, s.Names, s.Also)
	}
	return b.String()
}

// TestShapes: the columns of those who publish boundaries and codes.
func TestShapes(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files []File
		o     func(*Options)
		want  string
	}{
		{"geoBoundaries", []File{text("a.geojson", collection(feature(`"shapeName":"Kassala","shapeISO":"SD-KA","shapeID":"1","shapeGroup":"SDN","shapeType":"ADM1"`, 36, 15)))}, nil,
			"1 SD-KA< Kassala [] [] #\n"},
		{"COD-AB of 2025", []File{text("a.geojson", collection(feature(`"adm1_name":"Kassala","adm1_name1":"كسلا","lang":"en","lang1":"ar","adm1_pcode":"SD11","adm0_name":"Sudan","adm0_pcode":"SD","adm1_ref_name":"Kasala","area_sqkm":1`, 36, 15)))}, nil,
			"0 SD< Sudan [] []\n1 SD11<SD Kassala [{ar كسلا}] [Kasala] #\n"},
		{"GADM", []File{text("a.geojson", collection(feature(`"GID_0":"SDN","COUNTRY":"Sudan","GID_1":"SDN.8_1","NAME_1":"Kassala","VARNAME_1":"Kasala|Cassala","NL_NAME_1":"كسلا","HASC_1":"SD.KA"`, 36, 15)))}, nil,
			"1 SDN.8_1< Kassala [] [SD.KA كسلا Kasala Cassala] #\n"},
		{"OpenStreetMap", []File{text("a.geojson", collection(feature(`"name":"كسلا","name:en":"Kassala","name:uk":"Кассала","ISO3166-2":"SD-KA","admin_level":"4"`, 36, 15)))}, nil,
			"1 SD-KA< كسلا [{uk Кассала}] [Kassala] #\n"},
		{"columns that are named", []File{text("a.geojson", collection(feature(`"mohafaza":"Kassala","k":"11"`, 36, 15)))}, func(o *Options) { o.NameColumn, o.CodeColumn, o.Level = "mohafaza", "k", 2 },
			"2 11< Kassala [] [] #\n"},
		{"outlines and a table of codes", []File{text("t.csv", "\ufeffADM1_EN;ADM1_PCODE;ADM2_EN;ADM2_PCODE\r\n#adm1+name;#adm1+code;#adm2+name;#adm2+code\r\nKassala;SD11;Aroma;SD11001\r\nKassala;sd11;Kassala;SD11002\r\n"),
			text("a.geojson", collection(feature(`"ADM1_EN":"Kassala","ADM1_PCODE":"SD11"`, 36, 15)))}, nil,
			"1 SD11< Kassala [] [] #\n2 SD11001<SD11 Aroma [] []\n2 SD11002<SD11 Kassala (Kassala) [] [Kassala]\n"},
		{"two districts of one name", []File{text("t.csv", "ADM1_EN,ADM1_PCODE,ADM2_EN,ADM2_PCODE\nA,1,Dar,11\nB,2,Dar,21\nB,2,Dar,22\n")}, nil,
			"1 1< A [] []\n1 2< B [] []\n2 11<1 Dar (A) [] [Dar]\n2 21<2 Dar (B) [] [Dar]\n2 22<2 Dar (22) [] [Dar]\n"},
		{"settlements", []File{text("t.tsv", "name\tlat\tlon\tpop_max\tgeonameid\tnamealt\tname_ru\nOmdurman\t15.61667\t32.48\t2395159.0\t365137.0\tUmm Durman|Ondurman\tОмдурман\n")}, nil,
			"365137 Omdurman 15.6166700N 32.4800000E 2395159 [{ru Омдурман}] [Umm Durman Ondurman]\n"},
		{"only the large ones", []File{text("t.csv", "name,lat,lon,population\nA,1,1,500\nB,2,2,\nC,3,3,5000\n")}, func(o *Options) { o.Population = 1000 },
			" C 3.0000000N 3.0000000E 5000 [] []\n"},
	} {
		o := licensed
		if tt.o != nil {
			tt.o(&o)
		}
		r, err := Make(tt.files, o)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := told(r.Package); got != tt.want {
			t.Errorf("%s:\n%swant\n%s", tt.name, got, tt.want)
		}
	}
}

// dump is a line of GeoNames' file of a country.
func dump(id, name, alternates string) string {
	return strings.Join([]string{id, name, name, alternates, "47.95508", "37.67529", "P", "PPLX", "UA", "", "", "", "", "", "0", "", "", "Europe/Kyiv", "2024-01-01"}, "\t") + "\n"
}

// TestNames: which of GeoNames' names is printed. GeoNames' readme says what the flags mean.
func TestNames(t *testing.T) {
	for _, tt := range []struct{ own, names, want string }{
		{"Ruttschenkowo", "", "Ruttschenkowo [] [Old]"},
		{"Ruttschenkowo", "de|Ruttschenkowo|||\nuk|Рутченкове|1||\nen|Rutchenkove|||", "Rutchenkove [{de Ruttschenkowo} {uk Рутченкове}] [Old]"},
		{"Ruttschenkowo", "|Ruttschenkowo||1|\nuk|Рутченкове|1||", "Рутченкове [{uk Рутченкове}] [Ruttschenkowo Old]"}, // its own name is a former one
		{"Odessa", "en|Odessa||1|\nen|Odesa|1||\nru|Одесса|||\nuk|Одеса|||", "Odesa [{ru Одесса} {uk Одеса}] [Odessa Old]"},
		{"Odesa", "en|Odessa|||\nen|Odesa|1||", "Odesa [] [Old Odessa]"},                            // the preferred one, whatever the order
		{"Bakhmut", "uk|Артемівськ|||1992\nuk|Бахмут|||", "Bakhmut [{uk Бахмут}] [Old Артемівськ]"}, // until 1992, by the table
		{"Dnipro", "link|https://example.org/Dnipro|||\niata|DNK|||\nuk|a\u202eb|||\nuk|" + strings.Repeat("я", 300) + "|||", "Dnipro [] [Old]"},
	} {
		var table strings.Builder
		for i, line := range strings.Split(tt.names, "\n") {
			if c := strings.Split(line, "|"); len(c) == 5 {
				to := c[4]
				fmt.Fprintf(&table, "%d\t7\t%s\t%s\t%s\t\t\t%s\t\t%s\n", i+1, c[0], c[1], c[2], c[3], to)
			}
		}
		files := []File{text("UA.txt", dump("7", tt.own, "Old"))}
		if table.Len() > 0 {
			files = append(files, text("names.txt", table.String()))
		}
		r, err := Make(files, licensed)
		if err != nil {
			t.Errorf("%s: %v", tt.own, err)
			continue
		}
		s := r.Package.Settlements[0]
		if got := fmt.Sprint(s.Name, " ", s.Names, " ", s.Also); got != tt.want {
			t.Errorf("%s, %s:\n%s\nwant\n%s", tt.own, tt.names, got, tt.want)
		}
	}
}

// TestGeoPackage: boundaries in a GeoPackage are those in GeoJSON.
func TestGeoPackage(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.gpkg")
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	polygon, err := geom.UnmarshalWKT("POLYGON((36 15,37 15,37 16,36 16,36 15))")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		`CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER)`,
		`INSERT INTO gpkg_spatial_ref_sys VALUES (4326, 'EPSG', 4326)`,
		`CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT)`,
		`CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER)`,
		`INSERT INTO gpkg_contents VALUES ('adm1', 'features')`,
		`INSERT INTO gpkg_geometry_columns VALUES ('adm1', 'geom', 4326)`,
		`CREATE TABLE adm1 (fid INTEGER PRIMARY KEY, geom BLOB, ADM1_EN TEXT, ADM1_PCODE TEXT)`,
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(`INSERT INTO adm1 VALUES (1, ?, 'Kassala', 'SD11')`, append([]byte{'G', 'P', 0, 1, 0xe6, 0x10, 0, 0}, polygon.AsBinary()...)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := Make([]File{onDisk(name)}, licensed)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Make([]File{text("a.geojson", collection(feature(`"ADM1_EN":"Kassala","ADM1_PCODE":"SD11"`, 36, 15)))}, licensed)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got.Package) != fmt.Sprint(want.Package) {
		t.Errorf("%v, want %v", got.Package, want.Package)
	}
}

// TestHostile: faults of boundaries and codes end it with their place, one bad settlement
// does not.
func TestHostile(t *testing.T) {
	crossed := `{"type":"Feature","properties":{"name":"B"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}}`
	wide := `{"type":"Feature","properties":{"name":"B"},"geometry":{"type":"Polygon","coordinates":[[[-100,0],[100,0],[100,10],[-100,10],[-100,0]]]}}`
	far := strings.Replace(feature(`"name":"B"`, 10, 10), "10,10", "10,91", 1)
	for _, tt := range []struct {
		name  string
		files []File
		want  string
	}{
		{"crosses itself", []File{text("a.geojson", collection(crossed))}, "a.geojson:1:"},
		{"half of the globe", []File{text("a.geojson", collection(wide))}, "cut the shape at the antimeridian"},
		{"off the Earth", []File{text("a.geojson", collection(far))}, "a.geojson:1:"},
		{"no name", []File{text("a.geojson", collection(feature(`"id":7`, 0, 0)))}, "no column is known to be the name of a region; say which with --name-column"},
		{"a code twice", []File{text("a.geojson", collection(feature(`"name":"A","code":"1"`, 0, 0), feature(`"name":"B","code":"1"`, 2, 0)))}, "a.geojson:2: a second outline for the code 1 (A)"},
		{"a name twice", []File{text("a.geojson", collection(feature(`"name":"A"`, 0, 0), feature(`"name":"A"`, 2, 0)))}, "two regions are named A"},
		{"a code of two levels", []File{text("t.csv", "ADM1_EN,ADM1_PCODE,ADM2_EN,ADM2_PCODE\nA,1,B,1\n")}, "t.csv:2: the code 1 is of level 2 here, and of level 1 before"},
		{"a name that turns the text", []File{text("a.geojson", collection(feature(`"name":"A\u202eB","code":"1"`, 0, 0)))}, "U+202E"},
		{"another projection", []File{text("a.geojson", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:3857"}},"features":[]}`)}, "only CRS 84"},
		{"names without a country", []File{text("n.txt", "1\t7\ten\tA\t\t\t\t\t\t\n")}, "add the country's own file"},
		{"something else", []File{text("a.pdf", "%PDF-1.4")}, "a.pdf: a PDF"},
		{"nothing", []File{text("t.csv", "name,lat,lon\n")}, "no region and no settlement was found"},
		{"a long line", []File{text("YE.txt", dump("7", "A", "")+strings.Repeat("x", 2<<20))}, "YE.txt: line 2:"},
		{"not UTF-8", []File{text("t.csv", "name,lat,lon\n\xff,1,1\n")}, "not UTF-8"},
	} {
		r, err := Make(tt.files, licensed)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, %v; want %q", tt.name, r, err, tt.want)
		}
	}
	r, err := Make([]File{text("YE.txt", dump("7", "A", strings.Repeat("x", 1000)+","+strings.Repeat("b,", 3)+strings.Join(many(1000), ","))+dump("7", "B", "")+dump("8", "C\u0007", "")+"9\tshort\n"+strings.Replace(dump("10", "D", ""), "47.95508", "NaN", 1)+dump("11", "Е", ""))}, licensed)
	if err != nil || len(r.Package.Settlements) != 2 || len(r.Package.Settlements[0].Also) != gazetteer.MostNames || len(r.Notes) != 10 {
		t.Errorf("%v, %v", r, err)
	}
	for _, want := range []string{"YE.txt:2: B: the ID 7 is there already", "YE.txt:3: the name", "YE.txt:4: 2 columns", "YE.txt:5: D: latitude"} {
		if !strings.Contains(strings.Join(r.Notes, "\n"), want) {
			t.Errorf("%v: no %q", r.Notes, want)
		}
	}
}

func many(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprint("name", i))
	}
	return out
}

func FuzzMake(f *testing.F) {
	f.Add([]byte(collection(feature(`"ADM1_EN":"A","ADM1_PCODE":"1","ADM0_EN":"Z","ADM0_PCODE":"0"`, 0, 0))), []byte(dump("7", "A", "B,C")))
	f.Add([]byte("ADM1_EN,ADM1_PCODE,ADM2_EN,ADM2_PCODE\nA,1,Dar,11\n"), []byte("1\t7\ten\tA\t1\t\t\t\t\t\n"))
	f.Add([]byte("name;lat;lon\nA;1;1\n"), []byte("%PDF"))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		r, err := Make([]File{text("one", string(one)), text("two", string(two))}, licensed)
		if err != nil {
			return
		}
		files, err := r.Package.Files()
		if err != nil {
			t.Fatal(err)
		}
		// What is made can be read, by the stricter reader of packages.
		if _, faults := gazetteer.Load("x", func(name string) ([]byte, error) {
			if text, ok := files[name]; ok {
				return text, nil
			}
			return nil, os.ErrNotExist
		}); faults != nil {
			t.Errorf("%v", faults)
		}
	})
}
