package mirror

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// A Follower keeps one mirror: it copies a record, verifies what it copies, computes
// incidents and findings from the copy, and compares them with what was published.
type Follower struct {
	Trust Trust
	Where string      // the record that is followed
	Dir   string      // the mirror
	From  audit.Fetch // of a bundle; nil: found at Where

	All         bool // recompute every publication, not only the last
	Lean        bool // copy no evidence: only the agreement, and what findings depend on
	NoRecompute bool // copy and verify only

	Now      func() time.Time                           // nil: time.Now
	Open     func(dir string) (*mission.Mission, error) // opens the mirror; nil: mission.Open
	Progress func() mission.Progress                    // of one piece of work; nil: none is shown
	Tell     func(News)                                 // hears what happens, in its order; nil: nobody

	witness    *ledger.Witness
	fetched    atomic.Int64   // bytes, in this round
	copied     int64          // bytes, in all rounds
	ring       *audit.Keyring // as of upTo
	upTo       int64
	recomputed bool // what is there was recomputed in this run
}

// News is what a follower tells about its work: one of the types below.
type News interface{ news() }

type (
	// KeyStated says that the key that the record is checked against is the one that it states
	// itself. Text is the key, or why it cannot be read.
	KeyStated struct{ Text string }
	// Older says that the record that was found is an earlier state of the mirror.
	Older struct{ Theirs, Ours *audit.Checkpoint }
	// CopiedAgain says that the mirror's own copy did not verify, and was replaced.
	CopiedAgain struct{ Fault error }
	// Followed says that the mirror has all that the record has, and all of it was verified.
	Followed struct {
		Summary    *audit.Summary
		Before     int64        // entries that the mirror had
		Missing    []audit.File // named in the record, and not there
		Bytes      int64        // copied
		CosignedAs string       // empty: not co-signed
	}
	// Objections are those to entries that break a rule, as far as they can be read here.
	// What is sealed and opened here is among them.
	Objections struct {
		List    []ledger.Objected
		Skipped int // entries
	}
	// OtherMethod says that what an entry published was computed with a method that is not
	// this build's.
	OtherMethod struct {
		Entry         int64
		Title, Method string
	}
	// Recomputed says that what an entry published follows from the mirror, too.
	Recomputed struct {
		Entry    int64
		Title    string
		Digest   truce.Digest
		Withheld int // inputs that are not public: it was compared as far as it is public
	}
	// Computed says that nothing was published that the mirror's findings can be compared with.
	Computed struct {
		Incidents int
		Digest    truce.Digest
		Others    int // publications with another method
	}
)

func (KeyStated) news()   {}
func (Older) news()       {}
func (CopiedAgain) news() {}
func (Followed) news()    {}
func (Objections) news()  {}
func (OtherMethod) news() {}
func (Recomputed) news()  {}
func (Computed) news()    {}

func (f *Follower) tell(n News) {
	if f.Tell != nil {
		f.Tell(n)
	}
}

func (f *Follower) now() time.Time {
	if f.Now == nil {
		return time.Now()
	}
	return f.Now()
}

func (f *Follower) progress() mission.Progress {
	if f.Progress == nil {
		return mission.Silent{}
	}
	return f.Progress()
}

func (f *Follower) open() (*mission.Mission, error) {
	if f.Open == nil {
		return mission.Open(f.Dir)
	}
	return f.Open(f.Dir)
}

// Copied is the number of bytes that all rounds copied.
func (f *Follower) Copied() int64 { return f.copied }

// A Fork is an error that two histories of one record were signed. It says where the
// evidence of it is.
type Fork struct {
	err  error
	what string
	dir  string
}

func (f *Fork) Error() string {
	return fmt.Sprintf("%v; %s kept in %s: together with this mirror they prove it; show them to the other party and to whoever guarantees the agreement", f.err, f.what, f.dir)
}

// ErrDiffers says that what the mission published does not follow from its record.
var ErrDiffers = errors.New("what was published does not follow from the record")

// CosignWith loads the key that co-signs each checkpoint: a file, or a name. An empty
// name means that there is none.
func (f *Follower) CosignWith(name string) error {
	if name == "" {
		return nil
	}
	m := &mission.Folder{Dir: f.Dir}
	s, err := m.Key(name)
	if err != nil {
		return err
	}
	f.witness, err = s.Witness()
	return err
}

func (f *Follower) record() string { return filepath.Join(f.Dir, "record") }

// Round looks at the record once, and brings the mirror up to date with it.
func (f *Follower) Round(ctx context.Context) error {
	if err := os.MkdirAll(f.record(), 0o755); err != nil {
		return err
	}
	p, err := f.source(ctx)
	if err != nil {
		return err
	}
	ours, err := f.ours(p.Policy)
	if err != nil {
		return err
	}
	theirs := p.Log()
	cp, err := theirs.Checkpoint(ctx)
	if err != nil {
		return err
	}
	if ours != nil && cp.Size < ours.Size {
		mine := &audit.Log{Fetch: audit.Dir(f.record()), Policy: p.Policy}
		var fault *audit.Fault
		switch err := mine.Consistent(ctx, cp, ours); {
		case errors.As(err, &fault) && fault.Fork:
			return f.fork(ctx, p, ours, cp, err)
		case err == nil:
			f.tell(Older{Theirs: cp, Ours: ours})
			return nil
		default:
			return err
		}
	}
	if ours != nil {
		if err := theirs.Consistent(ctx, ours, cp); err != nil {
			var fault *audit.Fault
			if errors.As(err, &fault) && fault.Fork {
				return f.fork(ctx, p, ours, cp, err)
			}
			return err
		}
	}
	if p.KeyFromRecord && ours == nil {
		f.tell(KeyStated{Text: statedKeyOr(ctx, p.Fetch)})
	}
	// What is here already is read from here, and asked for again only if it does
	// not verify.
	l := &audit.Log{Fetch: f.copying(p.Fetch, true), Policy: p.Policy, Keep: f.keep}
	s, missing, err := f.copy(ctx, l, ours, cp)
	if errors.Is(err, audit.ErrFault) {
		first := err
		l = &audit.Log{Fetch: f.copying(p.Fetch, false), Policy: p.Policy, Keep: f.keep}
		if s, missing, err = f.copy(ctx, l, ours, cp); err == nil {
			f.tell(CopiedAgain{Fault: first})
		}
	}
	if err != nil {
		return err
	}
	m, err := f.settle(ctx, l, cp)
	if err != nil {
		return err
	}
	was := int64(0)
	if ours != nil {
		was = ours.Size
	}
	done := Followed{Summary: s, Before: was, Missing: missing, Bytes: f.fetched.Swap(0)}
	f.copied += done.Bytes
	if f.witness != nil {
		done.CosignedAs = strings.SplitN(f.witness.VKey(), "+", 2)[0]
	}
	f.tell(done)
	if f.NoRecompute || was == cp.Size && f.recomputed {
		return nil // nothing is new, and what there is was recomputed
	}
	f.recomputed = true
	return f.recompute(m)
}

// copy verifies what is new, and keeps it. After the first round of a run only
// that is read; who held which key is remembered.
func (f *Follower) copy(ctx context.Context, l *audit.Log, ours, cp *audit.Checkpoint) (s *audit.Summary, missing []audit.File, err error) {
	o := audit.Options{Keyring: f.ring}
	if f.ring != nil && ours != nil && f.upTo == ours.Size {
		o.From = f.upTo
	} else {
		o.Keyring = &audit.Keyring{}
	}
	f.ring = nil // one that stopped half way is of no use
	bar := f.progress()
	var named []audit.File
	o.Progress = func(done, total int64) { bar.Count("copying and verifying", int(done), int(total)) }
	o.Each = func(e *audit.Entry, _ []audit.Key) error {
		for _, x := range audit.Files(e) {
			if !f.Lean || x.Findings || e.Kind == "mission" || e.Kind == "agreement" {
				named = append(named, x)
			}
		}
		return nil
	}
	s, err = l.Verify(ctx, cp, o)
	bar.Done()
	if err == nil {
		missing, err = f.files(ctx, l, named, bar)
	}
	if err == nil {
		f.ring, f.upTo = o.Keyring, cp.Size
	}
	return s, missing, err
}

// source finds the record that is followed; its key is settled with the first
// round, and stays.
func (f *Follower) source(ctx context.Context) (*Copy, error) {
	t := f.Trust
	text, err := os.ReadFile(filepath.Join(f.Dir, "mission.json"))
	var a mission.About
	if err == nil {
		if err := json.Unmarshal(text, &a); err != nil {
			return nil, fmt.Errorf("%s/mission.json: %w", f.Dir, err)
		}
		if a.Mirror == "" {
			return nil, mission.Hinted(fmt.Errorf("%s is a mission, not a mirror", f.Dir), "mirror into a folder of its own")
		}
		if t.Key != "" && t.Key != a.Record {
			return nil, fmt.Errorf("this mirror is of %s, not of %s", a.Record, t.Key)
		}
		if t.Policy == "" {
			t.Key = a.Record
		}
	}
	if f.From != nil {
		p := &Copy{Where: f.Where, Fetch: f.From}
		return p, t.settle(ctx, p, "")
	}
	return t.Open(ctx, f.Where)
}

// ours is the checkpoint that was mirrored last, or nil.
func (f *Follower) ours(policy *audit.Policy) (*audit.Checkpoint, error) {
	raw, err := os.ReadFile(filepath.Join(f.record(), "checkpoint"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	cp, err := policy.Open(raw)
	if err != nil {
		return nil, mission.Hinted(fmt.Errorf("the mirror's own checkpoint: %w", err), "was the mirror altered, or is this another record?")
	}
	return cp, nil
}

// fork keeps both checkpoints, and the other history as far as it can be had:
// the two records together are the proof.
func (f *Follower) fork(ctx context.Context, p *Copy, ours, theirs *audit.Checkpoint, err error) error {
	dir := filepath.Join(f.Dir, "forks", f.now().UTC().Format("20060102T150405Z"))
	other := filepath.Join(dir, "theirs")
	if merr := os.MkdirAll(other, 0o755); merr != nil {
		return merr
	}
	for name, raw := range map[string][]byte{filepath.Join(dir, "ours.checkpoint"): ours.Raw, filepath.Join(other, "checkpoint"): theirs.Raw} {
		if werr := disk.WriteBytes(name, 0o644, raw); werr != nil {
			return werr
		}
	}
	l := &audit.Log{Fetch: p.Fetch, Policy: p.Policy, Keep: func(path string, data []byte) error { return keepIn(other, path, data) }}
	kept := "both checkpoints and the other history are"
	if _, verr := l.Verify(ctx, theirs, audit.Options{}); verr != nil {
		kept = "both checkpoints, and what could be had of the other history, are"
	}
	return &Fork{err, kept, dir}
}

// statedKeyOr is the key that a record states, for people to compare.
func statedKeyOr(ctx context.Context, fetch audit.Fetch) string {
	key, err := statedKey(ctx, fetch)
	if err != nil {
		return err.Error()
	}
	return key
}

// copying reads from the mirror what is there, all of which was proved before it
// was stored, and the rest from the source.
func (f *Follower) copying(source audit.Fetch, believe bool) audit.Fetch {
	here := audit.Dir(f.record())
	return func(ctx context.Context, path string) ([]byte, error) {
		if path != "checkpoint" && path != ledger.Cosigned && believe {
			if data, err := here(ctx, path); err == nil {
				return data, nil
			}
		}
		data, err := source(ctx, path)
		if err == nil && path != "checkpoint" {
			f.fetched.Add(int64(len(data)))
		}
		return data, err
	}
}

// keep stores what was proved.
func (f *Follower) keep(path string, data []byte) error { return keepIn(f.record(), path, data) }

func keepIn(dir, path string, data []byte) error {
	name := filepath.Join(dir, filepath.FromSlash(path))
	if info, err := os.Stat(name); err == nil && info.Size() == int64(len(data)) {
		if have, err := os.ReadFile(name); err == nil && bytes.Equal(have, data) {
			return nil
		}
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return disk.Replace(name, 0o644, data) // a damaged file is copied again
}

// files copies what lies beside the record. What is not public is not there.
func (f *Follower) files(ctx context.Context, l *audit.Log, named []audit.File, bar mission.Progress) (missing []audit.File, err error) {
	for i, x := range named {
		bar.Count("copying files", i, len(named))
		data, err := l.File(ctx, x)
		if err == nil {
			err = f.keep(x.Path(), data)
		}
		switch {
		case audit.Missing(err):
			missing = append(missing, x)
		case err != nil:
			bar.Done()
			return missing, err
		}
	}
	bar.Done()
	return missing, nil
}

// settle makes the mirror what the checkpoint says, last of all the checkpoint.
func (f *Follower) settle(ctx context.Context, l *audit.Log, cp *audit.Checkpoint) (*mission.Mission, error) {
	if err := f.agreement(ctx, l, cp); err != nil {
		return nil, err
	}
	raw := cp.Raw
	if f.witness != nil {
		line, err := f.witness.Cosign(raw, f.now())
		if err != nil {
			return nil, err
		}
		raw = append(dropSignature(raw, line), line...)
	}
	if f.witness != nil {
		vkey := f.witness.VKey()
		name, _, _ := strings.Cut(vkey, "+")
		text := "witness " + strings.ReplaceAll(name, "/", "-") + " " + vkey + "\nquorum none\n"
		if err := disk.WriteBytes(filepath.Join(f.Dir, "policy"), 0o644, []byte(text)); err != nil {
			return nil, err
		}
	}
	// What witnesses vouch for goes with it, where this copy grew out of that.
	if before, err := l.Cosigned(ctx); err == nil && before.Size <= cp.Size && l.Consistent(ctx, before, cp) == nil {
		if err := disk.WriteBytes(filepath.Join(f.record(), ledger.Cosigned), 0o644, before.Raw); err != nil {
			return nil, err
		}
	}
	// From here a later round must grow out of this one.
	if err := disk.WriteBytes(filepath.Join(f.record(), "checkpoint"), 0o644, raw); err != nil {
		return nil, err
	}
	m, err := f.open()
	if err != nil {
		return nil, err
	}
	v, err := m.Glance()
	if err != nil {
		return nil, err
	}
	if err := m.Install(v); err != nil {
		return nil, err
	}
	return f.open()
}

// dropSignature takes away an earlier signature line of the same key name.
func dropSignature(note []byte, line string) []byte {
	name := line[:strings.LastIndexByte(strings.TrimSpace(line), ' ')+1]
	var out []byte
	for l := range strings.Lines(string(note)) {
		if !strings.HasPrefix(l, name) {
			out = append(out, l...)
		}
	}
	return out
}

// agreement lays out the agreement's files as a folder, and mission.json.
func (f *Follower) agreement(ctx context.Context, l *audit.Log, cp *audit.Checkpoint) error {
	e, err := l.Entry(ctx, cp, 0)
	if err != nil {
		return err
	}
	content, err := ledger.MissionOf(e.Content)
	if err != nil {
		return fmt.Errorf("entry 0: %w", err)
	}
	if content.Terms == nil {
		return fmt.Errorf("entry 0 names no terms")
	}
	for _, x := range content.Terms.Files {
		data, err := l.File(ctx, audit.File{Name: x.Name, SHA256: x.SHA256})
		if err != nil {
			return fmt.Errorf("agreement: %s: %w", x.Name, err)
		}
		if !filepath.IsLocal(filepath.FromSlash(x.Name)) {
			return &audit.Fault{Entry: 0, Why: fmt.Sprintf("the file name %q leads out of the agreement's folder", x.Name)}
		}
		name := filepath.Join(f.Dir, "agreement", filepath.FromSlash(x.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := disk.WriteBytes(name, 0o644, data); err != nil {
			return err
		}
	}
	m := &mission.Folder{Dir: f.Dir, About: mission.About{Format: 2, Agreement: content.Terms.ID, Digest: content.Agreement, Made: f.now().UTC(), Demo: content.Demo,
		Record: l.Policy.LogKey(cp.Origin), Mirror: f.Where}}
	return m.Save()
}

// Needed counts the files among those missing that findings depend on, and returns the
// others, which may have been withheld on purpose.
func Needed(missing []audit.File) (n int, others []audit.File) {
	seen := map[[32]byte]bool{}
	for _, f := range missing {
		switch {
		case !f.Findings:
			others = append(others, f)
		case !seen[f.SHA256]:
			seen[f.SHA256] = true
			n++
		}
	}
	return n, others
}

// recompute computes incidents and findings from the mirror, and compares them with the
// digests that the mission published.
func (f *Follower) recompute(m *mission.Mission) error {
	v, err := m.Read()
	if err != nil {
		return err
	}
	if list := v.Objects(truce.ForMission); len(list) > 0 {
		f.tell(Objections{List: list, Skipped: v.Skipped(truce.ForMission)})
	}
	checked, others := 0, 0
	for i := len(v.Rest) - 1; i >= 0; i-- {
		e := v.Rest[i]
		if e.Kind != "publication" || checked > 0 && !f.All {
			continue
		}
		var p ledger.Publication
		if err := json.Unmarshal(e.Content, &p); err != nil {
			return err
		}
		at := m.At(p.Entries)
		then, err := at.Read()
		if err != nil {
			return err
		}
		if other := at.OtherMethod(then); other != "" {
			if others++; others == 1 || f.All {
				f.tell(OtherMethod{Entry: e.Index, Title: p.Title, Method: other})
			}
			continue
		}
		s, err := at.Situation(p.AsKnown())
		if err != nil {
			return err
		}
		want, got := p.Digests["public"], s.Digest()
		if got != want && s.EarlierDigest() == want { // published by an earlier build
			got = want
		}
		if got != want { // what everybody can compute is what counts here
			err := fmt.Errorf("%w: entry %d (%s) has the public digest %s, and the record gives %s", ErrDiffers, e.Index, p.Title, want, got)
			if list := s.Differing(p.Digests); len(list) > 0 {
				err = fmt.Errorf("%w; they differ in %s", err, strings.Join(list, "; in "))
			}
			return err
		}
		f.tell(Recomputed{Entry: e.Index, Title: p.Title, Digest: got, Withheld: s.Withheld})
		checked++
	}
	if checked > 0 {
		return nil
	}
	s, err := m.Situation(truce.Never)
	if err != nil {
		return err
	}
	f.tell(Computed{Incidents: len(s.Incidents()), Digest: s.Digest(), Others: others})
	return nil
}
