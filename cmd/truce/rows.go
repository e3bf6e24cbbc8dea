package main

import (
	"encoding/json"
	"io"
	"iter"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/report"
)

// rows are a list of texts. Lists of which programs read more than people have a
// report.Table for these.
type rows struct {
	columns []string
	fields  []string // the columns for programs; nil: the same
	cells   [][]string
	more    string // what a table says of rows that are not in it
}

// rowFormats are the formats of lists: a table for people, and those for programs.
var rowFormats = func() []string {
	out := []string{"table"}
	for _, f := range report.TableFormats {
		out = append(out, f.Name)
	}
	return out
}()

func (r *rows) add(cells ...string) {
	for i := range cells {
		cells[i] = report.Clean(cells[i])
	}
	r.cells = append(r.cells, cells)
}

func (r *rows) write(w io.Writer, format string) error {
	if format != "table" {
		if err := oneOf("format", format, "table", "json", "csv"); err != nil {
			return err
		}
		return r.texts().Write(w, format)
	}
	return r.table(w)
}

// exported is a list of a mission for programs, and what is needed to fill it.
type exported struct {
	*report.Table
	licences map[truce.SourceID]report.Licence
}

// listed is a list of a mission for programs, without its rows.
func (c command) listed(m *mission.Mission, x truce.Reader, name string, columns []report.Column) (*exported, error) {
	licences, places, err := m.Reading().Licences()
	if err != nil {
		return nil, err
	}
	a, p, cut := x.Agreement(), x.Picture(), "Based on all information received; reply deadlines are treated as expired"
	if p.AsKnown.Stated() {
		cut = "As known " + p.AsKnown.String()
	}
	if p.Withheld > 0 {
		cut += "; " + mission.Are(p.Withheld, "input") + " withheld here"
	}
	return &exported{&report.Table{Name: name, Title: a.Title, Status: a.Status, Cut: cut, Issued: truce.InstantOf(c.now()), Situation: p.Digest, Location: a.Location, Licences: places, Columns: columns}, licences}, nil
}

// cite puts the licences of sources before those of places.
func (e *exported) cite(sources iter.Seq[truce.SourceID]) {
	e.Licences = append(report.CitedBy(e.licences, sources), e.Licences...)
}

// texts are the rows for programs: none has a place.
func (r *rows) texts() *report.Table {
	t, fields := &report.Table{}, r.fields
	if fields == nil {
		fields = r.columns
	}
	for _, f := range fields {
		t.Columns = append(t.Columns, report.Column{Name: f, Kind: report.Text})
	}
	t.Rows = func(yield func(report.Line, error) bool) {
		for _, row := range r.cells {
			line := report.Line{Values: make([]any, len(row))}
			for i, s := range row {
				line.Values[i] = s
			}
			if !yield(line, nil) {
				return
			}
		}
	}
	return t
}

func indented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
