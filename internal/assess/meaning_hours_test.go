package assess_test

import "testing"

// TestMeaningHours: a finding is of the hours of the observations that decide it: neither
// what a party says beside them nor what was refuted moves it to another day.
func TestMeaningHours(t *testing.T) {
	a := read(t, article("1", "floor: {evidence: single-source}"))
	const seen = "observe o fire 2026-03-05T19:00/19:10Z 0.0N 10.1E ±100m weapon=mortar killed=2 source=wire\n"
	const over = " fire 2026-03-05T21:00Z/2026-03-06T00:00Z 0.0N 10.1E ±100m weapon=mortar" // 23:00 to 02:00 in Kyiv
	hold(t, a, []row{
		{"seen on one day", seen + `
			count 1 signs=1 incidents=1 killed=2 during 2026-03-05
			count 1 signs=0 incidents=0 killed=0 during 2026-03-06`},
		{"a claim over midnight beside it", seen + "allege c by A" + over + ` killed=9
			incident o c
			count 1 signs=1 incidents=1 killed=2 during 2026-03-05
			count 1 signs=0 incidents=0 killed=0 during 2026-03-06`},
		{"a second observation over midnight: of both days, perhaps", seen + "observe p" + over + ` killed=3 source=paper
			incident o p
			count 1 signs=0..2 incidents=0..1 killed=0..3 during 2026-03-05
			count 1 signs=0..2 incidents=0..1 killed=0..3 during 2026-03-06
			count 1 signs=2 incidents=1 killed=2..2..3`},
		{"which is refuted: of the first day again", seen + "observe p" + over + ` killed=3 source=paper
			decide reject p because="a hoax"
			count 1 signs=1 incidents=1 killed=2 during 2026-03-05
			count 1 signs=0 incidents=0 killed=0 during 2026-03-06`},
		{"a claim alone has its own hours", "allege c by A" + over + `
			assess 1 alleged-only during 2026-03-05
			assess 1 alleged-only during 2026-03-06
			assess 1 undetermined(no-coverage) during 2026-03-07`},
	})
}
