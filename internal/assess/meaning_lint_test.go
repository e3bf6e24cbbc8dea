package assess_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/opentruce/truce/internal/agreement"
)

// TestWarnedOf: what truce check says of one article beside an article on fire, worked out from what doc/agreement-format.md says
// of each kind: the codes of its warnings and errors, without those of its geometry. Sources that look for what is asked are
// there, unless the row leaves them out.
func TestWarnedOf(t *testing.T) {
	const box = `{"type":"Polygon","coordinates":[[[37,48],[37.05,48],[37.05,48.05],[37,48.05],[37,48]]]}`
	line := func(more string) string {
		return `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"kind":"line-of-contact","date":"2026-03-01"},"geometry":{"type":"LineString","coordinates":[[37,48],[37,48.1]]}}` + more + `]}`
	}
	control := func(party string) string {
		return `,{"type":"Feature","properties":{"kind":"control","party":"` + party + `","date":"2026-03-01"},"geometry":{"type":"Polygon","coordinates":[[[37,48],[37.05,48],[37.05,48.05],[37,48.05],[37,48]]]}}`
	}
	for _, tt := range []struct {
		article string
		want    string // codes, in order
	}{
		{"prohibit: {acts: [looting], in: [box]}", ""},
		{"prohibit: {acts: [looting]}", "no-zone"},
		{"prohibit: {acts: [looting], in: [box], where: launch}", "hard-to-see"},
		{"prohibit: {acts: [looting], in: [box], where: impact}", ""},

		// One line for all, and a line for each; lines that differ, and lines that do not.
		{"withdraw: {weapons: [mortar], line: edge, distance: 25 km}", ""},
		{"withdraw: {weapons: [mortar], line: {A: edge, B: edge}, distance: 25 km}", ""},
		{"withdraw: {weapons: [mortar], line: {A: edge, B: other}, distance: 25 km}", "two-lines"},
		{"withdraw: {weapons: [mortar], line: {A: edge}, distance: 25 km}", "missing-key"},
		// A mortar of 120 mm is under both distances; mortars and rockets are not, and neither are weapons of 100 mm at most and of more.
		{"withdraw: {weapons: [mortar], line: edge, distance: 25 km}\n  - {article: \"3\", binds: [A, B], withdraw: {weapons: [mortar], line: edge, distance: 15 km}}", "two-distances"},
		{"withdraw: {weapons: [mortar], line: edge, distance: 25 km}\n  - {article: \"3\", binds: [A, B], withdraw: {weapons: [mortar], line: edge, distance: 25 km}}", ""},
		{"withdraw: {weapons: [mortar], line: edge, distance: 25 km}\n  - {article: \"3\", binds: [A, B], withdraw: {weapons: [mlrs], line: edge, distance: 15 km}}", ""},
		// No range of calibres is stated of missiles, so that a condition on calibre says nothing of them.
		{"withdraw: {weapons: [missile], line: edge, distance: 25 km}\n  - {article: \"3\", binds: [A, B], withdraw: {weapons: [missile], line: edge, distance: 15 km}}", "two-distances"},
		{"withdraw: {weapons: [missile], line: edge, distance: 25 km}\n  - {article: \"3\", binds: [A, B], withdraw: {weapons: {class: [missile, mlrs], calibre: \">=122\"}, line: edge, distance: 15 km}}", "calibre-needed"},

		// What the line files say that A and B control: both, one, none.
		{"freeze: {line: held, tolerance: 500 m}", ""},
		{"freeze: {line: held-by-a, tolerance: 500 m}", "no-control"},
		{"freeze: {line: edge, tolerance: 500 m}", "no-control no-control"},

		// Each key that nothing looks at.
		{"text: Patience.\n    not-monitored: {because: x}", ""},
		{"not-monitored: {because: x}", "no-text"},
		{"text: Patience.\n    not-monitored: {because: x}\n    clocks: {reply: 24h}", "idle-key"},
		{"text: Patience.\n    not-monitored: {because: x}\n    daily: {from: \"22:00\", to: \"06:00\"}", "idle-key"},
		{"text: Patience.\n    not-monitored: {because: x}\n    objects: {A: list.csv}", "idle-key"},
		{"text: Patience.\n    not-monitored: {because: x}\n    readings: [{id: A}]", "idle-key"},
		{"text: Patience.\n    not-monitored: {because: x}\n    exceptions: [{id: x, acts: [fire], notified: 24h}]", "idle-key"},
		{"text: Patience.\n    not-monitored: {because: x}\n    readers: 2", "idle-key"},

		// Steps grow in number and in time, each by something.
		{"phase: main\n    due: {acts: [release], to: [B], steps: [{count: 10, by: 2026-04-01}, {count: 20, by: 2026-05-01}]}", ""},
		{"phase: main\n    due: {acts: [release], to: [B], steps: [{count: 10, by: 2026-04-01}, {count: 10, by: 2026-05-01}]}", "bad-steps"},
		{"phase: main\n    due: {acts: [release], to: [B], steps: [{count: 10, by: 2026-04-01}, {count: 9, by: 2026-05-01}]}", "bad-steps"},
		{"phase: main\n    due: {acts: [release], to: [B], steps: [{count: 10, by: 2026-04-01}, {count: 20, by: 2026-04-01}]}", "bad-steps"},
		{"phase: main\n    due: {acts: [release], to: [B], steps: [{count: 10, by: 2026-04-01}, {count: 20, by: 2026-03-31}]}", "bad-steps"},
		{"phase: main\n    due: {acts: [release], to: [B], steps: [{count: 10, by: {after: phase, period: P10D}}, {count: 20, by: {after: phase, period: P20D}}]}", ""},
		{"phase: main\n    due: {acts: [release], to: [B], steps: [{count: 10, by: {after: phase, period: P10D}}, {count: 20, by: {after: phase, period: P10D}}]}", "bad-steps"},
		{"phase: main\n    due: {acts: [release], to: [B], steps: [{count: 10, by: {after: phase, period: P10D}}, {count: 20, by: 2026-03-02}]}", ""}, // a date and a span are not compared
	} {
		text := fmt.Sprintf(`truce: 1
id: test
title: Test
status: draft
timezone: Europe/Kyiv
places: []
parties: [{id: A}, {id: B}]
zones: {box: box.geojson}
lines: {edge: edge.geojson, other: other.geojson, held: held.geojson, held-by-a: held-by-a.geojson}
phases: [{id: main, from: 2026-03-01}]
provisions:
  - article: "1"
    phase: main
    binds: [A, B]
    prohibit: {acts: [fire], in: [box]}
  - article: "2"
    binds: [A, B]
    %s
`, tt.article)
		fsys := fstest.MapFS{"agreement.yaml": {Data: []byte(text)}, "list.csv": {Data: []byte("id,name,class,lat,lon,buffer_m\nx,X,bridge,48.01,37.01,100\n")}, "box.geojson": {Data: []byte(box)},
			"edge.geojson": {Data: []byte(line(""))}, "other.geojson": {Data: []byte(line(""))}, "held.geojson": {Data: []byte(line(control("A") + control("B")))}, "held-by-a.geojson": {Data: []byte(line(control("A")))}}
		for _, l := range []string{"edge", "other", "held", "held-by-a"} {
			text = strings.Replace(text, l+": "+l+".geojson", l+": {series: "+l+".geojson, fixed: 2026-03-01}", 1)
		}
		fsys["agreement.yaml"].Data = []byte(text)
		_, probs := agreement.Read(fsys)
		var got []string
		for _, p := range probs {
			if p.Code != "unused" && p.Code != "flat-edge" {
				got = append(got, p.Code)
			}
		}
		slices.Sort(got)
		if is := strings.Join(got, " "); is != tt.want {
			t.Errorf("%s\n\tis warned of as %q, want %q: %v", tt.article, is, tt.want, probs)
		}
	}
}
