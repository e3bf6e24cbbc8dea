package correlate

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
)

// caught is what f panicked with; nil: nothing.
func caught(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

func fails(err error) { panic(err) }

// TestParallelPanics: a panic in one goroutine arrives in the caller's, with
// its value and with the stack of where it was, and ends nothing else.
func TestParallelPanics(t *testing.T) {
	odd := errors.New("an odd entry")
	for _, workers := range []int{1, 2, 7} {
		var calls atomic.Int64
		v := caught(func() {
			Parallel(100_000, workers, nil, func(i int) {
				calls.Add(1)
				if i == 1000 {
					fails(odd)
				}
			})
		})
		p, ok := v.(*Panic)
		if !ok {
			t.Fatalf("%d workers: panicked with %T %v, want *Panic", workers, v, v)
		}
		if p.Value != odd || !errors.Is(p, odd) {
			t.Errorf("%d workers: the value is %v, want %v", workers, p.Value, odd)
		}
		if !strings.Contains(p.Error(), "an odd entry") || !strings.Contains(p.Error(), "correlate.fails") {
			t.Errorf("%d workers: the text names neither what nor where: %s", workers, p)
		}
		if workers == 1 && calls.Load() != 1001 {
			t.Errorf("%d calls after the panic", calls.Load()-1001)
		}
	}
	if v := caught(func() { // one inside another: the inner stack is kept
		Parallel(10, 2, nil, func(int) { Parallel(10, 2, nil, func(i int) { fails(odd) }) })
	}); !errors.Is(v.(*Panic), odd) || v.(*Panic).Value != odd {
		t.Errorf("nested: %v", v)
	}
	if v := caught(func() { Parallel(1000, 2, func(int, int) { panic("told") }, func(int) {}) }); v.(*Panic).Value != "told" {
		t.Errorf("tell: %v", v)
	}
	var all atomic.Int64
	if v := caught(func() { Parallel(1000, 3, nil, func(int) { all.Add(1) }) }); v != nil || all.Load() != 1000 {
		t.Errorf("without a panic: %v after %d calls", v, all.Load())
	}
}
