package source

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// The generic kinds read spreadsheets, exports and feeds of infinite variety by
// a Mapping.
var (
	csvKind = Kind{
		Name: "csv", License: "the publisher's", Doc: "any CSV with a header, by a mapping",
		Parse: func(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
			t, err := newGeneric(o, "csv")
			if err != nil {
				return failed(o, err)
			}
			return readCSV(in, o, func(header []string) (table, error) {
				for _, name := range o.Mapping.Ignore {
					if !slices.Contains(header, name) {
						return t, fmt.Errorf("mapping: ignore: the file has no column %q%s", name, truce.Suggest(name, header))
					}
				}
				return t, nil
			})
		},
	}
	jsonlKind = Kind{
		Name: "jsonl", License: "the publisher's", Doc: "JSON objects, one a line or in an array, by a mapping",
		Parse: func(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
			t, err := newGeneric(o, "jsonl")
			if err != nil {
				return failed(o, err)
			}
			t.need, t.may = nil, t.need // JSON leaves out what it does not know
			return readJSON(in, o, false, t)
		},
	}
	geojsonKind = Kind{
		Name: "geojson", License: "the publisher's", Doc: "features of a GeoJSON FeatureCollection, by a mapping",
		Parse: func(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
			t, err := newGeneric(o, "geojson")
			if err != nil {
				return failed(o, err)
			}
			t.need, t.may = nil, t.need
			return readJSON(in, o, true, t)
		},
	}
)

func failed(o Options, err error) iter.Seq2[truce.Item, error] {
	return func(yield func(truce.Item, error) bool) { yield(truce.Item{}, o.at(err)) }
}

// A generic is a mapping made ready: columns are numbers and words are looked
// up once.
type generic struct {
	m       *Mapping
	o       Options
	source  truce.SourceID
	clock   *clock
	texts   interned
	same    occurrences
	columns []string
	err     error
	buf     []byte

	geometry bool   // a feature's geometry is its place, if nothing else is
	features bool   // the rows are features, with a geometry or null
	used     bool   // the geometry of this row
	labels   Labels // of the texts of this file
	textAt   int    // the column with the publisher's text; -1: none

	outlet, publisher                       *field // outlet: a source of its own for each row
	origins                                 []originField
	key, revision, claimant                 *field
	act, weapon, calibre, seen, means       *field
	count, actor, side, object, grade, note *field
	what, zone, share                       *field
	to, says, text                          *field
	occurred, until, reported               *timeField
	lat, lon, mgrs, settlement, region      *field
	atObject, uncertainty, placeName        *field
	bounds                                  box
	casualties                              []rangeField
	ofTheDay                                []int // reported, recovered, succumbed, retroactive, new; nil: none
	details                                 []detailField
}

// A field gives a word for a row. A nil field gives nothing.
type field struct {
	cols   []int // none: a constant
	word   word
	values map[string]word // by cell; nil: the cell itself, through parse
	parse  func(string) (word, error)
	each   bool            // several columns, or words between bars, are several words
	seen   map[string]word // what parse has said, errors apart; nil: a column of unique values
}

// A word is what a field says.
type word struct {
	text  string
	act   truce.Act
	class truce.Class
	n     int32
	count truce.Count
	grade truce.Grade
	wide  truce.Instant
	span  truce.Span
	aside *SetAside
	set   bool
}

type timeField struct {
	col, time int // time: the column of the time of day, or -1
	layout    *timeLayout
	clock     *clock
	width     truce.Instant // 0: that of the finest field
	widthOf   *field        // by row; nil: width
	later     bool          // the time is an upper bound
	earliest  *field        // how long before it; nil: nobody says
}

type rangeField struct {
	name string
	into func(*truce.Casualties) **truce.Range
	one  int
	low  int
	best int
	high int
}

type originField struct {
	kind string
	*field
}

type detailField struct {
	name string
	col  int
}

func newGeneric(o Options, kind string) (table, error) {
	m := o.Mapping
	if m == nil {
		return table{}, errors.New("a mapping is needed: what do the columns mean?")
	}
	g := &generic{m: m, o: o, source: o.Source, texts: interned{}, same: occurrences{}, bounds: m.Place.box()}
	if g.source == "" {
		g.source = m.Named()
	}
	if g.source == "" {
		return table{}, errors.New("mapping: the source must be named, here or on the command line")
	}
	g.clock = o.clock(m.zone)
	g.features = kind == "geojson"
	if g.geometry = g.features; m.Place.Geometry != nil {
		if g.geometry = *m.Place.Geometry; g.geometry && !g.features {
			return table{}, fmt.Errorf("mapping: place: geometry is for files of the kind geojson, and this one is read as %s", kind)
		}
	}
	if !g.geometry && !m.Place.position() && m.Place.Uncertainty.set() {
		return table{}, errors.New("mapping: place: uncertainty belongs to a position, and the mapping names none: add lat and lon, mgrs or settlement, or remove uncertainty")
	}
	g.fields()
	for _, name := range m.Ignore {
		if slices.Contains(g.columns, name) {
			g.fail("ignore", fmt.Errorf("the column %q is both used and ignored; remove one of the two", name))
		}
	}
	if g.err != nil {
		return table{}, fmt.Errorf("mapping: %w", g.err)
	}
	out := table{layout: layout{need: slices.Clip(g.columns), ignore: m.Ignore}, read: g.row, done: g.done, when: g.when}
	if g.textAt = -1; g.note != nil && len(g.note.cols) > 0 {
		g.textAt = g.note.cols[0]
	} else if kind == "csv" { // an object of JSON may have more than a text there
		for _, name := range m.Ignore {
			if slices.Contains(texts, strings.ToLower(name)) {
				g.textAt, out.may = len(g.columns), []string{name}
				break
			}
		}
	}
	return out, nil
}

// texts are columns that have the publisher's text, if the mapping only ignores them.
var texts = []string{"headline", "title", "text", "description", "event_description", "summary", "notes"}

// when is the time of a row.
func (g *generic) when(r *row) (truce.Interval, error) {
	v, _, err := g.interval(r, g.occurred)
	return v, err
}

// done is called after the last row.
func (g *generic) done(func(truce.Item)) {
	if m, ok := g.labels.Remark(); ok {
		g.o.remark(m)
	}
}

// fields compiles the mapping; the first error is kept in g.err.
func (g *generic) fields() {
	m := g.m
	plain := func(s string) (word, error) { return word{text: s}, nil }
	act := func(s string) (w word, err error) { w.act, err = truce.Words.Act(s); return w, err }
	class := func(s string) (w word, err error) { w.class, err = truce.Words.Class(s); return w, err }
	calibre := func(s string) (w word, err error) {
		c, err := truce.ParseCalibre(s)
		return word{n: int32(c)}, err
	}
	means := func(s string) (w word, err error) { w.text, err = truce.Words.Means(s); return w, err }
	number := func(s string) (w word, err error) { w.n, err = number([]byte(s)); return w, err }
	metres := func(s string) (word, error) {
		n, err := fixed([]byte(s), 6)
		if err == nil && (n < 0 || n > 20_040_000_000_000) {
			err = errors.New("want metres, or unknown")
		}
		return word{n: int32((n + 999_999) / 1_000_000)}, err // up: a radius surely holds the position
	}
	if m.Source.Value == "" {
		g.outlet = g.field("source", m.Source, plain)
	}
	g.publisher = g.field("publisher", m.Publisher, plain)
	for _, kind := range truce.OriginKinds {
		if f := g.field("origin", m.Origin.fields()[kind], plain); f != nil {
			f.seen = nil // mostly unique
			g.origins = append(g.origins, originField{kind, f})
		}
	}
	g.key, g.claimant, g.note = g.field("key", m.Key, plain), g.field("claimant", m.Claimant, plain), g.field("note", m.Note, plain)
	if g.key != nil {
		g.key.seen = nil
		if len(g.key.cols) == 0 {
			g.fail("key", errors.New("want a column, such as {column: id}: a word would be the key of every row"))
		}
	}
	g.revision = g.field("revision", m.Revision, number)
	g.act, g.weapon = g.field("act", m.Act, act), g.field("weapon", m.Weapon, class)
	g.calibre, g.means = g.field("calibre", m.Calibre, calibre), g.field("means", m.Means, means)
	g.seen = g.field("seen", m.Seen, func(s string) (word, error) {
		if !slices.Contains([]string{"weapon", "position", "site"}, s) {
			return word{}, errors.New("want weapon, position or site")
		}
		return word{text: s}, nil
	})
	g.count = g.field("count", m.Count, func(s string) (w word, err error) {
		if w.count, err = truce.ParseCount(s); err == nil && w.count.N == 0 && (w.count.Kind == truce.AtLeast || w.count.Kind == truce.About) {
			err = fmt.Errorf("count %s says nothing; write 0 if there was none, or uncountable", s)
		}
		if _, large := count([]byte(strings.TrimLeft(s, ">=~"))); large == errTooLarge {
			err = large
		}
		return w, err
	})
	g.actor = g.field("actor", m.Actor, func(s string) (word, error) {
		return word{text: s}, new(truce.Observation).SetActors(s)
	})
	if g.actor != nil {
		g.actor.each = true
	}
	g.side, g.object = g.field("side", m.Side, plain), g.field("object", m.Object, plain)
	g.grade = g.field("grade", m.Grade, func(s string) (w word, err error) { w.grade, err = truce.ParseGrade(s); return w, err })
	g.what, g.zone = g.field("what", m.What, plain), g.field("zone", m.Zone, plain)
	g.to, g.says, g.text = g.field("to", m.To, plain), g.field("says", m.Says, plain), g.field("text", m.Text, plain)
	g.share = g.field("share", m.Share, func(s string) (word, error) {
		n, err := fixed([]byte(s), 6)
		if err == nil && (n < 0 || n > int64(truce.One)) {
			err = errors.New("want a share between 0 and 1")
		}
		return word{n: int32(n)}, err
	})
	g.occurred, g.until, g.reported = g.time("occurred", m.Occurred), g.time("until", m.Until), g.time("reported", m.Reported)
	p := m.Place
	g.lat, g.lon, g.mgrs = g.field("lat", p.Lat, plain), g.field("lon", p.Lon, plain), g.field("mgrs", p.MGRS, plain)
	g.settlement, g.region = g.field("settlement", p.Settlement, plain), g.field("region", p.Region, plain)
	g.atObject, g.placeName = g.field("object", p.Object, plain), g.field("name", p.Name, plain)
	g.uncertainty = g.field("uncertainty", p.Uncertainty, metres)
	for _, f := range []*field{g.lat, g.lon, g.mgrs} {
		if f != nil && (len(f.cols) != 1 || f.values != nil) {
			g.fail("place", errors.New("lat, lon and mgrs are columns, such as {column: latitude}"))
		}
	}
	g.people(m.Casualties)
	for _, name := range slices.Sorted(maps.Keys(m.Details)) {
		g.details = append(g.details, detailField{name, g.column(m.Details[name].Column)})
		if f := m.Details[name]; f.Column == "" || f.Values != nil || f.Value != "" || f.Columns != nil {
			g.fail("details", fmt.Errorf("%s: want {column: x}", name))
		}
	}
}

func (g *generic) people(c CasualtyFields) {
	for _, r := range []struct {
		name string
		f    RangeField
		into func(*truce.Casualties) **truce.Range
	}{
		{"killed", c.Killed, func(c *truce.Casualties) **truce.Range { return &c.Killed }},
		{"injured", c.Injured, func(c *truce.Casualties) **truce.Range { return &c.Injured }},
		{"recovered", c.Recovered, func(c *truce.Casualties) **truce.Range { return &c.Recovered }},
		{"succumbed", c.Succumbed, func(c *truce.Casualties) **truce.Range { return &c.Succumbed }},
		{"retroactive", c.Retroactive, func(c *truce.Casualties) **truce.Range { return &c.Retroactive }},
		{"civilians", c.Civilians, func(c *truce.Casualties) **truce.Range { return &c.Civilians }},
		{"military", c.Military, func(c *truce.Casualties) **truce.Range { return &c.Military }},
	} {
		f := r.f
		three := f.Low != "" || f.Best != "" || f.High != ""
		switch {
		case f == (RangeField{}):
			continue
		case three && (f.Column != "" || f.Low == "" || f.Best == "" || f.High == ""):
			g.fail(r.name, errors.New("want one column, or all of low, best and high"))
		}
		g.casualties = append(g.casualties, rangeField{r.name, r.into, g.column(f.Column), g.column(f.Low), g.column(f.Best), g.column(f.High)})
	}
	d := c.OfTheDay
	if d.Reported+d.Recovered+d.Succumbed+d.Retroactive+d.New == "" {
		return
	}
	if d.Reported == "" || d.New == "" || c.Killed != (RangeField{}) {
		g.fail("of_the_day", errors.New("want at least reported and new, and no killed beside it"))
	}
	for _, both := range []struct {
		name  string
		part  string
		field RangeField
	}{{"recovered", d.Recovered, c.Recovered}, {"succumbed", d.Succumbed, c.Succumbed}, {"retroactive", d.Retroactive, c.Retroactive}} {
		if both.part != "" && both.field != (RangeField{}) {
			g.fail("of_the_day", fmt.Errorf("%s is stated here and beside it; remove one of the two", both.name))
		}
	}
	for _, name := range []string{d.Reported, d.Recovered, d.Succumbed, d.Retroactive, d.New} {
		g.ofTheDay = append(g.ofTheDay, g.column(name))
	}
}

func (g *generic) fail(what string, err error) {
	if g.err == nil {
		g.err = fmt.Errorf("%s: %w", what, err)
	}
}

// column numbers a column by name; -1 for none.
func (g *generic) column(name string) int {
	if name == "" {
		return -1
	}
	i := slices.Index(g.columns, name)
	if i < 0 {
		i = len(g.columns)
		g.columns = append(g.columns, name)
	}
	return i
}

func (g *generic) field(what string, f Field, parse func(string) (word, error)) *field {
	names := f.Columns
	if f.Column != "" {
		names = append([]string{f.Column}, names...)
	}
	switch {
	case f.Value != "" && len(names) > 0:
		g.fail(what, errors.New("either a value or a column"))
	case len(names) == 0 && f.Values != nil:
		g.fail(what, errors.New("values without a column"))
	case slices.Contains(names, ""):
		g.fail(what, errors.New("the name of a column is empty"))
	}
	if !f.set() {
		return nil
	}
	out := &field{parse: parse, seen: map[string]word{}}
	if f.Value != "" {
		w, err := parse(strings.TrimSpace(f.Value))
		if err != nil {
			g.fail(what, err)
		}
		out.word, out.word.set = w, true
		return out
	}
	for _, n := range names {
		out.cols = append(out.cols, g.column(n))
	}
	if f.Values == nil {
		return out
	}
	out.values = map[string]word{}
	for cell, v := range f.Values {
		w, err := g.value(what, v, parse)
		if err != nil {
			g.fail(what, fmt.Errorf("value %q: %w", cell, err))
		}
		trimmed := strings.TrimSpace(cell)
		if _, twice := out.values[trimmed]; twice {
			g.fail(what, fmt.Errorf("value %q stands twice: blanks at the ends do not count", trimmed))
		}
		out.values[trimmed] = w
	}
	return out
}

func (g *generic) value(what string, v Value, parse func(string) (word, error)) (w word, err error) {
	switch {
	case v.Aside != "" && (v.To != "" || v.Act != "" || v.Weapon != ""):
		return w, errors.New("aside: the row is no record then, so to, act and weapon have no meaning beside it")
	case v.Aside != "":
		return word{aside: &SetAside{v.Aside}, set: true}, nil
	case v.Act != "" || v.Weapon != "":
		if what != "act" || v.To != "" || v.Act == "" {
			return w, errors.New("{act: x, weapon: y} belongs to the field act")
		}
		if w.act, err = truce.Words.Act(v.Act); err == nil {
			w.class, err = truce.Words.Class(v.Weapon)
		}
	case truce.NotKnown(v.To): // not stated
		return word{}, nil
	default:
		w, err = parse(strings.TrimSpace(v.To))
	}
	w.set = true
	return w, err
}

func (g *generic) time(what string, f TimeField) *timeField {
	if f.Column == "" {
		if f.stated() {
			g.fail(what, errors.New("a column is missing"))
		}
		return nil
	}
	out := &timeField{col: g.column(f.Column), time: g.column(f.Time), layout: isoTime, clock: g.clock}
	if f.zone != nil {
		out.clock = newClock(f.zone)
	}
	if f.Layout != "" {
		var err error
		if out.layout, err = parseLayout(f.Layout); err != nil {
			g.fail(what, err)
			return out
		}
	}
	if out.later = f.NotLaterThan; out.later {
		out.earliest = g.field(what+": earliest", f.Earliest, func(s string) (w word, err error) {
			if w.span, err = truce.ParseSpan(s); err == nil && truce.Instant(w.span.Days)*day+truce.Instant(w.span.Time.Milliseconds()) > mostWidth {
				err = fmt.Errorf("duration %q is longer than ten years", s)
			}
			return w, err
		})
		if out.earliest != nil && len(out.earliest.cols) > 1 {
			g.fail(what, errors.New("earliest: want one column"))
		}
	}
	if !f.Width.stated() {
		return out
	}
	if what == "until" {
		g.fail(what, errors.New("width belongs to occurred: an end has none"))
	}
	span := func(s string) (word, error) {
		d, err := truce.ParseSpan(s)
		n := int64(d.Days)*int64(day) + d.Time.Milliseconds()
		if err == nil && (n < 0 || n > int64(mostWidth)) {
			err = fmt.Errorf("duration %q is longer than ten years", s)
		}
		return word{wide: truce.Instant(n)}, err
	}
	parse := span
	if f.Width.Value == "" { // a column may have minutes
		parse = func(s string) (word, error) {
			n, err := number([]byte(s))
			wide := truce.Instant(n) * minute
			if err != nil {
				var w word
				w, err = span(s)
				wide = w.wide
			}
			if err != nil || wide > mostWidth {
				return word{}, fmt.Errorf("duration %q: want calendar days as P14D or hours as 24h, or whole minutes, and at most ten years (%d minutes)", s, mostWidth/minute)
			}
			return word{wide: wide}, nil
		}
	}
	w := g.field(what+": width", f.Width, parse)
	switch {
	case w == nil:
	case len(w.cols) > 1:
		g.fail(what, errors.New("width: want one column"))
	case len(w.cols) == 1:
		out.widthOf = w
	default:
		w, err := span(f.Width.Value)
		if err != nil {
			g.fail(what, err)
		}
		out.width = w.wide
	}
	return out
}

const mostWidth = 3653 * day

// stated is a cell without the blanks at its ends; nil where it says that nothing is
// known.
func (r *row) stated(i int) []byte {
	cell := bytes.TrimSpace(r.cell(i))
	if len(cell) == 0 || len(cell) == len("unknown") && truce.NotKnown(string(cell)) {
		return nil
	}
	return cell
}

// get is what f says of r.
func (g *generic) get(r *row, f *field) (word, error) {
	if f == nil {
		return word{}, nil
	}
	if len(f.cols) == 0 {
		return f.word, nil
	}
	if f.each {
		return g.several(r, f)
	}
	cell := bytes.TrimSpace(r.cell(f.cols[0]))
	if len(f.cols) > 1 {
		g.buf = g.buf[:0]
		for i, c := range f.cols {
			if i > 0 {
				g.buf = append(g.buf, ' ')
			}
			g.buf = append(g.buf, r.stated(c)...)
		}
		if cell = g.buf; len(bytes.TrimSpace(cell)) == 0 {
			cell = nil
		}
	}
	return f.say(r, f.cols[0], cell)
}

// say is what a cell of column i means.
func (f *field) say(r *row, i int, cell []byte) (word, error) {
	if f.values != nil {
		w, ok := f.values[string(cell)]
		if !ok && len(cell) > 0 && truce.NotKnown(string(cell)) {
			w, ok = f.values["unknown"]
		}
		if !ok && !truce.NotKnown(string(cell)) {
			return w, r.refuse(i, "the mapping has no such value"+truce.Suggest(string(cell), slices.Sorted(maps.Keys(f.values))), "")
		}
		if w.aside != nil {
			return w, w.aside
		}
		return w, nil
	}
	if w, ok := f.seen[string(cell)]; ok {
		return w, nil
	}
	if truce.NotKnown(string(cell)) {
		return word{}, nil
	}
	w, err := f.parse(string(cell))
	if err != nil {
		return w, r.refuse(i, err.Error(), "")
	}
	w.set = true
	if f.seen != nil {
		if len(f.seen) >= 1<<14 {
			clear(f.seen)
		}
		f.seen[string(cell)] = w
	}
	return w, nil
}

// several joins what each column says of who acted, with bars between the names. One
// who is not known stays among them: the others may have acted, or anybody.
func (g *generic) several(r *row, f *field) (word, error) {
	var names []string
	known := false
	for _, i := range f.cols {
		cell := bytes.TrimSpace(r.cell(i))
		parts := [][]byte{cell}
		if _, whole := f.values[string(cell)]; f.values != nil && !whole { // each name has its own value
			parts = bytes.Split(cell, []byte("|"))
		}
		for _, part := range parts {
			if part = bytes.TrimSpace(part); len(part) == 0 && len(parts) > 1 {
				return word{}, r.refuse(i, "want a name, or several such as A|B", "")
			}
			w, err := f.say(r, i, part)
			if err != nil {
				return w, err
			}
			if !w.set {
				w.text = string(truce.Anybody)
			}
			known = known || w.set
			names = append(names, w.text)
		}
	}
	if !known {
		return word{}, nil
	}
	w := word{text: strings.Join(names, "|"), set: true}
	if err := new(truce.Observation).SetActors(w.text); err != nil {
		return w, r.refuse(f.cols[0], err.Error(), "")
	}
	return w, nil
}

// refuseField rejects the row because of what f says in it.
func (g *generic) refuseField(r *row, f *field, why, hint string) error {
	if f == nil || len(f.cols) == 0 {
		return r.refuseRow(why, hint)
	}
	return r.refuse(f.cols[0], why, hint)
}

// interval reads a time and how wide it is. unit is that of the finest field
// that was written; 0: the cell says nothing.
func (g *generic) interval(r *row, f *timeField) (v truce.Interval, unit truce.Instant, err error) {
	cell := r.stated(f.col)
	if cell == nil {
		return v, 0, nil
	}
	if f.time >= 0 && r.stated(f.time) != nil {
		g.buf = append(append(append(g.buf[:0], cell...), ' '), r.stated(f.time)...)
		cell = g.buf
	}
	w, err := f.layout.parse(cell)
	if err == nil {
		v, err = f.clock.moment(w)
	}
	if err != nil {
		return v, 0, r.refuse(f.col, err.Error(), "")
	}
	width := f.width
	if f.widthOf != nil {
		wide, err := g.get(r, f.widthOf)
		if err != nil {
			return v, 0, err
		}
		width = wide.wide
	}
	if width > w.unit {
		v.End += width - w.unit
	}
	if f.later {
		return g.before(r, f, v, w.unit)
	}
	return v, w.unit, nil
}

// before is when something happened that was uploaded or posted at v.
func (g *generic) before(r *row, f *timeField, v truce.Interval, unit truce.Instant) (truce.Interval, truce.Instant, error) {
	wide, err := g.get(r, f.earliest)
	if err != nil {
		return v, 0, err
	}
	start := v.Start
	if v.Start = truce.Always; unit <= second { // else until the end of its minute, hour or day
		v.End = start
	}
	if wide.set {
		loc := f.clock.loc
		if loc == nil {
			loc = time.UTC
		}
		v.Start = wide.span.Before(start, loc)
	}
	return v, unit, nil
}

func (g *generic) place(r *row) (p truce.Place, err error) {
	name, err := g.get(r, g.placeName)
	if err != nil {
		return p, err
	}
	p.Settlement = name.text
	around, err := g.get(r, g.uncertainty)
	if err != nil {
		return p, err
	}
	metres := int32(truce.NotStated)
	if around.set {
		metres = around.n
	}
	position := func(at geo.Point) {
		p.Kind, p.Point, p.Uncertainty = truce.PlacePoint, at, metres
	}
	if g.lat != nil {
		lat, lon := g.lat.cols[0], g.lon.cols[0]
		if r.stated(lon) == nil && geo.LooksLikeMGRS(string(r.stated(lat))) {
			return g.square(r, p, lat, metres)
		}
		switch one, other := r.stated(lat) == nil, r.stated(lon) == nil; {
		case one && !other:
			return p, r.refuse(lat, "lat is not stated and lon is", "")
		case other && !one:
			return p, r.refuse(lon, "lon is not stated and lat is", "")
		case !one:
			at, err := r.position(lat, lon, g.bounds)
			position(at)
			return p, err
		}
	}
	if g.mgrs != nil && r.stated(g.mgrs.cols[0]) != nil {
		return g.square(r, p, g.mgrs.cols[0], metres)
	}
	for _, f := range []*field{g.settlement, g.region} {
		w, err := g.get(r, f)
		if err != nil {
			return p, err
		}
		if !w.set {
			continue
		}
		if f == g.region {
			region, err := g.o.region(w.text)
			if err != nil {
				return p, g.refuseField(r, f, err.Error(), "")
			}
			p.Kind, p.Name = truce.PlaceRegion, region
			return p, nil
		}
		found, err := g.o.places().Lookup(w.text)
		if err != nil {
			return p, g.refuseField(r, f, err.Error(), "")
		}
		if found[0].Region {
			p.Kind, p.Name = truce.PlaceRegion, found[0].Name
		} else {
			metres = max(metres, found[0].UncertaintyM)
			position(found[0].Point)
		}
		if p.Settlement == "" {
			p.Settlement = w.text
		}
		return p, nil
	}
	if w, err := g.get(r, g.atObject); err != nil || w.set {
		p.Kind, p.Name = truce.PlaceObject, w.text
		return p, err
	}
	switch {
	case !g.geometry:
	case r.geometry != nil:
		return g.shape(r, p, metres)
	case g.features:
		r.remark(&g.o, RemarkNoGeometry, -1)
	}
	return p, nil
}

// located is the place of r. Where the mapping's own fields decide, a geometry that
// the file has too is not used, and that is said.
func (g *generic) located(r *row) (truce.Place, error) {
	p, err := g.place(r)
	if err == nil && g.geometry && g.m.Place.Geometry == nil && r.geometry != nil && g.m.Place.decides() && !g.used {
		r.remark(&g.o, RemarkGeometry, -1)
	}
	return p, err
}

// square reads a grid reference. What the publisher says of the position cannot
// be finer than the square it gives.
func (g *generic) square(r *row, p truce.Place, col int, metres int32) (truce.Place, error) {
	at, radius, err := geo.ParseMGRS(string(r.cell(col)))
	if err != nil {
		return p, r.refuse(col, err.Error(), "")
	}
	if !g.bounds.holds(int64(at.Lat), int64(at.Lon)) {
		return p, r.refuse(col, at.String()+" is out of bounds", "")
	}
	p.Kind, p.Point, p.Uncertainty = truce.PlacePoint, at, max(metres, int32(math.Ceil(radius)))
	return p, nil
}

// shape is the geometry of a feature. A line is an area as wide as its position is
// uncertain: on the ground nothing is thinner.
func (g *generic) shape(r *row, p truce.Place, metres int32) (truce.Place, error) {
	g.used = true
	f, err := r.shape()
	if err != nil {
		return p, err
	}
	if len(f.Points) == 1 && f.Polygons == nil && f.Lines == nil {
		p.Point, err = r.pointShape(g.bounds)
		p.Kind, p.Uncertainty = truce.PlacePoint, metres
		return p, err
	}
	for _, ring := range rings(f) {
		for _, at := range ring {
			if !g.bounds.holds(int64(at.Lat), int64(at.Lon)) {
				return p, r.refuseRow("geometry: "+at.String()+" is out of bounds", "")
			}
		}
	}
	switch {
	case len(f.Polygons) > 0 && f.Points == nil && f.Lines == nil:
		p.Kind, p.Shape, p.Uncertainty = truce.PlaceShape, f.Polygons, metres
	case len(f.Lines) > 0 && f.Points == nil && f.Polygons == nil:
		if n := positions(f.Lines); n > mostLine {
			return p, r.refuseRow(fmt.Sprintf("geometry: a line of %d positions, and at most %d are read", n, mostLine), "simplify the line, or split the row")
		}
		path, err := geo.NewPath(f.Lines)
		if err != nil {
			return p, r.refuseRow("geometry: "+err.Error(), "")
		}
		strip, err := path.Strip(float64(max(1, metres)))
		if err != nil {
			return p, r.refuseRow("geometry: "+err.Error(), "")
		}
		p.Kind, p.Shape, p.Uncertainty = truce.PlaceShape, strip.Shape(), truce.NotStated
	default:
		err = r.refuseRow("geometry: want one point, lines or polygons", "")
	}
	return p, err
}

// mostLine bounds the work on one line.
const mostLine = 2000

func positions(m geo.MultiLine) (n int) {
	for _, l := range m {
		n += len(l)
	}
	return n
}

// rings are the positions of a feature's areas and lines.
func rings(f *geo.Feature) (out [][]geo.Point) {
	for _, poly := range f.Polygons {
		for _, ring := range poly {
			out = append(out, ring)
		}
	}
	for _, l := range f.Lines {
		out = append(out, l)
	}
	return out
}

// digest stands for a key where the publisher gives none.
func (g *generic) digest(r *row) string {
	g.buf = g.buf[:0]
	for i := range g.columns {
		g.buf = append(append(g.buf, r.cell(i)...), 0)
	}
	g.buf = append(g.buf, r.geometry...)
	return g.same.key(sha256.Sum256(g.buf))
}
