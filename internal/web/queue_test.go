package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/people"
)

// slowQueue is a queue with one place in each lane, over a clock that the test turns.
func slowQueue() (q *queue, forward func(time.Duration)) {
	q = newQueue()
	q.lanes[0].free, q.lanes[1].free = 1, 1
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	q.now = func() time.Time { return now }
	q.pause = func(_ time.Duration, f func()) { go f() } // no rest
	return q, func(d time.Duration) {
		q.mu.Lock()
		defer q.mu.Unlock()
		now = now.Add(d)
	}
}

func stranger(n int) payer {
	return payer{name: fmt.Sprint("address ", n), refill: strangerRefill, most: strangerMost}
}

// waits begins to wait in a lane, and returns when the queue has it.
func waits(t *testing.T, q *queue, ctx context.Context, p payer, expensive bool, got func(leave func(), err error)) *sync.WaitGroup {
	t.Helper()
	count := func() int {
		q.mu.Lock()
		defer q.mu.Unlock()
		return len(q.lanes[0].waiting) + len(q.lanes[1].waiting)
	}
	was := count()
	var wg sync.WaitGroup
	wg.Go(func() { got(q.enter(ctx, p, expensive)) })
	for begin := time.Now(); count() == was; time.Sleep(100 * time.Microsecond) {
		if time.Since(begin) > time.Minute {
			t.Fatal("it does not wait")
		}
	}
	return &wg
}

// enters goes in, and must not have to wait.
func enters(t *testing.T, q *queue, p payer, expensive bool) (leave func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	leave, err := q.enter(ctx, p, expensive)
	if err != nil {
		t.Fatal(err)
	}
	return leave
}

// owe makes a payer owe something.
func owe(t *testing.T, q *queue, forward func(time.Duration), p payer, d time.Duration) {
	t.Helper()
	leave := enters(t, q, p, false)
	forward(d)
	leave()
}

// TestQueueOrder: whoever owes the least goes first, of those who owe the same the one
// who came first; and heavy work does not hold up light work.
func TestQueueOrder(t *testing.T) {
	q, forward := slowQueue()
	owe(t, q, forward, stranger(1), 90*time.Millisecond)
	owe(t, q, forward, stranger(2), 30*time.Millisecond)
	in := enters(t, q, stranger(9), false)
	var mu sync.Mutex
	var order []string
	var all []*sync.WaitGroup
	for _, p := range []payer{stranger(1), stranger(3), stranger(2), {}, stranger(4)} {
		all = append(all, waits(t, q, t.Context(), p, false, func(leave func(), err error) {
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			order = append(order, p.name)
			mu.Unlock()
			leave()
		}))
	}
	enters(t, q, stranger(5), true)() // the other lane is free
	in()
	for _, wg := range all {
		wg.Wait()
	}
	if want := []string{"address 3", "", "address 4", "address 2", "address 1"}; !slices.Equal(order, want) {
		t.Errorf("%q, want %q", order, want)
	}
}

// TestQueueDebt: what was computed is owed, and paid off with time; who owes more than a
// tenth of a second is in the lane of heavy work, and who owes too much is refused.
func TestQueueDebt(t *testing.T) {
	q, forward := slowQueue()
	p := stranger(1)
	lane := func() int {
		t.Helper()
		leave := enters(t, q, p, false)
		defer leave()
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.lanes[0].free == 0 {
			return 0
		}
		return 1
	}
	// A tenth of the time that passes is paid off, also while something is computed.
	for _, tt := range []struct {
		computed, later time.Duration
		lane            int
	}{
		{99 * time.Millisecond, 0, 0},
		{2 * time.Millisecond, 0, 1},    // 99 - 0.2 + 2 = 100.8 ms are owed
		{0, 10 * time.Millisecond, 0},   // 99.8
		{900 * time.Millisecond, 0, 1},  // 99.8 - 90 + 900 = 909.8
		{0, 8 * time.Second, 1},         // 109.8
		{0, time.Second, 0},             // 9.8
		{0, time.Hour, 0},               // and nothing is saved up
		{100 * time.Millisecond, 0, 1},  // exactly a tenth of a second
		{0, time.Millisecond, 0},        // 99.9
		{2 * time.Second, time.Hour, 0}, // paid off long ago
		{2990 * time.Millisecond, 0, 1}, // a little less than may be owed
	} {
		owe(t, q, forward, p, tt.computed)
		forward(tt.later)
		if got := lane(); got != tt.lane {
			t.Errorf("%v computed, %v later: lane %d, want %d", tt.computed, tt.later, got, tt.lane)
		}
	}
	owe(t, q, forward, p, 12*time.Millisecond) // 2990 - 1.2 + 12
	if _, err := q.enter(t.Context(), p, false); !errors.Is(err, errTooMany) {
		t.Errorf("who owes 3 s: %v", err)
	}
	enters(t, q, stranger(2), false)() // another is not refused
	owe(t, q, forward, payer{}, time.Hour)
	if d, ok := q.debts[""]; ok {
		t.Errorf("what all are shown is charged: %v", d)
	}
	enters(t, q, stranger(3), false)()
	if len(q.debts) != 1 {
		t.Errorf("%d debts are kept, and all but the last were paid off", len(q.debts))
	}
}

// TestQueueRests: heavy work has half of its processor: it rests as long as it took.
func TestQueueRests(t *testing.T) {
	q, forward := slowQueue()
	var rest time.Duration
	var over func()
	q.pause = func(d time.Duration, f func()) { rest, over = d, f }
	leave := enters(t, q, stranger(1), true)
	forward(70 * time.Millisecond)
	leave()
	leave() // twice is once
	if rest != 70*time.Millisecond {
		t.Errorf("it rests %v", rest)
	}
	done := make(chan struct{})
	wg := waits(t, q, t.Context(), stranger(2), true, func(leave func(), err error) { close(done) })
	select {
	case <-done:
		t.Error("it does not rest")
	default:
	}
	over()
	wg.Wait()
	if q.lanes[1].free != 0 {
		t.Errorf("%d places", q.lanes[1].free)
	}
}

// TestQueueGone: whoever goes away while they wait leaves their turn to the next.
func TestQueueGone(t *testing.T) {
	q, _ := slowQueue()
	in := enters(t, q, stranger(1), false)
	ctx, cancel := context.WithCancel(t.Context())
	gone := waits(t, q, ctx, stranger(2), false, func(_ func(), err error) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
	cancel()
	gone.Wait()
	if n := len(q.lanes[0].waiting); n != 0 {
		t.Errorf("%d wait", n)
	}
	in()
	if q.lanes[0].free != 1 {
		t.Errorf("%d places are free, want 1", q.lanes[0].free)
	}
}

// TestQueueFull: of more than may wait, whoever owes the most is refused, and of those
// who owe the same, who came last.
func TestQueueFull(t *testing.T) {
	q, forward := slowQueue()
	owe(t, q, forward, stranger(1), 50*time.Millisecond)
	in := enters(t, q, stranger(0), false)
	var mu sync.Mutex
	refused := map[string]int{}
	var all []*sync.WaitGroup
	wait := func(p payer) {
		all = append(all, waits(t, q, t.Context(), p, false, func(leave func(), err error) {
			if err != nil {
				mu.Lock()
				refused[p.name]++
				mu.Unlock()
				return
			}
			leave()
		}))
	}
	for i := range mostTurns - 1 {
		wait(stranger(1000 + i))
	}
	wait(stranger(1))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	entered := make(chan error, 1)
	go func() { // takes the place of who owes more
		leave, err := q.enter(ctx, stranger(2), false)
		if err == nil {
			leave()
		}
		entered <- err
	}()
	all[len(all)-1].Wait()
	if _, err := q.enter(ctx, stranger(3), false); !errors.Is(err, errTooMany) { // owes as much as all, and came last
		t.Errorf("the last: %v", err)
	}
	in()
	for _, wg := range all {
		wg.Wait()
	}
	if err := <-entered; err != nil {
		t.Errorf("who owes less: %v", err)
	}
	if len(refused) != 1 || refused["address 1"] != 1 {
		t.Errorf("refused: %v", refused)
	}
}

// TestKnownPart: periods are cut to the days of which something can be known.
func TestKnownPart(t *testing.T) {
	t.Parallel()
	l := newLab(t, airFirst, time.Now)
	monitor, _ := l.signIn(people.Account{Name: "monitor-1", Role: "monitor"})
	if code, text, _ := l.form("/observe", seen(5), monitor); code != http.StatusSeeOther {
		t.Fatal(code, text)
	}
	l.settle()
	state, _ := l.room.State()
	sit := state.Situations[truce.ForMission]
	loc := sit.Agreement.Location
	moment := func(s string) truce.Instant {
		at, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
		if err != nil {
			t.Fatal(err)
		}
		return truce.InstantOf(at)
	}
	v := sit.Extent()
	if !v.Valid() {
		t.Fatal("nothing is known")
	}
	first, now := truce.DateOf(v.Start, loc).Start(loc), moment("2030-06-15 13:45")
	today := moment("2030-06-16 00:00")
	for _, tt := range []struct{ asked, want truce.Interval }{
		{truce.Interval{Start: moment("1900-01-01 00:00"), End: moment("2100-12-31 00:00")}, truce.Interval{Start: first, End: today}},
		{truce.Interval{Start: truce.Always, End: truce.Never}, truce.Interval{Start: first, End: today}},
		{truce.Interval{Start: first.Add(time.Hour), End: first.Add(3 * time.Hour)}, truce.Interval{Start: first.Add(time.Hour), End: first.Add(3 * time.Hour)}},
		{truce.Interval{Start: moment("1900-01-01 00:00"), End: moment("1901-01-01 00:00")}, truce.Interval{Start: moment("1900-01-01 00:00"), End: moment("1901-01-01 00:00")}},
		{truce.Interval{Start: moment("2030-06-15 20:00"), End: truce.Never}, truce.Interval{Start: moment("2030-06-15 20:00"), End: today}},
	} {
		if got := shown(&address{Period: tt.asked}, state.Agreement, state.Reader(truce.ForMission).Times(), now); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.asked, got, tt.want)
		}
	}
}

// TestWidePeriods: whatever period is asked for, the answer has a bounded size, and
// addresses that ask for the same in other words are one page.
func TestWidePeriods(t *testing.T) {
	h := theHouse(t)
	_, page, _ := h.get(t, Anybody, "/")
	for _, query := range []string{"from=1900-01-01&to=2100-12-31", "from=0001-01-02", "to=9998-12-31", "from=1500-01-01&to=1600-01-01", "from=2090-01-01&to=9999-01-01"} {
		for _, path := range []string{"/?", "/map/picture.svg?", "/map/agreement.geojson?", "/incidents?"} {
			code, body, _ := h.get(t, Anybody, path+query)
			if code != http.StatusOK && code != http.StatusUnprocessableEntity {
				t.Errorf("%s%s: %d", path, query, code)
			}
			if len(body) > 5*len(page)+200_000 {
				t.Errorf("%s%s: %d bytes, and the first page has %d", path, query, len(body), len(page))
			}
		}
	}
	for asked, want := range map[string]string{"": "", "x=1": "", "to=b&from=a": "from=a&to=b", "from=a&from=b&junk=%00": "from=a", "q=%26+%C3%A9&wall=1": "q=%26+%C3%A9&wall=1", "at=": ""} {
		r := httptest.NewRequest("GET", "/?"+asked, nil)
		if got := canonical(r).URL.RawQuery; got != want {
			t.Errorf("%q: %q, want %q", asked, got, want)
		}
		if r.URL.RawQuery != asked {
			t.Errorf("the request itself was changed")
		}
	}
}

// TestHeadIsGet: a page that is asked for without its body is queued, charged and shared
// as one with it; and so is one whose address is escaped in another way.
func TestHeadIsGet(t *testing.T) {
	h := theHouse(t)
	owed := func() time.Duration {
		h.server.queue.mu.Lock()
		defer h.server.queue.mu.Unlock()
		return h.server.queue.debts["address 198.51.100.77"].owes
	}
	ask := func(method, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Host, r.RemoteAddr = strings.TrimPrefix(h.http.URL, "http://"), "198.51.100.77:1"
		w := httptest.NewRecorder()
		h.server.Handler().ServeHTTP(w, r)
		return w
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for _, path := range []string{"/?q=nobody-asked-" + method, "/incidents?q=for-this-" + method, "/api/picture?of=" + method, "/nothing-" + method} {
			h.server.queue.mu.Lock()
			delete(h.server.queue.debts, "address 198.51.100.77") // what is owed is paid off with time
			h.server.queue.mu.Unlock()
			if w := ask(method, path); w.Code != http.StatusOK && w.Code != http.StatusNotFound {
				t.Errorf("%s %s: %d", method, path, w.Code)
			}
			if owed() == 0 {
				t.Errorf("%s %s is charged to nobody", method, path)
			}
		}
	}
	h.server.alikes.mu.Lock()
	h.server.alikes.pages.Purge()
	h.server.alikes.mu.Unlock()
	for _, path := range []string{"/agreement", "/%61greement", "/agree%6dent", "/agreement?", "/agreement?x=%41"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if w := ask(method, path); w.Code != http.StatusOK {
				t.Errorf("%s %s: %d", method, path, w.Code)
			}
		}
	}
	h.server.alikes.mu.Lock()
	defer h.server.alikes.mu.Unlock()
	if n := h.server.alikes.pages.Len(); n != 1 {
		t.Errorf("%d pages were made of one", n)
	}
}

// TestAsked: what pages that all strangers share read of an address is not cut from it.
func TestAsked(t *testing.T) {
	// These are read by pages for people who have signed in, by scripts and by the site.
	others := []string{"next", "v", "wait", "list", "mine", "work", "fix", "size", "state", "correct", "seen"}
	key := regexp.MustCompile(`\.Query "([a-z-]+)"|Query\(\)\.Get\("([a-z-]+)"\)|\bv\.Get\("([a-z-]+)"\)`)
	found := 0
	for _, pattern := range []string{"page/*.html", "*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range key.FindAllStringSubmatch(string(text), -1) {
				k := m[1] + m[2] + m[3]
				found++
				if !slices.Contains(asked, k) && !slices.Contains(others, k) {
					t.Errorf("%s reads %q, which is cut from the addresses of strangers", name, k)
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d places that read an address were found", found)
	}
}

// slowReader takes nothing of an answer until it is let.
type slowReader struct {
	http.ResponseWriter
	begun, read chan struct{}
	once        sync.Once
}

func (w *slowReader) Write(b []byte) (int, error) {
	w.once.Do(func() { close(w.begun) })
	<-w.read
	return w.ResponseWriter.Write(b)
}

// TestSlowReaders: those whose links are slow hold no place that others wait for.
func TestSlowReaders(t *testing.T) {
	t.Parallel()
	l := newLab(t, airFirst, time.Now)
	read := make(chan struct{})
	var wg sync.WaitGroup
	places := l.server.queue.lanes[0].free
	for i := range places + 2 {
		w := &slowReader{ResponseWriter: httptest.NewRecorder(), begun: make(chan struct{}), read: read}
		r := httptest.NewRequest("GET", "http://localhost/api/picture?x="+url.QueryEscape(fmt.Sprint(i)), nil)
		r.RemoteAddr = fmt.Sprintf("10.9.0.%d:1", i)
		wg.Go(func() { l.server.Handler().ServeHTTP(w, r) })
		<-w.begun
	}
	if code, text := l.get("/api/picture"); code != http.StatusOK || !strings.Contains(text, "picture") {
		t.Errorf("beside slow readers: %d", code)
	}
	close(read)
	wg.Wait()
}

// TestListeners: open connections are bounded by address and in all.
func TestListeners(t *testing.T) {
	var l listeners
	var leave []func()
	for range mostListening {
		f, ok := l.enter("a")
		if !ok {
			t.Fatal("an office")
		}
		leave = append(leave, f)
	}
	if _, ok := l.enter("a"); ok {
		t.Error("one too many of an address")
	}
	if f, ok := l.enter("b"); !ok {
		t.Error("another address")
	} else {
		f()
	}
	leave[0]()
	if _, ok := l.enter("a"); !ok {
		t.Error("after one has left")
	}
	for i := range mostListeners {
		l.enter(fmt.Sprint("c", i))
	}
	if _, ok := l.enter("d"); ok {
		t.Error("nothing bounds all of them together")
	}
	for _, f := range leave[1:] {
		f()
	}
	if l.by["a"] != 1 {
		t.Errorf("%d of a", l.by["a"])
	}
}
