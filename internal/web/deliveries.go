package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/lock"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
)

// Files from elsewhere (truce ingest --server): the intake announces a file in a signed
// statement that names the command, uploads it in pieces, and hands in its rows in signed batches.
// One command at a time does so. What is not announced by a key of the intake is not
// stored anywhere, and pieces count toward that key's quota.

const (
	mostPiece = 256 << 10 // of an upload: what a slow link carries before it is cut off
	mostRows  = 1 << 20   // of a batch of rows
	// patient is how long a command that reads a file is waited for: until it announces
	// the file again, or brings something new of it. Mere requests gain it no time.
	patient = 10 * time.Minute
	// mostUploads is how many bytes of unfinished uploads are kept, for commands that
	// come again; the oldest go first.
	mostUploads = 512 << 20
)

// deliveries is who hands in a file now.
type deliveries struct {
	writing sync.RWMutex // read-locked while rows are written

	mu    sync.Mutex
	by    string // what the command calls itself; empty: nobody
	what  intake.Delivery
	free  func() // the lock of the folder, which commands on this machine take too
	timer *time.Timer
}

var errReading = errors.New("another command is reading files into this mission")

// notAnnounced answers whoever has not announced a file, or has not come for so long
// that others could.
func notAnnounced() error {
	return bad("announce the file first: POST /api/files with a signed announcement")
}

// begin lets a command begin to hand in a file, or to continue.
func (d *deliveries) begin(m *mission.Folder, by string, what intake.Delivery) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.by != "" && d.by != by {
		return errReading
	}
	if d.by == "" {
		free, err := m.LockFiles("truce serve, for a command elsewhere")
		var held *lock.ErrHeld
		if errors.As(err, &held) {
			return errReading
		}
		if err != nil {
			return err
		}
		d.free = free
		d.timer = time.AfterFunc(patient, func() { d.end(by) })
	}
	d.by, d.what = by, what
	d.timer.Reset(patient)
	return nil
}

// current is what a command hands in, if it is the one that may.
func (d *deliveries) current(by string) (intake.Delivery, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.by == "" || subtle.ConstantTimeCompare([]byte(d.by), []byte(by)) != 1 {
		return intake.Delivery{}, notAnnounced()
	}
	return d.what, nil
}

// came notes that a command brought something new.
func (d *deliveries) came(by string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.more(by)
}

func (d *deliveries) more(by string) {
	if d.by != "" && d.by == by {
		d.timer.Reset(patient)
	}
}

func (d *deliveries) end(by string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.by == "" || d.by != by {
		return
	}
	d.timer.Stop()
	d.free()
	d.by, d.free = "", nil
}

// written returns once no rows are on their way.
func (d *deliveries) written() {
	d.writing.Lock()
	defer d.writing.Unlock()
}

// close lets go of the folder, whoever hands in.
func (d *deliveries) close() {
	d.mu.Lock()
	by := d.by
	d.mu.Unlock()
	d.end(by)
}

// command is what a command calls itself: a secret of the folder that it reads, so that
// one that was interrupted can continue at once.
func (q *request) command() (string, error) {
	by := q.Header.Get("Truce-Reader")
	if len(by) < 32 || len(by) > 128 {
		return "", bad("want the header Truce-Reader, 32 to 128 bytes")
	}
	return by, nil
}

// announce begins a delivery; the body is the signed announcement of the file.
func (s *Server) announce(q *request) error {
	by, err := q.command()
	if err != nil {
		return err
	}
	data, err := io.ReadAll(q.Body)
	if err != nil {
		return err
	}
	m, err := q.s.Room.Writer()
	if err != nil {
		return err
	}
	what, err := m.Announce(by, data)
	if err != nil {
		return err
	}
	if err := s.deliveries.begin(m.Folder, by, what); err != nil {
		return err
	}
	// What this command's earlier run was still writing is in the record when it reads it.
	s.deliveries.written()
	if err := s.Room.Published(q.Context()); err != nil {
		return err
	}
	return q.json(map[string]int{"piece": mostPiece})
}

// upload takes a piece of a file that was announced, or says how much of it is here.
func (s *Server) upload(q *request) error {
	by, err := q.command()
	if err != nil {
		return err
	}
	what, err := s.deliveries.current(by)
	if err != nil {
		return err
	}
	var sum truce.Digest
	if err := sum.UnmarshalText([]byte(q.PathValue("digest"))); err != nil || !what.Names(sum) {
		return bad("the file was not announced")
	}
	size, err := strconv.ParseInt(q.URL.Query().Get("size"), 10, 64)
	if err != nil || size < 1 || size > audit.MaxEvidence {
		return bad("want the size of the file, from 1 to %d bytes", audit.MaxEvidence)
	}
	m, err := q.s.Room.Writer()
	if err != nil {
		return err
	}
	piece, err := io.ReadAll(q.Body)
	if err != nil {
		return err
	}
	s.deliveries.mu.Lock() // one piece at a time
	defer s.deliveries.mu.Unlock()
	if err := m.Telling(&what); err != nil {
		return telling(err)
	}
	if m.Evidence.Check(sum) == nil {
		return q.json(map[string]any{"have": size, "whole": true})
	}
	name := filepath.Join(m.Private("uploads"), sum.Hex())
	have := int64(0)
	if info, err := os.Stat(name); err == nil {
		have = info.Size()
	}
	at := have
	if text := q.URL.Query().Get("at"); text != "" {
		if at, err = strconv.ParseInt(text, 10, 64); err != nil {
			return bad("at %q is not a number", text)
		}
	}
	if at == have && len(piece) > 0 { // or it came twice, or one was lost: the command continues from here
		if have+int64(len(piece)) > size {
			_ = os.Remove(name)
			return bad("there is more of the file than the %d bytes that were announced; what came was removed", size)
		}
		if err := m.Charge(&what, len(piece)); err != nil {
			return err
		}
		if err := appendPiece(name, piece); err != nil {
			return err
		}
		have += int64(len(piece))
		s.deliveries.more(by)
	}
	if have < size {
		return q.json(map[string]any{"have": have, "whole": false})
	}
	err = place(m.Folder, name, sum)
	if err == nil {
		err = os.Remove(name)
	}
	if err == nil {
		err = telling(m.Telling(&what))
	}
	if err != nil {
		return err
	}
	return q.json(map[string]any{"have": size, "whole": true})
}

// telling is the answer to a file that tells where observers stand.
func telling(err error) error {
	if errors.Is(err, intake.ErrPosts) {
		return bad("%v", err)
	}
	return err
}

// appendPiece keeps a piece of an unfinished upload.
func appendPiece(name string, piece []byte) error {
	dir := filepath.Dir(name)
	if err := disk.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := sweepUploads(dir, filepath.Base(name), int64(len(piece))); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(piece)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// sweepUploads makes room for a piece among the unfinished uploads, and removes those
// of more than a week ago.
func sweepUploads(dir, but string, more int64) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var files []os.FileInfo
	total := more
	for _, e := range list {
		info, err := e.Info()
		if err != nil {
			continue
		}
		total += info.Size()
		if e.Name() != but {
			files = append(files, info)
		}
	}
	for len(files) > 0 {
		oldest := 0
		for i := range files {
			if files[i].ModTime().Before(files[oldest].ModTime()) {
				oldest = i
			}
		}
		if total <= mostUploads && time.Since(files[oldest].ModTime()) < 7*24*time.Hour {
			return nil
		}
		if err := os.Remove(filepath.Join(dir, files[oldest].Name())); err != nil {
			return err
		}
		total -= files[oldest].Size()
		files = append(files[:oldest], files[oldest+1:]...)
	}
	return nil
}

// place puts a whole file beside the record, if it is the one that was announced.
func place(m *mission.Folder, name string, sum truce.Digest) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if truce.Digest(h.Sum(nil)) != sum {
		_ = os.Remove(name)
		return bad("the file has the digest %s, and %s was announced; it was removed", hex.EncodeToString(h.Sum(nil)[:6]), sum)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, _, err = m.Evidence.Put(f)
	return err
}

// rows takes a signed batch of a file's rows; an empty body ends the delivery.
func (s *Server) rows(q *request) error {
	by, err := q.command()
	if err != nil {
		return err
	}
	if _, err := s.deliveries.current(by); err != nil {
		return err
	}
	data, err := io.ReadAll(q.Body)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		s.deliveries.end(by)
		return q.json(map[string]bool{"ended": true})
	}
	subs, err := ledger.ParseHandedBatch(data)
	if err != nil {
		return fmt.Errorf("%w: %w", intake.ErrNotSubmission, err)
	}
	s.deliveries.writing.RLock()
	defer s.deliveries.writing.RUnlock()
	var note []byte
	var last ledger.Receipt
	at, err := s.Room.Tell(context.WithoutCancel(q.Context()), func(m *intake.Writer) (at int64, err error) {
		note, last, err = m.TakeBatch(subs)
		return last.Index, err
	})
	if err != nil {
		return err
	}
	if !last.Known {
		s.deliveries.came(by)
	}
	q.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	q.w.Header().Set("X-Truce-Entry", fmt.Sprint(at))
	_, err = q.w.Write(note)
	return err
}

// bodyLimit bounds what is read of a request, in bytes. Whoever has not announced a
// file sends no more than a form.
func (s *Server) bodyLimit(r *http.Request) int64 {
	switch path := r.URL.Path; {
	case path == "/agreement/amend": // read only once it is known who asks
		return mostTerms
	case path == "/check":
		return mostSent + 16<<10
	case path == "/files": // the same, and a little for what stands around the file
		return mostUpload + mostMapping + 16<<10
	case strings.HasPrefix(path, "/files/"): // a mapping, as browsers send it
		return 6 * mostMapping
	case path == "/sign-in", path == "/sign-in/continue": // with a form that waits for it
		return mostPending
	case path == "/api/batches", strings.HasPrefix(path, "/api/files/"):
		if _, err := s.deliveries.current(r.Header.Get("Truce-Reader")); err != nil {
			return mostForm
		}
		if path == "/api/batches" {
			return mostRows
		}
		return mostPiece
	}
	return mostForm
}

// failedCommand answers commands with what they decide on: the status says whether to
// come again.
func (s *Server) failedCommand(q *request, err error) bool {
	switch {
	case errors.Is(err, intake.ErrMoved):
		s.faultWith(q.w, q.Request, http.StatusConflict, "fault.refused", err.Error(), "")
	case errors.Is(err, monitor.ErrBehind), errors.Is(err, errReading):
		q.w.Header().Set("Retry-After", "5")
		s.faultWith(q.w, q.Request, http.StatusServiceUnavailable, "fault.too-many", err.Error(), "")
	default:
		return false
	}
	return true
}
