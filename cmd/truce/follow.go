package main

import (
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/mission"

	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/report"
	"github.com/spf13/cobra"
)

func (c command) follow() *cobra.Command {
	var trust trustFlags
	var once, all, lean bool
	var every time.Duration
	var witness string
	cmd := &cobra.Command{
		Use:   "follow WHERE MIRROR",
		Short: "Keep a mirror of a record: copy, verify, recompute, and co-sign as a witness",
		Long: `WHERE is a mission, the folder of a record (a USB stick, say), or its address;
MIRROR is a folder here. What is copied is verified while it comes, and what came
already is not asked for again, so a run over a bad link goes on where it
stopped. Then every incident and finding is computed anew and compared with the
digests of what the mission published.

If the record does not grow out of what was mirrored before, both checkpoints and
the other history are kept in MIRROR/forks: together with the mirror they prove to
anybody that the mission signed two. Exit 1, and nothing of the mirror is changed.

With --witness the mirror's checkpoint carries your co-signature: you saw this
record, whole and grown out of all that you saw before.`,
		Example: `  truce follow https://monitor.example/record mirror --key truce/field-1+1a2b3c4d+AbC...
  truce follow /media/usb/record mirror --once
  truce follow https://monitor.example/record mirror --every 5m --witness example.org-witness-1`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			if every < 0 {
				return fmt.Errorf("--every %s: want a time from 0, such as 5m", every)
			}
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			f := &follower{c: c, trust: trust, where: args[0], dir: args[1], all: all, lean: lean}
			if err := f.witnessKey(witness); err != nil {
				return err
			}
			for {
				err := f.round(ctx)
				var fork *forked
				switch {
				case errors.As(err, &fork) || errors.Is(err, audit.ErrFault) && every == 0 || errors.Is(err, errDiffers):
					fmt.Fprintf(c.out, "ALARM: %s\n", report.Clean(err.Error()))
					return exit(exitNo)
				case once || every == 0 || err == nil && ctx.Err() != nil:
					return err
				case err != nil:
					fmt.Fprintf(c.err, "truce: %s; trying again in %s\n", err, every)
				}
				select {
				case <-ctx.Done():
					return nil
				case <-time.After(every):
				}
			}
		},
	}
	trust.flags(cmd)
	fl := cmd.Flags()
	fl.BoolVar(&once, "once", false, "one round, and no more (the default without --every)")
	fl.DurationVar(&every, "every", 0, "go on, a round each so often: 1m")
	fl.StringVar(&witness, "witness", "", "co-sign with this key: a file, or a name")
	fl.BoolVar(&all, "all", false, "recompute every publication, not only the last")
	fl.BoolVar(&lean, "lean", false, "leave the files beside the record: evidence is not copied; the agreement, and what findings depend on, is")
	return cmd
}

// A follower keeps one mirror.
type follower struct {
	c     command
	trust trustFlags
	where string
	dir   string
	all   bool
	lean  bool
	from  audit.Fetch // a bundle's; nil: found at where

	witness *ledger.Witness
	bytes   atomic.Int64
	ring    *audit.Keyring // as of upTo
	upTo    int64
	told    bool // what is there was recomputed in this run
	blind   bool // do not recompute: for measuring the copying alone
	copied  int64
}

// forked is the evidence of two histories.
type forked struct {
	err  error
	what string
	dir  string
}

func (f *forked) Error() string {
	return fmt.Sprintf("%v; %s kept in %s: together with this mirror they prove it; show them to the other party and to whoever guarantees the agreement", f.err, f.what, f.dir)
}

// errDiffers says that what the mission published does not follow from its record.
var errDiffers = errors.New("what was published does not follow from the record")

func (f *follower) witnessKey(name string) error {
	if name == "" {
		return nil
	}
	m := &mission.Folder{Dir: f.dir}
	s, err := m.Key(name)
	if err != nil {
		return err
	}
	f.witness, err = s.Witness()
	return err
}

func (f *follower) record() string { return filepath.Join(f.dir, "record") }

// round is one look at the source.
func (f *follower) round(ctx context.Context) error {
	if err := os.MkdirAll(f.record(), 0o755); err != nil {
		return err
	}
	p, err := f.source(ctx)
	if err != nil {
		return err
	}
	ours, err := f.ours(p.policy)
	if err != nil {
		return err
	}
	theirs := p.log()
	cp, err := theirs.Checkpoint(ctx)
	if err != nil {
		return err
	}
	if ours != nil && cp.Size < ours.Size {
		mine := &audit.Log{Fetch: audit.Dir(f.record()), Policy: p.policy}
		var fault *audit.Fault
		switch err := mine.Consistent(ctx, cp, ours); {
		case errors.As(err, &fault) && fault.Fork:
			return f.fork(ctx, p, ours, cp, err)
		case err == nil:
			fmt.Fprintf(f.c.out, "%s: what is there is older, %s of the %d that this mirror has: nothing new, and nothing that contradicts it\n", cp.Origin, mission.Plural(int(cp.Size), "entry"), ours.Size)
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
	if p.told && ours == nil {
		fmt.Fprintf(f.c.out, "! the record's key is the one that it states itself; compare it with what the mission gave you:\n  %s\n", toldKeyOr(ctx, p.fetch))
	}
	// What is here already is read from here, and asked for again only if it does
	// not verify.
	l := &audit.Log{Fetch: f.copying(p.fetch, true), Policy: p.policy, Keep: f.keep}
	s, missing, err := f.copy(ctx, l, ours, cp)
	if errors.Is(err, audit.ErrFault) {
		first := err
		l = &audit.Log{Fetch: f.copying(p.fetch, false), Policy: p.policy, Keep: f.keep}
		if s, missing, err = f.copy(ctx, l, ours, cp); err == nil {
			fmt.Fprintf(f.c.out, "  ! this mirror's own copy was damaged (%v), and was copied anew\n", first)
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
	f.c.followed(f, s, was, missing)
	if f.blind || was == cp.Size && f.told {
		return nil // nothing is new, and what there is was recomputed
	}
	f.told = true
	return f.recompute(m)
}

// copy verifies what is new, and keeps it. After the first round of a run only
// that is read; who held which key is remembered.
func (f *follower) copy(ctx context.Context, l *audit.Log, ours, cp *audit.Checkpoint) (s *audit.Summary, missing []audit.File, err error) {
	o := audit.Options{Keyring: f.ring}
	if f.ring != nil && ours != nil && f.upTo == ours.Size {
		o.From = f.upTo
	} else {
		o.Keyring = &audit.Keyring{}
	}
	f.ring = nil // one that stopped half way is of no use
	bar := f.c.bar()
	var named []audit.File
	o.Progress = func(done, total int64) { bar.Count("copying and verifying", int(done), int(total)) }
	o.Each = func(e *audit.Entry, _ []audit.Key) error {
		for _, x := range audit.Files(e) {
			if !f.lean || x.Findings || e.Kind == "mission" || e.Kind == "agreement" {
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
func (f *follower) source(ctx context.Context) (*place, error) {
	t := f.trust
	text, err := os.ReadFile(filepath.Join(f.dir, "mission.json"))
	var a mission.About
	if err == nil {
		if err := json.Unmarshal(text, &a); err != nil {
			return nil, fmt.Errorf("%s/mission.json: %w", f.dir, err)
		}
		if a.Mirror == "" {
			return nil, mission.Hinted(fmt.Errorf("%s is a mission, not a mirror", f.dir), "mirror into a folder of its own")
		}
		if t.key != "" && t.key != a.Record {
			return nil, fmt.Errorf("this mirror is of %s, not of %s", a.Record, t.key)
		}
		if t.policy == "" {
			t.key = a.Record
		}
	}
	if f.from != nil {
		p := &place{where: f.where, fetch: f.from}
		return p, t.trust(ctx, p, "")
	}
	return t.locate(ctx, f.where)
}

// ours is the checkpoint that was mirrored last, or nil.
func (f *follower) ours(policy *audit.Policy) (*audit.Checkpoint, error) {
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
func (f *follower) fork(ctx context.Context, p *place, ours, theirs *audit.Checkpoint, err error) error {
	dir := filepath.Join(f.dir, "forks", f.c.now().UTC().Format("20060102T150405Z"))
	other := filepath.Join(dir, "theirs")
	if merr := os.MkdirAll(other, 0o755); merr != nil {
		return merr
	}
	for name, raw := range map[string][]byte{filepath.Join(dir, "ours.checkpoint"): ours.Raw, filepath.Join(other, "checkpoint"): theirs.Raw} {
		if werr := disk.WriteBytes(name, 0o644, raw); werr != nil {
			return werr
		}
	}
	l := &audit.Log{Fetch: p.fetch, Policy: p.policy, Keep: func(path string, data []byte) error { return keepIn(other, path, data) }}
	kept := "both checkpoints and the other history are"
	if _, verr := l.Verify(ctx, theirs, audit.Options{}); verr != nil {
		kept = "both checkpoints, and what could be had of the other history, are"
	}
	return &forked{err, kept, dir}
}

// toldKeyOr is the key that a record states, for people to compare.
func toldKeyOr(ctx context.Context, fetch audit.Fetch) string {
	key, err := toldKey(ctx, fetch)
	if err != nil {
		return err.Error()
	}
	return key
}

// copying reads from the mirror what is there, all of which was proved before it
// was stored, and the rest from the source.
func (f *follower) copying(source audit.Fetch, believe bool) audit.Fetch {
	here := audit.Dir(f.record())
	return func(ctx context.Context, path string) ([]byte, error) {
		if path != "checkpoint" && path != ledger.Cosigned && believe {
			if data, err := here(ctx, path); err == nil {
				return data, nil
			}
		}
		data, err := source(ctx, path)
		if err == nil && path != "checkpoint" {
			f.bytes.Add(int64(len(data)))
		}
		return data, err
	}
}

// keep stores what was proved.
func (f *follower) keep(path string, data []byte) error { return keepIn(f.record(), path, data) }

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
	return disk.Replace(name, 0o644, data) // what is damaged is copied anew
}

// files copies what lies beside the record. What is not public is not there.
func (f *follower) files(ctx context.Context, l *audit.Log, named []audit.File, bar *bar) (missing []audit.File, err error) {
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
func (f *follower) settle(ctx context.Context, l *audit.Log, cp *audit.Checkpoint) (*mission.Mission, error) {
	if err := f.agreement(ctx, l, cp); err != nil {
		return nil, err
	}
	raw := cp.Raw
	if f.witness != nil {
		line, err := f.witness.Cosign(raw, f.c.now())
		if err != nil {
			return nil, err
		}
		raw = append(dropSignature(raw, line), line...)
	}
	if f.witness != nil {
		vkey := f.witness.VKey()
		name, _, _ := strings.Cut(vkey, "+")
		text := "witness " + strings.ReplaceAll(name, "/", "-") + " " + vkey + "\nquorum none\n"
		if err := disk.WriteBytes(filepath.Join(f.dir, "policy"), 0o644, []byte(text)); err != nil {
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
	m, err := f.c.openMission(f.dir)
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
	return f.c.openMission(f.dir)
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
func (f *follower) agreement(ctx context.Context, l *audit.Log, cp *audit.Checkpoint) error {
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
		name := filepath.Join(f.dir, "agreement", filepath.FromSlash(x.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := disk.WriteBytes(name, 0o644, data); err != nil {
			return err
		}
	}
	m := &mission.Folder{Dir: f.dir, About: mission.About{Format: 2, Agreement: content.Terms.ID, Digest: content.Agreement, Made: f.c.now().UTC(), Demo: content.Demo,
		Record: l.Policy.LogKey(cp.Origin), Mirror: f.where}}
	return m.Save()
}

// needed counts the files among those missing that findings depend on, and returns the
// others, which may have been held back on purpose.
func needed(missing []audit.File) (n int, others []audit.File) {
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

// followed says what a round did.
func (c command) followed(f *follower, s *audit.Summary, was int64, missing []audit.File) {
	fmt.Fprintf(c.out, "%s: %s, %d of them new; all verified", s.Checkpoint.Origin, mission.Plural(int(s.Checkpoint.Size), "entry"), s.Checkpoint.Size-was)
	if n := f.bytes.Swap(0); n > 0 {
		f.copied += n
		fmt.Fprintf(c.out, "; %.1f MB copied", float64(n)/1e6)
	}
	if age := c.now().Sub(s.Last).Round(time.Second); !s.Last.IsZero() {
		fmt.Fprintf(c.out, "; the last was received %s ago", age)
	}
	fmt.Fprintln(c.out)
	needed, others := needed(missing)
	if needed > 0 {
		fmt.Fprintf(c.out, "  %s missing there that findings depend on: findings from this copy leave out the entries that name them\n", mission.Are(needed, "file"))
	}
	if len(others) > 0 {
		fmt.Fprintf(c.out, "  %s named and not to be had there: not public\n", mission.Are(len(others), "file"))
	}
	if f.witness != nil {
		fmt.Fprintf(c.out, "  co-signed as %s\n", strings.SplitN(f.witness.VKey(), "+", 2)[0])
	}
}

// recompute computes incidents and findings from the mirror, and holds them
// against the digests that the mission published.
func (f *follower) recompute(m *mission.Mission) error {
	v, err := m.Read()
	if err != nil {
		return err
	}
	f.c.openedObjections(v)
	checked, others := 0, 0
	for i := len(v.Rest) - 1; i >= 0; i-- {
		e := v.Rest[i]
		if e.Kind != "publication" || checked > 0 && !f.all {
			continue
		}
		var p mission.Publication
		if err := json.Unmarshal(e.Content, &p); err != nil {
			return err
		}
		at := m.At(p.Entries)
		then, err := at.Read()
		if err != nil {
			return err
		}
		if other := at.OtherMethod(then); other != "" {
			if others++; others == 1 || f.all {
				fmt.Fprintf(f.c.out, "  entry %d (%s) was published with the method %.40s; this build has %.40s and cannot compute it again: use the build of that time\n", e.Index, p.Title, other, mission.ThisMethod())
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
		switch {
		case got != want: // what everybody can compute is what counts here
			return fmt.Errorf("%w: entry %d (%s) has the public digest %s, and the record gives %s", errDiffers, e.Index, p.Title, want, got)
		case s.Withheld > 0:
			fmt.Fprintf(f.c.out, "  recomputed what entry %d published (%s), as far as it is public: the same, digest %s; %s withheld here\n", e.Index, p.Title, got, mission.Are(s.Withheld, "input"))
		default:
			fmt.Fprintf(f.c.out, "  recomputed what entry %d published (%s): the same, digest %s\n", e.Index, p.Title, got)
		}
		checked++
	}
	if checked > 0 {
		return nil
	}
	s, err := m.Situation(truce.Never)
	if err != nil {
		return err
	}
	why := "nothing was published yet to compare it with"
	if others > 0 {
		why = "nothing was published with this method to compare it with"
	}
	fmt.Fprintf(f.c.out, "  recomputed: %s, digest %s; %s\n", mission.Plural(len(s.Incidents()), "incident"), s.Digest(), why)
	return nil
}

// openedObjections lists the entries that break a rule, as far as they can be read here:
// what is sealed and opened here among them.
func (c command) openedObjections(v *mission.Contents) {
	list := v.Objects(truce.ForMission)
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(c.out, "  ! %s to entries of the record; %s skipped:\n", mission.Plural(len(list), "objection"), mission.Are(v.Skipped(truce.ForMission), "entry"))
	for i, o := range list {
		if i == mostListed {
			fmt.Fprintf(c.out, "      and %d more\n", len(list)-i)
			break
		}
		fmt.Fprintf(c.out, "      entry %d: %s: %s\n", o.Entry, o.Rule, report.Clean(o.Why))
	}
}
