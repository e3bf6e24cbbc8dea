package source

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/format"
	"go.yaml.in/yaml/v3"
)

// A Proposal is a mapping that may fit a file, for a person to look at. Nothing is read into a
// record by it before somebody has saved it.
type Proposal struct {
	Format    string
	Encoding  string // "": UTF-8, or the format's own
	Separator string // of CSV, as a mapping names it
	Tags      bool   // there is a row of HXL tags
	Rows      int    // that were looked at
	All       bool   // these are all
	Columns   []Column
	Mapping   string   // in YAML; "" if a reader of its own knows the file
	Kind      string   // the kind whose columns these are; "": of no known publisher
	Open      []string // what only a person can decide, in sentences
}

// A Column is what was seen in one.
type Column struct {
	Name   string
	Filled int      // rows that have something in it
	Few    []string // some values, the most frequent first
	As     string   // the key of the mapping it is proposed for; "": ignored
	What   string   // what its values look like, such as "dates, DD.MM.YYYY"
	Hidden bool     // by its name, its values may be names or numbers of private persons, so Few has none
}

// mostLooked bounds the rows that a proposal looks at.
const mostLooked = 20_000

// Propose looks at a file and proposes a mapping. name is that of the file.
func Propose(in io.Reader, name string, o Options) (*Proposal, error) {
	kind, advice, in, err := format.Sniff(in)
	if err != nil {
		return nil, err
	}
	if o.Sheet != "" && kind != "" && kind != format.XLSX && kind != format.ODS && kind != format.GeoPackage {
		return nil, fmt.Errorf("%s is %s and has no sheets: leave --sheet out", name, kind)
	}
	p := &proposer{room: mostKept, Proposal: &Proposal{Format: kind, Encoding: o.Encoding}, seen: map[string]*column{}}
	switch kind {
	case "":
		return nil, fmt.Errorf("%s is %s", name, advice)
	case format.Text, format.JSON: // one of the ways in which a chat begins looks like JSON
		in, chat := notChat(in, nil)
		switch {
		case chat != nil:
			return nil, fmt.Errorf("%s is %w", name, chat)
		case kind == format.Text:
			err = p.text(in, o)
		default:
			err = p.json(in, o)
		}
	case format.GeoJSON:
		err = p.json(in, o)
	default:
		err = p.formatted(in, kind, o)
	}
	if err != nil && (p.Rows == 0 || len(p.order) == 0 && p.shaped == 0) {
		if errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
			err = errors.New("the file ends too early; copy it again, it may have been cut off")
		}
		return nil, err
	}
	if len(p.order) == 0 && p.shaped == 0 {
		return nil, errors.New("the file has no columns")
	}
	p.o = o
	p.toChildren()
	p.decide(name, o)
	return p.Proposal, nil
}

type proposer struct {
	*Proposal
	room       int // bytes of values that may still be kept
	order      []*column
	seen       map[string]*column
	shaped     int // rows with a geometry
	o          Options
	frame      string              // the base of a form
	stamps     []stamp             // the times that the mapping has
	first      []string            // the cells of the first line of a text
	lists      []string            // lists of objects inside rows
	members    map[string][]string // of the first object in each of them
	longest    map[string]int      // how many elements lists have at most
	kids       *proposer           // the elements of the first of them, with what is in their rows
	rows       string              // the list in a JSON document
	skip       int                 // rows of a sheet over its header
	sheets     []string            // that have rows, if there are several
	chosen     string              // the one that is looked at; "": there is only one
	sheetsAre  string              // sheets or layers
	within     string              // the list whose elements are looked at; its name may be before theirs once more
	childrenOf string              // the list whose elements are proposed as the rows
	header     []string            // of two rows, put together; nil: the file's own
	uncut      int                 // rows that could not be cut into cells
	firstUncut string              // what is wrong with the first of them
	described  []string            // columns that are fields inside descriptions
	areas      []*column           // of names of areas, such as province and district
	together   map[[2]string]int   // rows with these values of two of them, before which their numbers are
}

type column struct {
	Column
	values map[string]int // the distinct values, mostLooked at most
	more   bool           // there are more
	room   *int           // bytes that the values of all columns may still take
	role   string
	tag    string // of HXL
	unique bool
	used   bool
	merged int  // cells that one above covers
	empty  int  // other empty cells
	below  bool // each empty cell is below a filled one, as where a group is named once
}

const (
	mostValues = 400
	mostKept   = 128 << 20 // bytes of the values of all columns, about
	valueCost  = 64        // of one, beside its text
)

func (p *proposer) column(name string) *column {
	c := p.seen[name]
	if c == nil && len(p.order) < 2000 {
		c = &column{Column: Column{Name: name}, values: map[string]int{}, room: &p.room}
		p.seen[name], p.order = c, append(p.order, c)
	}
	return c
}

func (c *column) add(cell []byte) {
	cell = bytes.TrimSpace(cell)
	if c == nil || len(cell) == 0 || truce.NotKnown(string(cell)) {
		return
	}
	c.Filled++
	if len(cell) > 300 {
		cell = cell[:300]
	}
	switch _, ok := c.values[string(cell)]; {
	case ok:
		c.values[string(cell)]++
	case len(c.values) < mostLooked && *c.room > 0:
		c.values[string(cell)]++
		*c.room -= len(cell) + valueCost
	default:
		c.more = true
	}
}

// text looks at CSV and its kin.
func (p *proposer) text(in io.Reader, o Options) error {
	head := bufio.NewReaderSize(in, 256<<10)
	if first, _ := head.Peek(256 << 10); o.Encoding == "" && !bytes.HasPrefix(first, []byte{0xFF, 0xFE}) && !bytes.HasPrefix(first, []byte{0xFE, 0xFF}) {
		if i := bytes.LastIndexByte(first, '\n'); i > 0 {
			first = first[:i]
		}
		if !utf8.Valid(first) {
			p.Encoding = guessed(first)
			o.Encoding = p.Encoding
		}
	}
	decoded, err := o.decode(head)
	if err != nil {
		return err
	}
	l := newLineReader(decoded, o.MaxCell)
	if err := l.skipBOM(); err != nil {
		return err
	}
	l.separate(TableFields{Header: []string{}}) // a row of tags may be below names in two rows
	var header []string
	over, names, sep := l.twoRows()
	if names == nil {
		l.toHeader()
	}
	if names != nil {
		l.sep, p.skip, p.header, header = sep, over, names, names
		for range over {
			if n, err := l.lineLength(0); err == nil && n > 0 {
				l.next = n
				l.line += l.passed()
			}
		}
		l.width = len(header)
		for _, h := range header {
			p.column(h)
		}
	} else if over, sep := l.titled(); over > 0 {
		l.sep, p.skip = sep, over
		for range over {
			if n, err := l.lineLength(0); err == nil && n > 0 {
				l.next = n
				l.line += l.passed()
			}
		}
	}
	for word, sep := range separators {
		if sep == l.sep && len(word) > 2 {
			p.Separator = word
		}
	}
	for p.Rows < mostLooked {
		_, line, err := l.read()
		var fault *rowFault
		switch {
		case err == io.EOF:
			p.All = true
			return nil
		case errors.As(err, &fault) && header == nil:
			return fmt.Errorf("line %d: header: %s; %s", line, fault.why, fault.hint)
		case errors.As(err, &fault):
			if p.uncut++; p.uncut == 1 {
				p.firstUncut = fmt.Sprintf("line %d: %s; %s", line, fault.why, fault.hint)
			}
			p.Rows++
			continue
		case err != nil:
			return err
		}
		if header == nil {
			header = texted(l.cells)
			l.width, p.first = len(header), header
			named := p.gdelt()
			if named != nil { // the file has no header
				header = named
			}
			for _, h := range header {
				p.column(h)
			}
			if named == nil {
				continue
			}
		}
		if p.Rows == 0 && !p.Tags && format.Tags(texted(l.cells)) {
			p.tagged(texted(l.cells), header)
			continue
		}
		p.Rows++
		p.row(header, l.cells, 0, nil)
	}
	return nil
}

// row takes the cells of one row. Those that are merged with a cell above have its value.
func (p *proposer) row(header []string, cells [][]byte, number int, merged map[int][]mergedCells) {
	over := false // a cell before this one is filled
	defer p.nests(header, cells)
	for i, cell := range cells[:min(len(cells), len(header))] {
		c := p.seen[header[i]]
		if c == nil {
			continue
		}
		for len(merged[i]) > 0 && merged[i][0].To < number {
			merged[i] = merged[i][1:]
		}
		if len(merged[i]) > 0 {
			switch m := &merged[i][0]; {
			case number == m.From:
				m.value = bytes.Clone(bytes.TrimSpace(cell))
			case number > m.From && len(bytes.TrimSpace(cell)) == 0 && len(m.value) > 0:
				cell = m.value
				c.merged++
			}
		}
		blank := len(bytes.TrimSpace(cell)) == 0
		switch {
		case p.Rows == 1:
			c.below = !blank
		case blank && over:
			c.below = false
		}
		if c.add(cell); blank {
			c.empty++
		} else {
			over = true
		}
	}
}

// mergedCells are cells of one column that one above covers, with its value.
type mergedCells struct {
	format.Merge
	value []byte
}

// fills proposes to fill what merged cells leave empty, and asks where nothing shows that an empty
// cell means the same as the one above.
func (p *proposer) fills(table map[string]string, ask func(string, ...any)) {
	var merged, grouped []*column
	for _, c := range p.order {
		switch {
		case c.merged > 0:
			merged = append(merged, c)
		case c.below && c.Filled > 0 && c.empty > 1 && c.empty*5 >= p.Rows && c.role != "key" && c.role != "note":
			grouped = append(grouped, c)
		}
	}
	inside := func(list []*column) string {
		var names []string
		for _, c := range list {
			names = append(names, flow(c.Name))
		}
		return "[" + strings.Join(names, ", ") + "]"
	}
	if len(merged) > 0 {
		table["fill"] = inside(merged)
		for _, c := range merged {
			more := ""
			if c.empty > 0 {
				more = fmt.Sprintf(" It also fills empty cells that are not merged (%d here): remove it if these mean that nothing is known.", c.empty)
			}
			ask("table: the column %q has cells that are merged over several rows (%d rows in all but the first of each). fill: gives each of these rows the value. Check that it is meant for each row.%s", c.Name, c.merged, more)
		}
	}
	if len(grouped) > 0 {
		ask("table: %s of %d rows have an empty cell in %q, below a filled one. If an empty cell means the same as the one above, write table: {fill: %s}; without it, these rows do not state it.", strconv.Itoa(grouped[0].empty), p.Rows, grouped[0].Name, inside(grouped))
	}
}

// tagged keeps the HXL tag of each column.
func (p *proposer) tagged(tags, header []string) {
	p.Tags = true
	for i, tag := range tags[:min(len(tags), len(header))] {
		if c := p.seen[header[i]]; c != nil {
			c.tag = tag
		}
	}
}

// guessed is the encoding of bytes that are not UTF-8: Cyrillic if most letters beyond ASCII are
// beside another, as in whole words, or else Western, where they are single.
func guessed(b []byte) string {
	high, beside := 0, 0
	for i, c := range b {
		if c < 0xC0 {
			continue
		}
		if high++; i > 0 && b[i-1] >= 0xC0 || i+1 < len(b) && b[i+1] >= 0xC0 {
			beside++
		}
	}
	if high >= 10 && beside*10 > high*6 {
		return "cp1251"
	}
	return "cp1252"
}

// formatted looks at a table that package format reads.
func (p *proposer) formatted(in io.Reader, kind string, o Options) error {
	named, again := in.(interface{ Name() string })
	sheet := o.Sheet
	t, err := format.Open(in, kind, format.Options{Sheet: sheet, Unpacked: o.Unpacked})
	var several *format.SeveralError
	switch {
	case again && errors.As(err, &several):
		if p.sheets, p.sheetsAre = several.Names, several.What; len(several.Names) > 0 {
			sheet = tableAmong(named.Name(), kind, several.Names, o)
			t, err = reopened(named.Name(), kind, format.Options{Sheet: sheet, Unpacked: o.Unpacked})
		}
	case sheet != "":
		p.sheets = []string{sheet}
	}
	if err != nil {
		return err
	}
	p.chosen = sheet
	name := ""
	if again {
		name = named.Name()
	}
	return p.table(t, name, kind, o, mostLooked)
}

// reopened opens a file once more: what was looked at is gone.
func reopened(name, kind string, o format.Options) (format.Table, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	t, err := format.Open(f, kind, o)
	if err != nil {
		f.Close()
	}
	return t, err
}

// tableAmong is the first of several sheets or layers that has a column of dates among three or
// more, as a table of events has; else the one with most columns. Notes and lists of codes, which
// people put before the table, have neither.
func tableAmong(name, kind string, sheets []string, o Options) string {
	const rows = 50 // enough to see whether a column has dates
	widest, columns := sheets[0], 0
	for _, s := range sheets[:min(len(sheets), mostBeside)] {
		t, err := reopened(name, kind, format.Options{Sheet: s, Unpacked: o.Unpacked})
		if err != nil {
			continue
		}
		p := &proposer{room: 1 << 20, Proposal: &Proposal{Format: kind}, seen: map[string]*column{}, chosen: s}
		if p.table(t, name, kind, o, rows) != nil || p.Rows == 0 {
			continue
		}
		if len(p.order) > 2 && slices.ContainsFunc(p.order, func(c *column) bool {
			layouts, _, _ := c.dates()
			return len(layouts) > 0 && layouts[0] != "YYYY" && c.Filled*2 > p.Rows
		}) {
			return s
		}
		if len(p.order) > columns {
			widest, columns = s, len(p.order)
		}
	}
	return widest
}

// table looks at the rows of a table, of which at most so many; name is that of the file, if it can
// be opened once more.
func (p *proposer) table(t format.Table, name, kind string, o Options, most int) error {
	if name != "" && (kind == format.XLSX || kind == format.ODS) && (len(t.Header()) < 4 || slices.Contains(t.Header(), "") || len(format.Merges(t)) > 0) {
		if below, skip, header := belowTitle(t, name, kind, p.chosen, o); below != nil {
			t.Close()
			t, p.skip, p.header = below, skip, header
		}
	}
	defer func() { t.Close() }()
	header := t.Header()
	p.described = format.Described(t)
	for _, h := range header {
		p.column(h)
	}
	merged := map[int][]mergedCells{}
	for _, m := range format.Merges(t) {
		if len(merged[m.Column]) < mostLooked && m.From < mostLooked {
			merged[m.Column] = append(merged[m.Column], mergedCells{Merge: m})
		}
	}
	for _, list := range merged {
		slices.SortFunc(list, func(a, b mergedCells) int { return a.From - b.From })
	}
	for p.Rows < most {
		r, err := t.Next()
		var fault *format.Fault
		switch {
		case err == io.EOF:
			p.All = true
			return nil
		case err != nil && !errors.As(err, &fault):
			return err
		}
		if p.Rows == 0 && format.Tags(texted(r.Cells)) {
			p.tagged(texted(r.Cells), header)
			continue
		}
		p.Rows++
		if r.Geometry != nil {
			p.shaped++
		}
		p.row(header, r.Cells, r.Number, merged)
	}
	return nil
}

// belowTitle finds the header of a sheet that has a title over it: the first row, of ten, that
// has four in five of the cells that the widest row has. It returns the table from there, how
// many rows are over it, and the names of its columns if they are in two rows; nil: the file
// cannot be opened again.
func belowTitle(t format.Table, name, kind, sheet string, o Options) (below format.Table, skip int, header []string) {
	reopen := func(skip int, header []string) format.Table {
		t, err := reopened(name, kind, format.Options{Sheet: sheet, Skip: skip, Header: header, Unpacked: o.Unpacked})
		if err != nil {
			return nil
		}
		return t
	}
	wide := make([]string, 1) // names of no columns: each row is one of the table
	for range 200 {
		wide = append(wide, "")
	}
	all := reopen(0, wide)
	if all == nil {
		return nil, 0, nil
	}
	var rows [][]string
	for len(rows) < 30 {
		r, err := all.Next()
		var fault *format.Fault
		if err != nil && !errors.As(err, &fault) {
			break
		}
		for len(rows) < min(r.Number-1, 30) { // empty rows
			rows = append(rows, nil)
		}
		cells := texted(r.Cells)
		for len(cells) > 0 && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		rows = append(rows, slices.Clone(cells))
	}
	all.Close()
	if skip, header := twoRows(rows); header != nil {
		return reopen(skip, header), skip, header
	}
	if len(t.Header()) >= 4 {
		return reopen(0, nil), 0, nil
	}
	widest := len(t.Header())
	for _, r := range rows {
		widest = max(widest, filledOf(r))
	}
	for skip := range 11 {
		below := reopen(skip, nil)
		if below == nil {
			break
		}
		if len(below.Header())*5 >= widest*4 {
			return below, skip, nil
		}
		below.Close()
	}
	return reopen(0, nil), 0, nil
}

func filledOf(cells []string) (n int) {
	for _, c := range cells {
		if c != "" {
			n++
		}
	}
	return n
}

// twoRows finds names of columns that are in two rows, as where "Casualties" is over "killed" and
// "injured": two rows of words, each of which has a name where the other has none, right over
// the first row with most cells and a number or a date in it. It returns how many rows are above
// the first row of the table, and the names; nil: they are not in two rows.
func twoRows(rows [][]string) (skip int, header []string) {
	widest := 0
	for _, r := range rows {
		widest = max(widest, filledOf(r))
	}
	first := slices.IndexFunc(rows[:min(len(rows), 12)], func(r []string) bool {
		return filledOf(r)*5 >= widest*4 && slices.ContainsFunc(r, isData)
	})
	if first > 0 && format.Tags(rows[first-1]) { // below the names; a reader passes over it by itself
		first--
	}
	if first < 2 {
		return 0, nil
	}
	top, low := rows[first-2], rows[first-1]
	if filledOf(top) < 2 || filledOf(low) < 1 || slices.ContainsFunc(top, isData) || slices.ContainsFunc(low, isData) || format.Tags(low) {
		return 0, nil
	}
	group, alone, under := "", false, false
	seen := map[string]bool{}
	for i := range max(len(top), len(low), len(rows[first])) { // of the row of tags, if there is one
		a, b := cellOf(top, i), cellOf(low, i)
		if a != "" {
			group = a
		}
		name := a
		switch {
		case a == "" && b == "":
			return 0, nil
		case b == "":
			alone, group = true, ""
		case group == "":
			name = b
		default:
			under = under || a == ""
			name = group + "/" + b
		}
		if seen[name] {
			return 0, nil
		}
		seen[name] = true
		header = append(header, name)
	}
	if !alone || !under {
		return 0, nil
	}
	return first, header
}

func cellOf(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

// isData reports whether a cell is a number, a date or a time of day, which no column is called.
func isData(cell string) bool {
	one := column{Column: Column{Name: "date"}, values: map[string]int{cell: 1}}
	if cell == "" {
		return false
	}
	if one.numbers(-1e12, 1e12, true) || isClock(cell) {
		return true
	}
	layouts, _, _ := one.dates()
	return len(layouts) > 0
}

// json looks at objects, whose members inside others have paths.
func (p *proposer) json(in io.Reader, o Options) error {
	decoded, err := o.decode(in)
	if err != nil {
		return err
	}
	head := bufio.NewReaderSize(decoded, peeked)
	first, err := firstByte(head)
	if err != nil {
		return err
	}
	j := &jsonReader{}
	features := p.Format == format.GeoJSON
	take := func(raw json.RawMessage) {
		p.Rows++
		defer func() {
			if len(p.lists) > 0 {
				p.children(raw)
			}
		}()
		if features {
			var f struct {
				Properties json.RawMessage `json:"properties"`
				Geometry   json.RawMessage `json:"geometry"`
			}
			if json.Unmarshal(raw, &f) != nil {
				return
			}
			if len(f.Geometry) > 0 && string(f.Geometry) != "null" {
				p.shaped++
			}
			raw = f.Properties
		}
		p.object(raw, "", 0)
	}
	dec := json.NewDecoder(head)
	switch {
	case features:
		j.rows = "features"
		fallthrough
	case first == '{' && (features || j.wrapped(head)):
		p.rows = j.rows
		_, err := p.below(dec, strings.Split(j.rows, "."), take)
		return err
	case first == '[':
		if _, err := dec.Token(); err != nil {
			return err
		}
	}
	for p.Rows < mostLooked {
		if !dec.More() {
			p.All = true
			return nil
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			if err == io.EOF {
				p.All = true
				return nil
			}
			return err
		}
		take(raw)
	}
	return nil
}

// below takes the objects of the list at a path in the object that comes next.
func (p *proposer) below(dec *json.Decoder, path []string, take func(json.RawMessage)) (found bool, err error) {
	if _, err := dec.Token(); err != nil {
		return false, err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return false, err
		}
		switch {
		case name == path[0] && len(path) > 1:
			if found, err := p.below(dec, path[1:], take); found || err != nil {
				return found, err
			}
		case name == path[0]:
			if _, err := dec.Token(); err != nil {
				return false, err
			}
			for dec.More() && p.Rows < mostLooked {
				var raw json.RawMessage
				if err := dec.Decode(&raw); err != nil {
					return false, err
				}
				take(raw)
			}
			p.All = p.Rows < mostLooked
			return true, nil
		default:
			var skip json.RawMessage
			if err := dec.Decode(&skip); err != nil {
				return false, err
			}
		}
	}
	_, err = dec.Token()
	return false, err
}

// children looks at the elements of a list in a row, each with what else is in the row.
func (p *proposer) children(raw json.RawMessage) {
	path := strings.Split(p.lists[0], ".")
	at := raw
	for _, name := range path {
		var members map[string]json.RawMessage
		if json.Unmarshal(at, &members) != nil {
			return
		}
		at = members[name]
	}
	var list []json.RawMessage
	if json.Unmarshal(at, &list) != nil {
		return
	}
	if p.kids == nil {
		p.kids = &proposer{room: mostKept / 4, Proposal: &Proposal{}, seen: map[string]*column{}, within: p.lists[0]}
	}
	for _, element := range list {
		if p.kids.Rows++; p.kids.Rows > mostLooked {
			return
		}
		p.kids.object(raw, "", 0)
		p.kids.object(element, p.lists[0]+".", 1)
	}
}

// toChildren makes the proposal one of the elements of the only list in the rows, if one of their
// members says what was done and nothing in the rows themselves does.
func (p *proposer) toChildren() {
	if len(p.lists) != 1 || p.kids == nil || p.kids.Rows == 0 || strings.Contains(p.lists[0], ".") {
		return
	}
	inside, outside := false, false
	for _, c := range p.kids.order {
		own := strings.HasPrefix(c.Name, p.lists[0]+".")
		if prefix, ok := strings.CutSuffix(c.Name, ".type"); c.Filled == 0 || ok && p.kids.seen[prefix+".coordinates.0"] != nil { // of a geometry
			continue
		}
		switch {
		case roleOf(c.Name) == "act":
			inside, outside = inside || own, outside || !own
		case own && roleOf(c.Name) == "" && len(c.values) <= mostValues && c.meant()*2 > len(c.values) && len(c.unread(fewWords)) == 0:
			inside = true
		}
	}
	if outside {
		return
	}
	if !inside {
		return
	}
	delete(p.kids.seen, p.lists[0])
	p.kids.order = slices.DeleteFunc(p.kids.order, func(c *column) bool { return c.Name == p.lists[0] })
	p.childrenOf, p.seen, p.order, p.Rows, p.lists = p.lists[0], p.kids.seen, p.kids.order, p.kids.Rows, nil
}

func (p *proposer) object(raw json.RawMessage, prefix string, depth int) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	t, err := dec.Token()
	if err != nil {
		return
	}
	list := t == json.Delim('[')
	if !list && t != json.Delim('{') {
		return
	}
	for n := 0; dec.More() && n < 500; n++ {
		name := strconv.Itoa(n)
		if !list {
			t, err := dec.Token()
			if err != nil {
				return
			}
			name, _ = t.(string)
		}
		var v json.RawMessage
		if dec.Decode(&v) != nil {
			return
		}
		if p.within != "" && prefix == p.within+"." {
			name = strings.TrimPrefix(name, p.within+"/")
		}
		path := prefix + name
		switch {
		case (v[0] == '{' || v[0] == '[' && coordinates(v)) && depth < 6:
			p.object(v, path+".", depth+1)
		case v[0] == '{' || v[0] == '[':
			if inner := bytes.TrimLeft(v[1:], " \t\r\n"); v[0] == '[' && len(inner) > 0 && inner[0] == '{' && path[0] != '_' && !slices.Contains(p.lists, path) && len(p.lists) < 20 { // forms of Kobo have their own with _
				p.lists = append(p.lists, path)
			}
			p.firstOf(path, v)
			p.column(path).add([]byte(aList))
		default:
			cell, why := plain(v)
			c := p.column(path)
			if why == "" {
				c.add(cell)
			}
		}
	}
}

// firstOf notes the members of the first object of a list.
func (p *proposer) firstOf(path string, list json.RawMessage) {
	var elements []map[string]json.RawMessage
	if len(list) > 1<<16 || json.Unmarshal(list, &elements) != nil { // nobody knows how long it is
		p.length(path, 2)
		return
	}
	if p.length(path, len(elements)); len(elements) == 0 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(elements[0])) {
		if v := elements[0][name]; len(v) > 0 && v[0] != '{' && v[0] != '[' {
			p.noteMembers(path, strings.TrimPrefix(name, path+"/"))
		}
	}
}

// length notes how many elements a list has.
func (p *proposer) length(path string, n int) {
	if p.longest == nil {
		p.longest = map[string]int{}
	}
	p.longest[path] = max(p.longest[path], n)
}

// coordinates reports whether a list is two or three numbers.
func coordinates(v json.RawMessage) bool {
	var list []float64
	return json.Unmarshal(v, &list) == nil && len(list) > 1 && len(list) < 4
}

// persons are names of columns whose values are names, numbers or addresses of persons: who sent a
// message, filled in a form, or was asked.
var persons = regexp.MustCompile(`^(from( name| id| user)?|sender( name| id)?|sent by|user( ?name| id)?|author|actor id|contact( name| person)?|(tele)?phone( number| no)?|mobile( number)?|whats ?app|e ?mail( address)?|` +
	`enumerator( name| id)?|interviewer( name)?|respondent( name)?|informant( name)?|witness( name)?|victim( name)?|full ?name|first ?name|last ?name|surname|submitted by|submitter ?(name|id)?|reporter( name)?|subscriber ?id|device ?id|` +
	`absender|telefon(nummer)?|expéditeur|téléphone|remitente|teléfono|відправник|телефон|отправитель|ім'я|прізвище|имя|фамилия|المرسل|رقم الهاتف|الهاتف|الاسم)$`)

// lastName is the name of a column without the groups that it is in, in small letters.
func lastName(name string) string {
	own := strings.TrimLeft(name[strings.LastIndexAny(name, "/.")+1:], "_")
	return strings.Join(strings.Fields(separatorsOfNames.Replace(strings.ToLower(own))), " ")
}

// separatorsOfNames are blanks in the names of columns.
var separatorsOfNames = strings.NewReplacer("_", " ", ".", " ", "/", " ", "-", " ", ":", " ")

// inBrackets is an explanation behind a name.
var inBrackets = regexp.MustCompile(`\s*[(\[][^()\[\]]*[)\]]$`)

func roleOf(name string) string {
	name = withoutZone(name)
	if part := inBrackets.FindStringIndex(name); part != nil && part[0] > 0 {
		if r := roleOf(name[:part[0]]); r != "" { // Latitude (decimal)
			return r
		}
	}
	low := strings.ToLower(strings.TrimSpace(name))
	if !strings.HasPrefix(low, "#") {
		low = strings.Join(strings.Fields(separatorsOfNames.Replace(low)), " ")
	}
	own := name[strings.LastIndexByte(name, '/')+1:] // of a question in a group
	if own == name {
		own = name[strings.LastIndexByte(name, '.')+1:]
	}
	if strings.HasPrefix(own, "_") && strings.HasSuffix(own, "_precision") { // of a receiver, in forms of Kobo
		return "accuracy"
	}
	last := strings.Join(strings.Fields(separatorsOfNames.Replace(strings.ToLower(own))), " ")
	if role := roleIn(low, last, lastName(name)); role != "" {
		return role
	}
	if rest := ofEvents.ReplaceAllString(lastName(name), ""); rest != lastName(name) {
		return roleIn(rest)
	}
	return ""
}

// ofEvents are words before the name of a question that say what it is about.
var ofEvents = regexp.MustCompile(`^(inc|incident|ev|evt|event|viol|violation|attack|obs) `)

// roleIn is the role of the first of names that has one; "": none has.
func roleIn(names ...string) string {
	for _, r := range roles() {
		if slices.ContainsFunc(names, r.named.MatchString) {
			return r.name
		}
	}
	return ""
}

// layoutsTried are those that a column of dates may have, each with what comes behind it.
var layoutsTried = []string{"YYYY-MM[-DD[Thh:mm[:ss[.f[Z", "YYYY/MM/DD[ hh:mm[:ss[.f[Z", "DD.MM.YYYY[ hh:mm[:ss", "D.M.YYYY[ h:mm[:ss", "D/M/YYYY[ h:mm[:ss", "M/D/YYYY[ h:mm[:ss", "D-M-YYYY[ h:mm[:ss", "M-D-YYYY[ h:mm[:ss", "YYYYMMDD", "D MMMM YYYY", "D MMM YYYY h:mm[:ss", "D-MMM-YYYY h:mm[:ss",
	"D.M.YY[ h:mm[:ss", "D/M/YY[ h:mm[:ss", "M/D/YY[ h:mm[:ss", "D-MMM-YY[ h:mm[:ss", "D MMM YY[ h:mm[:ss", "YYYYMMDDhhmmss", "dtg", "json-date", "epoch", "epoch-ms", "YYYY"}

// dates finds the layouts that read all values of a column; false: no one does.
func (c *column) dates() (layouts []string, zoned, timed bool) {
	if len(c.values) == 0 {
		return nil, false, false
	}
	values := slices.Collect(maps.Keys(c.values))
	slices.Sort(values)
	for _, text := range layoutsTried {
		l := mustLayout(text)
		all, z, t := true, true, false
		for _, v := range values {
			w, err := l.parse([]byte(v))
			if err != nil || w.check() != nil || w.year < 1900 || w.year > 2100 || strings.HasPrefix(text, "epoch") && w.year < 1990 { // or each code, and each day of a spreadsheet, is in January 1970
				all = false
				break
			}
			z, t = z && w.zoned, t || w.unit < day
		}
		if !all {
			continue
		}
		if strings.HasPrefix(text, "epoch") && !strings.Contains(strings.ToLower(c.Name), "time") && roleOf(c.Name) != "occurred" && roleOf(c.Name) != "reported" {
			continue
		}
		if text == "YYYY" && roleOf(c.Name) != "occurred" {
			continue
		}
		layouts, zoned, timed = append(layouts, text), z, t
		if !strings.HasPrefix(text, "D/M/YY") && !strings.HasPrefix(text, "D-M-YYYY[") { // whose days and months may be the other way round
			break
		}
	}
	if layouts == nil {
		return c.mostlyDates()
	}
	return layouts, zoned, timed
}

// mostlyDates finds the layout that reads three in four rows, or two in three of a column whose
// name says what it is, where none reads all: a day that there is not does not hide a column. Layouts of digits alone are not found so.
func (c *column) mostlyDates() (layouts []string, zoned, timed bool) {
	all, most := 0, 0
	for v, n := range c.values {
		if !notReport.MatchString(v) {
			all += n
		}
	}
	for _, text := range layoutsTried {
		if strings.HasPrefix(text, "epoch") || !strings.ContainsAny(text, "-/. ") && text != "dtg" {
			continue
		}
		l := mustLayout(text)
		good, z, t := 0, true, false
		for v, n := range c.values {
			if w, err := l.parse([]byte(v)); err == nil && w.check() == nil && w.year >= 1900 && w.year <= 2100 {
				good += n
				z, t = z && w.zoned, t || w.unit < day
			}
		}
		switch {
		case good == most && slices.ContainsFunc(layouts, func(l string) bool { return sameOrder(l, text) }):
		case good*3 < all*2 || good*4 < all*3 && roleOf(c.Name) == "" || good < 2 || good < most:
		case good == most:
			layouts = append(layouts, text)
		default:
			most, layouts, zoned, timed = good, []string{text}, z, t
		}
	}
	return layouts[:min(len(layouts), 2)], zoned, timed
}

// sinceEpochs names the columns whose numbers would be recent times, if they count from 1970.
func (p *proposer) sinceEpochs(ask func(string, ...any)) {
	for _, c := range p.order {
		few := c.few(mostLooked)
		for _, text := range []string{"epoch", "epoch-ms"} {
			recent := func(v string) bool {
				w, err := mustLayout(text).parse([]byte(v))
				return err == nil && w.year >= 2000 && w.year < 2050
			}
			if c.used || len(few) == 0 || slices.ContainsFunc(few, func(v string) bool { return !recent(v) }) {
				continue
			}
			w, _ := mustLayout(text).parse([]byte(few[0]))
			ask("occurred: if %q counts the %s since 1970, %s is %04d-%02d-%02d %02d:%02d UTC: write occurred: {column: %s, layout: %s} and remove %s from ignore:.", c.Name, map[string]string{"epoch": "seconds", "epoch-ms": "milliseconds"}[text],
				few[0], w.year, w.month, w.day, w.hour, w.min, flow(c.Name), text, flow(c.Name))
		}
	}
}

// sameOrder reports whether two layouts differ only in whether days and months have two digits.
func sameOrder(a, b string) bool {
	short := strings.NewReplacer("DD", "D", "MM", "M", "hh", "h")
	return short.Replace(a) == short.Replace(b)
}

// numbers reports whether all values are numbers within low and high.
func (c *column) numbers(low, high float64, comma bool) bool {
	for v := range c.values {
		if v = foldedText(v); comma {
			v = strings.Replace(v, ",", ".", 1)
		}
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || n < low || n > high {
			return false
		}
	}
	return len(c.values) > 0
}

// mostly reports whether four in five rows have a number within low and high: typing errors and
// other notations do not hide a column.
func (c *column) mostly(low, high float64, comma bool) bool {
	good, all := c.within(low, high, comma)
	return good > 0 && good*5 >= all*4
}

// within counts the rows whose value is a number within low and high, and all that have one.
func (c *column) within(low, high float64, comma bool) (good, all int) {
	for v, rows := range c.values {
		all += rows
		one := column{values: map[string]int{v: 1}}
		if one.numbers(low, high, comma) {
			good += rows
		}
	}
	return good, all
}

// few are the most frequent values.
func (c *column) few(n int) []string {
	all := slices.SortedFunc(maps.Keys(c.values), func(a, b string) int {
		if d := c.values[b] - c.values[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return all[:min(n, len(all))]
}

// decide proposes what each column is for, and writes the mapping.
func (p *proposer) decide(file string, o Options) {
	comma := false
	by := map[string][]*column{}
	for _, c := range p.order {
		c.unique = len(c.values) == p.Rows && p.Rows > 0
		if c.Few = c.few(5); c.Name == "" { // a mapping cannot name it
			c.values = nil
		}
		if layouts, _, _ := c.dates(); len(layouts) == 0 && persons.MatchString(lastName(c.Name)) {
			c.Hidden, c.Few = true, nil
		}
		if prefix, ok := strings.CutSuffix(c.Name, ".type"); ok && p.seen[prefix+".coordinates.0"] != nil { // of a geometry
			continue
		}
		if c.role = roleOf(c.Name); p.Format == format.Feed && c.Name == "updated" { // when its publisher last changed the entry
			c.role = "changed"
			if published := p.seen["published"]; published == nil || published.Filled == 0 {
				c.role = "reported"
			}
		}
		if tag := roleOf(c.tag); c.role == "" || tag == "clock" {
			c.role = cmp.Or(tag, c.role)
		}
		if c.role != "" {
			by[c.role] = append(by[c.role], c)
		}
	}
	frame := ""
	first := func(role string, fits func(*column) bool) *column {
		list := by[role]
		if frame != "" { // a form is begun after what it reports; its own questions come first
			list = slices.Clone(list)
			slices.SortStableFunc(list, func(a, b *column) int { return cmp.Compare(bit(a.Name == "start"), bit(b.Name == "start")) })
		}
		for _, c := range list {
			if !c.used && c.Filled > 0 && !c.isList() && (fits == nil || fits(c)) {
				return c
			}
		}
		return nil
	}
	take := func(c *column, as, what string) string {
		c.used, c.As, c.What = true, as, what
		return flow(c.Name)
	}
	var y strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&y, format+"\n", args...) }
	ask := func(format string, args ...any) { p.Open = append(p.Open, fmt.Sprintf(format, args...)) }

	frame = p.recognise()
	p.frame = frame
	if p.Kind != "" && frame == "" {
		for _, c := range p.order {
			c.What = c.look()
			p.Columns = append(p.Columns, c.Column)
		}
		return
	}
	if frame != "" {
		p.Kind = ""
		say("base: %s   # the columns that each of its exports has: truce map --show %s", frame, frame)
		m, err := parseMapping([]byte("base: "+frame+"\nsource: s\noccurred: {column: start}\nact: fire\n"), "")
		if err == nil {
			for _, name := range m.Optional {
				for _, c := range p.order {
					if c.Name == name && name != "start" || strings.HasPrefix(c.Name, name+".") {
						c.used, c.As, c.What = true, "base", "a column of every such export"
					}
				}
			}
			for name := range m.Table.Rename {
				if c := p.seen[name]; c != nil {
					c.used, c.As, c.What = true, "base", "a column of every such export"
				}
			}
		}
	}
	who := publisherOf(file)
	say("source: %s   # who says it, as the agreement names it; or ingest --source-name NAME", flow(who))
	ask("source: %q is only a guess from the name of the file. Write who says it, and use one and the same name for all files of one publisher: two names count as two publishers that can confirm each other.", who)
	table := map[string]string{}
	if p.Encoding != "" {
		table["encoding"] = p.Encoding
		if o.Encoding == "" {
			ask("encoding: the text is not UTF-8 and was taken for %s. Look at the values: if letters are wrong, try another, such as cp1250, cp1251, cp1252, cp1256 or koi8-r.", p.Encoding)
		}
	}
	if lat := first("lat", nil); lat != nil {
		point, _ := lat.within(-90, 90, false)
		if either, all := lat.within(-90, 90, true); either > point && either*2 >= all {
			comma = true
			table["decimal"] = `","`
		}
	}
	if len(p.sheets) > 0 {
		table["sheet"] = flow(p.chosen)
		if len(p.sheets) > 1 {
			others := slices.DeleteFunc(slices.Clone(p.sheets), func(s string) bool { return s == p.chosen })
			ask("table: the file has several %s with rows, and the mapping is for %q. For another of them (%s): truce map --sheet NAME.", p.sheetsAre, p.chosen, some(others))
		}
	}
	if p.skip > 0 {
		table["skip"] = strconv.Itoa(p.skip)
		if p.Separator != "" { // a title may have other signs
			table["separator"] = p.Separator
		}
	}
	if p.rows != "" && p.Format == format.JSON {
		table["rows"] = flow(p.rows)
	}
	if p.header != nil {
		var names []string
		for _, h := range p.header {
			names = append(names, flow(h))
		}
		table["header"] = "[" + strings.Join(names, ", ") + "]"
		ask("table: the names of the columns are in two rows, which were put together: %s. Check them.", some(p.header))
	}
	p.fills(table, ask)
	if p.childrenOf != "" {
		table["children"] = flow(p.childrenOf)
		ask("table: each row has a list %q, and its elements say what was done: each of them is read as a report, with what else is in its row. If the rows themselves are the reports, remove children:.", p.childrenOf)
	}
	if p.uncut > 0 {
		ask("%s of the file cannot be cut into cells, and will be rejected. The first, %s.", plural(p.uncut, "row"), p.firstUncut)
	}
	if first := p.headless(); first != "" {
		ask("The first line looks like data and not like names of columns: %s. If it is data, its row is lost and the columns are called by its values: give the columns names with table: {header: [a, b, ...]}, one for each of %d.", first, len(p.order))
	}
	counts, sum := p.totals()
	if len(counts) > 1 {
		var names []string
		for _, c := range counts {
			names = append(names, take(c, "count", "numbers, a row of each cell"))
		}
		table["wide"] = "{columns: [" + strings.Join(names, ", ") + "], name: region, value: number}"
	}
	if len(table) > 0 {
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(table)) {
			parts = append(parts, k+": "+table[k])
		}
		say("table: {%s}", strings.Join(parts, ", "))
	}
	if c := first("key", func(c *column) bool { return c.unique }); c != nil {
		say("key: {column: %s}", take(c, "key", "each row has its own"))
	} else if c := p.dateKey(); c != nil && (len(counts) > 0 || p.toll()) {
		say("key: {column: %s}   # a number of the same date that is published again replaces it", flow(c.Name))
	} else if own := p.own(); own != nil && frame == "" {
		say("# key: {column: %s}   # each row has its own; without key, the content of a row is its key", flow(own.Name))
		more := "remove the # before key:"
		if !p.restIgnored() {
			more += fmt.Sprintf(", and remove %s from ignore:", flow(own.Name))
		}
		ask("key: %q has another value in each row. If it is the publisher's own number of the row, which stays the same when the row is corrected, %s.", own.Name, more)
	} else if frame == "" && slices.ContainsFunc(p.order, func(c *column) bool { return c.unique }) {
		say("# no column has numbers of the rows: the content of a row is its key")
	} else if frame == "" {
		say("# no column has another value in each row: the content of a row is its key")
	}

	if len(p.order) == 0 { // shapes and nothing else, as daily maps of control are published
		say("record: control")
		say("actor: ?   # the party that controls these areas, as the agreement names it")
		if w, err := mustLayout("YYYYMMDD").inName(Entry{Name: file}.base()); err == nil {
			say("occurred: {file: YYYYMMDD}   # %04d-%02d-%02d", w.year, w.month, w.day)
		} else if _, err := mustLayout("YYYY-MM-DD").inName(Entry{Name: file}.base()); err == nil {
			say("occurred: {file: YYYY-MM-DD}")
		} else {
			say("occurred: {file: YYYYMMDD}")
			ask("occurred: the name of the file has no date. Rename it to one such as %s-20251101, of the day that it is about.", who)
		}
		ask("The features have a geometry and no properties. If they are areas that a party controls, write which: actor: A. If they are not, ask the publisher what they are.")
		p.Mapping = y.String()
		return
	}
	if toll := p.toll(); len(counts) > 0 || toll {
		say("record: tally   # numbers over a time, and not single reports")
		if toll {
			ask("Each row is read as a total of the dead and injured of its date, and a row of zeros as a statement that there was none. If each row is an incident, remove record: tally; a row of zeros is then an attack that harmed nobody.")
		}
	}
	p.times(first, take, say, ask)
	p.notReports(say, ask)
	inHeader := p.zones(say, ask)
	if len(counts) > 0 {
		p.countPlaces(counts, say, ask)
	} else {
		p.places(by, first, take, say, ask, comma)
	}
	p.acts(first, take, say, ask)
	p.people(first, take, say, ask)
	switch {
	case len(counts) > 1:
		say("count: {column: number}")
		for _, c := range sum {
			ask("%q is left out: it looks like the sum of the other columns, and would be a second total of the same.", c.Name)
		}
	case len(counts) == 1:
		say("count: {column: %s}", take(counts[0], "count", "numbers"))
		ask("Each row is read as a total: how many of what act was done is stated for the whole time, and no single incident is made of it.")
	}
	if c := first("count", func(c *column) bool { return c.mostlyCounts() }); c != nil {
		say("count: {column: %s}", take(c, "count", "numbers"))
		if bad := c.unread(isCount); len(bad) > 0 {
			ask("count: rows are rejected in which %q is %s. Give each a meaning under values, such as {column: %s, values: {%s: NUMBER}}.", c.Name, some(bad), flow(c.Name), flow(bad[0]))
		}
	} else if c := first("count", nil); c != nil {
		ask("count: %q is not used, because most of its values are not numbers (%s). If it says how many acts a row reports, write count: {column: %s, values: {...}}.", c.Name, some(c.few(3)), flow(c.Name))
	}
	if !comma {
		p.thousands(ask)
	}
	if c := first("actor", nil); c != nil {
		say("actor: {column: %s}", take(c, "actor", c.kinds()))
		ask("actor is whom the publisher says it was, as a claim. List these names in the agreement under members: or others:.")
	} else {
		p.suspects(ask)
	}
	if c := first("publisher", nil); c != nil && len(c.values) > 1 {
		say("publisher: {column: %s}", take(c, "publisher", c.kinds()))
		ask("publisher: the file has reports that others published (%q), so its source is their collector. Rows confirm each other only where both state where they have it from, or an address of their own (origin: {own: {column: ...}}).", c.Name)
	}
	if c := first("note", nil); c != nil {
		say("note: {column: %s}", take(c, "note", "texts"))
	}
	var origin []string
	if c := first("link", func(c *column) bool { return strings.Contains(strings.Join(c.Few, " "), "://") }); c != nil {
		origin = append(origin, "post: {column: "+take(c, "origin.post", "addresses")+"}")
	}
	if c := first("cited", nil); c != nil {
		origin = append(origin, "publisher: {column: "+take(c, "origin.publisher", "whom the row cites")+"}")
	}
	for _, c := range by["cited"] {
		members := p.members[c.Name]
		if !c.isList() || c.used || len(members) == 0 || len(origin) > 0 {
			continue
		}
		first := "publisher: {column: " + flow(c.Name+".0."+named(members)) + "}"
		if i := slices.IndexFunc(members, func(m string) bool { return roleOf(m) == "link" }); i >= 0 {
			first += ", post: {column: " + flow(c.Name+".0."+members[i]) + "}"
		}
		if p.longest[c.Name] > 1 || !p.All {
			ask("%q is a list of what the row rests on (of %d at most here), and its members are %s. origin: {%s} reads its first element alone: two rows that share another one would then count as independent, so write it only if the first is what the row rests on.", c.Name, p.longest[c.Name], some(members), first)
			continue
		}
		take(c, "origin", "a list of one each, with "+some(members))
		origin = append(origin, first)
	}
	if len(origin) > 0 {
		say("origin: {%s}", strings.Join(origin, ", "))
	}
	p.questions(ask)
	var wide []*column
	for _, c := range p.order {
		if !c.used && c.role == "" && c.Filled > 0 && c.peopled() && !p.answer(c) && !codeName.MatchString(c.Name) {
			wide = append(wide, c)
		}
	}
	if len(wide) > 2 && len(counts) == 0 && p.Format != format.KML && p.Format != format.GPX {
		p.askWide(wide, ask)
	}
	for _, c := range p.order {
		if name, ok := strings.CutPrefix(c.Name, "SET-OF-"); ok && p.frame == "odk" {
			ask("The form has a repeated group %q, whose rows are in a file of their own. If these are the reports, write table: {file: %s, parent: {file: %s, key: KEY, by: PARENT_KEY}} and pack both files into one .zip; the columns of this file are then called parent.NAME.", name, flow("*-"+name+".csv"), flow("FORM.csv"))
		}
	}
	if len(p.described) > 0 {
		ask("The columns %s are fields inside the descriptions of the map, which were taken apart. Compare some of them with what the map shows.", some(p.described))
	}
	for _, name := range p.lists {
		if c := p.seen[name]; c != nil && !c.used {
			ask("Each row has a list %q. If its elements are the reports, write table: {children: %s}; their members are then columns: %s.", name, flow(name), p.membersOf(name))
		}
	}
	var left []string
	for _, c := range p.order {
		if !c.used {
			if name := flow(p.outermost(c)); !slices.Contains(left, name) {
				left = append(left, name)
			}
			if c.What == "" {
				c.What = c.look()
			}
		}
	}
	switch {
	case len(left) > 40 || p.restIgnored():
		say("ignore: rest   # %d columns", len(left))
	case len(left) > 0:
		say("ignore: [%s]", strings.Join(left, ", "))
	}
	p.Mapping = inHeader.Replace(y.String())
	for _, c := range p.order {
		p.Columns = append(p.Columns, c.Column)
	}
}

// outermost is the name under which a column is ignored: in JSON, that of the object around it if
// nothing of the object is used.
func (p *proposer) outermost(c *column) string {
	if p.Format != format.JSON && p.Format != format.GeoJSON {
		return c.Name
	}
	object, _, inside := strings.Cut(c.Name, ".")
	if !inside || p.seen[object] != nil || slices.ContainsFunc(p.order, func(o *column) bool { return o.used && strings.HasPrefix(o.Name, object+".") }) {
		return c.Name
	}
	if p.childrenOf != "" && strings.HasPrefix(p.childrenOf+".", object+".") {
		return c.Name
	}
	return object
}

// publisherOf is who may say what is in a file, by its name, without what differs between the
// files of one publisher: dates, numbers, and words such as week, part and final. If it kept
// them, each file would be a publisher that can confirm the others.
func publisherOf(file string) string {
	stem, _, _ := strings.Cut(file, ".")
	if strings.Trim(stem, "0123456789-_ ") == "" { // 2025.11.01.csv
		stem = strings.TrimSuffix(file, extensions.FindString(file))
	}
	var words []string
	for _, w := range partsOfNames.FindAllString(stem, -1) {
		w = strings.ToLower(w)
		if unicode.IsNumber([]rune(w)[0]) || calendarWords().months[w] != 0 || slices.Contains(ofEditions, w) {
			continue
		}
		words = append(words, w)
	}
	if len(words) == 0 {
		return "file"
	}
	return strings.Join(words[:min(len(words), 8)], "-")
}

var (
	extensions   = regexp.MustCompile(`(\.\pL[\pL\pN]*)+$`)
	partsOfNames = regexp.MustCompile(`[\pL\pM]+|\pN+`)
	ofEditions   = []string{"week", "wk", "w", "kw", "woche", "semaine", "semana", "month", "day", "date", "year", "part", "pt", "p", "final", "v", "ver", "version", "rev", "revision", "r",
		"copy", "kopie", "copie", "copia", "of", "draft", "new", "latest", "updated", "update", "corrected", "q", "no", "nr", "to", "from", "until", "st", "nd", "rd", "th",
		"тиждень", "неделя", "копия", "копія", "частина", "часть"}
)

// headless is the first line of a file that seems to have no header, shortened; empty: it has one.
// A name is never a date, and two names are not numbers with decimals.
func (p *proposer) headless() string {
	if p.Format != format.Text {
		return ""
	}
	numbers, dated := 0, false
	var line []string
	for _, c := range p.order {
		line = append(line, c.Name)
		one := column{Column: Column{Name: "date"}, values: map[string]int{c.Name: 1}}
		layouts, _, _ := one.dates()
		dated = dated || len(layouts) > 0 && layouts[0] != "YYYY" && strings.ContainsAny(c.Name, "-/.")
		if strings.ContainsAny(c.Name, ".,") && one.numbers(-1e9, 1e9, strings.Contains(c.Name, ",")) {
			numbers++
		}
	}
	if !dated && numbers < 2 {
		return ""
	}
	text := []rune(strings.Join(line, " | "))
	return string(text[:min(len(text), 80)])
}

// totals finds the columns of a table that has nothing but dates and whole numbers: those that
// count, and those that look like a sum of them. Such a table tells of no single act, and a row
// of it that says 0 would be an attack if it were read as a report.
func (p *proposer) totals() (counts, sum []*column) {
	if p.shaped > 0 || p.Kind != "" {
		return nil, nil
	}
	dated := false
	for _, c := range p.order {
		whole := c.Filled > 0 && c.peopled()
		switch layouts, _, _ := c.dates(); {
		case slices.Contains([]string{"year", "month", "day"}, c.role), len(layouts) > 0 && (c.role == "occurred" || !whole):
			dated = true
		case c.Filled == 0:
		case !whole, slices.Contains([]string{"lat", "lon"}, c.role):
			return nil, nil
		case slices.Contains([]string{"killed", "injured", "civilians", "key"}, c.role):
		default:
			counts = append(counts, c)
		}
	}
	if !dated || len(counts) == 0 {
		return nil, nil
	}
	if len(counts) > 1 {
		for _, c := range counts {
			if sums.MatchString(c.Name) {
				sum = append(sum, c)
			}
		}
		if len(sum) < len(counts) {
			counts = slices.DeleteFunc(counts, func(c *column) bool { return slices.Contains(sum, c) })
		} else {
			sum = nil
		}
	}
	return counts, sum
}

// toll reports whether a table has nothing but dates, another in each row, and numbers of dead
// and injured: an authority's daily figures, in which a row of zeros is not an attack.
func (p *proposer) toll() bool {
	if p.shaped > 0 || p.Kind != "" || p.dateKey() == nil {
		return false
	}
	people := false
	for _, c := range p.order {
		layouts, _, _ := c.dates()
		switch {
		case slices.Contains([]string{"killed", "injured"}, c.role) && c.peopled():
			people = true
		case c.Filled == 0 || c.role == "reported" || c.role == "civilians" && c.peopled():
		case len(layouts) == 0 || !slices.Contains([]string{"occurred", "month", "day"}, c.role):
			return false
		}
	}
	return people && p.Rows > 1
}

// dateKey is a column of dates that has another one in each row.
func (p *proposer) dateKey() *column {
	for _, c := range p.order {
		if layouts, _, _ := c.dates(); c.unique && len(layouts) > 0 && layouts[0] != "YYYY" && slices.Contains([]string{"occurred", "month", "day"}, c.role) {
			return c
		}
	}
	return nil
}

// own is a column of no known kind that has a short value in each row, and no value twice; nil:
// there is none.
func (p *proposer) own() *column {
	for _, c := range p.order {
		if c.measured() || !c.unique || c.role != "" || p.Rows < 2 || c.positions() || slices.ContainsFunc(c.few(mostLooked), func(v string) bool { return utf8.RuneCountInString(v) > 40 || strings.Contains(v, " ") }) {
			continue
		}
		if layouts, _, _ := c.dates(); len(layouts) == 0 {
			return c
		}
	}
	return nil
}

// restIgnored reports whether the proposal ignores columns without naming them, since the format
// has the same ones always.
func (p *proposer) restIgnored() bool { return p.Format == format.KML || p.Format == format.GPX }

// measured reports whether the values are times of day or numbers with fractions, which nobody gives
// to rows.
func (c *column) measured() bool {
	return strings.Contains(strings.ToLower(c.Name), "time") || c.numbers(-1e12, 1e12, true) && slices.ContainsFunc(c.few(mostLooked), func(v string) bool { return strings.ContainsAny(v, ".,") })
}

var sums = regexp.MustCompile(`(?i)(^|[^\pL])(total|sum|all|gesamt|insgesamt|всего|усього|разом|toplam|итого)([^\pL]|$)`)

// countPlaces proposes where what a column counts was: in the zone or region of its name, if
// there is one.
func (p *proposer) countPlaces(counts []*column, say, ask func(string, ...any)) {
	if len(counts) == 1 {
		ask("Nothing says where it was. If it is all of a zone or region, write place: {region: {value: NAME}}; if of a party alone, actor: {value: A}.")
		return
	}
	names := column{values: map[string]int{}}
	for _, c := range counts {
		names.values[c.Name] = 1
	}
	if p.regions(&names) {
		say("place: {region: {column: region}}")
		return
	}
	say("place: {name: {column: region}}")
	ask("place: the names of the columns (%s) are neither zones of the agreement nor known regions, so they are only shown to people. If each is a zone of your agreement, use --mission, and write place: {region: {column: region, values: {...}}}. If they are kinds of acts, write act: {column: region, values: {...}}.", some(names.few(4)))
}

// recognise finds the kind whose columns a file has. A frame is one whose mapping says
// less than all.
func (p *proposer) recognise() (frame string) {
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(s string) bool { return p.seen[s] == nil })
	}
	most := 0
	for _, k := range Kinds {
		if k.Base == "" || k.Mapped {
			continue
		}
		m, err := k.Mapping(nil)
		if err != nil || m.Table.Header != nil {
			continue
		}
		t, err := newGeneric(Options{Mapping: m, File: "2016-11-08"}, "csv", nil)
		if err != nil {
			continue
		}
		need := slices.DeleteFunc(slices.Clone(t.need), func(s string) bool { return slices.Contains(m.Optional, s) })
		if w := m.Table.Wide; w.Columns != nil { // instead of the two that are made of them
			need = slices.DeleteFunc(need, func(s string) bool { return s == w.Name || s == w.Value })
			need = slices.Concat(need, w.Columns, m.Ignore)
		}
		if len(need) < fewest && len(need) != len(p.order) { // two columns tell a publisher only where nothing else does
			continue
		}
		for i, name := range need { // of another edition
			for other, to := range m.Table.Rename { // any order: no two names are of one column
				if to == name && p.seen[name] == nil && p.seen[other] != nil {
					need[i] = other
				}
			}
		}
		if len(need) > most && has(need...) {
			p.Kind, most = k.Name, len(need)
		}
	}
	switch {
	case most > 0:
	case p.gdelt() != nil:
		p.Kind = "gdelt"
	case has(ucdpLayout.need...) && p.Format == format.JSON:
		p.Kind = "ucdp-api"
	case has(ucdpLayout.need...):
		p.Kind = "ucdp-ged"
	case p.Format == format.Text && p.firms():
		p.Kind = "firms"
	case p.shaped > 0 && has("kind", "party", "date") && p.seen["kind"].only("control", "line-of-contact"):
		p.Kind = "lines"
	case p.Format == format.Text && len(p.order) < 9 && has("datetime", "lon", "lat", "place_name") && (has("act") || has("event_type")):
		p.Kind = "viina"
	case has("_uuid", "_submission_time"):
		return "kobo"
	case has("KEY", "SubmissionDate"), has("__id", "__system.submissionDate"):
		return "odk"
	}
	return ""
}

// gdelt are the names of the columns of GDELT's events, if the first line of a file is a row of
// them: the files have no header.
func (p *proposer) gdelt() []string {
	whole := func(i, digits int) bool {
		return len(p.first[i]) >= digits && strings.Trim(p.first[i], "0123456789") == ""
	}
	if len(p.first) != 61 || !whole(0, 6) || !whole(1, 8) || !whole(59, 14) {
		return nil
	}
	m, err := gdelt.Mapping(nil)
	if err != nil || len(m.Table.Header) != len(p.first) {
		return nil
	}
	return m.Table.Header
}

// firms reports whether a file has the columns of NASA FIRMS. Only CSV is read by its kind.
func (p *proposer) firms() bool {
	for _, name := range []string{"latitude", "longitude", "acq_date", "acq_time", "satellite", "confidence"} {
		if p.seen[name] == nil {
			return false
		}
	}
	return true
}

// fewest is how many columns are enough to tell whose file it is among other columns.
const fewest = 4

// only reports whether a column has these values and no other.
func (c *column) only(words ...string) bool {
	for v := range c.values {
		if !slices.Contains(words, v) {
			return false
		}
	}
	return len(c.values) > 0
}

// kinds says how many values a column of words has.
func (c *column) kinds() string {
	if len(c.values) == 1 && c.Filled > 1 {
		return "the same in all rows"
	}
	return "text, " + plural(len(c.values), "value")
}

// look is what the values of a column look like that the mapping does not use.
func (c *column) look() string {
	switch layouts, _, timed := c.dates(); {
	case c.Filled == 0:
		return "empty"
	case len(layouts) > 0 && layouts[0] != "YYYY":
		return dateWords(layouts, timed)
	case c.numbers(-1e18, 1e18, false):
		return "numbers"
	case len(c.values) == 1 && !c.more && c.Filled > 1:
		return "the same in all rows"
	case len(c.values) <= 30:
		return "text, " + plural(len(c.values), "value")
	}
	return "texts"
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// dateWords says how dates are written.
func dateWords(layouts []string, timed bool) string {
	layout := layouts[0]
	switch {
	case layout == layoutsTried[0] && timed:
		return "dates and times"
	case layout == layoutsTried[0]:
		return "dates, YYYY-MM-DD"
	case strings.HasPrefix(layout, "epoch"):
		return map[string]string{"epoch": "seconds since 1970", "epoch-ms": "milliseconds since 1970"}[layout]
	case layout == "dtg":
		return "date-time groups"
	case layout == "json-date":
		return "dates of .NET"
	}
	date, _, _ := strings.Cut(layout, "[")
	if len(layouts) > 1 {
		other, _, _ := strings.Cut(layouts[1], "[")
		date += " or " + other
	}
	return "dates, " + date
}

// A stamp is a time in a proposal.
type stamp struct {
	key   string
	zoned bool   // its values have zones
	name  string // of its column
	zone  string // that its header states, as a mapping names it; "": none
	odd   bool   // the header states an offset that no mapping can name
}

// mark stands in the text of a mapping where a time may get a zone of its own. No name in
// the text has this character as it is.
func mark(key string) string { return "\x00" + key + "\x00" }

// zones says in which zone the times are, by the headers of their columns, and returns what
// to write at each mark.
func (p *proposer) zones(say, ask func(string, ...any)) *strings.Replacer {
	common, open, more := "", false, []string{}
	same := true
	for _, s := range p.stamps {
		switch {
		case s.zoned:
			continue
		case s.zone == "":
			open = open || s.key != "reported"
			same = false
		case common != "" && common != s.zone:
			same = false
		}
		common = cmp.Or(common, s.zone)
		if s.odd {
			ask("%s: the header of %q states an offset from UTC that is not one of whole hours. Write a zone that has this offset all year, such as timezone: Asia/Kolkata for UTC+5:30.", s.key, s.name)
		}
	}
	whole := same && common != "" && p.o.Location == nil
	for _, s := range p.stamps {
		own := ""
		if !s.zoned && !whole && s.zone != "" {
			own = ", timezone: " + s.zone
		}
		more = append(more, mark(s.key), own)
	}
	switch {
	case whole:
		say("timezone: %s   # as the headers of the times say%s", common, reversed(common))
	case !open:
	case p.firms() && p.o.Location == nil:
		say("timezone: UTC   # as NASA FIRMS states its times")
	case p.o.Location != nil:
		say("timezone: %s", p.o.Location)
	default:
		zone := "UTC"
		if p.o.Local != nil {
			zone = p.o.Local.String()
		}
		say("# timezone: %s   # of times without a zone; the agreement's, if it is not stated", zone)
		ask("The times have no zone. Say which with timezone: in the mapping; without it, the zone of the agreement is taken.")
	}
	return strings.NewReplacer(more...)
}

// reversed explains a name such as Etc/GMT-3, which is three hours before UTC.
func reversed(zone string) string {
	if sign, ok := strings.CutPrefix(zone, "Etc/GMT"); ok {
		return "; it is UTC" + strings.NewReplacer("-", "+", "+", "-").Replace(sign)
	}
	return ""
}

var (
	zoneInName = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:utc|gmt|zulu)(?: ?([+\x{2212}-]) ?(\d{1,2})(?::?([0-5]\d))?)?(?:[^\pL\d]|$)`)
	endsInZone = regexp.MustCompile(`(\p{Ll})(UTC|GMT)$`) // datetimeUTC
	ofLocal    = regexp.MustCompile(`(?i)[\s_.(\[-]+local([ _]?time)?[)\]]?$`)
)

// headerZone is the zone that the name of a column states, as a mapping names it. odd: it is
// an offset that has no name.
func headerZone(name string) (zone string, odd bool) {
	part := zoneInName.FindStringSubmatch(endsInZone.ReplaceAllString(name, "$1 $2"))
	if part == nil {
		return "", false
	}
	hours, _ := strconv.Atoi(part[2])
	east := part[1] == "+"
	switch {
	case part[3] != "" && part[3] != "00", east && hours > 14, !east && hours > 12:
		return "", true
	case hours == 0:
		return "UTC", false
	case east: // the sign of these names is that of POSIX
		return "Etc/GMT-" + strconv.Itoa(hours), false
	}
	return "Etc/GMT+" + strconv.Itoa(hours), false
}

// withoutZone is the name of a column without the zone that it states.
func withoutZone(name string) string {
	out := zoneInName.ReplaceAllString(endsInZone.ReplaceAllString(name, "$1 $2"), " ")
	if out = ofLocal.ReplaceAllString(out, ""); out == name {
		return name
	}
	if out = strings.Trim(out, " _.-([)]"); out == "" { // a column UTC
		return "time"
	}
	return out
}

// clock finds a column of times of day beside one of dates. One in five rows may have another
// notation, which is rejected: it does not hide the others.
func (p *proposer) clock(at ...*column) *column {
	for _, role := range []string{"clock", "occurred"} {
		for _, c := range p.order {
			if c.used || c.role != role || slices.Contains(at, c) {
				continue
			}
			if c.clocks() || role == "clock" && c.someClocks() || c.signalled() {
				return c
			}
		}
	}
	return nil
}

// clocks reports whether four in five rows have a time of day.
func (c *column) clocks() bool {
	good, all := 0, 0
	for v, n := range c.values {
		if all += n; isClock(v) {
			good += n
		}
	}
	return good > 0 && good*5 >= all*4
}

// someClocks reports whether some rows have a time of day, in any notation that is read, and four in
// five have one or a word for it.
func (c *column) someClocks() bool {
	good, words, all := 0, 0, 0
	for v, n := range c.values {
		all += n
		switch _, ok, err := timeOfDayIn([]byte(v)); {
		case isClock(v) || ok && err == nil:
			good += n
		case !ok && inWords([]byte(v)):
			words += n
		}
	}
	return good > 0 && (good+words)*5 >= all*4
}

// signalled reports whether four in five rows have a time of day, such as 0630 or 1415Z, and some
// of them cannot be years.
func (c *column) signalled() bool {
	good, all, notYears := 0, 0, false
	for v, n := range c.values {
		all += n
		if t, ok, err := timeOfDayIn([]byte(v)); ok && err == nil {
			good += n
			notYears = notYears || t.hour < 19 || t.hour > 20 || len(v) > len("1900")
		}
	}
	return notYears && good*5 >= all*4
}

// clockWords are the values of a column of times of day that are words, the most frequent first,
// and how many rows have one.
func (c *column) clockWords() (words []string, rows int) {
	for _, v := range c.few(mostLooked) {
		if _, ok, _ := timeOfDayIn([]byte(v)); !ok && !isClock(v) && inWords([]byte(v)) {
			words, rows = append(words, v), rows+c.values[v]
		}
	}
	return words, rows
}

// closed is a layout with its brackets closed, as people expect them.
func closed(layout string) string { return layout + strings.Repeat("]", strings.Count(layout, "[")) }

// clocked is a layout of dates with a time of day behind it; false: it has none.
func clocked(layout string, dates *column) (string, bool) {
	base, _, _ := strings.Cut(layout, "[")
	if layout == layoutsTried[0] {
		base = "YYYY-MM-DD"
	}
	out := base + "[ h:mm[:ss"
	l, err := parseLayout(out)
	if err != nil || !strings.Contains(base, "D") || strings.Contains(base, "h") {
		return "", false
	}
	if strings.Contains(base, "MMMM") { // it takes day, month and year in one order then
		alone := mustLayout(layout)
		for v := range dates.values {
			_, err := alone.parse([]byte(v))
			if _, with := l.parse([]byte(v)); with != nil && err == nil { // a day that there is not is in neither
				return "", false
			}
		}
	}
	return out, true
}

// times proposes when: one column, parts of a date, or a date and a time of day.
func (p *proposer) times(first func(string, func(*column) bool) *column, take func(*column, string, string) string, say, ask func(string, ...any)) {
	year, month, dayOf := first("year", nil), first("month", nil), first("day", nil)
	isDate := func(c *column) bool { l, _, _ := c.dates(); return len(l) > 0 }
	at := first("occurred", isDate)
	if at == nil && (year == nil || month == nil) {
		for _, c := range p.order { // whatever has dates, and is not said to be something else
			if !c.used && isDate(c) && slices.Contains([]string{"", "reported", "month", "day"}, c.role) && (c.Filled*2 > p.Rows) {
				at = c
				break
			}
		}
	}
	stamped := func(key string, zoned bool, columns ...*column) {
		s := stamp{key: key, zoned: zoned}
		for _, c := range columns {
			zone, odd := headerZone(c.Name)
			s.zone, s.odd = cmp.Or(s.zone, zone), s.odd || odd
			s.name = cmp.Or(s.name, c.Name)
			if odd {
				s.name = c.Name
			}
		}
		p.stamps = append(p.stamps, s)
	}
	written := func(key string, c, clock *column, more string) {
		layouts, z, timed := c.dates()
		layout, between := "", ""
		var in []string
		for _, l := range layouts {
			if with, ok := clocked(l, c); clock != nil && ok {
				l = with
			} else {
				clock = nil
			}
			in = append(in, strconv.Quote(closed(l)))
		}
		switch {
		case len(in) > 1:
			layout = ", layout: [" + strings.Join(in, ", ") + "]"
			ask("%s: the values of %q do not show which number is the day and which the month. With both layouts, a row whose date can be read in two ways is rejected; delete the wrong one.", key, c.Name)
		case clock != nil || layouts[0] != layoutsTried[0]:
			layout = ", layout: " + in[0]
		}
		if shortYear.MatchString(in[0]) {
			ask("%s: the years of %q have two digits. 00 to 68 are read as 2000 to 2068, and 69 to 99 as 1969 to 1999. Check that the last number is the year.", key, c.Name)
		}
		columns := []*column{c}
		if clock != nil {
			between = ", time: " + take(clock, key+".time", "times of day")
			columns = append(columns, clock)
		}
		say("%s: {column: %s%s%s%s%s}", key, take(c, key, dateWords(layouts, timed)), between, layout, more, mark(key))
		stamped(key, z, columns...)
	}
	later := false
	switch {
	case at != nil:
		more := ""
		_, _, timed := at.dates()
		var clock *column
		if !timed {
			clock = p.clock(at)
		}
		switch {
		case p.frame != "" && at.Name == "start": // nothing else says when
			later, more = true, ", not_later_than: true, earliest: 36h"
			ask("occurred: %q is when somebody opened the form, and not when the event happened. The event happened not later; earliest is how long before at most. If the form asks when it happened, write that question's column instead.", at.Name)
		case at.role == "reported": // nothing else says when
			later, more = true, ", not_later_than: true, earliest: 36h"
			ask("occurred: %q is the time of a report or an upload. What it reports happened not later; earliest is how long before at most. Choose it by what is known of the publisher.", at.Name)
		default:
			c := first("dateprecision", nil)
			switch {
			case c == nil || len(c.values) > 8 || first("until", isDate) != nil:
			case clock != nil:
				ask("occurred: %q is not used, because the rows have times of day. If some times are only those of a day or a week, leave time: out, and state width: by these codes.", c.Name)
			default:
				more = ", centred: true, width: {column: " + take(c, "occurred.width", "codes") + ", values: " + codes(c, map[string]string{"1": "P1D", "2": "P7D", "3": "month"}, "month") + "}"
				ask("occurred: check what each code of %q means: P1D is a day, P7D seven days around the date, month the calendar month.", c.Name)
			}
		}
		written("occurred", at, clock, more)
	case year != nil:
		names, layout := []string{take(year, "occurred", "years")}, "YYYY"
		columns := []*column{year}
		if month != nil {
			kind := "M"
			if !month.numbers(1, 12, false) {
				kind = "MMMM"
			}
			names, layout = append(names, take(month, "occurred", "months")), layout+" "+kind
			if dayOf != nil {
				names, layout = append(names, take(dayOf, "occurred", "days; empty: the month")), layout+" D"
			}
		}
		between := ""
		if dayOf != nil {
			if clock := p.clock(); clock != nil {
				between = ", time: " + take(clock, "occurred.time", "times of day")
				columns = append(columns, clock)
			}
		}
		say("occurred: {columns: [%s], layout: %q%s%s}", strings.Join(names, ", "), layout, between, mark("occurred"))
		stamped("occurred", false, columns...)
	default:
		say("occurred: {column: %s}   # which column says when?", nameIt)
		if c := first("occurred", (*column).serial); c != nil {
			ask("occurred: the values of %q look like the day numbers of a spreadsheet (45886 is 17 August 2025, or four years and a day later in some workbooks). Truce does not read them: give the column a date format in the spreadsheet, and save it again.", c.Name)
		} else {
			ask("No column looks like a date. Write the column that says when after occurred:, with its layout, such as \"DD.MM.YYYY\".")
			p.sinceEpochs(ask)
		}
	}
	if end := first("until", isDate); end != nil && !later {
		written("until", end, nil, "")
	}
	if said := first("reported", isDate); said != nil {
		written("reported", said, nil, "")
		zoned := slices.ContainsFunc(p.stamps, func(s stamp) bool { return s.key == "occurred" && s.zoned })
		if s := p.stamps[len(p.stamps)-1]; !s.zoned && s.zone == "" && zoned {
			ask("reported: %q has no zone and occurred has one. If it is UTC, write reported: {column: %s, timezone: UTC}.", said.Name, flow(said.Name))
		}
	}
	for _, c := range p.order {
		words, rows := c.clockWords()
		if strings.HasSuffix(c.As, ".time") && rows > 0 {
			ask("%s: the time of day in %q is in words (%s: %s): the time is then the whole day. To give a word its hours, write behind time: %s, values: {WORD: \"22:00 to 06:00\"}, with the hours that it means.", strings.TrimSuffix(c.As, ".time"), c.Name, plural(rows, "row"), some(words), flow(c.Name))
		}
		switch {
		case c.used || c.Filled == 0:
		case c.role == "clock" && len(words) > 0 && !c.someClocks():
			ask("%q has no time of day that Truce can read (%s), so the times are whole days. To give its words their hours, write behind the column of occurred: time: %s, values: {%s: \"22:00 to 06:00\"}.", c.Name, some(c.few(4)), flow(c.Name), flow(c.few(1)[0]))
		case c.role == "clock" || c.role == "until" && c.clocks():
			ask("The times of day in %q are not used. If they belong to the dates, write time: %s behind the column of occurred.", c.Name, flow(c.Name))
		}
	}
}

var shortYear = regexp.MustCompile(`(^|[^Y])YY([^Y]|$)`)

// serial reports whether all values are numbers that a spreadsheet may have for days: 1954
// to 2119. Workbooks count from 1900 or from 1904, and which is not in the number.
func (c *column) serial() bool { return c.numbers(20_000, 80_000, true) }

// noAct stands in a proposal for a table of which no column says what was done.
const noAct = "act: {column: " + nameIt + "}   # what was done? strike, fire, explosion, attack or another act; or a column with values"

// Trial is the proposal read as if each row were an attack, to show how its times and places are
// read, if what was done is all that it lacks; "": it is not.
func (p *Proposal) Trial() string {
	if strings.Count(p.Mapping, nameIt) != 1 || strings.Count(p.Mapping, noAct) != 1 {
		return ""
	}
	return strings.Replace(p.Mapping, noAct, "act: attack", 1)
}

// nameIt stands in a proposal for a column that only a person can name. It is a name that no
// file has, so that the mapping can be read, and what it lacks is said where it is tried.
const nameIt = `"?"`

// codes writes what the codes of a column may mean.
func codes(c *column, mean map[string]string, otherwise string) string {
	var out []string
	for _, v := range slices.Sorted(maps.Keys(c.values)) {
		m, ok := mean[v]
		if !ok {
			m = otherwise
		}
		out = append(out, fmt.Sprintf("%q: %s", v, m))
	}
	return "{" + strings.Join(out, ", ") + "}"
}

// projected asks about columns that are called after coordinates and have no degrees.
func (p *proposer) projected(by map[string][]*column, ask func(string, ...any)) {
	for _, y := range by["lat"] {
		for _, x := range by["lon"] {
			if !y.used && !x.used && y.mostly(-2e7, 2e7, true) && x.mostly(-2e7, 2e7, true) {
				ask("place: the numbers in %q and %q are not degrees, so they are not used. If they are metres of UTM, add a column with the zone and its letter, such as 36P, and write position: {columns: [ZONE, %s, %s]} inside place:; else ask the publisher for longitude and latitude (WGS 84).", x.Name, y.Name, flow(x.Name), flow(y.Name))
				return
			}
		}
	}
}

// partly are columns called after coordinates of which some values are degrees and none is another
// number: what is written in the other cells must not hide them.
func (p *proposer) partly(by map[string][]*column, comma bool, ask func(string, ...any)) (lat, lon *column) {
	for _, y := range by["lat"] {
		for _, x := range by["lon"] {
			north, all := y.within(-90, 90, comma)
			east, _ := x.within(-180, 180, comma)
			numbers, _ := y.within(-1e9, 1e9, comma)
			across, _ := x.within(-1e9, 1e9, comma)
			if y.used || x.used || north == 0 || east == 0 || numbers > north || across > east {
				continue
			}
			var words []string
			for _, v := range y.few(mostLooked) {
				one := column{values: map[string]int{v: 1}}
				if !one.numbers(-90, 90, comma) {
					words = append(words, v)
				}
			}
			ask("place: %[3]d of the %[1]d rows with something in %[2]q do not have degrees there but %[4]s, and are rejected. If it means that the position is not known, leave these cells empty in the file.", all, y.Name, all-north, some(words[:min(len(words), 3)]))
			return y, x
		}
	}
	return nil, nil
}

func (p *proposer) places(by map[string][]*column, first func(string, func(*column) bool) *column, take func(*column, string, string) string, say, ask func(string, ...any), comma bool) {
	var parts []string
	lat := first("lat", func(c *column) bool { return c.mostly(-90, 90, comma) || c.degrees(true) })
	lon := first("lon", func(c *column) bool { return c.mostly(-180, 180, comma) || c.degrees(false) })
	if lat == nil || lon == nil {
		lat, lon = p.partly(by, comma, ask)
	}
	spot := first("position", func(c *column) bool { return c.positions() })
	if spot == nil {
		for _, c := range p.order {
			if !c.used && c.role == "" && len(c.values) > 0 && c.positions() {
				spot = c
				break
			}
		}
	}
	switch {
	case p.shaped > 0 && (p.Format == format.GPX || p.Format == format.Feed): // lat and lon are those of its waypoints alone
		parts = append(parts, "geometry: true")
	case lat != nil && lon != nil:
		parts = append(parts, "lat: {column: "+take(lat, "place.lat", "latitudes")+"}", "lon: {column: "+take(lon, "place.lon", "longitudes")+"}")
	case p.path("coordinates.0") != nil && p.path("coordinates.1") != nil: // GeoJSON inside a row
		x, y := p.path("coordinates.0"), p.path("coordinates.1")
		parts = append(parts, "lat: {column: "+take(y, "place.lat", "latitudes")+"}", "lon: {column: "+take(x, "place.lon", "longitudes")+"}")
	case spot != nil:
		parts = append(parts, "position: {column: "+take(spot, "place.position", "positions")+spot.spots(ask)+"}")
	case p.shaped > 0:
		parts = append(parts, "geometry: true")
	}
	if zone, east, north := p.utm(); len(parts) == 0 && zone != nil {
		parts = append(parts, "position: {columns: ["+take(zone, "place.position", "zones of UTM")+", "+take(east, "place.position", "metres")+", "+take(north, "place.position", "metres")+"]}")
		ask("place: %q, %q and %q are taken for zone, easting and northing of UTM on WGS 84. Check it with one place that you know.", zone.Name, east.Name, north.Name)
	}
	located := len(parts) > 0
	if lat != nil && lon != nil && strings.HasSuffix(strings.ToLower(lat.Name), "y") && strings.HasSuffix(strings.ToLower(lon.Name), "x") {
		ask("place: %q is taken for the longitude and %q for the latitude, as maps have x and y. Check it with one place that you know.", lon.Name, lat.Name)
	}
	if !located {
		p.projected(by, ask)
	}
	precise := located
	switch c := first("accuracy", func(c *column) bool { return c.numbers(0, 1e7, comma) }); {
	case !located:
	case c != nil:
		parts = append(parts, "accuracy: {column: "+take(c, "place.accuracy", "GPS accuracy in metres")+"}")
	default:
		if c := first("radius", func(c *column) bool { return c.numbers(0, 2e7, comma) }); c != nil {
			unit := ""
			if strings.HasSuffix(strings.ToLower(c.Name), "km") {
				unit = ", unit: km"
			}
			parts = append(parts, "uncertainty: {column: "+take(c, "place.uncertainty", "distances")+unit+"}")
		} else if c := first("precision", func(c *column) bool { return len(c.values) <= 10 }); c != nil {
			parts = append(parts, "uncertainty: {column: "+take(c, "place.uncertainty", "codes")+", values: "+codes(c, map[string]string{"1": "1000", "2": "25000", "3": "unknown"}, "unknown")+"}")
			ask("place: check how many metres each code of %q surely means; unknown is placed, and not located.", c.Name)
		} else if p.written() {
			ask("place: nothing but the notation says how closely the positions are known: they are taken to be as exact as they are written, which is behind ± in the first records. If they are not, write uncertainty: (metres that surely hold the position).")
		} else {
			ask("place: nothing says how closely the positions are known. Without uncertainty: (metres that surely hold the position) they are placed, and no article on a zone or a distance can be assessed for sure.")
		}
	}
	if located {
		p.observers(ask)
	}
	if lat != nil && lon != nil && lat.Filled*2 < p.Rows { // most rows have a name and no position
		located = false
	}
	name := first("name", func(c *column) bool { return !c.positions() })
	if name == nil && !located { // or one whose names the packages know
		for _, c := range p.order {
			if !c.used && c.role == "" && c.Filled > 0 && len(c.values) > 1 && len(c.values) <= mostValues && p.o.Gazetteer != nil && p.settlements(c) {
				name = c
				break
			}
		}
	}
	if c := name; c != nil {
		key, in := "name", p.around()
		switch {
		case located:
		case in != nil && p.o.Gazetteer != nil && !p.settlements(c):
			ask("place: the agreement's packages of places know less than half of the names in %q, so rows are placed somewhere in the region in %q, and the name is only kept. To look the names up, write settlement: instead of name:; rows with an unknown name are then rejected.", c.Name, in.Name)
		case in != nil:
			key = "settlement"
			ask("place: %q is looked up in the agreement's packages of places (--mission), in the region in %q; rows with a name that they do not know there are rejected.", c.Name, in.Name)
		default:
			key = "settlement"
			ask("place: %q is looked up in the agreement's packages of places (--mission); rows with a name that they do not know are rejected. %s", c.Name, p.byHand(c))
		}
		parts = append(parts, key+": {column: "+take(c, "place."+key, "names")+"}")
		if in != nil && !located {
			parts = append(parts, "region: {column: "+take(in, "place.region", "names")+"}")
		}
		located = true
	}
	for _, key := range []string{"pcode3", "pcode2", "pcode1"} { // the smallest region that is stated
		if c := first(key, nil); c != nil && !precise {
			parts = append(parts, "pcode: {column: "+take(c, "place.pcode", "codes")+"}")
			ask("place: the codes in %q are looked up in the agreement's packages of places.", c.Name)
			located = true
			break
		}
	}
	if narrow, wide := p.areaColumns(); narrow != nil && !located {
		located = true
		switch {
		case p.o.Gazetteer != nil && p.settlements(narrow):
			parts = append(parts, "settlement: {column: "+take(narrow, "place.settlement", "names")+"}")
			if wide != nil && p.regions(wide) {
				parts = append(parts, "region: {column: "+take(wide, "place.region", "names")+"}")
			}
			ask("place: %q is looked up in the agreement's packages of places; rows with a name that they do not know are rejected. %s", narrow.Name, p.byHand(narrow))
		case p.regions(narrow):
			parts = append(parts, "region: {column: "+take(narrow, "place.region", "names")+"}")
		case wide != nil && p.regions(wide):
			parts = append(parts, "region: {column: "+take(wide, "place.region", "names")+"}", "name: {column: "+take(narrow, "place.name", "names")+"}")
			ask("place: rows are placed somewhere in the region in %q, because the packages of places know less than half of the names in %q, which are only shown to people. %s", wide.Name, narrow.Name, p.byHand(narrow))
		default:
			parts = append(parts, "name: {column: "+take(narrow, "place.name", "names")+"}")
			ask("place: the names in %q are neither zones of the agreement nor known places, so they are only shown to people, and the rows are in no zone. If they are zones of your agreement, use --mission, and write region: {column: %s, values: {...}}. %s", narrow.Name, flow(narrow.Name), p.byHand(narrow))
		}
	}
	if len(parts) > 0 {
		say("place: {%s}", strings.Join(parts, ", "))
	}
	if !located {
		ask("No column looks like a place. Rows without a place are read, and no article on a zone can be assessed from them.")
	}
}

var (
	namedZone  = regexp.MustCompile(`(?i)^(utm )?zone( utm)?$`)
	namedEast  = regexp.MustCompile(`(?i)^(utm )?(easting|east|x|rechtswert)( ?m)?$`)
	namedNorth = regexp.MustCompile(`(?i)^(utm )?(northing|north|y|hochwert)( ?m)?$`)
	utmZone    = regexp.MustCompile(`^\d{1,2} ?[C-HJ-NP-Xc-hj-np-x]$`)
)

// utm finds the columns of positions in UTM whose zone has its letter; nil: there are none.
func (p *proposer) utm() (zone, east, north *column) {
	for _, c := range p.order {
		name := lastName(c.Name)
		switch {
		case c.used || len(c.values) == 0:
		case zone == nil && namedZone.MatchString(name) && len(c.unread(utmZone.MatchString)) == 0:
			zone = c
		case east == nil && namedEast.MatchString(name) && c.mostly(100_000, 900_000, true):
			east = c
		case north == nil && namedNorth.MatchString(name) && c.mostly(0, 10_000_000, true):
			north = c
		}
	}
	if east == nil || north == nil {
		return nil, nil, nil
	}
	return zone, east, north
}

// degrees reports whether four in five rows have a latitude, or a longitude, in degrees and
// minutes, or with a letter for the hemisphere.
func (c *column) degrees(lat bool) bool {
	good, all := 0, 0
	for v, rows := range c.values {
		all += rows
		v = foldedText(v)
		others := []string{"E1", "1E", "1°"}
		if !lat {
			others = []string{"N1", "1N", "1°"}
		}
		for _, other := range others {
			both := v + " " + other
			if !lat {
				both = other + " " + v
			}
			if _, _, err := geo.ParsePosition(both, false); err == nil && strings.ContainsAny(v, "°º'’′NSEWnsew") {
				good += rows
				break
			}
		}
	}
	return good > 0 && good*5 >= all*4
}

// fromWhere are names of columns that say how far, or in which direction, something was from
// whoever saw or heard it.
var fromWhere = regexp.MustCompile(`(?i)(^|[^\pL])(distance|dist|range|bearing|brg|azimuth|azimut|entfernung|distanz|peilung|richtung|відстань|азимут|расстояние|distancia|rumbo)([^\pL]|$)`)

// observers asks whose position it is where a column has distances or directions: that of the
// observer is not that of what was seen, and must not be public.
func (p *proposer) observers(ask func(string, ...any)) {
	var names []string
	var to, far *column
	for _, c := range p.order {
		if c.used || c.role == "radius" || c.Filled == 0 || !fromWhere.MatchString(c.Name) {
			continue
		}
		names = append(names, strconv.Quote(c.Name))
		good := func(reads func(string) bool) bool { return len(c.unread(reads))*2 < len(c.values) }
		switch {
		case far == nil && good(isDistance) && !fromBearing.MatchString(c.Name):
			far = c
		case to == nil && good(isBearing):
			to = c
		}
	}
	if names == nil {
		return
	}
	way := "bearing: {column: ...}, distance: {column: ...}"
	if to != nil && far != nil {
		unit := ""
		if !slices.ContainsFunc(far.few(mostLooked), func(v string) bool { _, unit := withUnit(v); return unit != "" }) {
			unit = ", unit: m"
			if strings.HasSuffix(strings.ToLower(strings.Trim(far.Name, ")] ")), "km") {
				unit = ", unit: km"
			}
		}
		way = "bearing: {column: " + flow(to.Name) + to.notRead(isBearing) + "}, distance: {column: " + flow(far.Name) + unit + far.notRead(isDistance) + "}"
	}
	is := "is"
	if len(names) > 1 {
		is = "are"
	}
	ask("The columns %s %s not used. If they say how far and in which direction something was from the observer, the positions are the observer's: write inside place: %s, and read the file with --shelf shared, because it tells where observers stand.", strings.Join(names, ", "), is, way)
}

// fromBearing are names of columns of directions, whose numbers could be distances.
var fromBearing = regexp.MustCompile(`(?i)bearing|brg|azimut|peilung|richtung|азимут|rumbo`)

func isBearing(v string) bool {
	_, _, err := bearing(foldedText(v))
	return err == nil
}

func isDistance(v string) bool {
	number, _ := withUnit(foldedText(v))
	for part := range strings.SplitSeq(strings.NewReplacer("–", "-", "..", "-").Replace(number), "-") {
		number, _ := withUnit(strings.TrimSpace(part))
		if _, err := fixed(point([]byte(number), true), 6); err != nil {
			return false
		}
	}
	return true
}

// notRead are values: for what a column has that is not read, as unknown.
func (c *column) notRead(reads func(string) bool) string {
	var out []string
	for _, v := range c.unread(reads) {
		if len(out) == 5 {
			break
		}
		out = append(out, flow(v)+": unknown")
	}
	if out == nil {
		return ""
	}
	return ", values: {" + strings.Join(out, ", ") + "}"
}

// regions reports whether half of the names are zones or regions that are known.
func (p *proposer) regions(c *column) bool {
	o, good := p.o, 0
	o.Remark = nil
	for v := range c.values {
		if _, err := o.region(v); err == nil {
			good++
		}
	}
	return good*2 >= len(c.values)
}

// around is the column with the region of a settlement; nil: there is none, or its names are
// not known. A code is better than a name.
func (p *proposer) around() *column {
	for _, c := range p.order {
		if !c.used && c.Filled > 0 && strings.HasPrefix(c.role, "pcode") {
			return nil
		}
	}
	for _, c := range p.order {
		if !c.used && c.Filled > 0 && c.role == "region" && (p.o.Gazetteer == nil && len(p.o.Zones) == 0 || p.regions(c)) {
			return c
		}
	}
	return nil
}

// settlements reports whether half of the names are known as places.
func (p *proposer) settlements(c *column) bool {
	good := 0
	for v := range c.values {
		if found, _ := p.o.places().Lookup(v); len(found) > 0 {
			good++
		}
	}
	return good*2 >= len(c.values)
}

// path is the column whose path ends so.
func (p *proposer) path(end string) *column {
	for _, c := range p.order {
		if strings.HasSuffix(c.Name, "."+end) && !c.used && c.numbers(-180, 180, false) {
			return c
		}
	}
	return nil
}

var timeOfDay = regexp.MustCompile(`^[0-2]?\d:[0-5]\d(:[0-5]\d)?$`)

// isClock reports whether a cell is a time of day, of a clock of 24 hours or of 12.
func isClock(v string) bool {
	b := bytes.TrimSpace(folded([]byte(v)))
	if rest, _, ok := halfOfDay(b); ok {
		b = rest
	}
	return timeOfDay.Match(b)
}

// positions reports whether four in five rows with something in the column have a position, in some
// notation: words such as tbc do not hide the others.
func (c *column) positions() bool {
	good, all := 0, 0
	for v, rows := range c.values {
		if all += rows; isSpot(v) {
			good += rows
		}
	}
	return good > 0 && good*5 >= all*4
}

// isSpot reports whether a cell is a position in some notation.
func isSpot(v string) bool {
	if v = foldedText(v); isClock(v) { // or 06:40 is 6 degrees and 40 minutes
		return false
	}
	if _, ok := wellKnown(v); ok {
		return true
	}
	return isPosition(v) || fieldPoint.MatchString(v)
}

// spots is the column of positions in a proposal, with the words in it that say that nothing is
// known; a person is asked about all others.
func (c *column) spots(ask func(string, ...any)) string {
	var values, open []string
	rows := 0
	for _, v := range c.unread(isSpot) {
		if amount[strings.ToLower(v)] == "unknown" {
			values = append(values, flow(v)+": unknown")
		} else {
			open, rows = append(open, v), rows+c.values[v]
		}
	}
	if len(open) > 0 {
		ask("place: %q has no position that Truce can read in %s (%s), and such rows are rejected. If a value means that the position is not known, write position: {column: %s, values: {%s: unknown}}; a value may also be given its position: {%s: \"LAT, LON\"}.", c.Name, plural(rows, "row"), some(open[:min(len(open), 5)]), flow(c.Name), flow(open[0]), flow(open[0]))
	}
	if values == nil {
		return ""
	}
	return ", values: {" + strings.Join(values, ", ") + "}"
}

// written reports whether some positions are in a notation with a width of its own, as those of
// MGRS, UTM and degrees with minutes.
func (p *proposer) written() bool {
	for _, c := range p.order {
		if !strings.HasPrefix(c.As, "place.") {
			continue
		}
		if c.What == "zones of UTM" {
			return true
		}
		for v := range c.values {
			if _, radius, err := geo.ParsePosition(foldedText(v), false); c.As == "place.position" && err == nil && radius > 0 {
				return true
			}
		}
	}
	return false
}

// meant is how many values look like a word that we know.
func (c *column) meant() (n int) {
	for v := range c.values {
		if _, ok := likelyMeaning(v); ok {
			n++
		}
	}
	return n
}

// prose is a column of texts of a file that has no place, such as an export of a chat; nil: there
// is none.
func (p *proposer) prose() *column {
	var out *column
	longest := 20 // characters on average, of one value
	for _, c := range p.order {
		if strings.HasPrefix(c.As, "place.") {
			return nil
		}
		if c.used || len(c.values) == 0 {
			continue
		}
		all := 0
		for v := range c.values {
			all += utf8.RuneCountInString(v)
		}
		if n := all / len(c.values); n > longest {
			out, longest = c, n
		}
	}
	if p.shaped > 0 {
		return nil
	}
	return out
}

// acts proposes what the publisher's words mean.
func (p *proposer) acts(first func(string, func(*column) bool) *column, take func(*column, string, string) string, say, ask func(string, ...any)) {
	c := first("act", func(c *column) bool { return len(c.values) <= mostValues && c.meant() > 0 })
	if c == nil { // or any, whose words a person knows
		c = first("act", func(c *column) bool {
			return len(c.values) <= mostValues && !(p.Format == format.GPX && c.Name == "kind") // a waypoint or a track
		})
	}
	if c == nil && p.Format != format.GPX { // or one whose values say it in a few words, whatever it is called
		for _, other := range p.order {
			if !other.used && other.role == "" && !other.Hidden && len(other.values) <= mostValues && other.meant()*2 > len(other.values) && len(other.unread(fewWords)) == 0 {
				c = other
				ask("act: the name of %q does not say that it is the kind of event; its values look like it.", c.Name)
				break
			}
		}
	}
	var stems map[string]int // of names such as "Sniper fire near X"
	for _, other := range p.order {
		if c != nil {
			break
		}
		if other.used || other.role != "" || other.Hidden || len(other.values) > mostValues {
			continue
		}
		if stems = other.stems(); stems != nil {
			c = other
			ask("act: %q is a name that begins with what was done, and has a place behind it: patterns: gives the beginning a meaning.", c.Name)
		}
	}
	if folder := p.seen[format.Folder]; c == nil && p.Format == format.KML && folder != nil && !folder.used && folder.meant() > 0 {
		c = folder
	}
	tracks := p.seen["kind"]
	switch {
	case c != nil:
	case p.firms():
		say("act: fire-pixel")
		ask("These are fire pixels of NASA FIRMS. Download them as CSV and read them with --source firms, which also knows their footprint, their time of day and what could be seen. By this mapping, each is a sign of its day at a point.")
		return
	case p.Format == format.GPX && tracks != nil && tracks.values["track"]+tracks.values["route"] > 0:
		say("where: {column: kind, is: [waypoint]}")
		ask("The tracks and routes of the file are skipped: they are where the observer went, and no report. To read them, too, remove where:.")
	}
	if c == nil && len(p.lists) > 0 {
		say("act: {column: %s}   # which column says what was done?", nameIt)
		ask("No column says what was done, and each row has a list: the reports may be in it. See below.")
		return
	}
	if prose := p.prose(); c == nil && prose != nil {
		say("act: {column: %s}   # which column says what was done?", nameIt)
		ask("The file does not look like a table of events: it has no column of places and none of kinds of events. The only column with words is %q, and no mapping reads prose. Make a table with a row for each event and a column each for the date, the place and what was done.", prose.Name)
		return
	}
	if c == nil {
		say("%s", noAct)
		ask("act: no column looks like a kind of event, so the mapping does not say what was done, and nothing is read by it until you write it. If all rows tell of the same, write one word: act: strike (from the air), fire (from the ground), explosion (whoever heard or saw it cannot tell what caused it), damage (seen afterwards), movement, presence, or another (truce map --words lists all). act: attack says only that it was one of strike and fire: under an article on one of them it stays undetermined. If a column says it, write act: {column: NAME, values: {WORD: ACT}}.")
		p.weapons(first, take, say, ask)
		return
	}
	var lines []string
	unknown := 0
	words := c
	if stems != nil {
		words = &column{values: stems}
	}
	for _, v := range words.few(mostValues) {
		key, stem := flow(v), v
		if stems != nil {
			key, stem = flow(v+" *"), v[:strings.LastIndexByte(v, ' ')]
		}
		mean, ok := likelyMeaning(stem)
		ok = ok && p.parts(c, v) == nil // of several answers, no one is all
		rows := words.values[v]
		switch {
		case !ok:
			unknown++
			line := fmt.Sprintf("    # %s: ?   # %s", key, plural(rows, "row"))
			switch either := eitherMeaning(stem); {
			case p.parts(c, v) != nil:
				line += "; several answers: write the act that the report is about, or make a row of each"
			case either != "":
				line += "; " + either
			}
			lines = append(lines, line)
		case mean.Aside != "":
			lines = append(lines, fmt.Sprintf("    %s: {aside: %s}   # %s", key, flow(mean.Aside), plural(rows, "row")))
		case mean.Weapon != "":
			lines = append(lines, fmt.Sprintf("    %s: {act: %s, weapon: %s}   # %s", key, mean.Act, mean.Weapon, plural(rows, "row")))
		default:
			lines = append(lines, fmt.Sprintf("    %s: %s   # %s", key, mean.To, plural(rows, "row")))
		}
	}
	say("act:")
	say("  column: %s", take(c, "act", c.kinds()))
	if unknown == len(lines) {
		// Nothing is taken for an attack because nobody could read it.
		say("  values: {}   # none of them looks like a word that we know, so all rows are rejected until it says what they mean")
		for _, l := range lines {
			say("%s", l)
		}
		say("    # else: attack   # all others: the vaguest act that there is")
		ask("act: the mapping does not say yet what the values of %q mean, and all rows are rejected. Write values: without {}, remove the # of each value and write its act after it (truce map --words lists all acts), or {aside: why} to skip its rows; or remove {} and the # of else:, if all of them are attacks.", c.Name)
	} else {
		if stems == nil {
			say("  values:")
		} else {
			say("  patterns:")
		}
		for _, l := range lines {
			say("%s", l)
		}
	}
	if unknown < len(lines) {
		ask("act: check each value of %q. The proposals go by single words and can be wrong.", c.Name)
	}
	if unknown > 0 && unknown < len(lines) {
		ask("act: the mapping does not say yet the meaning of %s of %q, and the rows are rejected. Remove the # and write an act (truce map --words lists all), or {aside: why} to skip them; else: covers all others.", plural(unknown, "value"), c.Name)
	}
	p.weapons(first, take, say, ask)
}

// beforePlace are words between what was done and where.
var beforePlace = regexp.MustCompile(`(?i)^(.*?\s(?:near|in|at|on|bei|nahe|près|à|cerca|en|біля|поблизу|поблизости|возле|около|قرب|في))\s\S`)

// stems are the beginnings of names such as "Sniper fire near X", each with the word before the
// place, and how many rows have it. nil: not all values are such names, or what they begin with says
// of less than half of them what was done.
func (c *column) stems() map[string]int {
	out, meant := map[string]int{}, 0
	for v, rows := range c.values {
		part := beforePlace.FindStringSubmatch(v)
		if part == nil || !fewWords(part[1]) {
			return nil
		}
		out[part[1]] += rows
	}
	for v := range out {
		if _, ok := likelyMeaning(v[:strings.LastIndexByte(v, ' ')]); ok {
			meant++
		}
	}
	if meant*2 <= len(out) || len(out) >= len(c.values) && len(out) > 1 {
		return nil
	}
	return out
}

// fewWords reports whether a text is a name of a kind of event, and not a sentence.
func fewWords(v string) bool { return len(strings.Fields(v)) < 5 && utf8.RuneCountInString(v) <= 40 }

// weapons proposes the weapon class of each value. A value that names none, or several, is unknown:
// the row is read without its weapon, and the mapping says so.
func (p *proposer) weapons(first func(string, func(*column) bool) *column, take func(*column, string, string) string, say, ask func(string, ...any)) {
	w := first("weapon", func(c *column) bool { return len(c.values) <= mostValues })
	if w == nil {
		return
	}
	exact, known, several := true, 0, 0
	var lines, open []string
	for _, v := range w.few(mostValues) {
		class, ok := likelyClass(v)
		if _, err := truce.Words.Class(v); err != nil {
			exact = false
		}
		more := ""
		switch {
		case p.parts(w, v) != nil:
			several++
			class, more = "unknown", "; several answers, and a record has one weapon"
		case !ok:
			open = append(open, v)
			class = "unknown"
		default:
			known++
		}
		lines = append(lines, fmt.Sprintf("    %s: %s   # %s%s", flow(v), class, plural(w.values[v], "row"), more))
	}
	options := p.options(w.Name)
	switch {
	case exact:
		say("weapon: {column: %s}", take(w, "weapon", "words of the vocabulary"))
		return
	case known == 0 && several == 0:
		ask("weapon: %q is not used, because none of its values (%s) looks like a weapon class that Truce knows. truce map --words lists them: weapon: {column: %s, values: {%s: CLASS}}.", w.Name, some(w.few(3)), flow(w.Name), flow(w.few(1)[0]))
		return
	}
	say("weapon:")
	say("  column: %s", take(w, "weapon", w.kinds()))
	say("  values:")
	for _, l := range lines {
		say("%s", l)
	}
	if len(open) > 0 {
		ask("weapon: %q is read as unknown where it is %s. Write a class if there is one: truce map --words lists them.", w.Name, some(open))
	}
	if several > 0 {
		rows := "the rows are read without their weapon"
		if len(options) > 1 {
			rows += ". Or make a report of each answer, which are then several events: table: {wide: {columns: [" + flow(w.Name+"/*") + "], name: answer, value: chosen}}, where: {column: chosen, is: [" + strings.Join(chosen(options), ", ") + "]} and weapon: {column: answer, values: {" + flow(options[0].Name) + ": CLASS, ...}}"
		}
		ask("weapon: %q is a question with several answers, and %s of it has more than one; %s.", w.Name, plural(several, "value"), rows)
	}
	for _, o := range options {
		o.What = "yes or no: an answer of " + w.Name
	}
}

// answer reports whether a column is one answer of a question with several.
func (p *proposer) answer(c *column) bool {
	i := strings.LastIndexByte(c.Name, '/')
	return i > 0 && c.yesNo() && len(p.options(c.Name[:i])) > 1
}

// questions asks about questions with several answers that have nothing but a column for each
// answer.
func (p *proposer) questions(ask func(string, ...any)) {
	var seen []string
	for _, c := range p.order {
		if c.used || c.Filled == 0 || !p.answer(c) {
			continue
		}
		question := c.Name[:strings.LastIndexByte(c.Name, '/')]
		if slices.Contains(seen, question) || p.seen[question] != nil && p.seen[question].used {
			continue
		}
		seen = append(seen, question)
		options := p.options(question)
		ask("The columns %s are the answers of one question, and are not used. If it says what was done or with what, make a report of each answer: table: {wide: {columns: [%s], name: answer, value: chosen}}, where: {column: chosen, is: [%s]}, and act: or weapon: {column: answer, values: {%s: ...}}.", some([]string{options[0].Name, options[1].Name}), flow(question+"/*"), strings.Join(chosen(options), ", "), flow(options[0].Name))
	}
}

// options are the columns of a question with several answers, one for each answer: Kobo and ODK
// write them behind the name of the question.
func (p *proposer) options(question string) (out []*column) {
	for _, c := range p.order {
		if strings.HasPrefix(c.Name, question+"/") && !strings.Contains(c.Name[len(question)+1:], "/") && c.yesNo() {
			out = append(out, c)
		}
	}
	return out
}

// chosen are the words by which columns of answers say yes.
func chosen(options []*column) (out []string) {
	for _, o := range options {
		for v := range o.values {
			if low := strings.ToLower(v); (strings.HasPrefix(low, "1") || low == "true" || low == "yes") && !slices.Contains(out, strconv.Quote(v)) {
				out = append(out, strconv.Quote(v))
			}
		}
	}
	slices.Sort(out)
	return out
}

// yesNo reports whether a column says of an answer whether it was given.
func (c *column) yesNo() bool {
	for v := range c.values {
		if !slices.Contains([]string{"0", "1", "0.0", "1.0", "true", "false", "yes", "no"}, strings.ToLower(v)) {
			return false
		}
	}
	return true
}

var answerCode = regexp.MustCompile(`^[\pL\pN_.-]+$`)

// parts are the answers in one cell of a question with several, which have blanks between them;
// nil: it is one answer.
func (p *proposer) parts(c *column, v string) []string {
	words := strings.Fields(v)
	if len(words) < 2 || slices.ContainsFunc(words, func(w string) bool { return !answerCode.MatchString(w) }) {
		return nil
	}
	for _, w := range words {
		if o := p.seen[c.Name+"/"+w]; o != nil && o.yesNo() { // the answer has a column of its own
			continue
		}
		_, class := truce.Words.Class(w)
		_, act := truce.Words.Act(w)
		code := c.values[w] > 0 || strings.Contains(w, "_") || c.among(w, v) || class == nil || act == nil || slices.Contains([]string{"other", "others", "unknown", "none"}, w)
		if p.frame == "" || !code {
			return nil
		}
	}
	return words
}

// among reports whether a word is one of those in a cell other than that one.
func (c *column) among(word, not string) bool {
	for v := range c.values {
		if v != not && slices.Contains(strings.Fields(v), word) {
			return true
		}
	}
	return false
}

func (p *proposer) people(first func(string, func(*column) bool) *column, take func(*column, string, string) string, say, ask func(string, ...any)) {
	whole := func(c *column) bool {
		return len(c.unread(func(v string) bool { _, err := count([]byte(v), "."); return err == nil })) == 0
	}
	counts := func(c *column) bool { // some are numbers; rows with others are rejected, and not read without their dead
		return len(c.unread(peopleOrWord)) < len(c.values)
	}
	var parts []string
	low, best, high := first("killedlow", whole), first("killed", counts), first("killedhigh", whole)
	switch {
	case low != nil && high != nil:
		middle := ""
		if best != nil {
			middle = "best: " + take(best, "casualties.killed.best", "numbers") + ", "
		}
		parts = append(parts, "killed: {low: "+take(low, "casualties.killed.low", "numbers")+", "+middle+"high: "+take(high, "casualties.killed.high", "numbers")+"}")
	case best != nil:
		parts = append(parts, "killed: {column: "+take(best, "casualties.killed", "numbers")+best.amounts()+"}")
	}
	if c := first("injured", counts); c != nil {
		parts = append(parts, "injured: {column: "+take(c, "casualties.injured", "numbers")+c.amounts()+"}")
	}
	if len(parts) > 0 {
		say("casualties: {%s}", strings.Join(parts, ", "))
	}
	for _, c := range p.order {
		switch named := slices.Contains([]string{"killed", "killedlow", "killedhigh", "injured"}, c.role); {
		case !named || c.Filled == 0:
		case c.used:
			if bad := c.unread(peopleOrWord); len(bad) > 0 {
				ask("casualties: rows are rejected in which %q is %s. Give each a meaning under values, such as values: {%s: NUMBER}; unknown means that the number is not stated.", c.Name, some(bad), flow(bad[0]))
			}
		case c.peopled(): // a second column of the same
			ask("casualties: %q is not used, because another column is. If it has other people, name it in the mapping; if it is the better one, write it instead.", c.Name)
		default:
			ask("casualties: %q is not used, because it has no numbers that Truce can read (%s). Give each value a meaning: killed or injured: {column: %s, values: {%s: NUMBER}}.", c.Name, some(c.few(3)), flow(c.Name), flow(c.few(1)[0]))
		}
	}
}

// thousands asks what a point in a number of people or acts means, where it may be either.
func (p *proposer) thousands(ask func(string, ...any)) {
	for _, c := range p.order {
		if c.As != "count" && !strings.HasPrefix(c.As, "casualties.") {
			continue
		}
		bad := c.unread(func(v string) bool {
			_, err := people(v, "")
			var may notWhole
			return !errors.As(err, &may)
		})
		if len(bad) > 0 {
			whole, _, _ := strings.Cut(bad[0], ".")
			ask("%s in %q is %s or %s, and such rows are rejected until you say which. If a point separates thousands in this file, write table: {decimal: \",\"}; if it comes before a fraction, write table: {decimal: \".\"}.", bad[0], c.Name, whole, strings.ReplaceAll(bad[0], ".", ""))
			return
		}
	}
}

// unread are values, the most frequent first, that are not what reads says.
func (c *column) unread(reads func(string) bool) (out []string) {
	for _, v := range c.few(mostLooked) {
		if !reads(v) {
			out = append(out, v)
		}
	}
	return out
}

func peopleOrWord(v string) bool {
	_, err := people(v, ".")
	return err == nil || amount[strings.ToLower(v)] != ""
}

func isCount(v string) bool {
	_, _, err := acts(v, ".")
	return err == nil
}

// mostlyCounts reports whether four in five rows have a number of acts.
func (c *column) mostlyCounts() bool {
	good, all := 0, 0
	for v, n := range c.values {
		if all += n; isCount(v) {
			good += n
		}
	}
	return good > 0 && good*5 >= all*4
}

// amount is what words for a number of people may mean: a person checks it.
var amount = map[string]string{"dozens": "24..", "several": "2..", "hundreds": "200..", "scores": "40..", "plusieurs": "2..", "mehrere": "2..", "einige": "2..", "varios": "2..", "varias": "2..", "кілька": "2..", "декілька": "2..", "несколько": "2..", "عدة": "2..", "dutzende": "24..", "dizaines": "20..", "decenas": "20..", "десятки": "20..", "nil": "\"0\"", "keine": "\"0\"", "aucun": "\"0\"", "ninguno": "\"0\"", "unk": "unknown", "unk.": "unknown", "tbc": "unknown", "tbd": "unknown", "nd": "unknown", "n.d.": "unknown", "k.a.": "unknown", "none": "\"0\"", "no": "\"0\"", "n/a": "unknown", "na": "unknown", "-": "unknown", "?": "unknown", "غير معروف": "unknown", "غير محدد": "unknown", "لا يوجد": "\"0\"", "невідомо": "unknown", "неизвестно": "unknown", "unbekannt": "unknown", "inconnu": "unknown", "desconocido": "unknown"}

// peopled reports whether four in five values are numbers of people, or words for them.
func (c *column) peopled() bool {
	good, numbers := 0, 0
	for v := range c.values {
		if _, err := people(v, "."); err == nil {
			numbers++
			good++
		} else if amount[strings.ToLower(v)] != "" {
			good++
		}
	}
	return numbers > 0 && good*5 >= len(c.values)*4
}

// amounts are the meanings of words among numbers of people.
func (c *column) amounts() string {
	var out []string
	for _, v := range slices.Sorted(maps.Keys(c.values)) {
		if _, err := people(v, "."); err == nil {
			continue
		}
		if m := amount[strings.ToLower(v)]; m != "" {
			out = append(out, flow(v)+": "+m)
		}
	}
	if out == nil {
		return ""
	}
	return ", values: {" + strings.Join(out, ", ") + "}"
}

// flow is a text as a scalar of YAML, in quotes where it needs them.
func flow(s string) string {
	b, err := yaml.Marshal(s)
	text := strings.TrimSpace(string(b))
	if err != nil || strings.ContainsAny(text, "\n{}[],#:&*!|>%@`") && !strings.HasPrefix(text, `"`) && !strings.HasPrefix(text, "'") || text == "" {
		return strconv.Quote(s)
	}
	return text
}
