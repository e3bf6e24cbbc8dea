package source

import (
	"strings"
	"testing"
	"time"
)

// TestFreshFiles: files of shapes that a new user brought in with nothing but truce map, and what
// was lost or refused without a word. All are invented; July 2025 has 31 days, and April 30.
func TestFreshFiles(t *testing.T) {
	utc := Options{Location: time.UTC}
	t.Run("Russian", func(t *testing.T) {
		const file = "№;Дата;Время;Широта;Долгота;Вид обстрела;Погибло\n1;3 марта 2025;06:40;48,28;37,17;артиллерийский обстрел;2\n2;4 марта 2025;22:15;48,14;37,30;авиаудар;0\n3;31 апреля 2025;01:05;48,28;37,17;миномётный обстрел;1\n"
		p, got := proposed(t, "svodka.csv", []byte(file), utc)
		wants(t, got, `"start":"2025-03-03T06:40:00Z & "act":"fire","weapon":"artillery" & "killed":"2"`, `"start":"2025-03-04T22:15:00Z & "act":"strike"`, "31 апреля", "raw: ")
		asked(t, "open", strings.Join(p.Open, "\n"), `the name of "Вид обстрела" does not say`)
	})
	t.Run("SensorThings", func(t *testing.T) {
		const file = `{"value":[{"@iot.id":1,"phenomenonTime":"2025-08-17T01:12:00Z","result":121.5,"FeatureOfInterest":{"@iot.id":9,"feature":{"type":"Point","coordinates":[37.2,48.2]}},"Datastream":{"name":"sensor 4","unit":{"name":"decibel"}}}]}`
		p, got := proposed(t, "Observations.json", []byte(file), utc)
		wants(t, got, `"start":"2025-08-17T01:12:00Z & "lat":48.2,"lon":37.2`)
		asked(t, "mapping", p.Mapping, "Datastream", "!Datastream.name")
	})
	t.Run("nested", func(t *testing.T) {
		const file = `{"value":[{"Id":"a","Happened":"2025-08-17T05:00:00+03:00","Where":{"Admin":{"Name":"X"},"Geo":{"Lat":"15,45","Lng":"36,40"}},"Kind":{"Code":"SH","Label":"Shelling"},"Victims":[{"Age":3}]},{"Id":"b","Happened":"2025-08-18T05:00:00+03:00","Where":{"Admin":{"Name":"Y"},"Geo":{"Lat":"14,03","Lng":"35,39"}},"Kind":{"Code":"AS","Label":"Air strike"},"Victims":[]}]}`
		_, got := proposed(t, "odata.json", []byte(file), utc)
		wants(t, got, `"lat":15.45,"lon":36.4 & "act":"fire"`, `"act":"strike"`)
	})
	t.Run("UTM", func(t *testing.T) {
		// 36P 321000 1509000 is 13.64432 N, 31.34517 E (by PROJ: gdaltransform -s_srs EPSG:32636 -t_srs EPSG:4326).
		const file = "Ref\tDate\tZone\tEasting\tNorthing\tIncident\n1\t17/08/2025\t36P\t321000\t1509000\tshelling\n2\t18/08/2025\t36P\t322500\t1508200\tair strike\n"
		p, got := proposed(t, "utm.tsv", []byte(file), utc)
		wants(t, got, `"lat":13.6443 & "lon":31.3451 & "act":"fire"`, `"act":"strike"`)
		asked(t, "mapping", p.Mapping, "position: {columns: [Zone, Easting, Northing]}")
		asked(t, "open", strings.Join(p.Open, "\n"), "zone, easting and northing of UTM", "!No column looks like a place")
		p, _ = proposed(t, "utm.tsv", []byte(strings.ReplaceAll(file, "36P", "36")), utc) // without its letter, a zone is north or south
		asked(t, "mapping", p.Mapping, "!position")
	})
	t.Run("soldiers", func(t *testing.T) {
		p, _ := proposed(t, "x.csv", []byte("Date,Activity,KIA,WIA\n2025-08-17,shelling,0,2\n2025-08-18,shelling,1,0\n"), utc)
		asked(t, "mapping", p.Mapping, "killed: {column: KIA}", "injured: {column: WIA}")
	})
	t.Run("a form with a repeated group", func(t *testing.T) {
		p, _ := proposed(t, "form.csv", []byte("SubmissionDate,start,end,SET-OF-incident,meta-instanceID,KEY,SubmitterID,SubmitterName\n2025-08-17T10:00:00.000Z,2025-08-17T09:50:00.000Z,2025-08-17T09:59:00.000Z,x,uuid:1,uuid:1,22,Person One\n"), utc)
		asked(t, "open", strings.Join(p.Open, "\n"), `table: {file: '*-incident.csv', parent: {file: FORM.csv, key: KEY, by: PARENT_KEY}}`)
		for _, c := range p.Columns {
			if strings.Contains(strings.Join(c.Few, " "), "Person") {
				t.Errorf("%s is shown: %q", c.Name, c.Few)
			}
		}
	})
}
