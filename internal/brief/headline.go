package brief

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/summary"
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
	c.short(say)
	if c.in.Agreed != "" {
		say(because("What was agreed"), because("%s", c.in.Agreed))
	}
	if other := c.in.Method; other != "" {
		say(because("Method"), because("The record names the method %s. This report was computed with another, %s, so its findings may differ from those published before.", short(other), short(situation.Method())))
	}
	switch n := c.in.Skipped; {
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
	c.atLeastOne(say)
	c.alleged(say)
	// What a demo says of all of its days is said of a part of them as such.
	for _, x := range []struct {
		about truce.Reason
		text  string
	}{{because("What this depends on"), c.in.Depends}, {because("What the parties claimed"), c.in.Claims}} {
		switch {
		case x.text == "":
		case c.full():
			say(x.about, because("%s", x.text))
		default:
			say(x.about, because("Of the whole period of this demo, of which this report has a part: %s", x.text))
		}
	}
	c.oneSided(say)
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
	if err := c.rejected(say); err != nil {
		say(because("Rejected rows"), because("How many rows of files could not be read is not known here; truce rejected says why."))
	}
	c.outOfScope(say)
	c.shared(say)
	c.harm(say)
	attributed := because("Attribution was not attempted of incidents of this period.")
	if n := c.attributed; n > 0 {
		attributed = because("Attribution was attempted of %s.", number(n, "incident"))
	}
	if c.decided == 0 {
		say(because("Decided"), because("No person has decided anything, so no violation is stated. %s", attributed))
	} else {
		if c.in.Demo {
			say(because("Decided"), because("%s by people (made for this demo). %s", number(c.decided, "decision"), attributed))
		} else {
			say(because("Decided"), because("%s by people. %s", number(c.decided, "decision"), attributed))
		}
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

// shared says how many incidents stand under several articles, and why.
func (c *composer) shared(say sentence) {
	about, unclear := because("Counted under several"), c.z.unclear
	if unclear.High > 0 {
		say(about, because("May fall under more than one article, because the reports do not say which act or weapon it was: %s of %s. Each article counts them, and the articles do not add up.", span(unclear), spanOf(c.z.observed, "incident")))
	}
	if clear := c.z.clear; clear.High > 0 {
		say(about, because("Covered, or possibly covered, by more than one article, although act and weapon are stated: %s of %s. Each article counts them, and the articles do not add up.", span(clear), spanOf(c.z.observed, "incident")))
	}
}

// span is a number of things of a period, as a range where some may lie outside it or be the
// same.
func span(n report.Span) truce.Reason { return summary.Range(n.Low, n.High) }

// spanOf is span, with what is counted.
func spanOf(n report.Span, what string) truce.Reason { return summary.RangeOf(n.Low, n.High, what) }

// signsOf are the signs that were counted in a period, as a range where some may lie
// outside it.
func signsOf(c *report.Count) truce.Reason {
	if c.Signs.Low != c.Signs.High {
		return because("%s to %s", c.Signs.Low.String(), c.Signs.High.String())
	}
	return because("%s", c.Signs.Low.String())
}

// outOfScope says what was observed to which articles did not apply, and why.
func (c *composer) outOfScope(say sentence) {
	about := because("Out of scope")
	var never, times, others []truce.Reason
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		art, text := string(a.Article), strings.TrimSuffix(a.Text, ".")
		at := a.Excluded.Less(a.Others)
		switch {
		case len(a.Force) > 0:
		case a.Excluded.High == 0:
			never = append(never, because("article %s (%s), and nothing of the kind was observed", art, text))
		case a.Excluded.High == 1:
			never = append(never, because("article %s (%s), which does not apply to the %s observed that is, or may be, of its kind", art, text, spanOf(a.Excluded, "incident")))
		default:
			never = append(never, because("article %s (%s), which does not apply to the %s observed that are, or may be, of its kind", art, text, spanOf(a.Excluded, "incident")))
		}
		if len(a.Force) > 0 && at.High > 0 {
			times = append(times, because("article %s, %s", art, spanOf(at, "incident")))
		}
		if len(a.Force) > 0 && a.Others.High > 0 {
			others = append(others, c.byOthers(i, art))
		}
	}
	if len(never) > 0 {
		say(about, because("Not in force: %s.", truce.Joined("%s; %s", never)))
	}
	if len(times) > 0 {
		say(about, because("Observed while an article was not in force, and of its kind or possibly so: %s.", truce.Joined("%s; %s", times)))
	}
	if len(others) > 0 {
		say(about, because("Acts of an article's kind, or possibly so, by others than those whom the article binds, as the terms list them and the sources name who acted: %s.", truce.Joined("%s; %s", others)))
	}
}

func outcomeWords(o truce.Outcome) truce.InWords {
	return truce.InWords{Kind: "outcome", Value: string(o), English: o.Words()}
}

// wholeWords are those of Article.Words.
func wholeWords(a *report.Article) truce.Reason {
	if a.Mixed() {
		return because("undetermined, for several causes")
	}
	return because("%s", outcomeWords(a.Assessment.Outcome))
}

// leftOut is how many more incidents the low of an article would count if what they may be the same
// as could not take them out of the article.
func (c *composer) leftOut(a *report.Article) int {
	if !a.Count.Incidents.Open() {
		return 0
	}
	i := slices.IndexFunc(c.a.Provisions, func(p truce.Provision) bool { return p.Article == a.Article })
	low := c.s.Lows("counts under "+string(a.Article), c.v, func(inc *truce.Incident) (x situation.Stated, ok bool) {
		if inc.Alleged() || assess.OnlySigns(inc) {
			return x, false
		}
		c.s.Findings(inc, func(art int, _ truce.Outcome, _ bool, f *assess.Found) {
			ok = ok || art == i && f != nil && f.Counts() // of any period: what is chosen of a day is kept for all who ask
		})
		return x, ok
	})
	return low[""].Incidents - a.Count.Incidents.Low
}

func (c *composer) articleWords(a *report.Article) truce.Reason {
	if len(a.Answer) > 0 {
		return because("The article as a whole: %s, %s.", outcomeWords(a.Assessment.Outcome), truce.Joined("%s; %s", a.Answer))
	}
	var counts, rest []truce.Reason
	claims, totals := report.Span{}, 0
	for _, o := range a.Outcomes {
		claims = claims.Plus(o.Alleged)
		if n := o.Reported.Less(o.Alleged); n.High > 0 && o.Outcome.Counts() {
			counts = append(counts, because("%s %s", span(n), outcomeWords(o.Outcome)))
		} else if n.High > 0 {
			rest = append(rest, because("%s %s", span(n), outcomeWords(o.Outcome)))
		}
	}
	for i := range c.r.Tallies {
		if t := &c.r.Tallies[i]; !t.None && slices.ContainsFunc(t.Findings, func(f report.Finding) bool { return f.Article == a.Article }) {
			totals++
		}
	}
	out := because("Nothing was observed that it is about.")
	if n := a.Count.Incidents; n.Open() && len(counts) > 0 && a.Perhaps {
		out = because("It may concern %s: some of what was reported may be the same. As reported, each counted apart: %s.", spanOf(n, "incident"), truce.Joined("%s, %s", counts))
	} else if n.High > 0 && len(counts) > 0 {
		out = because("It may concern %s: %s.", spanOf(n, "incident"), truce.Joined("%s, %s", counts))
	} else if len(rest) > 0 {
		out = because("What was observed of its kind does not count under it: %s.", truce.Joined("%s, %s", rest))
	}
	if n := c.leftOut(a); n > 0 && len(counts) > 0 {
		out = because("%s The lower number does not count %s, each of which alone may be the same as a report that states what this article is not about, such as another weapon; so the lower numbers of articles cannot be compared.", out, number(n, "incident"))
	}
	switch {
	case claims.High > 0 && totals > 0:
		out = because("%s Stated by parties or others, beside what was observed: %s and %s.", out, spanOf(claims, "incident"), number(totals, "total"))
	case claims.High > 0:
		out = because("%s Stated by parties, and by no other report that is known to be of it: %s.", out, spanOf(claims, "incident"))
	case totals > 0:
		out = because("%s Totals that are, or may be, of its kind were stated: %d.", out, totals)
	}
	if len(a.Lacks) > 0 {
		var parts []truce.Reason
		for _, x := range a.Lacks {
			parts = append(parts, because("%s of %d", truce.InWords{Kind: "fact", Value: string(x.Fact), English: string(x.Fact)}, x.N))
		}
		out = because("%s Of %s, each counted apart, sources leave open: %s.", out, number(a.Listed, "incident"), truce.Joined("%s, %s", parts))
	}
	for _, x := range a.Elsewhere {
		var armed []truce.Reason
		for _, w := range x.Weapons {
			armed = append(armed, because("%s of %d", truce.Word("weapon", w.Weapon), w.N))
		}
		if len(armed) == 0 {
			out = because("%s Of these, %d come only from sources that look for acts of %s, whom the article does not bind, and name nobody.", out, x.N, x.Of)
		} else {
			out = because("%s Of these, %d come only from sources that look for acts of %s, whom the article does not bind, and name nobody; the weapons that they state: %s.", out, x.N, x.Of, truce.Joined("%s, %s", armed))
		}
	}
	seen := because("no independent coverage stated")
	if a.Count.Coverage > 0 {
		seen = because("watched %s", a.Count.Coverage.Percent())
	}
	return because("%s Reports %s · incidents %s · violations decided %s · %s. The article as a whole: %s.", out, signsOf(&a.Count), span(a.Count.Incidents), span(a.Count.Violations), seen, wholeWords(a))
}

// atLeastOne says on how many days there surely was an act, where findings of days say so.
func (c *composer) atLeastOne(say sentence) {
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		if len(a.Days) == 0 {
			continue
		}
		if a.AtLeastOn > 0 {
			say(because("At least one"), because("Article %s: at least one such act is corroborated on at least %s.", string(a.Article), number(a.AtLeastOn, "day")))
		}
		told := c.differ(say, a)
		var confirmed, verified, places, districts, regions, again int
		for _, d := range a.Days {
			switch {
			case !d.Confirmed.IsZero():
				confirmed++
			case d.Standing == truce.Verified:
				verified++
			case d.Area.Level == truce.AreaPlace && d.Outcome == truce.ReadingsDiffer && told: // said
			case d.Area.Level == truce.AreaPlace:
				places++
			case d.Area.Level == truce.AreaDistrict:
				districts++
			default:
				regions++
			}
			if len(d.Earlier) > 0 {
				again++
			}
		}
		art := string(a.Article)
		if confirmed > 0 {
			say(because("At least one"), because("Article %s: people confirmed that there was at least one such act on a day (or on one of two days), although nobody can name the incident (%s). These are not incidents: do not add them to any number.", art, number(confirmed, "finding")))
		}
		if verified > 0 {
			say(because("At least one"), because("Article %s: a person verified a report of such an act, which no incident of that day shows (%s). These are not incidents: do not add them to any number.", art, number(verified, "finding")))
		}
		if places > 0 {
			say(because("At least one"), because("Article %s: two or more publishers each report such an act at one place on one day (or on one of two days), and nobody can say whether it is the same act (%s). These are not incidents: do not add them to any number.", art, number(places, "finding")))
		}
		if districts > 0 {
			say(because("At least one"), because("Article %s: two or more publishers each report such an act in one district on one day (or on one of two days), and not known to be at one place (%s). They may be different acts. These are not incidents: do not add them to any number.", art, number(districts, "finding")))
		}
		if regions > 0 {
			say(because("At least one"), because("Article %s: two or more publishers each report such an act in one wide area (a region or a zone) on one day (or on one of two days), and not known to be at one place (%s). Often these are different acts, each known from one report.", art, number(regions, "finding")))
		}
		if again > 0 {
			say(because("At least one"), because("Article %s: of these, an earlier finding of the same day and area was rejected or could not be verified (%s). What is counted here rests on other reports.", art, number(again, "finding")))
		}
	}
}

// differ says on how many days an act is reported twice at one place, where the parties' readings
// of the article give different answers about it: how well it is reported is one thing, and
// what it means another.
func (c *composer) differ(say sentence, a *report.Article) (told bool) {
	var windows []truce.Interval
	var where []string
	var acts []truce.Act
	stated := 0
	collectors := map[string]int{}
	for _, d := range a.Days {
		if d.Area.Level != truce.AreaPlace || d.Outcome != truce.ReadingsDiffer {
			continue
		}
		windows = append(windows, d.Window)
		name := d.Area.Name
		if name == "" {
			name = d.Where.String()
		}
		where = append(where, name+" ("+d.When+")")
		if d.Ground == truce.TwoOrigins {
			stated++
		}
		for _, id := range d.Support {
			inc := c.s.IncidentOf(id)
			if inc == nil {
				continue
			}
			for _, o := range inc.Of {
				if o.ID != id {
					continue
				}
				_, collector := c.a.PublishedBy(o)
				collectors[collector]++ // "": its own publisher's
				if !slices.Contains(acts, o.Act) {
					acts = append(acts, o.Act)
				}
			}
		}
	}
	slices.Sort(acts)
	if len(windows) == 0 || c.hidesDays(a.Article) {
		return false
	}
	at, of := strings.Join(where[:min(mostNames, len(where))], ", ")+more(len(where)), number(len(windows), "finding")
	known := because("None of the %s is known to rest on two origins; each may rest on one.", of)
	if len(windows) == 1 {
		known = because("It is not known whether this finding rests on two origins; it may rest on one.")
	}
	if stated == 0 {
		say(because("At least one"), because("Article %s: at each of these places, two or more publishers reported at least one such act (%s) on one day, or on one of two days: %s. Each day counted once, that is at least %s. %s None is called a violation: no person confirmed one, and the answer depends on which reading of the article is taken. These are not incidents: do not add them to any number.", string(a.Article), anyAct(acts), at, number(truce.AtLeastOn(windows), "day"), known))
	} else if stated == len(windows) {
		say(because("At least one"), because("Article %s: at each of these places, two or more publishers reported at least one such act (%s) on one day, or on one of two days: %s. Each day counted once, that is at least %s. All rest on two origins that the reports state. None is called a violation: no person confirmed one, and the answer depends on which reading of the article is taken. These are not incidents: do not add them to any number.", string(a.Article), anyAct(acts), at, number(truce.AtLeastOn(windows), "day")))
	} else {
		say(because("At least one"), because("Article %s: at each of these places, two or more publishers reported at least one such act (%s) on one day, or on one of two days: %s. Each day counted once, that is at least %s. Of the %s, %d rest on two origins that the reports state; the others may rest on one. None is called a violation: no person confirmed one, and the answer depends on which reading of the article is taken. These are not incidents: do not add them to any number.", string(a.Article), anyAct(acts), at, number(truce.AtLeastOn(windows), "day"), of, stated))
	}
	if collectors[""] == 0 && len(collectors) == 1 {
		for name := range collectors {
			say(because("From one collection"), because("Article %s: all reports of these findings were collected by %s.", string(a.Article), name))
		}
	}
	return true
}

// anyAct lists acts.
func anyAct(acts []truce.Act) truce.Reason {
	words := make([]truce.InWords, len(acts))
	for i, a := range acts {
		words[i] = truce.Word("act", a)
	}
	return truce.Joined("%s, %s", words)
}

// party is a party by its name, and as the agreement calls it.
func (c *composer) party(id truce.PartyID) string {
	for i := range c.a.Parties {
		if p := &c.a.Parties[i]; p.ID == id && p.Name != "" && p.Name != string(id) {
			return p.Name + " (" + string(id) + ")"
		}
	}
	return string(id)
}

// oneSided says which sources look for the acts of some parties and not of others.
func (c *composer) oneSided(say sentence) {
	for _, id := range slices.Sorted(maps.Keys(c.a.Sources)) {
		s := c.a.Sources[id]
		if s.Party != "" || len(s.Watches.Sides) == 0 || len(s.Watches.Sides) == len(c.a.Parties) {
			continue
		}
		var sides []string
		for _, p := range s.Watches.Sides {
			sides = append(sides, c.party(p))
		}
		say(because("One side only"), because("What %s has here is about acts of %s only, and some of its reports may name nobody. That there is nothing about others says nothing about what they did.", strings.TrimPrefix(s.Publisher, "source "), strings.Join(sides, ", ")))
	}
}

// mostNames is how many publishers a sentence names.
const mostNames = 8

// more marks that a sentence names only some of them.
// shares are the first names, each with how many incidents it reports. One that several report
// counts for each.
func shares(names []string, of map[string]int) (out []string) {
	for _, name := range names[:min(mostNames, len(names))] {
		out = append(out, fmt.Sprintf("%s: %d", name, of[name])) // a name may end in a number
	}
	return out
}

func more(n int) string {
	if n > mostNames {
		return ", …"
	}
	return ""
}

// touched is how many incidents an article in force may be about: at least as many as one of
// the articles counts, as are corroborated, and as are left if all that may be the same is; and
// all if no two are the same.
func (c *composer) touched() report.Span {
	if c.z.touched.High == c.z.about.High { // they are the same ones
		return c.z.about
	}
	least, most := max(c.z.borne.Low, c.z.touched.Low-c.z.fewer), c.z.touched.High
	perhaps := false
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		least, perhaps = max(least, a.Count.Incidents.Low), perhaps || a.Perhaps
	}
	if !perhaps {
		return c.z.touched
	}
	return report.Span{Low: min(least, c.z.touched.Low), High: most}
}

// borneOut says what is corroborated, and on what ground.
func (c *composer) borneOut(say sentence) {
	n, of, about := c.z.borne, c.touched(), because("Corroboration")
	switch {
	case c.z.about.High == 0:
		say(about, because("Nothing that an article in force is about was observed."))
	case of.High == 0:
		say(about, because("Nothing was observed that counts under an article in force."))
	case n.High == 0:
		// The one that most comes from first: a list by name hides that nearly all is of one.
		names := slices.SortedFunc(maps.Keys(c.z.publishers), func(a, b string) int {
			return cmp.Or(cmp.Compare(c.z.publishers[b], c.z.publishers[a]), cmp.Compare(a, b))
		})
		if len(names) == 1 {
			say(about, because("Of %s that an article in force may be about, no single one is corroborated. All come from %s; one source is not corroboration, however many reports it has.", spanOf(of, "incident"), names[0]))
		} else {
			say(about, because("Of %s that an article in force may be about, no single one is corroborated. They come from %s (%s).", spanOf(of, "incident"), number(len(names), "publisher"), strings.Join(shares(names, c.z.publishers), ", ")+more(len(names))))
		}
	default:
		say(about, because("Corroborated, or verified by a decision: %s of %s that an article in force may be about.", span(n), spanOf(of, "incident")))
		if g := c.z.grounds[truce.TwoOrigins]; g.High > 0 {
			say(about, because("Confirmed by independent origins, which two publishers state: %s.", spanOf(g, "incident")))
		}
		if g := c.z.grounds[truce.TwoPublishers]; g.High > 0 {
			say(about, because("Reported by two publishers; where at least one of them has it from is not stated: %s.", spanOf(g, "incident")))
		}
	}
}

// alleged says who claims what. Totals are never added: their windows overlap.
func (c *composer) alleged(say sentence) {
	by := map[truce.PartyID]*statements{}
	var order []truce.PartyID
	of := func(p truce.PartyID) *statements {
		if id, ok := c.a.Actor(p); ok {
			p = id // a member speaks for its party
		}
		if by[p] == nil {
			by[p] = &statements{}
			order = append(order, p)
		}
		return by[p]
	}
	for _, p := range c.a.Parties {
		of(p.ID)
	}
	parties := len(order)
	for _, p := range slices.Sorted(maps.Keys(c.z.claimants)) {
		x := of(p)
		x.single = x.single.Plus(c.z.claimants[p])
	}
	for _, o := range c.nones {
		if o.Claimant != "" {
			of(o.Claimant).noneOf(deniedAct(o.Act, o.MayHaveActed()), o.Occurred)
		}
	}
	for i := range c.r.Tallies {
		if t := &c.r.Tallies[i]; t.Claimant != "" {
			of(t.Claimant).add(t)
		}
	}
	slices.Sort(order[parties:])
	for _, p := range order {
		c.states(say, p, by[p])
	}
}

// statements are what one party, or another, claims in a period.
type statements struct {
	single      report.Span
	none        int            // statements that there was none
	noneSpan    truce.Interval // of when
	noActs      []truce.Reason // of what, and by whom
	totals      int            // with a number
	harmOnly    int            // with casualties and no number
	uncounted   int            // with neither
	least, most truce.Count
	found, may  truce.Signs
	span        truce.Interval
	acts        []truce.InWords
}

func (x *statements) add(t *report.Tally) {
	switch {
	case t.None:
		x.noneOf(deniedAct(t.Act, t.Actors), t.Period)
		return
	case t.Count.Kind == truce.Uncountable && t.Casualties != nil:
		x.harmOnly++
		return
	case t.Count.Kind == truce.Uncountable:
		x.uncounted++
		return
	}
	if x.totals == 0 {
		x.span = t.Period
	}
	if x.totals == 0 || t.Count.N < x.least.N {
		x.least = t.Count
	}
	if x.totals == 0 || t.Count.N > x.most.N {
		x.most = t.Count
	}
	x.totals, x.span = x.totals+1, x.span.Hull(t.Period)
	x.found.Sum(t.Found)
	x.may.Sum(t.MayBe)
	x.acts = addWord(x.acts, actWord(t.Act))
}

// noneOf adds a statement that there was none.
func (x *statements) noneOf(act truce.Reason, v truce.Interval) {
	if x.none++; x.none == 1 {
		x.noneSpan = v
	}
	x.noneSpan = x.noneSpan.Hull(v)
	if !slices.ContainsFunc(x.noActs, func(r truce.Reason) bool { return r.String() == act.String() }) {
		x.noActs = append(x.noActs, act)
	}
}

// deniedAct is what a statement of none is about. Who says that its own aircraft did not
// fly does not say that nobody's did.
func deniedAct(a truce.Act, by []truce.PartyID) truce.Reason {
	if len(by) == 0 {
		return because("%s", actWord(a))
	}
	return because("%s by %s", actWord(a), eitherOf(by))
}

// counted is a count in words.
func counted(n truce.Count) truce.Reason {
	switch n.Kind {
	case truce.AtLeast:
		return because("at least %d", n.N)
	case truce.About:
		return because("about %d", n.N)
	}
	return because("%s", n.String())
}

// eitherOf is "A", or "A or B".
func eitherOf(by []truce.PartyID) truce.Reason {
	var ids []string
	for _, id := range by {
		ids = append(ids, string(id))
	}
	return truce.Joined("%s or %s", ids)
}

func actWord(a truce.Act) truce.InWords {
	return truce.InWords{Kind: "act", Value: string(a), English: string(a)}
}

func (c *composer) states(say sentence, id truce.PartyID, x *statements) {
	about, name := because("Alleged"), string(id)
	for _, list := range [][]truce.Party{c.a.Parties, c.a.Others} {
		for _, p := range list {
			if p.ID == id && p.Name != "" {
				name = p.Name
			}
		}
	}
	var said []truce.Reason
	if x.single.High > 0 {
		said = append(said, spanOf(x.single, "single event"))
	}
	switch {
	case x.totals > 1 && x.least == x.most:
		said = append(said, because("%s (%s), of %s each, for windows in %s", number(x.totals, "total"), truce.Joined("%s, %s", x.acts), counted(x.least), x.span.In(c.a.Location)))
	case x.totals > 0 && x.least == x.most:
		said = append(said, because("%s (%s), of %s, for windows in %s", number(x.totals, "total"), truce.Joined("%s, %s", x.acts), counted(x.least), x.span.In(c.a.Location)))
	case x.totals > 0:
		said = append(said, because("%s (%s), the lowest %s and the highest %s, for windows in %s", number(x.totals, "total"), truce.Joined("%s, %s", x.acts), counted(x.least), counted(x.most), x.span.In(c.a.Location)))
	}
	if x.harmOnly > 0 {
		said = append(said, because("%s of casualties alone", number(x.harmOnly, "total")))
	}
	if x.uncounted > 0 {
		said = append(said, because("%s without a number", number(x.uncounted, "total")))
	}
	if len(said) > 0 {
		say(about, because("%s (%s) states %s.", name, string(id), truce.Listed(said)))
	}
	switch {
	case x.none == 1:
		say(about, because("%s (%s) states that there was none (%s), for %s only.", name, string(id), truce.Joined("%s, %s", x.noActs), x.noneSpan.In(c.a.Location)))
	case x.none > 1:
		say(about, because("%s (%s) states that there was none (%s) in %s, for windows in %s.", name, string(id), truce.Joined("%s, %s", x.noActs), number(x.none, "statement"), x.noneSpan.In(c.a.Location)))
	}
	switch {
	case len(said) == 0 && x.none == 0:
		say(about, because("No allegation and no total by %s (%s) about this period was read.", name, string(id)))
	case x.totals > 0 && x.found == (truce.Signs{}) && x.may != (truce.Signs{}):
		say(about, because("Nothing reported by others surely belongs to a total by %s; some reports may, but their time, place, act or weapon, or who acted against whom, is not known well enough to compare the two. That says nothing for or against the totals.", string(id)))
	case x.totals > 0 && x.found == (truce.Signs{}):
		say(about, because("Nothing reported by others lies within a total by %s. That says nothing for or against the totals.", string(id)))
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
		if len(a.Force) == 0 || len(a.Answer) > 0 {
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
			say(about, because("For articles %s: %s", truce.Listed(list), text))
		} else {
			say(about, because("For article %s: %s", list[0], text))
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

// harm says who was killed or injured, as observed and as claimed, which are never added.
func (c *composer) harm(say sentence) {
	about, said := because("Harm"), false
	for i := range c.r.Articles {
		a := &c.r.Articles[i]
		if a.Count.Casualties != nil {
			say(about, because("In incidents counted under article %s, undetermined ones included: %s%s.", string(a.Article), summary.Harms(a.Count.Casualties), c.named(c.z.articles[i].harmed(truce.HarmCounted))))
			said = true
		}
		if a.Count.Unclear != nil && !c.r.Shares(a.Article) {
			say(about, because("Where it is not known whether article %s is about it at all, because what was done, by whom or against whom is not stated: %s%s.", string(a.Article), summary.Harms(a.Count.Unclear), c.named(c.z.articles[i].harmed(truce.HarmUnclear))))
			said = true
		}
	}
	for i := range c.r.Open {
		x := &c.r.Open[i]
		say(about, because("It is not known which of the articles %s is about %s, or whether any is, because what was done, by whom or against whom is not stated: %s%s. Each incident is counted once here, although several of these articles count it.",
			x.Names(), number(x.Incidents, "incident"), summary.Harms(x.Casualties), c.named(c.openOf(x))))
		said = true
	}
	if c.z.uncounted != nil {
		say(about, because("Stated by sources in incidents that count under no article in force: %s.", summary.Harms(c.z.uncounted)))
		said = true
	}
	for i := range c.r.Tolls {
		x := &c.r.Tolls[i]
		switch who := x.Who(); {
		case x.Total && x.Claimant != "":
			say(about, because("Claimed by %s in a total for %s: %s. The windows of totals may overlap, and they are never added.", who, x.During.In(c.a.Location), summary.Stated(x.Casualties)))
		case x.Total:
			say(about, because("Stated by %s in a total for %s: %s. The windows of totals may overlap, and they are never added.", who, x.During.In(c.a.Location), summary.Stated(x.Casualties)))
		default:
			say(about, because("Claimed by %s in %s: %s.", who, spanOf(x.Events, "single event"), summary.Harms(x.Casualties)))
		}
		said = true
		if left := len(c.r.Tolls) - i - 1; i+1 >= mostTolls && left > 0 {
			say(about, because("Further claims of casualties are in the table: %d.", left))
			break
		}
	}
	if !said && !c.z.harmed {
		say(about, because("No source used here states numbers of killed or injured; that is not zero."))
	}
}

// mostNamed is how many incidents a sentence names; of more, lists say which they are.
const mostNamed = 3

// named says of which incidents a number is, in brackets, if they are few and the reader is
// shown all of them.
func (c *composer) named(of *harmedSum) truce.Reason {
	var list []string
	for _, inc := range of.first {
		if !c.lists(inc) {
			return truce.Reason{} // nothing is said
		}
		list = append(list, inc.ID.String())
	}
	switch ids := strings.Join(list, ", "); {
	case len(list) == 0 || len(list) > mostNamed:
		return truce.Reason{} // nothing is said
	case len(list) == 1:
		return because(" (incident %s)", ids)
	default:
		return because(" (incidents %s)", ids)
	}
}

// mostTolls is how many claims of casualties the headline tells; the table has all.
const mostTolls = 4

// byOthers says how many incidents others were named for, and who they are, the most frequent
// first: without that, all are read as whoever comes to mind. Of incidents that the reader is not
// shown, nobody is named.
func (c *composer) byOthers(article int, art string) truce.Reason {
	n, of := spanOf(c.r.Articles[article].Others, "incident"), c.z.articles[article].byOthers
	if c.shown.Unlisted > 0 {
		return because("article %s, %s", art, n)
	}
	names := slices.SortedFunc(maps.Keys(of), func(a, b string) int { return cmp.Or(cmp.Compare(of[b], of[a]), cmp.Compare(a, b)) })
	var list []string
	for _, who := range names[:min(len(names), mostNames)] {
		list = append(list, fmt.Sprint(who, " ", of[who]))
	}
	return because("article %s, %s (%s)", art, n, strings.Join(list, ", ")+more(len(names)))
}

// full reports whether the period holds all that is known of: what a demo says of all of its
// days is said of no part of them.
func (c *composer) full() bool {
	all := c.s.Occurred()
	if begun := c.a.Begun(); c.a.Status == truce.Historic && begun < all.End {
		all.Start = max(all.Start, begun)
	}
	return c.whole || c.v.Contains(all)
}

// factsInOrder is the order in which missing facts are told.
var factsInOrder = []truce.Fact{truce.FactAct, truce.FactWeapon, truce.FactPlace, truce.FactTime, truce.FactCalibre, truce.FactActor, truce.FactSide, truce.FactObject, truce.FactNotice}

// waiting says what must still be checked.
func (c *composer) waiting(say sentence) {
	var parts []truce.Reason
	for _, f := range factsInOrder {
		if n := c.z.missing[f]; n.High > 0 {
			parts = append(parts, because("%s of %s", truce.InWords{Kind: "fact", Value: string(f), English: string(f)}, spanOf(n, "incident")))
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
	if a.Count.Coverage == 0 {
		return because("no source independent of the parties states how much it could see in this period, as far as the terms were in force in it (%s): that nothing was reported does not mean that nothing happened.", barsOf(a, bars))
	}
	return because("%s of ground and time could be seen; in %d of %s nobody was looking, as far as sources state it.", a.Count.Coverage.Percent(), blind, barsOf(a, bars))
}

// barsOf is a number of bars of an article's ribbon, by how it was cut: the first bar
// may be a part of a day.
func barsOf(a *report.Article, n int) truce.Reason {
	if a.Bars > 1 {
		return because("%s of %s each", number(n, "period"), number(a.Bars, a.Bar))
	}
	return because("%s", number(n, a.Bar))
}

// rejected says how many rows of files are missing from the period because they could
// not be read. Nothing is said where there is none.
func (c *composer) rejected(say sentence) error {
	v := c.v
	if c.whole {
		v = truce.Interval{}
	}
	r, err := c.in.Record.RejectedRows(v)
	c.rows = r
	if err == nil && r != (RejectedRows{}) {
		say(because("Rejected rows"), because("Rows of files that could not be read are counted nowhere. Of this period: %d; of unknown time: %d; in files that were read on another machine: %d. truce rejected lists them with the reasons.", r.Dated, r.Undated, r.Elsewhere))
	}
	return err
}
