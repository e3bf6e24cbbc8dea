package monitor

import (
	"context"
	"errors"
	"sync/atomic"
)

// ErrBusy says that too many wait for something that is computed one at a time.
var ErrBusy = errors.New("too many requests are waiting for this computation")

// A lane lets one computation through at a time, so that those who ask for what nobody
// has asked for before share one processor, and lets so many wait and no more.
type lane struct {
	turn    chan struct{} // holds one value while somebody is in
	waiting atomic.Int32
	most    int32
}

func newLane(most int32) *lane { return &lane{turn: make(chan struct{}, 1), most: most} }

// enter waits for the lane, and returns what leaves it. Somebody patient waits however
// many others do: what the mission itself needs is never refused.
func (l *lane) enter(ctx context.Context, patient bool) (leave func(), err error) {
	if n := l.waiting.Add(1); n > l.most && !patient {
		l.waiting.Add(-1)
		return nil, ErrBusy
	}
	defer l.waiting.Add(-1)
	select {
	case l.turn <- struct{}{}:
		return func() { <-l.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// mostWaiting is how many wait for boards of periods that somebody chose, and as many
// for earlier moments.
const mostWaiting = 12
