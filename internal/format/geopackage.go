package format

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/peterstace/simplefeatures/geom"
	_ "modernc.org/sqlite" // the database a GeoPackage is
)

// openGeoPackage reads one layer or table of a GeoPackage (OGC 12-128r18). The file is
// opened read-only, only real tables are read (a view would run what its author wrote), and
// only in longitude and latitude.
func openGeoPackage(f *file, o Options) (Table, error) {
	path, err := filepath.Abs(f.Name())
	if err != nil {
		return nil, err
	}
	where := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: "mode=ro&immutable=1&_pragma=trusted_schema(0)&_pragma=query_only(1)&_pragma=cell_size_check(1)"}
	db, err := sql.Open("sqlite", where.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	t := &layer{db: db, file: f}
	if err := t.open(o); err != nil {
		db.Close()
		return nil, err
	}
	return t, nil
}

type layer struct {
	db     *sql.DB
	rows   *sql.Rows
	file   *file
	header []string
	shaped bool // the last value is a geometry
	n      int
	into   []any
	text   []sql.RawBytes
	cells  [][]byte
	buf    bytes.Buffer
}

func (t *layer) open(o Options) error {
	list, err := t.db.Query(`SELECT c.table_name, coalesce(g.column_name, ''), coalesce(s.organization, '') || ':' || coalesce(s.organization_coordsys_id, 0)
		FROM gpkg_contents c JOIN sqlite_master m ON m.name = c.table_name AND m.type = 'table'
		LEFT JOIN gpkg_geometry_columns g ON g.table_name = c.table_name
		LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id
		WHERE c.data_type IN ('features', 'attributes') ORDER BY c.table_name LIMIT 1000`)
	if err != nil {
		return fmt.Errorf("not a GeoPackage, or damaged: %w", err)
	}
	defer list.Close()
	var names []string
	shapes, systems := map[string]string{}, map[string]string{}
	for list.Next() {
		var name, column, system string
		if err := list.Scan(&name, &column, &system); err != nil {
			return err
		}
		names = append(names, name)
		shapes[name], systems[name] = column, system
	}
	if err := errors.Join(list.Err(), list.Close()); err != nil {
		return fmt.Errorf("not a GeoPackage, or damaged: %w", err)
	}
	name, err := sheetOf(o.Sheet, names, func(s string) bool {
		var one int
		return t.db.QueryRow("SELECT 1 FROM "+named(s)+" LIMIT 1").Scan(&one) == nil
	})
	if err != nil {
		if several := (*SeveralError)(nil); errors.As(err, &several) {
			several.What = "layers"
			return several
		}
		return errors.New(strings.NewReplacer("sheets", "layers", "no sheet", "no layer").Replace(err.Error()))
	}
	if shape := shapes[name]; shape != "" {
		if s := strings.ToUpper(systems[name]); s != "EPSG:4326" && s != "OGC:CRS84" {
			return fmt.Errorf("the layer %s is in %s; save it in longitude and latitude (EPSG:4326)", name, systems[name])
		}
		t.shaped = true
	}
	columns, err := t.db.Query("SELECT name, type FROM pragma_table_xinfo(?) WHERE hidden = 0", name)
	if err != nil {
		return err
	}
	defer columns.Close()
	var ask []string
	for columns.Next() {
		var column, kind string
		if err := columns.Scan(&column, &kind); err != nil {
			return err
		}
		if column == shapes[name] || strings.EqualFold(kind, "BLOB") {
			continue
		}
		t.header = append(t.header, column)
		ask = append(ask, "CAST("+named(column)+" AS TEXT)")
	}
	if err := errors.Join(columns.Err(), columns.Close()); err != nil {
		return err
	}
	if t.shaped {
		ask = append(ask, named(shapes[name]))
	}
	if len(ask) == 0 {
		return errors.New("the layer has no columns")
	}
	t.text = make([]sql.RawBytes, len(ask))
	for i := range t.text {
		t.into = append(t.into, &t.text[i])
	}
	t.rows, err = t.db.Query("SELECT " + strings.Join(ask, ", ") + " FROM " + named(name) + " ORDER BY rowid")
	return err
}

// named quotes a name of SQL.
func named(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func (t *layer) Header() []string { return t.header }
func (t *layer) Shaped() bool     { return t.shaped }

func (t *layer) Close() error {
	var err error
	if t.rows != nil {
		err = t.rows.Close()
	}
	return errors.Join(err, t.db.Close(), t.file.Close())
}

func (t *layer) Next() (Row, error) {
	if !t.rows.Next() {
		if err := t.rows.Err(); err != nil {
			return Row{}, fmt.Errorf("the file is damaged: %w", err)
		}
		return Row{}, io.EOF
	}
	t.n++
	if err := t.rows.Scan(t.into...); err != nil {
		return Row{}, err
	}
	var fault *Fault
	t.cells = t.cells[:0]
	for i := range t.header {
		switch c := t.text[i]; {
		case len(c) > mostCell:
			fault = &Fault{Why: fmt.Sprintf("%s is longer than %d bytes", t.header[i], mostCell)}
			t.cells = append(t.cells, nil)
		case !utf8.Valid(c):
			fault = &Fault{Why: t.header[i] + " is not UTF-8"}
			t.cells = append(t.cells, nil)
		default:
			t.cells = append(t.cells, c)
		}
	}
	r := Row{Cells: t.cells, Number: t.n, Raw: raw(&t.buf, t.cells)}
	if t.shaped && t.text[len(t.text)-1] != nil {
		shape, err := packaged(t.text[len(t.text)-1])
		if err != nil && fault == nil {
			fault = &Fault{Why: "geometry: " + err.Error()}
		}
		r.Geometry = shape
	}
	if fault != nil {
		return r, fault
	}
	return r, nil
}

// packaged is the geometry of a GeoPackage (section 2.1.3) as GeoJSON; nil if it is empty.
func packaged(b []byte) ([]byte, error) {
	if len(b) < 8 || b[0] != 'G' || b[1] != 'P' {
		return nil, errors.New("it is not a geometry of a GeoPackage")
	}
	sizes := map[byte]int{0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
	size, ok := sizes[b[3]>>1&7]
	if !ok || len(b) < 8+size {
		return nil, errors.New("it is damaged")
	}
	if b[3]>>4&1 == 1 {
		return nil, nil
	}
	return wellKnownBinary(b[8+size:])
}

// wellKnownBinary is a geometry in WKB as GeoJSON. Heights are left out.
func wellKnownBinary(b []byte) ([]byte, error) {
	if err := countable(b); err != nil {
		return nil, err
	}
	g, err := geom.UnmarshalWKB(b, geom.NoValidate{})
	if err != nil {
		return nil, err
	}
	if g.IsEmpty() {
		return nil, nil
	}
	return json.Marshal(g.Force2D())
}

// countable refuses a geometry that says it has more positions than its bytes can hold,
// before anything is made for them.
func countable(b []byte) error {
	if len(b) < 5 || b[0] > 1 {
		return errors.New("it is damaged")
	}
	var order binary.ByteOrder = binary.BigEndian
	if b[0] == 1 {
		order = binary.LittleEndian
	}
	kind := order.Uint32(b[1:5])
	if base := kind & 0xFF % 10; base == 1 && kind < 4000 {
		return nil
	}
	if len(b) < 9 || int64(order.Uint32(b[5:9]))*4 > int64(len(b)) {
		return errors.New("it is damaged")
	}
	return nil
}
