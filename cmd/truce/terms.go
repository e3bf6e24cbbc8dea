package main

import (
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"

	"errors"
	"fmt"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/spf13/cobra"
)

func (c command) amend() *cobra.Command {
	var because, as string
	cmd := &cobra.Command{
		Use:   "amend MISSION FOLDER --because TEXT --as KEY",
		Short: "State an amended text of the agreement",
		Long: `The amended folder becomes an entry, with its files beside the record. If the terms
are in force, it takes effect once every party's liaison has signed its digest:
truce consent. Findings are then computed against it; truce replay --at computes
earlier findings again, as the record was.`,
		Example: `  truce amend field agreements/ukraine-air-first-2 --because "second round, 4 April" --as head-of-mission`,
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, _, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			var a *truce.Agreement
			var at int64
			if err := c.again(m, func() (err error) {
				a, at, err = m.Amend(key, args[1], because)
				return err
			}); err != nil {
				return err
			}
			fmt.Fprintf(c.out, "agreement %s stated, entry %d\n", a.Digest, at)
			return c.effective(m, a.Digest)
		},
	}
	c.reasonFlags(cmd, &because, &as)
	return cmd
}

// effective says whether terms are in effect now, and who has yet to sign.
func (c command) effective(m *intake.Writer, digest truce.Digest) error {
	m.Refresh()
	v, err := m.Glance()
	if err != nil {
		return err
	}
	if err := m.Install(v); err != nil {
		return err
	}
	if m.About.Digest == digest {
		if m.Agreement.Status == truce.Draft || m.Agreement.Status == truce.Rehearsal {
			fmt.Fprintf(c.out, "  it is in effect, as a %s: signing does not put such terms in force\n", m.Agreement.Status)
			return nil
		}
		if m.Agreement.Status == truce.Historic {
			fmt.Fprintln(c.out, "  incidents are assessed against it from now on; as historic terms, it binds nobody")
			return nil
		}
		fmt.Fprintln(c.out, "  it is in effect")
		return nil
	}
	fmt.Fprintf(c.out, "  not yet in effect; to sign: %s\n", strings.Join(m.Unsigned(v, digest.Hex()), ", "))
	return nil
}

func (c command) method() *cobra.Command {
	var because, as string
	cmd := &cobra.Command{
		Use:   "method MISSION --because TEXT --as KEY",
		Short: "State this build's method as the one the record is computed with",
		Long: `A record names the method that its findings are computed with. A build with another
method does not claim to compute the same. A change is stated here and, if the terms are
in force, takes effect once every party has signed it: truce consent --method.`,
		Example: `  truce method field --because "weights of release 2" --as head-of-mission`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			at, err := c.state(args[0], as, "method", map[string]string{"method": mission.ThisMethod(), "because": because})
			if err == nil {
				fmt.Fprintf(c.out, "method %s stated, entry %d\n", mission.ThisMethod(), at)
			}
			return err
		},
	}
	c.reasonFlags(cmd, &because, &as)
	return cmd
}

func (c command) outage() *cobra.Command {
	var from, to, what, because, as string
	cmd := &cobra.Command{
		Use:   "outage MISSION --from TIME --to TIME --because TEXT --as KEY",
		Short: "Record that the mission itself could not see, hear or receive",
		Long: `Every report lists outages beside the restrictions that others put on monitors: no
report from those hours does not mean that nothing happened.`,
		Example: `  truce outage field --from 2025-08-20T02:00+03:00 --to 2025-08-20T05:30+03:00 --because "power cut at headquarters" --as duty-1`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := c.openMission(args[0])
			if err != nil {
				return err
			}
			var o mission.Outage
			if o.During.Start, err = scenario.ParseInstant(from, m.Agreement.Location); err != nil {
				return fmt.Errorf("--from: %w", err)
			}
			if o.During.End, err = scenario.ParseInstant(to, m.Agreement.Location); err != nil {
				return fmt.Errorf("--to: %w", err)
			}
			if !o.During.Valid() {
				return errors.New("--to is not after --from")
			}
			o.What, o.Because = what, because
			at, err := c.state(args[0], as, "outage", o)
			if err == nil {
				fmt.Fprintf(c.out, "outage recorded, entry %d\n", at)
			}
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "from this time")
	f.StringVar(&to, "to", "", "to this time")
	f.StringVar(&what, "what", "", "what was out: intake, camera-3, everything (default: everything)")
	c.reasonFlags(cmd, &because, &as)
	_ = cmd.MarkFlagRequired("from")
	_ = cmd.MarkFlagRequired("to")
	return cmd
}

func (c command) withdraw() *cobra.Command {
	var because, as string
	cmd := &cobra.Command{
		Use:   "withdraw MISSION ID --because TEXT --as KEY",
		Short: "Withdraw an observation, an allegation, a tally or coverage",
		Long: `A statement that was withdrawn no longer counts in any finding. The record keeps it and its
withdrawal, and every report that covers it lists the correction.`,
		Example: `  truce withdraw field 3f2a91c04d77 --because "a drill, says the post" --as monitor-7`,
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, whose, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			id, at, err := m.Withdraw(key, whose, args[1], because)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s withdrawn, entry %d\n", id, at)
			return nil
		},
	}
	c.reasonFlags(cmd, &because, &as)
	return cmd
}
