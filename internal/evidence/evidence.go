// Package evidence answers: what were the bytes as received? It keeps files
// under the SHA-256 of what is in them, and gives them back only if they still
// have it. It knows nothing of what they mean.
package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/opentruce/truce/internal/disk"
)

// A Store is a folder of files named by their digest.
type Store struct{ dir string }

// ErrAltered is returned when a file no longer has the digest it is named by.
// It is never repaired in silence.
var ErrAltered = errors.New("the bytes are not those received")

// Open returns the store in dir, which is made when something is put into it.
func Open(dir string) *Store { return &Store{dir} }

// Path is where the file of a digest lies, whether it is there or not.
func (s *Store) Path(sum [32]byte) string {
	h := hex.EncodeToString(sum[:])
	return filepath.Join(s.dir, h[:2], h[2:])
}

// Has reports whether the file of a digest is there.
func (s *Store) Has(sum [32]byte) bool {
	_, err := os.Stat(s.Path(sum))
	return err == nil
}

// Put keeps what r yields and returns its digest and size. The same bytes
// twice are one file. When it returns nil, they are on disk.
func (s *Store) Put(r io.Reader) (sum [32]byte, size int64, err error) {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return sum, 0, err
	}
	tmp, err := os.CreateTemp(s.dir, "incoming-*")
	if err != nil {
		return sum, 0, err
	}
	defer os.Remove(tmp.Name())
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(tmp, h), r)
	if err != nil {
		tmp.Close()
		return sum, size, err
	}
	sum = [32]byte(h.Sum(nil))
	name := s.Path(sum)
	if s.Has(sum) && s.Check(sum) == nil {
		tmp.Close()
		return sum, size, nil // and if it was altered, it is put back
	}
	if err := disk.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		tmp.Close()
		return sum, size, err
	}
	return sum, size, disk.Place(tmp, name, 0o444)
}

// Check reads the file of a digest to its end and returns ErrAltered when it
// has another, or fs.ErrNotExist.
func (s *Store) Check(sum [32]byte) error {
	f, err := os.Open(s.Path(sum))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("evidence %x: %w", sum[:6], fs.ErrNotExist)
		}
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if [32]byte(h.Sum(nil)) != sum {
		return fmt.Errorf("evidence %x: %w", sum[:6], ErrAltered)
	}
	return nil
}
