package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/opentruce/truce"
)

//go:embed report.html.tmpl
var page string

var htmlPage = template.Must(template.New("report").Funcs(template.FuncMap{
	"count":     func(c Count) template.HTML { return block(&c) },
	"class":     class,
	"words":     words,
	"facts":     facts,
	"join":      strings.Join,
	"toll":      tollWords,
	"grouped64": func(n int) string { return grouped(int64(n)) },
	"short":     func(d truce.Digest) string { return d.String() },
}).Parse(page))

// block is the small block that stands wherever a count stands.
func block(c *Count) template.HTML {
	return template.HTML(fmt.Sprintf(`<span class="block"><span>signs&nbsp;<b>%s</b></span> <span>incidents&nbsp;<b>%s</b></span> <span>violations decided&nbsp;<b>%s</b></span> <span>seen&nbsp;<b>%s</b></span></span>`,
		template.HTMLEscapeString(signWords(c.Signs)), grouped(int64(c.Incidents)), grouped(int64(c.Violations)), c.Coverage.Percent()))
}

func signWords(s truce.Signs) string {
	out := s.String()
	out = strings.Replace(out, fmt.Sprint(s.N), grouped(s.N), 1)
	return strings.Replace(out, ">=", "≥", 1)
}

// tollWords says casualties in ranges.
func tollWords(c *truce.Casualties) string {
	if c == nil {
		return "none stated"
	}
	var out []string
	for _, name := range truce.CasualtyFields {
		if r := *c.Field(name); r != nil {
			out = append(out, name+" "+r.Words())
		}
	}
	if len(out) == 0 {
		return "none stated"
	}
	return strings.Join(out, "; ")
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

// Ribbon draws an article's ribbon.
func (p printed) Ribbon(a Article) template.HTML { return template.HTML(p.drawRibbon(&a)) }

// Findings are an incident's findings that say something: an article that does
// not touch it is left out unless none does.
func (p printed) Findings(x Incident) []Finding {
	var out []Finding
	for _, f := range x.Findings {
		if f.Outcome != truce.NoViolation && f.Outcome != truce.OutOfScope {
			out = append(out, f)
		}
	}
	if len(out) == 0 && len(x.Findings) > 0 {
		return x.Findings[:1]
	}
	return out
}

func writeHTML(w io.Writer, r *Report) error {
	return htmlPage.Execute(w, printed{r, template.HTML(r.drawMap())})
}
