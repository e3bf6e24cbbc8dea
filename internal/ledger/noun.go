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
	"strings"
	"unique"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
	"github.com/opentruce/truce"
)

// nouns are written as encoding/json would: zero numbers are left out too.
var nouns = json.JoinOptions(jsonv1.OmitEmptyWithLegacySemantics(true), json.Deterministic(true))

// KindOf is the kind of entry that a record becomes.
func KindOf(r *truce.Record) string {
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
func BodyOf(mission string, r *truce.Record) (Body, error) {
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
func noun(r *truce.Record) any {
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

// IsRecord reports whether an entry says something that findings rest on.
func (e *Entry) IsRecord() bool {
	switch e.Kind {
	case "observation", "seen", "allegation", "tally", "coverage", "notification", "response", "restriction", "decision", "withdrawal", "attribution":
		return true
	}
	return false
}

// Record gives back what an entry says. Of one that is not public, opened are
// the fields that are held; without those that it needs it is ErrWithheld.
func (e *Entry) Record(opened map[string]jsontext.Value) (truce.Record, error) {
	r := truce.Record{Known: e.At(), Replaces: e.Replaces}
	content := jsontext.Value(e.Content)
	if e.Sealed != nil {
		if len(opened) == 0 && len(e.Sealed.Shared) > 0 {
			return r, ErrWithheld
		}
		var err error
		if content, err = merge(content, opened); err != nil {
			return r, fmt.Errorf("entry %d: %w", e.Index, err)
		}
	}
	var err error
	if known, ok := opened["known"]; ok { // when it became known may itself tell what it is
		if err := json.Unmarshal(known, &r.Known); err != nil {
			return r, fmt.Errorf("entry %d: %w", e.Index, err)
		}
	}
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
		if r.Decision, err = reading[truce.Decision](content); err == nil {
			r.Decision.Hand = strings.Join(e.Signers(), " ")
		}
	case "withdrawal":
		r.Withdrawal, err = reading[truce.Withdrawal](content)
	case "attribution":
		r.Attribution, err = reading[truce.Attribution](content)
	default:
		err = fmt.Errorf("a %s is no input of findings", e.Kind)
	}
	if err != nil {
		err = fmt.Errorf("entry %d: %w", e.Index, err)
	}
	return r, err
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

// reading decodes a noun, and refuses members that it does not have.
func reading[T any](content jsontext.Value) (*T, error) {
	v := new(T)
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

// Seal moves fields of a body's content behind commitments with a random salt
// of 32 bytes each: those named in restricted, and all others but those named in
// public as shared. The body then holds no trace of them but how many there are.
func (b *Body) Seal(public, restricted []string) ([]Opening, error) {
	var fields map[string]jsontext.Value
	if err := json.Unmarshal(b.Content, &fields); err != nil {
		return nil, err
	}
	if b.Known != 0 {
		known, err := json.Marshal(b.Known)
		if err != nil {
			return nil, err
		}
		fields["known"], b.Known = known, 0
	}
	var out []Opening
	sealed := &Sealed{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(public, name) {
			continue
		}
		salt := make([]byte, 32)
		rand.Read(salt)
		text, err := canonical([]any{base64.RawURLEncoding.EncodeToString(salt), name, fields[name]})
		if err != nil {
			return nil, err
		}
		o := Opening{Restricted: slices.Contains(restricted, name), Text: text}
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

// Opened are the fields that openings reveal of an entry; one that the entry
// did not commit to is refused.
func (e *Entry) Opened(list []Opening) (map[string]jsontext.Value, error) {
	out := map[string]jsontext.Value{}
	for i := range list {
		c := list[i].Commitment()
		if e.Sealed == nil || !slices.Contains(e.Sealed.Shared, c) && !slices.Contains(e.Sealed.Restricted, c) {
			return nil, fmt.Errorf("entry %d did not commit to what is said to stand behind it", e.Index)
		}
		name, value, err := list[i].Field()
		if err != nil {
			return nil, err
		}
		if was, twice := out[name]; twice && string(was) != string(value) {
			return nil, fmt.Errorf("entry %d committed to two values of %q", e.Index, name)
		}
		out[name] = value
	}
	return out, nil
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
