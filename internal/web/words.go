package web

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

// Languages are those of the catalogue, by tag. The last is none: English between
// brackets, from right to left, by which a string that is not in the catalogue and
// a page that does not turn round are seen.
var Languages = []string{"en", "uk", "ru", pseudo}

const pseudo = "ar-XB"

// base is the language that the catalogue is written in.
const base = "en"

// catalogue holds all words of the pages.
type catalogue struct {
	bundle  *i18n.Bundle
	matcher language.Matcher
	by      map[string]*lingo
}

// lingo is one language.
type lingo struct {
	Tag  string
	Dir  string
	Name string // in itself
	loc  *i18n.Localizer
	why  map[string]string // reasons, by their English; nil: they are said in it
}

func newCatalogue() (*catalogue, error) {
	c := &catalogue{bundle: i18n.NewBundle(language.English), by: map[string]*lingo{}}
	c.bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	names, err := fs.Glob(files, "locale/active.*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if _, err := c.bundle.ParseMessageFileBytes(text, path.Base(name)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	var tags []language.Tag
	for _, t := range Languages {
		l := &lingo{Tag: t, Dir: "ltr", Name: map[string]string{"en": "English", "uk": "Українська", "ru": "Русский", pseudo: "⟦Pseudo⟧"}[t]}
		if t == pseudo {
			l.Dir = "rtl"
			l.loc = i18n.NewLocalizer(c.bundle, base)
		} else {
			l.loc = i18n.NewLocalizer(c.bundle, t)
			tags = append(tags, language.MustParse(t))
		}
		if text, err := files.ReadFile("locale/reasons." + t + ".yaml"); err == nil {
			if err := yaml.Unmarshal(text, &l.why); err != nil {
				return nil, fmt.Errorf("reasons.%s.yaml: %w", t, err)
			}
		}
		c.by[t] = l
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// of is the language of a request: as its address says, or else as was chosen
// before, or else as the browser prefers.
func (c *catalogue) of(r *http.Request) *lingo {
	if l := c.by[r.URL.Query().Get("lang")]; l != nil {
		return l
	}
	if k, err := r.Cookie("lang"); err == nil && c.by[k.Value] != nil {
		return c.by[k.Value]
	}
	_, i := language.MatchStrings(c.matcher, r.Header.Get("Accept-Language"))
	return c.by[Languages[i]]
}

// say is a message. Arguments are pairs of a name and a value; one named N chooses
// the plural.
func (l *lingo) say(id string, args ...any) string {
	data := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		data[fmt.Sprint(args[i])] = args[i+1]
	}
	lc := &i18n.LocalizeConfig{MessageID: id, TemplateData: data}
	if n, ok := data["N"]; ok {
		lc.PluralCount = n
	}
	text, err := l.loc.Localize(lc)
	if err != nil && text == "" {
		// Seen on the page, and in the test that looks for it.
		return "⟨" + id + "⟩"
	}
	if l.Tag == pseudo {
		return "⟦" + text + "⟧"
	}
	return text
}

// has reports whether the catalogue has a message.
func (l *lingo) has(id string) bool {
	_, err := l.loc.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: map[string]any{}})
	return err == nil
}

// word is the word for a value of a vocabulary, such as an outcome; one that the
// catalogue does not have, such as a source's own, stays as it is.
func (l *lingo) word(kind, value string) string {
	if value == "" {
		return ""
	}
	if id := kind + "." + value; l.has(id) {
		return l.say(id)
	}
	return strings.ReplaceAll(value, "-", " ")
}
