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
	others := slices.Concat(inc.Rivals, s.formerRivals(inc))
	for _, o := range s.companions(inc) {
		if !slices.Contains(others, o) {
			others = append(others, o)
		}
	}
	for _, o := range others {
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
	beside := func(id truce.Digest) bool { // it came without becoming a rival: no incident that is joined changes
		return slices.ContainsFunc(others, func(o *truce.Observation) bool { return o.ID == id }) && !hasID(inc.Rivals, id)
	}
	// What brings observations together, or parts them, as it was at a moment. Where it is as it is
	// now, the incident is what it is: a world of its entries alone may join one of them with
	// something that is of another incident in the world of all.
	ground := func(w *Situation) (out []truce.Digest) {
		for o := range w.observations.All() {
			if !beside(o.ID) {
				out = append(out, o.ID)
			}
		}
		slices.SortFunc(out, truce.Digest.Compare)
		for _, t := range items {
			if d := t.Decision; d != nil && t.Known <= w.Now && (len(d.Of) == 0 || d.Kind == truce.Merge || d.Kind == truce.Split) {
				out = append(out, d.ID)
			}
		}
		return out
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
	last := ground(Build(s.Agreement, items, s.Now, o))
	for _, at := range slices.Compact(moments) {
		past := Build(s.Agreement, items, at, o)
		for _, rule := range past.rules[r.Article()] {
			if rule.Reading() != r.Reading() {
				continue
			}
			incidents := past.Incidents()
			if slices.Equal(ground(past), last) {
				incidents = []*truce.Incident{inc}
			}
			for _, i := range incidents {
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
