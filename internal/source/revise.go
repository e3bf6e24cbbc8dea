package source

import (
	"iter"
	"maps"
	"reflect"
	"slices"

	"github.com/opentruce/truce"
)

// An Edition is what one edition of a publisher's file said, by the
// publisher's key. It is held whole: revising is for files with keys, and an
// event's revision is known only beside the earlier one.
type Edition map[string]*truce.Observation

// Add keeps an observation; other records have no revisions here.
func (e Edition) Add(r truce.Record) {
	if r.Observation != nil {
		e[r.Observation.Key] = r.Observation
	}
}

var unchanged = &SetAside{"unchanged since the earlier edition"}

// Revise reads a later edition against an earlier one of the same source. What
// says something else than before becomes a correction, with Replaces set to
// the earlier entry; what says the same is set aside; what is new stays as it
// is. What has vanished is not noticed here: an edition may be a part. Say so
// with Vanished.
func Revise(later iter.Seq2[truce.Record, error], earlier Edition) iter.Seq2[truce.Record, error] {
	return func(yield func(truce.Record, error) bool) {
		for r, err := range later {
			if err == nil && r.Observation != nil {
				if old := earlier[r.Observation.Key]; old != nil {
					if sameSaid(old, r.Observation) {
						r, err = truce.Record{}, unchanged
					} else {
						if r.Observation.ID == old.ID { // the publisher numbers no editions
							o := *r.Observation
							o.Revision = old.Revision + 1
							o.SetID()
							r.Observation = &o
						}
						r.Replaces = old.ID
					}
				}
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// sameSaid reports whether two revisions say the same.
func sameSaid(a, b *truce.Observation) bool {
	x, y := *a, *b
	x.ID, y.ID = truce.Digest{}, truce.Digest{}
	x.Revision, y.Revision = 0, 0
	return x.Source == y.Source && reflect.DeepEqual(x, y)
}

// Vanished takes back what the earlier edition says and the later does not
// have, in the order of the keys. It is for whole editions of the same extent,
// and the caller says that they are.
func Vanished(earlier, later Edition) []truce.Record {
	var out []truce.Record
	for _, key := range slices.Sorted(maps.Keys(earlier)) {
		if later[key] == nil {
			out = append(out, truce.Record{Withdrawal: &truce.Withdrawal{Of: earlier[key].ID}})
		}
	}
	return out
}
