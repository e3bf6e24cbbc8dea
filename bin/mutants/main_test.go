package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestSample: a small package whose mutants have every fate; testdata/sample/want.txt
// was worked through by hand. Where tests were late and the machine was, nothing is
// said of the mutant, so that the outcome is the same on any machine.
func TestSample(t *testing.T) {
	want, err := os.ReadFile("testdata/sample/want.txt")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("testdata/sample")
	list := filepath.Join(t.TempDir(), "list.json")
	var out bytes.Buffer
	err = run(t.Context(), []string{"-v", "-workers", "2", "-patience", "500ms", "-json", list, "."}, &out)
	if err == nil || err.Error() != "below 85 %: sample: 65.5 %" {
		t.Errorf("%v", err)
	}
	lines := strings.SplitAfter(out.String(), "\n")
	last := lines[len(lines)-2]
	if !strings.HasPrefix(last, "sample: 65.5 %: killed 18, timed out 1, lived 7, not covered 3, not viable 2 in ") {
		t.Error(last)
	}
	got := lines[:len(lines)-2] // in the order in which they were judged
	wanted := strings.SplitAfter(strings.TrimSuffix(string(want), "\n"), "\n")
	wanted[len(wanted)-1] += "\n"
	slices.Sort(got)
	slices.Sort(wanted)
	for i := range max(len(got), len(wanted)) {
		g, w := "", ""
		if i < len(got) {
			g = got[i]
		}
		if i < len(wanted) {
			w = wanted[i]
		}
		if g != w {
			t.Fatalf("got\n%swant\n%s", g, w)
		}
	}
	if text, err := os.ReadFile(list); err != nil || bytes.Count(text, []byte(`"status"`)) != 31 {
		t.Errorf("%d mutants in the list, %v", bytes.Count(text, []byte(`"status"`)), err)
	}

	// A sample, of which too few are noticed for the score that is wanted.
	out.Reset()
	err = run(t.Context(), []string{"-workers", "1", "-wanted", "99.99", "-sample", "20", "-seed", "7", "."}, &out)
	if err == nil || !strings.HasSuffix(err.Error(), " of 20 mutants of the sample were noticed, and at least 19 must be") || !strings.HasPrefix(out.String(), "20 mutants chosen with -seed 7\n") {
		t.Errorf("%s%v", out.String(), err)
	}
	for _, bad := range [][]string{{}, {"./nowhere"}, {"-sample", "x"}} {
		if err := run(t.Context(), bad, &out); err == nil {
			t.Errorf("%v was run", bad)
		}
	}
}

// TestOperators: what each helper makes of its operands, without a mutant and with
// each of its two.
func TestOperators(t *testing.T) {
	dir := t.TempDir()
	const program = `package main

import "fmt"

func main() {
	yes, no := func() bool { return true }, func() bool { return false }
	for _, mutantIs = range []int{-1, 5, 6} {
		n, s, one := 7, "a", 7
		m, k, j := 7, 6, 6
		mutantAddTo(5, &n, 3)
		mutantSubTo(5, &m, 3)
		mutantMulTo(5, &k, 3)
		mutantQuoTo(5, &j, 3)
		mutantConcatTo(5, &s, "b")
		one += mutantOne[int](5)
		fmt.Println(mutantLss(5, 1, 1), mutantLss(5, 1, 2), mutantLeq(5, 1, 1), mutantLeq(5, 2, 1), mutantGtr(5, 1, 1), mutantGtr(5, 2, 1), mutantGeq(5, 1, 1), mutantGeq(5, 1, 2),
			mutantLand(5, true, no), mutantLand(5, false, yes), mutantLor(5, true, no), mutantLor(5, false, no), mutantOn(5),
			mutantAdd(5, 7, 3), mutantSub(5, 7, 3), mutantMul(5, 6, 3), mutantQuo(5, 6, 3), mutantRem(5, 7, 3),
			mutantAnd(5, 6, 3), mutantOr(5, 6, 3), mutantXor(5, 6, 3), mutantAndNot(5, 6, 3), mutantShl(5, 8, 2), mutantShr(5, 8, 2), mutantNeg(5, 7), n, m, k, j, s, one)
	}
}
`
	for name, text := range map[string]string{"go.mod": "module operators\n\ngo 1.26\n", "helper.go": strings.Replace(helper, "package PACKAGE", "package main", 1), "main.go": program} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "run", ".")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const want = `false true true false false true true false false false true false false 10 4 18 2 1 2 7 5 4 32 2 -7 10 4 18 2 ab 8
true true false false true true false false true true false false true 4 10 2 18 21 7 2 2 2 2 32 7 4 10 2 18 b 6
true false false true true false false true false false true false false 10 4 18 2 1 2 7 5 4 32 2 -7 3 3 3 3 ab 8
`
	if string(out) != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
}

// TestFloor: the least of a sample that a score still explains, by exact sums of the
// binomial distribution (Python, fractions and math.comb).
func TestFloor(t *testing.T) {
	for _, tt := range []struct {
		n    int
		p    float64
		want int
	}{{200, 0.85, 153}, {100, 0.85, 73}, {300, 0.85, 235}, {150, 0.9, 123}, {10, 0.85, 4}, {1, 0.5, 0}, {0, 0.85, 0}} {
		if got := floorOf(tt.n, tt.p); got != tt.want {
			t.Errorf("of %d with a score of %g: %d, want %d", tt.n, tt.p, got, tt.want)
		}
	}
}

// TestScore: killed and timed out, of these, lived and not covered.
func TestScore(t *testing.T) {
	for _, tt := range []struct {
		t    tally
		want float64
	}{
		{tally{}, 100}, {tally{notViable: 5}, 100}, {tally{killed: 3, timedOut: 1, lived: 2, notCovered: 2, notViable: 9}, 50}, {tally{killed: 17, notCovered: 3}, 85}, {tally{lived: 1}, 0},
	} {
		if got := tt.t.score(); got != tt.want {
			t.Errorf("%s: %g, want %g", tt.t, got, tt.want)
		}
	}
}

// TestChoose: a sample has no mutant twice and none that does not compile, is the same
// for the same seed, and stands in order.
func TestChoose(t *testing.T) {
	var all []*mutant
	for i := range 50 {
		all = append(all, &mutant{ID: i, Status: runnable})
	}
	all[3].Status, all[4].Status = notViable, notViable
	ids := func(list []*mutant) (out []int) {
		for _, m := range list {
			out = append(out, m.ID)
		}
		return out
	}
	a, b, c := ids(choose(all, 10, 7)), ids(choose(all, 10, 7)), ids(choose(all, 10, 8))
	if !slices.Equal(a, b) || slices.Equal(a, c) || !slices.IsSorted(a) || len(slices.Compact(slices.Clone(a))) != 10 {
		t.Errorf("%v, again %v, by another seed %v", a, b, c)
	}
	if whole := ids(choose(all, 99, 7)); len(whole) != 48 || slices.Contains(whole, 3) || slices.Contains(whole, 4) {
		t.Errorf("%v", whole)
	}
}

// TestGroups: the quick tests first, so that most mutants cost little.
func TestGroups(t *testing.T) {
	took := func(ms ...int) (out []*test) {
		for _, n := range ms {
			out = append(out, &test{took: time.Duration(n) * time.Millisecond})
		}
		return out
	}
	sizes := func(list [][]*test) (out []int) {
		for _, g := range list {
			out = append(out, len(g))
		}
		return out
	}
	for _, tt := range []struct {
		tests []*test
		want  []int
	}{
		{nil, nil}, {took(10), []int{1}}, {took(9000), []int{1}}, {took(100, 100, 300), []int{3}}, {took(100, 100, 301), []int{2, 1}}, {took(400, 400, 400, 4000, 4000, 4000), []int{1, 3, 2}},
	} {
		if got := sizes(groups(tt.tests)); !slices.Equal(got, tt.want) {
			t.Errorf("groups of %v, want %v", got, tt.want)
		}
	}
}

// TestProfile: the blocks of a coverage profile, and what is in them.
func TestProfile(t *testing.T) {
	all, ran, err := parseProfile("mode: set\nsample/a.go:3.10,5.2 1 1\nsample/b.go:7.1,7.20 2 0\n")
	if err != nil || len(all) != 2 || len(ran) != 1 {
		t.Fatalf("%v, %v, %v", all, ran, err)
	}
	for _, tt := range []struct {
		file         string
		line, column int
		want         bool
	}{{"x/a.go", 3, 9, false}, {"x/a.go", 3, 10, true}, {"x/a.go", 4, 1, true}, {"x/a.go", 5, 1, true}, {"x/a.go", 5, 2, false}, {"x/a.go", 2, 11, false}, {"x/a.go", 6, 1, false}, {"x/b.go", 4, 1, false}} {
		if got := ran[0].contains(&mutant{File: tt.file, line: tt.line, column: tt.column}); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
	for _, bad := range []string{"x\n", "a.go:1\n", "a.go:1.1,2.x 1 1\n"} {
		if _, _, err := parseProfile(bad); err == nil {
			t.Errorf("%q is a profile", bad)
		}
	}
}

// TestByChance: a test that fails with a mutant and passes right after noticed nothing.
func TestByChance(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the tests are shell scripts")
	}
	dir := t.TempDir()
	for name, x := range map[string]struct {
		script, out string
		want        bool
	}{
		"fails once":    {"exit 0", "ok\n--- FAIL: TestX (0.01s)\n    x_test.go:3: no\nFAIL\n", true},
		"fails again":   {"exit 1", "--- FAIL: TestX (0.01s)\n", false},
		"panics":        {"exit 0", "panic: no\n", false},
		"another test":  {"exit 0", "--- FAIL: TestOther (0.01s)\n", false},
		"another alone": {`case "$*" in *TestX*) exit 0;; esac; exit 1`, "--- FAIL: TestX (0.01s)\n", true},
	} {
		binary := filepath.Join(dir, "tests")
		if err := os.WriteFile(binary, []byte("#!/bin/sh\n"+x.script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		s := &suite{work: dir, dir: dir}
		if got := s.byChance(t.Context(), binary, []*test{{name: "TestA"}, {name: "TestX"}}, []byte(x.out), time.Minute, 1); got != x.want {
			t.Errorf("%s: by chance: %v, want %v", name, got, x.want)
		}
	}
}

// TestBaseline: tests that fail once all mutants are in the package, though none is on,
// would kill all of them. That is an error and not a score.
func TestBaseline(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{"go.mod": "module m\n\ngo 1.26\n", "m.go": "package m\n\nfunc Less(a, b int) bool { return a < b }\n",
		"m_test.go": "package m\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestLess(t *testing.T) {\n\tif os.Getenv(\"TRUCE_MUTANT\") != \"-1\" {\n\t\tt.Error(Less(1, 2))\n\t}\n}\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := run(t.Context(), []string{"."}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "the tests fail with all mutants in it and none on") {
		t.Errorf("%v", err)
	}
}
