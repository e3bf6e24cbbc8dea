package monitor

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/release"
)

// TestReader: what a picture says beside its rows is what the situation says that it was
// written from, and nobody finds what they are not shown.
func TestReader(t *testing.T) {
	r, _ := opened(t)
	ctx := context.Background()
	for n := range 3 {
		if _, err := observe(r, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	state, _ := r.State()
	first := state.Situations[truce.ForMission].Incidents()[0]
	for _, tt := range []struct {
		name  string
		to    truce.Audience
		rules truce.PublicRelease
		shown bool
	}{
		{"the mission", truce.ForMission, truce.PublicRelease{Hold: []truce.Act{"strike"}}, true},
		{"both parties", truce.ForParties, truce.PublicRelease{Delay: time.Hour}, true},
		{"the public", truce.ForPublic, truce.PublicRelease{}, true},
		{"the public, of what is held", truce.ForPublic, truce.PublicRelease{Hold: []truce.Act{"strike"}}, false},
		{"the public, of what is delayed", truce.ForPublic, truce.PublicRelease{Delay: time.Hour}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := state.Situations[tt.to]
			x := reader{state.Reader(tt.to), Answers{s, func() release.Viewer { return release.Viewer{To: tt.to, Rules: tt.rules, At: r.Now()} }}}
			if x.Agreement() != s.Agreement || !reflect.DeepEqual(x.Basis(), s.Basis()) {
				t.Error("it was computed under another text")
			}
			if got, want := x.Times(), (truce.Times{Occurred: s.Occurred(), Extent: s.Extent(), FirstKnown: s.FirstKnown()}); got != want || !got.Occurred.Valid() {
				t.Errorf("%v, want %v", got, want)
			}
			for what, id := range map[string]truce.Digest{"incident": first.ID, "observation": first.Of[0].ID} {
				got, err := x.Find(ctx, id.Hex()[:12])
				if err != nil || slices.Contains(got, id) != tt.shown || !tt.shown && len(got) > 0 {
					t.Errorf("the %s is found: %v, %v; want %v", what, got, err, tt.shown)
				}
			}
			got, err := x.Items(ctx, first.ID)
			if err != nil || slices.Equal(got, first.IDs()) != tt.shown || !tt.shown && len(got) > 0 {
				t.Errorf("it is made of %v, %v", got, err)
			}
			if got, err := x.Items(ctx, truce.DigestOf("another")); err != nil || got != nil {
				t.Errorf("an incident that is not there is made of %v, %v", got, err)
			}
		})
	}
}

// TestReaderOfPast: an earlier picture answers from the situation of its moment.
func TestReaderOfPast(t *testing.T) {
	r, _ := opened(t)
	ctx := context.Background()
	at := r.Now()
	if _, err := r.Say(ctx, func(m *intake.Writer) (int64, error) { return observeIn(m, 0) }); err != nil {
		t.Fatal(err)
	}
	s, x, err := r.Known(ctx, truce.ForMission, at-60_000)
	if err != nil {
		t.Fatal(err)
	}
	if got := x.Times(); got.Occurred.Valid() || got.Occurred != s.Occurred() {
		t.Errorf("before anything was said, something occurred: %v", got)
	}
	if state, _ := r.State(); !state.Reader(truce.ForMission).Times().Occurred.Valid() {
		t.Error("nothing occurred now")
	}
}
