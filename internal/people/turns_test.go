package people

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// waiting waits until so many are in the queue and have not begun.
func (q *turns) waiting(known, strangers int) {
	for {
		q.mu.Lock()
		there := len(q.known) == known && len(q.strangers) == strangers
		q.mu.Unlock()
		if there {
			return
		}
		runtime.Gosched()
	}
}

// TestFloodOfStrangers: while strangers' passwords are hashed, eight more strangers wait,
// the others are told at once to come again, without a failure, and whoever signed in
// from an address before goes before all of them.
func TestFloodOfStrangers(t *testing.T) {
	s, c, secret := joined(t)
	ctx := context.Background()
	if _, _, err := s.SignIn(ctx, home, "duty-1", good, code(t, secret, c)); err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(60e9)
	begun, finish := make(chan string), make(chan bool)
	s.turns.free = 1
	s.argon = func(password string, salt []byte) []byte {
		begun <- password
		<-finish
		return argon(password, salt)
	}
	answers := make(chan error, 1+mostStrangers)
	stranger := func(i int) error {
		_, _, err := s.SignIn(ctx, fmt.Sprintf("2001:db8:%x::/64", i), "duty-1", fmt.Sprintf("a stranger's guess %d", i), "000000")
		return err
	}
	for i := range 1 + mostStrangers {
		go func() { answers <- stranger(i) }()
		if i == 0 {
			<-begun
		}
	}
	s.turns.waiting(0, mostStrangers)
	for i, name := range []string{"duty-1", "nobody-of-that-name"} {
		from := fmt.Sprintf("2001:db8:ff%d::/64", i)
		if _, _, err := s.SignIn(ctx, from, name, good, "000000"); !errors.Is(err, ErrBusy) {
			t.Errorf("%s, one too many: %v", name, err)
		}
		var n int
		if err := s.db.QueryRow(`SELECT count(*) FROM attempt WHERE who = ?`, keyOf(name, from)).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: who was told to come again has %d failures, %v", name, n, err)
		}
	}
	in := make(chan error)
	right := code(t, secret, c)
	go func() {
		_, _, err := s.SignIn(ctx, home, "duty-1", good, right)
		in <- err
	}()
	s.turns.waiting(1, mostStrangers)
	finish <- true
	if next := <-begun; next != good {
		t.Errorf("before the officer came %q", next)
	}
	finish <- true
	for range mostStrangers {
		<-begun
		finish <- true
	}
	if err := <-in; err != nil {
		t.Errorf("the officer: %v", err)
	}
	for range 1 + mostStrangers {
		if err := <-answers; !errors.Is(err, ErrWrong) {
			t.Errorf("a stranger who waited: %v", err)
		}
	}
	s.turns.waiting(0, 0)
	if s.turns.free != 1 || s.turns.inKnown != 0 || s.turns.inOthers != 0 {
		t.Errorf("afterwards %d are free, %d and %d in", s.turns.free, s.turns.inKnown, s.turns.inOthers)
	}
}

// TestGoneWhileWaiting: whoever goes gives the place back, waiting or not, and it is
// given back once.
func TestGoneWhileWaiting(t *testing.T) {
	q := &turns{free: 1}
	first, err := q.enter(false)
	if err != nil || first.wait(context.Background()) != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for i := range 3 * mostStrangers {
		x, err := q.enter(false)
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		if err := x.wait(ctx); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		x.leave()
		x.leave()
	}
	q.waiting(0, 0)
	for i := range 1 + mostKnown {
		if _, err := q.enter(true); (err != nil) != (i == mostKnown) {
			t.Errorf("known %d: %v", i, err)
		}
	}
	first.leave()
	first.leave()
	if q.free != 1 || q.inOthers != 0 {
		t.Errorf("%d are free, %d strangers in", q.free, q.inOthers)
	}
}

// TestHalfOfTheProcessors: hashing leaves some for pages.
func TestHalfOfTheProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for processors, want := range map[int]int{1: 1, 2: 1, 8: 4} {
		runtime.GOMAXPROCS(processors)
		if got := newTurns().free; got != want {
			t.Errorf("%d processors: %d at once, want %d", processors, got, want)
		}
	}
}

// TestForgetByIndex: an attempt does not read all others.
func TestForgetByIndex(t *testing.T) {
	s, _ := opened(t)
	var id, parent, unused int
	var plan string
	if err := s.db.QueryRow(`EXPLAIN QUERY PLAN `+forgetOld, 0, 0).Scan(&id, &parent, &unused, &plan); err != nil || !strings.Contains(plan, "attempt_at") {
		t.Errorf("%q, %v", plan, err)
	}
}
