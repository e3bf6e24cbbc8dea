package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Witness is a secret key that co-signs checkpoints (C2SP tlog-cosignature,
// Ed25519) and is used for nothing else.
type Witness struct {
	name string
	hash uint32
	key  ed25519.PrivateKey
}

// NewWitness makes a witness of a signing key's text, PRIVATE+KEY+...: the same
// text serves other witnesses that speak the protocol.
func NewWitness(skey string) (*Witness, error) {
	f := strings.SplitN(strings.TrimSpace(skey), "+", 5)
	if len(f) != 5 || f[0] != "PRIVATE" || f[1] != "KEY" {
		return nil, errors.New("no signing key")
	}
	raw, err := base64.StdEncoding.DecodeString(f[4])
	if err != nil || len(raw) != 1+ed25519.SeedSize || raw[0] != 1 {
		return nil, errors.New("no Ed25519 signing key")
	}
	key := ed25519.NewKeyFromSeed(raw[1:])
	pub := append([]byte{4}, key.Public().(ed25519.PublicKey)...)
	sum := sha256.Sum256(append([]byte(f[2]+"\n"), pub...))
	return &Witness{f[2], binary.BigEndian.Uint32(sum[:]), key}, nil
}

// VKey is the witness's verifier key, of signature type 0x04.
func (w *Witness) VKey() string {
	pub := append([]byte{4}, w.key.Public().(ed25519.PublicKey)...)
	return fmt.Sprintf("%s+%08x+%s", w.name, w.hash, base64.StdEncoding.EncodeToString(pub))
}

// Cosign returns the signature line of the witness for a checkpoint, which it
// has verified, at a moment.
func (w *Witness) Cosign(checkpoint []byte, at time.Time) (string, error) {
	text, _, ok := strings.Cut(string(checkpoint), "\n\n")
	if !ok {
		return "", errors.New("no checkpoint")
	}
	t := uint64(at.Unix())
	msg := fmt.Sprintf("cosignature/v1\ntime %d\n%s\n", t, text)
	sig := binary.BigEndian.AppendUint32(nil, w.hash)
	sig = binary.BigEndian.AppendUint64(sig, t)
	sig = append(sig, ed25519.Sign(w.key, []byte(msg))...)
	return fmt.Sprintf("— %s %s\n", w.name, base64.StdEncoding.EncodeToString(sig)), nil
}

// Witness is the secret as a witness's key.
func (s *Secret) Witness() (*Witness, error) { return NewWitness(s.skey) }

// SeedOf is the Ed25519 seed of a signing key's text; nil if it is none. Other
// programs' formats of the same key are made from it.
func SeedOf(skey string) []byte {
	w, err := NewWitness(skey)
	if err != nil {
		return nil
	}
	return w.key.Seed()
}
