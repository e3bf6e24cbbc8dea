package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/courier"
	"github.com/opentruce/truce/internal/ledger"
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
		if err := h.server.raise(ctx); err != nil {
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
		if err := h.server.raise(ctx); err != nil {
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
