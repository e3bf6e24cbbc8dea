package source

import (
	"strings"
	"testing"
	"time"
)

// asked fails where a proposal does not have a text, or has one that begins with "!".
func asked(t *testing.T, what, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		not, is := strings.CutPrefix(w, "!")
		if strings.Contains(text, not) == is {
			t.Errorf("%s: %q in\n%s", what, w, text)
		}
	}
}

// TestPositionsInPlaces: a place that no package knows has a position in the mapping, and columns of
// positions are found by the names that they have.
func TestPositionsInPlaces(t *testing.T) {
	o := Options{Location: time.UTC}
	const head = "source: s\nkey: {column: id}\noccurred: {column: d}\nact: fire\nplace: {settlement: {column: place, values: {Post 7: \"15.6, 32.4\", Post 8: 36PVC 49637 45692, Post 9: nowhere in particular}}, uncertainty: {column: r}}\n"
	const file = "id,d,place,r\n1,2025-08-17,Post 7,300\n2,2025-08-17,Post 8,\n3,2025-08-17,Post 9,\n"
	wants(t, read(t, head, file, o), `"kind":"point","point":{"lat":15.6,"lon":32.4},"uncertainty_m":300,"settlement":"Post 7"`, `"lat":15.789`, `place "Post 9"`)
	wants(t, read(t, head+"", "id,d,place,r\n4,2025-08-17,Nowhere,300\n", o), `place "Nowhere" is unknown & values: {Nowhere: "LAT, LON"}`)
	wants(t, read(t, strings.ReplaceAll(head, ", values: {Post 7: \"15.6, 32.4\", Post 8: 36PVC 49637 45692, Post 9: nowhere in particular}", ""), "id,d,place,r\n4,2025-08-17,\"15.6, 32.4\",300\n", o), `"lat":15.6,"lon":32.4},"uncertainty_m":300}`)

	for _, header := range []string{"lat,lng", "lat,long", "Breite,Länge", "широта,довгота", "Широта,Долгота", "خط العرض,خط الطول", "خط العرض (شمال),خط الطول (شرق)", "Latitude (decimal),Longitude (decimal)", "Lat DD,Lon DD", "enlem,boylam", "gps_latitude,gps_longitude", "Y,X", "y,x", "point_y,point_x", "LAT (WGS84),LON (WGS84)"} {
		p, got := proposed(t, "x.csv", []byte("id,date,type,"+header+"\n1,2025-08-17,shelling,15.6,32.4\n"), o)
		wants(t, got, `"lat":15.6,"lon":32.4`)
		if strings.Contains(strings.ToLower(header), "y") && len(header) < 10 {
			asked(t, header, strings.Join(p.Open, "\n"), "is taken for the longitude")
		}
	}
	for _, header := range []string{"Breite/Länge", "широта/долгота", "Lat/Long", "Lat, Lon", "Координати", "الإحداثيات", "خط العرض/خط الطول", "GPS Coordinates", "Koordinaten"} {
		_, got := proposed(t, "x.tsv", []byte("id\tdate\ttype\t"+header+"\n1\t2025-08-17\tshelling\t15.6, 32.4\n"), o)
		wants(t, got, `"lat":15.6,"lon":32.4`)
	}
	// Metres are not degrees.
	p, got := proposed(t, "x.csv", []byte("id,date,type,x,y\n1,2025-08-17,shelling,449637,1745692\n"), o)
	asked(t, "UTM", strings.Join(p.Open, "\n"), `the numbers in "x" and "y" are not degrees`, "position: {columns: [ZONE, x, \"y\"]}")
	wants(t, got, `"kind":"unknown"`)
	wants(t, read(t, "source: s\noccurred: {column: d}\nact: fire\nplace: {position: {columns: [zone, x, y]}}\nignore: rest\n", "d,zone,x,y\n2025-08-17,36P,449637,1745692\n", o), `"lat":15.789`)
}

// TestWordsThatMayBeEither: what is asked about a word that may be an attack can be answered by
// what the proposal says of it.
func TestWordsThatMayBeEither(t *testing.T) {
	o := Options{Location: time.UTC}
	p, _ := proposed(t, "x.csv", []byte("id,date,lat,lon,type\n1,2025-08-17,48,37,fire\n2,2025-08-17,48,37,fpv\n3,2025-08-17,48,37,shelling\n4,2025-08-17,48,37,FPV\n5,2025-08-17,48,37,missile\n6,2025-08-17,48,37,drone intercepted\n7,2025-08-17,48,37,bombing\n"), o)
	asked(t, "mapping", p.Mapping, "# fire: ?   # 1 row; fire if somebody shot; {aside: burning}", "# fpv: ?   # 1 row; {act: strike, weapon: fpv} if it attacked; overflight if it only flew; {aside: seen}", "# FPV: ?   # 1 row; {act: strike, weapon: fpv}", "# missile: ?   # 1 row; {act: strike, weapon: missile}", "# drone intercepted: ?   # 1 row\n", "# bombing: ?   # 1 row; {act: strike, weapon: aircraft}")
	asked(t, "open", strings.Join(p.Open, "\n"), "truce map --words")
	// What it says is what a mapping may say.
	m := p.Mapping
	for _, r := range [][2]string{{"# fire: ?   # 1 row; fire if", "fire: fire   # if"}, {"# fpv: ?   # 1 row; {act: strike, weapon: fpv} if", "fpv: {act: strike, weapon: fpv}   # if"}, {"# FPV: ?", "FPV: overflight #"}, {"# missile: ?", "missile: {aside: seen} #"}, {"# drone intercepted: ?", "drone intercepted: {aside: seen} #"}, {"# bombing: ?", "bombing: {act: strike, weapon: aircraft} #"}} {
		if !strings.Contains(m, r[0]) {
			t.Fatalf("no %q in\n%s", r[0], m)
		}
		m = strings.Replace(m, r[0], r[1], 1)
	}
	wants(t, read(t, m, "id,date,lat,lon,type\n1,2025-08-17,48,37,fire\n2,2025-08-17,48,37,fpv\n", o), `"act":"fire"`, `"act":"strike","weapon":"fpv"`)
}

// TestQuestionsWithSeveralAnswers: Kobo and ODK write the answers of such a question into one cell,
// with blanks between them, and into a column each.
func TestQuestionsWithSeveralAnswers(t *testing.T) {
	o := Options{Location: time.UTC}
	const form = "start;_uuid;_submission_time;when;what;weapons_seen;weapons_seen/mortar;weapons_seen/uav_fpv;weapons_seen/other\n"
	const rows = "2025-08-17T10:00:00Z;u1;2025-08-17T10:05:00;2025-08-17T09:00:00Z;shelling;mortar;1;0;0\n2025-08-17T11:00:00Z;u2;2025-08-17T11:05:00;2025-08-17T10:00:00Z;shelling;mortar uav_fpv;1;1;0\n2025-08-17T12:00:00Z;u3;2025-08-17T12:05:00;2025-08-17T11:00:00Z;shelling;other;0;0;1\n"
	p, got := proposed(t, "form.csv", []byte(form+rows), o)
	open := strings.Join(p.Open, "\n")
	asked(t, "mapping", p.Mapping, "  column: weapons_seen", "    mortar: mortar   # 1 row", "    mortar uav_fpv: unknown   # 1 row; several answers", "    other: unknown")
	asked(t, "open", open, `"weapons_seen" is a question with several answers`, "!have numbers and no place in the mapping", "wide: {columns: [\"weapons_seen/*\"]", `is: ["1"]`)
	wants(t, got, `"weapon":"mortar"`, `"act":"fire","count"`, `"act":"fire","count"`)
	// The way that it names is one.
	mapping := "base: kobo\nsource: s\noccurred: {column: when}\nact: fire\ntable: {wide: {columns: [weapons_seen/*], name: answer, value: chosen}}\nwhere: {column: chosen, is: [\"1\"]}\nweapon: {column: answer, values: {weapons_seen/mortar: mortar, weapons_seen/uav_fpv: fpv, weapons_seen/other: unknown}}\nignore: [what, weapons_seen]\n"
	wants(t, read(t, mapping, form+rows, o), `"key":"u1 weapons_seen/mortar" & "weapon":"mortar"`, `"key":"u2 weapons_seen/mortar"`, `"key":"u2 weapons_seen/uav_fpv" & "weapon":"fpv"`, `"key":"u3 weapons_seen/other"`, "set aside: 5")
	// Of a question about what happened, no one answer is taken for all.
	p, _ = proposed(t, "form.csv", []byte(strings.ReplaceAll("start;_uuid;_submission_time;when;what_happened;what_happened/shelling;what_happened/air_strike\n", "", "")+"2025-08-17T10:00:00Z;u1;2025-08-17T10:05:00;2025-08-17T09:00:00Z;shelling;1;0\n2025-08-17T11:00:00Z;u2;2025-08-17T11:05:00;2025-08-17T10:00:00Z;shelling air_strike;1;1\n"), o)
	asked(t, "acts", p.Mapping, "    shelling: fire   # 1 row", "# shelling air_strike: ?   # 1 row; several answers")
	// An export without the column of all answers.
	p, _ = proposed(t, "form.csv", []byte("start;_uuid;_submission_time;when;what;w/mortar;w/uav;w/other\n2025-08-17T10:00:00Z;u1;2025-08-17T10:05:00;2025-08-17T09:00:00Z;shelling;1;0;0\n"), o)
	asked(t, "columns alone", strings.Join(p.Open, "\n"), "are the answers of one question", "wide: {columns: [\"w/*\"]", "!have numbers and no place in the mapping")
	// A weapon that is not in the vocabulary is asked about, and not dropped without a word.
	p, _ = proposed(t, "x.csv", []byte("id,date,lat,lon,type,weapon\n1,2025-08-17,48,37,shelling,Grad\n2,2025-08-17,48,37,shelling,thing\n"), o)
	asked(t, "a table", p.Mapping, "    Grad: mlrs   # 1 row", "    thing: unknown   # 1 row")
	asked(t, "a table", strings.Join(p.Open, "\n"), `"weapon" is read as unknown where it is thing`)
}

// TestActorsOfACLED: civilians are whom somebody attacked, and "Unidentified" may be anybody, by the
// codebook's definitions of actors.
func TestActorsOfACLED(t *testing.T) {
	const mapping = "source: s\noccurred: {column: d}\nact: fire\nactor: {columns: [a, b], patterns: {\"Civilians*\": nobody, \"Unidentified*\": unknown}}\n"
	for _, tt := range [][2]string{
		{"Military Forces of A,Civilians (Sudan)", `"actor":"Military Forces of A"`}, {"Civilians (Sudan),Front B", `"actor":"Front B"`}, {"Military Forces of A,Front B", `"actors":["Front B","Military Forces of A"]`},
		{"Unidentified Armed Group (Sudan),Civilians (Sudan)", `"count":"1"}}`}, {"Unidentified Armed Group (Sudan),Front B", `"actors":["Front B","unknown"]`}, {"Civilians (Sudan),", `"count":"1"}}`}, {"Civilians (Sudan),Civilians (Chad)", `"count":"1"}}`},
	} {
		wants(t, read(t, mapping, "d,a,b\n2025-08-17,"+tt[0]+"\n", Options{Location: time.UTC}), tt[1])
	}
	wants(t, read(t, strings.Replace(mapping, "patterns:", "values: {\"\": nobody}, patterns:", 1), "d,a,b\n2025-08-17,Front B,\n2025-08-17,,\n2025-08-17,Civilians (Sudan),\n", Options{Location: time.UTC}), `"actor":"Front B"`, `"count":"1"}}`, `"count":"1"}}`)
	// What else says is said of all other names, as before.
	wants(t, read(t, strings.Replace(mapping, "}}\n", "}, else: B}\n", 1), "d,a,b\n2025-08-17,Front X,\n", Options{Location: time.UTC}), `"actors":["B","unknown"]`)
	wants(t, read(t, "source: s\noccurred: {column: d}\nact: fire\nplace: {settlement: {column: a, values: {x: \"15.6, 32.4\"}, else: unknown}}\nignore: [b]\n", "d,a,b\n2025-08-17,y,\n", Options{Location: time.UTC}), `"kind":"unknown"`)
	// With values, a name that is not among them rejects its row, as before.
	wants(t, read(t, strings.Replace(mapping, "patterns:", "values: {A: A}, patterns:", 1), "d,a,b\n2025-08-17,Front B,A\n", Options{Location: time.UTC}), "the mapping has no such value")
}
