package report

import (
	"iter"
	"slices"

	"github.com/opentruce/truce"
)

// dayNames are the columns of findings of days.
var dayNames = []string{"article", "outcome", "standing", "id", "from", "until", "days", "level", "area", "lat", "lon", "radius_m", "reports", "publishers", "support", "decided", "status", "says"}

// DayColumns are the columns of Days.
func DayColumns() []Column { return named(dayNames...) }

// RestsOn says how well a finding of days is established. Two publishers of which nobody knows
// where they have it from make one, and a reader of a file would take "corroborated" for more.
func RestsOn(d *truce.DayFinding) string {
	if d.Standing == truce.Corroborated && d.Ground != "" {
		return string(d.Ground)
	}
	return string(d.Standing)
}

// Days are findings of days as lines of DayColumns, under an agreement of a status.
func Days(status truce.Status, list []truce.DayRow) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for i := range list {
			d := &list[i]
			var decided, support []string
			says := "" // all of it, so that a line which somebody cuts out claims no more than the page
			if len(d.Reasons) > 0 {
				says = d.Reasons[0].String()
			}
			for _, r := range (Day{*d}).Decided() {
				decided = append(decided, r.String())
			}
			for _, id := range d.Support {
				support = append(support, id.Hex())
			}
			place := &truce.Place{Kind: truce.PlaceRegion, Name: d.Area.Name, Uncertainty: truce.NotStated}
			at := []any{nil, nil, nil}
			if d.Area.Level == truce.AreaPlace {
				lat, lon := d.Area.Centre.Degrees()
				at = []any{lat, lon, d.Area.RadiusM}
				place = &truce.Place{Kind: truce.PlacePoint, Point: d.Area.Centre, Uncertainty: int32(d.Area.RadiusM)}
			}
			values := slices.Concat([]any{string(d.Article), string(d.Outcome), RestsOn(&d.DayFinding), d.ID.Hex(), d.Window.Start, d.Window.End, int64(d.Days), string(d.Area.Level), d.Area.Name}, at,
				[]any{int64(len(d.Support)), d.Publishers, support, decided, string(status), says})
			if !yield(Line{place, values}, nil) {
				return
			}
		}
	}
}
