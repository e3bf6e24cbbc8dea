package truce

// A Record is one entry as the mission learnt it: exactly one of the pointers
// is set. Known is the moment of knowledge; what is derived as of a moment
// uses only what was known by then.
type Record struct {
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
func (r *Record) ID() Digest {
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
