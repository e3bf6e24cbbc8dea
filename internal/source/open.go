package source

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/opentruce/truce/internal/format"
)

// An Entry is one file to read: a plain one, what is in a .gz, or a member of
// a .zip.
type Entry struct {
	Name   string // the file's own name, and the member's behind "!" in a zip
	Packed bool   // it is what is in a gzip or zip file
	Open   func() (io.ReadCloser, error)
}

// Limits on what a compressed file may become. Real exports shrink to a tenth;
// the ratio is only asked once there is something to ask it about.
const (
	maxExpanded  = 16 << 30
	maxRatio     = 200
	ratioAllowed = 16 << 20
	maxMembers   = 10_000
)

// Open lists the files at a path, by what they hold and not by their names:
// plain, gzip or zip. They are read as streams. It refuses members whose names
// lead out of the archive, links, encrypted members and archives in archives;
// reading refuses what expands beyond 16 GiB or two hundredfold.
func Open(name string) ([]Entry, error) { return OpenAs(name, name) }

// OpenAs is Open for a file that people call something else than its path: called names its
// entries.
func OpenAs(name, called string) ([]Entry, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file", called)
	}
	base := filepath.Base(called)
	var head [4]byte
	n, _ := io.ReadFull(f, head[:])
	switch archive(head[:n]) {
	case "":
		return []Entry{{base, false, func() (io.ReadCloser, error) { return os.Open(name) }}}, nil
	case "gzip":
		return []Entry{{strings.TrimSuffix(base, ".gz"), true, func() (io.ReadCloser, error) { return openGzip(name, called) }}}, nil
	case "zip":
		if kind, _, err := format.Detect(f); err == nil && (kind == format.XLSX || kind == format.ODS) { // a workbook is a zip, too
			return []Entry{{base, false, func() (io.ReadCloser, error) { return os.Open(name) }}}, nil
		}
		return members(name, called)
	}
	return nil, fmt.Errorf("%s: want a plain file, gzip or zip", called)
}

// archive names the kind of archive that begins like this; "" for none.
func archive(head []byte) string {
	for _, a := range []struct{ magic, name string }{
		{"\x1f\x8b", "gzip"}, {"PK\x03\x04", "zip"}, {"PK\x05\x06", "zip"}, {"BZh", "bzip2"}, {"\xfd7zX", "xz"}, {"7z\xbc\xaf", "7z"},
		{"Rar!", "rar"}, {"\x28\xb5\x2f\xfd", "zstd"},
	} {
		if bytes.HasPrefix(head, []byte(a.magic)) {
			return a.name
		}
	}
	return ""
}

func openGzip(name, called string) (io.ReadCloser, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	packed := &packedBytes{in: f}
	z, err := gzip.NewReader(bufio.NewReader(packed))
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", called, err)
	}
	return guarded(called, z, func() int64 { return packed.n }, f.Close)
}

// members lists the files of a zip.
func members(name, called string) ([]Entry, error) {
	base := filepath.Base(called)
	z, err := zip.OpenReader(name)
	if err != nil {
		if errors.Is(err, zip.ErrInsecurePath) {
			return nil, fmt.Errorf("%s: a member's name leads out of the archive", called)
		}
		return nil, fmt.Errorf("%s: %w", called, err)
	}
	defer z.Close()
	if len(z.File) > maxMembers {
		return nil, fmt.Errorf("%s: %d members, more than %d", called, len(z.File), maxMembers)
	}
	var out []Entry
	seen := map[string]bool{}
	for i, m := range z.File {
		switch {
		case leadsOut(m.Name):
			return nil, fmt.Errorf("%s: member %q leads out of the archive", called, m.Name)
		case strings.HasSuffix(m.Name, "/"):
			continue
		case !m.Mode().IsRegular():
			return nil, fmt.Errorf("%s: member %q is not a regular file", called, m.Name)
		case m.Flags&1 != 0:
			return nil, fmt.Errorf("%s: member %q is encrypted", called, m.Name)
		case seen[m.Name]:
			return nil, fmt.Errorf("%s: member %q stands twice", called, m.Name)
		}
		seen[m.Name] = true
		out = append(out, Entry{base + "!" + m.Name, true, func() (io.ReadCloser, error) { return openMember(name, called, i) }})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no files in the archive", called)
	}
	var maps []Entry // a KMZ has its pictures beside the map
	for _, e := range out {
		if strings.HasSuffix(strings.ToLower(e.Name), ".kml") {
			maps = append(maps, e)
		}
	}
	switch {
	case len(maps) > 1:
		return withPlacemarks(maps), nil
	case maps != nil:
		return maps, nil
	}
	return out, nil
}

// withPlacemarks leaves out the maps of a KMZ that have no placemark, such as the first of several,
// which only links to the others. If none has one, or one cannot be read, what is wrong is said
// where it is read.
func withPlacemarks(maps []Entry) (out []Entry) {
	for _, e := range maps {
		if in, err := e.Open(); err == nil {
			has, err := hasPlacemark(in)
			in.Close()
			if err == nil && !has {
				continue
			}
		}
		out = append(out, e)
	}
	if out == nil {
		return maps
	}
	return out
}

// hasPlacemark reports whether a map names a placemark. A map that is not in UTF-8 may have one.
func hasPlacemark(in io.Reader) (bool, error) {
	const word = "Placemark"
	buf, kept := make([]byte, 64<<10), 0
	for first := true; ; first = false {
		n, err := io.ReadFull(in, buf[kept:])
		seen := buf[:kept+n]
		if bytes.Contains(seen, []byte(word)) || first && (bytes.HasPrefix(seen, []byte{0xFE, 0xFF}) || bytes.HasPrefix(seen, []byte{0xFF, 0xFE}) || bytes.IndexByte(seen[:min(4, len(seen))], 0) >= 0) {
			return true, nil
		}
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF && kept+n < len(buf):
			return false, nil
		case err != nil:
			return false, err
		}
		kept = copy(buf, seen[len(seen)-len(word)+1:])
	}
}

// leadsOut reports whether a member's name is not simply a path below.
func leadsOut(name string) bool {
	return strings.ContainsAny(name, "\\\x00:") || path.IsAbs(name) || !filepath.IsLocal(strings.TrimSuffix(name, "/"))
}

func openMember(name, called string, i int) (io.ReadCloser, error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", called, err)
	}
	if i >= len(z.File) {
		z.Close()
		return nil, fmt.Errorf("%s: changed while it was read", called)
	}
	m := z.File[i]
	in, err := m.Open()
	if err != nil {
		z.Close()
		return nil, fmt.Errorf("%s: member %q: %w", called, m.Name, err)
	}
	// The sizes a zip states are not believed, except the packed one: it is bounded by the file.
	packed := int64(min(m.CompressedSize64, 1<<40))
	return guarded(called+"!"+m.Name, in, func() int64 { return packed }, func() error {
		in.Close()
		return z.Close()
	})
}

// guarded reads what was packed and stops when it grows beyond reason or turns
// out to be an archive itself.
func guarded(name string, in io.Reader, packed func() int64, done func() error) (io.ReadCloser, error) {
	g := &guard{name: name, in: bufio.NewReader(in), packed: packed, done: done}
	head, _ := g.in.Peek(4)
	if a := archive(head); a != "" {
		done()
		return nil, fmt.Errorf("%s: a %s archive in an archive", name, a)
	}
	return g, nil
}

type guard struct {
	name   string
	in     *bufio.Reader
	packed func() int64
	done   func() error
	n      int64
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.in.Read(p)
	g.n += int64(n)
	if g.n > maxExpanded || g.n > ratioAllowed && g.n/maxRatio > g.packed() {
		return 0, fmt.Errorf("%s: expands to more than %d times its size; refused as a decompression bomb", g.name, min(maxRatio, g.n/max(1, g.packed())))
	}
	switch {
	case err == io.ErrUnexpectedEOF:
		err = fmt.Errorf("%s: truncated after %d bytes: %w", g.name, g.n, err)
	case err != nil && err != io.EOF:
		err = fmt.Errorf("%s: damaged after %d bytes: %w", g.name, g.n, err)
	}
	return n, err
}

func (g *guard) Close() error { return g.done() }

// packedBytes counts what is read.
type packedBytes struct {
	in io.Reader
	n  int64
}

func (t *packedBytes) Read(p []byte) (int, error) {
	n, err := t.in.Read(p)
	t.n += int64(n)
	return n, err
}
