package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/opentruce/truce"
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
	n := 0
	for _, h := range r.Headline {
		if h.Mark() {
			continue // it stands above
		}
		n++
		fmt.Fprintf(b, "%d. **%s.** %s\n", n, h.About, h.Text)
	}
	b.WriteString("\n## Articles\n\n| Article | In force | Outcome | Counts |\n|---|---|---|---|\n")
	p := printed{Report: r}
	for _, a := range r.Articles {
		counts := blockText(&a.Count)
		switch {
		case len(a.Force) == 0:
			counts = "not counted"
		case len(a.Answer) > 0:
			counts = inCell(a.Answered())
		}
		if a.Excluded.High > 0 {
			counts += fmt.Sprintf("; incidents out of scope: %s", a.Excluded)
		}
		fmt.Fprintf(b, "| %s %s | %s | %s | %s |\n", a.Article, inCell(a.Text), p.Force(a), a.Words(), counts)
	}
	if days := r.AtLeastOne(); len(days) > 0 {
		b.WriteString("\n## Reports of at least one act, where no single incident can be named\n\nIf the reports of a line are right, there was at least one act. These are not incidents: do not add them to any number.\n\n| Article | Day | Somewhere in | Reports by | Finding |\n|---|---|---|---|---|\n")
		for _, d := range days {
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", d.Article, d.When, inCell(d.Where.String()), inCell(strings.Join(d.Publishers, ", ")), d.Says())
		}
	}
	b.WriteString("\n## Allegations beside findings\n\n")
	alleged := r.allegations()
	if len(alleged) == 0 {
		b.WriteString("No single events were alleged by the parties in what was read.\n")
	} else {
		b.WriteString("| Alleged by | When | Where | What | Found of it | ID |\n|---|---|---|---|---|---|\n")
	}
	for _, x := range alleged {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", inCell(x.Claimed()), r.when(x.Occurred), inCell(place(x.Place)), inCell(Phrase("; ", x.What, x.Harm())), Phrase("; ", x.Observed(), said(p.Findings(*x.Incident))), x.ID)
	}
	b.WriteString("\n## Totals beside what was found of them\n\n")
	none(b, len(r.Tallies))
	if len(r.Tallies) > 0 {
		b.WriteString("| Says | Period | Where | What | Total | Within | May be within | Difference | Outcome |\n|---|---|---|---|---:|---:|---:|---:|---|\n")
	}
	for _, t := range r.Tallies {
		who := inCell(t.Source)
		if t.Claimant != "" {
			who += " (" + string(t.Claimant) + ")"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", who, r.when(t.Period), inCell(t.Place), inCell(t.What), inCell(t.Says()), t.Found, t.MayBe, t.Less(), said(t.Findings))
	}
	b.WriteString("\n## Counts by region\n\n")
	none(b, len(r.Regions))
	if len(r.Regions) > 0 {
		b.WriteString("| Region | Reports | Incidents | Violations decided |\n|---|---:|---:|---:|\n")
	}
	for _, x := range r.Regions {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", inCell(x.Name), SignRange(&x.Count), x.Count.Incidents, x.Count.Violations)
	}
	b.WriteString("\n## Casualties\n\n")
	for _, a := range r.Articles {
		if len(a.Force) > 0 && len(a.Answer) == 0 {
			fmt.Fprintf(b, "- Article %s: %s\n", a.Article, r.harmWords(&a))
		}
	}
	for _, words := range r.openWords() {
		fmt.Fprintf(b, "- %s\n", words)
	}
	if words := r.uncounted(); words != "" {
		fmt.Fprintf(b, "- %s\n", words)
	}
	if !r.harmed() {
		none(b, 0)
	}
	for i := range r.Tolls {
		x := &r.Tolls[i]
		fmt.Fprintf(b, "- %s, %s: %s\n", inCell(x.Words()), r.when(x.During), inCell(x.Harm()))
	}
	if len(r.None) > 0 {
		b.WriteString("\n## Statements of none\n\n")
		for _, x := range r.None {
			fmt.Fprintf(b, "- %s%s: %s, %s, %s\n", inCell(x.Source), claim(x.Claimant), inCell(x.What), inCell(x.Place), r.when(x.During))
		}
	}
	b.WriteString("\n## What could be seen\n\n")
	for _, c := range r.Seen {
		own := ""
		if c.Party != "" {
			own = " (the own coverage of " + string(c.Party) + ")"
		}
		fmt.Fprintf(b, "- %s by %s%s, %d zones, %s\n", inCell(c.What), inCell(c.Source), own, c.Zones, r.when(c.During))
	}
	none(b, len(r.Seen))
	b.WriteString("\n## Restrictions on monitors\n\n")
	for _, x := range r.Denied {
		fmt.Fprintf(b, "- %s\n", Phrase(": ", inCell(x.By), Phrase(", ", inCell(x.What), inCell(x.Place), r.when(x.During))))
	}
	none(b, len(r.Denied))
	b.WriteString("\n## Notifications and replies\n\n")
	for _, x := range r.Said {
		fmt.Fprintf(b, "- %s by %s: %s\n", x.Kind, inCell(x.By), Phrase(", ", inCell(x.Text), r.when(x.During)))
	}
	none(b, len(r.Said))
	b.WriteString("\n## Corrections\n\n")
	for _, x := range r.Corrected {
		fmt.Fprintf(b, "- %s, %s, %s: was %s; is %s\n", inCell(x.Source)+claim(x.Claimant), inCell(x.Key), r.when(x.During), inCell(x.Was), inCell(x.Is))
	}
	none(b, len(r.Corrected))
	b.WriteString("\n## Decisions\n\n")
	for _, d := range r.Decided {
		fmt.Fprintf(b, "- %d: %s%s%s", d.Seq, Phrase(" ", string(d.Kind), inCell(d.Of)), after(", because ", inCell(d.Because)), inBrackets(inCell(d.By)))
		if d.Earlier {
			b.WriteString("; decided on an earlier state: a person must look again")
		}
		if d.Alone {
			b.WriteString("; by one reader: no effect until a second decides the same")
		}
		if d.Unmet != "" {
			b.WriteString("; can no longer be followed whole: " + inCell(d.Unmet))
		}
		b.WriteString("\n")
	}
	none(b, len(r.Decided))
	if len(r.Attributed) > 0 {
		b.WriteString("\n## Attribution\n\n")
	}
	for i := range r.Attributed {
		x := &r.Attributed[i]
		fmt.Fprintf(b, "- incident %s: %s%s%s%s", inCell(x.Of), inCell(x.Words()), after(", on the basis of ", inCell(x.Basis)), after(", because ", inCell(x.Because)), inBrackets(inCell(x.By)))
		if x.Earlier {
			b.WriteString("; stated on an earlier state: a person must look again")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## Incidents\n\n")
	if len(r.Incidents) > 0 {
		b.WriteString("| Occurred | Where | What | Reports | Source | Finding | ID |\n|---|---|---|---:|---|---|---|\n")
	}
	for i := range r.Incidents {
		x := &r.Incidents[i]
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s |\n", r.when(x.Occurred), inCell(place(x.Place)), inCell(Phrase("; ", x.What, x.Harm())), signWords(x.Signs), inCell(strings.Join(x.Sources, ", ")), said(p.Findings(*x)), x.ID)
	}
	none(b, len(r.Incidents))
	b.WriteString("\n## Data\n\n")
	for _, l := range r.Licences {
		fmt.Fprintf(b, "- %s: %s\n", inCell(l.Source), inCell(l.Words()))
	}
	fmt.Fprintf(b, "\nSituation digest %s\n", r.Digest.Hex())
	return b.Flush()
}

// claim marks what a party says.
func claim(p truce.PartyID) string {
	if p == "" {
		return ""
	}
	return " (claimed by " + inCell(string(p)) + ")"
}

// none says that a list is empty, so that it cannot be taken for forgotten.
func none(w io.Writer, n int) {
	if n == 0 {
		io.WriteString(w, "None was recorded.\n")
	}
}

// said joins findings in words.
func said(fs []Finding) string {
	var out []string
	for _, f := range fs {
		out = append(out, fmt.Sprintf("art. %s: %s", f.Article, f.Says()))
	}
	if len(out) == 0 {
		return "no article is about it"
	}
	return strings.Join(out, "; ")
}

// inCell keeps a text within its cell.
func inCell(s string) string {
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "<", "&lt;", ">", "&gt;", "[", "\\[", "]", "\\]", "`", "\\`", "*", "\\*").Replace(Clean(s))
}
