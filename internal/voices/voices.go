// Package voices answers: who reports, and who may have it from whom? It counts what the
// sources of a mission have in common, and names what only looks like several voices.
//
// Rows are joined by what they share and never compared all with all: the work grows with
// the number of rows, of the incidents that they are of, and with the square of MostPaired.
package voices

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
)

// A row is an observation or allegation, as whoever asks is shown it, and as it is.
type row struct{ shown, is *truce.Observation }

// Of counts what a viewer is shown now of a situation.
func Of(s *situation.Situation, to release.Viewer) *truce.Voices {
	var listed [][]row
	unlisted := 0
	for _, inc := range s.Incidents() {
		if !to.Lists(inc, s.Known) {
			unlisted++
			continue
		}
		rows := make([]row, len(inc.Of))
		for i, o := range to.SaidOf(inc, s.Known) {
			rows[i] = row{shown: o, is: inc.Of[i]}
		}
		listed = append(listed, rows)
	}
	out := gather(input{agreement: s.Agreement, incidents: listed, tallies: s.Tallies, rules: s.Independence()})
	out.Unlisted = unlisted
	return out
}

// An input is what is counted.
type input struct {
	agreement *truce.Agreement
	incidents [][]row // each row is in one of them
	tallies   []*truce.Tally
	rules     *assess.Context // who confirms whom
}

const (
	// MostPaired is how many sources are compared with each other: those with the most
	// observations. A file that names its own source in each row has thousands.
	MostPaired = 200
	// mostTried is how many observations of each of two sources are compared in one
	// incident.
	mostTried = 6
	// mostDays is how many days a row may be about to be looked up by its day.
	mostDays = 3
	// nearby is how far apart, in 1e-7 degree, positions may be whose shift is counted: some
	// 2 km. Farther apart the same amount north and east is soon chance.
	nearby = 200_000
	// mostAlike is how many rows of one source whose positions are shifted alike are looked
	// up, and mostHere how many rows at one position, or shifted alike, on one day.
	mostAlike = 4
	mostHere  = 64
)

// gather counts.
func gather(in input) *truce.Voices {
	c := &count{in: in, by: map[truce.SourceID]*use{}, above: map[truce.Origin][]truce.Origin{}, out: &truce.Voices{}}
	for _, rows := range in.incidents {
		for _, r := range rows {
			c.add(r)
		}
	}
	for _, t := range in.tallies {
		u := c.use(t.Source)
		u.Totals++
		u.about(t.Period, in.agreement.Location)
	}
	for id := range in.agreement.Sources { // any order: they are sorted
		c.use(id)
	}
	c.choose()
	for _, rows := range in.incidents {
		c.incident(rows)
	}
	c.origins()
	c.positions()
	c.watched()
	return c.finish()
}

type count struct {
	in    input
	by    map[truce.SourceID]*use
	list  []*use // those that are paired, by ID
	pairs []*pair
	rests map[truce.Origin]*rest
	above map[truce.Origin][]truce.Origin // what upstream was found to be
	at    map[spot][]placed               // by day and square
	turn  map[slope][]placed              // by day and what is left of a shift
	out   *truce.Voices
}

// use is a source, and what is counted of it.
type use struct {
	truce.SourceUse
	n          int // among those that are paired; -1: it is not
	heard      int // observations that are not allegations
	publishers map[string]int
	lags       []time.Duration
}

func (c *count) use(id truce.SourceID) *use {
	u := c.by[id]
	if u == nil {
		_, listed := c.in.agreement.Sources[id]
		u = &use{SourceUse: truce.SourceUse{Source: c.in.agreement.SourceOf(id), Listed: listed}, n: -1, publishers: map[string]int{}}
		c.by[id] = u
	}
	return u
}

// about notes which days something is about.
func (u *use) about(v truce.Interval, loc *time.Location) {
	if !v.Valid() {
		return
	}
	if v.Start != truce.Always { // else nobody says when it began
		if first := truce.DateOf(v.Start, loc); u.First == "" || first < u.First {
			u.First = first
		}
	}
	if v.End != truce.Never {
		u.Last = max(u.Last, truce.DateOf(v.End-1, loc))
	}
}

// day is how long a time is that is known to the day: the shortest day has 23 hours.
const day = 23 * time.Hour

func (c *count) add(r row) {
	o := r.shown
	u := c.use(o.Source)
	if o.Alleged() {
		u.Allegations++
	} else {
		u.Observations++
		u.heard++
		if truce.Words.Sign(o.Act) {
			u.Signs++
		}
	}
	u.about(o.Occurred, c.in.agreement.Location)
	if o.Occurred.Width() >= day {
		u.Days++
	}
	if from, _, _ := c.in.agreement.RestsOn(o); len(from) > 0 || len(u.Relays) > 0 {
		u.Stated++
	}
	if o.Publisher != "" {
		u.publishers[o.Publisher]++
	}
	if o.Reported.Stated() && o.Reported != 0 && o.Occurred.Start != truce.Always && o.Occurred.Width() <= narrow { // of a wide time the lag would be what was assumed
		u.lags = append(u.lags, o.Reported.Time().Sub(o.Occurred.Start.Time()))
	}
	if r.shown != r.is {
		c.out.Wider++
	}
}

// choose says which sources are paired: those with the most observations.
func (c *count) choose() {
	all := slices.SortedFunc(maps.Values(c.by), func(a, b *use) int { return cmp.Or(b.heard-a.heard, cmp.Compare(a.ID, b.ID)) })
	all = slices.DeleteFunc(all, func(u *use) bool { return u.heard == 0 })
	c.out.Unpaired = max(0, len(all)-MostPaired)
	c.list = all[:min(len(all), MostPaired)]
	slices.SortFunc(c.list, func(a, b *use) int { return cmp.Compare(a.ID, b.ID) })
	for i, u := range c.list {
		u.n = i
	}
	c.pairs = make([]*pair, len(c.list)*len(c.list))
	c.rests, c.at, c.turn = map[truce.Origin]*rest{}, map[spot][]placed{}, map[slope][]placed{}
}

// pair is what two sources have in common, while it is counted.
type pair struct {
	truce.SourcePair
	shifts        map[int32]int
	offsets, lags []time.Duration
	most          []truce.OriginUse
}

// pair is that of two sources; a comes before b.
func (c *count) pair(a, b int) *pair {
	p := &c.pairs[a*len(c.list)+b]
	if *p == nil {
		*p = &pair{SourcePair: truce.SourcePair{A: c.list[a].ID, B: c.list[b].ID}, shifts: map[int32]int{}}
	}
	return *p
}

// heard is what one source says of an incident.
type heard struct {
	n        int
	voices   []*assess.Voice
	when     truce.Interval // of the first that is known to six hours; not valid: none is
	reported truce.Instant  // the first; 0: not stated
}

// narrow is how well a time must be known for an offset to say anything.
const narrow = 6 * time.Hour

func (c *count) incident(rows []row) {
	var of []*heard
	for _, r := range rows {
		o := r.shown
		u := c.by[o.Source]
		if o.Alleged() {
			continue
		}
		c.rest(u, o)
		c.place(u, o)
		if u.n < 0 {
			continue
		}
		i := slices.IndexFunc(of, func(h *heard) bool { return h.n == u.n })
		if i < 0 {
			i, of = len(of), append(of, &heard{n: u.n})
		}
		h := of[i]
		if len(h.voices) < mostTried {
			if v := c.in.rules.Voice(r.is); v != nil {
				h.voices = append(h.voices, v)
			}
		}
		if o.Occurred.Width() <= narrow && (!h.when.Valid() || o.Occurred.Start < h.when.Start) {
			h.when = o.Occurred
		}
		if o.Reported.Stated() && o.Reported != 0 && (h.reported == 0 || o.Reported < h.reported) {
			h.reported = o.Reported
		}
	}
	slices.SortFunc(of, func(a, b *heard) int { return a.n - b.n })
	for i, b := range of {
		for _, a := range of[:i] {
			c.shared(a, b)
		}
	}
}

// shared counts an incident that two sources report.
func (c *count) shared(a, b *heard) {
	p := c.pair(a.n, b.n)
	p.Events++
	ground := truce.Ground("")
	for _, x := range a.voices {
		for _, y := range b.voices {
			if g := c.in.rules.Confirm(x, y); g != "" && ground != truce.TwoOrigins {
				ground = g
			}
		}
		if ground == truce.TwoOrigins {
			break
		}
	}
	if ground != "" {
		p.Confirmed++
	}
	if ground == truce.TwoOrigins {
		p.Stated++
	}
	middle := func(v truce.Interval) time.Time { return v.Start.Time().Add(v.Width() / 2) }
	if a.when.Valid() && b.when.Valid() {
		p.offsets = append(p.offsets, middle(b.when).Sub(middle(a.when)))
	}
	if a.reported != 0 && b.reported != 0 {
		p.lags = append(p.lags, b.reported.Time().Sub(a.reported.Time()))
	}
}

// rest is what rests on one origin.
type rest struct {
	rows   int
	cited  int // rows that state it, and not only have it as their publisher
	by     []rested
	others map[truce.SourceID]bool // sources that are not paired
}

type rested struct{ n, rows int }

// rest notes what an observation rests on: its stated origins, its publisher, and whose
// reports these publishers pass on.
func (c *count) rest(u *use, o *truce.Observation) {
	own := publisherOrigin(c.in.agreement.PublisherOf(o))
	on := append([]truce.Origin{own}, c.upstream(own)...)
	address := truce.Origin("") // whoever cites it rests on it
	for _, x := range o.Origins {
		if x.Kind() == truce.OriginOwn {
			x = truce.Origin(truce.OriginPost + ":" + x.Name())
			address = x
		}
		if x.Kind() == truce.OriginPublisher {
			x = truce.Origin(truce.OriginPublisher + ":" + c.in.agreement.PublisherNamed(x.Name()))
			on = append(on, c.upstream(x)...)
		}
		on = append(on, x)
	}
	for i, x := range on {
		switch {
		case slices.Contains(on[:i], x):
		case x == own || x == address:
			c.restsOn(u, x, 0)
		default:
			c.restsOn(u, x, 1)
		}
	}
}

func publisherOrigin(name string) truce.Origin {
	return truce.Origin(truce.OriginPublisher + ":" + truce.PublisherKey(name))
}

// upstream are the publishers whose reports a publisher passes on.
func (c *count) upstream(x truce.Origin) []truce.Origin {
	up, known := c.above[x]
	if !known {
		for _, name := range c.in.agreement.Upstream(x.Name()) {
			up = append(up, publisherOrigin(name))
		}
		c.above[x] = up
	}
	return up
}

func (c *count) restsOn(u *use, x truce.Origin, cited int) {
	r := c.rests[x]
	if r == nil {
		r = &rest{}
		c.rests[x] = r
	}
	r.rows++
	r.cited += cited
	if u.n < 0 {
		if r.others == nil {
			r.others = map[truce.SourceID]bool{}
		}
		r.others[u.ID] = true
		return
	}
	i := slices.IndexFunc(r.by, func(y rested) bool { return y.n == u.n })
	if i < 0 {
		i, r.by = len(r.by), append(r.by, rested{n: u.n})
	}
	r.by[i].rows++
}

// origins joins the sources by what rests on the same.
func (c *count) origins() {
	for _, x := range slices.Sorted(maps.Keys(c.rests)) {
		r := c.rests[x]
		slices.SortFunc(r.by, func(a, b rested) int { return a.n - b.n })
		if r.cited > truce.ManyRows && !x.Sign() {
			c.out.Shared = append(c.out.Shared, c.originUse(x, r))
		}
		for i, b := range r.by {
			for _, a := range r.by[:i] {
				p := c.pair(a.n, b.n)
				switch x.Kind() {
				case truce.OriginText:
					p.Texts++
				case truce.OriginMedia:
					p.Files++
				default:
					p.Origins++
					p.most = keepMost(p.most, truce.OriginUse{Origin: x, Rows: a.rows + b.rows, Of: 2})
				}
			}
		}
	}
	slices.SortStableFunc(c.out.Shared, moreRows)
}

func moreRows(a, b truce.OriginUse) int { return b.Rows - a.Rows }

// keepMost keeps the most used origins, of those used alike the first by name.
func keepMost(list []truce.OriginUse, x truce.OriginUse) []truce.OriginUse {
	if len(list) == truce.MostNamed && x.Rows <= list[len(list)-1].Rows {
		return list
	}
	list = append(list, x) // which comes in the order of names
	slices.SortStableFunc(list, moreRows)
	return list[:min(len(list), truce.MostNamed)]
}

func (c *count) originUse(x truce.Origin, r *rest) truce.OriginUse {
	out := truce.OriginUse{Origin: x, Rows: r.rows, Of: len(r.by) + len(r.others)}
	most := slices.Clone(r.by)
	slices.SortStableFunc(most, func(a, b rested) int { return b.rows - a.rows })
	for _, y := range most[:min(len(most), truce.MostNamed)] {
		out.Sources = append(out.Sources, c.list[y.n].ID)
	}
	return out
}

// watched says whose acts nobody watches.
func (c *count) watched() {
	seen := map[truce.PartyID]bool{}
	for _, s := range c.in.agreement.Sources { // any order: it is a set
		if s.Party != "" {
			continue
		}
		for _, p := range s.Watches.Sides {
			c.out.Watched = true
			seen[p] = true
			if id, ok := c.in.agreement.Actor(p); ok {
				seen[id] = true
			}
		}
	}
	for _, p := range c.in.agreement.PartyIDs() {
		if !seen[p] {
			c.out.Unwatched = append(c.out.Unwatched, p)
		}
	}
}

// finish puts together what was counted.
func (c *count) finish() *truce.Voices {
	for _, id := range slices.Sorted(maps.Keys(c.by)) {
		u := c.by[id]
		names := slices.SortedFunc(maps.Keys(u.publishers), func(a, b string) int {
			return cmp.Or(u.publishers[b]-u.publishers[a], cmp.Compare(a, b))
		})
		u.Publishers, u.More = names[:min(len(names), truce.MostNamed)], max(0, len(names)-truce.MostNamed)
		u.Lag = median(u.lags)
		c.out.Sources = append(c.out.Sources, u.SourceUse)
	}
	for a := range c.list {
		for b := a + 1; b < len(c.list); b++ {
			p := c.pairs[a*len(c.list)+b]
			related := c.relation(c.list[a], c.list[b])
			if p == nil && related == nil {
				continue
			}
			p = c.pair(a, b)
			p.Most, p.Offset, p.Lag = p.most, median(p.offsets), median(p.lags)
			for _, by := range slices.Sorted(maps.Keys(p.shifts)) {
				if p.shifts[by] > p.Shifted {
					p.Shift, p.Shifted = by, p.shifts[by]
				}
			}
			c.say(p, related)
			c.out.Pairs = append(c.out.Pairs, p.SourcePair)
		}
	}
	slices.SortStableFunc(c.out.Pairs, func(x, y truce.SourcePair) int {
		return cmp.Or(y.Events-x.Events, y.Origins-x.Origins, y.Texts+y.Files-x.Texts-x.Files, y.Places+y.Shifts-x.Places-x.Shifts)
	})
	return c.out
}

// median is the middle value; nil: there is none.
func median(list []time.Duration) *time.Duration {
	if len(list) == 0 {
		return nil
	}
	slices.Sort(list)
	m := list[len(list)/2]
	if len(list)%2 == 0 {
		low := list[len(list)/2-1]
		m = low + (m-low)/2
	}
	return &m
}

// relation is why two sources never confirm each other, whatever they report; nil: nothing
// says so.
func (c *count) relation(a, b *use) *truce.Reason {
	one, other := c.publisher(a), c.publisher(b)
	because := func(format string, args ...any) *truce.Reason {
		r := truce.Because(format, args...)
		return &r
	}
	if len(a.publishers) == 0 && len(b.publishers) == 0 && one == other {
		return because("no: both have one publisher, %s", name(a))
	}
	if len(a.publishers) > 0 || len(b.publishers) > 0 {
		return nil // their rows name their own
	}
	up, above := c.in.agreement.Upstream(one), c.in.agreement.Upstream(other)
	switch {
	case slices.Contains(up, other):
		return because("no: %s passes on what %s reports", name(a), name(b))
	case slices.Contains(above, one):
		return because("no: %s passes on what %s reports", name(b), name(a))
	}
	slices.Sort(up)
	for _, x := range up {
		if slices.Contains(above, x) {
			return because("no: both pass on what %s reports", x)
		}
	}
	return nil
}

func (c *count) publisher(u *use) string {
	return truce.PublisherKey(u.Name())
}

// name is what people call a source.
func name(u *use) string { return u.Name() }

// say puts into words whether two sources can confirm each other.
func (c *count) say(p *pair, related *truce.Reason) {
	a, b := c.by[p.A], c.by[p.B]
	switch {
	case related != nil:
		p.Why = []truce.Reason{*related}
		return
	case a.Signs == a.Observations || b.Signs == b.Observations:
		p.Why = []truce.Reason{truce.Because("no: signs such as alerts and fire pixels establish no act and confirm nobody")}
		return
	case p.Confirmed > 0 && p.Confirmed == p.Events:
		p.Why = []truce.Reason{truce.Because("yes: in %s they confirm each other; in %d, both state where they have it from", truce.Number{N: p.Confirmed, Of: "shared event"}, p.Stated)}
	case p.Confirmed > 0:
		p.Why = []truce.Reason{truce.Because("yes, in part: they confirm each other in %d of %s; in %d, both state where they have it from", p.Confirmed, truce.Number{N: p.Events, Of: "shared event"}, p.Stated)}
	case p.Events > 0:
		p.Why = []truce.Reason{truce.Because("not so far: in %s, something known says that one may have it from the other, or both from a third", truce.Number{N: p.Events, Of: "shared event"})}
	default:
		p.Why = []truce.Reason{truce.Because("they may, where reports of one event rest on nothing in common; so far no event has reports of both")}
	}
	p.May = p.Confirmed > 0 || p.Events == 0
}
