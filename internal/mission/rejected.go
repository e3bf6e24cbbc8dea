package mission

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/source"
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
	ins, err := m.Intakes()
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
		if r.Key != "" && r.Why != WhyKnown {
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
	for i := range v.Records {
		var k item
		switch r := &v.Records[i]; {
		case r.Observation != nil:
			k = item{r.Observation.Source, r.Observation.Key}
			if r.Observation.Collector != "" {
				k.source = r.Observation.Collector
			}
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
	return slices.DeleteFunc(rows, func(r RejectedRow) bool { return r.Key != "" && r.Why != WhyKnown && read[item{r.Source, r.Key}] }), nil
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

// WhyKnown is the reason of a row whose key the record has from another row. Files of
// rejected rows have these words, and [Mission.Rejected] reads them there: keep them.
const WhyKnown = "this source and key are known, and said something else"

// Rejects keeps rejected rows whole, with the reason.
type Rejects struct {
	name   string
	former string // its name in missions of earlier builds
	about  aboutRejects
	out    *os.File
	w      *bufio.Writer
	err    error
}

// NewRejects is for one file of one source: what an earlier reading of it rejected is
// replaced.
func NewRejects(dir string, in *Intake) *Rejects {
	plain := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' }
	as := string(in.As())
	if strings.ContainsFunc(as, func(r rune) bool { return !plain(r) }) || len(as) > 40 { // it is part of a file's name
		as = truce.DigestOf("source", as).Hex()[:16]
	}
	name := func(of string) string {
		return filepath.Join(dir, "rejects", fmt.Sprintf("%s-%s.jsonl", in.Evidence, of))
	}
	return &Rejects{name: name(as), former: name(in.Kind), about: aboutRejects{in.As(), in.Evidence}}
}

// Add keeps a row.
func (r *Rejects) Add(x *source.Refusal) {
	if r.err != nil {
		return
	}
	if r.out == nil {
		if r.err = os.MkdirAll(filepath.Dir(r.name), 0o700); r.err != nil {
			return
		}
		if r.out, r.err = os.OpenFile(r.name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600); r.err != nil {
			return
		}
		r.w = bufio.NewWriter(r.out)
		if r.write(struct{ About *aboutRejects }{&r.about}); r.err != nil {
			return
		}
	}
	line := rejectedRow{File: x.File, Row: x.Row, Line: x.Line, Column: x.Column, Value: strings.ToValidUTF8(x.Value, "\uFFFD"), Why: x.Why, Hint: x.Hint,
		Key: strings.ToValidUTF8(x.Key, "\uFFFD"), Raw: text(x.Raw), Bytes: rawBytes(x.Raw)}
	if x.When.Valid() {
		line.When = &x.When
	}
	r.write(line)
}

func (r *Rejects) write(v any) {
	line, err := json.Marshal(v)
	if err == nil {
		_, err = r.w.Write(append(line, '\n'))
	}
	r.err = err
}

// Close ends the file, and says what failed.
func (r *Rejects) Close() error {
	if r.former != r.name {
		_ = os.Remove(r.former)
	}
	if r.out == nil {
		if err := os.Remove(r.name); r.err == nil && !errors.Is(err, fs.ErrNotExist) {
			r.err = err
		}
		return r.err
	}
	if err := r.w.Flush(); r.err == nil {
		r.err = err
	}
	if err := r.out.Close(); r.err == nil {
		r.err = err
	}
	return r.err
}

func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return ""
}

func rawBytes(b []byte) []byte {
	if utf8.Valid(b) {
		return nil
	}
	return b
}
