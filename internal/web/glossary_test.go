package web

import (
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/opentruce/truce/internal/glossary"
)

// TestGlossary: the page has each word in each language, and a link to a word leads to one.
func TestGlossary(t *testing.T) {
	h := theHouse(t)
	for _, lang := range glossary.Languages {
		code, body, _ := h.get(t, Anybody, "/glossary?lang="+lang)
		if code != http.StatusOK {
			t.Fatalf("%s: %d", lang, code)
		}
		for _, x := range glossary.Terms(lang) {
			if !strings.Contains(body, `id="`+x.ID+`"`) || !strings.Contains(said(body), x.Term) {
				t.Errorf("%s: the page lacks %s", lang, x.ID)
			}
		}
	}
	there := map[string]bool{}
	for _, x := range glossary.Terms("en") {
		there[x.ID] = true
	}
	names, err := fs.Glob(files, "page/*.html")
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`/glossary#([a-z-]+)`).FindAllStringSubmatch(string(text), -1) {
			if links++; !there[m[1]] {
				t.Errorf("%s leads to the word %q, which the glossary does not have", name, m[1])
			}
		}
	}
	if links < 6 {
		t.Errorf("%d links to words", links)
	}
}
