package situation_test

import (
	"os"
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// TestNear: what touches a protected object by its uncertainty alone says so in lists,
// with the object and the distance; what surely is at one, or surely is not, does not.
func TestNear(t *testing.T) {
	a, _ := agreement.Read(os.DirFS("../scenario/testdata/conformance/objects-only"))
	for _, tt := range []struct {
		entry string
		want  []truce.Near
	}{
		{"observe h1 strike 2026-03-26T10:00/10:20Z 48.05000N 38.10268E ±50m weapon=missile actor=A source=post-1", nil},
		{"observe h2 strike 2026-04-01T10:00/10:20Z 48.04999N 38.14024E ±50m weapon=missile actor=A source=post-1", nil},
		{"observe h3 strike 2026-04-07T10:00/10:20Z 48.05000N 38.10671E ±200m weapon=missile actor=A source=post-1", []truce.Near{{Object: "plant-1", Within: "500 m"}}},
		{"observe h6 strike 2026-04-25T10:00/10:20Z 48.20000N 38.11345E ±300m weapon=missile actor=A source=post-1", []truce.Near{{Object: "dam-1", Within: "1 km"}}},
	} {
		r, err := scenario.ParseEntry(a, tt.entry, situation.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := situation.Build(a, []truce.Item{r}, truce.Never, situation.Options{})
		row := s.Row(s.Incidents()[0])
		var got []truce.Near
		for _, f := range row.Findings {
			got = append(got, f.Near...)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.entry, got, tt.want)
		}
		// Whoever is shown a wider place is not told what it may be near.
		public := release.Viewer{To: truce.ForPublic, Rules: truce.PublicRelease{BlurM: 5000}}
		shown := public.Row(row, public.Incident(s.Incidents()[0], s.Known), func(*truce.Place) string { return "" })
		for _, f := range shown.Findings {
			if len(f.Near) > 0 {
				t.Errorf("%s: the public is told of %v", tt.entry, f.Near)
			}
		}
	}
}
