package situation_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// The tests named TestMeaning state what follows from items, worked out by hand from
// the description of the format: laws compare our code with our code.

func opts() situation.Options {
	return situation.Options{Region: gazetteer.Region}
}

// said reads one entry in the words of scenarios, known at a moment and signed by a party
// (empty: by the mission).
func said(t *testing.T, a *truce.Agreement, by truce.PartyID, known, text string) truce.Item {
	t.Helper()
	r, err := scenario.ParseEntry(a, text, opts())
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	r.Known, r.Speaker = instant(t, known), by
	return r
}

func instant(t *testing.T, s string) truce.Instant {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return truce.InstantOf(at)
}

// inline runs a scenario under an agreement and reports what does not hold.
func inline(t *testing.T, a *truce.Agreement, name, text string) {
	t.Helper()
	run := scenario.Run(name, strings.NewReader(strings.ReplaceAll(text, "\t", "")), a, nil, opts())
	for _, x := range run.Faults {
		t.Error(x)
	}
	for _, x := range run.Failures {
		t.Error(x)
	}
	if run.Held == 0 {
		t.Errorf("%s states nothing", name)
	}
}

// flat writes an agreement with a box of one degree on the equator.
func flat(t *testing.T, rest string, files map[string]string) *truce.Agreement {
	t.Helper()
	fsys := fstest.MapFS{"zones/box.geojson": {Data: []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[10,0],[11,0],[11,1],[10,1],[10,0]]]}}]}`)}}
	zones := "box: zones/box.geojson"
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fsys[name] = &fstest.MapFile{Data: []byte(files[name])}
		if zone, ok := strings.CutPrefix(strings.TrimSuffix(name, ".geojson"), "zones/"); ok {
			zones += ", " + zone + ": " + name
		}
	}
	fsys["agreement.yaml"] = &fstest.MapFile{Data: []byte("truce: 1\nid: meaning\ntitle: Terms to state meanings with\nstatus: rehearsal\ntimezone: UTC\nparties: [{id: A, name: Party A}, {id: B, name: Party B}]\nzones: {" + zones + "}\n" +
		"sources: [{id: post-1, publisher: mission}, {id: wire, publisher: Wire}, {id: mod-a, publisher: Ministry of A, party: A}]\n" + rest)}
	if strings.Contains(rest, "places: [ukraine]") {
		for _, name := range []string{"package.json", "regions.geojson.gz", "settlements.tsv.gz"} {
			text, err := os.ReadFile("../../agreements/ukraine-air-first/places/ukraine/" + name)
			if err != nil {
				t.Fatal(err)
			}
			fsys["places/ukraine/"+name] = &fstest.MapFile{Data: text}
		}
	}
	a, probs := agreement.Read(fsys)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return a
}

const strikes = "phases: [{id: p, from: 2026-03-01, to: 2026-04-01}]\nprovisions:\n  - {article: \"1\", phase: p, binds: [A, B], text: No strike., prohibit: {acts: [strike], in: [box]}, floor: {evidence: single-source}, clocks: {reply: 24h}}\n" +
	"  - {article: \"2\", phase: p, binds: [A, B], text: No explosion., prohibit: {acts: [explosion], in: [box]}, floor: {evidence: single-source}, exceptions: [{id: demining, acts: [explosion], in: [box], notified: 24h}]}\n"

// TestMeaningTakenBack: "a party takes back what it said itself, and what the mission
// wrote down for it"; nobody takes back another's word, of whatever kind it is. Each row
// is one word, who may take it back, and what an article says with it and without.
func TestMeaningTakenBack(t *testing.T) {
	a := flat(t, strikes, nil)
	const early, later, now = "2026-03-04T00:00:00Z", "2026-03-05T20:00:00Z", "2026-03-06T09:00:00Z"
	const strike = "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire"
	const blast = "observe o explosion 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=mine source=wire"
	day := truce.Interval{Start: instant(t, "2026-03-05T00:00:00Z"), End: instant(t, "2026-03-06T00:00:00Z")}
	observed := said(t, a, "", later, strike)
	to := func(party truce.PartyID) truce.Item {
		return truce.Item{Known: instant(t, later), Speaker: party, Response: &truce.Response{ID: truce.DigestOf("r", string(party)), Key: "r", By: party, To: observed.Observation.ID}}
	}
	by := func(party truce.PartyID, text string) truce.Item { return said(t, a, party, early, text) }
	for _, tt := range []struct {
		name           string
		article        truce.Article
		with           []truce.Item // beside the word
		word           truce.Item
		may            []truce.PartyID // who takes it back; empty: the mission
		stays, without truce.Outcome
	}{
		{"A's claim", "1", nil, by("A", "allege c by A strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile"), []truce.PartyID{"A"}, truce.AllegedOnly, truce.UndeterminedNoCoverage},
		{"A's claim as the mission wrote it down", "1", nil, by("", "allege c by A strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile"), []truce.PartyID{"A", ""}, truce.AllegedOnly, truce.UndeterminedNoCoverage},
		{"what the mission saw", "1", nil, said(t, a, "", early, strike), []truce.PartyID{""}, truce.ApparentViolation, truce.UndeterminedNoCoverage},
		{"A's total", "1", nil, by("A", "tally c by A strike 2026-03-05 region:box weapon=missile count=3"), []truce.PartyID{"A"}, truce.AllegedOnly, truce.UndeterminedNoCoverage},
		{"A's statement of none", "1", nil, by("A", "tally c by A strike 2026-03-05 region:box weapon=missile count=0"), []truce.PartyID{"A"}, truce.NoneAlleged, truce.UndeterminedNoCoverage},
		{"A's own looking", "1", nil, by("A", "cover c strike box 2026-03-05 source=mod-a"), []truce.PartyID{"A"}, truce.NoneAlleged, truce.UndeterminedNoCoverage},
		{"the mission's looking", "1", nil, by("", "cover c patrol box 2026-03-05 source=post-1"), []truce.PartyID{""}, truce.Held, truce.UndeterminedNoCoverage},
		{"A's restriction", "1", []truce.Item{by("", "cover c patrol box 2026-03-05 source=post-1")}, by("A", "restrict r by A 2026-03-05"), []truce.PartyID{"A"}, truce.UndeterminedNoCoverage, truce.Held},
		{"A's reply", "1", []truce.Item{observed}, to("A"), []truce.PartyID{"A"}, truce.ApparentViolation, truce.AwaitingResponse},
		{"A's notification", "2", []truce.Item{said(t, a, "", later, blast)}, by("A", "notify n by A 2026-03-05T08:00/12:00Z zone:box"), []truce.PartyID{"A"}, truce.Excepted, truce.ApparentViolation},
	} {
		for _, taker := range []truce.PartyID{"", "A", "B"} {
			name := taker
			if name == "" {
				name = "the mission"
			}
			want := tt.stays
			for _, m := range tt.may {
				if m == taker {
					want = tt.without
				}
			}
			items := append(append([]truce.Item{}, tt.with...), tt.word,
				truce.Item{Known: instant(t, now), Speaker: taker, Withdrawal: &truce.Withdrawal{Of: tt.word.ID(), By: taker}})
			got := outcome(t, situation.Build(a, items, instant(t, now), opts()), tt.article, day)
			if got != want {
				t.Errorf("%s is withdrawn by %s: %s, want %s", tt.name, name, got, want)
			}
		}
		if got := outcome(t, situation.Build(a, append(append([]truce.Item{}, tt.with...), tt.word), instant(t, now), opts()), tt.article, day); got != tt.stays {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.stays)
		}
	}
	// Replaced: what takes the place of another's word stands beside it, and what takes that
	// of one's own instead of it.
	claim := "allege %s by %s strike 2026-03-05T10:00/10:10Z %s ±100m weapon=missile"
	for _, tt := range []struct {
		by   truce.PartyID
		want int // claims that are left
	}{{"B", 2}, {"A", 1}} {
		was := by("A", fmt.Sprintf(claim, "c", "A", "0.5N 10.5E"))
		is := said(t, a, tt.by, later, fmt.Sprintf(claim, "d", string(tt.by), "0.9N 10.9E"))
		is.Replaces = was.ID()
		n := 0
		for range situation.Build(a, []truce.Item{was, is}, instant(t, now), opts()).Observations() {
			n++
		}
		if n != tt.want {
			t.Errorf("%s replaces A's claim: %d claims, want %d", tt.by, n, tt.want)
		}
	}
}

// outcome is what an article says over v, of the finding of o where one is awaited or
// excepted.
func outcome(t *testing.T, s *situation.Situation, art truce.Article, v truce.Interval) truce.Outcome {
	t.Helper()
	for _, inc := range s.Incidents() {
		if !inc.Alleged() {
			a, err := s.Assess(situation.Query{Article: art, Of: inc.ID})
			if err != nil {
				t.Fatal(err)
			}
			return a.Outcome
		}
	}
	a, err := s.Assess(situation.Query{Article: art, During: v})
	if err != nil {
		t.Fatal(err)
	}
	return a.Outcome
}

// TestMeaningPhasesDecided: terminate lengthens nothing, extend shortens nothing. The phase
// is that of March.
func TestMeaningPhasesDecided(t *testing.T) {
	a := flat(t, strikes, nil)
	const in, out = "uncorroborated", "out-of-scope"
	for _, tt := range []struct {
		name, decided                    string
		march5, march31, april5, april20 string // outcomes of strikes on those days
	}{
		{"nothing decided", "", in, in, out, out},
		{"terminated on 10 March", "decide terminate p from=2026-03-10 because=\"x\"", in, out, out, out},
		{"terminated after its end", "decide terminate p from=2026-04-15 because=\"x\"", in, in, out, out},
		{"terminated before its beginning", "decide terminate p from=2026-02-01 because=\"x\"", out, out, out, out},
		{"terminated, and again later", "decide terminate p from=2026-03-10 because=\"x\"\ndecide terminate p from=2026-04-15 because=\"y\"", in, out, out, out},
		{"terminated, and again earlier", "decide terminate p from=2026-03-10 because=\"x\"\ndecide terminate p from=2026-03-02 because=\"y\"", out, out, out, out},
		{"extended to 10 April", "decide extend p from=2026-04-01 to=2026-04-10 because=\"x\"", in, in, in, out},
		{"extended to less than its end", "decide extend p from=2026-03-10 to=2026-03-20 because=\"x\"", in, in, out, out},
		{"extended without an end", "decide extend p from=2026-04-01 because=\"x\"", in, in, in, in},
		{"extended for a week from its end", "decide extend p from=2026-03-20 for=P7D because=\"x\"", in, in, in, out},
		{"extended after a gap", "decide extend p from=2026-04-15 to=2026-04-30 because=\"x\"", in, in, out, in},
		{"extended after a gap, and terminated in the gap", "decide extend p from=2026-04-15 to=2026-04-30 because=\"x\"\ndecide terminate p from=2026-04-10 because=\"y\"", in, in, out, out},
		{"terminated, and extended from then on", "decide terminate p from=2026-03-10 because=\"x\"\ndecide extend p from=2026-03-10 to=2026-04-10 because=\"y\"", in, in, in, out},
		{"extended, and then terminated before its first end", "decide extend p from=2026-04-01 to=2026-04-30 because=\"x\"\ndecide terminate p from=2026-03-31 because=\"y\"", in, out, out, out},
	} {
		text := tt.decided + "\n"
		for day, want := range map[string]string{"2026-03-05": tt.march5, "2026-03-31": tt.march31, "2026-04-05": tt.april5, "2026-04-20": tt.april20} {
			if want == in {
				want = "apparent-violation"
			}
			text += fmt.Sprintf("observe o%s strike %sT10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire\nassess 1 %s of o%s\n", day, day, want, day)
		}
		inline(t, a, tt.name, text)
	}
}

// TestMeaningWithheld: silence says nothing where some of what is known is not held here:
// "none alleged", "held" and "no coverage" become undetermined(withheld); what was found
// stays what it is.
func TestMeaningWithheld(t *testing.T) {
	a := flat(t, strikes+"  - {article: \"q\", phase: p, binds: [A, B], text: Two quiet days., quiet: {days: 2, acts: [strike], in: box, coverage: 0.5}}\n", nil)
	const known, now = "2026-03-07T00:00:00Z", "2026-03-08T00:00:00Z"
	day := truce.Interval{Start: instant(t, "2026-03-05T00:00:00Z"), End: instant(t, "2026-03-07T00:00:00Z")}
	for _, tt := range []struct {
		name    string
		article truce.Article
		entry   string
		alone   truce.Outcome // with everything at hand
		want    truce.Outcome // with some of it withheld
	}{
		{"nobody looked", "1", "", truce.UndeterminedNoCoverage, truce.UndeterminedWithheld},
		{"a party alleges none", "1", "tally c by A strike 2026-03-05 region:box weapon=missile count=0", truce.NoneAlleged, truce.UndeterminedWithheld},
		{"somebody looked", "1", "cover c patrol box 2026-03-01/2026-03-08 source=post-1", truce.Held, truce.UndeterminedWithheld},
		{"a condition is met", "q", "cover c patrol box 2026-03-01/2026-03-08 source=post-1", truce.Fulfilled, truce.UndeterminedWithheld},
		{"a condition is not met", "q", "", truce.NotYetDue, truce.NotYetDue},
		{"a claim", "1", "allege c by A strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile", truce.AllegedOnly, truce.AllegedOnly},
		{"an apparent violation, whose reply clock has just ended", "1", "observe c strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire", truce.ApparentViolation, truce.ApparentViolation},
		{"something unknown", "1", "observe c attack 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m source=wire", truce.UndeterminedFact, truce.UndeterminedFact},
	} {
		var items []truce.Item
		if tt.entry != "" {
			items = append(items, said(t, a, "", known, tt.entry))
		}
		for _, x := range []struct {
			how      string
			withheld []situation.Withheld
			want     truce.Outcome
		}{
			{"nothing is withheld", nil, tt.alone},
			{"one input is withheld", []situation.Withheld{{Known: instant(t, known)}}, tt.want},
			{"what is withheld becomes known at this moment", []situation.Withheld{{Known: instant(t, now)}}, tt.want},
			{"what is withheld becomes known later", []situation.Withheld{{Known: instant(t, now) + 1}}, tt.alone},
		} {
			o := opts()
			o.Withheld = x.withheld
			s := situation.Build(a, items, instant(t, now), o)
			got, err := s.Assess(situation.Query{Article: tt.article, During: day})
			if err != nil {
				t.Fatal(err)
			}
			if got.Outcome != x.want {
				t.Errorf("%s, and %s: %s, want %s", tt.name, x.how, got.Outcome, x.want)
			}
		}
	}
}

// TestMeaningClaimsCount: "incidents: distinct incidents that are apparent violations,
// uncorroborated, undetermined or decided, allegations alone left out; signs: without
// allegations, tallies, pixels, alerts".
func TestMeaningClaimsCount(t *testing.T) {
	a := flat(t, strikes, nil)
	const claim = "allege c by A strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile killed=9 count=4\n"
	const seen = "observe o strike 2026-03-05T10:01/10:11Z 0.5N 10.5E ±100m weapon=missile killed=1 source=wire\n"
	for name, text := range map[string]string{
		"a claim is not an incident, a sign or a harm": claim + `
			assess 1 alleged-only of c
			incidents 1
			count 1 signs=0 incidents=0 violations=0 killed=0`,
		"a claim that cannot be told is none": `
			allege c by A attack 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m killed=9
			assess 1 undetermined(missing-fact) alleged of c
			count 1 signs=0 incidents=0 killed=0`,
		"a claim beside an observation adds nothing": claim + seen + `
			incident c o
			count 1 signs=1 incidents=1 killed=1`,
		"two claims of two parties": claim + `
			allege d by B strike 2026-03-06T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile killed=9
			count 1 signs=0 incidents=0 killed=0`,
		"a party's own source claims, whatever the word": `
			observe c strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile killed=9 source=mod-a
			assess 1 alleged-only alleged of c
			count 1 signs=0 incidents=0 killed=0`,
		"a claim that a person confirmed is an incident and a violation": claim + `
			decide confirm c article=1 because="seen"
			count 1 incidents=1 violations=1`,
		"a claim that a person verified is an apparent violation, and no claim alone": claim + `
			decide verify c because="a patrol saw it"
			assess 1 apparent-violation verified of c
			count 1 incidents=1 violations=0
			count 1 incidents=1 during 2026-03-05`,
		"and one that a person found to be unverifiable is a claim": claim + `
			decide unverifiable c because="nobody may go there"
			count 1 incidents=0 violations=0`,
		"an observation, a total of it and a pixel": seen + `
			tally t by wire strike 2026-03-05 region:box weapon=missile count=8
			observe p fire-pixel 2026-03-05T10:05/10:06Z 0.5N 10.5E ±188m source=post-1
			count 1 signs=1 incidents=1 killed=1`,
	} {
		inline(t, a, name, text)
	}
}

// TestMeaningDigest: whoever computed other standings, depths or areas has another digest.
func TestMeaningDigest(t *testing.T) {
	a := flat(t, strikes, nil)
	const at, now = "2026-03-05T12:00:00Z", "2026-03-20T00:00:00Z"
	strike := said(t, a, "", at, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire")
	decided := func(kind truce.DecisionKind) truce.Item {
		return truce.Item{Known: instant(t, at), Decision: &truce.Decision{ID: truce.DigestOf(string(kind)), Kind: kind, Seq: 1, Of: []truce.Digest{strike.ID()}, Because: "x"}}
	}
	build := func(a *truce.Agreement, items ...truce.Item) *situation.Situation {
		return situation.Build(a, items, instant(t, now), opts())
	}
	of := func(s *situation.Situation) truce.Assessment {
		out, err := s.Assess(situation.Query{Article: "1", Of: strike.ID()})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	plain, verified := build(a, strike), build(a, strike, decided(truce.Verify))
	if x, y := of(plain), of(verified); x.Outcome != y.Outcome || x.Standing == y.Standing {
		t.Fatalf("%s %s and %s %s: the standing alone must differ", x.Outcome, x.Standing, y.Outcome, y.Standing)
	}
	if plain.Digest() == verified.Digest() || plain.EarlierDigest() == verified.EarlierDigest() {
		t.Error("the standing is not in the digest")
	}
	if again := build(a, strike); again.Digest() != plain.Digest() {
		t.Error("the same gives another digest")
	}
	// An advance of A beyond the meridian of 10.5E, of one depth and then another, and of one
	// width and then another: 0.001 degree on the equator is 111.3 m.
	line := func(east, north string) *truce.Agreement {
		day := func(a, b string) string {
			return `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"kind":"control","party":"A"},"geometry":{"type":"Polygon","coordinates":[[[10,0],[10.5,0],` + a + `[10.5,1],[10,1],[10,0]]]}},` +
				`{"type":"Feature","properties":{"kind":"control","party":"B"},"geometry":{"type":"Polygon","coordinates":[[` + b + `[11,0],[11,1],[10.5,1]` + `]]}}]}`
		}
		salient := fmt.Sprintf("[10.5,0.5],[%[1]s,0.5],[%[1]s,%[2]s],[10.5,%[2]s],", east, north)
		hollow := fmt.Sprintf("[10.5,1],[10.5,%[2]s],[%[1]s,%[2]s],[%[1]s,0.5],[10.5,0.5],[10.5,0],", east, north)
		return flat(t, "lines: {contact: {series: lines/contact, fixed: 2026-03-01}}\nphases: [{id: p, from: 2026-03-01}]\nprovisions:\n  - {article: \"1\", phase: p, binds: [A, B], text: Nobody advances., freeze: {line: contact, tolerance: 50 m}}\n",
			map[string]string{"lines/contact/2026-03-01.geojson": day("", "[10.5,1],[10.5,0],"), "lines/contact/2026-03-10.geojson": day(salient, hollow)})
	}
	type measured struct {
		depth, area int64
		digest      truce.Digest
	}
	measure := func(east, north string) measured {
		s := build(line(east, north))
		got, err := s.Assess(situation.Query{Article: "1"})
		if err != nil {
			t.Fatal(err)
		}
		if got.Outcome != truce.ApparentViolation {
			t.Fatalf("an advance to %s: %s", east, got.Outcome)
		}
		return measured{got.DepthM, got.AreaM2 / 10_000, s.Digest()}
	}
	// 0.001 degree deep and 0.0001 degree wide: 111 m x 11 m, less than a hectare; twice the
	// depth: 223 m x 11 m.
	shallow, deep := measure("10.501", "0.5001"), measure("10.502", "0.5001")
	if shallow.area != deep.area || shallow.depth == deep.depth {
		t.Fatalf("%+v and %+v: the depth alone must differ", shallow, deep)
	}
	if shallow.digest == deep.digest {
		t.Error("the depth is not in the digest")
	}
	// As deep and 0.01 degree wide: 12 ha.
	wide := measure("10.501", "0.51")
	if shallow.area == wide.area || shallow.depth != wide.depth {
		t.Fatalf("%+v and %+v: the area alone must differ", shallow, wide)
	}
	if shallow.digest == wide.digest {
		t.Error("the area is not in the digest")
	}
}
