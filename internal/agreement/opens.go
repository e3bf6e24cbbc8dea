package agreement

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
)

// opens reads on which conditions a phase may be opened and extended.
func (r *reader) opens(f *phase, p *truce.Phase, a *truce.Agreement) {
	if f.Opens != nil {
		if p.FromEvent == "" {
			r.d.At(f.Opens.Pos, "bad-condition", "phase %q opens on conditions, so a person declares when it begins: write from: {event: name}", p.ID)
		}
		c := r.several(f.Opens.Pos, f.Opens.All, f.Opens.Any, p, a, true)
		p.Opens = &c
	}
	if x := f.Extends; x != nil {
		if !f.To.Set() && !f.For.Set() {
			r.d.At(x.Pos, "bad-condition", "phase %q has no end that could be extended: write to: or for:", p.ID)
		}
		p.Extends = &truce.Extension{If: r.several(x.Pos, x.All, x.Any, p, a, false)}
		if x.For.Set() {
			p.Extends.For = r.d.Span(x.For)
		}
	}
}

// several reads a list of conditions, which must be all or any. opens: the phase opens on them,
// so none of them may need that it is open.
func (r *reader) several(pos str, all, any []condition, p *truce.Phase, a *truce.Agreement, opens bool) (out truce.Condition) {
	if (len(all) > 0) == (len(any) > 0) {
		r.d.At(pos, "bad-condition", "phase %q: write all: with a list of conditions, or any: with one", p.ID)
	}
	read := func(list []condition) (out []truce.Condition) {
		for _, f := range list {
			var inner truce.Condition
			one := single{f.Pos, f.Article, f.Event, f.Phase, f.At, f.For}
			if len(f.All)+len(f.Any) == 0 {
				out = append(out, r.condition(&one, p, a, opens))
				continue
			}
			if (len(f.All) > 0) == (len(f.Any) > 0) || f.Article.Set() || f.Event.Set() || f.Phase.Set() || f.At.Set() || f.For.Set() {
				r.d.At(f.Pos, "bad-condition", "phase %q: all: or any: stands alone in a condition", p.ID)
			}
			for i := range f.All {
				inner.All = append(inner.All, r.condition(&f.All[i], p, a, opens))
			}
			for i := range f.Any {
				inner.Any = append(inner.Any, r.condition(&f.Any[i], p, a, opens))
			}
			out = append(out, inner)
		}
		return out
	}
	out.All, out.Any = read(all), read(any)
	return out
}

// condition reads one: an article, an event, a phase or a time.
func (r *reader) condition(f *single, p *truce.Phase, a *truce.Agreement, opens bool) (out truce.Condition) {
	n := 0
	for _, s := range []str{f.Article, f.Event, f.Phase, f.At} {
		if s.Set() {
			n++
		}
	}
	if n != 1 {
		r.d.Errorf(f.Pos.Line, f.Pos.Col, "bad-condition", "article, event, phase or at", "phase %q: want exactly one of them in a condition, got %d", p.ID, n)
	}
	if f.For.Set() {
		out.For = r.d.Span(f.For)
	}
	switch {
	case f.Article.Set():
		out.Article = truce.Article(f.Article.V)
		q, ok := a.Provision(out.Article)
		switch {
		case !ok:
			r.d.At(f.Article, "undefined-article", "article %q is not defined", f.Article.V)
		case q.NotMonitored != "" || !assess.Fulfils(q.Obligation):
			r.d.Errorf(f.Article.Line, f.Article.Col, "bad-condition", "name an article that is quiet, due, quota, access, register, positions or service", "article %q can never be fulfilled, so no phase opens on it", f.Article.V)
		case opens && q.Phase == p.ID:
			r.d.At(f.Article, "bad-condition", "article %q applies only while phase %q lasts, which would open on it", f.Article.V, p.ID)
		}
	case f.Event.Set():
		if out.Event = f.Event.V; opens && out.Event == p.FromEvent {
			r.d.At(f.Event, "bad-condition", "phase %q would open on the event by which it is opened", p.ID)
		}
	case f.Phase.Set():
		out.Phase = f.Phase.V
		r.named(f.Phase, "phase", phaseNames(a))
		if opens && out.Phase == p.ID {
			r.d.At(f.Phase, "bad-condition", "phase %q would open on its own beginning", p.ID)
		}
	case f.At.Set():
		out.At = r.d.Instant(f.At, a.Location)
		if f.For.Set() {
			r.d.At(f.For, "idle-key", "phase %q: nothing looks at for beside at", p.ID)
		}
	}
	return out
}
