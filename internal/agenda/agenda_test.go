package agenda_test

import (
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agenda"
)

// TestFile: a calendar is read back as RFC 5545 has it, with a moment, a text and a UID of its own
// for each entry, and a hostile text stays a text.
func TestFile(t *testing.T) {
	at := truce.InstantOf(time.Date(2026, 12, 20, 22, 0, 0, 0, time.UTC))
	c := &agenda.Calendar{Name: "Draft", Mark: "rehearsal: ", Zone: "Europe/Kyiv", Stamp: at, Home: "https://room.example", Say: truce.Reason.String, Due: []truce.Due{
		{At: at, Kind: truce.DueDeadline, Article: "4", What: truce.Because("release: %d of %d", 0, 50)},
		{At: at.Add(time.Hour), Kind: truce.DueDeadline, Article: "4", What: truce.Because("release: %d of %d", 0, 250)},
		{At: at, Kind: truce.DueEnds, Phase: "first", What: truce.Because("%s", "one\r\nEND:VEVENT\r\nBEGIN:VALARM; a, b")},
		{At: at, Kind: truce.DueClock, Article: "1", Of: truce.DigestOf("x"), What: truce.Because("the clock to reply ends")},
	}}
	text := c.File()
	if text != c.File() {
		t.Error("the same calendar is other bytes")
	}
	got, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	uids := map[string]bool{}
	for i, e := range got.Events() {
		start, err := e.GetStartAt()
		if want := c.Due[i].At.Time(); err != nil || !start.Equal(want) {
			t.Errorf("%d: %v, %v, want %v", i, start, err, want)
		}
		uids[e.Id()] = true
	}
	if len(got.Events()) != 4 || len(uids) != 4 || strings.Contains(text, "\nBEGIN:VALARM") {
		t.Errorf("%d entries, %d UIDs:\n%s", len(got.Events()), len(uids), text)
	}
	for _, want := range []string{"SUMMARY:rehearsal: 4: release: 0 of 50", "DTSTART:20261220T220000Z", "URL:https://room.example/calendar", "URL:https://room.example/incidents/" + truce.DigestOf("x").Hex()[:20]} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
