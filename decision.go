package truce

import "slices"

// DecisionKind is what a person decides.
type DecisionKind string

const (
	Merge        DecisionKind = "merge"        // these observations are of one incident
	Split        DecisionKind = "split"        // these observations are not
	Confirm      DecisionKind = "confirm"      // the incident is a violation of Article
	Reject       DecisionKind = "reject"       // it is not
	Verify       DecisionKind = "verify"       // established on site or by a certified sensor
	Unverifiable DecisionKind = "unverifiable" // cannot be established
	Regrade      DecisionKind = "grade"        // an observation's source and information are graded so
	Independent  DecisionKind = "independent"  // these observations are not copies of others, although they look like it
	Ask          DecisionKind = "ask"          // a fact is asked for before anything else is decided
	Declare      DecisionKind = "declare"      // an event of the agreement has happened
	Extend       DecisionKind = "extend"       // a phase lasts longer
	Terminate    DecisionKind = "terminate"    // a phase ends
)

// DecisionKinds lists all kinds in the order of the documentation.
var DecisionKinds = []DecisionKind{Merge, Split, Confirm, Reject, Verify, Unverifiable, Regrade, Independent, Ask, Declare, Extend, Terminate}

// DayDecisionKinds are the kinds that can be on a finding of days.
var DayDecisionKinds = []DecisionKind{Confirm, Reject, Unverifiable}

// A Decision is a person's act. It always says why. It names observations,
// never a computed incident or finding, so that it survives a changed method.
type Decision struct {
	ID      Digest       `json:"id"`
	Kind    DecisionKind `json:"kind"`
	Of      []Digest     `json:"of,omitempty"`      // observations or allegations
	State   []Digest     `json:"state,omitempty"`   // the incident's observations when it was decided; empty: not recorded
	Article Article      `json:"article,omitempty"` // with Confirm and Reject
	// Window and Area are those of a finding of days that it is on; zero: it is on none. Of
	// and State are then what the finding rested on.
	Window  Interval `json:"window,omitzero"`
	Area    Area     `json:"area,omitzero"`
	Name    string   `json:"name,omitempty"`    // the event or phase; with Ask: the party that is asked, or empty
	Fact    Fact     `json:"fact,omitempty"`    // with Ask
	Grade   Grade    `json:"grade,omitzero"`    // with Regrade
	From    Instant  `json:"from,omitzero"`     // effective from
	To      Instant  `json:"to,omitzero"`       // with Extend: the new end
	For     Span     `json:"for,omitzero"`      // with Extend: how much longer
	Because string   `json:"because,omitempty"` // empty: sealed, and not read here
	// Although is the reason why it was decided in spite of what speaks against it:
	// the article does not bind then, says no violation, or nothing but signs was seen.
	Although string `json:"although,omitempty"`
	By       string `json:"by,omitempty"` // a role, not a name
	// Hand is whose decision it is among those of one role: the ID of the key that
	// signed it. The record has it with the signature, and not in what is signed.
	Hand string `json:"-"`
	Seq  int64  `json:"seq"` // order of decisions: later ones override earlier
}

// OnDay reports whether a decision is on a finding of days, and not on incidents or the
// agreement.
func (d *Decision) OnDay() bool { return d.Window != Interval{} || d.Area != Area{} }

// SetDay makes the decision one on a finding of days, as the finding is now.
func (d *Decision) SetDay(f *DayFinding) {
	d.Article, d.Window, d.Area = f.Article, f.Window, f.Area
	d.Of, d.State = slices.Clone(f.Named()), slices.Clone(f.Named())
}

// SameHand reports whether two decisions may be one person's: they were signed
// with one key, or nothing says that they were not.
func (d *Decision) SameHand(o *Decision) bool {
	if d.Hand == "" && o.Hand == "" {
		return d.By == o.By
	}
	return d.Hand == o.Hand
}
