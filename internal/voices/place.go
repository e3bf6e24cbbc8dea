package voices

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
)

// square is the side of the squares in which equal positions are looked up, in 1e-7
// degree: 2 m of latitude.
const square = 180

// A spot is a square on a day, and a slope what latitude less longitude is on a day:
// a shift by the same amount north and east leaves it as it is.
type spot struct {
	day      truce.Date
	lat, lon int32
}

type slope struct {
	day  truce.Date
	less int64
}

type placed struct {
	n   int
	o   *truce.Observation
	day truce.Date // the first that it is about
}

// place notes where an observation is, day by day: the first of each source in a square,
// and a few of each slope.
func (c *count) place(u *use, o *truce.Observation) {
	if u.n < 0 || o.Place.Kind != truce.PlacePoint || !o.Occurred.Valid() || o.Occurred.Width() > mostDays*day {
		return
	}
	loc, p := c.in.agreement.Location, o.Place.Point
	first := truce.DateOf(o.Occurred.Start, loc)
	x := placed{u.n, o, first}
	same := func(y placed) bool { return y.n == u.n }
	for d := first; d <= truce.DateOf(o.Occurred.End-1, loc); d = d.Add(1) {
		at := spot{d, p.Lat / square, p.Lon / square}
		if here := c.at[at]; len(here) < mostHere && !slices.ContainsFunc(here, same) {
			c.at[at] = append(here, x)
		}
		turn := slope{d, int64(p.Lat) - int64(p.Lon)}
		of, again := 0, false
		for _, y := range c.turn[turn] {
			if same(y) {
				of++
				again = again || y.o.Place.Point == p
			}
		}
		if !again && of < mostAlike && len(c.turn[turn]) < mostHere {
			c.turn[turn] = append(c.turn[turn], x)
		}
	}
}

// positions joins the sources by equal and by shifted positions of one day.
func (c *count) positions() {
	type met struct {
		n  int
		at spot
	}
	for at, here := range c.at { // any order: they are counted
		seen := map[met]bool{}
		for lat := at.lat - 1; lat <= at.lat+1; lat++ {
			for lon := at.lon - 1; lon <= at.lon+1; lon++ {
				for _, y := range c.at[spot{at.day, lat, lon}] {
					for _, x := range here {
						// Of rows that are about several days, one day counts.
						if x.n < y.n && at.day == max(x.day, y.day) && !seen[met{x.n*MostPaired + y.n, at}] && c.in.rules.Alike(x.o, y.o) == assess.SamePosition {
							seen[met{x.n*MostPaired + y.n, at}] = true
							c.pair(x.n, y.n).Places++
						}
					}
				}
			}
		}
	}
	for at, here := range c.turn { // any order: they are counted
		for less := at.less - 1; less <= at.less+1; less++ { // the rules allow for rounding
			for _, y := range c.turn[slope{at.day, less}] {
				for _, x := range here {
					by := y.o.Place.Point.Lat - x.o.Place.Point.Lat
					if x.n < y.n && at.day == max(x.day, y.day) && -nearby < by && by < nearby && c.in.rules.Alike(x.o, y.o) == assess.Shifted {
						p := c.pair(x.n, y.n)
						p.Shifts++
						p.shifts[by]++
					}
				}
			}
		}
	}
}
