package audit_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce/audit"
)

// files is a record in memory.
type files map[string][]byte

func load(t testing.TB, dir string) files {
	t.Helper()
	out := files{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(rel)], err = os.ReadFile(path)
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%s: %d files, %v", dir, len(out), err)
	}
	return out
}

func (f files) fetch(_ context.Context, path string) ([]byte, error) {
	data, ok := f[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return data, nil
}

// with is the same with one file changed.
func (f files) with(name string, data []byte) files {
	out := maps.Clone(f)
	out[name] = data
	return out
}

func trust(t testing.TB) *audit.Policy {
	t.Helper()
	key, err := os.ReadFile("testdata/record.key")
	if err != nil {
		t.Fatal(err)
	}
	p, err := audit.Trust(string(key))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// check goes through everything, as truce verify does.
func (f files) check(t testing.TB, p *audit.Policy) error {
	l := &audit.Log{Fetch: f.fetch, Policy: p}
	cp, err := l.Checkpoint(t.Context())
	if err != nil {
		return err
	}
	var named []audit.File
	if _, err := l.Verify(t.Context(), cp, audit.Options{Workers: 1, Each: func(e *audit.Entry, _ []audit.Key) error {
		named = append(named, audit.Files(e)...)
		return nil
	}}); err != nil {
		return err
	}
	for _, x := range named {
		if _, err := l.File(t.Context(), x); err != nil {
			return err
		}
	}
	return nil
}

// current are the files of the record that the checkpoint needs, and evidence.
func (f files) current(t testing.TB, p *audit.Policy) []string {
	t.Helper()
	seen := map[string]bool{}
	l := &audit.Log{Policy: p, Fetch: func(ctx context.Context, path string) ([]byte, error) {
		data, err := f.fetch(ctx, path)
		if err == nil {
			seen[path] = true
		}
		return data, err
	}}
	cp, err := l.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Verify(t.Context(), cp, audit.Options{Workers: 1, Each: func(e *audit.Entry, _ []audit.Key) error {
		for _, x := range audit.Files(e) {
			if _, err := l.File(t.Context(), x); err != nil {
				return err
			}
		}
		return nil
	}}); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(seen))
}

// TestEveryByte: whatever byte of a record and its evidence is changed, it is
// noticed and named.
func TestEveryByte(t *testing.T) {
	f, p := load(t, "testdata/record"), trust(t)
	if err := f.check(t, p); err != nil {
		t.Fatal(err)
	}
	tried, detected, named := 0, 0, 0
	step := 1
	if testing.Short() {
		step = 17
	}
	for _, name := range f.current(t, p) {
		n := len(f[name])
		// Of long evidence a byte here and there does, since one digest is over
		// all of it.
		for i := 0; i < n; i += stride(name, n, step) {
			bad := bytes.Clone(f[name])
			bad[i] ^= 1 << (i % 8)
			tried++
			err := f.with(name, bad).check(t, p)
			if err == nil {
				t.Errorf("%s: byte %d was changed, and nothing noticed", name, i)
				continue
			}
			detected++
			var fault *audit.Fault
			if !errors.As(err, &fault) {
				t.Errorf("%s: byte %d: not named as a fault: %v", name, i, err)
			} else if fault.File != "" || fault.Entry >= 0 {
				named++
			}
		}
		// Cut short, by one byte and by half.
		for _, k := range []int{n - 1, n / 2, 0} {
			tried++
			if err := f.with(name, f[name][:k]).check(t, p); err == nil {
				t.Errorf("%s: cut to %d of %d bytes, and nothing noticed", name, k, n)
				continue
			}
			detected++
			named++
		}
		tried++
		gone := maps.Clone(f)
		delete(gone, name)
		if err := gone.check(t, p); err == nil {
			t.Errorf("%s: taken away, and nothing noticed", name)
			continue
		}
		detected++
		named++
	}
	t.Logf("tried %d alterations, detected %d, named the file or entry of %d", tried, detected, named)
}

func stride(name string, n, step int) int {
	if strings.HasPrefix(name, "evidence/") && n > 4096 {
		return n/64 + 1
	}
	return step
}

// entries splits a bundle.
func entries(b []byte) (out [][]byte) {
	for len(b) > 1 {
		n := 2 + int(binary.BigEndian.Uint16(b))
		out, b = append(out, b[:n]), b[n:]
	}
	return out
}

// TestRearranged: entries in another order, twice, left out; tiles swapped.
func TestRearranged(t *testing.T) {
	f, p := load(t, "testdata/record"), trust(t)
	var bundle, tile string
	for _, name := range f.current(t, p) {
		if strings.HasPrefix(name, "tile/entries/") {
			bundle = name
		} else if strings.HasPrefix(name, "tile/0/") {
			tile = name
		}
	}
	es := entries(f[bundle])
	tried, detected := 0, 0
	try := func(what string, g files) {
		t.Helper()
		tried++
		if err := g.check(t, p); errors.Is(err, audit.ErrFault) {
			detected++
		} else {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := range es {
		for j := range i {
			swapped := slices.Clone(es)
			swapped[i], swapped[j] = swapped[j], swapped[i]
			try("two entries swapped", f.with(bundle, slices.Concat(swapped...)))
			hashes := bytes.Clone(f[tile])
			copy(hashes[32*i:], f[tile][32*j:32*j+32])
			copy(hashes[32*j:], f[tile][32*i:32*i+32])
			try("two entries swapped with their hashes", f.with(bundle, slices.Concat(swapped...)).with(tile, hashes))
		}
		try("an entry left out", f.with(bundle, slices.Concat(slices.Delete(slices.Clone(es), i, i+1)...)))
		try("an entry twice", f.with(bundle, slices.Concat(slices.Insert(slices.Clone(es), i, es[i])...)))
	}
	try("entries and hashes swapped", f.with(bundle, f[tile]).with(tile, f[bundle]))
	t.Logf("tried %d arrangements, detected %d", tried, detected)
}

// TestStale: files that no current proof needs are checked against the tree as well.
func TestStale(t *testing.T) {
	dir, p := t.TempDir(), trust(t)
	if err := os.CopyFS(dir, os.DirFS("testdata/record")); err != nil {
		t.Fatal(err)
	}
	l := &audit.Log{Fetch: audit.Dir(dir), Policy: p}
	cp, err := l.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	strangers, leftover, _, err := l.Folder(t.Context(), dir, cp)
	if err != nil || len(strangers)+len(leftover) > 0 {
		t.Fatalf("strangers %v, left over %v, %v", strangers, leftover, err)
	}
	f := load(t, dir)
	needed := f.current(t, p)
	tried := 0
	for name := range f {
		if !strings.HasPrefix(name, "tile/") || slices.Contains(needed, name) {
			continue
		}
		tried++
		bad := bytes.Clone(f[name])
		bad[len(bad)/2] ^= 4
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.WriteFile(file, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, leftover, _, err := l.Folder(t.Context(), dir, cp); err != nil || !slices.Equal(leftover, []string{name}) {
			t.Errorf("%s was changed: %v, %v", name, leftover, err)
		}
		if err := os.WriteFile(file, f[name], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if tried == 0 {
		t.Error("no stale file was tried")
	}
	if err := os.WriteFile(filepath.Join(dir, "tile", "note.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if strangers, _, _, err = l.Folder(t.Context(), dir, cp); err != nil || !slices.Equal(strangers, []string{"tile/note.txt"}) {
		t.Errorf("strangers %v, %v", strangers, err)
	}
}

// TestHugeTree: a size that nobody writes is refused before anything is computed
// with it.
func TestHugeTree(t *testing.T) {
	f, p := load(t, "testdata/record"), trust(t)
	for _, size := range []string{"4611686018427387904", "9223372036854775807", "562949953421312"} {
		lines := strings.SplitN(string(f["checkpoint"]), "\n", 3)
		g := f.with("checkpoint", []byte(lines[0]+"\n"+size+"\n"+lines[2]))
		if err := g.check(t, p); !errors.Is(err, audit.ErrFault) {
			t.Errorf("%s: %v", size, err)
		}
		if _, err := audit.Introduced(t.Context(), g.fetch); err == nil {
			t.Errorf("%s: introduced itself", size)
		}
	}
}

// FuzzEntry: nothing that is read as an entry panics, and what is read is
// canonical.
func FuzzEntry(f *testing.F) {
	for name, data := range load(f, "testdata/record") {
		if strings.HasPrefix(name, "tile/entries/") {
			for _, e := range entries(data) {
				f.Add(e[2:])
			}
		}
	}
	f.Fuzz(func(t *testing.T, leaf []byte) {
		e, err := audit.ParseEntry(0, leaf)
		if err == nil && audit.Canonical(e.Body) != nil {
			t.Error("a body that is not canonical was read")
		}
		if err == nil {
			_ = audit.Files(e)
			_ = audit.CheckEntry(e, audit.Key{Role: "intake"})
			_, _ = (&audit.Keyring{}).Check(e)
		}
	})
}

// FuzzProof: nothing that is read as a proof or a receipt panics.
func FuzzProof(f *testing.F) {
	p := trust(f)
	key, _ := os.ReadFile("testdata/record.key")
	for _, name := range []string{"testdata/decision.proof", "testdata/observation.proof", "testdata/ours.receipt", "testdata/record/checkpoint"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, _ = audit.OpenProof(raw, p)
		_, _ = audit.OpenReceipt(raw, string(key))
		_, _ = p.Open(raw)
		_, _ = audit.ParsePolicy(raw)
	})
}
