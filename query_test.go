package truce

import (
	"slices"
	"testing"

	"github.com/opentruce/truce/geo"
	"pgregory.net/rapid"
)

// TestTiles: a position is in a tile if it is in the tile's box, at every zoom, and so
// in one tile of a zoom; the poles and the 180th meridian too.
func TestTiles(t *testing.T) {
	edge := []geo.Point{{}, {Lat: 900_000_000, Lon: 1_800_000_000}, {Lat: -900_000_000, Lon: -1_800_000_000}, {Lat: 850_511_287}, {Lat: 850_511_288}, {Lat: -850_511_288, Lon: 1_799_999_999}}
	rapid.Check(t, func(t *rapid.T) {
		p := geo.Point{Lat: rapid.Int32Range(-900_000_000, 900_000_000).Draw(t, "lat"), Lon: rapid.Int32Range(-1_800_000_000, 1_800_000_000).Draw(t, "lon")}
		if rapid.Bool().Draw(t, "edge") {
			p = rapid.SampledFrom(edge).Draw(t, "of")
		}
		z := rapid.Uint8Range(0, 19).Draw(t, "zoom")
		tile := TileOf(p, z)
		if !tile.Box().Holds(p) {
			t.Fatalf("%s is in %v, and not in its box %v", p, tile, tile.Box())
		}
		// What is beside it begins where it ends.
		b := tile.Box()
		if n := uint32(1) << z; tile.X+1 < n {
			if east := (Tile{z, tile.X + 1, tile.Y}).Box(); east.West != b.East+1 {
				t.Errorf("%v ends at %d, and the next begins at %d", tile, b.East, east.West)
			}
		} else if b.East != 1_800_000_000 {
			t.Errorf("%v ends at %d", tile, b.East)
		}
		if n := uint32(1) << z; tile.Y+1 < n {
			if south := (Tile{z, tile.X, tile.Y + 1}).Box(); south.North != b.South-1 {
				t.Errorf("%v ends at %d, and the next begins at %d", tile, b.South, south.North)
			}
		} else if b.South != -900_000_000 {
			t.Errorf("%v ends at %d", tile, b.South)
		}
		if z > 0 {
			if up := TileOf(p, z-1); up.X != tile.X/2 || up.Y != tile.Y/2 {
				t.Errorf("%v is not in %v", tile, up)
			}
		}
	})
}

// TestMatches: what a query asks for, worked out by hand. A box holds the position that
// is printed, its edges included, however large the uncertainty around it.
func TestMatches(t *testing.T) {
	at := func(lat, lon float64, m int32) Place {
		p, err := geo.PointOf(lat, lon)
		if err != nil {
			t.Fatal(err)
		}
		return Place{Kind: PlacePoint, Point: p, Uncertainty: m}
	}
	box, err := ParseBox("36,48,38,50")
	if err != nil {
		t.Fatal(err)
	}
	day := Interval{1_755_648_000_000, 1_755_734_400_000}
	row := func(change func(*Row)) *Row {
		r := &Row{Occurred: Interval{day.Start, day.Start + 60_000}, Place: at(49, 37, 100), Act: "strike", Sources: []SourceID{"a"}, Region: "R", Entry: 7,
			Findings: []ShortFinding{{Article: "1", Outcome: UndeterminedPlace, Standing: SingleSource, Harm: HarmUnclear}, {Article: "2", Outcome: OutOfScope}}}
		change(r)
		return r
	}
	same := func(*Row) {}
	for _, tt := range []struct {
		name string
		q    Query
		r    *Row
		want bool
	}{
		{"all", Query{}, row(same), true},
		{"inside", Query{Box: &box}, row(same), true},
		{"on a corner", Query{Box: &box}, row(func(r *Row) { r.Place = at(48, 36, 0) }), true},
		{"outside, with an uncertainty that reaches in", Query{Box: &box}, row(func(r *Row) { r.Place = at(47.99, 37, 20_000) }), false},
		{"inside, with an uncertainty that reaches out", Query{Box: &box}, row(func(r *Row) { r.Place = at(48.01, 37, 20_000) }), true},
		{"a region is not a position", Query{Box: &box}, row(func(r *Row) { r.Place = Place{Kind: PlaceRegion, Name: "R"} }), false},
		{"in the second of two boxes", Query{Boxes: &[]Box{{}, box}}, row(same), true},
		{"in none of none", Query{Boxes: &[]Box{}}, row(same), false},
		{"it ends as the day begins", Query{During: day}, row(func(r *Row) { r.Occurred = Interval{day.Start - 60_000, day.Start} }), false},
		{"it ends after the day begins", Query{During: day}, row(func(r *Row) { r.Occurred = Interval{day.Start - 60_000, day.Start + 1} }), true},
		{"it may lie in the day, and surely is asked for", Query{During: day, Surely: true}, row(func(r *Row) { r.Occurred = Interval{day.Start - 60_000, day.Start + 1} }), false},
		{"it surely lies in the day", Query{During: day, Surely: true}, row(same), true},
		{"signs are not asked for", Query{}, row(func(r *Row) { r.OnlySign = true }), false},
		{"signs are", Query{Signs: true}, row(func(r *Row) { r.OnlySign = true }), true},
		{"a descendant of the act", Query{Act: "attack"}, row(same), true},
		{"an ancestor", Query{Act: "strike"}, row(func(r *Row) { r.Act = "attack" }), false},
		{"known to a point", Query{Vague: true}, row(same), false},
		{"another source", Query{Source: "b"}, row(same), false},
		{"another region", Query{Region: "S"}, row(same), false},
		{"of this entry or later", Query{Since: 7}, row(same), true},
		{"of a later entry", Query{Since: 8}, row(same), false},
		{"an article with something to say", Query{Article: "1"}, row(same), true},
		{"an article with nothing to say", Query{Article: "2"}, row(same), false},
		{"what is out of scope under it", Query{Article: "2", Outcome: OutOfScope}, row(same), true},
		{"undetermined for whatever cause", Query{Outcome: Undetermined}, row(same), true},
		{"casualties that count", Query{Harm: HarmCounted}, row(same), false},
		{"casualties of whom nobody knows who acted", Query{Harm: HarmUnclear}, row(same), true},
		{"these under an article", Query{Article: "1", Harm: HarmUnclear}, row(same), true},
		{"these under another", Query{Article: "2", Outcome: OutOfScope, Harm: HarmUnclear}, row(same), false},
		{"outcome of one article and standing of none", Query{Outcome: OutOfScope, Standing: SingleSource}, row(same), false},
	} {
		if got := tt.q.Matches(tt.r); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	for _, s := range []string{"", "1,2,3", "38,48,36,50", "36,50,38,48", "NaN,48,38,50", "36,48,38,91", "181,48,182,50", "36,48,1e999,50"} {
		if _, err := ParseBox(s); err == nil {
			t.Errorf("box %q was read", s)
		}
	}
}

// TestSuggest: the nearest word by letters, or the only one that begins with what was typed.
func TestSuggest(t *testing.T) {
	flags := []string{"--as", "--mapping", "--map-file", "--encoding", "--format", "--source", "--source-name"}
	for typed, want := range map[string]string{
		"--mappin": `; did you mean "--mapping"?`, "--enc": `; did you mean "--encoding"?`, "--form": `; did you mean "--format"?`,
		"--sourc":  `; did you mean "--source"?`, // two begin with it: the nearer one
		"--fromat": `; did you mean "--format"?`, "--MAPPIN": `; did you mean "--mapping"?`, "--mapp": `; did you mean "--mapping"?`,
	} {
		if got := Suggest(typed, flags); got != want {
			t.Errorf("%s: %s, want %s", typed, got, want)
		}
	}
	if got, want := Suggest("--map", []string{"--as", "--mapping", "--encoding"}), `; did you mean "--mapping"?`; got != want {
		t.Errorf("--map: %s, want %s", got, want)
	}
	if got := Suggest("zz", []string{"one", "two"}); got != "; there is one, two" {
		t.Errorf("zz: %s", got)
	}
}

// TestLeadArticles: the articles that say the same as the gravest finding, alike in outcome and
// standing, in the order of the agreement.
func TestLeadArticles(t *testing.T) {
	r := Row{Findings: []ShortFinding{{Article: "1", Outcome: Uncorroborated, Standing: SingleSource}, {Article: "2", Outcome: OutOfScope}, {Article: "3", Outcome: Uncorroborated, Standing: SingleSource}, {Article: "4", Outcome: Uncorroborated, Standing: Corroborated}}}
	if got := r.LeadArticles(); !slices.Equal(got, []Article{"1", "3"}) {
		t.Errorf("%v", got)
	}
}

// TestGravity: outcome before standing, standing before numbers killed, and a refuted report last.
func TestGravity(t *testing.T) {
	row := func(o Outcome, s Standing, killed int32) *Row {
		r := &Row{Findings: []ShortFinding{{Article: "1", Outcome: OutOfScope}, {Article: "2", Outcome: o, Standing: s}}}
		if killed > 0 {
			r.Casualties = &Casualties{Killed: &Range{Low: killed, Best: killed, High: killed}}
		}
		return r
	}
	order := []*Row{
		row(Violation, SingleSource, 0),
		row(ApparentViolation, Verified, 0),
		row(ApparentViolation, Corroborated, 1<<31-1),
		row(ApparentViolation, Corroborated, 12),
		row(ApparentViolation, Corroborated, 0),
		row(ApparentViolation, SingleSource, 40),
		row(ApparentViolation, Refuted, 90),
		row(Uncorroborated, SingleSource, 90),
		row(UndeterminedConflict, SingleSource, 0),
		row(UndeterminedFact, SingleSource, 70), // which fact is missing says nothing about how grave it is
		row(UndeterminedPlace, SingleSource, 40),
		row(UndeterminedTime, SingleSource, 10),
		row(UndeterminedPlace, SingleSource, 3),
		row(UndeterminedWithheld, SingleSource, 90),
		{Findings: []ShortFinding{{Outcome: OutOfScope}}},
		{},
	}
	for i := 1; i < len(order); i++ {
		if a, b := order[i-1].Gravity(), order[i].Gravity(); a >= b {
			t.Errorf("row %d (%d) does not come before row %d (%d)", i-1, a, i, b)
		}
	}
}
