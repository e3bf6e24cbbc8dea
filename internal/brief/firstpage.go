package brief

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/summary"
)

// firstPage gathers what a head of mission reads in a minute. Regions and lists are there already.
func (c *composer) firstPage() {
	c.minute()
	c.most3()
}

// minute is firstPage without what asks for attention, which needs the list of incidents.
func (c *composer) minute() {
	p := &c.r.First
	for _, x := range c.r.Headline {
		if x.About.Format == "In short" {
			p.Short = x.Text
		}
	}
	p.Signs, p.Incidents, p.Decided = c.z.reports, c.z.about, c.decidedIn(c.z, c.r.Articles)
	p.Watched = c.watchedIn(c.v)
	c.trend()
	c.news()
	c.disputed()
	c.next()
}

// decidedIn is of how many incidents people decided that they are violations: at least as many as
// under one article, and as are left if all that may be the same is.
func (c *composer) decidedIn(z *sums, articles []report.Article) report.Span {
	out := report.Span{Low: max(0, z.decided.Low-z.fewer), High: z.decided.High}
	for i := range articles {
		out.Low = max(out.Low, min(articles[i].Count.Violations.Low, out.High))
	}
	return out
}

// watchedIn is how much of an interval somebody independent of the parties watched, by article.
func (c *composer) watchedIn(v truce.Interval) report.Watch {
	out := report.Watch{None: true}
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		if len(a.Answer) > 0 || len(c.s.InForce(a.Article, v)) == 0 {
			continue
		}
		n, _ := c.s.Covered(a.Article, v)
		if out.None {
			out = report.Watch{Least: n, Most: n}
		}
		out.Least, out.Most = min(out.Least, n), max(out.Most, n)
	}
	return out
}

// watchedWords is watchedIn as a sentence.
func watchedWords(w report.Watch) truce.Reason {
	switch {
	case w.None:
		return because("No article in force is about what can be watched.")
	case w.Most == 0:
		return because("No source independent of the parties states what it could see.")
	case w.Least == w.Most:
		return because("Watched by somebody independent of the parties: %s of area and time.", w.Most.Percent())
	}
	return because("Watched by somebody independent of the parties: %s to %s of area and time, by article.", w.Least.Percent(), w.Most.Percent())
}

// trendBars is how many bars a trend has at most, and trendDays how many days that of one day has.
const trendBars, trendDays = 31, 7

// trend counts by day what an article in force may be about. That of one day begins six days
// before it, as far as the terms had begun; of a long period each bar is of one or more weeks.
func (c *composer) trend() {
	loc := c.a.Location
	first, last := truce.DateOf(c.v.Start, loc), truce.DateOf(c.v.End-1, loc)
	if first == last {
		first = last.Add(1 - trendDays)
		if begun := truce.DateOf(c.a.Begun(), loc); c.a.Begun().Stated() && first < begun {
			first = min(begun, last)
		}
	}
	days := int((truce.Interval{Start: first.Start(loc), End: last.Day(loc).End}.Width() + 12*time.Hour) / (24 * time.Hour))
	step := 1
	if days > trendBars {
		step = 7 * ((days + 7*trendBars - 1) / (7 * trendBars))
	}
	for d := first; d <= last; d = d.Add(step) {
		during := truce.Interval{Start: d.Start(loc), End: d.Add(step).Start(loc)}
		bar := report.TrendBar{During: during, Within: during.Overlaps(c.v)}
		if bar.Within {
			bar.During = during.Intersect(c.v)
		}
		z := c.sumsIn(bar.During)
		bar.Incidents, bar.Decided, bar.Watched = z.about, c.decidedIn(z, nil), c.watchedIn(bar.During)
		bar.Force = slices.ContainsFunc(c.r.Articles, func(a report.Article) bool { return len(c.s.InForce(a.Article, bar.During)) > 0 })
		c.r.First.Trend = append(c.r.First.Trend, bar)
	}
}

// sumsIn are the sums of a part of the period, or of days before it.
func (c *composer) sumsIn(v truce.Interval) *sums {
	z := sumsOf(c.s, v)
	z.ranged(c.s, v)
	return z
}

// mostNoted is how many incidents and findings of days the first page tells.
const mostNoted = 3

// most3 are the incidents and findings of days that most ask for attention: by outcome, by how
// well they are established and how closely their place is known, by numbers killed, and the latest first.
func (c *composer) most3() {
	type candidate struct {
		report.Noted
		standing truce.Standing
		level    int // how closely its place is known: 0 to a place
		killed   int64
		at       truce.Instant
	}
	var list []candidate
	for i := range c.r.Articles {
		for _, d := range c.r.Articles[i].Days {
			if !d.Outcome.Counts() || d.Standing == truce.Refuted {
				continue
			}
			var acts []truce.Act
			for _, id := range d.Support {
				if inc := c.s.IncidentOf(id); inc != nil {
					for _, o := range inc.Of {
						if o.ID == id && !slices.Contains(acts, o.Act) {
							acts = append(acts, o.Act)
						}
					}
				}
			}
			slices.Sort(acts)
			text := because("%s; %s (finding of days %s).", DayHeadline(&d.DayRow, acts, d.When), Ruled(d.Article, d.Outcome, d.Standing, d.Ground), d.ID.String())
			list = append(list, candidate{report.Noted{ID: d.ID, Outcome: d.Outcome, Text: text}, d.Standing, slices.Index(truce.AreaLevels, d.Area.Level), 0, d.Window.Start})
		}
	}
	for i := range c.r.Incidents {
		x := &c.r.Incidents[i]
		f := leading(x.Findings)
		if f == nil || x.None || x.OnlySign {
			continue
		}
		text := because("%s; %s (incident %s).", Headline(&x.Row, x.Occurred.In(c.a.Location)), Ruled(f.Article, f.Outcome, f.Standing, f.Ground), x.ID.String())
		killed := int64(0)
		if x.Casualties != nil && x.Casualties.Killed != nil {
			killed = int64(x.Casualties.Killed.Low)
		}
		list = append(list, candidate{report.Noted{ID: x.ID, Outcome: f.Outcome, Text: text}, f.Standing, 0, killed, x.Occurred.Start})
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(outcomeIndex[a.Outcome], outcomeIndex[b.Outcome]), cmp.Compare(established(b.standing), established(a.standing)),
			cmp.Compare(a.level, b.level), cmp.Compare(b.killed, a.killed), cmp.Compare(b.at, a.at), a.ID.Compare(b.ID))
	})
	for _, x := range list[:min(len(list), mostNoted)] {
		c.r.First.Most = append(c.r.First.Most, x.Noted)
	}
}

// leading is the finding that most asks for attention of those that count; nil: none does.
func leading(list []report.Finding) (best *report.Finding) {
	for i := range list {
		f := &list[i]
		if f.Outcome.Counts() && f.Other == "" && f.Standing != truce.Refuted && (best == nil || outcomeIndex[f.Outcome] < outcomeIndex[best.Outcome]) {
			best = f
		}
	}
	return best
}

// established is how well something is established, as a number: more is better.
func established(s truce.Standing) int {
	return slices.Index([]truce.Standing{truce.Alleged, truce.SingleSource, truce.Corroborated, truce.Verified}, s)
}

// news is what the last day of the period brought, and what people and sources said since it began.
func (c *composer) news() {
	p, loc := &c.r.First, c.a.Location
	say := func(r truce.Reason) { p.New = append(p.New, r) }
	day := truce.DateOf(c.v.End-1, loc).Day(loc)
	in := day.Intersect(c.v)
	if in != c.v {
		on := in.In(loc)
		now, before := c.sumsIn(in).about, c.sumsIn(truce.DateOf(day.Start-1, loc).Day(loc)).about
		if now.High == 0 {
			say(because("On the last day of the period (%s) nothing that an article in force is about was observed; on the day before: %s. %s", on, span(before), watchedWords(c.watchedIn(in))))
		} else {
			say(because("On the last day of the period (%s) an article in force may be about %s; on the day before: %s. %s", on, spanOf(now, "incident"), span(before), watchedWords(c.watchedIn(in))))
		}
	}
	if c.r.Before != nil {
		var more []truce.Reason
		for _, r := range c.r.Regions {
			if r.Count.Incidents.Low > r.Before.Incidents.High && r.Name != summary.Elsewhere {
				more = append(more, because("%s (%s; before: %s)", r.Name, span(r.Count.Incidents), span(r.Before.Incidents)))
			}
		}
		if n := len(more); n > 0 {
			say(because("More was observed than in the period before in %s. How much was watched is not stated by region.", truce.Joined("%s, %s", more[:min(n, 3)])))
		}
	}
	since := in.Start
	decided, corrected := 0, 0
	for i := range c.r.Decided {
		if c.r.Decided[i].Known >= since {
			decided++
		}
	}
	for i := range c.r.Corrected {
		if c.r.Corrected[i].Known >= since {
			corrected++
		}
	}
	on := day.In(loc)
	if decided > 0 {
		if c.in.Demo {
			say(because("Since %s people took %s that this report lists (made for this demo).", on, number(decided, "decision")))
		} else {
			say(because("Since %s people took %s that this report lists.", on, number(decided, "decision")))
		}
	}
	if corrected > 0 {
		say(because("Since %s sources changed or took back %s.", on, number(corrected, "report")))
	}
	if len(p.New) == 0 {
		say(because("Since %s nothing was decided or corrected.", on))
	}
}

// disputed is what the parties read or say differently. That nobody disputes is not agreement.
func (c *composer) disputed() {
	p := &c.r.First
	say := func(r truce.Reason) { p.Disputed = append(p.Disputed, r) }
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		var differ []truce.Reason
		conflict, days := report.Span{}, 0
		for _, o := range a.Outcomes {
			switch n := o.Reported.Less(o.Alleged); {
			case n.High == 0:
			case o.Outcome == truce.ReadingsDiffer:
				differ = append(differ, spanOf(n, "incident"))
			case o.Outcome == truce.UndeterminedConflict:
				conflict = n
			}
		}
		for _, d := range a.Days {
			if d.Outcome == truce.ReadingsDiffer {
				days++
			}
		}
		if days > 0 {
			differ = append(differ, because("%s of at least one act on a day", number(days, "finding")))
		}
		if len(differ) > 0 {
			text := because("The outcome of %s under article %s depends on whose reading of the article applies.", truce.Listed(differ), string(a.Article))
			if c.assumed(a.Article) {
				text = because("%s No party stated its reading: those who wrote these terms assumed the readings that are shown.", text)
			}
			say(text)
		}
		if conflict.High > 0 {
			say(because("Sources contradict each other about %s under article %s.", spanOf(conflict, "incident"), string(a.Article)))
		}
	}
	contested := map[truce.PartyID]map[truce.Digest]bool{}
	for _, x := range c.s.Responses {
		inc := c.s.IncidentOf(x.To)
		if x.Says != "contest" || inc == nil || !inc.Occurred.Overlaps(c.v) || !c.names(x.To) {
			continue
		}
		if contested[x.By] == nil {
			contested[x.By] = map[truce.Digest]bool{}
		}
		contested[x.By][inc.ID] = true
	}
	for _, by := range slices.Sorted(maps.Keys(contested)) {
		say(because("%s contests what was reported of %s.", c.party(by), number(len(contested[by]), "incident")))
	}
	none := map[truce.PartyID]*statements{}
	denies := func(by truce.PartyID, act truce.Reason, when truce.Interval) {
		if none[by] == nil {
			none[by] = &statements{}
		}
		none[by].noneOf(act, when)
	}
	for _, o := range c.nones {
		if o.Claimant != "" {
			denies(o.Claimant, deniedAct(o.Act, o.MayHaveActed()), o.Occurred)
		}
	}
	totals, higher, within := 0, 0, 0
	for i := range c.r.Tallies {
		switch t := &c.r.Tallies[i]; {
		case t.Claimant == "":
		case t.None:
			denies(t.Claimant, deniedAct(t.Act, t.Actors), t.Period)
		case !t.Uncounted:
			if totals++; t.Difference > 0 {
				higher++
			}
			if t.Found != (truce.Signs{}) {
				within++
			}
		}
	}
	for _, by := range slices.Sorted(maps.Keys(none)) {
		say(because("%s states that there was none (%s), within %s: %s.", c.party(by), truce.Joined("%s, %s", none[by].noActs), none[by].noneSpan.In(c.a.Location), number(none[by].none, "statement")))
	}
	if n := c.z.claims; n.High > 0 {
		say(because("In this period parties allege %s that no report by others is known to be about. That says nothing for or against it.", spanOf(n, "incident")))
	}
	switch {
	case higher > 0 && within == 0: // "higher" would read as if a number had been compared with it
		say(because("Parties state %s for this period. Nothing that others report is known to belong to one of them. That says nothing for or against them.", number(totals, "total")))
	case higher > 0:
		say(because("Of %s that parties state for this period, %d are higher than what others surely report of the same. That says nothing for or against them.", number(totals, "total"), higher))
	}
	if len(p.Disputed) == 0 {
		say(because("No reply, denial or other reading by a party is recorded for this period. That is not agreement."))
	}
}

// assumed reports whether a party's reading of an article was made by whoever wrote the terms.
func (c *composer) assumed(art truce.Article) bool {
	for i := range c.a.Provisions {
		if p := &c.a.Provisions[i]; p.Article == art {
			return slices.ContainsFunc(p.Readings, func(r truce.Reading) bool { return r.Assumed })
		}
	}
	return false
}

// next is what people can do now, the most urgent first.
func (c *composer) next() {
	p := &c.r.First
	say := func(r truce.Reason) { p.Next = append(p.Next, r) }
	of := func(a *report.Article, want truce.Outcome) (n report.Span) {
		for _, o := range a.Outcomes {
			if o.Outcome == want {
				n = o.Reported.Less(o.Alleged)
			}
		}
		return n
	}
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		if n := of(a, truce.AwaitingResponse); n.High > 0 {
			say(because("Article %s: wait for a party's reply, or ask for it again (%s).", string(a.Article), spanOf(n, "incident")))
		}
		if n := of(a, truce.ApparentViolation); n.High > 0 {
			say(because("Article %s: review what looks like a violation, which only people can decide (%s).", string(a.Article), spanOf(n, "incident")))
		}
	}
	for _, d := range c.s.ForeseenAt(min(c.s.Now, c.v.End), nil) {
		say(because("The terms foresee it, and only people can declare it: %s.", d.What))
	}
	alone, again := 0, 0
	for i := range c.r.Decided {
		switch d := &c.r.Decided[i]; {
		case d.Alone:
			alone++
		case d.Earlier || d.Unmet != "":
			again++
		}
	}
	if alone > 0 {
		say(because("Ask a second person to decide: one person alone took %s, without effect so far.", number(alone, "decision")))
	}
	if again > 0 {
		say(because("Look again at %s: what was known when people decided has changed.", number(again, "decision")))
	}
	for i := range c.r.Articles {
		a, open := &c.r.Articles[i], 0
		for _, d := range a.Days {
			if d.Confirmed.IsZero() && d.Standing != truce.Verified {
				open++
			}
		}
		if open > 0 {
			say(because("Article %s: review %s of at least one act on a day, which no person has confirmed.", string(a.Article), number(open, "finding")))
		}
		if of(a, truce.ReadingsDiffer).High > 0 || slices.ContainsFunc(a.Days, func(d report.Day) bool { return d.Outcome == truce.ReadingsDiffer }) {
			say(because("Article %s: ask the parties which reading applies.", string(a.Article)))
		}
	}
	c.unwatched(say)
	facts := slices.Clone(factsInOrder)
	slices.SortStableFunc(facts, func(a, b truce.Fact) int { return cmp.Compare(c.z.missing[b].High, c.z.missing[a].High) })
	for _, f := range facts[:2] {
		if n := c.z.missing[f]; n.High > 0 {
			fact := truce.InWords{Kind: "fact", Value: string(f), English: string(f)}
			if who := assess.Who(f); who != "" {
				say(because("Find out the %s of %s; who could tell: %s.", fact, spanOf(n, "incident"), who))
			} else {
				say(because("Find out the %s of %s.", fact, spanOf(n, "incident")))
			}
		}
	}
	if n := c.rows.Dated + c.rows.Undated + c.rows.Elsewhere; n > 0 {
		say(because("Correct the rows of files that could not be read and may be of this period: %d. truce rejected lists them.", n))
	}
	if len(p.Next) == 0 {
		say(because("Nothing in the record of this period waits for a person."))
	}
}

// unwatched asks for those who could watch, where nobody states that they did.
func (c *composer) unwatched(say func(truce.Reason)) {
	var blind []string
	for i := range c.r.Articles {
		if a := &c.r.Articles[i]; len(a.Force) > 0 && len(a.Answer) == 0 && a.Count.Coverage == 0 {
			blind = append(blind, string(a.Article))
		}
	}
	switch len(blind) {
	case 0:
	case 1:
		say(because("Ask sources what they could watch, or send somebody: nobody independent of the parties states it for article %s.", blind[0]))
	default:
		say(because("Ask sources what they could watch, or send somebody: nobody independent of the parties states it for articles %s.", truce.Listed(blind)))
	}
}
