package agreement

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// features reads a GeoJSON file; faults are reported at their own line.
func (r *reader) features(s str) (list []geo.Feature, ok bool) {
	if !fs.ValidPath(s.V) {
		r.d.Errorf(s.Line, s.Col, "bad-path", "keep all files inside the folder", "%q leads out of the agreement's folder", s.V)
		return nil, false
	}
	data, err := r.load(s.V)
	if err != nil {
		r.d.At(s, "no-file", "%s", err)
		return nil, false
	}
	list, err = geo.ReadGeoJSON(data)
	if err != nil {
		p := Problem{File: s.V, Severity: Error, Code: "bad-geometry", Text: err.Error()}
		var at *geo.SyntaxError
		if errors.As(err, &at) {
			p.Line, p.Column, p.Text = at.Line, at.Column, at.Text
		}
		r.probs = append(r.probs, p)
		return nil, false
	}
	for _, f := range list {
		if f.Wide != nil { // it would be what is left of the globe
			r.probs = append(r.probs, Problem{File: s.V, Line: f.Wide.Line, Column: f.Wide.Column, Severity: Error, Code: "wide-edge", Text: f.Wide.Text,
				Hint: "cut the shape at the antimeridian as RFC 7946, section 3.1.9 says, or add points along the edge"})
			ok = true
		}
	}
	return list, !ok
}

func (r *reader) zones(f *file, a *truce.Agreement) {
	for _, z := range f.Zones {
		a.ZoneOrder = append(a.ZoneOrder, z.Key.V)
		zone := &truce.Zone{Name: z.Key.V, File: z.Value.V}
		a.Zones[z.Key.V] = zone
		var shape geo.MultiPolygon
		list, ok := r.features(z.Value)
		if !ok {
			continue
		}
		for _, ft := range list {
			shape = append(shape, ft.Polygons...)
		}
		if len(shape) == 0 {
			r.d.At(z.Value, "no-area", "zone %q: no polygon in %s", z.Key.V, z.Value.V)
			continue
		}
		region, err := geo.NewRegion(shape)
		if err != nil && len(shape) > 1 { // polygons that overlap or share edges
			if u, uerr := geo.Union(shape); uerr == nil {
				shape = u
				region, err = geo.NewRegion(shape)
			}
		}
		if err != nil {
			r.probs = append(r.probs, Problem{File: z.Value.V, Severity: Error, Code: "bad-geometry", Text: err.Error()})
			continue
		}
		zone.Region = region
		r.flat(z.Value, z.Key.V, shape)
	}
}

// flat warns where an edge drawn straight on a flat map would not be where
// the agreement's edge, a geodesic, is.
func (r *reader) flat(s str, name string, shape geo.MultiPolygon) {
	type edge struct {
		a, b  geo.Point
		about float64
	}
	var edges []edge
	for _, poly := range shape {
		for _, ring := range poly {
			for i := range ring {
				if a, b := ring[i], ring[(i+1)%len(ring)]; mayDepart(a, b) {
					edges = append(edges, edge{a, b, departure(a, b)})
				}
			}
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(b.about, a.about) })
	worst := 0.0
	for _, e := range edges {
		if 2*e.about < worst { // the others are not the worst
			break
		}
		worst = max(worst, geo.FlatDeviation(e.a, e.b))
	}
	if worst > 10 {
		r.d.Warn(s, "flat-edge", "add points along the edge, or say in the text that edges are geodesics",
			"zone %q: an edge drawn straight on a flat map departs by up to %s from the geodesic that counts", name, truce.Metres(int64(worst)))
	}
}

// mayDepart is a quick look. Below half of 10 m nobody need compute it.
func mayDepart(a, b geo.Point) bool { return departure(a, b) > 5 }

// departure is about how far the flat edge departs from the geodesic, in metres:
// (e^2/8R) tan(lat), where e is how far the edge goes east or west. Near a pole it
// is infinite: the edge must be measured.
func departure(a, b geo.Point) float64 {
	lat, lon := a.Degrees()
	lat2, lon2 := b.Degrees()
	high := math.Max(math.Abs(lat), math.Abs(lat2)) * math.Pi / 180
	if high > 1.5 {
		return math.Inf(1)
	}
	const degree = 111_320 // metres of longitude at the equator
	east := math.Abs(lon-lon2) * degree * math.Cos(math.Min(math.Abs(lat), math.Abs(lat2))*math.Pi/180)
	return east * east * math.Tan(high) / (8 * 6_371_009)
}

func (r *reader) lines(f *file, a *truce.Agreement) {
	for _, l := range f.Lines {
		line := &truce.Line{Name: l.Key.V, Follows: l.Value.Follows.V == "true"}
		r.d.Word(l.Value.Follows, "true", "false")
		a.Lines[l.Key.V] = line
		s := l.Value.Series
		if !s.Set() {
			r.d.Errorf(l.Value.Pos.Line, l.Value.Pos.Col, "missing-key", "series: lines/contact", "line %q: key \"series\" is missing", l.Key.V)
			continue
		}
		for _, name := range r.series(s) {
			r.lineFile(line, str{V: name, Line: s.Line, Col: s.Col}, a)
		}
		sort.Slice(line.Days, func(i, j int) bool { return line.Days[i].Date < line.Days[j].Date })
		r.fixed(line, l.Value, s)
	}
}

func (r *reader) fixed(line *truce.Line, spec lineSpec, s str) {
	if spec.Fixed.Set() {
		d, err := truce.ParseDate(spec.Fixed.V)
		if err != nil {
			r.d.At(spec.Fixed, "bad-time", "%s", err)
		}
		line.Fixed = d
		if _, ok := line.On(d); !ok && err == nil && len(line.Days) > 0 {
			r.d.Errorf(spec.Fixed.Line, spec.Fixed.Col, "no-line", fmt.Sprintf("the series has %s to %s", line.Days[0].Date, line.Days[len(line.Days)-1].Date),
				"line %q has no file for %s", line.Name, d)
		}
		if line.Follows {
			r.d.At(spec.Fixed, "bad-value", "line %q is both fixed and following", line.Name)
		}
		return
	}
	switch {
	case line.Follows:
	case len(line.Days) == 1:
		line.Fixed = line.Days[0].Date
	case len(line.Days) > 1:
		r.d.Errorf(s.Line, s.Col, "no-line", "add fixed: 2025-08-15 or follows: true", "line %q has %d days; which one counts is not said", line.Name, len(line.Days))
	}
}

// series lists the GeoJSON files of a folder, or the one file.
func (r *reader) series(s str) []string {
	if !fs.ValidPath(s.V) {
		r.d.Errorf(s.Line, s.Col, "bad-path", "keep all files inside the folder", "%q leads out of the agreement's folder", s.V)
		return nil
	}
	info, err := fs.Stat(r.fsys, s.V)
	if err != nil {
		r.d.At(s, "no-file", "%s: no such file or folder", s.V)
		return nil
	}
	if !info.IsDir() {
		return []string{s.V}
	}
	entries, err := fs.ReadDir(r.fsys, s.V)
	if err != nil {
		r.d.At(s, "no-file", "%s: %s", s.V, err)
	}
	var out []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".geojson") {
			out = append(out, path.Join(s.V, e.Name()))
		}
	}
	if len(out) == 0 {
		r.d.At(s, "no-file", "%s: no .geojson file in it", s.V)
	}
	return out
}

// lineFile adds the days of one file: by the features' date, else by the
// file's name.
func (r *reader) lineFile(line *truce.Line, s str, a *truce.Agreement) {
	bad := func(format string, args ...any) {
		r.probs = append(r.probs, Problem{File: s.V, Severity: Error, Code: "bad-line-file", Text: fmt.Sprintf(format, args...)})
	}
	lines := map[truce.Date]geo.MultiLine{}
	control := map[truce.Date]map[truce.PartyID]geo.MultiPolygon{}
	list, _ := r.features(s)
	for i, ft := range list {
		text, _ := ft.Properties["date"].(string)
		if text == "" {
			text = strings.TrimSuffix(path.Base(s.V), ".geojson")
		}
		d, err := truce.ParseDate(text)
		if err != nil {
			bad("feature %d: %s; give a date property or name the file by its day", i+1, err)
			continue
		}
		if control[d] == nil {
			control[d] = map[truce.PartyID]geo.MultiPolygon{}
		}
		switch kind, _ := ft.Properties["kind"].(string); kind {
		case "line-of-contact":
			lines[d] = append(lines[d], ft.Lines...)
		case "control":
			p, _ := ft.Properties["party"].(string)
			if !a.HasParty(truce.PartyID(p)) {
				bad("feature %d: control by %q, who is not a party", i+1, p)
				continue
			}
			control[d][truce.PartyID(p)] = append(control[d][truce.PartyID(p)], ft.Polygons...)
		default:
			bad("feature %d: kind %q; want control or line-of-contact", i+1, kind)
		}
	}
	var dates []string
	for d := range control {
		dates = append(dates, string(d))
	}
	sort.Strings(dates)
	for _, text := range dates {
		d := truce.Date(text)
		day := truce.LineDay{Date: d, Control: map[truce.PartyID]*geo.Region{}}
		var err error
		if len(lines[d]) > 0 {
			if day.Path, err = geo.NewPath(lines[d]); err != nil {
				bad("%s: %s", d, err)
			}
		}
		for _, p := range a.PartyIDs() {
			if shape := control[d][p]; len(shape) > 0 {
				if day.Control[p], err = geo.NewRegion(shape); err != nil {
					bad("%s: control of %s: %s", d, p, err)
				}
			}
		}
		if _, dup := line.On(d); dup {
			bad("%s stands in another file of the series too", d)
			continue
		}
		line.Days = append(line.Days, day)
	}
}

var objectColumns = []string{"id", "name", "class", "lat", "lon", "buffer_m"}

// objects reads id,name,class,lat,lon,buffer_m. Rows that are wrong are
// reported; the others are kept.
func (r *reader) objects(s str) []truce.Object {
	if !fs.ValidPath(s.V) {
		r.d.Errorf(s.Line, s.Col, "bad-path", "keep all files inside the folder", "%q leads out of the agreement's folder", s.V)
		return nil
	}
	data, err := r.load(s.V)
	if err != nil {
		r.d.At(s, "no-file", "%s", err)
		return nil
	}
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	bad := func(line, col int, format string, args ...any) {
		r.probs = append(r.probs, Problem{File: s.V, Line: line, Column: col, Severity: Error, Code: "bad-object", Text: fmt.Sprintf(format, args...)})
	}
	head, err := c.Read()
	if err != nil || strings.Join(head, ",") != strings.Join(objectColumns, ",") {
		bad(1, 1, "columns must be %s", strings.Join(objectColumns, ","))
		return nil
	}
	var out []truce.Object
	seen := map[string]int{}
	for {
		row, err := c.Read()
		if err == io.EOF {
			return out
		}
		var pe *csv.ParseError
		if errors.As(err, &pe) && !errors.Is(err, csv.ErrFieldCount) {
			bad(pe.Line, pe.Column, "%s", pe.Err)
			return out
		}
		line, _ := c.FieldPos(0)
		if err != nil {
			bad(line, 1, "%d columns, want %d", len(row), len(objectColumns))
			continue
		}
		o, at, err := object(row)
		if err != nil {
			_, col := c.FieldPos(at)
			bad(line, col, "%s", err)
			continue
		}
		if first, dup := seen[o.ID]; dup {
			bad(line, 1, "object %q stands twice; first at line %d", o.ID, first)
			continue
		}
		seen[o.ID] = line
		out = append(out, o)
	}
}

func object(row []string) (o truce.Object, at int, err error) {
	for i := range row { // blanks at the ends would make another ID
		row[i] = strings.TrimSpace(row[i])
	}
	o = truce.Object{ID: row[0], Name: row[1], Class: row[2]}
	if o.ID == "" {
		return o, 0, errors.New("id is empty")
	}
	if o.Point, err = position(row[3], row[4]); err != nil {
		return o, 3, err
	}
	n, err := strconv.ParseInt(row[5], 10, 32)
	if err != nil || n < 0 {
		return o, 5, fmt.Errorf("buffer_m %q: want whole metres", row[5])
	}
	o.BufferM = int32(n)
	return o, 0, nil
}

// position reads degrees as tables write them, 48.05 and -1.5, or with the
// letter of the hemisphere.
func position(lat, lon string) (geo.Point, error) {
	if lon == "" && geo.LooksLikeMGRS(lat) { // a grid reference stands in the first
		p, _, err := geo.ParseMGRS(lat)
		return p, err
	}
	signed := func(s, plus, minus string) string {
		if strings.ContainsAny(s, "NSEWnsew") {
			return s
		}
		if rest, ok := strings.CutPrefix(s, "-"); ok {
			return rest + minus
		}
		return s + plus
	}
	return geo.ParseLatLon(signed(lat, "N", "S"), signed(lon, "E", "W"))
}
