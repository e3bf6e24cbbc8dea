package web

import (
	"net/netip"
	"sync"
	"time"

	"github.com/opentruce/truce/internal/people"
	"golang.org/x/time/rate"
)

// limits bound how often somebody may change something: strangers by address, people
// by account. How much is computed for a reader is bounded by the queue.
type limits struct {
	mu    sync.Mutex
	by    map[string]*limit
	swept time.Time
	now   func() time.Time
}

type limit struct {
	*rate.Limiter
	seen time.Time
}

func newLimits() *limits { return &limits{by: map[string]*limit{}, now: time.Now} }

const mostLimits = 100_000

func (l *limits) allow(addr string, who *people.Account) bool {
	key, per, burst := "address "+addr, rate.Limit(20), 60
	if who != nil {
		key, per, burst = "account "+who.Name, rate.Limit(50), 200
	}
	return l.take(key, per, burst)
}

// allowSignIn bounds attempts to sign in with a password. Whoever signed in to that name
// from that address before is bounded alone, so that strangers keep nobody out: an
// account has its own lock. Strangers are bounded by address, by the wider IPv6 network
// that one customer gets, and all together, by about half of what can be hashed. An
// office of 50 that signs in within a minute, on its first day, is below each bound.
func (l *limits) allowSignIn(addr, name string, known bool) bool {
	if known {
		return l.take("sign-in known "+addr+" "+name, rate.Every(2*time.Second), 30)
	}
	if !l.take("sign-in "+addr, rate.Every(2*time.Second), 60) {
		return false
	}
	if net, err := netip.ParsePrefix(addr); err == nil && net.Addr().Is6() {
		if wide, err := net.Addr().Prefix(48); err == nil && !l.take("sign-in "+wide.String(), rate.Every(time.Second), 100) {
			return false
		}
	}
	return l.take("sign-in", 2, 120)
}

// allowPasskey bounds attempts to sign in with a passkey, which cost little and cannot
// be guessed: they must work while passwords are being guessed.
func (l *limits) allowPasskey(addr string) bool {
	return l.take("passkey "+addr, 1, 60)
}

// allowPast bounds how many earlier moments are computed for somebody.
func (l *limits) allowPast(addr string, who *people.Account) bool {
	if who != nil {
		return l.take("past "+who.Name, 2, 30)
	}
	return l.take("past at "+addr, rate.Every(2*time.Second), 15)
}

// allowCheck bounds how many files are checked for an address: a picture costs half a second.
func (l *limits) allowCheck(addr string) bool {
	return l.take("check "+addr, rate.Every(2*time.Second), 20)
}

// listeners are the connections that stay open, by address: each is a goroutine and a
// file of the server's.
type listeners struct {
	mu  sync.Mutex
	by  map[string]int
	all int
}

const (
	mostListening = 100  // from one address: an office
	mostListeners = 5000 // in all
)

// enter counts a connection in, unless there are too many.
func (l *listeners) enter(addr string) (leave func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by = map[string]int{}
	}
	if l.by[addr] >= mostListening || l.all >= mostListeners {
		return nil, false
	}
	l.by[addr]++
	l.all++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.all--
		if l.by[addr]--; l.by[addr] == 0 {
			delete(l.by, addr)
		}
	}, true
}

func (l *limits) take(key string, per rate.Limit, burst int) bool {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.swept) > time.Minute || len(l.by) > mostLimits {
		for k, x := range l.by {
			if now.Sub(x.seen) > 10*time.Minute || len(l.by) > mostLimits {
				delete(l.by, k)
			}
		}
		l.swept = now
	}
	x := l.by[key]
	if x == nil {
		x = &limit{Limiter: rate.NewLimiter(per, burst)}
		l.by[key] = x
	}
	x.seen = now
	return x.AllowN(now, 1)
}
