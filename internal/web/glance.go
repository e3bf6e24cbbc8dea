package web

import (
	"fmt"
	"html/template"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/report"
)

// glance is the room's first screen: what a busy reader takes in before anything else. All of it
// is counted and said by package brief, as the first page of a report is.
type glance struct {
	Lead      string // one sentence or a few; empty: there is none
	Board     *brief.Board
	Trend     template.HTML
	Regions   []regionRank
	Rest      int // regions that are not among the ranked ones
	Waiting   []string
	Disputed  []string
	Changes   []string
	Unwatched []string
}

// regionRank is a region in which something was observed, with a bar as wide as that.
type regionRank struct {
	Name               string
	Incidents, Decided report.Span
	Bar                template.HTML
}

// mostRanked is how many regions the first screen ranks; the list of all is below.
const mostRanked = 8

// glanceOf is the first screen of a board, for a reader.
func glanceOf(p *Page, b *brief.Board) *glance {
	g := &glance{Lead: p.Sentence(b.First.Short), Board: b, Trend: trendOf(p, b.First.Trend, true), Changes: p.sentences(b.Changes), Unwatched: p.sentences(b.Unwatched), Disputed: p.sentences(b.First.Disputed), Waiting: p.sentences(b.First.Next)}
	for _, r := range b.Regions[:min(len(b.Regions), mostRanked)] {
		g.Regions = append(g.Regions, regionRank{r.Name, r.Count.Incidents, r.Count.Violations, rangeBar(r.Count.Incidents, b.Regions[0].Count.Incidents.High)})
	}
	g.Rest = len(b.Regions) - len(g.Regions)
	return g
}

// sentences are reasons in the reader's language.
func (p *Page) sentences(list []truce.Reason) (out []string) {
	for _, r := range list {
		out = append(out, p.Sentence(r))
	}
	return out
}

// trendOf draws a trend in the reader's language; linked: each bar leads to the first page of its
// days.
func trendOf(p *Page, t []report.TrendBar, linked bool) template.HTML {
	d := report.TrendDrawing{
		Label: p.T("trend.label"),
		Title: func(x *report.TrendBar) string {
			return p.During(x.During) + ": " + p.T("count.incidents") + " " + p.Range(x.Incidents) + " · " + p.T("count.decided") + " " + p.Range(x.Decided) + " · " + p.T("count.seen") + " " + p.Watched(x.Watched)
		},
		Band: func(x *report.TrendBar) string {
			return p.During(x.During) + ": " + p.seenWords(&report.Bucket{Count: report.Count{Incidents: x.Incidents, Coverage: x.Watched.Least}, Force: x.Force})
		},
		Tick: func(x *report.TrendBar) string {
			return p.Date(truce.DateOf(x.During.Start, p.Agreement.Location))
		},
	}
	if linked {
		d.Href = func(x *report.TrendBar) string {
			return p.On("/", "from", p.ISO(x.During.Start), "to", p.ISO(x.During.End))
		}
	}
	return template.HTML(d.Draw(t))
}

// rangeBar draws a number beside the highest of its list: dark as many as there surely are, light
// as many as there may be.
func rangeBar(n report.Span, most int) template.HTML {
	wide := func(k int) float64 { return 100 * float64(k) / float64(max(most, 1)) }
	return template.HTML(fmt.Sprintf(`<svg class="range" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="may" width="%.1f" height="8"/><rect class="bar" width="%.1f" height="8"/></svg>`, wide(n.High), wide(n.Low)))
}

// Watched says how much somebody independent of the parties watched, by article.
func (p *Page) Watched(w report.Watch) string {
	switch {
	case w.None:
		return p.T("watched.none")
	case w.Most == 0:
		return p.T("count.nobody")
	case w.Least == w.Most:
		return w.Most.Percent()
	}
	return p.T("count.range", "Low", w.Least.Percent(), "High", w.Most.Percent())
}
