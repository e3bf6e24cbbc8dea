package situation_test

import (
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/situation"
	"pgregory.net/rapid"
)

// TestDigestCoversRanges: two that count another low or high have another digest, and its parts
// say that it is the ranges.
func TestDigestCoversRanges(t *testing.T) {
	a := theRanges(t)
	same, different := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		items := vague(t, a, 9)
		s := situation.Build(a, items, truce.Never, opts())
		again := situation.Build(a, items, truce.Never, opts())
		if s.Digest() != again.Digest() || len(again.Differing(s.Published())) > 0 {
			t.Fatalf("computed again it is another: %v", again.Differing(s.Published()))
		}
		// A person says that two are two. Then only what may be the same changes, and with it
		// at times the ranges.
		next := answer(t, s, 1)
		if next == nil || next.Decision.Kind != truce.Split {
			return
		}
		other := situation.Build(a, append(slices.Clip(items), *next), truce.Never, opts())
		counts := func(s *situation.Situation) (out []rangesTold) {
			for i := range a.Provisions {
				out = append(out, tellRanges(t, s, a.Provisions[i].Article, truce.Interval{}))
			}
			return out
		}
		differ := false
		x, y := counts(s), counts(other)
		for i := range x {
			differ = differ || x[i].count.Incidents != y[i].count.Incidents || x[i].count.May != y[i].count.May ||
				killed(x[i].count.Casualties) != killed(y[i].count.Casualties) || killed(x[i].count.Unclear) != killed(y[i].count.Unclear)
		}
		parts := other.Differing(s.Published())
		if differ && (s.Digest() == other.Digest() || !slices.ContainsFunc(parts, func(w string) bool {
			return w == "how many incidents, killed and injured there are at least and at most"
		})) {
			t.Fatalf("another range, and the parts that differ are %v", parts)
		}
		if differ {
			different++
		} else {
			same++
		}
	})
	if same == 0 || different == 0 {
		t.Errorf("%d times the ranges stayed, %d times not", same, different)
	}
}
