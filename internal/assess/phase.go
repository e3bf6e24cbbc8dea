package assess

import (
	"cmp"
	"slices"

	"github.com/opentruce/truce"
)

// A Phase as events and decisions made it.
type Phase struct {
	During []truce.Interval // in order, apart from each other; an extension after a gap makes two
	Begun  bool             // false: its event has not been declared
	Why    truce.Reason
}

// Same reports whether two phases are the same, for the same reason.
func (a Phase) Same(b Phase) bool {
	return a.Begun == b.Begun && a.Why.String() == b.Why.String() && slices.Equal(a.During, b.During)
}

// Phases are when the agreement's phases last, as declared, extended and
// terminated by people.
func Phases(a *truce.Agreement, ds []*truce.Decision) map[string]Phase {
	out := map[string]Phase{}
	for _, p := range a.Phases {
		out[p.ID] = phase(a, &p, ds)
	}
	for i := range a.Provisions {
		if p := &a.Provisions[i]; p.Suspension != nil {
			out[suspended(p)] = Phase{During: suspensions(p.Suspension, ds), Begun: true}
		}
	}
	return out
}

// suspended is the key of the times in which a provision was suspended; a phase has no such name.
func suspended(p *truce.Provision) string { return "\x00suspended\x00" + string(p.Article) }

// suspensions are the times from a declaration that a party suspends its part to one that it resumes it, in the
// order of the moments that the declarations state.
func suspensions(x *truce.Suspension, ds []*truce.Decision) (out []truce.Interval) {
	var stated []*truce.Decision
	for _, d := range ds {
		if d.Kind == truce.Declare && (d.Name == x.Event || d.Name == x.Resumes) {
			stated = append(stated, d)
		}
	}
	slices.SortStableFunc(stated, func(a, b *truce.Decision) int { return cmp.Compare(a.From, b.From) })
	since, open := truce.Never, false
	for _, d := range stated {
		switch {
		case d.Name == x.Event && !open:
			since, open = d.From, true
		case d.Name == x.Resumes && open:
			if open = false; since < d.From {
				out = append(out, truce.Interval{Start: since, End: d.From})
			}
		}
	}
	if open {
		out = append(out, truce.Interval{Start: since, End: truce.Never})
	}
	return out
}

// Times are a time without what is before a provision superseded another, after it was superseded, and while it
// was suspended: in order, and apart from each other.
func Times(p *truce.Provision, phases map[string]Phase, v truce.Interval) (out []truce.Interval) {
	v = p.Applies(v)
	for _, w := range phases[suspended(p)].During {
		if before := v.Intersect(truce.Interval{Start: v.Start, End: w.Start}); before.Valid() {
			out = append(out, before)
		}
		v.Start = max(v.Start, w.End)
	}
	if v.Valid() {
		out = append(out, v)
	}
	return out
}

func phase(a *truce.Agreement, p *truce.Phase, ds []*truce.Decision) Phase {
	out := Phase{Begun: true}
	from := p.From
	if p.FromEvent != "" {
		from = truce.Never
		for _, d := range ds {
			if d.Kind == truce.Declare && d.Name == p.FromEvent {
				from = d.From
			}
		}
		if from == truce.Never {
			return Phase{Why: truce.Because("phase %s begins when %s is declared, and it has not been", p.ID, p.FromEvent)}
		}
		out.Why = truce.Because("%s was declared", p.FromEvent)
	}
	end := func(from truce.Instant, to truce.Instant, s truce.Span) truce.Instant {
		if s != (truce.Span{}) {
			return s.After(from, a.Location)
		}
		return to
	}
	out.During = []truce.Interval{{Start: from, End: end(from, p.To, p.For)}}
	for _, d := range ds {
		if d.Name != p.ID {
			continue
		}
		n := len(out.During)
		switch d.Kind {
		case truce.Extend:
			to, from := d.To, d.From
			if n > 0 {
				from = max(d.From, out.During[n-1].End)
			}
			if to == 0 {
				to = truce.Never
			}
			if to = end(from, to, d.For); n > 0 && d.From <= out.During[n-1].End {
				out.During[n-1].End = max(out.During[n-1].End, to)
			} else if d.From < to {
				out.During = append(out.During, truce.Interval{Start: d.From, End: to})
			}
			out.Why = truce.Because("phase %s was extended", p.ID)
		case truce.Terminate:
			for i := range out.During {
				out.During[i].End = min(out.During[i].End, d.From)
			}
			out.During = slices.DeleteFunc(out.During, func(v truce.Interval) bool { return !v.Valid() })
			out.Why = truce.Because("phase %s was terminated", p.ID)
		}
	}
	out.During = slices.DeleteFunc(out.During, func(v truce.Interval) bool { return !v.Valid() })
	out.Begun = len(out.During) > 0
	return out
}
