package view

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// columns are what maps and lists choose, count and sort by, of every row of the
// file, in memory: some 70 bytes for each. SQLite needs 300 ms to count a million
// incidents by square, a pass over these takes a few. What it is asked by words
// alone, and for the rows themselves, it answers.
type columns struct {
	rows     []column // by the row's number; numbers of rows that are gone stay empty
	places   buckets  // rows with a position, by place
	days     buckets  // rows, by the day on which they begin
	long     []int32  // rows that last longer than days can find
	counted  counted
	articles map[truce.Article]int
	findings [][]finding // by article, and by the row's number
	regions  numbers[string]
	vague    numbers[string]
	sources  numbers[truce.SourceID]
	acts     numbers[truce.Act]
}

type column struct {
	start, stop, known, shown truce.Instant
	id                        uint64 // the first octets: what is equal otherwise goes by it
	sources                   uint64 // a bit for each
	gravity                   int64
	at                        geo.Point
	region, act, vague        uint16 // of vague, plus one; zero: it is not
	lead, rank                uint8
	there, sign, placed       bool
}

// finding is one article's, in the order of Outcomes, Standings and Harms, plus one; zero
// is none.
type finding struct{ outcome, standing, harm uint8 }

// mostSources is how many sources have a bit; a query for another goes to SQLite.
const mostSources = 64

// numbers numbers names as they come.
type numbers[T comparable] struct {
	of    map[T]int
	names []T
}

func (n *numbers[T]) number(x T) int {
	i, ok := n.of[x]
	if !ok {
		if n.of == nil {
			n.of = map[T]int{}
		}
		i = len(n.names)
		n.of[x], n.names = i, append(n.names, x)
	}
	return i
}

// buckets are rows by place or by time, in no order.
type buckets map[int64][]int32

func (b buckets) add(key int64, n int32) { b[key] = append(b[key], n) }

func (b buckets) remove(key int64, n int32) {
	list := b[key]
	if at := slices.Index(list, n); at >= 0 {
		list[at] = list[len(list)-1]
		b[key] = list[:len(list)-1]
	}
}

// bucketCell is the side of a bucket by place, 1e-7 degree: some 25 km. longest is how
// long what is found by its first day may last, in days.
const (
	bucketCell = 2_500_000
	longest    = 10
	msOfDay    = 24 * 3_600_000
)

// squareOf is where a position lies in a grid.
func squareOf(p geo.Point, cell int64) (y, x int64) {
	return (int64(p.Lat) + 900_000_000) / cell, (int64(p.Lon) + 1_800_000_000) / cell
}

func bucketOf(y, x int64) int64 { return y<<32 | x }

func dayOf(i truce.Instant) int64 {
	d := int64(i) / msOfDay
	if int64(i)%msOfDay < 0 {
		d--
	}
	return d
}

func newColumns(now truce.Instant) *columns {
	c := &columns{places: buckets{}, days: buckets{}, articles: map[truce.Article]int{}}
	c.counted.hidden, c.counted.asOf, c.counted.levels = map[int32]bool{}, now, newLevels()
	return c
}

// put sets the column of a row.
func (c *columns) put(n int64, r *truce.Row, shown truce.Instant) {
	c.drop(n)
	for int64(len(c.rows)) <= n {
		c.rows = append(c.rows, column{})
	}
	names := c.names()
	x := column{start: r.Occurred.Start, stop: r.Occurred.End, known: r.Known, shown: shown, id: binary.BigEndian.Uint64(r.ID[:8]),
		region: uint16(c.regions.number(r.Region)), act: uint16(c.acts.number(r.Act)), lead: uint8(rankOf(r)), gravity: r.Gravity(), there: true, sign: r.OnlySign}
	x.rank = x.lead
	if name := vague(r); name != "" {
		x.vague = uint16(c.vague.number(name) + 1)
	}
	x.at, x.placed = r.Place.Position()
	for _, s := range r.Sources {
		if k := c.sources.number(s); k < mostSources {
			x.sources |= 1 << k
		}
	}
	c.rows[n] = x
	for _, f := range r.Findings {
		a, ok := c.articles[f.Article]
		if !ok {
			a = len(c.findings)
			c.articles[f.Article], c.findings = a, append(c.findings, nil)
		}
		for int64(len(c.findings[a])) <= n {
			c.findings[a] = append(c.findings[a], finding{})
		}
		c.findings[a][n] = finding{uint8(slices.Index(truce.Outcomes, f.Outcome) + 1), uint8(slices.Index(truce.Standings, f.Standing) + 1), uint8(slices.Index(truce.Harms, f.Harm) + 1)}
	}
	if x.placed {
		y, x := squareOf(x.at, bucketCell)
		c.places.add(bucketOf(y, x), int32(n))
	}
	if x.long() {
		c.long = append(c.long, int32(n))
	} else {
		c.days.add(dayOf(x.start), int32(n))
	}
	if c.names() != names {
		c.counted.levels.Purge() // made ready for the names that there were
	}
	c.enter(int32(n))
}

// long reports whether a row's first day does not say when to look for it.
func (x *column) long() bool { return dayOf(x.stop)-dayOf(x.start) > longest }

// names is how many names have a number.
func (c *columns) names() int {
	return len(c.regions.names) + len(c.sources.names) + len(c.acts.names) + len(c.findings)
}

func (c *columns) drop(n int64) {
	if n >= int64(len(c.rows)) || !c.rows[n].there {
		return
	}
	c.leave(int32(n))
	x := &c.rows[n]
	if x.placed {
		y, x := squareOf(x.at, bucketCell)
		c.places.remove(bucketOf(y, x), int32(n))
	}
	if x.long() {
		c.long = slices.DeleteFunc(c.long, func(k int32) bool { return k == int32(n) })
	} else {
		c.days.remove(dayOf(x.start), int32(n))
	}
	c.rows[n] = column{}
	for _, list := range c.findings {
		if int64(len(list)) > n {
			list[n] = finding{}
		}
	}
}

// among gives the rows that a query may ask for, in no order: those near its box, or
// of its days, or all.
func (c *columns) among(q *truce.Query, f func(n int)) {
	all := func(lists [][]int32) {
		for _, list := range lists {
			for _, n := range list {
				f(int(n))
			}
		}
	}
	lists, least := [][]int32(nil), len(c.rows)
	if q.Box != nil {
		if in, n := c.near(q.Box); n < least {
			lists, least = in, n
		}
	}
	if q.During.Start.Stated() && q.During.End.Stated() && q.During != (truce.Interval{}) {
		if in, n := c.on(q.During); n < least {
			lists, least = in, n
		}
	}
	if least < len(c.rows) {
		all(lists)
		return
	}
	for n := range c.rows {
		f(n)
	}
}

func (c *columns) near(b *truce.Box) (lists [][]int32, n int) {
	south, west := squareOf(geo.Point{Lat: b.South, Lon: b.West}, bucketCell)
	north, east := squareOf(geo.Point{Lat: b.North, Lon: b.East}, bucketCell)
	take := func(list []int32) { lists, n = append(lists, list), n+len(list) }
	if (north-south+1)*(east-west+1) > int64(len(c.places)) {
		for key, list := range c.places {
			if y, x := key>>32, key&(1<<32-1); south <= y && y <= north && west <= x && x <= east {
				take(list)
			}
		}
		return lists, n
	}
	for y := south; y <= north; y++ {
		for x := west; x <= east; x++ {
			take(c.places[bucketOf(y, x)])
		}
	}
	return lists, n
}

func (c *columns) on(v truce.Interval) (lists [][]int32, n int) {
	from, to := dayOf(v.Start)-longest, dayOf(v.End)
	take := func(list []int32) { lists, n = append(lists, list), n+len(list) }
	take(c.long)
	if to-from > int64(len(c.days)) {
		for d, list := range c.days {
			if from <= d && d <= to {
				take(list)
			}
		}
		return lists, n
	}
	for d := from; d <= to; d++ {
		take(c.days[d])
	}
	return lists, n
}

// asks is a query made ready, whenever rows are shown; ok is false where columns
// cannot answer it. It holds until a row comes or goes.
func (c *columns) asks(q *truce.Query) (f func(n int) bool, ok bool) {
	if matched(q.Text) != "" || q.Since > 0 { // few are new: SQLite has them in order
		return nil, false
	}
	source := uint64(0)
	if q.Source != "" {
		k, known := c.sources.of[q.Source]
		if known && k >= mostSources {
			return nil, false
		}
		if !known {
			return func(int) bool { return false }, true
		}
		source = 1 << k
	}
	region := -1
	if q.Region != "" {
		k, known := c.regions.of[q.Region]
		if !known {
			return func(int) bool { return false }, true
		}
		region = k
	}
	var acts []bool
	if q.Act != "" {
		acts = make([]bool, len(c.acts.names))
		for i, a := range c.acts.names {
			acts[i] = truce.Words.ActIs(a, q.Act)
		}
	}
	found := c.finds(q)
	during := q.During != truce.Interval{}
	return func(n int) bool {
		x := &c.rows[n]
		return x.there && (q.Signs || !x.sign) && (!q.Vague || x.vague > 0) &&
			(q.Box == nil || x.placed && q.Box.Holds(x.at)) &&
			(q.Boxes == nil || x.placed && holding(*q.Boxes, x.at)) &&
			(!during || x.start < q.During.End && q.During.Start < x.stop && (!q.Surely || q.During.Contains(truce.Interval{Start: x.start, End: x.stop}))) &&
			(region < 0 || int(x.region) == region) &&
			(source == 0 || x.sources&source != 0) &&
			(acts == nil || acts[x.act]) &&
			(found == nil || found(n))
	}, true
}

// holding reports whether one of some boxes holds a position.
func holding(list []truce.Box, p geo.Point) bool {
	return slices.ContainsFunc(list, func(b truce.Box) bool { return b.Holds(p) })
}

// finds is what a query asks of articles: one finding must meet all of it. nil:
// nothing.
func (c *columns) finds(q *truce.Query) func(n int) bool {
	if q.Article == "" && q.Outcome == "" && q.Standing == "" && q.Harm == "" {
		return nil
	}
	outcomes := make([]bool, len(truce.Outcomes)+1)
	for i, o := range truce.Outcomes {
		switch q.Outcome {
		case "":
			outcomes[i+1] = q.Article == "" || o != truce.OutOfScope && o != truce.NoViolation
		case truce.Undetermined:
			outcomes[i+1] = o.Undetermined()
		default:
			outcomes[i+1] = o == q.Outcome
		}
	}
	standing := uint8(slices.Index(truce.Standings, q.Standing) + 1)
	harm := uint8(slices.Index(truce.Harms, q.Harm) + 1)
	if q.Standing != "" && standing == 0 || q.Harm != "" && harm == 0 {
		return func(int) bool { return false }
	}
	lists := c.findings
	if q.Article != "" {
		a, ok := c.articles[q.Article]
		if !ok {
			return func(int) bool { return false }
		}
		lists = c.findings[a : a+1]
	}
	return func(n int) bool {
		for _, list := range lists {
			if n < len(list) && outcomes[list[n].outcome] && (standing == 0 || list[n].standing == standing) && (harm == 0 || list[n].harm == harm) {
				return true
			}
		}
		return false
	}
}

// order is how rows are listed, as the orders of SQL are.
func (c *columns) order(o truce.Order) func(a, b int32) int {
	latest := func(x, y *column) int { return cmp.Or(cmp.Compare(y.start, x.start), cmp.Compare(x.id, y.id)) }
	by := map[truce.Order]func(x, y *column) int{
		truce.Latest:   latest,
		truce.Earliest: func(x, y *column) int { return cmp.Or(cmp.Compare(x.start, y.start), cmp.Compare(x.id, y.id)) },
		truce.Arrived:  func(x, y *column) int { return cmp.Or(cmp.Compare(y.known, x.known), cmp.Compare(x.id, y.id)) },
		truce.Gravest:  func(x, y *column) int { return cmp.Or(cmp.Compare(x.gravity, y.gravity), latest(x, y)) },
	}[o]
	if by == nil {
		by = latest
	}
	return func(a, b int32) int { return by(&c.rows[a], &c.rows[b]) }
}

// list is one page of what is asked for, and how many there are.
func (c *columns) list(q *truce.Query, now truce.Instant, asked func(n int) bool) (page []int64, total int) {
	want := 0
	if q.Limit > 0 {
		want = max(0, q.Offset) + q.Limit
	}
	less := c.order(q.Order)
	var best []int32
	full := false // the last of best is worse than any other that is on the page
	c.among(q, func(n int) {
		if !asked(n) || c.rows[n].shown > now {
			return
		}
		if total++; want == 0 || full && less(best[want-1], int32(n)) < 0 {
			return
		}
		// The best are kept among twice as many, so that most cost one comparison.
		if best = append(best, int32(n)); len(best) >= 2*want+256 {
			slices.SortFunc(best, less)
			best, full = best[:want], true
		}
	})
	slices.SortFunc(best, less)
	for _, n := range best[min(len(best), max(0, q.Offset)):min(len(best), want)] {
		page = append(page, int64(n))
	}
	return page, total
}

// marks are those that a map shows: rows, or their number by square.
func (c *columns) marks(q *truce.Query, now truce.Instant, asked func(n int) bool, t truce.Tile, most int) (rows []int64, squares []truce.Mark) {
	if list, n := c.squares(q, now, t); n > most {
		for _, s := range list {
			squares = append(squares, s.mark(t.Z+finer))
		}
		return nil, squares
	}
	var list []int32
	c.among(q, func(n int) {
		if x := &c.rows[n]; x.placed && x.shown <= now && asked(n) {
			list = append(list, int32(n))
		}
	})
	slices.SortFunc(list, func(a, b int32) int {
		x, y := &c.rows[a], &c.rows[b]
		return cmp.Or(cmp.Compare(y.rank, x.rank), cmp.Compare(x.start, y.start), cmp.Compare(x.id, y.id))
	})
	for _, n := range list {
		rows = append(rows, int64(n))
	}
	return rows, nil
}

// byRegion counts.
func (c *columns) byRegion(q *truce.Query, now truce.Instant, asked func(n int) bool) map[string]int {
	names := c.regions.names
	if q.Vague {
		names = c.vague.names
	}
	counts := make([]int, len(names))
	c.among(q, func(n int) {
		x := &c.rows[n]
		switch {
		case !asked(n) || x.shown > now:
		case q.Vague:
			counts[x.vague-1]++
		default:
			counts[x.region]++
		}
	})
	out := map[string]int{}
	for i, n := range counts {
		if n > 0 {
			out[names[i]] = n
		}
	}
	return out
}

// list, marks and byRegion answer from the columns; ok is false where only SQLite
// can.
func (v *View) list(q *truce.Query) (page []int64, total int, ok bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.columns == nil {
		return nil, 0, false
	}
	asked, ok := v.columns.asks(q)
	if !ok {
		return nil, 0, false
	}
	page, total = v.columns.list(q, v.now(), asked)
	return page, total, true
}

func (v *View) marks(q *truce.Query, t truce.Tile, most int) (rows []int64, squares []truce.Mark, ok bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.columns == nil {
		return nil, nil, false
	}
	asked, ok := v.columns.asks(q)
	if !ok {
		return nil, nil, false
	}
	rows, squares = v.columns.marks(q, v.now(), asked, t, most)
	return rows, squares, true
}

func (v *View) byRegion(q *truce.Query) (map[string]int, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.columns == nil {
		return nil, false
	}
	asked, ok := v.columns.asks(q)
	if !ok {
		return nil, false
	}
	return v.columns.byRegion(q, v.now(), asked), true
}

// read reads rows by number, in that order; those that have gone meanwhile are
// left out.
func (v *View) read(ctx context.Context, numbers []int64) ([]truce.Row, error) {
	const most = 500
	by := make(map[int64]truce.Row, len(numbers))
	for part := range slices.Chunk(numbers, most) {
		args := make([]any, len(part))
		for i, n := range part {
			args[i] = n
		}
		rows, err := v.db.QueryContext(ctx, `SELECT n, row FROM incident WHERE n IN (?`+strings.Repeat(", ?", len(part)-1)+`)`, args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var n int64
			var text []byte
			var r truce.Row
			if err = rows.Scan(&n, &text); err == nil {
				err = json.Unmarshal(text, &r)
			}
			if err != nil {
				rows.Close()
				return nil, err
			}
			by[n] = r
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	out := make([]truce.Row, 0, len(numbers))
	for _, n := range numbers {
		if r, ok := by[n]; ok {
			out = append(out, r)
		}
	}
	return out, nil
}
