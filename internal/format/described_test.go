package format

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// TestFieldsOfDescriptions: what is inside a description of a map, in the forms that people and
// programs write.
func TestFieldsOfDescriptions(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"names in bold", `<b>Date:</b> 13 Aug 2022<br/><b>Time:</b> 21:45<br><b>Killed:</b> 0`, "Date=13 Aug 2022|Time=21:45|Killed=0"},
		{"a colon behind the name", `<strong>Date</strong>: 13 Aug 2022 <strong>Killed</strong> : 2`, "Date=13 Aug 2022|Killed=2"},
		{"no line ends between", "<b>Date:</b> 13 Aug\n2022\n<b>Killed:</b> 2", "Date=13 Aug 2022|Killed=2"},
		{"a table of two cells", `<html><table border="1"><tr><th>Date</th><td>13 Aug 2022</td></tr><tr><td><b>Killed</b></td><td>2</td></tr><tr><td>Remarks</td><td></td></tr><tr><td>alone</td></tr></table>`, "Date=13 Aug 2022|Killed=2|Remarks="},
		{"lines of text", "Date: 13 Aug 2022\r\nKilled: 2\nhttps://example.org/x\nat 12:30 it rained", "Date=13 Aug 2022|Killed=2"},
		{"lines between br", "Date: 13 Aug 2022<br>Killed: 2<br>no field", "Date=13 Aug 2022|Killed=2"},
		{"entities", "<b>Who &amp; what:</b> A &lt; B&nbsp;", "Who & what=A < B"},
		{"an angle bracket in text", "Killed: <5\nDate: 13 Aug", "Killed=<5|Date=13 Aug"},
		{"a word in bold is not a name", "Remarks: the <b>house</b> was hit", "Remarks=the house was hit"},
		{"the first of a name", "<b>Date:</b> 1<br><b>Date:</b> 2", "Date=1"},
		{"prose", "Shelling was heard <i>twice</i> at night.", ""},
		{"a long name", strings.Repeat("x", 41) + ": y", ""},
		{"no end", "<b>Date:</b> 13 <b", "Date=13"},
		{"empty", "", ""},
	} {
		var got []string
		for _, d := range fieldsIn(tt.text) {
			got = append(got, d.name+"="+d.value)
		}
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%s: %q, want %s", tt.name, got, tt.want)
		}
	}
	many := ""
	for i := range 1000 {
		many += fmt.Sprintf("f%d: x\n", i)
	}
	if n := len(fieldsIn(many)); n != mostFields {
		t.Errorf("%d fields, want %d", n, mostFields)
	}
}

// TestDescribedColumns: fields that enough descriptions have are columns, behind the publisher's
// own; a name that the publisher has as a column is left to it.
func TestDescribedColumns(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>`)
	for i := range 6 {
		own, rare := "", ""
		if i == 0 {
			own, rare = `<ExtendedData><Data name="Source"><value>own</value></Data></ExtendedData>`, "<br>Rare: y"
		}
		fmt.Fprintf(&b, `<Placemark><name>n</name><description><![CDATA[<b>Date:</b> 2022-08-1%d<br><b>Source:</b> text%s]]></description>%s<Point><coordinates>46.7,39.7,0</coordinates></Point></Placemark>`, i, rare, own)
	}
	b.WriteString(`</Document></kml>`)
	table, err := Open(strings.NewReader(b.String()), KML, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	want := []string{"id", "name", "description", "when", "begin", "end", "Source", "Date"}
	if got := table.Header(); !slices.Equal(got, want) {
		t.Errorf("header %q, want %q", got, want)
	}
	if got := Described(table); !slices.Equal(got, []string{"Date"}) {
		t.Errorf("described %q", got)
	}
	var rows []string
	for {
		r, err := table.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, string(r.Cells[6])+" "+string(r.Cells[7]))
	}
	if rows[0] != "own 2022-08-10" || rows[5] != " 2022-08-15" {
		t.Errorf("rows %q", rows)
	}
}

// TestRareFields: a field that one in five of the descriptions has is a column, and a rarer one is not.
func TestRareFields(t *testing.T) {
	for rows, want := range map[int]bool{5: true, 6: false} {
		var b strings.Builder
		b.WriteString(`<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><description>Rare: y</description></Placemark>`)
		b.WriteString(strings.Repeat(`<Placemark><description>Date: 2022-08-10</description></Placemark>`, rows-1) + `</Document></kml>`)
		table, err := Open(strings.NewReader(b.String()), KML, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Contains(table.Header(), "Rare"); got != want {
			t.Errorf("one of %d: %v", rows, got)
		}
		table.Close()
	}
}
