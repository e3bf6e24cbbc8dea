package speaker

import (
	"testing"

	"github.com/opentruce/truce"
)

// TestApartOfOnePlace: three speakers who state the very same item have one each, also where one
// copy of it in memory stands for all three.
func TestApartOfOnePlace(t *testing.T) {
	o := &truce.Observation{ID: truce.DigestOf("x"), Source: "post-1", Key: "k"}
	seen := map[truce.Digest]bool{}
	for _, r := range Apart([]truce.Item{{Observation: o, Speaker: "A"}, {Observation: o}, {Observation: o, Speaker: "B"}}) {
		seen[r.ID()] = true
	}
	if len(seen) != 3 || !seen[o.ID] {
		t.Errorf("three speakers have %d items", len(seen))
	}
}
