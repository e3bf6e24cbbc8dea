package source

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/opentruce/truce"
)

// A fill puts into an empty cell what is in the cell above it. It is done only in the columns that
// the mapping names: an empty cell may also mean that nothing is known.
type fill struct {
	names []string
	at    []int
	last  [][]byte // nil: no row had anything yet
	lost  []bool   // the cell above could not be read
}

// filled finds the columns to fill in a header.
func (as TableFields) filled(header []string) (*fill, error) {
	if len(as.Fill) == 0 {
		return nil, nil
	}
	f := &fill{names: as.Fill, at: make([]int, len(as.Fill)), last: make([][]byte, len(as.Fill)), lost: make([]bool, len(as.Fill))}
	for i, name := range as.Fill {
		if f.at[i] = slices.Index(header, name); f.at[i] < 0 {
			return nil, fmt.Errorf("mapping: table: fill: the file has no column %q%s", name, truce.Suggest(name, header))
		}
	}
	return f, nil
}

// row fills the cells of a row, which are changed in place.
func (f *fill) row(r *row) error {
	for i, at := range f.at {
		switch cell := bytes.TrimSpace(r.cells[at]); {
		case len(cell) > 0:
			f.last[i], f.lost[i] = append(f.last[i][:0], cell...), false
		case f.lost[i]:
			return r.refuseRow(fmt.Sprintf("%s is empty, and the row whose value it would take could not be read", f.names[i]), "mend the row above, or write the value into this one")
		case f.last[i] != nil:
			r.cells[at] = f.last[i]
		}
	}
	return nil
}

// lose notes a row that could not be read: what was in its cells is not known to later rows.
// cells are nil if even they are not known.
func (f *fill) lose(cells [][]byte) {
	for i, at := range f.at {
		if cells == nil || len(bytes.TrimSpace(cells[at])) > 0 {
			f.lost[i] = true
		}
	}
}
