package mission

import (
	"cmp"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/rejects"
)

// Rejected are the rows that could not be read.
type Rejected struct {
	Rows    []rejects.Row // those of the period first, then those whose time is not known
	Dated   int           // how many of them are of the period, at least in part
	Undated int           // how many have no time that could be read
	// Elsewhere is how many rows were rejected in files that were read on another machine,
	// as the record says; their times are not known here.
	Elsewhere int
}

// Rejected lists the rows that were rejected and that are, or may be, of a period; the
// zero interval is all time. A row that was read later, under the same key and from the
// same source, is not among them. Files that are not public are left out for all but the
// mission.
func (m *Reading) Rejected(period truce.Interval, audience truce.Audience) (*Rejected, error) {
	whole := audience == truce.ForMission || audience == ""
	here := map[rejects.About]bool{}
	out := &Rejected{}
	var all []rejects.Row
	for f, err := range rejects.Files(m.Dir) {
		if err != nil {
			return nil, err
		}
		here[f.About] = true
		if !whole && m.Evidence.Check(f.Evidence) != nil {
			continue // the file is not public, or is not whole
		}
		all = append(all, f.Rows...)
	}
	ins, err := m.Intakes()
	if err != nil {
		return nil, err
	}
	for i := range ins {
		in := &ins[i]
		if k := (rejects.About{Source: in.As(), Evidence: in.Evidence}); !here[k] && in.Counts.Refused > 0 {
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
	slices.SortStableFunc(out.Rows, func(a, b rejects.Row) int {
		if a.At.Valid() != b.At.Valid() {
			return cmp.Or(map[bool]int{true: -1, false: 1}[a.At.Valid()])
		}
		return cmp.Or(cmp.Compare(a.At.Start, b.At.Start), strings.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row))
	})
	return out, nil
}

// unread leaves out the rows whose source and key are in the record by now. What is in
// the record is not a row that was rejected because it says something else.
func (m *Reading) unread(rows []rejects.Row, whole bool) ([]rejects.Row, error) {
	type item struct {
		source truce.SourceID
		key    string
	}
	wanted := map[item]bool{}
	for _, r := range rows {
		if r.Key != "" && r.Why != rejects.WhyKnown {
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
	return slices.DeleteFunc(rows, func(r rejects.Row) bool {
		return r.Key != "" && r.Why != rejects.WhyKnown && read[item{r.Source, r.Key}]
	}), nil
}
