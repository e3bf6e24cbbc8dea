package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// writeMarkdown writes the report for mail and wikis: the same figures, without
// map and ribbon.
func writeMarkdown(w io.Writer, r *Report) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s\n\n%s · %s · %s\n\n", r.Title, r.Kind, r.when(r.Period), r.cutOff())
	if m := r.Mark(); m != "" {
		fmt.Fprintf(b, "> **%s.** %s\n\n", m, r.MarkWords())
	}
	b.WriteString("## In one page\n\n")
	for i, h := range r.Headline {
		fmt.Fprintf(b, "%d. **%s.** %s\n", i+1, h.About, h.Text)
	}
	b.WriteString("\n## Articles\n\n| Article | In force | Outcome | Counts |\n|---|---|---|---|\n")
	for _, a := range r.Articles {
		force := "yes"
		if !a.InForce {
			force = fmt.Sprintf("no; %d incidents out of scope", a.Excluded)
		}
		fmt.Fprintf(b, "| %s %s | %s | %s | %s |\n", a.Article, cell(a.Text), force, a.Assessment.Outcome.Words(), blockText(&a.Count))
	}
	b.WriteString("\n## Totals beside what was found of them\n\n| Says | Period | Where | What | Total | Found | Difference |\n|---|---|---|---|---:|---:|---:|\n")
	for _, t := range r.Tallies {
		fmt.Fprintf(b, "| %s (%s) | %s | %s | %s | %s | %s | %d |\n", cell(t.Source), t.Claimant, r.when(t.Period), cell(t.Place), cell(t.What), t.Count, t.Found, t.Difference)
	}
	b.WriteString("\n## Casualties\n\n")
	for _, a := range r.Articles {
		if a.InForce {
			fmt.Fprintf(b, "- Article %s: %s\n", a.Article, tollWords(a.Count.Casualties))
		}
	}
	b.WriteString("\n## Incidents\n\n| Occurred | Where | What | Finding | ID |\n|---|---|---|---|---|\n")
	p := printed{Report: r}
	for _, x := range r.Incidents {
		var f []string
		for _, y := range p.Findings(x) {
			f = append(f, fmt.Sprintf("art. %s: %s", y.Article, y.Outcome.Words()))
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", r.when(x.Occurred), cell(x.Place.String()), cell(x.What), strings.Join(f, "; "), x.ID)
	}
	b.WriteString("\n## Data\n\n")
	for _, l := range r.Licences {
		fmt.Fprintf(b, "- %s: %s. %s\n", l.Source, l.License, l.Attribution)
	}
	fmt.Fprintf(b, "\nSituation digest %s\n", r.Digest.Hex())
	return b.Flush()
}

// cell keeps a text within its cell.
func cell(s string) string { return strings.NewReplacer("|", "\\|", "\n", " ").Replace(s) }
