package sorted

import (
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"pgregory.net/rapid"
)

type element struct {
	id truce.Digest
	n  int
}

func idOf(e *element) truce.Digest { return e.id }

func byID(a, b *element) int { return a.id.Compare(b.id) }

// TestList: a list that is made from another has what a plain one has, finds it, and says
// in which pieces it differs; the other stays as it was, and so do values beside them. IDs
// are of few leaves, so that pieces have several elements.
func TestList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) map[truce.Digest]*element {
			out := map[truce.Digest]*element{}
			for range rapid.IntRange(0, 12).Draw(t, label) {
				e := &element{n: rapid.Int().Draw(t, "n")}
				e.id[0], e.id[1], e.id[2] = rapid.SampledFrom([]byte{0, 1, 255}).Draw(t, "leaf"), rapid.SampledFrom([]byte{0, 15, 16, 255}).Draw(t, "leaf"), rapid.ByteMax(2).Draw(t, "id")
				out[e.id] = e
			}
			return out
		}
		sorted := func(m map[truce.Digest]*element) (out []*element) {
			for _, e := range m {
				out = append(out, e)
			}
			slices.SortFunc(out, byID)
			return out
		}
		had, add := draw("had"), draw("add")
		first := sorted(had)
		x := New(idOf, first, rapid.Bool().Draw(t, "growing"))
		var drop []truce.Digest
		for _, m := range []map[truce.Digest]*element{had, draw("dropped")} {
			for id := range m {
				if rapid.Bool().Draw(t, "drop") {
					drop = append(drop, id)
				}
			}
		}
		slices.SortFunc(drop, truce.Digest.Compare)
		drop = slices.Compact(drop)
		want, gone := map[truce.Digest]*element{}, map[truce.Digest]*element{}
		for id, e := range had {
			if _, again := add[id]; again || slices.Contains(drop, id) {
				gone[id] = e
			} else {
				want[id] = e
			}
		}
		for id, e := range add {
			want[id] = e
		}
		y, dropped, touched := x.With(drop, sorted(add))
		if !slices.Equal(x.Slice(), first) || x.Len() != len(first) {
			t.Fatal("the list that it was made from has changed")
		}
		all := sorted(want)
		if !slices.Equal(y.Slice(), all) || !slices.Equal(slices.Collect(y.All()), all) || y.Len() != len(all) {
			t.Fatalf("%d elements, want %d", y.Len(), len(all))
		}
		slices.SortFunc(dropped, byID)
		if !slices.Equal(dropped, sorted(gone)) {
			t.Fatalf("%d dropped, want %d", len(dropped), len(gone))
		}
		for _, p := range Differing(x, y) {
			if !slices.Contains(touched, p) {
				t.Errorf("piece %d differs and was not touched", p)
			}
		}
		walk := Walk[*element]{Of: y}
		for id := range want {
			if e, ok := y.Get(id); !ok || e != want[id] {
				t.Error("an element is not found")
			}
		}
		for _, id := range drop {
			if e, ok := y.Get(id); ok != (want[id] != nil) || e != want[id] {
				t.Error("what was dropped is found")
			}
			if e, ok := walk.Find(id); ok != (want[id] != nil) || ok && e != want[id] {
				t.Error("a walk finds something else")
			}
		}
		// The leaves are the list, whether it is of one piece or of several.
		var leaves []*element
		for n := range Leaves {
			p, from, list := y.Leaf(n)
			if len(list) > 0 && y.Piece(p)[from] != list[0] {
				t.Errorf("leaf %d does not stand where it says", n)
			}
			leaves = append(leaves, list...)
		}
		if !slices.Equal(leaves, all) {
			t.Error("the leaves are not the list")
		}
		// Values that stand beside the elements follow them.
		value := func(list []*element) (out []int) {
			for _, e := range list {
				out = append(out, e.n)
			}
			return out
		}
		ids, fresh := []truce.Digest{}, sorted(add)
		for _, e := range fresh {
			ids = append(ids, e.id)
		}
		got := slices.Concat(Alongside(y, x, Along(x, value(first)), touched, ids, value(fresh))...)
		if !slices.Equal(got, value(all)) {
			t.Errorf("values %v, want %v", got, value(all))
		}
	})
}
