package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

func openAt(t testing.TB, name string, size int64) *index {
	t.Helper()
	x, err := openIndex(name, size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.db.Close() })
	return x
}

// TestIndex: an index that was closed returns what was put into it. An index that was
// not closed, or belongs to another record, starts empty.
func TestIndex(t *testing.T) {
	c := newCast(t)
	c.binding = true
	c.name(c.key("intake-1"), "press")
	c.key("ru-1").Revoked = 3
	c.key("duty-1").Hand = "another"
	hash := func(n int) (h [32]byte) { copy(h[:], fmt.Sprintf("%016d", n)); return h }
	at := func(x *index, n int) int64 {
		t.Helper()
		at, ok, err := x.get(hash(n))
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return -1
		}
		return at
	}
	closed := func(size int64) string {
		t.Helper()
		name := filepath.Join(t.TempDir(), "index.db")
		x := openAt(t, name, 0)
		for i := range 5 {
			if err := x.put(hash(i), int64(i+10)); err != nil {
				t.Fatal(err)
			}
		}
		if err := x.close(true, size, noon.Time(), c.registry); err != nil {
			t.Fatal(err)
		}
		return name
	}
	name := closed(5)
	x := openAt(t, name, 5)
	r := newRegistry()
	last, err := x.restore(r)
	if err != nil || !last.Equal(noon.Time()) || x.size != 5 {
		t.Errorf("of %d entries, the last at %v: %v", x.size, last, err)
	}
	if at(x, 0) != 10 || at(x, 4) != 14 || at(x, 5) != -1 {
		t.Error("another place")
	}
	if err := x.put(hash(5), 15); err != nil || at(x, 5) != 15 {
		t.Error("what was put is not there")
	}
	if !r.binding || !r.mayName(r.keys[c.secrets["intake-1"].ID()], "press") || len(r.order) != 10 || r.keys[c.secrets["ru-1"].ID()].Revoked != 3 || r.keys[c.secrets["duty-1"].ID()].Hand != "another" ||
		r.keys[c.secrets["head-1"].ID()].Revoked != -1 || !slices.Equal(r.order, c.order) {
		t.Error("the keys are not as they were")
	}
	// It is open, so anybody else who opens it has to wait. An index that was not closed starts empty.
	x.db.Close()
	if x = openAt(t, name, 5); x.size != 0 || at(x, 0) != -1 {
		t.Errorf("an index that was not closed has %d entries", x.size)
	}
	if err := x.close(false, 5, noon.Time(), c.registry); err != nil {
		t.Fatal(err)
	}
	if x = openAt(t, name, 5); x.size != 0 {
		t.Errorf("an index of which not all was known has %d entries", x.size)
	}
	for _, tt := range []struct {
		closed, record, want int64
	}{{5, 5, 5}, {5, 6, 5}, {5, 4, 0}, {1, 1, 1}, {0, 0, 0}, {0, 3, 0}} {
		x := openAt(t, closed(tt.closed), tt.record)
		if x.size != tt.want || (at(x, 0) >= 0) != (tt.want > 0) {
			t.Errorf("an index of %d entries, and a record of %d: %d are known, want %d", tt.closed, tt.record, x.size, tt.want)
		}
	}
	// Of another form, and of none.
	for _, text := range []string{`{"form":2,"size":5}`, `{"size":5}`, `x`, ``} {
		name := closed(5)
		db, err := bbolt.Open(name, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketState).Put([]byte("closed"), []byte(text)) }); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if x := openAt(t, name, 5); x.size != 0 {
			t.Errorf("%s: %d entries are known", text, x.size)
		}
	}
	// Into the file after 8,192.
	x = openAt(t, filepath.Join(t.TempDir(), "index.db"), 0)
	for i := range flushAt - 1 {
		if err := x.put(hash(i), int64(i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(x.fresh) != 8191 {
		t.Errorf("%d are kept aside, want 8191", len(x.fresh))
	}
	if err := x.put(hash(8191), 8191); err != nil || len(x.fresh) != 0 || at(x, 8191) != 8191 || at(x, 0) != 0 || at(x, 8192) != -1 {
		t.Errorf("%d are kept aside, want none: %v", len(x.fresh), err)
	}
	// What cannot be written is kept, and said.
	if err := x.put(hash(9000), 9000); err != nil {
		t.Fatal(err)
	}
	x.db.Close()
	if err := x.flush(); err == nil || len(x.fresh) != 1 {
		t.Errorf("written into a closed file: %v", err)
	}
	if err := x.close(true, 5, noon.Time(), c.registry); err == nil {
		t.Error("a closed file was closed whole")
	}
	if _, err := x.restore(newRegistry()); err == nil {
		t.Error("a closed file was read")
	}
	if _, err := openIndex(filepath.Join(t.TempDir(), "no", "index.db"), 0); err == nil {
		t.Error("an index was made in no folder")
	}
	if err := os.Mkdir(name+".d", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name+".d/x", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openIndex(name+".d", 0); err == nil || errors.Is(err, ErrBusy) {
		t.Errorf("a folder is an index: %v", err)
	}
}

// bare is a log without Tessera: what decides about groups, and nothing that writes.
func bareLog(t testing.TB, c *cast) *Log {
	t.Helper()
	now := noon.Time()
	return &Log{cfg: Config{Signer: c.secrets["log"], Batch: 4, Now: func() time.Time { return now }}, keys: c.registry, seen: openAt(t, filepath.Join(t.TempDir(), "index.db"), 0), next: 1, wake: make(chan struct{}, 1), ended: make(chan struct{})}
}

// ours is a submission for that log.
func (c *cast) ours(t testing.TB, kind, content, who string) *Submission {
	t.Helper()
	b := Body{Kind: kind, Mission: "log", Content: []byte(content)}
	var keys []*Secret
	for name := range strings.FieldsSeq(who) {
		keys = append(keys, c.secrets[name])
	}
	s, err := b.Say(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return &s
}

// TestGather: which of those that wait go together.
func TestGather(t *testing.T) {
	c := newCast(t)
	outage := func(n int) *Submission {
		return c.ours(t, "outage", fmt.Sprintf(`{"because":"%d","during":{"end":"2026-03-01T09:00:00Z","start":"2026-03-01T08:00:00Z"}}`, n), "duty-1")
	}
	method := func(n int) *Submission { return c.ours(t, "method", fmt.Sprintf(`{"method":"%d"}`, n), "head-1") }
	revoke := func(who string) *Submission {
		return c.ours(t, "revoke", fmt.Sprintf(`{"key":%q}`, c.secrets[who].ID()), "head-1")
	}
	var bodies []Body
	for i := range 3 {
		bodies = append(bodies, Body{Kind: "outage", Mission: "log", Content: fmt.Appendf(nil, `{"because":"b%d","during":{"end":"2026-03-01T09:00:00Z","start":"2026-03-01T08:00:00Z"}}`, i)})
	}
	batch, err := SayAll("log", noon.Time(), c.secrets["duty-1"], bodies)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		subs []*Submission
		want string // the groups: positions, blanks between groups
		errs map[int]string
	}{
		{"nothing", nil, "", nil},
		{"one", []*Submission{outage(1)}, "0", nil},
		{"four go together", []*Submission{outage(1), outage(2), outage(3), outage(4)}, "0123", nil},
		{"five do not", []*Submission{outage(1), outage(2), outage(3), outage(4), outage(5)}, "0123 4", nil},
		{"the same twice is one", []*Submission{outage(1), outage(1), outage(2)}, "02", nil},
		{"a key alone, and nothing overtakes it", []*Submission{outage(1), revoke("monitor-1"), outage(2), outage(3)}, "0 1 23", nil},
		{"a key first", []*Submission{revoke("monitor-1"), outage(2), outage(3)}, "0 12", nil},
		{"two keys", []*Submission{revoke("monitor-1"), revoke("mediator-1"), outage(3)}, "0 1 2", nil},
		{"members after their batch", []*Submission{&batch[0], &batch[1], &batch[2], &batch[3]}, "0 123", nil},
		{"members, and what is not", []*Submission{&batch[0], &batch[1], outage(1), &batch[2], outage(2)}, "024 13", nil},
		{"one that is refused", []*Submission{outage(1), c.ours(t, "outage", `{"because":"x"}`, "duty-1"), outage(2)}, "02", map[int]string{1: `refused: the member "during" is missing`}},
		{"one that may not", []*Submission{c.ours(t, "method", `{"method":"x"}`, "duty-1"), outage(2)}, "1", map[int]string{0: `the key may not sign this: duty-1 is the key of a duty officer, who may not write "method"; only the head of mission may: sign with --as and that key`}},
		{"a member without its batch", []*Submission{&batch[1], outage(2)}, "1", map[int]string{0: "the key may not sign this: the batch of this outage was not submitted first"}},
		{"another record's", []*Submission{c.says(t, "method", `{"method":"x"}`, "head-1"), method(1)}, "1", map[int]string{0: `refused: the method was written for the record "m", and this is "log"`}},
		{"nothing said", []*Submission{{kind: "method", mission: "log"}, method(1)}, "1", map[int]string{0: "refused: nothing is said"}},
		{"another mission", []*Submission{c.ours(t, "mission", `{"agreement":"`+strings.Repeat("0", 64)+`","keys":[],"title":"t"}`, "log"), method(1)}, "1", map[int]string{0: "refused: entry 0, and no other, says what the mission is"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := c.again(t)
			l := bareLog(t, c)
			var all []*request
			for _, s := range tt.subs {
				r := l.ask(s)
				all = append(all, r)
				if r.err == nil {
					l.waiting = append(l.waiting, r)
				}
			}
			var got []string
			for range 10 {
				group, data := l.gather()
				if len(group) == 0 {
					break
				}
				if len(data) != len(group) || !l.last.Equal(noon.Time()) {
					t.Errorf("%d entries of %d, received at %v", len(data), len(group), l.last)
				}
				text, at := "", make([]int64, len(group))
				for i, r := range group {
					text += fmt.Sprint(slices.Index(all, r))
					at[i] = l.next + int64(i)
				}
				got = append(got, text)
				if err := l.settle(group, at); err != nil {
					t.Fatal(err)
				}
				for i, r := range group {
					r.finish(at[i], false, nil)
				}
			}
			is(t, "groups", strings.Join(got, " "), tt.want)
			if l.last.IsZero() != (tt.want == "") {
				t.Errorf("the last entry was received at %v", l.last)
			}
			if len(l.waiting) != 0 {
				t.Errorf("%d still wait", len(l.waiting))
			}
			for i, r := range all {
				select {
				case <-r.done:
				default:
					t.Errorf("%d was not answered", i)
				}
				fails(t, fmt.Sprint(i), r.err, tt.errs[i])
			}
			// Said again, all of it is known.
			for i, s := range tt.subs {
				if tt.errs[i] != "" {
					continue
				}
				r := l.ask(s)
				l.waiting = append(l.waiting, r)
				if group, _ := l.gather(); len(group) != 0 || !r.known || r.at != all[i].at {
					t.Errorf("%d said again: known %v, at %d, first at %d", i, r.known, r.at, all[i].at)
				}
			}
			// After a failure nothing more is written.
			l.broken = errors.New("no room")
			r := l.ask(outage(99))
			other := l.ask(outage(98))
			l.waiting = append(l.waiting, r, other)
			group, _ := l.gather()
			if len(group) != 0 || len(l.waiting) != 0 {
				t.Error("something is written after a failure")
			}
			fails(t, "after a failure", r.err, "the record could not be written: no room")
			fails(t, "after a failure, the next", other.err, "the record could not be written: no room")
		})
	}
}

// TestSettlePlaces: a group stands where it was to stand, or something else writes.
func TestSettlePlaces(t *testing.T) {
	c := newCast(t)
	l := bareLog(t, c)
	group := []*request{l.ask(c.ours(t, "method", `{"method":"a"}`, "head-1")), l.ask(c.ours(t, "method", `{"method":"b"}`, "head-1"))}
	for _, tt := range []struct {
		next, a, b int64
		want       string
	}{
		{5, 5, 6, ""}, {5, 6, 5, ""}, {0, 0, 1, ""},
		{5, 5, 5, "entry 5 was not to stand there: something else writes to this record"},
		{5, 4, 5, "entry 4 was not to stand there: something else writes to this record"},
		{5, 5, 7, "entry 7 was not to stand there: something else writes to this record"},
	} {
		l.next = tt.next
		fails(t, fmt.Sprint(tt), l.settle(group, []int64{tt.a, tt.b}), tt.want)
		if want := tt.next + 2; tt.want == "" && l.next != want || tt.want != "" && l.next != tt.next {
			t.Errorf("%v: %d entries", tt, l.next)
		}
	}
}

// TestNow: the moment of receipt is the clock's, to the millisecond, and never before
// the last.
func TestNow(t *testing.T) {
	l := &Log{last: noon.Time()}
	for _, tt := range []struct {
		clock, want time.Duration // from noon
		err         string
	}{
		{0, 0, ""}, {time.Hour, time.Hour, ""}, {1_999_999, time.Millisecond, ""}, {-time.Second, 0, ""}, {-5 * time.Second, 0, ""},
		{-5*time.Second - time.Millisecond, -5*time.Second - time.Millisecond, "the clock has gone back: it says 2026-03-01T11:59:54.999Z, and the last entry was received at 2026-03-01T12:00:00.000Z; set the clock"},
	} {
		l.cfg.Now = func() time.Time { return noon.Time().Add(tt.clock).In(time.FixedZone("", 7200)) }
		got, err := l.now()
		fails(t, tt.clock.String(), err, tt.err)
		if want := noon.Time().Add(tt.want); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%v: %v, want %v", tt.clock, got, want)
		}
	}
}

// TestCause: the common causes in plain words, also where only their text is left.
func TestCause(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{syscall.ENOSPC, "the disk is full: "}, {&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, "the disk is full: "}, {errors.New("write x: no space left on device"), "the disk is full: "},
		{syscall.EROFS, "the disk cannot be written to: "}, {errors.New("open x: read-only file system (again)"), "the disk cannot be written to: "}, {errors.New("x"), ""}, {syscall.EACCES, ""},
	} {
		is(t, tt.err.Error(), cause(tt.err), tt.want)
	}
	same := renamed{syscall.ENOSPC}
	is(t, same.Error(), cause(same), "the disk is full: ")
}

// renamed wraps an error and does not say its text.
type renamed struct{ error }

func (renamed) Error() string   { return "a failure" }
func (r renamed) Unwrap() error { return r.error }

// TestSweep: what was half written is taken away, and nothing else.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	keep := []string{"0/000", "0/001.p/12", "0/001.p/255", "0/x001/x234/067", "entries/000", "entries/000.p/1"}
	gone := []string{"0/0001", "0/000.tmp", "entries/000.p/12345", "0/.x", "0/xx01"}
	for _, name := range slices.Concat(keep, gone) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := sweep(dir); err != nil {
		t.Fatal(err)
	}
	var left []string
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			left = append(left, filepath.ToSlash(rel))
		}
		return err
	})
	slices.Sort(keep)
	slices.Sort(left)
	if !slices.Equal(left, keep) {
		t.Errorf("left are %v, want %v", left, keep)
	}
	if err := sweep(filepath.Join(dir, "nowhere")); err != nil {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// TestSize: how many entries a folder has.
func TestSize(t *testing.T) {
	dir := t.TempDir()
	if _, err := Size(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no record: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, ".state"), 0o755); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int64{`{"size":7,"root":"x"}`: 7, `{}`: 0, `x`: -1} {
		if err := os.WriteFile(filepath.Join(dir, ".state", "treeState"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		n, err := Size(dir)
		if want < 0 && err == nil || want >= 0 && (n != want || err != nil) {
			t.Errorf("%s: %d, %v", text, n, err)
		}
	}
	if err := writable(filepath.Join(dir, ".state", "treeState", "x")); err == nil {
		t.Error("a folder below a file can be written to")
	}
	if err := writable(filepath.Join(dir, "new", "folder")); err != nil {
		t.Error(err)
	}
	if list, _ := os.ReadDir(filepath.Join(dir, "new", "folder")); len(list) != 0 {
		t.Errorf("%v was left there", list)
	}
	if err := writable("/proc/self"); runtime.GOOS == "linux" && err == nil || err != nil && !strings.Contains(err.Error(), "the record cannot be written: ") && runtime.GOOS == "linux" {
		t.Errorf("a folder that cannot be written to: %v", err)
	}
}
