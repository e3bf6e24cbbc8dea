package view

import (
	"cmp"
	"slices"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// square is one of a grid's, with what is in it. What was added can be taken away.
type square struct {
	y, x        int64
	n, lat, lon int64
	leads       [32]int32
}

func (s *square) add(x *column, n int64) {
	s.n, s.lat, s.lon = s.n+n, s.lat+n*int64(x.at.Lat), s.lon+n*int64(x.at.Lon)
	s.leads[x.lead] += int32(n)
}

// mark stands in the middle of those that it stands for.
func (s *square) mark(depth uint8) truce.Mark {
	m := truce.Mark{In: truce.Tile{Z: depth, X: uint32(s.x), Y: uint32(s.y)}, Point: geo.Point{Lat: int32(s.lat / s.n), Lon: int32(s.lon / s.n)}, N: int(s.n), Leads: map[truce.Outcome]int{}}
	for i, n := range s.leads {
		switch {
		case n == 0:
		case i < len(truce.Outcomes):
			m.Leads[truce.Outcomes[i]] = int(n)
		default:
			m.Leads[""] = int(n)
		}
	}
	return m
}

// finer is how much closer the squares of a tile are than the tile: 2^5 to a side.
const finer = 5

// squareIn is where a position lies in the grid of a zoom's squares.
func squareIn(p geo.Point, depth uint8) [2]int64 {
	t := truce.TileOf(p, depth)
	return [2]int64{int64(t.Y), int64(t.X)}
}

// holds reports whether a square of a tile's grid is in the tile.
func holds(t truce.Tile, at [2]int64) bool {
	return at[0]>>finer == int64(t.Y) && at[1]>>finer == int64(t.X)
}

// counted are counts by square that are kept up while rows come and go, for what maps
// ask for again and again: a million rows are counted once for each zoom and question.
type counted struct {
	mu     sync.Mutex
	levels *simplelru.LRU[question, *level]
	hidden map[int32]bool // rows that were to be shown after asOf: in no level
	asOf   truce.Instant
}

// question is what a map asks again and again.
type question struct {
	query truce.Query // without box, order and limit
	depth uint8       // of the squares
}

// level is the whole grid of one question.
type level struct {
	question
	squares map[[2]int64]*square
}

const mostLevels = 24

func newLevels() *simplelru.LRU[question, *level] {
	levels, _ := simplelru.NewLRU[question, *level](mostLevels, nil) // fails for a size below 1 only
	return levels
}

func (l *level) add(x *column, n int64) {
	at := squareIn(x.at, l.depth)
	s := l.squares[at]
	if s == nil {
		s = &square{y: at[0], x: at[1]}
		l.squares[at] = s
	}
	if s.add(x, n); s.n == 0 {
		delete(l.squares, at)
	}
}

// marks are the squares, from north to south and from west to east.
func (l *level) marks() (out []truce.Mark) {
	for _, s := range l.squares {
		out = append(out, s.mark(l.depth))
	}
	slices.SortFunc(out, func(a, b truce.Mark) int {
		return cmp.Or(cmp.Compare(a.In.Y, b.In.Y), cmp.Compare(a.In.X, b.In.X))
	})
	return out
}

// enter and leave keep levels up with a row.
func (c *columns) enter(n int32) {
	if c.rows[n].shown > c.counted.asOf {
		c.counted.hidden[n] = true
		return
	}
	c.count(n, 1)
}

func (c *columns) leave(n int32) {
	if c.counted.hidden[n] {
		delete(c.counted.hidden, n)
		return
	}
	c.count(n, -1)
}

func (c *columns) count(n int32, by int64) {
	if !c.rows[n].placed || c.counted.levels.Len() == 0 {
		return
	}
	for _, l := range c.counted.levels.Values() {
		if asked, _ := c.asks(&l.query); asked(int(n)) {
			l.add(&c.rows[n], by)
		}
	}
}

// sweep takes in what is shown by now.
func (c *columns) sweep(now truce.Instant) {
	if now <= c.counted.asOf {
		return
	}
	c.counted.asOf = now
	for n := range c.counted.hidden {
		if c.rows[n].shown <= now {
			delete(c.counted.hidden, n)
			c.count(n, 1)
		}
	}
}

// level finds a question's, or counts it.
func (c *columns) level(q *truce.Query, depth uint8) *level {
	key := question{*q, depth}
	key.query.Box, key.query.Boxes, key.query.Order, key.query.Offset, key.query.Limit = nil, nil, "", 0, 0
	if l, ok := c.counted.levels.Get(key); ok {
		return l
	}
	l := &level{question: key, squares: map[[2]int64]*square{}}
	if asked, ok := c.asks(&l.query); ok {
		c.among(&l.query, func(n int) {
			if x := &c.rows[n]; x.placed && asked(n) && !c.counted.hidden[int32(n)] {
				l.add(x, 1)
			}
		})
	}
	c.counted.levels.Add(key, l)
	return l
}

// squares counts a query by square of a tile, and together.
func (c *columns) squares(q *truce.Query, now truce.Instant, t truce.Tile) (out []*square, total int) {
	asked, _ := c.asks(q)
	depth := t.Z + finer
	own := &level{question: question{depth: depth}, squares: map[[2]int64]*square{}}
	if now < c.counted.asOf { // as it was before
		c.among(q, func(n int) {
			if x := &c.rows[n]; x.placed && x.shown <= now && asked(n) {
				own.add(x, 1)
			}
		})
		for _, s := range own.squares {
			out = append(out, s)
		}
	} else {
		c.counted.mu.Lock()
		defer c.counted.mu.Unlock()
		for n := range c.counted.hidden { // shown since the last row came
			if x := &c.rows[n]; x.placed && x.shown <= now && asked(int(n)) {
				own.add(x, 1)
			}
		}
		out = c.level(q, depth).within(t, own)
	}
	for _, s := range out {
		total += int(s.n)
	}
	slices.SortFunc(out, func(a, b *square) int { return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x)) })
	return out, total
}

// within gives the squares of a tile, each with what more has of it.
func (l *level) within(t truce.Tile, more *level) (out []*square) {
	take := func(s *square) {
		c := *s
		if x := more.squares[[2]int64{s.y, s.x}]; x != nil {
			c.n, c.lat, c.lon = c.n+x.n, c.lat+x.lat, c.lon+x.lon
			for i := range c.leads {
				c.leads[i] += x.leads[i]
			}
			delete(more.squares, [2]int64{s.y, s.x})
		}
		out = append(out, &c)
	}
	const side = 1 << finer
	if len(l.squares) < side*side {
		for at, s := range l.squares {
			if holds(t, at) {
				take(s)
			}
		}
	} else {
		for y := range int64(side) {
			for x := range int64(side) {
				if s := l.squares[[2]int64{int64(t.Y)<<finer + y, int64(t.X)<<finer + x}]; s != nil {
					take(s)
				}
			}
		}
	}
	for _, s := range more.squares {
		out = append(out, s)
	}
	return out
}
