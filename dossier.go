package truce

import "github.com/opentruce/truce/geo"

// A Dossier is all that an audience may read of one incident. Where a place in it is
// shown wider than it is known, what would tell the place is left out: the scores of its
// pairs, reasons, and what is near.
type Dossier struct {
	Incident     *Incident      // its observations as the audience is shown them
	Said         []Described    // the same, in words
	Dependence   []Reason       // which publishers' reports confirm each other, and why the others do not
	Pairs        []PairScore    // why they are taken as one; of the first 32 alone
	Proposed     []Proposal     // with what it may be the same, the best three of each observation
	Bundle       *Bundle        // nil: of none
	Under        []UnderArticle // in the order of the agreement
	Near         []Row          // MostNear at most
	NearTallies  []*Tally
	Responses    []*Response // in the order in which they became known
	Attributions []*Attribution
	Decisions    []Decided
	History      []HistoryStep // of knowledge
}

// A DayDossier is all that an audience may read of one finding of days.
type DayDossier struct {
	DayRow
	Provision  *Provision
	Reports    []DayReport // that it rests on
	Dependence []Reason    // which publishers' reports confirm each other, and why the others do not
	Clocks     []Clock     // also those that ran out
	Decisions  []Decided   // on it, and on earlier findings of its window and area
}

// A DayReport is a report that a finding of days rests on.
type DayReport struct {
	Described
	Incident Digest   // that it is of
	Why      []Reason // it shows an act under the article in the window and area
}

// A Proposal is a pair of observations of two incidents that may be the same. A is of the
// incident that was asked about.
type Proposal struct {
	PairScore
	Other Digest // the incident of B
	Why   Reason // they are not joined
}

// A Bundle is reports of one day from one place, each of which fits so many others that none
// is joined. How many acts they tell of cannot be said.
type Bundle struct {
	Day     Date // local, on which they begin
	Reports int
	Centre  geo.Point
	RadiusM int64 // of what surely holds them all
	Of      []Digest
}

// MostNear bounds the context of a dossier.
const MostNear = 8

// Described is an observation or allegation, in words.
type Described struct {
	*Observation
	Words string
	Known Instant
}

// A PairScore says how well two observations match. Without Parts they were not both
// located: joined by a decision, or as one footprint.
type PairScore struct {
	A, B  Digest
	Total int64 // milli-nats
	Parts []ScorePart
}

// NeverOne is the score of a pair that cannot be one, as far as the numbers go; a sum with it is
// at most half of it.
const NeverOne = -1 << 40

// Impossible reports whether a score says that two are never one.
func Impossible(score int64) bool { return score <= NeverOne/2 }

// A ScorePart is one term of a pair's score.
type ScorePart struct {
	Name  string `json:"name"`
	Score int64  `json:"score"` // milli-nats
	Words Reason `json:"words"`
}

// UnderArticle is what one article says of an incident or total, with the clocks of an
// incident, also those that ran out.
type UnderArticle struct {
	Provision *Provision
	Assessment
	Clocks []Clock
}

// Decided is a decision about an incident.
type Decided struct {
	*Decision
	Known   Instant
	Earlier bool    // the incident had other observations then
	Alone   bool    // no effect: no second reader decided the same
	Unmet   *Reason // why it can no longer be followed whole
}

// A HistoryStep is something about an incident that became known.
type HistoryStep struct {
	Known Instant
	Kind  string // observation, allegation, correction, withdrawal, response, attribution, decision
	ID    Digest
	Of    Digest // what it corrects or withdraws
}

// A Clock says until when somebody is to verify, reply or remedy. It runs for an incident
// under an article.
type Clock struct {
	Name string  `json:"clock"` // verify, reply, remedy
	Ends Instant `json:"ends"`
}

// DueKind says what falls due.
type DueKind string

const (
	DueBegins   DueKind = "begins"   // a phase begins
	DueEnds     DueKind = "ends"     // a phase ends: the terms expire, if nobody extends it
	DueDeadline DueKind = "deadline" // something is to be done, or to hold, by then
	DuePeriod   DueKind = "period"   // a day, week or month ends of which a number counts
	DueVisit    DueKind = "visit"    // something declared is to be found again by then
	DueClock    DueKind = "clock"    // somebody is to verify, reply or remedy by then
	DueStep     DueKind = "step"     // what the text foresees after a decided violation is to be declared by then
	DueProposal DueKind = "proposal" // since then conditions are met on which people may open or extend a phase
)

// Waits reports whether it waits for people to declare it, also once its moment has passed.
func (d *Due) Waits() bool { return d.Kind == DueStep || d.Kind == DueProposal }

// A Due is something that falls due at a moment, by the terms or by a clock.
type Due struct {
	At      Instant `json:"at"`
	Kind    DueKind `json:"kind"`
	Phase   string  `json:"phase,omitempty"`
	Article Article `json:"article,omitempty"`
	Reading string  `json:"reading,omitempty"` // whose reading of the article fixes it; empty: all
	Assumed bool    `json:"assumed,omitempty"` // nobody stated that reading for its party
	What    Reason  `json:"-"`                 // what is to be done, and how far it is
	Of      Digest  `json:"of,omitzero"`       // the incident whose clock it is
}

// Met says whether a condition is met, as far as is known.
type Met string

const (
	ConditionMet     Met = "met"
	ConditionUnmet   Met = "not-met"
	ConditionUnknown Met = "unknown" // facts are missing, so it is not met
)

// An Opening is what the terms foresee and only people can declare: that a phase opens or is
// extended. Nothing follows from it by itself.
type Opening struct {
	Phase string   `json:"phase"`
	Event string   `json:"event,omitempty"` // what a person declares to open it; empty: a person extends the phase
	Met   Met      `json:"met"`
	Since Instant  `json:"since"` // since when it is met at least; Never: it is not
	Miss  []Fact   `json:"missing,omitempty"`
	What  Reason   `json:"-"` // what is proposed, or why not
	Parts []Reason `json:"-"` // each condition, with how far it is
}

// A RunningClock is a clock that has not run out, with its incident.
type RunningClock struct {
	Clock
	Of Digest
}

// A Contradiction is a decision that a later one, or others together, made impossible to
// follow.
type Contradiction struct {
	Decision *Decision
	Why      Reason
}

// Reconciled is a tally beside what was found of it.
type Reconciled struct {
	Tally      *Tally `json:"tally"`
	Found      Signs  `json:"found"`
	MayBe      Signs  `json:"may_be"`              // further signs that may lie within it: time, place, act or weapon cannot be told apart
	Difference int64  `json:"difference"`          // the tally's number less what was found; 0 where Uncounted
	Uncounted  bool   `json:"uncounted,omitempty"` // the tally states no number, so Difference has no meaning
}

// A TallyDossier is all that an audience may read of one tally.
type TallyDossier struct {
	Reconciled
	Under []UnderArticle // in the order of the agreement
}

// A FindingQuery asks for what one article says of incidents and tallies.
type FindingQuery struct {
	Article Article
	Against PartyID // assessed for this party alone; empty: for whoever acted
	Silent  bool    // also incidents that are out of scope or not a violation; an Outcome asks for these too
	// Of says which incidents and tallies, by all that Query.Matches looks at, and with
	// which outcome and standing under Article. Its own Article is not looked at.
	Of Query
}

// A Finding is what an article says of one incident or tally.
type Finding struct {
	Assessment        // without reasons
	Row        Row    // the incident as lists show it; of a tally, its time, place, act and casualties
	Tally      *Tally // nil: it is of an incident
	Near       []Near // what the incident touches by its uncertainty alone, where the article cannot tell for that reason
}

// Blame is an incident of which somebody says that a party is behind it.
type Blame struct {
	Incident Digest
	Start    Instant // of the incident
	How      []BlamedBy
	Answered bool // by the party
}

// BlamedBy is who says that a party is behind an incident.
type BlamedBy string

const (
	ByAllegation  BlamedBy = "alleged"    // the other party, where it names nobody else
	ByObservation BlamedBy = "observed"   // an observation that names the party
	ByDecision    BlamedBy = "attributed" // an attribution by the mission
)
