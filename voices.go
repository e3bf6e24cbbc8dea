package truce

import "time"

// Voices say who reports, who watches what, and who may have it from whom, as far as one
// audience is shown it.
type Voices struct {
	Sources []SourceUse  // those of the agreement, and all others of which there is something; by ID
	Pairs   []SourcePair // of which there is anything in common; by what they share, the most first
	Shared  []OriginUse  // what more than ManyRows observations rest on: each is one voice
	// Watched says that some source states whose acts it watches, and Unwatched are the
	// parties of which no source but a party's own says so.
	Watched   bool
	Unwatched []PartyID
	Unpaired  int // sources with the fewest observations, which are in no pair
	Wider     int // observations whose place is shown wider, and without what they rest on
	Unlisted  int // incidents that are not shown, and counted in nothing here
}

// ManyRows is how many observations may rest on one origin before it is named as one
// voice.
const ManyRows = 20

// A SourceUse is a source and what there is of it.
type SourceUse struct {
	Source
	Listed       bool     // the agreement has it
	Publishers   []string // whom its rows name, the most often named first; MostNamed at most
	More         int      // further ones
	Observations int      // signs among them
	Signs        int
	Allegations  int
	Totals       int
	First        Date // of what it is about; empty: there is nothing
	Last         Date
	Days         int            // observations and allegations that are dated to the day or wider
	Stated       int            // and those that state where they have it from
	Lag          *time.Duration // from the event to the report: the median of what states both, and the event to six hours; nil: nothing does
}

// Said is how many observations and allegations there are.
func (u *SourceUse) Said() int { return u.Observations + u.Allegations }

// MostNamed bounds the publishers and the origins that are named.
const MostNamed = 3

// A SourcePair is what the observations of two sources have in common. What parties say is
// not in it: it confirms nothing.
type SourcePair struct {
	A, B      SourceID
	Events    int            // incidents with observations of both
	Confirmed int            // and in how many of these an observation of one confirms one of the other
	Stated    int            // and in how many of these both state where they have it from
	Origins   int            // that rows of both rest on
	Most      []OriginUse    // the most used of them, MostNamed at most
	Texts     int            // texts that are in both
	Files     int            // and files
	Places    int            // positions, equal within 2 m, that both have on one day
	Shifts    int            // positions of one day that are shifted by the same amount north and east
	Shift     int32          // the most used amount, from A to B in 1e-7 degree
	Shifted   int            // how many have that amount
	Offset    *time.Duration // time that B gives, less that of A, of events that both know to six hours: the median
	Lag       *time.Duration // when B reported it, less when A did: the median
	May       bool           // they can confirm each other
	Why       []Reason       // in words
}

// An OriginUse is an origin and how many observations rest on it.
type OriginUse struct {
	Origin  Origin
	Rows    int
	Sources []SourceID // whose, by ID; MostNamed at most
	Of      int        // how many sources
}
