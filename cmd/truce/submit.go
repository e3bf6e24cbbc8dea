package main

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
	"github.com/spf13/cobra"
)

// handedOver ends a command that signed into a file.
type handedOver struct{ file string }

func (h handedOver) Error() string { return "signed into " + h.file }

// handOver writes a signed submission into a file. What stands behind its
// commitments goes with it, encrypted to those who keep the mission's shelf.
func (m *mission) handOver(file string, sub *ledger.Submission, openings []ledger.Opening) error {
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
	return handedOver{file}
}

// idSecret is what keyed IDs are made with: the mission's, or one of its own for
// what is signed elsewhere, where nobody has the mission's.
func (m *mission) idSecret(c command) ([]byte, error) {
	secret, err := m.secret()
	if err == nil || *c.into == "" {
		return secret, err
	}
	secret = make([]byte, 32)
	rand.Read(secret)
	return secret, nil
}

func (c command) submit() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "submit MISSION FILE...",
		Short: "Take in what others signed into files, and give each its receipt",
		Long: `People sign where their keys are: on a mirror, with --into FILE. Submit checks the
signature and the role, writes the submission to the record, and writes the
record's signed receipt beside the file, to be handed back: whoever holds it can
prove later that the submission was taken out. The same file twice is one entry.`,
		Example: `  truce notify mirror "2025-08-20T10:00/12:00+03:00 48.01N 37.80E ±2km act=explosion" --because "found shells" --as ua-1 --into notice.json
  truce submit field notice.json
  truce verify field --receipt notice.json.receipt`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, done, err := c.writing(args[0])
			if err != nil {
				return err
			}
			defer done()
			log, err := m.open(c, c.bar())
			if err != nil {
				return err
			}
			refused := 0
			for _, name := range args[1:] {
				err := c.take(m, log, name)
				switch {
				case errors.Is(err, ledger.ErrMayNot), errors.Is(err, ledger.ErrRefused), errors.Is(err, errNotSubmission):
					refused++
					fmt.Fprintf(c.out, "%s: %v\n", name, err)
				case err != nil:
					_ = log.Close(context.Background())
					return advise(err)
				}
			}
			if err := log.Close(context.Background()); err != nil {
				return advise(err)
			}
			if refused > 0 {
				return exit(exitNo)
			}
			return nil
		},
	}
	return cmd
}

var errNotSubmission = errors.New("no submission")

// take brings one file into the record.
func (c command) take(m *mission, log *ledger.Log, name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	sub, shared, restricted, err := ledger.ParseHanded(data)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotSubmission, err)
	}
	// What is behind the commitments is on the shelf before the record commits to it.
	hash := truce.Digest(sub.Hash())
	for piece, sealed := range map[truce.Digest][]byte{hash: shared, behind(hash): restricted} {
		if len(sealed) == 0 || m.shelf().Has(piece) {
			continue
		}
		if err := m.shelf().Keep(piece, sealed); err != nil {
			return err
		}
	}
	got, err := log.Append(context.Background(), sub)
	if err != nil {
		return err
	}
	note, err := log.ReceiptNote(got)
	if err != nil {
		return err
	}
	if err := os.WriteFile(name+".receipt", note, 0o644); err != nil {
		return err
	}
	if got[0].Known {
		fmt.Fprintf(c.out, "%s: it stands in the record already, entry %d; receipt %s.receipt\n", name, got[0].Index, name)
		return nil
	}
	fmt.Fprintf(c.out, "%s: a %s, entry %d; receipt %s.receipt\n", name, strings.ReplaceAll(sub.Kind(), "-", " "), got[0].Index, name)
	return m.keep(log, got)
}
