package brief

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/situation"
)

// RegionNames are the gazetteer's regions, in its order.
func RegionNames(a *truce.Agreement) []string { return gazetteer.For(a).Regions() }

// RegionsOf are the regions that counts are told by, in their order: the agreement's
// zones, and then the gazetteer's regions.
func RegionsOf(a *truce.Agreement) []string {
	out := slices.Clone(a.ZoneOrder)
	for _, n := range RegionNames(a) {
		out = add(out, n)
	}
	return out
}

// RegionShape is the outline of a gazetteer's region or of a zone; nil: there is
// none of that name.
func RegionShape(a *truce.Agreement, name string) *geo.Region {
	r, _, ok := situation.Regions(a, gazetteer.Region)(name)
	if !ok {
		return nil
	}
	return r
}
