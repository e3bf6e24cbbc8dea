package source

import "github.com/opentruce/truce"

// notStated is a reading that sees empty cells where a publisher writes "unknown", in any
// case, or blanks: neither states anything.
func notStated(read reading) reading {
	return func(r *row, emit func(truce.Item)) error {
		for _, at := range r.at {
			if at >= 0 && len(r.cells[at]) > 0 && truce.NotKnown(string(r.cells[at])) {
				r.cells[at] = nil
			}
		}
		return read(r, emit)
	}
}
