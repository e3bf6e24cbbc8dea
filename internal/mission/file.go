package mission

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
)

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
