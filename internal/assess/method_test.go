package assess

import (
	"crypto/sha256"
	"os"
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

// TestDigestIsOfAllFiles: the digest is over each file of the room that is no test, in the
// order of their names.
func TestDigestIsOfAllFiles(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	sum, n := sha256.New(), 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
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
