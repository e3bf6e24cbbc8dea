package mission

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/situation"
)

// A Publication is the content of an entry that says what was published.
type Publication struct {
	Title   string                  `json:"title"`
	File    string                  `json:"file"`
	SHA256  truce.Digest            `json:"sha256"`
	Entries int64                   `json:"entries"` // the record's size that it was computed from
	Known   string                  `json:"known"`   // as known at; "never": everything
	Digests map[string]truce.Digest `json:"digests"` // of the situation, to the public and to the mission
	Because string                  `json:"because"`
}

// AsKnown is the moment of knowledge of what was published.
func (p *Publication) AsKnown() truce.Instant {
	var at truce.Instant
	if at.UnmarshalText([]byte(p.Known)) != nil {
		return truce.Never
	}
	return at
}

// WholeDigest is the digest of what the mission itself computes at the same
// moment, with what is held back.
func (m *Mission) WholeDigest(s *situation.Situation) (truce.Digest, error) {
	if s.Withheld == 0 {
		return s.Digest(), nil
	}
	all := *m
	all.Seen, all.Public = nil, false
	out, err := all.Situation(s.Now)
	if err != nil {
		return truce.Digest{}, err
	}
	return out.Digest(), nil
}
