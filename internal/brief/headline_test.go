package brief

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// terms are those of the tables below: one party is bound by all, the other not by 3;
// 4 is in force from September.
const terms = `truce: 1
id: terms
title: Terms
status: rehearsal
timezone: UTC
parties:
  - {id: A, name: Land A, members: [ALLY]}
  - {id: B, name: Land B}
others:
  - {id: OUT, name: Outsiders, role: excluded}
zones: {area: area.geojson}
lines: {edge: {series: edge.geojson, fixed: 2025-08-01}}
phases: [{id: truce, from: 2025-08-01}, {id: late, from: 2025-09-01}]
sources:
  - {id: post-1, publisher: mission}
  - {id: wire, publisher: Wire}
  - {id: paper, publisher: Paper}
  - {id: mod, publisher: Ministry of A, party: A}
provisions:
  - article: "1"
    phase: truce
    binds: [A, B]
    text: Attacks cease.
    prohibit: {acts: [attack], in: [area]}
  - article: "2"
    phase: truce
    binds: [A, B]
    text: Guns are withdrawn.
    withdraw: {weapons: {calibre: ">=100"}, line: {A: edge, B: edge}, distance: 10 km, by: {after: phase, period: P14D}}
  - article: "3"
    phase: truce
    binds: [A]
    text: Aircraft do not strike.
    prohibit: {domain: air, acts: [strike], in: [area]}
  - article: "4"
    phase: late
    binds: [A, B]
    text: No overflight.
    prohibit: {acts: [overflight], in: [area]}
`

const (
	area = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[36,48],[38,48],[38,50],[36,50],[36,48]]]}}]}`
	edge = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"kind":"line-of-contact","date":"2025-08-01"},"geometry":{"type":"LineString","coordinates":[[36,49],[38,49]]}}]}`
)

// salvo is one incident that begins before the terms do.
const salvo = `observe a strike 2025-07-31T23:45/23:46Z 48.5N 37.0E ±100m weapon=air-bomb source=wire killed=10
	observe b strike 2025-08-01T00:10/00:11Z 48.5N 37.0E ±100m weapon=air-bomb source=wire killed=2
	observe c strike 2025-08-01T00:12/00:13Z 48.5N 37.0E ±100m weapon=air-bomb source=paper killed=3`

// headlineOf is the headline of a period of what was said, one entry a line.
func headlineOf(t *testing.T, a *truce.Agreement, said, period string, decided bool, before func(*composer)) []report.Sentence {
	t.Helper()
	c := composerOf(t, a, said, period, decided)
	c.gather()
	if before != nil {
		before(c)
	}
	c.headline()
	return c.r.Headline
}

// composerOf is about to gather a report of a period of what was said.
func composerOf(t *testing.T, a *truce.Agreement, said, period string, decided bool) *composer {
	t.Helper()
	var records []truce.Item
	for line := range strings.Lines(said) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		r, err := scenario.ParseEntry(a, line, options)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		r.Known = 1_767_225_600_000 // after all of it
		records = append(records, r)
	}
	if decided {
		of := []truce.Digest{records[0].Observation.ID}
		records = append(records, truce.Item{Known: 1_767_225_600_000, Decision: &truce.Decision{ID: truce.DigestOf("d"), Seq: 1, Kind: truce.Confirm, Of: of, Article: "1", Because: "fragments", By: "head"}},
			truce.Item{Known: 1_767_225_600_000, Attribution: &truce.Attribution{ID: truce.DigestOf("e"), Of: of, Actor: "A", Confidence: "likely", Because: "radar", By: "officer"}})
	}
	v, err := scenario.ParseInterval(period, a.Location)
	if err != nil {
		t.Fatal(err)
	}
	return &composer{in: Inputs{Record: onRecord{}}, s: situation.Build(a, records, truce.Never, options), a: a, v: v, to: release.Viewer{To: truce.ForMission}, shown: release.NewTally(),
		r: &report.Report{Status: a.Status, Zone: a.Zone, Parties: a.Parties, Period: v}}
}

// options are those of the situations of tests.
var options = situation.Options{Region: gazetteer.Region}

// onRecord is a record of which no file and no text was read.
type onRecord struct {
	rejected RejectedRows
	err      error // of counting them
	files    []File
	sources  string // SOURCES.md of the agreement
}

func (onRecord) Words(_ truce.Digest, public string) string                { return public }
func (onRecord) Although(_ truce.Digest, public string) string             { return public }
func (onRecord) Basis(_ truce.Digest, public string) string                { return public }
func (onRecord) Read(map[truce.Digest]bool) (map[truce.Digest]Read, error) { return nil, nil }
func (r onRecord) Files() ([]File, error)                                  { return r.files, nil }
func (r onRecord) GeometrySources() (string, bool)                         { return r.sources, r.sources != "" }
func (r onRecord) RejectedRows(truce.Interval) (RejectedRows, error) {
	return r.rejected, r.err
}

// termsOf reads the terms.
func termsOf(t *testing.T) *truce.Agreement {
	t.Helper()
	fsys := fstest.MapFS{"agreement.yaml": {Data: []byte(terms)}, "area.geojson": {Data: []byte(area)}, "edge.geojson": {Data: []byte(edge)}}
	for _, name := range []string{"package.json", "regions.geojson.gz", "settlements.tsv.gz"} {
		text, err := os.ReadFile("../../agreements/ukraine-air-first/places/ukraine/" + name)
		if err != nil {
			t.Fatal(err)
		}
		fsys["places/ukraine/"+name] = &fstest.MapFile{Data: text}
	}
	a, probs := agreement.Read(fsys)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestRegions: what is known to a zone of the agreement and no closer is counted in it,
// and the zones come before the regions. It may be the same as what lies near the zone; the third is
// 4,000 km from it.
func TestRegions(t *testing.T) {
	for _, to := range []release.Viewer{{To: truce.ForMission}, {To: truce.ForPublic, Rules: truce.PublicRelease{BlurM: 1000}, At: truce.Never}} {
		c := composerOf(t, termsOf(t), `observe a strike 2025-08-20T10:00/10:05Z region:area weapon=missile source=wire
			observe b strike 2025-08-20T10:00/10:05Z 49.99N 36.23E ±100m weapon=missile source=wire
			observe c strike 2025-08-20T11:00/11:05Z 10.0N 36.23E ±100m weapon=missile source=wire`, "2025-08-20", false)
		c.to = to
		c.gather()
		c.regions()
		var got []string
		for _, r := range c.r.Regions {
			got = append(got, fmt.Sprint(r.Name, " ", r.Count.Incidents))
		}
		if want := []string{"area 0 to 1", "Kharkiv Oblast 0 to 1", "not known to a region, or elsewhere 1"}; !slices.Equal(got, want) {
			t.Errorf("to %s: %q, want %q", to.To, got, want)
		}
	}
}

// TestJoinedAllegations: a party that states two single events has two rows beside what
// was found, also where one of them joined what others observed.
func TestJoinedAllegations(t *testing.T) {
	c := composerOf(t, termsOf(t), `observe a strike 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m weapon=missile source=wire actor=A killed=1
		allege b by B strike 2025-08-20T10:01/10:02Z 48.5N 37.0E ±100m weapon=missile killed=12
		allege c by B attack 2025-08-20T18:00/18:05Z 48.9N 37.8E ±100m`, "2025-08-20", false)
	c.gather()
	c.incidents()
	c.headline()
	if len(c.r.Incidents) != 1 || len(c.r.Claims) != 1 || len(c.r.Joined) != 1 {
		t.Fatalf("%d incidents, %d allegations, %d of what was observed; want 1 of each", len(c.r.Incidents), len(c.r.Claims), len(c.r.Joined))
	}
	x, of := &c.r.Joined[0], &c.r.Incidents[0]
	if got, want := x.Harm(), "claimed by B: killed 12"; got != want || x.ID != of.ID || x.Claimed() != "B" || !slices.EqualFunc(x.Findings, of.Findings, func(a, b report.Finding) bool { return a.Outcome == b.Outcome }) {
		t.Errorf("%s by %q of %s with %v, want %s by B of %s with %v", got, x.Claimed(), x.ID, x.Findings, want, of.ID, of.Findings)
	}
	if got, want := of.Harm(), "killed 1"; got != want {
		t.Errorf("what was observed: %s, want %s", got, want)
	}
}

// TestSalvoRow: a row of the eve says that the finding is of the next day, and has the
// eve's casualties and signs.
func TestSalvoRow(t *testing.T) {
	for day, want := range map[string]string{
		"2025-07-31": "killed 10, signs 1, article 1 out-of-scope (out of scope; outside this period, 1 Aug 2025 00:10 to 00:13 UTC: apparent violation)",
		"2025-08-01": "killed 2 (2 to 3), signs 2, article 1 apparent-violation (apparent violation)"} {
		c := composerOf(t, termsOf(t), salvo, day, false)
		c.gather()
		c.incidents()
		if len(c.r.Incidents) != 1 {
			t.Fatalf("%s: %d incidents", day, len(c.r.Incidents))
		}
		x := &c.r.Incidents[0]
		f := x.Findings[0]
		if got := fmt.Sprintf("%s, signs %s, article %s %s (%s)", x.Harm(), x.Signs, f.Article, f.Outcome, f.Says()); got != want {
			t.Errorf("%s: %s\nwant %s", day, got, want)
		}
	}
}

// The sentences, and the parts of sentences, that a situation must not have.
const (
	fMark            = "A rehearsal: nobody has signed these terms, so nobody can have violated them. Nothing here is a verdict."
	fMethod          = "The record names the method %s. This report was computed with another, %s, so its findings may differ from those published before."
	fSkipped         = "1 entry of the record breaks a rule of its format and cannot be used. The record page and truce verify give its number and the reason."
	fSkippedMany     = "%s of the record break a rule of its format and cannot be used. The record page and truce verify give their numbers and the reasons."
	fDates           = "Not in this period: %s with dates that are probably wrong, because they are more than a year before all others, or after the day on which the mission received them. To see them, ask for their dates."
	fHeld            = "This report rests on %s that the public does not have, and may show where observers stand. What is published is made with --publish, from what is public."
	fPrivate         = "This report contains %s that people wrote for the mission or for both parties. What is published is made with --publish, from what is public."
	fWithheld        = "1 input is in the record and not held by whoever made this report. Where it says that nothing was observed or alleged, that is of the rest."
	fWithheldMany    = "%s are in the record and not held by whoever made this report. Where it says that nothing was observed or alleged, that is of the rest."
	fNotShown        = "By the agreement's release rules, %s of this period are counted and not listed, %s have a place in them that is shown wider than it is known, and %s are left out."
	fMayConcern      = "It may concern %s: %s."
	fMayBeSame       = "It may concern %s: some of what was reported may be the same. As reported, each counted apart: %s."
	fNotCounted      = "Nothing was observed that counts under an article in force."
	fRest            = "What was observed of its kind does not count under it: %s."
	fLeftOut         = "%s The lower number does not count %s, each of which alone may be the same as a report that states what this article is not about, such as another weapon; so the lower numbers of articles cannot be compared."
	fPartiesState    = "%s Stated by parties, and by no other report that is known to be of it: %s."
	fStateBoth       = "%s Stated by parties or others, beside what was observed: %s and %s."
	fTotals          = "%s Totals that are, or may be, of its kind were stated: %d."
	fNothing         = "Nothing that an article in force is about was observed."
	fOneSource       = "Of %s that an article in force may be about, no single one is corroborated. All come from %s; one source is not corroboration, however many reports it has."
	fSources         = "Of %s that an article in force may be about, no single one is corroborated. They come from %s (%s)."
	fConfirmed       = "Corroborated, or verified by a decision: %s of %s that an article in force may be about."
	fOrigins         = "Confirmed by independent origins, which two publishers state: %s."
	fPublishers      = "Reported by two publishers; where at least one of them has it from is not stated: %s."
	fAtLeastDays     = "Article %s: at least one such act is corroborated on at least %s."
	fAtLeast         = "Article %s: two or more publishers each report such an act at one place on one day (or on one of two days), and nobody can say whether it is the same act (%s). These are not incidents: do not add them to any number."
	fDistrict        = "Article %s: two or more publishers each report such an act in one district on one day (or on one of two days), and not known to be at one place (%s). They may be different acts. These are not incidents: do not add them to any number."
	fSomewhere       = "Article %s: two or more publishers each report such an act in one wide area (a region or a zone) on one day (or on one of two days), and not known to be at one place (%s). Often these are different acts, each known from one report."
	fDayConfirmed    = "Article %s: people confirmed that there was at least one such act on a day (or on one of two days), although nobody can name the incident (%s). These are not incidents: do not add them to any number."
	fDayVerified     = "Article %s: a person verified a report of such an act, which no incident of that day shows (%s). These are not incidents: do not add them to any number."
	fDayAgain        = "Article %s: of these, an earlier finding of the same day and area was rejected or could not be verified (%s). What is counted here rests on other reports."
	fDiffer          = "Article %s: at each of these places, two or more publishers reported at least one such act (%s) on one day, or on one of two days: %s. Each day counted once, that is at least %s. Of the %s, %d rest on two origins that the reports state; the others may rest on one. None is called a violation: no person confirmed one, and the answer depends on which reading of the article is taken. These are not incidents: do not add them to any number."
	fOneCollection   = "Article %s: all reports of these findings were collected by %s."
	fDifferNone      = "Article %s: at each of these places, two or more publishers reported at least one such act (%s) on one day, or on one of two days: %s. Each day counted once, that is at least %s. %s None is called a violation: no person confirmed one, and the answer depends on which reading of the article is taken. These are not incidents: do not add them to any number."
	fDifferAll       = "Article %s: at each of these places, two or more publishers reported at least one such act (%s) on one day, or on one of two days: %s. Each day counted once, that is at least %s. All rest on two origins that the reports state. None is called a violation: no person confirmed one, and the answer depends on which reading of the article is taken. These are not incidents: do not add them to any number."
	fOneSided        = "What %s has here is about acts of %s only, and some of its reports may name nobody. That there is nothing about others says nothing about what they did."
	fStates          = "%s (%s) states %s."
	fNone            = "%s (%s) states that there was none (%s), for %s only."
	fNones           = "%s (%s) states that there was none (%s) in %s, for windows in %s."
	fNoneKnown       = "None of the %s is known to rest on two origins; each may rest on one."
	fOneKnown        = "It is not known whether this finding rests on two origins; it may rest on one."
	fNoStatement     = "No allegation and no total by %s (%s) about this period was read."
	fTotalOf         = "%s (%s), of %s, for windows in %s"
	fTotalOfEach     = "%s (%s), of %s each, for windows in %s"
	fTotalOfRange    = "%s (%s), the lowest %s and the highest %s, for windows in %s"
	fCasualtiesAlone = "%s of casualties alone"
	fWithin          = "Nothing reported by others lies within a total by %s. That says nothing for or against the totals."
	fMayWithin       = "Nothing reported by others surely belongs to a total by %s; some reports may, but their time, place, act or weapon, or who acted against whom, is not known well enough to compare the two. That says nothing for or against the totals."
	fForOne          = "For article %s: %s"
	fSeen            = "%s of ground and time could be seen; in %d of %s nobody was looking, as far as sources state it."
	fSeenShare       = "watched %s"
	fOwn             = "The parties' own organs reported (%s). That is printed as their own coverage, and is never used to say that an article held."
	fNotInForce      = "Not in force: %s."
	fElsewhere       = "%s Of these, %d come only from sources that look for acts of %s, whom the article does not bind, and name nobody."
	fElsewhereArmed  = "%s Of these, %d come only from sources that look for acts of %s, whom the article does not bind, and name nobody; the weapons that they state: %s."
	fNoneOfKind      = "article %s (%s), and nothing of the kind was observed"
	fOutside         = "article %s (%s), which does not apply to the %s observed that are, or may be, of its kind"
	fOutsideOne      = "article %s (%s), which does not apply to the %s observed that is, or may be, of its kind"
	fTimes           = "Observed while an article was not in force, and of its kind or possibly so: %s."
	fOthers          = "Acts of an article's kind, or possibly so, by others than those whom the article binds, as the terms list them and the sources name who acted: %s."
	fUnclear         = "May fall under more than one article, because the reports do not say which act or weapon it was: %s of %s. Each article counts them, and the articles do not add up."
	fCovered         = "Covered, or possibly covered, by more than one article, although act and weapon are stated: %s of %s. Each article counts them, and the articles do not add up."
	fUnderArticle    = "In incidents counted under article %s, undetermined ones included: %s%s."
	fActorMissing    = "Where it is not known whether article %s is about it at all, because what was done, by whom or against whom is not stated: %s%s."
	fActorsMissing   = "It is not known which of the articles %s is about %s, or whether any is, because what was done, by whom or against whom is not stated: %s%s. Each incident is counted once here, although several of these articles count it."
	fHarmElsewhere   = "Stated by sources in incidents that count under no article in force: %s."
	fNoHarm          = "No source used here states numbers of killed or injured; that is not zero."
	fClaimedEvents   = "Claimed by %s in %s: %s."
	fClaimedTotal    = "Claimed by %s in a total for %s: %s. The windows of totals may overlap, and they are never added."
	fStatedTotal     = "Stated by %s in a total for %s: %s. The windows of totals may overlap, and they are never added."
	fFurther         = "Further claims of casualties are in the table: %d."
	fRejected        = "How many rows of files could not be read is not known here; truce rejected says why."
	fRejectedRows    = "Rows of files that could not be read are counted nowhere. Of this period: %d; of unknown time: %d; in files that were read on another machine: %d. truce rejected lists them with the reasons."
	fDecided         = "%s by people. %s"
	fDecidedDemo     = "%s by people (made for this demo). %s"
	fNoDecision      = "No person has decided anything, so no violation is stated. %s"
	fAttributed      = "Attribution was attempted of %s."
	fNotAttributed   = "Attribution was not attempted of incidents of this period."
	fLacks           = "%s Of %s, each counted apart, sources leave open: %s."
	fMissing         = "Facts that are missing before anything can be said (an incident may lack several): %s."
)

// TestHeadline: each sentence of the headline appears where it is true, in these words,
// and does not where it would be false: in a situation that is near to it. Both are
// written by hand.
func TestHeadline(t *testing.T) {
	const day = "2025-08-20"
	a := termsOf(t)
	said, unsaid := map[string]bool{}, map[string]bool{}
	for _, tt := range []struct {
		name, said, period string
		terms              func(*truce.Agreement) // nil: as they are
		decided            bool
		before             func(*composer)
		want               []string // whole sentences
		not                []string // formats of sentences
	}{
		{name: "nothing was said", period: day,
			want: []string{
				"A rehearsal: nobody has signed these terms, so nobody can have violated them. Nothing here is a verdict.",
				"Attacks cease. Nothing was observed that it is about. Reports 0 · incidents 0 · violations decided 0 · no independent coverage stated. The article as a whole: undetermined: no coverage.",
				"Nothing that an article in force is about was observed.",
				"No allegation and no total by Land A (A) about this period was read.",
				"No source used here states numbers of killed or injured; that is not zero.",
				"Not in force: article 4 (No overflight), and nothing of the kind was observed.",
				"For articles 1, 2 and 3: no source independent of the parties states how much it could see in this period, as far as the terms were in force in it (24 hours): that nothing was reported does not mean that nothing happened.",
				"No person has decided anything, so no violation is stated. Attribution was not attempted of incidents of this period.",
			},
			not: []string{fElsewhere, fMayBeSame, fStates, fNone, fNones, fClaimedEvents, fClaimedTotal, fStatedTotal, fOneSource, fSources, fConfirmed, fMethod, fSkipped, fSkippedMany, fDates, fHeld, fPrivate, fWithheld, fWithheldMany,
				fNotShown, fOwn, fMissing, fLacks, fFurther, fRejected, fDecided, fAttributed, fUnderArticle, fActorMissing, fActorsMissing, fHarmElsewhere, fUnclear, fCovered, fTimes, fOthers, fWithin, fMayWithin, fNotCounted, fForOne, fSeen, fMayConcern,
				fRest, fPartiesState, fTotals, fStateBoth, fOutside, fOutsideOne, fSeenShare, fCasualtiesAlone, fTotalOf, fTotalOfEach, fTotalOfRange}},
		{name: "one source, once in time and once perhaps", period: day,
			said: `observe a strike 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m weapon=missile source=wire killed=3
			       observe b attack 2025-08-19/2025-08-22 48.6N 37.2E ±100m source=wire killed=1`,
			want: []string{
				"Attacks cease. It may concern 1 to 2 incidents: 1 to 2 uncorroborated. Reports 1 to 2 · incidents 1 to 2 · violations decided 0 · no independent coverage stated. The article as a whole: uncorroborated.",
				"Of 1 to 2 incidents that an article in force may be about, no single one is corroborated. All come from Wire; one source is not corroboration, however many reports it has.",
				"May fall under more than one article, because the reports do not say which act or weapon it was: 0 to 1 of 1 to 2 incidents. Each article counts them, and the articles do not add up.",
				"Covered, or possibly covered, by more than one article, although act and weapon are stated: 1 of 1 to 2 incidents. Each article counts them, and the articles do not add up.",
				"In incidents counted under article 1, undetermined ones included: killed 3 to 4 (incidents cda490da6c6a, d6d500851bce).",
				"Where it is not known whether article 3 is about it at all, because what was done, by whom or against whom is not stated: killed 3 to 4 (incidents cda490da6c6a, d6d500851bce).",
				"Facts that are missing before anything can be said (an incident may lack several): act of 0 to 1 incident, weapon of 0 to 1 incident, actor of 1 to 2 incidents.",
			},
			not: []string{fNothing, fNotCounted, fSources, fConfirmed, fNoHarm, fHarmElsewhere}},
		{name: "two publishers of two incidents, and a claim", period: day,
			said: `observe a strike 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m weapon=missile source=wire actor=A
			       observe b strike 2025-08-20T12:00/12:05Z 48.9N 37.8E ±100m weapon=missile source=paper actor=A killed=2
			       allege c by A attack 2025-08-20T15:00/15:05Z 49.5N 37.2E killed=2..4`,
			want: []string{
				"Attacks cease. It may concern 2 incidents: 2 uncorroborated. Stated by parties, and by no other report that is known to be of it: 1 incident. Reports 2 · incidents 2 · violations decided 0 · no independent coverage stated. The article as a whole: uncorroborated.",
				"Of 2 incidents that an article in force may be about, no single one is corroborated. They come from 2 publishers (Paper: 1, Wire: 1).",
				"Covered, or possibly covered, by more than one article, although act and weapon are stated: 2 of 2 incidents. Each article counts them, and the articles do not add up.",
				"Land A (A) states 1 single event.",
				"Claimed by A in 1 single event: killed 2 to 4.",
			},
			not: []string{fOneSource, fUnclear, fNoHarm, fMissing, fActorMissing, fClaimedTotal, fTotals}},
		{name: "confirmed, and of an act that is not stated", period: day,
			said: `observe a attack 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m weapon=mortar source=wire
			       observe b attack 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m weapon=mortar source=paper`,
			want: []string{"Corroborated, or verified by a decision: 1 of 1 incident that an article in force may be about.",
				"Reported by two publishers; where at least one of them has it from is not stated: 1 incident."},
			not: []string{fOneSource, fSources, fCovered, fUnclear, fOrigins}},
		{name: "an article that is not monitored", period: day,
			before: func(c *composer) {
				x := &c.r.Articles[0]
				x.Assessment.Outcome, x.Answer = truce.NotMonitored, []truce.Reason{truce.Because("because %s", "nobody can see it")}
			},
			want: []string{"Attacks cease. The article as a whole: not monitored, because nobody can see it.",
				"For articles 2 and 3: no source independent of the parties states how much it could see in this period, as far as the terms were in force in it (24 hours): that nothing was reported does not mean that nothing happened."}},
		{name: "two vague reports of one day", period: day,
			said: `observe a attack 2025-08-20 48.5N 37.5E ±8km weapon=mortar source=wire
			       observe b attack 2025-08-20 48.51N 37.5E ±8km weapon=mortar source=paper`,
			want: []string{"Article 1: at least one such act is corroborated on at least 1 day.",
				"Article 1: two or more publishers each report such an act at one place on one day (or on one of two days), and nobody can say whether it is the same act (1 finding). These are not incidents: do not add them to any number."},
			not: []string{fOrigins, fConfirmed, fSomewhere, fDistrict, fDayConfirmed, fDayVerified, fDayAgain, fDiffer, fOneSided}},
		{name: "days that people decided on", period: day,
			before: func(c *composer) {
				confirmed := report.Day{DayRow: truce.DayRow{DayFinding: truce.DayFinding{Confirmed: truce.DigestOf("d"), Standing: truce.Corroborated}}}
				verified := report.Day{DayRow: truce.DayRow{DayFinding: truce.DayFinding{Standing: truce.Verified, Earlier: []truce.EarlierDecision{{Kind: truce.Reject}}}}}
				c.r.Articles[0].Days = []report.Day{confirmed, confirmed, verified}
			},
			want: []string{
				"Article 1: people confirmed that there was at least one such act on a day (or on one of two days), although nobody can name the incident (2 findings). These are not incidents: do not add them to any number.",
				"Article 1: a person verified a report of such an act, which no incident of that day shows (1 finding). These are not incidents: do not add them to any number.",
				"Article 1: of these, an earlier finding of the same day and area was rejected or could not be verified (1 finding). What is counted here rests on other reports."},
			not: []string{fAtLeast, fSomewhere, fDistrict, fAtLeastDays}},
		{name: "two vague reports of one day, of which the readings say different things", period: day,
			said: `observe a attack 2025-08-20 48.5N 37.5E ±8km weapon=mortar source=wire
			       observe b attack 2025-08-20 48.51N 37.5E ±8km weapon=mortar source=paper`,
			before: func(c *composer) {
				for i := range c.r.Articles {
					for k := range c.r.Articles[i].Days {
						c.r.Articles[i].Days[k].Outcome, c.r.Articles[i].Days[k].Area.Name = truce.ReadingsDiffer, "Mill"
					}
				}
				terms := *c.a // other cases have the same
				terms.Sources = maps.Clone(terms.Sources)
				s := terms.Sources["wire"]
				s.Watches.Sides = []truce.PartyID{"A"}
				terms.Sources["wire"] = s
				c.a = &terms
			},
			want: []string{"Article 1: at each of these places, two or more publishers reported at least one such act (attack) on one day, or on one of two days: Mill (20 Aug 2025). Each day counted once, that is at least 1 day. It is not known whether this finding rests on two origins; it may rest on one. None is called a violation: no person confirmed one, and the answer depends on which reading of the article is taken. These are not incidents: do not add them to any number.",
				"What Wire has here is about acts of Land A (A) only, and some of its reports may name nobody. That there is nothing about others says nothing about what they did."},
			not: []string{fOrigins, fConfirmed, fSomewhere, fDistrict, fOneCollection, fDifferAll, fNoneKnown}},
		{name: "the same, where one of two states it, none of them stated", period: day,
			said: `observe a attack 2025-08-20 48.5N 37.5E ±8km weapon=mortar source=wire
			       observe b attack 2025-08-20 48.51N 37.5E ±8km weapon=mortar source=paper`,
			before: func(c *composer) {
				for i := range c.r.Articles {
					if len(c.r.Articles[i].Days) == 0 {
						continue
					}
					d := c.r.Articles[i].Days[0]
					d.Outcome, d.Area.Name = truce.ReadingsDiffer, "Mill"
					e := d
					e.Area.Name = "Ford"
					c.r.Articles[i].Days = []report.Day{d, e}
				}
			},
			want: []string{"Article 1: at each of these places, two or more publishers reported at least one such act (attack) on one day, or on one of two days: Mill (20 Aug 2025), Ford (20 Aug 2025). Each day counted once, that is at least 1 day. None of the 2 findings is known to rest on two origins; each may rest on one. None is called a violation: no person confirmed one, and the answer depends on which reading of the article is taken. These are not incidents: do not add them to any number."},
			not:  []string{fDifferAll, fDiffer, fOneKnown}},
		{name: "the same, where one of two states it", period: day,
			said: `observe a attack 2025-08-20 48.5N 37.5E ±8km weapon=mortar source=wire
			       observe b attack 2025-08-20 48.51N 37.5E ±8km weapon=mortar source=paper`,
			before: func(c *composer) {
				for i := range c.r.Articles {
					if len(c.r.Articles[i].Days) == 0 {
						continue
					}
					d := c.r.Articles[i].Days[0]
					d.Outcome, d.Area.Name = truce.ReadingsDiffer, "Mill"
					e := d
					e.Ground, e.Area.Name = truce.TwoOrigins, "Ford"
					c.r.Articles[i].Days = []report.Day{d, e}
				}
			},
			want: []string{"Article 1: at each of these places, two or more publishers reported at least one such act (attack) on one day, or on one of two days: Mill (20 Aug 2025), Ford (20 Aug 2025). Each day counted once, that is at least 1 day. Of the 2 findings, 1 rest on two origins that the reports state; the others may rest on one. None is called a violation: no person confirmed one, and the answer depends on which reading of the article is taken. These are not incidents: do not add them to any number."},
			not:  []string{fDifferAll, fDifferNone}},
		{name: "the same, where both state where they have it from", period: day,
			said: `observe a attack 2025-08-20 48.5N 37.5E ±8km weapon=mortar source=wire
			       observe b attack 2025-08-20 48.51N 37.5E ±8km weapon=mortar source=paper`,
			before: func(c *composer) {
				for i := range c.r.Articles {
					for k := range c.r.Articles[i].Days {
						d := &c.r.Articles[i].Days[k]
						d.Outcome, d.Area.Name, d.Ground = truce.ReadingsDiffer, "Mill", truce.TwoOrigins
					}
				}
			},
			want: []string{"Article 1: at each of these places, two or more publishers reported at least one such act (attack) on one day, or on one of two days: Mill (20 Aug 2025). Each day counted once, that is at least 1 day. All rest on two origins that the reports state. None is called a violation: no person confirmed one, and the answer depends on which reading of the article is taken. These are not incidents: do not add them to any number."},
			not:  []string{fDiffer, fDifferNone}},
		{name: "the same, of two channels in one collection", period: day,
			said: `observe a attack 2025-08-20 48.5N 37.5E ±8km weapon=mortar source=wire publisher="Channel 1" origin=post:t.me/one/1
			       observe b attack 2025-08-20 48.51N 37.5E ±8km weapon=mortar source=wire publisher="Channel 2" origin=post:t.me/two/1`,
			before: func(c *composer) {
				c.in.Depends = "On how the days were shifted."
				for i := range c.r.Articles {
					for k := range c.r.Articles[i].Days {
						c.r.Articles[i].Days[k].Outcome = truce.ReadingsDiffer
					}
				}
			},
			want: []string{"Article 1: all reports of these findings were collected by Wire.", "On how the days were shifted."}},
		{name: "two vague reports of one day, far from each other", period: day,
			said: `observe a attack 2025-08-20 48.5N 37.5E ±8km weapon=mortar source=wire
			       observe b attack 2025-08-20 48.9N 37.5E ±8km weapon=mortar source=paper`,
			want: []string{"Article 1: two or more publishers each report such an act in one wide area (a region or a zone) on one day (or on one of two days), and not known to be at one place (1 finding). Often these are different acts, each known from one report."},
			not:  []string{fAtLeast, fAtLeastDays, fDistrict}},
		{name: "two vague reports of one day, in one district", period: day,
			said: `observe a attack 2025-08-20 48.5N 37.5E ±8km weapon=mortar source=wire
			       observe b attack 2025-08-20 48.9N 37.5E ±8km weapon=mortar source=paper`,
			before: func(c *composer) {
				d := &c.r.Articles[0].Days[0]
				d.Area = truce.Area{Level: truce.AreaDistrict, Name: "a district"}
			},
			want: []string{"Article 1: two or more publishers each report such an act in one district on one day (or on one of two days), and not known to be at one place (1 finding). They may be different acts. These are not incidents: do not add them to any number."},
			not:  []string{fAtLeast, fSomewhere}},
		{name: "two vague reports of one day by one publisher", period: day,
			said: `observe a attack 2025-08-20 48.5N 37.5E ±8km weapon=mortar source=wire
			       observe b attack 2025-08-20 48.51N 37.5E ±8km weapon=mortar source=wire`,
			want: []string{"Of 1 to 2 incidents that an article in force may be about, no single one is corroborated. All come from Wire; one source is not corroboration, however many reports it has."},
			not:  []string{fAtLeast, fAtLeastDays}},
		{name: "two origins, and another time one post in two papers", period: day,
			said: `observe a attack 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m weapon=mortar source=wire origin=https://t.me/one/1
			       observe b attack 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m weapon=mortar source=paper origin=https://t.me/two/1
			       observe c attack 2025-08-20T10:00/10:05Z 48.5N 37.9E ±100m weapon=mortar source=wire origin=https://t.me/one/2
			       observe d attack 2025-08-20T10:00/10:05Z 48.5N 37.9E ±100m weapon=mortar source=paper origin=https://t.me/s/one/2`,
			want: []string{"Corroborated, or verified by a decision: 1 of 2 incidents that an article in force may be about.",
				"Confirmed by independent origins, which two publishers state: 1 incident."},
			not: []string{fOneSource, fSources, fCovered, fUnclear, fPublishers}},
		{name: "out of scope by time and by actor", period: "2025-07-31/2025-09-02",
			said: `observe a attack 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m source=wire actor=OUT killed=7
			       observe b attack 2025-07-31T10:00/10:05Z 48.5N 37.0E ±100m source=wire
			       observe c attack 2025-07-31T14:00/14:05Z 48.5N 37.9E ±100m source=wire`,
			want: []string{
				"Observed while an article was not in force, and of its kind or possibly so: article 1, 2 incidents; article 3, 2 incidents.",
				"Acts of an article's kind, or possibly so, by others than those whom the article binds, as the terms list them and the sources name who acted: article 1, 1 incident (OUT 1); article 3, 1 incident (OUT 1).",
				"Stated by sources in incidents that count under no article in force: killed 7.",
				"For article 4: no source independent of the parties states how much it could see in this period, as far as the terms were in force in it (1 day): that nothing was reported does not mean that nothing happened.",
			},
			not: []string{fNotInForce, fNoHarm, fUnderArticle, fNotCounted, fCovered}},
		// A salvo over the beginning of an article is in each day what was observed in it.
		{name: "a salvo over the beginning, the first day", period: "2025-08-01", said: salvo,
			want: []string{
				"Attacks cease. It may concern 1 incident: 1 apparent violation. Reports 2 · incidents 1 · violations decided 0 · no independent coverage stated. The article as a whole: apparent violation.",
				"Corroborated, or verified by a decision: 1 of 1 incident that an article in force may be about.",
				"Covered, or possibly covered, by more than one article, although act and weapon are stated: 1 of 1 incident. Each article counts them, and the articles do not add up.",
				"Facts that are missing before anything can be said (an incident may lack several): actor of 1 incident.",
				"Not in force: article 4 (No overflight), and nothing of the kind was observed.",
			}, not: []string{fHarmElsewhere, fTimes}},
		{name: "a salvo over the beginning, its eve", period: "2025-07-31", said: salvo,
			want: []string{
				"Not in force: article 1 (Attacks cease), which does not apply to the 1 incident observed that is, or may be, of its kind; article 2 (Guns are withdrawn), and nothing of the kind was observed; article 3 (Aircraft do not strike), which does not apply to the 1 incident observed that is, or may be, of its kind; article 4 (No overflight), and nothing of the kind was observed.",
				"Stated by sources in incidents that count under no article in force: killed 10.",
				"Nothing that an article in force is about was observed.",
			}, not: []string{fUnderArticle, fActorMissing, fNoHarm, fConfirmed}},
		// Who reported it before the article applied is not a source of what counts.
		{name: "the rest of a salvo by another", period: "2025-07-31/2025-08-02",
			said: `observe a strike 2025-07-31T23:45/23:46Z 48.5N 37.0E ±100m weapon=air-bomb actor=A source=wire
			       observe b strike 2025-08-01T00:10/00:11Z 48.5N 37.0E ±100m weapon=air-bomb actor=A source=paper`,
			want: []string{"Of 1 incident that an article in force may be about, no single one is corroborated. All come from Paper; one source is not corroboration, however many reports it has."}},
		// What a party claims of the eve was not observed on it.
		{name: "a claim of the eve", period: "2025-07-31",
			said: `allege a by B strike 2025-07-31T23:55/23:56Z 48.5N 37.0E ±100m weapon=air-bomb
			       observe b strike 2025-08-01T00:03/00:04Z 48.5N 37.0E ±100m weapon=air-bomb source=paper killed=4`,
			want: []string{
				"Not in force: article 1 (Attacks cease), and nothing of the kind was observed; article 2 (Guns are withdrawn), and nothing of the kind was observed; article 3 (Aircraft do not strike), and nothing of the kind was observed; article 4 (No overflight), and nothing of the kind was observed.",
				"No source used here states numbers of killed or injured; that is not zero.",
			}, not: []string{fOutsideOne, fHarmElsewhere}},
		{name: "out of scope by actor alone", period: day, said: `observe a attack 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m source=wire actor=OUT`,
			want: []string{"Acts of an article's kind, or possibly so, by others than those whom the article binds, as the terms list them and the sources name who acted: article 1, 1 incident (OUT 1); article 3, 1 incident (OUT 1)."}, not: []string{fTimes}},
		{name: "out of scope by time alone", period: "2025-07-31/2025-08-03", said: `observe a attack 2025-07-31T10:00/10:05Z 48.5N 37.0E ±100m source=wire actor=A`,
			want: []string{"Observed while an article was not in force, and of its kind or possibly so: article 1, 1 incident; article 3, 1 incident."}, not: []string{fOthers}},
		{name: "not in force", period: day,
			said: `observe a overflight 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m source=wire
			       observe b overflight 2025-08-20T12:00/12:05Z 48.5N 37.5E ±100m source=wire`,
			want: []string{"Not in force: article 4 (No overflight), which does not apply to the 2 incidents observed that are, or may be, of its kind."}, not: []string{fNoneOfKind, fOutsideOne}},
		{name: "one, not in force", period: day, said: `observe a overflight 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m source=wire`,
			want: []string{"Not in force: article 4 (No overflight), which does not apply to the 1 incident observed that is, or may be, of its kind."}, not: []string{fNoneOfKind, fOutside}},
		{name: "not yet due", period: "2025-08-05",
			said: `seen a by wire 2025-08-05T10:00/10:05Z 49.0N 37.0E ±100m weapon=artillery calibre=152 actor=A`,
			want: []string{
				"Guns are withdrawn. What was observed of its kind does not count under it: 1 not yet due. Reports 1 · incidents 0 · violations decided 0 · no independent coverage stated. The article as a whole: not yet due.",
				"Nothing was observed that counts under an article in force.",
			},
			not: []string{fNothing, fOneSource, fMayConcern, fLeftOut}},
		{name: "totals", period: day,
			said: `tally a by mod attack 2025-08-20T00:00/12:00Z region:area count=5
			       tally a2 by mod attack 2025-08-20T12:00/23:00Z region:area count=8
			       tally b by mod attack 2025-08-20T12:00/23:00Z region:area count=uncountable killed=471 injured=72
			       tally c by paper attack 2025-08-20 region:area count=9 killed=20..30
			       allege d by B attack 2025-08-20 region:area count=0
			       allege e by A strike 2025-08-20T01:00/02:00Z region:area count=0 actor=A
			       allege f by A strike 2025-08-20T05:00/06:00Z region:area count=0`,
			want: []string{
				"Attacks cease. Nothing was observed that it is about. Totals that are, or may be, of its kind were stated: 4. Reports 0 · incidents 0 · violations decided 0 · no independent coverage stated. The article as a whole: uncorroborated.",
				"Land A (A) states 2 totals (attack), the lowest 5 and the highest 8, for windows in 20 Aug 2025 00:00 to 23:00 UTC and 1 total of casualties alone.",
				"Nothing reported by others lies within a total by A. That says nothing for or against the totals.",
				"Land B (B) states that there was none (attack), for 20 Aug 2025 only.",
				"Land A (A) states that there was none (strike by A, strike) in 2 statements, for windows in 20 Aug 2025 01:00 to 06:00 UTC.",
				"Claimed by A (Ministry of A) in a total for 20 Aug 2025 12:00 to 23:00 UTC: killed 471; injured 72. The windows of totals may overlap, and they are never added.",
				"Stated by Paper in a total for 20 Aug 2025: killed 20 to 30. The windows of totals may overlap, and they are never added.",
			},
			not: []string{fNoStatement, fNoHarm, fMayWithin, fPartiesState, fClaimedEvents, fUnderArticle}},
		{name: "a total and a claim", period: day,
			said: `tally a by mod attack 2025-08-20T00:00/12:00Z region:area count=5
			       allege c by B attack 2025-08-20T15:00/15:05Z 49.5N 37.2E`,
			want: []string{
				"Attacks cease. Nothing was observed that it is about. Stated by parties or others, beside what was observed: 1 incident and 1 total. Reports 0 · incidents 0 · violations decided 0 · no independent coverage stated. The article as a whole: alleged only.",
				"Land A (A) states 1 total (attack), of 5, for windows in 20 Aug 2025 00:00 to 12:00 UTC.",
			}, not: []string{fTotals, fPartiesState, fTotalOfRange, fNoStatement}},
		{name: "a total of which some may be", period: day,
			said: `tally a by mod attack 2025-08-20T00:00/12:00Z region:area count=5
			       observe b attack 2025-08-20 48.5N 37.0E ±100m source=wire actor=A|OUT killed=5`,
			want: []string{
				"Nothing reported by others surely belongs to a total by A; some reports may, but their time, place, act or weapon, or who acted against whom, is not known well enough to compare the two. That says nothing for or against the totals.",
				"It is not known which of the articles 1, 3 is about 1 incident, or whether any is, because what was done, by whom or against whom is not stated: killed 5 (incident cda490da6c6a). Each incident is counted once here, although several of these articles count it.",
				"Aircraft do not strike. It may concern 1 incident: 1 undetermined: missing fact. Totals that are, or may be, of its kind were stated: 1. Of 1 incident, each counted apart, sources leave open: act of 1, weapon of 1, actor of 1. Reports 1 · incidents 1 · violations decided 0 · no independent coverage stated. The article as a whole: undetermined: missing fact.",
			}, not: []string{fWithin, fUnderArticle, fNoHarm, fTotalOfRange}},
		// Two incidents lack a fact, and one is where nobody can say: no cause is that of the article.
		{name: "undetermined for two causes", period: day,
			said: `observe a attack 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m source=wire actor=A|OUT
			       observe b attack 2025-08-20T14:00/14:05Z 48.9N 37.8E ±100m source=wire actor=A|OUT
			       observe c attack 2025-08-20T18:00/18:05Z 48.5N 37.0E ±900km source=wire actor=A`,
			want: []string{
				"Attacks cease. It may concern 2 to 3 incidents: some of what was reported may be the same. As reported, each counted apart: 1 undetermined: place, 2 undetermined: missing fact. Of 3 incidents, each counted apart, sources leave open: place of 1, actor of 2. Reports 3 · incidents 2 to 3 · violations decided 0 · no independent coverage stated. The article as a whole: undetermined, for several causes."}},
		{name: "a total of which one surely is", period: day,
			said: `tally a by mod attack 2025-08-20T00:00/12:00Z region:area count=5
			       observe b attack 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m source=wire`,
			want: []string{"Land A (A) states 1 total (attack), of 5, for windows in 20 Aug 2025 00:00 to 12:00 UTC."}, not: []string{fWithin, fMayWithin}},
		{name: "equal totals, and totals without a number", period: day,
			said: `tally a by mod attack 2025-08-20T00:00/12:00Z region:area count=19
			       tally b by mod attack 2025-08-20T12:00/23:00Z region:area count=19
			       tally c by mod attack 2025-08-20T12:00/23:00Z region:area count=uncountable
			       tally d by mod strike 2025-08-20T12:00/23:00Z region:area count=uncountable
			       tally e by mod strike 2025-08-20T12:00/23:00Z region:area count=0`,
			want: []string{
				"Land A (A) states 2 totals (attack), of 19 each, for windows in 20 Aug 2025 00:00 to 23:00 UTC and 2 totals without a number.",
				"Land A (A) states that there was none (strike), for 20 Aug 2025 12:00 to 23:00 UTC only.",
			}, not: []string{fCasualtiesAlone, fTotalOf, fTotalOfRange}},
		{name: "five totals of casualties", period: day,
			said: `tally a by mod attack 2025-08-20T00:00/01:00Z region:area count=uncountable killed=1
			       tally b by mod attack 2025-08-20T01:00/02:00Z region:area count=uncountable killed=1
			       tally c by mod attack 2025-08-20T02:00/03:00Z region:area count=uncountable killed=1
			       tally d by mod attack 2025-08-20T03:00/04:00Z region:area count=uncountable killed=1
			       tally e by mod attack 2025-08-20T04:00/05:00Z region:area count=uncountable killed=1`,
			want: []string{"Further claims of casualties are in the table: 1."}},
		// Two reports of one day that may be of one attack are never two for sure.
		{name: "may be the same", period: day, said: `observe a attack 2025-08-20 48.5N 37.0E ±5km weapon=mortar source=wire actor=A killed=3
			       observe b attack 2025-08-20 48.53N 37.0E ±5km source=other actor=A killed=12`, want: []string{
			"Attacks cease. It may concern 1 to 2 incidents: some of what was reported may be the same. As reported, each counted apart: 2 uncorroborated. Reports 2 · incidents 1 to 2 · violations decided 0 · no independent coverage stated. The article as a whole: uncorroborated.",
			"In incidents counted under article 1, undetermined ones included: killed 3 to 15 (incidents 2c7e9916aac1, d6d500851bce).", "Of 1 to 2 incidents that an article in force may be about, no single one is corroborated. They come from 2 publishers (Wire: 1, other: 1).",
			"Aircraft do not strike. It may concern 0 to 1 incident: some of what was reported may be the same. As reported, each counted apart: 1 undetermined: missing fact. The lower number does not count 1 incident, each of which alone may be the same as a report that states what this article is not about, such as another weapon; so the lower numbers of articles cannot be compared. Of 1 incident, each counted apart, sources leave open: act of 1, weapon of 1. Reports 1 · incidents 0 to 1 · violations decided 0 · no independent coverage stated. The article as a whole: undetermined: missing fact."}},
		// An event that is known to its month is not charged to each of its days.
		{name: "a day of the month of an event", period: "2025-08-21", said: `observe a attack 2025-08-01/2025-09-01 48.5N 37.0E ±100m weapon=mortar source=wire actor=A killed=30
			       observe b attack 2025-08-20 48.9N 37.8E ±100m weapon=mortar source=wire actor=A killed=1`, want: []string{"In incidents counted under article 1, undetermined ones included: killed 0 to 30 (incident d6d500851bce)."}},
		// Of three reports by nobody in particular, one is of a source that looks for B's acts alone, whom article 3 does not bind.
		{name: "from a source that looks for others", period: day,
			said: `observe a strike 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m weapon=missile source=wire
			       observe b strike 2025-08-20T14:00/14:05Z 48.9N 37.9E ±100m weapon=missile source=paper
			       observe d strike 2025-08-20T16:00/16:05Z 49.5N 37.9E ±100m weapon=missile source=wire actor=A`,
			terms: func(a *truce.Agreement) {
				s := a.Sources["wire"]
				s.Watches.Sides = []truce.PartyID{"B"}
				a.Sources["wire"] = s
			},
			want: []string{"Aircraft do not strike. It may concern 3 incidents: 1 uncorroborated, 2 undetermined: missing fact. Of 3 incidents, each counted apart, sources leave open: actor of 2. Of these, 1 come only from sources that look for acts of B, whom the article does not bind, and name nobody; the weapons that they state: missile of 1. Reports 3 · incidents 3 · violations decided 0 · no independent coverage stated. The article as a whole: uncorroborated."}},
		{name: "from a source that looks for acts of others, without a weapon", period: day,
			said: `observe a strike 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m source=wire
			       observe d strike 2025-08-20T16:00/16:05Z 49.5N 37.9E ±100m weapon=missile source=wire actor=A`,
			terms: func(a *truce.Agreement) {
				s := a.Sources["wire"]
				s.Watches.Sides = []truce.PartyID{"B"}
				a.Sources["wire"] = s
			},
			want: []string{"Aircraft do not strike. It may concern 2 incidents: 1 uncorroborated, 1 undetermined: missing fact. Of 2 incidents, each counted apart, sources leave open: weapon of 1, actor of 1. Of these, 1 come only from sources that look for acts of B, whom the article does not bind, and name nobody. Reports 2 · incidents 2 · violations decided 0 · no independent coverage stated. The article as a whole: uncorroborated."},
			not:  []string{fElsewhereArmed}},
		{name: "a part of a demo's days", period: day, before: func(c *composer) { c.in.Depends, c.in.Claims = "One reader.", "A claims 9." },
			said: `observe a attack 2025-08-01/2025-09-01 48.5N 37.0E ±100m weapon=mortar source=wire`,
			want: []string{"Of the whole period of this demo, of which this report has a part: One reader.", "Of the whole period of this demo, of which this report has a part: A claims 9."}},
		{name: "all of a demo's days", period: "2025-08-01/2025-09-01", before: func(c *composer) { c.in.Depends, c.in.Claims = "One reader.", "A claims 9." },
			said: `observe a attack 2025-08-01/2025-09-01 48.5N 37.0E ±100m weapon=mortar source=wire`,
			want: []string{"One reader.", "A claims 9."}, not: []string{"Of the whole period of this demo, of which this report has a part: %s"}},
		{name: "a day that has another for sure", period: day, said: `observe a attack 2025-08-01/2025-09-01 48.5N 37.0E ±100m weapon=mortar source=wire actor=A killed=30
			       observe b attack 2025-08-20 48.9N 37.8E ±100m weapon=mortar source=wire actor=A killed=1`, want: []string{"In incidents counted under article 1, undetermined ones included: killed at least 1; reports add up to 31 (incidents cda490da6c6a, d6d500851bce)."}},
		{name: "the month", period: "2025-08-01/2025-09-01", said: `observe a attack 2025-08-01/2025-09-01 48.5N 37.0E ±100m weapon=mortar source=wire actor=A killed=30
			       observe b attack 2025-08-20 48.9N 37.8E ±100m weapon=mortar source=wire actor=A killed=1`, want: []string{"In incidents counted under article 1, undetermined ones included: killed 31 (incidents cda490da6c6a, d6d500851bce)."}},
		{name: "seen, over weeks", period: "2025-08-01/2026-08-01",
			said: `cover a patrol zone:area 2025-08-02/2025-08-12 share=0.5 source=post-1
			       cover b patrol zone:area 2025-08-02/2025-08-12 share=0.5 source=mod`,
			want: []string{
				"For articles 1, 2 and 3: 1 % of ground and time could be seen; in 51 of 53 weeks nobody was looking, as far as sources state it.",
				"The parties' own organs reported (Ministry of A of A). That is printed as their own coverage, and is never used to say that an article held.",
				"Attacks cease. Nothing was observed that it is about. Reports 0 · incidents 0 · violations decided 0 · watched 1 %. The article as a whole: none alleged.",
			}},
		{name: "seven days, the first and the last of which are cut", period: "2025-08-19T17:00Z/2025-08-26T17:00Z",
			want: []string{"For articles 1, 2 and 3: no source independent of the parties states how much it could see in this period, as far as the terms were in force in it (8 days): that nothing was reported does not mean that nothing happened."}},
		{name: "decided and attributed", period: day, decided: true,
			said: `observe a attack 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m weapon=mortar source=wire`,
			want: []string{
				"1 decision by people. Attribution was attempted of 1 incident.",
				"Attacks cease. It may concern 1 incident: 1 decided violation. Reports 1 · incidents 1 · violations decided 1 · no independent coverage stated. The article as a whole: decided violation.",
			}, not: []string{fNoDecision, fNotAttributed, fDecidedDemo}},
		{name: "decided in a demo", period: day, decided: true, before: func(c *composer) { c.in.Demo, c.in.Agreed = true, "Attacks were to cease." },
			said: `observe a attack 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m weapon=mortar source=wire`,
			want: []string{"1 decision by people (made for this demo). Attribution was attempted of 1 incident.", "Attacks were to cease."}, not: []string{fDecided}},
		{name: "totals of at least, and of about", period: day,
			said: `tally a by mod attack 2025-08-20T00:00/12:00Z region:area count=>=15
			       tally b by mod attack 2025-08-20T12:00/23:00Z region:area count=~40`,
			want: []string{"Land A (A) states 2 totals (attack), the lowest at least 15 and the highest about 40, for windows in 20 Aug 2025 00:00 to 23:00 UTC."}, not: []string{fDecided}},
		{name: "what the record and the reader lack", period: day, said: "observe a attack 2026-06-20T10:00/10:05Z 48.5N 37.0E ±100m source=wire\nobserve b attack 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m source=wire",
			before: func(c *composer) {
				c.whole, c.held, c.private, c.in.Skipped, c.left = true, 2, 1, 1, 1
				c.s.Withheld, c.in.Method = 1, "other 0123456789abcdef"
				c.shown = release.Tally{Unlisted: 2, Wider: 1}
			},
			want: []string{
				"The record names the method other 0123456789ab. This report was computed with another, " + short(situation.Method()) + ", so its findings may differ from those published before.",
				"1 entry of the record breaks a rule of its format and cannot be used. The record page and truce verify give its number and the reason.",
				"Not in this period: 1 report with dates that are probably wrong, because they are more than a year before all others, or after the day on which the mission received them. To see them, ask for their dates.",
				"This report rests on 2 inputs that the public does not have, and may show where observers stand. What is published is made with --publish, from what is public.",
				"This report contains 1 text that people wrote for the mission or for both parties. What is published is made with --publish, from what is public.",
				"1 input is in the record and not held by whoever made this report. Where it says that nothing was observed or alleged, that is of the rest.",
				"By the agreement's release rules, 2 incidents of this period are counted and not listed, 1 incident have a place in them that is shown wider than it is known, and 1 correction are left out.",
			}},
		{name: "rejected rows that cannot be read", period: day, before: func(c *composer) { c.in.Record = onRecord{err: errors.New("unreadable")} }, want: []string{fRejected}, not: []string{fRejectedRows}},
		{name: "rejected rows", period: day, before: func(c *composer) { c.in.Record = onRecord{rejected: RejectedRows{Dated: 3, Undated: 2, Elsewhere: 1}} },
			want: []string{"Rows of files that could not be read are counted nowhere. Of this period: 3; of unknown time: 2; in files that were read on another machine: 1. truce rejected lists them with the reasons."}, not: []string{fRejected}},
		{name: "and more of it, in force", period: day, before: func(c *composer) { c.in.Skipped, c.s.Withheld, c.r.Status = 2, 3, truce.InForce },
			want: []string{
				"2 entries of the record break a rule of its format and cannot be used. The record page and truce verify give their numbers and the reasons.",
				"3 inputs are in the record and not held by whoever made this report. Where it says that nothing was observed or alleged, that is of the rest.",
			}, not: []string{fMark, fSkipped, fWithheld}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := a
			if tt.terms != nil {
				a = termsOf(t)
				tt.terms(a)
			}
			got := headlineOf(t, a, tt.said, tt.period, tt.decided, tt.before)
			var has []string // whatever is said, sentences and their parts
			for _, x := range got {
				has = append(has, formats(x.Text)...)
			}
			for _, w := range tt.want {
				i := slices.IndexFunc(got, func(s report.Sentence) bool { return s.Text.String() == w })
				if i < 0 {
					t.Errorf("it lacks\n\t%s", w)
					continue
				}
				for _, f := range formats(got[i].Text) {
					said[f] = true
				}
			}
			for _, f := range tt.not {
				if unsaid[f] = true; slices.Contains(has, f) {
					t.Errorf("it says\n\t%s", f)
				}
			}
			if t.Failed() {
				for _, s := range got {
					t.Logf("%s. %s", s.About, s.Text)
				}
			}
		})
	}
	// Some article has these in every situation; that another has not is in the whole
	// sentences above.
	everywhere := []string{"Nothing was observed that it is about.", "%s Reports %s · incidents %s · violations decided %s · %s. The article as a whole: %s.", "The article as a whole: %s, %s.",
		"no source independent of the parties states how much it could see in this period, as far as the terms were in force in it (%s): that nothing was reported does not mean that nothing happened."}
	for _, f := range sentences(t) {
		if slices.Contains(everywhere, f) {
			unsaid[f] = true
		}
		if !said[f] || !unsaid[f] {
			t.Errorf("a sentence that no case has (%v), or that no case has not (%v): %q", said[f], unsaid[f], f)
		}
	}
}

// formats are those of a sentence and of its parts. What it says about itself, such as
// "%s", is its first argument's.
func formats(r truce.Reason) []string {
	out := []string{r.Format}
	if len(r.Args) == 1 && r.Format == "%s" {
		out = append(out, fmt.Sprint(r.Args[0]))
	}
	for _, a := range r.Args {
		if r, ok := a.(truce.Reason); ok {
			out = append(out, formats(r)...)
		}
	}
	return out
}

// sentences are the formats of what the headline says, by its source: those with words,
// and not what joins them.
func sentences(t *testing.T) (out []string) {
	f, err := parser.ParseFile(token.NewFileSet(), "headline.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "because" {
			return true
		}
		format, err := strconv.Unquote(call.Args[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		if len(strings.Fields(format)) > 5 || strings.HasSuffix(format, ".") {
			out = append(out, format)
		}
		return true
	})
	return out
}

// TestLicences: a source has the licence that SOURCES.md states for it, and else that of its kind; its row
// is not printed again among the geometry.
func TestLicences(t *testing.T) {
	c := composerOf(t, termsOf(t), "", "2025-08-20", false)
	c.in.Record = onRecord{files: []File{{Source: "videos", Kind: "csv"}, {Source: "wire", Kind: "csv"}},
		sources: "| file | from | licence | look out |\n|---|---|---|---|\n| source videos | the archive | CC BY-SA 4.0 | by hand |\n| source nobody | x | y | z |\n| zones/a.geojson | us | CC0 | coarse |\n"}
	if err := c.licences(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range c.r.Licences {
		got = append(got, l.Source+": "+l.License+": "+l.Attribution)
	}
	for _, want := range []string{"videos: CC BY-SA 4.0: the archive; by hand", "wire: the publisher's: as its publisher states", "zones/a.geojson: CC0: us; coarse"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	for _, l := range got {
		if strings.HasPrefix(l, "source ") || strings.HasPrefix(l, "nobody") {
			t.Errorf("it has %q", l)
		}
	}
}

// TestOneSided: a report's first page finds what is said of a collection that looks at one side by
// what the sentence is about.
func TestOneSided(t *testing.T) {
	a := termsOf(t)
	s := a.Sources["wire"]
	s.Watches.Sides = []truce.PartyID{"A"}
	a.Sources["wire"] = s
	c := composerOf(t, a, `observe a attack 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m source=wire actor=A`, "2025-08-20", false)
	c.gather()
	c.incidents()
	c.headline()
	if !slices.ContainsFunc(c.r.Headline, func(s report.Sentence) bool { return s.About.Format == report.OneSided }) {
		t.Errorf("no sentence is about %q", report.OneSided)
	}
}
