package source

import (
	"fmt"
	"slices"
	"strings"
)

// mostBeside bounds the files of an archive whose columns are compared with those of the first.
const mostBeside = 8

// ProposeAmong proposes a mapping for the first of the files at a path, which people call name. If
// others of them have other columns, the mapping names the one that it is for.
func ProposeAmong(entries []Entry, name string, o Options) (*Proposal, error) {
	propose := func(e Entry) (*Proposal, error) {
		in, err := e.Open()
		if err != nil {
			return nil, err
		}
		defer in.Close()
		return Propose(in, name, o)
	}
	p, err := propose(entries[0])
	if err != nil || len(entries) == 1 || p.Kind != "" {
		return p, err
	}
	first := entries[0].base()
	var others []string
	for _, e := range entries[1:min(len(entries), mostBeside)] {
		if e.base() == first { // no pattern tells them apart
			return p, nil
		}
		if q, err := propose(e); err != nil || !slices.EqualFunc(p.Columns, q.Columns, func(a, b Column) bool { return a.Name == b.Name }) {
			others = append(others, e.base())
		}
	}
	if others == nil {
		return p, nil
	}
	pattern := strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(first)
	p.forFile(flow(pattern))
	p.Open = append(p.Open, fmt.Sprintf("table: the mapping is for %q alone, because the archive has files with other columns (%s). To see another, unpack the archive and run truce map on that file; if both belong together, as a form and its repeated group do, join them: table: {file: %s, parent: {file: %s, key: KEY, by: PARENT_KEY}}, with the columns that have the key of the form.", first, some(others), flow(others[0]), flow(first)))
	return p, nil
}

// forFile names the file of an archive in the mapping.
func (p *Proposal) forFile(pattern string) {
	lines := strings.SplitAfter(p.Mapping, "\n")
	for i, l := range lines {
		switch rest, ok := strings.CutPrefix(l, "table: {"); {
		case ok:
			lines[i] = "table: {file: " + pattern + ", " + rest
		case i+1 == len(lines):
			lines = slices.Insert(lines, 1, "table: {file: "+pattern+"}\n")
		default:
			continue
		}
		break
	}
	p.Mapping = strings.Join(lines, "")
}
