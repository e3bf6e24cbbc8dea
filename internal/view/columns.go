package view

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
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
	rows     []column    // by the row's number; numbers of rows that are gone stay empty
	points   []geo.Point // of rows, or nowhere: what a map asks first, close together in memory
	articles map[truce.Article]int
	findings [][]finding // by article, and by the row's number
	regions  numbers[string]
	sources  numbers[truce.SourceID]
	acts     numbers[truce.Act]
}

type column struct {
	start, stop, known, shown truce.Instant
	id                        uint64 // the first octets: what is equal otherwise goes by it
	sources                   uint64 // a bit for each
	at                        geo.Point
	region, act               uint16
	lead, rank                uint8
	there, sign, placed       bool
}

// finding is one article's, in the order of Outcomes and Standings, plus one; zero
// is none.
type finding struct{ outcome, standing uint8 }

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

// nowhere stands for a row without a position.
var nowhere = geo.Point{Lat: math.MinInt32, Lon: math.MinInt32}

// put sets the column of a row.
func (c *columns) put(n int64, r *truce.Row, shown truce.Instant) {
	for int64(len(c.rows)) <= n {
		c.rows, c.points = append(c.rows, column{}), append(c.points, nowhere)
	}
	lead := r.Lead()
	x := column{start: r.Occurred.Start, stop: r.Occurred.End, known: r.Known, shown: shown, id: binary.BigEndian.Uint64(r.ID[:8]),
		region: uint16(c.regions.number(r.Region)), act: uint16(c.acts.number(r.Act)), lead: uint8(len(truce.Outcomes)), there: true, sign: r.OnlySign}
	if i := slices.Index(truce.Outcomes, lead.Outcome); i >= 0 {
		x.lead = uint8(i)
	}
	x.rank = x.lead
	c.points[n] = nowhere
	if x.at, x.placed = Position(&r.Place); x.placed {
		c.points[n] = x.at
	}
	for _, s := range r.Sources {
		if k := c.sources.number(s); k < mostSources {
			x.sources |= 1 << k
		}
	}
	c.rows[n] = x
	for _, list := range c.findings {
		if int64(len(list)) > n {
			list[n] = finding{}
		}
	}
	for _, f := range r.Findings {
		a, ok := c.articles[f.Article]
		if !ok {
			if c.articles == nil {
				c.articles = map[truce.Article]int{}
			}
			a = len(c.findings)
			c.articles[f.Article], c.findings = a, append(c.findings, nil)
		}
		for int64(len(c.findings[a])) <= n {
			c.findings[a] = append(c.findings[a], finding{})
		}
		c.findings[a][n] = finding{uint8(slices.Index(truce.Outcomes, f.Outcome) + 1), uint8(slices.Index(truce.Standings, f.Standing) + 1)}
	}
}

func (c *columns) drop(n int64) {
	if n < int64(len(c.rows)) {
		c.rows[n], c.points[n] = column{}, nowhere
	}
}

// asks is a query made ready; ok is false where columns cannot answer it.
func (c *columns) asks(q *truce.Query, now truce.Instant) (f func(n int) bool, ok bool) {
	if matched(q.Text) != "" {
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
		if q.Box != nil && !q.Box.Holds(c.points[n]) {
			return false
		}
		x := &c.rows[n]
		return x.there && x.shown <= now && (q.Signs || !x.sign) &&
			(!during || x.start < q.During.End && q.During.Start < x.stop) &&
			(region < 0 || int(x.region) == region) &&
			(source == 0 || x.sources&source != 0) &&
			(acts == nil || acts[x.act]) &&
			(found == nil || found(n))
	}, true
}

// finds is what a query asks of articles: one finding must meet all of it. nil:
// nothing.
func (c *columns) finds(q *truce.Query) func(n int) bool {
	if q.Article == "" && q.Outcome == "" && q.Standing == "" {
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
	if q.Standing != "" && standing == 0 {
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
			if n < len(list) && outcomes[list[n].outcome] && (standing == 0 || list[n].standing == standing) {
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
		truce.Gravest:  func(x, y *column) int { return cmp.Or(cmp.Compare(x.rank, y.rank), latest(x, y)) },
	}[o]
	if by == nil {
		by = latest
	}
	return func(a, b int32) int { return by(&c.rows[a], &c.rows[b]) }
}

// list is one page of what is asked for, and how many there are.
func (c *columns) list(q *truce.Query, asked func(n int) bool) (page []int64, total int) {
	want := 0
	if q.Limit > 0 {
		want = max(0, q.Offset) + q.Limit
	}
	less := c.order(q.Order)
	var best []int32
	full := false // the last of best is worse than any other that is on the page
	for n := range c.rows {
		if !asked(n) {
			continue
		}
		if total++; want == 0 || full && less(best[want-1], int32(n)) < 0 {
			continue
		}
		// The best are kept among twice as many, so that most cost one comparison.
		if best = append(best, int32(n)); len(best) >= 2*want+256 {
			slices.SortFunc(best, less)
			best, full = best[:want], true
		}
	}
	slices.SortFunc(best, less)
	for _, n := range best[min(len(best), max(0, q.Offset)):min(len(best), want)] {
		page = append(page, int64(n))
	}
	return page, total
}

// marks are those that a map shows: rows, or their number by square.
func (c *columns) marks(q *truce.Query, asked func(n int) bool, cell int32, most int) (rows []int64, squares []truce.Mark) {
	var list []int32
	by := newGrid(q.Box, cell)
	for n := range c.points {
		if c.points[n] == nowhere || !asked(n) {
			continue
		}
		x := &c.rows[n]
		if cell <= 0 || len(list) <= most {
			list = append(list, int32(n))
		}
		if cell <= 0 {
			continue
		}
		s := by.square(x.at)
		s.n, s.lat, s.lon = s.n+1, s.lat+int64(x.at.Lat), s.lon+int64(x.at.Lon)
		s.leads[x.lead]++
	}
	if cell <= 0 || len(list) <= most {
		slices.SortFunc(list, func(a, b int32) int {
			x, y := &c.rows[a], &c.rows[b]
			return cmp.Or(cmp.Compare(y.rank, x.rank), cmp.Compare(x.start, y.start), cmp.Compare(x.id, y.id))
		})
		for _, n := range list {
			rows = append(rows, int64(n))
		}
		return rows, nil
	}
	slices.SortFunc(by.squares, func(a, b *square) int { return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x)) })
	for _, s := range by.squares {
		m := truce.Mark{Point: geo.Point{Lat: int32(s.lat / s.n), Lon: int32(s.lon / s.n)}, N: int(s.n), Leads: map[truce.Outcome]int{}}
		for i, n := range s.leads {
			switch {
			case n == 0:
			case i < len(truce.Outcomes):
				m.Leads[truce.Outcomes[i]] = int(n)
			default:
				m.Leads[""] = int(n)
			}
		}
		squares = append(squares, m)
	}
	return nil, squares
}

// square is one of a grid's, with what is in it.
type square struct {
	y, x        int64
	n, lat, lon int64
	leads       [32]int32
}

// grid finds a square by its place: in a list, where a box says how many there are.
type grid struct {
	cell              int64
	south, west, wide int64
	near              []int32 // of squares of the box, plus one
	far               map[[2]int64]*square
	squares           []*square
}

// mostNear bounds the list of squares: a map's tile has some hundreds.
const mostNear = 1 << 16

func newGrid(b *truce.Box, cell int32) *grid {
	g := &grid{cell: int64(max(1, cell)), far: map[[2]int64]*square{}}
	if b == nil || cell <= 0 {
		return g
	}
	var north, east int64
	g.south, g.west = g.at(geo.Point{Lat: b.South, Lon: b.West})
	north, east = g.at(geo.Point{Lat: b.North, Lon: b.East})
	if g.wide = east - g.west + 1; g.wide > 0 && north >= g.south && g.wide*(north-g.south+1) <= mostNear {
		g.near = make([]int32, g.wide*(north-g.south+1))
	}
	return g
}

func (g *grid) at(p geo.Point) (y, x int64) {
	return (int64(p.Lat) + 900_000_000) / g.cell, (int64(p.Lon) + 1_800_000_000) / g.cell
}

func (g *grid) square(p geo.Point) *square {
	y, x := g.at(p)
	if g.near != nil { // the box holds what is asked for
		k := &g.near[(y-g.south)*g.wide+x-g.west]
		if *k == 0 {
			g.squares = append(g.squares, &square{y: y, x: x})
			*k = int32(len(g.squares))
		}
		return g.squares[*k-1]
	}
	s := g.far[[2]int64{y, x}]
	if s == nil {
		s = &square{y: y, x: x}
		g.far[[2]int64{y, x}] = s
		g.squares = append(g.squares, s)
	}
	return s
}

// byRegion counts.
func (c *columns) byRegion(asked func(n int) bool) map[string]int {
	counts := make([]int, len(c.regions.names))
	for n := range c.rows {
		if asked(n) {
			counts[c.rows[n].region]++
		}
	}
	out := map[string]int{}
	for i, n := range counts {
		if n > 0 {
			out[c.regions.names[i]] = n
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
	asked, ok := v.columns.asks(q, v.now())
	if !ok {
		return nil, 0, false
	}
	page, total = v.columns.list(q, asked)
	return page, total, true
}

func (v *View) marks(q *truce.Query, cell int32, most int) (rows []int64, squares []truce.Mark, ok bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.columns == nil {
		return nil, nil, false
	}
	asked, ok := v.columns.asks(q, v.now())
	if !ok {
		return nil, nil, false
	}
	rows, squares = v.columns.marks(q, asked, cell, most)
	return rows, squares, true
}

func (v *View) byRegion(q *truce.Query) (map[string]int, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.columns == nil {
		return nil, false
	}
	asked, ok := v.columns.asks(q, v.now())
	if !ok {
		return nil, false
	}
	return v.columns.byRegion(asked), true
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
