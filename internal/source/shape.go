package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/format"
)

// Among returns the files of an archive that a mapping is about. A single file is it,
// whatever its name.
func Among(entries []Entry, m *Mapping) ([]Entry, error) {
	if m == nil || m.Table.File == "" || len(entries) == 1 {
		return entries, nil
	}
	var out []Entry
	var names []string
	for _, e := range entries {
		names = append(names, e.base())
		if ok, _ := path.Match(m.Table.File, e.base()); ok {
			out = append(out, e)
		}
	}
	if out == nil {
		return nil, fmt.Errorf("mapping: table: the archive has no file %q; there are %s", m.Table.File, some(names))
	}
	return out, nil
}

// base is the name of a file without the archive and the folders it is in.
func (e Entry) base() string {
	name := e.Name
	if _, member, ok := strings.Cut(name, "!"); ok {
		name = member
	}
	return path.Base(name)
}

// With is o for one of several files that came together.
func (o Options) With(e Entry, all []Entry) Options {
	o.self, o.beside = e.Open, all
	return o
}

// A wide table is one in which each cell of some columns is a row.
type wide struct {
	columns     []int // of the layout
	name, value int
}

// noCells is said of a row of a wide table that states nothing.
var noCells = &SetAside{"no cell of the wide columns is stated"}

// rows reads a row, or what a wide table makes of it. It returns false when reading must end.
func (t *table) rows(r *row, emit func(truce.Item), problem func(error) bool) bool {
	if t.wide == nil {
		return t.one(r, emit, problem)
	}
	any, events, stated := false, 0, 0
	for _, c := range t.wide.columns {
		if cell := r.stated(c); cell != nil {
			if stated++; !zero(cell) {
				events++
			}
		}
	}
	among := r.several
	defer func() { r.several = among }()
	for _, c := range t.wide.columns {
		cell := r.stated(c)
		if cell == nil {
			continue
		}
		any = true
		r.several = among || events > 1 || stated > 1 && zero(cell)
		r.cells[r.at[t.wide.name]], r.cells[r.at[t.wide.value]] = []byte(r.names[c]), cell
		r.over = overlay{t.wide.value, c}
		r.key, r.when = "", truce.Interval{}
		if !t.one(r, emit, problem) {
			return false
		}
	}
	r.over = overlay{}
	if !any {
		return problem(noCells)
	}
	return true
}

// zero reports whether a cell says that there was none.
func zero(cell []byte) bool {
	n, err := fixed(folded(cell), 6)
	return err == nil && n == 0
}

func (t *table) one(r *row, emit func(truce.Item), problem func(error) bool) bool {
	err := t.read(r, emit)
	t.dated(r, err)
	return err == nil || problem(err)
}

// An overlay is a column of a row that is not one of the file: its cell is that of another.
type overlay struct{ of, in int }

// named is the name that people find column i by.
func (r *row) named(i int) string {
	if r.over.of == i && r.over != (overlay{}) {
		i = r.over.in
	}
	return r.names[i]
}

// spread finds the columns of a wide table, in the header or, of JSON, as they are named.
func (g *generic) spread(header []string) error {
	w := g.m.Table.Wide
	if w.Columns == nil {
		return nil
	}
	g.wide = &wide{name: g.column(w.Name), value: g.column(w.Value)}
	for _, h := range []string{w.Name, w.Value} {
		if slices.Contains(header, h) {
			return fmt.Errorf("mapping: table: wide: the file has a column %q already; choose another name", h)
		}
	}
	for _, want := range w.Columns {
		found := false
		for _, h := range header {
			if ok, err := path.Match(want, h); h == want || err == nil && ok {
				found = true
				if c := g.column(h); !slices.Contains(g.wide.columns, c) {
					g.wide.columns = append(g.wide.columns, c)
				}
			}
		}
		switch {
		case header == nil && !strings.ContainsAny(want, "*?["):
			g.wide.columns = append(g.wide.columns, g.column(want))
		case header == nil:
			return fmt.Errorf("mapping: table: wide: %q: the columns of JSON are named one by one", want)
		case !found:
			return fmt.Errorf("mapping: table: wide: the file has no column %q%s", want, truce.Suggest(want, header))
		}
	}
	return nil
}

// parents are the rows of another table, by their key.
type parents struct {
	name   string
	header []string
	rows   map[string][][]byte
	by     int // the column of the layout that has the key
	none   [][]byte
}

// mostParents bounds what is held of the other table, in bytes.
const mostParents = 256 << 20

const ofParent = "parent."

// parents reads the table to which the rows of a table belong.
func (o Options) parents(as TableFields) (*parents, error) {
	if as.Parent == (Parent{}) {
		return nil, nil
	}
	open, name := o.self, as.Parent.Sheet
	if as.Parent.File != "" {
		open, name = nil, as.Parent.File
		for _, e := range o.beside {
			if ok, _ := path.Match(as.Parent.File, e.base()); ok {
				if open != nil {
					return nil, fmt.Errorf("parent: several files have the name %q", as.Parent.File)
				}
				open, name = e.Open, e.base()
			}
		}
	}
	if open == nil {
		return nil, fmt.Errorf("parent: %s is not in the same archive; pack both files into one .zip, and read that", name)
	}
	in, err := open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	p := &parents{name: name, rows: map[string][][]byte{}}
	key, held := -1, 0
	err = o.eachRow(in, TableFields{Encoding: as.Encoding, Separator: as.Separator, Sheet: as.Parent.Sheet}, func(header []string) error {
		for _, h := range header {
			p.header = append(p.header, ofParent+h)
		}
		if key = slices.Index(header, as.Parent.Key); key < 0 {
			return fmt.Errorf("it has no column %q%s", as.Parent.Key, truce.Suggest(as.Parent.Key, header))
		}
		return nil
	}, func(cells [][]byte) error {
		if len(cells) <= key || len(cells) > len(p.header) {
			return nil // a row that is broken has no children: theirs are rejected
		}
		k := string(bytes.TrimSpace(cells[key]))
		if _, twice := p.rows[k]; twice {
			return fmt.Errorf("two rows have the %s %q", as.Parent.Key, clip([]byte(k)))
		}
		kept := make([][]byte, len(p.header))
		for i, c := range cells {
			kept[i] = bytes.Clone(c)
			held += len(c) + 24
		}
		if p.rows[k] = kept; held > mostParents {
			return fmt.Errorf("it has more than %d MiB", mostParents>>20)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("parent %s: %w", name, err)
	}
	p.none = make([][]byte, len(p.header))
	return p, nil
}

// eachRow reads a table of whatever format, without a meaning.
func (o Options) eachRow(in io.Reader, as TableFields, header func([]string) error, row func([][]byte) error) error {
	kind, advice, in, err := format.Sniff(in)
	switch {
	case err != nil:
		return err
	case kind == "":
		return fmt.Errorf("this is %s", advice)
	case kind == format.JSON || kind == format.GeoJSON:
		return errors.New("this is JSON; rows of JSON have their children inside them: table: {children: ...}")
	}
	var l cellRows
	if kind == format.Text {
		o.Mapping, o.Progress = &Mapping{Table: as}, nil
		decoded, err := o.decode(in)
		if err != nil {
			return err
		}
		text := newLineReader(decoded, o.MaxCell)
		if err := text.skipBOM(); err != nil {
			return err
		}
		text.separate(as)
		if _, _, err := text.read(); err != nil {
			return err
		}
		text.width = len(text.cells)
		l, err = text, header(texted(text.cells))
		if err != nil {
			return err
		}
	} else {
		rows, err := format.Open(in, kind, format.Options{Sheet: as.Sheet})
		if err != nil {
			return err
		}
		defer rows.Close()
		if l = (&formatted{rows: rows}); true {
			err = header(rows.Header())
		}
		if err != nil {
			return err
		}
	}
	for {
		_, _, err := l.read()
		var fault *rowFault
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &fault):
			continue
		case err != nil:
			return err
		}
		cells, _ := l.row()
		if err := row(cells); err != nil {
			return err
		}
	}
}

// find adds the cells of a row's parent to its own.
func (p *parents) find(r *row) error {
	key := r.stated(p.by)
	cells, ok := p.rows[string(key)]
	switch {
	case key == nil:
		cells = p.none // it belongs to nobody: what the mapping needs of a parent is not stated
	case !ok:
		return r.refuse(p.by, "no row of "+p.name+" has this key", "")
	}
	r.cells = append(r.cells, cells...)
	return nil
}
