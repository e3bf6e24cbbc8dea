package monitor

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/intake"
	"golang.org/x/time/rate"
)

// TestQuota: a key may submit a day's reports at once, and not without end; another
// key has a quota of its own.
func TestQuota(t *testing.T) {
	q := quotas{Quota: DefaultQuota}
	for i := range DefaultQuota.Submissions {
		if err := q.take("ua-1+00000001", 1000); err != nil {
			t.Fatalf("submission %d: %v", i, err)
		}
	}
	refused := false
	for range 100 {
		refused = refused || q.take("ua-1+00000001", 1000) != nil
	}
	if !refused {
		t.Errorf("%d submissions at once were accepted", DefaultQuota.Submissions+100)
	}
	if err := q.take("ru-1+00000002", 1000); err != nil {
		t.Errorf("another key: %v", err)
	}
	if err := q.take("ru-1+00000002", DefaultQuota.Bytes); err == nil {
		t.Error("128 MB and a little more were accepted at once")
	}
	// What was refused for its bytes took none of the submissions.
	few := quotas{Quota: Quota{Submissions: 2, Bytes: 1000}}
	for range 3 {
		if err := few.take("ua-1", 1001); err == nil {
			t.Error("more bytes than there are were accepted")
		}
	}
	for i := range 2 {
		if err := few.take("ua-1", 100); err != nil {
			t.Errorf("submission %d: %v", i, err)
		}
	}
	// And what was refused for their number took no bytes.
	_ = few.take("ua-1", 800)
	few.by["ua-1"].count.SetBurst(3)
	few.by["ua-1"].count.SetLimit(rate.Inf)
	if err := few.take("ua-1", 800); err != nil {
		t.Errorf("the bytes of what was refused: %v", err)
	}
}

// TestGuarded: a panic while the picture is computed ends neither the room nor what
// it shows; what is said meanwhile is recorded, and shown afterwards.
func TestGuarded(t *testing.T) {
	r, _ := opened(t)
	pause = 50 * time.Millisecond
	defer func() { pause = 30 * time.Second }()
	var broken atomic.Bool
	now := r.cfg.Mission.Now
	r.reading.Lock() // nobody computes meanwhile
	r.cfg.Mission.Now = func() time.Time {
		if broken.Load() {
			panic("a clock that breaks")
		}
		return now()
	}
	r.reading.Unlock()
	if _, err := observe(r, 0); err != nil {
		t.Fatal(err)
	}
	if err := r.Settle(context.Background()); err != nil {
		t.Fatal(err)
	}
	before, _ := r.State()
	broken.Store(true)
	r.wake <- struct{}{}
	deadline := time.Now().Add(20 * time.Second)
	for {
		s, err := r.State()
		if s != before {
			t.Fatal("a picture was computed with a clock that breaks")
		}
		if err != nil {
			if !strings.Contains(err.Error(), "a clock that breaks") || !strings.Contains(err.Error(), "entries") {
				t.Errorf("the error is %v", err)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody was told")
		}
		time.Sleep(time.Millisecond)
	}
	broken.Store(false)
	at, err := r.Tell(context.Background(), func(m *intake.Writer) (int64, error) { return observeIn(m, 1) })
	if err == nil {
		err = r.Await(context.Background(), at)
	}
	if err != nil {
		t.Fatal(err)
	}
	if s, err := r.State(); err != nil || s.Size != before.Size+1 || len(s.Situations["mission"].Incidents()) != 2 {
		t.Errorf("afterwards: %v, %d entries", err, s.Size)
	}
}
