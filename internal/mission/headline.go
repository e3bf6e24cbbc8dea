package mission

import (
	"sort"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/report"
)

// because and number are short: a headline is made of little else.
var because = truce.Because

func number(n int, what string) truce.Number { return truce.Number{N: n, Of: what} }

// sentence is one of the headline: what it is about, and what it says.
type sentence func(about truce.Reason, text truce.Reason)

// headline is the first page in words: what is known, how well, what nobody
// could see, what was out of scope, and what is waiting for whom.
func (c *composer) headline() {
	r := c.r
	say := func(about, text truce.Reason) {
		r.Headline = append(r.Headline, report.Sentence{About: about, Text: text})
	}
	if words := r.MarkWords(); words != "" {
		say(because("What this is"), because("%s", words))
	}
	if c.other != "" {
		say(because("Method"), because("The record names the method %s. This report was computed with another, %s, so its findings may differ from those published before.", short(c.other), short(ThisMethod())))
	}
	switch n := c.skipped; {
	case n == 1:
		say(because("Entries skipped"), because("1 entry of the record breaks a rule of its format and cannot be used. The record page and truce verify give its number and the reason."))
	case n > 1:
		say(because("Entries skipped"), because("%s of the record break a rule of its format and cannot be used. The record page and truce verify give their numbers and the reasons.", number(n, "entry")))
	}
	if n := c.s.Outside(); c.whole && n > 0 {
		say(because("Dates"), because("Not in this period: %s with dates that are probably wrong, because they are more than a year before all others, or after the day on which the mission received them. To see them, ask for their dates.", number(n, "report")))
	}
	for i := range r.Articles {
		if a := &r.Articles[i]; len(a.Force) > 0 {
			say(because("Article %s", string(a.Article)), because("%s %s", strings.TrimSuffix(a.Text, ".")+".", c.articleWords(a)))
		}
	}
	c.borneOut(say)
	c.alleged(say)
	if c.held > 0 {
		say(because("Not for publication"), because("This report rests on %s that the public does not have, and may show where observers stand. What is published is made with --publish, from what is public.", number(c.held, "input")))
	}
	if c.private > 0 {
		say(because("Not for publication"), because("This report contains %s that people wrote for the mission or for both parties. What is published is made with --publish, from what is public.", number(c.private, "text")))
	}
	switch n := c.s.Withheld; {
	case n == 1:
		say(because("Withheld"), because("1 input is in the record and not held by whoever made this report. Where it says that nothing was observed or alleged, that is of the rest."))
	case n > 1:
		say(because("Withheld"), because("%s are in the record and not held by whoever made this report. Where it says that nothing was observed or alleged, that is of the rest.", number(n, "input")))
	}
	c.unseen(say)
	c.outOfScope(say)
	if r.Shared > 0 {
		say(because("Counted under several"), because("Of %s, %d may be the matter of more than one article, because the report does not say which act or weapon it was; each article counts them, and the articles do not add up.",
			number(c.z.observed, "incident"), r.Shared))
	}
	c.harm(say)
	attributed := because("Attribution was not attempted.")
	if n := c.attributed; n > 0 {
		attributed = because("Attribution was attempted of %s; see below.", number(n, "incident"))
	}
	if c.decided == 0 {
		say(because("Decided"), because("No person has decided anything, so no violation is stated. %s", attributed))
	} else {
		say(because("Decided"), because("%s by people; see below. %s", number(c.decided, "decision"), attributed))
	}
	c.waiting(say)
	if c.shown.Unlisted+c.shown.Wider+c.left > 0 {
		say(because("Not shown"), because("By the agreement's release rules, %s of this period are counted and not listed, %s have a place in them that is shown wider than it is known, and %s are left out.",
			number(c.shown.Unlisted, "incident"), number(c.shown.Wider, "incident"), number(c.left, "correction")))
	}
}

// short is a method's name with the first twelve digits of its digest.
func short(method string) string {
	name, digest, ok := strings.Cut(method, " ")
	if !ok {
		return method
	}
	return name + " " + digest[:min(12, len(digest))]
}

// outOfScope says what was recorded while articles did not bind.
func (c *composer) outOfScope(say sentence) {
	var never, partly []truce.Reason
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		art, text, n := string(a.Article), strings.TrimSuffix(a.Text, "."), number(a.Excluded, "incident")
		switch {
		case len(a.Force) == 0 && a.Excluded == 0:
			never = append(never, because("article %s (%s), and nothing of the kind was recorded", art, text))
		case len(a.Force) == 0 && a.Excluded == 1:
			never = append(never, because("article %s (%s), which does not apply to the %s recorded that is, or may be, of its kind", art, text, n))
		case len(a.Force) == 0:
			never = append(never, because("article %s (%s), which does not apply to the %s recorded that are, or may be, of its kind", art, text, n))
		case a.Excluded > 0:
			partly = append(partly, because("article %s does not apply to %s", art, n))
		}
	}
	if len(never) > 0 {
		say(because("Out of scope"), because("Not in force: %s.", truce.Joined("%s; %s", never)))
	}
	if len(partly) > 0 {
		say(because("Out of scope"), because("In force for a part of the period only: %s that are, or may be, of its kind, recorded at other times.", truce.Joined("%s; %s", partly)))
	}
}

func outcomeWords(o truce.Outcome) truce.InWords {
	return truce.InWords{Kind: "outcome", Value: string(o), English: o.Words()}
}

func (c *composer) articleWords(a *report.Article) truce.Reason {
	out := because("Nothing was observed that it is about.")
	if a.Count.Incidents > 0 {
		var parts []truce.Reason
		for _, o := range a.Outcomes {
			if o.Outcome.Counts() {
				parts = append(parts, because("%d %s", o.N, outcomeWords(o.Outcome)))
			}
		}
		out = because("It may concern %s: %s.", number(a.Count.Incidents, "incident"), truce.Joined("%s, %s", parts))
	}
	seen := because("seen by nobody independent")
	if a.Count.Coverage > 0 {
		seen = because("seen %s", a.Count.Coverage.Percent())
	}
	return because("%s Signs %s · incidents %d · violations decided %d · %s. The article as a whole: %s.", out, a.Count.Signs.String(), a.Count.Incidents, a.Count.Violations, seen, outcomeWords(a.Assessment.Outcome))
}

// borneOut says what independent sources bear out.
func (c *composer) borneOut(say sentence) {
	n, of, about := c.z.borne, c.z.touched, because("Borne out")
	switch {
	case of == 0:
		say(about, because("Nothing that an article in force is about was observed."))
	case n == 0:
		var names []string
		for id := range c.z.sources {
			names = Add(names, c.publisher(id))
		}
		sort.Strings(names)
		say(about, because("None of %s that an article in force may be about is borne out by a second independent source. All come from %s (%s); one source is not corroboration, however many reports it has.",
			number(of, "incident"), number(len(names), "publisher"), strings.Join(names, ", ")))
	case n == 1:
		say(about, because("%d of %s that an article in force is about is borne out by independent sources.", n, number(of, "incident")))
	default:
		say(about, because("%d of %s that an article in force is about are borne out by independent sources.", n, number(of, "incident")))
	}
}

// alleged says who claims what. Totals are never added: their windows overlap.
func (c *composer) alleged(say sentence) {
	about := because("Alleged")
	for _, p := range c.a.Parties {
		single, totals := c.z.claimants[p.ID], 0
		var least, most truce.Count
		var found, may truce.Signs
		var span truce.Interval
		var acts []truce.InWords
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
			act, _, _ := strings.Cut(t.What, ",")
			acts = addWord(acts, truce.InWords{Kind: "act", Value: act, English: act})
		}
		switch {
		case single+totals == 0:
			say(about, because("No statement by %s (%s) was among the files read.", p.Name, string(p.ID)))
		default:
			var said []truce.Reason
			if single > 0 {
				said = append(said, because("%s", number(single, "single event")))
			}
			if totals > 0 {
				said = append(said, because("%s (%s), of %s to %s, for windows in %s", number(totals, "total"), truce.Joined("%s, %s", acts), least.String(), most.String(), span.In(c.a.Location)))
			}
			say(about, because("%s (%s) states %s.", p.Name, string(p.ID), truce.Joined("%s and %s", said)))
			switch {
			case totals > 0 && found == (truce.Signs{}) && may != (truce.Signs{}):
				say(about, because("Nothing reported by others lies surely within one of these totals; some may, but it is timed to a day and the totals to hours, so the two can hardly be compared. That says nothing for or against the totals."))
			case totals > 0 && found == (truce.Signs{}):
				say(about, because("Nothing reported by others lies within one of these totals. That says nothing for or against them."))
			}
		}
	}
}

func addWord(list []truce.InWords, w truce.InWords) []truce.InWords {
	for _, x := range list {
		if x == w {
			return list
		}
	}
	return append(list, w)
}

// unseen says what nobody could see, once for articles of which the same is
// to be said.
func (c *composer) unseen(say sentence) {
	about := because("Not seen")
	var texts []truce.Reason
	articles := map[string][]string{}
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		if len(a.Force) == 0 {
			continue
		}
		text := unseenWords(a)
		if articles[text.String()] == nil {
			texts = append(texts, text)
		}
		articles[text.String()] = append(articles[text.String()], string(a.Article))
	}
	for _, text := range texts {
		if list := articles[text.String()]; len(list) > 1 {
			say(about, because("For articles %s %s", truce.Joined("%s and %s", list), text))
		} else {
			say(about, because("For article %s %s", list[0], text))
		}
	}
	var parties []truce.Reason
	seen := map[string]bool{}
	for _, x := range c.r.Seen {
		if words := because("%s of %s", x.Source, string(x.Party)); x.Party != "" && !seen[words.String()] {
			seen[words.String()] = true
			parties = append(parties, words)
		}
	}
	if len(parties) > 0 {
		say(about, because("The parties' own organs reported (%s). That is printed as their own coverage, and is never used to say that an article held.", truce.Joined("%s, %s", parties)))
	}
}

func (c *composer) harm(say sentence) {
	about, said := because("Harm"), false
	for i := range c.r.Articles {
		if a := &c.r.Articles[i]; a.Count.Casualties != nil {
			say(about, because("Under article %s: %s. Ranges are best (low to high).", string(a.Article), harmWords(a.Count.Casualties)))
			said = true
		}
	}
	switch {
	case said:
	case c.z.harmed:
		say(about, because("Sources state killed or injured in incidents that no article in force is about; see the annex."))
	default:
		say(about, because("No source used here states numbers of killed or injured; that is not zero."))
	}
}

func harmWords(cs *truce.Casualties) truce.Reason {
	var out []truce.Reason
	for _, n := range truce.CasualtyFields {
		if r := *cs.Field(n); r != nil {
			out = append(out, because("%s %s", truce.Word("casualty", n), r.Words()))
		}
	}
	return truce.Joined("%s; %s", out)
}

// waiting says what must still be checked.
func (c *composer) waiting(say sentence) {
	var parts []truce.Reason
	for _, f := range []truce.Fact{truce.FactAct, truce.FactWeapon, truce.FactPlace, truce.FactTime, truce.FactCalibre, truce.FactActor, truce.FactSide, truce.FactObject, truce.FactNotice} {
		if n := c.z.missing[f]; n > 0 {
			parts = append(parts, because("%s of %s", truce.InWords{Kind: "fact", Value: string(f), English: string(f)}, number(n, "incident")))
		}
	}
	if len(parts) > 0 {
		say(because("To be checked"), because("Facts that are missing before anything can be said (an incident may lack several): %s.", truce.Joined("%s, %s", parts)))
	}
}

func unseenWords(a *report.Article) truce.Reason {
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
		return because("nobody independent of the parties stated what they could have seen, in any of the %s in which it was in force: where nothing was reported, that is no sign that nothing happened.", number(bars, unit))
	}
	return because("%s of ground and time could be seen; in %d of %s nobody was looking.", a.Count.Coverage.Percent(), blind, number(bars, unit))
}
