package source

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/demo"
)

// TestDemo: the files we ship are read without a refusal, and lie in the days
// they promise.
func TestDemo(t *testing.T) {
	first, end := truce.Date("2025-08-10").Start(kyiv), truce.Date("2025-08-22").Start(kyiv)
	days := truce.Interval{Start: first, End: end}
	covered := map[truce.Instant]bool{}
	n := map[string]int{}
	err := fs.WalkDir(demo.Files, "data", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".csv") {
			return err
		}
		k, err := Find(path.Base(path.Dir(name)))
		if err != nil {
			return err
		}
		f, err := demo.Files.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		for r, err := range k.Parse(f, Options{File: name, Gazetteer: ukraine(t)}) {
			if _, aside := err.(*SetAside); aside {
				continue
			}
			if err != nil {
				t.Error(err)
				continue
			}
			n[k.Name]++
			switch {
			case r.Tally != nil && !r.Tally.Period.Overlaps(days):
				t.Errorf("%s: %v", name, r.Tally.Period)
			case r.Coverage != nil:
				if !days.Contains(r.Coverage.During) {
					t.Errorf("%s: coverage of %v", name, r.Coverage.During)
				}
				covered[r.Coverage.During.Start] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(covered) != 12 {
		t.Errorf("%d days covered by the alert network, want 12", len(covered))
	}
	t.Log(n)
	for _, k := range []string{"viina", "airforce-ua", "alerts-ua"} {
		if n[k] == 0 {
			t.Errorf("nothing of %s", k)
		}
	}
}
