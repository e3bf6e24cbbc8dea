package truce

import (
	"fmt"
	"strconv"
	"strings"
)

// A Tally is a total over a period and an area, such as "574 launched, 20
// August 18:40 to 21 August 09:00, Ukraine, says the air force". It is never
// merged with anything; it is reconciled with what it contains.
type Tally struct {
	ID         Digest      `json:"id"`
	Source     SourceID    `json:"source"`
	Key        string      `json:"key"`
	Revision   int32       `json:"revision,omitempty"`
	Claimant   PartyID     `json:"claimant,omitempty"` // empty: the source is not a party
	Act        Act         `json:"act"`
	Seen       Sighted     `json:"seen,omitempty"` // with ActPresence
	Weapon     Class       `json:"weapon,omitempty"`
	Calibre    Calibre     `json:"calibre,omitempty"`
	Period     Interval    `json:"period"`
	Reported   Instant     `json:"reported,omitzero"`
	Place      Place       `json:"place"`
	Count      Count       `json:"count"`
	Actor      PartyID     `json:"actor,omitempty"`
	Actors     []PartyID   `json:"actors,omitempty"` // one of these, as in an Observation
	Side       PartyID     `json:"side,omitempty"`
	Against    People      `json:"against,omitempty"` // as in an Observation
	Casualties *Casualties `json:"casualties,omitempty"`
	Details    []Detail    `json:"details,omitempty"`
	Evidence   []Digest    `json:"evidence,omitempty"`
}

// None reports whether t says that there was none, as Observation.None.
func (t *Tally) None() bool { return none(t.Count, t.Casualties) }

// A Detail is a further figure of a tally, under the publisher's own word:
// intercepted 546, hit locations 11.
type Detail struct {
	Name string `json:"name"`
	N    int64  `json:"n"`
}

// SetID makes the ID from source, key and revision.
func (t *Tally) SetID() {
	t.ID = DigestOf("tally", string(t.Source), t.Key, strconv.Itoa(int(t.Revision)))
}

// Coverage says what could have been detected: where, when and by what.
// Without it, "nothing happened" and "nobody could see" look alike.
type Coverage struct {
	ID       Digest   `json:"id"`
	Source   SourceID `json:"source"`
	Key      string   `json:"key"`
	Claimant PartyID  `json:"claimant,omitempty"` // a party's own coverage never makes anything held
	What     string   `json:"what"`               // patrol, camera, satellite; or an act, and then only that act could be detected
	Zone     string   `json:"zone"`               // a zone or region by name
	During   Interval `json:"during"`
	Share    PPM      `json:"share"` // of the zone that could be seen, where no geometry says it
	// NoShare: the source looked, and does not know how much it could see, such as a
	// satellite under an unknown cloud. Share is 0 then.
	NoShare bool `json:"no_share,omitempty"`
}

// PPM is a share in parts per million, so that it is the same on every machine.
type PPM int32

// One is the whole.
const One PPM = 1_000_000

// String prints a share as 0.71.
func (p PPM) String() string {
	return strconv.FormatFloat(float64((p+5000)/10000)/100, 'f', 2, 64)
}

// Percent prints a share as "71 %", and never rounds something up to all or
// down to nothing.
func (p PPM) Percent() string {
	switch {
	case p > 0 && p < 5000:
		return "<1 %"
	case p < One && p > One-5000:
		return ">99 %"
	}
	return strconv.Itoa(int((p+5000)/10000)) + " %"
}

// A Notification is what a party announces beforehand or declares: an
// exercise, a controlled detonation, a movement.
type Notification struct {
	ID       Digest   `json:"id"`
	Source   SourceID `json:"source,omitempty"`
	Key      string   `json:"key"`
	By       PartyID  `json:"by"`
	During   Interval `json:"during"`
	Place    Place    `json:"place"`
	Act      Act      `json:"act,omitempty"` // empty: not stated
	Reported Instant  `json:"reported,omitzero"`
	To       Digest   `json:"to,omitzero"` // what it answers, if anything
	Text     string   `json:"text,omitempty"`
}

// SaysReturnFire is what a party says in a Response to state that an act of its own was return fire.
const SaysReturnFire = "return-fire"

// A Response is a party's answer to an allegation or a finding.
type Response struct {
	ID       Digest   `json:"id"`
	Source   SourceID `json:"source,omitempty"` // of a file that it was read from
	Key      string   `json:"key"`
	By       PartyID  `json:"by"`
	During   Interval `json:"during"` // when it was given
	Reported Instant  `json:"reported,omitzero"`
	To       Digest   `json:"to,omitzero"`
	Says     string   `json:"says,omitempty"` // accept, contest, explain, correct, return-fire
	Text     string   `json:"text,omitempty"`
}

// A Restriction is a monitor denied, delayed or jammed. It removes the
// coverage it names: by entry, by place, or by means.
type Restriction struct {
	ID     Digest   `json:"id"`
	Key    string   `json:"key"`
	By     PartyID  `json:"by"`
	During Interval `json:"during"`
	Place  Place    `json:"place"`
	To     Digest   `json:"to,omitzero"` // one coverage entry
	What   string   `json:"what,omitempty"`
	Source SourceID `json:"source,omitempty"`
	Text   string   `json:"text,omitempty"`
}

// A Withdrawal takes an earlier entry back. It leaves no trace in findings; the
// record, and the list of corrections, keep both.
type Withdrawal struct {
	Of      Digest  `json:"of"`
	By      PartyID `json:"by,omitempty"` // a party, which takes back its own and nothing else; empty: the mission
	Because string  `json:"because,omitempty"`
}

// ParsePPM reads a share from 0 to 1, such as 0.7, digit by digit.
func ParsePPM(s string) (PPM, error) {
	n, err := parseDecimal(s, 6)
	if err != nil || n < 0 || n > int64(One) {
		return 0, fmt.Errorf("share %q: want a number from 0 to 1 such as 0.7", s)
	}
	return PPM(n), nil
}

// ParseMetres reads "500 m", "0.4km" or "25 km" into whole metres, rounded up
// so that a radius stays one that surely holds the position.
func ParseMetres(s string) (int64, error) {
	num, unit := strings.TrimSpace(s), int64(1)
	switch {
	case strings.HasSuffix(num, "km"):
		num, unit = strings.TrimSuffix(num, "km"), 1000
	case strings.HasSuffix(num, "m"):
		num = strings.TrimSuffix(num, "m")
	default:
		return 0, fmt.Errorf("distance %q: want a number with m or km", s)
	}
	n, err := parseDecimal(strings.TrimSpace(num), 6)
	if err != nil || n < 0 || n > 40_100_000*1_000_000/unit {
		return 0, fmt.Errorf("distance %q: want a number with m or km", s)
	}
	return (n*unit + 999_999) / 1_000_000, nil
}

// parseDecimal reads a plain decimal as an integer number of 10^-places;
// further digits are refused.
func parseDecimal(s string, places int) (int64, error) {
	whole, frac, _ := strings.Cut(s, ".")
	if len(frac) > places {
		return 0, fmt.Errorf("number %q: more than %d decimals", s, places)
	}
	digits := strings.TrimPrefix(whole, "-") + frac
	for _, r := range digits {
		if r < '0' || r > '9' {
			return 0, fmt.Errorf("number %q", s)
		}
	}
	if digits == "" { // the zeros below would make a number of it
		return 0, fmt.Errorf("number %q has no digit", s)
	}
	return strconv.ParseInt(whole+frac+strings.Repeat("0", places-len(frac)), 10, 64)
}
