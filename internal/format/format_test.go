package format

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"
)

// told reads all of a file: the header, and a line for each row.
func told(in io.Reader, o Options) string {
	name, advice, in, err := Sniff(in)
	if err != nil || name == "" {
		return fmt.Sprint("not read: ", advice, err)
	}
	t, err := Open(in, name, o)
	if err != nil {
		return name + ": " + err.Error()
	}
	defer t.Close()
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", name, strings.Join(t.Header(), "|"))
	for {
		r, err := t.Next()
		var fault *Fault
		switch {
		case err == io.EOF:
			return b.String()
		case errors.As(err, &fault):
			fmt.Fprintf(&b, "%d fault: %s; %s\n", r.Number, fault.Why, fault.Hint)
			continue
		case err != nil:
			return b.String() + "ended: " + err.Error() + "\n"
		}
		fmt.Fprintf(&b, "%d %s %s\n", r.Number, bytes.Join(r.Cells, []byte("|")), r.Geometry)
	}
}

func fromFile(t *testing.T, name string, o Options) string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return told(f, o)
}

// TestOtherProgramsFiles reads two rows that GDAL 3.6 wrote in each format from one GeoJSON
// (testdata/README says how). The text has an accent and quotes.
func TestOtherProgramsFiles(t *testing.T) {
	for _, tt := range []struct{ file, want string }{
		{"e.gpkg", `geopackage fid|no|when|day|what|killed|share|note
1 1|1|2025-04-24T13:05:00.000Z|2025-04-24|shelling|2|0.715|café, “quoted” {"type":"Point","coordinates":[32.53,15.79]}
2 2|2|2025-04-25T06:00:00.000Z|2025-04-25|overflight||| {"type":"Point","coordinates":[32.4,15.6]}
`},
		{"e.kml", `kml id|name|description|when|begin|end|day|folder|killed|no|note|share|what
1 |||2025/04/24 13:05:00+00|||2025/04/24|patrols|2|1|café, “quoted”|0.715|shelling {"type":"Point","coordinates":[32.53,15.79]}
2 |||2025/04/25 06:00:00+00|||2025/04/25|patrols||2|||overflight {"type":"Point","coordinates":[32.4,15.6]}
`},
		{"e.gpx", `gpx kind|name|time|end|lat|lon|ele|sym|type|cmt|desc|day|killed|no|note|share|what|when
1 waypoint||||15.79|32.53||||||2025/04/24|2|1|café, “quoted”|0.715|shelling|2025/04/24 13:05:00+00 {"type":"Point","coordinates":[32.53,15.79]}
2 waypoint||||15.6|32.4||||||2025/04/25||2|||overflight|2025/04/25 06:00:00+00 {"type":"Point","coordinates":[32.4,15.6]}
`},
		{"ogr.xlsx", `xlsx no|when|day|what|killed|share|note
2 1|2025-04-24 13:05:00|2025-04-24|shelling|2|0.715|café, “quoted” 
3 2|2025-04-25 06:00:00|2025-04-25|overflight||| 
`},
		{"ogr.ods", `ods no|when|day|what|killed|share|note
2 1|2025-04-24 13:05:00|2025-04-24|shelling|2|0.7150000000000000|café, “quoted” 
3 2|2025-04-25 06:00:00|2025-04-25|overflight||| 
`},
	} {
		if got := fromFile(t, tt.file, Options{}); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.file, got, tt.want)
		}
		// The same as a stream, from which nothing can be read twice.
		b, err := os.ReadFile(filepath.Join("testdata", tt.file))
		if err != nil {
			t.Fatal(err)
		}
		if got := told(io.MultiReader(bytes.NewReader(b)), Options{}); got != tt.want {
			t.Errorf("%s as a stream:\n%s", tt.file, got)
		}
	}
}

func book(t *testing.T, fill func(*excelize.File)) io.Reader {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return &b
}

// TestWorkbooks: what a sheet shows is not what is in it.
func TestWorkbooks(t *testing.T) {
	set := func(f *excelize.File, sheet string, cells map[string]any) {
		for c, v := range cells {
			if err := f.SetCellValue(sheet, c, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	format := func(f *excelize.File, sheet, cell, code string) {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle(sheet, cell, cell, id); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name string
		fill func(*excelize.File)
		o    Options
		want string
	}{
		{"dates and numbers", func(f *excelize.File) {
			set(f, "Sheet1", map[string]any{"A1": "day", "B1": "lat", "C1": "share", "D1": "code", "A2": time.Date(2025, 4, 3, 0, 0, 0, 0, time.UTC), "B2": 48.51234567, "C2": 0.5, "D2": "007"})
			format(f, "Sheet1", "A2", "m/d/yy")
			format(f, "Sheet1", "B2", "0.0")
			format(f, "Sheet1", "C2", "0%")
		}, Options{}, "xlsx day|lat|share|code\n2 2025-04-03|48.51234567|0.5|007 \n"},
		{"a date with a literal", func(f *excelize.File) {
			set(f, "Sheet1", map[string]any{"A1": "day", "A2": time.Date(2025, 4, 3, 13, 5, 0, 0, time.UTC), "A3": 12.5})
			format(f, "Sheet1", "A2", `dd" of "mmmm\, yyyy`)
			format(f, "Sheet1", "A3", `"days: "0.0`)
		}, Options{}, "xlsx day\n2 2025-04-03 13:05:00 \n3 12.5 \n"},
		{"days, moments, months and times of day", func(f *excelize.File) {
			midnight, later := time.Date(2025, 8, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 8, 17, 22, 30, 0, 0, time.UTC)
			set(f, "Sheet1", map[string]any{"A1": "a", "B1": "b", "C1": "c", "D1": "d", "E1": "e",
				"A2": midnight, "B2": midnight, "C2": midnight, "D2": 0.09375, "E2": 0.0, // 0.09375 of 24 hours is 2:15
				"A3": later, "B3": later, "C3": later, "D3": later, "E3": 0.5})
			for cell, code := range map[string]string{"A": "dd.mm.yyyy", "B": "m/d/yy h:mm AM/PM", "C": "mmm-yy", "D": "h:mm", "E": `hh"h"mm`} {
				format(f, "Sheet1", cell+"2", code)
				format(f, "Sheet1", cell+"3", code)
			}
		}, Options{}, "xlsx a|b|c|d|e\n2 2025-08-01|2025-08-01 00:00:00|2025-08|02:15:00|00:00:00 \n3 2025-08-17 22:30:00|2025-08-17 22:30:00|2025-08-17 22:30:00|2025-08-17 22:30:00|12:00:00 \n"},
		{"a formula", func(f *excelize.File) {
			set(f, "Sheet1", map[string]any{"A1": "n", "A2": 1, "A3": 2, "B1": "m"})
			if err := f.SetCellFormula("Sheet1", "B3", "A2+A3"); err != nil {
				t.Fatal(err)
			}
		}, Options{}, "xlsx n|m\n2 1| \n3 fault: cell B3 is a formula; paste the values alone (Paste special, Values) into a new sheet\n"},
		{"lines above, and empty rows", func(f *excelize.File) {
			set(f, "Sheet1", map[string]any{"A1": "Report of April", "A3": "n", "A5": 1, "A9": 2})
		}, Options{Skip: 1}, "xlsx n\n5 1 \n9 2 \n"},
		{"no header", func(f *excelize.File) { set(f, "Sheet1", map[string]any{"A1": 1, "B2": 2}) }, Options{Header: []string{"x", "y"}}, "xlsx x|y\n1 1| \n2 |2 \n"},
		{"a cell beside the table", func(f *excelize.File) { set(f, "Sheet1", map[string]any{"A1": "n", "A2": 1, "C3": 2}) }, Options{}, "xlsx n\n2 1 \n3 fault: a cell in column 3, and the header has 1 columns; \n"},
		{"several sheets", func(f *excelize.File) {
			set(f, "Sheet1", map[string]any{"A1": "n"})
			_, _ = f.NewSheet("May")
			_, _ = f.NewSheet("empty")
			set(f, "May", map[string]any{"A1": "m", "A2": 5})
		}, Options{}, `xlsx: several sheets have rows: Sheet1, May; say which one: table: {sheet: "Sheet1"}`},
		{"the sheet that is asked for", func(f *excelize.File) {
			set(f, "Sheet1", map[string]any{"A1": "n"})
			_, _ = f.NewSheet("May")
			set(f, "May", map[string]any{"A1": "m", "A2": 5})
			_ = f.SetCellFormula("Sheet1", "A2", "1+1")
		}, Options{Sheet: "May"}, "xlsx m\n2 5 \n"},
		{"no such sheet", func(f *excelize.File) {}, Options{Sheet: "June"}, `xlsx: sheet "June" is not in the file, which has Sheet1`},
		{"nothing", func(f *excelize.File) {}, Options{}, "xlsx: no sheet has any row"},
	} {
		if got := told(book(t, tt.fill), tt.o); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// zipped is an archive of some members.
func zipped(t *testing.T, members ...string) io.Reader {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		w, err := z.Create(members[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, members[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

func ods(t *testing.T, rows string) io.Reader {
	return zipped(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml",
		`<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="S">`+rows+
			`</table:table></office:spreadsheet></office:body></office:document-content>`)
}

func TestSpreadsheets(t *testing.T) {
	const text = `<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>`
	head := "<table:table-row>" + fmt.Sprintf(text, "a") + fmt.Sprintf(text, "b") + "</table:table-row>"
	for _, tt := range []struct{ name, rows, want string }{
		{"repeated rows and cells", head + `<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="48.5"><text:p>48,50</text:p></table:table-cell></table:table-row>` +
			`<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`, "ods a|b\n2 48.5|48.5 \n3 48.5|48.5 \n"},
		{"a comment, two paragraphs", head + `<table:table-row><table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation><text:p>one</text:p><text:p>t<text:s text:c="2"/>wo</text:p></table:table-cell></table:table-row>`, "ods a|b\n2 one\nt  wo| \n"},
		{"a formula", head + `<table:table-row><table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/></table:table-row>`, "ods a|b\n2 fault: a cell is a formula; paste the values alone (Paste special, Values) into a new sheet\n"},
		{"a time, a date", head + `<table:table-row><table:table-cell office:value-type="time" office:time-value="PT13H05M00S"/><table:table-cell office:value-type="date" office:date-value="2025-04-24T13:05:00"><text:p>24/4</text:p></table:table-cell></table:table-row>`, "ods a|b\n2 13:05:00|2025-04-24 13:05:00 \n"},
		{"a day that is written as a moment, and midnight that is written as a day", head + `<table:table-row><table:table-cell office:value-type="date" office:date-value="2025-08-17T00:00:00"><text:p>17.08.25</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2025-08-17"><text:p>17.08.25 00:00</text:p></table:table-cell></table:table-row>`, "ods a|b\n2 2025-08-17|2025-08-17 00:00:00 \n"},
		{"a row a billion times", head + `<table:table-row table:number-rows-repeated="999999999">` + fmt.Sprintf(text, "x") + `</table:table-row>`, "ods a|b\nended: a row is said to be repeated 999999999 times; refused as a decompression bomb\n"},
		{"a cell a million times", head + `<table:table-row><table:table-cell table:number-columns-repeated="1000000" office:value-type="float" office:value="1"/></table:table-row>`, "ods a|b\nended: a row has more than 4096 cells\n"},
	} {
		if got := told(ods(t, tt.rows), Options{}); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

type sighting struct {
	No   int64     `parquet:"no"`
	When time.Time `parquet:"when,timestamp(millisecond)"`
	Day  int32     `parquet:"day,date"`
	Lat  float64   `parquet:"lat"`
	Note *string   `parquet:"note,optional"`
	Tags []string  `parquet:"tags,list"`
	Deep struct {
		Code string `parquet:"code"`
	} `parquet:"deep"`
	Cost int64 `parquet:"cost,decimal(2:18)"`
}

func TestParquet(t *testing.T) {
	var b bytes.Buffer
	w := parquet.NewGenericWriter[sighting](&b)
	note := "café"
	rows := []sighting{{No: 1, When: time.Date(2025, 4, 24, 13, 5, 0, 5e6, time.UTC), Day: 20202, Lat: 48.5, Note: &note, Tags: []string{"x"}, Cost: -5}, {No: -2, Cost: 1234}}
	rows[0].Deep.Code = "c"
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	// 20,202 days after 1 January 1970 are 24 April 2025.
	want := "parquet no|when|day|lat|note|deep.code|cost\n1 1|2025-04-24T13:05:00.005Z|2025-04-24|48.5|café|c|-0.05 \n2 -2|0001-01-01T00:00:00Z|1970-01-01|0|||12.34 \n"
	if got := told(&b, Options{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFeedsAndMaps(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"RSS", `<rss version="2.0" xmlns:georss="g"><channel><title>T</title><item><title>Strike &amp; fire</title><link>https://x.example/1</link><guid>1</guid><pubDate>Thu, 24 Apr 2025 13:05:00 GMT</pubDate><category>a</category><category>b</category><georss:point>15.79 32.53</georss:point></item></channel></rss>`,
			"feed id|title|link|published|updated|summary|author|category|lat|lon\n" + `1 1|Strike & fire|https://x.example/1|Thu, 24 Apr 2025 13:05:00 GMT||||a; b|15.79|32.53 {"type":"Point","coordinates":[32.53,15.79]}` + "\n"},
		{"Atom", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>u:1</id><title>T</title><link rel="alternate" href="https://x.example/1"/><updated>2025-04-24T13:05:00Z</updated><author><name>N</name></author><summary>s</summary></entry></feed>`,
			"feed id|title|link|published|updated|summary|author|category|lat|lon\n1 u:1|T|https://x.example/1||2025-04-24T13:05:00Z|s|N||| \n"},
		{"KML shapes", `<kml><Document><NetworkLink><Link><href>http://evil.example/</href></Link></NetworkLink><Placemark id="a"><TimeSpan><begin>2025-04-24</begin><end>2025-04-25</end></TimeSpan><Polygon><outerBoundaryIs><LinearRing><coordinates>32,15,0 33,15,0 33,16 32,15</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>` +
			`<Placemark><MultiGeometry><Point><coordinates>1,2</coordinates></Point><LineString><coordinates>1,2 3,4</coordinates></LineString></MultiGeometry></Placemark><Placemark><Point><coordinates>x,2</coordinates></Point></Placemark></Document></kml>`,
			"kml id|name|description|when|begin|end\n" + `1 a||||2025-04-24|2025-04-25 {"type":"Polygon","coordinates":[[[32,15],[33,15],[33,16],[32,15]]]}` + "\n2 fault: geometry: points, lines and areas are mixed in one geometry; \n3 fault: geometry: \"x,2\" is not a position; \n"},
		{"a track", `<gpx><trk><name>t</name><trkseg><trkpt lat="15" lon="32"><time>2025-04-24T06:00:00Z</time></trkpt><trkpt lat="15.5" lon="32.5"><time>2025-04-24T07:00:00Z</time></trkpt></trkseg></trk></gpx>`,
			"gpx kind|name|time|end|lat|lon|ele|sym|type|cmt|desc\n" + `1 track||2025-04-24T06:00:00Z|2025-04-24T07:00:00Z||||||| {"type":"LineString","coordinates":[[32,15],[32.5,15.5]]}` + "\n"},
	} {
		if got := told(strings.NewReader(tt.in), Options{}); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// TestHostileFiles: an error that says what to do, and never a panic or a hang.
func TestHostileFiles(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   io.Reader
		want string
	}{
		{"macros", zipped(t, "xl/workbook.xml", "<workbook/>", "xl/vbaProject.bin", "x"), "the workbook has macros"},
		{"other files", zipped(t, "xl/workbook.xml", "<workbook/>", "xl/externalLinks/externalLink1.xml", "x"), "takes values from other files"},
		{"a bomb", zipped(t, "xl/workbook.xml", "<workbook/>", "xl/worksheets/sheet1.xml", strings.Repeat(" ", 200<<20)), "decompression bomb"},
		{"an empty workbook", zipped(t, "xl/workbook.xml", ""), "xlsx: "},
		{"a billion laughs", strings.NewReader(`<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaaaaaa">]><kml><Placemark><name>&a;</name></Placemark></kml>`), "defines entities"},
		{"deep", strings.NewReader("<kml><Placemark>" + strings.Repeat("<a>", 100_000)), "inside one another"},
		{"cut off", strings.NewReader("<kml><Placemark><name>x"), "damaged"},
		{"an old workbook", strings.NewReader("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "save it as .xlsx"},
		{"a PDF", strings.NewReader("%PDF-1.7"), "a PDF"},
		{"a web page", strings.NewReader("<!DOCTYPE html><html></html>"), "a web page"},
		{"another archive", zipped(t, "a.txt", "x"), "an archive"},
		{"not a database", strings.NewReader("SQLite format 3\x00" + strings.Repeat("x", 5000)), "not a GeoPackage, or damaged"},
		{"not Parquet", strings.NewReader("PAR1" + strings.Repeat("x", 5000) + "PAR1"), "not a Parquet file, or damaged"},
		{"Parquet of a huge footer", strings.NewReader("PAR1xxxx\xff\xff\xff\x7fPAR1"), "parquet: "},
		{"ODS with macros", zipped(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<a/>", "Basic/x", ""), "has macros"},
	} {
		if got := told(tt.in, Options{}); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s, want %q", tt.name, got, tt.want)
		}
	}
}

// TestParquetFooter: no room is made for a footer that is longer than its file. It was found because
// two such files one after the other stopped the fuzzer for longer than it waits.
func TestParquetFooter(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := told(strings.NewReader("PAR1"+strings.Repeat("x", 1700)+"\xfc\xfc\xfc\xfcPAR1"), Options{})
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 || !strings.Contains(got, "a footer of 4244438268 bytes in a file of 1712") {
		t.Errorf("%d MiB: %s", used>>20, got)
	}
}

func FuzzOpen(f *testing.F) {
	for _, name := range []string{"e.gpkg", "e.kml", "e.gpx", "ogr.xlsx", "ogr.ods"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`<rss><channel><item><title>t</title></item></channel></rss>`))
	var b bytes.Buffer
	w := parquet.NewGenericWriter[sighting](&b)
	if _, err := w.Write(make([]sighting, 3)); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) { _ = told(bytes.NewReader(data), Options{}) })
}

// TestMerges: the cells that cover others below them, in both kinds of workbook, the header's left
// out.
func TestMerges(t *testing.T) {
	const text = `<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>`
	span := func(down, right int) string {
		return fmt.Sprintf(`<table:table-cell table:number-rows-spanned="%d" table:number-columns-spanned="%d" office:value-type="string"><text:p>m</text:p></table:table-cell>`, down, right)
	}
	const covered = `<table:covered-table-cell/>`
	row := func(cells ...string) string {
		return "<table:table-row>" + strings.Join(cells, "") + "</table:table-row>"
	}
	for _, tt := range []struct {
		name string
		in   io.Reader
		want []Merge
	}{
		{XLSX, book(t, func(f *excelize.File) {
			for _, c := range []string{"A1", "B1", "C1", "D1", "A2", "B2", "C2", "D2", "C3", "C4", "D5"} {
				_ = f.SetCellValue("Sheet1", c, "x")
			}
			for _, m := range [][2]string{{"A2", "A4"}, {"B2", "B3"}, {"C2", "D2"}, {"A1", "B1"}} {
				_ = f.MergeCell("Sheet1", m[0], m[1])
			}
		}), []Merge{{0, 2, 4}, {1, 2, 3}}},
		{ODS, ods(t, row(text, text, text)+row(text, span(3, 1), span(1, 2))+`<table:table-row table:number-rows-repeated="2"><table:table-cell/>`+covered+text+"</table:table-row>"+row(text, text, span(2, 1))+row(text, text, covered)), []Merge{{1, 2, 4}, {2, 5, 6}}},
	} {
		table, err := Open(tt.in, tt.name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := Merges(table); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		table.Close()
	}
}
