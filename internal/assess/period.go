package assess

import (
	"slices"

	"github.com/opentruce/truce"
)

// Span is the time over which the article is assessed when nobody names one:
// from the beginning of its phase, or the earliest entry, to the moment of
// knowledge, or the latest entry when everything is known. It is not Valid
// when the article has not bound yet.
func (r *Rule) Span() truce.Interval {
	end := r.c.Now
	if end == truce.Never {
		end = r.c.Latest
	}
	if !r.begun || len(r.scope) == 0 {
		return truce.Interval{Start: end, End: end}
	}
	v := truce.Interval{Start: r.scope[0].Start, End: min(end, r.scope[len(r.scope)-1].End)}
	if v.Start == truce.Always {
		v.Start = min(r.c.First, end)
	}
	return v
}

// Throughout reports whether the article's phase, as the rule reads it, lasts through all of v.
func (r *Rule) Throughout(v truce.Interval) bool {
	return r.begun && slices.ContainsFunc(r.scope, func(w truce.Interval) bool { return w.Contains(v) })
}

// Found is an incident or tally that was assessed against the rule before the period is.
// The answers that are needed of each of a million of them are stored beside it.
type Found struct {
	Incident *truce.Incident // nil: a tally
	truce.Assessment
	OnlySigns bool // nothing in the incident establishes an act, and no person decided that it is a violation
	Alleged   bool // nothing in it but what parties allege and no person verified, or it is a tally
}

// NewFound is the finding on an incident; nil: on a tally. Its reasons are left out: a
// clock that runs or has run out is among them, and the finding is kept while it does.
func NewFound(inc *truce.Incident, a truce.Assessment) *Found {
	a.Reasons = nil
	return &Found{Incident: inc, Assessment: a, OnlySigns: inc != nil && OnlySigns(inc) && a.Outcome != truce.Violation, Alleged: inc == nil || inc.Alleged() && a.Standing != truce.Verified}
}

// Counts reports whether a finding counts as an incident under its article.
func (f *Found) Counts() bool {
	return !f.OnlySigns && f.Outcome.Counts() && (!f.Alleged || f.Outcome == truce.Violation)
}

// Unclear reports whether it is not known whether an article binds who acted, or protects whom it
// was directed at: the casualties are then not among those under the article.
func Unclear(a *truce.Assessment) bool {
	return a.Misses(truce.FactActor) || a.Misses(truce.FactSide)
}

// Harm says which of the article's two numbers of casualties a finding adds to.
func (f *Found) Harm() truce.Harm {
	switch {
	case f.Casualties == nil || !f.Counts():
		return ""
	case Unclear(&f.Assessment):
		return truce.HarmUnclear
	}
	return truce.HarmCounted
}

// A Sum is what findings amount to together: the one that most asks for attention,
// the first of equals, and what their signs and casualties add up to. The zero
// value is that of none.
type Sum struct {
	Worst      *truce.Assessment
	Of         *Found // that Worst is of
	rank       int
	Signs      truce.Signs
	Casualties *truce.Casualties
	Latest     truce.Instant // when the last of them began
}

// Add adds a finding, as a says it.
func (s *Sum) Add(f *Found, a *truce.Assessment) {
	if f.OnlySigns {
		return
	}
	s.Signs.Sum(a.Signs)
	if a.Casualties != nil && a.Outcome.Counts() && !Unclear(a) {
		s.Casualties = AddCasualties(s.Casualties, a.Casualties)
	}
	k := rank(a.Outcome) * len(truce.Outcomes)
	if f.Alleged && a.Outcome.Undetermined() {
		k = rank(truce.AllegedOnly)*len(truce.Outcomes) + 1 + rank(a.Outcome) // a claim amounts to a claim at most, and a definite one comes first
	}
	if s.Worst == nil || k < s.rank || k == s.rank && f.before(s.Of) {
		s.Worst, s.Of, s.rank = a, f, k
	}
	s.Latest = max(s.Latest, f.During.Start)
}

// before reports whether a finding is the first of two that ask for as much attention:
// an incident's before a tally's, the better established before the other, and then by ID.
func (f *Found) before(o *Found) bool {
	if (f.Incident == nil) != (o.Incident == nil) {
		return o.Incident == nil
	}
	if a, b := slices.Index(established, f.Standing), slices.Index(established, o.Standing); a != b {
		return a > b
	}
	return f.Of.Compare(o.Of) < 0
}

// established are the standings, the best last.
var established = []truce.Standing{truce.Refuted, truce.Alleged, truce.UnverifiableStanding, truce.SingleSource, truce.Corroborated, truce.Verified}

// Join adds a sum of other findings.
func (s *Sum) Join(o *Sum) {
	if o.Worst == nil {
		return
	}
	s.Signs.Sum(o.Signs)
	if o.Casualties != nil {
		s.Casualties = AddCasualties(s.Casualties, o.Casualties)
	}
	if s.Worst == nil || o.rank < s.rank || o.rank == s.rank && o.Of.before(s.Of) {
		s.Worst, s.Of, s.rank = o.Worst, o.Of, o.rank
	}
	s.Latest = max(s.Latest, o.Latest)
}

// SumOf sums up what was found, as far as v has it, if a period is asked for: of what
// may lie in it or outside it the harm is from none to all, and its signs are not
// counted. What begins at now or later is not there yet.
func SumOf(v truce.Interval, now truce.Instant, found []*Found) (out Sum) {
	asked := v != truce.Interval{}
	for _, f := range found {
		if f.OnlySigns || asked && !f.During.Overlaps(v) || f.During.Start >= now {
			continue
		}
		a := &f.Assessment
		if asked && !v.Contains(f.During) && a.Outcome.Counts() {
			c := *a
			c.Signs, c.Casualties = truce.Signs{}, a.Casualties.Perhaps()
			if a.Outcome != truce.Violation || !f.During.Start.Stated() { // a decided one may be of any earlier day
				c.Outcome, c.Missing = truce.UndeterminedTime, []truce.Fact{truce.FactTime}
				for _, f := range []truce.Fact{truce.FactActor, truce.FactSide} {
					if a.Misses(f) {
						c.Missing = append(c.Missing, f)
					}
				}
				c.Tasks = tasks(c.Missing)
			}
			a = &c
		}
		out.Add(f, a)
	}
	return out
}

// Period holds the article over v: the outcome of what was found in it that
// most asks for attention, or else what coverage allows to say. The zero
// interval means Span. found is SumOf v.
func (r *Rule) Period(v truce.Interval, found *Sum, q Query) truce.Assessment {
	out := truce.Assessment{Article: r.p.Article, Reading: r.reading, Assumed: r.assumed(), Party: q.Party}
	say := func(format string, args ...any) {
		if q.Reasons {
			out.Reasons = append(out.Reasons, truce.Because(format, args...))
		}
	}
	loc := r.c.Agreement.Location
	asked := v != truce.Interval{}
	if why := r.p.NotMonitored; why != "" {
		if !asked {
			v = r.Span()
		}
		out.During, out.Outcome = v, truce.NotMonitored
		say("because %s", why)
		return out
	}
	if q.asOf = r.c.Now; asked {
		q.asOf = min(v.End, r.c.Now)
	}
	binds := r.begun && len(r.scope) > 0
	switch {
	case asked:
		binds = binds && slices.ContainsFunc(r.scope, v.Overlaps) && (r.p.Daily == nil || len(r.binding(v)) > 0)
	case r.c.Now != truce.Never:
		v = r.Span()
		binds = binds && slices.ContainsFunc(r.scope, func(w truce.Interval) bool {
			return w.Holds(r.c.Now) || r.kind.outlives() && w.Start <= r.c.Now
		})
	default:
		v = r.Span()
	}
	if binds && !v.Valid() {
		// It binds, and there is nothing yet to look at.
		if !v.Start.Stated() {
			v.Start = 0
		}
		v.End = v.Start + 1
	}
	out.During = v
	if !binds {
		out.Outcome = truce.OutOfScope
		if r.begun && len(r.scope) > 0 {
			say("article %s binds in %s", r.p.Article, r.scope[0].In(loc))
		} else {
			say("article %s is not in force: %s", r.p.Article, r.why)
		}
		at := v
		if !asked {
			at = truce.Interval{Start: r.c.Now, End: r.c.Now + 1}
		}
		if since, ok := r.suspended(at); ok {
			say("it was suspended from %s on, when a person declared %s", since.In(loc), r.p.Suspension.Event)
		}
		return out
	}
	if q.Party != "" && !r.p.Bound(q.Party) {
		out.Outcome = truce.OutOfScope
		say("article %s does not bind %s", r.p.Article, q.Party)
		return out
	}
	out.Coverage = r.covered(r.binding(v), false)
	worst := found.Worst
	out.Signs, out.Casualties = found.Signs, found.Casualties
	if a, ok := r.kind.period(r, v, q); ok {
		// What a claim or an unknown act does to a condition is in its count.
		stands := r.kind.condition() && (worst == nil || worst.Outcome != truce.Violation)
		if stands || worst == nil || rank(a.Outcome) <= rank(worst.Outcome) {
			a.Article, a.Reading, a.Party, a.During = out.Article, out.Reading, out.Party, out.During
			if a.Coverage == 0 {
				a.Coverage = out.Coverage
			}
			a.Signs, a.Casualties = out.Signs, out.Casualties
			return a
		}
	}
	if worst != nil && rank(worst.Outcome) < rank(truce.UndeterminedNoCoverage) {
		out.Outcome, out.Standing, out.Missing, out.Tasks, out.Claimed = worst.Outcome, worst.Standing, worst.Missing, worst.Tasks, worst.Claimed
		if q.Reasons {
			out.Reasons = append(out.Reasons, worst.Reasons...)
		}
		return out
	}
	denial := r.denied(v)
	switch {
	case denial != nil:
		// What was denied may be what the article grants: nobody but a person can say.
		out.Outcome, out.Missing = truce.UndeterminedFact, []truce.Fact{truce.FactAct}
		out.Tasks = tasks(out.Missing)
		say("access was restricted: %s, %s, by %s; a person must say whether the article grants it", denial.Place.String(), denial.During.In(loc), string(denial.By))
	case out.Coverage >= r.p.Floor.Coverage && out.Coverage > 0:
		out.Outcome = truce.Held
		say("nothing was seen, at coverage %s", out.Coverage.Percent())
	case r.partySpoke(v):
		out.Outcome = truce.NoneAlleged
		say("nothing was seen at coverage %s, below the article's floor, %s; parties report on the period and allege nothing", out.Coverage.Percent(), r.p.Floor.Coverage.Percent())
	default:
		out.Outcome, out.Missing = truce.UndeterminedNoCoverage, []truce.Fact{truce.FactCoverage}
		out.Tasks = tasks(out.Missing)
		say("nothing was seen, but only %s could have been, and the article's floor is %s", out.Coverage.Percent(), r.p.Floor.Coverage.Percent())
	}
	if q.Reasons { // a party's alerts may be thousands of areas, and change no outcome
		if own := r.covered(r.binding(v), true); own > 0 {
			say("the parties' own organs covered %s; that never makes an article held", own.Percent())
		}
	}
	return out
}

func rank(o truce.Outcome) int { return slices.Index(truce.Outcomes, o) }

// AddCasualties adds number by number; what one does not state adds nothing.
// Either may be nil.
func AddCasualties(a, b *truce.Casualties) *truce.Casualties {
	if b == nil {
		return a
	}
	out := truce.Casualties{}
	if a != nil {
		out = *a
	}
	for _, name := range truce.CasualtyFields {
		have, more := out.Field(name), *b.Field(name)
		switch {
		case more == nil:
		case *have == nil:
			r := *more
			*have = &r
		default:
			r := (*have).Plus(*more)
			*have = &r
		}
	}
	return &out
}

// partySpoke reports whether a party reports on hours of the period in which the
// article applied, and on its kind of act: it alleged or claimed such acts, or that
// there were none, or covered what the article is about.
func (r *Rule) partySpoke(v truce.Interval) bool {
	v.End = min(v.End, r.c.Now) // nobody reports on what is still to come
	times := r.binding(v)
	return slices.ContainsFunc(r.c.PartyWord, func(w PartyWord) bool {
		if !w.During.Start.Stated() || !slices.ContainsFunc(times, w.During.Overlaps) { // a word about no hours in particular is about none of these
			return false
		}
		if w.Said == nil {
			return r.detects(w.Covers)
		}
		about := r.kind.about(w.Said, nil)
		return !about.noViolation && r.bound(w.Said, nil) != no // a word on groups that are not bound is on another matter
	})
}
