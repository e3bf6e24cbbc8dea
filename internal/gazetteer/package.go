package gazetteer

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/opentruce/truce/geo"
)

// A Package is a folder of regions and settlements, of one country or several:
// package.json is its Manifest, regions.geojson and settlements.tsv are its data, of which
// one may be missing. Either may be compressed, with .gz behind its name. doc/places.md
// describes them.
type Package struct {
	Name string // of the folder
	Manifest
	Regions     []Area
	Settlements []Settlement
}

// A Manifest says where a package comes from.
type Manifest struct {
	Title       string `json:"title"`
	License     string `json:"license"`
	Attribution string `json:"attribution"`
	Source      string `json:"source,omitempty"` // where the data was published
	Date        string `json:"date,omitempty"`   // of the data, 2006-01-02
}

// An Area is a country (level 0), a division of it (1), a division of that (2), and so on.
type Area struct {
	Name  string           // unique in all packages of an agreement; the one that is printed
	Code  string           // a p-code or a code of ISO 3166; "": none
	Level int              // from 0 to MostLevel
	In    string           // the Code of the region of a lower level that it is a part of
	Names []Name           // current names in other languages
	Also  []string         // other spellings and former names: understood, and not printed
	Shape geo.MultiPolygon // nil: no outline is known
}

// A Settlement is a place with a centre.
type Settlement struct {
	ID         string // of the publisher; "": none
	Name       string // its current name
	Point      geo.Point
	Population int32 // 0: not stated
	Names      []Name
	Also       []string
}

// A Name is a current name in a language.
type Name struct{ Lang, Text string }

// Limits of a package. The largest country of GeoNames has about 100,000 settlements.
const (
	MostLevel       = 6
	mostData        = 64 << 20 // bytes of a file, unpacked
	mostRegions     = 50_000
	mostSettlements = 400_000
	MostNames       = 500 // of a place, of each sort
	mostName        = 200 // characters
	mostFaults      = 20  // that are told
)

// A Fault is one thing that is wrong with a package.
type Fault struct {
	File         string // in the package's folder
	Line, Column int    // from 1; 0: not known
	Text, Hint   string
}

func (f Fault) Error() string {
	s := f.File
	if f.Line > 0 {
		s += fmt.Sprintf(":%d", f.Line)
		if f.Column > 0 {
			s += fmt.Sprintf(":%d", f.Column)
		}
	}
	s += ": " + f.Text
	if f.Hint != "" {
		s += "; " + f.Hint
	}
	return s
}

var nameOfPackage = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// CheckName says what is wrong with a package's name, which is that of a folder.
func CheckName(s string) error {
	if !nameOfPackage.MatchString(s) {
		return fmt.Errorf("%q is not a name of a package: want lower-case letters, digits and hyphens, such as yemen-cod", s)
	}
	return nil
}

// Files that a package may have.
const (
	ManifestFile    = "package.json"
	RegionsFile     = "regions.geojson"
	SettlementsFile = "settlements.tsv"
)

// Load reads a package; file gives the bytes of one of its files, and an error that is
// fs.ErrNotExist where there is none. The package must not be used when there are faults.
func Load(name string, file func(name string) ([]byte, error)) (*Package, []Fault) {
	if err := CheckName(name); err != nil {
		return nil, []Fault{{File: ManifestFile, Text: err.Error()}}
	}
	var texts [3][]byte
	sum := sha256.New()
	fmt.Fprintln(sum, name)
	for i, want := range []string{ManifestFile, RegionsFile, SettlementsFile} {
		text, fault := one(want, file)
		if fault != nil {
			return nil, []Fault{*fault}
		}
		fmt.Fprintf(sum, "%s %t %d\n", want, text != nil, len(text))
		sum.Write(text)
		texts[i] = text
	}
	return parsedOnce([32]byte(sum.Sum(nil)), func() (*Package, []Fault) { return parse(name, texts[0], texts[1], texts[2]) })
}

// LoadDir is Load of a folder.
func LoadDir(name string, dir fs.FS) (*Package, []Fault) {
	return Load(name, func(file string) ([]byte, error) { return fs.ReadFile(dir, file) })
}

// one is the file of a name, or its compressed form unpacked; nil: there is neither.
func one(name string, file func(string) ([]byte, error)) ([]byte, *Fault) {
	fault := func(file string, format string, args ...any) ([]byte, *Fault) {
		return nil, &Fault{File: file, Text: fmt.Sprintf(format, args...)}
	}
	text, err := file(name)
	plain := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault(name, "%v", err)
	}
	if name != ManifestFile {
		packed, err := file(name + ".gz")
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return fault(name+".gz", "%v", err)
		case plain:
			return fault(name, "%s.gz is there too; remove one of them", name)
		default:
			z, err := gzip.NewReader(bytes.NewReader(packed))
			if err == nil {
				text, err = io.ReadAll(io.LimitReader(z, mostData+1))
			}
			if err != nil {
				return fault(name+".gz", "not a gzip file, or damaged: %v", err)
			}
			plain = true
		}
	}
	switch {
	case !plain && name == ManifestFile:
		return fault(name, "the package has no %s", name)
	case len(text) > mostData:
		return fault(name, "more than %d bytes, and no more are read; take fewer levels, or simplify the outlines", mostData)
	case plain && text == nil:
		text = []byte{}
	}
	return text, nil
}

// parsed are packages by the digest of their bytes: an agreement is read many times.
var (
	parsedMu sync.Mutex
	parsed   = map[[32]byte]*Package{}
)

const mostParsed = 16

func parsedOnce(sum [32]byte, parse func() (*Package, []Fault)) (*Package, []Fault) {
	parsedMu.Lock()
	defer parsedMu.Unlock()
	if p := parsed[sum]; p != nil {
		return p, nil
	}
	p, faults := parse()
	if faults != nil {
		return nil, faults
	}
	if len(parsed) >= mostParsed {
		clear(parsed)
	}
	parsed[sum] = p
	return p, nil
}

// parse reads the three files of a package; nil: there is none.
func parse(name string, manifest, regions, settlements []byte) (*Package, []Fault) {
	p := &Package{Name: name}
	r := packageReader{p: p, codes: map[string]int{}, names: map[string]string{}, ids: map[string]int{}}
	dec := json.NewDecoder(bytes.NewReader(manifest))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p.Manifest); err != nil {
		r.fault(ManifestFile, 0, 0, "want title, license, attribution, source and date", "not readable: %v", err)
		return nil, r.faults
	}
	for _, x := range []struct{ key, text string }{{"title", p.Title}, {"license", p.License}, {"attribution", p.Attribution}} {
		if err := CheckText(x.text, 1000); err != nil {
			r.fault(ManifestFile, 0, 0, "say it, so that what is printed can name its source", "%s: %v", x.key, err)
		}
	}
	if regions == nil && settlements == nil {
		r.fault(ManifestFile, 0, 0, "", "the package has neither %s nor %s", RegionsFile, SettlementsFile)
	}
	if regions != nil {
		r.regions(regions)
	}
	if settlements != nil {
		r.settlements(settlements)
	}
	if r.faults != nil {
		return nil, r.faults
	}
	return p, nil
}

type packageReader struct {
	p      *Package
	codes  map[string]int    // a region's code, folded, to its level
	names  map[string]string // regions' names, folded
	ids    map[string]int    // a settlement's ID to its line
	faults []Fault
}

func (r *packageReader) fault(file string, line, column int, hint, format string, args ...any) {
	if len(r.faults) < mostFaults {
		r.faults = append(r.faults, Fault{file, line, column, fmt.Sprintf(format, args...), hint})
	}
}

// checked are digests of outlines of which a test makes sure that geo.ReadGeoJSON takes them and
// reads the same: those of the packages of agreements/, unpacked. They are half of what a
// command does that opens such an agreement. Whatever other bytes there are is checked.
var checked = map[[sha256.Size]byte]bool{
	digestOf("1dd7a68aa6d9dc368ea897d76e6a86afc7367bd68816e3677f701201d6cba510"): true, // ukraine
	digestOf("99ee068f8b077639033fe82c100be1bc52e7b3b34f98571b64f7243f195b1e31"): true, // syria
}

func digestOf(text string) (out [sha256.Size]byte) {
	if n, err := hex.Decode(out[:], []byte(text)); err != nil || n != len(out) {
		panic("gazetteer: not a digest: " + text) // a fault of this build
	}
	return out
}

func (r *packageReader) regions(text []byte) {
	read := geo.ReadGeoJSON
	if checked[sha256.Sum256(text)] {
		read = geo.ReadCheckedGeoJSON
	}
	features, err := read(text)
	if err != nil {
		var at *geo.SyntaxError
		if errors.As(err, &at) {
			r.fault(RegionsFile, at.Line, at.Column, "", "%s", at.Text)
		} else {
			r.fault(RegionsFile, 0, 0, "", "%v", err)
		}
		return
	}
	if len(features) > mostRegions {
		r.fault(RegionsFile, 0, 0, "", "%d regions, and at most %d are read", len(features), mostRegions)
		return
	}
	for _, f := range features {
		r.region(&f)
	}
	for i := range r.p.Regions {
		x := &r.p.Regions[i]
		if x.In == "" {
			continue
		}
		if level, ok := r.codes[Fold(x.In)]; !ok || level >= x.Level {
			r.fault(RegionsFile, features[i].Line, 0, "in is the code of the region that contains it, and that has a lower level", "%s: in is %q, which is not the code of a region of a level below %d", x.Name, x.In, x.Level)
		}
	}
}

func (r *packageReader) region(f *geo.Feature) {
	var x Area
	bad := func(hint, format string, args ...any) { r.fault(RegionsFile, f.Line, 0, hint, format, args...) }
	for key, v := range f.Properties { // any order: each is checked by itself
		var ok bool
		switch key {
		case "name":
			x.Name, ok = v.(string)
		case "code":
			x.Code, ok = v.(string)
		case "in":
			x.In, ok = v.(string)
		case "level":
			var n json.Number
			if n, ok = v.(json.Number); ok {
				level, err := strconv.Atoi(n.String())
				if x.Level, ok = level, err == nil; level < 0 || level > MostLevel {
					bad("", "level %s: want 0 for a country, 1 for its divisions, and at most %d", n, MostLevel)
				}
			}
		case "names":
			var m map[string]any
			if m, ok = v.(map[string]any); ok {
				for lang, text := range m {
					s, is := text.(string)
					ok = ok && is
					x.Names = append(x.Names, Name{lang, s})
				}
				slices.SortFunc(x.Names, func(a, b Name) int { return strings.Compare(a.Lang, b.Lang) })
			}
		case "also":
			var list []any
			if list, ok = v.([]any); ok {
				for _, a := range list {
					s, is := a.(string)
					ok = ok && is
					x.Also = append(x.Also, s)
				}
			}
		default:
			bad("a region has name, code, level, in, names and also", "%q is not known", key)
			continue
		}
		if !ok {
			bad("", "%s is of the wrong kind", key)
		}
	}
	if err := checkNames(x.Name, x.Names, x.Also); err != nil {
		bad("", "%v", err)
		return
	}
	if x.Code != "" {
		if err := CheckText(x.Code, 64); err != nil {
			bad("", "code: %v", err)
		}
		if _, twice := r.codes[Fold(x.Code)]; twice {
			bad("join the outlines of one region in one MultiPolygon", "two regions have the code %s", x.Code)
		}
		r.codes[Fold(x.Code)] = x.Level
	}
	if other, twice := r.names[Fold(x.Name)]; twice {
		bad("give one of them another name, such as its name with the name of the region above it in brackets", "two regions have the name %s (%s)", x.Name, other)
	}
	r.names[Fold(x.Name)] = x.Name
	if len(f.Points)+len(f.Lines) > 0 {
		bad("", "%s: want polygons", x.Name)
	}
	if f.Wide != nil {
		r.fault(RegionsFile, f.Wide.Line, f.Wide.Column, "cut the shape at the antimeridian as RFC 7946, section 3.1.9 says, or add points along the edge", "%s: %s", x.Name, f.Wide.Text)
	}
	x.Shape = f.Polygons
	r.p.Regions = append(r.p.Regions, x)
}

// Columns are those of settlements.tsv. names is uk=Одеса|ru=Одесса, also is Odessa|Odesse.
var Columns = []string{"id", "name", "lat", "lon", "population", "names", "also"}

func (r *packageReader) settlements(text []byte) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	n := 0
	for line := range bytes.Lines(text) {
		n++
		line = bytes.TrimRight(line, "\r\n")
		cells := strings.Split(string(line), "\t")
		if n == 1 {
			if !slices.Equal(cells, Columns) {
				r.fault(SettlementsFile, 1, 1, "", "the header is not %s, with a tab between each two", strings.Join(Columns, ", "))
				return
			}
			continue
		}
		if len(line) == 0 {
			continue
		}
		if len(r.p.Settlements) >= mostSettlements {
			r.fault(SettlementsFile, n, 0, "", "more than %d settlements", mostSettlements)
			return
		}
		r.settlement(cells, n)
		if len(r.faults) >= mostFaults {
			return
		}
	}
}

func (r *packageReader) settlement(cells []string, line int) {
	column := 0
	bad := func(hint, format string, args ...any) {
		r.fault(SettlementsFile, line, column+1, hint, format, args...)
	}
	if len(cells) != len(Columns) {
		bad("", "%d cells, want %d", len(cells), len(Columns))
		return
	}
	x := Settlement{ID: cells[0], Name: cells[1]}
	if x.ID != "" {
		if err := CheckText(x.ID, 64); err != nil {
			bad("", "id: %v", err)
		}
		if first := r.ids[x.ID]; first > 0 {
			bad("leave out one of them", "id %s is on line %d too", x.ID, first)
		}
		r.ids[x.ID] = line
	}
	var err error
	if column = 2; cells[2] == "" || cells[3] == "" {
		bad("", "the position is missing")
		return
	}
	if x.Point, err = Position(cells[2], cells[3]); err != nil {
		bad("", "%v", err)
		return
	}
	column = 4
	if cells[4] != "" {
		n, err := strconv.ParseInt(cells[4], 10, 32)
		if err != nil || n < 0 {
			bad("", "population %q: want a whole number", cells[4])
		}
		x.Population = int32(n)
	}
	if cells[5] != "" {
		column = 5
		for part := range strings.SplitSeq(cells[5], "|") {
			lang, text, ok := strings.Cut(part, "=")
			if !ok {
				bad("", "names: want uk=Одеса|ru=Одесса")
				return
			}
			x.Names = append(x.Names, Name{lang, text})
		}
	}
	if cells[6] != "" {
		x.Also = strings.Split(cells[6], "|")
	}
	column = 1
	if err := checkNames(x.Name, x.Names, x.Also); err != nil {
		bad("", "%v", err)
		return
	}
	r.p.Settlements = append(r.p.Settlements, x)
}

// Position reads decimal degrees with a sign, to 1e-7 degree.
func Position(lat, lon string) (geo.Point, error) {
	lettered := func(s, plus, minus string) string {
		if rest, ok := strings.CutPrefix(s, "-"); ok {
			return rest + minus
		}
		return s + plus
	}
	p, err := geo.ParseLatLon(lettered(lat, "N", "S"), lettered(lon, "E", "W"))
	if err != nil {
		if _, err := geo.ParseLatLon(lettered(lat, "N", "S"), "0E"); err != nil {
			return p, fmt.Errorf("latitude %q: want degrees from -90 to 90, such as 15.3547", lat)
		}
		return p, fmt.Errorf("longitude %q: want degrees from -180 to 180, such as 44.2066", lon)
	}
	return p, nil
}

var language = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

// IsLanguage reports whether s has the form of a language's code, such as uk or zh-Hant.
func IsLanguage(s string) bool { return language.MatchString(s) }

func checkNames(name string, names []Name, also []string) error {
	if err := CheckText(name, mostName); err != nil {
		return fmt.Errorf("name: %w", err)
	}
	if Fold(name) == "" {
		return fmt.Errorf("name: %q has no letter", name)
	}
	if len(names) > MostNames || len(also) > MostNames {
		return fmt.Errorf("%s has more than %d names", name, MostNames)
	}
	for _, n := range names {
		if !IsLanguage(n.Lang) {
			return fmt.Errorf("names: %q is not the code of a language, such as ar or uk", n.Lang)
		}
		if err := CheckText(n.Text, mostName); err != nil {
			return fmt.Errorf("name in %s: %w", n.Lang, err)
		}
	}
	for _, n := range also {
		if err := CheckText(n, mostName); err != nil {
			return fmt.Errorf("also: %w", err)
		}
	}
	return nil
}

// CheckText says what is wrong with a text that people are shown and that stands in a
// table: it is empty, too long, not UTF-8, or has characters that cannot be seen and that
// change how others look.
func CheckText(s string, most int) error {
	switch {
	case s == "":
		return errors.New("it is empty")
	case !utf8.ValidString(s):
		return errors.New("it is not UTF-8")
	case utf8.RuneCountInString(s) > most:
		return fmt.Errorf("it is longer than %d characters", most)
	case s != strings.TrimSpace(s):
		return fmt.Errorf("%q begins or ends with a space", s)
	}
	for _, c := range s {
		joins := c == '\u200c' || c == '\u200d' // of the Arabic and Indian scripts
		if c == '|' || unicode.Is(unicode.Cc, c) || unicode.Is(unicode.Cf, c) && !joins || unicode.Is(unicode.Zl, c) || unicode.Is(unicode.Zp, c) {
			return fmt.Errorf("%q has the character %U, which is not allowed here", s, c)
		}
	}
	return nil
}
