package source

import (
	"archive/zip"
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// proposed looks at a file, and reads it by the mapping that is proposed, or by its trial if it
// does not say what was done.
func proposed(t *testing.T, name string, data []byte, o Options) (*Proposal, string) {
	t.Helper()
	p, err := Propose(bytes.NewReader(data), name, o)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if o.Mapping, err = ParseMapping([]byte(cmp.Or(p.Trial(), p.Mapping))); err != nil {
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
		"vorfaelle.csv": {german, `"start":"2025-08-18T03:40:00Z" & "lat":49.9935,"lon":36.2304 & "act":"fire" & "killed":"3" & "injured":"7" & Wohnhaus | "start":"2025-08-19T19:15:00Z" & "act":"strike" & Straße | "start":"2025-08-19T22:15:00Z" | 31.09.2025 & no such day | raw: `},
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

// TestProposalsOfANewcomer: files as people have them, and what the proposal for each must say.
// Each mapping also has to be one that is read.
func TestProposalsOfANewcomer(t *testing.T) {
	const cols = "id,date,lat,lon,type,killed\n"
	for _, tt := range []struct {
		what, name, file string
		o                Options
		mapping          []string // is in it; "!x": is not
		open             []string // is asked; "!x": is not
		got              string   // comes of it
	}{
		// The publisher's name.
		{"a week", "patrol-week33.csv", cols, Options{}, []string{"source: patrol "}, []string{"one and the same name for all files of one publisher"}, ""},
		{"the next week", "patrol-week34.csv", cols, Options{}, []string{"source: patrol "}, nil, ""},
		{"a day alone", "2025-11-01.csv", cols, Options{}, []string{"source: file "}, nil, ""},
		{"a day with points", "2025.11.01.csv", cols, Options{}, []string{"source: file "}, nil, ""},
		{"edition words", "Copy of Patrol Report_final_v2 (3) August 2025.csv", cols, Options{}, []string{"source: patrol-report "}, nil, ""},
		{"several extensions", "raids.2025.tar.gz", cols, Options{}, []string{"source: raids "}, nil, ""},
		// Zones in the headers of times.
		{"datetime_utc", "x.csv", "id,datetime_utc,lat,lon\n1,2025-08-17 22:30,48,37\n", Options{}, []string{"occurred: {column: datetime_utc}", "\ntimezone: UTC "}, []string{"!The times have no zone"}, `"start":"2025-08-17T22:30:00Z"`},
		{"GMT", "x.csv", "id,Time (GMT),lat,lon\n1,2025-08-17 22:30,48,37\n", Options{}, []string{"occurred: {column: Time (GMT)}", "\ntimezone: UTC "}, nil, `"start":"2025-08-17T22:30:00Z"`},
		{"a date and a time", "x.csv", "id,date (UTC),Time UTC\n1,17/08/2025,22:30\n", Options{}, []string{"occurred: {column: date (UTC), time: Time UTC, layout: \"D/M/YYYY[ h:mm[:ss]]\"}", "\ntimezone: UTC "}, nil, `"start":"2025-08-17T22:30:00Z"`},
		{"timestampUTC", "x.csv", "id,timestampUTC\n1,2025-08-17 22:30\n", Options{}, []string{"occurred: {column: timestampUTC}", "\ntimezone: UTC "}, nil, ""},
		// 22:30 three hours east of UTC is 19:30 in UTC.
		{"an offset", "x.csv", "id,Date (UTC+3)\n1,2025-08-17 22:30\n", Options{}, []string{"timezone: Etc/GMT-3   # as the headers of the times say; it is UTC+3"}, nil, `"start":"2025-08-17T19:30:00Z"`},
		{"an offset west", "x.csv", "id,Date GMT-05:00\n1,2025-08-17 22:30\n", Options{}, []string{"timezone: Etc/GMT+5 "}, nil, `"start":"2025-08-18T03:30:00Z"`},
		{"half an hour", "x.csv", "id,Date (UTC+05:30)\n1,2025-08-17 22:30\n", Options{}, []string{"!\ntimezone:", "occurred: {column: \"Date (UTC+05:30)\"}"}, []string{"not one of whole hours"}, ""},
		{"one of two times", "x.csv", "id,date,published utc\n1,2025-08-17 22:30,2025-08-18 10:00\n", Options{Local: mustZone("Europe/Kyiv")}, []string{"reported: {column: published utc, timezone: UTC}", "# timezone: Europe/Kyiv", "!\ntimezone"}, []string{"The times have no zone"}, `"start":"2025-08-17T19:30:00Z" & "reported":"2025-08-18T10:00:00Z"`},
		{"against the command line", "x.csv", "id,date_utc\n1,2025-08-17 22:30\n", Options{Location: mustZone("Europe/Kyiv")}, []string{"occurred: {column: date_utc, timezone: UTC}"}, nil, `"start":"2025-08-17T22:30:00Z"`},
		{"no zone known", "x.csv", "id,date\n1,2025-08-17 22:30\n", Options{}, []string{"# timezone: UTC ", "!Khartoum"}, []string{"The times have no zone"}, ""},
		// Dates that are not in 1970.
		{"days of a spreadsheet", "x.csv", "id,date,lat\n1,45886,48\n2,45887.5,48\n", Options{}, []string{`occurred: {column: "?"}`, "!epoch"}, []string{"look like the day numbers of a spreadsheet"}, ""},
		{"seconds", "x.csv", "id,timestamp\n1,1755376200\n", Options{}, []string{"layout: \"epoch\""}, nil, `"start":"2025-08-16T20:30:00Z"`}, // date -u -d @1755376200
		{"codes of precision", "x.csv", "id,date,time_precision\n1,2025-08-17,1\n2,2025-08-18,2\n", Options{}, []string{"occurred: {column: date", "!epoch"}, nil, ""},
		// Times of day.
		{"Time", "x.csv", "id,Date,Time\n1,2025-08-17,02:15\n", Options{Location: time.UTC}, []string{"time: Time, layout: \"YYYY-MM-DD[ h:mm[:ss]]\""}, nil, `"start":"2025-08-17T02:15:00Z"`},
		{"TIME_LOCAL", "x.csv", "id,DATE,TIME_LOCAL\n1,17.08.2025,2:15\n", Options{Location: time.UTC}, []string{"time: TIME_LOCAL"}, nil, `"start":"2025-08-17T02:15:00Z"`},
		{"12 hours", "x.csv", "id,date,time\n1,8/17/2025,2:15 PM\n", Options{Location: time.UTC}, []string{"time: time"}, nil, `"start":"2025-08-17T14:15:00Z"`},
		{"one in five is bad", "x.csv", "id,date,time\n1,17.08.2025,02:15\n2,17.08.2025,14.40\n3,18.08.2025,06:05\n4,19.08.2025,23:59\n5,20.08.2025,0:30\n", Options{Location: time.UTC}, []string{"time: time"}, nil, `time "14.40": not a time as the layout says`},
		{"two in five are bad", "x.csv", "id,date,event time\n1,17.08.2025,02:15\n2,17.08.2025,14.40\n3,18.08.2025,06.05\n", Options{}, []string{"!time: event time"}, []string{`The times of day in "event time" are not used`}, ""},
		{"a tag of HXL", "x.csv", "Event ID,When it was,Clock (local),Lat\n#event+id,#date+occurred,#date+time,#geo+lat\nH-1,2025-08-16,03:20,49\n", Options{Location: time.UTC}, []string{"{column: When it was, time: Clock (local)"}, nil, `"start":"2025-08-16T03:20:00Z"`},
		{"parts of a date", "x.csv", "id,year,month,day,hour\n1,2025,8,17,2:15\n", Options{Location: time.UTC}, []string{"columns: [year, month, day]", "time: hour"}, nil, `"start":"2025-08-17T02:15:00Z"`},
		// Dates as spreadsheets of other countries have them.
		{"two digits", "x.csv", "id,date\n1,17.08.25\n2,5.8.25\n", Options{Location: time.UTC}, []string{"D.M.YY"}, []string{"have two digits"}, `"start":"2025-08-05T00:00:00Z"`},
		{"an English month", "x.csv", "id,date\n1,14-Aug-25\n2,4-Sep-25\n", Options{Location: time.UTC}, []string{"D-MMM-YY"}, []string{"have two digits"}, `"start":"2025-09-04T00:00:00Z"`},
		{"four digits and a month", "x.csv", "id,date\n1,14-Aug-2025\n", Options{Location: time.UTC}, nil, []string{"!two digits"}, `"start":"2025-08-14T00:00:00Z"`},
		{"either order", "x.csv", "id,date\n1,1/2/25\n", Options{}, []string{`"D/M/YY[ h:mm[:ss]]", "M/D/YY[ h:mm[:ss]]"`}, []string{"which number is the day"}, ""},
		// People.
		{"messy numbers", "x.csv", cols + "1,2025-08-17,48,37,shelling,3\n2,2025-08-17,48,37,shelling,5-7\n3,2025-08-17,48,37,shelling,at least 3\n4,2025-08-17,48,37,shelling,\"1,200\"\n5,2025-08-17,48,37,shelling,~10\n6,2025-08-17,48,37,shelling,dozens\n7,2025-08-17,48,37,shelling,3 (incl. 1 child)\n8,2025-08-17,48,37,shelling,-\n",
			Options{Location: time.UTC}, []string{"killed: {column: killed, values: {'-': unknown, dozens: 24..}}"}, []string{`rows are rejected in which "killed" is 3 (incl. 1 child), ~10`},
			`"killed":"3" & "killed":"5..7" & "killed":"3.." & "killed":"1200" & "killed":"24.." & killed "~10": the mapping has no such value & killed "3 (incl. 1 child)": the mapping has no such value & it is not a number of people`},
		{"words alone", "x.csv", cols + "1,2025-08-17,48,37,shelling,many\n", Options{}, []string{"!casualties"}, []string{`"killed" is not used, because it has no numbers that Truce can read (many)`}, ""},
		{"a messy count", "x.csv", "id,date,lat,type,No. of air raids\n1,2025-08-17,48,air raid,1\n2,2025-08-17,48,air raid,2\n3,2025-08-17,48,air raid,2-3\n4,2025-08-17,48,air raid,4\n5,2025-08-17,48,air raid,1\n", Options{}, []string{"count: {column: No. of air raids}"}, nil, `"count":"\u003e=2"`},
		{"events in Ukrainian", "x.csv", "№;Дата;Час;Подія;Загинуло\n1;17.08.2025;02:30;Удар КАБ;3\n", Options{Location: mustZone("Europe/Kyiv")}, []string{"column: Подія", "Удар КАБ: {act: strike, weapon: glide-bomb}", "time: Час"}, nil, `"start":"2025-08-16T23:30:00Z" & "act":"strike"`},
		// Forms.
		{"a group of Kobo", "x.csv", "start;_uuid;_submission_time;g/when;g/_p_latitude;g/_p_longitude;g/_p_precision\n2025-08-17T10:12:33+03:00;u1;2025-08-17T07:20:01;2025-08-17T02:35:00+03:00;49.9;36.2;6.2\n", Options{}, []string{"accuracy: {column: g/_p_precision}", "occurred: {column: g/when}"}, []string{"!opened the form"}, `"uncertainty_m":21`}, // 6.2 m rounded up, three times
		{"a form that does not ask when", "x.csv", "start;end;_uuid;_submission_time;what\n2025-08-17T10:12:33+03:00;2025-08-17T10:20:33+03:00;u1;2025-08-17T07:20:01;shelling\n", Options{}, []string{"occurred: {column: start, not_later_than: true, earliest: 36h}", "!until"}, []string{"when somebody opened the form"}, `"start":"2025-08-15T19:12:33Z","end":"2025-08-17T07:12:33Z"`},
		// A title over the header.
		{"a title", "x.csv", "Report, sector East, August 2025\r\n\r\nNr;Datum;Breite;L\u00e4nge;Ereignis;Tote\r\n1;17.08.2025;48,5033;37,7083;Beschuss;0\r\n2;18.08.2025;48,5293;37,6694;Explosion;1\r\n", Options{Location: time.UTC}, []string{`table: {decimal: ",", separator: semicolon, skip: 2}`, "key: {column: Nr}"}, nil, `"lat":48.5293,"lon":37.6694`},
		{"a title with empty cells, and degrees", "x.tsv", "Patrol\t\t\t\t\nNo\tDate\tLatitude\tLongitude\tEvent\n1\t2025-08-17\tN48 31 45,5\tE37 40 10\tshelling\n", Options{Location: time.UTC}, []string{"skip: 1", "lat: {column: Latitude}, lon: {column: Longitude}"}, nil, `"lat":48.5293056,"lon":37.6694444`},
		{"no title: a wider row", "x.csv", "id,date\n1,2025-08-17,type,lat,lon\n2,2025-08-17\n", Options{}, []string{"!skip"}, nil, ""},
	} {
		t.Run(tt.what, func(t *testing.T) {
			p, got := proposed(t, tt.name, []byte(tt.file), tt.o)
			open := strings.Join(p.Open, "\n")
			for _, in := range []struct {
				text string
				want []string
			}{{p.Mapping, tt.mapping}, {open, tt.open}} {
				for _, want := range in.want {
					not, is := strings.CutPrefix(want, "!")
					if strings.Contains(in.text, not) == is {
						t.Errorf("%q in\n%s", want, in.text)
					}
				}
			}
			if strings.HasPrefix(got, "mapping: ") {
				t.Errorf("%s\n%s", got, p.Mapping)
			}
			if tt.got != "" {
				wants(t, strings.ReplaceAll(got, "\n", " "), tt.got)
			}
		})
	}
}

// TestWhatWordsMayMean: what a proposal takes a publisher's words for, and what it leaves to a
// person: that there was nothing, and acts that are not in the vocabulary.
func TestWhatWordsMayMean(t *testing.T) {
	for cell, want := range map[string]string{
		"No shelling today": "", "no attack": "", "Not observed": "", "Nothing seen": "", "Ceasefire observed without violation": "", "Обстрілів немає": "", "keine Angriffe": "",
		"Shelling, no casualties": "fire", "Air raid alert": "alert", "air_raid_siren": "alert", "Sirens": "alert", "повітряна тривога": "alert", "Warning shots": "shot small-arms",
		"Drone shot down": "", "UAV intercepted": "", "дрон збито": "", "Drohne abgeschossen": "", "Demining": "demining", "De-mining": "", "Controlled explosion": "", "controlled detonation of UXO": "",
		// A thing is not an act, and what is only like an attack is left to a person.
		"missile": "", "Missiles": "", "drone": "", "UAV": "", "Shahed": "", "one-way-uav": "", "صاروخ": "", "дрон": "", "drone sighting": "", "UAV overflight seen": "", "missile debris": "", "Wreckage of a drone": "", "Airstrike foiled": "", "attack thwarted": "", "drone attack prevented": "",
		"artillery exercise": "", "celebratory gunfire": "", "celebratory fire": "", "fire": "", "Fire": "", "пожежа": "", "bombing": "", "Bombing": "", "bombs": "",
		"ракетна небезпека": "alert", "Ракетная опасность": "alert", "missile danger": "alert", "Missile threat": "alert", "drone alert": "alert", "загроза балістики": "alert",
		// The weapon is said, or it is not.
		"drone strike": "strike", "Drone attack": "strike", "UAV strike": "strike", "удар БПЛА": "strike", "Drohnenangriff": "strike", "هجوم مسيرة": "strike", "drone-dropped grenade": "strike", "Dropped by drone": "strike", "скид": "strike", "скид з дрона": "strike", "drone strike, no casualties": "strike",
		"Shahed strike": "strike one-way-uav", "удар шахеда": "strike one-way-uav", "Geran-2 attack": "strike one-way-uav", "one-way drone attack": "strike one-way-uav", "kamikaze drone attack": "strike one-way-uav", "FPV drone strike": "strike fpv", "FPV hit": "strike fpv",
		"missile attack": "strike missile", "Missile launch": "strike missile", "ракетний удар": "strike missile", "قصف صاروخي": "strike missile", "ballistic missile strike": "strike ballistic-missile", "rocket fire": "fire",
		"قصف جوي": "strike aircraft", "غارة جوية": "strike aircraft", "قصف مدفعي": "fire artillery", "قذيفة هاون": "fire mortar", "قصف": "fire", "удар авіації": "strike aircraft", "bombardement aérien": "strike aircraft", "bombardeo aéreo": "strike aircraft", "aerial bombing": "strike aircraft", "aerial bombardment": "strike aircraft",
		"small arms fire": "shot small-arms", "suicide bombing": "", "car bomb explosion": "explosion",
		"Missile strike": "strike missile", "mortar": "fire mortar", "air_strike": "strike aircraft", "air-strike": "strike aircraft", "airstrike": "strike aircraft", "Air Strike": "strike aircraft",
		"drone_strike": "strike", "small_arms_fire": "shot small-arms", "fly-over": "overflight", "Non-violent transfer of territory": "aside no act", "Peaceful protest": "aside protest", "fire-pixel": "fire-pixel", "fire_pixel": "fire-pixel",
	} {
		v, ok := likelyMeaning(cell)
		got := strings.TrimSpace(v.To + v.Act + " " + v.Weapon)
		if v.Aside != "" {
			got = "aside " + v.Aside
		}
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", cell, got, want)
		}
	}
}

// TestProposalsOfProse: no act is proposed for an export of a chat, and a column of numbers that
// the publisher may have given to its rows is named.
func TestProposalsOfProse(t *testing.T) {
	const chat = "when,who,said\n2025-08-17T02:31:05Z,Oksana,A Shahed hit a house in Kharkiv\n2025-08-17T19:07:12Z,Petro,There is shelling in Kostiantynivka\n"
	p, got := proposed(t, "chat.csv", []byte(chat), Options{})
	if open := strings.Join(p.Open, "\n"); strings.Contains(p.Mapping, "attack") || !strings.Contains(p.Mapping, `act: {column: "?"}`) || !strings.Contains(open, `The only column with words is "said", and no mapping reads prose`) {
		t.Errorf("%s\n%s", p.Mapping, open)
	}
	wants(t, got, `column "?" is missing`)
	// A place makes it a table of events.
	p, _ = proposed(t, "x.csv", []byte("date,town,said\n2025-08-17,Kharkiv,A Shahed hit a house there\n"), Options{})
	if strings.Contains(p.Mapping, "act: attack") || !strings.Contains(p.Mapping, "act: {column: \"?\"}   # what was done? strike") {
		t.Error(p.Mapping)
	}
	p, _ = proposed(t, "x.csv", []byte("ref,date,type\nK-7,2025-08-17,shelling\nK-9,2025-08-17,shelling\n"), Options{})
	if open := strings.Join(p.Open, "\n"); strings.Contains(p.Mapping, "no column has another value") || !strings.Contains(open, `key: "ref" has another value in each row`) {
		t.Errorf("%s\n%s", p.Mapping, open)
	}
}

// TestProposalWithoutAnAct: what was done is not guessed. Nothing is read by the proposal, the
// choices are named, and a trial shows how times and places are read.
func TestProposalWithoutAnAct(t *testing.T) {
	const file = "id,date,lat,lon,killed\n1,2025-08-17,48.5,37.7,3\n2,2025-08-32,48.5,37.7,1\n3,2025-08-19,48.6,37.8,0\n"
	o := Options{Location: time.UTC}
	p, _ := proposed(t, "x.csv", []byte(file), o)
	got, _ := by(t, csvKind, file, p.Mapping, o)
	asked(t, "mapping", p.Mapping, `act: {column: "?"}   # what was done? strike, fire, explosion, attack`, "!act: attack")
	asked(t, "open", strings.Join(p.Open, "\n"), "nothing is read by it until you write it", "strike (from the air), fire (from the ground), explosion", "truce map --words")
	wants(t, got, `column "?" is missing`)
	trial, _ := by(t, csvKind, file, p.Trial(), o)
	wants(t, trial, `"key":"1"`, "no such day", "raw: ", `"key":"3"`)
	stated, _ := by(t, csvKind, file, strings.Replace(p.Mapping, `{column: "?"}`, "strike", 1), o)
	wants(t, stated, `"key":"1"`, "no such day", "raw: ", `"key":"3" & "act":"strike"`)
	if p, _ = proposed(t, "x.csv", []byte("id,what,lat\n1,x,48\n"), o); p.Trial() != "" {
		t.Errorf("a trial without a time: %s", p.Trial())
	}
}

// TestTagsBelowTwoHeaders: a row of HXL tags below names in two rows belongs to neither.
func TestTagsBelowTwoHeaders(t *testing.T) {
	const file = "Date,Type,Casualties,,Position,\n,,killed,injured,lat,lon\n#date+occurred,#event+type,#affected+killed,#affected+injured,#geo+lat,#geo+lon\n2025-08-17,shelling,3,1,48.5,37.7\n2025-08-18,shelling,0,1,48.5,37.7\n"
	p, got := proposed(t, "x.csv", []byte(file), Options{Location: time.UTC})
	if !p.Tags || p.Rows != 2 || len(p.Columns) != 6 || p.Columns[2].Name != "Casualties/killed" || p.Columns[2].As != "casualties.killed" {
		t.Errorf("tags %v, %d rows, %+v\n%s", p.Tags, p.Rows, p.Columns, p.Mapping)
	}
	wants(t, got, `"act":"fire" & "killed":"3"`, `"killed":"0"`)
	// The same in a workbook.
	var rows [][]any
	for line := range strings.Lines(file) {
		var row []any
		for _, cell := range strings.Split(strings.TrimSpace(line), ",") {
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	p, got = proposedFile(t, workbookFile(t, rows), Options{Location: time.UTC})
	if !p.Tags || p.Rows != 2 || len(p.Columns) != 6 || p.Columns[2].Name != "Casualties/killed" {
		t.Errorf("workbook: tags %v, %d rows, %+v\n%s", p.Tags, p.Rows, p.Columns, p.Mapping)
	}
	wants(t, got, `"act":"fire" & "killed":"3"`, `"killed":"0"`)
}

// TestTitleWithoutSkip: the error for a table with a title over it says what to write.
func TestTitleWithoutSkip(t *testing.T) {
	const file = "Report of August,,\n\nid,date,type\n1,2025-08-17,shelling\n"
	const mapping = "source: s\ntimezone: UTC\nkey: {column: id}\noccurred: {column: date}\nact: {column: type, values: {shelling: fire}}\n"
	got, _ := by(t, csvKind, file, mapping, Options{})
	wants(t, got, "the header seems to be on line 3, below a title: write table: {skip: 2}")
	got, _ = by(t, csvKind, file, mapping+"table: {skip: 2}\n", Options{})
	wants(t, got, `"key":"1"`)
	// The separator is that of the header, and not of the title; a blank line may be between.
	got, _ = by(t, csvKind, "Report, of August, 2025\n\nid;date;type\n1;2025-08-17;shelling\n", mapping+"table: {skip: 1}\n", Options{})
	wants(t, got, `"key":"1"`)
}

// TestProposalsGuessNothing: what the file does not show is left to a person.
func TestProposalsGuessNothing(t *testing.T) {
	p, got := proposed(t, "x.csv", []byte("id,date,lat,lon,event type\n1,1/2/2025,15.6,32.4,clash\n2,13/2/2025,15.6,32.4,weather\n"), Options{Location: time.UTC})
	if !strings.Contains(p.Mapping, `layout: "D/M/YYYY[ h:mm[:ss]]"`) || !strings.Contains(p.Mapping, "# weather: ?   # 1 row") || !strings.Contains(got, "the mapping has no such value") {
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
	for _, s := range []string{ // of each format that is text
		`<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>Shelling</name><Placemark><ExtendedData><Data name="Date"><value>2025-10-05</value></Data></ExtendedData><Point><coordinates>25.35,13.63</coordinates></Point></Placemark></Folder></Document></kml>`,
		`<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="13.6301" lon="25.3502"><time>2025-10-05T12:20:11Z</time></wpt></gpx>`,
		`<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Shelling</title><id>urn:x:1</id><published>2025-10-05T16:00:00Z</published></entry></feed>`,
		`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"date":"2025-10-05","type":"shelling"},"geometry":{"type":"Point","coordinates":[25,13]}}]}`,
		"id,t,dtg\n1,1745500745,281430ZFEB16\n2,1745500805,28 1430B FEB 16\n", `{"d":[{"Id":"a","When":"\/Date(1456617600000+0200)\/","Kind":"shelling"}]}`,
		"Ref\tZone\tEasting\tNorthing\n1\t36P\t321000\t1509000\n", "Date,Type,Casualties,\n,,killed,injured\n#date,#event,#affected+killed,#affected+injured\n2025-08-17,shelling,3,1\n",
	} {
		f.Add([]byte(s))
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
		{"testdata/kobo/answer.json", "", "", []string{"base: kobo", "position: {column: point}", "children: seen"}, `each row has a list "seen"`},
		{"testdata/odk/form.csv", "", "", []string{"base: odk", "occurred: {column: when}", "accuracy: {column: point-Accuracy}"}, ""},
		{"testdata/odk/odata.json", "", "", []string{"base: odk", "occurred: {column: when}", "column: what_happened"}, ""},
		{"testdata/cases/front-line/areas_20240801.geojson", "", "", []string{"record: control", "occurred: {file: YYYYMMDD}   # 2024-08-01"}, "actor: A"},
		{"loc.csv", "Year,Month,Sector A,Sector B,Sector C\n2020,1,3,0,12\n2020,2,,4,9\n", "",
			[]string{"record: tally", "table: {wide: {columns: [Sector A, Sector B, Sector C], name: region, value: number}}", "count: {column: number}", "place: {name: {column: region}}"}, "neither zones of the agreement"},
		{"testdata/loc-sectors/cfv_sectors_var.csv", "", "loc-sectors", nil, ""}, {"testdata/loc-months/cfv.csv", "", "loc-months", nil, ""},
		// Totals and nothing else: a row that says 0 is not an attack, and a sum is not counted beside its parts.
		{"months.csv", "month,violations\n2021-01,3\n2021-02,0\n", "", []string{"record: tally", "key: {column: month}", "count: {column: violations}"}, "no single incident is made of it"},
		{"sectors.csv", "date,North,South,Total\n2021-01-01,3,1,4\n2021-01-02,0,2,2\n", "", []string{"record: tally", "columns: [North, South], name: region", "ignore: [Total]"}, `"Total" is left out`},
		{"daily.csv", "date,killed,injured\n2021-01-01,3,1\n2021-01-02,0,0\n", "", []string{"record: tally", "key: {column: date}", "killed: {column: killed}"}, "a row of zeros is then an attack"},
		{"raids.csv", "date,governorate,killed,injured\n2021-01-01,Idlib,3,1\n2021-01-02,Idlib,0,0\n", "", []string{`act: {column: "?"}   # what was done?`, "killed: {column: killed}"}, "no column looks like a kind of event"},
		{"points.csv", "date,lat,lon,number\n2021-01-01,48,37,4\n2021-01-02,48,37,2\n", "", []string{"lat: {column: lat}"}, "nothing says how closely"},
		// The position may be the observer's.
		{"patrol.csv", "id,date,lat,lon,Entfernung km,act\n1,2021-03-02,48.1,37.2,\"2,5\",strike\n2,2021-03-03,48.2,37.3,\"0,8\",strike\n", "", nil, "the positions are the observer's"},
		// Where few rows have a position, the others keep their town.
		{"towns.csv", "id,date,lat,lon,town,act\n1,2021-03-02,48.1,37.2,Alpha,strike\n2,2021-03-03,,,Beta,strike\n3,2021-03-04,,,Gamma,strike\n", "", []string{"lat: {column: lat}", "settlement: {column: town}"}, ""},
		// Without a header the first event would be the names of the columns.
		{"nohead.csv", "1,2025-08-17 02:35,48.5277,37.70,shelling,3\n2,2025-08-17 03:35,48.6277,37.80,shelling,1\n", "", nil, "The first line looks like data and not like names of columns: 1 | 2025-08-17 02:35"},
		{"years.csv", "id,date,2024,2025\n1,2021-03-02,4,5\n2,2021-03-03,1,2\n", "", []string{"record: tally"}, ""},
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
