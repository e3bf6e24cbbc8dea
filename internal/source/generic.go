package source

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/gazetteer"
)

// The generic kinds read spreadsheets, exports and feeds of infinite variety by
// a Mapping.
var (
	csvKind = Kind{
		Name: "csv", Mapped: true, License: "the publisher's", Doc: "CSV and its kin, with any separator, by a mapping",
		Parse: func(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
			if o.Mapping == nil {
				return failed(o, errors.New("a mapping is needed: what do the columns mean?"))
			}
			in, err := notChat(in, o.Mapping)
			if err != nil {
				return failed(o, fmt.Errorf("this is %w", err))
			}
			return readCSV(in, o, func(header []string) (table, error) { return newTable(o, "csv", header) })
		},
	}
	jsonlKind = Kind{
		Name: "jsonl", Mapped: true, License: "the publisher's", Doc: "JSON: an object on each line, or a list of them somewhere in a document, by a mapping",
		Parse: func(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
			t, err := newGeneric(o, "jsonl", nil)
			if err != nil {
				return failed(o, err)
			}
			if in, err = notChat(in, o.Mapping); err != nil {
				return failed(o, fmt.Errorf("this is %w", err))
			}
			t.need, t.may = nil, t.need // JSON leaves out what it does not know
			return readJSON(in, o, false, t)
		},
	}
	geojsonKind = Kind{
		Name: "geojson", Mapped: true, License: "the publisher's", Doc: "features of a GeoJSON FeatureCollection, by a mapping",
		Parse: func(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
			t, err := newGeneric(o, "geojson", nil)
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
	told     int    // the last row of which it was said that its casualties are those of all its records
	wide     *wide  // nil: each row is one
	labels   Labels // of the texts of this file
	textAt   int    // the column with the publisher's text; -1: none

	publisher                                        *field
	origins                                          []originField
	key, revision, claimant                          *field
	act, weapon, calibre, seen, means                *field
	count, actor, side, against, object, grade, note *field
	what, zone, share                                *field
	to, says, text                                   *field
	occurred, until, reported                        *timeField
	lat, lon, mgrs                                   *field
	settlement, pcode, region                        *field
	atObject, uncertainty, placeName                 *field
	spot, bearing, distance, accuracy                *field
	post, sighting                                   *field
	widen                                            int64 // millionths
	bounds                                           box
	casualties                                       []rangeField
	controls                                         *controls // nil: the rows are not areas of control
	ofTheDay                                         []int     // reported, recovered, succumbed, retroactive, new; nil: none
	details                                          []detailField
	where                                            []condition
}

// A condition is what a row must meet to be read.
type condition struct {
	col       int
	is        map[string]bool // folded; nil: any
	not       map[string]bool
	low, high *int64 // millionths, both included
	aside     *SetAside
}

// A field gives a word for a row. A nil field gives nothing.
type field struct {
	cols   []int // none: a constant
	word   word
	values map[string]word // by cell; nil: the cell itself, through parse
	likes  []like          // of cells that are not among values
	other  *word           // of all other cells
	parse  func(string) (word, error)
	comma  bool            // a number, which may have a decimal comma
	digits bool            // it may have digits of other scripts
	also   bool            // cells that are not among values are read as they are
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
	above bool // count is the lower end of a range
	grade truce.Grade
	wide  truce.Instant
	span  truce.Span
	dead  truce.Range
	half  int32         // how much more or less n may be
	to    int32         // a direction, thousandths of a degree
	wedge int32         // how much more or less it may be
	unit  truce.Instant // aMonth, aYear or week: the one that holds the date
	aside *SetAside
	none  bool // of an actor: it did not act
	set   bool
}

type timeField struct {
	col, time int   // time: the column of the time of day, or -1
	fixed     *wall // the date in the name of the file; nil: it is in the row
	parts     []int // of the date, where it is in several columns
	layouts   []*timeLayout
	pieces    []string               // the layout of each part
	fewer     map[string]*timeLayout // of the parts that are stated
	clock     *clock
	width     *field             // nil: as wide as the finest field
	centred   bool               // the width is around the date
	period    *field             // the period of this length ends with the time; nil: it is a time
	yearless  bool               // the year is that of the last such day before fixed
	ranged    bool               // a second time of day may follow
	words     map[string]daytime // what cells of the time of day mean; nil: the mapping does not say
	midnight  bool               // 00:00 stands for a time of day that is not known
	later     bool               // the time is an upper bound
	earliest  *field             // how long before it; nil: nobody says
}

type rangeField struct {
	name string
	into func(*truce.Casualties) **truce.Range
	one  *field // of one column; nil: several
	low  int
	best int
	high int
	sum  []*field // columns that are added; nil: there are none
}

type originField struct {
	kind string
	*field
}

type detailField struct {
	name string
	col  int
}

// header is nil where the columns are not known beforehand.
func newGeneric(o Options, kind string, header []string) (out table, err error) {
	defer func() {
		if err != nil {
			err = &Unfit{err}
		}
	}()
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
	g.features = kind == "geojson" || kind == "shaped"
	if g.geometry = g.features; m.Place.Geometry != nil {
		if g.geometry = *m.Place.Geometry; g.geometry && !g.features {
			return table{}, fmt.Errorf("mapping: place: geometry is for files of the kind geojson, and this one is read as %s", kind)
		}
	}
	if !g.geometry && !m.Place.position() && m.Place.Uncertainty.set() {
		return table{}, errors.New("mapping: place: uncertainty belongs to a position, and the mapping names none: add lat and lon, mgrs or settlement, or remove uncertainty")
	}
	if len(m.Table.Fill) > 0 && (kind == "jsonl" || kind == "geojson") {
		return table{}, errors.New("mapping: table: fill is for tables whose rows come one below the other, and this is JSON")
	}
	if m.Record == control {
		g.controls = &controls{}
	}
	g.fields()
	if err := g.spread(header); err != nil {
		return table{}, err
	}
	if by := m.Table.Parent.By; by != "" {
		g.column(by)
	}
	for _, name := range m.Ignore {
		if slices.Contains(g.columns, name) {
			g.fail("ignore", fmt.Errorf("the column %q is both used and ignored; remove one of the two", name))
		}
	}
	if g.err != nil {
		return table{}, fmt.Errorf("mapping: %w", g.err)
	}
	g.unusedPosts(header)
	out = table{layout: layout{need: slices.Clip(g.columns), optional: m.Optional, ignore: slices.Concat([]string(m.Ignore), g.unused())}, read: g.row, done: g.done, when: g.when, wide: g.wide}
	if g.textAt = -1; g.note != nil && len(g.note.cols) > 0 {
		g.textAt = g.note.cols[0]
	} else if kind == "csv" || kind == "table" || kind == "shaped" { // an object of JSON may have more than a text there
		for _, name := range m.Ignore {
			if slices.Contains(texts, strings.ToLower(name)) {
				g.textAt, out.may = len(g.columns), []string{name}
				break
			}
		}
	}
	return out, nil
}

// unusedPosts remarks on a column that is not used and seems to lead from the observer to what was
// seen. Of a file whose columns are not known beforehand, the names under ignore are looked at.
func (g *generic) unusedPosts(header []string) {
	p := &g.m.Place
	if !p.position() && !g.geometry || p.Bearing.stated() || p.Sighting.stated() {
		return
	}
	if header == nil {
		header = g.m.Ignore
	}
	for _, name := range header {
		if name = strings.TrimPrefix(name, ofParent); !slices.Contains(g.columns, name) && fromWhere.MatchString(name) {
			g.o.remark(Remark{What: RemarkPosts, Column: name, More: "The column: " + name + "."})
			return
		}
	}
}

// unused are the optional columns that nothing uses.
func (g *generic) unused() (out []string) {
	for _, name := range g.m.Optional {
		if !slices.Contains(g.columns, name) {
			out = append(out, name)
		}
	}
	return out
}

// texts are columns that have the publisher's text, if the mapping only ignores them.
var texts = []string{"headline", "title", "text", "description", "event_description", "summary", "notes"}

// when is the time of a row.
func (g *generic) when(r *row) (truce.Interval, error) {
	v, _, err := g.interval(r, g.occurred)
	return v, err
}

// done is called after the last row.
func (g *generic) done(emit func(truce.Item)) {
	if g.controls != nil {
		g.controls.done(g, emit)
	}
	if m, ok := g.labels.Remark(); ok {
		g.o.remark(m)
	}
}

// fields compiles the mapping; the first error is kept in g.err.
func (g *generic) fields() {
	m := g.m
	plain := func(s string) (word, error) { return word{text: s}, nil }
	act := func(s string) (w word, err error) { w.act, err = truce.Words.Act(s); return w, listed(err) }
	class := func(s string) (w word, err error) { w.class, err = truce.Words.Class(s); return w, listed(err) }
	calibre := func(s string) (w word, err error) {
		if strings.Contains(s, ",") {
			return w, errNotAPoint
		}
		c, err := truce.ParseCalibre(s)
		return word{n: int32(c)}, err
	}
	means := func(s string) (w word, err error) { w.text, err = truce.Words.Means(s); return w, listed(err) }
	number := func(s string) (w word, err error) { w.n, err = number([]byte(s)); return w, err }
	if g.publisher = g.field("publisher", m.Publisher, plain); m.Source.Value == "" && m.Collector != "" {
		g.publisher = g.field("source", m.Source, plain)
	}
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
	if g.calibre != nil { // beside the words of values, numbers are read as they are
		g.calibre.also = true
	}
	g.seen = g.field("seen", m.Seen, func(s string) (word, error) {
		if !slices.Contains([]string{"weapon", "position", "site"}, s) {
			return word{}, errors.New("want weapon, position or site")
		}
		return word{text: s}, nil
	})
	g.count = g.field("count", m.Count, func(s string) (w word, err error) {
		w.count, w.above, err = acts(s, m.Table.Decimal)
		return w, err
	})
	g.actor = g.field("actor", m.Actor, func(s string) (word, error) {
		return word{text: s, none: s == nobody}, new(truce.Observation).SetActors(s)
	})
	if g.count != nil {
		g.count.also = true
	}
	if g.actor != nil {
		g.actor.each, g.actor.also = true, m.Actor.Else == nil
		for cell := range m.Actor.Values { // a name that is not among names is rejected
			g.actor.also = g.actor.also && truce.NotKnown(cell)
		}
	}
	g.against = g.field("against", m.Against, func(s string) (word, error) {
		p, err := truce.Words.People(s)
		return word{text: string(p)}, err
	})
	g.side, g.object = g.field("side", m.Side, plain), g.field("object", m.Object, plain)
	g.grade = g.field("grade", m.Grade, func(s string) (w word, err error) { w.grade, err = truce.ParseGrade(s); return w, err })
	g.what, g.zone = g.field("what", m.What, plain), g.field("zone", m.Zone, plain)
	g.to, g.says, g.text = g.field("to", m.To, plain), g.field("says", m.Says, plain), g.field("text", m.Text, plain)
	g.share = g.portion("share", m.Share)
	g.occurred, g.until, g.reported = g.time("occurred", m.Occurred), g.time("until", m.Until), g.time("reported", m.Reported)
	p := m.Place
	g.lat, g.lon, g.mgrs = g.field("lat", p.Lat, plain), g.field("lon", p.Lon, plain), g.field("mgrs", p.MGRS, plain)
	g.settlement, g.pcode, g.region = g.field("settlement", p.Settlement, plain), g.field("pcode", p.Pcode, plain), g.field("region", p.Region, plain)
	for _, f := range []*field{g.settlement, g.region} { // a name is looked up, and rejects its row if it is unknown
		if f != nil && f.other == nil {
			f.also = true
		}
	}
	g.atObject, g.placeName = g.field("object", p.Object, plain), g.field("name", p.Name, plain)
	g.uncertainty = g.length("uncertainty", p.Uncertainty)
	g.spot, g.accuracy, g.distance = g.field("position", p.Position, plain), g.length("accuracy", p.Accuracy), g.distances(p.Distance)
	g.post, g.sighting = g.field("post", p.Post, plain), g.field("sighting", p.Sighting, sighting)
	if g.spot != nil && g.spot.other == nil { // what is not among values is read as it is
		g.spot.also = true
	}
	g.bearing = g.field("bearing", p.Bearing, func(s string) (word, error) {
		at, half, err := bearing(s)
		return word{n: at, half: half}, err
	})
	if g.bearing != nil {
		g.bearing.also = true
	}
	g.widen = 3_000_000
	if p.Widen != "" {
		var err error
		if g.widen, err = fixed([]byte(p.Widen), 6); err != nil || g.widen < 1_000_000 || g.widen > 100_000_000 {
			g.fail("widen", errors.New("want a number from 1 to 100"))
		}
	}
	for _, f := range []*field{g.lat, g.lon, g.mgrs} {
		if f != nil && (len(f.cols) != 1 || f.values != nil) {
			g.fail("place", errors.New("lat, lon and mgrs are columns, such as {column: latitude}"))
		}
	}
	g.people(m.Casualties)
	for _, c := range m.Where {
		g.conditions(&c)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Details)) {
		g.details = append(g.details, detailField{name, g.column(m.Details[name].Column)})
		if f := m.Details[name]; f.Column == "" || f.Values != nil || f.Value != "" || f.Columns != nil {
			g.fail("details", fmt.Errorf("%s: want {column: x}", name))
		}
	}
}

// listed adds where the words of the vocabulary are listed.
func listed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w; all words: truce map --words", err)
}

func (g *generic) conditions(c *Condition) {
	set := func(list []string) (out map[string]bool) {
		for _, s := range list {
			if out == nil {
				out = map[string]bool{}
			}
			out[fold(s)] = true
		}
		return out
	}
	limit := func(s string) *int64 {
		if s == "" {
			return nil
		}
		n, err := fixed([]byte(s), 6)
		if err != nil {
			g.fail("where", fmt.Errorf("%q: %w", s, err))
		}
		return &n
	}
	out := condition{col: g.column(c.Column), is: set(c.Is), not: set(c.Not), low: limit(c.From), high: limit(c.To)}
	said := ""
	switch {
	case c.Column == "":
		g.fail("where", errors.New("a column is missing"))
	case out.is == nil && out.not == nil && out.low == nil && out.high == nil:
		g.fail("where", errors.New("want is: or not: with the values, or from: and to: with numbers"))
	case out.is != nil:
		said = " is not " + strings.Join(c.Is, " or ")
	case out.not != nil:
		said = " is " + strings.Join(c.Not, " or ")
	default:
		said = " is not from " + c.From + " to " + c.To
		switch {
		case out.low == nil:
			said = " is not " + c.To + " or less"
		case out.high == nil:
			said = " is not " + c.From + " or more"
		}
	}
	out.aside = &SetAside{"where: " + c.Column + said}
	g.where = append(g.where, out)
}

// wanted sets a row aside that the mapping's conditions leave out.
func (g *generic) wanted(r *row) error {
	for _, c := range g.where {
		cell := bytes.TrimSpace(r.cell(c.col))
		if word := fold(string(cell)); c.is != nil && !c.is[word] || c.not[word] {
			return c.aside
		}
		if c.low == nil && c.high == nil {
			continue
		}
		if r.stated(c.col) == nil {
			return c.aside
		}
		n, err := fixed(r.measured(cell), 6)
		if err != nil {
			return r.refuse(c.col, err.Error(), cmp.Or(r.commaHint(err), "where: from and to are of numbers"))
		}
		if c.low != nil && n < *c.low || c.high != nil && n > *c.high {
			return c.aside
		}
	}
	return nil
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
		three, words := f.Low+f.Best+f.High != "", f.Values != nil || f.Patterns != nil || f.Else != nil
		switch {
		case !f.stated():
			continue
		case f.Sum != nil && (three || f.Column != "" || words || len(f.Sum) < 2):
			g.fail(r.name, errors.New("sum is of two columns or more, and nothing else goes with it, such as killed: {sum: [civilians, combatants]}"))
		case f.Sum != nil:
			out := rangeField{name: r.name, into: r.into, low: -1, best: -1, high: -1}
			for i, name := range f.Sum {
				if g.ofParent(r.name, name); name == "" || slices.Contains(f.Sum[:i], name) {
					g.fail(r.name, fmt.Errorf("sum: the column %q is empty or stands twice", name))
				}
				out.sum = append(out.sum, g.field(r.name, Field{Column: name}, func(s string) (w word, err error) {
					w.dead, err = people(s, g.m.Table.Decimal)
					return w, err
				}))
			}
			g.casualties = append(g.casualties, out)
			continue
		case three && (f.Column != "" || words || f.Low == "" || f.Best != "" && f.High == ""):
			g.fail(r.name, errors.New("want one column, or low and high with or without best, or low alone"))
		case !three && f.Column == "":
			g.fail(r.name, errors.New("a column is missing"))
		}
		for _, name := range []string{f.Column, f.Low, f.Best, f.High} {
			g.ofParent(r.name, name)
		}
		one := g.field(r.name, Field{Column: f.Column, Values: f.Values, Patterns: f.Patterns, Else: f.Else}, func(s string) (w word, err error) {
			w.dead, err = people(s, g.m.Table.Decimal)
			return w, err
		})
		if one != nil {
			one.also = true
		}
		g.casualties = append(g.casualties, rangeField{name: r.name, into: r.into, one: one, low: g.column(f.Low), best: g.column(f.Best), high: g.column(f.High)})
	}
	d := c.OfTheDay
	if d.Reported+d.Recovered+d.Succumbed+d.Retroactive+d.New == "" {
		return
	}
	if d.Reported == "" || d.New == "" || c.Killed.stated() {
		g.fail("of_the_day", errors.New("want at least reported and new, and no killed beside it"))
	}
	for _, both := range []struct {
		name  string
		part  string
		field RangeField
	}{{"recovered", d.Recovered, c.Recovered}, {"succumbed", d.Succumbed, c.Succumbed}, {"retroactive", d.Retroactive, c.Retroactive}} {
		if both.part != "" && both.field.stated() {
			g.fail("of_the_day", fmt.Errorf("%s is stated here and beside it; remove one of the two", both.name))
		}
	}
	for _, name := range []string{d.Reported, d.Recovered, d.Succumbed, d.Retroactive, d.New} {
		g.ofParent("of_the_day", name)
		g.ofTheDay = append(g.ofTheDay, g.column(name))
	}
}

// ofParent rejects casualties that are stated in the table to which the rows belong: each row below
// would have them again.
func (g *generic) ofParent(what, name string) {
	if g.m.Table.Parent != (Parent{}) && strings.HasPrefix(name, ofParent) {
		g.fail(what, fmt.Errorf("column %q is in the table to which the rows belong, and would be counted again in each of its rows; read that table with a mapping of its own, with record: tally if its rows are totals", name))
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
	case len(names) == 0 && (f.Values != nil || f.Patterns != nil || f.Else != nil):
		g.fail(what, errors.New("values without a column"))
	case f.Unit != "" && !slices.ContainsFunc(measures, func(s string) bool { return strings.HasSuffix(what, s) }):
		g.fail(what, errors.New("unit belongs to a duration, a length or a share"))
	case f.Complement && what != "share":
		g.fail(what, errors.New("complement belongs to share"))
	case slices.Contains(names, ""):
		g.fail(what, errors.New("the name of a column is empty"))
	}
	if !f.set() {
		return nil
	}
	out := &field{parse: parse, seen: map[string]word{}, comma: what == "calibre" || slices.ContainsFunc(measures, func(s string) bool { return strings.HasSuffix(what, s) }), digits: slices.Contains(written, what)}
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
	if f.Values == nil && f.Patterns == nil && f.Else == nil {
		return out
	}
	g.others(what, f, out, parse)
	if f.Values == nil && f.Patterns == nil { // else is of cells that are not a word themselves
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

// measures are the fields whose numbers may have a unit.
var measures = []string{"earliest", "before", "width", "uncertainty", "accuracy", "distance", "share"}

// written are fields that are read as a number or a position.
var written = []string{"revision", "calibre", "bearing", "sighting", "position", "mgrs"}

// A like is what the cells of one pattern mean.
type like struct {
	pattern string
	match   *regexp.Regexp
	word    word
}

// others compiles what the cells mean that are not among values.
func (g *generic) others(what string, f Field, out *field, parse func(string) (word, error)) {
	if len(f.Patterns) > 200 {
		g.fail(what, fmt.Errorf("%d patterns, and at most 200 are read; use values", len(f.Patterns)))
		return
	}
	for _, p := range slices.Sorted(maps.Keys(f.Patterns)) {
		w, err := g.value(what, f.Patterns[p], parse)
		if err != nil {
			g.fail(what, fmt.Errorf("pattern %q: %w", p, err))
		}
		parts := strings.Split(strings.TrimSpace(p), "*")
		if len(parts) == 1 || strings.Trim(p, "* ") == "" || len(p) > 500 {
			g.fail(what, fmt.Errorf("pattern %q: want a text in which * stands for anything, such as \"*shell*\"; a whole cell belongs under values, and all others under else", p))
			continue
		}
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		out.likes = append(out.likes, like{p, regexp.MustCompile("(?is)^" + strings.Join(parts, ".*") + "$"), w})
	}
	if f.Else != nil {
		w, err := g.value(what, *f.Else, parse)
		if err != nil {
			g.fail(what, fmt.Errorf("else: %w", err))
		}
		out.other = &w
	}
}

func (g *generic) value(what string, v Value, parse func(string) (word, error)) (w word, err error) {
	switch {
	case v.Aside != "" && (v.To != "" || v.Act != "" || v.Weapon != ""):
		return w, errors.New("aside: the row is not a record then, so to, act and weapon have no meaning beside it")
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
	names := f.Columns
	if f.Column != "" {
		names = []string{f.Column}
	}
	if f.File != "" {
		names = []string{""}
	}
	if len(names) == 0 {
		if f.stated() {
			g.fail(what, errors.New("a column is missing"))
		}
		return nil
	}
	out := &timeField{col: g.column(names[0]), time: g.column(f.Time), clock: g.clock, centred: f.Centred, midnight: f.Midnight != "", later: f.NotLaterThan}
	if f.zone != nil {
		out.clock = newClock(f.zone)
	}
	if f.File != "" {
		layout, err := parseLayout(f.File)
		if err == nil {
			file := Entry{Name: g.o.File}.base()
			out.fixed = new(wall)
			*out.fixed, err = layout.inName(file)
		}
		if err != nil {
			g.fail(what, fmt.Errorf("file: %w", err))
		}
	}
	if f.Values != nil {
		var err error
		if out.words, err = f.words(); err != nil {
			g.fail(what, err)
		}
	}
	out.ranged = f.Range
	if f.Year != "" {
		out.yearless, out.fixed = true, new(wall)
		file := Entry{Name: g.o.File}.base()
		var err error
		for _, l := range []string{"YYYY-MM-DD", "YYYYMMDD", "DD.MM.YYYY", "DD-MM-YYYY"} {
			if *out.fixed, err = mustLayout(l).inName(file); err == nil {
				break
			}
		}
		if err != nil {
			g.fail(what, fmt.Errorf("year: %w; want one such as 2016-11-07 in it", err))
		}
	}
	layouts := []string(f.Layout)
	if f.Year != "" && len(layouts) == 1 {
		layouts = []string{"YYYY " + layouts[0]}
	}
	if f.Columns != nil {
		if layouts == nil {
			layouts = []string{"YYYY M D"}
		}
		for _, n := range names {
			out.parts = append(out.parts, g.column(n))
		}
		out.pieces, out.fewer = strings.Fields(layouts[0]), map[string]*timeLayout{}
		if len(layouts) != 1 || len(out.pieces) != len(names) {
			g.fail(what, fmt.Errorf("columns: want one layout with a part for each of the %d columns and blanks between them, such as \"YYYY M D\"", len(names)))
			return out
		}
	}
	for _, l := range layouts {
		if f.Columns != nil && f.Time != "" {
			l += " h:mm[:ss"
		}
		layout, err := parseLayout(l)
		if err != nil {
			g.fail(what, err)
			return out
		}
		out.layouts = append(out.layouts, layout)
	}
	if layouts == nil {
		out.layouts = []*timeLayout{isoTime}
	}
	out.earliest = g.duration(what+": earliest", f.Earliest)
	out.period = g.duration(what+": before", f.Before)
	if f.Width.stated() && what == "until" {
		g.fail(what, errors.New("width belongs to occurred: an end has none"))
	}
	out.width = g.duration(what+": width", f.Width)
	return out
}

// duration compiles a length of time. A column may have numbers, of minutes or of the
// unit that is stated.
func (g *generic) duration(what string, f Field) *field {
	many, ok := map[string]truce.Instant{"": minute, "s": second, "min": minute, "h": hour, "d": day, "ms": 1}[f.Unit]
	if !ok {
		g.fail(what, fmt.Errorf("unit %q: want ms, s, min, h or d", f.Unit))
	}
	units := map[string]string{"": "minutes", "s": "seconds", "min": "minutes", "h": "hours", "d": "days", "ms": "milliseconds"}[f.Unit]
	out := g.field(what, f, func(s string) (w word, err error) {
		bad := fmt.Errorf("duration %q: want calendar days as P14D or hours as 24h, or a number of %s, and at most ten years (%d minutes)", s, units, mostWidth/minute)
		if unit, ok := map[string]truce.Instant{"week": aWeek, "month": aMonth, "year": aYear}[s]; ok && strings.HasSuffix(what, "width") {
			return word{unit: unit}, nil
		}
		if n, err := fixed([]byte(s), 6); err == nil && (f.Value == "" || f.Unit != "") {
			if n < 0 || n/1_000_000 > int64(mostWidth/many) {
				return w, bad
			}
			w.wide = truce.Instant(n/1_000_000)*many + truce.Instant(n%1_000_000)*many/1_000_000
			w.span = truce.Span{Time: time.Duration(w.wide) * time.Millisecond}
			return w, nil
		}
		if w.span, err = truce.ParseSpan(s); err != nil {
			if f.Value == "" {
				err = bad
			}
			return w, err
		}
		w.wide = truce.Instant(w.span.Days)*day + truce.Instant(w.span.Time.Milliseconds())
		if w.wide < 0 || w.wide > mostWidth {
			if err = bad; f.Value != "" {
				err = fmt.Errorf("duration %q is longer than ten years", s)
			}
		}
		return w, err
	})
	if out != nil && len(out.cols) > 1 {
		g.fail(what, errors.New("want one column"))
	}
	return out
}

// length compiles a distance, metres if no unit is stated. It is rounded up: a radius
// surely holds the position.
func (g *generic) length(what string, f Field) *field {
	if _, ok := lengths[f.Unit]; !ok {
		g.fail(what, fmt.Errorf("unit %q: want m, km, cm, ft, mi or nmi", f.Unit))
	}
	out := g.field(what, f, func(s string) (word, error) {
		const around = 20_040_000 // metres, half around the Earth
		number, unit := withUnit(s)
		unit = cmp.Or(unit, f.Unit)
		mm := lengths[unit]
		n, err := fixed([]byte(number), 6)
		switch {
		case err != nil:
		case n < 0 || n > around*1_000_000_000/mm:
			err = errors.New("want " + cmp.Or(unit, "metres") + ", or unknown")
		default:
			n = (n*mm + 999) / 1000 // millionths of a metre
		}
		return word{n: int32((n + 999_999) / 1_000_000)}, err
	})
	if out != nil { // beside the words of values, numbers are read as they are
		out.also = true
	}
	return out
}

// lengths are the units of a length, in millimetres.
var lengths = map[string]int64{"": 1000, "m": 1000, "km": 1_000_000, "cm": 10, "ft": 305, "mi": 1_609_344, "nmi": 1_852_000}

var numberWithUnit = regexp.MustCompile(`(?i)^(.*\d) ?(m|km|cm|ft|mi|nmi|meters?|metres?|met(?:er|re)n?|mètres?|metros?|м|км)\.?$`)

// withUnit takes the unit of a length off a cell, which states it for itself; "": it has none.
func withUnit(s string) (number, unit string) {
	part := numberWithUnit.FindStringSubmatch(s)
	if part == nil {
		return s, ""
	}
	switch unit = strings.ToLower(part[2]); {
	case unit == "км":
		unit = "km"
	case lengths[unit] == 0:
		unit = "m"
	}
	return part[1], unit
}

// portion compiles a share of a whole.
func (g *generic) portion(what string, f Field) *field {
	if f.Unit != "" && f.Unit != "%" {
		g.fail(what, fmt.Errorf("unit %q: want %%, or none for a share between 0 and 1", f.Unit))
	}
	return g.field(what, f, func(s string) (word, error) {
		digits, want := 6, "want a share between 0 and 1"
		if f.Unit == "%" {
			digits, want = 4, "want a share between 0 and 100 %"
		}
		n, err := fixed([]byte(strings.TrimSpace(strings.TrimSuffix(s, "%"))), digits)
		switch {
		case err == nil && f.Unit == "" && strings.HasSuffix(s, "%"):
			err = errors.New("a share in %: say so in the mapping with unit: \"%\"")
		case err == nil && (n < 0 || n > int64(truce.One)):
			err = errors.New(want)
		case f.Complement:
			n = int64(truce.One) - n
		}
		return word{n: int32(n)}, err
	})
}

// aWeek is the calendar week, from Monday, that holds a date.
const aWeek = 7*day + 1

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
		first := true
		for _, c := range f.cols {
			if r.cell(c) == nil { // the file has no such column
				continue
			}
			if !first {
				g.buf = append(g.buf, ' ')
			}
			first = false
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
			var err error
			if w, ok, err = f.like(r, i, cell); err != nil {
				return w, err
			}
		}
		unread := ""
		if !ok && f.also && !truce.NotKnown(string(cell)) {
			text := cell
			if f.comma {
				text = r.measured(cell)
			}
			w, err := f.parse(string(text))
			if err == nil {
				w.set = true
				return w, nil
			}
			if hint := r.commaHint(err); hint != "" {
				return w, r.refuse(i, err.Error(), hint)
			}
			if unread = "; " + err.Error(); strings.HasPrefix(err.Error(), "not ") {
				unread = "; it is " + err.Error()
			}
		}
		switch {
		case !ok && !truce.NotKnown(string(cell)) && f.other != nil:
			w = *f.other
		case !ok && !truce.NotKnown(string(cell)):
			return w, r.refuse(i, "the mapping has no such value"+truce.Suggest(string(cell), slices.Sorted(maps.Keys(f.values)))+unread, "")
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
	text := cell
	switch {
	case f.comma:
		text = r.measured(cell)
	case f.digits:
		text = folded(cell)
	}
	w, err := f.parse(string(text))
	switch {
	case err != nil && f.other != nil:
		if w = *f.other; w.aside != nil {
			return w, w.aside
		}
		return w, nil
	case err != nil:
		return w, r.refuse(i, err.Error(), r.commaHint(err))
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

// like is what the patterns say of a cell. Two that say something else of one cell
// reject its row: which of them counts would depend on an order.
func (f *field) like(r *row, i int, cell []byte) (w word, ok bool, err error) {
	by := ""
	for _, l := range f.likes {
		switch {
		case !l.match.Match(cell):
		case !ok:
			w, ok, by = l.word, true, l.pattern
		case !l.word.equal(w):
			return w, false, r.refuse(i, fmt.Sprintf("the patterns %q and %q both match it and say different things", by, l.pattern), "write this cell under values")
		}
	}
	return w, ok, nil
}

// equal reports whether two words say the same.
func (w word) equal(v word) bool {
	if (w.aside == nil) != (v.aside == nil) || w.aside != nil && *w.aside != *v.aside {
		return false
	}
	w.aside, v.aside = nil, nil
	return w == v
}

// nobody is whom a mapping's values name for an actor who did not act, such as the civilians who
// were attacked.
const nobody = "nobody"

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
			if w.none {
				continue
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
	w, ok, err := g.wall(r, f)
	if err != nil || !ok {
		return v, 0, err
	}
	if w.to != nil {
		defer func() {
			if err == nil {
				v, err = f.through(r, v, w)
			}
		}()
	}
	if f.midnight && w.unit < day && w.hour+w.min+w.sec+w.msec == 0 {
		w.unit = day
	}
	if v, err = f.clock.moment(w); err != nil {
		return v, 0, r.refuse(f.col, err.Error(), "")
	}
	if f.later {
		return g.before(r, f, v, w.unit)
	}
	if f.period != nil {
		long, err := g.get(r, f.period)
		switch {
		case err != nil:
			return v, 0, err
		case !long.set || long.wide == 0:
			return v, 0, g.refuseField(r, f.period, "the length of the period is not stated", "")
		}
		loc := f.clock.loc
		if loc == nil || w.zoned {
			loc = time.UTC
		}
		end := v.Start
		if w.unit >= day { // a day is meant with that day
			end = v.End
		}
		return truce.Interval{Start: long.span.Before(end, loc), End: end}, w.unit, nil
	}
	width, err := g.get(r, f.width)
	if err != nil || !width.set {
		return v, w.unit, err
	}
	return f.widen(v, w, width), w.unit, nil
}

// widen makes a time as wide as the row says.
func (f *timeField) widen(v truce.Interval, w wall, width word) truce.Interval {
	if width.unit != 0 && width.unit <= w.unit {
		return v
	}
	switch width.unit {
	case aMonth, aYear:
		w.unit = width.unit
		return f.clock.span(w)
	case aWeek:
		at := utcDay(w).Time()
		monday := at.AddDate(0, 0, -int(at.Weekday()+6)%7)
		last := monday.AddDate(0, 0, 6)
		day := func(t time.Time) truce.Interval {
			return f.clock.day(wall{year: t.Year(), month: int(t.Month()), day: t.Day()}).Interval
		}
		return truce.Interval{Start: day(monday).Start, End: day(last).End}
	}
	own := w.unit
	if own > day {
		own = v.End - v.Start
	}
	more := width.wide - own
	if more <= 0 {
		return v
	}
	if f.centred {
		half := (more + 1) / 2
		if whole := half % day; own >= day && whole != 0 { // whole days around a day
			half += day - whole
		}
		v.Start -= half
		more = half
	}
	v.End += more
	return v
}

// wall reads the cells of a time; ok is false if they say nothing.
func (g *generic) wall(r *row, f *timeField) (w wall, ok bool, err error) {
	if f.fixed != nil && !f.yearless {
		return *f.fixed, true, nil
	}
	if f.parts != nil {
		return g.parted(r, f)
	}
	cell := r.stated(f.col)
	if cell == nil {
		return w, false, nil
	}
	if f.yearless {
		return g.lastBefore(r, f, cell)
	}
	clock := f.clockIn(r)
	if said, known := f.words[string(clock)]; known && clock != nil {
		w, first, err := g.byLayouts(r, f, cell, (*timeLayout).dateOf)
		if err == nil && first != nil {
			err = r.refuse(f.col, first.Error(), readBy(cell))
		}
		return w.at(said), err == nil, err
	}
	if clock != nil {
		g.buf = append(append(append(g.buf[:0], cell...), ' '), clock...)
		cell = g.buf
	}
	var to *[2]int
	if f.ranged {
		cell, to = ranged(cell)
	}
	w, first, err := g.byLayouts(r, f, cell, nil)
	switch {
	case err != nil:
		return w, false, err
	case first == nil:
		w.to = to
		return w, true, nil
	case clock != nil:
		if date, wrong, err := g.byLayouts(r, f, r.stated(f.col), (*timeLayout).dateOf); err == nil && wrong == nil { // the date alone can be read
			w, err = g.besides(r, f, date, first)
			return w, err == nil, err
		}
	}
	return w, false, r.refuse(f.col, first.Error(), readBy(cell))
}

// byLayouts reads a cell by the layouts of a time, or by what part makes of them. first is what is
// wrong with it if none reads it.
func (g *generic) byLayouts(r *row, f *timeField, cell []byte, part func(*timeLayout) *timeLayout) (w wall, first, err error) {
	ok := false
	for _, l := range f.layouts {
		if part != nil {
			if l = part(l); l == nil {
				continue
			}
		}
		got, err := l.parse(cell)
		switch {
		case err != nil:
			if first == nil {
				first = err
			}
		case got.check() != nil:
			first = got.check()
		case !ok:
			w, ok = got, true
		case got != w:
			return w, nil, r.refuse(f.col, fmt.Sprintf("two of the layouts read it, as %04d-%02d-%02d and as %04d-%02d-%02d", w.year, w.month, w.day, got.year, got.month, got.day), "")
		}
	}
	if ok {
		return w, nil, nil
	}
	return w, cmp.Or(first, errors.New("no layout reads the date alone")), nil
}

// readBy says which layouts read a date that those of the mapping do not. Numbers alone are
// read by too many.
func readBy(cell []byte) string {
	var out []string
	for i, l := range triedLayouts() {
		if len(out) == 3 || len(cell) > 40 || len(bytes.Trim(cell, "0123456789.")) == 0 && bytes.Count(cell, []byte{'.'}) < 2 {
			break
		}
		if w, err := l.parse(cell); err == nil && w.check() == nil && w.year >= 1900 && w.year <= 2100 {
			out = append(out, strconv.Quote(closed(layoutsTried[i])))
		}
	}
	if out == nil {
		return ""
	}
	return "it is read by layout: " + strings.Join(out, " or ")
}

var triedLayouts = sync.OnceValue(func() (out []*timeLayout) {
	for _, text := range layoutsTried {
		out = append(out, mustLayout(text))
	}
	return out
})

// parted reads a date whose parts are in several columns. Where the finest is not
// stated, the date is the month, or the year.
func (g *generic) parted(r *row, f *timeField) (w wall, ok bool, err error) {
	g.buf = g.buf[:0]
	layout := ""
	for i, c := range f.parts {
		cell := r.stated(c)
		if cell == nil {
			continue
		}
		if layout != "" {
			g.buf, layout = append(g.buf, ' '), layout+" "
		}
		g.buf, layout = append(g.buf, bytes.TrimSuffix(cell, []byte(".0"))...), layout+f.pieces[i]
	}
	if layout == "" {
		return w, false, nil
	}
	date, whole := len(g.buf), layout
	clock := f.clockIn(r)
	said, known := f.words[string(clock)]
	timed := clock != nil && !known
	if timed {
		g.buf, layout = append(append(g.buf, ' '), clock...), layout+" h:mm[:ss"
	}
	by := func(layout string, cell []byte) (w wall, err error) {
		l := f.fewer[layout]
		if l == nil {
			if l, err = parseLayout(layout); err != nil {
				return w, r.refuse(f.parts[0], "a part of the date is missing that the others need", "want year, month and day; without the day, it is the month; without both, the year")
			}
			f.fewer[layout] = l
		}
		if w, err = l.parse(cell); err == nil {
			err = w.check()
		}
		return w, err
	}
	w, err = by(layout, g.buf)
	if timed && err != nil {
		if alone, derr := by(whole, g.buf[:date]); derr == nil && alone.unit == day { // the date can be read
			w, err = g.besides(r, f, alone, err)
			return w, err == nil, err
		}
	}
	var refused *Refusal
	switch {
	case errors.As(err, &refused):
		return w, false, err
	case err != nil:
		return w, false, r.refuse(f.parts[0], fmt.Sprintf("%q: %v", clip(g.buf), err), "")
	case known && clock != nil && w.unit == day:
		w = w.at(said)
	}
	return w, true, nil
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
	p.Settlement = strings.TrimSpace(name.text)
	metres, err := g.radius(r)
	if err != nil {
		return p, err
	}
	p, err = g.position(r, p, metres)
	switch {
	case err != nil || p.Kind != truce.PlacePoint:
	case g.sighting != nil:
		return g.seenFrom(r, p)
	case g.bearing != nil:
		err = g.sighted(r, &p)
	}
	if err != nil || p.Kind != truce.PlaceUnknown {
		return p, err
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

// radius is how closely the row says that its position is known.
func (g *generic) radius(r *row) (int32, error) {
	around, err := g.get(r, g.uncertainty)
	if err != nil {
		return 0, err
	}
	if around.set {
		return around.n, nil
	}
	if around, err = g.get(r, g.accuracy); err != nil || !around.set {
		return truce.NotStated, err
	}
	// Up: it surely holds the position, and a receiver that states 0 is not exact.
	return max(1, int32((int64(around.n)*g.widen+999_999)/1_000_000)), nil
}

// position is what the mapping's own fields say of the place: a point, or a region.
func (g *generic) position(r *row, p truce.Place, metres int32) (truce.Place, error) {
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
			if err != nil && strings.ContainsAny(string(r.cell(lat))+string(r.cell(lon)), "°º'’′NSEWnsew") { // degrees and minutes
				both, radius, perr := geo.ParsePosition(foldedText(string(r.stated(lat))+" "+string(r.stated(lon))), false)
				if perr != nil && !numeric(r.stated(lat), r.stated(lon)) { // what is wrong with the degrees and minutes, rather than that they are not numbers
					return p, r.refuse(lat, perr.Error(), "")
				}
				if perr != nil || !g.bounds.holds(int64(both.Lat), int64(both.Lon)) {
					return p, err
				}
				at, err, metres = both, nil, max(metres, int32(math.Ceil(radius)))
			}
			position(at)
			return p, err
		}
	}
	if g.mgrs != nil && r.stated(g.mgrs.cols[0]) != nil {
		return g.square(r, p, g.mgrs.cols[0], metres)
	}
	if w, err := g.get(r, g.spot); err != nil || w.set {
		if err != nil {
			return p, err
		}
		return g.written(r, p, g.spot, w.text, metres)
	}
	if w, err := g.get(r, g.post); err != nil || w.set {
		if err != nil {
			return p, err
		}
		s, err := g.o.standing(w.text)
		if err != nil {
			return p, g.refuseField(r, g.post, err.Error(), "")
		}
		metres = max(metres, s.radius)
		position(s.at)
		if p.Settlement == "" {
			p.Settlement = s.name
		}
		return p, nil
	}
	w, err := g.get(r, g.settlement)
	if err != nil {
		return p, err
	}
	code, err := g.get(r, g.pcode)
	if err != nil {
		return p, err
	}
	var known gazetteer.Place
	switch {
	case w.set && isPosition(w.text): // a place that the packages do not know, by values
		if cell := string(bytes.TrimSpace(r.cell(g.settlement.cols[0]))); p.Settlement == "" && !isPosition(cell) {
			p.Settlement = cell
		}
		return g.written(r, p, g.settlement, w.text, metres)
	case w.set:
		in, err := g.within(r)
		if err != nil {
			return p, err
		}
		found, err := g.o.settlement(w.text, in)
		if err != nil {
			if !code.set {
				hint := fmt.Sprintf("if you know where it is, give its position, as latitude and longitude: settlement: {column: %s, values: {%s: \"LAT, LON\"}}; or add a package of places that has it: truce places add", g.named(g.settlement), flow(w.text))
				if len(found) > 1 {
					hint = "give the row a pcode or a position, or use values: for a candidate that is spelled otherwise"
				}
				if len(found) > 1 && g.region == nil {
					hint = "if a column names the region, add region: {column: ...} under place:, else " + hint
				}
				return p, g.refuseField(r, g.settlement, err.Error(), hint)
			}
			if known, err = g.o.places().Code(code.text); err != nil {
				return p, g.refuseField(r, g.pcode, err.Error(), "")
			}
		} else {
			known = found[0]
		}
		if p.Settlement == "" {
			p.Settlement = w.text
		}
	case code.set:
		if known, err = g.o.places().Code(code.text); err != nil {
			return p, g.refuseField(r, g.pcode, err.Error(), "")
		}
	default:
		region, err := g.within(r)
		if err != nil || region == "" {
			return p, err
		}
		known = gazetteer.Place{Name: region, Region: true}
	}
	if known.Region {
		p.Kind, p.Name = truce.PlaceRegion, known.Name
	} else {
		metres = max(metres, known.UncertaintyM)
		position(known.Point)
	}
	return p, nil
}

// named is the name of a field's column; empty: it is the same word in all rows.
func (g *generic) named(f *field) string {
	if len(f.cols) == 0 {
		return ""
	}
	return flow(g.columns[f.cols[0]])
}

// within is the region that a row states; "": it states none.
func (g *generic) within(r *row) (string, error) {
	w, err := g.get(r, g.region)
	if err != nil || !w.set {
		return "", err
	}
	region, err := g.o.region(w.text)
	if err != nil {
		return "", g.refuseField(r, g.region, err.Error(), "")
	}
	return region, nil
}

// fieldPoint is a position as forms of OpenRosa (Kobo, ODK) have it: latitude, longitude,
// altitude and accuracy, with blanks between.
var fieldPoint = regexp.MustCompile(`^(-?\d{1,2}(?:\.\d+)?) (-?\d{1,3}(?:\.\d+)?) -?\d+(?:\.\d+)? (\d+(?:\.\d+)?)$`)

// isPosition reports whether a text that may be a name is a position.
func isPosition(s string) bool {
	_, _, err := geo.ParsePosition(foldedText(s), false)
	return err == nil
}

// written reads a position in one text, which f says.
func (g *generic) written(r *row, p truce.Place, f *field, text string, metres int32) (truce.Place, error) {
	text = foldedText(text)
	refuse := func(why, hint string) (truce.Place, error) { return p, g.refuseField(r, f, why, hint) }
	if wkt, ok := wellKnown(text); ok {
		shape, err := geometryOf(wkt)
		if err != nil {
			return refuse(err.Error(), "")
		}
		own := r.geometry
		r.geometry = shape
		p, err = g.shape(r, p, metres)
		r.geometry = own
		return p, err
	}
	if part := fieldPoint.FindStringSubmatch(text); part != nil { // latitude, longitude, altitude and accuracy of a form
		text = part[1] + ", " + part[2]
		if n, err := fixed([]byte(part[3]), 6); err == nil && n > 0 && n < 1_000_000_000_000 && metres == truce.NotStated {
			metres = int32((n/1000*g.widen/1000 + 999_999) / 1_000_000)
		}
	}
	at, radius, err := geo.ParsePosition(text, g.m.Place.Order == "lon-lat")
	switch {
	case err != nil && f == g.spot && len(f.cols) == 1 && len(text) <= 40 && !strings.ContainsAny(text, "0123456789"):
		return refuse(err.Error(), fmt.Sprintf("if it means that the position is not known, write position: {column: %s, values: {%s: unknown}}", g.named(f), flow(text)))
	case err != nil:
		return refuse(err.Error(), "")
	case at == geo.Point{}:
		return refuse(nowhere, nowhereHint)
	case !g.bounds.holds(int64(at.Lat), int64(at.Lon)):
		hint := ""
		if g.bounds.holds(int64(at.Lon), int64(at.Lat)) {
			hint = "latitude and longitude look swapped: order: lon-lat"
		}
		return refuse(at.String()+" is out of bounds", hint)
	}
	p.Kind, p.Point, p.Uncertainty = truce.PlacePoint, at, metres
	if radius > 0 { // it cannot be finer than its notation
		p.Uncertainty = max(metres, int32(math.Ceil(radius)))
	}
	return p, nil
}

// sighted moves a position from who saw it to what was seen, along a bearing. How
// closely both are written widens the place.
func (g *generic) sighted(r *row, p *truce.Place) error {
	to, err := g.get(r, g.bearing)
	if err != nil {
		return err
	}
	far, err := g.get(r, g.distance)
	if err != nil {
		return err
	}
	switch {
	case !to.set && !far.set: // at the position itself
		return nil
	case to.set != far.set:
		return r.refuse(g.bearing.cols[0], "bearing and distance go together", "")
	}
	along(p, word{n: far.n, half: far.half, to: to.n, wedge: to.half})
	if !g.bounds.holds(int64(p.Point.Lat), int64(p.Point.Lon)) {
		return r.refuse(g.bearing.cols[0], p.Point.String()+" is out of bounds", "")
	}
	return nil
}

// along moves a position by a distance in a direction, and widens it by what both leave open.
func along(p *truce.Place, w word) {
	m := float64(w.n)
	p.Point = geo.Destination(p.Point, float64(w.to)/1000, m)
	across := (m + float64(w.half)) * math.Sin(min(90, float64(w.wedge)/1000)*math.Pi/180)
	if p.Uncertainty != truce.NotStated {
		p.Uncertainty += int32(math.Ceil(math.Hypot(across, float64(w.half))))
	}
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
	at, radius, err := geo.ParseMGRS(foldedText(string(r.cell(col))))
	if err != nil {
		hint := ""
		if _, _, other := geo.ParsePosition(string(r.cell(col)), false); other == nil || fieldPoint.Match(r.cell(col)) {
			hint = "it is a position in another notation: write place: {position: ...} instead of mgrs, which reads degrees, degrees with minutes and seconds, UTM, MGRS and WKT"
		}
		return p, r.refuse(col, err.Error(), hint)
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
		if g.wide == nil || !slices.Contains(g.wide.columns, i) { // the cell itself is there, and not its neighbours
			g.buf = append(append(g.buf, r.cell(i)...), 0)
		}
	}
	g.buf = append(g.buf, r.geometry...)
	return g.same.key(sha256.Sum256(g.buf))
}
