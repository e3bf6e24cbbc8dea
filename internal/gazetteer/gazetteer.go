// Package gazetteer answers: where is a place of this name?
//
// Names are compared without regard to case, accents, apostrophes and
// hyphens, and then to the ways of writing i, y and j, since "Mykolaiv",
// "Mykolayiv" and "MYKOLAÏV" are one place. A settlement that is spelled as asked is
// the only candidate, unless one of another such spelling is much larger. A name in
// Ukrainian letters that no package has is romanised. A word such as "oblast" may be
// there or not. Names in other scripts, other spellings and former names are
// understood; what is printed is the current name. What stays ambiguous is said
// to be ambiguous: a name is never decided by population or by guess.
//
// The data is in packages (see [Package]), which an agreement carries in its folder; its
// own zones come before them, and are not the gazetteer's business. A Gazetteer is safe
// for concurrent use; shapes and the index of names are prepared when they are first
// asked for.
package gazetteer

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

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
	Names        []Name // in other languages
	In           string // the region that it is in; "": none is known
	Package      string
}

// String says a candidate in an error message.
func (p Place) String() string {
	if p.Region {
		return p.Name + " (region)"
	}
	lat, lon := p.Point.Degrees()
	return fmt.Sprintf("%s at %.4f, %.4f (population %d)", p.Name, lat, lon, p.Population)
}

// A Gazetteer knows regions and settlements by their names. The zero value knows none.
type Gazetteer struct {
	Packages []*Package // that it is made of

	regions []*region
	exact   map[string][]*region // by Fold
	alike   map[string][]*region // by loose
	stem    map[string][]*region // without "oblast"
	codes   map[string]*region   // by Fold

	onceNames sync.Once
	towns     []town
	byName    map[string][]int32 // by Fold, each name that a settlement has
	byLoose   map[string][]int32 // by loose
	byID      map[string]int32

	oncePoints sync.Once
	points     map[geo.Point][]int32 // settlements by square of pointSquare
}

type town struct {
	*Settlement
	of *Package
}

type region struct {
	*Area
	of        *Package
	in        *region
	once      sync.Once
	ready     *geo.Region
	err       error
	boxed     sync.Once
	low, high geo.Point // the corners' bounds
}

// New makes the gazetteer of packages, in their order. It fails where two of them have a
// region of one name or code, since nobody could tell which an entry means.
func New(packages []*Package) (*Gazetteer, error) {
	g := &Gazetteer{Packages: packages, exact: map[string][]*region{}, alike: map[string][]*region{}, stem: map[string][]*region{}, codes: map[string]*region{}}
	called := map[string]*region{}
	for _, p := range packages {
		for i := range p.Regions {
			r := &region{Area: &p.Regions[i], of: p}
			if other := called[Fold(r.Name)]; other != nil {
				return nil, fmt.Errorf("the packages %s and %s both have the region %s; use one of them, or leave out a level of regions in one", other.of.Name, p.Name, r.Name)
			}
			called[Fold(r.Name)] = r
			if other := g.codes[Fold(r.Code)]; other != nil && r.Code != "" {
				return nil, fmt.Errorf("the packages %s and %s both have a region with the code %s; use one of them, or leave out a level of regions in one", other.of.Name, p.Name, r.Code)
			}
			g.codes[Fold(r.Code)] = r
			g.add(r)
		}
	}
	delete(g.codes, "")
	for _, r := range g.regions {
		r.in = g.codes[Fold(r.In)]
	}
	return g, nil
}

func (g *Gazetteer) add(r *region) {
	g.regions = append(g.regions, r)
	names := append(texts(r.Names, r.Also), r.Name)
	for _, n := range append(names, r.Code) {
		put(g.exact, Fold(n), r)
	}
	for _, n := range names {
		put(g.alike, loose(Fold(n)), r)
		s := stem(Fold(n))
		if s == Fold(n) { // a name without the word is a name of its own, found above
			continue
		}
		put(g.stem, s, r)
		put(g.stem, loose(s), r)
	}
}

// texts are current names in other languages, and others.
func texts(names []Name, also []string) []string {
	out := make([]string, 0, len(names)+len(also)+2)
	for _, n := range names {
		out = append(out, n.Text)
	}
	return append(out, also...)
}

func put(m map[string][]*region, key string, r *region) {
	if key == "" || slices.Contains(m[key], r) {
		return
	}
	m[key] = append(m[key], r)
}

// For is the gazetteer of an agreement's packages; one that has none knows no place.
func For(a *truce.Agreement) *Gazetteer {
	if g, ok := a.Places.(*Gazetteer); ok && g != nil {
		return g
	}
	return &none
}

var none Gazetteer

// Region is [Gazetteer.Region] of an agreement's gazetteer.
func Region(a *truce.Agreement, name string) (*geo.Region, string, error) { return For(a).Region(name) }

// SettlementAt asks the gazetteer of an agreement.
func SettlementAt(a *truce.Agreement, p geo.Point) bool { return For(a).SettlementAt(p) }

// Region returns the region of that name, in any of its languages and with or
// without the word oblast, and its canonical name. A region without an outline is
// an error: nobody could compute with it.
func (g *Gazetteer) Region(name string) (*geo.Region, string, error) {
	r, err := g.find(name)
	if err != nil {
		return nil, "", err
	}
	if r.Shape == nil {
		return nil, "", r.noOutline()
	}
	ready, err := r.prepared()
	return ready, r.Name, err
}

// noOutline is the error about a region that nobody can compute with.
func (r *region) noOutline() error {
	return fmt.Errorf("neither the region %q nor one around it has an outline in the package %s; add boundaries", r.Name, r.of.Name)
}

// shaped is r, or the closest region around it that has an outline; nil: there is none.
func (r *region) shaped() *region {
	for r != nil && r.Shape == nil {
		r = r.in
	}
	return r
}

func (r *region) prepared() (*geo.Region, error) {
	r.once.Do(func() { r.ready, r.err = geo.NewRegion(r.Shape) })
	return r.ready, r.err
}

// holds reports whether p is surely in r.
func (r *region) holds(p geo.Point) bool {
	if r.Shape == nil || !r.near(p) {
		return false
	}
	ready, err := r.prepared()
	return err == nil && ready.Disc(p, 0) == geo.Inside
}

// Outlined reports whether any region has an outline.
func (g *Gazetteer) Outlined() bool {
	return slices.ContainsFunc(g.regions, func(r *region) bool { return r.Shape != nil })
}

// MayHold reports whether a circle may be in one of the regions. Regions in others are not
// looked at: what is in them is in those, too.
func (g *Gazetteer) MayHold(p geo.Point, radiusM float64) bool {
	for _, r := range g.regions {
		if r.Shape == nil || r.in.shaped() != nil || radiusM < 10_000 && !r.near(p) {
			continue
		}
		if ready, err := r.prepared(); err == nil && ready.Disc(p, radiusM) != geo.Outside {
			return true
		}
	}
	return false
}

// RegionsAt lists the canonical names of the first divisions of countries that surely hold
// p, in the order of the data. It prepares only regions near p.
func (g *Gazetteer) RegionsAt(p geo.Point) (names []string) {
	for _, r := range g.regions {
		if r.Level == 1 && r.holds(p) {
			names = append(names, r.Name)
		}
	}
	return names
}

// DivisionsAt are the second and first divisions of countries that surely hold p, the second
// first, in the order of the data.
func (g *Gazetteer) DivisionsAt(p geo.Point) (out []truce.Area) {
	for level := 2; level >= 1; level-- {
		for _, r := range g.regions {
			if r.Level == level && r.holds(p) {
				out = append(out, r.area())
			}
		}
	}
	return out
}

// DivisionsOf are the second and first division of a country that the region of that
// canonical name is, or is a part of; none for a country, and where no region has that name.
func (g *Gazetteer) DivisionsOf(name string) (out []truce.Area) {
	for _, r := range g.exact[Fold(name)] {
		if r.Name != name {
			continue
		}
		for ; r != nil && r.Level >= 1; r = r.in {
			if r.Level <= 2 {
				out = append(out, r.area())
			}
		}
		return out
	}
	return nil
}

// area is a division by its level and name.
func (r *region) area() truce.Area {
	if r.Level == 2 {
		return truce.Area{Level: truce.AreaDistrict, Name: r.Name}
	}
	return truce.Area{Level: truce.AreaRegion, Name: r.Name}
}

// near reports whether p may be in r. An edge would have to be 700 km long to bend
// beyond the corners by as much as is added here, 0.1 degree; those of borders are
// shorter. A region at the antimeridian would be near everything.
func (r *region) near(p geo.Point) bool {
	const slack = 1_000_000
	r.boxed.Do(func() {
		low, high := geo.Point{Lat: math.MaxInt32, Lon: math.MaxInt32}, geo.Point{Lat: math.MinInt32, Lon: math.MinInt32}
		for _, polygon := range r.Shape {
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

// Division is the first division of a country that the region of that canonical name is,
// or is a part of; "" for a country, and where no region has that name.
func (g *Gazetteer) Division(name string) string {
	for _, r := range g.exact[Fold(name)] {
		if r.Name != name {
			continue
		}
		for r != nil && r.Level > 1 {
			r = r.in
		}
		if r != nil && r.Level == 1 {
			return r.Name
		}
	}
	return ""
}

// RegionName returns only the canonical name: of a region that has no outline, that of
// the closest region around it that has one.
func (g *Gazetteer) RegionName(name string) (string, error) {
	r, err := g.find(name)
	if err != nil {
		return "", err
	}
	if s := r.shaped(); s != nil {
		return s.Name, nil
	}
	return "", r.noOutline()
}

// Regions lists the canonical names of countries and of their first divisions, in the
// order of the data: what counts are told by.
func (g *Gazetteer) Regions() []string {
	var out []string
	for _, r := range g.regions {
		if r.Level <= 1 {
			out = append(out, r.Name)
		}
	}
	return out
}

// find is the region that a name means. Regions of one name are one answer only where one
// of them holds the others: the division of a country, and not the district in it that has
// its name.
func (g *Gazetteer) find(name string) (*region, error) {
	key := Fold(name)
	found := g.exact[key]
	if len(found) == 0 {
		found = g.alike[loose(key)]
	}
	if len(found) == 0 {
		found = g.stem[stem(key)]
	}
	if len(found) == 0 {
		found = g.stem[loose(stem(key))]
	}
	if short := withoutDivision(key); len(found) == 0 && short != key { // Taiz Governorate
		for _, r := range g.exact[short] {
			if r.Level == 1 {
				found = append(found, r)
			}
		}
	}
	for _, r := range found {
		if len(found) > 1 && r.Name == name { // its unique name, which records use
			return r, nil
		}
	}
	if outer := outermost(found); outer != nil {
		return outer, nil
	}
	if len(found) == 0 {
		if len(g.regions) == 0 {
			return nil, fmt.Errorf("region %q is unknown: it is not a zone of the agreement, and %s", name, noPlaces)
		}
		return nil, fmt.Errorf("region %q is unknown%s", name, truce.Suggest(name, g.Regions()))
	}
	names := make([]string, len(found))
	for i, r := range found {
		names[i] = r.Name
	}
	return nil, fmt.Errorf("region %q is ambiguous: %s", name, strings.Join(names, ", "))
}

// WithoutPackages reports whether a reason is that the agreement has no packages of places.
func WithoutPackages(why string) bool { return strings.Contains(why, noPlaces) }

const noPlaces = "the agreement has no package of places (truce places add makes one)"

// outermost is the region that holds all others by what their package says; nil: there is
// none.
func outermost(found []*region) *region {
	if len(found) == 0 {
		return nil
	}
	top := slices.MinFunc(found, func(a, b *region) int { return cmp.Compare(a.Level, b.Level) })
	for _, r := range found {
		for r != nil && r != top {
			r = r.in
		}
		if r == nil {
			return nil
		}
	}
	return top
}

// Code is the region with a p-code or another code, or the settlement with an ID, as a
// place. Where a region has no outline, it is the closest region around it that has one.
func (g *Gazetteer) Code(code string) (Place, error) {
	g.index()
	key := Fold(code)
	r := g.codes[key]
	if i, ok := g.byID[code]; r == nil && ok {
		return g.town(i), nil
	}
	if r != nil {
		if s := r.shaped(); s != nil {
			return s.place(), nil
		}
		return Place{}, fmt.Errorf("code %q: %w", code, r.noOutline())
	}
	switch {
	case len(g.Packages) == 0:
		return Place{}, fmt.Errorf("code %q is unknown: %s", code, noPlaces)
	}
	return Place{}, fmt.Errorf("code %q is unknown in the packages %s", code, g.packages())
}

func (g *Gazetteer) packages() string {
	var names []string
	for _, p := range g.Packages {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

func (r *region) place() Place {
	p := Place{Name: r.Name, Region: true, Names: r.Names, Package: r.of.Name}
	if r.in != nil {
		p.In = r.in.Name
	}
	return p
}

func (g *Gazetteer) town(i int32) Place {
	t := &g.towns[i]
	return Place{Name: t.Name, Population: t.Population, Point: t.Point, UncertaintyM: extent(t.Population), Names: t.Names, Package: t.of.Name}
}

// index makes the index of the settlements' names.
func (g *Gazetteer) index() {
	g.onceNames.Do(func() {
		g.byName, g.byLoose, g.byID = map[string][]int32{}, map[string][]int32{}, map[string]int32{}
		for _, p := range g.Packages {
			for i := range p.Settlements {
				n := int32(len(g.towns))
				g.towns = append(g.towns, town{&p.Settlements[i], p})
				t := &g.towns[n]
				if t.ID != "" {
					g.byID[t.ID] = n
				}
				for _, name := range append(texts(t.Names, t.Also), t.Name) {
					key := Fold(name)
					putTown(g.byName, key, n)
					putTown(g.byLoose, loose(key), n)
				}
			}
		}
	})
}

func putTown(m map[string][]int32, key string, n int32) {
	if l := m[key]; key == "" || len(l) > 0 && l[len(l)-1] == n {
		return
	}
	m[key] = append(m[key], n)
}

// Lookup returns the place of that name. With more than one it returns all of
// them and an error that lists them with their coordinates; with none, an
// error alone. A bare name such as "Kharkiv" is the settlement where there is
// one in the region of that name; "Kharkiv Oblast" is the region.
func (g *Gazetteer) Lookup(name string) ([]Place, error) {
	out := g.lookup(name, nil, nil)
	switch len(out) {
	case 0:
		if len(g.Packages) == 0 {
			return nil, fmt.Errorf("place %q is unknown: %s", name, noPlaces)
		}
		return nil, fmt.Errorf("place %q is unknown", name)
	case 1:
		return out, nil
	}
	return out, fmt.Errorf("place %q is ambiguous, there are %d: %s", name, len(out), g.list(out, ""))
}

// LookupIn is Lookup of the places that may be in an area, which is called so. A
// settlement may be in it if the circle that surely holds the settlement is not entirely
// outside.
func (g *Gazetteer) LookupIn(name, called string, outline *geo.Region) ([]Place, error) {
	within := g.exact[Fold(called)]
	out := g.lookup(name, func(t *town) bool {
		return outline.Disc(t.Point, float64(extent(t.Population))) != geo.Outside
	}, func(r *region) bool {
		for in := r; in != nil; in = in.in {
			if in.Name == called && slices.Contains(within, in) {
				return true
			}
		}
		if r.Shape == nil || len(within) > 0 && r.Level == within[0].Level { // regions of one level only share a border
			return false
		}
		ready, err := r.prepared()
		if err != nil {
			return true
		}
		side, _, err := outline.Compare(ready)
		return err != nil || side != geo.Outside
	})
	switch len(out) {
	case 0:
		elsewhere, err := g.Lookup(name)
		if len(elsewhere) == 0 {
			return nil, err
		}
		return nil, fmt.Errorf("no place %q is in %s: it is the name of %s", name, called, g.list(elsewhere, ""))
	case 1:
		return out, nil
	}
	return out, fmt.Errorf("place %q is ambiguous, there are %d in %s: %s", name, len(out), called, g.list(out, called))
}

// list says candidates in an error message that names the region within.
func (g *Gazetteer) list(places []Place, within string) string {
	const most = 8
	var b strings.Builder
	for i, p := range places {
		if i == most {
			fmt.Fprintf(&b, "; and %d more", len(places)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(p.String())
		if in := g.Where(p); in != "" && in != within && !p.Region {
			b.WriteString(" in " + in)
		}
	}
	return b.String()
}

// lookup finds the places of a name of which may and mayRegion are true; nil: all of them.
func (g *Gazetteer) lookup(name string, may func(*town) bool, mayRegion func(*region) bool) (out []Place) {
	g.index()
	key := Fold(name)
	if bare := withoutKind(key); len(g.exact[key])+len(g.byName[key]) == 0 {
		key = bare
	}
	regions := slices.Clone(g.exact[key])
	if top := outermost(regions); top != nil { // with the districts in it that have its name
		regions = []*region{top}
	}
	if mayRegion != nil {
		regions = slices.DeleteFunc(regions, func(r *region) bool { return !mayRegion(r) })
	}
	among := func(list []int32) (out []int32) {
		for _, i := range list {
			if may == nil || may(&g.towns[i]) {
				out = append(out, i)
			}
		}
		return out
	}
	found := among(g.byName[key])
	switch {
	case len(found) > 0:
		found = g.withLarger(found, among(g.byLoose[loose(key)]))
	case len(regions) == 0:
		if found = among(g.byLoose[loose(key)]); len(found) == 0 {
			found = slices.DeleteFunc(among(g.byLoose[loose(latin(key))]), func(i int32) bool { return g.towns[i].cyrillic() })
		}
	}
	// The city of Kharkiv elsewhere does not make Kharkiv the oblast here.
	if elsewhere := len(g.exact[key]) + len(g.byLoose[loose(key)]); len(regions)+len(found)+elsewhere == 0 {
		if r, err := g.find(name); err == nil && (mayRegion == nil || mayRegion(r)) {
			regions = []*region{r}
		}
	}
	regions = slices.DeleteFunc(regions, func(r *region) bool { return len(found) > 0 && g.allIn(r, found) })
	for _, r := range regions {
		if s := r.shaped(); s != nil && !slices.ContainsFunc(out, func(p Place) bool { return p.Name == s.Name }) {
			out = append(out, s.place())
		}
	}
	for _, i := range found {
		if p := g.town(i); !merged(out, &p) {
			out = append(out, p)
		}
	}
	return out
}

// larger is how many times as many people a settlement of another spelling must have to be
// a candidate beside the settlements that are spelled as asked.
const larger = 2

// withLarger adds much larger settlements to those that are spelled exactly as asked. There
// are several romanisations of one name, so the exact spelling of a village is no reason to
// think that a report is not about the city.
func (g *Gazetteer) withLarger(found, alike []int32) []int32 {
	var most int32
	for _, i := range found {
		most = max(most, g.towns[i].Population)
	}
	out := found
	for _, i := range alike {
		if n := g.towns[i].Population; n > 0 && n/larger >= most && !slices.Contains(found, i) {
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return out
}

// cyrillic reports whether a settlement has a name in Cyrillic script.
func (t *town) cyrillic() bool {
	return slices.ContainsFunc(append(texts(t.Names, t.Also), t.Name), func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
	})
}

// allIn reports whether a region holds all these settlements.
func (g *Gazetteer) allIn(r *region, found []int32) bool {
	for _, i := range found {
		if !r.holds(g.towns[i].Point) {
			return false
		}
	}
	return true
}

// merged reports whether p is a settlement that another package has too: of the same name,
// and no farther than either is wide. The radius of the first then holds both.
func merged(out []Place, p *Place) bool {
	for i := range out {
		q := &out[i]
		if q.Region || q.Package == p.Package {
			continue
		}
		if d := geo.Distance(q.Point, p.Point); d <= float64(max(q.UncertaintyM, p.UncertaintyM)) {
			q.UncertaintyM = max(q.UncertaintyM, p.UncertaintyM+int32(math.Ceil(d)))
			q.Population = max(q.Population, p.Population)
			return true
		}
	}
	return false
}

// Where is the region that is printed with a candidate: the smallest that surely holds it.
func (g *Gazetteer) Where(p Place) string {
	if p.Region {
		return p.In
	}
	var best *region
	for _, r := range g.regions {
		if (best == nil || r.Level > best.Level) && r.holds(p.Point) {
			best = r
		}
	}
	if best == nil {
		return ""
	}
	return best.Name
}

// Current is the current name of the settlement at a point that a publisher calls by
// another name; name itself, where none is known. The point need not be the centre: the
// settlement's radius must hold it.
func (g *Gazetteer) Current(name string, at geo.Point) string {
	if name == "" || len(g.Packages) == 0 {
		return name
	}
	g.index()
	current := name
	for _, i := range g.byName[Fold(name)] {
		t := &g.towns[i]
		if geo.Distance(t.Point, at) > float64(extent(t.Population)) {
			continue
		}
		if !slices.ContainsFunc(t.Also, func(s string) bool { return Fold(s) == Fold(name) }) {
			return name // it is current, in some language
		}
		if current != name && current != t.Name {
			return name // of two
		}
		current = t.Name
	}
	return current
}

// Named is the current name of a place in a language; its name, where none is known.
func (p Place) Named(lang string) string {
	for _, n := range p.Names {
		if strings.EqualFold(n.Lang, lang) {
			return n.Text
		}
	}
	return p.Name
}

// RegionPlace is the region of that canonical name, as a place.
func (g *Gazetteer) RegionPlace(name string) (Place, error) {
	r, err := g.find(name)
	if err != nil {
		return Place{}, err
	}
	return r.place(), nil
}

const (
	pointSquare = 500 // of 1e-7 degree, about 5 m
	sameM       = 2   // metres: what rounding does
)

// SettlementAt reports whether a settlement has its centre at a point, to within 2 m.
func (g *Gazetteer) SettlementAt(p geo.Point) bool {
	g.index()
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

// Sound makes sure that every outline can be computed with: no ring crosses itself, and
// no polygon another. It prepares all of them, which takes its time.
func (p *Package) Sound() error {
	var out []error
	for i := range p.Regions {
		r := &p.Regions[i]
		if r.Shape == nil {
			continue
		}
		if _, err := geo.NewRegion(r.Shape); err != nil && len(out) < mostFaults {
			out = append(out, fmt.Errorf("%s: the outline of %s: %w", RegionsFile, r.Name, err))
		}
	}
	return errors.Join(out...)
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
