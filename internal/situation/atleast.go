package situation

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/calendar"
	"github.com/opentruce/truce/internal/correlate"
)

// dayFindings are those of articles, as far as somebody asked.
type dayFindings struct {
	mu sync.Mutex
	of map[findingKey]*articleDays
}

type articleDays struct {
	once  sync.Once
	found []truce.DayFinding
}

// DayFindings are the day findings of an article, by window: at least one act under it on a
// day, although no single incident can be named. They are not incidents, and are never added
// to incidents. The list is kept and must not be changed.
func (s *Situation) DayFindings(art truce.Article) []truce.DayFinding { return s.dayFindings(art, "") }

// dayFindings are those under one reading of an article; empty: under all together.
func (s *Situation) dayFindings(art truce.Article, reading string) []truce.DayFinding {
	key := findingKey{article: art, reading: reading}
	s.daily.mu.Lock()
	if s.daily.of == nil {
		s.daily.of = map[findingKey]*articleDays{}
	}
	d := s.daily.of[key]
	if d == nil {
		d = &articleDays{}
		s.daily.of[key] = d
	}
	s.daily.mu.Unlock()
	d.once.Do(func() {
		d.found = s.findDays(art, reading)
		s.awaitDays(art, reading, d.found)
	})
	return d.found
}

// DayFindingsIn are those of which the window lies in v; the zero interval is all time.
func (s *Situation) DayFindingsIn(art truce.Article, v truce.Interval) (out []truce.DayFinding) {
	for _, f := range s.DayFindings(art) {
		if v == (truce.Interval{}) || v.Contains(f.Window) {
			out = append(out, f)
		}
	}
	return out
}

func (s *Situation) findDays(art truce.Article, reading string) []truce.DayFinding {
	rules, err := s.reading(art, reading)
	if err != nil || len(rules) == 0 {
		return nil
	}
	var shown []assess.Shown
	days, rest := s.Days(truce.Interval{Start: truce.Always, End: truce.Never})
	lists := make([][]assess.Shown, len(days)+1)
	show := func(list []*truce.Incident) (out []assess.Shown) {
		for _, inc := range list {
			if s.mayShow(art, inc) {
				out = append(out, s.ctx.Shows(rules, inc)...)
			}
		}
		return out
	}
	s.findings(art, "", "")
	s.findings(art, reading, "")
	correlate.Parallel(len(lists), s.workers, nil, func(i int) {
		if i == len(days) {
			lists[i] = show(rest)
		} else {
			lists[i] = Keep(days[i], "shown "+string(art)+"\x00"+reading, show)
		}
	})
	for _, l := range lists {
		shown = append(shown, l...)
	}
	said := map[truce.Interval][]*assess.Found{} // what incidents say of a window
	return s.ctx.DayFindings(rules, shown, func(w truce.Interval, o truce.Outcome, standing truce.Standing, lies func(*truce.Observation) bool) bool {
		list, ok := said[w]
		if !ok {
			for _, f := range s.findings(art, reading, "").within(w) {
				// What is less well established than any day finding says less than each of them.
				if f.Incident != nil && !f.OnlySigns && w.Contains(f.During) && definite(f.Outcome) && (f.Standing.AtLeast(truce.Corroborated) || f.Outcome == truce.Violation) {
					list = append(list, f)
				}
			}
			said[w] = list
		}
		return slices.ContainsFunc(list, func(f *assess.Found) bool {
			return (f.Standing.AtLeast(standing) || f.Outcome == truce.Violation) && !assess.Before(o, undecided(f.Outcome)) &&
				slices.ContainsFunc(f.Incident.Of, func(o *truce.Observation) bool { return !o.Alleged() && !truce.Words.Sign(o.Act) && lies(o) })
		})
	}, &dayKeeper{s: s, key: findingKey{article: art, reading: reading}, mark: s.calendar().WideMark()})
}

// dayKeeper keeps what was found in days with the days of the calendar, which are others
// when anything of an incident in them changes, and what was found in two days with the
// situations that follow one another.
type dayKeeper struct {
	s    *Situation
	key  findingKey
	mark any // of what is in no day of the calendar
}

// keptDay is what a day of the calendar keeps.
type keptDay struct {
	mu   sync.Mutex
	mark any
	made *assess.DayTaken
}

// Day implements assess.DayKeeper.
func (k *dayKeeper) Day(d truce.Date, make func() *assess.DayTaken) *assess.DayTaken {
	c := k.s.calendar()
	day := c.Day(c.DayOf(d.Start(k.s.Agreement.Location)))
	if day == nil {
		return make()
	}
	b := calendar.Keep(day, "days "+string(k.key.article)+"\x00"+k.key.reading, func([]*truce.Incident) *keptDay { return &keptDay{} })
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.made == nil || b.mark != k.mark {
		b.mark, b.made = k.mark, make()
	}
	return b.made
}

// Pairs implements assess.DayKeeper.
func (k *dayKeeper) Pairs() map[truce.Date]*assess.PairTaken {
	k.s.dayPairs.mu.Lock()
	defer k.s.dayPairs.mu.Unlock()
	return k.s.dayPairs.of[k.key]
}

// Keep implements assess.DayKeeper.
func (k *dayKeeper) Keep(pairs map[truce.Date]*assess.PairTaken) {
	k.s.dayPairs.mu.Lock()
	defer k.s.dayPairs.mu.Unlock()
	if k.s.dayPairs.of == nil {
		k.s.dayPairs.of = map[findingKey]map[truce.Date]*assess.PairTaken{}
	}
	k.s.dayPairs.of[k.key] = pairs
}

// dayPairs are what was found in two days, by article and reading.
type dayPairs struct {
	mu sync.Mutex
	of map[findingKey]map[truce.Date]*assess.PairTaken
}

// mayShow reports whether something of an incident may show an act under an article: the
// article has something to say of it, or a person has decided on it.
func (s *Situation) mayShow(art truce.Article, inc *truce.Incident) bool {
	if inc.Alleged() {
		return false
	}
	if s.ctx.Decided(inc) {
		return true
	}
	_, f := s.Finding(art, inc.ID)
	// What a single report leaves open, it does not show. Where readings differ, it may
	// under one of them.
	return f != nil && !f.OnlySigns && (len(inc.Of) > 1 || f.Outcome == truce.ReadingsDiffer || !f.Outcome.Undetermined() || len(s.rules[art]) > 1)
}

// definite reports whether an outcome says that there was such an act.
func definite(o truce.Outcome) bool {
	switch o {
	case truce.Violation, truce.ApparentViolation, truce.AwaitingResponse, truce.Uncorroborated, truce.ReadingsDiffer:
		return true
	}
	return false
}

// surely reports whether a finding of days is at least corroborated, or a person confirmed it.
func surely(o truce.Outcome) bool {
	return o == truce.Violation || undecided(o) == truce.ApparentViolation
}

// undecided is an outcome without the clock of a reply.
func undecided(o truce.Outcome) truce.Outcome {
	if o == truce.AwaitingResponse {
		return truce.ApparentViolation
	}
	return o
}

// AtLeastOn is on how many local days of a period at least one act under an article is
// known to have happened: days of incidents that surely lie in one, and windows of day
// findings. Only what is at least corroborated counts.
func (s *Situation) AtLeastOn(art truce.Article, v truce.Interval) int {
	var windows []truce.Interval
	for _, f := range s.DayFindingsIn(art, v) {
		if surely(f.Outcome) {
			windows = append(windows, f.Window)
		}
	}
	days := map[truce.Interval]bool{}
	take := func(f *assess.Found) {
		if f.Incident == nil || f.OnlySigns || !definite(f.Outcome) || f.Outcome == truce.Uncorroborated || f.Outcome == truce.ReadingsDiffer {
			return
		}
		if f.Outcome != truce.Violation && !f.Standing.AtLeast(truce.Corroborated) { // an article may ask for less
			return
		}
		day := truce.DateOf(f.During.Start, s.Agreement.Location).Day(s.Agreement.Location)
		if day.Contains(f.During) && (v == (truce.Interval{}) || v.Contains(f.During)) {
			days[day] = true
		}
	}
	if v == (truce.Interval{}) {
		for f := range s.findings(art, "", "").each() {
			take(f)
		}
	} else {
		for _, f := range s.findings(art, "", "").within(v) {
			take(f)
		}
	}
	for d := range days { // any order
		windows = append(windows, d)
	}
	return truce.AtLeastOn(windows)
}

// withDays lets day findings say what incidents do not: that there was at least one act
// in the period.
func (s *Situation) withDays(rules []*assess.Rule, reading string, v truce.Interval, a truce.Assessment, q assess.Query) truce.Assessment {
	if a.Outcome == truce.OutOfScope || rules[0].Condition() || q.Party != "" && !rules[0].Binds(q.Party) {
		return a
	}
	var best *truce.DayFinding
	list := s.dayFindings(rules[0].Article(), reading)
	n := 0
	for i := range list {
		f := &list[i]
		if v != (truce.Interval{}) && !v.Contains(f.Window) || q.Party != "" && slices.ContainsFunc(f.Support, func(id truce.Digest) bool { return !rules[0].Did(q.Party, s.observation(id)) }) {
			continue
		}
		n++
		if best == nil || assess.Before(f.Outcome, best.Outcome) {
			best = f
		}
	}
	if best == nil || !assess.Before(best.Outcome, a.Outcome) {
		return a
	}
	a.Outcome, a.Standing, a.Ground, a.Missing, a.Tasks, a.Reasons = best.Outcome, best.Standing, best.Ground, nil, nil, nil
	if q.Reasons {
		a.Reasons = s.DayReasons(best)
		if n > 1 {
			a.Reasons = append(a.Reasons, truce.Because("there are %d such findings of days in the period", n))
		}
	}
	return a
}

// DayWhen is the window of a day finding in words: a day, or two.
func DayWhen(a *truce.Agreement, f *truce.DayFinding) string {
	day := func(i truce.Instant) string { return truce.DateOf(i, a.Location).Day(a.Location).In(a.Location) }
	when := day(f.Window.Start)
	if f.Days == 2 {
		when += " or " + day(f.Window.End-1)
	}
	return when
}

// DayWhere is the area of a day finding in words. A district, region or zone says little of
// where its reports are, so the settlements that they name follow it.
func (s *Situation) DayWhere(f *truce.DayFinding) truce.Reason {
	if f.Area.Level == truce.AreaPlace {
		return truce.Because("%s", discWords(f))
	}
	where := truce.Because("%s", f.Area.Name)
	if f.Area.Level == truce.AreaZone { // its name is one of the terms, and may be a country's
		where = truce.Because("the zone %s", f.Area.Name)
	}
	var names []string
	for _, id := range f.Support {
		if o := s.observation(id); o != nil && o.Place.Settlement != "" && !slices.Contains(names, o.Place.Settlement) {
			names = append(names, o.Place.Settlement)
		}
	}
	slices.Sort(names)
	switch n := len(names); {
	case n == 0:
		return where
	case n > mostNamed:
		return truce.Because("%s (reports name %s and others)", where, truce.Joined("%s, %s", names[:mostNamed]))
	}
	return truce.Because("%s (reports name %s)", where, truce.Listed(names))
}

// mostNamed is how many settlements stand behind the name of a wide area at most.
const mostNamed = 3

// discWords is a disc in words.
func discWords(f *truce.DayFinding) string {
	lat, lon := f.Area.Centre.Degrees()
	north, east := "N", "E"
	if lat < 0 {
		lat, north = -lat, "S"
	}
	if lon < 0 {
		lon, east = -lon, "W"
	}
	// Digits enough for what is known, and a radius that is never too small.
	at := fmt.Sprintf("%.3f° %s %.3f° %s ± %d.%d km", lat, north, lon, east, (f.Area.RadiusM+199)/1000, (f.Area.RadiusM+199)%1000/100)
	if f.Area.Name != "" {
		return f.Area.Name + " (" + at + ")"
	}
	return at
}

// dayWords say what a day finding finds: nothing without a condition, where no person verified or
// confirmed it, so that the line can be quoted alone. readers are those under whose reading of the
// article its reports show an act, where another reading says something else.
func (s *Situation) dayWords(f *truce.DayFinding, readers []any) truce.Reason {
	when, where, art := DayWhen(s.Agreement, f), s.DayWhere(f), string(f.Article)
	reports, publishers := truce.Number{N: len(f.Support), Of: "report"}, truce.Number{N: f.By, Of: "publisher"}
	switch {
	case f.Standing == truce.Verified:
		return truce.Because("at least one act under article %s on %s, somewhere in %s: a person verified a report of it; this is not an incident, and is added to nothing", art, when, where)
	case f.Standing != truce.Corroborated:
		return truce.Because("at least one act under article %s on %s, somewhere in %s: people confirmed it, and %s of those that they looked at can still be used; this is not an incident, and is added to nothing", art, when, where, reports)
	case !f.Confirmed.IsZero():
		return truce.Because("at least one act under article %s on %s, somewhere in %s: people confirmed it; %s of %s each state one, perhaps the same; this is not an incident, and is added to nothing", art, when, where, reports, publishers)
	case f.Outcome == truce.ReadingsDiffer && len(readers) > 0:
		return truce.Because("if the reports are right, and as %s reads the article, at least one act under article %s on %s, somewhere in %s: %s of %s each state one, perhaps the same; as others read it, that is not established; this is not an incident, and is added to nothing", truce.Joined("%s and %s", readers), art, when, where, reports, publishers)
	case f.Outcome == truce.ReadingsDiffer:
		return truce.Because("if the reports are right, and under one reading of the article, at least one act under article %s on %s, somewhere in %s: %s of %s each state one, perhaps the same; under another that is not established; this is not an incident, and is added to nothing", art, when, where, reports, publishers)
	}
	return truce.Because("if the reports are right, at least one act under article %s on %s, somewhere in %s: %s of %s each state one, perhaps the same; this is not an incident, and is added to nothing", art, when, where, reports, publishers)
}

// DayReasons say what a day finding finds, and what people decided.
func (s *Situation) DayReasons(f *truce.DayFinding) []truce.Reason {
	var support []*truce.Observation
	for _, id := range f.Support {
		if o := s.observation(id); o != nil {
			support = append(support, o)
		}
	}
	out := []truce.Reason{s.dayWords(f, s.ctx.DayReaders(s.rules[f.Article], support))}
	if !f.Confirmed.IsZero() {
		out = append(out, truce.Because("decided to be a violation"))
	}
	if f.Changed {
		out = append(out, truce.Because("decided on an earlier state: the finding rests on other reports now"))
	}
	for i, d := range f.Earlier {
		if slices.ContainsFunc(f.Earlier[:i], func(o truce.EarlierDecision) bool { return o.Kind == d.Kind }) {
			continue
		}
		if d.Kind == truce.Reject {
			out = append(out, truce.Because("an earlier finding of that day and area was rejected; this one rests on other reports"))
		} else {
			out = append(out, truce.Because("an earlier finding of that day and area could not be verified; this one rests on other reports"))
		}
	}
	if f.Replied != "" {
		out = append(out, truce.Because("%s has replied", f.Replied))
	}
	if f.ReplyBy != 0 {
		out = append(out, truce.Because("a reply is awaited until %s", f.ReplyBy.In(s.Agreement.Location)))
	}
	if f.Waits != nil {
		out = append(out, truce.Because("decided %s by one person, and the article asks for a second reader", truce.Word("decision", f.Waits.Kind)))
	}
	return out
}

// DayAt is the day finding of a window that is of a place: its area holds a point, is the
// region or zone of that name, or lies in it. What people confirmed of a day is confirmed of
// two days with that day too. nil: there is none.
func (s *Situation) DayAt(art truce.Article, window truce.Interval, p *truce.Place) *truce.DayFinding {
	list := s.DayFindings(art)
	for i := range list {
		f := &list[i]
		if f.Window == window && s.ctx.AreaHas(&f.Area, p) {
			return f
		}
	}
	for i := range list {
		if f := &list[i]; !f.Confirmed.IsZero() && window.Contains(f.Window) && s.ctx.AreaHas(&f.Area, p) {
			return f
		}
	}
	return nil
}

// DayFinding is the day finding of an ID; nil: there is none.
func (s *Situation) DayFinding(id truce.Digest) *truce.DayFinding {
	return s.dayWhere(func(f *truce.DayFinding) bool { return f.ID == id })
}

// DayOf is the day finding that a decision is on: the decision names its article, window and
// area, and what it rests on now. nil: there is none.
func (s *Situation) DayOf(d *truce.Decision) *truce.DayFinding {
	return s.dayWhere(func(f *truce.DayFinding) bool { return f.Names(d) })
}

// DayRow is a day finding as lists show it.
func (s *Situation) DayRow(f *truce.DayFinding) truce.DayRow {
	return truce.DayRow{DayFinding: *f, When: DayWhen(s.Agreement, f), Where: s.DayWhere(f), Publishers: s.DayPublishers(f), Reasons: s.DayReasons(f)}
}

// WhyDay says why an observation supports a day finding.
func (s *Situation) WhyDay(f *truce.DayFinding, o *truce.Observation) []truce.Reason {
	inc := s.IncidentOf(o.ID)
	if inc == nil {
		return nil
	}
	return s.ctx.WhyDay(s.rules[f.Article], f, o, inc)
}

// DayDecided are the decisions on a day finding, and on earlier ones of its window and area, in
// order.
func (s *Situation) DayDecided(f *truce.DayFinding) (out []*truce.Decision) {
	for _, d := range s.DayDecisions {
		if d.Article == f.Article && (s.ctx.DaysMeet(f, &truce.DayFinding{Window: d.Window, Area: d.Area}) || slices.ContainsFunc(d.Of, func(id truce.Digest) bool { return slices.Contains(f.Support, id) })) {
			out = append(out, d)
		}
	}
	return out
}

// DayPublishers are the publishers of what a day finding rests on, by name.
func (s *Situation) DayPublishers(f *truce.DayFinding) (out []string) {
	for _, id := range f.Support {
		if o := s.observation(id); o != nil {
			out = append(out, s.Agreement.PublisherOf(o))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// FindDays returns the IDs of the day findings that begin with a prefix of hexadecimal digits.
func (s *Situation) FindDays(prefix string) (out []truce.Digest) {
	s.dayWhere(func(f *truce.DayFinding) bool {
		if strings.HasPrefix(f.ID.Hex(), prefix) {
			out = append(out, f.ID)
		}
		return false
	})
	return out
}

// dayWhere is the first day finding of which something is so.
func (s *Situation) dayWhere(is func(*truce.DayFinding) bool) *truce.DayFinding {
	for i := range s.Agreement.Provisions {
		list := s.DayFindings(s.Agreement.Provisions[i].Article)
		for k := range list {
			if is(&list[k]) {
				return &list[k]
			}
		}
	}
	return nil
}
