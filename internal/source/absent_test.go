package source

import (
	"errors"
	"strings"
	"testing"
)

// TestColumnOfNoRow: a mapping that names a column which no row has is wrong, in a document whose
// members may be left out as in a table with a header.
func TestColumnOfNoRow(t *testing.T) {
	const begin = "source: s\nact: attack\noccurred: {column: date}\n"
	rows := `[{"date": "2025-04-01", "harm": {"civilian": {"killed": 2}}, "actors": [{"name": "A"}], "empty": [], "nil": null, "people": [{"age": 1}]}, {"date": "2025-04-02", "harm": {"civilian": {"killed": 3}}, "later": 1, "empty": [], "nil": null, "actors": [], "people": []}]`
	feature := `{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"date": "2025-04-01", "killed": 2}, "geometry": {"type": "Point", "coordinates": [37, 48]}}]}`
	for _, x := range []struct {
		name, kind, mapping, data string
		error                     string // "": it fits
	}{
		{"a nested member", "table", "casualties: {killed: {column: harm.civilian.kiled}}\nignore: rest\n", rows, `column "harm.civilian.kiled" is in none of its rows (2); did you mean "harm.civilian.killed"?`},
		{"one that is right", "table", "casualties: {killed: {column: harm.civilian.killed}}\nignore: rest\n", rows, ""},
		{"a member of a list without its number", "table", "actor: {column: actors.name}\nignore: rest\n", rows, `did you mean "actors.0.name"?`},
		{"one that a later row has", "table", "count: {column: later}\nignore: rest\n", rows, ""},
		{"one in a list that is always empty", "table", "actor: {column: empty.0.name}\nignore: rest\n", rows, ""},
		{"one in an object that is never known", "table", "actor: {column: nil.name}\nignore: rest\n", rows, ""},
		{"one that some editions have", "table", "actor: {column: who}\noptional: [who]\nignore: rest\n", rows, ""},
		{"a condition", "table", "where: {column: dat, is: x}\nignore: rest\n", rows, `column "dat" is in none of its rows (2); did you mean "date"?`},
		{"a list of rows", "table", "table: {children: peple}\nignore: rest\n", rows, `column "peple" is in none of its rows (2)`},
		{"a member of such rows", "table", "table: {children: people}\ncount: {column: people.ages}\nignore: rest\n", rows, `column "people.ages" is in none`},
		{"such rows", "table", "table: {children: people}\ncount: {column: people.age}\nignore: rest\n", rows, ""},
		{"a place", "table", "place: {lat: {column: y}, lon: {column: x}}\nignore: rest\n", rows, `column "y" is in none`},
		{"lines of JSON", "jsonl", "casualties: {killed: {column: kiled}}\nignore: rest\n", `{"date": "2025-04-01", "killed": 1}` + "\n", `column "kiled" is in none of its rows (1); did you mean "killed"?`},
		{"a property", "geojson", "casualties: {killed: {column: kiled}}\nignore: rest\n", feature, `column "kiled" is in none of its rows (1); did you mean "killed"?`},
		{"a tab-separated table", "table", "casualties: {killed: {column: kiled}}\nignore: rest\n", "date\tkilled\n2025-04-01\t2\n", `the mapping names the column "kiled", and the file has "killed"`},
		{"a document without rows", "table", "table: {rows: data}\ncasualties: {killed: {column: kiled}}\nignore: rest\n", `{"data": []}`, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			m, err := ParseMapping([]byte(begin + x.mapping))
			if err != nil {
				t.Fatal(err)
			}
			k, err := Find(x.kind)
			if err != nil {
				t.Fatal(err)
			}
			var got error
			for _, err := range k.Read(strings.NewReader(x.data), Options{Mapping: m}) {
				var refusal *Refusal
				var aside *SetAside
				if err != nil && !errors.As(err, &refusal) && !errors.As(err, &aside) {
					got = err
				}
			}
			switch {
			case x.error == "" && got != nil:
				t.Error(got)
			case x.error != "" && (got == nil || !strings.Contains(got.Error(), x.error)):
				t.Errorf("got %v, want %s", got, x.error)
			case x.error != "" && !strings.Contains(x.data, "\t") && !errors.Is(got, ErrAbsent):
				t.Error("it is not told apart from other errors")
			}
		})
	}
}

// TestIgnoredColumnOfNoRow: nothing is lost by it, and whoever wrote it should know.
func TestIgnoredColumnOfNoRow(t *testing.T) {
	m, err := ParseMapping([]byte("source: s\nact: attack\noccurred: {column: a.date}\nplace: {position: 48N 37E}\nignore: [a.bogus, a.real, other.bogus, b]\n"))
	if err != nil {
		t.Fatal(err)
	}
	k, _ := Find("jsonl")
	p := Look(k, strings.NewReader(`{"a": {"date": "2025-04-01", "real": 1}, "b": {}}`+"\n"), Options{Mapping: m}, 1)
	if p.Err != nil || len(p.First) != 1 {
		t.Fatal(p.Err, p.Records)
	}
	if len(p.Remarks) != 1 || p.Remarks[0].What != RemarkIgnored || p.Remarks[0].Column != "a.bogus" {
		t.Errorf("%+v", p.Remarks)
	}
}
