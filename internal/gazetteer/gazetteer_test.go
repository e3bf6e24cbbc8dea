package gazetteer

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

func TestRegionNames(t *testing.T) {
	g := shipped(t, "ukraine")
	for _, tt := range []struct{ name, want string }{
		{"Dnipropetrovsk", "Dnipropetrovsk Oblast"},
		{"Dnipropetrovsk oblast", "Dnipropetrovsk Oblast"},
		{"DNIPROPETROVSK OBLAST", "Dnipropetrovsk Oblast"},
		{"Дніпропетровська область", "Dnipropetrovsk Oblast"},
		{"Днепропетровская область", "Dnipropetrovsk Oblast"},
		{"Dnipropetrovska oblast", "Dnipropetrovsk Oblast"},
		{"Odeska oblast", "Odesa Oblast"},
		{"Odessa Oblast", "Odesa Oblast"},
		{"Oblast d'Odessa", "Odesa Oblast"},
		{"Zaporizhzhya oblast", "Zaporizhzhia Oblast"},
		{"Zaporizhia", "Zaporizhzhia Oblast"},
		{"Mykolayiv oblast", "Mykolaiv Oblast"},
		{"Ivano-Frankivska oblast", "Ivano-Frankivsk Oblast"},
		{"Obwód ługański", "Luhansk Oblast"},
		{"Kyiv", "Kyiv City"},
		{"Kyiv City", "Kyiv City"},
		{"Kyiv oblast", "Kyiv Oblast"},
		{"Київська область", "Kyiv Oblast"},
		{"Kharkiv", "Kharkiv Oblast"},
		{"UA-43", "Autonomous Republic of Crimea"},
		{"Крим", "Autonomous Republic of Crimea"},
		{"ukraine", "Ukraine"},
		{"Україна", "Ukraine"},
	} {
		if got, err := g.RegionName(tt.name); err != nil || got != tt.want {
			t.Errorf("region %q = %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
	for _, name := range []string{"", "oblast", "Atlantis", "Kursk oblast", "south"} {
		if got, err := g.RegionName(name); err == nil {
			t.Errorf("region %q = %q, want an error", name, got)
		}
	}
}

func TestEveryRegionIsInUkraine(t *testing.T) {
	g := shipped(t, "ukraine")
	country, _, err := g.Region("Ukraine")
	if err != nil {
		t.Fatal(err)
	}
	if km2 := country.AreaM2() / 1e6; km2 < 640_000 || km2 > 640_060 {
		t.Errorf("Ukraine has %.0f km2, want 640,027", km2)
	}
	var sum float64
	for _, name := range g.Regions() {
		if name == "Ukraine" {
			continue
		}
		r, _, err := g.Region(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sum += r.AreaM2()
		side, share, err := country.Compare(r)
		if err != nil || side != geo.Inside {
			t.Errorf("%s to Ukraine: %v, share %v, %v; want inside", name, side, share, err)
		}
	}
	if d := sum/country.AreaM2() - 1; d > 1e-9 || d < -1e-9 {
		t.Errorf("the regions are %.12f of Ukraine", sum/country.AreaM2())
	}
}

func TestLookup(t *testing.T) {
	g := shipped(t, "ukraine")
	for _, tt := range []struct {
		name   string
		want   string
		region bool
	}{
		{"Dnipropetrovsk", "Dnipropetrovsk Oblast", true},
		{"Kharkiv oblast", "Kharkiv Oblast", true},
		{"Kharkiv", "Kharkiv", false},
		{"Kryvyi Rih", "Kryvyy Rih", false},
		{"vinnytsia", "Vinnytsya", false},
		{"Kyiv", "Kyiv City", true},
	} {
		got, err := g.Lookup(tt.name)
		if err != nil || len(got) != 1 || got[0].Name != tt.want || got[0].Region != tt.region {
			t.Errorf("lookup %q = %v, %v, want %q", tt.name, got, err, tt.want)
		}
	}
	got, err := g.Lookup("Oleksandrivka")
	if len(got) != 27 || err == nil || !strings.Contains(err.Error(), "there are 27: Oleksandrivka at ") || !strings.Contains(err.Error(), "and 19 more") {
		t.Errorf("Oleksandrivka: %d places, %v", len(got), err)
	}
	if got, err := g.Lookup("Atlantis"); err == nil {
		t.Errorf("Atlantis is at %v", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	g := shipped(t, "ukraine")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, name := range g.Regions()[:6] {
				if _, _, err := g.Region(name); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkRegionName(b *testing.B) {
	g := shipped(b, "ukraine")
	for b.Loop() {
		g.RegionName("Dnipropetrovska oblast")
	}
}

// TestAmong: which of an agreement's zones a publisher means.
func TestAmong(t *testing.T) {
	zones := []string{"saada", "Rif-Dimashq", "aleppo", "aleppo-town", "Ouham-Pendé", "north-state", "north"}
	for _, tt := range []struct {
		name, want string
		alike      bool
	}{
		{"Saada", "saada", true}, {"Sa'ada", "saada", true}, {"saada governorate", "saada", false}, {"Rif Dimashq Governorate", "Rif-Dimashq", false},
		{"Aleppo Governorate", "aleppo", false}, {"Aleppo town", "aleppo-town", true}, {"Ouham-Pende province", "Ouham-Pendé", false},
		{"North State", "north-state", true},
		{"North region", "north-state|north", false}, // it may be either
		{"Governorate", "", false}, {"", "", false}, {"governorate saada", "", false}, {"Damascus", "", false}, {"Rif", "", false},
	} {
		found, alike := Among(tt.name, zones)
		if got := strings.Join(found, "|"); got != tt.want || alike != tt.alike {
			t.Errorf("%q is %q (%t), want %q (%t)", tt.name, got, alike, tt.want, tt.alike)
		}
	}
}

// TestRegionsAt: looking only at regions near a point finds all that hold it.
func TestRegionsAt(t *testing.T) {
	g := shipped(t, "ukraine")
	found := 0
	for lat := int32(430_000_000); lat < 530_000_000; lat += 3_700_000 {
		for lon := int32(210_000_000); lon < 420_000_000; lon += 7_300_000 {
			p := geo.Point{Lat: lat, Lon: lon}
			var want []string
			for _, name := range g.Regions() {
				if r, _, err := g.Region(name); err == nil && name != "Ukraine" && r.Disc(p, 0) == geo.Inside {
					want = append(want, name)
				}
			}
			if got := g.RegionsAt(p); !slices.Equal(got, want) {
				t.Errorf("%v: %v, want %v", p, got, want)
			}
			found += len(want)
		}
	}
	if found == 0 {
		t.Error("no point is in a region")
	}
}

// TestSettlementAt: GeoNames has Poltava at 49.58925 N, 34.55367 E; 2 m north of it is
// there, 3 m is not, and neither is the next square of the search.
func TestSettlementAt(t *testing.T) {
	g := shipped(t, "ukraine")
	for _, tt := range []struct {
		lat, lon int32
		want     bool
	}{{495892500, 345536700, true}, {495892500 + 170, 345536700, true}, {495892500 - 170, 345536700, true}, {495892500, 345536700 + 250, true},
		{495892500 + 280, 345536700, false}, {495892500, 345536700 - 430, false}, {495900000, 345500000, false}, {0, 0, false}} {
		if got := g.SettlementAt(geo.Point{Lat: tt.lat, Lon: tt.lon}); got != tt.want {
			t.Errorf("%d %d: %v", tt.lat, tt.lon, got)
		}
	}
}

// TestSyria: governorates are found under the names of catalogues and of the United Nations, and all
// of them lie in the country.
func TestSyria(t *testing.T) {
	g := shipped(t, "syria")
	country, _, err := g.Region("Syrian Arab Republic")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Homs Governorate": "Homs", "Hamah Governorate": "Hama", "Idleb": "Idlib", "Rural Damascus": "Rif Dimashq", "Dar'a": "Daraa", "Damascus": "Damascus", "deir ez zor governorate": "Deir ez-Zor"} {
		r, got, err := g.Region(name)
		if err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", name, got, err, want)
			continue
		}
		if side, _, err := country.Compare(r); err != nil || side != geo.Inside {
			t.Errorf("%s: %v of the country, %v", name, side, err)
		}
	}
	if len(g.Regions()) != 15 || g.Division("Syria") != "" || g.Division("Homs") != "Homs" {
		t.Errorf("%d regions: %v", len(g.Regions()), g.Regions())
	}
	// Palmyra is what the world calls Tadmur; there is a Palmyra in Ukraine, too.
	if got, err := g.Lookup("Palmyra"); err != nil || got[0].Name != "Tadmur" || got[0].Point.Lon < 38_0000000 {
		t.Errorf("Palmyra: %v, %v", got, err)
	}
	if got, err := g.Lookup("Odesa"); err == nil {
		t.Errorf("Odesa is in Syria: %v", got)
	}
	if got, err := g.Lookup("Rastan"); err == nil && len(got) > 1 {
		t.Errorf("Rastan: %v", got)
	}
}

// homes are where the packages of the shipped agreements are.
var homes = map[string]string{"ukraine": "ukraine-air-first", "syria": "syria-coh-2016"}

func shipped(tb testing.TB, name string) *Gazetteer {
	tb.Helper()
	return gazetteerOf(tb, map[string]fs.FS{name: os.DirFS("../../agreements/" + homes[name] + "/places/" + name)})
}

func gazetteerOf(tb testing.TB, dirs map[string]fs.FS) *Gazetteer {
	tb.Helper()
	var list []*Package
	for name, dir := range dirs {
		p, faults := LoadDir(name, dir)
		if faults != nil {
			tb.Fatal(faults)
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(p, q *Package) int { return strings.Compare(p.Name, q.Name) })
	g, err := New(list)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// TestEarlierPackages: these two packages were in the program once, with the same shapes and
// positions, and texts of that time mean them. Nobody must change them: an agreement that needs
// better places carries its own.
func TestEarlierPackages(t *testing.T) {
	for name, want := range map[string]string{"ukraine": "5765633216091a167e4a004af70eddbb1bc5f18b4783f0ff723339522c1848d0", "syria": "0ed88b5b79e8a82f3d3aacc3f2dd55e930365ffd2d01bac4899fc79f85508ce2"} {
		sum := sha256.New()
		for _, p := range shipped(t, name).Packages {
			for _, r := range p.Regions {
				fmt.Fprintln(sum, r.Name, r.Code, r.Level, r.Shape)
			}
			for _, s := range p.Settlements {
				fmt.Fprintln(sum, s.Name, s.Point, s.Population)
			}
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// TestChecked: outlines that are not checked each time are sound and read the same, and other bytes
// are refused as before.
func TestChecked(t *testing.T) {
	if len(checked) != len(homes) {
		t.Errorf("%d digests, %d packages", len(checked), len(homes))
	}
	for name, home := range homes {
		dir := os.DirFS("../../agreements/" + home + "/places/" + name)
		text, fault := one(RegionsFile, func(file string) ([]byte, error) { return fs.ReadFile(dir, file) })
		if fault != nil || !checked[sha256.Sum256(text)] {
			t.Fatalf("%s: %v, or it is not among those that were checked", name, fault)
		}
		want, err := geo.ReadGeoJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := geo.ReadCheckedGeoJSON(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read otherwise: %v", name, err)
		}
		p, _ := LoadDir(name, dir)
		if err := p.Sound(); err != nil {
			t.Error(err)
		}
	}
	crossed := north(`{"type":"Feature","properties":{"name":"A","level":1},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}}`, "")
	if _, faults := LoadDir("north", crossed); len(faults) != 1 || !strings.Contains(faults[0].Text, "crosses or touches itself") {
		t.Errorf("%v", faults)
	}
}

const manifest = `{"title": "North", "license": "CC0", "attribution": "us"}`

// north is a package of two divisions, of which one has a district of its own name.
func north(regions, settlements string) fstest.MapFS {
	m := fstest.MapFS{"package.json": {Data: []byte(manifest)}}
	if regions != "" {
		m["regions.geojson"] = &fstest.MapFile{Data: []byte(`{"type":"FeatureCollection","features":[` + regions + "]}")}
	}
	if settlements != "" {
		m["settlements.tsv"] = &fstest.MapFile{Data: []byte(strings.Join(Columns, "\t") + "\n" + settlements)}
	}
	return m
}

// area is a square region, a degree wide, or one without an outline.
func area(properties string, corner ...int) string {
	g := "null"
	if corner != nil {
		x, y := corner[0], corner[1]
		g = fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%d,%d],[%d,%d],[%d,%d],[%d,%d],[%d,%d]]]}`, x, y, x+1, y, x+1, y+1, x, y+1, x, y)
	}
	return `{"type":"Feature","properties":{` + properties + `},"geometry":` + g + "}"
}

// TestLevels: a name that a division shares with a district in it is the division; with a
// village elsewhere, it is ambiguous. A code without an outline is the region around it.
func TestLevels(t *testing.T) {
	g := gazetteerOf(t, map[string]fs.FS{"north": north(strings.Join([]string{
		area(`"name":"Saba","code":"N1","level":1,"names":{"ar":"صبا"},"also":["Sheba"]`, 10, 10),
		area(`"name":"Saba (Saba)","code":"N101","level":2,"in":"N1","also":["Saba"]`),
		area(`"name":"Dar","code":"N2","level":1`, 11, 10),
		area(`"name":"Mid","code":"N201","level":2,"in":"N2"`),
		area(`"name":"Mid (Saba)","code":"N102","level":2,"in":"N1","also":["Mid"]`),
	}, ","), strings.Join([]string{
		"7\tSaba\t10.5\t10.5\t900\tar=صبا|ru=Саба\tSheba|Saba al-Qadima",
		"8\tDar\t10.5\t10.6\t\t\t",
		"9\tKarm\t-10.25\t10.6\t\t\tOldname",
		"10\tKarm\t-10.75\t10.6\t\t\t",
	}, "\n"))})
	for name, want := range map[string]string{"Saba": "Saba", "saba governorate": "Saba", "صبا": "Saba", "N101": "Saba", "Saba (Saba)": "Saba", "Mid (Saba)": "Saba"} {
		if got, err := g.RegionName(name); err != nil || got != want {
			t.Errorf("region %s: %s, %v; want %s", name, got, err, want)
		}
	}
	for name, want := range map[string]string{"Sheba": "Saba", "صَبَا": "Saba", "Saba al Qadima": "Saba", "Oldname": "Karm"} {
		if got, err := g.Lookup(name); err != nil || got[0].Name != want || got[0].Region {
			t.Errorf("place %s: %v, %v; want the settlement %s", name, got, err, want)
		}
	}
	for name, n := range map[string]int{"Dar": 2, "Karm": 2} { // the village Dar is in Saba
		if got, err := g.Lookup(name); err == nil || len(got) != n {
			t.Errorf("%s: %v, %v; want %d candidates", name, got, err, n)
		}
	}
	for code, want := range map[string]string{"N101": "Saba", "n2": "Dar", "N201": "Dar", "7": "Saba"} {
		if got, err := g.Code(code); err != nil || got.Name != want || got.Region != (code != "7") {
			t.Errorf("code %s: %+v, %v; want %s", code, got, err, want)
		}
	}
	if _, err := g.Code("N9"); err == nil || !strings.Contains(err.Error(), "north") {
		t.Errorf("N9: %v", err)
	}
	if g.Division("Saba (Saba)") != "Saba" || len(g.Regions()) != 2 {
		t.Errorf("%s of %v", g.Division("Saba (Saba)"), g.Regions())
	}
	karm := geo.Point{Lat: -10_2500000, Lon: 10_6000000}
	for name, want := range map[string]string{"Oldname": "Karm", "Karm": "Karm", "Elsewhere": "Elsewhere", "": ""} {
		if got := g.Current(name, karm); got != want {
			t.Errorf("%q is now %q, want %q", name, got, want)
		}
	}
	if got := g.Current("Oldname", geo.Point{Lat: 10_0000000}); got != "Oldname" {
		t.Errorf("a place of the name far away became %q", got)
	}
	if p, err := g.RegionPlace("Saba"); err != nil || p.Named("ar") != "صبا" || p.Named("uk") != "Saba" {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestTwoPackages: one settlement that two packages have is one place, and its radius holds
// both; two regions of one name are refused.
func TestTwoPackages(t *testing.T) {
	g := gazetteerOf(t, map[string]fs.FS{"a": north("", "1\tTown\t10.5\t10.5\t\t\t"), "b": north("", "1\tTown\t10.52\t10.5\t\t\t\n2\tTown\t12\t10.5\t\t\t")})
	got, err := g.Lookup("Town")
	if err == nil || len(got) != 2 || got[0].UncertaintyM < 7000 || got[0].UncertaintyM > 7300 { // 5 km, and 0.02 degrees of latitude: 2.2 km
		t.Errorf("%+v, %v", got, err)
	}
	one, two := area(`"name":"Saba","code":"N1","level":1`, 10, 10), area(`"name":"SABA","code":"N2","level":1`, 20, 10)
	p, _ := LoadDir("a", north(one, ""))
	q, _ := LoadDir("b", north(two, ""))
	if _, err := New([]*Package{p, q}); err == nil || !strings.Contains(err.Error(), "the packages a and b both have the region SABA") {
		t.Error(err)
	}
}

// TestHostilePackages: what is wrong is said with its place in the file.
func TestHostilePackages(t *testing.T) {
	packed := func(text string) []byte {
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return z.Bytes()
	}
	good := area(`"name":"Saba","code":"N1","level":1`, 10, 10)
	head := strings.Join(Columns, "\t") + "\n"
	for _, tt := range []struct {
		name string
		dir  fstest.MapFS
		want string
	}{
		{"no manifest", fstest.MapFS{"settlements.tsv": {Data: []byte(head)}}, "package.json: the package has no package.json"},
		{"no licence", fstest.MapFS{"package.json": {Data: []byte(`{"title":"x","attribution":"y"}`)}, "settlements.tsv": {Data: []byte(head)}}, "license: it is empty"},
		{"no data", north("", ""), "neither regions.geojson nor settlements.tsv"},
		{"off the Earth", north("", "1\tA\t95.2\t10\t\t\t"), "settlements.tsv:2:3: latitude"},
		{"not a number", north("", "1\tA\tNaN\t10\t\t\t"), "settlements.tsv:2:3: latitude"},
		{"twice", north("", "1\tA\t1\t1\t\t\t\n1\tB\t2\t2\t\t\t"), "settlements.tsv:3:1: id 1 is on line 2 too"},
		{"control character", north("", "1\tA\u0007b\t1\t1\t\t\t"), "U+0007"},
		{"turns the text around", north("", "1\tA\u202eb\t1\t1\t\t\t"), "U+202E"},
		{"no letter", north("", "1\t--\t1\t1\t\t\t"), "has no letter"},
		{"cells", north("", "1\tA\t1"), "settlements.tsv:2:1: 3 cells, want 7"},
		{"header", fstest.MapFS{"package.json": {Data: []byte(manifest)}, "settlements.tsv": {Data: []byte("name\tlat\n")}}, "settlements.tsv:1:1: the header"},
		{"many names", north("", "1\tA\t1\t1\t\t\t"+strings.Repeat("x|", 600)+"x"), "more than 500 names"},
		{"language", north("", "1\tA\t1\t1\t\tx/y=b\t"), "not the code of a language"},
		{"two codes", north(good+","+area(`"name":"B","code":"n1","level":1`, 20, 10), ""), "regions.geojson:1: two regions have the code n1"},
		{"two names", north(good+","+area(`"name":"SABA","code":"N2","level":1`, 20, 10), ""), "two regions have the name SABA"},
		{"in nothing", north(area(`"name":"B","level":1,"in":"N9"`, 20, 10), ""), `in is "N9"`},
		{"in itself", north(area(`"name":"B","code":"N9","level":1,"in":"N9"`, 20, 10), ""), `in is "N9"`},
		{"level", north(area(`"name":"B","level":9`, 20, 10), ""), "level 9"},
		{"unknown key", north(area(`"name":"B","level":1,"population":3`, 20, 10), ""), `"population" is not known`},
		{"wrong kind", north(area(`"name":7,"level":1`, 20, 10), ""), "name is of the wrong kind"},
		{"crosses itself", north(`{"type":"Feature","properties":{"name":"B","level":1},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}}`, ""), "regions.geojson:1:"},
		{"half of the globe", north(`{"type":"Feature","properties":{"name":"B","level":1},"geometry":{"type":"Polygon","coordinates":[[[-100,0],[100,0],[100,10],[-100,10],[-100,0]]]}}`, ""), "cut the shape at the antimeridian"},
		{"not gzip", fstest.MapFS{"package.json": {Data: []byte(manifest)}, "settlements.tsv.gz": {Data: []byte("x")}}, "settlements.tsv.gz: not a gzip file"},
		{"bomb", fstest.MapFS{"package.json": {Data: []byte(manifest)}, "settlements.tsv.gz": {Data: packed(strings.Repeat(" ", mostData+1))}}, "and no more are read"},
		{"both", fstest.MapFS{"package.json": {Data: []byte(manifest)}, "settlements.tsv": {Data: []byte(head)}, "settlements.tsv.gz": {Data: packed(head)}}, "settlements.tsv.gz is there too"},
	} {
		p, faults := LoadDir("north", tt.dir)
		if p != nil || len(faults) == 0 || !strings.Contains(faults[0].Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, faults, tt.want)
		}
	}
	for _, name := range []string{"", "..", "a/b", "A", "ukraine\n", "-x", strings.Repeat("a", 65)} {
		if p, faults := LoadDir(name, north(good, "")); p != nil || len(faults) == 0 {
			t.Errorf("%q is a name of a package", name)
		}
	}
	if p, faults := LoadDir("ok", north(area(`"name":"Fiji","level":1`, 179, -17), "1\tSuva\t-18.1\t-180\t\t\t")); p == nil {
		t.Error(faults)
	}
}

// TestFiles: what is written is what was read, to the last bit.
func TestFiles(t *testing.T) {
	for name := range homes {
		want := shipped(t, name).Packages[0]
		files, err := want.Files()
		if err != nil {
			t.Fatal(err)
		}
		got, faults := Load(name, func(file string) ([]byte, error) {
			if text, ok := files[file]; ok {
				return text, nil
			}
			return nil, fs.ErrNotExist
		})
		if faults != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("%s: another package, %v", name, faults)
		}
		if err := want.Sound(); err != nil {
			t.Error(name, err)
		}
	}
}

func FuzzPackage(f *testing.F) {
	f.Add([]byte(manifest), []byte(`{"type":"FeatureCollection","features":[`+area(`"name":"Saba","code":"N1","level":1,"names":{"ar":"x"}`, 10, 10)+`]}`), []byte(strings.Join(Columns, "\t")+"\n1\tA\t1\t-1.5\t3\tru=Б\tC|D"))
	f.Add([]byte("{}"), []byte("null"), []byte("\xff"))
	f.Fuzz(func(t *testing.T, manifest, regions, settlements []byte) {
		p, faults := LoadDir("fuzz", fstest.MapFS{"package.json": {Data: manifest}, "regions.geojson": {Data: regions}, "settlements.tsv": {Data: settlements}})
		if (p == nil) == (faults == nil) {
			t.Fatal(p, faults)
		}
		if p == nil {
			return
		}
		g, err := New([]*Package{p})
		if err != nil {
			return
		}
		for _, r := range p.Regions {
			if got, err := g.RegionPlace(r.Name); err != nil || got.Name != r.Name {
				t.Errorf("region %q is %q, %v", r.Name, got.Name, err)
			}
		}
		for _, s := range p.Settlements {
			if got, err := g.Lookup(s.Name); len(got) == 0 {
				t.Errorf("settlement %q: %v", s.Name, err)
			}
		}
		files, err := p.Files()
		if err != nil {
			t.Fatal(err)
		}
		if q, faults := LoadDir("fuzz", asDir(files)); faults != nil || fmt.Sprintf("%+v", p) != fmt.Sprintf("%+v", q) {
			t.Errorf("written and read again, it is another package: %v", faults)
		}
	})
}

func asDir(files map[string][]byte) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: text}
	}
	return out
}

// TestDivisions: the second and first divisions that hold a point or a region. The squares
// and what they hold are worked out by hand.
func TestDivisions(t *testing.T) {
	square := func(south, north, west, east int32) geo.MultiPolygon {
		return geo.MultiPolygon{{{{Lat: south * 1e7, Lon: west * 1e7}, {Lat: south * 1e7, Lon: east * 1e7}, {Lat: north * 1e7, Lon: east * 1e7}, {Lat: north * 1e7, Lon: west * 1e7}}}}
	}
	p := &Package{Name: "land", Regions: []Area{
		{Name: "Land", Level: 0, Code: "L", Shape: square(0, 10, 0, 10)},
		{Name: "Province", Level: 1, Code: "L1", In: "L", Shape: square(0, 10, 0, 5)},
		{Name: "Mill", Level: 2, Code: "L11", In: "L1", Shape: square(0, 5, 0, 5)},
		{Name: "Hamlet", Level: 3, Code: "L111", In: "L11", Shape: square(0, 2, 0, 2)},
		{Name: "Island", Level: 2, Code: "L21", In: "L", Shape: square(6, 8, 6, 8)},
	}}
	g, err := New([]*Package{p})
	if err != nil {
		t.Fatal(err)
	}
	says := func(list []truce.Area) string {
		var out []string
		for _, a := range list {
			out = append(out, string(a.Level)+" "+a.Name)
		}
		return strings.Join(out, ", ")
	}
	for at, want := range map[[2]int32]string{{1, 1}: "district Mill, region Province", {7, 1}: "region Province", {7, 7}: "district Island", {9, 9}: ""} {
		if got := says(g.DivisionsAt(geo.Point{Lat: at[0] * 1e7, Lon: at[1] * 1e7})); got != want {
			t.Errorf("at %v: %q, want %q", at, got, want)
		}
	}
	for name, want := range map[string]string{"Hamlet": "district Mill, region Province", "Mill": "district Mill, region Province", "Province": "region Province", "Island": "district Island", "Land": "", "mill": "", "nowhere": ""} {
		if got := says(g.DivisionsOf(name)); got != want {
			t.Errorf("of %s: %q, want %q", name, got, want)
		}
	}
}

// TestSpellings: the spelling of a village does not win over a city that others spell
// otherwise. Names, positions and numbers of people are those of GeoNames. The city
// Kostyantynivka is in Donetsk Oblast; the only settlement spelled Kostiantynivka, a village,
// is in Odesa Oblast, and Lviv Oblast has neither. The city Makiyivka is in Donetsk Oblast,
// the village Makiivka in Chernihiv Oblast.
func TestSpellings(t *testing.T) {
	g := shipped(t, "ukraine")
	for _, tt := range []struct {
		name, in string
		want     string // of the only one; else a part of the error
		people   int32  // of the only one; 0: it is an error
	}{
		{"Kostiantynivka", "", "ambiguous, there are 6: Kostyantynivka at 48.5273, 37.7059 (population 67350) in Donetsk Oblast; ", 0},
		{"Kostiantynivka", "Donetsk Oblast", "Kostyantynivka", 67_350},
		{"Kostyantynivka", "Donetsk Oblast", "Kostyantynivka", 67_350},
		{"Kostiantynivka", "Odesa Oblast", "Kostiantynivka", 220},
		{"Kostiantynivka", "Lviv Oblast", `no place "Kostiantynivka" is in Lviv Oblast: it is the name of Kostyantynivka at 48.5273, 37.7059`, 0},
		{"Kostiantynivka", "Mykolaiv Oblast", "ambiguous, there are 4 in Mykolaiv Oblast: ", 0}, // of 2142, 837, 415 and 362
		{"Makiivka", "", "ambiguous, there are 2: Makiyivka at ", 0},
		{"Makiivka", "Donetsk Oblast", "Makiyivka", 338_968},
		{"Makiivka", "Chernihiv Oblast", "Makiivka", 794},
		{"Zaporizhzhia", "", "ambiguous, there are 6: Zaporizhzhya at 47.8517, 35.1171 (population 710052) in Zaporizhzhia Oblast; ", 0},
		{"Pokrovsk", "Donetsk Oblast", "Pokrovsk", 60_127},
		{"Pokrovsk", "", "Pokrovsk", 60_127},
		{"Antonivka", "Kherson Oblast", "ambiguous, there are 2 in Kherson Oblast: ", 0}, // 12,777 and 1,980 people
		{"Atlantis", "Kherson Oblast", `place "Atlantis" is unknown`, 0},
		{"Костянтинівка", "Донецька обл.", "Kostyantynivka", 67_350},
		{"Костянтинівка", "", "ambiguous, there are 8: ", 0},
		{"Харків", "", "Kharkiv", 1_421_125},
		{"с. Білопілля", "Сумська", "Bilopillia", 15_600},
		{"м. Нікополь", "Dnipropetrovsk Oblast", "Nikopol", 105_160},
		{"смт Покровське", "Dnipropetrovsk Oblast", "ambiguous, there are 2 in Dnipropetrovsk Oblast: ", 0}, // 9,868 and 2,774 people
		{"Харьковъ", "", "unknown", 0},                                                                      // no letters of Ukrainian
		{"Kyiv", "Kharkiv Oblast", `no place "Kyiv" is in Kharkiv Oblast: it is the name of Kyiv City (region)`, 0},
	} {
		got, err := g.Lookup(tt.name)
		if tt.in != "" {
			outline, name, rerr := g.Region(tt.in)
			if rerr != nil {
				t.Fatal(rerr)
			}
			got, err = g.LookupIn(tt.name, name, outline)
		}
		if tt.people == 0 {
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s in %q: %v, %v; want an error with %q", tt.name, tt.in, got, err, tt.want)
			}
			continue
		}
		if err != nil || len(got) != 1 || got[0].Name != tt.want || got[0].Population != tt.people {
			t.Errorf("%s in %q: %v, %v; want %s with %d people", tt.name, tt.in, got, err, tt.want, tt.people)
		}
	}
	for _, tt := range []struct{ name, in, want string }{{"Kyyiv", "", "Kyiv City"}, {"Kyiv", "Kyiv City", "Kyiv City"}, {"м. Київ", "Ukraine", "Kyiv City"}} {
		got, err := g.Lookup(tt.name)
		if tt.in != "" {
			outline, name, _ := g.Region(tt.in)
			got, err = g.LookupIn(tt.name, name, outline)
		}
		if err != nil || !got[0].Region || got[0].Name != tt.want {
			t.Errorf("%s in %q: %v, %v; want the region %s", tt.name, tt.in, got, err, tt.want)
		}
	}
}

// TestLatin: the examples of the table of Resolution 55 (2010), in the key by which
// spellings are compared.
func TestLatin(t *testing.T) {
	for name, want := range map[string]string{"Згорани": "Zghorany", "Розгон": "Rozghon", "Єнакієве": "Yenakiieve", "Їжакевич": "Yizhakevych", "Кадиївка": "Kadyivka", "Йосипівка": "Yosypivka",
		"Стрий": "Stryi", "Щербухи": "Shcherbukhy", "Гоща": "Hoshcha", "Гаращенко": "Harashchenko", "Юрій": "Yurii", "Крюківка": "Kriukivka", "Яготин": "Yahotyn", "Костянтин": "Kostiantyn",
		"Знам’янка": "Znamianka", "Біла Церква": "Bila Tserkva", "Харків": "Kharkiv", "Чернівці": "Chernivtsi", "Шостка": "Shostka", "Маріуполь": "Mariupol"} {
		if got := loose(latin(Fold(name))); got != loose(Fold(want)) {
			t.Errorf("%s is %q, want that of %s, %q", name, got, want, loose(Fold(want)))
		}
	}
	for _, name := range []string{"Крым", "Объект", "Kharkiv", "Đakovo", "حلب"} {
		if got := latin(Fold(name)); got != "" {
			t.Errorf("%s is %q", name, got)
		}
	}
}

// TestCyrillicOfOthers: a settlement with a name in Cyrillic script has no other by the
// Ukrainian table. In Bulgarian, Гара is Gara, and not Hara.
func TestCyrillicOfOthers(t *testing.T) {
	g := gazetteerOf(t, map[string]fs.FS{"north": north("", strings.Join([]string{"1\tHara\t10.5\t10.5\t900\tbg=Хара\t", "2\tHara Mala\t10.5\t10.6\t900\t\t"}, "\n"))})
	if got, err := g.Lookup("Гара"); err == nil {
		t.Errorf("Гара is %v", got)
	}
	if got, err := g.Lookup("Гара Мала"); err != nil || got[0].Name != "Hara Mala" {
		t.Errorf("Гара Мала is %v, %v", got, err)
	}
}

// TestWordsBeforeNames: in Arabic the word for a city or a state is before its name.
func TestWordsBeforeNames(t *testing.T) {
	for name, want := range map[string]string{"ولاية شمال دارفور": "شمال دارفور", "محافظة إدلب": "إدلب", "إقليم دارفور": "دارفور", "ولاية": "", "شمال دارفور": "شمال دارفور"} {
		found, _ := Among(name, []string{"شمال دارفور", "إدلب", "دارفور"})
		if got := strings.Join(found, ", "); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{"مدينة الفاشر": Fold("الفاشر"), "قرية الشرفة": Fold("الشرفة"), "الفاشر": Fold("الفاشر"), "مدينة": Fold("مدينة")} {
		if got := withoutKind(Fold(name)); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// BenchmarkParse reads a package as a command does that opens an agreement with it.
func BenchmarkParse(b *testing.B) {
	dir := os.DirFS("../../agreements/minsk-2015/places/ukraine")
	var texts [3][]byte
	for i, want := range []string{ManifestFile, RegionsFile, SettlementsFile} {
		text, fault := one(want, func(name string) ([]byte, error) { return fs.ReadFile(dir, name) })
		if fault != nil {
			b.Fatal(fault)
		}
		texts[i] = text
	}
	for b.Loop() {
		if _, faults := parse("ukraine", texts[0], texts[1], texts[2]); faults != nil {
			b.Fatal(faults)
		}
	}
}
