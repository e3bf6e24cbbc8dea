package assess_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// The cases of a kind are its folder among the conformance cases, which were worked out by
// hand. Package scenario runs all of them; here each kind has a test of its own, so that a
// fault in its file is found by running little (doc/testing.md, mutants).

func TestCasesAccess(t *testing.T)         { cases(t, "access") }
func TestCasesConduct(t *testing.T)        { cases(t, "conduct") }
func TestCasesDue(t *testing.T)            { cases(t, "due") }
func TestCasesLawyer(t *testing.T)         { cases(t, "lawyer") }
func TestCasesNotify(t *testing.T)         { cases(t, "notify") }
func TestCasesNotMonitored(t *testing.T)   { cases(t, "not-monitored") }
func TestCasesPositions(t *testing.T)      { cases(t, "positions") }
func TestCasesQuota(t *testing.T)          { cases(t, "quota") }
func TestCasesRegister(t *testing.T)       { cases(t, "register") }
func TestCasesService(t *testing.T)        { cases(t, "service") }
func TestCasesOpens(t *testing.T)          { cases(t, "opens") }
func TestCasesRecurring(t *testing.T)      { cases(t, "recurring") }
func TestCasesNumbers(t *testing.T)        { cases(t, "numbers") }
func TestCasesConsequences(t *testing.T)   { cases(t, "consequences") }
func TestCasesNonSignatories(t *testing.T) { cases(t, "non-signatories") }
func TestCasesTargets(t *testing.T)        { cases(t, "targets") }
func TestCasesClocks(t *testing.T)         { cases(t, "clocks") }
func TestCasesExceptions(t *testing.T)     { cases(t, "exceptions") }
func TestCasesReturnFire(t *testing.T)     { cases(t, "return-fire") }
func TestCasesPrecedence(t *testing.T)     { cases(t, "precedence") }
func TestCasesReciprocity(t *testing.T)    { cases(t, "reciprocity") }
func TestCasesAmended(t *testing.T)        { cases(t, "amended") }
func TestCasesQuiet(t *testing.T)          { cases(t, "quiet-area") }
func TestCasesNotYetDue(t *testing.T)      { cases(t, "not-yet-due") }
func TestCasesPhases(t *testing.T)         { cases(t, "phases") }
func TestCasesDayFindings(t *testing.T)    { cases(t, "day-findings") }
func TestCasesDayDistricts(t *testing.T)   { cases(t, "day-districts") }
func TestCasesDecisions(t *testing.T)      { cases(t, "decisions") }
func TestCasesSecondLook(t *testing.T)     { cases(t, "second-look") }
func TestCasesReadings(t *testing.T)       { cases(t, "readings-from") }
func TestCasesVagueTimes(t *testing.T)     { cases(t, "vague-times") }
func TestCasesDaily(t *testing.T)          { cases(t, "daily") }
func TestCasesFreeze(t *testing.T)         { cases(t, "freeze-by-party") }
func TestCasesWithdraw(t *testing.T)       { cases(t, "withdraw-two-lines") }

func folder(t *testing.T, name string) *truce.Agreement {
	t.Helper()
	a, probs := agreement.Read(os.DirFS(filepath.Join("..", "scenario", "testdata", "conformance", name)))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return a
}

// cases runs those of one folder.
func cases(t *testing.T, name string) {
	t.Parallel()
	a := folder(t, name)
	files, err := filepath.Glob(filepath.Join("..", "scenario", "testdata", "conformance", name, "cases", "*.scenario"))
	if err != nil || len(files) == 0 {
		t.Fatalf("cases: %v, %v", files, err)
	}
	o := situation.Options{Workers: 1, Region: gazetteer.Region, Divisions: func(a *truce.Agreement) assess.Divisions {
		g := gazetteer.For(a)
		return assess.Divisions{At: g.DivisionsAt, Of: g.DivisionsOf}
	}}
	for _, file := range files {
		text, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		run := scenario.Run(file, text, a, nil, o)
		text.Close()
		for _, x := range run.Faults {
			t.Error(x)
		}
		for _, x := range run.Failures {
			t.Error(x)
		}
	}
}

// TestArticlesReadBack: what each article of a kind means, as a lawyer would read it back. The
// words were written beside the texts of the articles.
func TestArticlesReadBack(t *testing.T) {
	for name, want := range map[string]map[truce.Article]string{
		"access": {
			"1": "Access is granted in any place to monitors, without access denied, access delayed, access conditional or jamming, while the phase truce lasts.",
			"2": "Access is granted in area-1 to aid workers, without access denied, while the phase truce lasts.",
		},
		"conduct": {
			"1": "No detention in any place, if it is directed at civilians or monitors (other targets are not covered), while the phase truce lasts.",
			"2": "No propaganda in any place, while the phase truce lasts.",
			"4": "No attack, by any weapon, if it is directed at B or aid workers (other targets are not covered), in area-1, area-2, judged by the place of impact, while the phase truce lasts.",
		},
		"due": {
			"1": "To be done: release in any place, to B, whose word that it received is enough, 20 in all within 72 hours of the beginning of its phase, while the phase truce lasts.",
			"3": "To be done: meeting in any place, by all whom it binds together, 1 in all within 7 days of the beginning of its phase, while the phase truce lasts.",
			"4": "To be done: handover in any place, to A or B, whose word that it received is enough, 1 in all within 2 days of commission-formed, once a person declares it, while the phase truce lasts.",
			"5": "To be done: release in any place, to B, whose word that it received is enough, 250 in all within 7 days of the beginning of its phase, 1700 in all within 30 days of the beginning of its phase, while the phase truce lasts.",
			"6": "To be done: redeployment in area-1, 1 in all within 21 days of the beginning of its phase, while the phase truce lasts.",
			"9": "To be done: opening in area-1, 1 in all, without a deadline, while the phase truce lasts.",
		},
		"notify": {
			"1": "To be announced at least 48 hours before: demining or exercise in any place, while the phase truce lasts.",
		},
		"amended": {
			"1a": "No strike or fire, by any weapon, in west, judged by the place of impact, while the phase truce lasts, from 1 Apr 2026 00:00 EEST on, instead of article 1, until 1 May 2026 00:00 EEST, when article 1b supersedes it.",
			"2a": "To be done: release in any place, 30 in all within 20 days of the beginning of its phase, while the phase truce lasts, from 15 Mar 2026 00:00 EET on, instead of article 2 (times from the beginning of its phase run from then).",
		},
		"reciprocity": {
			"2": "No attack, by any weapon, in west, judged by the place of impact, while the phase truce lasts, except from when a person declares b-suspends, which suspends it, until a person declares b-resumes.",
		},
		"precedence": {
			"4": "No fire, by any weapon, in area-1, judged by the place of impact, while the phase truce lasts. Where article 5 or 2 applies too, that one decides alone.",
		},
		"return-fire": {
			"1": "No fire, by any weapon, in area-1, judged by the place of impact, while the phase truce lasts. Excepted as return fire (self-defence): fire in any place, if the party that acted states that it was return fire; if an attack (attack) that was not itself return fire surely came first, at most 30 minutes before and 5 km away, by evidence that this article asks for; and if a person attributed that attack to the other side.",
		},
		"positions": {
			"1": "At most 100 persons in area-1, from 7 days after the beginning of its phase on, while the phase truce lasts.",
			"2": "At most 0 persons in area-2, while the phase truce lasts.",
		},
		"quota": {
			"1": "At least 40 in each day: truck passage in area-1, as counted by crossing, camera, wire, mod-a, while the phase truce lasts.",
			"2": "At most 2 in each week: flight in area-1, as counted by crossing, camera, while the phase truce lasts.",
			"3": "At least 40 in each day: truck passage in area-1, as counted by crossing, camera, while the phase truce lasts. As A reads it: on average over each week. As B reads it: as it stands.",
		},
		"register": {
			"1": "Each weapon or site of the list is found where it was declared, at least every 7 days, at 3 objects that the parties list, while the phase truce lasts.",
			"2": "Each weapon or site of the list is found where it was declared, at 3 objects that the parties list, while the phase truce lasts.",
		},
		"service": {
			"1": "Water works at least 90 % of the time in area-1, while the phase truce lasts.",
			"2": "Electricity works all the time in any place, at each of north, south, while the phase truce lasts.",
		},
	} {
		a := folder(t, name)
		for art, words := range want {
			p := a.Provisions[slices.IndexFunc(a.Provisions, func(p truce.Provision) bool { return p.Article == art })]
			got := assess.Sentence(a, &p).String()
			if got = strings.ToUpper(got[:1]) + got[1:]; !strings.HasPrefix(got, words+" An apparent violation needs") {
				t.Errorf("%s %s reads\n%s\nwant\n%s", name, art, got, words)
			}
		}
	}
}

// TestKindsAdvise: what truce check says about a clause that can be written and hardly meant,
// and that it is silent about one that is sound.
func TestKindsAdvise(t *testing.T) {
	const none = "watches: {acts: [fire]}" // the one source looks for something else
	for _, tt := range []struct {
		why, watches, clause string
		want                 string // codes, in their order
	}{
		{"nobody looks for obstructions", none, "phase: p\n    access: {to: [monitors]}", "nobody-asks"},
		{"somebody does", "watches: {acts: [jamming]}", "phase: p\n    access: {to: [monitors]}", ""},
		{"an act of weapons", "", "phase: p\n    conduct: {acts: [strike]}", "weapons-conduct"},
		{"an effect of them", "", "phase: p\n    conduct: {acts: [explosion]}", "weapons-conduct"},
		{"a sign of them", "", "phase: p\n    conduct: {acts: [damage]}", "weapons-conduct"},
		{"nobody reports on it", none, "phase: p\n    conduct: {acts: [looting]}", "nobody-reports"},
		{"conduct that somebody looks for", "watches: {acts: [looting]}", "phase: p\n    conduct: {acts: [looting]}", ""},
		{"nobody would see what is not announced", none, "phase: p\n    notify: {acts: [demining], before: 48h}", "nobody-compares"},
		{"somebody would", "watches: {acts: [demining]}", "phase: p\n    notify: {acts: [demining], before: 48h}", ""},
		{"nobody counts", none, "phase: p\n    positions: {at-most: 0, in: [z]}", "nobody-counts"},
		{"somebody counts", "watches: {acts: [persons-present]}", "phase: p\n    positions: {at-most: 0, in: [z]}", ""},
		{"a register of nothing", "", "phase: p\n    register: {visit: P7D}", "no-items"},
		{"and nobody visits", none, "phase: p\n    register: {visit: P7D}", "no-items nobody-visits"},
		{"nobody watches a service", none, "phase: p\n    service: {of: water, in: [z]}", "nobody-watches"},
		{"one counter", "", "phase: p\n    quota: {acts: [truck-passage], at-least: 4, per: day, in: [z], counted-by: [s]}", "one-counter"},
		{"one is enough for its floor", "", "phase: p\n    floor: {evidence: single-source}\n    quota: {acts: [truck-passage], at-least: 4, per: day, in: [z], counted-by: [s]}", ""},
		{"a party's counter is nobody's", "", "phase: p\n    floor: {evidence: single-source}\n    quota: {acts: [truck-passage], at-least: 4, per: day, in: [z], counted-by: [mod]}", "one-counter"},
		{"no phase, so whose weeks?", "", "floor: {evidence: single-source}\n    quota: {acts: [truck-passage], at-least: 4, per: week, in: [z], counted-by: [s]}", "no-week"},
		{"a day needs no phase", "", "floor: {evidence: single-source}\n    quota: {acts: [truck-passage], at-least: 4, per: day, in: [z], counted-by: [s]}", ""},
		{"an average no longer than the period", "", "phase: p\n    floor: {evidence: single-source}\n    quota: {acts: [truck-passage], at-least: 4, per: week, in: [z], counted-by: [s]}\n    readings: [{id: A, average: week}, {id: B}]", "short-average"},
		{"a longer one", "", "phase: p\n    floor: {evidence: single-source}\n    quota: {acts: [truck-passage], at-least: 4, per: week, in: [z], counted-by: [s]}\n    readings: [{id: A, average: month}, {id: B}]", ""},
		{"no deadline and no receiver", "", "phase: p\n    due: {acts: [opening], in: [z]}", "no-deadline no-receiver"},
		{"sound", "", "phase: p\n    due: {acts: [opening], to: [B], by: {after: phase, period: P7D}}", ""},
		{"no beginning", "", "due: {acts: [opening], to: [B], by: 2026-04-01}", "no-beginning"},
		{"due before its phase begins", "", "phase: p\n    due: {acts: [opening], to: [B], by: 2026-02-01}", "past-due"},
		{"nobody tells", none, "phase: p\n    due: {acts: [opening], by: {after: phase, period: P7D}}", "no-receiver nobody-tells"},
	} {
		files := fstest.MapFS{
			"zones/z.geojson": {Data: []byte(collection(feature("", rectangle("10", "11"))))},
			"agreement.yaml": {Data: []byte(`truce: 1
id: advice
title: Advice
status: rehearsal
timezone: Europe/Kyiv
parties: [{id: A, name: Party A}, {id: B, name: Party B}]
zones: {z: zones/z.geojson}
sources:
  - {id: s, publisher: S` + strings.TrimSuffix(", "+tt.watches, ", ") + `}
  - {id: mod, publisher: Ministry of A, party: A}
phases: [{id: p, from: 2026-03-01T00:00:00Z}]
provisions:
  - article: "1"
    binds: [A]
    text: A clause.
    ` + tt.clause + "\n")},
		}
		_, probs := agreement.Read(files)
		if err := probs.Err(); err != nil {
			t.Errorf("%s: %v", tt.why, err)
			continue
		}
		var got []string
		for _, p := range probs {
			if !slices.Contains([]string{"unused", "cannot-corroborate", "readings"}, p.Code) { // of the agreement, and not of the kind
				got = append(got, p.Code)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.why, s, tt.want)
		}
	}
}
