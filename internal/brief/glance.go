package brief

import (
	"cmp"
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/summary"
)

// glance gathers what the first screen of the room says: the first page of a report without the
// incidents that the room lists beside it, what changed, and what nobody watched.
func (c *composer) glance() (changes, unwatched []truce.Reason) {
	c.regions()
	c.minute()
	return c.changes(), c.unwatchedTime()
}

// looked is how many of the incidents that are listed, and that an article in force may be about, a
// person looked at: they decided something about them. A decision on a finding of days is not one
// on its incidents. It goes through the decisions, since these are few.
func (c *composer) looked() (n int) {
	seen := map[truce.Digest]bool{}
	for _, d := range c.s.AllDecisions() {
		if d.OnDay() {
			continue
		}
		for _, id := range d.Of {
			inc := c.s.IncidentOf(id)
			if inc == nil || seen[inc.ID] || !observed(inc) || !c.lists(inc) || !inc.Occurred.Overlaps(c.v) {
				continue
			}
			about := false
			c.s.Findings(inc, func(_ int, _ truce.Outcome, _ bool, f *assess.Found) {
				about = about || f != nil && f.During.Overlaps(c.v)
			})
			if seen[inc.ID] = true; about {
				n++
			}
		}
	}
	return n
}

// worse sorts regions by how much was observed in them, the most first: as many as there may be,
// and then as there surely are.
func worse(a, b report.Region) int {
	return cmp.Or(cmp.Compare(b.Count.Incidents.High, a.Count.Incidents.High), cmp.Compare(b.Count.Incidents.Low, a.Count.Incidents.Low), cmp.Compare(a.Name, b.Name))
}

// ranked are the regions in which something was observed, the most first, without what is in no
// region.
func ranked(list []report.Region) []report.Region {
	list = slices.DeleteFunc(slices.Clone(list), func(r report.Region) bool {
		return r.Name == summary.Elsewhere || r.Count.Incidents.High == 0
	})
	slices.SortFunc(list, worse)
	return list
}

// changes compares the last day with the one before, and the last seven days with the seven before.
// A day that is not over is compared with nothing: it would always look quieter.
func (c *composer) changes() (out []truce.Reason) {
	loc := c.a.Location
	last := truce.DateOf(c.v.End-1, loc)
	day, before := last.Day(loc), last.Add(-1).Day(loc)
	now, then := c.sumsIn(day).about, c.sumsIn(before).about
	on := day.In(loc)
	switch verdict, seen := c.compare(day, before, now, then); {
	case day.End > c.s.Now:
		out = append(out, because("So far on %s an article in force may be about %s; on the day before: %s. The day is not over, so the two are not compared.", on, spanOf(now, "incident"), span(then)))
		last = last.Add(-1)
	case verdict.Format == "":
		out = append(out, because("On %s an article in force may be about %s. The day before is not compared, because other articles were in force, or some for a part of the time.", on, spanOf(now, "incident")))
	default:
		out = append(out, because("On %s an article in force may be about %s; on the day before: %s. %s, and %s.", on, spanOf(now, "incident"), span(then), verdict, seen))
	}
	week := truce.Interval{Start: last.Add(-6).Start(loc), End: last.Day(loc).End}
	earlier := truce.Interval{Start: last.Add(-13).Start(loc), End: week.Start}
	now, then = c.sumsIn(week).about, c.sumsIn(earlier).about
	during := week.In(loc)
	if verdict, seen := c.compare(week, earlier, now, then); verdict.Format == "" {
		out = append(out, because("In seven days (%s) an article in force may be about %s. The seven days before are not compared, because other articles were in force, or some for a part of the time.", during, spanOf(now, "incident")))
	} else {
		out = append(out, because("In seven days (%s) an article in force may be about %s; in the seven days before: %s. %s, and %s.", during, spanOf(now, "incident"), span(then), verdict, seen))
	}
	return out
}

// compare says whether one interval has more incidents than another, and how much was watched in
// each. It says nothing where an article was in force in one of them alone, or in a part of one.
func (c *composer) compare(v, before truce.Interval, now, then report.Span) (verdict, seen truce.Reason) {
	less, more, stated, force := false, false, false, false
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		if len(a.Answer) > 0 {
			continue
		}
		here, there := c.s.InForce(a.Article, v), c.s.InForce(a.Article, before)
		switch {
		case len(here)+len(there) == 0:
			continue
		case !slices.Contains(here, v) || !slices.Contains(there, before):
			return truce.Reason{}, truce.Reason{}
		}
		watched, _ := c.s.Covered(a.Article, v)
		was, _ := c.s.Covered(a.Article, before)
		force, stated = true, stated || watched+was > 0
		less, more = less || watched < was, more || watched > was
	}
	if !force {
		return truce.Reason{}, truce.Reason{}
	}
	verdict = because("Whether that is more or fewer cannot be said")
	switch {
	case now.High < then.Low:
		verdict = because("That is fewer")
	case now.Low > then.High:
		verdict = because("That is more")
	case now == then && !now.Open():
		verdict = because("That is as many")
	}
	return verdict, watchedChange(less, more, stated)
}

// watchedChange says how much was watched beside the period before.
func watchedChange(less, more, stated bool) truce.Reason {
	switch {
	case less && more:
		return because("less was watched for some articles and more for others")
	case less:
		return because("less was watched")
	case more:
		return because("more was watched")
	case !stated:
		return because("no independent coverage is stated for either")
	}
	return because("about as much was watched")
}

// unwatchedTime says how much was watched, and in how many bars of the trend nobody says that they
// watched.
func (c *composer) unwatchedTime() []truce.Reason {
	out := []truce.Reason{watchedWords(c.r.First.Watched)}
	n, blind, step := 0, 0, 1
	for _, b := range c.r.First.Trend {
		if !b.Within || !b.Force || b.Watched.None {
			continue
		}
		n++
		if b.Watched.Most == 0 {
			blind++
		}
		step = max(step, int((b.During.Width()+12*time.Hour)/(24*time.Hour)))
	}
	if c.r.First.Watched.None || blind == 0 {
		return out
	}
	bars := because("%s", number(n, "day"))
	if step > 1 {
		bars = because("%s of %s each", number(n, "period"), number(step, "day"))
	}
	return append(out, because("In %d of %s nobody independent of the parties states that they watched. That nothing was reported then does not mean that nothing happened.", blind, bars))
}
