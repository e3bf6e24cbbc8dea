package rejects

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/source"
)

// files reads all that is kept in a folder.
func files(t *testing.T, dir string) (out []File) {
	t.Helper()
	for f, err := range Files(dir) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, *f)
	}
	return out
}

// TestRejectsKept: what was rejected is read as it was written, also where a row is not
// UTF-8; a later reading of the file takes its place, and one that rejects nothing leaves
// nothing.
func TestRejectsKept(t *testing.T) {
	dir := t.TempDir()
	if got := files(t, dir); len(got) > 0 {
		t.Errorf("a folder without rejects has %v", got)
	}
	when := truce.Interval{Start: 1000, End: 2000}
	of := About{Source: "Wire, of A", Evidence: truce.DigestOf("file")}
	w := New(dir, "csv", of)
	w.Add(&source.Refusal{File: "rows.csv", Row: 3, Line: 4, Column: "lat", Value: "95\xff", Why: "is too far north", Hint: "at most 90", Key: "k", When: when, Raw: []byte("3;95\xff")})
	w.Add(&source.Refusal{File: "rows.csv", Row: 5, Why: "is empty", Raw: []byte("5;")})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := []File{{of, []Row{
		{Source: of.Source, At: when, line: line{File: "rows.csv", Row: 3, Line: 4, Column: "lat", Value: "95\uFFFD", Why: "is too far north", Hint: "at most 90", Key: "k", When: &when, Bytes: []byte("3;95\xff")}},
		{Source: of.Source, line: line{File: "rows.csv", Row: 5, Why: "is empty", Raw: "5;"}},
	}}}
	got := files(t, dir)
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v\nwant\n%+v", got, want)
	}
	if words := got[0].Rows[0].Words(); words != "rows.csv, row 3 (line 4): lat \"95\uFFFD\": is too far north; at most 90" {
		t.Error(words)
	}
	if err := New(dir, "csv", of).Close(); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); len(got) > 0 {
		t.Errorf("after a reading that rejects nothing: %v", got)
	}
}

// TestRejectsWithoutAFirstLine: a file without a first line about it is of the source that its
// name has; what is not a row is passed over, and so is what is not a file of rows.
func TestRejectsWithoutAFirstLine(t *testing.T) {
	dir := t.TempDir()
	of := About{Source: "firms", Evidence: truce.DigestOf("file")}
	if err := os.MkdirAll(filepath.Join(dir, "rejects", "folder.jsonl"), 0o700); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "rejects", of.Evidence.Hex()+"-firms.jsonl")
	text := `{"file":"a.csv","row":1,"why":"is empty"}` + "\n{}\n" + `{"file":"a.csv","row":2,"why":"is emp`
	for n, text := range map[string]string{name: text, strings.TrimSuffix(name, "l"): "{}"} {
		if err := os.WriteFile(n, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := files(t, dir)
	if len(got) != 1 || got[0].About != of || len(got[0].Rows) != 1 || got[0].Rows[0].Row != 1 || got[0].Rows[0].Source != "firms" || got[0].Rows[0].At.Valid() {
		t.Errorf("%+v", got)
	}
}
