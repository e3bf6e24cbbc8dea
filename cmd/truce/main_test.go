package main

import (
	"fmt"

	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/people"

	"flag"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite expected output")

func TestMain(m *testing.M) {
	people.CheapPasswords()
	// Scripts wait for checkpoints and for rooms to open, as well as for a processor.
	// -parallel overrides this.
	if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"truce": func() {
		// Tests say what time it is.
		at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
		os.Exit(command{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: func() time.Time { return at }, args: os.Args[1:]}.run())
	}})
}

// TestScripts are days at the command line, as texts.
func TestScripts(t *testing.T) { runScripts(t, filepath.Join("testdata", "script")) }

func runScripts(t *testing.T, dir string) {
	t.Helper()
	here, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Dir: dir, Cmds: scriptCommands, UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true,
		Condition: func(cond string) (bool, error) {
			if cond == "laws" { // make laws: what takes longer
				return os.Getenv("TRUCE_LAWS") != "", nil
			}
			return false, fmt.Errorf("condition %q is unknown", cond)
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("REPO", here)
			return nil
		}})
}

func run3(args ...string) (code int, out, errs string) {
	var o, e strings.Builder
	code = command{in: strings.NewReader(""), out: &o, err: &e, now: func() time.Time { return time.Unix(0, 0) }, args: args}.run()
	return code, o.String(), e.String()
}

// TestBad: folders and cases that must not pass, with the exit code that the
// README beside them names.
func TestBad(t *testing.T) {
	index, err := os.ReadFile("testdata/bad/README")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(index)) {
		name, says, ok := strings.Cut(strings.TrimSpace(line), ":")
		dir := filepath.Join("testdata", "bad", name)
		if _, err := os.Stat(dir); !ok || err != nil {
			continue
		}
		n++
		t.Run(name, func(t *testing.T) {
			code, out, errs := run3("test", dir)
			switch {
			case strings.Contains(says, "(1 or 2)"):
				if code != exitNo && code != exitUnread {
					t.Errorf("exit %d, want 1 or 2\n%s%s", code, out, errs)
				}
			case strings.Contains(says, "exit 2"):
				if code != exitUnread {
					t.Errorf("exit %d, want 2\n%s%s", code, out, errs)
				}
			case strings.Contains(says, "exit 1"):
				if code != exitNo {
					t.Errorf("exit %d, want 1\n%s%s", code, out, errs)
				}
			case code != exitOK:
				t.Errorf("exit %d, want 0\n%s%s", code, out, errs)
			}
			if code == exitUnread && errs == "" {
				t.Error("nothing says what was wrong")
			}
		})
	}
	if n < 38 {
		t.Errorf("%d bad folders were tried", n)
	}
}

// TestLinkOutOfTheFolder: a link is no way out of an agreement's folder.
func TestLinkOutOfTheFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/bad/00-control")); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "box.geojson")
	inside := filepath.Join(dir, "zones", "box.geojson")
	if err := os.Rename(inside, outside); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, inside); err != nil {
		t.Skip(err) // Windows wants a privilege for links
	}
	if code, out, _ := run3("check", dir); code != exitNo || !strings.Contains(out, "leads out of the agreement's folder") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// TestHelp: every command has an example and a sentence.
func TestHelp(t *testing.T) {
	c := command{out: io.Discard, err: io.Discard, now: time.Now}
	for _, cmd := range c.root().Commands() {
		if cmd.Example == "" || cmd.Short == "" {
			t.Errorf("%s: no example or no sentence", cmd.Name())
		}
	}
}

func TestPlural(t *testing.T) {
	for what, want := range map[string]string{
		"day": "6 days", "key": "6 keys", "entry": "6 entries", "party": "6 parties", "incident": "6 incidents",
	} {
		if got := mission.Plural(6, what); got != want {
			t.Errorf("plural(6, %q) = %q, want %q", what, got, want)
		}
	}
	if got := mission.Plural(1, "day"); got != "1 day" {
		t.Errorf("plural(1, day) = %q", got)
	}
}
