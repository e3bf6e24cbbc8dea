package source

import (
	"io"
	"iter"

	"github.com/opentruce/truce"
)

// lines reads dated control and lines of contact, as agreements hold them:
// GeoJSON features with kind control, a party and a date, or kind
// line-of-contact and a date. Each area of control is one observation of a
// party's positions on that local day; a line is the edge of what it parts and
// is only checked. The day is the file's zone's; without one it is a day
// anywhere on Earth.
var lines = Kind{
	Name:    "lines",
	License: "the publisher's",
	Doc:     "dated control areas and lines of contact, GeoJSON",
	Parse:   parseLines,
	Expect:  [2]int{0, 10},
}

var linesAside = &SetAside{"a line of contact is checked here and read with the agreement"}

func parseLines(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
	local := o.clock(nil)
	same := map[string]int{}
	return readJSON(in, o, true, table{
		when: func(r *row) (truce.Interval, error) {
			w, err := dateOnly.parse(r.cell(1))
			if err != nil {
				return truce.Interval{}, err
			}
			return local.moment(w)
		},
		layout: layout{need: []string{"kind", "date"}, may: []string{"party"}},
		read: notStated(func(r *row, emit func(truce.Item)) error {
			w, err := dateOnly.parse(r.cell(1))
			if err != nil {
				return r.refuse(1, err.Error(), "")
			}
			on, err := local.moment(w)
			if err != nil {
				return r.refuse(1, err.Error(), "")
			}
			shape, err := r.shape()
			if err != nil {
				return err
			}
			party := string(r.cell(2))
			switch string(r.cell(0)) {
			case "line-of-contact":
				if len(shape.Lines) == 0 || shape.Polygons != nil || shape.Points != nil || party != "" {
					return r.refuseRow("a line of contact is lines and of no party", "")
				}
				return linesAside
			case "control":
			default:
				return r.refuse(0, "want control or line-of-contact", "")
			}
			if len(shape.Polygons) == 0 || shape.Lines != nil || shape.Points != nil || party == "" {
				return r.refuseRow("control is polygons and of a party", "")
			}
			ob := &truce.Observation{
				Source: o.source("lines"), Key: "control " + party + " " + string(r.cell(1)), Occurred: on, Act: truce.ActPresence,
				Seen: truce.SeenPosition, Actor: truce.PartyID(party), Count: truce.Count{Kind: truce.Uncountable},
				Place: truce.Place{Kind: truce.PlaceShape, Shape: shape.Polygons, Uncertainty: truce.NotStated},
			}
			if same[ob.Key]++; same[ob.Key] > 1 {
				return r.refuseRow("a second area of control of "+party+" on that day", "join the areas to one MultiPolygon")
			}
			ob.SetID()
			emit(truce.Item{Observation: ob})
			return nil
		}),
	})
}
