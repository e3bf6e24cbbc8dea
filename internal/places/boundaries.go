package places

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/format"
	"github.com/opentruce/truce/internal/gazetteer"
)

// mostBoundaries is how large a file of boundaries may be: it is read whole.
const mostBoundaries = 256 << 20

func (b *builder) boundaries(f File) error {
	in, err := f.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, mostBoundaries+1))
	if err == nil && len(text) > mostBoundaries {
		err = fmt.Errorf("more than %d bytes; take fewer levels, or simplify the outlines", mostBoundaries)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	features, err := geo.ReadGeoJSON(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	if err != nil {
		return fmt.Errorf("%s:%w; correct it in a program for maps (in QGIS: Fix geometries), and add it again", f.Name, err)
	}
	for _, ft := range features {
		where := fmt.Sprintf("%s:%d", f.Name, ft.Line)
		cells := map[string]string{}
		for k, v := range ft.Properties {
			switch v := v.(type) {
			case string:
				cells[k] = strings.TrimSpace(v)
			case json.Number:
				cells[k] = v.String()
			}
		}
		if err := b.region(where, cells, &ft); err != nil {
			return err
		}
	}
	return nil
}

// region adds a feature, or a row that has none.
func (b *builder) region(where string, cells map[string]string, ft *geo.Feature) error {
	chain, err := b.read(cells)
	if err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	if ft != nil && ft.Wide != nil {
		return fmt.Errorf("%s: %s; cut the shape at the antimeridian as RFC 7946, section 3.1.9 says, or add points along the edge", where, ft.Wide.Text)
	}
	if ft != nil {
		chain[len(chain)-1].Shape = ft.Polygons
	}
	for i := range chain {
		if err := b.area(chain[i], where); err != nil {
			return err
		}
	}
	return nil
}

// Columns of administrative levels: ADM2_EN, adm2_name, ADM2_PCODE, admin2Name_ar,
// admin2Pcode, adm2_name1, and in GADM NAME_2 and GID_2.
var (
	ofLevel = regexp.MustCompile(`^(?:adm|admin) ?([0-6])_?(.+)$`)
	gadm    = regexp.MustCompile(`^(name|gid|varname|nl_name|hasc)_([0-6])$`)
	inLang  = regexp.MustCompile(`^(?:name)[_:]([a-z]{2,3}(?:-[a-z0-9]+)*)$`)
)

// read is what the cells of a row say of a region, after the regions that it is a part of.
func (b *builder) read(cells map[string]string) ([]gazetteer.Area, error) {
	if b.o.NameColumn != "" {
		name, ok := cells[b.o.NameColumn]
		if !ok {
			return nil, fmt.Errorf("no column is called %q (--name-column)%s", b.o.NameColumn, columnsOf(cells))
		}
		return []gazetteer.Area{{Name: name, Code: cells[b.o.CodeColumn], Level: max(1, b.o.Level)}}, nil
	}
	low := make(map[string]string, len(cells))
	for k, v := range cells {
		low[strings.ToLower(k)] = v
	}
	if low["shapename"] != "" { // geoBoundaries
		level := 1
		if n, err := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(low["shapetype"]), "ADM")); err == nil && n >= 0 && n <= gazetteer.MostLevel {
			level = n
		}
		return []gazetteer.Area{{Name: low["shapename"], Code: low["shapeiso"], Level: level}}, nil
	}
	if chain := levels(low); chain != nil {
		return chain, nil
	}
	for _, key := range []string{"name", "name_en"} {
		if low[key] == "" {
			continue
		}
		x := gazetteer.Area{Name: low[key], Level: max(1, b.o.Level)}
		for _, code := range []string{"pcode", "code", "iso3166-2", "iso_3166_2", "iso"} {
			if x.Code == "" {
				x.Code = low[code]
			}
		}
		for _, k := range sortedKeys(low) {
			if m := inLang.FindStringSubmatch(k); m != nil && low[k] != "" {
				if m[1] == "en" {
					x.Also = append(x.Also, low[k])
				} else {
					x.Names = append(x.Names, gazetteer.Name{Lang: m[1], Text: low[k]})
				}
			}
		}
		x.Also = append(x.Also, strings.Split(low["alt_name"], ";")...)
		return []gazetteer.Area{x}, nil
	}
	return nil, fmt.Errorf("no column is known to be the name of a region; say which with --name-column and --code-column%s", columnsOf(cells))
}

func columnsOf(cells map[string]string) string {
	keys := sortedKeys(cells)
	if len(keys) > 30 {
		keys = keys[:30]
	}
	return "; there are " + strings.Join(keys, ", ")
}

func sortedKeys(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// levels reads the columns of common operational datasets (COD-AB) and of GADM, in lower
// case: a region for each level that has a name.
func levels(low map[string]string) []gazetteer.Area {
	var of [gazetteer.MostLevel + 1]gazetteer.Area
	for _, k := range sortedKeys(low) {
		v := low[k]
		if v == "" {
			continue
		}
		if m := gadm.FindStringSubmatch(k); m != nil {
			x := &of[m[2][0]-'0']
			switch m[1] {
			case "name":
				x.Name = v
			case "gid":
				x.Code = v
			case "hasc":
				x.Also = append(x.Also, v)
			default:
				x.Also = append(x.Also, strings.Split(v, "|")...)
			}
			continue
		}
		m := ofLevel.FindStringSubmatch(k)
		if m == nil {
			continue
		}
		x, what := &of[m[1][0]-'0'], strings.Trim(strings.TrimPrefix(m[2], "name"), "_ ")
		switch {
		case what == "pcode":
			x.Code = v
		case m[2] == "name", what == "en":
			if x.Name != "" {
				x.Also = append(x.Also, x.Name)
			}
			x.Name = v
		case len(what) == 1 && what[0] >= '1' && what[0] <= '3': // adm1_name1, in the language of lang1
			if lang := low["lang"+what]; len(lang) == 2 {
				x.Names = append(x.Names, gazetteer.Name{Lang: lang, Text: v})
			} else {
				x.Also = append(x.Also, v)
			}
		case len(what) == 2 && what != "id":
			x.Names = append(x.Names, gazetteer.Name{Lang: what, Text: v})
		case strings.HasPrefix(what, "ref"), strings.HasPrefix(what, "alt"):
			x.Also = append(x.Also, v)
		} // the other columns, such as ADM1_AREA, do not name anything
	}
	var chain []gazetteer.Area
	for level := range of {
		x := of[level]
		if x.Name == "" && len(x.Names) > 0 {
			x.Name = x.Names[0].Text
		}
		if x.Name == "" {
			continue
		}
		x.Level = level
		if len(chain) > 0 {
			x.In = chain[len(chain)-1].Code
		}
		chain = append(chain, x)
	}
	// A region above that has no code cannot be told from one of the same name.
	return slices.DeleteFunc(chain, func(x gazetteer.Area) bool { return x.Code == "" && x.Level != chain[len(chain)-1].Level })
}

// header are the cells of a table's first line, in any of three separators.
func header(line string) []string {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(line, "\ufeff")))
	r.Comma = separator(line)
	r.LazyQuotes = true
	cells, _ := r.Read()
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

func separator(line string) rune {
	best := ','
	for _, c := range ";\t" {
		if strings.Count(line, string(c)) > strings.Count(line, string(best)) {
			best = c
		}
	}
	return best
}

// column is the first of the columns that has one of these names.
func column(header []string, names ...string) int {
	for _, n := range names {
		if i := slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(h, n) }); i >= 0 {
			return i
		}
	}
	return -1
}

// positions are the columns of a table of settlements; lat is -1 where it is none.
func positions(header []string) (name, lat, lon int) {
	name, lat, lon = column(header, "name", "name_en", "settlement", "featurename_en", "place", "name_ascii"), column(header, "lat", "latitude", "y"), column(header, "lon", "long", "longitude", "lng", "x")
	if name < 0 || lon < 0 {
		lat = -1
	}
	return name, lat, lon
}

// readsTable reports whether a table has p-codes, or settlements with positions.
func readsTable(header []string) bool {
	if _, lat, _ := positions(header); lat >= 0 {
		return true
	}
	return slices.ContainsFunc(header, func(h string) bool {
		m := ofLevel.FindStringSubmatch(strings.ToLower(h))
		return m != nil && strings.HasSuffix(m[2], "pcode")
	})
}

// table reads the rows of a table of p-codes or settlements, or of a layer with outlines.
func (b *builder) table(f File) error {
	in, err := f.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	defer in.Close()
	name, _, all, err := format.Sniff(in)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	if name == format.Text {
		return b.text(f.Name, all)
	}
	t, err := format.Open(all, name, format.Options{Sheet: b.o.Layer})
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	defer t.Close()
	head := slices.Clone(t.Header())
	if !t.Shaped() && !readsTable(head) {
		return fmt.Errorf("%s: no column of it is known: want p-codes (ADM1_EN, ADM1_PCODE), or name, lat and lon; there are %s", f.Name, strings.Join(head, ", "))
	}
	for {
		r, err := t.Next()
		if err == io.EOF {
			return nil
		}
		where := fmt.Sprintf("%s: row %d", f.Name, r.Number)
		if err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		var ft *geo.Feature
		if r.Geometry != nil {
			list, err := geo.ReadGeoJSON(r.Geometry)
			if err != nil {
				return fmt.Errorf("%s: the outline: %w; correct it in a program for maps (in QGIS: Fix geometries), and add it again", where, err)
			}
			if len(list) == 1 {
				ft = &list[0]
			}
		}
		cells := make([]string, len(head))
		for i, c := range r.Cells[:min(len(head), len(r.Cells))] {
			cells[i] = strings.TrimSpace(string(c))
		}
		if err := b.row(where, head, cells, ft); err != nil {
			return err
		}
	}
}

// text is table for CSV and its kin.
func (b *builder) text(name string, in io.Reader) error {
	all, err := io.ReadAll(io.LimitReader(in, mostBoundaries+1))
	if err == nil && len(all) > mostBoundaries {
		err = fmt.Errorf("more than %d bytes", mostBoundaries)
	}
	if err == nil && !utf8.Valid(all) {
		err = errors.New("not UTF-8; save it as CSV UTF-8")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	s := strings.TrimPrefix(string(all), "\ufeff")
	first, _, _ := strings.Cut(s, "\n")
	r := csv.NewReader(strings.NewReader(s))
	r.Comma = separator(first)
	var head []string
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		line, _ := r.FieldPos(0)
		switch {
		case head == nil:
			head = slices.Clone(cells)
		case format.Tags(cells): // HXL
		default:
			if err := b.row(fmt.Sprintf("%s:%d", name, line), head, cells, nil); err != nil {
				return err
			}
		}
	}
}

// row is a region with or without an outline, or a settlement.
func (b *builder) row(where string, head, cells []string, ft *geo.Feature) error {
	if name, lat, lon := positions(head); lat >= 0 && ft == nil {
		cell := func(i int) string {
			if i < 0 || i >= len(cells) {
				return ""
			}
			return cells[i]
		}
		s := gazetteer.Settlement{Name: cell(name), ID: strings.TrimSuffix(cell(column(head, "pcode", "id", "geonameid", "ppl_pcode")), ".0")}
		for i, h := range head {
			h = strings.ToLower(h)
			if m := inLang.FindStringSubmatch(h); m != nil && cells[i] != "" && i != name && m[1] != "en" && m[1] != "alt" && m[1] != "par" {
				s.Names = append(s.Names, gazetteer.Name{Lang: m[1], Text: cells[i]})
			}
			if slices.Contains([]string{"also", "namealt", "alt_name", "alternatenames", "nameascii"}, h) {
				s.Also = append(s.Also, strings.FieldsFunc(cells[i], func(c rune) bool { return c == '|' || c == ';' || c == ',' })...)
			}
		}
		return b.settlement(where, s, cell(lat), cell(lon), cell(column(head, "population", "pop", "pop_max")))
	}
	row := map[string]string{}
	for i, h := range head {
		row[h] = cells[i]
	}
	return b.region(where, row, ft)
}
