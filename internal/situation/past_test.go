package situation_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/situation"
	"pgregory.net/rapid"
)

// TestFirst: the states of an incident's own entries give the moment at which a finding
// first existed that a whole situation of these entries, built at each moment, gives.
// They differ in one thing: a decision of which all entries were withdrawn
// stays on the rest of the incident that it was made on, and the way before did not know it.
func TestFirst(t *testing.T) {
	for _, folder := range []string{"growing", "clocks"} {
		t.Run(folder, func(t *testing.T) { firstMoments(t, folder) })
	}
	t.Run("catalogues", func(t *testing.T) { firstMoments(t, "growing", "ngo", "post-1") })
}

// firstMoments lets the sources named keep their events apart too.
func firstMoments(t *testing.T, folder string, catalogues ...truce.SourceID) {
	a, probs := agreement.Read(os.DirFS("testdata/" + folder))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	keepApart(a, catalogues...)
	o := opts()
	found, late := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		all := changes(t, a, story(t, a))
		now := all[len(all)-1].Known.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 600, 6000}).Draw(t, "minutes")) * time.Minute)
		s := situation.Build(a, all, now, o)
		for i := range a.Provisions {
			art := a.Provisions[i].Article
			for _, inc := range s.Incidents() {
				for _, party := range []truce.PartyID{"", "A"} {
					for _, reading := range s.Readings(art) {
						is, was, stated := s.First(art, reading, inc, party)
						if is < truce.Never {
							found++
							if is > s.Known(inc.Of[0].ID) {
								late++
							}
						}
						q := situation.Query{Article: art, Reading: reading, Party: party, Of: inc.ID, Reasons: true}
						f, err := s.Assess(q)
						if err != nil {
							t.Fatal(err)
						}
						out := f.Outcome
						if violation := out == truce.ApparentViolation || out == truce.AwaitingResponse || out == truce.Violation; violation && is > now {
							t.Fatalf("article %s finds %s of %s, and it never began", art, out, inc.ID)
						}
						if is != was && !stated {
							t.Fatalf("article %s, reading %q, party %q: %s (%s) first existed at %s, want %s", art, reading, party, inc.ID, out, is, was)
						}
					}
				}
			}
		}
	})
	if found == 0 || late == 0 {
		t.Errorf("%d findings, %d of them later than what they are of: the stories test nothing", found, late)
	}
}

func keepApart(a *truce.Agreement, sources ...truce.SourceID) {
	for _, id := range sources {
		x := a.Sources[id]
		x.Apart = true
		a.Sources[id] = x
	}
}

// changes draws what else may happen to a story: entries become known in another order,
// some are of guns where the agreement has a line, decisions say what the incident was
// of, phases are extended and ended.
func changes(t *rapid.T, a *truce.Agreement, all []truce.Item) []truce.Item {
	all = slices.Clone(all)
	var said []truce.Digest
	last := all[len(all)-1].Known
	for i := range all {
		r := &all[i]
		if r.Observation != nil {
			o := *r.Observation // an item never has one in two places
			r.Observation, said = &o, append(said, o.ID)
			if len(a.Lines) > 0 && o.Act != truce.ActFirePixel && rapid.Bool().Draw(t, "gun") {
				o.Act, o.Seen, o.Weapon = truce.ActPresence, truce.SeenWeapon, "mortar"
			}
		}
		if rapid.IntRange(0, 6).Draw(t, "late") == 0 { // or early: the order of the record is not that of knowledge
			r.Known = r.Known.Add(time.Duration(rapid.IntRange(-3000, 3000).Draw(t, "by")) * time.Minute)
		}
		if rapid.IntRange(0, 40).Draw(t, "always") == 0 {
			r.Known = truce.Always
		}
		if r.Decision != nil && len(r.Decision.Of) > 0 && len(said) > 0 && rapid.Bool().Draw(t, "state") {
			d := *r.Decision
			d.State = []truce.Digest{d.Of[0], said[rapid.IntRange(0, len(said)-1).Draw(t, "rest")]}
			r.Decision = &d
		}
	}
	for n := range rapid.IntRange(0, 3).Draw(t, "phases") {
		at := truce.Instant(1772323200000).Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "decided")) * time.Minute)
		d := &truce.Decision{ID: truce.DigestOf("phase", string(rune('a'+n))), Seq: int64(1000 + n), Because: "a test", By: "x", Name: "main"}
		d.Kind = rapid.SampledFrom([]truce.DecisionKind{truce.Extend, truce.Terminate}).Draw(t, "phase")
		d.From = at.Add(time.Duration(rapid.IntRange(-600, 600).Draw(t, "from")) * time.Minute)
		d.To = d.From.Add(6 * time.Hour)
		all = slices.Insert(all, rapid.IntRange(0, len(all)).Draw(t, "where"), truce.Item{Known: at, Decision: d})
	}
	all[len(all)-1].Known = max(all[len(all)-1].Known, last)
	return all
}

// TestReplyAfterWithdrawal: a decision of which all entries were withdrawn stays on the
// rest of the incident that it was made on, and the clock that it started ends.
func TestReplyAfterWithdrawal(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("testdata/growing"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	at := truce.Instant(1772323200000)
	sw, ne := a.Zones["box"].Region.Bounds()
	observe := func(key string) truce.Item {
		o := &truce.Observation{Source: "ngo", Key: key, Count: truce.Count{N: 1}, Act: "strike", Occurred: truce.Interval{Start: at, End: at + 60_000},
			Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: 100, Point: geoPoint(sw, ne)}}
		o.SetID()
		return truce.Item{Known: at.Add(time.Hour), Observation: o}
	}
	one, other := observe("one"), observe("other")
	verified := truce.Item{Known: at.Add(2 * time.Hour), Decision: &truce.Decision{ID: truce.DigestOf("verified"), Seq: 1, Kind: truce.Verify, Because: "a test", By: "x",
		Of: []truce.Digest{other.ID()}, State: []truce.Digest{one.ID(), other.ID()}}}
	withdrawn := truce.Item{Known: at.Add(3 * time.Hour), Withdrawal: &truce.Withdrawal{Of: other.ID()}}
	for _, tt := range []struct {
		hours int
		want  truce.Outcome
		ticks bool
	}{{1, truce.Uncorroborated, true}, {2, truce.AwaitingResponse, true}, {25, truce.AwaitingResponse, true}, {26, truce.ApparentViolation, true}, {73, truce.ApparentViolation, true}, {74, truce.ApparentViolation, false}} {
		s := situation.Build(a, []truce.Item{one, other, verified, withdrawn}, at.Add(time.Duration(tt.hours)*time.Hour), opts())
		inc := s.IncidentOf(one.ID())
		if got := s.Outcome("1", inc); got != tt.want {
			t.Errorf("after %d hours: %s, want %s", tt.hours, got, tt.want)
		}
		if got := len(s.Ticking("1")) > 0; got != tt.ticks {
			t.Errorf("after %d hours: a clock may run is %v, want %v", tt.hours, got, tt.ticks)
		}
	}
}

// TestFirstAcrossDeadline: two sightings with a deadline between them were two incidents, each
// of one source, until the event from which the deadline follows was declared for another
// time. Their finding began then.
func TestFirstAcrossDeadline(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("testdata/clocks"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	begin := truce.Instant(1772323200000)
	sw, ne := a.Zones["box"].Region.Bounds()
	after := func(minutes int) truce.Instant { return begin.Add(time.Duration(minutes) * time.Minute) }
	seen := func(source truce.SourceID, minute int) truce.Item {
		o := &truce.Observation{Source: source, Key: "gun", Count: truce.Count{N: 1}, Act: truce.ActPresence, Seen: truce.SeenWeapon, Weapon: "mortar",
			Occurred: truce.Interval{Start: after(minute), End: after(minute + 10)}, Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: 100, Point: geoPoint(sw, ne)}}
		o.SetID()
		return truce.Item{Known: after(300), Observation: o}
	}
	declared := func(n int64, known, from int) truce.Item {
		return truce.Item{Known: after(known), Decision: &truce.Decision{ID: truce.DigestOf("declared", fmt.Sprint(n)), Seq: n, Kind: truce.Declare, Because: "a test", By: "x", Name: "annex-signed", From: after(from)}}
	}
	one, other := seen("ngo", 60), seen("post-1", 130)
	all := []truce.Item{declared(1, 200, 0), one, other, declared(2, 400, 600)} // deadlines at minutes 120 and 720
	for _, tt := range []struct {
		minute, incidents int
		want              truce.Outcome
	}{{300, 2, truce.Uncorroborated}, {400, 1, truce.AwaitingResponse}, {579, 1, truce.AwaitingResponse}, {580, 1, truce.ApparentViolation}} {
		s := situation.Build(a, all, after(tt.minute), opts())
		if got := s.Outcome("4", s.IncidentOf(one.ID())); got != tt.want || len(s.Incidents()) != tt.incidents {
			t.Errorf("minute %d: %s of %d incidents, want %s of %d", tt.minute, got, len(s.Incidents()), tt.want, tt.incidents)
		}
	}
}

// BenchmarkFirst is one incident among 10,000 for which a reply is awaited: when its
// finding first existed, by the states of its entries and by the way before, which built
// situations; and the assessment of all of them.
func BenchmarkFirst(b *testing.B) {
	a, probs := agreement.Read(os.DirFS("testdata/growing"))
	if err := probs.Err(); err != nil {
		b.Fatal(err)
	}
	const incidents = 10_000
	const told = 6 * incidents * time.Hour // all of it becomes known after that
	begin := truce.Instant(1772323200000)
	sw, ne := a.Zones["box"].Region.Bounds()
	var all []truce.Item
	for i := range incidents {
		at := begin.Add(time.Duration(i) * 6 * time.Hour)
		for k, source := range []truce.SourceID{"ngo", "post-1"} {
			o := &truce.Observation{Source: source, Key: fmt.Sprint(i, k), Count: truce.Count{N: 1}, Act: "strike", Occurred: truce.Interval{Start: at, End: at + 60_000},
				Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: 100, Point: geoPoint(sw, ne)}}
			o.SetID()
			all = append(all, truce.Item{Known: begin.Add(told + time.Duration(i/10+10*k)*time.Minute), Observation: o})
		}
	}
	for i := range 1000 { // some are verified
		d := &truce.Decision{ID: truce.DigestOf("verified", fmt.Sprint(i)), Seq: int64(i), Kind: truce.Verify, Because: "a test", By: "x", Of: []truce.Digest{all[20*i].ID()}}
		all = append(all, truce.Item{Known: begin.Add(told + 20*time.Hour), Decision: d})
	}
	now := begin.Add(told + 22*time.Hour)
	s := situation.Build(a, all, now, opts())
	list := s.Incidents()
	if len(list) != incidents {
		b.Fatalf("%d incidents", len(list))
	}
	for _, way := range []struct {
		name  string
		first func(art truce.Article, reading string, inc *truce.Incident, party truce.PartyID) truce.Instant
	}{{"states", s.FirstAnew}, {"situations", s.FirstBuilt}} {
		b.Run(way.name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				if at := way.first("1", "", list[n%incidents], ""); at == truce.Never {
					b.Fatal("it never was")
				}
				n++
			}
		})
	}
	b.Run("assess all", func(b *testing.B) {
		for b.Loop() {
			s := situation.Build(a, all, now, opts())
			if n := len(s.Awaiting("1")); n != incidents {
				b.Fatalf("a reply is awaited for %d", n)
			}
		}
	})
	b.Run("one more", func(b *testing.B) {
		g := situation.Grow(opts())
		step := func(fresh []truce.Item) *situation.Situation {
			now += 1000
			s, _ := g.Step(a, fresh, func() []truce.Item { return all }, nil, now)
			return s
		}
		if n := len(step(nil).Awaiting("1")); n != incidents {
			b.Fatalf("a reply is awaited for %d", n)
		}
		n := 0
		for b.Loop() {
			o := *all[0].Observation
			o.Key = fmt.Sprint("more", n)
			o.Occurred = truce.Interval{Start: begin - truce.Instant(n+1)*86_400_000, End: begin - truce.Instant(n+1)*86_400_000 + 1}
			o.SetID()
			n++
			if s := step([]truce.Item{{Known: now, Observation: &o}}); len(s.Awaiting("1")) != incidents {
				b.Fatalf("a reply is awaited for %d", len(s.Awaiting("1")))
			}
		}
	})
}
