package source

import (
	"bytes"

	"github.com/opentruce/truce"
)

// stated is cell i without blanks around it, or nil where the publisher states nothing:
// the cell is empty, or it is "unknown" in any case.
func (r *row) stated(i int) []byte {
	b := bytes.TrimSpace(r.cell(i))
	if truce.NotKnown(string(b)) {
		return nil
	}
	return b
}
