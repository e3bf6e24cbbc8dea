package situation

import (
	"maps"
	"reflect"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
)

// days is what a rule's kind may look at of local days, and what it keeps of them.
func (s *Situation) days(r *assess.Rule) assess.Days {
	f := s.findings(r.Article(), r.Reading(), "")
	return assess.Days{Found: f.within, Kept: f.kept}
}

// keepsDays reports whether what a kind keeps of days can be kept with the findings: they
// are of one rule.
func keepsDays(rules []*assess.Rule) bool { return len(rules) == 1 && rules[0].KeepsDays() }

func timesOf(list []*assess.Found) []truce.Interval {
	out := make([]truce.Interval, len(list))
	for i, f := range list {
		out[i] = f.During
	}
	return out
}

// differentTotals are the times of findings on totals that are in one list alone.
func differentTotals(was, is []*assess.Found) (out []truce.Interval) {
	same := map[truce.Digest]*assess.Found{}
	for _, f := range was {
		same[f.Of] = f
	}
	for _, f := range is {
		if o := same[f.Of]; o != nil && reflect.DeepEqual(o.Assessment, f.Assessment) {
			delete(same, f.Of)
		} else {
			out = append(out, f.During)
		}
	}
	for _, f := range same {
		out = append(out, f.During)
	}
	return out
}

// seenOtherwise are the times of which more or less could be seen than before: those of
// coverage and of restrictions that are new, are gone, say something else or became known
// at another moment.
func (s *Situation) seenOtherwise(was *Situation) []truce.Interval {
	known := func(id truce.Digest) bool { return was.moments == s.moments || was.Known(id) == s.Known(id) }
	cover := differences(was.Coverage, s.Coverage, func(c *truce.Coverage) (truce.Digest, truce.Interval) { return c.ID, c.During }, known)
	restrict := differences(was.Restrictions, s.Restrictions, func(r *truce.Restriction) (truce.Digest, truce.Interval) { return r.ID, r.During }, known)
	if len(cover) > 0 && len(was.Restrictions)+len(s.Restrictions) > 0 && !sameLooks(was.Coverage, s.Coverage) {
		// Which coverage a restriction takes away depends on who covers anything at all.
		return []truce.Interval{{Start: truce.Always, End: truce.Never}}
	}
	return append(cover, restrict...)
}

// sameLooks reports whether the same sources cover something, by the same ways of looking.
func sameLooks(a, b []*truce.Coverage) bool {
	looks := func(list []*truce.Coverage) (who map[truce.SourceID]bool, how map[string]bool) {
		who, how = map[truce.SourceID]bool{}, map[string]bool{}
		for _, c := range list {
			who[c.Source], how[c.What] = true, true
		}
		return who, how
	}
	who, how := looks(a)
	who2, how2 := looks(b)
	return maps.Equal(who, who2) && maps.Equal(how, how2)
}

// differences are the times of entries, both lists by ID, that are in one list alone or
// not alike in both.
func differences[T any](was, is []*T, of func(*T) (truce.Digest, truce.Interval), known func(truce.Digest) bool) (out []truce.Interval) {
	for len(was) > 0 || len(is) > 0 {
		order := 0
		switch {
		case len(was) == 0:
			order = 1
		case len(is) == 0:
			order = -1
		default:
			a, _ := of(was[0])
			b, _ := of(is[0])
			order = a.Compare(b)
		}
		var gone, come *T
		if order <= 0 {
			gone, was = was[0], was[1:]
		}
		if order >= 0 {
			come, is = is[0], is[1:]
		}
		if gone != nil && come != nil {
			if id, _ := of(come); (gone == come || reflect.DeepEqual(gone, come)) && known(id) {
				continue
			}
		}
		for _, x := range []*T{gone, come} {
			if x != nil {
				_, during := of(x)
				out = append(out, during)
			}
		}
	}
	return slices.Clip(out)
}
