package source

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestWideTables: each cell of the columns is a row, with the column's name in it.
func TestWideTables(t *testing.T) {
	const base = "source: s\ntimezone: UTC\noccurred: {column: day}\nact: attack\n"
	const wide = "table: {wide: {columns: [saada, \"al *\"], name: where, value: n}}\ncount: {column: n}\nplace: {region: {column: where, values: {saada: Saada, al hudaydah: Hudaydah}}}\n"
	o := Options{Zones: []string{"Saada", "Hudaydah"}}
	const file = "day,saada,al hudaydah,note\n2020-12-01,3,0,x\n2020-12-02,,two,y\n2020-12-03,,unknown,z\n"
	got, _ := by(t, csvKind, file, base+wide+"ignore: [note]\n", o)
	wants(t, strings.ReplaceAll(got, "\n    raw", " raw"), `"name":"Saada" & "count":"3"`, `"name":"Hudaydah" & "count":"0"`, `refused: row 2 (line 3): al hudaydah "two"`, "set aside: 1: no cell of the wide columns is stated")
	// A key of the row is one of each cell, and a cell that changes moves no other.
	got, _ = by(t, csvKind, "id,day,saada,al hudaydah\n7,2020-12-01,3,1\n", base+wide+"key: {column: id}\n", o)
	wants(t, got, `"key":"7 saada"`, `"key":"7 al hudaydah"`)
	a, _ := by(t, csvKind, "day,saada,al hudaydah\n2020-12-01,3,1\n", base+wide, o)
	b, _ := by(t, csvKind, "day,saada,al hudaydah\n2020-12-01,3,9\n", base+wide, o)
	if strings.Split(a, "\n")[0] != strings.Split(b, "\n")[0] {
		t.Errorf("the first cell is another record:\n%s\n%s", a, b)
	}
	got, _ = by(t, jsonlKind, `{"day": "2020-12-01", "saada": 3, "aden": null, "more": 1}`, base+"table: {wide: {columns: [saada, aden], name: where, value: n}}\ncount: {column: n}\nplace: {name: {column: where}}\nignore: [more]\n", o)
	wants(t, got, `"settlement":"saada" & "count":"3"`)
	for mapping, want := range map[string]string{
		"table: {wide: {columns: [x*], name: where, value: n}}\n":    `the file has no column "x*"`,
		"table: {wide: {columns: [saada], name: day, value: n}}\n":   `the file has a column "day" already`,
		"table: {wide: {columns: [saada], name: where}}\n":           "want columns, and two names",
		"table: {wide: {colums: [saada]}}\n":                         `key "colums" is unknown`,
		"table: {wide: {columns: [\"[\"], name: where, value: n}}\n": `the file has no column "["`,
	} {
		if got, _ := by(t, csvKind, "day,saada\n2020-12-01,3\n", base+mapping, o); !strings.Contains(got, want) {
			t.Errorf("%s: %s", mapping, got)
		}
	}
}

// TestChildren: a group that is repeated in a row of JSON.
func TestChildren(t *testing.T) {
	const mapping = "source: s\nkey: {column: __id}\noccurred: {column: when}\nact: {column: shots.what, values: {burst: burst, shot: shot}}\ncount: {column: shots.n}\ntable: {children: shots}\n"
	got, _ := by(t, jsonlKind, `{"value": [{"__id": "uuid:a", "when": "2025-10-24T08:05:00Z", "shots": [{"what": "burst", "n": 3, "more": {}}, {"what": "cry", "n": 1}, {"what": "shot"}, 7]},
		{"__id": "uuid:b", "when": "2025-10-25T08:05:00Z", "shots": []}, {"__id": "uuid:c", "when": "2025-10-25T08:05:00Z"}, {"__id": "uuid:d", "when": "2025-10-25T08:05:00Z", "shots": "none"}]}`, mapping, Options{})
	wants(t, strings.ReplaceAll(got, "\n    raw", " raw"), `"key":"uuid:a 1" & "act":"burst","count":"3"`, `refused: row 1 (line 1): shots.what "cry"`, `"key":"uuid:a 3" & "act":"shot","count":"1"`, "row 1 (line 1): element 4 of shots is not an object",
		"refused: row 4 (line 2): shots is not a list", "set aside: 2: the row has no shots")
	// A list in a group, whose elements have keys of their own.
	got, _ = by(t, jsonlKind, `{"when": "2025-10-24T08:05:00Z", "g": {"shots": [{"id": "x"}, {"id": "y"}], "other": 1}}`+"\n", "source: s\nkey: {column: g.shots.id}\noccurred: {column: when}\nact: shot\ntable: {children: g.shots}\n", Options{})
	wants(t, got, `"key":"x"`, `"key":"y"`)
}

// archived writes files into a .zip.
func archived(t *testing.T, files map[string]string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "form.zip")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for n, text := range files {
		w, err := z.Create(n)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	return name
}

// readOf is what a mapping reads of the one entry that it means in a file.
func readOf(t *testing.T, name, mapping string) string {
	t.Helper()
	m, err := ParseMapping([]byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	all, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := Among(all, m)
	if err != nil || len(mine) != 1 {
		t.Fatal(mine, err)
	}
	in, err := mine[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	return strings.ReplaceAll(told(tableKind.Parse(in, Options{Mapping: m}.With(mine[0], all))), "\n    raw", " raw")
}

// TestParents: a group that is repeated in a table of its own, which belongs to another.
func TestParents(t *testing.T) {
	const mapping = "source: s\ntimezone: UTC\nkey: {column: KEY}\noccurred: {column: parent.when}\nplace: {lat: {column: parent.lat}, lon: {column: parent.lon}, uncertainty: 10}\nact: {column: what, values: {burst: burst}}\n" +
		"table: {file: \"*-shots.csv\", parent: {file: form.csv, key: KEY, by: PARENT_KEY}}\n"
	const form, shots = "when,lat,lon,device,KEY\n2025-10-24T08:05,12.1,24.9,d1,uuid:a\n2025-10-25T09:00,12.2,24.8,d2,uuid:b\n", "what,PARENT_KEY,KEY\nburst,uuid:b,1\nburst,uuid:a,2\nburst,uuid:c,3\nburst,,4\n"
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"each row has that of its parent", map[string]string{"form.csv": form, "x/form-shots.csv": shots, "media/p.jpg": "\xff\xd8"}, []string{`"key":"1" & "start":"2025-10-25T09:00:00Z" & "lat":12.2`, `"key":"2" & "start":"2025-10-24T08:05:00Z" & "lat":12.1`,
			`row 3 (line 4): PARENT_KEY "uuid:c": no row of form.csv has this key`, `row 4 (line 5): parent.when "": the time is missing`}},
		{"two rows with one key", map[string]string{"form.csv": form + "2025-10-24T08:05,12.1,24.9,d1,uuid:a\n", "form-shots.csv": shots}, []string{`ended: parent form.csv: two rows have the KEY "uuid:a"`}},
		{"no such file", map[string]string{"other.csv": form, "form-shots.csv": shots}, []string{"ended: parent: form.csv is not in the same archive; pack both files into one .zip"}},
		{"no key", map[string]string{"form.csv": strings.Replace(form, "KEY", "ID", 1), "form-shots.csv": shots}, []string{`ended: parent form.csv: it has no column "KEY"`}},
		{"JSON", map[string]string{"form.csv": "{}", "form-shots.csv": shots}, []string{"ended: parent form.csv: this is JSON; rows of JSON have their children inside them"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wants(t, readOf(t, archived(t, tt.files), mapping), tt.want...)
		})
	}
	m, _ := ParseMapping([]byte(strings.Replace(mapping, "*-shots", "*-guns", 1)))
	all, _ := Open(archived(t, map[string]string{"form.csv": form, "form-shots.csv": shots}))
	if _, err := Among(all, m); err == nil || !strings.Contains(err.Error(), `the archive has no file "*-guns.csv"`) {
		t.Error(err)
	}
	if got, _ := by(t, csvKind, shots, mapping, Options{}); !strings.Contains(got, "pack both files into one .zip") {
		t.Error(got)
	}
}

// TestParentOnAnotherSheet: a repeated group of a form in XLSX is a sheet of its own.
func TestParentOnAnotherSheet(t *testing.T) {
	f := excelize.NewFile()
	for name, rows := range map[string][][]any{
		"form":  {{"when", "lat", "lon", "_index"}, {"2025-10-24T08:05", 12.1, 24.9, 1}, {"2025-10-25T09:00", 12.2, 24.8, 2}},
		"shots": {{"what", "_parent_index", "_index"}, {"burst", 2, 1}, {"burst", 1, 2}, {"burst", 9, 3}},
	} {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			if err := f.SetSheetRow(name, fmt.Sprint("A", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "form.xlsx")
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	const mapping = "source: s\ntimezone: UTC\nkey: {column: _index}\noccurred: {column: parent.when}\nplace: {lat: {column: parent.lat}, lon: {column: parent.lon}, uncertainty: 10}\nact: {column: what, values: {burst: burst}}\n"
	wants(t, readOf(t, name, mapping+"table: {sheet: shots, parent: {sheet: form, key: _index, by: _parent_index}}\n"),
		`"key":"1" & "start":"2025-10-25T09:00:00Z" & "lat":12.2`, `"key":"2" & "start":"2025-10-24T08:05:00Z" & "lat":12.1`, `_parent_index "9": no row of form has this key`)
	wants(t, readOf(t, name, mapping+"table: {sheet: shots, parent: {sheet: forms, key: _index, by: _parent_index}}\n"), "forms")
}

// TestCasualtiesOfSeveral: a number that a row states once is not counted again in each record that
// the row gives. The rows and what they mean are worked out by hand: three dead in all.
func TestCasualtiesOfSeveral(t *testing.T) {
	const base = "source: s\ntimezone: UTC\nkey: {column: id}\noccurred: {column: day}\n"
	const wide = "table: {wide: {columns: [mines, drones], name: kind, value: n}}\nact: {column: kind, values: {mines: explosion, drones: strike}}\ncount: {column: n}\n"
	read := func(k Kind, data, mapping string) (killed []string, told int) {
		t.Helper()
		m, err := ParseMapping([]byte(mapping))
		if err != nil {
			t.Fatal(err)
		}
		p := Look(k, strings.NewReader(data), Options{Mapping: m}, 20)
		if p.Err != nil || p.Rejected > 0 {
			t.Fatal(p.Err, p.Reasons.Most(3))
		}
		for _, r := range p.First {
			n := "-"
			if c := r.Observation.Casualties; c != nil && c.Killed != nil {
				n = c.Killed.String()
			}
			killed = append(killed, r.Observation.Key+" "+n)
		}
		for _, r := range p.Remarks {
			if r.What == RemarkOfAll {
				told += r.Rows
			}
		}
		return killed, told
	}
	const rows = "id,day,mines,drones,dead,hurt\na,2025-04-01,2,2,3,1\nb,2025-04-02,1,0,2,\nc,2025-04-03,,4,5,\nd,2025-04-04,1,1,0,\n"
	for _, x := range []struct {
		name, data, mapping, want string
		kind                      Kind
		told                      int
	}{
		{"a column of the row", rows, base + wide + "casualties: {killed: {column: dead}}\nignore: rest\n", "a mines -,a drones -,b mines 2,b drones -,c drones 5,d mines 0,d drones 0", csvKind, 1},
		{"several columns of the row", rows, base + wide + "casualties: {killed: {column: dead}, injured: {column: hurt}}\nignore: rest\n", "a mines -,a drones -,b mines 2,b drones -,c drones 5,d mines 0,d drones 0", csvKind, 1},
		{"a range", "id,day,mines,drones,lo,hi\na,2025-04-01,2,2,3,4\n", base + wide + "casualties: {killed: {low: lo, high: hi}}\n", "a mines -,a drones -", csvKind, 1},
		{"the cell itself", rows, base + "table: {wide: {columns: [mines, drones], name: kind, value: n}}\nact: attack\ncasualties: {killed: {column: n}}\nignore: rest\n", "a mines 2,a drones 2,b mines 1,b drones 0,c drones 4,d mines 1,d drones 1", csvKind, 0},
		{"JSON", `{"id": "a", "day": "2025-04-01", "mines": 2, "drones": 1, "dead": 3}`, base + wide + "casualties: {killed: {column: dead}}\n", "a mines -,a drones -", jsonlKind, 1},
		{"elements of a list", `{"id": "a", "day": "2025-04-01", "dead": 3, "acts": [{"dead": 1}, {"dead": 2}]}` + "\n" + `{"id": "b", "day": "2025-04-01", "dead": 4, "acts": [{"dead": 4}]}` + "\n", base + "table: {children: acts}\nact: attack\ncasualties: {killed: {column: dead}}\n", "a 1 -,a 2 -,b 1 4", jsonlKind, 1},
		{"what the elements state", `{"id": "a", "day": "2025-04-01", "dead": 3, "acts": [{"dead": 1}, {"dead": 2}]}`, base + "table: {children: acts}\nact: attack\ncasualties: {killed: {column: acts.dead}}\nignore: [dead]\n", "a 1 1,a 2 2", jsonlKind, 0},
	} {
		if got, told := read(x.kind, x.data, x.mapping); strings.Join(got, ",") != x.want || told != x.told {
			t.Errorf("%s: %s, told %d times; want %s, %d", x.name, strings.Join(got, ","), told, x.want, x.told)
		}
	}
	// The table to which the rows belong.
	m, err := ParseMapping([]byte("source: s\noccurred: {column: parent.day}\nact: attack\ncasualties: {killed: {column: parent.dead}}\ntable: {parent: {file: form.csv, key: id, by: of}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newGeneric(Options{Mapping: m}, "csv", nil); err == nil || !strings.Contains(err.Error(), `"parent.dead" is in the table to which the rows belong`) {
		t.Error(err)
	}
}
