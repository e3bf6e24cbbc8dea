package source

import (
	"regexp"
	"strings"
)

// codeName matches names of columns whose numbers are codes of places or of rows: nobody adds them.
var codeName = regexp.MustCompile(`(?i)(^|[^\pL])(codes?|código|codigo|kode|schlüssel|p-?code|dane|insee|fips|geocode|ubigeo|id|nr|no|код)([^\pL]|$)`)

// askWide asks about several columns of numbers that have no place in the mapping: each may be of a
// kind of event, or of a region.
func (p *proposer) askWide(wide []*column, ask func(string, ...any)) {
	var names, values []string
	meant := 0
	for _, c := range wide {
		mean, ok := likelyMeaning(c.Name)
		value := "ACT"
		switch {
		case !ok || mean.Aside != "":
		case mean.Weapon != "":
			meant, value = meant+1, "{act: "+mean.Act+", weapon: "+mean.Weapon+"}"
		default:
			meant, value = meant+1, mean.To
		}
		if len(names) < 12 {
			names, values = append(names, flow(c.Name)), append(values, flow(c.Name)+": "+value)
		}
	}
	if meant > 0 {
		ask("The columns %s have numbers, and their names look like kinds of events. If each cell is so many of them, make rows of the cells: table: {wide: {columns: [%s], name: kind, value: number}}, and then act: {column: kind, values: {%s}} and count: {column: number}.", some(names), strings.Join(names, ", "), strings.Join(values, ", "))
		return
	}
	ask("The columns %s have numbers and no place in the mapping. If each is of a region or a kind, make rows of their cells: table: {wide: {columns: [%s], name: region, value: number}}, and then count: {column: number} and place: {region: {column: region}}.", some(names), strings.Join(names, ", "))
}
