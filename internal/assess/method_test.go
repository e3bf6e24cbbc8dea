package assess

import (
	"crypto/sha256"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce"
)

// TestTokens: comments and layout are not rules; everything else is.
func TestTokens(t *testing.T) {
	const plain = "package p\n\nfunc f(a int) bool { return a < 2 }\n"
	same := "// Package p has a comment.\npackage p\nfunc f(a int) bool {\n\treturn a < 2 /* two */\n}\n"
	if a, b := tokens([]byte(plain)), tokens([]byte(same)); !slices.Equal(a, b) {
		t.Errorf("%q and %q", a, b)
	}
	for _, other := range []string{"package p\n\nfunc f(a int) bool { return a <= 2 }\n", "package p\n\nfunc f(a int) bool { return a < 3 }\n", "package p\n\nfunc f(b int) bool { return b < 2 }\n"} {
		if slices.Equal(tokens([]byte(plain)), tokens([]byte(other))) {
			t.Errorf("%q is the same as %q", other, plain)
		}
	}
	if Digest().IsZero() {
		t.Error("the digest of the rules is none")
	}
}

// TestIsTest: what ends in _test.go is a test, and a file of that name alone is none.
func TestIsTest(t *testing.T) {
	for name, want := range map[string]bool{"a_test.go": true, "_test.go": false, "a.go": false, "test.go": false, "a_test.go.txt": false, "longer_name.go": false} {
		if isTest(name) != want {
			t.Errorf("%s: %t", name, !want)
		}
	}
}

// TestDigestIsOfAllFiles: the digest covers every file of the package that is not a test, in
// the order of their names. The files that were built in count: a build with an overlay, such
// as that of bin/mutants, has text that differs from the disk, and one file more.
func TestDigestIsOfAllFiles(t *testing.T) {
	onDisk, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	list, err := sources.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range list {
		names = append(names, f.Name())
	}
	for _, name := range onDisk {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not built in", name)
		}
	}
	slices.Sort(names)
	sum, n := sha256.New(), 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := sources.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		n++
		for _, word := range tokens(text) {
			sum.Write(append([]byte(word), 0))
		}
		sum.Write([]byte{0})
	}
	if got := Digest(); got != truce.Digest(sum.Sum(nil)) || n < 10 {
		t.Errorf("the digest %s is not that of %d files", got, n)
	}
}
