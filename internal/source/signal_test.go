package source

import (
	"strings"
	"testing"
	"time"
)

// TestDateTimeGroups: each letter of a date-time group is the zone that ACP 121 (and its table in
// every signals manual) gives it: A to M without J are 1 to 12 hours before UTC, N to Y are 1 to 12
// hours behind, Z is UTC. The instants are worked out by hand: 14:30 local less the offset.
func TestDateTimeGroups(t *testing.T) {
	utc := Options{Location: time.UTC}
	read := func(cell string) string {
		got, _ := by(t, csvKind, "id;at\n1;"+cell+"\n", "source: s\ntable: {separator: \";\"}\nkey: {column: id}\noccurred: {column: at, layout: dtg}\nact: fire\n", utc)
		got, _, _ = strings.Cut(got, "\n") // a rejected row stands below
		return got
	}
	for letter, start := range map[string]string{
		"Z": "28T14:30", "A": "28T13:30", "B": "28T12:30", "C": "28T11:30", "D": "28T10:30", "E": "28T09:30", "F": "28T08:30", "G": "28T07:30", "H": "28T06:30", "I": "28T05:30",
		"K": "28T04:30", "L": "28T03:30", "M": "28T02:30",
		"N": "28T15:30", "O": "28T16:30", "P": "28T17:30", "Q": "28T18:30", "R": "28T19:30", "S": "28T20:30", "T": "28T21:30", "U": "28T22:30", "V": "28T23:30", "W": "29T00:30", "X": "29T01:30", "Y": "29T02:30",
	} {
		wants(t, read("281430"+letter+"FEB16"), `"start":"2016-02-`+start+`:00Z"`)
	}
	for _, tt := range []struct{ cell, want string }{
		{"28 1430Z FEB 16", `"start":"2016-02-28T14:30:00Z","end":"2016-02-28T14:31:00Z"`},
		{"281430Z FEB 2016", `"start":"2016-02-28T14:30:00Z"`},
		{" 281430zfeb16 ", `"start":"2016-02-28T14:30:00Z"`},
		{"28143007ZFEB16", `"start":"2016-02-28T14:30:07Z","end":"2016-02-28T14:30:08Z"`}, // with seconds
		{"010030MMAR16", `"start":"2016-02-29T12:30:00Z"`},                                // 12 hours earlier, and 2016 has a 29 February
		{"312330YDEC15", `"start":"2016-01-01T11:30:00Z"`},
		{"281430ZMAY69", `"start":"1969-05-28T14:30:00Z"`}, // as YY of other layouts
		{"٢٨١٤٣٠Z FEB ١٦", `"start":"2016-02-28T14:30:00Z"`},
		// What is not one is rejected, with the reason.
		{"281430JFEB16", "the zone letter J is the local time of whoever wrote it"},
		{"281430FEB16", "no zone letter"},
		{"281430 FEB 16", "no zone letter"},
		{"291430ZFEB15", "no such day"},
		{"001430ZFEB16", "no such day"},
		{"282400ZFEB16", "hour out of range"},
		{"281460ZFEB16", "minute out of range"},
		{"28143060ZFEB16", "second out of range"},
		{"281430ZFEB", "not a date-time group"}, // the year is a guess
		{"281430ZFEB116", "not a date-time group"},
		{"281430ZXXX16", "not a date-time group"},
		{"2814ZFEB16", "not a date-time group"},
		{"281430ÅFEB16", "not a date-time group"},
		{"281430ZFEB16 and more", "not a date-time group"},
		{"281430Z" + strings.Repeat(" ", 5000) + "FEB16", "not a date-time group"},
		{"28143" + strings.Repeat("0", 5000) + "ZFEB16", "not a date-time group"},
	} {
		wants(t, read(tt.cell), tt.want)
	}
	// Without a letter, a layout says the same, and the mapping says the zone.
	got, _ := by(t, csvKind, "id,at\n1,281430 FEB 16\n", "source: s\ntimezone: Asia/Damascus\nkey: {column: id}\noccurred: {column: at, layout: DDhhmm MMM YY}\nact: fire\n", Options{})
	wants(t, got, `"start":"2016-02-28T12:30:00Z"`)
	const file = "serial,dtg,lat,lon,type\n1,281430ZFEB16,34.7,36.7,shelling\n2,28 1645B FEB 16,34.7,36.7,air strike\n3,310010CFEB16,34.7,36.7,shelling\n4,010010CMAR16,34.7,36.7,shelling\n"
	p, got := proposed(t, "sitrep.csv", []byte(file), utc)
	asked(t, "mapping", p.Mapping, "occurred: {column: dtg, layout: \"dtg\"}")
	asked(t, "open", strings.Join(p.Open, "\n"), "!The times have no zone")
	wants(t, got, `"start":"2016-02-28T14:30:00Z"`, `"start":"2016-02-28T14:45:00Z"`, "no such day", "raw: ", `"start":"2016-02-29T21:10:00Z"`)
}

// TestDatesOfDotNet: the number is milliseconds since 1970 in UTC, and what stands behind it changes
// nothing (Microsoft, Stand-Alone JSON Serialization, DateTime Wire Format: its example is
// /Date(700000+0500)/; that of Json.NET for the 21 December 2012 of a zone an hour before UTC is
// /Date(1356044400000+0100)/). The seconds were turned into dates with date -u -d @N.
func TestDatesOfDotNet(t *testing.T) {
	read := func(cell, more string) string {
		got, _ := by(t, csvKind, "id;at\n1;"+cell+"\n", "source: s\ntable: {separator: \";\"}\nkey: {column: id}\noccurred: {column: at, layout: json-date"+more+"}\nact: fire\n", Options{Location: time.UTC})
		got, _, _ = strings.Cut(got, "\n")
		return got
	}
	for _, tt := range []struct{ cell, want string }{
		{"/Date(700000+0500)/", `"start":"1970-01-01T00:11:40Z"`},
		{"/Date(1356044400000+0100)/", `"start":"2012-12-20T23:00:00Z"`},
		{"/Date(1456617600000+0200)/", `"start":"2016-02-28T00:00:00Z"`},
		{"/Date(1456617600000-0930)/", `"start":"2016-02-28T00:00:00Z"`},
		{"/Date(1456617600000)/", `"start":"2016-02-28T00:00:00Z"`},
		{`\/Date(1456617600123)\/`, `"start":"2016-02-28T00:00:00.123Z","end":"2016-02-28T00:00:00.124Z"`},
		{"/Date(-1000)/", `"start":"1969-12-31T23:59:59Z"`},
		{"/Date(-62135596800000)/", "not within 1900 and 2100"}, // the first day of .NET: no date was set
		{"/Date(9223372036854775807)/", "not a number"},
		{"/Date(92233720368547758079)/", "not a number"},
		{"/Date(1456617600.5)/", "not a date such as"},
		{"/Date(1456617600000+2500)/", "not a date such as"},
		{"/Date(1456617600000+0260)/", "not a date such as"},
		{"/Date(1456617600000+02)/", "not a date such as"},
		{"/Date()/", "not a date such as"},
		{"/Date(--1)/", "not a date such as"},
		{"/Date(1456617600000", "not a date such as"},
		{"1456617600000", "not a date such as"},
		{"/Date(" + strings.Repeat("1", 5000) + ")/", "not a date such as"},
	} {
		wants(t, read(tt.cell, ""), tt.want)
	}
	// Midnight of the offset is a day of which no time is known, if the mapping says so.
	wants(t, read("/Date(1456610400000+0200)/", ", midnight: day"), `"start":"2016-02-27T22:00:00Z","end":"2016-02-28T22:00:00Z"`)
	const file = `{"d":[{"Id":"a","When":"\/Date(1456617600000+0200)\/","Kind":"shelling"},{"Id":"b","When":"\/Date(1456621200000)\/","Kind":"shelling"}]}`
	p, got := proposed(t, "feed.json", []byte(file), Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "occurred: {column: When, layout: \"json-date\"}")
	wants(t, got, `"start":"2016-02-28T00:00:00Z"`, `"start":"2016-02-28T01:00:00Z"`)
}
