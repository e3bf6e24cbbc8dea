package truce

import (
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

//go:embed vocabulary.json
var vocabularyJSON []byte

// Words is the vocabulary this build understands. Acts, weapon classes and
// means are data with a version; a finding names the digest of the file.
var Words = mustVocabulary(vocabularyJSON)

// An Act is a word of the vocabulary for what was done: fire, strike, presence.
type Act string

// The acts that code must know by name because formats give them a meaning of
// their own.
const (
	ActExplosion  Act = "explosion"  // an effect: which act caused it is a missing fact
	ActPresence   Act = "presence"   // what Seen establishes
	ActOverflight Act = "overflight" // air, whatever the weapon
	ActFirePixel  Act = "fire-pixel" // a sign: a thermal detection
	ActAlert      Act = "alert"      // a sign: an air-raid alert
	ActOutgoing   Act = "outgoing"   // fire seen where it is launched
	ActAccess     Act = "access"     // of monitors or relief, denied or hindered
)

// A Domain is air, ground or sea.
type Domain string

// A Class is a word of the vocabulary for a weapon: mortar, cruise-missile.
// Empty means unknown.
type Class string

// People is a word of the vocabulary for a class of persons whom something may be directed
// at: civilians, monitors, aid-workers. It says nothing of whose side they are on.
type People string

// Civilians are the people whom catalogues name where they name a class and no side.
const Civilians People = "civilians"

// Vocabulary holds acts, weapon classes, people and means as trees. It is read-only
// and safe for concurrent use.
type Vocabulary struct {
	Version int
	Digest  Digest
	acts    map[Act]actWord
	weapons map[Class]weaponWord
	people  map[People]People // each with its parent
	means   map[string]bool
}

type actWord struct {
	Name   Act    `json:"name"`
	Parent Act    `json:"parent"`
	Domain Domain `json:"domain"`
	Effect bool   `json:"effect"`
	Sign   bool   `json:"sign"`
}

type weaponWord struct {
	Name    Class      `json:"name"`
	Parent  Class      `json:"parent"`
	Domain  Domain     `json:"domain"`
	Calibre [2]Calibre `json:"calibre"` // tenths of a millimetre; zero: the class says nothing
}

func mustVocabulary(b []byte) *Vocabulary {
	var file struct {
		Version int          `json:"version"`
		Acts    []actWord    `json:"acts"`
		Weapons []weaponWord `json:"weapons"`
		People  []struct {
			Name   People `json:"name"`
			Parent People `json:"parent"`
		} `json:"people"`
		Means []string `json:"means"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		panic("vocabulary.json: " + err.Error()) // embedded: wrong only when this build is
	}
	v := &Vocabulary{Version: file.Version, Digest: sha256.Sum256(b), acts: map[Act]actWord{},
		weapons: map[Class]weaponWord{}, people: map[People]People{}, means: map[string]bool{}}
	for _, a := range file.Acts {
		v.acts[a.Name] = a
	}
	for _, w := range file.Weapons {
		v.weapons[w.Name] = w
	}
	for _, p := range file.People {
		v.people[p.Name] = p.Parent
	}
	for _, m := range file.Means {
		v.means[m] = true
	}
	return v
}

// Act returns s as an act, or an error that suggests the nearest word.
func (v *Vocabulary) Act(s string) (Act, error) {
	if _, ok := v.acts[Act(s)]; !ok {
		return "", fmt.Errorf("act %q is not in the vocabulary%s", s, Suggest(s, keys(v.acts)))
	}
	return Act(s), nil
}

// HasAct reports whether s is an act of the vocabulary.
func (v *Vocabulary) HasAct(s string) bool {
	_, ok := v.acts[Act(s)]
	return ok
}

// Class returns s as a weapon class; "unknown" and "" are the empty class.
func (v *Vocabulary) Class(s string) (Class, error) {
	if s == "" || s == "unknown" {
		return "", nil
	}
	if _, ok := v.weapons[Class(s)]; !ok {
		return "", fmt.Errorf("weapon %q is not in the vocabulary%s", s, Suggest(s, keys(v.weapons)))
	}
	return Class(s), nil
}

// People returns s as a class of persons; "unknown" and "" are none.
func (v *Vocabulary) People(s string) (People, error) {
	if s == "" || s == "unknown" {
		return "", nil
	}
	if !v.HasPeople(s) {
		return "", fmt.Errorf("%q is not among the people of the vocabulary%s", s, Suggest(s, keys(v.people)))
	}
	return People(s), nil
}

// HasPeople reports whether s is a class of persons of the vocabulary.
func (v *Vocabulary) HasPeople(s string) bool {
	_, ok := v.people[People(s)]
	return ok
}

// Means returns s if it is a known means of observation.
func (v *Vocabulary) Means(s string) (string, error) {
	if !v.means[s] {
		return "", fmt.Errorf("means %q is not in the vocabulary%s", s, Suggest(s, keys(v.means)))
	}
	return s, nil
}

// ActIs reports whether a is b or one of its descendants.
func (v *Vocabulary) ActIs(a, b Act) bool {
	for ; a != ""; a = v.acts[a].Parent {
		if a == b {
			return true
		}
	}
	return false
}

// ClassIs reports whether c is d or one of its descendants.
func (v *Vocabulary) ClassIs(c, d Class) bool {
	for ; c != ""; c = v.weapons[c].Parent {
		if c == d {
			return true
		}
	}
	return false
}

// PeopleAre reports whether p are q or a part of them.
func (v *Vocabulary) PeopleAre(p, q People) bool {
	for ; p != ""; p = v.people[p] {
		if p == q {
			return true
		}
	}
	return false
}

// ActPath returns a and its ancestors, finest first.
func (v *Vocabulary) ActPath(a Act) []Act {
	var out []Act
	for ; a != ""; a = v.acts[a].Parent {
		out = append(out, a)
	}
	return out
}

// ClassPath returns c and its ancestors, finest first.
func (v *Vocabulary) ClassPath(c Class) []Class {
	var out []Class
	for ; c != ""; c = v.weapons[c].Parent {
		out = append(out, c)
	}
	return out
}

// Sign reports whether a is a sign, which establishes no act by itself.
func (v *Vocabulary) Sign(a Act) bool { return v.acts[a].Sign }

// Effect reports whether a is the effect of an act not seen.
func (v *Vocabulary) Effect(a Act) bool { return v.acts[a].Effect }

// DomainOf is the domain of an act by a weapon: the act's own where it has
// one (an overflight is air), else the weapon's; empty when the weapon is
// unknown.
func (v *Vocabulary) DomainOf(a Act, c Class) Domain {
	for p := a; p != ""; p = v.acts[p].Parent {
		if d := v.acts[p].Domain; d != "" {
			return d
		}
	}
	return v.weapons[c].Domain
}

// CalibreRange is what a class alone says about calibre; ok is false where it
// says nothing.
func (v *Vocabulary) CalibreRange(c Class) (lo, hi Calibre, ok bool) {
	for ; c != ""; c = v.weapons[c].Parent {
		if r := v.weapons[c].Calibre; r[1] != 0 {
			return r[0], r[1], true
		}
	}
	return 0, 0, false
}

// Acts and Classes list the words in alphabetical order.
func (v *Vocabulary) Acts() []string    { return keys(v.acts) }
func (v *Vocabulary) Classes() []string { return keys(v.weapons) }

// AllPeople lists the classes of persons.
func (v *Vocabulary) AllPeople() []string { return keys(v.people) }

// AllMeans lists the means of observation.
func (v *Vocabulary) AllMeans() []string { return keys(v.means) }

func keys[K ~string, V any](m map[K]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, string(k))
	}
	sort.Strings(out)
	return out
}

// A Calibre is a bore in tenths of a millimetre: 12.7 mm is 127. Zero is
// unknown.
type Calibre int32

// ParseCalibre reads millimetres, with at most one decimal; "unknown" is zero.
func ParseCalibre(s string) (Calibre, error) {
	if s == "unknown" {
		return 0, nil
	}
	f, err := strconv.ParseFloat(strings.TrimSuffix(s, "mm"), 64)
	t := Calibre(f*10 + 0.5)
	if err != nil || !(f > 0 && f < 2000) || float64(t)/10 != f {
		return 0, fmt.Errorf("calibre %q: want millimetres with at most one decimal, such as 122 or 12.7", s)
	}
	return t, nil
}

func (c Calibre) String() string {
	return strconv.FormatFloat(float64(c)/10, 'f', -1, 64)
}

// A CalibreRule is a condition such as ">=100"; the zero value is none.
type CalibreRule struct {
	Op string  // >=, >, <=, <, =
	MM Calibre // tenths of a millimetre
}

// ParseCalibreRule reads ">=100", "<=120", "=122", "122".
func ParseCalibreRule(s string) (CalibreRule, error) {
	s = strings.TrimSpace(s)
	for _, op := range []string{">=", "<=", ">", "<", "="} {
		if rest, ok := strings.CutPrefix(s, op); ok {
			c, err := ParseCalibre(strings.TrimSpace(rest))
			return CalibreRule{op, c}, err
		}
	}
	c, err := ParseCalibre(s)
	return CalibreRule{"=", c}, err
}

// Holds reports whether c satisfies r.
func (r CalibreRule) Holds(c Calibre) bool {
	switch r.Op {
	case ">=":
		return c >= r.MM
	case ">":
		return c > r.MM
	case "<=":
		return c <= r.MM
	case "<":
		return c < r.MM
	case "=":
		return c == r.MM
	}
	return true
}

func (r CalibreRule) String() string { return r.Op + r.MM.String() + " mm" }

// Suggest returns `; did you mean "x"?` for the nearest of words, or a list
// when nothing is near and the list is short. A word of which s is the beginning, three
// letters or more, is nearer than all others if it is the only one: --map is --mapping.
func Suggest(s string, words []string) string {
	best, bestD := "", len(s)/3+2
	if begun := beginning(strings.ToLower(strings.TrimLeft(s, "-")), words); begun != "" {
		return fmt.Sprintf("; did you mean %q?", begun)
	}
	for _, w := range words {
		if d := editDistance(strings.ToLower(s), strings.ToLower(w)); d < bestD {
			best, bestD = w, d
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	if n := len(words); n > 0 && n <= 24 {
		return "; there is " + strings.Join(words, ", ")
	}
	return ""
}

// beginning is the only one of words that begins with s; empty: none or several do, or s is
// one of them.
func beginning(s string, words []string) (out string) {
	for _, w := range words {
		switch low := strings.ToLower(strings.TrimLeft(w, "-")); {
		case low == s:
			return ""
		case len(s) >= 3 && strings.HasPrefix(low, s) && out != "":
			return ""
		case len(s) >= 3 && strings.HasPrefix(low, s):
			out = w
		}
	}
	return out
}

// editDistance is Levenshtein's, over bytes, cut off for absurd lengths.
func editDistance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diag
			if a[i-1] != b[j-1] {
				cost++
			}
			diag = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
