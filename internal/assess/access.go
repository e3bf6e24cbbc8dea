package assess

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
)

// access is granted to those who ask for it: monitors, convoys, civilians. What obstructs it is
// an incident like others. That nothing obstructed it is only known of access that was granted: nobody
// who did not ask was refused, and silence is never compliance.
type access struct {
	plain
	To           protected
	In           []string
	Obstructions []truce.Act
}

type accessForm struct {
	Pos          strict.Text
	To           []strict.Text `yaml:"to" need:"who is to have access" doc:"classes of persons such as monitors, aid-workers, civilians, or parties"`
	In           []strict.Text `yaml:"in" doc:"zones; anywhere if left out"`
	Obstructions []strict.Text `yaml:"obstructions" doc:"what obstructs it: access-denied, access-delayed, access-conditional and jamming if left out"`
}

var accessKind = kindOf("access that is to be granted", map[string]string{
	"nobody-asks": "access on which none of the listed sources can report",
}, readAccess, (*access).lint)

const (
	accessRequest truce.Act = "access-request"
	accessGranted truce.Act = "access-granted"
)

var obstructions = []truce.Act{"access-denied", "access-delayed", "access-conditional", "jamming"}

func readAccess(f *accessForm, c *Clause) *access {
	out := &access{In: c.Zones(f.In), Obstructions: obstructions}
	out.To.read(f.To, c)
	if len(f.Obstructions) > 0 {
		out.Obstructions = c.Acts(f.Obstructions)
	}
	return out
}

func (k *access) lint(f *accessForm, c *Clause) {
	if len(c.Agreement.Sources) > 0 && !watched(c.Agreement, k.acts()) {
		c.Warn(f.Pos, "nobody-asks", "list a source that reports on it, or write not-monitored", "article %q: no source that is listed and independent of the parties says that it looks for %s", c.Provision.Article, k.acts())
	}
}

func (*access) Kind() string        { return "access" }
func (*access) fulfils() bool       { return true }
func (k *access) Zones() []string   { return k.In }
func (k *access) acts() []truce.Act { return k.Obstructions }
func (k *access) deeds() *deeds     { return &deeds{Acts: []truce.Act{accessRequest, accessGranted}} }

func (k *access) sentence(*truce.Agreement) []truce.Reason {
	return []truce.Reason{truce.Because("Access is granted in %s to %s", zoneWords(k.In), k.To.words()), truce.Because("without %s", anyOf("act", k.Obstructions))}
}

func (k *access) about(o *truce.Observation, t *trace) (v verdict) {
	switch o.Act {
	case accessRequest:
		t.say("a request obstructs nothing")
		v.noViolation = true
	case accessGranted:
		t.say("access was granted")
		v.noViolation = true
	default:
		v.match(actTruth(o.Act, k.Obstructions, t), truce.FactAct)
	}
	return v
}

func (k *access) facts(r *Rule, o *truce.Observation, t *trace) answer {
	v := k.about(o, t)
	if v.noViolation {
		return v.answer()
	}
	v.match(r.c.inZone(&o.Place, r.in, t), truce.FactPlace)
	v.match(k.To.target(r, o, t), truce.FactSide)
	return v.answer()
}

// period answers where access was asked for or granted, and nothing that is known obstructed it.
func (k *access) period(r *Rule, v truce.Interval, q Query) (truce.Assessment, bool) {
	v.End = min(v.End, q.asOf)
	// The word of those who are to grant it is not enough.
	number := func(act truce.Act) (out int64, by []*stated) {
		did := func(o *truce.Observation) truth {
			if o.Act != act {
				return no
			}
			return max(k.To.among(o), k.side(r, o))
		}
		for _, s := range r.stated(v, did) {
			if s.low > 0 && !r.p.Bound(s.party) {
				out, by = max(out, s.low), append(by, s)
			}
		}
		return out, by
	}
	asked, askers := number(accessRequest)
	granted, grants := number(accessGranted)
	out := truce.Assessment{}
	say := func(format string, args ...any) {
		if q.Reasons {
			out.Reasons = append(out.Reasons, truce.Because(format, args...))
		}
	}
	switch {
	case asked+granted == 0:
		out.Outcome, out.Missing = truce.UndeterminedNoCoverage, []truce.Fact{truce.FactCoverage}
		say("nobody states that access was asked for or granted, and that nobody asked is not compliance")
	case granted < asked:
		out.Outcome, out.Missing = truce.UndeterminedFact, []truce.Fact{truce.FactAct}
		say("access was asked for %d times and granted %d times, and what was answered to the rest is not stated", asked, granted)
	default:
		out.Outcome = truce.Fulfilled
		say("access was granted %d times, and nothing is stated that obstructed it", granted)
	}
	for i, s := range slices.Concat(askers, grants) {
		if i < mostTold && slices.Contains(grants, s) {
			say("%s states that it was granted %d times", s.name, s.low)
		} else if i < mostTold {
			say("%s states that it was asked for %d times", s.name, s.low)
		}
	}
	out.Tasks = tasks(out.Missing)
	return out, true
}

// side asks whether it was one of the parties that are to have access.
func (k *access) side(r *Rule, o *truce.Observation) truth {
	switch id, _ := r.c.Agreement.Actor(o.Side); {
	case len(k.To.Parties) == 0:
		return no
	case o.Side == "":
		return unknown
	case slices.Contains(k.To.Parties, id):
		return yes
	}
	return no
}
