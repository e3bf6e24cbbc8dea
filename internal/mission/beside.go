package mission

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
)

// An entry has 65,535 bytes, and a front line as published has more. What does not fit
// lies beside the record, in a file that the entry names by its digest: the shape of a
// place, and what a release or a disclosure opens. A sealed place needs no file: its
// opening is on the shelf, where its length has no limit.

const (
	// mostContent is what an entry's content may have beside what the record adds to it.
	mostContent = 64_000
	// mostCorners bounds a shape, wherever it lies: whether it crosses itself takes time with
	// the square of its corners, if somebody means it to, and each question about an area goes
	// through its corners.
	mostCorners = 20_000
	// fewCorners fit an entry: only shapes that have more are looked at again.
	fewCorners = 2_500
	// mostBeside bounds a file that findings depend on, in bytes: some 100 for a corner.
	mostBeside = 16 << 20
)

// beside reads a file that an entry names and that findings depend on.
func (m *Reading) beside(sum truce.Digest) ([]byte, *ledger.Objection) {
	bad := func(format string, args ...any) *ledger.Objection {
		return &ledger.Objection{Rule: ledger.RuleFiles, Why: fmt.Sprintf("the file %.12s that it names ", sum.Hex()) + fmt.Sprintf(format, args...), Skipped: true}
	}
	info, err := os.Stat(m.Evidence.Path(sum))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, bad("is not there")
	case err != nil:
		return nil, bad("cannot be read: %v", err)
	case info.Size() > mostBeside:
		return nil, bad("has %d bytes, and such a file has %d at most", info.Size(), mostBeside)
	}
	data, err := os.ReadFile(m.Evidence.Path(sum))
	switch {
	case err != nil:
		return nil, bad("cannot be read: %v", err)
	case truce.Digest(sha256.Sum256(data)) != sum:
		return nil, bad("was altered since it was written")
	}
	return data, nil
}

// recordOf is what an entry says, with the shape of its place.
func (m *Reading) recordOf(e *ledger.Entry, o *ledger.Opened) (truce.Record, error) {
	r, err := e.Record(o)
	if err == nil {
		if bad := m.fill(&r); bad != nil {
			err = bad
		}
	}
	return r, err
}

// fill reads the shape of a record's place, where it lies beside the record. A shape that
// no entry holds must be one that findings can be computed with in time.
func (m *Reading) fill(r *truce.Record) *ledger.Objection {
	p := r.Place()
	if p == nil {
		return nil
	}
	bad := func(format string, args ...any) *ledger.Objection {
		return &ledger.Objection{Rule: ledger.RulePlace, Why: "its shape " + fmt.Sprintf(format, args...), Skipped: true}
	}
	if !p.File.IsZero() {
		data, missing := m.beside(p.File)
		if missing != nil {
			return missing
		}
		shape, why := shapeIn(data)
		if why != "" {
			return bad("in the file %.12s cannot be used: %s", p.File.Hex(), why)
		}
		p.Shape, p.File = shape, truce.Digest{}
	}
	n := p.Shape.Corners()
	if n <= fewCorners {
		return nil
	}
	if n > mostCorners {
		return bad("has %d corners, and a shape has %d at most", n, mostCorners)
	}
	if _, err := geo.NewRegion(p.Shape); err != nil {
		return bad("cannot be used: %v", err)
	}
	return nil
}

// shapeIn reads the shape in a file, and says why it is none.
func shapeIn(data []byte) (shape geo.MultiPolygon, why string) {
	if err := Strict(data, &shape); err != nil {
		return nil, err.Error()
	}
	if again, err := ledger.Marshal(shape); err != nil || !bytes.Equal(again, data) {
		return nil, "it is not written as this program writes it"
	}
	if len(shape) == 0 {
		return nil, "it has no polygon"
	}
	for _, polygon := range shape {
		if len(polygon) == 0 {
			return nil, "it has a polygon without a ring"
		}
		for _, ring := range polygon {
			if len(ring) < 3 {
				return nil, fmt.Sprintf("it has a ring of %d points; want at least 3", len(ring))
			}
		}
	}
	return shape, ""
}

// asideOf is the record with its shape in a file of the store, and without one.
func asideOf(store *evidence.Store, r truce.Record) (truce.Record, error) {
	shape := shapeOf(&r)
	if shape == nil || store == nil {
		return r, nil
	}
	data, err := ledger.Marshal(*shape)
	if err != nil {
		return r, err
	}
	sum, _, err := store.Put(bytes.NewReader(data))
	if err != nil {
		return r, err
	}
	switch { // what was given keeps its shape
	case r.Observation != nil:
		o := *r.Observation
		r.Observation = &o
	case r.Tally != nil:
		t := *r.Tally
		r.Tally = &t
	case r.Notification != nil:
		n := *r.Notification
		r.Notification = &n
	case r.Restriction != nil:
		x := *r.Restriction
		r.Restriction = &x
	}
	p := r.Place()
	p.Shape, p.File = nil, sum
	return r, nil
}

// ciphertext is what a release opens, encrypted.
func (m *Reading) ciphertext(c *ledger.Release) ([]byte, *ledger.Objection) {
	if c.File.IsZero() {
		return c.Sealed, nil
	}
	return m.beside(c.File)
}

// disclosed are the openings of a disclosure.
func (m *Reading) disclosed(c *ledger.Disclosure) (list []ledger.Opening, bad *ledger.Objection) {
	texts := c.Openings
	if !c.File.IsZero() {
		data, bad := m.beside(c.File)
		if bad != nil {
			return nil, bad
		}
		if err := Strict(data, &texts); err != nil {
			return nil, &ledger.Objection{Rule: ledger.RuleOpening, Why: fmt.Sprintf("the file %.12s that it names has no list of openings: %v", c.File.Hex(), err), Skipped: true}
		}
		if bad := ledger.CheckOpenings(texts); bad != nil {
			return nil, bad
		}
	}
	for _, text := range texts {
		list = append(list, ledger.Opening{Text: text})
	}
	return list, nil
}

// Disclosing is the content of a disclosure; its openings are in a file beside the
// record where they do not fit an entry.
func (m *Writer) Disclosing(c ledger.Disclosure) ([]byte, error) {
	content, err := ledger.Marshal(c)
	if err != nil || len(content) <= mostContent {
		return content, err
	}
	data, err := ledger.Marshal(c.Openings)
	if err != nil {
		return nil, err
	}
	if c.File, _, err = m.Evidence.Put(bytes.NewReader(data)); err != nil {
		return nil, err
	}
	c.Openings = nil
	return ledger.Marshal(c)
}
