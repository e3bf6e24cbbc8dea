package assess

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
)

// prohibit forbids acts by domain, weapon and place. An empty domain, no weapons or no
// zones mean all.
type prohibit struct {
	plain
	Domain  truce.Domain
	Acts    []truce.Act
	Weapons truce.Weapons
	In      []string
	Against protected
	Where   where
}

// where says which place of an act a prohibition looks at.
type where string

const (
	impact     where = "impact"     // where it was observed to happen
	launch     where = "launch"     // where it was launched
	overflight where = "overflight" // what it flew over
)

type prohibitForm struct {
	Pos     strict.Text
	Domain  strict.Text    `yaml:"domain" doc:"air, ground or sea; all if left out" enum:"air ground sea"`
	Acts    []strict.Text  `yaml:"acts" need:"which acts" doc:"acts of the vocabulary, with their descendants"`
	Weapons strict.Weapons `yaml:"weapons" doc:"classes, or {class: [...], calibre: \">=100\"}; all if left out"`
	In      []strict.Text  `yaml:"in" doc:"zones; everywhere if left out"`
	Against []strict.Text  `yaml:"against" doc:"parties, or classes of persons such as civilians, aid-workers, monitors: only acts against these; if left out, against anybody"`
	Where   strict.Text    `yaml:"where" doc:"impact (default), launch or overflight" enum:"impact launch overflight"`
}

var prohibitKind = kindOf("acts that are forbidden", map[string]string{
	"hard-to-see": "a place that observations seldom give",
	"no-zone":     "an article that names no zone",
	"idle-held":   "a reading of who holds a place, under an article that protects everybody",
}, readProhibit, (*prohibit).lint)

func readProhibit(f *prohibitForm, c *Clause) *prohibit {
	out := &prohibit{Domain: truce.Domain(f.Domain.V), Acts: c.Acts(f.Acts), Weapons: c.Weapons(f.Weapons), In: c.Zones(f.In), Where: impact}
	out.Against.read(f.Against, c)
	c.Word(f.Domain, "air", "ground", "sea")
	if c.Word(f.Where, "impact", "launch", "overflight") {
		out.Where = where(f.Where.V)
	}
	return out
}

func (k *prohibit) lint(f *prohibitForm, c *Clause) {
	for _, rd := range c.Provision.Readings {
		if len(rd.Held) > 0 && k.Against.anybody() {
			c.Warn(f.Pos, "idle-held", "say whom the article protects with against:", "article %q: %s reads who holds a place, and the article protects everybody", c.Provision.Article, rd.ID)
		}
	}
	if k.Where != impact {
		c.Warn(f.Where, "hard-to-see", "plan sensors that see launches, or look at impacts",
			"article %q looks at the place of %s, which most observations do not give", c.Provision.Article, k.Where)
	}
	if len(k.In) == 0 && len(c.Provision.Objects) == 0 {
		c.Warn(f.Pos, "no-zone", "name zones with in:", "article %q names no zone: coverage is weighed over all zones of the agreement", c.Provision.Article)
	}
}

func (*prohibit) Kind() string { return "prohibit" }

func (k *prohibit) Zones() []string { return k.In }

func (k *prohibit) sentence(*truce.Agreement) (out []truce.Reason) {
	acts := truce.Because("any act")
	if len(k.Acts) > 0 {
		acts = anyOf("act", k.Acts)
	}
	out = append(out, truce.Because("No %s, by %s", acts, weaponWords(k.Weapons)))
	if k.Domain != "" {
		out = append(out, truce.Because("in the %s domain", truce.Word("domain", k.Domain)))
	}
	out = append(out, k.Against.sentence()...)
	return append(out, truce.Because("in %s, judged by the place of %s", zoneWords(k.In), truce.Word("where", k.Where)))
}

func (k *prohibit) acts() []truce.Act { return k.Acts }

func (k *prohibit) targets() *protected { return &k.Against }

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
	if !k.Against.anybody() {
		v.match(k.Against.target(r, o, t), truce.FactSide)
	}
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
	case k.Where == launch && !truce.Words.ActIs(o.Act, truce.ActOutgoing):
		t.say("where it was launched is not known")
		return unknown
	case k.Where == overflight && in == no && !truce.Words.ActIs(o.Act, truce.ActOverflight):
		t.say("it ended outside, but may have flown over")
		return unknown
	}
	return in
}
