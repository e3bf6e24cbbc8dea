package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/situation"
	"golang.org/x/net/html"
)

func messages(t *testing.T, tag string) map[string]any {
	t.Helper()
	out, _, err := wordsOf(tag)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// same are texts that are the same in English and another language, on purpose.
var same = regexp.MustCompile(`^(list\.of|span\.)`)

// TestTranslated: every message is in every language, differs from the English, and
// has the same places for values.
func TestTranslated(t *testing.T) {
	en := messages(t, "en")
	values := regexp.MustCompile(`\{\{\.\w+\}\}`)
	for _, tag := range []string{"uk", "ru"} {
		other := messages(t, tag)
		for id, text := range en {
			got, ok := other[id]
			if !ok {
				t.Errorf("%s: %s is not translated", tag, id)
				continue
			}
			if reflect.DeepEqual(text, got) && !same.MatchString(id) {
				t.Errorf("%s: %s is the English %q", tag, id, got)
			}
			a, one := text.(string)
			b, two := got.(string)
			if one != two {
				t.Errorf("%s: %s has a plural in one of the two", tag, id)
			} else if one && strings.Join(values.FindAllString(a, -1), "") != strings.Join(values.FindAllString(b, -1), "") {
				t.Errorf("%s: %s: %q, %q", tag, id, a, b)
			}
		}
		for id := range other {
			if _, ok := en[id]; !ok {
				t.Errorf("%s: %s is in no English", tag, id)
			}
		}
	}
}

// TestMessagesExist: what pages and code ask for is in the catalogue, and every word
// of the vocabularies.
func TestMessagesExist(t *testing.T) {
	en := messages(t, "en")
	ask := func(where, id string) {
		if _, ok := en[id]; !ok {
			t.Errorf("%s asks for %q", where, id)
		}
	}
	inPage, inCode := regexp.MustCompile(`\.T "([a-z.-]+)"`), regexp.MustCompile(`(?:\bsay|\.T)\("([a-z.-]+[a-z])"|"((?:fault|sign-in|join)\.[a-z-]+)"`)
	files, _ := filepath.Glob("page/*.html")
	code, _ := filepath.Glob("*.go")
	for _, name := range append(files, code...) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		re := inCode
		if strings.HasSuffix(name, ".html") {
			re = inPage
		}
		for _, m := range re.FindAllStringSubmatch(string(text), -1) {
			id := m[1]
			if id == "" && len(m) > 2 {
				id = m[2]
			}
			if !strings.HasSuffix(id, ".") && !strings.HasSuffix(id, ".html") {
				ask(name, id)
			}
		}
	}
	for _, id := range scriptWords {
		ask("a script", id)
	}
	for _, o := range truce.Outcomes {
		ask("outcomes", "outcome."+string(o))
	}
	for _, s := range truce.Standings {
		ask("standings", "standing."+string(s))
	}
	for _, a := range truce.Words.Acts() {
		ask("acts", "act."+a)
	}
	for _, w := range truce.Words.Classes() {
		ask("weapons", "weapon."+w)
	}
	for _, k := range truce.SourceKinds {
		ask("kinds of sources", "sourcekind."+string(k))
	}
	for _, k := range truce.OriginKinds {
		ask("kinds of origins", "origin."+k)
	}
	for _, id := range []string{"sources.offset", "sources.lag", "sources.reports"} {
		for _, how := range []string{"later", "earlier", "same"} {
			ask("differences of times", id+"-"+how)
		}
	}
	for _, m := range truce.Words.AllMeans() {
		ask("means", "means."+m)
	}
	for _, r := range ledger.Roles {
		ask("roles", "role."+string(r))
	}
	for _, f := range situation.Facts() {
		ask("what is missing", "fact."+string(f))
		ask("what would establish it", "task."+string(f))
		ask("who could", "who."+string(f))
	}
	for _, d := range truce.DecisionKinds {
		ask("decisions", "decision."+string(d))
	}
	for _, a := range truce.Audiences {
		ask("audiences", "audience."+string(a))
	}
	for _, c := range truce.Confidences {
		ask("confidences", "confidence."+c)
	}
	for _, d := range []truce.Domain{"air", "ground", "sea"} {
		ask("domains", "domain."+string(d))
	}
	for _, w := range []string{"impact", "launch", "overflight"} {
		ask("places of an act", "where."+w)
	}
	for _, c := range truce.CasualtyFields {
		ask("harm", "casualty."+c)
	}
	for _, n := range []string{"prior", "distance", "time", "act", "weapon", "side", "casualties"} {
		ask("parts of a score", "part."+n)
	}
	// What sentences count.
	counted := regexp.MustCompile(`(?:\bnumber\([^"]*|Of: )"([a-z ]+)"`)
	found := 0
	for _, dir := range []string{"assess", "situation", "alert", "brief", "mission", "monitor"} {
		names, _ := filepath.Glob("../" + dir + "/*.go")
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range counted.FindAllStringSubmatch(string(text), -1) {
				if found++; !strings.HasSuffix(name, "_test.go") {
					ask(name, "n."+strings.ReplaceAll(m[1], " ", "-"))
				}
			}
		}
	}
	for _, unit := range []string{"hour", "day", "week"} { // of a ribbon's bars
		ask("ribbons", "n."+unit)
	}
	if found < 10 {
		t.Errorf("%d things are counted", found)
	}
}

// TestNothingUntranslated shows every page in the pseudo-language: each word that is
// not between its brackets is data, which stands in <bdi>, <code> or <time>, or is
// marked with its own language.
func TestNothingUntranslated(t *testing.T) {
	h := theHouse(t)
	for path, role := range h.pagesOf(t) {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		_, body, _ := h.get(t, role, path+sep+"lang="+pseudo)
		if strings.Contains(body, "⟨") {
			t.Errorf("%s: a message is missing: %s", path, regexp.MustCompile("⟨[^⟩]*⟩").FindString(body))
		}
		doc, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		var walk func(n *html.Node)
		walk = func(n *html.Node) {
			if n.Type == html.ElementNode {
				for _, a := range n.Attr {
					if a.Key == "lang" && n.Data != "html" {
						return
					}
				}
				switch n.Data {
				case "bdi", "code", "script", "option", "datalist", "noscript", "title", "pre", "svg":
					return
				}
			}
			if n.Type == html.TextNode {
				rest := regexp.MustCompile("⟦[^⟦⟧]*(⟦[^⟧]*⟧[^⟦⟧]*)*⟧").ReplaceAllString(n.Data, "")
				rest = strings.NewReplacer("Truce", "", "SHA-256", "", "CSV", "", "GeoJSON", "", "JSON", "", "HXL", "", "KML", "", "GeoPackage", "", "GeoParquet", "").Replace(rest)
				if strings.ContainsFunc(rest, unicode.IsLetter) {
					t.Errorf("%s: %q is in no catalogue", path, strings.TrimSpace(rest))
				}
			}
			for c := range n.ChildNodes() {
				walk(c)
			}
		}
		walk(doc)
		if !strings.Contains(body, `dir="rtl"`) {
			t.Errorf("%s does not turn round", path)
		}
	}
}

// TestReasonsTranslated: every sentence that reasons, headlines, alerts and rules are
// made of stands in each language, with as many blanks of the same kind, and no others do.
func TestReasonsTranslated(t *testing.T) {
	written := map[string]bool{}
	for _, dir := range []string{"../assess", "../situation", "../decide", "../alert", "../brief", "../mission", "../monitor", "../correlate", "../summary", "../voices"} {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) == 0 {
					return true
				}
				called := ""
				switch f := call.Fun.(type) {
				case *ast.SelectorExpr:
					called = f.Sel.Name
				case *ast.Ident:
					called = f.Name
				}
				text, ok := call.Args[0].(*ast.BasicLit)
				if ok && slices.Contains([]string{"say", "Because", "because", "Joined", "noData"}, called) {
					format, err := strconv.Unquote(text.Value)
					if err != nil {
						t.Fatal(err)
					}
					written[format] = true
				}
				return true
			})
		}
	}
	if len(written) < 80 {
		t.Fatalf("%d reasons were found", len(written))
	}
	words, err := newCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	blanks := regexp.MustCompile(`%(\[\d+\])?[a-z]`)
	for _, tag := range Languages {
		if tag == base || tag == pseudo {
			continue
		}
		why := words.by[tag].why
		for format := range written {
			is, ok := why[format]
			if !ok {
				t.Errorf("%s has no words for %q", tag, format)
				continue
			}
			if a, b := blanks.FindAllString(format, -1), blanks.FindAllString(is, -1); !slices.Equal(a, b) {
				t.Errorf("%s: %q has the blanks %v, and %q %v", tag, format, a, is, b)
			}
		}
		for format := range why {
			if !written[format] {
				t.Errorf("%s has words for %q, which nothing says", tag, format)
			}
		}
	}
}

// TestTimesInReasons: a time within a reason is said in the reader's language, and what is not a
// time stays as it was written: prose has the words of times too.
func TestTimesInReasons(t *testing.T) {
	words, err := newCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	p := &Page{q: &request{lang: words.by["uk"]}}
	for text, want := range map[string]string{
		"27 Feb 2016 to 14 Mar 2016":                      "27 лют. 2016 – 14 бер. 2016",
		"27 Feb 2016 or 28 Feb 2016":                      "27 лют. 2016 або 28 лют. 2016",
		"not later than 1 May 2016 04:00 EET":             "не пізніше 1 трав. 2016 04:00 EET",
		"A video is taken to show something, or nothing.": "A video is taken to show something, or nothing.",
		"On 27 Feb 2016 it came to blows":                 "On 27 Feb 2016 it came to blows",
		"May":                                             "May",
	} {
		if got := p.said(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
