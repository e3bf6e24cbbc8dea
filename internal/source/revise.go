package source

import (
	"cmp"
	"iter"
	"maps"
	"reflect"
	"slices"

	"github.com/opentruce/truce"
)

// An Edition is what one source said of each of its keys, as far as it was read:
// observations and totals. The other records have no revisions.
type Edition struct {
	says map[editionKey]truce.Item   // not those that were withdrawn
	last map[editionKey]int32        // the highest revision so far, of withdrawn ones too
	of   map[truce.Digest]editionKey // by ID
	gone map[truce.Digest]bool       // withdrawn
}

// A source may use one key for an observation and for a total.
type editionKey struct {
	total bool
	key   string
}

// NewEdition is one that says nothing yet.
func NewEdition() *Edition {
	return &Edition{map[editionKey]truce.Item{}, map[editionKey]int32{}, map[truce.Digest]editionKey{}, map[truce.Digest]bool{}}
}

// Add keeps what a record says in place of what was said of its key before. A
// withdrawal takes back what it is of, also where it is added first: what is sealed is
// read after what is public.
func (e *Edition) Add(r truce.Item) {
	if r.Withdrawal != nil {
		of := r.Withdrawal.Of
		e.gone[of] = true
		if key, known := e.of[of]; known && e.has(key) && e.idOf(key) == of {
			delete(e.says, key)
		}
		return
	}
	key, revision, ok := editionOf(&r)
	if !ok {
		return
	}
	e.of[r.ID()] = key
	if *revision < e.last[key] {
		return
	}
	e.last[key] = *revision
	if delete(e.says, key); !e.gone[r.ID()] {
		e.says[key] = r
	}
}

func (e *Edition) idOf(key editionKey) truce.Digest {
	r := e.says[key]
	return r.ID()
}

func (e *Edition) has(key editionKey) bool {
	_, says := e.says[key]
	return says
}

// editionOf is the key of a record and its revision, to be read or set; not ok: it has none.
func editionOf(r *truce.Item) (key editionKey, revision *int32, ok bool) {
	switch {
	case r.Observation != nil:
		return editionKey{false, r.Observation.Key}, &r.Observation.Revision, true
	case r.Tally != nil:
		return editionKey{true, r.Tally.Key}, &r.Tally.Revision, true
	}
	return editionKey{}, nil, false
}

var (
	unchanged  = &SetAside{"unchanged since the earlier edition"}
	superseded = &SetAside{"of an earlier edition than the one in the record"}
)

// Revise compares a later edition with an earlier one of the same source. A row that says
// something else than before becomes a correction, with Replaces set to the earlier entry.
// A row that says the same is skipped. A new row stays as it is, and so does a row that was
// withdrawn and is stated again.
//
// A publisher who numbers its editions (numbered) gives each row its revision, and a row
// of an older edition than the one in the record is skipped. Otherwise, and for two editions
// with the same number, the order of reading counts: the last statement applies, even if it
// repeats the first one, and gets the next revision.
//
// Revise does not notice rows that have vanished, because an edition may be partial. Use
// [Vanished] for them.
func Revise(later iter.Seq2[truce.Item, error], earlier *Edition, numbered bool) iter.Seq2[truce.Item, error] {
	return func(yield func(truce.Item, error) bool) {
		for r, err := range later {
			if err == nil {
				r, err = earlier.revise(r, numbered)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

func (e *Edition) revise(r truce.Item, numbered bool) (truce.Item, error) {
	key, revision, ok := editionOf(&r)
	if !ok {
		return r, nil
	}
	last, known := e.last[key]
	old, says := e.says[key]
	switch {
	case !known:
		return r, nil
	case says && sameSaid(&old, &r):
		return truce.Item{}, unchanged
	case numbered && *revision < last:
		return truce.Item{}, superseded
	case !numbered || *revision == last:
		r = withRevision(r, last+1)
	}
	if says {
		r.Replaces = old.ID()
	}
	return r, nil
}

// withRevision is a record with another revision, and so with another ID.
func withRevision(r truce.Item, n int32) truce.Item {
	if r.Observation != nil {
		o := *r.Observation
		o.Revision = n
		o.SetID()
		r.Observation = &o
		return r
	}
	t := *r.Tally
	t.Revision = n
	t.SetID()
	r.Tally = &t
	return r
}

// sameSaid reports whether two revisions say the same.
func sameSaid(a, b *truce.Item) bool {
	if a.Observation != nil {
		x, y := *a.Observation, *b.Observation
		x.ID, y.ID = truce.Digest{}, truce.Digest{}
		x.Revision, y.Revision = 0, 0
		return reflect.DeepEqual(x, y)
	}
	x, y := *a.Tally, *b.Tally
	x.ID, y.ID = truce.Digest{}, truce.Digest{}
	x.Revision, y.Revision = 0, 0
	return reflect.DeepEqual(x, y)
}

// Vanished takes back what the earlier edition says and the later does not have, in
// the order of the keys, observations first. It is for whole editions of the same extent,
// and the caller says that they are.
func Vanished(earlier, later *Edition) []truce.Item {
	var out []truce.Item
	for _, key := range slices.SortedFunc(maps.Keys(earlier.says), editionKey.compare) {
		if !later.has(key) {
			out = append(out, truce.Item{Withdrawal: &truce.Withdrawal{Of: earlier.idOf(key)}})
		}
	}
	return out
}

func (k editionKey) compare(l editionKey) int {
	if k.total != l.total {
		if k.total {
			return 1
		}
		return -1
	}
	return cmp.Compare(k.key, l.key)
}

// KnownAlready reports whether rows were skipped because of what the record has already, and not
// because of what they say.
func KnownAlready(why string) bool { return why == unchanged.Why || why == superseded.Why }
