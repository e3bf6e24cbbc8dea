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
	shipped := map[string]*Mapping{}
	for _, name := range ShippedNames() { // each by its own mapping; a form with questions
		k, err := Find(name)
		if err != nil {
			f.Fatal(err)
		}
		text := ""
		if k.Mapped {
			text = "source: fuzz\ntable: {children: seen}\noccurred: {column: start}\nplace: {position: {column: point}}\nact: {column: seen.what, else: fire}\n"
		}
		if shipped[name], err = k.Mapping([]byte(text)); err != nil {
			f.Fatal(err)
		}
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
		if own, ok := shipped[k.Name]; ok {
			o.Mapping, o.File = own, "2016-11-08.csv"
		}
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

// FuzzPosts feeds any bytes to what is read out of words: positions, sightings, numbers of
// people, times without a year and dates in the names of files.
func FuzzPosts(f *testing.F) {
	for _, s := range []string{"SMM camera in Avdiivka (GCA, 17km N of Donetsk)", "3–4km ESE", "7-Nov, 22:10–22:41", "12.71 24.88 0 3.9", "10+", "at least 10", "areas_20251101.geojson", "((((,,km N of"} {
		f.Add(s)
	}
	layout := mustLayout("YYYYMMDD")
	f.Fuzz(func(t *testing.T, s string) {
		if at, err := (Options{}).standing(s); err == nil && (at.radius < 0 || !everywhere.holds(int64(at.at.Lat), int64(at.at.Lon))) {
			t.Errorf("%q is at %v ± %d m", s, at.at, at.radius)
		}
		if w, err := sighting(s); err == nil && (w.n < 0 || w.half < 0 || w.to < 0 || w.to >= 360_000) {
			t.Errorf("%q is %+v", s, w)
		}
		if v, err := people(s, ""); err == nil && !v.Valid() {
			t.Errorf("%q is %v", s, v)
		}
		if w, err := layout.inName(s); err == nil && w.check() != nil {
			t.Errorf("%q is %+v", s, w)
		}
		ranged([]byte(s))
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

// FuzzForms feeds any bytes to the forms of time that have no fields. What is read is a time that
// there is, and its layout reads it again with blanks around it.
func FuzzForms(f *testing.F) {
	for _, s := range []string{"281430ZFEB16", "28 1430B FEB 2016", "281430JFEB16", "281430 FEB 16", "/Date(1456617600000+0200)/", `\/Date(-1000)\/`, "/Date(-62135596800000)/", "٢٨١٤٣٠Z FEB ١٦"} {
		f.Add(s)
	}
	c := newClock(kyiv)
	f.Fuzz(func(t *testing.T, s string) {
		for _, text := range []string{"dtg", "json-date"} {
			l := mustLayout(text)
			w, err := l.parse([]byte(s))
			if err != nil {
				continue
			}
			v, err := c.moment(w)
			if err == nil && (!v.Valid() || !v.Start.Stated() || v.End-v.Start > minute || !w.zoned) {
				t.Errorf("%s: %q is %v", text, s, v)
			}
			if again, err := l.parse([]byte(" " + s + "\t")); err != nil || again != w {
				t.Errorf("%s: %q with blanks is %+v, not %+v: %v", text, s, again, w, err)
			}
		}
	})
}
