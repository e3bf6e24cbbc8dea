// Command dist builds the release: for each platform an archive with the program, its
// licence and README, and SHA256SUMS beside them. The same source and the same Go give the
// same bytes.
//
//	go run ./bin/dist -version v1.2.3 -out out/dist
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// platforms are those that archives are made for.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}

// beside are the files that each archive has besides the program.
var beside = []string{"README.md", "LICENSE", "CHANGELOG.md"}

func main() {
	log.SetFlags(0)
	version := flag.String("version", "dev", "of the release, for the names of files")
	out := flag.String("out", filepath.Join("out", "dist"), "the folder to write to; what an earlier run wrote there is replaced")
	goTool := flag.String("go", "go", "the go command")
	only := flag.String("only", strings.Join(platforms, ","), "the platforms")
	flag.Parse()
	if err := run(*goTool, *version, *out, strings.Split(*only, ",")); err != nil {
		log.Fatal("dist: ", err)
	}
}

func run(goTool, version, out string, targets []string) error {
	if strings.ContainsAny(version, `/\`) || version == "" {
		return fmt.Errorf("-version %q: want a word without slashes", version)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "truce-dist-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	var sums bytes.Buffer
	for _, target := range targets {
		system, machine, ok := strings.Cut(target, "/")
		if !ok {
			return fmt.Errorf("-only %q: want SYSTEM/MACHINE, such as linux/amd64", target)
		}
		program := "truce"
		if system == "windows" {
			program += ".exe"
		}
		built := filepath.Join(work, program)
		cmd := exec.Command(goTool, "build", "-trimpath", "-ldflags=-s -w", "-o", built, "./cmd/truce")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+machine)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", target, err)
		}
		files, err := read(append([]string{built}, beside...))
		if err != nil {
			return err
		}
		top := fmt.Sprintf("truce-%s-%s-%s", version, system, machine)
		name, pack := top+".tar.gz", tarball
		if system == "windows" {
			name, pack = top+".zip", zipped
		}
		var b bytes.Buffer
		if err := pack(&b, top, files); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, name), b.Bytes(), 0o644); err != nil {
			return err
		}
		line := fmt.Sprintf("%x  %s\n", sha256.Sum256(b.Bytes()), name)
		fmt.Print(line)
		sums.WriteString(line)
	}
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), sums.Bytes(), 0o644)
}

// A file of an archive.
type file struct {
	name string
	mode os.FileMode
	data []byte
}

// read reads the program, and the files beside it.
func read(names []string) (out []file, err error) {
	for i, name := range names {
		f := file{name: filepath.Base(name), mode: 0o644}
		if i == 0 {
			f.mode = 0o755
		}
		if f.data, err = os.ReadFile(name); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// made is the time of every file: the earliest that a zip can state.
var made = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func tarball(w io.Writer, top string, files []file) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	for _, f := range files {
		if err := t.WriteHeader(&tar.Header{Name: top + "/" + f.name, Mode: int64(f.mode), Size: int64(len(f.data)), ModTime: made, Format: tar.FormatUSTAR}); err != nil {
			return err
		}
		if _, err := t.Write(f.data); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return z.Close()
}

func zipped(w io.Writer, top string, files []file) error {
	z := zip.NewWriter(w)
	for _, f := range files {
		h := &zip.FileHeader{Name: top + "/" + f.name, Method: zip.Deflate, Modified: made}
		h.SetMode(f.mode)
		in, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := in.Write(f.data); err != nil {
			return err
		}
	}
	return z.Close()
}
