package web

import (
	"errors"
	"testing"

	"github.com/opentruce/truce/internal/situation"
)

// TestRecallAnswer: an answer of a reader is asked for once, and an error is not kept.
func TestRecallAnswer(t *testing.T) {
	m, s := newMemo(), &situation.Situation{}
	asked := 0
	ask := func() (int, error) {
		if asked++; asked == 1 {
			return 0, errors.New("the reader does not answer")
		}
		return asked, nil
	}
	if _, err := recallAnswer(m, s, "key", ask); err == nil {
		t.Error("the error is lost")
	}
	for range 2 {
		if got, err := recallAnswer(m, s, "key", ask); err != nil || got != 2 {
			t.Errorf("got %d, %v; want what the second question gave", got, err)
		}
	}
}
