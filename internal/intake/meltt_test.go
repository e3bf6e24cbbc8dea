package intake

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/mission"
)

// crash is a row of MELTT's example data.
type crash struct {
	set, event int
	start, end time.Time
	at         geo.Point
	levels     [3][]string // per taxonomy, fine to coarse
}

func (c *crash) episode() bool { return c.end.After(c.start) }

// readCrashes reads the three data sets and their taxonomies.
func readCrashes(t *testing.T) []*crash {
	table := func(name string) [][]string {
		f, err := os.Open("testdata/meltt_crash/" + name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows[1:]
	}
	var tax [3]map[string][]string
	for i, name := range []string{"model", "color", "damage"} {
		tax[i] = map[string][]string{}
		for _, r := range table("taxonomy_" + name + "_tax.csv") {
			tax[i][r[0]+"\x00"+r[1]] = r[2:]
		}
	}
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	var out []*crash
	for set := 1; set <= 3; set++ {
		for _, r := range table(fmt.Sprintf("crash_data%d.csv", set)) {
			c := &crash{set: set, start: day(r[2]), end: day(r[3])}
			c.event, _ = strconv.Atoi(r[1])
			lat, _ := strconv.ParseFloat(r[4], 64)
			lon, _ := strconv.ParseFloat(r[5], 64)
			var err error
			if c.at, err = geo.PointOf(lat, lon); err != nil {
				t.Fatal(err)
			}
			for i := range c.levels {
				if c.levels[i] = tax[i][r[0]+"\x00"+r[6+i]]; c.levels[i] == nil {
					t.Fatalf("%s %s: taxonomy %d does not know %q", r[0], r[1], i, r[6+i])
				}
			}
			out = append(out, c)
		}
	}
	return out
}

// published are MELTT's matches at 4 km and 2 days. A pair within these windows whose
// taxonomies all agree at some level scores the sum over taxonomies of level index / (levels
// - 1), 0 best. The best pairs are joined first, events of one set never, and of equal ones
// the nearer. The counts are those that its authors publish.
func published(t *testing.T, all []*crash) [][]*crash {
	const window = 2 * 24 * time.Hour
	type pair struct {
		a, b  *crash
		score float64
	}
	var pairs []pair
	for i, b := range all {
		for _, a := range all[:i] {
			if a.set == b.set || a.episode() != b.episode() || a.start.Sub(b.start).Abs() > window || a.end.Sub(b.end).Abs() > window || geo.Distance(a.at, b.at) > 4000 {
				continue
			}
			p := pair{a, b, geo.Distance(a.at, b.at) / 1e9}
			agree := true
			for n := range a.levels {
				k := 0
				for k < len(a.levels[n]) && a.levels[n][k] != b.levels[n][k] {
					k++
				}
				agree = agree && k < len(a.levels[n])
				if k > 0 && agree {
					p.score += float64(k) / float64(len(a.levels[n])-1)
				}
			}
			if agree {
				pairs = append(pairs, p)
			}
		}
	}
	slices.SortStableFunc(pairs, func(x, y pair) int { return cmp.Compare(x.score, y.score) })
	in := map[*crash]*[]*crash{}
	for _, c := range all {
		in[c] = &[]*crash{c}
	}
	for _, p := range pairs {
		x, y := in[p.a], in[p.b]
		if x == y || slices.ContainsFunc(*x, func(c *crash) bool { return slices.ContainsFunc(*y, func(d *crash) bool { return c.set == d.set }) }) {
			continue
		}
		*x = append(*x, *y...)
		for _, c := range *y {
			in[c] = x
		}
	}
	var out [][]*crash
	count, episodes, unique := map[string]int{}, 0, 0
	for _, c := range all {
		group := *in[c]
		if group[0] != c {
			continue
		}
		unique++
		if len(group) == 1 {
			continue
		}
		var sets []int
		for _, c := range group {
			sets = append(sets, c.set)
		}
		slices.Sort(sets)
		count[fmt.Sprint(sets)]++
		if c.episode() {
			episodes++
		}
		out = append(out, group)
	}
	if want := "map[[1 2 3]:21 [1 2]:5 [1 3]:4 [2 3]:4]"; fmt.Sprint(count) != want || unique != 140 || len(out) != 34 || episodes != 8 {
		t.Fatalf("MELTT's matches: %v, %d of them episodes, %d unique events; published are %s, 8 and 140", count, episodes, unique, want)
	}
	return out
}

// TestMELTT: the 195 rows of MELTT's example data through the product, with 4 km and two days
// of uncertainty stated in the mapping. Of its 34 published matches none is parted. They are
// car crashes, of which our vocabulary knows nothing, and two days each way are five days: so
// none is sure enough to be joined, and each is proposed or may be the same.
func TestMELTT(t *testing.T) {
	all := readCrashes(t)
	m, err := begin.Mission(filepath.Join(t.TempDir(), "field"), "meltt", os.DirFS("testdata/meltt"), begin.Flags{Origin: "test/meltt"}, time.Now, mission.Silent{})
	if err != nil {
		t.Fatal(err)
	}
	w := NewWriter(m)
	for set := 1; set <= 3; set++ {
		dir := t.TempDir()
		source := fmt.Sprint("crash-data-", set)
		mapping := filepath.Join(dir, "m.yaml")
		// A day that may be two days off begins two days earlier, and ends two days later.
		if err := os.WriteFile(mapping, []byte("record: observation\nsource: "+source+"\nkey: {column: event}\noccurred: {column: from}\nuntil: {column: to}\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: 4000}\nact: attack\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		rows := [][]string{{"event", "from", "to", "lat", "lon"}}
		for _, c := range all {
			if c.set == set {
				lat, lon := c.at.Degrees()
				rows = append(rows, []string{fmt.Sprint(c.event), c.start.AddDate(0, 0, -2).Format(time.DateOnly), c.end.AddDate(0, 0, 2).Format(time.DateOnly), fmt.Sprintf("%.7f", lat), fmt.Sprintf("%.7f", lon)})
			}
		}
		name := filepath.Join(dir, "crashes.csv")
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := csv.NewWriter(f).WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		f.Close()
		if _, err := w.IngestFile("csv", name, IngestFlags{Mapping: mapping, Known: "reported", Key: "intake", Shelf: "public"}); err != nil {
			t.Fatal(err)
		}
	}
	s, err := m.Reading().Situation(truce.Never)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]*truce.Incident{}
	n := 0
	for o := range s.Observations() {
		of[fmt.Sprint(o.Source, " ", o.Key)] = s.IncidentOf(o.ID)
		n++
	}
	if n != 195 {
		t.Fatalf("%d observations were read, want 195", n)
	}
	count := map[string]int{}
	for _, group := range published(t, all) {
		joined, parted, proposed := true, false, true
		for i, c := range group {
			for _, d := range group[:i] {
				a, b := of[fmt.Sprint("crash-data-", c.set, " ", c.event)], of[fmt.Sprint("crash-data-", d.set, " ", d.event)]
				if a == b {
					continue
				}
				joined = false
				if why, apart := s.Parted(a, b); apart {
					parted = true
					t.Errorf("%d %d and %d %d are parted: %s", c.set, c.event, d.set, d.event, why)
				}
				may := false
				for _, x := range s.MayBeSame(a) {
					may = may || x.Incident == b
				}
				if !may {
					t.Errorf("%d %d and %d %d are not found in the neighbourhood", c.set, c.event, d.set, d.event)
				}
				is := false
				for _, p := range s.Proposals(a) {
					is = is || p.Other == b
				}
				for _, p := range s.Proposals(b) {
					is = is || p.Other == a
				}
				proposed = proposed && is
			}
		}
		switch {
		case parted:
			count["parted"]++
		case joined:
			count["joined"]++
		case proposed:
			count["proposed"]++
		default:
			count["may be the same"]++
		}
	}
	t.Logf("of 34 matches: %v", count)
	if count["parted"] > 0 || count["joined"] != 0 || count["proposed"]+count["may be the same"] != 34 {
		t.Errorf("of 34 matches %v, want none parted, none joined", count)
	}
}
