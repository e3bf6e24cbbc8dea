package situation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/decide"
	"github.com/opentruce/truce/internal/situation"
)

// TestMeaningClocks: an article has the clocks that it names and no other, each from the
// moment at which the finding was first known, here by a second source.
func TestMeaningClocks(t *testing.T) {
	for _, tt := range []struct{ clocks, want string }{
		{"", ""}, {", clocks: {verify: 1h}", "verify 13:00"}, {", clocks: {reply: 2h}", "reply 14:00"}, {", clocks: {remedy: 3h}", "remedy 15:00"},
		{", clocks: {verify: 1h, reply: 2h, remedy: 3h}", "verify 13:00 reply 14:00 remedy 15:00"},
	} {
		a := flat(t, "phases: [{id: p, from: 2026-03-01}]\nprovisions:\n  - {article: \"1\", phase: p, binds: [A, B], text: No strike., prohibit: {acts: [strike], in: [box]}"+tt.clocks+"}\n", nil)
		x := said(t, a, "", "2026-03-05T11:00:00Z", "observe x strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire")
		y := said(t, a, "", "2026-03-05T12:00:00Z", "observe y strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=post-1")
		of := func(items ...truce.Item) string {
			s := situation.Build(a, items, instant(t, "2026-03-05T12:30:00Z"), opts())
			var got []string
			for _, c := range s.Clocks("1", s.IncidentOf(x.ID())) {
				got = append(got, c.Name+" "+c.Ends.Time().UTC().Format("15:04"))
			}
			if n := len(s.Running("1", s.IncidentOf(x.ID()))); n != len(got) {
				t.Errorf("%s: %d of %d run", tt.clocks, n, len(got))
			}
			return strings.Join(got, " ")
		}
		if got := of(x, y); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.clocks, got, tt.want)
		}
		if got := of(x); got != "" {
			t.Errorf("%s, uncorroborated: %q", tt.clocks, got)
		}
	}
	// A phase that is declared later: the finding exists from the declaration on, and so does
	// its clock of a day, though the strike was known two days before.
	a := flat(t, "phases: [{id: p, from: {event: signed}}]\nprovisions:\n  - {article: \"1\", phase: p, binds: [A, B], text: No strike., prohibit: {acts: [strike], in: [box]}, floor: {evidence: single-source}, clocks: {reply: 24h}}\n", nil)
	x := said(t, a, "", "2026-03-05T12:00:00Z", "observe x strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire")
	declared := truce.Item{Known: instant(t, "2026-03-07T12:00:00Z"), Decision: &truce.Decision{ID: truce.DigestOf("d"), Kind: truce.Declare, Name: "signed", From: instant(t, "2026-03-01T00:00:00Z"), Seq: 1, Because: "x"}}
	for _, tt := range []struct {
		now     string
		running int
	}{{"2026-03-05T13:00:00Z", 0}, {"2026-03-07T12:00:00Z", 1}, {"2026-03-08T11:59:59.999Z", 1}, {"2026-03-08T12:00:00Z", 0}} {
		s := situation.Build(a, []truce.Item{x, declared}, instant(t, tt.now), opts())
		if got := s.Running("1", s.IncidentOf(x.ID())); len(got) != tt.running {
			t.Errorf("declared on 7 March, at %s: %v, want %d", tt.now, got, tt.running)
		}
	}
}

// TestMeaningTimeOfEntries: asked of an entry that is neither an incident nor a total, an article
// answers for the entry's time; whose word an entry is, is told of observations and totals.
func TestMeaningTimeOfEntries(t *testing.T) {
	a := flat(t, strikes, nil)
	const known = "2026-03-06T00:00:00Z"
	strike := said(t, a, "", known, "observe x strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire")
	for _, tt := range []struct {
		text   string
		saidBy truce.PartyID
		quiet  bool // it is of a time without a strike
	}{
		{"observe y strike 2026-03-05T22:00/22:10Z 0.9N 10.9E ±100m weapon=missile source=mod-a", "A", false},
		{"allege y by B strike 2026-03-05T22:00/22:10Z 0.9N 10.9E ±100m weapon=missile", "B", false},
		{"tally y by A strike 2026-03-05 region:box weapon=missile count=3", "A", false},
		{"tally y by wire strike 2026-03-05 region:box weapon=missile count=3", "", false},
		{"cover y patrol box 2026-03-05 source=post-1 share=0", "", false},
		{"cover y patrol box 2026-03-07 source=post-1 share=0", "", true},
		{"notify y by A 2026-03-05", "", false},
		{"notify y by A 2026-03-07", "", true},
		{"respond y by A 2026-03-05", "", false},
		{"respond y by A 2026-03-07", "", true},
		{"restrict y by A 2026-03-05", "", false},
		{"restrict y by A 2026-03-07", "", true},
	} {
		y := said(t, a, "", known, tt.text)
		s := situation.Build(a, []truce.Item{strike, y}, instant(t, "2026-03-10T00:00:00Z"), opts())
		if got := s.SaidBy(y.ID()); got != tt.saidBy {
			t.Errorf("%s: the word of %q, want %q", tt.text, got, tt.saidBy)
		}
		if y.Observation != nil || y.Tally != nil {
			continue
		}
		want := truce.ApparentViolation
		if tt.quiet {
			want = truce.UndeterminedNoCoverage
		}
		if got, err := s.Assess(situation.Query{Article: "1", Of: y.ID()}); err != nil || got.Outcome != want {
			t.Errorf("%s: %s, want %s (%v)", tt.text, got.Outcome, want, err)
		}
		// The reasons of the incident that decides are those of the period.
		of, err := s.Assess(situation.Query{Article: "1", Of: strike.ID(), Reasons: true})
		if err != nil || len(of.Reasons) == 0 {
			t.Fatal(of, err)
		}
		got, err := s.Assess(situation.Query{Article: "1", Of: y.ID(), Reasons: true})
		if has := err == nil && strings.Contains(fmt.Sprint(got.Reasons), fmt.Sprint(of.Reasons[0])); has == tt.quiet {
			t.Errorf("%s: %v", tt.text, got.Reasons)
		}
	}
	s := situation.Build(a, []truce.Item{strike}, truce.Never, opts())
	if _, err := s.Assess(situation.Query{Article: "1", Of: truce.DigestOf("nothing")}); err == nil {
		t.Error("an entry that there is not was assessed")
	}
}

// TestMeaningReconcile: found is what lies wholly in the total's time, place, act, weapon
// and calibre, and by and against whom; what may be of it is counted beside it. The total is of seven strikes by
// missiles in the box on 5 March.
func TestMeaningReconcile(t *testing.T) {
	a := flat(t, strikes, nil)
	const known, now = "2026-03-06T00:00:00Z", "2026-03-10T00:00:00Z"
	const missiles, mortars = "tally t by wire strike 2026-03-05 region:box weapon=missile count=7", "tally t by wire strike 2026-03-05 region:box weapon=mortar calibre=120 count=7"
	// What A did to B, as one of them counts it: what others did is not of it.
	const ofA, onB = "tally t by wire strike 2026-03-05 region:box actor=A count=7", "tally t by wire strike 2026-03-05 region:box side=B count=7"
	for _, tt := range []struct {
		total, text  string
		found, maybe int64
	}{
		{missiles, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile count=2 source=wire", 2, 0},
		{missiles, "observe o strike 2026-03-05 0.5N 10.5E ±100m weapon=missile count=2 source=wire", 2, 0},
		{missiles, "observe o strike 2026-03-05T23:50/2026-03-06T00:10Z 0.5N 10.5E ±100m weapon=missile count=2 source=wire", 0, 2},
		{missiles, "observe o strike 2026-03-06T00:00/00:10Z 0.5N 10.5E ±100m weapon=missile count=2 source=wire", 0, 0},
		{missiles, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m count=2 source=wire", 0, 2},
		{missiles, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=mortar count=2 source=wire", 0, 0},
		{missiles, "observe o attack 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile count=2 source=wire", 0, 2},
		{missiles, "observe o explosion 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m count=2 source=wire", 0, 2},
		{missiles, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 11.5E ±100m weapon=missile count=2 source=wire", 0, 0},
		{missiles, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 11.0E ±5km weapon=missile count=2 source=wire", 0, 2},
		{missiles, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile count=2 source=mod-a", 0, 0},
		{missiles, "observe o fire-pixel 2026-03-05T10:00/10:01Z 0.5N 10.5E ±188m source=post-1", 0, 0},
		{ofA, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m actor=A count=2 source=wire", 2, 0},
		{ofA, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m actor=B count=2 source=wire", 0, 0},
		{ofA, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m actor=A|B count=2 source=wire", 0, 2},
		{ofA, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m actor=B|unknown count=2 source=wire", 0, 2},
		{ofA, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m count=2 source=wire", 0, 2},
		{onB, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m side=B count=2 source=wire", 2, 0},
		{onB, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m side=A count=2 source=wire", 0, 0},
		{onB, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m count=2 source=wire", 0, 2},
		{missiles, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile actor=B side=A count=2 source=wire", 2, 0},
		{mortars, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=mortar calibre=120 count=2 source=wire", 2, 0},
		{mortars, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=mortar count=2 source=wire", 0, 2},
		{mortars, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=mortar calibre=82 count=2 source=wire", 0, 0},
		{mortars, "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m count=2 source=wire", 0, 2},
	} {
		total := said(t, a, "", known, tt.total)
		s := situation.Build(a, []truce.Item{total, said(t, a, "", known, tt.text)}, instant(t, now), opts())
		if got := s.Reconcile(s.Tally(total.ID())); got.Found.N != tt.found || got.MayBe.N != tt.maybe || got.Difference != 7-tt.found || got.Uncounted {
			t.Errorf("%s: found %d, perhaps %d, difference %d; want %d, %d and %d", tt.text, got.Found.N, got.MayBe.N, got.Difference, tt.found, tt.maybe, 7-tt.found)
		}
	}
}

// TestMeaningRelevant: an article that says nothing of an incident would be about it if it
// bound, or would not: by act, weapon and place.
func TestMeaningRelevant(t *testing.T) {
	a := flat(t, "phases: [{id: p, from: 2026-03-01, to: 2026-04-01}]\nprovisions:\n  - {article: \"1\", phase: p, binds: [A, B], text: No strike by missiles., prohibit: {acts: [strike], weapons: [missile], in: [box]}, floor: {evidence: single-source}}\n", nil)
	for _, tt := range []struct {
		text     string
		outcome  truce.Outcome
		relevant bool
	}{
		{"strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile", truce.ApparentViolation, true},
		{"strike 2026-04-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile", truce.OutOfScope, true},
		{"strike 2026-04-05T10:00/10:10Z 0.5N 11.5E ±100m weapon=missile", truce.OutOfScope, false},
		{"strike 2026-04-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=mortar", truce.OutOfScope, false},
		{"explosion 2026-04-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=mine", truce.OutOfScope, false},
		{"strike 2026-03-05T10:00/10:10Z 0.5N 11.5E ±100m weapon=missile", truce.NoViolation, false},
	} {
		r := said(t, a, "", "2026-04-06T00:00:00Z", "observe o "+tt.text+" source=wire")
		s := situation.Build(a, []truce.Item{r}, instant(t, "2026-04-10T00:00:00Z"), opts())
		inc := s.IncidentOf(r.ID())
		if got := s.Outcome("1", inc); got != tt.outcome {
			t.Errorf("%s: %s, want %s", tt.text, got, tt.outcome)
		}
		if got := s.Relevant("1", inc); tt.outcome != truce.ApparentViolation && got != tt.relevant {
			t.Errorf("%s: relevant %v, want %v", tt.text, got, tt.relevant)
		}
		n := 0
		s.Findings(inc, func(_ int, o truce.Outcome, relevant bool, f *assess.Found) {
			n++
			if o != tt.outcome || relevant != tt.relevant || (f == nil) == (o == truce.ApparentViolation) {
				t.Errorf("%s: found %s, relevant %v, want %s, %v", tt.text, o, relevant, tt.outcome, tt.relevant)
			}
		})
		if n != 1 {
			t.Errorf("%s: %d findings", tt.text, n)
		}
	}
}

// TestMeaningDigestOfIncidents: what lies elsewhere, or is not there, has another digest,
// even where no article says anything of it.
func TestMeaningDigestOfIncidents(t *testing.T) {
	a := flat(t, strikes, nil)
	seen := map[truce.Digest]string{}
	for _, text := range []string{"", "observe o strike 2026-04-05T10:00/10:10Z 0.5N 12.5E ±100m weapon=missile source=wire", "observe o2 strike 2026-04-05T10:00/10:10Z 0.5N 13.5E ±100m weapon=missile source=wire"} {
		var items []truce.Item
		if text != "" {
			items = append(items, said(t, a, "", "2026-04-06T00:00:00Z", text))
		}
		d := situation.Build(a, items, instant(t, "2026-04-10T00:00:00Z"), opts()).Digest()
		if other, ok := seen[d]; ok {
			t.Errorf("%q and %q have one digest", text, other)
		}
		seen[d] = text
	}
}

// TestMeaningNow: what begins now has not happened yet; what began a millisecond ago has.
// Both ways to sum up must say so.
func TestMeaningNow(t *testing.T) {
	a := flat(t, strikes, nil)
	r := said(t, a, "", "2026-03-05T09:00:00Z", "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire")
	for _, tt := range []struct {
		now  string
		want truce.Outcome
	}{{"2026-03-05T10:00:00Z", truce.UndeterminedNoCoverage}, {"2026-03-05T10:00:00.001Z", truce.AwaitingResponse}} {
		for _, during := range []truce.Interval{{}, {Start: instant(t, "2026-03-05T00:00:00Z"), End: instant(t, "2026-03-06T00:00:00Z")}} {
			check := func(how string) {
				s := situation.Build(a, []truce.Item{r}, instant(t, tt.now), opts())
				if got, err := s.Assess(situation.Query{Article: "1", During: during}); err != nil || got.Outcome != tt.want {
					t.Errorf("at %s%s, over %v: %s, want %s (%v)", tt.now, how, during, got.Outcome, tt.want, err)
				}
			}
			check("")
			back := situation.SumByLeaf()
			check(", by leaf")
			back()
		}
	}
}

// TestMeaningWhoseWord: what comes from a party's source is that party's word, unless it is
// said to be another's.
func TestMeaningWhoseWord(t *testing.T) {
	a := flat(t, strikes, nil)
	day := truce.Interval{Start: instant(t, "2026-03-05T00:00:00Z"), End: instant(t, "2026-03-06T00:00:00Z")}
	for _, tt := range []struct {
		source   truce.SourceID
		claimant truce.PartyID
		want     truce.PartyID
	}{{"wire", "", ""}, {"wire", "B", "B"}, {"mod-a", "", "A"}, {"mod-a", "B", "B"}, {"mod-a", "A", "A"}} {
		place := truce.Place{Kind: truce.PlaceRegion, Name: "box"}
		o := &truce.Observation{ID: truce.DigestOf("o"), Source: tt.source, Claimant: tt.claimant, Key: "o", Act: "strike", Occurred: day, Place: place, Count: truce.Count{N: 1}}
		x := &truce.Tally{ID: truce.DigestOf("t"), Source: tt.source, Claimant: tt.claimant, Key: "t", Act: "strike", Period: day, Place: place, Count: truce.Count{N: 1}}
		s := situation.Build(a, []truce.Item{{Observation: o}, {Tally: x}}, truce.Never, opts())
		if got := s.SaidBy(o.ID); got != tt.want {
			t.Errorf("an observation of %s by %q: the word of %q, want %q", tt.source, tt.claimant, got, tt.want)
		}
		if got := s.SaidBy(x.ID); got != tt.want {
			t.Errorf("a total of %s by %q: the word of %q, want %q", tt.source, tt.claimant, got, tt.want)
		}
	}
	for text, want := range map[string]truce.PartyID{"observe o strike 2026-03-05 region:box source=wire": "", "observe o strike 2026-03-05 region:box source=mod-a": "A", "allege o by B strike 2026-03-05 region:box": "B"} {
		if r := said(t, a, "", "2026-03-06T00:00:00Z", text); r.Observation.Claimant != want {
			t.Errorf("%s: the word of %q, want %q", text, r.Observation.Claimant, want)
		}
	}
}

// TestMeaningFirstOfAnID: of many rows under each of three IDs the first counts; who signed
// an item is told of parties alone.
func TestMeaningFirstOfAnID(t *testing.T) {
	a := flat(t, strikes, nil)
	base := said(t, a, "A", "2026-03-06T00:00:00Z", "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m source=wire").Observation
	var items []truce.Item
	for i := range 60 {
		o := *base
		o.ID, o.Key = truce.DigestOf(fmt.Sprint(i%3)), fmt.Sprint(i)
		items = append(items, truce.Item{Observation: &o})
	}
	signed := said(t, a, "A", "2026-03-06T00:00:00Z", "allege c by A strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m")
	signed.Known = 0
	s := situation.Build(a, append(items, signed), truce.Never, opts())
	var got []string
	for o := range s.Observations() {
		got = append(got, o.Key)
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"0", "1", "2", "c"}) {
		t.Errorf("%v count, want the first three and the claim", got)
	}
	if by, none := s.Speaker(signed.ID()), s.Speaker(truce.DigestOf("0")); by != "A" || none != "" {
		t.Errorf("signed by %q and %q, want A and nobody", by, none)
	}
}

// TestMeaningRegraded: the latest decision on an observation's grade counts, and one on
// another observation does not touch it.
func TestMeaningRegraded(t *testing.T) {
	a := flat(t, strikes, nil)
	const known = "2026-03-06T00:00:00Z"
	x := said(t, a, "", known, "observe x strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile grade C3 source=wire")
	y := said(t, a, "", known, "observe y strike 2026-03-07T10:00/10:10Z 0.9N 10.9E ±100m weapon=missile grade C3 source=wire")
	grade := func(seq int64, to string, kind truce.DecisionKind, of ...truce.Item) truce.Item {
		g, err := truce.ParseGrade(to)
		if err != nil {
			t.Fatal(err)
		}
		d := &truce.Decision{ID: truce.DigestOf(fmt.Sprint(seq)), Kind: kind, Grade: g, Seq: seq, Because: "x"}
		for _, r := range of {
			d.Of = append(d.Of, r.ID())
		}
		return truce.Item{Known: instant(t, known), Decision: d}
	}
	for _, tt := range []struct {
		name      string
		decisions []truce.Item
		x, y      string
	}{
		{"nothing decided", nil, "C3", "C3"},
		{"x", []truce.Item{grade(1, "A1", truce.Regrade, x)}, "A1", "C3"},
		{"x, and then again", []truce.Item{grade(1, "A1", truce.Regrade, x), grade(2, "B2", truce.Regrade, x)}, "B2", "C3"},
		{"x, and then y", []truce.Item{grade(1, "A1", truce.Regrade, x), grade(2, "B2", truce.Regrade, y)}, "A1", "B2"},
		{"x, and then back to what it was", []truce.Item{grade(1, "A1", truce.Regrade, x), grade(2, "C3", truce.Regrade, x)}, "C3", "C3"},
		{"x, and then verified", []truce.Item{grade(1, "A1", truce.Regrade, x), grade(2, "B2", truce.Verify, x)}, "A1", "C3"},
		{"both, and then x", []truce.Item{grade(1, "A1", truce.Regrade, x, y), grade(2, "B2", truce.Regrade, x)}, "B2", "A1"},
	} {
		s := situation.Build(a, append([]truce.Item{x, y}, tt.decisions...), truce.Never, opts())
		got := map[truce.Digest]string{}
		for o := range s.Observations() {
			got[o.ID] = o.Grade.String()
		}
		if got[x.ID()] != tt.x || got[y.ID()] != tt.y {
			t.Errorf("%s: %s and %s, want %s and %s", tt.name, got[x.ID()], got[y.ID()], tt.x, tt.y)
		}
	}
}

// TestMeaningCorrected: a correction is listed from the moment on which it is known, and
// what named the entry names what took its place.
func TestMeaningCorrected(t *testing.T) {
	a := flat(t, strikes, nil)
	const early, later = "2026-03-06T00:00:00Z", "2026-03-07T00:00:00Z"
	was := said(t, a, "", early, "observe x strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire")
	is := said(t, a, "", later, "observe y strike 2026-03-05T10:00/10:10Z 0.6N 10.5E ±100m weapon=missile source=wire")
	is.Replaces = was.ID()
	cover := said(t, a, "", early, "cover c patrol box 2026-03-05 source=post-1")
	better := said(t, a, "", later, "cover d patrol box 2026-03-05 source=post-1 share=0.5")
	better.Replaces = cover.ID()
	restrict := said(t, a, "A", early, "restrict r by A 2026-03-05")
	restrict.Restriction.To = cover.ID()
	reply := truce.Item{Known: instant(t, early), Speaker: "B", Response: &truce.Response{ID: truce.DigestOf("r"), Key: "r", By: "B", To: was.ID()}}
	items := []truce.Item{was, is, cover, better, restrict, reply}
	for _, tt := range []struct {
		now         truce.Instant
		corrections int
		to, covered truce.Digest
	}{
		{instant(t, later) - 1, 0, was.ID(), cover.ID()},
		{instant(t, later), 1, is.ID(), better.ID()},
		{instant(t, later) + 1, 1, is.ID(), better.ID()},
	} {
		s := situation.Build(a, items, tt.now, opts())
		if len(s.Corrections) != tt.corrections || len(s.Coverage) != 1 || s.Coverage[0].ID != tt.covered || s.Responses[0].To != tt.to || s.Restrictions[0].To != tt.covered {
			t.Errorf("at %s: %d corrections, want %d; %+v %+v", tt.now, len(s.Corrections), tt.corrections, s.Responses[0].Response, s.Restrictions[0])
		}
	}
	// Both known at one moment.
	is.Known = was.Known
	if s := situation.Build(a, []truce.Item{was, is}, was.Known, opts()); len(s.Corrections) != 1 {
		t.Errorf("%d corrections at the moment of both, want 1", len(s.Corrections))
	}
}

// TestMeaningSharedID: two speakers use one ID for an entry of each kind: neither hides
// the other, and each takes back its own.
func TestMeaningSharedID(t *testing.T) {
	a := flat(t, strikes, nil)
	const known, later = "2026-03-06T00:00:00Z", "2026-03-07T00:00:00Z"
	for _, text := range []string{"tally x by %s strike 2026-03-05 region:box weapon=missile count=3", "cover x %s box 2026-03-05", "notify x by %s 2026-03-05", "respond x by %s 2026-03-05", "restrict x by %s 2026-03-05"} {
		var items []truce.Item
		id := truce.DigestOf("shared")
		for _, by := range []truce.PartyID{"A", "B"} {
			r := said(t, a, by, known, fmt.Sprintf(text, by))
			switch {
			case r.Tally != nil:
				r.Tally.ID = id
			case r.Coverage != nil:
				r.Coverage.ID = id
			case r.Notification != nil:
				r.Notification.ID = id
			case r.Response != nil:
				r.Response.ID = id
			case r.Restriction != nil:
				r.Restriction.ID = id
			}
			items = append(items, r)
		}
		left := func(more ...truce.Item) string {
			s := situation.Build(a, append(slices.Clone(items), more...), truce.Never, opts())
			var out []string
			for _, x := range s.Tallies {
				out = append(out, string(x.Claimant))
			}
			for _, x := range s.Coverage {
				out = append(out, string(x.Claimant))
			}
			for _, x := range s.Notifications {
				out = append(out, string(x.By))
			}
			for _, x := range s.Responses {
				out = append(out, string(x.By))
			}
			for _, x := range s.Restrictions {
				out = append(out, string(x.By))
			}
			slices.Sort(out)
			return strings.Join(out, " ")
		}
		takes := func(by truce.PartyID) truce.Item {
			return truce.Item{Known: instant(t, later), Speaker: by, Withdrawal: &truce.Withdrawal{Of: id, By: by}}
		}
		for _, tt := range []struct{ got, want string }{{left(), "A B"}, {left(takes("A")), "B"}, {left(takes("B")), "A"}, {left(takes("A"), takes("B")), ""}, {left(takes("")), "A B"}} {
			if tt.got != tt.want {
				t.Errorf("%s: %q is left, want %q", text, tt.got, tt.want)
			}
		}
	}
}

// TestMeaningContradicted: decisions on other incidents stand between those on this one.
func TestMeaningContradicted(t *testing.T) {
	a := flat(t, strikes, nil)
	const known = "2026-03-06T00:00:00Z"
	x := said(t, a, "", known, "observe x strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire")
	y := said(t, a, "", known, "observe y strike 2026-03-05T20:00/20:10Z 0.9N 10.9E ±100m weapon=missile source=wire")
	on := func(seq int64, of truce.Item, kind truce.DecisionKind) truce.Item {
		return truce.Item{Known: instant(t, known), Decision: &truce.Decision{ID: truce.DigestOf(fmt.Sprint(seq)), Seq: seq, Kind: kind, Of: []truce.Digest{of.ID()}, Because: "x"}}
	}
	for _, tt := range []struct {
		name   string
		before []truce.Item
		want   string // what is contradicted
	}{
		{"nothing", nil, ""},
		{"one of the other", []truce.Item{on(1, y, truce.Verify)}, ""},
		{"one of this, after one of the other", []truce.Item{on(1, y, truce.Verify), on(2, x, truce.Verify)}, "decision 2"},
		{"one of this, before one of the other", []truce.Item{on(1, x, truce.Verify), on(2, y, truce.Unverifiable)}, "decision 1"},
	} {
		s := situation.Build(a, append([]truce.Item{x, y}, tt.before...), truce.Never, opts())
		_, doubts := decide.Objections(s, on(9, x, truce.Unverifiable).Decision)
		if got := fmt.Sprint(doubts); (tt.want == "") != (len(doubts) == 0) || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s, want %q", tt.name, got, tt.want)
		}
	}
}

// TestMeaningStep: a situation that grows has what becomes known at the moment itself, and
// changes only what is touched.
func TestMeaningStep(t *testing.T) {
	a := flat(t, strikes, nil)
	at := func(s string) truce.Instant { return instant(t, "2026-03-06T"+s+"Z") }
	blast := said(t, a, "", "2026-03-06T10:00:00Z", "observe o explosion 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=mine source=wire")
	far := said(t, a, "", "2026-03-06T12:00:00Z", "observe f explosion 2026-03-05T22:00/22:10Z 0.9N 10.9E ±100m weapon=mine source=wire")
	notify := func(key, hours string) truce.Item {
		r := said(t, a, "A", "2026-03-06T10:00:00Z", "notify "+key+" by A 2026-03-05T"+hours+"Z zone:box")
		r.Notification.Reported, r.Known = instant(t, "2026-03-01T00:00:00Z"), instant(t, "2026-03-01T00:00:00Z")
		return r
	}
	early, late := notify("n", "01:00/02:00"), notify("m", "08:00/12:00")
	g := situation.Grow(opts())
	var all []truce.Item
	step := func(now string, fresh ...truce.Item) (*situation.Situation, situation.Change) {
		all = append(all, fresh...)
		return g.Step(a, fresh, func() []truce.Item { return all }, nil, at(now))
	}
	s, _ := step("11:00:00", blast, far, early)
	if s.IncidentOf(far.ID()) != nil || s.Outcome("2", s.IncidentOf(blast.ID())) != truce.ApparentViolation {
		t.Fatalf("at first: %v", s.Incidents())
	}
	s, ch := step("11:59:59.999")
	if s.IncidentOf(far.ID()) != nil || ch.All || len(ch.Touched)+len(ch.Gone) != 0 {
		t.Errorf("a millisecond before: %+v", ch)
	}
	s, ch = step("12:00:00")
	if s.IncidentOf(far.ID()) == nil || ch.All || len(ch.Touched) != 1 || ch.Touched[0].Of[0].ID != far.ID() {
		t.Errorf("at the moment: %+v", ch)
	}
	s, ch = step("12:00:00", late) // known from the same moment as the other notification
	if got := s.Outcome("2", s.IncidentOf(blast.ID())); got != truce.Excepted || ch.All || len(ch.Touched) != 1 {
		t.Errorf("notified: %s, %+v", got, ch)
	}
	want := situation.Build(a, all, at("12:00:00"), opts())
	if got := want.Outcome("2", want.IncidentOf(blast.ID())); got != truce.Excepted {
		t.Errorf("built at once: %s", got)
	}
}

// TestMeaningRegions: the agreement's zones come first, by whatever case, and then others.
func TestMeaningRegions(t *testing.T) {
	a := flat(t, "places: [ukraine]\n"+strikes, nil)
	for _, tt := range []struct {
		name, want string
		ok         bool
	}{{"box", "box", true}, {"BOX", "box", true}, {"nowhere", "", false}} {
		if r, name, ok := situation.Regions(a, nil)(tt.name); ok != tt.ok || name != tt.want || (r != nil) != ok {
			t.Errorf("%s: %q, %v", tt.name, name, ok)
		}
	}
	if _, name, ok := situation.Regions(a, opts().Region)("kharkiv oblast"); !ok || name != "Kharkiv Oblast" {
		t.Errorf("from outside: %q, %v", name, ok)
	}
	if _, _, ok := situation.Regions(a, opts().Region)("qqzzx"); ok {
		t.Error("a region that there is not")
	}
}

// TestMeaningFutureDates: what begins on the day after it became known is an error, at its
// first moment too.
func TestMeaningFutureDates(t *testing.T) {
	a := flat(t, strikes, nil)
	for start, outside := range map[string]int{"2026-03-05T23:59:59.999Z": 0, "2026-03-06T00:00:00Z": 1, "2026-03-06T00:00:00.001Z": 1} {
		r := said(t, a, "", "2026-03-05T12:00:00Z", "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m source=wire")
		at := instant(t, start)
		r.Observation.Occurred = truce.Interval{Start: at, End: at.Add(time.Hour)}
		if got := situation.Build(a, []truce.Item{r}, truce.Never, opts()).Outside(); got != outside {
			t.Errorf("begins %s: %d outside, want %d", start, got, outside)
		}
	}
}
