// Package gazetteer answers: where is a place of this name?
//
// Names are compared without regard to case, accents, apostrophes and
// hyphens, and then to the ways of writing i, y and j, since "Mykolaiv",
// "Mykolayiv" and "MYKOLAÏV" are one place. A word such as "oblast" may be
// there or not. What stays ambiguous is said to be ambiguous: a name is never
// decided by population or by guess.
//
// The data is in packages, a folder of places/ each: places.txt.gz, package.json with
// title, license and attribution, and SOURCE.md, which says where it comes from. An
// agreement names the packages that it uses; its own zones come before them, and are not
// the gazetteer's business. A Gazetteer is safe for concurrent use; shapes are prepared
// when they are first asked for.
package gazetteer

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// A Place is one answer: a region, or the centre of a settlement.
type Place struct {
	Name         string
	Region       bool      // Region(Name) has its shape; Point is unset
	Point        geo.Point // of a settlement
	UncertaintyM int32     // radius around Point that surely holds the settlement
	Population   int32
}

// String says a candidate in an error message.
func (p Place) String() string {
	if p.Region {
		return p.Name + " (region)"
	}
	lat, lon := p.Point.Degrees()
	return fmt.Sprintf("%s at %.4f, %.4f (population %d)", p.Name, lat, lon, p.Population)
}

// A Gazetteer knows regions and settlements by their names.
type Gazetteer struct {
	regions []*region
	exact   map[string][]*region // by fold
	stem    map[string][]*region // without "oblast"
	towns   []Place
	byName  map[string][]int32 // by fold
	byLoose map[string][]int32 // by loose

	Packages []Package // that it is made of

	oncePoints sync.Once
	points     map[geo.Point][]int32 // settlements by square of pointSquare
}

type region struct {
	name, code string
	names      []string // as written, for suggestions
	shape      geo.MultiPolygon
	once       sync.Once
	ready      *geo.Region
	err        error
	boxed      sync.Once
	low, high  geo.Point // the corners' bounds
}

// Region returns the region of that name, in any of its languages and with or
// without the word oblast, and its canonical name.
func (g *Gazetteer) Region(name string) (*geo.Region, string, error) {
	r, err := g.find(name)
	if err != nil {
		return nil, "", err
	}
	ready, err := r.prepared()
	return ready, r.name, err
}

func (r *region) prepared() (*geo.Region, error) {
	r.once.Do(func() { r.ready, r.err = geo.NewRegion(r.shape) })
	return r.ready, r.err
}

// RegionsAt lists the canonical names of the regions of a country that surely hold p, in
// the order of the data. It prepares only regions near p.
func (g *Gazetteer) RegionsAt(p geo.Point) (names []string) {
	for _, r := range g.regions {
		if r.country() || !r.near(p) {
			continue
		}
		if ready, err := r.prepared(); err == nil && ready.Disc(p, 0) == geo.Inside {
			names = append(names, r.name)
		}
	}
	return names
}

// near reports whether p may be in r. An edge would have to be 700 km long to bend
// beyond the corners by as much as is added here, 0.1 degree; those of borders are
// shorter. A region at the antimeridian would be near everything.
func (r *region) near(p geo.Point) bool {
	const slack = 1_000_000
	r.boxed.Do(func() {
		low, high := geo.Point{Lat: math.MaxInt32, Lon: math.MaxInt32}, geo.Point{Lat: math.MinInt32, Lon: math.MinInt32}
		for _, polygon := range r.shape {
			for _, q := range polygon[0] {
				low.Lat, low.Lon = min(low.Lat, q.Lat), min(low.Lon, q.Lon)
				high.Lat, high.Lon = max(high.Lat, q.Lat), max(high.Lon, q.Lon)
			}
		}
		r.low, r.high = low, high
	})
	return int64(p.Lat) >= int64(r.low.Lat)-slack && int64(p.Lat) <= int64(r.high.Lat)+slack &&
		int64(p.Lon) >= int64(r.low.Lon)-slack && int64(p.Lon) <= int64(r.high.Lon)+slack
}

// country reports whether it is a whole country, which says too little of a place: its
// code is that of ISO 3166-1, and has no hyphen.
func (r *region) country() bool { return !strings.Contains(r.code, "-") }

// Country reports whether that canonical name is that of a country that holds other
// regions.
func (g *Gazetteer) Country(name string) bool {
	for _, r := range g.exact[fold(name)] {
		if r.name == name {
			return r.country()
		}
	}
	return false
}

// RegionName returns only the canonical name.
func (g *Gazetteer) RegionName(name string) (string, error) {
	r, err := g.find(name)
	if err != nil {
		return "", err
	}
	return r.name, nil
}

// Regions lists the canonical names in the order of the data.
func (g *Gazetteer) Regions() []string {
	out := make([]string, len(g.regions))
	for i, r := range g.regions {
		out[i] = r.name
	}
	return out
}

func (g *Gazetteer) find(name string) (*region, error) {
	found := g.exact[fold(name)]
	if len(found) == 0 {
		found = g.stem[stem(fold(name))]
	}
	if len(found) == 0 {
		found = g.stem[loose(stem(fold(name)))]
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fmt.Errorf("region %q is unknown%s", name, truce.Suggest(name, g.Regions()))
	}
	names := make([]string, len(found))
	for i, r := range found {
		names[i] = r.name
	}
	return nil, fmt.Errorf("region %q is ambiguous: %s", name, strings.Join(names, ", "))
}

// Lookup returns the place of that name. With more than one it returns all of
// them and an error that lists them with their coordinates; with none, an
// error alone. A bare name such as "Kharkiv" is the settlement where there is
// one; "Kharkiv Oblast" is the region.
func (g *Gazetteer) Lookup(name string) ([]Place, error) {
	var out []Place
	key := fold(name)
	for _, r := range g.exact[key] {
		out = append(out, Place{Name: r.name, Region: true})
	}
	found := g.byName[key]
	if len(out)+len(found) == 0 {
		found = g.byLoose[loose(key)]
	}
	for _, i := range found {
		out = append(out, g.towns[i])
	}
	if len(out) == 0 {
		r, err := g.find(name)
		if err != nil {
			return nil, fmt.Errorf("place %q is unknown", name)
		}
		out = append(out, Place{Name: r.name, Region: true})
	}
	if len(out) == 1 {
		return out, nil
	}
	var list strings.Builder
	for i, p := range out {
		if i == 8 {
			fmt.Fprintf(&list, "; and %d more", len(out)-i)
			break
		}
		if i > 0 {
			list.WriteString("; ")
		}
		list.WriteString(p.String())
	}
	return out, fmt.Errorf("place %q is ambiguous, there are %d: %s", name, len(out), &list)
}

const (
	pointSquare = 500 // of 1e-7 degree, about 5 m
	sameM       = 2   // metres: what rounding does
)

// SettlementAt reports whether a settlement has its centre at a point, to within 2 m.
func (g *Gazetteer) SettlementAt(p geo.Point) bool {
	square := func(p geo.Point) geo.Point { return geo.Point{Lat: p.Lat / pointSquare, Lon: p.Lon / pointSquare} }
	g.oncePoints.Do(func() {
		g.points = make(map[geo.Point][]int32, len(g.towns))
		for i := range g.towns {
			k := square(g.towns[i].Point)
			g.points[k] = append(g.points[k], int32(i))
		}
	})
	at := square(p)
	for lat := at.Lat - 1; lat <= at.Lat+1; lat++ {
		for lon := at.Lon - 1; lon <= at.Lon+1; lon++ {
			for _, i := range g.points[geo.Point{Lat: lat, Lon: lon}] {
				if geo.Distance(g.towns[i].Point, p) <= sameM {
					return true
				}
			}
		}
	}
	return false
}

// read reads the lines that build.go writes: R name, code, names; O and H, the
// outer ring and a hole of the region above, in differences; S name,
// population, latitude, longitude.
func read(in io.Reader) (*Gazetteer, error) {
	g := &Gazetteer{exact: map[string][]*region{}, stem: map[string][]*region{}, byName: map[string][]int32{}, byLoose: map[string][]int32{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 4<<20)
	for n := 1; lines.Scan(); n++ {
		kind, rest, _ := strings.Cut(lines.Text(), "\t")
		var err error
		switch kind {
		case "R":
			err = g.addRegion(rest)
		case "O", "H":
			err = g.addRing(rest, kind == "H")
		case "S":
			err = g.addTown(rest)
		default:
			err = fmt.Errorf("line of kind %q", kind)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return g, lines.Err()
}

func (g *Gazetteer) addRegion(s string) error {
	f := strings.Split(s, "\t")
	if len(f) != 3 {
		return fmt.Errorf("region: %d fields, want 3", len(f))
	}
	r := &region{name: f[0], code: f[1], names: append(strings.Split(f[2], "|"), f[0])}
	g.regions = append(g.regions, r)
	for _, n := range append(r.names, r.code) {
		put(g.exact, fold(n), r)
	}
	for _, n := range r.names {
		s := stem(fold(n))
		if s == fold(n) { // a name without the word is a name of its own, found above
			continue
		}
		put(g.stem, s, r)
		put(g.stem, loose(s), r)
	}
	return nil
}

func put(m map[string][]*region, key string, r *region) {
	if l := m[key]; len(l) > 0 && l[len(l)-1] == r {
		return
	}
	m[key] = append(m[key], r)
}

func (g *Gazetteer) addRing(s string, hole bool) error {
	var ring geo.Ring
	var last geo.Point
	for s != "" {
		var a, b string
		a, s, _ = strings.Cut(s, "\t")
		b, s, _ = strings.Cut(s, "\t")
		lat, err := strconv.ParseInt(a, 10, 32)
		if err != nil {
			return err
		}
		lon, err := strconv.ParseInt(b, 10, 32)
		if err != nil {
			return err
		}
		last.Lat += int32(lat)
		last.Lon += int32(lon)
		ring = append(ring, last)
	}
	r := g.regions[len(g.regions)-1]
	if hole {
		p := &r.shape[len(r.shape)-1]
		*p = append(*p, ring)
		return nil
	}
	r.shape = append(r.shape, geo.Polygon{ring})
	return nil
}

func (g *Gazetteer) addTown(s string) error {
	f := strings.Split(s, "\t")
	if len(f) != 4 {
		return fmt.Errorf("settlement: %d fields, want 4", len(f))
	}
	var n [3]int32
	for i := range n {
		v, err := strconv.ParseInt(f[i+1], 10, 32)
		if err != nil {
			return err
		}
		n[i] = int32(v)
	}
	i := int32(len(g.towns))
	g.towns = append(g.towns, Place{Name: f[0], Population: n[0], Point: geo.Point{Lat: n[1], Lon: n[2]}, UncertaintyM: extent(n[0])})
	g.byName[fold(f[0])] = append(g.byName[fold(f[0])], i)
	g.byLoose[loose(fold(f[0]))] = append(g.byLoose[loose(fold(f[0]))], i)
	return nil
}

// extent is a radius that surely holds a settlement of that population.
// GeoNames gives centres only; Kryvyi Rih, the longest city of Europe, is the
// measure of the largest class.
func extent(population int32) int32 {
	switch {
	case population >= 500_000:
		return 35_000
	case population >= 100_000:
		return 15_000
	case population >= 20_000:
		return 8_000
	}
	return 5_000
}
