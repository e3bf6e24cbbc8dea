package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/report"
)

// rows is a table that comes out in any of the formats.
type rows struct {
	columns []string
	cells   [][]string
	places  []*truce.Place // beside cells, for geojson
}

var rowFormats = []string{"table", "json", "csv", "geojson"}

func (r *rows) add(place *truce.Place, cells ...string) {
	for i := range cells {
		cells[i] = report.Clean(cells[i])
	}
	r.cells = append(r.cells, cells)
	r.places = append(r.places, place)
}

func (r *rows) write(w io.Writer, format string) error {
	switch format {
	case "table":
		return r.table(w)
	case "csv":
		out := csv.NewWriter(w)
		if err := out.Write(r.columns); err != nil {
			return err
		}
		for _, c := range r.cells {
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
		list := make([]map[string]string, len(r.cells))
		for i := range r.cells {
			list[i] = r.object(i)
		}
		return indented(w, list)
	case "geojson":
		type feature struct {
			Type       string            `json:"type"`
			Geometry   any               `json:"geometry"`
			Properties map[string]string `json:"properties"`
		}
		list := make([]feature, len(r.cells))
		for i := range r.cells {
			list[i] = feature{"Feature", report.Geometry(r.places[i]), r.object(i)}
		}
		return indented(w, map[string]any{"type": "FeatureCollection", "features": list})
	}
	return oneOf("format", format, rowFormats...)
}

func (r *rows) object(i int) map[string]string {
	out := map[string]string{}
	for k, c := range r.columns {
		out[c] = r.cells[i][k]
	}
	return out
}

func (r *rows) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.ToUpper(strings.Join(r.columns, "\t")))
	for _, c := range r.cells {
		fmt.Fprintln(t, strings.Join(c, "\t"))
	}
	return t.Flush()
}

func indented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
