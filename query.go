package truce

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/opentruce/truce/geo"
)

// An Audience is who a picture is for. The public and the parties compute from
// less than the mission holds; both parties are one audience, so that neither
// ever sees what the other does not.
type Audience string

const (
	ForMission Audience = "mission" // all that the mission holds
	ForParties Audience = "parties" // what is public, and what was released to both parties
	ForPublic  Audience = "public"
)

// Audiences lists all, from who sees most to who sees least.
var Audiences = []Audience{ForMission, ForParties, ForPublic}

// A Row is an incident as lists and maps show it: what happened as far as is
// known, and what each article says of it.
type Row struct {
	ID        Digest     `json:"id"`
	Occurred  Interval   `json:"occurred"`
	Place     Place      `json:"place"`  // the best known of what was observed; of what is only alleged, of that
	Region    string     `json:"region"` // the gazetteer's, where one surely holds the place
	What      string     `json:"what"`
	Act       Act        `json:"act"`
	Weapon    Class      `json:"weapon,omitempty"`
	Calibre   Calibre    `json:"calibre,omitzero"`
	Actors    []PartyID  `json:"actors,omitempty"` // who acted or owns it, as claimed by sources
	Grade     Grade      `json:"grade,omitzero"`   // the best
	None      bool       `json:"none,omitempty"`   // all of it says that there was none
	Signs     Signs      `json:"signs"`
	Sources   []SourceID `json:"sources"`
	Alleged   bool       `json:"alleged"`            // nothing but parties say so
	Claimant  PartyID    `json:"claimant,omitempty"` // of what is only alleged: the first of Claimants
	Claimants []PartyID  `json:"claimants,omitempty"`
	// Casualties are those that its first finding with any has; of what is only alleged,
	// those that Claimants claim.
	Casualties *Casualties    `json:"casualties,omitempty"`
	OnlySign   bool           `json:"only_sign"`       // a fire pixel, an alert, damage: establishes no act
	Known      Instant        `json:"known"`           // when the last of its observations became known
	Entry      int64          `json:"entry,omitempty"` // of the record, of that observation; 0: not known
	Findings   []ShortFinding `json:"findings"`
	Blurred    bool           `json:"blurred,omitempty"` // a place in it is shown wider than what is known, by the release rules
}

// A ShortFinding is what one article says, without reasons.
type ShortFinding struct {
	Article  Article  `json:"article"`
	Outcome  Outcome  `json:"outcome"`
	Standing Standing `json:"standing,omitempty"`
	Ground   Ground   `json:"ground,omitempty"` // of Standing
	Missing  []Fact   `json:"missing,omitempty"`
	Near     []Near   `json:"may_be_near,omitempty"` // with an outcome that is undetermined
	Harm     Harm     `json:"harm,omitempty"`        // which of the article's two numbers of casualties it adds to
}

// Harm is one of the two numbers of casualties that an article has, which are never added;
// empty is neither.
type Harm string

const (
	HarmCounted Harm = "counted" // of incidents that count under the article
	HarmUnclear Harm = "unclear" // where it is not known whether it binds who acted, or protects whom it was directed at
)

// Harms lists both.
var Harms = []Harm{HarmCounted, HarmUnclear}

// Near says that something may lie within a distance of a protected object, and may not:
// its uncertainty alone touches it.
type Near struct {
	Object string `json:"object"`
	Within string `json:"within"` // 1.5 km
}

func (n Near) String() string { return "may be within " + n.Within + " of " + n.Object }

// Lead is the finding that most asks for attention, in the order of Outcomes;
// the zero value where no article has anything to say.
func (r *Row) Lead() ShortFinding {
	for _, o := range Outcomes {
		for _, f := range r.Findings {
			if f.Outcome == o {
				return f
			}
		}
	}
	return ShortFinding{}
}

// Gravity is the place of a row among those that ask for attention, the lowest first: by the place of
// its lead among Outcomes, by how well it is established, and by how many were killed at least.
func (r *Row) Gravity() int64 {
	lead, best := r.Lead().Outcome, Refuted.rank()
	for _, f := range r.Findings {
		if f.Outcome == lead {
			best = max(best, f.Standing.rank())
		}
	}
	killed := int64(0)
	if r.Casualties != nil && r.Casualties.Killed != nil {
		killed = max(int64(r.Casualties.Killed.Low), 0)
	}
	return int64(lead.Attention())<<36 | int64(Verified.rank()-best)<<32 | (1<<31 - killed)
}

// LeadArticles are the articles that say what Lead says, alike.
func (r *Row) LeadArticles() (out []Article) {
	lead := r.Lead()
	for _, f := range r.Findings {
		if f.Outcome == lead.Outcome && f.Standing == lead.Standing {
			out = append(out, f.Article)
		}
	}
	return out
}

// A Box is an area between two meridians and two parallels, in 1e-7 degree. West
// is at most east: a box does not cross the 180th meridian.
type Box struct{ West, South, East, North int32 }

// Holds reports whether p lies in b, edges included.
func (b Box) Holds(p geo.Point) bool {
	return b.West <= p.Lon && p.Lon <= b.East && b.South <= p.Lat && p.Lat <= b.North
}

// ParseBox reads west,south,east,north in degrees.
func ParseBox(s string) (Box, error) {
	f := strings.Split(s, ",")
	var n [4]float64
	if len(f) != 4 {
		return Box{}, fmt.Errorf("box %q: want west,south,east,north in degrees", s)
	}
	for i := range f {
		limit := 180.0
		if i%2 == 1 {
			limit = 90
		}
		var err error
		if n[i], err = strconv.ParseFloat(strings.TrimSpace(f[i]), 64); err != nil || !(math.Abs(n[i]) <= limit) { // NaN is in no limits
			return Box{}, fmt.Errorf("box %q: want west,south,east,north in degrees", s)
		}
	}
	if n[0] > n[2] || n[1] > n[3] {
		return Box{}, fmt.Errorf("box %q: west is at most east, and south at most north", s)
	}
	degrees := func(d float64) int32 { return int32(math.Round(d * 1e7)) }
	return Box{West: degrees(n[0]), South: degrees(n[1]), East: degrees(n[2]), North: degrees(n[3])}, nil
}

// Position is where a place stands on a map, and what a Box is asked of; ok is false
// where it is known to a region at best, or not at all: such a place is listed, and
// never a pin.
func (p *Place) Position() (at geo.Point, ok bool) {
	switch p.Kind {
	case PlacePoint, PlaceObject:
		return p.Point, true
	case PlaceWedge, PlaceShape:
		if len(p.Shape) > 0 {
			at, _ = p.Shape.Extent()
			return at, true
		}
	}
	return at, false
}

// Undetermined asks a Query for outcomes of every cause.
const Undetermined Outcome = "undetermined"

// A Query asks for incidents. A zero field leaves nothing out, but that signs
// alone (fire pixels, alerts, damage) are left out unless Signs is set.
type Query struct {
	During   Interval // that overlap it
	Surely   bool     // with During: that lie in it, and not only perhaps
	Box      *Box     // whose position lies in it, as lists print it, edges included
	Boxes    *[]Box   // whose position lies in one of these
	Region   string
	Article  Article // of which it has something to say: neither out of scope nor no violation
	Outcome  Outcome // under Article, or under any
	Standing Standing
	Harm     Harm // under Article, or under any
	Act      Act  // or a descendant
	Source   SourceID
	Text     string // words that all occur, in what is printed of it
	Signs    bool
	Vague    bool  // known to a region, and no closer
	Since    int64 // with something in the record at this entry or after it
	Order    Order
	Offset   int
	Limit    int // 0: none but the count
}

// Matches reports whether a query asks for a row, Text and paging aside: words are looked
// up in a Reader's index. It is the meaning of a query; readers answer the same faster.
func (q *Query) Matches(r *Row) bool {
	in := func(list []Box) bool {
		at, ok := r.Place.Position()
		return ok && slices.ContainsFunc(list, func(b Box) bool { return b.Holds(at) })
	}
	switch {
	case r.OnlySign && !q.Signs,
		q.Vague && r.Place.Kind != PlaceRegion,
		q.During != Interval{} && (!r.Occurred.Overlaps(q.During) || q.Surely && !q.During.Contains(r.Occurred)),
		q.Box != nil && !in([]Box{*q.Box}),
		q.Boxes != nil && !in(*q.Boxes),
		q.Region != "" && r.Region != q.Region,
		q.Act != "" && !Words.ActIs(r.Act, q.Act),
		q.Source != "" && !slices.Contains(r.Sources, q.Source),
		q.Since > 0 && r.Entry < q.Since:
		return false
	}
	return q.Article == "" && q.Outcome == "" && q.Standing == "" && q.Harm == "" || slices.ContainsFunc(r.Findings, q.Finds)
}

// Finds reports whether a query asks for a finding: one must meet all that it asks of
// article, outcome, standing and harm.
func (q *Query) Finds(f ShortFinding) bool {
	silent := f.Outcome == OutOfScope || f.Outcome == NoViolation
	return (q.Article == "" || f.Article == q.Article && (q.Outcome != "" || !silent)) &&
		(q.Outcome == "" || f.Outcome == q.Outcome || q.Outcome == Undetermined && f.Outcome.Undetermined()) &&
		(q.Standing == "" || f.Standing == q.Standing) &&
		(q.Harm == "" || f.Harm == q.Harm)
}

// Order is how incidents are listed.
type Order string

const (
	Latest   Order = "latest"   // by time of occurrence, the last first; the zero value too
	Earliest Order = "earliest" // by time of occurrence
	Arrived  Order = "arrived"  // by when the last of it became known, the last first
	Gravest  Order = "gravest"  // by Gravity, those that ask for attention first, then the latest
)

// Orders lists all.
var Orders = []Order{Latest, Earliest, Arrived, Gravest}

// A DayQuery asks for findings of days. A zero field leaves nothing out.
type DayQuery struct {
	ID      Digest
	Article Article
	During  Interval // in which the window lies
	Of      Digest   // that rest on this observation
}

// A DayRow is a finding of days as lists show it.
type DayRow struct {
	DayFinding
	When       string   `json:"when"`
	Where      Reason   `json:"where"`
	Publishers []string `json:"publishers"`
	Reasons    []Reason `json:"reasons"`
}

// A Tile is a square of the web's map (Mercator), of 2^Z to a side of the world. X
// counts from the west, Y from the north. Tiles do not overlap, and together they
// are the world.
type Tile struct {
	Z    uint8
	X, Y uint32
}

// Box is the tile as a box: a position is in one if it is in the other.
func (t Tile) Box() Box {
	// The first coordinate of a range for which a condition holds, which holds for all after it.
	first := func(from, to int32, ok func(int32) bool) int32 {
		return from + int32(sort.Search(int(int64(to)-int64(from)), func(i int) bool { return ok(int32(int64(from) + int64(i))) }))
	}
	x := func(lon int32) uint32 { return TileOf(geo.Point{Lon: lon}, t.Z).X }
	y := func(lat int32) uint32 { return TileOf(geo.Point{Lat: lat}, t.Z).Y }
	const east, north = 1_800_000_000, 900_000_000
	return Box{
		West:  first(-east, east, func(lon int32) bool { return x(lon) >= t.X }),
		East:  first(-east, east+1, func(lon int32) bool { return x(lon) > t.X }) - 1,
		South: first(-north, north, func(lat int32) bool { return y(lat) <= t.Y }),
		North: first(-north, north+1, func(lat int32) bool { return y(lat) < t.Y }) - 1,
	}
}

// TileOf is the tile of a zoom in which a position lies.
func TileOf(p geo.Point, z uint8) Tile {
	lat, lon := p.Degrees()
	n := math.Exp2(float64(z))
	at := func(share float64) uint32 { return uint32(min(n-1, max(0, math.Floor(share*n)))) }
	s := math.Sin(lat * math.Pi / 180)
	if math.Abs(s) >= 1 { // a pole
		s = math.Copysign(1-1e-12, s)
	}
	return Tile{z, at(lon/360 + 0.5), at(0.5 - math.Atanh(s)/(2*math.Pi))}
}

// A Mark is what stands at one place of the map: an incident, or several that
// are too near to one another to be told apart there.
type Mark struct {
	Point geo.Point       // of several, the middle of those
	In    Tile            // the square of the tile that it is in
	N     int             // how many; 1: Row is set
	Leads map[Outcome]int // of several: how many have which lead
	Row   *Row
}

// A Picture says what a Reader's answers rest on.
type Picture struct {
	Audience Audience `json:"audience"`
	AsKnown  Instant  `json:"as_known"` // Never: everything that is known
	Size     int64    `json:"entries"`  // of the record
	Received Instant  `json:"received"` // of the last entry; zero: not known
	Digest   Digest   `json:"digest"`   // of the situation
	Total    int      `json:"rows"`     // incidents as listed; some may be the same
	Held     int      `json:"held"`     // incidents that the release rules keep from this audience
	Delayed  int      `json:"delayed"`  // and those that they show it later
	Blurred  int      `json:"blurred"`  // shown, with a wider place
	Withheld int      `json:"withheld"` // inputs that this audience does not have
}

// Times are what a picture is of, and since when.
type Times struct {
	Occurred   Interval // of observations and totals, without dates that are probably wrong; not valid: of none
	Extent     Interval // of all of them
	FirstKnown Instant  // when the first of them became known
}

// A Reader answers from one picture: what one audience sees, as known at one
// moment. It is safe for concurrent use, and its answers do not change.
type Reader interface {
	Rows
	Answers
}

// Answers are what a picture says beside its rows. What the audience is not shown is in
// none of them: an answer about it is the same as about something that does not exist.
type Answers interface {
	// Agreement is the text that the picture was computed under.
	Agreement() *Agreement
	// Times are as known, and not as the release rules show them: whoever prints them
	// asks internal/release.
	Times() Times
	// Basis names what everybody needs to compute the same, with its digests.
	Basis() map[string]string
	// Find returns the IDs of incidents, observations, totals and findings of days that begin with digits.
	// What the audience is not shown is not among them.
	Find(ctx context.Context, digits string) ([]Digest, error)
	// Items returns the IDs of the observations and allegations that an incident is made
	// of; none if no incident here has that ID.
	Items(ctx context.Context, incident Digest) ([]Digest, error)
	// IncidentOf returns the ID of the incident that an observation belongs to; an
	// incident's own ID gives itself. ok is false if there is none here.
	IncidentOf(ctx context.Context, id Digest) (incident Digest, ok bool, err error)
	// Statements returns the decisions, attributions and responses about an incident, in
	// this order, and each kind as it was recorded. The zero ID asks for all of them, those
	// about no incident included, and for the notifications, which come last.
	Statements(ctx context.Context, incident Digest) ([]Item, error)
	// Pending is a decision under an article that waits for a second reader; nil: none
	// does. id is an incident's, or that of one of its observations.
	Pending(ctx context.Context, art Article, id Digest) (*Decision, error)
	// Includes reports whether an entry is part of the picture: it was neither withdrawn
	// nor replaced, and it is not sealed for the audience. It knows observations, totals,
	// coverage, notifications, responses and restrictions.
	Includes(ctx context.Context, id Digest) (bool, error)
	// SaidFor returns what a party is said to have said and did not sign: allegations,
	// totals, notifications and responses, in this order. Signs such as alerts are left
	// out: they claim nothing.
	SaidFor(ctx context.Context, party PartyID) ([]Item, error)
	// InForce returns the parts of a period in which an article applies, under the first
	// of its readings that has any.
	InForce(ctx context.Context, art Article, during Interval) ([]Interval, error)
	// Phase returns when a phase of the agreement lasts, and why; none: its event was not
	// declared, or the agreement has no such phase.
	Phase(ctx context.Context, id string) (during []Interval, why Reason, err error)
	// Openings returns, for each phase that waits for people, whether the conditions of its text
	// are met, in the order of the text.
	Openings(ctx context.Context) ([]Opening, error)
	// Alerts returns what people are to be told at a moment by the agreement's rules, in
	// the order of the rules.
	Alerts(ctx context.Context, now Instant) ([]Alert, error)
	// Findings gives what an article says of the incidents and tallies that a query asks
	// for: incidents of which it has something to say, by ID, then tallies, then the other
	// incidents, by ID. An error is the last that it gives.
	Findings(ctx context.Context, q FindingQuery) iter.Seq2[*Finding, error]
	// DayFindings returns the findings of days of the articles, by article and then by
	// window: at least one act on a day, although no single incident can be named. A
	// finding that rests on something that the audience is not shown as it is known is not
	// among them.
	DayFindings(ctx context.Context, q DayQuery) ([]DayRow, error)
	// DayDossier returns what there is to read of a finding of days; nil: there is none here.
	DayDossier(ctx context.Context, id Digest) (*DayDossier, error)
	// Dossier returns what there is to read of an incident; nil: there is none here. id may
	// be that of one of its observations.
	Dossier(ctx context.Context, id Digest) (*Dossier, error)
	// Tally returns what there is to read of a tally; nil: there is none here.
	Tally(ctx context.Context, id Digest) (*TallyDossier, error)
	// Voices returns who reports, who watches what, and who may have it from whom.
	Voices(ctx context.Context) (*Voices, error)
	// Clocks returns the clocks of an article that run, by incident.
	Clocks(ctx context.Context, art Article) ([]RunningClock, error)
	// Calendar returns what falls due, in the order of time: the beginnings and ends of phases,
	// deadlines, ends of periods that are counted, visits, and clocks that run.
	Calendar(ctx context.Context) ([]Due, error)
	// Contradictions returns the decisions that can no longer be followed whole.
	Contradictions(ctx context.Context) ([]Contradiction, error)
	// SaidOf returns the incidents of which somebody says that a party is behind them, the
	// latest first. Signs such as alerts are left out: they claim nothing.
	SaidOf(ctx context.Context, party PartyID) ([]Blame, error)
}

// Rows answer which incidents there are.
type Rows interface {
	Picture() Picture
	// Incidents returns the rows that a query asks for, and how many there are
	// without Offset and Limit.
	Incidents(ctx context.Context, q Query) ([]Row, int, error)
	// Row returns one incident; ok is false if there is none of that ID here.
	Row(ctx context.Context, id Digest) (r Row, ok bool, err error)
	// Marks returns what a tile of a map shows of a query: each incident that has a
	// position in it for itself, or, where there are more than most, their number by
	// square, of 32 to a side of the tile. Each incident is in one tile of a zoom. The
	// query's own box is not looked at.
	Marks(ctx context.Context, q Query, t Tile, most int) ([]Mark, error)
	// Regions counts the incidents of a query by region; of a Vague one, by the name of
	// the region that is all that is known of the place.
	Regions(ctx context.Context, q Query) (map[string]int, error)
}
