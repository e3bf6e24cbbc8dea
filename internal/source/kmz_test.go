package source

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLayersOfKMZ: a KMZ of layers, as GDAL's LIBKML writes it, begins with a map that has nothing but
// links to the others; its rows are in these.
func TestLayersOfKMZ(t *testing.T) {
	const link = `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document id="root_doc"><NetworkLink><Link><href>layers/a.kml</href></Link></NetworkLink></Document></kml>`
	layer := func(pad int) string {
		return `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><!--` + strings.Repeat("x", pad) + `--><Placemark><name>x</name><Point><coordinates>32.4,15.6</coordinates></Point></Placemark></Document></kml>`
	}
	wide := func(s string) string { // UTF-16
		out := "\xff\xfe"
		for _, c := range []byte(s) {
			out += string([]byte{c, 0})
		}
		return out
	}
	for _, tt := range []struct {
		name  string
		files []string // name and content
		want  string
	}{
		{"links and layers", []string{"doc.kml", link, "layers/a.kml", layer(0), "layers/b.kml", layer(0)}, "x.kmz!layers/a.kml x.kmz!layers/b.kml"},
		{"a large layer", []string{"doc.kml", link, "c.kml", layer(200_000)}, "x.kmz!c.kml"},
		{"nothing but links", []string{"doc.kml", link, "layers/a.kml", link}, "x.kmz!doc.kml x.kmz!layers/a.kml"},
		{"one map, which has only a link", []string{"doc.kml", link, "a.png", "x"}, "x.kmz!doc.kml"},
		{"UTF-16", []string{"doc.kml", link, "a.kml", wide(layer(0)), "b.kml", layer(0)}, "x.kmz!a.kml x.kmz!b.kml"},
		{"an empty map", []string{"doc.kml", "", "a.kml", layer(0)}, "x.kmz!a.kml"},
	} {
		name := filepath.Join(t.TempDir(), "x.kmz")
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(f)
		for i := 0; i < len(tt.files); i += 2 {
			w, err := z.Create(tt.files[i])
			if err == nil {
				_, err = w.Write([]byte(tt.files[i+1]))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		f.Close()
		entries, err := Open(name)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []string
		for _, e := range entries {
			got = append(got, e.Name)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, strings.Join(got, " "), tt.want)
		}
	}
	for pad := 65_350; pad < 65_550; pad++ { // the word at the end of what is read at once, and across it
		if has, err := hasPlacemark(strings.NewReader(layer(pad))); !has || err != nil {
			t.Errorf("a placemark behind %d bytes: %v, %v", pad, has, err)
		}
	}
}
