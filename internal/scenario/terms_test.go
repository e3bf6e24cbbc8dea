package scenario_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
)

// strikes forbids strikes and explosions in a box, with an exception and a clock.
const strikes = "phases: [{id: p, from: 2026-03-01, to: 2026-04-01}]\nprovisions:\n  - {article: \"1\", phase: p, binds: [A, B], text: No strike., prohibit: {acts: [strike], in: [box]}, floor: {evidence: single-source}, clocks: {reply: 24h}}\n" +
	"  - {article: \"2\", phase: p, binds: [A, B], text: No explosion., prohibit: {acts: [explosion], in: [box]}, floor: {evidence: single-source}, exceptions: [{id: demining, acts: [explosion], in: [box], notified: 24h}]}\n"

// flat reads an agreement of two parties with a box of one degree on the equator.
func flat(t *testing.T, rest string) *truce.Agreement {
	t.Helper()
	fsys := fstest.MapFS{
		"agreement.yaml": {Data: []byte("truce: 1\nid: language\ntitle: Terms to state things under\nstatus: rehearsal\ntimezone: UTC\nparties: [{id: A, name: Party A}, {id: B, name: Party B}]\nzones: {box: zones/box.geojson}\n" +
			"sources: [{id: post-1, publisher: mission}, {id: wire, publisher: Wire}, {id: mod-a, publisher: Ministry of A, party: A}]\n" + rest)},
		"zones/box.geojson": {Data: []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[10,0],[11,0],[11,1],[10,1],[10,0]]]}}]}`)},
	}
	if strings.Contains(rest, "places: [ukraine]") {
		for _, name := range []string{"package.json", "regions.geojson.gz", "settlements.tsv.gz"} {
			text, err := os.ReadFile("../../agreements/ukraine-air-first/places/ukraine/" + name)
			if err != nil {
				t.Fatal(err)
			}
			fsys["places/ukraine/"+name] = &fstest.MapFile{Data: text}
		}
	}
	a, probs := agreement.Read(fsys)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return a
}

func instant(t *testing.T, s string) truce.Instant {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return truce.InstantOf(at)
}
