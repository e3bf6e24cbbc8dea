package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// coded is a word as tables print it ("single source") in the form that data use
// ("single-source"). Words in that form stay as they are.
func coded(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(strings.ToLower(s)), " "), " ", "-")
}

// outcomeNamed reads an outcome: as data write it, or as tables print it. The word
// "undetermined" alone means all causes. Empty stays so.
func outcomeNamed(s string) (truce.Outcome, error) {
	word := strings.Join(strings.Fields(strings.ToLower(s)), " ")
	if word == "" || word == string(truce.Undetermined) {
		return truce.Outcome(word), nil
	}
	var names []string
	for _, o := range truce.Outcomes {
		if word == string(o) || word == o.Words() || coded(word) == string(o) {
			return o, nil
		}
		names = append(names, string(o))
	}
	return "", unknown("outcome", s, append(names, string(truce.Undetermined)))
}

// standingNamed reads a standing, as outcomeNamed reads an outcome.
func standingNamed(s string) (truce.Standing, error) {
	t, ok := truce.ParseStanding(coded(s))
	if !ok && s != "" {
		return "", unknown("standing", s, names(truce.Standings))
	}
	return t, nil
}

// roleNamed reads a role: head-of-mission, or head of mission.
func roleNamed(s string) (ledger.Role, error) {
	r := ledger.Role(coded(s))
	if !slices.Contains(ledger.Roles, r) {
		return "", unknown("role", s, names(ledger.Roles))
	}
	return r, nil
}

// partyNamed reads a party of an agreement: its ID in any case, or its name. Empty stays so.
func partyNamed(a *truce.Agreement, s string) (truce.PartyID, error) {
	if s == "" {
		return "", nil
	}
	var all []string
	for _, p := range a.Parties {
		if strings.EqualFold(string(p.ID), s) || strings.EqualFold(p.Name, s) {
			return p.ID, nil
		}
		all = append(all, string(p.ID))
	}
	return "", unknown("party", s, all)
}

// unknown is the error of a flag's value that is not among words, all of which it lists.
func unknown(flag, value string, words []string) error {
	near := truce.Suggest(value, words)
	if !strings.Contains(near, "did you mean") {
		near = ""
	}
	err := fmt.Errorf("--%s %q is unknown%s", flag, value, near)
	if len(words) == 0 {
		return err
	}
	return mission.Hinted(err, fmt.Sprintf("--%s takes %s", flag, strings.Join(words, ", ")))
}

// zoneNames are the zones of an agreement, and the regions that its gazetteer knows.
func zoneNames(a *truce.Agreement) (zones, regions []string) {
	return a.ZoneOrder, gazetteer.For(a).Regions()
}

// unknownZone says which zones and regions there are.
func unknownZone(a *truce.Agreement, flag, name string) error {
	zones, regions := zoneNames(a)
	near := truce.Suggest(name, slices.Concat(zones, regions))
	if !strings.Contains(near, "did you mean") {
		near = ""
	}
	list := func(words []string) string { return cmp.Or(strings.Join(words, ", "), "none") }
	return mission.Hinted(fmt.Errorf("--%s %q is not a zone or region%s", flag, name, near),
		fmt.Sprintf("zones of the agreement: %s; regions: %s", list(zones), list(regions)))
}

// names are words as text.
func names[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}

// placeWords says a place for people. Of a place that is only known to be somewhere in a
// region, it says the publisher's name for it, too, if that is not the region's.
func placeWords(p *truce.Place) string {
	if p.Kind != truce.PlaceRegion || p.Settlement == "" || strings.EqualFold(p.Settlement, p.Name) {
		return p.Short()
	}
	return p.Settlement + ", " + p.Short()
}
