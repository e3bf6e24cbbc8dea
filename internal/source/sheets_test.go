package source

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// TestProposalForSeveralSheets: a workbook of which several sheets have rows is proposed for by its
// first, which the mapping names; the title over the table is found there, too.
func TestProposalForSeveralSheets(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range [][]any{{"Report of August"}, {}, {"id", "date", "lat", "lon", "type"}, {"1", "2025-08-17", 48.5, 37.7, "shelling"}, {"2", "2025-08-18", 48.5, 37.7, "shelling"}} {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", cell, &r); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.NewSheet("Codes: all"); err == nil {
		t.Fatal("a colon is allowed in a name")
	}
	if _, err := f.NewSheet("Codes, all"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetRow("Codes, all", "A1", &[]any{"code", "meaning"}); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetRow("Codes, all", "A2", &[]any{"SH", "shelling"}); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "two.xlsx")
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	p, got := proposedFile(t, name, Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "sheet: Sheet1", "skip: 1")
	asked(t, "open", strings.Join(p.Open, "\n"), `several sheets with rows, and the mapping is for "Sheet1"`, "(Codes, all)")
	wants(t, got, `"key":"1"`, `"key":"2"`)
}

// TestProposalForTheSheetWithTheTable: notes and codes before the table are not taken for it, and
// another sheet is looked at where its name is given. The message about a header of one cell does
// not speak of what separates cells, because a workbook has nothing between them.
func TestProposalForTheSheetWithTheTable(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for _, sheet := range []struct {
		name string
		rows [][]any
	}{
		{"Sheet1", [][]any{{"How to read this workbook"}, {"Times are local."}}},
		{"Codes", [][]any{{"code", "meaning", "in French", "in Arabic"}, {"SH", "shelling", "bombardement", "قصف"}}},
		{"Incidents 2025", [][]any{{"date", "lat", "lon", "type"}, {"2025-08-17", 48.5, 37.7, "shelling"}, {"2025-08-18", 48.5, 37.7, "shelling"}}},
		{"Incidents 2024", [][]any{{"date", "lat", "lon", "type"}, {"2024-08-17", 48.5, 37.7, "shelling"}}},
	} {
		if _, err := f.NewSheet(sheet.name); err != nil {
			t.Fatal(err)
		}
		for i, r := range sheet.rows {
			cell, _ := excelize.CoordinatesToCellName(1, i+1)
			if err := f.SetSheetRow(sheet.name, cell, &r); err != nil {
				t.Fatal(err)
			}
		}
	}
	name := filepath.Join(t.TempDir(), "four.xlsx")
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	p, got := proposedFile(t, name, Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "sheet: Incidents 2025", "!skip")
	asked(t, "open", strings.Join(p.Open, "\n"), `the mapping is for "Incidents 2025"`, "(Sheet1, Codes, Incidents 2024): truce map --sheet NAME")
	wants(t, got, `"start":"2025-08-17T00:00:00Z"`, `"start":"2025-08-18T00:00:00Z"`)
	p, got = proposedFile(t, name, Options{Location: time.UTC, Sheet: "Incidents 2024"})
	asked(t, "mapping", p.Mapping, "sheet: Incidents 2024")
	asked(t, "open", strings.Join(p.Open, "\n"), "!several sheets")
	wants(t, got, `"start":"2024-08-17T00:00:00Z"`)
	_, got = proposedFile(t, name, Options{Location: time.UTC, Sheet: "Sheet1"})
	asked(t, "one cell", got, `column "?" is missing`, "!comma")
	if _, err := Propose(strings.NewReader("a,b\n1,2\n"), "x.csv", Options{Sheet: "a"}); err == nil || !strings.Contains(err.Error(), "has no sheets") {
		t.Errorf("a sheet of a text: %v", err)
	}
	// The same words about the header of a text are good advice.
	_, got = proposed(t, "x.csv", []byte("a:b\n1:2\n"), Options{Location: time.UTC})
	asked(t, "a text", got, "comma")
}
