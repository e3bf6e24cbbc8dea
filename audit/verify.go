package audit

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// A Summary is what was checked.
type Summary struct {
	Checkpoint *Checkpoint
	Entries    int64
	Kinds      map[string]int64 // entries by kind
	Signatures int64            // of entries and batches; a batch's stands for all its members
	Unfinished int              // members of batches that were signed and are not in the record
	Keys       []Key
	Agreement  string              // digest of the last agreement stated
	Consents   map[string][]string // by digest: parties
	Last       time.Time           // when the last entry was received

	// Objections to the entries that were verified, in their order: at most the
	// first 1,000. Objected counts all; Breaking counts the entries that break any
	// rule, and Skipped those that readers do not use for it.
	Objections                  []Objection
	Objected, Breaking, Skipped int64

	// Time spent by all workers together in reading, hashing and parsing, and
	// checking signatures.
	Reading, Hashing, Signing time.Duration
}

// Options are what Verify needs from outside. The zero value is useful.
type Options struct {
	From     int64                     // entries below were verified before, up to Keyring
	Keyring  *Keyring                  // with From; nil: from the beginning
	Workers  int                       // 0: one per processor
	Progress func(done, total int64)   // called now and then, from one goroutine
	Each     func(*Entry, []Key) error // called with each entry and its signers, in order

	examine bool // look at each entry by itself while others are read
}

// Verify goes through the whole record below c: every entry against the tree,
// every signature, whether its author might write it then, that nothing stands
// twice, and which rules entries break. It stops at the first fault, which names the
// entry; a broken rule is not a fault. Memory grows as that of a [Keyring] does, and
// otherwise not with the record.
func (l *Log) Verify(ctx context.Context, c *Checkpoint, o Options) (*Summary, error) {
	ring := o.Keyring
	if ring == nil {
		ring = &Keyring{}
	}
	s := &Summary{Checkpoint: c, Kinds: map[string]int64{}}
	var found objected
	o.examine = true
	var clock clocks
	pool := newSignatures(o.workers(), &clock)
	err := func() error {
		for e, err := range l.entries(ctx, c, o, &clock) {
			if err != nil {
				return err
			}
			signers, sigs, err := ring.follow(e)
			if err != nil {
				return err
			}
			if len(sigs) > 0 {
				s.Signatures += int64(len(sigs))
				pool.check(e.Index, sigs)
			}
			s.Kinds[e.Kind]++
			found.add(ring.latest)
			if o.Each != nil {
				keys := make([]Key, len(signers))
				for i, k := range signers {
					keys[i] = *k
				}
				if err := o.Each(e, keys); err != nil {
					return err
				}
			}
			s.Last = e.Received
			if s.Entries++; o.Progress != nil && (s.Entries%4096 == 0 || e.Index == c.Size-1) {
				o.Progress(e.Index+1, c.Size)
			}
		}
		return nil
	}()
	if serr := pool.wait(); serr != nil { // it may lie before what err says
		err = serr
	}
	s.Keys, s.Agreement, s.Consents, s.Unfinished = ring.Keys(), ring.Agreement, ring.Consents, ring.Unfinished()
	s.Objections, s.Objected, s.Breaking, s.Skipped = found.list, found.all, found.entries, found.skipped
	s.Reading, s.Hashing, s.Signing = clock.read.since(), clock.hash.since(), clock.sign.since()
	return s, err
}

func (o *Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// Entries yields the entries of the tree of c from an index on, in order, each
// proved to stand in the tree; it does not look at signatures.
func (l *Log) Entries(ctx context.Context, c *Checkpoint, from int64) iter.Seq2[*Entry, error] {
	return l.entries(ctx, c, Options{From: from}, &clocks{})
}

// entries reads bundles side by side and yields in order.
func (l *Log) entries(ctx context.Context, c *Checkpoint, o Options, clock *clocks) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		if o.From >= c.Size {
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		type result struct {
			list []*Entry
			err  error
		}
		ahead := make(chan chan result, o.workers())
		go func() {
			defer close(ahead)
			slots := make(chan struct{}, o.workers())
			for n := o.From / width; n*width < c.Size; n++ {
				out := make(chan result, 1)
				select {
				case ahead <- out:
				case <-ctx.Done():
					return
				}
				slots <- struct{}{}
				go func() {
					defer func() { <-slots }()
					list, err := l.checked(ctx, c, n, o, clock)
					out <- result{list, err}
				}()
			}
		}()
		for out := range ahead {
			r := <-out
			if r.err != nil {
				yield(nil, r.err)
				return
			}
			for _, e := range r.list {
				if e.Index >= o.From && !yield(e, nil) {
					return
				}
			}
		}
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		}
	}
}

func (l *Log) checked(ctx context.Context, c *Checkpoint, n int64, o Options, clock *clocks) ([]*Entry, error) {
	t := time.Now()
	w := partial(c.Size, 0, n)
	data, longer, err := l.fetchTile(ctx, "entries", n, w)
	if err != nil {
		return nil, err
	}
	clock.read.add(t)
	t = time.Now()
	defer func() { clock.hash.add(t) }()
	hashes, err := l.leaves(ctx, c, n, w)
	if err != nil {
		return nil, err
	}
	list, err := l.proved(data, hashes, n, longer)
	if o.examine {
		for _, e := range list {
			e.examine()
		}
	}
	return list, err
}

type clocks struct{ read, hash, sign stopwatch }

type stopwatch struct{ n atomic.Int64 }

func (s *stopwatch) add(from time.Time)   { s.n.Add(int64(time.Since(from))) }
func (s *stopwatch) since() time.Duration { return time.Duration(s.n.Load()) }

// signatures checks signatures beside the walk through the record.
type signatures struct {
	work  chan job
	wg    sync.WaitGroup
	clock *clocks

	mu    sync.Mutex
	first *Fault // of the lowest entry
}

type job struct {
	index int64
	sigs  []signature
}

func newSignatures(workers int, clock *clocks) *signatures {
	p := &signatures{work: make(chan job, 256), clock: clock}
	for range workers {
		p.wg.Go(func() {
			for j := range p.work {
				t := time.Now()
				for i := range j.sigs {
					if !j.sigs[i].valid() {
						p.fault(faultf(j.index, "", "the signature of %s does not verify", j.sigs[i].key.Name))
					}
				}
				p.clock.sign.add(t)
			}
		})
	}
	return p
}

func (p *signatures) fault(f *Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first == nil || f.Entry < p.first.Entry {
		p.first = f
	}
}

func (p *signatures) check(index int64, sigs []signature) { p.work <- job{index, sigs} }

// wait returns the fault of the lowest entry, if there is any.
func (p *signatures) wait() error {
	close(p.work)
	p.wg.Wait()
	if p.first == nil {
		return nil
	}
	return p.first
}

// A set holds 128-bit prefixes of hashes, by open addressing: half a hash, since
// two submissions that share a quarter of one can be found in minutes.
type set struct {
	slots [][2]uint64
	n     int
}

func newSet() *set { return &set{slots: make([][2]uint64, 1024)} }

// add reports whether h is new.
func (s *set) add(h tlog.Hash) bool {
	v := [2]uint64{binary.BigEndian.Uint64(h[:]), binary.BigEndian.Uint64(h[8:])}
	if v == ([2]uint64{}) {
		v[1] = 1 // the empty slot's own value
	}
	if 4*s.n > 3*len(s.slots) {
		old := s.slots
		s.slots = make([][2]uint64, 2*len(old))
		for _, w := range old {
			if w != ([2]uint64{}) {
				*s.slot(w) = w
			}
		}
	}
	slot := s.slot(v)
	if *slot == v {
		return false
	}
	*slot = v
	s.n++
	return true
}

// slot is where v stands, or would.
func (s *set) slot(v [2]uint64) *[2]uint64 {
	for i := v[0]; ; i++ {
		if at := &s.slots[i%uint64(len(s.slots))]; *at == v || *at == ([2]uint64{}) {
			return at
		}
	}
}

// String says in one line what was checked.
func (s *Summary) String() string {
	return fmt.Sprintf("%d entries and %d signatures under checkpoint %d, root %x", s.Entries, s.Signatures, s.Checkpoint.Size, s.Checkpoint.Root[:6])
}
