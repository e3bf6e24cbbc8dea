package source

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
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

// TestProposalsInOtherLanguages: a table as a spreadsheet in German, Ukrainian or Spanish
// writes it is read by its proposal alone. What the words mean is from dictionaries.
func TestProposalsInOtherLanguages(t *testing.T) {
	german := "Nr.;Datum;Uhrzeit;Ort;Breite;L\xe4nge;Art;Tote;Verletzte;Bemerkung\r\n" +
		"17;18.08.2025;06:40;Charkiw;49,9935;36,2304;Beschuss;3;7;Wohnhaus\r\n18;19.08.2025;22:15;Sumy;50,9077;34,7981;Drohnenangriff;0;2;Stra\xdfe\r\n" +
		"19;20.08.2025;01:15;Sumy;50,9077;34,7981;Beschuss;0;0;-\r\n20;31.09.2025;01:15;Sumy;50,9077;34,7981;Beschuss;0;0;-\r\n" // September has 30 days
	for name, tt := range map[string]struct{ data, want string }{
		"vorfaelle.csv": {german, `"start":"2025-08-18T03:40:00Z" & "lat":49.9935,"lon":36.2304 & "act":"fire" & "killed":"3" & "injured":"7" & Wohnhaus | "start":"2025-08-19T19:15:00Z" & "act":"strike" & one-way-uav & Straße | "start":"2025-08-19T22:15:00Z" | 31.09.2025 & no such day | raw: `},
		"події.csv":     {"№;дата події;місто;широта;довгота;тип події;загиблі;примітка\n1;18.08.2025;Суми;50,9077;34,7981;обстріл;1;школа\n2;19.08.2025;Суми;50,9077;34,7981;протест;0;площа\n", `"lat":50.9077,"lon":34.7981 & "act":"fire" & "killed":"1" & школа | set aside: 1: protest`},
		"hechos.csv":    {"número,fecha,latitud,longitud,tipo,muertos\nA1,2025-08-18,15.6,32.4,explosión,2\n", `"lat":15.6,"lon":32.4 & "act":"explosion" & "killed":"2"`},
	} {
		t.Run(name, func(t *testing.T) {
			p, got := proposed(t, name, []byte(tt.data), Options{Location: mustZone("Europe/Kyiv")})
			wants(t, got, strings.Split(tt.want, " | ")...)
			if t.Failed() {
				t.Log(p.Mapping)
			}
		})
	}
}

// TestProposalsFindTheTable: the rows of an answer of a service are found where they are, a
// sheet's title is not its header, and a track is not a kind of event.
func TestProposalsFindTheTable(t *testing.T) {
	const answer = `{"meta": {"status": "ok", "page": 1}, "data": {"items": [
{"id": 9001, "attributes": {"date": "2025-08-17", "classification": {"code": "A", "label": "Air strike"}, "coords": {"lat": 49.98, "lng": 36.25}}, "links": [{"href": "x"}]},
{"id": 9002, "attributes": {"date": "2025-08-18", "classification": {"code": "S", "label": "Shelling"}, "coords": {"lat": 47.57, "lng": 34.39}}, "links": []}]}}`
	const gpx = `<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="49.98" lon="36.25"><time>2025-08-19T05:10:00Z</time><name>A</name><type>damage</type></wpt>
<wpt lat="49.99" lon="36.26"><time>2025-08-19T06:10:00Z</time><name>B</name><type>explosion</type></wpt></gpx>`
	cell := func(v string) string {
		return `<table:table-cell office:value-type="string"><text:p>` + v + `</text:p></table:table-cell>`
	}
	row := func(cells ...string) string {
		out := ""
		for _, c := range cells {
			out += cell(c)
		}
		return "<table:table-row>" + out + "</table:table-row>"
	}
	content := `<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="s">` +
		row("Incidents, August 2025") + "<table:table-row><table:table-cell/></table:table-row>" + row("Incident no", "Date", "Latitude", "Longitude", "Type of attack") + row("A1", "2025-08-17", "49.5", "36.5", "Shelling") + `</table:table></office:spreadsheet></office:body></office:document-content>`
	var ods bytes.Buffer
	z := zip.NewWriter(&ods)
	for _, m := range [][2]string{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", content}} {
		w, _ := z.Create(m[0])
		_, _ = w.Write([]byte(m[1]))
	}
	z.Close()
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"answer.json":    {[]byte(answer), `"key":"9001" & "start":"2025-08-17 & "lat":49.98,"lon":36.25 & "act":"strike" | "key":"9002" & "act":"fire"`},
		"patrol.gpx":     {[]byte(gpx), `"start":"2025-08-19T05:10:00Z" & "lat":49.98,"lon":36.25 & "act":"damage" | "act":"explosion"`},
		"with-title.ods": {ods.Bytes(), `"key":"A1" & "start":"2025-08-17 & "lat":49.5,"lon":36.5 & "act":"fire"`},
	} {
		t.Run(name, func(t *testing.T) {
			p, got := proposed(t, name, tt.data, Options{Location: time.UTC})
			wants(t, got, strings.Split(tt.want, " | ")...)
			if t.Failed() {
				t.Log(p.Mapping)
			}
		})
	}
	// Objects one on each line are rows, whatever lists they have inside.
	p, got := proposed(t, "rows.jsonl", []byte(`{"id":1,"date":"2025-08-17","more":{"links":[{"href":"x"}]}}`+"\n"+`{"id":2,"date":"2025-08-18","more":{"links":[{"href":"y"}]}}`+"\n"), Options{Location: time.UTC})
	if p.Rows != 2 || strings.Contains(p.Mapping, "rows:") {
		t.Errorf("%d rows: %s\n%s", p.Rows, p.Mapping, got)
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
	if !strings.Contains(p.Mapping, `occurred: {column: "?"}`) || !strings.Contains(got, `column "?" is missing`) {
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
			if !strings.Contains(p.Mapping, `{column: "?"}`) {
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
		{"loc.csv", "Year,Month,Sector A,Sector B,Sector C\n2020,1,3,0,12\n2020,2,,4,9\n", "",
			[]string{"record: tally", "table: {wide: {columns: [Sector A, Sector B, Sector C], name: region, value: number}}", "count: {column: number}", "place: {name: {column: region}}"}, "neither zones of the agreement"},
		{"testdata/loc-sectors/cfv_sectors_var.csv", "", "loc-sectors", nil, ""}, {"testdata/loc-months/cfv.csv", "", "loc-months", nil, ""},
		// Totals and nothing else: a row that says 0 is no attack, and a sum is not counted beside its parts.
		{"months.csv", "month,violations\n2021-01,3\n2021-02,0\n", "", []string{"record: tally", "key: {column: month}", "count: {column: violations}"}, "no single incident is made of it"},
		{"sectors.csv", "date,North,South,Total\n2021-01-01,3,1,4\n2021-01-02,0,2,2\n", "", []string{"record: tally", "columns: [North, South], name: region", "ignore: [Total]"}, `"Total" is left out`},
		{"daily.csv", "date,killed,injured\n2021-01-01,3,1\n2021-01-02,0,0\n", "", []string{"record: tally", "key: {column: date}", "killed: {column: killed}"}, "a row of zeros is then an attack"},
		{"raids.csv", "date,governorate,killed,injured\n2021-01-01,Idlib,3,1\n2021-01-02,Idlib,0,0\n", "", []string{"act: attack", "killed: {column: killed}"}, "No column looks like a kind of event"},
		{"points.csv", "date,lat,lon,number\n2021-01-01,48,37,4\n2021-01-02,48,37,2\n", "", []string{"lat: {column: lat}"}, "nothing says how closely"},
		// Nothing is an attack because nobody could read what it was.
		{"words.csv", "id,date,lat,lon,type\n1,2021-03-02,48.1,37.2,Blorp\n2,2021-03-03,48.1,37.2,Zing\n", "", []string{"values: {}", "# Blorp: ?", "# else: attack"}, "all rows are rejected"},
		{"2025-11-01.geojson", `{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"kind": "control", "party": "A", "date": "2025-11-01"}, "geometry": {"type": "Polygon", "coordinates": [[[37, 48], [38, 48], [38, 49], [37, 48]]]}}]}`, "lines", nil, ""},
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
		if strings.Contains(p.Mapping, "record: tally") != slices.Contains(tt.mapping, "record: tally") {
			t.Errorf("%s: totals or not:\n%s", tt.name, p.Mapping)
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
