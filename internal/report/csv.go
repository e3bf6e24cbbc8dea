package report

import (
	"encoding/csv"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
)

// writeCSVTable writes a header and a row for each line.
func writeCSVTable(w io.Writer, t *Table) error { return t.csv(w, false) }

// writeHXL writes CSV with a row of tags under the header: Humanitarian Exchange Language
// 1.1, tagging conventions, sections 2 and 3. A column that the language has no word for
// has an empty tag, and programs that read the tags leave it aside.
func writeHXL(w io.Writer, t *Table) error { return t.csv(w, true) }

func (t *Table) csv(w io.Writer, tagged bool) error {
	out := csv.NewWriter(w)
	head, tags := make([]string, len(t.Columns)), make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i], tags[i] = c.Name, c.HXL
	}
	_ = out.Write(head) // Error below
	if tagged {
		_ = out.Write(tags)
	}
	row := make([]string, len(t.Columns))
	for line, err := range t.Rows {
		if err != nil {
			return err
		}
		for i, v := range line.Values {
			row[i] = Plain(t.Columns[i].text(v))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// formula is where a cell can begin with a formula: at its start, and after a semicolon,
// since Excel divides a line at each semicolon where the system's language has the comma
// in numbers, inside quotation marks too. Its signs are those that OWASP names ("CSV
// Injection"), with the wide ones of Chinese and Japanese.
var formula = regexp.MustCompile(`(^|;)("*[=+\-@\t\r\n＝＋－＠])`)

// Plain keeps a spreadsheet from running a publisher's words: it puts an apostrophe before
// what could be a formula. Numbers stay.
func Plain(s string) string {
	if !strings.ContainsAny(s, "=+-@\t\r\n＝＋－＠") {
		return s
	}
	if number(s) {
		return s
	}
	return formula.ReplaceAllString(s, "$1'$2")
}

// number reports whether a text is a number as people and programs write them: digits, with
// a sign, a point and an exponent. Go's own reading takes -Inf and 0x1p-2 as well.
func number(s string) bool {
	if strings.Trim(s, "0123456789+-.eE") != "" {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// writeCSV writes one row for each finding, allegations and totals among them.
func writeCSV(w io.Writer, r *Report) error { return r.findings().Write(w, "csv") }

// table is a report as a table, without columns and rows.
func (r *Report) table(name string) *Table {
	return &Table{Name: name, Title: r.Title, Status: r.Status, Cut: r.when(r.Period) + "; " + r.cutOff(), Issued: r.Issued, Situation: r.Digest, Location: r.loc, Licences: r.Licences}
}

// cited are the citations of the report's sources.
func (r *Report) cited() Citations {
	by := map[truce.SourceID]Licence{}
	for _, l := range r.Licences {
		by[truce.SourceID(l.Source)] = l
	}
	return CitationsOf(by)
}

// findings are what each article says of each incident and total of the report.
func (r *Report) findings() *Table {
	t, cited := r.table("findings"), r.cited()
	t.Columns = named(slices.Concat([]string{"status", "article", "outcome", "standing", "id", "from", "until", "place", "what", "signs", "found_low", "found_high", "sources", "claimant", "missing", "ground"}, Columns,
		[]string{"region", "signs_n", "licence"}, PartColumns)...)
	t.Rows = func(yield func(Line, error) bool) {
		for _, list := range [][]Incident{r.Incidents, r.Claims} {
			for i := range list {
				x := &list[i]
				for _, f := range x.Findings {
					if !f.Relevant && (f.Outcome == truce.NoViolation || f.Outcome == truce.OutOfScope) {
						continue // the article is not about it, which clears nobody
					}
					values := append([]any{string(r.Status), string(f.Article), outcomeCode(f.Outcome, f.Standing), standingCode(f.Outcome, f.Standing), x.ID.Hex(), x.Occurred.Start, x.Occurred.End, x.Place.String(), x.What, x.Signs.String(), nil, nil,
						x.Sources, texts(x.Claimants), texts(f.Missing), string(f.Ground)}, ColumnsOf(&x.Row)...)
					values = append(append(values, x.Region, x.Signs.N, cited.of(x.Row.Sources)), PartsOf(&x.Row)...)
					if !yield(Line{&x.Place, values}, nil) {
						return
					}
				}
			}
		}
		for i := range r.Tallies {
			t := &r.Tallies[i]
			var claimant []string
			if t.Claimant != "" {
				claimant = []string{string(t.Claimant)}
			}
			for _, f := range t.Findings {
				values := append([]any{string(r.Status), string(f.Article), outcomeCode(f.Outcome, f.Standing), standingCode(f.Outcome, f.Standing), t.ID.Hex(), t.Period.Start, t.Period.End, t.Place,
					"tally: " + t.What, t.Count.String(), t.Within.Low.String(), t.Within.High.String(), []string{t.Source}, claimant, texts(f.Missing), nil}, ColumnsOf(t.row())...)
				values = append(append(values, nil, int64(t.Count.N), cited.of([]truce.SourceID{truce.SourceID(t.Source)})), PartsOf(t.row())...)
				if !yield(Line{nil, values}, nil) {
					return
				}
			}
		}
	}
	return t
}

// incidents are the incidents and allegations of the report, each once.
func (r *Report) incidents() *Table {
	t, cited := r.table("incidents"), r.cited()
	t.Columns = IncidentColumns()
	t.Rows = func(yield func(Line, error) bool) {
		for _, list := range [][]Incident{r.Incidents, r.Claims} {
			for i := range list {
				x := &list[i]
				worst := x.Worst()
				var standing truce.Standing
				var found []truce.ShortFinding
				for _, f := range x.Findings {
					if !f.Relevant && f.Outcome == truce.NoViolation {
						continue // the article is not about it, which clears nobody
					}
					found = append(found, truce.ShortFinding{Article: f.Article, Outcome: f.Outcome, Standing: f.Standing})
					if standing == "" && f.Outcome == worst {
						standing = f.Standing
					}
				}
				if worst == truce.NoViolation && !slices.ContainsFunc(x.Findings, func(f Finding) bool { return f.Relevant && f.Outcome == worst }) {
					worst, standing = "", "" // no article is about it, which is not the same as no violation
				}
				if !yield(incident(r.Status, &x.Row, x.Sources, truce.ShortFinding{Outcome: worst, Standing: standing}, found, cited), nil) {
					return
				}
			}
		}
	}
	return t
}
