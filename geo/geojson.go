package geo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// A Feature is a feature of a GeoJSON file: its properties, numbers among them
// as json.Number, and its geometry by kind. Line is where it begins in the
// file, from 1.
type Feature struct {
	Properties map[string]any
	Polygons   MultiPolygon
	Lines      MultiLine
	Points     []Point
	Line       int
	// Wide says which edge, the first, spans more than 180 degrees of longitude as it is
	// written; nil: none. It was taken the short way, which may not be what is meant: a
	// shape that is wider than half of the globe becomes what is left of the globe.
	Wide *SyntaxError
}

// maxDepth bounds how deep arrays and objects may nest.
const maxDepth = 32

// ReadGeoJSON reads a FeatureCollection, a Feature or a geometry, strictly by
// RFC 7946. It refuses coordinates that are not numbers or not on Earth, rings
// that are not closed or cross themselves, a coordinate system other than CRS
// 84, unknown types, double members and whatever is not JSON; errors begin with
// line:column. Altitudes are ignored, bbox, id and foreign members too.
// Polygons cut at the antimeridian (section 3.1.9) are joined again; an edge
// that jumps by more than half a turn goes the short way.
func ReadGeoJSON(data []byte) ([]Feature, error) {
	if out, err := readGeoJSON(data, true, false); err == nil {
		return out, nil
	}
	return readGeoJSON(data, false, false) // which says what is wrong, and where
}

// ReadCheckedGeoJSON is ReadGeoJSON of bytes that it has read before without an error, in a test
// or at another time: whether rings cross is not checked again. A region of what it returns is
// checked when it is made. It must not be used for bytes that only somebody else has checked.
func ReadCheckedGeoJSON(data []byte) ([]Feature, error) {
	if out, err := readGeoJSON(data, true, true); err == nil {
		return out, nil
	}
	return ReadGeoJSON(data)
}

// readGeoJSON reads coordinates fast, and then may say less of what is wrong, or slowly.
func readGeoJSON(data []byte, fast, checked bool) ([]Feature, error) {
	r := &reader{data: data, dec: json.NewDecoder(bytes.NewReader(data)), fast: fast, checked: checked}
	r.dec.UseNumber()
	root, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, r.errorf(r.next(), "more than one JSON value")
	}
	return r.root(root)
}

// A reader turns a file into nodes that know where they stand.
type reader struct {
	data []byte
	dec  *json.Decoder
	wide *SyntaxError // in the feature that is read

	fast    bool // coordinates are read as a whole, which is ten times as fast as by their tokens
	checked bool // whether rings cross was checked before
	within  int  // how many members called properties are around what is read
}

// A node is a JSON value: of value, items, members and numbers at most one is set.
type node struct {
	at      int       // offset in the file
	numbers []float64 // of a position that was read as a whole
	value   any       // string, json.Number, bool or nil
	items   []node
	members map[string]node
	kind    string // "array", "object", "string", "number", "true or false" or "null"
}

// A SyntaxError is a fault of a GeoJSON file at its place.
type SyntaxError struct {
	Line, Column int // from 1
	Text         string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Text) }

// errorf returns a SyntaxError at an offset.
func (r *reader) errorf(at int, format string, args ...any) error {
	before := r.data[:min(at, len(r.data))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return &SyntaxError{line, column, fmt.Sprintf(format, args...)}
}

func (r *reader) line(at int) int { return 1 + bytes.Count(r.data[:at], []byte("\n")) }

// next returns the offset of the token to come.
func (r *reader) next() int {
	at := int(r.dec.InputOffset())
	for at < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.data[at]) >= 0 {
		at++
	}
	return at
}

func (r *reader) token() (json.Token, error) {
	at := r.next()
	t, err := r.dec.Token()
	if err == nil {
		return t, nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, r.errorf(len(r.data), "the file ends too early")
	}
	return nil, r.errorf(at, "not JSON: %v", err)
}

func (r *reader) value(depth int) (node, error) {
	n := node{at: r.next()}
	if depth > maxDepth {
		return n, r.errorf(n.at, "nested deeper than %d", maxDepth)
	}
	t, err := r.token()
	if err != nil {
		return n, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return r.array(n, depth)
		}
		return r.object(n, depth)
	case string:
		n.kind, n.value = "string", t
	case json.Number:
		n.kind, n.value = "number", t
	case bool:
		n.kind, n.value = "true or false", t
	default:
		n.kind = "null"
	}
	return n, nil
}

func (r *reader) array(n node, depth int) (node, error) {
	n.kind = "array"
	for r.dec.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return n, err
		}
		n.items = append(n.items, item)
	}
	_, err := r.token()
	return n, err
}

func (r *reader) object(n node, depth int) (node, error) {
	n.kind, n.members = "object", map[string]node{}
	for r.dec.More() {
		at := r.next()
		t, err := r.token()
		if err != nil {
			return n, err
		}
		name, _ := t.(string)
		if _, double := n.members[name]; double {
			return n, r.errorf(at, "member %q: given twice", name)
		}
		if name == "properties" {
			r.within++
		}
		if r.fast && r.within == 0 && name == "coordinates" {
			n.members[name], err = r.coordinates(depth + 1)
		} else {
			n.members[name], err = r.value(depth + 1)
		}
		if err != nil {
			return n, err
		}
		if name == "properties" {
			r.within--
		}
	}
	_, err := r.token()
	return n, err
}

// position is the kind of a node with numbers. Whatever wants an array of arrays refuses it.
const position = "position"

// errSlow says that coordinates are not what is read fast.
var errSlow = errors.New("not arrays of numbers")

// coordinates reads the value to come as a whole: arrays of arrays of numbers.
func (r *reader) coordinates(depth int) (node, error) {
	var raw json.RawMessage
	at := r.next()
	if err := r.dec.Decode(&raw); err != nil { // it is JSON from here on
		return node{}, err
	}
	c := coordinates{text: string(raw), at: at}
	return c.array(depth)
}

// A coordinates reads arrays of numbers in a text that is JSON.
type coordinates struct {
	text string
	at   int // offset of the text in the file
	next int // offset in the text
	slab []float64
}

// token returns the next byte that is not a blank, and its offset.
func (c *coordinates) token() (byte, int) {
	for c.next < len(c.text) {
		b := c.text[c.next]
		c.next++
		if b != ' ' && b != '\t' && b != '\r' && b != '\n' {
			return b, c.next - 1
		}
	}
	return 0, c.next
}

func (c *coordinates) array(depth int) (node, error) {
	b, at := c.token()
	if b != '[' || depth > maxDepth {
		return node{}, errSlow
	}
	n := node{at: c.at + at, kind: "array"}
	first := len(c.slab)
	for {
		switch b, at := c.token(); {
		case b == ']':
			if len(c.slab) > first {
				n.kind, n.numbers = position, c.slab[first:len(c.slab):len(c.slab)]
			}
			return n, nil
		case b == ',':
		case b == '[' && len(c.slab) == first:
			c.next = at
			item, err := c.array(depth + 1)
			if err != nil {
				return n, err
			}
			n.items = append(n.items, item)
			first = len(c.slab)
		case (b == '-' || b >= '0' && b <= '9') && n.items == nil:
			end := at + 1
			for end < len(c.text) && !strings.ContainsRune(" \t\r\n,]", rune(c.text[end])) {
				end++
			}
			x, err := strconv.ParseFloat(c.text[at:end], 64)
			if err != nil {
				return n, errSlow
			}
			c.slab, c.next = append(c.slab, x), end
		default:
			return n, errSlow
		}
	}
}

// plain returns n as encoding/json would with UseNumber.
func (n node) plain() any {
	switch n.kind {
	case "array":
		out := make([]any, len(n.items))
		for i, item := range n.items {
			out[i] = item.plain()
		}
		return out
	case "object":
		out := make(map[string]any, len(n.members))
		for name, member := range n.members {
			out[name] = member.plain()
		}
		return out
	}
	return n.value
}

// member returns a member that must be there and of a kind.
func (r *reader) member(n node, name, kind string) (node, error) {
	m, ok := n.members[name]
	if !ok {
		return m, r.errorf(n.at, "no member %q", name)
	}
	if m.kind != kind {
		return m, r.errorf(m.at, "%s: %s instead of %s", name, m.kind, kind)
	}
	return m, nil
}

func (r *reader) typeOf(n node) (string, error) {
	if n.kind != "object" {
		return "", r.errorf(n.at, "%s instead of a GeoJSON object", n.kind)
	}
	t, err := r.member(n, "type", "string")
	if err != nil {
		return "", err
	}
	return t.value.(string), nil
}

// forbidden lists members that RFC 7946, section 7.1, keeps for other types.
var forbidden = map[string][]string{
	"FeatureCollection": {"coordinates", "geometries", "geometry", "properties"},
	"Feature":           {"coordinates", "geometries", "features"},
	"":                  {"geometry", "properties", "features"},
}

func (r *reader) refuse(n node, kind string) error {
	for _, name := range forbidden[kind] {
		if m, ok := n.members[name]; ok {
			return r.errorf(m.at, "member %q: not in a %s", name, cmp.Or(kind, "geometry"))
		}
	}
	return nil
}

func (r *reader) root(n node) ([]Feature, error) {
	kind, err := r.typeOf(n)
	if err != nil {
		return nil, err
	}
	if err := r.checkCRS(n); err != nil {
		return nil, err
	}
	switch kind {
	case "FeatureCollection":
		return r.features(n)
	case "Feature":
		f, err := r.feature(n)
		return []Feature{f}, err
	}
	f := Feature{Line: r.line(n.at)}
	if err := r.geometry(n, &f); err != nil {
		return nil, err
	}
	f.Wide = r.wide
	return []Feature{f}, nil
}

// checkCRS refuses the member crs of GeoJSON 2008 unless it names CRS 84, which
// is what coordinates are without it.
func (r *reader) checkCRS(n node) error {
	crs, ok := n.members["crs"]
	if !ok || crs.kind == "null" {
		return nil
	}
	name, _ := crs.members["properties"].members["name"].value.(string)
	if name == "urn:ogc:def:crs:OGC:1.3:CRS84" || name == "urn:ogc:def:crs:OGC::CRS84" {
		return nil
	}
	return r.errorf(crs.at, "crs %q: only CRS 84 (longitude and latitude on WGS 84); convert the file", name)
}

func (r *reader) features(n node) ([]Feature, error) {
	if err := r.refuse(n, "FeatureCollection"); err != nil {
		return nil, err
	}
	list, err := r.member(n, "features", "array")
	if err != nil {
		return nil, err
	}
	out := []Feature{}
	for _, item := range list.items {
		kind, err := r.typeOf(item)
		if err != nil {
			return nil, err
		}
		if kind != "Feature" {
			return nil, r.errorf(item.at, "type %q instead of Feature", kind)
		}
		f, err := r.feature(item)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func (r *reader) feature(n node) (Feature, error) {
	f := Feature{Line: r.line(n.at)}
	if err := r.refuse(n, "Feature"); err != nil {
		return f, err
	}
	if p, ok := n.members["properties"]; !ok || p.kind != "object" && p.kind != "null" {
		return f, r.errorf(n.at, "properties: neither an object nor null")
	} else if p.kind == "object" {
		f.Properties = p.plain().(map[string]any)
	}
	g, ok := n.members["geometry"]
	if !ok {
		return f, r.errorf(n.at, "no member \"geometry\"; null would say there is none")
	}
	if g.kind == "null" {
		return f, nil
	}
	err := r.geometry(g, &f)
	f.Wide, r.wide = r.wide, nil
	return f, err
}

// geometry adds the geometry n to f.
func (r *reader) geometry(n node, f *Feature) error {
	kind, err := r.typeOf(n)
	if err != nil {
		return err
	}
	if err := r.refuse(n, ""); err != nil {
		return err
	}
	if kind == "GeometryCollection" {
		list, err := r.member(n, "geometries", "array")
		if err != nil {
			return err
		}
		for _, g := range list.items {
			if err := r.geometry(g, f); err != nil {
				return err
			}
		}
		return nil
	}
	add, ok := map[string]func(node, *Feature) error{
		"Point": r.point, "MultiPoint": r.points, "LineString": r.lineString,
		"MultiLineString": r.lines, "Polygon": r.polygon, "MultiPolygon": r.polygons,
	}[kind]
	if !ok {
		return r.errorf(n.at, "type %q: not a GeoJSON type", kind)
	}
	if c := n.members["coordinates"]; c.kind == position && kind == "Point" {
		return r.point(c, f)
	}
	c, err := r.member(n, "coordinates", "array")
	if err != nil {
		return err
	}
	return add(c, f)
}

// position reads [longitude, latitude] or [longitude, latitude, altitude].
func (r *reader) position(n node) (Point, error) {
	var v [3]float64
	if r.fast {
		if len(n.numbers) < 2 || len(n.numbers) > 3 {
			return Point{}, errSlow
		}
		copy(v[:], n.numbers)
	} else if n.kind != "array" || len(n.items) < 2 || len(n.items) > 3 {
		return Point{}, r.errorf(n.at, "position: not two or three numbers")
	}
	for i, item := range n.items {
		if item.kind != "number" {
			return Point{}, r.errorf(item.at, "position: %s instead of number", item.kind)
		}
		x, err := strconv.ParseFloat(string(item.value.(json.Number)), 64)
		if err != nil {
			return Point{}, r.errorf(item.at, "position: number %s: out of range", item.value)
		}
		v[i] = x
	}
	p, err := PointOf(v[1], v[0])
	if err != nil && math.Abs(v[0]) <= 90 && math.Abs(v[1]) <= 180 {
		return p, r.errorf(n.at, "%v; GeoJSON puts longitude first: are they swapped?", err)
	}
	if err != nil {
		return p, r.errorf(n.at, "%v", err)
	}
	return p, nil
}

func (r *reader) positions(n node) ([]Point, error) {
	if n.kind != "array" {
		return nil, r.errorf(n.at, "%s instead of positions", n.kind)
	}
	out := make([]Point, 0, len(n.items))
	for _, item := range n.items {
		p, err := r.position(item)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (r *reader) point(n node, f *Feature) error {
	p, err := r.position(n)
	f.Points = append(f.Points, p)
	return err
}

func (r *reader) points(n node, f *Feature) error {
	all, err := r.positions(n)
	f.Points = append(f.Points, all...)
	return err
}

func (r *reader) lineString(n node, f *Feature) error {
	line, err := r.positions(n)
	if err != nil {
		return err
	}
	r.wideEdge(n)
	if _, err := (MultiLine{line}).tidy(); err != nil {
		return r.errorf(n.at, "%v", err)
	}
	f.Lines = append(f.Lines, line)
	return nil
}

func (r *reader) lines(n node, f *Feature) error { return r.all(n, f, r.lineString) }

// all adds every item of n to f.
func (r *reader) all(n node, f *Feature, add func(node, *Feature) error) error {
	for _, item := range n.items {
		if item.kind != "array" {
			return r.errorf(item.at, "%s instead of array", item.kind)
		}
		if err := add(item, f); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) polygon(n node, f *Feature) error {
	return r.polygonsOf(n, []node{n}, f)
}

func (r *reader) polygons(n node, f *Feature) error {
	return r.polygonsOf(n, n.items, f)
}

// polygonsOf reads polygons, which stand at n. Where one of their rings is wrong,
// every ring is checked by itself, so that the fault is named where it stands.
func (r *reader) polygonsOf(n node, list []node, f *Feature) error {
	if m, ok := r.outlines(list); ok && !(len(m) > 1 && m.cutAtAntimeridian()) {
		if r.checked {
			f.Polygons = append(f.Polygons, m...)
			return nil
		}
		if s, err := soundOf(m); err == nil {
			f.Polygons = append(f.Polygons, s.flat.shape.clone()...)
			return nil
		}
	}
	var m MultiPolygon
	for _, item := range list {
		if item.kind != "array" {
			return r.errorf(item.at, "%s instead of array", item.kind)
		}
		p, err := r.rings(item)
		if err != nil {
			return err
		}
		m = append(m, p)
	}
	return r.addPolygons(n, m, f)
}

// outlines returns polygons whose rings are closed but not checked; it is not ok
// where something else is wrong with them.
func (r *reader) outlines(list []node) (m MultiPolygon, ok bool) {
	for _, item := range list {
		if item.kind != "array" {
			return nil, false
		}
		var p Polygon
		for _, ring := range item.items {
			all, err := r.closed(ring)
			if err != nil {
				return nil, false
			}
			p = append(p, Ring(all).tidy())
		}
		m = append(m, p)
	}
	return m, true
}

// addPolygons joins polygons that were cut at the antimeridian and checks that
// all fit together.
func (r *reader) addPolygons(n node, m MultiPolygon, f *Feature) error {
	if len(m) == 0 {
		return nil
	}
	if len(m) > 1 && m.cutAtAntimeridian() {
		joined, err := Union(m)
		if err != nil {
			return r.errorf(n.at, "%v", err)
		}
		m = joined
	}
	s, err := soundOf(m)
	if err != nil {
		return r.errorf(n.at, "%v", err)
	}
	f.Polygons = append(f.Polygons, s.flat.shape.clone()...)
	return nil
}

// cutAtAntimeridian reports whether an edge of m runs along 180 degrees.
func (m MultiPolygon) cutAtAntimeridian() bool {
	for _, p := range m {
		for _, ring := range p {
			for i, a := range ring {
				if a.Lon == -half && ring[(i+1)%len(ring)].Lon == -half {
					return true
				}
			}
		}
	}
	return false
}

// rings reads a polygon and checks each of its rings where it stands.
func (r *reader) rings(n node) (Polygon, error) {
	if len(n.items) == 0 {
		return nil, r.errorf(n.at, "polygon without rings")
	}
	var p Polygon
	for _, item := range n.items {
		all, err := r.closed(item)
		if err != nil {
			return nil, err
		}
		ring, line, err := flattenRing(all)
		if err != nil {
			return nil, r.errorf(item.at, "ring: %v", err)
		}
		if at, crosses := selfCrossing(line); crosses {
			return nil, r.errorf(r.nearest(item, at), "ring crosses or touches itself near %v", wrapped(at.y, at.x))
		}
		p = append(p, ring)
	}
	return p, nil
}

// closed reads the positions of a ring, without the last, which equals the first.
func (r *reader) closed(n node) ([]Point, error) {
	all, err := r.positions(n)
	if err != nil {
		return nil, err
	}
	r.wideEdge(n)
	last := len(all) - 1
	if last < 3 {
		return nil, r.errorf(n.at, "ring of %d positions: needs four, the last equal to the first", len(all))
	}
	if all[0] != all[last] {
		return nil, r.errorf(n.items[last].at, "ring not closed: begins at %v, ends at %v", all[0], all[last])
	}
	return all[:last], nil
}

// wideEdge notes the first edge that spans more than 180 degrees as it is written. It is
// asked of the numbers in the file: a longitude of 180 degrees has one name afterwards.
// Either of its two names is that of one meridian, and an edge from it has one meaning.
func (r *reader) wideEdge(n node) {
	for i := 1; i < len(n.items) && r.wide == nil; i++ {
		var lon [2]float64
		for k := range lon {
			if at := n.items[i-1+k]; r.fast {
				lon[k] = at.numbers[0]
			} else {
				lon[k], _ = strconv.ParseFloat(string(at.items[0].value.(json.Number)), 64) // it was read once
			}
		}
		if math.Abs(lon[1]-lon[0]) > 180 && math.Abs(lon[0]) != 180 && math.Abs(lon[1]) != 180 {
			r.wide, _ = r.errorf(n.items[i-1].at, "an edge spans more than 180 degrees, from longitude %v to %v", lon[0], lon[1]).(*SyntaxError)
		}
	}
}

// nearest returns where in the file the position of a ring nearest to at is.
func (r *reader) nearest(ring node, at xy) int {
	best, where := math.Inf(1), ring.at
	for _, item := range ring.items {
		p, err := r.position(item)
		if err != nil {
			continue
		}
		dx, dy := float64(wrapped(0, int64(p.Lon)-at.x).Lon), float64(int64(p.Lat)-at.y)
		if d := norm2(dx, dy); d < best {
			best, where = d, item.at
		}
	}
	return where
}
