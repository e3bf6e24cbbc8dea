package monitor

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Quota bounds what one key submits from elsewhere: so many submissions and bytes
// at once, and so many a second from then on. The zero value bounds nothing.
type Quota struct {
	Submissions, Bytes           int // at once
	SubmissionsAfter, BytesAfter int // a second
}

// DefaultQuota is the quota of a room that names none. A team that comes back into
// reach hands in a day's reports at once; nobody hands in that many every minute.
var DefaultQuota = Quota{Submissions: 4_000, SubmissionsAfter: 2, Bytes: 128 << 20, BytesAfter: 64 << 10}

// quotas are what is left of the quota of each key. There are as many as there are
// keys in the record.
type quotas struct {
	Quota
	mu sync.Mutex
	by map[string]*quota
}

type quota struct{ count, bytes *rate.Limiter }

// take notes one submission of so many bytes, and refuses it if that is too many.
func (q *quotas) take(key string, bytes int) error {
	if q.Quota == (Quota{}) {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.by == nil {
		q.by = map[string]*quota{}
	}
	x := q.by[key]
	if x == nil {
		x = &quota{rate.NewLimiter(rate.Limit(q.SubmissionsAfter), q.Submissions), rate.NewLimiter(rate.Limit(q.BytesAfter), q.Bytes)}
		q.by[key] = x
	}
	now := time.Now()
	one := x.count.ReserveN(now, 1)
	if one.OK() && one.DelayFrom(now) == 0 && x.bytes.AllowN(now, bytes) {
		return nil
	}
	one.CancelAt(now) // what is refused takes nothing
	return fmt.Errorf("this key has submitted %d entries or %d MB within a short time; it can continue at %d entries and %d kB a second", q.Submissions, q.Bytes>>20, q.SubmissionsAfter, q.BytesAfter>>10)
}
