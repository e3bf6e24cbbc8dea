package assess

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// absent forbids presence in zones.
type absent struct{ *truce.Absent }

func (k *absent) acts() []truce.Act { return []truce.Act{truce.ActPresence} }

func (k *absent) about(o *truce.Observation, t *trace) (v verdict) {
	v.match(presence(o, k.Of, t), truce.FactAct)
	if !v.noViolation && !k.Weapons.Any() {
		w, missing := weaponTruth(o, k.Weapons, t)
		v.match(w, missing)
	}
	return v
}

func (k *absent) facts(r *Rule, o *truce.Observation, t *trace) answer {
	v := k.about(o, t)
	if v.noViolation {
		return v.answer()
	}
	v.match(r.c.inZone(&o.Place, r.in, t), truce.FactPlace)
	return v.answer()
}

// presence asks whether the observation shows the presence of something listed.
func presence(o *truce.Observation, of []truce.Sighted, t *trace) truth {
	if o.Act != truce.ActPresence {
		t.say("%s is not a presence", o.Act)
		return no
	}
	if slices.Contains(of, o.Seen) {
		return yes
	}
	t.say("a %s is not among what must be absent", o.Seen)
	return no
}

func (k *absent) ground(r *Rule) *geo.Region { return r.everywhere() }

func (k *absent) period(*Rule, truce.Interval, Query) (truce.Assessment, bool) {
	return truce.Assessment{}, false
}
