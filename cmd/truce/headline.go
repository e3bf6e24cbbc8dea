package main

import (
	"fmt"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/report"
)

// headline is the first page in words: what is known, how well, what nobody
// could see, what was out of scope, and what is waiting for whom.
func (c *composer) headline() {
	r := c.r
	say := func(about, format string, args ...any) {
		r.Headline = append(r.Headline, report.Sentence{About: about, Text: fmt.Sprintf(format, args...)})
	}
	if words := r.MarkWords(); words != "" {
		say("What this is", "%s", words)
	}
	for i := range r.Articles {
		a := &r.Articles[i]
		if a.InForce {
			say("Article "+string(a.Article), "%s %s", strings.TrimSuffix(a.Text, ".")+":", c.articleWords(a))
		}
	}
	c.borneOut(say)
	c.alleged(say)
	c.unseen(say)
	for i := range r.Articles {
		a := &r.Articles[i]
		if a.InForce {
			continue
		}
		n := "nothing of the kind was recorded"
		if a.Excluded > 0 {
			n = plural(a.Excluded, "incident") + " that " + were(a.Excluded) + ", or may have been, of the kind " + were(a.Excluded) + " recorded; they are violations of nothing here"
		}
		say("Out of scope", "Article %s (%s) is not in force: %s.", a.Article, strings.TrimSuffix(a.Text, "."), n)
	}
	c.harm(say)
	if len(r.Decided) == 0 {
		say("Decided", "No person has decided anything, so no violation is stated. Attribution was not attempted.")
	} else {
		say("Decided", "%s by people; see below. Attribution was not attempted.", plural(len(r.Decided), "decision"))
	}
	c.waiting(say)
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func is(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func (c *composer) articleWords(a *report.Article) string {
	out := a.Assessment.Outcome.Words()
	var parts []string
	for _, o := range a.Outcomes {
		if o.Outcome != truce.NoViolation {
			parts = append(parts, fmt.Sprintf("%d %s", o.N, o.Outcome.Words()))
		}
	}
	if len(parts) > 0 {
		out += "; incidents: " + strings.Join(parts, ", ")
	}
	return fmt.Sprintf("%s. Signs %s · incidents %d · violations decided %d · seen %s.", out, a.Count.Signs, a.Count.Incidents, a.Count.Violations, a.Count.Coverage.Percent())
}

// borneOut says what independent sources bear out.
func (c *composer) borneOut(say func(about, format string, args ...any)) {
	n, of, sources := 0, 0, map[string]bool{}
	for i := range c.r.Incidents {
		x := &c.r.Incidents[i]
		touched, borne := false, false
		for _, f := range x.Findings {
			if f.Outcome.Counts() {
				touched = true
				borne = borne || f.Standing.AtLeast(truce.Corroborated)
			}
		}
		if touched {
			of++
			for _, s := range x.Sources {
				sources[c.a.SourceOf(truce.SourceID(s)).Publisher] = true
			}
		}
		if borne {
			n++
		}
	}
	switch {
	case of == 0:
		say("Borne out", "Nothing that an article in force is about was observed.")
	case n == 0:
		say("Borne out", "None of %s that an article in force is about is borne out by a second independent source: %s. One source is not corroboration, however many reports it has.",
			plural(of, "incident"), plural(len(sources), "publisher")+" observed them")
	default:
		say("Borne out", "%d of %s that an article in force is about %s borne out by independent sources.", n, plural(of, "incident"), is(n))
	}
}

// alleged says who claims what.
func (c *composer) alleged(say func(about, format string, args ...any)) {
	type claim struct {
		total, found int64
		n            int
	}
	by := map[truce.PartyID]*claim{}
	for _, t := range c.r.Tallies {
		if t.Claimant == "" || !strings.Contains(t.What, "strike") {
			continue
		}
		if by[t.Claimant] == nil {
			by[t.Claimant] = &claim{}
		}
		by[t.Claimant].total += int64(t.Count.N)
		by[t.Claimant].found += t.Found.N
		by[t.Claimant].n++
	}
	single := map[truce.PartyID]int{}
	for i := range c.r.Claims {
		single[c.r.Claims[i].Claimant]++
	}
	for _, p := range c.a.Parties {
		cl, n := by[p.ID], single[p.ID]
		switch {
		case cl == nil && n == 0:
			say("Alleged", "%s (%s) alleges nothing in what we were given.", p.Name, p.ID)
		case cl != nil:
			say("Alleged", "%s (%s) gives %s of strikes, %s launched in all (windows may overlap, so this is no total of ours). Reports by others that lie wholly within one of them: %d. The difference is not borne out, which does not mean that it did not happen.",
				p.Name, p.ID, plural(cl.n, "total"), group(cl.total), cl.found)
		}
		if n > 0 {
			say("Alleged", "%s (%s) alleges %s.", p.Name, p.ID, plural(n, "single event"))
		}
	}
}

func group(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// unseen says what nobody could see, once for articles of which the same is
// to be said.
func (c *composer) unseen(say func(about, format string, args ...any)) {
	own := false
	for _, x := range c.r.Seen {
		own = own || x.Party != ""
	}
	var texts []string
	articles := map[string][]string{}
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		if !a.InForce {
			continue
		}
		text := unseenWords(a)
		if articles[text] == nil {
			texts = append(texts, text)
		}
		articles[text] = append(articles[text], string(a.Article))
	}
	for _, text := range texts {
		word := "article "
		if len(articles[text]) > 1 {
			word = "articles "
		}
		say("Not seen", "For %s%s %s", word, strings.Join(articles[text], " and "), text)
	}
	if own {
		say("Not seen", "A party's own network listened. That is printed as its own coverage, and never makes an article held.")
	}
}

func unseenWords(a *report.Article) string {
	blind := 0
	for _, b := range a.Ribbon {
		if b.Coverage == 0 {
			blind++
		}
	}
	unit := "days"
	if len(a.Ribbon) > 0 && a.Ribbon[0].During.Width().Hours() < 23 {
		unit = "hours"
	}
	if a.Count.Coverage == 0 {
		return fmt.Sprintf("nobody independent of the parties stated what they could have seen, on any of %d %s: where nothing was reported, that is no sign that nothing happened.", len(a.Ribbon), unit)
	}
	return fmt.Sprintf("%s of ground and time could be seen; %d of %d %s had nobody looking.", a.Count.Coverage.Percent(), blind, len(a.Ribbon), unit)
}

func (c *composer) harm(say func(about, format string, args ...any)) {
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		if a.InForce && a.Count.Casualties != nil {
			say("Harm", "Under article %s: %s. Ranges are best (low to high).", a.Article, casualtyWords(a.Count.Casualties))
			return
		}
	}
	say("Harm", "No source used here states numbers of killed or injured; that is not zero.")
}

// waiting says what must still be checked.
func (c *composer) waiting(say func(about, format string, args ...any)) {
	missing := map[truce.Fact]int{}
	for i := range c.r.Incidents {
		seen := map[truce.Fact]bool{}
		for _, f := range c.r.Incidents[i].Findings {
			for _, m := range f.Missing {
				if !seen[m] && f.Outcome.Counts() {
					seen[m] = true
					missing[m]++
				}
			}
		}
	}
	var parts []string
	for _, f := range []truce.Fact{truce.FactAct, truce.FactWeapon, truce.FactPlace, truce.FactTime, truce.FactCalibre, truce.FactActor, truce.FactObject} {
		if n := missing[f]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s for %d", f, n))
		}
	}
	if len(parts) > 0 {
		say("To be checked", "Facts that are missing before anything can be said: %s incidents.", strings.Join(parts, ", "))
	}
}
