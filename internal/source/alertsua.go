package source

import (
	"errors"
	"io"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/opentruce/truce"
)

// alertsUA reads air-raid alerts by oblast, as united from the official
// network's announcements: region, started_at, finished_at in UTC. An alert is
// a sign and no attack. An alert without an all-clear becomes very long; it is
// kept as it stands.
//
// The file also says that the network was heard: a local day on which alerts
// start, between two others, is coverage of every region that had appeared by
// then. The first and the last day of a file, and those beside a gap, may be
// cut and are none. An organ of a party runs the network, so the agreement
// makes that the party's own coverage.
var alertsUA = Kind{
	Name:        "alerts-ua",
	Publisher:   "air-raid alert network of Ukraine",
	License:     "MIT",
	Attribution: "Vadimkin, ukrainian-air-raid-sirens-dataset (MIT)",
	Doc:         "air-raid alerts by oblast, CSV: region, start and end in UTC",
	Organ:       true,
	Parse:       parseAlertsUA,
	Expect:      [2]int{5, 150},
}

func parseAlertsUA(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
	return readCSV(in, o, func([]string) (table, error) {
		a := alertsReader{source: o.source("alerts-ua"), o: o, utc: newClock(time.UTC), local: o.clock(kyiv),
			regions: map[string]string{}, since: map[string]truce.Date{}, days: map[truce.Date]bool{}}
		return table{
			when:   a.when,
			layout: layout{need: []string{"region", "started_at", "finished_at"}, ignore: []string{"n_subalerts"}},
			read:   notStated(a.row),
			done:   a.coverage,
		}, nil
	})
}

type alertsReader struct {
	source  truce.SourceID
	o       Options
	utc     *clock
	local   *clock            // whose days coverage is counted in
	regions map[string]string // the file's name to the agreement's or the gazetteer's
	since   map[string]truce.Date
	days    map[truce.Date]bool
}

func (a *alertsReader) row(r *row, emit func(truce.Item)) error {
	region, ok := a.regions[string(r.cell(0))]
	if !ok {
		var err error
		if region, err = a.o.region(string(r.cell(0))); err != nil {
			return r.refuse(0, err.Error(), "")
		}
		a.regions[string(r.cell(0))] = region
	}
	start, err := a.instant(r, 1)
	if err != nil {
		return err
	}
	end, err := a.instant(r, 2)
	if err != nil {
		return err
	}
	if end <= start {
		return r.refuse(2, "the alert ends before it starts", "")
	}
	d := truce.DateOf(start, a.local.loc)
	a.days[d] = true
	if s, ok := a.since[region]; !ok || d < s {
		a.since[region] = d
	}
	ob := &truce.Observation{
		Source: a.source, Key: region + " " + start.String(), Act: truce.ActAlert, Count: truce.Count{N: 1},
		Occurred: truce.Interval{Start: start, End: end}, Reported: start,
		Place: truce.Place{Kind: truce.PlaceRegion, Name: region},
	}
	ob.SetID()
	emit(truce.Item{Observation: ob})
	return nil
}

// when is the minute in which an alert began.
func (a *alertsReader) when(r *row) (truce.Interval, error) {
	at, err := a.instant(r, 1)
	return truce.Interval{Start: at, End: at + minute}, err
}

func (a *alertsReader) instant(r *row, col int) (truce.Instant, error) {
	w, err := isoTime.parse(r.cell(col))
	if err == nil && !w.zoned {
		err = errors.New("the time has no zone; want UTC, such as 2025-08-15T10:05:00Z")
	}
	if err != nil {
		return 0, r.refuse(col, err.Error(), "")
	}
	at, err := a.utc.moment(w)
	if err != nil {
		return 0, r.refuse(col, err.Error(), "")
	}
	return at.Start, nil
}

// coverage follows the last row.
func (a *alertsReader) coverage(emit func(truce.Item)) {
	regions := slices.Sorted(maps.Keys(a.since))
	for _, d := range slices.Sorted(maps.Keys(a.days)) {
		if !a.days[d.Add(-1)] || !a.days[d.Add(1)] {
			continue
		}
		for _, region := range regions {
			if d < a.since[region] {
				continue
			}
			c := &truce.Coverage{Source: a.source, Key: region + " " + string(d), What: string(truce.ActAlert),
				Zone: region, During: d.Day(a.local.loc), Share: truce.One}
			setCoverageID(c)
			emit(truce.Item{Coverage: c})
		}
	}
}
