package people

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
)

// ErrBusy means that too many passwords wait to be checked. It is returned at once, and
// nothing is counted as a failure.
var ErrBusy = errors.New("too many people are signing in: try again in a minute, or use a passkey")

// How many may wait for a hash. A hash takes 64 MiB and a good part of a second.
const (
	mostKnown     = 64 // from addresses that signed in to that name before, or with an invitation
	mostStrangers = 8
)

// turns bounds how many passwords are hashed at once and how many wait. Whoever signed in
// to that name from that address before goes before strangers, so that a flood of
// guesses does not keep staff out.
type turns struct {
	mu        sync.Mutex
	free      int
	known     []*turn // that wait, the first to come first
	strangers []*turn
	inKnown   int // that came and have not left or begun
	inOthers  int
}

// A turn is a place in the queue.
type turn struct {
	of    *turns
	known bool
	begin chan struct{} // closed when it may hash
	state turnState
}

type turnState int

const (
	waits turnState = iota
	runs
	left
)

// newTurns leaves half of the processors for pages.
func newTurns() *turns { return &turns{free: max(1, runtime.GOMAXPROCS(0)/2)} }

// enter takes a place in the queue, or says at once that there is none. Whoever enters
// leaves.
func (q *turns) enter(known bool) (*turn, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	in, most := &q.inOthers, mostStrangers
	if known {
		in, most = &q.inKnown, mostKnown
	}
	if *in >= most {
		return nil, ErrBusy
	}
	*in++
	return &turn{of: q, known: known, begin: make(chan struct{})}, nil
}

// wait returns when the turn has come, or when whoever waits has gone.
func (t *turn) wait(ctx context.Context) error {
	q := t.of
	q.mu.Lock()
	if t.known {
		q.known = append(q.known, t)
	} else {
		q.strangers = append(q.strangers, t)
	}
	q.next()
	q.mu.Unlock()
	select {
	case <-t.begin:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// leave gives the place back, and lets the next begin.
func (t *turn) leave() {
	q := t.of
	q.mu.Lock()
	defer q.mu.Unlock()
	switch t.state {
	case left:
		return
	case runs:
		q.free++
	default:
		q.count(t)
		gone := func(x *turn) bool { return x == t }
		q.known, q.strangers = slices.DeleteFunc(q.known, gone), slices.DeleteFunc(q.strangers, gone)
	}
	t.state = left
	q.next()
}

// count takes a turn out of those that have not begun.
func (q *turns) count(t *turn) {
	if t.known {
		q.inKnown--
	} else {
		q.inOthers--
	}
}

// next lets those begin whose turn it is. q.mu is locked.
func (q *turns) next() {
	for q.free > 0 {
		list := &q.known
		if len(*list) == 0 {
			list = &q.strangers
		}
		if len(*list) == 0 {
			return
		}
		t := (*list)[0]
		*list = (*list)[1:]
		q.count(t)
		q.free--
		t.state = runs
		close(t.begin)
	}
}
