package view

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/release"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"
)

const now truce.Instant = 1_755_700_000_000

func clock() truce.Instant { return now }

func anyPlace(t *rapid.T) truce.Place {
	at := geo.Point{Lat: rapid.Int32Range(440000000, 523000000).Draw(t, "lat"), Lon: rapid.Int32Range(221000000, 402000000).Draw(t, "lon")}
	switch rapid.IntRange(0, 2).Draw(t, "kind of place") {
	case 0:
		return truce.Place{Kind: truce.PlaceRegion, Name: rapid.SampledFrom([]string{"Poltava Oblast", "Kyiv Oblast"}).Draw(t, "of region")}
	case 1:
		return truce.Place{Kind: truce.PlacePoint, Point: at, Uncertainty: truce.NotStated}
	}
	return truce.Place{Kind: truce.PlacePoint, Point: at, Uncertainty: rapid.Int32Range(0, 20000).Draw(t, "uncertainty")}
}

func anyRow(t *rapid.T) truce.Row {
	k := rapid.IntRange(0, 40).Draw(t, "key")
	start := now - truce.Instant(rapid.IntRange(0, 1000).Draw(t, "start"))*3_600_000
	r := truce.Row{ID: truce.DigestOf("row", fmt.Sprint(k)), Occurred: truce.Interval{Start: start, End: start + 600_000*rapid.SampledFrom([]truce.Instant{1, 1, 600}).Draw(t, "width")}, Place: anyPlace(t),
		Region: rapid.SampledFrom([]string{"Poltava Oblast", "elsewhere"}).Draw(t, "region"), Known: now - truce.Instant(rapid.IntRange(0, 100).Draw(t, "known"))*3_600_000,
		Act:     rapid.SampledFrom([]truce.Act{"strike", "fire", "shot", "explosion", "alert", "presence"}).Draw(t, "act"),
		Sources: []truce.SourceID{rapid.SampledFrom([]truce.SourceID{"post-1", "viina"}).Draw(t, "source")}}
	r.What, r.Entry = string(r.Act), int64(k%8)
	if rapid.IntRange(0, 7).Draw(t, "not later than") == 7 {
		r.Occurred.Start = truce.Always
	}
	r.OnlySign = r.Act == "alert"
	if rapid.Bool().Draw(t, "found") {
		r.Findings = []truce.ShortFinding{{Article: rapid.SampledFrom([]truce.Article{"1", "2"}).Draw(t, "article"),
			Outcome: rapid.SampledFrom(truce.Outcomes).Draw(t, "outcome"), Standing: rapid.SampledFrom(truce.Standings).Draw(t, "standing"), Harm: rapid.SampledFrom([]truce.Harm{"", truce.HarmCounted, truce.HarmUnclear}).Draw(t, "harm")}}
	}
	return r
}

func anyRows(t *rapid.T) []truce.Row {
	return rapid.SliceOfNDistinct(rapid.Custom(anyRow), 0, 30, func(r truce.Row) truce.Digest { return r.ID }).Draw(t, "rows")
}

// shown are rows of one observation each, as release rules show them to the public.
func shown(rules truce.PublicRelease, rows []truce.Row) []release.Row {
	to := release.Viewer{To: truce.ForPublic, Rules: rules}
	out := make([]release.Row, len(rows))
	for i, r := range rows {
		out[i] = to.Row(r, to.Observation(r.Known, r.Act, &r.Place), func(*truce.Place) string { return r.Region })
	}
	return out
}

// all are rows as they are.
func all(rows []truce.Row) []release.Row { return shown(truce.PublicRelease{}, rows) }

func opened(t interface{ Fatal(...any) }, name string, to truce.Audience) *View {
	v, err := Open(name, to, clock)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func anyQuery(t *rapid.T) truce.Query {
	q := truce.Query{Limit: 1000, Signs: rapid.Bool().Draw(t, "signs"), Order: rapid.SampledFrom(truce.Orders).Draw(t, "order")}
	if rapid.Bool().Draw(t, "by time") {
		q.During = truce.Interval{Start: now - 300*3_600_000, End: now - 100*3_600_000}
	}
	q.Surely = rapid.Bool().Draw(t, "surely")
	if rapid.Bool().Draw(t, "by box") {
		q.Box = &truce.Box{West: 300000000, South: 460000000, East: 350000000, North: 500000000}
	}
	if rapid.Bool().Draw(t, "by boxes") {
		q.Boxes = &[]truce.Box{{West: 300000000, South: 460000000, East: 330000000, North: 480000000}, {West: 320000000, South: 470000000, East: 400000000, North: 510000000}}
	}
	q.Since = rapid.SampledFrom([]int64{0, 0, 1, 5}).Draw(t, "since")
	q.Article = rapid.SampledFrom([]truce.Article{"", "1"}).Draw(t, "of article")
	q.Outcome = rapid.SampledFrom([]truce.Outcome{"", truce.Undetermined, truce.Uncorroborated}).Draw(t, "of outcome")
	q.Standing = rapid.SampledFrom([]truce.Standing{"", truce.SingleSource}).Draw(t, "of standing")
	q.Harm = rapid.SampledFrom([]truce.Harm{"", "", truce.HarmUnclear}).Draw(t, "of harm")
	q.Act = rapid.SampledFrom([]truce.Act{"", "attack", "fire", "strike"}).Draw(t, "of act")
	q.Source = rapid.SampledFrom([]truce.SourceID{"", "viina"}).Draw(t, "of source")
	q.Vague = rapid.Bool().Draw(t, "vague") && rapid.Bool().Draw(t, "vague too")
	q.Region = rapid.SampledFrom([]string{"", "Poltava Oblast"}).Draw(t, "of region")
	return q
}

// TestQueries holds every answer against the plain way.
func TestQueries(t *testing.T) {
	v := opened(t, "", truce.ForMission)
	defer v.Close()
	rapid.Check(t, func(t *rapid.T) {
		rows, q := anyRows(t), anyQuery(t)
		if _, _, err := v.Write(context.Background(), truce.Picture{}, all(rows)); err != nil {
			t.Fatal(err)
		}
		want := map[truce.Digest]bool{}
		everywhere, nowhere := 0, q
		nowhere.Box, nowhere.Boxes = nil, nil // marks are those of a tile
		for i := range rows {
			if q.Matches(&rows[i]) {
				want[rows[i].ID] = true
			}
			if _, ok := rows[i].Place.Position(); ok && nowhere.Matches(&rows[i]) {
				everywhere++
			}
		}
		got, total, err := v.Incidents(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if total != len(want) || len(got) != total {
			t.Fatalf("%d rows, total %d, want %d", len(got), total, len(want))
		}
		for i := range got {
			if !want[got[i].ID] {
				t.Errorf("%s was not asked for", got[i].ID)
			}
			if i > 0 && q.Order == truce.Earliest && got[i-1].Occurred.Start > got[i].Occurred.Start {
				t.Errorf("not in order at %d", i)
			}
		}
		sameEverywhere(t, v, list(all(rows)), q)
		q.Limit, q.Offset = rapid.IntRange(0, 9).Draw(t, "limit"), rapid.IntRange(-1, 9).Draw(t, "offset")
		sameEverywhere(t, v, list(all(rows)), q)
		q.Limit, q.Offset = 1000, 0
		// Each incident is in one tile of a zoom, whatever the tiles show it as.
		for _, z := range []uint8{0, 1, 3} {
			for _, most := range []int{0, 3, 1000} {
				sum := 0
				for x := range uint32(1) << z {
					for y := range uint32(1) << z {
						marks, err := v.Marks(context.Background(), q, truce.Tile{Z: z, X: x, Y: y}, most)
						if err != nil {
							t.Fatal(err)
						}
						for _, m := range marks {
							sum += m.N
							if b := (truce.Tile{Z: z, X: x, Y: y}).Box(); !b.Holds(m.Point) || !m.In.Box().Holds(m.Point) {
								t.Errorf("a mark at %s is not in tile %d/%d/%d", m.Point, z, x, y)
							}
						}
					}
				}
				if sum != everywhere {
					t.Errorf("marks at zoom %d, at most %d for themselves, stand for %d incidents, want %d", z, most, sum, everywhere)
				}
			}
		}
	})
}

// list is a Source.
type list []release.Row

func (l list) Picture() truce.Picture { return truce.Picture{} }

func (l list) Rows(truce.Interval) iter.Seq[*release.Row] {
	return func(yield func(*release.Row) bool) {
		for i := range l {
			if !yield(&l[i]) {
				return
			}
		}
	}
}

func (l list) Row(id truce.Digest) (r release.Row, ok bool) {
	i := slices.IndexFunc(l, func(r release.Row) bool { return r.ID == id })
	if i < 0 {
		return r, false
	}
	return l[i], true
}

// answers are what there is to a query, as text.
func answers(t *rapid.T, x truce.Rows, q truce.Query) string {
	ctx := context.Background()
	rows, n, err := x.Incidents(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprintln(rows, n)
	for _, most := range []int{0, 3, 1000} {
		for _, tile := range []truce.Tile{{}, {Z: 4, X: 9, Y: 5}} {
			marks, err := x.Marks(ctx, q, tile, most)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range marks {
				out += fmt.Sprintln(m.Point, m.N, m.Leads, m.Row, m.In)
			}
		}
	}
	regions, err := x.Regions(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	return out + fmt.Sprintln(regions)
}

// sameEverywhere holds what columns answer against what SQLite does, and both against a
// look at each row.
func sameEverywhere(t *rapid.T, v *View, rows list, q truce.Query) {
	columns := v.columns
	fast := answers(t, v, q)
	v.columns = nil
	slow := answers(t, v, q)
	v.columns = columns
	if fast != slow {
		t.Fatalf("%+v: columns say\n%s, SQLite\n%s", q, fast, slow)
	}
	if plain := answers(t, NewScan(rows, v.now), q); plain != slow {
		t.Fatalf("%+v: a look at each says\n%s, SQLite\n%s", q, plain, slow)
	}
}

// TestScan: what an audience is not shown yet, or at all, is in no answer of a scan
// either, and text is found as the index finds it.
func TestScan(t *testing.T) {
	v := opened(t, "", truce.ForPublic)
	defer v.Close()
	rapid.Check(t, func(t *rapid.T) {
		rules := truce.PublicRelease{BlurM: 1000, Delay: 50 * time.Hour, Hold: []truce.Act{"presence"}}
		rows := anyRows(t)
		for i := range rows {
			rows[i].What = rapid.StringOfN(rapid.SampledFrom([]rune("aAeéÉǟİıſßẞςΣµйЙїё7²½-_ '\u0301\u0328\u0335")), 0, 12, -1).Draw(t, "what")
		}
		list := list(shown(rules, rows))
		if _, _, err := v.Write(context.Background(), truce.Picture{}, list); err != nil {
			t.Fatal(err)
		}
		q := anyQuery(t)
		sameEverywhere(t, v, list, q)
		q.Text = rapid.SampledFrom([]string{"e", "é7", "Й", "viina post", "poltava", "µ", "ς", "ss", "ß", "i", "undeterm", "a -", "\u0301e", strings.Repeat("a ", 20) + "7", "\"", "*"}).Draw(t, "text")
		sameEverywhere(t, v, list, q)
		for i := range list {
			a, aok, aerr := v.Row(context.Background(), list[i].ID)
			b, bok, berr := NewScan(list, clock).Row(context.Background(), list[i].ID)
			if aok != bok || aerr != nil || berr != nil || fmt.Sprint(a) != fmt.Sprint(b) {
				t.Fatalf("row %v: %v, %v, a scan %v, %v", list[i].ID, a, aok, b, bok)
			}
		}
	})
}

// TestTokens: each letter of the scripts that reports are written in is found as SQLite's
// own tokenizer finds it.
func TestTokens(t *testing.T) {
	v := opened(t, "", truce.ForMission)
	defer v.Close()
	if _, err := v.db.Exec(`CREATE VIRTUAL TABLE one USING fts5 (text, tokenize="unicode61 remove_diacritics 2"); CREATE VIRTUAL TABLE token USING fts5vocab (one, instance)`); err != nil {
		t.Fatal(err)
	}
	const newer = "ͿԨԪԬԮ" // than SQLite's tables; and two that these forget
	for r := rune(' '); r < 0x580; r++ {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z) || strings.ContainsRune(newer+"Ǡǡ", r) {
			continue
		}
		text := "x" + string(r) + "y"
		if _, err := v.db.Exec(`DELETE FROM one; INSERT INTO one VALUES (?)`, text); err != nil {
			t.Fatal(err)
		}
		rows, err := v.db.Query(`SELECT term FROM token ORDER BY offset`)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			want = append(want, s)
		}
		rows.Close()
		if got := tokens(text); !slices.Equal(got, want) {
			t.Errorf("%U %q: %q, want %q", r, string(r), got, want)
		}
	}
}

// TestGrown is the law of a cache: a cache that was brought up to date equals a rebuilt
// one, even if it was closed in between.
func TestGrown(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		name := filepath.Join(dir, fmt.Sprint(n), "view.sqlite")
		rules := truce.PublicRelease{BlurM: 1000, Delay: 5 * time.Hour, Hold: []truce.Act{"presence"}}
		grown := opened(t, name, truce.ForPublic)
		var last []truce.Row
		for range 3 {
			last = anyRows(t)
			if _, _, err := grown.Write(context.Background(), truce.Picture{Size: 7}, shown(rules, last)); err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "reopen") {
				grown.Close()
				grown = opened(t, name, truce.ForPublic)
			}
		}
		fresh := opened(t, "", truce.ForPublic)
		defer fresh.Close()
		defer grown.Close()
		if _, _, err := fresh.Write(context.Background(), truce.Picture{Size: 7}, shown(rules, last)); err != nil {
			t.Fatal(err)
		}
		if added, changed, err := grown.Write(context.Background(), truce.Picture{Size: 7}, shown(rules, last)); err != nil || added+changed > 0 {
			t.Errorf("the same rows again: %d added, %d changed, %v", added, changed, err)
		}
		q := truce.Query{Limit: 100, Signs: true}
		a, _, err := grown.Incidents(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		b, _, err := fresh.Incidents(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("grown: %v\nrebuilt: %v", a, b)
		}
		if grown.Picture() != fresh.Picture() {
			t.Errorf("grown: %+v\nrebuilt: %+v", grown.Picture(), fresh.Picture())
		}
	})
}

func TestSearch(t *testing.T) {
	v := opened(t, "", truce.ForMission)
	defer v.Close()
	row := truce.Row{ID: truce.DigestOf("a"), What: "strike, one way uav", Region: "Запорізька область", Act: "strike", Place: truce.Place{Kind: truce.PlacePoint, Settlement: "Оріхів"}}
	if _, _, err := v.Write(context.Background(), truce.Picture{}, all([]truce.Row{row})); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text string
		want int
	}{
		{"strike", 1}, {"STRI", 1}, {"запорізь", 1}, {"оріхів uav", 1}, {"strike mortar", 0}, {"", 1},
		{`" OR text : *`, 0}, {`NOT strike`, 0}, {`strike")`, 1}, {"'; DROP TABLE incident; --", 0}, {row.ID.Hex()[:8], 1}, {strings.Repeat("strike ", 200), 1},
	} {
		if _, got, err := v.Incidents(context.Background(), truce.Query{Text: tt.text}); err != nil || got != tt.want {
			t.Errorf("%q: %d, %v; want %d", tt.text, got, err, tt.want)
		}
	}
}

// TestMadeAnew: a damaged file, or one for another audience, is rebuilt.
func TestMadeAnew(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a b?c%.sqlite")
	v := opened(t, name, truce.ForMission)
	if _, _, err := v.Write(context.Background(), truce.Picture{Size: 9}, all([]truce.Row{{ID: truce.DigestOf("a"), Act: "strike"}})); err != nil {
		t.Fatal(err)
	}
	v.Close()
	v = opened(t, name, truce.ForPublic)
	if got := v.Picture(); got.Size != 0 {
		t.Errorf("the public's picture begins with the mission's: %+v", got)
	}
	v.Close()
}

// TestNoOracle: no box, however narrow, and no words find the true position of what is
// blurred, and nothing finds what is held or delayed; each is counted.
func TestNoOracle(t *testing.T) {
	v := opened(t, "", truce.ForPublic)
	defer v.Close()
	ctx, at := context.Background(), geo.Point{Lat: 480123456, Lon: 378765432}
	to := release.Viewer{To: truce.ForPublic, Rules: truce.PublicRelease{BlurM: 2000, Delay: time.Hour, Hold: []truce.Act{"presence"}}}
	var rows []release.Row
	for i, x := range []struct {
		act   truce.Act
		known truce.Instant
	}{{"strike", now - 2*3_600_000}, {"presence", now - 2*3_600_000}, {"shot", now - 3_600_000 + 1}} {
		r := truce.Row{ID: truce.DigestOf("row", fmt.Sprint(i)), Act: x.act, What: string(x.act), Known: x.known, Region: "Donetsk Oblast", Sources: []truce.SourceID{truce.SourceID(fmt.Sprint("post-", i))},
			Occurred: truce.Interval{Start: now - 7_200_000, End: now - 7_100_000}, Place: truce.Place{Kind: truce.PlacePoint, Point: at, Uncertainty: 10, Settlement: "Hrabove"}}
		rows = append(rows, to.Row(r, to.Observation(x.known, x.act, &r.Place), func(*truce.Place) string { return "elsewhere" }))
	}
	if _, _, err := v.Write(ctx, truce.Picture{}, rows); err != nil {
		t.Fatal(err)
	}
	narrow := &truce.Box{West: at.Lon - 10, East: at.Lon + 10, South: at.Lat - 10, North: at.Lat + 10}
	around := &truce.Box{West: at.Lon - 1_000_000, East: at.Lon + 1_000_000, South: at.Lat - 1_000_000, North: at.Lat + 1_000_000}
	for _, tt := range []struct {
		name string
		q    truce.Query
		want int
	}{
		{"everything", truce.Query{}, 1},
		{"with signs", truce.Query{Signs: true}, 1},
		{"a narrow box", truce.Query{Box: narrow}, 0},
		{"a wide box", truce.Query{Box: around}, 1},
		{"its true region", truce.Query{Region: "Donetsk Oblast"}, 0},
		{"the region of its wider place", truce.Query{Region: "elsewhere"}, 1},
		{"words of its settlement", truce.Query{Text: "Hrabove"}, 0},
		{"words of its true region", truce.Query{Text: "Donetsk"}, 0},
		{"words of what is held", truce.Query{Text: "presence"}, 0},
		{"the first digits of what is held", truce.Query{Text: rows[1].ID.Hex()[:8]}, 0},
		{"the source of what is held", truce.Query{Source: "post-1"}, 0},
		{"the act of what is held", truce.Query{Act: "presence"}, 0},
		{"words of what is delayed", truce.Query{Text: "shot"}, 0},
		{"the source of what is delayed", truce.Query{Source: "post-2"}, 0},
		{"the act of what is delayed", truce.Query{Act: "fire"}, 0},
	} {
		if _, n, err := v.Incidents(ctx, tt.q); err != nil || n != tt.want {
			t.Errorf("%s: found %d, want %d, %v", tt.name, n, tt.want, err)
		}
	}
	for i, want := range []bool{true, false, false} {
		got, ok, err := v.Row(ctx, rows[i].ID)
		if err != nil || ok != want || ok && (got.Place.Point == at || !got.Blurred) {
			t.Errorf("%d: %+v, %v, %v", i, got, ok, err)
		}
	}
	if by, err := v.Regions(ctx, truce.Query{}); err != nil || !maps.Equal(by, map[string]int{"elsewhere": 1}) {
		t.Errorf("by region: %v, %v", by, err)
	}
	if p := v.Picture(); p.Held != 1 || p.Delayed != 1 || p.Total != 2 {
		t.Errorf("%+v", p)
	}
}

func BenchmarkWrite(b *testing.B) {
	rows := all(many(10_000))
	for b.Loop() {
		v := opened(b, "", truce.ForMission)
		if _, _, err := v.Write(context.Background(), truce.Picture{}, rows); err != nil {
			b.Fatal(err)
		}
		v.Close()
	}
}

func BenchmarkMarks(b *testing.B) {
	v := opened(b, "", truce.ForMission)
	defer v.Close()
	if _, _, err := v.Write(context.Background(), truce.Picture{}, all(many(100_000))); err != nil {
		b.Fatal(err)
	}
	for _, bb := range []struct {
		name string
		tile truce.Tile
	}{
		{"country", truce.Tile{Z: 4, X: 9, Y: 5}},
		{"town", truce.TileOf(geo.Point{Lat: 480000000, Lon: 300000000}, 12)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := v.Marks(context.Background(), truce.Query{}, bb.tile, 500); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// many rows, spread evenly.
func many(n int) []truce.Row {
	rows := make([]truce.Row, n)
	for i := range rows {
		rows[i] = truce.Row{ID: truce.DigestOf("row", fmt.Sprint(i)), Act: "strike", What: "strike", Region: "Poltava Oblast", Sources: []truce.SourceID{"viina"},
			Occurred: truce.Interval{Start: now - truce.Instant(i)*60_000, End: now - truce.Instant(i)*60_000 + 1000}, Known: now,
			Place:    truce.Place{Kind: truce.PlacePoint, Point: geo.Point{Lat: 440000000 + int32(i*7919%83000000), Lon: 221000000 + int32(i*104729%181000000)}, Uncertainty: 500},
			Findings: []truce.ShortFinding{{Article: "1", Outcome: truce.Uncorroborated, Standing: truce.SingleSource}}}
	}
	return rows
}

// TestChange: what is written piece by piece is what is written at once: rows,
// and what is held, blurred and shown later.
func TestChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := truce.PublicRelease{Delay: 30 * time.Hour, BlurM: 5000, Hold: []truce.Act{"presence"}}
		v, whole := opened(t, "", truce.ForPublic), opened(t, "", truce.ForPublic)
		defer v.Close()
		defer whole.Close()
		there := map[truce.Digest]truce.Row{}
		for _, r := range anyRows(t) {
			there[r.ID] = r
		}
		ctx := context.Background()
		at := now
		v.now = func() truce.Instant { return at }
		whole.now = v.now
		if _, _, err := v.Write(ctx, truce.Picture{}, shown(rules, slices.Collect(maps.Values(there)))); err != nil {
			t.Fatal(err)
		}
		// What is counted for a map is kept up, and what is shown later comes to it.
		again := truce.Query{Limit: 1000, Signs: rapid.Bool().Draw(t, "signs again"), Act: rapid.SampledFrom([]truce.Act{"", "attack"}).Draw(t, "act again")}
		again.Box = &truce.Box{West: 220000000, South: 440000000, East: 390000000, North: 520000000}
		for range rapid.IntRange(1, 4).Draw(t, "steps") {
			at += truce.Instant(rapid.IntRange(0, 20).Draw(t, "hours")) * 3_600_000
			sameEverywhere(t, v, shown(rules, slices.Collect(maps.Values(there))), again)
			rows := anyRows(t)
			var gone []truce.Digest
			for id := range there {
				if id[0]%5 == 0 && !slices.ContainsFunc(rows, func(r truce.Row) bool { return r.ID == id }) {
					gone = append(gone, id)
					delete(there, id)
				}
			}
			for _, r := range rows {
				there[r.ID] = r
			}
			if _, _, err := v.Change(ctx, truce.Picture{}, shown(rules, rows), gone); err != nil {
				t.Fatal(err)
			}
			if _, _, err := whole.Write(ctx, truce.Picture{}, shown(rules, slices.Collect(maps.Values(there)))); err != nil {
				t.Fatal(err)
			}
			if got, want := v.Picture(), whole.Picture(); got != want {
				t.Fatalf("picture %+v, want %+v", got, want)
			}
			for _, q := range []truce.Query{{Limit: 1000, Signs: true, Order: truce.Earliest}, anyQuery(t)} {
				got, n, err := v.Incidents(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				want, m, err := whole.Incidents(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				sameEverywhere(t, v, shown(rules, slices.Collect(maps.Values(there))), q)
				sameEverywhere(t, v, shown(rules, slices.Collect(maps.Values(there))), again)
				if n != m || fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("%d incidents %v\nwant %d %v", n, got, m, want)
				}
			}
		}
	})
}

// TestGuard: what panics in a goroutine of its own is an error for whoever waits.
func TestGuard(t *testing.T) {
	var work errgroup.Group
	work.Go(Guard(func() error { panic("an odd row") }))
	work.Go(Guard(func() error { return nil }))
	if err := work.Wait(); err == nil || !strings.Contains(err.Error(), "an odd row") || !strings.Contains(err.Error(), "TestGuard") {
		t.Errorf("the error names neither what nor where: %v", err)
	}
}
