package source

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// readJSON drives a source whose rows are JSON objects: one on each line, the
// elements of an array, or the features of a GeoJSON FeatureCollection, whose
// properties are the cells. A member that the layout does not name ends the
// file; a member that is absent or null is an empty cell.
//
// A line that is not JSON is rejected, and reading continues with the next line. An
// array has no next line, so there it ends the file.
func readJSON(in io.Reader, o Options, features bool, t table) iter.Seq2[truce.Item, error] {
	return func(yield func(truce.Item, error) bool) {
		decoded, err := o.decode(in)
		if err != nil {
			yield(truce.Item{}, o.at(err))
			return
		}
		j := &jsonReader{table: t, o: &o, row: &row{file: o.File}, out: emitter{yield: yield}, maxCell: o.MaxCell}
		j.names = append(slices.Clone(t.need), t.may...)
		j.met = met{wanted: map[string]bool{}, entered: map[string]bool{"": true}, paths: map[string]bool{}}
		j.row.names = j.names
		j.row.cells = make([][]byte, len(j.names))
		j.row.at = make([]int, len(j.names))
		for i := range j.row.at {
			j.row.at[i] = i
		}
		if j.maxCell <= 0 {
			j.maxCell = defaultMaxCell
		}
		if o.Mapping != nil {
			j.rename, j.children = o.Mapping.Table.Rename, o.Mapping.Table.Children
			j.rows, j.row.mapped, j.row.comma, j.row.stop = o.Mapping.Table.Rows, true, o.Mapping.Table.Decimal == ",", o.Mapping.Table.Decimal == "."
		}
		head := bufio.NewReaderSize(decoded, peeked)
		first, err := firstByte(head)
		switch {
		case err == io.EOF:
			err = errors.New("the file is empty")
		case err != nil:
		case features:
			err = j.features(head)
		case first == '[' && j.rows == "":
			err = j.array(head)
		case j.rows != "" || j.wrapped(head):
			err = j.document(head)
		default:
			err = j.lines(head)
		}
		if err == nil && !j.out.stopped {
			err = j.absent()
		}
		if err != nil && !j.out.stopped {
			yield(truce.Item{}, o.at(err))
		} else if !j.out.stopped && t.done != nil {
			t.done(j.out.record)
		}
	}
}

type jsonReader struct {
	table
	o       *Options
	at      int // the line of the object that is read
	names   []string
	row     *row
	out     emitter
	maxCell int
	rows    string // where the rows are in a document, such as value or result.items; "": the objects are the rows

	met met // which columns of the mapping some row has

	rename   map[string]string
	children string // the list in each of them whose elements are the rows; "": none
	list     []byte // that of this one

	shorts map[string]string // members of children by the short names that the mapping has for them
}

// peeked is how much of a file is looked at to find out where its rows are.
const peeked = 64 << 10

// wrapped finds the rows of a document that has them in a list below a name, as answers
// of services do ({"status": 200, "data": [...]}), and reports whether there is such a
// list. A document whose own members the mapping names is a row itself.
func (j *jsonReader) wrapped(in *bufio.Reader) bool {
	head, _ := in.Peek(peeked)
	dec := json.NewDecoder(bytes.NewReader(head))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok || slices.ContainsFunc(j.names, func(s string) bool { return s == name || strings.HasPrefix(s, name+".") }) {
			return false
		}
		rest := bytes.TrimLeft(head[dec.InputOffset():], " \t\r\n:")
		if inner, list := bytes.CutPrefix(rest, []byte("[")); list {
			if inner = bytes.TrimLeft(inner, " \t\r\n"); len(inner) > 0 && inner[0] == '{' {
				j.rows = name
				return true
			}
		}
		var skip json.RawMessage
		if dec.Decode(&skip) != nil {
			j.rows = listIn(head, j.names)
			return j.rows != ""
		}
	}
	if _, err := dec.Token(); err != nil || len(bytes.TrimSpace(head[dec.InputOffset():])) > 0 { // one object a line
		return false
	}
	j.rows = listIn(head, j.names)
	return j.rows != ""
}

// listIn is the path of the first list of objects in a document, such as data.items, that
// lies within objects alone; "": there is none in what was peeked. names are those that a
// mapping reads: what has one of them is a row.
func listIn(head []byte, names []string) string {
	dec := json.NewDecoder(bytes.NewReader(head))
	var path []string
	for {
		t, err := dec.Token()
		if err != nil {
			return ""
		}
		switch t {
		case json.Delim('{'):
			if len(path) > 4 {
				return ""
			}
			path = append(path, "")
			continue
		case json.Delim('}'):
			if path = path[:len(path)-1]; len(path) == 0 {
				return ""
			}
			continue
		}
		name, ok := t.(string)
		if !ok || len(path) == 0 {
			return ""
		}
		path[len(path)-1] = name
		whole := strings.Join(path, ".")
		if slices.Contains(names, whole) {
			return ""
		}
		rest := bytes.TrimLeft(head[dec.InputOffset():], " \t\r\n:")
		if inner, list := bytes.CutPrefix(rest, []byte("[")); list {
			if inner = bytes.TrimLeft(inner, " \t\r\n"); len(inner) > 0 && inner[0] == '{' {
				return whole
			}
		}
		if len(rest) > 0 && rest[0] == '{' {
			continue
		}
		var skip json.RawMessage
		if dec.Decode(&skip) != nil {
			return ""
		}
	}
}

// document reads the rows that are in a list somewhere in a JSON document.
func (j *jsonReader) document(in io.Reader) error {
	s := newElements(in)
	found, err := j.descend(s, strings.Split(j.rows, "."))
	if err == nil && !found {
		err = fmt.Errorf("the document has no list %q: say where its rows are with table: {rows: ...}", j.rows)
	}
	return err
}

// descend reads an object until it has read the list at a path in it.
func (j *jsonReader) descend(s *elements, path []string) (found bool, err error) {
	if err := s.expect('{'); err != nil {
		return false, err
	}
	for s.dec.More() && !j.out.stopped {
		s.budget.left = maxObject
		name, err := s.dec.Token()
		if err != nil {
			return found, s.fault(err)
		}
		switch {
		case name == path[0] && !found && len(path) > 1:
			if found, err = j.descend(s, path[1:]); err != nil {
				return found, err
			}
		case name == path[0] && !found:
			if err := s.expect('['); err != nil {
				return false, err
			}
			found = true
			err := s.each(func(raw json.RawMessage, line int) error {
				j.at = line
				return j.object(raw, nil)
			}, &j.out)
			if err != nil || j.out.stopped {
				return true, err
			}
		default:
			var skip json.RawMessage
			if err := s.dec.Decode(&skip); err != nil {
				return found, s.fault(err)
			}
			if text, _ := name.(string); slices.Contains(furtherPages, strings.ToLower(text)) && len(skip) > 2 && skip[0] == '"' {
				j.o.remark(Remark{What: RemarkPages, Value: clip(bytes.Trim(skip, `"`))})
			}
		}
	}
	if j.out.stopped {
		return found, nil
	}
	if _, err := s.dec.Token(); err != nil {
		return found, s.fault(err)
	}
	return found, nil
}

// furtherPages are names, in small letters, of the address of the next page of an answer.
var furtherPages = []string{"@odata.nextlink", "nextpageurl", "next", "@iot.nextlink", "nextlink", "next_page"}

// maxObject bounds one JSON object in bytes. Shapes are large.
const maxObject = 32 << 20

// firstByte looks past a byte order mark and white space without taking more.
func firstByte(r *bufio.Reader) (byte, error) {
	if head, _ := r.Peek(3); bytes.Equal(head, bom) {
		r.Discard(3)
	}
	for {
		b, err := r.Peek(1)
		if err != nil {
			return 0, err
		}
		if !bytes.ContainsAny(b, " \t\r\n") {
			return b[0], nil
		}
		r.Discard(1)
	}
}

// lines reads one object from each line.
func (j *jsonReader) lines(in io.Reader) error {
	l := newLineReader(in, j.maxCell)
	for !j.out.stopped {
		l.line += l.passed()
		n, err := l.lineLength(0)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("after line %d: %w", l.line, err)
		}
		j.at = l.line
		if n < 0 {
			raw, _, fault := l.skipLong(l.line)
			j.row.next(j.o, j.at, raw)
			j.problem(j.row.refuseRow(fault.Error(), ""))
			continue
		}
		l.next = n
		raw := trimEnd(l.buf[l.from : l.from+n])
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		if err := j.object(raw, nil); err != nil {
			return err
		}
	}
	return nil
}

// array reads the elements of a JSON array.
func (j *jsonReader) array(in io.Reader) error {
	s := newElements(in)
	if err := s.expect('['); err != nil {
		return err
	}
	return s.each(func(raw json.RawMessage, line int) error {
		j.at = line
		return j.object(raw, nil)
	}, &j.out)
}

// features reads the features of a GeoJSON FeatureCollection. Foreign members
// beside them are passed over, as RFC 7946, section 6.1 wants.
func (j *jsonReader) features(in io.Reader) error {
	s := newElements(in)
	if err := s.expect('{'); err != nil {
		return err
	}
	found := false
	for s.dec.More() {
		s.budget.left = maxObject
		name, err := s.dec.Token()
		if err != nil {
			return s.fault(err)
		}
		if name != "features" {
			var skip json.RawMessage
			if err := s.dec.Decode(&skip); err != nil {
				return s.fault(err)
			}
			if name == "type" && string(skip) != `"FeatureCollection"` {
				return fmt.Errorf("GeoJSON of type %s: want a FeatureCollection", clip(skip))
			}
			continue
		}
		found = true
		if err := s.expect('['); err != nil {
			return err
		}
		if err := s.each(j.feature, &j.out); err != nil || j.out.stopped {
			return err
		}
	}
	if !found {
		return errors.New("no features: is this a GeoJSON FeatureCollection?")
	}
	if _, err := s.dec.Token(); err != nil {
		return s.fault(err)
	}
	return nil
}

func (j *jsonReader) feature(raw json.RawMessage, line int) error {
	j.at = line
	var f struct {
		Type       string          `json:"type"`
		Properties json.RawMessage `json:"properties"`
		Geometry   json.RawMessage `json:"geometry"`
	}
	if err := json.Unmarshal(raw, &f); err != nil || f.Type != "Feature" {
		j.row.next(j.o, j.at, raw)
		j.problem(j.row.refuseRow("not a GeoJSON feature", ""))
		return nil
	}
	if len(f.Properties) == 0 || string(f.Properties) == "null" {
		f.Properties = json.RawMessage("{}")
	}
	if string(f.Geometry) == "null" {
		f.Geometry = nil
	}
	return j.objectOf(f.Properties, raw, f.Geometry)
}

func (j *jsonReader) object(raw, geometry []byte) error { return j.objectOf(raw, raw, geometry) }

// objectOf turns an object into a row and reads it.
func (j *jsonReader) objectOf(object, raw, geometry []byte) error {
	j.row.next(j.o, j.at, raw)
	j.row.geometry = geometry
	refused, err := j.split(object)
	if err != nil {
		return fmt.Errorf("row %d (line %d): %w", j.row.n, j.row.line, err)
	}
	if refused != nil {
		return j.problem(refused)
	}
	var ended error
	hand := func(err error) bool {
		ended = j.problem(err)
		return ended == nil && !j.out.stopped
	}
	if j.children == "" {
		j.table.rows(j.row, j.out.record, hand)
		return ended
	}
	j.each(hand)
	return ended
}

// each reads the children of a row: each has the cells of the row, and its own.
func (j *jsonReader) each(hand func(error) bool) {
	list := j.list
	if len(list) == 0 || list[0] == 'n' {
		hand(&SetAside{"the row has no " + j.children})
		return
	}
	var elements []json.RawMessage
	if json.Unmarshal(list, &elements) != nil {
		hand(j.row.refuseRow(fmt.Sprintf("%s is not a list", j.children), ""))
		return
	}
	if len(elements) == 0 {
		hand(&SetAside{"the row has no " + j.children})
		return
	}
	own := slices.Clone(j.row.cells)
	j.row.several = len(elements) > 1
	for i, e := range elements {
		copy(j.row.cells, own)
		j.row.key, j.row.when, j.row.child = "", truce.Interval{}, i+1
		dec := json.NewDecoder(bytes.NewReader(e))
		t, err := dec.Token()
		var refused error
		if err != nil || t != json.Delim('{') {
			refused = j.row.refuseRow(fmt.Sprintf("element %d of %s is not an object", i+1, j.children), "")
		} else {
			refused, _ = j.members(dec, j.children+".", 1) // of an object inside a row, all may be unknown
		}
		if refused != nil {
			if !hand(refused) {
				return
			}
			continue
		}
		if !j.table.rows(j.row, j.out.record, hand) {
			return
		}
	}
}

// problem hands an error about a row on; one that ends the file comes back.
func (j *jsonReader) problem(err error) error {
	switch err.(type) {
	case *Refusal, *SetAside:
		if !j.out.stopped {
			j.out.problem(err)
		}
		return nil
	}
	return err
}

// split fills the cells from an object's members.
func (j *jsonReader) split(object []byte) (refused, fatal error) {
	clear(j.row.cells)
	j.list, j.row.child = nil, 0
	if !utf8.Valid(object) {
		return j.row.refuseRow("the row is not UTF-8", "if the file is from Windows, state its encoding: cp1252 or cp1251"), nil
	}
	dec := json.NewDecoder(bytes.NewReader(object))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return j.row.refuseRow("not a JSON object", ""), nil
	}
	if refused, fatal := j.members(dec, "", 0); refused != nil || fatal != nil {
		return refused, fatal
	}
	if _, err := dec.Token(); err != nil {
		return j.row.refuseRow("not JSON: the object is not closed", ""), nil
	}
	if dec.InputOffset() < int64(len(bytes.TrimRight(object, " \t\r\n"))) {
		return j.row.refuseRow("something follows the object", ""), nil
	}
	j.met.rows++
	if j.met.rows <= pathsFrom {
		j.met.add(object, "", 0)
	}
	for i := range j.need {
		if j.row.cells[i] == nil {
			return j.row.refuse(i, "the member is missing", ""), nil
		}
	}
	return nil, nil
}

// mostDepth bounds how deep a mapping looks into a row.
const mostDepth = 16

// members takes the members of an object, or the elements of a list, whose path begins
// with prefix. All members of a row are named in the mapping; of an object inside it,
// of which some are named, the others are passed over.
func (j *jsonReader) members(dec *json.Decoder, prefix string, depth int) (refused, fatal error) {
	seen := map[string]bool{}
	list := strings.HasSuffix(prefix, "[")
	prefix = strings.TrimSuffix(prefix, "[")
	for n := 0; dec.More(); n++ {
		name := strconv.Itoa(n)
		if !list {
			t, err := dec.Token()
			if err != nil {
				return j.row.refuseRow("not JSON: "+err.Error(), ""), nil
			}
			name, _ = t.(string)
		}
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return j.row.refuseRow("not JSON: "+err.Error(), ""), nil
		}
		path := prefix + name
		if to, ok := j.rename[path]; ok {
			path = to
		}
		if j.row.child > 0 && depth == 1 && !list {
			short, twice := j.shortOf(name)
			if twice != "" {
				return j.row.refuseRow(fmt.Sprintf("%q is short for %q and for %q", short, twice, name), "write the whole name in the mapping: "+j.children+"."+name), nil
			}
			path = cmp.Or(short, path)
		}
		if seen[name] {
			return j.row.refuseRow(fmt.Sprintf("member %q stands twice", path), ""), nil
		}
		seen[name] = true
		i := slices.Index(j.names, path)
		inside := (v[0] == '{' || v[0] == '[') && depth < mostDepth && (strings.HasPrefix(j.children, path+".") || j.renamed(path+".") || slices.ContainsFunc(j.names, func(s string) bool { return strings.HasPrefix(s, path+".") }))
		j.met.member(path, v)
		if path == j.children && j.row.child == 0 {
			j.list = v
			continue
		}
		switch {
		case inside:
			inner := json.NewDecoder(bytes.NewReader(v))
			_, _ = inner.Token()
			next := path + "."
			if v[0] == '[' {
				next += "["
			}
			if refused, fatal := j.members(inner, next, depth+1); refused != nil || fatal != nil {
				return refused, fatal
			}
			continue
		case i < 0 && (depth > 0 || slices.Contains(j.ignore, path) || slices.Contains(j.ignore, rest) || v[0] == 'n' && slices.ContainsFunc(j.names, func(s string) bool { return strings.HasPrefix(s, path+".") })):
			continue
		case i < 0:
			return nil, fmt.Errorf("member %q is unknown%s", path, truce.Suggest(path, append(slices.Clone(j.names), j.ignore...)))
		}
		cell, why := plain(v)
		if why == "" && len(cell) > j.maxCell {
			why = fmt.Sprintf("longer than %d bytes", j.maxCell)
		}
		j.row.cells[i] = cell
		if why != "" {
			return j.row.refuse(i, why, ""), nil
		}
	}
	return nil, nil
}

// wants reports whether the mapping names a column, or one inside it.
func (j *jsonReader) wants(path string) bool {
	return slices.ContainsFunc(j.names, func(s string) bool { return s == path || strings.HasPrefix(s, path+".") })
}

// shortOf is the name that the mapping has for a member of a child whose own name repeats the groups
// that it is in, as forms of Kobo have it: incidents/incident/time in the list incidents/incident is
// also incidents/incident.time. "": it has no other name. twice is another member of that short name.
func (j *jsonReader) shortOf(name string) (short, twice string) {
	if !strings.Contains(name, "/") || j.wants(j.children+"."+name) {
		return "", ""
	}
	for _, s := range []string{strings.TrimPrefix(name, j.children+"/"), name[strings.LastIndexByte(name, '/')+1:]} {
		if short = j.children + "." + s; s == name || !j.wants(short) && !slices.Contains(j.ignore, short) {
			continue
		}
		if j.shorts == nil {
			j.shorts = map[string]string{}
		}
		if of, known := j.shorts[short]; known && of != name {
			return short, of
		}
		j.shorts[short] = name
		return short, ""
	}
	return "", ""
}

// renamed reports whether a member whose path begins so has another name.
func (j *jsonReader) renamed(prefix string) bool {
	for from := range j.rename {
		if strings.HasPrefix(from, prefix) {
			return true
		}
	}
	return false
}

// plain is a JSON value as a cell.
func plain(v json.RawMessage) (cell []byte, why string) {
	switch v[0] {
	case '{', '[':
		return v, "want a plain value"
	case 'n':
		return nil, ""
	case '"':
		var s string
		if json.Unmarshal(v, &s) != nil {
			return v, "not a string"
		}
		if bytes.IndexByte([]byte(s), 0) >= 0 {
			return v, "the value has a NUL byte"
		}
		return append([]byte{}, s...), ""
	}
	return v, ""
}

// elements reads a JSON document one element at a time, with a bound on what
// one may hold, and knows the line of each.
type elements struct {
	dec    *json.Decoder
	budget *budget
	line   int
}

// budget ends reading when one element needs too much, and remembers where
// lines end.
type budget struct {
	in   io.Reader
	left int
	at   int64
	ends []int64 // offsets of line ends not yet passed
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("one JSON value is longer than %d bytes", maxObject)
	}
	n, err := b.in.Read(p[:min(len(p), 64<<10)])
	for i := 0; ; {
		k := bytes.IndexByte(p[i:n], '\n')
		if k < 0 {
			break
		}
		i += k + 1
		b.ends = append(b.ends, b.at+int64(i))
	}
	b.at += int64(n)
	b.left -= n
	return n, err
}

func newElements(in io.Reader) *elements {
	b := &budget{in: in, left: maxObject}
	return &elements{dec: json.NewDecoder(b), budget: b, line: 1}
}

// here counts the lines up to an offset.
func (s *elements) here(offset int64) int {
	n := 0
	for n < len(s.budget.ends) && s.budget.ends[n] <= offset {
		n++
	}
	s.line += n
	s.budget.ends = s.budget.ends[:copy(s.budget.ends, s.budget.ends[n:])]
	return s.line
}

func (s *elements) fault(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = errors.New("the file ends too early")
	}
	return fmt.Errorf("near line %d: %w", s.here(s.dec.InputOffset()), err)
}

func (s *elements) expect(d json.Delim) error {
	t, err := s.dec.Token()
	if err != nil {
		return s.fault(err)
	}
	if t != d {
		return fmt.Errorf("near line %d: want %q", s.here(s.dec.InputOffset()), rune(d))
	}
	return nil
}

// each hands on the elements of an array whose bracket has been read.
func (s *elements) each(do func(raw json.RawMessage, line int) error, out *emitter) error {
	for !out.stopped {
		s.budget.left = maxObject
		if !s.dec.More() {
			break
		}
		var raw json.RawMessage
		if err := s.dec.Decode(&raw); err != nil {
			return s.fault(err)
		}
		if err := do(raw, s.here(s.dec.InputOffset()-int64(len(raw)))); err != nil {
			return err
		}
	}
	if out.stopped {
		return nil
	}
	if _, err := s.dec.Token(); err != nil {
		return s.fault(err)
	}
	return nil
}

// shape reads the row's geometry.
func (r *row) shape() (*geo.Feature, error) {
	if r.geometry == nil {
		return nil, r.refuseRow("the feature has no geometry", "")
	}
	fs, err := geo.ReadGeoJSON(r.geometry)
	if err != nil {
		return nil, r.refuseRow("geometry: "+err.Error(), "")
	}
	if len(fs) != 1 {
		return nil, r.refuseRow("geometry: want one", "")
	}
	if w := fs[0].Wide; w != nil {
		return nil, r.refuseRow("geometry: "+w.Text, "cut the shape at the antimeridian as RFC 7946, section 3.1.9 says, or add points along the edge")
	}
	return &fs[0], nil
}

// pointShape reads the row's geometry as one position within bounds.
func (r *row) pointShape(within box) (geo.Point, error) {
	f, err := r.shape()
	if err != nil {
		return geo.Point{}, err
	}
	if len(f.Points) != 1 || f.Polygons != nil || f.Lines != nil {
		return geo.Point{}, r.refuseRow("geometry: want one point", "")
	}
	p := f.Points[0]
	if p.Lat == 0 && p.Lon == 0 {
		return geo.Point{}, r.refuseRow("geometry: "+nowhere, nowhereHint)
	}
	if !within.holds(int64(p.Lat), int64(p.Lon)) {
		hint := ""
		if within.holds(int64(p.Lon), int64(p.Lat)) {
			hint = "latitude and longitude look swapped"
		}
		return geo.Point{}, r.refuseRow("geometry: "+p.String()+" is out of bounds", hint)
	}
	return p, nil
}
