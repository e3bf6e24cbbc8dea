package brief

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/report"
)

// openHarm adds up the casualties of incidents of which it is not known which of several articles is
// about them. One such incident counts under each of them. The low of each article is a bound of
// its own: a report with casualties may turn out to be one incident with another report that a
// first article is about and a second is not. So 99 incidents can have a low of 427 under one
// article and of 194 under another. All articles together have at least as many as each, so the low
// of the sum is the highest of theirs; its high adds every incident once.
func (c *composer) openHarm() {
	group := make([]int, len(c.r.Articles)) // the first article of those that share incidents
	for i := range group {
		group[i] = i
	}
	for changed := true; changed; {
		changed = false
		for _, x := range c.z.open {
			least := len(group)
			for _, art := range x.articles {
				least = min(least, group[art])
			}
			for _, art := range x.articles {
				changed = changed || group[art] != least
				group[art] = least
			}
		}
	}
	for first := range group {
		out := report.OpenHarm{}
		for i := range group {
			if group[i] == first && c.r.Articles[i].Count.Unclear != nil {
				out.Articles = append(out.Articles, c.r.Articles[i].Article)
			}
		}
		if len(out.Articles) < 2 {
			continue
		}
		for _, x := range c.z.open {
			if group[x.articles[0]] == first {
				out.Incidents += x.of.n
				out.Casualties = assess.AddCasualties(out.Casualties, x.casualties)
			}
		}
		for _, name := range truce.CasualtyFields {
			sum := out.Casualties.Field(name)
			if *sum == nil {
				continue
			}
			low := int32(0)
			for i := range group {
				if of := c.r.Articles[i].Count.Unclear; group[i] == first && of != nil && *of.Field(name) != nil {
					low = max(low, (*of.Field(name)).Low)
				}
			}
			if low < (*sum).Low {
				r := truce.Between(low, (*sum).High)
				*sum = &r
			}
		}
		c.r.Open = append(c.r.Open, out)
	}
}

// openOf are the incidents of a sum over several articles.
func (c *composer) openOf(of *report.OpenHarm) *harmedSum {
	var out harmedSum
	for _, x := range c.z.open {
		if slices.Contains(of.Articles, c.r.Articles[x.articles[0]].Article) {
			out.join(&x.of)
		}
	}
	return &out
}
