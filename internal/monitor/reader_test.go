package monitor

import (
	"context"
	"fmt"
	"maps"
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
			x := reader{state.Reader(tt.to), Answers{s: s, sees: func() release.Viewer { return release.Viewer{To: tt.to, Rules: tt.rules, At: r.Now()} }}}
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
	claim := *items[0].Observation
	claim.ID, claim.Claimant, claim.Occurred = id("claim"), "UA", truce.Interval{Start: claim.Occurred.Start + 30*86_400_000, End: claim.Occurred.End + 30*86_400_000}
	siren := claim
	siren.ID, siren.Act = id("siren"), "alert"
	if !truce.Words.Sign(siren.Act) {
		t.Fatal("an alert is not a sign")
	}
	period := truce.Interval{Start: now - 10, End: now}
	items = append(items,
		truce.Item{Known: now + 1, Observation: &claim}, truce.Item{Known: now + 1, Observation: &siren},
		truce.Item{Known: now + 2, Tally: &truce.Tally{ID: id("total"), Claimant: "UA", Act: "strike", Period: period, Count: truce.Count{N: 1}}},
		truce.Item{Known: now + 2, Coverage: &truce.Coverage{ID: id("cover"), What: "patrol", During: period}},
		truce.Item{Known: now + 3, Restriction: &truce.Restriction{ID: id("denied"), By: "UA", During: period}},
		truce.Item{Known: now + 8, Notification: &truce.Notification{ID: id("filed"), By: "UA"}})
	s := situation.Build(&a, items, now+10, situation.Options{})
	if n := len(s.Incidents()); n != 5 {
		t.Fatalf("%d incidents, want 5", n)
	}
	reads := func(to truce.Audience, rules truce.PublicRelease) truce.Answers {
		return Answers{s: s, sees: func() release.Viewer { return release.Viewer{To: to, Rules: rules, At: now + 10} }}
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
		shown      bool     // incidents
		wide       bool     // with a wider place
		all, about []string // names of the statements
		also       []string // about the second incident
	}{
		{"the mission", reads(truce.ForMission, held), true, false, []string{"first", "third", "declared", "who", "answer", "other", "notice", "filed"}, []string{"first", "who", "answer"}, []string{"other"}},
		{"the public, in wider places", reads(truce.ForPublic, truce.PublicRelease{BlurM: 5000}), true, true, []string{"first", "third", "declared", "who", "answer", "other", "notice", "filed"}, []string{"first", "who", "answer"}, []string{"other"}},
		{"the public, of what is held", reads(truce.ForPublic, held), false, false, []string{"declared", "notice", "filed"}, nil, nil},
		{"the public, of what is delayed", reads(truce.ForPublic, truce.PublicRelease{Delay: time.Hour}), false, false, []string{"declared", "notice", "filed"}, nil, nil},
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
			for name, want := range map[string]bool{"answer": tt.shown, "other": tt.shown, "notice": true, "total": true, "cover": true, "denied": true, "nothing": false, "first": false} {
				if got, err := tt.x.Includes(ctx, id(name)); err != nil || got != want {
					t.Errorf("%s is part of the picture: %t, %v", name, got, err)
				}
			}
			if got, err := tt.x.Includes(ctx, of[0]); err != nil || got != tt.shown {
				t.Errorf("the report is part of the picture: %t, %v", got, err)
			}
			var ids []truce.Digest
			got, err := tt.x.SaidFor(ctx, "UA")
			for i := range got {
				if ids = append(ids, got[i].ID()); got[i].Known != s.Known(got[i].ID()) {
					t.Errorf("%v is known since %v", ids[i], got[i].Known)
				}
			}
			wanted := []truce.Digest{id("total"), id("filed")}
			if tt.shown {
				wanted = append([]truce.Digest{id("claim")}, wanted...)
			}
			if err != nil || !slices.Equal(ids, wanted) {
				t.Errorf("said for a party: %v, %v; want %v", ids, err, wanted)
			}
			for k := range got {
				if o := got[k].Observation; o != nil && (o.Place.Uncertainty > 200) != tt.wide {
					t.Errorf("the claim is shown to ±%d m", o.Place.Uncertainty)
				}
			}
			if got, ok, err := tt.x.IncidentOf(ctx, id("nothing")); err != nil || ok {
				t.Errorf("what does not exist is of %v, %v", got, err)
			}
			d, err := tt.x.Dossier(ctx, of[0])
			if err != nil || (d != nil) != tt.shown || d != nil && d.Incident.ID != first {
				t.Fatalf("the dossier of the report: %v, %v", d, err)
			}
			if d != nil && ((d.Incident.Of[0].Place.Uncertainty > 200) != tt.wide || len(d.Incident.Of) != 1 || len(d.Decisions) != 1 || len(d.Responses) != 1 || len(d.Under) != len(a.Provisions)) {
				t.Errorf("the dossier says %+v", d)
			}
			tally, err := tt.x.Tally(ctx, id("total"))
			if err != nil || tally == nil || tally.Tally.ID != id("total") || len(tally.Under) != len(a.Provisions) {
				t.Fatalf("the tally: %v, %v", tally, err)
			}
			if reasons := len(tally.Under[0].Reasons) > 0; reasons != (tt.shown && !tt.wide) {
				t.Errorf("the tally has reasons: %t", reasons)
			}
			if x, err := tt.x.Tally(ctx, of[0]); x != nil || err != nil {
				t.Errorf("a report is a tally: %v, %v", x, err)
			}
			clocks, err := tt.x.Clocks(ctx, "1")
			if err != nil || (len(clocks) > 0) != tt.shown {
				t.Errorf("clocks %v, %v", clocks, err)
			}
			for _, c := range clocks {
				if c.Ends <= now+10 || s.IncidentOf(c.Of) == nil {
					t.Errorf("%v has run out, or is of nothing", c)
				}
			}
			said, err := tt.x.SaidOf(ctx, "RU")
			blames := map[truce.Digest]string{}
			for _, b := range said {
				blames[b.Incident] = fmt.Sprint(b.How, b.Answered)
			}
			byClaim := s.IncidentIDOf(id("claim"))
			want := map[truce.Digest]string{}
			if tt.shown {
				want = map[truce.Digest]string{first: "[attributed] true", byClaim: "[alleged] false"}
			}
			if err != nil || !maps.Equal(blames, want) || len(said) == 2 && said[0].Start < said[1].Start {
				t.Errorf("said of a party: %v, %v; want %v", said, err, want)
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
	if frozen, x, err := r.Frozen(ctx, truce.ForMission, r.Now(), 1); err != nil || x.Picture().Digest != frozen.Digest() || x.Agreement() != frozen.Agreement {
		t.Errorf("the picture of a frozen situation is of another: %v", err)
	}
	if got := x.Times(); got.Occurred.Valid() || got.Occurred != s.Occurred() {
		t.Errorf("before anything was said, something occurred: %v", got)
	}
	if state, _ := r.State(); !state.Reader(truce.ForMission).Times().Occurred.Valid() {
		t.Error("nothing occurred now")
	}
}

// TestReaderOfText: what the agreement says of now is answered as the situation has it, and
// only who is shown everything is alerted.
func TestReaderOfText(t *testing.T) {
	r, head := opened(t)
	ctx := context.Background()
	if _, err := r.Say(ctx, func(m *intake.Writer) (int64, error) {
		whose, err := m.KeyOf(head)
		if err != nil {
			return 0, err
		}
		return m.Decide(head, whose, &truce.Decision{Kind: truce.Declare, From: r.Now(), Because: "a test"}, []string{"ground-annex-signed"})
	}); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		if _, err := observe(r, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	state, _ := r.State()
	s, x := state.Situations[truce.ForMission], state.Reader(truce.ForMission)
	some := 0
	for _, p := range s.Agreement.Phases {
		during, why, err := x.Phase(ctx, p.ID)
		if err != nil || !reflect.DeepEqual(during, s.Phases[p.ID].During) || why.String() != s.Phases[p.ID].Why.String() {
			t.Errorf("phase %s: %v, %v, %v", p.ID, during, why, err)
		}
		some += len(during)
	}
	if during, _, err := x.Phase(ctx, "another"); some == 0 || err != nil || during != nil {
		t.Errorf("%d periods; a phase that does not exist lasts %v, %v", some, during, err)
	}
	all := truce.Interval{Start: s.Occurred().Start.Add(-24 * time.Hour), End: s.Occurred().End.Add(24 * time.Hour)}
	some = 0
	for _, p := range s.Agreement.Provisions {
		got, err := x.InForce(ctx, p.Article, all)
		if err != nil || !slices.Equal(got, s.InForce(p.Article, all)) {
			t.Errorf("article %s applies in %v, %v", p.Article, got, err)
		}
		some += len(got)
	}
	if got, err := x.InForce(ctx, "another", all); some == 0 || err != nil || got != nil {
		t.Errorf("%d parts; an article that does not exist applies in %v, %v", some, got, err)
	}
	a := *s.Agreement
	a.Alerts = []truce.AlertRule{{ID: "one", When: truce.AlertFirst}}
	var items []truce.Item
	for o := range s.Observations() {
		items = append(items, truce.Item{Known: state.Now, Observation: o})
	}
	alerting := situation.Build(&a, items, state.Now+1, situation.Options{})
	for _, tt := range []struct {
		to    truce.Audience
		delay time.Duration
		want  int
	}{{truce.ForMission, time.Hour, 1}, {truce.ForPublic, 0, 1}, {truce.ForPublic, time.Hour, 0}} {
		x := Answers{s: alerting, sees: func() release.Viewer {
			return release.Viewer{To: tt.to, Rules: truce.PublicRelease{Delay: tt.delay}, At: state.Now + 1}
		}}
		if got, err := x.Alerts(ctx, state.Now+1); err != nil || len(got) != tt.want {
			t.Errorf("%s, %s: alerts %v, %v", tt.to, tt.delay, got, err)
		}
	}
}

// TestReaderContradictions: whoever is not shown an incident does not hear that a decision
// about it can no longer be followed.
func TestReaderContradictions(t *testing.T) {
	r, _ := opened(t)
	state, _ := r.State()
	ctx, now := context.Background(), r.Now()
	of := []truce.Digest{truce.DigestOf("a"), truce.DigestOf("b")}
	var items []truce.Item
	for n, id := range of {
		at := now.Add(time.Duration(n-48) * time.Hour)
		items = append(items, truce.Item{Known: at, Observation: &truce.Observation{ID: id, Source: "mission", Act: "strike", Occurred: truce.Interval{Start: at, End: at + 1}, Place: truce.Place{Kind: truce.PlacePoint}}})
	}
	for n, kind := range []truce.DecisionKind{truce.Merge, truce.Split} {
		items = append(items, truce.Item{Known: now, Decision: &truce.Decision{ID: truce.DigestOf(string(kind)), Kind: kind, Of: of, By: "verifier", Seq: int64(n + 1)}})
	}
	s := situation.Build(state.Agreement, items, now+1, situation.Options{})
	for _, tt := range []struct {
		hold []truce.Act
		want int
	}{{nil, 1}, {[]truce.Act{"strike"}, 0}} {
		x := ReaderOf(s, 0, release.Viewer{To: truce.ForPublic, Rules: truce.PublicRelease{Hold: tt.hold}, At: now})
		if got, err := x.Contradictions(ctx); err != nil || len(got) != tt.want || len(got) > 0 && got[0].Decision.Seq != 1 {
			t.Errorf("holding %v: %v, %v", tt.hold, got, err)
		}
	}
}

// TestReaderOfEarlierState: a picture does not change. An incident that it has is answered
// for, also once the read model that it shares with later pictures no longer has it.
func TestReaderOfEarlierState(t *testing.T) {
	r, head := opened(t)
	ctx := context.Background()
	for n := range 2 {
		if _, err := observe(r, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	state, _ := r.State()
	all := state.Situations[truce.ForMission].Incidents()
	if len(all) != 2 {
		t.Fatalf("%d incidents, want 2", len(all))
	}
	x := state.Reader(truce.ForMission)
	before, ok, err := x.Row(ctx, all[0].ID)
	if err != nil || !ok {
		t.Fatal("no row", err)
	}
	if _, err := r.Say(ctx, func(m *intake.Writer) (int64, error) {
		whose, err := m.KeyOf(head)
		if err != nil {
			return 0, err
		}
		return m.Decide(head, whose, &truce.Decision{Kind: truce.Merge, Because: "a test"}, []string{all[0].ID.Hex(), all[1].ID.Hex()})
	}); err != nil {
		t.Fatal(err)
	}
	if got, ok, err := x.Row(ctx, all[0].ID); err != nil || !ok || fmt.Sprint(got) != fmt.Sprint(before) {
		t.Errorf("the picture has %v, %t, %v; it had %v", got, ok, err, before)
	}
	later, _ := r.State()
	if _, ok, err := later.Reader(truce.ForMission).Row(ctx, all[0].ID); ok || err != nil {
		t.Errorf("the later picture has an incident that was merged: %t, %v", ok, err)
	}
}
