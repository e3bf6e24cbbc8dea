// Package format answers one question: which rows does this file have? A
// workbook, a map file, a database or a feed becomes rows of named cells, and where the
// format has them, geometries in GeoJSON. It does not know what the cells mean.
//
// Files are hostile until they are read: sizes that a file states are not believed,
// macros, formulas and references to other files are not followed, and whatever a
// library does with a broken file, the caller gets an error.
package format

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Names of the formats that Detect knows and Open reads.
const (
	XLSX       = "xlsx"
	ODS        = "ods"
	KML        = "kml"
	GPX        = "gpx"
	Feed       = "feed" // RSS or Atom
	GeoPackage = "geopackage"
	Parquet    = "parquet"
	JSON       = "json"    // read by others
	GeoJSON    = "geojson" // read by others
	Text       = "text"    // CSV and its kin, read by others
)

// A Row is valid until the next one is read.
type Row struct {
	Cells    [][]byte // by the header; nil where the row has nothing
	Geometry []byte   // GeoJSON; nil: none
	Number   int      // as people count in the file: from 1, the header of a sheet included
	Raw      []byte   // the row as CSV, for whom it is rejected to
}

// A Table is the rows of one file.
type Table interface {
	Header() []string
	// Next returns io.EOF after the last row. A *Fault rejects one row alone; any other
	// error ends the file.
	Next() (Row, error)
	Shaped() bool // its rows may have a geometry
	Close() error
}

// A Fault says why one row cannot be read.
type Fault struct{ Why, Hint string }

func (f *Fault) Error() string { return f.Why }

// Options say what a file does not.
type Options struct {
	Sheet  string   // of a workbook, or the layer of a GeoPackage; "": the only one with rows
	Skip   int      // rows of a sheet before its header
	Header []string // the columns of a sheet without a header; nil: it has one
	// Unpacked is how many bytes a workbook may unpack into; 0: 8 GiB.
	Unpacked int64
}

// Limits on what is read of one file.
const (
	mostBytes   = 4 << 30   // of a file that must be read from a copy
	mostCell    = 1 << 20   // of a cell
	mostColumns = 4096      // of a table
	mostUnzip   = 8 << 30   // of a workbook, unpacked
	mostRatio   = 200       // of that to its size, once it is large
	ratioFrom   = 64 << 20  // what is large
	mostDepth   = 100       // elements inside one another
	peeked      = 64 << 10  // looked at to tell a format
	mostElement = 256 << 20 // of one place in a map file
)

// Detect names the format of a file by how it begins; of an archive, by what is in it.
// It returns "" and what to do for a format that is not read.
func Detect(in io.ReadSeeker) (name, advice string, err error) {
	defer func() {
		if _, e := in.Seek(0, io.SeekStart); err == nil {
			err = e
		}
	}()
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return "", "", err
	}
	head := make([]byte, peeked)
	n, err := io.ReadFull(in, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	if err != nil {
		return "", "", err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		size, err := in.Seek(0, io.SeekEnd)
		if err != nil {
			return "", "", err
		}
		at, ok := in.(io.ReaderAt)
		if !ok {
			return "", "an archive", nil
		}
		name, advice := inArchive(at, size)
		return name, advice, nil
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return GeoPackage, "", nil
	case bytes.HasPrefix(head, []byte("PAR1")):
		return Parquet, "", nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return "", "a workbook of Excel 97 to 2003, or one with a password; save it as .xlsx without a password", nil
	case bytes.HasPrefix(head, []byte("%PDF")):
		return "", "a PDF; ask its publisher for the table itself", nil
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(text) == 0:
		return Text, "", nil
	case text[0] == '<':
		return inXML(text)
	case text[0] == '{' || text[0] == '[':
		squeezed := strings.NewReplacer(" ", "", "\n", "", "\r", "", "\t", "").Replace(string(text[:min(len(text), 4096)]))
		if strings.Contains(squeezed, `"type":"FeatureCollection"`) || strings.Contains(squeezed, `"type":"Feature"`) && strings.Contains(squeezed, `"features":[`) {
			return GeoJSON, "", nil
		}
		return JSON, "", nil
	}
	return Text, "", nil
}

// inArchive tells a workbook from other archives.
func inArchive(in io.ReaderAt, size int64) (name, advice string) {
	z, err := zip.NewReader(in, size)
	if err != nil {
		return "", "a damaged archive"
	}
	for _, f := range z.File {
		switch f.Name {
		case "xl/workbook.xml":
			return XLSX, ""
		case "xl/workbook.bin":
			return "", "a binary workbook (.xlsb); save it as .xlsx"
		case "mimetype":
			r, err := f.Open()
			if err != nil {
				continue
			}
			kind, _ := io.ReadAll(io.LimitReader(r, 100))
			r.Close()
			if strings.Contains(string(kind), "opendocument.spreadsheet") {
				return ODS, ""
			}
		}
	}
	return "", "an archive"
}

// Sniff is Detect for a stream. It returns what to read on from, which begins where in did.
func Sniff(in io.Reader) (name, advice string, all io.Reader, err error) {
	if f, ok := in.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			name, advice, err = Detect(f)
			return name, advice, f, err
		}
	}
	head := bufio.NewReaderSize(in, peeked)
	first, err := head.Peek(peeked)
	if err != nil && err != io.EOF {
		return "", "", nil, err
	}
	if !bytes.HasPrefix(first, []byte("PK\x03\x04")) {
		name, advice, err = Detect(bytes.NewReader(first))
		return name, advice, head, err
	}
	f, err := onDisk(head)
	if err != nil {
		return "", "", nil, err
	}
	if name, advice, err = Detect(f); err != nil || name == "" {
		f.Close()
	}
	return name, advice, f, err
}

// Open reads a file of a format that Detect has named.
func Open(in io.Reader, name string, o Options) (Table, error) {
	open := map[string]func(*file, Options) (Table, error){XLSX: openXLSX, ODS: openODS, KML: openKML, GPX: openGPX, Feed: openFeed, GeoPackage: openGeoPackage, Parquet: openParquet}[name]
	if open == nil {
		return nil, fmt.Errorf("the format %q is not read here", name)
	}
	f, err := onDisk(in)
	if err != nil {
		return nil, err
	}
	t, err := guarded(func() (Table, error) { return open(f, o) })
	if err != nil {
		f.Close()
		return nil, err
	}
	if len(t.Header()) > mostColumns {
		t.Close()
		return nil, fmt.Errorf("%d columns, and at most %d are read", len(t.Header()), mostColumns)
	}
	return safe{t}, nil
}

// A Merge is a cell of a sheet that covers others below it, which are then empty.
type Merge struct {
	Column   int // from 0
	From, To int // rows, as Row.Number counts them, both included
}

// mostMerges bounds what is kept of one sheet.
const mostMerges = 100_000

// Merges are the cells of a sheet that cover others below them, without those of the header.
// Other tables have none.
func Merges(t Table) []Merge {
	if s, ok := t.(safe); ok {
		t = s.Table
	}
	m, ok := t.(interface{ merges() []Merge })
	if !ok {
		return nil
	}
	return m.merges()
}

// safe turns what a library does with a broken file into an error.
type safe struct{ Table }

func (s safe) Next() (r Row, err error) {
	return guarded(s.Table.Next)
}

func guarded[T any](do func() (T, error)) (out T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the file is damaged: %v", p)
		}
	}()
	return do()
}

// A file is one that can be read at any place.
type file struct {
	*os.File
	size int64
	copy bool // it is a copy of ours
}

// onDisk is in as a file: itself, if it is one, or a copy of it.
func onDisk(in io.Reader) (*file, error) {
	if f, ok := in.(*file); ok {
		return f, nil
	}
	if f, ok := in.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return &file{File: f, size: info.Size()}, nil
		}
	}
	f, err := os.CreateTemp("", "truce-read-*")
	if err != nil {
		return nil, err
	}
	out := &file{File: f, copy: true}
	out.size, err = io.Copy(f, io.LimitReader(in, mostBytes+1))
	if err == nil && out.size > mostBytes {
		err = fmt.Errorf("larger than %d bytes", int64(mostBytes))
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		out.Close()
		return nil, err
	}
	return out, nil
}

// Close closes the file, and removes the copy.
func (f *file) Close() error {
	err := f.File.Close()
	if f.copy {
		_ = os.Remove(f.Name())
	}
	return err
}

// archive opens a workbook's zip, and refuses one that unpacks into too much.
func (f *file) archive(o Options) (*zip.Reader, error) {
	most := uint64(mostUnzip)
	if o.Unpacked > 0 {
		most = min(most, uint64(o.Unpacked))
	}
	z, err := zip.NewReader(f, f.size)
	if err != nil {
		return nil, fmt.Errorf("the file is damaged: %w", err)
	}
	total := uint64(0)
	for _, m := range z.File {
		total += m.UncompressedSize64
		if total > most || m.UncompressedSize64 > most || total > ratioFrom && total/mostRatio > uint64(f.size) {
			return nil, errors.New("it unpacks into more than a file of its size holds; refused as a decompression bomb")
		}
		if m.Flags&1 != 0 {
			return nil, errors.New("it is encrypted; save it without a password")
		}
	}
	return z, nil
}

// raw writes cells as a line of CSV.
func raw(buf *bytes.Buffer, cells [][]byte) []byte {
	buf.Reset()
	w := csv.NewWriter(buf)
	line := make([]string, len(cells))
	for i, c := range cells {
		line[i] = string(c)
	}
	_ = w.Write(line)
	w.Flush()
	return bytes.TrimRight(buf.Bytes(), "\n")
}

// A sheet takes the header off the rows of a sheet, and makes all rows as long as it.
type sheet struct {
	next   func() (cells []string, number int, err error) // a *Fault, or io.EOF
	header []string
	buf    bytes.Buffer
	text   []byte
	cells  [][]byte
	above  int     // the row of the header
	merged []Merge // of the whole sheet
}

func (s *sheet) merges() []Merge {
	return slices.DeleteFunc(slices.Clone(s.merged), func(m Merge) bool { return m.From <= s.above })
}

// newSheet reads the header: the first row that has a cell, after those that are skipped.
func newSheet(o Options, next func() ([]string, int, error)) (*sheet, error) {
	s := &sheet{next: next, header: o.Header}
	for skip := o.Skip; skip > 0; skip-- {
		if _, _, err := next(); err != nil {
			return nil, fmt.Errorf("the sheet ends before its header: skip is %d", o.Skip)
		}
	}
	if s.header != nil {
		s.above = o.Skip
	}
	if s.header == nil {
		s.tags()
		next = s.next
	}
	for s.header == nil {
		cells, number, err := next()
		switch {
		case err == io.EOF:
			return nil, errors.New("the sheet is empty: not even a header")
		case err != nil:
			return nil, fmt.Errorf("the header: %w", err)
		}
		for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
			cells = cells[:len(cells)-1]
		}
		if len(cells) > 0 {
			s.above = number
			s.header = make([]string, len(cells))
			for i, c := range cells {
				s.header[i] = strings.TrimSpace(c)
			}
		}
	}
	return s, nil
}

// TagRows is how far down a row of HXL tags may be (HXL 1.1, "the first 25 rows").
const TagRows = 25

// Tags reports whether a row is one of HXL tags (Humanitarian Exchange Language 1.1):
// cells such as #date+occurred, or empty, and at least one of the former.
func Tags(cells []string) bool {
	any := false
	for _, c := range cells {
		switch {
		case c == "":
		case len(c) < 2 || c[0] != '#' || (c[1]|0x20 < 'a' || c[1]|0x20 > 'z'):
			return false
		default:
			any = true
		}
	}
	return any
}

// tags looks for a row of HXL tags among the first rows. The header is the row above it, and
// what is further up is a title.
func (s *sheet) tags() {
	type read struct {
		cells []string
		n     int
		err   error
	}
	var held []read
	for len(held) < TagRows {
		cells, n, err := s.next()
		held = append(held, read{slices.Clone(cells), n, err})
		if err != nil {
			break
		}
		trimmed := make([]string, len(cells))
		for i, c := range cells {
			trimmed[i] = strings.TrimSpace(c)
		}
		if Tags(trimmed) {
			held = held[max(0, len(held)-2):]
			break
		}
	}
	rest := s.next
	s.next = func() ([]string, int, error) {
		if len(held) > 0 {
			r := held[0]
			held = held[1:]
			return r.cells, r.n, r.err
		}
		return rest()
	}
}

func (s *sheet) Header() []string { return s.header }
func (s *sheet) Shaped() bool     { return false }

func (s *sheet) Next() (Row, error) {
	for {
		cells, number, err := s.next()
		var fault *Fault
		if err != nil && !errors.As(err, &fault) {
			return Row{}, err
		}
		empty := true
		for i, c := range cells {
			if strings.TrimSpace(c) == "" {
				continue
			}
			if empty = false; i >= len(s.header) && fault == nil {
				fault = &Fault{Why: fmt.Sprintf("a cell in column %d, and the header has %d columns", i+1, len(s.header))}
			}
			if len(c) > mostCell && fault == nil {
				fault = &Fault{Why: fmt.Sprintf("cell %d is longer than %d bytes", i+1, mostCell)}
			}
		}
		if empty && fault == nil {
			continue
		}
		s.text, s.cells = s.text[:0], s.cells[:0]
		for i := range max(len(s.header), len(cells)) {
			cell := ""
			if i < len(cells) {
				cell = cells[i]
			}
			at := len(s.text)
			s.text = append(s.text, cell...)
			s.cells = append(s.cells, s.text[at:len(s.text):len(s.text)])
		}
		out := Row{Cells: s.cells, Number: number, Raw: raw(&s.buf, s.cells)}
		out.Cells = s.cells[:len(s.header)]
		if fault != nil {
			return out, fault
		}
		return out, nil
	}
}

// count is a reader that says how far it is.
func buffered(in io.Reader) *bufio.Reader { return bufio.NewReaderSize(in, 64<<10) }
