package truce_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"os"
)

const module = "github.com/opentruce/truce"

// house says who may import whom, of ours. A new room or a new arrow changes
// this table in the same commit, and that line is the design discussion.
var house = map[string][]string{
	"geo":                {},
	".":                  {"geo"},
	"agreements":         {},
	"demo":               {},
	"audit":              {}, // shares nothing with what it verifies
	"bin/dist":           {},
	"bin/mutants":        {},
	"bin/viina":          {"internal/disk"},
	"internal/disk":      {},
	"internal/lock":      {"internal/disk"},
	"internal/evidence":  {"internal/disk"},
	"internal/gazetteer": {".", "geo"},
	"internal/format":    {},
	"internal/glossary":  {},
	"internal/places":    {"geo", "internal/gazetteer", "internal/format"},
	"internal/source":    {".", "geo", "internal/gazetteer", "internal/format"},
	"internal/rejects":   {".", "internal/source"},
	"internal/strict":    {"."},
	"internal/agreement": {".", "geo", "internal/gazetteer", "internal/strict", "internal/assess"}, // what a kind of obligation is written as is in the file of the kind
	"internal/correlate": {".", "geo"},
	"internal/assess":    {".", "geo", "internal/strict"},
	"internal/release":   {".", "geo"},                                          // who sees what: below all that compose anything
	"internal/summary":   {".", "geo", "internal/gazetteer", "internal/assess"}, // below situation, which describes incidents by it
	"internal/sorted":    {"."},
	"internal/calendar":  {"."},
	"internal/extent":    {"."},
	"internal/speaker":   {"."},
	"internal/situation": {".", "geo", "internal/correlate", "internal/assess", "internal/summary", "internal/sorted", "internal/calendar", "internal/extent", "internal/speaker"},
	"internal/decide":    {".", "internal/assess", "internal/situation"},
	"internal/alert":     {".", "internal/assess", "internal/summary", "internal/situation"},
	"internal/voices":    {".", "internal/assess", "internal/release", "internal/situation"},
	"internal/dossier":   {".", "internal/assess", "internal/release", "internal/situation"},
	"internal/scenario":  {".", "geo", "internal/assess", "internal/situation", "internal/decide"},
	"internal/report":    {".", "geo", "internal/glossary", "internal/summary"}, // by what rule a range is told
	"internal/brief":     {".", "geo", "internal/gazetteer", "internal/source", "internal/assess", "internal/release", "internal/summary", "internal/situation", "internal/report"},
	"internal/ledger":    {".", "internal/disk"},
	"internal/mission": {".", "geo", "audit", "internal/disk", "internal/evidence", "internal/gazetteer", "internal/agreement", "internal/correlate", "internal/assess",
		"internal/release", "internal/summary", "internal/situation", "internal/scenario", "internal/report", "internal/brief", "internal/ledger", "internal/speaker", "internal/rejects", "internal/lock"},
	"internal/begin":     {".", "internal/disk", "internal/ledger", "internal/mission"},
	"internal/control":   {".", "geo"},
	"internal/intake":    {".", "geo", "audit", "internal/evidence", "internal/source", "internal/release", "internal/situation", "internal/scenario", "internal/ledger", "internal/mission", "internal/decide", "internal/rejects"},
	"internal/view":      {".", "geo", "internal/release"},
	"internal/people":    {},
	"internal/courier":   {},
	"internal/desk":      {".", "internal/situation"},
	"internal/monitor":   {".", "internal/assess", "internal/brief", "internal/intake", "internal/mission", "internal/ledger", "internal/release", "internal/situation", "internal/report", "internal/view", "internal/alert", "internal/dossier", "internal/voices"},
	"internal/mirror":    {".", "audit", "internal/disk", "internal/ledger", "internal/mission"},
	"internal/remote":    {".", "internal/disk", "internal/intake", "internal/ledger", "internal/mission", "internal/monitor", "internal/lock"},
	"internal/card":      {},
	"internal/agenda":    {"."},
	"internal/web":       {".", "geo", "audit", "internal/agenda", "internal/card", "internal/disk", "internal/assess", "internal/brief", "internal/courier", "internal/desk", "internal/gazetteer", "internal/glossary", "internal/intake", "internal/ledger", "internal/mission", "internal/monitor", "internal/people", "internal/release", "internal/report", "internal/scenario", "internal/situation", "internal/summary", "internal/decide", "internal/rejects", "internal/lock", "internal/voices"},
	"internal/progress":  {},
	"internal/thrift":    {},
	"internal/synthetic": {"agreements", "internal/intake", "internal/mission", "internal/source", "internal/begin"},
	"cmd/truce-bench":    {".", "agreements", "audit", "demo", "internal/gazetteer", "internal/intake", "internal/ledger", "internal/mirror", "internal/mission", "internal/people", "internal/progress", "internal/scenario", "internal/situation", "internal/source", "internal/synthetic", "internal/thrift", "internal/web"},
	"cmd/truce": {".", "agreements", "demo", "audit", "internal/disk", "internal/web", "internal/remote", "internal/mirror", "internal/progress", "internal/thrift", "internal/courier", "internal/desk", "internal/people", "internal/brief", "internal/agenda", "internal/card", "internal/intake", "internal/mission", "internal/monitor", "internal/ledger", "internal/source", "internal/gazetteer", "internal/places", "internal/agreement",
		"internal/assess", "internal/release", "internal/summary", "internal/situation", "internal/scenario", "internal/report", "internal/lock", "internal/begin", "internal/control", "internal/voices"},
}

// pure are the rooms that have no clock, network, randomness or environment.
var pure = []string{".", "geo", "internal/sorted", "internal/calendar", "internal/strict", "internal/gazetteer", "internal/glossary", "internal/source", "internal/agreement", "internal/correlate", "internal/assess", "internal/release", "internal/summary", "internal/situation", "internal/scenario", "internal/report", "internal/brief", "internal/extent", "internal/speaker", "internal/decide", "internal/control", "internal/alert", "internal/dossier", "internal/voices"}

// impure are what a pure room must not use: whole packages, and names of
// packages that it may use otherwise.
var (
	impurePackages = []string{"net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "os/exec", "os/user"}
	impureNames    = []string{"time.Now", "time.Since", "time.After", "time.Tick", "time.Local", "os.Getenv", "os.LookupEnv", "os.Hostname", "os.Args"}
)

// unsynced are the files that write without package disk, and why they may.
var unsynced = map[string]string{
	"internal/disk/disk.go":           "it is how files are written",
	"internal/web/site.go":            "a site is written again as a whole",
	"internal/evidence/shelf.go":      "it overwrites what is removed next",
	"internal/synthetic/synthetic.go": "made for one run",
	"demo/unpack.go":                  "made for one run",
	"bin/dist/main.go":                "a release is built again as a whole",
	"bin/mutants/main.go":             "a list of one run",
	"bin/mutants/run.go":              "in a folder of one run",
}

// TestImports parses the files: asking the go command would let the test
// cache answer for a tree it has not seen.
func TestImports(t *testing.T) {
	used := map[string]map[string]bool{}
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "out" || name != "." && strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if d.IsDir() && name != "." {
			if _, err := os.Stat(path.Join(name, "go.mod")); err == nil { // another module
				return fs.SkipDir
			}
		}
		if d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		if used[path.Dir(name)] == nil {
			used[path.Dir(name)] = map[string]bool{}
		}
		checkFile(t, name, used[path.Dir(name)])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room, arrows := range house {
		for _, to := range arrows {
			if !used[room][to] {
				t.Errorf("the table lets %s import %s, and no file of it does", room, to)
			}
		}
	}
}

// checkFile looks at one file, and notes which rooms it imports.
func checkFile(t *testing.T, name string, used map[string]bool) {
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(src), "//go:build ignore") {
		return
	}
	f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	room := path.Dir(name)
	may, ok := house[room]
	if !ok {
		t.Errorf("%s: room %q is not in the table", name, room)
		return
	}
	isPure := slices.Contains(pure, room)
	for _, imp := range f.Imports {
		p, _ := strconv.Unquote(imp.Path.Value)
		if isPure && slices.Contains(impurePackages, p) {
			t.Errorf("%s: a pure room imports %s", name, p)
		}
		ours, ok := strings.CutPrefix(p, module)
		if !ok {
			continue
		}
		if ours = strings.TrimPrefix(ours, "/"); ours == "" {
			ours = "."
		}
		if used[ours] = true; !slices.Contains(may, ours) {
			t.Errorf("%s: %s may not import %s", name, room, ours)
		}
	}
	for _, n := range []string{"os.Rename(", "os.WriteFile("} {
		if strings.Contains(string(src), n) && unsynced[name] == "" {
			t.Errorf("%s: %s) writes a file that a power cut can leave empty; package disk writes files", name, n)
		}
	}
	if isPure {
		for _, n := range impureNames {
			if strings.Contains(string(src), n+"(") || strings.Contains(string(src), n+")") || strings.Contains(string(src), n+",") || strings.Contains(string(src), n+"\n") {
				t.Errorf("%s: a pure room uses %s", name, n)
			}
		}
	}
}

// TestHouseIsWhole: no row of the table speaks of a room that is gone.
func TestHouseIsWhole(t *testing.T) {
	for room := range house {
		if list, err := os.ReadDir(room); err != nil || !slices.ContainsFunc(list, func(e fs.DirEntry) bool { return path.Ext(e.Name()) == ".go" }) {
			t.Errorf("the table has room %q, and there is no Go file in it", room)
		}
	}
}
