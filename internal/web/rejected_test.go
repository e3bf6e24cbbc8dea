package web

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opentruce/truce/internal/ledger"
)

// TestRejectedRows: the page lists the rows of a period that could not be read, escapes
// what publishers write, and is the staff's alone.
func TestRejectedRows(t *testing.T) {
	h := theHouse(t)
	dir := filepath.Join(h.room.Mission().Dir, "rejects")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, strings.Repeat("ab", 32)+"-viina.jsonl")
	const rows = `{"About":{"source":"viina","evidence":"abababababababababababababababababababababababababababababababab"}}
{"file":"rows.csv","row":2,"line":3,"column":"lat","value":"<b>95</b>","why":"latitude is not within -90 and 90","when":{"start":"2025-08-20T21:00:00Z","end":"2025-08-21T21:00:00Z"}}
{"file":"rows.csv","row":3,"column":"lat","value":"x","why":"of another day","when":{"start":"2025-07-01T21:00:00Z","end":"2025-07-02T21:00:00Z"}}
{"file":"rows.csv","row":4,"column":"date","value":"soon","why":"not a time as the layout says"}
this is not a row
`
	if err := os.WriteFile(name, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(name)
	code, body, _ := h.get(t, ledger.DutyOfficer, "/rejected?from=2025-08-21&to=2025-08-21")
	text := said(body)
	for _, want := range []string{"1 row was rejected.", "1 of unknown time was rejected too.", "&lt;b&gt;95&lt;/b&gt;", "latitude is not within -90 and 90", "not a time as the layout says", "not known"} {
		if code != 200 || !strings.Contains(text, want) {
			t.Errorf("%d, no %q in %s", code, want, text)
		}
	}
	if strings.Contains(text, "of another day") {
		t.Error("a row of another day is listed")
	}
	if _, body, _ = h.get(t, ledger.DutyOfficer, "/rejected"); !strings.Contains(body, "of another day") {
		t.Error("without a period, not all rows are listed")
	}
	if code, _, _ := h.get(t, ledger.DutyOfficer, "/rejected?from=nonsense"); code != 422 {
		t.Errorf("a period that is none: %d", code)
	}
}
