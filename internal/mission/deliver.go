package mission

import (
	"fmt"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
)

// A Delivery is what somebody elsewhere asks to hand in: the rows of one file.
type Delivery struct {
	By      string // whose quota it counts toward
	Digests []truce.Digest
	key     ledger.Key
}

// Announce checks the signed announcement of a file, as HandedBatch writes it: a source
// entry that is not written to the record. Only the intake hands in files from
// elsewhere. What it names may be uploaded.
func (m *Mission) Announce(log *ledger.Log, data []byte) (d Delivery, err error) {
	subs, err := ledger.ParseHandedBatch(data)
	if err != nil {
		return d, fmt.Errorf("%w: %w", ErrNotSubmission, err)
	}
	if d.key, err = log.VetBatch(subs); err != nil {
		return d, err
	}
	e, err := subs[0].Entry(m.Now())
	if err != nil {
		return d, fmt.Errorf("%w: %w", ledger.ErrRefused, err)
	}
	if e.Kind != "source" || e.Sealed != nil {
		return d, fmt.Errorf("%w: want the source entry of a public file", ledger.ErrRefused)
	}
	if err := intakeAlone(&d.key); err != nil {
		return d, err
	}
	in, err := ParseIntake(e.Content)
	if err != nil {
		return d, fmt.Errorf("%w: %w", ledger.ErrRefused, err)
	}
	d.By, d.Digests = quotaOf(&d.key), []truce.Digest{in.Evidence}
	if !in.Mapping.IsZero() {
		d.Digests = append(d.Digests, in.Mapping)
	}
	return d, m.charge(&d.key, len(data))
}

// Charge counts bytes of an upload toward the quota of whoever announced it.
func (m *Mission) Charge(d *Delivery, bytes int) error { return m.charge(&d.key, bytes) }

func (m *Mission) charge(by *ledger.Key, bytes int) error {
	if m.Live == nil || m.Live.Quota == nil {
		return nil
	}
	if err := m.Live.Quota(quotaOf(by), bytes); err != nil {
		return fmt.Errorf("%w: %w", ErrTooMany, err)
	}
	return nil
}

// intakeAlone lets only the intake hand in rows of files from elsewhere: their texts and
// shapes have no bound of their own, since the intake reads what publishers publish.
func intakeAlone(by *ledger.Key) error {
	if by.Role == ledger.Intake {
		return nil
	}
	return Hint{fmt.Errorf("%w: files are read in from elsewhere with the key of the intake, and %s is the key of a %s", ledger.ErrMayNot, by.Name, by.Role),
		"read the file in on the mission's machine, or state what it says with truce observe"}
}

// delivery announces a file to a room elsewhere, which is then ready for its rows.
func (m *Mission) delivery(in *Intake, key *ledger.Secret) error {
	if !m.elsewhere() {
		return nil
	}
	about, err := m.aboutFile(in, key)
	if err != nil {
		return err
	}
	if err := m.Via.Begin(about); err != nil {
		return err
	}
	m.Seen = nil
	return m.Via.Settle() // others may have read the same file until now
}

// upload brings the file, and what says how it is read, to a room elsewhere.
func (m *Mission) upload(in *Intake) error {
	if !m.elsewhere() {
		return nil
	}
	for _, sum := range []truce.Digest{in.Evidence, in.Mapping} {
		if sum.IsZero() {
			continue
		}
		err := m.Via.File(sum, m.Evidence.Path(sum), func(done, total int64) { m.Progress.Read("sending "+in.File, done, total) })
		m.Progress.Done()
		if err != nil {
			return err
		}
	}
	return nil
}

// aboutFile is the signed source entry of a file.
func (m *Mission) aboutFile(in *Intake, key *ledger.Secret) ([]byte, error) {
	content, err := ledger.Marshal(in)
	if err != nil {
		return nil, err
	}
	sub, err := (&ledger.Body{Kind: "source", Mission: m.Origin(), At: ledger.Time(m.Now()), Content: content}).Say(key)
	if err != nil {
		return nil, err
	}
	return ledger.HandedBatch([]ledger.Submission{sub})
}

// Names reports whether a delivery may upload a file of a digest.
func (d *Delivery) Names(sum truce.Digest) bool { return slices.Contains(d.Digests, sum) }
