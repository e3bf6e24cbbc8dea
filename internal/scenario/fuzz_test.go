package scenario_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/scenario"
)

// FuzzScenario: whatever a scenario says, running it ends without a panic, and
// its entries in another order of the same moment give the same.
func FuzzScenario(f *testing.F) {
	for _, dir := range []string{"evidence", "quiet-area", "objects-in-area", "freeze-one-line", "withdraw-two-lines", "exceptions", "not-later-than"} {
		files, err := filepath.Glob(filepath.Join("testdata/conformance", dir, "cases", "*.scenario"))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	var all []*truce.Agreement
	for _, dir := range []string{"evidence", "quiet-area", "objects-in-area", "freeze-one-line", "withdraw-two-lines"} {
		a, probs := agreement.Read(os.DirFS(filepath.Join("testdata/conformance", dir)))
		if err := probs.Err(); err != nil {
			f.Fatal(err)
		}
		all = append(all, a)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1500 {
			text = text[:1500] // long ones are slow, and say nothing new
		}
		a := all[len(text)%len(all)]
		load := func(string) (*truce.Agreement, error) { return nil, errors.New("no other agreement here") }
		run := scenario.Run("fuzz", strings.NewReader(text), a, load, opts())
		if run.Held < 0 {
			t.Fatal("fewer than none held")
		}
	})
}
