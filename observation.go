package truce

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Identifiers have types so that they cannot be mixed.
type (
	SourceID string // a source as the agreement or the source room names it
	PartyID  string // a party, or another actor by name
	Article  string // an article of the agreement, "1" or "3(b)"
)

// An Observation is what one source said, once. It is immutable: a correction
// is a new observation that names the old one.
//
// An Observation whose Claimant is set is an Allegation: the same content, but
// said by a party or an organ of a party. It never establishes anything; it
// yields at most "alleged only".
type Observation struct {
	ID       Digest   `json:"id"`
	Source   SourceID `json:"source"`
	Key      string   `json:"key"`                // the publisher's own key
	Revision int32    `json:"revision,omitempty"` // of that key, from 0
	Claimant PartyID  `json:"claimant,omitempty"` // set: an allegation by this party

	Occurred Interval `json:"occurred"`          // precision is carried by the width
	Reported Instant  `json:"reported,omitzero"` // when the source said it; 0: not stated
	Place    Place    `json:"place"`

	Act     Act     `json:"act"`
	Weapon  Class   `json:"weapon,omitempty"`  // empty: unknown
	Calibre Calibre `json:"calibre,omitempty"` // tenths of a millimetre; 0: unknown
	Seen    Sighted `json:"seen,omitempty"`    // with ActPresence: what was present
	Means   string  `json:"means,omitempty"`
	Count   Count   `json:"count"`

	Actor      PartyID     `json:"actor,omitempty"`   // who acted or owns it, as a claim; empty: not stated, or Actors
	Actors     []PartyID   `json:"actors,omitempty"`  // one of these acted, and the source does not say which; two or more, sorted
	Side       PartyID     `json:"side,omitempty"`    // whom it was directed at, by side
	Against    People      `json:"against,omitempty"` // whom it was directed at, by class of persons; empty: not stated
	Object     string      `json:"object,omitempty"`  // the object hit or seen
	Casualties *Casualties `json:"casualties,omitempty"`
	Grade      Grade       `json:"grade,omitzero"`
	Note       string      `json:"note,omitempty"` // the publisher's own words for the kind, never a rule input
	Evidence   []Digest    `json:"evidence,omitempty"`

	// Publisher is who published it, where the file of Source names one for each row; empty: the
	// publisher of Source. Origins are what it rests on, as far as it is stated: sorted.
	Publisher string   `json:"publisher,omitempty"`
	Origins   []Origin `json:"origins,omitempty"`

	// Hand is the ID of the key of the person who wrote it into the record; empty:
	// the intake read it from a file. The record has it with the signature, and not
	// in what is signed. One hand never corroborates itself.
	Hand string `json:"-"`
}

// OwnSource is the source of what the mission's people enter by hand.
const OwnSource SourceID = "mission"

// SetID makes o's ID from source, key and revision, so that reading a file
// twice is harmless.
func (o *Observation) SetID() {
	o.ID = DigestOf("observation", string(o.Source), o.Key, strconv.Itoa(int(o.Revision)))
}

// Row is the digest of what o says, whoever is named as its source: everything
// except ID, Source, Revision, Claimant, Grade, Hand, and where it comes from. The
// publisher's key is part of it, so two observers who saw the same thing in the same
// minute differ. Grade is left out because people change it. Row costs some microseconds; ask
// only where two publishers meet.
func (o *Observation) Row() Digest {
	c := *o
	c.ID, c.Source, c.Revision, c.Claimant, c.Grade, c.Hand = Digest{}, "", 0, "", Grade{}, ""
	c.Publisher, c.Origins = "", nil
	b, err := json.Marshal(&c)
	if err != nil {
		panic("observation: " + err.Error()) // plain values: a fault of this build
	}
	return DigestOf("row", string(b))
}

// Same reports whether o and x are one edition of one observation: they have the same
// ID, and all that they say is the same, wherever in memory they are.
func (o *Observation) Same(x *Observation) bool {
	return o == x || o.ID == x.ID && o.Source == x.Source && o.Key == x.Key && o.Revision == x.Revision && o.Claimant == x.Claimant &&
		o.Occurred == x.Occurred && o.Reported == x.Reported && o.Act == x.Act && o.Weapon == x.Weapon && o.Calibre == x.Calibre &&
		o.Seen == x.Seen && o.Means == x.Means && o.Count == x.Count && o.Actor == x.Actor && o.Side == x.Side && o.Against == x.Against && o.Object == x.Object &&
		o.Grade == x.Grade && o.Note == x.Note && o.Hand == x.Hand && slices.Equal(o.Actors, x.Actors) && slices.Equal(o.Evidence, x.Evidence) &&
		o.Publisher == x.Publisher && slices.Equal(o.Origins, x.Origins) &&
		o.Casualties.same(x.Casualties) && o.Place.same(&x.Place)
}

// Whereabouts is the place of o as everything that decides or prints takes it: that of
// an allegation whose author states no uncertainty is assumed to be known to AssumedM.
func (o *Observation) Whereabouts() Place {
	p := o.Place
	if o.Alleged() && p.Kind == PlacePoint && p.Uncertainty == NotStated {
		p.Uncertainty, p.Assumed = AssumedM, true
	}
	return p
}

// None reports whether o says that there was none: its count is 0, or it is stated to count
// nothing (uncountable) and every number of killed or injured that it states is 0. It
// establishes nothing and is shown as what it is, a statement of none. An attack that killed
// nobody is an attack, however vague its place and time are: the absence of a count is never
// a statement of none, because lists of incidents have no counts.
func (o *Observation) None() bool { return none(o.Count, o.Casualties) }

func none(c Count, dead *Casualties) bool {
	if c.Kind == Exactly && c.N == 0 {
		return !dead.any()
	}
	if c.Kind != Uncountable || dead == nil {
		return false
	}
	some := false
	for _, name := range CasualtyFields {
		if r := *dead.Field(name); r != nil {
			if !r.Zero() {
				return false
			}
			some = true
		}
	}
	return some
}

// MayHaveActed are those of whom the source says that one of them acted, or owns what
// was seen; nil: it says nothing of it.
func (o *Observation) MayHaveActed() []PartyID {
	if o.Actor != "" {
		return []PartyID{o.Actor}
	}
	return o.Actors
}

// Anybody stands among Actors for somebody whom the source does not know: one of the
// others acted, or anybody.
const Anybody PartyID = "unknown"

// SetActors reads who may have acted: one name, several between bars, or nobody where
// it is not stated. One of several who is unknown is Anybody. The error says what is
// wrong.
func (o *Observation) SetActors(s string) error {
	o.Actor, o.Actors = "", nil
	var names []PartyID
	for name := range strings.SplitSeq(s, "|") {
		name = strings.TrimSpace(name)
		switch {
		case name == "" && s != "":
			return fmt.Errorf("actor %q: want a name, or several such as A|B", s)
		case NotKnown(name):
			name = string(Anybody)
		}
		names = append(names, PartyID(name))
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) > MostActors {
		return fmt.Errorf("actor: %d names are stated, and at most %d are read", len(names), MostActors)
	}
	switch {
	case len(names) > 1:
		o.Actors = names
	case names[0] != Anybody:
		o.Actor = names[0]
	}
	return nil
}

// MostActors is how many may stand in one observation.
const MostActors = 32

// NotKnown reports whether a word in a field says that nothing is known: it is empty,
// or "unknown" in any case.
func NotKnown(s string) bool {
	s = strings.TrimSpace(s)
	return s == "" || strings.EqualFold(s, "unknown")
}

// Alleged reports whether o is an allegation.
func (o *Observation) Alleged() bool { return o.Claimant != "" }

// Sighted is what a presence is the presence of.
type Sighted string

const (
	SeenWeapon   Sighted = "weapon"
	SeenPosition Sighted = "position"
	SeenSite     Sighted = "site"
)

// A Count is how many signs an observation reports. A row that says nothing of it
// reports one thing, and has N 1; exactly 0 is a statement that there was none.
type Count struct {
	N    int32     `json:"n"`
	Kind CountKind `json:"kind,omitempty"`
}

// CountKind says how N is meant.
type CountKind uint8

const (
	Exactly CountKind = iota
	AtLeast
	About
	Uncountable
)

// ParseCount reads 17, >=8, ~5 or uncountable.
func ParseCount(s string) (Count, error) {
	kind, digits := Exactly, s
	switch {
	case s == "uncountable":
		return Count{Kind: Uncountable}, nil
	case strings.HasPrefix(s, ">="):
		kind, digits = AtLeast, s[2:]
	case strings.HasPrefix(s, "~"):
		kind, digits = About, s[1:]
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 0 || digits[0] == '+' {
		return Count{}, fmt.Errorf("count %q: want 17, >=8, ~5 or uncountable", s)
	}
	return Count{int32(n), kind}, nil
}

func (c Count) String() string {
	switch c.Kind {
	case AtLeast:
		return fmt.Sprintf(">=%d", c.N)
	case About:
		return fmt.Sprintf("~%d", c.N)
	case Uncountable:
		return "uncountable"
	}
	return strconv.Itoa(int(c.N))
}

// MarshalText writes String.
func (c Count) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what ParseCount reads.
func (c *Count) UnmarshalText(b []byte) (err error) {
	*c, err = ParseCount(string(b))
	return err
}

// Signs is a sum of counts, per source and not de-duplicated. It is printed
// "614", ">=8", "~22" or ">=8 + 3 uncountable".
type Signs struct {
	N           int64 `json:"n"`
	AtLeast     bool  `json:"at_least,omitempty"` // some count was a minimum
	About       bool  `json:"about,omitempty"`    // some count was approximate
	Uncountable int64 `json:"uncountable,omitempty"`
}

// Add counts c.
func (s *Signs) Add(c Count) {
	switch c.Kind {
	case Uncountable:
		s.Uncountable++
		return
	case AtLeast:
		s.AtLeast = true
	case About:
		s.About = true
	}
	s.N += int64(c.N)
}

// Sum adds another sum.
func (s *Signs) Sum(o Signs) {
	s.N += o.N
	s.AtLeast = s.AtLeast || o.AtLeast
	s.About = s.About || o.About
	s.Uncountable += o.Uncountable
}

func (s Signs) String() string {
	out := strconv.FormatInt(s.N, 10)
	switch {
	case s.AtLeast: // a minimum and an approximation together are a minimum
		out = ">=" + out
	case s.About:
		out = "~" + out
	}
	if s.Uncountable > 0 {
		out += fmt.Sprintf(" + %d uncountable", s.Uncountable)
	}
	return out
}

// ParseSigns reads what String writes; "3 uncountable" alone is zero and three.
func ParseSigns(s string) (Signs, error) {
	var out Signs
	for part := range strings.SplitSeq(s, " + ") {
		if n, ok := strings.CutSuffix(part, " uncountable"); ok {
			k, err := strconv.ParseInt(n, 10, 64)
			if err != nil || k < 0 {
				return out, fmt.Errorf("signs %q: want 614, >=8, ~22 or \">=8 + 3 uncountable\"", s)
			}
			out.Uncountable += k
			continue
		}
		c, err := ParseCount(part)
		if err != nil || c.Kind == Uncountable {
			return out, fmt.Errorf("signs %q: want 614, >=8, ~22 or \">=8 + 3 uncountable\"", s)
		}
		out.Add(c)
	}
	return out, nil
}

// A Grade is the Admiralty scale: reliability of the source A to F, and of the
// information 1 to 6, judged apart and never multiplied. Zero: not graded.
type Grade struct {
	Source byte `json:"source"`
	Info   byte `json:"info"`
}

// ParseGrade reads B2.
func ParseGrade(s string) (Grade, error) {
	if len(s) != 2 || s[0] < 'A' || s[0] > 'F' || s[1] < '1' || s[1] > '6' {
		return Grade{}, fmt.Errorf("grade %q: want a letter A to F and a digit 1 to 6, such as B2", s)
	}
	return Grade{s[0], s[1]}, nil
}

func (g Grade) String() string {
	if g == (Grade{}) {
		return "not graded"
	}
	return string([]byte{g.Source, g.Info})
}

// Better reports whether g ranks before h: the source first, then the
// information; anything graded ranks before what is not.
func (g Grade) Better(h Grade) bool {
	if (g == Grade{}) || (h == Grade{}) {
		return g != Grade{} && h == Grade{}
	}
	if g.Source != h.Source {
		return g.Source < h.Source
	}
	return g.Info < h.Info
}

// MarshalText writes the two marks, or nothing.
func (g Grade) MarshalText() ([]byte, error) {
	if g == (Grade{}) {
		return nil, nil
	}
	return []byte(g.String()), nil
}

// UnmarshalText reads two marks, or nothing.
func (g *Grade) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*g = Grade{}
		return nil
	}
	*g, err = ParseGrade(string(b))
	return err
}
