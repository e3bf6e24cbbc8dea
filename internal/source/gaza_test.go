package source

import (
	"fmt"
	"testing"

	"github.com/opentruce/truce"
)

// gazaMapping is one ministry's daily figures, by the day of the report. %s is what kind
// of record they are; only a tally is a total without being told so.
const gazaMapping = `
record: %s
source: gaza-moh
timezone: Asia/Gaza
key: {column: report_date}
occurred: {column: report_date}
act: attack
casualties:
  of_the_day: {reported: killed, recovered: killed_recovered, succumbed: killed_succumbed, retroactive: killed_committee, new: killed_truce_new}
  injured: {column: injured}
ignore: [report_source, report_period]
`

// TestGazaDailyFigures: whatever record the ministry's figures are read as, 274 reported
// on 23 March 2025 are 39 of the day, 2 recovered and 233 added later, and the report of
// nobody killed and nobody injured on 25 January is a statement of none.
func TestGazaDailyFigures(t *testing.T) {
	for record, more := range map[string]string{"observation": "count: uncountable\n", "allegation": "claimant: PS\ncount: uncountable\n", "tally": "claimant: PS\n"} {
		t.Run(record, func(t *testing.T) {
			m, err := ParseMapping([]byte(fmt.Sprintf(gazaMapping, record) + more))
			if err != nil {
				t.Fatal(err)
			}
			type said struct {
				casualties *truce.Casualties
				none       bool
				count      truce.Count
				claimant   truce.PartyID
			}
			days := map[string]said{}
			for r, err := range jsonlKind.Parse(open(t, "testdata/real/gaza_2025-01-19_2025-03-31.jsonl"), Options{Mapping: m}) {
				switch {
				case err != nil:
					t.Fatal(err)
				case r.Tally != nil:
					days[r.Tally.Key] = said{r.Tally.Casualties, r.Tally.None(), r.Tally.Count, r.Tally.Claimant}
				default:
					o := r.Observation
					days[o.Key] = said{o.Casualties, o.None(), o.Count, o.Claimant}
				}
			}
			if len(days) != 72 {
				t.Errorf("%d days, want 72", len(days))
			}
			n := func(v int32) *truce.Range { return &truce.Range{Low: v, Best: v, High: v} }
			same := func(a, b *truce.Range) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
			day, want := days["2025-03-23"], truce.Casualties{Killed: n(39), Recovered: n(2), Retroactive: n(233), Injured: n(61)}
			for _, f := range truce.CasualtyFields {
				if got := *day.casualties.Field(f); !same(got, *want.Field(f)) {
					t.Errorf("23 March: %s %v, want %v", f, got, *want.Field(f))
				}
			}
			if day.none || day.count.Kind != truce.Uncountable || (day.claimant == "PS") != (record != "observation") {
				t.Errorf("23 March: %+v", day)
			}
			if zero := days["2025-01-25"]; !zero.none || !zero.casualties.Killed.Zero() || !zero.casualties.Injured.Zero() {
				t.Errorf("25 January: %+v is not a statement of none", zero)
			}
			none := 0
			for _, d := range days {
				if d.none {
					none++
				}
			}
			// 24, 25 and 31 January, 7, 14, 21, 26 and 28 February, 2, 7, 14 and 21 March.
			if none != 12 {
				t.Errorf("%d statements of none, want 12", none)
			}
		})
	}
}
