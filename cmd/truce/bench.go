package main

import (
	"github.com/opentruce/truce/internal/mission"

	"bufio"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/agreements"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/source"
	"github.com/spf13/cobra"
)

// bench measures the way from CSV to findings on generated observations. They
// follow real days (benchPlaces): where reports come from, how often each act is
// among them, and how many have no time of day. Half of what is not a pixel
// comes from a second publisher, which reports most of what the first does.
func (c command) bench() *cobra.Command {
	var small, large, one int
	var dir, step string
	var record bool
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure the way from CSV to findings on generated observations",
		Long: `Bench writes generated observations to CSV files, reads them, correlates them and
holds them against every article of ukraine-air-first, once for each size, each
in a process of its own. A tenth are fire pixels in ten dense cells, and 10,000
know only their region. It prints observations a second, peak memory, edges per
observation, and the exponent with which time grows. A thousand observations
fall on a day, whatever the size.

With --record: appends a second and their time to the receipt, with one writer and
64, beside Tessera alone on the same disk; then the same observations ingested,
verified, replayed and mirrored.`,
		Example: `  truce bench
  truce bench --small 10000 --large 100000
  truce bench --record`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case small < 1 || large < 1 || one < 0:
				return errors.New("--small, --large and --one: want numbers of observations from 1")
			case one > 0:
				return c.benchOne(dir, one)
			case step != "":
				return c.benchStep(step, dir)
			case record:
				return c.benchRecord(small, large)
			}
			return c.benchBoth(small, large)
		},
	}
	f := cmd.Flags()
	f.IntVar(&small, "small", 100_000, "observations in the first run")
	f.IntVar(&large, "large", 1_000_000, "observations in the second run")
	f.IntVar(&one, "one", 0, "run one size in this process, on the files in --dir, and print JSON")
	f.BoolVar(&record, "record", false, "measure the record: appending, verifying, replaying, mirroring")
	f.StringVar(&step, "step", "", "take one step of --record in this process, and print JSON")
	f.StringVar(&dir, "dir", "", "with --one and --step: where the files are")
	return cmd
}

// benched is what one run measured.
type benched struct {
	Observations int     `json:"observations"`
	Incidents    int     `json:"incidents"`
	Findings     int     `json:"findings"` // incidents under articles that touch them
	Edges        float64 `json:"edges_per_observation"`
	ReadS        float64 `json:"read_s"`
	CorrelateS   float64 `json:"correlate_s"`
	AssessS      float64 `json:"assess_s"`
	TotalS       float64 `json:"total_s"`
	PeakMiB      int64   `json:"peak_mib"`
	Digest       string  `json:"digest"`
}

func (c command) benchBoth(small, large int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var runs [2]benched
	for i, n := range []int{small, large} {
		dir, err := os.MkdirTemp("", "truce-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := generate(dir, n, benchDays(n)); err != nil {
			return err
		}
		run := exec.Command(self, "bench", "--one", strconv.Itoa(n), "--dir", dir)
		run.Stderr = c.err
		out, err := run.Output()
		if err != nil {
			return fmt.Errorf("bench of %d: %w", n, err)
		}
		if err := json.Unmarshal(out, &runs[i]); err != nil {
			return err
		}
		r := &runs[i]
		fmt.Fprintf(c.out, "%8d observations: %6.2f s (read %.2f, correlate %.2f, assess %.2f), %7.0f a second, peak %d MiB, %.1f edges each, %d incidents, digest %s\n",
			r.Observations, r.TotalS, r.ReadS, r.CorrelateS, r.AssessS, float64(r.Observations)/r.TotalS, r.PeakMiB, r.Edges, r.Incidents, r.Digest[:12])
	}
	fmt.Fprintf(c.out, "growth exponent %.2f\n", math.Log(runs[1].TotalS/runs[0].TotalS)/math.Log(float64(runs[1].Observations)/float64(runs[0].Observations)))
	return nil
}

const benchMapping = `
record: observation
source: %s
timezone: UTC
key: {column: id}
occurred: {column: at, width: {column: minutes}}
place: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: within, values: {"-": unknown, "188": 188, "400": 400, "1000": 1000, "5000": 5000}}, region: {column: region}}
act: {column: act}
weapon: {column: weapon}
`

func (c command) benchOne(dir string, n int) error {
	sub, err := fs.Sub(agreements.Files, "ukraine-air-first")
	if err != nil {
		return err
	}
	a, err := mission.SoundAgreement("ukraine-air-first", sub)
	if err != nil {
		return err
	}
	start := time.Now() // the agreement is the same for every size
	recs := make([]truce.Record, 0, n)
	for _, f := range []struct{ name, kind string }{{"viina.csv", "csv"}, {"ucdp-ged.csv", "csv"}, {"firms.csv", "firms"}} {
		k, err := source.Find(f.kind)
		if err != nil {
			return err
		}
		o := source.Options{File: f.name}
		if f.kind == "csv" {
			if o.Mapping, err = source.ParseMapping(fmt.Appendf(nil, benchMapping, f.name[:len(f.name)-4])); err != nil {
				return err
			}
		}
		in, err := os.Open(filepath.Join(dir, f.name))
		if err != nil {
			return err
		}
		for r, err := range k.Parse(in, o) {
			if err != nil {
				in.Close()
				return err
			}
			if r.Observation != nil {
				recs = append(recs, r)
			}
		}
		in.Close()
	}
	read := time.Now()
	got := len(recs)
	s := situation.Build(a, recs, truce.Never, mission.Options(mission.Silent{})) // the last use: the records may go
	built := time.Now()
	out := benched{Observations: got, Incidents: len(s.Incidents()), Edges: float64(s.Edges) / float64(got)}
	for _, p := range a.Provisions {
		for f := range s.Found(p.Article, "", "") {
			if f.Outcome.Counts() {
				out.Findings++
			}
		}
	}
	done := time.Now()
	out.ReadS, out.CorrelateS, out.AssessS, out.TotalS = read.Sub(start).Seconds(), built.Sub(read).Seconds(), done.Sub(built).Seconds(), done.Sub(start).Seconds()
	out.PeakMiB = peakMiB()
	out.Digest = s.Digest().Hex()
	return json.NewEncoder(c.out).Encode(out)
}

// peakMiB is the largest resident size of this process so far, as Linux says
// it; 0 elsewhere.
func peakMiB() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, ok := strings.Cut(string(status), "VmHWM:")
	var kb int64
	if _, err := fmt.Sscan(rest, &kb); !ok || err != nil {
		return 0
	}
	return kb / 1024
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

// benchPlaces are 238 reports of VIINA of August 2025 (Zhukov and Ayers, ODbL 1.0) as the
// demo had them until November 2026: places that are as far apart, and acts that are as
// mixed, as real ones. Their acts came from labels that do not belong to their rows, so
// they say nothing of these places; a load does not need them to.
//
//go:embed benchplaces.csv
var benchPlaces string

// seeds are the reports that observations are made of.
func seeds() ([]seed, error) {
	var out []seed
	for i, line := range strings.Split(strings.TrimSpace(benchPlaces), "\n") {
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

// benchDays is over how many days observations are spread: a thousand fall on each,
// whatever the size.
func benchDays(n int) int { return max(1, n/1000) }

// generate writes n observations to three files in dir.
func generate(dir string, n, days int) error {
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
			minutes = "1440"
		}
		within := []string{"188", "400", "1000", "1000", "5000"}[d.below(5)]
		press.row(strconv.Itoa(i), stamp(at), minutes, degrees(lat), degrees(lon), within, "", s.act, s.weapon)
		i++
		if i < left && d.below(100) < 55 { // the other publisher has it too, a little off
			at = at.Add(time.Duration(d.below(20)) * time.Minute)
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
