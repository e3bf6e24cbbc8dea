package ledger_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opentruce/truce/internal/ledger"
)

// faulty is put after Tessera's file operations: each write asks first, and once
// more when it is done.
const faulty = `

// Fault, if set, is asked before and after each write.
var Fault func(op, name string, data []byte, done bool) error

func createEx(name string, d []byte) error {
	return asking("create", name, d, func() error { return realCreateEx(name, d) })
}

func overwrite(name string, d []byte) error {
	return asking("overwrite", name, d, func() error { return realOverwrite(name, d) })
}

func asking(op, name string, d []byte, do func() error) error {
	if Fault != nil {
		if err := Fault(op, name, d, false); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := do(); err != nil {
		return err
	}
	if Fault != nil {
		if err := Fault(op, name, d, true); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
`

// TestFaultLayer builds a Tessera with faulty file operations, puts it under the
// ledger by a go.mod of its own, and runs TestFaults over it.
func TestFaultLayer(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary of its own")
	}
	list := func(what ...string) string {
		t.Helper()
		out, err := exec.Command("go", append([]string{"list", "-m", "-f"}, what...)...).Output()
		if err != nil {
			t.Fatalf("the go command is needed: %v", err)
		}
		return strings.TrimSpace(string(out))
	}
	work := t.TempDir()
	copied := filepath.Join(work, "tessera")
	if err := os.CopyFS(copied, os.DirFS(list("{{.Dir}}", "github.com/transparency-dev/tessera"))); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(copied, "storage", "posix", "file_ops.go")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := string(text)
	for _, name := range []string{"createEx", "overwrite"} {
		if strings.Count(s, "func "+name+"(") != 1 {
			t.Fatalf("%s: no single func %s: Tessera has changed", file, name)
		}
		s = strings.Replace(s, "func "+name+"(", "func real"+strings.ToUpper(name[:1])+name[1:]+"(", 1)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(s+faulty), 0o644); err != nil {
		t.Fatal(err)
	}
	root := filepath.Dir(list("{{.GoMod}}"))
	for _, x := range []struct{ from, to, more string }{{"go.mod", "faults.mod", "\nreplace github.com/transparency-dev/tessera => " + copied + "\n"}, {"go.sum", "faults.sum", ""}} {
		data, err := os.ReadFile(filepath.Join(root, x.from))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(work, x.to), append(data, x.more...), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "test", "-trimpath", "-vet=off", "-modfile", filepath.Join(work, "faults.mod"), "-tags", "faults", "-run", "^TestFaults$", "-count=1", "-v", ".")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "faults tried") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

// TestTwoWriters: the second is told, and the first goes on.
func TestTwoWriters(t *testing.T) {
	w := newWorld(t)
	if _, err := ledger.Open(t.Context(), w.cfg); !errors.Is(err, ledger.ErrBusy) {
		t.Errorf("a second writer: %v", err)
	}
	if _, err := w.log.Append(t.Context(), w.say("observation", sighting("a"), w.keys[ledger.Monitor])); err != nil {
		t.Errorf("the first, after the second tried: %v", err)
	}
	w.reopen()
	w.verify()
}

// TestUnlockable: Tessera ends the process where it cannot lock its tree; we say
// so before it does, and go on when it can be locked again.
func TestUnlockable(t *testing.T) {
	w := newWorld(t)
	lock := filepath.Join(w.cfg.Dir, ".state", "treeState.lock")
	if err := os.Rename(lock, lock+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(lock, 0o755); err != nil {
		t.Fatal(err)
	}
	sub := w.say("observation", sighting("a"), w.keys[ledger.Monitor])
	if _, err := w.log.Append(t.Context(), sub); !errors.Is(err, ledger.ErrReopen) {
		t.Errorf("a lock that cannot be opened: %v", err)
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	w.reopen()
	if r, err := w.log.Append(t.Context(), sub); err != nil || r[0].Known {
		t.Errorf("after it was mended: %+v, %v", r, err)
	}
	w.reopen()
	w.verify()
}

// TestIndexLost: the index is a cache; without it, or with another's, nothing
// is written twice.
func TestIndexLost(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(file string) error
	}{
		{"gone", os.Remove},
		{"empty", func(f string) error { return os.Truncate(f, 0) }},
		{"cut short", func(f string) error { return os.Truncate(f, 5000) }},
		{"something else", func(f string) error { return os.WriteFile(f, []byte(strings.Repeat("no database ", 4000)), 0o600) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			subs := w.batch(w.keys[ledger.Intake], 0, 100)
			first, err := w.log.Append(t.Context(), subs...)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.log.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := tt.spoil(filepath.Join(w.cfg.Dir, ".state", "index.db")); err != nil {
				t.Fatal(err)
			}
			if w.log, err = ledger.Open(t.Context(), w.cfg); err != nil {
				t.Fatal(err)
			}
			again, err := w.log.Append(t.Context(), subs...)
			if err != nil {
				t.Fatal(err)
			}
			for i := range again {
				if !again[i].Known || again[i].Index != first[i].Index {
					t.Fatalf("%+v, first %+v", again[i], first[i])
				}
			}
			w.reopen()
			w.verify()
		})
	}
}
