package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mirror"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/progress"
	"github.com/opentruce/truce/internal/synthetic"
	"github.com/spf13/cobra"
)

// measured is what one step measured, in a process of its own.
type measured struct {
	Seconds float64 `json:"seconds"`
	Reading float64 `json:"reading"` // by all workers together
	Hashing float64 `json:"hashing"`
	Signing float64 `json:"signing"`
	PeakMiB int64   `json:"peak_mib"`
	Bytes   int64   `json:"bytes"`
	Entries int64   `json:"entries"`
	Digest  string  `json:"digest"`
}

func (c command) record() *cobra.Command {
	var s sizes
	var dir, step string
	cmd := &cobra.Command{
		Use:   "record",
		Short: "Measure the record: appending, verifying, replaying, mirroring",
		Long: `Record measures appends a second and their time to the receipt, with one writer and
64, beside Tessera alone on the same disk; then generated observations ingested,
verified, replayed and mirrored, each step in a process of its own.`,
		Example: `  truce-bench record
  truce-bench record --small 10000 --large 100000`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if step != "" {
				return c.benchStep(step, dir)
			}
			if err := s.check(); err != nil {
				return err
			}
			return c.benchRecord(s.small, s.large)
		},
	}
	s.flags(cmd)
	cmd.Flags().StringVar(&step, "step", "", "take one step in this process, and print JSON")
	cmd.Flags().StringVar(&dir, "dir", "", "with --step: where the files are")
	return cmd
}

// benchRecord measures the record: appending beside Tessera alone, then filling
// one with observations, verifying, replaying and mirroring it.
func (c command) benchRecord(small, large int) error {
	dir, err := os.MkdirTemp("", "truce-bench-record-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := c.benchAppend(dir); err != nil {
		return err
	}
	var took [2]map[string]measured
	for i, n := range []int{small, large} {
		if took[i], err = c.benchSteps(filepath.Join(dir, fmt.Sprint(n)), n); err != nil {
			return err
		}
	}
	size := math.Log(float64(large) / float64(small))
	fmt.Fprintf(c.out, "growth exponents: ingest %.2f, verify %.2f, replay %.2f, mirror %.2f; memory of verify %.2f\n",
		math.Log(took[1]["ingest"].Seconds/took[0]["ingest"].Seconds)/size, math.Log(took[1]["verify"].Seconds/took[0]["verify"].Seconds)/size,
		math.Log(took[1]["replay"].Seconds/took[0]["replay"].Seconds)/size, math.Log(took[1]["mirror"].Seconds/took[0]["mirror"].Seconds)/size,
		math.Log(float64(took[1]["verify"].PeakMiB)/float64(took[0]["verify"].PeakMiB))/size)
	return nil
}

// benchAppend times single appends with one and 64 writers, and Tessera alone
// with the same entries on the same disk.
func (c command) benchAppend(dir string) error {
	defer debug.SetGCPercent(debug.SetGCPercent(intake.WritingGC))
	ctx := context.Background()
	signer, err := ledger.NewSecret("bench")
	if err != nil {
		return err
	}
	intake, err := ledger.NewSecret("intake")
	if err != nil {
		return err
	}
	log, _, err := ledger.Create(ctx, ledger.Config{Dir: filepath.Join(dir, "append"), Signer: signer, Now: c.now},
		ledger.Mission{Title: "bench", Keys: []ledger.Key{intake.Public(ledger.Intake, "")}})
	if err != nil {
		return err
	}
	// With these settings Tessera is fastest with 64 writers; with its own it
	// writes 256 entries a second.
	bare, err := ledger.Bare(ctx, filepath.Join(dir, "tessera"), signer, 64, 5*time.Millisecond)
	if err != nil {
		return err
	}
	// Authors sign elsewhere; what is timed begins with a signed submission and
	// ends with a signed receipt.
	sign := func(key string) (ledger.Submission, error) {
		b, err := benchBody(key)
		if err != nil {
			return ledger.Submission{}, err
		}
		return b.Say(intake)
	}
	write := func(s ledger.Submission) error {
		got, err := log.Append(ctx, s)
		if err == nil {
			_, err = log.ReceiptNote(got)
		}
		return err
	}
	alone := func(s ledger.Submission) error { return bare.Add(ctx, append(s.Bytes(), padding...)) }
	for _, x := range []struct {
		writers, each int
	}{{1, 500}, {64, 400}} {
		ours, err := many(x.writers, x.each, "a", sign, write)
		if err != nil {
			return err
		}
		theirs, err := many(x.writers, x.each, "b", sign, alone)
		if err != nil {
			return err
		}
		again, err := many(x.writers, x.each, "c", sign, write)
		if err != nil {
			return err
		}
		best := max(ours.rate, again.rate)
		fmt.Fprintf(c.out, "append, %2d writers: %6.0f a second, p50 %s, p99 %s to the receipt; Tessera alone %6.0f a second, p50 %s, p99 %s: ratio %.2f\n",
			x.writers, best, again.p50, again.p99, theirs.rate, theirs.p50, theirs.p99, theirs.rate/best)
	}
	if err := c.benchBatches(ctx, log, intake); err != nil {
		return err
	}
	if err := bare.Close(ctx); err != nil {
		return err
	}
	return log.Close(ctx)
}

// benchBody is an observation of the usual size.
func benchBody(key string) (ledger.Body, error) {
	at := truce.InstantOf(time.Date(2025, 8, 15, 12, 0, 0, 0, time.UTC))
	o := &truce.Observation{Source: truce.OwnSource, Key: key, Act: "strike", Occurred: truce.Interval{Start: at, End: at.Add(time.Minute)},
		Place: truce.Place{Kind: truce.PlaceRegion, Name: "Donetsk"}, Count: truce.Count{N: 1}, Note: padding}
	o.SetID()
	return ledger.BodyOf("bench", &truce.Item{Observation: o})
}

// benchBatches is 64 writers who sign 256 entries at once, as files are read.
func (c command) benchBatches(ctx context.Context, log *ledger.Log, intake *ledger.Secret) error {
	var all [][]ledger.Submission
	for i := range 256 {
		bodies := make([]ledger.Body, 256)
		for j := range bodies {
			var err error
			if bodies[j], err = benchBody(fmt.Sprintf("batch-%d-%d", i, j)); err != nil {
				return err
			}
		}
		subs, err := ledger.SayAll("bench", c.now(), intake, bodies)
		if err != nil {
			return err
		}
		all = append(all, subs)
	}
	begin := time.Now()
	var wg sync.WaitGroup
	errs := make(chan error, 64)
	for w := range 64 {
		wg.Go(func() {
			for i := w; i < len(all); i += 64 {
				if _, err := log.Append(ctx, all[i]...); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
	}
	fmt.Fprintf(c.out, "append, 64 writers of signed batches of 256: %6.0f entries a second\n", 256*256/time.Since(begin).Seconds())
	return nil
}

// padding brings an entry to the size of an observation.
const padding = "a building was hit, says the head of the region; two floors burnt, and the street is closed; more is not known at this hour, and the report will be brought up to date when the sappers have left the place"

type pace struct {
	rate     float64
	p50, p99 time.Duration
}

func many(writers, each int, prefix string, sign func(key string) (ledger.Submission, error), write func(ledger.Submission) error) (pace, error) {
	subs := make([]ledger.Submission, writers*each)
	for i := range subs {
		var err error
		if subs[i], err = sign(fmt.Sprintf("%s-%d-%d", prefix, writers, i)); err != nil {
			return pace{}, err
		}
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var all []time.Duration
	var first error
	begin := time.Now()
	for w := range writers {
		wg.Go(func() {
			took := make([]time.Duration, 0, each)
			for i := range each {
				t := time.Now()
				if err := write(subs[w*each+i]); err != nil {
					mu.Lock()
					first = err
					mu.Unlock()
					return
				}
				took = append(took, time.Since(t))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	wg.Wait()
	total := time.Since(begin)
	if first != nil {
		return pace{}, first
	}
	slices.Sort(all)
	return pace{float64(len(all)) / total.Seconds(), all[len(all)/2].Round(10 * time.Microsecond), all[len(all)*99/100].Round(10 * time.Microsecond)}, nil
}

// benchSteps fills a mission and takes each step in a process of its own.
func (c command) benchSteps(dir string, n int) (map[string]measured, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := synthetic.Write(dir, n, synthetic.Days(n)); err != nil {
		return nil, err
	}
	out := map[string]measured{}
	for _, step := range []string{"ingest", "verify", "replay", "mirror"} {
		run := exec.Command(self, "record", "--step", step, "--dir", dir)
		run.Stderr = c.err
		text, err := run.Output()
		if err != nil {
			return nil, fmt.Errorf("%s of %d: %w", step, n, err)
		}
		var m measured
		if err := json.Unmarshal(text, &m); err != nil {
			return nil, err
		}
		out[step] = m
		line := fmt.Sprintf("%8d observations: %-7s %6.2f s, %7.0f entries a second, peak %d MiB", n, step, m.Seconds, float64(m.Entries)/m.Seconds, m.PeakMiB)
		switch step {
		case "verify":
			line += fmt.Sprintf(" (reading %.2f s, hashing and parsing %.2f s, signatures %.2f s, by all workers)", m.Reading, m.Hashing, m.Signing)
		case "mirror":
			line += fmt.Sprintf(", %.1f MB a second over loopback", float64(m.Bytes)/1e6/m.Seconds)
		case "replay":
			line += ", digest " + m.Digest[:12]
		}
		fmt.Fprintln(c.out, line)
	}
	return out, nil
}

// benchStep takes one step and prints what it measured.
func (c command) benchStep(step, dir string) error {
	var m measured
	var err error
	begin := time.Now()
	folder := filepath.Join(dir, "mission")
	switch step {
	case "ingest":
		err = synthetic.Mission(dir, folder, c.now, progress.New(c.err))
	case "verify":
		var p *mirror.Copy
		if p, err = (mirror.Trust{}).Open(context.Background(), folder); err == nil {
			l := p.Log()
			var cp *audit.Checkpoint
			if cp, err = l.Checkpoint(context.Background()); err == nil {
				var s *audit.Summary
				if s, err = l.Verify(context.Background(), cp, audit.Options{}); err == nil {
					m.Reading, m.Hashing, m.Signing = s.Reading.Seconds(), s.Hashing.Seconds(), s.Signing.Seconds()
				}
			}
		}
	case "replay":
		m.Digest, err = benchReplay(folder)
	case "mirror":
		m.Bytes, err = benchMirror(folder, filepath.Join(dir, "mirror"))
	}
	if err != nil {
		return err
	}
	m.Seconds, m.PeakMiB = time.Since(begin).Seconds(), peakMiB()
	if m.Entries, err = ledger.Published(filepath.Join(folder, "record")); err != nil {
		return err
	}
	return json.NewEncoder(c.out).Encode(m)
}

func benchReplay(dir string) (string, error) {
	m, err := mission.Open(dir)
	if err != nil {
		return "", err
	}
	s, err := m.Situation(truce.Never)
	if err != nil {
		return "", err
	}
	return s.Digest().Hex(), nil
}

// benchMirror serves the record and follows it, both here, without computing it
// again.
func benchMirror(mission, folder string) (int64, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	s := &http.Server{Handler: mirror.Handler(filepath.Join(mission, "record"))}
	go func() { _ = s.Serve(l) }()
	defer s.Close()
	f := &mirror.Follower{Where: "http://" + l.Addr().String(), Dir: folder, Lean: true, NoRecompute: true}
	err = f.Round(context.Background())
	return f.Copied(), err
}
