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
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/opentruce/truce"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

// Mission is the content of entry 0: what this record is.
type Mission struct {
	Agreement truce.Digest `json:"agreement"`
	Title     string       `json:"title"`
	Keys      []Key        `json:"keys"` // the log's own first
	Demo      bool         `json:"demo,omitempty"`
	Terms     *Terms       `json:"terms,omitempty"`
}

// Terms are an agreement as the record names it: its digest, and the files that
// it was read from, which lie beside the record by their SHA-256.
type Terms struct {
	ID     string       `json:"id"`
	Title  string       `json:"title"`
	Status string       `json:"status"`
	Digest truce.Digest `json:"digest"`
	Files  []File       `json:"files"`
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
	// Policy, if any, names witnesses to be asked for co-signatures (C2SP
	// tlog-policy, with their addresses). The record goes on when they cannot be
	// reached, and asks again with the next checkpoint.
	Policy []byte
	// Batch is how many entries are written at once, and Wait how long the first
	// of them waits for others. Zero: 4,096, and one millisecond.
	Batch uint
	Wait  time.Duration
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
	// ErrClock means that the clock stands before the last entry.
	ErrClock = errors.New("the clock has gone back")
	// ErrRefused means that a submission is none: its form, its size or its
	// place is wrong. Nothing was written.
	ErrRefused = errors.New("refused")
)

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

	mu     sync.Mutex
	next   int64
	last   time.Time // received, of the last entry
	keys   *registry
	seen   *index
	broken error
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
	receipts, err := l.Append(ctx, append([]Submission{first}, more...)...)
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
	if cfg.Wait == 0 {
		cfg.Wait = time.Millisecond
	}
	if cfg.driver == nil {
		if cfg.driver, err = posix.New(ctx, posix.Config{Path: cfg.Dir}); err != nil {
			return nil, err
		}
	}
	// Tessera will not publish a checkpoint "too soon" after one from the future:
	// one that a wrong clock has left behind must not hold up all others.
	cp := filepath.Join(cfg.Dir, "checkpoint")
	if info, err := os.Stat(cp); err == nil && info.ModTime().After(time.Now()) {
		_ = os.Chtimes(cp, time.Time{}, time.Now().Add(-time.Minute))
	}
	opts := tessera.NewAppendOptions().WithCheckpointSigner(cfg.Signer.signer).WithBatching(cfg.Batch, cfg.Wait).
		WithCheckpointInterval(100 * time.Millisecond).WithCheckpointRepublishInterval(10 * time.Minute).
		WithGarbageCollectionInterval(200 * time.Millisecond)
	if len(cfg.Policy) > 0 {
		group, err := tessera.NewWitnessGroupFromPolicy(cfg.Policy)
		if err != nil {
			return nil, fmt.Errorf("witnesses: %w", err)
		}
		opts = opts.WithWitnesses(group, &tessera.WitnessOptions{FailOpen: true})
	}
	l = &Log{cfg: cfg}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	defer func() {
		if err != nil {
			stop()
		}
	}()
	app, shut, reader, err := tessera.NewAppender(run, cfg.driver, opts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.Dir, err)
	}
	l.add, l.shut, l.reader = app.Add, shut, reader
	size, err := reader.IntegratedSize(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.Dir, err)
	}
	l.next = int64(size)
	if err := l.remember(ctx); err != nil {
		return nil, err
	}
	return l, nil
}

// writable makes sure that a record can be written before anything is promised.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".write-*")
	if err != nil {
		return fmt.Errorf("the record cannot be written: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(make([]byte, 4096))
	if serr := f.Sync(); err == nil {
		err = serr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("the disk is full: %w", err)
	}
	return err
}

// remember brings what is known of the record up to its end: keys, the last
// moment, and what was said already.
func (l *Log) remember(ctx context.Context) error {
	var err error
	if l.seen, err = openIndex(filepath.Join(l.cfg.Dir, ".state", "index.db"), l.next); err != nil {
		return err
	}
	l.keys = newRegistry()
	from := l.seen.size
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
		if err == nil {
			err = l.keys.apply(s, signers, e.Index)
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

// signersOf finds the signers without checking their signatures, which were
// checked before they were written.
func (r *registry) signersOf(s *Submission) ([]*Key, error) {
	if s.kind == "mission" {
		return nil, nil
	}
	if s.in != nil {
		return []*Key{r.roots[s.in.Root]}, nil
	}
	var out []*Key
	for _, line := range s.sigs {
		k := r.named(line)
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
}

// Append writes submissions in order and returns a receipt for each. When it
// returns nil, all of them are on disk and in the tree, and the next checkpoint
// commits to them. The members of a batch follow its own submission. Errors:
// ErrMayNot, ErrRefused and ErrClock say that nothing was written of the one
// they name and those after it; ErrReopen, that it is not known.
func (l *Log) Append(ctx context.Context, subs ...Submission) ([]Receipt, error) {
	return l.Start(ctx, subs...)()
}

// Start is Append in two steps: their order in the record is settled when it
// returns, and what it returns waits until they are durable.
func (l *Log) Start(ctx context.Context, subs ...Submission) func() ([]Receipt, error) {
	out := make([]Receipt, len(subs))
	waits := make([]func() (int64, error), len(subs))
	var refused error
	for i := range subs {
		if waits[i], refused = l.queue(ctx, &subs[i]); refused != nil {
			waits = waits[:i]
			break
		}
		out[i].Submission = subs[i].Hash()
	}
	return func() ([]Receipt, error) {
		for i, wait := range waits {
			at, err := wait()
			if err != nil {
				return nil, l.breakdown(err)
			}
			out[i].Index = at & (1<<62 - 1)
			out[i].Known = at&(1<<62) != 0
		}
		// From here all that was taken is durable.
		return out[:len(waits)], refused
	}
}

// breakdown stops the log after a write of which it is not known how far it came.
func (l *Log) breakdown(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken == nil {
		l.broken = err
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w: the disk is full; nothing that was acknowledged is lost: %w", ErrReopen, err)
	}
	return fmt.Errorf("%w: %w", ErrReopen, err)
}

// queue takes one submission: everything about it is checked, and its place in
// the record is settled. It is not yet on disk.
func (l *Log) queue(ctx context.Context, s *Submission) (func() (int64, error), error) {
	if len(s.body) == 0 {
		return nil, fmt.Errorf("%w: nothing is said", ErrRefused)
	}
	var b struct {
		Mission string `json:"mission"`
	}
	if err := json.Unmarshal(s.body, &b); err != nil || b.Mission != l.Origin() {
		return nil, fmt.Errorf("%w: the %s was written for the record %q, and this is %q", ErrRefused, s.kind, b.Mission, l.Origin())
	}
	h := s.Hash()
	signers, err := l.signers(s)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return nil, fmt.Errorf("%w: %w", ErrReopen, l.broken)
	}
	if wait, at, ok, err := l.seen.get(h); err != nil {
		return nil, err
	} else if ok {
		if s.kind == "batch" { // its members may still have to come
			l.keys.roots[rootOf(s)] = signers[0]
		}
		return known(wait, at), nil
	}
	received, err := l.now()
	if err != nil {
		return nil, err
	}
	for _, k := range signers {
		if err := l.keys.may(k, s, received); err != nil {
			return nil, err
		}
	}
	if (s.kind == "mission") != (l.next == 0) {
		return nil, fmt.Errorf("%w: entry 0, and no other, says what the mission is", ErrRefused)
	}
	data, err := s.leaf(received)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if err := l.keys.apply(s, signers, l.next); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	at := l.next
	l.next++
	l.last = received
	future := l.add(ctx, tessera.NewEntry(data))
	// Its place is what the queue's order makes it; a log that gives another was
	// written to by somebody else.
	wait := sync.OnceValues(func() (int64, error) {
		got, err := future()
		if err == nil && int64(got.Index) != at {
			err = fmt.Errorf("entry %d was written at %d: something else writes to this record", at, got.Index)
		}
		return at, err
	})
	if err := l.seen.queue(h, at, wait); err != nil {
		return nil, err
	}
	return wait, nil
}

// known waits, if it must, for the first writing of what is said again.
func known(wait func() (int64, error), at int64) func() (int64, error) {
	return func() (int64, error) {
		if wait != nil {
			if _, err := wait(); err != nil {
				return 0, err
			}
		}
		return at | 1<<62, nil
	}
}

// signers verifies signatures, outside the lock: it is the dear part.
func (l *Log) signers(s *Submission) ([]*Key, error) {
	if s.kind == "mission" {
		return nil, nil
	}
	if s.in != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.keys.find(s)
	}
	l.mu.Lock()
	r := &registry{keys: map[string]*Key{}}
	for _, line := range s.sigs {
		if k := l.keys.named(line); k != nil {
			r.keys[k.ID()] = k
		}
	}
	l.mu.Unlock()
	return r.find(s)
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

// ReceiptNote is the log's signed word for receipts, a small text to keep.
func (l *Log) ReceiptNote(receipts []Receipt) ([]byte, error) {
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
