package situation_test

import (
	"os"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// TestTotalsOfFights: of a source that names who fought each other, a total about attacks on one side
// may count the fights with that side and no others. By hand: the opposition's total may be of the
// Government's fight with insurgents, and not of that with Daesh; the Centre's of the first too, and not
// of one of insurgents with a group that is not a party.
func TestTotalsOfFights(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("../../agreements/syria-coh-2016"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		fight, total string
		may          int64
	}{
		{`actor="Government of Syria|IS"`, "by hnc attack 2016-02-28 region:syria count=15 actor=SYR|RU side=OPP", 0},
		{`actor="Government of Syria|Syrian insurgents"`, "by hnc attack 2016-02-28 region:syria count=15 actor=SYR|RU side=OPP", 1},
		{`actor="Government of Syria|Syrian insurgents"`, "by ru-centre attack 2016-02-28 region:syria count=9 actor=OPP side=SYR", 1},
		{`actor="Syrian insurgents|SDF"`, "by ru-centre attack 2016-02-28 region:syria count=9 actor=OPP side=SYR", 0},
		{`actor="Government of Syria|unknown"`, "by hnc attack 2016-02-28 region:syria count=15 actor=SYR|RU side=OPP", 1},
		{`actor="Government of Syria"`, "by hnc attack 2016-02-28 region:syria count=15 actor=SYR|RU side=OPP", 1},
		{`actor="Government of Syria|IS"`, "by hnc attack 2016-02-28 region:syria count=15 side=OPP", 0},
	} {
		var items []truce.Item
		for _, text := range []string{"observe o attack 2016-02-28 35.0N 36.7E ±1km source=ucdp-ged " + tt.fight, "tally t " + tt.total} {
			r, err := scenario.ParseEntry(a, text, opts())
			if err != nil {
				t.Fatal(err)
			}
			r.Known = truce.Instant(1_456_900_000_000)
			items = append(items, r)
		}
		s := situation.Build(a, items, truce.Never, opts())
		if got := s.Reconcile(s.Tally(items[1].ID())); got.MayBe.N != tt.may || got.Found.N != 0 {
			t.Errorf("%s, %s: within %v, may be %v, want %d", tt.fight, tt.total, got.Found, got.MayBe, tt.may)
		}
	}
}
