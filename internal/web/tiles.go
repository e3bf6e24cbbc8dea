package web

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/report"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/simplify"
	"golang.org/x/sync/singleflight"
)

// The base map is land, water, regions and towns, and no border of a state: zones
// and lines are the agreement's, with their article and date. Natural Earth draws
// borders as they are held, which is for no monitor to say.
//
//go:embed basemap
var baseFiles embed.FS

type baseMap struct {
	land    []*geojson.Feature
	regions []*geojson.Feature
	towns   []*geojson.Feature
}

func unpacked(name string) ([]byte, error) {
	data, err := baseFiles.ReadFile("basemap/" + name)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// theWorld is the same for every server of a process, and nobody changes it.
var theWorld = sync.OnceValues(newWorld)

// newWorld is what Natural Earth gives of the base map.
func newWorld() (*baseMap, error) {
	b := &baseMap{}
	for _, name := range []string{"ne_110m_admin_0_countries.geojson.gz", "ne_50m_countries_subset.geojson.gz"} {
		text, err := unpacked(name)
		if err != nil {
			return nil, err
		}
		fc, err := geojson.UnmarshalFeatureCollection(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, f := range fc.Features {
			f.Properties = nil
		}
		b.land = append(b.land, fc.Features...)
	}
	text, err := unpacked("ne_10m_populated_places_subset.csv.gz")
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	column := map[string]int{}
	for i, c := range rows[0] {
		column[c] = i
	}
	for _, r := range rows[1:] {
		lat, err1 := strconv.ParseFloat(r[column["latitude"]], 64)
		lon, err2 := strconv.ParseFloat(r[column["longitude"]], 64)
		rank, err3 := strconv.Atoi(r[column["scalerank"]])
		if err1 != nil || err2 != nil || err3 != nil {
			return nil, fmt.Errorf("populated places: %q", r)
		}
		b.towns = append(b.towns, mapTown(r[column["name"]], orb.Point{lon, lat}, rank))
	}
	return b, nil
}

func mapTown(name string, at orb.Point, rank int) *geojson.Feature {
	f := geojson.NewFeature(at)
	f.Properties = geojson.Properties{"name": name, "rank": rank}
	return f
}

// with is the base map of an agreement: the regions and settlements are those of its
// packages of places. Where a package says how large its settlements are, the towns of
// Natural Earth in its regions are left out, since their names are often older ones.
func (b *baseMap) with(g *gazetteer.Gazetteer) *baseMap {
	out := &baseMap{land: b.land}
	for _, name := range g.Regions() {
		if r, _, err := g.Region(name); err == nil && g.Division(name) == name {
			f := geojson.NewFeature(orbShape(r.Shape()))
			f.Properties = geojson.Properties{"name": name}
			out.regions = append(out.regions, f)
		}
	}
	sized := false
	for _, p := range g.Packages {
		for i := range p.Settlements {
			s := &p.Settlements[i]
			sized = sized || s.Population > 0
			rank := 12
			for i, least := range []int32{1_000_000, 600_000, 250_000, 150_000, 80_000, 40_000, 15_000, 5_000, 2_000} {
				if s.Population >= least {
					rank = i + 3
					break
				}
			}
			out.towns = append(out.towns, mapTown(s.Name, orbPoint(s.Point), rank))
		}
	}
	for _, f := range b.towns {
		at := f.Geometry.(orb.Point)
		if p, err := geo.PointOf(at.Lat(), at.Lon()); err == nil && sized && len(g.RegionsAt(p)) > 0 {
			continue
		}
		out.towns = append(out.towns, f)
	}
	return out
}

// baseMaps keeps the base map of the agreement that was asked for last: it changes only
// when the text is amended.
type baseMaps struct {
	mu   sync.Mutex
	of   *gazetteer.Gazetteer
	last *baseMap
}

func (m *baseMaps) get(g *gazetteer.Gazetteer) (*baseMap, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last == nil || m.of != g {
		world, err := theWorld()
		if err != nil {
			return nil, err
		}
		m.of, m.last = g, world.with(g)
	}
	return m.last, nil
}

func orbPoint(p geo.Point) orb.Point {
	lat, lon := p.Degrees()
	return orb.Point{lon, lat}
}

func orbShape(m geo.MultiPolygon) orb.MultiPolygon {
	out := make(orb.MultiPolygon, len(m))
	for i, poly := range m {
		for _, ring := range poly {
			r := make(orb.Ring, 0, len(ring)+1)
			for _, q := range ring {
				r = append(r, orbPoint(q))
			}
			if len(r) > 0 && r[0] != r[len(r)-1] {
				r = append(r, r[0])
			}
			out[i] = append(out[i], r)
		}
	}
	return out
}

// mostZoom is as far as tiles go: some 10 m a pixel, and no place is known better
// than the map shows.
const mostZoom = 14

func tileOf(q *request) (maptile.Tile, error) {
	z, err1 := strconv.ParseUint(q.PathValue("z"), 10, 8)
	x, err2 := strconv.ParseUint(q.PathValue("x"), 10, 32)
	y, err3 := strconv.ParseUint(strings.TrimSuffix(q.PathValue("y"), ".mvt"), 10, 32)
	t := maptile.New(uint32(x), uint32(y), maptile.Zoom(z))
	if err1 != nil || err2 != nil || err3 != nil || z > mostZoom || !t.Valid() {
		return t, errNotFound
	}
	return t, nil
}

// around is a tile's bound with a margin, so that what crosses its edge is whole.
func around(t maptile.Tile) orb.Bound { return t.Bound(0.05) }

func within(list []*geojson.Feature, b orb.Bound) *geojson.FeatureCollection {
	fc := geojson.NewFeatureCollection()
	for _, f := range list {
		if f.Geometry.Bound().Intersects(b) {
			c := *f // projecting and clipping change the geometry
			c.Geometry = orb.Clone(f.Geometry)
			fc.Append(&c)
		}
	}
	return fc
}

func encoded(t maptile.Tile, layers map[string]*geojson.FeatureCollection) ([]byte, error) {
	l := mvt.NewLayers(layers)
	l.ProjectToTile(t)
	l.Clip(mvt.MapboxGLDefaultExtentBound)
	l.Simplify(simplify.DouglasPeucker(1))
	l.RemoveEmpty(1, 4)
	return packed(l)
}

// packed writes layers in version 2 of the specification, compressed.
func packed(l mvt.Layers) ([]byte, error) {
	for i := range l {
		l[i].Version = 2
	}
	return mvt.MarshalGzipped(l)
}

// baseTile is a tile of the base map. It is the same for everybody, for as long as
// the agreement has the same packages of places.
func (s *Server) baseTile(q *request) error {
	t, err := tileOf(q)
	if err != nil {
		return err
	}
	state, _ := s.Room.State()
	data, err := s.tiles.get(fmt.Sprintf("base/%s/%d/%d/%d", state.Agreement.Digest, t.Z, t.X, t.Y), func() ([]byte, error) {
		leave, err := q.computesForAll()
		if err != nil {
			return nil, err
		}
		defer leave()
		base, err := s.base.get(gazetteer.For(state.Agreement))
		if err != nil {
			return nil, err
		}
		b := around(t)
		towns := geojson.NewFeatureCollection()
		for _, f := range base.towns {
			if b.Contains(f.Geometry.(orb.Point)) && f.Properties["rank"].(int) <= int(t.Z)+1 {
				c := *f
				towns.Append(&c)
			}
		}
		return encoded(t, map[string]*geojson.FeatureCollection{"land": within(base.land, b), "regions": within(base.regions, b), "towns": towns})
	})
	if err != nil {
		return err
	}
	q.w.Header().Set("Cache-Control", "public, max-age=86400")
	return q.tile(data)
}

func (q *request) tile(data []byte) error {
	h := q.w.Header()
	h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	h.Set("Content-Encoding", "gzip")
	return q.unlessKnown(data)
}

// unlessKnown answers with data, or with 304 to a browser that has the same bytes from an earlier
// visit. By then they have been computed for this reader, and what they may see was decided, so
// only the way to the browser is saved.
func (q *request) unlessKnown(data []byte) error {
	sum := sha256.Sum256(data)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"` // weak, since it may be compressed on its way
	q.w.Header().Set("ETag", tag)
	if matches(q.Header.Get("If-None-Match"), tag) {
		q.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	_, err := q.w.Write(data)
	return err
}

// matches reports whether an If-None-Match names a tag (RFC 9110, section 13.1.2). None of our tags
// has a comma in it.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || part != "" && strings.TrimPrefix(part, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// shapes answers with what the map draws above its tiles.
func (q *request) shapes(features []any) error {
	data, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "private, no-cache")
	return q.unlessKnown(append(data, '\n'))
}

// mostMarks is how many incidents a tile has for themselves; more are counted by
// square, of 32 to a tile's side. Whoever draws the map puts together what would
// overlap (ui/src/marks.ts).
const mostMarks = 400

// incidentTile is a tile of incidents, as one audience sees them and as an address
// asks for them.
func (s *Server) incidentTile(q *request) error {
	t, err := tileOf(q)
	if err != nil {
		return err
	}
	st, reader, err := q.reads()
	if err != nil {
		return err
	}
	if err := s.noteMap(q); err != nil {
		return err
	}
	pic := reader.Picture()
	v := q.URL.Query()
	key := url.Values{}
	for _, k := range []string{"at", "from", "to", "article", "outcome", "standing", "act", "source", "region", "q", "signs", "since"} {
		if x := v.Get(k); x != "" {
			key.Set(k, x)
		}
	}
	name := fmt.Sprintf("%s/%s/%d/%d/%d/%s", q.to, s.tiles.edition(pic, st.At == truce.Never), t.Z, t.X, t.Y, key.Encode())
	data, err := s.tiles.get(name, func() ([]byte, error) {
		leave, err := q.computesForAll()
		if err != nil {
			return nil, err
		}
		defer leave()
		// Whoever asked first may go; the others still wait for it.
		marks, err := reader.Marks(context.WithoutCancel(q.Context()), st.Query, truce.Tile{Z: uint8(t.Z), X: t.X, Y: t.Y}, mostMarks)
		if err != nil {
			return nil, err
		}
		fc := geojson.NewFeatureCollection()
		for _, m := range marks {
			fc.Append(feature(&m))
		}
		l := mvt.NewLayers(map[string]*geojson.FeatureCollection{"incidents": fc})
		l.ProjectToTile(t)
		return packed(l)
	})
	if err != nil {
		return err
	}
	q.w.Header().Set("Cache-Control", "private, no-cache")
	return q.tile(data)
}

// feature is a mark as the map draws it: its sign and ring, or how many it stands
// for and what most asks for attention among them; and the square that it is in, of
// which a list can be asked for.
func feature(m *truce.Mark) *geojson.Feature {
	f := geojson.NewFeature(orbPoint(m.Point))
	box := m.In.Box()
	f.Properties = geojson.Properties{"n": m.N, "sq": fmt.Sprintf("%d/%d/%d", m.In.Z, m.In.X, m.In.Y),
		"w": int64(box.West), "s": int64(box.South), "e": int64(box.East), "north": int64(box.North)}
	lead := truce.ShortFinding{}
	if m.Row != nil {
		lead = m.Row.Lead()
		f.Properties["id"] = m.Row.ID.Hex()
		f.Properties["ring"] = ringOf(lead.Standing)
		if f.Properties["to"] = int64(m.Row.Occurred.End); m.Row.Occurred.Start.Stated() { // or it happened not later than its end
			f.Properties["at"] = int64(m.Row.Occurred.Start)
		}
		f.Properties["what"] = m.Row.What
		f.Properties["place"] = m.Row.Place.Short()
		f.Properties["class"] = drawnAs(m.Row, lead.Outcome)
	} else {
		for _, o := range truce.Outcomes {
			if m.Leads[o] > 0 {
				lead.Outcome = o
				break
			}
		}
		f.Properties["class"] = cmp.Or(report.Class(lead.Outcome), "none")
	}
	f.Properties["o"] = string(lead.Outcome)
	f.Properties["rank"] = len(truce.Outcomes)
	if i := rank(lead.Outcome); i >= 0 {
		f.Properties["rank"] = i
	}
	decided := m.Leads[truce.Violation]
	if m.Row != nil && lead.Outcome == truce.Violation {
		decided = 1
	}
	f.Properties["decided"] = decided
	return f
}

// mostCards is how many incidents are told of those at one place of the map.
const mostCards = 8

// cardsBody are the incidents at a place of the map.
type cardsBody struct {
	Rows  []truce.Row
	Total int
}

// cards are the incidents in a part of the map, the gravest first, as a piece of a
// page: what a mark of the map stands for.
func (s *Server) cards(q *request) error {
	st, reader, err := q.reads()
	if err != nil {
		return err
	}
	if st.Query.Box == nil {
		return bad("bbox: want west,south,east,north in degrees")
	}
	body := &cardsBody{}
	st.Query.Limit, st.Query.Order = mostCards, truce.Gravest
	if body.Rows, body.Total, err = reader.Incidents(q.Context(), st.Query); err != nil {
		return err
	}
	if err := s.noteRows(q, reader, body.Rows); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.pages.by["picture"].ExecuteTemplate(&b, "cards", &Page{q: q, Agreement: reader.Agreement(), Picture: reader.Picture(), At: st.At, Body: body}); err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
	}
	_, err = q.w.Write(visible(b.Bytes()))
	return err
}

func drawnAs(r *truce.Row, o truce.Outcome) string {
	if r.Alleged {
		return "alleged"
	}
	return report.Class(o)
}

// uncertain is how well the places in a box are known: discs, wedges and areas, for
// a map that is near enough to show them.
func (s *Server) uncertain(q *request) error {
	st, reader, err := q.reads()
	if err != nil {
		return err
	}
	if st.Query.Box == nil {
		return bad("bbox: want west,south,east,north in degrees")
	}
	st.Query.Limit = mostMarks
	rows, total, err := reader.Incidents(q.Context(), st.Query)
	if err != nil {
		return err
	}
	if err := s.noteRows(q, reader, rows); err != nil {
		return err
	}
	features := []any{}
	if total <= mostMarks {
		for i := range rows {
			p := &rows[i].Place
			var g any
			switch {
			case p.Kind == truce.PlacePoint && p.Uncertainty > 10, p.Kind == truce.PlaceObject && p.Uncertainty > 10:
				g = disc(p.Point, float64(p.Uncertainty))
			case len(p.Shape) > 0:
				g = geojson.NewGeometry(orbShape(p.Shape))
			default:
				continue
			}
			features = append(features, map[string]any{"type": "Feature", "geometry": g, "properties": map[string]any{"id": rows[i].ID.Hex(), "class": drawnAs(&rows[i], rows[i].Lead().Outcome)}})
		}
	}
	return q.shapes(features)
}

// disc is a circle for the eye, not for measuring: metres on a sphere.
func disc(p geo.Point, m float64) *geojson.Geometry {
	lat, lon := p.Degrees()
	const corners, perDegree = 48, 111_195.0
	ring := make(orb.Ring, 0, corners+1)
	for i := 0; i <= corners; i++ {
		a := 2 * math.Pi * float64(i%corners) / corners
		ring = append(ring, orb.Point{lon + m*math.Sin(a)/(perDegree*math.Max(0.01, math.Cos(lat*math.Pi/180))), lat + m*math.Cos(a)/perDegree})
	}
	return geojson.NewGeometry(orb.Polygon{ring})
}

// agreementShapes are the zones and lines of the agreement, and the regions that
// incidents are known to and no closer, with how many.
func (s *Server) agreementShapes(q *request) error {
	st, sit, reader, err := q.known()
	if err != nil {
		return err
	}
	v := shown(st, reader.Agreement(), reader.Times(), s.Room.Now())
	board, err := s.Room.Board(q.Context(), q.to, sit, v, v != usual(reader.Agreement(), reader.Times()))
	if err != nil {
		return err
	}
	features := []any{}
	add := func(kind, label string, g orb.Geometry) {
		g = simplify.DouglasPeucker(0.002).Simplify(orb.Clone(g))
		features = append(features, map[string]any{"type": "Feature", "geometry": geojson.NewGeometry(g), "properties": map[string]any{"kind": kind, "label": label}})
	}
	for _, z := range board.Map.Zones {
		add("zone", z.Label, orbShape(z.Shape))
	}
	for _, l := range board.Map.Lines {
		var lines orb.MultiLineString
		for _, line := range l.Lines {
			var x orb.LineString
			for _, p := range line {
				x = append(x, orbPoint(p))
			}
			lines = append(lines, x)
		}
		add("line", l.Label, lines)
	}
	only := st.Query
	only.During = v
	only.Vague = true
	by, err := reader.Regions(q.Context(), only)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		if r := brief.RegionShape(reader.Agreement(), name); r != nil {
			add("region", q.lang.say("map.region", "N", by[name], "Name", name), orbShape(r.Shape()))
		}
	}
	return q.shapes(features)
}

// mapWords are the messages that the map's script says.
var mapWords = []string{"incident", "incidents", "decided", "gravest", "all", "nearer-here", "close", "marks", "unreachable", "not-later-than"}

// mapState is what the map's script begins with.
func (s *Server) mapState(q *request, st *address, period truce.Interval, a *truce.Agreement) (string, error) {
	v := url.Values{}
	for _, k := range []string{"at", "article", "outcome", "standing", "act", "source", "region", "q", "signs", "since"} {
		if x := q.URL.Query().Get(k); x != "" {
			v.Set(k, x)
		}
	}
	if period.Start.Stated() {
		v.Set("from", period.Start.Time().Format("2006-01-02T15:04:05Z"))
	}
	if period.End.Stated() {
		v.Set("to", period.End.Time().Format("2006-01-02T15:04:05Z"))
	}
	words := map[string]string{}
	for _, k := range mapWords {
		words[k] = q.lang.say("map." + k)
	}
	outcomes := map[string]string{}
	for _, o := range truce.Outcomes {
		outcomes[string(o)] = q.lang.word("outcome", string(o))
	}
	data, err := json.Marshal(map[string]any{"query": v.Encode(), "bounds": bounds(a), "zoom": mostZoom, "words": words, "outcomes": outcomes, "zone": a.Zone})
	return string(data), err
}

// bounds is what the map shows at first: the agreement's lines, or else its first
// zone.
func bounds(a *truce.Agreement) [4]float64 {
	b := orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}}
	for _, l := range a.Lines {
		for _, d := range l.Days {
			if d.Path != nil {
				for _, line := range d.Path.Lines() {
					for _, p := range line {
						b = b.Extend(orbPoint(p))
					}
				}
			}
		}
	}
	for _, n := range a.ZoneOrder[:min(1, len(a.ZoneOrder))] {
		if z := a.Zones[n]; z.Region != nil {
			b = b.Union(orbShape(z.Region.Shape()).Bound())
		}
	}
	if b.IsEmpty() {
		return [4]float64{-170, -60, 170, 75}
	}
	return [4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
}

// tileCache keeps tiles that were made; what many ask for at once is made once.
type tileCache struct {
	mu   sync.Mutex
	by   *simplelru.LRU[string, []byte]
	size int // of all that are kept, in bytes
	once singleflight.Group

	editions map[string]edition // by audience
}

const mostCached = 64 << 20

// edition names the picture that tiles are of: the last one, or one that was the last
// less than a second ago, so that a burst of entries does not undo every tile. An
// earlier moment's picture is named by itself.
func (c *tileCache) edition(p truce.Picture, live bool) string {
	name := fmt.Sprintf("%s %s %s %d %d", p.Audience, p.AsKnown, p.Digest, p.Size, p.Delayed)
	if !live {
		return name
	}
	key := string(p.Audience)
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.editions[key]; e.name != "" && p.Size >= e.size && now.Sub(e.at) < fresh {
		return e.name
	}
	c.editions[key] = edition{name, p.Size, now}
	return name
}

type edition struct {
	name string
	size int64
	at   time.Time
}

func newTileCache() *tileCache {
	c := &tileCache{editions: map[string]edition{}}
	c.by, _ = simplelru.NewLRU(math.MaxInt, func(key string, data []byte) { c.size -= len(data) + len(key) }) // bounded by size
	return c
}

func (c *tileCache) get(key string, build func() ([]byte, error)) ([]byte, error) {
	c.mu.Lock()
	data, ok := c.by.Get(key)
	c.mu.Unlock()
	if ok {
		return data, nil
	}
	v, err, _ := c.once.Do(key, func() (any, error) { return build() })
	if err != nil {
		return nil, err
	}
	data = v.([]byte)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.by.Contains(key) {
		c.by.Add(key, data)
		c.size += len(data) + len(key)
		for c.size > mostCached && c.by.Len() > 1 {
			c.by.RemoveOldest()
		}
	}
	return data, nil
}
