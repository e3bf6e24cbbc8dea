package assess

import (
	"slices"

	"github.com/opentruce/truce"
)

// This file is what happens where two articles apply to one act. Each is assessed by itself, and an act counts
// under both, unless the text says that one of them yields to the other.

// preceding are the readings of each article that a provision yields to.
func (c *Context) preceding(p *truce.Provision) (out [][]*Rule) {
	for _, art := range p.YieldsTo {
		if q, ok := c.Agreement.Provision(art); ok && q != p {
			bare := *q
			bare.YieldsTo = nil // an article yields to those that it names, and not to those that they yield to
			out = append(out, c.Rules(&bare))
		}
	}
	return out
}

// applies reports whether an outcome of an incident shows that an article applies to it for sure: as something
// that it forbids, or that it excepts.
func applies(o truce.Outcome) bool {
	switch o {
	case truce.ApparentViolation, truce.Uncorroborated, truce.AllegedOnly, truce.Excepted:
		return true
	}
	return false
}

// yields is the article that takes precedence over the rule for an incident: by every reading of it, it applies.
// Where that cannot be told, none does.
func (r *Rule) yields(inc *truce.Incident, q Query) truce.Article {
	for _, readings := range r.above {
		if !slices.ContainsFunc(readings, func(o *Rule) bool { return !applies(o.own(inc, Query{Party: q.Party}).Outcome) }) {
			return readings[0].p.Article
		}
	}
	return ""
}

// incident is the finding itself, before clocks and before people's decisions under the article.
func (r *Rule) incident(inc *truce.Incident, q Query) truce.Assessment {
	out := r.own(inc, q)
	if len(r.above) == 0 || !applies(out.Outcome) && !out.Outcome.Undetermined() {
		return out
	}
	if by := r.yields(inc, q); by != "" {
		yield(&out, by, q)
	}
	return out
}

// yield makes a finding one that is out of scope, because another article decides.
func yield(out *truce.Assessment, to truce.Article, q Query) {
	out.Outcome, out.Signs, out.Casualties, out.Missing, out.Tasks = truce.OutOfScope, truce.Signs{}, nil, nil, nil
	if q.Reasons {
		out.Reasons = append(out.Reasons, truce.Because("article %s applies to it too, and article %s yields to that", string(to), string(out.Article)))
	}
}

// Overlap is an act, and a weapon where it depends on one, that two provisions both forbid, as far as their kinds
// of act, weapons and targets tell; false: there is none, or one of them does not forbid acts.
func Overlap(p, q *truce.Provision) (act truce.Act, weapon truce.Class, ok bool) {
	a, forbids := p.Obligation.(forbidding)
	b, both := q.Obligation.(forbidding)
	if !forbids || !both || p.NotMonitored != "" || q.NotMonitored != "" || a.targets().apart(b.targets()) {
		return "", "", false
	}
	surely := func(k forbidding, o *truce.Observation) bool {
		v := k.about(o, nil)
		return !v.noViolation && v.missing == 0
	}
	for _, act := range truce.Words.Acts() {
		for _, class := range append([]string{""}, truce.Words.Classes()...) {
			o := truce.Observation{Act: truce.Act(act), Weapon: truce.Class(class)}
			if !truce.Words.Sign(o.Act) && surely(a, &o) && surely(b, &o) {
				return o.Act, o.Weapon, true
			}
		}
	}
	return "", "", false
}

// forbidding is a kind that forbids acts.
type forbidding interface {
	kind
	targets() *protected
}

// apart reports whether nobody is among those whom two articles protect: each names some, and none of them is, or
// may be, of the other's.
func (p *protected) apart(q *protected) bool {
	if p.anybody() || q.anybody() || len(p.Parties) > 0 && len(q.People) > 0 || len(p.People) > 0 && len(q.Parties) > 0 {
		return false // civilians, say, may be on the side of a party
	}
	for _, x := range p.Parties {
		if slices.Contains(q.Parties, x) {
			return false
		}
	}
	for _, x := range p.People {
		if slices.ContainsFunc(q.People, func(y truce.People) bool { return truce.Words.PeopleAre(x, y) || truce.Words.PeopleAre(y, x) }) {
			return false
		}
	}
	return true
}
