package mission

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
)

// A RejectedRow is a row of a file that could not be read, with the reason. It is kept on
// the machine that read the file, and nowhere else: nobody has checked what is in it.
type RejectedRow struct {
	Source truce.SourceID `json:"source"`
	rejectedRow
	At truce.Interval `json:"-"` // when it says that something was; zero: not known
}

// rejectedRow is a line of a file in MISSION/rejects.
type rejectedRow struct {
	File   string          `json:"file"`
	Row    int             `json:"row"`
	Line   int             `json:"line,omitempty"`
	Column string          `json:"column,omitempty"`
	Value  string          `json:"value,omitempty"`
	Why    string          `json:"why"`
	Hint   string          `json:"hint,omitempty"`
	Key    string          `json:"key,omitempty"`
	When   *truce.Interval `json:"when,omitempty"` // absent: its time could not be read
	Raw    string          `json:"raw,omitempty"`
	Bytes  []byte          `json:"bytes,omitempty"` // instead of raw where it is not UTF-8
}

// aboutRejects is the first line of such a file; older files have none.
type aboutRejects struct {
	Source   truce.SourceID `json:"source"`
	Evidence truce.Digest   `json:"evidence"`
}

// Rejected are the rows that could not be read.
type Rejected struct {
	Rows    []RejectedRow // those of the period first, then those whose time is not known
	Dated   int           // how many of them are of the period, at least in part
	Undated int           // how many have no time that could be read
	// Elsewhere is how many rows were rejected in files that were read on another machine,
	// as the record says; their times are not known here.
	Elsewhere int
}

// mostWhole is how many rows of a file are listed with their content; the others are
// listed without it.
const mostWhole = 10_000

// Rejected lists the rows that were rejected and that are, or may be, of a period; the
// zero interval is all time. A row that was read later, under the same key and from the
// same source, is not among them. Files that are not public are left out for all but the
// mission.
func (m *Reading) Rejected(period truce.Interval, audience truce.Audience) (*Rejected, error) {
	dir := filepath.Join(m.Dir, "rejects")
	names, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	whole := audience == truce.ForMission || audience == ""
	here := map[string]bool{} // files, by the digest and source
	out := &Rejected{}
	var all []RejectedRow
	for _, e := range names {
		if !strings.HasSuffix(e.Name(), ".jsonl") || !e.Type().IsRegular() {
			continue
		}
		about, rows, err := readRejects(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		here[rejectsOf(about)] = true
		if !whole && m.Evidence.Check(about.Evidence) != nil {
			continue // the file is not public, or is not whole
		}
		all = append(all, rows...)
	}
	ins, err := m.intakes()
	if err != nil {
		return nil, err
	}
	for i := range ins {
		in := &ins[i]
		if k := rejectsOf(aboutRejects{Source: in.As(), Evidence: in.Evidence}); !here[k] && in.Counts.Refused > 0 {
			here[k] = true // read again, it says the same once more
			out.Elsewhere += in.Counts.Refused
		}
	}
	if all, err = m.unread(all, whole); err != nil {
		return nil, err
	}
	for _, r := range all {
		switch {
		case !r.At.Valid():
			out.Undated++
		case period == truce.Interval{} || r.At.Overlaps(period):
			out.Dated++
		default:
			continue
		}
		out.Rows = append(out.Rows, r)
	}
	slices.SortStableFunc(out.Rows, func(a, b RejectedRow) int {
		if a.At.Valid() != b.At.Valid() {
			return cmp.Or(map[bool]int{true: -1, false: 1}[a.At.Valid()])
		}
		return cmp.Or(cmp.Compare(a.At.Start, b.At.Start), strings.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row))
	})
	return out, nil
}

func rejectsOf(a aboutRejects) string { return a.Evidence.Hex() + " " + string(a.Source) }

// unread leaves out the rows whose source and key are in the record by now. What is in
// the record is not a row that was rejected because it says something else.
func (m *Reading) unread(rows []RejectedRow, whole bool) ([]RejectedRow, error) {
	type item struct {
		source truce.SourceID
		key    string
	}
	wanted := map[item]bool{}
	for _, r := range rows {
		if r.Key != "" && r.Why != whyKnown {
			wanted[item{r.Source, r.Key}] = true
		}
	}
	if len(wanted) == 0 {
		return rows, nil
	}
	v, err := m.Read()
	if err != nil {
		return nil, err
	}
	read := map[item]bool{}
	for i := range v.records {
		var k item
		switch r := &v.records[i]; {
		case r.Observation != nil:
			k = item{r.Observation.Source, r.Observation.Key}
		case r.Tally != nil:
			k = item{r.Tally.Source, r.Tally.Key}
		}
		if wanted[k] {
			read[k] = true
		}
	}
	if whole && m.live != nil && m.live.EntryOf != nil { // what is sealed is not among the records there
		if secret, err := m.Secret(); err == nil {
			for k := range wanted {
				o, t := truce.Observation{Source: k.source, Key: k.key}, truce.Tally{Source: k.source, Key: k.key}
				o.SetID()
				t.SetID()
				read[k] = read[k] || m.live.EntryOf(ledger.Keyed(secret, o.ID)) >= 0 || m.live.EntryOf(ledger.Keyed(secret, t.ID)) >= 0
			}
		}
	}
	return slices.DeleteFunc(rows, func(r RejectedRow) bool { return r.Key != "" && r.Why != whyKnown && read[item{r.Source, r.Key}] }), nil
}

// readRejects reads a file of rejected rows. What is not one is passed over: a run may
// have been interrupted.
func readRejects(name string) (about aboutRejects, rows []RejectedRow, err error) {
	f, err := os.Open(name)
	if err != nil {
		return about, nil, err
	}
	defer f.Close()
	// evidence-kind.jsonl, or evidence-source.jsonl
	digest, of, _ := strings.Cut(strings.TrimSuffix(filepath.Base(name), ".jsonl"), "-")
	_ = about.Evidence.UnmarshalText([]byte(digest))
	about.Source = truce.SourceID(of)
	in := bufio.NewScanner(f)
	in.Buffer(nil, 128<<20) // a row that is kept whole may have a large geometry
	for first := true; in.Scan(); first = false {
		if first {
			var head struct {
				About *aboutRejects
			}
			if json.Unmarshal(in.Bytes(), &head) == nil && head.About != nil {
				about = *head.About
				continue
			}
		}
		r := RejectedRow{Source: about.Source}
		if json.Unmarshal(in.Bytes(), &r.rejectedRow) != nil || r.Why == "" {
			continue
		}
		if r.When != nil && r.When.Valid() {
			r.At = *r.When
		}
		if len(rows) >= mostWhole {
			r.Raw, r.Bytes = "", nil
		}
		rows = append(rows, r)
	}
	return about, rows, in.Err()
}

// Words say where the row is, what is wrong and what to do.
func (r *rejectedRow) Words() string {
	s := r.File + ", row " + strconv.Itoa(r.Row)
	if r.Line > 0 {
		s += " (line " + strconv.Itoa(r.Line) + ")"
	}
	if r.Column != "" {
		s += ": " + r.Column + " " + strconv.Quote(r.Value)
	}
	s += ": " + r.Why
	if r.Hint != "" {
		s += "; " + r.Hint
	}
	return s
}
