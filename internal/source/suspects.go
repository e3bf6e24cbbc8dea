package source

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/opentruce/truce"
)

// saidToHaveActed are names of columns that may say who did it, beside those that are proposed at once.
// What they say is the publisher's claim, so a person decides.
var saidToHaveActed = regexp.MustCompile(`(?i)^by$|(^|[^\pL])(perps?|perpetrators?|actors?|armed group|group|grupos?|groupe|gruppe|faction|fraktion|side|party|parties|belligerents?|attributed|attribution|responsible|responsibility|` +
	`verursacher|urheber|täter|tätergruppe|konfliktpartei|auteurs?|autor(es)?|responsables?|presuntos?|présumés?|виконавець|винуватець|угруповання|сторона|исполнитель|группировка|виновник|الفاعل|الجهة|الجاني|المسؤول|الطرف)([^\pL]|$)`)

// aList is what a column of JSON has whose cells are lists.
const aList = "(a list)"

// isList reports whether a column has lists, and nothing else.
func (c *column) isList() bool { return len(c.values) == 1 && c.values[aList] > 0 }

// suspects asks about columns that look like who did it and that the mapping does not use.
func (p *proposer) suspects(ask func(string, ...any)) {
	known := "PARTY is the ID of a party: --mission MISSION names them here"
	if len(p.o.parties) > 0 {
		known = "parties of this mission: " + strings.Join(p.o.parties, ", ")
	}
	for _, c := range p.order {
		if c.used || c.Filled == 0 || c.Hidden || !saidToHaveActed.MatchString(lastPart(c.Name)) {
			continue
		}
		switch few := c.few(3); {
		case c.isList():
			name := "NAME"
			if m := p.members[c.Name]; len(m) > 0 {
				name = named(m)
			}
			ask("%q is a list that may say who did it, as a claim of the publisher. If so: actor: {column: %s}, with values: {THEIR NAME: PARTY}; %s.", c.Name, flow(c.Name+".0."+name), known)
		case c.mostlyCounts() || c.more || len(c.values) > 60:
			continue
		default:
			ask("%q (%s) looks like who did it, as a claim of the publisher. If so: actor: {column: %s, values: {%s: PARTY}}; %s.", c.Name, some(few), flow(c.Name), flow(few[0]), known)
		}
	}
}

// lastPart is the name of a column without the objects that it is in.
func lastPart(name string) string { return name[strings.LastIndexAny(name, "./")+1:] }

// noteMembers notes the members of the first object of a list.
func (p *proposer) noteMembers(path, member string) {
	if p.members == nil {
		p.members = map[string][]string{}
	}
	if len(p.members[path]) < 20 && !slices.Contains(p.members[path], member) {
		p.members[path] = append(p.members[path], member)
	}
}

// membersOf are the members of the elements of a list, as a mapping names them.
func (p *proposer) membersOf(list string) string {
	var out []string
	for _, m := range p.members[list] {
		out = append(out, flow(list+"."+m))
	}
	if out == nil {
		return flow(list + ".NAME")
	}
	return some(out)
}

// partiesOf are the parties of an agreement, each with its members.
func partiesOf(a *truce.Agreement) (out []string) {
	for i := range a.Parties {
		s := string(a.Parties[i].ID)
		var members []string
		for _, m := range a.Parties[i].Members {
			members = append(members, string(m.ID))
		}
		if len(members) > 0 {
			s += fmt.Sprintf(" (with %s)", some(members))
		}
		out = append(out, s)
	}
	return out
}

// named is the member of a list that is most likely a name.
func named(members []string) string {
	for _, m := range members {
		if strings.Contains(strings.ToLower(m), "name") {
			return m
		}
	}
	return members[0]
}
