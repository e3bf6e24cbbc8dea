package main

import (
	"encoding/csv"
	"encoding/json"
	"io"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/report"
)

// rows is a table that comes out in any of the formats. People read cells; what
// a machine reads, where it differs, are values: words of the vocabulary, full
// IDs, times in UTC.
type rows struct {
	columns []string
	cells   [][]string
	fields  []string // of values; nil: columns and cells serve machines too
	values  [][]string
	places  []*truce.Place // beside cells, for geojson
	more    string         // what a table says of rows that are not in it
}

var rowFormats = []string{"table", "json", "csv", "geojson"}

func (r *rows) add(place *truce.Place, cells ...string) {
	for i := range cells {
		cells[i] = report.Clean(cells[i])
	}
	r.cells = append(r.cells, cells)
	r.places = append(r.places, place)
}

// add2 adds a row of which machines read other values.
func (r *rows) add2(place *truce.Place, values []string, cells ...string) {
	r.add(place, cells...)
	for i := range values {
		values[i] = report.Clean(values[i])
	}
	r.values = append(r.values, values)
}

// machine is the header and rows that machines read.
func (r *rows) machine() ([]string, [][]string) {
	if r.fields == nil {
		return r.columns, r.cells
	}
	return r.fields, r.values
}

func (r *rows) write(w io.Writer, format string) error {
	head, body := r.machine()
	object := func(i int) map[string]string {
		out := map[string]string{}
		for k, c := range head {
			out[c] = body[i][k]
		}
		return out
	}
	switch format {
	case "table":
		return r.table(w)
	case "csv":
		out := csv.NewWriter(w)
		if err := out.Write(head); err != nil {
			return err
		}
		for _, c := range body {
			row := make([]string, len(c))
			for k := range c {
				row[k] = report.Plain(c[k])
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
		out.Flush()
		return out.Error()
	case "json":
		list := make([]map[string]string, len(body))
		for i := range body {
			list[i] = object(i)
		}
		return indented(w, list)
	case "geojson":
		type feature struct {
			Type       string            `json:"type"`
			Geometry   any               `json:"geometry"`
			Properties map[string]string `json:"properties"`
		}
		list := make([]feature, len(body))
		for i := range body {
			list[i] = feature{"Feature", report.Geometry(r.places[i]), object(i)}
		}
		return indented(w, map[string]any{"type": "FeatureCollection", "features": list})
	}
	return oneOf("format", format, rowFormats...)
}

func indented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
