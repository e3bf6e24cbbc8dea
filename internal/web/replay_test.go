package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/monitor"
)

// TestReplayedSubmission: a stranger sends copies of what a party submitted, which
// everybody can read in the record. They cost the party nothing, nobody waits for them,
// and each is answered with its receipt.
func TestReplayedSubmission(t *testing.T) {
	t.Parallel()
	s := newScene(t, airFirst)
	handed := func(h handedBody) []byte {
		t.Helper()
		data, err := json.Marshal(struct {
			Format int             `json:"truce_submission"`
			Body   json.RawMessage `json:"body"`
			Sigs   []string        `json:"sigs"`
			ledger.Pieces
		}{1, h.Body, []string{signature(t, s.keys[h.By], h.Body)}, h.Pieces})
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	response := func(because string) handedBody {
		c := s.response("UA", s.observed["id"].(string))
		return handedBody{Body: s.body("response", c, object{"at": because}), By: "liaison"}
	}
	send := func(path string, data []byte) (int, string, http.Header) {
		t.Helper()
		return s.ask(http.MethodPost, path, data)
	}
	first := handed(response(ledger.Time(s.now())))
	if code, text, _ := send("/api/submissions", first); code != 200 {
		t.Fatalf("%d %s", code, text)
	}
	s.settle()
	s.close()
	s.quota = &monitor.Quota{Submissions: 3, Bytes: 100_000}
	s.open()
	size := s.size()
	for range 5 {
		for _, path := range []string{"/api/submissions", "/api/submissions?seen=0"} {
			padded := append(bytes.Repeat([]byte{' '}, 20_000), first...)
			code, text, head := send(path, padded)
			if code != 200 || head.Get("X-Truce-Known") != "1" || !strings.HasPrefix(text, "truce-receipt/v1") {
				t.Fatalf("%s: %d %s", path, code, text)
			}
		}
	}
	if s.size() != size {
		t.Error("the record has grown")
	}
	// The room may be busy with what others say: a copy does not queue among them.
	said, saying := make(chan struct{}), make(chan struct{})
	go s.room.Say(t.Context(), func(m *intake.Writer) (int64, error) {
		close(saying)
		<-said
		return 0, ledger.ErrRefused
	})
	<-saying
	answered := make(chan int, 1)
	go func() {
		code, _, _ := send("/api/submissions?seen=0", first)
		answered <- code
	}()
	select {
	case code := <-answered:
		if code != 200 {
			t.Errorf("while somebody says something: %d", code)
		}
	case <-time.After(20 * time.Second):
		t.Error("a copy waits until others have said what they say")
	}
	close(said)
	// What the quota counts is what is new, without what stands around it.
	for i := range 3 {
		data := append(handed(response(ledger.Time(s.now().Add(time.Duration(-i-1)*time.Second)))), bytes.Repeat([]byte{' '}, 40_000)...)
		if code, text, _ := send("/api/submissions", data); code != 200 {
			t.Errorf("submission %d: %d %s", i, code, text)
		}
	}
	if code, text, _ := send("/api/submissions", handed(response(ledger.Time(s.now().Add(-time.Minute))))); code != http.StatusTooManyRequests {
		t.Errorf("one more than the quota: %d %s", code, text)
	}
}
