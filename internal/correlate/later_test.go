package correlate

import (
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"pgregory.net/rapid"
)

// TestNotLaterThanJoinsNothing: what states no beginning might be anything before its
// end, so it is joined with nothing that no person joins it with, and changes nothing
// that is found of the others.
func TestNotLaterThanJoinsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := observations(t)
		var known, open []*truce.Observation
		for _, o := range all {
			if o.Act != truce.ActFirePixel && rapid.IntRange(0, 3).Draw(t, "not later than") == 3 {
				o.Occurred.Start = truce.Always
				open = append(open, o)
				continue
			}
			known = append(known, o)
		}
		in := Input{Observations: all, Source: source, Workers: 1}
		res := Correlate(in)
		in.Observations = known
		want := ids(Correlate(in))
		for _, o := range open {
			want = append(want, truce.IncidentID([]truce.Digest{o.ID}).Hex())
		}
		slices.Sort(want)
		got := ids(res)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("incidents\n%v, want\n%v", got, want)
		}
		x, _ := NewIndex(Input{Observations: known, Source: source, Workers: 1})
		ch, _ := x.Update(open, nil, nil)
		if len(ch.Added) != len(open) || len(ch.Gone) != 0 {
			t.Fatalf("%d reports without a beginning arrive: %d incidents are new, %d are gone", len(open), len(ch.Added), len(ch.Gone))
		}
	})
}
