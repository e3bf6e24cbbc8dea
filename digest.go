package truce

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// A Digest is a SHA-256 hash.
type Digest [32]byte

// DigestOf hashes parts so that no two lists of parts share a preimage: each
// part is preceded by its length.
func DigestOf(parts ...string) Digest {
	var buf [512]byte
	b := buf[:0]
	for _, p := range parts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	return sha256.Sum256(b)
}

// Hex is the whole digest in hexadecimal, 64 characters.
func (d Digest) Hex() string { return hex.EncodeToString(d[:]) }

// String is the first twelve hexadecimal characters, enough to name a thing
// within one mission.
func (d Digest) String() string { return hex.EncodeToString(d[:6]) }

// IsZero reports whether d is unset.
func (d Digest) IsZero() bool { return d == Digest{} }

// Less orders digests by their bytes.
func (d Digest) Less(e Digest) bool {
	for i := 0; i < len(d); i += 8 {
		a, b := binary.BigEndian.Uint64(d[i:]), binary.BigEndian.Uint64(e[i:])
		if a != b {
			return a < b
		}
	}
	return false
}

// Compare is -1, 0 or 1 by the order of Less.
func (d Digest) Compare(e Digest) int { return bytes.Compare(d[:], e[:]) }

// MarshalText writes Hex.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.Hex()), nil }

// UnmarshalText reads 64 hexadecimal digits in lower case.
func (d *Digest) UnmarshalText(b []byte) error {
	if len(b) != 64 {
		return fmt.Errorf("digest %q: want 64 hexadecimal characters", b)
	}
	if bytes.ContainsAny(b, "ABCDEF") { // one digest is written in one way
		return fmt.Errorf("digest %q: want lower case", b)
	}
	_, err := hex.Decode(d[:], b)
	return err
}
