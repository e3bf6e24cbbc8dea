package monitor

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/view"
	"pgregory.net/rapid"
)

// told is a situation of observations and claims of many kinds, as known at a moment.
func told(t *rapid.T, a *truce.Agreement, now truce.Instant) *situation.Situation {
	var items []truce.Item
	for n := range rapid.IntRange(0, 25).Draw(t, "observations") {
		start := now - truce.Instant(rapid.IntRange(1, 200).Draw(t, "hours ago"))*3_600_000
		o := &truce.Observation{ID: truce.DigestOf("told", fmt.Sprint(n)), Key: fmt.Sprint(n), Source: rapid.SampledFrom([]truce.SourceID{"mission", "viina"}).Draw(t, "source"),
			Act:      rapid.SampledFrom([]truce.Act{"strike", "fire", "explosion", "alert", "presence"}).Draw(t, "act"),
			Occurred: truce.Interval{Start: start, End: start + 60_000*truce.Instant(rapid.SampledFrom([]int{1, 30, 20_000}).Draw(t, "minutes"))},
			Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: rapid.Int32Range(0, 9000).Draw(t, "uncertainty"),
				Point: geo.Point{Lat: rapid.Int32Range(479_000_000, 481_000_000).Draw(t, "lat"), Lon: rapid.Int32Range(377_000_000, 379_000_000).Draw(t, "lon")}},
			Weapon: rapid.SampledFrom([]truce.Class{"", "missile"}).Draw(t, "weapon"), Count: truce.Count{N: 1}}
		if rapid.IntRange(0, 3).Draw(t, "of a region") == 0 {
			o.Place = truce.Place{Kind: truce.PlaceRegion, Name: "Poltava Oblast"}
		}
		if rapid.IntRange(0, 7).Draw(t, "not later than") == 7 {
			o.Occurred.Start = truce.Always
		}
		o.Claimant = rapid.SampledFrom([]truce.PartyID{"", "", "UA", "RU"}).Draw(t, "claimant")
		o.Actor = rapid.SampledFrom([]truce.PartyID{"", "RU"}).Draw(t, "actor")
		items = append(items, truce.Item{Known: start + truce.Instant(rapid.IntRange(0, 50).Draw(t, "known after"))*3_600_000, Observation: o})
	}
	return situation.Build(a, items, now, situation.Options{})
}

// TestReaderOf: rows that are made of a situation when they are asked for are those that a
// read model has of the same situation, for every viewer and query.
func TestReaderOf(t *testing.T) {
	r, _ := opened(t)
	state, _ := r.State()
	now := truce.InstantOf(time.Date(2025, 8, 20, 12, 0, 0, 0, time.UTC))
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		s := told(t, state.Agreement, now)
		to := rapid.SampledFrom([]release.Viewer{{To: truce.ForMission}, {To: truce.ForParties}, {To: truce.ForPublic}, {To: truce.ForPublic, Rules: truce.PublicRelease{BlurM: 5000}},
			{To: truce.ForPublic, Rules: truce.PublicRelease{Delay: 24 * time.Hour}}, {To: truce.ForPublic, Rules: truce.PublicRelease{Hold: []truce.Act{"fire"}}}}).Draw(t, "viewer")
		to.At = now
		p := truce.Picture{AsKnown: now, Size: 7, Digest: s.Digest(), Withheld: s.Withheld}
		v, err := view.Open("", to.To, func() truce.Instant { return now })
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		var rows []release.Row
		row := mission.RowOf(s, to, nil)
		for _, inc := range s.Incidents() {
			rows = append(rows, row(inc))
		}
		if _, _, err := v.Write(ctx, p, rows); err != nil {
			t.Fatal(err)
		}
		x := ReaderOf(s, 7, to)
		if got, want := x.Picture(), v.Picture(); got != want {
			t.Errorf("picture %+v, want %+v", got, want)
		}
		for _, id := range append([]truce.Digest{{}, truce.DigestOf("told", "0")}, ids(s)...) {
			got, ok, err := x.Row(ctx, id)
			want, is, werr := v.Row(ctx, id)
			if ok != is || err != nil || werr != nil || text(t, got) != text(t, want) {
				t.Errorf("row %s: %v, %t, %v; want %v, %t", id, got, ok, err, want, is)
			}
		}
		for range 4 {
			q := asking(t, now)
			got, n, err := x.Incidents(ctx, q)
			want, m, werr := v.Incidents(ctx, q)
			if n != m || err != nil || werr != nil || text(t, got) != text(t, want) {
				t.Errorf("%+v: %d rows %s, %v; want %d %s", q, n, text(t, got), err, m, text(t, want))
			}
			for _, most := range []int{0, 2, 100} {
				got, err := x.Marks(ctx, q, truce.Tile{Z: 5, X: 19, Y: 11}, most)
				want, werr := v.Marks(ctx, q, truce.Tile{Z: 5, X: 19, Y: 11}, most)
				if err != nil || werr != nil || text(t, got) != text(t, want) {
					t.Errorf("%+v: marks %s, %v; want %s", q, text(t, got), err, text(t, want))
				}
			}
			regions, err := x.Regions(ctx, q)
			wanted, werr := v.Regions(ctx, q)
			if err != nil || werr != nil || text(t, regions) != text(t, wanted) {
				t.Errorf("%+v: by region %v, %v; want %v", q, regions, err, wanted)
			}
		}
	})
}

func ids(s *situation.Situation) (out []truce.Digest) {
	for _, inc := range s.Incidents() {
		out = append(out, inc.ID)
	}
	return out
}

func text(t *rapid.T, v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(data); s != "null" {
		return s
	}
	return "[]"
}

func asking(t *rapid.T, now truce.Instant) truce.Query {
	q := truce.Query{Order: rapid.SampledFrom(truce.Orders).Draw(t, "order"), Signs: rapid.Bool().Draw(t, "signs"), Limit: rapid.SampledFrom([]int{0, 3, 100}).Draw(t, "limit"), Offset: rapid.IntRange(0, 4).Draw(t, "offset"),
		Article: rapid.SampledFrom([]truce.Article{"", "", "1", "2"}).Draw(t, "article"), Outcome: rapid.SampledFrom([]truce.Outcome{"", "", truce.Undetermined, truce.Uncorroborated, truce.OutOfScope}).Draw(t, "outcome"),
		Standing: rapid.SampledFrom([]truce.Standing{"", "", truce.SingleSource}).Draw(t, "standing"), Harm: rapid.SampledFrom([]truce.Harm{"", "", "", truce.HarmCounted, truce.HarmUnclear}).Draw(t, "harm"), Act: rapid.SampledFrom([]truce.Act{"", "", "attack"}).Draw(t, "act"), Source: rapid.SampledFrom([]truce.SourceID{"", "", "viina"}).Draw(t, "source"),
		Region: rapid.SampledFrom([]string{"", "", "Poltava Oblast"}).Draw(t, "region"), Text: rapid.SampledFrom([]string{"", "", "strik", "poltava obl", "48.0"}).Draw(t, "text"), Vague: rapid.IntRange(0, 5).Draw(t, "vague") == 0}
	if rapid.Bool().Draw(t, "by time") {
		q.During = truce.Interval{Start: now - 100*3_600_000, End: now - 20*3_600_000}
		q.Surely = rapid.Bool().Draw(t, "surely")
	}
	if rapid.Bool().Draw(t, "by box") {
		q.Box = &truce.Box{West: 377_500_000, South: 479_000_000, East: 379_000_000, North: 480_500_000}
	}
	return q
}

// TestReaderFindings: what an article says is asked for by time, place, outcome and party,
// and is told of nothing that the viewer is not shown.
func TestReaderFindings(t *testing.T) {
	r, _ := opened(t)
	state, _ := r.State()
	now := truce.InstantOf(time.Date(2025, 8, 20, 12, 0, 0, 0, time.UTC))
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		s := told(t, state.Agreement, now)
		to := rapid.SampledFrom([]release.Viewer{{To: truce.ForMission}, {To: truce.ForPublic, Rules: truce.PublicRelease{Delay: 24 * time.Hour}}, {To: truce.ForPublic, Rules: truce.PublicRelease{BlurM: 5000}}}).Draw(t, "viewer")
		to.At = now
		x := ReaderOf(s, 0, to)
		q := truce.FindingQuery{Article: rapid.SampledFrom([]truce.Article{"1", "2"}).Draw(t, "article"), Against: rapid.SampledFrom([]truce.PartyID{"", "RU"}).Draw(t, "party"), Silent: rapid.Bool().Draw(t, "silent"), Of: asking(t, now)}
		var got, want []truce.Digest
		for f, err := range x.Findings(ctx, q) {
			if err != nil {
				t.Fatal(err)
			}
			if got = append(got, f.Of); f.Article != q.Article || f.Row.ID != f.Of {
				t.Errorf("a finding of article %s on %s with the row %s", f.Article, f.Of, f.Row.ID)
			}
		}
		// The plain way: each incident for itself.
		of := q.Of
		of.Article, of.Outcome, of.Standing, of.Harm = "", "", "", ""
		var silent []truce.Digest
		for _, inc := range s.Incidents() {
			row, ok, err := x.Row(ctx, inc.ID)
			if err != nil {
				t.Fatal(err)
			}
			a, err := s.Assess(situation.Query{Article: q.Article, Party: q.Against, Of: inc.ID})
			if err != nil {
				t.Fatal(err)
			}
			nothing := a.Outcome == truce.OutOfScope || a.Outcome == truce.NoViolation
			switch general := s.Outcome(q.Article, inc); {
			case !ok, !of.Matches(&row), q.Of.Standing != "" && a.Standing != q.Of.Standing:
			case q.Of.Harm != "" && q.Of.Harm != assess.NewFound(inc, a).Harm():
			case q.Of.Outcome == truce.Undetermined && !a.Outcome.Undetermined():
			case q.Of.Outcome != "" && q.Of.Outcome != truce.Undetermined && q.Of.Outcome != a.Outcome:
			case !nothing:
				want = append(want, inc.ID)
			case (q.Silent || q.Of.Outcome == a.Outcome) && (general == truce.OutOfScope || general == truce.NoViolation):
				silent = append(silent, inc.ID)
			}
		}
		if want = append(want, silent...); !slices.Equal(got, want) {
			t.Errorf("%+v: findings on %v, want %v", q, got, want)
		}
		for _, err := range x.Findings(ctx, truce.FindingQuery{Article: "another"}) {
			if err == nil {
				t.Error("an article that does not exist has findings")
			}
		}
	})
}
