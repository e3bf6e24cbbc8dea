package truce

import "testing"

// TestActors: who is meant, by the names that sources use. Upper and lower case are
// alike, IDs go before names, and whoever stands for itself goes before a member.
func TestActors(t *testing.T) {
	a := &Agreement{
		Parties: []Party{{ID: "GOV", Name: "Government of Syria", Members: []Party{{ID: "NDF", Name: "National Defence Forces"}, {ID: "OPP", Name: "twice"}}}, {ID: "OPP", Name: "Opposition"}},
		Others:  []Party{{ID: "IS", Name: "Islamic State", Role: Excluded, Members: []Party{{ID: "Khalid Army", Name: "Khalid Army"}}}},
	}
	for name, want := range map[PartyID]PartyID{"GOV": "GOV", "gov": "GOV", "government of syria": "GOV", "NDF": "GOV", "National defence forces": "GOV",
		"OPP": "OPP", "opposition": "OPP", "twice": "GOV", "IS": "IS", "Khalid Army": "IS"} {
		if got, ok := a.Actor(name); got != want || !ok {
			t.Errorf("%q is %q (%t), want %q", name, got, ok, want)
		}
	}
	for _, name := range []PartyID{"", "Government", "Govern ment of Syria"} {
		if got, ok := a.Actor(name); ok || got != name {
			t.Errorf("%q is %q, and the agreement names nobody so", name, got)
		}
	}
}

func TestSetActors(t *testing.T) {
	for _, tt := range []struct {
		text, actor string
		actors      []PartyID
		bad         bool
	}{
		{text: "A", actor: "A"}, {text: ""}, {text: "unknown"}, {text: " Unknown "}, {text: "A|B", actors: []PartyID{"A", "B"}}, {text: "B | A|B", actors: []PartyID{"A", "B"}},
		{text: "A|A", actor: "A"}, {text: "A|unknown", actors: []PartyID{"A", Anybody}}, {text: "unknown| UNKNOWN"}, {text: "A|", bad: true}, {text: "|", bad: true},
	} {
		var o Observation
		err := o.SetActors(tt.text)
		if (err != nil) != tt.bad || err == nil && (string(o.Actor) != tt.actor || len(o.Actors) != len(tt.actors)) {
			t.Errorf("%q: actor %q, actors %q, error %v", tt.text, o.Actor, o.Actors, err)
		}
	}
}

// TestBetween: ranges of which nobody states the best figure.
func TestBetween(t *testing.T) {
	for text, want := range map[string]Range{"0..30": {0, NoBest, 30}, "3": {3, 3, 3}, "3..3": {3, 3, 3}, "1..2..3": {1, 2, 3}, "10..": {10, NoBest, NoHigh}, "10..12..": {10, 12, NoHigh}} {
		got, err := ParseRange(text)
		if err != nil || got != want || !got.Valid() {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"3..1", "..", "1..2..3..4", "-1..2", "1..-1", "+1..2", "..1", "1....", "3..1.."} {
		if r, err := ParseRange(bad); err == nil {
			t.Errorf("%s is read as %v", bad, r)
		}
	}
	sum := Range{3, 3, 3}.Plus(Between(0, 1049))
	if sum.String() != "3..1052" || sum.Words() != "3 to 1052" {
		t.Errorf("sum %s, in words %s", sum, sum.Words())
	}
	// A range without an upper end stays one whatever is added.
	for _, tt := range []struct {
		r           Range
		text, words string
	}{
		{OrMore(10), "10..", "10 or more"},
		{Range{10, 12, NoHigh}, "10..12..", "12 (10 or more)"},
		{OrMore(10).Plus(Range{3, 3, 3}), "13..", "13 or more"},
		{OrMore(10).Plus(OrMore(20)), "30..", "30 or more"},
		{(Range{10, 12, NoHigh}).Plus(Range{1, 2, 3}), "11..14..", "14 (11 or more)"},
		{OrMore(10).Perhaps(), "0..", "0 or more"},
	} {
		if again, err := ParseRange(tt.r.String()); tt.r.String() != tt.text || tt.r.Words() != tt.words || !tt.r.Valid() || !tt.r.Open() || err != nil || again != tt.r {
			t.Errorf("%v: %s, in words %s, read again %v, %v", [3]int32{tt.r.Low, tt.r.Best, tt.r.High}, tt.r, tt.r.Words(), again, err)
		}
	}
	if got := (Range{1, 2, 4}).Perhaps(); got != Between(0, 4) {
		t.Errorf("perhaps 1..2..4: %s", got)
	}
	if got := (Range{}).Perhaps(); !got.Zero() {
		t.Errorf("perhaps none: %s", got)
	}
}

// TestNone: what is a statement that there was none.
func TestNone(t *testing.T) {
	zero, one := &Range{}, &Range{1, 1, 1}
	for _, tt := range []struct {
		c    Count
		dead *Casualties
		want bool
	}{
		{Count{N: 0}, nil, true}, {Count{N: 0, Kind: AtLeast}, nil, false}, {Count{N: 1}, &Casualties{Killed: zero}, false},
		{Count{Kind: Uncountable}, nil, false}, {Count{Kind: Uncountable}, &Casualties{}, false}, {Count{Kind: Uncountable}, &Casualties{Killed: zero}, true},
		{Count{Kind: Uncountable}, &Casualties{Killed: zero, Injured: one}, false}, {Count{Kind: Uncountable}, &Casualties{Killed: zero, Injured: zero}, true},
		{Count{N: 0}, &Casualties{Killed: one}, false}, {Count{N: 0}, &Casualties{Killed: &Range{0, NoBest, 2}}, false}, {Count{N: 0}, &Casualties{Killed: zero}, true},
	} {
		at := Place{Kind: PlacePoint}
		if got := (&Observation{Count: tt.c, Casualties: tt.dead, Act: "attack", Place: at}).None(); got != tt.want {
			t.Errorf("%v, %+v: %t", tt.c, tt.dead, got)
		}
	}
	// A row of a list of incidents often has a day and a region and nothing else: it is an
	// attack, even if nobody was killed. A daily number says that it counts nothing else.
	day := Interval{Start: 0, End: 24 * 3_600_000}
	daily := func(change func(*Observation)) bool {
		o := &Observation{Count: Count{N: 1}, Casualties: &Casualties{Killed: zero}, Act: "attack", Place: Place{Kind: PlaceRegion, Name: "Gaza"}, Occurred: day}
		change(o)
		return o.None()
	}
	for name, tt := range map[string]struct {
		change func(*Observation)
		want   bool
	}{
		"an incident":         {func(*Observation) {}, false},
		"the daily number":    {func(o *Observation) { o.Count = Count{Kind: Uncountable} }, true},
		"that there was none": {func(o *Observation) { o.Count = Count{} }, true},
		"of an hour":          {func(o *Observation) { o.Occurred.End = 3_600_000 }, false},
		"at a point":          {func(o *Observation) { o.Place.Kind = PlacePoint }, false},
		"at an object":        {func(o *Observation) { o.Place.Kind = PlaceObject }, false},
		"of a strike":         {func(o *Observation) { o.Act = "strike" }, false},
		"with a weapon":       {func(o *Observation) { o.Weapon = "mortar" }, false},
		"of two attacks":      {func(o *Observation) { o.Count.N = 2 }, false},
		"with somebody dead":  {func(o *Observation) { o.Casualties = &Casualties{Killed: one} }, false},
		"that states nothing": {func(o *Observation) { o.Casualties = nil }, false},
	} {
		if daily(tt.change) != tt.want {
			t.Errorf("%s: want %t", name, tt.want)
		}
	}
}
