package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/source"
	"github.com/opentruce/truce/internal/synthetic"
	"github.com/parquet-go/parquet-go"
	"github.com/spf13/cobra"
	"github.com/xuri/excelize/v2"
	_ "modernc.org/sqlite"
)

// formats measures how the same rows are read from files of several formats.
func (c command) formats() *cobra.Command {
	var rows int
	var one, dir, only string
	cmd := &cobra.Command{
		Use:   "formats",
		Short: "Measure how the same rows are read from CSV, JSON, XLSX, GeoPackage and Parquet",
		Long: `Formats writes the same generated rows as CSV, JSON, XLSX, GeoPackage and Parquet, and
reads each file with the kind table and one mapping, in a process of its own. It prints
rows a second, the processor's time, divided by that of CSV in the same run, and peak
memory. All files must give the same observations.`,
		Example: `  truce-bench formats
  truce-bench formats --rows 100000 --only csv,parquet`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if one != "" {
				return c.readFormat(dir, one)
			}
			if rows < 1 || rows > mostSheetRows {
				return fmt.Errorf("--rows: want a number from 1 to %d, which is what one sheet of XLSX has", mostSheetRows)
			}
			names := make([]string, len(benchFormats))
			for i, f := range benchFormats {
				names[i] = f.name
			}
			if only != "" {
				names = strings.Split(only, ",")
			}
			return c.benchFormats(rows, names)
		},
	}
	f := cmd.Flags()
	f.IntVar(&rows, "rows", 1_000_000, "rows in each file")
	f.StringVar(&only, "only", "", "some of csv, json, xlsx, gpkg, parquet, with commas between them")
	f.StringVar(&one, "one", "", "read this format in this process, from the files in --dir, and print JSON")
	f.StringVar(&dir, "dir", "", "with --one: where the files are")
	return cmd
}

// mostSheetRows is what a sheet of XLSX holds under its header.
const mostSheetRows = 1<<20 - 1

// formatMapping says what the rows mean, in every format.
const formatMapping = `
record: observation
source: bench
timezone: UTC
key: {column: id}
occurred: {column: at, width: {column: minutes}}
place: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: within}, region: {column: region}}
act: {column: act}
weapon: {column: weapon}
`

// A benchRow is a row of the files. Each format writes its numbers as it has numbers.
type benchRow struct {
	ID      string   `json:"id" parquet:"id"`
	At      string   `json:"at" parquet:"at"`
	Minutes int64    `json:"minutes" parquet:"minutes"`
	Lat     *float64 `json:"lat" parquet:"lat,optional"`
	Lon     *float64 `json:"lon" parquet:"lon,optional"`
	Within  *int64   `json:"within" parquet:"within,optional"`
	Region  string   `json:"region" parquet:"region"`
	Act     string   `json:"act" parquet:"act"`
	Weapon  string   `json:"weapon" parquet:"weapon"`
}

var benchColumns = []string{"id", "at", "minutes", "lat", "lon", "within", "region", "act", "weapon"}

func (r *benchRow) values() []any {
	out := []any{r.ID, r.At, r.Minutes, nil, nil, nil, r.Region, r.Act, r.Weapon}
	if r.Lat != nil {
		out[3], out[4], out[5] = *r.Lat, *r.Lon, *r.Within
	}
	return out
}

// A rowWriter writes rows to a file of a format.
type rowWriter interface {
	write(r *benchRow) error
	close() error
}

var benchFormats = []struct {
	name   string
	create func(file string) (rowWriter, error)
}{{"csv", newCSV}, {"json", newJSON}, {"xlsx", newXLSX}, {"gpkg", newGeoPackage}, {"parquet", newParquet}}

// benchRows goes through n generated rows.
func benchRows(dir string, n int, row func(*benchRow) error) error {
	if err := synthetic.Write(dir, n*5/4+20_000, synthetic.Days(n)); err != nil {
		return err
	}
	for _, name := range []string{"viina.csv", "ucdp-ged.csv"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		in := csv.NewReader(bufio.NewReader(f))
		in.ReuseRecord = true
		for line := 0; n > 0; line++ {
			c, err := in.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				f.Close()
				return err
			}
			if line == 0 {
				continue
			}
			r := benchRow{ID: name[:1] + c[0], At: c[1], Region: c[6], Act: c[7], Weapon: c[8]}
			r.Minutes, _ = strconv.ParseInt(c[2], 10, 64) // our own file
			if c[3] != "" {
				lat, _ := strconv.ParseFloat(c[3], 64)
				lon, _ := strconv.ParseFloat(c[4], 64)
				within, _ := strconv.ParseInt(c[5], 10, 64)
				r.Lat, r.Lon, r.Within = &lat, &lon, &within
			}
			if err := row(&r); err != nil {
				f.Close()
				return err
			}
			n--
		}
		f.Close()
	}
	if n > 0 {
		return fmt.Errorf("%d rows too few were generated", n)
	}
	return nil
}

// formatRun is what reading one file measured.
type formatRun struct {
	Rows    int     `json:"rows"`
	Seconds float64 `json:"seconds"`
	PeakMiB int64   `json:"peak_mib"`
	Digest  string  `json:"digest"` // of the observations, in their order

	cpu float64 // seconds of both cores together, which other work on the machine changes less than Seconds
}

func (c command) benchFormats(n int, names []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "truce-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var writers []rowWriter
	for _, name := range names {
		i := slices.IndexFunc(benchFormats, func(f struct {
			name   string
			create func(string) (rowWriter, error)
		}) bool {
			return f.name == name
		})
		if i < 0 {
			return fmt.Errorf("--only: the format %q is unknown", name)
		}
		w, err := benchFormats[i].create(filepath.Join(dir, "rows."+name))
		if err != nil {
			return err
		}
		writers = append(writers, w)
	}
	err = benchRows(dir, n, func(r *benchRow) error {
		var errs []error
		for _, w := range writers {
			errs = append(errs, w.write(r))
		}
		return errors.Join(errs...)
	})
	for _, w := range writers {
		err = errors.Join(err, w.close())
	}
	if err != nil {
		return err
	}
	var first formatRun
	for i, name := range names {
		info, err := os.Stat(filepath.Join(dir, "rows."+name))
		if err != nil {
			return err
		}
		run := exec.Command(self, "formats", "--one", name, "--dir", dir)
		run.Stderr = c.err
		out, err := run.Output()
		if err != nil {
			return fmt.Errorf("bench of %s: %w", name, err)
		}
		var r formatRun
		if err := json.Unmarshal(out, &r); err != nil {
			return err
		}
		r.cpu = (run.ProcessState.UserTime() + run.ProcessState.SystemTime()).Seconds()
		if i == 0 {
			first = r
		}
		fmt.Fprintf(c.out, "%-8s %9d rows of %4d MiB: %6.2f s, %8.0f rows a second, %6.2f s of processor (%.2f times %s), peak %d MiB\n", name, r.Rows, info.Size()>>20, r.Seconds, float64(r.Rows)/r.Seconds, r.cpu, r.cpu/first.cpu, names[0], r.PeakMiB)
		if r.Digest != first.Digest {
			fmt.Fprintf(c.err, "truce-bench: error: %s gives other observations than %s\n", name, names[0])
			return errNo
		}
	}
	return nil
}

// readFormat reads one file as ingest does, keeps nothing, and prints what it measured.
func (c command) readFormat(dir, name string) error {
	k, err := source.Find("table")
	if err != nil {
		return err
	}
	a, err := syntheticTerms()
	if err != nil {
		return err
	}
	o := source.Options{File: "rows." + name, Zones: a.ZoneOrder, Gazetteer: gazetteer.For(a)} // some rows know only their region
	if o.Mapping, err = source.ParseMapping([]byte(formatMapping)); err != nil {
		return err
	}
	in, err := os.Open(filepath.Join(dir, o.File))
	if err != nil {
		return err
	}
	defer in.Close()
	start := time.Now()
	var out formatRun
	sum := sha256.New()
	for r, err := range k.Parse(in, o) {
		if err != nil {
			return err
		}
		out.Rows++
		if err := addTo(sum, r.Observation); err != nil {
			return err
		}
	}
	out.Seconds, out.PeakMiB, out.Digest = time.Since(start).Seconds(), peakMiB(), hex.EncodeToString(sum.Sum(nil))
	return json.NewEncoder(c.out).Encode(out)
}

func addTo(sum hash.Hash, v any) error { return json.NewEncoder(sum).Encode(v) }

type csvWriter struct {
	f *os.File
	w *csv.Writer
}

func newCSV(file string) (rowWriter, error) {
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	w := csv.NewWriter(f)
	return &csvWriter{f, w}, w.Write(benchColumns)
}

func (w *csvWriter) write(r *benchRow) error {
	row := make([]string, 0, len(benchColumns))
	for _, v := range r.values() {
		switch v := v.(type) {
		case nil:
			row = append(row, "")
		case float64:
			row = append(row, strconv.FormatFloat(v, 'f', -1, 64))
		default:
			row = append(row, fmt.Sprint(v))
		}
	}
	return w.w.Write(row)
}

func (w *csvWriter) close() error {
	w.w.Flush()
	return errors.Join(w.w.Error(), w.f.Close())
}

type jsonWriter struct {
	f   *os.File
	w   *bufio.Writer
	sep string
}

func newJSON(file string) (rowWriter, error) {
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	return &jsonWriter{f, bufio.NewWriter(f), "["}, nil
}

func (w *jsonWriter) write(r *benchRow) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	w.w.WriteString(w.sep) // the writer keeps its first error
	w.sep = ",\n"
	_, err = w.w.Write(data)
	return err
}

func (w *jsonWriter) close() error {
	w.w.WriteString("]\n")
	return errors.Join(w.w.Flush(), w.f.Close())
}

type xlsxWriter struct {
	file string
	book *excelize.File
	w    *excelize.StreamWriter
	n    int
}

func newXLSX(file string) (rowWriter, error) {
	x := &xlsxWriter{file: file, book: excelize.NewFile()}
	var err error
	if x.w, err = x.book.NewStreamWriter("Sheet1"); err != nil {
		return nil, err
	}
	head := make([]any, len(benchColumns))
	for i, c := range benchColumns {
		head[i] = c
	}
	return x, x.row(head)
}

func (w *xlsxWriter) row(values []any) error {
	w.n++
	cell, err := excelize.CoordinatesToCellName(1, w.n)
	if err != nil {
		return err
	}
	return w.w.SetRow(cell, values)
}

func (w *xlsxWriter) write(r *benchRow) error { return w.row(r.values()) }

func (w *xlsxWriter) close() error {
	return errors.Join(w.w.Flush(), w.book.SaveAs(w.file), w.book.Close())
}

type gpkgWriter struct {
	db   *sql.DB
	tx   *sql.Tx
	stmt *sql.Stmt
}

func newGeoPackage(file string) (rowWriter, error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(off)&_pragma=synchronous(off)")
	if err != nil {
		return nil, err
	}
	for _, q := range []string{`PRAGMA application_id = 1196444487`, `PRAGMA user_version = 10300`,
		`CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)`,
		`CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER)`,
		`CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name))`,
		`INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) VALUES ('rows', 'attributes', 'rows', '2025-08-16T00:00:00.000Z')`,
		`CREATE TABLE rows (id TEXT, at TEXT, minutes INTEGER, lat DOUBLE, lon DOUBLE, within INTEGER, region TEXT, act TEXT, weapon TEXT)`} {
		if _, err := db.Exec(q); err != nil {
			return nil, err
		}
	}
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	stmt, err := tx.Prepare(`INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	return &gpkgWriter{db, tx, stmt}, err
}

func (w *gpkgWriter) write(r *benchRow) error {
	_, err := w.stmt.Exec(r.values()...)
	return err
}

func (w *gpkgWriter) close() error {
	return errors.Join(w.stmt.Close(), w.tx.Commit(), w.db.Close())
}

type parquetWriter struct {
	f *os.File
	w *parquet.GenericWriter[benchRow]
}

func newParquet(file string) (rowWriter, error) {
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	return &parquetWriter{f, parquet.NewGenericWriter[benchRow](f, parquet.MaxRowsPerRowGroup(100_000), parquet.Compression(&parquet.Snappy))}, nil
}

func (w *parquetWriter) write(r *benchRow) error {
	_, err := w.w.Write([]benchRow{*r})
	return err
}

func (w *parquetWriter) close() error { return errors.Join(w.w.Close(), w.f.Close()) }
