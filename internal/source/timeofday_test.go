package source

import (
	"strings"
	"testing"
	"time"
)

// TestTimesOfDay: how people write a time of day beside a date. Each is worked out by hand, in a
// zone two hours ahead of UTC all year.
func TestTimesOfDay(t *testing.T) {
	const mapping = "source: s\noccurred: {column: d, time: t, layout: \"D.M.YYYY[ h:mm[:ss\"}\nact: fire\n"
	at := func(start, end string) string { return `"start":"2024-01-` + start + `Z","end":"2024-01-` + end + `Z"` }
	const remark = "a remark"
	for cell, want := range map[string]string{
		"14h30":       at("30T12:30:00", "30T12:31:00"),
		"14 h 30":     at("30T12:30:00", "30T12:31:00"),
		"9h05":        at("30T07:05:00", "30T07:06:00"),
		"6h":          at("30T04:00:00", "30T05:00:00"),
		"14 Uhr":      at("30T12:00:00", "30T13:00:00"),
		"14:30 Uhr":   at("30T12:30:00", "30T12:31:00"),
		"14.30 Uhr":   at("30T12:30:00", "30T12:31:00"),
		"0630":        at("30T04:30:00", "30T04:31:00"),
		"630":         at("30T04:30:00", "30T04:31:00"),
		"0630 hrs":    at("30T04:30:00", "30T04:31:00"),
		"1415Z":       at("30T14:15:00", "30T14:16:00"),
		"14:15 UTC":   at("30T14:15:00", "30T14:16:00"),
		"٠٦٣٠":        at("30T04:30:00", "30T04:31:00"),
		"2:15 PM":     at("30T12:15:00", "30T12:16:00"),
		"23:59":       at("30T21:59:00", "30T22:00:00"),
		"23h59":       at("30T21:59:00", "30T22:00:00"),
		"00h00":       at("29T22:00:00", "29T22:01:00"),
		"":            at("29T22:00:00", "30T22:00:00"),
		"nachts":      at("29T22:00:00", "30T22:00:00") + " & " + remark,
		"matin":       at("29T22:00:00", "30T22:00:00") + " & " + remark,
		"vers 17h":    at("29T22:00:00", "30T22:00:00") + " & " + remark,
		"ca. 22:00":   at("29T22:00:00", "30T22:00:00") + " & " + remark,
		"~22:00":      at("29T22:00:00", "30T22:00:00") + " & " + remark,
		"?":           at("29T22:00:00", "30T22:00:00") + " & " + remark,
		"25:10":       "hour out of range",
		"24h10":       "hour out of range",
		"12h60":       "minute out of range",
		"2460":        "hour out of range",
		"12:3":        "column t",
		"14.30":       "column t",
		"22:10-22:41": `give each its meaning under values: {"22:10-22:41": "22:10 to 22:41"}`,
	} {
		said := 0
		o := Options{Location: mustZone("Africa/Maputo"), Remark: func(m Remark) {
			if m.What == RemarkNoPlace {
				return
			}
			if said++; m.What != RemarkClock || m.Row != 1 || m.Column != "t" || m.Value != cell {
				t.Errorf("%q: %+v", cell, m)
			}
		}}
		got := read(t, mapping, "d,t\n30.1.2024,"+cell+"\n", o) + strings.Repeat(remark, said)
		for part := range strings.SplitSeq(want, " & ") {
			if part = strings.TrimPrefix(part, "column "); !strings.Contains(got, part) {
				t.Errorf("%q: want %s in\n%s", cell, part, got)
			}
		}
		if !strings.Contains(want, remark) && strings.Contains(got, remark) {
			t.Errorf("%q: a remark in\n%s", cell, got)
		}
		if strings.Contains(want, "out of range") && strings.Contains(got, `"start"`) {
			t.Errorf("%q is read: %s", cell, got)
		}
	}
}

// TestTimesOfDayByValues: a mapping gives words their hours, which may end on the next day.
func TestTimesOfDayByValues(t *testing.T) {
	const values = `, values: {nachts: "22:00 to 06:00", mittags: "12:00", k.A.: unknown}}` + "\nact: fire\n"
	for _, in := range []struct{ occurred, head, date string }{
		{"{column: d, time: t, layout: D.M.YYYY", "d,t\n", "30.1.2024,"},
		{"{column: d, time: t", "d,t\n", "2024-01-30,"},
		{"{columns: [y, m, d], time: t", "y,m,d,t\n", "2024,1,30,"},
	} {
		said := 0
		got := read(t, "source: s\noccurred: "+in.occurred+values, in.head+in.date+"nachts\n"+in.date+"mittags\n"+in.date+"k.A.\n"+in.date+"abends\n"+in.date+"6h\n", Options{Location: time.UTC, Remark: func(m Remark) {
			if m.What == RemarkClock {
				said++
			}
		}})
		wants(t, got, `"start":"2024-01-30T22:00:00Z","end":"2024-01-31T06:01:00Z"`, `"start":"2024-01-30T12:00:00Z","end":"2024-01-30T12:01:00Z"`, `"start":"2024-01-30T00:00:00Z","end":"2024-01-31T00:00:00Z"`,
			`"start":"2024-01-30T00:00:00Z","end":"2024-01-31T00:00:00Z"`, `"start":"2024-01-30T06:00:00Z","end":"2024-01-30T07:00:00Z"`)
		if said != 1 {
			t.Errorf("%s: %d remarks, want that on the word without hours", in.occurred, said)
		}
	}
	for values, want := range map[string]string{
		`{nachts: "22:00 to 26:00"}`:    "want a time of day",
		`{nachts: "22:00 to 22:00"}`:    "want a time of day",
		`{nachts: night}`:               "want a time of day",
		`{nachts: {aside: no time}}`:    "where: {column: NAME, not: nachts}",
		`{nachts: {act: fire}}`:         "want a time of day",
		`{x: "12:00", "x ": "13:00"}`:   `"x" stands twice`,
		`{evening: "22:00 to 22:30"}`:   "",
		`{night: "22:00 to 06:00"}, `:   "",
		`{night: "22:00 to 06:00 Uhr"}`: "want a time of day",
	} {
		m, err := ParseMapping([]byte("source: s\noccurred: {column: d, time: t, values: " + strings.TrimSuffix(values, ", ") + "}\nact: fire\n"))
		if err == nil {
			_, err = newGeneric(Options{Mapping: m}, "csv", []string{"d", "t"})
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", values, err, want)
		}
	}
	if _, err := ParseMapping([]byte("source: s\noccurred: {column: d, values: {night: \"22:00\"}}\nact: fire\n")); err == nil || !strings.Contains(err.Error(), "name their column with time:") {
		t.Errorf("values without time: %v", err)
	}
}

// TestProposalOfTimesOfDay: a column of times of day is used whatever notation its times have, and
// its words are asked about. A column of years is not taken for one.
func TestProposalOfTimesOfDay(t *testing.T) {
	o := Options{Location: time.UTC}
	for _, tt := range []struct{ name, data, mapping, open, got string }{
		{"French", "Date de l'incident,Heure,type\n30 janvier 2024,14h30,Frappe de drone\n31 mars 2024,matin,Frappe de drone\n1 mars 2024,6h,Frappe de drone\n2 mars 2024,vers 17h,Frappe de drone\n",
			`time: Heure`, `"Heure" is in words (2 rows: matin, vers 17h)`, `"start":"2024-01-30T14:30:00Z" | "start":"2024-03-31T00:00:00Z","end":"2024-04-01T00:00:00Z" | "start":"2024-03-01T06:00:00Z" | "start":"2024-03-02T00:00:00Z"`},
		{"military", "Date,Time,type\n20-Apr-22,1415Z,shelling\n05-May-22,2200,shelling\n06-May-22,,shelling\n", `time: Time`, "!in words", `"start":"2022-04-20T14:15:00Z" | "start":"2022-05-05T22:00:00Z" | "start":"2022-05-06T00:00:00Z"`},
		{"all words", "Datum;Uhrzeit;Art\n20.04.2022;nachts;Beschuss\n21.04.2022;morgens;Beschuss\n", "!time: Uhrzeit", `"Uhrzeit" has no time of day that Truce can read (morgens, nachts)`, `"start":"2022-04-20T00:00:00Z" | "start":"2022-04-21T00:00:00Z"`},
	} {
		p, got := proposed(t, tt.name+".csv", []byte(tt.data), o)
		asked(t, tt.name, p.Mapping, tt.mapping)
		asked(t, tt.name, strings.Join(p.Open, "\n"), tt.open)
		wants(t, got, strings.Split(tt.got, " | ")...)
	}
	p, _ := proposed(t, "x.csv", []byte("date,time,type\n2022-04-20,2019,shelling\n2022-04-21,2020,shelling\n"), o)
	asked(t, "years", p.Mapping, "!time: time")
}
