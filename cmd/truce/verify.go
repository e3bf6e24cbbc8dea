package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/mirror"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/report"
	"github.com/spf13/cobra"
)

// trustFlags say whose record is believed.
type trustFlags struct{ mirror.Trust }

func (t *trustFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&t.Key, "key", "", "the record's verifier key, as the mission gave it to you")
	cmd.Flags().StringVar(&t.Policy, "policy", "", "a file that says which log and which witnesses are believed (C2SP tlog-policy)")
}

func (c command) verify() *cobra.Command {
	var trust trustFlags
	var receipts, proofs []string
	cmd := &cobra.Command{
		Use:   "verify WHERE [REPORT...]",
		Short: "Check that a record, a receipt, a proof or a published report is what was signed",
		Long: `WHERE is a mission, a mirror, the folder of a record, or its address. Verify goes
through all of it: the checkpoint and its co-signatures, every entry against the
tree, every signature and whether its author was allowed to write it, every file beside
it. It says what it checked, and exits 1 at the first fault, which names
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
				return c.verifyAlone(trust.Trust, proofs)
			}
			if info, err := os.Stat(args[0]); err == nil && info.Mode().IsRegular() {
				return c.verifyBeside(trust.Trust, args)
			}
			p, err := trust.Open(ctx, args[0])
			if err != nil {
				return reachable(args[0], err)
			}
			for _, name := range proofs {
				if err := c.verifyProof(p.Policy, name); err != nil {
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
			done, err := p.Check(ctx, c.openMission, c.bar())
			if err != nil {
				return c.fault(err)
			}
			c.verified(p, done)
			return nil
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

// verified says in words what was checked, and what that means.
func (c command) verified(p *mirror.Copy, s *mirror.Check) {
	say := func(format string, args ...any) { fmt.Fprintf(c.out, format+"\n", args...) }
	cp := s.Checkpoint
	say("record %s: %s, the last received %s", cp.Origin, mission.Plural(int(s.Entries), "entry"), s.Last.Format("2 Jan 2006 15:04:05 UTC"))
	if p.KeyFromRecord {
		say("  ! its key is the one that the record states itself; compare it with what the mission gave you, or use --key")
	}
	say("  the checkpoint is signed, and commits to exactly these entries")
	if cp.Later > 0 {
		say("  ! the quorum has not co-signed the %s that the log has signed since: they were not read", mission.Plural(int(cp.Later), "entry"))
	}
	switch {
	case s.Vouched != nil:
		for _, w := range s.Vouched.Cosigned {
			say("  co-signed up to entry %d of %d by %s at %s", s.Vouched.Size-1, cp.Size-1, w.Witness, w.Time.Format("2 Jan 2006 15:04:05 UTC"))
		}
	case len(cp.Cosigned) == 0:
		say("  no witness that is known here co-signed it: nobody else vouches that all were shown the same record")
	default:
		for _, w := range cp.Cosigned {
			say("  co-signed by %s at %s", w.Witness, w.Time.Format("2 Jan 2006 15:04:05 UTC"))
		}
	}
	say("  %s: all verify, and every author was allowed to write what they wrote; nothing is recorded twice", mission.Plural(int(s.Signatures), "signature"))
	if s.Unfinished > 0 {
		say("  %s signed for in a batch never came: a run was cut short", mission.Plural(s.Unfinished, "entry"))
	}
	for _, k := range slices.Sorted(maps.Keys(s.Kinds)) {
		say("    %8d %s", s.Kinds[k], strings.ReplaceAll(k, "-", " "))
	}
	say("  %s beside it, as received", mission.Are(s.Files, "file"))
	lost, missing := mirror.Needed(s.Missing)
	if lost > 0 { // which entries name them is listed with what is skipped
		say("  %s missing that findings depend on: findings from this copy leave out the entries that name them", mission.Are(lost, "file"))
	}
	if len(missing) > 0 {
		say("  %s named and not here, not copied or disclosed later:", mission.Are(len(missing), "file"))
	}
	for i, f := range missing {
		if i == 8 {
			say("    and %d more", len(missing)-i)
			break
		}
		say("    entry %d: %s", f.Entry, f.Name)
	}
	if s.Beyond > 0 {
		say("  %s beyond the checkpoint: not yet committed to", mission.Are(s.Beyond, "file"))
	}
	for _, n := range s.Leftover {
		say("  ! %s is not of this tree: left over from a write that was cut short, or altered; nothing rests on it", n)
	}
	for _, n := range s.Strangers {
		say("  ! %s is not part of a record", n)
	}
	consent := "no party has signed it in this record"
	if list := s.Consents[s.Agreement]; len(list) > 0 {
		consent = "signed by " + strings.Join(list, " and ")
	}
	say("  agreement %.12s: %s", s.Agreement, consent)
	c.objections(s.Summary)
	say("What this does not show: that an entry is true.")
	if s.Unchecked != nil {
		say("  ! the rules that only the mission can check were not checked: %v", s.Unchecked)
	}
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

func (c command) verifyReceipts(ctx context.Context, p *mirror.Copy, names []string) error {
	return p.Receipts(ctx, names, func(name string, r *audit.Receipt) {
		fmt.Fprintf(c.out, "%s: all of %s acknowledged %s there\n", name, mission.Plural(len(r.Lines), "submission"), r.At.Format("2 Jan 2006 15:04:05 UTC"))
	})
}

// verifyAlone checks proofs against a key, without any record.
func (c command) verifyAlone(trust mirror.Trust, proofs []string) error {
	if len(proofs) == 0 || trust.Key == "" && trust.Policy == "" {
		return mission.Hinted(errors.New("nothing to verify is named"), "name a mission, a record or its address; or --proof with --key")
	}
	policy, err := trust.Given()
	if err != nil {
		return err
	}
	for _, name := range proofs {
		if err := c.verifyProof(policy, name); err != nil {
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

func (c command) verifyReports(ctx context.Context, p *mirror.Copy, names []string) error {
	return p.Reports(ctx, names, func(name string, e *audit.Entry, by audit.Key) {
		fmt.Fprintf(c.out, "%s: published with entry %d, received %s, signed by %s\n", name, e.Index, e.Received.Format("2 Jan 2006 15:04:05 UTC"), by.Name)
	})
}

// verifyBeside checks reports by the proofs that are beside them.
func (c command) verifyBeside(trust mirror.Trust, names []string) error {
	for _, name := range names {
		p, stated, err := trust.Beside(name)
		if err != nil {
			return c.fault(err)
		}
		fmt.Fprintf(c.out, "%s: published with entry %d of %s, received %s, signed by %s\n", name, p.Entry.Index, p.Checkpoint.Origin, p.Entry.Received.Format("2 Jan 2006 15:04:05 UTC"), p.Author.Name)
		if stated != "" {
			fmt.Fprintf(c.out, "  ! checked with the key that the proof itself names; compare it with what the mission gave you, or use --key:\n    %s\n", stated)
			trust.Key = stated // the others must be of the same record
		}
	}
	return nil
}
