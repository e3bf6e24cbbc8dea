package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/lock"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/rejects"
)

// Files by the page. Everybody who may write what a file says may look at one: they see
// what Truce would read and correct the mapping. Only a data officer, whose key is one of
// the intake, reads a file into the record here, as only the intake does from elsewhere:
// what other keys write is bounded as what people type, and does not confirm itself. The
// others end with the mapping and the command.

// filesBody is the page of files.
type filesBody struct {
	Waiting []*upload
	Last    []mission.Intake // that were read into the record, the last first
	Most    int              // megabytes
	Rows    int
}

func (s *Server) filesPage(q *request) error {
	state, _ := s.Room.State()
	b := &filesBody{Waiting: s.uploads.of(q.who.Name), Most: mostUpload >> 20, Rows: mostRowsHere}
	all, err := s.Room.Mission().Intakes()
	if err != nil {
		return err
	}
	slices.Reverse(all)
	b.Last = all[:min(len(all), mostAtFirst)]
	return q.page("files", &Page{Nav: "files", Title: q.lang.say("nav.files"), Agreement: state.Agreement, Picture: state.Reader(q.to).Picture(), At: truce.Never, Body: b})
}

// uploadFile takes a file, looks at it and leads to what was seen.
func (s *Server) uploadFile(q *request) error {
	q.PostForm = url.Values{} // its fields are read as they come: a form that is refused comes back
	w, err := s.Room.Writer()
	if err != nil {
		return err
	}
	if !s.limits.take("upload "+q.who.Name, 0.2, 30) {
		return errTooMany
	}
	x, mapping, err := s.uploads.receive(q, w.Folder)
	f := &formFaults{}
	switch {
	case errors.Is(err, errNoFile):
		q.fault(f, "file", "fault.no-file")
		return f
	case errors.Is(err, errTooLarge):
		q.fault(f, "file", "fault.file-large", "Most", mostUpload>>20)
		return f
	case err != nil:
		return err
	}
	if err := s.lookAt(q, x, mapping); err != nil {
		s.uploads.remove(x)
		if errors.Is(err, intake.ErrUnreadable) {
			return q.wrong("file", errors.New(strings.TrimPrefix(err.Error(), intake.ErrUnreadable.Error()+": ")))
		}
		return err
	}
	return q.back("/files/" + x.ID)
}

// lookAt has a file read by a mapping, and keeps what was seen. One file is looked at at a
// time, and for a bounded while.
func (s *Server) lookAt(q *request, x *upload, mapping string) (err error) {
	leave, err := q.computes() // it costs whoever asks what other computation does
	if err != nil {
		return err
	}
	defer leave()
	select {
	case s.uploads.looking <- struct{}{}:
		defer func() { <-s.uploads.looking }()
	case <-time.After(mostLooking):
		return errTooMany
	case <-q.Context().Done():
		return q.Context().Err()
	}
	defer func() { // whatever a file does to a reader of its format
		if v := recover(); v != nil {
			s.Log.Error("a panic while a file was looked at", "file", x.Name, "panic", v)
			err = fmt.Errorf("%w: it is damaged", intake.ErrUnreadable)
		}
	}()
	until := time.Now().Add(mostLooking)
	seen, err := intake.PreviewFile(s.Room.Mission(), x.path, x.Name, mapping, intake.Bounds{Rows: mostRowsHere, Unpacked: mostUnpacked, First: firstShown, Stop: func() error {
		if time.Now().After(until) {
			return fmt.Errorf("reading the file takes longer than %d seconds", int(mostLooking.Seconds()))
		}
		return q.Context().Err()
	}})
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if mapping != "" && x.seen != nil { // what was found in the file stays
		seen.Proposal = x.seen.Proposal
	}
	x.seen = seen
	if x.stage != "reading" {
		x.stage, x.result, x.failed = "", nil, nil
	}
	return nil
}

// previewBody is the page of one file.
type previewBody struct {
	*upload
	Seen    *intake.Preview
	Stage   string
	Written int
	Total   int
	Result  *intake.Ingested
	Failed  error
	Shared  bool
	Gone    bool   // its bytes have been removed
	Checked string // a digest of the mapping that was tried
	Sources []string
	Most    int
	Rows    int
}

// Ready reports whether the file can be read into the record as it was seen.
func (b *previewBody) Ready() bool {
	return b.Seen.Fault == nil && b.Seen.Seen.Err == nil && b.Seen.Seen.Records > 0 && !b.Gone
}

// Stuck reports whether no row can be read as it is: whoever mends the mapping needs the
// names of the columns.
func (b *previewBody) Stuck() bool {
	return b.Seen.Fault != nil || b.Seen.Seen.Err != nil || b.Seen.Seen.Records == 0
}

// Lines is how high the field of the mapping is.
func (b *previewBody) Lines() int {
	return min(max(strings.Count(b.Seen.Mapping, "\n")+2, 10), 40)
}

// Skipped are the rows that are skipped, by reason, most first.
func (b *previewBody) Skipped() []skipped { return mostSkipped(b.Seen.Seen.Skipped) }

// Set are the rows that were skipped when the file was read in.
func (b *previewBody) Set() []skipped { return mostSkipped(b.Result.SetAside) }

type skipped struct {
	Why string
	N   int
}

func mostSkipped(by map[string]int) (out []skipped) {
	for _, why := range slices.SortedFunc(maps.Keys(by), func(a, b string) int { return cmp.Or(by[b]-by[a], strings.Compare(a, b)) }) {
		out = append(out, skipped{why, by[why]})
	}
	return out
}

// SkippedRows is how many rows are skipped.
func (b *previewBody) SkippedRows() (n int) {
	for _, x := range b.Seen.Seen.Skipped {
		n += x
	}
	return n
}

// New is how many entries were written.
func (b *previewBody) New() int { return b.Result.New + b.Result.Corrected + b.Result.Withdrawn }

// Differs reports whether a reason says that the record has something else under a key.
func (b *previewBody) Differs(why string) bool { return why == rejects.WhyKnown }

// Again reports whether the mapping is shown: the file was not read in, or not all of it.
func (b *previewBody) Again() bool {
	return b.Result == nil || b.Failed != nil || b.Result.Refused > 0 && !b.Gone
}

// Remarks are those that the page does not say in its own words.
func (b *previewBody) Remarks() []intake.Remarked {
	return slices.DeleteFunc(slices.Clone(b.Result.Remarks), intake.Remarked.OfZone)
}

// Advice is what to do about rejected rows; empty where the page says it in its own words,
// and the hint is for whoever types a command.
func (b *previewBody) Advice(hint string) string {
	if strings.Contains(hint, "--") {
		return ""
	}
	return hint
}

// Revisable reports whether rows were rejected that a later edition would correct.
func (b *previewBody) Revisable() bool {
	if b.Result == nil {
		return false
	}
	for _, r := range b.Result.Why {
		if b.Differs(r.Why) {
			return true
		}
	}
	return false
}

// Zone is the zone of local times that are read.
func (b *previewBody) Zone() string { return b.Seen.Zone.String() }

// Acted are those who an observation says may have acted.
func (b *previewBody) Acted(o *truce.Observation) []truce.PartyID { return o.MayHaveActed() }

// Filled is the share of rows that have something in a column, in percent.
func (b *previewBody) Filled(n int) int {
	if rows := b.Seen.Proposal.Rows; rows > 0 {
		return n * 100 / rows
	}
	return 0
}

// Command reads the file in from the reader's own machine; it can be pasted into a shell.
func (b *previewBody) Command(p *Page) string {
	source := ""
	if b.Seen.Source != "" && !b.Seen.Listed {
		source = " --new-source"
	}
	if b.Seen.Posts { // what is not public is not sent as a file
		return "truce ingest MISSION " + quoted(b.Name) + " --mapping mapping.yaml --shelf shared" + source
	}
	return "truce ingest mirror " + quoted(b.Name) + " --mapping mapping.yaml --server " + quoted(p.Origin()) + source
}

// quoted is a word for a shell: one that means nothing to it stays as it is.
func quoted(s string) string {
	plain := strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-/:@%+", r)
	}) < 0
	if strings.HasPrefix(s, "-") {
		s = "./" + s
	}
	if plain && s != "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func checkedDigest(mapping string) string {
	sum := sha256.Sum256([]byte(mapping))
	return hex.EncodeToString(sum[:8])
}

// waiting is the file that an address names, if it is the reader's.
func (s *Server) waitingFile(q *request) (*upload, error) {
	if x := s.uploads.find(q.who.Name, q.PathValue("id")); x != nil {
		return x, nil
	}
	return nil, errNotFound
}

// filePage shows what Truce would read from a file, or what became of it.
func (s *Server) filePage(q *request) error {
	x, err := s.waitingFile(q)
	if err != nil {
		return err
	}
	state, _ := s.Room.State()
	b := &previewBody{upload: x, Most: mostUpload >> 20, Rows: mostRowsHere}
	x.mu.Lock()
	b.Seen, b.Stage, b.Written, b.Total, b.Result, b.Failed, b.Shared, b.Gone = x.seen, x.stage, x.written, x.total, x.result, x.failed, x.shared, x.gone
	x.mu.Unlock()
	b.Checked = checkedDigest(b.Seen.Mapping)
	for id := range state.Agreement.Sources {
		b.Sources = append(b.Sources, string(id))
	}
	slices.Sort(b.Sources)
	if b.Stage == "reading" {
		q.w.Header().Set("Refresh", "2")
	}
	return q.page("file", &Page{Nav: "files", Title: x.Name, Agreement: state.Agreement, Picture: state.Reader(q.to).Picture(), At: truce.Never, Body: b})
}

// checkFile tries a mapping that somebody has edited; for an empty one, Truce proposes a mapping again.
func (s *Server) checkFile(q *request) error {
	x, err := s.waitingFile(q)
	if err != nil {
		return err
	}
	text := strings.ReplaceAll(q.PostFormValue("mapping"), "\r\n", "\n")
	if len(text) > mostMapping {
		f := &formFaults{}
		q.fault(f, "mapping", "fault.mapping-long", "Most", mostMapping>>10)
		return f
	}
	if strings.TrimSpace(text) == "" {
		text = ""
	}
	if x.busy() {
		return bad("%s", q.lang.say("files.reading"))
	}
	err = s.lookAt(q, x, text)
	if errors.Is(err, intake.ErrUnreadable) || isMissing(err) {
		return bad("%v", err)
	}
	if err != nil {
		return err
	}
	return q.back("/files/" + x.ID)
}

// fileMapping is the mapping that was tried last, as a file.
func (s *Server) fileMapping(q *request) error {
	x, err := s.waitingFile(q)
	if err != nil {
		return err
	}
	x.mu.Lock()
	text := x.seen.Mapping
	x.mu.Unlock()
	h := q.w.Header()
	h.Set("Content-Type", "application/yaml; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="mapping.yaml"`)
	_, err = io.WriteString(q.w, text)
	return err
}

// removeFile forgets a file that was uploaded.
func (s *Server) removeFile(q *request) error {
	x, err := s.waitingFile(q)
	if err != nil {
		return err
	}
	if x.busy() {
		return bad("%s", q.lang.say("files.reading"))
	}
	s.uploads.remove(x)
	return q.back("/files")
}

// readFile reads a file into the record as it was seen, signed with the reader's own key of
// the intake, by the way that commands go: the same checks, one reader of files at a time.
func (s *Server) readFile(q *request) error {
	x, err := s.waitingFile(q)
	if err != nil {
		return err
	}
	f := &formFaults{}
	fl := intake.IngestFlags{Known: "received", As: q.field("as"), Revises: q.field("revises") != "", NewSource: q.field("new") != "", Key: q.who.Key, Name: x.Name}
	fl.Shelf = q.chosen(f, "shelf", []string{"public", "shared"})
	if err := f.err(); err != nil {
		return err
	}
	w, err := s.Room.Writer()
	if err != nil {
		return err
	}
	if _, _, err := q.signer(w.Reading()); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	b := &previewBody{upload: x, Seen: x.seen, Gone: x.gone}
	switch {
	case x.stage == "reading": // it was sent twice
		return q.back("/files/" + x.ID)
	case !b.Ready(), q.field("checked") != checkedDigest(x.seen.Mapping):
		return bad("%s", q.lang.say("files.not-checked"))
	}
	if x.seen.Posts && fl.Shelf == "public" {
		q.fault(f, "shelf", "fault.posts")
		return f
	}
	if fl.As == "" && !x.seen.Listed && !fl.NewSource {
		q.fault(f, "as", "fault.choose")
		return f
	}
	free, err := w.LockFiles("truce serve, for " + q.who.Name)
	if held := (*lock.ErrHeld)(nil); errors.As(err, &held) {
		return bad("%s", q.lang.say("files.others"))
	}
	if err != nil {
		return err
	}
	fl.Mapping = x.path + ".yaml"
	if err := disk.WriteBytes(fl.Mapping, 0o600, []byte(x.seen.Mapping)); err != nil {
		free()
		return err
	}
	x.stage, x.result, x.failed, x.written, x.total, x.shared = "reading", nil, nil, 0, x.seen.Seen.Records, fl.Shelf == "shared"
	done := make(chan struct{})
	s.uploads.running.Add(1)
	go func() {
		defer s.uploads.running.Done()
		defer close(done)
		defer free()
		n, err := s.ingest(w, x, fl)
		x.ended(n, err, fl.Shelf)
	}()
	x.mu.Unlock()
	select { // a small file is in before the answer
	case <-done:
	case <-time.After(5 * time.Second):
	case <-q.Context().Done():
	}
	x.mu.Lock()
	return q.back("/files/" + x.ID)
}

// ended keeps what became of a file. Of one that is not public nothing is left here.
func (x *upload) ended(n intake.Ingested, err error, shelf string) {
	x.mu.Lock()
	x.stage, x.result, x.failed = "done", &n, err
	x.mu.Unlock()
	if shelf != "public" && err == nil {
		x.drop()
	}
}

// ingest reads a file into the record, and waits until the picture shows it.
func (s *Server) ingest(w *intake.Writer, x *upload, fl intake.IngestFlags) (n intake.Ingested, err error) {
	defer func() {
		if v := recover(); v != nil {
			s.Log.Error("a panic while a file was read", "file", x.Name, "panic", v)
			err = errors.New("a fault of this program; what was written until then is in the record")
		}
	}()
	ctx := context.Background()
	if err := s.Room.Published(ctx); err != nil {
		return n, err
	}
	m := w.Mission
	m.Progress = &fileProgress{x}
	if n, err = intake.WriterThrough(m, &inRoom{s}).IngestFile("table", x.path, fl); err != nil {
		s.Log.Warn("a file was not read to its end", "file", x.Name, "by", x.Account, "err", err)
	}
	if serr := s.Room.Settle(ctx); serr != nil {
		s.Log.Warn("read, and not shown yet", "file", x.Name, "err", serr)
	}
	return n, err
}

// fileProgress is the progress of a file.
type fileProgress struct{ x *upload }

func (c *fileProgress) Read(string, int64, int64) {}
func (c *fileProgress) Done()                     {}
func (c *fileProgress) Count(_ string, done, total int) {
	c.x.mu.Lock()
	defer c.x.mu.Unlock()
	c.x.written, c.x.total = done, total
}

// inRoom hands in the rows of a file within this process, by the way that they come from
// another: each batch is checked as it is when a command brings it.
type inRoom struct{ s *Server }

var _ intake.Server = (*inRoom)(nil)

func (r *inRoom) Batch(data []byte) (note []byte, err error) {
	subs, err := ledger.ParseHandedBatch(data)
	if err != nil {
		return nil, err
	}
	_, err = r.s.Room.Tell(context.Background(), func(m *intake.Writer) (int64, error) {
		var last ledger.Receipt
		note, last, err = m.TakeBatch(subs)
		return last.Index, err
	})
	return note, err
}

// Submit is not used where files are read.
func (r *inRoom) Submit([]byte, int64) (intake.Taken, error) {
	return intake.Taken{}, errors.New("only rows of files are handed in here")
}
func (r *inRoom) Begin(func(truce.Digest) ([]byte, error)) error           { return nil }
func (r *inRoom) File(truce.Digest, string, func(done, total int64)) error { return nil }
func (r *inRoom) End()                                                     {}
func (r *inRoom) Settle() error                                            { return r.s.Room.Published(context.Background()) }
func (r *inRoom) Reread() error                                            { return r.s.Room.Reread(context.Background()) }
func (r *inRoom) Elsewhere() bool                                          { return false }
