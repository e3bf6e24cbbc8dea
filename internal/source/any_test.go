package source

import (
	"os"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// asMapping reads the mapping of a shared case with some lines replaced.
func asMapping(t *testing.T, dir string, replace ...string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/cases/" + dir + "/m.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(replace...).Replace(string(b))
}

func caseFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/cases/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// wants checks what is read, each line for its own record.
func wants(t *testing.T, got string, want ...string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(lines), len(want), got)
	}
	for i, w := range want {
		for _, part := range strings.Split(w, " & ") {
			if !strings.Contains(lines[i], part) {
				t.Errorf("line %d: no %s in\n%s", i+1, part, lines[i])
			}
		}
	}
}

// TestSharedCases: the answers are those of the files' own README. Khartoum is at UTC+2
// in 2017 to 2025, and at UTC+3 from 2000 to October 2017.
func TestSharedCases(t *testing.T) {
	t.Run("month-name", func(t *testing.T) {
		got, _ := by(t, csvKind, caseFile(t, "month-name/e.csv"), asMapping(t, "month-name"), Options{})
		wants(t, got, `"start":"2023-02-09T22:00:00Z","end":"2023-02-10T22:00:00Z"`, `"start":"2023-10-16T22:00:00Z","end":"2023-10-17T22:00:00Z"`)
	})
	t.Run("split-date", func(t *testing.T) {
		got, _ := by(t, csvKind, caseFile(t, "split-date/e.csv"), asMapping(t, "split-date"), Options{})
		wants(t, got, `"start":"2015-04-23T21:00:00Z","end":"2015-04-24T21:00:00Z"`, `"start":"2015-03-31T21:00:00Z","end":"2015-04-30T21:00:00Z"`)
	})
	t.Run("epoch", func(t *testing.T) {
		got, _ := by(t, csvKind, caseFile(t, "epoch/e.csv"), asMapping(t, "epoch", "{column: t}", "{column: t, layout: epoch}"), Options{})
		wants(t, got, `"start":"2025-04-24T13:19:05Z","end":"2025-04-24T13:19:06Z"`)
		got, _ = by(t, csvKind, strings.Replace(caseFile(t, "epoch/e.csv"), "745,", "745000,", 1), asMapping(t, "epoch", "{column: t}", "{column: t, layout: epoch-ms}"), Options{})
		wants(t, got, `"start":"2025-04-24T13:19:05Z","end":"2025-04-24T13:19:05.001Z"`)
		got, _ = by(t, csvKind, caseFile(t, "epoch/e.csv"), asMapping(t, "epoch"), Options{})
		if !strings.Contains(got, "if it is seconds since 1970, write layout: epoch") {
			t.Error(got)
		}
	})
	t.Run("delimiter", func(t *testing.T) {
		for _, file := range []string{"kobo.csv", "semicolon.csv", "tab.tsv"} {
			got, _ := by(t, csvKind, caseFile(t, "delimiter/"+file), asMapping(t, "delimiter"), Options{})
			wants(t, got, `"lat":15.6,"lon":32.4`)
		}
	})
	t.Run("coordinates", func(t *testing.T) {
		got, _ := by(t, csvKind, caseFile(t, "coordinates/e.csv"), asMapping(t, "coordinates", "mgrs:", "position:"), Options{})
		wants(t, got, `"lat":15.79,"lon":32.53}`, `"lat":15.79,"lon":32.53}`, `"lat":15.789`, `"lat":15.789`)
	})
	t.Run("xlsx", func(t *testing.T) {
		const mapping = "source: s\ntimezone: UTC\noccurred: {file: YYYY-MM-DD}\nact: attack\nkey: {column: Registro}\nignore: rest\n"
		got, _ := by(t, csvKind, caseFile(t, "xlsx/in.xlsx"), mapping, Options{File: "2025-04-24.xlsx"})
		wants(t, got, "ended: 2025-04-24.xlsx: this is a workbook or an archive, and not CSV; --source table reads workbooks")
		got, _ = by(t, tableKind, caseFile(t, "xlsx/in.xlsx"), mapping, Options{File: "2025-04-24.xlsx"})
		if strings.Count(got, `"observation"`) != 3 || strings.Count(got, "a cell in column 9, and the header has 8 columns") != 2 { // its tags and its first row are wider than its header
			t.Error(got)
		}
	})
	t.Run("nested-json", func(t *testing.T) {
		for _, file := range []string{"odata.json", "odata.jsonl"} {
			got, _ := by(t, jsonlKind, caseFile(t, "nested-json/"+file), asMapping(t, "nested-json"), Options{})
			wants(t, got, `"start":"2025-10-24T08:05:00Z" & "lat":12.71,"lon":24.88} & "uncertainty_m":4 & "count":"4"`, `"kind":"unknown" & "count":"2"`)
		}
	})
}

const placeless = "source: s\nact: attack\ntimezone: Africa/Khartoum\n"

// TestTimesAsWritten: each time is worked out by hand. Khartoum is UTC+2 in 2025.
func TestTimesAsWritten(t *testing.T) {
	for _, tt := range []struct{ occurred, cell, want string }{
		{`{column: a, layout: "YYYY-MM"}`, "2025-04", `"start":"2025-03-31T22:00:00Z","end":"2025-04-30T22:00:00Z"`},
		{`{column: a}`, "2025-04", `"start":"2025-03-31T22:00:00Z","end":"2025-04-30T22:00:00Z"`},
		{`{column: a, layout: YYYY}`, "2024", `"start":"2023-12-31T22:00:00Z","end":"2024-12-31T22:00:00Z"`},
		{`{column: a, layout: "D MMMM YYYY"}`, "Thursday, April 24th, 2025", `"start":"2025-04-23T22:00:00Z","end":"2025-04-24T22:00:00Z"`},
		{`{column: a, layout: "D MMM YYYY"}`, "24-Apr-2025", `"start":"2025-04-23T22:00:00Z"`},
		{`{column: a, layout: "D MMM YYYY"}`, "April 2025", `"start":"2025-03-31T22:00:00Z","end":"2025-04-30T22:00:00Z"`},
		{`{column: a, layout: "DD MMM YYYY hh:mm"}`, "24 abr. 2025 13:05", `"start":"2025-04-24T11:05:00Z","end":"2025-04-24T11:06:00Z"`},
		{`{column: a, layout: "D MMMM YYYY"}`, "24 de abril de 2025", `"start":"2025-04-23T22:00:00Z"`},
		{`{column: a, layout: "D MMMM YYYY"}`, "24 квітня 2025 року", `"start":"2025-04-23T22:00:00Z"`},
		{`{column: a, layout: "MMMM YYYY"}`, "Квітень 2025", `"start":"2025-03-31T22:00:00Z","end":"2025-04-30T22:00:00Z"`},
		{`{column: a, layout: "D MMMM YYYY"}`, "٢٤ نيسان ٢٠٢٥", `"start":"2025-04-23T22:00:00Z"`},
		{`{column: a, layout: "D MMMM YYYY"}`, "24 كانون الثاني 2025", `"start":"2025-01-23T22:00:00Z"`},
		{`{column: a, layout: "D MMMM YYYY"}`, "24 1 2025", "not a day, the name of a month"},
		{`{column: a, layout: "D MMMM YYYY"}`, "24 Aprilis 2025", "not a day, the name of a month"},
		{`{column: a, layout: "D MMMM YYYY"}`, "31 April 2025", "no such day"},
		{`{column: a, layout: "D MMMM YYYY"}`, "24 25 April 2025", "not a day, the name of a month"},
		{`{column: a, layout: epoch}`, "1745500745.5", `"start":"2025-04-24T13:19:05.5Z","end":"2025-04-24T13:19:05.501Z"`},
		{`{column: a, layout: epoch}`, "-1", `"start":"1969-12-31T23:59:59Z","end":"1970-01-01T00:00:00Z"`},
		{`{column: a, layout: epoch}`, "1745500745000", "looks like milliseconds"},
		{`{column: a, layout: epoch-ms}`, "1745500745", `"start":"1970-01-21T04:51:40.745Z"`},
		{`{column: a, layout: epoch}`, "soon", "not a number of seconds"},
		{`{column: a, layout: ["DD/MM/YYYY", "YYYY-MM-DD"]}`, "2025-04-24", `"start":"2025-04-23T22:00:00Z"`},
		{`{column: a, layout: ["DD/MM/YYYY", "MM/DD/YYYY"]}`, "24/04/2025", `"start":"2025-04-23T22:00:00Z"`},
		{`{column: a, layout: ["DD/MM/YYYY", "MM/DD/YYYY"]}`, "04/05/2025", "two of the layouts read it, as 2025-05-04 and as 2025-04-05"},
		{`{column: a, layout: ["DD/MM/YYYY", "MM/DD/YYYY"]}`, "04/04/2025", `"start":"2025-04-03T22:00:00Z"`},
		// Seven days around the 24th are the 21st to the 27th; a month is the calendar's.
		{`{column: a, width: P7D, centred: true}`, "2025-04-24", `"start":"2025-04-20T22:00:00Z","end":"2025-04-27T22:00:00Z"`},
		{`{column: a, width: P6D, centred: true}`, "2025-04-24", `"start":"2025-04-20T22:00:00Z","end":"2025-04-27T22:00:00Z"`},
		{`{column: a, width: P1D, centred: true}`, "2025-04-24", `"start":"2025-04-23T22:00:00Z","end":"2025-04-24T22:00:00Z"`},
		{`{column: a, width: 2h, centred: true}`, "2025-04-24 13:05", `"start":"2025-04-24T10:05:30Z","end":"2025-04-24T12:05:30Z"`},
		{`{column: a, width: month}`, "2025-04-15", `"start":"2025-03-31T22:00:00Z","end":"2025-04-30T22:00:00Z"`},
		{`{column: a, width: month}`, "2024-02-29", `"start":"2024-01-31T22:00:00Z","end":"2024-02-29T22:00:00Z"`},
		{`{column: a, width: year}`, "2025-12-31", `"start":"2024-12-31T22:00:00Z","end":"2025-12-31T22:00:00Z"`},
		{`{column: a, width: week}`, "2025-04-27", `"start":"2025-04-20T22:00:00Z","end":"2025-04-27T22:00:00Z"`}, // a Sunday
		{`{column: a, width: week}`, "2025-04-28", `"start":"2025-04-27T22:00:00Z","end":"2025-05-04T22:00:00Z"`}, // a Monday
		{`{column: a, width: P3D}`, "2025-04", `"start":"2025-03-31T22:00:00Z","end":"2025-04-30T22:00:00Z"`},
		{`{column: a, midnight: day}`, "2025-04-24T00:00:00", `"start":"2025-04-23T22:00:00Z","end":"2025-04-24T22:00:00Z"`},
		{`{column: a, midnight: day}`, "2025-04-24T00:00:01", `"start":"2025-04-23T22:00:01Z","end":"2025-04-23T22:00:02Z"`},
		{`{column: a, before: 24h}`, "2025-04-24 08:00", `"start":"2025-04-23T06:00:00Z","end":"2025-04-24T06:00:00Z"`},
		{`{column: a, before: P1D}`, "2025-04-24", `"start":"2025-04-23T22:00:00Z","end":"2025-04-24T22:00:00Z"`},
	} {
		got, _ := by(t, csvKind, "a\n\""+tt.cell+"\"\n", placeless+"occurred: "+tt.occurred+"\n", Options{})
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s of %s: no %s in\n%s", tt.cell, tt.occurred, tt.want, got)
		}
	}
	// By row: the period in hours, the precision in codes, the parts of the date.
	got, _ := by(t, csvKind, "a,h\n2025-04-24 08:00,24\n2025-04-24 08:00,1.5\n2025-04-24 08:00,\n", placeless+"occurred: {column: a, before: {column: h, unit: h}}\n", Options{})
	wants(t, strings.ReplaceAll(got, "\n    raw", " raw"), `"start":"2025-04-23T06:00:00Z","end":"2025-04-24T06:00:00Z"`, `"start":"2025-04-24T04:30:00Z","end":"2025-04-24T06:00:00Z"`, "the length of the period is not stated")
	got, _ = by(t, csvKind, "a,p\n2025-04-15,1\n2025-04-15,2\n2025-04-15,3\n", placeless+`occurred: {column: a, centred: true, width: {column: p, values: {"1": P1D, "2": P7D, "3": month}}}`+"\n", Options{})
	wants(t, got, `"start":"2025-04-14T22:00:00Z","end":"2025-04-15T22:00:00Z"`, `"start":"2025-04-11T22:00:00Z","end":"2025-04-18T22:00:00Z"`, `"start":"2025-03-31T22:00:00Z","end":"2025-04-30T22:00:00Z"`)
	got, _ = by(t, csvKind, "d,m,y,at\n24,April,2025,13:05\n,April,2025.0,\n,,2025,\n24,,2025,\n,,,\n", placeless+`occurred: {columns: [y, m, d], layout: "YYYY MMMM D", time: at}`+"\n", Options{})
	wants(t, strings.ReplaceAll(got, "\n    raw", " raw"), `"start":"2025-04-24T11:05:00Z"`, `"start":"2025-03-31T22:00:00Z","end":"2025-04-30T22:00:00Z"`, `"start":"2024-12-31T22:00:00Z","end":"2025-12-31T22:00:00Z"`,
		"a part of the date is missing", "the time is missing")
	got, _ = by(t, csvKind, "a,b\n2025-04-01,2025-04-30 00:00:00\n", placeless+"occurred: {column: a}\nuntil: {column: b, midnight: day}\n", Options{})
	wants(t, got, `"start":"2025-03-31T22:00:00Z","end":"2025-04-30T22:00:00Z"`)
	// A week over the end of summer time has 169 hours: Kyiv, 26 October 2025.
	got, _ = by(t, csvKind, "a\n2025-10-26\n", "source: s\nact: attack\ntimezone: Europe/Kyiv\noccurred: {column: a, width: week}\n", Options{})
	wants(t, got, `"start":"2025-10-19T21:00:00Z","end":"2025-10-26T22:00:00Z"`)
}

// TestMonthsAreClear: no name is of two months in the languages that are understood.
func TestMonthsAreClear(t *testing.T) {
	w := calendarWords()
	if len(w.twice) > 0 || len(w.months) < 300 {
		t.Errorf("%d names, two months each: %q", len(w.months), w.twice)
	}
	for name, m := range map[string]int{"february": 2, "févr": 2, "شباط": 2, "فبراير": 2, "февраля": 2, "лютого": 2, "лютий": 2, "şubat": 2, "fevereiro": 2, "februar": 2, "sept": 9, "февр": 2} {
		if w.months[name] != m {
			t.Errorf("%s is month %d, want %d", name, w.months[name], m)
		}
	}
}

// TestRowsAsMeant: conditions, patterns, units and what is left.
func TestRowsAsMeant(t *testing.T) {
	const at = placeless + "occurred: {column: a}\n"
	const share = "source: s\nrecord: coverage\ntimezone: UTC\noccurred: {column: a}\nwhat: satellite\nzone: z\nshare: "
	for _, tt := range []struct{ name, mapping, file, want string }{
		{"where", at + "where: {column: c, is: Sudan}\n", "a,c\n2025-04-24,SUDAN \n2025-04-24,Chad\n", `{"known" | set aside: 1: where: c is not Sudan`},
		{"where not", at + "where: [{column: c, not: [Chad, Mali]}, {column: n, from: 1, to: 5}]\n", "a,c,n\n2025-04-24,Sudan,5\n2025-04-24,Chad,3\n2025-04-24,Sudan,0\n2025-04-24,Sudan,\n2025-04-24,Sudan,5.1\n2025-04-24,Sudan,x\n",
			`{"known" | refused: row 6 (line 7): n "x": not a decimal number | raw: | set aside: 1: where: c is Chad or Mali | set aside: 3: where: n is not from 1 to 5`},
		{"where with points between thousands", at + "table: {decimal: \",\"}\nwhere: {column: n, from: 1000}\n", "a;n\n2025-04-24;1.200\n2025-04-25;12.345.678,5\n2025-04-26;999,9\n2025-04-27;1.000\n",
			`2025-04-23T22 | 2025-04-24T22 | 2025-04-26T22 | set aside: 1: where: n is not 1000 or more`},
		{"where with commas between thousands", at + "table: {decimal: \".\"}\nwhere: {column: n, from: 1000}\n", "a;n\n2025-04-24;1,200.5\n2025-04-25;999.9\n", `2025-04-23T22 | set aside: 1: where`},
		{"where with a comma that nobody explains", at + "where: {column: n, from: 1000}\n", "a;n\n2025-04-24;1,200\n", `n "1,200": not a decimal number & if a comma separates thousands: table: {decimal: "."} | raw`},
		{"where with a fraction", at + "where: {column: n, from: 48}\n", "a;n\n2025-04-24;48.503\n2025-04-25;47.999\n", `2025-04-23T22 | set aside: 1: where`},
		{"patterns", placeless[:9] + "\ntimezone: UTC\noccurred: {column: a}\nact: {column: t, values: {calm: {aside: calm}}, patterns: {\"*air strike*\": {act: strike, weapon: aircraft}, \"*shell*\": fire}, else: attack}\n",
			"a,t\n2025-04-24,Air strike on a road\n2025-04-24,SHELLING\n2025-04-24,raid\n2025-04-24,calm\n2025-04-24,shelling after an air strike\n",
			`"act":"strike","weapon":"aircraft" | "act":"fire" | "act":"attack" | refused: row 5 (line 6): t "shelling after an air strike": the patterns "*air strike*" and "*shell*" both match | raw: | set aside: 1: calm`},
		{"else of words", placeless[:9] + "\ntimezone: UTC\noccurred: {column: a}\nact: {column: t, else: {aside: other}}\n", "a,t\n2025-04-24,strike\n2025-04-24,rumour\n", `"act":"strike" | set aside: 1: other`},
		{"rest", at + "ignore: rest\n", "a,x,y,x\n2025-04-24,1,2,3\n", `"occurred"`},
		{"units", at + "place: {lat: {column: la}, lon: {column: lo}, uncertainty: {column: r, unit: km}}\n", "a,la,lo,r\n2025-04-24,15.6,32.4,2.5\n", `"uncertainty_m":2500`},
		{"miles", at + "place: {lat: {column: la}, lon: {column: lo}, uncertainty: {column: r, unit: mi}}\n", "a,la,lo,r\n2025-04-24,15.6,32.4,1\n", `"uncertainty_m":1610`}, // 1609.344, up
		{"share in %", share + "{column: n, unit: \"%\"}\n", "a,n\n2025-04-24,71.5\n2025-04-24,30 %\n2025-04-24,101\n", `"share":715000 | "share":300000 | want a share between 0 and 100 % | raw:`},
		{"clouds", share + "{column: n, complement: true}\n", "a,n\n2025-04-24,0.3\n", `"share":700000`},
		{"decimal comma", at + "table: {decimal: \",\"}\nplace: {lat: {column: la}, lon: {column: lo}, uncertainty: {column: r}}\n", "a;la;lo;r\n2025-04-24;15,6;32,4;2,5\n", `"lat":15.6,"lon":32.4},"uncertainty_m":3`},
		{"a comma that is not stated", at + "place: {lat: {column: la}, lon: {column: lo}}\n", "a;la;lo\n2025-04-24;15,6;32,4\n", "hint: if the numbers of this file have a decimal comma | raw"},
		{"no header", at + "table: {header: [a, b]}\nignore: [b]\n", "2025-04-24,x\n2025-04-25,y\n", `2025-04-23T22 | 2025-04-24T22`},
		{"lines before the header", at + "table: {skip: 2}\n", "Report of May\n\"not, closed\na\n2025-04-24\n", `2025-04-23T22`},
		{"sep=", at + "ignore: rest\n", "sep=;\na;b\n2025-04-24;x,y,z\n", `2025-04-23T22`},
		{"HXL below the header", at + "ignore: rest\n", "a,b\n#date+occurred,#adm1+name\n2025-04-24,x\n", `2025-04-23T22`},
		{"HXL by its tags", placeless + "occurred: {column: \"#date+occurred\"}\nignore: rest\n", "Date of event,Region\n#date+occurred,#adm1+name\n2025-04-24,x\n", `2025-04-23T22`},
		{"HXL under a title", at + "ignore: rest\n", "Report of May,\n,\na,b\n#date+occurred,#adm1+name\n2025-04-24,x\n", `2025-04-23T22`},
		{"HXL tags alone", placeless + "occurred: {column: \"#date+occurred\"}\nignore: rest\n", "#date+occurred,#adm1+name\n2025-04-24,x\n", `2025-04-23T22`},
		{"UTF-16", at, "\xff\xfea\x00\n\x002\x000\x002\x005\x00-\x000\x004\x00-\x002\x004\x00\n\x00", `2025-04-23T22`},
		{"low and high without best", at + "casualties: {killed: {low: l, high: h}}\n", "a,l,h\n2025-04-24,2,5\n2025-04-24,2,\n", `"killed":"2..5" | low and high go together | raw`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := by(t, csvKind, tt.file, tt.mapping, Options{Zones: []string{"z"}})
			wants(t, got, strings.Split(tt.want, " | ")...)
		})
	}
}

// TestPlacesAsWritten: bearing and distance by the arithmetic of small distances: a
// degree of latitude is 111.3 km, and of longitude that times the cosine.
func TestPlacesAsWritten(t *testing.T) {
	const at = placeless + "occurred: {column: a}\n"
	for _, tt := range []struct{ place, cells, want string }{
		{"{position: {column: b}, uncertainty: 10}", `"15.79, 32.53"`, `"lat":15.79,"lon":32.53},"uncertainty_m":10`},
		{"{position: {column: b}, uncertainty: 10}", `15°47'N 32°31'E`, `"uncertainty_m":1312`}, // not finer than its notation
		{"{position: {column: b}}", "POINT(32.53 15.79)", `"lat":15.79,"lon":32.53`},
		{"{position: {column: b}}", "SRID=4326;POINT(32.53 15.79)", `"lat":15.79,"lon":32.53`},
		{"{position: {column: b}}", "SRID=3857;POINT(32.53 15.79)", "not in longitude and latitude"},
		{"{position: {column: b}}", `"POLYGON((32 15,33 15,33 16,32 15))"`, `"kind":"shape"`},
		{"{position: {column: b}}", "POINT(32.53", "not a geometry in WKT"},
		{"{position: {column: b}}", "POINT(1532.53 15)", "not within -180 and 180"},
		{"{position: {column: b}}", `"0, 0"`, "position 0, 0"},
		{"{position: {column: b}, bounds: [21, 8, 39, 23]}", `"32.53, 15.79"`, `"lat":32.53`},
		{"{position: {column: b}, bounds: [21, 8, 39, 23]}", `"32.53, 12.79"`, "latitude and longitude look swapped: order: lon-lat"},
		{"{position: {column: b}}", "", `"kind":"unknown"`},
		{"{position: 48N 37E, bearing: {column: b}, distance: 2000, uncertainty: 10}", "E", `"lat":47.99999`},
		{"{position: 48N 37E, bearing: {column: b}, distance: 2000, uncertainty: 10}", "upwards", "want degrees from north"},
		{"{position: 48N 37E, bearing: {column: b}, distance: 2000, uncertainty: 10}", "", "bearing and distance go together"},
	} {
		got, _ := by(t, csvKind, "a,b\n2025-04-24,"+strings.ReplaceAll(tt.cells, "\x00", "")+"\n", at+"place: "+tt.place+"\n", Options{})
		if tt.place == "{position: {column: b}, bounds: [21, 8, 39, 23]}" && strings.Contains(tt.cells, "15.79") {
			if !strings.Contains(got, "out of bounds") {
				t.Errorf("%s: %s", tt.cells, got)
			}
			continue
		}
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s of %s: no %s in\n%s", tt.cells, tt.place, tt.want, got)
		}
	}
	// Two columns, each in degrees and minutes.
	if p := record(t, at+"place: {lat: {column: b}, lon: {column: c}}\n", "a,b,c\n2025-04-24,\"15°47'24\"\"N\",\"32°31'48\"\"E\"\n").Observation.Place; p.Point != (geo.Point{Lat: 157900000, Lon: 325300000}) || p.Uncertainty != 22 {
		t.Errorf("degrees and minutes in two columns: %v ± %d m", p.Point, p.Uncertainty)
	}
	if got, _ := by(t, csvKind, "a,b,c\n2025-04-24,\"15°47'24\"\"N\",\"32°31'48\"\"N\"\n", at+"place: {lat: {column: b}, lon: {column: c}}\n", Options{}); !strings.Contains(got, "want one letter of N or S, and one of E or W") {
		t.Errorf("north and north: %s", got)
	}
	// Two to three kilometres north-east of 48 N 37 E: 2.5 km at 45 degrees is 1.768 km
	// north and east; half of a sector at 3 km is 3 km x sin 22.5 = 1.148 km across, half of
	// the range is 0.5 km, together 1.253 km, and 10 m of the post.
	r := record(t, at+"place: {position: 48N 37E, bearing: {column: b}, distance: {column: c, unit: km}, uncertainty: 10}\n", "a,b,c\n2025-04-24,NE,2-3\n")
	p := r.Observation.Place
	if n, e := float64(p.Point.Lat)/1e7-48, float64(p.Point.Lon)/1e7-37; n < 1.766/111.3 || n > 1.770/111.1 || e < 1.766/74.8 || e > 1.770/74.4 || p.Uncertainty < 1255 || p.Uncertainty > 1270 {
		t.Errorf("2-3 km NE: %v ± %d m", p.Point, p.Uncertainty)
	}
}

// TestDocuments: rows below a name, by a path, and pages of an answer.
func TestDocuments(t *testing.T) {
	const at = placeless + "occurred: {column: a}\nignore: [b]\n"
	for _, tt := range []struct{ name, mapping, file, want string }{
		{"wrapped", at, `{"status": 200, "data": [{"a": "2025-04-24", "b": 1}, {"a": "2025-04-25"}], "count": 2}`, "2025-04-23T22 | 2025-04-24T22"},
		{"pretty", at, "{\n \"meta\": {\"x\": [1]},\n \"data\": [\n {\"a\": \"2025-04-24\"}\n ]\n}\n", "2025-04-23T22"},
		{"by a path", "table: {rows: result.items}\n" + at, `{"list": [{"q": 1}], "result": {"n": 1, "items": [{"a": "2025-04-24"}]}}`, "2025-04-23T22"},
		{"no such list", "table: {rows: items}\n" + at, `{"list": [{"q": 1}]}`, `ended: the document has no list "items"`},
		{"a row that has a list", placeless + "occurred: {column: a}\nignore: [tags]\n", `{"a": "2025-04-24", "tags": [{"x": 1}]}` + "\n" + `{"a": "2025-04-25", "tags": []}`, "2025-04-23T22 | 2025-04-24T22"},
		{"deep", placeless + "occurred: {column: x.0.when}\n", `[{"x": [{"when": "2025-04-24", "more": {}}]}, {"x": null}]`, `2025-04-23T22 | the time is missing | raw`},
		{"a member nobody named", placeless + "occurred: {column: a}\n", `[{"a": "2025-04-24", "c": 1}]`, `ended: row 1 (line 1): member "c" is unknown`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := by(t, jsonlKind, tt.file, tt.mapping, Options{})
			wants(t, got, strings.Split(tt.want, " | ")...)
		})
	}
	_, said := by(t, jsonlKind, `{"value": [{"a": "2025-04-24"}], "@odata.nextLink": "https://x.example/2"}`, placeless+"occurred: {column: a}\n", Options{})
	if len(said) != 1 || said[0].What != RemarkPages || said[0].Value != "https://x.example/2" {
		t.Errorf("%+v", said)
	}
}

// record is the only record of a file.
func record(t *testing.T, mapping, file string) truce.Item {
	t.Helper()
	return recordAt(t, mapping, file, Options{})
}

// recordAt is record with options.
func recordAt(t *testing.T, mapping, file string, o Options) truce.Item {
	t.Helper()
	m, err := ParseMapping([]byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	o.Mapping = m
	for r, err := range csvKind.Parse(strings.NewReader(file), o) {
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	t.Fatal("no record")
	return truce.Item{}
}
