package truce

import (
	"slices"
	"strings"
)

// An Outcome is the answer under a provision. Undetermined carries its cause
// in parentheses.
type Outcome string

const (
	ApparentViolation Outcome = "apparent-violation"
	Violation         Outcome = "violation" // only after a person's Decision
	Uncorroborated    Outcome = "uncorroborated"
	AllegedOnly       Outcome = "alleged-only"
	NoViolation       Outcome = "no-violation"
	NoneAlleged       Outcome = "none-alleged"
	Held              Outcome = "held"
	Fulfilled         Outcome = "fulfilled"
	NotYetDue         Outcome = "not-yet-due"
	Excepted          Outcome = "excepted"
	OutOfScope        Outcome = "out-of-scope"
	ReadingsDiffer    Outcome = "readings-differ"
	AwaitingResponse  Outcome = "awaiting-response"
	// Of a duty with a deadline, or of a number that is to be reached:
	Overdue         Outcome = "overdue"           // nothing establishes that any of it was done by its deadline
	PartlyFulfilled Outcome = "partly-fulfilled"  // a part was done by then
	Disputed        Outcome = "disputed"          // one states that it was done, and another that it was not
	ConditionNotMet Outcome = "condition-not-met" // what it waits for has not been declared

	NotMonitored Outcome = "not-monitored" // an article of which the agreement says that nobody can tell

	UndeterminedPlace      Outcome = "undetermined(place)"
	UndeterminedTime       Outcome = "undetermined(time)"
	UndeterminedFact       Outcome = "undetermined(missing-fact)"
	UndeterminedConflict   Outcome = "undetermined(conflict)"
	UndeterminedNoCoverage Outcome = "undetermined(no-coverage)"
	UndeterminedWithheld   Outcome = "undetermined(withheld)"
)

// Outcomes lists all outcomes, those that ask for attention first. An article
// over a period takes the first that any of its incidents has.
var Outcomes = []Outcome{Violation, ApparentViolation, AwaitingResponse, ReadingsDiffer, Overdue, PartlyFulfilled, Disputed, Uncorroborated,
	UndeterminedConflict, UndeterminedPlace, UndeterminedTime, UndeterminedFact, UndeterminedWithheld, AllegedOnly,
	UndeterminedNoCoverage, NoneAlleged, Held, Fulfilled, NotYetDue, ConditionNotMet, Excepted, NoViolation, OutOfScope, NotMonitored}

// Attention is the place of o among what asks for attention, the lowest first: its place among
// Outcomes. That a place, a time or another fact is not known asks for it alike: which of them it
// is says nothing about how grave an incident is. What is not among Outcomes comes last.
func (o Outcome) Attention() int {
	if o == UndeterminedTime || o == UndeterminedFact {
		o = UndeterminedPlace
	}
	if i := slices.Index(Outcomes, o); i >= 0 {
		return i
	}
	return len(Outcomes)
}

// Undetermined reports whether o is undetermined, for whatever cause.
func (o Outcome) Undetermined() bool { return strings.HasPrefix(string(o), "undetermined(") }

// Counts reports whether an incident of this outcome is counted as an
// incident under the article.
func (o Outcome) Counts() bool {
	switch o {
	case Violation, ApparentViolation, AwaitingResponse, ReadingsDiffer, Uncorroborated:
		return true
	}
	return o.Undetermined()
}

// Words are the outcome as pages and reports print it.
func (o Outcome) Words() string {
	if c, ok := strings.CutPrefix(string(o), "undetermined("); ok {
		return "undetermined: " + strings.ReplaceAll(strings.TrimSuffix(c, ")"), "-", " ")
	}
	if o == Violation {
		return "decided violation"
	}
	return strings.ReplaceAll(string(o), "-", " ")
}

// ParseOutcome returns s as an outcome, or false.
func ParseOutcome(s string) (Outcome, bool) {
	for _, o := range Outcomes {
		if string(o) == s {
			return o, true
		}
	}
	return "", false
}

// A Standing is how well something is established, apart from what it means.
type Standing string

const (
	Alleged              Standing = "alleged"
	SingleSource         Standing = "single-source"
	Corroborated         Standing = "corroborated" // publishers differ, none is a party, and nothing known says that one has it from the other
	Verified             Standing = "verified"     // a person decided so
	UnverifiableStanding Standing = "unverifiable"
	Refuted              Standing = "refuted"
)

// Standings lists all standings.
var Standings = []Standing{Alleged, SingleSource, Corroborated, Verified, UnverifiableStanding, Refuted}

// A Ground is what corroboration rests on.
type Ground string

const (
	TwoOrigins    Ground = "two-origins"    // two publishers state where they have it from, and these have nothing in common
	TwoPublishers Ground = "two-publishers" // two publishers; where at least one of them has it from is not stated
	OneOrigin     Ground = "one-origin"     // several publishers that rest on the same: no corroboration
)

// Words say it to people; "" stays "".
func (g Ground) Words() string {
	switch g {
	case TwoOrigins:
		return "confirmed by independent origins"
	case TwoPublishers:
		return "reported by two publishers; where they have it from is not stated"
	case OneOrigin:
		return "several publishers, one origin"
	}
	return ""
}

// Grounds lists all, the best first.
var Grounds = []Ground{TwoOrigins, TwoPublishers, OneOrigin}

// AtLeast reports whether s meets a floor. Unverifiable and refuted meet none
// but the lowest and none at all.
func (s Standing) AtLeast(floor Standing) bool { return s.rank() >= floor.rank() }

func (s Standing) rank() int {
	switch s {
	case SingleSource, UnverifiableStanding:
		return 1
	case Corroborated:
		return 2
	case Verified:
		return 3
	case Refuted:
		return -1
	}
	return 0
}

// ParseStanding returns s as a standing, or false.
func ParseStanding(s string) (Standing, bool) {
	for _, t := range Standings {
		if string(t) == s {
			return t, true
		}
	}
	return "", false
}

// A Fact names what an assessment would need to know, by the word a scenario
// uses for it.
type Fact string

const (
	FactAct      Fact = "act"
	FactWeapon   Fact = "weapon"
	FactCalibre  Fact = "calibre"
	FactActor    Fact = "actor"
	FactSide     Fact = "side"
	FactObject   Fact = "object"
	FactPlace    Fact = "place"
	FactTime     Fact = "time"
	FactNotice   Fact = "notification"
	FactCoverage Fact = "coverage"
	FactNumber   Fact = "number" // how many are due

	// The records that return fire needs.
	FactAnswer   Fact = "answer"   // the statement of the party that acted
	FactAttack   Fact = "attack"   // an attack that came first
	FactAttacker Fact = "attacker" // who made it
)

// A Task is a missing fact as work: what would have to be established, and by
// whom it could be.
type Task struct {
	Fact Fact   `json:"fact"`
	What string `json:"what"`
	Who  string `json:"who"`
}

// An Assessment is the result of checking an incident, a tally, a period, or one
// instance of a duty against one provision. Standing, outcome and attribution are
// three separate answers and are never combined into one number.
type Assessment struct {
	Article Article `json:"article"`
	Reading string  `json:"reading,omitempty"` // whose reading of the article; empty: the article's
	// Assumed: the reading is one that whoever wrote the terms made for the party.
	Assumed  bool     `json:"reading_assumed,omitempty"`
	Party    PartyID  `json:"party,omitempty"` // the party bound, where it was assessed alone
	Of       Digest   `json:"of,omitzero"`     // the incident or tally; zero: the article over During
	During   Interval `json:"during,omitzero"`
	Outcome  Outcome  `json:"outcome"`
	Standing Standing `json:"standing,omitempty"`
	Ground   Ground   `json:"ground,omitempty"` // of Standing, where several publishers speak of it
	Missing  []Fact   `json:"missing,omitempty"`
	Reasons  []Reason `json:"reasons,omitempty"`
	Tasks    []Task   `json:"tasks,omitempty"`
	Coverage PPM      `json:"coverage,omitempty"` // with Held and its likes
	Signs    Signs    `json:"signs,omitzero"`     // of the observations that touch the article
	// Casualties are those of the observations that touch the article.
	Casualties *Casualties `json:"casualties,omitempty"`
	// Done is how much of a duty was done in time, where a number is asked for.
	Done   *Done `json:"done,omitempty"`
	DepthM int64 `json:"depth_m,omitempty"` // freeze: how far the advance reaches
	AreaM2 int64 `json:"area_m2,omitempty"` // freeze: its area
	// Claimed lists the actors that observations name, as claims. Attribution
	// is a person's finding and is "not attempted" until one is made.
	Claimed []PartyID `json:"claimed_actor,omitempty"`
}

// Done is how much was done of what a duty asks for, by Due.
type Done struct {
	Low  int64   `json:"low"`            // what evidence establishes
	High int64   `json:"high,omitempty"` // what evidence bounds it by; 0: nothing does
	Of   int64   `json:"of"`
	Due  Instant `json:"due"`
}

// Misses reports whether f is among the missing facts.
func (a *Assessment) Misses(f Fact) bool {
	for _, m := range a.Missing {
		if m == f {
			return true
		}
	}
	return false
}
