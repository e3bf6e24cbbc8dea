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
	asked(t, "open", strings.Join(p.Open, "\n"), `several sheets with rows, and the mapping is for the first, "Sheet1"`, "(Codes, all)")
	wants(t, got, `"key":"1"`, `"key":"2"`)
}
