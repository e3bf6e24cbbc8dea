// Package monitor answers: when? It keeps a mission's record open, brings what
// follows from it up to date when it grows or when a clock runs out, and lets
// people say things meanwhile. What follows is for situation to say, what is
// written for mission and ledger, who sees what for release.
package monitor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/view"
	"golang.org/x/sync/errgroup"
)

// Config is what a room needs from outside.
type Config struct {
	Mission *mission.Mission
	// Command is this process, such as "truce serve", for those who find the mission
	// locked.
	Command string
	// ReadOnly leaves the record closed: a mirror, or a mission that another
	// process writes to.
	ReadOnly bool
	Log      *slog.Logger // nil: slog.Default
	// Poll is how often a record that others write to is looked at. Zero: 1 s.
	Poll time.Duration
	// CosignEvery is how often the mission's witnesses are asked. Zero:
	// ledger.CosignEvery.
	CosignEvery time.Duration
	// Quota bounds what each key submits from elsewhere. Nil: DefaultQuota.
	Quota *Quota
}

// A Room is a mission in operation. Its methods may be called from many
// goroutines.
type Room struct {
	cfg  Config
	log  atomic.Pointer[ledger.Log] // nil: read only
	feed atomic.Pointer[mission.Feed]
	free func() // the mission's lock

	broken     atomic.Pointer[error] // why the record cannot be written for now
	recovering sync.WaitGroup
	ended      chan struct{} // closed when the room is

	saying  sync.Mutex                    // what must know all that was said before
	reading sync.Mutex                    // of the feed
	looking *lane                         // back, at what was known
	usual   *lane                         // composing what everybody asks for
	chosen  *lane                         // composing periods that somebody chose
	views   map[truce.Audience]*view.View // the read models that are open; under reading
	lenses  map[truce.Audience]*view.Lens
	given   map[truce.Audience]truce.Audience // whose read model each audience is given; under reading
	unsure  map[truce.Audience]bool           // whose read model may not be what it was last given; under reading
	rebuild bool                              // the next refresh computes the state whether the record has grown or not; under reading
	state   atomic.Pointer[State]
	failed  atomic.Pointer[error] // why it is not up to date

	mu      sync.Mutex
	changed chan struct{} // closed when the state changes
	past    *lru.Cache[moment, *past]
	boards  map[boardsOf]*simplelru.LRU[boardKey, *board]

	quota  quotas
	claims intake.Claims

	witnesses *ledger.Witnesses // nil: read only

	wake  chan struct{}
	stop  context.CancelFunc
	done  chan struct{}
	asked chan struct{} // closed when no witness is being asked any more
}

// A State is what follows from the record at one of its sizes. It does not
// change.
type State struct {
	Agreement  *truce.Agreement
	Contents   *mission.Contents
	Size       int64
	Received   truce.Instant // of the last entry
	Now        truce.Instant // when it was computed
	Situations map[truce.Audience]*situation.Situation
	readers    map[truce.Audience]truce.Reader
	next       truce.Instant          // when time alone changes what follows
	Added      map[truce.Audience]int // incidents, with the last change
}

// Reader is the picture of an audience.
func (s *State) Reader(a truce.Audience) truce.Reader { return s.readers[a] }

// Open opens a mission for operation, and returns once its record is read.
func Open(ctx context.Context, cfg Config) (r *Room, err error) {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Poll == 0 {
		cfg.Poll = time.Second
	}
	if cfg.Quota == nil {
		cfg.Quota = &DefaultQuota
	}
	m := cfg.Mission
	r = &Room{cfg: cfg, changed: make(chan struct{}), wake: make(chan struct{}, 1), done: make(chan struct{}), ended: make(chan struct{}), asked: make(chan struct{}), free: func() {}, views: map[truce.Audience]*view.View{}, lenses: map[truce.Audience]*view.Lens{}, given: map[truce.Audience]truce.Audience{}, unsure: map[truce.Audience]bool{}, boards: map[boardsOf]*simplelru.LRU[boardKey, *board]{}, looking: newLane(mostWaiting), usual: newLane(mostWaiting), chosen: newLane(mostWaiting), quota: quotas{Quota: *cfg.Quota}}
	r.past, _ = lru.NewWithEvict(mostPast, closeLater) // fails for a size below 1 only
	for _, a := range truce.Audiences {
		r.lenses[a] = view.NewLens(a)
	}
	if m.About.Mirror != "" {
		r.cfg.ReadOnly = true
	}
	if !r.cfg.ReadOnly {
		if r.free, err = m.Lock(cfg.Command); err != nil {
			return nil, err
		}
		l, err := m.Open()
		if err != nil {
			r.free()
			return nil, intake.Advise(err)
		}
		r.log.Store(l)
	}
	if !r.cfg.ReadOnly {
		if r.witnesses, err = m.Witnesses(cfg.CosignEvery); err != nil {
			r.release(ctx)
			return nil, err
		}
	}
	r.feed.Store(m.Feed())
	if err := r.guarded(ctx); err != nil {
		r.release(ctx)
		return nil, err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = stop
	go r.run(run)
	go func() {
		defer close(r.asked)
		if r.witnesses != nil {
			r.witnesses.Run(run, func(err error) { r.cfg.Log.Error("the witnesses could not be asked", "err", err) })
		}
	}()
	return r, nil
}

// Close ends it: what was acknowledged is under a checkpoint.
func (r *Room) Close(ctx context.Context) error {
	r.stop()
	<-r.done
	<-r.asked
	return r.release(ctx)
}

func (r *Room) release(ctx context.Context) error {
	var err error
	close(r.ended)
	r.recovering.Wait()
	if l := r.log.Load(); l != nil && r.broken.Load() == nil {
		err = l.Close(ctx)
	}
	for _, v := range r.views {
		err = errors.Join(err, v.Close())
	}
	r.free()
	return err
}

// run keeps the state up to date.
func (r *Room) run(ctx context.Context) {
	defer close(r.done)
	tick := time.NewTicker(r.cfg.Poll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-r.wake:
		}
		begin := time.Now()
		err := r.guarded(ctx)
		if err != nil && ctx.Err() == nil {
			if old := r.failed.Swap(&err); old == nil {
				r.cfg.Log.Error("the room is not up to date", "err", err)
			}
			if errors.Is(err, errPanic) { // the same entries would do the same at once
				select {
				case <-time.After(pause):
				case <-ctx.Done():
					return
				}
			}
			continue
		}
		r.failed.Store(nil)
		// Entries that come one after another are taken together: what follows from
		// them is computed at most half of the time, and seen within a second.
		select {
		case <-time.After(min(500*time.Millisecond, max(20*time.Millisecond, time.Since(begin)))):
		case <-ctx.Done():
			return
		}
	}
}

// Witnesses are those that this room asks to co-sign its record; nil: it only reads.
func (r *Room) Witnesses() *ledger.Witnesses { return r.witnesses }

// Opened reports whether both parties have what an entry holds back.
func (r *Room) Opened(entry int64) bool { return r.feed.Load().Opened(truce.ForParties, entry) }

// Now is the room's clock.
func (r *Room) Now() truce.Instant { return truce.InstantOf(r.cfg.Mission.Now()) }

// State is what follows from the record, and an error if that could not be
// brought up to date: the state is then an earlier one.
func (r *Room) State() (*State, error) {
	if err := r.failed.Load(); err != nil {
		return r.state.Load(), *err
	}
	return r.state.Load(), nil
}

// Changed is closed when the next state is there.
func (r *Room) Changed() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changed
}

// errPanic is wrapped where a fault of this program ended a computation.
var errPanic = errors.New("a fault of this program")

// pause is how long nothing is computed after that; tests make it shorter.
var pause = 30 * time.Second

// guarded is refresh that a panic does not end the room: what was shown stays, what
// is said is still written to the record and acknowledged, and everything is read
// again. The error names the entries that were being taken in.
func (r *Room) guarded(ctx context.Context) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		from := int64(0)
		if s := r.state.Load(); s != nil {
			from = s.Size
		}
		r.cfg.Log.Error("a panic while the picture was computed", "panic", v, "stack", string(debug.Stack()))
		err = fmt.Errorf("%w while entries %d to %d were taken in: %v", errPanic, from, r.feed.Load().Size()-1, v)
		r.feed.Store(r.cfg.Mission.Feed())
	}()
	return r.refresh(ctx)
}

// refresh computes the next state, if the record has grown or time alone has
// changed what follows.
func (r *Room) refresh(ctx context.Context) error {
	r.reading.Lock()
	defer r.reading.Unlock()
	if err := r.feed.Load().Advance(); err != nil {
		return err
	}
	old, now := r.state.Load(), r.Now()
	// What was read and could not be shown is tried again: the feed is ahead then.
	if old != nil && !r.rebuild && old.Size == r.feed.Load().Size() && now < old.next {
		return nil
	}
	s := &State{Agreement: r.feed.Load().Agreement(), Contents: r.feed.Load().Contents(), Size: r.feed.Load().Size(), Received: r.feed.Load().Received(), Now: now,
		Situations: map[truce.Audience]*situation.Situation{}, readers: map[truce.Audience]truce.Reader{}, Added: map[truce.Audience]int{}}
	changes := map[truce.Audience]situation.Change{}
	for _, a := range truce.Audiences {
		x, ch := r.feed.Load().Step(a, now)
		ch.All = ch.All || old == nil || r.unsure[a]
		s.Situations[a], changes[a], s.readers[a] = x, ch, r.reader(a, x, r.lenses[a])
		r.unsure[a] = true // until it is written: nobody tells twice what has changed
	}
	// Who sees less than before has a read model of their own before anything is written
	// to the one that was shared: nobody is shown for a moment what is not theirs.
	root := r.roots(s)
	var fresh, used []truce.Audience
	for _, a := range truce.Audiences {
		switch {
		case root[a] != a: // its own is not kept up meanwhile
		case r.given[a] == a:
			used = append(used, a)
		default:
			fresh = append(fresh, a)
		}
	}
	for _, list := range [][]truce.Audience{fresh, used} {
		if err := r.write(ctx, s, list, changes, old == nil); err != nil {
			return err
		}
		for _, a := range truce.Audiences {
			if of := root[a]; slices.Contains(list, of) && r.given[a] != of {
				r.lenses[a].Turn(r.views[of])
				r.given[a] = of
			}
		}
	}
	for a, of := range root {
		s.Added[a] = s.Added[of]
	}
	s.next = next(s.Situations[truce.ForMission], now)
	r.state.Store(s)
	r.rebuild = false
	r.mu.Lock()
	close(r.changed)
	r.changed = make(chan struct{})
	r.mu.Unlock()
	return nil
}

// Reread reads the record and the shelf again, and forgets what was kept of them: pieces
// that were removed from the shelf are not shown any more. A large record takes a while;
// meanwhile the room shows what it showed before.
func (r *Room) Reread(ctx context.Context) error {
	f := r.cfg.Mission.Feed()
	if err := f.Advance(); err != nil {
		return err
	}
	r.reading.Lock()
	r.feed.Store(f)
	r.rebuild = true
	for _, a := range truce.Audiences {
		r.unsure[a] = true
	}
	r.reading.Unlock()
	r.mu.Lock()
	r.past.Purge()
	clear(r.boards)
	r.mu.Unlock()
	return r.guarded(ctx)
}

// roots says whose read model each audience is given: that of the first that has the
// same inputs, where no release rules come between, or its own. Who leaves another's
// is given its own first.
func (r *Room) roots(s *State) map[truce.Audience]truce.Audience {
	root := map[truce.Audience]truce.Audience{}
	for i, a := range truce.Audiences {
		root[a] = a
		for _, before := range truce.Audiences[:i] {
			if root[before] == before && release.Alike(s.Agreement.Public, before, a, s.Situations[before] == s.Situations[a]) {
				root[a] = before
				break
			}
		}
		if of := r.given[a]; of != "" && of != a && of != root[a] && r.given[root[a]] == root[a] {
			root[a] = a
		}
	}
	return root
}

// write brings the read models of some audiences up to date: each is a file of its own.
func (r *Room) write(ctx context.Context, s *State, list []truce.Audience, changes map[truce.Audience]situation.Change, first bool) error {
	var writes errgroup.Group
	var mu sync.Mutex // of what the writes leave behind
	for _, a := range list {
		if r.views[a] == nil {
			v, err := view.Open(r.viewFile(a), a, r.Now)
			if err != nil {
				return errors.Join(err, writes.Wait())
			}
			r.views[a] = v
		}
		x, ch, v := s.Situations[a], changes[a], r.views[a]
		if first { // one processor writes meanwhile
			writes.Go(view.Guard(func() error {
				x.Ready()
				brief.Prepare(x)
				return nil
			}))
		}
		writes.Go(view.Guard(func() error {
			var added, changed int
			var err error
			to := release.Viewer{To: a, Rules: s.Agreement.Public}
			if ch.All {
				added, changed, err = v.Write(ctx, r.picture(s, x), r.feed.Load().Rows(x, x.Incidents(), to))
			} else {
				added, changed, err = v.Change(ctx, r.picture(s, x), r.feed.Load().Rows(x, ch.Touched, to), ch.Gone)
			}
			if err != nil {
				return fmt.Errorf("read model of the %s: %w", a, err)
			}
			mu.Lock()
			defer mu.Unlock()
			r.unsure[a], s.Added[a] = false, added
			if !first && added+changed > 0 {
				r.cfg.Log.Debug("picture", "audience", a, "entries", s.Size, "added", added, "changed", changed)
			}
			return nil
		}))
	}
	return writes.Wait()
}

func (r *Room) picture(s *State, x *situation.Situation) truce.Picture {
	return truce.Picture{AsKnown: s.Now, Size: s.Size, Received: s.Received, Digest: x.Digest(), Withheld: x.Withheld}
}

// viewFile is where the read model of an audience lies, if it is its own; it may be
// deleted.
func (r *Room) viewFile(a truce.Audience) string {
	return filepath.Join(r.cfg.Mission.Dir, "view", string(a)+".sqlite")
}

// Rebuild deletes the read models of a mission. They are built again when the mission
// is opened.
func Rebuild(m *mission.Mission) error {
	err := os.RemoveAll(filepath.Join(m.Dir, "view"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// next is when time alone changes what follows: a phase begins or ends, a reply
// is due, a duty falls due, a day is over.
func next(s *situation.Situation, now truce.Instant) truce.Instant {
	loc := s.Agreement.Location
	at := truce.DateOf(now, loc).Add(1).Start(loc)
	take := func(t truce.Instant) {
		if t > now {
			at = min(at, t)
		}
	}
	for _, p := range s.Phases {
		for _, v := range p.During {
			take(v.Start)
			take(v.End)
		}
	}
	for i := range s.Agreement.Phases { // a condition may be a moment
		if c := s.Agreement.Phases[i].Opens; c != nil {
			c.Each(func(c *truce.Condition) { take(c.At) })
		}
	}
	for _, p := range s.Agreement.Provisions {
		if !s.Counted(p.Article) {
			if a, err := s.Assess(situation.Query{Article: p.Article}); err == nil && a.Done != nil {
				take(a.Done.Due)
			}
		}
		for _, f := range s.Awaiting(p.Article) {
			for _, c := range s.Clocks(p.Article, f.Incident) {
				take(c.Ends)
			}
		}
	}
	return at
}

// ErrReadOnly says that this room only reads: a mirror, or a copy.
var ErrReadOnly = errors.New("this room only reads the record")

// patience is how long somebody who said something waits for the picture to show
// it. What they said is in the record by then.
const patience = 10 * time.Second

// Say lets somebody say something: say is given the mission as it stands, and
// returns the entry. When Say returns nil, the entry is in the record and what
// follows from it is shown. What is said one after another knows all that was
// said before: a decision's number, and who may do what.
func (r *Room) Say(ctx context.Context, say func(m *intake.Writer) (at int64, err error)) (int64, error) {
	r.saying.Lock()
	defer r.saying.Unlock()
	at, err := r.Tell(ctx, say)
	if err != nil {
		return at, err
	}
	return at, r.Await(ctx, at)
}

// SayNow is Say, and say is given the mission with all that is in the record by now:
// whoever was told that something is recorded can rely on that.
func (r *Room) SayNow(ctx context.Context, say func(m *intake.Writer) (at int64, err error)) (int64, error) {
	r.saying.Lock()
	defer r.saying.Unlock()
	if err := r.Settle(ctx); err != nil {
		return 0, ErrBehind
	}
	at, err := r.Tell(ctx, say)
	if err != nil {
		return at, err
	}
	return at, r.Await(ctx, at)
}

// ErrBehind says that the room has not read all of the record yet. Nothing was written.
var ErrBehind = errors.New("the room has not read all of the record yet")

// ErrNotShown says that something is in the record, and that the picture does not show
// it yet: nothing is to be said again.
var ErrNotShown = errors.New("it is in the record, and not yet in the picture")

// Tell is Say for a statement that does not depend on earlier ones: many callers may use
// Tell at once, and it returns as soon as the entry is in the record.
func (r *Room) Tell(_ context.Context, say func(m *intake.Writer) (at int64, err error)) (int64, error) {
	l, err := r.writable()
	if err != nil {
		return 0, err
	}
	at, err := say(r.writer(l))
	r.broke(l, err)
	err = r.closedMeanwhile(err)
	select {
	case r.wake <- struct{}{}:
	default:
	}
	return at, err
}

// Writer writes to the room's record. What it returns is in the record, and the room
// hears of it when it looks next: what people say goes through Say and Tell.
func (r *Room) Writer() (*intake.Writer, error) {
	l := r.log.Load()
	if l == nil {
		return nil, ErrReadOnly
	}
	return r.writer(l), nil
}

func (r *Room) writer(l *ledger.Log) *intake.Writer {
	return intake.WriterTo(r.cfg.Mission, intake.OpenRecord{Log: l, Quota: r.quota.take, Claims: &r.claims, Live: r.live()})
}

// Knows reports whether a submission is in the record already; an error says why the
// record would refuse it. A room that only reads knows none.
func (r *Room) Knows(sub ledger.Submission) (bool, error) {
	l := r.log.Load()
	if l == nil {
		return false, nil
	}
	_, _, known, err := l.Vet(sub)
	return known, err
}

// live is what a mission knows while its room is open.
func (r *Room) live() *mission.Live {
	s, feed := r.state.Load(), r.feed.Load()
	return &mission.Live{Agreement: s.Agreement, Contents: s.Contents, Situation: s.Situations[truce.ForMission], Text: feed.Text, EntryOf: r.EntryOf,
		Item: func(x *mission.Spoken, to release.Reader) *truce.Item { return feed.Item(s.Contents, x, to) }}
}

// Await returns once the picture shows an entry.
func (r *Room) Await(ctx context.Context, at int64) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		changed := r.Changed()
		if s, _ := r.State(); s.Size > at {
			return nil
		}
		select {
		case <-changed:
		case <-poll.C: // the checkpoint may be a little behind the entry
			select {
			case r.wake <- struct{}{}:
			default:
			}
		case <-ctx.Done():
			return fmt.Errorf("entry %d: %w", at, ErrNotShown)
		}
	}
}

// Size is how many entries the record has, published or not.
func (r *Room) Size() int64 {
	if l := r.log.Load(); l != nil {
		return l.Size()
	}
	return r.feed.Load().Size()
}

// Published returns once a checkpoint commits to all that is in the record by now:
// whoever reads the record finds it.
func (r *Room) Published(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for size := r.Size(); ; {
		if published, err := ledger.Published(r.cfg.Mission.Record()); err == nil && published >= size {
			return nil
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return ErrBehind
		}
	}
}

// Settle returns once the picture shows all that is in the record by now.
func (r *Room) Settle(ctx context.Context) error {
	l := r.log.Load()
	if l == nil {
		return nil
	}
	return r.Await(ctx, l.Size()-1)
}

// Mission is the mission as it stands, for reading.
func (r *Room) Mission() *mission.Reading { return r.cfg.Mission.Live(r.live()).Reading() }

// Text gives the sealed texts of an item, as far as a reader may have them.
func (r *Room) Text(id truce.Digest, to release.Reader) mission.Texts {
	return r.feed.Load().Text(id, to)
}

// Item is what an entry of a state says, as far as a reader may have it; nil: they
// may not.
func (r *Room) Item(s *State, x *mission.Spoken, to release.Reader) *truce.Item {
	return r.feed.Load().Item(s.Contents, x, to)
}

// EntryOf is the entry that first said what has this ID; -1 if none did.
func (r *Room) EntryOf(id truce.Digest) int64 { return r.feed.Load().EntryOf(id) }
