package main

import (
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/mission"

	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/report"
	"github.com/spf13/cobra"
)

func (c command) explain() *cobra.Command {
	var f filters
	cmd := &cobra.Command{
		Use:   "explain MISSION ID",
		Short: "Say how an incident came about, and what each article says of it, in words",
		Long: `Explain prints every observation of an incident with its publisher, whose file it was
read from, where it has it from and its grade; which reports confirm each other, and
why the others do not; the score of each pair part by part, each article's reasoning in words, and what is
missing and who could establish it. ID is an incident, an observation, a
tally or a finding of days (truce findings --days), or the first digits of one.`,
		Example: `  truce explain field 3f2a91c04d77
  truce explain field 9b17e4d20c55`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			f.format = "table"
			m, x, err := c.readerFor(args[0], &f)
			if err != nil {
				return err
			}
			ctx := context.Background()
			id, err := mission.OneFound(args[1], func(digits string) ([]truce.Digest, error) { return x.Find(ctx, digits) })
			if err != nil {
				return err
			}
			var b strings.Builder
			day, err := x.DayDossier(ctx, id)
			if err != nil {
				return err
			}
			t, err := x.Tally(ctx, id)
			switch {
			case err != nil:
			case day != nil:
				explainDay(&b, m, x.Agreement(), day)
			case t != nil:
				explainTally(&b, x.Agreement(), t)
			default:
				err = explainIncident(ctx, &b, m, x, id)
			}
			for line := range strings.Lines(b.String()) {
				fmt.Fprintln(c.out, report.Clean(strings.TrimSuffix(line, "\n")))
			}
			return err
		},
	}
	cmd.Flags().StringVar(&f.asKnown, "as-known", "", "as known at this moment (default: everything that is known)")
	withFlag(cmd, &f.with)
	return cmd
}

func explainIncident(ctx context.Context, w io.Writer, m *mission.Mission, x truce.Reader, id truce.Digest) error {
	d, err := x.Dossier(ctx, id)
	if err != nil {
		return err
	}
	if d == nil {
		return fmt.Errorf("no incident that is known here has the entry %s; truce incidents lists those that are", id)
	}
	inc, agreement := d.Incident, x.Agreement()
	r, _, err := x.Row(ctx, inc.ID)
	if err != nil {
		return err
	}
	loc := agreement.Location
	mark(w, agreement)
	fmt.Fprintf(w, "Incident %s\n%s\n%s; %s; signs %s; by %s\n", r.ID, r.Occurred.In(loc), r.What, placeWords(&r.Place), r.Signs, sourceWords(&r))
	if harm := report.Harm(&r); harm != "" {
		fmt.Fprintf(w, "%s\n", harm)
	}
	fmt.Fprintf(w, "\nWhat was said of it\n")
	for _, o := range d.Said {
		explainSaid(w, m, agreement, &o)
	}
	if len(d.Dependence) > 0 {
		fmt.Fprintf(w, "\nWhich reports confirm each other\n")
	}
	for _, x := range d.Dependence {
		fmt.Fprintf(w, "  %s\n", report.Clean(x.String()))
	}
	if len(inc.Of) > 1 {
		fmt.Fprintf(w, "\nWhy they are taken as one (milli-nats; 1500 and more joins)\n")
	}
	for _, x := range d.Pairs {
		if x.Parts == nil {
			fmt.Fprintf(w, "  %s and %s: place or time of one is not known; joined by a decision or as one footprint\n", x.A, x.B)
			continue
		}
		fmt.Fprintf(w, "  %s and %s: %s\n", x.A, x.B, score(x.Total))
		for _, p := range x.Parts {
			fmt.Fprintf(w, "      %-11s %6s  %s\n", p.Name, score(p.Score), p.Words)
		}
	}
	if n := len(inc.Of) * (len(inc.Of) - 1) / 2; n > len(d.Pairs) {
		fmt.Fprintf(w, "  and %d more pairs\n", n-len(d.Pairs))
	}
	if b := d.Bundle; b != nil {
		fmt.Fprintf(w, "\nThis is one of %d reports of %s from within %s of %s. Each fits more than 32 others, so none is joined, and they do not say how many acts there were.\n", b.Reports, b.Day, truce.Metres(b.RadiusM), b.Centre)
	}
	if len(d.Proposed) > 0 {
		fmt.Fprintf(w, "\nWhat it may be the same as (milli-nats; at most three for each report, none below -1500)\n")
	}
	for _, x := range d.Proposed {
		fmt.Fprintf(w, "  %s and %s, of incident %s: %s; not joined: %s\n", x.A, x.B, x.Other, score(x.Total), x.Why)
		for _, p := range x.Parts {
			fmt.Fprintf(w, "      %-11s %6s  %s\n", p.Name, score(p.Score), p.Words)
		}
	}
	if len(d.Near)+len(d.NearTallies) > 0 {
		fmt.Fprintf(w, "\nWhat may concern it (context: known loosely, and counted for nothing)\n")
	}
	for _, other := range d.Near {
		fmt.Fprintf(w, "  %s  %s: %s, %s, %s\n", other.ID, sourceWords(&other), other.What, placeWords(&other.Place), other.Occurred.In(loc))
	}
	if len(d.Near) == truce.MostNear {
		fmt.Fprintf(w, "  and more\n")
	}
	for _, t := range d.NearTallies {
		fmt.Fprintf(w, "  %s  %s\n", t.ID, brief.TotalBeside(t, cmp.Or(string(t.Claimant), agreement.SourceOf(t.Source).Publisher), t.Period.In(loc)))
	}
	for _, x := range d.Responses {
		fmt.Fprintf(w, "\n%s\n", report.Phrase(": ", fmt.Sprintf("Reply by %s, %s", x.By, x.During.Start.In(loc)), x.Says, m.Words(x.ID, x.Text)))
	}
	for _, x := range d.Attributions {
		who := "not possible"
		if x.Actor != "" {
			who = string(x.Actor) + ", " + strings.ReplaceAll(x.Confidence, "-", " ")
		}
		if basis := m.Basis(x.ID, x.Basis); basis != "" {
			who += ", on the basis of " + basis
		}
		if because := m.Words(x.ID, x.Because); because != "" {
			who += ", because " + because
		}
		fmt.Fprintf(w, "\nAttribution (%s): %s\n", x.By, who)
	}
	for _, x := range d.Decisions {
		fmt.Fprintf(w, "\nDecision (%s): %s\n", x.By, decisionWords(m, x.Decision))
	}
	for i := range d.Under {
		u := &d.Under[i]
		explainAssessment(w, u.Provision, &u.Assessment)
		for _, cl := range u.Clocks {
			fmt.Fprintf(w, "  clock %s: ends %s\n", cl.Name, cl.Ends.In(loc))
		}
	}
	return nil
}

// explainSaid prints an observation: who says it, what, and where they have it from.
func explainSaid(w io.Writer, m *mission.Mission, agreement *truce.Agreement, o *truce.Described) {
	who := truce.Collected(agreement.PublishedBy(o.Observation))
	switch {
	case o.Publisher != "":
	case who != string(o.Source):
		who += " (" + string(o.Source) + ")"
	}
	verb := "observation"
	if o.Alleged() {
		verb = "allegation by " + string(o.Claimant)
	}
	grade := "grade " + o.Grade.String()
	if o.Grade == (truce.Grade{}) {
		grade = "not graded"
	}
	fmt.Fprintf(w, "  %s  %s, %s, %s\n", o.ID, verb, who, grade)
	fmt.Fprintf(w, "                %s\n", o.Words)
	if note := m.Words(o.ID, o.Note); note != "" {
		fmt.Fprintf(w, "                note: %s\n", note)
	}
	var from []string
	for _, x := range agreement.SourceOf(o.Source).Relays {
		from = append(from, report.Clean(x)+", whose reports it passes on")
	}
	stated, own, looks := agreement.RestsOn(o.Observation)
	for _, x := range stated {
		from = append(from, report.Clean(string(x)))
	}
	if len(from) == 0 {
		from = []string{"not stated"}
	}
	fmt.Fprintf(w, "                has it from: %s\n", strings.Join(from, "; "))
	if len(own) > 0 {
		fmt.Fprintf(w, "                is found at: %s\n", named(own))
	}
	if len(looks) > 0 {
		fmt.Fprintf(w, "                compared by: %s\n", named(looks))
	}
}

// explainDay prints a finding of days: what it rests on, and what people decided.
func explainDay(w io.Writer, m *mission.Mission, a *truce.Agreement, d *truce.DayDossier) {
	mark(w, a)
	fmt.Fprintf(w, "Finding of days %s: at least one act, and not an incident\n", d.ID)
	fmt.Fprintf(w, "\nArticle %s: %s\n  %s, standing %s\n", d.Article, d.Provision.Text, d.Outcome.Words(), strings.ReplaceAll(report.RestsOn(&d.DayFinding), "-", " "))
	for _, r := range d.Reasons {
		fmt.Fprintf(w, "  - %s\n", r)
	}
	days := "one local day"
	if d.Days > 1 {
		days = "two local days; neither day alone is enough"
	}
	fmt.Fprintf(w, "\nWindow: %s (%s)\n", d.Window.In(a.Location), days)
	if d.Area.Level == truce.AreaPlace {
		fmt.Fprintf(w, "Area: %s (%d m), which surely holds the place of each report\n", d.Where, d.Area.RadiusM)
	} else {
		fmt.Fprintf(w, "Area: %s, a %s\n", d.Where, d.Area.Level)
	}
	fmt.Fprintf(w, "\nWhat it rests on: %s of %s\n", mission.Plural(len(d.Reports), "report"), mission.Plural(len(d.Publishers), "publisher"))
	for i := range d.Reports {
		x := &d.Reports[i]
		explainSaid(w, m, a, &x.Described)
		fmt.Fprintf(w, "                of incident %s\n", x.Incident)
		for _, r := range x.Why {
			fmt.Fprintf(w, "                - %s\n", r)
		}
	}
	if len(d.Dependence) > 0 {
		fmt.Fprintf(w, "\nWhich reports confirm each other\n")
	}
	for _, x := range d.Dependence {
		fmt.Fprintf(w, "  %s\n", report.Clean(x.String()))
	}
	for _, c := range d.Clocks {
		fmt.Fprintf(w, "\nClock %s: ends %s\n", c.Name, c.Ends.In(a.Location))
	}
	for _, x := range d.Decisions {
		fmt.Fprintf(w, "\nDecision (%s): %s", x.By, decisionWords(m, x.Decision))
		if x.Earlier {
			fmt.Fprint(w, "; the finding rested on other reports then")
		}
		if x.Alone {
			fmt.Fprint(w, "; it has no effect until a second reader decides the same")
		}
		fmt.Fprintln(w)
	}
}

// decisionWords are a decision with its reasons.
func decisionWords(m *mission.Mission, x *truce.Decision) string {
	what := strings.ReplaceAll(string(x.Kind), "-", " ")
	if x.Article != "" {
		what += ", article " + string(x.Article)
	}
	if because := m.Words(x.ID, x.Because); because != "" {
		what += ", because " + because
	}
	if although := m.Although(x.ID, x.Although); although != "" {
		what += ", although " + although
	}
	return what
}

// score is a score for people: what can never be one has no number.
func score(n int64) string {
	if truce.Impossible(n) {
		return "never"
	}
	return strconv.FormatInt(n, 10)
}

// sourceWords names who says something of an incident.
func sourceWords(r *truce.Row) string {
	if r.Alleged {
		return "alleged by " + report.Names(r.Claimants)
	}
	var out []string
	for _, x := range r.Sources {
		out = append(out, string(x))
	}
	return strings.Join(out, ", ")
}

func explainAssessment(w io.Writer, p *truce.Provision, a *truce.Assessment) {
	fmt.Fprintf(w, "\nArticle %s: %s\n", p.Article, p.Text)
	if p.NotMonitored != "" {
		fmt.Fprintf(w, "  not monitored, because %s\n", p.NotMonitored)
		return
	}
	switch {
	case a.Outcome == truce.NoViolation && a.Standing == truce.Refuted:
		fmt.Fprint(w, "  rejected by a person")
	case a.Outcome == truce.NoViolation:
		fmt.Fprint(w, "  what is stated of it is not what the article forbids")
	default:
		fmt.Fprintf(w, "  %s", a.Outcome.Words())
	}
	if a.Ground != "" {
		fmt.Fprintf(w, ", %s", a.Ground.Words())
	} else if a.Standing != "" && a.Standing != truce.Refuted { // that is of the reports, as showing an act of this article
		fmt.Fprintf(w, ", standing %s", strings.ReplaceAll(string(a.Standing), "-", " "))
	}
	fmt.Fprintln(w)
	for _, r := range a.Reasons {
		fmt.Fprintf(w, "  - %s\n", r)
	}
	for _, t := range a.Tasks {
		fmt.Fprintf(w, "  missing %s: %s\n    who could establish it: %s\n", t.Fact, t.What, t.Who)
	}
}

func explainTally(w io.Writer, a *truce.Agreement, d *truce.TallyDossier) {
	mark(w, a)
	t := d.Tally
	fmt.Fprintf(w, "Tally %s, by %s\n%s; %s; %s\n", t.ID, t.Source, brief.TallyWords(t), t.Place, t.Period.In(a.Location))
	for _, d := range t.Details {
		fmt.Fprintf(w, "  %s: %d\n", d.Name, d.N)
	}
	difference := fmt.Sprint("difference ", d.Difference)
	if d.Uncounted {
		difference = "without a number there is nothing to compare"
	}
	fmt.Fprintf(w, "\nA total is never merged with anything. Found of it: %s signs; %s.\n", d.Found, difference)
	for i := range d.Under {
		explainAssessment(w, d.Under[i].Provision, &d.Under[i].Assessment)
	}
}

// mark says that an agreement is not in force, wherever something is printed.
func mark(w io.Writer, a *truce.Agreement) {
	if a.Status == truce.Unsigned {
		fmt.Fprintf(w, "UNSIGNED: %s. Not every party has signed this text in the record: truce consent.\n\n", a.Title)
		return
	}
	if a.Status == truce.Historic {
		fmt.Fprintf(w, "HISTORIC: %s. These terms were in force and bind nobody now; nothing here is a verdict.\n\n", a.Title)
		return
	}
	if a.Status != truce.InForce {
		fmt.Fprintf(w, "%s: %s. Nobody has agreed to these terms; nothing here is a verdict.\n\n", strings.ToUpper(string(a.Status)), a.Title)
	}
}

// named are the names of origins without their kinds where the kind is their own address.
func named(list []truce.Origin) string {
	var out []string
	for _, x := range list {
		name := string(x)
		if x.Kind() == truce.OriginOwn {
			name = x.Name()
		}
		out = append(out, report.Clean(name))
	}
	return strings.Join(out, "; ")
}
