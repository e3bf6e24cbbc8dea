package scenario_test

import (
	"errors"
	"maps"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/scenario"
)

func airFirst(t testing.TB) *truce.Agreement {
	t.Helper()
	a, probs := agreement.Read(os.DirFS("../../agreements/ukraine-air-first"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return a
}

// point and others are places of forms.
var (
	point  = scenario.PlaceFields{Kind: truce.PlacePoint, Lat: "48.01", Lon: "37.8", Radius: "300"}
	south  = scenario.PlaceFields{Kind: truce.PlacePoint, Lat: "-48.01", Lon: "37.8W"}
	wedge  = scenario.PlaceFields{Kind: truce.PlaceWedge, Lat: "48.01", Lon: "37.8", BearingFrom: "350", BearingTo: "010", DistanceFrom: "0.5", DistanceTo: "5"}
	oblast = scenario.PlaceFields{Kind: truce.PlaceRegion, Name: " kharkiv OBLAST "}
	zone   = scenario.PlaceFields{Kind: truce.PlaceRegion, Name: "Ukraine"}
)

// TestComposeIsTheLanguage: fields make the record that the same values make in the
// scenario language.
func TestComposeIsTheLanguage(t *testing.T) {
	a := airFirst(t)
	during, err := scenario.ParseInterval("2025-08-20T10:05/10:20Z", a.Location)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		word string
		f    scenario.Fields
		text string
	}{
		{"observe", scenario.Fields{Act: "strike", Place: point, Keys: map[string]string{"weapon": "missile", "count": ">=3", "killed": "0..1..3", "injured": "2", "grade": "B2"}},
			"strike 2025-08-20T10:05/10:20Z 48.01N 37.8E ±300m weapon=missile count=>=3 killed=0..1..3 injured=2 grade B2 source=mission"},
		{"observe", scenario.Fields{Act: "strike", Place: south, Keys: map[string]string{"actor": "RU", "side": "UA", "reported": "2025-08-20T11:00Z"}},
			"strike 2025-08-20T10:05/10:20Z 48.01S 37.8W actor=RU side=UA reported=2025-08-20T11:00Z source=mission"},
		{"observe", scenario.Fields{Act: "explosion", Place: wedge, Keys: map[string]string{"means": "heard"}},
			"explosion 2025-08-20T10:05/10:20Z from 48.01N 37.8E bearing 350-010 distance 0.5km-5km means=heard source=mission"},
		{"observe", scenario.Fields{Act: "presence", Place: oblast, Keys: map[string]string{"calibre": "122"}}, `presence 2025-08-20T10:05/10:20Z region:"Kharkiv Oblast" calibre=122 source=mission`},
		{"observe", scenario.Fields{Act: "presence", Place: zone, Keys: map[string]string{"what": "site"}}, "presence 2025-08-20T10:05/10:20Z zone:ukraine what=site source=mission"},
		{"allege", scenario.Fields{Act: "strike", Place: south}, "strike 2025-08-20T10:05/10:20Z 48.01S 37.8W"},
		{"notify", scenario.Fields{Act: "explosion", Place: point}, "2025-08-20T10:05/10:20Z 48.01N 37.8E ±300m act=explosion"},
		{"notify", scenario.Fields{Place: oblast}, `2025-08-20T10:05/10:20Z region:"Kharkiv Oblast"`},
		{"restrict", scenario.Fields{Place: zone, Keys: map[string]string{"what": "access"}}, "2025-08-20T10:05/10:20Z zone:ukraine what=access"},
		{"restrict", scenario.Fields{}, "2025-08-20T10:05/10:20Z"},
		{"observe", scenario.Fields{Act: "strike", Place: south, Vague: true, During: truce.Interval{Start: truce.Always, End: during.End}}, "strike <2025-08-20T10:20Z 48.01S 37.8W source=mission"},
		{"allege", scenario.Fields{Act: "strike", Place: south, Vague: true, During: during}, "strike <2025-08-20T10:20Z-15min 48.01S 37.8W"},
	} {
		if !tt.f.Vague {
			tt.f.During = during
		}
		st := scenario.Statement{Word: tt.word, Key: "k-1", By: "RU", Source: truce.OwnSource}
		kept := maps.Clone(tt.f.Keys)
		got, err := scenario.Compose(a, st, tt.f, opts())
		if err != nil {
			t.Errorf("%s %+v: %v", tt.word, tt.f, err)
			continue
		}
		head := tt.word + " k-1 "
		if tt.word != "observe" {
			head += "by RU "
		}
		want, err := scenario.ParseEntry(a, head+tt.text, opts())
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s %+v:\n got %+v\nwant %+v", tt.word, tt.f, got, want)
		}
		if !maps.Equal(kept, tt.f.Keys) {
			t.Errorf("%s: its keys were changed to %v", tt.word, tt.f.Keys)
		}
		if got, err = scenario.ParseStatement(a, st, tt.text, nil, opts()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("as text, %s: %+v, %v", tt.text, got, err)
		}
	}
}

// TestComposeRefuses: an error names the field.
func TestComposeRefuses(t *testing.T) {
	a := airFirst(t)
	during, _ := scenario.ParseInterval("2025-08-20T10:05/10:20Z", a.Location)
	for _, tt := range []struct {
		field  string
		change func(*scenario.Statement, *scenario.Fields)
	}{
		{"act", func(_ *scenario.Statement, f *scenario.Fields) { f.Act = "strike 2020" }},
		{"act", func(_ *scenario.Statement, f *scenario.Fields) { f.Act = "" }},
		{"act", func(st *scenario.Statement, f *scenario.Fields) { st.Word = "restrict" }},
		{"by", func(st *scenario.Statement, f *scenario.Fields) { st.Word, f.Act, st.By = "restrict", "", "RU 2020" }},
		{"by", func(st *scenario.Statement, f *scenario.Fields) { st.Word, st.By = "notify", "XX" }},
		{"by", func(st *scenario.Statement, f *scenario.Fields) { st.Word, st.By = "allege", "" }},
		{"from", func(_ *scenario.Statement, f *scenario.Fields) { f.During.Start = truce.Always }},
		{"from", func(st *scenario.Statement, f *scenario.Fields) {
			st.Word, f.Vague, f.During.Start = "notify", true, truce.Always
		}},
		{"to", func(_ *scenario.Statement, f *scenario.Fields) {
			f.Vague, f.During = true, truce.Interval{Start: truce.Always, End: truce.Never}
		}},
		{"to", func(_ *scenario.Statement, f *scenario.Fields) { f.During.End = truce.Never }},
		{"to", func(_ *scenario.Statement, f *scenario.Fields) { f.During.End = f.During.Start }},
		{"place", func(_ *scenario.Statement, f *scenario.Fields) { f.Place = scenario.PlaceFields{} }},
		{"place", func(_ *scenario.Statement, f *scenario.Fields) { f.Place.Kind = truce.PlaceShape }},
		{"place", func(_ *scenario.Statement, f *scenario.Fields) {
			f.Place = oblast
			f.Place.Name = "X ±5km"
		}},
		{"place", func(_ *scenario.Statement, f *scenario.Fields) {
			f.Place = oblast
			f.Place.Name = "Kharkiv\x00Oblast"
		}},
		{"object", func(_ *scenario.Statement, f *scenario.Fields) { f.Place.Kind = truce.PlaceObject }},
		{"lat", func(_ *scenario.Statement, f *scenario.Fields) { f.Place.Lat = "91" }},
		{"lat", func(_ *scenario.Statement, f *scenario.Fields) { f.Place.Lat = "--5" }},
		{"lon", func(_ *scenario.Statement, f *scenario.Fields) { f.Place.Lon = "Inf" }},
		{"radius", func(_ *scenario.Statement, f *scenario.Fields) { f.Place.Radius = "." }},
		{"radius", func(_ *scenario.Statement, f *scenario.Fields) { f.Place.Radius = strings.Repeat("9", 40) }},
		{"bearing-from", func(_ *scenario.Statement, f *scenario.Fields) { f.Place = wedge; f.Place.BearingFrom = "-1" }},
		{"bearing-to", func(_ *scenario.Statement, f *scenario.Fields) { f.Place = wedge; f.Place.BearingTo = "361" }},
		{"distance-from", func(_ *scenario.Statement, f *scenario.Fields) { f.Place = wedge; f.Place.DistanceFrom = "" }},
		{"distance-to", func(_ *scenario.Statement, f *scenario.Fields) { f.Place = wedge; f.Place.DistanceTo = "0.5" }},
		{"distance-to", func(_ *scenario.Statement, f *scenario.Fields) { f.Place = wedge; f.Place.DistanceTo = "2001" }},
		{"weapon", func(_ *scenario.Statement, f *scenario.Fields) { f.Keys["weapon"] = "missile #" }},
		{"what", func(_ *scenario.Statement, f *scenario.Fields) { f.Keys["what"] = "site" }}, // of a strike
		{"killed", func(_ *scenario.Statement, f *scenario.Fields) { f.Keys["killed"] = "3..2..1" }},
		{"object", func(_ *scenario.Statement, f *scenario.Fields) { f.Keys["object"] = "a\xffb" }},
		{"count", func(_ *scenario.Statement, f *scenario.Fields) { f.Keys["count"] = "" }},
		{"civilians", func(_ *scenario.Statement, f *scenario.Fields) { f.Keys["civilians"] = "1" }},
		{"source", func(_ *scenario.Statement, f *scenario.Fields) { f.Keys["source"] = "viina" }},
		{"key", func(_ *scenario.Statement, f *scenario.Fields) { f.Keys["key"] = "k" }},
		{"to", func(st *scenario.Statement, f *scenario.Fields) { st.Word, f.Keys["to"] = "notify", "x" }},
	} {
		st := scenario.Statement{Word: "observe", Key: "k-1", By: "RU", Source: truce.OwnSource}
		f := scenario.Fields{Act: "strike", During: during, Place: point, Keys: map[string]string{}}
		tt.change(&st, &f)
		_, err := scenario.Compose(a, st, f, opts())
		var field *scenario.FieldError
		if !errors.As(err, &field) || field.Field != tt.field {
			t.Errorf("%+v %+v: %v; want an error in %s", st, f, err, tt.field)
		}
	}
	for _, st := range []scenario.Statement{{Word: "tally", Key: "k"}, {Word: "observe"}, {Word: "observe", Key: "a=b"}} {
		if _, err := scenario.Compose(a, st, scenario.Fields{Act: "strike", During: during, Place: point}, opts()); err == nil {
			t.Errorf("%+v was accepted", st)
		}
		if _, err := scenario.ParseStatement(a, st, "strike 2025-08-20 48N 37E source=mission", nil, opts()); err == nil {
			t.Errorf("%+v was accepted as text", st)
		}
	}
}

// TestParseStatementSpeaker: the fields before the text are not text: they are not part
// of the statement's words.
func TestParseStatementSpeaker(t *testing.T) {
	a := airFirst(t)
	st := scenario.Statement{Word: "restrict", Key: "k 1", By: "RU 2025-08-20"}
	r, err := scenario.ParseStatement(a, st, "2025-08-21 zone:ukraine", nil, opts())
	if err != nil || r.Restriction.By != "RU 2025-08-20" || r.Restriction.Key != "k 1" {
		t.Errorf("%+v, %v", r.Restriction, err)
	}
	no := errors.New("not this one")
	if _, err := scenario.ParseStatement(a, st, "2025-08-21 zone:ukraine what=access", func(k, v string) error {
		if k == "what" && v == "access" {
			return no
		}
		return nil
	}, opts()); !errors.Is(err, no) {
		t.Errorf("a key that is not allowed: %v", err)
	}
}
