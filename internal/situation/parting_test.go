package situation_test

import (
	"os"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// TestRegionsPartNothingWithheld: a strike that is known to a region is another than one 300 km away,
// unless the terms keep places from the public. Numbers that the public sees are of all incidents, and
// would tell on which side of the region's edge the withheld place lies.
func TestRegionsPartNothingWithheld(t *testing.T) {
	for _, tt := range []struct {
		rules truce.PublicRelease
		least int
	}{
		{truce.PublicRelease{}, 2},
		{truce.PublicRelease{BlurM: 2000}, 1},
		{truce.PublicRelease{Delay: time.Hour}, 1},
		{truce.PublicRelease{Hold: []truce.Act{"strike"}}, 1},
	} {
		a, probs := agreement.Read(os.DirFS("../../agreements/syria-coh-2016"))
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
		a.Public = tt.rules
		var items []truce.Item
		for _, text := range []string{"observe i strike 2016-02-28 region:Idlib weapon=aircraft actor=RU source=syrian-archive publisher=one", "observe d strike 2016-02-28 32.62N 36.10E ±1km weapon=aircraft actor=RU source=syrian-archive publisher=two"} {
			r, err := scenario.ParseEntry(a, text, opts())
			if err != nil {
				t.Fatal(err)
			}
			r.Known = truce.Instant(1_456_900_000_000)
			items = append(items, r)
		}
		s := situation.Build(a, items, truce.Never, opts())
		if got := s.LowOf(s.Incidents()); got != tt.least || len(s.Incidents()) != 2 {
			t.Errorf("%+v: at least %d of %d incidents, want %d", tt.rules, got, len(s.Incidents()), tt.least)
		}
	}
}
