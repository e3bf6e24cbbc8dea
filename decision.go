package truce

// DecisionKind is what a person decides.
type DecisionKind string

const (
	Merge        DecisionKind = "merge"        // these observations are of one incident
	Split        DecisionKind = "split"        // these observations are not
	Confirm      DecisionKind = "confirm"      // the incident is a violation of Article
	Reject       DecisionKind = "reject"       // it is not
	Verify       DecisionKind = "verify"       // established on site or by a certified sensor
	Unverifiable DecisionKind = "unverifiable" // cannot be established
	Declare      DecisionKind = "declare"      // an event of the agreement has happened
	Extend       DecisionKind = "extend"       // a phase lasts longer
	Terminate    DecisionKind = "terminate"    // a phase ends
)

// DecisionKinds lists all kinds in the order of the documentation.
var DecisionKinds = []DecisionKind{Merge, Split, Confirm, Reject, Verify, Unverifiable, Declare, Extend, Terminate}

// A Decision is a person's act. It always says why. It names observations,
// never a computed incident, so that it survives a changed method.
type Decision struct {
	ID      Digest       `json:"id"`
	Kind    DecisionKind `json:"kind"`
	Of      []Digest     `json:"of,omitempty"`      // observations or allegations
	State   []Digest     `json:"state,omitempty"`   // the incident's observations when it was decided; empty: not recorded
	Article Article      `json:"article,omitempty"` // with Confirm and Reject
	Name    string       `json:"name,omitempty"`    // the event or phase
	From    Instant      `json:"from,omitzero"`     // effective from
	To      Instant      `json:"to,omitzero"`       // with Extend: the new end
	For     Span         `json:"for,omitzero"`      // with Extend: how much longer
	Because string       `json:"because"`
	By      string       `json:"by,omitempty"` // a role, not a name
	Seq     int64        `json:"seq"`          // order of decisions: later ones override earlier
}
