package mirror_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/mirror"
)

// TestBesideBrokenProof: a file that is not a proof is a fault, whatever is in it.
func TestBesideBrokenProof(t *testing.T) {
	name := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(name, []byte("a report"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, proof := range []string{"", "garbage", "log ", "log \n", "truce proof v1\nauthor x\n\n\n\n"} {
		if err := os.WriteFile(name+".proof", []byte(proof), 0o644); err != nil {
			t.Fatal(err)
		}
		_, _, err := mirror.Trust{}.Beside(name)
		if !errors.Is(err, audit.ErrFault) || !strings.Contains(err.Error(), "names no key") {
			t.Errorf("%q: %v", proof, err)
		}
	}
}
