// Package agenda answers: how does what falls due get into somebody's own calendar? It writes
// iCalendar (RFC 5545).
package agenda

import (
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/opentruce/truce"
)

// A Calendar is what is written, and in whose words.
type Calendar struct {
	Name  string // of the mission
	Mark  string // said before each entry, such as that the terms are rehearsed; empty: nothing
	Zone  string // the IANA name of the agreement's time zone
	Stamp truce.Instant
	Home  string // the address of the room; empty: entries have no address
	Say   func(truce.Reason) string
	Due   []truce.Due
}

// File is the calendar as an .ics file. The same entries at the same stamp are the same bytes. An
// entry has no length: it is a moment. Its UID is made of what it is, so that a later file moves or
// renews it and does not double it.
func (c *Calendar) File() string {
	out := ics.NewCalendarFor("Truce")
	out.SetMethod(ics.MethodPublish)
	out.SetName(c.Mark + c.Name)
	out.SetXWRCalName(c.Mark + c.Name)
	out.SetXWRTimezone(c.Zone)
	at := func(t truce.Instant) time.Time { return t.Time().UTC() }
	seen := map[string]int{}
	for _, d := range c.Due {
		key := strings.Join([]string{string(d.Kind), d.Phase, string(d.Article), d.Reading, d.Of.Hex()}, "\x00")
		n := seen[key]
		seen[key]++
		for range n { // several steps of one duty, in order
			key += "\x00"
		}
		e := out.AddEvent(truce.DigestOf("due", c.Name, key).Hex()[:32] + "@truce")
		e.SetDtStampTime(at(c.Stamp))
		e.SetStartAt(at(d.At))
		e.SetTimeTransparency(ics.TransparencyTransparent)
		what := c.Say(d.What)
		if d.Article != "" {
			what = string(d.Article) + ": " + what
		}
		e.SetSummary(c.Mark + what)
		if c.Home != "" && !d.Of.IsZero() {
			e.SetURL(c.Home + "/incidents/" + d.Of.Hex())
		} else if c.Home != "" {
			e.SetURL(c.Home + "/calendar")
		}
	}
	return out.Serialize()
}
