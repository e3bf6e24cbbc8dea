package remote

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// Elsewhere is a room at an address, as a command on another machine reaches it. What
// is read is read from a folder here, which Follow brings up to date.
type Elsewhere struct {
	Follow func() error
	// Pause is how long it waits before it sends something again; it doubles each time.
	Pause time.Duration

	at     string
	http   *http.Client
	reader string // what this command calls itself
	begun  bool
	piece  int
	waits  time.Duration // how long it comes again
}

var _ intake.Server = (*Elsewhere)(nil)

// At is the room at an address: https, or http on this machine alone. What is signed
// is not secret, but who hands it in may be.
func At(address string) (*Elsewhere, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	bad := func(why string) error {
		return mission.Hinted(fmt.Errorf("--server %s: %s", address, why), "the address that people open in a browser, such as https://truce.example")
	}
	ip := net.ParseIP(u.Hostname())
	here := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	switch {
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return nil, bad("not the address of a server")
	case u.Scheme == "https", u.Scheme == "http" && here:
	default:
		return nil, bad("the address must begin with https://; http:// is accepted only for this machine")
	}
	return &Elsewhere{Follow: func() error { return nil }, at: u.Scheme + "://" + u.Host, reader: random(), piece: 64 << 10, Pause: time.Second, waits: 2 * time.Minute,
		http: &http.Client{Timeout: 2 * time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Elsewhere implements intake.Server.
func (e *Elsewhere) Elsewhere() bool { return true }

// Settle implements intake.Server.
func (e *Elsewhere) Settle() error { return e.Follow() }

// Reread implements intake.Server.
func (e *Elsewhere) Reread() error {
	return errors.New("only a command on the mission's machine removes something from its shelf")
}

// post sends something, and comes again over a bad link or to a room that is busy. What
// is sent twice is not written twice.
func (e *Elsewhere) post(path string, data []byte) (http.Header, []byte, error) {
	until, pause := time.Now().Add(e.waits), e.Pause
	for {
		head, answer, wait, err := e.once(path, data)
		if err == nil || wait == 0 {
			return head, answer, err
		}
		if wait < pause {
			wait = pause
		}
		if time.Now().Add(wait).After(until) {
			return nil, nil, err
		}
		time.Sleep(wait)
		pause = min(2*pause, 20*time.Second)
	}
}

// once sends something once. wait says that it may be tried again, and when.
func (e *Elsewhere) once(path string, data []byte) (head http.Header, answer []byte, wait time.Duration, err error) {
	req, err := http.NewRequest(http.MethodPost, e.at+path, bytes.NewReader(data))
	if err != nil {
		return nil, nil, 0, err
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Accept-Language", "en")
	req.Header.Set("Truce-Reader", e.reader)
	resp, err := e.http.Do(req)
	if err != nil {
		return nil, nil, e.Pause, &lostError{err}
	}
	defer resp.Body.Close()
	if answer, err = io.ReadAll(io.LimitReader(resp.Body, 1<<20)); err != nil {
		return nil, nil, e.Pause, &lostError{err}
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Header, answer, 0, nil
	}
	var f struct{ Error, What, Hint string }
	text := fmt.Sprintf("%s answered with status %d", e.at, resp.StatusCode)
	if json.Unmarshal(answer, &f) == nil && f.Error+f.What != "" {
		if text = f.What; text == "" {
			text = f.Error
		}
	}
	class := map[int]error{http.StatusUnprocessableEntity: ledger.ErrRefused, http.StatusConflict: intake.ErrMoved, http.StatusTooManyRequests: intake.ErrTooMany}[resp.StatusCode]
	err = &remoteError{text: text, class: class}
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return nil, nil, 0, mission.Hinted(fmt.Errorf("%s answers from another address", e.at), "use that one: --server "+resp.Header.Get("Location"))
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusServiceUnavailable, resp.StatusCode == http.StatusBadGateway, resp.StatusCode == http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		wait = max(time.Duration(seconds)*e.Pause, e.Pause)
	case f.Hint != "":
		err = mission.Hinted(err, f.Hint)
	}
	return nil, nil, wait, err
}

// Submit implements intake.Server.
func (e *Elsewhere) Submit(data []byte, seen int64) (intake.Taken, error) {
	path := "/api/submissions?wait=1"
	if seen >= 0 {
		path += "&seen=" + strconv.FormatInt(seen, 10)
	}
	sub, _, err := ledger.ParseHanded(data)
	if err != nil {
		return intake.Taken{}, fmt.Errorf("%w: %w", intake.ErrNotSubmission, err)
	}
	head, note, err := e.post(path, data)
	if err != nil {
		var lost *lostError
		if errors.As(err, &lost) {
			err = mission.Hinted(err, "sign it into a file, and hand that in when the link is better; the same file twice is one entry: --into FILE, then truce submit --server "+e.at+" FILE")
		}
		return intake.Taken{}, err
	}
	at, err := strconv.ParseInt(head.Get("X-Truce-Entry"), 10, 64)
	if err != nil {
		return intake.Taken{}, fmt.Errorf("%s does not answer like a Truce server", e.at)
	}
	return intake.Taken{Kind: strings.ReplaceAll(sub.Kind(), "-", " "), Index: at, Known: head.Get("X-Truce-Known") != "", Note: note}, nil
}

// repeat is what to do where the link is lost while a file is read.
func repeat(err error) error {
	var lost *lostError
	if errors.As(err, &lost) || errors.Is(err, intake.ErrTooMany) {
		return mission.Hinted(err, "repeat the command: it continues where it stopped, and nothing is written twice")
	}
	return err
}

// Known gives the command the name under which it read files before from this folder,
// which nobody else knows: after it was interrupted, it continues at once.
func (e *Elsewhere) Known(dir string) error {
	name := filepath.Join(dir, ".reader")
	text, err := os.ReadFile(name)
	if err == nil && len(text) == len(e.reader) {
		e.reader = string(text)
		return nil
	}
	return disk.WriteBytes(name, 0o600, []byte(e.reader))
}

// Begin implements intake.Server.
func (e *Elsewhere) Begin(about func(reader truce.Digest) ([]byte, error)) error {
	data, err := about(sha256.Sum256([]byte(e.reader)))
	if err != nil {
		return err
	}
	_, answer, err := e.post("/api/files", data)
	if err != nil {
		return repeat(err)
	}
	e.begun = true
	var says struct{ Piece int }
	if json.Unmarshal(answer, &says) == nil && says.Piece > 0 {
		e.piece = min(says.Piece, e.piece)
	}
	return nil
}

// File implements intake.Server.
func (e *Elsewhere) File(sum truce.Digest, path string, progress func(done, total int64)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	to := fmt.Sprintf("/api/files/%s?size=%d", sum.Hex(), info.Size())
	piece := make([]byte, e.piece)
	var says struct {
		Have  int64
		Whole bool
	}
	for data, stuck := []byte(nil), 0; ; {
		was := says.Have
		_, answer, err := e.post(fmt.Sprintf("%s&at=%d", to, was), data)
		if err != nil {
			return repeat(err)
		}
		if err := json.Unmarshal(answer, &says); err != nil || says.Have < 0 || says.Have > info.Size() {
			return fmt.Errorf("%s does not answer like a Truce server", e.at)
		}
		progress(says.Have, info.Size())
		if says.Whole {
			return nil
		}
		if stuck++; says.Have > was {
			stuck = 0
		}
		if stuck > 3 {
			return fmt.Errorf("%s takes nothing more of the file after %d of %d bytes", e.at, says.Have, info.Size())
		}
		n, err := f.ReadAt(piece, says.Have)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		data = piece[:n]
	}
}

// Batch implements intake.Server.
func (e *Elsewhere) Batch(data []byte) ([]byte, error) {
	_, note, err := e.post("/api/batches", data)
	return note, repeat(err)
}

// End implements intake.Server.
func (e *Elsewhere) End() {
	if e.begun { // if it does not arrive, the room waits for a while
		_, _, _, _ = e.once("/api/batches", nil)
		e.begun = false
	}
}
