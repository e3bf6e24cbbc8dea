package main

import (
	"encoding/json"
	"fmt"
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
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/source"
	"github.com/opentruce/truce/internal/synthetic"
	"github.com/spf13/cobra"
)

// findings measures the way from CSV to findings on generated observations.
func (c command) findings() *cobra.Command {
	var s sizes
	var dir string
	var one int
	cmd := &cobra.Command{
		Use:   "findings",
		Short: "Measure the way from CSV to findings on generated observations",
		Long: `Findings writes generated observations to CSV files, reads them, correlates them and
assesses them by every article of ukraine-air-first, once for each size, each in a
process of its own. A tenth are fire pixels in ten dense cells, and 10,000 know only
their region. It prints observations a second, peak memory, edges per observation,
and the exponent with which time grows. A thousand observations fall on a day,
whatever the size.`,
		Example: `  truce-bench findings
  truce-bench findings --small 10000 --large 100000`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case one > 0:
				return c.benchOne(dir, one)
			case one < 0:
				return errSizes
			}
			if err := s.check(); err != nil {
				return err
			}
			return c.benchBoth(s.small, s.large)
		},
	}
	s.flags(cmd)
	cmd.Flags().IntVar(&one, "one", 0, "run one size in this process, on the files in --dir, and print JSON")
	cmd.Flags().StringVar(&dir, "dir", "", "with --one: where the files are")
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
		if err := synthetic.Write(dir, n, synthetic.Days(n)); err != nil {
			return err
		}
		run := exec.Command(self, "findings", "--one", strconv.Itoa(n), "--dir", dir)
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

// syntheticTerms are those that generated observations are read for.
func syntheticTerms() (*truce.Agreement, error) {
	sub, err := fs.Sub(agreements.Files, synthetic.Agreement)
	if err != nil {
		return nil, err
	}
	return mission.SoundAgreement(synthetic.Agreement, sub)
}

func (c command) benchOne(dir string, n int) error {
	a, err := syntheticTerms()
	if err != nil {
		return err
	}
	places := gazetteer.For(a)
	start := time.Now() // the agreement is the same for every size
	recs := make([]truce.Item, 0, n)
	for _, f := range synthetic.Files {
		k, err := source.Find(f.Kind)
		if err != nil {
			return err
		}
		o := source.Options{File: f.Name, Zones: a.ZoneOrder, Gazetteer: places, Local: a.Location}
		if o.Mapping, err = f.Mapping(); err != nil {
			return err
		}
		in, err := os.Open(filepath.Join(dir, f.Name))
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
