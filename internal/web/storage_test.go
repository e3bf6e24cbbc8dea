package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/people"
)

// seen is what a monitor types into the form of an observation.
func seen(hour int) url.Values {
	return url.Values{"act": {"explosion"}, "from": {fmt.Sprintf("2025-08-20T%02d:05", hour)}, "to": {fmt.Sprintf("2025-08-20T%02d:10", hour)}, "where": {"wedge"}, "lat": {"48.0119"}, "lon": {"37.8229"},
		"bearing-from": {"350"}, "bearing-to": {"010"}, "distance-from": {"2"}, "distance-to": {"5"}, "means": {"heard"}, "because": {"heard at the post"}}
}

// stored checks what a room does while nothing can be stored, and after: whoever
// writes is told 503 and why; everybody reads; nothing is lost; and it continues by
// itself.
func stored(t *testing.T, l *lab, fill, free func(), reason string) {
	t.Helper()
	monitor, _ := l.signIn(people.Account{Name: "monitor-1", Role: "monitor"})
	post := func(hour int) (int, string, http.Header) {
		return l.form("/observe", seen(hour), monitor)
	}
	if code, text, _ := post(1); code != http.StatusSeeOther {
		t.Fatalf("before: %d\n%s", code, text)
	}
	l.settle()
	before := l.size()
	fill()
	for hour := range 3 {
		code, text, head := post(2 + hour)
		if code != http.StatusServiceUnavailable || head.Get("Retry-After") == "" || !strings.Contains(text, reason) || strings.Contains(text, l.dir) {
			t.Errorf("form %d while nothing can be stored: %d, %q, want the reason %q\n%s", hour, code, head.Get("Retry-After"), reason, text)
		}
	}
	body := l.body("observation", json.RawMessage(`{}`), nil)
	if code, text, _ := l.ask(http.MethodPost, "/api/submissions", body); code != http.StatusServiceUnavailable && code != http.StatusUnprocessableEntity {
		t.Errorf("a submission: %d\n%s", code, text)
	}
	for _, path := range []string{"/", "/incidents", "/agreement", "/record", "/reports", "/api/picture", "/checkpoint"} {
		for who, cookies := range map[string][]*http.Cookie{"anybody": nil, "a monitor": {monitor}} {
			if code, text := l.get(path, cookies...); code != http.StatusOK {
				t.Errorf("%s, read by %s while nothing can be stored: %d\n%s", path, who, code, text)
			}
		}
	}
	if l.size() != before {
		t.Errorf("%d entries, want %d", l.size(), before)
	}
	free()
	for begin := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		code, text, _ := post(10)
		if code == http.StatusSeeOther {
			break
		}
		if code != http.StatusServiceUnavailable || time.Since(begin) > time.Minute {
			t.Fatalf("it does not continue: %d\n%s", code, text)
		}
	}
	l.settle()
	if l.size() != before+1 {
		t.Errorf("%d entries after it, want %d", l.size(), before+1)
	}
	if _, err := l.verified(); err != nil {
		t.Errorf("it does not verify: %v", err)
	}
}

// TestStorageFails: the tree's lock cannot be opened, as where the disk became
// read-only.
func TestStorageFails(t *testing.T) {
	t.Parallel()
	l := newLab(t, airFirst, time.Now)
	name := filepath.Join(l.m.Record(), ".state", "treeState.lock")
	stored(t, l, func() {
		if err := errors.Join(os.Remove(name), os.Mkdir(name, 0o755)); err != nil {
			t.Fatal(err)
		}
	}, func() {
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}, "could not write to its disk")
}

// TestIsStorage: which errors are 503.
func TestIsStorage(t *testing.T) {
	for err, want := range map[error]bool{
		fmt.Errorf("x: %w", &os.PathError{Op: "write", Path: "f", Err: syscall.ENOSPC}): true,
		syscall.EROFS:    true,
		syscall.EACCES:   false,
		context.Canceled: false,
		errBad:           false,
	} {
		if isStorage(err) != want {
			t.Errorf("%v: %v", err, !want)
		}
	}
}
