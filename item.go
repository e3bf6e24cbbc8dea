package truce

import (
	"slices"
	"strconv"
)

// An Item is the content of one entry as the mission learnt it: exactly one of the pointers
// is set. Known is the moment of knowledge; what is derived as of a moment
// uses only what was known by then.
type Item struct {
	Known        Instant       `json:"known"`
	Replaces     Digest        `json:"replaces,omitzero"` // a correction: the entry it takes the place of
	Observation  *Observation  `json:"observation,omitempty"`
	Tally        *Tally        `json:"tally,omitempty"`
	Coverage     *Coverage     `json:"coverage,omitempty"`
	Notification *Notification `json:"notification,omitempty"`
	Response     *Response     `json:"response,omitempty"`
	Restriction  *Restriction  `json:"restriction,omitempty"`
	Decision     *Decision     `json:"decision,omitempty"`
	Withdrawal   *Withdrawal   `json:"withdrawal,omitempty"`
	Attribution  *Attribution  `json:"attribution,omitempty"`

	// Speaker is the party whose key signed the entry; empty: the mission. IDs,
	// withdrawals and corrections belong to the speaker that stated them.
	Speaker PartyID `json:"-"`
}

// ID is the entry's own digest; a withdrawal has none.
func (r *Item) ID() Digest {
	switch {
	case r.Observation != nil:
		return r.Observation.ID
	case r.Tally != nil:
		return r.Tally.ID
	case r.Coverage != nil:
		return r.Coverage.ID
	case r.Notification != nil:
		return r.Notification.ID
	case r.Response != nil:
		return r.Response.ID
	case r.Restriction != nil:
		return r.Restriction.ID
	case r.Decision != nil:
		return r.Decision.ID
	case r.Attribution != nil:
		return r.Attribution.ID
	}
	return Digest{}
}

// Place is where what the item says was, to be read or set; nil: it has no place of its
// own.
func (r *Item) Place() *Place {
	switch {
	case r.Observation != nil:
		return &r.Observation.Place
	case r.Tally != nil:
		return &r.Tally.Place
	case r.Notification != nil:
		return &r.Notification.Place
	case r.Restriction != nil:
		return &r.Restriction.Place
	}
	return nil
}

// OwnID reports whether an item's ID is the digest of its own source, key and
// revision, so that nobody else can have chosen it. Items without a source, such as
// decisions, have an ID that is free, and theirs counts as their own. The ID of an
// item that was sealed says nothing of its source, and is not.
func (r *Item) OwnID() bool {
	want := r.identity()
	return len(want) == 0 || slices.Contains(want, r.ID())
}

// identity are the IDs that an item may have: the digests of its source, key and
// revision. None: its ID is free.
func (r *Item) identity() []Digest {
	revision := func(n int32) string { return strconv.Itoa(int(n)) }
	switch {
	case r.Observation != nil:
		o := r.Observation
		return []Digest{DigestOf("observation", string(o.Source), o.Key, revision(o.Revision))}
	case r.Tally != nil:
		t := r.Tally
		return []Digest{DigestOf("tally", string(t.Source), t.Key, revision(t.Revision))}
	case r.Coverage != nil:
		return []Digest{DigestOf("coverage", string(r.Coverage.Source), r.Coverage.Key)}
	case r.Notification != nil:
		n := r.Notification
		return []Digest{DigestOf("notification", string(n.By), n.Key), DigestOf("notification", string(n.Source), string(n.By), n.Key)}
	case r.Response != nil:
		a := r.Response
		return []Digest{DigestOf("response", string(a.By), a.Key), DigestOf("response", string(a.Source), string(a.By), a.Key),
			DigestOf("response", string(a.By), a.Key, a.To.Hex(), a.Says)}
	case r.Restriction != nil:
		x := r.Restriction
		return []Digest{DigestOf("restriction", string(x.By), x.Key), DigestOf("restriction", string(x.Source), string(x.By), x.Key)}
	}
	return nil
}
