package evidence

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

func TestStore(t *testing.T) {
	s := Open(t.TempDir())
	sum, size, err := s.Put(strings.NewReader("seen from a post"))
	if err != nil || size != 16 || !s.Has(sum) {
		t.Fatalf("Put: %v, %d bytes, has %v", err, size, s.Has(sum))
	}
	again, _, err := s.Put(strings.NewReader("seen from a post"))
	if err != nil || again != sum {
		t.Errorf("the same bytes twice: %v, %x", err, again)
	}
	if err := s.Check(sum); err != nil {
		t.Error(err)
	}
	if err := s.Check([32]byte{1}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Check of nothing: %v", err)
	}
	if err := os.Chmod(s.Path(sum), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.Path(sum), []byte("seen from a pos!"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(sum); !errors.Is(err, ErrAltered) {
		t.Errorf("Check of altered bytes: %v", err)
	}
}
