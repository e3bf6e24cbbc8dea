package ledger_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
)

// entry is a body as an entry received on 1 March 2026 at 10:00.
func entry(t *testing.T, b *ledger.Body) *ledger.Entry {
	t.Helper()
	s, err := b.Say(secret(t, "monitor-1"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Entry(time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestWithheld: nothing of a sealed entry is read until all of its shared fields are
// open, whichever these are. Restricted fields are not part of what is read.
func TestWithheld(t *testing.T) {
	r := observed("a")
	r.Observation.Note = "told by a neighbour"
	r.Known = truce.InstantOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))
	b := saying(r)
	openings, err := b.Seal(func(field string) ledger.Shelf {
		switch field {
		case "id":
			return ledger.Public
		case "note":
			return ledger.Restricted
		}
		return ledger.Shared
	})
	if err != nil {
		t.Fatal(err)
	}
	e := entry(t, &b)
	shared := slices.DeleteFunc(slices.Clone(openings), func(o ledger.Opening) bool { return o.Restricted })
	note := slices.DeleteFunc(slices.Clone(openings), func(o ledger.Opening) bool { return !o.Restricted })
	if len(shared) < 6 || len(note) != 1 {
		t.Fatalf("%d shared and %d restricted openings", len(shared), len(note))
	}
	withheld := func(name string, list []ledger.Opening) {
		t.Helper()
		o, _ := e.Open(list)
		if rec, err := e.Item(o); !errors.Is(err, ledger.ErrWithheld) {
			t.Errorf("%s: %+v, %v; want withheld", name, rec.Observation, err)
		}
	}
	if _, err := e.Item(nil); !errors.Is(err, ledger.ErrWithheld) {
		t.Errorf("with nothing: %v", err)
	}
	withheld("no opening", nil)
	withheld("the note alone", note)
	for i := range shared {
		withheld("one field", shared[i:i+1])
		withheld("all but one", slices.Concat(shared[:i], shared[i+1:], note))
	}
	// The same opening many times is one field.
	var same []ledger.Opening
	for range shared {
		same = append(same, shared[0])
	}
	withheld("one field as often as there are fields", same)
	invented := ledger.Opening{Text: jsontext.Value(`["AAAA","weapon","missile"]`)}
	withheld("an invention in the place of one", append(slices.Clone(shared[1:]), invented))

	for name, list := range map[string][]ledger.Opening{"all": shared, "all and the note": openings, "all and an invention": append(slices.Clone(shared), invented)} {
		o, strange := e.Open(list)
		rec, err := e.Item(o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := *r.Observation
		want.Note = ""
		if got := *rec.Observation; got.ID != want.ID || got.Occurred != want.Occurred || got.Place.Name != want.Place.Name || got.Note != "" || rec.Known != r.Known {
			t.Errorf("%s: read %+v, known %s", name, got, rec.Known)
		}
		if (strange > 0) != (name == "all and an invention") {
			t.Errorf("%s: %d openings are strange", name, strange)
		}
		if len(o.Restricted) != 0 != (name == "all and the note") {
			t.Errorf("%s: %d restricted fields", name, len(o.Restricted))
		}
	}
}

// TestTwoValues: an author who commits to two values of one field, to show each to
// somebody else, has said nothing.
func TestTwoValues(t *testing.T) {
	once := func(act truce.Act) (ledger.Body, []ledger.Opening) {
		r := observed("a")
		r.Observation.Act = act
		b := saying(r)
		list, err := b.Seal(func(field string) ledger.Shelf {
			if field == "act" {
				return ledger.Shared
			}
			return ledger.Public
		})
		if err != nil {
			t.Fatal(err)
		}
		return b, list
	}
	b, one := once("strike")
	_, two := once("explosion")
	b.Sealed.Shared = append(b.Sealed.Shared, two[0].Commitment())
	slices.Sort(b.Sealed.Shared)
	e := entry(t, &b)
	for _, list := range [][]ledger.Opening{one, two, append(slices.Clone(one), two...), append(slices.Clone(two), one...)} {
		o, _ := e.Open(list)
		if rec, err := e.Item(o); err == nil {
			t.Errorf("it was read as %q", rec.Observation.Act)
		}
	}
}

// TestPlaces: a place has what its kind promises, or it is not read.
func TestPlaces(t *testing.T) {
	at := truce.Place{Kind: truce.PlacePoint}.Point
	at.Lat, at.Lon = 480000000, 378000000
	for name, p := range map[string]truce.Place{
		"a wedge without a wedge":   {Kind: truce.PlaceWedge},
		"a wedge without a shape":   {Kind: truce.PlaceWedge, Wedge: &truce.Wedge{Post: at, ToDeg: 90, MinM: 1, MaxM: 2}},
		"a point without a point":   {Kind: truce.PlacePoint},
		"a point with a wedge":      {Kind: truce.PlacePoint, Point: at, Wedge: &truce.Wedge{Post: at, ToDeg: 90, MinM: 1, MaxM: 2}},
		"a region without a name":   {Kind: truce.PlaceRegion},
		"a region with a point":     {Kind: truce.PlaceRegion, Name: "x", Point: at},
		"an object without a name":  {Kind: truce.PlaceObject, Point: at},
		"an object without a point": {Kind: truce.PlaceObject, Name: "x"},
		"a shape without a shape":   {Kind: truce.PlaceShape},
		"nowhere, with a point":     {Kind: truce.PlaceUnknown, Point: at},
		"less than not stated":      {Kind: truce.PlacePoint, Point: at, Uncertainty: -2},
		"wider than half the Earth": {Kind: truce.PlacePoint, Point: at, Uncertainty: 20_000_001},
	} {
		r := observed("a")
		r.Observation.Place = p
		b := saying(r)
		var o *ledger.Objection
		if _, err := entry(t, &b).Item(nil); !errors.As(err, &o) || o.Rule != ledger.RulePlace || !o.Skipped {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, p := range map[string]truce.Place{
		"a point":               {Kind: truce.PlacePoint, Point: at, Uncertainty: truce.NotStated},
		"within half the Earth": {Kind: truce.PlacePoint, Point: at, Uncertainty: 20_000_000},
		"a region":              {Kind: truce.PlaceRegion, Name: "x"},
		"an object":             {Kind: truce.PlaceObject, Name: "x", Point: at},
		"nowhere":               {},
	} {
		r := observed("a")
		r.Observation.Place = p
		b := saying(r)
		if _, err := entry(t, &b).Item(nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
