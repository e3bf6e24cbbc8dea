package ledger_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/opentruce/truce/internal/ledger"
)

// BenchmarkAppend is one entry, verified and durable, to its signed receipt, by
// 64 writers.
func BenchmarkAppend(b *testing.B) {
	w := newWorld(b)
	subs := make([]ledger.Submission, b.N) // their authors sign them elsewhere
	for i := range subs {
		subs[i] = w.say("observation", sighting(fmt.Sprintf("%d", i)), w.keys[ledger.Monitor])
	}
	var n atomic.Int64
	b.SetParallelism(32)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, err := w.log.Append(b.Context(), subs[n.Add(1)-1])
			if err == nil {
				_, err = w.log.ReceiptNote(r)
			}
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkAppendBatch is 256 entries under one signature.
func BenchmarkAppendBatch(b *testing.B) {
	w := newWorld(b)
	for i := 0; b.Loop(); i++ {
		if _, err := w.log.Append(b.Context(), w.batch(w.keys[ledger.Intake], 256*i, 256)...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*256/b.Elapsed().Seconds(), "entries/s")
}
