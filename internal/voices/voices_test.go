package voices

import (
	"fmt"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
)

var noon = truce.InstantOf(time.Date(2016, 2, 28, 12, 0, 0, 0, time.UTC))

// a world is an agreement with a catalogue, two papers, a relay, a party's ministry and
// sensors.
func world() *truce.Agreement {
	return &truce.Agreement{
		Location: time.UTC,
		Parties:  []truce.Party{{ID: "A"}, {ID: "B", Members: []truce.Party{{ID: "B-1", Name: "Front of B"}}}},
		Sources: map[truce.SourceID]truce.Source{
			"cat":   {ID: "cat", Publisher: "Catalogue", Kind: truce.Catalogue, Apart: true, Watches: truce.Watches{Sides: []truce.PartyID{"A"}}},
			"press": {ID: "press", Publisher: "Press", Kind: truce.Reports},
			"paper": {ID: "paper", Publisher: "Paper", Kind: truce.Reports},
			"relay": {ID: "relay", Publisher: "Relay", Relays: []string{"press"}},
			"twin":  {ID: "twin", Publisher: "press"},
			"mod":   {ID: "mod", Publisher: "Ministry", Party: "A", Watches: truce.Watches{Sides: []truce.PartyID{"B"}}},
			"fires": {ID: "fires", Publisher: "Satellite", Kind: truce.Sensor},
			"none":  {ID: "none", Publisher: "Silent"}}}
}

// obs is an observation of a source, at noon and for an hour; each has a position of its
// own, by its key.
func obs(source, key string, change ...func(*truce.Observation)) *truce.Observation {
	o := &truce.Observation{Source: truce.SourceID(source), Key: key, Act: "strike", Weapon: "missile", Occurred: truce.Interval{Start: noon, End: noon.Add(time.Hour)},
		Count: truce.Count{N: 1}, Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: 100}}
	h := int32(0)
	for _, r := range source + key {
		h = h*31 + int32(r)
	}
	o.Place.Point.Lat, o.Place.Point.Lon = 350_000_001+h%4_000_000*2, 360_000_001-h%3_000_000*3
	for _, f := range change {
		f(o)
	}
	o.SetID()
	return o
}

func rests(origins ...truce.Origin) func(*truce.Observation) {
	return func(o *truce.Observation) {
		if err := o.SetOrigins(origins); err != nil {
			panic(err)
		}
	}
}

func at(lat, lon int32) func(*truce.Observation) {
	return func(o *truce.Observation) { o.Place.Point.Lat, o.Place.Point.Lon = lat, lon }
}

func later(d time.Duration) func(*truce.Observation) {
	return func(o *truce.Observation) {
		o.Occurred = truce.Interval{Start: noon.Add(d), End: noon.Add(d + time.Hour)}
	}
}

func reported(d time.Duration) func(*truce.Observation) {
	return func(o *truce.Observation) { o.Reported = noon.Add(d) }
}

func wholeDay(o *truce.Observation) {
	d := truce.DateOf(o.Occurred.Start, time.UTC)
	o.Occurred = d.Day(time.UTC)
}

func of(a *truce.Agreement, incidents ...[]*truce.Observation) *truce.Voices {
	var rows [][]row
	for _, inc := range incidents {
		var list []row
		for _, o := range inc {
			list = append(list, row{o, o})
		}
		rows = append(rows, list)
	}
	return gather(input{agreement: a, incidents: rows, rules: assess.NewContext(assess.Context{Agreement: a})})
}

func find(t *testing.T, v *truce.Voices, a, b truce.SourceID) *truce.SourcePair {
	t.Helper()
	for i := range v.Pairs {
		if v.Pairs[i].A == a && v.Pairs[i].B == b {
			return &v.Pairs[i]
		}
	}
	return nil
}

// TestPairs says, case by case, what two sources have in common. Each was counted by hand.
func TestPairs(t *testing.T) {
	type incident = []*truce.Observation
	minutes := func(n int) *time.Duration { d := time.Duration(n) * time.Minute; return &d }
	for _, tt := range []struct {
		name      string
		incidents []incident
		a, b      truce.SourceID
		want      *truce.SourcePair // nil: they have nothing in common
		why       string
	}{
		{"nothing", []incident{{obs("paper", "1")}, {obs("press", "1")}}, "paper", "press", nil, ""},
		{"one event, nothing stated", []incident{{obs("paper", "1"), obs("press", "1")}}, "paper", "press",
			&truce.SourcePair{Events: 1, Confirmed: 1, Offset: minutes(0), May: true}, "yes: in 1 shared event they confirm each other; in 0, both state where they have it from"},
		{"two events, one with one post", []incident{{obs("paper", "1", rests("post:t.me/x/1")), obs("press", "1", rests("post:t.me/x/1"))}, {obs("paper", "2", rests("post:t.me/y/1")), obs("press", "2", rests("post:t.me/z/1"))}}, "paper", "press",
			&truce.SourcePair{Events: 2, Confirmed: 1, Stated: 1, Origins: 1, Most: []truce.OriginUse{{Origin: "post:t.me/x/1", Rows: 2, Of: 2}}, Offset: minutes(0), May: true},
			"yes, in part: they confirm each other in 1 of 2 shared events; in 1, both state where they have it from"},
		{"one event, one post", []incident{{obs("paper", "1", rests("post:t.me/x/1")), obs("press", "1", rests("post:t.me/x/1"))}}, "paper", "press",
			&truce.SourcePair{Events: 1, Origins: 1, Most: []truce.OriginUse{{Origin: "post:t.me/x/1", Rows: 2, Of: 2}}, Offset: minutes(0)},
			"not so far: in 1 shared event, something known says that one may have it from the other, or both from a third"},
		{"one cites the other, of other events", []incident{{obs("cat", "1", rests("publisher:press"))}, {obs("cat", "2", rests("publisher:press"))}, {obs("press", "1")}}, "cat", "press",
			&truce.SourcePair{Origins: 1, Most: []truce.OriginUse{{Origin: "publisher:press", Rows: 3, Of: 2}}, May: true}, "they may, where reports of one event rest on nothing in common; so far no event has reports of both"},
		{"equal texts and files", []incident{{obs("paper", "1", rests("text:00112233445566778899aabbccddeeff", "media:a"))}, {obs("press", "1", rests("text:00112233445566778899aabbccddeeff", "media:a", "media:b"))}}, "paper", "press",
			&truce.SourcePair{Texts: 1, Files: 1, May: true}, "they may, where reports of one event rest on nothing in common; so far no event has reports of both"},
		{"offsets and lags: the median", []incident{{obs("paper", "1", reported(time.Hour)), obs("press", "1", later(10*time.Minute), reported(2*time.Hour))}, {obs("paper", "2", reported(time.Hour)), obs("press", "2", later(20*time.Minute), reported(3*time.Hour))},
			{obs("paper", "3"), obs("press", "3", later(90*time.Minute))}}, "paper", "press",
			&truce.SourcePair{Events: 3, Confirmed: 3, Offset: minutes(20), Lag: minutes(90), May: true}, "yes: in 3 shared events they confirm each other; in 0, both state where they have it from"},
		{"a day says nothing of an offset", []incident{{obs("paper", "1", wholeDay), obs("press", "1")}}, "paper", "press",
			&truce.SourcePair{Events: 1, Confirmed: 1, May: true}, "yes: in 1 shared event they confirm each other; in 0, both state where they have it from"},
		{"equal positions of a day, one metre apart, and of another day", []incident{{obs("paper", "1", at(350_000_178, 360_000_001))}, {obs("press", "1", at(350_000_181, 360_000_001), wholeDay)}, {obs("press", "2", at(350_000_178, 360_000_001), later(72*time.Hour))}}, "paper", "press",
			&truce.SourcePair{Places: 1, May: true}, "they may, where reports of one event rest on nothing in common; so far no event has reports of both"},
		{"shifts of two amounts", []incident{{obs("paper", "1", at(350_000_123, 360_000_123)), obs("paper", "2", at(351_000_124, 361_000_323)), obs("paper", "3", at(352_000_125, 362_000_523))},
			{obs("press", "1", at(350_000_623, 360_000_623)), obs("press", "2", at(351_000_624, 361_000_823)), obs("press", "3", at(352_001_125, 362_001_523))}}, "paper", "press",
			&truce.SourcePair{Shifts: 3, Shift: 500, Shifted: 2, May: true}, "they may, where reports of one event rest on nothing in common; so far no event has reports of both"},
		{"a shift that is farther than two kilometres", []incident{{obs("paper", "1", at(350_000_123, 360_000_123))}, {obs("press", "1", at(350_300_123, 360_300_123))}}, "paper", "press", nil, ""},
		{"one publisher", []incident{{obs("press", "1"), obs("twin", "1")}}, "press", "twin",
			&truce.SourcePair{Events: 1, Origins: 1, Most: []truce.OriginUse{{Origin: "publisher:press", Rows: 2, Of: 2}}, Offset: minutes(0)}, "no: both have one publisher, Press"},
		{"one passes on the other, and they share no event", []incident{{obs("press", "1")}, {obs("relay", "1")}}, "press", "relay",
			&truce.SourcePair{Origins: 1, Most: []truce.OriginUse{{Origin: "publisher:press", Rows: 2, Of: 2}}}, "no: Relay passes on what Press reports"},
		{"a party's word is in no pair", []incident{{obs("paper", "1", rests("post:t.me/x/1")), obs("mod", "1", rests("post:t.me/x/1"), func(o *truce.Observation) { o.Claimant = "A" })}}, "mod", "paper", nil, ""},
		{"signs", []incident{{obs("fires", "1", func(o *truce.Observation) { o.Act = truce.ActFirePixel }), obs("paper", "1")}}, "fires", "paper",
			&truce.SourcePair{Events: 1, Offset: minutes(0)}, "no: signs such as alerts and fire pixels establish no act and confirm nobody"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := of(world(), tt.incidents...)
			got := find(t, v, tt.a, tt.b)
			if got == nil || tt.want == nil {
				if got != nil || tt.want != nil {
					t.Fatalf("%+v", got)
				}
				return
			}
			why := fmt.Sprint(got.Why)
			got.Why = nil
			tt.want.A, tt.want.B = tt.a, tt.b
			if x, y := plain(got), plain(tt.want); x != y || why != "["+tt.why+"]" {
				t.Errorf("got  %s\nwant %s\n%s", x, y, why)
			}
		})
	}
}

// plain prints a pair with the values of its pointers.
func plain(p *truce.SourcePair) string {
	c := *p
	say := func(d *time.Duration) string {
		if d == nil {
			return "-"
		}
		return d.String()
	}
	c.Offset, c.Lag = nil, nil
	return fmt.Sprintf("%+v %s %s", c, say(p.Offset), say(p.Lag))
}

// TestSources: what is said of each source, and who is watched by nobody.
func TestSources(t *testing.T) {
	a := world()
	var incidents [][]*truce.Observation
	for i := range truce.ManyRows + 1 { // 21 rows on one feed, of two sources
		incidents = append(incidents, []*truce.Observation{obs([]string{"paper", "press"}[i%2], fmt.Sprint("feed", i), rests("publisher:feed"), reported(2*time.Hour))})
	}
	incidents = append(incidents, []*truce.Observation{
		obs("file", "1", wholeDay, later(48*time.Hour), wholeDay, reported(72*time.Hour), func(o *truce.Observation) { o.Publisher = "Agency" }),
		obs("mod", "1", func(o *truce.Observation) { o.Claimant = "A" }, rests("publisher:feed"))})
	v := of(a, incidents...)
	use := map[truce.SourceID]truce.SourceUse{}
	for _, u := range v.Sources {
		use[u.ID] = u
	}
	if len(v.Sources) != 9 { // eight of the agreement, and file
		t.Errorf("%d sources", len(v.Sources))
	}
	if u := use["paper"]; u.Observations != 11 || u.Stated != 11 || u.Days != 0 || u.First != "2016-02-28" || u.Last != "2016-02-28" || *u.Lag != 2*time.Hour || !u.Listed {
		t.Errorf("%+v", u)
	}
	if u := use["file"]; u.Listed || u.Days != 1 || u.First != "2016-03-01" || fmt.Sprint(u.Publishers) != "[Agency]" || u.Lag != nil {
		t.Errorf("%+v", u)
	}
	if u := use["mod"]; u.Allegations != 1 || u.Observations != 0 {
		t.Errorf("%+v", u)
	}
	if u := use["none"]; u.Said() != 0 || u.First != "" {
		t.Errorf("%+v", u)
	}
	// The ministry's row is not counted: a party makes nobody's origin one voice.
	if len(v.Shared) != 1 || v.Shared[0].Origin != "publisher:feed" || v.Shared[0].Rows != 21 || fmt.Sprint(v.Shared[0].Sources, v.Shared[0].Of) != "[paper press] 2" {
		t.Errorf("%+v", v.Shared)
	}
	// The ministry of A says that it watches B, and that is A's word.
	if !v.Watched || fmt.Sprint(v.Unwatched) != "[B]" {
		t.Errorf("watched %v, not watched %v", v.Watched, v.Unwatched)
	}
	s := a.Sources["paper"]
	s.Watches.Sides = []truce.PartyID{"Front of B"}
	a.Sources["paper"] = s
	if v := of(a); len(v.Unwatched) != 0 {
		t.Errorf("a source watches a member of B, and %v is watched by nobody", v.Unwatched)
	}
	delete(a.Sources, "paper")
	delete(a.Sources, "cat")
	if v := of(a); v.Watched || fmt.Sprint(v.Unwatched) != "[A B]" {
		t.Errorf("watched %v, not watched %v", v.Watched, v.Unwatched)
	}
}

// TestManyOrigins: ten thousand rows with 32 origins each, of two hundred and of ten
// thousand sources, on one spot and one day. What is joined is counted, and not each pair
// of rows.
func TestManyOrigins(t *testing.T) {
	for _, sources := range []int{2, 200, 10_000} {
		var incidents [][]*truce.Observation
		for i := range 10_000 {
			list := make([]truce.Origin, truce.MostOrigins)
			for k := range list {
				list[k] = truce.Origin(fmt.Sprintf("post:t.me/x/%d", (i/100*7+k)%1000))
			}
			o := obs(fmt.Sprint("s", i%sources), fmt.Sprint(i), rests(list...))
			if i%2 == 0 {
				o.Place.Point.Lat, o.Place.Point.Lon = 350_000_001, 360_000_001
			} else {
				o.Place.Point.Lat, o.Place.Point.Lon = 350_000_001+int32(i), 360_000_001+int32(i)
			}
			if i%100 < 50 && len(incidents) > 0 {
				incidents[len(incidents)-1] = append(incidents[len(incidents)-1], o)
			} else {
				incidents = append(incidents, []*truce.Observation{o})
			}
		}
		began := time.Now()
		v := of(&truce.Agreement{Location: time.UTC}, incidents...)
		t.Logf("%d sources: %d pairs, %d origins of many rows, %v", sources, len(v.Pairs), len(v.Shared), time.Since(began))
		if v.Unpaired != max(0, sources-MostPaired) || len(v.Sources) != sources || len(v.Shared) == 0 || len(v.Pairs) == 0 || len(v.Pairs) > MostPaired*(MostPaired-1)/2 {
			t.Errorf("%d sources: %d pairs of all but %d, %d shared", sources, len(v.Pairs), v.Unpaired, len(v.Shared))
		}
	}
}
