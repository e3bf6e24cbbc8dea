package brief

import (
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/report"
)

// IncidentCard is what a card says of an incident: its headline, and a sentence each for the
// articles that are about it, what is not known, who reports it, what parties answered and what people
// decided. Of a demo those are invented, and it says so.
func IncidentCard(a *truce.Agreement, d *truce.Dossier, r *truce.Row, demo bool) (headline truce.Reason, lines []truce.Reason) {
	for _, f := range r.Findings {
		if f.Outcome != truce.NoViolation && f.Outcome != truce.OutOfScope || f.Standing == truce.Refuted {
			lines = append(lines, Ruled(f.Article, f.Outcome, f.Standing, f.Ground))
		}
	}
	if len(lines) == 0 {
		lines = append(lines, because("no article in force is about it"))
	}
	missing := map[truce.Fact]bool{}
	for _, u := range d.Under {
		for _, f := range u.Missing {
			missing[f] = missing[f] || u.Outcome.Counts()
		}
	}
	if missing[truce.FactActor] {
		lines = append(lines, because("who acted is not known"))
	}
	if missing[truce.FactSide] {
		lines = append(lines, because("whom it was directed at is not known"))
	}
	var by, collectors []string
	for _, o := range d.Said {
		if o.Claimant != "" {
			continue
		}
		name, collector := a.PublishedBy(o.Observation)
		by, collectors = add(by, name), add(collectors, collector)
	}
	if len(by) > 0 {
		lines = append(lines, reportedBy(by, collectors))
	}
	for i, x := range d.Responses {
		if slices.ContainsFunc(d.Responses[:i], func(y *truce.Response) bool { return y.By == x.By }) {
			continue
		}
		if demo {
			lines = append(lines, because("a reply in the name of %s was written for this demo; nobody asked %s, and %s wrote nothing", string(x.By), string(x.By), string(x.By)))
		} else {
			lines = append(lines, because("%s replied", string(x.By)))
		}
	}
	return Headline(r, r.Occurred.In(a.Location)), append(lines, lastDecision(a, d.Decisions, demo))
}

// DayCard is IncidentCard of a finding of days.
func DayCard(a *truce.Agreement, d *truce.DayDossier, demo bool) (headline truce.Reason, lines []truce.Reason) {
	var acts []truce.Act
	for _, x := range d.Reports {
		if !slices.Contains(acts, x.Act) {
			acts = append(acts, x.Act)
		}
	}
	slices.Sort(acts)
	var collectors []string
	for _, x := range d.Reports {
		_, collector := a.PublishedBy(x.Observation)
		collectors = add(collectors, collector)
	}
	lines = []truce.Reason{Ruled(d.Article, d.Outcome, d.Standing, d.Ground), reportedBy(d.Publishers, collectors),
		because("this is not an incident, and no number counts it: at least one act is reported, and nobody can say which one or how many"), lastDecision(a, d.Decisions, demo)}
	if demo {
		lines = append(lines, because("what this depends on, and what the parties said, is on the page at this address"))
	}
	return DayHeadline(&d.DayRow, acts, d.When), lines
}

// reportedBy names the first three of some publishers, and who collected all of their reports, if one
// did.
func reportedBy(names, collectors []string) truce.Reason {
	if len(collectors) == 1 && collectors[0] != "" {
		return because("%s; collected by %s", reportedBy(names, nil), collectors[0])
	}
	const most = 3
	first := strings.Join(names[:min(most, len(names))], ", ")
	if len(names) > most {
		return because("reported by %s and %d more", first, len(names)-most)
	}
	return because("reported by %s", first)
}

func lastDecision(a *truce.Agreement, list []truce.Decided, demo bool) truce.Reason {
	if len(list) == 0 {
		return because("no person has decided about it")
	}
	last := list[len(list)-1]
	what := because("%s", truce.Word("decision", last.Kind))
	if last.Kind == truce.Ask {
		what = because("a fact was asked for (%s)", truce.Word("fact", last.Fact))
	}
	if demo {
		return because("last decision: %s, by %s (made for this demo), %s", what, truce.Word("role", last.By), last.Known.In(a.Location))
	}
	return because("last decision: %s, by %s, %s", what, truce.Word("role", last.By), last.Known.In(a.Location))
}

// AsKnown says of which moment something is known.
func AsKnown(when string) truce.Reason { return because("as known %s", when) }

// Headline says what was reported, where and when, without the codes of any source. when is
// in the words of whoever reads it.
func Headline(r *truce.Row, when string) truce.Reason {
	what := because("%s", truce.Word("act", r.Act))
	if r.Weapon != "" {
		what = because("%s (%s)", truce.Word("act", r.Act), truce.Word("weapon", r.Weapon))
	}
	at := because("at an unknown place")
	switch {
	case r.Place.Settlement != "" && (r.Place.Kind != truce.PlaceRegion || r.Place.Settlement != r.Place.Name):
		at = because("near %s", r.Place.Settlement)
	case r.Place.Kind == truce.PlaceRegion:
		at = because("in %s", r.Place.Name)
	case r.Place.Kind != truce.PlaceUnknown:
		at = because("at %s", r.Place.Short())
	}
	switch {
	case r.Alleged && r.None && len(r.Actors) == 1:
		return because("%s says that there was none by %s: %s %s, %s", string(r.Claimant), string(r.Actors[0]), what, at, when)
	case r.Alleged && r.None:
		return because("%s says that there was none: %s %s, %s", string(r.Claimant), what, at, when)
	case r.Alleged:
		return because("%s says, and no report by others is known to be of it: %s %s, %s", string(r.Claimant), what, at, when)
	case r.None:
		return because("reported that there was none: %s %s, %s", what, at, when)
	}
	return because("%s reported %s, %s", what, at, when)
}

// DayHeadline is Headline of a finding of days.
func DayHeadline(d *truce.DayRow, acts []truce.Act, when string) truce.Reason {
	switch {
	case d.Area.Level != truce.AreaPlace:
		return because("at least one act (%s) reported somewhere in %s, %s", anyAct(acts), d.Where, when)
	case d.Area.Name != "":
		return because("at least one act (%s) reported near %s, %s", anyAct(acts), d.Area.Name, when)
	}
	return because("at least one act (%s) reported at %s, %s", anyAct(acts), d.Where, when)
}

// Ruled is what an article says. Of what is corroborated it says on what ground: two
// publishers are not two origins.
func Ruled(art truce.Article, o truce.Outcome, standing truce.Standing, ground truce.Ground) truce.Reason {
	outcome := truce.InWords{Kind: "outcome", Value: string(o), English: o.Words()}
	switch {
	case standing == truce.Refuted:
		return because("article %s: a person found that these reports show no violation of it, and what else happened is not decided by that", string(art))
	case ground != "":
		return because("article %s: %s, %s", string(art), outcome, truce.InWords{Kind: "ground", Value: string(ground), English: ground.Words()})
	case standing != "":
		return because("article %s: %s, %s", string(art), outcome, truce.Word("standing", standing))
	}
	return because("article %s: %s", string(art), outcome)
}

// TotalBeside says a total beside an incident that may be among what it counts. who states it; when
// is in the words of whoever reads it.
func TotalBeside(t *truce.Tally, who, when string) truce.Reason {
	at := because("at %s", t.Place.Short())
	switch t.Place.Kind {
	case truce.PlaceRegion:
		at = because("anywhere in %s", t.Place.Name)
	case truce.PlaceUnknown:
		at = because("at an unknown place")
	}
	act := truce.Word("act", t.Act)
	by := (&truce.Observation{Actor: t.Actor, Actors: t.Actors}).MayHaveActed()
	if t.None() {
		return because("%s states that there was none (%s): %s, %s", who, deniedAct(t.Act, by), when, at)
	}
	if len(by) == 0 {
		return because("%s states a total of %s (%s): %s, %s; whether this report is among them is not known", who, t.Count.String(), act, when, at)
	}
	return because("%s states a total of %s (%s) by %s: %s, %s; whether this report is among them is not known", who, t.Count.String(), act, eitherOf(by), when, at)
}

// Numbers are the numbers of a first page that are not of reports, in one line.
func Numbers(f report.FirstPage) truce.Reason {
	return because("incidents that an article in force may be about: %s; violations decided: %s", span(f.Incidents), span(f.Decided))
}
