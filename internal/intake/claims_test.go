package intake

import (
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
)

// TestClaimsInFlight: of two items that are handed in at once under one ID, the first
// has it, unless only the second shows that the ID is its own.
func TestClaimsInFlight(t *testing.T) {
	id := truce.DigestOf("observation", "B", "k", "0")
	a, b := &ledger.Key{Party: "A"}, &ledger.Key{Party: "B"}
	for _, tt := range []struct {
		name        string
		first, then *ledger.Key
		firstOwn    bool
		thenOwn     bool
		refused     bool
	}{
		{"a sealed item had taken it", a, b, false, true, false},
		{"it is the first one's own", a, b, true, true, true},
		{"neither shows that it is its own", a, b, false, false, true},
		{"a sealed item comes second", b, a, true, false, true},
		{"one party twice", a, a, false, false, false},
	} {
		var c Claims
		if o := c.take(id, truce.DigestOf("1"), tt.first, false, tt.firstOwn, 0); o != nil {
			t.Errorf("%s: the first is refused: %v", tt.name, o)
		}
		if o := c.take(id, truce.DigestOf("2"), tt.then, false, tt.thenOwn, 0); (o != nil) != tt.refused {
			t.Errorf("%s: the second: %v; want refused %v", tt.name, o, tt.refused)
		}
	}
}
