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
	"github.com/opentruce/truce/internal/situation"
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

// TestReaderStatements: what was said about an incident is told of that incident alone, and
// to nobody who is not shown the incident.
func TestReaderStatements(t *testing.T) {
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
	now := r.Now()
	var items []truce.Item
	var of []truce.Digest // the reports, each of its own incident
	for o := range state.Situations[truce.ForMission].Observations() {
		items = append(items, truce.Item{Known: now, Observation: o})
		of = append(of, o.ID)
	}
	id := func(name string) truce.Digest { return truce.DigestOf("a test", name) }
	items = append(items,
		truce.Item{Known: now + 1, Decision: &truce.Decision{ID: id("first"), Kind: truce.Confirm, Article: "1", Of: of[:1], By: "verifier", Hand: "a", Seq: 1}},
		truce.Item{Known: now + 2, Decision: &truce.Decision{ID: id("third"), Kind: truce.Verify, Of: of[2:], By: "verifier", Seq: 2}},
		truce.Item{Known: now + 3, Decision: &truce.Decision{ID: id("declared"), Kind: truce.Declare, Name: "air", From: now, By: "head-of-mission", Seq: 3}},
		truce.Item{Known: now + 4, Attribution: &truce.Attribution{ID: id("who"), Of: []truce.Digest{of[0], of[1]}, Actor: "RU", Confidence: "likely"}},
		truce.Item{Known: now + 5, Speaker: "RU", Response: &truce.Response{ID: id("answer"), By: "RU", To: of[0], Says: "contest"}},
		truce.Item{Known: now + 6, Speaker: "UA", Response: &truce.Response{ID: id("other"), By: "UA", To: of[1], Says: "accept"}},
		truce.Item{Known: now + 7, Speaker: "UA", Notification: &truce.Notification{ID: id("notice"), By: "UA", Act: "strike"}})
	a := *state.Agreement
	a.Provisions = slices.Clone(a.Provisions)
	for i := range a.Provisions {
		a.Provisions[i].SecondReader = true
	}
	s := situation.Build(&a, items, now+10, situation.Options{})
	if len(s.Incidents()) != 3 {
		t.Fatalf("%d incidents, want 3", len(s.Incidents()))
	}
	reads := func(to truce.Audience, rules truce.PublicRelease) truce.Answers {
		return Answers{s, func() release.Viewer { return release.Viewer{To: to, Rules: rules, At: now + 10} }}
	}
	held := truce.PublicRelease{Hold: []truce.Act{"strike"}}
	first, ok, err := reads(truce.ForMission, held).IncidentOf(ctx, of[0])
	if err != nil || !ok {
		t.Fatal("a report has no incident", err)
	}
	second, _, _ := reads(truce.ForMission, held).IncidentOf(ctx, of[1])
	for _, tt := range []struct {
		name       string
		x          truce.Answers
		shown      bool
		all, about []string // names of the statements
		also       []string // about the second incident
	}{
		{"the mission", reads(truce.ForMission, held), true, []string{"first", "third", "declared", "who", "answer", "other", "notice"}, []string{"first", "who", "answer"}, []string{"other"}},
		{"the public", reads(truce.ForPublic, truce.PublicRelease{}), true, []string{"first", "third", "declared", "who", "answer", "other", "notice"}, []string{"first", "who", "answer"}, []string{"other"}},
		{"the public, of what is held", reads(truce.ForPublic, held), false, []string{"declared", "notice"}, nil, nil},
		{"the public, of what is delayed", reads(truce.ForPublic, truce.PublicRelease{Delay: time.Hour}), false, []string{"declared", "notice"}, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for of, want := range map[truce.Digest][]string{{}: tt.all, first: tt.about, second: tt.also, id("nothing"): nil} {
				got, err := tt.x.Statements(ctx, of)
				var ids, wanted []truce.Digest
				for i := range got {
					ids = append(ids, got[i].ID())
					if k := slices.IndexFunc(items, func(x truce.Item) bool { return x.ID() == got[i].ID() }); k < 0 || items[k].Known != got[i].Known {
						t.Errorf("%v is known since %v", got[i].ID(), got[i].Known)
					}
				}
				for _, name := range want {
					wanted = append(wanted, id(name))
				}
				if err != nil || !slices.Equal(ids, wanted) {
					t.Errorf("about %v: %v, %v; want %v", of, ids, err, want)
				}
			}
			for _, x := range []truce.Digest{of[0], first} {
				if got, ok, err := tt.x.IncidentOf(ctx, x); err != nil || ok != tt.shown || ok && got != first {
					t.Errorf("%v is of %v (%t), %v", x, got, ok, err)
				}
				d, err := tt.x.Pending(ctx, "1", x)
				if err != nil || (d != nil) != tt.shown || d != nil && d.ID != id("first") {
					t.Errorf("%v waits for a second decision: %v, %v", x, d, err)
				}
			}
			if got, ok, err := tt.x.IncidentOf(ctx, id("nothing")); err != nil || ok {
				t.Errorf("what does not exist is of %v, %v", got, err)
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
