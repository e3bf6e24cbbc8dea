package assess

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
)

// TestIndependent states, case by case, which observations of one incident
// confirm each other. Each case was worked out by hand; the order in which the
// observations come must not matter.
func TestIndependent(t *testing.T) {
	c := NewContext(Context{Agreement: &truce.Agreement{
		Parties: []truce.Party{{ID: "A"}, {ID: "B"}},
		Sources: map[truce.SourceID]truce.Source{
			"post-1": {ID: "post-1", Publisher: "mission"}, "post-2": {ID: "post-2", Publisher: "mission"},
			"press": {ID: "press", Publisher: "Press"}, "ngo": {ID: "ngo", Publisher: "NGO"},
			"mod-a": {ID: "mod-a", Publisher: "Ministry", Party: "A"}}}})
	// obs is an observation whose content differs from others by its key alone.
	obs := func(source, key, hand string) *truce.Observation {
		o := &truce.Observation{Source: truce.SourceID(source), Key: key, Hand: hand, Act: "strike", Weapon: "mortar",
			Occurred: truce.Interval{Start: 0, End: 60_000}, Count: truce.Count{N: 1}}
		o.SetID()
		return o
	}
	with := func(o *truce.Observation, f func(*truce.Observation)) *truce.Observation { f(o); return o }
	for _, tt := range []struct {
		name string
		of   []*truce.Observation
		want bool
	}{
		{"none", nil, false},
		{"one", []*truce.Observation{obs("press", "1", "")}, false},
		{"two of one source", []*truce.Observation{obs("press", "1", ""), obs("press", "2", "")}, false},
		{"two sources of one publisher", []*truce.Observation{obs("post-1", "1", "anna"), obs("post-2", "2", "boris")}, false},
		{"two publishers, from files", []*truce.Observation{obs("press", "1", ""), obs("ngo", "2", "")}, true},
		{"two publishers, two hands", []*truce.Observation{obs("press", "1", "anna"), obs("ngo", "2", "boris")}, true},
		{"two publishers, one hand", []*truce.Observation{obs("press", "1", "anna"), obs("ngo", "2", "anna")}, false},
		{"one from a file, one by hand", []*truce.Observation{obs("press", "1", ""), obs("ngo", "2", "anna")}, true},
		{"sources that are not listed, one hand", []*truce.Observation{obs("x", "1", "anna"), obs("y", "2", "anna")}, false},
		{"one row under two names", []*truce.Observation{obs("press", "1", ""), obs("ngo", "1", "")}, false},
		{"one row under two names, one a later revision", []*truce.Observation{obs("press", "1", ""),
			with(obs("ngo", "1", ""), func(o *truce.Observation) { o.Revision = 2 })}, false},
		{"one row under two names, one graded by a person", []*truce.Observation{obs("press", "1", ""),
			with(obs("ngo", "1", ""), func(o *truce.Observation) { o.Grade = truce.Grade{Source: 'A', Info: '1'} })}, false},
		{"one row under two names, typed by two people", []*truce.Observation{obs("press", "1", "anna"), obs("ngo", "1", "boris")}, false},
		{"one key and another weapon", []*truce.Observation{obs("press", "1", ""),
			with(obs("ngo", "1", ""), func(o *truce.Observation) { o.Weapon = "artillery" })}, true},
		{"one row under two names, and another row", []*truce.Observation{obs("press", "1", ""), obs("ngo", "1", ""), obs("ngo", "2", "")}, true},
		{"one hand, and a third from a file", []*truce.Observation{obs("press", "1", "anna"), obs("ngo", "2", "anna"), obs("x", "3", "")}, true},
		{"one hand, and a third of one of the two publishers", []*truce.Observation{obs("press", "1", "anna"), obs("ngo", "2", "anna"), obs("ngo", "3", "")}, true},
		{"one row under three names", []*truce.Observation{obs("press", "1", ""), obs("ngo", "1", ""), obs("x", "1", "")}, false},
		{"one hand and the same row in a chain", // a~b by hand, b~c by row, a and c are independent
			[]*truce.Observation{obs("press", "1", "anna"), obs("ngo", "2", "anna"), obs("x", "2", "")}, true},
		{"three of one publisher, the last row under another name", []*truce.Observation{obs("press", "1", ""), obs("press", "2", ""), obs("press", "3", ""), obs("ngo", "3", "")}, true},
		{"a source that is not listed and has the name of a publisher", []*truce.Observation{obs("post-1", "1", "anna"), obs("Mission", "2", "boris")}, false},
		{"a party's source", []*truce.Observation{obs("press", "1", ""), obs("mod-a", "2", "")}, false},
		{"an allegation", []*truce.Observation{obs("press", "1", ""), with(obs("x", "2", ""), func(o *truce.Observation) { o.Claimant = "B" })}, false},
		{"a sign", []*truce.Observation{obs("press", "1", ""), with(obs("x", "2", ""), func(o *truce.Observation) { o.Act = truce.ActFirePixel })}, false},
	} {
		permute(slices.Clone(tt.of), 0, func(of []*truce.Observation) {
			var w witnesses
			for _, o := range of {
				w.add(c, o)
			}
			if got := w.standing(false) == truce.Corroborated; got != tt.want {
				t.Errorf("%s: corroborated %v, want %v, in the order %v", tt.name, got, tt.want, keys(of))
			}
		})
	}
}

// permute calls f with every order of list.
func permute[T any](list []T, k int, f func([]T)) {
	if k >= len(list) {
		f(list)
		return
	}
	for i := k; i < len(list); i++ {
		list[k], list[i] = list[i], list[k]
		permute(list, k+1, f)
		list[k], list[i] = list[i], list[k]
	}
}

func keys(of []*truce.Observation) (out []string) {
	for _, o := range of {
		out = append(out, string(o.Source)+" "+o.Key+" "+o.Hand)
	}
	return out
}

// TestWitnessesKeepFew: hundreds of reports by one publisher cost no more than
// comparing each with two.
func TestWitnessesKeepFew(t *testing.T) {
	c := NewContext(Context{Agreement: &truce.Agreement{}})
	var w witnesses
	for i := range 512 {
		o := &truce.Observation{Source: "press", Key: string(rune('a' + i)), Act: "strike"}
		w.add(c, o)
	}
	if len(w.of) != 2 {
		t.Errorf("%d are kept, want 2", len(w.of))
	}
}

// TestDependentIsSaid: where two publishers do not confirm each other, the
// reasons say why, and a period and a sum follow the incident.
func TestDependentIsSaid(t *testing.T) {
	a := &truce.Agreement{Location: time.UTC, Parties: []truce.Party{{ID: "A"}}, Sources: map[truce.SourceID]truce.Source{},
		Provisions: []truce.Provision{{Article: "1", Binds: []truce.PartyID{"A"}, Floor: truce.Floor{Evidence: truce.Corroborated},
			Obligation: &prohibit{Acts: []truce.Act{"strike"}}}}}
	incident := func(hands ...string) *truce.Incident {
		inc := &truce.Incident{Occurred: truce.Interval{Start: 0, End: 60_000}}
		for i, h := range hands {
			o := &truce.Observation{Source: truce.SourceID([]string{"x", "y", "z"}[i]), Key: []string{"1", "2", "3"}[i], Hand: h, Count: truce.Count{N: 1}, Act: "strike", Weapon: "mortar", Occurred: inc.Occurred}
			o.SetID()
			inc.Of = append(inc.Of, o)
		}
		slices.SortFunc(inc.Of, func(a, b *truce.Observation) int { return a.ID.Compare(b.ID) })
		inc.ID = inc.Of[0].ID
		return inc
	}
	said := func(words string) func(truce.Reason) bool {
		return func(r truce.Reason) bool { return strings.Contains(r.String(), words) }
	}
	c := NewContext(Context{Agreement: a, Now: truce.Never})
	r := c.Rules(&a.Provisions[0])[0]
	one := r.Incident(incident("anna", "anna"), Query{Reasons: true})
	if one.Outcome != truce.Uncorroborated || one.Standing != truce.SingleSource {
		t.Errorf("one hand: %s, %s", one.Outcome, one.Standing)
	}
	if !slices.ContainsFunc(one.Reasons, said("entered by the same person")) {
		t.Errorf("one hand: nobody is told why: %v", one.Reasons)
	}
	two := r.Incident(incident("anna", "boris"), Query{Reasons: true})
	if two.Outcome != truce.ApparentViolation || two.Standing != truce.Corroborated {
		t.Errorf("two hands: %s, %s", two.Outcome, two.Standing)
	}
	if slices.ContainsFunc(two.Reasons, said("do not confirm each other")) {
		t.Errorf("two hands: %v", two.Reasons)
	}
	sum := SumOf(truce.Interval{}, truce.Never, []*Found{NewFound(incident("anna", "anna"), one)})
	if got := r.Period(truce.Interval{}, &sum, Query{}); got.Outcome != truce.Uncorroborated {
		t.Errorf("the period: %s", got.Outcome)
	}
}
