package correlate

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// A Comparison answers what two incidents are to each other that are not joined: they are
// parted, or may be the same. It is asked of a pair or of a neighbourhood, whenever somebody
// wants to know; no list of such pairs is kept, because a list that is cut at some length
// would turn what is beyond it into "surely another". Safe for concurrent use.
//
// Parted, as a question of two observations, and of two incidents if any two of their
// observations are:
//
//   - a person split them;
//   - both are events of one source that keeps its own events apart;
//   - their acts are unrelated, their weapons are of different domains, the stated sides
//     differ, or one says that nothing happened; or they are two things that stood there;
//   - they have no moment in common, or are farther apart than both radii and a kilometre,
//     unless they could be proposed: their score would reach the method's veto if their times
//     (and where the moment decides, their places) were as well known as speaks most for one
//     incident. So what is proposed is never parted by time or place, and what is less well
//     known parts nothing.
//
// What is known to a region or zone and no closer lies in the disc around it. Nothing else parts:
// not a low score, not vagueness, not numbers of killed. An unknown place or radius is never too far
// away. So widening a time or a radius parts nothing, as long as it
// makes no date of a time (TestVaguenessPartsNothing).
type Comparison struct {
	s     *scorer
	place func(*truce.Observation) (geo.Point, int64, bool)
	apart func(truce.SourceID) truce.Source
	named func(string) (*geo.Region, bool)
	discs sync.Map   // of regions, by name
	mu    sync.Mutex // of s.numbers, which grows with what is compared
}

// NewComparison needs in's Source, Deadlines and Places; the rest is not looked at.
func NewComparison(in Input) *Comparison {
	w, tables := vocabularyTables(Current, truce.Words)
	w.due, w.wideMs = in.Deadlines, Current.wideMs()
	c := &Comparison{s: newScorer(Current, tables, w), place: in.Places, apart: in.Source, named: in.Regions}
	if c.place == nil {
		c.place = Locate
	}
	return c
}

// A compared is an observation with what it is compared by.
type compared struct {
	o      *truce.Observation
	item   item
	placed bool // item has a place and a radius
	timed  bool // item has a time that can be compared
	in     disc // that surely holds it, where a region or zone is all that is known of its place
}

// A disc surely holds a region; the zero disc is of none.
type disc struct {
	centre  geo.Vec
	radiusM int64
	known   bool
}

// discOf is that of the region or zone that an observation is known to, and no closer.
func (c *Comparison) discOf(o *truce.Observation) disc {
	p := o.Whereabouts()
	if p.Kind != truce.PlaceRegion || c.named == nil {
		return disc{}
	}
	if d, ok := c.discs.Load(p.Name); ok {
		return d.(disc)
	}
	var d disc
	if r, ok := c.named(p.Name); ok && r != nil {
		centre, radius := r.Enclosing()
		d = disc{geo.VecOf(centre), int64(radius) + 1, true}
	}
	c.discs.Store(p.Name, d)
	return d
}

// bounds is a disc that surely holds it.
func (x *compared) bounds() disc {
	if x.placed {
		return disc{x.item.vec, x.item.u, true}
	}
	return x.in
}

// scored reports whether an observation can be scored with others.
func (x *compared) scored() bool { return x.placed && x.timed }

func (c *Comparison) of(o *truce.Observation) compared {
	at, radius, ok := c.place(o)
	var in disc
	if !ok {
		in = c.discOf(o)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.s.numbers.apartNumbers([]*truce.Observation{o}, c.apart)
	return compared{o, c.s.numbers.item([]*truce.Observation{o}, at, radius), ok, timed(o), in}
}

// beyondM is how far apart two places may be beyond both radii.
const beyondM = 1000

// Splits are the pairs of observations that a person took apart, and nobody put together
// later.
type Splits map[[2]truce.Digest]bool

// SplitsOf reads decisions, of which the latest on each pair stands.
func SplitsOf(ds []*truce.Decision) Splits {
	out := Splits{}
	ds = slices.Clone(ds)
	slices.SortStableFunc(ds, func(a, b *truce.Decision) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, d := range ds {
		if d.Kind != truce.Merge && d.Kind != truce.Split {
			continue
		}
		for i := range d.Of {
			for _, other := range d.Of[:i] {
				if key := pairOf(d.Of[i], other); d.Kind == truce.Split {
					out[key] = true
				} else {
					delete(out, key)
				}
			}
		}
	}
	return out
}

func pairOf(a, b truce.Digest) [2]truce.Digest {
	if b.Less(a) {
		a, b = b, a
	}
	return [2]truce.Digest{a, b}
}

// unscored is the score of two of which one cannot be located.
const unscored = math.MinInt64

// A cause is why two observations part their incidents.
type cause uint8

const (
	partsNothing cause = iota
	partedByPerson
	partedBySource
	partedByNone
	partedByThing
	partedByAct
	partedByWeapon
	partedBySide
	partedByTime
	partedByPlace
)

// words say a cause; of partsNothing they are empty.
func (c cause) words() truce.Reason {
	switch c {
	case partedByPerson:
		return truce.Because("a person decided that they are two")
	case partedBySource:
		return truce.Because("both are events of one source that keeps its events apart")
	case partedByNone:
		return truce.Because("one says that nothing happened")
	case partedByThing:
		return truce.Because("two things: class, calibre, owner or name differ, one source lists both under one time, or a deadline lies between")
	case partedByAct:
		return truce.Because("their acts are unrelated")
	case partedByWeapon:
		return truce.Because("their weapons are of different domains")
	case partedBySide:
		return truce.Because("they state different sides")
	case partedByTime:
		return truce.Because("their times have no moment in common")
	case partedByPlace:
		return truce.Because("their places are farther apart than their radii allow")
	}
	return truce.Reason{}
}

// parts is why two observations part their incidents, the first that is true of what Comparison
// lists: what costs most is asked last.
func (c *Comparison) parts(a, b *compared, splits Splits) cause {
	s, x, y := c.s, &a.item, &b.item
	overlap := a.o.Occurred.Overlaps(b.o.Occurred)
	switch {
	case len(splits) > 0 && splits[pairOf(a.o.ID, b.o.ID)]:
		return partedByPerson
	case x.apart != 0 && x.apart == y.apart:
		return partedBySource
	case a.o.None() || b.o.None():
		return partedByNone
	case x.presence && y.presence && !s.oneThing(x, y):
		return partedByThing
	case int64(s.tables[0][x.kinds[0]][y.kinds[0]]) <= s.m.Act.Unrelated:
		return partedByAct
	case int64(s.tables[1][x.kinds[1]][y.kinds[1]]) <= s.m.Weapon.Domain:
		return partedByWeapon
	case x.side != 0 && y.side != 0 && x.side != y.side:
		return partedBySide
	case !overlap && (x.wide || y.wide || !a.timed || !b.timed || s.likely(a, b, false) < s.m.Veto):
		return partedByTime
	case a.placed && b.placed && geo.ChordM(&x.vec, &y.vec) > x.u+y.u+beyondM && s.likely(a, b, true) < s.m.Veto:
		return partedByPlace
	case (!a.placed || !b.placed) && a.bounds().farFrom(b.bounds()):
		return partedByPlace
	}
	return partsNothing
}

// farFrom reports whether what two discs hold is surely farther apart than a kilometre.
func (d disc) farFrom(e disc) bool {
	return d.known && e.known && geo.ChordM(&d.centre, &e.centre) > d.radiusM+e.radiusM+beyondM
}

// score is the score of two observations; unscored if one has no place or no time that can be
// compared.
func (c *Comparison) score(a, b *compared) int64 {
	if !a.scored() || !b.scored() {
		return unscored
	}
	return c.s.score(&a.item, &b.item)
}

// likely is the score of two if their times were known as well as speaks most for one
// incident with the gap between them, and so were their places with the distance between
// them, unless these have the radii that they state. Without a place of one it is that at one
// point.
func (s *scorer) likely(a, b *compared, radii bool) int64 {
	x, y := &a.item, &b.item
	if s.excluded(x, y) {
		return Never
	}
	base := s.m.Time.BaseMin
	if x.presence && y.presence {
		base = s.m.Time.PresenceBaseMin
	}
	gap := int64(0) // what began at an unknown time may have no gap
	if a.timed && b.timed {
		gap = gapMs(x, y) / 60_000
	}
	if gap > 1_000_000 {
		return Never
	}
	wide := 10 * s.m.Time.WideMin / s.m.Time.WidthPerSigmaX10
	v := min(max(gap*gap, base*base), base*base+2*wide*wide) // the term is greatest where the variance is the square of the gap
	out := s.prior(x, y) + s.kind(x, y) + s.toll(x, y) + min(s.m.Time.Max, (s.lnSpan-milliLn(uint64(v)))/2-1000*gap*gap/(2*v))
	switch d := geo.ChordM(&x.vec, &y.vec); {
	case !a.placed || !b.placed:
		return out + s.m.Space.Max
	case radii:
		return out + s.space(x, y)
	case d > 1_000_000:
		return Never
	default:
		v := max(d*d/2, s.m.Space.BaseM*s.m.Space.BaseM) // the term is greatest there
		return out + s.spaceAt(d, v, s.lnArea-milliLn(uint64(v)))
	}
}

// Parted reports whether two incidents are surely two, and why. Of an incident and itself
// it is false.
func (c *Comparison) Parted(a, b *truce.Incident, splits Splits) (truce.Reason, bool) {
	why, parted, _ := c.between(c.all(a), c.all(b), splits)
	return why, parted && a.ID != b.ID
}

func (c *Comparison) all(inc *truce.Incident) []compared {
	out := make([]compared, len(inc.Of))
	for i, o := range inc.Of {
		out[i] = c.of(o)
	}
	return out
}

// between is what incidents of these observations are to each other, and the best pair of
// them that is scored.
func (c *Comparison) between(a, b []compared, splits Splits) (why truce.Reason, parted bool, best Pair) {
	best = Pair{Score: unscored}
	for i := range a {
		for j := range b {
			if cause := c.parts(&a[i], &b[j], splits); cause != partsNothing {
				return cause.words(), true, best
			}
			if score := c.score(&a[i], &b[j]); score > best.Score {
				best = Pair{a[i].o, b[j].o, score}
			}
		}
	}
	return truce.Reason{}, false, best
}

// A Pair is two observations with their score. A and B are nil where nothing is scored.
type Pair struct {
	A, B  *truce.Observation
	Score int64 // milli-nats
}

// Proposed reports whether a pair that may be the same is likely enough to be shown to
// people as a question.
func (p Pair) Proposed() bool { return p.A != nil && p.Score >= Current.Veto }

// A Neighbourhood is incidents that are asked which of them may be the same as another.
// It does not change, and is safe for concurrent use.
type Neighbourhood struct {
	c        *Comparison
	list     []*truce.Incident
	of       [][]compared // of each of list
	byPlace  [len(classes)][]member
	widest   [len(classes)]int64 // radius
	anywhere []int32             // those without a place that can be compared
}

// Neighbourhood makes one of incidents; it costs what they are, once.
func (c *Comparison) Neighbourhood(list []*truce.Incident) *Neighbourhood {
	n := &Neighbourhood{c: c, list: list, of: make([][]compared, len(list))}
	for i, inc := range list {
		n.of[i] = c.all(inc)
		at := slices.IndexFunc(n.of[i], func(x compared) bool { return x.placed })
		if at < 0 {
			n.anywhere = append(n.anywhere, int32(i))
			continue
		}
		it := &n.of[i][at].item // all observations of two must fit, so one place is enough to find them by
		class := classOf(it.u)
		n.byPlace[class] = append(n.byPlace[class], member{geo.Leaf(it.point), int32(i)})
		n.widest[class] = max(n.widest[class], it.u)
	}
	for _, list := range n.byPlace {
		slices.SortFunc(list, byPlace)
	}
	return n
}

// Each calls f with every incident of the neighbourhood that is not inc and may be the same,
// with the best pair of their observations, in no order.
func (n *Neighbourhood) Each(inc *truce.Incident, splits Splits, f func(other *truce.Incident, best Pair)) {
	mine := n.c.all(inc)
	look := func(k int32) {
		if n.list[k].ID == inc.ID {
			return
		}
		if _, parted, best := n.c.between(mine, n.of[k], splits); !parted {
			f(n.list[k], best)
		}
	}
	for _, k := range n.anywhere {
		look(k)
	}
	at := slices.IndexFunc(mine, func(x compared) bool { return x.placed })
	if at < 0 {
		for _, list := range n.byPlace {
			for _, m := range list {
				look(m.k)
			}
		}
		return
	}
	it := &mine[at].item
	ring := rings{at: it.point}
	for class, list := range n.byPlace {
		if len(list) == 0 {
			continue
		}
		d := max(it.u+n.widest[class]+beyondM, n.c.s.proposedWithin(it.u, n.widest[class])) + 2
		level := 0
		if d < 1_000_000 {
			level = geo.CellLevel(d)
		}
		if level < 2 {
			for _, m := range list {
				look(m.k)
			}
			continue
		}
		for _, cell := range ring.around(level) {
			first, last := cell.Range()
			at, _ := slices.BinarySearchFunc(list, first, func(m member, c geo.Cell) int { return cmp.Compare(m.at, c) })
			for ; at < len(list) && list[at].at <= last; at++ {
				look(list[at].k)
			}
		}
	}
}

// proposedWithin is how far apart two with radii up to u and w may be and still be proposed.
func (s *scorer) proposedWithin(u, w int64) int64 {
	rest := max(s.m.Prior.BothApart, s.m.Prior.OneApart, s.m.Prior.Other) + s.m.Time.Max + s.m.rarity(1<<40) + s.m.Side.Same - s.m.Veto
	for _, most := range s.most {
		if len(most) > 0 {
			rest += int64(slices.Max(most))
		}
	}
	v := s.variance(u, w)
	slack := rest + s.lnArea - milliLn(uint64(s.m.Space.BaseM*s.m.Space.BaseM))
	if v > 1<<42 { // farther than anything is compared
		return 1_000_000
	}
	return min(1_000_000, isqrt(2*v*slack/1000)+1)
}

// Parts explains a pair's score term by term; nil where one cannot be located.
func (c *Comparison) Parts(a, b *truce.Observation) []Part {
	x, y := c.of(a), c.of(b)
	if !x.scored() || !y.scored() {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.s.parts(&x.item, &y.item)
}

// Proposed is how many partners of each observation are shown to people.
const Proposed = 3

// Proposals are, for each observation of inc, the best pairs with observations of other
// incidents that may be the same and are likely enough: at most Proposed for each, by (score,
// IDs). others are the incidents that may be the same.
func (c *Comparison) Proposals(inc *truce.Incident, others []*truce.Incident) []Pair {
	var theirs []compared
	for _, other := range others {
		theirs = append(theirs, c.all(other)...)
	}
	var out []Pair
	for _, o := range inc.Of {
		a := c.of(o)
		var of []Pair
		for i := range theirs {
			b := &theirs[i]
			if !a.scored() || !b.scored() {
				continue
			}
			if score := c.s.score(&a.item, &b.item); score >= c.s.m.Veto {
				of = append(of, Pair{o, b.o, score})
			}
		}
		slices.SortFunc(of, func(x, y Pair) int {
			switch {
			case x.Score != y.Score:
				return cmp.Compare(y.Score, x.Score)
			case nearer(&o.ID, &x.B.ID, &y.B.ID):
				return -1
			}
			return 1
		})
		out = append(out, of[:min(len(of), Proposed)]...)
	}
	return out
}

// Fits reports whether a pair is above the threshold: nothing but other reports keeps it
// from being one incident.
func (p Pair) Fits() bool { return p.A != nil && p.Score >= Current.Threshold }

// Fit reports whether two observations score at least the threshold.
func (c *Comparison) Fit(a, b *truce.Observation) bool {
	x, y := c.of(a), c.of(b)
	return x.scored() && y.scored() && c.s.score(&x.item, &y.item) >= c.s.m.Threshold
}

// Contested reports whether a pair that is above the threshold is not joined because of other
// events, and in words why: another event of the source of one fits the other as well, or
// the two sources have so many events there that the score is too low.
// events are all events of a source that keeps its own apart which may be in an observation's
// neighbourhood.
func (c *Comparison) Contested(p Pair, events func(o *truce.Observation, of truce.SourceID) []*truce.Observation) (why truce.Reason, contested bool) {
	a, b := c.of(p.A), c.of(p.B)
	claims := p.A.Alleged() || p.B.Alleged()
	var near [2]int
	for n, ends := range [2][2]*compared{{&a, &b}, {&b, &a}} {
		this, other := ends[0], ends[1]
		if other.item.apart == 0 {
			continue
		}
		for _, o := range events(this.o, other.o.Source) {
			x := c.of(o)
			if !x.scored() || o.Alleged() && !claims {
				continue
			}
			if c.s.ofNeighbourhood(&this.item, &x.item) && c.s.like(&this.item, &x.item) {
				near[n]++
			}
			if o.ID == p.A.ID || o.ID == p.B.ID {
				continue
			}
			if score := c.s.score(&this.item, &x.item); score >= c.s.m.Threshold && score > p.Score-c.s.m.Margin {
				return truce.Because("another event of the same catalogue fits as well"), true
			}
		}
	}
	if a.item.apart != 0 && b.item.apart != 0 {
		if need := c.s.threshold(near[0], near[1]); p.Score < need {
			return truce.Because("the two catalogues have so many such events within %s and half a day that the score would have to be %d", truce.Metres(c.s.m.Space.ReferenceRadiusM), need), true
		}
	}
	return truce.Reason{}, false
}

// Event reports whether an observation is an event of a source that keeps its own apart, and can
// be located.
func (c *Comparison) Event(o *truce.Observation) bool {
	x := c.of(o)
	return x.scored() && x.item.apart != 0 && !o.None()
}

// Around reports whether an observation is of another's neighbourhood, in which events of one
// source make it less likely that a given one is of the same act.
func (c *Comparison) Around(a, b *truce.Observation) bool {
	p, _, ok := c.place(a)
	q, _, found := c.place(b)
	v, w := geo.VecOf(p), geo.VecOf(q)
	half := truce.Instant(c.s.m.Time.ReferenceMin * 60_000 / 2)
	return ok && found && timed(a) && timed(b) && a.Occurred.Start <= b.Occurred.End+half && b.Occurred.Start <= a.Occurred.End+half && geo.ChordM(&v, &w) <= c.s.m.Space.ReferenceRadiusM
}
