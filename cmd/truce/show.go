package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/report"
	"github.com/spf13/cobra"
)

func (c command) show() *cobra.Command {
	var article string
	cmd := &cobra.Command{
		Use:   "show AGREEMENT",
		Short: "Read an agreement back in plain words, article by article",
		Long: `Show says what each article of an agreement folder means to Truce, in words, beside the
text that it was written from, so that a lawyer can compare the two. The agreement's page in
the room says the same. Provisions that are not monitored are listed with the reason.

Of a folder of agreements, such as the one that comes with the source of Truce, it lists
each with its title and status.`,
		Example: `  truce show agreements
  truce show agreements/ukraine-air-first
  truce show agreements/ukraine-air-first --article 1`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if list := agreementsIn(args[0]); list != nil && article == "" {
				return c.listAgreements(list)
			}
			a, probs := mission.ReadAgreement(args[0])
			if err := probs.Err(); err != nil {
				return mission.Hinted(err, "list all that is wrong with: truce check "+args[0])
			}
			if article == "" {
				showHead(c.out, a)
			}
			shown := 0
			var names []string
			for i := range a.Provisions {
				p := &a.Provisions[i]
				names = append(names, string(p.Article))
				if article == "" || truce.Article(article) == p.Article {
					showArticle(c.out, a, p)
					shown++
				}
			}
			for _, u := range a.Unmonitored {
				names = append(names, string(u.Article))
				if article == "" || truce.Article(article) == u.Article {
					fmt.Fprintf(c.out, "\nArticle %s: not monitored\n", u.Article)
					part(c.out, "Text", u.Text)
					part(c.out, "Why", u.Because)
					shown++
				}
			}
			if shown == 0 {
				return fmt.Errorf("article %q is not in the agreement%s", article, truce.Suggest(article, names))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&article, "article", "", "this article alone")
	return cmd
}

// showHead says who agreed what, and when it is in force.
func showHead(w io.Writer, a *truce.Agreement) {
	fmt.Fprintf(w, "%s\n", a.Title)
	part(w, "Status", string(a.Status)+", times of "+a.Zone)
	named := func(list []truce.Party) string {
		var out []string
		for _, p := range list {
			s := p.Name + " (" + string(p.ID) + ")"
			if p.Role != "" {
				s = p.Name + " (" + string(p.ID) + ", " + p.Role + ")"
			}
			if len(p.Members) > 0 {
				var members []string
				for _, m := range p.Members {
					members = append(members, string(m.ID))
				}
				s += " with " + strings.Join(members, ", ")
			}
			out = append(out, s)
		}
		return strings.Join(out, "; ")
	}
	part(w, "Parties", named(a.Parties))
	if len(a.Others) > 0 {
		part(w, "Others", named(a.Others))
	}
	if a.Wording != "" {
		part(w, "Wording", a.Wording)
	}
	if fields := a.Kind.Fields(); len(fields) > 0 {
		var out []string
		for _, f := range fields {
			out = append(out, f[0]+": "+f[1])
		}
		part(w, "Kind", strings.Join(out, "; "))
	}
	for _, p := range a.Phases {
		from := "when " + p.FromEvent + " is declared"
		if p.FromEvent == "" {
			from = "from " + p.From.In(a.Location)
		}
		switch {
		case p.To != truce.Never:
			from += " to " + p.To.In(a.Location)
		case p.For != truce.Span{}:
			from += " for " + p.For.String()
		}
		part(w, "Phase", p.ID+", "+from)
		if p.Opens != nil {
			part(w, "Opens", "if "+conditionWords(a, p.Opens)+"; Truce proposes it, and only a person declares "+p.FromEvent)
		}
		if p.Extends != nil {
			part(w, "Extends", "by "+spanWords(p.Extends.For)+", if "+conditionWords(a, &p.Extends.If)+"; Truce proposes it, and only a person extends it")
		}
	}
}

func spanWords(s truce.Span) string { return truce.Because("%s", assess.SpanWords(s)).String() }

// conditionWords says a condition in one sentence.
func conditionWords(a *truce.Agreement, c *truce.Condition) string {
	several := func(list []truce.Condition, join string) string {
		var out []string
		for i := range list {
			s := conditionWords(a, &list[i])
			if len(list[i].All)+len(list[i].Any) > 0 {
				s = "(" + s + ")"
			}
			out = append(out, s)
		}
		return strings.Join(out, join)
	}
	ago := ""
	if c.For != (truce.Span{}) {
		ago = " " + spanWords(c.For) + " ago"
	}
	switch {
	case len(c.All) > 0:
		return several(c.All, " and ")
	case len(c.Any) > 0:
		return several(c.Any, " or ")
	case c.Article != "" && ago != "":
		return "article " + string(c.Article) + " is fulfilled over the last " + spanWords(c.For)
	case c.Article != "":
		return "article " + string(c.Article) + " is fulfilled"
	case c.Event != "":
		return c.Event + " was declared" + ago
	case c.Phase != "":
		return "phase " + c.Phase + " began" + ago
	}
	return c.At.In(a.Location) + " has come"
}

func showArticle(w io.Writer, a *truce.Agreement, p *truce.Provision) {
	var binds []string
	for _, id := range p.Binds {
		binds = append(binds, string(id))
	}
	kind := p.Obligation.Kind()
	if p.NotMonitored != "" {
		kind = "not monitored"
	}
	fmt.Fprintf(w, "\nArticle %s: %s\n", p.Article, kind)
	if len(binds) > 0 {
		part(w, "Binds", strings.Join(binds, ", "))
	}
	if p.Text != "" {
		part(w, "Text", p.Text)
	}
	if p.NotMonitored != "" {
		part(w, "Why", p.NotMonitored)
		showAmendment(w, a, p)
		return
	}
	said := assess.Sentence(a, p).String()
	part(w, "Read as", strings.ToUpper(said[:1])+said[1:])
	showAmendment(w, a, p)
	if p.SecondReader {
		part(w, "Decided", "by two people: a confirmation or rejection stands once a second person has decided the same")
	}
	var clocks []string
	for _, x := range []struct {
		name string
		span truce.Span
	}{{"to be verified within", truce.Span{Time: p.Clocks.Verify}}, {"a reply is awaited for", truce.Span{Time: p.Clocks.Reply}}, {"to be remedied within", truce.Span{Time: p.Clocks.Remedy}}} {
		if x.span.Time > 0 {
			clocks = append(clocks, x.name+" "+x.span.String())
		}
	}
	for _, x := range p.Consequences {
		part(w, "Then", "within "+spanWords(x.After)+" of a decided violation: "+x.Text+" (Truce proposes it, and only a person declares "+x.Event+")")
	}
	if len(clocks) > 0 {
		part(w, "Clocks", strings.Join(clocks, "; "))
	}
}

// showAmendment prints the text that an article superseded, or that superseded it, and when each applies.
func showAmendment(w io.Writer, a *truce.Agreement, p *truce.Provision) {
	if was, held := assess.Superseded(a, p); was != nil {
		part(w, "Before", "article "+string(was.Article)+", "+held.String()+": "+was.Text)
		if was.NotMonitored == "" {
			part(w, "", "read as: "+assess.Sentence(a, was).String())
		}
	}
	if x := p.SupersededBy; x != nil {
		if is, ok := a.Provision(x.Article); ok {
			part(w, "Later", "article "+string(is.Article)+", from "+x.From.In(a.Location)+" on: "+is.Text)
		}
	}
}

// part prints one part of an article, wrapped below its name.
func part(w io.Writer, name, text string) {
	const indent = 10
	width := widthOf(w)
	if width == 0 {
		width = 100
	}
	lines := strings.Split(wrap(text, max(40, width)-indent), "\n")
	for i, l := range lines {
		head := ""
		if i == 0 {
			head = name
		}
		fmt.Fprintf(w, "  %-8s%s\n", head, strings.TrimSpace(l))
	}
}

// agreementsIn are the folders in a folder that have an agreement; nil: it is one itself, or has none.
func agreementsIn(folder string) []string {
	if _, err := os.Stat(filepath.Join(folder, "agreement.yaml")); err == nil {
		return nil
	}
	list, err := filepath.Glob(filepath.Join(folder, "*", "agreement.yaml"))
	if err != nil {
		return nil
	}
	for i := range list {
		list[i] = filepath.Dir(list[i])
	}
	return list
}

// listAgreements prints a line for each agreement. One with errors does not hide the others.
func (c command) listAgreements(folders []string) error {
	out := rows{columns: []string{"folder", "status", "articles", "title"}}
	for _, folder := range folders {
		a, probs := mission.ReadAgreement(folder)
		if probs.Err() != nil {
			out.add(report.Clean(folder), "?", "", "it has errors: truce check "+report.Clean(folder))
			continue
		}
		out.add(report.Clean(folder), string(a.Status), strconv.Itoa(len(a.Provisions)), report.Clean(a.Title))
	}
	return out.table(c.out)
}
