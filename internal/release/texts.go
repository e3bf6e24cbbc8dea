package release

import (
	"slices"

	"github.com/opentruce/truce"
)

// textsForBoth are the kinds of entries whose free text goes to both parties at once.
var textsForBoth = []string{"decision", "attribution"}

// TextsForBoth reports whether the free text of a kind of entry goes to both parties
// at once.
func TextsForBoth(kind string) bool { return slices.Contains(textsForBoth, kind) }

// A Reader is who reads free text: an audience, and within the parties one of them.
// The zero value is whoever has the keys that are on this machine, as the mission.
type Reader struct {
	Audience truce.Audience
	Party    truce.PartyID
}

// Public reports whether it reads as the public does.
func (r Reader) Public() bool { return r.Audience == truce.ForPublic }

// Reads reports whether a reader may read the free text of an entry that was not
// disclosed: its kind, the party whose key signed it if any, and whether it was
// released to both parties.
func (r Reader) Reads(kind string, by truce.PartyID, released bool) bool {
	switch r.Audience {
	case truce.ForMission:
		return true
	case truce.ForParties:
		return released && TextsForBoth(kind) || r.Party != "" && by == r.Party
	}
	return false
}
