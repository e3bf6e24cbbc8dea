package intake

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// A Delivery is what somebody elsewhere asks to hand in: the rows of one file.
type Delivery struct {
	By      string // whose quota it counts toward
	Digests []truce.Digest
	key     ledger.Key
}

// freshness is how far the time of an announcement may be from the room's.
const freshness = 10 * time.Minute

// An announcement says that a command elsewhere is about to hand in a file. The record
// never holds one: what is in the record everybody has, with its signature, and a copy of
// a source entry must announce nothing. A copy of an announcement is of no use to anybody
// else either, because it names the command, and soon of none at all.
type announcement struct {
	Evidence truce.Digest `json:"evidence"`
	Mapping  truce.Digest `json:"mapping,omitzero"`
	Reader   truce.Digest `json:"reader"` // SHA-256 of what the command calls itself (Truce-Reader)
}

// announcing is the kind of body that an announcement is: no entry has it.
const announcing = "delivery"

// Announce checks the signed announcement of a file, as HandedBatch writes it, by a
// command that calls itself reader. Only the intake hands in files from elsewhere. What
// it names may be uploaded.
func (m *Writer) Announce(reader string, data []byte) (d Delivery, err error) {
	subs, err := ledger.ParseHandedBatch(data)
	if err != nil {
		return d, fmt.Errorf("%w: %w", ErrNotSubmission, err)
	}
	if kind := subs[0].Kind(); kind != announcing {
		return d, fmt.Errorf("%w: the announcement of a file is of the kind %q, and this is of the kind %q", ledger.ErrRefused, announcing, kind)
	}
	var at time.Time
	var content []byte
	if d.key, at, content, err = m.log.Signed(&subs[0]); err != nil {
		return d, err
	}
	if err := intakeAlone(&d.key); err != nil {
		return d, err
	}
	var a announcement
	if err := mission.Strict(content, &a); err != nil {
		return d, fmt.Errorf("%w: %w", ledger.ErrRefused, err)
	}
	if a.Evidence.IsZero() {
		return d, fmt.Errorf("%w: the announcement names no file", ledger.ErrRefused)
	}
	if a.Reader != sha256.Sum256([]byte(reader)) {
		return d, fmt.Errorf("%w: another command signed this announcement", ledger.ErrRefused)
	}
	if now := m.Now(); at.Before(now.Add(-freshness)) || at.After(now.Add(freshness)) {
		return d, mission.Hinted(fmt.Errorf("%w: the announcement was signed at %s, and it is %s here; it counts for %d minutes", ledger.ErrRefused, ledger.Time(at), ledger.Time(now), int(freshness.Minutes())),
			"check this machine's clock, and repeat the command")
	}
	d.By, d.Digests = quotaOf(&d.key), []truce.Digest{a.Evidence}
	if !a.Mapping.IsZero() {
		d.Digests = append(d.Digests, a.Mapping)
	}
	return d, m.charge(&d.key, len(subs[0].Bytes()))
}

// Charge counts bytes of an upload toward the quota of whoever announced it.
func (m *Writer) Charge(d *Delivery, bytes int) error { return m.charge(&d.key, bytes) }

func (m *Writer) charge(by *ledger.Key, bytes int) error {
	if m.quota == nil {
		return nil
	}
	if err := m.quota(quotaOf(by), bytes); err != nil {
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
	return mission.Hinted(fmt.Errorf("%w: files are read in from elsewhere with the key of the intake, and %s is the key of a %s", ledger.ErrMayNot, by.Name, by.Role),
		"read the file in on the mission's machine, or state what it says with truce observe")
}

// delivery announces a file to a room elsewhere, which is then ready for its rows.
func (m *Writer) delivery(in *mission.Intake, key *ledger.Secret) error {
	if !m.elsewhere() {
		return nil
	}
	if err := m.via.Begin(func(reader truce.Digest) ([]byte, error) { return m.announcement(in, reader, key) }); err != nil {
		return err
	}
	m.Refresh()
	return m.via.Settle() // others may have read the same file until now
}

// upload brings the file, and what says how it is read, to a room elsewhere.
func (m *Writer) upload(in *mission.Intake) error {
	if !m.elsewhere() {
		return nil
	}
	for _, sum := range []truce.Digest{in.Mapping, in.Evidence} { // the room refuses some files for what the mapping says of them
		if sum.IsZero() {
			continue
		}
		err := m.via.File(sum, m.Evidence.Path(sum), func(done, total int64) { m.Progress.Read("sending "+in.File, done, total) })
		m.Progress.Done()
		if err != nil {
			return err
		}
	}
	return nil
}

// announcement is the signed announcement of a file by a command.
func (m *Writer) announcement(in *mission.Intake, reader truce.Digest, key *ledger.Secret) ([]byte, error) {
	content, err := ledger.Marshal(announcement{Evidence: in.Evidence, Mapping: in.Mapping, Reader: reader})
	if err != nil {
		return nil, err
	}
	sub, err := (&ledger.Body{Kind: announcing, Mission: m.Origin(), At: ledger.Time(m.Now()), Content: content}).Say(key)
	if err != nil {
		return nil, err
	}
	return ledger.HandedBatch([]ledger.Submission{sub})
}

// Names reports whether a delivery may upload a file of a digest.
func (d *Delivery) Names(sum truce.Digest) bool { return slices.Contains(d.Digests, sum) }
