package truce_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
)

var (
	shownBy = regexp.MustCompile("`([a-z0-9/-]+) · ([^`·]+) · ([a-z0-9-]+)`")
	folders = regexp.MustCompile(`(?m)^\| ([a-z-]+-[0-9]{4}) \| (\d+) \| (\d+) \| (\d+) \|$`)
)

// TestCoverage: each folder, article and case that doc/coverage.md names exists, and the case is about the
// article; each category has a kind and a case; and each article of the folders that it counts has a case.
func TestCoverage(t *testing.T) {
	text, err := os.ReadFile("doc/coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]*truce.Agreement{}
	terms := func(name string) (string, *truce.Agreement) {
		dir := filepath.Join("agreements", name)
		if rest, ok := strings.CutPrefix(name, "conformance/"); ok {
			dir = filepath.Join("internal/scenario/testdata/conformance", rest)
		}
		if read[dir] == nil {
			a, probs := agreement.Read(os.DirFS(dir))
			if err := probs.Err(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			read[dir] = a
		}
		return dir, read[dir]
	}
	categories := 0
	for n, line := range strings.Split(string(text), "\n") {
		for _, m := range shownBy.FindAllStringSubmatch(line, -1) {
			dir, a := terms(m[1])
			if !hasArticle(a, m[2]) {
				t.Errorf("doc/coverage.md:%d: %s has no article %q", n+1, m[1], m[2])
				continue
			}
			c, err := os.ReadFile(filepath.Join(dir, "cases", m[3]+".scenario"))
			if err != nil {
				t.Errorf("doc/coverage.md:%d: %v", n+1, err)
			} else if !aboutArticle(string(c), m[2]) {
				t.Errorf("doc/coverage.md:%d: case %s of %s is not about article %q", n+1, m[3], m[1], m[2])
			}
		}
		cells := strings.Split(line, "|")
		if len(cells) != 7 || strings.Contains(line, "---") || strings.HasPrefix(line, "| category") {
			continue
		}
		categories++
		if !strings.Contains(cells[3], "`") || !shownBy.MatchString(cells[4]) {
			t.Errorf("doc/coverage.md:%d: no kind or no case", n+1)
		}
	}
	if categories != 21 {
		t.Errorf("doc/coverage.md has %d categories, not 21", categories)
	}
	rows := folders.FindAllStringSubmatch(string(text), -1)
	if len(rows) != 7 {
		t.Fatalf("doc/coverage.md counts %d folders, not 7", len(rows))
	}
	for _, m := range rows {
		dir, a := terms(m[1])
		not := 0
		var cases strings.Builder
		files, err := filepath.Glob(filepath.Join(dir, "cases", "*.scenario"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			c, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			cases.Write(c)
		}
		for _, p := range a.Provisions {
			if p.NotMonitored != "" {
				not++
			}
			if !aboutArticle(cases.String(), string(p.Article)) {
				t.Errorf("%s: no case is about article %q", m[1], p.Article)
			}
		}
		if is := fmt.Sprint(len(a.Provisions), len(a.Provisions)-not, not); is != strings.Join(m[2:], " ") {
			t.Errorf("doc/coverage.md: %s has %s articles, monitored and not, and not %s", m[1], is, strings.Join(m[2:], " "))
		}
	}
}

func hasArticle(a *truce.Agreement, article string) bool {
	return slices.ContainsFunc(a.Provisions, func(p truce.Provision) bool { return string(p.Article) == article })
}

// aboutArticle says whether a case states what must come out under an article.
func aboutArticle(cases, article string) bool {
	q := regexp.QuoteMeta(article)
	return regexp.MustCompile(`(?m)^(?:assess|count|day \S+) (?:` + q + `|"` + q + `") `).MatchString(cases)
}
