package source

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/opentruce/truce"
)

// mapped reads a file of testdata/cases by a mapping that lies beside it.
func mapped(t *testing.T, name, mapping string, o Options) (string, []Remark) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "cases", filepath.Dir(name), mapping))
	if err != nil {
		t.Fatal(err)
	}
	if o.Mapping, err = ParseMapping(text); err != nil {
		return "mapping: " + err.Error(), nil
	}
	var said []Remark
	o.Remark = func(m Remark) { said = append(said, m) }
	return told(csvKind.Parse(open(t, filepath.Join("testdata", "cases", name)), o)), said
}

// by reads text with a mapping in YAML.
func by(t *testing.T, k Kind, text, mapping string, o Options) (string, []Remark) {
	t.Helper()
	var err error
	if o.Mapping, err = ParseMapping([]byte(mapping)); err != nil {
		return err.Error(), nil
	}
	var said []Remark
	o.Remark = func(m Remark) {
		if m.What != RemarkNoPlace { // few of the tables here have places
			said = append(said, m)
		}
	}
	return told(k.Parse(strings.NewReader(text), o)), said
}

// TestBlanksAtTheEnds: the key, and every other cell, is what it is without the blanks
// at its ends, so that a row with a blank is not another row.
func TestBlanksAtTheEnds(t *testing.T) {
	got, _ := mapped(t, "spaces/e.csv", "m.yaml", Options{})
	if n := strings.Count(got, `"observation"`); n != 5 || strings.Contains(got, "refused") {
		t.Fatalf("%d of 5 rows are read:\n%s", n, got)
	}
	again, _ := mapped(t, "spaces/again.csv", "m.yaml", Options{})
	if !strings.Contains(got, strings.TrimSpace(again)) {
		t.Errorf("row 3 of e.csv is another observation than row 3 of again.csv\n%s\n%s", got, again)
	}
	// Every other identifier.
	got, _ = by(t, csvKind, "at,who,of,what,lat,lon\n2026-03-01,\tA ,\u00a0hospital-1, B,48 , 37\n", "source: s\nrecord: allegation\nclaimant: {column: who}\ntimezone: UTC\noccurred: {column: at}\n"+
		"act: fire\nobject: {column: of}\nside: {column: what}\nplace: {lat: {column: lat}, lon: {column: lon}}\n", Options{})
	for _, want := range []string{`"claimant":"A"`, `"object":"hospital-1"`, `"side":"B"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	got, _ = by(t, csvKind, "at,a,b\n2026-03-01, ,\n", "source: s\ntimezone: UTC\noccurred: {column: at}\nact: fire\nkey: {columns: [a, b]}\n", Options{})
	if !strings.Contains(got, "the key is not stated") {
		t.Errorf("a key of blanks is read:\n%s", got)
	}
}

// TestUnknownIsNotStated: the word unknown in any field says that nothing is known, and
// never names somebody.
func TestUnknownIsNotStated(t *testing.T) {
	const cols = "at,sent,end,wide,lat,lon,around,name,village,region,object,weapon,mm,means,n,actor,side,thing,grade,note,k,lo,be,hi"
	mapping := `source: s
timezone: UTC
occurred: {column: at, width: {column: wide}}
until: {column: end}
reported: {column: sent}
place: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: around}, name: {column: name}, settlement: {column: village}, region: {column: region}, object: {column: object}}
act: fire
weapon: {column: weapon}
calibre: {column: mm}
means: {column: means}
count: {column: n}
actor: {column: actor}
side: {column: side}
object: {column: thing}
grade: {column: grade}
note: {column: note}
casualties: {killed: {column: k}, injured: {low: lo, best: be, high: hi}}
`
	want, _ := by(t, csvKind, cols+"\n2026-03-01"+strings.Repeat(",", strings.Count(cols, ","))+"\n", mapping, Options{})
	for _, word := range []string{"unknown", "Unknown", " UNKNOWN\t"} {
		got, _ := by(t, csvKind, cols+"\n2026-03-01"+strings.Repeat(","+word, strings.Count(cols, ","))+"\n", mapping, Options{})
		// Keys differ: without a key, the content as written is the key.
		cut := func(s string) string { _, rest, _ := strings.Cut(s, `"occurred"`); return rest }
		if cut(got) != cut(want) || strings.Contains(got, "nknown") && !strings.Contains(got, `"kind":"unknown"`) {
			t.Errorf("%q:\n got %s\nwant %s", word, got, want)
		}
	}
	const base = "source: s\ntimezone: UTC\noccurred: {column: at}\n"
	for _, tt := range []struct{ name, mapping, cells, want string }{
		{"the time", "act: fire\nignore: [b]\n", "unknown,x", "the time is missing"},
		{"the act", "act: {column: b}\n", "2026-03-01,Unknown", "what was done is not stated"},
		{"an act by its value", "act: {column: b, values: {x: unknown}}\n", "2026-03-01,x", "what was done is not stated"},
		{"the key", "act: fire\nkey: {column: b}\n", "2026-03-01,unknown", "the key is not stated"},
		{"the claimant", "record: allegation\nact: fire\nclaimant: {column: b}\n", "2026-03-01,unknown", "without a claimant"},
		{"a cell that values name", "act: {column: b, values: {unknown: {aside: no act}}}\n", "2026-03-01,UNKNOWN", "set aside: 1: no act"},
		{"a constant actor", "act: fire\nactor: unknown\nignore: [b]\n", "2026-03-01,", `"act":"fire","count":"1"}`},
		{"a constant act", "act: Unknown\nignore: [b]\n", "2026-03-01,", "what was done must be stated"},
		{"a constant claimant", "record: allegation\nact: fire\nclaimant: unknown\nignore: [b]\n", "2026-03-01,", "claimant must be stated"},
		{"a share", "record: coverage\nwhat: patrol\nzone: z\nshare: {column: b}\n", "2026-03-01,unknown", `"share":0,"no_share":true`},
		{"a revision", "act: fire\nrevision: {column: b}\n", "2026-03-01,unknown", `"act":"fire"`},
	} {
		if got, _ := by(t, csvKind, "at,b\n"+tt.cells+"\n", base+tt.mapping, Options{}); !strings.Contains(got, tt.want) || strings.Contains(got, `"actor"`) {
			t.Errorf("%s: got %s want %s", tt.name, got, tt.want)
		}
	}
}

// TestOneOfSeveralActors: a fight has two sides, and the source does not say who acted.
func TestOneOfSeveralActors(t *testing.T) {
	const base = "source: s\ntimezone: UTC\noccurred: {column: at}\nact: attack\n"
	for _, tt := range []struct{ name, mapping, a, b, want string }{
		{"two columns", "actor: {columns: [a, b]}\n", "B", "A", `"actors":["A","B"]`},
		{"two columns, one name", "actor: {columns: [a, b]}\n", "A", "A ", `"actor":"A"`},
		{"one of two is not known", "actor: {columns: [a, b]}\n", "A", "Unknown", `"actors":["A","unknown"]`},
		{"one of two is empty", "actor: {columns: [a, b]}\n", "", "A", `"actors":["A","unknown"]`},
		{"neither is known", "actor: {columns: [a, b]}\n", "unknown", "", `"count":"1"}`},
		{"one of several in a cell", "actor: {column: a}\nignore: [b]\n", "A|unknown|B", "", `"actors":["A","B","unknown"]`},
		{"one of several by its value", "actor: {column: a, values: {Army: A, bandits: unknown}}\nignore: [b]\n", "Army|bandits", "", `"actors":["A","unknown"]`},
		{"one of several by no value", "actor: {column: a, values: {Army: A}}\nignore: [b]\n", "Army|unknown", "", `"actors":["A","unknown"]`},
		{"a bar without a name, by values", "actor: {column: a, values: {Army: A}}\nignore: [b]\n", "Army|", "", "want a name, or several such as A|B"},
		{"a bar after what is unknown", "actor: {column: a}\nignore: [b]\n", "A|unknown|", "", "want a name, or several such as A|B"},
		{"a bar after what is unknown, in the mapping", "actor: \"A|A|unknown|\"\nignore: [a, b]\n", "", "", "want a name, or several such as A|B"},
		{"a constant of several", "actor: A|unknown\nignore: [a, b]\n", "", "", `"actors":["A","unknown"]`},
		{"a total of one of several", "record: tally\nactor: {columns: [a, b]}\n", "B", "", `"actors":["B","unknown"]`},
		{"one cell", "actor: {column: a}\nignore: [b]\n", "B | A", "", `"actors":["A","B"]`},
		{"values for each name", "actor: {columns: [a, b], values: {Army: A, IS: IS, Rebels: B}}\n", "Army", "IS|Rebels", `"actors":["A","B","IS"]`},
		{"a value that is several", "actor: {column: a, values: {both: A|B}}\nignore: [b]\n", "both", "", `"actors":["A","B"]`},
		{"no such value", "actor: {column: a, values: {Army: A}}\nignore: [b]\n", "Army|Navy", "", "the mapping has no such value"},
		{"a bar without a name", "actor: {column: a}\nignore: [b]\n", "A||B", "", "refused"},
		{"a bar in the mapping", "actor: A|\nignore: [a, b]\n", "", "", "want a name, or several such as A|B"},
		{"a total", "record: tally\nactor: {columns: [a, b]}\n", "B", "A", `"actors":["A","B"]`},
	} {
		if got, _ := by(t, csvKind, "at,a,b\n2026-03-01,"+tt.a+","+tt.b+"\n", base+tt.mapping, Options{}); !strings.Contains(got, tt.want) || strings.Contains(tt.want, "count") && strings.Contains(got, "actor") {
			t.Errorf("%s: got %s want %s", tt.name, got, tt.want)
		}
	}
}

// TestWidthOfValues: a width by values is applied, or the mapping is rejected.
func TestWidthOfValues(t *testing.T) {
	strip := func(s string) string { return s[strings.Index(s, `"occurred"`):] }
	minutes, _ := mapped(t, "width-values/e.csv", "minutes.yaml", Options{})
	values, _ := mapped(t, "width-values/e.csv", "values.yaml", Options{})
	if !strings.Contains(minutes, `"start":"2022-04-14T22:00:00Z","end":"2022-05-15T22:00:00Z"`) || !strings.Contains(values, `"start":"2022-04-14T22:00:00Z","end":"2022-05-15T22:00:00Z"`) {
		t.Errorf("31 days:\n%s\n%s", strip(minutes), strip(values))
	}
	if got, _ := mapped(t, "width-values/e.csv", "nonsense.yaml", Options{}); !strings.Contains(got, `occurred: width: value "1": duration "nonsense"`) {
		t.Errorf("nonsense: %s", got)
	}
	const base = "source: s\ntimezone: UTC\nact: fire\n"
	for _, tt := range []struct{ mapping, want string }{
		{`occurred: {column: at, width: {column: b, values: {"1": P1D}}}`, `b "3": the mapping has no such value`},
		{`occurred: {column: at, width: {columns: [b, at]}}`, "width: want one column"},
		{`occurred: {column: at, width: 5}`, `duration "5"`},
		{`occurred: {column: at, width: {column: b}}`, `"end":"2026-03-01T00:03:00Z"`},
		{`occurred: {column: at, width: P4000D}`, "longer than ten years"},
		{"occurred: {column: at}\nuntil: {column: b, width: P1D}", "width belongs to occurred"},
		{"occurred: {column: at}\nuntil: {width: P1D}", "until: a column is missing"},
	} {
		if got, _ := by(t, csvKind, "at,b\n2026-03-01T00:00,3\n", base+tt.mapping+"\n", Options{}); !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %s want %s", tt.mapping, got, tt.want)
		}
	}
}

// TestReportedBeforeItHappened: a time zone for each time, and a remark where a report
// is older than what it reports.
func TestReportedBeforeItHappened(t *testing.T) {
	got, said := mapped(t, "reported-before-it-happened/e.csv", "m.yaml", Options{})
	if !strings.Contains(got, `"reported":"2025-10-23T07:41:19Z"`) || len(said) != 1 || said[0].What != RemarkEarly || said[0].Row != 1 || said[0].Column != "sent" {
		t.Errorf("%s\n%+v", got, said)
	}
	text, _ := os.ReadFile("testdata/cases/reported-before-it-happened/m.yaml")
	mapping := strings.Replace(string(text), "{column: sent}", "{column: sent, timezone: UTC}", 1)
	rows, _ := os.ReadFile("testdata/cases/reported-before-it-happened/e.csv")
	// The zone of one time goes before that of the command line.
	got, said = by(t, csvKind, string(rows), mapping, Options{Location: kyiv})
	if !strings.Contains(got, `"start":"2025-10-23T09:40:39Z"`) || !strings.Contains(got, `"reported":"2025-10-23T09:41:19Z"`) || len(said) != 0 {
		t.Errorf("with a zone of its own: %s\n%+v", got, said)
	}
	if got, _ := by(t, csvKind, "at\n", "source: s\nact: fire\noccurred: {column: at, timezone: Local}\n", Options{}); !strings.Contains(got, `occurred: timezone "Local" is unknown`) {
		t.Error(got)
	}
}

// TestADayOfUCDP: without a zone, a day is one of the agreement's zone and not 50 hours.
func TestADayOfUCDP(t *testing.T) {
	var said []Remark
	got := told(ucdpGED.Parse(open(t, "testdata/cases/ucdp-day-is-50-hours/one.geojson"), Options{Local: mustZone("Africa/Bangui"), Remark: func(m Remark) { said = append(said, m) }}))
	if !strings.Contains(got, `"occurred":{"start":"2014-04-30T23:00:00Z","end":"2014-05-01T23:00:00Z"}`) || len(said) == 0 || said[0].What != RemarkZone {
		t.Errorf("%s\n%+v", got, said)
	}
	// A mapping without a zone.
	got, said = by(t, csvKind, "at\n2014-05-01\n2014-05-02\n", "source: s\nact: fire\noccurred: {column: at}\n", Options{Local: mustZone("Africa/Bangui")})
	if !strings.Contains(got, `"start":"2014-04-30T23:00:00Z","end":"2014-05-01T23:00:00Z"`) || len(said) != 1 || said[0].Value != "Africa/Bangui" {
		t.Errorf("%s\n%+v", got, said)
	}
}

// TestRangesOutOfOrder: no row is lost because its low, best and high are mixed up.
func TestRangesOutOfOrder(t *testing.T) {
	const mapping = "source: s\ntimezone: UTC\nact: fire\noccurred: {column: at}\ncasualties: {killed: {low: lo, best: be, high: hi}, injured: {column: i}}\n"
	got, said := by(t, csvKind, "at,lo,be,hi,i\n2026-03-01,5,2,9,\n2026-03-01,1,2,3,1..2..3\n2026-03-01,9,,3,\n2026-03-01,,,,7..5..6\n2026-03-01,4,,,\n", mapping, Options{})
	for _, want := range []string{`"killed":"2..2..9"`, `"killed":"1..2..3","injured":"1..2..3"`, `"killed":"3..9"`, `"injured":"5..5..7"`, "low and high go together"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if len(said) != 3 || said[0].What != RemarkRange || said[0].Row != 1 || said[1].Row != 3 || said[2].Row != 4 {
		t.Errorf("remarks %+v", said)
	}
}

// TestPeopleAsWritten: numbers without an upper end, and words by the mapping's values.
func TestPeopleAsWritten(t *testing.T) {
	const mapping = "source: s\ntimezone: UTC\nact: fire\noccurred: {column: at}\ncasualties: {killed: {column: k, values: {dozens: 24.., several: 2.., none: 0, \"n/a\": unknown}, patterns: {\"*hundreds*\": 200..}}}\n"
	for cell, want := range map[string]string{
		"10+": `"killed":"10.."`, "10 +": `"killed":"10.."`, "\u226510": `"killed":"10.."`, ">=10": `"killed":"10.."`, "At least 10": `"killed":"10.."`, "10 or more": `"killed":"10.."`,
		">10": `"killed":"11.."`, "more than 10": `"killed":"11.."`, "up to 10": `"killed":"0..10"`, "<10": `"killed":"0..9"`, "<1": `"killed":"0"`, "10-15": `"killed":"10..15"`, "10 \u2013 15": `"killed":"10..15"`, "10 to 15": `"killed":"10..15"`,
		"dozens": `"killed":"24.."`, "several": `"killed":"2.."`, "none": `"killed":"0"`, "some hundreds": `"killed":"200.."`, "10..12..": `"killed":"10..12.."`, "12.0": `"killed":"12"`,
		"n/a": `"count":"1"}`, "unknown": `"count":"1"}`, "": `"count":"1"}`,
		"many": "the mapping has no such value", "<0": "no such value", "15-10": "no such value", "1,049": `"killed":"1049"`, "1,234,567": `"killed":"1234567"`, "1,04": "no such value", "1,0499": "no such value", "1.049": "not a number of people", "-3": "no such value", "~10": "not a number of people", "3 (incl. 1 child)": "it is not a number of people", "2147483648+": "no such value",
	} {
		got, _ := by(t, csvKind, "at,k\n2026-03-01,\""+cell+"\"\n", mapping, Options{})
		if !strings.Contains(got, want) || strings.Contains(got, "2147483647") {
			t.Errorf("%q: no %s in %s", cell, want, got)
		}
	}
	got, _ := by(t, csvKind, "at,lo,hi,x\n2026-03-01,5,9+,3\n2026-03-01,7,,3\n2026-03-01,5+,9,1\n", "source: s\ntimezone: UTC\nact: fire\noccurred: {column: at}\ncasualties: {killed: {low: lo, high: hi}, injured: {low: x}}\n", Options{})
	wants(t, strings.ReplaceAll(got, "\n    raw", " raw"), `"killed":"5..","injured":"3.."`, "low and high go together", `lo "5+": not a whole number`)
	if got, _ := by(t, csvKind, "at\n", "source: s\nact: fire\noccurred: {column: at}\ncasualties: {killed: {best: b}}\n", Options{}); !strings.Contains(got, "low alone") {
		t.Error(got)
	}
}

// TestHalvesOfTheDayAndShortYears: times with AM and PM, and years of two digits. 12 AM is
// midnight and 12 PM is noon; 68 is 2068 and 69 is 1969, as strptime of POSIX has it.
func TestHalvesOfTheDayAndShortYears(t *testing.T) {
	for _, tt := range []struct{ layout, cell, want string }{
		{"M/D/YYYY[ h:mm[:ss", "8/14/2025 2:15 PM", "2025-08-14T14:15:00Z"},
		{"M/D/YYYY[ h:mm[:ss", "8/14/2025 2:15:30 am", "2025-08-14T02:15:30Z"},
		{"M/D/YYYY[ h:mm[:ss", "8/14/2025 12:05AM", "2025-08-14T00:05:00Z"},
		{"M/D/YYYY[ h:mm[:ss", "8/14/2025 12:05 p.m.", "2025-08-14T12:05:00Z"},
		{"M/D/YYYY[ h:mm[:ss", "8/14/2025 13:05 PM", "an hour with AM or PM is from 1 to 12"},
		{"M/D/YYYY[ h:mm[:ss", "8/14/2025 0:05 AM", "an hour with AM or PM is from 1 to 12"},
		{"M/D/YYYY[ h:mm[:ss", "8/14/2025 PM", "not a time as the layout says"},
		{"M/D/YYYY[ h:mm[:ss", "PM", "not a time as the layout says"},
		{"YYYY-MM-DD[ hh:mm[Z", "2025-08-14 02:15Z PM", "zone: want Z or"},
		{"DD.MM.YY[ h:mm", "17.08.25 22:30", "2025-08-17T22:30:00Z"},
		{"D/M/YY", "1/2/68", "2068-02-01T00:00:00Z"},
		{"D/M/YY", "1/2/69", "1969-02-01T00:00:00Z"},
		{"D/M/YY", "1/2/00", "2000-02-01T00:00:00Z"},
		{"D/M/YY", "1/2/99", "1999-02-01T00:00:00Z"},
		{"D/M/YY", "1/2/2025", "not a time as the layout says"},
		{"D/M/YY", "1/2/5", "not a time as the layout says"},
		{"D-MMM-YY[ h:mm", "14-Aug-25", "2025-08-14T00:00:00Z"},
		{"D-MMM-YY[ h:mm", "4-Aug-25 7:05", "2025-08-04T07:05:00Z"},
		{"D-MMM-YYYY", "14-Aug-2025", "2025-08-14T00:00:00Z"},
		{"YYY-MM-DD", "2025-08-14", "is not a field"},
	} {
		got, _ := by(t, csvKind, "at\n"+tt.cell+"\n", "source: s\ntimezone: UTC\nact: fire\noccurred: {column: at, layout: \""+tt.layout+"\"}\n", Options{})
		if want := tt.want; !strings.Contains(got, want) || strings.HasSuffix(want, "Z") && !strings.Contains(got, `"start":"`+want) {
			t.Errorf("%s by %s: no %s in %s", tt.cell, tt.layout, want, got)
		}
	}
	// In several columns, where an hour may have one digit.
	got, _ := by(t, csvKind, "y,m,d,t\n2025,8,17,2:15 PM\n", "source: s\ntimezone: UTC\nact: fire\noccurred: {columns: [y, m, d], time: t}\n", Options{})
	wants(t, got, `"start":"2025-08-17T14:15:00Z"`)
}

// TestRejectedDatesSayWhatReadsThem: a date in another layout is rejected with the layouts that
// read it; 8/4/2025 is read by two, and numbers alone by too many.
func TestRejectedDatesSayWhatReadsThem(t *testing.T) {
	for cell, want := range map[string]string{
		"8/14/2025": `hint: it is read by layout: "M/D/YYYY[ h:mm[:ss]]"`, "8/4/2025": `"D/M/YYYY[ h:mm[:ss]]" or "M/D/YYYY[ h:mm[:ss]]"`, "14-Aug-25": `"D-MMM-YY[ h:mm[:ss]]"`, "14.8.25": `"D.M.YY[ h:mm[:ss]]"`,
		"45886": "the layout says\n", "1": "the layout says\n", "45886.5": "the layout says\n", "soon": "the layout says\n", "31/31/2025": "the layout says\n",
	} {
		got, _ := by(t, csvKind, "at\n"+cell+"\n", "source: s\ntimezone: UTC\nact: fire\noccurred: {column: at}\n", Options{})
		if !strings.Contains(got, want) {
			t.Errorf("%s: no %s in %s", cell, want, got)
		}
	}
}

// TestACLEDAfterExcel: Excel in English saves the dates of ACLED's export as 14-Aug-25.
func TestACLEDAfterExcel(t *testing.T) {
	const file = "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,actor2,country,location,latitude,longitude,geo_precision,source,notes,fatalities\n" +
		"XXX1,14-Aug-25,2025,1,Political violence,Battles,Armed clash,Army of A,Front of B,Ukraine,Town One,48.0,37.8,1,Agency A,Invented.,2\n" +
		"XXX2,16 May 2025,2025,1,Political violence,Battles,Armed clash,Army of A,Front of B,Ukraine,Town One,48.0,37.8,1,Agency A,Invented.,2\n"
	k, err := Find("acled")
	if err != nil {
		t.Fatal(err)
	}
	m, err := k.Mapping(nil)
	if err != nil {
		t.Fatal(err)
	}
	got := told(k.Parse(strings.NewReader(file), Options{Mapping: m, Location: mustZone("UTC")}))
	wants(t, got, `"start":"2025-08-14T00:00:00Z","end":"2025-08-15T00:00:00Z"`, `"start":"2025-05-16T00:00:00Z"`)
}

// TestReasonsByKind: rows that are rejected for one reason are counted together, whatever the
// value; the reason is quoted as it is if it is the same in all.
func TestReasonsByKind(t *testing.T) {
	m, err := ParseMapping([]byte("source: s\ntimezone: UTC\nact: fire\noccurred: {column: at}\nplace: {region: {column: r}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	p := Look(csvKind, strings.NewReader("at,r\n2025-08-17,Aleppo\n2025-08-17,Homs\n2025-08-17,Hama\n2025-08-17\n2025-08-17,a,b\nsoon,z\nlater,z\n"), Options{Mapping: m, Zones: []string{"z"}}, 1)
	var got []string
	for _, r := range p.Reasons.Most(10) {
		got = append(got, fmt.Sprintf("%d row %d %s %s", r.Rows, r.Row, r.Column, r.Why))
	}
	want := []string{`3 row 1 r region "…" is neither a zone of the agreement (z) nor a region of its packages of places; name it there, map it with values, or use place: {name: ...} if it decides nothing`,
		"2 row 4  … cells, but the header has 2", "2 row 6 at not a time as the layout says"}
	if !reflect.DeepEqual(got, want) || p.Rejected != 7 {
		t.Errorf("%d rejected:\n%s", p.Rejected, strings.Join(got, "\n"))
	}
}

// TestDegreesInTwoColumns: degrees, minutes and seconds with a decimal comma are read, and a
// message says what is wrong with them. 48°31'45.5" is 48 + 31/60 + 45.5/3600 = 48.5293056
// degrees, and 37°40'10" is 37.6694444.
func TestDegreesInTwoColumns(t *testing.T) {
	const mapping = "source: s\ntimezone: UTC\nact: fire\noccurred: {column: at}\ntable: {separator: \";\"%s}\nplace: {lat: {column: lat}, lon: {column: lon}}\n"
	for _, comma := range []string{"", ", decimal: \",\""} {
		for _, tt := range []struct{ lat, lon, want string }{
			{"N48 31 45,5", "E37 40 10", `"lat":48.5293056,"lon":37.6694444`},
			{"N48 31 45.5", "E37 40 10,0", `"lat":48.5293056,"lon":37.6694444`},
			{"48°31'45,5\"\"", "37°40'10\"\"", `"lat":48.5293056,"lon":37.6694444`},
			{"48 31,5 N", "37 40,5 E", `"lat":48.525,"lon":37.675`}, // 31.5 and 40.5 minutes
			{"N48,5", "E37", `"lat":48.5,"lon":37`},
			{"N48 71 45,5", "E37 40 10", `\"N48 71 45,5\" is not an angle`},
			{"N48,5 31", "E37 40", "is not an angle"},
			{"N48 31 45,5,5", "E37 40", "is not an angle"},
		} {
			got, _ := by(t, csvKind, "at;lat;lon\n2025-08-17;\""+tt.lat+"\";\""+tt.lon+"\"\n", fmt.Sprintf(mapping, comma), Options{})
			if want := strings.ReplaceAll(tt.want, `\"`, `"`); !strings.Contains(got, want) || strings.Contains(got, "write a point") {
				t.Errorf("%s %s%s: no %s in %s", tt.lat, tt.lon, comma, want, got)
			}
		}
	}
}

// TestRegionIsAZone: the agreement's own zones come before the gazetteer.
func TestRegionIsAZone(t *testing.T) {
	zones := []string{"saada", "north-gaza"}
	got, _ := mapped(t, "region-is-a-zone/e.csv", "m.yaml", Options{Zones: zones})
	if !strings.Contains(got, `"kind":"region","uncertainty_m":0,"name":"saada"`) {
		t.Error(got)
	}
	o := Options{Zones: append(zones, "Kharkiv"), Gazetteer: ukraine(t)}
	for name, want := range map[string]string{"North Gaza": "north-gaza", "SAADA": "saada", "Kharkiv": "Kharkiv", "Donetsk": "Donetsk Oblast"} {
		if got, err := o.region(name); err != nil && name != "Donetsk" || got != want && name != "Donetsk" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := o.region("Donetsk"); err != nil {
		t.Error("the gazetteer is not asked any more:", err)
	}
	if _, err := o.region("Taiz"); err == nil || !strings.Contains(err.Error(), "neither a zone of the agreement (saada, north-gaza, Kharkiv)") {
		t.Error(err)
	}
	if _, err := (Options{Zones: []string{"a b", "a-b"}}).region("A B"); err == nil || !strings.Contains(err.Error(), "ambiguous") {
		t.Error(err)
	}
}

// TestGeometry: where the mapping says nothing of the place, the geometry is the place.
func TestGeometry(t *testing.T) {
	feature := func(geometry, name string) string {
		return `{"type": "Feature", "properties": {"at": "2026-03-01", "r": "` + name + `"}, "geometry": ` + geometry + `}`
	}
	file := func(f ...string) string {
		return `{"type": "FeatureCollection", "features": [` + strings.Join(f, ",") + `]}`
	}
	const point, line, area, null = `{"type": "Point", "coordinates": [37.8, 48]}`, `{"type": "LineString", "coordinates": [[37.8, 48], [37.9, 48]]}`,
		`{"type": "Polygon", "coordinates": [[[37.8, 48.0], [37.9, 48.0], [37.9, 48.1], [37.8, 48.0]]]}`, "null"
	const base = "source: s\ntimezone: UTC\nact: fire\noccurred: {column: at}\n"
	for _, tt := range []struct {
		name, mapping, file string
		want                []string
		remarks             []string
	}{
		{"by default", "ignore: [r]\n", file(feature(point, ""), feature(area, ""), feature(line, ""), feature(null, "")),
			[]string{`"kind":"point","point":{"lat":48,"lon":37.8}`, `"kind":"shape"`, `"kind":"unknown"`}, []string{RemarkNoGeometry}},
		{"with an uncertainty alone", "place: {uncertainty: 50}\nignore: [r]\n", file(feature(point, "")), []string{`"lon":37.8},"uncertainty_m":50`}, nil},
		{"not wanted", "place: {geometry: false}\nignore: [r]\n", file(feature(point, ""), feature(null, "")), []string{`"kind":"unknown"`}, nil},
		{"where the row says nothing", "place: {region: {column: r}}\n", file(feature(point, ""), feature(area, "z")), []string{`"kind":"point"`, `"name":"z"`}, []string{RemarkGeometry}},
		{"bounds hold for areas", "place: {bounds: [0, 0, 10, 10]}\nignore: [r]\n", file(feature(area, ""), feature(line, "")), []string{"48.0000000N 37.8000000E is out of bounds"}, nil},
		{"several points", "ignore: [r]\n", file(feature(`{"type": "MultiPoint", "coordinates": [[37.8, 48], [37.9, 48]]}`, "")), []string{"want one point, lines or polygons"}, nil},
	} {
		got, said := by(t, geojsonKind, tt.file, base+tt.mapping, Options{Zones: []string{"z"}})
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %s in\n%s", tt.name, want, got)
			}
		}
		var what []string
		for _, m := range said {
			what = append(what, m.What)
		}
		if !reflect.DeepEqual(what, tt.remarks) {
			t.Errorf("%s: remarks %q, want %q", tt.name, what, tt.remarks)
		}
	}
	if got, _ := by(t, csvKind, "at\n2026-03-01\n", base+"place: {geometry: true}\n", Options{}); !strings.Contains(got, "geometry is for files of the kind geojson") {
		t.Error(got)
	}
	if got, _ := by(t, csvKind, "at\n2026-03-01\n", base+"place: {region: Kharkiv, uncertainty: 50}\n", Options{}); !strings.Contains(got, "uncertainty belongs to a position") {
		t.Error(got)
	}
}

// TestTextsWithDifferentLabels: the texts of a note, or of a column that is ignored.
func TestTextsWithDifferentLabels(t *testing.T) {
	const base = "source: s\ntimezone: UTC\noccurred: {column: at}\nplace: {position: 48N 37E}\nact: {column: type, values: {shelling: fire, football: {aside: no act}, drone: strike}}\n"
	const rows = "at,type,headline\n2026-03-01,shelling,The match in B ended two to one\n2026-03-01,football,The match in B ended two to one\n2026-03-01,drone,short text\n2026-03-01,shelling,short text\n"
	for _, more := range []string{"ignore: [headline]\n", "note: {column: headline}\n"} {
		_, said := by(t, csvKind, rows, base+more, Options{})
		if len(said) != 1 || said[0].What != RemarkLabels || !strings.Contains(said[0].More, `1 of 1 texts that are in several rows (100 %) have different labels there; for example row 1 has "fire" and row 2 has "set aside: no act"`) {
			t.Errorf("%s: %+v", more, said)
		}
	}
	// The column that is ignored moves no key.
	a, _ := by(t, csvKind, "at,type,headline\n2026-03-01,drone,x\n", base+"ignore: [headline]\n", Options{})
	b, _ := by(t, csvKind, "at,type\n2026-03-01,drone\n", base, Options{})
	if a != b {
		t.Errorf("with the headline\n%swithout\n%s", a, b)
	}
}

// TestEveryKeyOfAMapping: each key works, or is rejected by its name, for each kind of
// record. A key that is added to the schema is added here.
func TestEveryKeyOfAMapping(t *testing.T) {
	kinds := map[string]string{
		"observation": "act: fire\n", "tally": "act: fire\n", "allegation": "act: fire\nclaimant: A\n", "coverage": "what: patrol\nzone: z\n",
		"notification": "claimant: A\n", "response": "claimant: A\nto: x y\n", "restriction": "claimant: A\n",
	}
	const seen = "observation tally allegation"
	for _, tt := range []struct {
		key, yaml, cell string
		works           string // the kinds of record that have it; the others reject it
		shows           string // what a record then has
	}{
		{"record", "", "", "", ""}, {"base", "", "", "", ""}, {"optional", "", "", "", ""}, // TestBases
		{"source", "source: t\n", "", "observation tally allegation coverage notification response restriction", `"source":"t"`},
		{"collector", "source: {column: b}\ncollector: file-1\n", "outlet", "observation allegation", `"publisher":"outlet"`},
		{"publisher", "publisher: {column: b}\n", "Agence A", "observation allegation", `"publisher":"Agence A"`},
		{"origin.post", "origin: {column: b}\n", "https://www.t.me/s/Chan/12?single", "observation allegation", `"origins":["post:t.me/chan/12"]`},
		{"origin.own", "origin: {own: {column: b}}\n", "https://youtu.be/abc", "observation allegation", `"origins":["own:youtube.com/watch?v=abc"]`},
		{"origin.publisher", "origin: {publisher: {column: b}}\n", "AFP; Agence  B", "observation allegation", `"origins":["publisher:afp","publisher:agence b"]`},
		{"origin.media", "origin: {media: {column: b}}\n", strings.Repeat("AB", 32), "observation allegation", `"origins":["media:` + strings.Repeat("ab", 32) + `"]`},
		{"origin.text", "origin: {text: {column: b}}\n", "Three people were killed in an air strike", "observation allegation", `"origins":["text:`},
		{"origin.entry", "origin: {entry: {column: b}}\n", "wire k1", "observation allegation", `"origins":["entry:`},
		{"timezone", "timezone: Asia/Aden\n", "", "observation tally allegation coverage notification response restriction", "2026-02-28T21:00:00Z"},
		{"key", "key: {column: b}\n", "k1", "observation tally allegation coverage notification response restriction", `"key":"k1"`},
		{"revision", "revision: {column: b}\n", "7", seen, `"revision":7`},
		{"claimant", "claimant: {column: b}\n", "C", "observation tally allegation coverage notification response restriction", `"C"`},
		{"occurred", "occurred: {column: at, width: P31D}\n", "", "observation tally allegation coverage notification response restriction", "2026-04-01T00:00:00Z"},
		{"occurred.not_later_than", "occurred: {column: at, not_later_than: true}\n", "", "observation allegation", `"occurred":{"start":"always","end":"2026-03-02T00:00:00Z"}`},
		{"occurred.earliest", "occurred: {column: at, not_later_than: true, earliest: {column: b}}\n", "36h", "observation allegation", `"occurred":{"start":"2026-02-27T12:00:00Z","end":"2026-03-02T00:00:00Z"}`},
		{"until", "until: {column: b}\n", "2026-04-01", "observation tally allegation coverage notification response restriction", "2026-04-02T00:00:00Z"},
		{"reported", "reported: {column: b}\n", "2026-04-01T10:00", "observation tally allegation notification response", `"reported":"2026-04-01T10:00:00Z"`},
		{"place.lat", "", "", "", ""}, {"place.lon", "", "", "", ""}, // the two go together: below
		{"place.mgrs", "place: {mgrs: {column: b}}\n", "36UUA", "observation tally allegation notification restriction", `"kind":"point"`},
		{"place.post", "place: {post: {column: b}}\n", "3 km N of Kharkiv", "observation tally allegation notification restriction", `"kind":"point"`},
		{"place.sighting", "place: {post: Kharkiv, sighting: {column: b}}\n", "3km N", "observation tally allegation notification restriction", `"kind":"point"`},
		{"place.settlement", "place: {settlement: {column: b}}\n", "Spartak, Kharkiv", "observation tally allegation notification restriction", "place"},
		{"place.pcode", "place: {pcode: {column: b}}\n", "ua-63", "observation tally allegation notification restriction", `"kind":"region","uncertainty_m":0,"name":"Kharkiv Oblast"`},
		{"place.region", "place: {region: {column: b}}\n", "z", "observation tally allegation notification restriction", `"kind":"region","uncertainty_m":0,"name":"z"`},
		{"place.object", "place: {object: {column: b}}\n", "o1", "observation tally allegation notification restriction", `"kind":"object"`},
		{"place.geometry", "place: {geometry: false}\n", "", "observation tally allegation notification restriction", `"source"`},
		{"place.uncertainty", "place: {mgrs: {column: b}, uncertainty: 123456}\n", "36UUA", "observation tally allegation notification restriction", `"uncertainty_m":123456`},
		{"place.name", "place: {name: {column: b}}\n", "Old Town", "observation tally allegation notification restriction", `"settlement":"Old Town"`},
		{"place.bounds", "place: {mgrs: {column: b}, bounds: [0, 0, 1, 1]}\n", "36UUA", "observation tally allegation notification restriction", "out of bounds"},
		{"where", "where: {is: [Sudan, Chad],column: b}\n", "chad", "observation tally allegation coverage notification response restriction", `"source"`},
		{"table", "table: {separator: \",\"}\n", "", "observation tally allegation coverage notification response restriction", `"source"`},
		{"place.position", "place: {position: {column: b}}\n", "48.5N 37.25E", "observation tally allegation notification restriction", `"lat":48.5,"lon":37.25`},
		{"place.order", "place: {position: {column: b}, order: lon-lat}\n", "37.25 48.5", "observation tally allegation notification restriction", `"lat":48.5,"lon":37.25`},
		{"place.bearing", "place: {position: 48N 37E, bearing: {column: b}, distance: 0}\n", "NE", "observation tally allegation notification restriction", `"lat":48,"lon":37`},
		{"place.distance", "place: {position: 48N 37E, bearing: N, distance: {unit: km,column: b}}\n", "111.2", "observation tally allegation notification restriction", `"lat":48.999`},
		{"place.accuracy", "place: {position: 48N 37E, accuracy: {column: b}}\n", "3.9", "observation tally allegation notification restriction", `"uncertainty_m":12`},
		{"place.widen", "place: {position: 48N 37E, accuracy: {column: b}, widen: 2}\n", "3.9", "observation tally allegation notification restriction", `"uncertainty_m":8`},
		{"act", "act: {column: b}\n", "strike", "observation tally allegation notification", `"act":"strike"`},
		{"weapon", "weapon: {column: b}\n", "tank", seen, `"weapon":"tank"`},
		{"calibre", "calibre: {column: b}\n", "120", seen, `"calibre":`},
		{"seen", "act: presence\nseen: {column: b}\n", "site", seen, `"seen":"site"`},
		{"means", "means: {column: b}\n", "heard", "observation allegation", `"means":"heard"`},
		{"count", "count: {column: b}\n", "9", seen, `"count":"9"`},
		{"actor", "actor: {column: b}\n", "X", seen, `"actor":"X"`},
		{"side", "side: {column: b}\n", "X", seen, `"side":"X"`},
		{"against", "against: {column: b}\n", "aid-workers", seen, `"against":"aid-workers"`},
		{"object", "object: {column: b}\n", "o1", "observation allegation", `"object":"o1"`},
		{"grade", "grade: {column: b}\n", "B2", "observation allegation", `"grade":"B2"`},
		{"note", "note: {column: b}\n", "words", "observation allegation", `"note":"words"`},
		{"casualties.killed", "casualties: {killed: {column: b}}\n", "3", seen, `"killed":"3"`},
		{"casualties.injured", "casualties: {injured: {column: b}}\n", "3", seen, `"injured":"3"`},
		{"casualties.recovered", "casualties: {recovered: {column: b}}\n", "3", seen, `"recovered":"3"`},
		{"casualties.succumbed", "casualties: {succumbed: {column: b}}\n", "3", seen, `"succumbed":"3"`},
		{"casualties.retroactive", "casualties: {retroactive: {column: b}}\n", "3", seen, `"retroactive":"3"`},
		{"casualties.civilians", "casualties: {civilians: {column: b}}\n", "3", seen, `"civilians":"3"`},
		{"casualties.military", "casualties: {military: {column: b}}\n", "3", seen, `"military":"3"`},
		{"casualties.of_the_day", "casualties: {of_the_day: {reported: b, new: c}}\n", "3", seen, `"killed":"3"`},
		{"details", "details: {hits: {column: b}}\n", "4", "tally", `"details":[{"name":"hits","n":4}]`},
		{"what", "what: {column: b}\n", "camera", "coverage restriction", `"what":"camera"`},
		{"zone", "zone: {column: b}\n", "north", "coverage", `"zone":"north"`},
		{"share", "share: {column: b}\n", "0.5", "coverage", `"share":500000`},
		{"to", "to: {column: b}\n", strings.Repeat("a", 64), "notification response restriction", `"to":"aaaa`},
		{"says", "says: {column: b}\n", "contest", "response", `"says":"contest"`},
		{"text", "text: {column: b}\n", "words", "notification response restriction", `"text":"words"`},
		{"ignore", "ignore: [b, c]\n", "x", "observation tally allegation coverage notification response restriction", `"source"`},
	} {
		keys[tt.key] = true
		for kind, base := range kinds {
			if tt.yaml == "" {
				continue
			}
			mapping := "record: " + kind + "\n"
			own, _, _ := strings.Cut(tt.yaml, ":")
			if tt.key == "seen" {
				mapping = "record: " + kind + "\n" + tt.yaml
				if base != "act: fire\n" {
					mapping += "claimant: A\n"
				}
				base = ""
			}
			for _, line := range strings.SplitAfter(base+"source: s\ntimezone: UTC\noccurred: {column: at}\n", "\n") {
				if name, _, ok := strings.Cut(line, ":"); ok && name != own && (tt.key != "seen" || name != "act") {
					mapping += line
				}
			}
			if tt.key != "seen" {
				mapping += tt.yaml
			}
			file := "at,b\n2026-03-01," + tt.cell + "\n"
			if strings.Contains(tt.yaml, " c") {
				file = "at,b,c\n2026-03-01," + tt.cell + ",\n"
			} else if !strings.Contains(tt.yaml, "b}") {
				file = "at\n2026-03-01\n"
			}
			if strings.Contains(tt.cell, ",") {
				file = "at,b\n2026-03-01,\"" + tt.cell + "\"\n"
			}
			got, _ := by(t, csvKind, file, mapping, Options{Zones: []string{"z"}, Gazetteer: ukraine(t)})
			top, _, _ := strings.Cut(tt.key, ".")
			switch works := strings.Contains(" "+tt.works+" ", " "+kind+" "); {
			case works && !strings.Contains(got, tt.shows):
				t.Errorf("%s of %s does not work: no %s in\n%s%s", tt.key, kind, tt.shows, mapping, got)
			case !works && tt.key != "seen" && !strings.Contains(got, top+": a record of the kind "+kind+" does not have it"):
				t.Errorf("%s of %s is not rejected by its name:\n%s%s", tt.key, kind, mapping, got)
			case !works && !strings.Contains(got, "does not have it"): // what was seen goes with an act
				t.Errorf("%s of %s is not rejected:\n%s%s", tt.key, kind, mapping, got)
			}
		}
	}
	schema(t, reflect.TypeFor[Mapping](), "")
	if got, _ := by(t, csvKind, "at,a,b\n2026-03-01,48,37\n", "source: s\ntimezone: UTC\noccurred: {column: at}\nact: fire\nplace: {lat: {column: a}, lon: {column: b}}\n", Options{}); !strings.Contains(got, `"lat":48,"lon":37`) {
		t.Error("lat and lon:", got)
	}
	// Inside a field: each key works or is rejected by its name.
	const base = "source: s\ntimezone: UTC\noccurred: {column: at}\n"
	for _, tt := range []struct{ yaml, want string }{
		{"act: {value: fire, values: {a: fire}}\nignore: [b]\n", "act: values without a column"},
		{"act: {column: b, values: {x: {aside: why, to: fire}}}\n", "aside: the row is not a record then"},
		{"act: {column: b, values: {\"x \": fire, x: fire}}\n", `value "x" stands twice`},
		{"act: {columns: [\"\"]}\nignore: [b]\n", "the name of a column is empty"},
		{"act: fire\nkey: constant\nignore: [b]\n", "key: want a column"},
		{"act: {column: b}\nignore: [b]\n", `the column "b" is both used and ignored`},
		{"record: tally\nact: fire\ndetails: {x: {column: b, columns: [at]}}\n", "x: want {column: x}"},
		{"act: fire\ncasualties: {recovered: {column: b}, of_the_day: {reported: b, new: b, recovered: b}}\n", "recovered is stated here and beside it"},
		{"record: response\nclaimant: A\nto: nonsense\nignore: [b]\n", "refused"},
		{"act: fire\nreported: {timezone: UTC}\nignore: [b]\n", "reported: a column is missing"},
		{"act: fire\nreported: {layout: \"YYYY-MM-DD\"}\nignore: [b]\n", "reported: a column is missing"},
	} {
		if got, _ := by(t, csvKind, "at,b\n2026-03-01,x\n", base+tt.yaml, Options{}); !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %s want %s", tt.yaml, got, tt.want)
		}
	}
}

var keys = map[string]bool{}

// schema finds the keys of a mapping that the test does not know.
func schema(t *testing.T, of reflect.Type, prefix string) {
	for i := range of.NumField() {
		f := of.Field(i)
		name := f.Tag.Get("yaml")
		if name == "" {
			continue
		}
		if f.Type.Kind() == reflect.Struct && (f.Type == reflect.TypeFor[PlaceFields]() || f.Type == reflect.TypeFor[OriginFields]() || f.Type == reflect.TypeFor[CasualtyFields]()) {
			schema(t, f.Type, name+".")
			continue
		}
		if !keys[prefix+name] {
			t.Errorf("the key %s of a mapping has no row in this test", prefix+name)
		}
	}
}

// TestRefusedRowsOfTheSchema keeps told honest: a row that is refused has an error of
// the kind Refusal.
func TestRefusedRowsOfTheSchema(t *testing.T) {
	m, err := ParseMapping([]byte("source: s\nrecord: response\nclaimant: A\nto: nonsense\noccurred: {column: at}\ntimezone: UTC\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range csvKind.Parse(strings.NewReader("at\n2026-03-01\n"), Options{Mapping: m}) {
		var r *Refusal
		if !errors.As(err, &r) {
			t.Error(fmt.Sprintf("%T", err), err)
		}
	}
}

// TestRejectedRowsHaveATime: a row that is rejected says when its event was, if that can
// be read, so that a report knows what is missing from its period.
func TestRejectedRowsHaveATime(t *testing.T) {
	dated := map[string]int{}
	for _, k := range Kinds {
		for _, file := range append(samples(t, k.Name+"/*"), samples(t, "bad/"+k.Name+".*")...) {
			for _, err := range k.Parse(open(t, file), sampleOptions(t, file)) {
				var r *Refusal
				if errors.As(err, &r) && r.When.Valid() {
					dated[k.Name]++
				}
			}
		}
	}
	for _, k := range []string{"viina", "airforce-ua", "alerts-ua", "firms", "lines", "csv", "geojson", "jsonl"} {
		if dated[k] == 0 {
			t.Errorf("%s: no rejected row of the samples has a time", k)
		}
	}
	event, err := os.ReadFile("testdata/cases/ucdp-day-is-50-hours/one.geojson")
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range ucdpGED.Parse(strings.NewReader(strings.Replace(string(event), `"where_prec": 1`, `"where_prec": 9`, 1)), Options{Location: kyiv}) {
		var r *Refusal
		if !errors.As(err, &r) || r.Key != "1" || r.When != truce.Date("2014-05-01").Day(kyiv) {
			t.Errorf("ucdp-ged: %+v", err)
		}
	}
}

// TestNoneAndDead: what says that there was none, and that there were dead or injured,
// is rejected, and so is a count that says nothing.
func TestNoneAndDead(t *testing.T) {
	const base = "source: s\ntimezone: UTC\noccurred: {column: at}\nact: attack\n"
	const counted = "count: {column: n}\ncasualties: {killed: {column: k}, injured: {column: i}, civilians: {column: c}, military: {column: m}}\n"
	const none, empty = "n \"0\": the count is 0, which says that there was none", "says nothing; write 0 if there was none, or uncountable"
	for _, tt := range []struct{ name, mapping, cells, want string }{
		{"killed", counted, "0,3,,,", none},
		{"injured", counted, "0,0,1,,", none},
		{"perhaps", counted, "0,0..2,,,", none},
		{"civilians", counted, "0,,,1,", none},
		{"military", counted, "0,,,,1", none},
		{"a total", "record: tally\n" + counted, "0,3,,,", none},
		{"an allegation", "record: allegation\nclaimant: A\n" + counted, "0,3,,,", none},
		{"a constant", "count: 0\ncasualties: {killed: {column: k}}\nignore: [n, i, c, m]\n", ",3,,,", "the count is 0, which says that there was none"},
		{"deaths of the day", "count: {column: n}\ncasualties: {of_the_day: {reported: k, new: i}}\nignore: [c, m]\n", "0,3,1,,", none},
		{"none", counted, "0,0,0,0,0", `"count":"0"`},
		{"none, and nobody counted", counted, "0,,,,", `"count":"0"`},
		{"one, and nobody counted", counted, ",3,,,", `"count":"1"`},
		{"uncountable", counted, "uncountable,3,,,", `"count":"uncountable"`},
		{"at least none", counted, ">=0,,,,", `n ">=0": count >=0 ` + empty},
		{"about none", counted, "~0,,,,", `n "~0": count ~0 ` + empty},
		{"a constant that says nothing", "count: \">=0\"\nignore: [n, k, i, c, m]\n", ",,,,", "mapping: count: count >=0 " + empty},
		{"a value that says nothing", "count: {column: n, values: {few: \"~0\"}}\nignore: [k, i, c, m]\n", "few,,,,", `mapping: count: value "few": count ~0 ` + empty},
		{"at least one", counted, ">=1,,,,", `"count":"\u003e=1"`},
	} {
		if got, _ := by(t, csvKind, "at,n,k,i,c,m\n2026-03-01,"+tt.cells+"\n", base+tt.mapping, Options{}); !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %s want %s", tt.name, got, tt.want)
		}
	}
}

// TestAnAttackWithoutDead: a row of a list of incidents is an attack, although nobody was
// killed and only its day and its region are known. A row is a statement of none only if its
// count or its mapping says so.
func TestAnAttackWithoutDead(t *testing.T) {
	const base = "source: s\ntimezone: UTC\nact: attack\noccurred: {column: Date, layout: D/M/YYYY}\nplace: {region: {column: Governorate}}\ncasualties: {killed: {column: Killed}, injured: {column: Injured}}\n"
	for _, tt := range []struct {
		name, mapping, row string
		none               bool
	}{
		{"nobody killed or injured", "", "01/03/2016,Idlib,1,0,0", false},
		{"nobody killed", "", "01/03/2016,Idlib,1,0,", false},
		{"a total that counts nothing", "count: uncountable\n", "01/03/2016,Idlib,1,0,0", true},
		{"a count of 0", "count: {column: n}\n", "01/03/2016,Idlib,0,0,0", true},
		{"a count of 1", "count: {column: n}\n", "01/03/2016,Idlib,1,0,0", false},
	} {
		m, err := ParseMapping([]byte(base + tt.mapping + "optional: [n]\n"))
		if err != nil {
			t.Fatal(err)
		}
		for r, err := range csvKind.Parse(strings.NewReader("Date,Governorate,n,Killed,Injured\n"+tt.row+"\n"), Options{Mapping: m, Zones: []string{"Idlib"}}) {
			if err != nil || r.Observation == nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			if o := r.Observation; o.None() != tt.none || o.Place.Kind != truce.PlaceRegion {
				t.Errorf("%s: none %t, want %t (%+v)", tt.name, o.None(), tt.none, o.Place)
			}
		}
	}
}

// TestMessagesOfRows: a message about a row says what is wrong and what is wanted.
func TestMessagesOfRows(t *testing.T) {
	const base = "source: s\ntimezone: UTC\nact: attack\n"
	const at, placed = "occurred: {column: at}\n", "place: {lat: {column: a}, lon: {column: b}}\n"
	const wide, dead = "occurred: {column: at, width: {column: a}}\nignore: [b]\n", at + "casualties: {killed: {column: a}}\nignore: [b]\n"
	const span = "or a number of minutes, and at most ten years (5260320 minutes)"
	for _, tt := range []struct{ mapping, cells, want string }{
		{at + placed, "0,0", `a "0": position 0, 0; hint: that is how many programs write a missing position`},
		{at + "place: {lat: {column: a}, lon: {column: b}, bounds: [10, 10, 20, 20]}\n", "0,0", "position 0, 0; hint: that is how"},
		{at + placed, "unknown,37", `a "unknown": lat is not stated and lon is`},
		{at + placed, "48,", `b "": lon is not stated and lat is`},
		{at + placed, "unknown,", `"place":{"kind":"unknown"`},
		{dead, "99999999999,", `a "99999999999": the number is too large: at most 2147483647`},
		{dead, "0..99999999999,", "the number is too large: at most 2147483647"},
		{dead, "99999999999..1..2,", "the number is too large: at most 2147483647"},
		{dead, "many,", "not a number of people"},
		{at + "casualties: {killed: {low: a, best: b, high: a}}\n", "1,99999999999", "the number is too large: at most 2147483647"},
		{at + "count: {column: a}\nignore: [b]\n", ">=99999999999,", "the number is too large: at most 2147483647"},
		{at + "count: {column: a}\nignore: [b]\n", "99999999999x,", "want 17"},
		{wide, "9999999999,", span}, {wide, "-5,", span}, {wide, "1.5x,", span}, {wide, "5260321,", span}, {wide, "P4000D,", span},
		{wide, "5260320,", `"end":"2036-03-01T`},
		{wide, "3,", `"end":"2026-03-02T`},
		{at + "casualties: {killed: {}}\nignore: [a, b]\n", ",", "killed is empty"},
		{at + "actor: {columns: []}\nignore: [a, b]\n", ",", "columns is empty"},
		{at + "weapon: {column: a, values: {}}\nignore: [b]\n", ",", "values is empty"},
		{at + "place: {}\nignore: [a, b]\n", ",", "place is empty"},
		{at + "weapon:\nignore: [a, b]\n", ",", "weapon is empty"},
		{at + "ignore: [a, b, photo]\n", ",", `mapping: ignore: the file has no column "photo"`},
	} {
		if got, _ := by(t, csvKind, "at,a,b\n2026-03-01,"+tt.cells+"\n", base+tt.mapping, Options{}); !strings.Contains(got, tt.want) {
			t.Errorf("%s%s: got %s want %s", tt.mapping, tt.cells, got, tt.want)
		}
	}
	point := `{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"at": "2026-03-01"}, "geometry": {"type": "Point", "coordinates": [0, 0]}}]}`
	for _, bounds := range []string{"", "place: {bounds: [10, 10, 20, 20]}\n"} {
		if got, _ := by(t, geojsonKind, point, base+at+bounds, Options{}); !strings.Contains(got, "geometry: position 0, 0; hint: that is how many programs write a missing position") {
			t.Errorf("GeoJSON: %s", got)
		}
	}
}
