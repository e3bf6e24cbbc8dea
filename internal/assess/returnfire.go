package assess

import (
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// This file decides whether an act was return fire, under an exception that says which acts of the
// other side may be answered. It takes three records, and none of them is ever assumed: a statement of
// the party that acted, an attack that surely came first and surely near, and a person's attribution of
// that attack to the other side. Without one of them the finding is what it is without the exception,
// and the record that is missing is named.

// mostAnswered is how many acts that answer each other are followed back. Of a longer chain it cannot be
// told who fired first, and nothing is excepted by it.
const mostAnswered = 64

// returns asks once of an incident whether it was return fire, under each exception of a rule that
// could say so.
type returns struct {
	r     *Rule
	inc   *truce.Incident
	t     *trace
	asked map[*truce.Exception]truce.Fact
	lacks []truce.Fact // the records that are missing, for people to establish
}

// except makes an answer Excepted if the act was return fire. A place or act of which it cannot be told
// whether the exception allows it is not excepted.
func (x *returns) except(a answer, o *truce.Observation) answer {
	if a.outcome != touches && !a.outcome.Undetermined() {
		return a
	}
	at := o.Whereabouts()
	for i := range x.r.p.Exceptions {
		e := &x.r.p.Exceptions[i]
		if e.Answers == nil {
			continue
		}
		is := and(actTruth(o.Act, e.Acts, nil), x.r.c.inZone(&at, e.In, nil))
		if is == unknown {
			x.t.say("exception %s does not apply: it cannot be told whether it allows this act at this place", e.ID)
		}
		if is != yes {
			continue
		}
		lack, known := x.asked[e]
		if !known {
			lack = x.ask(e)
		}
		if lack == "" {
			return answer{outcome: truce.Excepted}
		}
	}
	return a
}

// shows reports whether an observation of an incident alone shows an act under the rule that was not
// return fire, and that no other article decides.
func (r *Rule) shows(o *truce.Observation, inc *truce.Incident) bool {
	return (&returns{r: r, inc: inc}).except(r.observation(o, "", nil), o).outcome == touches && r.yields(inc, Query{}) == ""
}

// ask looks for the three records and says what it found. Which attack it was is not among the words: whoever reads
// of the answer may not be shown the attack.
func (x *returns) ask(e *truce.Exception) truce.Fact {
	f := x.r.c.returned(x.r.p, e, x.inc, &chain{was: map[truce.Digest]truth{}})
	if x.asked == nil {
		x.asked = map[*truce.Exception]truce.Fact{}
	}
	x.asked[e] = f.lacks
	within, near := minutesOrHours(e.Answers.Within), truce.Metres(e.Answers.NearM)
	switch f.lacks {
	case "":
		x.t.say("exception %s applies: %s states that it was return fire; an attack at most %s before and %s away is established, and a person attributed it to %s",
			e.ID, string(f.by), within, near, string(f.attacker))
	case truce.FactAnswer:
		x.t.say("exception %s does not apply: no party that may have acted has stated that it was return fire", e.ID)
	case truce.FactAttack:
		x.t.say("exception %s does not apply: %s states that it was return fire, and no attack by others at most %s before and %s away, which was not itself return fire, is established by evidence that is %s",
			e.ID, string(f.by), within, near, standingWords(x.r.p.Floor.Evidence))
	default:
		x.t.say("exception %s does not apply: %s states that it was return fire, and no person attributed the attack before it to the other side with enough confidence",
			e.ID, string(f.by))
	}
	if f.lacks != "" && !slices.Contains(x.lacks, f.lacks) {
		x.lacks = append(x.lacks, f.lacks)
	}
	return f.lacks
}

// A chain is how far back acts that answer each other were followed, and what was found of each. Each of
// them surely came before the one that it led to, so none is met twice on one way back.
type chain struct {
	links int
	was   map[truce.Digest]truth
}

// fought is what is known of an act as return fire.
type fought struct {
	lacks    truce.Fact // the first record that is missing; empty: it was return fire
	by       truce.PartyID
	attacker truce.PartyID
	unsure   bool // of an attack it cannot be told whether it was itself return fire
}

// returned looks for the three records of an incident under an exception of a provision.
func (c *Context) returned(p *truce.Provision, e *truce.Exception, inc *truce.Incident, back *chain) fought {
	out := fought{lacks: truce.FactAnswer}
	shot := c.shown(inc)
	if len(shot) == 0 {
		return out
	}
	for _, by := range c.statedReturns(inc) {
		if !p.Bound(by) || slices.ContainsFunc(shot, func(o *truce.Observation) bool { return !c.mayBe(o, by) }) {
			continue
		}
		if who := c.attributed(inc, p.Floor.Attribution); who != "" && who != by {
			continue // a person attributed it to somebody else, who did not state it
		}
		x := c.provoked(p, e, inc, shot, by, back)
		if x.lacks == "" {
			return x
		}
		if unsure := out.unsure || x.unsure; out.lacks == truce.FactAnswer || x.lacks == truce.FactAttacker {
			out, out.unsure = x, unsure
		} else {
			out.unsure = unsure
		}
	}
	return out
}

// shown are the observations of an incident that show an act: of what others observed, if anybody did.
func (c *Context) shown(inc *truce.Incident) (out []*truce.Observation) {
	alleged := inc.Alleged()
	for _, o := range inc.Of {
		if o.Alleged() && !alleged || truce.Words.Sign(o.Act) || o.None() || c.refuted(o.ID) {
			continue
		}
		out = append(out, o)
	}
	return out
}

// statedReturns are the parties that state of an incident that it was their return fire, in the order in
// which that became known.
func (c *Context) statedReturns(inc *truce.Incident) (out []truce.PartyID) {
	if len(c.returnFire) == 0 {
		return nil
	}
	for _, o := range inc.Of {
		for _, by := range c.returnFire[o.ID] {
			if !slices.Contains(out, by) {
				out = append(out, by)
			}
		}
	}
	slices.Sort(out)
	return out
}

// attributed is the party, or other actor, to whom a person attributed an incident with some confidence
// or more; the latest attribution counts. Empty: none did.
func (c *Context) attributed(inc *truce.Incident, least string) truce.PartyID {
	last := -1
	look := func(id truce.Digest) {
		if n, ok := c.attributions[id]; ok && n > last {
			last = n
		}
	}
	for _, o := range inc.Of {
		look(o.ID)
		if c.Editions != nil && len(c.attributions) > 0 {
			for _, was := range c.Editions(o.ID) {
				look(was)
			}
		}
	}
	if last < 0 {
		return ""
	}
	a := c.Attributions[last]
	if a.Actor == "" || slices.Index(truce.Confidences, a.Confidence) < slices.Index(truce.Confidences, least) {
		return ""
	}
	id, _ := c.Agreement.Actor(a.Actor)
	return id
}

// provoked looks for an attack by another party that an act of by may answer.
func (c *Context) provoked(p *truce.Provision, e *truce.Exception, inc *truce.Incident, shot []*truce.Observation, by truce.PartyID, back *chain) fought {
	out := fought{lacks: truce.FactAttack, by: by}
	when := shot[0].Occurred
	for _, o := range shot[1:] {
		when = when.Hull(o.Occurred)
	}
	if !when.Start.Stated() || !when.End.Stated() || c.Around == nil {
		return out
	}
	// All of the attack lies in this, wherever in their times the two were.
	before := truce.Interval{Start: when.End.Add(-e.Answers.Within), End: when.Start}
	if !before.Valid() {
		return out
	}
	for _, j := range c.Around(before) {
		if j.ID == inc.ID || !c.established(p, e.Answers, j, before, shot) {
			continue
		}
		who := c.attributed(j, p.Floor.Attribution)
		if who == by || who == "" && c.onlyBy(j, by) {
			continue // nobody answers oneself
		}
		if is := c.answers(j, back); is != no {
			out.unsure = out.unsure || is == unknown
			continue
		}
		out.lacks = truce.FactAttacker
		aimed := func(o *truce.Observation) bool { // at somebody else than who attacked
			side, _ := c.Agreement.Actor(o.Side)
			return o.Side != "" && side != who
		}
		if c.Agreement.HasParty(who) && !slices.ContainsFunc(shot, aimed) {
			out.lacks, out.attacker = "", who
			return out
		}
	}
	return out
}

// onlyBy reports whether every source of an incident names a party as the one that acted.
func (c *Context) onlyBy(j *truce.Incident, by truce.PartyID) bool {
	return !slices.ContainsFunc(c.shown(j), func(o *truce.Observation) bool { return c.actor(o) != by })
}

// established reports whether an incident is surely an attack that may be answered, before and near the
// answer, while the provision was in force, by evidence that meets the provision's floor. What parties
// allege establishes nothing.
func (c *Context) established(p *truce.Provision, a *truce.Provocation, j *truce.Incident, before truce.Interval, shot []*truce.Observation) bool {
	if j.Alleged() {
		return false
	}
	var all witnesses
	n := 0
	for _, o := range c.shown(j) {
		if o.Alleged() || !before.Contains(o.Occurred) || actTruth(o.Act, a.Acts, nil) != yes || !c.inForce(p, o.Occurred) ||
			slices.ContainsFunc(shot, func(s *truce.Observation) bool { return !c.near(o, s, a.NearM) }) {
			continue
		}
		all.add(c, o)
		n++
	}
	if n == 0 {
		return false
	}
	standing := all.standing(false)
	if s := person(c.on(j)); s != "" {
		standing = s
	}
	switch {
	case standing == truce.UnverifiableStanding:
		return false
	case p.Floor.Origins && standing == truce.Corroborated && all.rest(c) != truce.TwoOrigins:
		return false
	}
	return standing.AtLeast(p.Floor.Evidence)
}

// inForce reports whether a provision surely applied throughout.
func (c *Context) inForce(p *truce.Provision, v truce.Interval) bool {
	during := []truce.Interval{{Start: truce.Always, End: truce.Never}}
	if p.Phase != "" {
		during = c.Phases[p.Phase].During
	}
	return slices.ContainsFunc(during, func(w truce.Interval) bool {
		return slices.ContainsFunc(Times(p, c.Phases, w), func(t truce.Interval) bool { return t.Contains(v) })
	})
}

// answers asks whether an incident was itself return fire, under any provision: what answers an attack is
// not an attack that may be answered.
func (c *Context) answers(j *truce.Incident, back *chain) truth {
	if len(c.statedReturns(j)) == 0 {
		return no
	}
	if was, ok := back.was[j.ID]; ok {
		return was
	}
	if back.links >= mostAnswered {
		return unknown
	}
	back.links++
	defer func() { back.links-- }()
	out := no
	for i := range c.Agreement.Provisions {
		p := &c.Agreement.Provisions[i]
		for k := range p.Exceptions {
			e := &p.Exceptions[k]
			forbidden := func(o *truce.Observation) bool {
				at := o.Whereabouts()
				return actTruth(o.Act, e.Acts, nil) != yes || c.inZone(&at, e.In, nil) != yes
			}
			if e.Answers == nil || slices.ContainsFunc(c.shown(j), forbidden) {
				continue
			}
			switch x := c.returned(p, e, j, back); {
			case x.lacks == "":
				out = yes
			case x.unsure:
				out = or(out, unknown)
			}
		}
	}
	back.was[j.ID] = out
	return out
}

// near reports whether two things surely happened within some metres of each other. Something whose
// publisher does not state how well its place is known, or that is somewhere in an area, is not near for
// sure.
func (c *Context) near(a, b *truce.Observation, m int64) bool {
	p, q := a.Whereabouts(), b.Whereabouts()
	s, t := c.spot(&p), c.spot(&q)
	if !s.known || !t.known || s.area != nil || t.area != nil || p.Uncertainty == truce.NotStated || q.Uncertainty == truce.NotStated {
		return false
	}
	return within(int64(geo.Distance(s.point, t.point)*1000+0.5), (s.radius+t.radius)*1000, m*1000) == yes
}

// minutesOrHours is a duration in words.
func minutesOrHours(d time.Duration) any {
	if d%time.Hour != 0 {
		return number(int(d/time.Minute), "minute")
	}
	return SpanWords(truce.Span{Time: d})
}
