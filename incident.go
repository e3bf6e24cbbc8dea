package truce

import "sort"

// An Incident is one thing that happened, as far as can be seen: the
// observations, and allegations, that are of it. No word of guilt is in it.
type Incident struct {
	ID       Digest         `json:"id"` // digest of the sorted IDs of Of
	Of       []*Observation `json:"-"`
	Occurred Interval       `json:"occurred"` // of all of it; see Interval.Together
	// Rivals are events of other incidents that fit an observation of this one as
	// well: events of a source that keeps its own apart and that has another event here.
	// Whether this is one incident depends on them. By ID.
	Rivals []*Observation `json:"-"`
	// Crowded says that this one report, dated to a day or so, fits more others than any
	// choice among them could be based on, and was therefore joined with none.
	Crowded bool `json:"-"`
}

// IncidentID is the digest of the sorted observation IDs. It sorts ids.
func IncidentID(ids []Digest) Digest {
	if len(ids) == 1 {
		return DigestOf("incident", string(ids[0][:]))
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i].Less(ids[j]) })
	parts := make([]string, 0, len(ids)+1)
	parts = append(parts, "incident")
	for i := range ids {
		parts = append(parts, string(ids[i][:]))
	}
	return DigestOf(parts...)
}

// NewIncident makes an incident of its observations, sorted by ID.
func NewIncident(of []*Observation) *Incident {
	if len(of) == 1 {
		id := [1]Digest{of[0].ID}
		return &Incident{ID: IncidentID(id[:]), Of: of, Occurred: of[0].Occurred}
	}
	sort.Slice(of, func(i, j int) bool { return of[i].ID.Less(of[j].ID) })
	ids := make([]Digest, len(of))
	hull := of[0].Occurred
	for i, o := range of {
		ids[i] = o.ID
		hull = hull.Together(o.Occurred)
	}
	return &Incident{ID: IncidentID(ids), Of: of, Occurred: hull}
}

// IDs lists the IDs of the incident's observations in order.
func (i *Incident) IDs() []Digest {
	out := make([]Digest, len(i.Of))
	for k, o := range i.Of {
		out[k] = o.ID
	}
	return out
}

// Alleged reports whether nothing but allegations is in it, or allegations
// with signs such as fire pixels, which establish no act.
func (i *Incident) Alleged() bool {
	some := false
	for _, o := range i.Of {
		if !o.Alleged() && !Words.Sign(o.Act) {
			return false
		}
		some = some || o.Alleged()
	}
	return some
}
