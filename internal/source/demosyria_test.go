package source

import (
	"bytes"
	"encoding/csv"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/demo"
)

func syria(t *testing.T, name string) []byte {
	t.Helper()
	text, err := fs.ReadFile(demo.Syria, "syria/data/"+name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestSyriaIsReadByItsWords: what was read by hand in a description rests on words that are in it.
func TestSyriaIsReadByItsWords(t *testing.T) {
	said := map[string]int{}
	n := 0
	for _, name := range []string{"videos_2016-02-01_2016-02-23.csv", "videos_2016-02-24_2016-03-14.csv"} {
		rows, err := csv.NewReader(bytes.NewReader(syria(t, "syrian-archive/"+name))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		at := func(r []string, column string) string { return r[slices.Index(rows[0], column)] }
		for _, r := range rows[1:] {
			n++
			said[at(r, "act")]++
			for _, c := range []string{"rests_on", "day_rests_on", "object_rests_on"} {
				if !strings.Contains(at(r, "description"), at(r, c)) {
					t.Errorf("%s: %s %q is not in %q", at(r, "id"), c, at(r, c), at(r, "description"))
				}
			}
			if at(r, "rests_on") == "" || (at(r, "day") == "") != (at(r, "day_rests_on") == "") || (at(r, "object") == "") != (at(r, "object_rests_on") == "") {
				t.Errorf("%s: what was read does not name its words: %q", at(r, "id"), r)
			}
			if (at(r, "lat") == "") == (at(r, "region") == "") || (at(r, "day") != "") != (at(r, "bound") == "day") {
				t.Errorf("%s: wants a position or a region, and the bound of its day: %q", at(r, "id"), r)
			}
			end, err := time.Parse(time.RFC3339, at(r, "not_later_than"))
			if err != nil {
				t.Fatal(err)
			}
			if day := at(r, "day"); day != "" && end.Add(-22*time.Hour).Format(time.DateOnly) != day {
				t.Errorf("%s: the end of %s is not %s", at(r, "id"), day, end)
			}
			if actor := at(r, "actor"); strings.Contains(actor, "RU") && !strings.Contains(at(r, "description"), "Russ") && !strings.Contains(at(r, "description"), "russ") {
				t.Errorf("%s: its publisher does not name %s: %q", at(r, "id"), actor, at(r, "description"))
			}
		}
	}
	if n != 356 || said["strike"] != 163 || said["damage"] != 140 || said["unclear"] != 6 {
		t.Errorf("%d rows, %v; SOURCE.md says otherwise", n, said)
	}
}

// TestSyriaIsRead: each file is read through its own mapping, without a rejected row.
func TestSyriaIsRead(t *testing.T) {
	damascus, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		t.Fatal(err)
	}
	places := placesOf(t, "syria-coh-2016", "syria")
	begin := truce.Date("2016-02-27").Start(damascus)
	for _, tt := range []struct {
		file, mapping  string
		kind           Kind
		records, aside int
	}{
		{"syrian-archive/videos_2016-02-24_2016-03-14.csv", "syrian-archive/mapping.yaml", csvKind, 106, 13},
		{"syrian-archive/videos_2016-02-01_2016-02-23.csv", "syrian-archive/mapping.yaml", csvKind, 221, 16},
		{"ucdp-ged/ucdp_syria_2016-02-24_2016-03-14.csv", "", ucdpGED, 324, 0},
		{"claims/ru-centre.csv", "claims/ru-centre.yaml", csvKind, 6, 0},
		{"claims/ru-centre-events.csv", "claims/ru-centre-events.yaml", csvKind, 6, 0},
		{"claims/hnc.csv", "claims/hnc.yaml", csvKind, 5, 0},
		{"claims/opp-groups.csv", "claims/opp-groups.yaml", csvKind, 2, 0},
		{"claims/ru-mod.csv", "claims/ru-mod.yaml", csvKind, 1, 0},
		{"claims/syr-army.csv", "claims/syr-army.yaml", csvKind, 1, 0},
	} {
		o := Options{File: path.Base(tt.file), Local: damascus, Zones: []string{"syria"}, Gazetteer: places}
		if tt.mapping != "" {
			if o.Mapping, err = ParseMapping(syria(t, tt.mapping)); err != nil {
				t.Fatal(err)
			}
		}
		n, aside, after := 0, 0, 0
		for r, err := range tt.kind.Parse(bytes.NewReader(syria(t, tt.file)), o) {
			if _, ok := err.(*SetAside); ok {
				aside++
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", tt.file, err)
				continue
			}
			n++
			if ob := r.Observation; ob != nil && ob.Occurred.Start < begin && ob.Occurred.End > begin {
				after++
			}
		}
		if n != tt.records || aside != tt.aside {
			t.Errorf("%s: %d records and %d skipped rows, want %d and %d", tt.file, n, aside, tt.records, tt.aside)
		}
		t.Logf("%s: %d may be before the beginning or after it", tt.file, after)
	}
}

// TestSeveralSides: a side is one. Read as a name, "SYR|SDF" would be a side of its own, whom no
// article protects.
func TestSeveralSides(t *testing.T) {
	for mapping, want := range map[string][]string{
		"side: {column: side}": {"", "one, that whom the act was directed at is of", ""},
		"side: A|B":            {"one, that whom", "one, that whom", "one, that whom"},
	} {
		m, err := ParseMapping([]byte("record: observation\nact: attack\noccurred: {column: day}\nplace: {region: area}\nsource: s\n" + mapping + "\n" + map[bool]string{true: "ignore: [side]\n"}[mapping == "side: A|B"]))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for r, err := range csvKind.Parse(strings.NewReader("day,side\n2016-02-27,SYR\n2016-02-28,SYR|SDF\n2016-02-29,\n"), Options{Mapping: m, Local: time.UTC, Zones: []string{"area"}}) {
			switch {
			case want[n] == "" && err != nil, want[n] != "" && (err == nil || !strings.Contains(err.Error(), want[n])):
				t.Errorf("%s, row %d: %v, want %q", mapping, n+1, err, want[n])
			case err == nil && n == 0 && r.Observation.Side != "SYR":
				t.Errorf("%s: side %q", mapping, r.Observation.Side)
			}
			n++
		}
		if n != len(want) {
			t.Errorf("%s: %d rows", mapping, n)
		}
	}
}
