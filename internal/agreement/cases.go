package agreement

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/opentruce/truce"
)

// ReadWithCases is Read, and it also warns of actors in the texts of cases/ whom the
// agreement does not name: what they do is outside its scope, and often the name was
// simply misspelled. The agreement is nil only if there are errors.
func ReadWithCases(fsys fs.FS) (*truce.Agreement, Problems) {
	a, probs := Read(fsys)
	if a == nil {
		return a, probs
	}
	files, err := fs.Glob(fsys, "cases/*.scenario")
	if err != nil {
		return a, probs
	}
	for _, name := range files {
		if info, err := fs.Stat(fsys, name); err != nil || info.Size() > mostCase {
			continue // truce test says so
		}
		text, err := fs.ReadFile(fsys, name)
		if err == nil {
			probs = append(probs, unnamed(name, string(text), a)...)
		}
	}
	probs.Sort(mainFile)
	return a, probs
}

// mostCase is how long a scenario may be: as in the room that runs it.
const mostCase = 4 << 20

var (
	acting  = regexp.MustCompile(`^\s*(?:observe|seen|allege|tally|correct)\s`)
	comment = regexp.MustCompile(`^(?:"[^"]*"|[^"#])*`) // what stands before one
	actors  = regexp.MustCompile(`(?:^|\s)actor=("[^"]*"|[^\s#"]*)`)
)

// unnamed are the actors of a scenario whom the agreement does not name, each once.
func unnamed(file, text string, a *truce.Agreement) (out Problems) {
	said := map[string]bool{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		if strings.HasPrefix(strings.TrimSpace(line), "agreement ") { // from here on it is about another one
			return out
		}
		if !acting.MatchString(line) {
			continue
		}
		line = comment.FindString(line)
		for _, at := range actors.FindAllStringSubmatchIndex(line, -1) {
			for name := range strings.SplitSeq(strings.Trim(line[at[2]:at[3]], `"`), "|") {
				name = strings.TrimSpace(name)
				if _, known := a.Actor(truce.PartyID(name)); known || truce.NotKnown(name) || said[name] {
					continue
				}
				said[name] = true
				out = append(out, Problem{File: file, Line: n, Column: at[2] + 1, Severity: Warning, Code: "unnamed-actor",
					Text: fmt.Sprintf("the agreement names nobody called %q, so what this actor does is out of its scope", name),
					Hint: "add the name to agreement.yaml, under members: of a party or under others:" + meant(name, a)})
			}
		}
	}
	return out
}

// meant asks whether a name is a slip in another one.
func meant(name string, a *truce.Agreement) string {
	var known []string
	for _, list := range [][]truce.Party{a.Parties, a.Others} {
		for i := range list {
			known = append(known, string(list[i].ID))
		}
	}
	if s := truce.Suggest(name, known); strings.Contains(s, "did you mean") {
		return s
	}
	return ""
}
