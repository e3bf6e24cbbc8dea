package source

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"

	"github.com/opentruce/truce"
)

// A Rejected is one reason for rejecting rows, with the first of them.
type Rejected struct {
	Why    string `json:"why"`
	Hint   string `json:"hint,omitempty"`
	Rows   int    `json:"rows"`
	Row    int    `json:"row"` // the first
	Line   int    `json:"line,omitempty"`
	Column string `json:"column,omitempty"`
	Value  string `json:"value,omitempty"`
}

// Reasons adds up why rows were rejected. The zero value is empty.
type Reasons struct {
	list []Rejected
	at   map[[2]string]int // by column and kind of reason
}

var (
	quotedPart = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	cellsOfRow = regexp.MustCompile(`^\d+ cells`)
)

// kindOf is a reason without the values in it: of 200 unknown places, one reason is more to
// a person than 200.
func kindOf(why string) string {
	return cellsOfRow.ReplaceAllString(quotedPart.ReplaceAllString(why, `"…"`), "… cells")
}

// mostReasons bounds what is kept: a file may have another reason in each row.
const mostReasons = 1000

// Add counts one rejected row. Rows of one column and kind of reason are one, whatever the
// value. The reason is that of the first row as long as all have the same.
func (r *Reasons) Add(x *Refusal) {
	key := [2]string{x.Column, kindOf(x.Why)}
	i, ok := r.at[key]
	if !ok {
		if len(r.list) == mostReasons {
			return
		}
		if r.at == nil {
			r.at = map[[2]string]int{}
		}
		i = len(r.list)
		r.at[key] = i
		r.list = append(r.list, Rejected{Why: x.Why, Hint: x.Hint, Row: x.Row, Line: x.Line, Column: x.Column, Value: x.Value})
	}
	if r.list[i].Why != x.Why {
		r.list[i].Why = key[1]
	}
	r.list[i].Rows++
}

// Join adds the reasons of another file.
func (r *Reasons) Join(other *Reasons) {
	for _, x := range other.list {
		r.Add(&Refusal{Why: x.Why, Hint: x.Hint, Row: x.Row, Line: x.Line, Column: x.Column, Value: x.Value})
		if i, ok := r.at[[2]string{x.Column, kindOf(x.Why)}]; ok {
			r.list[i].Rows += x.Rows - 1
		}
	}
}

// Most are the n reasons that rejected most rows.
func (r *Reasons) Most(n int) []Rejected {
	out := slices.Clone(r.list)
	slices.SortStableFunc(out, func(a, b Rejected) int { return cmp.Or(b.Rows-a.Rows, a.Row-b.Row) })
	return out[:min(n, len(out))]
}

// A Preview is what would come of a file.
type Preview struct {
	Read     int // rows
	Records  int
	Rejected int // rows of the file: one is counted once, whatever number of its reports cannot be read
	Unread   int // reports in them: a row has several if it has a list, or columns that are read as rows
	Known    int // reports that an earlier row of the file says in the same way, under the same key
	Skipped  map[string]int
	First    []truce.Item
	Reasons  Reasons
	Remarks  []Remark // each kind once, with its number of rows
	Err      error    // what ended the file
}

// WhyKnown is the reason of a row whose key an earlier row has, of the record or of the same
// file. Files of rejected rows have these words, and are asked for them: keep them.
const WhyKnown = "this source and key are known, and said something else"

// HintTwice is what to do where the earlier row is in the same file.
const HintTwice = "an earlier row of this file has the same key: if the two are different reports, write a key that differs, such as key: {columns: [id, date]}, or remove key:; if the later row corrects the earlier, use --revises"

// Content is half a SHA-256 of what a record says, enough to tell a slip from a repetition.
type Content [16]byte

// ContentOf leaves aside when it became known and what it replaces.
func ContentOf(r *truce.Item) Content {
	c := *r
	c.Known, c.Replaces = 0, truce.Digest{}
	b, err := json.Marshal(c)
	if err != nil {
		panic("record: " + err.Error()) // plain values: a fault of this build
	}
	sum := sha256.Sum256(b)
	return Content(sum[:16])
}

// Look reads a file without keeping anything of it: the first records, and what is counted of the
// others.
func Look(k Kind, in io.Reader, o Options, first int) *Preview {
	return LookUntil(k, in, o, first, func(int) error { return nil })
}

// LookUntil is Look until stop returns an error, which then ends the file. It is asked after
// each row, with the number of rows that were read.
func LookUntil(k Kind, in io.Reader, o Options, first int, stop func(read int) error) *Preview {
	p := &Preview{Skipped: map[string]int{}}
	var at Row
	o.Row = func(r Row) {
		p.Read++
		at = r
	}
	said := map[truce.Digest]Content{} // as the record would have them
	o.Remark = func(m Remark) {
		rows := max(1, m.Rows)
		if m.Row == 0 && m.Rows == 0 {
			rows = 0
		}
		for i := range p.Remarks {
			if p.Remarks[i].What == m.What {
				p.Remarks[i].Rows += rows
				return
			}
		}
		m.Rows = rows
		p.Remarks = append(p.Remarks, m)
	}
	last := 0
	for r, err := range k.Read(in, o) {
		if err == nil && r.Withdrawal == nil && !o.Revises {
			says := ContentOf(&r)
			switch first, again := said[r.ID()]; {
			case !again:
				said[r.ID()] = says
			case first == says:
				p.Known++
				continue
			default:
				err = &Refusal{File: o.File, Row: at.N, Line: at.Line, Why: WhyKnown, Hint: HintTwice}
			}
		}
		if p.Err = stop(p.Read); p.Err != nil {
			return p
		}
		var refusal *Refusal
		var aside *SetAside
		switch {
		case errors.As(err, &refusal):
			if refusal.Row != last || last == 0 {
				p.Rejected++
			}
			last = refusal.Row
			p.Unread++
			p.Reasons.Add(refusal)
		case errors.As(err, &aside):
			p.Skipped[aside.Why]++
		case err != nil:
			p.Err = err
			return p
		default:
			if p.Records++; len(p.First) < first {
				p.First = append(p.First, r)
			}
		}
	}
	return p
}

// Add adds what another file of the same archive gives. The zero value has nothing.
func (p *Preview) Add(other *Preview) {
	p.Read += other.Read
	p.Records += other.Records
	p.Rejected += other.Rejected
	p.Unread += other.Unread
	p.Known += other.Known
	if p.Skipped == nil {
		p.Skipped = map[string]int{}
	}
	for why, n := range other.Skipped {
		p.Skipped[why] += n
	}
	p.First = append(p.First, other.First...)
	p.Reasons.Join(&other.Reasons)
	for _, m := range other.Remarks {
		if i := slices.IndexFunc(p.Remarks, func(r Remark) bool { return r.What == m.What }); i >= 0 {
			p.Remarks[i].Rows += m.Rows
		} else {
			p.Remarks = append(p.Remarks, m)
		}
	}
	p.Err = other.Err
}
