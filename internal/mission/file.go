package mission

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"strings"
)

// WriteFile writes a file whole or not at all.
func WriteFile(name string, write func(*os.File) error) error {
	tmp, err := os.CreateTemp(dirOf(name), ".truce-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if err := write(tmp); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	if err := os.Chmod(tmp.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

func dirOf(name string) string {
	if i := strings.LastIndexByte(name, os.PathSeparator); i >= 0 {
		return name[:i+1]
	}
	return "."
}

// DigestOfFile is the SHA-256 of a file, in hexadecimal digits.
func DigestOfFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
