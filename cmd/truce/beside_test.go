package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/intake"
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
			r, err := remote.Find(context.Background(), m.Folder)
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
func besideRoom(t *testing.T) (dir string, room *monitor.Room, origin string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "field")
	m, err := begin.Mission(dir, "air-first", os.DirFS("../../agreements/ukraine-air-first"), begin.Flags{Origin: "test/beside"}, time.Now, mission.Silent{})
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	if room, err = monitor.Open(t.Context(), monitor.Config{Mission: m, Log: quiet}); err != nil {
		t.Fatal(err)
	}
	commands, err := remote.Open(room, m.Folder, quiet)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	origin = "http://localhost:" + port
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		c := command{in: strings.NewReader(""), out: io.Discard, err: io.Discard, now: time.Now, into: new(string)}
		ended <- stopped(ctx, c.answer(ctx, m, room, l, quiet, serveFlags{origin: origin}, web.Config{})) // a short test ends before it is open
	}()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-ended, commands.Close(context.Background()), room.Close(context.Background())); err != nil {
			t.Error(err)
		}
	})
	return dir, room, origin
}

// page is what a room shows to whoever has not signed in.
func page(t *testing.T, address string) string {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", address, r.StatusCode, err)
	}
	return string(text)
}

// at runs a command now.
func at(args ...string) (code int, out, errs string) {
	var o, e strings.Builder
	code = command{in: strings.NewReader(""), out: &o, err: &e, now: time.Now, args: args, pause: 20 * time.Millisecond}.run()
	return code, o.String(), e.String()
}

// TestPagesShowCommands: what a command says beside a room is on its pages when the
// command ends, as after a form; what a command removes from the shelf is not.
func TestPagesShowCommands(t *testing.T) {
	dir, room, origin := besideRoom(t)
	code, out, errs := at("observe", dir, "strike 2025-08-20T10:05/10:06+03:00 48.01N 37.80E ±200m weapon=missile", "--because", "log of patrol 3", "--as", "intake")
	if code != exitOK {
		t.Fatal(errs)
	}
	id := strings.Fields(out)[1]
	if list := page(t, origin+"/api/incidents"); !strings.Contains(list, id) && !strings.Contains(list, `"2025-08-20T07:05:00Z"`) {
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
			entry, err := room.Say(context.Background(), func(m *intake.Writer) (int64, error) {
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
	free, err := m.LockFiles("truce ingest")
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
	done, err := m.Lock("truce release")
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

// TestElsewhere: with a key and an address, a monitor in the field observes, and the
// intake reads files, as on the mission's machine.
func TestElsewhere(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir, room, origin := besideRoom(t)
	work := t.TempDir()
	mirror := filepath.Join(work, "mirror")
	must := func(args ...string) string {
		t.Helper()
		code, out, errs := at(args...)
		if code != exitOK {
			t.Fatalf("truce %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
		}
		return out
	}
	must("keygen", "monitor-1")
	must("keygen", "ua-1")
	must("keys", "add", dir, filepath.Join(mission.KeyFolder(), "monitor-1.pub"), "--role", "monitor", "--because", "joined", "--as", "head-of-mission")
	must("keys", "add", dir, filepath.Join(mission.KeyFolder(), "ua-1.pub"), "--role", "liaison", "--party", "UA", "--because", "named by letter", "--as", "head-of-mission")

	// The mirror is made at the first command, and says whose key it believes.
	code, out, errs := at("observe", mirror, "strike 2025-08-20T10:05/10:06+03:00 48.01N 37.80E ±200m weapon=missile", "--because", "log of patrol 3", "--as", "monitor-1", "--server", origin)
	if code != exitOK || !strings.Contains(out, "recorded, entry 3") || !strings.Contains(errs, "the record's key is the one that it states itself") {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	if _, err := os.Stat(filepath.Join(mirror, "receipts", "3.receipt")); err != nil {
		t.Error(err)
	}
	if s, _ := room.State(); len(s.Situations[truce.ForMission].Incidents()) != 1 {
		t.Error("the room does not show it")
	}
	// What is sealed arrives whole.
	if out := must("observe", mirror, "explosion 2025-08-20T11:05/11:06+03:00 from 48.0119N 37.8229E bearing 350-010 distance 2-5km means=heard", "--because", "heard by a witness", "--as", "monitor-1", "--server", origin); !strings.Contains(out, "on the shared shelf") {
		t.Error(out)
	}
	if s, _ := room.State(); len(s.Situations[truce.ForMission].Incidents()) != 2 {
		t.Error("the room does not show what is sealed")
	}
	// A wrong role is refused in the same words as at the mission.
	if code, _, errs := at("decide", mirror, "declare", "ground-annex-signed", "--because", "mine", "--as", "monitor-1", "--server", origin); code != exitUnread || !strings.Contains(errs, "who may not write") {
		t.Errorf("exit %d: %s", code, errs)
	}
	// A file that was signed before is handed in with nothing but the address.
	claim := filepath.Join(work, "claim.json")
	must("allege", mirror, "strike 2025-08-22T10:05/10:20+03:00 48.01N 37.80E ±500m weapon=mortar side=RU killed=1", "--because", "report of the post", "--as", "ua-1", "--into", claim)
	if out := must("submit", claim, "--server", origin); !strings.Contains(out, "an allegation, entry 5") || !strings.Contains(out, "the key that the server states itself") {
		t.Error(out)
	}
	if out := must("submit", mirror, claim, "--server", origin); !strings.Contains(out, "it is in the record already, entry 5") {
		t.Error(out)
	}
	must("verify", dir, "--receipt", claim+".receipt")
	if out := must("consent", mirror, "--because", "signed", "--as", "ua-1", "--server", origin); !strings.Contains(out, "not yet: RU") {
		t.Error(out)
	}

	// Files: rejects and receipts are on this side, and the file is on the other.
	var rows strings.Builder
	rows.WriteString("id,at,lat,lon,within,act,weapon\n")
	for i := range 1500 {
		fmt.Fprintf(&rows, "%d,2025-08-%02dT%02d:%02d,48.%04d,37.%04d,300,strike,missile\n", i, 10+i%12, i%24, i%60, i%9973, i%9967)
	}
	rows.WriteString("x,2025-08-32T10:00,48.1,37.1,300,strike,missile\n")
	file, mapping := filepath.Join(work, "posts.csv"), filepath.Join(work, "posts.yaml")
	for name, text := range map[string]string{file: rows.String(), mapping: "record: observation\nsource: viina\ntimezone: UTC\nkey: {column: id}\noccurred: {column: at}\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: within}}\nact: {column: act}\nweapon: {column: weapon}\n"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ingest := func(more ...string) (int, string, string) {
		return at(append([]string{"ingest", mirror, "--source", "csv", file, "--mapping", mapping, "--server", origin}, more...)...)
	}
	if code, out, errs = ingest("--sign", "monitor-1"); code != exitUnread || !strings.Contains(errs, "with the key of the intake") {
		t.Errorf("a monitor's key: exit %d: %s%s", code, out, errs)
	}
	intake := filepath.Join(dir, "private", "intake.key") // which the intake has with them
	if code, out, errs = ingest("--sign", intake); code != exitNo || !strings.Contains(out, "1501 read, 1500 new, 0 already known, 1 rejected") {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	if code, out, errs = ingest("--sign", intake); code != exitNo || !strings.Contains(out, "1501 read, 0 new, 1500 already known, 1 rejected") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if code, out, errs = ingest("--sign", intake, "--shelf", "shared"); code != exitUnread || !strings.Contains(errs, "what is not public is not sent as a file") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if list, err := os.ReadDir(filepath.Join(mirror, "rejects")); err != nil || len(list) != 1 {
		t.Errorf("rejects: %v, %v", list, err)
	}
	if list, err := os.ReadDir(filepath.Join(dir, "private", "uploads")); err != nil || len(list) != 0 {
		t.Errorf("what was uploaded is left: %v, %v", list, err)
	}
	for _, args := range [][]string{{"verify", dir}, {"verify", mirror}} {
		if out := must(args...); strings.Contains(out, "rule") || strings.Contains(out, "FAULT") {
			t.Error(out)
		}
	}
	if s, _ := room.State(); s.Contents.Skipped(truce.ForMission) != 0 {
		t.Error("the room skips something")
	}
	// An address that nobody should sign in over, and one that is none.
	for _, address := range []string{"http://truce.example", "ftp://truce.example", "https://", "truce.example", "https://truce.example/room?x=1"} {
		if code, _, errs := at("observe", mirror, "x", "--because", "y", "--as", "monitor-1", "--server", address); code != exitUnread || !strings.Contains(errs, "--server") {
			t.Errorf("%s: exit %d: %s", address, code, errs)
		}
	}
}

// lossy passes requests on to a room. Of every three it loses one on the way there, and
// the answer of another on the way back.
type lossy struct {
	to http.Handler
	n  atomic.Int64
}

func (l *lossy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		l.to.ServeHTTP(w, r)
		return
	}
	switch l.n.Add(1) % 3 {
	case 1:
		panic(http.ErrAbortHandler)
	case 2:
		l.to.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
	l.to.ServeHTTP(w, r)
}

// TestElsewhereOverABadLink: over a link that loses requests and answers, a file that is
// sent in pieces and its rows arrive once, also after the command was cut short.
func TestElsewhereOverABadLink(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir, _, origin := besideRoom(t)
	to, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	link := &lossy{to: httputil.NewSingleHostReverseProxy(to)}
	srv := httptest.NewServer(link)
	defer srv.Close()
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	work := t.TempDir()
	mirror := filepath.Join(work, "mirror")
	var rows strings.Builder
	for i := range 700 {
		fmt.Fprintf(&rows, "%d,2025-08-%02dT%02d:%02d,48.%04d,37.%04d,300,strike,missile\n", i, 10+i%12, i%24, i%60, i%9973, i%9967)
	}
	file, mapping := filepath.Join(work, "posts.csv"), filepath.Join(work, "posts.yaml")
	note := strings.Repeat("# what the columns of this file mean\n", 3000) // more than one piece
	for name, text := range map[string]string{file: "id,at,lat,lon,within,act,weapon\n" + rows.String(), mapping: note + "record: observation\nsource: viina\ntimezone: UTC\nkey: {column: id}\noccurred: {column: at}\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: within}}\nact: {column: act}\nweapon: {column: weapon}\n"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ingest := []string{"ingest", mirror, "--source", "csv", file, "--mapping", mapping, "--server", srv.URL, "--sign", filepath.Join(dir, "private", "intake.key")}
	if code, out, errs := at(ingest...); code != exitOK || !strings.Contains(out, "700 read, 700 new") {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	if link.n.Load() < 9 {
		t.Errorf("%d requests: nothing was lost", link.n.Load())
	}
	if code, out, errs := at(ingest...); code != exitOK || !strings.Contains(out, "700 read, 0 new, 700 already known") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	seen := map[truce.Digest]bool{}
	for e, err := range ledger.Entries(t.Context(), filepath.Join(dir, "record"), 0, 1<<62) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == "observation" {
			if seen[e.NounID()] {
				t.Errorf("entry %d is of a row that is there already", e.Index)
			}
			seen[e.NounID()] = true
		}
	}
	if len(seen) != 700 {
		t.Errorf("%d rows", len(seen))
	}
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, mapping} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Evidence.Check(sha256.Sum256(text)); err != nil {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
	}
}

// TestUploadsRefused: what no key of the intake has announced is stored nowhere, and
// what is not what was announced does not stay.
func TestUploadsRefused(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir, room, origin := besideRoom(t)
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, errs := at("keygen", "monitor-1"); code != exitOK {
		t.Fatal(errs)
	}
	if code, _, errs := at("keys", "add", dir, filepath.Join(mission.KeyFolder(), "monitor-1.pub"), "--role", "monitor", "--because", "joined", "--as", "head-of-mission"); code != exitOK {
		t.Fatal(errs)
	}
	data := bytes.Repeat([]byte("a row of a file\n"), 1000)
	sum := truce.Digest(sha256.Sum256(data))
	me, other := strings.Repeat("a", 64), strings.Repeat("b", 64)
	signed := func(key, kind, content string, when time.Time) []byte {
		t.Helper()
		s, err := m.Key(key)
		if err != nil {
			t.Fatal(err)
		}
		sub, err := (&ledger.Body{Kind: kind, Mission: m.Origin(), At: ledger.Time(when), Content: []byte(content)}).Say(s)
		if err != nil {
			t.Fatal(err)
		}
		text, err := ledger.HandedBatch([]ledger.Submission{sub})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	about := func(key, reader string, when time.Time) []byte {
		t.Helper()
		return signed(key, "delivery", fmt.Sprintf(`{"evidence":"%s","reader":"%x"}`, sum.Hex(), sha256.Sum256([]byte(reader))), when)
	}
	post := func(path, reader string, body []byte) (int, string) {
		t.Helper()
		req, err := http.NewRequest(http.MethodPost, origin+path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if reader != "" {
			req.Header.Set("Truce-Reader", reader)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
	to := "/api/files/" + sum.Hex() + "?size=" + strconv.Itoa(len(data))
	size := room.Size()
	refused := func(name, path, reader string, body []byte, code int, says string) {
		t.Helper()
		if got, text := post(path, reader, body); got != code || !strings.Contains(text, says) {
			t.Errorf("%s: status %d: %s; want %d, %q", name, got, text, code, says)
		}
	}
	refused("nobody", "/api/files", "", about("intake", me, time.Now()), 422, "Truce-Reader")
	refused("junk", "/api/files", me, []byte("junk"), 422, "not a submission")
	refused("nothing", "/api/files", me, nil, 422, "not a submission")
	refused("a monitor", "/api/files", me, about("monitor-1", me, time.Now()), 422, "with the key of the intake")
	refused("a source entry", "/api/files", me, signed("intake", "source", fmt.Sprintf(`{"counts":{"already_known":0,"new":0,"read":0,"refused":0},"evidence":"%s","file":"a.csv","kind":"viina","known":"received","received":"2025-08-20T03:30:00.000Z"}`, sum.Hex()), time.Now()), 422, "and this is of the kind")
	refused("what another command signed", "/api/files", other, about("intake", me, time.Now()), 422, "another command signed")
	refused("what was signed an hour ago", "/api/files", me, about("intake", me, time.Now().Add(-time.Hour)), 422, "it counts for 10 minutes")
	refused("what is signed in an hour", "/api/files", me, about("intake", me, time.Now().Add(time.Hour)), 422, "it counts for 10 minutes")
	refused("an announcement without a time", "/api/files", me, []byte(strings.Replace(string(about("intake", me, time.Now())), `"at":`, `"known":`, 1)), 422, "")
	refused("an announcement of nothing", "/api/files", me, signed("intake", "delivery", fmt.Sprintf(`{"reader":"%x"}`, sha256.Sum256([]byte(me))), time.Now()), 422, "names no file")
	refused("too long", "/api/files", me, bytes.Repeat([]byte("x"), 4<<20), 413, "")
	refused("a piece that nobody announced", to, me, data, 422, "announce the file first")
	refused("rows that nobody announced", "/api/batches", me, data, 422, "announce the file first")
	if code, text := post("/api/files", me, about("intake", me, time.Now())); code != 200 {
		t.Fatalf("status %d: %s", code, text)
	}
	refused("a second command", "/api/files", other, about("intake", other, time.Now()), 503, "another command is reading files")
	refused("a piece of a second command", to, other, data, 422, "announce the file first")
	if code, _, errs := at("ingest", dir, "--source", "viina", filepath.Join(dir, "mission.json")); code != exitUnread || !strings.Contains(errs, "for a command elsewhere") {
		t.Errorf("a command on this machine meanwhile: exit %d: %s", code, errs)
	}
	refused("another file", "/api/files/"+strings.Repeat("ab", 32)+"?size=10", me, data[:10], 422, "was not announced")
	refused("a path", "/api/files/..%2f..%2fprivate%2flog.key?size=10", me, data[:10], 422, "was not announced")
	for _, n := range []string{"", "0", "-1", "x", "268435457"} {
		refused("size "+n, "/api/files/"+sum.Hex()+"?size="+n, me, data, 422, "want the size of the file")
	}
	refused("a long piece", to, me, bytes.Repeat([]byte("x"), 300<<10), 413, "")
	refused("more than announced", "/api/files/"+sum.Hex()+"?size=10", me, data, 422, "more of the file than the 10 bytes")
	wrong := bytes.Replace(data, []byte("row"), []byte("raw"), 1)
	refused("other bytes", to, me, wrong, 422, "was announced; it was removed")
	if list, _ := os.ReadDir(m.Private("uploads")); len(list) != 0 {
		t.Errorf("%d uploads are left", len(list))
	}
	if m.Evidence.Has(sum) {
		t.Error("it is beside the record")
	}
	refused("junk as rows", "/api/batches", me, []byte("junk"), 422, "not a submission")
	// In two pieces, the first of them twice.
	for _, x := range []struct {
		at   int
		data []byte
		says string
	}{{0, data[:5000], `"have":5000`}, {0, data[:5000], `"have":5000`}, {7000, data[7000:], `"have":5000`}, {5000, data[5000:], `"whole":true`}, {5000, data[5000:], `"whole":true`}} {
		if code, text := post(fmt.Sprintf("%s&at=%d", to, x.at), me, x.data); code != 200 || !strings.Contains(text, x.says) {
			t.Errorf("from %d: status %d: %s", x.at, code, text)
		}
	}
	if err := m.Evidence.Check(sum); err != nil {
		t.Error(err)
	}
	if room.Size() != size {
		t.Errorf("%d entries were written", room.Size()-size)
	}
	if code, text := post("/api/batches", me, nil); code != 200 {
		t.Errorf("the end: status %d: %s", code, text)
	}
	if code, text := post("/api/files", other, about("intake", other, time.Now())); code != 200 {
		t.Errorf("the next command: status %d: %s", code, text)
	}
	if code, text := post("/api/batches", other, nil); code != 200 {
		t.Fatalf("the end: status %d: %s", code, text)
	}
	// A file that tells where observers stand. The command checks nothing, and sends it first.
	posts := []byte("id,date,lat,lon,brg,km\n1,2025-08-20,48.01,37.82,40,2\n")
	how := []byte("source: patrol-log\nkey: {column: id}\noccurred: {column: date}\nplace: {lat: {column: lat}, lon: {column: lon}, bearing: {column: brg}, distance: {column: km, unit: km}}\nact: explosion\n")
	file, mapping := truce.Digest(sha256.Sum256(posts)), truce.Digest(sha256.Sum256(how))
	if code, text := post("/api/files", me, signed("intake", "delivery", fmt.Sprintf(`{"evidence":"%s","mapping":"%s","reader":"%x"}`, file.Hex(), mapping.Hex(), sha256.Sum256([]byte(me))), time.Now())); code != 200 {
		t.Fatalf("status %d: %s", code, text)
	}
	piece := func(sum truce.Digest, data []byte) string {
		return fmt.Sprintf("/api/files/%s?size=%d", sum.Hex(), len(data))
	}
	if code, text := post(piece(file, posts), me, posts); code != 200 {
		t.Fatalf("status %d: %s", code, text)
	}
	refused("a mapping with bearing and distance", piece(mapping, how), me, how, 422, "where observers stand")
	if m.Evidence.Has(file) || m.Evidence.Has(mapping) {
		t.Error("the file or its mapping is beside the record")
	}
	// Again without the mapping, and then what would make it public.
	if code, text := post(piece(file, posts), me, posts); code != 200 {
		t.Fatalf("status %d: %s", code, text)
	}
	source := fmt.Sprintf(`{"counts":{"already_known":0,"new":1,"read":1,"refused":0},"evidence":"%s","file":"a.csv","kind":"table","known":"received","mapping":"%s","received":"2025-08-20T03:30:00.000Z"}`, file.Hex(), mapping.Hex())
	refused("its source entry", "/api/batches", me, signed("intake", "source", source, time.Now()), 422, "the mapping that it names is not here")
	if _, _, err := m.Evidence.Put(bytes.NewReader(how)); err != nil {
		t.Fatal(err)
	}
	refused("its source entry, with the mapping", "/api/batches", me, signed("intake", "source", source, time.Now()), 422, "where observers stand")
	if room.Size() != size {
		t.Errorf("%d entries were written", room.Size()-size)
	}
}

// TestPublishWhileOthersWrite: a report that is published while others write states the
// record that it was computed from, so that whoever computes it again finds the same.
func TestPublishWhileOthersWrite(t *testing.T) {
	dir, room, _ := besideRoom(t)
	n := 0
	write := func() {
		if n++; n > 40 {
			return
		}
		if _, err := room.Say(context.Background(), func(m *intake.Writer) (int64, error) {
			key, whose, err := m.Signer("intake")
			if err != nil {
				return 0, err
			}
			_, at, err := m.State(key, whose, "observe", "", "", "a test", fmt.Sprintf("strike 2025-08-%02dT%02d:05/%02d:06Z 48.0%dN 37.8E ±200m weapon=missile", 10+n%10, n%24, n%24, n%10))
			return at, err
		}); err != nil {
			t.Error(err)
		}
	}
	write()
	out := filepath.Join(t.TempDir(), "daily.html")
	var o, e strings.Builder
	// The command asks for the time between its steps: each time somebody else writes.
	c := command{in: strings.NewReader(""), out: &o, err: &e, now: func() time.Time { write(); return time.Now() }, args: []string{"report", dir, "--out", out, "--publish", "--as", "head-of-mission", "--because", "daily report"}}
	if code := c.run(); code != exitOK {
		t.Fatalf("exit %d: %s%s", code, o.String(), e.String())
	}
	if n < 3 {
		t.Fatalf("nobody wrote meanwhile: %d", n)
	}
	code, text, errs := at("follow", dir, filepath.Join(t.TempDir(), "mirror"))
	if code != exitOK || !strings.Contains(text, "recomputed what entry") || strings.Contains(text, "ALARM") {
		t.Errorf("exit %d: %s%s", code, text, errs)
	}
}
