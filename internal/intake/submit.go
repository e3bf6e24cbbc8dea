package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// HandedOver ends a command that signed into a file.
type HandedOver struct{ File string }

func (h HandedOver) Error() string { return "signed into " + h.File }

// handed is a signed submission as it is handed over. What is behind its commitments
// goes with it, encrypted to those who keep the mission's shelf.
func (m *Writer) handed(sub *ledger.Submission, openings []ledger.Opening) ([]byte, error) {
	var pieces ledger.Pieces
	for i, p := range piecesOf(truce.Digest(sub.Hash()), openings) {
		if len(p.list) == 0 {
			continue
		}
		to := []*[]byte{&pieces.Shared, &pieces.Restricted, &pieces.Texts}[i]
		var readers []age.Recipient
		data, err := ledger.Marshal(p.list)
		if err == nil {
			readers, err = m.recipients(p.readers...)
		}
		if err == nil {
			*to, err = evidence.Encrypt(data, readers...)
		}
		if err != nil {
			return nil, err
		}
	}
	return sub.Handed(pieces)
}

// handOver writes a signed submission into a file.
func (m *Writer) handOver(file string, sub *ledger.Submission, openings []ledger.Opening) error {
	text, err := m.handed(sub, openings)
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

// ErrNotSubmission is wrapped where a file is not a signed submission.
var ErrNotSubmission = errors.New("not a submission")

// ErrTooMany is wrapped where a key has submitted more than its quota.
var ErrTooMany = errors.New("too many submissions")

// Take brings a signed submission, as it was handed over, into the record, and
// returns the record's signed receipt for it. Everything that can be checked is
// checked before anything is written anywhere: the signature, the role, each rule
// of doc/record-format.md, and that what is behind its commitments is here.
func (m *Writer) Take(data []byte) (kind string, got ledger.Receipt, note []byte, err error) {
	return m.TakeAt(data, -1)
}

// TakeAt is Take for what rests on the record as it was when it had seen entries. If
// something was recorded since that it had to know, the error wraps ErrMoved. The
// mission must have read all of the record (monitor.Room.SayNow).
func (m *Writer) TakeAt(data []byte, seen int64) (kind string, got ledger.Receipt, note []byte, err error) {
	sub, pieces, err := ledger.ParseHanded(data)
	if err != nil {
		return "", got, nil, fmt.Errorf("%w: %w", ErrNotSubmission, err)
	}
	kind = strings.ReplaceAll(sub.Kind(), "-", " ")
	by, _, known, err := m.log.Vet(sub)
	if err != nil {
		return "", got, nil, err
	}
	if most := mostOf(by.Role); len(sub.Bytes()) > most {
		return "", got, nil, fmt.Errorf("%w: %s of %d bytes; a %s hands in at most %d", ledger.ErrRefused, kind, len(sub.Bytes()), strings.ReplaceAll(string(by.Role), "-", " "), most)
	}
	if sub.Kind() == "source" {
		return "", got, nil, fmt.Errorf("%w: %w", ledger.ErrRefused, &ledger.Objection{Rule: ledger.RuleFiles, Why: "files are read in with truce ingest"})
	}
	// What is in the record everybody can copy and send again: that costs its author
	// nothing. Nor does what a sender puts around what was signed.
	if !known {
		if err := m.charge(&by, len(sub.Bytes())+len(pieces.Shared)+len(pieces.Restricted)+len(pieces.Texts)); err != nil {
			return "", got, nil, err
		}
	}
	e, err := sub.Entry(m.Now())
	if err != nil {
		return "", got, nil, fmt.Errorf("%w: %w", ledger.ErrRefused, err)
	}
	if seen >= 0 && !known {
		if err := m.moved(e, seen); err != nil {
			return "", got, nil, err
		}
	}
	opened, list, err := m.unpack(e, pieces)
	if err != nil && !known {
		return "", got, nil, err
	}
	hash := truce.Digest(sub.Hash())
	if !known {
		if err := m.admit(e, &by, opened); err != nil {
			// The same submission may have been written since it was vetted.
			if _, _, known, _ = m.log.Vet(sub); !known {
				return "", got, nil, err
			}
		}
	}
	// What is behind the commitments is on the shelf before the record commits to it.
	kept, err := m.keepPieces(hash, pieces, known, err == nil)
	if err != nil {
		m.settled(e, -1)
		return "", got, nil, err
	}
	receipts, err := m.log.Append(context.Background(), sub)
	if err == nil {
		m.settled(e, receipts[0].Index)
	} else {
		m.settled(e, -1)
		if !errors.Is(err, ledger.ErrReopen) { // it may have been written
			for _, name := range kept {
				_ = m.Shelf().Remove(name)
			}
		}
		return "", got, nil, err
	}
	if note, err = m.log.ReceiptNote(receipts); err != nil {
		return "", got, nil, err
	}
	if !receipts[0].Known {
		err = m.keep(m.log, receipts)
		m.hearBoth(m.log, &sub, list)
	}
	return kind, receipts[0], note, err
}

// mostOf is how long a body may be that somebody hands in. A bundle of entries is
// written once more for each that is added to it, so long ones cost the disk dearly.
func mostOf(role ledger.Role) int {
	switch role {
	case ledger.HeadOfMission, ledger.Mediator, ledger.Intake, ledger.ReportingOfficer:
		return 1 << 16
	}
	return 1 << 14
}

// quotaOf is whose quota a submission counts toward: a party's, or a person's, however
// often they replace their key.
func quotaOf(by *ledger.Key) string {
	if by.Party != "" {
		return "party " + string(by.Party)
	}
	return by.Hand
}

// unpack opens the pieces of a submission, and holds them against its commitments:
// all of them must be here, and open with the mission's own key, except what is
// restricted to those who verify. Of that, only the form can be seen here.
func (m *Writer) unpack(e *ledger.Entry, p ledger.Pieces) (*ledger.Opened, []ledger.Opening, error) {
	refuse := func(format string, args ...any) (*ledger.Opened, []ledger.Opening, error) {
		return nil, nil, fmt.Errorf("%w: %w", ledger.ErrRefused, &ledger.Objection{Rule: ledger.RuleShelf, Why: fmt.Sprintf(format, args...)})
	}
	if e.Sealed == nil {
		if len(p.Shared)+len(p.Restricted)+len(p.Texts) > 0 {
			return refuse("it comes with sealed pieces, and commits to none")
		}
		return &ledger.Opened{}, nil, nil
	}
	var all []ledger.Opening
	for _, x := range []struct {
		what   string
		sealed []byte
	}{{"shared", p.Shared}, {"texts", p.Texts}} {
		if len(x.sealed) == 0 {
			continue
		}
		plain, err := evidence.Decrypt(x.sealed, m.Identities()...)
		if err != nil {
			return refuse("the piece %q does not open with the mission's key: %v", x.what, err)
		}
		list, err := mission.ParseOpenings(plain)
		if err != nil {
			return refuse("the piece %q is not a list of openings: %v", x.what, err)
		}
		all = append(all, list...)
	}
	opened, strange := e.Open(all)
	restricted := len(e.Sealed.Restricted) - len(opened.Restricted)
	switch {
	case strange > 0:
		return refuse("%s in its pieces are not what it commits to", mission.Plural(strange, "opening"))
	case !opened.Whole():
		return refuse("what is behind its commitments did not come with it, or not all of it")
	case restricted > 0 && !evidence.Sealed(p.Restricted):
		return refuse("what is behind its restricted commitments did not come with it")
	case restricted == 0 && len(p.Restricted) > 0:
		return refuse("it comes with a restricted piece, and commits to nothing in it")
	}
	for name := range opened.Restricted {
		if !slices.Contains(textFields, name) {
			return refuse("the field %q is not a text; want it in the restricted piece", name)
		}
	}
	return opened, all, nil
}

// keepPieces puts the pieces of a submission on the shelf, and returns the names of
// those that were not there before. A piece that is there and opens is left; one
// that does not is replaced by a good one. What was forgotten stays forgotten.
func (m *Writer) keepPieces(id truce.Digest, p ledger.Pieces, known, good bool) (kept []truce.Digest, err error) {
	if known && (!good || m.forgotten(id)) {
		return nil, nil
	}
	for i, x := range piecesOf(id, nil) {
		sealed := [][]byte{p.Shared, p.Restricted, p.Texts}[i]
		if len(sealed) == 0 {
			continue
		}
		if m.Shelf().Has(x.name) {
			if _, err := m.Shelved(x.name); err == nil {
				continue
			}
		} else {
			kept = append(kept, x.name)
		}
		if err := m.Shelf().Keep(x.name, sealed); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

// forgotten reports whether the record says that something of an entry was removed
// from the shelf. Where that cannot be read, nothing is put back.
func (m *Writer) forgotten(id truce.Digest) bool {
	v, err := m.Glance()
	if err != nil {
		return true
	}
	return slices.ContainsFunc(v.Rest, func(e *ledger.Entry) bool {
		var c ledger.Forgetting
		return e.Kind == "forgetting" && mission.Strict(e.Content, &c) == nil && c.Of == id
	})
}
