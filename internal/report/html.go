package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/opentruce/truce"
)

//go:embed report.html.tmpl
var page string

var htmlPage = template.Must(template.New("report").Funcs(template.FuncMap{
	"count":     func(c Count) template.HTML { return block(&c) },
	"mark":      func(o truce.Outcome) template.HTML { return template.HTML(mark(o)) },
	"outcome":   func(s string) truce.Outcome { return truce.Outcome(s) },
	"place":     place,
	"signs":     func(c Count) string { return SignRange(&c) },
	"zero":      func(c Count) bool { return c.Zero() },
	"words":     standingName,
	"facts":     facts,
	"join":      strings.Join,
	"grouped64": func(n int) string { return grouped(int64(n)) },
	"short":     func(d truce.Digest) string { return d.String() },
	"share": func(p truce.PPM) string {
		if p == 0 {
			return "none stated"
		}
		return p.Percent()
	},
}).Parse(page))

// block is the small block that stands wherever a count stands.
func block(c *Count) template.HTML {
	return template.HTML(fmt.Sprintf(`<span class="block"><span>signs&nbsp;<b>%s</b></span> <span>incidents&nbsp;<b>%s</b></span> <span>violations decided&nbsp;<b>%s</b></span> <span>%s</span></span>`,
		template.HTMLEscapeString(SignRange(c)), c.Incidents, c.Violations, strings.Replace(seen(c.Coverage), "seen", "seen&nbsp;", 1)))
}

func signWords(s truce.Signs) string {
	out := s.String()
	out = strings.Replace(out, fmt.Sprint(s.N), grouped(s.N), 1)
	return strings.Replace(out, ">=", "≥", 1)
}

// SignRange is the signs of a count as a range where some may lie outside its period.
func SignRange(c *Count) string {
	if c.Signs.Low != c.Signs.High {
		return signWords(c.Signs.Low) + " to " + signWords(c.Signs.High)
	}
	return signWords(c.Signs.Low)
}

// harmWords says casualties under an article, and beside them those of incidents of
// which it is not known whether anybody acted whom it binds.
func (r *Report) harmWords(a *Article) string {
	known, open := sums(a.Count.Casualties), after("where it is not known whether the article is about it at all: ", sums(a.Count.Unclear))
	if r.Shares(a.Article) {
		open = "where it is not known whether the article is about it at all: see below, with the other articles that count the same incidents"
	}
	switch {
	case known != "" || open != "":
		return Phrase("; ", known, open)
	case a.Count.Incidents.High == 0:
		return "nothing that was observed counts under it"
	}
	return "not stated by any source, which is not zero"
}

// openWords say the casualties of incidents that several articles count, each incident once.
func (r *Report) openWords() (out []string) {
	for i := range r.Open {
		x := &r.Open[i]
		out = append(out, fmt.Sprintf("It is not known which of the articles %s is about %s, or whether any is: %s. Each incident is counted once here, although several of these articles count it", x.Names(), truce.Number{N: x.Incidents, Of: "incident"}, sums(x.Casualties)))
	}
	return out
}

// harmed reports whether the report has anything to say of casualties.
func (r *Report) harmed() bool {
	return len(r.Tolls) > 0 || r.Uncounted != nil || slices.ContainsFunc(r.Articles, func(a Article) bool { return len(a.Force) > 0 })
}

// uncounted are the words for casualties in incidents that count under no article.
func (r *Report) uncounted() string {
	return after("Counted under no article in force: ", sums(r.Uncounted))
}

// Words say who states casualties, and how.
func (t *Toll) Words() string {
	switch {
	case t.Total && t.Claimant != "":
		return "Claimed by " + t.Who() + " in a total"
	case t.Total:
		return "Stated by " + t.Who() + " in a total"
	}
	return "Claimed by " + t.Who() + " in single events (" + t.Events.String() + ")"
}

// printed is a report with what only its pages need.
type printed struct {
	*Report
	MapSVG template.HTML
}

// When and At print times in the agreement's zone, with it.
func (p printed) When(v truce.Interval) string { return p.when(v) }
func (p printed) At(i truce.Instant) string    { return i.In(p.loc) }
func (p printed) CutOff() string               { return p.cutOff() }

// Allegations are the rows of their table.
func (p printed) Allegations() []Allegation { return p.allegations() }

// FindingsOf is Findings of an allegation.
func (p printed) FindingsOf(a Allegation) []Finding { return p.Findings(*a.Incident) }

// Harmed and NoArticle are what is said of casualties beside the articles.
func (p printed) Harmed() bool      { return p.harmed() }
func (p printed) NoArticle() string { return p.uncounted() }

// Toll and OpenWords are what is said of casualties under one article, and under several.
func (p printed) Toll(a Article) string { return p.harmWords(&a) }
func (p printed) OpenWords() []string   { return p.openWords() }

// Ribbon draws an article's ribbon.
func (p printed) Ribbon(a Article) template.HTML { return template.HTML(p.drawRibbon(&a)) }

// Findings are an incident's findings that say something: of articles that are
// about it, or may be. None: no article is.
func (p printed) Findings(x Incident) []Finding {
	var out []Finding
	for _, f := range x.Findings {
		if f.Relevant || !silent(f.Outcome) {
			out = append(out, f)
		}
	}
	return out
}

// Force says when an article bound in the period.
func (p printed) Force(a Article) string {
	if len(a.Force) == 0 {
		return "not in force"
	}
	if len(a.Force) == 1 && a.Force[0] == p.Period {
		return "in force"
	}
	var out []string
	for _, v := range a.Force {
		switch {
		case v.End >= p.Period.End:
			out = append(out, "from "+v.Start.In(p.loc))
		case v.Start <= p.Period.Start:
			out = append(out, "until "+v.End.In(p.loc))
		default:
			out = append(out, "in "+p.when(v))
		}
	}
	return "in force " + strings.Join(out, ", ")
}

// Nested splits reasons by their indentation.
func (p printed) Nested(reasons []truce.Reason) template.HTML {
	var b strings.Builder
	in := false
	for _, reason := range reasons {
		r := reason.String()
		if deep := strings.HasPrefix(r, "  "); deep != in {
			b.WriteString(map[bool]string{true: "<ul>", false: "</ul>"}[deep])
			in = deep
		}
		b.WriteString("<li>" + template.HTMLEscapeString(strings.TrimSpace(r)) + "</li>")
	}
	if in {
		b.WriteString("</ul>")
	}
	return template.HTML(b.String())
}

func writeHTML(w io.Writer, r *Report) error {
	var b strings.Builder
	if err := htmlPage.Execute(&b, printed{r, template.HTML(r.drawMap())}); err != nil {
		return err
	}
	// Here no template can forget a text: nothing on the page is typed into again.
	_, err := io.WriteString(w, Visible(b.String()))
	return err
}
