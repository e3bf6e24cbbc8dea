package situation

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/calendar"
	"github.com/opentruce/truce/internal/correlate"
	"github.com/opentruce/truce/internal/summary"
)

// Incidents that may be the same are never summed as several for sure. So every number of
// incidents is a range. Its high is how many there are if no two are the same. Its low is how
// many there are whatever else turns out to be the same: a set of incidents of which any two
// are parted. No answer to a question of what is the same makes fewer of all time, since two that
// are parted are never put together, whatever else is. Of a part of the time it may: an incident of
// one day that is the same as one of two days is no longer surely of that day. So this is no law
// for parts, and the reports of parts may not be added.
//
// The set is chosen day by day, greedily. In a day it is of the incidents that surely lie in
// it and that are not proposed with one of another day: for each source that keeps its events
// apart, and once for none, they are put in an order (its own events first, then by radius, width
// and ID), each is chosen that is parted from all that are chosen, and the largest choice counts.
// Incidents of several days, ten at most, are chosen after those of the days, where they
// are parted from all that are chosen and may not be the same as one that began earlier. What
// lasts longer is chosen last, where few others lie beside it, from the best known 256.
//
// The low of harm is the same with what states a number, the most first. Each that is chosen
// gives the least low of itself and of all that may be the same with it, because reports of
// one incident that state different numbers give the lowest low.
//
// What would not count any more if it were joined with a neighbour, because a person
// rejected that one, or because that one says what this one leaves open, is not chosen.

// lowest are the lows of what is counted.
type lowest struct {
	incidents, violations int
	harm                  [2]harmLow // of Casualties and of Unclear
}

// harmLow are lows by the place in truce.CasualtyFields.
type harmLow [harmFields]int64

const harmFields = 5

func (l *lowest) add(target int, worth int64) {
	switch {
	case target == ofIncidents:
		l.incidents += int(worth)
	case target == ofViolations:
		l.violations += int(worth)
	default:
		n := &l.harm[(target-ofHarm)/harmFields][(target-ofHarm)%harmFields]
		*n = min(*n+worth, math.MaxInt32)
	}
}

func (l *lowest) of(target int) int64 {
	switch target {
	case ofIncidents:
		return int64(l.incidents)
	case ofViolations:
		return int64(l.violations)
	}
	return l.harm[(target-ofHarm)/harmFields][(target-ofHarm)%harmFields]
}

func (l *lowest) join(o *lowest) {
	l.incidents += o.incidents
	l.violations += o.violations
	for c := range l.harm {
		for i := range l.harm[c] {
			l.harm[c][i] = min(l.harm[c][i]+o.harm[c][i], math.MaxInt32)
		}
	}
}

// What lows are of: incidents, those that a person decided to be violations, and each number
// of casualties, of those of which the actor is known and of the others.
const (
	ofIncidents = iota
	ofViolations
	ofHarm
	targets = ofHarm + 2*harmFields
)

// A counted incident is one that a low may be made of.
type counted struct {
	inc       *truce.Incident
	during    truce.Interval
	violation bool
	open      bool // what is found of it is undetermined, or differs between readings
	harm      *truce.Casualties
	unclear   bool // the harm is of Unclear
	group     string
}

// states is the low that it states for a target; ok is false if it states none.
func (c *counted) states(target int) (low int64, ok bool) {
	switch target {
	case ofIncidents:
		return 1, true
	case ofViolations:
		return 1, c.violation
	}
	if c.harm == nil || c.unclear != (target >= ofHarm+harmFields) {
		return 0, false
	}
	r := *c.harm.Field(truce.CasualtyFields[(target-ofHarm)%harmFields])
	if r == nil {
		return 0, false
	}
	return int64(r.Low), true
}

// What an incident that is not counted does to one that may be the same as it, once the two
// are one.
type spoils uint8

const (
	spoilsActor spoils = 1 << iota // whose act it was is open
	spoilsOpen                     // it does not count, if it was undetermined
	spoilsAll                      // it does not count
	spoilsWord                     // it does not count, if it was a party's word that a person verified
	spoilsNone  spoils = 0
)

// A judge says what is counted.
type judge interface {
	judge(inc *truce.Incident) (c counted, ok bool, spoils spoils)
}

// A choice is what was chosen in a day: of what lies in it alone, and of what begins in it and
// is of several.
type choice struct {
	days  []*calendar.Day[*truce.Incident] // that it rests on
	wide  any
	low   lowest
	taken [targets][]taken
}

type taken struct {
	inc    *truce.Incident
	during truce.Interval
	group  string
	worth  int64
}

// rests reports whether a choice still rests on the days around a day: from so many before it.
func (c *choice) rests(cal *calendar.Calendar[*truce.Incident], from int64, wide any) bool {
	if c.wide != wide {
		return false
	}
	for i, d := range c.days {
		if cal.Day(from+int64(i)) != d {
			return false
		}
	}
	return true
}

// A chooser makes the choices of some days, in order.
type chooser struct {
	s      *Situation
	j      judge
	fields map[int64]*dayField
	wide   *dayField
}

// dayField is the incidents of a day, with what is counted of them.
type dayField struct {
	*correlate.Field
	judged []judged
}

type judged struct {
	done, counts bool
	spoils       spoils
	is           counted
	stray        *truce.Casualties // what reports of one that does not count state, if they are several: beside others they may count
	single       bool              // it lies in one local day
	day          int64             // that day, or the first of several
	last         int64
}

// reachOf is how long before and after an incident there may be another that is the same.
func reachOf(inc *truce.Incident) time.Duration {
	if inc.Of[0].Act == truce.ActPresence {
		return time.Duration(correlate.Current.Extent.PresenceMinutes) * time.Minute
	}
	return time.Duration(correlate.Current.Extent.Minutes) * time.Minute
}

// mostSeveral is how many local days an incident may touch to be of a low.
const mostSeveral = 10

// around is over how many days before and after a day its choice looks.
const around = mostSeveral + 4

func (c *chooser) field(n int64) *dayField {
	if f, ok := c.fields[n]; ok {
		return f
	}
	for m := range c.fields { // they are asked in order
		if m < n-2*around {
			delete(c.fields, m)
		}
	}
	var f *dayField
	if of := c.s.fieldOf(n); of != nil {
		f = &dayField{of, make([]judged, of.Len())}
	}
	c.fields[n] = f
	return f
}

// mostFields bounds for how many incidents the fields of days are kept: they take some
// hundred bytes each.
const mostFields = 300_000

// fieldOf prepares the incidents of a day, whoever judges them; nil: there are none.
func (s *Situation) fieldOf(n int64) *correlate.Field {
	d := s.calendar().Day(n)
	if d == nil {
		return nil
	}
	if f, ok := s.fields.Load(n); ok {
		return f.(*correlate.Field)
	}
	f := s.compare.Field(slices.Concat(d.Alone(), d.Several()), s.splits())
	if s.incidents.Len() <= mostFields {
		s.fields.Store(n, f)
	}
	return f
}

func (c *chooser) prepare(list []*truce.Incident) *dayField {
	return &dayField{c.s.compare.Field(list, c.s.splits()), make([]judged, len(list))}
}

// judged is what is counted of one of a field.
func (c *chooser) judged(f *dayField, k int32) *judged {
	j := &f.judged[k]
	if !j.done {
		j.is, j.counts, j.spoils = c.j.judge(f.At(k))
		j.done = true
		if inc := f.At(k); !j.counts && len(inc.Of) > 1 {
			for _, o := range inc.Of {
				if !o.Alleged() {
					j.stray = summary.Joined(j.stray, o.Casualties)
				}
			}
		}
		if j.counts {
			j.day, j.last = c.s.daysOf(j.is.during)
			j.single = j.day == j.last
		}
	}
	return j
}

// daysOf are the numbers of the first and the last local day of a time.
func (s *Situation) daysOf(v truce.Interval) (first, last int64) {
	if !v.Start.Stated() || !v.End.Stated() {
		return math.MinInt64, math.MaxInt64
	}
	first = s.calendar().DayOf(v.Start)
	return first, max(first, s.calendar().DayOf(v.End-1))
}

// neighbours calls each with what may be the same as incident k of a field, until it returns
// false.
func (c *chooser) neighbours(from *dayField, k int32, want func(*judged) bool, each func(*judged) bool) {
	inc := from.At(k)
	v := inc.Occurred
	if from.Narrow(k) {
		r := reachOf(inc)
		v.Start, v.End = v.Start.Add(-r), v.End.Add(r)
	}
	on := true
	look := func(f *dayField) {
		if f == nil || !on {
			return
		}
		f.Near(from.Field, k, func(n int32) bool { return want(c.judged(f, n)) }, func(n int32) bool {
			on = each(c.judged(f, n))
			return on
		})
	}
	for _, n := range c.s.calendar().Touched(v) {
		look(c.field(n))
	}
	look(c.wide)
}

// eligible is what the neighbours of an incident do to it.
type eligible struct {
	done   bool
	free   bool
	actor  bool // its harm may come to be of another kind
	lows   harmLow
	stated bool
}

// eligibility looks at all that may be the same as one. within: those counted that it must not
// meet.
func (c *chooser) eligibility(f *dayField, k int32, meets func(*judged) bool) (e eligible) {
	j := c.judged(f, k)
	e = eligible{done: true, free: true}
	word := j.is.inc.Alleged() // beside what others observed it decides nothing
	for i, name := range truce.CasualtyFields {
		e.lows[i] = math.MaxInt64
		if j.is.harm != nil {
			if r := *j.is.harm.Field(name); r != nil {
				e.lows[i], e.stated = int64(r.Low), true
			}
		}
	}
	c.neighbours(f, k, func(o *judged) bool {
		return o.counts && (e.stated || meets(o)) || o.spoils&spoilsAll != 0 || o.spoils&spoilsOpen != 0 && j.is.open || o.spoils&spoilsWord != 0 && word || (o.spoils&spoilsActor != 0 || o.stray != nil) && e.stated
	}, func(o *judged) bool {
		if !o.counts {
			e.actor = e.actor || o.spoils&spoilsActor != 0
			e.free = o.spoils&spoilsAll == 0 && (o.spoils&spoilsOpen == 0 || !j.is.open) && (o.spoils&spoilsWord == 0 || !word)
			if o.stray != nil {
				e.least(o.stray)
			}
			return e.free
		}
		if meets(o) {
			e.free = false
			return false
		}
		if j.is.open && mixed(j.is.inc) || o.is.open && mixed(o.is.inc) || j.is.unclear != o.is.unclear && (j.is.unclear || j.is.open || mixed(o.is.inc)) {
			e.actor = true
		}
		if o.is.harm != nil {
			e.least(o.is.harm)
		}
		return true
	})
	return e
}

// least lets lows be no more than what another states.
func (e *eligible) least(harm *truce.Casualties) {
	for i, name := range truce.CasualtyFields {
		if r := *harm.Field(name); r != nil {
			e.lows[i] = min(e.lows[i], int64(r.Low))
		}
	}
}

// mixed reports whether reports of one incident name different actors.
func mixed(inc *truce.Incident) bool {
	for _, o := range inc.Of[1:] {
		if o.Actor != inc.Of[0].Actor || !slices.Equal(o.Actors, inc.Of[0].Actors) {
			return true
		}
	}
	return false
}

// order puts incidents of a field in the order in which they are chosen.
func (f *dayField) order(of []int32) {
	slices.SortFunc(of, func(a, b int32) int {
		return cmp.Or(cmp.Compare(f.Radius(a), f.Radius(b)), cmp.Compare(f.Width(a), f.Width(b)), f.At(a).ID.Compare(f.At(b).ID))
	})
}

// pick chooses, for each target, from incidents of a field. bars says what an incident must not
// be the same as, for all targets, and barred for one.
func (c *chooser) pick(f *dayField, of []int32, meets func(mine, other *judged) bool, barred func(target int, k int32) bool, keep func(target int, t taken)) {
	elig := make(map[int32]*eligible, len(of))
	look := func(k int32) *eligible {
		e := elig[k]
		if e == nil {
			x := c.eligibility(f, k, func(o *judged) bool { return meets(c.judged(f, k), o) })
			e = &x
			elig[k] = e
		}
		return e
	}
	f.order(of)
	for target := range targets {
		var list []int32
		for _, k := range of {
			if _, ok := c.judged(f, k).is.states(target); ok {
				list = append(list, k)
			}
		}
		if len(list) == 0 {
			continue
		}
		own := func(k int32) int64 {
			low, _ := c.judged(f, k).is.states(target)
			return low
		}
		if target >= ofHarm {
			list = slices.DeleteFunc(list, func(k int32) bool { return own(k) == 0 }) // they add nothing
			slices.SortStableFunc(list, func(a, b int32) int { return cmp.Compare(own(b), own(a)) })
		}
		free := func(k int32) bool {
			e := look(k)
			return e.free && (target < ofHarm || !e.actor) && !barred(target, k)
		}
		worth := func(k int32) int64 {
			if target < ofHarm {
				return 1
			}
			return look(k).lows[(target-ofHarm)%harmFields]
		}
		for _, k := range f.Choose(list, free, worth) {
			keep(target, taken{f.At(k), c.judged(f, k).is.during, c.judged(f, k).is.group, worth(k)})
		}
	}
}

// alone chooses from what lies in one day, of those that may: nil: all.
func (c *chooser) alone(n int64, may func(*counted) bool) (out choice) {
	f := c.field(n)
	if f == nil {
		return out
	}
	var of []int32
	for k := range int32(len(f.judged)) {
		if j := c.judged(f, k); j.counts && j.single && j.day == n && (may == nil || may(&j.is)) {
			of = append(of, k)
		}
	}
	c.pick(f, of, func(mine, other *judged) bool {
		return other.single && other.day != n || other.is.group != mine.is.group
	}, func(int, int32) bool { return false }, func(target int, t taken) {
		out.low.add(target, t.worth)
		out.taken[target] = append(out.taken[target], t)
	})
	return out
}

// several chooses from what begins in a day and is of several; base gives what is chosen of a
// day alone.
func (c *chooser) several(n int64, base func(int64) *choice) (out choice) {
	if d := c.s.calendar().Day(n); d == nil || len(d.Several()) == 0 {
		return out
	}
	f := c.field(n)
	var of []int32
	for k := range int32(len(f.judged)) {
		if j := c.judged(f, k); j.counts && !j.single && j.day == n && j.last-j.day < mostSeveral {
			of = append(of, k)
		}
	}
	if len(of) == 0 {
		return out
	}
	chosen := map[int64]*[targets]map[truce.Digest]bool{}
	in := func(day int64, target int, id truce.Digest) bool {
		sets := chosen[day]
		if sets == nil {
			sets = new([targets]map[truce.Digest]bool)
			chosen[day] = sets
		}
		if sets[target] == nil {
			sets[target] = map[truce.Digest]bool{}
			if b := base(day); b != nil {
				for _, t := range b.taken[target] {
					sets[target][t.inc.ID] = true
				}
			}
		}
		return sets[target][id]
	}
	c.pick(f, of, func(mine, other *judged) bool {
		return !other.single && other.day < n || other.is.group != mine.is.group
	}, func(target int, k int32) bool {
		met := false
		c.neighbours(f, k, func(o *judged) bool { return o.counts && o.single && in(o.day, target, o.is.inc.ID) }, func(*judged) bool {
			met = true
			return false
		})
		return met
	}, func(target int, t taken) {
		out.taken[target] = append(out.taken[target], t)
	})
	return out
}

// articleJudge counts under an article, as findings say.
type articleJudge struct {
	s *Situation
	f *findings
}

func (a articleJudge) judge(inc *truce.Incident) (counted, bool, spoils) {
	x, ok := a.f.found.Get(inc.ID)
	if ok && x.Counts() {
		return counted{inc: inc, during: x.During, violation: x.Outcome == truce.Violation, open: x.Outcome.Undetermined() || x.Outcome == truce.ReadingsDiffer, harm: x.Casualties, unclear: assess.Unclear(&x.Assessment)}, true, spoilsNone
	}
	outcome := truce.NoViolation
	if ok {
		outcome = x.Outcome
	} else if p, at, found := a.s.incidents.Find(inc.ID); found {
		outcome = truce.Outcomes[a.f.outcomes[p][at]&^relevant]
	}
	switch {
	case a.s.ctx.Decided(inc):
		return counted{}, false, spoilsAll
	case inc.Alleged(), assess.OnlySigns(inc), outcome == truce.NotYetDue:
		return counted{}, false, spoilsNone
	case outcome == truce.OutOfScope:
		return counted{}, false, spoilsActor | spoilsWord
	case mixed(inc):
		return counted{}, false, spoilsOpen | spoilsActor | spoilsWord
	}
	return counted{}, false, spoilsOpen | spoilsWord
}

// box holds a choice for as long as what it rests on stays the same.
type box struct {
	mu   sync.Mutex
	made *choice
	of   uint64 // the situation for which it was last looked at
}

// choiceOf gives the choice of a box, made if there is none of the days around n.
func (r *ranging) choiceOf(b *box, n, before, after int64, build func() choice) *choice {
	b.mu.Lock()
	defer b.mu.Unlock()
	if of := r.s.serial(); b.made == nil || b.of != of {
		if b.made == nil || !b.made.rests(r.s.calendar(), n-before, r.mark) {
			c := build()
			c.days, c.wide = r.daysAround(n, before, after), r.mark
			b.made = &c
		}
		b.of = of
	}
	return b.made
}

// serial tells situations apart, without keeping them.
func (s *Situation) serial() uint64 {
	s.onceSerial.Do(func() { s.serialNo = situations.Add(1) })
	return s.serialNo
}

var situations atomic.Uint64

// A ranging finds lows under a judge, for days of which it may keep what was chosen.
type ranging struct {
	s    *Situation
	j    judge
	wide *dayField
	mark any
	kept func(n int64, key string) *box // nil: nothing is kept
}

func (s *Situation) ranging(j judge, kept func(n int64, key string) *box) *ranging {
	wide := s.calendar().Wide(truce.Interval{Start: truce.Always, End: truce.Never})
	r := &ranging{s: s, j: j, kept: kept, mark: s.calendar().WideMark()}
	c := &chooser{s: s, j: j}
	r.wide = c.prepare(wide)
	return r
}

func (r *ranging) chooser() *chooser {
	return &chooser{s: r.s, j: r.j, fields: map[int64]*dayField{}, wide: &dayField{r.wide.Field, make([]judged, len(r.wide.judged))}}
}

func (r *ranging) daysAround(n, before, after int64) []*calendar.Day[*truce.Incident] {
	out := make([]*calendar.Day[*truce.Incident], 0, before+after+1)
	for m := n - before; m <= n+after; m++ {
		out = append(out, r.s.calendar().Day(m))
	}
	return out
}

// alone is the choice of a whole day.
func (r *ranging) alone(c *chooser, n int64) *choice {
	if b := r.kept(n, "chosen"); b != nil {
		return r.choiceOf(b, n, 3, 3, func() choice { return c.alone(n, nil) })
	}
	return nil
}

// several is the choice of what begins in a day and is of several.
func (r *ranging) several(c *chooser, n int64) *choice {
	if b := r.kept(n, "chosen of several"); b != nil {
		return r.choiceOf(b, n, 6, mostSeveral+6, func() choice {
			return c.several(n, func(day int64) *choice { return r.alone(c, day) })
		})
	}
	return nil
}

// mostBeside bounds how many incidents there may be in the time of one of more than ten days
// for it to be of a low.
const mostBeside = 1000

// mostLong bounds how many incidents of more than ten days a low is chosen from: nothing of this
// is kept, so they are looked at each time.
const mostLong = 256

// mostTries bounds how many incidents are looked at where nothing was chosen.
const mostTries = 16

// lows are of all that is counted in whole days, of the given incidents of days that a
// period cuts, and of what is of several days and lies in the period v; the zero interval is
// all time. rest are those of the period that are in no whole day.
func (r *ranging) lows(whole []int64, rest []*truce.Incident, v truce.Interval, groups map[string]*lowest) (out lowest) {
	add := func(target int, t taken) {
		out.add(target, t.worth)
		if groups != nil {
			g := groups[t.group]
			if g == nil {
				g = &lowest{}
				groups[t.group] = g
			}
			g.add(target, t.worth)
		}
	}
	of := make([][2]*choice, len(whole))
	const chunk = 16
	correlate.Parallel((len(whole)+chunk-1)/chunk, r.s.workers, nil, func(i int) {
		c := r.chooser()
		for k := i * chunk; k < min(len(whole), (i+1)*chunk); k++ {
			of[k][0] = r.alone(c, whole[k])
		}
	})
	correlate.Parallel((len(whole)+chunk-1)/chunk, r.s.workers, nil, func(i int) {
		c := r.chooser()
		for k := i * chunk; k < min(len(whole), (i+1)*chunk); k++ {
			of[k][1] = r.several(c, whole[k])
		}
	})
	isWhole := map[int64]bool{}
	for _, n := range whole {
		isWhole[n] = true
	}
	for _, two := range of {
		if two[0] != nil {
			out.join(&two[0].low)
			if groups != nil {
				for target := range targets {
					for _, t := range two[0].taken[target] {
						g := groups[t.group]
						if g == nil {
							g = &lowest{}
							groups[t.group] = g
						}
						g.add(target, t.worth)
					}
				}
			}
		}
		if two[1] == nil {
			continue
		}
		for target := range targets {
			for _, t := range two[1].taken[target] {
				first, last := r.s.daysOf(t.during)
				in := v == truce.Interval{} || v.Contains(t.during)
				for n := first; n <= last && in; n++ {
					in = isWhole[n] || r.s.calendar().Day(n) == nil || v == truce.Interval{}
				}
				if in {
					add(target, t)
				}
			}
		}
	}
	c := r.chooser()
	cut := map[int64]map[truce.Digest]bool{}
	for _, inc := range rest {
		x, ok, _ := r.j.judge(inc)
		if !ok {
			continue
		}
		if n, last := r.s.daysOf(x.during); n == last && !isWhole[n] && (v == truce.Interval{} || v.Contains(x.during)) {
			if cut[n] == nil {
				cut[n] = map[truce.Digest]bool{}
			}
			cut[n][inc.ID] = true
		}
	}
	var wide []*truce.Incident
	for _, inc := range rest {
		if r.fewBeside(inc) && (v == truce.Interval{} || v.Contains(inc.Occurred)) {
			wide = append(wide, inc)
		}
	}
	chosen := map[truce.Digest]*[targets]bool{} // of the days of wide
	mark := func(target int, id truce.Digest) {
		if chosen[id] == nil {
			chosen[id] = new([targets]bool)
		}
		chosen[id][target] = true
	}
	if len(wide) > 0 {
		for i, n := range whole {
			if !slices.ContainsFunc(wide, func(inc *truce.Incident) bool { return inc.Occurred.Overlaps(r.s.calendar().Hours(n)) }) {
				continue
			}
			for _, x := range of[i] {
				for target := range targets {
					if x == nil {
						break
					}
					for _, t := range x.taken[target] {
						mark(target, t.inc.ID)
					}
				}
			}
		}
	}
	for n, ids := range cut { // any order: they add up
		x := c.alone(n, func(x *counted) bool { return ids[x.inc.ID] })
		for target := range targets {
			for _, t := range x.taken[target] {
				add(target, t)
				mark(target, t.inc.ID)
			}
		}
	}
	var broad []int32
	for _, inc := range wide {
		if k, ok := c.wide.Index(inc.ID); ok && c.judged(c.wide, k).counts {
			broad = append(broad, k)
		}
	}
	if len(broad) > 0 {
		c.wide.order(broad)
		broad = broad[:min(len(broad), mostLong)]
		c.pick(c.wide, broad, func(mine, other *judged) bool { return other.is.group != mine.is.group }, func(target int, k int32) (met bool) {
			c.neighbours(c.wide, k, func(o *judged) bool { return o.counts && chosen[o.is.inc.ID] != nil && chosen[o.is.inc.ID][target] }, func(*judged) bool {
				met = true
				return false
			})
			return met
		}, add)
	}
	return out
}

// fewBeside reports whether an incident of more than ten days has so few others in its time
// that they can all be looked at each time.
func (r *ranging) fewBeside(inc *truce.Incident) bool {
	if first, last := r.s.daysOf(inc.Occurred); last-first < mostSeveral || !inc.Occurred.Start.Stated() || !inc.Occurred.End.Stated() {
		return false
	}
	n := 0
	for _, day := range r.s.calendar().Touched(inc.Occurred) {
		d := r.s.calendar().Day(day)
		if n += len(d.Alone()) + len(d.Several()); n > mostBeside {
			return false
		}
	}
	return true
}

// lowsOf are the lows of what findings count in a period; the zero interval is all time.
func (s *Situation) lowsOf(f *findings, v truce.Interval) lowest {
	cal := f.calendar()
	all := v == truce.Interval{}
	w := v
	if all {
		w = truce.Interval{Start: truce.Always, End: truce.Never}
	}
	whole, rest := cal.Split(w)
	if all {
		whole = cal.Touched(w)
	} else {
		whole = whole[:0]
		for _, n := range cal.Touched(w) { // a day that has nothing of its own may be the first of several
			if v.Contains(cal.Hours(n)) || allIn(cal.Day(n), v, func(x *assess.Found) truce.Interval { return x.During }) {
				whole = append(whole, n)
			}
		}
	}
	r := s.rangingOf(f)
	out := r.lows(whole, incidentsOf(rest), v, nil)
	r.atLeastOne(&out, func() []*assess.Found {
		for _, n := range whole {
			if d := cal.Day(n); d != nil && w.Contains(cal.Hours(n)) {
				rest = append(rest, d.Alone()...)
			}
		}
		return rest
	}, v)
	return out
}

// allIn reports whether all that a day has lies in a period, which may cut the day: a report of
// all that is known begins and ends with what happened first and last.
func allIn[T any](d *calendar.Day[T], v truce.Interval, during func(T) truce.Interval) bool {
	out := func(x T) bool { return !v.Contains(during(x)) }
	return d != nil && !slices.ContainsFunc(d.Alone(), out) && !slices.ContainsFunc(d.Several(), out)
}

// rangingOf keeps what is chosen with the days of the findings.
func (s *Situation) rangingOf(f *findings) *ranging {
	return s.ranging(articleJudge{s, f}, func(n int64, key string) *box {
		d := f.calendar().Day(n)
		if d == nil {
			return nil
		}
		return calendar.Keep(d, key, func([]*assess.Found) *box { return &box{} })
	})
}

func incidentsOf(list []*assess.Found) (out []*truce.Incident) {
	for _, x := range list {
		if x.Incident != nil {
			out = append(out, x.Incident)
		}
	}
	return out
}

// atLeastOne sees to it that a low of nothing is not said where something surely lies in the
// period, although it is of no day or may be the same as something of another day of the period.
func (r *ranging) atLeastOne(out *lowest, found func() []*assess.Found, v truce.Interval) {
	none := *out
	if none.incidents > 0 {
		return // the rest is not worth looking at each of them
	}
	c := r.chooser()
	beyond := func(o *judged) bool { return v != truce.Interval{} && !v.Contains(o.is.during) } // one of both would not surely lie in the period
	list := slices.DeleteFunc(slices.Clone(found()), func(x *assess.Found) bool {
		return x.Incident == nil || !x.Counts() || v != (truce.Interval{}) && !v.Contains(x.During)
	})
	slices.SortFunc(list, func(a, b *assess.Found) int { return a.Of.Compare(b.Of) })
	f := c.prepare(incidentsOf(list))
	for target := range targets {
		var of []int32
		for k := range int32(len(f.judged)) {
			if low, ok := c.judged(f, k).is.states(target); ok && low > 0 {
				of = append(of, k)
			}
		}
		if none.of(target) > 0 {
			continue
		}
		slices.SortStableFunc(of, func(a, b int32) int {
			x, _ := c.judged(f, a).is.states(target)
			y, _ := c.judged(f, b).is.states(target)
			return cmp.Compare(y, x)
		})
		for _, k := range of[:min(len(of), mostTries)] {
			if e := c.eligibility(f, k, beyond); e.free && (target < ofHarm || !e.actor) {
				worth := int64(1)
				if target >= ofHarm {
					worth = e.lows[(target-ofHarm)%harmFields]
				}
				out.add(target, worth)
				break
			}
		}
	}
}

// within makes a count a range: its low is the lows', its high is all that may lie in the
// period.
func (c *Count) within(l *lowest) {
	narrow := func(n, may *int, low int) {
		all := *n + *may
		*n, *may = min(low, all), all-min(low, all)
	}
	narrow(&c.Incidents, &c.May.Incidents, l.incidents)
	narrow(&c.Violations, &c.May.Violations, l.violations)
	open := c.May.Incidents > 0
	c.Casualties, c.Unclear = l.harm[0].within(c.Casualties, open), l.harm[1].within(c.Unclear, open)
}

// within makes sums of casualties ranges. Nobody states a best figure where it is open how
// many incidents there were.
func (l *harmLow) within(c *truce.Casualties, open bool) *truce.Casualties {
	if c == nil {
		return nil
	}
	out := *c
	for k, name := range truce.CasualtyFields {
		r := out.Field(name)
		if *r == nil {
			continue
		}
		x := **r
		if low := min(x.Low, int32(l[k])); open || low < x.Low {
			x = truce.Between(low, x.High)
		}
		*r = &x
	}
	return &out
}

// Stated is what a list of incidents says of one of them.
type Stated struct {
	Group string
	Harm  *truce.Casualties // that is added; nil: none is stated
	// Takes reports that an incident is not counted, and that one which is would not be any
	// more if the two were joined.
	Takes bool
}

// plainJudge counts incidents by what they are, whatever articles say, in groups.
type plainJudge struct {
	says func(*truce.Incident) (Stated, bool)
}

func (p plainJudge) judge(inc *truce.Incident) (counted, bool, spoils) {
	x, ok := p.says(inc)
	if !ok && x.Takes {
		return counted{}, false, spoilsAll
	}
	return counted{inc: inc, during: inc.Occurred, group: x.Group, harm: x.Harm}, ok, spoilsNone
}

// A Low is how many incidents there are for sure, and how many people were killed or injured
// for sure, whatever else turns out to be the same.
type Low struct {
	Incidents int
	harm      harmLow
}

// Within makes a sum of casualties a range; all is how many incidents were added.
func (l *Low) Within(c *truce.Casualties, all int) *truce.Casualties {
	return l.harm.within(c, l.Incidents < all)
}

// Lows are the lows of each group of incidents in a period. What may be the same as one of
// another group is in none, because it may turn out to be of that. key names what groups are
// by: what was chosen of a day is kept.
func (s *Situation) Lows(key string, v truce.Interval, says func(*truce.Incident) (Stated, bool)) map[string]Low {
	cal := s.calendar()
	r := s.keeping(key, says)
	_, rest := cal.Split(v)
	var whole []int64
	for _, n := range cal.Touched(v) {
		if v.Contains(cal.Hours(n)) || allIn(cal.Day(n), v, func(inc *truce.Incident) truce.Interval { return inc.Occurred }) {
			whole = append(whole, n)
		}
	}
	return r.byGroup(whole, rest, v)
}

// keeping chooses by what says, and keeps what was chosen of a day under a key.
func (s *Situation) keeping(key string, says func(*truce.Incident) (Stated, bool)) *ranging {
	cal := s.calendar()
	return s.ranging(plainJudge{says}, func(n int64, what string) *box {
		d := cal.Day(n)
		if d == nil {
			return nil
		}
		return calendar.Keep(d, key+" "+what, func([]*truce.Incident) *box { return &box{} })
	})
}

// LowsByDay are the lows of what lies in each of some days alone, by their numbers. Two that
// share no moment are never one incident, so these add up; what is of several days is in none.
func (s *Situation) LowsByDay(key string, days []Day, says func(*truce.Incident) (Stated, bool)) map[int64]int {
	r, out := s.keeping(key, says), map[int64]int{}
	lows := make([]int, len(days))
	correlate.Parallel(len(days), s.workers, nil, func(i int) {
		if x := r.alone(r.chooser(), days[i].N); x != nil {
			lows[i] = x.low.incidents
		}
	})
	for i, d := range days {
		out[d.N] = lows[i]
	}
	return out
}

// LowsAmong is Lows of the incidents in a list, of which nothing is kept: what groups are by may
// be another for each viewer. What is of several days is not chosen.
func (s *Situation) LowsAmong(list []*truce.Incident, v truce.Interval, says func(*truce.Incident) (Stated, bool)) map[string]Low {
	return s.ranging(plainJudge{says}, func(int64, string) *box { return nil }).byGroup(nil, list, v)
}

func (r *ranging) byGroup(whole []int64, rest []*truce.Incident, v truce.Interval) map[string]Low {
	groups := map[string]*lowest{}
	r.lows(whole, rest, v, groups)
	out := map[string]Low{}
	for g, low := range groups {
		out[g] = Low{low.incidents, low.harm[0]}
	}
	return out
}

// AnyFor reports for which of some groups there surely is an incident in a period, whatever turns
// out to be the same: one that may be the same only as others of its group that surely lie in the
// period too. A low of a group may be nothing all the same, because it is chosen day by day.
func (s *Situation) AnyFor(v truce.Interval, surely func(*truce.Incident) bool, says func(*truce.Incident) (Stated, bool), groups map[string]bool) map[string]bool {
	out := map[string]bool{}
	if len(groups) == 0 {
		return out
	}
	tries := map[string][]*truce.Incident{}
	take := func(list []*truce.Incident) {
		for _, inc := range list {
			if x, ok := says(inc); ok && groups[x.Group] && len(tries[x.Group]) < mostTries && surely(inc) {
				tries[x.Group] = append(tries[x.Group], inc)
			}
		}
	}
	byID := func(list []*truce.Incident) []*truce.Incident {
		list = slices.Clone(list)
		slices.SortFunc(list, func(a, b *truce.Incident) int { return a.ID.Compare(b.ID) })
		return list
	}
	days, rest := s.calendar().Split(v)
	for _, n := range days {
		if d := s.calendar().Day(n); d != nil {
			take(byID(d.Alone()))
		}
	}
	take(byID(rest))
	c := s.ranging(plainJudge{says}, nil).chooser()
	for group, list := range tries {
		f := c.prepare(list)
		for k := range int32(len(list)) {
			e := c.eligibility(f, k, func(o *judged) bool { return o.is.group != group || !surely(o.is.inc) })
			if e.free {
				out[group] = true
				break
			}
		}
	}
	return out
}

// LowOf is how many of a list of incidents there are for sure.
func (s *Situation) LowOf(list []*truce.Incident) int {
	among := make(map[truce.Digest]bool, len(list))
	for _, inc := range list {
		among[inc.ID] = true
	}
	r := s.ranging(plainJudge{func(inc *truce.Incident) (Stated, bool) { return Stated{}, among[inc.ID] }}, func(int64, string) *box { return nil })
	low := r.lows(nil, list, truce.Interval{}, nil)
	if low.incidents == 0 && len(list) > 0 {
		return 1
	}
	return low.incidents
}
