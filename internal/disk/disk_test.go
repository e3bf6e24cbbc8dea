package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// steps is the order that a whole file needs, by rename(2) and fsync(2).
var steps = []string{"write", "chmod", "sync", "close", "rename", "sync folder"}

// faulty makes the n-th step fail: before it is done, or after it was done. It
// returns the steps that were asked.
func faulty(t *testing.T, n int, done bool, err error) *[]string {
	t.Helper()
	var seen []string
	before = func(step, _ string) error {
		if seen = append(seen, step); len(seen) == n && !done {
			return err
		}
		return nil
	}
	after = func(string, string) error {
		if len(seen) == n && done {
			return err
		}
		return nil
	}
	t.Cleanup(well)
	return &seen
}

func well() {
	before = func(string, string) error { return nil }
	after = before
}

func temporary(t *testing.T, dir string) (out []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if strings.HasPrefix(d.Name(), ".truce-") {
			out = append(out, d.Name())
		}
	}
	return out
}

// TestWriteFileFaults fails each step in turn. The name always has one whole file,
// no temporary file is left, and the next attempt succeeds.
func TestWriteFileFaults(t *testing.T) {
	old, fresh := []byte("the earlier report\n"), bytes.Repeat([]byte("the new report\n"), 5000)
	for n := 1; n <= len(steps); n++ {
		for _, done := range []bool{false, true} {
			t.Run(fmt.Sprint(steps[n-1], " ", done), func(t *testing.T) {
				dir := t.TempDir()
				name := filepath.Join(dir, "report.html")
				if err := WriteBytes(name, 0o644, old); err != nil {
					t.Fatal(err)
				}
				seen := faulty(t, n, done, syscall.ENOSPC)
				err := WriteBytes(name, 0o644, fresh)
				if err == nil {
					t.Fatal("a failed step is not reported")
				}
				if !Full(err) {
					t.Errorf("the cause is lost: %v", err)
				}
				got, rerr := os.ReadFile(name)
				if rerr != nil {
					t.Fatal(rerr)
				}
				renamed := slices.Contains(*seen, "sync folder") || n == 5 && done
				if want := map[bool][]byte{false: old, true: fresh}[renamed]; !bytes.Equal(got, want) {
					t.Errorf("the name has %d bytes, want %d", len(got), len(want))
				}
				if left := temporary(t, dir); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
				well()
				if err := WriteBytes(name, 0o644, fresh); err != nil {
					t.Fatal(err)
				}
				if got, _ := os.ReadFile(name); !bytes.Equal(got, fresh) {
					t.Error("the next attempt did not write it")
				}
			})
		}
	}
}

// TestPowerCut cuts the power before and after each step, on a disk that keeps
// nothing that was not synced: file content until its sync, names until the sync of
// the folder. Whatever the disk chose to keep, the name has the old file or the new
// one, and the new one once WriteFile has returned.
func TestPowerCut(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "f")
	seen := faulty(t, 0, false, nil)
	if err := WriteBytes(name, 0o600, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(*seen, steps) {
		t.Fatalf("steps: %v, want %v", *seen, steps)
	}
	for cut := 0; cut <= len(*seen); cut++ {
		written, synced, renamed, kept := false, false, false, false
		for _, s := range (*seen)[:cut] {
			switch s {
			case "write":
				written, synced = true, false
			case "sync":
				synced = written
			case "rename":
				renamed = true
			case "sync folder":
				kept = renamed
			}
		}
		if renamed && !synced {
			t.Errorf("power cut after %v: the name may have an empty file", (*seen)[:cut])
		}
		if cut == len(*seen) && !kept {
			t.Error("WriteFile returned, and a power cut may lose the file")
		}
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// TestWriterFails: an error of whoever writes is the error, and the earlier file stays.
func TestWriterFails(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "f")
	if err := WriteBytes(name, 0o644, []byte("old")); err != nil {
		t.Fatal(err)
	}
	mine := errors.New("half way")
	err := WriteFile(name, 0o644, func(f *os.File) error {
		_, _ = f.WriteString("ne")
		return mine
	})
	if !errors.Is(err, mine) {
		t.Errorf("%v", err)
	}
	if got, _ := os.ReadFile(name); string(got) != "old" {
		t.Errorf("%q", got)
	}
	if left := temporary(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestCreate: a key is never written over, and one that could not be written whole is
// not there.
func TestCreate(t *testing.T) {
	name := filepath.Join(t.TempDir(), "key")
	for n := 1; n <= 4; n++ { // write, sync, close, sync folder
		faulty(t, n, n > 3, syscall.ENOSPC)
		if err := Create(name, 0o600, []byte("secret")); !Full(err) {
			t.Fatalf("step %d: %v", n, err)
		}
		if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("step %d: it is there: %v", n, err)
		}
	}
	well()
	if err := Create(name, 0o600, []byte("secret")); err != nil {
		t.Fatal(err)
	}
	if err := Create(name, 0o600, []byte("other")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	if got, _ := os.ReadFile(name); string(got) != "secret" {
		t.Errorf("%q", got)
	}
}

// TestMkdirAll syncs the parent of each folder that it makes, from the deepest on.
func TestMkdirAll(t *testing.T) {
	root := t.TempDir()
	var synced []string
	before = func(step, name string) error {
		if rel, err := filepath.Rel(root, name); err == nil && step == "sync folder" {
			synced = append(synced, rel)
		}
		return nil
	}
	t.Cleanup(well)
	if err := MkdirAll(filepath.Join(root, "a", "b", "c"), 0o755); err != nil {
		t.Fatal(err)
	}
	slices.Sort(synced)
	if want := []string{".", "a", filepath.Join("a", "b")}; !slices.Equal(synced, want) {
		t.Errorf("synced %v, want %v", synced, want)
	}
	synced = nil
	if err := MkdirAll(filepath.Join(root, "a", "b"), 0o755); err != nil || synced != nil {
		t.Errorf("of what was there: %v, %v", synced, err)
	}
}

// TestFull knows the errors of a disk that cannot store, and no others.
func TestFull(t *testing.T) {
	for err, want := range map[error]bool{syscall.ENOSPC: true, syscall.EROFS: true, syscall.EDQUOT: true, syscall.EACCES: false, fs.ErrNotExist: false} {
		if got := Full(fmt.Errorf("writing: %w", err)); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}
