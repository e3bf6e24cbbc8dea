package source

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// proposed looks at a file, and reads it by the mapping that is proposed.
func proposed(t *testing.T, name string, data []byte, o Options) (*Proposal, string) {
	t.Helper()
	p, err := Propose(bytes.NewReader(data), name, o)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if o.Mapping, err = ParseMapping([]byte(p.Mapping)); err != nil {
		return p, "mapping: " + err.Error()
	}
	return p, told(tableKind.Parse(bytes.NewReader(data), o))
}

// TestProposals: what comes of a file by its proposal alone is what its README says is in it.
func TestProposals(t *testing.T) {
	khartoum := mustZone("Africa/Khartoum")
	for file, want := range map[string]string{
		"month-name/e.csv":        `"start":"2023-02-09T22:00:00Z","end":"2023-02-10T22:00:00Z" & "lat":15.6,"lon":32.4 | "start":"2023-10-16T22:00:00Z"`,
		"split-date/e.csv":        `"start":"2015-04-23T21:00:00Z","end":"2015-04-24T21:00:00Z" | "start":"2015-03-31T21:00:00Z","end":"2015-04-30T21:00:00Z"`,
		"delimiter/kobo.csv":      `"lat":15.6,"lon":32.4`,
		"delimiter/tab.tsv":       `"lat":15.6,"lon":32.4`,
		"coordinates/e.csv":       `"lat":15.79,"lon":32.53} | "lat":15.79,"lon":32.53} | "lat":15.789 | "lat":15.789`,
		"nested-json/odata.json":  `"start":"2025-10-24T08:05:00Z" & "lat":12.71,"lon":24.88} & "uncertainty_m":12 & "act":"explosion" & "count":"4" | "kind":"unknown" & "count":"2"`,
		"nested-json/odata.jsonl": `"start":"2025-10-24T08:05:00Z" & "count":"4" | "count":"2"`,
		"../table/patrols.xlsx":   `"start":"2025-04-24T11:05:00Z" & "act":"fire" & "killed":"2" | "act":"overflight"`,
		"../table/patrols.gpkg":   `"start":"2025-04-24T13:05:00Z" & "lat":15.79,"lon":32.53 & "act":"fire" | "act":"overflight"`,
		"../table/patrols.kml":    `"start":"2025-04-24T13:05:00Z" & "lat":15.79,"lon":32.53 & "act":"fire" | "act":"overflight"`,
	} {
		b, err := os.ReadFile("testdata/cases/" + file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(file, func(t *testing.T) {
			p, got := proposed(t, file[strings.LastIndex(file, "/")+1:], b, Options{Location: khartoum})
			if t.Failed() {
				t.Log(p.Mapping)
			}
			wants(t, got, strings.Split(want, " | ")...)
			if len(p.Open) == 0 || !p.All {
				t.Errorf("open %q, all %v", p.Open, p.All)
			}
		})
	}
}

// TestProposalsGuessNothing: what the file does not show is left to a person.
func TestProposalsGuessNothing(t *testing.T) {
	p, got := proposed(t, "x.csv", []byte("id,date,lat,lon,event type\n1,1/2/2025,15.6,32.4,clash\n2,13/2/2025,15.6,32.4,weather\n"), Options{Location: time.UTC})
	if !strings.Contains(p.Mapping, `layout: "D/M/YYYY[ h:mm[:ss"`) || !strings.Contains(p.Mapping, "# weather: ?   # 1 row") || !strings.Contains(got, "the mapping has no such value") {
		t.Errorf("%s\n%s", p.Mapping, got)
	}
	for _, q := range p.Open {
		if strings.Contains(q, "which number is the day") {
			t.Error("13/2 shows which number is the day")
		}
	}
	p, got = proposed(t, "x.csv", []byte("id,date\n1,1/2/2025\n2,2/2/2025\n"), Options{Location: time.UTC})
	if strings.Count(got, "two of the layouts read it") != 1 || !strings.Contains(strings.Join(p.Open, " "), "which number is the day") {
		t.Errorf("%q\n%s", p.Open, got)
	}
	p, _ = proposed(t, "x.csv", []byte("id,uploaded,title\n1,2025-04-24T13:05:00Z,x\n"), Options{})
	if !strings.Contains(p.Mapping, "not_later_than: true, earliest: 36h") {
		t.Error(p.Mapping)
	}
	p, _ = proposed(t, "x.csv", []byte("id,date,killed\n1,2025-04-24,many\n"), Options{})
	if strings.Contains(p.Mapping, "casualties") {
		t.Error(p.Mapping)
	}
	p, got = proposed(t, "x.csv", []byte("name\nOmdurman\n"), Options{})
	if !strings.Contains(p.Mapping, "occurred: {column: ?}") || !strings.HasPrefix(got, "mapping: ") {
		t.Errorf("%s %s", p.Mapping, got)
	}
	if _, err := Propose(strings.NewReader(`{"data":[{"a":`), "x.json", Options{}); err == nil || !strings.Contains(err.Error(), "the file ends too early") {
		t.Errorf("a file that was cut off: %v", err)
	}
	for _, in := range []string{"", "\n\n", "%PDF-1.7", "<html></html>", "[]", "{}", "PK\x03\x04"} {
		if p, err := Propose(strings.NewReader(in), "x", Options{}); err == nil {
			t.Errorf("%q: %s", in, p.Mapping)
		}
	}
}

// FuzzPropose: a proposal is a mapping, or lacks what only a person knows; and what is
// read by it never panics.
func FuzzPropose(f *testing.F) {
	for _, name := range []string{"month-name/e.csv", "nested-json/odata.json", "nested-json/odata.jsonl", "coordinates/e.csv"} {
		b, err := os.ReadFile("testdata/cases/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Propose(bytes.NewReader(data), "x.csv", Options{})
		if err != nil {
			return
		}
		m, err := ParseMapping([]byte(p.Mapping))
		if err != nil {
			if !strings.Contains(p.Mapping, "{column: ?}") {
				t.Errorf("not a mapping: %v\n%s", err, p.Mapping)
			}
			return
		}
		Look(tableKind, bytes.NewReader(data), Options{Mapping: m}, 3)
	})
}

// TestProposalsForShapes: what a new user's file gets without reading the manual.
func TestProposalsForShapes(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		kind       string
		mapping    []string // is in it
		open       string   // is asked
	}{
		{"testdata/acled/export_2025.csv", "", "acled", nil, ""}, {"testdata/acled/answer.json", "", "acled", nil, ""}, {"testdata/gdelt/20250424130000.export.CSV", "", "gdelt", nil, ""},
		{"testdata/awsd/security_incidents.csv", "", "awsd", nil, ""}, {"testdata/airwars/incidents.csv", "", "airwars", nil, ""}, {"testdata/yemen-data-project/raids.csv", "", "yemen-data-project", nil, ""},
		{"testdata/smm/2016-11-08.csv", "", "smm", nil, ""}, {"testdata/ucdp-ged/car.geojson", "", "ucdp-ged", nil, ""}, {"testdata/ucdp-ged/sample.csv", "", "ucdp-ged", nil, ""}, {"testdata/ucdp-api/page.json", "", "ucdp-api", nil, ""},
		{"testdata/firms/landsat.csv", "", "firms", nil, ""}, {"testdata/viina/202502_202508.csv", "", "viina", nil, ""},
		{"testdata/kobo/export.csv", "", "", []string{"base: kobo", "accuracy: {column: _point_precision}", "column: what_happened", "count: {column: how_many}"}, ""},
		{"testdata/kobo/answer.json", "", "", []string{"base: kobo", "position: {column: point}"}, "table: {children: seen}"},
		{"testdata/odk/form.csv", "", "", []string{"base: odk", "occurred: {column: when}", "accuracy: {column: point-Accuracy}"}, ""},
		{"testdata/odk/odata.json", "", "", []string{"base: odk", "occurred: {column: when}", "column: what_happened"}, ""},
		{"testdata/cases/front-line/areas_20240801.geojson", "", "", []string{"record: control", "occurred: {file: YYYYMMDD}   # 2024-08-01"}, "actor: A"},
		{"loc.csv", "Year,Month,Sector A,Sector B,Sector C\n2020,1,3,0,12\n2020,2,,4,9\n", "", nil, `{wide: {columns: [Sector A, Sector B, Sector C], name: region, value: number}}`},
		{"loc2.csv", "No;Date;District;Type;Killed\n1;03.02.2021;District One;Mortar shelling;10+\n2;04.02.2021;District Two;Small arms fire;dozens\n3;04.02.2021;District Two;Small arms fire;3\n", "",
			[]string{"name: {column: District}", "killed: {column: Killed, values: {dozens: 24..}}"}, "neither zones of the agreement"},
	} {
		text := []byte(tt.file)
		if tt.file == "" {
			var err error
			if text, err = os.ReadFile(tt.name); err != nil {
				t.Fatal(err)
			}
		}
		p, err := Propose(bytes.NewReader(text), filepath.Base(tt.name), Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if p.Kind != tt.kind {
			t.Errorf("%s: kind %q, want %q", tt.name, p.Kind, tt.kind)
		}
		for _, want := range tt.mapping {
			if !strings.Contains(p.Mapping, want) {
				t.Errorf("%s: no %s in\n%s", tt.name, want, p.Mapping)
			}
		}
		if tt.open != "" && !strings.Contains(strings.Join(p.Open, "\n"), tt.open) {
			t.Errorf("%s: it does not ask %s:\n%s", tt.name, tt.open, strings.Join(p.Open, "\n"))
		}
	}
}
