package assess_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// The tests named TestMeaning state what findings mean, and not what the code does: each
// row was worked out by hand from the description of the format, and says how. Laws
// compare our code with our code, so a wrong meaning passes them.
//
// The ground lies on the equator, where arithmetic needs no program: one unit of a
// position, 1e-7 degree of longitude, is 6378137 m x pi/180 / 1e7 = 1.11319491 cm, and
// the shortest way from a point on the equator to a meridian runs along the equator.

// A row is a few lines of a scenario that must hold, with the reason.
type row struct{ why, lines string }

// hold runs rows under an agreement.
func hold(t *testing.T, a *truce.Agreement, rows []row) {
	t.Helper()
	for i, r := range rows {
		text := strings.ReplaceAll(r.lines, "\t", "")
		run := scenario.Run("row", strings.NewReader(text), a, nil, situation.Options{Workers: 1})
		for _, f := range run.Faults {
			t.Errorf("row %d, %s: %s in\n%s", i, r.why, f, text)
		}
		for _, f := range run.Failures {
			t.Errorf("row %d, %s: %s in\n%s", i, r.why, f, text)
		}
		if run.Held == 0 && len(run.Failures) == 0 {
			t.Errorf("row %d, %s: states nothing", i, r.why)
		}
	}
}

// never runs rows of which the last statement must not hold: a sentence that belongs to
// other cases.
func never(t *testing.T, a *truce.Agreement, rows []row) {
	t.Helper()
	for i, r := range rows {
		text := strings.TrimSpace(strings.ReplaceAll(r.lines, "\t", ""))
		run := scenario.Run("row", strings.NewReader(text), a, nil, situation.Options{Workers: 1})
		last := strings.Count(text, "\n") + 1
		if len(run.Faults) > 0 || len(run.Failures) != 1 || run.Failures[0].Line != last {
			t.Errorf("row %d, %s: %v, %v; the last line must not hold, in\n%s", i, r.why, run.Faults, run.Failures, text)
		}
	}
}

// rectangle is a GeoJSON geometry between two longitudes and one degree north and south
// of the equator.
func rectangle(west, east string) string {
	return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%[1]s,-1],[%[2]s,-1],[%[2]s,1],[%[1]s,1],[%[1]s,-1]]]}`, west, east)
}

func feature(properties, geometry string) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{%s},"geometry":%s}`, properties, geometry)
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

// read reads an agreement whose zones are the box from 10 to 11 degrees east, its two
// halves, which mirror each other and so have equal areas, and a range in the west half.
func read(t *testing.T, provisions string, more ...string) *truce.Agreement {
	t.Helper()
	files := fstest.MapFS{
		"zones/box.geojson":   {Data: []byte(collection(feature("", `{"type":"Polygon","coordinates":[[[10,-1],[10.5,-1],[11,-1],[11,1],[10.5,1],[10,1],[10,-1]]]}`)))}, // edges are geodesics: those of the halves
		"zones/west.geojson":  {Data: []byte(collection(feature("", rectangle("10", "10.5"))))},
		"zones/east.geojson":  {Data: []byte(collection(feature("", rectangle("10.5", "11"))))},
		"zones/range.geojson": {Data: []byte(collection(feature("", rectangle("10.2", "10.3"))))},
	}
	for i := 0; i+1 < len(more); i += 2 {
		files[more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
	}
	lines := ""
	if len(more) > 0 && strings.HasPrefix(more[0], "lines/") {
		lines = "lines: {contact: {series: lines/contact, fixed: 2026-03-01}, moving: {series: lines/contact, follows: true}"
		if len(more) > 2 && strings.HasPrefix(more[2], "lines/second") {
			lines += ", second: {series: lines/second, fixed: 2026-03-01}"
		}
		lines += "}\n"
	}
	files["agreement.yaml"] = &fstest.MapFile{Data: []byte(`truce: 1
id: meaning
title: An agreement to state meanings with
status: rehearsal
timezone: Europe/Kyiv
parties: [{id: A, name: Party A, members: [A1, {id: Rebels, perhaps: true}]}, {id: B, name: Party B}]
others: [{id: X, name: Group X, role: excluded}]
zones: {box: zones/box.geojson, west: zones/west.geojson, east: zones/east.geojson, range: zones/range.geojson}
` + lines + `sources:
  - {id: post-1, publisher: mission}
  - {id: post-2, publisher: mission}
  - {id: wire, publisher: Wire}
  - {id: paper, publisher: Paper}
  - {id: mod-a, publisher: Ministry of A, party: A}
  - {id: mod-b, publisher: Ministry of B, party: B}
phases:
  - {id: all, from: 2026-03-01T00:00:00Z}
  - {id: march, from: 2026-03-01T00:00:00Z, to: 2026-04-01T00:00:00Z}
  - {id: later, from: {event: signed}}
provisions:
` + provisions)}
	a, probs := agreement.Read(files)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return a
}

// Some of what rows observe again and again: one source, a second that is independent of
// it, and one of the first one's publisher.
const (
	one   = "observe o fire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar source=wire\n"
	two   = "observe p fire 2026-03-05T10:01/10:11Z 0.0N 10.1E ±100m weapon=mortar source=paper\n"
	claim = "allege c by A fire 2026-03-05T10:00/10:10Z 0.0N 10.1E ±100m weapon=mortar\n"
)

// article writes a provision of all time that forbids fire in the box.
func article(name, more string) string {
	return fmt.Sprintf(`  - article: "%s"
    phase: all
    binds: [A, B]
    text: No fire.
    prohibit: {acts: [fire], in: [box]}
    %s
`, name, more)
}

// lines are those of a line of contact on the meridian of 10.5 degrees east, which A
// holds on the west and B on the east: as fixed on 1 March, and on later days with an
// advance of A on the equator, 44 m wide from north to south.
var lines = []string{
	"lines/contact/2026-03-01.geojson", contact("10.5"),
	"lines/contact/2026-03-02.geojson", contact("10.5004393"), // 4393 units: 48.903 m
	"lines/contact/2026-03-03.geojson", contact("10.5004491"), // 49.994 m
	"lines/contact/2026-03-04.geojson", contact("10.5004492"), // 50.005 m
	"lines/contact/2026-03-05.geojson", contact("10.5004493"), // 50.016 m
	"lines/contact/2026-03-07.geojson", contact("10.5"),
	"lines/contact/2026-03-08.geojson", contact("10.4995507"), // A fell back: B advanced by 4493 units
}

// contact is a day of the line: A holds what is west of it, and near the equator what is
// west of a longitude.
func contact(east string) string {
	holds := func(party, outer string) string {
		return feature(`"kind":"control","party":"`+party+`"`, fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%[1]s,-1],[10.5,-1],[10.5,-0.0002],[%[2]s,-0.0002],[%[2]s,0.0002],[10.5,0.0002],[10.5,1],[%[1]s,1],[%[1]s,-1]]]}`, outer, east))
	}
	if east == "10.5" {
		return collection(feature(`"kind":"control","party":"A"`, rectangle("10", "10.5")), feature(`"kind":"control","party":"B"`, rectangle("10.5", "11")),
			feature(`"kind":"line-of-contact"`, `{"type":"LineString","coordinates":[[10.5,-1],[10.5,1]]}`))
	}
	return collection(holds("A", "10"), holds("B", "11"), feature(`"kind":"line-of-contact"`, fmt.Sprintf(`{"type":"LineString","coordinates":[[10.5,-1],[10.5,-0.0002],[%[1]s,-0.0002],[%[1]s,0.0002],[10.5,0.0002],[10.5,1]]}`, east)))
}
