package brief

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/source"
	"github.com/opentruce/truce/internal/summary"
)

// composer gathers what a report prints from a situation.
type composer struct {
	texts   bool // with what people wrote
	private int  // texts that are not public
	in      Inputs
	s       *situation.Situation
	a       *truce.Agreement // under which the situation was assessed
	v       truce.Interval   // the period
	whole   bool             // no period was asked for
	b       truce.Interval   // the one before, as long

	held int          // inputs that the public does not have
	rows RejectedRows // of the period

	// What the report may list is decided before anything of it is written.
	to         release.Viewer
	shown      release.Tally  // of the incidents of the period
	vague      map[string]int // of those, known to a region and no closer, by its name
	left       int            // corrections that are left out
	decided    int            // decisions, listed or not
	attributed int            // incidents of which attribution was attempted, listed or not
	r          *report.Report
	z          *sums                // of the period
	nones      []*truce.Observation // statements that there was none
}

// Compose gathers what the report of a period prints; the zero interval is everything
// that is known.
func Compose(in Inputs, s *situation.Situation, v truce.Interval, issued truce.Instant) (*report.Report, error) {
	c, err := compose(in, s, v, issued, true)
	if err != nil {
		return nil, err
	}
	c.incidents()
	c.regions()
	c.firstPage()
	if err := c.reports(); err != nil {
		return nil, err
	}
	if err := c.licences(); err != nil {
		return nil, err
	}
	return c.r, nil
}

// A Board is a report without its lists: what the room's first page says of a period.
type Board struct {
	Period   truce.Interval
	Headline []report.Sentence
	Articles []report.Article
	Open     []report.OpenHarm
	Claimed  report.Span // single statements by parties, which are among no incidents
	Map      report.Map
	// First is the first page of the period's report, without what most asks for attention: the
	// room lists that. Regions are those in which something was observed, the most first.
	First     report.FirstPage
	Regions   []report.Region
	Changes   []truce.Reason // since the day before, and since the seven days before
	Unwatched []truce.Reason
	Looked    int           // incidents on which a person decided something, as they are listed now
	Until     truce.Instant // from when on its reader is shown more of the period
}

// Shares is Shares of the report.
func (b *Board) Shares(art truce.Article) bool {
	return slices.ContainsFunc(b.Open, func(o report.OpenHarm) bool { return slices.Contains(o.Articles, art) })
}

// BoardOf gathers what the first page shows of a period now. It says what Compose
// says; where no release rules apply it costs the days that changed, and not the
// incidents there are.
func BoardOf(in Inputs, s *situation.Situation, v truce.Interval, now truce.Instant) (*Board, error) {
	c, err := compose(in, s, v, now, false)
	if err != nil {
		return nil, err
	}
	changes, unwatched := c.glance()
	return &Board{c.r.Period, c.r.Headline, c.r.Articles, c.r.Open, c.r.Claimed, c.r.Map, c.r.First, ranked(c.r.Regions), changes, unwatched, c.looked(), c.shown.Until}, nil
}

// compose gathers what a report says; texts: with what people wrote, each of which
// must be opened.
func compose(in Inputs, s *situation.Situation, v truce.Interval, issued truce.Instant, texts bool) (*composer, error) {
	c := &composer{texts: texts, in: in, s: s, a: s.Agreement, v: v, whole: v == truce.Interval{}, to: in.To, shown: release.NewTally()}
	if c.whole {
		c.v = c.extent()
	} else {
		span := c.extent()
		if !v.Start.Stated() {
			c.v.Start = span.Start
		}
		if !v.End.Stated() {
			c.v.End = span.End
		}
		if !c.v.Valid() {
			return nil, NothingKnown{Known: span.In(c.a.Location)}
		}
		c.v = c.to.Whole(c.v, c.a.Location)
		if c.b = c.previous(); !c.comparable(c.b) {
			c.b = truce.Interval{}
		}
	}
	c.r = &report.Report{Title: c.a.Title, Agreement: c.a.ID, Status: c.a.Status, Kind: "Report", Zone: c.a.Zone, Parties: c.a.Parties, Others: c.a.Others,
		Period: c.v, AsKnown: s.Now, Basis: s.Basis(), Digest: s.Digest(), Issued: issued, Stage: "automatic, not reviewed by a person",
		Headline: []report.Sentence{}, Articles: []report.Article{}, Incidents: []report.Incident{}, Claims: []report.Incident{}, Joined: []report.Incident{}, Tallies: []report.Tally{}, Tolls: []report.Toll{}, None: []report.None{},
		Regions: []report.Region{}, Seen: []report.Coverage{}, Denied: []report.Restriction{}, Said: []report.Notice{}, Decided: []report.Decision{}, Attributed: []report.Attribution{}, Corrected: []report.Correction{}}
	if c.b != (truce.Interval{}) {
		c.r.Before = &c.b
	}
	if len(s.AllDecisions()) > 0 {
		c.r.Stage = "automatic, with decisions by people"
	}
	if c.to.To != truce.ForPublic { // the public has what was disclosed, and nothing else that was sealed
		c.held = in.Sealed - s.Withheld
	}
	if c.v.Width() <= 25*time.Hour {
		c.r.Kind = "Daily report"
	}
	c.r.Basis["build"] = in.Build
	c.gather()
	c.headline()
	return c, nil
}

// gather fills in everything that is printed, except the lists and the headline, from the
// situation alone.
func (c *composer) gather() {
	c.z = sumsOf(c.s, c.v)
	c.z.ranged(c.s, c.v)
	c.r.Shared, c.r.Observed, c.r.Claimed, c.r.Uncounted = c.z.shared, c.z.observed, c.z.claims, c.z.uncounted
	c.look()
	c.articles()
	c.raise()
	c.openHarm()
	c.tallies()
	c.noneStated()
	c.tolls()
	c.coverage()
	c.people()
	c.attributions()
	if c.held > 0 || c.private > 0 {
		c.r.Stage += "; not for publication"
	}
	c.corrections()
	c.geography()
}

// raise makes what there surely is of all articles together at least what there surely is of one
// of them: each number is a lower bound that was computed for itself.
func (c *composer) raise() {
	for i := range c.r.Articles {
		if c.z.articles[i].outcomes[outcomeIndex[truce.Violation]].alleged.High > 0 {
			continue // what is only alleged is in none of the others
		}
		low := c.r.Articles[i].Count.Incidents.Low
		for _, n := range []*report.Span{&c.z.about, &c.z.observed, &c.r.Observed} {
			n.Low = min(max(n.Low, low), n.High)
		}
	}
}

// look goes through the period's incidents for what the reader is not shown of them,
// or not as it is known. Where the reader is shown all, the sums of days have it.
func (c *composer) look() {
	if c.vague = c.z.vague; c.to.Plain() {
		return
	}
	c.vague = map[string]int{}
	for _, inc := range c.s.Within(c.v) {
		if assess.OnlySigns(inc) {
			continue
		}
		sight := c.to.Incident(inc, c.s.Known)
		c.shown.Add(sight, c.to.At)
		if p := summary.Place(c.a, inc); sight.Listed(c.to.At) && p.Kind == truce.PlaceRegion {
			c.vague[p.Name]++
		}
	}
}

// lists reports whether the report may name an incident.
func (c *composer) lists(inc *truce.Incident) bool { return c.to.Lists(inc, c.s.Known) }

// names reports whether the report may print what somebody said of items: every
// incident that they belong to is listed. What was said of items that belong to none
// any more, since they were withdrawn, is not printed where anything is withheld.
func (c *composer) names(ids ...truce.Digest) bool {
	for _, id := range ids {
		switch inc := c.s.IncidentOf(id); {
		case inc != nil:
			if !c.lists(inc) {
				return false
			}
		case c.s.Tally(id) == nil && c.to.Withholds():
			return false
		}
	}
	return true
}

// extent is the time that observations and tallies are about, without those whose
// dates are probably wrong. Where nothing is known it is the day on which the
// mission was made.
func (c *composer) extent() truce.Interval {
	v := c.s.Occurred()
	if v.Valid() {
		return c.to.Whole(v, c.a.Location)
	}
	if v = c.s.Extent(); v.Valid() {
		return c.to.Whole(v, c.a.Location)
	}
	return truce.DateOf(c.in.Made, c.a.Location).Day(c.a.Location)
}

// comparable reports whether an article was in force in the whole of the period before. Numbers
// of days before there were terms, of which a mission holds what it happens to hold, would be
// read as a rise or a fall.
func (c *composer) comparable(before truce.Interval) bool {
	return slices.ContainsFunc(c.a.Provisions, func(p truce.Provision) bool {
		return slices.Contains(c.s.InForce(p.Article, before), before)
	})
}

// previous is the period before, of as many local days if it is of whole days.
func (c *composer) previous() truce.Interval {
	loc := c.a.Location
	first, last := truce.DateOf(c.v.Start, loc), truce.DateOf(c.v.End, loc)
	if first.Start(loc) == c.v.Start && last.Start(loc) == c.v.End {
		n := int((c.v.Width() + 12*time.Hour) / (24 * time.Hour))
		return truce.Interval{Start: first.Add(-n).Start(loc), End: c.v.Start}
	}
	return truce.Interval{Start: c.v.Start.Add(-c.v.Width()), End: c.v.Start}
}

// incidents lists those that the reader is shown, with what each article says of each.
func (c *composer) incidents() {
	for _, inc := range ByTime(c.s.Within(c.v)) {
		if assess.OnlySigns(inc) || !c.lists(inc) {
			continue
		}
		row, part := c.s.Row(inc), partOf(c.s, inc, c.v)
		if part.absent && row.Alleged {
			continue
		}
		if part.surely {
			row.Signs = part.in
			row.Signs.Sum(part.out)
		} else {
			row.Signs = part.out
		}
		if !row.Alleged && (part.cut || row.Casualties == nil) {
			row.Casualties = part.stated(inc, c.v)
		}
		if !part.surely { // a month's dead are not those of one of its days
			row.Casualties = row.Casualties.Perhaps()
		}
		r := c.to.Row(row, c.to.Incident(inc, c.s.Known), summary.RegionOf(c.a))
		x := report.Incident{Row: r.Row}
		for _, id := range r.Sources {
			for _, o := range inc.Of {
				if o.Source == id {
					x.Sources = add(x.Sources, c.publishedBy(o))
				}
			}
		}
		c.s.Findings(inc, func(art int, o truce.Outcome, relevant bool, f *assess.Found) {
			says := report.Finding{Article: c.a.Provisions[art].Article, Outcome: o, Relevant: relevant}
			if f != nil {
				says.Standing, says.Ground, says.Missing = f.Standing, f.Ground, f.Missing
				if !f.During.Overlaps(c.v) {
					says.Other = f.During.In(c.a.Location) + ": " + says.Says()
					if len(c.s.InForce(says.Article, inc.Occurred.Intersect(c.v))) == 0 {
						says.Outcome, says.Standing, says.Ground, says.Missing = truce.OutOfScope, "", "", nil
					}
				}
			}
			for _, short := range r.Findings {
				switch {
				case short.Article != says.Article:
				case f != nil:
					says.Near = short.Near
				case short.Standing == truce.Refuted:
					says.Standing = short.Standing
				}
			}
			x.Findings = append(x.Findings, says)
		})
		if r.Alleged {
			c.r.Claims = append(c.r.Claims, x)
		} else {
			if !part.absent {
				c.r.Incidents = append(c.r.Incidents, x)
			}
			c.joined(inc, x.Findings)
		}
	}
}

// reports names each report of each incident by its publisher's own key, where the reader is shown
// all of the incident as it is known.
func (c *composer) reports() error {
	lists, ids := [][]report.Incident{c.r.Incidents, c.r.Claims}, map[truce.Digest]bool{}
	for _, list := range lists {
		for i := range list {
			inc := c.s.IncidentOf(list[i].ID)
			if inc == nil || !c.to.Tells(inc, c.s.Known) {
				continue
			}
			for _, o := range inc.Of {
				ids[o.ID] = true
				list[i].Reports = append(list[i].Reports, report.Said{ID: o.ID, Source: o.Source, Publisher: c.publishedBy(o), Key: o.Key, Revision: o.Revision, Claimant: o.Claimant})
			}
		}
	}
	read, err := c.in.Record.Read(ids)
	if err != nil {
		return err
	}
	for _, list := range lists {
		for i := range list {
			for k := range list[i].Reports {
				x := &list[i].Reports[k]
				if from, ok := read[x.ID]; ok {
					x.File, x.Digest, x.Entry = from.File, from.Digest, from.Entry
				}
			}
		}
	}
	return nil
}

// joined lists what each party alleges of an incident that was observed, with what was
// found of the incident. What a party says decided nothing of it.
func (c *composer) joined(inc *truce.Incident, found []report.Finding) {
	for _, p := range summary.Claimants(inc) {
		claim := truce.Incident{ID: inc.ID}
		for _, o := range inc.Of {
			if o.Claimant != p {
				continue
			}
			if claim.Of = append(claim.Of, o); len(claim.Of) == 1 {
				claim.Occurred = o.Occurred
			}
			claim.Occurred = claim.Occurred.Together(o.Occurred)
		}
		row := summary.Of(c.a, &claim, c.s.Known, func(*truce.Incident, func(int, truce.Outcome, bool, *assess.Found)) {})
		r := c.to.Row(row, c.to.Incident(inc, c.s.Known), summary.RegionOf(c.a))
		x := report.Incident{Row: r.Row, Findings: found}
		for _, id := range r.Sources {
			x.Sources = add(x.Sources, c.publisher(id))
		}
		c.r.Joined = append(c.r.Joined, x)
	}
}

func (c *composer) articles() {
	for i := range c.a.Provisions {
		p := &c.a.Provisions[i]
		row := report.Article{Article: p.Article, Text: p.Text, Binds: p.Binds, Assumed: c.assumed(p.Article)}
		for _, l := range p.Objects {
			if l.Party != "" {
				row.Lists = append(row.Lists, l.Party)
			}
		}
		if a, err := c.s.Assess(situation.Query{Article: p.Article, During: c.v, Reasons: true, Incidents: c.hidesDays(p.Article)}); err == nil {
			row.Assessment = a
		}
		row.Force = c.s.InForce(p.Article, c.v)
		row.Count = count(c.s.Count(p.Article, c.v))
		surely := 0 // in the period, if all are different
		for k, o := range truce.Outcomes {
			if x := c.z.articles[i].outcomes[k]; o.Counts() {
				surely += x.Low - x.alleged.Low
			}
		}
		row.Perhaps = surely > row.Count.Incidents.Low
		if c.r.Before != nil && len(c.s.InForce(p.Article, c.b)) > 0 {
			b := count(c.s.Count(p.Article, c.b))
			row.Before = &b
		}
		_, row.Own = c.s.Covered(p.Article, c.v)
		row.Excluded, row.Others = c.z.articles[i].excluded, c.z.articles[i].others
		var deciding truce.Digest
		for k, o := range truce.Outcomes {
			if x := c.z.articles[i].outcomes[k]; x.High > 0 {
				n := x.Span
				if row.Perhaps && o.Counts() {
					opened(&n, max(n.Low-(surely-row.Count.Incidents.Low), min(n.Low, 1)))
				}
				row.Outcomes = append(row.Outcomes, report.OutcomeCount{Outcome: o, Span: n, Reported: x.Span, Alleged: x.alleged})
				if o == row.Assessment.Outcome {
					deciding, row.Deciding = x.first, x.first.String()
				}
			}
		}
		row.Lacks, row.Listed = c.z.articles[i].missing()
		for _, of := range slices.Sorted(maps.Keys(c.z.articles[i].elsewhere)) {
			x := report.Elsewhere{Of: of, N: c.z.articles[i].elsewhere[of]}
			for _, w := range slices.Sorted(maps.Keys(c.z.articles[i].weapons[of])) {
				x.Weapons = append(x.Weapons, report.Armed{Weapon: w, N: c.z.articles[i].weapons[of][w]})
			}
			row.Elsewhere = append(row.Elsewhere, x)
		}
		row.Days, row.AtLeastOn = c.days(p.Article)
		if !c.reasons(p.Article, deciding) {
			row.Assessment.Reasons, row.Deciding = nil, ""
		}
		if !c.s.Counted(p.Article) {
			row.Answer = row.Assessment.Reasons
			if !c.to.Plain() { // the first says what the outcome says; the rest is who stated what
				row.Answer = row.Answer[:min(1, len(row.Answer))]
				row.Assessment.Reasons = row.Answer
			}
		}
		if len(row.Force) > 0 {
			row.Ribbon, row.Loose = c.ribbon(p, &row)
		}
		c.r.Articles = append(c.r.Articles, row)
	}
}

// missing says which facts are missing of how many of the incidents that an article counts in the
// period, and how many these are, each counted apart.
func (x *articleSum) missing() (out []report.Lack, of int) {
	for _, fact := range factsInOrder {
		if n := x.lacks[fact]; n > 0 {
			out, of = append(out, report.Lack{Fact: fact, N: n}), x.listed
		}
	}
	return out, of
}

// days are the findings of days that the reader may be shown: all that they rest on is
// shown as it is known.
func (c *composer) days(art truce.Article) (out []report.Day, n int) {
	for _, f := range c.s.DayFindings(art) {
		if !c.tellsDay(&f) {
			continue
		}
		if !c.v.Contains(f.Window) {
			if f.Window.Overlaps(c.v) {
				c.r.DaysAcross++
			}
			continue
		}
		out = append(out, report.Day{DayRow: c.s.DayRow(&f)})
	}
	if c.to.Plain() {
		n = c.s.AtLeastOn(art, c.v)
	}
	return out, n
}

// hidesDays reports whether a finding of a day rests on something that the reader is not
// shown: then none decides what the article says.
func (c *composer) hidesDays(art truce.Article) bool {
	return !c.to.Plain() && slices.ContainsFunc(c.s.DayFindingsIn(art, c.v), func(f truce.DayFinding) bool { return !c.tellsDay(&f) })
}

// tellsDay reports whether the reader is shown all that a finding of a day rests on, as it is known.
func (c *composer) tellsDay(f *truce.DayFinding) bool {
	return c.to.TellsDay(f.Support, c.s.IncidentOf, c.s.Known)
}

// reasons reports whether the report may print why an article's assessment is what it
// is: reasons are those of the incident that decides it, and tell its place. first is
// the incident that the report names as that one.
func (c *composer) reasons(art truce.Article, first truce.Digest) bool {
	if c.to.Plain() {
		return true
	}
	for _, inc := range []*truce.Incident{c.s.Deciding(art, c.v), c.s.IncidentOf(first)} {
		if inc != nil && !c.to.Tells(inc, c.s.Known) {
			return false
		}
	}
	return true
}

// CountOf counts under an article over all that is known.
func CountOf(s *situation.Situation, art truce.Article) report.Count {
	return count(s.Count(art, truce.Interval{}))
}

func count(c situation.Count) report.Count {
	return report.Count{Signs: report.SignsBetween(c.Signs, c.May.Signs), Incidents: report.Span{Low: c.Incidents, High: c.Incidents + c.May.Incidents},
		Violations: report.Span{Low: c.Violations, High: c.Violations + c.May.Violations}, Coverage: c.Coverage, Casualties: c.Casualties, Unclear: c.Unclear}
}

// hourly is up to which width a period is cut into hours.
const hourly = 49 * time.Hour

// mostBars is how many bars an article's ribbon has: of days, or of as many weeks each
// as it takes.
const mostBars = 200

// ribbon cuts the period into hours, days or weeks. An incident stands in the
// bar that holds all of its time; those that no bar holds, and those that are not
// listed, are counted apart, so that bars and the rest add up to the period.
func (c *composer) ribbon(p *truce.Provision, row *report.Article) (out []report.Bucket, rest report.Count) {
	loc := c.a.Location
	step := 1
	if days := int(c.v.Width() / (24 * time.Hour)); days > mostBars {
		step = 7 * ((days + 7*mostBars - 1) / (7 * mostBars)) // weeks: a year's bars begin on one weekday
	}
	switch row.Bar = "day"; {
	case c.v.Width() <= hourly:
		row.Bar = "hour"
	case step > 1:
		if row.Bar = "week"; step > 7 {
			row.Bars = step / 7
		}
	}
	if c.v.Width() <= hourly {
		for t := c.v.Start; t < c.v.End; t = t.Add(time.Hour) {
			out = append(out, report.Bucket{During: truce.Interval{Start: t, End: min(c.v.End, t.Add(time.Hour))}})
		}
	} else {
		for d := truce.DateOf(c.v.Start, loc); d.Start(loc) < c.v.End; d = d.Add(step) {
			out = append(out, report.Bucket{During: truce.Interval{Start: d.Start(loc), End: d.Add(step).Start(loc)}.Intersect(c.v)})
		}
	}
	counts := make([]situation.Count, len(out))
	of := make([][]*assess.Found, len(out)) // of parts of days: their lows do not add up
	var loose, outside situation.Count
	var apart []*assess.Found // in no bar
	at := func(v truce.Interval) int {
		k := sort.Search(len(out), func(i int) bool { return out[i].During.End > v.Start })
		if k < len(out) && out[k].During.Contains(v) {
			return k
		}
		return -1
	}
	var single []*assess.Found
	if c.v.Width() <= hourly || c.to.Withholds() {
		single = c.s.FoundWithin(p.Article, c.v)
	} else {
		single = c.s.CountDays(p.Article, c.v, func(day truce.Interval, n *situation.Count) {
			if k := at(day); k >= 0 {
				counts[k].Join(n)
			} else {
				loose.Join(n)
			}
		})
	}
	for _, f := range single {
		k := -1
		if f.Incident != nil && c.lists(f.Incident) {
			k = at(f.During)
		}
		switch {
		case f.Incident == nil || f.OnlySigns:
		case !c.v.Contains(f.During):
			outside.AddPerhaps(f)
		case k >= 0:
			of[k] = append(of[k], f)
		default:
			apart = append(apart, f)
		}
	}
	for k, list := range of {
		if len(list) > 0 {
			n := c.s.CountOf(p.Article, list)
			if counts[k].Incidents+counts[k].May.Incidents == 0 {
				counts[k].Join(&n)
			} else { // beside whole days, they may be the same as what is of these
				counts[k].JoinPerhaps(&n)
				if !c.to.Withholds() {
					c.s.Surely(p.Article, out[k].During, &counts[k])
				}
			}
		}
	}
	n := c.s.CountOf(p.Article, apart)
	loose.Join(&n)
	loose.Join(&outside)
	for k := range out {
		counts[k].Coverage, out[k].Own = c.s.Covered(p.Article, out[k].During)
		out[k].Count = count(counts[k])
		out[k].Force = len(c.s.InForce(p.Article, out[k].During)) > 0
	}
	loose.Coverage, _ = c.s.Covered(p.Article, c.v)
	return out, count(loose)
}

func (c *composer) tallies() {
	list := slices.Clone(c.s.Tallies)
	slices.SortStableFunc(list, func(a, b *truce.Tally) int { return int(min(1, max(-1, a.Period.Start-b.Period.Start))) })
	for _, t := range list {
		if !t.Period.Overlaps(c.v) {
			continue
		}
		rec := c.s.Reconcile(t)
		x := report.Tally{ID: t.ID, Source: c.publisher(t.Source), Claimant: t.Claimant, Period: t.Period, Place: t.Place.Short(), Count: t.Count, Details: t.Details,
			Found: rec.Found, MayBe: rec.MayBe, Within: report.SignsBetween(rec.Found, rec.MayBe), Difference: rec.Difference, Uncounted: rec.Uncounted, What: string(t.Act),
			Act: t.Act, Weapon: t.Weapon, Calibre: t.Calibre, Actors: t.Actors, None: t.None(), Casualties: t.Casualties}
		if t.Actor != "" {
			x.Actors = []truce.PartyID{t.Actor}
		}
		if t.Weapon != "" {
			x.What += ", " + spaced(string(t.Weapon))
		}
		if t.Side != "" { // without it, what is within a total is hard to follow
			x.What += ", against " + string(t.Side)
		}
		for _, p := range c.a.Provisions {
			a, err := c.s.Assess(situation.Query{Article: p.Article, Of: t.ID})
			if err == nil && a.Outcome != truce.NoViolation && a.Outcome != truce.OutOfScope {
				x.Findings = append(x.Findings, report.Finding{Article: p.Article, Outcome: a.Outcome, Standing: a.Standing, Missing: a.Missing, Relevant: true})
			}
		}
		c.r.Tallies = append(c.r.Tallies, x)
	}
}

// tolls are the casualties that parties claim of single events, and that anybody states
// of a period.
func (c *composer) tolls() {
	for _, p := range slices.Sorted(maps.Keys(c.z.claimed)) {
		x := c.z.claimed[p]
		c.r.Tolls = append(c.r.Tolls, report.Toll{Claimant: p, Events: x.Span, During: x.during, Casualties: x.casualties})
	}
	for i := range c.r.Tallies {
		if t := &c.r.Tallies[i]; t.Casualties != nil && !t.None {
			c.r.Tolls = append(c.r.Tolls, report.Toll{Source: t.Source, Claimant: t.Claimant, Total: true, During: t.Period, Casualties: t.Casualties})
		}
	}
}

// noneStated are the statements of the period that there was none.
func (c *composer) noneStated() {
	for _, inc := range c.z.nones {
		for _, o := range inc.Of {
			if o.None() && c.lists(inc) {
				c.nones = append(c.nones, o)
			}
		}
	}
	slices.SortFunc(c.nones, func(a, b *truce.Observation) int {
		return cmp.Or(cmp.Compare(a.Occurred.Start, b.Occurred.Start), cmp.Compare(a.Source, b.Source), a.ID.Compare(b.ID))
	})
	for _, o := range c.nones {
		place, _ := c.to.Place(o.Whereabouts())
		where := place.Short()
		if place.Kind == truce.PlaceRegion { // of what did not happen, "somewhere in" would say less
			where = "all of " + place.Name
		}
		c.r.None = append(c.r.None, report.None{Source: c.publisher(o.Source), Claimant: o.Claimant, What: spaced(summary.What(o)), Place: where, During: o.Occurred})
	}
	for i := range c.r.Tallies {
		if t := &c.r.Tallies[i]; t.None {
			c.r.None = append(c.r.None, report.None{Source: t.Source, Claimant: t.Claimant, What: "statement of none: " + t.What, Place: t.Place, During: t.Period})
		}
	}
}

// publishedBy names who published an observation, with whose file it was read from where its
// row names another.
func (c *composer) publishedBy(o *truce.Observation) string {
	if o.Publisher != "" {
		return truce.Collected(c.a.PublishedBy(o))
	}
	return c.publisher(o.Source)
}

// publisher names a source for people.
func (c *composer) publisher(id truce.SourceID) string {
	if p := c.a.SourceOf(id).Publisher; !strings.HasPrefix(p, "source ") {
		return p
	}
	return string(id)
}

// regions counts what was observed by region, now and in the period before.
func (c *composer) regions() {
	before := map[string]*regionSum{}
	if c.b != (truce.Interval{}) {
		z, says := sumsOf(c.s, c.b), regionsOf(c.s)
		rangedRegions(c.s, c.b, z.regions, c.s.Lows("regions", c.b, says), says)
		before = c.byRegion(c.b, z)
	}
	here := c.byRegion(c.v, c.z)
	names := map[string]bool{}
	for _, z := range []map[string]*regionSum{here, before} {
		for n := range z {
			names[n] = true
		}
	}
	for name := range names {
		row := report.Region{Name: name}
		if r := before[name]; r != nil {
			row.Before = r.Count
		}
		if r := here[name]; r != nil {
			row.Count = r.Count
			acts := map[string]report.Span{}
			for x, n := range r.acts {
				what := spaced(summary.What(&truce.Observation{Act: x.act, Seen: x.seen, Weapon: x.weapon, Count: truce.Count{N: 1}}))
				acts[what] = acts[what].Plus(n)
			}
			if r.unlisted != (report.Span{}) {
				acts["not listed, by the release rules"] = r.unlisted
			}
			for what, n := range acts {
				row.Act = append(row.Act, report.Act{What: what, Span: n})
			}
		}
		sort.Slice(row.Act, func(i, j int) bool {
			if a, b := row.Act[i].High, row.Act[j].High; a != b {
				return a > b
			}
			return row.Act[i].What < row.Act[j].What
		})
		c.r.Regions = append(c.r.Regions, row)
	}
	order := map[string]int{summary.Elsewhere: 1 << 30}
	for i, n := range RegionsOf(c.a) {
		order[n] = i
	}
	sort.Slice(c.r.Regions, func(i, j int) bool { return order[c.r.Regions[i].Name] < order[c.r.Regions[j].Name] })
}

// byRegion counts what was observed in a period by the region of the place that the
// reader is shown. What is not listed is counted, and in no region. z is the sum of
// the period, as it is known.
func (c *composer) byRegion(v truce.Interval, z *sums) map[string]*regionSum {
	if c.to.Plain() {
		return z.regions
	}
	out := newSums(0)
	within := c.s.Within(v)
	for _, inc := range within {
		if assess.OnlySigns(inc) || inc.Alleged() {
			continue
		}
		decided := 0
		c.s.Findings(inc, func(_ int, o truce.Outcome, _ bool, f *assess.Found) {
			if f != nil && o == truce.Violation && f.During.Overlaps(v) {
				decided = 1
			}
		})
		if p := partOf(c.s, inc, v); p.absent {
			continue
		} else if c.lists(inc) {
			out.region(c.region(inc)).add(inc, decided, p)
		} else {
			out.region(c.region(inc)).addUnlisted(decided, p)
		}
	}
	says := func(inc *truce.Incident) (situation.Stated, bool) {
		return situation.Stated{Group: c.region(inc)}, observed(inc)
	}
	rangedRegions(c.s, v, out.regions, c.s.LowsAmong(within, v, says), says)
	return out.regions
}

// region is the region of the place of an incident that the reader is shown.
func (c *composer) region(inc *truce.Incident) string {
	if !c.lists(inc) {
		return summary.Elsewhere
	}
	place, _ := c.to.Place(summary.Place(c.a, inc))
	return summary.Region(c.a, &place)
}

// coverage sums up who could have seen what.
func (c *composer) coverage() {
	type key struct{ what, source string }
	by := map[key]*report.Coverage{}
	zones := map[key]map[string]bool{}
	var order []key
	for _, x := range c.s.Coverage {
		if !x.During.Overlaps(c.v) {
			continue
		}
		k := key{x.What, string(x.Source)}
		row := by[k]
		if row == nil {
			row = &report.Coverage{What: x.What, Source: c.publisher(x.Source), Party: x.Claimant, During: x.During}
			if row.Party == "" {
				row.Party = c.a.SourceOf(x.Source).Party
			}
			by[k], zones[k] = row, map[string]bool{}
			order = append(order, k)
		}
		row.During = row.During.Hull(x.During)
		row.Days++
		zones[k][x.Zone] = true
	}
	sort.Slice(order, func(i, j int) bool {
		return order[i].what+"\x00"+order[i].source < order[j].what+"\x00"+order[j].source
	})
	for _, k := range order {
		by[k].Zones = len(zones[k])
		c.r.Seen = append(c.r.Seen, *by[k])
	}
}

// people are restrictions, notifications, responses and decisions.
func (c *composer) people() {
	for _, x := range c.s.Restrictions {
		if x.During.Overlaps(c.v) {
			c.r.Denied = append(c.r.Denied, report.Restriction{By: string(x.By), What: x.What, Place: x.Place.String(), During: x.During})
		}
	}
	for _, x := range c.in.Outages {
		if x.During.Overlaps(c.v) {
			what := x.What
			if what == "" {
				what = "everything"
			}
			c.r.Denied = append(c.r.Denied, report.Restriction{By: "the mission itself", What: report.Phrase(": ", "outage of "+what, x.Because), Place: "its own", During: x.During})
		}
	}
	for _, n := range c.s.Notifications {
		if n.During.Overlaps(c.v) {
			c.r.Said = append(c.r.Said, report.Notice{Kind: "notification", By: string(n.By), Text: report.Phrase(": ", report.Phrase(", ", string(n.Act), n.Place.String()), c.words(n.ID, n.Text)), During: n.During})
		}
	}
	for _, x := range c.s.Responses {
		if !x.To.IsZero() && !c.names(x.To) {
			continue
		}
		// A reply stands with what it answers, and with the day on which it came.
		inc, text := c.s.IncidentOf(x.To), report.Phrase(" ", x.Says, c.words(x.ID, x.Text))
		if inc != nil {
			text = report.Phrase(": ", "to incident "+inc.ID.String(), text)
		}
		kind := "reply"
		if c.in.Demo {
			kind = "reply written for this demo in the party's name"
		}
		if x.During.Overlaps(c.v) || inc != nil && inc.Occurred.Overlaps(c.v) {
			c.r.Said = append(c.r.Said, report.Notice{Kind: kind, By: string(x.By), Text: text, During: x.During})
		}
	}
	for _, d := range c.s.AllDecisions() {
		c.decided++
		if d.OnDay() {
			c.dayDecided(d)
			continue
		}
		if !c.names(d.Of...) || len(d.Of) == 0 && !ofPhase(d) && c.to.Withholds() {
			continue // of what is not listed, or of what was since withdrawn
		}
		x := report.Decision{Seq: d.Seq, Kind: d.Kind, Because: c.words(d.ID, d.Because), By: c.decider(d), Known: c.s.Known(d.ID)}
		if len(d.Of) == 0 {
			x.Of = d.Name
		}
		for _, id := range d.Of {
			if inc := c.s.IncidentOf(id); inc != nil {
				x.Of = report.Phrase("; ", x.Of, "report "+id.String()+" of incident "+inc.ID.String())
				x.Earlier = x.Earlier || assess.EarlierState(d, inc)
			}
		}
		x.Because = c.although(d, x.Because)
		if d.Article != "" {
			x.Of = report.Phrase(", ", x.Of, "article "+string(d.Article))
		}
		switch d.Kind {
		case truce.Regrade:
			x.Of = report.Phrase(", ", x.Of, d.Grade.String())
		case truce.Ask:
			if x.Of = report.Phrase(", ", x.Of, string(d.Fact)); d.Name != "" {
				x.Of += ", asked of " + d.Name
			}
		}
		x.Alone = c.s.Alone(d)
		for _, no := range c.s.Contradictions {
			if no.Decision.ID == d.ID {
				x.Unmet = no.Why.String()
			}
		}
		c.r.Decided = append(c.r.Decided, x)
	}
}

// decider is who decided: of a demo, somebody invented.
func (c *composer) decider(d *truce.Decision) string {
	if c.in.Demo {
		return d.By + " (made for this demo)"
	}
	return d.By
}

// although adds to the reason of a decision why it was taken in spite of what speaks against it.
func (c *composer) although(d *truce.Decision, because string) string {
	if although := c.in.Record.Although(d.ID, d.Although); c.texts && although != "" {
		return report.Phrase("; although: ", because, c.text(d.Although, although))
	}
	return because
}

// dayDecided lists a decision on a finding of days, if its days may be in the period and the
// reader is shown what the finding rested on.
func (c *composer) dayDecided(d *truce.Decision) {
	if !d.Window.Overlaps(c.v) || !c.to.TellsDay(d.State, c.s.IncidentOf, c.s.Known) {
		return
	}
	f := truce.DayFinding{Article: d.Article, Window: d.Window, Area: d.Area, Support: d.Of, Days: 1}
	if truce.DateOf(d.Window.End-1, c.a.Location) > truce.DateOf(d.Window.Start, c.a.Location) {
		f.Days = 2
	}
	of := "finding of " + situation.DayWhen(c.a, &f) + ", " + c.s.DayWhere(&f).String() + ", article " + string(d.Article)
	x := report.Decision{Seq: d.Seq, Kind: d.Kind, Of: of, Because: c.although(d, c.words(d.ID, d.Because)), By: c.decider(d), Known: c.s.Known(d.ID), Alone: c.s.Alone(d)}
	for _, f := range c.s.DayFindings(d.Article) {
		x.Earlier = x.Earlier || f.Confirmed == d.ID && f.Changed
	}
	c.r.Decided = append(c.r.Decided, x)
}

// ofPhase reports whether a decision is about the agreement's phases, and not about
// incidents.
func ofPhase(d *truce.Decision) bool {
	return d.Kind == truce.Declare || d.Kind == truce.Extend || d.Kind == truce.Terminate
}

// words is Record.Words, and counts the texts that are not public.
func (c *composer) words(id truce.Digest, public string) string {
	if !c.texts {
		return public
	}
	return c.text(public, c.in.Record.Words(id, public))
}

func (c *composer) basis(id truce.Digest, public string) string {
	if !c.texts {
		return public
	}
	return c.text(public, c.in.Record.Basis(id, public))
}

func (c *composer) text(public, words string) string {
	if public == "" && words != "" && words != NotRead {
		c.private++
	}
	return words
}

// attributions are the last of each incident: a later statement takes the place
// of an earlier one.
func (c *composer) attributions() {
	last, attempted := map[truce.Digest]int{}, map[truce.Digest]bool{}
	for _, a := range c.s.Attributions {
		inc := c.s.IncidentOf(a.Of[0])
		if inc == nil || !inc.Occurred.Overlaps(c.v) {
			continue
		}
		if !attempted[inc.ID] {
			attempted[inc.ID] = true
			c.attributed++
		}
		if !c.lists(inc) {
			continue
		}
		x := report.Attribution{Of: inc.ID.String(), Confidence: a.Confidence, Basis: c.basis(a.ID, a.Basis), Because: c.words(a.ID, a.Because), By: a.By, Known: c.s.Known(a.ID),
			Earlier: len(a.State) > 0 && !slices.Equal(a.State, inc.IDs())}
		if floor := c.namingFloor(inc); a.Actor != "" && slices.Index(truce.Confidences, a.Confidence) < slices.Index(truce.Confidences, floor) {
			x.Below = floor
		} else {
			x.Actor = string(a.Actor)
		}
		if i, again := last[inc.ID]; again {
			c.r.Attributed[i] = x
			continue
		}
		last[inc.ID] = len(c.r.Attributed)
		c.r.Attributed = append(c.r.Attributed, x)
	}
}

// namingFloor is how likely an attribution must be held before a party is named:
// the most that any article asks for under which the incident counts.
func (c *composer) namingFloor(inc *truce.Incident) string {
	floor, any := "", "likely"
	for i := range c.a.Provisions {
		p := &c.a.Provisions[i]
		if slices.Index(truce.Confidences, p.Floor.Attribution) > slices.Index(truce.Confidences, any) {
			any = p.Floor.Attribution
		}
		a, err := c.s.Assess(situation.Query{Article: p.Article, Of: inc.ID})
		if err == nil && a.Outcome.Counts() && slices.Index(truce.Confidences, p.Floor.Attribution) > slices.Index(truce.Confidences, floor) {
			floor = p.Floor.Attribution
		}
	}
	if floor == "" {
		return any
	}
	return floor
}

// corrections are those of what occurred in the period, and those that became
// known within it; all of them when no period was asked for.
func (c *composer) corrections() {
	for _, x := range c.s.Corrections {
		about := x.Was.Occurred
		if x.Is != nil {
			about = about.Hull(x.Is.Occurred)
		}
		if !c.whole && !about.Overlaps(c.v) && !c.v.Holds(x.Known) {
			continue
		}
		var of *truce.Incident
		if x.Is != nil {
			of = c.s.IncidentOf(x.Is.ID)
		}
		if !c.to.Corrects(x.Known, x.Was, x.Is, of, c.s.Known) {
			c.left++
			continue
		}
		row := report.Correction{Known: x.Known, Source: c.publisher(x.Was.Source), Claimant: x.Was.Claimant, Key: x.Was.Key, During: x.Was.Occurred}
		was := c.told(x.Was)
		if x.Is == nil {
			row.Was, row.Is = strings.Join(was, "; "), "withdrawn"
		} else {
			is := c.told(x.Is)
			var before, after []string
			for i := range was {
				if was[i] != is[i] {
					before, after = append(before, was[i]), append(after, is[i])
				}
			}
			if len(before) == 0 { // its note, its grade, or what it is evidence of
				before, after = []string{"a detail that is not shown here"}, []string{"changed"}
			}
			row.Was, row.Is = strings.Join(before, "; "), strings.Join(after, "; ")
		}
		c.r.Corrected = append(c.r.Corrected, row)
	}
}

// told is an observation in words, part by part.
func (c *composer) told(o *truce.Observation) []string {
	harm, actor, object := "no casualties stated", "no actor named", "no object named"
	if o.Casualties != nil {
		harm = casualtyWords(o.Casualties)
	}
	if o.Actor != "" {
		actor = "actor " + string(o.Actor)
	}
	if o.Object != "" {
		object = "object " + o.Object
	}
	return []string{summary.What(o), o.Occurred.In(c.a.Location), o.Place.String(), "count " + o.Count.String(), harm, actor, object}
}

func (c *composer) licences() error {
	by, order, err := licences(c.in.Record)
	if err != nil {
		return err
	}
	for _, id := range order {
		c.r.Licences = append(c.r.Licences, by[id])
	}
	c.r.Licences = append(c.r.Licences, placeLicences(c.a)...)
	rows := c.geometrySources()
	c.r.Licences = append(c.r.Licences, slices.DeleteFunc(rows, func(l report.Licence) bool { return strings.HasPrefix(l.Source, ofSource) })...)
	return nil
}

// Licences gives the licence and attribution of each source of which a file was read, and of
// the data from which an agreement's regions and places are named.
func Licences(in Record, a *truce.Agreement) (by map[truce.SourceID]report.Licence, places []report.Licence, err error) {
	by, _, err = licences(in)
	return by, placeLicences(a), err
}

func placeLicences(a *truce.Agreement) (out []report.Licence) {
	for _, p := range gazetteer.For(a).Packages {
		out = append(out, report.Licence{Source: "regions and places", License: p.License, Attribution: p.Attribution})
	}
	return out
}

// ofSource begins a row of SOURCES.md that is about a source and not about geometry.
const ofSource = "source "

// licences are those of the sources of which a file was read, and the sources in the order in
// which that happened. SOURCES.md says where geometry comes from, and may say it of a source:
// its row begins with "source" and the ID. What people mapped themselves has its licence
// there alone; else it is that of the kind of the first file.
func licences(in Record) (by map[truce.SourceID]report.Licence, order []truce.SourceID, err error) {
	files, err := in.Files()
	if err != nil {
		return nil, nil, err
	}
	said := map[string]report.Licence{}
	if text, ok := in.GeometrySources(); ok {
		for _, l := range statedSources(text) {
			if id, ok := strings.CutPrefix(l.Source, ofSource); ok {
				l.Source = strings.TrimSpace(id)
				said[l.Source] = l
			}
		}
	}
	by = map[truce.SourceID]report.Licence{}
	for i := range files {
		k, err := source.Find(files[i].Kind)
		id := files[i].Source
		if _, seen := by[id]; err != nil || seen {
			continue
		}
		l, ok := said[string(id)]
		if !ok {
			l = report.Licence{Source: string(id), License: cmp.Or(k.License, "not stated"), Attribution: cmp.Or(k.Attribution, "as its publisher states")}
		}
		by[id] = l
		order = append(order, id)
	}
	return by, order, nil
}

// geometrySources are the rows of the agreement's SOURCES.md.
func (c *composer) geometrySources() []report.Licence {
	text, ok := c.in.Record.GeometrySources()
	if !ok {
		return []report.Licence{{Source: "zones, lines and lists of the agreement", License: "not stated", Attribution: "the agreement has no SOURCES.md"}}
	}
	out := statedSources(text)
	for _, l := range out {
		if strings.HasPrefix(l.Source, "lines/") {
			c.r.Map.Credit += "Lines: " + l.Attribution + ". "
		}
	}
	return out
}

// statedSources are the rows of a SOURCES.md: file, from, licence, what to look out for.
func statedSources(text string) (out []report.Licence) {
	for line := range strings.Lines(text) {
		f := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(f) < 3 || !strings.HasPrefix(line, "|") || strings.Contains(f[0], "---") || slices.Contains([]string{"file", "source"}, strings.TrimSpace(f[0])) {
			continue
		}
		l := report.Licence{Source: strings.TrimSpace(f[0]), License: strings.TrimSpace(f[2]), Attribution: strings.TrimSpace(f[1])}
		if len(f) > 3 {
			l.Attribution += "; " + strings.TrimSpace(f[3])
		}
		out = append(out, l)
	}
	return out
}

// geography is what the map shows beside incidents.
func (c *composer) geography() {
	of := map[string][]string{}
	for _, p := range c.a.Provisions {
		for _, z := range p.Obligation.Zones() {
			of[z] = append(of[z], string(p.Article))
		}
	}
	for _, n := range c.a.ZoneOrder {
		z := c.a.Zones[n]
		label := "zone " + n
		if len(of[n]) > 0 {
			label += " (article " + strings.Join(of[n], ", ") + ")"
		}
		c.r.Map.Zones = append(c.r.Map.Zones, report.Area{Name: n, Label: label, Shape: z.Region.Shape()})
	}
	var names []string
	for n := range c.a.Lines {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		l := c.a.Lines[n]
		if day, ok := l.At(truce.DateOf(c.v.End-1, c.a.Location)); ok && day.Path != nil {
			c.r.Map.Lines = append(c.r.Map.Lines, report.Lines{Label: fmt.Sprintf("Line %s of %s.", n, day.Date.Day(c.a.Location).In(c.a.Location)), Lines: day.Path.Lines()})
		}
	}
	lookup := situation.Regions(c.a, gazetteer.Region)
	var regions []string
	for n := range c.vague {
		regions = append(regions, n)
	}
	sort.Strings(regions)
	for _, n := range regions {
		if r, _, ok := lookup(n); ok {
			c.r.Map.Regions = append(c.r.Map.Regions, report.Area{Name: n, Label: fmt.Sprintf("%s known only to be in %s", number(c.vague[n], "incident"), n), Shape: r.Shape()})
		}
	}
}
