package report

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce"
)

// A FirstPage is what a head of mission reads in a minute. Its numbers and sentences are counted
// by others; each is true on its own when it is quoted.
type FirstPage struct {
	Short truce.Reason `json:"in_short"` // one sentence or a few: how long, what was decided, how much and where, who watched
	// Signs, Incidents and Decided are of all articles in force together, each thing counted once.
	Signs     SignSpan `json:"signs"`
	Incidents Span     `json:"incidents"`
	Decided   Span     `json:"violations_decided"`
	Watched   Watch    `json:"watched"`
	// Trend has a bar for each hour, day or number of weeks. That of a day begins some days
	// earlier.
	Trend []TrendBar `json:"trend"`
	// Most asks for most attention first. No list is longer than its reader's minute.
	Most     []Noted        `json:"most_attention"`
	New      []truce.Reason `json:"new"`
	Disputed []truce.Reason `json:"disputed"`
	Next     []truce.Reason `json:"to_do"`
}

// Watch is how much of area and time somebody independent of the parties watched: of the article
// that was watched least, and most.
type Watch struct {
	Least truce.PPM `json:"least_ppm"`
	Most  truce.PPM `json:"most_ppm"`
	None  bool      `json:"nothing_to_watch,omitempty"` // no article in force is about what can be watched
}

// String says it in words. Nothing stated is not the same as nothing watched.
func (w Watch) String() string {
	switch {
	case w.None:
		return "nothing to watch"
	case w.Most == 0:
		return "none stated"
	case w.Least == w.Most:
		return w.Most.Percent()
	}
	return w.Least.Percent() + " to " + w.Most.Percent()
}

// A TrendBar is one bar of the trend: incidents that an article in force may be about, and under
// them who watched.
type TrendBar struct {
	During    truce.Interval `json:"during"`
	Incidents Span           `json:"incidents"`
	Decided   Span           `json:"violations_decided"`
	Watched   Watch          `json:"watched"`
	Force     bool           `json:"in_force"`
	Within    bool           `json:"of_the_period"` // false: of the days before it
}

// Noted is an incident, or a finding of days, that asks for attention, in a sentence.
type Noted struct {
	ID      truce.Digest  `json:"id"`
	Outcome truce.Outcome `json:"outcome"`
	Text    truce.Reason  `json:"text"`
}

// How many lines of each list the first page has; the rest are among the main points.
const mostNew, mostDisputed, mostNext, mostArticles = 3, 4, 4, 6

// A firstList is one of the first page's, with its marks.
type firstList struct {
	Title string
	Lines []firstLine
	More  string
}

type firstLine struct {
	Mark truce.Outcome
	Text string
}

// OneSided is what a sentence of the headline is about that says that a source looks at the acts of
// some parties alone.
const OneSided = "One side only"

// Lists are those of the first page.
func (r *Report) Lists() (out []firstList) {
	p := &r.First
	var most []firstLine
	for _, x := range p.Most {
		most = append(most, firstLine{x.Outcome, firstUp(x.Text)})
	}
	for _, x := range r.Headline { // what is first to look at may come from one that looks at one side
		if len(most) > 0 && x.About.Format == OneSided {
			most = append(most, firstLine{"", x.About.String() + ": " + firstUp(x.Text)})
		}
	}
	if most == nil {
		most = []firstLine{{"", "No incident that is listed asks for attention under an article in force."}}
	}
	out = append(out, firstList{"First to look at", most, ""})
	for _, x := range []struct {
		title string
		list  []truce.Reason
		most  int
	}{{"What is new", p.New, mostNew}, {"What is disputed", p.Disputed, mostDisputed}, {"What to do", p.Next, mostNext}} {
		l := firstList{Title: x.title}
		for _, t := range x.list[:min(len(x.list), x.most)] {
			l.Lines = append(l.Lines, firstLine{"", firstUp(t)})
		}
		if n := len(x.list) - x.most; n > 0 {
			l.More = truce.Number{N: n, Of: "more point"}.String() + " in section 2."
		}
		out = append(out, l)
	}
	return out
}

// further are the lines of the first page's lists for which it has no room.
func (p *FirstPage) further() (out []part) {
	for _, x := range []struct {
		about string
		list  []truce.Reason
		most  int
	}{{"New", p.New, mostNew}, {"Disputed", p.Disputed, mostDisputed}, {"To do", p.Next, mostNext}} {
		for i := x.most; i < len(x.list); i++ {
			out = append(out, para{x.about, firstUp(x.list[i])})
		}
	}
	return out
}

// ByArticle has a line for each article in force.
func (r *Report) ByArticle() (out []firstLine) {
	rest := 0
	for i := range r.Articles {
		a := &r.Articles[i]
		switch {
		case len(a.Force) == 0:
			continue
		case len(out) == mostArticles:
			rest++
			continue
		}
		text := "Article " + string(a.Article) + " (" + shortened(a.Text, 80) + "): " + a.Words()
		if len(a.Answer) > 0 {
			text += ", " + a.Answered() + "."
		} else {
			text += "; " + blockText(&a.Count) + "; casualties " + r.harmWords(a) + "."
		}
		out = append(out, firstLine{a.Assessment.Outcome, text})
	}
	if out == nil {
		out = append(out, firstLine{truce.OutOfScope, "No article was in force."})
	}
	if rest > 0 {
		out = append(out, firstLine{truce.OutOfScope, truce.Number{N: rest, Of: "more article"}.String() + " in section 1."})
	}
	return out
}

// shortened is a text up to a word that ends before so many letters.
func shortened(text string, most int) string {
	text = strings.TrimSuffix(text, ".")
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	cut := string(letters[:most])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:") + " …"
}

// Unagreed marks what nobody has agreed.
func (r *Report) Unagreed() string { return strings.TrimSpace(r.unagreed()) }

// TrendWords say how to read the trend.
func (r *Report) TrendWords() string {
	t := r.First.Trend
	if len(t) == 0 {
		return "No day of the period has begun."
	}
	bar := "day"
	if days := int((t[0].During.Width() + 12*time.Hour) / (24 * time.Hour)); len(t) > 1 && days > 1 && days%7 == 0 {
		bar = truce.Number{N: days / 7, Of: "week"}.String()
	}
	most := 0
	for _, b := range t {
		most = max(most, b.Incidents.High)
	}
	text := "Incidents that an article in force may be about, each bar of one " + bar
	if strings.ContainsAny(bar, "0123456789") {
		text = "Incidents that an article in force may be about, each bar of " + bar
	}
	text += "; the highest: " + grouped(int64(most)) + ". Dark: surely; light: may be, or may be the same as others. Below: solid where somebody independent watched, hatched where nobody states it; dotted: no article was in force. An empty bar over a hatched band does not mean that nothing happened."
	if slices.ContainsFunc(t, func(b TrendBar) bool { return !b.Within }) {
		text += " Pale bars are of the days before."
	}
	return text
}

// drawTrend draws the trend as SVG.
func (r *Report) drawTrend() string {
	d := TrendDrawing{
		Label: "Incidents over time, with who watched under them",
		Title: func(x *TrendBar) string {
			return r.when(x.During) + ": incidents " + x.Incidents.String() + ", violations decided " + x.Decided.String() + ", watched: " + x.Watched.String()
		},
		Band: func(x *TrendBar) string {
			return r.bandTitle(&Bucket{During: x.During, Count: Count{Incidents: x.Incidents, Coverage: x.Watched.Least}, Force: x.Force}, false)
		},
		Tick: func(x *TrendBar) string { return x.During.Start.Time().In(r.loc).Format("2 Jan") },
	}
	return d.Draw(r.First.Trend)
}

// A TrendDrawing draws a trend as SVG, in the words of whoever reads it; none of them is markup.
// The sheet that it is on has the classes bar, may, pale, cov, nocov, notforce, axis and tick.
type TrendDrawing struct {
	Label string                 // of all of it
	Title func(*TrendBar) string // of a bar
	Band  func(*TrendBar) string // of what was watched under it
	Tick  func(*TrendBar) string // of the first and the last
	Href  func(*TrendBar) string // where a bar leads; nil: nowhere
}

// Draw draws bars: dark as many incidents as there surely are, light as many as there may be, and
// under them how much was watched. Of no bars it draws nothing.
func (d TrendDrawing) Draw(t []TrendBar) string {
	if len(t) == 0 {
		return ""
	}
	const width, high, band = 420.0, 90.0, 14.0
	most := 1
	for _, b := range t {
		most = max(most, b.Incidents.High)
	}
	step := width / float64(len(t))
	var b strings.Builder
	role := "img"
	if d.Href != nil {
		role = "group"
	}
	fmt.Fprintf(&b, `<svg class="trend" viewBox="0 0 %.0f %.0f" role="%s" aria-label="%s">`, width, high+band+22, role, html.EscapeString(d.Label))
	fmt.Fprintf(&b, `<path class="axis" d="M0 %.1fH%.0f"/>`, high, width)
	for k := range t {
		x := &t[k]
		at, w := float64(k)*step+step*0.12, step*0.76
		up := func(n int) float64 { return float64(n) / float64(most) * (high - 4) }
		cls := ""
		if !x.Within {
			cls = " pale"
		}
		title := html.EscapeString(d.Title(x))
		if d.Href != nil {
			fmt.Fprintf(&b, `<a href="%s" aria-label="%s"><rect class="hit" x="%.1f" y="0" width="%.1f" height="%.1f"/>`, html.EscapeString(d.Href(x)), title, float64(k)*step, step, high+band+4)
		}
		if n := x.Incidents.High; n > 0 {
			fmt.Fprintf(&b, `<rect class="may%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s</title></rect>`, cls, at, high-up(n), w, up(n), title)
		}
		if n := x.Incidents.Low; n > 0 {
			fmt.Fprintf(&b, `<rect class="bar%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s</title></rect>`, cls, at, high-up(n), w, up(n), title)
		}
		b.WriteString(watchBand(x.Force, x.Watched.Least, "cov", html.EscapeString(d.Band(x)), float64(k)*step, high+4, step, band))
		if d.Href != nil {
			b.WriteString(`</a>`)
		}
	}
	label := func(k int, x float64, anchor string) {
		fmt.Fprintf(&b, `<text class="tick %s" x="%.0f" y="%.0f">%s</text>`, anchor, x, high+band+17, html.EscapeString(d.Tick(&t[k])))
	}
	label(0, 0, "first")
	if n := len(t) - 1; n > 0 {
		label(n, width, "last")
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// SummaryFirst is the reporting officer's summary where the first page has room for it; else it
// begins the main points.
func (r *Report) SummaryFirst() []string {
	n := 0
	for _, t := range r.Summary {
		n += len([]rune(t)) + 40
	}
	if n > 700 {
		return nil
	}
	return r.Summary
}
