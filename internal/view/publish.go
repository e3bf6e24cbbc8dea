package view

import (
	"math"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// A Sight is what the release rules let one audience see of an incident.
type Sight struct {
	Held  bool          // not at all
	From  truce.Instant // not before this moment; Always: at once
	Place truce.Place   // perhaps wider than what is known
	Wider bool          // it is
}

// Publish decides what an audience sees of an incident that became known at a
// moment. It is the only place where that is decided, and it knows the audience
// and never the person, nor the party: both parties always see the same.
//
// The mission sees all. The parties see all that was released to them, which the
// record itself decides. The public sees by the agreement's release rules
// (release: public:): later by Delay, as no closer than BlurM, and not at all
// where the act is held.
func Publish(rules truce.PublicRelease, to truce.Audience, known truce.Instant, act truce.Act, p truce.Place) Sight {
	s := Sight{From: truce.Always, Place: p}
	if to != truce.ForPublic {
		return s
	}
	for _, h := range rules.Hold {
		if truce.Words.ActIs(act, h) {
			return Sight{Held: true, From: truce.Never}
		}
	}
	if rules.Delay > 0 && known.Stated() {
		s.From = known.Add(rules.Delay)
	}
	if rules.BlurM > 0 {
		s.Place, s.Wider = blurred(p, rules.BlurM)
	}
	return s
}

// blurred widens a place. Its centre becomes that of a square of a fixed grid, so
// that asking twice, or reading several reports from one spot, tells no more; the
// radius holds the true position wherever it was in the square.
func blurred(p truce.Place, m int32) (truce.Place, bool) {
	var at geo.Point
	known := max(0, p.Uncertainty)
	switch {
	case p.Kind == truce.PlacePoint && known < m, p.Kind == truce.PlaceObject:
		at = p.Point
	case p.Kind == truce.PlaceWedge: // never the post itself
		at, known = p.Wedge.Post, p.Wedge.MaxM
		m = max(m, known)
	case p.Kind == truce.PlaceShape:
		middle, reach := extent(p.Shape)
		if reach >= m {
			return p, false
		}
		at, known = middle, reach
	default:
		return p, false
	}
	return truce.Place{Kind: truce.PlacePoint, Point: snapped(at, m), Uncertainty: m + known}, true
}

// extent is the middle of a shape's corners and, in metres, no less than how far
// the farthest is from it.
func extent(shape geo.MultiPolygon) (geo.Point, int32) {
	b := truce.Box{West: math.MaxInt32, South: math.MaxInt32, East: math.MinInt32, North: math.MinInt32}
	for _, polygon := range shape {
		for _, ring := range polygon {
			for _, q := range ring {
				b.West, b.East = min(b.West, q.Lon), max(b.East, q.Lon)
				b.South, b.North = min(b.South, q.Lat), max(b.North, q.Lat)
			}
		}
	}
	if b.West > b.East {
		return geo.Point{}, 0
	}
	wide, high := int64(b.East)-int64(b.West), int64(b.North)-int64(b.South)
	reach := (wide + high) / 2 / 89 // 1e-7 degree is 11.2 mm at most
	return geo.Point{Lat: int32((int64(b.South) + int64(b.North)) / 2), Lon: int32((int64(b.West) + int64(b.East)) / 2)}, int32(min(reach, 20_000_000))
}

// snapped is the centre of the square of about m metres that holds p: steps of
// latitude, and of longitude at that latitude's row. Half its diagonal is below m.
func snapped(p geo.Point, m int32) geo.Point {
	step := max(1, int64(m)*90) // 1e-7 degree: a degree is some 111 km, so about m metres
	row := floorDiv(int64(p.Lat), step)*step + step/2
	wide := step
	switch lat := max(row, -row) / 1e7; {
	case lat >= 80:
		wide = step * 6
	case lat >= 60:
		wide = step * 2
	}
	col := floorDiv(int64(p.Lon), wide)*wide + wide/2
	return geo.Point{Lat: int32(min(900000000, max(-900000000, row))), Lon: int32(min(1799999999, max(-1800000000, col)))}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Shown is a row as an audience sees it, and from when; ok is false if not at all:
// one observation that is held keeps the whole incident.
func Shown(rules truce.PublicRelease, to truce.Audience, r truce.Row) (out truce.Row, from truce.Instant, ok bool) {
	s := Publish(rules, to, r.Known, r.Act, r.Place)
	for _, act := range r.Acts {
		s.Held = s.Held || Publish(rules, to, r.Known, act, r.Place).Held
	}
	if s.Held {
		return truce.Row{}, truce.Never, false
	}
	r.Place, r.Blurred = s.Place, s.Wider
	return r, s.From, true
}
