package main

import (
	"fmt"

	"github.com/opentruce/truce/internal/mission"

	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A command that was killed leaves its file behind, and must not keep a field
// post from its mission.
func TestLock(t *testing.T) {
	m := &mission.Folder{Dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(m.Dir, ".lock"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	done, err := m.Lock("")
	if err != nil {
		t.Fatalf("with a file left behind: %v", err)
	}
	if _, err := m.Lock(""); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("`truce` (process %d) has the mission", os.Getpid())) {
		t.Errorf("a second writer: got %v, want a refusal", err)
	}
	done()
	done, err = m.Lock("")
	if err != nil {
		t.Fatalf("after the first is done: %v", err)
	}
	done()
}
