package report

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// sample is a report with hostile words in every text that a publisher or a
// person may fill, and n incidents.
func sample(t *testing.T, n int) *Report {
	at := func(lat, lon float64) geo.Point {
		p, err := geo.PointOf(lat, lon)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	evil := `<script>alert(1)</script>"'&|=cmd`
	day := truce.Interval{Start: 1755464400000, End: 1755550800000}
	r := &Report{Title: "Halt " + evil, Agreement: "halt", Status: truce.Rehearsal, Kind: "Daily report", Zone: "Europe/Kyiv", Period: day, AsKnown: truce.Never,
		Headline: []Sentence{{truce.Because("What this is"), truce.Because("x")}, {truce.Because("Corroboration"), truce.Because("%s", evil)}},
		Articles: []Article{{Article: "1", Text: evil, Force: []truce.Interval{day}, Count: Count{Signs: SignsBetween(truce.Signs{N: 12345, AtLeast: true}, truce.Signs{}), Incidents: Span{n, n}, Coverage: 710_000},
			Assessment: truce.Assessment{Outcome: truce.Uncorroborated, Reasons: []truce.Reason{truce.Because("%s", evil)}},
			Ribbon:     []Bucket{{During: day, Force: true, Count: Count{Incidents: Span{n, n}, Coverage: 0}}, {During: day, Force: true, Count: Count{Coverage: truce.One}}, {During: day}}}},
		Tallies: []Tally{{Source: evil, Claimant: "UA", What: evil, Period: day, Place: evil, Count: truce.Count{N: 574}, Difference: -3}},
		Seen:    []Coverage{{What: evil, Source: evil, During: day}}, Decided: []Decision{{Seq: 1, Because: evil, Unmet: evil}},
		Corrected: []Correction{{Source: evil, Claimant: truce.PartyID(evil), Key: evil, Was: evil, Is: evil}},
		Licences:  []Licence{{evil, evil, evil}}, Basis: map[string]string{"agreement": "00"},
		Map: Map{Zones: []Area{{Name: evil, Label: evil, Shape: geo.MultiPolygon{{{at(48, 37), at(48, 38), at(49, 38)}}}}}}}
	for i := range n {
		r.Incidents = append(r.Incidents, Incident{Row: truce.Row{ID: truce.DigestOf(fmt.Sprint(i)), Occurred: day, What: evil,
			Place: truce.Place{Kind: truce.PlacePoint, Point: at(48+float64(i%100)/100, 37+float64(i/100%100)/100), Uncertainty: 5000, Settlement: evil}}, Sources: []string{evil},
			Findings: []Finding{{Article: "1", Outcome: truce.Outcomes[i%len(truce.Outcomes)], Standing: truce.SingleSource}}})
	}
	r.Incidents = append(r.Incidents, Incident{Row: truce.Row{ID: truce.DigestOf("region"), Occurred: day, Place: truce.Place{Kind: truce.PlaceRegion, Name: evil}, What: "strike"}})
	return r
}

// TestFormats: every format writes, with no incidents, one, and many; nothing
// that a publisher wrote becomes markup.
func TestFormats(t *testing.T) {
	for _, f := range Formats {
		for _, n := range []int{0, 1, 3000} {
			t.Run(fmt.Sprint(f.Name, n), func(t *testing.T) {
				var b bytes.Buffer
				if err := Write(&b, f.Name, sample(t, n)); err != nil {
					t.Fatal(err)
				}
				if b.Len() == 0 {
					t.Fatal("nothing was written")
				}
				switch f.Name {
				case "html":
					checkPage(t, b.String())
				case "json", "geojson":
					var v any
					if err := json.Unmarshal(b.Bytes(), &v); err != nil {
						t.Error(err)
					}
				case "csv":
					rows, err := csv.NewReader(&b).ReadAll()
					// Of what no article is about, nothing is listed: two outcomes of the round.
					want := 1
					for i := range n {
						if o := truce.Outcomes[i%len(truce.Outcomes)]; o != truce.NoViolation && o != truce.OutOfScope {
							want++
						}
					}
					if err != nil || len(rows) != want {
						t.Errorf("%d rows, want %d, %v", len(rows), want, err)
					}
				case "pdf":
					checkPDF(t, b.Bytes(), sample(t, n))
				case "gpkg":
					checkGeoPackage(t, b.Bytes(), n)
				case "md":
					if !strings.Contains(b.String(), "REHEARSAL") {
						t.Error("the mark is missing")
					}
				}
			})
		}
	}
	if err := Write(&bytes.Buffer{}, "docx", sample(t, 0)); err == nil || !strings.Contains(err.Error(), "unknown") {
		t.Errorf("an unknown format: %v", err)
	}
}

func checkPage(t *testing.T, s string) {
	for _, bad := range []string{"<script", "ZgotmplZ", "http://", "https://", "src=", "<no value>"} {
		if strings.Contains(s, bad) {
			t.Errorf("the page has %q in it", bad)
		}
	}
	for _, need := range []string{"REHEARSAL", "violations decided", "≥12\u202f345", "71 %", "no independent coverage stated", "looked, saw nothing", "not in force", "Licence", "lang=\"en\""} {
		if !strings.Contains(s, need) {
			t.Errorf("the page lacks %q", need)
		}
	}
	for rest := s; ; {
		i := strings.Index(rest, "<svg")
		if i < 0 {
			return
		}
		end := strings.Index(rest[i:], "</svg>")
		d := xml.NewDecoder(strings.NewReader(rest[i : i+end+6]))
		for {
			if _, err := d.Token(); err != nil {
				if err.Error() != "EOF" {
					t.Errorf("a drawing is not well-formed: %v", err)
				}
				break
			}
		}
		rest = rest[i+end:]
	}
}

// TestMark: what is in force has no mark, and all else has.
func TestMark(t *testing.T) {
	for _, tt := range []struct {
		s    truce.Status
		want string
	}{{truce.InForce, ""}, {truce.Rehearsal, "REHEARSAL"}, {truce.Draft, "DRAFT"}, {truce.Historic, "HISTORIC"}, {truce.Unsigned, "UNSIGNED"}} {
		r := &Report{Status: tt.s}
		if got := r.Mark(); got != tt.want {
			t.Errorf("%s is marked %q", tt.s, got)
		}
		if got := r.MarkWords(); (got == "") != (tt.want == "") || strings.Contains(got, "signed these terms") != (tt.s == truce.Rehearsal) {
			t.Errorf("%s is explained by %q", tt.s, got)
		}
	}
}

// TestDrawnOutcomes: every outcome has a class, and no two that people must
// tell apart look alike.
func TestDrawnOutcomes(t *testing.T) {
	apart := []truce.Outcome{truce.Violation, truce.ApparentViolation, truce.Uncorroborated, truce.UndeterminedPlace, truce.AllegedOnly, truce.Excepted, truce.OutOfScope, truce.NoViolation}
	seen := map[string]truce.Outcome{}
	for _, o := range apart {
		c := class(o)
		if other, ok := seen[c]; ok {
			t.Errorf("%s and %s are both drawn as %s", o, other, c)
		}
		seen[c] = o
		if mark(o) == mark(truce.NoViolation) && o != truce.NoViolation {
			t.Errorf("%s looks like no violation", o)
		}
	}
}

// TestCorrectedAllegation: what a party says stays a claim when it is corrected.
func TestCorrectedAllegation(t *testing.T) {
	r := &Report{Zone: "UTC", Corrected: []Correction{{Source: "press office", Claimant: "B", Key: "7", Was: "strike", Is: "withdrawn"}}}
	for _, format := range []string{"html", "md"} {
		var b strings.Builder
		if err := Write(&b, format, r); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "press office (claimed by B)") {
			t.Errorf("%s: the claim is not marked", format)
		}
	}
}

// checkPDF: it is one, and the same report gives the same bytes.
func checkPDF(t *testing.T, data []byte, r *Report) {
	r.Summary = []string{"ABCEHIKMOPTXaceopxyi, АВСЕНІКМОРТХасеорхуі: Latin and Cyrillic letters that look the same; a\u00a0b c; - – ·"}
	var with bytes.Buffer
	if err := Write(&with, "pdf", r); err != nil {
		t.Error(err)
	}
	for range 5 {
		var again bytes.Buffer
		if err := Write(&again, "pdf", r); err != nil || !bytes.Equal(again.Bytes(), with.Bytes()) {
			t.Errorf("written twice, with Cyrillic: %d and %d bytes, %v", with.Len(), again.Len(), err)
		}
	}
	r.Summary = nil
	if !bytes.HasPrefix(data, []byte("%PDF-1.")) || !bytes.Contains(data[max(0, len(data)-32):], []byte("%%EOF")) {
		t.Errorf("no PDF: %.20q", data)
	}
	var again bytes.Buffer
	if err := Write(&again, "pdf", r); err != nil || !bytes.Equal(again.Bytes(), data) {
		t.Errorf("written twice: %d and %d bytes, %v", len(data), again.Len(), err)
	}
}

// checkGeoPackage reads it back as any program would.
func checkGeoPackage(t *testing.T, data []byte, n int) {
	name := filepath.Join(t.TempDir(), "x.gpkg")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for query, want := range map[string]int{
		`PRAGMA application_id`:                 1196444487,
		`SELECT count(*) FROM incidents_points`: n,
		`SELECT count(*) FROM incidents_points WHERE hex(substr(geom, 1, 8)) = '47500001E6100000' AND length(geom) = 29`: n,
		`SELECT count(*) FROM incidents_without_place`:                                                                   1,
		`SELECT count(*) FROM gpkg_contents JOIN gpkg_geometry_columns USING (table_name)`:                               2,
		`SELECT count(*) FROM incidents_points WHERE status <> 'rehearsal' OR uncertainty_m <> 5000`:                     0,
	} {
		var got int
		if err := db.QueryRow(query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", query, got, err, want)
		}
	}
	var check string
	if err := db.QueryRow(`PRAGMA integrity_check`).Scan(&check); err != nil || check != "ok" {
		t.Errorf("%s, %v", check, err)
	}
}

// TestWithoutWords: what people said without a text, or with one that the
// reader does not have, prints without a colon, comma or "because" before nothing.
func TestWithoutWords(t *testing.T) {
	r := sample(t, 1)
	day := r.Period
	r.Denied = []Restriction{{By: "B", During: day}, {During: day, What: "uav"}}
	r.Said = []Notice{{Kind: "notification", By: "A", During: day}, {Kind: "reply", By: "B", During: day, Text: "to incident 1"}}
	r.Decided = []Decision{{Seq: 1, Kind: truce.Confirm, Of: "incident 1"}, {Seq: 2, Kind: truce.Reject, Earlier: true, By: "head"}}
	r.Attributed = []Attribution{{Of: "1", Actor: "A", Confidence: "likely"}, {Of: "2", Because: "we saw it", By: "head"}}
	for _, format := range []string{"html", "md"} {
		var b bytes.Buffer
		if err := Write(&b, format, r); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if format == "md" && (strings.Contains(line, "because ,") || strings.Contains(line, "because (") || strings.Contains(line, "basis of ,") || strings.Contains(line, ": ,") || strings.Contains(line, " ()") ||
				strings.Contains(line, ", ,") || strings.HasSuffix(line, ": \n") || strings.HasSuffix(line, "because \n") || strings.HasPrefix(line, "- : ")) {
				t.Errorf("%s: %q", format, line)
			}
		}
		if strings.Contains(b.String(), "<q></q>") {
			t.Errorf("%s: an empty quotation", format)
		}
	}
	for _, tt := range []struct{ got, want string }{
		{Phrase(": ", "reply", "", " "), "reply"}, {Phrase(", ", "", "a", "b"), "a, b"}, {Phrase(". "), ""}, {after(", because ", " "), ""}, {after(", because ", "x"), ", because x"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

// TestFaces: what a report says of casualties, totals and empty sections is the same on
// each of its faces, and does not contradict itself.
func TestFaces(t *testing.T) {
	day := truce.Interval{Start: 1755464400000, End: 1755550800000}
	killed := func(n int32) *truce.Casualties {
		r := truce.Between(n, n)
		return &truce.Casualties{Killed: &r}
	}
	force := []truce.Interval{day}
	empty := &Report{Title: "Empty", Zone: "UTC", Status: truce.InForce, Period: day, AsKnown: truce.Never}
	full := &Report{Title: "Full", Zone: "UTC", Status: truce.InForce, Period: day, AsKnown: truce.Never, Uncounted: killed(41),
		Articles: []Article{
			{Article: "1", Force: force, Count: Count{Incidents: Span{1, 1}, Unclear: killed(7)}},
			{Article: "2", Force: force},
			{Article: "3", Force: force, Count: Count{Incidents: Span{1, 1}}},
			{Article: "4", Force: force, Count: Count{Incidents: Span{2, 2}, Casualties: killed(3), Unclear: killed(5)}}},
		Tallies: []Tally{{Source: "Wire", What: "strike", Period: day, Count: truce.Count{Kind: truce.Uncountable}, Uncounted: true}},
		Claims:  []Incident{{Row: truce.Row{ID: truce.DigestOf("b"), Occurred: day, What: "fire", Alleged: true, Claimants: []truce.PartyID{"B"}}}},
		Joined: []Incident{{Row: truce.Row{ID: truce.DigestOf("a"), Occurred: truce.Interval{Start: day.Start - 1, End: day.End}, What: "strike", Alleged: true, Claimants: []truce.PartyID{"A"}, Casualties: killed(9)},
			Findings: []Finding{{Article: "1", Outcome: truce.Uncorroborated, Relevant: true}}}},
		Licences: []Licence{{"wire", "the publisher's", "as its publisher states"}}}
	write := func(format string, r *Report) string {
		var b bytes.Buffer
		if err := Write(&b, format, r); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, format := range []string{"md", "html"} {
		for _, want := range []string{"Counted under no article in force: killed 41",
			"Article 1: where it is not known whether the article is about it at all: killed 7",
			"Article 2: nothing that was observed counts under it",
			"Article 3: not stated by any source, which is not zero",
			"Article 4: killed 3; where it is not known whether the article is about it at all: killed 5"} {
			if got := write(format, full); !strings.Contains(got, want) {
				t.Errorf("%s lacks %q", format, want)
			}
		}
	}
	for format, want := range map[string]string{
		"md":   "| uncountable | 0 | 0 | – |",
		"html": `<td class="r">uncountable</td><td class="r">0</td><td class="r">0</td><td class="r">–</td>`,
		"json": `"casualties_under_no_article": {`} {
		if got := write(format, full); !strings.Contains(got, want) {
			t.Errorf("%s lacks %q", format, want)
		}
	}
	for format, want := range map[string]string{
		"md":   "strike; claimed by A: killed 9 | observed by others: incident " + truce.DigestOf("a").String() + "; art. 1: uncorroborated |",
		"html": "observed by others: incident " + truce.DigestOf("a").String(),
		"json": `"allegations_of_what_was_observed": [` + "\n    {"} {
		if got := write(format, full); !strings.Contains(got, want) {
			t.Errorf("%s lacks the allegation that joined what was observed: %q", format, want)
		}
	}
	if got := write("md", full); strings.Index(got, "| A |") > strings.Index(got, "| B |") {
		t.Error("allegations are not in time")
	}
	if got, want := write("md", full), "- wire: licence: the publisher's; attribution: as its publisher states.\n"; !strings.Contains(got, want) {
		t.Errorf("md lacks %q", want)
	}
	got := write("md", empty)
	for _, section := range []string{"Totals beside what was found of them", "Counts by region", "Casualties", "What could be seen", "Restrictions on monitors", "Notifications and replies", "Corrections", "Decisions", "Incidents"} {
		if !strings.Contains(got, "## "+section+"\n\nNone was recorded.\n") {
			t.Errorf("the section %q is empty and does not say so", section)
		}
	}
	got = write("html", empty)
	for _, section := range []string{"Counts by region", "Casualties"} {
		if _, rest, ok := strings.Cut(got, ". "+section+"</h2>"); !ok || !strings.Contains(strings.SplitN(rest, "<h2 ", 2)[0], "None was recorded.") {
			t.Errorf("the section %q is empty and does not say so", section)
		}
	}
}
