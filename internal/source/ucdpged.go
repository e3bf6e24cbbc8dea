package source

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/opentruce/truce"
)

// ucdpGED reads the UCDP Georeferenced Event Dataset: CSV of several vintages,
// with or without HDX's row of tags, and GeoJSON. One row is one event with at
// least one death, coded afterwards from reports.
//
// Who acted: a fight (type_of_violence 1 or 2) has two sides and the row does not
// say which of them did what, so the actor is one of side_a and side_b. Of
// one-sided violence (type 3) it is side_a: "In one-sided violence always the
// perpetrating party", and side_b is then always "civilians" (UCDP GED Codebook
// 24.1, side_a and side_b): it was directed at civilians, whosever. Names are as published. An alliance, which UCDP writes
// with commas, is each of its members, so that an agreement has to list each group
// once and not each alliance.
//
// where_prec becomes metres: 1 exact 1 km, 2 within 25 km, 3 a district 50 km
// around its point, 4 the division adm_1, 5 a line or area and 6 a country: the
// country, 7 unknown. A division is the agreement's zone of that name, else the
// gazetteer's region, else its country, which it lies in; where none of them is
// known the publisher's name stays, and nobody can say where that is. Zones are
// found by name alone: a file of the whole world may have a division of another
// country that has the name of a zone.
//
// The dates are days of the zone in the options, else of the agreement's; where
// none is given at all, a day is one anywhere on Earth, 50 hours.
//
// Deaths keep low, best and high. Where they are not in that order (20 of 6,177
// rows for Syria, 8 of 461 for the Central African Republic in 2014) nobody knows
// which of the three is wrong: the range is the widest of them, best stays, and
// the note and a remark say so. The key is the publisher's id, which is the same
// in each vintage mostly; the revision is the option Vintage. Revise and Vanished
// compare two vintages. Origins are the publishers in source_office and source_original:
// a report that rests on one of them does not confirm the row. Dates such as 05/02/2014, which may be a day of May or of
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
		"gwnoa", "gwnob", "number_of_sources", "source_article", "source_date", "source_headline",
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
	ucdpOffice
	ucdpOriginal
)

// ucdpCites are the columns that say from whom a row has it.
var ucdpCites = []string{"source_office", "source_original"}

// ucdpAPI reads the answer of UCDP's API for the same events, page by page: JSON with the
// events in Result. Keys are the same as in the files, so an event that is read twice is known.
// Columns: the description of the API at https://ucdp.uu.se/apidocs/
var ucdpAPI = Kind{
	Name:        "ucdp-api",
	Publisher:   ucdpGED.Publisher,
	License:     ucdpGED.License,
	Attribution: ucdpGED.Attribution,
	Doc:         "UCDP GED events, the API's answer in JSON",
	As:          "ucdp-ged",
	Parse: func(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
		u := ucdpReader{o: o, clock: o.clock(nil), texts: interned{}, regions: map[[2]string]string{}}
		t := table{layout: ucdpLayout, read: notStated(u.row), when: u.occurred}
		t.need, t.may = ucdpLayout.need[:1], slices.Concat(ucdpLayout.need[1:], ucdpLayout.may, ucdpCites) // null is not stated
		return readJSON(in, o, false, t)
	},
	Expect: ucdpGED.Expect,
}

func parseUCDP(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
	u := ucdpReader{o: o, clock: o.clock(nil), texts: interned{}, regions: map[[2]string]string{}}
	head := bufio.NewReader(in)
	if b, err := firstByte(head); err == nil && b == '{' {
		t := table{layout: ucdpLayout, read: notStated(u.row), when: u.occurred}
		t.need = ucdpLayout.need[:ucdpSideA]
		t.may = slices.Concat(ucdpLayout.need[ucdpSideA:], ucdpLayout.may, ucdpCites)
		return readJSON(head, o, true, t)
	}
	return readCSV(head, o, func([]string) (table, error) {
		t := table{layout: ucdpLayout, read: notStated(u.row), when: u.occurred}
		t.need = append(append([]string{}, t.need...), t.may...)
		t.may = ucdpCites
		return t, nil
	})
}

type ucdpReader struct {
	o       Options
	clock   *clock
	texts   interned
	regions map[[2]string]string // by division and country
}

var (
	ucdpTags     = &SetAside{"row of HXL tags"}
	ucdpViolence = map[string]string{"": "kind of violence not stated", "1": "state-based", "2": "non-state", "3": "one-sided"}
)

func (u *ucdpReader) row(r *row, emit func(truce.Item)) error {
	if r.n == 1 && isTags(r.cells) {
		return ucdpTags
	}
	if _, err := number(r.cell(ucdpID)); err != nil {
		return r.refuse(ucdpID, err.Error(), "")
	}
	r.key = string(r.cell(ucdpID))
	violence, ok := ucdpViolence[string(r.cell(ucdpType))]
	if !ok {
		return r.refuse(ucdpType, "want 1, 2 or 3", "")
	}
	ob := &truce.Observation{
		Source: u.o.source("ucdp-ged"), Key: string(r.cell(ucdpID)), Revision: int32(u.o.Vintage),
		Act: "attack", Count: truce.Count{N: 1},
		Note: u.texts.of(fmt.Appendf(nil, "%s, %s - %s", violence, r.cell(ucdpSideA), r.cell(ucdpSideB))),
	}
	if ucdpOneSided(r) {
		ob.Against = truce.Civilians
	}
	if err := ob.SetActors(ucdpActors(r)); err != nil {
		return r.refuse(ucdpSideA, err.Error(), "")
	}
	if err := ob.SetOrigins(ucdpOrigins(r)); err != nil {
		return r.refuse(ucdpOffice, err.Error(), "")
	}
	var err error
	if ob.Occurred, err = u.occurred(r); err != nil {
		return err
	}
	if ob.Place, err = u.place(r); err != nil {
		return err
	}
	var widened string
	if ob.Casualties, widened, err = ucdpDeaths(r); err != nil {
		return err
	}
	if widened != "" {
		ob.Note += "; killed as published, not in order: " + widened
		u.o.remark(Remark{What: RemarkRange, Row: r.n, Line: r.line, Column: r.names[ucdpBest], Value: string(r.cell(ucdpBest)), More: widened})
	}
	ob.SetID()
	emit(truce.Item{Observation: ob})
	return nil
}

// ucdpOrigins are the publishers that a row cites: whom it read, parted by ";", and who
// said it first, in free words parted by commas, slashes or "and".
func ucdpOrigins(r *row) (out []truce.Origin) {
	for i, part := range []string{";", ";,/&"} {
		s := string(r.stated(ucdpOffice + i))
		if i == 1 {
			s = strings.ReplaceAll(s, " and ", ";")
		}
		for name := range strings.FieldsFuncSeq(s, func(c rune) bool { return strings.ContainsRune(part, c) }) {
			name = ucdpTimes.ReplaceAllString(name, "")
			if x, err := truce.OriginOf(truce.OriginPublisher, name); err == nil { // a name that is too long says nothing that another row could share
				out = append(out, x)
			}
		}
	}
	return out
}

// ucdpTimes is how often one publisher was read: "Memorybook x2", "MemoryBook (x3)".
var ucdpTimes = regexp.MustCompile(`\s*\(?\bx\s?\d+\)?\s*$`)

// ucdpOneSided reports whether a row is of violence against civilians: the codebook names nobody
// else as the other side of one-sided violence.
func ucdpOneSided(r *row) bool {
	return string(r.cell(ucdpType)) == "3" || strings.EqualFold(string(r.cell(ucdpSideB)), "civilians")
}

// ucdpActors are those who may have acted, as SetActors reads them.
func ucdpActors(r *row) string {
	sides := []int{ucdpSideA, ucdpSideB}
	if ucdpOneSided(r) {
		sides = sides[:1]
	}
	var names []string
	for _, side := range sides {
		members := alliance(string(r.cell(side)))
		if len(members) == 0 { // the other side may have acted, or anybody
			members = []string{string(truce.Anybody)}
		}
		names = append(names, members...)
	}
	return strings.Join(names, "|")
}

// alliance splits "A, B, C" into its members; a comma in brackets is part of a name.
func alliance(s string) []string {
	var out []string
	depth, from := 0, 0
	for i, c := range s {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth <= 0:
			out, from = append(out, s[from:i]), i+1
		}
	}
	out = append(out, s[from:])
	return slices.DeleteFunc(out, func(s string) bool { return strings.TrimSpace(s) == "" })
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
	if p := r.cell(ucdpDatePrec); len(p) > 0 && (len(p) != 1 || p[0] < '1' || p[0] > '5') {
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
	p := truce.Place{Settlement: u.texts.of(r.cell(ucdpSettlement))}
	division, country := string(r.cell(ucdpAdm1)), string(r.cell(ucdpCountry))
	switch string(r.cell(ucdpWhere)) {
	case "":
		p.Uncertainty = truce.NotStated
	case "1":
		p.Uncertainty = 1_000
	case "2":
		p.Uncertainty = 25_000
	case "3":
		p.Uncertainty = 50_000
	case "4":
		return u.region(p, division, country), nil
	case "5", "6":
		return u.region(p, "", country), nil
	case "7":
		return p, nil
	default:
		return truce.Place{}, r.refuse(ucdpWhere, "want 1 to 7", "")
	}
	var err error
	switch {
	case r.geometry != nil:
		p.Point, err = r.pointShape(everywhere)
	case len(r.cell(ucdpLat)) == 0 || len(r.cell(ucdpLon)) == 0:
		return truce.Place{Settlement: p.Settlement}, nil
	default:
		p.Point, err = r.position(ucdpLat, ucdpLon, everywhere)
	}
	p.Kind = truce.PlacePoint
	return p, err
}

// region puts p into the smallest region that is known: the division, or the country
// that it is a part of. If neither is known, the publisher's own name stays.
func (u *ucdpReader) region(p truce.Place, division, country string) truce.Place {
	name, ok := u.regions[[2]string{division, country}]
	if !ok {
		short, _, _ := strings.Cut(country, " (") // Yemen (North Yemen)
		for _, known := range []string{division, country, short} {
			if known == "" {
				continue
			}
			if name == "" {
				name = known
			}
			if found, err := u.o.region(known); err == nil {
				name = found
				break
			}
		}
		u.regions[[2]string{division, country}] = name
	}
	if name != "" {
		p.Kind, p.Name = truce.PlaceRegion, name
	}
	return p
}

// ucdpDeaths reads the numbers of dead that are stated. widened says how low, best and
// high are published if they are not in that order.
func ucdpDeaths(r *row) (c *truce.Casualties, widened string, err error) {
	var n [4]int32
	for i := range n {
		n[i] = -1
		if len(r.cell(ucdpCivilians+i)) == 0 {
			continue
		}
		if n[i], err = number(r.cell(ucdpCivilians + i)); err != nil {
			return nil, "", r.refuse(ucdpCivilians+i, err.Error(), "")
		}
	}
	civilians, low, best, high := n[0], n[1], n[2], n[3]
	if slices.Max(n[:]) < 0 {
		return nil, "", nil
	}
	c = &truce.Casualties{}
	if most := max(low, best, high); most >= 0 {
		var killed truce.Range
		if slices.Min(n[1:]) >= 0 {
			ordered := false
			if killed, ordered = widest(low, best, high); !ordered {
				widened = fmt.Sprintf("low %d, best %d, high %d", low, best, high)
			}
		} else {
			killed = ucdpPart(low, best, high)
		}
		c.Killed = &killed
		if civilians > most {
			return nil, "", r.refuse(ucdpCivilians, fmt.Sprintf("more civilians than all deaths, %d", most), "")
		}
	}
	if civilians >= 0 {
		c.Civilians = &truce.Range{Low: civilians, Best: civilians, High: civilians}
	}
	return c, widened, nil
}

// ucdpPart is the range of those of low, best and high that are stated.
func ucdpPart(low, best, high int32) truce.Range {
	least, most := best, best
	for _, v := range []int32{low, high} {
		if v < 0 {
			continue
		}
		if least < 0 {
			least, most = v, v
		}
		least, most = min(least, v), max(most, v)
	}
	r := truce.Between(least, most)
	if best >= 0 {
		r.Best = best
	}
	return r
}
