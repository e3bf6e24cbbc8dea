package report

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/opentruce/truce"
)

// An Annex is a file beside the report: a list of which the report has the first rows, or all
// lists for reading. The report names it with its digest.
type Annex struct {
	Name  string // of the file, such as totals.csv
	Title string
	Rows  int // without the header
	write func(io.Writer) error
}

// Write writes the file. The same report gives the same bytes.
func (a *Annex) Write(w io.Writer) error { return a.write(w) }

// Annexes are the files beside a report, in the order in which it names them. Lists without
// rows have none.
func Annexes(r *Report) ([]Annex, error) {
	loc, err := time.LoadLocation(r.Zone)
	if err != nil {
		return nil, err
	}
	c := *r
	c.loc = loc
	return c.annexes(c.document()), nil
}

func (r *Report) annexes(d *document) (out []Annex) {
	total := 0
	for _, t := range d.tables() {
		total += len(t.rows)
	}
	out = append(out, Annex{"annexes.html", "All lists whole, for reading", total, func(w io.Writer) error { return writeAnnexPage(w, r, d) }})
	for _, t := range []*Table{r.incidents(), r.findings(), r.reports()} {
		n := 0
		for range t.Rows {
			n++
		}
		if n > 0 {
			out = append(out, Annex{t.Name + ".csv", t.Title, n, func(w io.Writer) error { return t.Write(w, "csv") }})
		}
	}
	for _, t := range d.tables() {
		if t.name == "" || t.name == "incidents" || len(t.rows) == 0 {
			continue
		}
		out = append(out, Annex{t.name + ".csv", t.label, len(t.rows), t.writeCSV})
	}
	for i := range out {
		switch out[i].Name {
		case "incidents.csv":
			out[i].Title = "Incidents and allegations, a row each"
		case "findings.csv":
			out[i].Title = "What each article says of each incident, allegation and total"
		case "reports.csv":
			out[i].Title = "Each report of each incident: publisher, publisher's key, file, entry of the record"
		}
	}
	return out
}

// writeCSV writes the columns that people read and, after them, those for programs.
func (t *table) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	var names []string
	for _, c := range t.cols {
		names = append(names, strings.NewReplacer(" ", "_", ",", "", ".", "").Replace(strings.ToLower(c.name)))
	}
	for _, name := range t.more {
		if name == "from" || name == "until" { // as the other tables for programs
			name += "_utc"
		}
		names = append(names, name)
	}
	_ = out.Write(names) // Error below
	for _, x := range t.rows {
		row := make([]string, 0, len(names))
		for _, f := range x.fields {
			row = append(row, Plain(Clean(f.texts("; "))))
		}
		for _, m := range x.more {
			row = append(row, Plain(Clean(m)))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// A Said is one report of an incident, by its publisher's own key.
type Said struct {
	ID        truce.Digest   `json:"id"`
	Source    truce.SourceID `json:"source"`
	Publisher string         `json:"publisher"`
	Key       string         `json:"key"`
	Revision  int32          `json:"revision,omitempty"`
	Claimant  truce.PartyID  `json:"claimant,omitempty"`
	File      string         `json:"file,omitempty"`  // as it was received; empty: by hand, or not public
	Digest    truce.Digest   `json:"sha256,omitzero"` // of that file
	Entry     int64          `json:"entry,omitempty"` // of the record; 0: not known
}

// reports are each report of each incident and allegation that the report lists.
func (r *Report) reports() *Table {
	t := r.table("reports")
	t.Columns = named("id", "report", "source", "publisher", "key", "revision", "claimant", "file", "file_sha256", "entry")
	t.Rows = func(yield func(Line, error) bool) {
		for _, list := range [][]Incident{r.Incidents, r.Claims} {
			for i := range list {
				for _, x := range list[i].Reports {
					var claimant []string
					if x.Claimant != "" {
						claimant = []string{string(x.Claimant)}
					}
					var sum, file any
					if x.File != "" {
						sum, file = x.Digest.Hex(), x.File
					}
					if !yield(Line{nil, []any{list[i].ID.Hex(), x.ID.Hex(), string(x.Source), x.Publisher, x.Key, int64(x.Revision), claimant, file, sum, entry(x.Entry)}}, nil) {
						return
					}
				}
			}
		}
	}
	return t
}

// annexParts names the files beside the report.
func (r *Report) annexParts(d *document) ([]part, error) {
	t := table{label: "Annexes", cols: []col{{"File", .24, false}, {"What it has", .36, false}, {"Rows", .08, true}, {"SHA-256", .32, false}}}
	for _, a := range r.annexes(d) {
		sum := sha256.New()
		if err := a.Write(sum); err != nil {
			return nil, fmt.Errorf("annex %s: %w", a.Name, err)
		}
		t.rows = append(t.rows, row{fields: []field{{{text: a.Name, link: r.AnnexDir != ""}}, words(a.Title), words(grouped(int64(a.Rows))), code(truce.Digest(sum.Sum(nil)).Hex())}})
	}
	where := "truce report writes these files into a folder beside the report, or with --format zip into one file, which a mission's room publishes beside the report."
	if r.AnnexDir != "" {
		where = "These files are in the folder " + r.AnnexDir + " beside this report."
	}
	return []part{note("Long lists are files of their own, with every row. " + where + " A file whose SHA-256 is the one below is the annex of this report."), t}, nil
}

// writeZip writes all annexes as one file. The same report gives the same bytes.
func writeZip(w io.Writer, r *Report) error {
	z := zip.NewWriter(w)
	made := r.Issued.Time()
	if !r.Issued.Stated() || r.Issued <= 0 {
		made = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	for _, a := range r.annexes(r.document()) {
		f, err := z.CreateHeader(&zip.FileHeader{Name: a.Name, Method: zip.Deflate, Modified: made})
		if err != nil {
			return err
		}
		if err := a.Write(f); err != nil {
			return fmt.Errorf("annex %s: %w", a.Name, err)
		}
	}
	return z.Close()
}
