// Package sorted answers: what is in a long list, in the order of IDs, and in which parts
// does it differ from the list that it was made from? It knows nothing of what the elements
// are.
package sorted

import (
	"cmp"
	"encoding/binary"
	"iter"
	"slices"

	"github.com/opentruce/truce"
)

// A List is in the order of IDs, in pieces by the first bits of the ID. It does not
// change: a list that differs from it in a few elements shares all pieces but theirs, so
// that a list of a million is not copied. A short list is one piece.
//
// A tree with copies on write (tidwall/btree) makes such a list too, and adds one element
// much faster. But it does not say in which parts two copies differ, which a situation asks
// of each step: going through both takes a hundred times as long among 100,000.
type List[T any] struct {
	id     func(T) truce.Digest
	pieces [][]T
	n      int
}

// mostWhole is how many elements a list of one piece has at most.
const mostWhole = 4096

// leafBits is how many bits of an ID say of which leaf it is.
const leafBits = 12

// Leaves is how many parts IDs fall into by their first bits. They are the leaves of the
// digest of a situation: another number would make every digest another.
const Leaves = 1 << leafBits

// LeafOf is the leaf of an ID.
func LeafOf(id truce.Digest) int { return int(binary.BigEndian.Uint16(id[:2]) >> (16 - leafBits)) }

// New splits a list that is sorted by ID and keeps it; growing: more elements
// will be added.
func New[T any](id func(T) truce.Digest, list []T, growing bool) *List[T] {
	x := &List[T]{id: id, n: len(list)}
	if !growing && len(list) <= mostWhole {
		x.pieces = [][]T{list}
		return x
	}
	x.pieces = make([][]T, Leaves)
	for at := 0; at < len(list); {
		leaf, end := LeafOf(id(list[at])), at+1
		for end < len(list) && LeafOf(id(list[end])) == leaf {
			end++
		}
		x.pieces[leaf] = list[at:end:end]
		at = end
	}
	return x
}

// PieceOf is which of the pieces an ID belongs to.
func (x *List[T]) PieceOf(d truce.Digest) int {
	if len(x.pieces) == 1 {
		return 0
	}
	return LeafOf(d)
}

// Piece gives the elements of one of its pieces; they must not be changed.
func (x *List[T]) Piece(n int) []T { return x.pieces[n] }

// Split reports whether it is in several pieces, as a list is that more is added to.
func (x *List[T]) Split() bool { return len(x.pieces) > 1 }

// Len is how many elements it has.
func (x *List[T]) Len() int { return x.n }

// Find says where an element stands, or would.
func (x *List[T]) Find(d truce.Digest) (piece, at int, ok bool) {
	piece = x.PieceOf(d)
	at, ok = slices.BinarySearchFunc(x.pieces[piece], d, func(e T, d truce.Digest) int { return x.id(e).Compare(d) })
	return piece, at, ok
}

// Get is an element; the zero value if there is none of that ID.
func (x *List[T]) Get(d truce.Digest) (out T, ok bool) {
	if p, at, ok := x.Find(d); ok {
		return x.pieces[p][at], true
	}
	return out, false
}

// All gives the elements in their order.
func (x *List[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, p := range x.pieces {
			for _, e := range p {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// Slice is all of it as one.
func (x *List[T]) Slice() []T {
	if len(x.pieces) == 1 {
		return slices.Clip(x.pieces[0])
	}
	out := make([]T, 0, x.n)
	for _, p := range x.pieces {
		out = append(out, p...)
	}
	return out
}

// Leaf gives the elements of a leaf, and where they begin in their piece.
func (x *List[T]) Leaf(n int) (piece, from int, list []T) {
	if len(x.pieces) > 1 {
		return n, 0, x.pieces[n]
	}
	lo, hi := part(x.pieces[0], x.id, n)
	return 0, lo, x.pieces[0][lo:hi]
}

// part is where those of a sorted list stand that are of a leaf.
func part[T any](list []T, id func(T) truce.Digest, leaf int) (lo, hi int) {
	find := func(leaf int) int {
		at, _ := slices.BinarySearchFunc(list, leaf, func(x T, leaf int) int { return cmp.Compare(LeafOf(id(x)), leaf) })
		return at
	}
	return find(leaf), find(leaf + 1)
}

// With is the list without some IDs and with new elements, both sorted; an element of
// an ID that is there stands in the place of it. dropped are those that are not there
// any more, touched the pieces that are other, in order.
func (x *List[T]) With(drop []truce.Digest, add []T) (out *List[T], dropped []T, touched []int) {
	out = &List[T]{id: x.id, pieces: x.pieces, n: x.n}
	for len(drop) > 0 || len(add) > 0 {
		p := 1 << leafBits
		if len(drop) > 0 {
			p = x.PieceOf(drop[0])
		}
		if len(add) > 0 {
			p = min(p, x.PieceOf(x.id(add[0])))
		}
		var d []truce.Digest
		var a []T
		d, drop = headed(drop, func(id truce.Digest) bool { return x.PieceOf(id) == p })
		a, add = headed(add, func(e T) bool { return x.PieceOf(x.id(e)) == p })
		piece, gone := merged(x.id, x.pieces[p], d, a)
		if len(gone) == 0 && len(a) == 0 {
			continue
		}
		if len(touched) == 0 {
			out.pieces = slices.Clone(x.pieces)
		}
		out.pieces[p], out.n = piece, out.n+len(piece)-len(x.pieces[p])
		dropped, touched = append(dropped, gone...), append(touched, p)
	}
	return out, dropped, touched
}

// headed splits a list where it ceases to be of something.
func headed[T any](list []T, of func(T) bool) (head, rest []T) {
	n := 0
	for n < len(list) && of(list[n]) {
		n++
	}
	return list[:n], list[n:]
}

// merged is a sorted list without some IDs and with new elements.
func merged[T any](id func(T) truce.Digest, list []T, drop []truce.Digest, add []T) (out, gone []T) {
	out = make([]T, 0, len(list)+len(add))
	for _, e := range list {
		at := id(e)
		for len(drop) > 0 && drop[0].Compare(at) < 0 {
			drop = drop[1:]
		}
		for len(add) > 0 && id(add[0]).Compare(at) < 0 {
			out, add = append(out, add[0]), add[1:]
		}
		if len(drop) > 0 && drop[0] == at || len(add) > 0 && id(add[0]) == at {
			gone = append(gone, e)
			continue
		}
		out = append(out, e)
	}
	return append(out, add...), gone
}

// Along splits values of the elements of a sorted list as the list is split.
func Along[T, V any](x *List[T], values []V) [][]V {
	out := make([][]V, len(x.pieces))
	for i, p := range x.pieces {
		out[i], values = values[:len(p):len(p)], values[len(p):]
	}
	return out
}

// Alongside gives the values of the elements of a sorted list, in pieces that were touched since it
// was another: those in fresh, which stand beside the IDs of their elements, sorted, or
// what there was.
func Alongside[T, V any](x, was *List[T], old [][]V, touched []int, ids []truce.Digest, fresh []V) [][]V {
	if len(touched) == 0 {
		return old
	}
	out := slices.Clone(old)
	n := 0 // of ids
	for _, p := range touched {
		list, before := make([]V, len(x.pieces[p])), was.pieces[p]
		at := 0
		for i, e := range x.pieces[p] {
			id := x.id(e)
			for n < len(ids) && ids[n].Compare(id) < 0 {
				n++
			}
			if n < len(ids) && ids[n] == id {
				list[i] = fresh[n]
				continue
			}
			for was.id(before[at]) != id {
				at++
			}
			list[i] = old[p][at]
		}
		out[p] = list
	}
	return out
}

// A Walk finds elements of a sorted list that are asked for in the order of their IDs.
type Walk[T any] struct {
	Of        *List[T]
	piece, at int
}

// Find is the element of an ID, which is not before the one that was asked for last.
func (w *Walk[T]) Find(d truce.Digest) (out T, ok bool) {
	if p := w.Of.PieceOf(d); p != w.piece {
		w.piece, w.at = p, 0
	}
	for list := w.Of.pieces[w.piece]; w.at < len(list); w.at++ {
		if c := w.Of.id(list[w.at]).Compare(d); c >= 0 {
			return list[w.at], c == 0
		}
	}
	return out, false
}

// Differing lists the pieces of two sorted lists that may not have the same: those that they
// do not share.
func Differing[T any](a, b *List[T]) (out []int) {
	for p := range a.pieces {
		if !sameList(a.pieces[p], b.pieces[p]) {
			out = append(out, p)
		}
	}
	return out
}

func sameList[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
