package source

import (
	"strings"
	"testing"
	"time"
)

// read is what comes of a table by a mapping.
func read(t *testing.T, mapping, data string, o Options) string {
	t.Helper()
	m, err := ParseMapping([]byte(mapping))
	if err != nil {
		t.Fatalf("%v\n%s", err, mapping)
	}
	o.Mapping = m
	return strings.ReplaceAll(told(tableKind.Parse(strings.NewReader(data), o)), "\n    raw: ", " raw: ")
}

// TestDigitsOfOtherScripts: numbers, times and positions as they are written in Arabic and Persian
// (Unicode 16, chapter 9.2: U+0660 and U+06F0 are zero, U+066B the decimal separator, U+066C the
// one between thousands), with the marks of direction that spreadsheets and chats leave in them.
func TestDigitsOfOtherScripts(t *testing.T) {
	const head = "source: s\nkey: {column: id}\noccurred: {column: d, time: h, layout: \"D/M/YYYY[ h:mm[:ss\"}\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: r}, name: {column: place}}\nact: fire\ncount: {column: n}\ncasualties: {killed: {column: k}}\nnote: {column: note}\n"
	for _, tt := range []struct{ what, row, want string }{
		{"Arabic", "٧;١٧/٠٨/٢٠٢٥;٠٢:١٥ م;١٥٫٧٩;٣٢٫٥٣;٢٥٠;حي ٥;١٢;٣;سقطت ١٢ قذيفة", `"key":"٧" & "start":"2025-08-17T14:15:00Z" & "lat":15.79,"lon":32.53 & "uncertainty_m":250 & "count":"12" & "killed":"3" & حي ٥ & سقطت ١٢ قذيفة`},
		{"before noon", "1;17/8/2025;١٢:١٥ ص;15.79;32.53;250;x;12;3;y", `"start":"2025-08-17T00:15:00Z"`},
		{"words for the half of the day", "1;17/8/2025;2:15 مساءً;15.79;32.53;250;x;12;3;y", `"start":"2025-08-17T14:15:00Z"`},
		{"Persian", "1;۱۷/۸/۲۰۲۵;۲:۱۵ ب.ظ;۱۵٫۷۹;۳۲٫۵۳;۲۵۰;x;۱۲;۱٬۲۰۰;y", `"start":"2025-08-17T14:15:00Z" & "lat":15.79,"lon":32.53 & "uncertainty_m":250 & "count":"12" & "killed":"1200"`},
		{"marks of direction", "1;\u200f17/8/2025\u200f;\u200e02:15;\u200e15.79;\u202a32.53\u202c;250;x;12;\u200f3;y", `"start":"2025-08-17T02:15:00Z" & "lat":15.79,"lon":32.53 & "killed":"3"`},
		{"Devanagari", "1;१७/८/२०२५;02:15;१५.७९;३२.५३;२५०;x;१२;३;y", `"start":"2025-08-17T02:15:00Z" & "lat":15.79,"lon":32.53 & "killed":"3"`},
		{"a range", "1;17/8/2025;2:15;15.79;32.53;250;x;12;٣-٥;y", `"killed":"3..5"`},
		{"a minus", "1;17/8/2025;2:15;−15.79;32.53;250;x;12;3;y", `"lat":-15.79`},
		{"another calendar", "1;۲۶/۵/۱۴۰۴;2:15;15.79;32.53;250;x;12;3;y", `d "۲۶/۵/۱۴۰۴": the year is 1404, and want 1900 to 2199; Truce reads the Gregorian calendar`},
		{"the calendar of Thailand", "1;17/8/2568;2:15;15.79;32.53;250;x;12;3;y", `the year is 2568`},
	} {
		t.Run(tt.what, func(t *testing.T) {
			wants(t, read(t, head, "id;d;h;lat;lon;r;place;n;k;note\n"+tt.row+"\n", Options{Location: time.UTC}), strings.Split(tt.want, " | ")...)
		})
	}
	// One cell, with the comma of Arabic.
	wants(t, read(t, "source: s\nkey: {column: id}\noccurred: {column: d}\nplace: {position: {column: p}}\nact: fire\n", "id\td\tp\n1\t2025-08-17\t١٥٫٧٩، ٣٢٫٥٣\n2\t٢٠٢٥-٠٨-١٧\t١٥°٤٧'٢٤″N ٣٢°٣١'٤٨″E\n", Options{Location: time.UTC}), `"lat":15.79,"lon":32.53`, `"start":"2025-08-17T00:00:00Z" & "lat":15.79,"lon":32.53`)
}

// TestProposalInArabic: a table as a spreadsheet in Arabic saves it is read by its proposal alone.
func TestProposalInArabic(t *testing.T) {
	p, got := proposed(t, "حوادث.csv", []byte("رقم;التاريخ;الوقت;المكان;خط العرض;خط الطول;النوع;القتلى;الجرحى;ملاحظات\n"+
		"١;١٧/٠٨/٢٠٢٥;٠٢:١٥ م;الفاشر;١٣٫٦٢٧٩;٢٥٫٣٤٩٤;قصف مدفعي;٣;١٢;سوق\n٢;١٨/٠٨/٢٠٢٥;١٠:٠٥ ص;الفاشر;١٣٫٦٢٧٩;٢٥٫٣٤٩٤;غارة جوية;٠;٤;\n"), Options{Location: time.UTC})
	wants(t, got, `"start":"2025-08-17T14:15:00Z" & "lat":13.6279,"lon":25.3494 & "act":"fire" & "weapon":"artillery" & "killed":"3" & "injured":"12"`, `"start":"2025-08-18T10:05:00Z" & "act":"strike"`)
	if t.Failed() {
		t.Log(p.Mapping, p.Open)
	}
}

// TestNumbersOfPeople: how many people and acts, as publishers write it.
func TestNumbersOfPeople(t *testing.T) {
	for cell, want := range map[string]string{
		"17": "17", "2-3": "2..3", "2 to 3": "2..3", "2–3": "2..3", "2 - 3": "2..3", "between 2 and 3": "2..3", "Between 10 and 15": "10..15", "from 2 to 3": "2..3", "2 or 3": "2..3", "3-2": "no",
		">10": "11..", "10+": "10..", "at least 5": "5..", "≥5": "5..", "no fewer than 5": "5..", "a minimum of 5": "5..", "up to 5": "0..5", "~20": "no", "about 20": "no", "between 2 and": "no", "between 3 and 2": "no",
		"1,200": "1200", "1 200": "1200", "1\u00a0200": "1200", "1\u202f200": "1200", "1'200": "1200", "1’200": "1200", "12 00": "no", "1.000": "no", "1.200": "no", "12.345": "no", "1.234.567": "1234567", "97.0": "97", "97.00": "97", "97.5": "no", "2.000-3.000": "no",
		"أكثر من ٢٠": "21..", "ما لا يقل عن ٥": "5..", "понад 20": "21..", "не менее 5": "5..", "mindestens 5": "5..", "حوالي ٢٠": "no",
		"٣": "3", "1,200,00": "no", "0.000": "0", "01.000": "1",
	} {
		got := "no"
		if v, err := people(cell, ""); err == nil {
			got = v.String()
		}
		if got != want {
			t.Errorf("people %q: %s, want %s", cell, got, want)
		}
	}
	for cell, want := range map[string]string{
		"17": "17", ">=8": ">=8", "~5": "~5", "2-3": ">=2", "2 to 3": ">=2", "2–3": ">=2", "between 2 and 3": ">=2", ">10": ">=11", "10+": ">=10", "at least 5": ">=5", "~20": "~20", "about 20": "~20", "approx. 20": "~20", "circa 20": "~20", "c. 20": "~20", "≈20": "~20", "around 20": "~20", "حوالي ٢٠": "~20", "близько 20": "~20",
		"uncountable": "uncountable", "up to 5": "no", "<5": "no", "0-3": "no", "0+": "no", "~0": "no", "3-3": "3", "1 200": "1200", "١٢": "12", "1.000": "no", "many": "no", "5..8": ">=5", "5..": ">=5",
	} {
		got := "no"
		if n, _, err := acts(cell, ""); err == nil {
			got = n.String()
		}
		if got != want {
			t.Errorf("count %q: %s, want %s", cell, got, want)
		}
	}
	// The mapping says what a point and a comma are.
	for _, tt := range [][3]string{{"1.000", ",", "1000"}, {"1.000", ".", "1"}, {"12.345", ",", "12345"}, {"1,0", ",", "1"}, {"1,000", ",", "no"}, {"1,000", ".", "1000"}, {"1,000", "", "1000"}, {"97.0", ",", "97"}, {"1.000-2.000", ",", "1000..2000"}, {">1.000", ",", "1001.."}} {
		got := "no"
		if v, err := people(tt[0], tt[1]); err == nil {
			got = v.String()
		}
		if got != tt[2] {
			t.Errorf("people %q with decimal %q: %s, want %s", tt[0], tt[1], got, tt[2])
		}
	}
}

// TestThousandsByAPoint: 1.000 is one or a thousand, and Truce does not choose.
func TestThousandsByAPoint(t *testing.T) {
	const head = "source: s\nkey: {column: id}\noccurred: {column: d}\nact: fire\ncount: {column: n}\ncasualties: {killed: {column: k}, injured: {low: lo, high: hi}}\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: r}}\n"
	const file = "id;d;n;k;lo;hi;lat;lon;r\n1;2025-08-17;1;1.000;1;2;48;37;5\n2;2025-08-17;1.000;1;1;2;48;37;5\n3;2025-08-17;1;1;1.000;2.000;48;37;5\n4;2025-08-17;1;1;1;2;48;37;1.500\n"
	o := Options{Location: time.UTC}
	wants(t, read(t, head, file, o), `k "1.000": it is 1 or 1000 & table: {decimal: ","}`, `n "1.000": it is 1 or 1000`, `lo "1.000": it is 1 or 1000`, `"uncertainty_m":2`)
	wants(t, read(t, head+`table: {decimal: ","}`, file, o), `"killed":"1000"`, `"count":"1000"`, `"injured":"1000..2000"`, `"uncertainty_m":1500`)
	wants(t, read(t, head+`table: {decimal: "."}`, file, o), `"killed":"1"`, `"key":"2"`, `"injured":"1..2"`, `"uncertainty_m":2`)
	// A comma in metres may be either, too.
	const metres = "id;d;n;k;lo;hi;lat;lon;r\n1;2025-08-17;1;1;1;2;48;37;1,500\n"
	wants(t, read(t, head, metres, o), `not a decimal number & table: {decimal: ","} & table: {decimal: "."}`)
	wants(t, read(t, head+`table: {decimal: "."}`, metres, o), `"uncertainty_m":1500`)
	wants(t, read(t, head+`table: {decimal: ","}`, metres, o), `"uncertainty_m":2`)
	const half = "id;d;n;k;lo;hi;lat;lon;r\n1;2025-08-17;1;1;1;2;48.512;37;0.500\n"
	wants(t, read(t, head+`table: {decimal: ","}`, half, o), `"lat":48.512 & "uncertainty_m":1`)
	// The proposal asks.
	p, _ := proposed(t, "x.csv", []byte("id;date;lat;lon;type;killed\n1;2025-08-17;48.5;37;shelling;1.000\n2;2025-08-17;48.5;37;shelling;3\n"), o)
	if open := strings.Join(p.Open, "\n"); !strings.Contains(open, `1.000 in "killed" is 1 or 1000`) {
		t.Error(open, p.Mapping)
	}
	// What the upper end of a count was is said.
	p, got := proposed(t, "x.csv", []byte("id;date;lat;lon;type;No. of air raids\n1;2025-08-17;48.5;37;air raid;2-3\n2;2025-08-17;48.5;37;air raid;10+\n3;2025-08-17;48.5;37;air raid;~20\n5;2025-08-17;48.5;37;air raid;4\n4;2025-08-17;48.5;37;air raid;up to 5\n"), o)
	wants(t, strings.ReplaceAll(got, "\n    raw", " raw"), `"count":"\u003e=2"`, `"count":"\u003e=10"`, `"count":"~20"`, `"count":"4"`, `No. of air raids "up to 5": & no lower end`)
	if t.Failed() {
		t.Log(p.Mapping, got)
	}
}
