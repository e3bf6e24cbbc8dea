package main

import (
	"github.com/opentruce/truce/internal/mission"

	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/report"
	"github.com/spf13/cobra"
)

// trustFlags say whose record is believed.
type trustFlags struct{ key, policy string }

func (t *trustFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&t.key, "key", "", "the record's verifier key, as the mission gave it to you")
	cmd.Flags().StringVar(&t.policy, "policy", "", "a file that says which log and which witnesses are believed (C2SP tlog-policy)")
}

// A place is where a record lies, and whose key it is held against.
type place struct {
	where  string // as it was given
	dir    string // the record's folder, if it is one here
	fetch  audit.Fetch
	policy *audit.Policy
	// vouched is the last checkpoint that witnesses co-signed, where it is not the
	// current one.
	vouched *audit.Checkpoint
	told    bool // the key was told by the record itself
}

// locate finds the record at a mission, a mirror, a record's folder or an
// address.
func (t *trustFlags) locate(ctx context.Context, where string) (*place, error) {
	p := &place{where: where}
	var key string
	if strings.HasPrefix(where, "http://") || strings.HasPrefix(where, "https://") {
		var err error
		if p.fetch, err = audit.HTTP(&http.Client{Timeout: 2 * time.Minute}, where); err != nil {
			return nil, err
		}
		p.fetch = patient(p.fetch)
	} else {
		p.dir = where
		if text, err := os.ReadFile(filepath.Join(where, "mission.json")); err == nil {
			var a mission.About
			if err := json.Unmarshal(text, &a); err != nil {
				return nil, fmt.Errorf("%s/mission.json: %w", where, err)
			}
			key, p.dir = a.Record, filepath.Join(where, "record")
			if a.Format == 1 {
				return nil, mission.Hinted(fmt.Errorf("%s was made before missions had a signed record", where), "make a new mission with truce init, and ingest its files again")
			}
		}
		if _, err := os.Stat(filepath.Join(p.dir, "checkpoint")); err != nil {
			return nil, mission.Hinted(fmt.Errorf("%s holds no record: %w", where, err), "want a mission, a mirror, the folder of a record, or its address")
		}
		p.fetch = audit.Dir(p.dir)
	}
	return p, t.trust(ctx, p, key)
}

// patient asks again, a little later each time, when a connection breaks. What is
// not there is not there.
func patient(fetch audit.Fetch) audit.Fetch {
	return func(ctx context.Context, path string) (data []byte, err error) {
		for wait := 100 * time.Millisecond; ; wait *= 3 {
			data, err = fetch(ctx, path)
			if err == nil || errors.Is(err, fs.ErrNotExist) || wait > 5*time.Second || ctx.Err() != nil {
				return data, err
			}
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(wait):
			}
		}
	}
}

// trust settles whose key is believed.
func (t *trustFlags) trust(ctx context.Context, p *place, key string) (err error) {
	switch {
	case t.policy != "" && t.key != "":
		return errors.New("--key and --policy exclude each other")
	case t.policy != "":
		text, rerr := os.ReadFile(t.policy)
		if rerr != nil {
			return rerr
		}
		p.policy, err = audit.ParsePolicy(text)
		return err
	case t.key != "":
		key = t.key
	case key == "":
		if key, err = toldKey(ctx, p.fetch); err != nil {
			return err
		}
		p.told = true
	}
	if p.policy, err = audit.ParsePolicy(append([]byte("log "+key+"\nquorum none\n"), p.witnesses()...)); err != nil {
		return mission.Hinted(err, "a verifier key looks like truce/field-1+1a2b3c4d+A...")
	}
	return nil
}

// witnesses are those that a mission or a mirror knows, by its own policy: they
// are named where they co-signed, and not asked for.
func (p *place) witnesses() (out []byte) {
	if p.dir == "" {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(p.dir), "policy"))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(strings.TrimSpace(line), "witness ") {
			out = append(out, line...)
		}
	}
	return out
}

// toldKey is the key that entry 0 of a record states of itself.
func toldKey(ctx context.Context, fetch audit.Fetch) (string, error) {
	key, err := audit.Introduced(ctx, fetch)
	if err != nil {
		return "", mission.Hinted(err, "give the record's key with --key")
	}
	return key, nil
}

func (p *place) log() *audit.Log { return &audit.Log{Fetch: p.fetch, Policy: p.policy} }

func (c command) verify() *cobra.Command {
	var trust trustFlags
	var receipts, proofs []string
	cmd := &cobra.Command{
		Use:   "verify WHERE [REPORT...]",
		Short: "Check that a record, a receipt, a proof or a published report is what was signed",
		Long: `WHERE is a mission, a mirror, the folder of a record, or its address. Verify goes
through all of it: the checkpoint and its co-signatures, every entry against the
tree, every signature and whether its author might write it then, every file that
lies beside. It says what it checked, and exits 1 at the first fault, which names
the entry. It also lists the entries that break a rule of doc/record-format.md. Such
an entry is not a fault: the record still verifies.

With --receipt: is everything there that the mission acknowledged? With --proof: a
small file from truce proof, checked without the record; WHERE may then be left
out if --key or --policy is given. A REPORT is looked for among the publications.`,
		Example: `  truce verify field
  truce verify https://monitor.example/record --key truce/field-1+1a2b3c4d+AbC...
  truce verify field --receipt field/receipts/4120.receipt
  truce verify --proof finding.proof --key truce/field-1+1a2b3c4d+AbC...
  truce verify field daily.html`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			ctx := context.Background()
			if len(args) == 0 {
				return c.verifyAlone(&trust, proofs)
			}
			if info, err := os.Stat(args[0]); err == nil && info.Mode().IsRegular() {
				return c.verifyBeside(&trust, args)
			}
			p, err := trust.locate(ctx, args[0])
			if err != nil {
				return err
			}
			for _, name := range proofs {
				if err := c.verifyProof(p.policy, name); err != nil {
					return c.fault(err)
				}
			}
			if len(receipts) > 0 {
				return c.fault(c.verifyReceipts(ctx, p, receipts))
			}
			if len(args) > 1 {
				return c.fault(c.verifyReports(ctx, p, args[1:]))
			}
			if len(proofs) > 0 {
				return nil
			}
			return c.fault(c.verifyAll(ctx, p))
		},
	}
	trust.flags(cmd)
	cmd.Flags().StringArrayVar(&receipts, "receipt", nil, "a receipt: is what it acknowledges there?")
	cmd.Flags().StringArrayVar(&proofs, "proof", nil, "a proof made by truce proof")
	return cmd
}

// fault prints what does not verify; the answer is then no.
func (c command) fault(err error) error {
	if !errors.Is(err, audit.ErrFault) {
		return err
	}
	fmt.Fprintf(c.out, "FAULT: %s\n", report.Clean(err.Error()))
	return exit(exitNo)
}

// verifyAll goes through the whole record.
func (c command) verifyAll(ctx context.Context, p *place) error {
	l := p.log()
	cp, err := l.Checkpoint(ctx)
	if err != nil {
		return err
	}
	bar := c.bar()
	var files []audit.File
	texts := map[int64]string{} // digests of the agreements that are stated, by entry
	s, err := l.Verify(ctx, cp, audit.Options{
		Progress: func(done, total int64) { bar.Count("verifying", int(done), int(total)) },
		Each: func(e *audit.Entry, _ []audit.Key) error {
			files = append(files, audit.Files(e)...)
			switch e.Kind {
			case "mission":
				texts[e.Index] = audit.Member(e.Content, "agreement")
			case "agreement":
				texts[e.Index] = audit.Member(e.Content, "digest")
			}
			return nil
		}})
	bar.Done()
	if err != nil {
		return err
	}
	there := 0
	var missing []audit.File
	for i, f := range files {
		bar.Count("verifying files", i, len(files))
		switch _, err := l.File(ctx, f); {
		case err == nil:
			there++
		case audit.Missing(err):
			missing = append(missing, f)
		default:
			bar.Done()
			return err
		}
	}
	bar.Done()
	_, err = os.Stat(filepath.Join(filepath.Dir(p.dir), "private"))
	own := p.dir != "" && err == nil
	var extra []audit.Objection
	for _, f := range missing {
		switch {
		case f.Entry > 0 && texts[f.Entry] != "": // whoever may amend can state a text without its files
			delete(texts, f.Entry)
			extra = append(extra, audit.Objection{Entry: f.Entry, Rule: ledger.RuleFiles, Why: "the file " + f.Name + " of the terms is not there", Skipped: true})
		case f.Entry > 0 && slices.ContainsFunc(extra, func(o audit.Objection) bool { return o.Entry == f.Entry }):
		case own: // the mission itself has what it received, or has lost it
			return &audit.Fault{Entry: f.Entry, File: f.Path(), Why: "the file " + f.Name + ", which is public, is not there"}
		}
	}
	if list := slices.Sorted(maps.Keys(texts)); len(list) > 0 {
		s.Agreement = texts[list[len(list)-1]]
	}
	object(s, extra)
	unread := c.asRead(p, s)
	var strangers, leftover []string
	beyond := 0
	if p.dir != "" {
		if strangers, leftover, beyond, err = l.Folder(ctx, p.dir, cp); err != nil {
			return err
		}
	}
	// Witnesses follow at their own pace: what they vouch for may be older, and must be
	// what this record grew out of.
	if len(cp.Cosigned) == 0 {
		if before, berr := l.Cosigned(ctx); berr == nil && len(before.Cosigned) > 0 && before.Size <= cp.Size {
			if err := l.Consistent(ctx, before, cp); err != nil {
				return err
			}
			p.vouched = before
		}
	}
	c.verified(p, s, there, missing, beyond, strangers, leftover)
	if unread != nil {
		fmt.Fprintf(c.out, "  ! the rules that only the mission can check were not checked: %v\n", unread)
	}
	return nil
}

// verified says in words what was checked, and what that means.
func (c command) verified(p *place, s *audit.Summary, there int, missing []audit.File, beyond int, strangers, leftover []string) {
	say := func(format string, args ...any) { fmt.Fprintf(c.out, format+"\n", args...) }
	cp := s.Checkpoint
	say("record %s: %s, the last received %s", cp.Origin, mission.Plural(int(s.Entries), "entry"), s.Last.Format("2 Jan 2006 15:04:05 UTC"))
	if p.told {
		say("  ! its key is the one that it states itself; compare it with what the mission gave you, or use --key")
	}
	say("  the checkpoint is signed, and commits to exactly these entries")
	if cp.Later > 0 {
		say("  ! the quorum has not co-signed the %s that the log has signed since: they were not read", mission.Plural(int(cp.Later), "entry"))
	}
	switch {
	case p.vouched != nil:
		for _, w := range p.vouched.Cosigned {
			say("  co-signed up to entry %d of %d by %s at %s", p.vouched.Size-1, cp.Size-1, w.Witness, w.Time.Format("2 Jan 2006 15:04:05 UTC"))
		}
	case len(cp.Cosigned) == 0:
		say("  no witness that is known here co-signed it: nobody else vouches that all were shown the same record")
	default:
		for _, w := range cp.Cosigned {
			say("  co-signed by %s at %s", w.Witness, w.Time.Format("2 Jan 2006 15:04:05 UTC"))
		}
	}
	say("  each of %s verifies, and each author might write what they wrote; nothing stands twice", mission.Plural(int(s.Signatures), "signature"))
	if s.Unfinished > 0 {
		say("  %s signed for in a batch never came: a run was cut short", mission.Plural(s.Unfinished, "entry"))
	}
	for _, k := range slices.Sorted(maps.Keys(s.Kinds)) {
		say("    %8d %s", s.Kinds[k], strings.ReplaceAll(k, "-", " "))
	}
	say("  %s beside it, as received", mission.Are(there, "file"))
	lost, others := needed(missing)
	if lost > 0 { // which entries name them is listed with what is skipped
		say("  %s missing that findings depend on: findings from this copy leave out the entries that name them", mission.Are(lost, "file"))
	}
	if missing = others; len(missing) > 0 {
		say("  %s named and not here, not copied or disclosed later:", mission.Are(len(missing), "file"))
	}
	for i, f := range missing {
		if i == 8 {
			say("    and %d more", len(missing)-i)
			break
		}
		say("    entry %d: %s", f.Entry, f.Name)
	}
	if beyond > 0 {
		say("  %s beyond the checkpoint: not yet committed to", mission.Are(beyond, "file"))
	}
	for _, n := range leftover {
		say("  ! %s is not of this tree: left over from a write that was cut short, or altered; nothing rests on it", n)
	}
	for _, n := range strangers {
		say("  ! %s is no part of a record", n)
	}
	consent := "no party has signed it in this record"
	if list := s.Consents[s.Agreement]; len(list) > 0 {
		consent = "signed by " + strings.Join(list, " and ")
	}
	say("  agreement %.12s: %s", s.Agreement, consent)
	c.objections(s)
	say("What this does not show: that an entry is true.")
}

// asRead adds the objections that only the mission, or whoever holds what is sealed,
// can make: where a mission or a mirror is verified, its entries are read as its other
// commands read them.
func (c command) asRead(p *place, s *audit.Summary) error {
	if _, err := os.Stat(filepath.Join(p.where, "mission.json")); err != nil || int64(len(s.Objections)) < s.Objected {
		return nil
	}
	m, err := c.openMission(p.where)
	if err != nil {
		return err
	}
	list, err := m.Objections()
	if err != nil {
		return err
	}
	var extra []audit.Objection
	for _, x := range list {
		extra = append(extra, audit.Objection{Entry: x.Entry, Rule: x.Rule, Why: x.Why, Skipped: x.Skipped})
	}
	object(s, extra)
	return nil
}

// object adds objections to a summary, each rule once for an entry.
func object(s *audit.Summary, extra []audit.Objection) {
	for _, x := range extra {
		told, broken, skipped := false, false, false
		for _, o := range s.Objections {
			if o.Entry == x.Entry {
				told, broken, skipped = told || o.Rule == x.Rule, true, skipped || o.Skipped
			}
		}
		if told {
			continue
		}
		s.Objections = append(s.Objections, x)
		s.Objected++
		if !broken {
			s.Breaking++
		}
		if x.Skipped && !skipped {
			s.Skipped++
		}
	}
	slices.SortStableFunc(s.Objections, func(a, b audit.Objection) int { return cmp.Compare(a.Entry, b.Entry) })
}

// mostListed is how many broken rules are listed.
const mostListed = 20

// objections says which entries break a rule of the record format, if any does.
func (c command) objections(s *audit.Summary) {
	if s.Breaking == 0 {
		return
	}
	verb, are := "break", "are"
	if s.Breaking == 1 {
		verb = "breaks"
	}
	if s.Skipped == 1 {
		are = "is"
	}
	fmt.Fprintf(c.out, "  ! %s %s a rule of doc/record-format.md, of which %d %s skipped by readers of the record:\n", mission.Plural(int(s.Breaking), "entry"), verb, s.Skipped, are)
	listed := s.Objections[:min(mostListed, len(s.Objections))]
	for _, o := range listed {
		fmt.Fprintf(c.out, "    %s\n", report.Clean(o.String()))
	}
	if more := s.Objected - int64(len(listed)); more > 0 {
		fmt.Fprintf(c.out, "    and %d more\n", more)
	}
}

func (c command) verifyReceipts(ctx context.Context, p *place, names []string) error {
	l := p.log()
	cp, err := l.Checkpoint(ctx)
	if err != nil {
		return err
	}
	key := p.policy.LogKey(cp.Origin)
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		r, err := audit.OpenReceipt(raw, key)
		if err != nil {
			return err
		}
		if err := l.Honoured(ctx, cp, r); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s: all of %s acknowledged %s there\n", name, mission.Plural(len(r.Lines), "submission"), r.At.Format("2 Jan 2006 15:04:05 UTC"))
	}
	return nil
}

// verifyAlone checks proofs against a key, without any record.
func (c command) verifyAlone(trust *trustFlags, proofs []string) error {
	if len(proofs) == 0 || trust.key == "" && trust.policy == "" {
		return mission.Hinted(errors.New("what is to be verified?"), "name a mission, a record or its address; or --proof with --key")
	}
	p := &place{}
	if err := trust.trust(context.Background(), p, ""); err != nil {
		return err
	}
	for _, name := range proofs {
		if err := c.verifyProof(p.policy, name); err != nil {
			return c.fault(err)
		}
	}
	return nil
}

func (c command) verifyProof(policy *audit.Policy, name string) error {
	raw, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	p, err := audit.OpenProof(raw, policy)
	if err != nil {
		return err
	}
	e := p.Entry
	who := p.Author.Name + ", " + strings.ReplaceAll(p.Author.Role, "-", " ")
	if p.Author.Party != "" {
		who += " of " + p.Author.Party
	}
	fmt.Fprintf(c.out, "%s: entry %d of %s, %s received %s, signed by %s\n", name, e.Index, p.Checkpoint.Origin, withArticle(e.Kind), e.Received.Format("2 Jan 2006 15:04:05 UTC"), report.Clean(who))
	fmt.Fprintln(c.out, "  (the role is as the proof says; the record shows that the key had it)")
	for _, w := range p.Checkpoint.Cosigned {
		fmt.Fprintf(c.out, "  the record of that time was co-signed by %s at %s\n", w.Witness, w.Time.Format("2 Jan 2006 15:04:05 UTC"))
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, e.Content, "  ", "  ") == nil {
		fmt.Fprintf(c.out, "  %s\n", pretty.Bytes())
	}
	return nil
}

// verifyReports looks for the digests of published files among the entries.
func (c command) verifyReports(ctx context.Context, p *place, names []string) error {
	l := p.log()
	cp, err := l.Checkpoint(ctx)
	if err != nil {
		return err
	}
	type found struct {
		e    *audit.Entry
		keys []audit.Key
	}
	published := map[string]found{}
	if _, err := l.Verify(ctx, cp, audit.Options{Each: func(e *audit.Entry, keys []audit.Key) error {
		if e.Kind == "publication" {
			published[audit.Member(e.Content, "sha256")] = found{e, keys}
		}
		return nil
	}}); err != nil {
		return err
	}
	for _, name := range names {
		sum, err := mission.DigestOfFile(name)
		if err != nil {
			return err
		}
		f, ok := published[sum]
		if !ok {
			return &audit.Fault{Entry: -1, File: name, Why: "no publication in the record has its digest, " + sum + ": it was altered, or was never published"}
		}
		fmt.Fprintf(c.out, "%s: published with entry %d, received %s, signed by %s\n", name, f.e.Index, f.e.Received.Format("2 Jan 2006 15:04:05 UTC"), f.keys[0].Name)
	}
	return nil
}

// verifyBeside checks reports by the proofs that lie beside them, or against the
// record that lies around them.
func (c command) verifyBeside(trust *trustFlags, names []string) error {
	ctx := context.Background()
	for _, name := range names {
		raw, err := os.ReadFile(name + ".proof")
		if errors.Is(err, fs.ErrNotExist) {
			return mission.Hinted(fmt.Errorf("%s has no proof beside it", name), "name the record too: truce verify RECORD "+name)
		}
		if err != nil {
			return err
		}
		p := &place{told: trust.key == "" && trust.policy == ""}
		if p.told {
			trust.key = audit.ProofKey(raw)
		}
		if err := trust.trust(ctx, p, ""); err != nil {
			return err
		}
		pr, err := audit.OpenProof(raw, p.policy)
		if err != nil {
			return c.fault(err)
		}
		sum, err := mission.DigestOfFile(name)
		if err != nil {
			return err
		}
		if pr.Entry.Kind != "publication" || audit.Member(pr.Entry.Content, "sha256") != sum {
			return c.fault(&audit.Fault{Entry: -1, File: name, Why: "its digest, " + sum + ", is not the one that was published: it was altered"})
		}
		fmt.Fprintf(c.out, "%s: published with entry %d of %s, received %s, signed by %s\n", name, pr.Entry.Index, pr.Checkpoint.Origin, pr.Entry.Received.Format("2 Jan 2006 15:04:05 UTC"), pr.Author.Name)
		if p.told {
			fmt.Fprintf(c.out, "  ! held against the key that the proof itself names; compare it with what the mission gave you, or use --key:\n    %s\n", trust.key)
		}
	}
	return nil
}
