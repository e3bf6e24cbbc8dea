package geo

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// TestNothingIsFused compiles the package for an architecture that has fused
// multiply-add and looks for it in the assembly of our own lines. It needs the
// go command and takes some seconds the first time.
func TestNothingIsFused(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles for arm64")
	}
	build := exec.Command("go", "build", "-gcflags=-S", ".")
	build.Env = append(os.Environ(), "GOARCH=arm64", "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	fused := regexp.MustCompile(`/geo/(\w+\.go:\d+)\)\s+FN?M(ADD|SUB)`)
	for line := range bytes.Lines(out) {
		if m := fused.FindSubmatch(line); m != nil {
			t.Errorf("%s: a product is fused with a sum; write float64(a*b) + c", m[1])
		}
	}
	if len(out) == 0 {
		t.Error("no assembly to look at")
	}
}
