package situation

import (
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/calendar"
	"github.com/opentruce/truce/internal/correlate"
	"github.com/opentruce/truce/internal/sorted"
)

// findings are what one article says: an outcome for each incident, and whole assessments
// of the incidents of which it has something to say. To most of a million incidents an
// article is irrelevant.
type findings struct {
	outcomes [][]uint8 // along the incidents: index into truce.Outcomes, and relevant
	found    *sorted.List[*assess.Found]
	tallied  []*assess.Found // of tallies, in their order
	awaiting []*assess.Found // of found, those for which a reply is awaited, which time alone changes
	ticking  []*assess.Found // of found, those that count, undecided, of which a clock may still run

	loc     *time.Location
	onceCal sync.Once
	cal     *calendar.Calendar[*assess.Found]
	kept    *assess.Kept // what the kind of the one rule keeps of days; nil: it keeps nothing, or there are several

	mu   sync.Mutex
	sums []*leafSum // of found, by leaf of the digest; nil: not made
}

// calendar are the findings on incidents, by day.
func (f *findings) calendar() *calendar.Calendar[*assess.Found] {
	f.onceCal.Do(func() {
		f.cal = calendar.New(f.loc, f.found.Slice(), foundOf, func(x *assess.Found) truce.Interval { return x.During })
	})
	return f.cal
}

// within are the findings that overlap v: those on incidents by ID, then tallies.
func (f *findings) within(v truce.Interval) []*assess.Found {
	return append(f.calendar().In(v), f.talliedIn(v)...)
}

// each gives the findings on incidents by ID, and then those on tallies.
func (f *findings) each() iter.Seq[*assess.Found] {
	return func(yield func(*assess.Found) bool) {
		for x := range f.found.All() {
			if !yield(x) {
				return
			}
		}
		for _, x := range f.tallied {
			if !yield(x) {
				return
			}
		}
	}
}

// talliedIn are the findings on tallies that overlap v.
func (f *findings) talliedIn(v truce.Interval) (out []*assess.Found) {
	for _, x := range f.tallied {
		if x.During.Overlaps(v) {
			out = append(out, x)
		}
	}
	return out
}

// over sums up and counts the findings that overlap v, except those that begin at now or
// later. For whole days it uses the sums that are kept; the rest are summed up one by one.
func (f *findings) over(v truce.Interval, now truce.Instant) (sum assess.Sum, count Count) {
	c := f.calendar()
	whole, rest := c.Split(v)
	for _, n := range whole {
		d := calendar.Keep(c.Day(n), "sum", summed)
		if d.sum.Latest >= now {
			part := assess.SumOf(truce.Interval{}, now, c.Day(n).Alone())
			sum.Join(&part)
		} else {
			sum.Join(&d.sum)
		}
		count.Join(&d.count)
	}
	for _, x := range rest {
		switch {
		case x.OnlySigns:
		case v.Contains(x.During):
			count.Add(x)
		default:
			count.AddPerhaps(x)
		}
	}
	part := assess.SumOf(v, now, append(rest, f.talliedIn(v)...))
	sum.Join(&part)
	return sum, count
}

// leafSum is what some findings amount to: those of one leaf, or of one day.
type leafSum struct {
	sum   assess.Sum
	count Count
}

func summed(list []*assess.Found) *leafSum {
	out := &leafSum{}
	for _, x := range list {
		if !x.OnlySigns {
			out.sum.Add(x, &x.Assessment)
			out.count.Add(x)
		}
	}
	return out
}

// few is how many findings are summed up each time; sums of more are kept by leaf.
var few = 10_000

// whole sums up and counts all findings, except those that begin at now or later.
func (f *findings) whole(now truce.Instant) (sum assess.Sum, count Count) {
	if f.found.Len() <= few {
		list := f.found.Slice()
		return assess.SumOf(truce.Interval{}, now, append(list, f.tallied...)), summed(list).count
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.sums == nil {
		f.sums = make([]*leafSum, sorted.Leaves)
	}
	for n, l := range f.sums {
		if l == nil {
			l = summed(f.leaf(n))
			f.sums[n] = l
		}
		if l.sum.Latest >= now {
			part := assess.SumOf(truce.Interval{}, now, f.leaf(n))
			sum.Join(&part)
		} else {
			sum.Join(&l.sum)
		}
		count.Join(&l.count)
	}
	rest := assess.SumOf(truce.Interval{}, now, f.tallied)
	sum.Join(&rest)
	return sum, count
}

// leaf are the findings of one leaf.
func (f *findings) leaf(n int) []*assess.Found {
	_, _, list := f.found.Leaf(n)
	return list
}

// without are the sums without those of some incidents.
func (f *findings) without(ids []truce.Digest) []*leafSum {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := slices.Clone(f.sums)
	if out != nil {
		for _, id := range ids {
			out[sorted.LeafOf(id)] = nil
		}
	}
	return out
}

// Found lists what an article has something to say of, without reasons: the
// incidents, in their order, and then the tallies, that are neither out of
// scope nor no violation.
func (s *Situation) Found(art truce.Article, reading string, party truce.PartyID) iter.Seq[*assess.Found] {
	return s.findings(art, reading, party).each()
}

// Outcome is what an article says of an incident.
func (s *Situation) Outcome(art truce.Article, inc *truce.Incident) truce.Outcome {
	o, _ := s.Finding(art, inc.ID)
	return o
}

// relevant is set beside an outcome that says nothing of an incident which the
// article would be about if it bound: by act, weapon and place.
const relevant = 1 << 7

// outcomeOf is what findings keep of every incident.
func outcomeOf(rules []*assess.Rule, inc *truce.Incident, o truce.Outcome) uint8 {
	n := uint8(slices.Index(truce.Outcomes, o))
	if silent(o) && slices.ContainsFunc(rules, func(r *assess.Rule) bool { return r.Relevant(inc) }) {
		n |= relevant
	}
	return n
}

// plain are outcomes without what stands beside them.
func plain(outcomes []uint8) []uint8 {
	out := slices.Clone(outcomes)
	for i := range out {
		out[i] &^= relevant
	}
	return out
}

func silent(o truce.Outcome) bool { return o == truce.NoViolation || o == truce.OutOfScope }

func (s *Situation) findings(art truce.Article, reading string, party truce.PartyID) *findings {
	key := findingKey{art, reading, party}
	s.mu.Lock()
	out, ok := s.found[key]
	s.mu.Unlock()
	if ok {
		return out
	}
	rules, err := s.reading(art, reading)
	if err != nil {
		return &findings{}
	}
	q := assess.Query{Party: party}
	all := s.Incidents()
	outcomes, found := make([]uint8, len(all)), make([]*assess.Found, len(all))
	correlate.Parallel(len(all), s.workers, s.progress("assessing article "+string(art)), func(i int) {
		inc := all[i]
		a := each(rules, func(r *assess.Rule) truce.Assessment { return s.assess(r, inc, q) })
		outcomes[i] = outcomeOf(rules, inc, a.Outcome)
		if !silent(a.Outcome) {
			found[i] = assess.NewFound(inc, a)
		}
	})
	found = slices.Clone(slices.DeleteFunc(found, func(f *assess.Found) bool { return f == nil }))
	out = &findings{outcomes: sorted.Along(s.incidents, outcomes), found: sorted.New(foundOf, found, s.incidents.Split()), loc: s.Agreement.Location, tallied: s.tallies(rules, q)}
	for _, f := range found {
		if f.Outcome == truce.AwaitingResponse {
			out.awaiting = append(out.awaiting, f)
		}
		if s.ticks(art, f) {
			out.ticking = append(out.ticking, f)
		}
	}
	if keepsDays(rules) {
		out.kept = &assess.Kept{}
	}
	s.mu.Lock()
	s.found[key] = out
	s.mu.Unlock()
	return out
}

// tallies are the findings on the tallies.
func (s *Situation) tallies(rules []*assess.Rule, q assess.Query) (out []*assess.Found) {
	for _, t := range s.Tallies {
		a := each(rules, func(r *assess.Rule) truce.Assessment { return r.Tally(t, q) })
		if !silent(a.Outcome) {
			out = append(out, assess.NewFound(nil, a))
		}
	}
	return out
}

// Finding is what an article says of an incident, and its finding without reasons;
// nil where it has nothing to say.
func (s *Situation) Finding(art truce.Article, id truce.Digest) (truce.Outcome, *assess.Found) {
	all := s.findings(art, "", "")
	if f, ok := all.found.Get(id); ok {
		return f.Outcome, f
	}
	if p, at, ok := s.incidents.Find(id); ok {
		return truce.Outcomes[all.outcomes[p][at]&^relevant], nil
	}
	return "", nil
}

// Findings calls say with what each article says of an incident, in the order of the
// agreement: its outcome, whether the article would be about it if it bound where it
// says nothing of it, and its finding without reasons, or nil.
func (s *Situation) Findings(inc *truce.Incident, say func(art int, o truce.Outcome, relevant bool, f *assess.Found)) {
	p, at, ok := s.incidents.Find(inc.ID)
	if !ok {
		return
	}
	for i := range s.Agreement.Provisions {
		all := s.findings(s.Agreement.Provisions[i].Article, "", "")
		n := all.outcomes[p][at]
		o := truce.Outcomes[n&^relevant]
		if silent(o) {
			say(i, o, n&relevant != 0, nil)
			continue
		}
		if f, ok := all.found.Get(inc.ID); ok {
			say(i, o, true, f)
		}
	}
}

// A Count is the three numbers, which are never added, and what stands beside
// them. Over a period they are of what surely lies in it; what only may is in May, and
// widens Casualties: their low is what surely lies in the period, their high what may.
type Count struct {
	Signs      truce.Signs
	Incidents  int
	Violations int
	May        Further
	Coverage   truce.PPM
	Casualties *truce.Casualties
	// Unclear are casualties of incidents of which it is not known whether the article binds
	// who acted, or protects whom it was directed at. They are in no other number of casualties.
	Unclear *truce.Casualties
}

// Further is what may lie in a period as well, or outside it.
type Further struct {
	Signs      truce.Signs
	Incidents  int
	Violations int
}

// Count counts under an article, over its whole period or over v.
func (s *Situation) Count(art truce.Article, v truce.Interval) Count {
	var out Count
	all := s.findings(art, "", "")
	if v == (truce.Interval{}) {
		_, out = all.whole(s.Now)
	} else {
		_, out = all.over(v, s.Now)
	}
	low := s.lowsOf(all, v)
	out.within(&low)
	if rules, err := s.reading(art, ""); err == nil {
		out.Coverage = s.period(rules, "", v, all, assess.Query{Days: s.days}, &low).Coverage
	}
	return out
}

// CountDays splits Count: what is of each whole day in v, and in no order the findings
// that are of several days, or of days that v cuts.
func (s *Situation) CountDays(art truce.Article, v truce.Interval, each func(day truce.Interval, c *Count)) (rest []*assess.Found) {
	f := s.findings(art, "", "")
	c := f.calendar()
	whole, rest := c.Split(v)
	r, choose := s.rangingOf(f), (*chooser)(nil)
	for _, n := range whole {
		day := calendar.Keep(c.Day(n), "sum", summed).count
		if choose == nil {
			choose = r.chooser()
		}
		low := r.alone(choose, n).low
		day.within(&low)
		each(c.Hours(n), &day)
	}
	return rest
}

// CountOf counts findings under an article, all of which lie in what is counted. Their low is
// computed again, because the lows of parts of a day do not add up.
func (s *Situation) CountOf(art truce.Article, list []*assess.Found) (out Count) {
	for _, x := range list {
		out.Add(x)
	}
	r := s.rangingOf(s.findings(art, "", ""))
	low := r.lows(nil, incidentsOf(list), truce.Interval{}, nil)
	r.atLeastOne(&low, func() []*assess.Found { return list }, truce.Interval{})
	out.within(&low)
	return out
}

// Surely raises how many there are for sure of what was counted piece by piece, all of which lies
// in v: the lows of pieces do not know what surely is apart in others.
func (s *Situation) Surely(art truce.Article, v truce.Interval, c *Count) {
	low := s.lowsOf(s.findings(art, "", ""), v)
	raise := func(n, may *int, low int) {
		if more := min(low-*n, *may); more > 0 {
			*n, *may = *n+more, *may-more
		}
	}
	raise(&c.Incidents, &c.May.Incidents, low.incidents)
	raise(&c.Violations, &c.May.Violations, low.violations)
}

// Add counts one incident, all of which lies in what is counted.
func (c *Count) Add(f *assess.Found) { c.add(f, true) }

// AddPerhaps counts one incident that may lie in the period, or outside it.
func (c *Count) AddPerhaps(f *assess.Found) { c.add(f, false) }

func (c *Count) add(f *assess.Found, surely bool) {
	signs, incidents, violations := &c.Signs, &c.Incidents, &c.Violations
	harm := func(dead *truce.Casualties) *truce.Casualties { return dead }
	if !surely {
		signs, incidents, violations = &c.May.Signs, &c.May.Incidents, &c.May.Violations
		harm = (*truce.Casualties).Perhaps
	}
	signs.Sum(f.Signs)
	if f.Outcome == truce.Violation {
		*violations++
	}
	if f.Counts() {
		*incidents++
	}
	switch f.Harm() {
	case truce.HarmUnclear:
		c.Unclear = assess.AddCasualties(c.Unclear, harm(f.Casualties))
	case truce.HarmCounted:
		c.Casualties = assess.AddCasualties(c.Casualties, harm(f.Casualties))
	}
}

// JoinPerhaps adds what was counted of incidents that may be the same as those counted: they
// add to what there may be.
func (c *Count) JoinPerhaps(o *Count) {
	x := *o
	x.May.Incidents, x.Incidents = x.May.Incidents+x.Incidents, 0
	x.May.Violations, x.Violations = x.May.Violations+x.Violations, 0
	x.Casualties, x.Unclear = x.Casualties.Perhaps(), x.Unclear.Perhaps()
	c.Join(&x)
}

// Join adds what was counted of other incidents, of other days; coverage is none of theirs.
func (c *Count) Join(o *Count) {
	c.Signs.Sum(o.Signs)
	c.Incidents += o.Incidents
	c.Violations += o.Violations
	c.May.Signs.Sum(o.May.Signs)
	c.May.Incidents += o.May.Incidents
	c.May.Violations += o.May.Violations
	c.Casualties = assess.AddCasualties(c.Casualties, o.Casualties)
	c.Unclear = assess.AddCasualties(c.Unclear, o.Unclear)
}
