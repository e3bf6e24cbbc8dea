package assess

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
	"pgregory.net/rapid"
)

// empty is an obligation of a kind of which nothing is written.
func empty(k Kind) kind {
	var probs strict.Problems
	c := &Clause{Decoder: &strict.Decoder{Out: &probs}, Agreement: &truce.Agreement{}, Provision: &truce.Provision{},
		Named: func(strict.Text, string, []string) {}, Party: func(strict.Text) truce.PartyID { return "" }}
	return k.Read(reflect.New(k.Form).Interface(), c).(kind)
}

// anyDay is a day on which anything may have been found.
func anyDay(t *rapid.T) *Day {
	// Small numbers and the first of a list are drawn more often than others.
	d := &Day{Date: truce.Date("2026-01-01").Add(rapid.IntRange(0, 400).Draw(t, "day")), Ended: rapid.IntRange(0, 9).Draw(t, "cut") < 9}
	for range rapid.IntRange(0, 3).Draw(t, "findings") {
		o := &truce.Observation{Act: rapid.SampledFrom([]truce.Act{"fire", "presence", "fire-pixel"}).Draw(t, "act"), Claimant: rapid.SampledFrom([]truce.PartyID{"", "", "A"}).Draw(t, "claimant"), Count: truce.Count{N: 1}}
		f := &Found{Incident: &truce.Incident{Of: []*truce.Observation{o}}}
		if rapid.IntRange(0, 5).Draw(t, "total") == 5 {
			f.Incident = nil
		}
		f.Outcome = rapid.SampledFrom(append([]truce.Outcome{truce.NoViolation, truce.UndeterminedPlace, truce.NotYetDue, truce.ApparentViolation}, truce.Outcomes...)).Draw(t, "outcome")
		f.Signs.N = rapid.Int64Range(0, 5).Draw(t, "signs")
		d.Found = append(d.Found, f)
	}
	seen := truce.PPM(rapid.IntRange(0, int(truce.One)).Draw(t, "coverage"))
	d.covered = func() truce.PPM { return seen }
	return d
}

// TestDaysJoin: what a kind keeps of days is a monoid. Whoever joins may begin anywhere,
// keep what is joined, and leave out stretches of no days.
func TestDaysJoin(t *testing.T) {
	asked := 0
	for _, k := range kinds {
		o := empty(k)
		days := o.days()
		if days.day == nil {
			continue
		}
		asked++
		r := &Rule{c: NewContext(Context{Agreement: &truce.Agreement{}}), p: &truce.Provision{Obligation: o}, kind: o}
		t.Run(k.Name, rapid.MakeCheck(func(t *rapid.T) {
			stretch := func(name string) any {
				out := days.none
				for range rapid.IntRange(0, 4).Draw(t, name) {
					out = days.join(out, days.day(r, anyDay(t)))
				}
				return out
			}
			a, b, c := stretch("a"), stretch("b"), stretch("c")
			if x, y := days.join(days.join(a, b), c), days.join(a, days.join(b, c)); !reflect.DeepEqual(x, y) {
				t.Fatalf("joining is not associative: %+v and %+v of %+v, %+v, %+v", x, y, a, b, c)
			}
			if x, y := days.join(days.none, a), days.join(a, days.none); !reflect.DeepEqual(x, a) || !reflect.DeepEqual(y, a) {
				t.Fatalf("no days joined to %+v are %+v and %+v", a, x, y)
			}
			d := anyDay(t)
			was := days.day(r, d)
			slices.Reverse(d.Found)
			if is := days.day(r, d); !reflect.DeepEqual(is, was) {
				t.Fatalf("of findings in another order a day keeps %+v, and not %+v", is, was)
			}
		}))
	}
	if asked == 0 {
		t.Error("no kind keeps anything of days: nothing was asked")
	}
}

// source parses the files of a folder that are not tests.
func source(t *testing.T, folder string) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(name)] = f
	}
	return out
}

// sentences are the formats of the reasons that a file says.
func sentences(f *ast.File) map[string]bool {
	out := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		name := ""
		switch f := call.Fun.(type) {
		case *ast.SelectorExpr:
			name = f.Sel.Name
		case *ast.Ident:
			name = f.Name
		}
		text, ok := call.Args[0].(*ast.BasicLit)
		if ok && slices.Contains([]string{"say", "Because", "Joined", "noData"}, name) {
			format, _ := strconv.Unquote(text.Value)
			out[format] = true
		}
		return true
	})
	return out
}

// TestWordsOfKinds: beside each kind are words in every language for what it alone says,
// and for nothing else.
func TestWordsOfKinds(t *testing.T) {
	files := source(t, ".")
	by := map[string][]string{} // format to the files that say it
	for name, f := range files {
		for format := range sentences(f) {
			by[format] = append(by[format], name)
		}
	}
	beside, _ := filepath.Glob("*.words.yaml")
	if len(beside) != len(kinds) {
		t.Errorf("there are %d kinds, and words in %v", len(kinds), beside)
	}
	for _, k := range kinds {
		w, err := k.Words()
		if err != nil {
			t.Error(err)
			continue
		}
		own := k.Name + ".go"
		for format, said := range by {
			if slices.Equal(said, []string{own}) && w.Reasons[format] == nil {
				t.Errorf("%s says %q, and has no words for it beside it", own, format)
			}
		}
		for format, in := range w.Reasons {
			if !slices.Equal(by[format], []string{own}) {
				t.Errorf("words of %s: %q is said in %v", k.Name, format, by[format])
			}
			for _, tag := range []string{"uk", "ru"} {
				if in[tag] == "" {
					t.Errorf("words of %s: %q is not in %s", k.Name, format, tag)
				}
			}
		}
		for id, in := range w.Messages {
			for _, tag := range []string{"en", "uk", "ru"} {
				if in[tag] == nil {
					t.Errorf("words of %s: %s is not in %s", k.Name, id, tag)
				}
			}
		}
	}
}

// TestKindIsOneFile: names that a kind's file declares are used in that file alone, except
// in the kind's line in the list of kinds. Nothing in the program compares anything with the
// name of a kind, and the description of the format lists every kind. Code that several kinds
// need is in other files of this package.
func TestKindIsOneFile(t *testing.T) {
	files := source(t, ".")
	for _, k := range kinds {
		own := k.Name + ".go"
		if files[own] == nil {
			t.Errorf("the kind %s is not in %s", k.Name, own)
			continue
		}
		declared := map[string]bool{}
		for _, d := range files[own].Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					declared[d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						declared[s.Name.Name] = true
					case *ast.ValueSpec:
						for _, n := range s.Names {
							declared[n.Name] = true
						}
					}
				}
			}
		}
		for name, f := range files {
			if name == own {
				continue
			}
			line := strings.ReplaceAll(k.Name, "-", "") + "Kind" // in the list
			free := func(n *ast.Ident) bool {
				return declared[n.Name] && (name != "kind.go" || !strings.EqualFold(n.Name, line))
			}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.SelectorExpr: // a field or method of another thing may have the same name
					ast.Inspect(n.X, func(x ast.Node) bool {
						if id, ok := x.(*ast.Ident); ok && free(id) {
							t.Errorf("%s uses %s, which belongs to %s alone", name, id.Name, own)
						}
						return true
					})
					return false
				case *ast.Ident:
					if free(n) {
						t.Errorf("%s uses %s, which belongs to %s alone", name, n.Name, own)
					}
				}
				return true
			})
		}
	}
	format, err := os.ReadFile("../../doc/agreement-format.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds {
		if !strings.Contains(string(format), "\n| `"+k.Name+": ") {
			t.Errorf("doc/agreement-format.md has no row on %s", k.Name)
		}
	}
	looked := 0
	err = fs.WalkDir(os.DirFS("../.."), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || d.Name() == "out" || name != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", name), nil, 0)
		if err != nil {
			return err
		}
		looked++
		ask := func(list ...ast.Expr) {
			for _, e := range list {
				if lit, ok := e.(*ast.BasicLit); ok && lit.Value != `"notify"` /* what a party says, too */ && slices.ContainsFunc(kinds, func(k Kind) bool { return lit.Value == strconv.Quote(k.Name) }) {
					t.Errorf("%s asks whether something is %s: kinds of obligation are told apart in their own files", name, lit.Value)
				}
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CaseClause:
				ask(n.List...)
			case *ast.BinaryExpr:
				ask(n.X, n.Y)
			}
			return true
		})
		return nil
	})
	if err != nil || looked < 100 {
		t.Error(looked, err)
	}
}
