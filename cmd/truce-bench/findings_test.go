package main

import (
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/synthetic"
)

// BenchmarkFindings is the way from CSV to findings of 10,000 observations,
// generated once.
func BenchmarkFindings(b *testing.B) {
	dir := b.TempDir()
	if err := synthetic.Write(dir, 10_000, synthetic.Days(10_000)); err != nil {
		b.Fatal(err)
	}
	c := command{out: io.Discard, err: io.Discard}
	for b.Loop() {
		if err := c.benchOne(dir, 10_000); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(10_000*float64(b.N)/b.Elapsed().Seconds(), "observations/s")
}

// TestFindings: what is generated is read to the last row, the rows among them that know
// only their region, and comes to findings.
func TestFindings(t *testing.T) {
	const n = 400
	dir := t.TempDir()
	if err := synthetic.Write(dir, n, synthetic.Days(n)); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := (command{out: &out, err: io.Discard}).benchOne(dir, n); err != nil {
		t.Fatal(err)
	}
	var got benched
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Observations != n || got.Incidents == 0 || got.Findings == 0 {
		t.Errorf("of %d rows: %+v", n, got)
	}
}

// TestFormats: the same rows come of each format, those too that know only their region.
func TestFormats(t *testing.T) {
	const n = 200
	dir := t.TempDir()
	var first formatRun
	for i, f := range benchFormats {
		w, err := f.create(filepath.Join(dir, "rows."+f.name))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(benchRows(dir, n, w.write), w.close()); err != nil {
			t.Fatal(f.name, err)
		}
		var out strings.Builder
		if err := (command{out: &out, err: io.Discard}).readFormat(dir, f.name); err != nil {
			t.Fatal(f.name, err)
		}
		var got formatRun
		if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = got
		}
		if got.Rows != n || got.Digest != first.Digest {
			t.Errorf("%s: %d rows, digest %.12s; want %d and %.12s", f.name, got.Rows, got.Digest, n, first.Digest)
		}
	}
}

// TestRefused: numbers that mean nothing are refused before anything is made.
func TestRefused(t *testing.T) {
	for want, args := range map[string][]string{
		"want numbers of observations from 1": {"findings", "--small", "-1"},
		"want numbers of observations":        {"record", "--large", "0"},
		"want numbers from 0":                 {"load", "--readers", "-1"},
		"no such file":                        {"load", "--truce", "/nowhere/truce"},
		"unknown command":                     {"bench"},
	} {
		var errs strings.Builder
		c := command{out: io.Discard, err: &errs, now: time.Now, args: args}
		if code := c.run(); code != exitUnread || !strings.Contains(errs.String(), want) {
			t.Errorf("%v: exit %d, %q; want %q", args, code, errs.String(), want)
		}
	}
}
