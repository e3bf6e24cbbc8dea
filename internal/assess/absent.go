package assess

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
)

// absent forbids presence in zones.
type absent struct {
	plain
	Of      []truce.Sighted
	Weapons truce.Weapons
	In      []string
}

type absentForm struct {
	Pos     strict.Text
	Of      []strict.Text  `yaml:"of" need:"position, weapon, site" doc:"position, weapon, site"`
	Weapons strict.Weapons `yaml:"weapons" doc:"which weapons; all if left out"`
	In      []strict.Text  `yaml:"in" need:"which zones" doc:"zones"`
}

var absentKind = kindOf("what must not be present in zones", nil, readAbsent, nil)

func readAbsent(f *absentForm, c *Clause) *absent {
	out := &absent{Weapons: c.Weapons(f.Weapons), In: c.Zones(f.In)}
	for _, s := range f.Of {
		if c.Word(s, "position", "weapon", "site") {
			out.Of = append(out.Of, truce.Sighted(s.V))
		}
	}
	return out
}

func (*absent) Kind() string { return "absent" }

func (k *absent) Zones() []string { return k.In }

func (k *absent) sentence(*truce.Agreement) []truce.Reason {
	return []truce.Reason{truce.Because("No %s (%s) in %s", anyOf("weapon", k.Of), weaponWords(k.Weapons), zoneWords(k.In))}
}

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
