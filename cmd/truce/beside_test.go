package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/remote"
	"github.com/opentruce/truce/internal/web"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
)

// TestEveryCommandHasAWay: of each command it is decided how it gets along with a room
// that has the mission open, and the table has no command that there is not.
func TestEveryCommandHasAWay(t *testing.T) {
	there := map[string]bool{}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		name := strings.TrimPrefix(cmd.CommandPath(), "truce ")
		if cmd.Runnable() && cmd.HasParent() {
			there[name] = true
			w, decided := ways[name]
			if !decided {
				t.Errorf("truce %s: nobody has decided what it does while truce serve has the mission open", name)
			}
			signs := cmd.Flags().Lookup("as") != nil || cmd.Flags().Lookup("sign") != nil
			if signs && w != throughRoom {
				t.Errorf("truce %s signs something, and does not go through a running room", name)
			}
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(command{}.root())
	for name := range ways {
		if !there[name] {
			t.Errorf("the table has a command %q that there is not", name)
		}
	}
}

// What scripts can ask of a room.
func init() {
	// opened waits until commands reach the room of a mission, and there is one.
	scriptCommands["opened"] = func(ts *testscript.TestScript, _ bool, args []string) {
		m, err := mission.Open(ts.MkAbs(args[0]))
		ts.Check(err)
		eventually(ts, "the room is open", func() bool {
			r, err := remote.Find(context.Background(), m)
			if err == nil {
				r.Close()
			}
			return err == nil
		})
	}
	// grew waits until a record has so many entries.
	scriptCommands["grew"] = func(ts *testscript.TestScript, _ bool, args []string) {
		want, err := strconv.ParseInt(args[1], 10, 64)
		ts.Check(err)
		eventually(ts, "the record has "+args[1]+" entries", func() bool {
			n, err := ledger.Published(filepath.Join(ts.MkAbs(args[0]), "record"))
			return err == nil && n >= want
		})
	}
	// once checks that a record has so many observations of viina, and no row twice.
	scriptCommands["once"] = func(ts *testscript.TestScript, _ bool, args []string) {
		seen := map[truce.Digest]int64{}
		for e, err := range ledger.Entries(context.Background(), filepath.Join(ts.MkAbs(args[0]), "record"), 0, 1<<62) {
			ts.Check(err)
			if e.Kind != "observation" || audit.Member(e.Content, "source") != "viina" {
				continue
			}
			if was, twice := seen[e.NounID()]; twice {
				ts.Fatalf("entries %d and %d are of the same row", was, e.Index)
			}
			seen[e.NounID()] = e.Index
		}
		if fmt.Sprint(len(seen)) != args[1] {
			ts.Fatalf("%d rows are in the record, want %s", len(seen), args[1])
		}
	}
}

func eventually(ts *testscript.TestScript, what string, is func() bool) {
	for until := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			ts.Fatalf("after a minute it is not so: %s", what)
		}
	}
}

// besideRoom is a mission with an open room that commands reach, and its pages.
func besideRoom(t *testing.T) (dir string, room *monitor.Room, page func(path string) string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "field")
	m, err := mission.Init(dir, "air-first", os.DirFS("../../agreements/ukraine-air-first"), mission.InitFlags{Origin: "test/beside"}, time.Now, mission.Silent{})
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	if room, err = monitor.Open(t.Context(), monitor.Config{Mission: m, Log: quiet}); err != nil {
		t.Fatal(err)
	}
	commands, err := remote.Open(room, m, quiet)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	origin := "http://localhost:" + port
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		c := command{in: strings.NewReader(""), out: io.Discard, err: io.Discard, now: time.Now, into: new(string)}
		ended <- c.answer(ctx, m, room, l, quiet, serveFlags{origin: origin}, web.Config{})
	}()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-ended, commands.Close(context.Background()), room.Close(context.Background())); err != nil {
			t.Error(err)
		}
	})
	return dir, room, func(path string) string {
		t.Helper()
		r, err := http.Get(origin + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d, %v", path, r.StatusCode, err)
		}
		return string(text)
	}
}

// at runs a command now.
func at(args ...string) (code int, out, errs string) {
	var o, e strings.Builder
	code = command{in: strings.NewReader(""), out: &o, err: &e, now: time.Now, args: args}.run()
	return code, o.String(), e.String()
}

// TestPagesShowCommands: what a command says beside a room is on its pages when the
// command ends, as after a form; what a command removes from the shelf is not.
func TestPagesShowCommands(t *testing.T) {
	dir, room, page := besideRoom(t)
	code, out, errs := at("observe", dir, "strike 2025-08-20T10:05/10:06+03:00 48.01N 37.80E ±200m weapon=missile", "--because", "log of patrol 3", "--as", "intake")
	if code != exitOK {
		t.Fatal(errs)
	}
	id := strings.Fields(out)[1]
	if list := page("/api/incidents"); !strings.Contains(list, id) && !strings.Contains(list, `"2025-08-20T07:05:00Z"`) {
		t.Errorf("the observation %s is not among the incidents: %s", id, list)
	}
	if code, _, errs := at("decide", dir, "declare", "ground-annex-signed", "--because", "signed this morning", "--as", "head-of-mission"); code != exitOK {
		t.Fatal(errs)
	}
	s, _ := room.State()
	if got := len(s.Situations[truce.ForMission].Incidents()); got != 1 || s.Size != 3 {
		t.Errorf("the room has %d incidents and %d entries", got, s.Size)
	}
	// A sealed observation is removed from the shelf, all of it.
	if code, out, errs = at("observe", dir, "explosion 2025-08-21T11:05/11:06+03:00 from 48.0119N 37.8229E bearing 350-010 distance 2-5km means=heard", "--because", "heard by a witness", "--as", "intake"); code != exitOK {
		t.Fatal(errs)
	}
	entry := regexp.MustCompile(`entry (\d+)`).FindStringSubmatch(out)[1]
	if s, _ = room.State(); len(s.Situations[truce.ForMission].Incidents()) != 2 {
		t.Fatal("the room does not show the sealed observation to the mission")
	}
	if code, _, errs = at("forget", dir, entry, "--all", "--because", "the witness asked for it", "--as", "head-of-mission"); code != exitOK {
		t.Fatal(errs)
	}
	if s, _ = room.State(); len(s.Situations[truce.ForMission].Incidents()) != 1 || s.Situations[truce.ForMission].Withheld != 1 {
		t.Errorf("after it was forgotten the room shows %d incidents, and %d withheld", len(s.Situations[truce.ForMission].Incidents()), s.Situations[truce.ForMission].Withheld)
	}
}

// TestDecideBesideAForm: two commands and a form decide at the same time. Each decision
// has a number of its own, and the numbers are in the order of the record.
func TestDecideBesideAForm(t *testing.T) {
	dir, room, _ := besideRoom(t)
	const each = 4
	var mu sync.Mutex
	numbers := map[int64]int64{} // by entry
	note := func(entry, number int64) {
		mu.Lock()
		defer mu.Unlock()
		numbers[entry] = number
	}
	var wg sync.WaitGroup
	said := regexp.MustCompile(`decision (\d+) recorded: extend, by head-of-mission, entry (\d+)`)
	for i := range 2 {
		wg.Go(func() {
			for n := range each {
				code, out, errs := at("decide", dir, "extend", "air", "--for", fmt.Sprintf("P%dD", 10+i*each+n), "--because", fmt.Sprintf("command %d, %d", i, n), "--as", "head-of-mission")
				got := said.FindStringSubmatch(out)
				if code != exitOK || got == nil {
					t.Errorf("exit %d: %s%s", code, out, errs)
					return
				}
				number, _ := strconv.ParseInt(got[1], 10, 64)
				entry, _ := strconv.ParseInt(got[2], 10, 64)
				note(entry, number)
			}
		})
	}
	wg.Go(func() {
		for n := range each {
			d := &truce.Decision{Kind: truce.Extend, Because: fmt.Sprintf("form, %d", n), From: truce.InstantOf(time.Now())}
			var err error
			if d.For, err = truce.ParseSpan(fmt.Sprintf("P%dD", 50+n)); err != nil {
				t.Error(err)
				return
			}
			entry, err := room.Say(context.Background(), func(m *mission.Mission) (int64, error) {
				key, whose, err := m.Signer("head-of-mission")
				if err != nil {
					return 0, err
				}
				return m.Decide(key, whose, d, []string{"air"})
			})
			if err != nil {
				t.Errorf("the form: %v", err)
				return
			}
			note(entry, d.Seq)
		}
	})
	wg.Wait()
	entries := slices.Sorted(maps.Keys(numbers))
	if len(entries) != 3*each {
		t.Fatalf("%d decisions", len(entries))
	}
	for i, entry := range entries {
		if numbers[entry] != int64(i+1) {
			t.Errorf("the decision of entry %d was said to be number %d, and is number %d", entry, numbers[entry], i+1)
		}
	}
}

// TestOneReaderOfFiles: two commands that would read files through the same room do it
// one after the other, and a command without a room says who holds it up.
func TestOneReaderOfFiles(t *testing.T) {
	dir, _, _ := besideRoom(t)
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Command = "truce ingest"
	free, err := m.LockFiles()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(file, []byte("x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("`truce ingest` (process %d) has the mission %s open", os.Getpid(), dir)
	code, _, errs := at("ingest", dir, "--source", "viina", file)
	if code != exitUnread || !strings.Contains(errs, want) || !strings.Contains(errs, "hint: wait for it to end, and repeat the command") {
		t.Errorf("exit %d: %s", code, errs)
	}
	free()
	if code, _, errs := at("ingest", dir, "--source", "viina", file); strings.Contains(errs, "has the mission") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// TestHolderIsNamed: without a room, a command that finds the mission locked names the
// process that has it.
func TestHolderIsNamed(t *testing.T) {
	_, dir := small(t)
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Command = "truce release"
	done, err := m.Lock()
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"decide", dir, "declare", "x", "--because", "y", "--as", "head-of-mission"}, {"rebuild", dir}, {"serve", dir, "--addr", "127.0.0.1:0"}, {"release", dir},
		{"report", dir, "--out", filepath.Join(t.TempDir(), "r.html"), "--publish", "--as", "head-of-mission", "--because", "daily report"},
	} {
		code, _, errs := at(args...)
		if code != exitUnread || !strings.Contains(errs, fmt.Sprintf("`truce release` (process %d) has the mission %s open", os.Getpid(), dir)) || !strings.Contains(errs, "hint: wait for it to end, and repeat the command") {
			t.Errorf("truce %s: exit %d: %s", args[0], code, errs)
		}
	}
	done()
	if code, _, errs := at("release", dir); strings.Contains(errs, "has the mission") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// TestEverythingBesideARoom is the script in which every command writes every kind of
// entry, with a room that has the mission open all the while.
func TestEverythingBesideARoom(t *testing.T) {
	if os.Getenv("TRUCE_LAWS") == "" {
		t.Skip("it takes minutes: make laws")
	}
	text, err := os.ReadFile("testdata/script/everything.txtar")
	if err != nil {
		t.Fatal(err)
	}
	begin := "exec truce init m --agreement terms --name test.example/everything\n"
	head, rest, ok := strings.Cut(string(text), begin)
	if !ok {
		t.Fatal("the script does not make its mission any more")
	}
	script, files, ok := strings.Cut(rest, "\n-- ")
	if !ok {
		t.Fatal("the script has no files any more")
	}
	dir := t.TempDir()
	all := head + begin + "exec truce serve m --addr 127.0.0.1:0 &room&\nopened m\n" + script + "\nkill -INT room\nwait room\n-- " + files
	if err := os.WriteFile(filepath.Join(dir, "everything.txtar"), []byte(all), 0o644); err != nil {
		t.Fatal(err)
	}
	runScripts(t, dir)
}
