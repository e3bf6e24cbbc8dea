// Package synthetic answers: what does a mission of any size consist of? It generates
// observations that follow real days: where reports come from, how often each act is among
// them, and how many have no time of day. Measurements and tests are made with them. The
// same numbers give the same files on every machine.
package synthetic

import (
	"bufio"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/opentruce/truce/agreements"
	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/source"
)

// Agreement is the name of the folder whose terms a synthetic mission has.
const Agreement = "ukraine-air-first"

// A File is a table that Write makes, and the kind of source that reads it.
type File struct{ Name, Kind string }

// Files are the tables that Write makes.
var Files = []File{{"viina.csv", "csv"}, {"ucdp-ged.csv", "csv"}, {"firms.csv", "firms"}}

const mapping = `
record: observation
source: %s
timezone: UTC
key: {column: id}
occurred: {column: at, width: {column: minutes}}
place: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: within, values: {"-": unknown, "188": 188, "400": 400, "1000": 1000, "5000": 5000}}, region: {column: region}}
act: {column: act}
weapon: {column: weapon}
`

// Mapping says how the file is read; nil: its kind needs none.
func (f File) Mapping() (*source.Mapping, error) {
	if f.Kind != "csv" {
		return nil, nil
	}
	return source.ParseMapping(f.mapping())
}

func (f File) mapping() []byte { return fmt.Appendf(nil, mapping, strings.TrimSuffix(f.Name, ".csv")) }

// Init makes a mission of the terms in folder.
func Init(folder, origin string, now func() time.Time, progress mission.Progress) (*mission.Mission, error) {
	terms, err := fs.Sub(agreements.Files, Agreement)
	if err != nil {
		return nil, err
	}
	if _, err := begin.Mission(folder, Agreement, terms, begin.Flags{Origin: origin}, now, progress); err != nil {
		return nil, err
	}
	m, err := mission.Open(folder)
	if err != nil {
		return nil, err
	}
	m.Now, m.Progress = now, progress
	return m, nil
}

// Mission makes a mission in folder of the Files in dir.
func Mission(dir, folder string, now func() time.Time, progress mission.Progress) error {
	m, err := Init(folder, "bench", now, progress)
	if err != nil {
		return err
	}
	for _, f := range Files {
		fl := intake.IngestFlags{Known: "reported", Key: "intake", Shelf: "public"}
		if f.Kind == "csv" {
			fl.Mapping = filepath.Join(dir, f.Name+".yaml")
			if err := os.WriteFile(fl.Mapping, f.mapping(), 0o644); err != nil {
				return err
			}
		}
		if _, err := intake.NewWriter(m).IngestFile(f.Kind, filepath.Join(dir, f.Name), fl); err != nil {
			return err
		}
	}
	return nil
}

// dice is SplitMix64 (Steele, Lea and Flood 2014): the same numbers on every
// machine.
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// seed is where reports of real days were about, with an act and a weapon.
type seed struct {
	lat, lon    float64
	act, weapon string
}

// places are 238 reports of VIINA of August 2025 (Zhukov and Ayers, ODbL 1.0) as the
// demo had them until November 2026: places that are as far apart, and acts that are as
// mixed, as real ones. Their acts came from labels that do not belong to their rows, so
// they say nothing of these places; a load does not need them to.
//
//go:embed places.csv
var places string

// seeds are the reports that observations are made of.
func seeds() ([]seed, error) {
	var out []seed
	for i, line := range strings.Split(strings.TrimSpace(places), "\n") {
		f := strings.Split(line, ",")
		if i == 0 {
			continue
		}
		lat, err := strconv.ParseFloat(f[0], 64)
		if err != nil {
			return nil, err
		}
		lon, err := strconv.ParseFloat(f[1], 64)
		if err != nil {
			return nil, err
		}
		out = append(out, seed{lat, lon, f[2], f[3]})
	}
	return out, nil
}

// Days is over how many days n observations are spread: a thousand fall on each,
// whatever the size.
func Days(n int) int { return max(1, n/1000) }

// Write writes n observations of so many days to Files in dir. Half of what is not a fire
// pixel comes from a second publisher, which reports most of what the first does.
func Write(dir string, n, days int) error {
	real, err := seeds()
	if err != nil {
		return err
	}
	d := dice(20250815)
	pixels, regions := n/10, min(10_000, n/10)
	begin := time.Date(2025, 8, 16, 0, 0, 0, 0, time.UTC)
	press, err := newTable(filepath.Join(dir, "viina.csv"), "id", "at", "minutes", "lat", "lon", "within", "region", "act", "weapon")
	if err != nil {
		return err
	}
	second, err := newTable(filepath.Join(dir, "ucdp-ged.csv"), "id", "at", "minutes", "lat", "lon", "within", "region", "act", "weapon")
	if err != nil {
		return err
	}
	names := []string{"Poltava Oblast", "Kharkiv Oblast", "Dnipropetrovsk Oblast", "Odesa Oblast", "Sumy Oblast", "Kyiv Oblast", "Donetsk Oblast"}
	for i := range regions {
		at := begin.Add(time.Duration(d.below(days*1440)) * time.Minute)
		s := real[d.below(len(real))]
		press.row("r"+strconv.Itoa(i), stamp(at), "1440", "", "", "-", names[d.below(len(names))], s.act, s.weapon)
	}
	left := n - pixels - regions
	for i := 0; i < left; {
		s := real[d.below(len(real))]
		at := begin.Add(time.Duration(d.below(days*1440)) * time.Minute)
		lat, lon := s.lat+float64(d.below(60_001)-30_000)/1e6, s.lon+float64(d.below(60_001)-30_000)/1e6
		minutes := []string{"1", "15", "60", "240"}[d.below(4)]
		if d.below(100) < 25 { // many reports know only the day
			minutes, at = "1440", at.Truncate(24*time.Hour)
		}
		within := []string{"188", "400", "1000", "1000", "5000"}[d.below(5)]
		press.row(strconv.Itoa(i), stamp(at), minutes, degrees(lat), degrees(lon), within, "", s.act, s.weapon)
		i++
		if i < left && d.below(100) < 55 { // the other publisher has it too, a little off
			if later := time.Duration(d.below(20)) * time.Minute; minutes != "1440" {
				at = at.Add(later)
			}
			second.row(strconv.Itoa(i), stamp(at), minutes, degrees(lat+float64(d.below(8001)-4000)/1e6), degrees(lon+float64(d.below(8001)-4000)/1e6), within, "", s.act, s.weapon)
			i++
		}
	}
	if err := press.close(); err != nil {
		return err
	}
	if err := second.close(); err != nil {
		return err
	}
	return firePixels(filepath.Join(dir, "firms.csv"), pixels, days, begin, real, &d)
}

// firePixels puts them into ten cells of a few kilometres, in passes.
func firePixels(name string, n, days int, begin time.Time, real []seed, d *dice) error {
	t, err := newTable(name, "latitude", "longitude", "bright_ti4", "scan", "track", "acq_date", "acq_time", "satellite", "instrument", "confidence", "version", "bright_ti5", "frp", "daynight")
	if err != nil {
		return err
	}
	for i := range n {
		s := real[(i%10)*len(real)/10]
		at := begin.AddDate(0, 0, d.below(days))
		hour := []string{"0035", "0130", "1042", "1215"}[d.below(4)]
		t.row(fmt.Sprintf("%.5f", s.lat+float64(d.below(40_001)-20_000)/1e6), fmt.Sprintf("%.5f", s.lon+float64(d.below(60_001)-30_000)/1e6), fmt.Sprintf("%.2f", 305+float64(i%3000)/100),
			"0.39", "0.36", at.Format("2006-01-02"), hour, []string{"N", "N20", "N21"}[d.below(3)], "VIIRS", "n", "2.0NRT", "289.59", fmt.Sprintf("%.2f", 1+float64(i%700)/100), "N")
	}
	return t.close()
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04") }

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }

// table is a CSV file being written.
type table struct {
	f io.WriteCloser
	b *bufio.Writer
	w *csv.Writer
}

func newTable(name string, header ...string) (*table, error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	b := bufio.NewWriterSize(f, 1<<20)
	t := &table{f, b, csv.NewWriter(b)}
	t.row(header...)
	return t, nil
}

func (t *table) row(cells ...string) { _ = t.w.Write(cells) } // csv.Writer keeps the first error for close

func (t *table) close() error {
	t.w.Flush()
	err := t.w.Error()
	if ferr := t.b.Flush(); err == nil {
		err = ferr
	}
	if cerr := t.f.Close(); err == nil {
		err = cerr
	}
	return err
}
