package truce

// An Attribution is a person's statement of who acted, apart from what
// happened and from what it means under an article. The software makes none.
type Attribution struct {
	ID         Digest   `json:"id"`
	Of         []Digest `json:"of"`                   // observations of the incident
	State      []Digest `json:"state,omitempty"`      // all of its observations when it was stated
	Actor      PartyID  `json:"actor,omitempty"`      // empty: attempted, and not possible
	Basis      string   `json:"basis,omitempty"`      // what it rests on: trajectory, fragments, claim
	Confidence string   `json:"confidence,omitempty"` // remote, unlikely, about-even, likely, highly-likely
	Because    string   `json:"because,omitempty"`
	By         string   `json:"by"` // a role, not a name
}

// Confidences are the words for how likely an attribution is held to be, from
// the least: up to 5, 45, 55, 95 and 100 per cent.
var Confidences = []string{"remote", "unlikely", "about-even", "likely", "highly-likely"}
