package source

import (
	"strings"
	"testing"

	"github.com/opentruce/truce"
)

func TestMappingErrors(t *testing.T) {
	const base = "source: s\noccurred: {column: at}\n"
	for _, tt := range []struct{ name, yaml, want string }{
		{"empty", "", "the file is empty"},
		{"unknown key", base + "act: fire\nacts: fire\n", `line 4, column 1: the key "acts" is unknown; did you mean "act"? The keys of a mapping are: base, record, table, `},
		{"unknown key of a field", base + "act: {colum: x}\n", `line 3, column 7: the key "colum" is unknown; did you mean "column"? The keys that can be there are: value, column, `},
		{"a key of a place", base + "act: fire\nlat: {column: x}\n", `line 4, column 1: the key "lat" is unknown; it belongs under place:. The keys of a mapping`},
		{"a key outside of a place", base + "act: fire\nplace: {lattitude: {column: x}}\n", `line 4, column 9: the key "lattitude" is unknown. The keys of place: are: lat, lon`},
		{"a key of the mapping in a place", base + "act: fire\nplace: {casualties: {column: x}}\n", `it belongs to no other key, at the beginning of a line. The keys of place: are`},
		{"a key of the dead", base + "act: fire\ncasualties: {kiled: {column: x}}\n", `line 4, column 14: the key "kiled" is unknown; did you mean "killed"? The keys of casualties: are: killed`},
		{"a key of a number", base + "act: fire\ncasualties: {killed: {colum: x}}\n", `the key "colum" is unknown; did you mean "column"? The keys of killed: are: column, low`},
		{"a list for a text", base + "act: fire\ntimezone: [UTC]\n", "line 4: want one text, and this is a list"},
		{"a text for values", base + "act: {column: x, values: shelling}\n", `line 3: want values with their meanings, such as {shelling: fire}, and this is "shelling"`},
		{"unknown key of a value", base + "act: {column: x, values: {a: {act: fire, weapons: tank}}}\n", `did you mean "weapon"?`},
		{"key twice", base + "act: fire\nact: shot\n", "already defined"},
		{"two documents", base + "act: fire\n---\nact: shot\n", "more than one document"},
		{"no time", "source: s\nact: fire\n", "which column says when"},
		{"no act", base, "what was done must be stated"},
		{"unknown act", base + "act: fyre\n", `did you mean "fire"?`},
		{"unknown act among values", base + "act: {column: x, values: {a: fyre}}\n", `value "a": act "fyre"`},
		{"unknown weapon", base + "act: fire\nweapon: cannon\n", `weapon "cannon" is not in the vocabulary`},
		{"unknown zone", base + "act: fire\ntimezone: Europe/Kyjiv\n", "is unknown"},
		{"the machine's zone", base + "act: fire\ntimezone: Local\n", "is unknown"},
		{"lat without lon", base + "act: fire\nplace: {lat: {column: a}}\n", "lat and lon go together"},
		{"lat as a constant", base + "act: fire\nplace: {lat: \"48\", lon: \"37\"}\n", "lat, lon and mgrs are columns"},
		{"bounds the wrong way", base + "act: fire\nplace: {bounds: [44, 22, 41, 53]}\n", "west, south, east, north"},
		{"layout without a day", "source: s\noccurred: {column: at, layout: hh:mm}\nact: fire\n", "year, month and day once each"},
		{"layout in another language", "source: s\noccurred: {column: at, layout: \"%Y-%m-%d\"}\nact: fire\n", "is not a field"},
		{"width", "source: s\noccurred: {column: at, width: soon}\nact: fire\n", `duration "soon"`},
		{"earliest alone", "source: s\noccurred: {column: at, earliest: 36h}\nact: fire\n", "line 2, column 11: occurred: earliest belongs to a time that is not_later_than: true"},
		{"earliest of an exact time", "source: s\noccurred: {column: at, not_later_than: false, earliest: 36h}\nact: fire\n", "earliest belongs to a time that is not_later_than"},
		{"an upper bound that is wide", "source: s\noccurred: {column: at, not_later_than: true, width: 1h}\nact: fire\n", "width and not_later_than exclude each other"},
		{"an upper bound with an end", "source: s\noccurred: {column: at, not_later_than: true}\nuntil: {column: at}\nact: fire\n", "line 3, column 8: until: what happened not later than occurred has no other end"},
		{"reported not later than", base + "act: fire\nreported: {column: at, not_later_than: true}\n", "line 4, column 11: reported: not_later_than and earliest belong to occurred"},
		{"until earliest", base + "act: fire\nuntil: {column: at, earliest: 1h}\n", "until: not_later_than and earliest belong to occurred"},
		{"earliest in no unit", "source: s\noccurred: {column: at, not_later_than: true, earliest: 36}\nact: fire\n", `duration "36": want calendar days as P14D or hours as 24h`},
		{"earliest of a century", "source: s\noccurred: {column: at, not_later_than: true, earliest: P9000D}\nact: fire\n", "longer than ten years"},
		{"not later than perhaps", "source: s\noccurred: {column: at, not_later_than: perhaps}\nact: fire\n", `line 2: want true or false, and this is "perhaps"`},
		{"a slip in the key", "source: s\noccurred: {column: at, not_later_then: true}\nact: fire\n", `line 2, column 24: the key "not_later_then" is unknown; did you mean "not_later_than"?`},
		{"a total not later than", "record: tally\nsource: s\noccurred: {column: at, not_later_than: true}\nact: fire\n", "only of observation, allegation"},
		{"best without low", base + "act: fire\ncasualties: {killed: {best: k}}\n", "low and high with or without best"},
		{"killed twice", base + "act: fire\ncasualties: {killed: {column: k}, of_the_day: {reported: a, new: b}}\n", "no killed beside it"},
		{"allegation by nobody", base + "record: allegation\nact: fire\n", "claimant must be stated"},
		{"unknown record", base + "record: rumour\nact: fire\n", "there is observation"},
		{"coverage of nothing", base + "record: coverage\n", "what and zone must be stated"},
		{"no source", "occurred: {column: at}\nact: fire\n", "the source must be named"},
		{"value and column", base + "act: {column: a, value: fire}\n", "either a value or a column"},
		{"weapon in another field", base + "act: fire\nside: {column: x, values: {a: {act: fire}}}\n", "belongs to the field act"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := ParseMapping([]byte(tt.yaml))
			if err == nil {
				_, _, _, err = outcome(csvKind, strings.NewReader("at\n"), Options{Mapping: m})
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	if _, _, _, err := outcome(csvKind, strings.NewReader("at\n"), Options{}); err == nil || !strings.Contains(err.Error(), "a mapping is needed") {
		t.Errorf("without a mapping: %v", err)
	}
}

// TestMappingInJSON: JSON is YAML.
func TestMappingInJSON(t *testing.T) {
	m, err := ParseMapping([]byte(`{"record": "coverage", "source": "s", "timezone": "Europe/Kyiv", "key": {"column": "id"},
		"occurred": {"column": "from"}, "until": {"column": "to"}, "what": "patrol", "zone": {"column": "zone"}, "share": {"column": "seen"}}`))
	if err != nil {
		t.Fatal(err)
	}
	got := told(csvKind.Parse(strings.NewReader("id,from,to,zone,seen\n1,2026-03-01,2026-03-01,north,0.7\n2,2026-03-01 08:00,2026-03-01 12:00,north,\n3,2026-03-01,2026-03-01,north,7\n"), Options{Mapping: m}))
	for _, want := range []string{
		`"what":"patrol","zone":"north","during":{"start":"2026-02-28T22:00:00Z","end":"2026-03-01T22:00:00Z"},"share":700000}`,
		`"during":{"start":"2026-03-01T06:00:00Z","end":"2026-03-01T10:00:00Z"},"share":0,"no_share":true}`, // the cell is empty: nobody says how much
		`row 3 (line 4): seen "7": want a share between 0 and 1`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %s", got, want)
		}
	}
}

func TestAllegationAndTally(t *testing.T) {
	m, err := ParseMapping([]byte("record: allegation\nsource: mod-a\nclaimant: A\ntimezone: Europe/Kyiv\noccurred: {column: at}\nact: fire\nside: {column: against}\n"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for r, err := range csvKind.Parse(strings.NewReader("at,against\n2026-03-01 10:00,B\n2026-03-01 10:00,B\n"), Options{Mapping: m}) {
		if err != nil {
			t.Fatal(err)
		}
		if !r.Observation.Alleged() || r.Observation.Claimant != "A" || r.Observation.Side != "B" || r.Observation.Place.Kind != truce.PlaceUnknown {
			t.Errorf("got %+v", r.Observation)
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d allegations, want 2", n)
	}
}

// TestGazaThirdOfFebruary reads one real row of 3 February 2025: 20 reported,
// of which 18 recovered, 1 succumbed and 1 new. Nothing is left unexplained.
// A mapping without the people who succumbed leaves one death unexplained, which
// may or may not have happened on that day.
func TestGazaThirdOfFebruary(t *testing.T) {
	const row = `{"report_date": "2025-02-03", "killed": 20, "killed_recovered": 18, "killed_succumbed": 1, "killed_truce_new": 1}`
	for _, tt := range []struct{ name, figure, ignore, killed, recovered, succumbed string }{
		{"all parts", "{reported: killed, recovered: killed_recovered, succumbed: killed_succumbed, new: killed_truce_new}", "[]", "1", "18", "1"},
		{"one unexplained", "{reported: killed, recovered: killed_recovered, new: killed_truce_new}", "[killed_succumbed]", "1..1..2", "18", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := ParseMapping([]byte("record: tally\nsource: moh\ntimezone: Asia/Gaza\noccurred: {column: report_date}\nact: attack\nignore: " + tt.ignore +
				"\ncasualties: {of_the_day: " + tt.figure + "}\n"))
			if err != nil {
				t.Fatal(err)
			}
			for r, err := range jsonlKind.Parse(strings.NewReader(row), Options{Mapping: m}) {
				if err != nil {
					t.Fatal(err)
				}
				c := r.Tally.Casualties
				if c.Killed.String() != tt.killed || c.Recovered.String() != tt.recovered || (c.Succumbed == nil) != (tt.succumbed == "") {
					t.Errorf("killed %v, recovered %v, succumbed %v; want %+v", c.Killed, c.Recovered, c.Succumbed, tt)
				}
			}
		})
	}
}

// TestKeysOfAnotherPlace: a key that is written into a column says where it belongs.
func TestKeysOfAnotherPlace(t *testing.T) {
	for text, want := range map[string]string{
		"source: s\noccurred: {column: at}\nact: {act: strike, weapon: aircraft}\n":                                         "for one act for all rows write act: strike, and weapon: aircraft",
		"source: s\noccurred: {column: at}\nact: strike\nplace: {position: {column: p, order: lon-lat}, uncertainty: 10}\n": "place: {position: {column: X}, order: lon-lat}",
	} {
		if _, err := ParseMapping([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
