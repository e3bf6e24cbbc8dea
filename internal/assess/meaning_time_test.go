package assess_test

import "testing"

// TestMeaningPhases: "intervals are half-open; one that contains a boundary is
// undetermined(time)". The phase march is from 1 March, 00:00Z, to 1 April, 00:00Z.
func TestMeaningPhases(t *testing.T) {
	a := read(t, `  - article: "1"
    phase: march
    binds: [A, B]
    text: No fire in March.
    prohibit: {acts: [fire], in: [box]}
  - article: "2"
    phase: later
    binds: [A, B]
    text: No fire once signed.
    prohibit: {acts: [fire], in: [box]}
`)
	at := func(when string) string {
		return "observe o fire " + when + " 0.0N 10.1E ±100m weapon=mortar source=wire\n"
	}
	hold(t, a, []row{
		{"it ends where the phase begins", at("2026-02-28T23:50Z/2026-03-01T00:00Z") + `
			assess 1 out-of-scope of o because "before article 1 began"`},
		{"it ends one millisecond later", at("2026-02-28T23:50:00.000Z/2026-03-01T00:00:00.001Z") + `
			assess 1 undetermined(time) of o missing time because "the boundary of 1 Mar 2026"
			count 1 signs=1 incidents=1`},
		{"it begins where the phase begins", at("2026-03-01T00:00Z/00:10Z") + `
			assess 1 uncorroborated of o`},
		{"it begins one millisecond earlier", at("2026-02-28T23:59:59.999Z/2026-03-01T00:10:00.000Z") + `
			assess 1 undetermined(time) of o`},
		{"it ends where the phase ends", at("2026-03-31T23:50Z/2026-04-01T00:00Z") + `
			assess 1 uncorroborated of o`},
		{"it ends one millisecond after", at("2026-03-31T23:50:00.000Z/2026-04-01T00:00:00.001Z") + `
			assess 1 undetermined(time) of o because "the boundary of 1 Apr 2026"`},
		{"from its first moment to beyond its last", at("2026-03-01T00:00Z/2026-04-02T00:00Z") + `
			assess 1 undetermined(time) of o because "the boundary of 1 Apr 2026"`},
		{"it begins where the phase ends", at("2026-04-01T00:00Z/00:10Z") + `
			assess 1 out-of-scope of o because "after article 1 ceased"`},
		{"it lasts longer than the phase", at("2026-02-28/2026-04-03") + `
			assess 1 undetermined(time) of o`},
		{"what is of a day in March counts on that day alone", at("2026-03-05T10:00Z/10:10Z") + `
			count 1 signs=1 incidents=1 during 2026-03-05
			count 1 signs=0 incidents=0 during 2026-03-04
			count 1 signs=0 incidents=0 during 2026-03-06`},
		{"the article itself, at and around its ends", `
			at 2026-02-28T23:59:59.999Z
			assess 1 out-of-scope
			at 2026-03-01T00:00Z
			assess 1 undetermined(no-coverage)
			at 2026-03-31T23:59:59.999Z
			assess 1 undetermined(no-coverage)
			at 2026-04-01T00:00Z
			assess 1 out-of-scope
			assess 1 undetermined(no-coverage) during 2026-03-05
			assess 1 out-of-scope during 2026-04-05`},
		{"a party that it does not bind has no duty", `
			at 2026-03-05T00:00Z
			assess 1 undetermined(no-coverage) party=A
			assess 2 out-of-scope party=A`},
		{"an event that nobody declared", at("2026-03-05T10:00Z/10:10Z") + `
			assess 2 out-of-scope of o because "was not in force"
			decide declare signed from=2026-03-05T10:00Z because="signed at noon local time"
			assess 2 uncorroborated of o`},
		{"declared from one millisecond after it began", at("2026-03-05T10:00Z/10:10Z") + `
			decide declare signed from=2026-03-05T10:00:00.001Z because="signed"
			assess 2 undetermined(time) of o`},
		{"declared from its end", at("2026-03-05T10:00Z/10:10Z") + `
			decide declare signed from=2026-03-05T10:10Z because="signed"
			assess 2 out-of-scope of o`},
		{"extended: it binds until the new end", at("2026-04-01T10:00Z/10:10Z") + `
			decide extend march from=2026-04-01T00:00Z to=2026-04-01T10:10Z because="agreed"
			assess 1 uncorroborated of o`},
		{"extended after a gap: it does not bind in the gap", at("2026-04-01T10:00Z/10:10Z") + `
			decide extend march from=2026-04-01T10:10Z to=2026-04-02T10:10Z because="agreed late"
			assess 1 out-of-scope of o
			observe p fire 2026-04-01T10:10Z/10:20Z 0.0N 10.9E ±100m weapon=mortar source=wire
			assess 1 uncorroborated of p`},
		{"terminated: it does not bind from then on", at("2026-03-05T10:00Z/10:10Z") + `
			decide terminate march from=2026-03-05T10:10Z because="denounced"
			assess 1 uncorroborated of o
			decide terminate march from=2026-03-05T10:00Z because="earlier"
			assess 1 out-of-scope of o`},
	})
}

// TestMeaningScopeDecides: "observations before and after a boundary are not in conflict:
// those in scope decide"; "undetermined(conflict): observations of one incident, none
// refuted and all in scope, give different definite answers about the same time".
func TestMeaningScopeDecides(t *testing.T) {
	a := read(t, `  - article: "1"
    phase: march
    binds: [A, B]
    text: No fire in March in the west.
    prohibit: {acts: [fire], in: [west]}
    floor: {evidence: single-source}
`)
	hold(t, a, []row{
		{"a salvo over the beginning: the part within decides, with its harm", `
			observe o fire 2026-02-28T23:40/23:50Z 0.0N 10.1E ±100m weapon=mortar killed=5 source=wire
			observe p fire 2026-03-01T00:10/00:20Z 0.0N 10.1E ±100m weapon=mortar killed=1 source=paper
			incident o p
			assess 1 apparent-violation single-source of o because "1 of its observations are out of scope"
			count 1 signs=1 incidents=1 killed=1
			count 1 signs=1 incidents=1 killed=1 during 2026-03-01
			count 1 signs=0 incidents=0 during 2026-02-28T20:00/23:59Z`},
		{"two within and one before", `
			observe o fire 2026-02-28T23:40/23:50Z 0.0N 10.1E ±100m weapon=mortar killed=5 source=wire
			observe p fire 2026-03-01T00:10/00:20Z 0.0N 10.1E ±100m weapon=mortar killed=1 source=paper
			observe q fire 2026-03-01T00:15/00:25Z 0.0N 10.1E ±100m weapon=mortar killed=4 source=post-1
			incident o p q
			assess 1 apparent-violation corroborated of o
			count 1 signs=2 incidents=1 killed=1..1..4`},
		{"all before: out of scope", `
			observe o fire 2026-02-28T23:40/23:50Z 0.0N 10.1E ±100m weapon=mortar source=wire
			observe p fire 2026-02-28T23:45/23:55Z 0.0N 10.1E ±100m weapon=mortar source=paper
			incident o p
			assess 1 out-of-scope of o
			count 1 signs=0 incidents=0`},
		// The west half ends at 10.5E: 200 m are 17966 units, so o at 10.4982E is 200.4 m
		// inside and p at 10.5018E is 200.4 m outside, both with 100 m.
		{"one inside and one outside at the same time: conflict", `
			observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.4982E ±100m weapon=mortar source=wire
			observe p fire 2026-03-05T10:05/10:15Z 0.0N 10.5018E ±100m weapon=mortar source=paper
			incident o p
			assess 1 undetermined(conflict) of o because "different definite answers"
			count 1 incidents=1`},
		{"one inside and one outside, one after the other: the graver decides", `
			observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.4982E ±100m weapon=mortar source=wire
			observe p fire 2026-03-05T10:10/10:20Z 0.0N 10.5018E ±100m weapon=mortar source=paper killed=9
			incident o p
			assess 1 apparent-violation single-source of o
			count 1 signs=1 incidents=1 killed=0`},
		{"of a conflict one is refuted: the other decides", `
			observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.4982E ±100m weapon=mortar source=wire
			observe p fire 2026-03-05T10:05/10:15Z 0.0N 10.5018E ±100m weapon=mortar source=paper
			decide reject p because="wrong grid"
			assess 1 apparent-violation single-source of o`},
		{"a definite answer and an unknown one are not a conflict", `
			observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.4982E ±100m weapon=mortar source=wire
			observe p fire 2026-03-05T10:05/10:15Z 0.0N 10.5001E ±100m weapon=mortar source=paper
			incident o p
			assess 1 apparent-violation single-source of o
			assess 1 apparent-violation of p`},
		{"verified does not settle a conflict", `
			observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.4982E ±100m weapon=mortar source=wire
			observe p fire 2026-03-05T10:05/10:15Z 0.0N 10.5018E ±100m weapon=mortar source=paper
			decide verify o because="seen"
			assess 1 undetermined(conflict) verified of o`},
		{"verified does not say what is not known", `
			observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.5E ±100m weapon=mortar source=wire
			decide verify o because="seen"
			assess 1 undetermined(place) verified of o`},
	})
	never(t, a, []row{
		{"all that was observed is in scope", `
			observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar source=wire
			assess 1 apparent-violation of o because "out of scope"`},
		{"nothing else was observed at the same time", `
			observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar source=wire
			assess 1 apparent-violation of o because "different"`},
	})
}

// TestMeaningNotice: "a notification covers only its place and hours, reported in time".
// The exception needs 24 h, and the hours begin on 5 March at 08:00Z: the last moment is
// 4 March, 08:00:00.000Z.
func TestMeaningNotice(t *testing.T) {
	a := read(t, `  - article: "1"
    phase: all
    binds: [A, B]
    text: No explosion, but notified ones in the range.
    prohibit: {acts: [explosion], in: [box]}
    exceptions: [{id: demining, acts: [explosion], in: [range], notified: 24h}]
  - article: "A"
    phase: all
    binds: [A]
    text: The same, for A.
    prohibit: {acts: [explosion], in: [box]}
    exceptions: [{id: demining, acts: [explosion], in: [range], notified: 24h}]
  - article: "free"
    phase: all
    binds: [A, B]
    text: No explosion outside the range.
    prohibit: {acts: [explosion], in: [box]}
    exceptions: [{id: demining, acts: [explosion], in: [range]}]
  - article: "shots"
    phase: all
    binds: [A, B]
    text: No fire, but shots on the range and bursts in the east.
    prohibit: {acts: [fire], in: [box]}
    exceptions: [{id: practice, acts: [shot], in: [range]}, {id: more, acts: [burst], in: [east]}]
`)
	notice := func(by, at, more string) string {
		return "at " + at + "\nnotify n by " + by + " 2026-03-05T08:00/12:00Z " + more + "\nat 2026-03-06T00:00Z\n"
	}
	const intime, zone = "2026-03-01T00:00Z", "zone:range"
	o := func(when, place, actor string) string {
		return "observe o explosion " + when + " " + place + " weapon=mine source=wire actor=" + actor + "\n"
	}
	const noon, inside = "2026-03-05T11:00/11:10Z", "0.0N 10.25E ±100m"
	hold(t, a, []row{
		{"exactly in time", notice("A", "2026-03-04T08:00:00.000Z", zone) + o(noon, inside, "A") + `
			assess 1 excepted of o because "exception demining applies"
			count 1 signs=0 incidents=0`},
		{"one millisecond late", notice("A", "2026-03-04T08:00:00.001Z", zone) + o(noon, inside, "A") + `
			assess 1 uncorroborated of o because "came too late"`},
		{"received late and dated back", notice("A", "2026-03-04T09:00Z", zone+" reported=2026-03-01T09:00Z") + o(noon, inside, "A") + `
			assess 1 uncorroborated of o because "came too late"`},
		{"received in time and dated later", notice("A", intime, zone+" reported=2026-03-04T08:00:00.001Z") + o(noon, inside, "A") + `
			assess 1 uncorroborated of o because "came too late"`},
		{"received in time and dated at the last moment", notice("A", intime, zone+" reported=2026-03-04T08:00:00.000Z") + o(noon, inside, "A") + `
			assess 1 excepted of o`},
		{"nobody notified", o(noon, inside, "A") + `
			assess 1 uncorroborated of o because "no notification covers it"
			assess free excepted of o`},
		{"an unbound party notifies: no effect", notice("B", intime, zone) + o(noon, inside, "unknown") + `
			assess A undetermined(missing-fact) of o missing actor
			assess 1 excepted of o`},
		{"the other party's notice does not cover A's act", notice("B", intime, zone) + o(noon, inside, "A") + `
			assess 1 uncorroborated of o`},
		{"one of A and B acted, and A notified", notice("A", intime, zone) + o(noon, inside, "A|B") + `
			assess 1 excepted of o`},
		{"a member's act is covered by its party's notice", notice("A", intime, zone) + o(noon, inside, "A1") + `
			assess 1 excepted of o`},
		{"a notice of another act", notice("A", intime, zone+" act=overflight") + o(noon, inside, "A") + `
			assess 1 uncorroborated of o`},
		{"a notice of that act", notice("A", intime, zone+" act=explosion") + o(noon, inside, "A") + `
			assess 1 excepted of o`},
		{"its first and its last moment are covered", notice("A", intime, zone) + o("2026-03-05T08:00Z/12:00Z", inside, "A") + `
			assess 1 excepted of o`},
		{"one millisecond before its hours", notice("A", intime, zone) + o("2026-03-05T07:59:59.999Z/2026-03-05T12:00:00.000Z", inside, "A") + `
			assess 1 undetermined(time) of o missing time`},
		{"one millisecond after its hours", notice("A", intime, zone) + o("2026-03-05T08:00:00.000Z/2026-03-05T12:00:00.001Z", inside, "A") + `
			assess 1 undetermined(time) of o`},
		{"before its hours", notice("A", intime, zone) + o("2026-03-05T07:00/08:00Z", inside, "A") + `
			assess 1 uncorroborated of o because "covers"`},
		{"after its hours", notice("A", intime, zone) + o("2026-03-05T12:00/12:10Z", inside, "A") + `
			assess 1 uncorroborated of o`},
		{"outside the range", notice("A", intime, "zone:box") + o(noon, "0.0N 10.35E ±100m", "A") + `
			assess 1 uncorroborated of o
			assess free uncorroborated of o`},
		{"it may be outside the range", notice("A", intime, "zone:box") + o(noon, "0.0N 10.3E ±100m", "A") + `
			assess 1 undetermined(place) of o missing place
			assess free undetermined(place) of o`},
		{"it may be outside the range and outside the hours: both are missing", notice("A", intime, "zone:box") + o("2026-03-05T11:50Z/12:10Z", "0.0N 10.3E ±100m", "A") + `
			assess 1 undetermined(place) of o missing place,time`},
		{"notified for another place", notice("A", intime, "zone:east") + o(noon, inside, "A") + `
			assess 1 uncorroborated of o because "for another place"`},
		// The place notified is a spot of 500 m around 10.25E. A disc of 489 m around the same
		// point is surely inside; one of 500 m touches its edge; 10.26E is 1113 m away, and
		// less 100 m still more than 500 m; 10.2545E is 500.9 m away, and with 100 m open.
		{"a disc within the spot", notice("A", intime, "0.0N 10.25E ±500m") + o(noon, "0.0N 10.25E ±489m", "A") + `
			assess 1 excepted of o`},
		{"a disc as large as the spot", notice("A", intime, "0.0N 10.25E ±500m") + o(noon, "0.0N 10.25E ±500m", "A") + `
			assess 1 undetermined(place) of o`},
		{"a disc apart from the spot", notice("A", intime, "0.0N 10.25E ±500m") + o(noon, "0.0N 10.26E ±100m", "A") + `
			assess 1 uncorroborated of o`},
		{"a disc over the edge of the spot", notice("A", intime, "0.0N 10.25E ±500m") + o(noon, "0.0N 10.2545E ±100m", "A") + `
			assess 1 undetermined(place) of o`},
		{"an area and a spot", notice("A", intime, "0.0N 10.25E ±500m") + o(noon, "region:range", "A") + `
			assess 1 undetermined(place) of o`},
		{"the area that was notified", notice("A", intime, zone) + o(noon, "region:range", "A") + `
			assess 1 excepted of o`},
		{"an area that contains the one notified", notice("A", intime, zone) + o(noon, "region:box", "A") + `
			assess 1 undetermined(place) of o`},
		{"the second notice is in time", "at 2026-03-04T09:00Z\nnotify late by A 2026-03-05T08:00/12:00Z zone:range\nat 2026-03-01T09:00Z\nnotify n by A 2026-03-05T08:00/12:00Z zone:range\nat 2026-03-06T00:00Z\n" + o(noon, inside, "A") + `
			assess 1 excepted of o`},
		{"notices that do not fit stand before one that does: the other party's, one of another act, and one too late for its own hours", `
			at 2026-03-01T09:00Z
			notify a by B 2026-03-05T08:00/12:00Z zone:range
			notify b by A 2026-03-05T08:00/12:00Z zone:range act=overflight
			notify c by A 2026-03-01T10:00Z/2026-03-05T12:00Z zone:range
			at 2026-03-02T09:00Z
			notify n by A 2026-03-05T08:00/12:00Z zone:range
			at 2026-03-06T00:00Z
			` + o(noon, inside, "A") + `
			assess 1 excepted of o`},
		{"the place and the hours of the notice are both open", notice("A", intime, zone) + o("2026-03-05T11:50Z/12:10Z", "0.0N 10.3E ±100m", "A") + `
			assess 1 undetermined(place) of o missing place,time`},
		{"an exception of one act and place: neither is known", "observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.3E ±100m source=wire\n" + `
			assess shots undetermined(place) of o missing place,act`},
		{"the first of two exceptions, and the second", `
			observe o shot 2026-03-05T10:00/10:10Z 0.0N 10.25E ±100m source=wire
			assess shots excepted of o because "exception practice"
			observe p burst 2026-03-06T10:00/10:10Z 0.0N 10.9E ±100m source=wire
			assess shots excepted of p because "exception more"
			observe q burst 2026-03-07T10:00/10:10Z 0.0N 10.25E ±100m source=wire
			assess shots uncorroborated of q
			observe r fire 2026-03-08T10:00/10:10Z 0.0N 10.9E ±100m source=wire
			assess shots undetermined(missing-fact) of r missing act`},
		{"an act that may be an explosion is not an exception by itself", notice("A", intime, zone) + `
			observe o attack 2026-03-05T11:00/11:10Z 0.0N 10.25E ±100m source=wire actor=A
			assess 1 no-violation of o`},
	})
}

// TestMeaningDeadline: "a duty before its deadline is not-yet-due"; one sighting that
// contains the deadline cannot be told. The guns leave by 15 March, 00:00:00.000Z;
// article 2 counts 14 local days from 20 March, 00:00 in Kyiv (22:00Z the day before,
// UTC+2) over the change of clocks on 29 March: to 3 April, 00:00 (UTC+3) = 2 April, 21:00Z.
func TestMeaningDeadline(t *testing.T) {
	a := read(t, `  - article: "1"
    phase: all
    binds: [A, B]
    text: Guns leave.
    withdraw: {weapons: {calibre: ">=100"}, line: {A: contact, B: contact}, distance: 1 km, by: 2026-03-15T00:00:00Z}
    floor: {evidence: single-source}
  - article: "2"
    phase: later
    binds: [A, B]
    text: Guns leave in 14 days.
    withdraw: {weapons: {calibre: ">=100"}, line: {A: contact, B: contact}, distance: 1 km, by: {after: phase, period: P14D}}
    floor: {evidence: single-source}
`, lines...)
	seen := func(when string) string {
		return "seen o by wire " + when + " 0.0N 10.5E ±100m weapon=artillery calibre=122\n"
	}
	const declared = "decide declare signed from=2026-03-19T22:00Z because=\"signed\"\n"
	hold(t, a, []row{
		{"seen until the deadline", seen("2026-03-14T23:50Z/2026-03-15T00:00Z") + `
			assess 1 not-yet-due of o because "before the withdrawal fell due"
			count 1 incidents=0`},
		{"seen until one millisecond after it", seen("2026-03-14T23:50:00.000Z/2026-03-15T00:00:00.001Z") + `
			assess 1 undetermined(time) of o missing time`},
		{"seen from the deadline on", seen("2026-03-15T00:00Z/00:10Z") + `
			assess 1 apparent-violation of o`},
		{"seen from one millisecond before it", seen("2026-03-14T23:59:59.999Z/2026-03-15T00:10:00.000Z") + `
			assess 1 undetermined(time) of o`},
		{"the article itself, to the millisecond", `
			at 2026-03-14T23:59:59.999Z
			assess 1 not-yet-due because "falls due"
			at 2026-03-15T00:00:00.000Z
			assess 1 not-yet-due
			at 2026-03-15T00:00:00.001Z
			assess 1 undetermined(no-coverage)`},
		{"a day of Kyiv that ends before it, and the one in which it falls due", `
			assess 1 not-yet-due during 2026-03-14
			assess 1 undetermined(no-coverage) during 2026-03-15
			seen o by wire 2026-03-16T10:00/10:10Z 0.0N 10.5E ±100m weapon=artillery calibre=122
			assess 1 not-yet-due during 2026-03-14
			assess 1 apparent-violation during 2026-03-16
			assess 1 apparent-violation during 2026-03-10/2026-03-20`},
		{"where everything is known, all clocks have run out, also that of a withdrawal", `
			cover c patrol box 2026-03-05 source=post-1
			assess 1 undetermined(no-coverage)
			assess 1 not-yet-due during 2026-03-05`},
		{"14 local days over a change of clocks", declared + seen("2026-04-02T20:50Z/21:00Z") + `
			assess 2 not-yet-due of o`},
		{"and one millisecond more", declared + seen("2026-04-02T20:50:00.000Z/2026-04-02T21:00:00.001Z") + `
			assess 2 undetermined(time) of o`},
		{"14 times 24 hours end an hour later, and it is due", declared + seen("2026-04-02T21:00Z/22:00Z") + `
			assess 2 apparent-violation of o`},
		{"its event was not declared", seen("2026-04-02T21:00Z/22:00Z") + `
			assess 2 out-of-scope of o
			assess 2 out-of-scope`},
		// A line at 10.5E and 1 km: 89831.5 units. One centimetre is 0.9 units.
		{"surely nearer than 1 km: 89830 units are 999.983 m", `
			seen o by wire 2026-03-20T10:00/10:10Z 0.0N 10.508983E ±0m weapon=artillery calibre=122
			assess 1 apparent-violation of o`},
		{"89831 units are 999.994 m: within a centimetre it cannot be told", `
			seen o by wire 2026-03-20T10:00/10:10Z 0.0N 10.5089831E ±0m weapon=artillery calibre=122
			assess 1 undetermined(place) of o`},
		{"89832 units are 1000.005 m", `
			seen o by wire 2026-03-20T10:00/10:10Z 0.0N 10.5089832E ±0m weapon=artillery calibre=122
			assess 1 undetermined(place) of o`},
		{"89833 units are 1000.016 m: surely further, west of the line as east of it", `
			seen o by wire 2026-03-20T10:00/10:10Z 0.0N 10.5089833E ±0m weapon=artillery calibre=122
			assess 1 no-violation of o
			seen p by wire 2026-03-21T10:00/10:10Z 0.0N 10.4910167E ±0m weapon=artillery calibre=122
			assess 1 no-violation of p`},
		// 1100.016 m less 100 m is further, 1100.005 m is open: 98816 units are 1100.0147 m, 98815 1100.0035 m.
		{"with 100 m on the far side", `
			seen o by wire 2026-03-20T10:00/10:10Z 0.0N 10.5098816E ±100m weapon=artillery calibre=122
			assess 1 no-violation of o
			seen p by wire 2026-03-21T10:00/10:10Z 0.0N 10.5098815E ±100m weapon=artillery calibre=122
			assess 1 undetermined(place) of p`},
		// 900 m + 100 m: 80847 units are 899.985 m, 80848 899.996 m.
		{"with 100 m on the near side", `
			seen o by wire 2026-03-20T10:00/10:10Z 0.0N 10.5080847E ±100m weapon=artillery calibre=122
			assess 1 apparent-violation of o
			seen p by wire 2026-03-21T10:00/10:10Z 0.0N 10.5080848E ±100m weapon=artillery calibre=122
			assess 1 undetermined(place) of p`},
		{"seen before the deadline and after it, one gun by decision: what is in scope decides", `
			seen o by wire 2026-03-14T10:00/10:10Z 0.0N 10.5E ±100m weapon=artillery calibre=122
			seen p by wire 2026-03-16T10:00/10:10Z 0.0N 10.5E ±100m weapon=artillery calibre=122
			seen q by paper 2026-03-14T10:02/10:12Z 0.0N 10.5E ±100m weapon=artillery calibre=122
			decide merge o p q because="one serial number"
			assess 1 apparent-violation single-source of o because "2 of its observations are out of scope or before the deadline"
			count 1 signs=1 incidents=1 during 2026-03-16
			count 1 signs=0 incidents=0 during 2026-03-14`},
		{"a position and a site are not weapons", `
			seen o by wire 2026-03-20T10:00/10:10Z 0.0N 10.5E ±0m what=position
			assess 1 no-violation of o
			seen p by wire 2026-03-21T10:00/10:10Z 0.0N 10.5E ±0m what=site
			assess 1 no-violation of p`},
		{"a lighter weapon, and one of unknown calibre", `
			seen o by wire 2026-03-20T10:00/10:10Z 0.0N 10.5E ±0m weapon=mortar calibre=82
			assess 1 no-violation of o
			seen p by wire 2026-03-21T10:00/10:10Z 0.0N 10.5E ±0m weapon=mortar
			assess 1 undetermined(missing-fact) of p missing calibre
			seen q by wire 2026-03-22T10:00/10:10Z 0.0N 10.5E ±0m what=weapon
			assess 1 undetermined(missing-fact) of q missing weapon`},
	})
}
