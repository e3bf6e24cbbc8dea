package mission

import (
	"fmt"
	"sort"
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
		if a := &r.Articles[i]; len(a.Force) > 0 {
			say("Article "+string(a.Article), "%s %s", strings.TrimSuffix(a.Text, ".")+".", c.articleWords(a))
		}
	}
	c.borneOut(say)
	c.alleged(say)
	if c.held > 0 {
		say("Not for publication", "This report rests on %s that the public does not have, and may show where observers stand. What is published is made with --publish, from what is public.", Plural(c.held, "input"))
	}
	if n := c.s.Withheld; n > 0 {
		say("Withheld", "%s in the record and not held by whoever made this report. Where it says that nothing was observed or alleged, that is of the rest.", Are(n, "input"))
	}
	c.unseen(say)
	c.outOfScope(say)
	if r.Shared > 0 {
		say("Counted under several", "Of %s, %d may be the matter of more than one article, because the report does not say which act or weapon it was; each article counts them, and the articles do not add up.",
			Plural(c.z.observed, "incident"), r.Shared)
	}
	c.harm(say)
	attributed := "Attribution was not attempted."
	if n := len(r.Attributed); n > 0 {
		attributed = fmt.Sprintf("Attribution was attempted of %s; see below.", Plural(n, "incident"))
	}
	if len(r.Decided) == 0 {
		say("Decided", "No person has decided anything, so no violation is stated. %s", attributed)
	} else {
		say("Decided", "%s by people; see below. %s", Plural(len(r.Decided), "decision"), attributed)
	}
	c.waiting(say)
}

// outOfScope says what was recorded while articles did not bind.
func (c *composer) outOfScope(say func(about, format string, args ...any)) {
	var never, partly []string
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		n := Plural(a.Excluded, "incident")
		switch {
		case len(a.Force) == 0 && a.Excluded == 0:
			never = append(never, fmt.Sprintf("article %s (%s), and nothing of the kind was recorded", a.Article, strings.TrimSuffix(a.Text, ".")))
		case len(a.Force) == 0:
			never = append(never, fmt.Sprintf("article %s (%s), which does not apply to the %s recorded that %s, or may be, of its kind", a.Article, strings.TrimSuffix(a.Text, "."), n, is(a.Excluded)))
		case a.Excluded > 0:
			partly = append(partly, fmt.Sprintf("article %s does not apply to %s", a.Article, n))
		}
	}
	if len(never) > 0 {
		say("Out of scope", "Not in force: %s.", strings.Join(never, "; "))
	}
	if len(partly) > 0 {
		say("Out of scope", "In force for a part of the period only: %s that are, or may be, of its kind, recorded at other times.", strings.Join(partly, "; "))
	}
}

func (c *composer) articleWords(a *report.Article) string {
	out := "Nothing was observed that it is about."
	if a.Count.Incidents > 0 {
		var parts []string
		for _, o := range a.Outcomes {
			if o.Outcome.Counts() {
				parts = append(parts, fmt.Sprintf("%d %s", o.N, o.Outcome.Words()))
			}
		}
		out = fmt.Sprintf("It may concern %s: %s.", Plural(a.Count.Incidents, "incident"), strings.Join(parts, ", "))
	}
	seen := "seen by nobody independent"
	if a.Count.Coverage > 0 {
		seen = "seen " + a.Count.Coverage.Percent()
	}
	return fmt.Sprintf("%s Signs %s · incidents %d · violations decided %d · %s. The article as a whole: %s.", out, a.Count.Signs, a.Count.Incidents, a.Count.Violations, seen, a.Assessment.Outcome.Words())
}

// borneOut says what independent sources bear out.
func (c *composer) borneOut(say func(about, format string, args ...any)) {
	n, of := c.z.borne, c.z.touched
	switch {
	case of == 0:
		say("Borne out", "Nothing that an article in force is about was observed.")
	case n == 0:
		var names []string
		for id := range c.z.sources {
			names = Add(names, c.publisher(id))
		}
		sort.Strings(names)
		say("Borne out", "None of %s that an article in force may be about is borne out by a second independent source. All come from %s (%s); one source is not corroboration, however many reports it has.",
			Plural(of, "incident"), Plural(len(names), "publisher"), strings.Join(names, ", "))
	default:
		say("Borne out", "%d of %s that an article in force is about %s borne out by independent sources.", n, Plural(of, "incident"), is(n))
	}
}

// alleged says who claims what. Totals are never added: their windows overlap.
func (c *composer) alleged(say func(about, format string, args ...any)) {
	for _, p := range c.a.Parties {
		single, totals := c.z.claimants[p.ID], 0
		var least, most truce.Count
		var found, may truce.Signs
		var span truce.Interval
		acts := []string{}
		for i := range c.r.Tallies {
			t := &c.r.Tallies[i]
			if t.Claimant != p.ID {
				continue
			}
			if totals == 0 || t.Count.N < least.N {
				least = t.Count
			}
			if totals == 0 || t.Count.N > most.N {
				most = t.Count
			}
			if totals == 0 {
				span = t.Period
			}
			totals, span = totals+1, span.Hull(t.Period)
			found.Sum(t.Found)
			may.Sum(t.MayBe)
			acts = Add(acts, strings.SplitN(t.What, ",", 2)[0])
		}
		switch {
		case single+totals == 0:
			say("Alleged", "No statement by %s (%s) was among the files read.", p.Name, p.ID)
		default:
			said := []string{}
			if single > 0 {
				said = append(said, Plural(single, "single event"))
			}
			if totals > 0 {
				said = append(said, fmt.Sprintf("%s (%s), of %s to %s, for windows in %s", Plural(totals, "total"), strings.Join(acts, ", "), least, most, span.In(c.a.Location)))
			}
			say("Alleged", "%s (%s) states %s.", p.Name, p.ID, strings.Join(said, " and "))
			switch {
			case totals > 0 && found == (truce.Signs{}) && may != (truce.Signs{}):
				say("Alleged", "Nothing reported by others lies surely within one of these totals; some may, but it is timed to a day and the totals to hours, so the two can hardly be compared. That says nothing for or against the totals.")
			case totals > 0 && found == (truce.Signs{}):
				say("Alleged", "Nothing reported by others lies within one of these totals. That says nothing for or against them.")
			}
		}
	}
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
		if len(a.Force) == 0 {
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
		var parties []string
		for _, x := range c.r.Seen {
			if x.Party != "" {
				parties = Add(parties, fmt.Sprintf("%s of %s", x.Source, x.Party))
			}
		}
		say("Not seen", "The parties' own organs reported (%s). That is printed as their own coverage, and is never used to say that an article held.", strings.Join(parties, ", "))
	}
}

func (c *composer) harm(say func(about, format string, args ...any)) {
	said := false
	for i := range c.r.Articles {
		if a := &c.r.Articles[i]; a.Count.Casualties != nil {
			say("Harm", "Under article %s: %s. Ranges are best (low to high).", a.Article, casualtyWords(a.Count.Casualties))
			said = true
		}
	}
	if c.z.harmed && !said {
		say("Harm", "Sources state killed or injured in incidents that no article in force is about; see the annex.")
		return
	}
	if !said {
		say("Harm", "No source used here states numbers of killed or injured; that is not zero.")
	}
}

// waiting says what must still be checked.
func (c *composer) waiting(say func(about, format string, args ...any)) {
	var parts []string
	for _, f := range []truce.Fact{truce.FactAct, truce.FactWeapon, truce.FactPlace, truce.FactTime, truce.FactCalibre, truce.FactActor, truce.FactSide, truce.FactObject, truce.FactNotice} {
		if n := c.z.missing[f]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s of %s", f, Plural(n, "incident")))
		}
	}
	if len(parts) > 0 {
		say("To be checked", "Facts that are missing before anything can be said (an incident may lack several): %s.", strings.Join(parts, ", "))
	}
}

func is(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func unseenWords(a *report.Article) string {
	blind, bars := 0, 0
	for _, b := range a.Ribbon {
		if b.Force {
			bars++
			if b.Coverage == 0 {
				blind++
			}
		}
	}
	unit := "day"
	switch w := a.Ribbon[0].During.Width().Hours(); {
	case w < 20:
		unit = "hour"
	case w > 30:
		unit = "week"
	}
	if a.Count.Coverage == 0 {
		return fmt.Sprintf("nobody independent of the parties stated what they could have seen, in any of the %s in which it was in force: where nothing was reported, that is no sign that nothing happened.", Plural(bars, unit))
	}
	return fmt.Sprintf("%s of ground and time could be seen; in %d of %s nobody was looking.", a.Count.Coverage.Percent(), blind, Plural(bars, unit))
}
