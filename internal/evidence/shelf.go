package evidence

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/opentruce/truce/internal/disk"
)

// A Shelf keeps pieces that are not public. Each piece is encrypted (age) to those who may
// read it and has a name that says nothing: the digest of what it belongs to.
// A piece that is removed is gone from this shelf; mirrors and copies may still have it.
type Shelf struct{ dir string }

// OpenShelf returns the shelf in dir, which is made when something is put on it.
func OpenShelf(dir string) *Shelf { return &Shelf{dir} }

// Path is where a piece lies.
func (s *Shelf) Path(name [32]byte) string {
	h := hex.EncodeToString(name[:])
	return filepath.Join(s.dir, h[:2], h[2:]+".age")
}

// Put encrypts data to the recipients and brings it to disk. What was there
// under the name is replaced.
func (s *Shelf) Put(name [32]byte, data []byte, to ...age.Recipient) error {
	sealed, err := Encrypt(data, to...)
	if err != nil {
		return err
	}
	return s.Keep(name, sealed)
}

// Keep brings to disk what was encrypted elsewhere.
func (s *Shelf) Keep(name [32]byte, sealed []byte) error {
	path := s.Path(name)
	if err := disk.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return disk.WriteBytes(path, 0o600, sealed)
}

// Get decrypts a piece. One that is not there, or was removed, is
// fs.ErrNotExist; one that is not for any of the identities, ErrNotForYou.
func (s *Shelf) Get(name [32]byte, ids ...age.Identity) ([]byte, error) {
	sealed, err := os.ReadFile(s.Path(name))
	if err != nil {
		return nil, err
	}
	data, err := Decrypt(sealed, ids...)
	if err != nil {
		return nil, fmt.Errorf("%x: %w", name[:6], err)
	}
	return data, nil
}

// Has reports whether a piece is there.
func (s *Shelf) Has(name [32]byte) bool {
	_, err := os.Stat(s.Path(name))
	return err == nil
}

// Remove takes a piece away. Its bytes are overwritten first, which on many
// disks is a gesture: the key is what protects them.
func (s *Shelf) Remove(name [32]byte) error {
	path := s.Path(name)
	if info, err := os.Stat(path); err == nil {
		_ = os.WriteFile(path, make([]byte, info.Size()), 0o600)
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// ErrNotForYou says that something was encrypted to others.
var ErrNotForYou = errors.New("not encrypted to any of these keys")

// Encrypt encrypts data to the recipients.
func Encrypt(data []byte, to ...age.Recipient) ([]byte, error) {
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to...)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// Decrypt opens what Encrypt made.
func Decrypt(sealed []byte, ids ...age.Identity) ([]byte, error) {
	if len(ids) == 0 {
		return nil, ErrNotForYou
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), ids...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return nil, ErrNotForYou
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// Sealed reports whether data has the form of something that was encrypted: whose
// it is cannot be seen.
func Sealed(data []byte) bool {
	header, err := age.ExtractHeader(bytes.NewReader(data))
	return err == nil && len(data) > len(header)
}
