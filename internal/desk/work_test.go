package desk_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/desk"
)

// TestSeen: who comes for the first time has seen what there is; later, what they said.
func TestSeen(t *testing.T) {
	at := hour(0)
	s, err := desk.Open(filepath.Join(t.TempDir(), "desk.sqlite"), func() time.Time { return at.Time() })
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	want := func(who string, size int64, entries int64, since truce.Instant) {
		t.Helper()
		if got, from, err := s.Seen(t.Context(), who, size, at); err != nil || got != entries || from != since {
			t.Errorf("%s has seen %d since %s (%v), want %d since %s", who, got, from, err, entries, since)
		}
	}
	want("duty-1", 40, 40, hour(0))
	at = hour(1)
	want("duty-1", 50, 40, hour(0))
	want("duty-2", 50, 50, hour(1))
	at = hour(2)
	for _, who := range []string{"duty-1", "duty-3"} { // also of whom nothing was kept
		if err := s.SetSeen(t.Context(), who, 45, at); err != nil {
			t.Fatal(err)
		}
		want(who, 60, 45, hour(2))
	}
	want("duty-2", 60, 50, hour(1))
}

// TestLines: work of one kind and state, the latest first; a team that has not checked in
// for four hours is late.
func TestLines(t *testing.T) {
	at := hour(0)
	s, err := desk.Open(filepath.Join(t.TempDir(), "desk.sqlite"), func() time.Time { return at.Time() })
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i, who := range []string{"post-1", "post-2", "post-3"} {
		at = hour(i)
		if _, _, err := s.Add(t.Context(), desk.CheckIn, who, "open", who, desk.Work{Text: "back at base"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Add(t.Context(), desk.Note, "", "open", "post-1", desk.Work{Text: "a note"}); err != nil {
		t.Fatal(err)
	}
	lines, err := s.Lines(t.Context(), desk.CheckIn, "open", 10)
	if err != nil || len(lines) != 3 || lines[0].By != "post-3" || lines[2].By != "post-1" || lines[0].Text != "back at base" || lines[1].At != hour(1) {
		t.Fatalf("%+v, %v", lines, err)
	}
	if late := desk.Late(lines, hour(5)); !late["post-1"] || late["post-2"] || late["post-3"] {
		t.Errorf("late after five hours: %v", late)
	}
}

// TestAbout: what is about an observation of an incident is about the incident.
func TestAbout(t *testing.T) {
	w := newWorld(t)
	w.both(0, "b", "fire")
	w.report(0, "c", "fire", "post-1")
	s := w.at(0)
	lines := []desk.Line{{N: 1, Work: desk.Work{Of: w.ids["b2"]}}, {N: 2, Work: desk.Work{Of: w.ids["c"]}}, {N: 3, Work: desk.Work{Of: w.ids["b"]}}, {N: 4}}
	got := desk.About(s.IncidentOf(w.ids["b"]), lines)
	if len(got) != 2 || got[0].N != 1 || got[1].N != 3 {
		t.Errorf("%+v", got)
	}
}
