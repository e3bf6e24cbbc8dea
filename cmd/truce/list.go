package main

import (
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/mission"

	"fmt"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
	"github.com/spf13/cobra"
)

// filters narrow what comes out.
type filters struct {
	article, outcome, standing, party string
	day, from, to, asKnown            string
	bbox, zone                        string
	format                            string
	all                               bool
	with                              []string // keys that read

	during truce.Interval
	box    *truce.Box
	region *geo.Region
}

func (f *filters) flags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.day, "day", "", "a day of the agreement's zone, 2025-08-20")
	fs.StringVar(&f.from, "from", "", "from this day or time")
	fs.StringVar(&f.to, "to", "", "to the end of this day, or to this time")
	fs.StringVar(&f.asKnown, "as-known", "", "as known at this moment (default: everything that is known)")
	fs.StringVar(&f.bbox, "bbox", "", "west,south,east,north in degrees: incidents whose printed position lies in it")
	fs.StringVar(&f.zone, "zone", "", "a zone of the agreement, or a region: what lies in it, or may")
	fs.StringVar(&f.format, "format", "table", strings.Join(rowFormats, ", "))
	withFlag(cmd, &f.with)
}

// withFlag is for keys that open what was released to them.
func withFlag(cmd *cobra.Command, with *[]string) {
	cmd.Flags().StringArrayVar(with, "with", nil, "a key that opens what was released to it: a file, or a name")
}

// moment is the moment of knowledge asked for.
func (f *filters) moment(a *truce.Agreement) (truce.Instant, error) {
	if f.asKnown == "" {
		return truce.Never, nil
	}
	return scenario.ParseInstant(f.asKnown, a.Location)
}

func (f *filters) resolve(a *truce.Agreement) error {
	if err := oneOf("format", f.format, rowFormats...); err != nil {
		return err
	}
	var err error
	if f.during, err = period(a, f.day, f.from, f.to); err != nil {
		return err
	}
	if f.outcome != "" && f.outcome != "undetermined" {
		if _, ok := truce.ParseOutcome(f.outcome); !ok {
			var names []string
			for _, o := range truce.Outcomes {
				names = append(names, string(o))
			}
			return fmt.Errorf("--outcome %q is unknown%s", f.outcome, truce.Suggest(f.outcome, names))
		}
	}
	if f.standing != "" {
		if _, ok := truce.ParseStanding(f.standing); !ok {
			return fmt.Errorf("--standing %q is unknown", f.standing)
		}
	}
	switch {
	case f.bbox != "" && f.zone != "":
		return fmt.Errorf("--bbox and --zone exclude each other")
	case f.bbox != "":
		b, err := truce.ParseBox(f.bbox)
		if err != nil {
			return fmt.Errorf("--bbox: %w", err)
		}
		f.box = &b
	case f.zone != "":
		r, _, ok := situation.Regions(a, mission.Options(mission.Silent{}).Region)(f.zone)
		if !ok {
			return fmt.Errorf("--zone %q: no such zone or region%s", f.zone, truce.Suggest(f.zone, a.ZoneOrder))
		}
		f.region = r
	}
	return err
}

// period reads a day, or from and to; the zero interval is everything.
func period(a *truce.Agreement, day, from, to string) (truce.Interval, error) {
	var v truce.Interval
	if day != "" {
		if from != "" || to != "" {
			return v, fmt.Errorf("--day excludes --from and --to")
		}
		d, err := truce.ParseDate(day)
		return d.Day(a.Location), err
	}
	if from == "" && to == "" {
		return v, nil
	}
	v = truce.Interval{Start: truce.Always, End: truce.Never}
	var err error
	if from != "" {
		if v.Start, err = scenario.ParseInstant(from, a.Location); err != nil {
			return v, fmt.Errorf("--from: %w", err)
		}
	}
	if to != "" {
		if d, derr := truce.ParseDate(to); derr == nil {
			v.End = d.Add(1).Start(a.Location)
		} else if v.End, err = scenario.ParseInstant(to, a.Location); err != nil {
			return v, fmt.Errorf("--to: %w", err)
		}
	}
	if !v.Valid() {
		return v, fmt.Errorf("--to is before --from")
	}
	return v, nil
}

// has reports whether a row is within the filters of time and place. What may lie in a
// zone is shown; a box holds positions as they are printed.
func (f *filters) has(r *truce.Row, s *situation.Situation) bool {
	q := truce.Query{During: f.during, Box: f.box, Signs: f.all}
	return q.Matches(r) && (f.region == nil || s.May(&r.Place, f.region))
}

func (c command) incidents() *cobra.Command {
	var f filters
	cmd := &cobra.Command{
		Use:   "incidents MISSION",
		Short: "List incidents: what happened, as far as can be seen",
		Long: `Incidents are what observations and allegations are about, before any article is
held against them. With --zone, what may lie inside is listed too; with --bbox, what
has its printed position inside, edges included.
Signs alone, such as fire pixels and alerts, are left out unless --all.`,
		Example: `  truce incidents field --day 2025-08-20
  truce incidents field --zone "Poltava Oblast" --format geojson > poltava.geojson`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			_, s, err := c.situationFor(args[0], &f)
			if err != nil {
				return err
			}
			out := rows{columns: []string{"incident", "occurred", "place", "what", "signs", "sources", "state"},
				fields: append([]string{"id", "from", "until", "place", "what", "signs", "sources", "state"}, report.Columns...)}
			for _, inc := range brief.ByTime(s.Incidents()) {
				r := s.Row(inc)
				if !f.has(&r, s) {
					continue
				}
				var sources []string
				for _, x := range r.Sources {
					sources = append(sources, string(x))
				}
				state := "observed"
				if r.Alleged {
					state = "alleged"
				}
				out.add2(&r.Place, append([]string{r.ID.Hex(), report.Moment(r.Occurred.Start), report.Moment(r.Occurred.End), r.Place.String(), r.What, r.Signs.String(), strings.Join(sources, " "), state}, report.Cells(&r)...),
					r.ID.String(), r.Occurred.In(s.Agreement.Location), r.Place.Short(), r.What, r.Signs.String(), strings.Join(sources, " "), state)
			}
			return out.write(c.out, f.format)
		},
	}
	f.flags(cmd)
	cmd.Flags().BoolVar(&f.all, "all", false, "also signs alone: fire pixels, alerts, damage")
	return cmd
}

// situationFor opens a mission, reads it and resolves the filters.
func (c command) situationFor(dir string, f *filters) (*mission.Mission, *situation.Situation, error) {
	m, err := c.openMission(dir)
	if err != nil {
		return nil, nil, err
	}
	if err := f.resolve(m.Agreement); err != nil {
		return nil, nil, err
	}
	now, err := f.moment(m.Agreement)
	if err != nil {
		return nil, nil, fmt.Errorf("--as-known: %w", err)
	}
	if err := m.ReadWith(f.with); err != nil {
		return nil, nil, err
	}
	s, err := m.Situation(now)
	if err == nil && f.format == "table" {
		err = c.caveats(m, s)
	}
	return m, s, err
}

// caveats says what a list rests on that its reader must know: inputs that are
// withheld, entries that cannot be used, another method.
func (c command) caveats(m *mission.Mission, s *situation.Situation) error {
	v, err := m.Glance()
	if err != nil {
		return err
	}
	list := reservations(m, v)
	if s.Withheld > 0 {
		list = append([]string{mission.Are(s.Withheld, "input") + " withheld here: what they say is not in this list."}, list...)
	}
	for _, text := range list {
		fmt.Fprintln(c.out, text)
	}
	if len(list) > 0 {
		fmt.Fprintln(c.out)
	}
	return nil
}

// reservations are sentences about a record that readers of its findings must know:
// entries that cannot be used, another method.
func reservations(m *mission.Mission, v *mission.Contents) (list []string) {
	if n := v.Skipped(truce.ForMission); n > 0 {
		list = append(list, fmt.Sprintf("%s of the record cannot be used and %s skipped; truce verify lists them.", mission.Plural(n, "entry"), map[bool]string{true: "is", false: "are"}[n == 1]))
	}
	if other := m.OtherMethod(v); other != "" {
		list = append(list, fmt.Sprintf("The record names the method %.40s. This build computes with %.40s, so findings may differ from those published.", other, mission.ThisMethod()))
	}
	return list
}

func (c command) findings() *cobra.Command {
	var f filters
	cmd := &cobra.Command{
		Use:   "findings MISSION",
		Short: "List findings: each incident and tally under each article",
		Long: `Findings are assessments, never verdicts: a violation needs a person's decision.
Incidents to which an article has nothing to say (no violation, out of scope) are
left out unless --outcome asks for them or --all.`,
		Example: `  truce findings field --article 1 --outcome uncorroborated
  truce findings field --from 2025-08-16 --to 2025-08-21 --format csv > findings.csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			_, s, err := c.situationFor(args[0], &f)
			if err != nil {
				return err
			}
			if f.article != "" {
				if _, err := s.Assess(situation.Query{Article: truce.Article(f.article)}); err != nil {
					return fmt.Errorf("--article: %w", err)
				}
			}
			if f.party != "" && !s.Agreement.HasParty(truce.PartyID(f.party)) {
				return fmt.Errorf("--party %q is no party", f.party)
			}
			out := rows{columns: []string{"article", "outcome", "standing", "of", "occurred", "place", "what", "signs", "missing"},
				fields: append([]string{"article", "outcome", "standing", "id", "kind", "from", "until", "place", "what", "signs", "missing"}, report.Columns...)}
			for _, p := range s.Agreement.Provisions {
				if f.article != "" && string(p.Article) != f.article {
					continue
				}
				for x := range s.Found(p.Article, "", truce.PartyID(f.party)) {
					f.finding(&out, s, x)
				}
				f.silent(&out, s, p.Article)
			}
			return out.write(c.out, f.format)
		},
	}
	f.flags(cmd)
	fs := cmd.Flags()
	fs.StringVar(&f.article, "article", "", "an article")
	fs.StringVar(&f.outcome, "outcome", "", "an outcome, such as uncorroborated; undetermined takes every cause")
	fs.StringVar(&f.standing, "standing", "", "alleged, single-source, corroborated, verified, unverifiable, refuted")
	fs.StringVar(&f.party, "party", "", "held against this party alone")
	fs.BoolVar(&f.all, "all", false, "also no violation, out of scope, and signs alone")
	return cmd
}

// silent adds the incidents of which an article has nothing to say, where they
// are asked for.
func (f *filters) silent(out *rows, s *situation.Situation, art truce.Article) {
	if !f.all && f.outcome != string(truce.NoViolation) && f.outcome != string(truce.OutOfScope) {
		return
	}
	for _, inc := range s.Incidents() {
		if o := s.Outcome(art, inc); o != truce.NoViolation && o != truce.OutOfScope {
			continue
		}
		a, err := s.Assess(situation.Query{Article: art, Party: truce.PartyID(f.party), Of: inc.ID})
		if err == nil && (a.Outcome == truce.NoViolation || a.Outcome == truce.OutOfScope) {
			f.finding(out, s, assess.NewFound(inc, a))
		}
	}
}

// finding adds a row if it is within the filters.
func (f *filters) finding(out *rows, s *situation.Situation, x *assess.Found) {
	q := truce.Query{Outcome: truce.Outcome(f.outcome), Standing: truce.Standing(f.standing)}
	if !f.all {
		q.Article = x.Article // without what it has nothing to say of
	}
	if !q.Finds(truce.ShortFinding{Article: x.Article, Outcome: x.Outcome, Standing: x.Standing}) {
		return
	}
	var missing []string
	for _, m := range x.Missing {
		missing = append(missing, string(m))
	}
	near := "" // objects that it may be near
	cells := func(id, place, what string, signs truce.Signs) []string {
		return []string{string(x.Article), x.Outcome.Words(), strings.ReplaceAll(string(x.Standing), "-", " "), id, x.During.In(s.Agreement.Location), place, what, signs.String(), strings.TrimPrefix(strings.Join(missing, " ")+near, "; ")}
	}
	values := func(kind, place, what string, signs truce.Signs, r *truce.Row) []string {
		return append([]string{string(x.Article), string(x.Outcome), string(x.Standing), x.Of.Hex(), kind, report.Moment(x.During.Start), report.Moment(x.During.End), place, what, signs.String(), strings.Join(missing, " ")}, report.Cells(r)...)
	}
	if x.Incident != nil {
		r := s.Row(x.Incident)
		if !f.has(&r, s) {
			return
		}
		if !r.Alleged {
			r.Casualties = x.Casualties // those that touch the article
		}
		for _, n := range s.Near(x.Article, x.Outcome, x.Incident) {
			near += "; " + n.String()
		}
		out.add2(&r.Place, values("incident", r.Place.String(), r.What, x.Signs, &r), cells(r.ID.String(), r.Place.Short(), r.What, x.Signs)...)
		return
	}
	t := s.Tally(x.Of)
	total := truce.Row{Occurred: t.Period, Place: t.Place, Act: t.Act, Weapon: t.Weapon, Calibre: t.Calibre, Casualties: t.Casualties}
	if !f.has(&total, s) {
		return
	}
	out.add2(&t.Place, values("tally", t.Place.String(), brief.TallyWords(t), truce.Signs{}, &total), cells(t.ID.String(), t.Place.Short(), brief.TallyWords(t), truce.Signs{})...)
}
