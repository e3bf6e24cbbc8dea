package assess

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// This file is how many times something was done in a time, as sources state it: what a
// duty and a quota ask. Each source has one account, whatever number of statements it
// makes, and accounts are never added to one another. Of one source, statements of times
// that overlap are not added either: one may be a part of the other.

// deeds are what an obligation counts.
type deeds struct {
	Acts    []truce.Act
	To      []truce.PartyID  // to whom they are done; empty: to anybody
	Counted []truce.SourceID // whose word counts; empty: everybody's
	Numbers []truce.Act      // acts whose statements say how many there are; empty: nothing asks it
}

// many is a number without a bound.
const many = math.MaxInt64

// An account is one statement, as a kind that counts looks at it.
type account struct {
	o     *truce.Observation // a total, as if it were one observation
	voice string             // who speaks: a party, or a publisher by its key
	name  string             // the same, for people
	party truce.PartyID      // whose word it is; empty: no party's
	// fits says whether all that it counts surely is of what the article counts, by act,
	// place, receiver and weapon, leaving aside who did it; missing is what is not known.
	fits    truth
	missing factSet
	// whole: everything that the article counts, and that was done in its time, is in its
	// number. Then the number is also a bound.
	whole     bool
	low, high int64
	verified  bool // a person decided that it is so
}

// ledger keeps the accounts under a rule, which do not change while its context lasts.
type ledger struct {
	once    sync.Once
	list    []*account
	numbers []*account // of how many there are
}

// accounts are the statements on what the rule's kind counts, by ID.
func (r *Rule) accounts() []*account {
	r.ledger.once.Do(func() {
		d := r.kind.deeds()
		if d == nil {
			return
		}
		for _, o := range r.c.Deeds {
			r.enter(d, o, false)
		}
		for _, t := range r.c.Tallies {
			r.enter(d, totalAs(t), true)
		}
	})
	return r.ledger.list
}

// totalAs is a total as if it were one observation.
func totalAs(t *truce.Tally) *truce.Observation {
	return &truce.Observation{ID: t.ID, Source: t.Source, Key: t.Key, Revision: t.Revision, Claimant: t.Claimant, Occurred: t.Period, Reported: t.Reported, Place: t.Place,
		Act: t.Act, Seen: t.Seen, Weapon: t.Weapon, Calibre: t.Calibre, Count: t.Count, Actor: t.Actor, Actors: t.Actors, Side: t.Side, Against: t.Against, Casualties: t.Casualties}
}

// enter adds a statement to the accounts if it is, or may be, about what is counted.
func (r *Rule) enter(d *deeds, o *truce.Observation, total bool) {
	x := &account{o: o, party: o.Claimant, fits: yes}
	if len(d.Counted) > 0 && !slices.Contains(d.Counted, o.Source) {
		return
	}
	if x.party == "" {
		x.party = r.c.Agreement.SpeaksFor(o, r.c.Citations)
	}
	unsure := false
	for _, dec := range r.c.decided[o.ID] {
		switch {
		case dec.OnDay():
		case dec.Kind == truce.Verify:
			x.verified, unsure = true, false
		case dec.Kind == truce.Unverifiable:
			x.verified, unsure = false, true
		}
	}
	if unsure || r.c.refuted(o.ID) { // a person decided that it establishes nothing
		return
	}
	if slices.ContainsFunc(d.Numbers, func(a truce.Act) bool { return truce.Words.ActIs(o.Act, a) }) {
		if o.Count.Kind == truce.Exactly && o.Count.N > 0 && r.c.inZone(&o.Place, r.in, nil) != no {
			n := *x
			n.low, n.high = int64(o.Count.N), int64(o.Count.N)
			n.speaks(r.c.Agreement)
			r.ledger.numbers = append(r.ledger.numbers, &n)
		}
	}
	ask := func(t truth, f truce.Fact) {
		if x.fits = min(x.fits, t); t == unknown {
			x.missing |= fact(f)
		}
	}
	ask(actTruth(o.Act, d.Acts, nil), truce.FactAct)
	if x.fits == no {
		return
	}
	if len(d.To) > 0 {
		ask(r.receiver(d, o), truce.FactSide)
	}
	ask(r.c.inZone(&o.Place, r.in, nil), truce.FactPlace)
	// A statement that there was none, and a total, are about all of their time and place.
	bounds := total || o.None()
	covers := slices.ContainsFunc(d.Acts, func(a truce.Act) bool { return !truce.Words.ActIs(a, o.Act) })
	x.whole = bounds && !covers && (o.Side == "" || len(d.To) == 1 && r.receiver(d, o) == yes) && o.Weapon == "" && r.everywhereOf(&o.Place)
	if x.fits == no && !x.whole {
		return
	}
	n := int64(o.Count.N)
	switch o.Count.Kind {
	case truce.Exactly:
		x.low, x.high = n, n
	case truce.AtLeast:
		x.low, x.high = n, many
	default: // about so many, or uncountable: there was one at least
		x.low, x.high = 1, many
	}
	if !x.whole {
		x.high = many
	}
	if x.fits == no || o.None() {
		x.low = 0
	}
	x.speaks(r.c.Agreement)
	r.ledger.list = append(r.ledger.list, x)
}

// speaks says whose voice it is.
func (x *account) speaks(a *truce.Agreement) {
	if x.voice, x.name = "party "+string(x.party), string(x.party); x.party == "" {
		x.name = a.PublisherOf(x.o)
		x.voice = "publisher " + truce.PublisherKey(x.name)
	}
}

// receiver asks whether something was done to one of those to whom it is owed.
func (r *Rule) receiver(d *deeds, o *truce.Observation) truth {
	if o.Side == "" {
		return unknown
	}
	if id, _ := r.c.Agreement.Actor(o.Side); slices.Contains(d.To, id) {
		return yes
	}
	return no
}

// everywhereOf reports whether a place is all of the article's ground: its zones, or all
// of the agreement's if it names none.
func (r *Rule) everywhereOf(p *truce.Place) bool {
	names := r.in
	if len(names) == 0 {
		names = r.c.Agreement.ZoneOrder
	}
	if len(names) == 0 {
		return true // nothing says that there is more ground than this
	}
	if p.Kind == truce.PlaceRegion && len(names) == 1 && names[0] == p.Name {
		return true
	}
	at := r.c.spot(p)
	if at.area == nil {
		return false
	}
	for _, n := range names {
		z := r.c.Agreement.Zones[n]
		if z == nil || z.Region == nil {
			return false
		}
		if at.name == n {
			continue
		}
		key := "" // a shape without a name is not remembered
		if at.name != "" {
			key = "all of " + at.name
		}
		if side, _ := r.c.side(spot{known: true, area: z.Region, name: n}, at.area, key, false); side != geo.Inside {
			return false
		}
	}
	return true
}

// Counts reports whether an obligation of the agreement counts an act, or may count what an
// observation of that act shows.
func Counts(a *truce.Agreement) func(truce.Act) bool {
	set := map[truce.Act]bool{}
	for i := range a.Provisions {
		k, ok := a.Provisions[i].Obligation.(kind)
		if !ok || k.deeds() == nil {
			continue
		}
		for _, name := range truce.Words.Acts() {
			if act := truce.Act(name); actTruth(act, k.deeds().Acts, nil) != no || slices.ContainsFunc(k.deeds().Numbers, func(n truce.Act) bool { return truce.Words.ActIs(act, n) }) {
				set[act] = true
			}
		}
	}
	if len(set) == 0 {
		return nil
	}
	return func(act truce.Act) bool { return set[act] }
}

// A stated is what one voice states of a time, taken together.
type stated struct {
	voice, name string
	party       truce.PartyID
	low         int64      // surely done in that time, as it states
	may         int64      // the same with what it states of times, places or actors that are not known well enough
	high        int64      // it states that there were no more; many: it states no bound
	of          []*account // what low and high rest on
	about       []*account // the same, and what may rests on
	missing     factSet    // what is not known of what may count
	verified    int64      // of low, what a person verified
}

// stated are the voices that state something of w, in the order of their names. by asks
// who did it.
func (r *Rule) stated(w truce.Interval, by func(*truce.Observation) truth) (out []*stated) {
	at := map[string]*stated{}
	sure, vague, bounds, verified := map[string][]weight{}, map[string][]weight{}, map[string][]weight{}, map[string][]weight{}
	apart := map[string]int64{}
	for _, x := range r.accounts() {
		if !x.o.Occurred.Overlaps(w) {
			continue
		}
		did := by(x.o)
		v := at[x.voice]
		if v == nil {
			v = &stated{voice: x.voice, name: x.name, party: x.party, high: many}
			at[x.voice] = v
			out = append(out, v)
		}
		part := weight{x.o.Occurred, x.low, x.o.ID}
		inside := w.Contains(x.o.Occurred)
		switch fits := min(x.fits, did); {
		case fits == no || x.low == 0:
		case fits == yes && inside:
			sure[x.voice] = append(sure[x.voice], part)
			if x.verified {
				verified[x.voice] = append(verified[x.voice], part)
			}
			if v.of, v.about = append(v.of, x), append(v.about, x); !x.whole && r.c.Agreement.SourceOf(x.o.Source).Apart {
				apart[x.voice] += x.low // no two rows of its are of one event
			}
			vague[x.voice] = append(vague[x.voice], part)
		default:
			vague[x.voice], v.about = append(vague[x.voice], part), append(v.about, x)
			if v.missing |= x.missing; did == unknown {
				v.missing |= fact(truce.FactActor)
			}
			if !inside {
				v.missing |= fact(truce.FactTime)
			}
		}
		// Of a party's deeds, a number of everybody's is a bound too.
		if x.whole && x.high < many && (did == yes || len(x.o.MayHaveActed()) == 0) {
			bounds[x.voice] = append(bounds[x.voice], weight{x.o.Occurred, x.high, x.o.ID})
			if fits := min(x.fits, did); fits != yes || x.low == 0 || !inside {
				v.of = append(v.of, x)
			}
		}
	}
	for _, v := range out {
		v.low, v.may, v.high = max(most(sure[v.voice]), apart[v.voice]), most(vague[v.voice]), least(w, bounds[v.voice])
		v.verified = most(verified[v.voice])
		if v.low > v.high { // it contradicts itself, and what it states is a range
			v.low, v.high = v.high, v.low
		}
		v.may = max(v.may, v.low)
	}
	slices.SortFunc(out, func(a, b *stated) int { return cmp.Compare(a.voice, b.voice) })
	return out
}

// A weight is a number that was stated of a time.
type weight struct {
	during truce.Interval
	n      int64
	id     truce.Digest
}

// most is the largest sum of numbers of which no two times overlap: weighted interval
// scheduling (Kleinberg and Tardos, Algorithm Design, section 6.1).
func most(list []weight) int64 {
	slices.SortFunc(list, func(a, b weight) int {
		return cmp.Or(cmp.Compare(a.during.End, b.during.End), cmp.Compare(a.during.Start, b.during.Start), a.id.Compare(b.id))
	})
	best := make([]int64, len(list)+1) // of the first so many
	for i, x := range list {
		before, _ := slices.BinarySearchFunc(list[:i], x.during.Start, func(y weight, at truce.Instant) int {
			if y.during.End <= at {
				return -1
			}
			return 1
		})
		best[i+1] = max(best[i], best[before]+x.n)
	}
	return best[len(list)]
}

// mostBounds is of how many totals a bound is looked for; a voice that has more has none.
const mostBounds = 1000

// least is the smallest sum of numbers whose times together are all of w: there were no
// more in it. many: they leave a part of it out.
func least(w truce.Interval, list []weight) int64 {
	if len(list) > mostBounds {
		return many
	}
	slices.SortFunc(list, func(a, b weight) int {
		return cmp.Or(cmp.Compare(a.during.Start, b.during.Start), cmp.Compare(a.during.End, b.during.End), a.id.Compare(b.id))
	})
	out, best := int64(many), make([]int64, len(list)) // best: up to the end of each
	for i, x := range list {
		before := int64(many)
		if x.during.Start <= w.Start {
			before = 0
		}
		for j := range i {
			if list[j].during.End >= x.during.Start {
				before = min(before, best[j])
			}
		}
		if best[i] = many; before < many {
			best[i] = before + x.n
		}
		if x.during.End >= w.End {
			out = min(out, best[i])
		}
	}
	return out
}

// mostVoices bounds how many voices are compared with each other.
const mostVoices = 64

// established is the largest number that voices state by the article's floor for evidence:
// of two that are independent of each other, the smaller. on is what a number rests on; ok is
// false for a voice that states none. Parties' voices count only where the floor lets a claim
// stand.
func (r *Rule) established(list []*stated, number func(*stated) (n int64, ok bool), on func(*stated) []*account) (int64, bool) {
	type voiced struct {
		*stated
		n int64
	}
	floor := r.p.Floor
	var of []voiced
	for _, v := range list {
		n, ok := number(v)
		switch {
		case !ok, v.party != "" && floor.Evidence != truce.Alleged:
		default:
			of = append(of, voiced{v, n})
		}
	}
	slices.SortStableFunc(of, func(a, b voiced) int { return cmp.Compare(b.n, a.n) })
	of = of[:min(len(of), mostVoices)]
	for i, v := range of {
		switch floor.Evidence {
		case truce.Alleged, truce.SingleSource:
			return v.n, true
		case truce.Corroborated:
			for _, other := range of[:i] {
				if r.confirmed(on(v.stated), on(other.stated)) {
					return v.n, true
				}
			}
		}
	}
	return 0, false
}

// mostStatements bounds how many statements of two voices are compared.
const mostStatements = 512

// confirmed reports whether the statements of two voices confirm each other: those of times
// that overlap do, each pair of them. A copy never does.
func (r *Rule) confirmed(a, b []*account) bool {
	if len(a) == 0 || len(b) == 0 || len(a) > mostStatements || len(b) > mostStatements {
		return false
	}
	pair := func(x, y *account) bool {
		g := r.c.confirm(r.c.speaking(x.o), r.c.speaking(y.o))
		return g == truce.TwoOrigins || g != "" && !r.p.Floor.Origins
	}
	met := false
	for _, x := range a {
		for _, y := range b {
			if x.o.Occurred.Overlaps(y.o.Occurred) {
				if met = true; !pair(x, y) {
					return false
				}
			}
		}
	}
	return met || pair(a[0], b[0])
}

// speaking is a statement on a deed as a witness. Where something is done is often agreed
// beforehand, so that two who give the same place did not copy it from each other.
func (c *Context) speaking(o *truce.Observation) *witness {
	x := *o
	x.Place = truce.Place{}
	return c.witness(&x)
}

// event is since when an event is declared; false: it is not. The latest declaration counts.
func (c *Context) event(name string) (from truce.Instant, declared bool) {
	for _, d := range c.Decisions {
		if d.Kind == truce.Declare && d.Name == name {
			from, declared = d.From, true
		}
	}
	return from, declared
}

// watched reports whether a source that is independent of the parties looks for one of the acts, as far as the
// agreement says what sources look for.
func watched(a *truce.Agreement, acts []truce.Act) bool {
	for _, s := range a.Sources {
		if s.Party != "" {
			continue
		}
		if len(s.Watches.Acts) == 0 || slices.ContainsFunc(s.Watches.Acts, func(w truce.Act) bool { return actTruth(w, acts, nil) != no }) {
			return true
		}
	}
	return false
}

func surely(v *stated) []*account  { return v.of }
func perhaps(v *stated) []*account { return v.about }

// mostTold bounds how many voices are told of.
const mostTold = 20

// told says what each voice states.
func told(voices []*stated) (out []truce.Reason) {
	for i, v := range voices {
		if i == mostTold {
			return append(out, truce.Because("and %d more state something of it", len(voices)-i))
		}
		switch {
		case v.may > v.low:
			out = append(out, truce.Because("%s states %d surely in time, and up to %d that may count", v.name, v.low, v.may))
		case v.high == many:
			out = append(out, truce.Because("%s states %d", v.name, v.low))
		case v.high == v.low:
			out = append(out, truce.Because("%s states %d and no more", v.name, v.low))
		default:
			out = append(out, truce.Because("%s states %d to %d", v.name, v.low, v.high))
		}
	}
	return out
}

// weighed is what it amounts to that some voices state what the article forbids: established by
// its floor, by one voice, or by parties alone; empty: nobody states it. number is what they state.
func (r *Rule) weighed(voices []*stated, number func(*stated) int64) (truce.Outcome, truce.Standing) {
	if len(voices) == 0 {
		return "", ""
	}
	if _, ok := r.established(voices, func(v *stated) (int64, bool) { return number(v), true }, surely); ok {
		return truce.ApparentViolation, r.p.Floor.Evidence
	}
	for _, v := range voices {
		if v.party == "" {
			return truce.Uncorroborated, truce.SingleSource
		}
	}
	return truce.AllegedOnly, truce.Alleged
}

// voiced gives the accounts by voice, in the order of their names; keep leaves some out.
func (r *Rule) voiced(keep func(*account) bool) (out []*stated) {
	at := map[string]*stated{}
	for _, x := range r.accounts() {
		if !keep(x) {
			continue
		}
		v := at[x.voice]
		if v == nil {
			v = &stated{voice: x.voice, name: x.name, party: x.party, high: many}
			at[x.voice] = v
			out = append(out, v)
		}
		v.of, v.about = append(v.of, x), append(v.about, x)
	}
	slices.SortFunc(out, func(a, b *stated) int { return cmp.Compare(a.voice, b.voice) })
	return out
}
