package report

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/glossary"
)

// long is a report of which every list is longer than what the report has of it.
func long(t *testing.T, n int) *Report {
	r := sample(t, n)
	day := r.Period
	r.AnnexDir = "day-annexes"
	for i := range n {
		name := fmt.Sprintf("row-%03d", i)
		id := truce.DigestOf(name)
		r.Incidents[i].Reports = []Said{{ID: id, Source: "wire", Publisher: "Wire", Key: "k-" + name, File: "wire.csv", Digest: id, Entry: int64(i + 1)}}
		r.Claims = append(r.Claims, Incident{Row: truce.Row{ID: id, Occurred: day, What: name, Alleged: true, Claimants: []truce.PartyID{"B"}}})
		r.Tallies = append(r.Tallies, Tally{ID: id, Source: name, Claimant: "B", What: "strike", Period: day, Count: truce.Count{N: int32(i)}})
		r.Tolls = append(r.Tolls, Toll{Source: name, Total: true, During: day})
		r.None = append(r.None, None{Source: name, During: day})
		r.Regions = append(r.Regions, Region{Name: name, Count: Count{Incidents: Span{i, i}}})
		r.Seen = append(r.Seen, Coverage{What: name, During: day})
		r.Denied = append(r.Denied, Restriction{By: name, During: day})
		r.Said = append(r.Said, Notice{Kind: "reply", By: "A", Text: name, During: day})
		r.Decided = append(r.Decided, Decision{Seq: int64(i + 2), Kind: truce.Confirm, Because: name})
		r.Attributed = append(r.Attributed, Attribution{Of: name, Because: "x"})
		r.Corrected = append(r.Corrected, Correction{Source: name, Was: "x", Is: "y", During: day})
		r.Articles[0].Days = append(r.Articles[0].Days, Day{truce.DayRow{DayFinding: truce.DayFinding{Article: "1", ID: id, Window: day, Outcome: truce.Uncorroborated}, When: "18 Aug 2025", Where: truce.Because("%s", name)}})
	}
	return r
}

// beside are the annexes of a report, by name.
func beside(t *testing.T, r *Report) (out map[string][]byte, list []Annex) {
	t.Helper()
	list, err := Annexes(r)
	if err != nil {
		t.Fatal(err)
	}
	out = map[string][]byte{}
	for i := range list {
		var b bytes.Buffer
		if err := list[i].Write(&b); err != nil {
			t.Fatal(err)
		}
		out[list[i].Name] = b.Bytes()
	}
	return out, list
}

func pageOf(t *testing.T, r *Report) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, "html", r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestAnnexesAreWhole: of every list the report has some rows and says how many there are, and the
// annex that it names has all, with the SHA-256 that the report gives.
func TestAnnexesAreWhole(t *testing.T) {
	const n = 40
	r := long(t, n)
	page := pageOf(t, r)
	files, list := beside(t, r)
	rows := func(name string) [][]string {
		t.Helper()
		out, err := csv.NewReader(bytes.NewReader(files[name])).ReadAll()
		if err != nil || len(out) == 0 {
			t.Fatalf("%s: %d rows, %v", name, len(out), err)
		}
		return out[1:]
	}
	whole := map[string]int{"totals": n + 1, "regions": n, "casualties-claimed": n, "statements-of-none": n, "coverage": n + 1, "restrictions": n,
		"notifications-and-replies": n, "decisions": n + 1, "attributions": n, "corrections": n + 1, "at-least-one": n, "allegations": n}
	for name, want := range whole {
		got := rows(name + ".csv")
		if len(got) != want {
			t.Errorf("%s.csv has %d rows, want %d", name, len(got), want)
		}
		for i := range n {
			row := fmt.Sprintf("row-%03d", i)
			if !slices.ContainsFunc(got, func(x []string) bool { return slices.Contains(x, row) }) && !bytes.Contains(files[name+".csv"], []byte(row)) {
				t.Errorf("%s.csv lacks %s", name, row)
			}
			if !bytes.Contains(files["annexes.html"], []byte(row)) {
				t.Errorf("annexes.html lacks %s", row)
			}
		}
		most := mostRows
		if name == "regions" {
			most = mostRegions
		}
		if left := fmt.Sprintf("%d of %d are listed here: ", most, want); !strings.Contains(page, left) || !strings.Contains(page, "All are in the annex files "+name+".csv and annexes.html.") {
			t.Errorf("the page does not say %q of %s", left, name)
		}
	}
	if got := len(rows("incidents.csv")); got != len(r.Incidents)+len(r.Claims) {
		t.Errorf("incidents.csv has %d rows, want %d", got, len(r.Incidents)+len(r.Claims))
	}
	for i, x := range rows("reports.csv") {
		if want := fmt.Sprintf("k-row-%03d", i); x[4] != want || x[7] != "wire.csv" || x[9] != fmt.Sprint(i+1) {
			t.Errorf("reports.csv, row %d: %q", i, x)
		}
	}
	if got := len(rows("reports.csv")); got != n {
		t.Errorf("reports.csv has %d rows", got)
	}
	// What the report says of each file is so.
	for _, a := range list {
		sum := sha256.Sum256(files[a.Name])
		want := `<a href="day-annexes/` + a.Name + `">` + a.Name + `</a></td><td>` + html.EscapeString(a.Title) + `</td><td class="r">` + grouped(int64(a.Rows)) + `</td><td><code>` + hex.EncodeToString(sum[:]) + `</code>`
		if !strings.Contains(page, want) {
			t.Errorf("the page does not name %s, %d rows, %x", a.Name, a.Rows, sum)
		}
		if strings.HasSuffix(a.Name, ".csv") && len(rows(a.Name)) != a.Rows {
			t.Errorf("%s has %d rows, and is said to have %d", a.Name, len(rows(a.Name)), a.Rows)
		}
	}
	// They do not depend on when the report is issued: PDF and HTML of one state have the same.
	r.Issued++
	later, _ := beside(t, r)
	for name := range files {
		if !bytes.Equal(files[name], later[name]) {
			t.Errorf("%s is another a moment later", name)
		}
	}
	// The archive has the same files.
	var b bytes.Buffer
	if err := Write(&b, "zip", r); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(z.File) != len(list) {
		t.Fatalf("%d files, want %d, %v", len(z.File), len(list), err)
	}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(in); err != nil || !bytes.Equal(got, files[f.Name]) {
			t.Errorf("%s in the archive is another, %v", f.Name, err)
		}
	}
	// Nothing that a publisher wrote runs, on the page of annexes or in a spreadsheet.
	if bytes.Contains(files["annexes.html"], []byte("<script")) {
		t.Error("the page of annexes has a script")
	}
	r.Tallies[0].Source = "=cmd()"
	files, _ = beside(t, r)
	if got := rows("totals.csv"); !strings.HasPrefix(got[0][0], "'=cmd()") {
		t.Errorf("a formula in a cell: %q", got[0][0])
	}
}

// TestShownRows: a list of as many rows as fit has all of them and says nothing of an annex; of
// more, those that most ask for attention are shown, in their order.
func TestShownRows(t *testing.T) {
	var tb table
	for i := range 20 {
		tb.rows = append(tb.rows, row{fields: []field{words(fmt.Sprint(i))}})
	}
	tb.rows = tb.rows[:mostRows]
	if got := tb.cut(mostRows, nil, "x"); got.left() != "" || len(got.listed()) != mostRows {
		t.Errorf("%q, %d rows", got.left(), len(got.listed()))
	}
	tb.rows = tb.rows[:12:12]
	tb.rows = append(tb.rows, row{fields: []field{words("12")}}, row{fields: []field{words("13")}})
	rank := make([]int, 14)
	rank[0], rank[5] = 9, 9
	var got []string
	cut := tb.cut(mostRows, rank, "x")
	for _, x := range cut.listed() {
		got = append(got, x.fields[0].texts(""))
	}
	if want := []string{"1", "2", "3", "4", "6", "7", "8", "9", "10", "11", "12", "13"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestContents: every entry of the contents leads to its section, once, on the page and on paper,
// where its page is the one it is on.
func TestContents(t *testing.T) {
	for _, r := range []*Report{long(t, 60), sample(t, 0)} {
		page := pageOf(t, r)
		targets := regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1)
		if len(targets) < 13 {
			t.Errorf("%d entries", len(targets))
		}
		for _, x := range targets {
			if n := strings.Count(page, ` id="`+x[1]+`"`); n != 1 {
				t.Errorf("%s is there %d times", x[1], n)
			}
		}
		loc, _ := time.LoadLocation(r.Zone)
		c := *r
		c.loc = loc
		d, err := c.toPrint()
		if err != nil {
			t.Fatal(err)
		}
		if n := len(d.sections); n != len(targets) {
			t.Errorf("%d sections, %d entries", n, len(targets))
		}
		first := set(&c, d, make([]int, len(d.sections)))
		second := set(&c, d, first.begun)
		if first.Error() != nil || !slices.Equal(first.begun, second.begun) || !slices.IsSorted(second.begun) || second.begun[0] != 2 || second.begun[len(d.sections)-1] > second.PageNo() {
			t.Errorf("sections begin on %v, and as set again on %v", first.begun, second.begun)
		}
	}
}

// TestWordsInReport: each report explains its words, on the page and on paper alike, and the annex
// page, which has lists, does not have them again.
func TestWordsInReport(t *testing.T) {
	r := sample(t, 0)
	page := html.UnescapeString(pageOf(t, r))
	r.loc = time.UTC
	d, err := r.toPrint()
	if err != nil {
		t.Fatal(err)
	}
	var printed []string
	for _, s := range d.sections {
		if s.id != "words" {
			continue
		}
		for _, x := range s.parts {
			if x, ok := x.(table); ok {
				for _, row := range x.listed() {
					printed = append(printed, row.fields[0].texts("")+": "+row.fields[1].texts(""))
				}
			}
		}
	}
	terms := glossary.Terms("en")
	if len(terms) != 25 || len(printed) != len(terms) {
		t.Fatalf("%d words, of which %d are printed", len(terms), len(printed))
	}
	for i, x := range terms {
		if printed[i] != x.Term+": "+x.Means || !strings.Contains(page, x.Means) {
			t.Errorf("%s is not explained on the page and on paper: %q", x.Term, printed[i])
		}
	}
	var b bytes.Buffer
	if err := writeAnnexPage(&b, r, r.document()); err != nil || strings.Contains(html.UnescapeString(b.String()), terms[0].Means) {
		t.Errorf("the page of annexes: %v", err)
	}
}

// TestFirstPageIsOne: however much there is to say, the first page on paper is one page, and what
// has no room on it is among the main points.
func TestFirstPageIsOne(t *testing.T) {
	r := long(t, 200)
	many := strings.Repeat("a very long sentence about what happened somewhere, ", 12)
	for i := range 30 {
		r.First.New = append(r.First.New, truce.Because("%s", fmt.Sprint("new ", i, " ", many)))
		r.First.Disputed = append(r.First.Disputed, truce.Because("%s", many))
		r.First.Next = append(r.First.Next, truce.Because("%s", many))
		a := r.Articles[0]
		a.Article, a.Text, a.Days = truce.Article(fmt.Sprint("x", i)), many, nil
		r.Articles = append(r.Articles, a)
	}
	r.Summary = []string{many}
	loc, _ := time.LoadLocation(r.Zone)
	r.loc = loc
	d := r.document()
	s := set(r, d, make([]int, len(d.sections)))
	if s.Error() != nil || s.begun[0] != 2 {
		t.Errorf("the first section begins on page %d, %v", s.begun[0], s.Error())
	}
	var points []string
	for _, x := range d.sections[1].parts {
		if p, ok := x.(para); ok {
			points = append(points, p.about+": "+p.text)
		}
	}
	for i := mostNew; i < 30; i++ {
		if !slices.ContainsFunc(points, func(p string) bool { return strings.HasPrefix(p, fmt.Sprint("New: New ", i, " ")) }) {
			t.Errorf("what is new, no. %d, is not among the main points", i)
		}
	}
}
