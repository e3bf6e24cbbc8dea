package summary

import (
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
// that zone; positions are of the gazetteer's regions alone, and a district is of the
// division of its country.
func Region(a *truce.Agreement, p *truce.Place) string {
	switch p.Kind {
	case truce.PlaceRegion:
		if _, ok := a.Zones[p.Name]; ok {
			return p.Name
		}
		if name := gazetteer.For(a).Division(p.Name); name != "" {
			return name
		}
	case truce.PlacePoint, truce.PlaceObject:
		g := gazetteer.For(a)
		return regionsOfPoints.get(located{g, p.Point}, func() string {
			name := Elsewhere
			for _, n := range g.RegionsAt(p.Point) {
				name = n
			}
			return name
		})
	}
	return Elsewhere
}

// located is a point in a gazetteer.
type located struct {
	in *gazetteer.Gazetteer
	at geo.Point
}

// regionsOfPoints keeps where points lie: the gazetteer does not change while the
// program runs.
var regionsOfPoints pointMemo

type pointMemo struct {
	mu sync.RWMutex
	of map[located]string
}

// mostPoints bounds what is kept: some 50 MB.
const mostPoints = 1 << 20

func (m *pointMemo) get(p located, find func() string) string {
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
		m.of = map[located]string{}
	}
	m.of[p] = name
	return name
}
