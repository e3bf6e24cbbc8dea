package format

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

const (
	mostDescribed  = 64 << 10 // bytes of a description that are looked at
	mostFields     = 60       // fields that become columns
	longestLabel   = 40       // characters of a name of a field
	fewestOfTables = 5        // one in so many rows must have a field
)

// A described is a field inside a text: people write descriptions of what they mark as lines with a
// name and a value each, and so do programs that convert tables into maps.
type described struct{ name, value string }

var tag = regexp.MustCompile(`<[/\pL]`)

var labelled = regexp.MustCompile(`^(\pL[\pL\pN ()/_.'’-]*?)\s*:\s+(.*)$`)

// fieldsIn finds the fields of a description, in HTML or in plain lines: a name in bold or before a
// colon, with what follows on the same line, or a row of two cells. The first of each name counts.
func fieldsIn(text string) (out []described) {
	if len(text) > mostDescribed {
		text = strings.ToValidUTF8(text[:mostDescribed], "")
	}
	l := describedLine{plain: !tag.MatchString(text)}
	z := html.NewTokenizer(strings.NewReader(text))
	for len(l.out) < mostFields {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		switch t := z.Token(); {
		case kind == html.TextToken:
			l.text(t.Data)
		case t.Data == "b" || t.Data == "strong":
			l.bold(kind == html.StartTagToken)
		case t.Data == "td" || t.Data == "th":
			l.cell(kind == html.StartTagToken)
		case slices.Contains([]string{"br", "p", "div", "tr", "li", "ul", "ol", "table", "hr", "h1", "h2", "h3", "h4"}, t.Data):
			l.end()
		}
	}
	l.end()
	return l.out
}

// describedLine collects one line of a description.
type describedLine struct {
	out    []described
	plain  bool     // lines end where the text has them
	cells  []string // of a row of a table
	line   strings.Builder
	label  string // the name of the field whose value is collected
	from   int    // where in the line something bold began
	inBold bool
	ended  bool // something bold has ended right before
}

// text adds to the line. In plain text, each line is one.
func (l *describedLine) text(s string) {
	if l.ended {
		if rest, colon := strings.CutPrefix(strings.TrimSpace(s), ":"); colon {
			l.name()
			s = rest
		}
		l.ended = false
	}
	if !l.plain {
		l.line.WriteString(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(s))
		return
	}
	for part := range strings.Lines(s) {
		l.line.WriteString(strings.TrimRight(part, "\r\n"))
		if strings.HasSuffix(part, "\n") {
			l.end()
		}
	}
}

// bold begins or ends what may be the name of a field.
func (l *describedLine) bold(begins bool) {
	switch {
	case begins:
		l.from, l.inBold, l.ended = l.line.Len(), true, false
	case l.inBold && l.cells == nil:
		if l.inBold, l.ended = false, true; strings.HasSuffix(strings.TrimSpace(l.line.String()[l.from:]), ":") {
			l.name()
			l.ended = false
		}
	}
}

// name makes what was bold the name of a field, and ends the field before it.
func (l *describedLine) name() {
	before, name := l.line.String()[:l.from], strings.TrimSpace(l.line.String()[l.from:])
	l.line.Reset()
	l.line.WriteString(before)
	l.end()
	l.label = name
}

// cell begins or ends a cell of a row.
func (l *describedLine) cell(begins bool) {
	s := strings.TrimSpace(l.line.String())
	l.line.Reset()
	if l.cells == nil {
		l.cells = []string{}
	}
	if s != "" || !begins {
		l.cells = append(l.cells, s)
	}
}

// end takes the field of a line, if there is one.
func (l *describedLine) end() {
	s := strings.TrimSpace(l.line.String())
	l.line.Reset()
	switch {
	case l.cells != nil:
		if s != "" {
			l.cells = append(l.cells, s)
		}
		if len(l.cells) == 2 {
			l.add(l.cells[0], l.cells[1])
		}
	case l.label != "":
		l.add(l.label, s)
	default:
		if part := labelled.FindStringSubmatch(s); part != nil {
			l.add(part[1], part[2])
		}
	}
	l.cells, l.label, l.from, l.inBold, l.ended = nil, "", 0, false, false
}

// add keeps a field whose name is short and new.
func (l *describedLine) add(name, value string) {
	name = strings.Join(strings.Fields(strings.TrimRight(strings.TrimSpace(name), ": ")), " ")
	if name == "" || len(l.out) >= mostFields || utf8.RuneCountInString(name) > longestLabel || slices.ContainsFunc(l.out, func(d described) bool { return d.name == name }) {
		return
	}
	l.out = append(l.out, described{name, strings.Join(strings.Fields(value), " ")})
}

// Described are the columns that are fields inside the descriptions of a map, and that its
// publisher did not make columns. Other tables have none.
func Described(t Table) []string {
	if s, ok := t.(safe); ok {
		t = s.Table
	}
	if e, ok := t.(*elements); ok {
		return e.described
	}
	return nil
}
