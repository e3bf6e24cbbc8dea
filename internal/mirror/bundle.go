package mirror

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/mission"
)

// A Bundle is what was written into one.
type Bundle struct {
	Origin        string
	Entries       int64
	Files, Proofs int
}

// WriteBundle writes a record, its files and the proofs of what was published as one
// zip file. It writes what was read while the record was verified: a record that does
// not verify gives no bundle.
func (c *Copy) WriteBundle(ctx context.Context, w io.Writer, progress mission.Progress) (*Bundle, error) {
	names := map[string]bool{}
	var mu sync.Mutex
	noting := func(ctx context.Context, path string) ([]byte, error) {
		data, err := c.Fetch(ctx, path)
		if err == nil {
			mu.Lock()
			defer mu.Unlock()
			names[path] = true
		}
		return data, err
	}
	l := &audit.Log{Fetch: noting, Policy: c.Policy}
	cp, err := l.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	var published []int64
	var named []audit.File
	s, err := l.Verify(ctx, cp, audit.Options{Progress: func(done, total int64) { progress.Count("verifying", int(done), int(total)) },
		Each: func(e *audit.Entry, _ []audit.Key) error {
			if e.Kind == "publication" {
				published = append(published, e.Index)
			}
			named = append(named, audit.Files(e)...)
			return nil
		}})
	progress.Done()
	if err != nil {
		return nil, err
	}
	for _, f := range named {
		if _, err := l.File(ctx, f); err != nil && !audit.Missing(err) {
			return nil, err
		}
	}
	z := zip.NewWriter(w)
	put := func(name string, data []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = f.Write(data)
		}
		return err
	}
	for i, name := range slices.Sorted(maps.Keys(names)) {
		progress.Count("writing", i, len(names))
		data, err := c.Fetch(ctx, name)
		if err != nil {
			return nil, err
		}
		if err := put(name, data); err != nil {
			return nil, err
		}
	}
	progress.Done()
	for _, index := range published {
		text, err := l.Prove(ctx, cp, index)
		if err != nil {
			return nil, err
		}
		if err := put(fmt.Sprintf("proofs/%d.proof", index), text); err != nil {
			return nil, err
		}
	}
	return &Bundle{Origin: cp.Origin, Entries: s.Entries, Files: len(names), Proofs: len(published)}, z.Close()
}

// Prove writes a proof that an entry is in the record.
func (c *Copy) Prove(ctx context.Context, index int64) ([]byte, error) {
	l := c.Log()
	cp, err := l.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	return l.Prove(ctx, cp, index)
}

// FromBundle reads a record from a bundle. It refuses a file that expands to more than a
// record's file may have.
func FromBundle(z *zip.Reader) audit.Fetch {
	return func(_ context.Context, path string) ([]byte, error) {
		f, err := z.Open(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
		}
		defer f.Close()
		most := audit.MaxSize(path)
		data, err := io.ReadAll(io.LimitReader(f, most+1))
		if err == nil && int64(len(data)) > most {
			err = fmt.Errorf("%s expands beyond %d bytes", path, most)
		}
		return data, err
	}
}
