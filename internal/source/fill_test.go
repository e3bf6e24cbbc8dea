package source

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// workbookFile is a workbook in a file, with the cells of one sheet and those that are merged.
func workbookFile(t *testing.T, rows [][]any, merged ...[2]string) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", cell, &r); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range merged {
		if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "incidents.xlsx")
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	return name
}

// proposedFile proposes a mapping for a file, and reads it by that.
func proposedFile(t *testing.T, name string, o Options) (*Proposal, string) {
	t.Helper()
	open := func() *os.File {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	p, err := Propose(open(), filepath.Base(name), o)
	if err != nil {
		t.Fatal(err)
	}
	if o.Mapping, err = ParseMapping([]byte(p.Mapping)); err != nil {
		t.Fatalf("%v\n%s", err, p.Mapping)
	}
	return p, strings.ReplaceAll(told(tableKind.Parse(open(), o)), "\n    raw: ", " raw: ")
}

// TestMergedCells: the cells that a merged cell covers have its value, where the mapping says so;
// the proposal says so only if it sees merged cells.
func TestMergedCells(t *testing.T) {
	o := Options{Location: time.UTC}
	p, got := proposedFile(t, workbookFile(t, [][]any{
		{"Date", "Latitude", "Longitude", "Type", "Killed"},
		{"2025-08-17", 48.5, 36.5, "shelling", 1}, {nil, 48.6, 36.6, "shelling", 2}, {nil, 48.7, 36.7, "shelling", 3},
		{"2025-08-18", 48.8, 36.8, "shelling", 4},
	}, [2]string{"A2", "A4"}), o)
	wants(t, got, `"start":"2025-08-17 & "killed":"1"`, `"start":"2025-08-17 & "lat":48.6 & "killed":"2"`, `"start":"2025-08-17 & "killed":"3"`, `"start":"2025-08-18 & "killed":"4"`)
	open := strings.Join(p.Open, "\n")
	if !strings.Contains(p.Mapping, "fill: [Date]") || !strings.Contains(open, `the column "Date" has cells that are merged over several rows (2 rows`) {
		t.Errorf("%s\n%s", p.Mapping, open)
	}
	// An empty cell that is not merged is asked about.
	const groups = "Date;District;Latitude;Longitude;Type\n17.08.2025;East;48.5;36.5;shelling\n;;48.6;36.6;shelling\n;West;48.7;36.7;shelling\n18.08.2025;West;48.8;36.8;shelling\n"
	p, got = proposed(t, "x.csv", []byte(groups), o)
	open = strings.Join(p.Open, "\n")
	if strings.Contains(p.Mapping, "fill") || !strings.Contains(open, `2 of 4 rows have an empty cell in "Date", below a filled one`) || !strings.Contains(open, "table: {fill: [Date") || !strings.Contains(got, "the time is missing") {
		t.Errorf("%s\n%s\n%s", p.Mapping, open, got)
	}
	// A column that is only not filled everywhere is not.
	p, _ = proposed(t, "x.csv", []byte("id;date;lat;lon;type;hospital\n1;2025-08-17;48;36;shelling;A\n2;2025-08-17;48;36;shelling;\n3;2025-08-17;48;36;shelling;\n"), o)
	if open := strings.Join(p.Open, "\n"); strings.Contains(open+p.Mapping, "fill") {
		t.Errorf("%s\n%s", p.Mapping, open)
	}
}

// TestFill: what fill does with rows that cannot be read, and where it cannot be.
func TestFill(t *testing.T) {
	o := Options{Location: time.UTC}
	const head = "source: s\nkey: {column: id}\noccurred: {column: date}\nact: fire\nplace: {name: {column: village}}\ntable: {fill: [date, village]}\n"
	for _, tt := range []struct{ what, rows, want string }{
		{"a group", "1,2025-08-17,A\n2,,\n3,,B\n4,2025-08-18,\n", `"start":"2025-08-17 & "settlement":"A" | "start":"2025-08-17 & "settlement":"A" | "start":"2025-08-17 & "settlement":"B" | "start":"2025-08-18 & "settlement":"B"`},
		{"nothing above", "1,,A\n2,2025-08-17,\n", `the time is missing | "settlement":"A"`},
		{"the row above has too many cells", "1,2025-08-17,A\n2,2025-08-18,B,C\n3,,\n4,2025-08-19,D\n", `"key":"1" | 4 cells | date is empty, and the row whose value it would take could not be read | "key":"4" & "settlement":"D"`},
		{"the value above is rejected", "1,2025-08-17,A\n2,soon,B\n3,,\n", `"key":"1" | date "soon" | date "soon"`},
		{"unknown is stated", "1,2025-08-17,unknown\n2,,\n", `"key":"1" | "key":"2" & "start":"2025-08-17`},
		{"blanks", "1,2025-08-17,A\n2,  ,\t\n", `"key":"1" | "start":"2025-08-17 & "settlement":"A"`},
	} {
		t.Run(tt.what, func(t *testing.T) {
			wants(t, read(t, head, "id,date,village\n"+tt.rows, o), strings.Split(tt.want, " | ")...)
		})
	}
	wants(t, read(t, strings.ReplaceAll(head, "village", "vilage"), "id,date,village\n1,2025-08-17,A\n", o), `"vilage" & "village"`)
	wants(t, read(t, head, `{"id":1,"date":"2025-08-17","village":"A"}`, o), "fill is for tables")
	if _, err := ParseMapping([]byte(head + "ignore: [x]\n")); err != nil {
		t.Error(err)
	}
	if _, err := ParseMapping([]byte(strings.ReplaceAll(head, "[date, village]", "[date, date]"))); err == nil {
		t.Error("a column twice")
	}
	// A row with a formula is rejected, and what is below it does not take a value from it.
	name := workbookFile(t, [][]any{{"id", "date", "village"}, {1, "2025-08-17", "A"}, {2, "2025-08-18", nil}, {3, nil, nil}})
	f, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	_ = f.SetCellFormula("Sheet1", "B3", `=TEXT(NOW(),"yyyy-mm-dd")`)
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := ParseMapping([]byte(head))
	o.Mapping = m
	wants(t, strings.ReplaceAll(told(tableKind.Parse(bytes.NewReader(b), o)), "\n    raw", " raw"), `"key":"1"`, "B3 is a formula", "date is empty, and the row whose value it would take could not be read")
}

// TestHeaderInTwoRows: names of columns under a common one, with a title over them.
func TestHeaderInTwoRows(t *testing.T) {
	o := Options{Location: time.UTC}
	p, got := proposedFile(t, workbookFile(t, [][]any{
		{"Monthly incident log"}, {}, {"Date", "Location", nil, "Type", "Casualties", nil}, {nil, "Lat", "Lon", nil, "Killed", "Injured"},
		{"2025-08-17", 48.5, 36.5, "shelling", 1, 5}, {"2025-08-18", 48.6, 36.6, "shelling", 2, 6}, {nil, 48.7, 36.7, "shelling", 3, 7},
	}, [2]string{"A1", "F1"}, [2]string{"A3", "A4"}, [2]string{"B3", "C3"}, [2]string{"D3", "D4"}, [2]string{"E3", "F3"}, [2]string{"A6", "A7"}), o)
	wants(t, got, `"start":"2025-08-17 & "lat":48.5,"lon":36.5 & "killed":"1","injured":"5"`, `"killed":"2"`, `"start":"2025-08-18 & "killed":"3","injured":"7"`)
	if !strings.Contains(p.Mapping, "skip: 4") || !strings.Contains(p.Mapping, "header: [Date, Location/Lat, Location/Lon, Type, Casualties/Killed, Casualties/Injured]") || !strings.Contains(strings.Join(p.Open, "\n"), "are in two rows") {
		t.Error(p.Mapping, p.Open)
	}
	p, got = proposed(t, "log.csv", []byte("Log\n\nDate;Place;Type;Casualties;\n;;;Killed;Injured\n17.08.2025;A;shelling;1;5\n18.08.2025;B;shelling;2;6\n"), o)
	if !strings.Contains(p.Mapping, "header: [Date, Place, Type, Casualties/Killed, Casualties/Injured]") || !strings.Contains(p.Mapping, "injured: {column: Casualties/Injured}") {
		t.Error(p.Mapping, p.Open, got)
	}
	// A total below a table does not make two orders of day and month of one.
	p, _ = proposed(t, "log.csv", []byte("Date;Lat;Lon;Incident/No. of rounds;Type\n05.10.2025;1;1;2-3;shelling\n06.10.2025;1;1;2;shelling\n07.10.2025;1;1;2;shelling\nTotal;;;7;\n"), o)
	if !strings.Contains(p.Mapping, `layout: "DD.MM.YYYY[ hh:mm[:ss]]"`) || !strings.Contains(p.Mapping, "count: {column: Incident/No. of rounds}") {
		t.Error(p.Mapping)
	}
	// One row of names, and a title, are as before.
	p, _ = proposed(t, "log.csv", []byte("Log;of August\nDate;Place;Type;Killed\n17.08.2025;A;shelling;1\n"), o)
	if strings.Contains(p.Mapping, "header") {
		t.Error(p.Mapping)
	}
}
