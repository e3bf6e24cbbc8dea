package truce

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/opentruce/truce/geo"
)

// A DayFinding says that at least one act under an article happened in a window of one or
// two local days, somewhere in an area, although no single incident can be named: two
// independent reports each show such an act, wherever in all that their times and places
// leave open it was. It answers for the article over a period. It is not an incident, and
// is never counted as one or added to incidents.
type DayFinding struct {
	ID       Digest   `json:"id"`
	Article  Article  `json:"article"`
	Window   Interval `json:"window"`
	Days     int      `json:"days"` // local days of the window, 1 or 2
	Area     Area     `json:"area"`
	Outcome  Outcome  `json:"outcome"`
	Standing Standing `json:"standing"`         // Corroborated or Verified; of one that was confirmed perhaps less
	Ground   Ground   `json:"ground,omitempty"` // of Corroborated
	By       int      `json:"by_publishers"`    // how many publishers the support is of
	// Support are the observations in the window and area that each show such an act,
	// sorted. Of one that was confirmed they are also those that the decision named and that
	// are still in force there.
	Support []Digest `json:"support"`
	// Confirmed is the decision that confirms it, if one does: its outcome is Violation then.
	Confirmed Digest `json:"confirmed_by,omitzero"`
	// Changed: it was confirmed when it rested on other observations than now.
	Changed bool `json:"decided_on_earlier_state,omitempty"`
	// Earlier are the decisions that rejected earlier findings of its window and area, or
	// found them unverifiable, in their order.
	Earlier []EarlierDecision `json:"earlier_decisions,omitempty"`
	// ReplyBy is until when a reply is awaited: its outcome is AwaitingResponse then.
	ReplyBy Instant `json:"reply_by,omitzero"`
	// Replied is the party that answered a report in the window and area in time for that.
	Replied PartyID `json:"replied,omitempty"`
	// Waits is a decision on it that has no effect until a second reader decides the same.
	Waits *EarlierDecision `json:"waits_for_second_reader,omitempty"`
}

// An EarlierDecision is a decision on a finding of days, and what it was.
type EarlierDecision struct {
	ID   Digest       `json:"id"`
	Kind DecisionKind `json:"kind"`
}

// MostDayNamed is how many observations a decision on a finding of days names at most: of
// a finding that rests on more, the first by ID. An entry of the record holds no more.
const MostDayNamed = 400

// Named are the observations that a decision on the finding names.
func (f *DayFinding) Named() []Digest { return f.Support[:min(len(f.Support), MostDayNamed)] }

// Names reports whether a decision is on this very finding.
func (f *DayFinding) Names(d *Decision) bool {
	return d.Article == f.Article && d.Window == f.Window && d.Area == f.Area && slices.Equal(d.Of, f.Named())
}

// An Area is somewhere in which something happened: a disc, or a district, region or zone by name.
type Area struct {
	Level   AreaLevel `json:"level"`
	Name    string    `json:"name,omitempty"` // of a district, region or zone; of a disc the settlement that most of its reports name, for people
	Centre  geo.Point `json:"centre,omitzero"`
	RadiusM int64     `json:"radius_m,omitempty"` // of a disc; it surely holds the places of the reports it was made of
}

// MostDayAreaM is how large the radius of a disc is at most.
const MostDayAreaM = 10_000

// AreaLevel is how fine an area is.
type AreaLevel string

const (
	AreaPlace    AreaLevel = "place"
	AreaDistrict AreaLevel = "district" // the second division of a country, where a package of places has it
	AreaRegion   AreaLevel = "region"   // the first
	AreaZone     AreaLevel = "zone"
)

// AreaLevels lists all, the finest first.
var AreaLevels = []AreaLevel{AreaPlace, AreaDistrict, AreaRegion, AreaZone}

// SetID makes f's ID from article, window and support.
func (f *DayFinding) SetID() {
	parts := []string{"day", string(f.Article), strconv.FormatInt(int64(f.Window.Start), 10), strconv.FormatInt(int64(f.Window.End), 10)}
	for _, id := range f.Support {
		parts = append(parts, string(id[:]))
	}
	f.ID = DigestOf(parts...)
}

// AtLeastOn is on how many days at least something happened: the largest number of
// windows of which no two overlap. It is exact: windows are taken by their ends.
func AtLeastOn(windows []Interval) (n int) {
	windows = slices.Clone(windows)
	slices.SortFunc(windows, func(a, b Interval) int {
		return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(b.Start, a.Start))
	})
	last := Always
	for _, w := range windows {
		if w.Start >= last {
			n, last = n+1, w.End
		}
	}
	return n
}
