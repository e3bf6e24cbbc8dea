package audit

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// width is how many hashes a full tile has, and entries a full bundle.
const width = 256

// maxFile bounds what is read as one file of a record: a full bundle of the
// longest entries, and room to spare.
const maxFile = width*(2+1<<16) + 1<<16

// A Fetch reads one file of a record by its path, such as "checkpoint" or
// "tile/0/000". A file that is not there is fs.ErrNotExist. It is called by
// several goroutines at once.
type Fetch func(ctx context.Context, path string) ([]byte, error)

// Dir reads a record from a folder.
func Dir(dir string) Fetch {
	return func(_ context.Context, path string) ([]byte, error) {
		f, err := os.Open(filepath.Join(dir, filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readAll(f, path)
	}
}

// HTTP reads a record from a web server. A nil client means the default client, whose
// requests have no time limit.
func HTTP(client *http.Client, base string) (Fetch, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q: want an address such as https://example.org/record", base)
	}
	if client == nil {
		client = http.DefaultClient
	}
	return func(ctx context.Context, path string) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.JoinPath(path).String(), nil)
		if err != nil {
			return nil, err
		}
		resp, err := client.Do(req)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		switch {
		case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
			return nil, fmt.Errorf("%s: %s: %w", req.URL, resp.Status, fs.ErrNotExist)
		case resp.StatusCode != http.StatusOK:
			return nil, fmt.Errorf("%s: %s", req.URL, resp.Status)
		}
		return readAll(resp.Body, path)
	}, nil
}

func readAll(r io.Reader, path string) ([]byte, error) {
	most := MaxSize(path)
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s: longer than any such file of a record can be, %d bytes", path, most)
	}
	return data, err
}

// MaxSize bounds what is read as a file of a record, by its path.
func MaxSize(path string) int64 {
	if strings.HasPrefix(path, "evidence/") {
		return MaxEvidence
	}
	return maxFile
}

// MaxEvidence bounds a file beside the record.
const MaxEvidence = 256 << 20

// A Log reads a record that it does not trust.
type Log struct {
	Fetch  Fetch
	Policy *Policy
	// Keep, if set, is given each tile and bundle that was read and proved, cut
	// to what the tree has of it: what a mirror may store. It is called by several
	// goroutines at once; its error ends the reading.
	Keep func(path string, data []byte) error

	mu    sync.Mutex
	tiles map[string][]byte // full tiles above the lowest: few, and asked for again and again
}

// Checkpoint reads the newest checkpoint that the policy believes: the current one, or
// where its quorum has not co-signed that yet, the last one that it did.
func (l *Log) Checkpoint(ctx context.Context) (*Checkpoint, error) {
	raw, err := l.Fetch(ctx, "checkpoint")
	if err != nil {
		return nil, err
	}
	c, err := l.Policy.Open(raw)
	var fault *Fault
	if !errors.As(err, &fault) || !fault.few {
		return c, err
	}
	before, berr := l.Cosigned(ctx)
	if berr != nil {
		return nil, err
	}
	// The log has signed both, so one must have grown out of the other: what is behind a
	// quorum must not hide another history before it.
	alone := *l.Policy
	alone.quorum = "none"
	now, err := alone.Open(raw)
	if err != nil {
		return nil, err
	}
	older, newer := before, now
	if newer.Size < older.Size {
		older, newer = newer, older
	}
	if err := l.Consistent(ctx, older, newer); err != nil {
		return nil, err
	}
	before.Later = max(0, now.Size-before.Size)
	return before, nil
}

// Cosigned reads the last checkpoint that witnesses co-signed, which may be older than
// the current one. A record without one is fs.ErrNotExist. Whether the current one
// grows out of it is for [Log.Consistent] to say.
func (l *Log) Cosigned(ctx context.Context) (*Checkpoint, error) {
	raw, err := l.Fetch(ctx, "checkpoint.cosigned")
	if err != nil {
		return nil, err
	}
	return l.Policy.Open(raw)
}

// Consistent returns nil if the tree of now grew out of that of before, without
// a change to what was there. A [Fault] with Fork set means that the log signed
// two histories: both checkpoints together prove it to anybody. Any other fault
// says what kept it from being shown, such as an older checkpoint or a bad tile.
func (l *Log) Consistent(ctx context.Context, before, now *Checkpoint) error {
	switch {
	case before.Origin != now.Origin:
		return faultf(-1, "checkpoint", "it is of the log %q, not %q", now.Origin, before.Origin)
	case now.Size < before.Size:
		return faultf(-1, "checkpoint", "it commits to %d entries, and an earlier one to %d: it is old, or entries were taken away", now.Size, before.Size)
	case now.Size == before.Size && now.Root != before.Root:
		return fork("two checkpoints of size %d have different roots: the log has two histories", now.Size)
	case now.Size == before.Size || before.Size == 0:
		return nil
	}
	p, err := tlog.ProveTree(now.Size, before.Size, l.hashes(ctx, now))
	if err != nil {
		return l.located(ctx, now, err)
	}
	if err := tlog.CheckTree(p, now.Size, now.Root, before.Size, before.Root); err != nil {
		return fork("size %d does not grow out of size %d: the log has two histories", now.Size, before.Size)
	}
	return nil
}

func fork(format string, args ...any) *Fault {
	f := faultf(-1, "checkpoint", format, args...)
	f.Fork = true
	return f
}

// Entry reads one entry and proves that it stands in the tree of c.
func (l *Log) Entry(ctx context.Context, c *Checkpoint, index int64) (*Entry, error) {
	if index < 0 || index >= c.Size {
		return nil, fmt.Errorf("entry %d: the record has %d", index, c.Size)
	}
	list, err := l.bundle(ctx, c, index/width)
	if err != nil {
		return nil, err
	}
	return list[index%width], nil
}

// Inclusion is the proof that the entry of that index stands in the tree of c.
func (l *Log) Inclusion(ctx context.Context, c *Checkpoint, index int64) (tlog.RecordProof, error) {
	p, err := tlog.ProveRecord(c.Size, index, l.hashes(ctx, c))
	if err != nil {
		return nil, l.located(ctx, c, err)
	}
	return p, nil
}

// partial is how many of a tile's hashes a tree of that size has: 256 for a
// full one.
func partial(size, level, n int64) int {
	there := size>>(8*level) - n*width
	return int(min(max(there, 0), width))
}

// tilePath is where a tile lies; what is "entries" or a level.
func tilePath(what string, n int64, w int) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	if w < width {
		s += fmt.Sprintf(".p/%d", w)
	}
	return "tile/" + what + "/" + s
}

// fetchTile reads a tile or bundle. The partial one may be gone where the full
// one, which begins with the same, is there.
func (l *Log) fetchTile(ctx context.Context, what string, n int64, w int) (data []byte, longer bool, err error) {
	data, err = l.Fetch(ctx, tilePath(what, n, w))
	if err != nil && w < width && errors.Is(err, fs.ErrNotExist) {
		if full, ferr := l.Fetch(ctx, tilePath(what, n, width)); ferr == nil {
			return full, true, nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, faultf(-1, tilePath(what, n, w), "the file is missing")
	}
	return data, false, err
}

// bundle reads the entries of bundle n, and holds each against the tree of c.
func (l *Log) bundle(ctx context.Context, c *Checkpoint, n int64) ([]*Entry, error) {
	w := partial(c.Size, 0, n)
	data, longer, err := l.fetchTile(ctx, "entries", n, w)
	if err != nil {
		return nil, err
	}
	hashes, err := l.leaves(ctx, c, n, w)
	if err != nil {
		return nil, err
	}
	return l.proved(data, hashes, n, longer)
}

// proved is parseBundle, and keeps what it read.
func (l *Log) proved(data []byte, hashes []tlog.Hash, n int64, longer bool) ([]*Entry, error) {
	list, err := parseBundle(data, hashes, n, longer)
	if err != nil || l.Keep == nil {
		return list, err
	}
	size := 0
	for _, e := range list {
		size += 2 + len(e.Leaf)
	}
	return list, l.Keep(tilePath("entries", n, len(hashes)), data[:size])
}

// parseBundle splits a bundle and holds each entry against its hash. Only one
// that is longer than the tree may have more than the tree has.
func parseBundle(data []byte, hashes []tlog.Hash, n int64, longer bool) ([]*Entry, error) {
	out := make([]*Entry, 0, len(hashes))
	file := tilePath("entries", n, len(hashes))
	for i, h := range hashes {
		index := n*width + int64(i)
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, faultf(index, file, "the file ends before it")
		}
		size := int(binary.BigEndian.Uint16(data))
		leaf := data[2 : 2+size : 2+size]
		data = data[2+size:]
		if tlog.RecordHash(leaf) != h {
			return nil, faultf(index, file, "it is not the entry that was signed")
		}
		e, err := ParseEntry(index, leaf)
		if err != nil {
			return nil, faultf(index, file, "%v", err)
		}
		out = append(out, e)
	}
	if len(data) > 0 && !longer {
		return nil, faultf(-1, file, "something follows the last entry")
	}
	return out, nil
}

// leaves are the leaf hashes of bundle n, proved against the tree of c.
func (l *Log) leaves(ctx context.Context, c *Checkpoint, n int64, w int) ([]tlog.Hash, error) {
	at := make([]int64, w)
	for i := range at {
		at[i] = tlog.StoredHashIndex(0, n*width+int64(i))
	}
	r := &tileReader{l: l, ctx: ctx}
	hs, err := tlog.TileHashReader(c.Tree(), r).ReadHashes(at)
	if err == nil {
		err = r.err
	}
	if err != nil {
		return nil, l.located(ctx, c, err)
	}
	return hs, nil
}

// hashes reads hashes of the tree of c, each proved against its root.
func (l *Log) hashes(ctx context.Context, c *Checkpoint) tlog.HashReader {
	return tlog.TileHashReader(c.Tree(), &tileReader{l: l, ctx: ctx})
}

type tileReader struct {
	l   *Log
	ctx context.Context
	err error // of keeping
}

func (r *tileReader) Height() int { return 8 }

func (r *tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, t := range tiles {
		var err error
		if out[i], err = r.l.tile(r.ctx, t.L, t.N, t.W); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// SaveTiles is called with tiles that were proved.
func (r *tileReader) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	if r.l.Keep == nil {
		return
	}
	for i, t := range tiles {
		if err := r.l.Keep(tilePath(fmt.Sprint(t.L), t.N, t.W), data[i]); err != nil && r.err == nil {
			r.err = err
		}
	}
}

// tile reads w hashes of a tile, unproved.
func (l *Log) tile(ctx context.Context, level int, n int64, w int) ([]byte, error) {
	what := fmt.Sprint(level)
	key := tilePath(what, n, w)
	keep := level > 0 && w == width
	if keep {
		l.mu.Lock()
		data, ok := l.tiles[key]
		l.mu.Unlock()
		if ok {
			return data, nil
		}
	}
	data, longer, err := l.fetchTile(ctx, what, n, w)
	if err != nil {
		return nil, err
	}
	if len(data) != w*tlog.HashSize && (!longer || len(data) != width*tlog.HashSize) {
		return nil, faultf(-1, key, "%d bytes, want %d", len(data), w*tlog.HashSize)
	}
	data = data[:w*tlog.HashSize]
	if keep {
		l.mu.Lock()
		if l.tiles == nil || len(l.tiles) > 1024 {
			l.tiles = map[string][]byte{}
		}
		l.tiles[key] = data
		l.mu.Unlock()
	}
	return data, nil
}

// located turns the word of tlog that some tile is wrong into a fault that says
// which: it walks down from the root and stops where parent and child part.
func (l *Log) located(ctx context.Context, c *Checkpoint, err error) error {
	var fault *Fault
	if errors.As(err, &fault) || !strings.Contains(err.Error(), "inconsistent tile") {
		return err
	}
	const top = 6 // of a tree of mostEntries
	looked := 0
	for level := top; level > 0; level-- {
		for n := int64(0); partial(c.Size, int64(level), n) > 0; n++ {
			w := partial(c.Size, int64(level), n)
			parent, perr := l.tile(ctx, level, n, w)
			if perr != nil {
				return perr
			}
			for i := range w {
				if looked++; looked > 1<<14 { // a large tree is not searched to its end
					return faultf(-1, "tile", "a tile's hashes are not those that its parent commits to")
				}
				child, cerr := l.tile(ctx, level-1, n*width+int64(i), width)
				if cerr != nil {
					return cerr
				}
				if string(parent[i*tlog.HashSize:(i+1)*tlog.HashSize]) != string(tileRoot(child)) {
					return faultf(-1, tilePath(fmt.Sprint(level-1), n*width+int64(i), width), "its hashes are not those that %s commits to", tilePath(fmt.Sprint(level), n, w))
				}
			}
		}
	}
	var edge []string
	for level := 0; level <= top; level++ {
		if n := c.Size >> (8 * level) / width; partial(c.Size, int64(level), n) > 0 {
			edge = append(edge, tilePath(fmt.Sprint(level), n, partial(c.Size, int64(level), n)))
		}
	}
	return faultf(-1, strings.Join(edge, ", "), "the hashes do not make the root that the checkpoint commits to: one of these files was altered, or the checkpoint is of another tree")
}

func tileRoot(data []byte) []byte {
	hs := make([]tlog.Hash, len(data)/tlog.HashSize)
	for i := range hs {
		hs[i] = tlog.Hash(data[i*tlog.HashSize:])
	}
	h := batchRoot(hs)
	return h[:]
}
