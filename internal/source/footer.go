package source

import (
	"regexp"
	"slices"
	"strings"
)

// notReport matches what people write in the first cell of rows that are not reports: a total of the
// rows above, and notes on the table.
var notReport = regexp.MustCompile(`(?i)^(grand |sub-?)?(totals?|sum|summe|gesamt|insgesamt|total (général|general)|somme|suma|всього|усього|разом|итого|всего|المجموع|الإجمالي|toplam)( [^\d]{0,40})?:?$|` +
	`^\s*\*|^(notes?|sources?|remarks?|prepared by|compiled by|last updated?|updated|disclaimer|n\.?b\.?|quellen?|hinweis|anmerkung|stand|fuentes?|nota|remarques?|джерел[оа]|примітк[аи]|источники?|примечани[ея]|المصدر|ملاحظة)\s*[:.]`)

// mostFooters bounds the rows of a footer that a proposal leaves out.
const mostFooters = 10

// notReports proposes to skip rows with a total or a note where the others have a date, or where they
// have the first of their cells.
func (p *proposer) notReports(say, ask func(string, ...any)) {
	var where, left []string
	for i, c := range p.order {
		var not []string
		for _, v := range c.few(mostLooked) {
			if c.values[v] > 2 || len(not) == mostFooters || !notReport.MatchString(v) || len(v) >= 300 { // a longer one was cut off
				continue
			}
			not = append(not, v)
		}
		if not == nil || c.As != "occurred" && i > 0 || len(not)*2 > len(c.values) {
			continue
		}
		for k, v := range not {
			left, not[k] = append(left, v), flow(v)
		}
		where = append(where, "{column: "+flow(c.Name)+", not: ["+strings.Join(not, ", ")+"]}")
		if !c.used {
			c.used, c.As = true, "where"
		}
	}
	slices.Sort(left)
	switch left = slices.Compact(left); {
	case len(where) == 1:
		say("where: %s", where[0])
	case len(where) > 1:
		say("where: [%s]", strings.Join(where, ", "))
	}
	if where != nil {
		ask("where: skips rows that look like totals or notes and not like reports (%s). If one of them is a report, remove it from the list.", some(left))
	}
}
