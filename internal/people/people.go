// Package people answers: who is this, and may they come in? It keeps the
// accounts of a room: sign-in by passkey (WebAuthn) or by password with a second
// factor (TOTP, RFC 6238), one-time invitations, sessions, a lock
// after failures, by name and address, and the log of who read what is not public. An account is a pseudonym
// with a role key of the record; no real name is kept.
//
// What it keeps is this machine's alone and never goes into the record.
package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/argon2"
	_ "modernc.org/sqlite"
)

// Errors that callers decide on. They never tell whether an account exists.
var (
	ErrWrong     = errors.New("name, password or code is not right")
	ErrLocked    = errors.New("too many failures: try again later")
	ErrInvite    = errors.New("this link was used, has run out, or was never made")
	ErrWeak      = errors.New("the password is too short")
	ErrName      = errors.New("a name has 2 to 40 lower-case letters, digits and hyphens, and begins with a letter")
	ErrTaken     = errors.New("that name is taken")
	ErrNobody    = errors.New("no such account")
	ErrSignedOut = errors.New("not signed in")
)

// What limits sign-in.
const (
	MinPassword = 12 // characters
	inviteFor   = 7 * 24 * time.Hour
	sessionFor  = 12 * time.Hour // a shift; from the last use
	sessionMost = 7 * 24 * time.Hour
)

const schema = `
CREATE TABLE IF NOT EXISTS account (
  name TEXT PRIMARY KEY, role TEXT NOT NULL, party TEXT NOT NULL, key TEXT NOT NULL,
  handle BLOB NOT NULL UNIQUE, password TEXT NOT NULL DEFAULT '', totp TEXT NOT NULL DEFAULT '', step INTEGER NOT NULL DEFAULT 0,
  made INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS passkey (id BLOB PRIMARY KEY, account TEXT NOT NULL REFERENCES account, credential TEXT NOT NULL, made INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS invite (hash BLOB PRIMARY KEY, account TEXT NOT NULL REFERENCES account, expires INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS session (hash BLOB PRIMARY KEY, account TEXT NOT NULL REFERENCES account, made INTEGER NOT NULL, seen INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS readlog (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, account TEXT NOT NULL, role TEXT NOT NULL, item TEXT NOT NULL, path TEXT NOT NULL);
`

// An Account is one person's, under a pseudonym.
type Account struct {
	Name   string
	Role   string // of the record's roles
	Party  string // of a liaison
	Key    string // the file with the role key's private half
	Handle []byte // WebAuthn's user handle: random, says nothing
	Set    bool   // has a way to sign in
	Ended  bool
}

// A Store keeps the accounts of one mission.
type Store struct {
	db  *sql.DB
	now func() time.Time

	turns *turns
	argon func(password string, salt []byte) []byte

	unwrittenMu sync.Mutex
	unwritten   []Reading // that the disk had no room for, the earliest first
}

// Open opens the store in a file, which only its owner can read.
func Open(name string, now func() time.Time) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	f.Close()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: name}).EscapedPath()+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(on)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	if _, err := db.Exec(schema + attempts); err != nil {
		db.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &Store{db: db, now: now, turns: newTurns(), argon: argon}, nil
}

// Close lets go of the file.
func (s *Store) Close() error { return s.db.Close() }

var names = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// Valid reports whether a text can be an account's name.
func Valid(name string) bool { return names.MatchString(name) }

// Add makes an account that nobody can sign in to yet.
func (s *Store) Add(ctx context.Context, a Account) error {
	if !Valid(a.Name) {
		return ErrName
	}
	handle := make([]byte, 64)
	rand.Read(handle)
	r, err := s.db.ExecContext(ctx, `INSERT INTO account (name, role, party, key, handle, made) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, a.Name, a.Role, a.Party, a.Key, handle, s.now().Unix())
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrTaken)
	}
	return nil
}

const columns = `SELECT name, role, party, key, handle, ended, password <> '' OR EXISTS (SELECT 1 FROM passkey WHERE account = name) FROM account`

func scan(row interface{ Scan(...any) error }) (*Account, error) {
	var a Account
	var ended int64
	err := row.Scan(&a.Name, &a.Role, &a.Party, &a.Key, &a.Handle, &ended, &a.Set)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNobody
	}
	a.Ended = ended != 0
	return &a, err
}

// Account finds an account by name.
func (s *Store) Account(ctx context.Context, name string) (*Account, error) {
	return scan(s.db.QueryRowContext(ctx, columns+` WHERE name = ?`, name))
}

// All lists the accounts by name.
func (s *Store) All(ctx context.Context) ([]Account, error) {
	rows, err := s.db.QueryContext(ctx, columns+` ORDER BY name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Account
	for rows.Next() {
		a, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, *a)
	}
	return out, rows.Err()
}

// End ends an account: it can no longer sign in, and its sessions end.
func (s *Store) End(ctx context.Context, name string) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `UPDATE account SET ended = ? WHERE name = ?`, s.now().Unix(), name); err != nil {
		return err
	}
	if err := s.close(ctx, tx, name); err != nil {
		return err
	}
	return tx.Commit()
}

func token() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func hashed(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Invite makes the secret of a single-use link that is valid for seven days. Earlier
// invitations of the account end.
func (s *Store) Invite(ctx context.Context, name string) (string, error) {
	t := token()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return "", err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `DELETE FROM invite WHERE account = ?`, name); err != nil {
		return "", err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO invite VALUES (?, ?, ?)`, hashed(t), name, s.now().Add(inviteFor).Unix()); err != nil {
		return "", err
	}
	return t, tx.Commit()
}

// Invited is the account of an invitation that still holds.
func (s *Store) Invited(ctx context.Context, token string) (*Account, error) {
	a, err := scan(s.db.QueryRowContext(ctx, columns+` WHERE ended = 0 AND name = (SELECT account FROM invite WHERE hash = ? AND expires > ?)`, hashed(token), s.now().Unix()))
	if errors.Is(err, ErrNobody) {
		return nil, ErrInvite
	}
	return a, err
}

// use takes an invitation within a transaction. What opened the account before opens
// it no longer: whoever is invited again has lost it, perhaps to somebody.
func (s *Store) use(ctx context.Context, tx *sql.Tx, token, name string) error {
	r, err := tx.ExecContext(ctx, `DELETE FROM invite WHERE hash = ? AND account = ? AND expires > ?`, hashed(token), name, s.now().Unix())
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrInvite)
	}
	return s.close(ctx, tx, name)
}

// close takes away all that opens an account.
func (s *Store) close(ctx context.Context, tx *sql.Tx, name string) error {
	for _, q := range []string{`UPDATE account SET password = '', totp = '' WHERE name = ?`, `DELETE FROM session WHERE account = ?`, `DELETE FROM passkey WHERE account = ?`, `DELETE FROM invite WHERE account = ?`, `DELETE FROM place WHERE account = ?`} {
		if _, err := tx.ExecContext(ctx, q, name); err != nil {
			return err
		}
	}
	return nil
}

// NewFactor makes the secret of a second factor, and the address that an
// authenticator reads it from.
func NewFactor(issuer, name string) (secret, address string, err error) {
	k, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: name, SecretSize: 20})
	if err != nil {
		return "", "", err
	}
	return k.Secret(), k.URL(), nil
}

// SetPassword uses an invitation: the account is signed in to with this password
// and codes of this secret from now on. code shows that the authenticator has it.
func (s *Store) SetPassword(ctx context.Context, invitation, password, secret, code string) (*Account, error) {
	a, err := s.Invited(ctx, invitation)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(password) < MinPassword {
		return nil, ErrWeak
	}
	step, ok := s.step(secret, code, 0)
	if !ok {
		return nil, ErrWrong
	}
	kept, err := s.protect(ctx, password) // slow: before the store is locked
	if err != nil {
		return nil, err
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	if err := s.use(ctx, tx, invitation, a.Name); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE account SET password = ?, totp = ?, step = ? WHERE name = ?`, kept, secret, step, a.Name); err != nil {
		return nil, err
	}
	return a, tx.Commit()
}

// step returns the time step that a code belongs to. The present step, one before and one
// after it are allowed, if later than the last one used: each code works only once.
func (s *Store) step(secret, code string, after int64) (int64, bool) {
	now := s.now()
	for _, d := range []int64{0, -1, 1} {
		at := now.Unix()/30 + d
		want, err := totp.GenerateCodeCustom(secret, time.Unix(at*30, 0), totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && at > after && subtle.ConstantTimeCompare([]byte(want), []byte(strings.ReplaceAll(code, " ", ""))) == 1 {
			return at, true
		}
	}
	return 0, false
}

// Argon2id as RFC 9106, section 4, recommends where memory is scarce. Only tests
// change it.
var (
	argonTime    uint32 = 3
	argonMemory  uint32 = 64 * 1024 // KiB
	argonThreads uint8  = 4
)

// CheapPasswords makes passwords quick to hash, in the tests of packages that make
// accounts. Nothing else may call it.
func CheapPasswords() {
	if !testing.Testing() {
		panic("passwords are made cheap outside of a test")
	}
	argonTime, argonMemory = 1, 64
}

func argon(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, 32)
}

// hash waits for its turn as long as whoever asks does.
func (s *Store) hash(ctx context.Context, t *turn, password string, salt []byte) (string, error) {
	if err := t.wait(ctx); err != nil {
		return "", err
	}
	return base64.RawStdEncoding.EncodeToString(s.argon(password, salt)), nil
}

func (s *Store) protect(ctx context.Context, password string) (string, error) {
	t, err := s.turns.enter(true) // an invitation is not a stranger's
	if err != nil {
		return "", err
	}
	defer t.leave()
	salt := make([]byte, 16)
	rand.Read(salt)
	text, err := s.hash(ctx, t, password, salt)
	return fmt.Sprintf("argon2id$%s$%s", base64.RawStdEncoding.EncodeToString(salt), text), err
}

func (s *Store) matches(ctx context.Context, t *turn, password, kept string) (bool, error) {
	f := strings.Split(kept, "$")
	if len(f) != 3 || f[0] != "argon2id" {
		f = []string{"", "AAAAAAAAAAAAAAAAAAAAAA", ""} // as long for who does not exist
	}
	salt, err := base64.RawStdEncoding.DecodeString(f[1])
	if err != nil {
		return false, err
	}
	text, err := s.hash(ctx, t, password, salt)
	return subtle.ConstantTimeCompare([]byte(text), []byte(f[2])) == 1, err
}

// SignIn signs in with a password and a code, and returns the session's secret. from
// is the network address that asks: failures lock a name for that address alone, so
// that nobody can keep somebody else out. The error is ErrWrong, ErrLocked after too
// many failures, or ErrBusy if too many wait; none depends on whether the account
// exists, nor does the time that it takes.
func (s *Store) SignIn(ctx context.Context, from, name, password, code string) (string, *Account, error) {
	known, err := s.Known(ctx, name, from)
	if err != nil {
		return "", nil, err
	}
	// A place first: whoever is told to come again has not failed.
	t, err := s.turns.enter(known)
	if err != nil {
		return "", nil, err
	}
	defer t.leave()
	if err := s.attempt(ctx, name, from, known); err != nil {
		return "", nil, err
	}
	var kept, secret string
	var step int64
	err = s.db.QueryRowContext(ctx, `SELECT password, totp, step FROM account WHERE name = ? AND ended = 0`, name).Scan(&kept, &secret, &step)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", nil, err
	}
	right, err := s.matches(ctx, t, password, kept)
	t.leave()
	if err != nil {
		return "", nil, err
	}
	used, fresh := s.step(secret, code, step)
	if !right || kept == "" || !fresh {
		return "", nil, ErrWrong
	}
	// One of two that come with the same code at once gets in.
	r, err := s.db.ExecContext(ctx, `UPDATE account SET step = ? WHERE name = ? AND step < ?`, used, name, used)
	if err != nil {
		return "", nil, err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return "", nil, errors.Join(ErrWrong, err)
	}
	if err := s.succeeded(ctx, name, from); err != nil {
		return "", nil, err
	}
	return s.begin(ctx, name)
}

// begin begins a session.
func (s *Store) begin(ctx context.Context, name string) (string, *Account, error) {
	a, err := s.Account(ctx, name)
	if err != nil {
		return "", nil, err
	}
	t, now := token(), s.now().Unix()
	if _, err := s.db.ExecContext(ctx, `DELETE FROM session WHERE seen < ? OR made < ?`, now-int64(sessionFor.Seconds()), now-int64(sessionMost.Seconds())); err != nil {
		return "", nil, err
	}
	_, err = s.db.ExecContext(ctx, `INSERT INTO session VALUES (?, ?, ?, ?)`, hashed(t), name, now, now)
	return t, a, err
}

// Session is the account of a session that still holds.
func (s *Store) Session(ctx context.Context, token string) (*Account, error) {
	now := s.now().Unix()
	var seen int64
	row := s.db.QueryRowContext(ctx, strings.Replace(columns, ` FROM account`, `, seen FROM account JOIN session ON account = name`, 1)+` WHERE hash = ? AND ended = 0 AND seen >= ? AND session.made >= ?`,
		hashed(token), now-int64(sessionFor.Seconds()), now-int64(sessionMost.Seconds()))
	a, err := scan(scanMore{row, &seen})
	if errors.Is(err, ErrNobody) {
		return nil, ErrSignedOut
	}
	if err == nil && now-seen > 60 { // a write a minute, not one a request
		// Where it cannot be written, as on a full disk, people are not signed out: the
		// session ends twelve hours after the last use that was written.
		_, _ = s.db.ExecContext(ctx, `UPDATE session SET seen = ? WHERE hash = ?`, now, hashed(token))
	}
	return a, err
}

type scanMore struct {
	row  *sql.Row
	more any
}

func (s scanMore) Scan(to ...any) error { return s.row.Scan(append(to, s.more)...) }

// SignOut ends a session.
func (s *Store) SignOut(ctx context.Context, token string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM session WHERE hash = ?`, hashed(token))
	return err
}

// A Reading is one read of something that is not public.
type Reading struct {
	At                        time.Time
	Account, Role, Item, Path string
}

// mostUnwritten bounds how many readings are kept in memory while they cannot be
// written.
const mostUnwritten = 10_000

// Read notes that somebody read something that is not public. While the disk is full, a
// number of them is kept in memory and written with the next that can be: those on duty
// must go on reading then, and what is kept so is lost only if the process ends before.
func (s *Store) Read(ctx context.Context, a *Account, item, path string) error {
	s.unwrittenMu.Lock()
	defer s.unwrittenMu.Unlock()
	all := append(s.unwritten, Reading{s.now(), a.Name, a.Role, item, path})
	err := s.write(ctx, all)
	switch {
	case err == nil:
		s.unwritten = nil
	case ctx.Err() != nil || len(all) > mostUnwritten:
		return err
	default:
		s.unwritten = all
	}
	return nil
}

func (s *Store) write(ctx context.Context, list []Reading) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, r := range list {
		if _, err := tx.ExecContext(ctx, `INSERT INTO readlog (at, account, role, item, path) VALUES (?, ?, ?, ?, ?)`, r.At.UnixMilli(), r.Account, r.Role, r.Item, r.Path); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Readings are the last of them, the latest first.
func (s *Store) Readings(ctx context.Context, most int) ([]Reading, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT at, account, role, item, path FROM readlog ORDER BY n DESC LIMIT ?`, most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	s.unwrittenMu.Lock()
	out := slices.Clone(s.unwritten)
	s.unwrittenMu.Unlock()
	slices.Reverse(out)
	for rows.Next() && len(out) < most {
		var r Reading
		var at int64
		if err := rows.Scan(&at, &r.Account, &r.Role, &r.Item, &r.Path); err != nil {
			return nil, err
		}
		r.At = time.UnixMilli(at)
		out = append(out, r)
	}
	return out, rows.Err()
}
