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

// TestLookAtOneKeyTwice: a preview counts rows of one key as the record would take them. Of three
// rows with the key A1, the second says what the first says, and the third something else.
func TestLookAtOneKeyTwice(t *testing.T) {
	const file = "id,date,lat,lon,type\nA1,2025-04-24,13,24,shelling\nA1,2025-04-24,13,24,shelling\nA1,2025-04-25,13,24,shelling\nA2,2025-04-25,13,24,shelling\n"
	m, err := ParseMapping([]byte("source: s\nkey: {column: id}\noccurred: {column: date}\nplace: {lat: {column: lat}, lon: {column: lon}}\nact: {column: type, values: {shelling: fire}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	p := Look(tableKind, strings.NewReader(file), Options{Mapping: m, Location: time.UTC}, 9)
	if p.Read != 4 || p.Records != 2 || p.Known != 1 || p.Rejected != 1 || len(p.First) != 2 {
		t.Errorf("read %d, records %d, known %d, rejected %d", p.Read, p.Records, p.Known, p.Rejected)
	}
	if why := p.Reasons.Most(9); len(why) != 1 || why[0].Why != WhyKnown || why[0].Row != 3 || why[0].Line != 4 || why[0].Hint != HintTwice {
		t.Errorf("%+v", why)
	}
	if p = Look(tableKind, strings.NewReader(file), Options{Mapping: m, Location: time.UTC, Revises: true}, 9); p.Rejected != 0 || p.Records != 4 {
		t.Errorf("with revises: records %d, rejected %d", p.Records, p.Rejected)
	}
}

// TestProposalsCanBeFollowed: whoever does what the screen says, and nothing else, has a mapping that
// reads the file.
func TestProposalsCanBeFollowed(t *testing.T) {
	utc := Options{Location: time.UTC}
	// A key that is uncommented was ignored before, and both is an error.
	const table = "Ref\tDate\tZone\tEasting\tNorthing\tIncident\nK7\t17/08/2025\t36P\t321000\t1509000\tshelling\nK9\t18/08/2025\t36P\t322500\t1508200\tshelling\n"
	p, _ := proposed(t, "utm.tsv", []byte(table), utc)
	asked(t, "open", strings.Join(p.Open, "\n"), "remove the # before key:, and remove Ref from ignore:", "exact as they are written", "!nothing says how closely")
	followed := strings.Replace(p.Mapping, "# key:", "key:", 1)
	followed = strings.Replace(followed, "ignore: [Ref]\n", "", 1)
	got, _ := by(t, csvKind, table, followed, utc)
	wants(t, got, `"key":"K7"`, `"key":"K9"`)
	// Numbers that may be times since 1970 are named and not taken: 1745500745 is 24 April 2025,
	// 13:19:05 UTC (by date -u -d @1745500745).
	const epochs = "id,t,code,lat,lon\n1,1745500745,8000000001,15.6,32.4\n2,1745500805,8000000002,15.6,32.4\n"
	p, _ = proposed(t, "e.csv", []byte(epochs), utc)
	asked(t, "open", strings.Join(p.Open, "\n"), `if "t" counts the seconds since 1970, 1745500745 is 2025-04-24 13:19 UTC: write occurred: {column: t, layout: epoch}`, `!"code" counts`)
	asked(t, "mapping", p.Mapping, `occurred: {column: "?"}`)
	_, got = proposed(t, "e.csv", []byte(epochs), utc)
	wants(t, got, `column "?" is missing: write what only you know for each "?" of the mapping; the columns of the file are id, t, code, lat, lon`)
	followed = strings.NewReplacer(`occurred: {column: "?"}`, "occurred: {column: t, layout: epoch}", `act: {column: "?"}`, "act: fire", "[t, code]", "[code]").Replace(p.Mapping)
	got, _ = by(t, csvKind, epochs, followed, utc)
	wants(t, got, `"start":"2025-04-24T13:19:05Z`, `"start":"2025-04-24T13:20:05Z`)
	// A measured number and a time of day are not a publisher's numbers of rows.
	p, _ = proposed(t, "f.csv", []byte("date,bright,acq_time,act\n2025-10-05,331.2,1121,fire\n2025-10-06,341.2,56,fire\n"), utc)
	asked(t, "mapping", p.Mapping, "!# key: {column")
}

// TestCalibreWithAComma: a table with decimal commas writes 12,7 and means a heavy machine gun.
func TestCalibreWithAComma(t *testing.T) {
	const file = "id;at;mm\n1;2025-04-24;12,7\n2;2025-04-24;122\n3;2025-04-24;12,75\n"
	const mapping = "source: s\nkey: {column: id}\noccurred: {column: at}\nact: fire\ncalibre: {column: mm}\n"
	got, _ := by(t, csvKind, file, mapping+"table: {decimal: \",\"}\n", Options{Location: time.UTC})
	wants(t, got, `"calibre":127`, `"calibre":1220`, `refused: row 3 (line 4): mm "12,75": calibre "12.75": want millimetres`, "raw: ")
	got, _ = by(t, csvKind, file, strings.Replace(mapping, "{column: mm}", "{column: mm, values: {heavy: 152}}", 1)+"table: {decimal: \",\"}\n", Options{Location: time.UTC})
	wants(t, got, `"calibre":127`, `"calibre":1220`, "refused: row 3", "raw: ")
	got, _ = by(t, csvKind, file, mapping, Options{Location: time.UTC})
	wants(t, got, `table: {decimal: ","}`, "raw: ", `"calibre":1220`, "refused: row 3", "raw: ")
}

// TestCoordinatesWithWords: a few words in columns of coordinates do not hide the positions of all
// other rows.
func TestCoordinatesWithWords(t *testing.T) {
	utc := Options{Location: time.UTC}
	const file = "id;date;lat;lon;type\n1;2025-04-21;15.1;32.1;shelling\n2;2025-04-22;15.2;32.2;shelling\n3;2025-04-23;N/A;N/A;shelling\n4;2025-04-24;;;shelling\n"
	for _, text := range []string{file, strings.NewReplacer("15.", "15,", "32.", "32,").Replace(file)} {
		p, got := proposed(t, "x.csv", []byte(text), utc)
		asked(t, "mapping", p.Mapping, "lat: {column: lat}, lon: {column: lon}")
		asked(t, "open", strings.Join(p.Open, "\n"), `1 of the 3 rows with something in "lat" do not have degrees there but N/A`, "!No column looks like a place")
		wants(t, got, `"lat":15.1,"lon":32.1`, `"lat":15.2,"lon":32.2`, `refused: row 3 (line 4): lat "N/A"`, "raw: ", `"kind":"unknown"`)
	}
	// Metres are not degrees, whatever else is in the column.
	p, _ := proposed(t, "x.csv", []byte("id,date,lat,lon,type\n1,2025-04-21,1745692,449637,shelling\n2,2025-04-22,15.2,32.2,shelling\n3,2025-04-23,x,y,shelling\n"), utc)
	asked(t, "mapping", p.Mapping, "!lat: {")
}
