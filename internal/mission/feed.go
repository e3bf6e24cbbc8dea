package mission

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/correlate"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/speaker"
	"github.com/opentruce/truce/internal/summary"
)

// A Feed reads a record while it grows, and gives each audience the situation
// that follows from what it has. One goroutine calls Advance and Situation at a
// time.
type Feed struct {
	m        *Reading // its own: terms change with the record
	v        *Contents
	mu       sync.RWMutex // of entries and opened, which may be asked for at any time
	entries  map[truce.Digest]int64
	opened   map[truce.Audience]map[int64]*truce.Item
	order    map[truce.Audience][]int64 // of opened: as they came
	grown    map[truce.Audience]*grown
	root     map[truce.Audience]truce.Audience // whose situation an audience was given last
	last     truce.Instant                     // when the last entry was received
	behind   bool                              // entries were read whose consequences were not drawn
	geometry map[truce.Digest]*assess.Geometry
	sum      map[truce.Audience]release.Inputs // of opened
	bad      map[truce.Audience]map[int64]bool // sealed entries that were opened for it, and that nobody can use
	texts    textCache
}

// Feed begins to read the record.
func (m *Mission) Feed() *Feed {
	f := &Feed{m: m.blank(), v: &Contents{}, entries: map[truce.Digest]int64{}, opened: map[truce.Audience]map[int64]*truce.Item{}, order: map[truce.Audience][]int64{},
		grown: map[truce.Audience]*grown{}, root: map[truce.Audience]truce.Audience{}, geometry: map[truce.Digest]*assess.Geometry{},
		sum: map[truce.Audience]release.Inputs{}, bad: map[truce.Audience]map[int64]bool{}}
	for _, a := range truce.Audiences {
		f.opened[a], f.bad[a] = map[int64]*truce.Item{}, map[int64]bool{}
	}
	return f
}

// Agreement is the text in effect, as far as the record is read.
func (f *Feed) Agreement() *truce.Agreement { return f.m.Agreement }

// Contents is what was read so far; it does not change with Advance.
func (f *Feed) Contents() *Contents {
	v := *f.v // what is appended later lies beyond the ends of its slices
	return &v
}

// Size is how many entries were read.
func (f *Feed) Size() int64 { return f.v.size }

// Received is when the last of them was received.
func (f *Feed) Received() truce.Instant { return f.last }

// EntryOf is the entry that says what has this ID; -1 if none does.
func (f *Feed) EntryOf(id truce.Digest) int64 {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if at, ok := f.entries[id]; ok {
		return at
	}
	return -1
}

// Advance reads what the record has more than before, never beyond what its
// checkpoint commits to. Where it fails, nothing was read that the next call does
// not read again.
func (f *Feed) Advance() error {
	size, err := f.m.End()
	if err != nil || size <= f.v.size && !f.behind {
		return err
	}
	opens := f.behind
	if size > f.v.size {
		sealed, rest := len(f.v.Sealed), len(f.v.Rest)
		records, entryOf := f.v.Records, f.v.Entries
		if err := f.m.walkOn(f.v, size, func(r *truce.Item, at int64) {
			records, entryOf = append(records, *r), append(entryOf, at)
			f.noteOf(r, at)
		}); err != nil {
			return err
		}
		f.v.Records, f.v.Entries = records, entryOf
		f.m.Progress.Done()
		opens = opens || sealed != len(f.v.Sealed) || rest != len(f.v.Rest)
		f.texts.read(f.v)
	}
	f.behind = true
	for e, err := range ledger.Entries(context.Background(), f.m.Record(), f.v.size-1, f.v.size) {
		if err != nil {
			return err
		}
		f.last = e.Received
	}
	if opens && len(f.v.Sealed) > 0 {
		if err := f.open(); err != nil {
			return err
		}
	}
	f.behind = false
	return nil
}

// Opened reports whether an audience has what an entry holds back. It may be asked
// at any time.
func (f *Feed) Opened(a truce.Audience, entry int64) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.opened[a][entry] != nil
}

// note keeps where something was first said.
func (f *Feed) note(id truce.Digest, at int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, known := f.entries[id]; !known {
		f.entries[id] = at
	}
}

// noteOf is note, of an item that may be kept beside another speaker's.
func (f *Feed) noteOf(r *truce.Item, at int64) {
	id := r.ID()
	if r.Speaker != "" || f.EntryOf(id) >= 0 {
		f.note(speaker.Beside(r.Speaker, id), at)
	}
	if was := f.EntryOf(id); was >= 0 && r.OwnID() {
		if _, sealed := slices.BinarySearchFunc(f.v.Sealed, was, func(e *ledger.Entry, at int64) int { return cmp.Compare(e.Index, at) }); sealed {
			f.mu.Lock()
			f.entries[id] = at // the sealed item had taken another's ID
			f.mu.Unlock()
		}
	}
	f.note(id, at)
}

// open opens what each audience holds of what is sealed and was not opened for it
// before.
func (f *Feed) open() error {
	gone, err := f.m.Released(f.v)
	if err != nil {
		return err
	}
	told := f.m.openings(f.v)
	for _, e := range f.v.Sealed {
		var own *ledger.Opened // with the mission's own piece of it
		for _, a := range []truce.Audience{truce.ForPublic, truce.ForParties, truce.ForMission} {
			if f.opened[a][e.Index] != nil || f.bad[a][e.Index] {
				continue
			}
			o := own
			if release.Opens(a, gone[e.ID()]) {
				if own == nil {
					own = told.of(f.v, e)
				}
				o = own
			} else {
				o = f.m.open(f.v, e, told.told[e.ID()])
			}
			r, bad := f.m.opened(f.v, e, o)
			if bad {
				f.bad[a][e.Index] = true
				f.sum[a] = f.sum[a].Plus(e.Index, nil)
				continue
			}
			if r == nil {
				continue
			}
			f.mu.Lock()
			f.opened[a][e.Index] = r
			f.order[a] = append(f.order[a], e.Index)
			f.mu.Unlock()
			f.sum[a] = f.sum[a].Plus(e.Index, r)
			f.noteOf(r, e.Index)
		}
	}
	return nil
}

// grown is a situation that grows with the record, and how much of it is in.
type grown struct {
	situation *situation.Growing
	agreement *truce.Agreement
	plain     int // of the records that everybody has
	opened    int // of those that were opened for the audience
}

// Step is what follows, for an audience, from what is known at a moment, and what
// of it is other than at the step before. Audiences with the same inputs share a
// situation; they are asked for in the order of truce.Audiences.
func (f *Feed) Step(a truce.Audience, now truce.Instant) (*situation.Situation, situation.Change) {
	root := a
	for _, before := range truce.Audiences[:slices.Index(truce.Audiences, a)] {
		if f.sum[a] == f.sum[before] {
			root = before
			break
		}
	}
	g := f.grown[root]
	if root != a {
		delete(f.grown, a)
	}
	moved := f.root[a] != root
	f.root[a] = root
	if g == nil {
		g = &grown{situation: situation.Grow(f.options())}
		f.grown[root] = g
	}
	if root != a && g.agreement != nil { // it was stepped for the audience before
		s, ch := g.situation.Latest()
		ch.All = ch.All || moved
		return s, ch
	}
	fresh := slices.Clip(f.v.Records[g.plain:])
	for _, at := range f.order[root][g.opened:] {
		fresh = append(fresh, *f.opened[root][at])
	}
	g.plain, g.opened, g.agreement = len(f.v.Records), len(f.order[root]), f.m.Agreement
	s, ch := g.situation.Step(f.m.Agreement, fresh, func() []truce.Item {
		all, _ := f.inputs(root, f.v.size)
		return all
	}, f.withheld(root), now)
	f.m.Progress.Done()
	ch.All = ch.All || moved
	return s, ch
}

// SituationOptions are those of all situations of the text in effect.
func (f *Feed) options() situation.Options {
	o := f.m.SituationOptions()
	g := f.geometry[f.m.Agreement.Digest]
	if g == nil {
		g = assess.NewGeometry()
		f.geometry[f.m.Agreement.Digest] = g
	}
	o.Geometry = g
	return o
}

// inputs are what an audience has of the entries below a size, in the order of the
// record, what is not public last; and what it does not have.
func (f *Feed) inputs(a truce.Audience, size int64) ([]truce.Item, []situation.Withheld) {
	n, _ := slices.BinarySearch(f.v.Entries, size) // entries come in order
	records := slices.Clip(f.v.Records[:n])
	var withheld []situation.Withheld
	for _, e := range f.v.Sealed {
		if e.Index >= size || f.bad[a][e.Index] {
			continue
		}
		if r := f.opened[a][e.Index]; r != nil {
			records = append(records, *r)
		} else {
			withheld = append(withheld, situation.Withheld{Known: e.Received})
		}
	}
	return records, withheld
}

func (f *Feed) withheld(a truce.Audience) []situation.Withheld {
	if len(f.opened[a])+len(f.bad[a]) == len(f.v.Sealed) {
		return nil
	}
	_, out := f.inputs(a, f.v.size)
	return out
}

// Past readies the situation of an audience as known at a moment, from the entries
// below a size alone: a frozen report stays what it was, also where something is
// stated later to have been known then. The situation is computed by what Past
// returns, which needs nothing of the feed any more.
func (f *Feed) Past(a truce.Audience, now truce.Instant, size int64) func() *situation.Situation {
	o, agreement := f.options(), f.m.Agreement
	o.Progress = nil
	records, withheld := f.inputs(a, size)
	o.Withheld = withheld
	return func() *situation.Situation { return situation.Build(agreement, records, now, o) }
}

// Rows are incidents of a situation as lists and maps show them to a viewer, whenever
// it looks. It may be called at any time.
func (f *Feed) Rows(s *situation.Situation, incidents []*truce.Incident, to release.Viewer) []release.Row {
	out, row := make([]release.Row, len(incidents)), RowOf(s, to, f.EntryOf)
	correlate.Parallel(len(incidents), 0, nil, func(i int) { out[i] = row(incidents[i]) })
	return out
}

// RowOf makes an incident of a situation a row, as Feed.Rows does. entryOf gives the entry
// that first said what has an ID; nil: no row says of which entry it is.
func RowOf(s *situation.Situation, to release.Viewer, entryOf func(truce.Digest) int64) func(*truce.Incident) release.Row {
	region := summary.RegionOf(s.Agreement)
	return func(inc *truce.Incident) release.Row {
		r := s.Row(inc)
		if entryOf != nil {
			for _, o := range inc.Of {
				r.Entry = max(r.Entry, entryOf(o.ID))
			}
		}
		return to.Row(r, to.Incident(inc, s.Known), region)
	}
}
