package agreement

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/opentruce/truce/internal/gazetteer"
)

const (
	yemenBox  = `{"type":"Polygon","coordinates":[[[44,15],[44.5,15],[44.5,15.5],[44,15.5],[44,15]]]}`
	yemenEdge = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"kind":"line-of-contact","date":"2026-03-01"},"geometry":{"type":"LineString","coordinates":[[44,15],[44,15.1]]}}]}`
	towns    = "id\tname\tlat\tlon\tpopulation\tnames\talso\n1\tMarib\t15.46253\t45.32581\t\tar=مأرب\tMa'rib\n"
	manifest = `{"title": "Yemen", "license": "CC0", "attribution": "us"}`
)

// carrying is an agreement's folder with files of places/ in it.
func carrying(key string, files map[string]string) fstest.MapFS {
	out := folder(strings.Replace(sound, "timezone: Europe/Kyiv", "timezone: Asia/Aden"+key, 1))
	out["box.geojson"], out["edge.geojson"] = &fstest.MapFile{Data: []byte(yemenBox)}, &fstest.MapFile{Data: []byte(yemenEdge)}
	for name, text := range files {
		out["places/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// TestPlaces: an agreement has the packages that it carries, or those of them that it
// names. One that carries none has none: no place is in the program. Texts that relied on the
// packages that were there once are told where these are now.
func TestPlaces(t *testing.T) {
	yemen := map[string]string{"yemen/package.json": manifest, "yemen/settlements.tsv": towns}
	two := maps.Clone(yemen)
	two["sudan/package.json"], two["sudan/settlements.tsv"] = manifest, strings.Replace(towns, "Marib", "Omdurman", 1)
	for _, tt := range []struct {
		name            string
		dir             fstest.MapFS
		known, unknown  string
		err, hint, file string
	}{
		{"carried", carrying("", yemen), "مأرب", "Palmyra", "", "", ""},
		{"carried and named", carrying("\nplaces: [yemen]", two), "Ma'rib", "Omdurman", "", "", ""},
		{"two carried", carrying("", two), "Omdurman", "Palmyra", "", "", ""},
		{"none wanted", carrying("\nplaces: []", yemen), "", "Marib", "", "", ""},
		{"nothing carried, far from Ukraine", carrying("", nil), "", "Palmyra", "", "", ""},
		{"nothing carried, in Ukraine", folder(sound), "", "Kharkiv", "", "", ""},
		{"nothing wanted, in Ukraine", folder(strings.Replace(sound, "timezone: Europe/Kyiv", "timezone: Europe/Kyiv\nplaces: []", 1)), "", "Kharkiv", "", "", ""},
		{"named as in earlier versions", carrying("\nplaces: [syria]", nil), "", "", `no package of places "syria"`, "copy agreements/syria-coh-2016/places/syria", "agreement.yaml"},
		{"a slip", carrying("\nplaces: [yemn]", yemen), "", "", `the folder has no package of places "yemn" in places/; did you mean "yemen"?`, "truce places add", "agreement.yaml"},
		{"twice", carrying("\nplaces: [yemen, yemen]", yemen), "", "", "stands twice", "", "agreement.yaml"},
		{"a path", carrying("\nplaces: [../yemen]", yemen), "", "", `the folder has no package of places "../yemen"`, "", "agreement.yaml"},
		{"broken", carrying("", map[string]string{"yemen/package.json": manifest, "yemen/settlements.tsv": strings.Replace(towns, "15.46253", "95", 1)}), "", "", "latitude", "", "places/yemen/settlements.tsv"},
		{"not a package", carrying("", map[string]string{"yemen/readme": "x"}), "", "", "no package.json", "", "places/yemen/package.json"},
	} {
		a, probs := Read(tt.dir)
		err := probs.Err()
		if tt.err != "" {
			i := slices.IndexFunc(probs, func(p Problem) bool { return p.Severity == Error })
			if err == nil || !strings.Contains(probs[i].Text, tt.err) || !strings.Contains(probs[i].Hint, tt.hint) || probs[i].File != tt.file || probs[i].Line == 0 && tt.name != "not a package" {
				t.Errorf("%s: %v", tt.name, probs)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if warned := slices.ContainsFunc(probs, func(p Problem) bool { return p.Code == "no-places" }); warned != (tt.name == "nothing carried, in Ukraine") {
			t.Errorf("%s: %v", tt.name, probs)
		}
		g := gazetteer.For(a)
		if got, err := g.Lookup(tt.known); tt.known != "" && len(got) != 1 {
			t.Errorf("%s: %s is %v, %v", tt.name, tt.known, got, err)
		}
		if got, _ := g.Lookup(tt.unknown); len(got) > 0 {
			t.Errorf("%s: %s is %v", tt.name, tt.unknown, got)
		}
	}
}

// TestPlacesAreInTheDigest: whoever signs a text signs its places, and other places make
// another text.
func TestPlacesAreInTheDigest(t *testing.T) {
	read := func(files map[string]string) string {
		a, probs := Read(carrying("", files))
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
		return a.Digest.Hex()
	}
	none := read(nil)
	one := read(map[string]string{"yemen/package.json": manifest, "yemen/settlements.tsv": towns})
	moved := read(map[string]string{"yemen/package.json": manifest, "yemen/settlements.tsv": strings.Replace(towns, "15.46253", "15.46254", 1)})
	beside := read(map[string]string{"yemen/package.json": manifest, "yemen/settlements.tsv": towns, "yemen/SOURCE.md": "x"})
	if one == none || one == moved || one != beside {
		t.Errorf("%s, %s, %s, %s", none, one, moved, beside)
	}
}
