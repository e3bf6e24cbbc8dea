package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
	"github.com/spf13/cobra"
)

// filters narrow what comes out.
type filters struct {
	article, outcome, standing, party string
	harm                              string
	day, from, to, asKnown            string
	bbox, zone                        string
	format                            string
	all                               bool
	sort                              string
	limit                             int
	with                              []string // keys that read

	during truce.Interval
	box    *truce.Box
	may    func(*truce.Place) bool // whether a place may lie in the zone; nil: no zone is asked for
}

func (f *filters) flags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.day, "day", "", "a day of the agreement's zone, 2025-08-20")
	fs.StringVar(&f.from, "from", "", "from this day or time")
	fs.StringVar(&f.to, "to", "", "to the end of this day, or to this time")
	fs.StringVar(&f.asKnown, "as-known", "", "as known at this moment (default: everything that is known)")
	fs.StringVar(&f.bbox, "bbox", "", "west,south,east,north in degrees: incidents whose printed position is inside")
	fs.StringVar(&f.zone, "zone", "", "a zone of the agreement, or a region: incidents that are, or may be, inside")
	fs.StringVar(&f.format, "format", "table", strings.Join(rowFormats, ", "))
	fs.IntVar(&f.limit, "limit", 0, "list only this many (default: all)")
	withFlag(cmd, &f.with)
}

// sorts adds --sort, with the words that a list can be sorted by, the default first.
func (f *filters) sorts(cmd *cobra.Command, words ...string) {
	cmd.Flags().StringVar(&f.sort, "sort", words[0], strings.Join(words, ", "))
	inner := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := oneOf("sort", f.sort, words...); err != nil {
			return err
		}
		if f.limit < 0 {
			return fmt.Errorf("--limit %d: want a number from 0", f.limit)
		}
		return inner(cmd, args)
	}
	completes(cmd, "sort", words...)
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
	outcome, err := outcomeNamed(f.outcome)
	if err != nil {
		return err
	}
	standing, err := standingNamed(f.standing)
	if err != nil {
		return err
	}
	party, err := partyNamed(a, f.party)
	if err != nil {
		return err
	}
	f.outcome, f.standing, f.party = string(outcome), string(standing), string(party)
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
		regions := situation.Regions(a, mission.Options(mission.Silent{}).Region)
		zone, _, ok := regions(f.zone)
		if !ok {
			return unknownZone(a, "zone", f.zone)
		}
		places := assess.NewContext(assess.Context{Agreement: a, Region: regions})
		f.may = func(p *truce.Place) bool { return places.May(p, zone) }
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

// query asks for what is within the filters of time and box, all of it: what may lie in a
// zone is for f.may to say.
func (f *filters) query() truce.Query {
	return truce.Query{During: f.during, Box: f.box, Signs: f.all, Order: orders[f.sort], Limit: math.MaxInt32}
}

func (c command) incidents() *cobra.Command {
	var f filters
	cmd := &cobra.Command{
		Use:   "incidents MISSION",
		Short: "List incidents: what happened, as far as is known",
		Long: `Incidents lists what observations and allegations are about, before it is assessed
under any article: by time, the earliest first, unless --sort says otherwise. --zone also
lists incidents that may be inside; --bbox lists those whose printed position is inside
or on its edge. Signs alone, such as fire pixels and alerts, are listed with --all.

` + aboutFormats,
		Example: `  truce incidents field --day 2025-08-20
  truce incidents field --sort gravity --limit 20
  truce incidents field --zone "Poltava Oblast" --format geojson > poltava.geojson
  truce incidents field --format kml > incidents.kml
  truce incidents field --format parquet > incidents.parquet`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, x, err := c.readerFor(args[0], &f)
			if err != nil {
				return err
			}
			list, _, err := x.Incidents(context.Background(), f.query())
			if err != nil {
				return err
			}
			list = slices.DeleteFunc(list, func(r truce.Row) bool { return f.may != nil && !f.may(&r.Place) })
			list, more := limited(list, f.limit, "incident")
			if f.format != "table" {
				t, err := c.listed(m, x, "incidents", report.IncidentColumns())
				if err != nil {
					return err
				}
				kept := func(yield func(*truce.Row) bool) {
					for i := range list {
						if !yield(&list[i]) {
							return
						}
					}
				}
				t.cite(report.SourcesOf(kept))
				t.Rows = report.Incidents(t.Status, report.CitationsOf(t.licences), kept)
				return t.Write(c.out, f.format)
			}
			out := rows{columns: []string{"incident", "occurred", "place", "what", "signs", "sources", "state"}, more: more}
			for i := range list {
				r := &list[i]
				var sources []string
				for _, x := range r.Sources {
					sources = append(sources, string(x))
				}
				state := "observed"
				if r.Alleged {
					state = "alleged"
				}
				out.add(r.ID.String(), r.Occurred.In(x.Agreement().Location), placeWords(&r.Place), r.What, r.Signs.String(), strings.Join(sources, " "), state)
			}
			return out.write(c.out, f.format)
		},
	}
	f.flags(cmd)
	cmd.Flags().BoolVar(&f.all, "all", false, "also signs alone: fire pixels, alerts, damage")
	f.sorts(cmd, byTime, byLatest, byGravity)
	return paged(cmd)
}

// readerFor opens a mission, reads it and resolves the filters.
//
// Commands ask a truce.Reader for all that another machine could answer as well. A few ask
// the situation itself, on purpose: replay computes it again, and compares what two
// computations say; verify and test compare such a computation with what was published or
// is expected; publish puts its digest into the record. Who writes (decide, respond) is
// answered by the mission that is written to (package intake).
func (c command) readerFor(dir string, f *filters) (*mission.Mission, truce.Reader, error) {
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
	x, err := reader(m.Reading(), now)
	if err == nil && f.format == "table" {
		err = c.caveats(m, x)
	}
	return m, x, err
}

// reader answers from all that a mission knows at a moment.
func reader(m *mission.Reading, now truce.Instant) (truce.Reader, error) {
	size, err := m.End()
	if err != nil {
		return nil, err
	}
	s, err := m.Situation(now)
	if err != nil {
		return nil, err
	}
	return monitor.ReaderOf(s, size, release.Viewer{To: truce.ForMission}), nil
}

// caveats says what a list rests on that its reader must know: inputs that are
// withheld, entries that cannot be used, another method.
func (c command) caveats(m *mission.Mission, x truce.Reader) error {
	v, err := m.Glance()
	if err != nil {
		return err
	}
	list := reservations(m, v)
	if n := x.Picture().Withheld; n > 0 {
		list = append([]string{mission.Are(n, "input") + " withheld here: what they say is not in this list."}, list...)
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
	var days bool
	cmd := &cobra.Command{
		Use:   "findings MISSION",
		Short: "List findings: each incident and tally under each article",
		Long: `Findings lists what each article says of each incident and tally: first what most needs
attention, then what is better established, unless --sort says otherwise. Findings are
assessments, not verdicts: only a person's decision makes a violation.

Findings of no violation and out of scope are listed only with --outcome or --all. There are
none under an article that is not monitored; truce show says why it is not.
--outcome and --standing take the words that the table prints.

--days lists findings of days instead: at least one act under an article on a day,
somewhere in an area, although no single incident can be named. They are not incidents:
never count them with incidents, and do not add them up.

` + aboutFormats,
		Example: `  truce findings field --article 1 --outcome uncorroborated
  truce findings field --standing "single source" --sort latest --limit 20
  truce findings field --days --article 1
  truce findings field --article 1 --harm counted
  truce findings field --from 2025-08-16 --to 2025-08-21 --format csv > findings.csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, x, err := c.readerFor(args[0], &f)
			if err != nil {
				return err
			}
			a := x.Agreement()
			if f.article != "" {
				if err := a.CheckArticle(truce.Article(f.article)); err != nil {
					return fmt.Errorf("--article: %w", err)
				}
			}
			if days {
				return c.dayFindings(m, x, &f)
			}
			var list []*truce.Finding
			q := truce.FindingQuery{Against: truce.PartyID(f.party), Silent: f.all, Of: f.query()}
			q.Of.Outcome, q.Of.Standing, q.Of.Harm = truce.Outcome(f.outcome), truce.Standing(f.standing), truce.Harm(f.harm)
			if f.harm != "" {
				if err := oneOf("harm", f.harm, string(truce.HarmCounted), string(truce.HarmUnclear)); err != nil {
					return err
				}
			}
			for _, p := range a.Provisions {
				if f.article != "" && string(p.Article) != f.article {
					continue
				}
				q.Article = p.Article
				for found, err := range x.Findings(context.Background(), q) {
					if err != nil {
						return err
					}
					if f.may == nil || f.may(&found.Row.Place) {
						list = append(list, found)
					}
				}
			}
			sortFindings(a, list, f.sort)
			list, more := limited(list, f.limit, "finding")
			if len(list) == 0 && f.format == "table" && !f.all && f.outcome == "" && f.standing == "" && f.harm == "" {
				q := f.query()
				n, _, err := x.Incidents(context.Background(), q)
				if err != nil {
					return err
				}
				n = slices.DeleteFunc(n, func(r truce.Row) bool { return f.may != nil && !f.may(&r.Place) })
				if len(n) > 0 && f.article == "" && f.party == "" {
					fmt.Fprintf(c.out, "No findings. %s: no article is about %s, or none applied at the time. To list them: truce findings %s --all\n",
						mission.Plural(len(n), "incident"), map[bool]string{true: "it", false: "them"}[len(n) == 1], shellWord(args[0]))
					return nil
				}
				fmt.Fprintf(c.out, "No findings. Of the time and place that were asked for, %s known.\n", mission.Are(len(n), "incident"))
				return nil
			}
			kept := make([]report.Found, len(list))
			for i := range list {
				kept[i] = foundOf(list[i])
			}
			if f.format != "table" {
				return c.exportFindings(m, x, kept, f.format)
			}
			out := rows{columns: []string{"article", "outcome", "standing", "of", "occurred", "place", "what", "signs", "missing"}, more: more}
			for _, found := range kept {
				out.finding(found, a.Location)
			}
			return out.write(c.out, f.format)
		},
	}
	f.flags(cmd)
	fs := cmd.Flags()
	fs.StringVar(&f.article, "article", "", "an article")
	fs.StringVar(&f.outcome, "outcome", "", "an outcome, such as uncorroborated; undetermined takes all causes")
	fs.StringVar(&f.standing, "standing", "", "alleged, single-source, corroborated, verified, unverifiable, refuted")
	fs.StringVar(&f.harm, "harm", "", "only with casualties: counted (in the article's number), unclear (not known whether the article is about it)")
	completes(cmd, "harm", string(truce.HarmCounted), string(truce.HarmUnclear))
	fs.StringVar(&f.party, "party", "", "only findings against this party")
	fs.BoolVar(&days, "days", false, "findings of days: at least one act, although no single incident can be named")
	fs.BoolVar(&f.all, "all", false, "also findings of no violation and out of scope, and signs alone")
	for _, other := range []string{"harm", "party", "bbox", "zone", "all"} {
		cmd.MarkFlagsMutuallyExclusive("days", other)
	}
	f.sorts(cmd, byGravity, byTime, byLatest, byArticle)
	return paged(cmd)
}

// exportFindings writes findings for programs.
func (c command) exportFindings(m *mission.Mission, x truce.Reader, list []report.Found, format string) error {
	t, err := c.listed(m, x, "findings", report.FindingColumns())
	if err != nil {
		return err
	}
	cited := report.CitationsOf(t.licences)
	t.cite(func(yield func(truce.SourceID) bool) {
		for i := range list {
			if slices.ContainsFunc(list[i].Sources(), func(id truce.SourceID) bool { return !yield(id) }) {
				return
			}
		}
	})
	t.Rows = func(yield func(report.Line, error) bool) {
		for i := range list {
			if !yield(report.FindingLine(t.Status, cited, &list[i]), nil) {
				return
			}
		}
	}
	return t.Write(c.out, format)
}

// dayFindings lists findings of days.
func (c command) dayFindings(m *mission.Mission, x truce.Reader, f *filters) error {
	list, err := x.DayFindings(context.Background(), truce.DayQuery{Article: truce.Article(f.article), During: f.during})
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(d truce.DayRow) bool {
		return f.outcome != "" && !(&truce.Query{Outcome: truce.Outcome(f.outcome)}).Finds(truce.ShortFinding{Outcome: d.Outcome}) || f.standing != "" && string(d.Standing) != f.standing
	})
	sortDays(x.Agreement(), list, f.sort)
	list, more := limited(list, f.limit, "finding")
	if f.format != "table" {
		t, err := c.listed(m, x, "days", report.DayColumns())
		if err != nil {
			return err
		}
		t.Rows = report.Days(t.Status, list)
		return t.Write(c.out, f.format)
	}
	out := rows{columns: []string{"article", "outcome", "standing", "finding", "day", "somewhere in", "reports", "publishers", "decided"}, more: more}
	for i := range list {
		d := &list[i]
		var decided []string
		for _, r := range (report.Day{DayRow: *d}).Decided() {
			decided = append(decided, r.String())
		}
		out.add(string(d.Article), d.Outcome.Words(), strings.ReplaceAll(report.RestsOn(&d.DayFinding), "-", " "), d.ID.String(), d.When, d.Where.String(), strconv.Itoa(len(d.Support)), strings.Join(d.Publishers, ", "), strings.Join(decided, "; "))
	}
	return out.write(c.out, f.format)
}

// foundOf is a finding with what it is about in words.
func foundOf(x *truce.Finding) report.Found {
	out := report.Found{Finding: x, What: x.Row.What, Signs: x.Signs}
	switch {
	case x.Tally != nil:
		out.What, out.Signs = brief.TallyWords(x.Tally), truce.Signs{}
	case !x.Row.Alleged:
		x.Row.Casualties = x.Casualties // those that touch the article
	}
	return out
}

// finding adds a finding.
func (r *rows) finding(x report.Found, loc *time.Location) {
	var missing []string
	for _, m := range x.Missing {
		missing = append(missing, string(m))
	}
	near := "" // objects that it may be near
	for _, n := range x.Near {
		near += "; " + n.String()
	}
	r.add(string(x.Article), x.Outcome.Words(), strings.ReplaceAll(string(x.Standing), "-", " "), x.Of.String(), x.During.In(loc), placeWords(&x.Row.Place), x.What, x.Signs.String(), strings.TrimPrefix(strings.Join(missing, " ")+near, "; "))
}

// aboutFormats says which formats lists have.
const aboutFormats = `Formats: table for people; csv; hxl (CSV with a row of HXL tags); json; geojson; kml
(Google Earth, OsmAnd); gpkg (GeoPackage: QGIS); parquet (GeoParquet: DuckDB). All but
the table have the same columns, which doc/exports.md explains, with the licences of the
sources and the status of the agreement.`
