package assess

import (
	"slices"
	"testing"
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
