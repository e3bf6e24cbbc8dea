package scenario_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

func opts() situation.Options {
	return situation.Options{Region: gazetteer.Region, Divisions: func(a *truce.Agreement) assess.Divisions {
		g := gazetteer.For(a)
		return assess.Divisions{At: g.DivisionsAt, Of: g.DivisionsOf}
	}}
}

// TestConformance runs what three readers wrote who knew the format's
// description and not this code. Where we read it otherwise, the file says so.
func TestConformance(t *testing.T) {
	folders, err := filepath.Glob("testdata/conformance/*")
	if err != nil || len(folders) < 30 {
		t.Fatalf("%d folders, %v", len(folders), err)
	}
	for _, dir := range folders {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			a, probs := agreement.Read(os.DirFS(dir))
			if err := probs.Err(); err != nil {
				t.Fatal(err)
			}
			files, err := filepath.Glob(filepath.Join(dir, "cases", "*.scenario"))
			if err != nil || len(files) == 0 {
				t.Fatalf("cases: %v, %v", files, err)
			}
			for _, name := range files {
				text, err := os.Open(name)
				if err != nil {
					t.Fatal(err)
				}
				run := scenario.Run(name, text, a, nil, opts())
				text.Close()
				for _, x := range run.Faults {
					t.Error(x)
				}
				for _, x := range run.Failures {
					t.Error(x)
				}
				if run.Held == 0 {
					t.Errorf("%s: nothing was stated", name)
				}
			}
		})
	}
}

// TestKindsHaveCases: of each kind of obligation there is an article among the cases.
func TestKindsHaveCases(t *testing.T) {
	folders, err := filepath.Glob("testdata/conformance/*")
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, dir := range folders {
		if a, _ := agreement.Read(os.DirFS(dir)); a != nil {
			for _, p := range a.Provisions {
				has[p.Obligation.Kind()] = true
			}
		}
	}
	for _, k := range assess.Kinds() {
		if !has[k.Name] {
			t.Errorf("no case has an article of the kind %s", k.Name)
		}
	}
}
