package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/desk"
)

// A Mirror is somebody's copy of the record, at an address.
type Mirror struct{ Name, URL string }

// ParseMirror reads name=address.
func ParseMirror(text string) (Mirror, error) {
	name, at, ok := strings.Cut(text, "=")
	u, err := url.Parse(at)
	if !ok || name == "" || err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Mirror{}, fmt.Errorf("mirror %q: want a name and an address, such as party-a=https://mirror.example/record", text)
	}
	return Mirror{name, strings.TrimSuffix(at, "/")}, nil
}

// mirrorState is what a mirror was last found to be.
type mirrorState struct {
	Mirror
	Asked   truce.Instant // zero: not yet
	Shown   truce.Instant // when it last showed a checkpoint that verifies; zero: never
	Size    int64
	Grown   bool // this record grew out of what the mirror shows, or the mirror's out of this
	Fork    bool // it shows another history, under the record's own signature
	Fault   string
	Witness []string // who co-signed what it shows
}

// Behind is how many entries of this record it does not show.
func (x *mirrorState) Behind(size int64) int64 { return max(0, size-x.Size) }

const (
	askEvery  = time.Minute
	askAtMost = 15 * time.Second
)

// mirrors are asked for their checkpoints, and compared with this record.
type mirrors struct {
	mu   sync.Mutex
	list []mirrorState
}

func (x *mirrors) all() []mirrorState {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]mirrorState(nil), x.list...)
}

// AskMirrors asks every mirror for its checkpoint, now and every minute, until ctx
// ends.
func (s *Server) AskMirrors(ctx context.Context) {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		s.askMirrors(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// askMirrors asks each once, all at the same time: one that does not answer keeps
// none waiting.
func (s *Server) askMirrors(ctx context.Context) {
	s.mirrors.mu.Lock()
	if s.mirrors.list == nil {
		for _, m := range s.Mirrors {
			s.mirrors.list = append(s.mirrors.list, mirrorState{Mirror: m})
		}
	}
	s.mirrors.mu.Unlock()
	var asked sync.WaitGroup
	for i, m := range s.mirrors.all() {
		asked.Go(func() {
			is := s.askMirror(ctx, m)
			if ctx.Err() != nil {
				return
			}
			if is.Fork && !m.Fork {
				s.forked(ctx, &is)
			}
			s.mirrors.mu.Lock()
			defer s.mirrors.mu.Unlock()
			s.mirrors.list[i] = is
		})
	}
	asked.Wait()
}

func (s *Server) askMirror(ctx context.Context, was mirrorState) mirrorState {
	ctx, cancel := context.WithTimeout(ctx, askAtMost)
	defer cancel()
	is := was
	is.Asked, is.Fault = s.Room.Now(), ""
	err := func() error {
		m := s.Room.Mission()
		policy, err := audit.Trust(m.About.Record)
		if err != nil {
			return err
		}
		fetch, err := audit.HTTP(&http.Client{Timeout: askAtMost}, was.URL)
		if err != nil {
			return err
		}
		there := &audit.Log{Fetch: fetch, Policy: policy}
		theirs, err := there.Checkpoint(ctx)
		if err != nil {
			return err
		}
		here := &audit.Log{Fetch: audit.Dir(m.Record()), Policy: policy}
		ours, err := here.Checkpoint(ctx)
		if err != nil {
			return err
		}
		is.Shown, is.Size, is.Grown = is.Asked, theirs.Size, false
		if theirs.Size <= ours.Size {
			err = here.Consistent(ctx, theirs, ours)
		} else { // this is the copy
			err = there.Consistent(ctx, ours, theirs)
		}
		var fault *audit.Fault
		is.Fork = errors.As(err, &fault) && fault.Fork
		is.Grown = err == nil
		return err
	}()
	if err != nil {
		is.Fault = err.Error()
	}
	return is
}

// forked puts on the desk that a mirror shows another history: both checkpoints
// bear the record's own signature, and only its key makes that.
func (s *Server) forked(ctx context.Context, x *mirrorState) {
	s.Log.Error("a mirror shows another history under this record's signature", "mirror", x.Name, "url", x.URL, "entries", x.Size)
	a := truce.Alert{Key: fmt.Sprintf("fork %s %d", x.URL, x.Size), Rule: "mirrors", At: x.Asked,
		Words: fmt.Sprintf("the mirror %s at %s shows another history of %d entries under this record's own signature: keep both checkpoints, and find out who holds the record's key", x.Name, x.URL, x.Size)}
	if _, _, err := s.Desk.Add(ctx, "alert", a.Key, "open", "", newAlert(a)); err != nil && !errors.Is(err, desk.ErrChanged) {
		s.Log.Error("alert", "err", err)
	}
}
