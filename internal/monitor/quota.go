package monitor

import (
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// quotas bound what each key submits from elsewhere. A team that comes back into
// reach hands in a day's reports at once; nobody hands in that many every minute.
type quotas struct {
	mu sync.Mutex
	by map[string]*quota
}

type quota struct{ count, bytes *rate.Limiter }

const (
	quotaCount, quotaBurst     = 2, 4_000            // submissions: a second, and at once
	quotaBytes, quotaByteBurst = 64 << 10, 128 << 20 // bytes: a second, and at once
)

var errQuota = errors.New("this key has submitted 4,000 entries or 128 MB within a short time; it may go on at two entries and 64 kB a second")

// take notes one submission of so many bytes, and refuses it if that is too many.
// There are as many quotas as there are keys in the record.
func (q *quotas) take(key string, bytes int) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.by == nil {
		q.by = map[string]*quota{}
	}
	x := q.by[key]
	if x == nil {
		x = &quota{rate.NewLimiter(quotaCount, quotaBurst), rate.NewLimiter(quotaBytes, quotaByteBurst)}
		q.by[key] = x
	}
	if !x.count.Allow() || !x.bytes.AllowN(time.Now(), bytes) {
		return errQuota
	}
	return nil
}
