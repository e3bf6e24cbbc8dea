package source

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// packed writes an archive of files, each with its name and content.
func packed(t *testing.T, name string, files ...string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestProposalForAnArchive: a mapping that is proposed for the first file of an archive is not for
// others that have other columns, which it would stop at.
func TestProposalForAnArchive(t *testing.T) {
	const form, group = "KEY,date,type\nu1,2025-04-24,shelling\n", "PARENT_KEY,what\nu1,shelling\n"
	for _, tt := range []struct {
		name  string
		files []string
		want  string // of the mapping; "": no file is named
	}{
		{"a form and its group", []string{"form.csv", form, "form-seen.csv", group}, "table: {file: form.csv}\n"},
		{"another table key", []string{"a [1].csv", strings.ReplaceAll(form, "KEY,date,type", "Title,,\nKEY,date,type"), "b.csv", group}, `table: {file: "a \\[1].csv", separator: comma, skip: 1`},
		{"the same columns", []string{"1.csv", form, "2.csv", form}, ""},
		{"two of one name", []string{"1/a.csv", form, "2/a.csv", group}, ""},
		{"something else", []string{"1.csv", form, "readme.pdf", "%PDF-1.7"}, "table: {file: 1.csv}\n"},
		{"one file", []string{"1.csv", form}, ""},
	} {
		entries, err := Open(packed(t, "x.zip", tt.files...))
		if err != nil {
			t.Fatal(err)
		}
		p, err := ProposeAmong(entries, "x.zip", Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if strings.Contains(p.Mapping, "file:") != (tt.want != "") || !strings.Contains(p.Mapping, tt.want) {
			t.Errorf("%s: want %q in\n%s", tt.name, tt.want, p.Mapping)
		}
		m, err := ParseMapping([]byte(p.Mapping))
		if err != nil {
			t.Errorf("%s: %v\n%s", tt.name, err, p.Mapping)
			continue
		}
		if chosen, err := Among(entries, m); err != nil || tt.want != "" && (len(chosen) != 1 || chosen[0].Name != entries[0].Name) {
			t.Errorf("%s: %v of %v, %v", tt.name, chosen, entries, err)
		}
	}
}

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
		entries, err := Open(packed(t, "x.kmz", tt.files...))
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
