package summary

import (
	"slices"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/gazetteer"
)

// Elsewhere stands for the region of a place that none surely holds.
const Elsewhere = "not known to a region, or elsewhere"

// RegionOf names regions for an agreement's places.
func RegionOf(a *truce.Agreement) func(*truce.Place) string {
	return func(p *truce.Place) string { return Region(a, p) }
}

// Region names the region that surely holds a place; Elsewhere: none does, as
// far as is known. A place that is known as a zone of the agreement and no closer is of
// that zone; positions are of the gazetteer's regions alone.
func Region(a *truce.Agreement, p *truce.Place) string {
	switch p.Kind {
	case truce.PlaceRegion:
		if _, ok := a.Zones[p.Name]; ok {
			return p.Name
		}
		if p.Name != country && slices.Contains(regionNames(), p.Name) {
			return p.Name
		}
	case truce.PlacePoint, truce.PlaceObject:
		return regionsOfPoints.get(p.Point, func() string {
			name := Elsewhere
			for _, n := range gazetteer.Default().RegionsAt(p.Point, country) {
				name = n
			}
			return name
		})
	}
	return Elsewhere
}

// country holds the other regions and says too little of a place.
const country = "Ukraine"

var regionNames = sync.OnceValue(func() []string { return gazetteer.Default().Regions() })

// regionsOfPoints keeps where points lie: the gazetteer does not change while the
// program runs.
var regionsOfPoints pointMemo

type pointMemo struct {
	mu sync.RWMutex
	of map[geo.Point]string
}

// mostPoints bounds what is kept: some 50 MB.
const mostPoints = 1 << 20

func (m *pointMemo) get(p geo.Point, find func() string) string {
	m.mu.RLock()
	name, ok := m.of[p]
	m.mu.RUnlock()
	if ok {
		return name
	}
	name = find()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of == nil || len(m.of) >= mostPoints {
		m.of = map[geo.Point]string{}
	}
	m.of[p] = name
	return name
}
