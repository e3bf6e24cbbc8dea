package desk_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// terms have an article that asks for two readers, and one whose clock is shorter.
const terms = `truce: 1
id: desk
title: What waits for whom
status: rehearsal
timezone: UTC
parties: [{id: A, name: Party A}, {id: B, name: Party B}]
zones: {box: zones/box.geojson}
sources:
  - {id: post-1, publisher: mission}
  - {id: ngo, publisher: Relief}
  - {id: firms, publisher: NASA}
provisions:
  - article: "1"
    binds: [A, B]
    text: No strike; two readers decide.
    prohibit: {acts: [strike], in: [box], where: impact}
    floor: {evidence: corroborated}
    clocks: {verify: 48h, reply: 72h}
    readers: 2
  - article: "2"
    binds: [A, B]
    text: No fire; one reader decides.
    prohibit: {acts: [fire], in: [box]}
    floor: {evidence: corroborated}
    clocks: {reply: 24h}
`

// A world is a record that a test writes, entry by entry, and what its names are.
type world struct {
	t       *testing.T
	a       *truce.Agreement
	records []truce.Item
	ids     map[string]truce.Digest
	owners  []desk.Line
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"agreement.yaml": terms, "zones/box.geojson": `{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},
  "geometry": {"type": "Polygon", "coordinates": [[[37, 47], [39, 47], [39, 49], [37, 49], [37, 47]]]}}]}`} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a, err := mission.LoadAgreement(dir)
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, a: a, ids: map[string]truce.Digest{}}
}

// hour is a moment, so many hours after noon on 2 March 2026.
func hour(n int) truce.Instant {
	return truce.InstantOf(time.Date(2026, 3, 2, 12+n, 0, 0, 0, time.UTC))
}

// say adds what a statement of a scenario says, known from an hour; name is its key.
func (w *world) say(known int, name, text string) {
	w.t.Helper()
	r, err := scenario.ParseEntry(w.a, text, mission.Options(mission.Silent{}))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Known = hour(known)
	w.ids[name] = r.ID()
	w.records = append(w.records, r)
}

// report is a report of a kind of act at a place of its own for each letter, by a source.
func (w *world) report(known int, name, act, source string) {
	w.t.Helper()
	at := int(name[0] - 'a')
	w.say(known, name, fmt.Sprintf("observe %s %s 2026-03-02T%02d:05/%02d:10Z 48.%d000N 37.8000E ±200m source=%s", name, act, at, at, at%10, source))
}

// both is a report of two independent sources: it has clocks.
func (w *world) both(known int, name, act string) {
	w.t.Helper()
	w.report(known, name, act, "post-1")
	n := int(name[0] - 'a')
	w.say(known, name+"2", fmt.Sprintf("observe %s2 %s 2026-03-02T%02d:05/%02d:10Z 48.%d000N 37.8000E ±200m source=ngo", name, act, n, n, n%10))
}

func (w *world) decide(known int, kind truce.DecisionKind, of string, article truce.Article, by string, more ...func(*truce.Decision)) {
	d := &truce.Decision{ID: truce.DigestOf("decision", fmt.Sprint(len(w.records))), Seq: int64(len(w.records)), Kind: kind, Of: []truce.Digest{w.ids[of]}, Article: article, By: by, Because: "a test"}
	for _, f := range more {
		f(d)
	}
	w.records = append(w.records, truce.Item{Known: hour(known), Decision: d})
}

func (w *world) respond(known int, by truce.PartyID, to string) {
	name := fmt.Sprint("r", len(w.records))
	w.records = append(w.records, truce.Item{Known: hour(known), Speaker: by, Response: &truce.Response{ID: truce.DigestOf("response", name), Key: name, By: by, To: w.ids[to], Says: "contest",
		During: truce.Interval{Start: hour(known), End: hour(known) + 1}}})
}

func (w *world) take(who, of string) {
	w.owners = append(w.owners, desk.Line{N: int64(len(w.owners) + 1), By: who, At: hour(len(w.owners)), Work: desk.Work{Of: w.ids[of]}})
	slices.SortStableFunc(w.owners, func(x, y desk.Line) int { return int(y.N - x.N) }) // the latest first
}

func (w *world) at(now int) *situation.Situation {
	return situation.Build(w.a, slices.Clone(w.records), hour(now), mission.Options(mission.Silent{}))
}

// name is a report that an incident consists of, the first by its name.
func (w *world) name(inc *truce.Incident) string {
	var out []string
	for name, id := range w.ids {
		if slices.Contains(inc.IDs(), id) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return strings.Join(out, "+")
}

// lines are rows in words: what, the article, its outcome, the hour at which the clock ends.
func (w *world) lines(list []desk.Waiting) (out []string) {
	for _, x := range list {
		text := fmt.Sprintf("%s art%s %s", w.name(x.Incident), x.Finding.Article, x.Finding.Outcome)
		if x.Ends != truce.Never {
			text += fmt.Sprintf(" until +%dh", (x.Ends-hour(0))/3_600_000)
		}
		if len(x.Replies) > 0 {
			text += fmt.Sprint(" replies ", x.Replies)
		}
		if x.Owner.By != "" {
			text += " of " + x.Owner.By
		}
		out = append(out, text)
	}
	return out
}

// TestQueueOf: what waits for a decision, why, in which order and until when.
func TestQueueOf(t *testing.T) {
	everything := desk.Ask{By: "duty-1", Most: 50}
	for _, tt := range []struct {
		name  string
		given func(w *world)
		now   int
		ask   desk.Ask
		want  []string
		heaps string // All, Mine, and each heap that has something
	}{
		{name: "nothing happened", given: func(*world) {}, heaps: "0 0"},
		{name: "one report is uncorroborated, and has no clock",
			given: func(w *world) { w.report(0, "a", "strike", "post-1") },
			want:  []string{"a art1 uncorroborated"}, heaps: "1 0 uncorroborated=1"},
		{name: "of two independent reports a reply is awaited",
			given: func(w *world) { w.both(0, "a", "strike") },
			want:  []string{"a+a2 art1 awaiting-response until +48h"}, heaps: "1 0 apparent=1"},
		{name: "once a party contested it, it is apparent",
			given: func(w *world) { w.both(0, "a", "strike"); w.respond(1, "B", "a") }, now: 1,
			want: []string{"a+a2 art1 apparent-violation until +48h replies [B]"}, heaps: "1 0 apparent=1"},
		{name: "a place that is not known well enough is undetermined",
			given: func(w *world) {
				w.say(0, "a", "observe a strike 2026-03-02T01:05/01:10Z 48.9900N 37.8000E ±9km source=post-1")
			},
			want: []string{"a art1 undetermined(place)"}, heaps: "1 0 undetermined=1"},
		{name: "what a party alleges waits, without a clock",
			given: func(w *world) {
				w.say(0, "a", "allege a by A strike 2026-03-02T01:05/01:10Z 48.2000N 37.8000E ±200m actor=B")
			},
			want: []string{"a art1 alleged-only"}, heaps: "1 0 alleged=1"},
		{name: "what is outside the zone, or signs alone, waits for nobody",
			given: func(w *world) {
				w.say(0, "a", "observe a strike 2026-03-02T01:05/01:10Z 51.0000N 37.8000E ±200m source=post-1")
				w.say(0, "b", "observe b fire-pixel 2026-03-02T01:05/01:10Z 48.0000N 38.3000E ±500m source=firms")
			}, heaps: "0 0"},
		{name: "the clock that ends first comes first, also of what was known later",
			given: func(w *world) { w.both(0, "a", "strike"); w.both(6, "b", "fire") }, now: 6,
			want: []string{"b+b2 art2 awaiting-response until +30h", "a+a2 art1 awaiting-response until +48h"}, heaps: "2 0 apparent=2"},
		{name: "without clocks the graver outcome comes first, and then what happened last",
			given: func(w *world) {
				w.say(0, "e", "allege e by A strike 2026-03-02T04:05/04:10Z 48.4000N 37.8000E ±200m actor=B")
				w.report(0, "b", "strike", "post-1")
				w.report(0, "c", "strike", "post-1")
			},
			want: []string{"c art1 uncorroborated", "b art1 uncorroborated", "e art1 alleged-only"}, heaps: "3 0 uncorroborated=2 alleged=1"},
		{name: "of several clocks the next one that has not run out counts",
			given: func(w *world) { w.both(0, "a", "strike") }, now: 50,
			want: []string{"a+a2 art1 awaiting-response until +72h"}, heaps: "1 0 apparent=1"},
		{name: "whose clocks ran out comes last and still waits",
			given: func(w *world) { w.both(0, "a", "strike"); w.both(90, "b", "strike") }, now: 90,
			want: []string{"b+b2 art1 awaiting-response until +138h", "a+a2 art1 apparent-violation"}, heaps: "2 0 apparent=2"},
		{name: "one reader of two: it waits for the second",
			given: func(w *world) { w.both(0, "a", "strike"); w.decide(1, truce.Confirm, "a", "1", "officer-1") }, now: 1,
			want: []string{"a+a2 art1 awaiting-response until +48h"}, heaps: "1 0 second=1"},
		{name: "the heap of those that wait for a second reader, and of no other",
			given: func(w *world) {
				w.both(0, "a", "strike")
				w.both(0, "c", "strike")
				w.decide(1, truce.Confirm, "a", "1", "officer-1")
			}, now: 1, ask: desk.Ask{By: "duty-1", Heap: desk.Second, Most: 50},
			want: []string{"a+a2 art1 awaiting-response until +48h"}, heaps: "2 0 second=1 apparent=1"},
		{name: "both readers: nobody waits",
			given: func(w *world) {
				w.both(0, "a", "strike")
				w.decide(1, truce.Confirm, "a", "1", "officer-1")
				w.decide(1, truce.Confirm, "a", "1", "officer-2")
			}, now: 1, heaps: "0 0"},
		{name: "what waits is found among violations",
			given: func(w *world) {
				for _, name := range []string{"b", "c", "d", "e", "f"} {
					w.report(0, name, "fire", "post-1")
				}
				for _, name := range []string{"c", "d", "f"} {
					w.decide(1, truce.Confirm, name, "2", "officer-1")
				}
			}, now: 1, want: []string{"e art2 uncorroborated", "b art2 uncorroborated"}, heaps: "2 0 uncorroborated=2"},
		{name: "rejected by one where one is enough: nobody waits",
			given: func(w *world) { w.both(0, "b", "fire"); w.decide(1, truce.Reject, "b", "2", "officer-1") }, now: 1, heaps: "0 0"},
		{name: "what could not be verified was reviewed, and is not listed among what waits",
			given: func(w *world) {
				w.report(0, "b", "fire", "post-1")
				w.decide(1, truce.Unverifiable, "b", "", "officer-1")
			}, now: 1, heaps: "0 0 reviewed=1"},
		{name: "what was reviewed is listed if it is asked for, alone",
			given: func(w *world) {
				w.report(0, "b", "fire", "post-1")
				w.report(0, "c", "fire", "post-1")
				w.decide(1, truce.Unverifiable, "b", "", "officer-1")
			}, now: 1, ask: desk.Ask{By: "duty-1", Heap: desk.Reviewed, Most: 50},
			want: []string{"b art2 uncorroborated"}, heaps: "1 0 reviewed=1 uncorroborated=1"},
		{name: "a question and a grade end no wait",
			given: func(w *world) {
				w.report(0, "b", "fire", "post-1")
				w.decide(1, truce.Ask, "b", "", "officer-1", func(d *truce.Decision) { d.Fact = "weapon" })
				w.decide(1, truce.Regrade, "b", "", "officer-1", func(d *truce.Decision) { d.Grade, _ = truce.ParseGrade("B2") })
			}, now: 1,
			want: []string{"b art2 uncorroborated"}, heaps: "1 0 uncorroborated=1"},
		{name: "parties that answered are named once, in the order of their answers",
			given: func(w *world) {
				w.report(0, "b", "fire", "post-1")
				w.respond(1, "B", "b")
				w.respond(2, "A", "b")
				w.respond(3, "B", "b")
			}, now: 3,
			want: []string{"b art2 uncorroborated replies [B A]"}, heaps: "1 0 uncorroborated=1"},
		{name: "one heap of several",
			given: func(w *world) {
				w.report(0, "b", "fire", "post-1")
				w.say(0, "a", "allege a by A strike 2026-03-02T01:05/01:10Z 48.2000N 37.8000E ±200m actor=B")
			}, ask: desk.Ask{By: "duty-1", Heap: desk.Alleged, Most: 50},
			want: []string{"a art1 alleged-only"}, heaps: "2 0 uncorroborated=1 alleged=1"},
		{name: "who works on what, the last who took it",
			given: func(w *world) {
				w.report(0, "b", "fire", "post-1")
				w.report(0, "c", "fire", "post-1")
				w.take("duty-1", "b")
				w.take("duty-2", "b")
				w.take("duty-1", "c")
			},
			want: []string{"c art2 uncorroborated of duty-1", "b art2 uncorroborated of duty-2"}, heaps: "2 1 uncorroborated=2"},
		{name: "where two incidents have become one, whoever took theirs last works on it",
			given: func(w *world) { w.both(0, "b", "fire"); w.take("duty-2", "b2"); w.take("duty-1", "b") },
			want:  []string{"b+b2 art2 awaiting-response until +24h of duty-1"}, heaps: "1 1 apparent=1"},
		{name: "only one's own, without what was reviewed",
			given: func(w *world) {
				for _, name := range []string{"b", "c", "d"} {
					w.report(0, name, "fire", "post-1")
				}
				w.decide(1, truce.Unverifiable, "d", "", "officer-1")
				w.take("duty-1", "c")
				w.take("duty-1", "d")
			}, now: 1, ask: desk.Ask{By: "duty-1", Mine: true, Most: 50},
			want: []string{"c art2 uncorroborated of duty-1"}, heaps: "2 1 reviewed=1 uncorroborated=2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			tt.given(w)
			if tt.ask.By == "" {
				tt.ask = everything
			}
			q := desk.QueueOf(w.at(tt.now), w.owners, tt.ask)
			if got := w.lines(q.First); !slices.Equal(got, tt.want) || q.Total != len(tt.want) {
				t.Errorf("%d wait:\n  %s\nwant\n  %s", q.Total, strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "))
			}
			heaps := fmt.Sprint(q.All, q.Mine)
			for _, h := range append([]string{desk.Reviewed}, desk.Heaps...) {
				if n := q.Heaps[h]; n > 0 {
					heaps += fmt.Sprintf(" %s=%d", h, n)
				}
			}
			if heaps != tt.heaps {
				t.Errorf("heaps %q, want %q", heaps, tt.heaps)
			}
		})
	}
}

// TestQueueFirst: of many that wait the first are the same, however few are wanted.
func TestQueueFirst(t *testing.T) {
	w := newWorld(t)
	for i := range 700 {
		w.say(i%9, fmt.Sprint("n", i), fmt.Sprintf("observe n%d fire 2026-03-02T%02d:05/%02d:10Z 47.%04dN 38.%04dE ±20m source=post-1", i, i%24, i%24, 2000+i*11, 1000+i%7*900))
	}
	s := w.at(9)
	all := desk.QueueOf(s, nil, desk.Ask{By: "duty-1", Most: 10_000})
	if all.Total < 600 || len(all.First) != all.Total {
		t.Fatalf("%d of %d", len(all.First), all.Total)
	}
	want := w.lines(all.First)
	for _, most := range []int{1, 7, 50, 150} {
		q := desk.QueueOf(s, nil, desk.Ask{By: "duty-1", Most: most})
		if got := w.lines(q.First); q.Total != all.Total || !slices.Equal(got, want[:most]) {
			t.Errorf("the first %d of %d: they differ from the first of all", most, q.Total)
		}
	}
}

// TestUnanswered: what waits for a party's answer, by its clock.
func TestUnanswered(t *testing.T) {
	w := newWorld(t)
	w.both(0, "a", "strike")
	w.both(6, "b", "fire")
	w.both(0, "c", "strike")
	w.both(6, "d", "fire")
	w.report(6, "e", "fire", "post-1") // one source: nobody has to answer
	w.respond(7, "A", "d")
	w.respond(7, "B", "c")
	for party, want := range map[truce.PartyID][]string{
		"A": {"b+b2 art2 awaiting-response until +30h", "a+a2 art1 awaiting-response until +72h", "c+c2 art1 apparent-violation until +72h"},
		"B": {"b+b2 art2 awaiting-response until +30h", "d+d2 art2 apparent-violation until +30h", "a+a2 art1 awaiting-response until +72h"},
	} {
		s := w.at(7)
		got := desk.Unanswered(s, party)
		if !slices.IsSortedFunc(got, func(x, y desk.Waiting) int { return cmp.Compare(x.Ends, y.Ends) }) {
			t.Errorf("%s: the clock that runs out first is not first: %v", party, w.lines(got))
		}
		lines := w.lines(got)
		slices.Sort(lines)
		slices.Sort(want)
		if !slices.Equal(lines, want) {
			t.Errorf("%s:\n  %s\nwant\n  %s", party, strings.Join(lines, "\n  "), strings.Join(want, "\n  "))
		}
		for _, x := range got {
			if c := x.ReplyClocks(s); len(c) != 1 || c[0].Name != "reply" || c[0].Ends != x.Ends {
				t.Errorf("%s: %s: clocks %v", party, w.name(x.Incident), c)
			}
		}
	}
}

// TestQuestions: a question that waits for this party comes first, and the latest of them.
func TestQuestions(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		w.report(0, name, "fire", "post-1")
	}
	ask := func(of string, to truce.PartyID) {
		w.decide(2, truce.Ask, of, "", "officer-1", func(d *truce.Decision) { d.Fact, d.Name = "weapon", string(to) })
	}
	w.respond(1, "A", "c") // before it was asked
	ask("a", "A")
	ask("b", "B")
	ask("c", "A")
	ask("d", "")
	ask("e", "A")
	w.decide(2, truce.Verify, "e", "", "officer-1") // not a question
	w.respond(2, "A", "e")                          // at the same moment
	w.respond(3, "B", "d")
	s := w.at(4)
	for party, want := range map[truce.PartyID]string{
		"A": "d, c, a, e answered, b",
		"B": "b, e, d answered, c, a",
	} {
		var got []string
		for _, x := range desk.Questions(s, party) {
			text := w.name(s.IncidentOf(x.Of[0]))
			if x.Answered {
				text += " answered"
			}
			got = append(got, text)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %s, want %s", party, strings.Join(got, ", "), want)
		}
	}
}

// TestChangedSince: a decision about fewer observations than an incident has now is listed,
// until somebody decides about it as it is.
func TestChangedSince(t *testing.T) {
	w := newWorld(t)
	w.report(0, "b", "fire", "post-1")
	w.report(0, "c", "fire", "post-1")
	state := func(names ...string) func(*truce.Decision) {
		return func(d *truce.Decision) {
			for _, n := range names {
				d.State = append(d.State, w.ids[n])
			}
			slices.SortFunc(d.State, truce.Digest.Compare)
		}
	}
	w.decide(1, truce.Verify, "b", "", "officer-1", state("b"))
	w.decide(1, truce.Verify, "c", "", "officer-1", state("c"))
	w.decide(1, truce.Ask, "c", "", "officer-1", state("b"), func(d *truce.Decision) { d.Fact = "weapon" })
	if got := desk.ChangedSince(w.at(1)); len(got) != 0 {
		t.Errorf("%d changed before anything came", len(got))
	}
	w.say(2, "b2", "observe b2 fire 2026-03-02T01:05/01:10Z 48.1000N 37.8000E ±200m source=ngo")
	got := desk.ChangedSince(w.at(2))
	if len(got) != 1 || w.name(got[0].Incident) != "b+b2" || got[0].Decision.Kind != truce.Verify || got[0].Why != nil {
		t.Errorf("changed: %+v", got)
	}
	w.decide(3, truce.Verify, "b", "", "officer-1", state("b", "b2"))
	if got := desk.ChangedSince(w.at(3)); len(got) != 0 {
		t.Errorf("%d changed after it was decided again", len(got))
	}
}

// TestChangedOfSeveral: of a decision about several incidents each is listed that has
// changed since, whatever stands beside it.
func TestChangedOfSeveral(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"b", "c", "d"} {
		w.report(0, name, "fire", "post-1")
	}
	earlier := []truce.Digest{truce.DigestOf("an observation that there was")}
	w.decide(1, truce.Verify, "b", "", "officer-1", func(d *truce.Decision) {
		d.Of, d.State = []truce.Digest{truce.DigestOf("of no incident"), w.ids["b"], w.ids["c"], w.ids["d"]}, earlier
	})
	w.decide(2, truce.Verify, "b", "", "officer-1") // its state was not recorded: nobody can tell
	var got []string
	s := w.at(2)
	for _, x := range desk.ChangedSince(s) {
		got = append(got, w.name(x.Incident))
	}
	if slices.Sort(got); strings.Join(got, " ") != "c d" {
		t.Errorf("changed: %v, want c and d", got)
	}
}
