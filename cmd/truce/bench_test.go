package main

import (
	"io"
	"testing"
)

// BenchmarkFindings is the way from CSV to findings of 10,000 observations,
// generated once.
func BenchmarkFindings(b *testing.B) {
	dir := b.TempDir()
	if err := generate(dir, 10_000, benchDays(10_000)); err != nil {
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
