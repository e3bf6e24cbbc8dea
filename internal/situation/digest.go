package situation

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/correlate"
)

// Digest is over every incident and every finding, in their order: two
// machines that computed the same have the same digest.
func (s *Situation) Digest() truce.Digest {
	h := sha256.New()
	for _, inc := range s.Incidents {
		h.Write(inc.ID[:])
	}
	for i := range s.Agreement.Provisions {
		p := &s.Agreement.Provisions[i]
		io.WriteString(h, "\x00article "+string(p.Article)+"\x00")
		all := s.findings(p.Article, "", "")
		h.Write(all.outcomes)
		var b []byte
		for _, f := range all.found {
			b = digested(b[:0], &f.Assessment)
			h.Write(b)
		}
		a, err := s.Assess(Query{Article: p.Article})
		if err == nil {
			h.Write(binary.BigEndian.AppendUint32(digested(b[:0], &a), uint32(a.Coverage)))
		}
	}
	return truce.Digest(h.Sum(nil))
}

// digested appends what counts of a finding.
func digested(b []byte, a *truce.Assessment) []byte {
	b = append(b, a.Of[:]...)
	b = append(append(append(append(b, a.Outcome...), 0), a.Standing...), 0)
	for _, m := range a.Missing {
		b = append(append(b, m...), ' ')
	}
	b = append(append(b, a.Signs.String()...), 0)
	b = binary.BigEndian.AppendUint64(b, uint64(a.DepthM))
	return append(binary.BigEndian.AppendUint64(b, uint64(a.AreaM2/10_000)), '\n')
}

// Basis names by digest what findings rest on beside the records.
func (s *Situation) Basis() map[string]string {
	return map[string]string{
		"agreement":  s.Agreement.Digest.Hex(),
		"method":     correlate.Current.Name + " " + correlate.Current.Digest.Hex(),
		"vocabulary": fmt.Sprintf("%d %s", truce.Words.Version, truce.Words.Digest.Hex()),
		"time zone":  s.Agreement.Zone + " " + zoneDigest(s.Agreement.Location).Hex(),
	}
}

// zoneDigest is over the zone's offset on each day from 2000 to 2049, so that
// two editions of tzdata that differ for those years differ here.
func zoneDigest(loc *time.Location) truce.Digest {
	// A zone's offsets do not change while the program runs.
	if d, ok := zoneDigests.Load(loc.String()); ok {
		return d.(truce.Digest)
	}
	h := sha256.New()
	for t := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC); t.Year() < 2050; t = t.AddDate(0, 0, 1) {
		_, offset := t.In(loc).Zone()
		binary.Write(h, binary.BigEndian, int32(offset))
	}
	d := truce.Digest(h.Sum(nil))
	zoneDigests.Store(loc.String(), d)
	return d
}

var zoneDigests sync.Map // of truce.Digest, by the zone's name

// Covered returns which share of an article's ground was seen over v, by
// those independent of the parties and by the parties' own organs.
func (s *Situation) Covered(art truce.Article, v truce.Interval) (independent, own truce.PPM) {
	rules := s.rules[art]
	if len(rules) == 0 {
		return 0, 0
	}
	return rules[0].Coverage(v)
}

// InForce is v as far as an article binds in it, by whoever reads it so.
func (s *Situation) InForce(art truce.Article, v truce.Interval) []truce.Interval {
	for _, r := range s.rules[art] {
		if out := r.InForce(v); len(out) > 0 {
			return out
		}
	}
	return nil
}

// Relevant reports whether the article would have something to say of an
// incident if it bound: by act, weapon and place.
func (s *Situation) Relevant(art truce.Article, inc *truce.Incident) bool {
	for _, r := range s.rules[art] {
		if r.Relevant(inc) {
			return true
		}
	}
	return false
}
