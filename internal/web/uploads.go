package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"
)

// Files that people have uploaded and have not read into the record yet. They lie in
// private/previews under names that we choose: what their owners call them is shown and
// never used as a path. Nobody but the account that uploaded a file is shown anything of
// it. They are gone two hours after they were last used, and with the process.

const (
	mostUpload   = 32 << 20 // bytes of one file; a larger one is read by truce ingest
	mostUnpacked = 256 << 20
	mostRowsHere = 200_000          // of one file
	mostLooking  = 30 * time.Second // at one file
	mostMapping  = 64 << 10         // bytes of a mapping
	mostWaiting  = 4                // files of one account
	mostWaitAll  = 512 << 20        // bytes of all of them
	keptFor      = 2 * time.Hour    // after it was used last
	mostArriving = 4                // at the same time, of all accounts
	mostFileName = 120              // letters
	firstShown   = 5                // records of a preview
)

// An upload is a file that an account has uploaded.
type upload struct {
	ID, Account string
	Name        string // what its owner calls it
	Size        int64
	At          time.Time // it was used last

	path string

	mu      sync.Mutex // of what follows
	seen    *intake.Preview
	stage   string // empty, or "reading" or "done"
	written int
	total   int
	result  *intake.Ingested
	failed  error // of reading it into the record
	shared  bool
	gone    bool // its bytes have been removed
}

// uploads are the files that wait, by their IDs.
type uploads struct {
	mu       sync.Mutex
	by       map[string]*upload
	arriving chan struct{}
	looking  chan struct{} // held while a file is looked at: one at a time
	running  sync.WaitGroup
	now      func() time.Time
}

func newUploads() *uploads {
	return &uploads{by: map[string]*upload{}, arriving: make(chan struct{}, mostArriving), looking: make(chan struct{}, 1), now: time.Now}
}

// previews is the folder of uploaded files.
func previews(m *mission.Folder) string { return m.Private("previews") }

// clear removes what an earlier process has left behind.
func (u *uploads) clear(m *mission.Folder) error { return os.RemoveAll(previews(m)) }

// remove forgets a file and removes its bytes.
func (u *uploads) remove(x *upload) {
	u.mu.Lock()
	delete(u.by, x.ID)
	u.mu.Unlock()
	x.drop()
}

// drop removes the bytes of a file.
func (x *upload) drop() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.gone = true
	_ = os.Remove(x.path)
	_ = os.Remove(x.path + ".yaml")
}

// busy reports whether a file is being read into the record.
func (x *upload) busy() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.stage == "reading"
}

// sweep removes what nobody has used for long, and makes room for more bytes of an account.
func (u *uploads) sweep(account string, more int64) {
	u.mu.Lock()
	var out, list []*upload
	for _, x := range u.by {
		list = append(list, x)
	}
	slices.SortFunc(list, func(a, b *upload) int { return a.At.Compare(b.At) })
	all, own := more, 0
	for _, x := range list {
		all += x.Size
		if x.Account == account {
			own++
		}
	}
	for _, x := range list {
		tooMany := more > 0 && (all > mostWaitAll || x.Account == account && own >= mostWaiting)
		if x.busy() || u.now().Sub(x.At) < keptFor && !tooMany {
			continue
		}
		out = append(out, x)
		delete(u.by, x.ID)
		if all -= x.Size; x.Account == account {
			own--
		}
	}
	u.mu.Unlock()
	for _, x := range out {
		x.drop()
	}
}

// of are the files of an account, the last used first.
func (u *uploads) of(account string) (out []*upload) {
	u.sweep(account, 0)
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, x := range u.by {
		if x.Account == account && x.looked() {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b *upload) int { return b.At.Compare(a.At) })
	return out
}

// looked reports whether a file was looked at; before that there is nothing to show of it.
func (x *upload) looked() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.seen != nil
}

// find is a file of an account; nil: it has none of that ID that was looked at.
func (u *uploads) find(account, id string) *upload {
	u.sweep(account, 0)
	u.mu.Lock()
	defer u.mu.Unlock()
	x := u.by[id]
	if x == nil || x.Account != account || !x.looked() {
		return nil
	}
	x.At = u.now()
	return x
}

// close waits for what is being read into the record, and removes all files.
func (u *uploads) close() {
	u.running.Wait()
	u.mu.Lock()
	list := u.by
	u.by = map[string]*upload{}
	u.mu.Unlock()
	for _, x := range list {
		x.drop()
	}
}

// errNoFile says that a form has no file in it.
var errNoFile = errors.New("no file was chosen")

// receive takes a file, and a mapping if one came with it, from a form.
func (u *uploads) receive(q *request, m *mission.Folder) (x *upload, mapping string, err error) {
	select {
	case u.arriving <- struct{}{}:
		defer func() { <-u.arriving }()
	default:
		return nil, "", errTooMany
	}
	slow := http.NewResponseController(q.w) // 32 MB over a slow link; a test's writer has no deadlines
	_ = slow.SetReadDeadline(time.Now().Add(5 * time.Minute))
	_ = slow.SetWriteDeadline(time.Now().Add(7 * time.Minute))
	parts, err := q.MultipartReader()
	if err != nil {
		return nil, "", errNoFile
	}
	defer func() {
		if err != nil && x != nil {
			x.drop()
			x = nil
		}
	}()
	for n := 0; ; n++ {
		p, perr := parts.NextPart()
		switch {
		case perr == io.EOF && x == nil:
			return nil, "", errNoFile
		case perr == io.EOF:
			u.sweep(x.Account, x.Size)
			u.mu.Lock()
			u.by[x.ID] = x
			u.mu.Unlock()
			return x, mapping, nil
		case perr != nil:
			return x, "", received(perr)
		case n > 8:
			return x, "", bad("the form has more parts than this page sends")
		}
		switch {
		case p.FormName() == "file" && p.FileName() != "" && x == nil:
			if x, err = u.store(q, m, p); err != nil {
				return x, "", err
			}
		case p.FormName() == "mapping" && p.FileName() != "":
			text, err := io.ReadAll(io.LimitReader(p, mostMapping+1))
			if err != nil {
				return x, "", received(err)
			}
			if len(text) > mostMapping {
				return x, "", bad("the mapping is longer than %d kB", mostMapping>>10)
			}
			mapping = intake.MappingOf(text)
		default:
			if _, err := io.Copy(io.Discard, io.LimitReader(p, mostForm)); err != nil {
				return x, "", received(err)
			}
		}
	}
}

// received is an error of what somebody sends: one of ours stays what it is.
func received(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return bad("the upload was cut off or is damaged: %v", err)
}

// errTooLarge says that a file is larger than this page takes.
var errTooLarge = fmt.Errorf("%w: the file is too large", errBad)

// store writes the bytes of a file under a name of ours.
func (u *uploads) store(q *request, m *mission.Folder, p *multipart.Part) (*upload, error) {
	var id [16]byte
	rand.Read(id[:])
	x := &upload{ID: hex.EncodeToString(id[:]), Account: q.who.Name, Name: fileName(p.FileName()), At: u.now()}
	dir := previews(m)
	if err := disk.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	x.path = filepath.Join(dir, x.ID)
	f, err := os.OpenFile(x.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	var sent error
	x.Size, err = io.Copy(f, &sender{p, &sent, mostUpload + 1})
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	switch {
	case sent != nil:
		return x, received(sent)
	case err != nil:
		return x, err
	case x.Size > mostUpload:
		return x, errTooLarge
	}
	return x, nil
}

// A sender reads so many bytes at most, and tells what the sender did wrong from what our
// disk did.
type sender struct {
	in   io.Reader
	err  *error
	left int64
}

func (s *sender) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, io.EOF
	}
	n, err := s.in.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	if err != nil && err != io.EOF {
		*s.err = err
	}
	return n, err
}

// fileName is what people call a file, fit to be shown and to be stored in the record: the last
// part of a path, without what cannot be printed, and not too long.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == '!' { // "!" parts an archive from its member
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if r := []rune(name); len(r) > mostFileName { // the end tells what it is
		name = string(r[:mostFileName-20]) + string(r[len(r)-20:])
	}
	if name = strings.TrimSpace(name); strings.Trim(name, ".") == "" {
		return "file"
	}
	return name
}

// isMissing reports whether a file that waited has gone from the disk.
func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
