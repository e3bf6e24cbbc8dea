package source

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
)

// times are the intervals that rows occupy, one a line, and what was said of the others.
func times(t *testing.T, k Kind, file, mapping string, o Options) []string {
	t.Helper()
	if mapping != "" {
		var err error
		if o.Mapping, err = ParseMapping([]byte(mapping)); err != nil {
			return []string{err.Error()}
		}
	}
	var out []string
	for r, err := range k.Parse(strings.NewReader(file), o) {
		switch {
		case err != nil:
			out = append(out, err.Error())
		case r.Observation != nil:
			out = append(out, r.Observation.Occurred.String())
		case r.Tally != nil:
			out = append(out, r.Tally.Period.String())
		case r.Coverage != nil:
			out = append(out, r.Coverage.During.String())
		}
	}
	return out
}

// TestUploads: real uploads around the beginning of a ceasefire. What an upload of the
// ceasefire shows may have happened before it, and for four of these it is known that it
// did (see the README beside them); no row may say that its strike happened at the moment of its upload.
func TestUploads(t *testing.T) {
	began := truce.InstantOf(time.Date(2016, 2, 26, 22, 0, 0, 0, time.UTC))
	want := map[string][2]string{ // 36 hours before the upload, and the upload
		"RU_1089": {"2016-02-25T03:41:56Z", "2016-02-26T15:41:56Z"},
		"RU_1079": {"2016-02-25T18:05:51Z", "2016-02-27T06:05:51Z"},
		"RU_1075": {"2016-02-25T21:58:58Z", "2016-02-27T09:58:58Z"},
		"RU_1074": {"2016-02-25T23:20:16Z", "2016-02-27T11:20:16Z"},
		"RU_1073": {"2016-02-26T00:38:21Z", "2016-02-27T12:38:21Z"},
		"RU_1071": {"2016-02-26T02:16:24Z", "2016-02-27T14:16:24Z"},
		"RU_1069": {"2016-02-26T05:03:25Z", "2016-02-27T17:03:25Z"},
		"RU_1065": {"2016-02-26T23:22:32Z", "2016-02-28T11:22:32Z"},
		"RU_1066": {"2016-02-26T23:22:32Z", "2016-02-28T11:22:32Z"},
	}
	data, err := os.ReadFile("testdata/cases/not-later-than/m.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, tt := range []struct {
		name, mapping string
		surely        []string // rows of which all the time lies in the ceasefire
		start         func(end truce.Instant, row string) truce.Instant
	}{
		{"36 hours", text, []string{"RU_1065", "RU_1066"}, nil},
		{"12 hours", strings.Replace(text, "36h", "PT12H", 1), []string{"RU_1065", "RU_1066", "RU_1069", "RU_1071", "RU_1073", "RU_1074"}, func(end truce.Instant, _ string) truce.Instant { return end.Add(-12 * time.Hour) }},
		{"nobody says", strings.Replace(text, ", earliest: 36h", "", 1), nil, func(truce.Instant, string) truce.Instant { return truce.Always }},
	} {
		m, err := ParseMapping([]byte(tt.mapping))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		var surely []string
		for r, err := range csvKind.Parse(open(t, "testdata/cases/not-later-than/syrian_archive.csv"), Options{Mapping: m}) {
			if err != nil {
				t.Fatal(err)
			}
			o := r.Observation
			n++
			start, end := want[o.Key][0], want[o.Key][1]
			if tt.start != nil {
				start = tt.start(o.Occurred.End, o.Key).String()
			}
			if o.Occurred.Start.String() != start || o.Occurred.End.String() != end || o.Reported != o.Occurred.End {
				t.Errorf("%s: %s is %s and was reported at %s, want %s/%s", tt.name, o.Key, o.Occurred, o.Reported, start, end)
			}
			if (truce.Interval{Start: began, End: truce.Never}).Contains(o.Occurred) {
				surely = append(surely, o.Key)
			}
		}
		slices.Sort(surely)
		if n != len(want) || !slices.Equal(surely, tt.surely) {
			t.Errorf("%s: %d of %d rows; surely in the ceasefire are %v, want %v", tt.name, n, len(want), surely, tt.surely)
		}
	}
}

// TestPublicationIsNotTheEvent: VIINA's times are those of publication, "00:00:00 when
// unknown" (SOURCE.md of the data). What is published on a day may have happened on the
// evening before, whether or not the hour of publication is known.
func TestPublicationIsNotTheEvent(t *testing.T) {
	for _, tt := range []struct{ published, want string }{
		{"2025-08-18 00:00:00", "2025-08-16T21:00:00Z/2025-08-18T21:00:00Z"},
		{"2025-08-18 08:30:00", "2025-08-17T05:30:00Z/2025-08-18T05:30:00Z"},
		{"2025-03-30 00:00:00", "2025-03-28T22:00:00Z/2025-03-30T21:00:00Z"}, // a day of 23 hours
		{"2025-10-26 00:00:00", "2025-10-24T21:00:00Z/2025-10-26T22:00:00Z"}, // and of 25
	} {
		got := times(t, viina, "datetime,lon,lat,place_name,act\n"+tt.published+",36.2312,49.99217,Kharkiv,strike\n", "", Options{Local: time.UTC})
		if len(got) != 1 || got[0] != tt.want {
			t.Errorf("published at %s: %v, want %s", tt.published, got, tt.want)
		}
	}
}

// TestNotLaterThan: what each way of writing a time means as an upper bound, worked out
// by hand.
func TestNotLaterThan(t *testing.T) {
	const base = "source: s\ntimezone: Asia/Damascus\nact: strike\n"
	const day = "occurred: {column: at, not_later_than: true, earliest: P1D}\n"
	for _, tt := range []struct{ name, mapping, cells, want string }{
		{"to the minute", base + day + "ignore: [b]\n", "2016-02-28T13:22,", "2016-02-27T11:22:00Z/2016-02-28T11:23:00Z"},
		{"to the second", base + day + "ignore: [b]\n", "2016-02-28T13:22:32,", "2016-02-27T11:22:32Z/2016-02-28T11:22:32Z"},
		{"a date is meant with that day", base + day + "ignore: [b]\n", "2016-02-28,", "2016-02-26T22:00:00Z/2016-02-28T22:00:00Z"},
		{"a day of 23 hours, and the one before", base + day + "ignore: [b]\n", "2016-03-25T12:00:00,", "2016-03-24T10:00:00Z/2016-03-25T09:00:00Z"},
		{"hours are hours", strings.Replace(base+day, "P1D", "24h", 1) + "ignore: [b]\n", "2016-03-25T12:00:00,", "2016-03-24T09:00:00Z/2016-03-25T09:00:00Z"},
		{"an hour that comes twice", base + day + "ignore: [b]\n", "2016-10-27T23:30,", "2016-10-26T20:30:00Z/2016-10-27T21:31:00Z"},
		{"its own zone", "source: s\ntimezone: UTC\nact: strike\noccurred: {column: at, timezone: Asia/Damascus, not_later_than: true, earliest: P1D}\nignore: [b]\n", "2016-02-28,", "2016-02-26T22:00:00Z/2016-02-28T22:00:00Z"},
		{"a column", base + "occurred: {column: at, not_later_than: true, earliest: {column: b}}\n", "2016-02-28T13:22:32,36h", "2016-02-26T23:22:32Z/2016-02-28T11:22:32Z"},
		{"a column with codes", base + "occurred: {column: at, not_later_than: true, earliest: {column: b, values: {live: 1h, news: 36h, \"?\": unknown}}}\n", "2016-02-28T13:22:32,live", "2016-02-28T10:22:32Z/2016-02-28T11:22:32Z"},
		{"a code that is not known", base + "occurred: {column: at, not_later_than: true, earliest: {column: b, values: {live: 1h, \"?\": unknown}}}\n", "2016-02-28T13:22:32,?", "always/2016-02-28T11:22:32Z"},
		{"an empty cell", base + "occurred: {column: at, not_later_than: true, earliest: {column: b}}\n", "2016-02-28T13:22:32,", "always/2016-02-28T11:22:32Z"},
		{"a cell that is not a duration", base + "occurred: {column: at, not_later_than: true, earliest: {column: b}}\n", "2016-02-28T13:22:32,soon", `row 1 (line 2): b "soon": duration "soon": want calendar days as P14D or hours as 24h`},
		{"false", base + "occurred: {column: at, not_later_than: false}\nignore: [b]\n", "2016-02-28T13:22,", "2016-02-28T11:22:00Z/2016-02-28T11:23:00Z"},
		{"no time", base + day + "ignore: [b]\n", "unknown,", `row 1 (line 2): at "unknown": the time is missing`},
	} {
		got := strings.Join(times(t, csvKind, "at,b\n"+tt.cells+"\n", tt.mapping, Options{}), "\n")
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestDaysOfAnotherZone: a date is a day of its source's zone, whatever the agreement's
// zone is, so in the agreement's calendar it crosses midnight. Worked out by hand from
// the rules of the zones: Damascus UTC+2, in summer UTC+3, its clocks skipped 00:00 to
// 01:00 on 25 March 2016 and went back from 00:00 to 23:00 at the end of 27 October 2016;
// New York UTC-5, in summer UTC-4, from 02:00 on 10 March to 02:00 on 3 November 2024;
// Kyiv UTC+2, in summer UTC+3, from 03:00 on 30 March to 04:00 on 26 October 2025.
func TestDaysOfAnotherZone(t *testing.T) {
	zone := func(name string) *time.Location {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return loc
	}
	days := []struct {
		zone, date, start, end string
		hours                  int
	}{
		{"Asia/Damascus", "2016-02-28", "2016-02-27T22:00:00Z", "2016-02-28T22:00:00Z", 24},
		{"Asia/Damascus", "2016-03-24", "2016-03-23T22:00:00Z", "2016-03-24T22:00:00Z", 24},
		{"Asia/Damascus", "2016-03-25", "2016-03-24T22:00:00Z", "2016-03-25T21:00:00Z", 23},
		{"Asia/Damascus", "2016-10-27", "2016-10-26T21:00:00Z", "2016-10-27T22:00:00Z", 25},
		{"America/New_York", "2024-03-10", "2024-03-10T05:00:00Z", "2024-03-11T04:00:00Z", 23},
		{"America/New_York", "2024-11-03", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z", 25},
		{"Europe/Kyiv", "2025-03-30", "2025-03-29T22:00:00Z", "2025-03-30T21:00:00Z", 23},
		{"Europe/Kyiv", "2025-10-26", "2025-10-25T21:00:00Z", "2025-10-26T22:00:00Z", 25},
	}
	const plain = "source: s\nact: strike\n"
	for _, d := range days {
		agreement := zone("Asia/Tokyo") // of the agreement: no day of the others is one of its days
		want := d.start + "/" + d.end
		for _, tt := range []struct {
			name string
			got  []string
		}{
			{"the mapping's zone", times(t, csvKind, "at\n"+d.date+"\n", plain+"timezone: "+d.zone+"\noccurred: {column: at}\n", Options{Local: agreement})},
			{"that of the time alone", times(t, csvKind, "at\n"+d.date+"\n", plain+"timezone: Asia/Aden\noccurred: {column: at, timezone: "+d.zone+"}\n", Options{Local: agreement})},
			{"--timezone", times(t, csvKind, "at\n"+d.date+"\n", plain+"timezone: Asia/Aden\noccurred: {column: at}\n", Options{Local: agreement, Location: zone(d.zone)})},
			{"to an end that is that day", times(t, csvKind, "at\n"+d.date+"\n", plain+"timezone: "+d.zone+"\noccurred: {column: at}\nuntil: {column: at}\n", Options{Local: agreement})},
			{"a total", times(t, csvKind, "at\n"+d.date+"\n", "record: tally\n"+plain+"timezone: "+d.zone+"\noccurred: {column: at}\n", Options{Local: agreement})},
			{"JSON", times(t, jsonlKind, `{"at":"`+d.date+`"}`, plain+"timezone: "+d.zone+"\noccurred: {column: at}\n", Options{Local: agreement})},
		} {
			if len(tt.got) != 1 || tt.got[0] != want {
				t.Errorf("%s in %s, %s: %v, want %s", d.date, d.zone, tt.name, tt.got, want)
				continue
			}
			var v truce.Interval
			start, end, _ := strings.Cut(tt.got[0], "/")
			_ = v.Start.UnmarshalText([]byte(start))
			_ = v.End.UnmarshalText([]byte(end))
			first, last := truce.DateOf(v.Start, agreement), truce.DateOf(v.End-1, agreement)
			if v.Width() != time.Duration(d.hours)*time.Hour || first == last {
				t.Errorf("%s in %s: %s wide, of %s to %s of the agreement; want %d hours across midnight", d.date, d.zone, v.Width(), first, last, d.hours)
			}
		}
	}
	// Readers of publishers whose zone is known keep it under an agreement of another zone.
	for _, tt := range []struct {
		kind Kind
		o    Options
		file string
		want string
	}{
		{airforceUA, Options{Gazetteer: ukraine(t)}, airforceHeader + "2025-03-30,2025-03-30,Shahed-136/131,,Odesa oblast,3,,,,,,,,,\n", "2025-03-29T22:00:00Z/2025-03-30T21:00:00Z"},
	} {
		tt.o.Local = zone("Asia/Tokyo")
		if got := times(t, tt.kind, tt.file, "", tt.o); len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s: %v, want %s", tt.kind.Name, got, tt.want)
		}
	}
	// UCDP does not say of which zone its days are: --timezone may, or else the agreement's is taken.
	for _, d := range days[:4] {
		o := Options{Local: zone("Asia/Tokyo"), Location: zone(d.zone)}
		if got := ucdpEvent(t, o, map[string]string{"date_start": d.date, "date_end": d.date}).Occurred.String(); got != d.start+"/"+d.end {
			t.Errorf("ucdp, %s: %s, want %s/%s", d.date, got, d.start, d.end)
		}
	}
}
