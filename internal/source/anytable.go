package source

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/format"
)

// tableKind reads any table, in whatever format, by a mapping.
var tableKind = Kind{
	Name: "table", Mapped: true, License: "the publisher's",
	Doc:   "any table, by a mapping: CSV, XLSX, ODS, JSON, GeoJSON, KML, KMZ, GPX, GeoPackage, Parquet, GeoParquet, RSS, Atom",
	Parse: parseTable,
}

// parseTable finds out the format by what the file holds.
func parseTable(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
	name, advice, in, err := format.Sniff(in)
	if err != nil {
		return failed(o, err)
	}
	switch name {
	case format.Text:
		return csvKind.Parse(in, o)
	case format.JSON:
		return jsonlKind.Parse(in, o)
	case format.GeoJSON:
		return geojsonKind.Parse(in, o)
	case "":
		return failed(o, fmt.Errorf("this is %s", advice))
	}
	return func(yield func(truce.Item, error) bool) {
		fail := func(err error) { yield(truce.Item{}, o.at(err)) }
		if o.Mapping == nil {
			fail(errors.New("a mapping is needed: what do the columns mean?"))
			return
		}
		as := o.Mapping.Table
		rows, err := format.Open(in, name, format.Options{Sheet: as.Sheet, Skip: as.Skip, Header: as.Header, Unpacked: o.Unpacked})
		if err != nil {
			fail(err)
			return
		}
		defer rows.Close()
		l := &formatted{rows: rows}
		r, t, err := as.headed(o, rows.Header(), 1+as.Skip, func(header []string) (table, error) {
			kind := "table"
			if rows.Shaped() {
				kind = "shaped"
			}
			t, err := newTable(o, kind, header)
			if name == format.KML { // mappings from before this column was read do not name it
				t.ignore = append(slices.Clip(t.ignore), format.Folder)
				t.ignore = append(t.ignore, format.Described(rows)...)
			}
			return t, err
		}, l)
		if err != nil {
			fail(err)
			return
		}
		readRows(l, r, t, o, yield)
	}
}

// newTable is a mapping made ready for a table of that header.
func newTable(o Options, kind string, header []string) (table, error) {
	t, err := newGeneric(o, kind, header)
	for _, name := range o.Mapping.Ignore {
		if err == nil && name != rest && !slices.Contains(header, name) && !slices.Contains(o.Mapping.Optional, name) {
			err = &Unfit{fmt.Errorf("mapping: ignore: the file has no column %q%s", name, truce.Suggest(name, header))}
		}
	}
	return t, err
}

// formatted are the rows of a table that package format reads.
type formatted struct {
	rows format.Table
	last format.Row
	err  error
	held bool
}

func (f *formatted) read() ([]byte, int, error) {
	if f.held {
		f.held = false
	} else {
		f.last, f.err = f.rows.Next()
	}
	var fault *format.Fault
	if errors.As(f.err, &fault) {
		return f.last.Raw, f.last.Number, &rowFault{fault.Why, fault.Hint}
	}
	return f.last.Raw, f.last.Number, f.err
}

func (f *formatted) row() ([][]byte, int) { return f.last.Cells, len(f.rows.Header()) }
func (f *formatted) hold()                { f.held = true }
func (f *formatted) shape() []byte        { return f.last.Geometry }
