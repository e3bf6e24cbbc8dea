package source

import (
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/gazetteer"
)

// RemarkOutside is about positions far from everything that the agreement is about: a file of
// another country, or latitude and longitude exchanged.
const RemarkOutside = "The position is outside all zones of the agreement and all regions of its packages of places."

// Of takes zones and places from an agreement.
func (o *Options) Of(a *truce.Agreement) {
	o.Zones, o.Gazetteer, o.parties = a.ZoneOrder, gazetteer.For(a), partiesOf(a)
	o.outlines = make(map[string]*geo.Region, len(a.Zones))
	for name, z := range a.Zones {
		if z.Region != nil {
			o.outlines[name] = z.Region
		}
	}
}

// outline is that of a zone of the agreement, or else of a region.
func (o *Options) outline(name string) (*geo.Region, error) {
	if r := o.outlines[name]; r != nil {
		return r, nil
	}
	r, _, err := o.places().Region(name)
	return r, err
}

// settlement finds a place by its name, among those that may be in a region if one is
// stated, which must be a name that o.region has returned.
func (o *Options) settlement(name, region string) ([]gazetteer.Place, error) {
	if region == "" {
		return o.places().Lookup(name)
	}
	outline, err := o.outline(region)
	if err != nil {
		return nil, err
	}
	return o.places().LookupIn(name, region, outline)
}

// Read is k.Parse, and remarks at the end of the file how many positions are outside the
// area of the agreement. Of a publisher whose columns need no mapping, it remarks nothing:
// nobody can have exchanged two of them.
func (k Kind) Read(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
	records := k.Parse(in, o)
	if o.Remark == nil || o.Mapping == nil || len(o.outlines) == 0 && !o.places().Outlined() {
		return records
	}
	return func(yield func(truce.Item, error) bool) {
		a := area{o: &o}
		for r, err := range records {
			if err == nil && r.Observation != nil {
				a.add(&r.Observation.Place)
			}
			if !yield(r, err) {
				return
			}
		}
		a.remark()
	}
}

// mostCompared bounds the positions of a file that are compared with the area.
const mostCompared = 10_000

// An area counts positions in and outside the area of an agreement.
type area struct {
	o                       *Options
	all, outside, exchanged int
	more                    bool
}

func (a *area) add(p *truce.Place) {
	if p.Kind != truce.PlacePoint {
		return
	}
	if a.all == mostCompared {
		a.more = true
		return
	}
	a.all++
	radius := float64(max(0, p.Uncertainty))
	if !a.may(p.Point, radius) {
		a.outside++
	}
	other := geo.Point{Lat: p.Point.Lon, Lon: p.Point.Lat}
	if other.Lat >= -90_0000000 && other.Lat <= 90_0000000 && a.may(other, radius) {
		a.exchanged++
	}
}

// may reports whether a circle may be in the area.
func (a *area) may(p geo.Point, radius float64) bool {
	if a.o.places().MayHold(p, radius) {
		return true
	}
	for _, r := range a.o.outlines {
		if r.Disc(p, radius) != geo.Outside {
			return true
		}
	}
	return false
}

func (a *area) remark() {
	if a.outside == 0 {
		return
	}
	first := ""
	if a.more {
		first = "the first "
	}
	more := fmt.Sprintf("%d of %s%d positions are outside.", a.outside, first, a.all)
	if a.exchanged > a.all-a.outside {
		more += fmt.Sprintf(" With latitude and longitude exchanged, %d are inside: check which column is which, or, where one cell has both, write order: lon-lat beside position.", a.exchanged)
	}
	if a.outside == a.all && a.exchanged <= a.all-a.outside { // not a slip in the file, but terms that are about little
		zones, about := "has no zones with an outline", ""
		if names := slices.Sorted(maps.Keys(a.o.outlines)); len(names) > 0 {
			zones = "has outlines of these zones alone: " + some(names)
			about = " Articles about these zones are not about such rows; others may be."
		}
		places := "and no package of places"
		if a.o.places().Outlined() {
			places = "and its packages of places have other regions"
		}
		more += fmt.Sprintf(" The agreement %s, %s.%s", zones, places, about)
	}
	a.o.remark(Remark{What: RemarkOutside, Rows: a.outside, More: more})
}
