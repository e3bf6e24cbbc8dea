package mirror_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mirror"
	"github.com/opentruce/truce/internal/mission"
)

// TestBesideBrokenProof: a file that is not a proof is a fault, whatever is in it.
func TestBesideBrokenProof(t *testing.T) {
	name := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(name, []byte("a report"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, proof := range []string{"", "garbage", "log ", "log \n", "truce proof v1\nauthor x\n\n\n\n"} {
		if err := os.WriteFile(name+".proof", []byte(proof), 0o644); err != nil {
			t.Fatal(err)
		}
		_, _, err := mirror.Trust{}.Beside(name)
		if !errors.Is(err, audit.ErrFault) || !strings.Contains(err.Error(), "names no key") {
			t.Errorf("%q: %v", proof, err)
		}
	}
}

// open finds a copy whose key is noted beside it.
func open(t *testing.T, where string) *mirror.Copy {
	t.Helper()
	c, err := mirror.Trust{}.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCheckFiles: a public file that is missing is a fault of the mission, which received
// it, and is listed of a mirror, which may not have copied it; a file that was altered is a
// fault everywhere; what is not part of a record is named.
func TestCheckFiles(t *testing.T) {
	dir, folder := small(t), filepath.Join(t.TempDir(), "mirror")
	f := &mirror.Follower{Where: dir, Dir: folder, NoRecompute: true}
	if err := f.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f.Copied() == 0 {
		t.Error("nothing was copied")
	}
	whole, err := open(t, folder).Check(t.Context(), mission.Open, mission.Silent{})
	if err != nil || whole.Files < 3 || len(whole.Missing) != 0 || whole.Beyond != 0 || whole.Vouched != nil || whole.Summary.Agreement == "" {
		t.Fatalf("%+v, %v", whole, err)
	}
	for _, x := range []struct{ dir, fault string }{{dir, "which is public, is not there"}, {folder, ""}} {
		var name string
		for _, list := range []string{"??/*", "*"} {
			found, _ := filepath.Glob(filepath.Join(x.dir, "record", "evidence", list))
			for _, n := range found {
				if info, err := os.Stat(n); err == nil && info.Mode().IsRegular() && info.Size() > 2000 {
					name = n
				}
			}
		}
		if name == "" {
			t.Fatalf("%s has no evidence", x.dir)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		got, err := open(t, x.dir).Check(t.Context(), mission.Open, mission.Silent{})
		switch {
		case x.fault != "" && (!errors.Is(err, audit.ErrFault) || !strings.Contains(err.Error(), x.fault)):
			t.Errorf("a file is missing in %s: %v", x.dir, err)
		case x.fault == "" && (err != nil || len(got.Missing) == 0 || got.Files+len(got.Missing) != whole.Files):
			t.Errorf("a file is missing in %s: %+v, %v", x.dir, got, err)
		}
		if err := os.WriteFile(name, append(data[:len(data):len(data)], 'x'), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := open(t, x.dir).Check(t.Context(), mission.Open, mission.Silent{}); !errors.Is(err, audit.ErrFault) {
			t.Errorf("a file was altered in %s: %v", x.dir, err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "record", "note.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := open(t, folder).Check(t.Context(), mission.Open, mission.Silent{}); err != nil || !slices.Equal(got.Strangers, []string{"note.txt"}) {
		t.Errorf("strangers %v, %v", got.Strangers, err)
	}
}

// TestReceipts: what a receipt acknowledges is in the record that signed it, and in no other.
func TestReceipts(t *testing.T) {
	dir := small(t)
	before := another(t, dir)
	say(t, dir, "x")
	list, err := filepath.Glob(filepath.Join(dir, "receipts", "*.receipt"))
	if err != nil || len(list) < 2 {
		t.Fatal(list, err)
	}
	n := 0
	if err := open(t, dir).Receipts(t.Context(), list, func(name string, r *audit.Receipt) {
		if n++; len(r.Lines) == 0 {
			t.Errorf("%s acknowledges nothing", name)
		}
	}); err != nil || n != len(list) {
		t.Errorf("%d of %d receipts hold: %v", n, len(list), err)
	}
	if err := open(t, before).Receipts(t.Context(), list, func(string, *audit.Receipt) {}); err == nil {
		t.Error("a receipt holds in a record that does not have what it acknowledges")
	}
	if err := open(t, dir).Receipts(t.Context(), []string{filepath.Join(dir, "mission.json")}, func(string, *audit.Receipt) {}); err == nil {
		t.Error("a file that is not a receipt holds")
	}
}

// publish puts a report into the record, with a digest of the situation.
func publish(t *testing.T, dir, text string, wrong bool) (name string) {
	t.Helper()
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	clerk, err := m.Key("head-of-mission")
	if err != nil {
		t.Fatal(err)
	}
	size, err := m.End()
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.Situation(truce.Never)
	if err != nil {
		t.Fatal(err)
	}
	digests := s.Published()
	if wrong { // it counted otherwise
		for _, name := range []string{"public", "public-ranges"} {
			d := digests[name]
			d[0]++
			digests[name] = d
		}
	}
	digests["mission"] = digests["public"]
	p := ledger.Publication{Title: text, File: "report.html", Entries: size, Known: s.Now.String(), Because: "a test", Digests: digests}
	if _, err := intake.NewWriter(m).PublishFile(clerk, p, []byte(text)); err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestReports: a report is found among what was published by its bytes, and checked by its
// proof alone.
func TestReports(t *testing.T) {
	dir := small(t)
	name := publish(t, dir, "a report", false)
	c := open(t, dir)
	var entry int64 = -1
	if err := c.Reports(t.Context(), []string{name}, func(_ string, e *audit.Entry, by audit.Key) {
		if entry = e.Index; by.Name != "head-of-mission" {
			t.Errorf("signed by %s", by.Name)
		}
	}); err != nil || entry < 0 {
		t.Fatal(entry, err)
	}
	proof, err := c.Prove(t.Context(), entry)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name+".proof", proof, 0o644); err != nil {
		t.Fatal(err)
	}
	p, stated, err := mirror.Trust{}.Beside(name)
	if err != nil || p.Entry.Index != entry || stated != c.Policy.LogKey(p.Checkpoint.Origin) {
		t.Errorf("by its own key: entry %v, key %q, %v", p, stated, err)
	}
	if _, stated, err := (mirror.Trust{Key: stated}).Beside(name); err != nil || stated != "" {
		t.Errorf("by a trusted key: %q, %v", stated, err)
	}
	if err := os.WriteFile(name, []byte("another report"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := (mirror.Trust{}).Beside(name); !errors.Is(err, audit.ErrFault) || !strings.Contains(err.Error(), "it was altered") {
		t.Errorf("an altered report, by its proof: %v", err)
	}
	if err := c.Reports(t.Context(), []string{name}, func(string, *audit.Entry, audit.Key) {}); !errors.Is(err, audit.ErrFault) || !strings.Contains(err.Error(), "no publication") {
		t.Errorf("an altered report: %v", err)
	}
}

// TestRecomputed: publications are computed again from the mirror, either the last one or
// all of them. A publication that does not follow from the record is an error, and the mirror
// keeps the record that shows it.
func TestRecomputed(t *testing.T) {
	dir, folder := small(t), filepath.Join(t.TempDir(), "mirror")
	var told []string
	round := func(all bool) error {
		told = nil
		f := &mirror.Follower{Where: dir, Dir: folder, All: all, Tell: func(n mirror.News) {
			switch n := n.(type) {
			case mirror.Recomputed:
				told = append(told, n.Title)
			case mirror.Computed:
				told = append(told, fmt.Sprintf("%d incidents", n.Incidents))
			}
		}}
		return f.Round(t.Context())
	}
	if err := round(false); err != nil || len(told) != 1 || !strings.HasSuffix(told[0], " incidents") {
		t.Errorf("nothing published: %v, %v", told, err)
	}
	publish(t, dir, "first", false)
	say(t, dir, "x")
	publish(t, dir, "second", false)
	if err := round(false); err != nil || !slices.Equal(told, []string{"second"}) {
		t.Errorf("the last: %v, %v", told, err)
	}
	if err := round(true); err != nil || !slices.Equal(told, []string{"second", "first"}) {
		t.Errorf("all: %v, %v", told, err)
	}
	publish(t, dir, "third", true)
	if err := round(false); !errors.Is(err, mirror.ErrDiffers) || !strings.Contains(err.Error(), "third") || !strings.HasSuffix(err.Error(), "; they differ in how many incidents, killed and injured there are at least and at most") {
		t.Errorf("a digest that does not follow: %v, %v", told, err)
	}
	verify(t, folder)
}

// TestFork: a record that does not grow out of the one that was mirrored is kept beside it
// as evidence, also where it is shorter, and nothing of the mirror changes.
func TestFork(t *testing.T) {
	dir := small(t)
	shorter, longer := another(t, dir), another(t, dir)
	say(t, dir, "x")
	say(t, dir, "y")
	say(t, shorter, "z")
	for _, key := range []string{"k", "l", "m"} {
		say(t, longer, key)
	}
	folder := filepath.Join(t.TempDir(), "mirror")
	if err := (&mirror.Follower{Where: dir, Dir: folder, NoRecompute: true}).Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile(filepath.Join(folder, "record", "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{shorter, longer} {
		if err := os.RemoveAll(filepath.Join(folder, "forks")); err != nil {
			t.Fatal(err)
		}
		err := (&mirror.Follower{Where: other, Dir: folder, NoRecompute: true}).Round(t.Context())
		var fork *mirror.Fork
		if !errors.As(err, &fork) || !strings.Contains(err.Error(), "both checkpoints and the other history are kept in") {
			t.Fatalf("%s: %v", other, err)
		}
		if now, err := os.ReadFile(filepath.Join(folder, "record", "checkpoint")); err != nil || string(now) != string(ours) {
			t.Errorf("the mirror's checkpoint has changed: %v", err)
		}
		verify(t, folder)
		kept, err := filepath.Glob(filepath.Join(folder, "forks", "*", "theirs"))
		if err != nil || len(kept) != 1 {
			t.Fatal(kept, err)
		}
		theirs, err := mirror.Trust{}.Open(t.Context(), kept[0])
		if err != nil {
			t.Fatal(err)
		}
		if got, err := theirs.Check(t.Context(), mission.Open, mission.Silent{}); err != nil || got.Entries == 0 {
			t.Errorf("the other history: %v", err)
		}
		if mine, err := os.ReadFile(filepath.Join(filepath.Dir(kept[0]), "ours.checkpoint")); err != nil || string(mine) != string(ours) {
			t.Errorf("our checkpoint is not beside it: %v", err)
		}
	}
}

// TestDamagedMirror: what was damaged here is copied again, and said.
func TestDamagedMirror(t *testing.T) {
	dir, folder := small(t), filepath.Join(t.TempDir(), "mirror")
	var again int
	round := func() {
		t.Helper()
		f := &mirror.Follower{Where: dir, Dir: folder, NoRecompute: true, Tell: func(n mirror.News) {
			if _, ok := n.(mirror.CopiedAgain); ok {
				again++
			}
		}}
		if err := f.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		verify(t, folder)
	}
	round()
	name := filepath.Join(folder, "record", "tile", "entries", "000")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2]++
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if round(); again != 1 {
		t.Errorf("said %d times that it was copied again", again)
	}
	if round(); again != 1 {
		t.Error("it is still damaged")
	}
}

// TestCosigning: a mirror with a key co-signs what it saw, once, and names itself in its
// policy; who verifies the mirror sees by whom.
func TestCosigning(t *testing.T) {
	dir, folder := small(t), filepath.Join(t.TempDir(), "mirror")
	key := filepath.Join(t.TempDir(), "example.org-w1.key")
	if _, err := mission.NewKey("example.org/w1", key); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		f := &mirror.Follower{Where: dir, Dir: folder, NoRecompute: true, Tell: func(n mirror.News) {
			if n, ok := n.(mirror.Followed); ok && n.CosignedAs != "example.org/w1" {
				t.Errorf("co-signed as %q", n.CosignedAs)
			}
		}}
		if err := f.CosignWith(key); err != nil {
			t.Fatal(err)
		}
		if err := f.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := open(t, folder).Check(t.Context(), mission.Open, mission.Silent{})
		if err != nil || len(got.Checkpoint.Cosigned) != 1 || !strings.HasSuffix(got.Checkpoint.Cosigned[0].Witness, "w1") {
			t.Fatalf("%+v, %v", got, err)
		}
		say(t, dir, fmt.Sprint("n", f.Copied()))
	}
	if err := (&mirror.Follower{Dir: folder}).CosignWith("nobody"); err == nil {
		t.Error("a key that is not there signs")
	}
}
