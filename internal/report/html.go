package report

import (
	_ "embed"
	"fmt"
	"html"
	"html/template"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/opentruce/truce"
)

//go:embed report.html.tmpl
var page string

var htmlPage = template.Must(template.New("report").Funcs(template.FuncMap{
	"mark":    func(o truce.Outcome) template.HTML { return template.HTML(mark(o)) },
	"outcome": func(s string) truce.Outcome { return truce.Outcome(s) },
	"first":   firstUp,
	"signs":   func(s SignSpan) string { return SignRange(&Count{Signs: s}) },
}).Parse(page))

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
	doc    *document
	whole  bool // the page of annexes: every row, and no first page
	MapSVG template.HTML
	Trend  template.HTML
}

// When and At print times in the agreement's zone, with it.
func (p printed) When(v truce.Interval) string { return p.when(v) }
func (p printed) At(i truce.Instant) string    { return i.In(p.loc) }
func (p printed) CutOff() string               { return p.cutOff() }

// Sections are the document's, for its contents.
func (p printed) Sections() (out []struct{ ID, Title string }) {
	for _, s := range p.doc.sections {
		out = append(out, struct{ ID, Title string }{s.id, s.title})
	}
	return out
}

// Body are the sections.
func (p printed) Body() template.HTML {
	var b strings.Builder
	for i, s := range p.doc.sections {
		fmt.Fprintf(&b, "<h2 id=\"%s\">%d. %s</h2>\n", s.id, i+1, html.EscapeString(s.title))
		for _, x := range s.parts {
			p.part(&b, x)
		}
	}
	return template.HTML(b.String())
}

func (p printed) part(b *strings.Builder, x part) {
	esc := html.EscapeString
	switch x := x.(type) {
	case para:
		b.WriteString(`<p class="num">`)
		if x.about != "" {
			b.WriteString("<b>" + esc(x.about) + ".</b> ")
		}
		b.WriteString(esc(x.text) + "</p>\n")
	case note:
		b.WriteString(`<p class="soft">` + esc(string(x)) + "</p>\n")
	case head:
		b.WriteString("<h3>" + esc(x.text))
		if x.soft != "" {
			b.WriteString(`. <span class="soft">` + esc(x.soft) + "</span>")
		}
		b.WriteString("</h3>\n")
	case items:
		b.WriteString("<p>" + esc(x.title) + "</p>\n<ul>")
		in := false
		for _, t := range x.list {
			if deep := strings.HasPrefix(t, "  "); deep != in {
				b.WriteString(map[bool]string{true: "<ul>", false: "</ul>"}[deep])
				in = deep
			}
			b.WriteString("<li>" + esc(strings.TrimSpace(t)) + "</li>")
		}
		if in {
			b.WriteString("</ul>")
		}
		b.WriteString("</ul>\n")
	case picture:
		b.WriteString(`<div class="wide">` + strings.Replace(p.drawMap(), hatch, "", 1) + "</div>\n" + legend) // the first page has the pattern
	case ribbon:
		b.WriteString("<p>" + esc(blockText(&x.Count)) + "</p>\n" + `<div class="wide">` + p.drawRibbon(x.Article) + "</div>\n")
	case table:
		p.table(b, &x)
	}
}

// table writes a list, each row in one line.
func (p printed) table(b *strings.Builder, t *table) {
	esc := html.EscapeString
	rows := t.rows
	if !p.whole {
		rows = t.listed()
		if text := t.left(); text != "" {
			b.WriteString(`<p class="soft">` + esc(text) + "</p>\n")
		}
	}
	fmt.Fprintf(b, `<div class="scroll" tabindex="0" role="region" aria-label="%s"><table`, esc(t.label))
	if t.class != "" {
		fmt.Fprintf(b, ` class="%s"`, t.class)
	}
	b.WriteString("><colgroup>")
	for _, c := range t.cols {
		fmt.Fprintf(b, `<col style="width:%.0f%%">`, c.width*100)
	}
	b.WriteString("</colgroup><thead><tr>")
	for _, c := range t.cols {
		b.WriteString(cell("th", c.right, "") + esc(c.name) + "</th>")
	}
	b.WriteString("</tr></thead><tbody>\n")
	for _, x := range rows {
		if x.soft {
			b.WriteString(`<tr class="soft">`)
		} else {
			b.WriteString("<tr>")
		}
		for k, f := range x.fields {
			name := ""
			if t.class == "board" {
				name = t.cols[k].name
			}
			b.WriteString(cell("td", t.cols[k].right, name))
			for i, l := range f {
				if i > 0 {
					b.WriteString("<br>")
				}
				if l.mark != "" {
					b.WriteString(mark(l.mark))
				}
				text := esc(l.text)
				switch {
				case l.link:
					text = `<a href="` + esc(p.AnnexDir+"/"+l.text) + `">` + text + "</a>"
				case l.code:
					text = "<code>" + text + "</code>"
				case l.soft:
					text = `<span class="soft">` + text + "</span>"
				}
				b.WriteString(text)
			}
			b.WriteString("</td>")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table></div>\n")
}

// cell opens one; name is what a narrow page says of it.
func cell(tag string, right bool, name string) string {
	out := "<" + tag
	if right {
		out += ` class="r"`
	}
	if name != "" {
		out += ` data-l="` + html.EscapeString(name) + `"`
	}
	return out + ">"
}

// legend says what the marks of the map are.
var legend = func() string {
	var b strings.Builder
	b.WriteString(`<p class="legend">`)
	for _, x := range legendOf {
		b.WriteString("<span>" + mark(x.outcome) + html.EscapeString(x.text) + "</span>")
	}
	b.WriteString("</p>\n")
	return b.String()
}()

// legendOf is the legend of the map, on the page and on paper.
var legendOf = []struct {
	outcome truce.Outcome
	text    string
}{{truce.Violation, "violation decided by a person"}, {truce.ApparentViolation, "apparent violation"}, {truce.AwaitingResponse, "the same, a reply awaited"}, {truce.Uncorroborated, "uncorroborated: one source"},
	{truce.UndeterminedPlace, "undetermined"}, {truce.ReadingsDiffer, "readings differ"}, {truce.AllegedOnly, "alleged only"}, {truce.Excepted, "excepted"}, {truce.OutOfScope, "out of scope"}, {truce.NoViolation, "no article in force is about it"}}

// firstUp begins a sentence.
func firstUp(r truce.Reason) string {
	text := r.String()
	first, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[n:]
}

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

func writeHTML(w io.Writer, r *Report) error {
	d, err := r.toPrint()
	if err != nil {
		return err
	}
	return r.writePage(w, printed{Report: r, doc: d, MapSVG: template.HTML(r.drawMap()), Trend: template.HTML(r.drawTrend())})
}

// writeAnnexPage writes all lists with all rows, as a page.
func writeAnnexPage(w io.Writer, r *Report, d *document) error {
	all := &document{}
	for _, s := range d.sections {
		var parts []part
		for _, x := range s.parts {
			switch x.(type) {
			case table, note, head:
				parts = append(parts, x)
			}
		}
		if slices.ContainsFunc(parts, func(x part) bool { t, ok := x.(table); return ok && t.name != "" }) {
			all.sections = append(all.sections, section{s.id, s.title, parts})
		}
	}
	return r.writePage(w, printed{Report: r, doc: all, whole: true})
}

// Whole reports whether the page is that of annexes.
func (p printed) Whole() bool { return p.whole }

func (r *Report) writePage(w io.Writer, p printed) error {
	var b strings.Builder
	if err := htmlPage.Execute(&b, p); err != nil {
		return err
	}
	// Here no template can forget a text: nothing on the page is typed into again.
	_, err := io.WriteString(w, Visible(b.String()))
	return err
}
