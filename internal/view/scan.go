package view

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/release"
)

// Source is where a Scan finds rows, each as the audience is shown it.
type Source interface {
	// Picture is as a View would say it.
	Picture() truce.Picture
	// Rows gives each row of those that overlap a period, and may give others; all of
	// them for the zero period.
	Rows(during truce.Interval) iter.Seq[*release.Row]
	// Row is one row; ok is false if there is none of that ID.
	Row(id truce.Digest) (r release.Row, ok bool)
}

// A Scan answers by looking at each row: what Query.Matches says, without a database and
// with nothing kept from one question to the next. A View gives the same answers, and
// faster where many ask.
type Scan struct {
	of  Source
	now func() truce.Instant
}

var _ truce.Rows = (*Scan)(nil)

// NewScan answers from a source to an audience that looks at the moments that now gives.
func NewScan(of Source, now func() truce.Instant) *Scan { return &Scan{of, now} }

// Picture implements truce.Rows.
func (s *Scan) Picture() truce.Picture { return s.of.Picture() }

// each gives the rows that a query asks for, in no order, until ctx is over.
func (s *Scan) each(ctx context.Context, q *truce.Query, f func(r *truce.Row)) error {
	now, words := s.now(), wordsOf(q.Text)
	for r := range s.of.Rows(q.During) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !r.Held && r.From <= now && q.Matches(&r.Row) && mentions(&r.Row, words) {
			f(&r.Row)
		}
	}
	return nil
}

// byOrder are the orders, as those of SQL are.
var byOrder = map[truce.Order]func(a, b *truce.Row) int{
	truce.Latest:   latest,
	truce.Earliest: func(a, b *truce.Row) int { return cmp.Or(cmp.Compare(a.Occurred.Start, b.Occurred.Start), byID(a, b)) },
	truce.Arrived:  func(a, b *truce.Row) int { return cmp.Or(cmp.Compare(b.Known, a.Known), byID(a, b)) },
	truce.Gravest:  func(a, b *truce.Row) int { return cmp.Or(cmp.Compare(a.Gravity(), b.Gravity()), latest(a, b)) },
}

func latest(a, b *truce.Row) int {
	return cmp.Or(cmp.Compare(b.Occurred.Start, a.Occurred.Start), byID(a, b))
}

func byID(a, b *truce.Row) int { return bytes.Compare(a.ID[:], b.ID[:]) }

// Incidents implements truce.Rows.
func (s *Scan) Incidents(ctx context.Context, q truce.Query) (page []truce.Row, total int, err error) {
	var all []*truce.Row
	if err := s.each(ctx, &q, func(r *truce.Row) {
		if total++; q.Limit > 0 {
			all = append(all, r)
		}
	}); err != nil {
		return nil, 0, err
	}
	order := byOrder[q.Order]
	if order == nil {
		order = latest
	}
	slices.SortFunc(all, order)
	all = all[min(len(all), max(0, q.Offset)):]
	for _, r := range all[:min(len(all), max(0, q.Limit))] {
		page = append(page, *r)
	}
	return page, total, nil
}

// Row implements truce.Rows.
func (s *Scan) Row(_ context.Context, id truce.Digest) (truce.Row, bool, error) {
	r, ok := s.of.Row(id)
	if !ok || r.Held || r.From > s.now() {
		return truce.Row{}, false, nil
	}
	return r.Row, true, nil
}

// Marks implements truce.Rows.
func (s *Scan) Marks(ctx context.Context, q truce.Query, t truce.Tile, most int) ([]truce.Mark, error) {
	box := t.Box()
	q.Box, q.Boxes = &box, nil
	squares := &level{question: question{depth: t.Z + finer}, squares: map[[2]int64]*square{}}
	var rows []*truce.Row
	n := 0
	if err := s.each(ctx, &q, func(r *truce.Row) {
		x := column{lead: uint8(rankOf(r))}
		x.at, _ = r.Place.Position() // it has one: it is in the box
		squares.add(&x, 1)
		if n++; n <= most {
			rows = append(rows, r)
		}
	}); err != nil {
		return nil, err
	}
	if n > most {
		return squares.marks(), nil
	}
	slices.SortFunc(rows, func(a, b *truce.Row) int {
		return cmp.Or(cmp.Compare(rankOf(b), rankOf(a)), cmp.Compare(a.Occurred.Start, b.Occurred.Start), byID(a, b))
	})
	var out []truce.Mark
	for _, r := range rows {
		at, _ := r.Place.Position()
		out = append(out, truce.Mark{Point: at, In: truce.TileOf(at, t.Z+finer), N: 1, Row: r})
	}
	return out, nil
}

// Regions implements truce.Rows.
func (s *Scan) Regions(ctx context.Context, q truce.Query) (map[string]int, error) {
	out := map[string]int{}
	err := s.each(ctx, &q, func(r *truce.Row) {
		if q.Vague {
			out[vague(r)]++
		} else {
			out[r.Region]++
		}
	})
	return out, err
}
