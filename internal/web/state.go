package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/situation"
)

// An address is what a URL asks for: the same for everybody who opens it, except what
// they may see.
type address struct {
	At     truce.Instant // as known at; Never: now
	Period truce.Interval
	Query  truce.Query
	Page   int
}

// perPage is how many rows a list has.
const perPage = 50

// widest is how long a period is shown where none is asked for.
const widest = 31 * 24 * time.Hour

// state reads an address. What cannot be read is an error that names it: a picture
// that leaves out a condition in silence would be another picture.
func (q *request) state() (*address, error) {
	now, _ := q.s.Room.State()
	a, v := now.Agreement, q.URL.Query()
	st := &address{At: truce.Never}
	var err error
	if t := v.Get("at"); t != "" && t != "now" {
		if st.At, err = localTime(t, a.Location); err != nil {
			return nil, bad("at: %v", err)
		}
	}
	if st.Period, err = period(a, v); err != nil {
		return nil, err
	}
	st.Query, err = query(a, v)
	st.Query.During = st.Period
	if err != nil {
		return nil, err
	}
	if t := v.Get("page"); t != "" {
		if st.Page, err = strconv.Atoi(t); err != nil || st.Page < 1 || st.Page > 1_000_000 {
			return nil, bad("page %q: want a number from 1", t)
		}
	}
	st.Page = max(1, st.Page)
	return st, nil
}

// reads reads an address, and gives the picture of its moment for who asks.
func (q *request) reads() (*address, truce.Reader, error) {
	st, _, reader, err := q.known()
	return st, reader, err
}

// known reads an address, and gives what its moment knows, for who asks.
func (q *request) known() (*address, *situation.Situation, truce.Reader, error) {
	st, err := q.state()
	if err != nil {
		return nil, nil, nil, err
	}
	// An earlier moment is computed whole: nobody has that done without end.
	if !q.s.Room.Ready(q.to, st.At) && !q.s.limits.allowPast(q.s.remote(q.Request), q.who) {
		return nil, nil, nil, errTooMany
	}
	sit, reader, err := q.s.Room.Known(q.Context(), q.to, st.At)
	return st, sit, reader, err
}

// period reads from and to: days, the last included, or moments. Zero: none asked
// for.
func period(a *truce.Agreement, v url.Values) (out truce.Interval, err error) {
	from, to := v.Get("from"), v.Get("to")
	if from == "" && to == "" {
		return out, nil
	}
	out = truce.Interval{Start: truce.Always, End: truce.Never}
	if from != "" {
		if out.Start, err = localTime(from, a.Location); err != nil {
			return out, bad("from: %v", err)
		}
	}
	if to != "" {
		if d, derr := truce.ParseDate(to); derr == nil {
			out.End = d.Add(1).Start(a.Location)
		} else if out.End, err = localTime(to, a.Location); err != nil {
			return out, bad("to: %v", err)
		}
	}
	if !out.Valid() {
		return out, bad("to is before from")
	}
	return out, nil
}

func query(a *truce.Agreement, v url.Values) (q truce.Query, err error) {
	q = truce.Query{Article: truce.Article(v.Get("article")), Standing: truce.Standing(v.Get("standing")), Harm: truce.Harm(v.Get("harm")), Outcome: truce.Outcome(v.Get("outcome")), Act: truce.Act(v.Get("act")),
		Source: truce.SourceID(v.Get("source")), Region: v.Get("region"), Text: v.Get("q"), Signs: v.Get("signs") == "1", Order: truce.Order(v.Get("order"))}
	if len(q.Text) > 400 {
		return q, bad("q: too long")
	}
	if _, ok := a.Provision(q.Article); !ok && q.Article != "" {
		return q, bad("article %q: the agreement has none", q.Article)
	}
	if _, ok := truce.ParseOutcome(string(q.Outcome)); !ok && q.Outcome != "" && q.Outcome != truce.Undetermined {
		return q, bad("outcome %q is unknown", q.Outcome)
	}
	if _, ok := truce.ParseStanding(string(q.Standing)); !ok && q.Standing != "" {
		return q, bad("standing %q is unknown", q.Standing)
	}
	if q.Harm != "" && !slices.Contains(truce.Harms, q.Harm) {
		return q, bad("harm %q is unknown: want counted or unclear", q.Harm)
	}
	if q.Act != "" && !truce.Words.HasAct(string(q.Act)) {
		return q, bad("act %q is unknown", q.Act)
	}
	if q.Order != "" && !slices.Contains(truce.Orders, q.Order) {
		return q, bad("order %q is unknown", q.Order)
	}
	if t := v.Get("since"); t != "" {
		if q.Since, err = strconv.ParseInt(t, 10, 64); err != nil || q.Since < 1 {
			return q, bad("since %q: want the number of an entry", t)
		}
	}
	if t := v.Get("bbox"); t != "" {
		if q.Box, q.Boxes, err = boxes(t); err != nil {
			return q, err
		}
	}
	return q, nil
}

// mostBoxes is how many boxes one address may name.
const mostBoxes = 64

// boxes reads boxes with semicolons between them; the first result holds all.
func boxes(s string) (*truce.Box, *[]truce.Box, error) {
	parts := strings.Split(s, ";")
	if len(parts) > mostBoxes {
		return nil, nil, bad("bbox: %d boxes are more than %d", len(parts), mostBoxes)
	}
	var hull *truce.Box
	var all []truce.Box
	for _, p := range parts {
		b, err := truce.ParseBox(p)
		if err != nil {
			return nil, nil, bad("bbox: %s", err)
		}
		if all = append(all, b); hull == nil {
			hull = &b
			continue
		}
		hull = &truce.Box{West: min(hull.West, b.West), South: min(hull.South, b.South), East: max(hull.East, b.East), North: max(hull.North, b.North)}
	}
	if len(all) == 1 {
		return hull, nil, nil
	}
	return hull, &all, nil
}

// shown is the period that a picture shows at a moment: what is known of the one that
// was asked for, or else all that is known, or the last month of it.
func shown(st *address, a *truce.Agreement, t truce.Times, now truce.Instant) truce.Interval {
	if st.Period != (truce.Interval{}) {
		return knownPart(st.Period, t, a.Location, now)
	}
	return usual(a, t)
}

// knownPart is the part of a period that can show anything: from the first day that
// something is known of to the last, or to today. A period that has none of it stays as
// it is: it shows that nothing is known of it.
func knownPart(v truce.Interval, t truce.Times, loc *time.Location, now truce.Instant) truce.Interval {
	known := truce.DateOf(now, loc).Day(loc)
	for _, x := range []truce.Interval{t.Occurred, t.Extent} {
		if x.Valid() {
			known.Start = min(known.Start, truce.DateOf(x.Start, loc).Start(loc))
			known.End = max(known.End, truce.DateOf(x.End-1, loc).Add(1).Start(loc))
		}
	}
	if cut := v.Intersect(known); cut.Valid() && cut.Width() > 0 {
		return cut
	}
	return v
}

// usual is the period that everybody is shown who asks for none. Of past terms it begins with
// them, as their reports do: numbers of other days beside those of a report look like another
// answer.
func usual(a *truce.Agreement, t truce.Times) truce.Interval {
	v, loc := t.Occurred, a.Location
	if !v.Valid() {
		return truce.Interval{}
	}
	if begun := a.Begun(); a.Status == truce.Historic && begun < v.End {
		v.Start = max(v.Start, begun)
	}
	last := truce.DateOf(v.End-1, loc)
	out := truce.Interval{Start: truce.DateOf(v.Start, loc).Start(loc), End: last.Add(1).Start(loc)}
	if v.Width() > widest {
		out.Start = last.Add(-30).Start(loc)
	}
	return out
}

// incidentOf reads an ID from an address or a form as digest does, and gives the incident
// that it belongs to, with the IDs of its reports.
func (q *request) incidentOf(x truce.Answers, text string) (inc truce.Digest, of []truce.Digest, err error) {
	id, err := q.digest(x, text)
	if err != nil {
		return inc, nil, err
	}
	inc, ok, err := x.IncidentOf(q.Context(), id)
	if err != nil {
		return inc, nil, err
	}
	if !ok {
		return inc, nil, errNotFound
	}
	if of, err = x.Items(q.Context(), inc); err == nil && len(of) == 0 {
		err = errNotFound
	}
	return inc, of, err
}

// digest reads an ID from an address: all 64 digits, or the first twelve or more of
// one that is known here.
func (q *request) digest(x truce.Answers, text string) (id truce.Digest, err error) {
	if len(text) == 64 {
		if err := id.UnmarshalText([]byte(text)); err != nil {
			return id, errNotFound
		}
		return id, nil
	}
	if len(text) < 8 || len(text) > 64 || strings.Trim(text, "0123456789abcdef") != "" {
		return id, errNotFound
	}
	found, err := x.Find(q.Context(), text)
	switch {
	case err != nil:
		return id, err
	case len(found) == 0:
		return id, errNotFound
	case len(found) > 1:
		return id, bad("ID %q is ambiguous: %s", text, fmt.Sprint(found))
	}
	return found[0], nil
}
