package truce

import (
	"fmt"
	"slices"

	"github.com/opentruce/truce/geo"
)

// NotStated is the uncertainty of a position whose publisher says nothing
// about it. Such a position is placed but never locatable.
const NotStated = -1

// PlaceKind says which of Place's fields count.
type PlaceKind uint8

const (
	PlaceUnknown PlaceKind = iota // nowhere: only the publisher knows
	PlacePoint                    // Point, within Uncertainty
	PlaceWedge                    // seen from Post, between two bearings and two distances
	PlaceRegion                   // a named zone or region, Name
	PlaceObject                   // at the protected object Name, whose position is Point
	PlaceShape                    // lines or areas as published
)

var placeKinds = [...]string{"unknown", "point", "wedge", "region", "object", "shape"}

func (k PlaceKind) String() string { return placeKinds[k] }

// MarshalText writes the kind's word.
func (k PlaceKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the kind's word.
func (k *PlaceKind) UnmarshalText(b []byte) error {
	for i, s := range placeKinds {
		if s == string(b) {
			*k = PlaceKind(i)
			return nil
		}
	}
	return fmt.Errorf("place kind %q is unknown", b)
}

// A Place is where something happened and how well that is known.
type Place struct {
	Kind        PlaceKind        `json:"kind"`
	Point       geo.Point        `json:"point,omitzero"`       // WGS 84, 1e-7 degree
	Uncertainty int32            `json:"uncertainty_m"`        // radius in metres that surely holds the position, or NotStated
	Name        string           `json:"name,omitempty"`       // zone, region or object
	Wedge       *Wedge           `json:"wedge,omitempty"`      // with PlaceWedge
	Shape       geo.MultiPolygon `json:"shape,omitempty"`      // with PlaceShape, and resolved for PlaceWedge
	Settlement  string           `json:"settlement,omitempty"` // the publisher's name for it, for people; decides nothing
	File        Digest           `json:"file,omitzero"`        // of an entry whose Shape lies beside the record: the SHA-256 of that file; never of what was read
	Assumed     bool             `json:"assumed,omitempty"`    // Uncertainty is AssumedM, since none is stated; never of an entry
}

// AssumedM is the radius in metres within which the position of an allegation is taken
// to lie if its author states none.
const AssumedM = 1000

// A Wedge is what an observer can say of a distant event: from this post,
// between these bearings (degrees clockwise from north; 350 to 10 crosses
// north), between these distances in metres.
type Wedge struct {
	Post    geo.Point `json:"post"`
	FromDeg int32     `json:"from_deg"`
	ToDeg   int32     `json:"to_deg"`
	MinM    int32     `json:"min_m"`
	MaxM    int32     `json:"max_m"`
}

// String says the place in words for tables and reasons.
func (p Place) String() string {
	switch p.Kind {
	case PlacePoint:
		s := p.Point.String()
		if p.Settlement != "" {
			s = p.Settlement + " (" + s + ")"
		}
		if p.Uncertainty == NotStated {
			return s + ", uncertainty not stated"
		}
		return s + " ± " + Metres(int64(p.Uncertainty)) + p.assumed()
	case PlaceWedge:
		w := p.Wedge
		return fmt.Sprintf("%s to %s from %s, bearing %03d to %03d", Metres(int64(w.MinM)), Metres(int64(w.MaxM)), w.Post, w.FromDeg, w.ToDeg)
	case PlaceRegion:
		return "somewhere in " + p.Name
	case PlaceObject:
		return "at " + p.Name
	case PlaceShape:
		return "an area as published"
	}
	if p.Settlement != "" { // somebody named it, and nobody can say where it is
		return p.Settlement + " (position unknown)"
	}
	return "place unknown"
}

// Short says the place for people, with no more digits of a position than its
// uncertainty allows.
func (p Place) Short() string {
	if p.Kind != PlacePoint {
		return p.String()
	}
	digits := 2
	switch {
	case p.Uncertainty == NotStated || p.Uncertainty >= 1000:
	case p.Uncertainty >= 100:
		digits = 3
	default:
		digits = 4
	}
	lat, lon := p.Point.Degrees()
	ns, ew := "N", "E"
	if lat < 0 {
		lat, ns = -lat, "S"
	}
	if lon < 0 {
		lon, ew = -lon, "W"
	}
	s := fmt.Sprintf("%.*f° %s %.*f° %s", digits, lat, ns, digits, lon, ew)
	if p.Settlement != "" {
		s = p.Settlement + " (" + s + ")"
	}
	if p.Uncertainty == NotStated {
		return s + ", uncertainty not stated"
	}
	return s + " ± " + Metres(int64(p.Uncertainty)) + p.assumed()
}

func (p Place) assumed() string {
	if p.Assumed {
		return " (assumed)"
	}
	return ""
}

// Metres prints a distance: metres below a kilometre, else kilometres with
// one decimal below a hundred.
func Metres(m int64) string {
	switch {
	case m < 1000 && m > -1000:
		return fmt.Sprintf("%d m", m)
	case m < 100_000 && m%1000 != 0:
		return fmt.Sprintf("%d.%d km", (m+50)/1000, (m+50)%1000/100)
	}
	return fmt.Sprintf("%d km", (m+500)/1000)
}

// same reports whether two places are stated alike in every part.
func (p *Place) same(q *Place) bool {
	return p.Kind == q.Kind && p.Point == q.Point && p.Uncertainty == q.Uncertainty && p.Name == q.Name && p.Settlement == q.Settlement &&
		p.File == q.File && p.Assumed == q.Assumed && sameValue(p.Wedge, q.Wedge) &&
		slices.EqualFunc(p.Shape, q.Shape, func(a, b geo.Polygon) bool {
			return slices.EqualFunc(a, b, func(a, b geo.Ring) bool { return slices.Equal(a, b) })
		})
}

// sameValue reports whether both are stated and equal, or neither is stated.
func sameValue[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}
