package source

import (
	"regexp"
	"slices"
	"strings"
)

const (
	mostAreas    = 4      // columns of areas that are compared
	mostTogether = 20_000 // pairs of their values
)

// nests counts which areas are stated together in one row.
func (p *proposer) nests(header []string, cells [][]byte) {
	if p.together == nil {
		for _, c := range p.order {
			if roleOf(c.Name) == "region" && len(p.areas) < mostAreas {
				p.areas = append(p.areas, c)
			}
		}
		p.together = map[[2]string]int{}
	}
	if len(p.areas) < 2 {
		return
	}
	var value [mostAreas]string
	for i, c := range p.areas {
		if at := slices.Index(header, c.Name); at >= 0 && at < len(cells) {
			value[i] = strings.TrimSpace(string(cells[at]))
		}
	}
	for i := range p.areas {
		for k := range p.areas {
			if i == k || value[i] == "" || value[k] == "" {
				continue
			}
			pair := [2]string{string(rune('0'+i)) + value[i], string(rune('0'+k)) + value[k]}
			if p.together[pair] > 0 || len(p.together) < mostTogether {
				p.together[pair]++
			}
		}
	}
}

// inside reports whether nine in ten rows with both have, for each value of one column of areas, one
// and the same value of another: Masisi is always in Nord-Kivu. ok is false if that was not looked at.
func (p *proposer) inside(a, b *column) (inside, ok bool) {
	i, k := slices.Index(p.areas, a), slices.Index(p.areas, b)
	if i < 0 || k < 0 {
		return false, false
	}
	most, all := map[string]int{}, 0
	for pair, rows := range p.together {
		if pair[0][0] == byte('0'+i) && pair[1][0] == byte('0'+k) {
			all += rows
			most[pair[0]] = max(most[pair[0]], rows)
		}
	}
	good := 0
	for _, n := range most {
		good += n
	}
	return good*10 >= all*9, all > 0
}

var (
	widestAreas = regexp.MustCompile(`^((admin|adm) ?1( name)?|region|governorate|oblast|province|state|bundesland|gebiet|département|provincia|departamento|область|регіон|регион|المحافظة|محافظة|الولاية|ولاية|الإقليم|اسم الولاية)$`)
	finestAreas = regexp.MustCompile(`^((admin|adm) ?3( name)?|sub ?districts?|ward|payam)$`)
)

// level is 1 for the areas into which a country is divided, such as provinces, 2 for those into
// which these are, and 3 for what is below.
func (c *column) level() int {
	switch name := lastName(c.Name); {
	case widestAreas.MatchString(name):
		return 1
	case finestAreas.MatchString(name):
		return 3
	}
	return 2
}

// areaColumns are the column with the smallest areas, and that of areas around them; nil: there is
// none. Smaller areas have more names, and each is inside one of the others.
func (p *proposer) areaColumns() (narrow, wide *column) {
	var all []*column
	for _, c := range p.order {
		if !c.used && c.Filled > 0 && c.role == "region" && !c.isList() {
			all = append(all, c)
		}
	}
	smaller := func(a, b *column) bool {
		if a.Filled*2 < b.Filled { // most rows do not state it
			return false
		}
		if inside, ok := p.inside(a, b); ok && inside && len(a.values) > len(b.values) {
			return true
		}
		return a.level() > b.level() && len(a.values) >= len(b.values)
	}
	for _, c := range all {
		if narrow == nil || smaller(c, narrow) {
			narrow = c
		}
	}
	for _, c := range all {
		if c != narrow && smaller(narrow, c) && (wide == nil || smaller(c, wide)) {
			wide = c
		}
	}
	return narrow, wide
}

// byHand says how names are given positions in the mapping, with the names that no package knows.
func (p *proposer) byHand(c *column) string {
	const most = 12
	var names []string
	all := 0
	for _, v := range c.few(mostLooked) {
		if found, _ := p.o.places().Lookup(v); len(found) > 0 {
			continue
		}
		if all++; len(names) < most {
			names = append(names, flow(v)+`: "LAT, LON"`)
		}
	}
	if names == nil {
		return ""
	}
	more := ""
	if all > most {
		more = ", ..."
	}
	return "To give names their positions by hand: settlement: {column: " + flow(c.Name) + ", values: {" + strings.Join(names, ", ") + more + "}}. Or add a package that has them: truce places add."
}
