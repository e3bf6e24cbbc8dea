package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/synthetic"
)

// small is a mission with a few hundred observations.
func small(t *testing.T) (c command, dir string) {
	t.Helper()
	c = command{in: strings.NewReader(""), out: io.Discard, err: io.Discard, now: time.Now, into: new(string)}
	made.Do(func() {
		work, err := os.MkdirTemp("", "truce-small-")
		if err == nil {
			err = synthetic.Write(work, 2000, synthetic.Days(2000))
		}
		if err == nil {
			err = synthetic.Mission(work, filepath.Join(work, "mission"), c.now, mission.Silent{})
		}
		madeIn, madeErr = work, err
	})
	if madeErr != nil {
		t.Fatal(madeErr)
	}
	dir = filepath.Join(t.TempDir(), "mission")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(madeIn, "mission"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"log.key", "intake.key", "head-of-mission.key", "id.secret"} { // a copy has other rights
		if err := os.Chmod(filepath.Join(dir, "private", name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c, dir
}

var (
	made    sync.Once
	madeIn  string
	madeErr error
)

// TestEveryWordHasAMeaning: the words that a mapping can use are listed with what they mean.
func TestEveryWordHasAMeaning(t *testing.T) {
	all := slices.Concat(truce.Words.Acts(), truce.Words.Classes(), truce.Words.AllMeans())
	for _, w := range all {
		if m := meanings[w]; m == "" || len(m) > 60 {
			t.Errorf("%s: %q", w, m)
		}
	}
	for w := range meanings {
		if !slices.Contains(all, w) {
			t.Errorf("%s is not a word of the vocabulary", w)
		}
	}
}
