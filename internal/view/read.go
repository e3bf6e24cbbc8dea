package view

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/opentruce/truce"
)

var _ truce.Rows = (*View)(nil)

// Picture says what the answers rest on, and how much the audience does not see
// yet.
func (v *View) Picture() truce.Picture {
	v.mu.RLock()
	defer v.mu.RUnlock()
	p := v.picture
	past, _ := slices.BinarySearch(v.waiting, v.now()+1)
	p.Delayed = len(v.waiting) - past
	return p
}

// filter is a query as SQL: conditions on the table incident, named i.
type filter struct {
	from  string
	where []string
	args  []any
}

func (f *filter) add(cond string, args ...any) {
	f.where, f.args = append(f.where, cond), append(f.args, args...)
}

func (f *filter) sql() string { return f.from + " WHERE " + strings.Join(f.where, " AND ") }

func (v *View) filter(q *truce.Query) *filter {
	f := &filter{from: ` FROM incident i`}
	if q.Box != nil { // the R*Tree first: SQLite does not know how few it finds
		f.from = ` FROM place p CROSS JOIN incident i ON i.n = p.n`
	}
	f.add(`i.shown <= ?`, int64(v.now()))
	if !q.Signs {
		f.add(`i.sign = 0`)
	}
	if q.Vague {
		f.add(`i.vague <> ''`)
	}
	if q.Since > 0 {
		f.add(`i.entry >= ?`, q.Since)
	}
	if q.During != (truce.Interval{}) {
		f.add(`i.start < ? AND i.stop > ?`, int64(q.During.End), int64(q.During.Start))
		if q.Surely {
			f.add(`i.start >= ? AND i.stop <= ?`, int64(q.During.Start), int64(q.During.End))
		}
	}
	if b := q.Box; b != nil {
		f.add(`p.west >= ? AND p.east <= ? AND p.south >= ? AND p.north <= ?`, b.West, b.East, b.South, b.North)
	}
	if q.Boxes != nil {
		var in []string
		var args []any
		for _, b := range *q.Boxes {
			in, args = append(in, `i.lon BETWEEN ? AND ? AND i.lat BETWEEN ? AND ?`), append(args, b.West, b.East, b.South, b.North)
		}
		f.add(`(`+strings.Join(append(in, "0"), " OR ")+`)`, args...)
	}
	if q.Region != "" {
		f.add(`i.region = ?`, q.Region)
	}
	if q.Act != "" {
		f.add(`instr(i.act, ?) > 0`, "/"+string(q.Act)+"/")
	}
	if q.Source != "" {
		f.add(`i.n IN (SELECT n FROM source WHERE source = ?)`, string(q.Source))
	}
	v.finding(f, q)
	if match := matched(q.Text); match != "" {
		f.add(`i.n IN (SELECT rowid FROM words WHERE words MATCH ?)`, match)
	}
	return f
}

// finding narrows to what articles say: one finding must meet all of it.
func (v *View) finding(f *filter, q *truce.Query) {
	var where []string
	var args []any
	if q.Article != "" {
		where, args = append(where, `article = ?`), append(args, string(q.Article))
		if q.Outcome == "" {
			where, args = append(where, `outcome NOT IN (?, ?)`), append(args, string(truce.OutOfScope), string(truce.NoViolation))
		}
	}
	switch q.Outcome {
	case "":
	case truce.Undetermined:
		where = append(where, `outcome LIKE 'undetermined(%'`)
	default:
		where, args = append(where, `outcome = ?`), append(args, string(q.Outcome))
	}
	if q.Standing != "" {
		where, args = append(where, `standing = ?`), append(args, string(q.Standing))
	}
	if q.Harm != "" {
		where, args = append(where, `harm = ?`), append(args, string(q.Harm))
	}
	if len(where) > 0 {
		f.add(`i.n IN (SELECT n FROM finding WHERE `+strings.Join(where, " AND ")+`)`, args...)
	}
}

// matched turns words into a full-text query: all of them, each as a prefix.
// Whatever people type is words and never syntax.
func matched(text string) string {
	words := wordsOf(text)
	for i, w := range words {
		words[i] = `"` + w + `"*`
	}
	return strings.Join(words, " ")
}

var orders = map[truce.Order]string{
	"":             `i.start DESC, i.id`,
	truce.Latest:   `i.start DESC, i.id`,
	truce.Earliest: `i.start, i.id`,
	truce.Arrived:  `i.known DESC, i.id`,
	truce.Gravest:  `i.gravity, i.start DESC, i.id`,
}

// Incidents returns the rows that a query asks for, and how many there are.
func (v *View) Incidents(ctx context.Context, q truce.Query) ([]truce.Row, int, error) {
	if numbers, total, ok := v.list(&q); ok {
		rows, err := v.read(ctx, numbers)
		return rows, total, err
	}
	f := v.filter(&q)
	var total int
	if err := v.db.QueryRowContext(ctx, `SELECT count(*)`+f.sql(), f.args...).Scan(&total); err != nil {
		return nil, 0, err
	}
	if q.Limit <= 0 || q.Offset >= total {
		return nil, total, nil
	}
	order, ok := orders[q.Order]
	if !ok {
		order = orders[""]
	}
	rows, err := v.db.QueryContext(ctx, `SELECT i.row`+f.sql()+` ORDER BY `+order+` LIMIT ? OFFSET ?`, append(f.args, q.Limit, max(0, q.Offset))...)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	var out []truce.Row
	for rows.Next() {
		r, err := scanned(rows)
		if err != nil {
			return nil, 0, err
		}
		out = append(out, r)
	}
	return out, total, rows.Err()
}

type scanner interface{ Scan(...any) error }

func scanned(s scanner) (r truce.Row, err error) {
	var text []byte
	if err := s.Scan(&text); err != nil {
		return r, err
	}
	return r, json.Unmarshal(text, &r)
}

// Row returns one incident.
func (v *View) Row(ctx context.Context, id truce.Digest) (truce.Row, bool, error) {
	r, err := scanned(v.db.QueryRowContext(ctx, `SELECT row FROM incident WHERE id = ? AND shown <= ?`, id[:], int64(v.now())))
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	return r, err == nil, err
}

// Marks returns what a tile of a map shows of a query.
func (v *View) Marks(ctx context.Context, q truce.Query, t truce.Tile, most int) ([]truce.Mark, error) {
	box := t.Box()
	q.Box, q.Boxes = &box, nil
	if numbers, squares, ok := v.marks(&q, t, most); ok {
		if squares != nil {
			return squares, nil
		}
		rows, err := v.read(ctx, numbers)
		if err != nil {
			return nil, err
		}
		var out []truce.Mark
		for i := range rows {
			at, _ := rows[i].Place.Position()
			out = append(out, truce.Mark{Point: at, In: truce.TileOf(at, t.Z+finer), N: 1, Row: &rows[i]})
		}
		return out, nil
	}
	f := v.filter(&q)
	f.add(`i.lat IS NOT NULL`)
	squares, n, err := v.squares(ctx, f, t)
	if err != nil || n > most {
		return squares, err
	}
	rows, err := v.db.QueryContext(ctx, `SELECT i.row`+f.sql()+` ORDER BY i.rank DESC, i.start, i.id`, f.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []truce.Mark
	for rows.Next() {
		r, err := scanned(rows)
		if err != nil {
			return nil, err
		}
		at, _ := r.Place.Position()
		out = append(out, truce.Mark{Point: at, In: truce.TileOf(at, t.Z+finer), N: 1, Row: &r})
	}
	return out, rows.Err()
}

// squares counts by square of a tile; a mark stands in the middle of those that it
// stands for.
func (v *View) squares(ctx context.Context, f *filter, t truce.Tile) (out []truce.Mark, total int, err error) {
	rows, err := v.db.QueryContext(ctx, `SELECT i.lat, i.lon, i.rank`+f.sql(), f.args...)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	all := &level{question: question{depth: t.Z + finer}, squares: map[[2]int64]*square{}}
	for rows.Next() {
		var x column
		if err := rows.Scan(&x.at.Lat, &x.at.Lon, &x.lead); err != nil {
			return nil, 0, err
		}
		x.lead = min(x.lead, uint8(len(truce.Outcomes)))
		all.add(&x, 1)
		total++
	}
	return all.marks(), total, rows.Err()
}

// Regions counts the incidents of a query by region: by what lists say it is, or by the
// name that all that is known of the place is, if the query is Vague.
func (v *View) Regions(ctx context.Context, q truce.Query) (map[string]int, error) {
	if out, ok := v.byRegion(&q); ok {
		return out, nil
	}
	f := v.filter(&q)
	by := `i.region`
	if q.Vague {
		by = `i.vague`
	}
	rows, err := v.db.QueryContext(ctx, `SELECT `+by+`, count(*)`+f.sql()+` GROUP BY `+by, f.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			return nil, err
		}
		out[name] = n
	}
	return out, rows.Err()
}
