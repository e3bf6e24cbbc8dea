package source

import (
	"bytes"
	"crypto/sha256"
	"io"
	"iter"
	"slices"

	"github.com/opentruce/truce"
)

// viina reads monthly incident reports of VIINA 2.0 (Zhukov and Ayers). One
// row is one report of one place: not an event, and not a count of anything.
//
// Times are those of publication, local to Kyiv. What a report is about happened not
// later, and is taken to have happened in the 24 hours before at the earliest; where
// the time is 00:00:00 only the day of publication is known, so it may have happened on
// the day before. A place is the centre of a
// GeoNames settlement, whose extent is not known; near towns in Russia occur.
// The labels are those of a classifier; "b" at the end of some is left of
// VIINA's suffix "_b". A headline, when there is one, is never kept, and rows
// have the same key without it. It tells whether the labels belong to their rows,
// which they do not in the files of 2025; see viinaLabelled.
//
// A person who has read the headlines may write down what they say: in a column act,
// in the words of the vocabulary, with weapon beside it, and in words what it rests on.
// Where there is a column act, the labels are not read.
var viina = Kind{
	Name:        "viina",
	Publisher:   "VIINA 2.0, Zhukov and Ayers",
	License:     "ODbL-1.0",
	Attribution: "Zhukov and Ayers, VIINA 2.0 (ODbL 1.0); GeoNames (CC BY 4.0)",
	Doc:         "monthly incident reports, CSV: one row for each report and place",
	Parse:       parseVIINA,
	Expect:      [2]int{20, 400},
}

const viinaUncertaintyM = 5000

var viinaBounds = box{43 * degree, 21 * degree, 58 * degree, 61 * degree}

func parseVIINA(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
	return readCSV(in, o, func(header []string) (table, error) {
		v := viinaReader{source: o.source("viina"), clock: o.clock(kyiv), same: occurrences{}, texts: interned{}, labels: map[string]meaning{}}
		if slices.Contains(header, "act") {
			v.byHand = true
			return table{
				when:   v.when,
				layout: layout{need: []string{"datetime", "lon", "lat", "place_name", "act"}, may: []string{"weapon", "words"}, ignore: []string{"event_type", "headline"}},
				read:   notStated(v.row),
			}, nil
		}
		t := table{
			when:   v.when,
			layout: layout{need: []string{"datetime", "lon", "lat", "place_name", "event_type"}, may: []string{"headline"}},
			read:   notStated(v.row),
		}
		if o.Remark != nil {
			v.belongs = &viinaLabelled{}
			t.done = func(func(truce.Item)) {
				for _, m := range v.belongs.remarks() {
					o.remark(m)
				}
			}
		}
		return t, nil
	})
}

type viinaReader struct {
	source truce.SourceID
	clock  *clock
	same   occurrences
	texts  interned
	labels map[string]meaning // by the whole cell; there are some hundred combinations
	buf    []byte

	byHand  bool           // a person has read the headlines: act, weapon and words instead of labels
	belongs *viinaLabelled // whether the labels belong to their rows; nil: nobody asks
}

func (v *viinaReader) row(r *row, emit func(truce.Item)) error {
	class, note, err := v.meaning(r)
	if err != nil {
		return err
	}
	w, err := viinaTime.parse(r.cell(0))
	if err != nil {
		return r.refuse(0, err.Error(), "")
	}
	published, err := v.clock.moment(w)
	if err != nil {
		return r.refuse(0, err.Error(), "")
	}
	place := truce.Place{Settlement: v.texts.of(r.cell(3))}
	if len(r.cell(1)) > 0 && len(r.cell(2)) > 0 {
		place.Kind, place.Uncertainty = truce.PlacePoint, viinaUncertaintyM
		if place.Point, err = r.position(2, 1, viinaBounds); err != nil {
			return err
		}
	}
	if class.aside != nil {
		v.key(r) // counted all the same, so that keys do not depend on which classes are skipped
		return class.aside
	}
	ob := &truce.Observation{
		Source: v.source, Key: v.key(r), Act: class.act, Weapon: class.weapon, Means: "media", Count: truce.Count{N: 1},
		Occurred: truce.Interval{Start: published.Start - day, End: published.End - second}, Reported: published.End - second,
		Place: place,
		Note:  v.texts.of(note),
	}
	if w.hour == 0 && w.min == 0 && w.sec == 0 {
		ob.Occurred = v.clock.day(w).Interval
		ob.Reported, ob.Occurred.Start = ob.Occurred.End, ob.Occurred.Start-day
	}
	ob.SetID()
	emit(truce.Item{Observation: ob})
	return nil
}

// when is the time of a report.
func (v *viinaReader) when(r *row) (truce.Interval, error) {
	w, err := viinaTime.parse(r.cell(0))
	if err != nil {
		return truce.Interval{}, err
	}
	return v.clock.moment(w)
}

// meaning is what a row reports, and in whose words.
func (v *viinaReader) meaning(r *row) (class meaning, note []byte, err error) {
	labels := r.cell(4)
	if v.byHand {
		if len(labels) == 0 {
			return class, nil, r.refuse(4, "what was done is missing", "leave out rows whose headline tells no act")
		}
		if class.act, err = truce.Words.Act(string(labels)); err != nil {
			return class, nil, r.refuse(4, err.Error(), "")
		}
		if class.weapon, err = truce.Words.Class(string(r.cell(5))); err != nil {
			return class, nil, r.refuse(5, err.Error(), "")
		}
		return class, r.cell(6), nil
	}
	if v.belongs != nil {
		_, err := viinaTime.parse(r.cell(0))
		v.belongs.add(r.n, string(r.cell(5)), string(labels), err == nil && string(r.cell(0)) >= viinaNoise)
	}
	class, ok := v.labels[string(labels)]
	if !ok {
		var unknown string
		if class, unknown = viinaMeaning(labels); unknown != "" {
			return class, nil, r.refuse(4, "label \""+unknown+"\" is unknown"+truce.Suggest(unknown, viinaLabels), "")
		}
		v.labels[string(labels)] = class
	}
	return class, labels, nil
}

var viinaTime = mustLayout("YYYY-MM-DD hh:mm:ss")

// key is made of everything but the headline, and of what a person has read in it.
func (v *viinaReader) key(r *row) string {
	v.buf = v.buf[:0]
	cells := 5
	if v.byHand {
		cells = 7
	}
	for i := range cells {
		v.buf = append(append(v.buf, r.cell(i)...), 0)
	}
	return v.same.key(sha256.Sum256(v.buf))
}

// viinaLabels are all labels we know, in the order in which they give their
// reason to a row that is skipped.
var viinaLabels = []string{"airstrike", "artillery", "firefighb", "uav", "ied", "armor", "raid", "civcas", "milcas", "property",
	"airalerb", "aad", "control", "occupy", "retreab", "arresb", "hospital", "cyber", "san", "loc"}

var (
	viinaBlank     = &SetAside{"no class above VIINA's threshold"}
	viinaTerritory = &SetAside{"territorial change"}
	viinaDefence   = &SetAside{"air defence, not an act of attack"}
	viinaOther     = map[string]*SetAside{
		"arresb":   {"arrest"},
		"hospital": {"hospital named, no act"},
		"cyber":    {"cyber"},
		"san":      {"sanctions"},
		"loc":      {"a place is named, no act"},
	}
)

// viinaMeaning turns labels into what the row reports, or names the label that
// is unknown. Several labels of attack in one row leave open which of them
// happened: the row is one report.
func viinaMeaning(cell []byte) (c meaning, unknown string) {
	has := map[string]bool{}
	if len(cell) == 0 {
		return meaning{aside: viinaBlank}, ""
	}
	for l := range bytes.SplitSeq(cell, []byte{'|'}) {
		has[string(l)] = true
	}
	known := 0
	for _, l := range viinaLabels {
		if has[l] {
			known++
		}
	}
	if known != len(has) {
		for l := range bytes.SplitSeq(cell, []byte{'|'}) {
			if !slices.Contains(viinaLabels, string(l)) {
				if len(l) == 0 {
					return c, "(empty)"
				}
				return c, string(l)
			}
		}
	}
	attacks := 0
	for _, l := range viinaLabels[:7] {
		if has[l] {
			attacks++
		}
	}
	harm := has["civcas"] || has["milcas"]
	switch {
	case attacks > 1:
		return meaning{act: "attack"}, ""
	case has["airstrike"]:
		return meaning{act: "strike", weapon: "aircraft"}, ""
	case has["artillery"]:
		return meaning{act: "fire", weapon: "artillery"}, ""
	case has["firefighb"]:
		return meaning{act: "fire", weapon: "small-arms"}, ""
	case has["uav"] && (harm || has["property"]): // what class of drone is not stated
		return meaning{act: "strike"}, ""
	case has["ied"]:
		return meaning{act: truce.ActExplosion}, ""
	case attacks == 1, harm:
		return meaning{act: "attack"}, ""
	case has["property"]:
		return meaning{act: "damage"}, ""
	case has["airalerb"]:
		return meaning{act: truce.ActAlert}, ""
	case has["aad"]:
		return meaning{aside: viinaDefence}, ""
	case has["control"] || has["occupy"] || has["retreab"]:
		return meaning{aside: viinaTerritory}, ""
	}
	for _, l := range viinaLabels {
		if has[l] {
			return meaning{aside: viinaOther[l]}, ""
		}
	}
	return c, "(empty)"
}
