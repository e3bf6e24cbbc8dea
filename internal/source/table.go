package source

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/format"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// A layout names every column a source may have. A column that is in none of
// the three lists stops the file; so does a column of need that is missing.
type layout struct {
	need   []string
	may    []string
	ignore []string

	optional []string // columns of need that may be missing
}

// A row is what a source's own code sees: cells by the order of its layout,
// need first and then may. The cells are valid until the next row.
type row struct {
	at    []int // position of each layout column among the cells; -1: this file has no such column
	names []string
	cells [][]byte
	n     int // row number, from 1, the header not counted
	line  int
	raw   []byte
	file  string

	mapped bool // by a mapping
	comma  bool // numbers have a decimal comma, as the mapping states
	stop   bool // they have a decimal point, as the mapping states

	geometry []byte // of a GeoJSON feature

	over  overlay // of a wide table
	child int     // which element of a list inside a row of JSON it is, from 1; 0: none
	// several: the row gives more than one record, so that a number which is stated once for
	// all of them is that of none.
	several bool

	// What a reader has understood of the row so far. A refusal of the row takes them
	// along, so that a report can say how many rows of its period were rejected.
	key  string
	when truce.Interval
}

// next makes r the next row, and tells who asked.
func (r *row) next(o *Options, line int, raw []byte) {
	r.n++
	r.line, r.raw, r.key, r.when, r.over, r.several = line, raw, "", truce.Interval{}, overlay{}, false
	if o.Row != nil {
		o.Row(Row{File: r.file, N: r.n, Line: line, Raw: raw})
	}
}

// cell returns column i of the layout, nil when the file does not have it.
func (r *row) cell(i int) []byte {
	if r.at[i] < 0 {
		return nil
	}
	return r.cells[r.at[i]]
}

// refuse says that the value of column i cannot be read.
func (r *row) refuse(i int, why, hint string) error {
	if i < 0 { // of no column, such as the name of the file
		return r.refuseRow(why, hint)
	}
	return &Refusal{File: r.file, Row: r.n, Line: r.line, Column: r.named(i), Value: clip(r.cell(i)), Why: why, Hint: hint, Key: r.key, When: r.when, Raw: bytes.Clone(r.raw)}
}

// refuseRow says that the row as a whole cannot be read.
func (r *row) refuseRow(why, hint string) error {
	return &Refusal{File: r.file, Row: r.n, Line: r.line, Why: why, Hint: hint, Key: r.key, When: r.when, Raw: bytes.Clone(r.raw)}
}

// clip keeps a value short enough for a message.
func clip(b []byte) string {
	if len(b) > 80 {
		return string(bytes.ToValidUTF8(b[:80], nil)) + "..."
	}
	return string(b)
}

// bind finds the layout's columns in a header.
func (l layout) bind(header []string) (at []int, names []string, err error) {
	names = append(append([]string{}, l.need...), l.may...)
	at = make([]int, len(names))
	for i := range at {
		at[i] = -1
	}
	seen := map[string]bool{}
	for pos, h := range header {
		if seen[h] && h != "" && (slices.Contains(names, h) || !slices.Contains(l.ignore, rest)) {
			return nil, nil, fmt.Errorf("column %q stands twice", h)
		}
		seen[h] = true
		if i := slices.Index(names, h); i >= 0 {
			at[i] = pos
		} else if !slices.Contains(l.ignore, h) && !slices.Contains(l.ignore, rest) {
			return nil, nil, fmt.Errorf("column %q is unknown%s", h, truce.Suggest(h, append(names, l.ignore...)))
		}
	}
	for i, n := range l.need {
		if at[i] < 0 && !slices.Contains(l.optional, n) {
			if n == "?" { // a proposal has it where only a person knows
				return nil, nil, fmt.Errorf("column \"?\" is missing: write what only you know for each \"?\" of the mapping; the columns of the file are %s", some(header))
			}
			return nil, nil, fmt.Errorf("column %q is missing%s", n, truce.Suggest(n, header))
		}
	}
	return at, names, nil
}

// slip says which column of a mapping is spelled otherwise in the file, if one is; else it returns err.
func (l layout) slip(header []string, err error) error {
	for _, n := range l.need {
		if slices.Contains(header, n) || slices.Contains(l.optional, n) {
			continue
		}
		for _, h := range header {
			if h == "" || slices.Contains(l.need, h) || slices.Contains(l.may, h) || slices.Contains(l.ignore, h) {
				continue
			}
			if strings.Contains(truce.Suggest(n, []string{h}), "did you mean") {
				return fmt.Errorf("the mapping names the column %q, and the file has %q", n, h)
			}
		}
	}
	return err
}

// A reading turns one row into records. It returns a *Refusal or a *SetAside
// for a row that yields none, and any other error to end the file.
type reading func(r *row, emit func(truce.Item)) error

// A table is how one file is read, chosen by its header.
type table struct {
	layout
	read reading
	done func(emit func(truce.Item)) // after the last row of a whole file; may be nil
	// when is the time of a row that was rejected before its time was read, or for its
	// time; nil: nobody can say.
	when func(r *row) (truce.Interval, error)

	wide    *wide    // nil: each row is one
	parents *parents // nil: rows belong to no others
	fill    *fill    // nil: an empty cell is empty
}

// dated adds to the refusal of a row when its event was, if that can be read.
func (t *table) dated(r *row, err error) {
	var x *Refusal
	if t.when == nil || !errors.As(err, &x) || x.When.Valid() {
		return
	}
	if v, err := t.when(r); err == nil && v.Valid() {
		x.When = v
	}
}

// readCSV drives a source that is a table in CSV. begin is called once.
func readCSV(in io.Reader, o Options, begin func(header []string) (table, error)) iter.Seq2[truce.Item, error] {
	return func(yield func(truce.Item, error) bool) {
		decoded, err := o.decode(in)
		if err != nil {
			yield(truce.Item{}, o.at(err))
			return
		}
		l := newLineReader(decoded, o.MaxCell)
		r, t, err := l.begin(o, begin)
		if err != nil {
			yield(truce.Item{}, o.at(err))
			return
		}
		readRows(l, r, t, o, yield)
	}
}

// cellRows are the rows of a table in whatever format.
type cellRows interface {
	// read returns the next row, as it is kept if it is rejected, and its line or number
	// in the file. A *rowFault rejects this row alone; io.EOF is the end.
	read() (raw []byte, line int, err error)
	row() (cells [][]byte, want int) // the cells of the row last read, valid until the next, and how many it must have
	hold()                           // the row last read, or the error, comes once more
	shape() []byte                   // the geometry of the row last read, in GeoJSON; nil: none
}

func (l *lineReader) hold()         { l.held = true }
func (l *lineReader) shape() []byte { return nil }

func (l *lineReader) row() ([][]byte, int) { return l.cells, l.width }

// readRows hands on what the rows of a table say.
func readRows(l cellRows, r *row, t table, o Options, yield func(truce.Item, error) bool) {
	encoding := o.Encoding
	if encoding == "" && o.Mapping != nil {
		encoding = o.Mapping.Table.Encoding
	}
	out := emitter{yield: yield}
	emit := out.record
	var extended [][]byte
	problem := func(err error) bool { return !out.stopped && out.problem(err) }
	for !out.stopped {
		raw, line, err := l.read()
		if err == io.EOF {
			if t.done != nil {
				t.done(emit)
			}
			return
		}
		var fault *rowFault
		if err == nil || errors.As(err, &fault) {
			r.next(&o, line, raw)
		}
		var want int
		r.cells, want = l.row()
		r.geometry = l.shape()
		switch {
		case errors.As(err, &fault):
			err = r.refuseRow(fault.why, fault.hint)
			if t.fill != nil {
				known := r.cells
				if _, sheet := l.(*formatted); !sheet || len(r.cells) != want {
					known = nil
				}
				t.fill.lose(known)
			}
		case err != nil:
			yield(truce.Item{}, o.at(fmt.Errorf("after line %d: %w", line, err)))
			return
		case len(r.cells) != want:
			err = r.refuseRow(fmt.Sprintf("%d cells, but the header has %d", len(r.cells), want), "")
			if t.fill != nil {
				t.fill.lose(nil)
			}
		case encoding != "" && bytes.ContainsRune(r.raw, '\uFFFD'):
			err = r.refuseRow("a byte means nothing in "+encoding, "is the encoding the right one?")
			if t.fill != nil {
				t.fill.lose(r.cells)
			}
		default:
			if t.fill != nil {
				if err = t.fill.row(r); err != nil {
					break
				}
			}
			cells := r.cells
			if t.parents != nil || t.wide != nil { // more columns than the file has
				extended = append(extended[:0], cells...)
				r.cells = extended
			}
			if t.parents != nil {
				err = t.parents.find(r)
			}
			if t.wide != nil {
				r.cells = append(r.cells, nil, nil)
			}
			extended = r.cells
			if err == nil && !t.rows(r, emit, problem) {
				return
			}
		}
		if err != nil && !out.stopped && !out.problem(err) {
			return
		}
	}
}

// begin reads the header.
func (l *lineReader) begin(o Options, choose func([]string) (table, error)) (r *row, t table, err error) {
	if err := l.skipBOM(); err != nil {
		return nil, t, err
	}
	as := TableFields{}
	if o.Mapping != nil {
		as = o.Mapping.Table
	}
	if o.Mapping != nil {
		l.separate(as)
	}
	stated := as.Separator != "" || l.line > 1 // by the mapping, or by a line such as sep=;
	for range as.Skip {
		n, err := l.lineLength(0)
		if err != nil || n < 0 {
			return nil, t, fmt.Errorf("line %d: the file ends before its header: skip is %d", l.line, as.Skip)
		}
		l.next = n
		l.line += l.passed()
	}
	if as.Skip > 0 && !stated && o.Mapping != nil { // that of the header, and not of a title
		for n, err := l.lineLength(0); err == nil && n > 0 && len(trimEnd(l.buf[l.from:l.from+n])) == 0; n, err = l.lineLength(0) {
			l.next = n
			l.line += l.passed()
		}
		l.sep = ','
		l.findSeparator()
	}
	over, from := 0, l.line
	if o.Mapping != nil && as.Skip == 0 && as.Header == nil {
		over, _ = l.titled()
	}
	if as.Header != nil {
		l.width = len(as.Header)
		return as.headed(o, as.Header, 0, choose, l)
	}
	raw, line, err := l.read()
	if err == io.EOF {
		return nil, t, errors.New("the file is empty: not even a header")
	}
	if err != nil {
		return nil, t, fmt.Errorf("line %d: header: %w", line, err)
	}
	if bytes.IndexByte(raw, '\r') >= 0 {
		return nil, t, errors.New("the lines end in CR alone; save the file with LF or CRLF")
	}
	l.width = len(l.cells)
	r, t, err = as.headed(o, texted(l.cells), line, choose, l)
	if err != nil && over > 0 {
		err = fmt.Errorf("%w; the header seems to be on line %d, below a title: write table: {skip: %d} in the mapping", err, from+over, over)
	}
	return r, t, err
}

// titled looks for lines of a title over the header of a table: the header is then the first
// of ten lines with four in five of the cells that the widest line has, no number among them,
// and a name that we know. It returns how many lines are over it, and what separates its cells.
func (l *lineReader) titled() (over int, sep byte) {
	lines, cut, sep := l.beginning()
	widest := 0
	for _, line := range lines {
		widest = max(widest, len(cut(line, sep)))
	}
	for i, line := range lines[:min(len(lines), 11)] {
		cells := cut(line, sep)
		if len(cells)*5 < widest*4 {
			continue
		}
		if i == 0 || len(cells) < 3 {
			return 0, l.sep
		}
		known := false
		for _, c := range cells {
			if c[0] >= '0' && c[0] <= '9' || c[0] == '-' || c[0] == '+' {
				return 0, l.sep
			}
			known = known || roleOf(c) != ""
		}
		if !known {
			return 0, l.sep
		}
		return i, sep
	}
	return 0, l.sep
}

// beginning are the first lines of a table, how to cut one into its filled cells, and what
// separates them.
func (l *lineReader) beginning() (lines [][]byte, cut func(line []byte, sep byte) []string, sep byte) {
	const most = 12
	ends := []int{0}
	for len(ends) <= most && ends[len(ends)-1] < 1<<20 {
		at := ends[len(ends)-1]
		n, err := l.lineLength(at)
		if err != nil || n < 0 {
			break
		}
		ends = append(ends, at+n)
	}
	for i, end := range ends[1:] { // what comes before may have moved while more was read
		lines = append(lines, trimEnd(l.buf[l.from+ends[i]:l.from+end]))
	}
	cut = func(line []byte, sep byte) (filled []string) {
		for _, c := range cellsIn(line, sep) {
			if c != "" {
				filled = append(filled, c)
			}
		}
		return filled
	}
	all := 0
	for _, s := range []byte{l.sep, ',', ';', '\t', '|'} {
		n := 0
		for _, line := range lines {
			n += max(0, len(cut(line, s))-1)
		}
		if n > all {
			all, sep = n, s
		}
	}
	return lines, cut, sep
}

// cellsIn are the cells of one line of a table; nil if its quotes do not fit.
func cellsIn(line []byte, sep byte) []string {
	probe := lineReader{sep: sep}
	if probe.splitQuoted(line) != nil {
		return nil
	}
	return texted(probe.cells)
}

// twoRows finds names of columns that are in two lines; see the function of that name.
func (l *lineReader) twoRows() (over int, header []string, sep byte) {
	lines, _, sep := l.beginning()
	var rows [][]string
	for _, line := range lines {
		cells := cellsIn(line, sep)
		for len(cells) > 0 && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		rows = append(rows, cells)
	}
	over, header = twoRows(rows)
	return over, header, sep
}

// texted are cells as texts, without the blanks at their ends.
func texted(cells [][]byte) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = string(bytes.TrimSpace(c))
	}
	return out
}

// separate finds the separator of a table that may have any.
func (l *lineReader) separate(as TableFields) {
	if as.Separator != "" {
		l.sep = separators[as.Separator]
		return
	}
	l.findSeparator()
	if l.next > 0 {
		l.line += l.passed()
	}
	if as.Skip == 0 && as.Header == nil {
		l.toHeader()
	}
}

// toHeader passes over lines of a title, if a row of HXL tags is among the first rows: the
// header is the row above it.
func (l *lineReader) toHeader() {
	var ends []int
	for at := 0; len(ends) < format.TagRows; {
		n, err := l.lineLength(at)
		if err != nil || n < 0 {
			return
		}
		line := trimEnd(l.buf[l.from+at : l.from+at+n])
		if bytes.HasPrefix(bytes.TrimLeft(line, string(l.sep)+`" `), []byte("#")) {
			probe := lineReader{sep: l.sep}
			if probe.splitQuoted(line) == nil && format.Tags(texted(probe.cells)) {
				if k := len(ends); k > 1 {
					l.next = ends[k-2]
					l.line += l.passed()
				}
				return
			}
		}
		at += n
		ends = append(ends, at)
	}
}

// headed binds the columns of a header, which is on a line of the file, or stated by the
// mapping (line 0). A row of HXL tags below it is not a row of the table; where the
// mapping names tags, they are the header.
func (as TableFields) headed(o Options, header []string, line int, choose func([]string) (table, error), l cellRows) (r *row, t table, err error) {
	if o.Mapping != nil {
		tags := header
		if !format.Tags(header) {
			tags = nil
			_, _, err := l.read()
			cells, _ := l.row()
			if next := texted(cells); err == nil && format.Tags(next) {
				tags = next
			} else {
				l.hold()
			}
		}
		if tags != nil && o.Mapping.tagged() {
			header = tags
		}
	}
	if len(as.Rename) > 0 {
		header = slices.Clone(header)
		for i, h := range header {
			if to, ok := as.Rename[h]; ok && !slices.Contains(header, to) {
				header[i] = to
			}
		}
	}
	belongs, err := o.parents(as)
	if err != nil {
		return nil, t, err
	}
	if belongs != nil {
		header = append(slices.Clone(header), belongs.header...)
	}
	if t, err = choose(header); err != nil {
		return nil, t, err
	}
	if t.fill, err = as.filled(header); err != nil {
		return nil, t, err
	}
	if t.wide != nil {
		header = append(slices.Clone(header), as.Wide.Name, as.Wide.Value)
	}
	if t.parents = belongs; belongs != nil {
		t.ignore = slices.Concat(t.ignore, belongs.header) // of which the mapping uses what it needs
		belongs.by = slices.Index(slices.Concat(t.need, t.may), as.Parent.By)
	}
	r = &row{file: o.File, mapped: o.Mapping != nil, comma: as.Decimal == ",", stop: as.Decimal == "."}
	if r.at, r.names, err = t.bind(header); err != nil {
		if o.Mapping != nil {
			err = &Unfit{t.slip(header, err)}
		}
		if line == 0 {
			return nil, t, fmt.Errorf("mapping: table: header: %w", err)
		}
		if _, text := l.(*lineReader); text && len(header) == 1 && o.Mapping != nil {
			err = fmt.Errorf("%w; the header is one cell: if its cells are not separated by a comma, a semicolon, a tab or a bar, state it: table: {separator: ...}", err)
		}
		return nil, t, fmt.Errorf("line %d: %w", line, err)
	}
	return r, t, nil
}

// An emitter hands records on and remembers when nobody wants more.
type emitter struct {
	yield   func(truce.Item, error) bool
	stopped bool
}

func (e *emitter) record(r truce.Item) {
	if !e.stopped && !e.yield(r, nil) {
		e.stopped = true
	}
}

// problem hands an error on and reports whether reading goes on.
func (e *emitter) problem(err error) bool {
	if !e.yield(truce.Item{}, err) {
		e.stopped = true
		return false
	}
	switch err.(type) {
	case *Refusal, *SetAside:
		return true
	}
	return false
}

// decode returns in as UTF-8 and counts its bytes for Progress.
func (o Options) decode(in io.Reader) (io.Reader, error) {
	if o.Progress != nil {
		in = &counting{in: in, tell: o.Progress}
	}
	head := bufio.NewReader(in)
	marked, _ := head.Peek(2)
	wide := bytes.Equal(marked, []byte{0xFF, 0xFE}) || bytes.Equal(marked, []byte{0xFE, 0xFF})
	if o.Encoding == "" && o.Mapping != nil {
		o.Encoding = o.Mapping.Table.Encoding
	}
	switch name := strings.ToLower(o.Encoding); {
	case wide && (name == "" || strings.HasPrefix(name, "utf-16")): // as spreadsheets save "Unicode text"
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(head), nil
	case name == "" || name == "utf-8":
		return head, nil
	case name == "latin1": // WHATWG takes it for windows-1252
		return charmap.ISO8859_1.NewDecoder().Reader(head), nil
	case strings.HasPrefix(name, "cp125"):
		return o.encoded(head, "windows-"+name[2:])
	default:
		return o.encoded(head, name)
	}
}

// encoded reads one of the encodings of the WHATWG encoding standard.
func (o Options) encoded(in io.Reader, name string) (io.Reader, error) {
	e, err := htmlindex.Get(name)
	if err != nil || name == "replacement" || name == "x-user-defined" {
		return nil, fmt.Errorf("encoding %q is unknown%s", o.Encoding, truce.Suggest(o.Encoding, []string{"utf-8", "utf-16", "cp1250", "cp1251", "cp1252", "cp1256", "koi8-r", "latin1", "iso-8859-2", "gbk", "shift_jis", "macintosh"}))
	}
	return e.NewDecoder().Reader(in), nil
}

// at names the file an error belongs to.
func (o Options) at(err error) error {
	if o.File == "" {
		return err
	}
	return fmt.Errorf("%s: %w", o.File, err)
}

// counting reports the bytes read so far, at most once for each mebibyte.
type counting struct {
	in   io.Reader
	tell func(int64)
	n    int64
	told int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	if c.n-c.told >= 1<<20 || err != nil && c.n > c.told {
		c.told = c.n
		c.tell(c.n)
	}
	return n, err
}

// interned keeps one copy of each repeated string. It forgets everything when it
// has grown large, so that a column of unique values costs no memory.
type interned map[string]string

func (w interned) of(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, ok := w[string(b)]; ok {
		return s
	}
	if len(w) >= 1<<16 {
		clear(w)
	}
	s := string(b)
	w[s] = s
	return s
}

// occurrences numbers rows that are the same in everything we keep, for
// publishers that give no key of their own.
type occurrences map[[16]byte]int32

// key is the digest of a row's content, with "#2" for its second occurrence.
func (oc occurrences) key(content truce.Digest) string {
	short := [16]byte(content[:])
	oc[short]++
	k := hex.EncodeToString(short[:])
	if n := oc[short]; n > 1 {
		k += "#" + strconv.Itoa(int(n))
	}
	return k
}

// setCoverageID makes c's ID from source and key.
func setCoverageID(c *truce.Coverage) {
	c.ID = truce.DigestOf("coverage", string(c.Source), c.Key)
}

// A meaning is what a publisher's word stands for: an act and a weapon, or
// nothing that is recorded.
type meaning struct {
	act    truce.Act
	weapon truce.Class
	aside  *SetAside
}
