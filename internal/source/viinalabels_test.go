package source

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
)

// viinaDays are rows of VIINA with what the rule needs of them: the labels, of the
// headline the words that it looks for, and whether the headline is repeated.
func viinaDays(t *testing.T, file string) [][]string {
	t.Helper()
	r := openOne(t, file)
	defer r.Close()
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// TestVIINALabels: the rule separates the months whose labels belong to their rows from
// those of 2025 whose labels do not, and the numbers are those of the table in the code.
func TestVIINALabels(t *testing.T) {
	rows := append(viinaDays(t, "testdata/real/viina_words_2024-11-13.csv.gz"), viinaDays(t, "testdata/real/viina_words_2025.csv.gz")...)
	for _, tt := range []struct {
		from, to         string
		differ, repeated int
		hit, named       int
		others           int // per cent
		wrong            bool
	}{
		{"2024-11-13", "2024-11-13", 0, 11, 44, 44, 8, false},
		{"2025-02-01", "2025-02-24", 278, 868, 755, 860, 5, false},
		{"2025-02-25", "2025-02-28", 45, 131, 28, 164, 6, true},
		{"2025-02-01", "2025-02-28", 342, 1010, 783, 1024, 5, false}, // repeated headlines show it
		{"2025-03-01", "2025-03-31", 504, 1211, 159, 1640, 8, true},
		{"2025-04-01", "2025-04-30", 156, 405, 32, 290, 5, true},
		{"2025-05-01", "2025-05-31", 243, 641, 81, 628, 8, true},
		{"2025-06-01", "2025-06-30", 453, 957, 102, 744, 7, true},
		{"2025-07-01", "2025-07-31", 439, 990, 117, 825, 7, true},
		{"2025-08-01", "2025-08-31", 283, 778, 41, 409, 5, true},
	} {
		var v viinaLabelled
		var file strings.Builder
		file.WriteString("datetime,lon,lat,place_name,event_type,headline\n")
		for i, r := range rows {
			if r[0] < tt.from || r[0] > tt.to {
				continue
			}
			v.add(i, r[2], r[1], r[0] >= viinaNoise)
			fmt.Fprintf(&file, "%s 00:00:00,37.8,48.01,A,%s,%s\n", r[0], r[1], r[2])
		}
		repeated, differ := v.repeated.Repeated()
		if repeated != tt.repeated || differ != tt.differ || v.named != tt.named || v.hit != tt.hit || percent(v.stray, v.others) != tt.others {
			t.Errorf("%s to %s: %d of %d repeated headlines differ, %d of %d named have the label, %d %% of the others; want %d of %d, %d of %d, %d %%",
				tt.from, tt.to, differ, repeated, v.hit, v.named, percent(v.stray, v.others), tt.differ, tt.repeated, tt.hit, tt.named, tt.others)
		}
		o := Options{}
		said := heard(&o)
		for _, err := range viina.Parse(strings.NewReader(file.String()), o) {
			if _, aside := err.(*SetAside); err != nil && !aside {
				t.Fatal(err)
			}
		}
		if words := said[RemarkWords] > 0; words != tt.wrong {
			t.Errorf("%s to %s: words and labels unrelated: %t", tt.from, tt.to, words)
		}
		if got := said[RemarkLabels]; got != tt.differ {
			t.Errorf("%s to %s: %d headlines with different labels, want %d", tt.from, tt.to, got, tt.differ)
		}
	}
}

// TestVIINALabelsOfAFewRows: a few rows say nothing about a file.
func TestVIINALabelsOfAFewRows(t *testing.T) {
	for _, n := range []int{viinaLeast - 1, viinaLeast} {
		var v viinaLabelled
		for i := range n {
			v.add(i, fmt.Sprintf("Обстріл міста %c", 'а'+i), "uav", false)
		}
		if got := len(v.remarks()) > 0; got != (n >= viinaLeast) {
			t.Errorf("%d rows: %t", n, got)
		}
	}
	var v viinaLabelled
	for _, h := range []string{"Ракета впала поруч із ППО", "Суппозиторий", "Вибух", "Shelling of A", "Drones, not shells"} {
		v.add(1, h, "aad|artillery|uav", false)
	}
	if v.named != 4 || v.hit != 4 || v.others != 16 {
		t.Errorf("%d named, %d with the label, %d others", v.named, v.hit, v.others)
	}
}

// TestVIINALabelsByDate: without headlines nothing in a file of 2025 shows that its
// labels are noise, so its dates do, unless a person has read the headlines or the
// headlines of these days show that the labels belong to their rows.
func TestVIINALabelsByDate(t *testing.T) {
	const head, row = "datetime,lon,lat,place_name,event_type", ",37.8,48.01,A,uav"
	naming := func(n int, label string) (out string) {
		for i := range n {
			out += fmt.Sprintf("2025-03-0%d 10:00:00,37.8,48.01,A,%s,drone over %c\n", 1+i%9, label, 'a'+i)
		}
		return out
	}
	for _, tt := range []struct {
		name, file string
		rows       int
	}{
		{"before the day", head + "\n2025-02-24 23:59:59" + row + "\n", 0},
		{"from the day on", head + "\n2025-02-24 23:59:59" + row + "\n2025-02-25 00:00:00" + row + "\n2026-05-01 00:00:00" + row + "\n", 2},
		{"a row without a label", head + "\n2025-03-01 00:00:00,37.8,48.01,A,\n", 1},
		{"what is not a time", head + "\nnever" + row + "\n", 0},
		{"an empty headline", head + ",headline\n2025-03-01 00:00:00" + row + ",\n", 1},
		{"too few headlines to tell", head + ",headline\n" + naming(viinaLeast-1, "uav"), viinaLeast - 1},
		{"headlines that bear the labels out", head + ",headline\n" + naming(viinaLeast, "uav") + "2025-03-01 00:00:00" + row + ",\n", 0},
		{"headlines that say it in other words", head + ",headline\n" + naming(viinaLeast, "cyber"), 0}, // RemarkWords says it
		{"a person has read them", "datetime,lon,lat,place_name,act\n2025-03-01 00:00:00,37.8,48.01,A,attack\n", 0},
	} {
		o := Options{}
		said := heard(&o)
		for range viina.Parse(strings.NewReader(tt.file), o) {
		}
		if got := said[RemarkNoise]; got != tt.rows {
			t.Errorf("%s: %d rows, want %d", tt.name, got, tt.rows)
		}
	}
	o := Options{}
	said := heard(&o)
	r := openOne(t, "testdata/viina/202502_202508.csv")
	defer r.Close()
	for range viina.Parse(r, o) {
	}
	if said[RemarkNoise] == 0 {
		t.Error("a real file of February to August 2025 without headlines raises no remark")
	}
}
