package situation_test

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/situation"
	"pgregory.net/rapid"
)

// dayStory draws vague reports of a few days at a few places, and what people decide about
// the findings of days that follow from them, as they see them at that moment.
func dayStory(t *rapid.T, a *truce.Agreement) (out []truce.Item, decided int) {
	loc := a.Location
	first := truce.Date("2016-03-02")
	at := first.Add(3).Start(loc)
	arts := []truce.Article{"1", "4", "5"}
	var said []truce.Item
	of := func(n int) *truce.Observation {
		day := first.Add(rapid.IntRange(0, 1).Draw(t, "day"))
		v := day.Day(loc)
		if rapid.IntRange(0, 4).Draw(t, "a night") == 0 {
			v = truce.Interval{Start: v.Start.Add(20 * time.Hour), End: v.Start.Add(28 * time.Hour)}
		}
		o := &truce.Observation{Source: rapid.SampledFrom([]truce.SourceID{"paper-one", "paper-two", "paper-three"}).Draw(t, "source"), Key: fmt.Sprint(n), Act: "strike", Weapon: "aircraft",
			Count: truce.Count{N: 1}, Occurred: v, Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: rapid.SampledFrom([]int32{8000, 4000, 1000}).Draw(t, "u")}}
		o.Place.Point, _ = geo.PointOf(35+float64(rapid.IntRange(0, 3).Draw(t, "lat"))*0.018, rapid.SampledFrom([]float64{36.5, 36.5, 36.9}).Draw(t, "lon"))
		o.SetID()
		return o
	}
	pick := func() truce.Digest { return said[rapid.IntRange(0, len(said)-1).Draw(t, "of")].Observation.ID }
	for n := range rapid.IntRange(5, 22).Draw(t, "n") {
		at = at.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "later")) * time.Hour)
		r := truce.Item{Known: at}
		d := &truce.Decision{ID: truce.DigestOf("decision", fmt.Sprint(n)), Seq: int64(n), Because: "a test", By: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "by"),
			Kind: rapid.SampledFrom([]truce.DecisionKind{truce.Confirm, truce.Reject, truce.Unverifiable, truce.Confirm}).Draw(t, "decide"), Article: rapid.SampledFrom(arts).Draw(t, "article")}
		switch k := rapid.IntRange(0, 11).Draw(t, "kind"); {
		case k < 5 || len(said) < 2:
			r.Observation = of(n)
		case k == 5:
			r.Withdrawal = &truce.Withdrawal{Of: pick()}
		case k == 6:
			r.Observation, r.Replaces = of(n), pick()
		case k == 7 && rapid.Bool().Draw(t, "an answer"):
			r.Response = &truce.Response{ID: d.ID, Key: fmt.Sprint(n), By: "A", To: pick(), During: truce.Interval{Start: at, End: at + 1}, Says: "contest"}
		case k == 7:
			d.Of = []truce.Digest{pick()}
			r.Decision = d
		case k == 8 && len(out) > 0: // of a decision, perhaps
			r.Withdrawal = &truce.Withdrawal{Of: out[rapid.IntRange(0, len(out)-1).Draw(t, "taken back")].ID()}
		default:
			list := situation.Build(a, out, truce.Never, opts()).DayFindings(d.Article)
			if len(list) == 0 {
				r.Observation = of(n)
				break
			}
			d.SetDay(&list[rapid.IntRange(0, len(list)-1).Draw(t, "finding")])
			r.Decision = d
			decided++
		}
		if r.Observation != nil {
			said = append(said, r)
		}
		out = append(out, r)
	}
	return out, decided
}

// correctedTwice reports whether two entries of one moment correct the same one.
func correctedTwice(items []truce.Item) bool {
	type correction struct {
		of truce.Digest
		at truce.Instant
	}
	seen := map[correction]bool{}
	for _, r := range items {
		if c := (correction{r.Replaces, r.Known}); !r.Replaces.IsZero() {
			if seen[c] {
				return true
			}
			seen[c] = true
		}
	}
	return false
}

// TestDayDecisions: what people decide about findings of days does not depend on the order in
// which the entries of one moment stand, nor on the portions in which they arrive. What
// people confirmed stays confirmed and is shown as such, with every wider statement, as long
// as one of the reports that they named is there and nobody rejected it.
func TestDayDecisions(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("../scenario/testdata/conformance/day-findings"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	confirmed, earlier, waits, changed, awaited := 0, 0, 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		all, _ := dayStory(t, a)
		g := situation.Grow(opts())
		var have []truce.Item
		rest := all
		for len(rest) > 0 {
			n := rapid.IntRange(1, len(rest)).Draw(t, "arrive")
			fresh := rest[:n]
			have, rest = append(slices.Clip(have), fresh...), rest[n:]
			now := have[len(have)-1].Known
			got, _ := g.Step(a, fresh, func() []truce.Item { return have }, nil, now)
			want := situation.Build(a, have, now, opts())
			sameDays(t, "grown", want, got)
			shuffled := rapid.Permutation(have).Draw(t, "order")
			slices.SortStableFunc(shuffled, func(x, y truce.Item) int { return int((x.Known - y.Known) / 60_000) })
			if !correctedTwice(have) { // of two corrections of one entry the later in the record counts
				sameDays(t, "in another order", want, situation.Build(a, shuffled, now, opts()))
			}
			for _, art := range []truce.Article{"1", "4", "5"} {
				for _, f := range want.DayFindings(art) {
					if len(f.Earlier) > 0 {
						earlier++
					}
					if f.Waits != nil {
						waits++
					}
					if f.Changed {
						changed++
					}
					if f.Outcome == truce.AwaitingResponse {
						awaited++
					}
					if (f.Outcome == truce.AwaitingResponse) != (f.ReplyBy > now) {
						t.Fatalf("%s is %s, and a reply is awaited until %s; it is %s", f.ID, f.Outcome, f.ReplyBy, now)
					}
					if f.Confirmed.IsZero() != (f.Outcome != truce.Violation) {
						t.Fatalf("%s is confirmed by %s, and its outcome is %s", f.ID, f.Confirmed, f.Outcome)
					}
					if f.Outcome == truce.Violation {
						confirmed++
						if w := (truce.Interval{Start: f.Window.Start, End: truce.DateOf(f.Window.End-1, a.Location).Add(1).Day(a.Location).End}); f.Days == 1 && f.Area.Level == truce.AreaPlace {
							if x := want.DayAt(art, w, &truce.Place{Kind: truce.PlacePoint, Point: f.Area.Centre}); x == nil || x.Outcome != truce.Violation {
								t.Fatalf("a wider window than that of %s is not confirmed: %v", f.ID, x)
							}
						}
					}
				}
			}
		}
	})
	if confirmed < 20 || earlier < 20 || waits < 20 || changed < 5 || awaited < 20 {
		t.Errorf("%d confirmed, %d after a rejection, %d that wait for a second reader, %d changed, %d that await a reply: the stories test little", confirmed, earlier, waits, changed, awaited)
	}
}

func sameDays(t *rapid.T, how string, want, got *situation.Situation) {
	t.Helper()
	if got.Digest() != want.Digest() {
		t.Fatalf("%s: digest %s, want %s", how, got.Digest(), want.Digest())
	}
	for i := range want.Agreement.Provisions {
		art := want.Agreement.Provisions[i].Article
		if x, y := want.DayFindings(art), got.DayFindings(art); !reflect.DeepEqual(x, y) {
			t.Fatalf("%s: article %s has\n%+v, want\n%+v", how, art, y, x)
		}
	}
}

// TestDayDecisionsLeaveIncidents: decisions on findings of days change nothing of incidents,
// of what is found of them, and of what is counted.
func TestDayDecisionsLeaveIncidents(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("../scenario/testdata/conformance/day-findings"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	many := 0
	rapid.Check(t, func(t *rapid.T) {
		all, decided := dayStory(t, a)
		many += decided
		without := slices.DeleteFunc(slices.Clone(all), func(r truce.Item) bool { return r.Decision != nil && r.Decision.OnDay() })
		with, plain := situation.Build(a, all, truce.Never, opts()), situation.Build(a, without, truce.Never, opts())
		str := func(s *situation.Situation) string {
			out := ""
			for i := range s.Agreement.Provisions {
				art := s.Agreement.Provisions[i].Article
				for _, inc := range s.Incidents() {
					x, err := s.Assess(situation.Query{Article: art, Of: inc.ID, Reasons: true})
					out += fmt.Sprintln(inc.ID, x, err)
				}
				out += fmt.Sprintln(s.Count(art, truce.Interval{}))
			}
			return out
		}
		if x, y := str(plain), str(with); x != y {
			t.Fatalf("with decisions on findings of days incidents are\n%s, want\n%s", y, x)
		}
	})
	if many < 50 {
		t.Errorf("only %d decisions on findings of days", many)
	}
}

// TestAtLeastOnCorroborated: days on which one publisher alone reports an act do not count,
// also under an article that asks for no more than that.
func TestAtLeastOnCorroborated(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("../scenario/testdata/conformance/day-findings"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	a.Provisions[0].Floor.Evidence = truce.SingleSource
	var items []truce.Item
	for _, text := range []string{
		"observe a strike 2016-03-01T10:00/10:10+02:00 35.0000N 36.5000E ±200m weapon=aircraft source=paper-one",
		"observe b strike 2016-03-02T10:00/10:10+02:00 35.0000N 36.5000E ±200m weapon=aircraft source=paper-one",
		"observe c strike 2016-03-03T10:00/10:10+02:00 35.0000N 36.5000E ±200m weapon=aircraft source=paper-one",
		"observe d strike 2016-03-04T10:00/10:10+02:00 35.0000N 36.5000E ±200m weapon=aircraft source=paper-one",
		"observe e strike 2016-03-04T10:00/10:10+02:00 35.0000N 36.5000E ±200m weapon=aircraft source=paper-two",
	} {
		items = append(items, said(t, a, "", "2016-03-05T08:00:00Z", text))
	}
	s := situation.Build(a, items, truce.Never, opts())
	if n := s.AtLeastOn("1", truce.Interval{}); n != 1 {
		t.Errorf("at least one act is corroborated on %d days, want 1: two publishers report one on 4 March alone", n)
	}
}

// TestDaysGrow: over many days, where each report changes what is found in a day or two and
// the rest is kept, a situation that grows finds in days what Build finds.
func TestDaysGrow(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("../scenario/testdata/conformance/day-findings"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	of1, of2 := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		first := truce.Date("2016-03-01")
		now := first.Add(40).Start(a.Location)
		n := 0
		observe := func() truce.Item {
			n++
			day := first.Add(rapid.IntRange(0, 9).Draw(t, "day"))
			v := day.Day(a.Location)
			switch rapid.IntRange(0, 3).Draw(t, "width") {
			case 0: // a night
				v = truce.Interval{Start: v.Start.Add(20 * time.Hour), End: v.Start.Add(28 * time.Hour)}
			case 1: // several days
				v.End = v.End.Add(time.Duration(rapid.IntRange(1, 14).Draw(t, "more")) * 24 * time.Hour)
			}
			o := &truce.Observation{Source: rapid.SampledFrom([]truce.SourceID{"paper-one", "paper-two", "paper-three"}).Draw(t, "source"), Key: fmt.Sprint(n), Act: "strike", Weapon: "aircraft",
				Count: truce.Count{N: 1}, Occurred: v, Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: rapid.SampledFrom([]int32{4000, 2000, 500}).Draw(t, "u")}}
			o.Place.Point, _ = geo.PointOf(35+float64(rapid.IntRange(0, 12).Draw(t, "lat"))*0.014, 36.5+float64(rapid.IntRange(0, 3).Draw(t, "lon"))*0.02)
			if rapid.IntRange(0, 5).Draw(t, "an origin") == 0 {
				o.Origins = []truce.Origin{"post:t.me/x/1"}
			}
			o.SetID()
			return truce.Item{Known: now, Observation: o}
		}
		var have []truce.Item
		for range rapid.IntRange(20, 60).Draw(t, "at first") {
			have = append(have, observe())
		}
		g := situation.Grow(opts())
		g.Step(a, have, func() []truce.Item { return have }, nil, now)
		g1, _ := g.Latest()
		sameDays(t, "at first", situation.Build(a, have, now, opts()), g1)
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			now = now.Add(time.Minute)
			var fresh []truce.Item
			for range rapid.IntRange(1, 2).Draw(t, "arrive") {
				fresh = append(fresh, observe())
			}
			if of := have[rapid.IntRange(0, len(have)-1).Draw(t, "of")].Observation; of != nil && rapid.IntRange(0, 3).Draw(t, "or") == 0 {
				id := of.ID
				fresh = []truce.Item{{Known: now, Withdrawal: &truce.Withdrawal{Of: id}}}
				if rapid.Bool().Draw(t, "decided") {
					fresh = []truce.Item{{Known: now, Decision: &truce.Decision{ID: truce.DigestOf("d", fmt.Sprint(n), fmt.Sprint(now)), Seq: int64(now), Kind: rapid.SampledFrom([]truce.DecisionKind{truce.Verify, truce.Unverifiable, truce.Independent}).Draw(t, "kind"),
						Of: []truce.Digest{id}, Because: "a test"}}}
				}
			}
			have = append(slices.Clip(have), fresh...)
			s, _ := g.Step(a, fresh, func() []truce.Item { return have }, nil, now)
			want := situation.Build(a, have, now, opts())
			sameDays(t, "grown", want, s)
			for _, f := range want.DayFindings("1") {
				if f.Days == 2 {
					of2++
				} else {
					of1++
				}
			}
		}
	})
	if of1 < 100 || of2 < 100 {
		t.Errorf("%d findings of a day and %d of two: the worlds test little", of1, of2)
	}
}

// TestDayWhere: a wide area says little of where its reports are, so the settlements that they
// name follow it, each once and not too many; a disc has a name of its own.
func TestDayWhere(t *testing.T) {
	terms, probs := agreement.Read(os.DirFS("../scenario/testdata/conformance/day-findings"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	at := truce.Date("2016-03-02").Start(terms.Location)
	seen := func(names ...string) (items []truce.Item, ids []truce.Digest) {
		for i, name := range names {
			o := &truce.Observation{Source: "paper-one", Key: fmt.Sprint(i), Act: "strike", Count: truce.Count{N: 1}, Occurred: truce.Interval{Start: at, End: at.Add(time.Hour)},
				Place: truce.Place{Kind: truce.PlaceUnknown, Settlement: name}}
			o.SetID()
			items, ids = append(items, truce.Item{Observation: o, Known: at}), append(ids, o.ID)
		}
		return items, ids
	}
	for _, tt := range []struct {
		area  truce.Area
		names []string
		want  string
	}{
		{truce.Area{Level: truce.AreaZone, Name: "syria"}, nil, "the zone syria"},
		{truce.Area{Level: truce.AreaZone, Name: "syria"}, []string{"", ""}, "the zone syria"},
		{truce.Area{Level: truce.AreaZone, Name: "syria"}, []string{"Kafr Nabudah", "Hobait"}, "the zone syria (reports name Hobait and Kafr Nabudah)"},
		{truce.Area{Level: truce.AreaRegion, Name: "Hama"}, []string{"Kafr Nabudah", "Kafr Nabudah", ""}, "Hama (reports name Kafr Nabudah)"},
		{truce.Area{Level: truce.AreaDistrict, Name: "Masyaf"}, []string{"C", "A", "B"}, "Masyaf (reports name A, B and C)"},
		{truce.Area{Level: truce.AreaRegion, Name: "Hama"}, []string{"C", "A", "B", "D"}, "Hama (reports name A, B, C and others)"},
		{truce.Area{Level: truce.AreaPlace, Name: "Hobait", RadiusM: 5000}, []string{"Kafr Nabudah"}, "Hobait (0.000° N 0.000° E ± 5.1 km)"},
	} {
		items, ids := seen(tt.names...)
		s := situation.Build(terms, items, truce.Never, opts())
		if got := s.DayWhere(&truce.DayFinding{Area: tt.area, Support: ids}).String(); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.names, got, tt.want)
		}
	}
}
