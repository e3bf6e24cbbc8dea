package situation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/calendar"
	"github.com/opentruce/truce/internal/correlate"
	"github.com/opentruce/truce/internal/sorted"
	"github.com/opentruce/truce/internal/summary"
)

// IncidentOf returns the incident of an observation, or of an incident's own
// ID; nil if there is none.
func (s *Situation) IncidentOf(id truce.Digest) *truce.Incident {
	if inc, ok := s.incidents.Get(id); ok {
		return inc
	}
	if p, at, ok := s.observations.Find(id); ok {
		return s.homes()[p][at]
	}
	return nil
}

// IncidentIDOf is the ID of IncidentOf; zero if there is none.
func (s *Situation) IncidentIDOf(id truce.Digest) truce.Digest {
	if inc := s.IncidentOf(id); inc != nil {
		return inc.ID
	}
	return truce.Digest{}
}

// homes are the incidents of observations, one for one.
func (s *Situation) homes() [][]*truce.Incident {
	s.onceHome.Do(func() {
		s.home = sorted.Along(s.observations, make([]*truce.Incident, s.observations.Len()))
		all := s.Incidents()
		correlate.Parallel(len(all), s.workers, nil, func(i int) {
			for _, o := range all[i].Of {
				if p, at, ok := s.observations.Find(o.ID); ok {
					s.home[p][at] = all[i]
				}
			}
		})
	})
	return s.home
}

// calendar are the incidents by day.
func (s *Situation) calendar() *calendar.Calendar[*truce.Incident] {
	s.onceCal.Do(func() {
		s.cal = calendar.New(s.Agreement.Location, s.Incidents(), incidentID, func(i *truce.Incident) truce.Interval { return i.Occurred })
	})
	return s.cal
}

// Within lists the incidents that overlap v, by ID.
func (s *Situation) Within(v truce.Interval) []*truce.Incident { return s.calendar().In(v) }

// A Day is what of a local day is that day's alone.
type Day struct {
	N   int64 // its number, in the agreement's zone, as LowsByDay has it
	day *calendar.Day[*truce.Incident]
}

// Days splits what overlaps v: days that lie wholly in it, each with the incidents of
// it alone, and in no order the incidents of several days or of days that v cuts.
func (s *Situation) Days(v truce.Interval) (days []Day, rest []*truce.Incident) {
	c := s.calendar()
	whole, rest := c.Split(v)
	for _, n := range whole {
		days = append(days, Day{n, c.Day(n)})
	}
	return days, rest
}

// Keep gives what build makes of a day's incidents and of what is found of them. It is
// made once, for as long as the day stays as it is, under a key of whoever asks; the
// next situations have it too.
func Keep[T any](d Day, key string, build func([]*truce.Incident) T) T {
	return calendar.Keep(d.day, key, build)
}

// Ready makes what the next step and the first questions need, where there is time for
// it: calendars and homes.
func (s *Situation) Ready() {
	s.homes()
	s.calendar()
	for i := range s.Agreement.Provisions {
		s.findings(s.Agreement.Provisions[i].Article, "", "").calendar()
	}
}

// observed lists the observations that overlap v.
func (s *Situation) observed(v truce.Interval) (out []*truce.Observation) {
	for _, inc := range s.Within(v) {
		for _, o := range inc.Of {
			if v.Overlaps(o.Occurred) {
				out = append(out, o)
			}
		}
	}
	return out
}

// FoundWithin is Found, of what overlaps v.
func (s *Situation) FoundWithin(art truce.Article, v truce.Interval) []*assess.Found {
	return s.findings(art, "", "").within(v)
}

// A Query asks for one assessment. Of and During may be zero.
type Query struct {
	Article truce.Article
	Reading string
	Party   truce.PartyID
	Of      truce.Digest
	During  truce.Interval
	Reasons bool
	// Incidents asks for what incidents and coverage say of a period, without findings of
	// days: for those who are not shown all that these rest on.
	Incidents bool
}

// Assess answers a query. Without Of and During it is the article at the
// moment of knowledge; with Of, what it says of an incident or a tally. It
// fails when the article, the reading or the entry does not exist.
func (s *Situation) Assess(q Query) (truce.Assessment, error) {
	rules, err := s.reading(q.Article, q.Reading)
	if err != nil {
		return truce.Assessment{}, err
	}
	aq := assess.Query{Party: q.Party, Days: s.days, Reasons: q.Reasons}
	if q.Of.IsZero() {
		reading := q.Reading
		if q.Incidents {
			reading = incidentsAlone
		}
		return s.period(rules, reading, q.During, s.findings(q.Article, q.Reading, q.Party), aq, nil), nil
	}
	if inc := s.IncidentOf(q.Of); inc != nil {
		if !q.Reasons && q.Party == "" && q.Reading == "" {
			if _, f := s.Finding(q.Article, inc.ID); f != nil {
				return f.Assessment, nil
			}
		}
		return each(rules, func(r *assess.Rule) truce.Assessment { return s.assess(r, inc, aq) }), nil
	}
	for _, t := range s.Tallies {
		if t.ID == q.Of {
			return each(rules, func(r *assess.Rule) truce.Assessment { return r.Tally(t, aq) }), nil
		}
	}
	if v, ok := s.during(q.Of); ok {
		return s.period(rules, q.Reading, v, s.findings(q.Article, q.Reading, q.Party), aq, nil), nil
	}
	return truce.Assessment{}, fmt.Errorf("no entry %s is known at that moment", q.Of)
}

// SaidBy is the party whose word an observation or tally is; empty: no party's.
func (s *Situation) SaidBy(id truce.Digest) truce.PartyID {
	if inc := s.IncidentOf(id); inc != nil {
		for _, o := range inc.Of {
			if o.ID == id {
				return o.Claimant
			}
		}
	}
	if t := s.Tally(id); t != nil {
		return t.Claimant
	}
	return ""
}

// during is the time of an entry that is neither observation nor tally.
func (s *Situation) during(id truce.Digest) (truce.Interval, bool) {
	for _, c := range s.Coverage {
		if c.ID == id {
			return c.During, true
		}
	}
	for _, n := range s.Notifications {
		if n.ID == id {
			return n.During, true
		}
	}
	for _, r := range s.Responses {
		if r.ID == id {
			return r.During, true
		}
	}
	for _, r := range s.Restrictions {
		if r.ID == id {
			return r.During, true
		}
	}
	return truce.Interval{}, false
}

// Check returns an error if there is no such article, or if it has no such reading;
// empty: any.
func (s *Situation) Check(art truce.Article, reading string) error {
	_, err := s.reading(art, reading)
	return err
}

func (s *Situation) reading(art truce.Article, reading string) ([]*assess.Rule, error) {
	rules, ok := s.rules[art]
	if !ok {
		return nil, s.Agreement.CheckArticle(art)
	}
	if reading == "" {
		return rules, nil
	}
	var names []string
	for _, r := range rules {
		if r.Reading() == reading {
			return []*assess.Rule{r}, nil
		}
		names = append(names, r.Reading())
	}
	return nil, fmt.Errorf("article %q has no reading %q%s", art, reading, truce.Suggest(reading, names))
}

func each(rules []*assess.Rule, f func(*assess.Rule) truce.Assessment) truce.Assessment {
	if len(rules) == 1 {
		return f(rules[0])
	}
	as := make([]truce.Assessment, len(rules))
	for i, r := range rules {
		as[i] = f(r)
	}
	return assess.Differ(as)
}

// incidentsAlone stands for a reading where findings of days are not asked.
const incidentsAlone = "\x00"

// period is what rules say of a period. low is that of what is counted in it, if it is at hand.
func (s *Situation) period(rules []*assess.Rule, reading string, v truce.Interval, found *findings, q assess.Query, low *lowest) truce.Assessment {
	var sum assess.Sum
	var count Count
	if v == (truce.Interval{}) {
		sum, count = found.whole(s.Now)
	} else {
		sum, count = found.over(v, s.Now)
	}
	if sum.Casualties != nil {
		if w := v; low == nil || s.begins(found) {
			if s.begins(found) { // what is still to come is in no sum
				if w == (truce.Interval{}) {
					w = truce.Interval{Start: truce.Always, End: truce.Never}
				}
				w.End = min(w.End, s.Now)
			}
			x := s.lowsOf(found, w)
			low = &x
		}
		// A sum of harm is a range where some of the incidents may be the same.
		sum.Casualties = low.harm[0].within(sum.Casualties, low.incidents < count.Incidents+count.May.Incidents)
	}
	if q.Reasons {
		s.reason(rules, v, &sum, q)
	}
	a := each(rules, func(r *assess.Rule) truce.Assessment { return r.Period(v, &sum, q) })
	if a = s.without(a, q); reading == incidentsAlone {
		return a
	}
	return s.withDays(rules, reading, v, a, q)
}

// begins reports whether something is found that begins at the moment of knowledge or later.
func (s *Situation) begins(f *findings) (later bool) {
	if s.Now == truce.Never {
		return false
	}
	f.calendar().Each(truce.Interval{Start: s.Now, End: truce.Never}, func(x *assess.Found) { later = later || x.During.Start >= s.Now })
	return later
}

// Deciding is the incident that decides what an article says of a period, if one does.
func (s *Situation) Deciding(art truce.Article, v truce.Interval) *truce.Incident {
	sum, _ := s.findings(art, "", "").over(v, s.Now)
	if sum.Of == nil {
		return nil
	}
	return sum.Of.Incident
}

// without says of an article that looks quiet that some of what is known is not
// held here: silence among the rest decides nothing.
func (s *Situation) without(a truce.Assessment, q assess.Query) truce.Assessment {
	if s.Withheld == 0 {
		return a
	}
	switch a.Outcome {
	case truce.Held, truce.NoneAlleged, truce.NoViolation, truce.Fulfilled, truce.UndeterminedNoCoverage, truce.Overdue, truce.PartlyFulfilled:
	default:
		return a
	}
	a.Outcome = truce.UndeterminedWithheld
	if q.Reasons {
		a.Reasons = append(a.Reasons, truce.Because("%d of the inputs in the record are withheld here: what they say is not known", s.Withheld))
	}
	return a
}

// reason gives reasons to the finding that decides the period.
func (s *Situation) reason(rules []*assess.Rule, v truce.Interval, sum *assess.Sum, q assess.Query) {
	f := sum.Of
	if f == nil || f.Incident == nil || sum.Worst != &f.Assessment {
		return
	}
	quick := q
	quick.Reasons = false
	if each(rules, func(r *assess.Rule) truce.Assessment { return r.Period(v, sum, quick) }).Outcome == f.Outcome {
		a := each(rules, func(r *assess.Rule) truce.Assessment { return s.assess(r, f.Incident, q) })
		sum.Worst = &a
	}
}

// Facts lists what can be missing for a finding, and be asked for.
func Facts() []truce.Fact { return assess.Facts }

// Undecided is what an article says of an incident as if nobody had decided; ok is false
// if there is no such article.
func (s *Situation) Undecided(art truce.Article, inc *truce.Incident) (a truce.Assessment, ok bool) {
	rules := s.rules[art]
	if len(rules) == 0 {
		return a, false
	}
	return each(rules, func(r *assess.Rule) truce.Assessment { return r.Undecided(inc) }), true
}

// Alone reports whether a decision has no effect for want of a second reader.
func (s *Situation) Alone(d *truce.Decision) bool {
	if len(d.Of) == 0 {
		return false
	}
	if d.OnDay() {
		return s.ctx.DayAlone(s.rules[d.Article], d)
	}
	inc := s.IncidentOf(d.Of[0])
	return inc != nil && slices.ContainsFunc(s.rules[d.Article], func(r *assess.Rule) bool { return r.Alone(d, inc) })
}

// Pending is a decision under an article on an incident that waits for a second
// reader; nil: none does.
func (s *Situation) Pending(art truce.Article, inc *truce.Incident) *truce.Decision {
	for _, r := range s.rules[art] {
		if d := r.Pending(inc); d != nil {
			return d
		}
	}
	return nil
}

// Awaiting lists the findings of an article for which a reply is awaited.
func (s *Situation) Awaiting(art truce.Article) []*assess.Found {
	return s.findings(art, "", "").awaiting
}

// Clocks lists the clocks of an article on an incident, from the moment the
// finding first existed in knowledge.
func (s *Situation) Clocks(art truce.Article, inc *truce.Incident) []truce.Clock {
	p, ok := s.Agreement.Provision(art)
	if !ok || s.Now == truce.Never {
		return nil
	}
	first := s.first(s.rules[art][0], inc, "")
	if !first.Stated() {
		return nil
	}
	var out []truce.Clock
	if p.Clocks.Verify > 0 {
		out = append(out, truce.Clock{Name: "verify", Ends: first.Add(p.Clocks.Verify)})
	}
	if p.Clocks.Reply > 0 {
		out = append(out, truce.Clock{Name: "reply", Ends: first.Add(p.Clocks.Reply)})
	}
	if p.Clocks.Remedy > 0 {
		out = append(out, truce.Clock{Name: "remedy", Ends: first.Add(p.Clocks.Remedy)})
	}
	return out
}

// Running lists the clocks of an article on an incident that have not run out.
func (s *Situation) Running(art truce.Article, inc *truce.Incident) []truce.Clock {
	if !s.mayRun(art, inc) {
		return nil
	}
	return slices.DeleteFunc(s.Clocks(art, inc), func(c truce.Clock) bool { return c.Ends <= s.Now })
}

// Ticking lists the findings of an article that count and are undecided, of which a
// clock may still run.
func (s *Situation) Ticking(art truce.Article) []*assess.Found {
	return s.findings(art, "", "").ticking
}

// ticks reports whether a finding may have a clock that runs.
func (s *Situation) ticks(art truce.Article, f *assess.Found) bool {
	return f.Outcome.Counts() && f.Outcome != truce.Violation && s.mayRun(art, f.Incident)
}

// mayRun is cheap, where Clocks may go through every state: no finding existed first
// after the last moment at which anything of its incident became known.
func (s *Situation) mayRun(art truce.Article, inc *truce.Incident) bool {
	p, ok := s.Agreement.Provision(art)
	if !ok || s.Now == truce.Never {
		return false
	}
	longest := max(p.Clocks.Verify, p.Clocks.Reply, p.Clocks.Remedy)
	if longest == 0 {
		return false
	}
	t := s.decisionsMade()
	last := t.last
	for _, o := range inc.Of {
		last = max(last, s.Known(o.ID))
		for _, d := range t.on[o.ID] {
			last = max(last, d.known)
		}
	}
	return last.Add(longest) > s.Now
}

// Reconcile counts what was reported of the tally's act and weapon that lies wholly in
// its period and area, by those and against those whom the tally names. Allegations and
// statements of none are not counted. A total of signs such as pixels is compared with
// signs, and any other with what is not a sign.
func (s *Situation) Reconcile(t *truce.Tally) truce.Reconciled {
	out := truce.Reconciled{Tally: t}
	w, inside := truce.Words, s.ctx.Within(&t.Place)
	for _, o := range s.observed(t.Period) {
		if o.Alleged() || o.None() || w.Sign(o.Act) != w.Sign(t.Act) {
			continue
		}
		act, weapon := w.ActIs(o.Act, t.Act), t.Weapon == "" || w.ClassIs(o.Weapon, t.Weapon)
		calibre := t.Calibre == 0 || o.Calibre == t.Calibre
		people, others := s.sameSides(t, o)
		switch {
		case others:
		case people && act && weapon && calibre && t.Period.Contains(o.Occurred) && inside(&o.Place):
			out.Found.Add(o.Count)
		case (act || w.ActIs(t.Act, o.Act) || w.Effect(o.Act)) && (weapon || o.Weapon == "" || w.ClassIs(t.Weapon, o.Weapon)) &&
			(calibre || o.Calibre == 0) && s.ctx.Meet(&o.Place, &t.Place):
			out.MayBe.Add(o.Count)
		}
	}
	if out.Uncounted = t.Count.Kind == truce.Uncountable; !out.Uncounted {
		out.Difference = int64(t.Count.N) - out.Found.N
	}
	return out
}

// sameSides compares who acted, and against whom, as far as a total says it. surely: the
// observation names nobody else; others: it names only others. Of what it does not state
// neither is so.
func (s *Situation) sameSides(t *truce.Tally, o *truce.Observation) (surely, others bool) {
	named := func(ids []truce.PartyID) (out []truce.PartyID) {
		for _, id := range ids {
			id, _ = s.Agreement.Actor(id)
			out = append(out, id)
		}
		return out
	}
	surely = true
	of := truce.Observation{Actor: t.Actor, Actors: t.Actors}
	if want := named(of.MayHaveActed()); len(want) > 0 && !slices.Contains(want, truce.Anybody) {
		n, of := 0, named(o.MayHaveActed())
		for _, id := range of {
			if slices.Contains(want, id) {
				n++
			}
		}
		surely = n > 0 && n == len(of) && !slices.ContainsFunc(o.MayHaveActed(), s.Agreement.Perhaps)
		others = n == 0 && len(of) > 0 && !slices.Contains(of, truce.Anybody)
	}
	if t.Side != "" {
		want, side := named([]truce.PartyID{t.Side}), named([]truce.PartyID{o.Side})
		surely = surely && side[0] == want[0]
		others = others || o.Side != "" && side[0] != want[0] || o.Side == "" && s.foughtOthers(o, named(of.MayHaveActed()), want[0])
	}
	return surely, others
}

// foughtOthers reports whether a source names those who fought each other, and none of the actors
// (nobody: anyone) faced the side: a fight with somebody else is not what a total about that side counts.
func (s *Situation) foughtOthers(o *truce.Observation, actors []truce.PartyID, side truce.PartyID) bool {
	fought := o.MayHaveActed()
	if len(fought) < 2 || !s.Agreement.SourceOf(o.Source).Opponents || slices.Contains(fought, truce.Anybody) {
		return false
	}
	ids := make([]truce.PartyID, len(fought))
	for i, id := range fought {
		ids[i], _ = s.Agreement.Actor(id)
	}
	for i, actor := range ids {
		if len(actors) > 0 && !slices.Contains(actors, truce.Anybody) && !slices.Contains(actors, actor) {
			continue
		}
		for j, other := range ids {
			if i != j && other == side {
				return false
			}
		}
	}
	return true
}

// Pair scores two observations part by part; ok is false when they cannot both
// be located.
func (s *Situation) Pair(a, b *truce.Observation) (parts []correlate.Part, total int64, ok bool) {
	return correlate.Explain(a, b, correlate.Input{Source: s.Agreement.SourceOf, Deadlines: assess.Deadlines(s.Agreement, s.Phases)})
}

// Tally returns the tally of that ID, nil if there is none.
func (s *Situation) Tally(id truce.Digest) *truce.Tally {
	for _, t := range s.Tallies {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// May reports whether a place may lie in a region: it does, or it cannot be
// told that it does not.
func (s *Situation) May(p *truce.Place, r *geo.Region) bool { return s.ctx.May(p, r) }

// Find returns the IDs of all incidents, observations and tallies that begin
// with a prefix of hexadecimal digits, each incident once.
func (s *Situation) Find(prefix string) []truce.Digest {
	var out []truce.Digest
	for inc := range s.incidents.All() {
		if strings.HasPrefix(inc.ID.Hex(), prefix) {
			out = append(out, inc.ID)
		}
	}
	for o := range s.observations.All() {
		if strings.HasPrefix(o.ID.Hex(), prefix) {
			out = append(out, o.ID)
		}
	}
	for _, t := range s.Tallies {
		if strings.HasPrefix(t.ID.Hex(), prefix) {
			out = append(out, t.ID)
		}
	}
	return out
}

// MayConcern lists what may be about an incident and cannot be merged with it,
// because one of the two is known too loosely in space or time: reports of the
// same day and region, alerts, fire pixels, allegations. It is context for
// people and counts for nothing. Incidents come in their order, at most most.
// sees says which incidents whoever reads this is shown.
func (s *Situation) MayConcern(inc *truce.Incident, most int, sees func(*truce.Incident) bool) (incidents []*truce.Incident, tallies []*truce.Tally) {
	loose := func(i *truce.Incident) bool { return len(i.Of) == 1 && correlate.Loose(i.Of[0]) }
	mine := loose(inc)
	first := summary.Told(s.Agreement, inc)
	apart := func(i *truce.Incident) bool { // an event of a source that keeps its own apart, and one of its others
		return slices.ContainsFunc(i.Of, func(o *truce.Observation) bool {
			return s.Agreement.SourceOf(o.Source).Apart && slices.ContainsFunc(inc.Of, func(mine *truce.Observation) bool { return mine.Source == o.Source })
		})
	}
	var may []*truce.Incident // by what is quickly told; a day may have thousands
	c := s.calendar()
	c.Each(inc.Occurred, func(other *truce.Incident) {
		if other.ID != inc.ID && (mine || loose(other)) && !apart(other) && correlate.Related(first.Act, summary.Lead(other).Act) {
			may = append(may, other)
		}
	})
	c.Sort(may)
	// Whoever states that there was none denies this one too: that is not left out for want of room.
	slices.SortStableFunc(may, func(a, b *truce.Incident) int { return denies(b) - denies(a) })
	for _, other := range may {
		if len(incidents) == most {
			break
		}
		if place := summary.Place(s.Agreement, other); s.ctx.Meet(&first.Place, &place) && sees(other) {
			incidents = append(incidents, other)
		}
	}
	for _, t := range s.Tallies {
		if len(tallies) < most && t.Period.Overlaps(inc.Occurred) && correlate.Related(first.Act, t.Act) && s.ctx.Meet(&first.Place, &t.Place) && s.mayBeAmong(inc, t) {
			tallies = append(tallies, t)
		}
	}
	return incidents, tallies
}

// denies is 1 for an incident that is nothing but statements that there was none.
func denies(inc *truce.Incident) int {
	if slices.ContainsFunc(inc.Of, func(o *truce.Observation) bool { return !o.None() }) {
		return 0
	}
	return 1
}

// mayBeAmong reports whether a total may count an incident: reports of it do not name only others
// than those whom the total is about, and it is not a statement that there was none.
func (s *Situation) mayBeAmong(inc *truce.Incident, t *truce.Tally) bool {
	return denies(inc) == 0 && slices.ContainsFunc(inc.Of, func(o *truce.Observation) bool {
		_, others := s.sameSides(t, o)
		return !others && !o.None()
	})
}

// About is what an entry that is not an observation names; ok is false if none of that
// ID is in force. Of a total and of coverage it is zero: they name nothing.
func (s *Situation) About(id truce.Digest) (of truce.Digest, ok bool) {
	s.onceAbout.Do(func() {
		s.about = map[truce.Digest]truce.Digest{}
		for _, x := range s.Tallies {
			s.about[x.ID] = truce.Digest{}
		}
		for _, x := range s.Coverage {
			s.about[x.ID] = truce.Digest{}
		}
		for _, x := range s.Notifications {
			s.about[x.ID] = x.To
		}
		for _, x := range s.Responses {
			s.about[x.ID] = x.To
		}
		for _, x := range s.Restrictions {
			s.about[x.ID] = x.To
		}
	})
	of, ok = s.about[id]
	return of, ok
}

// Known is when an entry became known.
func (s *Situation) Known(id truce.Digest) truce.Instant { return s.ctx.Known(id) }
