package source

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// lines reads dated control and lines of contact, as agreements hold them:
// GeoJSON features with kind control, a party and a date, or kind
// line-of-contact and a date. Each area of control is one observation of a
// party's positions on that local day; a line is the edge of what it parts and
// is only checked. The day is the file's zone's; without one it is a day
// anywhere on Earth. With a mapping, a file is read as its publisher wrote it: record: control.
var lines = Kind{
	Name:    "lines",
	License: "the publisher's",
	Doc:     "dated control areas and lines of contact, GeoJSON",
	MayMap:  true,
	Parse:   parseLines,
	Expect:  [2]int{0, 10},
}

var linesAside = &SetAside{"a line of contact is checked here and read with the agreement"}

// control is the kind of record of a mapping for areas that a party controls.
const control = "control"

// controls are the areas of control of a file, by party and day.
type controls struct {
	list    []*truce.Observation
	parts   [][]geo.MultiPolygon // of each, one for each row
	corners int
	broken  bool // one of them could not be read
}

// mostCorners bounds the work on the areas of one file.
const mostCorners = 200_000

// controlled is what is said of one party's areas on one day.
func controlled(source truce.SourceID, party, date string, on truce.Interval, shape geo.MultiPolygon) *truce.Observation {
	return &truce.Observation{
		Source: source, Key: "control " + party + " " + date, Occurred: on, Act: truce.ActPresence,
		Seen: truce.SeenPosition, Actor: truce.PartyID(party), Count: truce.Count{Kind: truce.Uncountable},
		Place: truce.Place{Kind: truce.PlaceShape, Shape: shape, Uncertainty: truce.NotStated},
	}
}

// area reads one area of control. All are told at the end of the file.
func (g *generic) area(r *row, s said) (err error) {
	defer func() { g.controls.broken = g.controls.broken || err != nil }()
	by, err := g.get(r, g.actor)
	if err != nil {
		return err
	}
	if by.text == "" || strings.Contains(by.text, "|") {
		return g.refuseField(r, g.actor, "an area of control is of one party", "")
	}
	p, err := g.located(r)
	if err != nil {
		return err
	}
	if p.Kind != truce.PlaceShape || len(p.Shape) == 0 {
		return r.refuseRow("control is polygons", "")
	}
	date := s.when.Start.Time().UTC().Format("2006-01-02")
	if w, ok, _ := g.wall(r, g.occurred); ok {
		date = fmt.Sprintf("%04d-%02d-%02d", w.year, w.month, w.day)
	}
	o := controlled(g.source, by.text, date, s.when, p.Shape)
	o.Claimant, o.Place.Settlement = s.claimant, p.Settlement
	c := g.controls
	if c.corners += p.Shape.Corners(); c.corners > mostCorners {
		return r.refuseRow(fmt.Sprintf("the areas have more than %d corners", mostCorners), "simplify them")
	}
	for i, have := range c.list {
		if have.Key == o.Key {
			c.parts[i] = append(c.parts[i], p.Shape)
			return nil
		}
	}
	c.list, c.parts = append(c.list, o), append(c.parts, []geo.MultiPolygon{p.Shape})
	return nil
}

// done tells the areas that a file has, if all could be read.
func (c *controls) done(g *generic, emit func(truce.Item)) {
	if c.broken {
		g.o.remark(Remark{What: RemarkControl})
		return
	}
	for i, o := range c.list {
		if len(c.parts[i]) > 1 { // areas of several rows may overlap
			joined, err := geo.Union(c.parts[i]...)
			if err != nil {
				g.o.remark(Remark{What: RemarkControl, More: err.Error()})
				return
			}
			o.Place.Shape = joined
		}
		o.SetID()
		emit(truce.Item{Observation: o})
	}
}

func parseLines(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
	if o.Mapping != nil {
		if o.Mapping.Record != control {
			return failed(o, errors.New("mapping: lines reads areas of control: write record: control; other records are read by the kind table"))
		}
		return tableKind.Parse(in, o)
	}
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
			ob := controlled(o.source("lines"), party, string(r.cell(1)), on, shape.Polygons)
			if same[ob.Key]++; same[ob.Key] > 1 {
				return r.refuseRow("a second area of control of "+party+" on that day", "join the areas to one MultiPolygon")
			}
			ob.SetID()
			emit(truce.Item{Observation: ob})
			return nil
		}),
	})
}
