package format

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// elements are the rows of a document whose rows are XML elements.
type elements struct {
	file   *file
	dec    *xml.Decoder
	header []string
	names  []string                      // of the elements that are rows
	make   func(*node) (rowFields, bool) // false: it is not a row
	queue  []rowFields
	n      int
	cells  [][]byte
	buf    bytes.Buffer
	folds  folders

	described []string // columns that are fields inside descriptions
}

// folders are the names of the folders of a map that are open: people sort what they mark into
// layers, which may say what it is.
type folders struct{ names []string }

// Folder is the column with the name of the folder of a placemark.
const Folder = "folder"

// see notes the beginning, the name and the end of folders.
func (f *folders) see(dec *xml.Decoder, t xml.Token) error {
	switch e := t.(type) {
	case xml.StartElement:
		switch {
		case e.Name.Local == "Folder":
			f.names = append(f.names, "")
		case e.Name.Local == "name" && len(f.names) > 0 && f.names[len(f.names)-1] == "":
			n, err := element(dec, e.Copy())
			if err != nil {
				return err
			}
			f.names[len(f.names)-1] = strings.TrimSpace(n.text.String())
		}
	case xml.EndElement:
		if e.Name.Local == "Folder" && len(f.names) > 0 {
			f.names = f.names[:len(f.names)-1]
		}
	}
	return nil
}

// mark gives a row its folder, unless its publisher has a column of that name.
func (f *folders) mark(r *rowFields) {
	if in := f.in(); in != "" && r.cells != nil && r.cells[Folder] == "" {
		r.cells[Folder] = in
	}
}

// in is the innermost folder that has a name.
func (f *folders) in() string {
	for i := len(f.names) - 1; i >= 0; i-- {
		if f.names[i] != "" {
			return f.names[i]
		}
	}
	return ""
}

// rowFields are the cells of a row by their names, and its geometry.
type rowFields struct {
	cells    map[string]string
	inText   []described // fields inside its description
	geometry []byte
	fault    *Fault
}

func (e *elements) Header() []string { return e.header }
func (e *elements) Shaped() bool     { return true }
func (e *elements) Close() error     { return e.file.Close() }

func (e *elements) Next() (Row, error) {
	for len(e.queue) == 0 {
		t, err := next(e.dec)
		if err != nil {
			return Row{}, err
		}
		start, ok := t.(xml.StartElement)
		if !ok || !slices.Contains(e.names, start.Name.Local) {
			if err := e.folds.see(e.dec, t); err != nil {
				return Row{}, err
			}
			continue
		}
		n, err := element(e.dec, start.Copy())
		if err != nil {
			return Row{}, err
		}
		if r, ok := e.make(n); ok {
			e.folds.mark(&r)
			e.queue = append(e.queue, r)
		}
	}
	r := e.queue[0]
	e.queue = e.queue[1:]
	e.n++
	e.cells = e.cells[:0]
	for _, h := range e.header {
		c, own := r.cells[h]
		if !own && slices.Contains(e.described, h) {
			if i := slices.IndexFunc(r.inText, func(d described) bool { return d.name == h }); i >= 0 {
				c = r.inText[i].value
			}
		}
		if len(c) > mostCell && r.fault == nil {
			r.fault = &Fault{Why: fmt.Sprintf("%s is longer than %d bytes", h, mostCell)}
		}
		e.cells = append(e.cells, []byte(c))
	}
	out := Row{Cells: e.cells, Geometry: r.geometry, Number: e.n, Raw: raw(&e.buf, e.cells)}
	if r.fault != nil {
		return out, r.fault
	}
	return out, nil
}

// openKML reads the placemarks of a map (OGC 12-007r2). Links to other maps are not
// followed. The columns are a placemark's own fields and the names of its extended
// data.
func openKML(f *file, _ Options) (Table, error) {
	return openElements(f, []string{"Placemark"}, []string{"id", "name", "description", "when", "begin", "end"}, placemark)
}

// openElements finds the names of all columns first: each row may have its own.
func openElements(f *file, rows, own []string, cells func(*node) (rowFields, bool)) (Table, error) {
	e := &elements{file: f, names: rows, header: own, make: cells, dec: decoder(buffered(f))}
	known := map[string]bool{}
	for _, name := range own {
		known[name] = true
	}
	found, texts := map[string]int{}, 0 // fields inside descriptions, and rows that have some
	var inOrder []string
	for {
		t, err := next(e.dec)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		start, ok := t.(xml.StartElement)
		if !ok || !slices.Contains(rows, start.Name.Local) {
			if err := e.folds.see(e.dec, t); err != nil {
				return nil, err
			}
			continue
		}
		n, err := element(e.dec, start.Copy())
		if err != nil {
			return nil, err
		}
		r, _ := cells(n)
		e.folds.mark(&r)
		if len(r.inText) > 0 {
			texts++
		}
		for _, d := range r.inText {
			if found[d.name] == 0 && len(inOrder) >= mostColumns { // no file of a person has so many
				continue
			}
			if found[d.name]++; found[d.name] == 1 {
				inOrder = append(inOrder, d.name)
			}
		}
		for _, name := range sortedKeys(r.cells) {
			if known[name] {
				continue
			}
			known[name] = true
			if e.header = append(e.header, name); len(e.header) > mostColumns {
				return nil, fmt.Errorf("more than %d columns", mostColumns)
			}
		}
	}
	for _, name := range inOrder {
		if !known[name] && found[name]*fewestOfTables >= texts && len(e.described) < mostFields && len(e.header) < mostColumns {
			e.header, e.described = append(e.header, name), append(e.described, name)
		}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	e.dec, e.folds = decoder(buffered(f)), folders{}
	return e, nil
}

func sortedKeys(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func placemark(n *node) (rowFields, bool) {
	r := rowFields{cells: map[string]string{"id": n.attribute("id"), "name": n.child("name"), "description": n.child("description")}}
	for _, c := range n.children {
		switch c.name {
		case "TimeStamp":
			r.cells["when"] = c.child("when")
		case "TimeSpan":
			r.cells["begin"], r.cells["end"] = c.child("begin"), c.child("end")
		case "ExtendedData":
			for _, d := range c.all("Data") {
				r.cells[d.attribute("name")] = d.child("value")
			}
			for _, d := range c.all("SimpleData") {
				r.cells[d.attribute("name")] = strings.TrimSpace(d.text.String())
			}
		case "Point", "LineString", "LinearRing", "Polygon", "MultiGeometry":
			var err error
			if r.geometry, err = kmlGeometry(c); err != nil {
				r.fault = &Fault{Why: "geometry: " + err.Error()}
			}
		}
	}
	delete(r.cells, "")
	r.inText = fieldsIn(r.cells["description"])
	return r, true
}

// kmlGeometry is a geometry of KML as GeoJSON.
func kmlGeometry(n *node) ([]byte, error) {
	if n.name != "MultiGeometry" {
		kind, text, err := kmlShape(n)
		if err != nil {
			return nil, err
		}
		return []byte(`{"type":"` + kind + `","coordinates":` + text + `}`), nil
	}
	kind := ""
	var parts []string
	for _, c := range n.children {
		if !slices.Contains([]string{"Point", "LineString", "LinearRing", "Polygon"}, c.name) {
			return nil, fmt.Errorf("a %s in a MultiGeometry is not read", c.name)
		}
		k, text, err := kmlShape(c)
		switch {
		case err != nil:
			return nil, err
		case kind != "" && k != kind:
			return nil, errors.New("points, lines and areas are mixed in one geometry")
		}
		kind = k
		parts = append(parts, text)
	}
	if kind == "" {
		return nil, errors.New("it is empty")
	}
	return []byte(`{"type":"Multi` + kind + `","coordinates":[` + strings.Join(parts, ",") + `]}`), nil
}

func kmlShape(n *node) (kind, text string, err error) {
	line := func(n *node) (string, int, error) {
		return positions(strings.Fields(n.child("coordinates")), ",", false)
	}
	switch n.name {
	case "Point":
		text, count, err := line(n)
		if err == nil && count != 1 {
			err = errors.New("want one position")
		}
		return "Point", strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"), err
	case "LineString", "LinearRing":
		text, count, err := line(n)
		if err == nil && count < 2 {
			err = errors.New("a line of one position")
		}
		return "LineString", text, err
	}
	var rings []string
	for _, side := range []string{"outerBoundaryIs", "innerBoundaryIs"} {
		for _, b := range n.all(side) {
			for _, ring := range b.all("LinearRing") {
				text, _, err := line(ring)
				if err != nil {
					return "", "", err
				}
				rings = append(rings, text)
			}
		}
	}
	if len(rings) == 0 {
		return "", "", errors.New("an area without an edge")
	}
	return "Polygon", "[" + strings.Join(rings, ",") + "]", nil
}

// positions writes positions, each a text with the numbers separated, as a list of GeoJSON.
func positions(list []string, separator string, latFirst bool) (string, int, error) {
	var b strings.Builder
	b.WriteByte('[')
	for i, p := range list {
		parts := strings.Split(p, separator)
		if len(parts) < 2 || len(parts) > 3 {
			return "", 0, fmt.Errorf("%q is not a position", clipped(p))
		}
		if latFirst {
			parts[0], parts[1] = parts[1], parts[0]
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('[')
		for k, s := range parts[:2] {
			v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				return "", 0, fmt.Errorf("%q is not a position", clipped(p))
			}
			if k > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.FormatFloat(v, 'f', -1, 64))
		}
		b.WriteByte(']')
	}
	b.WriteByte(']')
	return b.String(), len(list), nil
}

func clipped(s string) string { return s[:min(len(s), 60)] }

// openGPX reads the waypoints and tracks of a receiver (GPX 1.1). A waypoint is a row with a
// point; each segment of a track, and each route, is one with a line, from time to end.
func openGPX(f *file, _ Options) (Table, error) {
	return openElements(f, []string{"wpt", "trkseg", "rte"}, []string{"kind", "name", "time", "end", "lat", "lon", "ele", "sym", "type", "cmt", "desc"}, waypoint)
}

func waypoint(n *node) (rowFields, bool) {
	r := rowFields{cells: map[string]string{"kind": "waypoint"}}
	for _, name := range []string{"name", "time", "ele", "sym", "type", "cmt", "desc"} {
		r.cells[name] = n.child(name)
	}
	for _, c := range n.children {
		if c.name != "extensions" {
			continue
		}
		for _, x := range c.children {
			if _, ok := r.cells[x.name]; !ok && len(x.children) == 0 {
				r.cells[x.name] = strings.TrimSpace(x.text.String())
			}
		}
	}
	position := func(n *node) string { return n.attribute("lon") + "," + n.attribute("lat") }
	if n.name == "wpt" {
		r.cells["lat"], r.cells["lon"] = n.attribute("lat"), n.attribute("lon")
		text, _, err := positions([]string{position(n)}, ",", false)
		if err != nil {
			r.fault = &Fault{Why: err.Error()}
			return r, true
		}
		r.geometry = []byte(`{"type":"Point","coordinates":` + text[1:len(text)-1] + `}`)
		return r, true
	}
	r.cells["kind"] = map[string]string{"trkseg": "track", "rte": "route"}[n.name]
	points := append(n.all("trkpt"), n.all("rtept")...)
	if len(points) < 2 {
		return r, false
	}
	list := make([]string, len(points))
	for i, p := range points {
		list[i] = position(p)
	}
	r.cells["time"], r.cells["end"] = points[0].child("time"), points[len(points)-1].child("time")
	text, _, err := positions(list, ",", false)
	if err != nil {
		r.fault = &Fault{Why: err.Error()}
		return r, true
	}
	r.geometry = []byte(`{"type":"LineString","coordinates":` + text + `}`)
	return r, true
}

// openFeed reads the items of a feed: RSS 2.0, RSS 1.0 or Atom (RFC 4287), with the
// positions of GeoRSS or of the W3C's geo names where it has them.
func openFeed(f *file, _ Options) (Table, error) {
	return &elements{file: f, dec: decoder(buffered(f)), names: []string{"item", "entry"}, make: item,
		header: []string{"id", "title", "link", "published", "updated", "summary", "author", "category", "lat", "lon"}}, nil
}

func item(n *node) (rowFields, bool) {
	first := func(names ...string) string {
		for _, name := range names {
			if s := n.child(name); s != "" {
				return s
			}
		}
		return ""
	}
	r := rowFields{cells: map[string]string{"id": first("guid", "id"), "title": first("title"), "link": first("link"), "published": first("pubDate", "published", "date"),
		"updated": first("updated", "modified"), "summary": first("description", "summary", "content", "encoded")}}
	var categories []string
	for _, c := range n.children {
		switch c.name {
		case "link":
			if href := c.attribute("href"); href != "" && (r.cells["link"] == "" || c.attribute("rel") == "alternate") {
				r.cells["link"] = href
			}
		case "author", "creator":
			if r.cells["author"] = c.child("name"); r.cells["author"] == "" {
				r.cells["author"] = strings.TrimSpace(c.text.String())
			}
		case "category":
			if s := c.attribute("term"); s != "" {
				categories = append(categories, s)
			} else {
				categories = append(categories, strings.TrimSpace(c.text.String()))
			}
		}
	}
	r.cells["category"] = strings.Join(categories, "; ")
	lat, lon := "", ""
	for _, p := range append(n.all("point"), n.all("pos")...) {
		if both := strings.Fields(strings.ReplaceAll(p.text.String(), ",", " ")); len(both) == 2 {
			lat, lon = both[0], both[1]
		}
	}
	if p := n.all("Point"); lat == "" && len(p) > 0 {
		lat, lon = p[0].child("lat"), p[0].child("long")
	}
	if lat == "" {
		lat, lon = n.child("lat"), n.child("long")
	}
	if lat == "" {
		return r, true
	}
	r.cells["lat"], r.cells["lon"] = lat, lon
	text, _, err := positions([]string{lon + " " + lat}, " ", false)
	if err != nil {
		r.fault = &Fault{Why: err.Error()}
		return r, true
	}
	r.geometry = []byte(`{"type":"Point","coordinates":` + text[1:len(text)-1] + `}`)
	return r, true
}
