package ledger

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/opentruce/truce"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"k8s.io/klog/v2"
)

var errEOF = io.EOF

// An Entry is one entry of the record, read back and not verified.
type Entry struct {
	Index    int64
	Received truce.Instant
	Body     []byte
	Kind     string
	Known    truce.Instant // zero: when it was received
	Replaces truce.Digest
	Content  []byte
	Sealed   *Sealed
	Sigs     []string
	By       *Key // who signed it, once a Trail has followed it
	binding  bool // whether terms bound anybody before it, once a Trail has followed it
	batch    *batchRef
	leaves   []string
}

// ID is the entry's name: the hash of what its author said.
func (e *Entry) ID() truce.Digest { return leafHash(e.Body) }

// InBatch reports whether the entry is a member of a batch: one of a file, signed
// together with the others.
func (e *Entry) InBatch() bool { return e.batch != nil }

// Signers are the IDs of the keys that an entry says it is signed with; of a member
// of a batch, none: the batch is signed.
func (e *Entry) Signers() (out []string) {
	for _, line := range e.Sigs {
		name, b, _ := strings.Cut(strings.TrimPrefix(line, "— "), " ")
		if raw, err := base64.StdEncoding.DecodeString(b); err == nil && len(raw) > 4 {
			out = append(out, fmt.Sprintf("%s+%08x", name, binary.BigEndian.Uint32(raw)))
		}
	}
	return out
}

// At is the moment from which the entry is known.
func (e *Entry) At() truce.Instant {
	if e.Known != 0 {
		return e.Known
	}
	return e.Received
}

func parseEntry(index int64, data []byte) (*Entry, error) {
	var w struct {
		Batch    *batchRef     `json:"batch"`
		Body     Body          `json:"body"`
		Leaves   []string      `json:"leaves"`
		Received truce.Instant `json:"received"`
		Sigs     []string      `json:"sigs"`
	}
	if err := json.Unmarshal(data, &w, json.RejectUnknownMembers(true)); err != nil {
		return nil, err
	}
	body, err := bodyOf(data)
	if err != nil {
		return nil, err
	}
	return &Entry{Index: index, Received: w.Received, Body: body, Kind: w.Body.Kind, Known: w.Body.Known, Replaces: w.Body.Replaces, Content: w.Body.Content,
		Sealed: w.Body.Sealed, Sigs: w.Sigs, batch: w.Batch, leaves: w.Leaves}, nil
}

// bodyOf cuts the body out of an entry, whose canonical form leaves no choice as
// to where it stands: what follows it holds no quotation mark that is escaped.
func bodyOf(data []byte) ([]byte, error) {
	from := bytes.Index(data, []byte(`"body":{`))
	to := bytes.LastIndex(data, []byte(`,"received":"`))
	if to > 0 && data[to-1] == ']' { // the hashes of a batch's members stand between
		to = bytes.LastIndex(data[:to], []byte(`,"leaves":["`))
	}
	if from < 0 || to < from {
		return nil, errors.New("no body where one is to stand")
	}
	return data[from+len(`"body":`) : to], nil
}

type bundleReader func(ctx context.Context, index uint64, partial uint8) ([]byte, error)

// read yields what f makes of each entry, in order; bundles are read, parsed and
// made into something side by side.
func read[T any](ctx context.Context, get bundleReader, from, to int64, f func(*Entry) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		type result struct {
			list []T
			err  error
		}
		workers := runtime.GOMAXPROCS(0)
		ahead := make(chan chan result, 2*workers)
		go func() {
			defer close(ahead)
			slots := make(chan struct{}, workers)
			for n := from / layout.EntryBundleWidth; n*layout.EntryBundleWidth < to; n++ {
				out := make(chan result, 1)
				select {
				case ahead <- out:
				case <-ctx.Done():
					return
				}
				slots <- struct{}{}
				go func() {
					defer func() { <-slots }()
					list, err := readBundle(ctx, get, n, from, to, f)
					out <- result{list, err}
				}()
			}
		}()
		var none T
		for out := range ahead {
			r := <-out
			for _, v := range r.list {
				if !yield(v, nil) {
					return
				}
			}
			if r.err != nil {
				yield(none, r.err)
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(none, err)
		}
	}
}

// readBundle makes something of those entries of bundle n that are at least from.
func readBundle[T any](ctx context.Context, get bundleReader, n, from, size int64, f func(*Entry) (T, error)) ([]T, error) {
	first := n * layout.EntryBundleWidth
	count := min(size-first, layout.EntryBundleWidth)
	raw, err := get(ctx, uint64(n), uint8(count%layout.EntryBundleWidth))
	if err != nil {
		return nil, fmt.Errorf("entries %d to %d: %w", first, first+count-1, err)
	}
	var b api.EntryBundle
	if err := b.UnmarshalText(raw); err != nil {
		return nil, fmt.Errorf("entries %d to %d: %w", first, first+count-1, err)
	}
	if int64(len(b.Entries)) < count {
		return nil, fmt.Errorf("entries %d to %d: only %d are there", first, first+count-1, len(b.Entries))
	}
	var out []T
	for i := max(0, from-first); i < count; i++ {
		v, err := made(first+i, b.Entries[i], f)
		if err != nil {
			return out, err
		}
		out = append(out, v)
	}
	return out, nil
}

// made is what f makes of one entry. A panic is an error that names the entry: it
// would end the process here, where many goroutines read.
func made[T any](index int64, data []byte, f func(*Entry) (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("entry %d: a fault of this program: %v", index, p)
		}
	}()
	e, err := parseEntry(index, data)
	if err != nil {
		return v, fmt.Errorf("entry %d: %w", index, err)
	}
	return f(e)
}

func itself(e *Entry) (*Entry, error) { return e, nil }

// Entries reads the entries of a record's folder from one index up to another,
// in order, without verifying them. The folder may be a mirror, or open for
// appending elsewhere.
func Entries(ctx context.Context, dir string, from, to int64) iter.Seq2[*Entry, error] {
	return Map(ctx, dir, from, to, itself)
}

// Map is Entries of what f makes of each; f is called by several goroutines.
func Map[T any](ctx context.Context, dir string, from, to int64, f func(*Entry) (T, error)) iter.Seq2[T, error] {
	size, err := Published(dir)
	if err != nil {
		return func(yield func(T, error) bool) {
			var none T
			yield(none, err)
		}
	}
	to = min(to, size)
	return read(ctx, func(_ context.Context, n uint64, _ uint8) ([]byte, error) {
		// The partial bundle of the checkpoint's size is there, or the full one,
		// which begins with the same; others may be gone.
		p := layout.PartialTileSize(0, n, uint64(size))
		data, err := os.ReadFile(filepath.Join(dir, layout.EntriesPath(n, p)))
		if p > 0 && errors.Is(err, fs.ErrNotExist) {
			data, err = os.ReadFile(filepath.Join(dir, layout.EntriesPath(n, 0)))
		}
		return data, err
	}, from, to, f)
}

// Published is the size that a record's checkpoint commits to.
func Published(dir string) (int64, error) {
	cp, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return 0, err
	}
	if n := sizeOf(cp); n >= 0 {
		return n, nil
	}
	return 0, fmt.Errorf("%s: no checkpoint", filepath.Join(dir, "checkpoint"))
}

// sizeOf reads the size of a checkpoint without verifying it; -1: none.
func sizeOf(cp []byte) int64 {
	lines := bytes.SplitN(cp, []byte("\n"), 3)
	if len(lines) < 3 {
		return -1
	}
	n, err := strconv.ParseInt(string(lines[1]), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// Tessera tells its troubles to a logger of the whole process; what it says is
// kept, and shown when something fails.
var (
	quietOnce sync.Once
	warnings  lastLine
)

func quiet() {
	quietOnce.Do(func() {
		var f flag.FlagSet
		klog.InitFlags(&f)
		_ = f.Set("logtostderr", "false")
		_ = f.Set("stderrthreshold", "FATAL")
		klog.SetOutput(&warnings)
	})
}

func lastWarning() string { return warnings.String() }

type lastLine struct {
	mu   sync.Mutex
	line []byte
}

func (l *lastLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(p) > 0 && (p[0] == 'W' || p[0] == 'E' || p[0] == 'F') {
		l.line = append(l.line[:0], bytes.TrimSpace(p)...)
	}
	return len(p), nil
}

func (l *lastLine) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.line)
}

// KeysOf returns the keys that entries state, in that order, and which of them
// have ended; other entries say nothing of keys. It verifies nothing.
func KeysOf(entries []*Entry) ([]Key, error) {
	r := newRegistry()
	for _, e := range entries {
		switch e.Kind {
		case "mission", "key", "revoke":
			if err := r.apply(&Submission{body: e.Body, kind: e.Kind}, nil, e.Index); err != nil {
				return nil, fmt.Errorf("entry %d: %w", e.Index, err)
			}
		}
	}
	return r.list(), nil
}
