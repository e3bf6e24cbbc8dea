package assess

import (
	"fmt"
	"math"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// withdraw keeps weapons at a distance from each party's line, from a
// deadline on.
type withdraw struct {
	*truce.Withdraw
	c     *Context
	binds []truce.PartyID
}

func newWithdraw(c *Context, p *truce.Provision) kind { return &withdraw{p.Withdraw, c, p.Binds} }

func (k *withdraw) acts() []truce.Act { return []truce.Act{truce.ActPresence} }

// due is when the duty falls due for a rule that binds from its scope's start.
func (k *withdraw) due(r *Rule) truce.Instant {
	if k.By.At != 0 {
		return k.By.At
	}
	if !r.begun {
		return truce.Never
	}
	return k.By.After.After(r.scope[0].Start, k.c.Agreement.Location)
}

func (k *withdraw) about(o *truce.Observation, t *trace) (v verdict) {
	v.match(presence(o, []truce.Sighted{truce.SeenWeapon}, t), truce.FactAct)
	if !v.noViolation {
		w, missing := weaponTruth(o, k.Weapons, t)
		v.match(w, missing)
	}
	return v
}

func (k *withdraw) facts(r *Rule, o *truce.Observation, t *trace) answer {
	v := k.about(o, t)
	if v.noViolation {
		return v.answer()
	}
	loc := k.c.Agreement.Location
	switch due := k.due(r); {
	case o.Occurred.End <= due:
		t.say("it was seen before the withdrawal fell due on %s", due.In(loc))
		v.notYetDue = true
	case o.Occurred.Start < due:
		t.say("it was seen some time in %s, in which the withdrawal fell due (%s)", o.Occurred.In(loc), due.In(loc))
		v.unknown(unknown, truce.FactTime)
	}
	near, f := k.near(r, o, t)
	v.match(near, f)
	return v.answer()
}

// near asks whether the place is within the distance of the owner's line; an
// unknown owner, or one of several, leaves it open unless every line gives one answer.
func (k *withdraw) near(r *Rule, o *truce.Observation, t *trace) (truth, truce.Fact) {
	if who := k.c.actor(o); who != "" {
		return k.nearLine(o, k.Line[who], t), truce.FactPlace
	}
	owners := k.binds
	if len(o.Actors) > 0 && !slices.Contains(o.Actors, truce.Anybody) {
		owners = nil
		for _, p := range o.Actors {
			if id, _ := k.c.Agreement.Actor(p); slices.Contains(k.binds, id) { // another's is missing already
				owners = append(owners, id)
			}
		}
	}
	first, differ := truth(0), false
	for i, p := range owners {
		tr := k.nearLine(o, k.Line[p], t)
		if i == 0 {
			first = tr
		}
		differ = differ || tr != first
	}
	if differ {
		t.say("whose it is, and so which line counts, is not known")
		return unknown, truce.FactActor
	}
	return first, truce.FactPlace
}

func (k *withdraw) nearLine(o *truce.Observation, name string, t *trace) truth {
	line := k.c.Agreement.Lines[name]
	if line == nil {
		return unknown
	}
	day, ok := line.At(truce.DateOf(o.Occurred.Start, k.c.Agreement.Location))
	s := k.c.spot(&o.Place)
	if !ok || day.Path == nil || !s.known {
		t.say("its distance from the line %s is not known", name)
		return unknown
	}
	var lo, hi float64
	if s.area != nil {
		lo, hi = day.Path.DistanceRange(s.area)
	} else {
		d := day.Path.Distance(s.point)
		lo, hi = max(0, d-float64(s.radius)), d+float64(s.radius)
	}
	mid, half := int64((lo+hi)*500+0.5), int64((hi-lo)*500+0.5)
	out := within(mid, half, k.DistanceM*1000)
	t.say("it is %s from the line %s of %s; %s is required", span(lo, hi), name, day.Date, truce.Metres(k.DistanceM))
	return out
}

// span prints a distance and its uncertainty: "24.1 km ± 400 m".
func span(lo, hi float64) string {
	mid, half := int64(math.Round((lo+hi)/2)), int64(math.Ceil((hi-lo)/2))
	if half == 0 {
		return truce.Metres(mid)
	}
	return truce.Metres(mid) + " ± " + truce.Metres(half)
}

func (k *withdraw) period(r *Rule, v truce.Interval, q Query) (truce.Assessment, bool) {
	due := k.due(r)
	now := v.End
	if v == r.Span() || v.End == v.Start+1 { // the article at the moment of knowledge
		now = r.c.Now
	}
	if now <= due {
		a := truce.Assessment{Outcome: truce.NotYetDue}
		if q.Reasons {
			a.Reasons = []truce.Reason{truce.Because("the withdrawal falls due on %s", due.In(k.c.Agreement.Location))}
		}
		return a, true
	}
	return truce.Assessment{}, false
}

// ground is the strip that must be clear, by which coverage is weighed.
func (k *withdraw) ground(*Rule) *geo.Region {
	key := fmt.Sprint("strip ", k.DistanceM)
	for _, p := range k.binds {
		key += "\x00" + k.Line[p]
	}
	return k.c.shapes.region(key, func() *geo.Region {
		var parts []geo.MultiPolygon
		seen := map[string]bool{}
		for _, p := range k.binds {
			line := k.c.Agreement.Lines[k.Line[p]]
			if line == nil || seen[line.Name] {
				continue
			}
			seen[line.Name] = true
			day, ok := line.On(line.Fixed)
			if !ok && len(line.Days) > 0 {
				day, ok = line.Days[len(line.Days)-1], true
			}
			if !ok || day.Path == nil {
				continue
			}
			if s, err := day.Path.Strip(float64(k.DistanceM)); err == nil {
				parts = append(parts, s.Shape())
			}
		}
		return unite(parts)
	})
}
