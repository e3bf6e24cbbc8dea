package remote

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"
)

// ErrNoRoom says that no room of this machine can be reached in a mission's folder.
var ErrNoRoom = errors.New("no running server was found for this mission")

// A Room is a running room of this machine, as a command reaches it.
type Room struct {
	PID    int
	http   *http.Client
	secret string
}

var _ intake.Server = (*Room)(nil)

// Find reaches the room that has a mission open. The error wraps ErrNoRoom where there
// is none, or where what answers is not it; and fs.ErrPermission where the mission is
// another user's.
func Find(ctx context.Context, m *mission.Folder) (*Room, error) {
	private := m.Private("")
	a, err := readAddress(private)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = ErrNoRoom
		}
		return nil, err
	}
	at := a.dialable(private)
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	r := &Room{PID: a.PID, secret: a.Secret, http: &http.Client{Timeout: 3 * time.Minute, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, a.Network, at)
		},
		ResponseHeaderTimeout: 2 * time.Minute, MaxIdleConns: 4, IdleConnTimeout: 30 * time.Second,
	}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	challenge := random()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://room/room", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Truce-Challenge", challenge)
	resp, err := r.http.Do(req)
	if err != nil {
		r.Close()
		if errors.Is(err, fs.ErrPermission) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %w", ErrNoRoom, err)
	}
	defer resp.Body.Close()
	var h hello
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&h); err != nil {
		r.Close()
		return nil, fmt.Errorf("%w: what answers at %s is not a room: %w", ErrNoRoom, filepath.Join(private, addressFile), err)
	}
	if subtle.ConstantTimeCompare([]byte(h.Proof), []byte(a.prove(challenge))) != 1 || h.Origin != m.Origin() {
		r.Close()
		return nil, fmt.Errorf("%w: what answers there does not know the secret of this mission's room", ErrNoRoom)
	}
	return r, nil
}

// Close lets go of the connections.
func (r *Room) Close() { r.http.CloseIdleConnections() }

// Elsewhere implements intake.Server.
func (r *Room) Elsewhere() bool { return false }

// patience is how long a command comes again to a room that is busy, or whose disk is
// full, before it says so.
const patience = 15 * time.Second

// ask sends a request, and comes again where the room is busy, or where the connection
// was lost: what is handed in again is not written twice.
func (r *Room) ask(path string, data []byte, into any) error {
	until := time.Now().Add(patience)
	for lost := 0; ; {
		err := r.once(path, data, into)
		var busy *busyError
		var gone *lostError
		switch {
		case errors.As(err, &busy):
		case errors.As(err, &gone):
			if lost++; lost > 2 {
				return err
			}
		default:
			return err
		}
		if time.Now().After(until) {
			return err
		}
		time.Sleep(250 * time.Millisecond)
	}
}

// A busyError says that it can be tried again in a moment.
type busyError struct{ err error }

func (e *busyError) Error() string { return e.err.Error() }
func (e *busyError) Unwrap() error { return e.err }

// A lostError says that no answer came.
type lostError struct{ err error }

func (e *lostError) Error() string {
	return fmt.Sprintf("the server stopped answering, and it is not known whether the entry was recorded: %v", e.err)
}
func (e *lostError) Unwrap() error { return e.err }

func (r *Room) once(path string, data []byte, into any) error {
	req, err := http.NewRequest(http.MethodPost, "http://room"+path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+r.secret)
	resp, err := r.http.Do(req)
	if err != nil {
		return &lostError{err}
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return &lostError{err}
	}
	if resp.StatusCode != http.StatusOK {
		return refusal(resp.StatusCode, answer)
	}
	return json.Unmarshal(answer, into)
}

// refusal is the error that a room answered with.
func refusal(code int, answer []byte) error {
	var f failure
	if json.Unmarshal(answer, &f) != nil || f.Error == "" {
		return fmt.Errorf("the room answered with status %d", code)
	}
	var err error = &remoteError{text: f.Error}
	for _, c := range classes {
		if c.name == f.Class {
			err = &remoteError{text: f.Error, class: c.err}
		}
	}
	// A room that could not write continues by itself, and knows what came through.
	if slices.Contains([]string{"busy", "behind", "unavailable", "reopen"}, f.Class) {
		return &busyError{err}
	}
	if f.Hint != "" {
		return mission.Hinted(err, f.Hint)
	}
	return err
}

// A remoteError has the room's words, and is of the room's kind.
type remoteError struct {
	text  string
	class error
}

func (e *remoteError) Error() string { return e.text }
func (e *remoteError) Unwrap() error { return e.class }

// Submit implements intake.Server.
func (r *Room) Submit(data []byte, seen int64) (intake.Taken, error) {
	path := "/submissions"
	if seen >= 0 {
		path += "?seen=" + strconv.FormatInt(seen, 10)
	}
	var got taken
	err := r.ask(path, data, &got)
	var lost *lostError
	if errors.As(err, &lost) {
		err = mission.Hinted(err, "check the last entries of the record before you repeat the command: your entry may be among them")
	}
	return intake.Taken{Kind: got.Kind, Index: got.Index, Known: got.Known, Note: got.Note}, err
}

// Batch implements intake.Server.
func (r *Room) Batch(data []byte) ([]byte, error) {
	var got taken
	err := r.ask("/batches", data, &got)
	var lost *lostError
	if errors.As(err, &lost) {
		err = mission.Hinted(err, "repeat the command: it continues where it stopped, and nothing is written twice")
	}
	return got.Note, err
}

// Begin implements intake.Server: the command has locked the reading of files.
func (r *Room) Begin(func(truce.Digest) ([]byte, error)) error { return nil }

// File implements intake.Server: the command has put it into the same folder.
func (r *Room) File(truce.Digest, string, func(done, total int64)) error { return nil }

// End implements intake.Server.
func (r *Room) End() {}

// Reread implements intake.Server.
func (r *Room) Reread() error {
	var got settled
	return r.ask("/reread", nil, &got)
}

// Settle implements intake.Server.
func (r *Room) Settle() error {
	var got settled
	return r.ask("/settle", nil, &got)
}
