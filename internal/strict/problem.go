// Package strict answers: what does this YAML text say, value by value, and what is wrong
// with it? It continues after each fault and reports all of them at once with file, line
// and column. It knows how values of the vocabulary are written, and no agreement.
package strict

import (
	"fmt"
	"sort"
)

// Severity of a Problem. Only errors keep an agreement from being used.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning" // it can be used, but something in it cannot be monitored or will surprise
)

// A Problem is one thing wrong with an agreement folder. Code is stable: it
// never changes its meaning between versions.
type Problem struct {
	File     string   `json:"file"` // relative to the folder
	Line     int      `json:"line,omitempty"`
	Column   int      `json:"column,omitempty"`
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`
	Text     string   `json:"text"`
	Hint     string   `json:"hint,omitempty"`
}

func (p Problem) String() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(":%d:%d", p.Line, p.Column)
	}
	s += ": " + string(p.Severity) + " " + p.Code + ": " + p.Text
	if p.Hint != "" {
		s += "; " + p.Hint
	}
	return s
}

// Problems are all that was found, in the order of the files.
type Problems []Problem

// Errors counts the problems that are errors.
func (ps Problems) Errors() int {
	n := 0
	for _, p := range ps {
		if p.Severity == Error {
			n++
		}
	}
	return n
}

// Err returns one error that shows the first of the errors and counts the rest, or nil
// if ps contains none.
func (ps Problems) Err() error {
	n := ps.Errors()
	for _, p := range ps {
		if p.Severity != Error {
			continue
		}
		if n == 1 {
			return fmt.Errorf("%s", p)
		}
		return fmt.Errorf("%s (and %d more: see truce check)", p, n-1)
	}
	return nil
}

// Sort puts them into the order of files and lines; those of the file named come first.
func (ps Problems) Sort(first string) {
	sort.SliceStable(ps, func(i, j int) bool {
		a, b := ps[i], ps[j]
		if a.File != b.File {
			// the main file first, then what it names
			if (a.File == first) != (b.File == first) {
				return a.File == first
			}
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
}
