package source

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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

// TestFieldsInsideDescriptions: a map whose descriptions have a name and a value on each line is read
// by them, and a mapping from before they were columns still reads it.
func TestFieldsInsideDescriptions(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>`)
	for i, what := range []string{"Small arms fire near A", "Small arms fire near B", "UAV strike near A", "Wombat near A"} {
		b.WriteString(`<Placemark><name>` + what + `</name><description><![CDATA[<b>Date:</b> 1` + string(rune('0'+i)) + ` Aug 2022<br/><b>Killed:</b> ` + string(rune('0'+i)) + `]]></description><Point><coordinates>46.7,39.7,0</coordinates></Point></Placemark>`)
	}
	b.WriteString(`</Document></kml>`)
	p, got := proposed(t, "map.kml", []byte(b.String()), Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, `  column: name`, `  patterns:`, `Small arms fire near *`, `# "Wombat near *": ?   # 1 row`, "occurred: {column: Date", "killed: {column: Killed}")
	asked(t, "open", strings.Join(p.Open, "\n"), "Date, Killed are fields inside the descriptions")
	wants(t, strings.ReplaceAll(got, "\n    raw: ", " raw: "), `2022-08-10 & "act":"shot" & "killed":"0"`, `2022-08-11 & "act":"shot" & "killed":"1"`, `2022-08-12 & "act":"strike" & "killed":"2"`, "refused & Wombat")
	wants(t, read(t, "source: s\noccurred: {column: name, layout: YYYY}\nact: fire\nignore: [id, description, when, begin, end]\n", strings.NewReplacer("Small arms fire near A", "2022", "Small arms fire near B", "2022", "UAV strike near A", "2022", "Wombat near A", "2022").Replace(b.String()), Options{Location: time.UTC}), "2022-01-01", "2022-01-01", "2022-01-01", "2022-01-01")
}
