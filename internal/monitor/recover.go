package monitor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opentruce/truce/internal/ledger"
)

// ErrUnavailable says that nothing can be written for now, such as on a full disk. The
// room goes on being read, and continues by itself. Nothing was written.
var ErrUnavailable = errors.New("nothing can be recorded at the moment")

// retry is how often a record that could not be written is tried again; tests make it
// shorter.
var retry = time.Second

// writable is the open record, or why there is none for now.
func (r *Room) writable() (*ledger.Log, error) {
	l := r.log.Load()
	if l == nil {
		return nil, ErrReadOnly
	}
	if why := r.broken.Load(); why != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, *why)
	}
	return l, nil
}

// closedMeanwhile says of an error, after which the record turned out to be closed, that
// it is one of the record and not of what was said.
func (r *Room) closedMeanwhile(err error) error {
	why := r.broken.Load()
	if err == nil || why == nil || errors.Is(err, ledger.ErrReopen) || errors.Is(err, ledger.ErrRefused) || errors.Is(err, ledger.ErrMayNot) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, *why)
}

// broke handles the result of an attempt to write. After ErrReopen the record is closed
// and opened again, as often as it takes: whoever comes meanwhile is told why.
func (r *Room) broke(of *ledger.Log, err error) {
	if !errors.Is(err, ledger.ErrReopen) || of != r.log.Load() || !r.broken.CompareAndSwap(nil, &err) {
		return
	}
	r.cfg.Log.Error("the record cannot be written; Truce tries again every second", "err", err)
	r.recovering.Go(func() { r.recover(of) })
}

// recover opens the record again once it can be written. What was acknowledged is in
// it; opening finds out what else came through.
func (r *Room) recover(old *ledger.Log) {
	_ = old.Close(context.Background()) // it has failed: there is nothing to wait for
	for {
		select {
		case <-time.After(retry):
		case <-r.ended:
			return
		}
		l, err := r.cfg.Mission.Open()
		if err != nil {
			r.broken.Store(&err)
			continue
		}
		r.log.Store(l)
		r.broken.Store(nil)
		r.cfg.Log.Info("the record can be written again", "entries", l.Size())
		select {
		case r.wake <- struct{}{}:
		default:
		}
		return
	}
}
