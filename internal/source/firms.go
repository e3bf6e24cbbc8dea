package source

import (
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce"
)

// firms reads fire detections of NASA FIRMS, one row for each pixel of MODIS
// or VIIRS, and lists of snapshots, which say what could be read. Times are
// UTC, hours and minutes, leading zeros or not: 659 is 06:59.
//
// A position is the centre of a pixel that grows towards the edge of the scan;
// the uncertainty is half its diagonal. A pixel of Landsat is 30 m wide, and scan and
// track are its place in the image and not its size; positions may be wrong by one pixel, so
// half the diagonal of two is taken. Exports by country have country_id, which is not used. All satellites are one source and one
// publisher, so that two of them never pass for independent; the satellite is
// in the key and the note. A fire is a sign and says nothing of its cause.
//
// A snapshot contains the 24 hours before it, so a readable one covers the day before.
// A day whose snapshot could not be read counts as a day without data, not as a day
// without fires. A satellite sees nothing under clouds, and a list of snapshots does not
// state the cloud cover, so its coverage states no share: it says that somebody looked, and
// cannot show that an article was respected. A column clear_share, from 0 to 1, is the share
// of the zone that could be seen, as somebody computed it. A later list that states another
// share replaces the earlier one.
//
// Format: https://www.earthdata.nasa.gov/data/tools/firms/active-fire-data-attributes-modis-viirs
var firms = Kind{
	Name:        "firms",
	Publisher:   "NASA LANCE FIRMS",
	License:     "NASA EOSDIS full and open data policy",
	Attribution: "NASA LANCE FIRMS; NASA promotes the full and open sharing of all data with the research and applications communities, private industry, academia, and the general public",
	Doc:         "fire pixels of MODIS, VIIRS and Landsat, CSV, and lists of snapshots",
	Parse:       parseFIRMS,
	Expect:      [2]int{1, 20000},
}

func parseFIRMS(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
	return readCSV(in, o, func(header []string) (table, error) {
		f := firmsReader{source: o.source("firms"), utc: newClock(time.UTC), zone: o.Zone}
		if slices.Contains(header, "snapshot_date") {
			if f.zone == "" {
				f.zone = "everywhere"
			}
			return table{layout: layout{need: []string{"snapshot_date", "file", "readable"}, may: []string{"clear_share"}}, read: notStated(f.snapshot)}, nil
		}
		pixel := layout{
			need:   []string{"latitude", "longitude", "scan", "track", "acq_date", "acq_time", "satellite", "confidence"},
			ignore: []string{"instrument", "version", "frp", "daynight", "type", "first_seen_snapshot_utc", "snapshot_commit", "country_id"},
		}
		if slices.Contains(header, "path") {
			f.landsat = true
			f.satellites = map[string]string{"L8": "Landsat-8", "L9": "Landsat-9"}
			pixel.ignore = append(pixel.ignore, "path", "row")
			return table{layout: pixel, read: notStated(f.pixel), when: f.day}, nil
		}
		if slices.Contains(header, "brightness") {
			f.satellites = map[string]string{"T": "Terra", "A": "Aqua", "Terra": "Terra", "Aqua": "Aqua"}
			pixel.ignore = append(pixel.ignore, "brightness", "bright_t31")
		} else {
			f.satellites = map[string]string{"N": "Suomi-NPP", "N20": "NOAA-20", "N21": "NOAA-21"}
			pixel.ignore = append(pixel.ignore, "bright_ti4", "bright_ti5")
		}
		return table{layout: pixel, read: notStated(f.pixel), when: f.day}, nil
	})
}

type firmsReader struct {
	source     truce.SourceID
	satellites map[string]string
	utc        *clock
	zone       string
	landsat    bool
}

// landsatPixel is two pixels of Landsat, in metres.
const landsatPixel = 60

var dateOnly = mustLayout("YYYY-MM-DD")

// day is the day of a pixel, in UTC.
func (f *firmsReader) day(r *row) (truce.Interval, error) {
	w, err := dateOnly.parse(r.cell(4))
	if err != nil {
		return truce.Interval{}, err
	}
	return f.utc.moment(w)
}

func (f *firmsReader) pixel(r *row, emit func(truce.Item)) error {
	at, err := r.position(0, 1, everywhere)
	if err != nil {
		return err
	}
	var side [2]int64 // metres
	for i := range side {
		if f.landsat {
			side[i] = landsatPixel
			continue
		}
		if side[i], err = fixed(r.cell(2+i), 6); err != nil {
			return r.refuse(2+i, err.Error(), "")
		}
		side[i] = (side[i] + 999) / 1000 // up: the pixel surely holds the fire
		if side[i] < 100 || side[i] > 20_000 {
			return r.refuse(2+i, "a pixel is 0.1 to 20 km wide", "")
		}
	}
	w, err := dateOnly.parse(r.cell(4))
	if err != nil {
		return r.refuse(4, err.Error(), "")
	}
	hhmm, err := number(r.cell(5))
	if err != nil || len(r.cell(5)) > 4 || hhmm/100 > 23 || hhmm%100 > 59 {
		return r.refuse(5, "want UTC as HHMM, such as 0659 or 659", "")
	}
	w.hour, w.min, w.unit = int(hhmm/100), int(hhmm%100), minute
	seen, err := f.utc.moment(w)
	if err != nil {
		return r.refuse(4, err.Error(), "")
	}
	sat, ok := f.satellites[string(r.cell(6))]
	if !ok {
		return r.refuse(6, "satellite is unknown", "")
	}
	note := sat
	if len(r.cell(7)) > 0 {
		confidence, ok := firmsConfidence(string(r.cell(7)), sat)
		if !ok {
			return r.refuse(7, "want 0 to 100 for MODIS, l, n or h for VIIRS, L, M or H for Landsat", "")
		}
		note += ", confidence " + confidence
	}
	ob := &truce.Observation{
		Source: f.source, Act: truce.ActFirePixel, Means: "satellite-thermal", Count: truce.Count{N: 1}, Occurred: seen,
		Key:   fmt.Sprintf("%s %s %04d %s %s", sat, r.cell(4), hhmm, r.cell(0), r.cell(1)),
		Place: truce.Place{Kind: truce.PlacePoint, Point: at, Uncertainty: halfDiagonal(side[0], side[1])},
		Note:  note,
	}
	ob.SetID()
	emit(truce.Item{Observation: ob})
	return nil
}

// halfDiagonal is half the diagonal of a rectangle, rounded up.
func halfDiagonal(a, b int64) int32 {
	square := a*a + b*b
	n := int64(math.Sqrt(float64(square)) / 2)
	for n > 0 && 4*(n-1)*(n-1) >= square {
		n--
	}
	for 4*n*n < square {
		n++
	}
	return int32(n)
}

func firmsConfidence(s, sat string) (string, bool) {
	if sat == "Terra" || sat == "Aqua" {
		n, err := number([]byte(s))
		return s, err == nil && n <= 100
	}
	if strings.HasPrefix(sat, "Landsat") {
		word, ok := map[string]string{"L": "low", "M": "medium", "H": "high"}[s]
		return word, ok
	}
	switch s {
	case "l", "low":
		return "low", true
	case "n", "nominal":
		return "nominal", true
	case "h", "high":
		return "high", true
	}
	return "", false
}

var firmsUnread = &SetAside{"snapshot could not be read: no data for the day before, which is not no fires"}

func (f *firmsReader) snapshot(r *row, emit func(truce.Item)) error {
	w, err := dateOnly.parse(r.cell(0))
	if err == nil {
		err = w.check()
	}
	if err != nil {
		return r.refuse(0, err.Error(), "")
	}
	switch string(r.cell(2)) {
	case "no":
		return firmsUnread
	case "yes":
	default:
		return r.refuse(2, "want yes or no", "")
	}
	before := truce.Date(r.cell(0)).Add(-1)
	c := &truce.Coverage{Source: f.source, Key: fmt.Sprintf("%s %s", r.cell(1), before), What: string(truce.ActFirePixel),
		Zone: f.zone, During: before.Day(time.UTC), NoShare: true}
	if len(r.cell(3)) > 0 {
		share, err := fixed(r.cell(3), 6)
		if err != nil || share < 0 || share > int64(truce.One) {
			return r.refuse(3, "want a share from 0 to 1, such as 0.25", "")
		}
		c.Share, c.NoShare = truce.PPM(share), false
		c.Key += fmt.Sprintf(", clear %d ppm", share) // a new share for the same collection is another statement
	}
	setCoverageID(c)
	emit(truce.Item{Coverage: c})
	return nil
}
