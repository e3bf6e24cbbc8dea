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
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/situation"
	"pgregory.net/rapid"
)

// TestGrowing: a situation that grows, in whatever portions entries arrive and
// whenever it is looked at, is the one that Build gives, down to the words of its
// reasons; and what it says has changed is all that has.
func TestGrowing(t *testing.T) {
	t.Run("one catalogue", func(t *testing.T) { grows(t) })
	t.Run("catalogues", func(t *testing.T) { grows(t, "ngo", "post-1") })
}

func grows(t *testing.T, catalogues ...truce.SourceID) {
	a, probs := agreement.Read(os.DirFS("testdata/growing"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	keepApart(a, catalogues...)
	rapid.Check(t, func(t *rapid.T) {
		all := story(t, a)
		if rapid.Bool().Draw(t, "origins") {
			cite(t, all)
		}
		g := situation.Grow(opts())
		var have []truce.Item
		now := all[0].Known
		shown := map[truce.Digest]string{}
		rest := all
		for step := range rapid.IntRange(1, 12).Draw(t, "steps") {
			n := rapid.IntRange(0, min(8, len(rest))).Draw(t, "arrive")
			fresh := rest[:n]
			have, rest = append(slices.Clip(have), fresh...), rest[n:]
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 30, 600, 3000}).Draw(t, "minutes")) * time.Minute)
			if rapid.IntRange(0, 30).Draw(t, "clock set back") == 0 {
				now = now.Add(-time.Hour)
			}
			got, ch := g.Step(a, fresh, func() []truce.Item { return have }, nil, now)
			// Sometimes nobody asks what the articles say before more arrives.
			if rapid.IntRange(0, 3).Draw(t, "asked") == 0 {
				shown = nil
				continue
			}
			want := situation.Build(a, have, now, opts())
			same(t, step, want, got)
			if shown == nil || ch.All {
				shown = map[truce.Digest]string{}
				for _, inc := range got.Incidents() {
					shown[inc.ID] = row(got, inc)
				}
			}
			for _, id := range ch.Gone {
				delete(shown, id)
			}
			for _, inc := range ch.Touched {
				shown[inc.ID] = row(got, inc)
			}
			if len(shown) != len(want.Incidents()) {
				t.Fatalf("step %d: %d incidents as told, want %d", step, len(shown), len(want.Incidents()))
			}
			for _, inc := range want.Incidents() {
				if shown[inc.ID] != row(want, inc) {
					t.Fatalf("step %d: nobody was told that incident %s is\n%s, was\n%s", step, inc.ID, row(want, inc), shown[inc.ID])
				}
			}
		}
	})
}

// cite draws what observations of a story rest on: posts, some of which are the own addresses of
// others.
func cite(t *rapid.T, all []truce.Item) {
	for i := range all {
		o := all[i].Observation
		if o == nil {
			continue
		}
		first := rapid.SampledFrom([]truce.Origin{"", "own:t.me/x/1", "own:t.me/x/2", "post:t.me/x/1", "post:t.me/x/2", "publisher:state of a", "publisher:a", "post:t.me/y/1"}).Draw(t, "origin")
		more := rapid.SampledFrom([]truce.Origin{"", "", "post:t.me/x/1", "post:t.me/x/2", "publisher:mission"}).Draw(t, "more")
		c := *o
		if err := c.SetOrigins([]truce.Origin{first, more}); err != nil {
			t.Fatal(err)
		}
		all[i].Observation = &c
	}
}

// TestGrowingOfCopies: a situation grows by what entries say, and not by where in memory
// they are. With new copies of all items at each step, as if they were read again, the
// situation is the same, and so are the changes that it reports.
func TestGrowingOfCopies(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("testdata/growing"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	alone, kept := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		rest := story(t, a)
		for i := range rest { // the way of the record: no two entries are at one place
			rest[i] = copied(rest[i])
		}
		one, other := situation.Grow(opts()), situation.Grow(opts())
		var have []truce.Item
		now := rest[0].Known
		for step := range rapid.IntRange(2, 8).Draw(t, "steps") {
			n := rapid.IntRange(0, min(8, len(rest))).Draw(t, "arrive")
			fresh := rest[:n]
			have, rest = append(slices.Clip(have), fresh...), rest[n:]
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 30, 600, 3000}).Draw(t, "minutes")) * time.Minute)
			want, changed := one.Step(a, fresh, func() []truce.Item { return have }, nil, now)
			got, touched := other.Step(a, copies(fresh), func() []truce.Item { return copies(have) }, nil, now)
			same(t, step, want, got)
			if x, y := told(changed), told(touched); x != y {
				t.Fatalf("step %d: of copies it says that this has changed:\n%s, want\n%s", step, y, x)
			}
			if !touched.All && step > 0 {
				alone, kept = alone+len(touched.Touched), kept+len(got.Incidents())-len(touched.Touched)
			}
		}
	})
	if alone == 0 || kept == 0 {
		t.Errorf("%d incidents were touched and %d were not: the stories test nothing", alone, kept)
	}
}

func told(ch situation.Change) string {
	out := fmt.Sprintln(ch.All, ch.Gone)
	for _, inc := range ch.Touched {
		out += fmt.Sprintln(inc.ID, inc.IDs())
	}
	return out
}

func copies(list []truce.Item) []truce.Item {
	out := make([]truce.Item, len(list))
	for i, r := range list {
		out[i] = copied(r)
	}
	return out
}

// copied is an item of which every part is at another place.
func copied(r truce.Item) truce.Item {
	v := reflect.New(reflect.TypeOf(r)).Elem()
	deepCopy(v, reflect.ValueOf(r))
	return v.Interface().(truce.Item)
}

func deepCopy(to, from reflect.Value) {
	to.Set(from)
	switch from.Kind() {
	case reflect.Pointer:
		if !from.IsNil() {
			to.Set(reflect.New(from.Type().Elem()))
			deepCopy(to.Elem(), from.Elem())
		}
	case reflect.Struct:
		for i := range from.NumField() {
			deepCopy(to.Field(i), from.Field(i))
		}
	case reflect.Slice:
		if !from.IsNil() {
			to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
			for i := range from.Len() {
				deepCopy(to.Index(i), from.Index(i))
			}
		}
	}
}

// row is what lists show of an incident.
func row(s *situation.Situation, inc *truce.Incident) string {
	out := fmt.Sprint(inc.IDs(), inc.Occurred, inc.Alleged())
	for i := range s.Agreement.Provisions {
		art := s.Agreement.Provisions[i].Article
		if _, f := s.Finding(art, inc.ID); f != nil {
			out += fmt.Sprintf(" %s %s %s %v %s", art, f.Outcome, f.Standing, f.Missing, f.Signs)
		}
	}
	return out
}

func same(t *rapid.T, step int, want, got *situation.Situation) {
	t.Helper()
	if got.EarlierDigest() != want.EarlierDigest() {
		t.Fatalf("step %d: digest %s, want %s", step, got.EarlierDigest(), want.EarlierDigest())
	}
	if got.Digest() != want.Digest() {
		t.Fatalf("step %d: the digest's leaves are not those of what is there", step)
	}
	str := func(s *situation.Situation) string {
		out := fmt.Sprintln(s.Extent(), s.Occurred(), s.FirstKnown(), near(s), s.Edges, s.Unlocatable, s.Withheld, len(s.Tallies), len(s.Coverage), len(s.Restrictions), len(s.Attributions))
		for o := range s.Observations() {
			inc := s.IncidentOf(o.ID)
			if inc == nil {
				return fmt.Sprintf("observation %s is of no incident", o.ID)
			}
			out += fmt.Sprintln(o.ID, o.Claimant, o.Grade, s.Known(o.ID), inc.ID)
		}
		for _, d := range s.Decisions {
			out += fmt.Sprintln(d.ID, d.Of, d.Seq, s.Known(d.ID))
		}
		for _, c := range s.Contradictions {
			out += fmt.Sprintln(c.Decision.ID, c.Why)
		}
		for _, c := range s.Corrections {
			out += fmt.Sprintln(c.Known, c.Was.ID, c.Is == nil)
		}
		for _, x := range s.Responses {
			out += fmt.Sprintln(x.ID, x.To, x.Known)
		}
		for i := range s.Agreement.Provisions {
			art := s.Agreement.Provisions[i].Article
			for _, inc := range s.Incidents() {
				a, err := s.Assess(situation.Query{Article: art, Of: inc.ID, Reasons: true})
				out += fmt.Sprintln(art, s.Outcome(art, inc), a, err, s.Clocks(art, inc))
			}
			a, err := s.Assess(situation.Query{Article: art, Reasons: true})
			out += fmt.Sprintln(art, a, err, s.Count(art, truce.Interval{}), s.Count(art, truce.Interval{Start: 1772323200000, End: 1772323200000 + 3*3_600_000}))
			for _, f := range s.Ticking(art) { // what may have a clock; one that grew keeps some whose clocks ran out
				if clocks := s.Running(art, f.Incident); len(clocks) > 0 {
					out += fmt.Sprintln(f.Of, clocks)
				}
			}
			out += byDay(t, s, art) + "\n"
			for f := range s.Found(art, "", "") {
				out += fmt.Sprintln(f.Of, f.Outcome, f.Incident == nil || assess.OnlySigns(f.Incident))
			}
		}
		return out
	}
	a := str(want)
	defer situation.SumByLeaf()() // what grows is summed up by leaf, what is built at once
	if b := str(got); a != b {
		t.Fatalf("step %d: it is\n%s, want\n%s", step, b, a)
	}
}

// story draws what a mission is told over some days: observations close to one
// another, what withdraws and corrects them, and all that parties and people say.
func story(t *rapid.T, a *truce.Agreement) []truce.Item {
	begin := truce.Instant(1772323200000)
	at := begin
	var out []truce.Item
	var said []*truce.Observation
	pick := func() truce.Digest { return said[rapid.IntRange(0, len(said)-1).Draw(t, "of")].ID }
	zone := a.Zones["box"].Region
	sw, ne := zone.Bounds()
	place := func() truce.Place {
		mid := geoPoint(sw, ne)
		mid.Lat += int32(rapid.IntRange(-8, 8).Draw(t, "lat") * 2000)
		return truce.Place{Kind: truce.PlacePoint, Uncertainty: rapid.SampledFrom([]int32{100, 400, 3000, truce.NotStated}).Draw(t, "u"), Point: mid}
	}
	span := func() truce.Interval {
		start := begin + truce.Instant(rapid.IntRange(0, 400).Draw(t, "start")*rapid.SampledFrom([]int{1, 1, 12}).Draw(t, "times"))*60_000
		return truce.Interval{Start: start, End: start + 60_000*truce.Instant(rapid.SampledFrom([]int{1, 30, 1440}).Draw(t, "width"))}
	}
	var covers []truce.Digest
	watched := func() truce.Interval { // long enough to make a day quiet, or not
		start := begin + truce.Instant(rapid.IntRange(-24, 72).Draw(t, "watched from"))*3_600_000
		return truce.Interval{Start: start, End: start + 3_600_000*truce.Instant(rapid.SampledFrom([]int{72, 6, 24}).Draw(t, "hours"))}
	}
	observe := func(n int) *truce.Observation {
		o := &truce.Observation{Source: rapid.SampledFrom([]truce.SourceID{"ngo", "post-1", "camera", "mod-a", "viirs"}).Draw(t, "source"), Key: fmt.Sprint(n),
			Count: truce.Count{N: int32(rapid.IntRange(1, 9).Draw(t, "count"))}, Occurred: span(), Place: place(),
			Act: rapid.SampledFrom([]truce.Act{"fire", "strike", "strike", "explosion"}).Draw(t, "act"), Hand: rapid.SampledFrom([]string{"", "anna", "boris"}).Draw(t, "hand")}
		if o.Source == "viirs" {
			o.Act, o.Place.Uncertainty = truce.ActFirePixel, 188
			o.Occurred = truce.Interval{Start: begin, End: begin + 60_000}
		} else if rapid.IntRange(0, 7).Draw(t, "not later than") == 7 {
			o.Occurred.Start = truce.Always
		}
		o.SetID()
		return o
	}
	for n := range rapid.IntRange(4, 40).Draw(t, "n") {
		at = at.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "later")) * time.Minute)
		r := truce.Item{Known: at}
		if rapid.IntRange(0, 9).Draw(t, "of tomorrow") == 0 {
			r.Known = at.Add(20 * time.Hour)
		}
		key := fmt.Sprint("k", n)
		id := truce.DigestOf("entry", key)
		switch k := rapid.IntRange(0, 22).Draw(t, "kind"); {
		case k < 10 || len(said) == 0:
			r.Observation = observe(n)
			if k == 0 && len(said) > 0 { // said twice
				r.Observation = said[rapid.IntRange(0, len(said)-1).Draw(t, "twice")]
			}
			if k == 1 && len(said) > 0 { // something else under the same ID, perhaps by another speaker
				o := *r.Observation
				o.ID = pick()
				r.Observation = &o
			}
			said = append(said, r.Observation)
		case k == 10:
			r.Withdrawal = &truce.Withdrawal{Of: pick()}
			if rapid.IntRange(0, 2).Draw(t, "of anything") == 0 { // a decision, perhaps
				r.Withdrawal.Of = out[rapid.IntRange(0, len(out)-1).Draw(t, "entry")].ID()
			}
		case k == 11:
			r.Observation, r.Replaces = observe(n), pick()
			said = append(said, r.Observation)
		case k == 12:
			r.Response = &truce.Response{ID: id, Key: key, By: rapid.SampledFrom([]truce.PartyID{"A", "B"}).Draw(t, "by"), To: pick(), During: span()}
		case k == 13:
			r.Notification = &truce.Notification{ID: id, Key: key, By: "A", During: span(), Place: place(), Act: "explosion", Reported: begin.Add(-48 * time.Hour)}
		case k == 14:
			r.Tally = &truce.Tally{ID: id, Source: "mod-a", Key: key, Act: "strike", Period: span(), Place: place(), Count: truce.Count{N: 5}}
		case k == 15, k == 20, k == 21:
			r.Coverage = &truce.Coverage{ID: id, Source: rapid.SampledFrom([]truce.SourceID{"post-1", "post-1", "ngo", "mod-a"}).Draw(t, "who looked"), Key: key,
				What: rapid.SampledFrom([]string{"patrol", "camera", "fire", "strike"}).Draw(t, "looked"), Zone: "box", During: watched(), Share: rapid.SampledFrom([]truce.PPM{700_000, 300_000, truce.One}).Draw(t, "share")}
			if len(covers) > 0 && rapid.IntRange(0, 3).Draw(t, "stated again") == 3 {
				r.Replaces = rapid.SampledFrom(covers).Draw(t, "instead of")
			}
			covers = append(covers, id)
		case k == 16:
			r.Restriction = &truce.Restriction{ID: id, Key: key, By: "A", During: watched(), Place: truce.Place{Kind: truce.PlaceRegion, Name: "box"},
				What: rapid.SampledFrom([]string{"", "patrol", "camera", "jammed"}).Draw(t, "kept from"), Source: rapid.SampledFrom([]truce.SourceID{"", "post-1", "ngo"}).Draw(t, "kept")}
			if len(covers) > 0 && rapid.Bool().Draw(t, "of one") {
				r.Restriction.To = rapid.SampledFrom(covers).Draw(t, "entry")
			}
		case k == 17 && len(covers) > 0:
			r.Withdrawal = &truce.Withdrawal{Of: rapid.SampledFrom(covers).Draw(t, "no longer stated")}
		default:
			d := &truce.Decision{ID: id, Seq: int64(n), Because: "a test", By: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "by"), Of: []truce.Digest{pick()}}
			if d.Kind = rapid.SampledFrom([]truce.DecisionKind{truce.Merge, truce.Split, truce.Confirm, truce.Reject, truce.Verify, truce.Unverifiable, truce.Declare, truce.Regrade, truce.Ask}).Draw(t, "decide"); d.Kind == truce.Merge || d.Kind == truce.Split {
				d.Of = append(d.Of, pick(), pick())
			}
			switch d.Kind {
			case truce.Confirm, truce.Reject:
				d.Article = rapid.SampledFrom([]truce.Article{"1", "2"}).Draw(t, "article")
			case truce.Regrade:
				d.Grade = truce.Grade{Source: 'B', Info: byte('1' + rapid.IntRange(0, 1).Draw(t, "grade"))}
			case truce.Ask:
				d.Fact = truce.FactPlace
			case truce.Declare:
				d.Of, d.Name, d.From = nil, "annex-signed", at
			}
			r.Decision = d
		}
		if r.Decision == nil {
			r.Speaker = rapid.SampledFrom([]truce.PartyID{"", "", "", "A", "B"}).Draw(t, "speaker")
		}
		if r.Withdrawal != nil {
			r.Withdrawal.By = r.Speaker
		}
		out = append(out, r)
	}
	return out
}

func geoPoint(sw, ne geo.Point) geo.Point {
	return geo.Point{Lat: (sw.Lat + ne.Lat) / 2, Lon: (sw.Lon + ne.Lon) / 2}
}

// byDay is what is kept of days: it must be what a look at every incident gives.
func byDay(t *rapid.T, s *situation.Situation, art truce.Article) (out string) {
	const hour, begins = 3_600_000, 1772323200000
	said := func(inc *truce.Incident) (out string) {
		s.Findings(inc, func(art int, o truce.Outcome, relevant bool, f *assess.Found) {
			out += fmt.Sprint(" ", art, o, relevant || s.Relevant(s.Agreement.Provisions[art].Article, inc), f != nil)
			if f != nil {
				out += fmt.Sprint(f.Standing, f.Missing)
			}
		})
		return fmt.Sprintln(inc.ID, out)
	}
	for _, v := range []truce.Interval{{Start: begins - 48*hour, End: begins + 96*hour}, {Start: begins + 5*hour, End: begins + 31*hour}} {
		var lines []string
		days, rest := s.Days(v)
		for _, d := range days {
			lines = append(lines, situation.Keep(d, "lines", func(list []*truce.Incident) (out []string) {
				for _, inc := range list {
					out = append(out, said(inc))
				}
				return out
			})...)
		}
		for _, inc := range rest {
			lines = append(lines, said(inc))
		}
		var each []string
		for _, inc := range s.Within(v) {
			each = append(each, said(inc))
		}
		slices.Sort(lines)
		slices.Sort(each)
		if !slices.Equal(lines, each) {
			t.Fatalf("the days of %v have\n%s, want\n%s", v, lines, each)
		}
		// Counted by day, and one by one.
		var direct, split situation.Count
		count := func(c *situation.Count, list []*assess.Found) {
			for _, f := range list {
				switch {
				case f.Incident == nil || f.OnlySigns:
				case v.Contains(f.During):
					c.Add(f)
				default:
					c.AddPerhaps(f)
				}
			}
		}
		count(&direct, s.FoundWithin(art, v))
		count(&split, s.CountDays(art, v, func(_ truce.Interval, c *situation.Count) { split.Join(c) }))
		a, err := s.Assess(situation.Query{Article: art, During: v, Reasons: true})
		direct.Coverage, split.Coverage = a.Coverage, a.Coverage
		c := s.Count(art, v)
		of := func(c situation.Count) string { // its low is what is parted, and no more than surely lies in the period
			return fmt.Sprint(c.Signs, c.May.Signs, c.Coverage, c.Incidents+c.May.Incidents, c.Violations+c.May.Violations)
		}
		if err != nil || of(c) != of(direct) || of(split) != of(direct) || c.Incidents > direct.Incidents {
			t.Fatalf("%v counts %v, by days %v, want %v (%v)", v, c, split, direct, err)
		}
		out += fmt.Sprintln(c.Incidents, c.Violations, c.May, killed(c.Casualties), killed(c.Unclear), direct, a, lines)
	}
	return out
}

// near lists what the calendars have of some hours.
func near(s *situation.Situation) (out []truce.Digest) {
	for _, v := range []truce.Interval{{Start: 1772323200000 + 3_600_000, End: 1772323200000 + 7_200_000}, {Start: truce.Always, End: truce.Never}} {
		for _, inc := range s.Within(v) {
			out = append(out, inc.ID)
		}
		for _, f := range s.FoundWithin("1", v) {
			out = append(out, f.Of)
		}
	}
	return out
}

// BenchmarkGrowing is a step among 100,000 observations: one more of them, one that is
// withdrawn, and a thousand more.
func BenchmarkGrowing(b *testing.B) {
	a, probs := agreement.Read(os.DirFS("testdata/growing"))
	if err := probs.Err(); err != nil {
		b.Fatal(err)
	}
	sw, ne := a.Zones["box"].Region.Bounds()
	begin := truce.Instant(1772323200000)
	observe := func(i int) truce.Item {
		k := i / 3
		o := &truce.Observation{Source: []truce.SourceID{"ngo", "post-1", "mod-a"}[i%3], Key: fmt.Sprint(i), Count: truce.Count{N: 1}, Act: "strike",
			Occurred: truce.Interval{Start: begin + truce.Instant(k)*45*60_000, End: begin + truce.Instant(k)*45*60_000 + 900_000}}
		o.Place = truce.Place{Kind: truce.PlacePoint, Uncertainty: 400, Point: geoPoint(sw, ne)}
		o.Place.Point.Lat += int32(k * 7_919_003 % 50_000_000)
		o.Place.Point.Lon += int32(k * 104_729 % 90_000_000)
		o.SetID()
		return truce.Item{Known: begin, Observation: o}
	}
	const many = 100_000
	var all []truce.Item
	for i := range many {
		all = append(all, observe(i))
	}
	for _, bb := range []struct {
		name string
		next func(n int) []truce.Item
	}{
		{"one more", func(n int) []truce.Item { return []truce.Item{observe(many + n)} }},
		{"one withdrawn", func(n int) []truce.Item {
			return []truce.Item{{Known: begin, Withdrawal: &truce.Withdrawal{Of: all[7*n%many].ID()}}}
		}},
		{"a thousand more", func(n int) (out []truce.Item) {
			for i := range 1000 {
				out = append(out, observe(many+1000*n+i))
			}
			return out
		}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			g, have, n := situation.Grow(opts()), slices.Clip(all), 0
			s, _ := g.Step(a, nil, func() []truce.Item { return have }, nil, begin)
			s.Ready()
			for b.Loop() {
				fresh := bb.next(n)
				have, n = append(have, fresh...), n+1
				s, _ = g.Step(a, fresh, func() []truce.Item { return have }, nil, begin.Add(time.Duration(n)*time.Second))
				s.Ready()
			}
		})
	}
}

// TestGrowingIntoAnAllegation: an event for which a reply was awaited becomes the word of a party,
// under the same ID. Nothing apparent existed then, and no clock runs from it.
func TestGrowingIntoAnAllegation(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("testdata/growing"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	at := truce.Instant(1772323200000)
	sw, ne := a.Zones["box"].Region.Bounds()
	event := func(source truce.SourceID, minutes time.Duration, origin truce.Origin) *truce.Observation {
		o := &truce.Observation{Source: source, Key: "1", Act: "explosion", Count: truce.Count{N: 1},
			Occurred: truce.Interval{Start: at.Add(minutes * time.Minute), End: at.Add((minutes + 1) * time.Minute)},
			Place:    truce.Place{Kind: truce.PlacePoint, Uncertainty: 100, Point: geoPoint(sw, ne)}}
		if err := o.SetOrigins([]truce.Origin{origin}); err != nil {
			t.Fatal(err)
		}
		o.SetID()
		return o
	}
	now := at.Add(8 * time.Hour)
	told, own := event("ngo", 100, "post:t.me/x/1"), event("mod-a", 400, "own:t.me/x/1")
	steps := [][]truce.Item{
		{{Known: now, Observation: told}},
		// The post was the ministry's own, which took it back; whose word it was stays.
		{{Known: now, Observation: own, Speaker: "A"}, {Known: now, Withdrawal: &truce.Withdrawal{Of: own.ID, By: "A"}, Speaker: "A"}},
	}
	var have []truce.Item
	g := situation.Grow(opts())
	for i, fresh := range steps {
		have = append(have, fresh...)
		got, _ := g.Step(a, fresh, func() []truce.Item { return have }, nil, now)
		inc := got.IncidentOf(told.ID)
		if alleged := i == 1; inc == nil || inc.Alleged() != alleged || len(got.Clocks("2", inc)) != 1-i || len(got.Awaiting("2")) != 1-i {
			t.Errorf("step %d: alleged %v, clocks %v, %d replies awaited; of %v", i, inc.Alleged(), got.Clocks("2", inc), len(got.Awaiting("2")), inc)
		}
	}
}
