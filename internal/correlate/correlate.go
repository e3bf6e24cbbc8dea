package correlate

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// Input is all that correlation depends on.
type Input struct {
	Observations []*truce.Observation // in any order; IDs are unique
	Decisions    []*truce.Decision    // merges and splits, others are ignored
	Source       func(truce.SourceID) truce.Source
	// Deadlines are moments at which things had to be elsewhere: what was seen before
	// one and what was seen after it are never one incident. In order.
	Deadlines []truce.Instant
	Places    func(*truce.Observation) (at geo.Point, radiusM int64, ok bool) // nil: Locate
	// Regions are named regions and zones, for what is known to one and no closer. Nothing is merged by
	// them: what is farther from the disc around a region than its own radius is another incident. nil:
	// none.
	Regions  func(name string) (*geo.Region, bool)
	Workers  int                   // 0: one per processor; the result does not depend on it
	Progress func(done, total int) // hears how many items have been compared; nil: nobody
}

// A Result is the incidents, sorted by ID, and what a person should know of
// how they came about.
type Result struct {
	Incidents      []*truce.Incident
	Edges          int             // kept between observations
	Unlocatable    int             // observations that take part in no merge
	Contradictions []Contradiction // decisions that could not all be followed
}

// A Contradiction is a decision that a later one, or others together, made
// impossible to follow.
type Contradiction struct {
	Decision *truce.Decision
	Why      truce.Reason
}

// Locate returns where an observation is, for correlation: its centre and the
// radius that surely holds it. Regions, and positions whose publisher states
// no uncertainty, have none.
func Locate(o *truce.Observation) (geo.Point, int64, bool) {
	p := o.Whereabouts()
	switch p.Kind {
	case truce.PlacePoint:
		if p.Uncertainty == truce.NotStated {
			return p.Point, 0, false
		}
		return p.Point, int64(p.Uncertainty), true
	case truce.PlaceObject:
		return p.Point, int64(max(0, p.Uncertainty)), true
	case truce.PlaceWedge, truce.PlaceShape:
		if len(p.Shape) == 0 {
			return geo.Point{}, 0, false
		}
		r, err := geo.NewRegion(p.Shape)
		if err != nil {
			return geo.Point{}, 0, false
		}
		c, radius := r.Enclosing()
		return c, int64(radius) + 1 + int64(max(0, p.Uncertainty)), true
	}
	return geo.Point{}, 0, false
}

// Loose reports whether an observation is known so loosely in space or time that others
// stand beside it as context: without a position and how well it is known, beyond 10 km,
// or wider than six hours. It may still be joined with what fits it.
func Loose(o *truce.Observation) bool {
	_, radius, ok := Locate(o)
	return !ok || radius > looseM || !timed(o) || int64(o.Occurred.End-o.Occurred.Start) > Current.wideMs()
}

const looseM = 10_000

// timed reports whether an observation has a time that can be compared.
func timed(o *truce.Observation) bool {
	const century = 36_525 * 24 * 60 * 60_000
	v := o.Occurred
	return v.Start.Stated() && v.End.Stated() && v.Start <= v.End && v.Width().Milliseconds() <= century
}

// Related reports whether two acts may be of one incident: a common root, an
// effect and what may have caused it, a sign and what it may go with.
func Related(a, b truce.Act) bool {
	w := truce.Words
	violent := func(x truce.Act) bool { return w.ActIs(x, "attack") || w.Effect(x) }
	return actWeight(Current, w, a, b) > Current.Act.Unrelated || w.Sign(a) && violent(b) || w.Sign(b) && violent(a)
}

// Correlate puts observations into incidents with the Current method.
func Correlate(in Input) *Result { return correlate(Current, in) }

func correlate(m *Method, in Input) *Result {
	if in.Workers <= 0 {
		in.Workers = runtime.GOMAXPROCS(0)
	}
	u := newUnits(m, in)
	s := newScorer(m, u.tables, u.numbers)
	located := u.items[:u.located]
	at := s.fill(located)
	best, tally := s.best(located, at, in)
	edges := edgesOf(located, best)
	res := &Result{Edges: len(edges), Unlocatable: u.unlocatable}
	res.Incidents = u.incidents(s.cluster(u, edges, at, in, res), s.crowded(tally), in.Workers)
	slices.SortFunc(res.Incidents, func(a, b *truce.Incident) int { return a.ID.Compare(b.ID) })
	return res
}

// A cluster is the units of one incident, and the units of others that fit one of these
// as well.
type cluster struct{ units, rivals []int }

// incidents makes an incident of each cluster, in their order.
func (u *units) incidents(clusters []cluster, crowded func(k int) bool, workers int) []*truce.Incident {
	out := make([]*truce.Incident, len(clusters))
	Parallel(len(clusters), workers, nil, func(i int) { out[i] = u.incident(clusters[i], crowded) })
	return out
}

func (u *units) incident(c cluster, crowded func(k int) bool) *truce.Incident {
	of := u.members[c.units[0]]
	if len(c.units) > 1 {
		of = nil
		for _, k := range c.units {
			of = append(of, u.members[k]...)
		}
	}
	inc := truce.NewIncident(of)
	inc.Crowded = len(c.units) == 1 && crowded(c.units[0])
	for _, k := range c.rivals {
		inc.Rivals = append(inc.Rivals, u.members[k]...)
	}
	slices.SortFunc(inc.Rivals, func(a, b *truce.Observation) int { return a.ID.Compare(b.ID) })
	return inc
}

// units are what is clustered: single observations and footprints. The first
// located of them can be located; the rest stay alone.
type units struct {
	items       []item
	members     [][]*truce.Observation
	located     int
	of          map[truce.Digest]int // unit of an observation, only for those that decisions name
	numbers     *numbering
	tables      [3][][]int32
	unlocatable int
}

func newUnits(m *Method, in Input) *units {
	obs := slices.Clone(in.Observations)
	slices.SortFunc(obs, func(a, b *truce.Observation) int { return a.ID.Compare(b.ID) })
	w, tables := vocabularyTables(m, truce.Words)
	w.due, w.wideMs = in.Deadlines, m.wideMs()
	u := &units{numbers: w, tables: tables, of: map[truce.Digest]int{}, items: make([]item, 0, len(obs)), members: make([][]*truce.Observation, 0, len(obs))}
	locate := in.Places
	if locate == nil {
		locate = Locate
	}
	w.apartNumbers(obs, in.Source)
	var lost [][]*truce.Observation
	add := func(of []*truce.Observation, at geo.Point, radius int64) {
		u.items = append(u.items, w.item(of, at, radius))
		u.members = append(u.members, of)
	}
	var pixels []pixel
	backing := slices.Clone(obs) // one-element slices of it are members
	for i, o := range obs {
		at, radius, ok := locate(o)
		if !ok || !timed(o) || o.None() {
			lost = append(lost, backing[i:i+1:i+1])
			continue
		}
		if o.Act == truce.ActFirePixel {
			pixels = append(pixels, pixel{o, at, geo.VecOf(at), radius})
			continue
		}
		add(backing[i:i+1:i+1], at, radius)
	}
	for _, f := range footprints(m, pixels) {
		at, radius := enclose(f)
		of := make([]*truce.Observation, len(f))
		for i := range f {
			of[i] = f[i].o
		}
		add(of, at, radius)
	}
	u.located = len(u.items)
	u.sortByPlace()
	for _, of := range lost {
		u.unlocatable += len(of)
		u.items = append(u.items, lostItem(of))
	}
	u.members = append(u.members, lost...)
	u.index(in.Decisions)
	return u
}

// item is what of shows, at a place.
func (w *numbering) item(of []*truce.Observation, at geo.Point, radius int64) item {
	o := of[0]
	if _, ok := w.sides[o.Side]; !ok {
		w.sides[o.Side] = int32(len(w.sides))
	}
	var seen thing
	if o.Act == truce.ActPresence {
		seen = w.thing(o)
	}
	return item{id: o.ID, thing: seen, vec: geo.VecOf(at), point: at, u: radius,
		start: int64(o.Occurred.Start), end: int64(o.Occurred.End), calibre: o.Calibre,
		kinds: [3]uint16{w.acts[o.Act], w.classes[o.Weapon]}, side: w.sides[o.Side], footprint: len(of) > 1,
		presence: o.Act == truce.ActPresence, alleged: o.Alleged(), wide: o.Occurred.Width().Milliseconds() > w.wideMs, apart: w.apart[o.Source], casualties: o.Casualties}
}

// thing is what an observation says of which thing it was.
func (w *numbering) thing(o *truce.Observation) thing {
	number := func(of, name string) int32 {
		if name == "" {
			return 0
		}
		k := of + "\x00" + name
		if w.things[k] == 0 {
			w.things[k] = int32(len(w.things) + 1)
		}
		return w.things[k]
	}
	passed := func(at truce.Instant, strictly bool) int16 {
		n := 0
		for _, d := range w.due {
			if d < at || !strictly && d == at {
				n++
			}
		}
		return int16(n)
	}
	var seen byte
	if o.Seen != "" {
		seen = o.Seen[0]
	}
	return thing{seen, number("owner", string(o.Actor)), number("object", o.Object), number("source", string(o.Source)),
		passed(o.Occurred.Start, false), passed(o.Occurred.End, true)}
}

// lostItem stands for what cannot be located.
func lostItem(of []*truce.Observation) item {
	return item{id: of[0].ID, lost: true, footprint: len(of) > 1}
}

// sideBySide is the level of the cells by which units are sorted: about 15 km.
const sideBySide = 9

// sortByPlace puts what may be compared side by side in memory: by cell, time
// and ID, whatever the order of arrival.
func (u *units) sortByPlace() {
	order := make([]int32, len(u.items))
	cells := make([]geo.Cell, len(u.items))
	for i := range order {
		order[i], cells[i] = int32(i), geo.CellOf(u.items[i].point, sideBySide)
	}
	slices.SortFunc(order, func(a, b int32) int {
		x, y := &u.items[a], &u.items[b]
		if c := cmp.Or(cmp.Compare(cells[a], cells[b]), cmp.Compare(x.start, y.start)); c != 0 {
			return c
		}
		return x.id.Compare(y.id)
	})
	// In place, cycle by cycle: the items of a million observations are 130 MB.
	for i := range order {
		it, of := u.items[i], u.members[i]
		at := i
		for {
			from := int(order[at])
			order[at] = int32(at)
			if from == i {
				u.items[at], u.members[at] = it, of
				break
			}
			u.items[at], u.members[at] = u.items[from], u.members[from]
			at = from
		}
	}
}

// index finds the units of the observations that decisions name.
func (u *units) index(ds []*truce.Decision) {
	want := map[truce.Digest]bool{}
	for _, d := range ds {
		for _, id := range d.Of {
			want[id] = true
		}
	}
	if len(want) == 0 {
		return
	}
	for k, of := range u.members {
		for _, o := range of {
			if want[o.ID] {
				u.of[o.ID] = k
			}
		}
	}
}

// apartNumbers numbers the sources that keep their own events apart.
func (w *numbering) apartNumbers(obs []*truce.Observation, source func(truce.SourceID) truce.Source) {
	if source == nil {
		return
	}
	for _, o := range obs {
		if _, seen := w.apart[o.Source]; seen {
			continue
		}
		w.apart[o.Source] = 0
		if source(o.Source).Apart {
			w.numbers++
			w.apart[o.Source] = w.numbers
		}
	}
}

// A Panic is what Parallel panics with: what a call panicked with, and where.
type Panic struct {
	Value any
	Stack []byte // of the goroutine of that call
}

func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// Unwrap returns the value if it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// Parallel calls f(0) to f(n-1) on several goroutines and waits. workers 0: one
// for each processor. tell, if any, hears how many calls were given out, never
// two at once. If a call panics, no more calls are given out, and when those
// under way have ended Parallel panics with a *Panic in the goroutine of its
// caller, who can recover from it; otherwise one bad entry would end the process.
func Parallel(n, workers int, tell func(done, total int), f func(i int)) {
	const chunk = 256
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var broken *Panic // the first
	next := 0
	give := func() (lo int) {
		mu.Lock()
		defer mu.Unlock() // tell may panic
		if lo = next; broken != nil || lo >= n {
			return n
		}
		next += chunk
		if tell != nil {
			tell(lo, n)
		}
		return lo
	}
	work := func() {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			p, carried := v.(*Panic) // of a Parallel inside this one
			if !carried {
				p = &Panic{v, debug.Stack()}
			}
			mu.Lock()
			defer mu.Unlock()
			if broken == nil {
				broken = p
			}
		}()
		for lo := give(); lo < n; lo = give() {
			for i := lo; i < min(n, lo+chunk); i++ {
				f(i)
			}
		}
	}
	for range min(workers, (n+chunk-1)/chunk) {
		wg.Go(work)
	}
	wg.Wait()
	if broken != nil {
		panic(broken)
	}
	if tell != nil {
		tell(n, n)
	}
}

// Explain scores two observations part by part, as if they were alone; ok is
// false when either cannot be located.
func Explain(a, b *truce.Observation, in Input) (parts []Part, total int64, ok bool) {
	in.Observations = []*truce.Observation{a, b}
	in.Decisions = nil
	u := newUnits(Current, in)
	if u.located != 2 {
		return nil, 0, false
	}
	s := newScorer(Current, u.tables, u.numbers)
	return s.parts(&u.items[0], &u.items[1]), s.score(&u.items[0], &u.items[1]), true
}

// A pixel is a thermal detection with its place.
type pixel struct {
	o   *truce.Observation
	at  geo.Point
	vec geo.Vec
	u   int64
}

// pass is one look of one sensor.
type pass struct {
	source truce.SourceID
	v      truce.Interval
}

// footprints joins the detections of one pass (same source, same interval)
// that touch. A pixel is twice its radius wide.
func footprints(m *Method, ps []pixel) [][]pixel {
	byPass := map[pass][]int{}
	for i := range ps {
		k := pass{ps[i].o.Source, ps[i].o.Occurred}
		byPass[k] = append(byPass[k], i)
	}
	set := newForest(len(ps))
	for _, list := range byPass { // any order: union is symmetric
		widest := int64(1)
		for _, i := range list {
			widest = max(widest, 2*ps[i].u)
		}
		reach := widest * m.Footprint.PixelWidthsX10 / 10
		level := geo.CellLevel(reach)
		cells := map[geo.Cell][]int{}
		for _, i := range list {
			c := geo.CellOf(ps[i].at, level)
			cells[c] = append(cells[c], i)
		}
		for c, here := range cells {
			for _, n := range c.Around() {
				for _, i := range here {
					for _, j := range cells[n] {
						width := ps[i].u + ps[j].u // half of each
						if i < j && geo.ChordM(&ps[i].vec, &ps[j].vec)*10 <= width*m.Footprint.PixelWidthsX10 {
							set.join(i, j)
						}
					}
				}
			}
		}
	}
	var out [][]pixel
	at := map[int]int{}
	for i := range ps {
		r := set.find(i)
		k, ok := at[r]
		if !ok {
			k = len(out)
			at[r] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], ps[i])
	}
	return out
}

// enclose returns a centre and radius that hold all pixels of a footprint.
func enclose(f []pixel) (geo.Point, int64) {
	if len(f) == 1 {
		return f[0].at, f[0].u
	}
	points := make([]geo.Point, len(f))
	for i := range f {
		points[i] = f[i].at
	}
	c := geo.Middle(points)
	v := geo.VecOf(c)
	radius := int64(0)
	for i := range f {
		radius = max(radius, geo.ChordM(&v, &f[i].vec)+f[i].u+1)
	}
	return c, radius
}

// forest is union-find with path halving; roots are the smallest index.
type forest []int32

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = int32(i)
	}
	return f
}

func (f forest) find(i int) int {
	for int(f[i]) != i {
		f[i] = f[f[i]]
		i = int(f[i])
	}
	return i
}

func (f forest) join(i, j int) {
	i, j = f.find(i), f.find(j)
	f[max(i, j)] = int32(min(i, j))
}

// edge joins items a and b; by score and IDs edges have one order.
type edge struct {
	a, b  int32 // a's ID before b's
	score int64
}

func (s *scorer) sortEdges(items []item, es []edge) {
	slices.SortFunc(es, func(x, y edge) int {
		if c := cmp.Compare(y.score, x.score); c != 0 {
			return c
		}
		if x.a != y.a {
			return items[x.a].id.Compare(items[y.a].id)
		}
		return items[x.b].id.Compare(items[y.b].id)
	})
}
