package situation_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/correlate"
	"github.com/opentruce/truce/internal/situation"
	"pgregory.net/rapid"
)

// TestMayBeSame: the days around an incident find what asking of all pairs finds, in a
// situation that was built and in one that grew.
func TestMayBeSame(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("testdata/growing"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	some, proposed := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		all := story(t, a)
		now := all[len(all)-1].Known.Add(48 * time.Hour)
		s := situation.Build(a, all, now, opts())
		g := situation.Grow(opts())
		half := len(all) / 2
		g.Step(a, all[:half], func() []truce.Item { return all[:half] }, nil, all[max(0, half-1)].Known)
		if before, _ := g.Latest(); len(before.Incidents()) > 0 { // what days keep is asked for before more arrives
			before.MayBeSame(before.Incidents()[0])
		}
		grown, _ := g.Step(a, all[half:], func() []truce.Item { return all }, nil, now)
		splits := correlate.SplitsOf(s.Decisions)
		c := correlate.NewComparison(correlate.Input{Source: a.SourceOf})
		for _, inc := range s.Incidents() {
			var want []string
			for _, other := range s.Incidents() {
				if _, parted := c.Parted(inc, other, splits); !parted && other != inc {
					want = append(want, other.ID.Hex())
				}
				why, parted := c.Parted(inc, other, splits)
				if is, apart := s.Parted(inc, other); apart != parted || is.String() != why.String() {
					t.Fatalf("parted %t, %s; want %t, %s", apart, is, parted, why)
				}
			}
			some += len(want)
			for name, s := range map[string]*situation.Situation{"built": s, "grown": grown} {
				var got []string
				for _, x := range s.MayBeSame(s.IncidentOf(inc.Of[0].ID)) {
					got = append(got, x.Incident.ID.Hex())
				}
				if !slices.Equal(got, want) {
					t.Fatalf("%s: %s may be the same as %v, want %v", name, inc.ID, got, want)
				}
				if name == "built" {
					of := map[truce.Digest]int{}
					for _, p := range s.Proposals(inc) {
						proposed++
						if of[p.A]++; of[p.A] > 3 || p.Total < -1500 || !slices.Contains(want, p.Other.ID.Hex()) || len(p.Parts) == 0 || p.Why.String() == "" {
							t.Fatalf("proposed: %+v", p)
						}
					}
				}
			}
		}
	})
	if some == 0 || proposed == 0 {
		t.Errorf("%d may be the same, %d are proposed: the stories test nothing", some, proposed)
	}
}

// TestMayBeSameLong: a report of a month, and one that states no end, may be the same as
// reports of days in it, from either side, and not as one of a day before.
func TestMayBeSameLong(t *testing.T) {
	a := flat(t, strikes, nil)
	const known = "2026-04-08T00:00:00Z"
	long := []truce.Item{
		said(t, a, "", known, "observe m strike 2026-03-05/2026-04-04 0.5N 10.5E ±1km weapon=missile source=wire"),
		said(t, a, "", known, "observe e strike 2026-03-05/2026-04-04 0.5N 10.5E ±1km weapon=missile source=wire"),
	}
	endless := *long[1].Observation
	endless.Occurred.End = truce.Never
	long[1].Observation = &endless
	before := said(t, a, "", known, "observe b strike 2026-03-04 0.5N 10.5E ±1km weapon=missile source=wire")
	in := []truce.Item{said(t, a, "", known, "observe c strike 2026-03-06 0.5N 10.5E ±1km weapon=missile source=wire"), said(t, a, "", known, "observe d strike 2026-03-30 0.5N 10.5E ±1km weapon=missile source=wire")}
	for _, x := range long {
		s := situation.Build(a, append(slices.Clone(in), x, before), truce.Never, opts())
		if got := s.MayBeSame(s.IncidentOf(x.ID())); len(got) != 2 {
			t.Errorf("%s may be the same as %d, want 2", x.Observation.Key, len(got))
		}
		for _, y := range in {
			if got := s.MayBeSame(s.IncidentOf(y.ID())); len(got) != 1 || got[0].Incident != s.IncidentOf(x.ID()) {
				t.Errorf("%s may be the same as %d, want 1", y.Observation.Key, len(got))
			}
		}
		if got := s.MayBeSame(s.IncidentOf(before.ID())); len(got) != 0 {
			t.Errorf("a day before may be the same as %d", len(got))
		}
	}
}

// TestBundles: forty reports of one village and day are one bundle, and forty of a village
// 20 km away and forty of the next day are two more; three of a fourth place are one incident.
func TestBundles(t *testing.T) {
	a := flat(t, strikes, nil)
	const known = "2026-03-08T00:00:00Z"
	var items []truce.Item
	report := func(n int, day, place string) {
		for range n {
			items = append(items, said(t, a, "", known, fmt.Sprintf("observe x%d strike %s %s ±500m weapon=missile source=wire", len(items), day, place)))
		}
	}
	report(40, "2026-03-05", "0.5N 10.5E")
	report(40, "2026-03-05", "0.5N 10.7E")
	report(40, "2026-03-06", "0.5N 10.5E")
	report(3, "2026-03-05", "0.9N 10.9E")
	s := situation.Build(a, items, truce.Never, opts())
	if n := len(s.Incidents()); n != 121 {
		t.Fatalf("%d incidents, want 121", n)
	}
	march := truce.Interval{Start: s.Occurred().Start, End: s.Occurred().End}
	got := s.Bundles(march)
	if len(got) != 3 {
		t.Fatalf("%d bundles, want 3", len(got))
	}
	for _, b := range got {
		if b.Reports() != 40 || b.RadiusM < 500 || b.RadiusM > 510 {
			t.Errorf("a bundle of %d reports within %d m", b.Reports(), b.RadiusM)
		}
		for _, inc := range b.Of {
			if of, ok := s.BundleOf(inc); !ok || of.Of[0] != b.Of[0] || of.Day != b.Day {
				t.Errorf("%s is of another bundle", inc.ID)
			}
		}
		for _, p := range s.Proposals(b.Of[0]) {
			if want := "so many reports of that day and place fit that none is chosen"; p.Why.String() != want {
				t.Errorf("%q, want %q", p.Why, want)
			}
		}
	}
	if inc := s.IncidentOf(items[122].ID()); len(inc.Of) != 3 {
		t.Errorf("three reports are %d", len(inc.Of))
	} else if _, ok := s.BundleOf(inc); ok {
		t.Error("and are of a bundle")
	}
}

// TestFirstWithRival: a and b are events of two catalogues that fit, and b2 of the second
// fits as well until it is corrected to another place, or withdrawn. What was corrected was
// known, and nothing was joined before; what was withdrawn leaves no trace.
func TestFirstWithRival(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("testdata/growing"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	for _, id := range []truce.SourceID{"ngo", "camera"} {
		x := a.Sources[id]
		x.Apart = true
		a.Sources[id] = x
	}
	at := truce.Instant(1772323200000)
	sw, ne := a.Zones["box"].Region.Bounds()
	event := func(source truce.SourceID, key string, north int32, hours int) truce.Item {
		o := &truce.Observation{Source: source, Key: key, Count: truce.Count{N: 1}, Act: "strike", Occurred: truce.Interval{Start: at, End: at.Add(24 * time.Hour)},
			Place:      truce.Place{Kind: truce.PlacePoint, Uncertainty: 100, Point: geoPoint(sw, ne)},
			Casualties: &truce.Casualties{Killed: &truce.Range{Low: 12, Best: 12, High: 12}}}
		o.Place.Point.Lat += north
		o.SetID()
		return truce.Item{Known: at.Add(time.Duration(hours) * time.Hour), Observation: o}
	}
	one, other, rival := event("ngo", "a", 0, 26), event("camera", "b", 2_000, 25), event("camera", "c", 2_000, 25) // not at one point to the metre, which looks like a copy
	elsewhere := event("camera", "c corrected", 3_000_000, 50)
	elsewhere.Replaces = rival.ID()
	gone := truce.Item{Known: at.Add(50 * time.Hour), Withdrawal: &truce.Withdrawal{Of: rival.ID()}}
	for _, tt := range []struct {
		name  string
		items []truce.Item
		first int // hours
	}{
		{"without a rival", []truce.Item{one, other}, 26},
		{"the rival was corrected", []truce.Item{one, other, rival, elsewhere}, 50},
		{"the rival was withdrawn", []truce.Item{one, other, rival, gone}, 26},
	} {
		s := situation.Build(a, tt.items, at.Add(60*time.Hour), opts())
		inc := s.IncidentOf(one.ID())
		if len(inc.Of) != 2 {
			t.Fatalf("%s: %d observations in one incident", tt.name, len(inc.Of))
		}
		is, was, _ := s.First("1", "", inc, "")
		if want := at.Add(time.Duration(tt.first) * time.Hour); is != want || was != want {
			t.Errorf("%s: its finding first existed at %s, by situations of then at %s, want %s", tt.name, is, was, want)
		}
	}
	// While both are known, nothing is joined.
	s := situation.Build(a, []truce.Item{one, other, rival}, at.Add(60*time.Hour), opts())
	if n := len(s.Incidents()); n != 3 {
		t.Errorf("%d incidents, want 3", n)
	}
	rivalled := false
	for _, p := range s.Proposals(s.IncidentOf(one.ID())) {
		rivalled = rivalled || p.Why.String() == "another event of the same catalogue fits as well"
	}
	if !rivalled {
		t.Error("nobody says that another event of the catalogue fits as well")
	}
}

// TestFirstInACrowd: a and b are events of two catalogues, of one place to 2 km, that score 3,320.
// The second catalogue has six more events 8 km away on that day: of seven pairs the threshold
// is 3,446, and nothing is joined while all are known.
func TestFirstInACrowd(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("testdata/growing"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	keepApart(a, "ngo", "camera")
	at := truce.Instant(1772323200000)
	sw, ne := a.Zones["box"].Region.Bounds()
	event := func(source truce.SourceID, key string, metres float64, hours int) truce.Item {
		o := &truce.Observation{Source: source, Key: key, Count: truce.Count{N: 1}, Act: "strike", Occurred: truce.Interval{Start: at, End: at.Add(24 * time.Hour)},
			Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: 2000, Point: geo.Destination(geoPoint(sw, ne), 0, metres)}}
		o.SetID()
		return truce.Item{Known: at.Add(time.Duration(hours) * time.Hour), Observation: o}
	}
	one, other := event("ngo", "a", 0, 26), event("camera", "b", 20, 25)
	var near, corrected, withdrawn []truce.Item
	for i := range 6 {
		c := event("camera", fmt.Sprint("c", i), 8000+float64(10*i), 25)
		away := event("camera", fmt.Sprint("c", i, " corrected"), 300_000+5000*float64(i), 50)
		away.Replaces = c.ID()
		near, corrected = append(near, c), append(corrected, away)
		withdrawn = append(withdrawn, truce.Item{Known: at.Add(50 * time.Hour), Withdrawal: &truce.Withdrawal{Of: c.ID()}})
	}
	both := []truce.Item{one, other}
	for _, tt := range []struct {
		name  string
		items []truce.Item
		first int // hours
	}{
		{"alone", both, 26},
		{"five more are too few", slices.Concat(both, near[:5]), 26},
		{"six more, which were corrected", slices.Concat(both, near, corrected), 50},
		{"one of the six was corrected", slices.Concat(both, near, corrected[:1]), 50},
		{"six more, which were withdrawn", slices.Concat(both, near, withdrawn), 26},
		{"six more, which came and were corrected before the second was known", slices.Concat([]truce.Item{event("ngo", "a", 0, 60), other}, near, corrected), 60},
	} {
		s := situation.Build(a, tt.items, at.Add(90*time.Hour), opts())
		inc := s.IncidentOf(one.ID())
		if len(inc.Of) != 2 {
			t.Fatalf("%s: %d observations in one incident", tt.name, len(inc.Of))
		}
		is, was, _ := s.First("1", "", inc, "")
		if want := at.Add(time.Duration(tt.first) * time.Hour); is != want || was != want {
			t.Errorf("%s: its finding first existed at %s, by situations of then at %s, want %s", tt.name, is, was, want)
		}
		g := situation.Grow(opts())
		for i := range tt.items {
			have := tt.items[:i+1]
			got, _ := g.Step(a, tt.items[i:i+1], func() []truce.Item { return have }, nil, at.Add(90*time.Hour))
			for _, inc := range got.Incidents() { // so that it is kept
				got.First("1", "", inc, "")
			}
			if i == len(tt.items)-1 {
				if is, _, _ := got.First("1", "", got.IncidentOf(one.ID()), ""); is != at.Add(time.Duration(tt.first)*time.Hour) {
					t.Errorf("%s: when it grows, its finding first existed at %s", tt.name, is)
				}
			}
		}
	}
	s := situation.Build(a, slices.Concat(both, near), at.Add(90*time.Hour), opts())
	if n := len(s.Incidents()); n != 8 {
		t.Errorf("%d incidents, want 8", n)
	}
	found := false
	for _, p := range s.Proposals(s.IncidentOf(one.ID())) {
		if p.Other == s.IncidentOf(other.ID()) {
			found = true
			if want := "the two catalogues have so many such events within 10 km and half a day that the score would have to be 3446"; p.Why.String() != want || p.Total != 3320 {
				t.Errorf("scores %d, and is not joined because %s; want %s", p.Total, p.Why, want)
			}
		}
	}
	if !found {
		t.Error("the pair is not proposed")
	}
}
