// Package report answers: how is a situation put on paper? It takes plain
// values, chosen and counted by others, and writes them in several formats. It
// decides nothing and counts nothing of its own: figures in text, table and map
// are the same figures.
package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/summary"
)

// A Report is everything that is printed.
type Report struct {
	Title     string            `json:"title"`
	Agreement string            `json:"agreement"`
	Status    truce.Status      `json:"status"` // anything but in-force is marked on every page
	Kind      string            `json:"kind"`   // "Daily report" or "Report"
	Zone      string            `json:"timezone"`
	Parties   []truce.Party     `json:"parties"`
	Others    []truce.Party     `json:"others,omitempty"`
	Period    truce.Interval    `json:"period"`
	Before    *truce.Interval   `json:"previous_period,omitempty"`
	Issued    truce.Instant     `json:"issued"`
	Stage     string            `json:"stage"`
	Shared    Span              `json:"incidents_under_several_articles"`
	AsKnown   truce.Instant     `json:"as_known"`          // never: everything that is known
	Summary   []string          `json:"summary,omitempty"` // by the reporting officer; its figures are bound to the data
	First     FirstPage         `json:"first_page"`
	Headline  []Sentence        `json:"headline"`
	Articles  []Article         `json:"articles"`
	Incidents []Incident        `json:"incidents"`
	Claims    []Incident        `json:"allegations"`
	Joined    []Incident        `json:"allegations_of_what_was_observed"` // as each party states it, with the finding on the incident that has the same ID
	Tallies   []Tally           `json:"tallies"`
	Uncounted *truce.Casualties `json:"casualties_under_no_article,omitempty"` // of what was observed
	Open      []OpenHarm        `json:"casualties_of_open_articles,omitempty"`
	Tolls     []Toll            `json:"casualties_claimed"` // beside what was observed, and never added to it
	None      []None            `json:"statements_of_none"`
	Regions   []Region          `json:"regions"`
	Seen      []Coverage        `json:"coverage"`
	Denied    []Restriction     `json:"restrictions"`
	Said      []Notice          `json:"notifications_and_responses"`
	Decided   []Decision        `json:"decisions"`
	// Attributed is apart from what happened and from what it means.
	Attributed []Attribution     `json:"attributions"`
	Corrected  []Correction      `json:"corrections"`
	Licences   []Licence         `json:"licences"`
	Basis      map[string]string `json:"basis"`  // digests of what the findings rest on
	Digest     truce.Digest      `json:"digest"` // of the situation, from which anyone recomputes this
	Map        Map               `json:"-"`
	AnnexDir   string            `json:"-"` // the folder of annexes, as a path beside the report; empty: not said
	Observed   Span              `json:"-"` // incidents of the period, listed or not
	Claimed    Span              `json:"-"` // allegations of the period, listed or not
	// DaysAcross is how many findings of two days have one of them in the period.
	DaysAcross int `json:"-"`

	loc *time.Location
}

// A Sentence of the headline has the word it is about in front.
type Sentence struct {
	About truce.Reason `json:"about"`
	Text  truce.Reason `json:"text"`
}

// Mark reports whether it says what the report is: that it is a rehearsal, or a draft.
func (s Sentence) Mark() bool { return s.About.Format == "What this is" }

// A Span is a number of things of a period: at least Low, and High if all that may lie in
// the period do, and no two of them are the same.
type Span struct {
	Low  int `json:"low"`
	High int `json:"high"`
}

// Add counts n, which surely lie in the period or may.
func (s *Span) Add(n int, surely bool) {
	if s.High += n; surely {
		s.Low += n
	}
}

// Plus adds another number.
func (s Span) Plus(o Span) Span { return Span{s.Low + o.Low, s.High + o.High} }

// Less takes away what is a part of it.
func (s Span) Less(o Span) Span {
	return Span{max(0, min(s.Low-o.Low, s.High-o.High)), max(0, s.High-o.High)}
}

// Open reports whether it is not known how many there are.
func (s Span) Open() bool { return s.Low != s.High }

// String prints 3, "3 to 5", or "at least 3; 20 reports".
func (s Span) String() string {
	switch {
	case s.Low == s.High:
		return grouped(int64(s.Low))
	case summary.AtLeast(s.Low, s.High):
		return "at least " + grouped(int64(s.Low)) + "; " + grouped(int64(s.High)) + " reports"
	}
	return grouped(int64(s.Low)) + " to " + grouped(int64(s.High))
}

// SignSpan is a number of signs of a period: those that surely lie in it, and all that may.
type SignSpan struct {
	Low  truce.Signs `json:"low"`
	High truce.Signs `json:"high"`
}

// SignsBetween is a number of signs, and so many more that may be among them.
func SignsBetween(surely, more truce.Signs) SignSpan {
	out := SignSpan{surely, surely}
	out.High.Sum(more)
	return out
}

// Count is the three numbers and the coverage beside them. Each number is a range.
type Count struct {
	Signs      SignSpan          `json:"signs"`
	Incidents  Span              `json:"incidents"`
	Violations Span              `json:"violations_decided"`
	Coverage   truce.PPM         `json:"coverage_ppm"`
	Casualties *truce.Casualties `json:"casualties,omitempty"` // low..high; with a best figure only where the number of incidents is known
	// Unclear are casualties of incidents of which it is not known whether anybody
	// acted whom the article binds. They are in no other number of casualties.
	Unclear *truce.Casualties `json:"casualties_actor_missing,omitempty"`
}

// Elsewhere are incidents that only sources report that look for the acts of others than those whom the
// article binds, and that name nobody.
type Elsewhere struct {
	Of string `json:"of"` // whose acts they look for
	N  int    `json:"n"`
	// Weapons are those that their reports state, with how many state each.
	Weapons []Armed `json:"weapons,omitempty"`
}

// Armed is how many state a weapon.
type Armed struct {
	Weapon truce.Class `json:"weapon"`
	N      int         `json:"n"`
}

// OpenHarm are casualties of incidents that several articles count, and of which it is not known
// which of these articles is about them, or whether any is.
type OpenHarm struct {
	Articles   []truce.Article   `json:"articles"`
	Incidents  int               `json:"incidents"`  // each counted apart
	Casualties *truce.Casualties `json:"casualties"` // each incident added once
}

// Names are the articles, in a list.
func (o *OpenHarm) Names() string {
	var out []string
	for _, art := range o.Articles {
		out = append(out, string(art))
	}
	return strings.Join(out, ", ")
}

// Shares reports whether what an article has of such casualties is told together with others.
func (r *Report) Shares(art truce.Article) bool {
	return slices.ContainsFunc(r.Open, func(o OpenHarm) bool { return slices.Contains(o.Articles, art) })
}

// Zero reports whether nothing was counted.
func (c *Count) Zero() bool {
	return c.Signs == SignSpan{} && c.Incidents == Span{} && c.Violations == Span{}
}

// An Article is a row of the board, and its ribbon.
type Article struct {
	Article    truce.Article    `json:"article"`
	Text       string           `json:"text"`
	Binds      []truce.PartyID  `json:"binds"`
	Assumed    bool             `json:"readings_assumed,omitempty"` // whoever wrote the terms made a reading for a party that did not state it
	Lists      []truce.PartyID  `json:"lists_of_objects,omitempty"` // of whom the article has a list of objects each
	Assessment truce.Assessment `json:"assessment"`
	Count      Count            `json:"count"`
	Before     *Count           `json:"previous,omitempty"`
	Own        truce.PPM        `json:"parties_own_coverage_ppm"`
	Outcomes   []OutcomeCount   `json:"outcomes"`
	Ribbon     []Bucket         `json:"ribbon,omitempty"`
	Loose      Count            `json:"not_in_the_ribbon"`         // incidents whose time is not within one bar
	Perhaps    bool             `json:"may_be_the_same,omitempty"` // the count is a range because incidents may be the same, and not of time alone
	Force      []truce.Interval `json:"in_force"`                  // of the period
	Others     Span             `json:"out_of_scope_by_actor"`     // of Excluded, while it was in force: it binds nobody who may have acted
	Bar        string           `json:"ribbon_bar,omitempty"`      // what a bar of the ribbon is: hour, day or week
	Bars       int              `json:"ribbon_bar_of,omitempty"`   // of how many of these, if of more than one
	Excluded   Span             `json:"out_of_scope"`              // incidents of its kind, or that may be, recorded while it did not bind
	Deciding   string           `json:"deciding,omitempty"`        // the incident whose reasons the assessment has
	// Answer is what the article comes to, in words, where no incidents are counted under
	// it: an article that is not monitored, a duty, a quota. It takes the place of Count.
	Answer []truce.Reason `json:"answer,omitempty"`
	// Lacks says of how many of the incidents counted here, each counted apart, a fact is missing:
	// an article on aircraft may be about incidents of which hardly one says that it was aircraft.
	Lacks  []Lack `json:"lacks,omitempty"`
	Listed int    `json:"each_counted_apart,omitempty"` // how many Lacks is of
	// Elsewhere are those of them that only sources report that look for the acts of others.
	Elsewhere []Elsewhere `json:"from_sources_that_look_for_others,omitempty"`
	// Days are findings of at least one act on a day, where no single incident can be
	// named. They are not incidents, and are added to nothing.
	Days      []Day `json:"at_least_one,omitempty"`
	AtLeastOn int   `json:"at_least_on_days,omitempty"` // on how many days there surely was an act, by incidents or by Days
}

// Mixed reports whether what counts under the article is undetermined for several causes. That it
// is undetermined is all that holds of the article as a whole then: the causes stand with their
// numbers, and the assessment's own, the first in the order of outcomes, may be that of a few.
func (a *Article) Mixed() bool {
	causes := 0
	for _, o := range a.Outcomes {
		if o.Outcome.Undetermined() && o.Reported.Less(o.Alleged).High > 0 {
			causes++
		}
	}
	return causes > 1 && a.Assessment.Outcome.Undetermined()
}

// barWords say what a bar of the article's ribbon is: "an hour", "6 hours", "a day".
func (a *Article) barWords() string {
	switch {
	case a.Bars > 1:
		return strconv.Itoa(a.Bars) + " " + a.Bar + "s"
	case a.Bar == "hour":
		return "an hour"
	}
	return "a " + a.Bar
}

// Words say what the article comes to as a whole.
func (a *Article) Words() string {
	if a.Mixed() {
		return "undetermined, for several causes"
	}
	return a.Assessment.Outcome.Words()
}

// A Lack is a fact, and of how many incidents it is missing.
type Lack struct {
	Fact truce.Fact `json:"fact"`
	N    int        `json:"incidents"`
}

// Answered is the answer as one text; empty: incidents are counted under the article.
func (a *Article) Answered() string {
	list := make([]string, len(a.Answer))
	for i, r := range a.Answer {
		list[i] = r.String()
	}
	return strings.Join(list, "; ")
}

// A Day says that at least one act under an article happened on a day, or on two that
// follow each other, somewhere in an area.
type Day struct{ truce.DayRow }

// Decided are the sentences about what people decided and who replied; the first of all
// reasons says what the finding is.
func (d Day) Decided() []truce.Reason { return d.Reasons[min(1, len(d.Reasons)):] }

// Says is the finding in words, with how well it is established and what people decided.
func (d Day) Says() string {
	out := Finding{Outcome: d.Outcome, Standing: d.Standing, Ground: d.Ground}.Says()
	if ground := d.Ground.Words(); ground != "" {
		out += ", " + ground // "corroborated" alone would read as confirmed
	} else {
		out += ", " + standingName(d.Standing)
	}
	for _, r := range d.Decided() {
		out += "; " + r.String()
	}
	return out
}

// AtLeastOne lists the findings of days of all articles.
func (r *Report) AtLeastOne() (out []Day) {
	for i := range r.Articles {
		out = append(out, r.Articles[i].Days...)
	}
	return out
}

// OutcomeCount is how many incidents of the period have an outcome.
type OutcomeCount struct {
	Outcome  truce.Outcome `json:"outcome"`
	Span     `json:"incidents"`
	Reported Span `json:"-"`                // as if no two of them were the same
	Alleged  Span `json:"alleged,omitzero"` // of Reported, nothing but allegations
}

// A Bucket is one bar of the ribbon.
type Bucket struct {
	During truce.Interval `json:"during"`
	Count
	Own   truce.PPM `json:"parties_own_coverage_ppm"`
	Force bool      `json:"in_force"`
}

// An Incident is one row of an annex.
type Incident struct {
	truce.Row
	Sources  []string  `json:"sources"`  // publishers, for people
	Findings []Finding `json:"findings"` // of every article
	Reports  []Said    `json:"reports"`  // by their publishers' own keys; none where the reader is not shown all as it is known
}

// A Finding is what one article says of an incident.
type Finding struct {
	Article  truce.Article  `json:"article"`
	Outcome  truce.Outcome  `json:"outcome"`
	Standing truce.Standing `json:"standing,omitempty"`
	Ground   truce.Ground   `json:"ground,omitempty"` // of Standing
	Missing  []truce.Fact   `json:"missing,omitempty"`
	Relevant bool           `json:"relevant"` // the article is, or may be, about it
	Near     []truce.Near   `json:"may_be_near,omitempty"`
	Other    string         `json:"of_other_hours,omitempty"` // what is found of the incident's hours outside the period, where all that is found is of those
}

// Says is the outcome in words, for lists: an article that is not about an
// incident does not acquit anyone.
func (f Finding) Says() string {
	if f.Other != "" {
		other := "outside this period, " + f.Other
		if f.Outcome == truce.OutOfScope {
			return "out of scope; " + other
		}
		return other
	}
	switch {
	case f.Standing == truce.Refuted:
		return "rejected by a person"
	case f.Outcome == truce.OutOfScope:
		return "out of scope"
	case f.Outcome == truce.NoViolation && !f.Relevant:
		return "not what the article is about"
	case f.Outcome == truce.UndeterminedFact && len(f.Missing) > 0:
		return "undetermined: " + facts(f.Missing) + " not known" + f.near()
	}
	return f.Outcome.Words() + f.near()
}

func (f Finding) near() (out string) {
	for _, n := range f.Near {
		out += "; " + n.String()
	}
	return out
}

// Worst is the outcome that most asks for attention, in the order of truce.Outcomes, of
// the articles that are about the incident; no violation where none is.
func (i *Incident) Worst() truce.Outcome {
	for _, o := range truce.Outcomes {
		if slices.ContainsFunc(i.Findings, func(f Finding) bool { return f.Outcome == o && (f.Relevant || !silent(o)) }) {
			return o
		}
	}
	return truce.NoViolation
}

// Harm is what is said of its casualties; empty: nothing is.
func (i *Incident) Harm() string { return Harm(&i.Row) }

// Claimed names who alleges it.
func (i *Incident) Claimed() string { return Names(i.Claimants) }

// Harm is what is said of a row's casualties; empty: nothing is. What is only alleged is
// a claim, and says whose.
func Harm(r *truce.Row) string {
	out := casualties(r.Casualties)
	if out != "" && r.Alleged {
		out = "claimed by " + Names(r.Claimants) + ": " + out
	}
	return out
}

// An Allegation is a row of the table of allegations.
type Allegation struct {
	*Incident
	Joined bool // others observed the incident, and the findings are of what they say
}

// allegations are those that nobody else observed, and those of what was, in time.
func (r *Report) allegations() (out []Allegation) {
	for i := range r.Claims {
		out = append(out, Allegation{&r.Claims[i], false})
	}
	for i := range r.Joined {
		out = append(out, Allegation{&r.Joined[i], true})
	}
	slices.SortStableFunc(out, func(a, b Allegation) int { return cmp.Compare(a.Occurred.Start, b.Occurred.Start) })
	return out
}

// Observed says that the findings are of what others observed.
func (a *Allegation) Observed() string {
	if a.Joined {
		return "observed by others: incident " + a.ID.String()
	}
	return ""
}

// Names lists parties.
func Names(list []truce.PartyID) string { return joined(list, ", ") }

func joined(list []truce.PartyID, sep string) string {
	var out []string
	for _, p := range list {
		out = append(out, string(p))
	}
	return strings.Join(out, sep)
}

// sums are numbers that were added over incidents, in words; empty: none are stated.
func sums(c *truce.Casualties) string { return summary.Harms(c).String() }

// casualties are the numbers of one report, total or incident in words; empty: none are stated.
func casualties(c *truce.Casualties) string {
	if c == nil {
		return ""
	}
	var out []string
	for _, name := range truce.CasualtyStated {
		if r := *c.Field(name); r != nil {
			out = append(out, truce.CasualtyWord(name).English+" "+r.Words())
		}
	}
	return strings.Join(out, "; ")
}

// silent are outcomes of an article that has nothing to say.
func silent(o truce.Outcome) bool { return o == truce.NoViolation || o == truce.OutOfScope }

// A Tally stands beside what was found of it.
type Tally struct {
	ID         truce.Digest      `json:"id"`
	Source     string            `json:"source"`
	Claimant   truce.PartyID     `json:"claimant,omitempty"`
	What       string            `json:"what"`
	Act        truce.Act         `json:"act"`
	Weapon     truce.Class       `json:"weapon,omitempty"`
	Calibre    truce.Calibre     `json:"calibre,omitzero"`
	Actors     []truce.PartyID   `json:"actors,omitempty"`     // as claimed
	None       bool              `json:"none,omitempty"`       // it says that there was none
	Casualties *truce.Casualties `json:"casualties,omitempty"` // as stated, by Claimant if it is set
	Period     truce.Interval    `json:"period"`
	Place      string            `json:"place"`
	Count      truce.Count       `json:"count"`
	Details    []truce.Detail    `json:"details,omitempty"`
	Found      truce.Signs       `json:"-"`
	MayBe      truce.Signs       `json:"-"`
	Within     SignSpan          `json:"found"`               // Found, and with MayBe
	Difference int64             `json:"difference"`          // 0 where Uncounted
	Uncounted  bool              `json:"uncounted,omitempty"` // the total is not a number, so a difference cannot be computed
	Findings   []Finding         `json:"findings"`
}

// A Toll is what somebody states of casualties that were not observed as incidents: a
// party of single events, or anybody of a period as a whole.
type Toll struct {
	Source     string            `json:"source,omitempty"`
	Claimant   truce.PartyID     `json:"claimant,omitempty"`
	Total      bool              `json:"total"`           // of a period; its window may overlap those of others
	Events     Span              `json:"events,omitzero"` // if not
	During     truce.Interval    `json:"during"`
	Casualties *truce.Casualties `json:"casualties"`
}

// Harm is what it says: of single events it was added.
func (t *Toll) Harm() string {
	if t.Total {
		return casualties(t.Casualties)
	}
	return sums(t.Casualties)
}

// Who names who states it.
func (t *Toll) Who() string {
	switch {
	case t.Claimant == "":
		return t.Source
	case t.Source == "" || t.Source == string(t.Claimant):
		return string(t.Claimant)
	}
	return string(t.Claimant) + " (" + t.Source + ")"
}

// A None is a statement that there was none.
type None struct {
	Source   string         `json:"source"`
	Claimant truce.PartyID  `json:"claimant,omitempty"`
	What     string         `json:"what"`
	Place    string         `json:"place"`
	During   truce.Interval `json:"during"`
}

// Says is its number in words.
func (t *Tally) Says() string {
	if t.None {
		return "none, as stated"
	}
	return Phrase("; ", t.Count.String(), casualties(t.Casualties))
}

// Less is the difference in words: there is none where the total is not a number.
func (t *Tally) Less() string {
	if t.Uncounted {
		return "–"
	}
	return fmt.Sprint(t.Difference)
}

// row is a total in the columns of incidents.
func (t *Tally) row() *truce.Row {
	return &truce.Row{Act: t.Act, Weapon: t.Weapon, Calibre: t.Calibre, Actors: t.Actors, Casualties: t.Casualties}
}

// A Region is a row of the counts by region. Incidents that cannot be told
// apart by region are counted under the last one.
type Region struct {
	Name   string `json:"region"`
	Count  Count  `json:"count"`
	Before Count  `json:"previous"`
	Act    []Act  `json:"acts"`
}

// An Act is how many incidents were of an act and weapon.
type Act struct {
	What string `json:"what"`
	Span `json:"incidents"`
}

// Coverage is one line of what could have been seen.
type Coverage struct {
	What   string         `json:"what"`
	Source string         `json:"source"`
	Party  truce.PartyID  `json:"party,omitempty"`
	Zones  int            `json:"zones"`
	During truce.Interval `json:"during"`
	Days   int            `json:"entries"`
}

// A Restriction is a monitor denied, delayed or jammed.
type Restriction struct {
	By     string         `json:"by"`
	What   string         `json:"what"`
	Place  string         `json:"place"`
	During truce.Interval `json:"during"`
}

// A Notice is a notification or a response.
type Notice struct {
	Kind   string         `json:"kind"`
	By     string         `json:"by"`
	Text   string         `json:"text"`
	During truce.Interval `json:"during"`
}

// A Correction is what a source changed or took back of what it had said. Was
// and Is name only what differs.
type Correction struct {
	Known    truce.Instant  `json:"known"`
	Source   string         `json:"source"`
	Claimant truce.PartyID  `json:"claimant,omitempty"` // set: it corrects an allegation
	Key      string         `json:"key"`                // the source's own
	During   truce.Interval `json:"during"`
	Was      string         `json:"was"`
	Is       string         `json:"is"` // or "withdrawn"
}

// A Decision as people made it.
type Decision struct {
	Seq     int64              `json:"seq"`
	Kind    truce.DecisionKind `json:"kind"`
	Of      string             `json:"of"`
	Because string             `json:"because"`
	By      string             `json:"by"`
	Known   truce.Instant      `json:"known"`
	Earlier bool               `json:"decided_on_an_earlier_state,omitempty"`
	Alone   bool               `json:"awaits_second_reader,omitempty"`     // it has no effect until a second person decides the same
	Unmet   string             `json:"cannot_be_followed_whole,omitempty"` // why
}

// An Attribution is a person's statement of who acted. Actor is empty where
// attribution was not possible, or is below what the agreement asks for before a
// party is named: Below then says so.
type Attribution struct {
	Of         string        `json:"of"`
	Actor      string        `json:"actor,omitempty"`
	Confidence string        `json:"confidence,omitempty"`
	Below      string        `json:"below,omitempty"` // the confidence that the agreement asks for
	Basis      string        `json:"basis"`
	Because    string        `json:"because"`
	By         string        `json:"by"`
	Known      truce.Instant `json:"known"`
	Earlier    bool          `json:"stated_on_an_earlier_state,omitempty"`
}

// Words say who is held to have acted, as far as it may be said.
func (a *Attribution) Words() string {
	switch {
	case a.Actor != "":
		return a.Actor + ", " + strings.ReplaceAll(a.Confidence, "-", " ")
	case a.Below != "":
		return "attempted; " + strings.ReplaceAll(a.Confidence, "-", " ") + " is below what the agreement asks for before a party is named, " + strings.ReplaceAll(a.Below, "-", " ")
	}
	return "attempted, and not possible"
}

// A Licence of data that the report is made from.
type Licence struct {
	Source      string `json:"source"`
	License     string `json:"licence"`
	Attribution string `json:"attribution"`
}

// Words say both as one sentence.
func (l *Licence) Words() string {
	return Phrase("; ", after("licence: ", strings.TrimSuffix(l.License, ".")), after("attribution: ", strings.TrimSuffix(l.Attribution, "."))) + "."
}

// Map is what the map shows beside the incidents.
type Map struct {
	Zones   []Area
	Lines   []Lines
	Credit  string // who drew zones and lines
	Regions []Area // by name, to tint what is known only to its region
}

// An Area by name.
type Area struct {
	Name  string
	Label string
	Shape geo.MultiPolygon
}

// Lines of a date.
type Lines struct {
	Label string
	Lines geo.MultiLine
}

// A Format writes a report.
type Format struct {
	Name  string
	Write func(io.Writer, *Report) error
}

// Formats lists every format, and zip for the annexes; to add one, write a file with its function and
// add its word.
var Formats = []Format{{"html", writeHTML}, {"md", writeMarkdown}, {"json", writeJSON}, {"csv", writeCSV}, {"hxl", tabled("hxl")}, {"geojson", tabled("geojson")}, {"kml", tabled("kml")}, {"gpkg", tabled("gpkg")}, {"parquet", tabled("parquet")}, {"pdf", writePDF}, {"zip", writeZip}}

// tabled writes the incidents and allegations of a report as a table.
func tabled(format string) func(io.Writer, *Report) error {
	return func(w io.Writer, r *Report) error { return r.incidents().Write(w, format) }
}

// Ext is what a file of a format is named after, without the dot.
func Ext(format string) string {
	if f, err := TableFormatOf(format); err == nil {
		return f.Ext
	}
	return format
}

// Write writes r in a format.
func Write(w io.Writer, format string, r *Report) error {
	var names []string
	for _, f := range Formats {
		if f.Name == format {
			loc, err := time.LoadLocation(r.Zone)
			if err != nil {
				return err
			}
			c := *r
			c.loc = loc
			return f.Write(w, &c)
		}
		names = append(names, f.Name)
	}
	return fmt.Errorf("format %q is unknown%s", format, truce.Suggest(format, names))
}

// Mark is what stands on every page of what is not in force.
func (r *Report) Mark() string {
	if r.Status == truce.InForce {
		return ""
	}
	return strings.ToUpper(string(r.Status))
}

// MarkWords explains the mark.
func (r *Report) MarkWords() string {
	switch r.Status {
	case truce.Rehearsal:
		return "A rehearsal: nobody has signed these terms, so nobody can have violated them. Nothing here is a verdict."
	case truce.Historic:
		return "Historic: these terms were in force and bind nobody now. Nothing here is a verdict."
	case truce.Draft:
		return "A draft: the terms are not agreed. Nothing here is a violation by anyone."
	case truce.Unsigned:
		return "Unsigned: the terms say that they are in force, and not every party has signed this text in the record."
	}
	return ""
}

func (r *Report) when(v truce.Interval) string { return v.In(r.loc) }

// cutOff says what the report knows.
func (r *Report) cutOff() string {
	if r.AsKnown == truce.Never {
		if r.Status == truce.Historic {
			return "based on all information received; no reply is awaited, since these terms bind nobody now"
		}
		return "based on all information received; reply deadlines are treated as expired"
	}
	return "as known " + r.AsKnown.In(r.loc)
}

// seen says a coverage: nothing is not the same as a little.
func seen(p truce.PPM) string {
	if p == 0 {
		return "nobody independent states that they watched"
	}
	return "watched " + p.Percent()
}

// place is where, for people.
func place(p truce.Place) string { return p.Short() }

// Established is how well it is established, in words, with the ground where several
// publishers speak of it.
func (f Finding) Established() string {
	out := standingName(f.Standing)
	if g := f.Ground.Words(); g != "" && (f.Standing == truce.Corroborated || f.Standing == truce.SingleSource) {
		out += " (" + g + ")"
	}
	return out
}

func standingName(s truce.Standing) string { return strings.ReplaceAll(string(s), "-", " ") }

func facts(list []truce.Fact) string {
	var out []string
	for _, f := range list {
		out = append(out, string(f))
	}
	sort.Strings(out)
	return strings.Join(out, ", ")
}

// grouped prints a number with thin spaces between thousands, for people.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	if neg {
		return "\u2212" + s
	}
	return s
}

// Phrase joins the parts that say something: a text that somebody left empty,
// or that a reader does not have, leaves no colon or comma behind.
func Phrase(sep string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}

// after is text with words before it, or nothing.
func after(words, text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return words + text
}

func inBrackets(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return " (" + text + ")"
}
