package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// field is a mission in a folder.
func field(t *testing.T, dir string) *mission.Mission {
	t.Helper()
	m, err := begin.Mission(dir, "air-first", os.DirFS("../../agreements/ukraine-air-first"), begin.Flags{Origin: "test/field"}, time.Now, mission.Silent{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// opened is a mission with an open room, and its socket.
func opened(t *testing.T, dir string) (*mission.Mission, *monitor.Room, *Socket) {
	t.Helper()
	m := field(t, dir)
	room, err := monitor.Open(t.Context(), monitor.Config{Mission: m, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(room, m.Folder, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Close(context.Background()), room.Close(context.Background())); err != nil {
			t.Error(err)
		}
	})
	return m, room, s
}

// beside is the mission as another process opens it, with a way to the room.
func beside(t *testing.T, dir string) (*intake.Writer, *Room) {
	t.Helper()
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Find(t.Context(), m.Folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return intake.WriterThrough(m, r), r
}

const strike = "strike 2025-08-20T10:05/10:06Z 48.01N 37.80E ±200m weapon=missile"

func observe(t *testing.T, m *intake.Writer, text string) int64 {
	t.Helper()
	key, whose, err := m.Signer("intake")
	if err != nil {
		t.Fatal(err)
	}
	_, at, err := m.State(key, whose, "observe", "", "", "a test", text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestAddress: the address and the socket are their owner's alone, also where the path
// is too long for a socket, and are gone with the room.
func TestAddress(t *testing.T) {
	deep := filepath.Join(t.TempDir(), strings.Repeat("a-deep-folder/", 12), "field")
	for name, dir := range map[string]string{"short": filepath.Join(shortDir(t), "field"), "long": deep} {
		t.Run(name, func(t *testing.T) {
			if name == "long" && len(dir) < 2*longestPath {
				t.Fatal(dir)
			}
			m := field(t, dir)
			room, err := monitor.Open(t.Context(), monitor.Config{Mission: m, Log: quiet})
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(room, m.Folder, quiet)
			if err != nil {
				t.Fatal(err)
			}
			private := m.Private("")
			socket := s.address.dialable(private)
			if s.address.Network != "unix" {
				t.Fatalf("it listens at %s %s", s.address.Network, s.address.Address)
			}
			for file, want := range map[string]fs.FileMode{filepath.Join(private, addressFile): 0o600, socket: 0o600 | fs.ModeSocket, private: 0o700 | fs.ModeDir, filepath.Dir(socket): 0o700 | fs.ModeDir} {
				info, err := os.Stat(file)
				if err != nil {
					t.Fatal(err)
				}
				if info.Mode() != want {
					t.Errorf("%s has the mode %s, want %s", file, info.Mode(), want)
				}
			}
			other, _ := beside(t, dir)
			if at := observe(t, other, strike); at != 1 {
				t.Errorf("entry %d", at)
			}
			if err := errors.Join(s.Close(t.Context()), room.Close(t.Context())); err != nil {
				t.Error(err)
			}
			for _, file := range []string{filepath.Join(private, addressFile), socket} {
				if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s is left behind: %v", file, err)
				}
			}
			if name == "long" {
				if _, err := os.Lstat(filepath.Dir(socket)); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s is left behind", filepath.Dir(socket))
				}
			}
			if _, err := Find(t.Context(), m.Folder); !errors.Is(err, ErrNoRoom) {
				t.Errorf("a room that has ended: %v", err)
			}
		})
	}
}

// shortDir is a folder whose path is short enough for a socket.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "truce-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// TestLoopback: where the folder can have no socket, commands reach the room at an
// address of this machine, and nobody does without the secret.
func TestLoopback(t *testing.T) {
	dir := filepath.Join(shortDir(t), "field")
	m := field(t, dir)
	if err := os.MkdirAll(filepath.Join(m.Private(socketName), "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	room, err := monitor.Open(t.Context(), monitor.Config{Mission: m, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(room, m.Folder, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(s.Close(context.Background()), room.Close(context.Background())); err != nil {
			t.Error(err)
		}
	}()
	if s.address.Network != "tcp" || !strings.HasPrefix(s.address.Address, "127.0.0.1:") {
		t.Fatalf("it listens at %s %s", s.address.Network, s.address.Address)
	}
	other, _ := beside(t, dir)
	observe(t, other, strike)
	for _, secret := range []string{"", "Bearer ", "Bearer " + strings.Repeat("0", 64)} {
		req, err := http.NewRequest(http.MethodPost, "http://"+s.address.Address+"/settle", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("secret %q: status %d", secret, resp.StatusCode)
		}
	}
}

// TestImpostor: what answers in the place of a room without knowing its secret gets
// nothing, and an address is not believed that others could have written.
func TestImpostor(t *testing.T) {
	dir := filepath.Join(shortDir(t), "field")
	m := field(t, dir)
	private := m.Private("")
	l, a, err := listen(private)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.URL.Path+" "+r.Header.Get("Authorization"))
		answer(w, hello{Origin: m.Origin(), Proof: (&address{Secret: "guessed"}).prove(r.Header.Get("Truce-Challenge"))})
	})}
	go srv.Serve(l)
	if _, err := Find(t.Context(), m.Folder); !errors.Is(err, ErrNoRoom) || !strings.Contains(err.Error(), "does not know the secret") {
		t.Errorf("an impostor: %v", err)
	}
	srv.Close()
	if len(got) != 1 || strings.Contains(fmt.Sprint(got), a.Secret) {
		t.Errorf("it was told %q", got)
	}
	// It does not even speak HTTP, or nothing at all.
	forget(private)
	if l, _, err = listen(private); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(c, "220 mail ready\r\n")
			c.Close()
		}
	}()
	if _, err := Find(t.Context(), m.Folder); !errors.Is(err, ErrNoRoom) {
		t.Errorf("another protocol: %v", err)
	}
	l.Close()
	for _, text := range []string{"", "junk", `{"network":"unix","address":""}`, `{"network":"unix","address":"../../../etc/passwd"}`, `{"network":"nonsense","address":"x"}`, `{"network":"tcp","address":"127.0.0.1:1"}`} {
		if err := os.WriteFile(filepath.Join(private, addressFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Find(t.Context(), m.Folder); err == nil {
			t.Errorf("address %q: a room", text)
		}
	}
	if err := os.Chmod(private, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(t.Context(), m.Folder); err == nil || !strings.Contains(err.Error(), "can be written to by others") {
		t.Errorf("a folder that all can write to: %v", err)
	}
}

// TestStale: a socket that a killed room left behind is replaced.
func TestStale(t *testing.T) {
	dir := filepath.Join(shortDir(t), "field")
	m := field(t, dir)
	l, _, err := listen(m.Private(""))
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close() // as if it had been killed
	if _, err := Find(t.Context(), m.Folder); !errors.Is(err, ErrNoRoom) {
		t.Errorf("a room that was killed: %v", err)
	}
	room, err := monitor.Open(t.Context(), monitor.Config{Mission: m, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(room, m.Folder, quiet)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := beside(t, dir)
	observe(t, other, strike)
	if err := errors.Join(s.Close(t.Context()), room.Close(t.Context())); err != nil {
		t.Error(err)
	}
}

// TestRefused: what is not signed, is too long or is not a submission is refused with
// the reason, is of the kind that commands decide on, and leaves nothing behind.
func TestRefused(t *testing.T) {
	dir := filepath.Join(shortDir(t), "field")
	m, room, _ := opened(t, dir)
	other, r := beside(t, dir)
	stranger, err := ledger.NewSecret("stranger")
	if err != nil {
		t.Fatal(err)
	}
	body := ledger.Body{Kind: "outage", Mission: m.Origin(), At: ledger.Time(time.Now()), Content: []byte(`{"because":"power cut","during":{"end":"2025-08-20T03:30:00Z","start":"2025-08-20T02:30:00Z"}}`)}
	handed := func(b ledger.Body, keys ...*ledger.Secret) []byte {
		sub, err := b.Say(keys...)
		if err != nil {
			t.Fatal(err)
		}
		data, err := sub.Handed(ledger.Pieces{})
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	batch := func(key *ledger.Secret, bodies ...ledger.Body) []byte {
		subs, err := ledger.SayAll(m.Origin(), time.Now(), key, bodies)
		if err != nil {
			t.Fatal(err)
		}
		data, err := ledger.HandedBatch(subs)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	clerk, err := other.Key("intake")
	if err != nil {
		t.Fatal(err)
	}
	head, err := other.Key("head-of-mission")
	if err != nil {
		t.Fatal(err)
	}
	size := room.Size()
	submit := func(data []byte) error { _, err := r.Submit(data, -1); return err }
	hand := func(data []byte) error { _, err := r.Batch(data); return err }
	elsewhere := body
	elsewhere.Mission = "another/record"
	for _, x := range []struct {
		name string
		send func([]byte) error
		data []byte
		want error
		says string
	}{
		{"unsigned", submit, handed(body), ledger.ErrMayNot, "not signed"},
		{"a stranger's", submit, handed(body, stranger), ledger.ErrMayNot, "does not know the key"},
		{"of another record", submit, handed(elsewhere, clerk), ledger.ErrRefused, "another/record"},
		{"junk", submit, []byte("junk"), intake.ErrNotSubmission, ""},
		{"nothing", submit, nil, intake.ErrNotSubmission, ""},
		{"too long", submit, bytes.Repeat([]byte("x"), mostSubmission+1), ledger.ErrRefused, "more than"},
		{"a source", submit, handed(ledger.Body{Kind: "source", Mission: m.Origin(), Content: []byte(`{}`)}, clerk), ledger.ErrRefused, ""},
		{"a batch of junk", hand, []byte("junk"), intake.ErrNotSubmission, ""},
		{"an endless batch", hand, bytes.Repeat([]byte("x"), ledger.MostHandedBatch+1), ledger.ErrRefused, "more than"},
		{"a stranger's batch", hand, batch(stranger, body, body), ledger.ErrMayNot, "does not know the key"},
		{"a batch of the head", hand, batch(head, body, body), ledger.ErrMayNot, "batch"},
		{"what is not a row", hand, batch(clerk, body, body), ledger.ErrRefused, `"outage" is not a kind of row`},
		{"one that is not a row", hand, batch(clerk, body), ledger.ErrRefused, "is not a kind of row"},
		{"a file that is not here", hand, batch(clerk, ledger.Body{Kind: "source", Mission: m.Origin(), At: body.At,
			Content: []byte(`{"counts":{"already_known":0,"new":0,"read":0,"refused":0},"evidence":"` + strings.Repeat("ab", 32) + `","file":"a.csv","kind":"viina","known":"received","received":"2025-08-20T03:30:00.000Z"}`)}), ledger.ErrRefused, "is not here"},
	} {
		err := x.send(x.data)
		if !errors.Is(err, x.want) || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v; want %v, and %q", x.name, err, x.want, x.says)
		}
	}
	if room.Size() != size {
		t.Errorf("%d entries were written", room.Size()-size)
	}
	if list, err := os.ReadDir(filepath.Join(dir, "receipts")); err == nil && len(list) > 0 {
		t.Errorf("%d receipts", len(list))
	}
	if at := observe(t, other, strike); at != size { // it still takes what is right
		t.Errorf("entry %d", at)
	}
}

// TestMoved: what rests on a record that has changed since in a way that matters is
// not written; what rests on one that has changed otherwise is.
func TestMoved(t *testing.T) {
	dir := filepath.Join(shortDir(t), "field")
	m, room, _ := opened(t, dir)
	other, r := beside(t, dir)
	at := observe(t, other, strike)
	head, err := other.Key("head-of-mission")
	if err != nil {
		t.Fatal(err)
	}
	decide := func(seen int64) error {
		key, whose, err := other.Signer("head-of-mission")
		if err != nil {
			t.Fatal(err)
		}
		_, err = intake.WriterThrough(other.Mission, &recording{Room: r, seen: seen}).Decide(key, whose, newDecision(), []string{"ground-annex-signed"})
		return err
	}
	// An outage matters to nobody's decision.
	body := ledger.Body{Kind: "outage", Mission: m.Origin(), At: ledger.Time(time.Now()), Content: []byte(`{"because":"power cut","during":{"end":"2025-08-20T03:30:00Z","start":"2025-08-20T02:30:00Z"}}`)}
	if _, err := room.Say(t.Context(), func(m *intake.Writer) (int64, error) { return m.Say(intake.Said{Body: body}, head) }); err != nil {
		t.Fatal(err)
	}
	if err := decide(at + 1); err != nil {
		t.Fatal(err)
	}
	seen := room.Size() - 1 // before that decision
	if err := decide(seen); !errors.Is(err, intake.ErrMoved) || !strings.Contains(err.Error(), "(a decision) was recorded in the meantime") {
		t.Errorf("a decision that knows nothing of the one before: %v", err)
	}
	if err := decide(room.Size()); err != nil {
		t.Error(err)
	}
}

// TestMovedIncident: a decision on an incident that has another observation since is
// not written.
func TestMovedIncident(t *testing.T) {
	dir := filepath.Join(shortDir(t), "field")
	_, _, _ = opened(t, dir)
	other, r := beside(t, dir)
	at := observe(t, other, strike)
	stale, _ := beside(t, dir) // reads before the second observation
	key, whose, err := stale.Signer("head-of-mission")
	if err != nil {
		t.Fatal(err)
	}
	s, err := stale.Situation(1 << 62)
	if err != nil || len(s.Incidents()) != 1 {
		t.Fatalf("%v", err)
	}
	id := s.Incidents()[0].Of[0].ID.Hex()
	observe(t, other, strings.Replace(strike, "48.01N", "48.0101N", 1))
	d := newDecision()
	d.Kind = "verify"
	if _, err := intake.WriterThrough(stale.Mission, &recording{Room: r, seen: at + 1}).Decide(key, whose, d, []string{id}); !errors.Is(err, intake.ErrMoved) || !strings.Contains(err.Error(), "an observation of the same incident") {
		t.Errorf("an incident that has grown: %v", err)
	}
}

// recording is a room that is told another size of the record.
type recording struct {
	*Room
	seen int64
}

func (r *recording) Submit(data []byte, _ int64) (intake.Taken, error) {
	return r.Room.Submit(data, r.seen)
}

// TestForged: a receipt that the record's key has not signed, or that is for something
// else, is not accepted as a receipt.
func TestForged(t *testing.T) {
	dir := filepath.Join(shortDir(t), "field")
	_, _, _ = opened(t, dir)
	other, r := beside(t, dir)
	observe(t, other, strike)
	note, err := os.ReadFile(filepath.Join(dir, "receipts", "1.receipt"))
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		note []byte
		says string
	}{
		"of another entry": {note, "not for what was handed in"},
		"altered":          {bytes.Replace(note, []byte("\n1 "), []byte("\n2 "), 1), "not signed by"},
		"empty":            {nil, "not signed by"},
	} {
		other := intake.WriterThrough(other.Mission, &forger{Room: r, note: x.note})
		key, whose, err := other.Signer("intake")
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = other.State(key, whose, "observe", "", "", "a test", strings.Replace(strike, "37.80E", "37.9E", 1))
		if err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type forger struct {
	*Room
	note []byte
}

func (f *forger) Submit([]byte, int64) (intake.Taken, error) {
	return intake.Taken{Index: 9, Note: f.note}, nil
}

// TestSlow: a client that does not go on is cut off; more at once than the room
// answers come again, and are all answered.
func TestSlow(t *testing.T) {
	dir := filepath.Join(shortDir(t), "field")
	_, _, s := opened(t, dir)
	for name, d := range map[string]time.Duration{"header": s.server.ReadHeaderTimeout, "body": s.server.ReadTimeout, "answer": s.server.WriteTimeout, "idle": s.server.IdleTimeout} {
		if d <= 0 || d > 5*time.Minute {
			t.Errorf("a slow %s is waited for %s", name, d)
		}
	}
	other, r := beside(t, dir)
	for range cap(s.places) {
		s.places <- struct{}{}
	}
	done := make(chan error)
	go func() { done <- r.Settle() }()
	resp, err := r.http.Do(mustRequest(t, r, "/settle"))
	if err != nil {
		t.Fatal(err)
	}
	var f failure
	if err := json.NewDecoder(resp.Body).Decode(&f); err != nil || resp.StatusCode != http.StatusServiceUnavailable || f.Class != "busy" {
		t.Errorf("a room that has no place: status %d, %+v, %v", resp.StatusCode, f, err)
	}
	resp.Body.Close()
	for range cap(s.places) {
		<-s.places
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	observe(t, other, strike)
}

func mustRequest(t *testing.T, r *Room, path string) *http.Request {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, "http://room"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.secret)
	return req
}

func newDecision() *truce.Decision {
	return &truce.Decision{Kind: truce.Declare, Because: "signed this morning", From: truce.InstantOf(time.Now())}
}

// TestClasses: an error that a command decides on is the same error on its side of the
// socket, with the room's words and its advice.
func TestClasses(t *testing.T) {
	for _, c := range classes {
		w := httptest.NewRecorder()
		fail(w, mission.Hinted(fmt.Errorf("the disk is full: %w", c.err), "make room"))
		err := refusal(w.Code, w.Body.Bytes())
		if !errors.Is(err, c.err) || !strings.HasPrefix(err.Error(), "the disk is full: ") || w.Code != c.code {
			t.Errorf("%s: status %d, %v", c.name, w.Code, err)
		}
		var busy *busyError
		var hint mission.Hint
		again := slices.Contains([]string{"busy", "behind", "unavailable", "reopen"}, c.name)
		if errors.As(err, &busy) != again || !again && (!errors.As(err, &hint) || hint.Hint != "make room") {
			t.Errorf("%s: tried again: %v, advice %q", c.name, errors.As(err, &busy), hint.Hint)
		}
	}
	for _, answer := range []string{"", "junk", "{}", `{"class":"moved"}`} {
		if err := refusal(http.StatusInternalServerError, []byte(answer)); err == nil || errors.Is(err, intake.ErrMoved) {
			t.Errorf("%q: %v", answer, err)
		}
	}
}
