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
	"github.com/opentruce/truce/internal/ledger"
)

// An entry has 65,535 bytes, and a front line as published has more. What does not fit
// lies beside the record, in a file that the entry names by its digest: the shape of a
// place, and what a release or a disclosure opens. A sealed place needs no file: its
// opening is on the shelf, where its length has no limit.

const (
	// MostCorners bounds a shape, wherever it lies: whether it crosses itself takes time with
	// the square of its corners, if somebody means it to, and each question about an area goes
	// through its corners.
	MostCorners = 20_000
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

// itemOf is what an entry says, with the shape of its place.
func (m *Reading) itemOf(e *ledger.Entry, o *ledger.Opened) (truce.Item, error) {
	r, err := e.Item(o)
	if err == nil {
		if bad := m.FillShape(&r); bad != nil {
			err = bad
		}
	}
	return r, err
}

// FillShape reads the shape of a record's place, where it lies beside the record. A shape that
// no entry holds must be one that findings can be computed with in time.
func (m *Reading) FillShape(r *truce.Item) *ledger.Objection {
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
	if n > MostCorners {
		return bad("has %d corners, and a shape has %d at most", n, MostCorners)
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

// Ciphertext is what a release opens, encrypted.
func (m *Reading) Ciphertext(c *ledger.Release) ([]byte, *ledger.Objection) {
	if c.File.IsZero() {
		return c.Sealed, nil
	}
	return m.beside(c.File)
}

// Disclosed are the openings of a disclosure.
func (m *Reading) Disclosed(c *ledger.Disclosure) (list []ledger.Opening, bad *ledger.Objection) {
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
