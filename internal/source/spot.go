package source

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb/encoding/wkt"
	"github.com/paulmach/orb/geojson"
)

// wellKnown reports whether a text is a geometry in WKT (OGC 06-103r4), and takes off the
// SRID that some programs write before it.
func wellKnown(s string) (string, bool) {
	upper := strings.ToUpper(strings.TrimSpace(s))
	if rest, ok := strings.CutPrefix(upper, "SRID=4326;"); ok {
		upper = strings.TrimSpace(rest)
	}
	for _, kind := range []string{"POINT", "POLYGON", "LINESTRING", "MULTIPOINT", "MULTIPOLYGON", "MULTILINESTRING", "SRID="} {
		if strings.HasPrefix(upper, kind) {
			return upper, true
		}
	}
	return "", false
}

// geometryOf is a WKT geometry as GeoJSON. Longitude comes first in both.
func geometryOf(text string) ([]byte, error) {
	if strings.HasPrefix(text, "SRID=") {
		return nil, errors.New("the geometry is not in longitude and latitude (SRID 4326)")
	}
	g, err := wkt.Unmarshal(text)
	if err != nil {
		return nil, fmt.Errorf("not a geometry in WKT: %w", err)
	}
	return geojson.NewGeometry(g).MarshalJSON()
}

// winds are the 16 points of the compass, from north by east, each 22.5 degrees on.
var winds = []string{"n", "nne", "ne", "ene", "e", "ese", "se", "sse", "s", "ssw", "sw", "wsw", "w", "wnw", "nw", "nnw"}

var directions = map[string]string{"north": "n", "northeast": "ne", "east": "e", "southeast": "se", "south": "s", "southwest": "sw", "west": "w", "northwest": "nw"}

// bearing reads degrees from north, by east, or a point of the compass, in thousandths
// of a degree, and how much more or less it may be: half of the last digit, and for the
// compass half of a sector, of 45 degrees, or of 22.5 if it has three letters.
func bearing(s string) (at, half int32, err error) {
	bad := errors.New("want degrees from north (0 to 360), or a point of the compass such as NE or NNE")
	word := strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(s))
	if short, ok := directions[word]; ok {
		word = short
	}
	if i := slices.Index(winds, word); i >= 0 {
		if half = 22_500; len(word) == 3 {
			half = 11_250
		}
		return int32(i * 22_500), half, nil
	}
	text := strings.TrimSpace(strings.TrimRight(s, "°"))
	n, err := fixed([]byte(text), 3)
	if err != nil || n < 0 || n > 360_000 {
		return 0, 0, bad
	}
	half = 500
	if _, frac, ok := strings.Cut(text, "."); ok {
		for range min(3, len(frac)) {
			half /= 10
		}
	}
	return int32(n % 360_000), half, nil
}

// distances compiles a distance that may be a range: 2-3.
func (g *generic) distances(f Field) *field {
	one := g.length("distance", f)
	if one == nil {
		return nil
	}
	parse := one.parse
	one.parse = func(s string) (word, error) {
		low, high, both := strings.Cut(strings.NewReplacer("–", "-", "..", "-").Replace(s), "-")
		low, high = strings.TrimSpace(low), strings.TrimSpace(high)
		if _, unit := withUnit(high); both && unit != "" {
			if _, own := withUnit(low); own == "" { // 2-3 km
				low += " " + unit
			}
		}
		a, err := parse(low)
		if err != nil || !both {
			return a, err
		}
		b, err := parse(high)
		if err == nil && b.n < a.n {
			err = errors.New("the range is not in order")
		}
		return word{n: (a.n + b.n) / 2, half: (b.n - a.n + 1) / 2}, err
	}
	return one
}
