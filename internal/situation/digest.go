package situation

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/calendar"
	"github.com/opentruce/truce/internal/correlate"
	"github.com/opentruce/truce/internal/sorted"
)

// Digest is over every incident and every finding, and over all that is counted: two machines
// that computed the same have the same digest. It is over its parts, in order.
func (s *Situation) Digest() truce.Digest {
	h := sha256.New()
	io.WriteString(h, "truce situation 3\x00")
	for _, p := range s.Parts() {
		h.Write(p.Digest[:])
	}
	return truce.Digest(h.Sum(nil))
}

// A Part is one part of a digest. Where two digests differ, the parts say in what.
type Part struct {
	Name   string // a word for programs
	Words  string
	Digest truce.Digest
}

// Names of the parts, in the order of the digest.
const (
	PartIncidents = "incidents" // which observations are one incident, and what each article says of it
	PartTotals    = "totals"
	PartPeriods   = "periods"
	PartRanges    = "ranges" // how many incidents there are, and how many people were killed and injured: low and high
	PartDays      = "days"
)

// Parts are those of the digest. The first is the root of a tree of two levels, so that one
// incident that changes costs its leaf and the root: a leaf is over the incidents whose IDs
// begin with the same 12 bits, in their order, and over what each article says of them. The
// others are over what each article says of totals, of its whole period, of how many there
// are, in all and on each local day, and of days.
func (s *Situation) Parts() []Part {
	s.mu.Lock()
	parts := s.parts
	s.mu.Unlock()
	if parts != nil {
		return parts
	}
	l := s.made()
	incidents, totals, periods, ranges, days := sha256.New(), sha256.New(), sha256.New(), sha256.New(), sha256.New()
	for i := range l.sums {
		incidents.Write(l.sums[i][:])
	}
	var b []byte
	for i := range s.Agreement.Provisions {
		art := s.Agreement.Provisions[i].Article
		for _, h := range []hash.Hash{totals, periods, ranges, days} {
			io.WriteString(h, "\x00article "+string(art)+"\x00")
		}
		for _, f := range s.findings(art, "", "").tallied {
			b = digested(b[:0], &f.Assessment)
			totals.Write(b)
		}
		s.digestPeriod(periods, art)
		s.digestRanges(ranges, art)
		for _, f := range s.DayFindings(art) {
			days.Write(f.ID[:])
			fmt.Fprintf(days, "%s\x00%s\x00%s\x00%d\x00%s\x00%s\x00%d %d %d\n", f.Outcome, f.Standing, f.Ground, f.Days, f.Area.Level, f.Area.Name, f.Area.Centre.Lat, f.Area.Centre.Lon, f.Area.RadiusM)
			digestDecided(days, &f)
		}
	}
	sum := func(h hash.Hash) truce.Digest { return truce.Digest(h.Sum(nil)) }
	parts = []Part{
		{PartIncidents, "incidents, and what each article says of them", sum(incidents)},
		{PartTotals, "what each article says of totals", sum(totals)},
		{PartPeriods, "what each article says of its whole period", sum(periods)},
		{PartRanges, "how many incidents, killed and injured there are at least and at most", sum(ranges)},
		{PartDays, "findings of at least one act on a day", sum(days)},
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts = parts
	return parts
}

// Published is what a publication states of a situation: its digest, and those of its parts,
// so that whoever computes another is told in what they differ.
func (s *Situation) Published() map[string]truce.Digest {
	out := map[string]truce.Digest{"public": s.Digest()}
	for _, p := range s.Parts() {
		out["public-"+p.Name] = p.Digest
	}
	return out
}

// Differing are the words for the parts that differ from what was published; none: they are
// all the same, or no parts were published.
func (s *Situation) Differing(published map[string]truce.Digest) (out []string) {
	for _, p := range s.Parts() {
		if was, ok := published["public-"+p.Name]; ok && was != p.Digest {
			out = append(out, p.Words)
		}
	}
	return out
}

// digestRanges is over the low and the high of all that an article counts, and of what it
// counts on each local day. The lows of days are what the low of a period is added from.
func (s *Situation) digestRanges(h hash.Hash, art truce.Article) {
	c := s.Count(art, truce.Interval{})
	b := c.digested(nil)
	f := s.findings(art, "", "")
	cal := f.calendar()
	r := s.rangingOf(f)
	days := cal.Touched(truce.Interval{Start: truce.Always, End: truce.Never})
	lows := make([]lowest, len(days))
	const chunk = 16
	correlate.Parallel((len(days)+chunk-1)/chunk, s.workers, nil, func(i int) {
		choose := r.chooser()
		for k := i * chunk; k < min(len(days), (i+1)*chunk); k++ {
			if x := r.alone(choose, days[k]); x != nil {
				lows[k].join(&x.low)
			}
			if x := r.several(choose, days[k]); x != nil { // of several days, the first of which this is
				for target := range targets {
					for _, t := range x.taken[target] {
						lows[k].add(target, t.worth)
					}
				}
			}
		}
	})
	for k, n := range days {
		day := calendar.Keep(cal.Day(n), "sum", summed).count
		for _, x := range cal.Day(n).Several() {
			if !x.OnlySigns && cal.DayOf(x.During.Start) == n {
				day.Add(x)
			}
		}
		if day.Incidents == 0 && day.Violations == 0 {
			continue
		}
		day.within(&lows[k])
		b = day.digested(binary.BigEndian.AppendUint64(b, uint64(n)))
	}
	h.Write(b)
}

// digested appends the low and the high of what is counted.
func (c *Count) digested(b []byte) []byte {
	for _, n := range []int{c.Incidents, c.Incidents + c.May.Incidents, c.Violations, c.Violations + c.May.Violations} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	for _, harm := range []*truce.Casualties{c.Casualties, c.Unclear} {
		for _, name := range truce.CasualtyFields {
			if harm != nil {
				if r := *harm.Field(name); r != nil {
					b = append(b, r.String()...)
				}
			}
			b = append(b, 0)
		}
	}
	return append(b, '\n')
}

// made makes the leaves that are not made yet.
func (s *Situation) made() *leaves {
	l := s.kept()
	if l != nil && !slices.Contains(l.made, false) {
		return l
	}
	l = l.copy()
	var missing []int
	for i, ok := range l.made {
		if ok {
			continue
		}
		if _, _, list := s.incidents.Leaf(i); len(list) == 0 {
			l.sums[i], l.made[i] = truce.Digest{}, true
		} else {
			missing = append(missing, i)
		}
	}
	for i := range s.Agreement.Provisions {
		s.findings(s.Agreement.Provisions[i].Article, "", "")
	}
	correlate.Parallel(len(missing), s.workers, nil, func(i int) {
		n := missing[i]
		l.sums[n], l.made[n] = s.leaf(n), true
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leaves = l
	return l
}

// digestDecided adds what people decided of a finding of days; where they decided nothing,
// it adds nothing.
func digestDecided(h hash.Hash, f *truce.DayFinding) {
	if !f.Confirmed.IsZero() {
		fmt.Fprintf(h, "confirmed %s %t\n", f.Confirmed.Hex(), f.Changed)
	}
	for _, d := range f.Earlier {
		fmt.Fprintf(h, "%s %s\n", d.Kind, d.ID.Hex())
	}
	if f.Replied != "" {
		fmt.Fprintf(h, "replied %s\n", f.Replied)
	}
	if f.ReplyBy != 0 {
		fmt.Fprintf(h, "reply by %d\n", f.ReplyBy)
	}
	if f.Waits != nil {
		fmt.Fprintf(h, "waits %s %s\n", f.Waits.Kind, f.Waits.ID.Hex())
	}
}

func (s *Situation) digestPeriod(h hash.Hash, art truce.Article) {
	if a, err := s.Assess(Query{Article: art}); err == nil {
		h.Write(binary.BigEndian.AppendUint32(digested(nil, &a), uint32(a.Coverage)))
	}
}

// leaves are those of a digest, as far as they are made. A situation's own do not
// change.
type leaves struct {
	sums []truce.Digest
	made []bool
}

func (l *leaves) copy() *leaves {
	if l == nil {
		return &leaves{make([]truce.Digest, sorted.Leaves), make([]bool, sorted.Leaves)}
	}
	return &leaves{slices.Clone(l.sums), slices.Clone(l.made)}
}

// without are the leaves without those of some incidents.
func (l *leaves) without(ids []truce.Digest) *leaves {
	if l == nil || len(ids) == 0 {
		return l
	}
	out := l.copy()
	for _, id := range ids {
		out.made[sorted.LeafOf(id)] = false
	}
	return out
}

// kept are the leaves that are made; nil: none.
func (s *Situation) kept() *leaves {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leaves
}

// leaf is the digest of one leaf; zero if the leaf has no incidents.
func (s *Situation) leaf(n int) truce.Digest {
	piece, from, list := s.incidents.Leaf(n)
	if len(list) == 0 {
		return truce.Digest{}
	}
	h := sha256.New()
	for _, inc := range list {
		h.Write(inc.ID[:])
	}
	var b []byte
	for i := range s.Agreement.Provisions {
		art := s.Agreement.Provisions[i].Article
		io.WriteString(h, "\x00article "+string(art)+"\x00")
		all := s.findings(art, "", "")
		h.Write(plain(all.outcomes[piece][from : from+len(list)]))
		for _, f := range all.leaf(n) {
			b = digested(b[:0], &f.Assessment)
			h.Write(b)
		}
	}
	return truce.Digest(h.Sum(nil))
}

// EarlierDigest is Digest as it was before it became a tree: what was published
// with it is still found to be the same.
func (s *Situation) EarlierDigest() truce.Digest {
	h := sha256.New()
	for inc := range s.incidents.All() {
		h.Write(inc.ID[:])
	}
	for i := range s.Agreement.Provisions {
		p := &s.Agreement.Provisions[i]
		io.WriteString(h, "\x00article "+string(p.Article)+"\x00")
		all := s.findings(p.Article, "", "")
		for _, p := range all.outcomes {
			h.Write(plain(p))
		}
		var b []byte
		for f := range all.each() {
			b = digested(b[:0], &f.Assessment)
			h.Write(b)
		}
		s.digestPeriod(h, p.Article)
	}
	return truce.Digest(h.Sum(nil))
}

// digested appends what counts of a finding.
func digested(b []byte, a *truce.Assessment) []byte {
	b = append(b, a.Of[:]...)
	b = append(append(append(append(append(append(b, a.Outcome...), 0), a.Standing...), 0), a.Ground...), 0)
	for _, m := range a.Missing {
		b = append(append(b, m...), ' ')
	}
	b = append(append(b, a.Signs.String()...), 0)
	if d := a.Done; d != nil {
		b = fmt.Appendf(b, "done %d %d %d %d\x00", d.Low, d.High, d.Of, d.Due)
	}
	b = binary.BigEndian.AppendUint64(b, uint64(a.DepthM))
	return append(binary.BigEndian.AppendUint64(b, uint64(a.AreaM2/10_000)), '\n')
}

// Basis names by digest what findings rest on beside the items.
func (s *Situation) Basis() map[string]string {
	return map[string]string{
		"agreement":  s.Agreement.Digest.Hex(),
		"method":     Method(),
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

// Counted reports whether incidents, reports and coverage are counted under an article.
// Where they are not, its answer over a period is given in the reasons.
func (s *Situation) Counted(art truce.Article) bool {
	return !slices.ContainsFunc(s.rules[art], func(r *assess.Rule) bool { return !r.Counted() })
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
	all := s.findings(art, "", "")
	p, at, ok := s.incidents.Find(inc.ID)
	if !ok {
		return false
	}
	if n := all.outcomes[p][at]; silent(truce.Outcomes[n&^relevant]) {
		return n&relevant != 0
	}
	return slices.ContainsFunc(s.rules[art], func(r *assess.Rule) bool { return r.Relevant(inc) })
}

// Method names the method of this build: the weights by which observations are
// joined, the vocabulary, and the rules by which incidents are assessed.
func Method() string {
	return correlate.Current.Name + " " + truce.DigestOf("method", correlate.Current.Digest.Hex(), truce.Words.Digest.Hex(), assess.Digest().Hex()).Hex()
}
