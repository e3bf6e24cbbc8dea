package correlate

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// crash is a row of MELTT's example data.
type crash struct {
	set, event int
	start, end int64 // days
	at         geo.Point
	levels     [3][]string // per taxonomy, fine to coarse
}

func (c crash) episode() bool { return c.end > c.start }

// readCrashes reads the three data sets and their taxonomies.
func readCrashes(t *testing.T) []crash {
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
	day := func(s string) int64 {
		d, err := time.Parse("2006-01-02", s)
		if err != nil {
			t.Fatal(err)
		}
		return d.Unix() / 86400
	}
	var out []crash
	for set := 1; set <= 3; set++ {
		for _, r := range table(fmt.Sprintf("crash_data%d.csv", set)) {
			c := crash{set: set, start: day(r[2]), end: day(r[3])}
			c.event, _ = strconv.Atoi(r[1])
			lat, _ := strconv.ParseFloat(r[4], 64)
			lon, _ := strconv.ParseFloat(r[5], 64)
			var err error
			if c.at, err = geo.PointOf(lat, lon); err != nil {
				t.Fatal(err)
			}
			for i := range c.levels {
				c.levels[i] = tax[i][r[0]+"\x00"+r[6+i]]
				if c.levels[i] == nil {
					t.Fatalf("%s %s: taxonomy %d does not know %q", r[0], r[1], i, r[6+i])
				}
			}
			out = append(out, c)
		}
	}
	return out
}

// pairScore is MELTT's: a pair within the window whose taxonomies all agree at
// some level scores the sum over taxonomies of level index / (levels - 1), 0
// best; a taxonomy of one level scores 0. ok is false for no candidate.
func pairScore(a, b crash, km float64, days int64) (score float64, ok bool) {
	if a.set == b.set || a.episode() != b.episode() || abs(a.start-b.start) > days || abs(a.end-b.end) > days || geo.Distance(a.at, b.at) > km*1000 {
		return 0, false
	}
	for i := range a.levels {
		found := false
		for k := range a.levels[i] {
			if a.levels[i][k] == b.levels[i][k] {
				if n := len(a.levels[i]); n > 1 {
					score += float64(k) / float64(n-1)
				}
				found = true
				break
			}
		}
		if !found {
			return 0, false
		}
	}
	return score, true
}

func abs(n int64) int64 { return max(n, -n) }

// integrate clusters MELTT's candidates with our rule: Kruskal by score, the
// events of one set never together. A nearer pair goes first among equals.
func integrate(crashes []crash, km float64, days int64) map[string]int {
	m := *Current
	m.Veto, m.Margin, m.Extent.Metres, m.Extent.Minutes = -1<<50, -1<<40, 1<<40, 1<<40
	_, tables := vocabularyTables(&m, truce.Words)
	s := newScorer(&m, tables, nil)
	u := &units{of: map[truce.Digest]int{}}
	for i, c := range crashes {
		o := &truce.Observation{ID: truce.Digest{byte(c.set), byte(i >> 8), byte(i)}}
		u.items = append(u.items, item{id: o.ID, vec: geo.VecOf(c.at), point: c.at, u: 1, start: c.start * 86_400_000, end: c.end * 86_400_000, apart: int32(c.set)})
		u.members = append(u.members, []*truce.Observation{o})
	}
	var edges []edge
	for i := range crashes {
		for j := range i {
			if score, ok := pairScore(crashes[j], crashes[i], km, days); ok {
				edges = append(edges, edge{int32(j), int32(i), 1_000_000 - int64(score*100_000) - int64(geo.Distance(crashes[i].at, crashes[j].at))/100})
			}
		}
	}
	out := map[string]int{}
	for _, g := range s.cluster(u, edges, Input{Workers: 1}, &Result{}) {
		var sets []int
		for _, k := range g.units {
			sets = append(sets, crashes[k].set)
		}
		slices.Sort(sets)
		out[fmt.Sprint(sets)]++
		out["unique"]++
		if len(g.units) > 1 {
			out["matches"]++
			if crashes[g.units[0]].episode() {
				out["episode matches"]++
			}
		}
	}
	return out
}

// TestMELTT holds our clustering against MELTT's published integration of its
// example data at 4 km and 2 days. doc/method.md explains the differences.
func TestMELTT(t *testing.T) {
	crashes := readCrashes(t)
	got := integrate(crashes, 4, 2)
	published := map[string]int{"unique": 140, "matches": 34, "episode matches": 8, "[1]": 41, "[2]": 34, "[3]": 31, "[1 2]": 5, "[1 3]": 4, "[2 3]": 4, "[1 2 3]": 21}
	for k, want := range published {
		if got[k] != want {
			t.Errorf("%s: %d, published %d", k, got[k], want)
		}
	}
	// At 1 km and 0 days the published figure is 6. At 16 km and 5 days it is 39:
	// MELTT joins the third set to what the first two became, taking that
	// cluster's first event as its place, while we look at every pair of events.
	for _, s := range []struct {
		km      float64
		days    int64
		matches int
	}{{1, 0, 6}, {16, 5, 38}} {
		if got := integrate(crashes, s.km, s.days)["matches"]; got != s.matches {
			t.Errorf("%.0f km, %d days: %d matches, want %d", s.km, s.days, got, s.matches)
		}
	}
}
