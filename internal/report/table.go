package report

import (
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opentruce/truce"
)

// A Kind is what the values of a column are.
type Kind string

// The kinds of columns, and the Go types of their values. Any value may be nil: it is not
// known, or there is none.
const (
	Text    Kind = "text"    // string
	Integer Kind = "integer" // int64
	Number  Kind = "number"  // float64
	Time    Kind = "time"    // truce.Instant; one that is not stated counts as nil
	List    Kind = "list"    // []string
)

// A Column of a table for programs. doc/exports.md prints what each is.
type Column struct {
	Name     string // in CSV and JSON
	Property string // in GeoJSON, where it is another
	Field    string // in KML, GeoPackage and GeoParquet, where it is another: from is a word of SQL
	Kind     Kind
	Unit     string
	Sep      string // between the entries of a list where the format has texts alone
	HXL      string // its tag in HXL 1.1; empty: it has none
	Doc      string // in one line
}

// The names of a column in the formats.
func (c *Column) property() string { return either(c.Property, c.Name) }
func (c *Column) field() string    { return either(c.Field, c.Name) }

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Vocabulary are all columns that any table for programs has.
var Vocabulary = func() []Column {
	out := []Column{
		{Name: "id", Kind: Text, HXL: "#event+id", Doc: "the incident or total, as the record names it: 64 hexadecimal digits"},
		{Name: "status", Kind: Text, HXL: "#meta+status", Doc: "of the agreement: in-force, draft, rehearsal, historic or unsigned. Anything but in-force means that no row is a violation by anyone"},
		{Name: "article", Kind: Text, HXL: "#event+article", Doc: "the article's number in the text"},
		{Name: "outcome", Kind: Text, HXL: "#event+outcome", Doc: "under the article; of an incident, the one that most asks for attention. rejected: a person found that the reports show no violation of the article, and what else happened is not decided by that"},
		{Name: "standing", Kind: Text, HXL: "#event+standing", Doc: "how well that is established: alleged, single-source, corroborated, verified, unverifiable or refuted; empty where a person rejected it under the article; of a finding of days that no person verified, what it rests on: two-origins or two-publishers"},
		{Name: "ground", Kind: Text, Doc: "of the standing, where several publishers report it"},
		{Name: "kind", Kind: Text, Doc: "incident, or tally: a total that somebody states"},
		{Name: "from", Property: "start", Field: "occurred_from", Kind: Time, Unit: "UTC", HXL: "#date+start", Doc: "it happened at this time or later; empty: no beginning is stated"},
		{Name: "until", Property: "end", Field: "occurred_until", Kind: Time, Unit: "UTC", HXL: "#date+end", Doc: "and before this time"},
		{Name: "place", Kind: Text, HXL: "#loc+name", Doc: "the place in words"},
		{Name: "region", Kind: Text, HXL: "#adm1+name", Doc: "of the gazetteer, where one region surely holds the place"},
		{Name: "what", Kind: Text, HXL: "#event+name", Doc: "what happened, in words"},
		{Name: "signs", Kind: Text, Doc: "reports as counted on boards, in words, such as ≥12"},
		{Name: "signs_n", Kind: Integer, Unit: "reports", HXL: "#event+num", Doc: "signs as a number; at least so many, or about so many, where signs says so"},
		{Name: "found_low", Kind: Text, Doc: "of a total: what was found of it and surely lies in the period"},
		{Name: "found_high", Kind: Text, Doc: "and with what may lie in the period"},
		{Name: "sources", Kind: List, Sep: " ", HXL: "#meta+source", Doc: "who reports it, as the agreement names its sources; in reports, their publishers"},
		{Name: "state", Kind: Text, HXL: "#event+state", Doc: "observed, or alleged: nobody but parties says so"},
		{Name: "alleged_by", Kind: List, Sep: ", ", HXL: "#group+claimant", Doc: "the parties that allege it"},
		{Name: "claimant", Kind: List, Sep: ", ", HXL: "#group+claimant", Doc: "the party that alleges it or states the total"},
		{Name: "known", Kind: Time, Unit: "UTC", HXL: "#date+reported", Doc: "when the last of its reports became known"},
		{Name: "entry", Kind: Integer, HXL: "#meta+entry", Doc: "that report's entry in the record; empty: not known"},
		{Name: "findings", Kind: List, Sep: "; ", HXL: "#meta+findings", Doc: "of every article: its number, outcome and standing"},
		{Name: "missing", Kind: List, Sep: " ", HXL: "#meta+missing", Doc: "facts that a finding lacks"},
		{Name: "licence", Kind: List, Sep: "; ", HXL: "#meta+license", Doc: "of each source: its licence, and the attribution it asks for"},
		{Name: "lat", Kind: Number, Unit: "degrees north, WGS 84", HXL: "#geo+lat", Doc: "the position; empty: known to an area or a region at best"},
		{Name: "lon", Kind: Number, Unit: "degrees east, WGS 84", HXL: "#geo+lon", Doc: "the position"},
		{Name: "uncertainty_m", Kind: Integer, Unit: "metres", HXL: "#geo+radius", Doc: "the radius around the position that surely holds the true one; empty: not stated"},
		{Name: "act", Kind: Text, HXL: "#event+type", Doc: "a word of the vocabulary, such as strike"},
		{Name: "weapon", Kind: Text, HXL: "#event+weapon", Doc: "a class of the vocabulary, such as mortar"},
		{Name: "calibre", Kind: Number, Unit: "millimetres", HXL: "#event+calibre", Doc: "of the weapon"},
		{Name: "actors", Kind: List, Sep: "|", HXL: "#group+actor", Doc: "who acted as sources claim: one of these"},
		{Name: "grade", Kind: Text, Doc: "the best grade of its reports"},
		{Name: "days", Kind: Integer, Unit: "days", Doc: "length of the window of a finding of days: 1 or 2"},
		{Name: "level", Kind: Text, Doc: "place, district, region or zone: what the area is"},
		{Name: "area", Kind: Text, HXL: "#loc+name", Doc: "somewhere in this area"},
		{Name: "radius_m", Kind: Integer, Unit: "metres", HXL: "#geo+radius", Doc: "around lat and lon, which holds the place of each report"},
		{Name: "reports", Kind: Integer, Unit: "reports", HXL: "#event+num", Doc: "on which the finding rests"},
		{Name: "publishers", Kind: List, Sep: "; ", HXL: "#meta+source", Doc: "of those reports"},
		{Name: "support", Kind: List, Sep: " ", Doc: "the IDs of those reports"},
		{Name: "says", Kind: Text, Doc: "a finding of days in words, with what it depends on"},
		{Name: "report", Kind: Text, Doc: "one report of the incident, as the record names it"},
		{Name: "source", Kind: Text, Doc: "of its file, as the agreement names it"},
		{Name: "publisher", Kind: Text, Doc: "who published it"},
		{Name: "key", Kind: Text, Doc: "the publisher's own key for it"},
		{Name: "revision", Kind: Integer, Doc: "of that key, from 0"},
		{Name: "file", Kind: Text, Doc: "that it was read from, as it was received; empty: entered by hand, or not public"},
		{Name: "file_sha256", Kind: Text, Doc: "of that file"},
		{Name: "decided", Kind: List, Sep: "; ", Doc: "what people decided, and who replied"},
	}
	tags := map[string]string{"killed": "#affected+killed", "injured": "#affected+injured", "civilians": "#affected+killed+civilians", "military": "#affected+killed+military"}
	for _, name := range truce.CasualtyStated {
		for _, x := range []struct{ end, tag, doc string }{{"_low", "+min", "at least so many"}, {"_best", "", "the best figure, where somebody states one"}, {"_high", "+max", "at most so many"}} {
			c := Column{Name: name + x.end, Kind: Integer, Unit: "people", Doc: x.doc + " " + truce.CasualtyWord(name).English}
			if tag := tags[name]; tag != "" {
				c.HXL = tag + x.tag
			}
			out = append(out, c)
		}
	}
	return out
}()

// named are columns of Vocabulary, in this order.
func named(names ...string) []Column {
	out := make([]Column, len(names))
	for i, n := range names {
		k := slices.IndexFunc(Vocabulary, func(c Column) bool { return c.Name == n })
		if k < 0 {
			panic("no column " + n)
		}
		out[i] = Vocabulary[k]
	}
	return out
}

// A Table is a list for programs: what Tables write in every format.
type Table struct {
	Name      string // of what its rows are: incidents, findings, days
	Title     string // of the agreement
	Status    truce.Status
	Cut       string         // what is known of it, in words; empty: all that was read
	Issued    truce.Instant  // when; not stated: files say that they are of 1970, and are the same each time
	Situation truce.Digest   // that it was computed from
	Location  *time.Location // of times in words; nil: UTC
	Licences  []Licence      // of the sources that its rows come from
	Columns   []Column
	// Rows are gone through once or several times. A line is good until the next.
	Rows iter.Seq2[Line, error]
}

// A Line is a row of a Table. The place is where maps draw it; nil: nowhere.
type Line struct {
	Place  *truce.Place
	Values []any // of the table's Columns
}

// A TableFormat writes a Table.
type TableFormat struct {
	Name  string // on the command line
	Word  string // for people
	Ext   string // of a file's name
	Media string // its type on the web
	Write func(io.Writer, *Table) error
}

// TableFormats lists every format of tables; to add one, write a file with its function
// and add its word.
var TableFormats = []TableFormat{
	{"csv", "CSV", "csv", "text/csv; charset=utf-8", writeCSVTable},
	{"hxl", "HXL", "hxl.csv", "text/csv; charset=utf-8", writeHXL},
	{"json", "JSON", "json", "application/json", writeJSONTable},
	{"geojson", "GeoJSON", "geojson", "application/geo+json", writeGeoJSON},
	{"kml", "KML", "kml", "application/vnd.google-earth.kml+xml", writeKML},
	{"gpkg", "GeoPackage", "gpkg", "application/geopackage+sqlite3", writeGeoPackage},
	{"parquet", "GeoParquet", "parquet", "application/vnd.apache.parquet", writeGeoParquet},
}

// TableFormatOf finds a format of tables by its name.
func TableFormatOf(name string) (TableFormat, error) {
	var names []string
	for _, f := range TableFormats {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return TableFormat{}, fmt.Errorf("format %q is unknown%s; want %s", name, truce.Suggest(name, names), strings.Join(names, ", "))
}

// Write writes a table in a format.
func (t *Table) Write(w io.Writer, format string) error {
	f, err := TableFormatOf(format)
	if err != nil {
		return err
	}
	return f.Write(w, t)
}

// words is what a reader of the whole file must know, part by part: what it is, what it
// is not, and from whose data it was made.
func (t *Table) words() []string {
	mark := (&Report{Status: t.Status}).MarkWords()
	if mark != "" {
		mark = strings.ToUpper(string(t.Status)) + ". " + mark
	}
	out := []string{mark, after("Computed from situation ", hexOf(t.Situation)), t.Cut}
	for _, l := range t.Licences {
		out = append(out, l.Source+": "+l.Words())
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

func hexOf(d truce.Digest) string {
	if d.IsZero() {
		return ""
	}
	return d.Hex()
}

// text is a value as one text; what is not known is empty.
func (c *Column) text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return Clean(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case truce.Instant:
		return Moment(v)
	case []string:
		list := make([]string, len(v))
		for i, s := range v {
			list[i] = Clean(s)
		}
		return strings.Join(list, c.Sep)
	}
	return Clean(fmt.Sprint(v))
}

// known is a value as a column of its kind has it; nil: it is not known.
func (c *Column) known(v any) any {
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil
		}
		return Clean(v)
	case truce.Instant:
		if !v.Stated() {
			return nil
		}
	case []string:
		if len(v) == 0 {
			return nil
		}
		return c.text(v)
	}
	return v
}

// incidentNames are the columns of lists of incidents. The ID comes first: scripts cut it
// from the line.
var incidentNames = slices.Concat([]string{"id", "status", "from", "until", "place", "region", "what", "signs", "sources", "alleged_by", "known", "entry", "outcome", "findings"}, Columns,
	[]string{"standing", "state", "signs_n", "licence"}, PartColumns)

// IncidentColumns are the columns of Incidents.
func IncidentColumns() []Column { return named(incidentNames...) }

// Incidents are rows as lines of IncidentColumns, under an agreement of a status.
func Incidents(status truce.Status, cited Citations, rows iter.Seq[*truce.Row]) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for r := range rows {
			if !yield(incident(status, r, texts(r.Sources), r.Lead(), r.Findings, cited), nil) {
				return
			}
		}
	}
}

// incident is a row as a line of IncidentColumns, with its sources, the finding that most
// asks for attention, and all findings, as its table names them.
func incident(status truce.Status, r *truce.Row, sources []string, lead truce.ShortFinding, findings []truce.ShortFinding, cited Citations) Line {
	var found []string
	for _, f := range findings {
		found = append(found, strings.TrimSpace(fmt.Sprintf("%s: %s %s", f.Article, outcomeCode(f.Outcome, f.Standing), standingCode(f.Outcome, f.Standing))))
	}
	state := "observed"
	if r.Alleged {
		state = "alleged"
	}
	values := append([]any{r.ID.Hex(), string(status), r.Occurred.Start, r.Occurred.End, r.Place.Short(), r.Region, r.What, r.Signs.String(), sources, texts(r.Claimants),
		r.Known, entry(r.Entry), outcomeCode(lead.Outcome, lead.Standing), found}, ColumnsOf(r)...)
	values = append(values, standingCode(lead.Outcome, lead.Standing), state, r.Signs.N, cited.of(r.Sources))
	return Line{&r.Place, append(values, PartsOf(r)...)}
}

// outcomeCode is an outcome as tables have it. What a person rejected is not a finding of no
// violation: the reports show none, and what else happened is not decided by that.
func outcomeCode(o truce.Outcome, standing truce.Standing) string {
	if o == truce.NoViolation && standing == truce.Refuted {
		return "rejected"
	}
	return string(o)
}

// standingCode is a standing as tables have it. What a person rejected under an article has none
// of its own: "refuted" beside it reads as if nothing had happened.
func standingCode(o truce.Outcome, standing truce.Standing) string {
	if outcomeCode(o, standing) == "rejected" {
		return ""
	}
	return string(standing)
}

// entry is nil where it is not known.
func entry(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// Citations are what rows say of their sources: licence and attribution, by source.
type Citations map[truce.SourceID]string

// CitationsOf are the citations of licences.
func CitationsOf(licences map[truce.SourceID]Licence) Citations {
	out := Citations{}
	for id, l := range licences {
		out[id] = string(id) + ": " + l.Words()
	}
	return out
}

func (c Citations) of(sources []truce.SourceID) (out []string) {
	for _, id := range sources {
		if s := c[id]; s != "" {
			out = append(out, s)
		}
	}
	return out
}

// findingNames are the columns of lists of findings.
var findingNames = slices.Concat([]string{"article", "outcome", "standing", "id", "kind", "from", "until", "place", "what", "signs", "missing"}, Columns,
	[]string{"status", "ground", "region", "sources", "alleged_by", "signs_n", "licence"}, PartColumns)

// FindingColumns are the columns of Found.
func FindingColumns() []Column { return named(findingNames...) }

// A Found is a finding as a table has it: with the row of what it is about, which of a
// total has what the total states.
type Found struct {
	*truce.Finding
	What  string // in words
	Signs truce.Signs
}

// Sources are those of what it is about.
func (x *Found) Sources() []truce.SourceID {
	if x.Tally != nil {
		return []truce.SourceID{x.Tally.Source}
	}
	return x.Row.Sources
}

// FindingLine is a finding as a line of FindingColumns.
func FindingLine(status truce.Status, cited Citations, x *Found) Line {
	row, kind := &x.Row, "incident"
	if x.Tally != nil {
		kind = "tally"
	}
	sources := x.Sources()
	values := append([]any{string(x.Article), outcomeCode(x.Outcome, x.Standing), standingCode(x.Outcome, x.Standing), x.Of.Hex(), kind, x.During.Start, x.During.End, row.Place.String(), x.What, x.Signs.String(), texts(x.Missing)}, ColumnsOf(row)...)
	values = append(values, string(status), string(x.Ground), row.Region, texts(sources), texts(row.Claimants), x.Signs.N, cited.of(sources))
	return Line{&row.Place, append(values, PartsOf(row)...)}
}

// CitedBy are the licences of these sources, sorted by source.
func CitedBy(licences map[truce.SourceID]Licence, sources iter.Seq[truce.SourceID]) (out []Licence) {
	seen := map[truce.SourceID]bool{}
	for id := range sources {
		seen[id] = true
	}
	for _, id := range slices.Sorted(maps.Keys(seen)) {
		if l, ok := licences[id]; ok {
			out = append(out, l)
		}
	}
	return out
}

// SourcesOf goes through the sources of rows.
func SourcesOf(rows iter.Seq[*truce.Row]) iter.Seq[truce.SourceID] {
	return func(yield func(truce.SourceID) bool) {
		for r := range rows {
			for _, id := range r.Sources {
				if !yield(id) {
					return
				}
			}
		}
	}
}
