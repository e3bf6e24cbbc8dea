package report

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	_ "modernc.org/sqlite"
)

// mostInPackage bounds the rows of a GeoPackage, which is put together in memory, and copied
// there when it is whole.
var mostInPackage = 250_000

// writeGeoPackage writes an OGC GeoPackage 1.3: a table of points, with the radius
// that surely holds each, one of areas and wedges, and one of what is known to a region
// alone, without geometry. Times are DATETIME, so that QGIS' temporal controller can play
// them, and each layer states its extent. The table licences has what each source asks for.
// Its dates are the table's.
func writeGeoPackage(w io.Writer, t *Table) error {
	db, err := sql.Open("sqlite", "file::memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	g := &geopackage{ctx: ctx, conn: conn, t: t}
	g.exec(`PRAGMA journal_mode = OFF`)
	g.exec(`BEGIN`)
	g.begin()
	points, areas, rest := g.layer("_points", "POINT"), g.layer("_areas", "MULTIPOLYGON"), g.layer("_without_place", "")
	n := 0
	for line, err := range t.Rows {
		if err != nil {
			return err
		}
		if n++; n > mostInPackage {
			return fmt.Errorf("gpkg: more than %d rows; ask for a shorter period, or for GeoParquet, which has no such limit", mostInPackage)
		}
		switch p := line.Place; {
		case p != nil && (p.Kind == truce.PlacePoint || p.Kind == truce.PlaceObject):
			points.add(line, wkbPoint(header(), p.Point), p.Point)
		case p != nil && len(p.Shape) > 0:
			areas.add(line, wkbAreas(header(), p.Shape), corners(p.Shape)...)
		default:
			rest.add(line, nil)
		}
		if g.err != nil {
			break
		}
	}
	for _, l := range []*layer{points, areas, rest} {
		l.close()
	}
	g.licences()
	g.exec(`COMMIT`)
	if g.err != nil {
		return fmt.Errorf("gpkg: %w", g.err)
	}
	var data []byte
	err = conn.Raw(func(c any) error {
		s, ok := c.(interface{ Serialize() ([]byte, error) })
		if !ok {
			return fmt.Errorf("this build's SQLite cannot write to memory")
		}
		var err error
		data, err = s.Serialize()
		return err
	})
	if err != nil {
		return fmt.Errorf("gpkg: %w", err)
	}
	_, err = w.Write(data)
	return err
}

type geopackage struct {
	ctx  context.Context
	conn *sql.Conn
	t    *Table
	err  error // the first
}

func (g *geopackage) exec(query string, args ...any) {
	if g.err == nil {
		_, g.err = g.conn.ExecContext(g.ctx, query, args...)
	}
}

// begin makes what the standard asks for: OGC 12-128r18, clauses 1.1 and 2.1.
func (g *geopackage) begin() {
	g.exec(`PRAGMA application_id = 1196444487`) // "GPKG"
	g.exec(`PRAGMA user_version = 10300`)
	g.exec(`CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)`)
	g.exec(`INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', NULL), ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL), ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]', 'longitude, latitude in degrees')`)
	g.exec(`CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER REFERENCES gpkg_spatial_ref_sys(srs_id))`)
	g.exec(`CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys(srs_id), z TINYINT NOT NULL, m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name), UNIQUE (table_name))`)
}

// contents lists a table among those of the file.
func (g *geopackage) contents(name, kind string, srs any) {
	changed := g.t.Issued.Time()
	if !g.t.Issued.Stated() {
		changed = time.Unix(0, 0).UTC()
	}
	g.exec(`INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) VALUES (?, ?, ?, ?, ?, ?)`, name, kind, name,
		strings.Join(append([]string{g.t.Title}, g.t.words()...), " | "), changed.UTC().Format(dateTimeForm), srs)
}

// licences has a row for each source.
func (g *geopackage) licences() {
	g.exec(`CREATE TABLE licences (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, source TEXT NOT NULL, licence TEXT NOT NULL, attribution TEXT NOT NULL)`)
	g.contents("licences", "attributes", nil)
	for _, l := range g.t.Licences {
		g.exec(`INSERT INTO licences (source, licence, attribution) VALUES (?, ?, ?)`, l.Source, l.License, l.Attribution)
	}
}

// A layer is a table of one kind of geometry.
type layer struct {
	g      *geopackage
	name   string
	shaped bool
	stmt   *sql.Stmt
	box    box
	args   []any
}

// fieldTypes are the kinds of columns as GeoPackage names them: OGC 12-128r18, table 1.
var fieldTypes = map[Kind]string{Text: "TEXT", List: "TEXT", Integer: "INTEGER", Number: "DOUBLE", Time: "DATETIME"}

func (g *geopackage) layer(suffix, geometry string) *layer {
	l := &layer{g: g, name: g.t.Name + suffix, shaped: geometry != ""}
	fields, names := "fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", []string{}
	kind, srs := "attributes", any(nil)
	if l.shaped {
		fields += ", geom " + geometry
		names = append(names, "geom")
		kind, srs = "features", 4326
	}
	for i := range g.t.Columns {
		c := &g.t.Columns[i]
		fields += ", " + c.field() + " " + fieldTypes[c.Kind]
		names = append(names, c.field())
	}
	g.exec(`CREATE TABLE ` + l.name + ` (` + fields + `)`)
	g.contents(l.name, kind, srs)
	if l.shaped {
		g.exec(`INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)`, l.name, geometry)
	}
	if g.err == nil {
		l.stmt, g.err = g.conn.PrepareContext(g.ctx, `INSERT INTO `+l.name+` (`+strings.Join(names, ", ")+`) VALUES (?`+strings.Repeat(", ?", len(names)-1)+`)`)
	}
	return l
}

// add adds a line with its geometry, whose corners are these.
func (l *layer) add(line Line, geom []byte, corners ...geo.Point) {
	if l.g.err != nil {
		return
	}
	l.args = l.args[:0]
	if l.shaped {
		l.args = append(l.args, geom)
	}
	for i, v := range line.Values {
		v = l.g.t.Columns[i].known(v)
		if at, ok := v.(truce.Instant); ok {
			v = dateTime(at)
		}
		l.args = append(l.args, v)
	}
	for _, p := range corners {
		l.box.add(p)
	}
	_, l.g.err = l.stmt.ExecContext(l.g.ctx, l.args...)
}

// close states the layer's extent; an empty layer has none.
func (l *layer) close() {
	if l.stmt != nil {
		l.stmt.Close()
	}
	if l.shaped && l.box.any {
		l.g.exec(`UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?`, l.box.west, l.box.south, l.box.east, l.box.north, l.name)
	}
}

// A box is the extent of positions, in degrees.
type box struct {
	west, south, east, north float64
	any                      bool
}

func (b *box) add(p geo.Point) {
	lat, lon := p.Degrees()
	if !b.any {
		*b = box{lon, lat, lon, lat, true}
		return
	}
	b.west, b.east = min(b.west, lon), max(b.east, lon)
	b.south, b.north = min(b.south, lat), max(b.north, lat)
}

// corners are those of an area.
func corners(m geo.MultiPolygon) (out []geo.Point) {
	for _, poly := range m {
		for _, ring := range poly {
			out = append(out, ring...)
		}
	}
	return out
}

// dateTimeForm is how GeoPackage 1.3 writes a DATETIME: OGC 12-128r18, table 1.
const dateTimeForm = "2006-01-02T15:04:05.000Z"

// dateTime is a moment as GeoPackage 1.3 writes a DATETIME (table 1); nil: not stated.
func dateTime(i truce.Instant) any {
	if !i.Stated() {
		return nil
	}
	return i.Time().UTC().Format(dateTimeForm)
}

// header is a GeoPackage geometry's: clause 2.1.3, little endian, without envelope.
func header() []byte {
	return binary.LittleEndian.AppendUint32([]byte{'G', 'P', 0, 1}, 4326)
}

// wkbPoint adds a position in well-known binary, little endian.
func wkbPoint(b []byte, p geo.Point) []byte {
	return appendPoint(binary.LittleEndian.AppendUint32(append(b, 1), 1), p)
}

func appendPoint(b []byte, p geo.Point) []byte {
	lat, lon := p.Degrees()
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(lon))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(lat))
}

// wkbAreas adds areas in well-known binary, little endian.
func wkbAreas(b []byte, m geo.MultiPolygon) []byte {
	b = binary.LittleEndian.AppendUint32(append(b, 1), 6)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(m)))
	for _, poly := range m {
		b = binary.LittleEndian.AppendUint32(append(b, 1), 3)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(poly)))
		for _, ring := range poly {
			closed := ring
			if n := len(ring); n > 0 && ring[0] != ring[n-1] {
				closed = append(append([]geo.Point{}, ring...), ring[0])
			}
			b = binary.LittleEndian.AppendUint32(b, uint32(len(closed)))
			for _, q := range closed {
				b = appendPoint(b, q)
			}
		}
	}
	return b
}
