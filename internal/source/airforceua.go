package source

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/opentruce/truce"
)

// airforceUA reads the air force's daily totals of missiles and drones, as
// collected by Petro Ivaniuk: one tally for each row, that is for each model,
// window and target. Times are local to Kyiv; a bare date is the whole day, and
// windows cross midnight. Numbers are written as floats.
//
// The file names no actor, only launch places, so no actor is stated. Targets
// that are regions become regions, several of them Ukraine as a whole. A direction
// or an operational command ("south", "east"), the front line and Snake Island lie
// inside Ukraine: the place is Ukraine, with the publisher's word beside it, and a
// remark counts these rows. They are 1,122 of the 3,667 rows that are read of September
// 2022 to June 2026 (31 %), and 22 of the 50 of the demo. What may lie elsewhere stays
// unknown: no target (30 rows), the Black Sea (7) and the Kursk oblast (3), which is
// a region only if the agreement has a zone for it, or for Russia.
//
// Rows with the same window, model, target and launch place are told apart by
// "#2". The same loss may stand in two rows, as a part of a night's window and
// of a day's total: on 20 August 2025 two Iskander-M at Odesa oblast stand
// twice, with 1 and with 0 destroyed. Both stay; a tally is never merged.
var airforceUA = Kind{
	Name:        "airforce-ua",
	Publisher:   "Air Force Command of the Armed Forces of Ukraine",
	License:     "ODC-BY-1.0",
	Attribution: "Petro Ivaniuk; source: Air Force Command of the Armed Forces of Ukraine (ODC-BY 1.0)",
	Doc:         "daily totals of missiles and drones launched and destroyed, CSV: one row for each model and window",
	Organ:       true,
	Parse:       parseAirforceUA,
	Expect:      [2]int{0, 12},
}

//go:embed airforceua_models.csv
var airforceModelsCSV string

// airforceModels maps a model to what it does and its class; the file is made
// from the publisher's catalogue missiles_and_uavs.csv.
var airforceModels = func() map[string]meaning {
	out := map[string]meaning{}
	for line := range strings.Lines(airforceModelsCSV) {
		f := strings.Split(strings.TrimSpace(line), ",")
		if f[0] == "model" || strings.HasPrefix(line, "#") {
			continue
		}
		act, err := truce.Words.Act(f[1])
		if err != nil {
			panic("airforceua_models.csv: " + err.Error())
		}
		class, err := truce.Words.Class(f[2])
		if err != nil {
			panic("airforceua_models.csv: " + err.Error())
		}
		out[f[0]] = meaning{act: act, weapon: class}
	}
	return out
}()

var airforceLayout = layout{
	need: []string{"time_start", "time_end", "model", "launch_place", "target", "launched", "destroyed", "not_reach_goal",
		"still_attacking", "border_crossing", "is_shahed", "num_hit_location", "num_fall_fragment_location", "turbojet", "turbojet_destroyed"},
	ignore: []string{"target_main", "carrier", "affected region", "destroyed_details", "launched_details", "launch_place_details", "source"},
}

// airforceDetails are the figures beside the total: column, and our word.
var airforceDetails = []struct {
	col  int
	name string
}{{6, "intercepted"}, {7, "lost"}, {8, "still attacking"}, {10, "strike drones among them"},
	{11, "hit locations"}, {12, "fragment locations"}, {13, "jet-powered"}, {14, "jet-powered intercepted"}}

func parseAirforceUA(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
	return readCSV(in, o, func([]string) (table, error) {
		a := airforceReader{o: o, clock: o.clock(kyiv), same: map[string]int{}, places: map[string]airforceTarget{}}
		return table{layout: airforceLayout, read: notStated(a.row), when: a.period}, nil
	})
}

type airforceReader struct {
	o      Options
	clock  *clock
	same   map[string]int
	places map[string]airforceTarget
}

type airforceTarget struct {
	place truce.Place
	vague bool
}

func (a *airforceReader) row(r *row, emit func(truce.Item)) error {
	t := &truce.Tally{Source: a.o.source("airforce-ua"), Count: truce.Count{Kind: truce.Uncountable}}
	class, err := airforceClass(string(r.cell(2)))
	if err != nil {
		hint := "add the model to airforceua_models.csv"
		if err == errNoModel {
			hint = ""
		}
		return r.refuse(2, err.Error(), hint)
	}
	t.Act, t.Weapon = class.act, class.weapon
	if t.Period, err = a.period(r); err != nil {
		return err
	}
	if len(r.cell(5)) > 0 { // not stated is not zero
		n, err := count(r.cell(5), ".")
		if err != nil {
			return r.refuse(5, err.Error(), "")
		}
		t.Count = truce.Count{N: n}
	}
	if t.Details, err = airforceFigures(r, t.Count); err != nil {
		return err
	}
	target, ok := a.places[string(r.cell(4))]
	if !ok {
		if target.place, target.vague, err = a.place(string(r.cell(4))); err != nil {
			return r.refuse(4, err.Error(), "")
		}
		a.places[string(r.cell(4))] = target
	}
	if t.Place = target.place; target.vague {
		r.remark(&a.o, RemarkDirection, 4)
	}
	t.Key = fmt.Sprintf("%s/%s %s, %s from %s", bytes.TrimSpace(r.cell(0)), bytes.TrimSpace(r.cell(1)), r.cell(2), r.cell(4), r.cell(3))
	if a.same[t.Key]++; a.same[t.Key] > 1 {
		t.Key += fmt.Sprintf(" #%d", a.same[t.Key])
	}
	t.SetID()
	emit(truce.Item{Tally: t})
	return nil
}

// errNoModel rejects a row: what a missile did and what a reconnaissance drone did are
// different acts.
var errNoModel = errors.New("the model is not stated, so what it did is not known")

// airforceClass is the class of a model, or of "A and B" what their classes
// have in common.
func airforceClass(cell string) (meaning, error) {
	if c, ok := airforceModels[cell]; ok {
		return c, nil
	}
	var c meaning
	for i, part := range strings.Split(cell, " and ") {
		p, ok := airforceModels[part]
		switch {
		case truce.NotKnown(part):
			return c, errNoModel
		case !ok:
			return c, fmt.Errorf("model %q is unknown", part)
		}
		if i == 0 {
			c = p
			continue
		}
		if p.act != c.act {
			return c, errors.New("the models do different things, and which did how often is not stated")
		}
		c.weapon = commonClass(c.weapon, p.weapon)
	}
	return c, nil
}

// commonClass is the finest class that both are; empty when there is none.
func commonClass(a, b truce.Class) truce.Class {
	for _, c := range truce.Words.ClassPath(a) {
		if truce.Words.ClassIs(b, c) {
			return c
		}
	}
	return ""
}

var airforceTime = mustLayout("YYYY-MM-DD[ h:mm")

// period runs from the first moment of time_start to time_end; an end without
// a time is the end of that day, and an end equal to the start is that minute.
func (a *airforceReader) period(r *row) (truce.Interval, error) {
	var out [2]truce.Interval
	var hours [2]bool
	for i := range out {
		w, err := airforceTime.parse(bytes.TrimSpace(r.cell(i)))
		if err == nil {
			out[i], err = a.clock.moment(w)
		}
		if err != nil {
			return truce.Interval{}, r.refuse(i, err.Error(), "")
		}
		hours[i] = w.unit < day
	}
	p := truce.Interval{Start: out[0].Start, End: out[1].End}
	if hours[1] && out[1] != out[0] {
		p.End -= minute
	}
	if !p.Valid() {
		return p, r.refuse(1, "the window ends before it starts", "")
	}
	return p, nil
}

// airforceFigures reads the figures beside the total. What was destroyed and
// what was lost cannot be more than what was launched.
func airforceFigures(r *row, launched truce.Count) ([]truce.Detail, error) {
	var out []truce.Detail
	gone := int64(0)
	for _, d := range airforceDetails {
		if len(r.cell(d.col)) == 0 {
			continue
		}
		n, err := count(r.cell(d.col), ".")
		if err != nil {
			return nil, r.refuse(d.col, err.Error(), "")
		}
		out = append(out, truce.Detail{Name: d.name, N: int64(n)})
		if d.col <= 7 {
			gone += int64(n)
		}
	}
	if launched.Kind == truce.Exactly && gone > int64(launched.N) {
		return nil, r.refuseRow(fmt.Sprintf("%d destroyed or lost are more than %d launched", gone, launched.N), "")
	}
	crossed, err := pythonCounts(string(r.cell(9)))
	if err != nil {
		return nil, r.refuse(9, err.Error(), "")
	}
	for _, c := range crossed {
		out = append(out, truce.Detail{Name: "crossed the border to " + c.Name, N: c.N})
	}
	return out, nil
}

// pythonCounts reads a dictionary as Python prints it: {'belarus': 1.0, 'russia': 3}.
func pythonCounts(s string) ([]truce.Detail, error) {
	bad := errors.New("want a dictionary such as {'belarus': 1.0}")
	if s == "" {
		return nil, nil
	}
	inner, ok := strings.CutPrefix(s, "{")
	inner, end := strings.CutSuffix(inner, "}")
	if !ok || !end {
		return nil, bad
	}
	var out []truce.Detail
	if strings.TrimSpace(inner) == "" {
		return nil, nil
	}
	for item := range strings.SplitSeq(inner, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(item), ": ")
		if !ok || len(key) < 3 || key[0] != '\'' || strings.IndexByte(key[1:], '\'') != len(key)-2 {
			return nil, bad
		}
		n, err := count([]byte(value), ".")
		if err != nil {
			return nil, bad
		}
		out = append(out, truce.Detail{Name: key[1 : len(key)-1], N: int64(n)})
	}
	return out, nil
}

// airforceInside are words of the publisher that are not a region or a settlement and
// lie inside Ukraine: operational commands above all.
var airforceInside = map[string]bool{"south": true, "east": true, "west": true, "north": true, "center": true, "south-east": true,
	"north-east": true, "front line": true, "Snake Island": true}

// RemarkDirection is about rows of which we know only that they are about Ukraine.
const RemarkDirection = "The target is a direction, an operational command or the front line. The place was taken to be somewhere in Ukraine."

// place finds a target. Several places, or a part of a region, become the
// smallest named region that surely holds them. vague reports that all that is known
// of a part is that it is in Ukraine.
func (a *airforceReader) place(target string) (p truce.Place, vague bool, err error) {
	parts := strings.Split(target, " and ")
	outside := target == ""
	for _, part := range parts {
		head, detail, _ := strings.Cut(part, ", ")           // Dnipropetrovsk oblast, Dnipro Raion
		if name, inside, ok := strings.Cut(head, " ("); ok { // Kyiv oblast (south)
			head, detail = name, strings.TrimSuffix(inside, ")")
		}
		switch {
		case airforceInside[head]:
			p, vague = a.region("Ukraine", target), true
		case head == "Kursk oblast" && len(parts) == 1:
			p, outside = a.kursk(target)
		case head == "Kursk oblast", head == "Black Sea", detail == "Black Sea", part == "":
			outside = true
		default:
			if p, err = a.known(head, detail, target); err != nil {
				return p, false, err
			}
		}
	}
	switch {
	case outside:
		return truce.Place{Kind: truce.PlaceUnknown, Settlement: target}, false, nil
	case len(parts) > 1:
		return a.region("Ukraine", target), vague, nil
	}
	return p, vague, nil
}

// region is a region of the agreement or the gazetteer, with the publisher's own words
// beside it.
func (a *airforceReader) region(name, target string) truce.Place {
	if known, err := a.o.region(name); err == nil {
		name = known
	}
	return truce.Place{Kind: truce.PlaceRegion, Name: name, Settlement: target}
}

// kursk is where the Kursk oblast of Russia is, if the agreement has a zone for it.
func (a *airforceReader) kursk(target string) (p truce.Place, outside bool) {
	for _, name := range []string{"Kursk oblast", "Russia"} {
		if known, err := a.o.region(name); err == nil {
			return truce.Place{Kind: truce.PlaceRegion, Name: known, Settlement: target}, false
		}
	}
	return p, true
}

// known is a region or a settlement by its name; detail is a part of it.
func (a *airforceReader) known(name, detail, target string) (p truce.Place, err error) {
	found, err := a.o.places().Lookup(name)
	switch {
	case len(found) == 0:
		return p, err
	case len(found) > 1: // somewhere in Ukraine, but which of them is not stated
		return a.region("Ukraine", target), nil
	case !found[0].Region:
		return truce.Place{Kind: truce.PlacePoint, Point: found[0].Point, Uncertainty: found[0].UncertaintyM, Settlement: target}, nil
	case detail != "":
		return a.region(found[0].Name, target), nil
	}
	return a.region(found[0].Name, ""), nil
}
