package assess

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
)

// protected are those whom an article protects: it does not apply to acts against others. The zero
// value is everybody.
type protected struct {
	Parties []truce.PartyID
	People  []truce.People // whosever they are
}

// anybody reports whether the article protects everybody.
func (p *protected) anybody() bool { return len(p.Parties)+len(p.People) == 0 }

// read adds whom a form names: parties, and classes of persons.
func (p *protected) read(list []strict.Text, c *Clause) {
	for _, s := range list {
		if truce.Words.HasPeople(s.V) && !c.Agreement.HasParty(truce.PartyID(s.V)) {
			p.People = append(p.People, truce.People(s.V))
			continue
		}
		if _, known := c.Agreement.Actor(truce.PartyID(s.V)); s.Set() && !known {
			var words []string
			for _, id := range c.Agreement.PartyIDs() {
				words = append(words, string(id))
			}
			c.At(s, "undefined-party", "%q is neither a party nor a class of persons%s", s.V, truce.Suggest(s.V, append(words, truce.Words.AllPeople()...)))
			continue
		}
		if i := slices.IndexFunc(c.Agreement.Others, func(o truce.Party) bool { return string(o.ID) == s.V }); i >= 0 && c.Agreement.Others[i].Role == truce.NonSignatory {
			p.Parties = append(p.Parties, truce.PartyID(s.V)) // a text may protect those who did not sign it
			continue
		}
		p.Parties = append(p.Parties, c.Party(s))
	}
}

// sentence says it in words; empty: everybody.
func (p *protected) sentence() (out []truce.Reason) {
	if p.anybody() {
		return nil
	}
	return []truce.Reason{truce.Because("if it is directed at %s (other targets are not covered)", p.words())}
}

// words are those whom it names.
func (p *protected) words() truce.Reason {
	var whom []any
	for _, id := range p.Parties {
		whom = append(whom, string(id))
	}
	for _, w := range p.People {
		whom = append(whom, truce.Word("people", w))
	}
	return truce.Joined("%s or %s", whom)
}

// target asks whether an act was against somebody whom the article protects: by side, or by class
// of persons. Where no source says whom it was directed at, a reading may say who held the place;
// that somebody else held it does not follow from a reading's silence. Civilians of a town are not
// the forces that hold it, but whether the article protects them with these is for its text to say:
// a class of persons decides only where the article names classes.
func (p *protected) target(r *Rule, o *truce.Observation, t *trace) truth {
	people := p.among(o)
	if people == yes {
		return yes
	}
	if o.Side != "" {
		id, _ := r.c.Agreement.Actor(o.Side)
		switch {
		case slices.Contains(p.Parties, id) && r.c.Agreement.Perhaps(o.Side):
			t.say("it was directed at %s; by that name its source may mean others than those whom article %s protects", o.Side, r.p.Article)
			return unknown
		case slices.Contains(p.Parties, id):
			return yes
		case people == unknown:
			t.say("it was directed at %s, and at which persons is not stated", o.Side)
			return unknown
		}
		t.say("it was directed at %s, whom article %s does not protect", o.Side, r.p.Article)
		return no
	}
	if people == no && len(p.Parties) == 0 {
		t.say("it was directed at %s, whom article %s does not protect", truce.Word("people", o.Against), r.p.Article)
		return no
	}
	if p.spared(r, o) {
		t.say("its source names %s as those who fought each other; none of them is bound by article %s and faces somebody whom it protects", actors(o.MayHaveActed()), r.p.Article)
		return no
	}
	if r.as != nil && len(r.as.Held) > 0 && len(p.Parties) > 0 && r.c.inZone(&o.Place, r.as.Held, nil) == yes {
		if r.assumed() {
			// Nobody said so: a reader must not take the zone for knowledge of who held the place.
			t.say("whom it was directed at is not stated (no source names their side); the reading that is assumed here for %s takes all places in %s as held by those whom article %s protects, which does not show that they held this one", r.reading, zoneWords(r.as.Held), r.p.Article)
			return yes
		}
		t.say("whom it was directed at is not stated (no source names their side), and as %s reads it the place is held by those whom article %s protects", r.reading, r.p.Article)
		return yes
	}
	if o.Against != "" {
		t.say("it was directed at %s; whose side they are on is not stated, and article %s does not protect everybody", truce.Word("people", o.Against), r.p.Article)
		return unknown
	}
	t.say("whom it was directed at is not stated (no source names their side), and article %s does not protect everybody", r.p.Article)
	return unknown
}

// among asks whether an act was directed at persons of the classes that the article names; no where
// it names none.
func (p *protected) among(o *truce.Observation) truth {
	if len(p.People) == 0 {
		return no
	}
	out := no
	for _, w := range p.People {
		switch {
		case truce.Words.PeopleAre(o.Against, w):
			return yes
		case o.Against == "" || truce.Words.PeopleAre(w, o.Against):
			out = unknown
		}
	}
	return out
}

// spared reports whether, of those who fought each other as a source says, each whom the article
// binds had only opponents whom it does not protect: whoever acted, nothing was against these.
func (p *protected) spared(r *Rule, o *truce.Observation) bool {
	named := o.MayHaveActed()
	if len(named) < 2 || !r.c.Agreement.SourceOf(o.Source).Opponents || slices.Contains(named, truce.Anybody) {
		return false
	}
	for i, actor := range named {
		if id, _ := r.c.Agreement.Actor(actor); !r.p.Bound(id) {
			continue
		}
		for j, other := range named {
			if id, _ := r.c.Agreement.Actor(other); i != j && slices.Contains(p.Parties, id) {
				return false
			}
		}
	}
	return true
}
