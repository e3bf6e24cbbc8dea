package audit

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// TestTilePath: the paths of C2SP tlog-tiles, section Merkle tree; the first one is
// its own example.
func TestTilePath(t *testing.T) {
	for _, tt := range []struct {
		what string
		n    int64
		w    int
		want string
	}{
		{"0", 1234067, 256, "tile/0/x001/x234/067"},
		{"1", 0, 256, "tile/1/000"},
		{"0", 999, 256, "tile/0/999"},
		{"0", 1000, 256, "tile/0/x001/000"},
		{"0", 999_999, 256, "tile/0/x999/999"},
		{"0", 1_000_000, 256, "tile/0/x001/x000/000"},
		{"entries", 273, 112, "tile/entries/273.p/112"},
		{"entries", 1234067, 255, "tile/entries/x001/x234/067.p/255"},
		{"5", 7, 1, "tile/5/007.p/1"},
	} {
		if got := tilePath(tt.what, tt.n, tt.w); got != tt.want {
			t.Errorf("tile %s %d of %d hashes is at %s, want %s", tt.what, tt.n, tt.w, got, tt.want)
		}
	}
}

// TestPartial: a tree of 70,000 entries, as tlog-tiles works it out: 273 full
// tiles at level 0 and one of 112; one full tile at level 1 and one of 17; one of 1
// at level 2.
func TestPartial(t *testing.T) {
	for _, tt := range []struct {
		size, level, n int64
		want           int
	}{
		{70_000, 0, 0, 256}, {70_000, 0, 272, 256}, {70_000, 0, 273, 112}, {70_000, 0, 274, 0},
		{70_000, 1, 0, 256}, {70_000, 1, 1, 17}, {70_000, 1, 2, 0},
		{70_000, 2, 0, 1}, {70_000, 2, 1, 0}, {70_000, 3, 0, 0},
		{256, 0, 0, 256}, {256, 0, 1, 0}, {255, 1, 0, 0}, {0, 0, 0, 0},
	} {
		if got := partial(tt.size, tt.level, tt.n); got != tt.want {
			t.Errorf("a tree of %d has %d hashes of tile %d at level %d, want %d", tt.size, got, tt.n, tt.level, tt.want)
		}
	}
}

// ctLeaves and ctRoots are the tree by which implementations of RFC 6962 are tested
// (certificate-transparency, merkletree/merkle_tree_test.cc), and the roots of its
// first one to eight leaves.
var (
	ctLeaves = []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	ctRoots  = []string{
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
)

func ctHashes(t *testing.T) (out []tlog.Hash) {
	t.Helper()
	for _, leaf := range ctLeaves {
		data, err := hex.DecodeString(leaf)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, tlog.RecordHash(data))
	}
	return out
}

// TestTreeHash: roots and audit paths of RFC 6962, section 2.1.
func TestTreeHash(t *testing.T) {
	hashes := ctHashes(t)
	if got := batchRoot(nil); got != (tlog.Hash{}) {
		t.Errorf("the root of nothing is %v", got)
	}
	for i, want := range ctRoots {
		root := batchRoot(hashes[:i+1])
		if got := hex.EncodeToString(root[:]); got != want {
			t.Errorf("the root of %d leaves is %s, want %s", i+1, got, want)
		}
		var tile []byte
		for _, h := range hashes[:i+1] {
			tile = append(tile, h[:]...)
		}
		if got := hex.EncodeToString(tileRoot(tile)); got != want {
			t.Errorf("the root of a tile of %d hashes is %s, want %s", i+1, got, want)
		}
	}
	for _, tt := range []struct {
		size, leaf int
		want       []string
	}{
		{1, 0, nil},
		{8, 0, []string{"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
		{8, 5, []string{"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", ctRoots[3]}},
		{3, 2, []string{ctRoots[1]}},
		{5, 1, []string{ctRoots[0], "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
	} {
		var got []string
		for _, h := range batchPath(hashes[:tt.size], tt.leaf) {
			got = append(got, hex.EncodeToString(h[:]))
		}
		if strings.Join(got, " ") != strings.Join(tt.want, " ") {
			t.Errorf("the path of leaf %d of %d is %v, want %v", tt.leaf, tt.size, got, tt.want)
		}
	}
	// Every leaf of every size, by the verifier of x/mod.
	for size := 1; size <= len(hashes); size++ {
		for leaf := range size {
			if err := tlog.CheckRecord(batchPath(hashes[:size], leaf), int64(size), batchRoot(hashes[:size]), int64(leaf), hashes[leaf]); err != nil {
				t.Errorf("leaf %d of %d: %v", leaf, size, err)
			}
		}
	}
}

// TestSizes bounds what is read of a stranger: a full bundle is 256 entries of at
// most 65,535 bytes, each after two bytes of length (tlog-tiles), and 64 KiB are to
// spare; evidence is 256 MiB at most.
func TestSizes(t *testing.T) {
	for path, want := range map[string]int64{"tile/entries/000": 16_843_264, "checkpoint": 16_843_264, "evidence/ab/cd": 268_435_456} {
		if got := MaxSize(path); got != want {
			t.Errorf("%s may have %d bytes, want %d", path, got, want)
		}
	}
	for _, tt := range []struct {
		size int64
		ok   bool
	}{{16_843_263, true}, {16_843_264, true}, {16_843_265, false}, {20_000_000, false}} {
		data, err := readAll(bytes.NewReader(make([]byte, tt.size)), "tile/entries/000")
		if tt.ok && (err != nil || int64(len(data)) != tt.size) {
			t.Errorf("of %d bytes %d were read: %v", tt.size, len(data), err)
		}
		if want := "tile/entries/000: longer than any such file of a record can be, 16843264 bytes"; !tt.ok && (err == nil || err.Error() != want) {
			t.Errorf("%d bytes: %v, want %s", tt.size, err, want)
		}
	}
	if _, err := readAll(broken{}, "checkpoint"); !errors.Is(err, errBroken) {
		t.Errorf("what broke off was read: %v", err)
	}
}

var errBroken = errors.New("broken off")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

// TestTile: how many bytes a tile has, and which tiles are asked for once.
func TestTile(t *testing.T) {
	asked := 0
	answer := map[string]int{} // by path: how many bytes there are; none: a full tile
	l := &Log{Fetch: func(_ context.Context, path string) ([]byte, error) {
		asked++
		n, ok := answer[path]
		switch {
		case !ok:
			return make([]byte, 256*32), nil
		case n < 0:
			return nil, fs.ErrNotExist
		}
		return make([]byte, n), nil
	}}
	for _, tt := range []struct {
		level int
		w     int
		part  int // bytes of the partial tile; -1: it is gone
		full  int // bytes of the full one
		err   string
	}{
		{0, 3, 96, 0, ""},
		{0, 3, 95, 0, "tile/0/007.p/3: 95 bytes, want 96"},
		{0, 3, 97, 0, "tile/0/007.p/3: 97 bytes, want 96"},
		{0, 3, 8192, 0, "tile/0/007.p/3: 8192 bytes, want 96"},
		{0, 3, -1, 8192, ""},
		{0, 3, -1, 96, ""}, // 96 bytes are enough for three hashes
		{0, 3, -1, 8191, "tile/0/007.p/3: 8191 bytes, want 96"},
		{0, 3, -1, -1, "tile/0/007.p/3: the file is missing"},
		{0, 256, 0, 8192, ""},
		{0, 256, 0, 8160, "tile/0/007: 8160 bytes, want 8192"},
		{0, 256, 0, -1, "tile/0/007: the file is missing"},
	} {
		answer = map[string]int{fmt.Sprintf("tile/%d/007.p/3", tt.level): tt.part, fmt.Sprintf("tile/%d/007", tt.level): tt.full}
		data, err := l.tile(t.Context(), tt.level, 7, tt.w)
		if tt.err == "" && (err != nil || len(data) != 32*tt.w) || tt.err != "" && (err == nil || err.Error() != tt.err) {
			t.Errorf("%+v: %d bytes, %v", tt, len(data), err)
		}
	}
	answer = nil
	count := func(level int, n int64, w int) int {
		t.Helper()
		before := asked
		if _, err := l.tile(t.Context(), level, n, w); err != nil {
			t.Fatal(err)
		}
		return asked - before
	}
	// Full tiles above the lowest are kept: few, and asked for again and again.
	for i, want := range []int{1, 0, 0} {
		if got := count(1, 0, 256); got != want {
			t.Errorf("full tile of level 1, time %d: asked %d times, want %d", i, got, want)
		}
	}
	for i := range 2 {
		if got := count(0, 0, 256); got != 1 {
			t.Errorf("full tile of level 0, time %d: asked %d times, want 1", i, got)
		}
	}
	answer = map[string]int{"tile/1/001.p/5": 160}
	for i := range 2 {
		if got := count(1, 1, 5); got != 1 {
			t.Errorf("partial tile of level 1, time %d: asked %d times, want 1", i, got)
		}
	}
	// One that has become full since is another file.
	if got := count(1, 1, 256); got != 1 {
		t.Errorf("a tile that has become full: asked %d times, want 1", got)
	}
	answer = nil
	// 1,025 are kept; then all are forgotten.
	for n := int64(2); n <= 1024; n++ {
		count(1, n, 256)
	}
	if got := count(1, 0, 256); got != 0 {
		t.Errorf("tile 0 beside 1,024 others: asked %d times, want 0", got)
	}
	count(1, 1025, 256)
	if got := count(1, 1025, 256); got != 0 {
		t.Errorf("the latest tile: asked %d times, want 0", got)
	}
	if got := count(1, 0, 256); got != 1 {
		t.Errorf("tile 0 after 1,025 others: asked %d times, want 1", got)
	}
}

// TestFetchTile: only a partial tile may be gone where the full one is there, and
// an error that is not the absence of a file is handed on.
func TestFetchTile(t *testing.T) {
	var asked []string
	answers := map[string]error{}
	l := &Log{Fetch: func(_ context.Context, path string) ([]byte, error) {
		asked = append(asked, path)
		if err := answers[path]; err != nil {
			return nil, err
		}
		return []byte(path), nil
	}}
	const part, full = "tile/entries/000.p/5", "tile/entries/000"
	for _, tt := range []struct {
		w          int
		part, full error
		want       string // what was read
		longer     bool
		err        string
		asked      string
	}{
		{5, nil, nil, part, false, "", part},
		{5, fs.ErrNotExist, nil, full, true, "", part + " " + full},
		{5, fs.ErrNotExist, errBroken, "", false, part + ": the file is missing", part + " " + full},
		{5, fs.ErrNotExist, fs.ErrNotExist, "", false, part + ": the file is missing", part + " " + full},
		{5, errBroken, nil, "", false, "broken off", part},
		{256, nil, fs.ErrNotExist, "", false, full + ": the file is missing", full},
		{256, nil, errBroken, "", false, "broken off", full},
		{256, nil, nil, full, false, "", full},
	} {
		asked, answers = nil, map[string]error{part: tt.part, full: tt.full}
		data, longer, err := l.fetchTile(t.Context(), "entries", 0, tt.w)
		if string(data) != tt.want || longer != tt.longer || (tt.err == "") != (err == nil) || err != nil && err.Error() != tt.err {
			t.Errorf("%+v: %q, %v, %v", tt, data, longer, err)
		}
		if got := strings.Join(asked, " "); got != tt.asked {
			t.Errorf("%+v: asked for %s", tt, got)
		}
	}
}

// TestSet: no hash is new twice, whatever it shares with others.
func TestSet(t *testing.T) {
	s := newSet()
	hash := func(a, b, c uint64) (h tlog.Hash) {
		binary.BigEndian.PutUint64(h[:], a)
		binary.BigEndian.PutUint64(h[8:], b)
		binary.BigEndian.PutUint64(h[16:], c)
		return h
	}
	for _, tt := range []struct {
		h   tlog.Hash
		new bool
	}{
		{hash(0, 0, 0), true}, {hash(0, 0, 0), false},
		{hash(5, 7, 0), true}, {hash(5, 8, 0), true}, {hash(6, 7, 0), true}, {hash(5, 7, 0), false}, {hash(5, 8, 0), false},
		{hash(5, 7, 1), false},                                  // 128 bits are compared
		{hash(5+1024, 7, 0), true}, {hash(5+1024, 7, 0), false}, // the same slot
	} {
		if got := s.add(tt.h); got != tt.new {
			t.Errorf("%x is new: %v, want %v", tt.h[:24], got, tt.new)
		}
	}
	// It grows, and forgets none.
	for i := range uint64(3068) {
		if !s.add(hash(i*2654435761, i+100, 0)) {
			t.Fatalf("%d is not new", i)
		}
	}
	// 3,072 are three quarters of 4,096 slots, and one more makes it grow with the next.
	if s.n != 3073 || len(s.slots) != 4096 {
		t.Errorf("%d hashes in %d slots, want 3073 in 4096", s.n, len(s.slots))
	}
	for i := range uint64(3068) {
		if s.add(hash(i*2654435761, i+100, 0)) {
			t.Fatalf("%d is new twice", i)
		}
	}
}

// TestSplitSignature: signature lines of C2SP signed-note: an em dash, a blank, the
// name, a blank, and in base64 four bytes of key hash and the signature.
func TestSplitSignature(t *testing.T) {
	line := func(raw ...byte) string { return "— n " + base64.StdEncoding.EncodeToString(raw) }
	name, hash, sig, err := splitSignature(line(0x12, 0x34, 0x56, 0x78, 0x9a))
	if name != "n" || hash != 0x12345678 || !bytes.Equal(sig, []byte{0x9a}) || err != nil {
		t.Errorf("%q %x %x %v", name, hash, sig, err)
	}
	for _, bad := range []string{"", "— n", "- n AAAAAAAA", "—n AAAAAAAA", "—  AAAAAAAA", line(1, 2, 3, 4), line(), "— n AAAAAAA", "— n AAAAAAAAAB==", "— n AAAA*AAA"} {
		if _, _, _, err := splitSignature(bad); err == nil || err.Error() != fmt.Sprintf("no signature line: %q", bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestLocatedDeep: in a tree of three levels, a tile is checked against its own parent.
// The tree has 65,792 leaves: 257 full tiles, the last of which has a parent of its own.
func TestLocatedDeep(t *testing.T) {
	const size = 257 * 256
	var stored storedHashes
	for i := range int64(size) {
		more, err := tlog.StoredHashes(i, binary.BigEndian.AppendUint64(nil, uint64(i)), stored)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(size, stored)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, tile := range tlog.NewTiles(8, 0, size) {
		data, err := tlog.ReadTileData(tile, stored)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.Replace(tile.Path(), "tile/8/", "tile/", 1)] = data
	}
	l := &Log{Fetch: func(_ context.Context, path string) ([]byte, error) {
		if data, ok := files[path]; ok {
			return data, nil
		}
		return nil, fs.ErrNotExist
	}}
	c := &Checkpoint{Size: size, Root: root}
	for _, index := range []int64{0, 65_535, 65_536, size - 1} {
		p, err := l.Inclusion(t.Context(), c, index)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckRecord(p, size, root, index, tlog.RecordHash(binary.BigEndian.AppendUint64(nil, uint64(index)))); err != nil {
			t.Errorf("leaf %d: %v", index, err)
		}
	}
	for name, want := range map[string]string{
		"tile/0/256":     "tile/0/256: its hashes are not those that tile/1/001.p/1 commits to",
		"tile/0/255":     "tile/0/255: its hashes are not those that tile/1/000 commits to",
		"tile/1/000":     "tile/1/000: its hashes are not those that tile/2/000.p/1 commits to",
		"tile/1/001.p/1": "tile/0/256: its hashes are not those that tile/1/001.p/1 commits to",
		"tile/2/000.p/1": "tile/1/000: its hashes are not those that tile/2/000.p/1 commits to",
	} {
		was := files[name]
		files[name] = bytes.Clone(was)
		files[name][3] ^= 1
		l.tiles = nil
		if _, err := l.Inclusion(t.Context(), c, map[bool]int64{true: size - 1, false: 65_535}[name == "tile/0/256" || name == "tile/1/001.p/1"]); err == nil || err.Error() != want {
			t.Errorf("%s was altered: %v, want %s", name, err, want)
		}
		files[name] = was
	}
}

// TestLocatedEdge: where every tile is what its parent commits to, the files at the
// edge are named.
func TestLocatedEdge(t *testing.T) {
	const size = 257 * 256
	h := make([]tlog.Hash, 256)
	tile := bytes.Repeat(h[0][:], 256) // all of the lowest tiles are the same, except the last
	other := slices.Concat(bytes.Repeat(h[0][:], 255), bytes.Repeat([]byte{1}, 32))
	low, last := batchRoot(h), tileRoot(other)
	parents := bytes.Repeat(low[:], 256)
	high := tlog.Hash(tileRoot(parents))
	l := &Log{Fetch: func(_ context.Context, path string) ([]byte, error) {
		switch {
		case path == "tile/0/256":
			return other, nil
		case strings.HasPrefix(path, "tile/0/") && !strings.Contains(path, "x") && path <= "tile/0/256":
			return tile, nil
		case path == "tile/1/000":
			return parents, nil
		case path == "tile/1/001.p/1":
			return last, nil
		case path == "tile/2/000.p/1":
			return high[:], nil
		}
		return nil, fs.ErrNotExist
	}}
	_, err := l.Inclusion(t.Context(), &Checkpoint{Size: size, Root: tlog.Hash{1}}, size-1)
	const want = "tile/1/001.p/1, tile/2/000.p/1: the hashes do not make the root that the checkpoint commits to: one of these files was altered, or the checkpoint is of another tree"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

type storedHashes []tlog.Hash

func (h storedHashes) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, x := range at {
		out[i] = h[x]
	}
	return out, nil
}
