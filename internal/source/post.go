package source

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/gazetteer"
)

// far is a distance and a direction as monitors write them: "17km N", "3-4 km ESE", "500m SW".
const far = `(?:~|about |approximately )?(\d{1,3}(?:\.\d{1,2})?)(?: ?[-–] ?(\d{1,3}(?:\.\d{1,2})?))? ?(km|m) ([A-Za-z]{1,3}|[a-z]+(?:-[a-z]+)?)`

var (
	sightingForm = regexp.MustCompile(`^` + far + `$`)
	beside       = regexp.MustCompile(`^` + far + ` of (.+)$`)
	bracketed    = regexp.MustCompile(`\(([^()]*)\)`)
	seat         = regexp.MustCompile(`(?i)^(?:.* )?(?:in|at) (.+)$`)
)

// sighting reads a distance and a direction in one text.
func sighting(s string) (w word, err error) {
	part := sightingForm.FindStringSubmatch(s)
	if part == nil {
		return w, errors.New("want a distance and a direction, such as 3-4km ESE, or nothing")
	}
	return farOf(part[1:])
}

// farOf reads the parts of a distance and a direction.
func farOf(part []string) (w word, err error) {
	unit := 1.0
	if part[2] == "km" {
		unit = 1000
	}
	metres := func(s string) (m, half float64) {
		n, _ := fixed([]byte(s), 3)
		step := 1.0
		if _, digits, ok := strings.Cut(s, "."); ok {
			step = math.Pow(10, -float64(len(digits)))
		}
		return float64(n) / 1000 * unit, step * unit / 2
	}
	low, half := metres(part[0])
	high := low
	if part[1] != "" {
		if high, _ = metres(part[1]); high < low {
			return w, errors.New("the distances are not in order")
		}
	}
	w.n, w.half = int32((low+high)/2), int32(math.Ceil((high-low)/2+half))
	w.to, w.wedge, err = bearing(part[3])
	return w, err
}

// A stand is where somebody stood.
type stand struct {
	at     geo.Point
	radius int32 // that holds it, in metres
	name   string
}

// standing finds a position that is written in words: a place, or a distance and direction
// from one. What is in brackets says where the place is: which of several of that name, and
// where it is if none of them is there.
func (o Options) standing(text string) (s stand, err error) {
	bare := strings.TrimSpace(bracketed.ReplaceAllString(text, ""))
	for _, b := range bracketed.FindAllStringSubmatch(text, 8) {
		for part := range strings.SplitSeq(b[1], ",") {
			part = strings.TrimSpace(part)
			if x, err := o.near(part, nil); err == nil && beside.MatchString(part) {
				return o.near(bare, &x)
			}
		}
	}
	return o.near(bare, nil)
}

// mostApart is how far the centres of one place may be apart in two lists of places, metres.
const mostApart = 10_000

// near finds a place, or what is so far from one, at or near a hint.
func (o Options) near(text string, hint *stand) (s stand, err error) {
	part := beside.FindStringSubmatch(text)
	if s.name = text; part != nil {
		s.name = part[5]
	}
	found, err := o.places().Lookup(s.name)
	if seated := seat.FindStringSubmatch(s.name); len(found) == 0 && part == nil && seated != nil { // a camera in A
		if more, merr := o.places().Lookup(seated[1]); len(more) > 0 {
			found, err, s.name = more, merr, seated[1]
		}
	}
	if hint != nil {
		found = slices.DeleteFunc(slices.Clone(found), func(f gazetteer.Place) bool {
			return f.Region || geo.Distance(f.Point, hint.at) > float64(hint.radius)+mostApart
		})
		if err = nil; len(found) != 1 {
			found = []gazetteer.Place{{Point: hint.at, UncertaintyM: hint.radius}}
		}
	}
	if err != nil {
		return s, err
	}
	if found[0].Region {
		return s, fmt.Errorf("%q is a region, and not a position", s.name)
	}
	p := truce.Place{Point: found[0].Point, Uncertainty: found[0].UncertaintyM}
	if part != nil {
		w, err := farOf(part[1:])
		if err != nil {
			return s, err
		}
		along(&p, w)
	}
	s.at, s.radius = p.Point, p.Uncertainty
	return s, nil
}

// seenFrom moves a position from who saw something to what was seen. Without distance and
// direction nobody says where it was.
func (g *generic) seenFrom(r *row, p truce.Place) (truce.Place, error) {
	w, err := g.get(r, g.sighting)
	if err != nil {
		return p, err
	}
	if !w.set {
		return truce.Place{Settlement: p.Settlement, Uncertainty: truce.NotStated}, nil
	}
	along(&p, w)
	if !g.bounds.holds(int64(p.Point.Lat), int64(p.Point.Lon)) {
		return p, r.refuse(g.sighting.cols[0], p.Point.String()+" is out of bounds", "")
	}
	return p, nil
}

// clocks is a second time of day behind a first.
var clocks = regexp.MustCompile(`^(.*\d{1,2}:\d{2}) ?[-–—] ?(\d{1,2}):(\d{2})$`)

// ranged takes a second time of day off a cell.
func ranged(cell []byte) (first []byte, to *[2]int) {
	cell = folded(cell)
	part := clocks.FindSubmatch(cell)
	if part == nil {
		return cell, nil
	}
	h, _ := number(part[2])
	m, _ := number(part[3])
	return part[1], &[2]int{int(h), int(m)}
}

// lastBefore reads a date without a year: the last such day before that of the file.
func (g *generic) lastBefore(r *row, f *timeField, cell []byte) (w wall, ok bool, err error) {
	var to *[2]int
	if f.ranged {
		cell, to = ranged(cell)
	}
	for _, year := range []int{f.fixed.year, f.fixed.year - 1} {
		text := append(fmt.Appendf(nil, "%04d ", year), bytes.TrimSpace(cell)...)
		if w, err = f.layouts[0].parse(text); err == nil {
			err = w.check()
		}
		if err == nil && (w.month > f.fixed.month || w.month == f.fixed.month && w.day > f.fixed.day) && year == f.fixed.year {
			continue // it would be after the report
		}
		if err == nil {
			w.to = to
			return w, true, nil
		}
	}
	return w, false, r.refuse(f.col, err.Error(), "")
}

// through makes a time last to the second time of day that is written with w, on the same day or
// the next.
func (f *timeField) through(r *row, v truce.Interval, w wall) (truce.Interval, error) {
	to := *w.to
	if later := to[0] < w.hour || to[0] == w.hour && to[1] < w.min; later { // past midnight
		at := utcDay(w).Time().AddDate(0, 0, 1)
		w.year, w.month, w.day = at.Year(), int(at.Month()), at.Day()
	}
	w.hour, w.min, w.sec, w.msec, w.unit = to[0], to[1], 0, 0, minute
	end, err := f.clock.moment(w)
	if err != nil {
		return v, r.refuse(f.col, "the second time: "+err.Error(), "")
	}
	v.End = max(v.End, end.End)
	return v, nil
}
