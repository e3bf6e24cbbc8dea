package glossary

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write doc/glossary.md")

// TestTerms: 25 words, each once, each with a meaning in each language, and none explained by a word
// that the guide replaces.
func TestTerms(t *testing.T) {
	for _, lang := range Languages {
		list := Terms(lang)
		if len(list) != 25 {
			t.Errorf("%s: %d terms, want 25", lang, len(list))
		}
		seen := map[string]bool{}
		for i, x := range list {
			if x.ID != Terms("en")[i].ID || x.ID == "" || x.Term == "" || len(x.Means) < 30 || !strings.HasSuffix(x.Means, ".") {
				t.Errorf("%s: %+v", lang, x)
			}
			if seen[x.ID] || lang == "en" && seen["word "+x.Term] {
				t.Errorf("%s: %s is there twice", lang, x.ID)
			}
			seen[x.ID], seen["word "+x.Term] = true, true
		}
	}
	if got := Terms("ar-XB")[0].Term; got != "report" {
		t.Errorf("a language without terms has %q", got)
	}
}

// TestDoc: doc/glossary.md is this glossary. -update writes it.
func TestDoc(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Words of Truce\n\nEach word has one meaning, on pages, in reports and in this documentation. The room shows the same list at `/glossary`\nin each of its languages. This page is made from `internal/glossary/glossary.yaml` (`go test ./internal/glossary -update`).\n\n")
	b.WriteString("| word | meaning | українською | по-русски |\n|---|---|---|---|\n")
	for i, x := range Terms("en") {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", x.Term, x.Means, Terms("uk")[i].Term, Terms("ru")[i].Term)
	}
	const name = "../../doc/glossary.md"
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != b.String() {
		t.Errorf("%s is not made from the glossary (%v): run go test ./internal/glossary -update", name, err)
	}
}
