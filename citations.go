package truce

import (
	"cmp"
	"slices"
	"sync"
)

// Citations find the entries that others rest on: by their ID, and by their own address, which
// others cite as a post. They answer for a set of entries that does not change, and remember
// whose word each is. A nil one knows none. Safe for concurrent use.
type Citations struct {
	entries map[Digest]*Observation
	posted  map[string][]*Observation // by own address

	mu    sync.Mutex
	words map[Digest]word
}

// A word is what something rests on in the end: the first of the parties by ID, and whether
// anybody who is none is among it.
type word struct {
	party  PartyID
	nobody bool
}

func (w *word) root(p PartyID) {
	switch {
	case p == "":
		w.nobody = true
	case w.party == "" || p < w.party:
		w.party = p
	}
}

func (w *word) add(x word) {
	w.nobody = w.nobody || x.nobody
	if x.party != "" {
		w.root(x.party)
	}
}

// of is the party whose word it is.
func (w word) of() PartyID {
	if w.nobody {
		return ""
	}
	return w.party
}

// NewCitations finds these entries, each of which has another ID.
func NewCitations(entries []*Observation) *Citations {
	c := &Citations{entries: make(map[Digest]*Observation, len(entries)), posted: map[string][]*Observation{}, words: map[Digest]word{}}
	for _, o := range entries {
		c.entries[o.ID] = o
		for _, x := range o.Origins {
			if x.Kind() == OriginOwn {
				c.posted[x.Name()] = append(c.posted[x.Name()], o)
			}
		}
	}
	for _, list := range c.posted {
		slices.SortFunc(list, func(a, b *Observation) int { return a.ID.Compare(b.ID) })
	}
	return c
}

// Of are the entries that an origin of an observation names: the entry of that ID, or those of
// which it is the own address. What o cites as its own address, or itself, is not among them.
func (c *Citations) Of(o *Observation, x Origin) []*Observation {
	if c == nil {
		return nil
	}
	switch x.Kind() {
	case OriginEntry:
		var id Digest
		if err := id.UnmarshalText([]byte(x.Name())); err != nil || id == o.ID {
			return nil
		}
		if of := c.entries[id]; of != nil {
			return []*Observation{of}
		}
	case OriginPost:
		list := c.posted[x.Name()]
		if len(list) == 0 || slices.Contains(o.Origins, Origin(OriginOwn+":"+x.Name())) {
			return nil
		}
		if slices.ContainsFunc(list, func(of *Observation) bool { return of.ID == o.ID }) {
			return slices.DeleteFunc(slices.Clone(list), func(of *Observation) bool { return of.ID == o.ID })
		}
		return list
	}
	return nil
}

// SpeaksFor returns the party whose word an observation is: the observation says so
// itself, its source or its publisher belongs to the party, or everything that it rests on
// does. Empty means that it is the word of its publisher alone. A report that rests only on
// several parties is the word of the first of them by ID. A cited entry that is not known
// says nothing either way. c finds the entries that others rest on, including entries that
// were withdrawn or corrected since: taking back a claim does not turn those who repeated it
// into witnesses. A nil c knows no entries.
//
// Entries that cite each other rest on one common set: citing each other adds nothing.
func (a *Agreement) SpeaksFor(o *Observation, c *Citations) PartyID {
	_, listed := a.Sources[o.Source]
	s := a.SourceOf(o.Source)
	switch {
	case o.Claimant != "":
		return o.Claimant
	case s.Party != "":
		return s.Party
	case listed && o.Publisher == "" && len(o.Origins) == 0 && len(s.Relays) == 0:
		return "" // Organs has looked at its publisher
	}
	w, cites := a.rests(o, c)
	if len(cites) > 0 && !w.nobody {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, of := range cites {
			w.add(c.word(a, of))
		}
	}
	return w.of()
}

// rests is what an observation rests on beside the entries that it cites, and these.
func (a *Agreement) rests(o *Observation, c *Citations) (out word, cites []*Observation) {
	s := a.SourceOf(o.Source)
	publisher := PublisherKey(a.PublisherOf(o))
	organ, relays := a.organ(publisher)
	if p := cmp.Or(o.Claimant, s.Party, organ); p != "" {
		out.root(p)
		return out, nil
	}
	relays = append(slices.Clip(relays), s.Relays...) // those of the file that it stands in, too
	for _, name := range relays {
		out.root(a.wordOf(a.PublisherNamed(name), []string{publisher}))
	}
	says := len(relays) > 0
	for _, x := range o.Origins {
		switch x.Kind() {
		case OriginPublisher:
			says = true
			out.root(a.wordOf(a.PublisherNamed(x.Name()), nil))
		case OriginEntry, OriginPost:
			list := c.Of(o, x)
			if len(list) == 0 && x.Kind() == OriginPost && !slices.Contains(o.Origins, Origin(OriginOwn+":"+x.Name())) {
				out.root("") // a post of which nothing is known
			}
			says = says || len(list) > 0
			cites = append(cites, list...)
		}
	}
	if !says {
		out.root("") // it has it from nobody
	}
	return out, cites
}

// word is what an entry rests on in the end. Entries that cite each other, in whatever circle,
// are found together (Tarjan 1972, without recursion), and each is looked at once.
func (c *Citations) word(a *Agreement, of *Observation) word {
	if w, ok := c.words[of.ID]; ok {
		return w
	}
	type visit struct {
		o           *Observation
		cites       []*Observation
		index, from int // from: the first that can be reached again
		w           word
	}
	var open []*visit // being looked at, of which each cites the next
	var circle []*visit
	at := map[Digest]*visit{} // of circle
	n := 0
	begin := func(o *Observation) {
		v := &visit{o: o, index: n, from: n}
		n++
		v.w, v.cites = a.rests(o, c)
		open, circle, at[o.ID] = append(open, v), append(circle, v), v
	}
	begin(of)
	for len(open) > 0 {
		v := open[len(open)-1]
		if len(v.cites) > 0 {
			next := v.cites[0]
			v.cites = v.cites[1:]
			w, done := c.words[next.ID]
			switch x := at[next.ID]; {
			case done:
				v.w.add(w)
			case x != nil:
				v.from = min(v.from, x.index)
			default:
				begin(next)
			}
			continue
		}
		open = open[:len(open)-1]
		if len(open) > 0 {
			above := open[len(open)-1]
			above.from = min(above.from, v.from)
			above.w.add(v.w)
		}
		if v.from < v.index {
			continue
		}
		for { // what is in one circle rests on the same; the first has heard of all
			x := circle[len(circle)-1]
			circle = circle[:len(circle)-1]
			delete(at, x.o.ID)
			c.words[x.o.ID] = v.w
			if x == v {
				break
			}
		}
	}
	return c.words[of.ID]
}
