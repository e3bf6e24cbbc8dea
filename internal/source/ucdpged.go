package source

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/opentruce/truce"
)

// ucdpGED reads the UCDP Georeferenced Event Dataset: CSV of several vintages,
// with or without HDX's row of tags, and GeoJSON. One row is one event with at
// least one death, coded afterwards from reports.
//
// where_prec becomes metres: 1 exact 1 km, 2 within 25 km, 3 a district 50 km
// around its point, 4 the region adm_1, 5 a line or area and 6 a country: the
// country, 7 unknown. The dates are days of the place's own zone; where none
// is given in the options, a day is one anywhere on Earth, 50 hours. A dyad
// does not say who acted, so no actor is stated.
//
// Deaths keep low, best and high; a row where they are not in that order is
// refused. The key is the publisher's id, which is the same in each vintage
// mostly; the revision is the option Vintage. Revise and Vanished compare two
// vintages. Dates such as 05/02/2014, which may be a day of May or of
// February, are refused.
//
// Columns: UCDP GED Codebook, https://ucdp.uu.se/downloads/
var ucdpGED = Kind{
	Name:        "ucdp-ged",
	Publisher:   "Uppsala Conflict Data Program",
	License:     "CC-BY-4.0",
	Attribution: "UCDP GED: Davies, Pettersson and Öberg; Sundberg and Melander 2013 (CC BY 4.0)",
	Doc:         "UCDP GED events, CSV or GeoJSON, any vintage",
	Parse:       parseUCDP,
	Expect:      [2]int{0, 200},
}

var ucdpLayout = layout{
	need: []string{"id", "where_prec", "adm_1", "country", "date_prec", "date_start", "date_end",
		"deaths_civilians", "low", "best", "high", "side_a", "side_b", "type_of_violence", "where_coordinates"},
	may: []string{"latitude", "longitude"},
	ignore: []string{"relid", "year", "active_year", "start_year", "end_year", "code_status", "conflict_dset_id", "conflict_new_id",
		"conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_b_dset_id", "side_b_new_id",
		"gwnoa", "gwnob", "number_of_sources", "source_article", "source_office", "source_date", "source_headline", "source_original",
		"where_description", "adm_2", "geom_wkt", "priogrid_gid", "country_id", "iso3", "region", "event_clarity",
		"deaths_a", "deaths_b", "deaths_unknown"},
}

const (
	ucdpID = iota
	ucdpWhere
	ucdpAdm1
	ucdpCountry
	ucdpDatePrec
	ucdpStart
	ucdpEnd
	ucdpCivilians
	ucdpLow
	ucdpBest
	ucdpHigh
	ucdpSideA
	ucdpSideB
	ucdpType
	ucdpSettlement
	ucdpLat
	ucdpLon
)

func parseUCDP(in io.Reader, o Options) iter.Seq2[truce.Record, error] {
	u := ucdpReader{o: o, clock: o.clock(nil), words: words{}, regions: map[string]string{}}
	head := bufio.NewReader(in)
	if b, err := firstByte(head); err == nil && b == '{' {
		t := table{layout: ucdpLayout, read: u.row}
		t.need = ucdpLayout.need[:ucdpSideA]
		t.may = append(append([]string{}, ucdpLayout.need[ucdpSideA:]...), ucdpLayout.may...)
		return readJSON(head, o, true, t)
	}
	return readCSV(head, o, func([]string) (table, error) {
		t := table{layout: ucdpLayout, read: u.row}
		t.need = append(append([]string{}, t.need...), t.may...)
		t.may = nil
		return t, nil
	})
}

type ucdpReader struct {
	o       Options
	clock   *clock
	words   words
	regions map[string]string
}

var (
	ucdpTags     = &SetAside{"row of HXL tags"}
	ucdpViolence = map[string]string{"1": "state-based", "2": "non-state", "3": "one-sided"}
)

func (u *ucdpReader) row(r *row, emit func(truce.Record)) error {
	if r.n == 1 && isTags(r.cells) {
		return ucdpTags
	}
	if _, err := number(r.cell(ucdpID)); err != nil {
		return r.refuse(ucdpID, err.Error(), "")
	}
	violence, ok := ucdpViolence[string(r.cell(ucdpType))]
	if !ok {
		return r.refuse(ucdpType, "want 1, 2 or 3", "")
	}
	ob := &truce.Observation{
		Source: u.o.source("ucdp-ged"), Key: string(r.cell(ucdpID)), Revision: int32(u.o.Vintage),
		Act: "attack", Count: truce.Count{N: 1},
		Note: u.words.of(fmt.Appendf(nil, "%s, %s - %s", violence, r.cell(ucdpSideA), r.cell(ucdpSideB))),
	}
	var err error
	if ob.Occurred, err = u.occurred(r); err != nil {
		return err
	}
	if ob.Place, err = u.place(r); err != nil {
		return err
	}
	if ob.Casualties, err = ucdpDeaths(r); err != nil {
		return err
	}
	ob.SetID()
	emit(truce.Record{Observation: ob})
	return nil
}

// isTags reports a row of HXL tags (hxlstandard.org).
func isTags(cells [][]byte) bool {
	any := false
	for _, c := range cells {
		if len(c) > 0 && c[0] != '#' {
			return false
		}
		any = any || len(c) > 0
	}
	return any
}

// occurred is date_start to the end of date_end. date_prec says how many days
// that is at least: it only has to be one we know, since the dates carry it.
func (u *ucdpReader) occurred(r *row) (truce.Interval, error) {
	if p := r.cell(ucdpDatePrec); len(p) != 1 || p[0] < '1' || p[0] > '5' {
		return truce.Interval{}, r.refuse(ucdpDatePrec, "want 1 to 5", "")
	}
	var d [2]truce.Interval
	for i := range d {
		w, err := ucdpDate(r.cell(ucdpStart + i))
		if err == nil {
			d[i], err = u.clock.moment(w)
		}
		if err != nil {
			hint := ""
			if errors.Is(err, errAmbiguous) {
				hint = "write it as YYYY-MM-DD"
			}
			return truce.Interval{}, r.refuse(ucdpStart+i, err.Error(), hint)
		}
	}
	if d[1].Start < d[0].Start {
		return truce.Interval{}, r.refuse(ucdpEnd, "date_end is before date_start", "")
	}
	return d[0].Hull(d[1]), nil
}

var (
	ucdpISO      = mustLayout("YYYY-MM-DD[Thh:mm:ss[.f")
	ucdpSlashes  = mustLayout("M/D/YYYY")
	errAmbiguous = errors.New("the day and the month cannot be told apart")
)

// ucdpDate reads 2014-01-22, with or without a midnight, and 1/22/2014 or
// 22/01/2014 where one number can only be the day.
func ucdpDate(b []byte) (wall, error) {
	w, err := ucdpISO.parse(b)
	if err != nil {
		date, rest, _ := bytes.Cut(b, []byte{' '})
		if s := string(rest); s != "" && s != "00:00" && s != "12:00:00 AM" {
			return w, errors.New("not a date")
		}
		if w, err = ucdpSlashes.parse(date); err != nil {
			return w, errors.New("not a date")
		}
		switch {
		case w.month > 12:
			w.month, w.day = w.day, w.month
		case w.day <= 12 && w.day != w.month:
			return w, errAmbiguous
		}
	}
	if w.hour != 0 || w.min != 0 || w.sec != 0 || w.msec != 0 {
		return w, errors.New("a date with a time of day, but events have only days")
	}
	w.unit = day
	return w, nil
}

func (u *ucdpReader) place(r *row) (truce.Place, error) {
	name := u.words.of(r.cell(ucdpSettlement))
	region := func(col int) truce.Place {
		return truce.Place{Kind: truce.PlaceRegion, Name: u.region(string(r.cell(col))), Settlement: name}
	}
	metres := int32(0)
	switch string(r.cell(ucdpWhere)) {
	case "1":
		metres = 1_000
	case "2":
		metres = 25_000
	case "3":
		metres = 50_000
	case "4":
		if len(r.cell(ucdpAdm1)) == 0 {
			return region(ucdpCountry), nil
		}
		return region(ucdpAdm1), nil
	case "5", "6":
		return region(ucdpCountry), nil
	case "7":
		return truce.Place{Settlement: name}, nil
	default:
		return truce.Place{}, r.refuse(ucdpWhere, "want 1 to 7", "")
	}
	p := truce.Place{Kind: truce.PlacePoint, Uncertainty: metres, Settlement: name}
	var err error
	if r.geometry != nil {
		p.Point, err = r.pointShape(everywhere)
	} else {
		p.Point, err = r.position(ucdpLat, ucdpLon, everywhere)
	}
	return p, err
}

// region is the gazetteer's name for a region, or the publisher's own where
// the gazetteer has none.
func (u *ucdpReader) region(name string) string {
	name = strings.TrimSpace(name)
	known, ok := u.regions[name]
	if !ok {
		var err error
		if known, err = u.o.places().RegionName(name); err != nil {
			known = name
		}
		u.regions[name] = known
	}
	return known
}

func ucdpDeaths(r *row) (*truce.Casualties, error) {
	var n [4]int32
	for i := range n {
		v, err := number(r.cell(ucdpCivilians + i))
		if err != nil {
			return nil, r.refuse(ucdpCivilians+i, err.Error(), "")
		}
		n[i] = v
	}
	civilians, killed := n[0], truce.Range{Low: n[1], Best: n[2], High: n[3]}
	if killed.Best < killed.Low || killed.High < killed.Best {
		return nil, r.refuse(ucdpBest, fmt.Sprintf("low %d, best %d, high %d are not in order", killed.Low, killed.Best, killed.High), "")
	}
	if civilians > killed.High {
		return nil, r.refuse(ucdpCivilians, fmt.Sprintf("more civilians than all deaths, %d", killed.High), "")
	}
	return &truce.Casualties{Killed: &killed, Civilians: &truce.Range{Low: civilians, Best: civilians, High: civilians}}, nil
}
