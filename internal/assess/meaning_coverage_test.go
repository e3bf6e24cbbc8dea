package assess_test

import "testing"

// TestMeaningCoverage: "coverage is the share weighted by time and area over all zones of
// the article, from phase start to the moment of knowledge"; "held: nothing seen and
// independent coverage at least floor.coverage. Less, but a party reports on the period
// and alleged nothing: none-alleged. Nobody: undetermined(no-coverage)". 5 March in Kyiv
// is 24 h, from 4 March, 22:00Z, on.
func TestMeaningCoverage(t *testing.T) {
	a := read(t, article("1", "")+article("full", "floor: {coverage: 1}")+article("any", "floor: {coverage: 0}")+`  - article: "halves"
    phase: all
    binds: [A, B]
    text: No fire in either half.
    prohibit: {acts: [fire], in: [west, east]}
  - article: "west"
    phase: all
    binds: [A, B]
    text: No fire in the west.
    prohibit: {acts: [fire], in: [west]}
  - article: "everywhere"
    phase: all
    binds: [A, B]
    text: No fire.
    prohibit: {acts: [fire]}
  - article: "march"
    phase: march
    binds: [A, B]
    text: No fire in March.
    prohibit: {acts: [fire], in: [box]}
`)
	const day = " during 2026-03-05\n"
	hold(t, a, []row{
		{"a share of exactly the floor", `
			cover c patrol box 2026-03-05 share=0.5 source=post-1
			assess 1 held` + day + `
			count 1 coverage=0.5` + day},
		{"one millionth less", `
			cover c patrol box 2026-03-05 share=0.499999 source=post-1
			assess 1 undetermined(no-coverage) missing coverage because "only"` + day},
		{"half of the hours is exactly the floor", `
			cover c patrol box 2026-03-04T22:00Z/2026-03-05T10:00Z source=post-1
			assess 1 held` + day},
		{"one second less: 43199 s of 86400 s are 0.499988", `
			cover c patrol box 2026-03-04T22:00:00Z/2026-03-05T09:59:59Z source=post-1
			assess 1 undetermined(no-coverage)` + day},
		{"half of the ground is exactly the floor", `
			cover c patrol west 2026-03-05 source=post-1
			assess 1 held` + day + `
			assess halves held` + day},
		{"half of the ground at less than all of it", `
			cover c patrol west 2026-03-05 share=0.99 source=post-1
			assess 1 undetermined(no-coverage)` + day + `
			assess halves undetermined(no-coverage)` + day},
		{"all of it", `
			cover c patrol west 2026-03-05 source=post-1
			cover d patrol east 2026-03-05 source=wire
			assess full held` + day},
		{"all but a millionth of the hours of one half", `
			cover c patrol west 2026-03-05 source=post-1
			cover d patrol east 2026-03-05 share=0.99999 source=wire
			assess full undetermined(no-coverage)` + day},
		{"half of the day in the west and half of it in the east are half", `
			cover c patrol west 2026-03-04T22:00Z/2026-03-05T10:00Z source=post-1
			cover d patrol east 2026-03-05T10:00Z/22:00Z source=post-1
			count 1 coverage=0.5` + day + `
			assess 1 held` + day},
		// 12 h at 1 and 12 h at 0.2: 0.6.
		{"hours are weighed", `
			cover c patrol box 2026-03-04T22:00Z/2026-03-05T10:00Z source=post-1
			cover d patrol box 2026-03-05T10:00Z/22:00Z share=0.2 source=post-1
			count 1 coverage=0.6` + day},
		// Half of the ground at 1 and half at 0.4: 0.7. Never 1 - 0.6 x 0 or a product.
		{"at each place the largest counts", `
			cover c patrol box 2026-03-05 share=0.4 source=post-1
			cover d patrol west 2026-03-05 source=wire
			count 1 coverage=0.7` + day},
		{"of different sources the largest counts, and not the last", `
			at 2026-03-06T10:00Z
			cover c satellite box 2026-03-05 share=0.6 source=post-1
			at 2026-03-07T10:00Z
			cover d satellite box 2026-03-05 share=0.2 source=wire
			count 1 coverage=0.6` + day + `
			assess 1 held` + day},
		{"of different ways of looking, too", `
			at 2026-03-06T10:00Z
			cover c satellite box 2026-03-05 share=0.6 source=post-1
			at 2026-03-07T10:00Z
			cover d patrol box 2026-03-05 share=0.2 source=post-1
			count 1 coverage=0.6` + day},
		{"the same source corrects its share of the same look, and at its own time", `
			at 2026-03-06T10:00Z
			cover c satellite box 2026-03-05 share=0.6 source=post-1
			at 2026-03-07T10:00Z
			cover d satellite box 2026-03-05 share=0.2 source=post-1
			count 1 coverage=0.2` + day + `
			assess 1 undetermined(no-coverage)` + day + `
			at 2026-03-06T10:00Z
			count 1 coverage=0.6` + day},
		{"and corrects it again, upwards", `
			at 2026-03-06T10:00Z
			cover c satellite box 2026-03-05 share=0.6 source=post-1
			at 2026-03-07T10:00Z
			cover d satellite box 2026-03-05 share=0.2 source=post-1
			at 2026-03-08T10:00Z
			cover e satellite box 2026-03-05 share=0.5 source=post-1
			assess 1 held` + day},
		{"of what becomes known at one moment the largest counts", `
			at 2026-03-06T10:00Z
			cover c satellite box 2026-03-05 share=0.6 source=post-1
			cover d satellite box 2026-03-05 share=0.2 source=post-1
			count 1 coverage=0.6` + day},
		{"another zone corrects nothing, and a part of the hours these alone: (23 h at 0.6 and 1 h at 0.2) / 24 h = 0.5833", `
			at 2026-03-06T10:00Z
			cover c satellite box 2026-03-05 share=0.6 source=post-1
			at 2026-03-07T10:00Z
			cover d satellite west 2026-03-05 share=0.2 source=post-1
			count 1 coverage=0.6` + day + `
			cover e satellite box 2026-03-05T10:00Z/11:00Z share=0.2 source=post-1
			count 1 coverage=0.5833` + day},
		{"a share that nobody knows is none, and takes the place of one that was known", `
			at 2026-03-06T10:00Z
			cover c satellite box 2026-03-05 share=0.6 source=post-1
			at 2026-03-07T10:00Z
			cover d satellite box 2026-03-05 share=unknown source=post-1
			count 1 coverage=0` + day},
		{"unknown shares beside one that is known", `
			cover a satellite box 2026-03-05 share=unknown source=post-1
			cover b drone box 2026-03-05 share=unknown source=post-1
			cover c patrol box 2026-03-05 share=0.6 source=post-1
			cover d camera box 2026-03-05 share=unknown source=post-1
			cover e radar box 2026-03-05 share=unknown source=post-1
			assess 1 held` + day + `
			count 1 coverage=0.6` + day},
		{"ground of another article is none of this one's", `
			cover c patrol east 2026-03-05 source=post-1
			count west coverage=0` + day + `
			count everywhere coverage=0.5` + day},
		{"an article without zones has the ground of all", `
			cover c patrol west 2026-03-05 source=post-1
			count everywhere coverage=0.5` + day + `
			count west coverage=1` + day},
		{"a zone within another adds nothing", `
			cover c patrol west 2026-03-05 source=post-1
			cover d patrol range 2026-03-05 source=wire
			count halves coverage=0.5` + day + `
			count 1 coverage=0.5` + day},
		{"what detects only another act sees no fire", `
			cover c overflight box 2026-03-05 source=post-1
			assess 1 undetermined(no-coverage)` + day},
		{"what detects attacks detects fire, which is one", `
			cover c attack box 2026-03-05 source=post-1
			assess full held` + day},
		{"alerts and pixels detect no act", `
			cover c alert box 2026-03-05 source=post-1
			cover d fire-pixel box 2026-03-05 source=post-1
			assess 1 undetermined(no-coverage)` + day},
		{"a party's own looking never makes an article held", `
			cover c patrol box 2026-03-05 source=mod-a
			assess 1 none-alleged because "the parties' own organs covered 100"` + day + `
			count 1 coverage=0` + day},
		{"nobody looked, and the floor is nothing: it is still nobody", `
			assess any undetermined(no-coverage)` + day + `
			cover c patrol box 2026-03-05 share=0.000001 source=post-1
			assess any held` + day},
		{"coverage before the beginning of the phase is of no use", `
			cover c patrol box 2026-02-20T00:00Z/2026-03-01T06:00Z source=post-1
			at 2026-03-01T12:00Z
			assess march held
			at 2026-03-01T12:00:01Z
			assess march undetermined(no-coverage)`},
		{"a signs-only day is held", `
			cover c patrol box 2026-03-05 source=post-1
			observe o fire-pixel 2026-03-05T10:00/10:01Z 0.0N 10.1E ±188m source=wire
			assess 1 held` + day},
		{"one act, and nothing is held", `
			cover c patrol box 2026-03-05 source=post-1
			observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar source=wire
			assess 1 uncorroborated` + day + `
			assess 1 undetermined(no-coverage) during 2026-03-06`},
		{"a claim stands before coverage that is too little, and before coverage that is enough", `
			cover c patrol box 2026-03-05 source=post-1
			allege o by A fire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar
			assess 1 alleged-only` + day},
	})
}

// TestMeaningRestrictions: "restrict removes the coverage it names". All of the box is
// looked at for a day of 24 h; six hours are denied: 18 / 24 = 0.75 are left.
func TestMeaningRestrictions(t *testing.T) {
	a := read(t, article("1", "floor: {coverage: 0.75}")+article("2", "floor: {coverage: 0.750001}")+`  - article: "access"
    phase: all
    binds: [A, B]
    text: Access is granted.
    prohibit: {acts: [access], in: [west]}
`)
	const day = " during 2026-03-05\n"
	const cover = "cover c patrol box 2026-03-05 source=post-1\n"
	hold(t, a, []row{
		{"by jamming, which is a kind of restriction and no way of looking", cover + `
			restrict r by A 2026-03-05T06:00/12:00Z what=jammed
			count 1 coverage=0.75` + day + `
			assess 1 held` + day + `
			assess 2 undetermined(no-coverage)` + day},
		{"of patrols", cover + `
			restrict r by A 2026-03-05T06:00/12:00Z what=patrol
			assess 1 held` + day + `
			assess 2 undetermined(no-coverage)` + day},
		{"of cameras, of which there are none", cover + `
			restrict r by A 2026-03-05T06:00/12:00Z what=camera
			assess 2 held` + day},
		{"of one of two ways of looking", cover + `
			cover d drone box 2026-03-05 share=0.5 source=post-1
			restrict r by A 2026-03-05 what=patrol
			count 1 coverage=0.5` + day},
		{"of one entry of two", cover + `
			cover d patrol box 2026-03-05 share=0.5 source=wire
			restrict r by A 2026-03-05 to=c
			count 1 coverage=0.5` + day},
		{"of either of two that see the same", cover + `
			cover d patrol box 2026-03-05 source=wire
			restrict r by A 2026-03-05 to=c
			count 1 coverage=1` + day},
		{"and of the other", cover + `
			cover d patrol box 2026-03-05 source=wire
			restrict r by A 2026-03-05 to=d
			count 1 coverage=1` + day},
		{"of the monitor that it names", cover + `
			cover d patrol box 2026-03-05 share=0.5 source=wire
			restrict r by A 2026-03-05 source=post-1
			count 1 coverage=0.5` + day},
		{"by a monitor that reports its own", cover + `
			cover d patrol box 2026-03-05 share=0.5 source=wire
			restrict r by post-1 2026-03-05
			count 1 coverage=0.5` + day},
		{"of half of the ground", cover + `
			restrict r by A 2026-03-05 zone:west
			count 1 coverage=0.5` + day},
		{"of half of the ground for six hours: 1 - 1/2 x 1/4", cover + `
			restrict r by A 2026-03-05T06:00/12:00Z zone:west
			count 1 coverage=0.875` + day},
		{"of exactly the zone that was looked at", `
			cover c patrol west 2026-03-05 source=post-1
			restrict r by A 2026-03-05 zone:west
			count 1 coverage=0` + day},
		{"of other ground", `
			cover c patrol west 2026-03-05 source=post-1
			restrict r by A 2026-03-05 zone:east
			count 1 coverage=0.5` + day},
		{"of other hours", cover + `
			restrict r by A 2026-03-06
			assess 2 held` + day},
		{"two that overlap take nothing twice: 8 h of 24 h", cover + `
			restrict r by A 2026-03-05T06:00/12:00Z what=jammed
			restrict s by B 2026-03-05T08:00/14:00Z what=jammed
			count 1 coverage=0.6667` + day},
		{"access was denied: an article on access is never held", "cover c patrol west 2026-03-05/2026-03-07 source=post-1\n" + `
			restrict r by A 2026-03-05T06:00/12:00Z 0.0N 10.1E ±1km what=gate
			assess access undetermined(missing-fact) missing act` + day + `
			assess access held during 2026-03-06
			assess 1 undetermined(no-coverage)` + day},
		{"some other day, and some other ground, and then here", "cover c patrol west 2026-03-05/2026-03-07 source=post-1\n" + `
			restrict a by A 2026-03-08T06:00/12:00Z 0.0N 10.1E ±1km what=gate
			restrict b by A 2026-03-05T06:00/12:00Z 0.0N 10.9E ±1km what=gate
			restrict d by B 2026-03-08T06:00/12:00Z 0.0N 10.1E ±1km what=gate
			restrict r by A 2026-03-05T06:00/12:00Z 0.0N 10.1E ±1km what=gate
			restrict s by B 2026-03-05T06:00/12:00Z 0.0N 10.9E ±1km what=gate
			assess access undetermined(missing-fact) missing act because "by A"` + day},
		{"on other ground", "cover c patrol west 2026-03-05/2026-03-07 source=post-1\n" + `
			restrict r by A 2026-03-05T06:00/12:00Z 0.0N 10.9E ±1km what=gate
			assess access held` + day},
		{"at a place that nobody knows", "cover c patrol west 2026-03-05/2026-03-07 source=post-1\n" + `
			restrict r by A 2026-03-05T06:00/12:00Z what=gate
			assess access undetermined(missing-fact)` + day},
	})
}

// TestMeaningNoneAlleged: "none alleged needs a party's word about hours in which the
// article applied, and about its kind of act".
func TestMeaningNoneAlleged(t *testing.T) {
	a := read(t, `  - article: "1"
    phase: march
    binds: [A, B]
    text: No strikes from the air in March.
    prohibit: {domain: air, acts: [strike], weapons: [missile], in: [box]}
  - article: "2"
    phase: all
    binds: [A, B]
    text: No positions.
    absent: {of: [position], in: [box]}
`)
	hold(t, a, []row{
		{"a total of none of that kind", `
			tally t by mod-a strike 2026-03-05 region:box weapon=missile count=0
			assess 1 none-alleged during 2026-03-05
			assess 1 undetermined(no-coverage) during 2026-03-06`},
		{"a claim of the kind elsewhere: of the hours it speaks, and alleges nothing here", `
			allege c by A strike 2026-03-05T10:00/10:10Z 0.0N 12.0E ±100m weapon=missile
			assess 1 none-alleged during 2026-03-05`},
		{"of another weapon", `
			tally t by mod-a strike 2026-03-05 region:box weapon=mortar count=0
			assess 1 undetermined(no-coverage) during 2026-03-05`},
		{"of no stated weapon: it may be of that kind", `
			tally t by mod-a strike 2026-03-05 region:box count=0
			assess 1 none-alleged during 2026-03-05`},
		{"of another act", `
			tally t by mod-a overflight 2026-03-05 region:box count=0
			assess 1 undetermined(no-coverage) during 2026-03-05`},
		{"of hours before the phase", `
			tally t by mod-a strike 2026-02-26T00:00Z/2026-03-01T00:00Z region:box weapon=missile count=0
			assess 1 undetermined(no-coverage) during 2026-02-28/2026-03-02`},
		{"of hours over its beginning", `
			tally t by mod-a strike 2026-02-26T00:00:00.000Z/2026-03-01T00:00:00.001Z region:box weapon=missile count=0
			assess 1 none-alleged during 2026-02-28/2026-03-02`},
		{"an observer's statement is not the word of a party", `
			tally t by wire strike 2026-03-05 region:box weapon=missile count=0
			assess 1 undetermined(no-coverage) during 2026-03-05`},
		{"a party's coverage of what the article is about", `
			cover c strike box 2026-03-05 source=mod-a
			assess 1 none-alleged during 2026-03-05
			assess 2 undetermined(no-coverage) during 2026-03-05`},
		{"a party's coverage of another act", `
			cover c overflight box 2026-03-05 source=mod-a
			assess 1 undetermined(no-coverage) during 2026-03-05`},
		{"what detects strikes sees no position, and a patrol does", `
			cover c strike box 2026-03-05 source=post-1
			assess 1 held during 2026-03-05
			assess 2 undetermined(no-coverage) during 2026-03-05
			cover d patrol box 2026-03-06 source=post-1
			assess 2 held during 2026-03-06`},
		{"a claim of a position", `
			allege c by A presence 2026-03-05T10:00/10:10Z 0.0N 12.0E ±100m
			assess 2 none-alleged during 2026-03-05
			assess 1 undetermined(no-coverage) during 2026-03-05`},
		{"none alleged gives way to held", `
			tally t by mod-a strike 2026-03-05 region:box weapon=missile count=0
			cover c patrol box 2026-03-05 source=post-1
			assess 1 held during 2026-03-05`},
	})
}

// TestMeaningQuiet: "a condition: so many consecutive local days without these acts. A
// fire resets the count, a day that cannot be told pauses it"; a day that has begun is not
// a whole one. Days of Kyiv: 28 March has 24 h, 29 March 23 h (to 21:00Z), 24 October 24 h
// (from 23 October, 21:00Z), 25 October 25 h (to 22:00Z).
func TestMeaningQuiet(t *testing.T) {
	a := read(t, `  - article: "1"
    binds: [A, B]
    phase: later
    text: Two quiet days.
    quiet: {days: 2, acts: [fire], in: west, coverage: 0.7}
    floor: {evidence: single-source}
`)
	from := func(at string) string {
		return "decide declare signed from=" + at + " because=\"signed\"\ncover c patrol west 2026-01-01/2027-01-01 source=post-1\n"
	}
	march, october := from("2026-03-27T22:00Z"), from("2026-10-23T21:00Z")
	fire := func(id, when string) string {
		return "observe " + id + " fire " + when + " 0.0N 10.1E ±100m weapon=mortar source=wire\n"
	}
	hold(t, a, []row{
		{"a day of 24 h and one of 23 h: 47 h", march + `
			at 2026-03-29T20:59:59.999Z
			assess 1 not-yet-due because "1 of 2 consecutive quiet days"
			at 2026-03-29T21:00Z
			assess 1 fulfilled because "2 of 2 consecutive quiet days"
			assess 1 fulfilled because "the condition is met"`},
		{"a day of 24 h and one of 25 h: 49 h", october + `
			at 2026-10-25T21:00Z
			assess 1 not-yet-due because "1 of 2"
			at 2026-10-25T21:59:59.999Z
			assess 1 not-yet-due
			at 2026-10-25T22:00Z
			assess 1 fulfilled`},
		{"a day of which the first millisecond is missing does not count", from("2026-03-09T22:00:00.001Z") + `
			at 2026-03-11T22:00Z
			assess 1 not-yet-due because "1 of 2"
			at 2026-03-12T22:00Z
			assess 1 fulfilled`},
		{"a fire on the second day", march + fire("o", "2026-03-29T10:00/10:10Z") + `
			at 2026-03-30T21:00Z
			assess 1 not-yet-due because "1 of 2"
			assess 1 not-yet-due because "the count was reset on 2026-03-29"
			at 2026-03-31T21:00Z
			assess 1 fulfilled
			assess 1 not-yet-due of o because "it resets the count"`},
		{"a fire on the day that has begun resets at once", march + `
			at 2026-03-30T10:00Z
			assess 1 fulfilled
			` + fire("o", "2026-03-30T09:00/09:10Z") + `
			assess 1 not-yet-due because "0 of 2"`},
		{"a fire over midnight is one of both days", march + fire("o", "2026-03-29T20:59Z/21:01Z") + `
			at 2026-03-31T21:00Z
			assess 1 not-yet-due because "1 of 2"`},
		{"a fire up to midnight is one of the first day", march + fire("o", "2026-03-29T20:50Z/21:00Z") + `
			at 2026-03-31T21:00Z
			assess 1 fulfilled`},
		{"a fire elsewhere, and another act, reset nothing", march + `
			observe o fire 2026-03-29T10:00/10:10Z 0.0N 10.9E ±100m weapon=mortar source=wire
			observe p overflight 2026-03-29T10:00/10:10Z 0.0N 10.1E ±100m weapon=recon-uav source=wire
			observe q fire-pixel 2026-03-29T10:00/10:01Z 0.0N 10.1E ±188m source=wire
			at 2026-03-29T21:00Z
			assess 1 fulfilled
			assess 1 no-violation of o
			assess 1 no-violation of p`},
		{"a statement of none resets nothing, and does not count as coverage", `
			decide declare signed from=2026-03-27T22:00Z because="signed"
			cover c patrol west 2026-03-28 source=post-1
			observe o fire 2026-03-29 region:west count=0 source=wire
			at 2026-03-29T21:00Z
			assess 1 not-yet-due because "1 of 2"
			cover d patrol west 2026-03-29 source=post-1
			assess 1 fulfilled`},
		{"a claim resets nothing", march + `
			allege o by A fire 2026-03-29T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar
			at 2026-03-29T21:00Z
			assess 1 fulfilled`},
		{"claims beside a fire do not hide it, in whatever order", march + `
			allege a by A fire 2026-03-28T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar
			allege b by A fire 2026-03-28T12:00/12:10Z 0.0N 10.4E ±100m weapon=artillery
			allege d by B fire 2026-03-28T14:00/14:10Z 0.5N 10.1E ±100m weapon=tank
			observe q fire-pixel 2026-03-28T16:00/16:01Z 0.5N 10.4E ±188m source=wire
			` + fire("o", "2026-03-29T10:00/10:10Z") + fire("p", "2026-03-29T16:00/16:10Z") + `
			at 2026-03-30T21:00Z
			assess 1 not-yet-due because "1 of 2"`},
		{"a fire over the end of what is asked for is of the last day in it", march + fire("o", "2026-03-29T20:59Z/21:01Z") + `
			assess 1 not-yet-due because "the count was reset on 2026-03-29" during 2026-03-28/2026-03-30
			count 1 coverage=1 during 2026-03-28/2026-03-30`},
		{"a claim that a person confirmed stands for itself", march + `
			allege o by A fire 2026-03-29T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar
			decide confirm o article=1 because="seen" although="a condition"
			at 2026-03-29T21:00Z
			assess 1 violation of o`},
		{"a fire that may lie outside pauses", march + `
			observe o fire 2026-03-29T10:00/10:10Z 0.0N 10.5E ±100m weapon=mortar source=wire
			at 2026-03-29T21:00Z
			assess 1 not-yet-due because "1 days could not be told"
			assess 1 undetermined(place) of o
			at 2026-03-30T21:00Z
			assess 1 fulfilled`},
		{"a fire that a person rejected resets nothing", march + fire("o", "2026-03-29T10:00/10:10Z") + `
			decide reject o article=1 because="thunder" although="a condition"
			at 2026-03-29T21:00Z
			assess 1 fulfilled`},
		{"coverage of a day exactly at the floor", `
			decide declare signed from=2026-03-27T22:00Z because="signed"
			cover c patrol west 2026-03-28/2026-04-10 share=0.7 source=post-1
			at 2026-03-29T21:00Z
			assess 1 fulfilled`},
		{"and one millionth less on the second day, which pauses the count", `
			decide declare signed from=2026-03-27T22:00Z because="signed"
			cover c patrol west 2026-03-28 share=0.7 source=post-1
			cover d patrol west 2026-03-29 share=0.699999 source=post-1
			cover e patrol west 2026-03-30 share=0.7 source=post-1
			at 2026-03-29T21:00Z
			assess 1 not-yet-due because "1 of 2"
			at 2026-03-30T21:00Z
			assess 1 fulfilled because "2 of 2"`},
		{"a fire resets also on a day that was not watched", `
			decide declare signed from=2026-03-27T22:00Z because="signed"
			cover c patrol west 2026-03-28 source=post-1
			cover e patrol west 2026-03-30 source=post-1
			` + fire("o", "2026-03-29T10:00/10:10Z") + `
			at 2026-03-30T21:00Z
			assess 1 not-yet-due because "1 of 2"`},
	})
	never(t, a, []row{
		{"every day could be told", march + "at 2026-03-29T21:00Z\nassess 1 fulfilled because \"could not be told\""},
		{"nothing reset the count", march + "at 2026-03-29T21:00Z\nassess 1 fulfilled because \"was reset\""},
		{"the condition is not met", march + "at 2026-03-29T20:00Z\nassess 1 not-yet-due because \"is met\""},
	})
}

// TestMeaningDaily: "daily: local hours; first to last occurrence of that time across a
// change of clocks". Article 1 is of 22:00 to 06:00 in Kyiv: in winter 20:00Z to 04:00Z;
// on the night to 29 March 20:00Z to 03:00Z (7 h), on that to 25 October 19:00Z to 04:00Z (9 h).
func TestMeaningDaily(t *testing.T) {
	a := read(t, `  - article: "1"
    phase: all
    binds: [A, B]
    text: No fire at night.
    prohibit: {acts: [fire], in: [box]}
    daily: {from: "22:00", to: "06:00"}
  - article: "2"
    phase: all
    binds: [A, B]
    text: No fire by day.
    prohibit: {acts: [fire], in: [box]}
    daily: {from: "06:00", to: "22:00"}
  - article: "3"
    phase: all
    binds: [A, B]
    text: No fire between 03:30 and 05:00.
    prohibit: {acts: [fire], in: [box]}
    daily: {from: "03:30", to: "05:00"}
`)
	at := func(when string) string {
		return "observe o fire " + when + " 0.0N 10.1E ±100m weapon=mortar source=wire\n"
	}
	hold(t, a, []row{
		{"from its first moment", at("2026-03-05T20:00Z/20:10Z") + `
			assess 1 uncorroborated of o
			assess 2 out-of-scope of o because "outside the hours 06:00 to 22:00"`},
		{"a millisecond before", at("2026-03-05T19:59:59.999Z/2026-03-05T20:10:00.000Z") + `
			assess 1 undetermined(time) of o because "partly in the hours 22:00 to 06:00"
			assess 2 undetermined(time) of o`},
		{"over midnight", at("2026-03-05T21:59Z/22:01Z") + `
			assess 1 uncorroborated of o`},
		{"to its last moment", at("2026-03-06T03:50Z/04:00Z") + `
			assess 1 uncorroborated of o
			assess 2 out-of-scope of o`},
		{"a millisecond after", at("2026-03-06T03:50:00.000Z/2026-03-06T04:00:00.001Z") + `
			assess 1 undetermined(time) of o`},
		{"all night, and a whole day", at("2026-03-05T20:00Z/2026-03-06T04:00Z") + `
			assess 1 uncorroborated of o
			observe p fire 2026-03-08 0.0N 10.9E ±100m weapon=mortar source=wire
			assess 1 undetermined(time) of p`},
		{"the short night ends at 03:00Z", at("2026-03-29T02:50Z/03:00Z") + `
			assess 1 uncorroborated of o
			observe p fire 2026-03-29T03:00Z/03:10Z 0.0N 10.9E ±100m weapon=mortar source=wire
			assess 1 out-of-scope of p
			assess 2 uncorroborated of p`},
		{"the long night begins at 19:00Z and ends at 04:00Z", at("2026-10-24T19:00Z/19:10Z") + `
			assess 1 uncorroborated of o
			observe p fire 2026-10-25T03:50Z/04:00Z 0.0N 10.9E ±100m weapon=mortar source=wire
			assess 1 uncorroborated of p`},
		// On 25 October 03:30 comes twice, at 00:30Z and 01:30Z; on 29 March never: clocks go
		// from 03:00 (01:00Z) to 04:00, and 05:00 is 02:00Z.
		{"from the first 03:30", at("2026-10-25T00:30Z/00:40Z") + `
			assess 3 uncorroborated of o`},
		{"before the first 03:30", at("2026-10-25T00:20Z/00:30Z") + `
			assess 3 out-of-scope of o`},
		{"a time that is skipped is the moment of the change", at("2026-03-29T01:00Z/02:00Z") + `
			assess 3 uncorroborated of o
			observe p fire 2026-03-29T00:50Z/01:00Z 0.0N 10.9E ±100m weapon=mortar source=wire
			assess 3 out-of-scope of p`},
		// Coverage is of the hours that bind: half of 8 h, of 7 h and of 9 h.
		{"4 of 8 hours", `
			cover c patrol box 2026-03-05T20:00Z/2026-03-06T00:00Z source=post-1
			assess 1 held during 2026-03-05T20:00Z/2026-03-06T04:00Z
			count 1 coverage=0.5 during 2026-03-05T12:00Z/2026-03-06T12:00Z`},
		{"3.5 of 7 hours, and a second less", `
			cover c patrol box 2026-03-28T20:00Z/2026-03-28T23:30Z source=post-1
			assess 1 held during 2026-03-28T12:00Z/2026-03-29T12:00Z
			cover d patrol box 2026-10-24T19:00:00Z/2026-10-24T23:29:59Z source=post-1
			assess 1 undetermined(no-coverage) during 2026-10-24T12:00Z/2026-10-25T12:00Z
			cover e patrol box 2026-10-24T23:29:59Z/2026-10-24T23:30:00Z source=post-1
			assess 1 held during 2026-10-24T12:00Z/2026-10-25T12:00Z`},
		{"a night that nobody watched and one that somebody did", `
			cover c patrol box 2026-03-06T20:00Z/2026-03-07T04:00Z source=post-1
			count 1 coverage=0.5 during 2026-03-05T12:00Z/2026-03-07T12:00Z
			assess 1 held during 2026-03-05T12:00Z/2026-03-07T12:00Z`},
		{"a period in which none of its hours lie", `
			assess 1 out-of-scope during 2026-03-05T08:00/12:00Z
			assess 1 undetermined(no-coverage) during 2026-03-05T08:00:00.000Z/2026-03-05T20:00:00.001Z`},
	})
}
