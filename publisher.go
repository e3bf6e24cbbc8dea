package truce

import (
	_ "embed"
	"encoding/json"
	"slices"
)

//go:embed agencies.json
var agenciesJSON []byte

// An Agency is a widely known publisher with its other names.
type Agency struct {
	Name string   `json:"name"`
	Also []string `json:"also"`
	Site string   `json:"site"` // where it uses these names of itself
}

// Agencies are the publishers that are known under several names (agencies.json, which states
// where the names are from), by name.
func Agencies() []Agency { return slices.Clone(agencies.list) }

// agencies are the publishers of agencies.json, and each by the folded form of each name.
var agencies = mustAgencies(agenciesJSON)

type agencyNames struct {
	list []Agency
	by   map[string]int
}

func mustAgencies(b []byte) agencyNames {
	var read struct {
		About, Source string
		Publishers    []Agency
	}
	if err := json.Unmarshal(b, &read); err != nil {
		panic("agencies.json: " + err.Error()) // embedded: wrong only when this build is
	}
	out := agencyNames{list: read.Publishers, by: map[string]int{}}
	for n, a := range read.Publishers {
		for _, name := range append([]string{a.Name}, a.Also...) {
			out.by[Folded(name)] = n
		}
	}
	return out
}

// PublisherKey is a name by which publishers are compared: folded, and the agency's own name
// where it is one of the others of a widely known agency. AFP and Agence France-Presse are one.
func PublisherKey(name string) string {
	folded := Folded(name)
	if n, ok := agencies.by[folded]; ok {
		return Folded(agencies.list[n].Name)
	}
	return folded
}

// AgencyOf is the agency's own name where a publisher is written as one of its others; empty:
// it is not.
func AgencyOf(publisher string) string {
	if n, ok := agencies.by[Folded(publisher)]; ok && PublisherKey(publisher) != Folded(publisher) {
		return agencies.list[n].Name
	}
	return ""
}
