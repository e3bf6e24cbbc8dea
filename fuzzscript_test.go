package truce_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestFuzzIsLate: only a run whose time ran out may run again, never one that found an
// input. The outputs are those of Go 1.26 (golang/go#75804 for the first).
func TestFuzzIsLate(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash")
	}
	for _, c := range []struct {
		name, out string
		late      bool
	}{
		{"time", "fuzz: elapsed: 10s, execs: 320020 (29674/sec)\n--- FAIL: FuzzX (10.12s)\n    context deadline exceeded\nFAIL\nexit status 1\n", true},
		{"input", "--- FAIL: FuzzX (0.02s)\n    --- FAIL: FuzzX (0.00s)\n        x_test.go:9: context deadline exceeded\n\n    Failing input written to testdata/fuzz/FuzzX/582528ddfad69eb5\n", false},
		{"panic", "--- FAIL: FuzzX (0.02s)\n    context deadline exceeded\npanic: runtime error: index out of range\n", false},
		{"hang", "--- FAIL: FuzzX (10.02s)\n    fuzzing process hung or terminated unexpectedly: exit status 2\n", false},
		{"seed", "--- FAIL: FuzzX (0.02s)\n    x_test.go:9: want 1\nFAIL\n", false},
		{"build", "FAIL\tgithub.com/opentruce/truce/geo [build failed]\n", false},
	} {
		file := filepath.Join(t.TempDir(), "out")
		if err := os.WriteFile(file, []byte(c.out), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := exec.Command("bin/fuzz", "late", file).Run(); (err == nil) != c.late {
			t.Errorf("%s: late %v, want %v", c.name, err == nil, c.late)
		}
	}
}
