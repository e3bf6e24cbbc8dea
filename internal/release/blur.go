package release

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// Place is a place as the viewer is shown it, and whether that is wider than it is
// known.
func (v Viewer) Place(p truce.Place) (shown truce.Place, wider bool) {
	if v.Plain() || v.Rules.BlurM <= 0 {
		return p, false
	}
	return blurred(p, v.Rules.BlurM)
}

// blurred widens a place. Its centre becomes that of a square of a fixed grid, so
// that asking twice, or reading several reports from one spot, tells no more; the
// radius holds the true position wherever it was in the square.
func blurred(p truce.Place, m int32) (truce.Place, bool) {
	at, known := p.Point, max(0, p.Uncertainty)
	if p.Kind == truce.PlaceWedge { // never the post itself
		at, known = p.Wedge.Post, p.Wedge.MaxM
		m = max(m, known)
	}
	if p.Kind == truce.PlaceShape {
		at, known = p.Shape.Extent()
	}
	always := p.Kind == truce.PlaceWedge || p.Kind == truce.PlaceObject
	closer := (p.Kind == truce.PlacePoint || p.Kind == truce.PlaceShape) && known < m
	if !always && !closer {
		return p, false
	}
	return truce.Place{Kind: truce.PlacePoint, Point: snapped(at, m), Uncertainty: m + known}, true
}

// snapped is the centre of the square of about m metres that holds p: steps of
// latitude, and of longitude at that latitude's row. Half its diagonal is below m.
func snapped(p geo.Point, m int32) geo.Point {
	step := int64(m) * 90 // 1e-7 degree: a degree is some 111 km, so about m metres
	row := floorDiv(int64(p.Lat), step)*step + step/2
	wide, lat := step, max(row, -row)/1e7
	if lat >= 60 {
		wide = step * 2
	}
	if lat >= 80 {
		wide = step * 6
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
