package brief

import (
	"cmp"
	"slices"
	"strings"

	"github.com/opentruce/truce"
)

// add appends s unless it is there.
func add(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// ByTime sorts incidents for reading; equal times by ID.
func ByTime(list []*truce.Incident) []*truce.Incident {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b *truce.Incident) int {
		return cmp.Compare(a.Occurred.Start, b.Occurred.Start)
	})
	return out
}

// TallyWords say what a tally is of.
func TallyWords(t *truce.Tally) string {
	w := "tally: " + t.Count.String() + " " + string(t.Act)
	if t.Weapon != "" {
		w += ", " + string(t.Weapon)
	}
	if t.Claimant != "" {
		w += ", says " + string(t.Claimant)
	}
	return w
}

func casualtyWords(cs *truce.Casualties) string {
	var out []string
	for _, n := range truce.CasualtyFields {
		if r := *cs.Field(n); r != nil {
			out = append(out, n+" "+r.Words())
		}
	}
	return strings.Join(out, "; ")
}

func spaced(s string) string { return strings.ReplaceAll(s, "-", " ") }
