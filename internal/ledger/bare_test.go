package ledger_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/ledger"
)

// BenchmarkTessera is what is below: the same entries without signatures,
// checks or index, by 64 writers, at several settings.
func BenchmarkTessera(b *testing.B) {
	for _, x := range []struct {
		batch uint
		wait  time.Duration
	}{{256, 200 * time.Microsecond}, {256, time.Millisecond}, {64, 5 * time.Millisecond}, {64, 20 * time.Millisecond}, {32, 5 * time.Millisecond}, {4096, 5 * time.Millisecond}} {
		b.Run(fmt.Sprintf("%d/%s", x.batch, x.wait), func(b *testing.B) {
			l, err := ledger.Bare(b.Context(), b.TempDir(), secret(b, "bench"), x.batch, x.wait)
			if err != nil {
				b.Fatal(err)
			}
			var n atomic.Int64
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := l.Add(b.Context(), fmt.Appendf(nil, "%d %0400d", n.Add(1), 1)); err != nil {
						b.Error(err)
						return
					}
				}
			})
			if err := l.Close(b.Context()); err != nil {
				b.Error(err)
			}
		})
	}
}
