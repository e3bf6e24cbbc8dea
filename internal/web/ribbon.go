package web

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/report"
)

// ribbon draws an article over time: three rows of thin bars, and under them the
// coverage, solid where somebody independent could see, hatched where nobody could.
// Each bar leads to the same page of its hours.
func ribbon(p *Page, a *report.Article) template.HTML {
	n := len(a.Ribbon)
	if n == 0 {
		return ""
	}
	const row, gap, band, width = 18.0, 3.0, 12.0, 960.0
	step := width / float64(n)
	names := []string{p.T("count.signs"), p.T("count.incidents"), p.T("count.decided")}
	value := func(b *report.Bucket, i int) float64 {
		return [3]float64{float64(b.Signs.Low.N + b.Signs.Low.Uncountable), float64(b.Incidents.Low), float64(b.Violations.Low)}[i] // for sure; the words beside it have the range
	}
	var most [3]float64
	for k := range a.Ribbon {
		for i := range most {
			most[i] = math.Max(most[i], value(&a.Ribbon[k], i))
		}
	}
	height := 3*(row+gap) + 2*(band+gap) + 14
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="ribbon" viewBox="0 0 %.0f %.0f" role="group" aria-label="%s">`, width, height, template.HTMLEscapeString(p.T("ribbon.label", "Article", a.Article)))
	loc := p.Agreement.Location
	for k := range a.Ribbon {
		x := &a.Ribbon[k]
		left := float64(k) * step
		title := fmt.Sprintf("%s: %s %s · %s %s · %s %s · %s", x.During.In(loc), names[0], p.SignRange(x.Count), names[1], p.Range(x.Incidents), names[2], p.Range(x.Violations), p.seenWords(x))
		fmt.Fprintf(&b, `<a href="%s"><title>%s</title><rect class="hit" x="%.1f" y="0" width="%.1f" height="%.1f"/>`,
			template.HTMLEscapeString(p.With("from", p.ISO(x.During.Start), "to", p.ISO(x.During.End))), template.HTMLEscapeString(title), left, step, height)
		for i := range names {
			if v := value(x, i); v > 0 {
				h := math.Max(1.5, v/most[i]*row)
				fmt.Fprintf(&b, `<rect class="bar b%d" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, i, left+step*0.15, float64(i)*(row+gap)+row-h, step*0.7, h)
			}
		}
		for i, c := range []truce.PPM{x.Coverage, x.Own} {
			y := 3*(row+gap) + float64(i)*(band+gap)
			switch {
			case !x.Force:
				fmt.Fprintf(&b, `<rect class="notforce" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, left+0.5, y+0.5, step-1, band-1)
			default:
				seen := band * float64(c) / float64(truce.One)
				fmt.Fprintf(&b, `<rect class="nocov" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, left, y, step, band-seen)
				if c > 0 {
					fmt.Fprintf(&b, `<rect class="cov c%d" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, i, left, y+band-seen, step, seen)
				}
			}
		}
		b.WriteString(`</a>`)
	}
	for i := range names {
		fmt.Fprintf(&b, `<path class="axis" d="M0 %.1fH%.0f"/>`, float64(i)*(row+gap)+row, width)
	}
	every := max(1, (n+7)/8)
	for k := 0; k < n; k += every {
		t := a.Ribbon[k].During.Start.Time().In(loc)
		label := fmt.Sprintf("%d.%02d.", t.Day(), t.Month())
		if a.Ribbon[k].During.Width().Hours() < 23 {
			label = t.Format("15:04")
		}
		fmt.Fprintf(&b, `<text class="tick" x="%.1f" y="%.1f">%s</text>`, float64(k)*step+2, height-3, label)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// seenWords tells "looked, saw nothing" from "nobody could see".
func (p *Page) seenWords(b *report.Bucket) string {
	switch {
	case !b.Force:
		return p.T("ribbon.not-in-force")
	case b.Coverage == 0:
		return p.T("ribbon.nobody")
	case b.Incidents.High == 0:
		return p.T("ribbon.looked", "Share", b.Coverage.Percent())
	}
	return p.T("ribbon.seen", "Share", b.Coverage.Percent())
}
