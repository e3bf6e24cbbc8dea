package assess

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// witnesses are observations that may confirm each other: what parties say and
// signs never do. The answer does not depend on the order in which they come.
type witnesses struct {
	of     []*witness
	ground truce.Ground // of the two that confirm each other best; empty: none do
}

type witness struct {
	*truce.Observation
	publisher string         // by its PublisherKey
	file      truce.SourceID // whose file it was read from
	rests     []truce.Origin // what it rests on, followed upstream, its publisher among it; sorted; nil: not looked up
	cut       bool           // it rests on more than is followed
	stated    bool           // it says where it has it from
	named     bool           // it says that, or has an address of its own
}

// mayConfirm is nil for what confirms nobody.
func (c *Context) mayConfirm(o *truce.Observation) *witness {
	if o.Alleged() || truce.Words.Sign(o.Act) || c.Agreement.SpeaksFor(o, c.Citations) != "" {
		return nil
	}
	return c.witness(o)
}

// add takes in one more. Of one publisher and hand that say alike where they have it
// from, at most two are kept, of different rows: whatever is independent of a third is
// independent of one of those two, because it has the row of one of them at most.
func (w *witnesses) add(c *Context, o *truce.Observation) {
	if w.ground == truce.TwoOrigins {
		return
	}
	n := c.mayConfirm(o)
	if n == nil {
		return
	}
	alike, again := 0, false
	for _, x := range w.of {
		switch {
		case x.publisher != n.publisher:
			if w.ground == "" || x.stated && n.stated {
				if g := c.confirm(x, n); g != "" && w.ground != truce.TwoOrigins {
					w.ground = g
				}
			}
		case x.stated == n.stated && x.named == n.named && slices.Equal(c.relays(x.Observation), c.relays(o)) && x.Hand == o.Hand && x.file == n.file && slices.Equal(x.Origins, o.Origins) && c.looksAlike(x.Observation, o):
			alike++
			again = again || sameRow(x.Observation, o)
		}
	}
	if alike < 2 && !again {
		w.of = append(w.of, n)
	}
}

// looksAlike reports whether two would be held for copies of the same: nothing that
// copied asks of them differs.
func (c *Context) looksAlike(a, b *truce.Observation) bool {
	return a.Place.Kind == b.Place.Kind && a.Place.Point == b.Place.Point && a.Place.Uncertainty == b.Place.Uncertainty && a.Place.Settlement == b.Place.Settlement &&
		a.Act == b.Act && c.apart(a.ID) == c.apart(b.ID)
}

// witness is an observation as one that may confirm others.
func (c *Context) witness(o *truce.Observation) *witness {
	w := &witness{Observation: o, publisher: truce.PublisherKey(c.Agreement.PublisherOf(o)), file: o.Source}
	// One collector is one, under however many names of sources.
	w.file = truce.SourceID(truce.PublisherKey(c.Agreement.SourceOf(w.file).Name()))
	w.stated = len(c.relays(o)) > 0 || slices.ContainsFunc(o.Origins, func(x truce.Origin) bool { return c.says(o, w.publisher, x) })
	w.named = w.stated || o.Addressed()
	return w
}

// says reports whether an origin says where an observation has it from: it is neither the
// observation itself, nor an entry that nobody has.
func (c *Context) says(o *truce.Observation, publisher string, x truce.Origin) bool {
	switch x.Kind() {
	case truce.OriginPublisher:
		return c.Agreement.PublisherNamed(x.Name()) != publisher
	case truce.OriginPost:
		return !slices.Contains(o.Origins, truce.Origin(truce.OriginOwn+":"+x.Name()))
	case truce.OriginEntry:
		return len(c.Citations.Of(o, x)) > 0
	}
	return x.States()
}

// relays are the publishers whose reports the source passes on in whose file an observation stands.
func (c *Context) relays(o *truce.Observation) []string { return c.Agreement.SourceOf(o.Source).Relays }

// standing is what they amount to. This is the only place that decides what is
// corroborated.
func (w *witnesses) standing(alleged bool) truce.Standing {
	switch {
	case alleged:
		return truce.Alleged
	case w.ground != "":
		return truce.Corroborated
	}
	return truce.SingleSource
}

// rest is on what they rest: a ground of corroboration, one origin that all of several
// publishers have in common, or nothing.
func (w *witnesses) rest(c *Context) truce.Ground {
	switch {
	case w.ground != "":
		return w.ground
	case w.publishers() > 1 && w.common(c):
		return truce.OneOrigin
	}
	return ""
}

// common reports whether one origin is among what each of them rests on.
func (w *witnesses) common(c *Context) bool {
	if len(w.of) == 0 {
		return false
	}
	have := slices.Clone(c.restsOn(w.of[0]))
	for _, x := range w.of[1:] {
		rests := c.restsOn(x)
		have = slices.DeleteFunc(have, func(o truce.Origin) bool { _, ok := slices.BinarySearch(rests, o); return !ok })
	}
	return len(have) > 0
}

// publishers counts those of different names.
func (w *witnesses) publishers() int {
	seen := map[string]bool{}
	for _, x := range w.of {
		seen[x.publisher] = true
	}
	return len(seen)
}

// explain says on what corroboration rests, or why several publishers do not confirm
// each other.
func (w *witnesses) explain(r *Rule, t *trace) {
	if t == nil {
		return
	}
	switch w.ground {
	case truce.TwoOrigins:
		t.say("two publishers state where they have it from, and these origins have nothing in common")
		return
	case truce.TwoPublishers:
		t.say("two publishers report it; where they have it from is not stated")
		return
	}
	n := w.publishers()
	if n < 2 {
		return
	}
	switch {
	case w.common(r.c):
		t.say("%d publishers, one origin", n)
	case n > 2:
		t.say("%d publishers, of which no two are known to be independent of each other", n)
	}
	for i, y := range w.of {
		for _, x := range w.of[:i] {
			if x.publisher == y.publisher {
				continue
			}
			if why, ok := r.c.dependent(r, x, y); ok {
				t.say("%s", why)
				return
			}
		}
	}
}

// confirm reports on what ground observations of two publishers confirm each other;
// empty: they do not.
func (c *Context) confirm(a, b *witness) truce.Ground {
	if c.restsOn(a); a.cut {
		return "" // what it rests on is more than can be looked at
	}
	if c.restsOn(b); b.cut {
		return ""
	}
	if a.Hand != "" && a.Hand == b.Hand || sameRow(a.Observation, b.Observation) ||
		a.file == b.file && !(a.named && b.named) || oneSite(a, b) != "" || shared(c.restsOn(a), c.restsOn(b)) != "" || c.copied(a.Observation, b.Observation) != notCopied {
		return ""
	}
	if a.stated && b.stated {
		return truce.TwoOrigins
	}
	return truce.TwoPublishers
}

// dependent says why observations of two publishers do not confirm each other; false:
// they do.
func (c *Context) dependent(r *Rule, a, b *witness) (truce.Reason, bool) {
	x, y := r.who(a.Observation), r.who(b.Observation)
	switch {
	case a.Hand != "" && a.Hand == b.Hand:
		return truce.Because("reports by %s and %s were entered by the same person, so they do not confirm each other", x, y), true
	case sameRow(a.Observation, b.Observation):
		return truce.Because("reports by %s and %s are the same row under two names, so they do not confirm each other", x, y), true
	case a.file == b.file && !(a.named && b.named):
		return truce.Because("reports by %s and %s were collected by %s, and do not both name an origin or an address of their own, so they do not confirm each other", x, y, string(a.file)), true
	}
	if site := oneSite(a, b); site != "" {
		return truce.Because("reports by %s and %s were collected by %s, and their own addresses are on one site, %s, so they do not confirm each other", x, y, string(a.file), site), true
	}
	if a.cut || b.cut {
		return truce.Because("reports by %s and %s rest on more origins than can be followed, so they do not confirm each other", x, y), true
	}
	if o := shared(c.restsOn(a), c.restsOn(b)); o != "" {
		if o.Sign() {
			return truce.Because("reports by %s and %s have the same text or file, so one may be a copy, and they do not confirm each other until a person says otherwise", x, y), true
		}
		return truce.Because("reports by %s and %s both rest on %s, so they do not confirm each other", x, y, originWords(o)), true
	}
	switch c.copied(a.Observation, b.Observation) {
	case samePosition:
		return truce.Because("reports by %s and %s have the same coordinates to the metre, so one may be a copy, and they do not confirm each other until a person says otherwise", x, y), true
	case shifted:
		return truce.Because("coordinates of reports by %s and %s are shifted by the same amount north and east, so one may be a copy, and they do not confirm each other until a person says otherwise", x, y), true
	}
	return truce.Reason{}, false
}

// oneSite is the site, or the channel of a platform, on which all own addresses are of one of
// two whose rows one collector has, where the other has an address too: two publishers do not
// share one, so it is the collector's, and nothing tells the rows apart. Empty: there is none,
// or both state where they have it from.
func oneSite(a, b *witness) string {
	if a.file != b.file || a.stated && b.stated {
		return ""
	}
	for _, two := range [2][2]*witness{{a, b}, {b, a}} {
		if two[0].stated {
			continue
		}
		site := ""
		for _, x := range two[0].Origins {
			if x.Kind() != truce.OriginOwn {
				continue
			}
			at := x.Site()
			shared := at != "" && slices.ContainsFunc(two[1].Origins, func(y truce.Origin) bool { return y.Kind() == truce.OriginOwn && y.Site() == at })
			if !shared {
				site = ""
				break
			}
			site = at
		}
		if site != "" {
			return site
		}
	}
	return ""
}

// originWords names an origin to people.
func originWords(o truce.Origin) string {
	if o.Kind() == truce.OriginEntry {
		return "entry " + o.Name()[:min(8, len(o.Name()))]
	}
	return o.Name()
}

// mostUpstream bounds how many origins are followed from one observation.
const mostUpstream = 2048

// restsOn is what a witness rests on, followed upstream: its publisher, whose reports
// that one passes on, its stated origins and theirs. What rests on it is not among it:
// two rows that a third cites stay independent of each other.
func (c *Context) restsOn(w *witness) []truce.Origin {
	if w.rests != nil {
		return w.rests
	}
	set := map[truce.Origin]bool{}
	publisher := func(name string) {
		set[truce.Origin(truce.OriginPublisher+":"+name)] = true
		for _, up := range c.Agreement.Upstream(name) {
			set[truce.Origin(truce.OriginPublisher+":"+up)] = true
		}
	}
	publisher(w.publisher)
	passes := func(o *truce.Observation) {
		for _, name := range c.relays(o) {
			publisher(c.Agreement.PublisherNamed(name))
		}
	}
	passes(w.Observation)
	seen := map[truce.Digest]bool{w.ID: true}
	for todo := []*truce.Observation{w.Observation}; len(todo) > 0; {
		if len(set) > mostUpstream {
			w.cut = true
			break
		}
		o := todo[0]
		todo = todo[1:]
		if o != w.Observation {
			publisher(truce.PublisherKey(c.Agreement.PublisherOf(o)))
		}
		if o.Claimant != "" {
			publisher(truce.Folded(string(o.Claimant)))
		}
		for _, x := range o.Origins {
			if set[x] && x.Kind() != truce.OriginPost { // a post may be the address of more entries than one
				continue
			}
			if x.Sign() && c.apart(w.ID) {
				continue // a person said that it is not a copy
			}
			if x.Kind() == truce.OriginOwn { // whoever cites it as a post rests on it
				set[truce.Origin(truce.OriginPost+":"+x.Name())] = true
				continue
			}
			set[x] = true
			switch x.Kind() {
			case truce.OriginPublisher:
				publisher(c.Agreement.PublisherNamed(x.Name()))
			case truce.OriginEntry, truce.OriginPost:
				for _, of := range c.Citations.Of(o, x) {
					if set[truce.Origin(truce.OriginEntry+":"+of.ID.Hex())] = true; !seen[of.ID] {
						seen[of.ID] = true
						todo = append(todo, of)
					}
				}
			}
		}
	}
	w.rests = make([]truce.Origin, 0, len(set))
	for o := range set { // sorted below
		w.rests = append(w.rests, o)
	}
	// What cites an entry rests on it, and the entry itself is that origin.
	w.rests = append(w.rests, truce.Origin(truce.OriginEntry+":"+w.ID.Hex()))
	slices.Sort(w.rests)
	return w.rests
}

// shared is the first origin that two have in common; empty: none.
func shared(a, b []truce.Origin) truce.Origin {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			return a[0]
		case a[0] < b[0]:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return ""
}

// apart reports whether a person decided that an observation is not a copy of others.
func (c *Context) apart(id truce.Digest) bool {
	return slices.ContainsFunc(c.decided[id], func(d *truce.Decision) bool { return d.Kind == truce.Independent })
}

type copied int

const (
	notCopied copied = iota
	samePosition
	shifted
)

// fine is how exactly a coordinate must be written for two that are alike to be a sign:
// many write four decimals, and mean a settlement. Units of 1e-7 degree.
const fine = 1000

const (
	sameM  = 2   // metres between two positions that are the same, except for rounding
	closeM = 150 // a position that is known worse is that of a settlement, which many take from one list
)

// copied reports whether the coordinates of two look as if one had been copied from
// the other: equal to the metre, where no gazetteer has them, or shifted by one amount
// in latitude and longitude alike, as those do who hide where their data come from.
// A thing that stands somewhere has one position, whoever sees it.
func (c *Context) copied(a, b *truce.Observation) copied {
	p, q := &a.Place, &b.Place
	if p.Kind != truce.PlacePoint || q.Kind != truce.PlacePoint || a.Act == truce.ActPresence || c.apart(a.ID) || c.apart(b.ID) {
		return notCopied
	}
	exact := func(p *truce.Place) bool {
		return (p.Point.Lat%fine != 0 || p.Point.Lon%fine != 0) && 0 <= p.Uncertainty && p.Uncertainty <= closeM
	}
	if !exact(p) || !exact(q) || p.Settlement != "" || q.Settlement != "" {
		return notCopied
	}
	north, east := int64(p.Point.Lat)-int64(q.Point.Lat), int64(p.Point.Lon)-int64(q.Point.Lon)
	switch {
	case geo.Distance(p.Point, q.Point) <= sameM:
		if c.Settled == nil || !c.Settled(p.Point) {
			return samePosition
		}
	case north-east <= 1 && east-north <= 1: // of 1e-7 degree
		return shifted
	}
	return notCopied
}

// sameRow compares rows; most pairs differ in what is quickly told.
func sameRow(a, b *truce.Observation) bool {
	return a.Key == b.Key && a.Occurred == b.Occurred && a.Act == b.Act && a.Weapon == b.Weapon && a.Row() == b.Row()
}
