package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/courier"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
)

// TestAlerts: an alert stands on the desk with its reason until a person has seen it;
// what did not arrive is said there, and carried again.
func TestAlerts(t *testing.T) {
	h := theHouse(t)
	ctx := context.Background()
	var up atomic.Bool
	var came atomic.Int32
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !up.Load() {
			w.WriteHeader(503)
			return
		}
		came.Add(1)
	}))
	defer hook.Close()
	h.server.Courier = &courier.Config{Hooks: []courier.Hook{{URL: hook.URL, Secret: "0123456789abcdef", Private: true}}}
	defer func() { h.server.Courier = nil }()
	item := alertItem{Alert: truce.Alert{Key: "first x", Rule: "first-here", Words: "the first incident in zone x: strike <b>", At: h.room.Now()}, Sent: map[string]time.Time{}, Tries: map[string]int{}, Next: map[string]time.Time{}, Fault: map[string]string{}}
	n, _, err := h.desk.Add(ctx, "alert", item.Key, "open", "", item)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second is too soon after the first, and tries nothing
		if err := h.server.carryAll(ctx); err != nil {
			t.Fatal(err)
		}
	}
	_, body, _ := h.get(t, ledger.DutyOfficer, "/desk")
	if !strings.Contains(body, "the first incident in zone x: strike &lt;b&gt;") || !strings.Contains(body, "answered 503") {
		t.Errorf("the desk says: %.600s", said(body))
	}
	up.Store(true)
	kept, err := h.desk.Get(ctx, "alert", n)
	if err != nil || kept.Into(&item) != nil || item.Tries["hook 0"] != 1 {
		t.Fatalf("%+v, %v", item, err)
	}
	item.Next["hook 0"] = time.Time{} // ten seconds later
	if err := h.desk.Set(ctx, n, kept.Version, "open", "", item); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := h.server.carryAll(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if came.Load() != 1 {
		t.Errorf("it arrived %d times", came.Load())
	}
	if code, _, _ := h.post(t, ledger.Verification, "/alerts/"+itoa(n)+"/acknowledge", url.Values{}); code != 303 {
		t.Errorf("acknowledge: %d", code)
	}
	if _, body, _ := h.get(t, ledger.DutyOfficer, "/desk"); strings.Contains(body, "the first incident in zone x") {
		t.Error("it stands there still")
	}
	if kept, err = h.desk.Get(ctx, "alert", n); err != nil || kept.By != "verification-1" {
		t.Errorf("who has seen it: %+v, %v", kept, err)
	}
}

// TestWatch: an alert of the agreement's rules is on the desk while another's way out
// of the room hangs.
func TestWatch(t *testing.T) {
	terms := changedTerms(t, func(text string) string {
		return text + "\nalerts:\n  - {id: first-here, when: first, article: \"1\", in: [ukraine]}\n"
	})
	m, err := begin.Mission(filepath.Join(t.TempDir(), "field"), "air-first", os.DirFS(terms), begin.Flags{Origin: "test/watch"}, time.Now, mission.Silent{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	room, err := monitor.Open(ctx, monitor.Config{Mission: m, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	store, err := desk.Open(m.Private("desk.sqlite"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	hung := make(chan struct{}, 1)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		hung <- struct{}{}
		<-ctx.Done()
	}))
	s := &Server{Config: Config{Room: room, Desk: store, Log: quiet, Origin: "http://localhost",
		Courier: &courier.Config{Hooks: []courier.Hook{{URL: hook.URL, Secret: "0123456789abcdef", Private: true}}}}}
	item := alertItem{Alert: truce.Alert{Key: "before", Rule: "before", Words: "an alert of before", At: room.Now()}, Sent: map[string]time.Time{}, Tries: map[string]int{}, Next: map[string]time.Time{}, Fault: map[string]string{}}
	if _, _, err := store.Add(ctx, "alert", item.Key, "open", "", item); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { s.Watch(ctx); close(ended) }()
	defer func() {
		cancel()
		<-ended
		hook.Close()
		if err := errors.Join(store.Close(), room.Close(context.Background())); err != nil {
			t.Error(err)
		}
	}()
	<-hung
	at, err := room.Tell(ctx, func(m *intake.Writer) (int64, error) {
		intake, whose, err := m.Signer("intake")
		if err != nil {
			return 0, err
		}
		now := m.Now().UTC().Add(-time.Hour)
		_, at, err := m.State(intake, whose, "observe", "", "", "a test", now.Format("strike 2006-01-02T15:04Z/")+now.Add(time.Minute).Format("2006-01-02T15:04Z")+" 48.00N 37.8E ±200m source=mission weapon=missile")
		return at, err
	})
	if err == nil {
		err = room.Await(ctx, at)
	}
	if err != nil {
		t.Fatal(err)
	}
	for range 500 {
		list, err := store.List(ctx, "alert", "open", 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 2 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the alert waits for another's webhook")
}

// TestAcknowledgedWhileCarried: a person who acknowledges an alert while it is carried is
// not refused, and it is not carried twice for that; it is said in their language.
func TestAcknowledgedWhileCarried(t *testing.T) {
	h := theHouse(t)
	ctx := context.Background()
	var came, code atomic.Int32
	var n int64
	var err error
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		said, _ := io.ReadAll(r.Body) // alerts of other tests go this way too
		if strings.Contains(string(said), "silent y") && came.Add(1) == 1 {
			c, _, _ := h.post(t, ledger.Verification, "/alerts/"+itoa(n)+"/acknowledge", url.Values{})
			code.Store(int32(c))
		}
	}))
	defer hook.Close()
	h.server.Courier = &courier.Config{Hooks: []courier.Hook{{URL: hook.URL, Secret: "0123456789abcdef", Private: true}}}
	defer func() { h.server.Courier = nil }()
	why := truce.Because("nothing has come from %s since %s; silence is not quiet", "post 1", "1 Sep 2025 10:00 EEST")
	n, _, err = h.desk.Add(ctx, "alert", "silent y", "open", "", newAlert(truce.Alert{Key: "silent y", Rule: "silent", Words: why.String(), Why: truce.Kept(why), At: h.room.Now()}))
	if err != nil {
		t.Fatal(err)
	}
	if _, body, _ := h.get(t, ledger.DutyOfficer, "/desk?lang=uk"); !strings.Contains(body, "мовчання – не тиша") || !strings.Contains(body, "post 1") {
		t.Errorf("the desk in Ukrainian: %.900s", said(body))
	}
	for range 2 {
		if err := h.server.carryAll(ctx); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := h.desk.Get(ctx, "alert", n)
	if err != nil {
		t.Fatal(err)
	}
	if came.Load() != 1 || code.Load() != 303 || kept.State != "seen" || kept.By != "verification-1" {
		t.Errorf("it came %d times; acknowledging was answered %d; it is %s by %q", came.Load(), code.Load(), kept.State, kept.By)
	}
}
