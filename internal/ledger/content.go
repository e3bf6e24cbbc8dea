package ledger

import (
	"github.com/go-json-experiment/json/jsontext"
	"github.com/opentruce/truce"
)

// What entries contain that findings do not depend on, by kind, where no other
// type of this package says it.

// Consent is how a party signs a text or a method.
type Consent struct {
	To      string        `json:"to"`             // a digest in hexadecimal, or the name of a method
	What    string        `json:"what,omitempty"` // agreement or method
	Party   truce.PartyID `json:"party"`
	Because string        `json:"because,omitempty"`
}

// MethodStated says what findings are computed with from here on.
type MethodStated struct {
	Method  string `json:"method"`
	Because string `json:"because,omitempty"`
}

// Release opens sealed fields to all parties, in one ciphertext for all of them.
type Release struct {
	Of     []truce.Digest `json:"of"`               // submissions
	Sealed []byte         `json:"sealed,omitempty"` // age; a list of Revealed
	File   truce.Digest   `json:"file,omitzero"`    // or of a file beside the record that has it, not in base64: it does not fit an entry
	To     string         `json:"to"`
}

// Revealed are the openings of one entry.
type Revealed struct {
	Of       truce.Digest     `json:"of"`
	Openings []jsontext.Value `json:"openings"`
}

// Disclosure opens fields to everybody.
type Disclosure struct {
	Of       truce.Digest     `json:"of"`
	Openings []jsontext.Value `json:"openings,omitempty"`
	File     truce.Digest     `json:"file,omitzero"` // or of a file beside the record that has the list: it does not fit an entry
	Because  string           `json:"because,omitempty"`
}

// Forgetting says that pieces were removed from the mission's shelf.
type Forgetting struct {
	Of      truce.Digest `json:"of"`
	All     bool         `json:"all"`
	Because string       `json:"because,omitempty"`
}

// Publication says what was published.
type Publication struct {
	Title   string                  `json:"title"`
	File    string                  `json:"file"`
	SHA256  truce.Digest            `json:"sha256"`
	Entries int64                   `json:"entries"` // the record's size that it was computed from
	Known   string                  `json:"known"`   // as known at; "never": everything
	Digests map[string]truce.Digest `json:"digests"` // of the situation, to the public and to the mission
	Because string                  `json:"because"`
	Method  string                  `json:"method,omitempty"` // that it was computed with; empty: that of the record
}

// AsKnown is the moment of knowledge of what was published.
func (p *Publication) AsKnown() truce.Instant {
	var at truce.Instant
	if at.UnmarshalText([]byte(p.Known)) != nil {
		return truce.Never
	}
	return at
}

// Outage is the mission's own.
type Outage struct {
	What    string         `json:"what,omitempty"`
	During  truce.Interval `json:"during"`
	Because string         `json:"because"`
}

// revocation ends a key.
type revocation struct {
	Key     string `json:"key"` // its ID
	Because string `json:"because,omitempty"`
}

// batchContent is what the author of a batch signs.
type batchContent struct {
	Root string `json:"root"`
	Size int    `json:"size"`
}
