package web

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/opentruce/truce/internal/situation"
)

// TestTilesBounded: of more than 64 MiB of tiles those that were asked for last are kept.
func TestTilesBounded(t *testing.T) {
	c := newTileCache()
	made := map[string]int{}
	ask := func(key string) {
		if _, err := c.get(key, func() ([]byte, error) { made[key]++; return make([]byte, 1<<20), nil }); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 {
		ask(fmt.Sprint("tile ", i))
		ask("tile 0")
	}
	if ask("tile 1"); made["tile 0"] != 1 || made["tile 1"] != 2 || made["tile 99"] != 1 {
		t.Errorf("made tile 0 %d times, tile 1 %d times, tile 99 %d times", made["tile 0"], made["tile 1"], made["tile 99"])
	}
	size := 0
	for _, key := range c.by.Keys() {
		data, _ := c.by.Peek(key)
		size += len(data) + len(key)
	}
	if size != c.size || size > mostCached {
		t.Errorf("%d bytes are kept, counted as %d; at most %d", size, c.size, mostCached)
	}
}

// TestPagesBounded: of more than 64 MiB of pages those that were asked for last are kept;
// an error and a large page are not.
func TestPagesBounded(t *testing.T) {
	c := newPageCache()
	build := func(code, size int) func() (int, http.Header, []byte) {
		return func() (int, http.Header, []byte) { return code, http.Header{}, make([]byte, size) }
	}
	for i := range 100 {
		c.get(fmt.Sprint("page ", i), build(200, mostPage-100))
	}
	n, size := c.pages.Len(), 0
	for _, p := range c.pages.Values() {
		size += p.counted
	}
	if size != c.size || size > mostPages || size < mostPages-mostPage || c.pages.Contains("page 0") || !c.pages.Contains("page 99") {
		t.Errorf("%d pages of %d bytes are kept, counted as %d; at most %d", n, size, c.size, mostPages)
	}
	c.get("missing", build(404, 10))
	c.get("large", build(200, mostPage+1))
	if c.pages.Len() != n || c.size != size {
		t.Errorf("an error or a large page is kept: %d pages, %d bytes", c.pages.Len(), c.size)
	}
}

// TestRecalledOnce: what is derived from a situation is made once, whoever asks at the
// same time, and of the last eight situations that were asked for.
func TestRecalledOnce(t *testing.T) {
	m := newMemo()
	var made atomic.Int32
	build := func() int { return int(made.Add(1)) }
	var list []*situation.Situation
	for range mostKept + 1 {
		list = append(list, &situation.Situation{})
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { recall(m, list[0], "key", build) })
	}
	wg.Wait()
	if recall(m, list[0], "other", build); made.Load() != 2 {
		t.Errorf("made %d times, want once for each key", made.Load())
	}
	for _, s := range list[1:] {
		recall(m, s, "key", build)
	}
	if recall(m, list[0], "key", build); made.Load() != 3+mostKept {
		t.Errorf("made %d times, want %d: the first of %d situations is no longer kept", made.Load(), 3+mostKept, len(list))
	}
}
