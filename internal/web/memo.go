package web

import (
	"bytes"
	"math"
	"net/http"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/opentruce/truce/internal/situation"
)

// memo keeps what was derived from a situation for a page, for as long as that
// situation is among the last that were asked for. A situation does not change, so
// neither does what follows from it.
type memo struct {
	of *lru.Cache[*situation.Situation, *kept]
}

type kept struct {
	mu sync.Mutex
	by map[string]func() any
}

const mostKept = 8

func newMemo() *memo {
	of, _ := lru.New[*situation.Situation, *kept](mostKept) // fails for a size below 1 only
	return &memo{of}
}

// recall returns build's value for a key, made once for each situation.
func recall[T any](m *memo, s *situation.Situation, key string, build func() T) T {
	k, ok := m.of.Get(s)
	if !ok {
		k = &kept{by: map[string]func() any{}}
		if other, there, _ := m.of.PeekOrAdd(s, k); there { // somebody else asked meanwhile
			k = other
		}
	}
	k.mu.Lock()
	f := k.by[key]
	if f == nil {
		f = sync.OnceValue(func() any { return build() })
		k.by[key] = f
	}
	k.mu.Unlock()
	return f().(T)
}

// recallAnswer is recall for what is asked of a reader: an error is not kept.
func recallAnswer[T any](m *memo, s *situation.Situation, key string, build func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	a := recall(m, s, key, func() answer {
		value, err := build()
		return answer{value, err}
	})
	if k, ok := m.of.Peek(s); ok && a.err != nil {
		k.mu.Lock()
		delete(k.by, key)
		k.mu.Unlock()
	}
	return a.value, a.err
}

// fresh is how old a page may be that many people ask for at once, or twice what it
// took to make, so that it takes a third of one processor at most. One that is
// older is given out while it is made again, until it is stale, or older than six
// times what it took: nobody waits for it but who comes after a pause. It says
// itself as known at which moment it is.
const (
	fresh     = time.Second
	stale     = 2 * time.Second
	mostFresh = 5 * time.Second
	mostStale = 15 * time.Second
)

// age is how old a page is, and whether it is fresh, or not stale yet.
func (p *keptPage) age(now time.Time) (isFresh, usable bool) {
	old := now.Sub(p.at)
	return old <= max(fresh, min(mostFresh, 2*p.took)), old <= max(stale, min(mostStale, 6*p.took))
}

// pageCache keeps the pages that everybody gets alike, for a moment: whoever has not
// signed in, and asks for the same address in the same language, sees the same.
// What many ask for at once is made once.
type pageCache struct {
	mu    sync.Mutex
	pages *simplelru.LRU[string, *keptPage] // by address and language
	size  int                               // of all that are kept, in bytes
}

func newPageCache() *pageCache {
	c := &pageCache{}
	c.pages, _ = simplelru.NewLRU(math.MaxInt, func(_ string, p *keptPage) { c.size -= p.counted }) // bounded by size
	return c
}

type keptPage struct {
	once    sync.Once
	at      time.Time // when it was made; zero: it is being made
	renewed bool      // another is being made in its place
	counted int       // octets
	took    time.Duration
	code    int
	head    http.Header
	body    []byte
}

// mostPages bounds what is kept of all pages, mostPage of one, in bytes.
const (
	mostPages = 64 << 20
	mostPage  = 1 << 20
)

func (c *pageCache) get(key string, build func() (int, http.Header, []byte)) *keptPage {
	now := time.Now()
	c.mu.Lock()
	p, _ := c.pages.Get(key)
	made, isFresh, usable := p != nil && !p.at.IsZero(), false, false
	if made {
		isFresh, usable = p.age(now)
	}
	if made && !isFresh && usable {
		if !p.renewed {
			p.renewed = true
			go func() {
				defer func() { _ = recover() }() // whoever asks next meets it in their own request
				c.make(key, newPage(), build)
			}()
		}
		c.mu.Unlock()
		return p
	}
	if p == nil || made && !isFresh {
		c.pages.Remove(key)
		p = newPage()
		c.pages.Add(key, p)
	}
	c.mu.Unlock()
	c.make(key, p, build)
	return p
}

func newPage() *keptPage { return &keptPage{code: http.StatusInternalServerError, head: http.Header{}} }

// make makes a page once, and keeps it. An error is the asker's own, and what is
// large is asked for by few. A panic leaves neither a page nor an age.
func (c *pageCache) make(key string, p *keptPage, build func() (int, http.Header, []byte)) {
	p.once.Do(func() {
		keep, begin := false, time.Now()
		defer func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.pages.Remove(key)
			if p.at, p.took = time.Now(), time.Since(begin); keep {
				p.counted = len(p.body) + len(key)
				c.size += p.counted
				c.pages.Add(key, p)
			}
			for c.size > mostPages {
				c.pages.RemoveOldest()
			}
		}()
		p.code, p.head, p.body = build()
		keep = p.code < 400 && len(p.body) <= mostPage
	})
}

// recorder keeps an answer.
type recorder struct {
	head http.Header
	code int
	body bytes.Buffer
}

func newRecorder() *recorder { return &recorder{head: http.Header{}, code: http.StatusOK} }

func (r *recorder) Header() http.Header         { return r.head }
func (r *recorder) WriteHeader(code int)        { r.code = code }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
