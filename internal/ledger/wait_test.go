package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/transparency-dev/tessera"
)

// TestLinger: as many as were just answered are waited for, four milliseconds at
// most; a lone writer never waits. The clock is that of the test.
func TestLinger(t *testing.T) {
	for _, tt := range []struct {
		were, here int
		after      time.Duration // when the rest of them come
		rest       int
		want       time.Duration
	}{
		{0, 0, 0, 0, 0}, {1, 0, 0, 0, 0}, {2, 2, 0, 0, 0}, {2, 3, 0, 0, 0}, {2, 1, 0, 0, 4 * time.Millisecond}, {2, 0, 0, 0, 4 * time.Millisecond},
		{3, 1, 950 * time.Microsecond, 2, time.Millisecond}, {3, 1, 950 * time.Microsecond, 1, 4 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &Log{waiting: make([]*request, tt.here)}
			if tt.rest > 0 {
				go func() {
					time.Sleep(tt.after)
					l.mu.Lock()
					l.waiting = append(l.waiting, make([]*request, tt.rest)...)
					l.mu.Unlock()
				}()
			}
			begin := time.Now()
			l.linger(tt.were)
			if got := time.Since(begin); got != tt.want {
				t.Errorf("%+v: it waited %v, want %v", tt, got, tt.want)
			}
		})
	}
}

// checkpoints is a log reader that has one checkpoint after another.
type checkpoints struct {
	tessera.LogReader
	list []string // empty: there is none
	err  error
}

func (c *checkpoints) ReadCheckpoint(context.Context) ([]byte, error) {
	if c.err != nil {
		return nil, c.err
	}
	if len(c.list) == 0 || c.list[0] == "" {
		if len(c.list) > 0 {
			c.list = c.list[1:]
		}
		return nil, fs.ErrNotExist
	}
	cp := c.list[0]
	if len(c.list) > 1 {
		c.list = c.list[1:]
	}
	return []byte("o\n" + cp + "\nroot\n"), nil
}

// TestPublished: a checkpoint of the whole tree is waited for, half a minute at most.
func TestPublished(t *testing.T) {
	for _, tt := range []struct {
		name string
		cp   checkpoints
		want string
		took time.Duration
	}{
		{"at once", checkpoints{list: []string{"5"}}, "", 0},
		{"one of more", checkpoints{list: []string{"6"}}, "", 0},
		{"the third", checkpoints{list: []string{"3", "4", "5"}}, "", 20 * time.Millisecond},
		{"none at first", checkpoints{list: []string{"", "", "5"}}, "", 20 * time.Millisecond},
		{"none", checkpoints{}, "no checkpoint commits to entry 4 after 30 seconds: " + lastWarning(), 30*time.Second + 10*time.Millisecond},
		{"an old one", checkpoints{list: []string{"4"}}, "no checkpoint commits to entry 4 after 30 seconds: " + lastWarning(), 30*time.Second + 10*time.Millisecond},
		{"one that cannot be read", checkpoints{err: errors.New("broken")}, "broken", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &Log{next: 5, reader: &tt.cp}
			begin := time.Now()
			fails(t, tt.name, l.published(t.Context()), tt.want)
			if got := time.Since(begin); got != tt.took {
				t.Errorf("%s: it took %v, want %v", tt.name, got, tt.took)
			}
		})
	}
}

// TestCommit: a group is acknowledged as a whole, or not at all and with the first
// thing that went wrong.
func TestCommit(t *testing.T) {
	c := newCast(t)
	type answer struct {
		at  uint64
		err error
	}
	for _, tt := range []struct {
		name    string
		answers []answer
		want    string
	}{
		{"in order", []answer{{1, nil}, {2, nil}, {3, nil}}, ""},
		{"in another order", []answer{{3, nil}, {1, nil}, {2, nil}}, ""},
		{"the first fails", []answer{{0, errors.New("one")}, {2, nil}, {3, nil}}, "the record could not be written: one"},
		{"the last fails", []answer{{1, nil}, {2, nil}, {0, errors.New("three: no space left on device")}}, "the record could not be written: the disk is full: three: no space left on device"},
		{"two fail", []answer{{0, errors.New("one")}, {2, nil}, {0, errors.New("three")}}, "the record could not be written: one"},
		{"elsewhere", []answer{{1, nil}, {2, nil}, {4, nil}}, "the record could not be written: entry 4 was not to stand there: something else writes to this record"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := bareLog(t, c.again(t))
			l.cfg.Dir = t.TempDir()
			if err := os.Mkdir(filepath.Join(l.cfg.Dir, ".state"), 0o755); err != nil {
				t.Fatal(err)
			}
			asked := 0
			l.add = func(context.Context, *tessera.Entry) tessera.IndexFuture {
				a := tt.answers[asked]
				asked++
				return func() (tessera.Index, error) { return tessera.Index{Index: a.at}, a.err }
			}
			var group []*request
			for i := range tt.answers {
				group = append(group, l.ask(c.ours(t, "method", fmt.Sprintf(`{"method":"%d"}`, i), "head-1")))
			}
			l.commit(t.Context(), group, make([][]byte, len(group)))
			for i, r := range group {
				<-r.done
				fails(t, fmt.Sprint(i), r.err, tt.want)
				if tt.want != "" {
					if !errors.Is(r.err, ErrReopen) || r.at != 0 {
						t.Errorf("%d: at %d, %v", i, r.at, r.err)
					}
					continue
				}
				if r.at != int64(tt.answers[i].at) || r.known || len(r.with.list) != 3 {
					t.Errorf("%d: at %d, known %v, with %d", i, r.at, r.known, len(r.with.list))
				}
			}
			if (l.broken != nil) != (tt.want != "") || tt.want == "" && l.next != 4 || tt.want != "" && l.next != 1 {
				t.Errorf("broken: %v, %d entries", l.broken, l.next)
			}
			// Where the tree cannot be locked nothing is asked for.
			lock := filepath.Join(l.cfg.Dir, ".state", "treeState.lock")
			if err := os.RemoveAll(lock); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(lock, 0o755); err != nil {
				t.Fatal(err)
			}
			r := l.ask(c.ours(t, "method", `{"method":"x"}`, "head-1"))
			l.commit(t.Context(), []*request{r}, make([][]byte, 1))
			if <-r.done; !errors.Is(r.err, ErrReopen) || asked != len(tt.answers) {
				t.Errorf("it was asked for %d times: %v", asked, r.err)
			}
		})
	}
}

// TestDue: which witness is to be asked, on both sides of each edge.
func TestDue(t *testing.T) {
	const s, m = time.Second, time.Minute
	for _, tt := range []struct {
		asked, signed time.Duration // ago
		failed        int
		size          int64 // that it co-signed; the record has 5
		want          bool
	}{
		{0, 0, 0, 4, false}, {-1, 0, 0, 4, true}, {10*s - 1, 0, 0, 4, false}, {10 * s, 0, 0, 4, true},
		{m, 0, 0, 5, false}, {m, 10*m - 1, 0, 5, false}, {m, 10 * m, 0, 5, true}, {m, 10*m - 1, 0, 6, true}, {m, 0, 1, 5, true},
		{30*s - 1, 0, 1, 4, false}, {30 * s, 0, 1, 4, true}, {60*s - 1, 0, 2, 4, false}, {60 * s, 0, 2, 4, true}, {8*m - 1, 0, 5, 4, false}, {8 * m, 0, 5, 4, true},
		{10*m - 1, 0, 6, 4, false}, {10 * m, 0, 6, 4, true}, {10*m - 1, 0, 70, 4, false}, {10 * m, 0, 70, 4, true},
	} {
		now := noon.Time()
		x := &witnessed{Cosigner: Cosigner{Asked: now.Add(-tt.asked), Signed: now.Add(-tt.signed), Failed: tt.failed, Size: tt.size}}
		w := &Witnesses{list: []*witnessed{x}}
		w.cfg.Now, w.cfg.Every, w.cfg.least = func() time.Time { return now }, 30*s, 10*s
		if got := len(w.due(5)) == 1; got != tt.want || tt.want && !x.Asked.Equal(now) {
			t.Errorf("%+v: due is %v", tt, got)
		}
	}
	_, _, err := readWitnesses([]byte("# a\nwitness w x https://w.test/\nquorum none\n"))
	if err == nil || !strings.HasPrefix(err.Error(), "witnesses: line 2: ") {
		t.Errorf("a key that is none: %v", err)
	}
	wit, err := newKey(t, "w.test/1").Witness()
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = readWitnesses([]byte("quorum none\n\nwitness w " + wit.VKey() + " ftp://w.test/\n"))
	fails(t, "an address that is none", err, `witnesses: line 3: "ftp://w.test/" is not an address such as https://witness.example`)
}

// TestRunCosign: an error of a round is told, and the next tries again.
func TestRunCosign(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := &Witnesses{list: []*witnessed{{}}}
		w.cfg.Dir, w.cfg.Every = dir, 30*time.Second // without a checkpoint: nothing to say, and no error
		told := 0
		run := func(of time.Duration) {
			ctx, cancel := context.WithTimeout(t.Context(), of)
			defer cancel()
			w.Run(ctx, func(error) { told++ })
		}
		run(100 * time.Second)
		if told != 0 {
			t.Errorf("%d errors without a checkpoint", told)
		}
		if err := os.Mkdir(filepath.Join(dir, "checkpoint"), 0o755); err != nil {
			t.Fatal(err)
		}
		if run(100 * time.Second); told != 4 { // at 0, 30, 60 and 90 seconds
			t.Errorf("%d errors in 100 seconds, want 4", told)
		}
		told = 0
		if run(0); told != 0 {
			t.Errorf("%d errors after it was to end", told)
		}
		(&Witnesses{}).Run(t.Context(), nil) // nobody is asked
	})
}

// TestCheckpointForm: what witnesses are told of, and what is added to a checkpoint.
func TestCheckpointForm(t *testing.T) {
	const root = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	for text, want := range map[string]string{
		"o\n5\n" + root + "\n": "", "o\n0\n" + root + "\n": "", "o\n5\n" + root: "the checkpoint cannot be read", "o\n-1\n" + root + "\n": `the checkpoint's size cannot be read: "-1"`,
		"o\nx\n" + root + "\n": `the checkpoint's size cannot be read: "x"`, "o\n5\nAAAA\n": `the checkpoint's root cannot be read: "AAAA"`, "o\n5\n" + root + "*\n": `the checkpoint's root cannot be read: "` + root + `*"`,
	} {
		size, r, err := sizeAndRoot([]byte(text))
		fails(t, text, err, want)
		if err == nil && (len(r) != 32 || r[0] != 1 || fmt.Sprint(size) != text[2:3]) {
			t.Errorf("%q: %d, %x", text, size, r)
		}
	}
	for _, tt := range []struct{ checkpoint, cosigned, want string }{{"a\n\nx", "a\n\ny", "a\n\ny"}, {"a\n\nx", "b\n\ny", "a\n\nx"}, {"a\n\nx", "", "a\n\nx"}, {"a\n\nx", "a", "a\n\nx"}, {"", "\n", ""}} {
		is(t, tt.cosigned, string(WithCosignatures([]byte(tt.checkpoint), []byte(tt.cosigned))), tt.want)
	}
}

// TestReadTile: a tile is cut to what is asked for, also from a longer one that has
// taken its place.
func TestReadTile(t *testing.T) {
	d := &recordDir{dir: t.TempDir()}
	for name, size := range map[string]int{"tile/0/000.p/5": 160, "tile/0/001": 8192, "tile/0/002.p/255": 8160, "tile/0/003.p/9": 288} {
		path := filepath.Join(d.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, size), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(d.dir, "tile/1/000.p/5"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		index uint64
		p     uint8
		want  int // bytes; -1: there is none
	}{{0, 5, 160}, {0, 3, 96}, {0, 6, -1}, {0, 0, -1}, {1, 0, 8192}, {1, 255, 8160}, {1, 1, 32}, {2, 255, 8160}, {2, 254, 8128}, {2, 0, -1}, {3, 9, 288}, {3, 1, 32}} {
		data, err := d.ReadTile(t.Context(), 0, tt.index, tt.p)
		if tt.want < 0 && !errors.Is(err, fs.ErrNotExist) || tt.want >= 0 && (err != nil || len(data) != tt.want) {
			t.Errorf("tile %d, %d hashes: %d bytes, %v", tt.index, tt.p, len(data), err)
		}
	}
	if _, err := d.ReadTile(t.Context(), 1, 0, 5); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder in its place: %v", err)
	}
}
