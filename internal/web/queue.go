package web

import (
	"container/heap"
	"context"
	"runtime"
	"sync"
	"time"
)

// A queue orders what has to be computed for readers, so that those who ask for much
// wait for each other and not others for them. It meters: what was computed for an
// address, or an account, is a debt that time pays off. Whoever owes little goes first;
// those who owe more, and what is known to be expensive, share a fraction of the
// processors; and those who owe too much are refused. What many are shown alike is
// computed once and charged to nobody.
type queue struct {
	now   func() time.Time
	pause func(time.Duration, func()) // time.AfterFunc

	mu    sync.Mutex
	debts map[string]debt
	swept time.Time
	lanes [2]lane // light, heavy
	turns int64
}

type debt struct {
	owes time.Duration
	at   time.Time
}

// lane is one of the two classes of work.
type lane struct {
	free    int
	waiting turns
}

// A turn is somebody who waits.
type turn struct {
	owes  time.Duration
	since int64 // arrivals are counted
	go_   chan error
	index int // in the heap; -1: not there
}

// A payer is who is charged: an address or an account. The zero payer is everybody.
type payer struct {
	name   string
	refill time.Duration // of debt that a second pays off
	most   time.Duration // that may be owed
}

const (
	light = time.Second / 10 // who owes less is served first, on every processor

	strangerRefill = 100 * time.Millisecond
	strangerMost   = 3 * time.Second
	accountRefill  = 500 * time.Millisecond
	accountMost    = 10 * time.Second

	mostTurns = 300 // that wait in a lane; of more, whoever owes the most is refused
	mostDebts = 100_000
)

func newQueue() *queue {
	q := &queue{now: time.Now, pause: func(d time.Duration, f func()) { time.AfterFunc(d, f) }, debts: map[string]debt{}}
	cpus := runtime.GOMAXPROCS(0)
	q.lanes[0].free, q.lanes[1].free = max(2, cpus), max(1, cpus/2)
	return q
}

// enter waits until something may be computed for a payer; expensive is what is known
// to be, whoever asks. leave says that it is done, and charges for it. The error is
// errTooMany or the context's.
func (q *queue) enter(ctx context.Context, p payer, expensive bool) (leave func(), err error) {
	q.mu.Lock()
	owes := q.owed(p)
	if p.name != "" && owes >= p.most {
		q.mu.Unlock()
		return nil, errTooMany
	}
	n := 0
	if expensive || owes >= light {
		n = 1
	}
	l := &q.lanes[n]
	if l.free > 0 {
		l.free--
		q.mu.Unlock()
		return q.leaving(p, n), nil
	}
	q.turns++
	t := &turn{owes: owes, since: q.turns, go_: make(chan error, 1)}
	heap.Push(&l.waiting, t)
	if len(l.waiting) > mostTurns {
		worst := l.waiting[0]
		for _, x := range l.waiting {
			if l.waiting.before(worst, x) {
				worst = x
			}
		}
		heap.Remove(&l.waiting, worst.index)
		worst.go_ <- errTooMany
	}
	q.mu.Unlock()
	select {
	case err := <-t.go_:
		if err != nil {
			return nil, err
		}
		return q.leaving(p, n), nil
	case <-ctx.Done():
		q.mu.Lock()
		defer q.mu.Unlock()
		if t.index >= 0 {
			heap.Remove(&l.waiting, t.index)
		} else if err := <-t.go_; err == nil { // it was just given the turn
			q.next(n)
		}
		return nil, ctx.Err()
	}
}

// leaving charges for the time from now to when it is called.
func (q *queue) leaving(p payer, n int) func() {
	begin := q.now()
	return sync.OnceFunc(func() {
		took := q.now().Sub(begin)
		q.mu.Lock()
		defer q.mu.Unlock()
		if p.name != "" {
			q.debts[p.name] = debt{q.owed(p) + took, q.now()}
		}
		if n == 0 {
			q.next(n)
			return
		}
		// Expensive work rests as long as it took, so that it has half of its
		// processors at most.
		q.pause(took, func() {
			q.mu.Lock()
			defer q.mu.Unlock()
			q.next(n)
		})
	})
}

// next gives a turn to who owes the least of those that wait. The caller has the lock.
func (q *queue) next(n int) {
	l := &q.lanes[n]
	if len(l.waiting) == 0 {
		l.free++
		return
	}
	t := heap.Pop(&l.waiting).(*turn)
	t.go_ <- nil
}

// owed is what a payer owes now. The caller has the lock.
func (q *queue) owed(p payer) time.Duration {
	now := q.now()
	if now.Sub(q.swept) > time.Minute || len(q.debts) > mostDebts {
		for k, d := range q.debts { // a minute pays off what a stranger may owe
			if now.Sub(d.at) > time.Minute || len(q.debts) > mostDebts {
				delete(q.debts, k)
			}
		}
		q.swept = now
	}
	d, ok := q.debts[p.name]
	if !ok || p.name == "" {
		return 0
	}
	return max(0, d.owes-time.Duration(now.Sub(d.at).Seconds()*float64(p.refill)))
}

// turns is a heap: who owes the least first, and of those who came first.
type turns []*turn

func (t turns) before(a, b *turn) bool {
	return a.owes < b.owes || a.owes == b.owes && a.since < b.since
}
func (t turns) Len() int           { return len(t) }
func (t turns) Less(i, j int) bool { return t.before(t[i], t[j]) }
func (t turns) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].index, t[j].index = i, j
}
func (t *turns) Push(x any) {
	x.(*turn).index = len(*t)
	*t = append(*t, x.(*turn))
}
func (t *turns) Pop() any {
	old := *t
	x := old[len(old)-1]
	old[len(old)-1] = nil
	*t = old[:len(old)-1]
	x.index = -1
	return x
}
