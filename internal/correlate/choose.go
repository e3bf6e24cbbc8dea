package correlate

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// A Field is incidents of some days that are asked, often, which of them may be the same: it
// finds by place, and by the source that keeps its events apart, without a score where none
// is needed. It does not change, and is safe for concurrent use.
type Field struct {
	c      *Comparison
	splits Splits
	list   []*truce.Incident
	at     map[truce.Digest]int32
	of     [][]compared // of each of list
	home   []int32      // of each of list, the one of its observations by which it is found; -1: it has no place
	width  []int64      // of each of list, of the narrowest of its observations
	boxes  []box
	lost   []int32 // those without a place that can be compared
}

// A box is the incidents of one class of radius, of one source that keeps its events apart.
type box struct {
	apart  int32 // 0: of no such source
	widest int64 // radius
	list   []member
}

// Field prepares incidents; it costs what they are, once.
func (c *Comparison) Field(list []*truce.Incident, splits Splits) *Field {
	f := &Field{c: c, splits: splits, list: list, at: make(map[truce.Digest]int32, len(list)), of: make([][]compared, len(list)), home: make([]int32, len(list)), width: make([]int64, len(list))}
	type key struct {
		class int
		apart int32
	}
	boxes := map[key]*box{}
	for i, inc := range list {
		f.at[inc.ID] = int32(i)
		f.of[i] = c.all(inc)
		f.home[i], f.width[i] = -1, math.MaxInt64
		var k key
		for j := range f.of[i] {
			x := &f.of[i][j]
			if x.placed && f.home[i] < 0 {
				f.home[i] = int32(j)
			}
			if k.apart == 0 {
				k.apart = x.item.apart
			}
			f.width[i] = min(f.width[i], x.o.Occurred.Width().Milliseconds())
		}
		if f.home[i] < 0 {
			f.lost = append(f.lost, int32(i))
			continue
		}
		it := &f.of[i][f.home[i]].item
		k.class = classOf(it.u)
		b := boxes[k]
		if b == nil {
			b = &box{apart: k.apart}
			boxes[k] = b
		}
		b.list = append(b.list, member{geo.Leaf(it.point), int32(i)})
		b.widest = max(b.widest, it.u)
	}
	for _, b := range boxes { // any order
		slices.SortFunc(b.list, byPlace)
		f.boxes = append(f.boxes, *b)
	}
	slices.SortFunc(f.boxes, func(a, b box) int {
		return cmp.Or(cmp.Compare(a.widest, b.widest), cmp.Compare(a.apart, b.apart), cmp.Compare(a.list[0].k, b.list[0].k))
	})
	return f
}

// Index is where an incident is in the field; ok is false if it is not in it.
func (f *Field) Index(id truce.Digest) (k int32, ok bool) {
	k, ok = f.at[id]
	return k, ok
}

// Len is how many incidents are in the field.
func (f *Field) Len() int { return len(f.list) }

// At is the incident of an index.
func (f *Field) At(k int32) *truce.Incident { return f.list[k] }

// Narrow reports whether all times of an incident are known to six hours. What is not never
// may be the same as something with which it has no moment in common.
func (f *Field) Narrow(k int32) bool {
	return !slices.ContainsFunc(f.of[k], func(x compared) bool { return x.item.wide })
}

// Radius is that of an incident's best known place; the largest number there is where none is
// known.
func (f *Field) Radius(k int32) int64 {
	out := int64(math.MaxInt64)
	for i := range f.of[k] {
		if x := &f.of[k][i]; x.placed {
			out = min(out, x.item.u)
		}
	}
	return out
}

// Width is how many milliseconds the best known time of an incident lasts.
func (f *Field) Width(k int32) int64 { return f.width[k] }

// Near calls each with the incidents of f, among those that want asks for, that may be the
// same as incident k of the field from, in no order, until it returns false.
func (f *Field) Near(from *Field, k int32, want, each func(int32) bool) {
	mine, id := from.of[k], from.list[k].ID
	look := func(n int32) bool {
		return !want(n) || f.list[n].ID == id || !f.may(mine, f.of[n]) || each(n)
	}
	for _, n := range f.lost {
		if !look(n) {
			return
		}
	}
	home := from.home[k]
	var ring rings
	if home >= 0 {
		ring.at = mine[home].item.point
	}
	for i := range f.boxes {
		b := &f.boxes[i]
		if b.apart != 0 && slices.ContainsFunc(mine, func(x compared) bool { return x.item.apart == b.apart }) {
			continue // all of them are parted from it
		}
		level := 0
		if home >= 0 {
			u := mine[home].item.u
			if d := max(u+b.widest+beyondM, f.c.s.proposedWithin(u, b.widest)) + 2; d < 1_000_000 {
				level = geo.CellLevel(d)
			}
		}
		if level < 2 {
			for _, m := range b.list {
				if !look(m.k) {
					return
				}
			}
			continue
		}
		for _, cell := range ring.around(level) {
			first, last := cell.Range()
			at, _ := slices.BinarySearchFunc(b.list, first, func(m member, c geo.Cell) int { return cmp.Compare(m.at, c) })
			for ; at < len(b.list) && b.list[at].at <= last; at++ {
				if !look(b.list[at].k) {
					return
				}
			}
		}
	}
}

// may reports whether incidents of these observations may be the same: no two of them part
// them.
func (f *Field) may(a, b []compared) bool {
	for i := range a {
		for j := range b {
			if f.c.parts(&a[i], &b[j], f.splits) != partsNothing {
				return false
			}
		}
	}
	return true
}

// fewTaken is how many are compared one by one; of more, those near are looked up.
const fewTaken = 64

// Choose gives incidents of the field that are parted from one another: of those asked about
// it takes one after the other in their order, if it is free and parted from all that are
// taken. It does so once, and once for each source that keeps its events apart with the
// events of that source first; the choice that is worth most is given, of equals the first.
func (f *Field) Choose(of []int32, free func(int32) bool, worth func(int32) int64) []int32 {
	var best []int32
	most := int64(-1)
	sources := map[int32]truce.SourceID{}
	for _, k := range of {
		for i := range f.of[k] {
			if x := &f.of[k][i]; x.item.apart != 0 {
				sources[x.item.apart] = x.o.Source
			}
		}
	}
	taken := make([]bool, len(f.list))
	choose := func(source int32) {
		clear(taken)
		var out []int32
		only := source != 0 // all that are taken are of the source
		take := func(k int32) {
			alone := true
			if len(out) <= fewTaken { // quicker than to look around
				alone = !slices.ContainsFunc(out, func(n int32) bool { return f.may(f.of[k], f.of[n]) })
			} else {
				f.Near(f, k, func(n int32) bool { return taken[n] }, func(int32) bool { alone = false; return false })
			}
			if alone && free(k) {
				taken[k], out = true, append(out, k)
			}
		}
		is := func(k int32) bool {
			return slices.ContainsFunc(f.of[k], func(x compared) bool { return x.item.apart == source })
		}
		if only {
			for _, k := range of {
				if is(k) && free(k) {
					taken[k], out = true, append(out, k)
				}
			}
		}
		for _, k := range of {
			if !only || !is(k) {
				take(k)
			}
		}
		sum := int64(0)
		for _, k := range out {
			sum += worth(k)
		}
		if sum > most {
			best, most = out, sum
		}
	}
	choose(0)
	numbers := slices.Collect(maps.Keys(sources))
	slices.SortFunc(numbers, func(a, b int32) int { return cmp.Compare(sources[a], sources[b]) }) // and not by when they were first met
	for _, n := range numbers {
		choose(n)
	}
	return best
}
