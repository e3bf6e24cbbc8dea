package situation_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/decide"
	"github.com/opentruce/truce/internal/situation"
)

// TestMeaningMayConcern: beside an incident stands what may be of it and is known too
// loosely to be joined with it: at an overlapping time, in a place that may be the same, of
// an act that may be of one incident.
func TestMeaningMayConcern(t *testing.T) {
	a := flat(t, strikes, nil)
	const known = "2026-03-08T00:00:00Z"
	const precise = "observe x strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire"
	for _, tt := range []struct {
		name, text string
		want       bool
	}{
		{"a report of the day and the region", "observe y strike 2026-03-05 region:box source=wire", true},
		{"of another act that may be the same", "observe y explosion 2026-03-05 region:box source=wire", true},
		{"of an act that cannot", "observe y overflight 2026-03-05 region:box source=wire", false},
		{"of the day after", "observe y strike 2026-03-06 region:box source=wire", false},
		{"of the day, elsewhere", "observe y strike 2026-03-05 0.5N 40.5E ±20km source=wire", false},
		{"of the moment, and known well: it is another", "observe y strike 2026-03-05T10:00/10:10Z 0.9N 10.9E ±100m weapon=missile source=wire", false},
		{"a total of the day and the region", "tally y by wire strike 2026-03-05 region:box count=3", true},
		{"a total of the day after", "tally y by wire strike 2026-03-06 region:box count=3", false},
		{"a total of overflights", "tally y by wire overflight 2026-03-05 region:box count=3", false},
	} {
		x, y := said(t, a, "", known, precise), said(t, a, "", known, tt.text)
		s := situation.Build(a, []truce.Item{x, y}, truce.Never, opts())
		for _, most := range []int{8, 1, 0} {
			incidents, tallies := s.MayConcern(s.IncidentOf(x.ID()), most, func(*truce.Incident) bool { return true })
			if got := len(incidents) + len(tallies); got != 0 != (tt.want && most > 0) || got > 1 {
				t.Errorf("%s, at most %d: %v and %v", tt.name, most, incidents, tallies)
			}
		}
		if incidents, _ := s.MayConcern(s.IncidentOf(x.ID()), 8, func(*truce.Incident) bool { return false }); len(incidents) != 0 {
			t.Errorf("%s: %v is shown to whoever is not shown it", tt.name, incidents)
		}
		if inc := s.IncidentOf(y.ID()); inc != nil { // the other way around
			if incidents, _ := s.MayConcern(inc, 8, func(*truce.Incident) bool { return true }); (len(incidents) == 1) != tt.want {
				t.Errorf("%s, seen from there: %v", tt.name, incidents)
			}
		}
	}
}

// TestMeaningMayConcernOthers: a total of acts by one side is not shown beside an incident of which the
// reports name another, nor beside a statement that there was none; and such a statement is shown
// before anything else.
func TestMeaningMayConcernOthers(t *testing.T) {
	a := flat(t, strikes, nil)
	const known = "2026-03-08T00:00:00Z"
	total := "tally y by wire strike 2026-03-05 region:box count=3 actor=B"
	for _, tt := range []struct {
		name, text string
		want       int
	}{
		{"nobody is named", "observe x strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire", 1},
		{"the same side is named", "observe x strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire actor=B", 1},
		{"the other side is named", "observe x strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire actor=A", 0},
		{"there was none", "observe x strike 2026-03-05 region:box count=0 source=wire", 0},
	} {
		x := said(t, a, "", known, tt.text)
		s := situation.Build(a, []truce.Item{x, said(t, a, "", known, total)}, truce.Never, opts())
		if _, got := s.MayConcern(s.IncidentOf(x.ID()), 8, func(*truce.Incident) bool { return true }); len(got) != tt.want {
			t.Errorf("%s: %d totals, want %d", tt.name, len(got), tt.want)
		}
	}
	x := said(t, a, "", known, "observe x strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire")
	items := []truce.Item{x, said(t, a, "", known, "observe none strike 2026-03-05 region:box count=0 source=wire")}
	for i := range 9 {
		items = append(items, said(t, a, "", known, fmt.Sprintf("observe y%d strike 2026-03-0%d/2026-03-06 region:box source=paper%d", i, 1+i%5, i)))
	}
	s := situation.Build(a, items, truce.Never, opts())
	near, _ := s.MayConcern(s.IncidentOf(x.ID()), 8, func(*truce.Incident) bool { return true })
	if len(near) != 8 || !near[0].Of[0].None() {
		t.Errorf("of nine reports and a statement of none, %d are shown, and the first is %v", len(near), near[0].Of[0])
	}
}

// TestMeaningCarried: a decision on one of the incidents of a merge would be of all of it; one
// on another incident is not.
func TestMeaningCarried(t *testing.T) {
	a := flat(t, strikes, nil)
	var items []truce.Item
	var ids []truce.Digest
	for _, place := range []string{"0.1N 10.1E", "0.5N 10.5E", "0.9N 10.9E"} {
		r := said(t, a, "", "2026-03-08T00:00:00Z", "observe o"+place[:3]+" strike 2026-03-05T10:00/10:10Z "+place+" ±100m weapon=missile source=wire")
		items, ids = append(items, r), append(ids, r.ID())
	}
	for n, want := range []int{1, 1, 0} {
		verified := truce.Item{Decision: &truce.Decision{ID: truce.DigestOf("d"), Seq: 1, Kind: truce.Verify, Of: ids[n : n+1], Because: "x"}}
		s := situation.Build(a, append(slices.Clone(items), verified), truce.Never, opts())
		if _, doubts := decide.Objections(s, &truce.Decision{Kind: truce.Merge, Of: ids[:2], Because: "x"}); len(doubts) != want {
			t.Errorf("number %d is verified: %v, want %d", n, doubts, want)
		}
	}
}
