package assess

import (
	"slices"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// march is an agreement with a phase of ten hours, from 10 to 20 o'clock of the first day of
// 1970, in UTC.
func march(p truce.Provision, c Context) *Rule {
	a := &truce.Agreement{Location: time.UTC, Parties: []truce.Party{{ID: "A"}, {ID: "B"}}, Provisions: []truce.Provision{p}}
	if c.Agreement != nil {
		a.Zones, a.ZoneOrder = c.Agreement.Zones, c.Agreement.ZoneOrder
	}
	c.Agreement, c.Now = a, truce.Never
	if c.Phases == nil {
		c.Phases = map[string]Phase{"p": {During: []truce.Interval{hours(10, 20)}, Begun: true}}
	}
	return NewContext(c).Rules(&a.Provisions[0])[0]
}

func hours(from, to int) truce.Interval {
	return truce.Interval{Start: truce.Instant(from * 3_600_000), End: truce.Instant(to * 3_600_000)}
}

// act is an observation of two o'clock to three, or as changed.
func act(key string, change func(*truce.Observation)) *truce.Observation {
	o := &truce.Observation{Source: truce.SourceID("source " + key), Key: key, Act: "fire", Count: truce.Count{N: 1}, Occurred: hours(12, 13), Place: truce.Place{Kind: truce.PlaceRegion, Name: "z"}}
	change(o)
	o.SetID()
	return o
}

// TestMeaningIncidentInAnyOrder: what an incident amounts to does not depend on the order of
// its observations, which is that of digests.
func TestMeaningIncidentInAnyOrder(t *testing.T) {
	r := march(truce.Provision{Article: "1", Phase: "p", Binds: []truce.PartyID{"A", "B"}, Floor: truce.Floor{Evidence: truce.Corroborated}, Obligation: &prohibit{Acts: []truce.Act{"fire"}}}, Context{})
	same := func(*truce.Observation) {}
	none := func(o *truce.Observation) { o.Count.N = 0 }
	claim := func(o *truce.Observation) { o.Claimant, o.Actor = "A", "B" }
	pixel := func(o *truce.Observation) { o.Act, o.Occurred = truce.ActFirePixel, hours(5, 6) }
	of := func(who truce.PartyID) func(*truce.Observation) {
		return func(o *truce.Observation) { o.Actor = who }
	}
	for _, tt := range []struct {
		name     string
		of       []*truce.Observation
		outcome  truce.Outcome
		standing truce.Standing
		signs    int64
		claimed  []truce.PartyID
		missing  []truce.Fact
	}{
		{"two and a statement of none", []*truce.Observation{act("1", same), act("2", same), act("3", none)}, truce.ApparentViolation, truce.Corroborated, 2, nil, nil},
		{"two and a claim, which names nobody for them", []*truce.Observation{act("1", same), act("2", same), act("3", claim)}, truce.ApparentViolation, truce.Corroborated, 2, nil, nil},
		{"two and a pixel", []*truce.Observation{act("1", same), act("2", same), act("3", pixel)}, truce.ApparentViolation, truce.Corroborated, 2, nil, nil},
		{"claimed actors are listed once", []*truce.Observation{act("1", of("A")), act("2", of("A")), act("3", same)}, truce.ApparentViolation, truce.Corroborated, 3, []truce.PartyID{"A"}, nil},
		{"both are", []*truce.Observation{act("1", of("A")), act("2", of("B"))}, truce.ApparentViolation, truce.Corroborated, 2, []truce.PartyID{"A", "B"}, nil},
		{"one names somebody who is not bound", []*truce.Observation{act("1", of("A")), act("2", of("X"))}, truce.UndeterminedFact, truce.Corroborated, 1, []truce.PartyID{"A", "X"}, []truce.Fact{truce.FactActor}},
		{"one of two acts is not known", []*truce.Observation{act("1", func(o *truce.Observation) { o.Act = "attack" }), act("2", func(o *truce.Observation) { o.Occurred = hours(19, 21) })},
			truce.UndeterminedTime, truce.Corroborated, 2, nil, []truce.Fact{truce.FactTime, truce.FactAct}},
		{"statements of none alone", []*truce.Observation{act("1", none), act("2", none)}, truce.NoViolation, truce.Corroborated, 0, nil, nil},
		{"a party's statement of none", []*truce.Observation{act("1", func(o *truce.Observation) { o.Count.N, o.Claimant = 0, "A" })}, truce.NoneAlleged, truce.Alleged, 0, nil, nil},
		{"a party's statement of none of another act", []*truce.Observation{act("1", func(o *truce.Observation) { o.Count.N, o.Claimant, o.Act = 0, "A", "overflight" })}, truce.NoViolation, truce.Alleged, 0, nil, nil},
		{"a statement of none before the article applied", []*truce.Observation{act("1", func(o *truce.Observation) { o.Count.N, o.Occurred = 0, hours(5, 6) })}, truce.OutOfScope, truce.SingleSource, 0, nil, nil},
	} {
		permute(tt.of, 0, func(of []*truce.Observation) {
			inc := &truce.Incident{ID: of[0].ID, Of: of, Occurred: of[0].Occurred}
			got := r.Incident(inc, Query{Reasons: true})
			slices.Sort(got.Claimed)
			if got.Outcome != tt.outcome || got.Signs.N != tt.signs || !slices.Equal(got.Claimed, tt.claimed) || !slices.Equal(got.Missing, tt.missing) {
				t.Errorf("%s, in the order %v: %s, %d signs, claimed %v, missing %v; want %s, %d, %v, %v", tt.name, keys(of), got.Outcome, got.Signs.N, got.Claimed, got.Missing, tt.outcome, tt.signs, tt.claimed, tt.missing)
			}
			if tt.outcome != truce.NoViolation && tt.outcome != truce.OutOfScope && got.Standing != tt.standing {
				t.Errorf("%s, in the order %v: %s, want %s", tt.name, keys(of), got.Standing, tt.standing)
			}
			if OnlySigns(inc) != (tt.signs == 0) {
				t.Errorf("%s: only signs %t", tt.name, OnlySigns(inc))
			}
		})
	}
}

// TestMeaningRelevant: whether an article has something to say of an incident, leaving aside
// when it applied: signs and statements of none are not what it is about.
func TestMeaningRelevant(t *testing.T) {
	r := march(truce.Provision{Article: "1", Phase: "p", Binds: []truce.PartyID{"A", "B"}, Obligation: &prohibit{Acts: []truce.Act{"fire"}}}, Context{})
	as := func(a truce.Act) *truce.Observation { return act(string(a), func(o *truce.Observation) { o.Act = a }) }
	none := act("none", func(o *truce.Observation) { o.Count.N = 0 })
	for _, tt := range []struct {
		name string
		of   []*truce.Observation
		want bool
	}{
		{"the act", []*truce.Observation{as("fire")}, true},
		{"what may be the act", []*truce.Observation{as("attack")}, true},
		{"long before", []*truce.Observation{act("x", func(o *truce.Observation) { o.Occurred = hours(-50, -49) })}, true},
		{"another act", []*truce.Observation{as("overflight")}, false},
		{"a sign", []*truce.Observation{as(truce.ActFirePixel)}, false},
		{"none", []*truce.Observation{none}, false},
		{"a sign and the act", []*truce.Observation{as(truce.ActFirePixel), as("fire")}, true},
		{"none and the act", []*truce.Observation{none, as("fire")}, true},
		{"another act and the act", []*truce.Observation{as("overflight"), as("fire")}, true},
	} {
		permute(tt.of, 0, func(of []*truce.Observation) {
			if got := r.Relevant(&truce.Incident{ID: of[0].ID, Of: of, Occurred: of[0].Occurred}); got != tt.want {
				t.Errorf("%s, in the order %v: %t, want %t", tt.name, keys(of), got, tt.want)
			}
		})
	}
}

// TestMeaningTimes: when an article binds within a time that is asked for, with and without
// its daily hours, and what it spans where nobody asks. The phase is from 10 to 20 o'clock
// and, after a gap, from 30 to 40.
func TestMeaningTimes(t *testing.T) {
	p := truce.Provision{Article: "1", Phase: "p", Binds: []truce.PartyID{"A"}, Obligation: &prohibit{Acts: []truce.Act{"fire"}}}
	always := p
	always.Phase = ""
	phases := map[string]Phase{"p": {During: []truce.Interval{hours(10, 20), hours(30, 40)}, Begun: true}}
	all := truce.Interval{Start: truce.Always, End: truce.Never}
	for _, tt := range []struct {
		name            string
		p               truce.Provision
		phases          map[string]Phase
		v               truce.Interval
		inForce, covers []truce.Interval
	}{
		{"all of it", p, phases, hours(0, 50), []truce.Interval{hours(10, 20), hours(30, 40)}, []truce.Interval{hours(10, 20), hours(30, 40)}},
		{"some of both", p, phases, hours(15, 35), []truce.Interval{hours(15, 20), hours(30, 35)}, []truce.Interval{hours(15, 20), hours(30, 35)}},
		{"the gap", p, phases, hours(20, 30), nil, nil},
		{"before", p, phases, hours(0, 10), nil, nil},
		{"an event that was not declared", p, map[string]Phase{"p": {}}, hours(0, 50), nil, nil},
		{"no phase", always, phases, hours(0, 50), []truce.Interval{hours(0, 50)}, []truce.Interval{hours(0, 50)}},
		{"no phase, and no end", always, phases, truce.Interval{Start: hours(0, 1).Start, End: truce.Never}, []truce.Interval{{Start: hours(0, 1).Start, End: truce.Never}}, nil},
		{"no phase, and no beginning", always, phases, truce.Interval{Start: truce.Always, End: hours(0, 1).End}, []truce.Interval{{Start: truce.Always, End: hours(0, 1).End}}, nil},
		{"no time", always, phases, all, []truce.Interval{all}, nil},
	} {
		r := march(tt.p, Context{Phases: tt.phases})
		if got := r.InForce(tt.v); !slices.Equal(got, tt.inForce) {
			t.Errorf("%s: in force %v, want %v", tt.name, got, tt.inForce)
		}
		if got := r.binding(tt.v); !slices.Equal(got, tt.covers) {
			t.Errorf("%s: binds %v, want %v", tt.name, got, tt.covers)
		}
	}
	for _, tt := range []struct {
		name               string
		p                  truce.Provision
		now, first, latest int // hours; 0: never
		want               truce.Interval
	}{
		{"from the beginning of the phase to now", p, 15, 1, 2, hours(10, 15)},
		{"to its last end", p, 50, 1, 2, hours(10, 40)},
		{"everything is known: to the latest entry", p, 0, 1, 35, hours(10, 35)},
		{"no phase: from the first entry", always, 15, 1, 2, hours(1, 15)},
		{"no phase, and everything is known", always, 0, 1, 2, hours(1, 2)},
	} {
		r := march(tt.p, Context{Phases: phases})
		r.c.First, r.c.Latest = hours(tt.first, 0).Start, hours(tt.latest, 0).Start
		if tt.now != 0 {
			r.c.Now = hours(tt.now, 0).Start
		}
		if got := r.Span(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if got := march(p, Context{Phases: map[string]Phase{"p": {}}}).Span(); got.Valid() {
		t.Errorf("what has not begun spans %s", got)
	}
}

// TestMeaningRules: one reading where nothing differs, whatever its objects; one for each
// list of objects or each reading.
func TestMeaningRules(t *testing.T) {
	list := func(p truce.PartyID) truce.ObjectList { return truce.ObjectList{Party: p} }
	from := func(id string, from truce.Instant) truce.Reading {
		return truce.Reading{ID: id, From: from, To: truce.Never}
	}
	for _, tt := range []struct {
		name     string
		objects  []truce.ObjectList
		readings []truce.Reading
		want     []string
	}{
		{"plain", nil, nil, []string{""}},
		{"one list", []truce.ObjectList{list("A")}, nil, []string{""}},
		{"two lists", []truce.ObjectList{list("A"), list("B")}, nil, []string{"A", "B"}},
		{"two readings", nil, []truce.Reading{from("A", 1), from("B", 2)}, []string{"A", "B"}},
		{"two readings and two lists", []truce.ObjectList{list("A"), list("B")}, []truce.Reading{from("B", 1), from("A", 2)}, []string{"B", "A"}},
	} {
		p := truce.Provision{Article: "1", Obligation: &prohibit{Acts: []truce.Act{"strike"}}, Objects: tt.objects, Readings: tt.readings}
		c := NewContext(Context{Agreement: &truce.Agreement{Location: time.UTC, Provisions: []truce.Provision{p}}, Now: truce.Never})
		var got []string
		for _, r := range c.Rules(&p) {
			got = append(got, r.Reading())
			if r.limited != (len(tt.objects) > 0) {
				t.Errorf("%s: limited to objects %t", tt.name, r.limited)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: readings %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestMeaningWindow: a window lasts from the first to the last occurrence of a time. An end
// that is not later than the beginning is on the next day. On 25 October 2026 the clocks of
// Kyiv go back from 04:00 to 03:00, at 01:00Z.
func TestMeaningWindow(t *testing.T) {
	kyiv, err := time.LoadLocation("Europe/Kyiv")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name     string
		from, to int32 // minutes of the day
		day      truce.Date
		want     string
	}{
		{"all day from six to six", 360, 360, "2026-03-05", "2026-03-05T04:00:00Z/2026-03-06T04:00:00Z"},
		{"a minute less", 360, 359, "2026-03-05", "2026-03-05T04:00:00Z/2026-03-06T03:59:00Z"},
		{"a minute of one day", 360, 361, "2026-03-05", "2026-03-05T04:00:00Z/2026-03-05T04:01:00Z"},
		{"to midnight before the change", 1320, 0, "2026-10-24", "2026-10-24T19:00:00Z/2026-10-24T21:00:00Z"},
		{"to midnight after the change", 1320, 1440, "2026-10-25", "2026-10-25T20:00:00Z/2026-10-25T22:00:00Z"},
		{"to 24:00 on a plain day", 1320, 1440, "2026-03-05", "2026-03-05T20:00:00Z/2026-03-05T22:00:00Z"},
		{"from midnight on the day of the change", 0, 60, "2026-10-25", "2026-10-24T21:00:00Z/2026-10-24T22:00:00Z"},
		{"to the hour at which clocks go back", 0, 180, "2026-10-25", "2026-10-24T21:00:00Z/2026-10-25T01:00:00Z"},
		{"from it", 180, 300, "2026-10-25", "2026-10-25T00:00:00Z/2026-10-25T03:00:00Z"},
		{"the last minute of the day of the change", 1439, 1440, "2026-10-25", "2026-10-25T21:59:00Z/2026-10-25T22:00:00Z"},
		{"to a skipped time", 0, 210, "2026-03-29", "2026-03-28T22:00:00Z/2026-03-29T01:00:00Z"},
	} {
		got := Window(&truce.Daily{From: int(tt.from), To: int(tt.to)}, tt.day, kyiv)
		if s := got.Start.String() + "/" + got.End.String(); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, s, tt.want)
		}
	}
}

// TestMeaningCoverageWithoutGround: where an agreement has no zones, coverage is weighed by
// time alone; where it has, a zone that nobody knows lies nowhere. What covers signs detects
// no act, and a party's own is what it listened to.
func TestMeaningCoverageWithoutGround(t *testing.T) {
	p := truce.Provision{Article: "1", Phase: "p", Binds: []truce.PartyID{"A", "B"}, Obligation: &prohibit{Acts: []truce.Act{"fire"}}}
	cover := func(what, zone string, v truce.Interval, share truce.PPM, by truce.PartyID) *truce.Coverage {
		return &truce.Coverage{ID: truce.DigestOf(what, zone, v.String(), string(by)), What: what, Zone: zone, During: v, Share: share, Claimant: by}
	}
	west := zone(t, "west", 37, 37.5)
	zoned := &truce.Agreement{ZoneOrder: []string{"west"}, Zones: map[string]*truce.Zone{"west": west}}
	region := func(n string) (*geo.Region, string, bool) { return west.Region, n, n == "west" }
	for _, tt := range []struct {
		name          string
		a             *truce.Agreement
		of            []*truce.Coverage
		denied        []*truce.Restriction
		v             truce.Interval
		want, parties truce.PPM
	}{
		{"half of the hours, without zones", nil, []*truce.Coverage{cover("patrol", "x", hours(10, 15), truce.One, "")}, nil, hours(10, 20), 500_000, 0},
		{"the largest of two", nil, []*truce.Coverage{cover("patrol", "x", hours(10, 20), 300_000, ""), cover("camera", "y", hours(10, 20), 200_000, "")}, nil, hours(10, 20), 300_000, 0},
		{"five hours are denied", nil, []*truce.Coverage{cover("patrol", "x", hours(10, 20), truce.One, "")}, []*truce.Restriction{{During: hours(5, 15)}}, hours(10, 20), 500_000, 0},
		{"a zone that nobody knows", zoned, []*truce.Coverage{cover("patrol", "x", hours(10, 20), truce.One, "")}, nil, hours(10, 20), 0, 0},
		{"and one that is known", zoned, []*truce.Coverage{cover("patrol", "x", hours(10, 20), truce.One, ""), cover("patrol", "west", hours(10, 20), 400_000, "")}, nil, hours(10, 20), 400_000, 0},
		{"alerts by an observer", zoned, []*truce.Coverage{cover("alert", "west", hours(10, 20), truce.One, "")}, nil, hours(10, 20), 0, 0},
		{"alerts that a party listened to", zoned, []*truce.Coverage{cover("alert", "west", hours(10, 20), truce.One, "A")}, nil, hours(10, 20), 0, truce.One},
		{"a party's look at another act", zoned, []*truce.Coverage{cover("overflight", "west", hours(10, 20), truce.One, "A")}, nil, hours(10, 20), 0, 0},
		{"a party's patrol", zoned, []*truce.Coverage{cover("patrol", "west", hours(10, 20), truce.One, "A")}, nil, hours(10, 20), 0, truce.One},
		{"less than a second is nothing that can be covered", nil, []*truce.Coverage{cover("patrol", "x", hours(10, 20), truce.One, "")}, nil, truce.Interval{Start: hours(10, 0).Start, End: hours(10, 0).Start + 999}, 0, 0},
		{"a second is", nil, []*truce.Coverage{cover("patrol", "x", hours(10, 20), truce.One, "")}, nil, truce.Interval{Start: hours(10, 0).Start, End: hours(10, 0).Start + 1000}, truce.One, 0},
	} {
		r := march(p, Context{Agreement: tt.a, Coverage: tt.of, Restrictions: tt.denied, Region: region})
		if got, own := r.Coverage(tt.v); got != tt.want || own != tt.parties {
			t.Errorf("%s: %s and the parties' own %s, want %s and %s", tt.name, got, own, tt.want, tt.parties)
		}
		// Progress ends at what it said it would come to.
		done, total := -1, -1
		r.c.Progress = func(d, n int) {
			if d < 0 || d > n || total >= 0 && n != total && d != 0 {
				t.Errorf("%s: %d of %d, after %d of %d", tt.name, d, n, done, total)
			}
			done, total = d, n
		}
		r.Coverage(tt.v)
		if done != total {
			t.Errorf("%s: it ended at %d of %d", tt.name, done, total)
		}
	}
}

// TestMeaningPeriodWords: at the first moment of a phase there is a moment to look at, and
// parties' organs are named only where they covered something.
func TestMeaningPeriodWords(t *testing.T) {
	p := truce.Provision{Article: "1", Phase: "p", Binds: []truce.PartyID{"A"}, Floor: truce.Floor{Coverage: truce.One / 2}, Obligation: &prohibit{Acts: []truce.Act{"fire"}}}
	for _, tt := range []struct {
		name string
		of   []*truce.Coverage
		want string // the last reason
	}{
		{"nobody", nil, "nothing was seen, but only 0 % could have been, and the article's floor is 50 %"},
		{"an observer", []*truce.Coverage{{What: "patrol", During: hours(10, 20), Share: truce.One}}, "nothing was seen, at coverage 100 %"},
		{"a party", []*truce.Coverage{{What: "patrol", During: hours(10, 20), Share: truce.One, Claimant: "A"}}, "the parties' own organs covered 100 %; that never makes an article held"},
	} {
		r := march(p, Context{Coverage: tt.of})
		a := r.Period(hours(10, 20), &Sum{}, Query{Reasons: true})
		if got := a.Reasons[len(a.Reasons)-1].String(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if plain := r.Period(hours(10, 20), &Sum{}, Query{}); len(plain.Reasons) != 0 || plain.Outcome != a.Outcome {
			t.Errorf("%s: %s with %d reasons where nobody asks why", tt.name, plain.Outcome, len(plain.Reasons))
		}
	}
	r := march(p, Context{})
	for now, want := range map[truce.Instant]truce.Interval{
		hours(10, 0).Start:     {Start: hours(10, 0).Start, End: hours(10, 0).Start + 1},
		hours(10, 0).Start + 1: {Start: hours(10, 0).Start, End: hours(10, 0).Start + 1},
		hours(12, 0).Start:     {Start: hours(10, 0).Start, End: hours(12, 0).Start},
	} {
		r.c.Now = now
		if a := r.Period(truce.Interval{}, &Sum{}, Query{}); a.During != want || a.Outcome != truce.UndeterminedNoCoverage {
			t.Errorf("at %s: %s during %s, want %s", now, a.Outcome, a.During, want)
		}
	}
	for now, want := range map[truce.Instant]truce.Outcome{hours(10, 0).Start - 1: truce.OutOfScope, hours(20, 0).Start - 1: truce.UndeterminedNoCoverage, hours(20, 0).Start: truce.OutOfScope} {
		r.c.Now = now
		if a := r.Period(truce.Interval{}, &Sum{}, Query{}); a.Outcome != want {
			t.Errorf("at %s: %s, want %s", now, a.Outcome, want)
		}
	}
}

// TestMeaningDependent: why several publishers do not confirm each other, said once and only
// where they do not.
func TestMeaningDependent(t *testing.T) {
	c := NewContext(Context{Agreement: &truce.Agreement{Sources: map[truce.SourceID]truce.Source{
		"post-1": {ID: "post-1", Publisher: "mission"}, "post-2": {ID: "post-2", Publisher: "mission"}, "press": {ID: "press", Publisher: "Press"}, "ngo": {ID: "ngo", Publisher: "NGO"}}}})
	obs := func(source, key, hand string) *truce.Observation {
		o := &truce.Observation{Source: truce.SourceID(source), Key: key, Hand: hand, Act: "strike", Count: truce.Count{N: 1}, Occurred: hours(1, 2)}
		o.SetID()
		return o
	}
	for _, tt := range []struct {
		name         string
		of           []*truce.Observation
		corroborated bool
		said         []string
	}{
		{"one publisher", []*truce.Observation{obs("post-1", "1", "anna"), obs("post-2", "2", "anna")}, false, nil},
		{"one hand", []*truce.Observation{obs("press", "1", "anna"), obs("ngo", "2", "anna")}, false, []string{"reports by Press (press) and NGO (ngo) were entered by the same person, so they do not confirm each other"}},
		{"one row, of files", []*truce.Observation{obs("press", "1", ""), obs("ngo", "1", "")}, false, []string{"reports by Press (press) and NGO (ngo) are the same row under two names, so they do not confirm each other"}},
		{"one row, by two hands", []*truce.Observation{obs("press", "1", "anna"), obs("ngo", "1", "boris")}, false, []string{"reports by Press (press) and NGO (ngo) are the same row under two names, so they do not confirm each other"}},
		{"one publisher twice, and one hand", []*truce.Observation{obs("post-1", "1", "anna"), obs("post-2", "2", "anna"), obs("press", "3", "anna")}, false,
			[]string{"reports by mission (post-1) and Press (press) were entered by the same person, so they do not confirm each other"}},
		{"a third confirms one of two", []*truce.Observation{obs("press", "1", "anna"), obs("ngo", "2", "anna"), obs("post-1", "3", "boris")}, true,
			[]string{"two publishers report it; where they have it from is not stated"}},
		{"one row twice of one publisher, another of it, and the row of another publisher", []*truce.Observation{obs("post-1", "1", ""), obs("post-2", "1", ""), obs("post-1", "2", ""), obs("press", "1", "")}, true,
			[]string{"two publishers report it; where they have it from is not stated"}},
	} {
		var w witnesses
		for _, o := range tt.of {
			w.add(c, o)
		}
		var tr trace
		w.explain(&Rule{c: c}, &tr)
		var said []string
		for _, r := range tr.reasons {
			said = append(said, r.String())
		}
		if !slices.Equal(said, tt.said) || (w.ground != "") != tt.corroborated {
			t.Errorf("%s: corroborated %t, and %q; want %t and %q", tt.name, w.ground != "", said, tt.corroborated, tt.said)
		}
		w.explain(&Rule{c: c}, nil)
	}
	// One key, time, act and weapon, and another place: two rows.
	a, b := obs("press", "1", ""), obs("ngo", "1", "")
	b.Place = truce.Place{Kind: truce.PlaceRegion, Name: "box"}
	if sameRow(a, b) || !sameRow(a, a) {
		t.Error("a row is compared by all that it says")
	}
}
