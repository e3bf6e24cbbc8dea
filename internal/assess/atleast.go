package assess

import (
	"cmp"
	"container/heap"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// This file decides what several vague reports show together: at least one act under an
// article in a window of days and an area (doc/method.md, "At least one that day"). The
// reports may be of one act or of several, so they are not an incident.

// Shown is an observation that alone shows an act under an article, wherever in all that
// its time and place leave open it was.
type Shown struct {
	*truce.Observation
	rules    uint32     // under which of the article's readings, a bit each
	verified bool       // a person verified it
	from, to truce.Date // its first and last local day; empty: not looked up
}

// dated looks up the days of what is shown.
func (s *Shown) dated(c *Context) {
	if s.from == "" {
		s.from = truce.DateOf(s.Occurred.Start, c.Agreement.Location)
		s.to = max(s.from, truce.DateOf(s.Occurred.End-1, c.Agreement.Location))
	}
}

// mostReadings is how many readings of one article are looked at.
const mostReadings = 32

// Shows lists those of an incident's observations that alone show an act under the rules of
// one article. What a person rejected, called unverifiable or refuted shows nothing, as
// far as the decision was on it.
func (c *Context) Shows(rules []*Rule, inc *truce.Incident) (out []Shown) {
	decisions := c.on(inc)
	for _, o := range inc.Of {
		if o.Alleged() || truce.Words.Sign(o.Act) || o.None() || !o.Occurred.Start.Stated() || !o.Occurred.End.Stated() {
			continue
		}
		s := Shown{Observation: o}
		for i, r := range rules[:min(len(rules), mostReadings)] {
			// Where the reports of an incident contradict each other about it, none of them
			// shows anything alone.
			if r.shows(o, inc) && (len(inc.Of) == 1 || !r.Undecided(inc).Outcome.Undetermined()) {
				s.rules |= 1 << i
			}
		}
		if s.rules == 0 {
			continue
		}
		if r := c.ruling(rules, o, inc, decisions); !r.gone() {
			s.verified = r.verified
			s.dated(c)
			out = append(out, s)
		}
	}
	return out
}

// about reports whether a decision on an incident was on one of its observations: on those
// that it was of then, or on all where that was not recorded.
func (c *Context) about(d *truce.Decision, id truce.Digest) bool {
	if len(d.State) == 0 || slices.Contains(d.State, id) || slices.Contains(d.Of, id) {
		return true
	}
	return c.Editions != nil && slices.ContainsFunc(c.Editions(id), func(was truce.Digest) bool { return slices.Contains(d.State, was) })
}

const (
	dayPairM = 3_000 // how far apart the centres of two reports are at most
	dayAreaM = truce.MostDayAreaM
)

// placed is a Shown with what day findings ask of it. It does not change: the next
// situations may have it too.
type placed struct {
	Shown
	w     *witness // with what it rests on
	vec   geo.Vec
	u     int64    // radius; -1: no position
	names []string // districts, regions and zones that surely hold it, by level: see areaNames
}

// mostTried is how many candidates of one report are looked at, the best first: near an
// incident that says it already, all of them say nothing.
const mostTried = 64

// A candidate is a window and area in which something may be found.
type candidate struct {
	window   truce.Interval
	days     int
	area     truce.Area
	vec      geo.Vec
	verified bool
	a, b     *placed // b is nil where a person verified a; both are, of what a person confirmed
	from     *placed // of the two, whose best candidate it is
}

// order is that of choosing: one day before two, fine areas before coarse ones, what a
// person verified first, the smaller area, then time and IDs.
func (x *candidate) order(y *candidate) int {
	flag := func(b bool) int {
		if b {
			return 0
		}
		return 1
	}
	second := func(c *candidate) truce.Digest {
		if c.b == nil {
			return truce.Digest{}
		}
		return c.b.ID
	}
	return cmp.Or(cmp.Compare(x.days, y.days), cmp.Compare(slices.Index(truce.AreaLevels, x.area.Level), slices.Index(truce.AreaLevels, y.area.Level)),
		cmp.Compare(flag(x.verified), flag(y.verified)), cmp.Compare(x.area.RadiusM, y.area.RadiusM), cmp.Compare(x.window.Start, y.window.Start),
		x.a.ID.Compare(y.a.ID), second(x).Compare(second(y)), cmp.Compare(x.area.Name, y.area.Name))
}

// Known reports whether an incident says at least as much as a day finding of an outcome
// and standing would: it surely lies in a window and area.
type Known func(window truce.Interval, o truce.Outcome, standing truce.Standing, lies func(*truce.Observation) bool) bool

// DayFindings are those of one article, from what is shown under its rules, in any order.
// Which are given depends on the set alone: the best candidate is taken, those of which
// area and window meet it are dropped, and so on. Where an incident says as much already,
// nothing more is said. What is kept is not made again; nil: nothing is kept.
func (c *Context) DayFindings(rules []*Rule, shown []Shown, known Known, kept DayKeeper) []truce.DayFinding {
	if len(rules) == 0 {
		return nil
	}
	confirmed := c.confirmed(rules)
	if len(shown) == 0 && len(confirmed) == 0 {
		return nil
	}
	x := &dayWork{c: c, rules: rules[:min(len(rules), mostReadings)], known: known, first: map[truce.Date][]Shown{}, one: map[truce.Date]*DayTaken{}, on: map[truce.Date][]*candidate{}}
	for _, s := range shown {
		if s.dated(c); s.to > s.from.Add(1) {
			continue // wider than any window
		}
		x.first[s.from] = append(x.first[s.from], s)
	}
	x.days = slices.Sorted(maps.Keys(x.first))
	of := map[truce.Date]bool{} // days of what people confirmed: what is kept does not know of it
	for _, s := range confirmed {
		for d := range s.candidate(c).days {
			of[truce.DateOf(s.window.Start, c.Agreement.Location).Add(d)] = true
		}
	}
	for _, d := range x.days {
		place := func() *DayTaken {
			t := &DayTaken{}
			for _, s := range x.first[d] {
				t.placed = append(t.placed, x.placed(s))
			}
			slices.SortFunc(t.placed, func(a, b *placed) int { return a.ID.Compare(b.ID) })
			return t
		}
		switch {
		case kept == nil || of[d]:
			x.one[d] = place()
		default:
			x.one[d] = kept.Day(d, func() *DayTaken {
				t := place()
				y := &dayWork{c: c, rules: x.rules, known: known, one: map[truce.Date]*DayTaken{d: t}, on: map[truce.Date][]*candidate{}}
				y.run([]*dayWindow{y.in(d, 1)}, nil)
				t.out, t.taken, t.made = y.out, y.taken, true
				return t
			})
		}
	}
	for _, s := range confirmed {
		x.confirm(s)
	}
	for _, d := range x.days {
		if t := x.one[d]; t.made {
			for i, k := range t.taken {
				x.keep(t.out[i], k)
			}
		} else {
			x.run([]*dayWindow{x.in(d, 1)}, nil)
		}
	}
	x.pairs(kept)
	x.decided()
	slices.SortFunc(x.out, func(a, b truce.DayFinding) int {
		return cmp.Or(cmp.Compare(a.Window.Start, b.Window.Start), cmp.Compare(a.Window.End, b.Window.End), a.ID.Compare(b.ID))
	})
	return x.out
}

// DayTaken is what is kept of one local day: its reports, and what was found in the day
// alone. PairTaken is what was found in two days.
type DayTaken struct {
	placed []*placed // that begin on the day, by ID
	made   bool      // out and taken are
	out    []truce.DayFinding
	taken  []*candidate // of each of out
}

type PairTaken struct {
	first, second *DayTaken
	out           []truce.DayFinding
	taken         []*candidate
}

// A DayKeeper keeps what was found in days and pairs of days for as long as nothing of them
// changes.
type DayKeeper interface {
	// Day gives what is kept of a day, made if there is nothing, or something of it changed.
	Day(d truce.Date, make func() *DayTaken) *DayTaken
	// Pairs are those that were kept last, by their first day, and Keep takes their place.
	Pairs() map[truce.Date]*PairTaken
	Keep(map[truce.Date]*PairTaken)
}

// placed is what is asked of a report.
func (x *dayWork) placed(s Shown) *placed {
	p := &placed{Shown: s, w: x.c.witness(s.Observation), u: radius(s.Observation)}
	x.c.restsOn(p.w)
	at := s.Whereabouts()
	p.vec, p.names = geo.VecOf(at.Point), x.c.areaNames(&at, p.u)
	return p
}

// radius surely holds the position of an observation; -1: it has none.
func radius(o *truce.Observation) int64 {
	at := o.Whereabouts()
	if (at.Kind == truce.PlacePoint || at.Kind == truce.PlaceObject) && at.Uncertainty != truce.NotStated {
		return int64(max(0, at.Uncertainty))
	}
	return -1
}

// dayWork is one computation of day findings.
type dayWork struct {
	c     *Context
	rules []*Rule
	known Known
	first map[truce.Date][]Shown // by their first day
	days  []truce.Date
	one   map[truce.Date]*DayTaken
	out   []truce.DayFinding
	taken []*candidate                // of each of out
	on    map[truce.Date][]*candidate // what was taken, by each day of its window
}

// keep takes what was found.
func (x *dayWork) keep(f truce.DayFinding, k *candidate) {
	x.out, x.taken = append(x.out, f), append(x.taken, k)
	x.stands(k)
}

// stands lets a candidate stand in the way of others.
func (x *dayWork) stands(k *candidate) {
	d := truce.DateOf(k.window.Start, x.c.Agreement.Location)
	for n := range k.days {
		x.on[d.Add(n)] = append(x.on[d.Add(n)], k)
	}
}

// confirms is Context.confirm, asked once of those that are one voice.
func (x *dayWork) confirms(w *dayWindow, a, b *placed) bool {
	return x.agree(w, w.voice[a], w.voice[b]) && !sameRow(a.Observation, b.Observation) && x.c.copied(a.Observation, b.Observation) == notCopied
}

// agree reports whether two voices rest on nothing in common.
func (x *dayWork) agree(w *dayWindow, a, b int32) bool {
	k := [2]int32{min(a, b), max(a, b)}
	ok, known := w.agree[k]
	if !known {
		c, d := *w.voices[a].w, *w.voices[b].w
		bare := func(w *witness, key string) { // without what differs within a voice
			o := *w.Observation
			o.Place, o.Key = truce.Place{}, key
			w.Observation = &o
		}
		bare(&c, "1")
		bare(&d, "2")
		ok = a != b && c.publisher != d.publisher && x.c.confirm(&c, &d) != ""
		w.agree[k] = ok
	}
	return ok
}

// hear numbers the voices of a window: those of one publisher, hand and file that say alike
// whether they state where they have it from, and that rest on the same, as far as another
// publisher in the window rests on it too. What each has for itself, such as its own
// address, is in nobody's way.
func (x *dayWork) hear(w *dayWindow) {
	by, common := map[truce.Origin]string{}, map[truce.Origin]bool{}
	for _, p := range w.list {
		for _, o := range p.w.rests {
			if first, ok := by[o]; !ok {
				by[o] = p.w.publisher
			} else if first != p.w.publisher {
				common[o] = true
			}
		}
	}
	w.voice, w.agree = make(map[*placed]int32, len(w.list)), map[[2]int32]bool{}
	number := map[string]int32{}
	var key []byte
	for _, p := range w.list {
		key = fmt.Appendf(key[:0], "%s\x00%s\x00%s\x00%t %t %t %t", p.w.publisher, p.w.file, p.w.Hand, p.w.stated, p.w.named, p.w.cut, x.c.apart(p.ID))
		for _, o := range p.w.rests {
			if common[o] {
				key = append(append(key, 0), o...)
			}
		}
		n, ok := number[string(key)]
		if !ok {
			n = int32(len(number))
			number[string(key)] = n
			w.voices = append(w.voices, p)
		}
		w.voice[p] = n
	}
}

// dayWindow is one or two days with what lies wholly in them.
type dayWindow struct {
	first  truce.Date
	days   int
	v      truce.Interval
	list   []*placed // by ID
	grid   dayGrid
	voice  map[*placed]int32        // whose reports say alike where they have it from
	voices []*placed                // one of each
	agree  map[[2]int32]bool        // whether two of them rest on nothing in common
	tried  map[[2]truce.Digest]bool // pairs of which nothing is said
	dead   map[*placed]bool         // whose own place meets what was taken
	fails  map[*placed]int          // how many of its candidates said nothing
}

// in is the window that begins on a day.
func (x *dayWork) in(d truce.Date, days int) *dayWindow {
	loc := x.c.Agreement.Location
	w := &dayWindow{first: d, days: days, v: truce.Interval{Start: d.Start(loc), End: d.Add(days).Start(loc)}, tried: map[[2]truce.Digest]bool{}, dead: map[*placed]bool{}, fails: map[*placed]int{}}
	for k := range days {
		if t := x.one[d.Add(k)]; t != nil {
			for _, p := range t.placed {
				if w.v.Contains(p.Occurred) {
					w.list = append(w.list, p)
				}
			}
		}
	}
	slices.SortFunc(w.list, func(a, b *placed) int { return a.ID.Compare(b.ID) })
	return w
}

// run takes the candidates of windows in their order, those of places first. fixed are some
// that other windows have taken, and stand in the way of those that come after them; sound
// is false where one of them would not have been taken.
func (x *dayWork) run(windows []*dayWindow, fixed []*candidate) (sound bool) {
	sound = true
	var best candidates
	of := map[*candidate]*dayWindow{}
	push := func(w *dayWindow, k *candidate) {
		if k != nil {
			of[k] = w
			heap.Push(&best, k)
		}
	}
	for _, k := range fixed {
		if k.a != nil && k.area.Level == truce.AreaPlace {
			push(nil, k)
		}
	}
	for _, w := range windows {
		x.hear(w)
		w.grid = dayGrid{}
		var alive []*placed
		alike := map[likeness]int{}
		for _, p := range w.list {
			if p.u < 0 || p.u > dayAreaM {
				continue
			}
			// Of those at one point that say alike where they have it from, the first two by ID
			// are enough: the others' candidates have the same areas, and come later. Two,
			// since a row under another name may be that of one of them.
			l := likeness{w.voice[p], p.Place.Point, p.u, p.rules, p.Act == truce.ActPresence, p.Place.Settlement != ""}
			if alike[l]++; alike[l] > 2 && !p.verified {
				continue
			}
			k := &candidate{window: w.v, days: w.days, area: truce.Area{Level: truce.AreaPlace, Centre: p.Place.Point, RadiusM: p.u}, vec: p.vec, verified: p.verified, a: p}
			// Each of its candidates holds all of its own place.
			if x.dropped(k) {
				continue
			}
			if p.verified {
				push(w, k)
			}
			if x.known == nil || !x.known(w.v, truce.ApparentViolation, truce.Corroborated, k.holds(x.c)) {
				alive = append(alive, p)
				w.grid.add(p, w.voice[p])
			}
		}
		for _, p := range alive {
			push(w, x.partner(w, p))
		}
	}
	for len(best) > 0 {
		k := heap.Pop(&best).(*candidate)
		w := of[k]
		delete(of, k)
		if w == nil { // fixed
			if sound = sound && !x.dropped(k); sound {
				x.stands(k)
			}
			for _, w := range windows {
				w.bury(k)
			}
			continue
		}
		if !x.dropped(k) && x.take(w, k) {
			for _, w := range windows {
				w.bury(k)
			}
			continue
		}
		if k.b == nil {
			continue
		}
		w.tried[[2]truce.Digest{k.a.ID, k.b.ID}] = true
		p := k.from
		if w.fails[p]++; w.fails[p] < mostTried && !w.dead[p] {
			push(w, x.partner(w, p))
		}
	}
	var named []*candidate
	for _, w := range windows {
		byName := map[string][]*placed{}
		for _, p := range w.list {
			for _, n := range p.names {
				byName[n] = append(byName[n], p)
			}
		}
		for n, list := range byName { // sorted below
			level, name, _ := strings.Cut(n, "\x00")
			if a, b := x.confirming(w, list); a != nil {
				k := &candidate{window: w.v, days: w.days, area: truce.Area{Level: truce.AreaLevel(level), Name: name}, a: a, b: b}
				named, of[k] = append(named, k), w
			}
		}
	}
	for _, k := range fixed {
		if k.area.Level != truce.AreaPlace {
			named, of[k] = append(named, k), nil
		}
	}
	slices.SortFunc(named, func(a, b *candidate) int { return a.order(b) })
	for _, k := range named {
		switch dropped := x.dropped(k); {
		case of[k] == nil:
			if sound = sound && !dropped; sound {
				x.stands(k)
			}
		case !dropped:
			x.take(of[k], k)
		}
	}
	return sound
}

// pairs finds what is in two days. A window of two days depends on its days, and on what was
// taken in the windows that have a day in common with it: only those around a day that
// changed are looked at again. The others are as they were, if the windows at the edge of
// what is looked at again take what they took before, and nothing that is looked at again
// comes before what they took.
func (x *dayWork) pairs(kept DayKeeper) {
	var was map[truce.Date]*PairTaken
	if kept != nil {
		was = kept.Pairs()
	}
	var all []truce.Date // first days of windows in which there is, or was, anything
	for _, d := range x.days {
		all = append(all, d.Add(-1), d)
	}
	all = slices.AppendSeq(all, maps.Keys(was))
	slices.Sort(all)
	all = slices.Compact(all)
	changed := map[truce.Date]bool{}
	for _, d := range all {
		if t := was[d]; t == nil || t.first != x.one[d] || t.second != x.one[d.Add(1)] {
			changed[d] = true
		}
	}
	if len(changed) > len(all)/2 {
		was = nil
		for _, d := range all {
			changed[d] = true
		}
	}
	var again map[truce.Date]*PairTaken
	for again == nil {
		again = x.around(all, changed, was)
	}
	is := make(map[truce.Date]*PairTaken, len(all))
	for _, d := range all {
		t := again[d]
		if t == nil {
			t = was[d]
		}
		for i, k := range t.taken {
			x.keep(t.out[i], k)
		}
		if x.one[d] != nil || x.one[d.Add(1)] != nil {
			is[d] = t
		}
	}
	if kept != nil {
		kept.Keep(is)
	}
}

// around looks again at the windows of two days that changed and at those beside them. nil:
// others have to be looked at too, and changed says which.
func (x *dayWork) around(all []truce.Date, changed map[truce.Date]bool, was map[truce.Date]*PairTaken) map[truce.Date]*PairTaken {
	y := &dayWork{c: x.c, rules: x.rules, known: x.known, one: x.one, on: map[truce.Date][]*candidate{}}
	for d, list := range x.on {
		y.on[d] = slices.Clip(list)
	}
	again := map[truce.Date]*PairTaken{}
	var windows []*dayWindow
	near := func(d truce.Date) bool { return changed[d.Add(-1)] || changed[d] || changed[d.Add(1)] }
	for _, d := range all {
		if near(d) {
			again[d] = &PairTaken{first: x.one[d], second: x.one[d.Add(1)]}
			// One report that a person verified is enough.
			if w := y.in(d, 2); len(w.list) > 1 || len(w.list) == 1 && w.list[0].verified {
				windows = append(windows, w)
			}
		}
	}
	var fixed []*candidate
	for _, d := range all {
		if again[d] == nil && (again[d.Add(-1)] != nil || again[d.Add(1)] != nil) {
			fixed = append(fixed, was[d].taken...)
		}
	}
	sound := y.run(windows, fixed)
	loc := x.c.Agreement.Location
	for i, k := range y.taken {
		t := again[truce.DateOf(k.window.Start, loc)]
		t.out, t.taken = append(t.out, y.out[i]), append(t.taken, k)
	}
	ok := true
	for _, d := range all {
		if again[d] == nil || changed[d] {
			continue
		}
		if t := was[d]; !sound || len(t.out) != len(again[d].out) || slices.ContainsFunc(t.out, func(f truce.DayFinding) bool {
			return !slices.ContainsFunc(again[d].out, func(g truce.DayFinding) bool { return f.ID == g.ID && f.Area == g.Area })
		}) {
			changed[d], ok = true, false
		}
	}
	if !ok {
		return nil
	}
	return again
}

// likeness is everything that decides a report's candidates, except its ID.
type likeness struct {
	voice             int32
	at                geo.Point
	u                 int64
	rules             uint32
	standing, settled bool // what decides whether equal coordinates are a copy
}

// dropped reports whether area and window of a candidate meet those of one that was taken.
func (x *dayWork) dropped(k *candidate) bool {
	d := truce.DateOf(k.window.Start, x.c.Agreement.Location)
	for n := range k.days {
		if slices.ContainsFunc(x.on[d.Add(n)], func(t *candidate) bool { return x.meets(t, k) }) {
			return true
		}
	}
	return false
}

// bury takes out the reports whose own place meets what was taken: so would each
// candidate of theirs.
func (w *dayWindow) bury(k *candidate) {
	if !w.v.Overlaps(k.window) {
		return
	}
	for _, p := range w.list {
		if p.u >= 0 && geo.ChordM(&k.vec, &p.vec) <= k.area.RadiusM+p.u {
			w.dead[p] = true
		}
	}
}

// take takes a candidate, if anything is to be said of it.
func (x *dayWork) take(w *dayWindow, k *candidate) bool {
	f, ok := x.finding(w, k)
	if ok {
		x.keep(f, k)
	}
	return ok
}

// candidates are a heap, the best first.
type candidates []*candidate

func (h candidates) Len() int           { return len(h) }
func (h candidates) Less(i, j int) bool { return h[i].order(h[j]) < 0 }
func (h candidates) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *candidates) Push(k any)        { *h = append(*h, k.(*candidate)) }
func (h *candidates) Pop() any {
	old := *h
	k := old[len(old)-1]
	*h = old[:len(old)-1]
	return k
}

// partner is the best candidate of a report with another that is alive, in rings outward; nil:
// there is none.
func (x *dayWork) partner(w *dayWindow, p *placed) (best *candidate) {
	for k := int32(0); k <= dayRings; k++ {
		if least := (max(0, int64(k)-2)*gridM + p.u) / 2; best != nil && least > best.area.RadiusM {
			break
		}
		w.grid.ring(p, k, func(voice int32, list []*placed) {
			if !x.agree(w, w.voice[p], voice) {
				return
			}
			for _, q := range list {
				if p.rules&q.rules == 0 || w.dead[q] {
					continue
				}
				d := geo.ChordM(&p.vec, &q.vec)
				r := max(p.u, q.u, (d+p.u+q.u+1)/2)
				if d > dayPairM || r > dayAreaM || best != nil && r > best.area.RadiusM {
					continue
				}
				a, b := p, q
				if b.ID.Compare(a.ID) < 0 {
					a, b = b, a
				}
				if w.tried[[2]truce.Digest{a.ID, b.ID}] || w.tried[[2]truce.Digest{b.ID, a.ID}] {
					continue
				}
				c := &candidate{window: w.v, days: w.days, area: truce.Area{Level: truce.AreaPlace, RadiusM: r}, a: a, b: b, from: p}
				if best != nil && c.order(best) >= 0 || !x.confirms(w, a, b) {
					continue
				}
				c.place(r, d)
				if !x.dropped(c) {
					best = c
				}
			}
		})
	}
	return best
}

// place gives a candidate of two the smallest disc that holds both.
func (k *candidate) place(r, d int64) {
	p, q := k.a, k.b
	switch {
	case r == p.u:
		k.area.Centre = p.Place.Point
	case r == q.u:
		k.area.Centre = q.Place.Point
	default:
		k.area.Centre = between(p.Place.Point, q.Place.Point, r-p.u, d)
	}
	k.vec = geo.VecOf(k.area.Centre)
}

// between is the point that is far of the way of d from p to q.
func between(p, q geo.Point, far, d int64) geo.Point {
	if d == 0 {
		return p
	}
	const half = 1_800_000_000
	east := int64(q.Lon) - int64(p.Lon)
	switch { // the shorter way round
	case east > half:
		east -= 2 * half
	case east < -half:
		east += 2 * half
	}
	lon := int64(p.Lon) + east*far/d
	switch {
	case lon > half:
		lon -= 2 * half
	case lon < -half:
		lon += 2 * half
	}
	return geo.Point{Lat: p.Lat + int32((int64(q.Lat)-int64(p.Lat))*far/d), Lon: int32(lon)}
}

// confirming are two of a list that confirm each other under one reading, the first by ID;
// nil: none do.
func (x *dayWork) confirming(w *dayWindow, list []*placed) (a, b *placed) {
	var voices []int32
	of := map[int32][]int{} // those before, by voice
	for i, p := range list {
		best := -1
		for _, v := range voices {
			if !x.agree(w, w.voice[p], v) {
				continue
			}
			for _, k := range of[v] {
				if best >= 0 && k >= best {
					break
				}
				if q := list[k]; p.rules&q.rules != 0 && x.confirms(w, q, p) {
					best = k
				}
			}
		}
		if best >= 0 {
			return list[best], p
		}
		v := w.voice[p]
		if of[v] == nil {
			voices = append(voices, v)
		}
		of[v] = append(of[v], i)
	}
	return nil, nil
}

// roundM is what rounding of centres and distances does at most, in metres.
const roundM = 2

// lies reports whether all of a report's place lies in an area.
func (k *candidate) lies(p *placed) bool {
	if k.area.Level != truce.AreaPlace {
		return slices.Contains(p.names, named(k.area.Level, k.area.Name))
	}
	return p.u >= 0 && geo.ChordM(&k.vec, &p.vec)+p.u <= k.area.RadiusM+roundM
}

// holds is lies of any observation.
func (k *candidate) holds(c *Context) func(*truce.Observation) bool {
	return func(o *truce.Observation) bool {
		at, u := o.Whereabouts(), radius(o)
		if k.area.Level != truce.AreaPlace {
			return slices.Contains(c.areaNames(&at, u), named(k.area.Level, k.area.Name))
		}
		vec := geo.VecOf(at.Point)
		return u >= 0 && geo.ChordM(&k.vec, &vec)+u <= k.area.RadiusM+roundM
	}
}

// meets reports whether two have both area and window in common.
func (x *dayWork) meets(a, b *candidate) bool {
	if !a.window.Overlaps(b.window) {
		return false
	}
	switch {
	case a.area.Level == truce.AreaPlace && b.area.Level == truce.AreaPlace:
		return geo.ChordM(&a.vec, &b.vec) <= a.area.RadiusM+b.area.RadiusM
	case a.area.Level == truce.AreaPlace:
		return x.touchesRegion(b.area.Name, a.area.Centre, a.area.RadiusM)
	case b.area.Level == truce.AreaPlace:
		return x.touchesRegion(a.area.Name, b.area.Centre, b.area.RadiusM)
	case a.area.Name == b.area.Name:
		return true
	}
	r, _, ok := x.c.region(a.area.Name)
	q, _, ok2 := x.c.region(b.area.Name)
	if !ok || !ok2 {
		return true
	}
	sw, ne := r.Bounds()
	sw2, ne2 := q.Bounds()
	return sw.Lat <= ne2.Lat && sw2.Lat <= ne.Lat && sw.Lon <= ne2.Lon && sw2.Lon <= ne.Lon // by their boxes: what may meet is not shown twice
}

func (x *dayWork) touchesRegion(name string, at geo.Point, radius int64) bool {
	r, _, ok := x.c.region(name)
	return !ok || r.Disc(at, float64(radius)) != geo.Outside
}

// finding is what is found in a candidate's window and area; false: nothing is said, as a
// single day or an incident says it already.
func (x *dayWork) finding(w *dayWindow, k *candidate) (f truce.DayFinding, ok bool) {
	loc := x.c.Agreement.Location
	if best := truce.Corroborated; x.known != nil {
		if k.verified {
			best = truce.Verified
		}
		if x.known(k.window, truce.ApparentViolation, best, k.holds(x.c)) {
			return f, false // whatever it would be
		}
	}
	var support []*placed
	for _, p := range w.list {
		if k.lies(p) {
			support = append(support, p)
		}
	}
	for n := range k.days {
		day := w.first.Add(n).Day(loc)
		if k.days == 1 {
			break
		}
		alone := slices.DeleteFunc(slices.Clone(support), func(p *placed) bool { return !day.Contains(p.Occurred) })
		for i := range x.rules {
			if s, _ := x.under(i, k, alone); s != "" {
				return f, false // the day alone holds
			}
		}
	}
	f = x.about(k, support)
	holds := 0
	for i, r := range x.rules {
		standing, ground := x.under(i, k, support)
		if standing == "" {
			continue
		}
		holds++
		if o := r.floored(standing, ground, k.area.Level); f.Outcome == "" || rank(o) > rank(f.Outcome) {
			f.Outcome, f.Standing, f.Ground = o, standing, ground // the weakest of the readings
		}
	}
	if holds > 0 && holds < len(x.rules) {
		f.Outcome = truce.ReadingsDiffer
	}
	if holds == 0 || x.known != nil && x.known(k.window, f.Outcome, f.Standing, k.holds(x.c)) {
		return f, false
	}
	f.SetID()
	return f, true
}

// about says of what a finding is, and what it rests on.
func (x *dayWork) about(k *candidate, support []*placed) truce.DayFinding {
	f := truce.DayFinding{Article: x.rules[0].Article(), Window: k.window, Days: k.days, Area: k.area}
	names, by := map[string]int{}, map[string]bool{}
	for _, p := range support {
		f.Support = append(f.Support, p.ID)
		by[p.w.publisher] = true
		if n := p.Place.Settlement; n != "" && k.area.Level == truce.AreaPlace && k.area.Name == "" {
			names[n]++
		}
	}
	for n, many := range names { // any order: the most, and of equals the first by name
		if best := f.Area.Name; best == "" || many > names[best] || many == names[best] && n < best {
			f.Area.Name = n
		}
	}
	f.By = len(by)
	return f
}

// under is how well something is established under one reading; empty: it is not.
func (x *dayWork) under(reading int, k *candidate, support []*placed) (truce.Standing, truce.Ground) {
	var w witnesses
	for _, p := range support {
		if p.rules&(1<<reading) == 0 {
			continue
		}
		if p.verified && k.area.Level == truce.AreaPlace {
			return truce.Verified, ""
		}
		w.add(x.c, p.Observation)
	}
	if w.ground == "" {
		return "", ""
	}
	return truce.Corroborated, w.ground
}

// floored is what a day finding of a standing amounts to under the article's floor. In a
// region or zone, unlike in a district, two reports are too far apart to be more than
// uncorroborated, unless the article says that this is enough.
func (r *Rule) floored(s truce.Standing, g truce.Ground, level truce.AreaLevel) truce.Outcome {
	f := r.p.Floor
	switch {
	case level != truce.AreaPlace && level != truce.AreaDistrict && f.Day != level && !(f.Day == truce.AreaZone && level == truce.AreaRegion),
		!s.AtLeast(f.Evidence),
		f.Origins && s == truce.Corroborated && g != truce.TwoOrigins:
		return truce.Uncorroborated
	}
	return truce.ApparentViolation
}

// region is a zone or region by name.
func (c *Context) region(name string) (*geo.Region, string, bool) {
	if c.Region == nil {
		return nil, "", false
	}
	return c.Region(name)
}

// Divisions are what a gazetteer knows of the second and first divisions of countries, as
// areas of level district and region, the finest first. The zero value knows none.
type Divisions struct {
	At func(geo.Point) []truce.Area   // that surely hold a point
	Of func(name string) []truce.Area // that surely hold the region of that canonical name, itself among them where it is one
}

// divisionsOf is Divisions.Of, where there is one.
func (c *Context) divisionsOf(name string) []truce.Area {
	if c.Divisions.Of == nil {
		return nil
	}
	return c.Divisions.Of(name)
}

// areaNames are the districts, regions and zones that surely hold a place, each with its
// level.
func (c *Context) areaNames(at *truce.Place, u int64) (out []string) {
	add := func(level truce.AreaLevel, name string) {
		if c.Agreement.Zones[name] != nil {
			level = truce.AreaZone
		}
		if n := named(level, name); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if at.Kind == truce.PlaceRegion {
		_, name, ok := c.region(at.Name)
		if !ok {
			return nil
		}
		var around []truce.Area
		if c.Agreement.Zones[name] == nil { // a zone comes before a region of its name
			around = c.divisionsOf(name)
		}
		if len(around) == 0 {
			add(truce.AreaRegion, name)
		}
		for _, area := range around {
			add(area.Level, area.Name)
		}
		return out
	}
	if u < 0 {
		return nil
	}
	var areas []truce.Area
	if c.Divisions.At != nil {
		areas = c.Divisions.At(at.Point)
	}
	for _, zone := range c.Agreement.ZoneOrder {
		areas = append(areas, truce.Area{Level: truce.AreaZone, Name: zone})
	}
	for _, area := range areas {
		if r, name, ok := c.region(area.Name); ok && r.Disc(at.Point, float64(u)) == geo.Inside {
			add(area.Level, name)
		}
	}
	return out
}

// named is a name with its level, as areaNames gives it.
func named(level truce.AreaLevel, name string) string { return string(level) + "\x00" + name }

// dayGrid finds reports near one another: squares of half a kilometre at least, and in
// each the reports by voice. Rows have as many squares as fit round the earth there.
type dayGrid map[[2]int32]map[int32][]*placed

const (
	gridRow  = 45_000 // of 1e-7 degree of latitude: at least 497 m
	gridM    = 490
	dayRings = dayPairM/gridM + 2
)

// column is that of a longitude in a row, of which there are n.
func column(row int32, lon int32) (col, n int32) {
	lat := max(math.Abs(float64(row)), math.Abs(float64(row+1))) * gridRow / 1e7
	n = int32(max(1, math.Floor(360e7/gridRow*math.Cos(min(lat, 90)*math.Pi/180))))
	return min(n-1, int32((int64(lon)+1_800_000_000)*int64(n)/3_600_000_000)), n
}

func rowOf(lat int32) int32 {
	row := lat / gridRow
	if lat%gridRow < 0 {
		row--
	}
	return row
}

func (g dayGrid) add(p *placed, voice int32) {
	row := rowOf(p.Place.Point.Lat)
	col, _ := column(row, p.Place.Point.Lon)
	k := [2]int32{row, col}
	if g[k] == nil {
		g[k] = map[int32][]*placed{}
	}
	g[k][voice] = append(g[k][voice], p)
}

// ring calls f with what is in the squares k away from that of p, each square once, in no
// order.
func (g dayGrid) ring(p *placed, k int32, f func(voice int32, list []*placed)) {
	row := rowOf(p.Place.Point.Lat)
	for dr := -k; dr <= k; dr++ {
		col, n := column(row+dr, p.Place.Point.Lon)
		step := 2 * k
		if dr == -k || dr == k || k == 0 {
			step = 1
		}
		for dc := -k; dc <= k; dc += step {
			if dc != 0 && (dc < -n/2 || dc > (n-1)/2) { // round the earth already
				continue
			}
			for voice, list := range g[[2]int32{row + dr, ((col+dc)%n + n) % n}] {
				f(voice, list)
			}
		}
	}
}

// Decided reports whether a person has decided on something of an incident.
func (c *Context) Decided(inc *truce.Incident) bool { return len(c.on(inc)) > 0 }

// Condition reports whether the article is one that is met or not yet met, so that a
// single act changes its count and nothing else.
func (r *Rule) Condition() bool { return r.kind.condition() }

// Counted reports whether incidents, reports and coverage are counted under the article.
func (r *Rule) Counted() bool { return r.kind.counted() }

// Binds reports whether the article binds a party.
func (r *Rule) Binds(p truce.PartyID) bool { return r.p.Bound(p) }

// Did reports whether an observation surely is of what a party did, by its source's claim.
func (r *Rule) Did(p truce.PartyID, o *truce.Observation) bool {
	return o != nil && r.by(p, o, nil) == yes
}

// Before reports whether one outcome asks for more attention than another.
func Before(a, b truce.Outcome) bool { return rank(a) < rank(b) }

// AreaHas reports whether an area is of a place: it is a disc that holds the point, or
// that lies in the region or zone of that name, or it is that region or zone itself.
func (c *Context) AreaHas(a *truce.Area, p *truce.Place) bool {
	if p.Kind == truce.PlaceRegion {
		r, name, ok := c.region(p.Name)
		if a.Level != truce.AreaPlace {
			return ok && (name == a.Name || a.Level == truce.AreaDistrict && slices.Contains(c.divisionsOf(a.Name), truce.Area{Level: truce.AreaRegion, Name: name}))
		}
		return ok && r.Disc(a.Centre, float64(a.RadiusM)) == geo.Inside
	}
	// Somewhere in a region is not at a point of it.
	return (p.Kind == truce.PlacePoint || p.Kind == truce.PlaceObject) && a.Level == truce.AreaPlace && int64(geo.Distance(a.Centre, p.Point)) <= a.RadiusM+roundM
}
