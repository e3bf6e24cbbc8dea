package people

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/argon2"
)

// TestMain makes passwords cheap to hash: there are hundreds here.
func TestMain(m *testing.M) {
	realTime, realMemory = argonTime, argonMemory
	CheapPasswords()
	m.Run()
}

var realTime, realMemory uint32

// TestStoredBefore: a password that an earlier version stored still opens its account:
// the stored form does not say how costly its hash is.
func TestStoredBefore(t *testing.T) {
	s, _ := opened(t)
	s.argon = func(password string, salt []byte) []byte {
		return argon2.IDKey([]byte(password), salt, realTime, realMemory, argonThreads, 32)
	}
	turn, err := s.turns.enter(false)
	if err != nil {
		t.Fatal(err)
	}
	defer turn.leave()
	const kept = "argon2id$AAECAwQFBgcICQoLDA0ODw$WZX8Xdq9t/EPrirXlicMJpgh1wsO+4+2AmKoHxtvDrg"
	if right, err := s.matches(context.Background(), turn, good, kept); err != nil || !right {
		t.Errorf("%v, %v", right, err)
	}
}

// home is where the tests' people are.
const home = "192.0.2.1"

// clock is a clock that tests turn.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func opened(t *testing.T) (*Store, *clock) {
	t.Helper()
	c := &clock{time.Date(2025, 8, 20, 10, 0, 0, 0, time.UTC)}
	s, err := Open(filepath.Join(t.TempDir(), "private", "people.sqlite"), c.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, c
}

const good = "correct horse battery"

// joined is a store with one account that signs in by password.
func joined(t *testing.T) (*Store, *clock, string) {
	t.Helper()
	s, c := opened(t)
	ctx := context.Background()
	if err := s.Add(ctx, Account{Name: "duty-1", Role: "duty-officer"}); err != nil {
		t.Fatal(err)
	}
	invite, err := s.Invite(ctx, "duty-1")
	if err != nil {
		t.Fatal(err)
	}
	secret, _, err := NewFactor("test", "duty-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SetPassword(ctx, invite, good, secret, code(t, secret, c)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SetPassword(ctx, invite, good, secret, code(t, secret, c)); !errors.Is(err, ErrInvite) {
		t.Errorf("a link works twice: %v", err)
	}
	c.t = c.t.Add(time.Minute)
	return s, c, secret
}

func code(t *testing.T, secret string, c *clock) string {
	t.Helper()
	out, err := totp.GenerateCode(secret, c.t)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSignIn(t *testing.T) {
	s, c, secret := joined(t)
	ctx := context.Background()
	now := code(t, secret, c)
	for _, tt := range []struct {
		name, account, password, code string
	}{
		{"a wrong password", "duty-1", "correct horse batterY", now},
		{"a wrong code", "duty-1", good, "000000"},
		{"no code", "duty-1", good, ""},
		{"nobody", "duty-2", good, now},
		{"an old code", "duty-1", good, func() string { out, _ := totp.GenerateCode(secret, c.t.Add(-5*time.Minute)); return out }()},
	} {
		if _, _, err := s.SignIn(ctx, home, tt.account, tt.password, tt.code); !errors.Is(err, ErrWrong) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	token, a, err := s.SignIn(ctx, home, "duty-1", good, now)
	if err != nil || a.Role != "duty-officer" {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, _, err := s.SignIn(ctx, home, "duty-1", good, now); !errors.Is(err, ErrWrong) {
		t.Errorf("a code is good twice: %v", err)
	}
	if got, err := s.Session(ctx, token); err != nil || got.Name != "duty-1" {
		t.Errorf("session: %+v, %v", got, err)
	}
	if _, err := s.Session(ctx, token+"x"); !errors.Is(err, ErrSignedOut) {
		t.Errorf("another session's secret: %v", err)
	}
	if err := s.SignOut(ctx, token); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(ctx, token); !errors.Is(err, ErrSignedOut) {
		t.Errorf("signed out: %v", err)
	}
}

// TestOneCodeOnce: of many who come with the same code at once, one gets in.
func TestOneCodeOnce(t *testing.T) {
	s, c, secret := joined(t)
	now := code(t, secret, c)
	var mu sync.Mutex
	in := 0
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if _, _, err := s.SignIn(context.Background(), home, "duty-1", good, now); err == nil {
				mu.Lock()
				in++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if in != 1 {
		t.Errorf("%d got in with one code", in)
	}
}

// TestNobodyLocksAnother: failures from one address keep nobody out at another, whether
// or not the password was right.
func TestNobodyLocksAnother(t *testing.T) {
	for _, password := range []string{"not this one at all", good} {
		s, c, secret := joined(t)
		ctx := context.Background()
		for i := range 3 * mostFailures {
			want := ErrWrong
			if i >= mostFailures {
				want = ErrLocked
			}
			if _, _, err := s.SignIn(ctx, "198.51.100.7", "duty-1", password, "no code"); !errors.Is(err, want) {
				t.Fatalf("attempt %d: %v, want %v", i+1, err, want)
			}
		}
		if _, _, err := s.SignIn(ctx, home, "duty-1", good, code(t, secret, c)); err != nil {
			t.Errorf("after somebody's guesses elsewhere: %v", err)
		}
	}
}

// TestLocked: the lock is a quarter of an hour, then twice as long with each failure,
// to a day; the right password does not open it, and success forgets what was.
func TestLocked(t *testing.T) {
	s, c, secret := joined(t)
	ctx := context.Background()
	try := func(password string) error {
		_, _, err := s.SignIn(ctx, home, "duty-1", password, code(t, secret, c))
		return err
	}
	for range mostFailures {
		if err := try("not this one at all"); !errors.Is(err, ErrWrong) {
			t.Fatal(err)
		}
	}
	for i, minutes := range []int{15, 30, 60, 120, 240, 480, 960, 1440, 1440} {
		if err := try(good); !errors.Is(err, ErrLocked) {
			t.Fatalf("lock %d: %v", i+1, err)
		}
		c.t = c.t.Add(time.Duration(minutes)*time.Minute - time.Second)
		if err := try(good); !errors.Is(err, ErrLocked) {
			t.Errorf("lock %d ended before %d minutes: %v", i+1, minutes, err)
		}
		c.t = c.t.Add(time.Second)
		if err := try("not this one at all"); !errors.Is(err, ErrWrong) {
			t.Fatalf("lock %d, after %d minutes: %v", i+1, minutes, err)
		}
	}
	c.t = c.t.Add(25 * time.Hour)
	if err := try(good); err != nil {
		t.Fatalf("after the lock: %v", err)
	}
	c.t = c.t.Add(time.Minute)
	for i := range mostFailures - 1 {
		if err := try("not this one at all"); !errors.Is(err, ErrWrong) {
			t.Fatalf("failure %d after a success: %v", i+1, err)
		}
	}
	if err := try(good); err != nil {
		t.Errorf("success did not forget: %v", err)
	}
}

// TestUnknownNamesAlike: the answers to a name that exists and to one that does not are
// the same, attempt by attempt.
func TestUnknownNamesAlike(t *testing.T) {
	s, c, _ := joined(t)
	ctx := context.Background()
	for i := range mostFailures + 4 {
		_, _, real := s.SignIn(ctx, home, "duty-1", "not this one at all", "000000")
		_, _, none := s.SignIn(ctx, home, "duty-2", "not this one at all", "000000")
		if real == nil || none == nil || real.Error() != none.Error() {
			t.Fatalf("attempt %d: %v of an account, %v of none", i+1, real, none)
		}
	}
	for i := range mostEverywhere + 4 {
		from := fmt.Sprintf("203.0.113.%d", i)
		_, _, real := s.SignIn(ctx, from, "duty-1", "not this one at all", "000000")
		_, _, none := s.SignIn(ctx, from, "duty-2", "not this one at all", "000000")
		if real == nil || none == nil || real.Error() != none.Error() {
			t.Fatalf("address %d: %v of an account, %v of none", i+1, real, none)
		}
	}
	c.t = c.t.Add(forgetAfter + time.Second)
	if _, _, err := s.SignIn(ctx, home, "duty-3", "not this one at all", "000000"); !errors.Is(err, ErrWrong) {
		t.Fatal(err)
	}
	var n int
	if err := s.db.QueryRow(`SELECT count(*) FROM attempt`).Scan(&n); err != nil || n != 2 {
		t.Errorf("%d rows of attempts, want the 2 of today: %v", n, err)
	}
}

// TestManyAddresses: strangers share a slow rate for a name, one a minute after the
// first; an address that signed in before is not among them.
func TestManyAddresses(t *testing.T) {
	s, c, secret := joined(t)
	ctx := context.Background()
	if _, _, err := s.SignIn(ctx, home, "duty-1", good, code(t, secret, c)); err != nil {
		t.Fatal(err)
	}
	n := 0
	stranger := func() error {
		n++
		_, _, err := s.SignIn(ctx, fmt.Sprintf("2001:db8:%x::/64", n), "duty-1", "not this one at all", "000000")
		return err
	}
	for i := 1; i < mostEverywhere; i++ { // the first was home's own, before it was known
		if err := stranger(); !errors.Is(err, ErrWrong) {
			t.Fatalf("stranger %d: %v", i, err)
		}
	}
	if err := stranger(); !errors.Is(err, ErrLocked) {
		t.Fatalf("one too many: %v", err)
	}
	c.t = c.t.Add(59 * time.Second)
	if err := stranger(); !errors.Is(err, ErrLocked) {
		t.Errorf("before a minute: %v", err)
	}
	c.t = c.t.Add(time.Second)
	if err := stranger(); !errors.Is(err, ErrWrong) {
		t.Errorf("after a minute: %v", err)
	}
	if err := stranger(); !errors.Is(err, ErrLocked) {
		t.Errorf("a second in that minute: %v", err)
	}
	if _, _, err := s.SignIn(ctx, home, "duty-1", good, code(t, secret, c)); err != nil {
		t.Errorf("whose account it is, at home: %v", err)
	}
	c.t = c.t.Add(knownFor + time.Second)
	for range mostEverywhere {
		_ = stranger()
	}
	if _, _, err := s.SignIn(ctx, home, "duty-1", good, code(t, secret, c)); !errors.Is(err, ErrLocked) {
		t.Errorf("an address is still known after knownFor: %v", err)
	}
}

// TestAtOnce: many attempts at once are as many as in turn.
func TestAtOnce(t *testing.T) {
	s, _, _ := joined(t)
	var wrong atomic.Int64
	var wg sync.WaitGroup
	for range 3 * mostFailures {
		wg.Go(func() {
			err := ErrBusy
			for errors.Is(err, ErrBusy) {
				_, _, err = s.SignIn(context.Background(), home, "duty-1", "not this one at all", "000000")
			}
			if errors.Is(err, ErrWrong) {
				wrong.Add(1)
			}
		})
	}
	wg.Wait()
	if wrong.Load() != mostFailures {
		t.Errorf("%d of them were looked at, want %d", wrong.Load(), mostFailures)
	}
}

// TestReadingsWhileFull: who read what is noted while nothing can be written, in order,
// and written with the next that can be; not without bound.
func TestReadingsWhileFull(t *testing.T) {
	s, c, _ := joined(t)
	ctx := context.Background()
	a := &Account{Name: "duty-1", Role: "duty-officer"}
	read := func(item string) error {
		c.t = c.t.Add(time.Second)
		return s.Read(ctx, a, item, "/")
	}
	items := func() (out []string) {
		t.Helper()
		list, err := s.Readings(ctx, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			out = append(out, r.Item)
		}
		return out
	}
	if err := read("1"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Exec(`ALTER TABLE readlog RENAME TO away`); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(read("2"), read("3")); err != nil {
		t.Errorf("those on duty cannot read: %v", err)
	}
	s.unwritten = slices.Grow(s.unwritten, mostUnwritten)[:mostUnwritten]
	if err := read("4"); err == nil {
		t.Error("the number of unwritten readings has no limit")
	}
	s.unwritten = s.unwritten[:2]
	if _, err := s.db.Exec(`ALTER TABLE away RENAME TO readlog`); err != nil {
		t.Fatal(err)
	}
	if got := items(); !slices.Equal(got, []string{"3", "2", "1"}) {
		t.Errorf("before they are written: %v", got)
	}
	if err := read("5"); err != nil || len(s.unwritten) != 0 {
		t.Errorf("%v, %d unwritten", err, len(s.unwritten))
	}
	if got := items(); !slices.Equal(got, []string{"5", "3", "2", "1"}) {
		t.Errorf("after: %v", got)
	}
}

func TestSessionsEnd(t *testing.T) {
	s, c, secret := joined(t)
	ctx := context.Background()
	token, _, err := s.SignIn(ctx, home, "duty-1", good, code(t, secret, c))
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		c.t = c.t.Add(11 * time.Hour)
		if _, err := s.Session(ctx, token); err != nil {
			t.Fatalf("in use: %v", err)
		}
	}
	c.t = c.t.Add(13 * time.Hour)
	if _, err := s.Session(ctx, token); !errors.Is(err, ErrSignedOut) {
		t.Errorf("unused for 13 hours: %v", err)
	}
	c.t = c.t.Add(time.Minute)
	if token, _, err = s.SignIn(ctx, home, "duty-1", good, code(t, secret, c)); err != nil {
		t.Fatal(err)
	}
	if err := s.End(ctx, "duty-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(ctx, token); !errors.Is(err, ErrSignedOut) {
		t.Errorf("the account has ended: %v", err)
	}
	c.t = c.t.Add(time.Minute)
	if _, _, err := s.SignIn(ctx, home, "duty-1", good, code(t, secret, c)); !errors.Is(err, ErrWrong) {
		t.Errorf("signed in to an account that has ended: %v", err)
	}
}

func TestInvitations(t *testing.T) {
	s, c := opened(t)
	ctx := context.Background()
	for _, bad := range []string{"", "A", "x", "1a", "a b", "../x", "a'; --", strings.Repeat("a", 41)} {
		if err := s.Add(ctx, Account{Name: bad}); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := s.Add(ctx, Account{Name: "ua-1", Role: "liaison", Party: "UA"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(ctx, Account{Name: "ua-1", Role: "head-of-mission"}); !errors.Is(err, ErrTaken) {
		t.Errorf("a name twice: %v", err)
	}
	first, err := s.Invite(ctx, "ua-1")
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Invite(ctx, "ua-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Invited(ctx, first); !errors.Is(err, ErrInvite) {
		t.Errorf("an earlier link: %v", err)
	}
	secret, _, _ := NewFactor("test", "ua-1")
	if _, err := s.SetPassword(ctx, second, "short", secret, code(t, secret, c)); !errors.Is(err, ErrWeak) {
		t.Errorf("a short password: %v", err)
	}
	if _, err := s.SetPassword(ctx, second, good, secret, "123"); !errors.Is(err, ErrWrong) {
		t.Errorf("a wrong code: %v", err)
	}
	if a, err := s.Invited(ctx, second); err != nil || a.Party != "UA" || a.Set {
		t.Errorf("what failed used the link up: %+v, %v", a, err)
	}
	c.t = c.t.Add(inviteFor + time.Second)
	if _, err := s.Invited(ctx, second); !errors.Is(err, ErrInvite) {
		t.Errorf("a link that has run out: %v", err)
	}
}

// TestNothingPlain: neither passwords nor secrets of links and sessions lie in the
// file, and nobody else may read it.
func TestNothingPlain(t *testing.T) {
	s, c, secret := joined(t)
	token, _, err := s.SignIn(context.Background(), home, "duty-1", good, code(t, secret, c))
	if err != nil {
		t.Fatal(err)
	}
	var name string
	if err := s.db.QueryRow(`SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&name); err != nil {
		t.Fatal(err)
	}
	s.Close()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, plain := range []string{good, token} {
		if strings.Contains(string(data), plain) {
			t.Errorf("%q lies in the file", plain)
		}
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// TestInvitedAgain: a new link ends what opened the account before.
func TestInvitedAgain(t *testing.T) {
	s, c, old := joined(t)
	ctx := context.Background()
	token, _, err := s.SignIn(ctx, home, "duty-1", good, code(t, old, c))
	if err != nil {
		t.Fatal(err)
	}
	link, err := s.Invite(ctx, "duty-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(ctx, token); err != nil {
		t.Errorf("a link that nobody has used signs out: %v", err)
	}
	secret, _, err := NewFactor("test", "duty-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SetPassword(ctx, link, good+" two", secret, code(t, secret, c)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(ctx, token); !errors.Is(err, ErrSignedOut) {
		t.Errorf("the earlier session: %v", err)
	}
	c.t = c.t.Add(time.Minute)
	if _, _, err := s.SignIn(ctx, home, "duty-1", good, code(t, old, c)); err == nil {
		t.Error("the earlier password still opens it")
	}
	if _, _, err := s.SignIn(ctx, home, "duty-1", good+" two", code(t, secret, c)); err != nil {
		t.Errorf("the new one: %v", err)
	}
}
