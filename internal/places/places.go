// Package places answers: how do the files of a publisher become a package of places?
//
// It reads GeoNames (the dump of a country, and alternate names), administrative
// boundaries (GeoJSON, GeoPackage), tables of p-codes, and tables of settlements with
// positions. What decides where something was is read strictly: a fault in boundaries or
// codes ends it. One bad settlement of many is left out and counted.
package places

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/format"
	"github.com/opentruce/truce/internal/gazetteer"
)

// Options say what files do not.
type Options struct {
	Name                   string // of the package
	Manifest               gazetteer.Manifest
	NameColumn, CodeColumn string // of boundaries whose columns are not known here
	Level                  int    // of such boundaries; 0: 1
	Layer                  string // of a GeoPackage or a workbook with several
	Population             int32  // settlements with fewer people, or of unknown size, are left out
}

// A File is one to read. Name is how people know it.
type File struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// A Result is a package and what people should know of how it was made.
type Result struct {
	Package *gazetteer.Package
	Notes   []string
}

// mostTold is how many rows that were left out are told.
const mostTold = 3

// Make makes a package of files. The order of the files does not matter.
func Make(files []File, o Options) (*Result, error) {
	if err := gazetteer.CheckName(o.Name); err != nil {
		return nil, err
	}
	b := &builder{o: o, p: &gazetteer.Package{Name: o.Name, Manifest: o.Manifest}, codes: map[string]*gazetteer.Area{}, ids: map[string]int{}, left: map[string]int{}}
	kinds := map[string][]File{}
	for _, f := range files {
		kind, why, err := kindOf(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if kind == "" {
			if len(files) == 1 {
				return nil, fmt.Errorf("%s: %s", f.Name, why)
			}
			b.note("%s was not read: %s", f.Name, why)
		}
		kinds[kind] = append(kinds[kind], f)
	}
	for _, k := range []struct {
		kind string
		read func(File) error
	}{{"boundaries", b.boundaries}, {"layer", b.table}, {"table", b.table}, {"geonames", b.geonames}, {"names", b.alternates}} {
		for _, f := range kinds[k.kind] {
			if err := k.read(f); err != nil {
				return nil, err
			}
		}
	}
	return b.finish()
}

type builder struct {
	o     Options
	p     *gazetteer.Package
	areas []*gazetteer.Area
	codes map[string]*gazetteer.Area
	ids   map[string]int // of a settlement, to its place in the list
	left  map[string]int // rows that were left out, by why
	notes []string
	names int // of GeoNames' table that were used
}

func (b *builder) note(format string, args ...any) {
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

// leave counts a row that is left out, and tells the first ones.
func (b *builder) leave(why, format string, args ...any) {
	if b.left[why]++; b.left[why] <= mostTold && format != "" {
		b.note("left out: "+format, args...)
	}
}

// kindOf says what a file is, or why it is not read.
func kindOf(f File) (kind, why string, err error) {
	in, err := f.Open()
	if err != nil {
		return "", "", err
	}
	defer in.Close()
	name, advice, all, err := format.Sniff(in)
	if err != nil {
		return "", "", err
	}
	if c, ok := all.(io.Closer); ok {
		defer c.Close()
	}
	switch name {
	case format.GeoJSON:
		return "boundaries", "", nil
	case format.GeoPackage:
		return "layer", "", nil
	case format.XLSX, format.ODS, format.Parquet:
		return "table", "", nil
	case format.Text:
		head := make([]byte, 64<<10)
		n, err := io.ReadFull(all, head)
		if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
			return "", "", err
		}
		first, _, _ := strings.Cut(string(head[:n]), "\n")
		cells := strings.Split(strings.TrimRight(first, "\r"), "\t")
		switch {
		case len(cells) == geonamesColumns && whole(cells[0]):
			return "geonames", "", nil
		case len(cells) >= 4 && len(cells) <= 10 && whole(cells[0]) && whole(cells[1]):
			return "names", "", nil
		case readsTable(header(first)):
			return "table", "", nil
		}
		advice = fmt.Sprintf("its first line is %.80q", first)
	case "":
	default:
		advice = "it is a file of the format " + name
	}
	return "", advice + "; want a country of GeoNames (19 columns with tabs) or its alternate names, boundaries in GeoJSON or GeoPackage, a table with p-codes, or a table with name, lat and lon", nil
}

// OnlyGeoNames reports whether all files are of GeoNames, whose licence is known.
func OnlyGeoNames(files []File) (bool, error) {
	for _, f := range files {
		kind, _, err := kindOf(f)
		if err != nil {
			return false, fmt.Errorf("%s: %w", f.Name, err)
		}
		if kind != "geonames" && kind != "names" {
			return false, nil
		}
	}
	return true, nil
}

func whole(s string) bool {
	return s != "" && len(s) < 12 && strings.Trim(s, "0123456789") == ""
}

// area adds what one row says of a region: a region of a code is one, and what is known of
// it is put together.
func (b *builder) area(x gazetteer.Area, where string) error {
	old := b.codes[strings.ToUpper(x.Code)]
	if x.Code == "" || old == nil {
		if err := gazetteer.CheckText(x.Name, 200); err != nil {
			return fmt.Errorf("%s: the name of a region: %w", where, err)
		}
		n := &x
		b.areas = append(b.areas, n)
		if x.Code != "" {
			b.codes[strings.ToUpper(x.Code)] = n
		}
		return nil
	}
	if old.Level != x.Level {
		return fmt.Errorf("%s: the code %s is of level %d here, and of level %d before", where, x.Code, x.Level, old.Level)
	}
	if x.Shape != nil && old.Shape != nil {
		return fmt.Errorf("%s: a second outline for the code %s (%s); join the two in one MultiPolygon", where, x.Code, old.Name)
	}
	if x.Shape != nil {
		old.Shape = x.Shape
	}
	old.In = cmp.Or(old.In, x.In)
	for _, n := range x.Names {
		if !slices.ContainsFunc(old.Names, func(m gazetteer.Name) bool { return m.Lang == n.Lang }) {
			old.Names = append(old.Names, n)
		}
	}
	old.Also = append(old.Also, x.Also...)
	if x.Name != old.Name {
		old.Also = append(old.Also, x.Name)
	}
	return nil
}

// finish puts the package together.
func (b *builder) finish() (*Result, error) {
	if len(b.areas)+len(b.p.Settlements) == 0 {
		return nil, errors.New("no region and no settlement was found in these files")
	}
	slices.SortStableFunc(b.areas, func(x, y *gazetteer.Area) int { return cmp.Compare(x.Level, y.Level) })
	if err := b.nameRegions(); err != nil {
		return nil, err
	}
	joined, bare := 0, 0
	for _, x := range b.areas {
		x.Also, x.Names = b.tidy(x.Name, x.Names, x.Also)
		if parent := b.codes[strings.ToUpper(x.In)]; parent == nil || parent.Level >= x.Level {
			x.In = ""
		} else {
			x.In = parent.Code
		}
		if x.Shape == nil {
			bare++
		} else if _, err := geo.NewRegion(x.Shape); err != nil {
			if u, uerr := geo.Union(x.Shape); uerr == nil { // polygons that overlap or share edges
				x.Shape = u
				joined++
				_, err = geo.NewRegion(u)
			}
			if err != nil {
				return nil, fmt.Errorf("the outline of %s (%s): %w; correct it in a program for maps (in QGIS: Fix geometries), and add it again", x.Name, x.Code, err)
			}
		}
		b.p.Regions = append(b.p.Regions, *x)
	}
	switch {
	case joined == 1:
		b.note("the polygons of 1 region overlapped or shared edges, and were united")
	case joined > 1:
		b.note("the polygons of %d regions overlapped or shared edges, and were united", joined)
	}
	switch {
	case bare == 1:
		b.note("1 region has no outline: its code is understood as the region around it that has one")
	case bare > 1:
		b.note("%d regions have no outline: their codes are understood as the region around them that has one", bare)
	}
	for i := range b.p.Settlements {
		s := &b.p.Settlements[i]
		s.Also, s.Names = b.tidy(s.Name, s.Names, s.Also)
	}
	for _, why := range sorted(b.left) {
		if n := b.left[why]; why != "" {
			b.note("left out, %d: %s", n, why)
		}
	}
	return &Result{b.p, b.notes}, nil
}

// nameRegions gives each region a name of its own. Of regions of one name, the one that
// holds all others keeps it; the rest are called by the region above them too, and if that
// is not enough by their code. All are still found by the name alone, which may then be
// ambiguous.
func (b *builder) nameRegions() error {
	same := map[string][]*gazetteer.Area{}
	for _, x := range b.areas {
		same[gazetteer.Fold(x.Name)] = append(same[gazetteer.Fold(x.Name)], x)
	}
	plain := map[*gazetteer.Area]string{}
	for _, x := range b.areas {
		plain[x] = x.Name
	}
	taken := map[string]bool{}
	for _, x := range b.areas {
		var tries []string
		if !slices.ContainsFunc(same[gazetteer.Fold(plain[x])], func(y *gazetteer.Area) bool { return !b.within(y, x) }) {
			tries = append(tries, plain[x])
		}
		if p := b.codes[strings.ToUpper(x.In)]; p != nil {
			tries = append(tries, plain[x]+" ("+plain[p]+")")
		}
		if x.Code != "" {
			tries = append(tries, plain[x]+" ("+x.Code+")")
		}
		at := slices.IndexFunc(tries, func(s string) bool { return !taken[gazetteer.Fold(s)] })
		if at < 0 {
			return fmt.Errorf("two regions are named %s, and nothing else tells them apart; give them codes", plain[x])
		}
		x.Name = tries[at]
		taken[gazetteer.Fold(x.Name)] = true
		if x.Name != plain[x] {
			x.Also = append(x.Also, plain[x])
		}
	}
	return nil
}

// within reports whether x is y, or a part of it.
func (b *builder) within(x, y *gazetteer.Area) bool {
	for x != nil && x != y && x.Level > y.Level {
		up := b.codes[strings.ToUpper(x.In)]
		if up == nil || up.Level >= x.Level {
			return false
		}
		x = up
	}
	return x == y
}

// tidy takes out names that are not fit to be printed, those that are there already, and
// what is too much.
func (b *builder) tidy(name string, names []gazetteer.Name, also []string) ([]string, []gazetteer.Name) {
	has := map[string]bool{name: true}
	var kept []gazetteer.Name
	for _, n := range names {
		if gazetteer.IsLanguage(n.Lang) && gazetteer.CheckText(n.Text, 200) == nil && len(kept) < gazetteer.MostNames && !slices.ContainsFunc(kept, func(m gazetteer.Name) bool { return m.Lang == n.Lang }) {
			kept = append(kept, n)
			has[n.Text] = true
		}
	}
	slices.SortFunc(kept, func(x, y gazetteer.Name) int { return strings.Compare(x.Lang, y.Lang) })
	var more []string
	for _, n := range also {
		switch {
		case has[n] || n == "":
		case gazetteer.CheckText(n, 200) != nil || strings.Contains(n, "://"):
			b.leave("names with characters that cannot be printed, or too long", "")
		case len(more) == gazetteer.MostNames:
			b.leave(fmt.Sprintf("names of places that have more than %d", gazetteer.MostNames), "")
		default:
			more = append(more, n)
		}
		has[n] = true
	}
	return more, kept
}

func sorted(m map[string]int) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
