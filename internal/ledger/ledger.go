// Package ledger answers: what was said, by whom, and in which order? It writes
// the record: an append-only log of signed entries (C2SP tlog-tiles, on Tessera's
// POSIX driver), and reads it back. doc/record-format.md says what stands in it.
//
// What it promises: when Append returns receipts, the entries are on disk and in
// the tree, at those indices, for good; the same submission twice is one entry;
// no entry is written whose author might not write it; after any other error
// nothing that was acknowledged is lost, and opening the log again finds out
// what came through.
//
// It verifies what it is given, not what it has written: that is for audit,
// which shares no code with it.
package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/opentruce/truce"
	"github.com/transparency-dev/tessera"
	"golang.org/x/mod/sumdb/note"
)

// Mission is the content of entry 0: what this record is.
type Mission struct {
	Agreement truce.Digest `json:"agreement"`
	Title     string       `json:"title"`
	Keys      []Key        `json:"keys"` // the log's own first
	Demo      bool         `json:"demo,omitempty"`
	Terms     *Terms       `json:"terms,omitempty"`
	Method    string       `json:"method,omitempty"` // name and digest of the method that findings are computed with
}

// Terms are an agreement as the record names it: its digest, and the files that
// it was read from, which lie beside the record by their SHA-256.
type Terms struct {
	ID     string       `json:"id"`
	Title  string       `json:"title"`
	Status string       `json:"status"`
	Digest truce.Digest `json:"digest"`
	Files  []File       `json:"files"`
	// Of an amendment: the digest of the text whose place it takes, and why.
	Replaces truce.Digest `json:"replaces,omitzero"`
	Because  string       `json:"because,omitempty"`
}

// A File is one that lies beside the record.
type File struct {
	Name   string       `json:"name"`
	SHA256 truce.Digest `json:"sha256"`
	Size   int64        `json:"size"`
}

// Config is what a log needs from outside.
type Config struct {
	Dir    string  // of the record; everything in it but .state may be read by anybody
	Signer *Secret // the log's key; its name is the record's origin
	Now    func() time.Time
	// Batch is how many entries are written at once at most. Zero: 4,096.
	Batch uint
	// Verifier, if any, is asked for an error about each entry as it is to be written,
	// with its index, except the members of batches: what a verifier refuses is not
	// written.
	Verifier func(index int64, leaf []byte) error
	// Progress, if any, hears how far the record was read again after a crash.
	Progress func(done, total int64)
	// driver is another than Tessera's on POSIX; for tests of faults.
	driver tessera.Driver
}

// Errors that callers decide on.
var (
	// ErrReopen means that a write failed and it is not known how much of it
	// came through: close the log and open it again, then repeat.
	ErrReopen = errors.New("the record could not be written")
	// ErrBusy means that another process has the record open for writing.
	ErrBusy = errors.New("another process is writing to this record")
	// ErrClock means that the clock stands before the last entry.
	ErrClock = errors.New("the clock has gone back")
	// ErrRefused means that a submission is none: its form, its size or its
	// place is wrong. Nothing was written.
	ErrRefused = errors.New("refused")
)

// groupAge is how long Tessera waits for more once it was given something. It is
// given groups, so there is nothing to wait for.
const groupAge = 200 * time.Microsecond

// slack is how far the clock may go back before appending stops: what time
// servers correct by themselves.
const slack = 5 * time.Second

// A Log is a record open for appending. Its methods may be called from many
// goroutines; one process has it open at a time.
type Log struct {
	cfg    Config
	add    tessera.AddFn
	shut   func(context.Context) error
	stop   context.CancelFunc
	reader tessera.LogReader

	wake  chan struct{}
	ended chan struct{}

	mu      sync.Mutex
	next    int64
	last    time.Time // received, of the last entry
	keys    *registry
	seen    *index
	waiting []*request
	broken  error
}

// Create makes a new record, with entry 0 and what else is said at once.
func Create(ctx context.Context, cfg Config, m Mission, more ...Submission) (*Log, []Receipt, error) {
	if _, err := os.Stat(filepath.Join(cfg.Dir, ".state", "treeState")); err == nil {
		size, _ := Size(cfg.Dir)
		if size > 0 {
			return nil, nil, fmt.Errorf("%s is a record already", cfg.Dir)
		}
	}
	body := Body{Kind: "mission", Mission: cfg.Signer.Name(), At: cfg.Now().UTC().Format(timeForm)}
	m.Keys = append([]Key{cfg.Signer.Public(RoleLog, "")}, m.Keys...)
	m.Keys[0].Recipient = ""
	var err error
	if body.Content, err = canonical(m); err != nil {
		return nil, nil, err
	}
	first, err := body.Say(cfg.Signer)
	if err != nil {
		return nil, nil, err
	}
	l, err := Open(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	receipts, err := l.Append(ctx, first)
	if err == nil {
		var rest []Receipt
		rest, err = l.Append(ctx, more...)
		receipts = append(receipts, rest...)
	}
	if err != nil {
		l.Close(ctx)
		return nil, nil, err
	}
	return l, receipts, nil
}

// Open opens a record for appending. What a crash left behind is put right:
// entries that were written are found, and those that were not are not there.
func Open(ctx context.Context, cfg Config) (l *Log, err error) {
	quiet()
	if err := writable(cfg.Dir); err != nil {
		return nil, err
	}
	if cfg.Batch == 0 {
		cfg.Batch = 4096
	}
	if cfg.driver == nil {
		if cfg.driver, err = newDriver(ctx, cfg.Dir); err != nil {
			return nil, err
		}
	}
	// Tessera will not publish a checkpoint "too soon" after one from the future:
	// one that a wrong clock has left behind must not hold up all others.
	cp := filepath.Join(cfg.Dir, "checkpoint")
	if info, err := os.Stat(cp); err == nil && info.ModTime().After(time.Now()) {
		_ = os.Chtimes(cp, time.Time{}, time.Now().Add(-time.Minute))
	}
	opts := options(tessera.NewAppendOptions(), cfg.Signer, cfg.Batch, groupAge)
	l = &Log{cfg: cfg}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	defer func() {
		if err != nil {
			stop()
		}
	}()
	if err := lockable(cfg.Dir); err != nil {
		return nil, fmt.Errorf("the record cannot be written: %s%w", cause(err), err)
	}
	if err := whole(cfg.Dir); err != nil {
		return nil, err
	}
	app, shut, reader, err := tessera.NewAppender(run, cfg.driver, opts)
	if err != nil {
		return nil, fmt.Errorf("%s: %s%w", cfg.Dir, cause(err), err)
	}
	l.add, l.shut, l.reader = app.Add, shut, reader
	if err := l.remember(ctx); err != nil {
		return nil, err
	}
	l.wake, l.ended = make(chan struct{}, 1), make(chan struct{})
	go l.run(run)
	return l, nil
}

// whole refuses a folder whose state is older than its checkpoint: a copy that was made
// while the record was written. Writing to it would sign a second history, without the
// entries in between, which were acknowledged. A record of our own never looks so: its
// state is on disk before its checkpoint.
func whole(dir string) error {
	raw, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	signed, root, err := sizeAndRoot(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	var state struct {
		Size int64  `json:"size"`
		Root []byte `json:"root"`
	}
	text, err := os.ReadFile(filepath.Join(dir, ".state", "treeState"))
	if err == nil {
		err = json.Unmarshal(text, &state)
	}
	if err != nil {
		return fmt.Errorf("%s has a checkpoint of %d entries and no state that can be read (%w): it is an incomplete copy, and nothing is written to it", dir, signed, err)
	}
	if state.Size < signed || state.Size == signed && !bytes.Equal(state.Root, root) {
		return fmt.Errorf("%s has a checkpoint of %d entries, and its state is of %d: it is an incomplete copy, and nothing is written to it", dir, signed, state.Size)
	}
	return nil
}

// writable makes sure that a record can be written before anything is promised.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".write-*")
	if err != nil {
		return fmt.Errorf("the record cannot be written: %s%w", cause(err), err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(make([]byte, 4096))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("%s%w", cause(err), err)
	}
	return nil
}

// remember brings what is known of the record up to its end: keys, the last
// moment, and what was said already.
func (l *Log) remember(ctx context.Context) (err error) {
	size, err := l.reader.IntegratedSize(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", l.cfg.Dir, err)
	}
	l.next = int64(size)
	if l.seen, err = openIndex(filepath.Join(l.cfg.Dir, ".state", "index.db"), l.next); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			l.seen.db.Close()
		}
	}()
	// From here no other process writes, and the size is the size.
	if size, err = l.reader.IntegratedSize(ctx); err != nil {
		return err
	}
	l.next = int64(size)
	l.keys = newRegistry()
	from := l.seen.size
	if from == 0 { // it was not closed: a crash, or an index that was lost; or it is new
		if err := sweep(filepath.Join(l.cfg.Dir, "tile")); err != nil {
			return err
		}
	}
	if from > 0 {
		if l.last, err = l.seen.restore(l.keys); err != nil {
			return err
		}
	}
	for e, err := range read(ctx, l.reader.ReadEntryBundle, from, l.next, itself) {
		if err != nil {
			return err
		}
		s := &Submission{body: e.Body, kind: e.Kind, sigs: e.Sigs, in: e.batch, leaves: e.leaves}
		signers, err := l.keys.signersOf(s)
		switch {
		case err == nil:
			err = l.keys.apply(s, signers, e.Index)
		case s.in != nil && from > 0: // of a batch that was signed before what is read here
			err = nil
		}
		if err != nil {
			return fmt.Errorf("entry %d: %w", e.Index, err)
		}
		l.last = e.Received.Time()
		if err := l.seen.put(s.Hash(), e.Index); err != nil {
			return err
		}
		if l.cfg.Progress != nil && e.Index%4096 == 0 {
			l.cfg.Progress(e.Index, l.next)
		}
	}
	return nil
}

// tileFile is what a finished tile or bundle is called; what a crash left half
// written beside it has a longer number.
var tileFile = regexp.MustCompile(`^(x?\d{3}|\d{1,3})$`)

// sweep takes away what was half written when the process ended.
func sweep(dir string) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() || tileFile.MatchString(d.Name()) {
			return err
		}
		return os.Remove(name)
	})
}

// signersOf finds the signers without checking their signatures, which were
// checked before they were written.
func (r *registry) signersOf(s *Submission) ([]*Key, error) {
	if s.kind == "mission" {
		return nil, nil
	}
	if s.in != nil {
		if b := r.roots[s.in.Root]; b != nil {
			return []*Key{b.by}, nil
		}
		return nil, fmt.Errorf("its batch was not signed by anybody")
	}
	var out []*Key
	for _, line := range s.sigs {
		k, _ := r.named(line)
		if k == nil {
			return nil, fmt.Errorf("signed with an unknown key: %.60s", line)
		}
		out = append(out, k)
	}
	return out, nil
}

// Size returns how many entries are in the tree of a record's folder.
func Size(dir string) (int64, error) {
	var s struct {
		Size int64 `json:"size"`
	}
	raw, err := os.ReadFile(filepath.Join(dir, ".state", "treeState"))
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	return s.Size, err
}

// Origin is the record's name, which every body must state.
func (l *Log) Origin() string { return l.cfg.Signer.Name() }

// Size is how many entries the record has.
func (l *Log) Size() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next
}

// Keys returns every key that the record has stated, in that order.
func (l *Log) Keys() []Key {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.keys.list()
}

func (r *registry) list() []Key {
	out := make([]Key, 0, len(r.order))
	for _, id := range r.order {
		out = append(out, *r.keys[id])
	}
	return out
}

// KeyOf returns the key of the record that a secret is the private half of.
func (l *Log) KeyOf(s *Secret) (Key, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.keys.keys[s.ID()]
	if k == nil {
		return Key{}, false
	}
	return *k, true
}

// A Receipt says that a submission is in the record, durably.
type Receipt struct {
	Index      int64
	Submission [32]byte
	Known      bool // it was there already: nothing was written
	with       *acknowledged
}

// acknowledged are submissions that became durable together: one signature
// acknowledges all of them.
type acknowledged struct {
	list []Receipt
	once sync.Once
	note []byte
	err  error
}

// together is how many one receipt names at most.
const together = 32

// Append writes submissions and returns a receipt for each. When it returns nil,
// all of them are on disk and in the tree, and the next checkpoint commits to
// them. Those of one call may stand in any order, but that the members of a batch
// come after its own submission; what must follow something else is appended
// after that was. ErrMayNot, ErrRefused and ErrClock say that nothing was written
// of the one that they name; the receipts are then of the others. After ErrReopen
// it is not known what was written.
func (l *Log) Append(ctx context.Context, subs ...Submission) ([]Receipt, error) {
	return l.Start(ctx, subs...)()
}

// Start is Append in two steps: what it returns waits until the submissions are
// durable.
func (l *Log) Start(ctx context.Context, subs ...Submission) func() ([]Receipt, error) {
	list := make([]*request, len(subs))
	for i := range subs {
		list[i] = l.ask(&subs[i])
	}
	l.mu.Lock()
	for _, r := range list {
		if r.err == nil {
			l.waiting = append(l.waiting, r)
		}
	}
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default: // it is awake
	}
	return func() ([]Receipt, error) {
		out := make([]Receipt, 0, len(list))
		var refused error
		for _, r := range list {
			select {
			case <-r.done:
			case <-l.ended:
				select {
				case <-r.done: // it was answered just before
				default:
					return out, fmt.Errorf("%w: it was closed", ErrReopen)
				}
			}
			switch {
			case r.err == nil:
				out = append(out, Receipt{r.at, r.hash, r.known, r.with})
			case errors.Is(r.err, ErrReopen):
				return nil, r.err
			case refused == nil:
				refused = r.err
			}
		}
		return out, refused
	}
}

// A request is a submission on its way.
type request struct {
	s       *Submission
	hash    [32]byte
	signers []*Key // verified, of what is not a member of a batch
	done    chan struct{}
	again   []*request // the same, said while this one is on its way

	at    int64
	known bool
	with  *acknowledged
	err   error
}

func (r *request) finish(at int64, known bool, err error) {
	r.at, r.known, r.err = at, known, err
	close(r.done)
	for _, other := range r.again {
		other.finish(at, true, err)
	}
}

// ask checks everything about a submission that does not depend on its place in the
// record: above all its signatures, which is the expensive part.
func (l *Log) ask(s *Submission) *request {
	r := &request{s: s, done: make(chan struct{})}
	refuse := func(err error) *request {
		r.finish(0, false, err)
		return r
	}
	if len(s.body) == 0 {
		return refuse(fmt.Errorf("%w: nothing is said", ErrRefused))
	}
	r.hash = s.Hash()
	if s.mission != l.Origin() {
		return refuse(fmt.Errorf("%w: the %s was written for the record %q, and this is %q", ErrRefused, s.kind, s.mission, l.Origin()))
	}
	if s.kind == "mission" || s.in != nil {
		return r
	}
	known := newRegistry()
	l.mu.Lock()
	for _, line := range s.sigs {
		if k, _ := l.keys.named(line); k != nil {
			known.keys[k.ID()] = k
		}
	}
	l.mu.Unlock()
	var err error
	if r.signers, err = known.find(s); err != nil {
		return refuse(err)
	}
	return r
}

// Vet says whether the record would take a submission now, and writes nothing: its
// signatures, the roles of those who signed, and every rule that the record alone
// can check. It returns the key that signed it, and its index if the record has it.
func (l *Log) Vet(s Submission) (by Key, at int64, known bool, err error) {
	if s.kind == "batch" || s.in != nil {
		return by, 0, false, fmt.Errorf("%w: batches are not handed over", ErrRefused)
	}
	r := l.ask(&s)
	if r.err != nil {
		return by, 0, false, r.err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(r.signers) == 0 {
		return by, 0, false, fmt.Errorf("%w: entry 0, and no other, says what the mission is", ErrRefused)
	}
	by = *r.signers[0]
	if at, known, err = l.seen.get(r.hash); err != nil || known {
		return by, at, known, err
	}
	received, clock := l.now()
	_, err = l.admit(r, received, clock)
	return by, 0, false, err
}

// run writes what is waiting, group by group, until the log is closed.
//
// Tessera does not promise to keep the order of entries that it receives while it
// writes, and does not keep it under load. So only one group is on its way at a time,
// and no entry in a group depends on another entry in it: a batch's members are in a
// later group than the batch, and an entry that changes keys is in a group alone.
func (l *Log) run(ctx context.Context) {
	defer close(l.ended)
	for {
		select {
		case <-l.wake:
		case <-ctx.Done():
			return
		}
		for {
			group, data := l.gather()
			if len(group) == 0 {
				break
			}
			l.commit(ctx, group, data)
			l.linger(len(group))
		}
	}
}

// linger waits a little for those who were just answered to say the next thing:
// as many as there were will mostly come again, and one group of all is written
// in the time of one group of few. Nobody waits for others who was alone.
func (l *Log) linger(were int) {
	for begin := time.Now(); were > 1 && time.Since(begin) < most; time.Sleep(100 * time.Microsecond) {
		l.mu.Lock()
		here := len(l.waiting)
		l.mu.Unlock()
		if here >= were {
			return
		}
	}
}

// most is how long linger waits: a fraction of what a group takes to the disk.
const most = 4 * time.Millisecond

// gather takes the next group from those that wait, and answers at once those
// that are known or refused.
func (l *Log) gather() (group []*request, data [][]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	received, clock := l.now()
	var left []*request
	mine := map[[32]byte]*request{}
	roots := map[string]bool{} // of batches in this group
	alone := false
	for i, r := range l.waiting {
		if alone || len(group) == int(l.cfg.Batch) {
			left = append(left, l.waiting[i:]...)
			break
		}
		if l.broken != nil {
			r.finish(0, false, fmt.Errorf("%w: %w", ErrReopen, l.broken))
			continue
		}
		if first := mine[r.hash]; first != nil {
			first.again = append(first.again, r)
			continue
		}
		at, ok, err := l.seen.get(r.hash)
		if ok && r.s.kind == "batch" { // its members may still have to come
			l.keys.open(rootOf(r.s), r.signers[0], r.s.leaves)
		}
		if ok || err != nil {
			r.finish(at, ok, err)
			continue
		}
		// What others in the group may depend on goes alone.
		changes := slices.Contains([]string{"key", "revoke", "mission", "source", "agreement"}, r.s.kind)
		if r.s.in != nil && roots[r.s.in.Root] || changes && len(group) > 0 {
			left = append(left, r)
			if changes { // nothing overtakes it
				left = append(left, l.waiting[i+1:]...)
				break
			}
			continue
		}
		text, err := l.admit(r, received, clock)
		if err != nil {
			r.finish(0, false, err)
			continue
		}
		if r.s.kind == "batch" {
			roots[rootOf(r.s)] = true
		}
		alone = changes
		mine[r.hash] = r
		group, data = append(group, r), append(data, text)
	}
	l.waiting = left
	if len(group) > 0 {
		l.last = received
	}
	return group, data
}

// admit checks what depends on the moment: whether the signers may write the
// submission now. It returns the entry.
func (l *Log) admit(r *request, received time.Time, clock error) ([]byte, error) {
	if clock != nil {
		return nil, clock
	}
	if (r.s.kind == "mission") != (l.next == 0) {
		return nil, fmt.Errorf("%w: entry 0, and no other, says what the mission is", ErrRefused)
	}
	if r.s.in != nil {
		var err error
		if r.signers, err = l.keys.find(r.s); err != nil {
			return nil, err
		}
	}
	for _, k := range r.signers {
		if err := r.s.may(k, received); err != nil {
			return nil, err
		}
	}
	if err := l.keys.dry(r.s, r.signers); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	data, err := l.sound(r, received)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return data, nil
}

// commit writes a group and answers. Until then nobody was told anything.
func (l *Log) commit(ctx context.Context, group []*request, data [][]byte) {
	failed := lockable(l.cfg.Dir)
	var futures []tessera.IndexFuture
	for i := range data {
		if failed == nil {
			futures = append(futures, l.add(ctx, tessera.NewEntry(data[i])))
		}
	}
	at := make([]int64, len(group))
	for i, f := range futures {
		got, err := f()
		if err != nil && failed == nil {
			failed = err
		}
		at[i] = int64(got.Index)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if failed == nil {
		failed = l.settle(group, at)
	}
	if failed != nil {
		l.broken = failed
		err := fmt.Errorf("%w: %s%w", ErrReopen, cause(failed), failed)
		for _, r := range group {
			r.finish(0, false, err)
		}
		return
	}
	// From here they are durable, in the tree and known: they may be acknowledged.
	var with *acknowledged
	for i, r := range group {
		if i%together == 0 {
			with = &acknowledged{}
		}
		with.list = append(with.list, Receipt{Index: at[i], Submission: r.hash})
		r.with = with
	}
	for i, r := range group {
		r.finish(at[i], false, nil)
	}
}

// lockable makes sure that Tessera can lock the tree: where it cannot, as on a
// disk that has become read-only, it ends the process.
func lockable(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, ".state", "treeState.lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a new record, whose folder Tessera makes
	}
	if err != nil {
		return err
	}
	// Closing any file of it would let go of a POSIX lock of this process; nobody
	// holds it between groups.
	return f.Close()
}

// cause says the common causes in plain words. Tessera hands on the text of an
// error and not the error.
func cause(err error) string {
	for no, words := range map[syscall.Errno]string{syscall.ENOSPC: "the disk is full: ", syscall.EROFS: "the disk cannot be written to: "} {
		if errors.Is(err, no) || strings.Contains(err.Error(), no.Error()) {
			return words
		}
	}
	return ""
}

// settle notes where a group stands.
func (l *Log) settle(group []*request, at []int64) error {
	there := make([]bool, len(group))
	for i, r := range group {
		n := at[i] - l.next
		if n < 0 || n >= int64(len(group)) || there[n] {
			return fmt.Errorf("entry %d was not to stand there: something else writes to this record", at[i])
		}
		there[n] = true
		if err := l.keys.apply(r.s, r.signers, at[i]); err != nil {
			return err
		}
		if err := l.seen.put(r.hash, at[i]); err != nil {
			return err
		}
	}
	l.next += int64(len(group))
	return nil
}

// now is the moment of receipt: the clock's, and never before the last.
func (l *Log) now() (time.Time, error) {
	t := l.cfg.Now().UTC().Truncate(time.Millisecond)
	if t.Before(l.last.Add(-slack)) {
		return t, fmt.Errorf("%w: it says %s, and the last entry was received at %s; set the clock", ErrClock, t.Format(timeForm), l.last.Format(timeForm))
	}
	if t.Before(l.last) {
		t = l.last
	}
	return t, nil
}

// ReceiptNote is the log's signed word for receipts, a small text to keep. That
// of a single one also names what became durable with it, by hash.
func (l *Log) ReceiptNote(receipts []Receipt) ([]byte, error) {
	if len(receipts) == 1 && receipts[0].with != nil {
		with := receipts[0].with
		with.once.Do(func() { with.note, with.err = l.receipt(with.list) })
		return with.note, with.err
	}
	return l.receipt(receipts)
}

func (l *Log) receipt(receipts []Receipt) ([]byte, error) {
	text := "truce-receipt/v1\n" + l.Origin() + "\n" + l.cfg.Now().UTC().Format(timeForm) + "\n"
	for _, r := range receipts {
		text += fmt.Sprintf("%d %s\n", r.Index, b64(r.Submission))
	}
	return note.Sign(&note.Note{Text: text}, l.cfg.Signer.signer)
}

// Close waits until a checkpoint commits to all that was acknowledged, and lets
// go of the record.
func (l *Log) Close(ctx context.Context) error {
	l.mu.Lock()
	broken := l.broken
	l.mu.Unlock()
	var err error
	if broken == nil {
		err = l.shut(ctx)
		if err == nil {
			err = l.published(ctx)
		}
	}
	l.stop()
	<-l.ended
	if serr := l.seen.close(broken == nil && err == nil, l.next, l.last, l.keys); err == nil {
		err = serr
	}
	return err
}

// published waits for a checkpoint of the whole tree, which a crash may have
// left unwritten.
func (l *Log) published(ctx context.Context) error {
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		cp, err := l.reader.ReadCheckpoint(ctx)
		if err == nil && sizeOf(cp) >= l.next {
			return nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if time.Since(begin) > 30*time.Second {
			return fmt.Errorf("no checkpoint commits to entry %d after 30 seconds: %s", l.next-1, lastWarning())
		}
	}
}

// content reads the content of a body, strictly as to form and not as to
// members.
func content(body []byte, v any) error {
	var b struct {
		Content jsontext.Value `json:"content"`
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return err
	}
	if len(b.Content) == 0 {
		return nil
	}
	return json.Unmarshal(b.Content, v)
}
