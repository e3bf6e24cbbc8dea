package brief

import (
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/summary"
)

// short is the answer to whoever reads one sentence: how long, on how many days people decided
// that there was a violation, how many incidents and where, who watched, and how that compares
// with the period before.
func (c *composer) short(say sentence) {
	decided := because("No person has decided that there was a violation.")
	if n := c.decidedDays(); n > 0 {
		decided = because("People decided that there was a violation on at least %s.", number(n, "day"))
	}
	incidents := because("Nothing that an article in force is about was observed.")
	if n := c.z.about; n.High > 0 {
		incidents = because("An article in force may be about %s%s.", spanOf(n, "incident"), c.most())
	}
	loc := c.a.Location
	whole := truce.DateOf(c.v.Start, loc).Day(loc).Hull(truce.DateOf(c.v.End-1, loc).Day(loc))
	days := int((whole.Width() + 12*time.Hour) / (24 * time.Hour)) // a day may have 23 or 25 hours
	say(because("In short"), because("%s (%s). %s %s %s%s", number(days, "day"), c.v.In(c.a.Location), decided, incidents, watchedWords(c.watchedIn(c.v)), c.change()))
}

// decidedDays is on how many days at least people decided that there was a violation.
func (c *composer) decidedDays() int {
	var windows []truce.Interval
	for i := range c.z.articles {
		for d := range c.z.articles[i].decided {
			windows = append(windows, d)
		}
	}
	for i := range c.r.Articles {
		for _, d := range c.r.Articles[i].Days {
			if d.Outcome == truce.Violation {
				windows = append(windows, d.Window)
			}
		}
	}
	return truce.AtLeastOn(windows)
}

// most says in which regions, of two or more, most is reported. How many there were is a range in
// each, so it ranks by what was reported: a region whose low is nothing, because all of it may be
// the same as something elsewhere, may have most reports all the same.
func (c *composer) most() truce.Reason {
	var list []report.Region
	for name, r := range c.byRegion(c.v, c.z) {
		if name != summary.Elsewhere && r.Incidents.High > 0 {
			list = append(list, report.Region{Name: name, Count: r.Count})
		}
	}
	slices.SortFunc(list, worse)
	if len(list) < 2 {
		return truce.Reason{}
	}
	var parts []truce.Reason
	for _, r := range list[:2] {
		parts = append(parts, because("%s (%s)", r.Name, span(r.Count.Incidents)))
	}
	return because("; of all %s that were reported, whether or not an article is about them, the regions with most, by their higher numbers, are %s", spanOf(c.z.observed, "incident"), truce.Joined("%s and %s", parts))
}

// change compares with the period before, where the same articles were in force: more or fewer
// incidents say little where more or less was watched, so the one is never said without the other.
func (c *composer) change() truce.Reason {
	if c.r.Before == nil {
		return truce.Reason{}
	}
	less, more := false, false
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		if len(a.Answer) > 0 {
			continue
		}
		if (len(a.Force) > 0) != (a.Before != nil) {
			return truce.Reason{} // other articles were in force
		}
		if a.Before != nil {
			less, more = less || a.Count.Coverage < a.Before.Coverage, more || a.Count.Coverage > a.Before.Coverage
		}
	}
	z := sumsOf(c.s, c.b)
	z.ranged(c.s, c.b)
	now, then := c.z.about, z.about
	if now.High+then.High == 0 {
		return truce.Reason{}
	}
	seen := watchedChange(less, more, slices.ContainsFunc(c.r.Articles, func(a report.Article) bool { return a.Count.Coverage > 0 }))
	says := because(" Whether that is more or fewer than in the period before (%s) cannot be said, and %s.", span(then), seen)
	switch {
	case now.High < then.Low:
		says = because(" That is fewer than in the period before (%s), and %s.", span(then), seen)
	case now.Low > then.High:
		says = because(" That is more than in the period before (%s), and %s.", span(then), seen)
	case now == then && !now.Open():
		says = because(" That is as many as in the period before, and %s.", seen)
	}
	return says
}
