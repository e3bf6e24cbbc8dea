// Package glossary answers: what does a word of Truce mean? Each has one meaning, in each language of
// the pages; the page, the annex of reports and doc/glossary.md are made from one file.
package glossary

import (
	_ "embed"
	"fmt"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed glossary.yaml
var file []byte

// A Term is a word and what it means, in one language.
type Term struct {
	ID    string // the same in each language, for addresses
	Term  string
	Means string // one sentence or a few
}

// Languages are those that each term has.
var Languages = []string{"en", "uk", "ru"}

type entry struct {
	Term  string `yaml:"term"`
	Means string `yaml:"means"`
}

var all = sync.OnceValue(func() map[string][]Term {
	var list []map[string]yaml.Node
	if err := yaml.Unmarshal(file, &list); err != nil {
		panic(err) // of our own file, which a test reads
	}
	out := map[string][]Term{}
	for _, x := range list {
		id := x["id"].Value
		for _, lang := range Languages {
			var e entry
			node, there := x[lang]
			if !there {
				panic(fmt.Sprintf("glossary: %s has no %s", id, lang))
			}
			if err := node.Decode(&e); err != nil {
				panic(err)
			}
			out[lang] = append(out[lang], Term{id, e.Term, e.Means})
		}
	}
	return out
})

// Terms are all terms in a language, in one order; of a language without them, in English.
func Terms(lang string) []Term {
	if list, ok := all()[lang]; ok {
		return list
	}
	return all()["en"]
}
