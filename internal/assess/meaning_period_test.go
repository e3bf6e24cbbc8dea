package assess_test

import "testing"

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
