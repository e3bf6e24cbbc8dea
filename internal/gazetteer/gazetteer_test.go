package gazetteer

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/opentruce/truce/geo"
)

func TestRegionNames(t *testing.T) {
	g := Default()
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
	g := Default()
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
	g := Default()
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

func TestDataIsSmall(t *testing.T) {
	for _, p := range Packages() {
		if text := packed(t, p.Name); len(text) > 400_000 {
			t.Errorf("%s: %d bytes embedded, want at most 400,000", p.Name, len(text))
		}
		if p.Title == "" || p.License == "" || p.Attribution == "" {
			t.Errorf("%s: %+v states too little", p.Name, p)
		}
	}
}

// TestPackages: an agreement has the packages that it names; one that names none has those
// that unnamed agreements always had; and one that wants none has none.
func TestPackages(t *testing.T) {
	for _, tt := range []struct {
		name     string
		packages []string
		known    string // a region
		err      string
	}{
		{"named", []string{"ukraine"}, "Kharkiv Oblast", ""},
		{"not named", nil, "Kharkiv Oblast", ""},
		{"none", []string{}, "", ""},
		{"a slip", []string{"ukrain"}, "", `there is no package of places "ukrain"; did you mean "ukraine"?`},
		{"a path", []string{"../ukraine"}, "", "there is no package of places"},
		{"one of two", []string{"ukraine", "atlantis"}, "", `"atlantis"`},
		{"another", []string{"syria"}, "", ""},
	} {
		g, err := Of(tt.packages)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Contains(g.Regions(), "Kharkiv Oblast"); got != (tt.known != "") || len(g.Packages) != min(1, len(g.Regions())) {
			t.Errorf("%s: %v, of %v", tt.name, g.Regions(), g.Packages)
		}
		if again, _ := Of(tt.packages); again != g {
			t.Errorf("%s: made twice", tt.name)
		}
	}
	if g := Default(); !g.Country("Ukraine") || g.Country("Kharkiv Oblast") || g.Country("ukraine") || g.Country("Atlantis") {
		t.Error("which region is a country is not known")
	}
}

func TestConcurrentUse(t *testing.T) {
	g := Default()
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
	g := Default()
	for b.Loop() {
		g.RegionName("Dnipropetrovska oblast")
	}
}

func BenchmarkDefault(b *testing.B) {
	for b.Loop() {
		z := unpacked(b)
		if _, err := read(z); err != nil {
			b.Fatal(err)
		}
	}
}

func packed(tb testing.TB, name string) []byte {
	tb.Helper()
	text, err := files.ReadFile("places/" + name + "/places.txt.gz")
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func unpacked(tb testing.TB) *gzip.Reader {
	tb.Helper()
	z, err := gzip.NewReader(bytes.NewReader(packed(tb, "ukraine")))
	if err != nil {
		tb.Fatal(err)
	}
	return z
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
	g := Default()
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
	g := Default()
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
	g, err := Of([]string{"syria"})
	if err != nil {
		t.Fatal(err)
	}
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
	if len(g.Regions()) != 15 || !g.Country("Syria") {
		t.Errorf("%d regions: %v", len(g.Regions()), g.Regions())
	}
	if got, err := g.Lookup("Rastan"); err == nil && len(got) > 1 {
		t.Errorf("Rastan: %v", got)
	}
}
