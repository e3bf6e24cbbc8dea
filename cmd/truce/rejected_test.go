package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRejectedForItsKey: a row that is rejected because its key is known, and said
// something else, is listed and counted like any other; one that was read later is not.
func TestRejectedForItsKey(t *testing.T) {
	dir := t.TempDir()
	m := filepath.Join(dir, "m")
	run := func(want int, args ...string) string {
		t.Helper()
		var o, e strings.Builder
		at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
		if code := (command{in: strings.NewReader(""), out: &o, err: &e, now: func() time.Time { return at }, args: args}).run(); code != want {
			t.Fatalf("%v: exit %d\n%s%s", args, code, o.String(), e.String())
		}
		return o.String() + e.String()
	}
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	run(exitOK, "init", m, "--agreement", "../../agreements/ukraine-air-first")
	mapping := file("m.yaml", "source: wire\ntimezone: UTC\nkey: {column: id}\noccurred: {column: date}\nact: attack\nplace: {lat: {column: lat}, lon: {column: lon}}\ncasualties: {killed: {column: killed}}\n")
	ingest := func(want int, rows string) string {
		t.Helper()
		name := "f" + strings.ReplaceAll(strings.ReplaceAll(rows, "\n", "_"), ":", "") + ".csv"
		return run(want, "ingest", m, "--source", "csv", file(name, "id,date,lat,lon,killed\n"+rows), "--mapping", mapping, "--new-source")
	}
	const at = "2025-09-01T10:00Z,48.5,37.5,"
	// in one file, and in a later one
	if out := ingest(exitNo, "dup,"+at+"\ndup,"+at+"5\n"); !strings.Contains(out, "1 new, 0 already known, 1 rejected") {
		t.Fatal(out)
	}
	if out := ingest(exitNo, "dup,"+at+"7\n"); !strings.Contains(out, "0 new, 0 already known, 1 rejected") {
		t.Fatal(out)
	}
	// rejected for its number, and read later under the same key
	ingest(exitNo, "slip,"+at+"many\n")
	ingest(exitOK, "slip,"+at+"2\n")
	out := run(exitOK, "rejected", m)
	if n := strings.Count(out, "this source and key are known"); n != 2 || strings.Contains(out, "many") {
		t.Errorf("%d rows are listed as known, want 2:\n%s", n, out)
	}
	if out := run(exitOK, "report", m, "--day", "2025-09-01", "--out", "-"); !strings.Contains(out, "Of this period: 2;") {
		t.Errorf("the report does not count the 2 rejected rows")
	}
}
