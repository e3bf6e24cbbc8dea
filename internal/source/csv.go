package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// lineReader reads CSV (RFC 4180, with a comma or another separator) strictly and keeps what encoding/csv
// does not give back: the raw bytes of every row, its line, and the way out of
// a broken quote. A quote that is never closed, or closes in the middle of a
// cell, costs the line it stands on and nothing more.
type lineReader struct {
	in      io.Reader
	buf     []byte
	from    int   // start of the unread part of buf
	to      int   // end of the filled part of buf
	inErr   error // what ended the input: io.EOF or a fault
	line    int   // physical line of the next row, from 1
	maxCell int
	sep     byte // between cells
	held    bool // the row last read comes once more

	cells [][]byte // of the row last read; valid until the next
	text  []byte   // holds unquoted cells that had doubled quotes
	next  int      // bytes of the row last read
	width int      // cells a row must have; 0: any
}

const (
	firstBuffer    = 64 << 10
	defaultMaxCell = 1 << 20
)

var bom = []byte{0xEF, 0xBB, 0xBF}

// rowFault says why a row could not be split into cells.
type rowFault struct{ why, hint string }

func (f *rowFault) Error() string { return f.why }

var errOpenQuote = &rowFault{"a quote is opened and never closed", "double it if it belongs to the text"}

func newLineReader(in io.Reader, maxCell int) *lineReader {
	if maxCell <= 0 {
		maxCell = defaultMaxCell
	}
	return &lineReader{in: in, buf: make([]byte, firstBuffer), line: 1, maxCell: maxCell, sep: ','}
}

// fill reads more input behind what is unread. After it, either to has grown
// or inErr is set.
func (l *lineReader) fill() {
	if l.from > 0 {
		copy(l.buf, l.buf[l.from:l.to])
		l.to -= l.from
		l.from = 0
	}
	if l.to == len(l.buf) {
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	for tries := 0; l.inErr == nil; tries++ {
		n, err := l.in.Read(l.buf[l.to:])
		l.to += n
		l.inErr = err
		if n > 0 {
			return
		}
		if err == nil && tries == 100 {
			l.inErr = io.ErrNoProgress
		}
	}
}

// skipBOM drops a byte order mark and refuses encodings that are not UTF-8.
func (l *lineReader) skipBOM() error {
	for l.to-l.from < 4 && l.inErr == nil {
		l.fill()
	}
	head := l.buf[l.from:l.to]
	switch {
	case bytes.HasPrefix(head, bom):
		l.from += len(bom)
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}), bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return errors.New("this is a workbook or an archive, and not CSV; --source table reads workbooks")
	}
	return nil
}

// read splits the next row into l.cells and returns its raw bytes, without the
// line end. A *rowFault means that this row is refused and reading goes on;
// any other error ends the file. Empty lines are passed over.
func (l *lineReader) read() (raw []byte, line int, err error) {
	if l.held { // it was only looked at
		l.held, l.next = false, 0
	}
	for {
		l.line += l.passed()
		n, err := l.lineLength(0)
		if err != nil {
			return nil, l.line, err
		}
		line = l.line
		if n < 0 {
			return l.skipLong(line)
		}
		first := l.buf[l.from : l.from+n]
		l.next = n
		if len(trimEnd(first)) == 0 {
			continue
		}
		if bytes.IndexByte(first, '"') < 0 {
			raw = trimEnd(first)
			l.split(raw)
			return raw, line, l.check(raw)
		}
		return l.readQuoted(n)
	}
}

// separators are those that files have, by the word that a mapping has for them.
var separators = map[string]byte{",": ',', "comma": ',', ";": ';', "semicolon": ';', "tab": '\t', "\t": '\t', "|": '|', "bar": '|'}

// findSeparator takes the separator that is most often in the first line, outside of
// quotes; a comma if there is none. A line such as sep=; , which spreadsheets write
// before the header, states it.
func (l *lineReader) findSeparator() {
	n, err := l.lineLength(0)
	if err != nil || n < 0 {
		return
	}
	line := trimEnd(l.buf[l.from : l.from+n])
	if stated, ok := bytes.CutPrefix(line, []byte("sep=")); ok && len(stated) == 1 {
		l.sep, l.next = stated[0], n
		return
	}
	most, quoted := 0, false
	times := map[byte]int{}
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == ';' || c == '\t' || c == '|'):
			times[c]++
		}
	}
	for _, c := range []byte{',', ';', '\t', '|'} {
		if times[c] > most {
			l.sep, most = c, times[c]
		}
	}
}

// passed moves over the row last read and counts its lines.
func (l *lineReader) passed() (lines int) {
	lines = bytes.Count(l.buf[l.from:l.from+l.next], []byte{'\n'})
	l.from += l.next
	l.next = 0
	return lines
}

// lineLength returns the length with line end of the physical line that starts
// at offset past l.from, -1 when it is longer than any row may be, and the
// error that ended the input when nothing is left.
func (l *lineReader) lineLength(offset int) (int, error) {
	seen := offset
	for {
		if i := bytes.IndexByte(l.buf[l.from+seen:l.to], '\n'); i >= 0 {
			return seen + i + 1 - offset, nil
		}
		seen = l.to - l.from
		if seen-offset > l.maxRow() {
			return -1, nil
		}
		if l.inErr == nil {
			l.fill()
			continue
		}
		if l.inErr != io.EOF || seen == offset {
			// A line cut short by a fault is not a complete line: the row may not end here.
			return 0, l.inErr
		}
		return seen - offset, nil
	}
}

// maxRow bounds what is held of one row.
func (l *lineReader) maxRow() int { return 2*l.maxCell + 64<<10 }

// skipLong refuses a line that is too long to hold and moves to its end.
func (l *lineReader) skipLong(line int) ([]byte, int, error) {
	raw := bytes.Clone(l.buf[l.from : l.from+min(4096, l.to-l.from)])
	for {
		if i := bytes.IndexByte(l.buf[l.from:l.to], '\n'); i >= 0 {
			l.next = i + 1
			break
		}
		l.from = l.to
		if l.inErr != nil {
			break
		}
		l.fill()
	}
	return raw, line, &rowFault{fmt.Sprintf("line is longer than %d bytes", l.maxRow()), "only its first 4096 bytes are kept here; is a quote or a line end missing?"}
}

// split cuts a row that has no quotes.
func (l *lineReader) split(raw []byte) {
	l.cells = l.cells[:0]
	for {
		i := bytes.IndexByte(raw, l.sep)
		if i < 0 {
			l.cells = append(l.cells, raw)
			return
		}
		l.cells = append(l.cells, raw[:i])
		raw = raw[i+1:]
	}
}

// readQuoted reads a row with quotes, whose first physical line has n bytes.
// A row ends at the first line end with an even number of quotes before it.
// When it cannot be read, or spans lines and then has the wrong number of
// cells, a quote was left open on its first line: only that line is refused.
//
// The search for the end stays linear over a whole file, whatever is broken:
// it stops at the next line with an odd number of quotes, and only lines with
// an odd number search.
func (l *lineReader) readQuoted(n int) (raw []byte, line int, err error) {
	line = l.line
	end := n
	odd := bytes.Count(l.buf[l.from:l.from+n], quote)%2 == 1
	for odd && err == nil {
		more, fault := l.lineLength(end)
		switch {
		case fault != nil && fault != io.EOF:
			return nil, line, fault
		case fault != nil, more < 0, end+more > l.maxRow():
			err = errOpenQuote
			continue
		}
		odd = bytes.Count(l.buf[l.from+end:l.from+end+more], quote)%2 == 0
		end += more
	}
	if err == nil {
		err = l.splitQuoted(trimEnd(l.buf[l.from : l.from+end]))
	}
	if err == nil && end > n && l.width > 0 && len(l.cells) != l.width {
		err = &rowFault{"a quote is opened on this line and closed on a later one, and the cells do not fit", "double it if it belongs to the text"}
	}
	if err != nil {
		l.next = n
		return trimEnd(l.buf[l.from : l.from+n]), line, err
	}
	l.next = end
	raw = trimEnd(l.buf[l.from : l.from+end])
	return raw, line, l.check(raw)
}

var quote = []byte{'"'}

// splitQuoted cuts a row that has quotes.
func (l *lineReader) splitQuoted(row []byte) error {
	l.cells, l.text = l.cells[:0], l.text[:0]
	for {
		if len(row) == 0 || row[0] != '"' {
			i := bytes.IndexByte(row, l.sep)
			cell := row
			if i >= 0 {
				cell = row[:i]
			}
			if bytes.IndexByte(cell, '"') >= 0 {
				return &rowFault{"a quote stands in a cell that does not begin with one", "put the cell in quotes and double those inside"}
			}
			l.cells = append(l.cells, cell)
			if i < 0 {
				return nil
			}
			row = row[i+1:]
			continue
		}
		row = row[1:]
		i := bytes.IndexByte(row, '"')
		if i < 0 {
			return errOpenQuote
		}
		cell := row[:i]
		row = row[i+1:]
		if len(row) > 0 && row[0] == '"' { // doubled quotes: the cell must be put together
			start := len(l.text)
			l.text = append(l.text, cell...)
			for len(row) > 0 && row[0] == '"' {
				l.text = append(l.text, '"')
				row = row[1:]
				if i = bytes.IndexByte(row, '"'); i < 0 {
					return errOpenQuote
				}
				l.text = append(l.text, row[:i]...)
				row = row[i+1:]
			}
			// text may still move while it grows, so older cells keep the old array, which stays valid.
			cell = l.text[start:]
		}
		l.cells = append(l.cells, cell)
		if len(row) == 0 {
			return nil
		}
		if row[0] != l.sep {
			return &rowFault{"text follows a closing quote", "double the quotes that belong to the text"}
		}
		row = row[1:]
	}
}

// check refuses bytes that no cell may hold, and cells that are too long.
func (l *lineReader) check(raw []byte) error {
	if bytes.IndexByte(raw, 0) >= 0 {
		return &rowFault{"the row has a NUL byte", "was the file cut or overwritten?"}
	}
	if !utf8.Valid(raw) {
		return &rowFault{"the row is not UTF-8", "if the file is from Windows, state its encoding: cp1252 or cp1251"}
	}
	if len(raw) > l.maxCell {
		for i, c := range l.cells {
			if len(c) > l.maxCell {
				return &rowFault{fmt.Sprintf("cell %d is longer than %d bytes", i+1, l.maxCell), ""}
			}
		}
	}
	return nil
}

// trimEnd takes the line end off, LF or CRLF.
func trimEnd(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte{'\n'})
	return bytes.TrimSuffix(b, []byte{'\r'})
}
