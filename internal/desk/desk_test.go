package desk

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

func TestStore(t *testing.T) {
	now := time.UnixMilli(1_755_700_000_000)
	name := filepath.Join(t.TempDir(), "private", "desk.sqlite")
	s, err := Open(name, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	n, fresh, err := s.Add(ctx, "task", "weapon of 3f2a", "open", "duty-1", map[string]string{"what": "go there"})
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	if again, fresh, err := s.Add(ctx, "task", "weapon of 3f2a", "open", "duty-2", nil); err != nil || fresh || again != n {
		t.Errorf("the same key again: %d, %v, %v", again, fresh, err)
	}
	if _, fresh, err := s.Add(ctx, "note", "", "open", "duty-1", "a"); err != nil || !fresh {
		t.Error(fresh, err)
	}
	if _, fresh, err := s.Add(ctx, "note", "", "open", "duty-1", "a"); err != nil || !fresh {
		t.Errorf("notes without a key are one: %v, %v", fresh, err)
	}
	i, err := s.Get(ctx, "task", n)
	if err != nil || i.By != "duty-1" || !i.Made.Equal(now) {
		t.Fatalf("%+v, %v", i, err)
	}
	if err := s.Set(ctx, n, i.Version, "done", "monitor-1", "seen"); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(ctx, n, i.Version, "open", "duty-2", "no"); !errors.Is(err, ErrChanged) {
		t.Errorf("over a change that was not seen: %v", err)
	}
	if _, err := s.Get(ctx, "note", n); !errors.Is(err, ErrGone) {
		t.Errorf("of another kind: %v", err)
	}
	s.Close()
	if s, err = Open(name, time.Now); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list, err := s.List(ctx, "task", "done", 10)
	var body string
	if err != nil || len(list) != 1 || list[0].Into(&body) != nil || body != "seen" {
		t.Errorf("%v, %v", list, err)
	}
	if list, err = s.List(ctx, "note", "", 1); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}
