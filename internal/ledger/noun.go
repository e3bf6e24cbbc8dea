package ledger

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unique"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
	"github.com/opentruce/truce"
)

// nouns are written as encoding/json would: zero numbers are left out too.
var nouns = json.JoinOptions(jsonv1.OmitEmptyWithLegacySemantics(true), json.Deterministic(true))

// KindOf is the kind of entry that a record becomes.
func KindOf(r *truce.Item) string {
	switch {
	case r.Observation != nil && r.Observation.Claimant != "":
		return "allegation"
	case r.Observation != nil && r.Observation.Act == truce.ActPresence:
		return "seen"
	case r.Observation != nil:
		return "observation"
	case r.Tally != nil:
		return "tally"
	case r.Coverage != nil:
		return "coverage"
	case r.Notification != nil:
		return "notification"
	case r.Response != nil:
		return "response"
	case r.Restriction != nil:
		return "restriction"
	case r.Decision != nil:
		return "decision"
	case r.Withdrawal != nil:
		return "withdrawal"
	case r.Attribution != nil:
		return "attribution"
	}
	return ""
}

// BodyOf is what is said by a record. Its Known is kept if stated.
func BodyOf(mission string, r *truce.Item) (Body, error) {
	b := Body{Kind: KindOf(r), Mission: mission, Known: r.Known, Replaces: r.Replaces}
	said := noun(r)
	if said == nil {
		return b, errors.New("nothing is said in it")
	}
	var err error
	b.Content, err = json.Marshal(said, nouns)
	return b, err
}

// noun is what a record says, or nil.
func noun(r *truce.Item) any {
	switch {
	case r.Observation != nil:
		return r.Observation
	case r.Tally != nil:
		return r.Tally
	case r.Coverage != nil:
		return r.Coverage
	case r.Notification != nil:
		return r.Notification
	case r.Response != nil:
		return r.Response
	case r.Restriction != nil:
		return r.Restriction
	case r.Decision != nil:
		return r.Decision
	case r.Withdrawal != nil:
		return r.Withdrawal
	case r.Attribution != nil:
		return r.Attribution
	}
	return nil
}

// IsItem reports whether an entry says something that findings rest on.
func (e *Entry) IsItem() bool {
	switch e.Kind {
	case "observation", "seen", "allegation", "tally", "coverage", "notification", "response", "restriction", "decision", "withdrawal", "attribution":
		return true
	}
	return false
}

// Item gives back what an entry says. A place whose shape lies beside the record has
// its File, and no Shape. What is sealed is opened by o, if it is
// held: without all of the shared fields the entry is ErrWithheld, and no field is
// ever read as if it were empty. Restricted fields are texts that no finding
// depends on; they are not in the item. An entry that cannot be used is an
// *Objection.
func (e *Entry) Item(o *Opened) (truce.Item, error) {
	r := truce.Item{Known: e.At(), Replaces: e.Replaces}
	content := jsontext.Value(e.Content)
	if e.Sealed != nil {
		if bad := checkSealed(e); bad != nil {
			return r, bad
		}
		if len(e.Sealed.Shared) > 0 {
			if o == nil || !o.whole {
				return r, ErrWithheld
			}
			for _, name := range neverSealed {
				if _, ok := o.Shared[name]; ok {
					return r, skip(RuleSealed, "the member %q is sealed, and must be public", name)
				}
			}
			var err error
			if content, err = merge(content, o.Shared); err != nil {
				return r, skip(RuleForm, "%v", err)
			}
			if known, ok := o.Shared["known"]; ok { // when it became known may itself tell what it is
				if err := json.Unmarshal(known, &r.Known); err != nil {
					return r, skip(RuleForm, "%s", plainly(err))
				}
				if r.Known != truce.Always && !truce.Plausible(r.Known) {
					return r, skip(RuleTime, "it says that it was known at %s, which is not in the years 1900 to 2199", instant(r.Known))
				}
				if r.Known == 0 { // stated; zero is what is not
					r.Known = -1
				}
			}
		}
	}
	for _, t := range []truce.Instant{e.Known, r.Known} {
		if bad := checkKnownAt(t); bad != nil {
			return r, bad
		}
	}
	var err error
	switch e.Kind {
	case "observation", "seen", "allegation":
		if r.Observation, err = reading[truce.Observation](content); err == nil {
			shareWords(r.Observation)
		}
	case "tally":
		r.Tally, err = reading[truce.Tally](content)
	case "coverage":
		r.Coverage, err = reading[truce.Coverage](content)
	case "notification":
		r.Notification, err = reading[truce.Notification](content)
	case "response":
		r.Response, err = reading[truce.Response](content)
	case "restriction":
		r.Restriction, err = reading[truce.Restriction](content)
	case "decision":
		r.Decision, err = reading[truce.Decision](content)
	case "withdrawal":
		r.Withdrawal, err = reading[truce.Withdrawal](content)
	case "attribution":
		r.Attribution, err = reading[truce.Attribution](content)
	default:
		err = fmt.Errorf("findings do not depend on a %s", e.Kind)
	}
	if err != nil {
		return r, skip(RuleForm, "%s", plainly(err))
	}
	if got := KindOf(&r); got != e.Kind {
		return r, skip(RuleForm, "its kind is %s, and it says what a %s says", e.Kind, got)
	}
	if p := r.Place(); p != nil && !p.File.IsZero() && o != nil && o.Shared["place"] != nil {
		return r, skip(RuleForm, "a place that is sealed has its shape in its opening, and this one names a file") // which mirrors would not know of
	}
	if bad := checkItem(&r, e.Received); bad != nil {
		return r, bad
	}
	return r, nil
}

// NounID is the ID that an entry's public content states; zero: none.
func (e *Entry) NounID() truce.Digest {
	var c struct {
		ID truce.Digest `json:"id"`
	}
	_ = json.Unmarshal(e.Content, &c)
	return c.ID
}

// shareWords keeps one copy of the words that a million observations have in
// common.
func shareWords(o *truce.Observation) {
	o.Source = unique.Make(o.Source).Value()
	o.Act = unique.Make(o.Act).Value()
	o.Weapon = unique.Make(o.Weapon).Value()
	o.Means = unique.Make(o.Means).Value()
	o.Place.Name = unique.Make(o.Place.Name).Value()
	o.Place.Settlement = unique.Make(o.Place.Settlement).Value()
	o.Note = unique.Make(o.Note).Value()
}

// reading decodes a noun, and refuses members that it does not have. Content that
// makes the decoder panic is content that cannot be read.
func reading[T any](content jsontext.Value) (v *T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a fault of this program: %v", p)
		}
	}()
	if len(content) == 0 {
		return nil, errors.New("the content is missing")
	}
	v = new(T)
	return v, json.Unmarshal(content, v, json.RejectUnknownMembers(true))
}

// ErrWithheld says that an input's content is not held here.
var ErrWithheld = errors.New("withheld")

// An Opening is what stands behind one commitment: a salt, a field's name and
// its value, as the canonical JSON array whose SHA-256 is the commitment.
type Opening struct {
	Restricted bool // or shared
	Text       jsontext.Value
}

// Commitment is the commitment in base64.
func (o *Opening) Commitment() string {
	sum := sha256.Sum256(o.Text)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Field reads an opening: the field's name and value.
func (o *Opening) Field() (name string, value jsontext.Value, err error) {
	var parts []jsontext.Value
	if err = json.Unmarshal(o.Text, &parts); err != nil {
		return "", nil, err
	}
	if len(parts) != 3 {
		return "", nil, errors.New("an opening has salt, name and value")
	}
	err = json.Unmarshal(parts[1], &name)
	return name, parts[2], err
}

// A Shelf is where a field is kept that is not public.
type Shelf int

const (
	Public     Shelf = iota
	Shared           // findings depend on it; it goes to all parties
	Restricted       // no finding depends on it
)

// Seal moves fields of a body's content behind commitments with a random salt of
// 32 bytes each, each field onto the shelf that where names. The body then holds no
// trace of them but how many there are. A moment of knowledge goes with the shared
// fields, if there are any.
func (b *Body) Seal(where func(field string) Shelf) ([]Opening, error) {
	var fields map[string]jsontext.Value
	if err := json.Unmarshal(b.Content, &fields); err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(fields))
	if b.Known != 0 && slices.ContainsFunc(names, func(n string) bool { return where(n) == Shared }) {
		known, err := json.Marshal(b.Known)
		if err != nil {
			return nil, err
		}
		fields["known"], b.Known = known, 0
		names = slices.Sorted(maps.Keys(fields))
	}
	var out []Opening
	sealed := &Sealed{}
	for _, name := range names {
		shelf := where(name)
		if name == "known" {
			shelf = Shared
		}
		if shelf == Public {
			continue
		}
		salt := make([]byte, 32)
		rand.Read(salt)
		text, err := json.Marshal([]any{base64.RawURLEncoding.EncodeToString(salt), name, fields[name]})
		if err == nil {
			text, err = canonicalLong(text)
		}
		if err != nil {
			return nil, err
		}
		o := Opening{Restricted: shelf == Restricted, Text: text}
		if o.Restricted {
			sealed.Restricted = append(sealed.Restricted, o.Commitment())
		} else {
			sealed.Shared = append(sealed.Shared, o.Commitment())
		}
		out = append(out, o)
		delete(fields, name)
	}
	// In the order of the fields they would tell which is which.
	slices.Sort(sealed.Shared)
	slices.Sort(sealed.Restricted)
	if len(out) > 0 {
		b.Sealed = sealed
	}
	var err error
	b.Content, err = canonical(fields)
	return out, err
}

// Opened are the sealed fields of one entry that are held, by name.
type Opened struct {
	Shared     Fields
	Restricted Fields
	whole      bool // every shared commitment is opened
}

// Whole reports whether all shared fields are opened.
func (o *Opened) Whole() bool { return o != nil && o.whole }

// Open takes the fields that openings reveal of an entry. One that the entry did
// not commit to, or that cannot be read, is left out and counted in strange: it is
// somebody's invention, and hides none of the others.
func (e *Entry) Open(list []Opening) (o *Opened, strange int) {
	o = &Opened{Shared: Fields{}, Restricted: Fields{}}
	if e.Sealed == nil {
		return o, len(list)
	}
	shared := map[string]bool{} // commitments that are opened
	for i := range list {
		c := list[i].Commitment()
		fields := o.Shared
		if !slices.Contains(e.Sealed.Shared, c) {
			fields = o.Restricted
			if !slices.Contains(e.Sealed.Restricted, c) {
				strange++
				continue
			}
		}
		name, value, err := list[i].Field()
		if err != nil {
			strange++
			continue
		}
		// An author who commits to two values of one field would show each to somebody
		// else: the field then is none.
		if was, twice := fields[name]; twice && string(was) != string(value) {
			strange++
			delete(fields, name)
			continue
		}
		fields[name] = value
		if slices.Contains(e.Sealed.Shared, c) {
			shared[c] = true
		}
	}
	o.whole = len(o.Shared) == len(e.Sealed.Shared) && len(shared) == len(e.Sealed.Shared)
	return o, strange
}

// Check holds an entry of which everything is checked against the rules about what it
// says: its sealed content too is written as this program writes it.
func (e *Entry) Check(o *Opened) (truce.Item, error) {
	r, err := e.Item(o)
	if err != nil {
		return r, err
	}
	content := jsontext.Value(e.Content)
	if e.Sealed != nil && len(e.Sealed.Shared) > 0 {
		if content, err = merge(content, o.Shared); err != nil {
			return r, skip(RuleForm, "%v", err)
		}
	}
	if bad := e.again(&r, content); bad != nil {
		return r, bad
	}
	if o == nil || len(o.Restricted) == 0 {
		return r, nil
	}
	return r, e.checkRestricted(content, o.Restricted)
}

// mostRestricted is how long the restricted fields of one entry may be together, as
// long as a body that is handed in.
const mostRestricted = 16 << 10

// checkRestricted holds restricted fields against the kind that they are of: they are
// texts and evidence, which no finding depends on. content is everything else.
func (e *Entry) checkRestricted(content jsontext.Value, restricted Fields) error {
	length := 0
	for name, value := range restricted {
		if !slices.Contains([]string{"note", "text", "because", "although", "basis", "evidence"}, name) {
			return skip(RuleSealed, "the member %q is restricted, which only texts and evidence may be", name)
		}
		length += len(value)
	}
	if length > mostRestricted {
		return skip(RuleForm, "its texts are %d bytes long together; want at most %d", length, mostRestricted)
	}
	all, err := merge(content, restricted)
	if err != nil {
		return skip(RuleForm, "%v", err)
	}
	open := *e
	open.Content, open.Sealed = []byte(all), nil
	r, err := open.Item(nil)
	if err != nil {
		return err
	}
	if bad := open.again(&r, all); bad != nil {
		return bad
	}
	return nil
}

// merge puts opened fields back.
func merge(content jsontext.Value, opened map[string]jsontext.Value) (jsontext.Value, error) {
	fields := map[string]jsontext.Value{}
	if len(content) > 0 {
		if err := json.Unmarshal(content, &fields); err != nil {
			return nil, err
		}
	}
	for name, value := range opened {
		if name == "known" {
			continue
		}
		if _, twice := fields[name]; twice {
			return nil, fmt.Errorf("field %q is public and sealed", name)
		}
		fields[name] = value
	}
	return json.Marshal(fields, json.Deterministic(true))
}

// Keyed is the ID of an item that is not public: nobody without the mission's
// secret can tell it from what it was made of.
func Keyed(secret []byte, id truce.Digest) truce.Digest {
	h := hmac.New(sha256.New, secret)
	h.Write(id[:])
	return truce.Digest(h.Sum(nil))
}

// Marshal writes v as JSON without touching what is JSON already: an opening that
// was escaped otherwise would not be the one that was committed to.
func Marshal(v any) ([]byte, error) { return json.Marshal(v, json.Deterministic(true)) }

// MissionOf reads the content of entry 0.
func MissionOf(content []byte) (Mission, error) {
	var m Mission
	return m, json.Unmarshal(content, &m, json.RejectUnknownMembers(true))
}

// Fields are the revealed fields of an entry, by name.
type Fields = map[string]jsontext.Value
