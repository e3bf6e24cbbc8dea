package truce

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Range is low, best and high, as UCDP gives deaths. It is valid when
// low <= best <= high, or Best is NoBest and low < high. High is NoHigh where nobody
// states how many there were at most.
type Range struct {
	Low  int32 `json:"low"`
	Best int32 `json:"best"`
	High int32 `json:"high"`
}

// NoBest is the best figure of a range of which nobody states one.
const NoBest int32 = -1

// NoHigh is the highest figure of a range that has no upper end: "10 or more". It is the
// largest number there is, so that comparing and adding need no case of their own.
const NoHigh int32 = math.MaxInt32

// OrMore is the range of n or more.
func OrMore(n int32) Range { return Between(n, NoHigh) }

// Open reports whether r has no upper end.
func (r Range) Open() bool { return r.High == NoHigh && r.Low < NoHigh }

// Between is a range without a best figure; where both ends are one number, that is
// the best.
func Between(low, high int32) Range {
	if low == high {
		return Range{low, low, low}
	}
	return Range{low, NoBest, high}
}

// Valid reports whether r is in order.
func (r Range) Valid() bool {
	if r.Best == NoBest {
		return 0 <= r.Low && r.Low < r.High
	}
	return 0 <= r.Low && r.Low <= r.Best && r.Best <= r.High
}

// Zero reports whether the range says that there was none.
func (r Range) Zero() bool { return r == Range{} }

// Exact reports whether r is one number.
func (r Range) Exact() bool { return r.Low == r.High }

// ParseRange reads 1, 0..1..3, or 0..3 without a best figure. Without the last number the range
// has no upper end: 10.. is ten or more, and 10..12.. has a best figure, too.
func ParseRange(s string) (Range, error) {
	parts := strings.Split(s, "..")
	var n [3]int32
	for i, p := range parts[:min(4, len(parts))] {
		if p == "" && i > 0 && i == len(parts)-1 {
			n[min(i, 2)] = NoHigh
			continue
		}
		v, err := strconv.ParseInt(p, 10, 32)
		if err != nil || v < 0 || p[0] == '+' || len(parts) > 3 {
			return Range{}, fmt.Errorf("range %q: want 1, low..high such as 0..3, low..best..high such as 0..1..3, or 10.. for ten or more", s)
		}
		n[i] = int32(v)
	}
	r := Range{n[0], n[1], n[2]}
	switch len(parts) {
	case 1:
		return Between(n[0], n[0]), nil
	case 2:
		if n[0] > n[1] {
			return Range{}, fmt.Errorf("range %q: want low <= high", s)
		}
		return Between(n[0], n[1]), nil
	}
	if r.Low > r.Best || r.Best > r.High {
		return Range{}, fmt.Errorf("range %q: want low <= best <= high", s)
	}
	return r, nil
}

func (r Range) String() string {
	if r.Low == r.Best && r.Best == r.High {
		return strconv.Itoa(int(r.Best))
	}
	high := ""
	if !r.Open() {
		high = strconv.Itoa(int(r.High))
	}
	if r.Best == NoBest {
		return fmt.Sprintf("%d..%s", r.Low, high)
	}
	return fmt.Sprintf("%d..%d..%s", r.Low, r.Best, high)
}

// Words prints "1 (0 to 3)", "0 to 3" without a best figure, and "10 or more" or
// "12 (10 or more)" without an upper end.
func (r Range) Words() string {
	if r.Low == r.Best && r.Best == r.High {
		return strconv.Itoa(int(r.Best))
	}
	words := fmt.Sprintf("%d to %d", r.Low, r.High)
	if r.Open() {
		words = fmt.Sprintf("%d or more", r.Low)
	}
	if r.Best == NoBest {
		return words
	}
	return fmt.Sprintf("%d (%s)", r.Best, words)
}

// Plus adds number by number, up to what an int32 holds: for different
// incidents, never within one. Where either has no best figure, the sum has none; where
// either has no upper end, neither has the sum.
func (r Range) Plus(s Range) Range {
	add := func(a, b int32) int32 { return int32(min(int64(a)+int64(b), math.MaxInt32)) }
	low, high := add(r.Low, s.Low), add(r.High, s.High)
	if r.Best == NoBest || s.Best == NoBest {
		return Between(low, high)
	}
	return Range{low, add(r.Best, s.Best), high}
}

// Perhaps is the range of what may lie outside a period, and then is none of it.
func (r Range) Perhaps() Range { return Between(0, r.High) }

// Perhaps is c where it may lie outside a period; nil stays nil.
func (c *Casualties) Perhaps() *Casualties {
	if c == nil {
		return nil
	}
	out := *c
	for _, r := range []**Range{&out.Killed, &out.Injured, &out.Recovered, &out.Succumbed, &out.Retroactive, &out.Civilians, &out.Military} {
		if *r != nil {
			p := (*r).Perhaps()
			*r = &p
		}
	}
	return &out
}

// MarshalText writes String.
func (r Range) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what ParseRange reads.
func (r *Range) UnmarshalText(b []byte) (err error) {
	*r, err = ParseRange(string(b))
	return err
}

// Casualties of one observation. Killed and Injured happened in its interval.
// Recovered bodies, people who succumbed to earlier wounds and retroactive
// additions are reported in it but are not deaths of that time.
type Casualties struct {
	Killed      *Range `json:"killed,omitempty"` // nil: not stated, which is not zero
	Injured     *Range `json:"injured,omitempty"`
	Recovered   *Range `json:"recovered,omitempty"`
	Succumbed   *Range `json:"succumbed,omitempty"`
	Retroactive *Range `json:"retroactive,omitempty"`
	Civilians   *Range `json:"civilians,omitempty"` // of Killed
	Military    *Range `json:"military,omitempty"`  // of Killed
}

// CasualtyFields names the fields that counts and scenarios use, in order.
var CasualtyFields = []string{"killed", "injured", "recovered", "succumbed", "retroactive"}

// CasualtyParts names the parts of the killed that a publisher states. They are shown beside the
// others, and counted nowhere.
var CasualtyParts = []string{"civilians", "military"}

// CasualtyStated names all that may be stated: CasualtyFields, then CasualtyParts.
var CasualtyStated = append(append([]string{}, CasualtyFields...), CasualtyParts...)

// CasualtyWord is the word for a number that CasualtyStated names, in English and for translation.
func CasualtyWord(name string) InWords {
	english := map[string]string{"civilians": "civilians killed", "military": "combatants killed"}[name]
	if english == "" {
		english = name
	}
	return InWords{Kind: "casualty", Value: name, English: english}
}

// Field returns the range that CasualtyStated names, to be read or set.
func (c *Casualties) Field(name string) **Range {
	switch name {
	case "killed":
		return &c.Killed
	case "injured":
		return &c.Injured
	case "recovered":
		return &c.Recovered
	case "succumbed":
		return &c.Succumbed
	case "retroactive":
		return &c.Retroactive
	case "civilians":
		return &c.Civilians
	case "military":
		return &c.Military
	}
	return nil
}

// any reports whether some number says that there were any, or may have been.
func (c *Casualties) any() bool {
	if c == nil {
		return false
	}
	for _, r := range []*Range{c.Killed, c.Injured, c.Recovered, c.Succumbed, c.Retroactive, c.Civilians, c.Military} {
		if r != nil && !r.Zero() {
			return true
		}
	}
	return false
}

// Agree says what is wrong where a count and numbers of killed or injured contradict one
// another: nothing happened, and there were casualties.
func (c *Casualties) Agree(n Count) error {
	if n.Kind == Exactly && n.N == 0 && c.any() {
		return errors.New("the count is 0, which says that there was none, and there are killed or injured; leave out one of the two")
	}
	return nil
}

// DeathsOfTheDay separates the deaths of a day from a published figure that
// mixes them with bodies recovered, people who succumbed and retroactive
// additions. newDeaths is what the publisher itself calls new; what it leaves
// unexplained may or may not be of that day, so it widens the range upwards
// and never moves the best figure.
//
// 20 reported, 18 recovered, 1 new: 1..1..2.
func DeathsOfTheDay(reported, recovered, succumbed, retroactive, newDeaths int32) (Range, error) {
	rest := reported - recovered - succumbed - retroactive
	if rest < newDeaths || newDeaths < 0 {
		return Range{}, fmt.Errorf("deaths: %d reported, but %d recovered, %d succumbed, %d retroactive and %d new make more",
			reported, recovered, succumbed, retroactive, newDeaths)
	}
	return Range{newDeaths, newDeaths, rest}, nil
}

func (c *Casualties) same(d *Casualties) bool {
	if c == nil || d == nil {
		return c == d
	}
	return sameValue(c.Killed, d.Killed) && sameValue(c.Injured, d.Injured) && sameValue(c.Recovered, d.Recovered) && sameValue(c.Succumbed, d.Succumbed) &&
		sameValue(c.Retroactive, d.Retroactive) && sameValue(c.Civilians, d.Civilians) && sameValue(c.Military, d.Military)
}
