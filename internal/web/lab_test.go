package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/people"
	"github.com/pquerna/otp/totp"
	"golang.org/x/mod/sumdb/note"
)

// A lab is a running room with a key for each role, for tests that submit bodies
// which no form of ours would make. It can be closed and opened again.
type lab struct {
	t      testing.TB
	dir    string // of the mission
	m      *mission.Mission
	room   *monitor.Room
	store  *people.Store
	desk   *desk.Store
	server *Server
	keys   map[string]*ledger.Secret // by role; the other party's liaison is "RU"
	quota  *monitor.Quota            // of the room; nil: none
	now    func() time.Time
	asked  atomic.Uint32
	log    safeBuffer // what the room and the server logged
}

const airFirst = "../../agreements/ukraine-air-first"

// others are what keys of a lab are called that are not named by their role.
const liaisonOfRU = "RU"

// newLab makes a mission of terms, and opens it.
func newLab(t testing.TB, terms string, now func() time.Time) *lab {
	t.Helper()
	return newLabIn(t, filepath.Join(t.TempDir(), "field"), terms, now)
}

// newLabIn is newLab in a folder.
func newLabIn(t testing.TB, dir, terms string, now func() time.Time) *lab {
	t.Helper()
	m, err := begin.Mission(dir, "air-first", os.DirFS(terms), begin.Flags{Origin: "test/field"}, now, mission.Silent{})
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t: t, dir: dir, m: m, now: now, keys: map[string]*ledger.Secret{}}
	for name, file := range map[string]string{"log": "log.key", "intake": "intake.key", "head-of-mission": "head-of-mission.key"} {
		if l.keys[name], err = ledger.LoadSecret(m.Private(file)); err != nil {
			t.Fatal(err)
		}
	}
	l.open()
	t.Cleanup(l.close)
	for _, role := range []ledger.Role{ledger.Monitor, ledger.DutyOfficer, ledger.Verification, ledger.ReportingOfficer, ledger.Liaison, ledger.Mediator, ledger.Guarantor, ledger.Reader} {
		party := truce.PartyID("")
		if role == ledger.Liaison {
			party = "UA"
		}
		l.stateKey(string(role), strings.TrimSuffix(string(role), "-officer")+"-1", role, party, "")
	}
	l.stateKey(liaisonOfRU, "ru-1", ledger.Liaison, "RU", "")
	l.settle()
	return l
}

// addKey states a key, as the head of mission does.
func (l *lab) addKey(as, name string, role ledger.Role, party truce.PartyID, until string) {
	l.t.Helper()
	l.stateKey(as, name, role, party, until)
	l.settle()
}

// stateKey is addKey that does not wait until the room knows the key.
func (l *lab) stateKey(as, name string, role ledger.Role, party truce.PartyID, until string) {
	l.t.Helper()
	s, err := ledger.NewSecret(name)
	if err != nil {
		l.t.Fatal(err)
	}
	k := s.Public(role, party)
	k.Because, k.Until = "a test", until
	l.keys[as] = s
	l.record(l.room.Tell, "head-of-mission", "key", k)
}

// say writes an entry as the mission's own forms do.
func (l *lab) say(as, kind string, content any) int64 {
	l.t.Helper()
	return l.record(l.room.Say, as, kind, content)
}

func (l *lab) record(say func(context.Context, func(*intake.Writer) (int64, error)) (int64, error), as, kind string, content any) int64 {
	l.t.Helper()
	raw, err := json.Marshal(content)
	if err != nil {
		l.t.Fatal(err)
	}
	at, err := say(l.t.Context(), func(m *intake.Writer) (int64, error) {
		return m.Say(intake.Said{Body: ledger.Body{Kind: kind, Mission: m.Origin(), At: ledger.Time(m.Now()), Content: raw}}, l.keys[as])
	})
	if err != nil {
		l.t.Fatalf("%s by %s: %v", kind, as, err)
	}
	return at
}

// open opens the room and a server over it.
func (l *lab) open() {
	l.t.Helper()
	if err := l.tryOpen(); err != nil {
		l.t.Fatalf("the room does not open: %v\n%s", err, l.log.String())
	}
}

func (l *lab) tryOpen() error {
	m, err := mission.Open(l.dir)
	if err != nil {
		return err
	}
	m.Now, m.Progress = l.now, mission.Silent{}
	l.m = m
	l.log.Reset()
	quiet := slog.New(slog.NewTextHandler(&l.log, nil))
	quota := l.quota
	if quota == nil {
		quota = &monitor.Quota{}
	}
	if l.room, err = monitor.Open(context.Background(), monitor.Config{Mission: m, Log: quiet, Quota: quota}); err != nil {
		return err
	}
	if l.store, err = people.Open(m.Private("people.sqlite"), time.Now); err != nil {
		return err
	}
	if l.desk, err = desk.Open(m.Private("desk.sqlite"), time.Now); err != nil {
		return err
	}
	l.server, err = New(Config{Room: l.room, People: l.store, Desk: l.desk, Origin: "http://localhost", Record: http.FileServer(http.Dir(m.Record())), Log: quiet})
	return err
}

func (l *lab) close() {
	if err := l.tryClose(); err != nil {
		l.t.Error(err)
	}
}

func (l *lab) tryClose() error {
	if l.server == nil {
		return nil
	}
	l.server.End()
	l.server = nil
	return errors.Join(l.room.Close(context.Background()), l.store.Close(), l.desk.Close())
}

// signIn makes an account for one of the lab's keys and signs it in; file is where the
// key is kept.
func (l *lab) signIn(a people.Account) (session *http.Cookie, file string) {
	l.t.Helper()
	ctx := l.t.Context()
	file = filepath.Join(l.t.TempDir(), a.Name+".key")
	if err := l.keys[a.Role].Save(file); err != nil {
		l.t.Fatal(err)
	}
	a.Key = file
	if err := l.store.Add(ctx, a); err != nil {
		l.t.Fatal(err)
	}
	token, err := l.store.Invite(ctx, a.Name)
	if err != nil {
		l.t.Fatal(err)
	}
	secret, _, err := people.NewFactor("test", a.Name)
	if err != nil {
		l.t.Fatal(err)
	}
	code, _ := totp.GenerateCode(secret, time.Now()) // see house.enrol
	if _, err := l.store.SetPassword(ctx, token, password, secret, code); err != nil {
		l.t.Fatal(err)
	}
	code, _ = totp.GenerateCode(secret, time.Now().Add(30*time.Second))
	text, _, err := l.store.SignIn(ctx, "192.0.2.1", a.Name, password, code)
	if err != nil {
		l.t.Fatal(err)
	}
	return &http.Cookie{Name: "truce", Value: text}, file
}

// again closes the room and opens it again.
func (l *lab) again() {
	l.t.Helper()
	l.close()
	l.open()
}

// ask asks the server, each time from another address, so that no limit of an
// address is met.
func (l *lab) ask(method, path string, body []byte, cookies ...*http.Cookie) (int, string, http.Header) {
	return l.serve(httptest.NewRequest(method, "http://localhost"+path, bytes.NewReader(body)), cookies...)
}

// form sends a form.
func (l *lab) form(path string, form url.Values, cookies ...*http.Cookie) (int, string, http.Header) {
	req := httptest.NewRequest(http.MethodPost, "http://localhost"+path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return l.serve(req, cookies...)
}

func (l *lab) serve(req *http.Request, cookies ...*http.Cookie) (int, string, http.Header) {
	n := l.asked.Add(1)
	req.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:4711", byte(n>>16), byte(n>>8), byte(n))
	for _, c := range cookies {
		req.AddCookie(c)
	}
	w := httptest.NewRecorder()
	l.server.Handler().ServeHTTP(w, req)
	return w.Code, w.Body.String(), w.Header()
}

func (l *lab) get(path string, cookies ...*http.Cookie) (int, string) {
	code, body, _ := l.ask(http.MethodGet, path, nil, cookies...)
	return code, body
}

// A handed body is what somebody hands in: a body, who signs it, and what is behind
// its commitments.
type handedBody struct {
	Body   []byte // canonical JSON
	By     string // whose key of the lab signs; empty: nobody
	Pieces ledger.Pieces
}

// signature is the line of a signed note over a body.
func signature(t testing.TB, s *ledger.Secret, body []byte) string {
	t.Helper()
	for line := range strings.Lines(s.Text()) {
		if !strings.HasPrefix(line, "PRIVATE+KEY+") {
			continue
		}
		signer, err := note.NewSigner(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		n, err := note.Sign(&note.Note{Text: string(body) + "\n"}, signer)
		if err != nil {
			t.Fatal(err)
		}
		_, sigs, _ := strings.Cut(string(n), "\n\n")
		return strings.TrimSuffix(sigs, "\n")
	}
	t.Fatal("a key without its private half")
	return ""
}

// submit hands in a body, and returns the answer. wait: until it is shown.
func (l *lab) submit(h handedBody, wait bool) (code int, text string, entry string) {
	l.t.Helper()
	sigs := []string{}
	if h.By != "" {
		sigs = append(sigs, signature(l.t, l.keys[h.By], h.Body))
	}
	data, err := json.Marshal(struct {
		Format int             `json:"truce_submission"`
		Body   json.RawMessage `json:"body"`
		Sigs   []string        `json:"sigs"`
		ledger.Pieces
	}{1, h.Body, sigs, h.Pieces})
	if err != nil {
		l.t.Fatalf("%v: %s", err, h.Body)
	}
	path := "/api/submissions"
	if wait {
		path += "?wait=1"
	}
	code, text, head := l.ask(http.MethodPost, path, data)
	return code, text, head.Get("X-Truce-Entry")
}

// canonicalJSON is v in the form of RFC 8785.
func canonicalJSON(t testing.TB, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	out := jsontext.Value(b.Bytes())
	if err := out.Canonicalize(); err != nil {
		t.Fatalf("%v: %s", err, b.Bytes())
	}
	return out
}

// object is a JSON object.
type object = map[string]any

// body is a body of the lab's record.
func (l *lab) body(kind string, content any, more object) []byte {
	b := object{"kind": kind, "mission": "test/field", "at": ledger.Time(l.now()), "content": content}
	for k, v := range more {
		if b[k] = v; v == nil {
			delete(b, k)
		}
	}
	return canonicalJSON(l.t, b)
}

// isText are the members that are free text.
var isText = []string{"note", "text", "because", "basis"}

// sealedBody is a body of which some members are behind commitments, with its
// pieces. Texts and evidence are restricted, everything else is shared.
func (l *lab) sealedBody(kind string, content, more object, fields ...string) ([]byte, ledger.Pieces) {
	l.t.Helper()
	raw, err := json.Marshal(content)
	if err != nil {
		l.t.Fatal(err)
	}
	b := ledger.Body{Kind: kind, Mission: "test/field", At: ledger.Time(l.now()), Content: raw}
	openings, err := b.Seal(func(f string) ledger.Shelf {
		switch {
		case !slices.Contains(fields, f):
			return ledger.Public
		case f == "evidence" || slices.Contains(isText, f):
			return ledger.Restricted
		}
		return ledger.Shared
	})
	if err != nil {
		l.t.Fatal(err)
	}
	sub, err := b.Say()
	if err != nil {
		l.t.Fatal(err)
	}
	body := sub.Bytes()
	if len(more) > 0 {
		var o object
		if err := json.Unmarshal(body, &o); err != nil {
			l.t.Fatal(err)
		}
		for k, v := range more {
			o[k] = v
		}
		body = canonicalJSON(l.t, o)
	}
	return body, l.pieces(openings)
}

// pieces encrypts openings to those who keep the mission's shelf.
func (l *lab) pieces(openings []ledger.Opening) (p ledger.Pieces) {
	l.t.Helper()
	var shared, restricted, texts []ledger.Opening
	for _, o := range openings {
		name, _, err := o.Field()
		if err != nil {
			l.t.Fatal(err)
		}
		switch {
		case !o.Restricted:
			shared = append(shared, o)
		case slices.Contains(isText, name):
			texts = append(texts, o)
		default:
			restricted = append(restricted, o)
		}
	}
	p.Shared = l.encrypted(shared, "intake", "head-of-mission", "verification-officer")
	p.Texts = l.encrypted(texts, "intake", "head-of-mission", "verification-officer")
	p.Restricted = l.encrypted(restricted, "head-of-mission", "verification-officer")
	return p
}

// encrypted is a list of openings as an age file to some keys; nil: there are none.
func (l *lab) encrypted(list []ledger.Opening, to ...string) []byte {
	l.t.Helper()
	if len(list) == 0 {
		return nil
	}
	plain, err := ledger.Marshal(list)
	if err != nil {
		l.t.Fatal(err)
	}
	return l.ageFile(plain, to...)
}

func (l *lab) ageFile(plain []byte, to ...string) []byte {
	l.t.Helper()
	var readers []age.Recipient
	for _, name := range to {
		list, err := age.ParseRecipients(strings.NewReader(l.keys[name].Public(ledger.Reader, "").Recipient))
		if err != nil {
			l.t.Fatal(err)
		}
		readers = append(readers, list...)
	}
	out, err := evidence.Encrypt(plain, readers...)
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

// listing is every file below the mission's folder, with its size, except what
// changes without a new entry: the log's own state, and what pages are made from.
func (l *lab) listing() map[string]int64 {
	l.t.Helper()
	out := map[string]int64{}
	err := filepath.WalkDir(l.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) { // a file of a moment, gone since
				return nil
			}
			return err
		}
		rel, _ := filepath.Rel(l.dir, name)
		switch {
		case rel == filepath.Join("record", ".state"), rel == "view":
			return filepath.SkipDir
		case d.IsDir(), strings.Contains(rel, ".sqlite"):
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil
		}
		out[rel] = info.Size()
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

// difference says how one listing differs from another.
func difference(before, after map[string]int64) string {
	var out []string
	for name, size := range after {
		if was, ok := before[name]; !ok {
			out = append(out, "new: "+name)
		} else if was != size {
			out = append(out, fmt.Sprintf("changed: %s from %d to %d bytes", name, was, size))
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			out = append(out, "gone: "+name)
		}
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// settle returns once everything in the record is shown and its checkpoint is
// written.
func (l *lab) settle() {
	l.t.Helper()
	if err := l.shown(); err != nil {
		l.t.Fatalf("%v\n%s", err, l.log.String())
	}
}

// shown is settle that returns what went wrong. A room waits ten seconds, which may be
// too short on a machine that runs other tests as well.
func (l *lab) shown() (err error) {
	for range 12 {
		if err = l.room.Settle(context.Background()); !errors.Is(err, monitor.ErrNotShown) {
			return err
		}
	}
	return err
}

// auditor opens the record as a verifier does.
func (l *lab) auditor() (*audit.Log, *audit.Checkpoint) {
	l.t.Helper()
	policy, err := audit.Trust(l.m.About.Record)
	if err != nil {
		l.t.Fatal(err)
	}
	a := &audit.Log{Fetch: audit.Dir(l.m.Record()), Policy: policy}
	cp, err := a.Checkpoint(context.Background())
	if err != nil {
		l.t.Fatal(err)
	}
	return a, cp
}

// verified is what an audit of the whole record finds.
func (l *lab) verified() (*audit.Summary, error) {
	a, cp := l.auditor()
	return a.Verify(context.Background(), cp, audit.Options{})
}

// objections are the rules that a verifier says an entry would break if it were the
// next of the record: with the whole record, and with the entry and its key alone.
// What a verifier cannot even read is listed as "unreadable".
func (l *lab) objections(h handedBody) (withRecord, alone []string) {
	l.t.Helper()
	a, cp := l.auditor()
	ring := &audit.Keyring{}
	if _, err := a.Verify(context.Background(), cp, audit.Options{Keyring: ring}); err != nil {
		l.t.Fatal(err)
	}
	received := l.now().UTC()
	if h.By == "" {
		return nil, nil
	}
	if e, err := audit.ParseBody(h.Body, received); err != nil {
		return []string{"unreadable"}, []string{"unreadable"}
	} else {
		for _, k := range ring.Keys() {
			if k.VKey == l.keys[h.By].VKey() {
				for _, o := range audit.CheckEntry(e, k) {
					alone = append(alone, o.Rule)
				}
			}
		}
	}
	leaf := canonicalJSON(l.t, object{"body": json.RawMessage(h.Body), "received": ledger.Time(received), "sigs": []string{signature(l.t, l.keys[h.By], h.Body)}})
	e, err := audit.ParseEntry(cp.Size, leaf)
	if err == nil {
		_, err = ring.Check(e)
	}
	if err != nil {
		return []string{"fault: " + err.Error()}, alone
	}
	for _, o := range ring.Latest() {
		withRecord = append(withRecord, o.Rule)
	}
	return withRecord, alone
}

// digestOf is an ID as JSON writes it.
func digestOf(parts ...string) string { return truce.DigestOf(parts...).Hex() }

// leafHash is the leaf hash of RFC 6962, section 2.1.
func leafHash(data []byte) [32]byte { return sha256.Sum256(append([]byte{0}, data...)) }

// A safeBuffer is a buffer that many write to.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (b *safeBuffer) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.b.Reset()
}
