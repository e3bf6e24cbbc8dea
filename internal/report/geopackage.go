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

// writeGeoPackage writes incidents and allegations as an OGC GeoPackage 1.3: a table
// of points, with the radius that surely holds each, and one of areas and wedges.
// What is known to a region alone is in the table without geometry. Its dates are
// the report's.
func writeGeoPackage(w io.Writer, r *Report) error {
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
	g := &geopackage{ctx: ctx, conn: conn, r: r}
	g.begin()
	g.table("incidents_points", "POINT")
	g.table("incidents_areas", "MULTIPOLYGON")
	g.table("incidents_without_place", "")
	for _, list := range [][]Incident{r.Incidents, r.Claims} {
		for i := range list {
			g.add(&list[i])
		}
	}
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
	r    *Report
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

func (g *geopackage) table(name, geometry string) {
	column := ""
	kind, srs := "attributes", any(nil)
	if geometry != "" {
		column, kind, srs = ` geom `+geometry+`,`, "features", 4326
	}
	details := ""
	for _, c := range Columns {
		kind := "INTEGER"
		switch c {
		case "lat", "lon", "calibre":
			kind = "REAL"
		case "act", "weapon", "actors", "grade":
			kind = "TEXT"
		}
		details += ", " + c + " " + kind
	}
	g.exec(`CREATE TABLE ` + name + ` (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,` + column + ` id TEXT NOT NULL, status TEXT NOT NULL, occurred_from DATETIME, occurred_until DATETIME, place TEXT NOT NULL, what TEXT NOT NULL, signs TEXT NOT NULL, sources TEXT NOT NULL, alleged_by TEXT, outcome TEXT NOT NULL, findings TEXT NOT NULL` + details + `)`)
	changed := g.r.Issued.Time()
	if !g.r.Issued.Stated() {
		changed = time.Unix(0, 0).UTC()
	}
	g.exec(`INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) VALUES (?, ?, ?, ?, ?, ?)`, name, kind, name,
		g.r.Title+", "+g.r.when(g.r.Period)+"; "+g.r.cutOff()+"; "+g.r.Mark(), changed.Format("2006-01-02T15:04:05.000Z"), srs)
	if geometry != "" {
		g.exec(`INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)`, name, geometry)
	}
}

func (g *geopackage) add(x *Incident) {
	table, geom := "incidents_without_place", []byte(nil)
	switch p := &x.Place; {
	case p.Kind == truce.PlacePoint || p.Kind == truce.PlaceObject:
		table, geom = "incidents_points", wkbPoint(p.Point)
	case len(p.Shape) > 0:
		table, geom = "incidents_areas", wkbAreas(p.Shape)
	}
	var found []string
	for _, f := range x.Findings {
		found = append(found, fmt.Sprintf("%s: %s %s", f.Article, f.Outcome, f.Standing))
	}
	columns := ""
	var args []any
	if geom != nil {
		columns, args = "geom, ", []any{geom}
	}
	var claimant any
	if x.Claimant != "" {
		claimant = x.Claimed()
	}
	args = append(args, x.ID.Hex(), string(g.r.Status), dateTime(x.Occurred.Start), dateTime(x.Occurred.End), x.Place.Short(), x.What, x.Signs.String(), strings.Join(x.Sources, "; "), claimant, string(x.Worst()), strings.Join(found, "; "))
	args = append(args, ColumnsOf(&x.Row)...)
	g.exec(`INSERT INTO `+table+` (`+columns+`id, status, occurred_from, occurred_until, place, what, signs, sources, alleged_by, outcome, findings, `+strings.Join(Columns, ", ")+`) VALUES (?`+strings.Repeat(", ?", len(args)-1)+`)`, args...)
}

// dateTime is a moment as GeoPackage 1.3 writes a DATETIME (table 1); nil: not stated.
func dateTime(i truce.Instant) any {
	if !i.Stated() {
		return nil
	}
	return i.Time().UTC().Format("2006-01-02T15:04:05.000Z")
}

// header is a GeoPackage geometry's: clause 2.1.3, little endian, without envelope.
func header() []byte {
	return binary.LittleEndian.AppendUint32([]byte{'G', 'P', 0, 1}, 4326)
}

func wkbPoint(p geo.Point) []byte {
	return appendPoint(binary.LittleEndian.AppendUint32(append(header(), 1), 1), p)
}

func appendPoint(b []byte, p geo.Point) []byte {
	lat, lon := p.Degrees()
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(lon))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(lat))
}

func wkbAreas(m geo.MultiPolygon) []byte {
	b := binary.LittleEndian.AppendUint32(append(header(), 1), 6)
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
