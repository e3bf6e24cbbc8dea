package release

import (
	"encoding/binary"
	"encoding/json"
	"strconv"

	"github.com/opentruce/truce"
)

// Opens reports whether an audience has what an entry withholds, whatever of it was
// disclosed to all: the mission has it, and both parties have it once it was
// released to them.
func Opens(to truce.Audience, released bool) bool {
	switch to {
	case truce.ForMission:
		return true
	case truce.ForParties:
		return released
	}
	return false
}

// Opens returns the audience whose openings a reader has of an entry that withholds
// something: the reader's own audience, or the mission if the key of the reader's party
// signed the entry. What a party has said is not a secret from that party.
func (r Reader) Opens(by truce.PartyID) truce.Audience {
	if r.Audience == truce.ForParties && r.Party != "" && by == r.Party {
		return truce.ForMission
	}
	return r.Audience
}

// HearsInside reports whether an audience is told of faults inside of what is
// sealed: only the mission can tell them.
func HearsInside(to truce.Audience) bool { return to == truce.ForMission }

// Inputs is a digest over what was opened for an audience, in whatever order that
// was: how many entries, and the sum of the digests of each, word by word. Two
// audiences whose Inputs are equal have the same; nobody can bring that about with
// other inputs short of 2^64 attempts for each word.
type Inputs struct {
	n   int
	sum [4]uint64
}

// Plus adds one input: its entry, and what was read of it; nil: nobody can use it.
func (s Inputs) Plus(entry int64, r *truce.Item) Inputs {
	if r == nil {
		r = &truce.Item{}
	}
	d := truce.DigestOf("input", strconv.FormatInt(entry, 10), must(json.Marshal(r)))
	s.n++
	for i := range s.sum {
		s.sum[i] += binary.BigEndian.Uint64(d[8*i:])
	}
	return s
}

// must is what was written of plain values: that fails by a fault of this build alone,
// and two audiences must not be taken for alike then.
func must(data []byte, err error) string {
	if err != nil {
		panic("record: " + err.Error())
	}
	return string(data)
}
