// Package brief answers: what is printed? It makes a report, and the board of the first
// page, from a situation and from what the record has beside it. Package report writes
// them.
package brief

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/release"
)

// Inputs are what a report says beside what the situation knows.
type Inputs struct {
	To      release.Viewer // whose report it is, and when they look
	Made    truce.Instant  // when the mission was made: what the report is of, where nothing is known
	Build   string         // this program
	Method  string         // the method that the record names, where it is another than this program's
	Skipped int            // entries of the record that break a rule of its format
	Sealed  int            // inputs in the record that are not public
	Outages []Outage       // the mission's own
	Demo    bool           // whoever decided in it is invented
	Agreed  string         // of a demo: what was agreed, with what is outside the terms
	Depends string         // of a demo: what its findings depend on
	Claims  string         // of a demo: what the parties claimed
	Record  Record
}

// An Outage is a time in which the mission itself could not look.
type Outage struct {
	What, Because string
	During        truce.Interval
}

// A Record answers what a report asks only where it has something to print.
type Record interface {
	// Words gives an item's free text: the public one, or else the sealed one, as far as
	// the reader may have it. NotRead stands for one that they may not.
	Words(id truce.Digest, public string) string
	// Although gives what a decision says of what speaks against it.
	Although(id truce.Digest, public string) string
	// Basis is Words of what an attribution is based on.
	Basis(id truce.Digest, public string) string
	// RejectedRows counts rows of files that could not be read and may be of a period; the
	// zero interval is all time.
	RejectedRows(period truce.Interval) (RejectedRows, error)
	// Files lists what was read into the record, in order.
	Files() ([]File, error)
	// Read says from where each of some reports was read; those that are not in the record, or
	// whose file is not public, are missing.
	Read(ids map[truce.Digest]bool) (map[truce.Digest]Read, error)
	// GeometrySources gives the agreement's SOURCES.md; ok is false if it has none.
	GeometrySources() (text string, ok bool)
}

// NotRead stands for a text that may not be read here.
const NotRead = "(not public)"

// RejectedRows count the rows of files that could not be read.
type RejectedRows struct {
	Dated     int // of the period, at least in part
	Undated   int // of a time that could not be read
	Elsewhere int // in files that were read on another machine, of whatever time
}

// Read is from where a report was read.
type Read struct {
	Entry  int64        // of the record
	File   string       // as it was received; empty: by hand
	Digest truce.Digest // of that file
}

// A File was read into the record.
type File struct {
	Kind   string         // of source
	Source truce.SourceID // that its records name
}

// NothingKnown is the error of a period of which nothing is known.
type NothingKnown struct{ Known string } // the time of which something is

func (e NothingKnown) Error() string { return "nothing is known of that period" }
