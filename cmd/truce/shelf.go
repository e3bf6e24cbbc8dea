package main

import (
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"

	"fmt"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/spf13/cobra"
)

func (c command) release() *cobra.Command {
	var as string
	var now bool
	cmd := &cobra.Command{
		Use:   "release MISSION",
		Short: "Release to all parties what is on the shared shelf and old enough",
		Long: `What gives away an observer's post or a force's position is released to the
parties after the agreement's delay (release: {delay: 24h} in agreement.yaml; 24
hours if it says nothing). One entry carries it for all parties, encrypted to the
keys of their liaisons: none gets anything that another does not. If a party has
no key that reads, nothing is released.`,
		Example: `  truce release field
  truce replay mirror --with ua-1`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, _, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			var n, later int
			if err := c.again(m, func() (err error) {
				released, left, err := m.ReleaseDue(key, now)
				n, later = n+released, left
				return err
			}); err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s released to %s; %d not yet due\n", mission.Plural(n, "item"), intake.PartyWords(m.Agreement), later)
			return nil
		},
	}
	cmd.Flags().StringVar(&as, "as", "intake", "the key that signs: a file, or a name")
	cmd.Flags().BoolVar(&now, "now", false, "without waiting for the delay; only the head of mission may")
	return cmd
}

func (c command) disclose() *cobra.Command {
	var fields []string
	var file bool
	var because, as string
	cmd := &cobra.Command{
		Use:   "disclose MISSION ID --because TEXT --as KEY",
		Short: "Make a withheld field or file public, verifiably",
		Long: `ID is the number or the ID of an entry that is not public. Everyone
can check what is disclosed against what the entry committed to when it was written. It
cannot be taken back.`,
		Example: `  truce disclose field 3f2a91c04d77 --field place --because "the post was given up" --as head-of-mission
  truce disclose field 17 --file --because "asked for by the court" --as head-of-mission`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, _, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			e, err := m.SealedEntry(args[1])
			if err != nil {
				return err
			}
			names, at, err := m.Disclose(key, e, fields, file, because)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "disclosed of entry %d: %s; entry %d\n", e.Index, strings.Join(names, ", "), at)
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&fields, "field", nil, "only this field; may be given several times (default: all but note, text and evidence, which may name people)")
	cmd.Flags().BoolVar(&file, "file", false, "also the file as received, of a source")
	c.reasonFlags(cmd, &because, &as)
	return cmd
}

func (c command) forget() *cobra.Command {
	var all bool
	var because, as string
	cmd := &cobra.Command{
		Use:   "forget MISSION ID --because TEXT --as KEY",
		Short: "Delete the withheld part of an entry; every proof still verifies",
		Long: `The restricted fields of the entry are removed from this mission's shelf, with its
file if it is a source; with --all also what the parties were to get. The entry
and its commitments stay: everyone can see that something was known and deleted, but not
what. Copies that others have, and copies of the shelf made elsewhere, are not deleted.`,
		Example: `  truce forget field 3f2a91c04d77 --because "the witness asked for it" --as head-of-mission`,
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, _, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			e, err := m.SealedEntry(args[1])
			if err != nil {
				return err
			}
			n, at, err := m.Forget(key, e, all, because)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "forgotten of entry %d: %s from this mission's shelf; entry %d says so\n", e.Index, mission.Plural(n, "piece"), at)
			fmt.Fprintln(c.out, "  What was released or copied before is beyond this: mirrors, the parties, backups. Ask their holders.")
			return nil
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also what the parties were to get; findings then lack this input")
	c.reasonFlags(cmd, &because, &as)
	return cmd
}

func (c command) consent() *cobra.Command {
	var to, because, as string
	var method bool
	cmd := &cobra.Command{
		Use:   "consent MISSION --because TEXT --as KEY",
		Short: "Sign the agreement's text, an amendment or a method, as one party",
		Long: `An agreement is in force, and marked so, once every party's liaison has signed the
digest of its text in the record. Until then every output says that it is not. An
amendment, and a change of method, take effect in the same way.`,
		Example: `  truce consent field --because "signed at the line, 3 March" --as ua-1
  truce consent field --to 582ed616aba6 --because "amendment 1" --as ua-1`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, whose, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			what, kind := m.About.Digest.Hex(), "agreement"
			if method {
				what, kind = mission.ThisMethod(), "method"
			} else if to != "" {
				if what, err = m.Stated(to); err != nil {
					return err
				}
			}
			at, err := m.Enter(key, "consent", ledger.Consent{To: what, What: kind, Party: whose.Party, Because: because})
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s has signed the %s %.40s, entry %d\n", whose.Party, kind, what, at)
			var digest truce.Digest
			if digest.UnmarshalText([]byte(what)) != nil {
				return nil
			}
			if err := look(m); err != nil {
				return err
			}
			v, err := m.Glance()
			if err != nil {
				return err
			}
			if missing := m.Unsigned(v, what); len(missing) > 0 {
				fmt.Fprintf(c.out, "  not yet: %s\n", strings.Join(missing, ", "))
				return nil
			}
			return c.effective(m, digest)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "the digest of a text that was stated (default: the one in effect)")
	cmd.Flags().BoolVar(&method, "method", false, "sign this build's method")
	c.reasonFlags(cmd, &because, &as)
	return cmd
}
