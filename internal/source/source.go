// Package source answers: what does this file of a publisher say? It turns
// bytes into observations, tallies and coverage, and nothing else: no network,
// no clock, no state between two calls.
//
// What it promises:
//
//   - Reading is strict. Each column is used or named in an ignore list; an
//     unknown or missing column ends the file. A value that is not understood
//     refuses its row as a [Refusal], with file, row, line, column and value,
//     and the row is kept whole. A row that is understood and is no
//     observation is a [SetAside] with its reason. Nothing is dropped in
//     silence and nothing is guessed; a day that a file does not speak of is
//     no data, never zero.
//   - The same bytes give the same records with the same IDs, so that reading
//     a file twice is harmless.
//   - Files are streamed. What is held is one row, the repeated strings, and,
//     for publishers without keys, a digest for each row.
//
// It leaves to others what the words mean, whether two records are about the
// same thing, and which party an organ belongs to.
//
// To add a source, write one file with a Kind in it, add its word to Kinds, and
// put a small real sample in testdata/<name>; the golden test and the fuzz
// target find it there.
package source

import (
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
	_ "time/tzdata" // local times must not depend on the machine

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/gazetteer"
)

// Kinds lists every source we can read.
var Kinds = []Kind{viina, airforceUA, alertsUA, firms, ucdpGED, ucdpAPI, lines, acled, gdelt, smm, airwars, awsd, ydp, locS, locM, koboKind, odkKind,
	tableKind, csvKind, jsonlKind, geojsonKind}

// A Kind is one publisher's way of writing.
type Kind struct {
	Name        string // as in testdata/<name> and on the command line
	Publisher   string
	License     string
	Attribution string
	Doc         string // what the kind reads, in one line
	// Organ: an organ of a party publishes it. Everything it says is an
	// allegation or a party's tally; the agreement's sources say of which party.
	Organ bool
	// Mapped: what the columns mean is said by a mapping.
	Mapped bool
	Base   string         // the shipped mapping that says what a mapping does not; "": there is none
	MayMap bool           // a mapping may be given, and need not
	As     truce.SourceID // whose word its records are, where that is not the kind's name
	// Parse yields records in the order of the file. A *Refusal or *SetAside is
	// about one row and reading goes on; any other error ends the file, and
	// what came before it stays good.
	Parse  func(r io.Reader, o Options) iter.Seq2[truce.Item, error]
	Expect [2]int // plausible rows a day, fewest and most; 0, 0: cannot be said
}

// Find returns the kind of that name.
func Find(name string) (Kind, error) {
	names := make([]string, len(Kinds))
	for i, k := range Kinds {
		if k.Name == name {
			return k, nil
		}
		names[i] = k.Name
	}
	return Kind{}, fmt.Errorf("source kind %q is unknown%s", name, truce.Suggest(name, names))
}

// Options say what a file does not say itself. The zero value reads what needs
// nothing more.
type Options struct {
	File      string               // for messages
	Source    truce.SourceID       // "": the kind's name
	Mapping   *Mapping             // csv, jsonl, geojson: what the columns mean
	Gazetteer *gazetteer.Gazetteer // the agreement's; nil: no place is known by name
	Location  *time.Location       // of local times; nil: the publisher's own
	Local     *time.Location       // the agreement's zone: of local times where neither Location nor the publisher says one; nil: no zone
	Encoding  string               // "": utf-8; or cp1252, cp1251, latin1
	Revises   bool                 // a preview: a later row of a key corrects an earlier one
	Vintage   int                  // ucdp-ged: the revision all rows get
	Zones     []string             // of the agreement: a region is one of them before it is one of the gazetteer's
	Zone      string               // firms: the zone its coverage is about; "": everywhere
	Sheet     string               // a proposal: the sheet or layer to look at; "": the first that holds a table
	MaxCell   int                  // longest cell in bytes; 0: 1 MiB
	Unpacked  int64                // bytes that a workbook may unpack into; 0: the limits of package format
	Progress  func(bytes int64)    // told now and then how much has been read
	Row       func(Row)            // told each row of the file before what it gives; nil: nobody asks
	Remark    func(Remark)         // told what people should know and what rejects no row; nil: nobody asks

	outlines map[string]*geo.Region // of the agreement's zones; see Of
	parties  []string               // of the agreement, for proposals

	self   func() (io.ReadCloser, error) // opens the file once more; nil: it cannot be
	beside []Entry                       // files that came with this one
}

func (o Options) source(k string) truce.SourceID {
	if o.Source != "" {
		return o.Source
	}
	return truce.SourceID(k)
}

func (o Options) places() *gazetteer.Gazetteer {
	if o.Gazetteer != nil {
		return o.Gazetteer
	}
	return &gazetteer.Gazetteer{}
}

// some lists names, and says how many more there are.
func some(names []string) string {
	const most = 8
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// A Refusal is a row, or an object, that could not be read. It is kept whole;
// only of a line too long to hold, the first 4096 bytes.
type Refusal struct {
	File   string
	Row    int    // from 1, the header not counted
	Line   int    // physical line, from 1; 0: not known
	Column string // "": the row as a whole
	Value  string
	Why    string
	Hint   string
	Key    string         // the publisher's, where it could be read; "": not known
	When   truce.Interval // when it says that something was, where that could be read; zero: not known
	Raw    []byte         // the row as received, without its line end; in UTF-8 when Encoding was stated
}

func (r *Refusal) Error() string {
	var b strings.Builder
	if r.File != "" {
		b.WriteString(r.File + ": ")
	}
	fmt.Fprintf(&b, "row %d", r.Row)
	if r.Line > 0 {
		fmt.Fprintf(&b, " (line %d)", r.Line)
	}
	if r.Column != "" {
		fmt.Fprintf(&b, ": %s %q", r.Column, r.Value)
	}
	b.WriteString(": " + r.Why)
	if r.Hint != "" {
		b.WriteString("; hint: " + r.Hint)
	}
	return b.String()
}

// A Row is one row of a file as it was received, whatever comes of it.
type Row struct {
	File    string
	N, Line int    // from 1; Line 0: not known
	Raw     []byte // valid until the next row
}

// A SetAside is a row that was read and deliberately skipped. Callers count skipped
// rows by reason.
type SetAside struct{ Why string }

func (s *SetAside) Error() string { return "set aside: " + s.Why }
