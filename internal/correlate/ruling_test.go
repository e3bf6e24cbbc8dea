package correlate

import (
	"math"
	"testing"

	"github.com/opentruce/truce"
)

// TestLatestDecision: the decision with the higher number is the later one, at
// the ends of the range too, where a difference would overflow.
func TestLatestDecision(t *testing.T) {
	a, b := truce.DigestOf("a"), truce.DigestOf("b")
	unit := map[truce.Digest]int{a: 0, b: 1}
	for _, tt := range []struct{ merge, split int64 }{{1, 2}, {2, 1}, {math.MinInt64, math.MaxInt64}, {math.MaxInt64, math.MinInt64}, {-1, math.MaxInt64}} {
		ds := []*truce.Decision{{Kind: truce.Merge, Of: []truce.Digest{a, b}, Seq: tt.merge}, {Kind: truce.Split, Of: []truce.Digest{a, b}, Seq: tt.split}}
		for range 2 {
			ds[0], ds[1] = ds[1], ds[0]
			r := ruling(unit, ds, func(a, b int) bool { return a < b })
			if merged := len(r.merges) == 1; merged != (tt.merge > tt.split) {
				t.Errorf("merge %d, split %d: merged %v", tt.merge, tt.split, merged)
			}
		}
	}
}
