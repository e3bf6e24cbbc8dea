package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

func writeJSON(w io.Writer, r *Report) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

// Columns are what every table of incidents has for machines, beside what it prints for
// people: position, act, weapon, calibre, who acted as sources claim, grade, and
// casualties. Those of what is only alleged are as claimed by its claimants.
var Columns = func() []string {
	out := []string{"lat", "lon", "uncertainty_m", "act", "weapon", "calibre", "actors", "grade"}
	for _, name := range truce.CasualtyFields {
		out = append(out, name+"_low", name+"_best", name+"_high")
	}
	return out
}()

// ColumnsOf are a row's values of Columns: a number, a text, a list of texts, or nil where
// nothing is known.
func ColumnsOf(r *truce.Row) []any {
	out := make([]any, 0, len(Columns))
	if p := &r.Place; p.Kind == truce.PlacePoint || p.Kind == truce.PlaceObject {
		lat, lon := p.Point.Degrees()
		if out = append(out, lat, lon); p.Uncertainty == truce.NotStated {
			out = append(out, nil)
		} else {
			out = append(out, int64(p.Uncertainty))
		}
	} else {
		out = append(out, nil, nil, nil)
	}
	text := func(s string) {
		if s == "" {
			out = append(out, nil)
		} else {
			out = append(out, s)
		}
	}
	text(string(r.Act))
	text(string(r.Weapon))
	if r.Calibre == 0 {
		out = append(out, nil)
	} else {
		out = append(out, float64(r.Calibre)/10)
	}
	if len(r.Actors) == 0 {
		out = append(out, nil)
	} else {
		out = append(out, texts(r.Actors))
	}
	if r.Grade == (truce.Grade{}) {
		out = append(out, nil)
	} else {
		out = append(out, r.Grade.String())
	}
	return append(out, casualtiesOf(r, truce.CasualtyFields)...)
}

// PartColumns are how many of the killed were civilians and combatants, where a publisher states it.
// They are the last columns of every table of incidents, so that those before keep their places.
var PartColumns = func() (out []string) {
	for _, name := range truce.CasualtyParts {
		out = append(out, name+"_low", name+"_best", name+"_high")
	}
	return out
}()

// PartsOf are a row's values of PartColumns; nil where nothing is known.
func PartsOf(r *truce.Row) []any { return casualtiesOf(r, truce.CasualtyParts) }

// casualtiesOf are low, best and high of these numbers of people; nil where nobody states them.
func casualtiesOf(r *truce.Row, names []string) (out []any) {
	for _, name := range names {
		var n *truce.Range
		if r.Casualties != nil {
			n = *r.Casualties.Field(name)
		}
		if n == nil {
			out = append(out, nil, nil, nil)
			continue
		}
		var best, high any = int64(n.Best), int64(n.High)
		if n.Best == truce.NoBest {
			best = nil
		}
		if n.Open() { // nobody states how many at most
			high = nil
		}
		out = append(out, int64(n.Low), best, high)
	}
	return out
}

// Hidden reports whether a character shows nothing itself and changes how what is
// around it is shown: a control character, or one that turns the direction of text
// (Unicode Technical Report 36, section 2.10), breaks a line, or is obsolete.
func Hidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return false
	case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x206f, r == 0x2028, r == 0x2029, r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return false
}

// Visible names each hidden character where it is, such as [U+202E], so that a text on
// a page neither disturbs what is around it nor hides what it has. The marks that only
// order the characters next to them (U+200E, U+200F, U+061C) and the joiners of
// Arabic and Indic scripts stay: people who write those scripts need them, and around
// the text they change nothing. The record keeps the text as it is.
func Visible(s string) string {
	if strings.IndexFunc(s, Hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if Hidden(r) {
			fmt.Fprintf(&b, "[U+%04X]", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Moment is a time as tables have it: empty where it is not stated, as the beginning of
// what is only known to have happened not later than a moment.
func Moment(i truce.Instant) string {
	if !i.Stated() {
		return ""
	}
	return i.String()
}

// Clean replaces what would move a terminal's cursor, hide text or turn its
// direction, and the breaks of lines, for rows and cells.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if Hidden(r) || unicode.IsControl(r) || r == 0x200e || r == 0x200f {
			return '\uFFFD'
		}
		return r
	}, s)
}

// Geometry is a place as GeoJSON: a position has its uncertainty as a polygon,
// and a region, which is never a pin, has no geometry here.
func Geometry(p *truce.Place) any {
	if p == nil {
		return nil
	}
	shape := p.Shape
	point := p.Kind == truce.PlacePoint || p.Kind == truce.PlaceObject
	if point && p.Uncertainty > 10 {
		shape = geo.DiscPolygon(p.Point, float64(p.Uncertainty), 32)
	}
	switch {
	case len(shape) > 0:
		return map[string]any{"type": "MultiPolygon", "coordinates": coordinates(shape)}
	case point:
		return map[string]any{"type": "Point", "coordinates": lonLat(p.Point)}
	}
	return nil
}

func coordinates(m geo.MultiPolygon) (polys [][][][2]float64) {
	for _, poly := range m {
		var rings [][][2]float64
		for _, ring := range poly {
			var points [][2]float64
			for i := range len(ring) + 1 {
				points = append(points, lonLat(ring[i%len(ring)]))
			}
			rings = append(rings, points)
		}
		polys = append(polys, rings)
	}
	return polys
}

func lonLat(p geo.Point) [2]float64 {
	lat, lon := p.Degrees()
	return [2]float64{lon, lat}
}
