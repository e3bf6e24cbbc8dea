package mission

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/situation"
)

// TestSums: what is kept by day and joined is what a look at every incident of the
// period gives, whatever days the period cuts.
func TestSums(t *testing.T) {
	a, err := LoadAgreement("../../agreements/ukraine-air-first")
	if err != nil {
		t.Fatal(err)
	}
	d := rand.New(rand.NewPCG(1, 2))
	var records []truce.Record
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
		r, err := situation.ParseEntry(a, text, Options(Silent{}))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		r.Known = truce.InstantOf(time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC)) // after all of it: else its dates are taken for wrong
		records = append(records, r)
	}
	s := situation.Build(a, records, truce.Never, Options(Silent{}))
	seen, may := 0, 0
	for range 60 {
		from := s.Occurred().Start.Add(0) + truce.Instant(d.Int64N(int64(s.Occurred().Width().Milliseconds())))
		v := truce.Interval{Start: from, End: from + truce.Instant(1+d.Int64N(9*24*3_600_000))}
		if d.IntN(2) == 0 { // whole local days
			v = truce.Interval{Start: truce.DateOf(v.Start, a.Location).Start(a.Location), End: truce.DateOf(v.End, a.Location).Add(1).Start(a.Location)}
		}
		want := newSums(len(a.Provisions))
		for _, inc := range s.Within(v) {
			want.add(s, inc, v)
		}
		seen, may = seen+want.observed.N, may+want.observed.May
		if got := sumsOf(s, v); !reflect.DeepEqual(got, want) {
			t.Fatalf("%v:\n%+v\nwant\n%+v", v, got, want)
		}
	}
	if seen == 0 || may == 0 {
		t.Error("no period had an incident, or none that may lie outside it")
	}
}
