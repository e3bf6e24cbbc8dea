package correlate

import (
	"slices"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// An item is what the kernel compares: one observation, or the pixels of one
// footprint. kinds index the tables of the scorer.
type item struct {
	id         truce.Digest
	vec        geo.Vec // position in space
	point      geo.Point
	u          int64 // radius in metres
	start, end int64 // milliseconds
	kinds      [3]uint16
	side       int32 // 0: not stated
	calibre    truce.Calibre
	presence   bool
	alleged    bool
	wide       bool // in time: it has a moment in common with its partners
	lost       bool // it cannot be located: it takes part in no merge that no decision makes
	footprint  bool
	apart      int32 // sources that keep their own events apart: 1, 2, ...; 0: none
	casualties *truce.Casualties
	thing      thing // with presence
}

// A thing is what distinguishes one thing that was seen from another. Zero is not
// stated.
type thing struct {
	seen                  byte // the first letter of its Sighted: a million items are kept
	owner, object, source int32
	from, to              int16 // how many deadlines lie before its start, and before its end
}

// scorer is a method made ready: its taxonomies as square tables.
type scorer struct {
	m       *Method
	tables  [3][][]int32
	most    [3][]int32 // of each row of a table
	numbers *numbering
	lnArea  int64 // 1000 ln(R^2/2): the reference disc over 2 pi sigma^2
	lnSpan  int64 // 1000 ln(T^2/2pi)/2 in minutes
	reachMs int64 // no two items further apart in time reach the threshold
	wideMs  int64 // what is wider has a moment in common with its partners
}

func newScorer(m *Method, tables [3][][]int32, numbers *numbering) *scorer {
	s := &scorer{m: m, tables: tables, numbers: numbers, wideMs: m.wideMs()}
	r := uint64(m.Space.ReferenceRadiusM)
	s.lnArea = milliLn(r*r) - milliLn(2)
	// ln(T / (sqrt(2 pi) tau)) = ln(T^2/(2 pi)) / 2 - ln(tau^2) / 2;
	// 2 pi is 6283185/1000000.
	t := uint64(m.Time.ReferenceMin)
	s.lnSpan = milliLn(t*t*1_000_000) - milliLn(6_283_185)
	s.reachMs = max(m.Extent.Minutes, m.Extent.PresenceMinutes) * 60_000
	if numbers != nil {
		s.most = numbers.most
	}
	return s
}

func (m *Method) wideMs() int64 { return m.Time.WideMin * 60_000 }

// Never is the score of two that cannot be one.
const Never = truce.NeverOne

// score is the sum of all parts in milli-nats.
func (s *scorer) score(a, b *item) int64 {
	if s.excluded(a, b) {
		return Never
	}
	return s.beside(a, b) + s.space(a, b)
}

// excluded reports whether two are never one, however near they are.
func (s *scorer) excluded(a, b *item) bool {
	return a.apart != 0 && a.apart == b.apart || (a.wide || b.wide) && !meet(a, b) || a.presence && b.presence && !s.oneThing(a, b)
}

// meet reports whether the times of two have a moment in common.
func meet(a, b *item) bool { return a.start < b.end && b.start < a.end }

// beside is the score of two beside their distance.
func (s *scorer) beside(a, b *item) int64 {
	return s.prior(a, b) + s.time(a, b) + s.kind(a, b) + s.toll(a, b)
}

func (s *scorer) prior(a, b *item) int64 {
	switch {
	case a.apart != 0 && b.apart != 0:
		return s.m.Prior.BothApart
	case a.apart != 0 || b.apart != 0:
		return s.m.Prior.OneApart
	}
	return s.m.Prior.Other
}

// space is ln of a two-dimensional normal density at the distance over the
// uniform density of the reference disc.
func (s *scorer) space(a, b *item) int64 {
	v := s.variance(a.u, b.u)
	return s.spaceAt(geo.ChordM(&a.vec, &b.vec), v, s.lnArea-milliLn(uint64(v)))
}

// spaceAt is the term of space at a distance, of a variance and of what it is worth at one point.
func (s *scorer) spaceAt(d, v, none int64) int64 {
	if d > 1_000_000 {
		return Never
	}
	return min(s.m.Space.Max, none-1000*d*d/(2*v))
}

// variance of the distance along one axis, in square metres.
func (s *scorer) variance(u, w int64) int64 {
	k := s.m.Space.UncertaintyPerSigmaX10
	su, sw := 10*u/k, 10*w/k
	return s.m.Space.BaseM*s.m.Space.BaseM + su*su + sw*sw
}

// time is the same in one dimension; intervals that overlap have no gap.
func (s *scorer) time(a, b *item) int64 {
	base := s.m.Time.BaseMin
	if a.presence && b.presence {
		base = s.m.Time.PresenceBaseMin
	}
	k := s.m.Time.WidthPerSigmaX10
	wa, wb := 10*(a.end-a.start)/(60_000*k), 10*(b.end-b.start)/(60_000*k)
	v := base*base + wa*wa + wb*wb
	gap := gapMs(a, b) / 60_000
	if gap > 1_000_000 {
		return Never
	}
	return min(s.m.Time.Max, (s.lnSpan-milliLn(uint64(v)))/2-1000*gap*gap/(2*v))
}

// oneThing reports whether what was seen twice may be one thing: nothing that is
// stated of it differs, one source does not list both under one time, and no deadline
// lies between. Two guns eleven metres apart are two guns.
func (s *scorer) oneThing(a, b *item) bool {
	x, y := &a.thing, &b.thing
	alike := func(x, y int32) bool { return x == 0 || y == 0 || x == y }
	class := a.kinds[1] == 0 || b.kinds[1] == 0
	if !class {
		w := int64(s.tables[1][a.kinds[1]][b.kinds[1]])
		class = w == s.m.Weapon.Same || w == s.m.Weapon.Ancestor
	}
	return class && x.seen == y.seen && alike(int32(a.calibre), int32(b.calibre)) && alike(x.owner, y.owner) && alike(x.object, y.object) &&
		x.from == y.from && x.to == y.to && (x.source != y.source || a.start != b.start || a.end != b.end)
}

func gapMs(a, b *item) int64 { return max(0, b.start-a.end, a.start-b.end) }

func (s *scorer) kind(a, b *item) int64 {
	sum := int64(0)
	for i, t := range s.tables {
		if t != nil {
			sum += int64(t[a.kinds[i]][b.kinds[i]])
		}
	}
	if a.calibre != 0 && b.calibre != 0 && a.calibre != b.calibre {
		sum += s.m.Weapon.Calibre
	}
	return sum + s.side(a, b)
}

func (s *scorer) side(a, b *item) int64 {
	switch {
	case a.side == 0 || b.side == 0:
		return s.m.Side.Unknown
	case a.side == b.side:
		return s.m.Side.Same
	}
	return s.m.Side.Other
}

// toll is what numbers of killed say, where both state one: agreeing speaks for one
// event the more, the rarer the number is.
func (s *scorer) toll(a, b *item) int64 {
	if a.casualties == nil || b.casualties == nil {
		return 0
	}
	x, y := a.casualties.Killed, b.casualties.Killed
	if x == nil || y == nil {
		return 0
	}
	c := &s.m.Casualties
	less, more := middle(x), middle(y)
	if less > more {
		less, more = more, less
	}
	switch {
	case x.Low <= y.High && y.Low <= x.High && (x.Open() || y.Open()):
		return 0 // ten or more agrees with whatever is more
	case x.Low <= y.High && y.Low <= x.High:
		return s.m.rarity(less)
	case (more <= 2*less || more-less <= 1) && less >= c.Many:
		return c.CloseMany
	case more <= 2*less || more-less <= 1:
		return c.Close
	case more <= 4*less:
		return c.Differ
	}
	return c.Far
}

// middle is the best figure, or the middle between the least and the most, or the least
// if the range has no upper end.
func middle(r *truce.Range) int64 {
	switch {
	case r.Best != truce.NoBest:
		return int64(r.Best)
	case r.Open():
		return int64(r.Low)
	}
	return (int64(r.Low) + int64(r.High)) / 2
}

// rarity is what two numbers that agree are worth, of which n is the smaller.
func (m *Method) rarity(n int64) int64 {
	out := m.Casualties.Agree[0].Score
	for _, r := range m.Casualties.Agree {
		if n >= r.From {
			out = r.Score
		}
	}
	return out
}

// A Part is one term of a pair's score, for people.
type Part struct {
	Name  string       `json:"name"`
	Score int64        `json:"score"` // milli-nats
	Words truce.Reason `json:"words"`
}

// numbering maps acts and weapons to table indexes, and sides to numbers. Index 0
// of weapons and sides is unknown.
type numbering struct {
	acts    map[truce.Act]uint16
	classes map[truce.Class]uint16
	sides   map[truce.PartyID]int32
	apart   map[truce.SourceID]int32 // as item has it
	numbers int32
	things  map[string]int32 // owners, objects and sources of what was seen
	due     []truce.Instant  // Input.Deadlines
	wideMs  int64
	most    [3][]int32
}

// vocabularyTables gives the numbering of one correlation, and the tables of acts and
// weapons. The tables of a method and a vocabulary, some ten thousand weights, are made
// once: correlations of a few observations are asked for by the thousand.
func vocabularyTables(m *Method, v *truce.Vocabulary) (*numbering, [3][][]int32) {
	key := taxonomyKey{m, v}
	made, ok := taxonomies.Load(key)
	if !ok {
		made, _ = taxonomies.LoadOrStore(key, newTaxonomy(m, v))
	}
	t := made.(*taxonomy)
	return &numbering{acts: t.acts, classes: t.classes, sides: map[truce.PartyID]int32{"": 0}, apart: map[truce.SourceID]int32{}, things: map[string]int32{}, most: t.most}, t.tables
}

// A taxonomy is a vocabulary with a method's weights, which nobody changes.
type taxonomy struct {
	acts    map[truce.Act]uint16
	classes map[truce.Class]uint16
	tables  [3][][]int32
	most    [3][]int32
}

type taxonomyKey struct {
	m *Method
	v *truce.Vocabulary
}

var taxonomies sync.Map // of *taxonomy, by taxonomyKey

func newTaxonomy(m *Method, v *truce.Vocabulary) *taxonomy {
	t := &taxonomy{acts: map[truce.Act]uint16{}, classes: map[truce.Class]uint16{"": 0}}
	acts := v.Acts()
	for i, a := range acts {
		t.acts[truce.Act(a)] = uint16(i)
	}
	classes := append([]string{""}, v.Classes()...)
	for i, c := range classes {
		t.classes[truce.Class(c)] = uint16(i)
	}
	t.tables = [3][][]int32{
		square(len(acts), func(i, j int) int64 { return actWeight(m, v, truce.Act(acts[i]), truce.Act(acts[j])) }),
		square(len(classes), func(i, j int) int64 {
			return weaponWeight(m, v, truce.Class(classes[i]), truce.Class(classes[j]))
		}),
	}
	for i, table := range t.tables {
		for _, row := range table {
			t.most[i] = append(t.most[i], slices.Max(row))
		}
	}
	return t
}

func square(n int, f func(i, j int) int64) [][]int32 {
	t := make([][]int32, n)
	for i := range t {
		t[i] = make([]int32, n)
		for j := range t[i] {
			t[i][j] = int32(f(i, j))
		}
	}
	return t
}

func actWeight(m *Method, v *truce.Vocabulary, a, b truce.Act) int64 {
	pa, pb := v.ActPath(a), v.ActPath(b)
	attack := func(p []truce.Act) bool { return p[len(p)-1] == "attack" }
	switch {
	case a == b:
		return m.Act.Same
	case v.ActIs(a, b) || v.ActIs(b, a):
		return m.Act.Ancestor
	case pa[len(pa)-1] == pb[len(pb)-1]:
		return m.Act.Common
	case v.Effect(a) && attack(pb) || v.Effect(b) && attack(pa):
		return m.Act.Effect
	case a == truce.ActFirePixel && (attack(pb) || v.Effect(b)), b == truce.ActFirePixel && (attack(pa) || v.Effect(a)),
		a == "damage" && (attack(pb) || v.Effect(b)), b == "damage" && (attack(pa) || v.Effect(a)):
		return m.Act.Sign
	}
	return m.Act.Unrelated
}

func weaponWeight(m *Method, v *truce.Vocabulary, a, b truce.Class) int64 {
	switch {
	case a == "" || b == "":
		return m.Weapon.Unknown
	case a == b:
		return m.Weapon.Same
	case v.ClassIs(a, b) || v.ClassIs(b, a):
		return m.Weapon.Ancestor
	}
	pa, pb := v.ClassPath(a), v.ClassPath(b)
	switch {
	case pa[len(pa)-1] == pb[len(pb)-1]:
		return m.Weapon.Common
	case v.DomainOf("", a) != v.DomainOf("", b):
		return m.Weapon.Domain
	}
	return m.Weapon.Other
}

// parts explains a pair's score term by term.
func (s *scorer) parts(a, b *item) []Part {
	gap := gapMs(a, b) / 60_000
	when := truce.Because("times overlap")
	if gap > 0 {
		when = truce.Because("%d min between them", gap)
	}
	kind := func(i int) int64 { return int64(s.tables[i][a.kinds[i]][b.kinds[i]]) }
	switch {
	case a.apart != 0 && a.apart == b.apart:
		return []Part{{"identity", Never, truce.Because("both are events of one source that keeps its events apart")}}
	case (a.wide || b.wide) && !meet(a, b):
		return []Part{{"identity", Never, truce.Because("their times have no moment in common, and one is wider than six hours")}}
	case s.excluded(a, b):
		return []Part{{"identity", Never, truce.Because("two things: class, calibre, owner or name differ, one source lists both under one time, or a deadline lies between")}}
	}
	odds := truce.Because("odds before looking")
	switch {
	case a.apart != 0 && b.apart != 0:
		odds = truce.Because("odds before looking, of two sources that each keep their events apart")
	case a.apart != 0 || b.apart != 0:
		odds = truce.Because("odds before looking, of a source that keeps its events apart and another")
	}
	cal := s.kind(a, b) - kind(0) - kind(1) - s.side(a, b)
	return []Part{
		{"prior", s.prior(a, b), odds},
		{"distance", s.space(a, b), truce.Because("%s apart, ± %s and ± %s", truce.Metres(geo.ChordM(&a.vec, &b.vec)), truce.Metres(a.u), truce.Metres(b.u))},
		{"time", s.time(a, b), when},
		{"act", kind(0), truce.Because("deepest common level of the acts")},
		{"weapon", kind(1) + cal, truce.Because("weapon class and calibre")},
		{"side", s.side(a, b), truce.Because("target's side")},
		{"casualties", s.toll(a, b), truce.Because("killed, where both say")},
	}
}
