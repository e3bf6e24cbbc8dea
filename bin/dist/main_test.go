package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"io"
	"testing"
)

// TestArchives: what an archive has comes out again under one folder, the program can be
// run, and the same files give the same bytes.
func TestArchives(t *testing.T) {
	files := []file{{"truce", 0o755, []byte("program")}, {"README.md", 0o644, []byte("text")}}
	var a, b, c bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := tarball(w, "truce-v1-linux-amd64", files); err != nil {
			t.Fatal(err)
		}
	}
	if sha256.Sum256(a.Bytes()) != sha256.Sum256(b.Bytes()) {
		t.Error("two archives of the same files differ")
	}
	z, err := gzip.NewReader(&a)
	if err != nil {
		t.Fatal(err)
	}
	in := tar.NewReader(z)
	for _, f := range files {
		h, err := in.Next()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil || h.Name != "truce-v1-linux-amd64/"+f.name || h.FileInfo().Mode() != f.mode || !bytes.Equal(text, f.data) {
			t.Errorf("%s, %v: %q, %v", h.Name, h.FileInfo().Mode(), text, err)
		}
	}
	if err := zipped(&c, "truce-v1-windows-amd64", files); err != nil {
		t.Fatal(err)
	}
	packed, err := zip.NewReader(bytes.NewReader(c.Bytes()), int64(c.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range packed.File {
		if f.Name != "truce-v1-windows-amd64/"+files[i].name || f.UncompressedSize64 != uint64(len(files[i].data)) || f.Mode() != files[i].mode {
			t.Errorf("%s: %d bytes, %v", f.Name, f.UncompressedSize64, f.Mode())
		}
	}
}
