// Package audit answers: is this record what was signed, whole and unaltered?
//
// It is for those who do not trust the mission, so it shares no code with what
// writes the record, imports nothing of ours, and rests on the standard library
// and golang.org/x/mod/sumdb alone. The formats are those of C2SP (tlog-tiles,
// tlog-checkpoint, tlog-cosignature, tlog-policy, tlog-proof, signed-note) and of
// doc/record-format.md.
//
// A record is an append-only Merkle tree (RFC 6962) of entries. A [Checkpoint]
// commits to all of them. A [Log] reads checkpoint, tiles and entries from a
// folder or from any web server. [Log.Verify] goes through all of it; an
// inclusion [Proof] and a [Receipt] can be checked alone, years later, without
// the record.
//
// What it proves: that nothing was altered, left out or put in after it was
// signed; who signed each entry, and that they were allowed to; that this view
// grew out of an earlier one. What it cannot prove: that an entry is true, and
// that nobody was shown another record, unless witnesses co-signed this one.
//
// The package also says which entries break a rule of doc/record-format.md, such
// as an interval that ends before it begins, or a latitude of 95 degrees: an
// [Objection]. The record verifies all the same.
package audit

import (
	"errors"
	"fmt"
)

// ErrFault is wrapped by every error that means: what was read is not what was
// signed. Other errors mean that something could not be read.
var ErrFault = errors.New("the record does not verify")

// A Fault says what does not verify, and where.
type Fault struct {
	Entry int64  // index of the entry, or -1
	File  string // the file in the record, or empty
	Why   string
	Fork  bool // the log signed two histories: both checkpoints prove it
	few   bool // too few witnesses co-signed it
}

func (f *Fault) Error() string {
	switch {
	case f.Entry >= 0 && f.File != "":
		return fmt.Sprintf("entry %d (%s): %s", f.Entry, f.File, f.Why)
	case f.Entry >= 0:
		return fmt.Sprintf("entry %d: %s", f.Entry, f.Why)
	case f.File != "":
		return f.File + ": " + f.Why
	}
	return f.Why
}

// Unwrap makes every fault an ErrFault.
func (f *Fault) Unwrap() error { return ErrFault }

func faultf(entry int64, file, format string, args ...any) *Fault {
	return &Fault{Entry: entry, File: file, Why: fmt.Sprintf(format, args...)}
}
