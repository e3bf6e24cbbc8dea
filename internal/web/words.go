package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/opentruce/truce/internal/assess"
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
	var tags []language.Tag
	for _, t := range Languages {
		l := &lingo{Tag: t, Dir: "ltr", Name: map[string]string{"en": "English", "uk": "Українська", "ru": "Русский", pseudo: "⟦Pseudo⟧"}[t]}
		if t == pseudo {
			l.Dir = "rtl"
			l.loc = i18n.NewLocalizer(c.bundle, base)
		} else {
			all, why, err := wordsOf(t)
			if err != nil {
				return nil, err
			}
			text, err := yaml.Marshal(all)
			if err != nil {
				return nil, err
			}
			if _, err := c.bundle.ParseMessageFileBytes(text, "active."+t+".yaml"); err != nil {
				return nil, err
			}
			l.loc, l.why = i18n.NewLocalizer(c.bundle, t), why
			tags = append(tags, language.MustParse(t))
		}
		c.by[t] = l
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// wordsOf are the messages of a language by name, and its reasons by their English: what
// is in the folder of this room, and what the kinds of obligation have beside them.
// English has no reasons: they are said in it.
func wordsOf(tag string) (messages map[string]any, reasons map[string]string, err error) {
	text, err := files.ReadFile("locale/active." + tag + ".yaml")
	if err != nil {
		return nil, nil, err
	}
	if err := yaml.Unmarshal(text, &messages); err != nil {
		return nil, nil, fmt.Errorf("active.%s.yaml: %w", tag, err)
	}
	if tag != base {
		if text, err = files.ReadFile("locale/reasons." + tag + ".yaml"); err != nil {
			return nil, nil, err
		}
		if err := yaml.Unmarshal(text, &reasons); err != nil {
			return nil, nil, fmt.Errorf("reasons.%s.yaml: %w", tag, err)
		}
	}
	for _, k := range assess.Kinds() {
		w, err := k.Words()
		if err != nil {
			return nil, nil, err
		}
		for id, by := range w.Messages {
			if _, twice := messages[id]; twice {
				return nil, nil, fmt.Errorf("words of %s: %s is a message already", k.Name, id)
			}
			if by[tag] != nil {
				messages[id] = by[tag]
			}
		}
		for english, by := range w.Reasons {
			if _, twice := reasons[english]; twice {
				return nil, nil, fmt.Errorf("words of %s: %q is a reason already", k.Name, english)
			}
			if tag != base && by[tag] != "" {
				reasons[english] = by[tag]
			}
		}
	}
	return messages, reasons, nil
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
