package source

import (
	"flag"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"testing"
)

// manual is where the documentation of a mapping is printed for people who do not read Go.
const manual = "../../doc/mapping.md"

// TestManual: doc/mapping.md is the documentation of Mapping, word by word. -update writes it.
func TestManual(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "mapping.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE && g.Specs[0].(*ast.TypeSpec).Name.Name == "Mapping" {
			text = g.Doc.Text()
		}
	}
	var p comment.Parser
	want := "# What a mapping says\n\n`truce map FILE` proposes a mapping for a file and shows what would come of it. This page is the whole manual; it is made from the Go documentation " +
		"(`go test ./internal/source -run Manual -update`).\n\n" + string((&comment.Printer{}).Markdown(p.Parse(text)))
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(manual, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("doc/mapping.md is not what the documentation of Mapping says; run go test ./internal/source -run Manual -update")
	}
}
