package lock

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A command that was killed leaves its file behind, and must not keep a field
// post from its mission.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".lock"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	done, err := Take(dir, ".lock", "")
	if err != nil {
		t.Fatalf("with a file left behind: %v", err)
	}
	_, err = Take(dir, ".lock", "")
	var held *ErrHeld
	if !errors.As(err, &held) || held.By.PID != os.Getpid() || !strings.Contains(err.Error(), fmt.Sprintf("`truce` (process %d) has the mission", os.Getpid())) {
		t.Errorf("a second writer: got %v, want a refusal", err)
	}
	done()
	done, err = Take(dir, ".lock", "")
	if err != nil {
		t.Fatalf("after the first is done: %v", err)
	}
	done()
}
