package assess

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
)

// conduct forbids acts without weapons: detention, looting, hate speech, interference with
// networks. What makes it another kind than prohibit is what is not asked: no domain, no weapon, and
// no zone where the text names none, because a broadcast has no place.
type conduct struct {
	plain
	Acts    []truce.Act
	Against protected
	In      []string
}

type conductForm struct {
	Pos     strict.Text
	Acts    []strict.Text `yaml:"acts" need:"which acts" doc:"acts of the vocabulary, with their descendants, such as detention, looting, propaganda, network-cut"`
	Against []strict.Text `yaml:"against" doc:"parties, or classes of persons such as civilians, aid-workers, monitors: only acts against these; if left out, against anybody"`
	In      []strict.Text `yaml:"in" doc:"zones; anywhere if left out"`
}

var conductKind = kindOf("conduct that is forbidden, without weapons", map[string]string{
	"weapons-conduct": "acts of weapons in an article about conduct",
	"nobody-reports":  "conduct on which none of the listed sources can report",
}, readConduct, (*conduct).lint)

func readConduct(f *conductForm, c *Clause) *conduct {
	out := &conduct{Acts: c.Acts(f.Acts), In: c.Zones(f.In)}
	out.Against.read(f.Against, c)
	return out
}

func (k *conduct) lint(f *conductForm, c *Clause) {
	for i, a := range k.Acts {
		if w := truce.Words; w.ActIs(a, "attack") || w.Effect(a) || w.Sign(a) {
			c.Warn(f.Acts[i], "weapons-conduct", "write prohibit for it", "article %q: %s is an act of weapons, and conduct asks neither for the weapon nor for its effects", c.Provision.Article, a)
		}
	}
	if len(c.Agreement.Sources) > 0 && !watched(c.Agreement, k.Acts) {
		c.Warn(f.Pos, "nobody-reports", "list a source that reports on it, or write not-monitored", "article %q: no source that is listed and independent of the parties says that it looks for %s", c.Provision.Article, k.Acts)
	}
}

func (*conduct) Kind() string        { return "conduct" }
func (k *conduct) Zones() []string   { return k.In }
func (k *conduct) acts() []truce.Act { return k.Acts }

func (k *conduct) targets() *protected { return &k.Against }

func (k *conduct) sentence(*truce.Agreement) []truce.Reason {
	out := []truce.Reason{truce.Because("No %s in %s", anyOf("act", k.Acts), zoneWords(k.In))}
	return append(out, k.Against.sentence()...)
}

func (k *conduct) about(o *truce.Observation, t *trace) (v verdict) {
	v.match(actTruth(o.Act, k.Acts, t), truce.FactAct)
	return v
}

func (k *conduct) facts(r *Rule, o *truce.Observation, t *trace) answer {
	v := k.about(o, t)
	if v.noViolation {
		return v.answer()
	}
	v.match(r.c.inZone(&o.Place, r.in, t), truce.FactPlace)
	if !k.Against.anybody() {
		v.match(k.Against.target(r, o, t), truce.FactSide)
	}
	return v.answer()
}
