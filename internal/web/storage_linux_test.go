package web

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestDiskFull fills a real file system and frees it again. Only root may mount one;
// elsewhere TestStorageFails is what there is.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=48m"); err != nil {
		t.Skipf("a file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	l := newLabIn(t, filepath.Join(dir, "field"), airFirst, time.Now)
	name := filepath.Join(dir, "filler")
	stored(t, l, func() {
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for n := 1 << 20; n > 0; {
			if _, err := f.Write(make([]byte, n)); err != nil {
				n /= 2
			}
		}
	}, func() {
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}, "disk is full")
}
