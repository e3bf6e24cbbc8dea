package truce_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Words and shapes that read as if translated, with what an editor prints instead. One letter group
// of a rule that is called "but" takes what is good English after it.
var avoided = []struct{ name, pattern, instead string }{
	{"is no X", `\b(?P<there>[Tt]here )?(is|are|was|were) no ((?P<but>longer|more|less|such|way|need|one|reason|different|fewer|later|older|wider)\b|[a-z]+)`, "is not a X"},
	{"but for", `\bbut for\b`, "except"},
	{"hang on", `\bhangs? on\b`, "depend on"},
	{"anew", `\banew\b`, "again"},
	{"bear out", `\b(borne|bears?) out\b`, "confirm"},
	{"set aside", `\bset aside\b`, "skip"},
	{"seen by nobody", `\bseen by nobody\b`, "nobody watched"},
	{"stand in", `\bstands? in the (record|file|list|log)\b`, "is in the record"},
	{"go on", `\bgoes on\b`, "continue"},
	{"the matter of", `\bthe matter of\b`, "what it is about"},
	{"say it again", `\bsay it again\b`, "send it again, run it again"},
	{"held against", `\bheld against\b`, "compared with"},
	{"hold back", `\b(held|holds?|holding) back\b`, "withhold"},
	{"good once", `\bgood once\b`, "single-use"},
	{"to the machine", `\bto the machine\b`, "how Truce applies it"},
	{"for ever", `\bfor ever\b`, "without end, permanently"},
	{"Whoever", `(^|[.:;!?] )Whoever\b`, "Anyone who"},
	{"What is", `(^|[.!?] )What (is|does|came|comes|stands|lies|was|has) [^?]{18,}$`, "say who does what"},
	{"legal adverbs", `\b(thereof|therein|thereby|hereby|whereof|wherein|hereof|henceforth|albeit)\b`, "of it, in it, by it"},
	{"whilst", `\b(whilst|amongst)\b`, "while, among"},
	{"in order to", `\b[Ii]n order to\b`, "to"},
	{"utilise", `\b[Uu]tili[sz](e|es|ed|ing)\b`, "use"},
	{"not seldom", `\bnot seldom\b`, "often"},
	{"as it were", `\bas it were\b`, "say it plainly"},
}

// quoted are texts that others wrote or that a program reads, and a rule that finds something in them.
var quoted = []struct{ file, rule string }{
	{"internal/source/source.go", "set aside"},     // the reason of a row, in a format that other tools read
	{"internal/source/genericrow.go", "set aside"}, // the same
	{"internal/brief/headline.go", "What is"},      // the demo prints them: with the next change of its texts
}

type habit struct {
	name, instead string
	re            *regexp.Regexp
}

func habits() (out []habit) {
	for _, x := range avoided {
		out = append(out, habit{x.name, x.instead, regexp.MustCompile(x.pattern)})
	}
	return out
}

// found are the habits of one line of text.
func found(list []habit, text string) (out []habit) {
	for _, h := range list {
		for _, m := range h.re.FindAllStringSubmatch(text, -1) {
			good := false
			for _, group := range []string{"there", "but"} {
				if k := h.re.SubexpIndex(group); k >= 0 && m[k] != "" {
					good = true
				}
			}
			if !good {
				out = append(out, h)
				break
			}
		}
	}
	return out
}

// TestHabits: the rules find what they are for, and leave good English alone.
func TestHabits(t *testing.T) {
	list := habits()
	for _, text := range []string{
		"alerts.csv is no mission folder", "None is borne out by a second source.", "every article but for the third", "It hangs on the weather.", "the tables are made anew",
		"Whoever signs the text signs its places.", "Read it. Whoever has two keys is two readers.", "Late. What stands here is an earlier state of the record.", "The link is good once.", "posts are held back for a day",
		"it stands in the record", "permission is hereby given", "In order to read it", "make room, and say it again", "rows that were set aside",
	} {
		if len(found(list, text)) == 0 {
			t.Errorf("nothing is found in %q", text)
		}
	}
	for _, text := range []string{
		"There is no key in force to replace.", "The article is no longer in force.", "That is no reason to wait.", "Nobody knows whoever it was.", "What is disputed?", "The patrol goes home.", "It is not a mission folder.",
	} {
		if got := found(list, text); len(got) > 0 {
			t.Errorf("%q: %s", text, got[0].name)
		}
	}
}

// TestEnglish: no text that people read has one of these habits: pages and their words, reports,
// messages and help of the commands, README and doc.
func TestEnglish(t *testing.T) {
	list := habits()
	lines := 0
	check := func(file string, line int, text string) {
		lines++
		for _, h := range found(list, text) {
			exempt := false
			for _, q := range quoted {
				exempt = exempt || q.file == file && q.rule == h.name
			}
			if !exempt {
				t.Errorf("%s:%d: %s (rather: %s): %s", file, line, h.name, h.instead, strings.TrimSpace(text))
			}
		}
	}
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch base := path.Base(name); {
		case d.IsDir() && (base == "node_modules" || base == "testdata" || base == "dist" || base == "out" || base == "data" || name != "." && strings.HasPrefix(base, ".")):
			return fs.SkipDir
		case d.IsDir() || strings.HasSuffix(name, "_test.go") || name == "CHANGELOG.md": // its entries were true when they were written
		case strings.HasSuffix(name, ".go"):
			return literals(name, check)
		case strings.HasSuffix(name, ".md"), strings.HasSuffix(name, ".html"), strings.HasSuffix(name, ".tmpl"), strings.HasSuffix(name, "active.en.yaml"), base == "glossary.yaml":
			text, err := os.ReadFile(filepath.FromSlash(name))
			for i, line := range strings.Split(string(text), "\n") {
				check(name, i+1, line)
			}
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if lines < 10_000 {
		t.Errorf("%d lines were read: this test sees too little", lines)
	}
}

// literals are the texts of a Go file that have two words or more, line by line.
func literals(name string, check func(file string, line int, text string)) error {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, filepath.FromSlash(name), nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING || !strings.Contains(lit.Value, " ") {
			return true
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			return true
		}
		for i, line := range strings.Split(text, "\n") {
			check(name, set.Position(lit.Pos()).Line+i, line)
		}
		return true
	})
	return nil
}
