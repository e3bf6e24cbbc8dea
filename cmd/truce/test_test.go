package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCasesAskNoClock: what truce test says depends on its files and nothing else.
// internal/situation has no clock at all (imports_test.go in the root).
func TestCasesAskNoClock(t *testing.T) {
	folders, err := filepath.Glob("../../agreements/*")
	if err != nil {
		t.Fatal(err)
	}
	asked := func() time.Time {
		t.Error("truce test asks the clock")
		return time.Unix(0, 0)
	}
	n := 0
	for _, dir := range folders {
		if cases, _ := filepath.Glob(filepath.Join(dir, "cases", "*.scenario")); len(cases) == 0 {
			continue
		}
		n++
		var out, errs bytes.Buffer
		if code := (command{in: strings.NewReader(""), out: &out, err: &errs, now: asked, args: []string{"test", dir}}).run(); code != 0 {
			t.Errorf("%s: exit %d\n%s%s", dir, code, out.String(), errs.String())
		}
	}
	if n == 0 {
		t.Error("no agreement has cases")
	}
}
