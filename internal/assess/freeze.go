package assess

import (
	"fmt"
	"math"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/strict"
)

// freeze forbids advance beyond a line fixed at a date. It is measured twice:
// from the dated control areas of the agreement's own line files, and from
// positions that were seen beyond the line.
type freeze struct {
	plain
	Line       map[truce.PartyID]string
	ToleranceM int64
}

type freezeForm struct {
	Pos       strict.Text
	Line      strict.ByParty `yaml:"line" need:"which line" doc:"one line for all, or a line for each party"`
	Tolerance strict.Text    `yaml:"tolerance" doc:"such as 500 m; none if left out"`
}

var freezeKind = kindOf("no advance beyond a fixed line", map[string]string{
	"no-control": "a freeze whose line files do not say what a bound party controls",
}, readFreeze, (*freeze).lint)

func readFreeze(f *freezeForm, c *Clause) *freeze {
	return &freeze{Line: c.Lines(f.Line), ToleranceM: c.Metres(f.Tolerance)}
}

func (k *freeze) lint(f *freezeForm, c *Clause) {
	for _, id := range c.Provision.Binds {
		if l := c.Agreement.Lines[k.Line[id]]; l != nil {
			if day, ok := l.On(l.Fixed); ok && day.Control[id] == nil {
				c.Warn(c.Article, "no-control", "add control of this party to the line files", "article %q: the line files say nothing of what %s controls, so its advance cannot be measured", c.Provision.Article, id)
			}
		}
	}
}

func (*freeze) Kind() string { return "freeze" }

func (k *freeze) sentence(*truce.Agreement) []truce.Reason {
	return []truce.Reason{truce.Because("No control beyond the line (%s) as it was at its date, with a tolerance of %s", lineWords(k.Line), truce.Metres(k.ToleranceM))}
}

func (k *freeze) acts() []truce.Act { return []truce.Act{truce.ActPresence} }

// ground returns nil: a day of the line files shows the whole line or counts as no data.
func (k *freeze) ground(*Rule) *geo.Region { return nil }

func (k *freeze) about(o *truce.Observation, t *trace) (v verdict) {
	v.match(presence(o, []truce.Sighted{truce.SeenPosition}, t), truce.FactAct)
	return v
}

func (k *freeze) facts(r *Rule, o *truce.Observation, t *trace) answer {
	v := k.about(o, t)
	if v.noViolation {
		return v.answer()
	}
	if o.Actor == "" {
		t.say("whose position it is, and so which line counts, is not known")
		v.unknown(unknown, truce.FactActor)
		return v.answer()
	}
	v.match(k.beyond(r, o, t), truce.FactPlace)
	return v.answer()
}

// beyond asks whether a position of o.Actor lies outside what it controlled on
// the fixed day by more than the tolerance; where the file states the other
// side's control, it must lie in that.
func (k *freeze) beyond(r *Rule, o *truce.Observation, t *trace) truth {
	who := r.c.actor(o)
	line := r.c.Agreement.Lines[k.Line[who]]
	s := r.c.spot(&o.Place)
	if line == nil || !s.known {
		t.say("where it was is not known")
		return unknown
	}
	day, ok := line.On(line.Fixed)
	if !ok || day.Control[who] == nil {
		t.say("the line files do not say what %s controlled on %s", who, line.Fixed)
		return unknown
	}
	point, radius := s.point, float64(s.radius)
	if s.area != nil {
		point, radius = s.area.Enclosing()
	}
	d := day.Control[who].BoundaryDistance(point)
	if day.Control[who].Disc(point, 0) == geo.Inside {
		d = -d
	}
	out := -within(int64(d*1000), int64(math.Ceil(radius*1000)), k.ToleranceM*1000)
	switch {
	case d <= 0:
		t.say("it lies within what %s controlled on %s", who, line.Fixed)
	default:
		t.say("it lies %s ± %s beyond what %s controlled on %s; %s is tolerated", truce.Metres(int64(d+0.5)), truce.Metres(int64(math.Ceil(radius))), who, line.Fixed, truce.Metres(k.ToleranceM))
	}
	if out == no {
		return no
	}
	var parts []geo.MultiPolygon
	for _, p := range r.c.Agreement.PartyIDs() {
		if p != who && day.Control[p] != nil {
			parts = append(parts, day.Control[p].Shape())
		}
	}
	if len(parts) == 0 {
		return out
	}
	others := r.c.shapes.region(fmt.Sprint("others\x00", line.Name, "\x00", who), func() *geo.Region { return unite(parts) })
	if others == nil {
		return and(out, unknown)
	}
	return and(out, truth(others.Disc(point, radius)))
}

// period measures the last day of v that the line files have. A day without a
// file counts as no data.
func (k *freeze) period(r *Rule, v truce.Interval, q Query) (truce.Assessment, bool) {
	var worst truce.Assessment
	for _, p := range r.p.Binds {
		if q.Party != "" && q.Party != p {
			continue
		}
		a := k.party(r, p, v, q)
		if worst.Outcome == "" || rank(a.Outcome) < rank(worst.Outcome) {
			a.Reasons = append(worst.Reasons, a.Reasons...)
			worst = a
		} else {
			worst.Reasons = append(worst.Reasons, a.Reasons...)
		}
	}
	return worst, worst.Outcome != ""
}

func (k *freeze) party(r *Rule, p truce.PartyID, v truce.Interval, q Query) (a truce.Assessment) {
	say := func(format string, args ...any) {
		if q.Reasons {
			a.Reasons = append(a.Reasons, truce.Because(format, args...))
		}
	}
	noData := func(format string, args ...any) truce.Assessment {
		say(format, args...)
		a.Outcome, a.Missing = truce.UndeterminedNoCoverage, []truce.Fact{truce.FactCoverage}
		a.Tasks = tasks(a.Missing)
		return a
	}
	line := r.c.Agreement.Lines[k.Line[p]]
	if line == nil {
		return noData("no line is given for %s", p)
	}
	fixed, ok := line.On(line.Fixed)
	if !ok || fixed.Control[p] == nil {
		return noData("the line files do not say what %s controlled on %s", p, line.Fixed)
	}
	day, ok := k.dayIn(r, line, v)
	if !ok || day.Control[p] == nil {
		return noData("the line files do not say what %s controlled in %s", p, v.In(r.c.Agreement.Location))
	}
	adv, err := r.c.advance(line.Name, p, fixed, day)
	if err != nil {
		return noData("the advance of %s cannot be measured: %s", p, err)
	}
	a.Coverage, a.AreaM2, a.DepthM = truce.One, int64(adv.areaM2+0.5), int64(adv.depthM+0.5)
	if a.AreaM2 == 0 {
		say("%s controls nothing on %s beyond what it controlled on %s", p, day.Date, line.Fixed)
		a.Outcome = truce.Held
		return a
	}
	say("%s controls %s km2 on %s beyond what it controlled on %s, up to %d m deep; %d m is tolerated", p, KM2(a.AreaM2), day.Date, line.Fixed, a.DepthM, k.ToleranceM)
	switch tolerated := float64(k.ToleranceM); {
	case adv.atMostM <= tolerated:
		a.Outcome = truce.Held
	case adv.depthM > tolerated+0.01:
		a.Outcome = truce.ApparentViolation
		say("the line files stand in the agreement itself, so this is measured and not witnessed")
	default:
		a.Outcome, a.Missing = truce.UndeterminedPlace, []truce.Fact{truce.FactPlace}
		a.Tasks = tasks(a.Missing)
	}
	return a
}

// dayIn is the last day of the line's files within v.
func (k *freeze) dayIn(r *Rule, l *truce.Line, v truce.Interval) (truce.LineDay, bool) {
	loc := r.c.Agreement.Location
	for i := len(l.Days) - 1; i >= 0; i-- {
		if l.Days[i].Date.Day(loc).Overlaps(v) && l.Days[i].Date.Start(loc) >= v.Start {
			return l.Days[i], true
		}
	}
	return truce.LineDay{}, false
}

// An advance is control at a day minus control at the fixed day: its area, how
// deep it surely is, and what it is not deeper than.
type advance struct{ areaM2, depthM, atMostM float64 }

func (c *Context) advance(line string, p truce.PartyID, fixed, day truce.LineDay) (advance, error) {
	key := fmt.Sprintf("advance\x00%s\x00%s\x00%s", line, p, day.Date)
	if kept, ok := c.shapes.kept(key); ok {
		return kept.(advance), nil
	}
	var out advance
	more, err := geo.Subtract(day.Control[p].Shape(), fixed.Control[p].Shape())
	if err != nil {
		return out, err
	}
	if area := more.AreaM2(); len(more) > 0 && area > 1e-9*day.Control[p].AreaM2() {
		beyond, err := geo.NewRegion(more)
		if err != nil {
			return out, err
		}
		edge, err := geo.NewPath(rings(fixed.Control[p].Shape()))
		if err != nil {
			return out, err
		}
		out.depthM, out.atMostM = edge.Farthest(beyond)
		out.areaM2 = area
	}
	c.shapes.keep(key, out)
	return out, nil
}

// rings are the boundary of a shape as closed lines.
func rings(m geo.MultiPolygon) geo.MultiLine {
	var out geo.MultiLine
	for _, poly := range m {
		for _, ring := range poly {
			out = append(out, append(append([]geo.Point{}, ring...), ring[0]))
		}
	}
	return out
}
