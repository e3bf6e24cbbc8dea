// Package control answers: what share of an area does a party control? It measures by the
// files of a line of an agreement, and sets another published series beside it.
package control

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// A Day is how much of a base area a party controls on a day of a line's files.
type Day struct {
	Date   truce.Date
	AreaM2 float64
}

// Days are those of a line's files, in order, that say what a party controls.
func Days(l *truce.Line, party truce.PartyID, base *geo.Region) (out []Day, err error) {
	for _, day := range l.Days {
		r := day.Control[party]
		if r == nil {
			continue
		}
		inside, err := geo.Intersect(r.Shape(), base.Shape())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", day.Date, err)
		}
		out = append(out, Day{day.Date, inside.AreaM2()})
	}
	return out, nil
}

// Published is one day of a published series.
type Published struct{ AreaM2, Percent float64 }

// A Difference is of two shares, in points, and its two parts; BaseM2 is the area that the
// published share is of.
type Difference struct{ BaseM2, Total, Polygons, Bases float64 }

// Compare parts the difference of two shares exactly into what the polygons explain and
// what the bases explain.
func Compare(areaM2, baseM2 float64, p Published) Difference {
	d := Difference{BaseM2: p.AreaM2 / p.Percent * 100}
	d.Total = 100*areaM2/baseM2 - p.Percent
	d.Polygons = 100 * (areaM2 - p.AreaM2) / d.BaseM2
	d.Bases = 100*areaM2/baseM2 - 100*areaM2/d.BaseM2
	return d
}

// Read reads a published series: a CSV with a header, whose columns are date, area in
// square metres, and percent.
func Read(r io.Reader) (map[truce.Date]Published, error) {
	list, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	out := map[truce.Date]Published{}
	for i, row := range list {
		if i == 0 {
			continue // the header
		}
		if len(row) != 3 {
			return nil, fmt.Errorf("row %d: want date, area in square metres, percent", i)
		}
		d, err := truce.ParseDate(row[0])
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
		var p Published
		for k, to := range []*float64{&p.AreaM2, &p.Percent} {
			if *to, err = strconv.ParseFloat(row[k+1], 64); err != nil || !(*to > 0) || math.IsInf(*to, 0) {
				return nil, fmt.Errorf("row %d: %q is not a positive number", i, row[k+1])
			}
		}
		out[d] = p
	}
	return out, nil
}
