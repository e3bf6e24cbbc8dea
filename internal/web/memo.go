package web

import (
	"sync"

	"github.com/opentruce/truce/internal/situation"
)

// memo keeps what was derived from a situation for a page, for as long as that
// situation is among the last that were asked for. A situation does not change, so
// neither does what follows from it.
type memo struct {
	mu   sync.Mutex
	last []*kept // the latest used last
}

type kept struct {
	of  *situation.Situation
	by  map[string]func() any
	mus sync.Mutex
}

const mostKept = 8

// recall returns build's value for a key, made once for each situation.
func recall[T any](m *memo, s *situation.Situation, key string, build func() T) T {
	m.mu.Lock()
	var k *kept
	for i, x := range m.last {
		if x.of == s {
			k = x
			m.last = append(append(m.last[:i:i], m.last[i+1:]...), k)
			break
		}
	}
	if k == nil {
		k = &kept{of: s, by: map[string]func() any{}}
		if m.last = append(m.last, k); len(m.last) > mostKept {
			m.last = m.last[1:]
		}
	}
	m.mu.Unlock()
	k.mus.Lock()
	f := k.by[key]
	if f == nil {
		f = sync.OnceValue(func() any { return build() })
		k.by[key] = f
	}
	k.mus.Unlock()
	return f().(T)
}
