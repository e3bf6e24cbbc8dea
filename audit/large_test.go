package audit_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/opentruce/truce/audit"
	"golang.org/x/mod/sumdb/tlog"
)

// A large record: entry 0, and 17 batches of 256 members: 4,370 entries, which are
// 17 full tiles, and 18 hashes more.
type large struct {
	*scribe
	stored hashTree // as tlog stores them
	policy *audit.Policy
}

const largeSize = 1 + 17*257

var makeLarge = sync.OnceValue(func() *scribe {
	s := newScribe(noTest{}, "")
	for b := range 17 {
		var bodies [][]byte
		for i := range 256 {
			bodies = append(bodies, fmt.Appendf(nil, `{"content":{"because":"%d.%d","during":%s},"kind":"outage","mission":%q}`, b, i, `{"end":"2026-03-01T09:00:00Z","start":"2026-03-01T08:00:00Z"}`, origin))
		}
		s.batch("duty-1", bodies, nil)
	}
	return s
})

// noTest lets what is made once outlive the test that made it.
type noTest struct{ testing.TB }

func (noTest) Helper()           {}
func (noTest) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

func newLarge(t testing.TB) *large {
	t.Helper()
	l := &large{scribe: makeLarge()}
	for i, leaf := range l.leaves {
		more, err := tlog.StoredHashes(int64(i), leaf, l.stored)
		if err != nil {
			t.Fatal(err)
		}
		l.stored = append(l.stored, more...)
	}
	p, err := audit.Trust(l.keys[origin].vkey)
	if err != nil {
		t.Fatal(err)
	}
	l.policy = p
	return l
}

// at is the record when it had so many entries: the files that tlog-tiles wants,
// written by x/mod, and a checkpoint.
func (l *large) at(t testing.TB, size int64) (files, *audit.Checkpoint) {
	t.Helper()
	f := files{}
	for _, tile := range tlog.NewTiles(8, 0, size) {
		data, err := tlog.ReadTileData(tile, l.stored)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		f[name] = data
		if tile.L == 0 {
			var bundle []byte
			for _, leaf := range l.leaves[tile.N*256 : tile.N*256+int64(tile.W)] {
				bundle = append(binary.BigEndian.AppendUint16(bundle, uint16(len(leaf))), leaf...)
			}
			f[strings.Replace(name, "tile/0/", "tile/entries/", 1)] = bundle
		}
	}
	root, err := tlog.TreeHash(size, l.stored)
	if err != nil {
		t.Fatal(err)
	}
	f["checkpoint"] = l.sign(t, size, root)
	c, err := l.policy.Open(f["checkpoint"])
	if err != nil {
		t.Fatal(err)
	}
	return f, c
}

func (l *large) sign(t testing.TB, size int64, root tlog.Hash) []byte {
	t.Helper()
	return signedBy(t, fmt.Sprintf("%s\n%d\n%s\n", origin, size, base64.StdEncoding.EncodeToString(root[:])), l.keys[origin].signer)
}

// TestLarge goes through a record of several tiles.
func TestLarge(t *testing.T) {
	l := newLarge(t)
	f, c := l.at(t, largeSize)
	var mu sync.Mutex
	kept := files{}
	log := &audit.Log{Fetch: f.fetch, Policy: l.policy, Keep: func(path string, data []byte) error {
		mu.Lock()
		defer mu.Unlock()
		kept[path] = data
		return nil
	}}
	var progress []string
	next := int64(0)
	sum, err := log.Verify(t.Context(), c, audit.Options{Workers: 2, Progress: func(done, total int64) { progress = append(progress, fmt.Sprint(done, "/", total)) },
		Each: func(e *audit.Entry, keys []audit.Key) error {
			if e.Index != next || len(keys) != 1 {
				t.Errorf("entry %d by %d keys, want entry %d by one", e.Index, len(keys), next)
			}
			next++
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("4370 entries and 18 signatures under checkpoint 4370, root %x", c.Root[:6]); sum.String() != want {
		t.Errorf("%s, want %s", sum, want)
	}
	if want := map[string]int64{"mission": 1, "batch": 17, "outage": 4352}; !maps.Equal(sum.Kinds, want) || sum.Unfinished != 0 || sum.Objected != 0 || next != largeSize {
		t.Errorf("%v, %d unfinished, %d objections %v, %d entries", sum.Kinds, sum.Unfinished, sum.Objected, sum.Objections, next)
	}
	if want := "4096/4370 4370/4370"; strings.Join(progress, " ") != want {
		t.Errorf("progress %v, want %s", progress, want)
	}
	// What a mirror is given is the record, except the checkpoint.
	delete(f, "checkpoint")
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if !bytes.Equal(f[name], kept[name]) {
			t.Errorf("%s has %d bytes, and %d were kept", name, len(f[name]), len(kept[name]))
		}
	}
	if len(kept) != len(f) {
		t.Errorf("%d files were kept of %d", len(kept), len(f))
	}
	// Unfinished: the tree ends within the last batch, which began at 1+16*257.
	f, c = l.at(t, 1+16*257+1+100)
	log = &audit.Log{Fetch: f.fetch, Policy: l.policy}
	if sum, err = log.Verify(t.Context(), c, audit.Options{}); err != nil || sum.Unfinished != 156 || sum.Entries != 4214 {
		t.Errorf("%d entries and %d unfinished, want 4214 and 156: %v", sum.Entries, sum.Unfinished, err)
	}
	// An error of the caller ends it.
	_, err = log.Verify(t.Context(), c, audit.Options{Each: func(e *audit.Entry, _ []audit.Key) error {
		if e.Index == 300 {
			return errors.New("enough")
		}
		return nil
	}})
	says(t, "what the caller says", err, "enough")
}

// TestEdges reads entries on both sides of where tiles end, under trees that end
// there.
func TestEdges(t *testing.T) {
	l := newLarge(t)
	_, whole := l.at(t, largeSize)
	for _, size := range []int64{1, 2, 255, 256, 257, 511, 512, 4095, 4096, 4097, largeSize} {
		f, c := l.at(t, size)
		log := &audit.Log{Fetch: f.fetch, Policy: l.policy}
		for _, i := range []int64{0, 1, 254, 255, 256, 257, 4095, 4096, size - 1} {
			if i >= size {
				continue
			}
			e, err := log.Entry(t.Context(), c, i)
			if err != nil || e.Index != i || !bytes.Equal(e.Leaf, l.leaves[i]) {
				t.Fatalf("entry %d of %d: %v", i, size, err)
			}
			p, err := log.Inclusion(t.Context(), c, i)
			if err != nil {
				t.Fatalf("inclusion of %d in %d: %v", i, size, err)
			}
			if err := tlog.CheckRecord(p, size, c.Root, i, e.Hash()); err != nil {
				t.Errorf("inclusion of %d in %d: %v", i, size, err)
			}
		}
		for _, i := range []int64{-1, size, size + 1} {
			_, err := log.Entry(t.Context(), c, i)
			says(t, "an entry that there is not", err, fmt.Sprintf("entry %d: the record has %d", i, size))
			_, err = log.Prove(t.Context(), c, i)
			says(t, "a proof of an entry that there is not", err, fmt.Sprintf("entry %d: the record has %d", i, size))
		}
		_, err := log.Inclusion(t.Context(), c, size)
		if err == nil {
			t.Errorf("%d stands in a tree of %[1]d", size)
		}
		for _, from := range []int64{0, 1, 255, 256, size - 1, size, size + 1} {
			asked, next, n := 0, from, 0
			counting := &audit.Log{Policy: l.policy, Fetch: func(ctx context.Context, path string) ([]byte, error) {
				if strings.HasPrefix(path, "tile/entries/") {
					asked++
				}
				return f.fetch(ctx, path)
			}}
			for e, err := range counting.Entries(t.Context(), c, from) {
				if err != nil || e.Index != next {
					t.Fatalf("from %d of %d: entry %d: %v", from, size, next, err)
				}
				next++
				if n++; n == 3 && from > 0 {
					break // most of a large tree is not of interest here
				}
			}
			if from >= size && asked+n > 0 {
				t.Errorf("from %d of %d: %d entries in %d bundles", from, size, n, asked)
			}
			if want := min(3, max(0, size-from)); from > 0 && int64(n) != want || from == 0 && int64(n) != size {
				t.Errorf("from %d of %d: %d entries", from, size, n)
			}
		}
		// Everything grew out of it.
		f, _ = l.at(t, largeSize)
		log = &audit.Log{Fetch: f.fetch, Policy: l.policy}
		says(t, fmt.Sprintf("grown from %d", size), log.Consistent(t.Context(), c, whole), "")
	}
}

// TestConsistent tells growth from two histories, from an older checkpoint, and
// from another log.
func TestConsistent(t *testing.T) {
	l := newLarge(t)
	f, now := l.at(t, 600)
	log := &audit.Log{Fetch: f.fetch, Policy: l.policy}
	cp := func(change func(*audit.Checkpoint)) *audit.Checkpoint { c := *now; change(&c); return &c }
	_, before := l.at(t, 300)
	_, same := l.at(t, 600)
	for _, tt := range []struct {
		name        string
		before, now *audit.Checkpoint
		want        string
		fork        bool
	}{
		{"grown", before, now, "", false},
		{"the same", same, now, "", false},
		{"from nothing", cp(func(c *audit.Checkpoint) { c.Size, c.Root = 0, tlog.Hash{9} }), now, "", false},
		{"another log", cp(func(c *audit.Checkpoint) { c.Origin = "b" }), now, `checkpoint: it is of the log "truce.test/rules", not "b"`, false},
		{"older", now, before, "checkpoint: it commits to 300 entries, and an earlier one to 600: it is old, or entries were taken away", false},
		{"two roots", cp(func(c *audit.Checkpoint) { c.Root[0] ^= 1 }), now, "checkpoint: two checkpoints of size 600 have different roots: the log has two histories", true},
		{"another past", cp(func(c *audit.Checkpoint) { c.Size, c.Root = 300, tlog.Hash{1} }), now, "checkpoint: size 600 does not grow out of size 300: the log has two histories", true},
	} {
		err := log.Consistent(t.Context(), tt.before, tt.now)
		says(t, tt.name, err, tt.want)
		var fault *audit.Fault
		if errors.As(err, &fault) && fault.Fork != tt.fork {
			t.Errorf("%s: two histories: %v, want %v", tt.name, fault.Fork, tt.fork)
		}
	}
	bad := f.with("tile/0/001", bytes.Repeat([]byte{1}, 8192))
	log = &audit.Log{Fetch: bad.fetch, Policy: l.policy}
	says(t, "with a bad tile", log.Consistent(t.Context(), before, now), "tile/0/001: its hashes are not those that tile/1/000.p/2 commits to")
	_, err := log.Inclusion(t.Context(), now, 300)
	says(t, "inclusion with a bad tile", err, "tile/0/001: its hashes are not those that tile/1/000.p/2 commits to")
}

// TestLocated names the tile that was altered, where the others are enough to tell.
func TestLocated(t *testing.T) {
	l := newLarge(t)
	f, c := l.at(t, largeSize)
	flip := func(name string, at int) files {
		data := bytes.Clone(f[name])
		if data == nil {
			t.Fatalf("there is no %s", name)
		}
		data[at] ^= 1
		return f.with(name, data)
	}
	const edge = "tile/0/017.p/18, tile/1/000.p/17: the hashes do not make the root that the checkpoint commits to: one of these files was altered, or the checkpoint is of another tree"
	for _, tt := range []struct {
		name string
		f    files
		want string
	}{
		{"the first tile", flip("tile/0/000", 0), "tile/0/000: its hashes are not those that tile/1/000.p/17 commits to"},
		{"the last byte of a tile", flip("tile/0/003", 8191), "tile/0/003: its hashes are not those that tile/1/000.p/17 commits to"},
		{"the last full tile", flip("tile/0/016", 100), "tile/0/016: its hashes are not those that tile/1/000.p/17 commits to"},
		{"a parent", flip("tile/1/000.p/17", 32*16), "tile/0/016: its hashes are not those that tile/1/000.p/17 commits to"},
		{"the end", flip("tile/0/017.p/18", 5), edge},
		{"the checkpoint", f.with("checkpoint", l.sign(t, largeSize, tlog.Hash{1})), edge},
		{"one is missing", func() files { g := maps.Clone(f); delete(g, "tile/0/004"); return g }(), "tile/0/004: the file is missing"},
		{"a short one", f.with("tile/0/005", f["tile/0/005"][:8160]), "tile/0/005: 8160 bytes, want 8192"},
		{"no parent", func() files { g := maps.Clone(f); delete(g, "tile/1/000.p/17"); return g }(), "tile/1/000.p/17: the file is missing"},
		{"a bundle that ends early", f.with("tile/entries/002", f["tile/entries/002"][:1]), "entry 512 (tile/entries/002): the file ends before it"},
		{"a bundle that ends within an entry", f.with("tile/entries/002", f["tile/entries/002"][:2]), "entry 512 (tile/entries/002): the file ends before it"},
		{"a bundle of an entry without bytes", f.with("tile/entries/002", []byte{0, 0}), "entry 512 (tile/entries/002): it is not the entry that was signed"},
		{"a bundle with more", f.with("tile/entries/002", append(bytes.Clone(f["tile/entries/002"]), 0, 0)), "tile/entries/002: something follows the last entry"},
		{"the last bundle with more", f.with("tile/entries/017.p/18", append(bytes.Clone(f["tile/entries/017.p/18"]), 0, 0)), "tile/entries/017.p/18: something follows the last entry"},
		{"an altered entry", flip("tile/entries/002", 40), "entry 512 (tile/entries/002): it is not the entry that was signed"},
		{"the last entry", flip("tile/entries/017.p/18", len(f["tile/entries/017.p/18"])-1), "entry 4369 (tile/entries/017.p/18): it is not the entry that was signed"},
	} {
		says(t, tt.name, tt.f.check(t, l.policy), tt.want)
	}
	// Two tiles deep: entries of a tile that nobody has asked for are not looked at.
	log := &audit.Log{Fetch: flip("tile/0/003", 0).fetch, Policy: l.policy}
	if _, err := log.Entry(t.Context(), c, 1500); err != nil {
		t.Errorf("an entry of another tile: %v", err)
	}
}

// TestPartialGone: an older tree is read from the files of a later one, where the
// partial tiles were taken away, and a mirror is given what the older one has.
func TestPartialGone(t *testing.T) {
	l := newLarge(t)
	f, _ := l.at(t, largeSize)
	g, c := l.at(t, 300)
	now := maps.Clone(f)
	now["checkpoint"] = g["checkpoint"]
	now["tile/1/000.p/1"] = g["tile/1/000.p/1"] // it is not a full one yet
	kept := files{}
	log := &audit.Log{Fetch: now.fetch, Policy: l.policy, Keep: func(path string, data []byte) error { kept[path] = data; return nil }}
	e, err := log.Entry(t.Context(), c, 299)
	if err != nil || !bytes.Equal(e.Leaf, l.leaves[299]) {
		t.Fatal(err)
	}
	for _, name := range []string{"tile/0/001.p/44", "tile/entries/001.p/44"} {
		if !bytes.Equal(kept[name], g[name]) {
			t.Errorf("%d bytes of %s were kept, want %d", len(kept[name]), name, len(g[name]))
		}
	}
	// What cannot be kept ends the reading.
	for _, what := range []string{"tile/0/001.p/44", "tile/entries/001.p/44"} {
		log.Keep = func(path string, _ []byte) error {
			if path == what {
				return errors.New("disk full")
			}
			return nil
		}
		_, err = log.Entry(t.Context(), c, 299)
		says(t, what, err, "disk full")
	}
	// Of two that cannot be kept the first is named.
	log.Keep = func(path string, _ []byte) error { return errors.New(path) }
	_, first := log.Entry(t.Context(), c, 299)
	var paths []string
	log.Keep = func(path string, _ []byte) error { paths = append(paths, path); return errors.New(path) }
	_, _ = log.Entry(t.Context(), c, 299)
	if len(paths) < 2 {
		t.Fatalf("%v were to be kept, want several", paths)
	}
	says(t, "the first that cannot be kept", first, paths[0])
}

// TestFolder: every file of a folder against the tree of a checkpoint.
func TestFolder(t *testing.T) {
	l := newLarge(t)
	dir := t.TempDir()
	write := func(name string, data []byte) {
		t.Helper()
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var c *audit.Checkpoint
	for _, size := range []int64{1, 44, 255, 256, 300, 513, 600} {
		var f files
		f, c = l.at(t, size)
		for name, data := range f {
			write(name, data)
		}
	}
	write(".state/x", nil)
	write("evidence/ab/x", nil)
	write("tile/0/.tmp", nil)
	log := &audit.Log{Fetch: audit.Dir(dir), Policy: l.policy}
	look := func(what string, strangers, leftover []string, beyond int) {
		t.Helper()
		s, lo, b, err := log.Folder(t.Context(), dir, c)
		if err != nil || !slices.Equal(s, strangers) || !slices.Equal(lo, leftover) || b != beyond {
			t.Errorf("%s: strangers %v, left over %v, %d beyond, %v; want %v, %v, %d", what, s, lo, b, err, strangers, leftover, beyond)
		}
	}
	look("as it is", nil, nil, 0)
	f, _ := l.at(t, 601)
	write("tile/0/002.p/89", f["tile/0/002.p/89"])
	write("tile/entries/002.p/89", f["tile/entries/002.p/89"])
	write("tile/0/x001/000", make([]byte, 8192))
	write("tile/0/x001/x002/003", make([]byte, 8192))
	write("tile/7/000", make([]byte, 8192))
	write("tile/8/000", make([]byte, 8192))
	write("tile/70/000", make([]byte, 8192))
	look("beyond the checkpoint", nil, nil, 7)
	write("tile/0/x000/001", bytes.Repeat([]byte{1}, 8192)) // tile 1, written otherwise
	look("a tile by another name", nil, []string{"tile/0/x000/001"}, 7)
	write("tile/0/x000/001", make([]byte, 10))
	look("a short tile by another name", nil, []string{"tile/0/x000/001"}, 7)
	if err := os.RemoveAll(filepath.Join(dir, "tile/0/x000")); err != nil {
		t.Fatal(err)
	}
	g, _ := l.at(t, 44)
	write("tile/0/000.p/44", g["tile/0/000.p/44"][:43*32])
	look("a short partial tile", nil, []string{"tile/0/000.p/44"}, 7)
	write("tile/0/000.p/44", g["tile/0/000.p/44"])
	bad := bytes.Clone(g["tile/entries/000.p/44"])
	bad[50] ^= 1
	write("tile/entries/000.p/44", bad)
	write("tile/entries/abc", nil)
	write("notes.txt", nil)
	look("an altered partial bundle, and strangers", []string{"notes.txt", "tile/entries/abc"}, []string{"tile/entries/000.p/44"}, 7)
	if _, _, _, err := log.Folder(t.Context(), filepath.Join(dir, "nowhere"), c); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "tile/0/000")); err != nil {
		t.Fatal(err)
	}
	_, _, _, err := log.Folder(t.Context(), dir, c)
	says(t, "a current tile is missing", err, "tile/0/000: the file is missing")
}

// TestHTTP: a record on a web server, and what a server may answer.
func TestHTTP(t *testing.T) {
	l := newLarge(t)
	f, _ := l.at(t, 300)
	status := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, ok := f[strings.TrimPrefix(r.URL.Path, "/record/")]
		switch {
		case status != 0:
			w.WriteHeader(status)
		case !ok:
			w.WriteHeader(http.StatusNotFound)
		default:
			_, _ = w.Write(data)
		}
	}))
	defer srv.Close()
	for _, client := range []*http.Client{nil, srv.Client()} {
		fetch, err := audit.HTTP(client, srv.URL+"/record/")
		if err != nil {
			t.Fatal(err)
		}
		log := &audit.Log{Fetch: fetch, Policy: l.policy}
		c, err := log.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if s, err := log.Verify(t.Context(), c, audit.Options{}); err != nil || s.Entries != 300 {
			t.Errorf("%d entries, %v", s.Entries, err)
		}
		for _, tt := range []struct {
			status  int
			missing bool
			want    string
		}{
			{404, true, srv.URL + "/record/checkpoint: 404 Not Found: file does not exist"},
			{410, true, srv.URL + "/record/checkpoint: 410 Gone: file does not exist"},
			{500, false, srv.URL + "/record/checkpoint: 500 Internal Server Error"},
			{403, false, srv.URL + "/record/checkpoint: 403 Forbidden"},
			{204, false, srv.URL + "/record/checkpoint: 204 No Content"},
		} {
			status = tt.status
			_, err := log.Checkpoint(t.Context())
			says(t, fmt.Sprint(tt.status), err, tt.want)
			if audit.Missing(err) != tt.missing {
				t.Errorf("%d says that the file is missing: %v", tt.status, !tt.missing)
			}
		}
		status = 0
		var no context.Context
		if _, err := fetch(no, "checkpoint"); err == nil {
			t.Error("it was fetched without a context")
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := fetch(ended, "checkpoint"); !errors.Is(err, context.Canceled) {
			t.Errorf("it was fetched after it was given up: %v", err)
		}
	}
	for _, bad := range []string{"", "record", "ftp://log.test/", "http//x", "://", "http://[::1"} {
		_, err := audit.HTTP(nil, bad)
		says(t, bad, err, fmt.Sprintf("%q: want an address such as https://example.org/record", bad))
	}
	if _, err := audit.HTTP(nil, "https://example.org/record"); err != nil {
		t.Error(err)
	}
}

// TestIntroduced: the key that a record states as its own.
func TestIntroduced(t *testing.T) {
	l := newLarge(t)
	f, _ := l.at(t, 300)
	key, err := audit.Introduced(t.Context(), f.fetch)
	if err != nil || key != l.keys[origin].vkey {
		t.Errorf("%s, %v", key, err)
	}
	for _, tt := range []struct {
		name string
		f    files
		want string
	}{
		{"no checkpoint", files{}, "file does not exist"},
		{"no note", f.with("checkpoint", []byte("x\n")), "checkpoint: want origin, size and root"},
		{"an empty record", f.with("checkpoint", l.sign(t, 0, tlog.Hash{})), "checkpoint: the record is empty"},
		{"another tree", f.with("checkpoint", l.sign(t, 1, tlog.Hash{})), "tile/0/000.p/1: the hashes do not make the root that the checkpoint commits to: one of these files was altered, or the checkpoint is of another tree"},
	} {
		_, err := audit.Introduced(t.Context(), tt.f.fetch)
		says(t, tt.name, err, tt.want)
	}
	s := newScribe(t, "")
	s.leaves = nil
	s.say(origin, "mission", `{"agreement":"`+zeros+`","keys":[`+s.key("a", "reader", "")+`],"title":"t"}`)
	_, err = audit.Introduced(t.Context(), s.files().fetch)
	says(t, "no key of a log", err, "entry 0: it states no key of the log")
}

// TestFirstFault: of several signatures that do not verify, that of the lowest entry
// is named, whoever comes to it first, and of one entry the first.
func TestFirstFault(t *testing.T) {
	for _, workers := range []int{1, 4} {
		s := newScribe(t, "")
		for i := range 6 {
			body := s.body("outage", fmt.Sprintf(`{"because":"%d","during":%s}`, i, hour))
			sigs := []string{s.line(body, "duty-1"), s.line(body, "head-1")}
			if i == 2 || i == 4 {
				other := s.body("outage", fmt.Sprintf(`{"because":"x%d","during":%s}`, i, hour))
				sigs = []string{s.line(other, "duty-1"), s.line(other, "head-1")}
			}
			s.add(map[string]any{"body": parsed(t, string(body)), "sigs": sigs})
		}
		_, err := s.verify(audit.Options{Workers: workers})
		says(t, fmt.Sprintf("%d workers", workers), err, "entry 3: the signature of duty-1 does not verify")
	}
}
