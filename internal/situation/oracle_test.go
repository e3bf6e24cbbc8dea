package situation

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
)

// First is the moment at which a finding first existed, as clocks are told it; was is
// what the way before gives, which built a whole situation of the incident's own
// entries and its rivals at each moment at which one of them became known. stated: some decision on the
// incident names none of its entries, and is on it because it was made on one of them.
func (s *Situation) First(art truce.Article, reading string, inc *truce.Incident, party truce.PartyID) (is, was truce.Instant, stated bool) {
	for _, r := range s.rules[art] {
		if r.Reading() == reading {
			was, stated = s.firstBuilt(r, inc, party)
			return s.first(r, inc, party), was, stated
		}
	}
	panic("no such reading")
}

// FirstAnew and FirstBuilt are the moment by the one way and by the other, and keep nothing.
func (s *Situation) FirstAnew(art truce.Article, reading string, inc *truce.Incident, party truce.PartyID) truce.Instant {
	return s.rules[art][0].First(s.states(inc), party)
}

func (s *Situation) FirstBuilt(art truce.Article, reading string, inc *truce.Incident, party truce.PartyID) truce.Instant {
	at, _ := s.firstBuilt(s.rules[art][0], inc, party)
	return at
}

// Readings are the names of an article's readings.
func (s *Situation) Readings(art truce.Article) (out []string) {
	for _, r := range s.rules[art] {
		out = append(out, r.Reading())
	}
	return out
}

func (s *Situation) firstBuilt(r *assess.Rule, inc *truce.Incident, party truce.PartyID) (first truce.Instant, stated bool) {
	var items []truce.Item
	mine := map[truce.Digest]bool{}
	for _, o := range inc.Of {
		if past := s.editions[o.ID]; past != nil {
			items = append(items, past...)
		} else {
			items = append(items, truce.Item{Known: s.ctx.Known(o.ID), Observation: o})
		}
	}
	for i := range items {
		mine[items[i].ID()] = true
	}
	beside := slices.Concat(inc.Rivals, s.formerRivals(inc))
	for _, o := range s.companions(inc) {
		if !slices.Contains(beside, o) {
			beside = append(beside, o)
		}
	}
	for _, o := range beside {
		if past := s.editions[o.ID]; past != nil {
			items = append(items, past...)
		} else {
			items = append(items, truce.Item{Known: s.ctx.Known(o.ID), Observation: o})
		}
	}
	names := func(d *truce.Decision) bool {
		return slices.ContainsFunc(d.Of, func(id truce.Digest) bool { return mine[id] })
	}
	for _, t := range s.statements {
		if d := t.Decision; d == nil || len(d.Of) == 0 || names(d) {
			items = append(items, t)
		} else {
			stated = stated || slices.ContainsFunc(s.Decisions, func(x *truce.Decision) bool { return x.ID == d.ID && names(x) })
		}
	}
	var moments []truce.Instant
	for i := range items {
		if items[i].Known <= s.Now {
			moments = append(moments, items[i].Known)
		}
	}
	slices.Sort(moments)
	o := s.opt
	o.Workers, o.Progress, o.Withheld = 1, nil, nil
	for _, at := range slices.Compact(moments) {
		past := Build(s.Agreement, items, at, o)
		for _, rule := range past.rules[r.Article()] {
			if rule.Reading() != r.Reading() {
				continue
			}
			for _, i := range past.Incidents() {
				if !slices.ContainsFunc(i.Of, func(o *truce.Observation) bool { return mine[o.ID] }) {
					continue
				}
				if out := rule.Incident(i, assess.Query{Party: party}).Outcome; out == truce.ApparentViolation || out == truce.Violation {
					return at, stated
				}
			}
		}
	}
	return truce.Never, stated
}
