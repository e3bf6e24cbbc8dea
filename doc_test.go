package truce_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	docPath = regexp.MustCompile("`((?:[a-z0-9_.-]+/)*[a-zA-Z0-9_.-]+\\.go)`|`((?:internal|cmd|bin|audit|geo|demo|agreements|interop)(?:/[a-z0-9_.-]+)*)/?`")
	docTest = regexp.MustCompile(`\b((?:Test|Fuzz|Benchmark)[A-Z]\w+)`)
	goTest  = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)[A-Z]\w+)`)
)

// TestDocsNameWhatThereIs: each Go file, room and test that a document names exists. A file
// without a folder may be in any room.
func TestDocsNameWhatThereIs(t *testing.T) {
	files, tests := []string{}, map[string]bool{}
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "out" || name != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		files = append(files, name)
		if strings.HasSuffix(name, "_test.go") {
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			for _, m := range goTest.FindAllStringSubmatch(string(text), -1) {
				tests[m[1]] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	docs, err := filepath.Glob("doc/*.md")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, doc := range append(docs, "README.md", "CONTRIBUTING.md") {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(text), "\n") {
			for _, m := range docPath.FindAllStringSubmatch(line, -1) {
				named++
				switch {
				case m[1] != "" && !strings.Contains(m[1], "/"):
					if !slices.ContainsFunc(files, func(f string) bool { return path.Base(f) == m[1] }) {
						t.Errorf("%s:%d: no file is called %s", doc, n+1, m[1])
					}
				case m[1] != "":
					if !slices.Contains(files, m[1]) {
						t.Errorf("%s:%d: there is no %s", doc, n+1, m[1])
					}
				default:
					if _, err := os.Stat(m[2]); err != nil {
						t.Errorf("%s:%d: there is no %s", doc, n+1, m[2])
					}
				}
			}
			for _, m := range docTest.FindAllStringSubmatch(line, -1) {
				named++
				// The start of a name stands for all tests that begin with it.
				if !tests[m[1]] && !hasPrefix(tests, m[1]) {
					t.Errorf("%s:%d: no test is called %s", doc, n+1, m[1])
				}
			}
		}
	}
	if named < 100 {
		t.Errorf("documents name %d files, rooms and tests: the expressions find too little", named)
	}
}

func hasPrefix(tests map[string]bool, start string) bool {
	for name := range tests {
		if strings.HasPrefix(name, start) {
			return true
		}
	}
	return false
}

// TestDocsHaveTheDemosFigures: what README and doc/method.md print of the Syrian demo is what its
// files have. TestSyriaFigures, in internal/situation, computes figures.json from the data.
func TestDocsHaveTheDemosFigures(t *testing.T) {
	type days struct {
		Findings int `json:"findings"`
		Days     int `json:"at_least_days"`
		Stated   int `json:"two_stated_origins"`
	}
	var f struct {
		Hours   map[string]days `json:"hours"`
		Uploads days            `json:"upload_days"`
		Shifted struct {
			Times  int     `json:"times"`
			Mean   float64 `json:"mean_at_least_days"`
			AsMany int     `json:"as_many_days_or_more"`
		} `json:"shifted"`
	}
	text, err := os.ReadFile("demo/syria/figures.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	rows := func(name string) int {
		file, err := os.Open("demo/syria/data/" + name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		all, err := csv.NewReader(file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return len(all) - 1
	}
	demo := f.Hours["36h"]
	want := map[string][]string{
		"README.md": {
			fmt.Sprintf("%d videos of local channels", rows("syrian-archive/videos_2016-02-24_2016-03-14.csv")),
			fmt.Sprintf("%d events of a catalogue", rows("ucdp-ged/ucdp_syria_2016-02-24_2016-03-14.csv")),
			fmt.Sprintf("at least **%d days**", demo.Days),
			fmt.Sprintf("%d of these %d findings rest on two origins that the reports state", demo.Stated, demo.Findings),
			fmt.Sprintf("A count of upload days would say %d, and chance alone gives %d days or more in %d of %d cases", f.Uploads.Days, demo.Days, f.Shifted.AsMany, f.Shifted.Times),
		},
		"doc/method.md": {
			fmt.Sprintf("| **the 36 hours (the demo)** | %d | %d days | %d |", demo.Findings, demo.Days, demo.Stated),
			fmt.Sprintf("| the day of its upload, whatever its text says | %d | %d days | %d |", f.Uploads.Findings, f.Uploads.Days, f.Uploads.Stated),
			fmt.Sprintf("on %.2f days on average, and in %d of %d\nrotations", f.Shifted.Mean, f.Shifted.AsMany, f.Shifted.Times),
		},
	}
	for doc, figures := range want { // any order
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range figures {
			if !strings.Contains(string(text), s) {
				t.Errorf("%s does not say %q", doc, s)
			}
		}
	}
}
