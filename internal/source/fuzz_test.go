package source

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/opentruce/truce"
)

// FuzzParse feeds any bytes to every kind. Nothing may panic or hang, and what
// comes out must be whole: an ID, a time that is one, a place on Earth.
func FuzzParse(f *testing.F) {
	generic, err := ParseMapping([]byte(fuzzMapping))
	if err != nil {
		f.Fatal(err)
	}
	for i, k := range Kinds {
		for _, file := range append(samples(f, k.Name+"/*"), samples(f, "bad/"+k.Name+".*")...) {
			b, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(byte(i), false, b)
			if filepath.Ext(file) == ".csv" {
				f.Add(byte(i), true, b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, kind byte, cp1252 bool, data []byte) {
		o := Options{Source: "fuzz", Mapping: generic, MaxCell: 1 << 12}
		if cp1252 {
			o.Encoding = "cp1252"
		}
		k := Kinds[int(kind)%len(Kinds)]
		for r, err := range k.Parse(bytes.NewReader(data), o) {
			var refused *Refusal
			switch {
			case errors.As(err, &refused):
				if refused.Why == "" || refused.Row < 1 {
					t.Errorf("a refusal that does not say why or where: %+v", refused)
				}
			case err != nil:
			default:
				whole(t, r)
			}
		}
	})
}

const fuzzMapping = `
timezone: Europe/Kyiv
key: {columns: [post, id]}
occurred: {column: date, time: time, layout: "DD.MM.YYYY[ hh:mm", width: {column: minutes}}
until: {column: to}
place: {lat: {column: lat}, lon: {column: lon}, mgrs: {column: grid}, region: {column: district}, settlement: {column: village}, geometry: true,
  uncertainty: {column: within}}
act: {column: type, values: {outgoing: outgoing, explosion: {act: explosion}, protest: {aside: no act}}}
weapon: {column: weapon}
count: {column: number}
casualties: {of_the_day: {reported: killed, recovered: killed_recovered, new: new}, injured: {low: k_min, best: k, high: k_max}}
ignore: [no, mm, actor, injured, grade, remarks]
`

func whole(t *testing.T, r truce.Item) {
	t.Helper()
	if r.ID().IsZero() {
		t.Errorf("no ID: %+v", r)
	}
	check := func(v truce.Interval, p truce.Place) {
		if !v.Valid() || !v.Start.Stated() || !v.End.Stated() {
			t.Errorf("interval %v", v)
		}
		if p.Point.Lat < -90*degree || p.Point.Lat > 90*degree || p.Point.Lon < -180*degree || p.Point.Lon >= 180*degree || p.Uncertainty < truce.NotStated {
			t.Errorf("place %v", p)
		}
		if p.Kind == truce.PlaceRegion && p.Name == "" {
			t.Errorf("a region without a name")
		}
	}
	switch {
	case r.Observation != nil:
		check(r.Observation.Occurred, r.Observation.Place)
		if r.Observation.Source == "" || r.Observation.Key == "" || r.Observation.Act == "" {
			t.Errorf("not whole: %+v", r.Observation)
		}
	case r.Tally != nil:
		check(r.Tally.Period, r.Tally.Place)
	case r.Coverage != nil:
		check(r.Coverage.During, truce.Place{})
		if r.Coverage.Zone == "" || r.Coverage.What == "" {
			t.Errorf("not whole: %+v", r.Coverage)
		}
	}
}

func FuzzMapping(f *testing.F) {
	f.Add([]byte(fuzzMapping))
	f.Add([]byte("record: coverage\nwhat: {value: w}\nzone: {value: z}\noccurred: {column: a}\nplace: {bounds: []}\n"))
	for _, k := range Kinds {
		maps, _ := filepath.Glob("testdata/" + k.Name + "/*.mapping.yaml")
		for _, m := range maps {
			b, _ := os.ReadFile(m)
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseMapping(data)
		if err != nil {
			return
		}
		for range csvKind.Parse(bytes.NewReader([]byte("a,b\n1,2\n")), Options{Source: "s", Mapping: m}) {
		}
	})
}
