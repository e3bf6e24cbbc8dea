package mission

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"

	"filippo.io/age"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
)

// HandedOver ends a command that signed into a file.
type HandedOver struct{ File string }

func (h HandedOver) Error() string { return "signed into " + h.File }

// handOver writes a signed submission into a file. What stands behind its
// commitments goes with it, encrypted to those who keep the mission's shelf.
func (m *Mission) handOver(file string, sub *ledger.Submission, openings []ledger.Opening) error {
	shared, restricted := parted(openings)
	sealed := make([][]byte, 2)
	for i, x := range []struct {
		list  []ledger.Opening
		roles []ledger.Role
	}{{shared, sharedReaders}, {restricted, restrictedReaders}} {
		if len(x.list) == 0 {
			continue
		}
		var to []age.Recipient
		data, err := ledger.Marshal(x.list)
		if err == nil {
			to, err = m.recipients(x.roles...)
		}
		if err == nil {
			sealed[i], err = evidence.Encrypt(data, to...)
		}
		if err != nil {
			return err
		}
	}
	text, err := sub.Handed(sealed[0], sealed[1])
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return HandedOver{file}
}

// idSecret is what keyed IDs are made with: the mission's, or one of its own for
// what is signed elsewhere, where nobody has the mission's.
func (m *Mission) idSecret() ([]byte, error) {
	secret, err := m.Secret()
	if err == nil || m.Into == "" {
		return secret, err
	}
	secret = make([]byte, 32)
	rand.Read(secret)
	return secret, nil
}

// ErrNotSubmission is wrapped where a file is no signed submission.
var ErrNotSubmission = errors.New("no submission")

// Take brings a signed submission, as it was handed over, into the record, and
// returns the record's signed receipt for it.
func (m *Mission) Take(log *ledger.Log, data []byte) (kind string, got ledger.Receipt, note []byte, err error) {
	sub, shared, restricted, err := ledger.ParseHanded(data)
	if err != nil {
		return "", got, nil, fmt.Errorf("%w: %w", ErrNotSubmission, err)
	}
	// What is behind the commitments is on the shelf before the record commits to it.
	hash := truce.Digest(sub.Hash())
	for piece, sealed := range map[truce.Digest][]byte{hash: shared, Behind(hash): restricted} {
		if len(sealed) == 0 || m.Shelf().Has(piece) {
			continue
		}
		if err := m.Shelf().Keep(piece, sealed); err != nil {
			return "", got, nil, err
		}
	}
	list, err := log.Append(context.Background(), sub)
	if err != nil {
		return "", got, nil, err
	}
	if note, err = log.ReceiptNote(list); err != nil {
		return "", got, nil, err
	}
	if !list[0].Known {
		err = m.keep(log, list)
	}
	return strings.ReplaceAll(sub.Kind(), "-", " "), list[0], note, err
}
