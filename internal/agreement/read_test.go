package agreement

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/opentruce/truce/internal/assess"
)

const sound = `truce: 1
id: test
title: Test
status: draft
timezone: Europe/Kyiv
parties: [{id: A}, {id: B}]
zones: {box: box.geojson}
lines: {edge: edge.geojson}
phases: [{id: main, from: 2026-03-01}]
provisions:
  - article: "1"
    phase: main
    binds: [A, B]
    prohibit: {acts: [fire], in: [box]}
  - article: "2"
    phase: main
    binds: [A, B]
    withdraw: {weapons: {calibre: ">=100"}, line: edge, distance: 25 km}
`

const box = `{"type":"Polygon","coordinates":[[[37,48],[37.05,48],[37.05,48.05],[37,48.05],[37,48]]]}`

const edge = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"kind":"line-of-contact","date":"2026-03-01"},"geometry":{"type":"LineString","coordinates":[[37,48],[37,48.1]]}}]}`

func folder(yaml string) fstest.MapFS {
	return fstest.MapFS{"agreement.yaml": {Data: []byte(yaml)}, "box.geojson": {Data: []byte(box)}, "edge.geojson": {Data: []byte(edge)}}
}

func TestSound(t *testing.T) {
	a, probs := Read(folder(sound))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	if len(a.Provisions) != 2 || !strings.Contains(assess.Sentence(a, &a.Provisions[1]).String(), "at least 25 km from the line") || a.Digest.IsZero() {
		t.Errorf("got %+v", a.Provisions)
	}
	again, _ := Read(folder(sound))
	if again.Digest != a.Digest {
		t.Error("the same folder has another digest")
	}
	other, _ := Read(folder(sound + "# a comment\n"))
	if other.Digest == a.Digest {
		t.Error("another text has the same digest")
	}
}

// TestFaults changes one thing and looks for its code, at its line.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name, from, to, code string
		line                 int
	}{
		{"unknown key", "title: Test", "title: Test\ntitel: x", "unknown-key", 4},
		{"missing key", "title: Test\n", "", "missing-key", 1},
		{"key twice", "title: Test", "title: Test\ntitle: Twice", "duplicate-key", 4},
		{"anchor", "parties: [{id: A}, {id: B}]", "parties: &p [{id: A}, {id: B}]", "alias", 6},
		{"tag", "title: Test", "title: !!str Test", "tag", 3},
		{"empty list", "acts: [fire]", "acts: []", "empty-value", 14},
		{"empty value", "title: Test", "title:", "empty-value", 3},
		{"status", "status: draft", "status: maybe", "bad-value", 4},
		{"time zone", "Europe/Kyiv", "Europe/Kiyv", "bad-timezone", 5},
		{"places", "timezone: Europe/Kyiv", "timezone: Europe/Kyiv\nplaces: [ukraine, ukrain]", "unknown-places", 6},
		{"party twice", "{id: B}]", "{id: A}]", "duplicate-party", 6},
		{"no parties", "[{id: A}, {id: B}]", "[]", "no-parties", 1},
		{"unknown party", "binds: [A, B]\n    prohibit", "binds: [A, C]\n    prohibit", "undefined-party", 13},
		{"unknown zone", "in: [box]", "in: [bix]", "undefined-zone", 14},
		{"unknown phase", "phase: main\n    binds: [A, B]\n    prohibit", "phase: mian\n    binds: [A, B]\n    prohibit", "undefined-phase", 12},
		{"unknown line", "line: edge", "line: hedge", "undefined-line", 18},
		{"unknown act", "acts: [fire]", "acts: [fier]", "unknown-word", 14},
		{"no file", "box.geojson", "bax.geojson", "no-file", 7},
		{"outside", "box.geojson", "../box.geojson", "bad-path", 7},
		{"no kind", "    prohibit: {acts: [fire], in: [box]}\n", "", "one-kind", 11},
		{"article twice", `article: "2"`, `article: "1"`, "duplicate-article", 15},
		{"distance", "25 km", "25", "bad-distance", 18},
		{"no such day", "2026-03-01}]", "2026-02-30}]", "bad-time", 9},
		{"another century", "2026-03-01}]", "3026-03-01}]", "bad-time", 9},
		{"ends before it begins", "from: 2026-03-01}", "from: 2026-03-01, to: 2026-02-01}", "bad-period", 9},
		{"second document", "truce: 1", "---\ntruce: 1\n---\ntruce: 1", "second-document", 0},
		{"calibre", ">=100", ">=x", "bad-value", 18},
		{"unmonitored twice", "provisions:", "unmonitored: [{article: \"1\", text: x, because: y}]\nprovisions:", "duplicate-article", 0},
		{"unmonitored without a reason", "provisions:", "unmonitored: [{article: \"9\", text: x}]\nprovisions:", "missing-key", 0},
		{"against a stranger", "{acts: [fire], in: [box]}", "{acts: [fire], in: [box], against: [C]}", "undefined-party", 14},
		{"held by a reading, and everybody is protected", "{acts: [fire], in: [box]}", "{acts: [fire], in: [box]}\n    readings: [{id: A, held: [box]}, {id: B}]", "idle-held", 14},
		{"held in no zone", "{acts: [fire], in: [box]}", "{acts: [fire], in: [box], against: [A]}\n    readings: [{id: A, held: [bix]}, {id: B}]", "undefined-zone", 0},
		{"opens without an event", "phases: [", "phases: [{id: next, from: 2026-04-01, opens: {any: [{at: 2026-04-01}]}}, ", "bad-condition", 9},
		{"opens on a prohibition", "phases: [", "phases: [{id: next, from: {event: e}, opens: {any: [{article: \"1\"}]}}, ", "bad-condition", 9},
		{"opens on an unknown article", "phases: [", "phases: [{id: next, from: {event: e}, opens: {any: [{article: \"99\"}]}}, ", "undefined-article", 9},
		{"opens on its own event", "phases: [", "phases: [{id: next, from: {event: e}, opens: {any: [{event: e}]}}, ", "bad-condition", 9},
		{"opens on itself", "phases: [", "phases: [{id: next, from: {event: e}, opens: {any: [{phase: next}]}}, ", "bad-condition", 9},
		{"opens on an unknown phase", "phases: [", "phases: [{id: next, from: {event: e}, opens: {any: [{phase: nxet}]}}, ", "undefined-phase", 9},
		{"opens on two things at once", "phases: [", "phases: [{id: next, from: {event: e}, opens: {any: [{phase: main, event: f}]}}, ", "bad-condition", 9},
		{"opens on nothing", "phases: [", "phases: [{id: next, from: {event: e}, opens: {any: [], all: []}}, ", "bad-condition", 9},
		{"opens on all and any", "phases: [", "phases: [{id: next, from: {event: e}, opens: {any: [{event: f}], all: [{event: g}]}}, ", "bad-condition", 9},
		{"a time for so long", "phases: [", "phases: [{id: next, from: {event: e}, opens: {any: [{at: 2026-04-01, for: P3D}]}}, ", "idle-key", 9},
		{"extends without an end", "phases: [", "phases: [{id: next, from: 2026-04-01, extends: {for: P3D, any: [{event: f}]}}, ", "bad-condition", 9},
		{"recurs by a date", "prohibit: {acts: [fire], in: [box]}", "due: {acts: [handover], every: day, by: 2026-04-01}", "bad-every", 14},
		{"an hour of what does not recur", "prohibit: {acts: [fire], in: [box]}", "due: {acts: [handover], at: \"16:00\", by: 2026-04-01}", "bad-every", 14},
		{"a weekday of each day", "prohibit: {acts: [fire], in: [box]}", "due: {acts: [handover], every: day, on: friday}", "bad-every", 14},
		{"no such hour", "prohibit: {acts: [fire], in: [box]}", "due: {acts: [handover], every: day, at: \"25:00\"}", "bad-time", 14},
		{"announced without a time", "prohibit: {acts: [fire], in: [box]}", "notify: {acts: [flight]}", "no-notice", 14},
		{"announced by two times", "prohibit: {acts: [fire], in: [box]}", "notify: {acts: [flight], before: 48h, by: \"12:00\"}", "no-notice", 14},
		{"all of what nobody numbers", "prohibit: {acts: [fire], in: [box]}", "due: {acts: [release], count: all}", "bad-count", 14},
		{"numbered for nothing", "prohibit: {acts: [fire], in: [box]}", "due: {acts: [release], number: [persons-present]}", "bad-count", 14},
		{"as many as itself", "prohibit: {acts: [fire], in: [box]}", "due: {acts: [release], as-many-as: A}", "bad-count", 14},
		{"as many as, and a number", "prohibit: {acts: [fire], in: [box]}", "due: {acts: [release], count: 3, as-many-as: other}", "bad-count", 14},
		{"as many as nobody", "prohibit: {acts: [fire], in: [box]}", "due: {acts: [release], as-many-as: C}", "undefined-party", 14},
		{"all each day", "prohibit: {acts: [fire], in: [box]}", "due: {acts: [release], every: day, count: all, number: [persons-present]}", "bad-every", 14},
		{"together and by any one", "prohibit: {acts: [fire], in: [box]}", "due: {acts: [release], anyone: true, jointly: true}", "bad-doers", 14},
		{"suspended by two", "binds: [A, B]\n    prohibit: {acts: [fire], in: [box]}", "binds: [A, B]\n    prohibit: {acts: [fire], in: [box]}\n    suspension: {event: e}", "bad-suspension", 15},
		{"suspended and resumed by one event", "binds: [A, B]\n    prohibit: {acts: [fire], in: [box]}", "binds: [A]\n    prohibit: {acts: [fire], in: [box]}\n    suspension: {event: e, resumes: e}", "bad-suspension", 15},
		{"a suspended duty", "binds: [A, B]\n    prohibit: {acts: [fire], in: [box]}", "binds: [A]\n    due: {acts: [handover]}\n    suspension: {event: e}", "bad-suspension", 15},
		{"suspended by nothing", "binds: [A, B]\n    prohibit: {acts: [fire], in: [box]}", "binds: [A]\n    prohibit: {acts: [fire], in: [box]}\n    suspension: {resumes: e}", "missing-key", 15},
		{"suspended by what begins a phase", "phases: [{id: main, from: 2026-03-01}]\nprovisions:\n  - article: \"1\"\n    phase: main\n    binds: [A, B]\n", "phases: [{id: main, from: {event: e}}]\nprovisions:\n  - article: \"1\"\n    phase: main\n    suspension: {event: e}\n    binds: [A]\n", "bad-suspension", 13},
		{"resumed by what begins a phase", "phases: [{id: main, from: 2026-03-01}]\nprovisions:\n  - article: \"1\"\n    phase: main\n    binds: [A, B]\n", "phases: [{id: main, from: {event: e}}]\nprovisions:\n  - article: \"1\"\n    phase: main\n    suspension: {event: f, resumes: e}\n    binds: [A]\n", "bad-suspension", 13},
		{"yields to itself", "binds: [A, B]\n    prohibit", "binds: [A, B]\n    yields-to: [\"1\"]\n    prohibit", "bad-precedence", 14},
		{"yields to nothing there is", "binds: [A, B]\n    prohibit", "binds: [A, B]\n    yields-to: [\"7\"]\n    prohibit", "undefined-article", 14},
		{"a duty that yields", "binds: [A, B]\n    prohibit: {acts: [fire], in: [box]}", "binds: [A, B]\n    yields-to: [\"2\"]\n    due: {acts: [handover]}", "bad-precedence", 14},
		{"yields to a duty", "binds: [A, B]\n    withdraw: {weapons: {calibre: \">=100\"}, line: edge, distance: 25 km}", "binds: [A, B]\n    yields-to: [\"3\"]\n    withdraw: {weapons: {calibre: \">=100\"}, line: edge, distance: 25 km}\n  - {article: \"3\", binds: [A, B], due: {acts: [handover]}}", "bad-precedence", 18},
		{"yield to each other", "provisions:", "provisions:\n  - {article: \"8\", binds: [A], yields-to: [\"9\"], prohibit: {acts: [strike], in: [box]}}\n  - {article: \"9\", binds: [A], yields-to: [\"8\"], prohibit: {acts: [strike], in: [box]}}", "bad-precedence", 12},
		{"supersedes what is not there", "binds: [A, B]\n    withdraw", "binds: [A, B]\n    supersedes: {article: \"7\", from: 2026-04-01}\n    withdraw", "undefined-article", 18},
		{"supersedes itself", "binds: [A, B]\n    withdraw", "binds: [A, B]\n    supersedes: {article: \"2\", from: 2026-04-01}\n    withdraw", "bad-amendment", 18},
		{"supersedes without a time", "binds: [A, B]\n    withdraw", "binds: [A, B]\n    supersedes: {article: \"1\"}\n    withdraw", "missing-key", 18},
		{"each supersedes the other", sound[strings.Index(sound, "    binds: [A, B]\n    prohibit"):], "    binds: [A, B]\n    supersedes: {article: \"2\", from: 2026-04-01}\n    prohibit: {acts: [fire], in: [box]}\n  - article: \"2\"\n    binds: [A, B]\n    supersedes: {article: \"1\", from: 2026-05-01}\n    withdraw: {weapons: {calibre: \">=100\"}, line: edge, distance: 25 km}\n", "bad-amendment", 0},
		{"superseded twice", "provisions:", "provisions:\n  - {article: \"8\", binds: [A, B], supersedes: {article: \"1\", from: 2026-04-01}, prohibit: {acts: [strike], in: [box]}}\n  - {article: \"9\", binds: [A, B], supersedes: {article: \"1\", from: 2026-05-01}, prohibit: {acts: [strike], in: [box]}}", "bad-amendment", 12},
		{"superseded on the day it begins", "binds: [A, B]\n    withdraw", "binds: [A, B]\n    supersedes: {article: \"1\", from: 2026-03-01}\n    withdraw", "idle-amendment", 18},
		{"no longer bound", "binds: [A, B]\n    withdraw", "binds: [A]\n    supersedes: {article: \"1\", from: 2026-04-01}\n    withdraw", "unbound-party", 18},
		{"return fire announced", "{acts: [fire], in: [box]}", "{acts: [fire], in: [box]}\n    exceptions: [{id: x, acts: [fire], notified: 24h, answers: {acts: [attack], within: 30min, near: 5 km}}]", "bad-answer", 15},
		{"return fire under a duty", "prohibit: {acts: [fire], in: [box]}", "due: {acts: [handover]}\n    exceptions: [{id: x, acts: [fire], answers: {acts: [attack], within: 30min, near: 5 km}}]", "bad-answer", 15},
		{"return fire after no time", "{acts: [fire], in: [box]}", "{acts: [fire], in: [box]}\n    exceptions: [{id: x, acts: [fire], answers: {acts: [attack], near: 5 km}}]", "missing-key", 15},
		{"return fire anywhere", "{acts: [fire], in: [box]}", "{acts: [fire], in: [box]}\n    exceptions: [{id: x, acts: [fire], answers: {acts: [attack], within: 30min}}]", "missing-key", 15},
		{"return fire at nothing", "{acts: [fire], in: [box]}", "{acts: [fire], in: [box]}\n    exceptions: [{id: x, acts: [fire], answers: {within: 30min, near: 5 km}}]", "missing-key", 15},
		{"return fire days later", "{acts: [fire], in: [box]}", "{acts: [fire], in: [box]}\n    exceptions: [{id: x, acts: [fire], answers: {acts: [attack], within: 25h, near: 5 km}}]", "wide-answer", 15},
		{"return fire far away", "{acts: [fire], in: [box]}", "{acts: [fire], in: [box]}\n    exceptions: [{id: x, acts: [fire], answers: {acts: [attack], within: 30min, near: 51 km}}]", "wide-answer", 15},
		{"two steps of one event", "prohibit: {acts: [fire], in: [box]}", "prohibit: {acts: [fire], in: [box]}\n    consequences: [{after: 24h, event: e, text: x}, {after: 72h, event: e, text: y}]", "bad-step", 15},
		{"a step of a duty", "prohibit: {acts: [fire], in: [box]}", "due: {acts: [handover]}\n    consequences: [{after: 24h, event: e, text: x}]", "bad-step", 15},
		{"a step without a time", "prohibit: {acts: [fire], in: [box]}", "prohibit: {acts: [fire], in: [box]}\n    consequences: [{event: e, text: x}]", "missing-key", 15},
		{"a long wording", "status: draft", "status: draft\nwording: " + strings.Repeat("x", 1001), "bad-value", 5},
		{"a class that does not exist", "status: draft", "status: draft\nclassification: {class: armistice}", "bad-value", 5},
		{"a draft that ended", "status: draft", "status: draft\nclassification: {ended: expired}", "bad-value", 5},
		{"unused", "phases: [", "phases: [{id: idle, from: 2026-04-01}, ", "unused", 9},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(sound, tt.from) {
				t.Fatalf("%q is not in the sound text", tt.from)
			}
			_, probs := Read(folder(strings.Replace(sound, tt.from, tt.to, 1)))
			for _, p := range probs {
				if p.Code == tt.code && (tt.line == 0 || p.Line == tt.line) {
					return
				}
			}
			t.Errorf("no %s at line %d in %v", tt.code, tt.line, probs)
		})
	}
}

// TestAnswers: an exception for return fire is read, and causes no warning where its time and its distance
// are not wide, at their limits too.
func TestAnswers(t *testing.T) {
	for _, x := range []string{"within: 30min, near: 5 km", "within: 24h, near: 50 km"} {
		a, probs := Read(folder(strings.Replace(sound, "{acts: [fire], in: [box]}", "{acts: [fire], in: [box]}\n    exceptions: [{id: x, acts: [fire], answers: {acts: [attack], "+x+"}}]", 1)))
		other := func(p Problem) bool { return p.Code == "no-places" || p.Code == "calibre-needed" } // of the rest of the text
		if probs = slices.DeleteFunc(probs, other); len(probs) > 0 || a == nil || !a.ReturnFire() {
			t.Errorf("%s: %v", x, probs)
		}
	}
	if a, _ := Read(folder(sound)); a.ReturnFire() {
		t.Error("without an exception for return fire it has one")
	}
}

// TestAmendment: an article that supersedes another, a day after the phase begins or a day before it ends, causes
// no warning; on the day of its end it does.
func TestAmendment(t *testing.T) {
	for from, want := range map[string]int{"2026-03-02": 0, "2026-04-30": 0, "2026-05-01": 1, "2026-03-01": 1} {
		text := strings.Replace(sound, "from: 2026-03-01}", "from: 2026-03-01, to: 2026-05-01}", 1)
		text = strings.Replace(text, "binds: [A, B]\n    withdraw", "binds: [A, B]\n    supersedes: {article: \"1\", from: "+from+"}\n    withdraw", 1)
		a, probs := Read(folder(text))
		if a == nil {
			t.Fatal(probs)
		}
		n := 0
		for _, p := range probs {
			if p.Code == "idle-amendment" {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d warnings, want %d: %v", from, n, want, probs)
		}
		if was := a.Provisions[0].SupersededBy; was == nil || was.Article != "2" || was.From != a.Provisions[1].Supersedes.From {
			t.Errorf("%s: %+v", from, was)
		}
	}
}

// TestOverlap: two articles of which both apply to an act are named, unless one yields to the other, or they never
// apply to one party at one time and place and against the same.
func TestOverlap(t *testing.T) {
	head := strings.Replace(sound[:strings.Index(sound, "  - article: \"2\"")], "phases: [{id: main, from: 2026-03-01}]", "phases: [{id: main, from: 2026-03-01, to: 2026-04-01}, {id: next, from: 2026-04-01}, {id: some, from: {event: e}}]", 1)
	head = strings.Replace(head, "zones: {box: box.geojson}", "zones: {box: box.geojson, far: far.geojson, part: part.geojson}", 1)
	for _, tt := range []struct {
		first, second string
		want          string // the act that both apply to; empty: none
	}{
		{"prohibit: {acts: [fire], in: [box]}", "phase: main, binds: [A], prohibit: {acts: [attack], in: [box]}", "burst"}, // the first by name, of what both forbid
		{"prohibit: {acts: [fire], in: [box]}", "phase: main, binds: [A], prohibit: {acts: [strike], in: [box]}", ""},
		{"prohibit: {acts: [fire], in: [box]}", "phase: main, binds: [A], yields-to: [\"1\"], prohibit: {acts: [fire], in: [box]}", ""},
		{"prohibit: {acts: [fire], in: [box]}", "phase: next, binds: [A], prohibit: {acts: [fire], in: [box]}", ""},
		{"prohibit: {acts: [fire], in: [box]}", "phase: some, binds: [A], prohibit: {acts: [shot], in: [box]}", "shot"},
		{"prohibit: {acts: [fire], in: [box]}", "binds: [A], prohibit: {acts: [shot], in: [box]}", "shot"},
		{"prohibit: {acts: [fire], in: [box]}", "binds: [A], supersedes: {article: \"1\", from: 2026-03-10}, prohibit: {acts: [shot], in: [box]}", ""},
		{"prohibit: {acts: [fire], in: [box]}", "binds: [A], prohibit: {acts: [shot], in: [far]}", ""},
		{"prohibit: {acts: [fire], in: [box]}", "binds: [A], prohibit: {acts: [shot], in: [far, part]}", "shot"},
		{"prohibit: {acts: [fire], in: [box]}", "binds: [A], prohibit: {acts: [shot]}", "shot"},
		{"prohibit: {acts: [fire], in: [box]}", "binds: [A], not-monitored: {because: x}", ""},
		{"prohibit: {acts: [fire], in: [box]}", "binds: [A], notify: {acts: [fire], before: 48h}", ""},
		{"prohibit: {acts: [fire], weapons: [mortar], in: [box]}", "binds: [A], prohibit: {acts: [fire], weapons: [mlrs], in: [box]}", ""},
		{"prohibit: {acts: [shot], weapons: [mortar], in: [box]}", "binds: [A], prohibit: {acts: [fire], weapons: [mlrs, mortar], in: [box]}", "shot (mortar)"},
		{"prohibit: {acts: [shot], weapons: [mortar], in: [box]}", "binds: [A], prohibit: {domain: air, acts: [shot], in: [box]}", ""},
		{"prohibit: {acts: [shot], in: [box], against: [A]}", "binds: [A], prohibit: {acts: [shot], in: [box], against: [B]}", ""},
		{"prohibit: {acts: [shot], in: [box], against: [A, B]}", "binds: [A], prohibit: {acts: [shot], in: [box], against: [B]}", "shot"},
		{"prohibit: {acts: [shot], in: [box], against: [civilians]}", "binds: [A], prohibit: {acts: [shot], in: [box], against: [monitors]}", ""},
		{"prohibit: {acts: [shot], in: [box], against: [civilians]}", "binds: [A], prohibit: {acts: [shot], in: [box], against: [aid-workers]}", "shot"},
		{"prohibit: {acts: [shot], in: [box], against: [civilians]}", "binds: [A], prohibit: {acts: [shot], in: [box], against: [B]}", "shot"},
		{"conduct: {acts: [looting]}", "binds: [A], conduct: {acts: [looting]}", "looting"},
	} {
		text := strings.Replace(head, "prohibit: {acts: [fire], in: [box]}", tt.first, 1) + "  - {article: \"2\", " + tt.second + "}\n"
		fsys := folder(text)
		fsys["far.geojson"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(box, "[37", "[47"))}
		fsys["part.geojson"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(box, "37.05", "37.01"))}
		a, probs := Read(fsys)
		if a == nil {
			t.Fatalf("%s: %v", tt.second, probs)
		}
		got := ""
		for _, p := range probs {
			if p.Code == "overlap" {
				_, got, _ = strings.Cut(p.Text, "one act: ")
			}
		}
		if got != tt.want {
			t.Errorf("%s | %s: both apply to %q, want %q", tt.first, tt.second, got, tt.want)
		}
	}
	// Nobody will settle terms of the past.
	text := strings.Replace(head, "status: draft", "status: historic", 1) + "  - {article: \"2\", binds: [A], prohibit: {acts: [shot]}}\n"
	fsys := folder(text)
	fsys["far.geojson"], fsys["part.geojson"] = &fstest.MapFile{Data: []byte(box)}, &fstest.MapFile{Data: []byte(box)}
	if _, probs := Read(fsys); slices.ContainsFunc(probs, func(p Problem) bool { return p.Code == "overlap" }) {
		t.Errorf("historic terms: %v", probs)
	}
}

// TestComma: a text with a comma that is not in quotes is named as such.
func TestComma(t *testing.T) {
	_, probs := Read(folder(strings.Replace(sound, "prohibit: {acts: [fire], in: [box]}", "not-monitored: {because: nobody counts, weighs or sees it}", 1)))
	for _, p := range probs {
		if p.Code == "unknown-key" && strings.Contains(p.Text, `the comma before "weighs or sees it" ends the text of because`) && strings.Contains(p.Hint, `because: "one, two"`) {
			return
		}
	}
	t.Errorf("nothing says to quote a text with a comma: %v", probs)
}

// TestCodes: the codes that truce check --codes lists are those that the program can give out, no more
// and no fewer.
func TestCodes(t *testing.T) {
	given := map[string]bool{}
	for _, room := range []string{".", "../strict", "../assess", "../mission"} {
		files, err := filepath.Glob(filepath.Join(room, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			codesIn(t, name, f, given)
		}
	}
	if len(given) < 60 {
		t.Fatalf("only %d codes were found in the program", len(given))
	}
	names := CodeNames()
	for code := range given { // any order
		if !slices.Contains(names, code) {
			t.Errorf("code %s is given out and not explained", code)
		}
	}
	for _, code := range names {
		if !given[code] {
			t.Errorf("code %s is explained and never used", code)
		}
	}
	if !slices.IsSorted(names) {
		t.Error("codes are not in order")
	}
}

// codesIn finds the codes that a file gives out: the second argument of At and Warn, the third of
// Errorf, the field Code of a Problem. Names of what is not defined make codes too.
func codesIn(t *testing.T, name string, f *ast.File, given map[string]bool) {
	text := func(e ast.Expr) (string, bool) {
		l, ok := e.(*ast.BasicLit)
		if !ok || l.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(l.Value)
		return s, err == nil
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CallExpr:
			called, ok := x.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			at, whole := map[string]int{"At": 1, "Warn": 1, "Errorf": 2, "named": 1, "Named": 1}[called.Sel.Name], true
			if at == 0 || len(x.Args) < 3 {
				return true
			}
			if pkg, ok := called.X.(*ast.Ident); ok && pkg.Name == "fmt" {
				return true
			}
			if called.Sel.Name == "named" || called.Sel.Name == "Named" {
				whole = false
			}
			code, ok := text(x.Args[at])
			switch {
			case ok && whole:
				given[code] = true
			case ok:
				given["undefined-"+code] = true
			default:
				switch arg := x.Args[at].(type) {
				case *ast.Ident: // handed on from a caller, who is looked at
					if filepath.Base(name) != "yaml.go" || arg.Name != "code" {
						t.Errorf("%s: the code %s is not a constant", name, arg.Name)
					}
				case *ast.BinaryExpr: // "undefined-" and a name
					if first, _ := text(arg.X); first != "undefined-" {
						t.Errorf("%s: a code is put together", name)
					}
				default:
					t.Errorf("%s: a code is not a constant", name)
				}
			}
		case *ast.KeyValueExpr:
			if key, ok := x.Key.(*ast.Ident); ok && key.Name == "Code" {
				if code, ok := text(x.Value); ok {
					given[code] = true
				}
			}
		}
		return true
	})
}

// TestSchema is JSON, and knows every kind of obligation.
func TestSchema(t *testing.T) {
	b, err := json.Marshal(Schema())
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"readings", "exceptions", "one-way-uav"}
	for _, k := range assess.Kinds() {
		keys = append(keys, k.Name)
	}
	for _, k := range keys {
		if !strings.Contains(string(b), `"`+k+`"`) {
			t.Errorf("the schema does not know %s", k)
		}
	}
}

// FuzzRead: whatever the files hold, reading ends, and says something unless
// the agreement is sound.
func FuzzRead(f *testing.F) {
	f.Add([]byte(sound), []byte(box), []byte(edge))
	f.Add([]byte("truce: 1\nprovisions: [{}]"), []byte(`{"type":"Point","coordinates":[1,2]}`), []byte(`[]`))
	f.Fuzz(func(t *testing.T, yaml, zone, line []byte) {
		a, probs := Read(fstest.MapFS{"agreement.yaml": {Data: yaml}, "box.geojson": {Data: zone}, "edge.geojson": {Data: line}})
		if a == nil && probs.Errors() == 0 {
			t.Error("no agreement, and nothing says why")
		}
	})
}

// TestHistoric: terms of the past are read as such, with what nobody could monitor. Readings that
// differ cause no warning, because nobody will settle them any more.
func TestHistoric(t *testing.T) {
	text := strings.Replace(sound, "{acts: [fire], in: [box]}", "{acts: [fire], in: [box], against: [B]}\n    readings: [{id: A, held: [box]}, {id: B}]", 1)
	text = strings.Replace(text, "provisions:", "unmonitored: [{article: \"9\", text: Patience., because: nobody can see it}]\nprovisions:", 1)
	for status, want := range map[string]int{"draft": 1, "historic": 0} {
		a, probs := Read(folder(strings.Replace(text, "status: draft", "status: "+status, 1)))
		n := 0
		for _, p := range probs {
			if p.Severity == Error {
				t.Error(p)
			}
			if p.Code == "readings" {
				n++
			}
		}
		if a == nil || string(a.Status) != status || n != want {
			t.Fatalf("%s: %+v, %v", status, a, probs)
		}
		if u := a.Unmonitored; len(u) != 1 || u[0].Article != "9" || u[0].Because != "nobody can see it" {
			t.Errorf("%s: %+v", status, u)
		}
		if rd := a.Provisions[0].Readings; len(rd) != 2 || len(rd[0].Held) != 1 || rd[0].Held[0] != "box" || len(rd[1].Held) != 0 {
			t.Errorf("%s: %+v", status, rd)
		}
	}
}
