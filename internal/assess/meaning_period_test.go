package assess_test

import (
	"strconv"
	"strings"
	"testing"
)

// TestMeaningClaimsOverAPeriod: "an article over a period has the outcome that most asks
// for attention; a claim never outranks what was observed". Which of several claims comes
// first must not depend on IDs, which are digests.
func TestMeaningClaimsOverAPeriod(t *testing.T) {
	hold(t, read(t, article("1", "")), []row{
		{"of claims the definite one is what the period has, whatever their IDs, and no claim outranks what was observed", `
			allege o by A fire 2026-03-05T10:00/10:10Z 0.0N 10.0E ±100m weapon=mortar
			assess 1 undetermined(place) alleged of o
			assess 1 undetermined(place) alleged during 2026-03-05
			allege p by A fire 2026-03-05T10:00/10:10Z 0.0N 10.6E ±100m weapon=mortar
			assess 1 alleged-only during 2026-03-05
			withdraw p
			allege q by A fire 2026-03-05T10:00/10:10Z 0.0N 10.6E ±100m weapon=mortar
			assess 1 alleged-only during 2026-03-05
			withdraw q
			allege r by A fire 2026-03-05T10:00/10:10Z 0.0N 10.6E ±100m weapon=mortar
			assess 1 alleged-only during 2026-03-05
			withdraw r
			allege s by A fire 2026-03-05T10:00/10:10Z 0.0N 10.6E ±100m weapon=mortar
			assess 1 alleged-only during 2026-03-05
			observe t attack 2026-03-05T10:00/10:10Z 0.0N 10.8E ±100m source=wire
			assess 1 undetermined(missing-fact) single-source during 2026-03-05`},
	})
}

// TestMeaningOverAPeriod: what surely lies in a period decides it; what may lie outside it
// is undetermined(time) there, unless a person decided; what begins at the moment of
// knowledge or later is not there yet.
func TestMeaningOverAPeriod(t *testing.T) {
	a := read(t, article("1", "floor: {evidence: single-source}")+`  - article: "A"
    phase: march
    binds: [A]
    text: No fire by A in March.
    prohibit: {acts: [fire], in: [box]}
    floor: {evidence: single-source}
`)
	const over = "observe o fire 2026-03-05T21:50/22:10Z 0.0N 10.1E ±100m weapon=mortar source=wire killed=2\n" // 23:50 to 00:10 in Kyiv
	hold(t, a, []row{
		{"over midnight", over + `
			assess 1 apparent-violation
			assess 1 undetermined(time) missing time during 2026-03-05
			assess 1 undetermined(time) missing time during 2026-03-06
			assess 1 apparent-violation during 2026-03-05/2026-03-07
			assess 1 undetermined(no-coverage) during 2026-03-07
			count 1 signs=0..1 incidents=0..1 killed=0..2 during 2026-03-05`},
		{"over midnight, and whose it was is not known", over + `
			assess A undetermined(missing-fact) missing actor
			assess A undetermined(time) missing time,actor during 2026-03-05`},
		{"over midnight, and decided", over + `
			decide confirm o article=1 because="seen"
			assess 1 violation during 2026-03-05
			assess 1 violation during 2026-03-06
			count 1 incidents=0..1 violations=0..1 during 2026-03-05`},
		{"what surely lies in it comes first", over + `
			observe p fire 2026-03-05T10:00/10:10Z 0.0N 10.9E ±100m weapon=mortar source=wire
			assess 1 apparent-violation during 2026-03-05
			assess 1 undetermined(time) during 2026-03-06
			count 1 signs=1..2 incidents=1..2 during 2026-03-05`},
		{"another act over midnight is nothing on either day", `
			observe o overflight 2026-03-05T21:50/22:10Z 0.0N 10.1E ±100m weapon=recon-uav source=wire
			assess 1 undetermined(no-coverage) during 2026-03-05`},
		{"what begins at the moment of knowledge is not there yet", `
			at 2026-03-05T10:00:00.000Z
			observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar source=wire
			assess 1 undetermined(no-coverage)
			at 2026-03-05T10:00:00.001Z
			assess 1 apparent-violation`},
		{"pixels and acts, in whatever order", `
			observe a fire-pixel 2026-03-05T10:00/10:01Z 0.0N 10.2E ±188m source=wire
			observe b fire-pixel 2026-03-05T11:00/11:01Z 0.0N 10.4E ±188m source=wire
			observe c fire-pixel 2026-03-05T12:00/12:01Z 0.0N 10.6E ±188m source=wire
			observe d fire 2026-03-05T13:00/13:10Z 0.0N 10.8E ±100m weapon=mortar source=wire
			assess 1 apparent-violation during 2026-03-05
			count 1 signs=1 incidents=1 during 2026-03-05`},
		{"a period before the article says when it binds, and one of an article without a beginning", `
			assess A out-of-scope during 2026-02-05 because "article A binds in"`},
	})
}

// TestMeaningStandingOverAPeriod: of findings that ask for as much attention the one that is
// best established stands for the period, and not the one with the smaller digest. Each row
// has other keys, and so other IDs.
func TestMeaningStandingOverAPeriod(t *testing.T) {
	a := read(t, article("1", "floor: {evidence: single-source}"))
	var rows []row
	for i := range 8 {
		ids := strings.NewReplacer("#", strconv.Itoa(i))
		rows = append(rows, row{"one is corroborated, one is not", ids.Replace(`
			observe a# fire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar source=wire
			observe b# fire 2026-03-05T10:01/10:11Z 0.0N 10.1E ±100m weapon=mortar source=paper
			observe c# fire 2026-03-05T10:00/10:10Z 0.0N 10.9E ±100m weapon=mortar source=post-1
			assess 1 apparent-violation corroborated during 2026-03-05
			assess 1 apparent-violation corroborated
			decide verify c# because="a patrol saw it"
			assess 1 apparent-violation verified during 2026-03-05`)})
	}
	hold(t, a, rows)
}
