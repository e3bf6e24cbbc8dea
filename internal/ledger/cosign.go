package ledger

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/opentruce/truce/internal/disk"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/api/layout"
	"golang.org/x/mod/sumdb/note"
)

// Cosigned is the file of a record with the last checkpoint that witnesses co-signed.
// The checkpoint itself is new with each entry; this one follows at the witnesses' pace.
const Cosigned = "checkpoint.cosigned"

// How often witnesses are asked. Public ones allow a request a second at most and
// block those who exceed it.
const (
	CosignEvery = 30 * time.Second // when the record has grown
	CosignLeast = 10 * time.Second // between two requests to one witness, whatever happens

	cosignAnew    = 10 * time.Minute // when it has not grown: the time of a co-signature says how fresh it is
	cosignSkew    = 10 * time.Minute // between a witness's clock and ours
	cosignTimeout = 8 * time.Second  // for one request
	cosignBackOff = 10 * time.Minute // at most, between requests to a witness that does not co-sign
	mostAnswer    = 64 << 10         // bytes of a witness's answer
)

// A Cosigner is one witness, as it was found.
type Cosigner struct {
	Name   string    `json:"name"` // of its key
	Size   int64     `json:"size"` // entries it last co-signed; 0: none
	Signed time.Time `json:"signed,omitzero"`
	Asked  time.Time `json:"asked,omitzero"`
	Failed int       `json:"failed,omitempty"` // requests in a row
	Error  string    `json:"error,omitempty"`  // of the last request
}

// CosignConfig says whom to ask about which record.
type CosignConfig struct {
	Dir    string  // of the record
	Signer *Secret // the log's key, which signs what witnesses are given
	Policy []byte  // C2SP tlog-policy; witnesses without an address are not asked
	Now    func() time.Time
	Every  time.Duration     // zero: CosignEvery; at least CosignLeast
	Client http.RoundTripper // nil: http.DefaultTransport
	least  time.Duration     // zero: CosignLeast; tests cannot wait
}

// Witnesses asks the witnesses of a policy to co-sign a record (C2SP tlog-witness), at
// their pace and not at the record's. Nobody who writes to the record waits for them.
type Witnesses struct {
	cfg    CosignConfig
	quorum tessera.WitnessGroup
	list   []*witnessed
	asking sync.Mutex // one round at a time

	mu sync.Mutex // of the states in list
}

type witnessed struct {
	Cosigner
	by tessera.Witness
}

// NewWitnesses reads a policy. A policy without witnesses that have an address gives
// one that asks nobody.
func NewWitnesses(cfg CosignConfig) (*Witnesses, error) {
	quiet()
	if cfg.Every == 0 {
		cfg.Every = CosignEvery
	}
	if cfg.least == 0 {
		cfg.least = CosignLeast
	}
	if cfg.Every < cfg.least {
		return nil, fmt.Errorf("witnesses are asked every %s at most, not every %s", cfg.least, cfg.Every)
	}
	if cfg.Client == nil {
		cfg.Client = http.DefaultTransport
	}
	w := &Witnesses{cfg: cfg}
	var err error
	if w.quorum, w.list, err = readWitnesses(cfg.Policy); err != nil {
		return nil, err
	}
	var kept []Cosigner
	text, err := os.ReadFile(w.stateFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err == nil && json.Unmarshal(text, &kept) == nil { // what cannot be read is asked for again
		for _, x := range w.list {
			if i := slices.IndexFunc(kept, func(k Cosigner) bool { return k.Name == x.Name }); i >= 0 {
				x.Cosigner = kept[i]
			}
		}
	}
	return w, nil
}

// readWitnesses reads who is to be asked, and the quorum of the policy.
func readWitnesses(policy []byte) (quorum tessera.WitnessGroup, list []*witnessed, err error) {
	bad := func(err error) (tessera.WitnessGroup, []*witnessed, error) {
		return tessera.WitnessGroup{}, nil, fmt.Errorf("witnesses: %w", err)
	}
	var whole strings.Builder // with an address for each, which Tessera wants
	stated := false
	for n, line := range strings.Split(string(policy), "\n") {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) > 0 {
			stated = stated || f[0] == "quorum"
		}
		if len(f) == 4 && f[0] == "witness" {
			group, err := tessera.NewWitnessGroupFromPolicy([]byte("witness w " + f[2] + " " + f[3] + "\nquorum w\n"))
			if err != nil {
				return bad(fmt.Errorf("line %d: %w", n+1, err))
			}
			for _, c := range group.Components {
				if by, ok := c.(tessera.Witness); ok {
					if !strings.HasPrefix(by.URL, "https://") && !strings.HasPrefix(by.URL, "http://") {
						return bad(fmt.Errorf("line %d: %q is not an address such as https://witness.example", n+1, f[3]))
					}
					list = append(list, &witnessed{Cosigner{Name: by.Key.Name()}, by})
				}
			}
		}
		if len(f) == 3 && f[0] == "witness" {
			line += " https://witness.invalid"
		}
		whole.WriteString(line + "\n")
	}
	if !stated {
		whole.WriteString("quorum none\n")
	}
	if quorum, err = tessera.NewWitnessGroupFromPolicy([]byte(whole.String())); err != nil {
		return bad(err)
	}
	return quorum, list, nil
}

func (w *Witnesses) stateFile() string {
	return filepath.Join(w.cfg.Dir, ".state", "witnesses.json")
}

// Any reports whether there is a witness to ask.
func (w *Witnesses) Any() bool { return len(w.list) > 0 }

// States are the witnesses as they were found, in the order of the policy.
func (w *Witnesses) States() []Cosigner {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]Cosigner, len(w.list))
	for i, x := range w.list {
		out[i] = x.Cosigner
	}
	return out
}

// Run asks until ctx ends. An error of a round, such as a full disk, is told and the
// next round tries again.
func (w *Witnesses) Run(ctx context.Context, told func(error)) {
	if !w.Any() {
		return
	}
	for {
		if err := w.Ask(ctx); err != nil && ctx.Err() == nil {
			told(err)
		}
		select {
		case <-time.After(w.cfg.Every):
		case <-ctx.Done():
			return
		}
	}
}

// Ask asks once whoever is due about the present checkpoint, all at once, and keeps
// what they co-signed. What a witness says is in States; the error is one of this
// machine.
func (w *Witnesses) Ask(ctx context.Context) error {
	w.asking.Lock()
	defer w.asking.Unlock()
	raw, err := os.ReadFile(filepath.Join(w.cfg.Dir, "checkpoint"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nothing was said yet
	}
	if err != nil {
		return err
	}
	size, root, err := sizeAndRoot(raw)
	if err != nil || size == 0 {
		return err
	}
	due := w.due(size)
	if len(due) == 0 {
		return nil
	}
	saved := w.save() // when they were asked, before they are
	lines := make([]string, len(due))
	var all sync.WaitGroup
	for i, x := range due {
		all.Go(func() { lines[i] = w.ask(ctx, x, size, root) })
	}
	all.Wait()
	lines = slices.DeleteFunc(lines, func(s string) bool { return s == "" })
	return errors.Join(saved, w.keep(raw, lines), w.save())
}

// due are the witnesses that are to be asked now.
func (w *Witnesses) due(size int64) (out []*witnessed) {
	now := w.cfg.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, x := range w.list {
		pause := w.cfg.least
		if x.Failed > 0 {
			pause = max(pause, min(cosignBackOff, w.cfg.Every<<min(10, x.Failed-1)))
		}
		since := now.Sub(x.Asked)
		fresh := x.Failed == 0 && x.Size == size && now.Sub(x.Signed) < cosignAnew
		if since < 0 || since >= pause && !fresh { // a clock error must not delay requests
			x.Asked = now
			out = append(out, x)
		}
	}
	return out
}

// ask asks one witness and returns its signature's line, or "".
func (w *Witnesses) ask(ctx context.Context, x *witnessed, size int64, root []byte) string {
	opts := tessera.NewAppendOptions().WithCheckpointSigner(w.cfg.Signer.signer).
		WithWitnesses(tessera.NewWitnessGroup(1, x.by), &tessera.WitnessOptions{Timeout: 2*cosignTimeout + w.cfg.least})
	client := &http.Client{Transport: &paced{w: w, x: x}, Timeout: 0,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	w.mu.Lock()
	before := x.Size
	w.mu.Unlock()
	if before > size { // the record is another, or was put back
		before = 0
	}
	text, err := opts.CheckpointPublisher(&recordDir{LogReader: nil, dir: w.cfg.Dir, before: before}, client)(ctx, uint64(size), root)
	line, at := "", time.Time{}
	if err == nil {
		line, at, err = lineOf(text, x.by.Key)
	}
	if now := w.cfg.Now(); err == nil && at.Sub(now).Abs() > cosignSkew {
		err = fmt.Errorf("its co-signature states the time %s, and this machine's clock says %s", at.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		if ctx.Err() == nil {
			x.Failed++
		}
		x.Error = briefly(err)
		return ""
	}
	x.Size, x.Signed, x.Failed, x.Error = size, at, 0, ""
	return line
}

// briefly is what went wrong, without the parts that Tessera repeats.
func briefly(err error) string {
	text, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "witness policy was not satisfied\n"), "\n")
	return text[:min(len(text), 300)]
}

// lineOf is the signature line of a witness on a checkpoint, and the time that it states.
func lineOf(text []byte, by note.Verifier) (string, time.Time, error) {
	n, err := note.Open(text, note.VerifierList(by))
	if err != nil || len(n.Sigs) != 1 {
		return "", time.Time{}, errors.Join(errors.New("its co-signature does not verify"), err)
	}
	raw, err := base64.StdEncoding.DecodeString(n.Sigs[0].Base64)
	if err != nil || len(raw) < 12 {
		return "", time.Time{}, errors.New("its co-signature has no time")
	}
	return fmt.Sprintf("— %s %s\n", n.Sigs[0].Name, n.Sigs[0].Base64), time.Unix(int64(binary.BigEndian.Uint64(raw[4:12])), 0).UTC(), nil
}

// paced sends requests to one witness no closer together than it wants, and reads no
// more than a witness has to say.
type paced struct {
	w     *Witnesses
	x     *witnessed
	asked time.Time // by the machine's own clock, within this round
}

func (p *paced) RoundTrip(r *http.Request) (*http.Response, error) {
	if !p.asked.IsZero() {
		wait := time.NewTimer(p.w.cfg.least - time.Since(p.asked))
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	defer func() { p.asked = time.Now() }() // when it was answered: the witness has counted it by then
	p.w.mu.Lock()
	p.x.Asked = p.w.cfg.Now()
	p.w.mu.Unlock()
	ctx, cancel := context.WithTimeout(r.Context(), cosignTimeout)
	resp, err := p.w.cfg.Client.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	defer cancel()
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// keep stores a checkpoint with the lines of those who co-signed it, unless that would
// take the place of one with a quorum.
func (w *Witnesses) keep(raw []byte, lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	name := filepath.Join(w.cfg.Dir, Cosigned)
	old, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, ours, ok := bytes.Cut(raw, []byte("\n\n"))
	if !ok {
		return errors.New("the checkpoint is not a signed note")
	}
	// The log's own signature, and then the witnesses': those from before, of the same
	// checkpoint, where they did not sign again.
	next := append(append(slices.Clone(text), "\n\n"...), ours...)
	if was, sigs, ok := bytes.Cut(old, []byte("\n\n")); ok && bytes.Equal(was, text) {
		for line := range strings.Lines(string(sigs)) {
			who, _, _ := strings.Cut(strings.TrimPrefix(line, "— "), " ")
			again := slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "— "+who+" ") })
			if !again && !bytes.Contains(next, []byte(line)) {
				next = append(next, line...)
			}
		}
	}
	for _, l := range lines {
		next = append(next, l...)
	}
	if len(old) > 0 && w.quorum.Satisfied(old) && !w.quorum.Satisfied(next) {
		return nil
	}
	return disk.WriteBytes(name, 0o644, next)
}

// WithCosignatures is a checkpoint with the co-signatures that are stored of the same
// one; or as it is.
func WithCosignatures(checkpoint, cosigned []byte) []byte {
	text, _, _ := bytes.Cut(checkpoint, []byte("\n\n"))
	if same, _, ok := bytes.Cut(cosigned, []byte("\n\n")); ok && bytes.Equal(text, same) {
		return cosigned
	}
	return checkpoint
}

// Met is how many entries the quorum of the policy has co-signed. wanted is false where
// the policy states none.
func (w *Witnesses) Met() (size int64, wanted bool) {
	if w.quorum.N == 0 {
		return 0, false
	}
	text, err := os.ReadFile(filepath.Join(w.cfg.Dir, Cosigned))
	if err != nil || !w.quorum.Satisfied(text) {
		return 0, true
	}
	log, err := note.NewVerifier(w.cfg.Signer.VKey())
	if err != nil {
		return 0, true
	}
	n, err := note.Open(text, note.VerifierList(log))
	if err != nil {
		return 0, true
	}
	if size, _, err = sizeAndRoot([]byte(n.Text)); err != nil {
		return 0, true
	}
	return size, true
}

func (w *Witnesses) save() error {
	text, err := json.Marshal(w.States())
	if err != nil {
		return err
	}
	return disk.WriteBytes(w.stateFile(), 0o644, append(text, '\n'))
}

// sizeAndRoot reads a checkpoint of this log's own.
func sizeAndRoot(raw []byte) (int64, []byte, error) {
	lines := strings.SplitN(string(raw), "\n", 4)
	if len(lines) < 4 {
		return 0, nil, errors.New("the checkpoint cannot be read")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 {
		return 0, nil, fmt.Errorf("the checkpoint's size cannot be read: %q", lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != 32 {
		return 0, nil, fmt.Errorf("the checkpoint's root cannot be read: %q", lines[2])
	}
	return size, root, nil
}

// recordDir is a record's folder, as what a witness last co-signed is proved from it.
type recordDir struct {
	tessera.LogReader
	dir    string
	before int64
}

// ReadCheckpoint tells Tessera which size the witness is at.
func (d *recordDir) ReadCheckpoint(context.Context) ([]byte, error) {
	if d.before == 0 {
		return nil, fs.ErrNotExist
	}
	return fmt.Appendf(nil, "before\n%d\n%s\n\n— before AAAAAA==\n", d.before, base64.StdEncoding.EncodeToString(make([]byte, 32))), nil
}

// ReadTile reads a tile cut to p hashes. While the record grows, a longer one may have
// taken its place.
func (d *recordDir) ReadTile(_ context.Context, level, index uint64, p uint8) ([]byte, error) {
	var err error
	for q := int(p); ; q++ {
		if q > 255 || p == 0 {
			q = 0 // the full tile
		}
		var data []byte
		data, err = os.ReadFile(filepath.Join(d.dir, filepath.FromSlash(layout.TilePath(level, index, uint8(q)))))
		if err == nil {
			if n := int(p) * 32; p > 0 && len(data) > n {
				data = data[:n]
			}
			return data, nil
		}
		if q == 0 || !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
}
