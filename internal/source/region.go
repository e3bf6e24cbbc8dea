package source

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opentruce/truce/internal/gazetteer"
)

// RemarkRegion is about a region that was found under a name of which only the word for
// the division differs.
const RemarkRegion = "The publisher's name of a region is that of a zone of the agreement except for a word such as governorate. The zone was taken; check that it is the same area."

// region is the name under which others find the region that a publisher calls so: the
// agreement's zone of that name, else the gazetteer's region, else a zone whose name
// differs in nothing but a word such as governorate. "North Gaza" is the zone north-gaza.
// The error says why there is none.
func (o Options) region(name string) (string, error) {
	if slices.Contains(o.Zones, name) {
		return name, nil
	}
	zones, alike := gazetteer.Among(name, o.Zones)
	known, err := o.places().RegionName(name)
	switch {
	case err == nil && !alike:
		return known, nil
	case len(zones) > 1:
		return "", fmt.Errorf("region %q is ambiguous: the agreement has the zones %s", name, some(zones))
	case len(zones) == 0 && len(o.Zones) > 0:
		return "", fmt.Errorf("region %q is neither a zone of the agreement (%s) nor a region of its packages of places; name it there, map it with values, or use place: {name: ...} if it decides nothing", name, some(o.Zones))
	case len(zones) == 0:
		return "", err
	case alike && err == nil && strings.EqualFold(zones[0], known):
		return known, nil // the same name as people write it: Ukraine, and not ukraine
	case !alike:
		o.remark(Remark{What: RemarkRegion, Value: name, More: fmt.Sprintf("%s was taken to be %s", name, zones[0])})
	}
	return zones[0], nil
}
