package source

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"math"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// The generic kinds read spreadsheets, exports and feeds of infinite variety by
// a Mapping.
var (
	csvKind = Kind{
		Name: "csv", License: "the publisher's", Doc: "any CSV with a header, by a mapping",
		Parse: func(in io.Reader, o Options) iter.Seq2[truce.Record, error] {
			t, err := newGeneric(o)
			if err != nil {
				return failed(o, err)
			}
			return readCSV(in, o, func([]string) (table, error) { return t, nil })
		},
	}
	jsonlKind = Kind{
		Name: "jsonl", License: "the publisher's", Doc: "JSON objects, one a line or in an array, by a mapping",
		Parse: func(in io.Reader, o Options) iter.Seq2[truce.Record, error] {
			t, err := newGeneric(o)
			if err != nil {
				return failed(o, err)
			}
			t.need, t.may = nil, t.need // JSON leaves out what it does not know
			return readJSON(in, o, false, t)
		},
	}
	geojsonKind = Kind{
		Name: "geojson", License: "the publisher's", Doc: "features of a GeoJSON FeatureCollection, by a mapping",
		Parse: func(in io.Reader, o Options) iter.Seq2[truce.Record, error] {
			t, err := newGeneric(o)
			if err != nil {
				return failed(o, err)
			}
			t.need, t.may = nil, t.need
			return readJSON(in, o, true, t)
		},
	}
)

func failed(o Options, err error) iter.Seq2[truce.Record, error] {
	return func(yield func(truce.Record, error) bool) { yield(truce.Record{}, o.at(err)) }
}

// A generic is a mapping made ready: columns are numbers and words are looked
// up once.
type generic struct {
	m       *Mapping
	o       Options
	source  truce.SourceID
	clock   *clock
	words   words
	same    occurrences
	columns []string
	err     error
	buf     []byte

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
	aside *SetAside
	set   bool
}

type timeField struct {
	col, clock int // clock: the column of the time of day, or -1
	layout     *timeLayout
	width      truce.Instant // 0: that of the finest field
	widthCol   int
}

type rangeField struct {
	name string
	into func(*truce.Casualties) **truce.Range
	one  int
	low  int
	best int
	high int
}

type detailField struct {
	name string
	col  int
}

func newGeneric(o Options) (table, error) {
	m := o.Mapping
	if m == nil {
		return table{}, errors.New("a mapping is needed: what do the columns mean?")
	}
	g := &generic{m: m, o: o, source: o.Source, words: words{}, same: occurrences{}, bounds: m.Place.box()}
	if g.source == "" {
		g.source = truce.SourceID(m.Source)
	}
	if g.source == "" {
		return table{}, errors.New("mapping: the source must be named, here or on the command line")
	}
	g.clock = o.clock(m.zone)
	g.fields()
	if g.err != nil {
		return table{}, fmt.Errorf("mapping: %w", g.err)
	}
	return table{layout: layout{need: g.columns, ignore: m.Ignore}, read: g.row}, nil
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
		if s == "unknown" {
			return word{n: truce.NotStated}, nil
		}
		n, err := fixed([]byte(s), 3)
		if err == nil && (n < 0 || n > 20_040_000_000) {
			err = errors.New("want metres, or unknown")
		}
		return word{n: int32((n + 999) / 1000)}, err
	}
	g.key, g.claimant, g.note = g.field("key", m.Key, plain), g.field("claimant", m.Claimant, plain), g.field("note", m.Note, plain)
	if g.key != nil {
		g.key.seen = nil
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
	g.count = g.field("count", m.Count, func(s string) (w word, err error) { w.count, err = truce.ParseCount(s); return w, err })
	g.actor, g.side, g.object = g.field("actor", m.Actor, plain), g.field("side", m.Side, plain), g.field("object", m.Object, plain)
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
		if f := m.Details[name]; f.Column == "" || f.Values != nil {
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
	if !f.set() {
		if f.Values != nil {
			g.fail(what, errors.New("values without a column"))
		}
		return nil
	}
	out := &field{parse: parse, seen: map[string]word{}}
	names := f.Columns
	if f.Column != "" {
		names = append([]string{f.Column}, names...)
	}
	if f.Value != "" {
		if len(names) > 0 {
			g.fail(what, errors.New("either a value or a column"))
		}
		w, err := parse(f.Value)
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
		out.values[cell] = w
	}
	return out
}

func (g *generic) value(what string, v Value, parse func(string) (word, error)) (w word, err error) {
	switch {
	case v.Aside != "":
		return word{aside: &SetAside{v.Aside}, set: true}, nil
	case v.Act != "" || v.Weapon != "":
		if what != "act" || v.To != "" || v.Act == "" {
			return w, errors.New("{act: x, weapon: y} belongs to the field act")
		}
		if w.act, err = truce.Words.Act(v.Act); err == nil {
			w.class, err = truce.Words.Class(v.Weapon)
		}
	case v.To == "": // not stated
		return word{}, nil
	default:
		w, err = parse(v.To)
	}
	w.set = true
	return w, err
}

func (g *generic) time(what string, f TimeField) *timeField {
	if f.Column == "" {
		if f.Layout+f.Time != "" {
			g.fail(what, errors.New("a column is missing"))
		}
		return nil
	}
	out := &timeField{col: g.column(f.Column), clock: g.column(f.Time), layout: isoTime, widthCol: -1}
	if f.Layout != "" {
		var err error
		if out.layout, err = parseLayout(f.Layout); err != nil {
			g.fail(what, err)
			return out
		}
	}
	switch {
	case f.Width.Column != "":
		out.widthCol = g.column(f.Width.Column)
	case f.Width.Value != "":
		s, err := truce.ParseSpan(f.Width.Value)
		if err != nil {
			g.fail(what, err)
		}
		out.width = truce.Instant(s.Days)*day + truce.Instant(s.Time.Milliseconds())
	}
	return out
}

// get is what f says of r.
func (g *generic) get(r *row, f *field) (word, error) {
	if f == nil {
		return word{}, nil
	}
	if len(f.cols) == 0 {
		return f.word, nil
	}
	cell := r.cell(f.cols[0])
	if len(f.cols) > 1 {
		g.buf = g.buf[:0]
		for i, c := range f.cols {
			if i > 0 {
				g.buf = append(g.buf, ' ')
			}
			g.buf = append(g.buf, r.cell(c)...)
		}
		cell = g.buf
	}
	if f.values != nil {
		w, ok := f.values[string(cell)]
		if !ok && len(cell) > 0 {
			return w, r.refuse(f.cols[0], "the mapping has no such value"+truce.Suggest(string(cell), slices.Sorted(maps.Keys(f.values))), "")
		}
		if w.aside != nil {
			return w, w.aside
		}
		return w, nil
	}
	if len(cell) == 0 {
		return word{}, nil
	}
	if w, ok := f.seen[string(cell)]; ok {
		return w, nil
	}
	w, err := f.parse(string(cell))
	if err != nil {
		return w, r.refuse(f.cols[0], err.Error(), "")
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

// interval reads a time and how wide it is. unit is that of the finest field
// that was written; 0: the cell is empty.
func (g *generic) interval(r *row, f *timeField) (v truce.Interval, unit truce.Instant, err error) {
	cell := r.cell(f.col)
	if f.clock >= 0 && len(r.cell(f.clock)) > 0 {
		g.buf = append(append(append(g.buf[:0], cell...), ' '), r.cell(f.clock)...)
		cell = g.buf
	}
	if len(cell) == 0 {
		return v, 0, nil
	}
	w, err := f.layout.parse(cell)
	if err == nil {
		v, err = g.clock.moment(w)
	}
	if err != nil {
		return v, 0, r.refuse(f.col, err.Error(), "")
	}
	width := f.width
	if f.widthCol >= 0 && len(r.cell(f.widthCol)) > 0 {
		n, err := number(r.cell(f.widthCol))
		if err != nil {
			return v, 0, r.refuse(f.widthCol, err.Error(), "")
		}
		width = truce.Instant(n) * minute
	}
	if width > w.unit {
		v.End += width - w.unit
	}
	return v, w.unit, nil
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
	if g.lat != nil && len(r.cell(g.lon.cols[0])) == 0 && geo.LooksLikeMGRS(string(r.cell(g.lat.cols[0]))) {
		return g.square(r, p, g.lat.cols[0], metres)
	}
	if g.lat != nil && (len(r.cell(g.lat.cols[0])) > 0 || len(r.cell(g.lon.cols[0])) > 0) {
		at, err := r.position(g.lat.cols[0], g.lon.cols[0], g.bounds)
		position(at)
		return p, err
	}
	if g.mgrs != nil && len(r.cell(g.mgrs.cols[0])) > 0 {
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
		col := -1
		if len(f.cols) > 0 {
			col = f.cols[0]
		}
		refuse := func(err error) error {
			if col < 0 {
				return r.refuseRow(err.Error(), "")
			}
			return r.refuse(col, err.Error(), "")
		}
		if f == g.region {
			region, err := g.o.places().RegionName(w.text)
			if err != nil {
				return p, refuse(err)
			}
			p.Kind, p.Name = truce.PlaceRegion, region
			return p, nil
		}
		found, err := g.o.places().Lookup(w.text)
		if err != nil {
			return p, refuse(err)
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
	if g.m.Place.Geometry && r.geometry != nil {
		return g.shape(r, p, metres)
	}
	return p, nil
}

// square reads a grid reference. What the publisher says of the position cannot
// be finer than the square it gives.
func (g *generic) square(r *row, p truce.Place, col int, metres int32) (truce.Place, error) {
	at, radius, err := geo.ParseMGRS(string(r.cell(col)))
	if err != nil {
		return p, r.refuse(col, err.Error(), "")
	}
	p.Kind, p.Point, p.Uncertainty = truce.PlacePoint, at, max(metres, int32(math.Ceil(radius)))
	return p, nil
}

func (g *generic) shape(r *row, p truce.Place, metres int32) (truce.Place, error) {
	f, err := r.shape()
	if err != nil {
		return p, err
	}
	switch {
	case len(f.Points) == 1 && f.Polygons == nil && f.Lines == nil:
		p.Point, err = r.pointShape(g.bounds)
		p.Kind, p.Uncertainty = truce.PlacePoint, metres
	case len(f.Polygons) > 0 && f.Points == nil && f.Lines == nil:
		p.Kind, p.Shape, p.Uncertainty = truce.PlaceShape, f.Polygons, metres
	default:
		err = r.refuseRow("geometry: want one point or polygons", "")
	}
	return p, err
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
