package assess

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// prohibit forbids acts by domain, weapon and place.
type prohibit struct{ *truce.Prohibit }

func newProhibit(p *truce.Prohibit) kind { return &prohibit{p} }

func (k *prohibit) acts() []truce.Act { return k.Acts }

func (k *prohibit) about(o *truce.Observation, t *trace) (v verdict) {
	v.match(actTruth(o.Act, k.Acts, t), truce.FactAct)
	if v.noViolation {
		return v
	}
	v.match(domainTruth(o, k.Domain, t), truce.FactWeapon)
	if v.noViolation {
		return v
	}
	w, missing := weaponTruth(o, k.Weapons, t)
	v.match(w, missing)
	return v
}

func (k *prohibit) facts(r *Rule, o *truce.Observation, t *trace) answer {
	v := k.about(o, t)
	if v.noViolation {
		return v.answer()
	}
	v.match(k.place(r, o, t), truce.FactPlace)
	if r.limited {
		at := r.atObject(o, t)
		v.match(at, truce.FactPlace)
		v.unknown(at, truce.FactObject)
	}
	return v.answer()
}

// place asks for the place the article looks at. What an observation gives is
// where it was observed to happen: the launch for outgoing fire, a point of
// the flight for an overflight, the impact for the rest.
func (k *prohibit) place(r *Rule, o *truce.Observation, t *trace) truth {
	in := r.c.inZone(&o.Place, r.in, t)
	switch {
	case len(r.in) == 0:
		return yes
	case k.Where == truce.Launch && !truce.Words.ActIs(o.Act, truce.ActOutgoing):
		t.say("where it was launched is not known")
		return unknown
	case k.Where == truce.Overflight && in == no && !truce.Words.ActIs(o.Act, truce.ActOverflight):
		t.say("it ended outside, but may have flown over")
		return unknown
	}
	return in
}

func (k *prohibit) ground(r *Rule) *geo.Region { return r.everywhere() }

func (k *prohibit) period(*Rule, truce.Interval, Query) (truce.Assessment, bool) {
	return truce.Assessment{}, false
}
