package truce_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// TestAgreements: every agreement here is sound, has a note on its sources, and
// passes its cases.
func TestAgreements(t *testing.T) {
	folders, err := filepath.Glob("agreements/*/agreement.yaml")
	if err != nil || len(folders) < 3 {
		t.Fatalf("agreements: %v, %v", folders, err)
	}
	for _, f := range folders {
		dir := filepath.Dir(f)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			a, probs := agreement.Read(os.DirFS(dir))
			if err := probs.Err(); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(dir, "SOURCES.md")); err != nil {
				t.Error(err)
			}
			cases, err := fs.Glob(os.DirFS(dir), "cases/*.scenario")
			if err != nil || len(cases) == 0 {
				t.Fatalf("cases: %v, %v", cases, err)
			}
			o := options()
			o.Geometry = assess.NewGeometry()
			for _, c := range cases {
				text, err := os.Open(filepath.Join(dir, c))
				if err != nil {
					t.Fatal(err)
				}
				run := scenario.Run(filepath.Join(dir, c), text, a, nil, o)
				text.Close()
				if run.Held == 0 {
					t.Errorf("%s states nothing", c)
				}
				for _, x := range run.Faults {
					t.Error(x)
				}
				for _, x := range run.Failures {
					t.Error(x)
				}
			}
		})
	}
}

func options() situation.Options {
	return situation.Options{Region: gazetteer.Region}
}
