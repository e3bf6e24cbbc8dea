package places

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/opentruce/truce/internal/gazetteer"
)

// GeoNames is what its data says of itself (https://download.geonames.org/export/dump/readme.txt).
var GeoNames = gazetteer.Manifest{License: "CC BY 4.0", Attribution: "GeoNames", Source: "https://download.geonames.org/export/dump/"}

// geonamesColumns is how many columns a dump of GeoNames has: geonameid, name, asciiname,
// alternatenames, latitude, longitude, feature class, feature code, country code, cc2,
// admin1 to admin4 code, population, elevation, dem, timezone, modification date.
const geonamesColumns = 19

// mostSettlements is how many a package may have.
const mostSettlements = 400_000

// lines calls read for each line of a file that is UTF-8 and no longer than a megabyte.
func (b *builder) lines(f File, read func(line int, cells []string) error) error {
	in, err := f.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	defer in.Close()
	s := bufio.NewScanner(in)
	s.Buffer(nil, 1<<20)
	n := 0
	for s.Scan() {
		n++
		text := bytes.TrimRight(s.Bytes(), "\r")
		if n == 1 {
			text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		}
		if len(text) == 0 {
			continue
		}
		if !utf8.Valid(text) {
			b.leave("not UTF-8", "%s:%d: not UTF-8", f.Name, n)
			continue
		}
		if err := read(n, strings.Split(string(text), "\t")); err != nil {
			return err
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("%s: line %d: %w", f.Name, n+1, err)
	}
	return nil
}

func (b *builder) geonames(f File) error {
	return b.lines(f, func(line int, c []string) error {
		switch {
		case len(c) != geonamesColumns:
			b.leave("not the 19 columns of GeoNames", "%s:%d: %d columns, and GeoNames has %d", f.Name, line, len(c), geonamesColumns)
			return nil
		case c[6] != "P":
			b.leave("features of GeoNames that are not settlements (classes other than P)", "")
			return nil
		case c[7] == "PPLH":
			b.leave("settlements that GeoNames says no longer exist (PPLH)", "")
			return nil
		}
		also := append([]string{c[2]}, strings.Split(c[3], ",")...)
		return b.settlement(fmt.Sprintf("%s:%d", f.Name, line), gazetteer.Settlement{ID: c[0], Name: c[1], Also: also}, c[4], c[5], c[14])
	})
}

// settlement adds one, or leaves it out and says why.
func (b *builder) settlement(where string, s gazetteer.Settlement, lat, lon, population string) error {
	at, err := gazetteer.Position(lat, lon)
	if err != nil {
		b.leave("the position is not on Earth, or not a number", "%s: %s: %v", where, s.Name, err)
		return nil
	}
	s.Point = at
	if population != "" {
		n, err := strconv.ParseFloat(population, 64)
		if err != nil || !(n >= 0 && n < 1e9) {
			b.leave("the population is not a number", "%s: %s: population %q", where, s.Name, population)
			return nil
		}
		s.Population = int32(n)
	}
	if s.Population < b.o.Population {
		b.leave(fmt.Sprintf("settlements with fewer than %d people, or of unknown size", b.o.Population), "")
		return nil
	}
	if err := gazetteer.CheckText(s.Name, 200); err != nil || gazetteer.Fold(s.Name) == "" {
		b.leave("the name cannot be printed", "%s: the name %q", where, s.Name)
		return nil
	}
	if s.ID != "" {
		if gazetteer.CheckText(s.ID, 64) != nil {
			b.leave("the ID cannot be printed", "%s: the ID %q", where, s.ID)
			return nil
		}
		if _, twice := b.ids[s.ID]; twice {
			b.leave("the ID is there already", "%s: %s: the ID %s is there already", where, s.Name, s.ID)
			return nil
		}
		b.ids[s.ID] = len(b.p.Settlements)
	}
	if len(b.p.Settlements) == mostSettlements {
		return fmt.Errorf("%s: more than %d settlements; leave out small ones with --population", where, mostSettlements)
	}
	b.p.Settlements = append(b.p.Settlements, s)
	return nil
}

// An alternate is a name of GeoNames' table of alternate names: alternateNameId, geonameid,
// isolanguage, alternate name, isPreferredName, isShortName, isColloquial, isHistoric, from, to.
type alternate struct {
	lang, name               string
	preferred, short, former bool
}

// noLanguage are words in the place of a language that say what else the text is.
var noLanguage = []string{"link", "wkdt", "post", "iata", "icao", "faac", "tcid", "unlc", "abbr", "phon", "piny"}

// alternates reads names of settlements that are there.
func (b *builder) alternates(f File) error {
	if len(b.ids) == 0 {
		return fmt.Errorf("%s has alternate names of GeoNames; add the country's own file (such as YE.txt) with it", f.Name)
	}
	by := map[int][]alternate{}
	total := 0
	err := b.lines(f, func(line int, c []string) error {
		if len(c) < 4 {
			b.leave("not the columns of GeoNames' alternate names", "%s:%d: %d columns", f.Name, line, len(c))
			return nil
		}
		i, ok := b.ids[c[1]]
		if !ok || slices.Contains(noLanguage, c[2]) {
			return nil
		}
		if total++; total > 10_000_000 {
			return fmt.Errorf("%s:%d: more than 10,000,000 names", f.Name, line)
		}
		c = append(c, make([]string, 10)...)
		if len(by[i]) < 4*gazetteer.MostNames {
			by[i] = append(by[i], alternate{lang: c[2], name: strings.TrimSpace(c[3]), preferred: c[4] == "1", short: c[5] == "1", former: c[6] == "1" || c[7] == "1" || c[9] != ""})
		}
		return nil
	})
	for i, list := range by { // any order: each is of one settlement
		called(&b.p.Settlements[i], list)
	}
	b.names += total
	return err
}

// called gives a settlement its current names. In each language that is the preferred one,
// or else the first that is neither former nor short. The name that is printed is that of
// GeoNames itself, unless there is a current English one, or GeoNames says that its own is
// a former one. All others are understood.
func called(s *gazetteer.Settlement, list []alternate) {
	best := map[string]*alternate{}
	former := map[string]bool{}
	for i := range list {
		a := &list[i]
		if s.Also = append(s.Also, a.name); a.former {
			former[a.name] = true
			continue
		}
		if old := best[a.lang]; a.lang != "" && (old == nil || a.preferred && !old.preferred || !a.short && old.short && a.preferred == old.preferred) {
			best[a.lang] = a
		}
	}
	for _, a := range best { // any order: what is current in some language is not former
		delete(former, a.name)
	}
	own := s.Name
	if en := best["en"]; en != nil && gazetteer.CheckText(en.name, 200) == nil && gazetteer.Fold(en.name) != "" {
		s.Name = en.name
	} else if former[own] {
		langs := make([]string, 0, len(best))
		for lang := range best {
			langs = append(langs, lang)
		}
		slices.Sort(langs)
		for _, lang := range langs {
			if n := best[lang].name; gazetteer.CheckText(n, 200) == nil && gazetteer.Fold(n) != "" {
				s.Name = n
				break
			}
		}
	}
	if own != s.Name {
		s.Also = append(s.Also, own)
	}
	for lang, a := range best { // sorted at the end
		if lang != "en" && len(lang) <= 8 {
			s.Names = append(s.Names, gazetteer.Name{Lang: lang, Text: a.name})
		}
	}
}
