package source

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
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
}

// mostLooked bounds the rows that a proposal looks at.
const mostLooked = 20_000

// Propose looks at a file and proposes a mapping. name is that of the file.
func Propose(in io.Reader, name string, o Options) (*Proposal, error) {
	kind, advice, in, err := format.Sniff(in)
	if err != nil {
		return nil, err
	}
	p := &proposer{room: mostKept, Proposal: &Proposal{Format: kind, Encoding: o.Encoding}, seen: map[string]*column{}}
	switch kind {
	case "":
		return nil, fmt.Errorf("%s is %s", name, advice)
	case format.Text:
		err = p.text(in, o)
	case format.JSON, format.GeoJSON:
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
	p.decide(name, o)
	return p.Proposal, nil
}

type proposer struct {
	*Proposal
	room   int // bytes of values that may still be kept
	order  []*column
	seen   map[string]*column
	shaped int // rows with a geometry
	o      Options
	first  []string // the cells of the first line of a text
	lists  []string // lists of objects inside rows
	rows   string   // the list in a JSON document
	skip   int      // rows of a sheet over its header
}

type column struct {
	Column
	values map[string]int // the distinct values, mostLooked at most
	more   bool           // there are more
	room   *int           // bytes that the values of all columns may still take
	role   string
	unique bool
	used   bool
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
	l.separate(TableFields{})
	for word, sep := range separators {
		if sep == l.sep && len(word) > 2 {
			p.Separator = word
		}
	}
	var header []string
	for p.Rows < mostLooked {
		_, _, err := l.read()
		var fault *rowFault
		switch {
		case err == io.EOF:
			p.All = true
			return nil
		case errors.As(err, &fault):
			p.Rows++
			continue
		case err != nil:
			return err
		}
		if header == nil {
			header = texted(l.cells)
			l.width, p.first = len(header), header
			for _, h := range header {
				p.column(h)
			}
			continue
		}
		if p.Rows == 0 && !p.Tags && format.Tags(texted(l.cells)) {
			p.Tags = true
			continue
		}
		p.Rows++
		for i, c := range l.cells[:min(len(l.cells), len(header))] {
			p.seen[header[i]].add(c)
		}
	}
	return nil
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
	t, err := format.Open(in, kind, format.Options{Unpacked: o.Unpacked})
	if err != nil {
		return err
	}
	if named, ok := in.(interface{ Name() string }); ok && (kind == format.XLSX || kind == format.ODS) && len(t.Header()) < 4 {
		if below, skip := belowTitle(t, named.Name(), kind, o); below != nil {
			t.Close()
			t, p.skip = below, skip
		}
	}
	defer func() { t.Close() }()
	header := t.Header()
	for _, h := range header {
		p.column(h)
	}
	for p.Rows < mostLooked {
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
			p.Tags = true
			continue
		}
		p.Rows++
		if r.Geometry != nil {
			p.shaped++
		}
		for i, c := range r.Cells[:min(len(header), len(r.Cells))] {
			p.seen[header[i]].add(c)
		}
	}
	return nil
}

// belowTitle finds the header of a sheet that has a title over it: the first row, of ten, that
// has four in five of the cells that the widest row has. It returns the table from there, and
// how many rows are over it; nil: the file cannot be opened again.
func belowTitle(t format.Table, name, kind string, o Options) (below format.Table, skip int) {
	widest := len(t.Header())
	for range 30 {
		r, err := t.Next()
		var fault *format.Fault
		if err != nil && !errors.As(err, &fault) {
			break
		}
		cells, _ := csv.NewReader(bytes.NewReader(r.Raw)).Read()
		n := 0
		for _, c := range cells {
			if strings.TrimSpace(c) != "" {
				n++
			}
		}
		widest = max(widest, n)
	}
	reopen := func(skip int) format.Table { // what was looked at is gone
		f, err := os.Open(name)
		if err != nil {
			return nil
		}
		t, err := format.Open(f, kind, format.Options{Skip: skip, Unpacked: o.Unpacked})
		if err != nil {
			f.Close()
			return nil
		}
		return t
	}
	for skip := range 11 {
		below := reopen(skip)
		if below == nil {
			break
		}
		if len(below.Header())*5 >= widest*4 {
			return below, skip
		}
		below.Close()
	}
	return reopen(0), 0
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
		path := prefix + name
		switch {
		case (v[0] == '{' || v[0] == '[' && coordinates(v)) && depth < 6:
			p.object(v, path+".", depth+1)
		case v[0] == '{' || v[0] == '[':
			if inner := bytes.TrimLeft(v[1:], " \t\r\n"); v[0] == '[' && len(inner) > 0 && inner[0] == '{' && !slices.Contains(p.lists, path) && len(p.lists) < 20 {
				p.lists = append(p.lists, path)
			}
			p.column(path).add([]byte("(a list)"))
		default:
			cell, why := plain(v)
			c := p.column(path)
			if why == "" {
				c.add(cell)
			}
		}
	}
}

// coordinates reports whether a list is two or three numbers.
func coordinates(v json.RawMessage) bool {
	var list []float64
	return json.Unmarshal(v, &list) == nil && len(list) > 1 && len(list) < 4
}

// separatorsOfNames are blanks in the names of columns.
var separatorsOfNames = strings.NewReplacer("_", " ", ".", " ", "/", " ", "-", " ", ":", " ")

func roleOf(name string) string {
	low := strings.ToLower(strings.TrimSpace(name))
	if !strings.HasPrefix(low, "#") {
		low = strings.Join(strings.Fields(separatorsOfNames.Replace(low)), " ")
	}
	if strings.HasPrefix(name, "_") && strings.HasSuffix(name, "_precision") { // of a receiver, in forms of Kobo
		return "accuracy"
	}
	last := low
	if i := strings.LastIndexAny(strings.ToLower(name), "./"); i >= 0 { // a question in a group
		last = strings.Join(strings.Fields(separatorsOfNames.Replace(strings.ToLower(name[i+1:]))), " ")
	}
	for _, r := range roles {
		if r.named.MatchString(low) || r.named.MatchString(last) {
			return r.name
		}
	}
	return ""
}

// layoutsTried are those that a column of dates may have, each with what comes behind it.
var layoutsTried = []string{"YYYY-MM[-DD[Thh:mm[:ss[.f[Z", "YYYY/MM/DD[ hh:mm[:ss[.f[Z", "DD.MM.YYYY[ hh:mm[:ss", "D/M/YYYY[ h:mm[:ss", "M/D/YYYY[ h:mm[:ss", "D-M-YYYY[ h:mm", "M-D-YYYY[ h:mm", "YYYYMMDD", "D MMMM YYYY", "D MMM YYYY hh:mm", "YYYYMMDDhhmmss", "epoch", "epoch-ms", "YYYY"}

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
			if err != nil || w.check() != nil || w.year < 1900 || w.year > 2100 {
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
		if text != "D/M/YYYY[ h:mm[:ss" && text != "D-M-YYYY[ h:mm" { // whose days and months may be the other way round
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
	for _, n := range c.values {
		all += n
	}
	for _, text := range layoutsTried {
		if strings.HasPrefix(text, "epoch") || !strings.ContainsAny(text, "-/. ") {
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
		case good*3 < all*2 || good*4 < all*3 && roleOf(c.Name) == "" || good < 2 || good < most:
		case good == most:
			layouts = append(layouts, text)
		default:
			most, layouts, zoned, timed = good, []string{text}, z, t
		}
	}
	return layouts[:min(len(layouts), 2)], zoned, timed
}

// numbers reports whether all values are numbers within low and high.
func (c *column) numbers(low, high float64, comma bool) bool {
	for v := range c.values {
		if comma {
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
	good, all := 0, 0
	for v, rows := range c.values {
		all += rows
		one := column{values: map[string]int{v: 1}}
		if one.numbers(low, high, comma) {
			good += rows
		}
	}
	return good > 0 && good*5 >= all*4
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
		if prefix, ok := strings.CutSuffix(c.Name, ".type"); ok && p.seen[prefix+".coordinates.0"] != nil { // of a geometry
			continue
		}
		if c.role = roleOf(c.Name); c.role != "" {
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
			if !c.used && c.Filled > 0 && (fits == nil || fits(c)) {
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
						c.used, c.As, c.What = true, "base", "of each export"
					}
				}
			}
			for name := range m.Table.Rename {
				if c := p.seen[name]; c != nil {
					c.used, c.As, c.What = true, "base", "of each export"
				}
			}
		}
	}
	stem := strings.ToLower(regexp.MustCompile(`[^\pL\pN]+`).ReplaceAllString(strings.SplitN(file, ".", 2)[0], "-"))
	say("source: %s   # who says it, as the agreement names it; or ingest --source-name NAME", flow(strings.Trim(stem, "-")))
	table := map[string]string{}
	if p.Encoding != "" {
		table["encoding"] = p.Encoding
		if o.Encoding == "" {
			ask("encoding: the text is not UTF-8 and was taken for %s. Look at the values: if letters are wrong, try another, such as cp1250, cp1251, cp1252, cp1256 or koi8-r.", p.Encoding)
		}
	}
	if lat := first("lat", nil); lat != nil && !lat.mostly(-90, 90, false) && lat.mostly(-90, 90, true) {
		comma = true
		table["decimal"] = `","`
	}
	if p.skip > 0 {
		table["skip"] = strconv.Itoa(p.skip)
	}
	if p.rows != "" && p.Format == format.JSON {
		table["rows"] = flow(p.rows)
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
	} else if c := p.dateKey(); c != nil && len(counts) > 0 {
		say("key: {column: %s}   # a number of the same date that is published again replaces it", flow(c.Name))
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
			ask("occurred: the name of the file has no date. Rename it to one such as %s-20251101, of the day that it is about.", strings.Trim(stem, "-"))
		}
		ask("The features have a geometry and no properties. If they are areas that a party controls, write which: actor: A. If they are not, ask the publisher what they are.")
		p.Mapping = y.String()
		return
	}
	if len(counts) > 0 {
		say("record: tally   # numbers over a time, and not single reports")
	}
	zoned, dated := p.times(first, take, say, ask)
	if dated && !zoned {
		if o.Location != nil {
			say("timezone: %s", o.Location)
		} else {
			say("# timezone: Africa/Khartoum   # of times without a zone; the agreement's, if it is not stated")
			ask("The times have no zone. Say which with timezone: in the mapping; without it, the zone of the agreement is taken.")
		}
	}
	if len(counts) > 0 {
		p.countPlaces(counts, say, ask)
	} else {
		p.places(first, take, say, ask, comma)
	}
	p.acts(first, take, say, ask)
	p.people(first, take, say)
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
	if c := first("count", func(c *column) bool { return c.numbers(0, 1e6, comma) }); c != nil {
		say("count: {column: %s}", take(c, "count", "numbers"))
	}
	if c := first("actor", nil); c != nil {
		say("actor: {column: %s}", take(c, "actor", plural(len(c.values), "different name")))
		ask("actor is whom the publisher says it was, as a claim. List these names in the agreement under members: or others:.")
	}
	if c := first("publisher", nil); c != nil && len(c.values) > 1 {
		say("publisher: {column: %s}", take(c, "publisher", plural(len(c.values), "different name")))
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
	if len(origin) > 0 {
		say("origin: {%s}", strings.Join(origin, ", "))
	}
	var wide []string
	for _, c := range p.order {
		if !c.used && c.role == "" && c.Filled > 0 && c.peopled() {
			wide = append(wide, flow(c.Name))
		}
	}
	if len(wide) > 2 && len(counts) == 0 && p.Format != format.KML && p.Format != format.GPX {
		ask("The columns %s have numbers and no place in the mapping. If each is of a region or a kind, make rows of their cells: table: {wide: {columns: [%s], name: region, value: number}}, and then count: {column: number} and place: {region: {column: region}}.", some(wide), strings.Join(wide[:min(len(wide), 12)], ", "))
	}
	for _, name := range p.lists {
		if c := p.seen[name]; c != nil && !c.used {
			ask("Each row has a list %q. If its elements are the reports, write table: {children: %s}; their members are then columns such as {column: %s}.", name, flow(name), flow(name+".NAME"))
		}
	}
	var left []string
	for _, c := range p.order {
		if !c.used {
			left = append(left, flow(c.Name))
			if c.What == "" {
				c.What = c.look()
			}
		}
	}
	switch {
	case len(left) > 40 || p.Format == format.KML || p.Format == format.GPX:
		say("ignore: rest   # %d columns", len(left))
	case len(left) > 0:
		say("ignore: [%s]", strings.Join(left, ", "))
	}
	p.Mapping = y.String()
	for _, c := range p.order {
		p.Columns = append(p.Columns, c.Column)
	}
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

// dateKey is a column of dates that has another one in each row.
func (p *proposer) dateKey() *column {
	for _, c := range p.order {
		if layouts, _, _ := c.dates(); c.unique && len(layouts) > 0 && layouts[0] != "YYYY" && slices.Contains([]string{"occurred", "month", "day"}, c.role) {
			return c
		}
	}
	return nil
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
		if len(need) < fewest && len(need) != len(p.order) { // two columns tell a publisher only if there is no other
			continue
		}
		if len(need) > most && has(need...) {
			p.Kind, most = k.Name, len(need)
		}
	}
	whole := func(i, digits int) bool {
		return len(p.first[i]) >= digits && strings.Trim(p.first[i], "0123456789") == ""
	}
	switch {
	case most > 0:
	case len(p.first) == 61 && whole(0, 6) && whole(1, 8) && whole(59, 14): // a row, because the file has no header
		p.Kind = "gdelt"
	case has(ucdpLayout.need...) && p.Format == format.JSON:
		p.Kind = "ucdp-api"
	case has(ucdpLayout.need...):
		p.Kind = "ucdp-ged"
	case p.Format == format.Text && has("latitude", "longitude", "acq_date", "acq_time", "satellite", "confidence"):
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

// look is what the values of a column look like that the mapping does not use.
func (c *column) look() string {
	switch layouts, _, timed := c.dates(); {
	case c.Filled == 0:
		return "empty"
	case len(layouts) > 0 && layouts[0] != "YYYY":
		return dateWords(layouts, timed)
	case c.numbers(-1e18, 1e18, false):
		return "numbers"
	case len(c.values) <= 30:
		return plural(len(c.values), "different word")
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
	}
	date, _, _ := strings.Cut(layout, "[")
	if len(layouts) > 1 {
		other, _, _ := strings.Cut(layouts[1], "[")
		date += " or " + other
	}
	return "dates, " + date
}

// times proposes when: one column, parts of a date, or a date and a time of day.
func (p *proposer) times(first func(string, func(*column) bool) *column, take func(*column, string, string) string, say, ask func(string, ...any)) (zoned, dated bool) {
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
	written := func(key string, c *column, more string) (bool, bool) {
		layouts, z, timed := c.dates()
		layout := ""
		switch {
		case len(layouts) > 1:
			layout = fmt.Sprintf(", layout: [%q, %q]", layouts[0], layouts[1])
			ask("%s: the values of %q do not show which number is the day and which the month. With both layouts, a row whose date can be read in two ways is rejected; delete the wrong one.", key, c.Name)
		case layouts[0] != layoutsTried[0]:
			layout = fmt.Sprintf(", layout: %q", layouts[0])
		}
		say("%s: {column: %s%s%s}", key, take(c, key, dateWords(layouts, timed)), layout, more)
		return z, timed
	}
	switch {
	case at != nil:
		more := ""
		layouts, _, timed := at.dates()
		if clock := first("clock", func(c *column) bool { return c != at }); clock != nil && !timed && len(layouts) == 1 {
			ok := true
			for v := range clock.values {
				ok = ok && timeOfDay.MatchString(v)
			}
			if ok {
				name := take(clock, "occurred.time", "times of day")
				base := strings.SplitN(layouts[0], "[", 2)[0]
				if layouts[0] == layoutsTried[0] {
					base = "YYYY-MM-DD"
				}
				say("occurred: {column: %s, time: %s, layout: %q}", take(at, "occurred", dateWords([]string{base}, false)), name, base+"[ h:mm[:ss")
				dated = true
				break
			}
		}
		if at.role == "reported" { // nothing else says when
			more = ", not_later_than: true, earliest: 36h"
			ask("occurred: %q is the time of a report or an upload. What it reports happened not later; earliest is how long before at most. Choose it by what is known of the publisher.", at.Name)
		} else if c := first("dateprecision", nil); c != nil && len(c.values) <= 8 && first("until", isDate) == nil {
			more = ", centred: true, width: {column: " + take(c, "occurred.width", "codes") + ", values: " + codes(c, map[string]string{"1": "P1D", "2": "P7D", "3": "month"}, "month") + "}"
			ask("occurred: check what each code of %q means: P1D is a day, P7D seven days around the date, month the calendar month.", c.Name)
		}
		zoned, _ = written("occurred", at, more)
		dated = true
	case year != nil:
		names, layout := []string{take(year, "occurred", "years")}, "YYYY"
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
		say("occurred: {columns: [%s], layout: %q}", strings.Join(names, ", "), layout)
		dated = true
	default:
		say("occurred: {column: %s}   # which column says when?", nameIt)
		ask("No column looks like a date. Write the column that says when after occurred:, with its layout, such as \"DD.MM.YYYY\".")
	}
	if end := first("until", isDate); end != nil {
		z, _ := written("until", end, "")
		zoned = zoned && z
	}
	if said := first("reported", func(c *column) bool { return isDate(c) }); said != nil {
		z, _ := written("reported", said, "")
		if !z && zoned {
			ask("reported: %q has no zone and occurred has one. If it is UTC, write reported: {column: %s, timezone: UTC}.", said.Name, flow(said.Name))
		}
	}
	return zoned, dated
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

func (p *proposer) places(first func(string, func(*column) bool) *column, take func(*column, string, string) string, say, ask func(string, ...any), comma bool) {
	var parts []string
	lat := first("lat", func(c *column) bool { return c.mostly(-90, 90, comma) })
	lon := first("lon", func(c *column) bool { return c.mostly(-180, 180, comma) })
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
	case p.shaped > 0 && p.Format == format.GPX: // lat and lon are those of its waypoints alone
		parts = append(parts, "geometry: true")
	case lat != nil && lon != nil:
		parts = append(parts, "lat: {column: "+take(lat, "place.lat", "latitudes")+"}", "lon: {column: "+take(lon, "place.lon", "longitudes")+"}")
	case p.path("coordinates.0") != nil && p.path("coordinates.1") != nil: // GeoJSON inside a row
		x, y := p.path("coordinates.0"), p.path("coordinates.1")
		parts = append(parts, "lat: {column: "+take(y, "place.lat", "latitudes")+"}", "lon: {column: "+take(x, "place.lon", "longitudes")+"}")
	case spot != nil:
		parts = append(parts, "position: {column: "+take(spot, "place.position", "positions")+"}")
	case p.shaped > 0:
		parts = append(parts, "geometry: true")
	}
	located := len(parts) > 0
	precise := located
	switch c := first("accuracy", func(c *column) bool { return c.numbers(0, 1e7, comma) }); {
	case !located:
	case c != nil:
		parts = append(parts, "accuracy: {column: "+take(c, "place.accuracy", "metres of a receiver")+"}")
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
		} else {
			ask("place: nothing says how closely the positions are known. Without uncertainty: (metres that surely hold the position) they are placed, and no article on a zone or a distance can be assessed for sure.")
		}
	}
	if c := first("name", func(c *column) bool { return !c.positions() }); c != nil {
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
			ask("place: %q is looked up in the agreement's packages of places (--mission); rows with a name that they do not know are rejected.", c.Name)
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
	if c := first("region", nil); c != nil && !located && !p.regions(c) {
		parts = append(parts, "name: {column: "+take(c, "place.name", "names")+"}")
		ask("place: the names in %q are neither zones of the agreement nor known regions, so they are only shown to people. If they are zones of your agreement, use --mission, and write region: {column: %s, values: {...}}.", c.Name, flow(c.Name))
		located = true
	} else if c != nil && !located {
		parts = append(parts, "region: {column: "+take(c, "place.region", "names")+"}")
		located = true
	}
	if len(parts) > 0 {
		say("place: {%s}", strings.Join(parts, ", "))
	}
	if !located {
		ask("No column looks like a place. Rows without a place are read, and no article on a zone can be assessed from them.")
	}
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

// positions reports whether nine in ten values are a position in some notation.
func (c *column) positions() bool {
	good := 0
	for v := range c.values {
		if timeOfDay.MatchString(v) { // or 06:40 is 6 degrees and 40 minutes
			continue
		}
		if _, ok := wellKnown(v); ok {
			good++
			continue
		}
		if _, _, err := geo.ParsePosition(v, false); err == nil || fieldPoint.MatchString(v) {
			good++
		}
	}
	return good > 0 && good*10 >= len(c.values)*9
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

// acts proposes what the publisher's words mean.
func (p *proposer) acts(first func(string, func(*column) bool) *column, take func(*column, string, string) string, say, ask func(string, ...any)) {
	c := first("act", func(c *column) bool { return len(c.values) <= mostValues && c.meant() > 0 })
	if c == nil { // or any, whose words a person knows
		c = first("act", func(c *column) bool {
			return len(c.values) <= mostValues && !(p.Format == format.GPX && c.Name == "kind") // a waypoint or a track
		})
	}
	if c == nil {
		say("act: attack   # what was done; or a column with values")
		ask("No column looks like a kind of event. act: attack is the vaguest act that there is: under an article on strikes or fire it stays undetermined.")
		return
	}
	var lines []string
	unknown := 0
	for _, v := range c.few(mostValues) {
		mean, ok := likelyMeaning(v)
		rows := c.values[v]
		switch {
		case !ok:
			unknown++
			lines = append(lines, fmt.Sprintf("    # %s: ?   # %s", flow(v), plural(rows, "row")))
		case mean.Aside != "":
			lines = append(lines, fmt.Sprintf("    %s: {aside: %s}   # %s", flow(v), flow(mean.Aside), plural(rows, "row")))
		case mean.Weapon != "":
			lines = append(lines, fmt.Sprintf("    %s: {act: %s, weapon: %s}   # %s", flow(v), mean.Act, mean.Weapon, plural(rows, "row")))
		default:
			lines = append(lines, fmt.Sprintf("    %s: %s   # %s", flow(v), mean.To, plural(rows, "row")))
		}
	}
	say("act:")
	say("  column: %s", take(c, "act", plural(len(c.values), "kind")))
	if unknown == len(lines) {
		// Nothing is taken for an attack because nobody could read it.
		say("  values: {}   # none of them looks like a word that we know, so all rows are rejected until it says what they mean")
		for _, l := range lines {
			say("%s", l)
		}
		say("    # else: attack   # all others: the vaguest act that there is")
		ask("act: the mapping does not say yet what the values of %q mean, and all rows are rejected. Write values: without {}, remove the # of each value and write its act after it, or {aside: why} to skip its rows; or remove {} and the # of else:, if all of them are attacks.", c.Name)
	} else {
		say("  values:")
		for _, l := range lines {
			say("%s", l)
		}
	}
	if unknown < len(lines) {
		ask("act: check each value of %q. The proposals go by single words and can be wrong.", c.Name)
	}
	if unknown > 0 && unknown < len(lines) {
		ask("act: the mapping does not say yet what %s of %q means, and the rows are rejected. Remove the # and write an act, or {aside: why} to skip them; else: covers all others.", plural(unknown, "value"), c.Name)
	}
	if w := first("weapon", func(c *column) bool { return len(c.values) <= mostValues }); w != nil {
		known := true
		for v := range w.values {
			if _, err := truce.Words.Class(strings.ToLower(v)); err != nil {
				known = false
			}
		}
		if known {
			say("weapon: {column: %s}", take(w, "weapon", "words of the vocabulary"))
		}
	}
}

func (p *proposer) people(first func(string, func(*column) bool) *column, take func(*column, string, string) string, say func(string, ...any)) {
	whole := func(c *column) bool { return c.numbers(0, 1e6, false) }
	counts := func(c *column) bool { return c.peopled() }
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
}

// amount is what words for a number of people may mean: a person checks it.
var amount = map[string]string{"dozens": "24..", "several": "2..", "hundreds": "200..", "scores": "40..", "none": "\"0\"", "no": "\"0\"", "n/a": "unknown", "na": "unknown", "-": "unknown", "?": "unknown"}

// peopled reports whether four in five values are numbers of people, or words for them.
func (c *column) peopled() bool {
	good, numbers := 0, 0
	for v := range c.values {
		if _, err := people(v); err == nil {
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
		if _, err := people(v); err == nil {
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
