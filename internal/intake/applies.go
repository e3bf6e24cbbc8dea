package intake

import (
	"fmt"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/source"
)

// RemarkApplies is about rows of a time in which no article was in force.
const RemarkApplies = "No article of the agreement applied at the time of the row, so its incident is out of scope."

// applying counts the rows of a file whose time no article applied to.
type applying struct {
	in                     []truce.Interval
	all, before, after, no int
	first                  source.Row
}

// add counts a record of a row.
func (t *applying) add(r *truce.Item, row source.Row) {
	var when truce.Interval
	switch {
	case r.Observation != nil:
		when = r.Observation.Occurred
	case r.Tally != nil:
		when = r.Tally.Period
	default:
		return
	}
	t.all++
	for _, v := range t.in {
		if v.Overlaps(when) {
			return
		}
	}
	if t.no == 0 {
		t.first = row
	}
	t.no++
	switch n := len(t.in); {
	case n == 0:
	case when.End <= t.in[0].Start:
		t.before++
	case when.Start >= t.in[n-1].End:
		t.after++
	}
}

// remark says how many there are; false: there are none.
func (t *applying) remark(loc *time.Location) (source.Remark, bool) {
	if t.no == 0 {
		return source.Remark{}, false
	}
	out := source.Remark{What: RemarkApplies, Rows: t.no, Row: t.first.N, Line: t.first.Line}
	of := mission.Plural(t.all, "record")
	switch n := len(t.in); {
	case n == 0:
		out.More = "No phase of the agreement has begun: people declare when one does (truce act)."
	case t.after == t.no:
		out.More = fmt.Sprintf("%d of %s: after the agreement ceased to apply (%s).", t.after, of, t.in[n-1].End.In(loc))
	case t.before == t.no:
		out.More = fmt.Sprintf("%d of %s: before the agreement began to apply (%s).", t.before, of, t.in[0].Start.In(loc))
	default:
		out.More = fmt.Sprintf("%d of %s: %d before the agreement began to apply (%s), %d after it ceased to apply.", t.no, of, t.before, t.in[0].Start.In(loc), t.after)
	}
	return out, true
}

// Decisions are those in a record, in its order.
func Decisions(m *mission.Reading) (out []*truce.Decision, err error) {
	_, err = m.Walk(func(r *truce.Item, _ int64) {
		if r.Decision != nil {
			d := *r.Decision
			out = append(out, &d)
		}
	})
	return out, err
}

// appliesTo are the times in which the articles of a mission's agreement apply.
func appliesTo(a *truce.Agreement, decisions []*truce.Decision) *applying {
	return &applying{in: situation.Applies(a, decisions)}
}
