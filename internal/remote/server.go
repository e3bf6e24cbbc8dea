package remote

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
)

// A Socket is where commands on this machine reach an open room.
type Socket struct {
	room    *monitor.Room
	m       *mission.Folder
	log     *slog.Logger
	address *address
	server  *http.Server
	ended   chan struct{}
	places  chan struct{} // of requests that are answered at the same time
	batches chan struct{} // of those with many rows
	writing sync.RWMutex  // read-locked while a batch is written
}

const (
	mostRequests   = 32
	mostBatches    = 4
	mostSubmission = 128 << 10 // twice what an entry holds
)

// Open lets commands on this machine reach a room, until Close.
func Open(room *monitor.Room, m *mission.Folder, log *slog.Logger) (*Socket, error) {
	l, a, err := listen(m.Private(""))
	if err != nil {
		return nil, fmt.Errorf("the socket for commands: %w", err)
	}
	s := &Socket{room: room, m: m, log: log, address: a, ended: make(chan struct{}), places: make(chan struct{}, mostRequests), batches: make(chan struct{}, mostBatches)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /room", s.hello)
	mux.HandleFunc("POST /settle", s.guarded(s.settle))
	mux.HandleFunc("POST /reread", s.guarded(s.reread))
	mux.HandleFunc("POST /submissions", s.guarded(s.submission))
	mux.HandleFunc("POST /batches", s.guarded(s.batch))
	// The same bounds as of the room's pages: whoever does not finish is cut off.
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 3 * time.Minute, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	go func() {
		defer close(s.ended)
		if err := s.server.Serve(l); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			log.Error("commands cannot reach the room any more", "err", err)
		}
	}()
	return s, nil
}

// Close lets no more commands in, and waits for those that are being answered.
func (s *Socket) Close(ctx context.Context) error {
	if s == nil {
		return nil
	}
	err := s.server.Shutdown(ctx)
	if err != nil {
		_ = s.server.Close()
	}
	<-s.ended
	forget(s.m.Private(""))
	return err
}

// hello answers a challenge: whoever asks sees that this is the room, and not a process
// that has taken its place.
func (s *Socket) hello(w http.ResponseWriter, r *http.Request) {
	challenge := r.Header.Get("Truce-Challenge")
	if len(challenge) < 32 || len(challenge) > 128 {
		http.Error(w, "want a challenge", http.StatusBadRequest)
		return
	}
	answer(w, hello{Origin: s.m.Origin(), PID: s.address.PID, Proof: s.address.prove(challenge)})
}

type hello struct {
	Origin string `json:"origin"`
	PID    int    `json:"pid"`
	Proof  string `json:"proof"`
}

// guarded lets in whoever has read the room's address file, and a bounded number of
// them at a time.
func (s *Socket) guarded(f func(r *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		got, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(got), []byte(s.address.Secret)) != 1 {
			http.Error(w, "not for you", http.StatusForbidden)
			return
		}
		places := s.places
		if r.URL.Path == "/batches" {
			places = s.batches
		}
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		default:
			fail(w, errBusy)
			return
		}
		defer func() {
			if v := recover(); v != nil {
				s.log.Error("a command's request ended in a panic", "path", r.URL.Path, "panic", v)
				fail(w, fmt.Errorf("a fault of the room: %v", v))
			}
		}()
		v, err := f(r)
		if err != nil {
			if class(err) == "" {
				s.log.Error("a command's request", "path", r.URL.Path, "err", err)
			}
			fail(w, err)
			return
		}
		answer(w, v)
	}
}

func body(r *http.Request, most int64) ([]byte, error) {
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, most))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, fmt.Errorf("%w: more than %d bytes", ledger.ErrRefused, most)
	}
	return data, err
}

// settle returns once what was handed in by now, also by a command that has ended
// meanwhile, is in the record, and its checkpoint says so.
func (s *Socket) settle(r *http.Request) (any, error) {
	s.writing.Lock() // a batch of a command that was interrupted may be on its way
	size := s.room.Size()
	s.writing.Unlock()
	return settled{Size: size}, s.room.Published(r.Context())
}

type settled struct {
	Size int64 `json:"size"`
}

// reread has the room show nothing that was removed from the shelf.
func (s *Socket) reread(r *http.Request) (any, error) {
	err := s.room.Reread(context.WithoutCancel(r.Context()))
	return settled{Size: s.room.Size()}, err
}

func (s *Socket) submission(r *http.Request) (any, error) {
	data, err := body(r, mostSubmission)
	if err != nil {
		return nil, err
	}
	seen := int64(-1)
	if text := r.URL.Query().Get("seen"); text != "" {
		if seen, err = strconv.ParseInt(text, 10, 64); err != nil || seen < 0 {
			return nil, fmt.Errorf("%w: seen %q: want how many entries were read", ledger.ErrRefused, text)
		}
	}
	var got taken
	take := func(m *intake.Writer) (int64, error) {
		kind, receipt, note, err := m.WithoutQuota().TakeAt(data, seen)
		got = taken{Kind: kind, Index: receipt.Index, Known: receipt.Known, Note: note}
		return receipt.Index, err
	}
	// Nobody waits for a request that is gone: what it says is in the record or not.
	ctx := context.WithoutCancel(r.Context())
	if seen >= 0 {
		_, err = s.room.SayNow(ctx, take)
	} else {
		_, err = s.room.Tell(ctx, take)
	}
	if errors.Is(err, monitor.ErrNotShown) {
		s.log.Warn("said, and not shown yet", "entry", got.Index)
		err = nil
	}
	return got, err
}

type taken struct {
	Kind  string `json:"kind,omitempty"`
	Index int64  `json:"index"`
	Known bool   `json:"known,omitempty"`
	Note  []byte `json:"note"`
}

func (s *Socket) batch(r *http.Request) (any, error) {
	data, err := body(r, ledger.MostHandedBatch)
	if err != nil {
		return nil, err
	}
	subs, err := ledger.ParseHandedBatch(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", intake.ErrNotSubmission, err)
	}
	s.writing.RLock()
	defer s.writing.RUnlock()
	var got taken
	_, err = s.room.Tell(context.WithoutCancel(r.Context()), func(m *intake.Writer) (int64, error) {
		note, last, err := m.WithoutQuota().TakeBatch(subs)
		got = taken{Index: last.Index, Note: note}
		return last.Index, err
	})
	return got, err
}

// failure is an error on its way to a command.
type failure struct {
	Class string `json:"class,omitempty"`
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}

var errBusy = errors.New("the room is answering as many commands as it can")

// classes are the errors that commands decide on.
var classes = []struct {
	name string
	err  error
	code int
}{
	{"may-not", ledger.ErrMayNot, http.StatusUnprocessableEntity},
	{"refused", ledger.ErrRefused, http.StatusUnprocessableEntity},
	{"not-submission", intake.ErrNotSubmission, http.StatusUnprocessableEntity},
	{"too-many", intake.ErrTooMany, http.StatusTooManyRequests},
	{"moved", intake.ErrMoved, http.StatusConflict},
	{"behind", monitor.ErrBehind, http.StatusServiceUnavailable},
	{"busy", errBusy, http.StatusServiceUnavailable},
	{"read-only", monitor.ErrReadOnly, http.StatusUnprocessableEntity},
	{"unavailable", monitor.ErrUnavailable, http.StatusServiceUnavailable},
	{"reopen", ledger.ErrReopen, http.StatusServiceUnavailable},
	{"clock", ledger.ErrClock, http.StatusServiceUnavailable},
}

func class(err error) string {
	for _, c := range classes {
		if errors.Is(err, c.err) {
			return c.name
		}
	}
	return ""
}

func fail(w http.ResponseWriter, err error) {
	f := failure{Class: class(err), Error: err.Error()}
	var hint mission.Hint
	if errors.As(err, &hint) {
		f.Hint = hint.Hint
	}
	code := http.StatusInternalServerError
	for _, c := range classes {
		if c.name == f.Class {
			code = c.code
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(f)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
