package people

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

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
		if _, _, err := s.SignIn(ctx, tt.account, tt.password, tt.code); !errors.Is(err, ErrWrong) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	token, a, err := s.SignIn(ctx, "duty-1", good, now)
	if err != nil || a.Role != "duty-officer" {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, _, err := s.SignIn(ctx, "duty-1", good, now); !errors.Is(err, ErrWrong) {
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
			if _, _, err := s.SignIn(context.Background(), "duty-1", good, now); err == nil {
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

// TestNobodyLocksAnother: who does not have the password keeps nobody out.
func TestNobodyLocksAnother(t *testing.T) {
	s, c, secret := joined(t)
	ctx := context.Background()
	for range 3 * mostFailures {
		if _, _, err := s.SignIn(ctx, "duty-1", "not this one at all", code(t, secret, c)); !errors.Is(err, ErrWrong) {
			t.Fatal(err)
		}
	}
	if _, _, err := s.SignIn(ctx, "duty-1", good, code(t, secret, c)); err != nil {
		t.Errorf("after somebody's guesses: %v", err)
	}
}

// TestLocked: who has the password has a few tries at the code.
func TestLocked(t *testing.T) {
	s, c, secret := joined(t)
	ctx := context.Background()
	for range mostFailures {
		if _, _, err := s.SignIn(ctx, "duty-1", good, "no code"); !errors.Is(err, ErrWrong) {
			t.Fatal(err)
		}
	}
	if _, _, err := s.SignIn(ctx, "duty-1", good, code(t, secret, c)); !errors.Is(err, ErrLocked) {
		t.Fatalf("after %d failures: %v", mostFailures, err)
	}
	c.t = c.t.Add(lockedFor + time.Second)
	if _, _, err := s.SignIn(ctx, "duty-1", good, code(t, secret, c)); err != nil {
		t.Errorf("after the lock: %v", err)
	}
}

func TestSessionsEnd(t *testing.T) {
	s, c, secret := joined(t)
	ctx := context.Background()
	token, _, err := s.SignIn(ctx, "duty-1", good, code(t, secret, c))
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
	if token, _, err = s.SignIn(ctx, "duty-1", good, code(t, secret, c)); err != nil {
		t.Fatal(err)
	}
	if err := s.End(ctx, "duty-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(ctx, token); !errors.Is(err, ErrSignedOut) {
		t.Errorf("the account has ended: %v", err)
	}
	c.t = c.t.Add(time.Minute)
	if _, _, err := s.SignIn(ctx, "duty-1", good, code(t, secret, c)); !errors.Is(err, ErrWrong) {
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
	token, _, err := s.SignIn(context.Background(), "duty-1", good, code(t, secret, c))
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
	token, _, err := s.SignIn(ctx, "duty-1", good, code(t, old, c))
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
	if _, err := s.SetPassword(ctx, link, good+" anew", secret, code(t, secret, c)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(ctx, token); !errors.Is(err, ErrSignedOut) {
		t.Errorf("the earlier session: %v", err)
	}
	c.t = c.t.Add(time.Minute)
	if _, _, err := s.SignIn(ctx, "duty-1", good, code(t, old, c)); err == nil {
		t.Error("the earlier password still opens it")
	}
	if _, _, err := s.SignIn(ctx, "duty-1", good+" anew", code(t, secret, c)); err != nil {
		t.Errorf("the new one: %v", err)
	}
}
