package assess_test

import "testing"

// TestMeaningFloor: "apparent-violation: definite, and the evidence floor is met";
// "uncorroborated: observed, but below the article's evidence floor"; "alleged-only:
// nothing but parties' allegations". Floors rise from single-source over corroborated to
// verified.
func TestMeaningFloor(t *testing.T) {
	a := read(t, article("single", "floor: {evidence: single-source}")+article("two", "")+article("verified", "floor: {evidence: verified}")+article("claims", "floor: {evidence: alleged}"))
	hold(t, a, []row{
		{"one source meets a floor of one, and no higher one", one + `
			assess single apparent-violation single-source of o
			assess two uncorroborated single-source of o
			assess verified uncorroborated single-source of o`},
		{"two of one publisher are one source", one + `
			observe q fire 2026-03-05T10:01/10:11Z 0.0N 10.1E ±100m weapon=mortar source=post-1
			observe r fire 2026-03-05T10:02/10:12Z 0.0N 10.1E ±100m weapon=mortar source=post-2
			withdraw o
			incident q r
			assess single apparent-violation single-source of q
			assess two uncorroborated single-source of q`},
		{"two independent sources meet a floor of two exactly", one + two + `
			incident o p
			assess single apparent-violation corroborated of o
			assess two apparent-violation corroborated of o
			assess verified uncorroborated corroborated of o`},
		{"one source that a person verified meets every floor", one + `
			decide verify o because="a patrol saw it"
			assess single apparent-violation verified of o
			assess two apparent-violation verified of o
			assess verified apparent-violation verified of o`},
		{"unverifiable never meets a floor, however many sources", one + two + `
			decide unverifiable o because="the ground is mined"
			assess single uncorroborated unverifiable of o
			assess two uncorroborated unverifiable of o
			assess claims uncorroborated unverifiable of o`},
		{"the latest of verify and unverifiable counts", one + `
			decide verify o because="a patrol saw it"
			decide unverifiable o because="it was another crater"
			assess two uncorroborated unverifiable of o
			decide verify o because="it was this one"
			assess two apparent-violation verified of o`},
		{"a claim is alleged only, whatever the floor", claim + `
			assess single alleged-only alleged of c
			assess claims alleged-only alleged of c
			assess two alleged-only alleged of c
			decide unverifiable c because="nobody may go there"
			assess claims alleged-only unverifiable of c`},
		{"a claim that a person verified is not a claim any more", claim + `
			decide verify c because="a patrol saw it"
			assess two apparent-violation verified of c`},
		{"a claim beside an observation adds nothing to it", one + claim + `
			incident o c
			assess two uncorroborated single-source of o
			assess two uncorroborated single-source of c
			count two signs=1 incidents=1`},
		{"two parties' claims of one act do not confirm each other", claim + `
			allege d by B fire 2026-03-05T10:01/10:11Z 0.0N 10.1E ±100m weapon=mortar
			assess single alleged-only alleged of c
			count single signs=0 incidents=0`},
		{"a second source confirms only what it saw: one that says nothing of the act leaves one", one + `
			observe e explosion 2026-03-05T10:01/10:11Z 0.0N 10.1E ±100m weapon=mortar source=paper
			incident o e
			assess two uncorroborated single-source of o`},
	})
}

// TestMeaningDecisions: "confirm (the outcome becomes violation), reject"; "it keeps its
// effect until a person decides again": the latest decision counts.
func TestMeaningDecisions(t *testing.T) {
	a := read(t, article("1", "floor: {evidence: single-source}")+article("2", "floor: {evidence: single-source}")+article("r", "floor: {evidence: single-source}\n    readers: 2"))
	hold(t, a, []row{
		{"confirm", one + `
			decide confirm o article=1 because="fragments"
			assess 1 violation single-source of o because "decided to be a violation: fragments"
			assess 2 apparent-violation of o
			count 1 incidents=1 violations=1
			count 2 incidents=1 violations=0`},
		{"confirm, reject", one + `
			decide confirm o article=1 because="fragments"
			decide reject o article=1 because="old fragments"
			assess 1 no-violation refuted of o because "what else happened is not decided by that): old fragments"
			assess 2 apparent-violation of o
			count 1 signs=0 incidents=0 violations=0`},
		{"confirm, reject, confirm", one + `
			decide confirm o article=1 because="fragments"
			decide reject o article=1 because="old fragments"
			decide confirm o article=1 because="new ones"
			assess 1 violation of o because "new ones"
			count 1 signs=1 incidents=1 violations=1`},
		{"a rejection takes the harm away, and a confirmation brings it back", `
			observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar killed=3 source=wire
			decide reject o article=1 because="accident"
			count 1 incidents=0 killed=0
			count 2 incidents=1 killed=3
			decide confirm o article=1 because="no accident"
			count 1 incidents=1 violations=1 killed=3`},
		{"a rejection under no article refutes one observation, and the other decides", one + two + `
			decide reject o because="a hoax"
			assess 1 apparent-violation single-source of o because "was refuted by a decision"
			count 1 signs=1 incidents=1`},
		{"a rejection of the only observation", one + `
			decide reject o because="a hoax"
			assess 1 no-violation refuted of o
			count 1 signs=0 incidents=0
			decide verify o because="no hoax"
			assess 1 apparent-violation verified of o`},
		{"a confirmation under one article lifts a rejection of the observation; a question does not", one + `
			decide reject o because="a hoax"
			decide ask o fact=weapon because="which?"
			assess 2 no-violation refuted of o
			decide unverifiable o because="nobody may go there"
			assess 2 no-violation refuted of o
			decide confirm o article=1 because="no hoax" although="it was rejected"
			assess 1 violation of o
			assess 2 uncorroborated unverifiable of o`},
		{"what is refuted meets no floor, though it was verified before", one + `
			decide verify o because="seen"
			decide reject o because="a hoax"
			assess 1 no-violation refuted of o`},
		{"verified does not mean violation: only confirm makes one", one + `
			decide verify o because="seen"
			assess 1 apparent-violation verified of o
			count 1 incidents=1 violations=0`},
		{"decided, and then another observation comes to it", one + `
			decide confirm o article=1 because="fragments"
			assess 1 violation of o
			observe p fire 2026-03-05T10:01/10:11Z 0.0N 10.1E ±100m weapon=mortar source=paper
			assess 1 violation corroborated of o because "decided on an earlier state"`},
		{"a claim that a person confirms is a violation, and an incident", claim + `
			decide confirm c article=1 because="our own patrol"
			assess 1 violation of c
			count 1 incidents=1 violations=1`},
		{"one of two readers has no effect", one + `
			decide confirm o article=r by=x because="seen"
			assess r apparent-violation of o because "asks for a second reader"
			count r violations=0
			decide confirm o article=r by=x because="as I said"
			assess r apparent-violation of o
			decide confirm o article=r by=y because="agreed"
			assess r violation of o`},
		{"two readers who say the contrary", one + `
			decide confirm o article=r by=x because="seen"
			decide reject o article=r by=y because="not seen"
			assess r apparent-violation of o
			decide reject o article=r by=z because="not seen either"
			assess r no-violation refuted of o`},
		{"a decision in between starts the count again", one + `
			decide confirm o article=r by=x because="seen"
			decide reject o article=r by=y because="not seen"
			decide confirm o article=r by=z because="seen"
			assess r apparent-violation of o
			decide confirm o article=r by=y because="yes, seen"
			assess r violation of o`},
		{"another article's decision is none between", one + `
			decide confirm o article=r by=x because="seen"
			decide reject o article=1 by=y because="accident"
			decide confirm o article=r by=z because="agreed"
			assess r violation of o
			assess 1 no-violation of o`},
		{"what stands and is said again waits for nobody", one + `
			decide confirm o article=r by=x because="seen"
			decide confirm o article=r by=y because="seen"
			decide confirm o article=r by=z because="seen"
			assess r violation of o because "seen"`},
	})
}

// TestMeaningReplies: "awaiting-response: from the moment the finding first exists in
// knowledge until the reply or the clock's end; then apparent-violation". Article A binds
// A alone.
func TestMeaningReplies(t *testing.T) {
	a := read(t, article("1", "floor: {evidence: single-source}\n    clocks: {reply: 24h}")+article("2", "clocks: {reply: 24h}")+`  - article: "A"
    phase: all
    binds: [A]
    text: No fire by A.
    prohibit: {acts: [fire], in: [box]}
    floor: {evidence: single-source}
    clocks: {reply: 24h}
`)
	of := "observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar actor=A source=wire\n"
	hold(t, a, []row{
		// Known on 5 March at 12:00:00.000, so that 24 h end on 6 March at 12:00:00.000.
		{"from the first moment to the last before 24 h have passed", "at 2026-03-05T12:00Z\n" + of + `
			assess 1 awaiting-response of o because "a reply is awaited until"
			at 2026-03-06T11:59:59Z
			assess 1 awaiting-response of o
			at 2026-03-06T11:59:59.999Z
			assess 1 awaiting-response of o
			at 2026-03-06T12:00:00Z
			assess 1 apparent-violation of o
			at 2026-03-06T12:00:01Z
			assess 1 apparent-violation of o
			at 2026-03-05T11:59:59.999Z
			count 1 incidents=0`},
		{"it counts while it is awaited", "at 2026-03-05T12:00Z\n" + of + `
			count 1 signs=1 incidents=1 violations=0
			assess 1 awaiting-response`},
		{"the reply ends it at once", "at 2026-03-05T12:00Z\n" + of + `
			at 2026-03-05T13:00Z
			respond r by B 2026-03-05T13:00Z to=o
			assess 1 apparent-violation of o because "B has replied"
			at 2026-03-05T12:59:59.999Z
			assess 1 awaiting-response of o`},
		{"an unbound party answers: no effect", "at 2026-03-05T12:00Z\n" + of + `
			respond r by B 2026-03-05T12:00Z to=o
			assess A awaiting-response of o
			assess 1 apparent-violation of o
			respond r2 by A 2026-03-05T12:00Z to=o
			assess A apparent-violation of o because "A has replied"`},
		{"an answer to another incident has no effect", "at 2026-03-05T12:00Z\n" + of + `
			observe other fire 2026-03-04T10:00/10:10Z 0.0N 10.9E ±100m weapon=mortar source=wire
			respond r by A 2026-03-05T12:00Z to=other
			assess 1 awaiting-response of o
			assess 1 apparent-violation of other`},
		{"an answer to any observation of the incident is one to the incident", "at 2026-03-05T12:00Z\n" + of + two + `
			respond r by A 2026-03-05T12:00Z to=p
			assess 1 apparent-violation of o`},
		{"a reply that states an earlier time counts from its receipt", "at 2026-03-05T12:00Z\n" + of + `
			at 2026-03-05T20:00Z
			respond r by A 2026-03-05T13:00Z to=o reported=2026-03-05T13:00Z
			at 2026-03-05T19:00Z
			assess 1 awaiting-response of o`},
		// Under article 2 the finding exists when the second source is known: 6 March, 09:00.
		{"the clock starts when the floor is met, and not with the first source", "at 2026-03-05T12:00Z\n" + of + `
			assess 2 uncorroborated of o
			at 2026-03-06T09:00Z
			observe p fire 2026-03-05T10:01/10:11Z 0.0N 10.1E ±100m weapon=mortar source=paper
			assess 2 awaiting-response of o
			at 2026-03-07T08:59:59.999Z
			assess 2 awaiting-response of o
			at 2026-03-07T09:00Z
			assess 2 apparent-violation of o`},
		{"what a person decided is decided", "at 2026-03-05T12:00Z\n" + of + `
			decide confirm o article=1 because="seen"
			assess 1 violation of o`},
		{"where everything is known, all clocks have run out", of + `
			assess 1 apparent-violation of o`},
	})
}

// TestMeaningActors: "an actor is one of A, B"; "if nobody among the possible actors is
// bound: out-of-scope. Some bound, some not: missing actor"; unknown is not stated, and an
// actor who is not stated may be any party.
func TestMeaningActors(t *testing.T) {
	a := read(t, article("1", "")+`  - article: "A"
    phase: all
    binds: [A]
    text: No fire by A.
    prohibit: {acts: [fire], in: [box]}
`)
	by := func(actor string) string {
		return "observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar killed=2 source=wire actor=" + actor + "\n"
	}
	hold(t, a, []row{
		{"A is bound by both", by("A") + `
			assess 1 uncorroborated of o
			assess A uncorroborated of o
			assess 1 uncorroborated party=A of o
			assess 1 no-violation party=B of o`},
		{"a member's acts are the party's own", by("A1") + `
			assess A uncorroborated party=A of o
			assess 1 no-violation party=B of o`},
		{"B is not bound by A's article", by("B") + `
			assess 1 uncorroborated of o
			assess A out-of-scope of o because "does not bind"
			count A signs=0 incidents=0 killed=0`},
		{"one outside the agreement", by("X") + `
			assess 1 out-of-scope of o
			assess A out-of-scope of o
			count 1 signs=0 incidents=0 killed=0`},
		{"one of A and B", by("A|B") + `
			assess 1 uncorroborated of o
			assess A undetermined(missing-fact) of o missing actor
			assess 1 undetermined(missing-fact) party=A of o missing actor
			assess 1 undetermined(missing-fact) party=B of o missing actor`},
		{"one of A and X: some are bound", by("A|X") + `
			assess 1 undetermined(missing-fact) of o missing actor
			count 1 signs=1 incidents=1 killed=0`},
		{"one of B and X: under A's article none is", by("B|X") + `
			assess A out-of-scope of o because "binds none of them"`},
		{"not stated: any party, and both are bound by article 1", by("unknown") + `
			assess 1 uncorroborated of o
			assess A undetermined(missing-fact) of o missing actor
			assess 1 undetermined(missing-fact) party=A of o missing actor
			assess A undetermined(missing-fact) party=A of o missing actor`},
		{"a name that may be A's or others'", by("Rebels") + `
			assess 1 undetermined(missing-fact) of o missing actor because "may mean others"
			assess A undetermined(missing-fact) of o missing actor because "may mean others"
			assess 1 undetermined(missing-fact) party=A of o missing actor
			assess 1 no-violation party=B of o
			count A signs=1 incidents=1 killed=0`},
		{"nobody but a bound party is asked about", by("A") + `
			assess A out-of-scope party=B`},
	})
}
