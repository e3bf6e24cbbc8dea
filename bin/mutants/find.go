package main

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A status is what became of a mutant.
type status string

const (
	runnable   status = "RUNNABLE"
	killed     status = "KILLED"
	lived      status = "LIVED"
	timedOut   status = "TIMED OUT"
	notCovered status = "NOT COVERED"
	notViable  status = "NOT VIABLE"
)

// A mutant is one operator that is replaced by another.
type mutant struct {
	ID       int    `json:"id"`
	File     string `json:"file"` // by its path from the module's root
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Kind     string `json:"type"` // as gremlins names it
	Function string `json:"function"`
	Text     string `json:"text"` // the expression or statement
	From     string `json:"from"`
	To       string `json:"to"`
	Status   status `json:"status"`

	offset       int  // of the operator in its file
	inside       bool // within a function, where coverage is known
	line, column int  // where coverage knows it
	compile      bool // it needs a build of its own
}

func (m *mutant) String() string {
	return fmt.Sprintf("%-11s %s:%d:%d %s: %s: %s became %s", m.Status, m.File, m.Line, m.Column, m.Function, m.Text, m.From, m.To)
}

// changes are the mutations of gremlins: what an operator becomes, and the name.
// A binary - has one here, where gremlins has two that are the same.
type change struct {
	kind string
	to   token.Token
}

var changes = map[token.Token][]change{
	token.ADD: {{"ARITHMETIC_BASE", token.SUB}}, token.SUB: {{"ARITHMETIC_BASE", token.ADD}}, token.MUL: {{"ARITHMETIC_BASE", token.QUO}},
	token.QUO: {{"ARITHMETIC_BASE", token.MUL}}, token.REM: {{"ARITHMETIC_BASE", token.MUL}},
	token.EQL: {{"CONDITIONALS_NEGATION", token.NEQ}}, token.NEQ: {{"CONDITIONALS_NEGATION", token.EQL}},
	token.LSS: {{"CONDITIONALS_BOUNDARY", token.LEQ}, {"CONDITIONALS_NEGATION", token.GEQ}},
	token.LEQ: {{"CONDITIONALS_BOUNDARY", token.LSS}, {"CONDITIONALS_NEGATION", token.GTR}},
	token.GTR: {{"CONDITIONALS_BOUNDARY", token.GEQ}, {"CONDITIONALS_NEGATION", token.LEQ}},
	token.GEQ: {{"CONDITIONALS_BOUNDARY", token.GTR}, {"CONDITIONALS_NEGATION", token.LSS}},
	token.INC: {{"INCREMENT_DECREMENT", token.DEC}}, token.DEC: {{"INCREMENT_DECREMENT", token.INC}},
	token.LAND: {{"INVERT_LOGICAL", token.LOR}}, token.LOR: {{"INVERT_LOGICAL", token.LAND}},
	token.BREAK: {{"INVERT_LOOPCTRL", token.CONTINUE}}, token.CONTINUE: {{"INVERT_LOOPCTRL", token.BREAK}},
	token.AND: {{"INVERT_BITWISE", token.OR}}, token.OR: {{"INVERT_BITWISE", token.AND}}, token.XOR: {{"INVERT_BITWISE", token.AND}},
	token.AND_NOT: {{"INVERT_BITWISE", token.AND}}, token.SHL: {{"INVERT_BITWISE", token.SHR}}, token.SHR: {{"INVERT_BITWISE", token.SHL}},
	token.ADD_ASSIGN:     {{"INVERT_ASSIGNMENTS", token.SUB_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.SUB_ASSIGN:     {{"INVERT_ASSIGNMENTS", token.ADD_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.MUL_ASSIGN:     {{"INVERT_ASSIGNMENTS", token.QUO_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.QUO_ASSIGN:     {{"INVERT_ASSIGNMENTS", token.MUL_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.REM_ASSIGN:     {{"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.AND_ASSIGN:     {{"INVERT_BWASSIGN", token.OR_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.OR_ASSIGN:      {{"INVERT_BWASSIGN", token.AND_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.XOR_ASSIGN:     {{"INVERT_BWASSIGN", token.AND_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.AND_NOT_ASSIGN: {{"INVERT_BWASSIGN", token.AND_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.SHL_ASSIGN:     {{"INVERT_BWASSIGN", token.SHR_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.SHR_ASSIGN:     {{"INVERT_BWASSIGN", token.SHL_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
}

//go:embed helper.go.txt
var helper string

// helpers are the functions of helper.go.txt that take two operands.
var helpers = map[token.Token]string{
	token.LSS: "mutantLss", token.LEQ: "mutantLeq", token.GTR: "mutantGtr", token.GEQ: "mutantGeq",
	token.ADD: "mutantAdd", token.SUB: "mutantSub", token.MUL: "mutantMul", token.QUO: "mutantQuo", token.REM: "mutantRem",
	token.AND: "mutantAnd", token.OR: "mutantOr", token.XOR: "mutantXor", token.AND_NOT: "mutantAndNot", token.SHL: "mutantShl", token.SHR: "mutantShr",
	token.LAND: "mutantLand", token.LOR: "mutantLor",
	token.ADD_ASSIGN: "mutantAddTo", token.SUB_ASSIGN: "mutantSubTo", token.MUL_ASSIGN: "mutantMulTo", token.QUO_ASSIGN: "mutantQuoTo",
}

// A source is one file of a package: as it is, and with all its mutants in it.
type source struct {
	path    string // on disk
	text    []byte
	mutated []byte
}

// find parses and type checks the files of a package and returns all mutants of it.
// exports are the compiled dependencies by import path.
func find(root, importPath string, files []string, exports map[string]string) ([]*source, []*mutant, error) {
	fset := token.NewFileSet()
	var sources []*source
	var parsed []*ast.File
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, err
		}
		f, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, nil, err
		}
		sources, parsed = append(sources, &source{path: path, text: text}), append(parsed, f)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
	pkg, err := conf.Check(importPath, fset, parsed, info)
	if err != nil {
		return nil, nil, err
	}
	var all []*mutant
	for i, f := range parsed {
		rel, err := filepath.Rel(root, files[i])
		if err != nil {
			return nil, nil, err
		}
		w := &walk{fset: fset, info: info, pkg: pkg, file: f, src: sources[i], name: filepath.ToSlash(rel), all: &all}
		ast.Inspect(f, w.node)
		sources[i].mutated = w.apply()
	}
	return sources, all, nil
}

// A walk goes through one file and notes what has to be written for its mutants.
type walk struct {
	fset          *token.FileSet
	info          *types.Info
	pkg           *types.Package
	file          *ast.File
	src           *source
	name          string
	all           *[]*mutant
	heads         []head
	opens, closes []edit
	replacements  []edit
}

// A head is what stands between case and its colon: it is in no block of a coverage
// profile, and is reached with the switch.
type head struct{ from, to, reached token.Pos }

// An edit writes text at an offset, over some bytes that were there.
type edit struct {
	at, over int
	text     string
}

func (w *walk) at(p token.Pos) int { return w.fset.Position(p).Offset }

func (w *walk) open(p token.Pos, text string) {
	w.opens = append(w.opens, edit{at: w.at(p), text: text})
}
func (w *walk) close(p token.Pos, text string) {
	w.closes = append(w.closes, edit{at: w.at(p), text: text})
}
func (w *walk) replace(p token.Pos, tok token.Token, text string) {
	w.replacements = append(w.replacements, edit{w.at(p), len(tok.String()), text})
}

// apply writes all mutants into the file. An outer expression opens before an inner
// one at the same place, and closes after it. No line is added, so that what a
// failing test prints still fits.
func (w *walk) apply() []byte {
	slices.Reverse(w.closes)
	edits := slices.Concat(w.closes, w.opens, w.replacements)
	slices.SortStableFunc(edits, func(a, b edit) int { return a.at - b.at })
	var out []byte
	from := 0
	for _, e := range edits {
		out = append(append(out, w.src.text[from:e.at]...), e.text...)
		from = e.at + e.over
	}
	return append(out, w.src.text[from:]...)
}

// add notes the mutants of one operator and returns the ID of the first.
func (w *walk) add(n ast.Node, at token.Pos, tok token.Token) []*mutant {
	var out []*mutant
	for _, c := range changes[tok] {
		pos := w.fset.Position(at)
		m := &mutant{ID: len(*w.all), File: w.name, Line: pos.Line, Column: pos.Column, Kind: c.kind, From: tok.String(), To: c.to.String(), Status: runnable, offset: pos.Offset,
			Text: strings.Join(strings.Fields(string(w.src.text[w.at(n.Pos()):w.at(n.End())])), " ")}
		if len(m.Text) > 100 {
			m.Text = strings.ToValidUTF8(m.Text[:100], "") + "…"
		}
		w.place(m, at)
		*w.all = append(*w.all, m)
		out = append(out, m)
	}
	return out
}

// place says in which function a mutant is, and where coverage knows it.
func (w *walk) place(m *mutant, at token.Pos) {
	m.Function, m.inside = w.function(at)
	for _, h := range w.heads { // the innermost comes last
		if at >= h.from && at < h.to {
			at = h.reached
		}
	}
	pos := w.fset.Position(at)
	m.line, m.column = pos.Line, pos.Column
}

// function names the declaration around a position, and says whether it is within
// the body of a function.
func (w *walk) function(at token.Pos) (name string, inside bool) {
	for _, d := range w.file.Decls {
		if at < d.Pos() || at >= d.End() {
			continue
		}
		if f, ok := d.(*ast.FuncDecl); ok {
			return f.Name.Name, f.Body != nil && at >= f.Body.Pos()
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncLit); ok && at >= f.Body.Pos() && at < f.Body.End() {
				inside = true
			}
			if v, ok := n.(*ast.ValueSpec); ok && at >= v.Pos() && at < v.End() {
				name = v.Names[0].Name
			}
			return true
		})
	}
	return name, inside
}

func (w *walk) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.SwitchStmt:
		w.cases(n.Pos(), n.Body)
	case *ast.SelectStmt:
		w.cases(n.Pos(), n.Body)
	case *ast.BinaryExpr:
		w.binary(n)
	case *ast.UnaryExpr:
		if n.Op == token.SUB { // & and ^ of one operand have no other operator
			w.negative(n)
		}
	case *ast.IncDecStmt:
		w.step(n)
	case *ast.AssignStmt:
		if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
			w.assign(n)
		}
	case *ast.BranchStmt:
		for _, m := range w.add(n, n.TokPos, n.Tok) {
			m.compile = true
		}
	}
	return true
}

func (w *walk) cases(reached token.Pos, body *ast.BlockStmt) {
	for _, c := range body.List {
		switch c := c.(type) {
		case *ast.CaseClause:
			w.heads = append(w.heads, head{c.Pos(), c.Colon, reached})
		case *ast.CommClause:
			w.heads = append(w.heads, head{c.Pos(), c.Colon, reached})
		}
	}
}

func (w *walk) binary(n *ast.BinaryExpr) {
	ms := w.add(n, n.OpPos, n.Op)
	if len(ms) == 0 {
		return
	}
	x, y := w.info.Types[n.X], w.info.Types[n.Y]
	constant := w.info.Types[n].Value != nil
	loose := untyped(x) || untyped(y) // an operand whose type only its place decides
	switch {
	case isString(x.Type) && n.Op == token.ADD:
		ms[0].Status = notViable
	case constant:
		ms[0].compile, ms[len(ms)-1].compile = true, true
	case n.Op == token.EQL || n.Op == token.NEQ:
		w.open(n.X.Pos(), "((")
		w.close(n.Y.End(), fmt.Sprintf(") != mutantOn(%d))", ms[0].ID))
	case n.Op == token.LAND || n.Op == token.LOR:
		w.open(n.X.Pos(), fmt.Sprintf("%s(%d, ", helpers[n.Op], ms[0].ID))
		w.replace(n.OpPos, n.Op, ",")
		w.open(n.Y.Pos(), "func() bool { return ")
		w.close(n.Y.End(), " })")
	case loose, (n.Op == token.SHL || n.Op == token.SHR) && x.Value != nil:
		ms[0].compile, ms[len(ms)-1].compile = true, true
	default:
		w.open(n.X.Pos(), fmt.Sprintf("%s(%d, ", helpers[n.Op], ms[0].ID))
		w.replace(n.OpPos, n.Op, ",")
		w.close(n.Y.End(), ")")
	}
}

func untyped(tv types.TypeAndValue) bool {
	b, ok := tv.Type.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0 && tv.Value == nil
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

func (w *walk) negative(n *ast.UnaryExpr) {
	pos := w.fset.Position(n.OpPos)
	m := &mutant{ID: len(*w.all), File: w.name, Line: pos.Line, Column: pos.Column, Kind: "INVERT_NEGATIVES", From: "-", To: "+", Status: runnable, offset: pos.Offset,
		Text: string(w.src.text[w.at(n.Pos()):w.at(n.End())])}
	w.place(m, n.OpPos)
	*w.all = append(*w.all, m)
	if w.info.Types[n].Value != nil {
		m.compile = true
		return
	}
	w.replace(n.OpPos, token.SUB, fmt.Sprintf("mutantNeg(%d, ", m.ID))
	w.close(n.X.End(), ")")
}

func (w *walk) step(n *ast.IncDecStmt) {
	m := w.add(n, n.TokPos, n.Tok)[0]
	name := ""
	switch t := w.info.Types[n.X].Type.(type) {
	case *types.Basic:
		name = t.Name()
	case *types.Named:
		if t.Obj().Pkg() == w.pkg && t.Obj().Parent() == w.pkg.Scope() {
			name = t.Obj().Name()
		}
	}
	if name == "" {
		m.compile = true
		return
	}
	op := "+="
	if n.Tok == token.DEC {
		op = "-="
	}
	w.replace(n.TokPos, n.Tok, fmt.Sprintf(" %s mutantOne[%s](%d)", op, name, m.ID))
}

func (w *walk) assign(n *ast.AssignStmt) {
	ms := w.add(n, n.TokPos, n.Tok)
	x := w.info.Types[n.Lhs[0]]
	name, id := helpers[n.Tok], ms[0].ID
	if isString(x.Type) {
		ms[0].Status = notViable
		name, id = "mutantConcatTo", ms[1].ID
	}
	if name == "" || !x.Addressable() || untyped(w.info.Types[n.Rhs[0]]) {
		for _, m := range ms {
			m.compile = true
		}
		return
	}
	w.open(n.Lhs[0].Pos(), fmt.Sprintf("%s(%d, &", name, id))
	w.replace(n.TokPos, n.Tok, ",")
	w.close(n.Rhs[0].End(), ")")
}
