package progress

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"
)

// screen is a terminal that the turning mark writes to as well.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *screen) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.b.String()
	s.b.Reset()
	return text
}

func TestBar(t *testing.T) {
	var s screen
	b := &Bar{out: &s, start: time.Now()}
	b.Count("comparing", 0, 10)
	b.Done()
	if got := s.take(); got != "" {
		t.Errorf("drew %q within the first second", got)
	}

	b.start = b.start.Add(-time.Minute)
	b.Count("comparing", 0, 10)
	if got := s.take(); !strings.Contains(got, "comparing") {
		t.Errorf("a piece without steps drew %q, want a turning mark", got)
	}
	b.Count("comparing", 1, 10)
	b.Count("comparing", 2, 10)
	s.take()
	// The library draws at most ten times a second.
	for i := range 5 {
		time.Sleep(60 * time.Millisecond)
		b.Count("comparing", 3+i, 10)
	}
	if got := s.take(); !strings.Contains(got, "comparing  ") || !strings.Contains(got, "/10,") || strings.Contains(got, "(2/10") {
		t.Errorf("drew %q, want steps of ten from the third on", got)
	}
	b.Count("comparing", 10, 10)
	if got := s.take(); strings.Trim(got, " \r") != "" || b.drawn != nil {
		t.Errorf("a piece that is done left %q", got)
	}

	var none *Bar
	none.Read("reading", 1, 2)
	none.Done()
}
