package report

import (
	"encoding/json"
	"io"
	"slices"

	"github.com/opentruce/truce"
	"github.com/parquet-go/parquet-go"
)

// rowsInGroup bounds what is kept in memory while a Parquet file is written.
const rowsInGroup = 20_000

// writeGeoParquet writes GeoParquet 1.1.0: the columns of the table, and their geometry as
// well-known binary: the position, or the area that holds it. The metadata name no CRS,
// which says OGC:CRS84, longitude and latitude (GeoParquet 1.1.0, "crs").
func writeGeoParquet(w io.Writer, t *Table) error {
	fields := make([]parquet.Field, 0, len(t.Columns)+1)
	group := parquet.Group{}
	for i := range t.Columns {
		c := &t.Columns[i]
		group[c.field()] = parquet.Optional(leafOf(c.Kind))
	}
	group["geometry"] = parquet.Optional(parquet.Leaf(parquet.ByteArrayType))
	sorted := group.Fields()
	find := func(name string) parquet.Field {
		return sorted[slices.IndexFunc(sorted, func(f parquet.Field) bool { return f.Name() == name })]
	}
	for i := range t.Columns {
		fields = append(fields, find(t.Columns[i].field()))
	}
	fields = append(fields, find("geometry"))
	out := parquet.NewWriter(w, parquet.NewSchema(t.Name, ordered{group, fields}), parquet.MaxRowsPerRowGroup(rowsInGroup), parquet.Compression(&parquet.Snappy))
	var all box
	kinds := map[string]bool{}
	row := make(parquet.Row, len(fields))
	for line, err := range t.Rows {
		if err != nil {
			return err
		}
		for i, v := range line.Values {
			row[i] = stored(t.Columns[i].known(v), i)
		}
		var geom any
		switch p := line.Place; {
		case p != nil && (p.Kind == truce.PlacePoint || p.Kind == truce.PlaceObject):
			geom = wkbPoint(nil, p.Point)
			kinds["Point"] = true
			all.add(p.Point)
		case p != nil && len(p.Shape) > 0:
			geom = wkbAreas(nil, p.Shape)
			kinds["MultiPolygon"] = true
			for _, q := range corners(p.Shape) {
				all.add(q)
			}
		}
		row[len(fields)-1] = stored(geom, len(fields)-1)
		if _, err := out.WriteRows([]parquet.Row{row}); err != nil {
			return err
		}
	}
	types := []string{}
	for k := range kinds {
		types = append(types, k)
	}
	slices.Sort(types)
	column := map[string]any{"encoding": "WKB", "geometry_types": types, "edges": "planar"}
	if all.any {
		column["bbox"] = []float64{all.west, all.south, all.east, all.north}
	}
	meta, err := json.Marshal(map[string]any{"version": "1.1.0", "primary_column": "geometry", "columns": map[string]any{"geometry": column}})
	if err != nil {
		return err
	}
	about, err := json.Marshal(map[string]any{"title": t.Title, "status": t.Status, "notes": t.words(), "licences": append([]Licence{}, t.Licences...)})
	if err != nil {
		return err
	}
	out.SetKeyValueMetadata("geo", string(meta))
	out.SetKeyValueMetadata("truce", string(about))
	return out.Close()
}

// leafOf is a kind as Parquet has it.
func leafOf(k Kind) parquet.Node {
	switch k {
	case Integer:
		return parquet.Int(64)
	case Number:
		return parquet.Leaf(parquet.DoubleType)
	case Time:
		return parquet.Timestamp(parquet.Millisecond)
	}
	return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
}

// stored is a value of an optional column.
func stored(v any, column int) parquet.Value {
	var out parquet.Value
	switch v := v.(type) {
	case nil:
		return parquet.NullValue().Level(0, 0, column)
	case int64:
		out = parquet.Int64Value(v)
	case float64:
		out = parquet.DoubleValue(v)
	case truce.Instant:
		out = parquet.Int64Value(v.Time().UnixMilli())
	case []byte:
		out = parquet.ByteArrayValue(v)
	case string:
		out = parquet.ByteArrayValue([]byte(v))
	}
	return out.Level(0, 1, column)
}

// ordered is a group whose columns have the table's order; a parquet.Group sorts them by
// name.
type ordered struct {
	parquet.Group
	fields []parquet.Field
}

// Fields implements parquet.Node.
func (o ordered) Fields() []parquet.Field { return o.fields }
