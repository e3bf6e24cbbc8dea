package brief

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// TestSums: what is kept by day and joined is what a look at every incident of the
// period gives, whatever days the period cuts.
func TestSums(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("../../agreements/ukraine-air-first"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	d := rand.New(rand.NewPCG(1, 2))
	var records []truce.Item
	// A salvo over the beginning of the terms, of which the first two periods cut a part.
	for _, text := range []string{"observe e1 strike 2025-08-15T20:50/20:51Z 48.5N 30.0E ±100m weapon=missile source=mission killed=1", "observe e2 strike 2025-08-15T21:05/21:06Z 48.5N 30.0E ±100m weapon=missile source=mission killed=2"} {
		r, err := scenario.ParseEntry(a, text, options)
		if err != nil {
			t.Fatal(err)
		}
		r.Known = truce.InstantOf(time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC))
		records = append(records, r)
	}
	acts := []string{"strike", "attack", "fire", "explosion"}
	for n := range 300 {
		from, hours := d.IntN(12*24), []int{1, 1, 1, 5, 30, 24 * 12}[d.IntN(6)]
		at := func(h int) string { return time.Date(2025, 8, 10, h, 0, 0, 0, time.UTC).Format("2006-01-02T15:04Z") }
		how, by, whose := "observe", "", "mission"
		if d.IntN(4) == 0 {
			how, by, whose = "allege", "by UA ", "airforce-ua"
		}
		text := fmt.Sprintf("%s s%d %s%s %s/%s %.3fN %.3fE ±200m source=%s", how, n, by, acts[d.IntN(len(acts))], at(from), at(from+hours), 47+4*d.Float64(), 25+12*d.Float64(), whose)
		if d.IntN(3) == 0 {
			text += " weapon=missile"
		}
		r, err := scenario.ParseEntry(a, text, options)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		r.Known = truce.InstantOf(time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC)) // after all of it: else its dates are taken for wrong
		records = append(records, r)
	}
	s := situation.Build(a, records, truce.Never, options)
	seen, may := 0, 0
	for n := range 62 {
		from := s.Occurred().Start.Add(0) + truce.Instant(d.Int64N(int64(s.Occurred().Width().Milliseconds())))
		v := truce.Interval{Start: from, End: from + truce.Instant(1+d.Int64N(9*24*3_600_000))}
		if d.IntN(2) == 0 { // whole local days
			v = truce.Interval{Start: truce.DateOf(v.Start, a.Location).Start(a.Location), End: truce.DateOf(v.End, a.Location).Add(1).Start(a.Location)}
		}
		if n < 2 {
			eve := truce.DateOf(truce.InstantOf(time.Date(2025, 8, 15, 12, 0, 0, 0, time.UTC)), a.Location).Add(n)
			v = eve.Day(a.Location)
		}
		want := newSums(len(a.Provisions))
		for _, inc := range s.Within(v) {
			want.add(s, inc, v)
		}
		seen, may = seen+want.observed.Low, may+want.observed.High-want.observed.Low
		got := sumsOf(s, v)
		got.days = nil // that whole days are kept apart changes no sum
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%v:\n%+v\nwant\n%+v", v, got, want)
		}
		// What an article counts is counted beside it too: the faces of a report agree.
		regions := report.Span{}
		for _, r := range want.regions {
			regions = regions.Plus(r.Incidents)
		}
		if regions != want.observed {
			t.Errorf("%v: %v by region, %v observed", v, regions, want.observed)
		}
		for i := range a.Provisions {
			n := s.Count(a.Provisions[i].Article, v)
			if n.Incidents > want.touched.Low || n.Incidents+n.May.Incidents > want.touched.High || want.touched.Low > want.observed.Low {
				t.Errorf("%v: article %s counts %d to %d, of %v that count under an article, of %v observed", v, a.Provisions[i].Article, n.Incidents, n.Incidents+n.May.Incidents, want.touched, want.observed)
			}
		}
	}
	if seen == 0 || may == 0 {
		t.Error("no period had an incident, or none that may lie outside it")
	}
}
